#include "services/identity/round_before.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyDocument;
using storage::SurveyRow;

absl::Status CannotCompare(const CampaignRow& campaign, absl::string_view why) {
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCAMPAIGN_INVALID,
                     absl::StrCat("the campaign ", CampaignName(campaign.district, campaign.settings.previous),
                                  " cannot be the round before: ", why, "; name another one, or none"),
                     "campaign.previous_campaign");
}

// The leader's survey in the round before, if it has a report.
absl::StatusOr<std::optional<SurveyRow>> FindSurveyBefore(ReadTransaction& transaction, const CampaignRow& campaign,
                                                          const SurveyRow& survey) {
  storage::Page page;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<SurveyRow> surveys,
                            transaction.ListSurveysOfLeader(campaign.district, survey.leader, page));
    for (const SurveyRow& other : surveys) {
      if (other.campaign == campaign.settings.previous && other.state == domain::SurveyState::kReleased) return other;
    }
    if (surveys.size() < static_cast<size_t>(page.limit)) return std::nullopt;
    page.after = surveys.back().id.value();
  }
}

}  // namespace

absl::StatusOr<std::optional<absl::Time>> CheckRoundBefore(ReadTransaction& transaction, const CampaignRow& campaign) {
  const domain::CampaignSettings& settings = campaign.settings;
  if (settings.previous.empty()) return std::nullopt;
  CANDOR_ASSIGN_OR_RETURN(const auto before, transaction.FindCampaign(campaign.district, settings.previous));
  if (!before.has_value()) return CannotCompare(campaign, "there is no such campaign");
  if (before->state != domain::CampaignState::kReleased) {
    return CannotCompare(campaign, absl::StrCat("it is ", domain::NameOf(before->state), ", and must be released"));
  }
  CANDOR_ASSIGN_OR_RETURN(const domain::Instrument now, GetInstrumentOf(transaction, campaign.district, settings));
  CANDOR_ASSIGN_OR_RETURN(const domain::Instrument then,
                          GetInstrumentOf(transaction, campaign.district, before->settings));
  if (now.framework != then.framework) return CannotCompare(campaign, "its framework is another");
  if (now.scale.points != then.scale.points) return CannotCompare(campaign, "its scale is another");
  for (const std::string& reader : settings.readers) {
    const std::vector<std::string>& readers = before->settings.readers;
    if (std::find(readers.begin(), readers.end(), reader) != readers.end()) continue;
    return CannotCompare(campaign, absl::StrCat("its raters were told that no ", reader,
                                                " reads the report, and a change would tell them its figures"));
  }
  return before->settings.close_time;
}

absl::StatusOr<domain::Comparison> ComparisonOf(ReadTransaction& transaction, const CampaignRow& campaign,
                                                const SurveyRow& survey, const storage::LeaderLine& line) {
  if (campaign.settings.previous.empty()) return domain::Comparison::kNone;
  CANDOR_ASSIGN_OR_RETURN(const auto before, FindSurveyBefore(transaction, campaign, survey));
  if (!before.has_value()) return domain::Comparison::kNoReportBefore;
  CANDOR_ASSIGN_OR_RETURN(const CampaignRow round_before,
                          GetCampaignRow(transaction, campaign.district, campaign.settings.previous));
  if (round_before.settings.first_reader != campaign.settings.first_reader) {
    // Whoever reads this report first would learn that one's figures from the changes, before whom its raters were told of.
    CANDOR_ASSIGN_OR_RETURN(const auto read, transaction.FindSurveyDocumentHash(before->district, before->id,
                                                                                SurveyDocument::kFirstReading));
    if (!read.has_value()) return domain::Comparison::kOtherReaders;
  }
  CANDOR_ASSIGN_OR_RETURN(const auto line_before, storage::FindLeaderLine(transaction, before->district, before->id));
  for (const domain::PersonId& leader : line.Leaders()) {
    if (!line_before.has_value() || !line_before->IsLeader(leader)) return domain::Comparison::kOtherReaders;
  }
  const std::vector<std::string>& readers = campaign.settings.readers;
  if (std::find(readers.begin(), readers.end(), domain::kSupervisor) == readers.end()) return domain::Comparison::kCompared;
  for (const domain::PersonId& supervisor : line.supervisors) {
    if (!line_before.has_value() || !line_before->IsSupervisor(supervisor)) return domain::Comparison::kOtherReaders;
  }
  return domain::Comparison::kCompared;
}

absl::Status AddRoundBefore(ReadTransaction& transaction, ReportInput& input) {
  const CampaignRow& campaign = input.campaign;
  if (campaign.settings.previous.empty()) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const auto line, storage::FindLeaderLine(transaction, input.survey.district, input.survey.id));
  if (!line.has_value()) return domain::errors::StoreCorrupt("a survey has no line of its leader");
  CANDOR_ASSIGN_OR_RETURN(input.comparison, ComparisonOf(transaction, campaign, input.survey, *line));
  if (input.comparison != domain::Comparison::kCompared) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const auto before, FindSurveyBefore(transaction, campaign, input.survey));
  CANDOR_ASSIGN_OR_RETURN(CampaignRow row, GetCampaignRow(transaction, campaign.district, campaign.settings.previous));
  ReportInput::Before& documents = input.before.emplace();
  CANDOR_ASSIGN_OR_RETURN(documents.contract, GetDocument(transaction, *before, SurveyDocument::kContract));
  CANDOR_ASSIGN_OR_RETURN(documents.closed_result, GetDocument(transaction, *before, SurveyDocument::kClosedResult));
  CANDOR_ASSIGN_OR_RETURN(storage::InstrumentVersionRow version,
                          GetVersionRow(transaction, campaign.district, row.settings));
  documents.instrument_version = std::move(version.document);
  documents.pooled_figures = std::move(row.pooled_figures);
  return absl::OkStatus();
}

}  // namespace candor::identity
