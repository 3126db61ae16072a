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
#include "services/reporting/benchmark.h"
#include "services/reporting/build_report.h"
#include "services/reporting/scores.h"

namespace candor::reporting {
namespace {

std::string HexHash(absl::string_view bytes) { return base::HexEncode(crypto::Sha256(bytes)); }

absl::StatusOr<domain::Contract> ReadContract(const std::string& bytes, const std::string& instrument_version) {
  absl::StatusOr<domain::Contract> contract = domain::DecodeContract(bytes);
  // What a caller would have to correct is, in a store, damage.
  if (!contract.ok()) return domain::errors::StoreCorrupt("a stored anonymity contract cannot be read");
  if (HexHash(instrument_version) != contract->instrument_hash) {
    return domain::errors::StoreCorrupt("a stored instrument is not the one that the anonymity contract names");
  }
  return contract;
}

absl::StatusOr<domain::PooledFigures> ReadPooled(const std::optional<std::string>& bytes) {
  if (!bytes.has_value()) return domain::PooledFigures();
  return domain::DecodePooledFigures(*bytes);
}

absl::StatusOr<RoundBefore> ReadRoundBefore(const StoredRoundBefore& stored) {
  RoundBefore before;
  CANDOR_ASSIGN_OR_RETURN(before.contract, ReadContract(stored.contract, stored.instrument_version));
  CANDOR_ASSIGN_OR_RETURN(before.version, domain::DecodeInstrumentVersion(stored.instrument_version));
  CANDOR_ASSIGN_OR_RETURN(before.result, domain::DecodeClosedResult(stored.closed_result));
  CANDOR_ASSIGN_OR_RETURN(before.pooled, ReadPooled(stored.pooled_figures));
  return before;
}

}  // namespace

absl::StatusOr<std::string> BuildStoredReport(const StoredReportInput& input) {
  ReportInput report;
  CANDOR_ASSIGN_OR_RETURN(report.contract, ReadContract(input.contract, input.instrument_version));
  report.contract_hash = HexHash(input.contract);
  CANDOR_ASSIGN_OR_RETURN(report.version, domain::DecodeInstrumentVersion(input.instrument_version));
  CANDOR_ASSIGN_OR_RETURN(report.result, domain::DecodeClosedResult(input.closed_result));
  if (report.result.survey != input.survey.id) {
    return domain::errors::StoreCorrupt("a stored closed result belongs to another survey");
  }
  CANDOR_ASSIGN_OR_RETURN(report.pooled, ReadPooled(input.campaign.pooled_figures));
  if (input.campaign.benchmark.has_value() && !report.benchmark.ParseFromString(*input.campaign.benchmark)) {
    return domain::errors::StoreCorrupt("a stored benchmark cannot be read");
  }
  report.comparison = input.comparison;
  if (input.before.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(report.before, ReadRoundBefore(*input.before));
  }
  report.self = input.self;
  report.team = input.team;
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

absl::StatusOr<std::string> BuildStoredBenchmark(const StoredBenchmarkInput& input) {
  ReportInput leader;
  CANDOR_ASSIGN_OR_RETURN(leader.contract, ReadContract(input.contract, input.instrument_version));
  CANDOR_ASSIGN_OR_RETURN(leader.version, domain::DecodeInstrumentVersion(input.instrument_version));
  std::vector<candor::v1::Scores> leaders;
  for (const std::string& result : input.closed_results) {
    CANDOR_ASSIGN_OR_RETURN(leader.result, domain::DecodeClosedResult(result));
    CANDOR_RETURN_IF_ERROR(CheckReportInput(leader));
    leaders.push_back(BuildScores(leader));
  }
  // Nothing in it is a map, so that equal messages give equal bytes.
  return BuildBenchmark(leader.version, leaders).SerializeAsString();
}

}  // namespace candor::reporting
