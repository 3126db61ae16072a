#include "services/identity/closing.h"

#include <string.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/domain/campaign.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/pooling.h"
#include "services/identity/resource_names.h"
#include "services/identity/survey_work.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::CampaignId;
using domain::CampaignState;
using domain::DistrictId;
using domain::SurveyState;
using storage::CampaignRow;
using storage::ClosingStep;
using storage::ReadTransaction;
using storage::SurveyDocument;
using storage::SurveyRow;
using storage::WriteTransaction;

absl::StatusOr<bool> HasResult(ReadTransaction& transaction, const SurveyRow& survey) {
  CANDOR_ASSIGN_OR_RETURN(const auto hash, transaction.FindSurveyDocumentHash(survey.district, survey.id,
                                                                              SurveyDocument::kClosedResult));
  return hash.has_value();
}

// Whether closing may begin: of an open campaign, and of one that is still opening when its time is over or that will
// never come to be open. By its schedule the server closes what is due alone: it may have found that out before somebody
// extended the campaign.
absl::Status CheckMayClose(const Caller& caller, const CampaignRow& campaign, absl::Time now, bool opening_refused) {
  if (caller.server && storage::CloseTimeOf(campaign) > now) {
    return errors::WrongState(
        absl::StrCat("the campaign ", CampaignName(campaign.district, campaign.id), " takes answers for longer"));
  }
  if (campaign.state == CampaignState::kOpen) return absl::OkStatus();
  const bool opening = campaign.state == CampaignState::kOpening;
  if (opening && (opening_refused || storage::CloseTimeOf(campaign) <= now)) return absl::OkStatus();
  return errors::WrongState(absl::StrCat(
      "the campaign ", CampaignName(campaign.district, campaign.id), " is ", domain::NameOf(campaign.state),
      opening ? "; wait until it is open. It can be closed before only from its close time on, or when its last fault is "
                "one that trying again does not mend"
              : "; only an open campaign can be closed"));
}

}  // namespace

absl::StatusOr<CampaignRow> Closing::Order(const Caller& caller, const DistrictId& district,
                                           const CampaignId& campaign, bool opening_refused) {
  CampaignRow row;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, GetCampaignRow(transaction, district, campaign));
    const absl::Time now = clock_.Now();
    CANDOR_RETURN_IF_ERROR(CheckMayClose(caller, row, now, opening_refused));
    CANDOR_RETURN_IF_ERROR(CheckMayChooseTheMoment(transaction, caller, row, now));
    CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& each) -> absl::Status {
      SurveyRow survey = each;
      if (survey.state != SurveyState::kOpen) return absl::OkStatus();
      CANDOR_RETURN_IF_ERROR(SetState(survey, SurveyState::kClosing));
      survey.order_id = base::RandomId();
      return transaction.UpdateSurvey(survey);
    }));
    CANDOR_RETURN_IF_ERROR(SetState(row, CampaignState::kClosing));
    CANDOR_RETURN_IF_ERROR(transaction.UpdateCampaign(row));
    ++row.revision;
    return RecordAudit(transaction, clock_, caller, district, "CloseCampaign", CampaignName(district, campaign));
  }));
  return row;
}

absl::Status Closing::Advance(const DistrictId& district, const CampaignId& campaign) {
  CANDOR_ASSIGN_OR_RETURN(CampaignWork work, ReadCampaignWork(store_, district, campaign));
  if (work.campaign.state != CampaignState::kClosing) return absl::OkStatus();

  std::vector<SurveyRow> ready;  // all but forgetting is done
  absl::Status waiting;          // for the steward, which is no fault and hides none
  absl::Status fault = WorkAtEach(work.surveys, stopping_, [&](SurveyRow& survey) -> absl::Status {
    if (survey.state != SurveyState::kDraft && survey.state != SurveyState::kClosing) return absl::OkStatus();
    const absl::Status ended = EndSurvey(work.campaign, survey);
    if (IsWaitingForSteward(ended)) {
      waiting = ended;
      return absl::OkStatus();
    }
    CANDOR_RETURN_IF_ERROR(ended);
    ready.push_back(survey);
    return absl::OkStatus();
  });
  if (fault.ok()) fault = waiting;
  // The rest takes long, and is done after the next start for what has come so far, too.
  if (stopping_) return fault;
  bool has_pool = false;
  if (fault.ok()) {
    const absl::StatusOr<bool> pooled = PoolFigures(
        store_, keys_, plane_, work, clock_.Now() >= domain::CountingEndTime(work.campaign.settings.abandon_time));
    has_pool = pooled.ok() && *pooled;
    fault = pooled.status();
  }
  if (fault.ok()) fault = keys_.DestroyCodeKey(district, campaign);
  if (fault.ok()) fault = StoreBenchmark(work.campaign, work.surveys);

  // Once for all: it takes as long for one survey as for a thousand. Not after the campaign is CLOSED, so that a crash
  // is followed by doing it again.
  if (!ready.empty() || has_pool) {
    const absl::Status forgotten = plane_.Forget();
    if (!forgotten.ok()) return fault.ok() ? forgotten : fault;
  }
  // An empty transaction would do nothing but end what is kept for readers of reports.
  if (ready.empty() && !fault.ok()) return fault;
  const absl::Status finished = Finish(work.campaign, ready, /*all=*/fault.ok());
  ForgetOrLog(store_);
  return fault.ok() ? finished : fault;
}

absl::Status Closing::StoreBenchmark(const CampaignRow& campaign, const std::vector<SurveyRow>& surveys) {
  BenchmarkInput input;
  bool wanted = false;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow row, GetCampaignRow(transaction, campaign.district, campaign.id));
    if (row.benchmark.has_value()) return absl::OkStatus();
    for (const SurveyRow& survey : surveys) {
      CANDOR_ASSIGN_OR_RETURN(auto result, transaction.FindSurveyDocument(survey.district, survey.id,
                                                                          SurveyDocument::kClosedResult));
      if (!result.has_value()) continue;
      if (input.closed_results.empty()) {
        CANDOR_ASSIGN_OR_RETURN(input.contract, GetDocument(transaction, survey, SurveyDocument::kContract));
        CANDOR_ASSIGN_OR_RETURN(storage::InstrumentVersionRow version,
                                GetVersionRow(transaction, survey.district, campaign.settings));
        input.instrument_version = std::move(version.document);
        const absl::StatusOr<domain::Contract> contract = domain::DecodeContract(input.contract);
        if (!contract.ok()) return domain::errors::StoreCorrupt("a stored anonymity contract cannot be read");
        wanted = contract->benchmark;
        if (!wanted) return absl::OkStatus();
      }
      input.closed_results.push_back(*std::move(result));
    }
    return absl::OkStatus();
  }));
  if (!wanted) return absl::OkStatus();
  absl::StatusOr<std::string> benchmark = build_benchmark_(input);
  if (!benchmark.ok()) {
    // A damaged result keeps its own report from being built, and says so then; it must not keep the others' from it.
    base::Log(base::LogLevel::kWarning, "a campaign closes without its means over the leaders",
              {{"campaign", CampaignName(campaign.district, campaign.id)},
               {"detail", std::string(benchmark.status().message())}});
    benchmark = std::string();
  }
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(CampaignRow row, GetCampaignRow(transaction, campaign.district, campaign.id));
    row.benchmark = *std::move(benchmark);
    return transaction.UpdateCampaign(row);
  });
}

absl::Status Closing::Finish(const CampaignRow& campaign, const std::vector<SurveyRow>& ready, bool all) {
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    for (SurveyRow survey : ready) {
      CANDOR_ASSIGN_OR_RETURN(const bool has_result, HasResult(transaction, survey));
      CANDOR_RETURN_IF_ERROR(SetState(survey, has_result ? SurveyState::kClosed : SurveyState::kAbandoned));
      survey.closing_step = ClosingStep::kForgotten;
      if (!has_result) {
        // There will be no report that needs the ratings of those who were deleted meanwhile.
        CANDOR_RETURN_IF_ERROR(transaction.DeleteRatingsOfTheGone(survey.district, survey.id));
      }
      CANDOR_RETURN_IF_ERROR(transaction.UpdateSurvey(survey));
    }
    if (!all) return absl::OkStatus();
    CANDOR_ASSIGN_OR_RETURN(CampaignRow row, GetCampaignRow(transaction, campaign.district, campaign.id));
    if (row.state != CampaignState::kClosing) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(SetState(row, CampaignState::kClosed));
    row.closed_time = clock_.Now();
    return transaction.UpdateCampaign(row);
  });
}

absl::Status Closing::EndSurvey(const CampaignRow& campaign, SurveyRow& survey) {
  // With a result, or abandoned: the response plane has done its part before the keys go.
  if (survey.closing_step >= ClosingStep::kKeysDestroyed) return absl::OkStatus();
  if (survey.state == SurveyState::kDraft) return Abandon(survey, "its campaign closed before it was open");
  if (survey.closing_step < ClosingStep::kResultStored) {
    const absl::Status fetched = StopAndFetch(campaign, survey);
    if (!fetched.ok()) {
      // The response plane has abandoned it by its own clock; there is nothing to wait for.
      if (base::GetErrorDetail(fetched).reason == domain::reasons::kSURVEY_ABANDONED) {
        return Abandon(survey, fetched.message());
      }
      const absl::Time abandon_time = campaign.settings.abandon_time;
      if (clock_.Now() < (IsPassing(fetched) ? domain::CountingEndTime(abandon_time) : abandon_time)) return fetched;
      return Abandon(survey, fetched.message());
    }
  }
  return DestroyKeys(survey);
}

absl::Status Closing::StopAndFetch(const CampaignRow& campaign, SurveyRow& survey) {
  if (survey.closing_step < ClosingStep::kStopped) {
    CANDOR_RETURN_IF_ERROR(plane_.StopAccepting(survey.id));
    survey.closing_step = ClosingStep::kStopped;
    CANDOR_RETURN_IF_ERROR(Store(survey));
  }
  return FetchResult(campaign, survey);
}

absl::Status Closing::FetchResult(const CampaignRow& campaign, SurveyRow& survey) {
  domain::CloseOrder order;
  order.order_id = survey.order_id;
  order.survey = survey.id;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::IssuingGroupRow> groups,
                            transaction.ListIssuingGroups(survey.district, survey.id));
    CANDOR_ASSIGN_OR_RETURN(
        const std::vector<int64_t> issued,
        transaction.CountIssued(survey.district, survey.id, static_cast<int>(groups.size())));
    for (size_t i = 0; i < groups.size(); ++i) order.issued.push_back({issued[i], groups[i].reissued});
    return absl::OkStatus();
  }));
  absl::Status lost;
  if (campaign.settings.steward.has_value()) {
    // The key is none of this plane's; the steward brings it to the other.
  } else if (const absl::StatusOr<crypto::ClosingKeyPair> key = keys_.LoadClosingKey(survey.id); key.ok()) {
    order.closing_secret_key = std::string(key->secret_key.view());
  } else if (base::GetErrorDetail(key.status()).reason == domain::reasons::kKEY_LOST) {
    // The response plane may have closed the survey already, before this plane came to store the result; then it needs
    // no key to give it again.
    lost = key.status();
  } else {
    return key.status();
  }
  const absl::StatusOr<domain::CloseOutcome> outcome = plane_.CloseSurvey(order);
  explicit_bzero(order.closing_secret_key.data(), order.closing_secret_key.size());
  if (!lost.ok() && base::GetErrorDetail(outcome.status()).reason == domain::reasons::kWRONG_CLOSING_KEY) return lost;
  CANDOR_RETURN_IF_ERROR(outcome.status());

  survey.closing_step = ClosingStep::kResultStored;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(
        PutDocument(transaction, survey, SurveyDocument::kClosedResult, outcome->closed_result));
    CANDOR_RETURN_IF_ERROR(PutDocument(transaction, survey, SurveyDocument::kLedger, outcome->ledger));
    return transaction.UpdateSurvey(survey);
  }));
  ++survey.revision;
  return absl::OkStatus();
}

absl::Status Closing::DestroyKeys(SurveyRow& survey) {
  CANDOR_RETURN_IF_ERROR(keys_.DestroySurveyKeys(survey.id));
  invitations_.DropSurvey(survey.id);
  survey.closing_step = ClosingStep::kKeysDestroyed;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(transaction.DeleteInvitations(survey.district, survey.id));
    CANDOR_RETURN_IF_ERROR(
        transaction.DeleteSurveyDocument(survey.district, survey.id, SurveyDocument::kSurnameFilter));
    return transaction.UpdateSurvey(survey);
  }));
  ++survey.revision;
  ForgetOrLog(store_);
  return absl::OkStatus();
}

absl::Status Closing::Abandon(SurveyRow& survey, absl::string_view why) {
  absl::Status abandoned = plane_.AbandonSurvey(survey.id);
  // A survey that the response plane does not know has no answers there.
  if (absl::IsNotFound(abandoned)) abandoned = absl::OkStatus();
  const bool closed_there = base::GetErrorDetail(abandoned).reason == domain::reasons::kWRONG_STATE;
  // Closed under an order that this plane no longer knows, as after its database was put back from an older copy: the
  // answers are destroyed already, and counts made for that order are not taken for this one. Releasing is what destroys
  // the comments, which no report of an abandoned survey would ever do; as of long ago, so that nothing is kept to ask back.
  if (closed_there) {
    abandoned =
        plane_.ReleaseSurvey({survey.id, /*discard_undecided=*/true, absl::UnixEpoch() + absl::Seconds(1)}).status();
  }
  CANDOR_RETURN_IF_ERROR(abandoned);
  CANDOR_RETURN_IF_ERROR(DestroyKeys(survey));
  base::Log(base::LogLevel::kWarning,
            closed_there ? "a survey was abandoned: the response plane had closed it by an order that is not known here; "
                           "the result of that stays there, and there is no report"
                         : "a survey was abandoned: its answers and keys are destroyed, it has no result",
            {{"survey", SurveyName(survey)}, {"detail", std::string(why)}});
  return absl::OkStatus();
}

absl::Status Closing::Store(SurveyRow& survey) {
  CANDOR_RETURN_IF_ERROR(
      store_.Write([&](WriteTransaction& transaction) { return transaction.UpdateSurvey(survey); }));
  ++survey.revision;
  return absl::OkStatus();
}

}  // namespace candor::identity
