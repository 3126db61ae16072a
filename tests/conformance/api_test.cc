// Conventions that hold for many methods: pages, etags, update masks, request ids.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/framework.grpc.pb.h"
#include "candor/v1/instrument.grpc.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/base/json.h"
#include "services/domain/errors.h"
#include "services/rpc/access.h"
#include "services/rpc/resource_names.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kRequestId[] = "3f2b8c1e-5d4a-4e6f-8a7b-9c0d1e2f3a4b";

class ApiTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new TestServer();
    ASSERT_EQ(server_->Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(*server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = new SampleDistrict(*std::move(district));
  }
  static void TearDownTestSuite() {
    delete district_;
    delete server_;
  }
  static ApiCaller Administrator() { return server_->Nobody().WithKey(district_->person("administrator").key); }

  static TestServer* server_;
  static SampleDistrict* district_;
};

TestServer* ApiTest::server_ = nullptr;
SampleDistrict* ApiTest::district_ = nullptr;

// A name of the pattern's shape whose district nobody has made, or whose last id nobody has.
std::string UnknownName(absl::string_view pattern, absl::string_view district) {
  std::vector<std::string> segments = absl::StrSplit(pattern, '/');
  for (std::string& segment : segments) {
    if (segment.front() == '{') segment = "none";
  }
  segments[1] = std::string(district);
  return absl::StrJoin(segments, "/");
}

TEST_F(ApiTest, ListsOfWhatDoesNotExistAreNotFound) {
  const ApiCaller root = server_->Administrator();
  int lists = 0;
  for (const rpc::AccessRow& row : rpc::AccessRows()) {
    const std::string method = row.method;
    if (!absl::StrContains(method, ".List") || row.scope[0] == '\0') continue;
    ASSERT_EQ(std::string(row.scope), "parent") << method;
    ++lists;
    std::vector<std::string> parents = {UnknownName(row.pattern, "nowhere")};
    const std::string pattern = row.pattern;
    if (pattern == rpc::names::kCampaign) parents.push_back("districts/nowhere/campaigns/-");
    if (pattern != rpc::names::kDistrict) parents.push_back(UnknownName(row.pattern, "north"));
    for (const std::string& parent : parents) {
      const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(method);
      const std::unique_ptr<google::protobuf::Message> request(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor->input_type())->New());
      request->GetReflection()->SetString(request.get(), descriptor->input_type()->FindFieldByName("parent"), parent);
      const absl::Status status = root.CallByName(method, *request);
      EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << method << " of " << parent;
      EXPECT_EQ(ReasonOf(status), reasons::kRESOURCE_NOT_FOUND) << method << " of " << parent;
    }
  }
  EXPECT_EQ(lists, 13);
}

TEST_F(ApiTest, ListsGiveEveryResourceOncePageByPage) {
  const ApiCaller administrator = Administrator();
  for (int i = 0; i < 7; ++i) {
    v1::CreateSchoolRequest create;
    create.set_parent(district_->name());
    create.set_school_id(absl::StrCat("school-", i));
    create.mutable_school()->set_title("A school");
    ASSERT_EQ(administrator.Call(&v1::DirectoryService::Stub::CreateSchool, create).status(), absl::OkStatus());
  }
  v1::ListSchoolsRequest list;
  list.set_parent(district_->name());
  list.set_page_size(3);
  std::vector<std::string> names;
  std::vector<int> sizes;
  do {
    const auto page = administrator.Call(&v1::DirectoryService::Stub::ListSchools, list);
    ASSERT_EQ(page.status(), absl::OkStatus());
    sizes.push_back(page->schools_size());
    for (const v1::School& school : page->schools()) names.push_back(school.name());
    list.set_page_token(page->next_page_token());
    ASSERT_LT(sizes.size(), 10u);
  } while (!list.page_token().empty());
  EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_THAT(std::set<std::string>(names.begin(), names.end()), SizeIs(7));
}

TEST_F(ApiTest, APageTokenIsGoodForItsOwnListAndCallerOnly) {
  const ApiCaller administrator = Administrator();
  v1::ListPeopleRequest people;
  people.set_parent(district_->name());
  people.set_page_size(2);
  const auto page = administrator.Call(&v1::DirectoryService::Stub::ListPeople, people);
  ASSERT_EQ(page.status(), absl::OkStatus());
  ASSERT_FALSE(page->next_page_token().empty());

  v1::ListPeopleRequest next = people;
  next.set_page_token(page->next_page_token());
  next.set_page_size(1);
  EXPECT_EQ(administrator.Call(&v1::DirectoryService::Stub::ListPeople, next).status(), absl::OkStatus())
      << "the size of a page may change";
  EXPECT_EQ(ReasonOf(server_->Administrator().Call(&v1::DirectoryService::Stub::ListPeople, next).status()),
            reasons::kPAGE_TOKEN_INVALID);
  v1::ListFrameworksRequest frameworks;
  frameworks.set_parent(district_->name());
  frameworks.set_page_token(page->next_page_token());
  EXPECT_EQ(ReasonOf(administrator.Call(&v1::FrameworkService::Stub::ListFrameworks, frameworks).status()),
            reasons::kPAGE_TOKEN_INVALID);
  std::string bent = page->next_page_token();
  bent[bent.size() / 2] = bent[bent.size() / 2] == 'A' ? 'B' : 'A';
  next.set_page_token(bent);
  EXPECT_EQ(ReasonOf(administrator.Call(&v1::DirectoryService::Stub::ListPeople, next).status()),
            reasons::kPAGE_TOKEN_INVALID);
}

TEST_F(ApiTest, ARepeatedRequestIdGivesTheFirstAnswer) {
  const ApiCaller administrator = Administrator();
  v1::CreatePersonRequest create;
  create.set_parent(district_->name());
  create.mutable_person()->set_display_name("Once");
  create.set_request_id(kRequestId);
  const auto first = administrator.Call(&v1::DirectoryService::Stub::CreatePerson, create);
  ASSERT_EQ(first.status(), absl::OkStatus());
  const auto second = administrator.Call(&v1::DirectoryService::Stub::CreatePerson, create);
  ASSERT_EQ(second.status(), absl::OkStatus());
  EXPECT_EQ(first->name(), second->name());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());

  create.mutable_person()->set_display_name("Twice");
  const absl::Status reused = administrator.Call(&v1::DirectoryService::Stub::CreatePerson, create).status();
  EXPECT_EQ(reused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(reused), reasons::kREQUEST_ID_REUSED);
  const auto other = server_->Administrator().Call(&v1::DirectoryService::Stub::CreatePerson, create);
  EXPECT_EQ(other.status(), absl::OkStatus()) << "another caller's ids are their own";
  create.set_request_id("3f2b8c1e-5d4a-1e6f-8a7b-9c0d1e2f3a4b");
  EXPECT_EQ(FieldOf(administrator.Call(&v1::DirectoryService::Stub::CreatePerson, create).status()), "request_id")
      << "a UUID of version 1";
}

TEST_F(ApiTest, OnlyMethodsThatChangeNothingSayThatTheyHaveNoSideEffects) {
  // The first reader's call is noted; a list of codes is in the audit trail.
  for (const char* name : {"candor.v1.ReportService.GetReport", "candor.v1.ScoringService.GetScores",
                           "candor.v1.CampaignService.ListCodes"}) {
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
    ASSERT_NE(method, nullptr) << name;
    EXPECT_EQ(method->options().idempotency_level(), google::protobuf::MethodOptions::IDEMPOTENCY_UNKNOWN) << name;
  }
}

TEST_F(ApiTest, TheAuditTrailIsListedInOrderWithoutGaps) {
  const ApiCaller administrator = Administrator();
  v1::CreateSchoolRequest create;
  create.set_parent(district_->name());
  create.set_school_id("audited");
  create.mutable_school()->set_title("Audited");
  ASSERT_EQ(administrator.Call(&v1::DirectoryService::Stub::CreateSchool, create).status(), absl::OkStatus());

  v1::ListAuditEntriesRequest list;
  list.set_parent(district_->name());
  list.set_page_size(3);
  int64_t entries = 0;
  bool found = false;
  do {
    const auto page = administrator.Call(&v1::DirectoryService::Stub::ListAuditEntries, list);
    ASSERT_EQ(page.status(), absl::OkStatus());
    EXPECT_LE(page->audit_entries_size(), 3);
    for (const v1::AuditEntry& entry : page->audit_entries()) {
      EXPECT_EQ(entry.sequence(), ++entries);
      EXPECT_TRUE(entry.has_time());
      found = found || (entry.action() == "CreateSchool" && !entry.caller().empty() &&
                        entry.resource() == absl::StrCat(district_->name(), "/schools/audited"));
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_TRUE(found);
  EXPECT_GT(entries, 3) << "more than a page";

  list.set_parent("districts/nowhere");
  EXPECT_EQ(server_->Administrator().Call(&v1::DirectoryService::Stub::ListAuditEntries, list).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ApiTest, AFailedRequestMayBeRepeatedUnderItsId) {
  const ApiCaller administrator = Administrator();
  v1::CreateSchoolRequest create;
  create.set_parent(district_->name());
  create.set_school_id("later");
  create.mutable_school();
  create.set_request_id("0b0e6f5a-77d1-4c3e-b5c7-2f4f9f1f0001");
  EXPECT_EQ(ReasonOf(administrator.Call(&v1::DirectoryService::Stub::CreateSchool, create).status()),
            reasons::kFIELD_INVALID);
  create.mutable_school()->set_title("Now with a title");
  EXPECT_EQ(administrator.Call(&v1::DirectoryService::Stub::CreateSchool, create).status(), absl::OkStatus());
}

TEST_F(ApiTest, UpdatesChangeTheMaskedFieldsAndTheEtag) {
  const ApiCaller administrator = Administrator();
  v1::CreatePersonRequest create;
  create.set_parent(district_->name());
  create.mutable_person()->set_display_name("Before");
  create.mutable_person()->set_job_title("Principal");
  create.mutable_person()->set_email("before@example.org");
  const auto made = administrator.Call(&v1::DirectoryService::Stub::CreatePerson, create);
  ASSERT_EQ(made.status(), absl::OkStatus());

  // Without a mask: every field that is set.
  v1::UpdatePersonRequest update;
  update.mutable_person()->set_name(made->name());
  update.mutable_person()->set_display_name("After");
  update.mutable_person()->set_etag(made->etag());
  const auto after = administrator.Call(&v1::DirectoryService::Stub::UpdatePerson, update);
  ASSERT_EQ(after.status(), absl::OkStatus());
  EXPECT_EQ(after->display_name(), "After");
  EXPECT_EQ(after->job_title(), "Principal");
  EXPECT_NE(after->etag(), made->etag());
  EXPECT_EQ(ReasonOf(administrator.Call(&v1::DirectoryService::Stub::UpdatePerson, update).status()),
            reasons::kETAG_MISMATCH);

  // With a mask: these fields, cleared where they are unset.
  update.mutable_person()->clear_etag();
  update.mutable_update_mask()->add_paths("job_title");
  const auto cleared = administrator.Call(&v1::DirectoryService::Stub::UpdatePerson, update);
  ASSERT_EQ(cleared.status(), absl::OkStatus());
  EXPECT_EQ(cleared->job_title(), "");
  EXPECT_EQ(cleared->email(), "before@example.org");

  // With `*`: all of them.
  update.mutable_update_mask()->Clear();
  update.mutable_update_mask()->add_paths("*");
  const auto replaced = administrator.Call(&v1::DirectoryService::Stub::UpdatePerson, update);
  ASSERT_EQ(replaced.status(), absl::OkStatus());
  EXPECT_EQ(replaced->email(), "");
  EXPECT_EQ(replaced->display_name(), "After");
}

TEST_F(ApiTest, AnInstrumentComesBackAsItWasSent) {
  const ApiCaller administrator = Administrator();
  v1::GetInstrumentRequest get;
  get.set_name(absl::StrCat(district_->name(), "/instruments/sample"));
  auto stored = administrator.Call(&v1::InstrumentService::Stub::GetInstrument, get);
  ASSERT_EQ(stored.status(), absl::OkStatus());
  const v1::Instrument sent = SampleInstrument(district_->name());
  stored->clear_name();
  stored->clear_etag();
  stored->clear_create_time();
  stored->clear_update_time();
  EXPECT_EQ(stored->ShortDebugString(), sent.ShortDebugString());

  v1::GetInstrumentVersionRequest version;
  version.set_name(district_->instrument_version());
  const auto published = administrator.Call(&v1::InstrumentService::Stub::GetInstrumentVersion, version);
  ASSERT_EQ(published.status(), absl::OkStatus());
  EXPECT_EQ(published->instrument().ShortDebugString(), sent.ShortDebugString());
  EXPECT_THAT(published->hash(), SizeIs(64));
}

TEST_F(ApiTest, ADraftInstrumentChangesAndItsVersionStays) {
  const ApiCaller administrator = Administrator();
  v1::CreateInstrumentRequest create;
  create.set_parent(district_->name());
  *create.mutable_instrument() = SampleInstrument(district_->name());
  const auto draft = administrator.Call(&v1::InstrumentService::Stub::CreateInstrument, create);
  ASSERT_EQ(draft.status(), absl::OkStatus());
  v1::PublishInstrumentRequest publish;
  publish.set_name(draft->name());
  const auto first = administrator.Call(&v1::InstrumentService::Stub::PublishInstrument, publish);
  ASSERT_EQ(first.status(), absl::OkStatus());
  EXPECT_EQ(administrator.Call(&v1::InstrumentService::Stub::PublishInstrument, publish)->name(), first->name())
      << "nothing has changed";

  v1::UpdateInstrumentRequest update;
  update.mutable_instrument()->set_name(draft->name());
  *update.mutable_instrument()->mutable_items() = create.instrument().items();
  update.mutable_instrument()->mutable_items(0)->set_reverse(true);
  ASSERT_EQ(administrator.Call(&v1::InstrumentService::Stub::UpdateInstrument, update).status(), absl::OkStatus());
  const auto second = administrator.Call(&v1::InstrumentService::Stub::PublishInstrument, publish);
  ASSERT_EQ(second.status(), absl::OkStatus());
  EXPECT_EQ(second->name(), absl::StrCat(draft->name(), "/versions/2"));

  // A fault names the place.
  update.mutable_instrument()->mutable_items(0)->set_indicator("Z.9.z");
  ASSERT_EQ(administrator.Call(&v1::InstrumentService::Stub::UpdateInstrument, update).status(), absl::OkStatus());
  publish.set_validate_only(true);
  const absl::Status faulty = administrator.Call(&v1::InstrumentService::Stub::PublishInstrument, publish).status();
  EXPECT_EQ(ReasonOf(faulty), reasons::kINSTRUMENT_INVALID);
  EXPECT_THAT(FieldOf(faulty), HasSubstr("items[0]"));
}

TEST_F(ApiTest, AFrameworkIsCheckedWithoutBeingStoredAndImportedOnce) {
  const ApiCaller administrator = Administrator();
  v1::ImportFrameworkRequest import;
  import.set_parent(district_->name());
  std::string document = SampleFramework();
  document.replace(document.find("\"sample\""), 8, "\"second\"");
  import.set_document(document);
  import.set_validate_only(true);
  ASSERT_EQ(administrator.Call(&v1::FrameworkService::Stub::ImportFramework, import).status(), absl::OkStatus());
  v1::GetFrameworkRequest get;
  get.set_name(absl::StrCat(district_->name(), "/frameworks/second"));
  EXPECT_EQ(ReasonOf(administrator.Call(&v1::FrameworkService::Stub::GetFramework, get).status()),
            reasons::kRESOURCE_NOT_FOUND);
  import.set_validate_only(false);
  ASSERT_EQ(administrator.Call(&v1::FrameworkService::Stub::ImportFramework, import).status(), absl::OkStatus());
  ASSERT_EQ(administrator.Call(&v1::FrameworkService::Stub::ImportFramework, import).status(), absl::OkStatus())
      << "the same again";
  document.replace(document.find("Sample framework"), 6, "Simple");
  import.set_document(document);
  EXPECT_EQ(ReasonOf(administrator.Call(&v1::FrameworkService::Stub::ImportFramework, import).status()),
            reasons::kRESOURCE_EXISTS);
  const auto tree = administrator.Call(&v1::FrameworkService::Stub::GetFramework, get);
  ASSERT_EQ(tree.status(), absl::OkStatus());
  EXPECT_THAT(tree->domains(), SizeIs(2));
  EXPECT_EQ(tree->domains(1).competencies(1).indicators(1).code(), "B.2.b");
  EXPECT_THAT(tree->domains(0).questions(), IsEmpty());
  EXPECT_THAT(tree->priority_areas(), IsEmpty());
}

TEST_F(ApiTest, AFrameworksGuidanceComesBackAsItWasImported) {
  const ApiCaller administrator = Administrator();
  base::Json framework = *base::ParseJson(SampleFramework());
  framework["code"] = "guiding";
  framework["domains"][1]["questions"] = base::Json::parse(
      R"([{"code": "B.Q1", "text": {"en": "Where to?", "es": "¿Adónde?"}},
          {"code": "B.Q2", "text": {"es": "¿Por qué?"}}])");
  framework["domains"][0]["competencies"][1]["next_steps"] =
      base::Json::parse(R"([{"en": "Ask.", "es": "Pregunte."}, {"en": "Listen."}])");
  framework["priority_areas"] = base::Json::parse(
      R"([{"code": "P2", "title": {"en": "Care"}, "competencies": ["B.1", "A.2"]},
          {"code": "P1", "title": {"en": "Fairness", "es": "Equidad"}, "competencies": ["A.2"]}])");
  v1::ImportFrameworkRequest import;
  import.set_parent(district_->name());
  import.set_document(framework.dump());
  const auto imported = administrator.Call(&v1::FrameworkService::Stub::ImportFramework, import);
  ASSERT_EQ(imported.status(), absl::OkStatus());
  v1::GetFrameworkRequest get;
  get.set_name(imported->name());
  const auto tree = administrator.Call(&v1::FrameworkService::Stub::GetFramework, get);
  ASSERT_EQ(tree.status(), absl::OkStatus());
  EXPECT_EQ(tree->SerializeAsString().size(), imported->SerializeAsString().size());

  const auto texts = [](const v1::LocalizedText& text) {
    return std::map<std::string, std::string>(text.values().begin(), text.values().end());
  };
  using Texts = std::map<std::string, std::string>;
  EXPECT_THAT(tree->domains(0).questions(), IsEmpty());
  ASSERT_THAT(tree->domains(1).questions(), SizeIs(2));
  EXPECT_EQ(tree->domains(1).questions(0).code(), "B.Q1");
  EXPECT_EQ(texts(tree->domains(1).questions(0).text()), (Texts{{"en", "Where to?"}, {"es", "¿Adónde?"}}));
  EXPECT_EQ(texts(tree->domains(1).questions(1).text()), (Texts{{"es", "¿Por qué?"}}));
  EXPECT_THAT(tree->domains(0).competencies(0).next_steps(), IsEmpty());
  ASSERT_THAT(tree->domains(0).competencies(1).next_steps(), SizeIs(2));
  EXPECT_EQ(texts(tree->domains(0).competencies(1).next_steps(0)), (Texts{{"en", "Ask."}, {"es", "Pregunte."}}));
  EXPECT_EQ(texts(tree->domains(0).competencies(1).next_steps(1)), (Texts{{"en", "Listen."}}));
  ASSERT_THAT(tree->priority_areas(), SizeIs(2));
  EXPECT_EQ(tree->priority_areas(0).code(), "P2");
  EXPECT_EQ(texts(tree->priority_areas(0).title()), (Texts{{"en", "Care"}}));
  EXPECT_THAT(tree->priority_areas(0).competencies(), ElementsAre("B.1", "A.2"));
  EXPECT_EQ(texts(tree->priority_areas(1).title()), (Texts{{"en", "Fairness"}, {"es", "Equidad"}}));

  v1::ListFrameworksRequest list;
  list.set_parent(district_->name());
  const auto listed = administrator.Call(&v1::FrameworkService::Stub::ListFrameworks, list);
  ASSERT_EQ(listed.status(), absl::OkStatus());
  for (const v1::Framework& each : listed->frameworks()) EXPECT_THAT(each.priority_areas(), IsEmpty());

  framework["code"] = "faulty";
  framework["priority_areas"][1]["competencies"][0] = "C.1";
  import.set_document(framework.dump());
  const absl::Status faulty = administrator.Call(&v1::FrameworkService::Stub::ImportFramework, import).status();
  EXPECT_EQ(ReasonOf(faulty), reasons::kFRAMEWORK_INVALID);
  EXPECT_EQ(FieldOf(faulty), "priority_areas[1].competencies[0]");
}

TEST_F(ApiTest, DatesThatStoodAtTheirDefaultFollowTheCloseTime) {
  const ApiCaller administrator = Administrator();
  const auto made = administrator.Call(&v1::CampaignService::Stub::CreateCampaign,
                                       district_->CampaignRequest(server_->clock().Now()));
  ASSERT_EQ(made.status(), absl::OkStatus());
  EXPECT_EQ(made->latest_close_time().seconds(), made->close_time().seconds());
  EXPECT_EQ(made->abandon_time().seconds(), made->close_time().seconds() + 30 * 86400);
  EXPECT_EQ(made->minimum_group_size(), 5);
  EXPECT_EQ(made->insiders(), 1);
  EXPECT_EQ(made->retention_days(), 365);
  v1::UpdateCampaignRequest update;
  update.mutable_campaign()->set_name(made->name());
  update.mutable_campaign()->mutable_close_time()->set_seconds(made->close_time().seconds() + 86400);
  const auto later = administrator.Call(&v1::CampaignService::Stub::UpdateCampaign, update);
  ASSERT_EQ(later.status(), absl::OkStatus());
  EXPECT_EQ(later->latest_close_time().seconds(), later->close_time().seconds());
  EXPECT_EQ(later->abandon_time().seconds(), later->close_time().seconds() + 30 * 86400);
}

TEST_F(ApiTest, APupilIsOptedOutBeforeInvitations) {
  const ApiCaller administrator = Administrator();
  const auto campaign =
      district_->MakeCampaign(administrator, server_->clock().Now(), {{"leader3", {{"staff", 6}, {"student", 5}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  v1::BatchCreateRatersRequest create;
  create.set_parent(campaign->surveys[0]);
  create.add_raters()->set_group("student");
  create.mutable_raters(0)->set_display_name("A pupil");
  const auto raters = administrator.Call(&v1::CampaignService::Stub::BatchCreateRaters, create);
  ASSERT_EQ(raters.status(), absl::OkStatus());
  v1::UpdateRaterRequest opt_out;
  *opt_out.mutable_rater() = raters->raters(0);
  opt_out.mutable_rater()->set_opted_out(true);
  opt_out.mutable_update_mask()->add_paths("opted_out");
  ASSERT_EQ(administrator.Call(&v1::CampaignService::Stub::UpdateRater, opt_out).status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(administrator, campaign->name), absl::OkStatus());
  const auto codes = CodesOf(administrator, campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  EXPECT_THAT(*codes, SizeIs(11));
}

}  // namespace
}  // namespace candor::testing
