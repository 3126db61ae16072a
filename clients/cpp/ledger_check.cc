#include "clients/cpp/ledger_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/receipt.h"

namespace candor::client {
namespace {

using candor::v1::ResponseService;

constexpr char kFormat[] = "candor.receipt.v1";

}  // namespace

std::string KeptReceipt::Serialize() const {
  return base::CanonicalJson(base::Json{{"format", kFormat},
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
  if (text("format") != kFormat || domain::SurveyIdBytes(domain::SurveyId(kept.survey)).empty() || !hash.ok() ||
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
  CANDOR_ASSIGN_OR_RETURN(
      const candor::v1::GetManifestResponse documents,
      response.CallRepeatedly(retry, *stub, &ResponseService::Stub::GetManifest, manifest_request));
  LedgerCheck check;
  CANDOR_ASSIGN_OR_RETURN(
      check.documents,
      CheckDocuments({documents.contract(), documents.instrument_version(), documents.manifest(),
                      documents.manifest_signature()},
                     survey, expected));
  candor::v1::GetLedgerRequest ledger_request;
  ledger_request.set_survey(survey.value());
  CANDOR_ASSIGN_OR_RETURN(candor::v1::GetLedgerResponse got,
                          response.CallRepeatedly(retry, *stub, &ResponseService::Stub::GetLedger, ledger_request));
  check.bytes = std::move(*got.mutable_ledger());
  const domain::Manifest& manifest = check.documents->manifest;
  auto ledger = crypto::VerifyLedger(check.bytes, domain::SurveyIdBytes(survey), manifest.receipt_public_key);
  if (!ledger.ok()) return absl::DataLossError(absl::StrCat("the ledger does not hold: ", ledger.status().message()));
  check.ledger = *std::move(ledger);
  bool same = check.ledger.groups.size() == manifest.groups.size();
  for (size_t i = 0; same && i < manifest.groups.size(); ++i) {
    same = check.ledger.groups[i].code == manifest.groups[i].code &&
           check.ledger.groups[i].invited == manifest.groups[i].invited;
  }
  if (!same) {
    return absl::DataLossError("the ledger does not hold: its groups or the numbers of invited are not the manifest's");
  }
  return check;
}

absl::StatusOr<bool> IsCounted(const LedgerCheck& check, const KeptReceipt& receipt) {
  const domain::Manifest& manifest = check.documents->manifest;
  if (receipt.survey != manifest.survey.value() || receipt.manifest_hash != check.documents->manifest_hash) {
    return absl::InvalidArgumentError("the receipt is for another survey, or for another manifest of this one");
  }
  CANDOR_ASSIGN_OR_RETURN(
      const crypto::Receipt read,
      crypto::VerifyReceipt(receipt.receipt, domain::SurveyIdBytes(manifest.survey), manifest.receipt_public_key));
  return crypto::FindLeaf(check.ledger, read.leaf);
}

}  // namespace candor::client
