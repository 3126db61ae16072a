#include "services/domain/answer.h"

#include <random>

#include "gtest/gtest.h"
#include "services/domain/contract.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

AnswerShape StaffShape() {
  return ShapeOfGroup(SampleInstrument(), {"staff", {"staff"}, 12, ""}, true);
}

Answers SampleAnswers() {
  return {{5, kNotObserved, kBlank, kBlank}, {"Clear goals.\nAlways there.", ""}};
}

TEST(AnswerTest, AcceptsEveryPointBlankAndNotObserved) {
  Answers answers = SampleAnswers();
  for (const int rating : {0, 1, 2, 3, 4, 5, 255}) {
    answers.ratings[0] = static_cast<uint8_t>(rating);
    EXPECT_TRUE(CheckAnswers(answers, StaffShape()).ok()) << rating;
  }
}

TEST(AnswerTest, RefusesEachFaultByIndexAndNeverByValue) {
  struct Case {
    std::string what;
    std::function<void(Answers&)> change;
    std::string reason, field;
  };
  const std::vector<Case> cases = {
      {"a rating too few", [](Answers& a) { a.ratings.pop_back(); }, "ANSWER_COUNT_WRONG",
       "ratings"},
      {"a rating too many", [](Answers& a) { a.ratings.push_back(0); }, "ANSWER_COUNT_WRONG",
       "ratings"},
      {"no comments", [](Answers& a) { a.comments.clear(); }, "ANSWER_COUNT_WRONG", "comments"},
      {"a comment too many", [](Answers& a) { a.comments.push_back(""); }, "ANSWER_COUNT_WRONG",
       "comments"},
      {"above the scale", [](Answers& a) { a.ratings[1] = 6; }, "RATING_OFF_SCALE", "ratings[1]"},
      {"nearly not observed", [](Answers& a) { a.ratings[2] = 254; }, "RATING_OFF_SCALE",
       "ratings[2]"},
      {"off the scale on an item not asked", [](Answers& a) { a.ratings[3] = 77; },
       "RATING_OFF_SCALE", "ratings[3]"},
      {"an item of another audience", [](Answers& a) { a.ratings[3] = 3; }, "ITEM_NOT_ASKED",
       "ratings[3]"},
      {"another audience's item not observed", [](Answers& a) { a.ratings[3] = kNotObserved; },
       "ITEM_NOT_ASKED", "ratings[3]"},
      {"a comment too long", [](Answers& a) { a.comments[1] = std::string(101, 'x'); },
       "COMMENT_TOO_LONG", "comments[1]"},
      {"a comment that is no UTF-8", [](Answers& a) { a.comments[0] = "\xC3"; }, "COMMENT_NOT_TEXT",
       "comments[0]"},
      {"a comment with a zero byte", [](Answers& a) { a.comments[0] = std::string("a\0", 2); },
       "COMMENT_NOT_TEXT", "comments[0]"},
      {"a comment with an escape", [](Answers& a) { a.comments[0] = "\x1b[2J"; },
       "COMMENT_NOT_TEXT", "comments[0]"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Answers answers = SampleAnswers();
    c.change(answers);
    const absl::Status status = CheckAnswers(answers, StaffShape());
    ExpectError(status, kInvalid, c.reason, c.field);
    for (const char* secret : {"77", "254", "xxx", "Clear"}) {
      EXPECT_EQ(status.message().find(secret), absl::string_view::npos) << status;
    }
  }
}

Answers AnswersWithKeys() {
  Answers answers = SampleAnswers();
  answers.comments[1] = "Listens.";
  answers.reply_keys = {std::string(32, 'k'), std::string(32, 'l')};
  return answers;
}

AnswerShape ShapeWithNotice() {
  AnswerShape shape = StaffShape();
  shape.notice_asked = true;
  return shape;
}

TEST(AnswerTest, RefusesReplyKeysThatCouldTieCommentsTogetherOrBelongToNone) {
  struct Case {
    std::string what;
    std::function<void(Answers&)> change;
    std::string reason, field;
  };
  const std::vector<Case> cases = {
      {"a key too few", [](Answers& a) { a.reply_keys.pop_back(); }, "ANSWER_COUNT_WRONG",
       "reply_keys"},
      {"a key too many", [](Answers& a) { a.reply_keys.push_back(""); }, "ANSWER_COUNT_WRONG",
       "reply_keys"},
      {"a short key", [](Answers& a) { a.reply_keys[0].pop_back(); }, "FIELD_INVALID",
       "reply_keys[0]"},
      {"a zero key", [](Answers& a) { a.reply_keys[1] = std::string(32, '\0'); }, "FIELD_INVALID",
       "reply_keys[1]"},
      {"a key without a comment", [](Answers& a) { a.comments[1].clear(); }, "FIELD_INVALID",
       "reply_keys[1]"},
      {"one key for both", [](Answers& a) { a.reply_keys[1] = a.reply_keys[0]; }, "FIELD_INVALID",
       "reply_keys[1]"},
  };
  EXPECT_TRUE(CheckAnswers(AnswersWithKeys(), StaffShape()).ok());
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Answers answers = AnswersWithKeys();
    c.change(answers);
    const absl::Status status = CheckAnswers(answers, StaffShape());
    ExpectError(status, kInvalid, c.reason, c.field);
    EXPECT_EQ(status.message().find("kkk"), absl::string_view::npos) << status;
  }
  Answers one_key = AnswersWithKeys();
  one_key.reply_keys[0].clear();
  EXPECT_TRUE(CheckAnswers(one_key, StaffShape()).ok());
}

TEST(AnswerTest, APressureNoticeIsTakenOnlyWhereThereIsAnAuditor) {
  Answers answers = SampleAnswers();
  answers.notice = {true, ""};
  EXPECT_TRUE(CheckAnswers(answers, ShapeWithNotice()).ok());
  ExpectError(CheckAnswers(answers, StaffShape()), kInvalid, "ITEM_NOT_ASKED", "pressure_notice");
  answers.notice.text = std::string(500, 'x');
  EXPECT_TRUE(CheckAnswers(answers, ShapeWithNotice()).ok());
  answers.notice.text += 'x';
  ExpectError(CheckAnswers(answers, ShapeWithNotice()), kInvalid, "COMMENT_TOO_LONG", "pressure_notice");
  answers.notice.text = "\x1b[2J";
  ExpectError(CheckAnswers(answers, ShapeWithNotice()), kInvalid, "COMMENT_NOT_TEXT", "pressure_notice");
  answers.notice = {false, "said without being given"};
  ExpectError(CheckAnswers(answers, ShapeWithNotice()), kInvalid, "FIELD_INVALID", "pressure_notice");
}

TEST(AnswerTest, NeitherKeysNorNoticeChangeTheLengthOfTheRecord) {
  const AnswerShape shape = ShapeWithNotice();
  EXPECT_EQ(shape.record_size(), StaffShape().record_size() + 503);
  Answers pressed = AnswersWithKeys();
  pressed.notice = {true, std::string(500, 'p')};
  EXPECT_EQ(EncodeAnswers(SampleAnswers(), shape).size(), shape.record_size());
  EXPECT_EQ(EncodeAnswers(AnswersWithKeys(), shape).size(), shape.record_size());
  EXPECT_EQ(EncodeAnswers(pressed, shape).size(), shape.record_size());
}

TEST(AnswerTest, KeysAndNoticeReadBackAsTheyWere) {
  Answers answers = AnswersWithKeys();
  answers.reply_keys[0].clear();
  answers.notice = {true, "the head stood beside me"};
  const auto read = DecodeAnswers(EncodeAnswers(answers, ShapeWithNotice()), ShapeWithNotice());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->reply_keys, answers.reply_keys);
  EXPECT_TRUE(read->notice.given);
  EXPECT_EQ(read->notice.text, answers.notice.text);
  const auto none = DecodeAnswers(EncodeAnswers(SampleAnswers(), ShapeWithNotice()), ShapeWithNotice());
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->reply_keys, std::vector<std::string>(2));
  EXPECT_FALSE(none->notice.given);
}

TEST(AnswerTest, RefusesACommentWherePromptsAreNotOpen) {
  const AnswerShape shape = ShapeOfGroup(SampleInstrument(), {"staff", {"staff"}, 12, ""}, false);
  ExpectError(CheckAnswers(SampleAnswers(), shape), kInvalid, "ITEM_NOT_ASKED", "comments[0]");
}

TEST(AnswerTest, ACommentOfExactlyTheCapIsAccepted) {
  Answers answers = SampleAnswers();
  answers.comments[1] = std::string(100, 'x');
  EXPECT_TRUE(CheckAnswers(answers, StaffShape()).ok());
}

TEST(AnswerTest, RecordsOfOneInstrumentAllHaveOneLength) {
  const AnswerShape shape = StaffShape();
  EXPECT_EQ(shape.record_size(), 4u + (2 + 200 + 32) + (2 + 100 + 32));
  // Another group of the same instrument, and one without prompts, has the same length: it says
  // nothing of the group.
  const IssuingGroup parents{"parent", {"parent"}, 9, ""};
  EXPECT_EQ(ShapeOfGroup(SampleInstrument(), parents, true).record_size(), shape.record_size());
  EXPECT_EQ(ShapeOfGroup(SampleInstrument(), parents, false).record_size(), shape.record_size());
  EXPECT_EQ(EncodeAnswers({{0, 0, 0, 0}, {"", ""}}, shape).size(), shape.record_size());
  EXPECT_EQ(
      EncodeAnswers({{5, 5, 5, 0}, {std::string(200, 'x'), std::string(100, 'y')}}, shape).size(),
      shape.record_size());
}

TEST(AnswerTest, TheRecordIsRatingsThenPaddedCommentsEachWithItsKeyThenTheNotice) {
  Answers answers = SampleAnswers();
  answers.reply_keys = {std::string(32, 'k'), ""};
  answers.notice = {true, "pressed"};
  const std::string record = EncodeAnswers(answers, ShapeWithNotice());
  EXPECT_EQ(record.substr(0, 4), std::string("\x05\xff\0\0", 4));
  EXPECT_EQ(record.substr(4, 2), std::string("\0\x1a", 2));
  EXPECT_EQ(record.substr(6, 26), "Clear goals.\nAlways there.");
  EXPECT_EQ(record.substr(32, 200 - 26), std::string(200 - 26, '\0'));
  EXPECT_EQ(record.substr(206, 32), std::string(32, 'k'));
  EXPECT_EQ(record.substr(238, 102 + 32), std::string(102 + 32, '\0'));
  EXPECT_EQ(record.substr(372, 10), std::string("\1\0\7pressed", 10));
  EXPECT_EQ(record.substr(382), std::string(493, '\0'));
}

TEST(AnswerTest, RandomAnswersReadBackAsTheyWere) {
  std::mt19937 random(7);
  const AnswerShape shape = StaffShape();
  for (int round = 0; round < 500; ++round) {
    Answers answers{{0, 0, 0, 0}, {"", ""}};
    for (int i = 0; i < 3; ++i) {
      const int rating = static_cast<int>(random() % 7);
      answers.ratings[i] = rating == 6 ? kNotObserved : static_cast<uint8_t>(rating);
    }
    for (int i = 0; i < 2; ++i) {
      answers.comments[i].assign(random() % (shape.prompt_max_bytes[i] + 1),
                                 static_cast<char>('a' + random() % 26));
      const bool key = !answers.comments[i].empty() && random() % 2 == 0;
      answers.reply_keys.emplace_back(key ? std::string(31, static_cast<char>('A' + i)) + 'k' : "");
    }
    ASSERT_TRUE(CheckAnswers(answers, shape).ok());
    const auto read = DecodeAnswers(EncodeAnswers(answers, shape), shape);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->ratings, answers.ratings);
    EXPECT_EQ(read->comments, answers.comments);
    EXPECT_EQ(read->reply_keys, answers.reply_keys);
  }
}

TEST(AnswerTest, AnswersThatAreUsedAgainHoldNothingOfTheRecordBefore) {
  const AnswerShape shape = ShapeWithNotice();
  Answers full = AnswersWithKeys();
  full.notice = {true, "They stood behind me."};
  Answers empty{std::vector<uint8_t>(full.ratings.size()), std::vector<std::string>(full.comments.size())};
  Answers read;
  for (const Answers* answers : {&full, &empty, &full}) {
    const std::string record = EncodeAnswers(*answers, shape);
    ASSERT_TRUE(DecodeAnswersTo(record, shape, read).ok());
    EXPECT_EQ(EncodeAnswers(read, shape), record);
  }
}

TEST(AnswerTest, RefusesRecordsOfAnotherShape) {
  const AnswerShape shape = ShapeWithNotice();
  const std::string record = EncodeAnswers(SampleAnswers(), shape);
  std::vector<std::string> damaged = {"", record.substr(1), record + '\0'};
  const auto with = [&](size_t at, char byte) {
    std::string changed = record;
    changed[at] = byte;
    damaged.push_back(changed);
  };
  with(0, 6);                    // off the scale
  with(3, 1);                    // an item not asked
  with(4, 1);                    // a length over the cap
  with(5, 25);                   // a length that leaves text in the padding
  with(5, 27);                   // a length that takes padding for text
  with(6, '\x1b');               // a control character
  with(205, 'x');                // something in the padding
  with(record.size() - 1, 'x');
  with(372, 'x');                // a key without a comment
  with(record.size() - 503, 2);  // neither given nor not
  with(record.size() - 501, 1);  // a text of a notice that is not given
  for (const std::string& other : damaged) {
    const auto read = DecodeAnswers(other, shape);
    ExpectError(read, absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  }
}

TEST(AnswerTest, EveryByteChangeIsRefusedOrReadsToAnotherAnswer) {
  const AnswerShape shape = ShapeWithNotice();
  const std::string record = EncodeAnswers(AnswersWithKeys(), shape);
  for (size_t at = 0; at < record.size(); ++at) {
    for (const char change : {'\x01', '\x40', '\x7f'}) {
      std::string other = record;
      other[at] = static_cast<char>(other[at] ^ change);
      const auto read = DecodeAnswers(other, shape);
      if (read.ok()) {
        EXPECT_EQ(EncodeAnswers(*read, shape), other);
      }
    }
  }
}

TEST(WipeTest, NothingOfTheAnswersStaysInTheirMemory) {
  Answers answers;
  answers.ratings = {1, 2, 255, 4};
  answers.comments = {"a sentence that nobody else would write", "short", ""};
  answers.reply_keys = {std::string(32, 'k'), "", ""};
  answers.notice = {true, "somebody stood beside me"};
  const char* const key = answers.reply_keys[0].data();
  const char* const notice = answers.notice.text.data();
  const uint8_t* const ratings = answers.ratings.data();
  const std::vector<std::string> before = answers.comments;
  Wipe(answers);
  EXPECT_TRUE(answers.ratings.empty());
  // What is emptied keeps its room.
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(ratings[i], 0) << i;
  EXPECT_FALSE(answers.notice.given);
  EXPECT_EQ(std::string(key, 32), std::string(32, '\0'));
  EXPECT_EQ(std::string(notice, 24), std::string(24, '\0'));
  ASSERT_EQ(answers.comments.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_TRUE(answers.comments[i].empty());
    const char* const bytes = answers.comments[i].data();
    EXPECT_EQ(std::string(bytes, before[i].size()), std::string(before[i].size(), '\0'));
  }
}

}  // namespace
}  // namespace candor::domain
