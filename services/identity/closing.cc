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
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

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

bool IsKeyLost(const absl::Status& status) {
  const std::string reason = base::GetErrorDetail(status).reason;
  return reason == domain::reasons::kKEY_LOST || reason == domain::reasons::kWRONG_CLOSING_KEY;
}

}  // namespace

absl::StatusOr<CampaignRow> Closing::Order(const Caller& caller, const DistrictId& district,
                                           const CampaignId& campaign) {
  CampaignRow row;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, GetCampaignRow(transaction, district, campaign));
    if (row.state != CampaignState::kOpen) {
      return errors::WrongState(absl::StrCat("the campaign ", CampaignName(district, campaign), " is ",
                                             domain::NameOf(row.state), "; only an open campaign can be closed"));
    }
    CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& each) -> absl::Status {
      SurveyRow survey = each;
      if (survey.state != SurveyState::kOpen) return absl::OkStatus();
      survey.state = SurveyState::kClosing;
      survey.order_id = base::RandomId();
      return transaction.UpdateSurvey(survey);
    }));
    row.state = CampaignState::kClosing;
    CANDOR_RETURN_IF_ERROR(transaction.UpdateCampaign(row));
    ++row.revision;
    return RecordAudit(transaction, clock_, caller, district, "CloseCampaign", CampaignName(district, campaign));
  }));
  return row;
}

absl::Status Closing::Advance(const DistrictId& district, const CampaignId& campaign) {
  CampaignRow row;
  std::vector<SurveyRow> surveys;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, GetCampaignRow(transaction, district, campaign));
    return ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& survey) {
      surveys.push_back(survey);
      return absl::OkStatus();
    });
  }));
  if (row.state != CampaignState::kClosing) return absl::OkStatus();

  absl::Status first_fault;
  for (const SurveyRow& survey : surveys) {
    if (survey.state != SurveyState::kClosing) continue;
    const absl::Status closed = CloseSurvey(row, survey);
    if (first_fault.ok()) first_fault = closed;
  }
  CANDOR_RETURN_IF_ERROR(first_fault);

  CANDOR_RETURN_IF_ERROR(keys_.DestroyCodeKey(district, campaign));
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, GetCampaignRow(transaction, district, campaign));
    if (row.state != CampaignState::kClosing) return absl::OkStatus();
    row.state = CampaignState::kClosed;
    row.closed_time = clock_.Now();
    return transaction.UpdateCampaign(row);
  });
}

absl::Status Closing::CloseSurvey(const CampaignRow& campaign, SurveyRow survey) {
  if (survey.closing_step < ClosingStep::kStopped) {
    CANDOR_RETURN_IF_ERROR(plane_.StopAccepting(survey.id));
    survey.closing_step = ClosingStep::kStopped;
    CANDOR_RETURN_IF_ERROR(Store(survey));
  }
  if (survey.closing_step < ClosingStep::kResultStored) {
    const absl::Status fetched = FetchResult(survey);
    if (IsKeyLost(fetched) && clock_.Now() >= campaign.settings.abandon_time) return Abandon(survey);
    CANDOR_RETURN_IF_ERROR(fetched);
  }
  if (survey.closing_step < ClosingStep::kKeysDestroyed) CANDOR_RETURN_IF_ERROR(DestroyKeys(survey));
  if (survey.closing_step < ClosingStep::kForgotten) {
    CANDOR_RETURN_IF_ERROR(plane_.Forget(survey.id));
    survey.closing_step = ClosingStep::kForgotten;
  }
  survey.state = SurveyState::kClosed;
  return Store(survey);
}

absl::Status Closing::FetchResult(SurveyRow& survey) {
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
  {
    CANDOR_ASSIGN_OR_RETURN(const crypto::ClosingKeyPair key, keys_.LoadClosingKey(survey.id));
    order.closing_secret_key = std::string(key.secret_key.view());
  }
  const absl::StatusOr<domain::CloseOutcome> outcome = plane_.CloseSurvey(order);
  explicit_bzero(order.closing_secret_key.data(), order.closing_secret_key.size());
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
    return transaction.UpdateSurvey(survey);
  }));
  ++survey.revision;
  ForgetOrLog(store_);
  return absl::OkStatus();
}

absl::Status Closing::Abandon(SurveyRow& survey) {
  CANDOR_RETURN_IF_ERROR(plane_.AbandonSurvey(survey.id));
  CANDOR_RETURN_IF_ERROR(DestroyKeys(survey));
  CANDOR_RETURN_IF_ERROR(plane_.Forget(survey.id));
  survey.state = SurveyState::kAbandoned;
  survey.closing_step = ClosingStep::kForgotten;
  base::Log(base::LogLevel::kWarning, "a survey was abandoned, since its closing key is lost",
            {{"survey", survey.id.value()}});
  return Store(survey);
}

absl::Status Closing::Store(SurveyRow& survey) {
  CANDOR_RETURN_IF_ERROR(
      store_.Write([&](WriteTransaction& transaction) { return transaction.UpdateSurvey(survey); }));
  ++survey.revision;
  return absl::OkStatus();
}

}  // namespace candor::identity
