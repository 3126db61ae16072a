// Who may call what, for every method and every kind of caller, through a real server.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "services/domain/errors.h"
#include "services/rpc/grpc_services.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
using absl::StatusCode;

// Each kind of caller has a letter.
//   -  no key                    x  a key that is none
//   R  the installation's administrator
//   A  administrator             P  administrator who supervises leader1
//   Q  administrator who is a leader with a survey themself (leader1's colleague)
//   B  supervisor of leader1     S  another supervisor
//   L  leader1                   M  another leader of the same campaign
//   N  somebody without a role   F  administrator of another district
//   O  moderator                 T  auditor
constexpr char kCallers[] = "-xRAPQBSLMNFOT";
constexpr char kEverybody[] = "-xRAPQBSLMNFOT";
constexpr char kAdministrators[] = "RAPQ";
constexpr char kMembers[] = "RAPQBSLMOT";

struct Case {
  const char* method;   // without "candor.v1."
  const char* request;  // JSON; {d} is the district, {s} leader1's survey, {c} its campaign, {q} Q's survey
  const char* allowed;  // letters
};

// Where administrators alone may call, the names are of things that are not there: those who may not must not learn so.
const Case kCases[] = {
    {"DirectoryService.CreateDistrict", R"({"districtId":"Not valid"})", "R"},
    {"DirectoryService.GetDistrict", R"({"name":"{d}"})", kMembers},
    {"DirectoryService.ListDistricts", R"({})", "R"},
    {"DirectoryService.CreateSchool", R"({"parent":"{d}","schoolId":"Not valid"})", kAdministrators},
    {"DirectoryService.GetSchool", R"({"name":"{d}/schools/none"})", kMembers},
    {"DirectoryService.ListSchools", R"({"parent":"{d}"})", kMembers},
    {"DirectoryService.CreatePerson", R"({"parent":"{d}","personId":"Not valid"})", kAdministrators},
    {"DirectoryService.RegisterKey", R"({"name":"{d}/people/o"})", "O"},
    {"DirectoryService.RegisterKey", R"({"name":"{d}/people/none"})", ""},
    {"DirectoryService.UpdatePerson", R"({"person":{"name":"{d}/people/none"}})", kAdministrators},
    {"DirectoryService.DeletePerson", R"({"name":"{d}/people/none"})", kAdministrators},
    {"DirectoryService.GetPerson", R"({"name":"{d}/people/leader1"})", "RAPQBL"},
    {"DirectoryService.GetPerson", R"({"name":"{d}/people/none"})", kAdministrators},
    {"DirectoryService.ListPeople", R"({"parent":"{d}"})", kAdministrators},
    {"DirectoryService.CreateAccessKey", R"({"parent":"{d}/people/none"})", kAdministrators},
    {"DirectoryService.DeleteAccessKey", R"({"name":"{d}/people/none/accessKeys/none"})", kAdministrators},
    {"DirectoryService.DeleteAccessKey", R"({"name":"{d}/people/leader1/accessKeys/none"})", "RAPQL"},
    {"DirectoryService.ListAccessKeys", R"({"parent":"{d}/people/leader1"})", "RAPQL"},
    {"DirectoryService.ListAccessKeys", R"({"parent":"{d}/people/none"})", kAdministrators},

    {"DirectoryService.ListAuditEntries", R"({"parent":"{d}"})", "RAPQT"},

    {"FrameworkService.ImportFramework", R"({"parent":"{d}"})", kAdministrators},
    {"FrameworkService.GetFramework", R"({"name":"{d}/frameworks/sample"})", kMembers},
    {"FrameworkService.ListFrameworks", R"({"parent":"{d}"})", kMembers},

    {"InstrumentService.CreateInstrument", R"({"parent":"{d}"})", kAdministrators},
    {"InstrumentService.UpdateInstrument", R"({"instrument":{"name":"{d}/instruments/none"}})", kAdministrators},
    {"InstrumentService.PublishInstrument", R"({"name":"{d}/instruments/none"})", kAdministrators},
    {"InstrumentService.GetInstrument", R"({"name":"{d}/instruments/sample"})", kMembers},
    {"InstrumentService.ListInstruments", R"({"parent":"{d}"})", kMembers},
    {"InstrumentService.GetInstrumentVersion", R"({"name":"{d}/instruments/sample/versions/1"})", kMembers},
    {"InstrumentService.ListInstrumentVersions", R"({"parent":"{d}/instruments/sample"})", kMembers},

    {"CampaignService.CreateCampaign", R"({"parent":"{d}"})", kAdministrators},
    {"CampaignService.UpdateCampaign", R"({"campaign":{"name":"{d}/campaigns/none"}})", kAdministrators},
    {"CampaignService.DeleteCampaign", R"({"name":"{d}/campaigns/none"})", kAdministrators},
    {"CampaignService.GetCampaign", R"({"name":"{c}"})", "RAPQBS"},
    {"CampaignService.ListCampaigns", R"({"parent":"{d}"})", "RAPQBS"},
    {"CampaignService.PreviewCampaign", R"({"name":"{c}"})", kAdministrators},
    {"CampaignService.OpenCampaign", R"({"name":"{d}/campaigns/none"})", kAdministrators},
    {"CampaignService.CloseCampaign", R"({"name":"{d}/campaigns/none"})", kAdministrators},
    {"CampaignService.ExtendCampaign", R"({"name":"{d}/campaigns/none","closeTime":"2027-01-01T00:00:00Z"})",
     kAdministrators},
    {"CampaignService.ReleaseCampaign", R"({"name":"{d}/campaigns/none"})", kAdministrators},
    {"CampaignService.CreateSurvey", R"({"parent":"{c}"})", kAdministrators},
    {"CampaignService.DeleteSurvey", R"({"name":"{d}/campaigns/none/surveys/none"})", kAdministrators},
    {"CampaignService.GetSurvey", R"({"name":"{s}"})", "RAPQBL"},
    {"CampaignService.GetSurvey", R"({"name":"{d}/campaigns/none/surveys/none"})", kAdministrators},
    {"CampaignService.ListSurveys", R"({"parent":"{c}"})", kMembers},
    {"CampaignService.ListSurveys", R"({"parent":"{d}/campaigns/-"})", kMembers},
    {"CampaignService.BatchCreateRaters", R"({"parent":"{s}"})", kAdministrators},
    {"CampaignService.CreatePaperRaters", R"({"parent":"{s}","group":"staff"})", kAdministrators},
    {"CampaignService.UpdateRater", R"({"rater":{"name":"{s}/raters/none"}})", kAdministrators},
    {"CampaignService.DeleteRater", R"({"name":"{s}/raters/none"})", kAdministrators},
    {"CampaignService.ListRaters", R"({"parent":"{s}"})", kAdministrators},
    {"CampaignService.ListCodes", R"({"parent":"{s}"})", "RAQ"},
    {"CampaignService.ListCodes", R"({"parent":"{q}"})", "RAP"},
    {"CampaignService.ReissueCode", R"({"name":"{s}/raters/none"})", "RAQ"},
    {"CampaignService.ReissueCode", R"({"name":"{q}/raters/none"})", "RAP"},
    {"CampaignService.GetIdentifiedRating", R"({"name":"{s}/ratings/self"})", "L"},
    {"CampaignService.GetIdentifiedRating", R"({"name":"{s}/ratings/supervisor"})", "BP"},
    {"CampaignService.PutIdentifiedRating", R"({"rating":{"name":"{s}/ratings/self"}})", "L"},
    {"CampaignService.PutIdentifiedRating", R"({"rating":{"name":"{s}/ratings/supervisor"}})", "BP"},

    // Nobody moderates a survey that is not open yet.
    {"FollowUpService.AskQuestion", R"({"survey":"{s}"})", "L"},
    {"FollowUpService.DecideQuestion", R"({"survey":"{s}"})", ""},
    {"FollowUpService.ListFollowUps", R"({"parent":"{s}"})", "RAPQL"},

    {"RetentionService.PurgePersonalData", R"({"parent":"{d}","dryRun":true})", kAdministrators},
    {"RetentionService.PurgePersonalData", R"({"parent":"{d}"})", kAdministrators},

    {"InvitationService.OpenInvitation", R"({})", kEverybody},
    {"InvitationService.IssueToken", R"({})", kEverybody},
    {"ResponseService.GetManifest", R"({})", kEverybody},
    {"ResponseService.SubmitResponse", R"({})", kEverybody},
    {"ResponseService.ProvideClosingKey", R"({})", kEverybody},
    {"ResponseService.GetLedger", R"({})", kEverybody},
    {"ResponseService.ListQuestions", R"({})", kEverybody},
    {"ResponseService.AnswerQuestion", R"({})", kEverybody},
    {"KeySessionService.StartKeySession", R"({})", kEverybody},

    // The campaign is a draft: supervisors have no contract yet that lets them read.
    {"ScoringService.GetScores", R"({"name":"{s}"})", "RAPQL"},
    {"ReportService.GetReport", R"({"name":"{s}/report"})", "RAPQL"},
    {"ReportService.GetReport", R"({"name":"{d}/campaigns/none/surveys/none/report"})", kAdministrators},
    {"ReportService.GetReportComments", R"({"name":"{s}/report"})", "RAPQL"},
    {"ReportService.GetReportComments", R"({"name":"{d}/campaigns/none/surveys/none/report"})", kAdministrators},
    {"ReportService.ListReports", R"({"parent":"{c}"})", kMembers},
    {"ReportService.ExportReports", R"({"parent":"{c}"})", kMembers},
    {"ReportService.CompareRounds", R"({"name":"{s}"})", "RAPQL"},
    {"ReportService.CompareRounds", R"({"name":"{d}/campaigns/none/surveys/none"})", kAdministrators},
    {"ReportService.GetDistrictSummary", R"({"name":"{c}"})", kAdministrators},
    {"ReportService.GetGrowthPlan", R"({"name":"{s}/growthPlan"})", "L"},
    {"ReportService.GetGrowthPlan", R"({"name":"{d}/campaigns/none/surveys/none/growthPlan"})", ""},
    {"ReportService.UpdateGrowthPlan", R"({"growthPlan":{"name":"{s}/growthPlan"}})", "L"},
};

// Whoever calls these needs a session that a moderator's or auditor's key opened, and no access key makes up for it.
const char* const kSessionMethods[] = {"ModerationService.ListComments", "ModerationService.DecideComment",
                                       "ModerationService.WriteSummary", "ModerationService.ListReplyKeys",
                                       "ModerationService.ListAnswers", "ModerationService.DecideAnswer",
                                       "AuditorService.ListNotices", "AuditorService.DestroyNotices"};

std::unique_ptr<google::protobuf::Message> RequestOf(const std::string& method, const std::string& json) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(method);
  EXPECT_NE(descriptor, nullptr) << method;
  if (descriptor == nullptr) return nullptr;
  std::unique_ptr<google::protobuf::Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor->input_type())->New());
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, request.get());
  EXPECT_TRUE(parsed.ok()) << method << ": " << json;
  return request;
}

std::vector<std::string> MethodsOf(const std::string& service) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
  std::vector<std::string> methods;
  for (int i = 0; i < descriptor->method_count(); ++i) methods.push_back(descriptor->method(i)->full_name());
  return methods;
}

class AccessTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new TestServer();
    ASSERT_EQ(server_->Start(), absl::OkStatus());
    const ApiCaller root = server_->Administrator();
    auto district = SampleDistrict::Make(*server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    auto other = SampleDistrict::Make(*server_, "south");
    ASSERT_EQ(other.status(), absl::OkStatus());
    ASSERT_EQ(district->AddPerson(root, "p", {v1::ROLE_ADMINISTRATOR, v1::ROLE_SUPERVISOR}), absl::OkStatus());
    ASSERT_EQ(district->AddPerson(root, "q", {v1::ROLE_ADMINISTRATOR, v1::ROLE_LEADER}), absl::OkStatus());
    ASSERT_EQ(district->AddPerson(root, "s", {v1::ROLE_SUPERVISOR}), absl::OkStatus());
    ASSERT_EQ(district->AddPerson(root, "n", {}), absl::OkStatus());
    ASSERT_EQ(district->AddPerson(root, "o", {v1::ROLE_MODERATOR}), absl::OkStatus());
    ASSERT_EQ(district->AddPerson(root, "t", {v1::ROLE_AUDITOR}), absl::OkStatus());
    v1::UpdatePersonRequest supervised;
    supervised.mutable_person()->set_name(district->person("leader1").name);
    supervised.mutable_person()->add_supervisors(district->person("boss").name);
    supervised.mutable_person()->add_supervisors(district->person("p").name);
    ASSERT_EQ(root.Call(&v1::DirectoryService::Stub::UpdatePerson, supervised).status(), absl::OkStatus());

    const auto campaign = district->MakeCampaign(root, server_->clock().Now(),
                                                 {{"leader1", {{"staff", 6}}}, {"q", {{"staff", 6}}},
                                                  {"leader2", {{"staff", 6}}}});
    ASSERT_EQ(campaign.status(), absl::OkStatus());
    names_ = {{"{d}", district->name()}, {"{c}", campaign->name}, {"{s}", campaign->surveys[0]},
              {"{q}", campaign->surveys[1]}};
    keys_ = {{'-', ""}, {'x', "candor_nosuchkey"}, {'R', root.key()},
             {'A', district->person("administrator").key}, {'P', district->person("p").key},
             {'Q', district->person("q").key}, {'B', district->person("boss").key},
             {'S', district->person("s").key}, {'L', district->person("leader1").key},
             {'M', district->person("leader2").key}, {'N', district->person("n").key},
             {'F', other->person("administrator").key}, {'O', district->person("o").key},
             {'T', district->person("t").key}};
  }
  static void TearDownTestSuite() { delete server_; }

  static TestServer* server_;
  static std::map<std::string, std::string> names_;
  static std::map<char, std::string> keys_;
};

TestServer* AccessTest::server_ = nullptr;
std::map<std::string, std::string> AccessTest::names_;
std::map<char, std::string> AccessTest::keys_;

TEST_F(AccessTest, EveryMethodHasACase) {
  std::set<std::string> with_case;
  for (const Case& each : kCases) with_case.insert(absl::StrCat("candor.v1.", each.method));
  for (const char* method : kSessionMethods) with_case.insert(absl::StrCat("candor.v1.", method));
  std::set<std::string> methods;
  for (const std::string& name : rpc::GrpcServices::Names(rpc::Planes::kBoth)) {
    for (const std::string& method : MethodsOf(name)) methods.insert(method);
  }
  EXPECT_EQ(with_case, methods);
}

TEST_F(AccessTest, WithoutASessionNobodyModeratesWhateverTheirKey) {
  for (const char* each : kSessionMethods) {
    const std::string method = absl::StrCat("candor.v1.", each);
    const std::string survey = names_.at("{s}").substr(names_.at("{s}").rfind('/') + 1);
    const std::string decision = R"("decision":{"kind":"DECISION_KIND_SUMMARY"})";
    const bool decides = method.find("Decide") != std::string::npos;
    const auto request = RequestOf(
        method, absl::StrCat(R"({"survey":")", survey, R"(","session":"AAAA")", decides ? "," + decision : "", "}"));
    for (const char letter : std::string(kCallers)) {
      const absl::Status status = server_->Nobody().WithKey(keys_.at(letter)).CallByName(method, *request);
      // Whether or not the response plane knows the survey, which it does not: it is a draft's.
      EXPECT_EQ(ReasonOf(status), domain::reasons::kSESSION_UNKNOWN) << method << " by " << letter << ": " << status;
    }
  }
}

TEST_F(AccessTest, NobodyOfTheDirectoryGivesTheResponsePlaneOrders) {
  const ApiCaller nobody = server_->Nobody();
  const std::vector<std::string> methods = MethodsOf("candor.v1.PlaneService");
  EXPECT_GE(methods.size(), 9u);
  for (const std::string& method : methods) {
    const auto request = RequestOf(method, "{}");
    ASSERT_NE(request, nullptr);
    for (const auto& [letter, key] : keys_) {
      const absl::Status status = nobody.WithKey(key).CallByName(method, *request);
      // One server has no such service at all.
      EXPECT_EQ(status.code(), server_->two_servers() ? StatusCode::kUnauthenticated : StatusCode::kUnimplemented)
          << method << " by " << letter << ": " << status;
    }
  }
}

TEST_F(AccessTest, OnlyThoseWhoMayCallAreLetIn) {
  const ApiCaller nobody = server_->Nobody();
  for (const Case& each : kCases) {
    const std::string method = absl::StrCat("candor.v1.", each.method);
    const auto request = RequestOf(method, absl::StrReplaceAll(each.request, names_));
    ASSERT_NE(request, nullptr);
    for (const char letter : std::string(kCallers)) {
      const absl::Status status = nobody.WithKey(keys_.at(letter)).CallByName(method, *request);
      const std::string what = absl::StrCat(each.method, " ", each.request, " by ", std::string(1, letter), ": ",
                                            status.ToString());
      if (std::string(each.allowed).find(letter) != std::string::npos) {
        EXPECT_NE(status.code(), StatusCode::kUnauthenticated) << what;
        EXPECT_NE(status.code(), StatusCode::kPermissionDenied) << what;
        EXPECT_NE(status.code(), StatusCode::kInternal) << what;
        EXPECT_NE(status.code(), StatusCode::kUnimplemented) << what;
      } else if (letter == '-' || letter == 'x') {
        EXPECT_EQ(status.code(), StatusCode::kUnauthenticated) << what;
        EXPECT_EQ(ReasonOf(status), domain::reasons::kUNAUTHENTICATED_CALLER) << what;
      } else {
        EXPECT_EQ(status.code(), StatusCode::kPermissionDenied) << what;
        EXPECT_EQ(ReasonOf(status), domain::reasons::kCALLER_NOT_ALLOWED) << what;
      }
    }
  }
}

TEST_F(AccessTest, ListsShowOnlyWhatTheCallerMayRead) {
  v1::ListSurveysRequest list;
  list.set_parent(names_["{c}"]);
  const ApiCaller nobody = server_->Nobody();
  const auto count = [&](char letter) {
    const auto page = nobody.WithKey(keys_[letter]).Call(&v1::CampaignService::Stub::ListSurveys, list);
    EXPECT_EQ(page.status(), absl::OkStatus());
    return page.ok() ? page->surveys_size() : -1;
  };
  EXPECT_EQ(count('A'), 3);
  EXPECT_EQ(count('B'), 2) << "boss supervises leader1 and leader2, not Q";
  EXPECT_EQ(count('L'), 1);
  EXPECT_EQ(count('S'), 0);
}

TEST_F(AccessTest, ARevokedKeyAndALostRoleCountAtOnce) {
  const ApiCaller root = server_->Administrator();
  v1::CreateAccessKeyRequest create;
  create.set_parent(absl::StrCat(names_["{d}"], "/people/s"));
  const auto key = root.Call(&v1::DirectoryService::Stub::CreateAccessKey, create);
  ASSERT_EQ(key.status(), absl::OkStatus());
  const ApiCaller supervisor = root.WithKey(key->secret());
  v1::ListCampaignsRequest list;
  list.set_parent(names_["{d}"]);
  ASSERT_EQ(supervisor.Call(&v1::CampaignService::Stub::ListCampaigns, list).status(), absl::OkStatus());

  v1::UpdatePersonRequest no_role;
  no_role.mutable_person()->set_name(create.parent());
  no_role.mutable_update_mask()->add_paths("roles");
  ASSERT_EQ(root.Call(&v1::DirectoryService::Stub::UpdatePerson, no_role).status(), absl::OkStatus());
  EXPECT_EQ(supervisor.Call(&v1::CampaignService::Stub::ListCampaigns, list).status().code(),
            StatusCode::kPermissionDenied);
  no_role.mutable_person()->add_roles(v1::ROLE_SUPERVISOR);
  ASSERT_EQ(root.Call(&v1::DirectoryService::Stub::UpdatePerson, no_role).status(), absl::OkStatus());
  ASSERT_EQ(supervisor.Call(&v1::CampaignService::Stub::ListCampaigns, list).status(), absl::OkStatus());

  v1::DeleteAccessKeyRequest revoke;
  revoke.set_name(key->access_key().name());
  ASSERT_EQ(root.Call(&v1::DirectoryService::Stub::DeleteAccessKey, revoke).status(), absl::OkStatus());
  EXPECT_EQ(supervisor.Call(&v1::CampaignService::Stub::ListCampaigns, list).status().code(),
            StatusCode::kUnauthenticated);
}

}  // namespace
}  // namespace candor::testing
