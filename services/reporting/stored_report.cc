#include "services/reporting/stored_report.h"

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/instrument.h"
#include "services/domain/pooled_figures.h"
#include "services/reporting/build_report.h"

namespace candor::reporting {
namespace {

std::string HexHash(absl::string_view bytes) { return base::HexEncode(crypto::Sha256(bytes)); }

}  // namespace

absl::StatusOr<std::string> BuildStoredReport(const StoredReportInput& input) {
  absl::StatusOr<domain::Contract> contract = domain::DecodeContract(input.contract);
  // What a caller would have to correct is, in a store, damage.
  if (!contract.ok()) return domain::errors::StoreCorrupt("a stored anonymity contract cannot be read");
  if (HexHash(input.instrument_version) != contract->instrument_hash) {
    return domain::errors::StoreCorrupt("a stored instrument is not the one that the anonymity contract names");
  }
  ReportInput report;
  report.contract = *std::move(contract);
  report.contract_hash = HexHash(input.contract);
  CANDOR_ASSIGN_OR_RETURN(report.version, domain::DecodeInstrumentVersion(input.instrument_version));
  CANDOR_ASSIGN_OR_RETURN(report.result, domain::DecodeClosedResult(input.closed_result));
  if (report.result.survey != input.survey.id) {
    return domain::errors::StoreCorrupt("a stored closed result belongs to another survey");
  }
  if (input.campaign.pooled_figures.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(report.pooled, domain::DecodePooledFigures(*input.campaign.pooled_figures));
  }
  report.self = input.self;
  report.supervisors = input.supervisors;
  const storage::CampaignRow& campaign = input.campaign;
  const std::string district = absl::StrCat("districts/", campaign.district.value());
  report.subject.campaign_title = campaign.settings.title;
  report.subject.survey =
      absl::StrCat(district, "/campaigns/", campaign.id.value(), "/surveys/", input.survey.id.value());
  report.subject.instrument_version = absl::StrCat(district, "/instruments/", campaign.settings.instrument.value(),
                                                   "/versions/", campaign.settings.instrument_version);
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::Report built, BuildReport(report));
  return SerializeReport(built);
}

}  // namespace candor::reporting
