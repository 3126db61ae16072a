#include "services/domain/comments.h"

#include <random>
#include <set>

#include "gtest/gtest.h"
#include "services/domain/campaign.h"
#include "services/domain/sealed_records.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

CommentedGroup Group(const std::string& code, int64_t raters, std::vector<int64_t> comments) {
  return {code, raters, raters, false, comments, std::vector<bool>(comments.size(), true)};
}

std::string Said(const PlacedComments& placed) {
  if (placed.dropped) return "dropped";
  return (placed.place.texts ? "words of " : "summary of ") + placed.place.block;
}

TEST(PlaceCommentsTest, AGroupIsABlockFromTenRatersAndFiveCommentsOn) {
  EXPECT_EQ(Said(PlaceComments({}, {Group("staff", 10, {5})})[0][0]), "words of staff");
  EXPECT_EQ(Said(PlaceComments({}, {Group("staff", 9, {9})})[0][0]), "summary of ");
  EXPECT_EQ(Said(PlaceComments({}, {Group("staff", 10, {4})})[0][0]), "summary of ");
  // A campaign that asks for more gets more.
  EXPECT_EQ(Said(PlaceComments({12, 7, {}}, {Group("staff", 12, {6})})[0][0]), "summary of ");
  EXPECT_EQ(Said(PlaceComments({12, 7, {}}, {Group("staff", 12, {7})})[0][0]), "words of staff");
}

TEST(PlaceCommentsTest, WhatIsTooFewIsPooledUnderTheSameTest) {
  const auto pooled = PlaceComments({}, {Group("parent", 5, {2}), Group("staff", 20, {8}), Group("student", 5, {3})});
  EXPECT_EQ(Said(pooled[0][0]), "words of other_raters");
  EXPECT_EQ(Said(pooled[1][0]), "words of staff");
  EXPECT_EQ(Said(pooled[2][0]), "words of other_raters");
  EXPECT_EQ(Said(PlaceComments({}, {Group("parent", 5, {2}), Group("student", 4, {3})})[0][0]), "summary of ");
  EXPECT_EQ(Said(PlaceComments({}, {Group("parent", 5, {2}), Group("student", 5, {2})})[0][0]), "summary of ");
  // The joined group stands in the pool, so that there is one block of that name.
  const auto joined = PlaceComments({}, {Group("other_raters", 12, {6}), Group("student", 8, {2})});
  EXPECT_EQ(Said(joined[0][0]), "words of other_raters");
  EXPECT_EQ(Said(joined[1][0]), "words of other_raters");
}

TEST(PlaceCommentsTest, EachPromptIsJudgedByItself) {
  const auto placed = PlaceComments({}, {Group("staff", 12, {6, 3})});
  EXPECT_EQ(Said(placed[0][0]), "words of staff");
  EXPECT_EQ(Said(placed[0][1]), "summary of ");
  EXPECT_EQ(placed[0][1].place.prompt, 1);
  // A prompt that a group is not asked adds nobody to the pool.
  CommentedGroup not_asked = Group("parent", 9, {0});
  not_asked.asked = {false};
  EXPECT_EQ(Said(PlaceComments({}, {Group("student", 9, {6}), not_asked})[0][0]), "summary of ");
}

TEST(PlaceCommentsTest, APromptDoesNotNameTheOneSmallGroupThatWasAskedIt) {
  CommentedGroup parent = Group("parent", 6, {2, 2}), student = Group("student", 7, {1, 0});
  student.asked = {true, false};
  const auto both = PlaceComments({}, {parent, Group("staff", 20, {9, 9}), student});
  EXPECT_EQ(Said(both[1][0]), "words of staff");
  EXPECT_EQ(both[1][1].place.prompt, 1);
  // The second prompt would be the parents' name, and so would be its absence where the first is told.
  for (const auto& [group, prompt] : {std::pair(0, 0), {0, 1}, {2, 0}}) {
    EXPECT_EQ(both[group][prompt].place, (CommentPlace{"", kNoPrompt, false})) << group << " " << prompt;
  }
  // The same where the other group is asked it but is a block there, and not where both may have written.
  student = Group("student", 12, {1, 8});
  EXPECT_EQ(PlaceComments({}, {parent, student})[0][1].place.prompt, kNoPrompt);
  EXPECT_EQ(PlaceComments({}, {parent, Group("student", 7, {0, 0})})[0][1].place.prompt, 1);
  // Nor where everybody knows from the ledger that the other one did not answer at all.
  CommentedGroup assistant = Group("assistant", 0, {0, 0});
  CommentedGroup asked_one = Group("student", 7, {1, 0});
  asked_one.asked = {true, false};
  EXPECT_EQ(PlaceComments({}, {assistant, parent, asked_one})[1][1].place.prompt, kNoPrompt);
  assistant.counted = 1;
  EXPECT_EQ(PlaceComments({}, {assistant, parent, asked_one})[1][1].place.prompt, 1) << "may have written, for all one knows";
  // Where only one group stands under no name it is known by that.
  EXPECT_EQ(PlaceComments({}, {parent, Group("staff", 20, {9, 9})})[0][1].place.prompt, 1);
}

TEST(PlaceCommentsTest, WhereTheContractSaysSoNoWordsGoOutAlsoNotInThePool) {
  const CommentRules rules{10, 5, {"parent", "staff"}};
  const auto placed =
      PlaceComments(rules, {Group("parent", 6, {3}), Group("staff", 15, {9}), Group("student", 9, {4})});
  EXPECT_EQ(Said(placed[0][0]), "summary of ");
  EXPECT_EQ(Said(placed[1][0]), "summary of staff");
  EXPECT_EQ(Said(placed[2][0]), "summary of ") << "those who were promised that no words go out are nobody's company";
}

TEST(PlaceCommentsTest, OfAGroupWithheldByItsCodesNothingIsKept) {
  CommentedGroup withheld = Group("staff", 30, {20});
  withheld.withheld = true;
  const auto placed = PlaceComments({}, {withheld, Group("student", 9, {6})});
  EXPECT_EQ(Said(placed[0][0]), "dropped");
  EXPECT_EQ(Said(placed[1][0]), "summary of ");
}

// Over random surveys: words go out only from among enough people who may speak, and each place is one set of people.
TEST(PlaceCommentsTest, NoBlockOfWordsIsEverSmallerThanTheRulesSay) {
  std::mt19937 random(11);
  const std::vector<std::string> codes = {"assistant", "other_raters", "parent", "staff", "student"};
  for (int round = 0; round < 2000; ++round) {
    CommentRules rules;
    std::vector<CommentedGroup> groups;
    for (const std::string& code : codes) {
      CommentedGroup group = Group(code, static_cast<int64_t>(random() % 25), {});
      group.withheld = random() % 6 == 0;
      for (int prompt = 0; prompt < 3; ++prompt) {
        group.asked.push_back(random() % 5 != 0);
        const int64_t most = group.raters + 1;
        group.comments.push_back(group.asked.back() ? static_cast<int64_t>(random()) % most : 0);
      }
      if (random() % 4 == 0) rules.summary_only.push_back(code);
      groups.push_back(group);
    }
    const auto placed = PlaceComments(rules, groups);
    for (int prompt = 0; prompt < 3; ++prompt) {
      for (const std::string& block : codes) {
        int64_t raters = 0, comments = 0;
        for (size_t i = 0; i < groups.size(); ++i) {
          const CommentPlace& place = placed[i][prompt].place;
          if (placed[i][prompt].dropped || !place.texts || place.block != block) continue;
          EXPECT_EQ(place.prompt, prompt);
          EXPECT_FALSE(groups[i].withheld);
          EXPECT_EQ(std::count(rules.summary_only.begin(), rules.summary_only.end(), groups[i].code), 0);
          EXPECT_TRUE(block == groups[i].code || block == kOtherRaters);
          raters += groups[i].raters;
          comments += groups[i].comments[prompt];
        }
        if (raters > 0) {
          EXPECT_GE(raters, 10);
          EXPECT_GE(comments, 5);
        }
      }
    }
  }
}

TEST(ContractOfCommentsTest, FollowsTheCampaignsThresholdsAndNamesSmallGroups) {
  CampaignSettings settings;
  const GroupPlan plan{{{"staff", {"staff"}, 20, ""}, {"student", {"student"}, 19, ""}, {"other_raters", {"parent"}, 6, ""}}};
  const Contract usual = MakeContract(settings, std::string(64, 'a'), SampleInstrument(), plan);
  EXPECT_EQ(usual.comments.minimum_raters, 10);
  EXPECT_EQ(usual.comments.minimum_comments, 5);
  EXPECT_EQ(usual.comments.summary_only, (std::vector<std::string>{"other_raters", "student"}));
  settings.minimum_group_size = 15;
  settings.insiders = 3;
  settings.summary_only_below = 10;
  const Contract strict = MakeContract(settings, std::string(64, 'a'), SampleInstrument(), plan);
  EXPECT_EQ(strict.comments.minimum_raters, 15);
  EXPECT_EQ(strict.comments.minimum_comments, 7);
  EXPECT_EQ(strict.comments.summary_only, (std::vector<std::string>{"other_raters"}));
}

TEST(RedactionTest, OnlyCutsAreRedactions) {
  const std::string original = "Ms Gray shouted at Tom on 3 May, and nobody said a word.";
  for (const char* redacted : {"[...] shouted at [...], and nobody said a word.", "Ms Gray shouted[...]", "[...]word.",
                               "[...]", "Ms Gray [...] nobody [...]", "Ms Gray shouted at Tom on 3 May, and nobody said a word.[...]"}) {
    EXPECT_TRUE(IsRedactionOf(redacted, original)) << redacted;
  }
  for (const char* not_one : {"Ms Gray shouted at Tom on 3 May, and nobody said a word.", "", "[...] whispered [...]",
                              "[...] nobody [...] shouted [...]", "Mr Gray[...]", "[...]a word!",
                              "[...] shouted at [...] shouted at [...]"}) {
    EXPECT_FALSE(IsRedactionOf(not_one, original)) << not_one;
  }
  EXPECT_FALSE(IsRedactionOf("ab[...]ba", "aba")) << "no letter is used twice";
}

ReleasedComments SomeReleased() {
  ReleasedComments comments;
  comments.survey = SurveyId(kSampleSurvey);
  comments.blocks = {{"staff",
                      "Several ask for shorter meetings.",
                      {{"keep", {{"id1", "Her door is open.", false}, {"id2", "[...] helped me.", true}}, 1,
                        {{ModerationReason::kInsult, 2}}}}},
                     {"", "", {}}};
  comments.withheld = {{"parent", "summary_only"}};
  comments.discarded = 3;
  return comments;
}

TEST(ReleasedCommentsTest, ReadBackAsTheyWereAndInOneSpellingAlone) {
  const std::string bytes = EncodeReleasedComments(SomeReleased());
  const auto read = DecodeReleasedComments(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeReleasedComments(*read), bytes);
  ASSERT_EQ(read->blocks.size(), 2u);
  EXPECT_EQ(read->blocks[0].prompts[0].comments[1].text, "[...] helped me.");
  EXPECT_EQ(read->blocks[0].prompts[0].rejected[0].reason, ModerationReason::kInsult);
  EXPECT_EQ(read->discarded, 3);
  EXPECT_FALSE(read->expired);
  ReleasedComments gone;
  gone.survey = SurveyId(kSampleSurvey);
  gone.expired = true;
  const auto expired = DecodeReleasedComments(EncodeReleasedComments(gone));
  ASSERT_TRUE(expired.ok()) << expired.status();
  EXPECT_TRUE(expired->expired);
  std::string spaced = bytes;
  spaced.insert(1, " ");
  for (const std::string& damaged : {std::string(), bytes.substr(1), spaced}) {
    ExpectError(DecodeReleasedComments(damaged), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  }
  ExpectError(DecodeReleasedComments("{}"), absl::StatusCode::kDataLoss, "STORE_CORRUPT", "format");
}

TEST(SealedRecordsTest, ACommentsRecordHasOneLengthAndReadsBack) {
  const std::string record = EncodeCommentRecord("short", 200);
  EXPECT_EQ(record.size(), EncodeCommentRecord(std::string(200, 'x'), 200).size());
  EXPECT_EQ(*DecodeCommentRecord(record), "short");
  EXPECT_EQ(*DecodeCommentRecord(EncodeCommentRecord(std::string(200, 'x'), 200)), std::string(200, 'x'));
  for (const std::string& cut : {std::string(), record.substr(0, 1), record.substr(0, 6)}) {
    ExpectError(DecodeCommentRecord(cut), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  }
  EXPECT_NE(CommentBinding("survey", 0), CommentBinding("survey", 1));
}

TEST(SealedRecordsTest, ANoticeIsBoundToItsSurvey) {
  const std::string survey(16, 's');
  const std::string record = EncodeNoticeRecord(survey, {70'000, {true, "pressed"}});
  EXPECT_EQ(record.size(), EncodeNoticeRecord(survey, {1, {true, std::string(500, 'x')}}).size());
  EXPECT_EQ(record.size(), EncodeNoticeRecord(survey, {}).size()) << "one that says nothing";
  const auto read = DecodeNoticeRecord(record, survey);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->given_in_all, 70'000u);
  EXPECT_TRUE(read->notice.given);
  EXPECT_EQ(read->notice.text, "pressed");
  EXPECT_FALSE(DecodeNoticeRecord(EncodeNoticeRecord(survey, {}), survey)->notice.given);
  ExpectError(DecodeNoticeRecord(record, std::string(16, 't')), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  ExpectError(DecodeNoticeRecord(record.substr(1), survey), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  std::string twisted = record;
  twisted[16 + 16 + 4] = 2;
  ExpectError(DecodeNoticeRecord(twisted, survey), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
}

}  // namespace
}  // namespace candor::domain
