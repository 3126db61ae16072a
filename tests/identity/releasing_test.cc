// Releasing: reports frozen once, what is destroyed with it, and the end of the raters' retention.

#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/comments.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using domain::CampaignState;
using domain::SurveyState;
using storage::SurveyDocument;

using ReleasingTest = IdentityTest;

TEST_F(ReleasingTest, AReportIsBuiltOnceFromWhatWasFrozen) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const domain::PersonId leader("leader-1");
  const auto form = ratings_->Get(district_, survey, leader, storage::IdentifiedAudience::kSelf);
  domain::Answers answers;
  for (const bool asked : form->shape.items_asked) answers.ratings.push_back(asked ? 4 : 0);
  answers.comments.resize(form->shape.prompts_asked.size());
  ASSERT_TRUE(ratings_->Put(district_, survey, leader, storage::IdentifiedAudience::kSelf, answers).ok());
  EXPECT_EQ(Reason(lifecycle_->Release(admin_, district_, campaign).status()), reasons::kWRONG_STATE);
  Close(campaign);
  const auto ordered = lifecycle_->Release(admin_, district_, campaign);
  ASSERT_TRUE(ordered.ok()) << ordered.status();
  EXPECT_EQ(ordered->state, CampaignState::kClosed) << "the work is done in the background";
  EXPECT_EQ(reports_built_, 0);
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kReleased);
  EXPECT_EQ(Document(survey, SurveyDocument::kReport), absl::StrCat("report of ", survey.value()));
  EXPECT_EQ(last_report_input_.closed_result, absl::StrCat("result of ", survey.value()));
  EXPECT_EQ(last_report_input_.contract, plane_.opened.at(survey).contract);
  EXPECT_EQ(last_report_input_.instrument_version, plane_.opened.at(survey).instrument_version);
  ASSERT_TRUE(last_report_input_.self.has_value());
  EXPECT_EQ(last_report_input_.self->ratings, answers.ratings);
  EXPECT_TRUE(last_report_input_.supervisors.empty());
  const auto subject = DecodeReportSubject(*Document(survey, SurveyDocument::kReportSubject));
  ASSERT_TRUE(subject.ok()) << subject.status();
  EXPECT_EQ(subject->display_name, "Name of leader-1");
  EXPECT_EQ(subject->job_title, "Principal");
  EXPECT_EQ(subject->school_title, "Oak Hollow");
  EXPECT_TRUE(plane_.released.contains(survey));

  report_prefix_ = "another ";
  Release(campaign);
  EXPECT_EQ(reports_built_, 1);
  EXPECT_EQ(Document(survey, SurveyDocument::kReport), absl::StrCat("report of ", survey.value()));
}

TEST_F(ReleasingTest, CommentsThatWaitForAModeratorStandInTheWayUntilTheyAreGivenUp) {
  const domain::CampaignId campaign = MakeModerated(/*leaders=*/2);
  const domain::SurveyId waiting = Surveys(campaign)[0].id, done = Surveys(campaign)[1].id;
  plane_.undecided[waiting] = 3;
  plane_.undecided[done] = 0;
  Close(campaign);
  const absl::Status refused = lifecycle_->Release(admin_, district_, campaign).status();
  EXPECT_EQ(Reason(refused), reasons::kCOMMENTS_UNDECIDED);
  EXPECT_NE(refused.message().find("in 1 survey"), absl::string_view::npos) << refused;
  EXPECT_EQ(refused.message().find_first_of("023456789"), absl::string_view::npos) << "no number of comments: " << refused;
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(reports_built_, 0);
  EXPECT_TRUE(plane_.released.empty());
  Caller in_line = admin_;
  in_line.person = boss_;
  EXPECT_EQ(Reason(lifecycle_->Release(in_line, district_, campaign, /*discard_undecided=*/true).status()),
            reasons::kCALLER_NOT_ALLOWED);
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign, /*discard_undecided=*/true).ok());
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kReleased);
  const auto comments = domain::DecodeReleasedComments(*Document(waiting, SurveyDocument::kComments));
  ASSERT_TRUE(comments.ok()) << comments.status();
  EXPECT_EQ(comments->survey, waiting);
  EXPECT_EQ(comments->discarded, 3);
  EXPECT_EQ(CountAudit("ReleaseCampaignDiscardingComments"), 1);
}

TEST_F(ReleasingTest, WhoOrderedReleaseMayStillGiveUpCommentsThatCameToWaitAfterwards) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  Close(campaign);
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign).ok());
  plane_.undecided[survey] = 2;  // a moderator took a decision back
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_NE(lifecycle_->ProgressOf(district_, campaign)->last_fault, "");
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign, /*discard_undecided=*/true).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kReleased);
  EXPECT_EQ(reports_built_, 1);
}

TEST_F(ReleasingTest, CommentsAreFrozenBesideTheReportWhateverStopsOnTheWay) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  plane_.undecided[survey] = 4;
  Close(campaign);
  for (int passages = 0; passages < 25; ++passages) {
    gate_.ShutAfter(passages);
    (void)lifecycle_->Release(admin_, district_, campaign, /*discard_undecided=*/true);
    lifecycle_->RunPending();
    gate_.Open();
    Restart();
  }
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kReleased);
  EXPECT_EQ(domain::DecodeReleasedComments(*Document(survey, SurveyDocument::kComments))->discarded, 4);
}

class GoneSupervisorTest : public IdentityTest {
 protected:
  // Of an open survey, by the leader and their supervisor.
  void RateBoth(const domain::SurveyId& survey) {
    for (const auto& [person, audience] :
         {std::pair(domain::PersonId("leader-1"), storage::IdentifiedAudience::kSelf),
          std::pair(boss_, storage::IdentifiedAudience::kSupervisor)}) {
      const auto form = ratings_->Get(district_, survey, person, audience);
      ASSERT_TRUE(form.ok()) << form.status();
      domain::Answers answers;
      for (const bool asked : form->shape.items_asked) answers.ratings.push_back(asked ? 4 : 0);
      answers.comments.resize(form->shape.prompts_asked.size());
      ASSERT_TRUE(ratings_->Put(district_, survey, person, audience, answers).ok());
    }
  }
  std::vector<domain::PersonId> Raters(const domain::SurveyId& survey) {
    std::vector<domain::PersonId> people;
    EXPECT_TRUE(sqlite_
                    ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                      CANDOR_ASSIGN_OR_RETURN(const auto rows, transaction.ListIdentifiedRatings(district_, survey));
                      for (const auto& row : rows) people.push_back(row.person);
                      return absl::OkStatus();
                    })
                    .ok());
    return people;
  }
};

TEST_F(GoneSupervisorTest, TheirRatingEntersTheReportAndIsThenDeleted) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  RateBoth(survey);
  Close(campaign);
  ASSERT_TRUE(directory_->DeletePerson(root_, district_, boss_).ok());
  EXPECT_EQ(Raters(survey).size(), 2u) << "the report needs it";
  Release(campaign);
  EXPECT_EQ(last_report_input_.supervisors.size(), 1u);
  EXPECT_EQ(Raters(survey), std::vector<domain::PersonId>{domain::PersonId("leader-1")});
}

TEST_F(GoneSupervisorTest, WhoGoesBetweenFreezingAndReleasingLeavesNothingEither) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  RateBoth(survey);
  Close(campaign);
  for (int passages = 2; passages < 20 && !Document(survey, SurveyDocument::kReport).has_value(); ++passages) {
    gate_.ShutAfter(passages);
    (void)lifecycle_->Release(admin_, district_, campaign);
    lifecycle_->RunPending();
    gate_.Open();
  }
  ASSERT_EQ(OneSurvey(campaign).state, SurveyState::kClosed);
  ASSERT_TRUE(directory_->DeletePerson(root_, district_, boss_).ok());
  Release(campaign);
  EXPECT_EQ(Raters(survey).size(), 1u);
}

TEST_F(GoneSupervisorTest, TheirRatingGoesWithASurveyThatIsAbandoned) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  RateBoth(survey);
  plane_.broken[survey] = absl::DataLossError("a sealed answer cannot be opened");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  ASSERT_TRUE(directory_->DeletePerson(root_, district_, boss_).ok());
  EXPECT_EQ(Raters(survey).size(), 2u);
  clock_.Advance(absl::Hours(24 * 12));
  lifecycle_->RunPending();
  ASSERT_EQ(OneSurvey(campaign).state, SurveyState::kAbandoned);
  EXPECT_EQ(Raters(survey).size(), 1u);
}

TEST_F(ReleasingTest, ReleasingGoesOnAfterACrashAtAnyMomentAndNeverChangesAReport) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 2);
  Close(campaign);
  std::map<std::string, std::string> frozen;
  int attempts = 0;
  for (; attempts < 60; ++attempts) {
    report_prefix_ = absl::StrCat("attempt ", attempts, " ");
    gate_.ShutAfter(1 + attempts % 9);
    (void)lifecycle_->Release(admin_, district_, campaign);
    lifecycle_->RunPending();
    gate_.Open();
    Restart();
    for (const storage::SurveyRow& survey : Surveys(campaign)) {
      const auto report = Document(survey.id, SurveyDocument::kReport);
      if (!report.has_value()) continue;
      const auto [place, first] = frozen.emplace(survey.id.value(), *report);
      EXPECT_EQ(*report, place->second);
    }
    if (StateOf(campaign) == CampaignState::kReleased) break;
  }
  EXPECT_GT(attempts, 2);
  EXPECT_EQ(StateOf(campaign), CampaignState::kReleased);
  EXPECT_EQ(frozen.size(), 2u);
  EXPECT_EQ(plane_.released.size(), 2u);
}

TEST_F(ReleasingTest, TheResponsePlaneForgetsWhatReleasingDestroyedBeforeTheCampaignIsReleased) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 2);
  Close(campaign);
  const int forgets = plane_.forgets;
  plane_.forgets_left = 0;
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(plane_.released.size(), 2u);
  Restart();
  plane_.forgets_left = 1;
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kReleased);
  EXPECT_EQ(plane_.forgets, forgets + 1) << "once is enough for all surveys";
}

TEST_F(ReleasingTest, AnOrderedReleaseIsTakenUpAfterARestart) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  Close(campaign);
  gate_.ShutAfter(2);  // the order is stored, then nothing more
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  gate_.Open();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  Restart();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kReleased);
}

TEST_F(ReleasingTest, RatersAreDeletedWhenTheirRetentionEnds) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  Close(campaign);
  Release(campaign);
  clock_.Advance(absl::Hours(24 * 29));
  lifecycle_->Tick();
  EXPECT_EQ(raters_->List(district_, survey, {})->size(), 6u);
  Restart();
  clock_.Advance(absl::Hours(24));
  lifecycle_->Tick();
  EXPECT_TRUE(raters_->List(district_, survey, {})->empty());
  EXPECT_EQ(folder_.FileWith("staff3@example.org"), "");
}

}  // namespace
}  // namespace candor::identity
