#include "absl/strings/str_cat.h"
#include "clients/cli/ledger_text.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/ledger_check.h"
#include "clients/cpp/ledger_file.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

// A ledger of a million answers has some 70 MB.
constexpr size_t kLongestLedgerFile = size_t{1} << 30;

struct LedgerOptions {
  std::string survey, expect_manifest, receipt, out, export_file;
};

struct VerifyOptions {
  std::string file, expect_manifest;
  std::vector<std::string> receipts;
};

absl::StatusOr<client::KeptReceipt> ReadReceipt(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(path));
  auto receipt = client::KeptReceipt::Parse(bytes);
  if (!receipt.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", receipt.status().message()));
  return receipt;
}

absl::Status Ledger(Context& c, const LedgerOptions& options) {
  CANDOR_RETURN_IF_ERROR(c.RefuseCertificate());
  std::optional<client::KeptReceipt> receipt;
  if (!options.receipt.empty()) {
    CANDOR_ASSIGN_OR_RETURN(receipt, ReadReceipt(options.receipt));
  }
  // The last segment of a survey's name is the one name that the response plane knows.
  const std::string id = options.survey.empty() ? (receipt ? receipt->survey : "") : LastSegment(options.survey);
  if (id.empty()) return UsageError("which survey? give its id, or a receipt");
  const domain::SurveyId survey(id);
  if (domain::SurveyIdBytes(survey).empty()) return UsageError("a survey's id has 26 letters and digits");
  CANDOR_ASSIGN_OR_RETURN(const auto connection, c.AnonymousToResponsePlane(receipt ? receipt->response_address : ""));
  CANDOR_ASSIGN_OR_RETURN(const client::LedgerCheck check,
                          client::FetchLedger(*connection, {}, survey, options.expect_manifest));
  client::ReceiptCheck checked;
  if (receipt) checked = client::CheckReceipt(check, *receipt);
  if (!options.out.empty()) CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(options.out, check.bytes, 0644));
  if (!options.export_file.empty()) {
    CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(
        options.export_file, client::WriteLedgerFile({check.documents->bytes, check.bytes}), 0644));
  }

  const client::CountReading counts = client::ReadCounts(check);
  if (c.options.json) {
    base::Json result = {{"survey", id},
                         {"manifest_code", check.documents->manifest_code},
                         {"verified", true},
                         {"leaves", check.ledger.leaves.size()},
                         {"root", base::HexEncode(check.ledger.root)},
                         {"findings", counts.findings},
                         {"notes", counts.notes},
                         {"groups", CountsJson(check.ledger)}};
    if (receipt) result["receipt_counted"] = checked.standing == client::ReceiptStanding::kCounted;
    CANDOR_RETURN_IF_ERROR(Print(result.dump(2) + "\n"));
  } else {
    std::string text = absl::StrCat("The ledger holds: its signature and its ", check.ledger.leaves.size(),
                                    check.ledger.leaves.size() == 1 ? " entry fits" : " entries fit",
                                    " the manifest.\nComparison code ", check.documents->manifest_code,
                                    "\n\n", CountsTable(check.ledger));
    for (const std::string& finding : counts.findings) absl::StrAppend(&text, "\nBut: ", finding, ".\n");
    for (const std::string& note : counts.notes) absl::StrAppend(&text, "\nNote: ", note, ".\n");
    if (receipt && checked.standing == client::ReceiptStanding::kCounted) {
      absl::StrAppend(&text, "\nThe answers of the receipt are counted.\n");
    }
    if (!options.export_file.empty()) {
      absl::StrAppend(&text, "\nAll that it takes to check it is in ", options.export_file, ": candor verify ",
                      options.export_file, "\n");
    }
    CANDOR_RETURN_IF_ERROR(Print(text));
  }
  if (receipt && checked.standing != client::ReceiptStanding::kCounted) return absl::DataLossError(checked.sentence);
  return absl::OkStatus();
}

absl::Status Verify(Context& c, const VerifyOptions& options) {
  std::vector<std::pair<std::string, client::KeptReceipt>> receipts;
  for (const std::string& path : options.receipts) {
    CANDOR_ASSIGN_OR_RETURN(client::KeptReceipt receipt, ReadReceipt(path));
    receipts.emplace_back(path, std::move(receipt));
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.file, kLongestLedgerFile));
  CANDOR_ASSIGN_OR_RETURN(const client::Verification verification,
                          client::VerifyLedgerFile(bytes, options.expect_manifest));
  std::vector<CheckedReceipt> checked;
  bool all_counted = true;
  if (verification.check.has_value()) {
    for (const auto& [path, receipt] : receipts) {
      checked.emplace_back(path, client::CheckReceipt(*verification.check, receipt));
      all_counted = all_counted && checked.back().second.standing == client::ReceiptStanding::kCounted;
    }
  }
  CANDOR_RETURN_IF_ERROR(Print(c.options.json ? VerificationJson(verification, checked).dump(2) + "\n"
                                              : VerificationText(verification, checked)));
  if (!verification.holds()) {
    const client::CheckStep& last = verification.steps.back();
    return absl::DataLossError(absl::StrCat(options.file, " does not hold (", last.name, ")"));
  }
  if (!all_counted) return absl::DataLossError("the answers of a receipt are not in the ledger");
  return absl::OkStatus();
}

}  // namespace

void AddLedgerVerbs(CLI::App& app, Context& context) {
  AddVerb<LedgerOptions>(
      app, context, "ledger", "Fetch a closed survey's ledger and check it, with a receipt your own answers too",
      [](CLI::App& verb, LedgerOptions& options) {
        verb.add_option("survey", options.survey, "The survey's id or name; not needed with --receipt");
        verb.add_option("--receipt", options.receipt, "The file that candor answer has written");
        verb.add_option("--expect-manifest", options.expect_manifest, "The comparison code from the notice board");
        verb.add_option("--out", options.out, "Write the ledger to this file");
        verb.add_option("--export", options.export_file,
                        "Write the ledger with all that it takes to check it to this file, for candor verify");
      },
      Ledger);
  AddVerb<VerifyOptions>(
      app, context, "verify",
      "Check a ledger's file offline, with receipts your own answers too; needs no server and no key",
      [](CLI::App& verb, VerifyOptions& options) {
        verb.add_option("file", options.file, "The file that candor ledger --export has written")->required();
        verb.add_option("--receipt", options.receipts,
                        "A file that candor answer has written; may be given more than once")
            ->allow_extra_args(false);
        verb.add_option("--expect-manifest", options.expect_manifest,
                        "The comparison code from the letters or the notice board");
        verb.footer(
            "Ends with 0 when the file holds, its numbers add up and the answers of every receipt are counted; with 1 "
            "when not: the text says what, and with --json so do `steps`, `findings` and `receipts`.");
      },
      Verify);
}

}  // namespace candor::cli
