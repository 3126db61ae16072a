// Whoever has copies of everything and knows who did what in which order is at chance about who said what, about which
// row here belongs to which row there, and about who of those with a token has answered at all.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/domain/contract.h"
#include "tests/privacy/linking_fixture.h"
#include "tests/privacy/released_comments.h"
#include "tests/privacy/results.h"
#include "tests/privacy/scorers.h"

namespace candor::privacy {
namespace {

constexpr int kControlTrials = 25;

TEST_P(LinkingTest, CopiesOfEverythingTellNobodysAnswer) {
  SuiteRecord record(RecordName(absl::StrCat("linking-", answering())), {{"attack", "linking"},
                                                                         {"arrangement", ArrangementInWords()},
                                                                         {"people", answering()},
                                                                         {"with_a_token_but_no_answer", idle()},
                                                                         {"trials", trials()},
                                                                         {"why_so_many_trials", WhySoMany()}});
  ASSERT_NO_FATAL_FAILURE(LearnFromAnother());
  const Findings f = RunTrials(0, trials());
  ASSERT_FALSE(HasFailure());
  const Judgement judgement = JudgeAtChance(
      f.at_chance, trials(), [&](int count) { return RunTrials(trials(), count).at_chance; });
  ASSERT_FALSE(HasFailure());
  const base::Json controls = RunControls(std::min(trials(), kControlTrials));
  const base::Json release_controls = RunReleaseControls(std::min(trials(), kControlTrials));

  ExpectNoLeak(judgement);
  // First: who said what.
  for (const auto& [kind, recovered] : f.recovered) {
    EXPECT_EQ(f.at_chance.at(AnswersIn(kind)).trials(), trials());
    EXPECT_EQ(recovered, 0) << "answers in clear in copies (" << kind << ")";
  }
  EXPECT_EQ(f.ratings_after_release, 0);
  // With the key folder all is open: what the other kinds hold back is not lost on the way.
  EXPECT_EQ(f.opened_with_keys, trials() * answering());
  EXPECT_GT(f.records.at('d').Lines().front().correct, f.records.at('d').threshold());
  EXPECT_GT(f.servers_key.Lines().front().correct, f.servers_key.threshold());
  // A steward's key takes that away.
  EXPECT_GT(f.of_steward, 0);
  EXPECT_EQ(f.opened_of_steward, 0);
  // A moderator reads all comments (where few answered, to write a summary), in an order that tells nothing.
  EXPECT_EQ(f.moderated_comments, trials() * answering());
  // The auditor reads all reports of pressure, in an order that tells nothing, and nobody else reads any.
  const base::Json notices = ExpectNotices(f);
  // All words go out, or none.
  EXPECT_EQ(f.published, answering() < domain::kFewestRatersForComments ? 0 : trials() * answering());
  // One in some thousand lies across two pages of a database, and is in no copy in one piece.
  EXPECT_GE(f.published_in_clear, f.published - f.published / 100);
  EXPECT_GT(f.lost_replies, 0);
  EXPECT_GT(f.changes, 0);
  EXPECT_GT(f.repeats, 0);

  // Second: nothing ties rows of one plane to rows of the other.
  EXPECT_TRUE(f.misplaced.empty()) << absl::StrJoin(f.misplaced, "\n");
  std::vector<std::string> common;
  for (const std::string& string : f.common) common.push_back(base::Json(base::HexEncode(string)).dump());
  EXPECT_TRUE(f.common.empty()) << absl::StrJoin(common, "\n");
  EXPECT_EQ(f.token_hash_caught, trials());

  // Third: the identity plane does not know who has answered.
  EXPECT_EQ(f.identity_plane_changed, 0);
  EXPECT_FALSE(f.completed_flag.Above().empty());

  base::Json answers = base::Json::object(), records = base::Json::object();
  for (const auto& [kind, tally] : f.records) {
    const std::string letter(1, kind);
    answers[letter] = f.at_chance.at(AnswersIn(kind)).ToJson(ScorerFamilies());
    records[letter] = tally.ToJson(ScorerFamilies());
  }
  record.Found({
      {"replies_lost", f.lost_replies},
      {"answers_changed", f.changes},
      {"answers_repeated", f.repeats},
      {"above_threshold_and_tried_again", judgement.tried_again},
      {"above_threshold_again", judgement.above.size()},
      {"answers", answers},
      {"records_not_failed", records},
      {"with_the_key_folder",
       {{"answers_opened", f.opened_with_keys},
        {"of", trials() * answering()},
        {"linked_by_copies_a", f.records.at('a').Lines().front().correct},
        {"linked_by_copies_d", f.records.at('d').Lines().front().correct},
        {"answers_by_copies_d", f.servers_key.ToJson(ScorerFamilies())}}},
      {"with_the_key_folder_and_a_steward",
       {{"answers_opened", f.opened_of_steward},
        {"of", f.of_steward},
        {"answers_by_copies_d", f.at_chance.at(kStewardsKey).ToJson(ScorerFamilies())}}},
      {"with_the_moderators_key",
       {{"comments_opened", f.moderated_comments}, {"by", f.at_chance.at(kModerated).ToJson(ScorerFamilies())}}},
      {"reports_of_pressure", notices},
      {"released_comments",
       {{"released", f.published},
        {"of", trials() * answering()},
        {"by", f.at_chance.at(kReleased).ToJson(CommentScorerFamilies())},
        {"controls", release_controls}}},
      {"strings_on_both_planes", {{"found", f.common.size() + f.misplaced.size()}}},
      {"who_has_answered",
       {{"open", f.at_chance.at(kAnsweredWhileOpen).ToJson(ParticipationFamilies())},
        {"closed", f.at_chance.at(kAnsweredAtAll).ToJson(ParticipationFamilies())},
        {"identity_plane_changed_by_answers", f.identity_plane_changed}}},
      {"controls", controls},
      {"control_token_hash_with_invitation", {{"caught", f.token_hash_caught}, {"of", trials()}}},
      {"control_completed_flag", f.completed_flag.ToJson(ParticipationFamilies())}});
}

INSTANTIATE_TEST_SUITE_P(People, LinkingTest, ::testing::Values(5, 12, 40),
                         [](const auto& info) { return absl::StrCat("Of", info.param); });

}  // namespace
}  // namespace candor::privacy
