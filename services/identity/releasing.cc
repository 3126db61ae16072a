#include "services/identity/releasing.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/campaign.h"
#include "services/domain/comments.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"
#include "services/identity/round_before.h"
#include "services/identity/survey_work.h"
#include "storage/leader_line.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::CampaignId;
using domain::CampaignState;
using domain::DistrictId;
using domain::SurveyState;
using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyDocument;
using storage::SurveyRow;
using storage::WriteTransaction;

absl::StatusOr<ReportSubject> SubjectOf(ReadTransaction& transaction, const SurveyRow& survey) {
  ReportSubject subject;
  CANDOR_ASSIGN_OR_RETURN(const storage::PersonRow leader,
                          GetPersonRow(transaction, survey.district, survey.leader));
  subject.display_name = leader.display_name;
  subject.job_title = leader.job_title;
  if (!leader.school.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const auto school, transaction.FindSchool(survey.district, leader.school));
    if (school.has_value()) subject.school_title = school->title;
  }
  return subject;
}

}  // namespace

absl::StatusOr<CampaignRow> Releasing::Order(const Caller& caller, const DistrictId& district,
                                             const CampaignId& campaign, bool discard_undecided) {
  // The plane is asked before the order is written, and again, for certain, when it carries the order out.
  if (!discard_undecided) CANDOR_RETURN_IF_ERROR(CheckComments(district, campaign));
  CampaignRow row;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, GetCampaignRow(transaction, district, campaign));
    const bool ordered = row.release_ordered && (row.release_discards || !discard_undecided);
    if (row.state == CampaignState::kReleased || ordered) return absl::OkStatus();
    if (row.state != CampaignState::kClosed) {
      return errors::WrongState(absl::StrCat("the campaign ", CampaignName(district, campaign), " is ",
                                             domain::NameOf(row.state),
                                             "; close it and wait until it is closed, then release it"));
    }
    if (discard_undecided) {
      // What it destroys is said of them, or of those whom they supervise.
      CANDOR_RETURN_IF_ERROR(CheckOutsideEveryLine(
          transaction, caller, row,
          "comments that no moderator has decided about are not given up by somebody who is one of the campaign's leaders or "
          "supervises one, now or when it was opened; let the moderators finish, or ask another administrator"));
    }
    row.release_ordered = true;
    row.release_discards = discard_undecided;
    CANDOR_RETURN_IF_ERROR(transaction.UpdateCampaign(row));
    ++row.revision;
    return RecordAudit(transaction, clock_, caller, district,
                       discard_undecided ? "ReleaseCampaignDiscardingComments" : "ReleaseCampaign",
                       CampaignName(district, campaign));
  }));
  return row;
}

absl::Status Releasing::Advance(const DistrictId& district, const CampaignId& campaign) {
  CANDOR_ASSIGN_OR_RETURN(CampaignWork work, ReadCampaignWork(store_, district, campaign));
  if (work.campaign.state != CampaignState::kClosed || !work.campaign.release_ordered) return absl::OkStatus();

  bool any_result = false, any_now = false;
  const absl::Status fault = WorkAtEach(work.surveys, stopping_, [&](SurveyRow& survey) -> absl::Status {
    any_result = any_result || survey.state == SurveyState::kClosed || survey.state == SurveyState::kReleased;
    if (survey.state != SurveyState::kClosed) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(ReleaseSurvey(work.campaign, survey));
    any_now = true;
    return absl::OkStatus();
  });
  // Comments that were not approved are destroyed, and must be in no freed page either. It is before the state that a
  // crash is followed by doing it again; while one survey is stuck, only what was released in this attempt asks for it.
  if (fault.ok() ? any_result : (any_now && !stopping_)) {
    const absl::Status forgotten = plane_.Forget();
    if (!forgotten.ok()) return fault.ok() ? forgotten : fault;
  }
  CANDOR_RETURN_IF_ERROR(fault);

  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(CampaignRow row, GetCampaignRow(transaction, district, campaign));
    if (row.state != CampaignState::kClosed) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(SetState(row, CampaignState::kReleased));
    row.release_time = clock_.Now();
    return transaction.UpdateCampaign(row);
  });
}

absl::Status Releasing::ReleaseSurvey(const CampaignRow& campaign, const SurveyRow& survey) {
  CANDOR_RETURN_IF_ERROR(FreezeReport(campaign, survey));
  CANDOR_RETURN_IF_ERROR(FreezeComments(campaign, survey));
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(SurveyRow row, GetSurveyRow(transaction, survey.district, survey.id));
    if (row.state != SurveyState::kClosed) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(SetState(row, SurveyState::kReleased));
    // The report is frozen, so that nothing needs the ratings of those who were deleted meanwhile.
    CANDOR_RETURN_IF_ERROR(transaction.DeleteRatingsOfTheGone(survey.district, survey.id));
    return transaction.UpdateSurvey(row);
  });
}

absl::Status Releasing::CheckComments(const DistrictId& district, const CampaignId& campaign) {
  std::vector<SurveyRow> surveys;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow row, GetCampaignRow(transaction, district, campaign));
    // Without a moderator nobody was asked for words, so that the plane need not be reached for this.
    if (row.state != CampaignState::kClosed || row.settings.moderators.empty()) return absl::OkStatus();
    return ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& survey) {
      if (survey.state == SurveyState::kClosed) surveys.push_back(survey);
      return absl::OkStatus();
    });
  }));
  int waiting = 0;
  for (const SurveyRow& survey : surveys) {
    CANDOR_ASSIGN_OR_RETURN(const bool waits, plane_.CommentsWait(survey.id));
    waiting += waits ? 1 : 0;
  }
  if (waiting == 0) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kFailedPrecondition, domain::reasons::kCOMMENTS_UNDECIDED,
      absl::StrCat("in ", waiting, waiting == 1 ? " survey" : " surveys",
                   " comments wait for a moderator, or for a summary of them; let the moderators finish, or release and "
                   "discard what is undecided (candor campaign release --discard-comments)"));
}

absl::StatusOr<absl::Time> Releasing::FixReleaseTime(const CampaignRow& campaign, const SurveyRow& survey) {
  if (campaign.settings.follow_up_days == 0) return absl::UnixEpoch();
  std::optional<absl::Time> fixed;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const SurveyRow row, GetSurveyRow(transaction, survey.district, survey.id));
    fixed = row.release_time;
    return absl::OkStatus();
  }));
  if (fixed.has_value()) return *fixed;
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now()));
  CANDOR_RETURN_IF_ERROR(SetReleaseTime(survey, now));
  return now;
}

absl::Status Releasing::SetReleaseTime(const SurveyRow& survey, std::optional<absl::Time> time) {
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(SurveyRow row, GetSurveyRow(transaction, survey.district, survey.id));
    if (row.state != SurveyState::kClosed || row.release_time == time) return absl::OkStatus();
    row.release_time = time;
    return transaction.UpdateSurvey(row);
  });
}

absl::Status Releasing::FreezeComments(const CampaignRow& campaign, const SurveyRow& survey) {
  CANDOR_ASSIGN_OR_RETURN(const absl::Time release_time, FixReleaseTime(campaign, survey));
  // Also where the comments are here already: only the plane knows whether it has forgotten the rest.
  const absl::StatusOr<std::string> handed_over =
      plane_.ReleaseSurvey({survey.id, campaign.release_discards, release_time});
  const std::string reason = base::GetErrorDetail(handed_over.status()).reason;
  if (reason == domain::reasons::kCOMMENTS_UNDECIDED || reason == domain::reasons::kORDER_MISMATCH) {
    // It is not released, so the time to ask must not run from now; nor from a time by a clock that was wrong.
    CANDOR_RETURN_IF_ERROR(SetReleaseTime(survey, std::nullopt));
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string released, handed_over);
  const absl::StatusOr<domain::ReleasedComments> read = domain::DecodeReleasedComments(released);
  if (!read.ok() || read->survey != survey.id) {
    return errors::StoreCorrupt("the response plane hands over comments that are none of this survey's");
  }
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto stored, transaction.FindSurveyDocumentHash(survey.district, survey.id,
                                                                                  SurveyDocument::kComments));
    return stored.has_value() ? absl::OkStatus()
                              : PutDocument(transaction, survey, SurveyDocument::kComments, released);
  });
}

absl::Status Releasing::FreezeReport(const CampaignRow& campaign, const SurveyRow& survey) {
  bool frozen = false;
  ReportInput input;
  ReportSubject subject;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(
        const auto report, transaction.FindSurveyDocumentHash(survey.district, survey.id, SurveyDocument::kReport));
    frozen = report.has_value();
    if (frozen) return absl::OkStatus();
    input.campaign = campaign;
    input.survey = survey;
    CANDOR_ASSIGN_OR_RETURN(input.contract, GetDocument(transaction, survey, SurveyDocument::kContract));
    CANDOR_ASSIGN_OR_RETURN(input.closed_result, GetDocument(transaction, survey, SurveyDocument::kClosedResult));
    CANDOR_ASSIGN_OR_RETURN(storage::InstrumentVersionRow version,
                            GetVersionRow(transaction, survey.district, campaign.settings));
    input.instrument_version = std::move(version.document);
    CANDOR_ASSIGN_OR_RETURN(std::vector<storage::IdentifiedRatingRow> ratings,
                            transaction.ListIdentifiedRatings(survey.district, survey.id));
    CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line, storage::LineOf(transaction, survey));
    for (storage::IdentifiedRatingRow& rating : ratings) {
      if (rating.audience == storage::IdentifiedAudience::kSelf) {
        if (line.team) {
          input.team.push_back(std::move(rating.answers));
        } else {
          input.self = std::move(rating.answers);
        }
      } else {
        input.supervisors.push_back(std::move(rating.answers));
      }
    }
    CANDOR_RETURN_IF_ERROR(AddRoundBefore(transaction, input));
    CANDOR_ASSIGN_OR_RETURN(subject, SubjectOf(transaction, survey));
    return absl::OkStatus();
  }));
  if (frozen) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const std::string report, build_report_(input));
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(PutDocument(transaction, survey, SurveyDocument::kReport, report));
    return PutDocument(transaction, survey, SurveyDocument::kReportSubject, EncodeReportSubject(subject));
  });
}

}  // namespace candor::identity
