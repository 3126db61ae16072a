#include <string>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/domain/errors.h"
#include "services/rpc/convert_campaign.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/methods.h"
#include "services/rpc/request.h"
#include "services/rpc/resource_names.h"
#include "services/rpc/survey_lookup.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

std::string Name(absl::string_view method) { return absl::StrCat("candor.v1.CampaignService.", method); }

absl::StatusOr<v1::Survey> WithCounts(const IdentityBackend& b, const identity::StoredSurvey& survey,
                                      bool& plane_answers) {
  CANDOR_ASSIGN_OR_RETURN(const auto answered, AnsweredCounts(b, survey, plane_answers));
  return ToProto(survey, answered);
}

absl::Status CreateSurvey(const IdentityBackend& b, const Caller& caller, const v1::CreateSurveyRequest& request,
                          v1::Survey* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto parent, ParseCampaign("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(Require(request.has_survey(), "survey"));
  CANDOR_ASSIGN_OR_RETURN(const auto leader, ParsePerson("survey.leader", request.survey().leader()));
  if (leader.district != parent.district) {
    return domain::errors::InvalidField("survey.leader", "the leader must be of the campaign's own district");
  }
  return RunOnce(b, caller, parent.district, request, response, [&]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto survey,
                            b.campaigns->AddSurvey(caller, parent.district, parent.campaign, leader.person));
    *response = ToProto(survey, {});
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<identity::StoredSurvey>> ReadableSurveys(const IdentityBackend& b, const Caller& caller,
                                                                    const CampaignName& parent,
                                                                    const storage::Page& page) {
  if (ReadsWholeDistrict(caller, parent.district)) {
    return b.campaigns->ListSurveys(parent.district, parent.campaign, page);
  }
  std::vector<identity::StoredSurvey> surveys;
  // One view of the store: a survey that went between two would make the page short, which stands for the list's end.
  CANDOR_RETURN_IF_ERROR(b.store->Read([&](storage::ReadTransaction&) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto ids, SurveysOfCaller(*b.store, caller, parent.campaign, page));
    for (const domain::SurveyId& id : ids) {
      CANDOR_ASSIGN_OR_RETURN(auto survey, b.campaigns->GetSurvey(parent.district, id));
      surveys.push_back(std::move(survey));
    }
    return absl::OkStatus();
  }));
  return surveys;
}

absl::Status ListSurveys(const IdentityBackend& b, const Caller& caller, const v1::ListSurveysRequest& request,
                         v1::ListSurveysResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto parent, ParseCampaignOrAll("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(CheckCampaignsExist(*b.store, caller, parent));
  bool plane_answers = true;
  return FillPage<v1::ListSurveysRequest, v1::ListSurveysResponse, identity::StoredSurvey>(
      b, Name("ListSurveys"), caller, request, response,
      [&](const storage::Page& page) { return ReadableSurveys(b, caller, parent, page); },
      [](const identity::StoredSurvey& survey) { return survey.row.id.value(); },
      [&](const identity::StoredSurvey& survey) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(*response->add_surveys(), WithCounts(b, survey, plane_answers));
        return absl::OkStatus();
      });
}

absl::Status GetIdentifiedRating(const IdentityBackend& b, const Caller& caller,
                                 const v1::GetIdentifiedRatingRequest& request, v1::IdentifiedRating* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseRating("name", request.name()));
  CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, name.survey));
  CANDOR_ASSIGN_OR_RETURN(const auto form,
                          b.ratings->Get(name.survey.district, name.survey.survey, caller.person, name.audience));
  *response = ToProto(form, name);
  return absl::OkStatus();
}

absl::Status PutIdentifiedRating(const IdentityBackend& b, const Caller& caller,
                                 const v1::PutIdentifiedRatingRequest& request, v1::IdentifiedRating* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseRating("rating.name", request.rating().name()));
  const SurveyName& survey = name.survey;
  CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, survey));
  CANDOR_ASSIGN_OR_RETURN(const auto form, b.ratings->Get(survey.district, survey.survey, caller.person, name.audience));
  CANDOR_ASSIGN_OR_RETURN(const auto answers, AnswersOf(request.rating(), form));
  CANDOR_ASSIGN_OR_RETURN(const auto saved,
                          b.ratings->Put(survey.district, survey.survey, caller.person, name.audience, answers));
  *response = ToProto(saved, name);
  return absl::OkStatus();
}

}  // namespace

void AddSurveyMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::CreateSurveyRequest, v1::Survey>(
      Name("CreateSurvey"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CreateSurveyRequest& request, v1::Survey* response) {
        return CreateSurvey(b, caller, request, response);
      });
  methods.Add<v1::DeleteSurveyRequest, google::protobuf::Empty>(
      Name("DeleteSurvey"), Lane::kIdentity,
      [b](const Caller& caller, const v1::DeleteSurveyRequest& request, google::protobuf::Empty*) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseSurvey("name", request.name()));
        CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, name));
        return b.campaigns->RemoveSurvey(caller, name.district, name.survey);
      });
  methods.Add<v1::GetSurveyRequest, v1::Survey>(
      Name("GetSurvey"), Lane::kIdentity,
      [b](const Caller&, const v1::GetSurveyRequest& request, v1::Survey* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseSurvey("name", request.name()));
        CANDOR_RETURN_IF_ERROR(CheckSurveyExists(*b.store, name));
        CANDOR_ASSIGN_OR_RETURN(const auto survey, b.campaigns->GetSurvey(name.district, name.survey));
        bool plane_answers = true;
        CANDOR_ASSIGN_OR_RETURN(*response, WithCounts(b, survey, plane_answers));
        return absl::OkStatus();
      });
  methods.Add<v1::ListSurveysRequest, v1::ListSurveysResponse>(
      Name("ListSurveys"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListSurveysRequest& request, v1::ListSurveysResponse* response) {
        return ListSurveys(b, caller, request, response);
      });
  methods.Add<v1::GetIdentifiedRatingRequest, v1::IdentifiedRating>(
      Name("GetIdentifiedRating"), Lane::kIdentity,
      [b](const Caller& caller, const v1::GetIdentifiedRatingRequest& request, v1::IdentifiedRating* response) {
        return GetIdentifiedRating(b, caller, request, response);
      });
  methods.Add<v1::PutIdentifiedRatingRequest, v1::IdentifiedRating>(
      Name("PutIdentifiedRating"), Lane::kIdentity,
      [b](const Caller& caller, const v1::PutIdentifiedRatingRequest& request, v1::IdentifiedRating* response) {
        return PutIdentifiedRating(b, caller, request, response);
      });
}

}  // namespace candor::rpc
