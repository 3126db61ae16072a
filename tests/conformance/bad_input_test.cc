// Bad input for every method: each is told with a code, a reason and where it applies the field.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "services/rpc/grpc_services.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
using absl::StatusCode;

constexpr StatusCode kInvalid = StatusCode::kInvalidArgument;
constexpr StatusCode kMissing = StatusCode::kNotFound;
constexpr StatusCode kState = StatusCode::kFailedPrecondition;
constexpr StatusCode kExists = StatusCode::kAlreadyExists;
constexpr StatusCode kAborted = StatusCode::kAborted;

struct Case {
  const char* method;   // without "candor.v1."
  const char* caller;   // a person's id, "root", or "" for none
  const char* request;  // JSON; {d} the district, {c} a draft, {s} its survey of leader1, {o} an open survey of leader2
  StatusCode code;
  const char* reason;
  const char* field;  // nullptr: not looked at
};

const Case kCases[] = {
    {"DirectoryService.CreateDistrict", "root", R"({"districtId":"UPPER","district":{"title":"t"}})", kInvalid,
     "FIELD_INVALID", "district_id"},
    {"DirectoryService.CreateDistrict", "root", R"({"districtId":"x"})", kInvalid, "FIELD_INVALID", "district"},
    {"DirectoryService.CreateDistrict", "root", R"({"districtId":"north","district":{"title":"t"}})", kExists,
     "RESOURCE_EXISTS", nullptr},
    {"DirectoryService.CreateDistrict", "root", R"({"district":{}})", kInvalid, "FIELD_INVALID", nullptr},
    {"DirectoryService.CreateDistrict", "root", R"({"district":{"title":"t"},"requestId":"7"})", kInvalid,
     "FIELD_INVALID", "request_id"},
    {"DirectoryService.GetDistrict", "root", R"({"name":"districts/none"})", kMissing, "RESOURCE_NOT_FOUND", nullptr},
    {"DirectoryService.GetDistrict", "root", R"({"name":"district/north"})", kInvalid, "FIELD_INVALID", "name"},
    {"DirectoryService.ListDistricts", "root", R"({"pageSize":-1})", kInvalid, "FIELD_INVALID", "page_size"},
    {"DirectoryService.ListDistricts", "root", R"({"pageToken":"bm9uZQ"})", kInvalid, "PAGE_TOKEN_INVALID",
     "page_token"},
    {"DirectoryService.CreateSchool", "administrator", R"({"parent":"{d}","school":{}})", kInvalid, "FIELD_INVALID",
     nullptr},
    {"DirectoryService.CreateSchool", "root", R"({"parent":"districts/none","school":{"title":"t"}})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"DirectoryService.GetSchool", "administrator", R"({"name":"{d}/schools/none"})", kMissing, "RESOURCE_NOT_FOUND",
     nullptr},
    {"DirectoryService.ListSchools", "administrator", R"({"parent":"{d}","pageSize":-5})", kInvalid, "FIELD_INVALID",
     "page_size"},
    {"DirectoryService.CreatePerson", "administrator", R"({"parent":"{d}","person":{}})", kInvalid, "FIELD_INVALID",
     nullptr},
    {"DirectoryService.CreatePerson", "administrator", R"({"parent":"{d}","person":{"displayName":"x","roles":[9]}})",
     kInvalid, "FIELD_INVALID", "person.roles[0]"},
    {"DirectoryService.CreatePerson", "administrator",
     R"({"parent":"{d}","person":{"displayName":"x","school":"districts/other/schools/s"}})", kInvalid, "FIELD_INVALID",
     "person.school"},
    {"DirectoryService.UpdatePerson", "administrator", R"({"person":{"name":"{d}/people/leader1","etag":"r999"}})",
     kAborted, "ETAG_MISMATCH", nullptr},
    {"DirectoryService.UpdatePerson", "administrator", R"({"person":{"name":"{d}/people/leader1"},"updateMask":"name"})",
     kInvalid, "FIELD_MASK_INVALID", "update_mask"},
    {"DirectoryService.DeletePerson", "administrator", R"({"name":"{d}/people/none"})", kMissing, "RESOURCE_NOT_FOUND",
     nullptr},
    {"DirectoryService.DeletePerson", "administrator", R"({"name":"{d}/people/leader1"})", kState, "RESOURCE_IN_USE",
     nullptr},
    {"DirectoryService.GetPerson", "administrator", R"({"name":"{d}/people/-"})", kInvalid, "FIELD_INVALID", "name"},
    {"DirectoryService.ListPeople", "administrator", R"({"parent":"{d}","pageToken":"!"})", kInvalid,
     "PAGE_TOKEN_INVALID", "page_token"},
    {"DirectoryService.CreateAccessKey", "administrator", R"({"parent":"{d}/people/none"})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"DirectoryService.DeleteAccessKey", "administrator", R"({"name":"{d}/people/leader1/accessKeys/none"})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"DirectoryService.ListAccessKeys", "administrator", R"({"parent":"{d}"})", kInvalid, "FIELD_INVALID", "parent"},

    {"DirectoryService.ListAuditEntries", "administrator", R"({"parent":"{d}","pageSize":-1})", kInvalid, "FIELD_INVALID",
     "page_size"},
    {"DirectoryService.ListAuditEntries", "root", R"({"parent":"districts/none"})", kMissing, "RESOURCE_NOT_FOUND",
     nullptr},
    {"RetentionService.PurgePersonalData", "administrator", R"({"parent":"{d}/campaigns"})", kInvalid, "FIELD_INVALID",
     "parent"},
    {"RetentionService.PurgePersonalData", "root", R"({"parent":"districts/none"})", kMissing, "RESOURCE_NOT_FOUND",
     nullptr},

    {"FrameworkService.ImportFramework", "administrator", R"({"parent":"{d}"})", kInvalid, "FIELD_INVALID", "document"},
    {"FrameworkService.ImportFramework", "administrator", R"({"parent":"{d}","document":"ewogIH0gfQ=="})", kInvalid,
     "JSON_MALFORMED", nullptr},
    {"FrameworkService.ImportFramework", "administrator", R"({"parent":"{d}","document":"e30="})", kInvalid,
     "FRAMEWORK_INVALID", nullptr},
    {"FrameworkService.GetFramework", "administrator", R"({"name":"{d}/frameworks/none"})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"FrameworkService.ListFrameworks", "administrator", R"({"parent":"{d}/"})", kInvalid, "FIELD_INVALID", "parent"},

    {"InstrumentService.CreateInstrument", "administrator", R"({"parent":"{d}","instrument":{"title":"t"}})", kInvalid,
     "FIELD_INVALID", "instrument.framework"},
    {"InstrumentService.CreateInstrument", "administrator",
     R"({"parent":"{d}","instrument":{"title":"t","framework":"districts/x/frameworks/sample"}})", kInvalid,
     "FIELD_INVALID", "instrument.framework"},
    {"InstrumentService.UpdateInstrument", "administrator",
     R"({"instrument":{"name":"{d}/instruments/sample","title":"t"},"updateMask":"framework"})", kInvalid,
     "FIELD_MASK_INVALID", "update_mask"},
    {"InstrumentService.UpdateInstrument", "administrator",
     R"({"instrument":{"name":"{d}/instruments/sample","framework":"{d}/frameworks/other"}})", kInvalid,
     "FIELD_INVALID", "instrument.framework"},
    {"InstrumentService.PublishInstrument", "administrator", R"({"name":"{d}/instruments/sample","etag":"nonsense"})",
     kAborted, "ETAG_MISMATCH", nullptr},
    {"InstrumentService.GetInstrument", "administrator", R"({"name":"{d}/instruments/none"})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"InstrumentService.ListInstruments", "administrator", R"({"parent":"{d}","pageSize":-1})", kInvalid,
     "FIELD_INVALID", "page_size"},
    {"InstrumentService.GetInstrumentVersion", "administrator", R"({"name":"{d}/instruments/sample/versions/0"})",
     kInvalid, "FIELD_INVALID", "name"},
    {"InstrumentService.GetInstrumentVersion", "administrator", R"({"name":"{d}/instruments/sample/versions/2"})",
     kMissing, "RESOURCE_NOT_FOUND", nullptr},
    {"InstrumentService.ListInstrumentVersions", "administrator", R"({"parent":"{d}/instruments/none"})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},

    {"CampaignService.CreateCampaign", "administrator", R"({"parent":"{d}","campaign":{"title":"t"}})", kInvalid,
     "FIELD_INVALID", "campaign.close_time"},
    {"CampaignService.CreateCampaign", "administrator",
     R"({"parent":"{d}","campaign":{"title":"","instrumentVersion":"{d}/instruments/sample/versions/1",
         "minimumGroupSize":3,"closeTime":"2026-10-01T00:00:00Z"}})",
     kInvalid, "CAMPAIGN_INVALID", nullptr},
    {"CampaignService.CreateCampaign", "administrator",
     R"({"parent":"{d}","campaign":{"title":"t","instrumentVersion":"{d}/instruments/sample/versions/1",
         "firstReader":7,"closeTime":"2026-10-01T00:00:00Z"}})",
     kInvalid, "FIELD_INVALID", "campaign.first_reader"},
    {"CampaignService.UpdateCampaign", "administrator", R"({"campaign":{"name":"{c}","etag":"r77","title":"u"}})",
     kAborted, "ETAG_MISMATCH", nullptr},
    {"CampaignService.UpdateCampaign", "administrator", R"({"campaign":{"name":"{c}"},"updateMask":"state"})", kInvalid,
     "FIELD_MASK_INVALID", "update_mask"},
    {"CampaignService.UpdateCampaign", "administrator", R"({"campaign":{"name":"{p}","title":"u"}})", kState,
     "WRONG_STATE", nullptr},
    {"CampaignService.DeleteCampaign", "administrator", R"({"name":"{p}"})", kState, "WRONG_STATE", nullptr},
    {"CampaignService.GetCampaign", "administrator", R"({"name":"{d}/campaigns/none"})", kMissing, "RESOURCE_NOT_FOUND",
     nullptr},
    {"CampaignService.ListCampaigns", "administrator", R"({"parent":"{d}","pageSize":-1})", kInvalid, "FIELD_INVALID",
     "page_size"},
    {"CampaignService.PreviewCampaign", "administrator", R"({"name":"{p}"})", kState, "WRONG_STATE", nullptr},
    {"CampaignService.OpenCampaign", "administrator", R"({"name":"{c}","etag":"r77"})", kAborted, "ETAG_MISMATCH",
     nullptr},
    {"CampaignService.OpenCampaign", "administrator", R"({"name":"{c}"})", kState, "TOO_FEW_INVITED", nullptr},
    {"CampaignService.CloseCampaign", "administrator", R"({"name":"{c}"})", kState, "WRONG_STATE", nullptr},
    {"CampaignService.ExtendCampaign", "administrator", R"({"name":"{c}"})", kInvalid, "FIELD_INVALID", "close_time"},
    {"CampaignService.ExtendCampaign", "administrator", R"({"name":"{c}","closeTime":"2027-01-01T00:00:00Z"})", kState,
     "WRONG_STATE", nullptr},
    {"CampaignService.ExtendCampaign", "administrator",
     R"({"name":"{c}","closeTime":"2027-01-01T00:00:00Z","etag":"r77"})", kAborted, "ETAG_MISMATCH", nullptr},
    {"CampaignService.ReleaseCampaign", "administrator", R"({"name":"{c}"})", kState, "WRONG_STATE", nullptr},
    {"CampaignService.CreateSurvey", "administrator", R"({"parent":"{c}","survey":{"leader":"{d}/people/leader1"}})",
     kExists, "RESOURCE_EXISTS", nullptr},
    {"CampaignService.CreateSurvey", "administrator", R"({"parent":"{c}","survey":{"leader":"districts/x/people/y"}})",
     kInvalid, "FIELD_INVALID", "survey.leader"},
    {"CampaignService.CreateSurvey", "administrator", R"({"parent":"{c}","survey":{"leader":"{d}/people/boss"}})",
     kState, "FIELD_INVALID", nullptr},
    {"CampaignService.DeleteSurvey", "administrator", R"({"name":"{o}"})", kState, "WRONG_STATE", nullptr},
    {"CampaignService.GetSurvey", "administrator", R"({"name":"{c}/surveys/none"})", kMissing, "RESOURCE_NOT_FOUND",
     nullptr},
    {"CampaignService.ListSurveys", "administrator", R"({"parent":"{d}/campaigns/none"})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"CampaignService.BatchCreateRaters", "administrator", R"({"parent":"{s}"})", kInvalid, "FIELD_INVALID", "raters"},
    {"CampaignService.BatchCreateRaters", "administrator",
     R"({"parent":"{s}","raters":[{"group":"staff","displayName":"a"},{"group":"nurse","displayName":"b"}]})", kInvalid,
     "FIELD_INVALID", "raters[1].group"},
    {"CampaignService.CreatePaperRaters", "administrator", R"({"parent":"{s}","group":"staff","count":0})", kInvalid,
     "FIELD_INVALID", nullptr},
    {"CampaignService.CreatePaperRaters", "administrator", R"({"parent":"{o}","group":"staff","count":1})", kState,
     "WRONG_STATE", nullptr},
    {"CampaignService.UpdateRater", "administrator", R"({"rater":{"name":"{s}/raters/none","optedOut":true}})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"CampaignService.UpdateRater", "administrator", R"({"rater":{"name":"{s}/raters/none"},"updateMask":"paper"})",
     kInvalid, "FIELD_MASK_INVALID", "update_mask"},
    {"CampaignService.DeleteRater", "administrator", R"({"name":"{s}/raters/none"})", kMissing, "RESOURCE_NOT_FOUND",
     nullptr},
    {"CampaignService.ListRaters", "administrator", R"({"parent":"{d}/campaigns/none/surveys/{id}"})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"CampaignService.ListCodes", "administrator", R"({"parent":"{s}"})", kState, "WRONG_STATE", nullptr},
    {"CampaignService.ReissueCode", "administrator", R"({"name":"{o}/raters/none"})", kMissing, "RESOURCE_NOT_FOUND",
     nullptr},
    {"CampaignService.GetIdentifiedRating", "leader1", R"({"name":"{s}/ratings/staff"})", kInvalid, "FIELD_INVALID",
     "name"},
    {"CampaignService.PutIdentifiedRating", "leader1", R"({"rating":{"name":"{s}/ratings/self"}})", kState,
     "WRONG_STATE", nullptr},
    {"CampaignService.PutIdentifiedRating", "leader2",
     R"({"rating":{"name":"{o}/ratings/self","ratings":[{"indicator":"A.1.a","value":6}]}})", kInvalid,
     "RATING_OFF_SCALE", "rating.ratings[0].value"},
    {"CampaignService.PutIdentifiedRating", "leader2",
     R"({"rating":{"name":"{o}/ratings/self","ratings":[{"indicator":"A.1.a","value":5},{"indicator":"A.1.a","value":4}]}})",
     kInvalid, "FIELD_INVALID", "rating.ratings[1].indicator"},
    {"CampaignService.PutIdentifiedRating", "leader2",
     R"({"rating":{"name":"{o}/ratings/self","ratings":[{"indicator":"Z.9.z","value":5}]}})", kInvalid,
     "ITEM_NOT_ASKED", "rating.ratings[0].indicator"},

    {"FollowUpService.AskQuestion", "leader1", R"({"survey":"{s}","comment":"c","question":"Which?"})", kState,
     "REPORT_NOT_RELEASED", nullptr},
    {"FollowUpService.AskQuestion", "leader1", R"({"survey":"{c}"})", kInvalid, "FIELD_INVALID", "survey"},
    {"FollowUpService.AskQuestion", "administrator", R"({"survey":"{s}"})", StatusCode::kPermissionDenied,
     "CALLER_NOT_ALLOWED", nullptr},
    {"FollowUpService.ListFollowUps", "leader1", R"({"parent":"{s}"})", kState, "REPORT_NOT_RELEASED", nullptr},
    {"FollowUpService.ListFollowUps", "administrator", R"({"parent":"{c}/surveys/none"})", kMissing,
     "RESOURCE_NOT_FOUND", nullptr},
    {"FollowUpService.DecideQuestion", "leader1", R"({"survey":"{s}/report"})", kInvalid, "FIELD_INVALID", "survey"},
    {"CampaignService.CreateCampaign", "administrator",
     R"({"parent":"{d}","campaign":{"title":"t","instrumentVersion":"{d}/instruments/sample/versions/1",
         "followUpDays":5,"closeTime":"2026-10-01T00:00:00Z"}})",
     kInvalid, "CAMPAIGN_INVALID", "campaign.follow_up_days"},
    {"CampaignService.CreateCampaign", "administrator",
     R"({"parent":"{d}","campaign":{"title":"t","instrumentVersion":"{d}/instruments/sample/versions/1",
         "followUpDays":-1,"closeTime":"2026-10-01T00:00:00Z"}})",
     kInvalid, "CAMPAIGN_INVALID", "campaign.follow_up_days"},

    {"InvitationService.OpenInvitation", "", R"({"code":"not a code"})", kInvalid, "CODE_MALFORMED", nullptr},
    {"InvitationService.IssueToken", "", R"({"code":"????"})", kInvalid, "CODE_MALFORMED", nullptr},
    {"ResponseService.GetManifest", "", R"({"survey":"../../etc"})", kMissing, "SURVEY_UNKNOWN", nullptr},
    {"ResponseService.SubmitResponse", "", R"({"survey":"","group":0,"version":1})", kMissing, "SURVEY_UNKNOWN",
     nullptr},
    {"ResponseService.SubmitResponse", "", R"({"survey":"","version":1})", kInvalid, "FIELD_INVALID", "group"},
    {"ResponseService.ProvideClosingKey", "", R"({"survey":"x"})", kInvalid, "FIELD_INVALID", "closing_secret_key"},
    {"ResponseService.ProvideClosingKey", "",
     R"({"survey":"x","closingSecretKey":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})", kMissing, "SURVEY_UNKNOWN",
     nullptr},
    {"ResponseService.GetLedger", "", R"({})", kMissing, "SURVEY_UNKNOWN", nullptr},
    {"ResponseService.ListQuestions", "", R"({"survey":"x"})", kMissing, "SURVEY_UNKNOWN", nullptr},
    {"ResponseService.AnswerQuestion", "", R"({"survey":"x","comment":"00000000000000000000"})", kMissing,
     "SURVEY_UNKNOWN", nullptr},
    {"ModerationService.ListReplyKeys", "", R"({"survey":"x"})", StatusCode::kUnauthenticated, "SESSION_UNKNOWN", nullptr},
    {"ModerationService.ListAnswers", "", R"({"survey":"x"})", StatusCode::kUnauthenticated, "SESSION_UNKNOWN", nullptr},
    {"ModerationService.DecideAnswer", "", R"({"survey":"x"})", kInvalid, "FIELD_INVALID", "decision.kind"},
    {"KeySessionService.StartKeySession", "", R"({"survey":"x","role":"KEY_HOLDER_ROLE_AUDITOR"})", kMissing,
     "SURVEY_UNKNOWN", nullptr},
    {"KeySessionService.StartKeySession", "", R"({"survey":"x"})", kInvalid, "FIELD_INVALID", "role"},
    {"ModerationService.ListComments", "", R"({"survey":"x","pageSize":-1})", kInvalid, "FIELD_INVALID", "page_size"},
    {"ModerationService.ListComments", "", R"({"survey":"x"})", StatusCode::kUnauthenticated, "SESSION_UNKNOWN", nullptr},
    {"ModerationService.DecideComment", "", R"({"survey":"x"})", kInvalid, "FIELD_INVALID", "decision.kind"},
    {"ModerationService.WriteSummary", "", R"({"survey":"x"})", absl::StatusCode::kUnauthenticated, "SESSION_UNKNOWN",
     nullptr},

    {"AuditorService.ListNotices", "", R"({"survey":"x"})", absl::StatusCode::kUnauthenticated, "SESSION_UNKNOWN", nullptr},
    {"AuditorService.DestroyNotices", "", R"({"survey":"x"})", absl::StatusCode::kUnauthenticated, "SESSION_UNKNOWN",
     nullptr},

    {"ScoringService.GetScores", "leader1", R"({"name":"{s}"})", kState, "REPORT_NOT_RELEASED", nullptr},
    {"ScoringService.GetScores", "leader1", R"({"name":"{s}/report"})", kInvalid, "FIELD_INVALID", "name"},
    {"ReportService.GetReport", "leader1", R"({"name":"{s}/report"})", kState, "REPORT_NOT_RELEASED", nullptr},
    {"ReportService.GetReportComments", "leader1", R"({"name":"{s}/report"})", kState, "REPORT_NOT_RELEASED", nullptr},
    {"DirectoryService.RegisterKey", "leader1", R"({"name":"{d}/people/leader1"})", kInvalid, "FIELD_INVALID",
     "public_key"},
    {"DirectoryService.RegisterKey", "leader1",
     R"({"name":"{d}/people/leader1","publicKey":"CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})", kState, "WRONG_STATE",
     nullptr},
    {"ReportService.ListReports", "leader1", R"({"parent":"{c}","pageSize":-1})", kInvalid, "FIELD_INVALID",
     "page_size"},
    {"ReportService.ExportReports", "leader1", R"({"parent":"{c}","pageSize":-1})", kInvalid, "FIELD_INVALID",
     "page_size"},
    {"ReportService.ExportReports", "leader1", R"({"parent":"{d}/campaigns/-"})", kInvalid, "FIELD_INVALID", "parent"},
    {"ReportService.CompareRounds", "leader1", R"({"name":"{s}"})", kState, "REPORT_NOT_RELEASED", nullptr},
    {"ReportService.CompareRounds", "leader1", R"({"name":"{s}/report"})", kInvalid, "FIELD_INVALID", "name"},
    {"ReportService.GetDistrictSummary", "administrator", R"({"name":"{c}"})", kState, "REPORT_NOT_RELEASED", nullptr},
    {"ReportService.GetDistrictSummary", "administrator", R"({"name":"{s}"})", kInvalid, "FIELD_INVALID", "name"},
    {"ReportService.GetGrowthPlan", "leader1", R"({"name":"{s}/growthPlan"})", kState, "REPORT_NOT_RELEASED", nullptr},
    {"ReportService.GetGrowthPlan", "leader1", R"({"name":"{s}/report"})", kInvalid, "FIELD_INVALID", "name"},
    {"ReportService.UpdateGrowthPlan", "leader1", R"({})", kInvalid, "FIELD_INVALID", "growth_plan.name"},
    {"ReportService.UpdateGrowthPlan", "leader1", R"({"growthPlan":{"name":"{s}/growthPlan","etag":"nonsense"}})",
     kAborted, "ETAG_MISMATCH", nullptr},
    {"ReportService.UpdateGrowthPlan", "leader1",
     R"({"growthPlan":{"name":"{s}/growthPlan","goals":[{"unit":"A.1","goal":"Listen.","actions":[{"text":" "}]}]}})",
     kInvalid, "FIELD_INVALID", "growth_plan.goals[0].actions[0].text"},
    {"ReportService.UpdateGrowthPlan", "leader1",
     R"({"growthPlan":{"name":"{s}/growthPlan","goals":[{"unit":"A.1","goal":"Listen.","reviewDate":"2027-02-30"}]}})",
     kInvalid, "FIELD_INVALID", "growth_plan.goals[0].review_date"},
    {"ReportService.UpdateGrowthPlan", "leader1",
     R"({"growthPlan":{"name":"{s}/growthPlan","goals":[{"unit":"A.1","goal":"Listen."}]}})", kState,
     "REPORT_NOT_RELEASED", nullptr},
};

TEST(BadInputTest, EveryMethodSaysWhatIsWrong) {
  TestServer server;
  ASSERT_EQ(server.Start(), absl::OkStatus());
  auto district = SampleDistrict::Make(server, "north");
  ASSERT_EQ(district.status(), absl::OkStatus());
  const ApiCaller root = server.Administrator();
  const auto draft = district->MakeCampaign(root, server.clock().Now(), {{"leader1", {{"staff", 2}}}});
  ASSERT_EQ(draft.status(), absl::OkStatus());
  const auto open = district->MakeCampaign(root, server.clock().Now(), {{"leader2", {{"staff", 6}}}});
  ASSERT_EQ(open.status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(root, open->name), absl::OkStatus());
  const std::map<std::string, std::string> names = {
      {"{d}", district->name()},     {"{c}", draft->name}, {"{s}", draft->surveys[0]}, {"{p}", open->name},
      {"{o}", open->surveys[0]}, {"{id}", draft->surveys[0].substr(draft->surveys[0].rfind('/') + 1)}};

  std::set<std::string> tried;
  for (const Case& each : kCases) {
    const std::string method = absl::StrCat("candor.v1.", each.method);
    tried.insert(method);
    const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(method);
    ASSERT_NE(descriptor, nullptr) << method;
    std::unique_ptr<google::protobuf::Message> request(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor->input_type())->New());
    const std::string json = absl::StrReplaceAll(each.request, names);
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, request.get()).ok()) << method << ": " << json;
    const std::string caller = each.caller;
    const ApiCaller by = caller == "root"  ? root
                         : caller.empty() ? root.WithKey("")
                                          : root.WithKey(district->person(caller).key);
    const absl::Status status = by.CallByName(method, *request);
    const std::string what = absl::StrCat(each.method, " ", each.request, ": ", status.ToString());
    EXPECT_EQ(status.code(), each.code) << what;
    if (each.reason != nullptr) {
      EXPECT_EQ(ReasonOf(status), each.reason) << what;
    }
    if (each.field != nullptr) {
      EXPECT_EQ(FieldOf(status), each.field) << what;
    }
    EXPECT_FALSE(status.message().empty()) << what;
  }
  for (const std::string& name : rpc::GrpcServices::Names(rpc::Planes::kBoth)) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_EQ(tried.count(service->method(i)->full_name()), 1u) << service->method(i)->full_name();
    }
  }
}

}  // namespace
}  // namespace candor::testing
