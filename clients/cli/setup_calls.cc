#include "clients/cli/setup_calls.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/framework.grpc.pb.h"
#include "candor/v1/instrument.grpc.pb.h"
#include "clients/cli/instrument_file.h"
#include "services/base/status.h"
#include "services/domain/answer.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;
using candor::v1::DirectoryService;
using candor::v1::FrameworkService;
using candor::v1::InstrumentService;

constexpr int64_t kMostInOneCall = 5000;

}  // namespace

absl::StatusOr<std::string> MakeDistrict(Context& context, const std::string& title) {
  candor::v1::CreateDistrictRequest request;
  request.mutable_district()->set_title(title);
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto district, context.Call(&DirectoryService::Stub::CreateDistrict, request));
  return district.name();
}

absl::StatusOr<std::string> MakeSchool(Context& context, const std::string& district, const std::string& title) {
  candor::v1::CreateSchoolRequest request;
  request.set_parent(district);
  request.mutable_school()->set_title(title);
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto school, context.Call(&DirectoryService::Stub::CreateSchool, request));
  return school.name();
}

absl::StatusOr<std::string> MakePerson(Context& context, const std::string& district,
                                       const candor::v1::Person& person) {
  candor::v1::CreatePersonRequest request;
  request.set_parent(district);
  *request.mutable_person() = person;
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto made, context.Call(&DirectoryService::Stub::CreatePerson, request));
  return made.name();
}

absl::StatusOr<std::string> MakeInstrument(Context& context, const std::string& district, const std::string& framework,
                                           const domain::Instrument& instrument) {
  candor::v1::ImportFrameworkRequest import;
  import.set_parent(district);
  import.set_document(framework);
  import.set_request_id(NewRequestId());
  CANDOR_RETURN_IF_ERROR(context.Call(&FrameworkService::Stub::ImportFramework, import).status());
  candor::v1::CreateInstrumentRequest create;
  create.set_parent(district);
  *create.mutable_instrument() = ToProto(instrument, district);
  create.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto draft, context.Call(&InstrumentService::Stub::CreateInstrument, create));
  candor::v1::PublishInstrumentRequest publish;
  publish.set_name(draft.name());
  CANDOR_ASSIGN_OR_RETURN(const auto version, context.Call(&InstrumentService::Stub::PublishInstrument, publish));
  return version.name();
}

absl::StatusOr<std::string> MakeCampaign(Context& context, const std::string& district,
                                         const candor::v1::Campaign& campaign) {
  candor::v1::CreateCampaignRequest request;
  request.set_parent(district);
  *request.mutable_campaign() = campaign;
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto made, context.Call(&CampaignService::Stub::CreateCampaign, request));
  return made.name();
}

absl::StatusOr<std::string> MakeSurvey(Context& context, const std::string& campaign, const std::string& leader) {
  candor::v1::CreateSurveyRequest request;
  request.set_parent(campaign);
  request.mutable_survey()->set_leader(leader);
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto made, context.Call(&CampaignService::Stub::CreateSurvey, request));
  return made.name();
}

absl::Status AddPaper(Context& context, const std::string& survey, const std::string& group, int64_t count) {
  for (int64_t left = count; left > 0; left -= kMostInOneCall) {
    candor::v1::CreatePaperRatersRequest request;
    request.set_parent(survey);
    request.set_group(group);
    request.set_count(static_cast<int>(std::min(left, kMostInOneCall)));
    request.set_request_id(NewRequestId());
    CANDOR_RETURN_IF_ERROR(context.Call(&CampaignService::Stub::CreatePaperRaters, request).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<client::Connection>> ConnectAs(Context& context, const std::string& person) {
  candor::v1::CreateAccessKeyRequest request;
  request.set_parent(person);
  CANDOR_ASSIGN_OR_RETURN(const auto made, context.CallOnce(&DirectoryService::Stub::CreateAccessKey, request));
  CANDOR_ASSIGN_OR_RETURN(const auto caller, context.Caller());
  return caller->WithAccessKey(made.secret());
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> CodesOf(Context& context, const std::string& survey) {
  candor::v1::ListCodesRequest request;
  request.set_parent(survey);
  CANDOR_ASSIGN_OR_RETURN(const auto all, context.List(&CampaignService::Stub::ListCodes, request));
  std::map<std::string, std::vector<std::string>> codes;
  for (const auto& code : all.codes()) codes[code.rater().group()].push_back(code.code());
  return codes;
}

absl::Status SaveRating(const client::Connection& person, const std::string& survey, const std::string& kind,
                        const std::vector<std::string>& indicators, const std::vector<uint8_t>& marks) {
  candor::v1::PutIdentifiedRatingRequest request;
  request.mutable_rating()->set_name(absl::StrCat(survey, "/ratings/", kind));
  for (size_t i = 0; i < indicators.size(); ++i) {
    if (marks[i] == domain::kBlank) continue;
    auto* rating = request.mutable_rating()->add_ratings();
    rating->set_indicator(indicators[i]);
    if (marks[i] == domain::kNotObserved) {
      rating->set_not_observed(true);
    } else {
      rating->set_value(marks[i]);
    }
  }
  CampaignService::Stub stub(person.channel());
  return person.CallRepeatedly({}, stub, &CampaignService::Stub::PutIdentifiedRating, request).status();
}

absl::Status CheckPreview(Context& context, const std::string& campaign) {
  candor::v1::PreviewCampaignRequest request;
  request.set_name(campaign);
  CANDOR_ASSIGN_OR_RETURN(const auto preview, context.Call(&CampaignService::Stub::PreviewCampaign, request));
  std::string faults;
  for (const std::string& fault : preview.faults()) absl::StrAppend(&faults, "\n  ", fault);
  for (const auto& survey : preview.surveys()) {
    for (const std::string& fault : survey.faults()) {
      absl::StrAppend(&faults, "\n  ", survey.leader_display_name(), ": ", fault);
    }
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("the campaign cannot be opened:", faults));
}

}  // namespace candor::cli
