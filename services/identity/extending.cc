#include "services/identity/extending.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/campaign.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/extension.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::CampaignState;
using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyDocument;
using storage::SurveyRow;
using storage::WriteTransaction;

std::string TimeText(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone()); }

absl::Status CheckMayExtend(const CampaignRow& campaign, absl::Time close_time, absl::Time now) {
  if (campaign.state != CampaignState::kOpen || storage::CloseTimeOf(campaign) <= now) {
    return errors::WrongState(absl::StrCat("the campaign ", CampaignName(campaign.district, campaign.id), " is ",
                                           campaign.state == CampaignState::kOpen ? "over" : domain::NameOf(campaign.state),
                                           "; only while it is open can the time to answer be extended"));
  }
  if (close_time != absl::FromUnixSeconds(absl::ToUnixSeconds(close_time))) {
    return errors::InvalidField("close_time", "must be in whole seconds");
  }
  if (close_time <= storage::CloseTimeOf(campaign)) {
    return errors::InvalidField("close_time", absl::StrCat("must be later than ", TimeText(storage::CloseTimeOf(campaign)),
                                                           ", when answering ends now; to end it earlier close the campaign"));
  }
  if (close_time > campaign.settings.latest_close_time) {
    return errors::InvalidField("close_time", absl::StrCat("must be at the latest ",
                                                           TimeText(campaign.settings.latest_close_time),
                                                           ", which raters were told when the campaign opened"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<domain::ExtendOrder> Extending::MakeOrder(ReadTransaction& transaction, const SurveyRow& survey,
                                                         absl::Time close_time) {
  CANDOR_ASSIGN_OR_RETURN(const auto manifest_hash, transaction.FindSurveyDocumentHash(survey.district, survey.id,
                                                                                       SurveyDocument::kManifest));
  if (!manifest_hash.has_value()) return errors::StoreCorrupt("an open survey has no manifest");
  // A notice that another key signs is believed by no client, and the response plane would call it a faulty order.
  CANDOR_ASSIGN_OR_RETURN(const domain::Manifest manifest, GetManifest(transaction, survey));
  CANDOR_RETURN_IF_ERROR(keys_.CheckSigningKey(manifest.signing_public_key));
  domain::ExtendOrder order;
  order.survey = survey.id;
  order.notice = domain::EncodeExtension({survey.id, base::HexEncode(*manifest_hash), close_time});
  order.signature = keys_.signing_key().Sign(absl::StrCat(domain::kExtensionTag, order.notice));
  return order;
}

absl::StatusOr<CampaignRow> Extending::Extend(const Caller& caller, const domain::DistrictId& district,
                                              const domain::CampaignId& campaign, absl::Time close_time,
                                              std::optional<int64_t> revision) {
  std::vector<domain::ExtendOrder> orders;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow row, GetCampaignRow(transaction, district, campaign));
    if (revision.has_value() && *revision != row.revision) {
      return errors::EtagMismatch("campaign", CampaignName(district, campaign));
    }
    CANDOR_RETURN_IF_ERROR(CheckMayExtend(row, close_time, clock_.Now()));
    CANDOR_RETURN_IF_ERROR(CheckMayChooseTheMoment(transaction, caller, row, clock_.Now()));
    return ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& survey) -> absl::Status {
      if (survey.state != domain::SurveyState::kOpen) return absl::OkStatus();
      CANDOR_ASSIGN_OR_RETURN(domain::ExtendOrder order, MakeOrder(transaction, survey, close_time));
      orders.push_back(std::move(order));
      return absl::OkStatus();
    });
  }));
  for (const domain::ExtendOrder& order : orders) CANDOR_RETURN_IF_ERROR(plane_.ExtendSurvey(order));

  CampaignRow row;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, GetCampaignRow(transaction, district, campaign));
    // Closing may have begun meanwhile, or somebody else may have moved the time further.
    CANDOR_RETURN_IF_ERROR(CheckMayExtend(row, close_time, clock_.Now()));
    row.extended_close_time = close_time;
    CANDOR_RETURN_IF_ERROR(transaction.UpdateCampaign(row));
    ++row.revision;
    for (const domain::ExtendOrder& order : orders) {
      CANDOR_ASSIGN_OR_RETURN(const SurveyRow survey, GetSurveyRow(transaction, district, order.survey));
      CANDOR_RETURN_IF_ERROR(transaction.PutExtension({district, order.survey, order.notice, order.signature}));
      // Counts the survey's revision up, by which what is kept of it in memory is known to be old.
      CANDOR_RETURN_IF_ERROR(transaction.UpdateSurvey(survey));
    }
    return RecordAudit(transaction, clock_, caller, district, "ExtendCampaign", CampaignName(district, campaign));
  }));
  return row;
}

}  // namespace candor::identity
