#include "candor/v1/retention.pb.h"
#include "services/base/status.h"
#include "services/identity/resource_names.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/methods.h"
#include "services/rpc/resource_names.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

v1::PersonalData ToProto(identity::PersonalData data) {
  switch (data) {
    case identity::PersonalData::kCodes:
      return v1::PERSONAL_DATA_CODES;
    case identity::PersonalData::kAnswers:
      return v1::PERSONAL_DATA_ANSWERS;
    case identity::PersonalData::kComments:
      return v1::PERSONAL_DATA_COMMENTS;
    case identity::PersonalData::kFollowUps:
      return v1::PERSONAL_DATA_FOLLOW_UPS;
    case identity::PersonalData::kNotices:
      return v1::PERSONAL_DATA_NOTICES;
    case identity::PersonalData::kRaters:
      return v1::PERSONAL_DATA_RATERS;
  }
  return v1::PERSONAL_DATA_UNSPECIFIED;
}

}  // namespace

void AddRetentionMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::PurgePersonalDataRequest, v1::PurgePersonalDataResponse>(
      "candor.v1.RetentionService.PurgePersonalData", Lane::kIdentity,
      [b](const Caller& caller, const v1::PurgePersonalDataRequest& request,
          v1::PurgePersonalDataResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
        CANDOR_ASSIGN_OR_RETURN(const auto items, b.lifecycle->Purge(caller, district, request.dry_run()));
        for (const identity::DueItem& item : items) {
          v1::PersonalDataItem& shown = *response->add_items();
          shown.set_campaign(identity::CampaignName(district, item.campaign));
          shown.set_data(ToProto(item.data));
          shown.set_count(item.count);
          if (item.due_time.has_value()) *shown.mutable_due_time() = ToTimestamp(*item.due_time);
          shown.set_deleted(item.deleted);
        }
        return absl::OkStatus();
      });
}

}  // namespace candor::rpc
