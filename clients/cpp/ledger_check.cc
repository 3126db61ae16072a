#include "clients/cpp/ledger_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/receipt.h"
#include "services/domain/contract.h"

namespace candor::client {
namespace {

using candor::v1::ResponseService;

constexpr char kReceiptFormat[] = "candor.receipt.v1";

// "12 answers", "1 answer".
std::string Counted(int64_t count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

std::string TextOf(const absl::Status& status) { return std::string(status.message()); }

std::string CodeSentence(const std::string& code, bool compared, bool same) {
  if (!compared) {
    return absl::StrCat("the manifest's comparison code is ", code,
                        ", and you gave none to compare it with: look whether it is the one in the letters and on the "
                        "notice board. Without that the rest shows only that the file fits together, which anybody could "
                        "make it do");
  }
  if (same) return absl::StrCat("the manifest's comparison code is the one that you gave, ", code);
  return absl::StrCat("the manifest's comparison code is ", code,
                      ", not the one that you gave: this is not the survey that was announced, or not its ledger");
}

std::string DocumentsSentence(const SurveyDocuments& documents) {
  return absl::StrCat("rules, questions and manifest belong together: the manifest is signed, names both by their hash, "
                      "and has for each of its ",
                      Counted(static_cast<int64_t>(documents.manifest.groups.size()), "group", "groups"),
                      " one key and at least ", domain::kMinimumInvited, " people invited");
}

std::string LedgerSentence(const crypto::Ledger& ledger) {
  return absl::StrCat("the ledger is signed with the manifest's receipt key and lists ",
                      Counted(static_cast<int64_t>(ledger.leaves.size()), "answer", "answers"),
                      ", each once and in order, under a fingerprint that is theirs; they are as many as its groups count; "
                      "groups and invited are the manifest's, and nowhere were more codes used than people invited");
}

}  // namespace

std::string KeptReceipt::Serialize() const {
  return base::CanonicalJson(base::Json{{"format", kReceiptFormat},
                                        {"survey", survey},
                                        {"manifest_hash", base::HexEncode(manifest_hash)},
                                        {"receipt", base::HexEncode(receipt)},
                                        {"response_address", response_address}}) +
         "\n";
}

absl::StatusOr<KeptReceipt> KeptReceipt::Parse(absl::string_view bytes) {
  CANDOR_ASSIGN_OR_RETURN(const base::Json document, base::ParseJson(bytes));
  const auto text = [&](const char* key) {
    return document.is_object() && document.contains(key) && document[key].is_string()
               ? document[key].get<std::string>()
               : std::string();
  };
  KeptReceipt kept;
  kept.survey = text("survey");
  const auto hash = base::HexDecode(text("manifest_hash"));
  const auto receipt = base::HexDecode(text("receipt"));
  if (text("format") != kReceiptFormat || domain::SurveyIdBytes(domain::SurveyId(kept.survey)).empty() || !hash.ok() ||
      hash->size() != 32 || !receipt.ok() || receipt->size() != crypto::kReceiptBytes) {
    return absl::InvalidArgumentError("not a receipt that `candor answer` has written");
  }
  kept.manifest_hash = *hash;
  kept.receipt = *receipt;
  kept.response_address = text("response_address");
  return kept;
}

absl::StatusOr<LedgerCheck> FetchLedger(const Connection& response, const RetryPolicy& retry,
                                        const domain::SurveyId& survey, absl::string_view expected) {
  const auto stub = ResponseService::NewStub(response.channel());
  candor::v1::GetManifestRequest manifest_request;
  manifest_request.set_survey(survey.value());
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::GetManifestResponse documents,
                          response.CallRepeatedly(retry, *stub, &ResponseService::Stub::GetManifest, manifest_request));
  CANDOR_ASSIGN_OR_RETURN(std::shared_ptr<const SurveyDocuments> checked,
                          CheckDocuments({documents.contract(), documents.instrument_version(), documents.manifest(),
                                          documents.manifest_signature(), documents.extension(),
                                          documents.extension_signature()},
                                         survey, expected));
  candor::v1::GetLedgerRequest ledger_request;
  ledger_request.set_survey(survey.value());
  absl::StatusOr<candor::v1::GetLedgerResponse> got =
      response.CallRepeatedly(retry, *stub, &ResponseService::Stub::GetLedger, ledger_request);
  if (!got.ok()) return WithCloseTime(got.status(), *checked);
  return CheckLedger(std::move(checked), std::move(*got->mutable_ledger()));
}

absl::StatusOr<LedgerCheck> CheckLedger(std::shared_ptr<const SurveyDocuments> documents, std::string ledger) {
  const domain::Manifest& manifest = documents->manifest;
  auto verified = crypto::VerifyLedger(ledger, domain::SurveyIdBytes(manifest.survey), manifest.receipt_public_key);
  if (!verified.ok()) {
    return absl::DataLossError(absl::StrCat("the ledger does not hold: ", verified.status().message()));
  }
  bool same = verified->groups.size() == manifest.groups.size();
  for (size_t i = 0; same && i < manifest.groups.size(); ++i) {
    same = verified->groups[i].code == manifest.groups[i].code &&
           verified->groups[i].invited == manifest.groups[i].invited;
  }
  if (!same) {
    return absl::DataLossError("the ledger does not hold: its groups or the numbers of invited are not the manifest's");
  }
  return LedgerCheck{std::move(documents), std::move(ledger), *std::move(verified)};
}

CountReading ReadCounts(const LedgerCheck& check) {
  CountReading reading;
  reading.findings = crypto::LedgerFindings(check.ledger);
  const int allowed = check.documents->contract.maximum_reissued_percent;
  for (const crypto::LedgerGroup& group : check.ledger.groups) {
    // As closing withholds a group by its codes.
    if (group.reissued * 100 > allowed * group.invited) {
      reading.notes.push_back(absl::StrCat(
          "in the group ", group.code, " ", Counted(group.reissued, "code was", "codes were"), " made again for ",
          Counted(group.invited, "person", "people"), " invited, more than the rules allow (", allowed,
          " in 100), so the group's figures are withheld"));
    } else if (group.counted > group.invited && group.counted <= group.issued + group.reissued) {
      reading.notes.push_back(absl::StrCat(
          "in the group ", group.code, " ", Counted(group.counted, "answer", "answers"), " were counted of ",
          Counted(group.invited, "person", "people"), " invited: ", Counted(group.reissued, "code was", "codes were"),
          " made again for a lost device, and somebody answered both with the code before "
          "and with the new one (at least ",
          group.counted - group.invited, ")"));
    }
  }
  return reading;
}

ReceiptCheck CheckReceipt(const LedgerCheck& check, const KeptReceipt& receipt) {
  const domain::Manifest& manifest = check.documents->manifest;
  ReceiptCheck result;
  if (receipt.survey != manifest.survey.value()) {
    result.standing = ReceiptStanding::kAnotherSurvey;
    result.sentence = "this receipt is of another survey; check it with that survey's ledger";
    return result;
  }
  if (receipt.manifest_hash != check.documents->manifest_hash) {
    result.standing = ReceiptStanding::kAnotherSurvey;
    result.sentence =
        "this receipt is of other documents of this survey: you were shown other rules or keys than these. Keep it, "
        "and "
        "show it to whoever you trust, with this ledger; documents never change";
    return result;
  }
  const auto read =
      crypto::VerifyReceipt(receipt.receipt, domain::SurveyIdBytes(manifest.survey), manifest.receipt_public_key);
  if (!read.ok()) {
    result.sentence = absl::StrCat("this receipt proves nothing: ", read.status().message());
    return result;
  }
  result.version = read->version;
  if (crypto::FindLeaf(check.ledger, read->leaf)) {
    result.standing = ReceiptStanding::kCounted;
    result.sentence = "your answers are counted: they have an entry in the ledger";
    return result;
  }
  result.standing = ReceiptStanding::kNotCounted;
  int64_t replaced = 0;
  for (const crypto::LedgerGroup& group : check.ledger.groups) replaced += group.replaced;
  result.sentence =
      replaced > 0
          ? absl::StrCat(
                "these answers (version ", read->version,
                ") are not in the ledger. If you changed them later that "
                "is as it should be: the newest receipt alone is counted (answers were changed ",
                Counted(replaced, "time", "times"),
                " in this survey), so check that one. If you did not, they were replaced by somebody who had seen "
                "your right to answer, lost with a restored backup, or taken after the closing")
          : absl::StrCat(
                "these answers (version ", read->version,
                ") are not in the ledger, and no answer of this survey is "
                "said to have been changed, so they were acknowledged and not counted: lost with a restored backup, "
                "taken after the closing, or left out. This receipt and this ledger together prove it: keep both, and "
                "show them to whoever you trust");
  return result;
}

bool Verification::holds() const {
  return !steps.empty() && std::all_of(steps.begin(), steps.end(), [](const CheckStep& step) { return step.holds; });
}

absl::StatusOr<Verification> VerifyLedgerFile(absl::string_view bytes, absl::string_view expected) {
  if (!expected.empty()) CANDOR_RETURN_IF_ERROR(MatchesManifest(expected, std::string(32, '\0')).status());
  Verification result;
  const auto add = [&result](const char* name, bool holds, std::string sentence, bool compared = true) {
    result.steps.push_back({name, holds, std::move(sentence), compared});
    return holds;
  };
  absl::StatusOr<LedgerFile> file = ReadLedgerFile(bytes);
  if (!add("file", file.ok(), file.ok() ? "the file is whole, and written in its one form" : TextOf(file.status()))) {
    return result;
  }
  const std::string hash = crypto::Sha256(file->documents.manifest);
  const bool same = expected.empty() || *MatchesManifest(expected, hash);
  const bool compared = !expected.empty();
  if (!add("code", same, CodeSentence(crypto::ManifestCode(hash), compared, same), compared)) return result;

  const auto manifest = domain::DecodeManifest(file->documents.manifest);
  const auto documents = manifest.ok() ? CheckDocuments(file->documents, manifest->survey, "")
                                       : absl::StatusOr<std::shared_ptr<const SurveyDocuments>>(manifest.status());
  if (!add("documents", documents.ok(),
           documents.ok() ? DocumentsSentence(**documents)
                          : absl::StrCat("rules, questions and manifest do not belong together: ",
                                         WhatWasRefused(documents.status())))) {
    return result;
  }
  auto check = CheckLedger(*documents, std::move(file->ledger));
  if (!add("ledger", check.ok(), check.ok() ? LedgerSentence(check->ledger) : TextOf(check.status()))) return result;

  result.check = *std::move(check);
  result.counts = ReadCounts(*result.check);
  const bool adds_up = result.counts.findings.empty();
  add("counts", adds_up,
      adds_up ? "the numbers add up: in every group no more answers were counted than codes were used and made again"
              : "the numbers do not add up, though the ledger is not forged; see below");
  return result;
}

}  // namespace candor::client
