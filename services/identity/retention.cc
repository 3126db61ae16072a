#include "services/identity/retention.h"

#include <algorithm>
#include <utility>

#include "services/base/status.h"
#include "services/domain/campaign.h"
#include "services/identity/audit.h"
#include "services/identity/follow_ups.h"
#include "services/identity/loading.h"
#include "services/identity/request_ids.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

using domain::CampaignState;
using domain::SurveyState;
using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyRow;
using storage::WriteTransaction;

// What one campaign's surveys hold, counted.
struct Held {
  int64_t invited = 0;          // in surveys whose keys and codes are still there
  int64_t answer_surveys = 0;   // those surveys
  int64_t comment_surveys = 0;  // closed and not released
  int64_t notice_surveys = 0;   // closed, released or not
  int64_t follow_up_surveys = 0;  // released, and the answers to questions back are not here yet
  std::optional<absl::Time> follow_ups_end;  // of the last of these, at the latest
  int64_t raters = 0;
};

// Counts the survey among those with questions back, if it is one.
absl::Status CountFollowUps(ReadTransaction& transaction, const CampaignRow& campaign, const SurveyRow& survey,
                            Held& held) {
  if (campaign.settings.follow_up_days == 0 || survey.state != SurveyState::kReleased) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const auto answers, transaction.FindSurveyDocumentHash(
                                                  survey.district, survey.id, storage::SurveyDocument::kFollowUpAnswers));
  if (answers.has_value()) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const domain::FollowUpTimes times, FollowUpTimesOf(transaction, survey));
  ++held.follow_up_surveys;
  held.follow_ups_end = std::max(held.follow_ups_end.value_or(absl::InfinitePast()), times.hand_over_until);
  return absl::OkStatus();
}

absl::StatusOr<Held> HeldBy(ReadTransaction& transaction, const CampaignRow& campaign) {
  Held held;
  CANDOR_RETURN_IF_ERROR(
      ForEachSurvey(transaction, campaign.district, campaign.id, [&](const SurveyRow& survey) -> absl::Status {
        const bool open = survey.state == SurveyState::kOpen || survey.state == SurveyState::kClosing;
        if (open && survey.closing_step < storage::ClosingStep::kKeysDestroyed) {
          CANDOR_ASSIGN_OR_RETURN(const auto groups, transaction.ListIssuingGroups(survey.district, survey.id));
          for (const storage::IssuingGroupRow& group : groups) held.invited += group.invited;
          ++held.answer_surveys;
        }
        if (survey.state == SurveyState::kClosed) ++held.comment_surveys;
        if (survey.state == SurveyState::kClosed || survey.state == SurveyState::kReleased) ++held.notice_surveys;
        CANDOR_RETURN_IF_ERROR(CountFollowUps(transaction, campaign, survey, held));
        CANDOR_ASSIGN_OR_RETURN(const auto groups, transaction.CountRaters(survey.district, survey.id));
        for (const storage::GroupCount& group : groups) held.raters += group.invited + group.opted_out;
        return absl::OkStatus();
      }));
  return held;
}

absl::Status AddItems(ReadTransaction& transaction, const CampaignRow& campaign, absl::Time now,
                      std::vector<DueItem>& items) {
  if (campaign.state == CampaignState::kDraft) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const Held held, HeldBy(transaction, campaign));
  const auto add = [&](PersonalData data, int64_t count, std::optional<absl::Time> due_time) {
    if (count > 0) items.push_back({campaign.id, data, count, due_time});
  };
  const absl::Time close_time = storage::CloseTimeOf(campaign);
  add(PersonalData::kCodes, held.invited, close_time);
  add(PersonalData::kAnswers, held.answer_surveys, close_time);
  // Without a moderator no comment was asked for. The response plane keeps none longer than this, released or not.
  const absl::Time comments_end =
      campaign.settings.abandon_time + absl::Hours(24) * campaign.settings.retention_days;
  if (!campaign.settings.moderators.empty() && now < comments_end) {
    add(PersonalData::kComments, held.comment_surveys, comments_end);
  }
  if (campaign.settings.auditor.has_value() && now < comments_end) {
    add(PersonalData::kNotices, held.notice_surveys, comments_end);
  }
  add(PersonalData::kFollowUps, held.follow_up_surveys, held.follow_ups_end);
  add(PersonalData::kRaters, held.raters, RetentionEnd(campaign));
  return absl::OkStatus();
}

}  // namespace

std::optional<absl::Time> RetentionEnd(const CampaignRow& campaign) {
  const std::optional<absl::Time> start =
      campaign.release_time.has_value() ? campaign.release_time : campaign.closed_time;
  if (!start.has_value()) return std::nullopt;
  return *start + absl::Hours(24) * campaign.settings.retention_days;
}

absl::StatusOr<std::vector<DueItem>> Retention::List(const domain::DistrictId& district) {
  std::vector<DueItem> items;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireDistrict(transaction, district));
    storage::Page page;
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<CampaignRow> campaigns, transaction.ListCampaigns(district, page));
      for (const CampaignRow& campaign : campaigns) {
        CANDOR_RETURN_IF_ERROR(AddItems(transaction, campaign, clock_.Now(), items));
      }
      if (campaigns.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
      page.after = campaigns.back().id.value();
    }
  }));
  return items;
}

absl::StatusOr<bool> Retention::DeleteRaters(const Caller& caller, const domain::DistrictId& district,
                                             const domain::CampaignId& campaign) {
  // Each start comes here for every campaign whose retention has ended; what is done must not be done, and noted,
  // again.
  bool any = false;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) {
    return ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& survey) -> absl::Status {
      if (any) return absl::OkStatus();
      CANDOR_ASSIGN_OR_RETURN(const auto raters, transaction.ListRaters(district, survey.id, {"", 1}));
      any = !raters.empty();
      return absl::OkStatus();
    });
  }));
  if (!any) return false;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& survey) {
      return transaction.DeleteRaters(district, survey.id);
    }));
    CANDOR_RETURN_IF_ERROR(transaction.ForgetRequests(district));
    return RecordAudit(transaction, clock_, caller, district, "DeleteRaters", CampaignName(district, campaign));
  }));
  ForgetOrLog(store_);
  return true;
}

absl::Status Retention::DeleteOldRequests() {
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) {
    return transaction.DeleteRequestsBefore(clock_.Now() - kRequestRetention);
  }));
  ForgetOrLog(store_);
  return absl::OkStatus();
}

}  // namespace candor::identity
