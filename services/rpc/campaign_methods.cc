#include <string>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/rpc/convert_campaign.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/field_mask.h"
#include "services/rpc/methods.h"
#include "services/rpc/request.h"
#include "services/rpc/resource_names.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

std::string Name(absl::string_view method) { return absl::StrCat("candor.v1.CampaignService.", method); }

absl::StatusOr<v1::Campaign> WithProgress(const IdentityBackend& b, const identity::StoredCampaign& campaign) {
  CANDOR_ASSIGN_OR_RETURN(const auto progress, b.lifecycle->ProgressOf(campaign.row.district, campaign.row.id));
  return ToProto(campaign, progress);
}

absl::Status FillCampaign(const IdentityBackend& b, const domain::DistrictId& district,
                          const domain::CampaignId& campaign, v1::Campaign* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto stored, b.campaigns->Get(district, campaign));
  CANDOR_ASSIGN_OR_RETURN(*response, WithProgress(b, stored));
  return absl::OkStatus();
}

absl::Status CreateCampaign(const IdentityBackend& b, const Caller& caller, const v1::CreateCampaignRequest& request,
                            v1::Campaign* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(CheckChosenId("campaign_id", request.campaign_id()));
  CANDOR_RETURN_IF_ERROR(Require(request.has_campaign(), "campaign"));
  CANDOR_RETURN_IF_ERROR(Require(request.campaign().has_close_time(), "campaign.close_time"));
  domain::CampaignSettings settings;
  CANDOR_RETURN_IF_ERROR(CopyCampaignFields(request.campaign(), ChangeableCampaignFields(), district, settings));
  return RunOnce(b, caller, district, request, response, [&]() -> absl::Status {
    const auto stored = b.campaigns->Create(caller, district, domain::CampaignId(request.campaign_id()), settings);
    CANDOR_RETURN_IF_ERROR(InField(stored.status(), "campaign"));
    *response = ToProto(*stored, identity::Progress());
    return absl::OkStatus();
  });
}

absl::Status UpdateCampaign(const IdentityBackend& b, const Caller& caller, const v1::UpdateCampaignRequest& request,
                            v1::Campaign* response) {
  const v1::Campaign& campaign = request.campaign();
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("campaign.name", campaign.name()));
  CANDOR_ASSIGN_OR_RETURN(const auto fields,
                          FieldsToChange(campaign, request.update_mask(), ChangeableCampaignFields()));
  CANDOR_ASSIGN_OR_RETURN(const auto revision, FromEtag(campaign.etag(), "campaign", campaign.name()));
  const auto stored =
      b.campaigns->Update(caller, name.district, name.campaign, revision, [&](domain::CampaignSettings& settings) {
        return CopyCampaignFields(campaign, fields, name.district, settings);
      });
  CANDOR_RETURN_IF_ERROR(InField(stored.status(), "campaign"));
  CANDOR_ASSIGN_OR_RETURN(*response, WithProgress(b, *stored));
  return absl::OkStatus();
}

absl::Status OpenCampaign(const IdentityBackend& b, const Caller& caller, const v1::OpenCampaignRequest& request,
                          v1::Campaign* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("name", request.name()));
  CANDOR_ASSIGN_OR_RETURN(const auto revision, FromEtag(request.etag(), "campaign", request.name()));
  CANDOR_RETURN_IF_ERROR(b.lifecycle->Open(caller, name.district, name.campaign, revision).status());
  return FillCampaign(b, name.district, name.campaign, response);
}

absl::Status ExtendCampaign(const IdentityBackend& b, const Caller& caller, const v1::ExtendCampaignRequest& request,
                            v1::Campaign* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("name", request.name()));
  CANDOR_RETURN_IF_ERROR(Require(request.has_close_time(), "close_time"));
  CANDOR_ASSIGN_OR_RETURN(const auto revision, FromEtag(request.etag(), "campaign", request.name()));
  CANDOR_RETURN_IF_ERROR(
      b.lifecycle->Extend(caller, name.district, name.campaign, FromTimestamp(request.close_time()), revision).status());
  return FillCampaign(b, name.district, name.campaign, response);
}

void AddDraftMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::CreateCampaignRequest, v1::Campaign>(
      Name("CreateCampaign"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CreateCampaignRequest& request, v1::Campaign* response) {
        return CreateCampaign(b, caller, request, response);
      });
  methods.Add<v1::UpdateCampaignRequest, v1::Campaign>(
      Name("UpdateCampaign"), Lane::kIdentity,
      [b](const Caller& caller, const v1::UpdateCampaignRequest& request, v1::Campaign* response) {
        return UpdateCampaign(b, caller, request, response);
      });
  methods.Add<v1::DeleteCampaignRequest, google::protobuf::Empty>(
      Name("DeleteCampaign"), Lane::kIdentity,
      [b](const Caller& caller, const v1::DeleteCampaignRequest& request, google::protobuf::Empty*) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("name", request.name()));
        return b.campaigns->Delete(caller, name.district, name.campaign);
      });
  methods.Add<v1::PreviewCampaignRequest, v1::PreviewCampaignResponse>(
      Name("PreviewCampaign"), Lane::kIdentity,
      [b](const Caller&, const v1::PreviewCampaignRequest& request,
          v1::PreviewCampaignResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto preview, b.campaigns->Preview(name.district, name.campaign));
        *response = ToProto(preview);
        return absl::OkStatus();
      });
}

void AddReadMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::GetCampaignRequest, v1::Campaign>(
      Name("GetCampaign"), Lane::kIdentity,
      [b](const Caller&, const v1::GetCampaignRequest& request, v1::Campaign* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("name", request.name()));
        return FillCampaign(b, name.district, name.campaign, response);
      });
  methods.Add<v1::ListCampaignsRequest, v1::ListCampaignsResponse>(
      Name("ListCampaigns"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListCampaignsRequest& request,
          v1::ListCampaignsResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
        return FillPage<v1::ListCampaignsRequest, v1::ListCampaignsResponse, identity::StoredCampaign>(
            b, Name("ListCampaigns"), caller, request, response,
            [&](const storage::Page& page) { return b.campaigns->List(district, page); },
            [](const identity::StoredCampaign& campaign) { return campaign.row.id.value(); },
            [&](const identity::StoredCampaign& campaign) -> absl::Status {
              auto with_progress = WithProgress(b, campaign);
              // Deleted in the meantime, so a draft, which has no progress.
              if (absl::IsNotFound(with_progress.status())) with_progress = ToProto(campaign, identity::Progress());
              CANDOR_RETURN_IF_ERROR(with_progress.status());
              *response->add_campaigns() = *std::move(with_progress);
              return absl::OkStatus();
            });
      });
}

void AddLifecycleMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::OpenCampaignRequest, v1::Campaign>(
      Name("OpenCampaign"), Lane::kIdentity,
      [b](const Caller& caller, const v1::OpenCampaignRequest& request, v1::Campaign* response) {
        return OpenCampaign(b, caller, request, response);
      });
  methods.Add<v1::CloseCampaignRequest, v1::Campaign>(
      Name("CloseCampaign"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CloseCampaignRequest& request, v1::Campaign* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("name", request.name()));
        CANDOR_RETURN_IF_ERROR(b.lifecycle->Close(caller, name.district, name.campaign).status());
        return FillCampaign(b, name.district, name.campaign, response);
      });
  methods.Add<v1::ExtendCampaignRequest, v1::Campaign>(
      Name("ExtendCampaign"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ExtendCampaignRequest& request, v1::Campaign* response) {
        return ExtendCampaign(b, caller, request, response);
      });
  methods.Add<v1::ReleaseCampaignRequest, v1::Campaign>(
      Name("ReleaseCampaign"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ReleaseCampaignRequest& request, v1::Campaign* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("name", request.name()));
        CANDOR_RETURN_IF_ERROR(b.lifecycle->Release(caller, name.district, name.campaign, request.discard_undecided_comments()).status());
        return FillCampaign(b, name.district, name.campaign, response);
      });
}

}  // namespace

void AddCampaignMethods(const IdentityBackend& backend, MethodSet& methods) {
  AddDraftMethods(backend, methods);
  AddReadMethods(backend, methods);
  AddLifecycleMethods(backend, methods);
}

}  // namespace candor::rpc
