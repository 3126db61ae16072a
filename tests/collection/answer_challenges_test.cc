// What keeps an older answer to a question from taking the place of a newer one.

#include "services/collection/answer_challenges.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/domain/follow_up.h"
#include "tests/support/fake_clock.h"

namespace candor::collection {
namespace {

const std::string kSurvey(16, 's'), kOther(16, 'o');

class AnswerChallengesTest : public ::testing::Test {
 protected:
  testing::FakeClock clock_;
  AnswerChallenges challenges_{&clock_};
};

TEST_F(AnswerChallengesTest, EachIsLaterThanAllBeforeAlsoWhileTheClockStands) {
  std::vector<std::string> made;
  for (int i = 0; i < 300; ++i) made.push_back(challenges_.Make(i % 2 == 0 ? kSurvey : kOther));
  clock_.AdvanceSteady(absl::Nanoseconds(5));  // less than were made in the meantime
  made.push_back(challenges_.Make(kSurvey));
  clock_.AdvanceSteady(absl::Hours(1));
  made.push_back(challenges_.Make(kSurvey));
  for (const std::string& each : made) EXPECT_EQ(each.size(), domain::kAnswerChallengeBytes);
  for (size_t i = 1; i < made.size(); ++i) EXPECT_LT(made[i - 1].substr(0, 8), made[i].substr(0, 8));
}

TEST_F(AnswerChallengesTest, OnlyALaterOneOrTheLastWithTheSameAnswerIsGood) {
  const std::string first = challenges_.Make(kSurvey), second = challenges_.Make(kSurvey),
                    third = challenges_.Make(kSurvey);
  EXPECT_TRUE(challenges_.Use(kSurvey, "c", second, "answer"));
  EXPECT_TRUE(challenges_.Use(kSurvey, "c", second, "answer"));
  EXPECT_FALSE(challenges_.Use(kSurvey, "c", second, "another answer"));
  EXPECT_FALSE(challenges_.Use(kSurvey, "c", first, "answer"));
  EXPECT_TRUE(challenges_.Use(kSurvey, "d", first, "answer")) << "each comment has its own order";
  EXPECT_TRUE(challenges_.Use(kSurvey, "c", third, "answer"));
  EXPECT_FALSE(challenges_.Use(kSurvey, "c", second, "answer"));
}

TEST_F(AnswerChallengesTest, AnotherSurveysAnotherProcessesAndDamagedOnesAreNone) {
  const std::string good = challenges_.Make(kSurvey);
  AnswerChallenges restarted(&clock_);
  EXPECT_FALSE(restarted.Use(kSurvey, "c", good, "answer"));
  EXPECT_FALSE(challenges_.Use(kOther, "c", good, "answer"));
  for (const std::string& bad : {std::string(), good.substr(1), good + "x", std::string(good.size(), '\0')}) {
    EXPECT_FALSE(challenges_.Use(kSurvey, "c", bad, "answer"));
  }
  for (size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x80);
    EXPECT_FALSE(challenges_.Use(kSurvey, "c", damaged, "answer"));
  }
  EXPECT_TRUE(challenges_.Use(kSurvey, "c", good, "answer"));
}

TEST_F(AnswerChallengesTest, WhatIsDroppedIsForgottenOfThatSurveyAlone) {
  const std::string of_survey = challenges_.Make(kSurvey), of_other = challenges_.Make(kOther);
  ASSERT_TRUE(challenges_.Use(kSurvey, "c", of_survey, "answer"));
  ASSERT_TRUE(challenges_.Use(kOther, "c", of_other, "answer"));
  challenges_.Drop(kSurvey);
  challenges_.Drop(kSurvey);
  EXPECT_TRUE(challenges_.Use(kSurvey, "c", of_survey, "another answer"));
  EXPECT_FALSE(challenges_.Use(kOther, "c", of_other, "another answer"));
}

}  // namespace
}  // namespace candor::collection
