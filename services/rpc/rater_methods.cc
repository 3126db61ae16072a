#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/domain/errors.h"
#include "services/rpc/convert_campaign.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/field_mask.h"
#include "services/rpc/methods.h"
#include "services/rpc/request.h"
#include "services/rpc/resource_names.h"
#include "services/rpc/survey_lookup.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

std::string Name(absl::string_view method) { return absl::StrCat("candor.v1.CampaignService.", method); }

absl::Status BatchCreateRaters(const IdentityBackend& b, const Caller& caller,
                               const v1::BatchCreateRatersRequest& request, v1::BatchCreateRatersResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto survey, ParseSurvey("parent", request.parent()));
  if (request.raters().empty() || request.raters_size() > identity::kMostRatersAtOnce) {
    return domain::errors::InvalidField("raters", absl::StrCat("1 to ", identity::kMostRatersAtOnce, " at once"));
  }
  CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, survey));
  std::vector<identity::NewRater> raters;
  raters.reserve(request.raters_size());
  for (const v1::Rater& rater : request.raters()) {
    raters.push_back({rater.group(), rater.display_name(), rater.address(), rater.opted_out(), rater.part()});
  }
  return RunOnce(b, caller, survey.district, request, response, [&]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto rows, b.raters->Add(caller, survey.district, survey.survey, raters));
    for (const storage::RaterRow& row : rows) *response->add_raters() = ToProto(row, survey);
    return absl::OkStatus();
  });
}

absl::Status CreatePaperRaters(const IdentityBackend& b, const Caller& caller,
                               const v1::CreatePaperRatersRequest& request, v1::CreatePaperRatersResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto survey, ParseSurvey("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, survey));
  return RunOnce(b, caller, survey.district, request, response, [&]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto rows, b.raters->AddPaper(caller, survey.district, survey.survey, request.group(),
                                                                request.count(), request.part()));
    for (const storage::RaterRow& row : rows) *response->add_raters() = ToProto(row, survey);
    return absl::OkStatus();
  });
}

absl::Status UpdateRater(const IdentityBackend& b, const Caller& caller, const v1::UpdateRaterRequest& request,
                         v1::Rater* response) {
  const v1::Rater& rater = request.rater();
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseRater("rater.name", rater.name()));
  CANDOR_ASSIGN_OR_RETURN(const auto fields, FieldsToChange(rater, request.update_mask(), ChangeableRaterFields()));
  CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, name.survey));
  const auto row = b.raters->Update(caller, name.survey.district, name.survey.survey, name.rater,
                                    [&](storage::RaterRow& stored) {
                                      CopyRaterFields(rater, fields, stored);
                                      return absl::OkStatus();
                                    });
  CANDOR_RETURN_IF_ERROR(InField(row.status(), "rater"));
  *response = ToProto(*row, name.survey);
  return absl::OkStatus();
}

absl::Status ListRaters(const IdentityBackend& b, const Caller& caller, const v1::ListRatersRequest& request,
                        v1::ListRatersResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto survey, ParseSurvey("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, survey));
  return FillPage<v1::ListRatersRequest, v1::ListRatersResponse, storage::RaterRow>(
      b, Name("ListRaters"), caller, request, response,
      [&](const storage::Page& page) { return b.raters->List(survey.district, survey.survey, page); },
      [](const storage::RaterRow& row) { return row.id.value(); },
      [&](const storage::RaterRow& row) {
        *response->add_raters() = ToProto(row, survey);
        return absl::OkStatus();
      });
}

absl::Status ListCodes(const IdentityBackend& b, const Caller& caller, const v1::ListCodesRequest& request,
                       v1::ListCodesResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto survey, ParseSurvey("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, survey));
  return FillPage<v1::ListCodesRequest, v1::ListCodesResponse, identity::RaterCode>(
      b, Name("ListCodes"), caller, request, response,
      [&](const storage::Page& page) { return b.codes->List(caller, survey.district, survey.survey, page); },
      [](const identity::RaterCode& code) { return code.rater.id.value(); },
      [&](const identity::RaterCode& code) {
        *response->add_codes() = ToProto(code, survey);
        return absl::OkStatus();
      });
}

}  // namespace

void AddRaterMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::BatchCreateRatersRequest, v1::BatchCreateRatersResponse>(
      Name("BatchCreateRaters"), Lane::kIdentity,
      [b](const Caller& caller, const v1::BatchCreateRatersRequest& request,
          v1::BatchCreateRatersResponse* response) { return BatchCreateRaters(b, caller, request, response); });
  methods.Add<v1::CreatePaperRatersRequest, v1::CreatePaperRatersResponse>(
      Name("CreatePaperRaters"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CreatePaperRatersRequest& request,
          v1::CreatePaperRatersResponse* response) { return CreatePaperRaters(b, caller, request, response); });
  methods.Add<v1::UpdateRaterRequest, v1::Rater>(
      Name("UpdateRater"), Lane::kIdentity,
      [b](const Caller& caller, const v1::UpdateRaterRequest& request, v1::Rater* response) {
        return UpdateRater(b, caller, request, response);
      });
  methods.Add<v1::DeleteRaterRequest, google::protobuf::Empty>(
      Name("DeleteRater"), Lane::kIdentity,
      [b](const Caller& caller, const v1::DeleteRaterRequest& request, google::protobuf::Empty*) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseRater("name", request.name()));
        CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, name.survey));
        return b.raters->Remove(caller, name.survey.district, name.survey.survey, name.rater);
      });
  methods.Add<v1::ListRatersRequest, v1::ListRatersResponse>(
      Name("ListRaters"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListRatersRequest& request, v1::ListRatersResponse* response) {
        return ListRaters(b, caller, request, response);
      });
  methods.Add<v1::ListCodesRequest, v1::ListCodesResponse>(
      Name("ListCodes"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListCodesRequest& request, v1::ListCodesResponse* response) {
        return ListCodes(b, caller, request, response);
      });
  methods.Add<v1::ReissueCodeRequest, v1::InvitationCode>(
      Name("ReissueCode"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ReissueCodeRequest& request, v1::InvitationCode* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseRater("name", request.name()));
        CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, name.survey));
        std::optional<int64_t> generation;
        if (request.has_generation()) generation = request.generation();
        CANDOR_ASSIGN_OR_RETURN(const auto code, b.codes->Reissue(caller, name.survey.district, name.survey.survey,
                                                                  name.rater, generation));
        *response = ToProto(code, name.survey);
        return absl::OkStatus();
      });
}

}  // namespace candor::rpc
