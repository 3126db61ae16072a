#include "absl/strings/str_cat.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/ledger_check.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

struct LedgerOptions {
  std::string survey, expect_manifest, receipt, out;
};

absl::Status Ledger(Context& c, const LedgerOptions& options) {
  CANDOR_RETURN_IF_ERROR(c.RefuseCertificate());
  std::optional<client::KeptReceipt> receipt;
  if (!options.receipt.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.receipt));
    CANDOR_ASSIGN_OR_RETURN(receipt, client::KeptReceipt::Parse(bytes));
  }
  // The last segment of a survey's name is the one name that the response plane knows.
  const std::string id = options.survey.empty() ? (receipt ? receipt->survey : "") : LastSegment(options.survey);
  if (id.empty()) return UsageError("which survey? give its id, or a receipt");
  const domain::SurveyId survey(id);
  if (domain::SurveyIdBytes(survey).empty()) return UsageError("a survey's id has 26 letters and digits");
  CANDOR_ASSIGN_OR_RETURN(const auto connection, c.AnonymousToResponsePlane(receipt ? receipt->response_address : ""));
  CANDOR_ASSIGN_OR_RETURN(const client::LedgerCheck check,
                          client::FetchLedger(*connection, {}, survey, options.expect_manifest));
  bool counted = false;
  if (receipt) {
    CANDOR_ASSIGN_OR_RETURN(counted, client::IsCounted(check, *receipt));
  }
  if (!options.out.empty()) CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(options.out, check.bytes, 0644));

  const std::vector<std::string> findings = crypto::LedgerFindings(check.ledger);
  if (c.options.json) {
    base::Json result = {{"survey", id},
                         {"manifest_code", check.documents->manifest_code},
                         {"verified", true},
                         {"leaves", check.ledger.leaves.size()},
                         {"root", base::HexEncode(check.ledger.root)},
                         {"findings", findings},
                         {"groups", base::Json::array()}};
    for (const auto& group : check.ledger.groups) {
      result["groups"].push_back({{"code", group.code},
                                  {"invited", group.invited},
                                  {"issued", group.issued},
                                  {"reissued", group.reissued},
                                  {"counted", group.counted},
                                  {"replaced", group.replaced}});
    }
    if (receipt) result["receipt_counted"] = counted;
    CANDOR_RETURN_IF_ERROR(Print(result.dump(2) + "\n"));
  } else {
    Table table({"GROUP", "INVITED", "TOOK A TOKEN", "REISSUED", "COUNTED", "CHANGED"});
    for (const auto& g : check.ledger.groups) {
      table.Add({g.code, absl::StrCat(g.invited), absl::StrCat(g.issued), absl::StrCat(g.reissued),
                 absl::StrCat(g.counted), absl::StrCat(g.replaced)});
    }
    std::string text = absl::StrCat("The ledger holds: its signature, its root and its ", check.ledger.leaves.size(),
                                    " leaves fit the manifest.\nComparison code ", check.documents->manifest_code, "\n\n",
                                    table.Text());
    for (const std::string& finding : findings) absl::StrAppend(&text, "\nBut: ", finding, ".\n");
    if (receipt && counted) absl::StrAppend(&text, "\nThe answers of the receipt are counted.\n");
    CANDOR_RETURN_IF_ERROR(Print(text));
  }
  if (receipt && !counted) {
    return absl::DataLossError(
        "the answers of the receipt are not in the ledger; if you changed them, check the newest receipt, else tell "
        "whoever invited you");
  }
  return absl::OkStatus();
}

}  // namespace

void AddLedgerVerb(CLI::App& app, Context& context) {
  AddVerb<LedgerOptions>(
      app, context, "ledger", "Fetch a closed survey's ledger and check it, with a receipt your own answers too",
      [](CLI::App& verb, LedgerOptions& options) {
        verb.add_option("survey", options.survey, "The survey's id or name; not needed with --receipt");
        verb.add_option("--receipt", options.receipt, "The file that candor answer has written");
        verb.add_option("--expect-manifest", options.expect_manifest, "The comparison code from the notice board");
        verb.add_option("--out", options.out, "Write the ledger to this file");
      },
      Ledger);
}

}  // namespace candor::cli
