// One release and nothing before: two figures of the same answers at different times differ by what single people said,
// however safe each of them is. So the service must have no way to a second one.

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "candor/v1/scoring.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"
#include "services/reporting/build_report.h"
#include "storage/sqlite/identity_store.h"
#include "storage/sqlite/response_store.h"
#include "tests/privacy/results.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::privacy {
namespace {

using ::testing::ElementsAre;
using testing::ApiCaller;
using testing::ReasonOf;

const google::protobuf::FileDescriptor* const kFiles[] = {
    v1::Campaign::descriptor()->file(),           v1::Report::descriptor()->file(),
    v1::GetLedgerResponse::descriptor()->file(),  v1::Scores::descriptor()->file(),
};

// Whether a message of this type, or one in it, has a figure: a floating-point number of raters' answers.
bool HasFigure(const google::protobuf::Descriptor* type, std::set<const google::protobuf::Descriptor*>& seen) {
  if (!seen.insert(type).second) return false;
  if (type == v1::GroupScore::descriptor() || type == v1::Distribution::descriptor() ||
      type == v1::BenchmarkFigure::descriptor()) {
    return true;
  }
  for (int f = 0; f < type->field_count(); ++f) {
    const google::protobuf::FieldDescriptor* field = type->field(f);
    if (field->message_type() != nullptr && HasFigure(field->message_type(), seen)) return true;
  }
  return false;
}

class OneReleaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = testing::SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
    auto campaign = district_.MakeCampaign(As("administrator"), server_.clock().Now(), {{"leader1", {{"staff", 12}}}});
    ASSERT_EQ(campaign.status(), absl::OkStatus());
    campaign_ = campaign->name;
    survey_ = campaign->surveys[0];
  }

  ApiCaller As(const std::string& person) const { return server_.Nobody().WithKey(district_.person(person).key); }

  absl::StatusOr<v1::Report> Report(const ApiCaller& caller) const {
    v1::GetReportRequest request;
    request.set_name(absl::StrCat(survey_, "/report"));
    return caller.Call(&v1::ReportService::Stub::GetReport, request);
  }

  // That nobody gets a figure by any of the methods that have one.
  void ExpectNoFigure(const std::string& when) {
    SCOPED_TRACE(when);
    for (const char* person : {"administrator", "boss", "leader1", "leader2"}) {
      const ApiCaller caller = As(person);
      const std::string refused = ReasonOf(Report(caller).status());
      EXPECT_TRUE(refused == domain::reasons::kREPORT_NOT_RELEASED || refused == domain::reasons::kCALLER_NOT_ALLOWED)
          << person << ": " << refused;
      v1::GetScoresRequest scores;
      scores.set_name(survey_);
      EXPECT_EQ(ReasonOf(caller.Call(&v1::ScoringService::Stub::GetScores, scores).status()), refused) << person;
      v1::ListReportsRequest list;
      list.set_parent(campaign_);
      const auto reports = caller.Call(&v1::ReportService::Stub::ListReports, list);
      ASSERT_EQ(reports.status(), absl::OkStatus()) << person;
      EXPECT_EQ(reports->reports_size(), 0) << person;
      v1::ExportReportsRequest exporting;
      exporting.set_parent(campaign_);
      const auto exported = caller.Call(&v1::ReportService::Stub::ExportReports, exporting);
      ASSERT_EQ(exported.status(), absl::OkStatus()) << person;
      EXPECT_EQ(exported->reports_size(), 0) << person;
      v1::CompareRoundsRequest rounds;
      rounds.set_name(survey_);
      EXPECT_EQ(ReasonOf(caller.Call(&v1::ReportService::Stub::CompareRounds, rounds).status()), refused) << person;
      v1::GetDistrictSummaryRequest summary;
      summary.set_name(campaign_);
      EXPECT_FALSE(caller.Call(&v1::ReportService::Stub::GetDistrictSummary, summary).ok()) << person;
    }
    v1::ReleaseCampaignRequest release;
    release.set_name(campaign_);
    if (when == "closed") return;
    EXPECT_EQ(ReasonOf(As("administrator").Call(&v1::CampaignService::Stub::ReleaseCampaign, release).status()),
              domain::reasons::kWRONG_STATE);
    v1::GetLedgerRequest ledger;
    ledger.set_survey(survey_.substr(survey_.rfind('/') + 1));
    EXPECT_FALSE(server_.Nobody().Call(&v1::ResponseService::Stub::GetLedger, ledger).ok());
  }

  void Answer(size_t first, size_t last) {
    const auto codes = testing::CodesOf(As("administrator"), survey_);
    ASSERT_EQ(codes.status(), absl::OkStatus());
    for (size_t i = first; i < last; ++i) {
      ASSERT_EQ(testing::AnswerWith(server_.Nobody(), (*codes)[i].second, static_cast<uint8_t>(1 + i % 5)).status(),
                absl::OkStatus());
    }
  }

  testing::TestServer server_;
  testing::SampleDistrict district_;
  std::string campaign_, survey_;
};

TEST(MethodsWithFiguresTest, AreTheReportAndItsScores) {
  std::vector<std::string> methods;
  int all = 0;
  for (const google::protobuf::FileDescriptor* file : kFiles) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        ++all;
        const google::protobuf::MethodDescriptor* method = file->service(s)->method(m);
        std::set<const google::protobuf::Descriptor*> seen;
        if (HasFigure(method->output_type(), seen)) methods.push_back(method->name());
      }
    }
  }
  EXPECT_GT(all, 20);
  EXPECT_THAT(methods, ElementsAre("GetReport", "ListReports", "ExportReports", "CompareRounds", "GetDistrictSummary",
                                   "GetScores"))
      << "one more way to a figure; OneReleaseTest must try it before closing, and the attack must know what it prints";
}

TEST_F(OneReleaseTest, NoFigureBeforeReleaseAndTheSameBytesEverAfter) {
  SuiteRecord record("disclosure-one-release");
  ExpectNoFigure("draft");
  ASSERT_EQ(testing::OpenAndWait(As("administrator"), campaign_), absl::OkStatus());
  ExpectNoFigure("open");
  Answer(0, 8);
  ExpectNoFigure("open, with answers");
  Answer(8, 12);
  v1::CloseCampaignRequest close;
  close.set_name(campaign_);
  ASSERT_EQ(testing::CloseAndWait(As("administrator"), campaign_), absl::OkStatus());
  ExpectNoFigure("closed");
  EXPECT_EQ(ReasonOf(As("administrator").Call(&v1::CampaignService::Stub::CloseCampaign, close).status()),
            domain::reasons::kWRONG_STATE)
      << "closing is done once";
  ASSERT_EQ(testing::ReleaseAndWait(As("administrator"), campaign_), absl::OkStatus());

  const auto first = Report(As("leader1"));
  ASSERT_EQ(first.status(), absl::OkStatus());
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(testing::ReleaseAndWait(As("administrator"), campaign_), absl::OkStatus());
    EXPECT_EQ(ReasonOf(As("administrator").Call(&v1::CampaignService::Stub::CloseCampaign, close).status()),
              domain::reasons::kWRONG_STATE);
    if (i == 1) {
      ASSERT_EQ(server_.Restart(), absl::OkStatus());
    }
    const auto again = Report(As("leader1"));
    ASSERT_EQ(again.status(), absl::OkStatus());
    EXPECT_EQ(reporting::SerializeReport(*again), reporting::SerializeReport(*first));
  }
  v1::OpenCampaignRequest open;
  open.set_name(campaign_);
  EXPECT_EQ(ReasonOf(As("administrator").Call(&v1::CampaignService::Stub::OpenCampaign, open).status()),
            domain::reasons::kWRONG_STATE)
      << "nothing opens again";
  record.Found({{"before_release", "no method gives a figure in draft, open, or closed"},
                {"second_close", "refused by the API"},
                {"second_release", "the same bytes"}});
}

// Whoever calls the stores themselves, past every use case, gets no second result either.
TEST_F(OneReleaseTest, TheStoresRefuseASecondResult) {
  SuiteRecord record("disclosure-one-result");
  ASSERT_EQ(testing::OpenAndWait(As("administrator"), campaign_), absl::OkStatus());
  Answer(0, 12);
  ASSERT_EQ(testing::CloseAndWait(As("administrator"), campaign_), absl::OkStatus());
  ASSERT_EQ(testing::ReleaseAndWait(As("administrator"), campaign_), absl::OkStatus());
  const std::string folder = server_.data_folder();
  server_.Stop();

  const domain::SurveyId survey(survey_.substr(survey_.rfind('/') + 1));
  const domain::DistrictId district("north");
  {
    auto responses = storage::sqlite::SqliteResponseStore::Open(folder);
    ASSERT_EQ(responses.status(), absl::OkStatus());
    const auto outcome = (*responses)->GetOutcome(survey);
    ASSERT_EQ(outcome.status(), absl::OkStatus());
    EXPECT_EQ(ReasonOf((*responses)->CloseSurvey(survey, {*outcome})), domain::reasons::kWRONG_STATE);
    EXPECT_EQ(ReasonOf((*responses)->OpenAnswers(survey).status()), domain::reasons::kWRONG_STATE)
        << "there is nothing left to count";
  }
  auto people = storage::sqlite::SqliteIdentityStore::Open(folder + "/identity.db");
  ASSERT_EQ(people.status(), absl::OkStatus());
  for (const auto kind : {storage::SurveyDocument::kContract, storage::SurveyDocument::kClosedResult,
                          storage::SurveyDocument::kReport, storage::SurveyDocument::kLedger}) {
    const absl::Status second = (*people)->Write([&](storage::WriteTransaction& t) {
      return t.InsertSurveyDocument(district, survey, kind, "another", crypto::Sha256("another"));
    });
    EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists) << static_cast<int>(kind);
  }
  record.Found({{"second_close", "refused by the stores"}, {"second_document", "refused by the stores"}});
}

}  // namespace
}  // namespace candor::privacy
