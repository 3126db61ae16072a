#include "services/rpc/survey_lookup.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/closed_result.h"
#include "services/domain/errors.h"
#include "services/identity/loading.h"
#include "storage/leader_line.h"

namespace candor::rpc {
namespace {

constexpr int kRowsAtOnce = 1000;

// All rows of a list, page by page.
template <typename Row, typename Fetch>
absl::Status ForEachRow(const Fetch& fetch, const std::function<void(const Row&)>& visit) {
  storage::Page page;
  page.limit = kRowsAtOnce;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<Row> rows, fetch(page));
    for (const Row& row : rows) visit(row);
    if (rows.size() < static_cast<size_t>(kRowsAtOnce)) return absl::OkStatus();
    page.after = rows.back().id.value();
  }
}

}  // namespace

absl::Status CheckSurveyExists(storage::IdentityStore& store, const SurveyName& name) {
  bool found = false;
  CANDOR_RETURN_IF_ERROR(store.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto row, transaction.FindSurvey(name.district, name.survey));
    found = row && row->campaign == name.campaign;
    return absl::OkStatus();
  }));
  return found ? absl::OkStatus() : domain::errors::NotFound("survey", FormatSurvey(name));
}

bool ReadsWholeDistrict(const identity::Caller& caller, const domain::DistrictId& district) {
  return caller.installation_administrator || (caller.district == district && caller.roles.administrator);
}

reporting::Reader ReaderOf(const identity::Caller& caller, const domain::DistrictId& district) {
  const bool member = caller.district == district;
  return {caller.person, ReadsWholeDistrict(caller, district), member && caller.roles.leader,
          member && caller.roles.supervisor};
}

absl::Status CheckCampaignsExist(storage::IdentityStore& store, const identity::Caller& caller,
                                 const CampaignName& name) {
  if (!ReadsWholeDistrict(caller, name.district)) return absl::OkStatus();
  return store.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    return name.campaign.empty() ? identity::RequireDistrict(transaction, name.district)
                                 : identity::GetCampaignRow(transaction, name.district, name.campaign).status();
  });
}

absl::StatusOr<std::vector<domain::SurveyId>> SurveysOfCaller(storage::IdentityStore& store,
                                                              const identity::Caller& caller,
                                                              const domain::CampaignId& campaign,
                                                              const storage::Page& page) {
  std::vector<domain::SurveyId> surveys;
  CANDOR_RETURN_IF_ERROR(store.Read([&](storage::ReadTransaction& transaction) -> absl::Status {
    std::vector<domain::PersonId> leaders;
    std::vector<domain::PersonId> teams;
    if (caller.roles.leader) {
      leaders.push_back(caller.person);
      CANDOR_RETURN_IF_ERROR(ForEachRow<storage::PersonRow>(
          [&](const storage::Page& rows) { return transaction.ListTeamsOf(caller.district, caller.person, rows); },
          [&](const storage::PersonRow& team) { teams.push_back(team.id); }));
    }
    if (caller.roles.supervisor) {
      CANDOR_RETURN_IF_ERROR(ForEachRow<storage::PersonRow>(
          [&](const storage::Page& rows) { return transaction.ListSupervised(caller.district, caller.person, rows); },
          [&](const storage::PersonRow& person) { leaders.push_back(person.id); }));
    }
    surveys.clear();
    std::vector<storage::SurveyRow> of_teams;
    const auto add = [&](const domain::PersonId& leader, const std::function<void(const storage::SurveyRow&)>& visit) {
      return ForEachRow<storage::SurveyRow>(
          [&](const storage::Page& rows) { return transaction.ListSurveysOfLeader(caller.district, leader, rows); },
          [&](const storage::SurveyRow& survey) {
            if (!campaign.empty() && survey.campaign != campaign) return;
            if (survey.id.value() > page.after) visit(survey);
          });
    };
    for (const domain::PersonId& leader : leaders) {
      CANDOR_RETURN_IF_ERROR(add(leader, [&](const storage::SurveyRow& survey) { surveys.push_back(survey.id); }));
    }
    for (const domain::PersonId& team : teams) {
      CANDOR_RETURN_IF_ERROR(add(team, [&](const storage::SurveyRow& survey) { of_teams.push_back(survey); }));
    }
    for (const storage::SurveyRow& survey : of_teams) {
      CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line, storage::LineOf(transaction, survey));
      if (line.IsLeader(caller.person)) surveys.push_back(survey.id);
    }
    return absl::OkStatus();
  }));
  std::sort(surveys.begin(), surveys.end());
  surveys.erase(std::unique(surveys.begin(), surveys.end()), surveys.end());
  if (surveys.size() > static_cast<size_t>(page.limit)) surveys.resize(page.limit);
  return surveys;
}

absl::StatusOr<std::vector<int64_t>> AnsweredCounts(const IdentityBackend& backend, const identity::StoredSurvey& survey,
                                                    bool& plane_answers) {
  switch (survey.row.state) {
    case domain::SurveyState::kOpen: {
      // A survey that its campaign is still opening may not be known to the response plane yet; one whose closing began
      // after the row was read may be being counted.
      if (!plane_answers) return std::vector<int64_t>();
      auto counts = backend.plane->LiveCounts(survey.row.id);
      // All else of the survey is here, and is needed most when something does not work.
      plane_answers = !absl::IsUnavailable(counts.status()) && !absl::IsDeadlineExceeded(counts.status());
      if (!plane_answers) return std::vector<int64_t>();
      if (absl::IsNotFound(counts.status()) ||
          base::GetErrorDetail(counts.status()).reason == domain::reasons::kWRONG_STATE) {
        return std::vector<int64_t>();
      }
      return counts;
    }
    case domain::SurveyState::kClosed:
    case domain::SurveyState::kReleased: {
      std::optional<std::string> document;
      CANDOR_RETURN_IF_ERROR(backend.store->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(document,
                                transaction.FindSurveyDocument(survey.row.district, survey.row.id,
                                                               storage::SurveyDocument::kClosedResult));
        return absl::OkStatus();
      }));
      if (!document) return std::vector<int64_t>();
      CANDOR_ASSIGN_OR_RETURN(const domain::ClosedResult result, domain::DecodeClosedResult(*document));
      std::vector<int64_t> counts;
      for (const domain::GroupCounts& group : result.counts) counts.push_back(group.counted);
      return counts;
    }
    default: return std::vector<int64_t>();
  }
}

}  // namespace candor::rpc
