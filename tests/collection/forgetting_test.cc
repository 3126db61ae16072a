// What lies on the disk: while a survey is open nothing that can be read or put in order, after closing nothing of
// anybody.

#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/domain/errors.h"
#include "storage/sqlite/open_survey_store.h"
#include "tests/collection/collection_fixture.h"

namespace candor::collection {
namespace {

class ForgettingTest : public CollectionTest {};

TEST_F(ForgettingTest, WhileOpenNoFileHoldsAnAnswerInClear) {
  const TestSurvey survey = OpenSurvey(/*moderators=*/1);
  domain::Answers answers = Ratings(5, 4, 3);
  answers.comments[0] = "a sentence that nobody else would write";
  const Submission submission = MakeSubmission(survey.id(), survey.NewToken(0), 1, answers);
  ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
  EXPECT_EQ(folder_.FileWith("nobody else would write"), "");
  EXPECT_EQ(folder_.FileWith(submission.input_msg.substr(40)), "");
  EXPECT_EQ(folder_.FileWith(submission.signature.substr(0, 32)), "");
  Shut();
  EXPECT_EQ(folder_.FileWith("nobody else would write"), "");
}

TEST_F(ForgettingTest, AfterClosingNoFileHoldsAnythingOfOnePerson) {
  const TestSurvey survey = OpenSurvey(/*moderators=*/1);
  std::vector<std::string> traces;
  for (int i = 0; i < 12; ++i) {
    const Token token = survey.NewToken(0);
    for (uint32_t version = 1; version <= 2; ++version) {
      domain::Answers answers = Ratings(1 + i % 5, 4, 3);
      answers.comments[0] = absl::StrCat("what person number ", i, " alone would say");
      const Submission submission = MakeSubmission(survey.id(), token, version, answers);
      ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
      traces.push_back(submission.submission_id);
      traces.push_back(answers.comments[0]);
    }
    traces.push_back(token.hash());
    traces.push_back(base::HexEncode(token.hash()));
    if (i == 6) Restart();  // keys of two runs
  }
  Shut();
  {
    const auto answers = storage::sqlite::SqliteOpenSurveyStore::Open(open_path(survey.id()));
    ASSERT_TRUE(answers.ok()) << answers.status();
    ASSERT_TRUE((*answers)
                    ->ForEachAnswer([&](const storage::Slot& slot, absl::string_view sealed) {
                      traces.push_back(std::string(sealed.substr(0, 24)));
                      traces.push_back(std::string(sealed.substr(sealed.size() - 24)));
                      // A trace that could not be found while it is there would prove nothing.
                      EXPECT_NE(folder_.FileWith(slot.head->token_hash), "");
                      return absl::OkStatus();
                    })
                    .ok());
    const auto keys = (*answers)->RunKeys();
    ASSERT_TRUE(keys.ok());
    ASSERT_EQ(keys->size(), 2u);
    for (const std::string& key : *keys) {
      traces.push_back(key);
      EXPECT_NE(folder_.FileWith(key), "");
    }
  }
  Restart();
  const domain::CloseOrder order = survey.Closing("order");
  Close(survey, order);
  ASSERT_TRUE(collection_->Forget().ok());
  traces.push_back(order.closing_secret_key);
  for (const std::string& trace : traces) EXPECT_EQ(folder_.FileWith(trace), "");
  Shut();
  for (const std::string& trace : traces) EXPECT_EQ(folder_.FileWith(trace), "");
}

// Whoever copies the file once, after some answers, sees slots and not their order. Every pair of answers stands in
// either order with the same chance, so of M neighbouring disjoint pairs M/2 ascend, with a standard deviation of
// sqrt(M)/2.
TEST_F(ForgettingTest, TheOrderOfSlotsSaysNothingOfTheOrderOfAnswers) {
  TestSurvey survey = MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose);
  survey.manifest.groups[0].invited = 400;
  ASSERT_TRUE(collection_->OpenSurvey(survey.Order()).ok());
  std::vector<Token> tokens = SubmitMany(survey, 0, 200, Ratings(5, 4, 3));
  Shut();
  const auto answers = storage::sqlite::SqliteOpenSurveyStore::Open(open_path(survey.id()));
  ASSERT_TRUE(answers.ok()) << answers.status();
  std::map<std::string, int64_t> slot_of;
  ASSERT_TRUE((*answers)
                  ->ForEachSlot([&](const storage::Slot& slot) {
                    if (slot.head.has_value()) slot_of[slot.head->token_hash] = slot.id;
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_EQ(slot_of.size(), 200u);
  int ascending = 0;
  for (size_t i = 0; i + 1 < tokens.size(); i += 2) {
    ascending += slot_of.at(tokens[i].hash()) < slot_of.at(tokens[i + 1].hash()) ? 1 : 0;
  }
  EXPECT_NEAR(ascending, 50, 5 * std::sqrt(100.0) / 2);
  // Nor does where in the file a record stands: slots taken first lie as far on as those taken last.
  double early = 0, late = 0;
  for (size_t i = 0; i < 100; ++i) {
    early += static_cast<double>(slot_of.at(tokens[i].hash()));
    late += static_cast<double>(slot_of.at(tokens[i + 100].hash()));
  }
  // A mean of 100 slots out of 400 has a standard deviation of about 115 / 10.
  EXPECT_NEAR(early / 100, late / 100, 5 * std::sqrt(2.0) * 11.5);
}

TEST_F(ForgettingTest, EverySealedAnswerHasTheSameLengthWhateverIsInIt) {
  const TestSurvey survey = OpenSurvey(/*moderators=*/1);
  domain::Answers wordy = Ratings(5, 4, 3);
  wordy.comments = {std::string(200, 'a'), std::string(100, 'b')};
  ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, wordy).ok());
  ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, Ratings(0, 0, 0)).ok());
  ASSERT_TRUE(Submit(survey, survey.NewToken(1), 1, Ratings(1, 1, 1)).ok());
  Shut();
  const auto answers = storage::sqlite::SqliteOpenSurveyStore::Open(open_path(survey.id()));
  ASSERT_TRUE(answers.ok()) << answers.status();
  std::set<size_t> lengths;
  ASSERT_TRUE((*answers)
                  ->ForEachAnswer([&](const storage::Slot&, absl::string_view sealed) {
                    lengths.insert(sealed.size());
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(lengths, std::set<size_t>{4 + 202 + 102 + 40});
}

}  // namespace
}  // namespace candor::collection
