// A group that is shown by part, and the round after it, through stubs as clients see them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/ledger.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PartsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
  }

  ApiCaller As(const std::string& person) const { return server_.Nobody().WithKey(district_.person(person).key); }
  ApiCaller Admin() const { return As("administrator"); }

  // One leader's draft; gives the survey's name.
  absl::StatusOr<std::string> Make(const v1::CreateCampaignRequest& create) {
    CANDOR_ASSIGN_OR_RETURN(const v1::Campaign campaign, Admin().Call(&v1::CampaignService::Stub::CreateCampaign, create));
    v1::CreateSurveyRequest survey;
    survey.set_parent(campaign.name());
    survey.mutable_survey()->set_leader(district_.person("leader1").name);
    CANDOR_ASSIGN_OR_RETURN(const v1::Survey made, Admin().Call(&v1::CampaignService::Stub::CreateSurvey, survey));
    return made.name();
  }

  v1::CreateCampaignRequest InParts() {
    v1::CreateCampaignRequest create = district_.CampaignRequest(server_.clock().Now());
    v1::Breakdown& breakdown = *create.mutable_campaign()->add_breakdowns();
    breakdown.set_group("staff");
    for (const char* code : {"upper", "lower"}) {
      v1::Part& part = *breakdown.add_parts();
      part.set_code(code);
      (*part.mutable_title()->mutable_values())["en"] = absl::StrCat("The ", code, " school");
    }
    return create;
  }

  absl::Status AddPaper(const std::string& survey, const std::string& group, int count, const std::string& part = "") {
    v1::CreatePaperRatersRequest request;
    request.set_parent(survey);
    request.set_group(group);
    request.set_part(part);
    request.set_count(count);
    return Admin().Call(&v1::CampaignService::Stub::CreatePaperRaters, request).status();
  }

  // Everybody answers every item, by part; closed and released.
  void RunThrough(const std::string& campaign, const std::string& survey, const std::map<std::string, uint8_t>& ratings) {
    ASSERT_EQ(OpenAndWait(Admin(), campaign), absl::OkStatus());
    v1::ListCodesRequest list;
    list.set_parent(survey);
    list.set_page_size(500);
    const auto codes = Admin().Call(&v1::CampaignService::Stub::ListCodes, list);
    ASSERT_EQ(codes.status(), absl::OkStatus());
    for (const v1::InvitationCode& code : codes->codes()) {
      const auto receipt = AnswerWith(server_.Nobody(), code.code(), ratings.at(code.rater().part()));
      ASSERT_EQ(receipt.status(), absl::OkStatus());
    }
    ASSERT_EQ(CloseAndWait(Admin(), campaign), absl::OkStatus());
    ASSERT_EQ(ReleaseAndWait(Admin(), campaign), absl::OkStatus());
  }

  v1::Report ReportOf(const std::string& survey) {
    v1::GetReportRequest get;
    get.set_name(absl::StrCat(survey, "/report"));
    const auto report = As("leader1").Call(&v1::ReportService::Stub::GetReport, get);
    EXPECT_EQ(report.status(), absl::OkStatus());
    return report.ok() ? *report : v1::Report();
  }

  static std::string CampaignOf(const std::string& survey) { return survey.substr(0, survey.find("/surveys/")); }

  static std::map<std::string, v1::GroupScore> ScoresOf(const v1::Report& report, const std::string& code) {
    std::map<std::string, v1::GroupScore> scores;
    for (const v1::UnitScore& unit : report.scores().units()) {
      if (unit.code() != code) continue;
      for (const v1::GroupScore& score : unit.groups()) scores[score.group()] = score;
      scores["all_raters"] = unit.all_raters();
    }
    return scores;
  }

  TestServer server_;
  SampleDistrict district_;
};

TEST_F(PartsTest, TwoRoundsTheFirstByPart) {
  const auto first = Make(InParts());
  ASSERT_EQ(first.status(), absl::OkStatus());
  ASSERT_EQ(AddPaper(*first, "staff", 12, "lower"), absl::OkStatus());
  ASSERT_EQ(AddPaper(*first, "staff", 10, "upper"), absl::OkStatus());
  ASSERT_EQ(AddPaper(*first, "student", 6), absl::OkStatus());
  EXPECT_EQ(ReasonOf(AddPaper(*first, "student", 6, "lower")), domain::reasons::kFIELD_INVALID);

  v1::GetCampaignRequest get;
  get.set_name(CampaignOf(*first));
  const auto campaign = Admin().Call(&v1::CampaignService::Stub::GetCampaign, get);
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  ASSERT_EQ(campaign->breakdowns_size(), 1);
  EXPECT_EQ(campaign->breakdowns(0).parts(0).code(), "lower") << "as the contract has them";

  RunThrough(CampaignOf(*first), *first, {{"lower", 4}, {"upper", 2}, {"", 3}});

  // The documents that every respondent gets tell of the parts, whose keys are their own.
  const std::string id = first->substr(first->rfind('/') + 1);
  v1::GetManifestRequest documents;
  documents.set_survey(id);
  const auto shown = server_.Nobody().Call(&v1::ResponseService::Stub::GetManifest, documents);
  ASSERT_EQ(shown.status(), absl::OkStatus());
  const auto contract = domain::DecodeContract(shown->contract());
  const auto manifest = domain::DecodeManifest(shown->manifest());
  ASSERT_TRUE(contract.ok() && manifest.ok());
  EXPECT_EQ(contract->breakdowns.at(0).parts.at(1).title.at("en"), "The upper school");
  ASSERT_EQ(manifest->groups.size(), 3u);
  EXPECT_EQ(manifest->groups[0].code, "staff/lower");
  EXPECT_EQ(manifest->groups[1].code, "staff/upper");
  EXPECT_TRUE(domain::CheckParts(*manifest, *contract).ok());

  const v1::Report report = ReportOf(*first);
  std::map<std::string, v1::GroupScore> scores = ScoresOf(report, "A.1.a");
  EXPECT_DOUBLE_EQ(scores["staff/lower"].mean(), 4);
  EXPECT_EQ(scores["staff/lower"].n(), 12);
  EXPECT_DOUBLE_EQ(scores["staff/upper"].mean(), 2);
  EXPECT_EQ(scores["staff/upper"].n(), 10);
  EXPECT_DOUBLE_EQ(scores["staff"].mean(), 68.0 / 22);
  EXPECT_EQ(scores["staff"].n(), 22);
  EXPECT_THAT(scores["all_raters"].groups_used(), ElementsAre("staff", "student"));

  v1::GetLedgerRequest ledger;
  ledger.set_survey(id);
  const auto published = server_.Nobody().Call(&v1::ResponseService::Stub::GetLedger, ledger);
  ASSERT_EQ(published.status(), absl::OkStatus());
  EXPECT_THAT(published->ledger(), HasSubstr("\"staff/upper\""));

  // The next round, compared with this one.
  v1::CreateCampaignRequest create = district_.CampaignRequest(server_.clock().Now());
  create.mutable_campaign()->set_previous_campaign(CampaignOf(*first));
  const auto second = Make(create);
  ASSERT_EQ(second.status(), absl::OkStatus());
  ASSERT_EQ(AddPaper(*second, "staff", 22), absl::OkStatus());
  RunThrough(CampaignOf(*second), *second, {{"", 4}});
  const v1::Report next = ReportOf(*second);
  EXPECT_EQ(next.scores().compared_round().state(), v1::COMPARISON_STATE_COMPARED);
  EXPECT_EQ(next.scores().compared_round().close_time().seconds(), report.close_time().seconds());
  scores = ScoresOf(next, "A.1.a");
  EXPECT_DOUBLE_EQ(scores["staff"].change().value(), 4 - 68.0 / 22);
  EXPECT_EQ(scores["staff"].change().word(), v1::CHANGE_WORD_HIGHER);
  EXPECT_THAT(scores["all_raters"].change().groups_used(), ElementsAre("staff"));
}

TEST_F(PartsTest, AForeignCampaignOrAnUnknownGroupIsRefusedByItsField) {
  v1::CreateCampaignRequest create = InParts();
  create.mutable_campaign()->mutable_breakdowns(0)->set_group("cooks");
  absl::Status refused = Admin().Call(&v1::CampaignService::Stub::CreateCampaign, create).status();
  EXPECT_EQ(ReasonOf(refused), domain::reasons::kCAMPAIGN_INVALID);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("the instrument has no rater group cooks"));
  create = district_.CampaignRequest(server_.clock().Now());
  create.mutable_campaign()->set_previous_campaign("districts/south/campaigns/spring");
  refused = Admin().Call(&v1::CampaignService::Stub::CreateCampaign, create).status();
  EXPECT_EQ(ReasonOf(refused), domain::reasons::kFIELD_INVALID);
}

TEST_F(PartsTest, ThePreviewTellsWhatStandsInTheWay) {
  v1::CreateCampaignRequest create = InParts();
  const auto other = Make(district_.CampaignRequest(server_.clock().Now()));
  ASSERT_EQ(other.status(), absl::OkStatus());
  create.mutable_campaign()->set_previous_campaign(CampaignOf(*other));
  const auto survey = Make(create);
  ASSERT_EQ(survey.status(), absl::OkStatus());
  ASSERT_EQ(AddPaper(*survey, "staff", 12, "lower"), absl::OkStatus());
  ASSERT_EQ(AddPaper(*survey, "staff", 3), absl::OkStatus());
  v1::PreviewCampaignRequest preview;
  preview.set_name(CampaignOf(*survey));
  const auto seen = Admin().Call(&v1::CampaignService::Stub::PreviewCampaign, preview);
  ASSERT_EQ(seen.status(), absl::OkStatus());
  EXPECT_THAT(seen->faults(), ElementsAre(HasSubstr("it is draft, and must be released")));
  EXPECT_THAT(seen->surveys(0).faults(), Contains(HasSubstr("3 of its 15 raters are of none")));
  EXPECT_THAT(seen->surveys(0).groups(), IsEmpty());
}

}  // namespace
}  // namespace candor::testing
