// What lies on the disk and in memory: while a survey is open nothing that can be read or put in order, after closing nothing of
// anybody.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/private_memory.h"
#include "services/base/random.h"
#include "services/domain/errors.h"
#include "storage/sqlite/open_survey_store.h"
#include "tests/collection/collection_fixture.h"

namespace candor::collection {
namespace {

class ForgettingTest : public CollectionTest {};

// Text that stands nowhere in the program's memory until it is made, so that it can be looked for there.
constexpr char kMask = 0x5a;
constexpr size_t kMarkBytes = 24;
constexpr size_t kMarks = 8;

std::string MaskedMark() {
  std::string mark;
  for (size_t i = 0; i < kMarkBytes; ++i) mark.push_back(static_cast<char>(('A' + (i * 7 + 3) % 26) ^ kMask));
  return mark;
}

// A comment that is the mark again and again: what is written into freed memory soon after does not hit all of it.
std::string MarkedComment() {
  std::string comment;
  comment.reserve(kMarks * kMarkBytes);
  for (size_t i = 0; i < kMarks; ++i) {
    for (const char masked : MaskedMark()) comment.push_back(static_cast<char>(masked ^ kMask));
  }
  return comment;
}

// Copies of the mark in the memory that this process can write.
int MarksInMemory() {
  constexpr size_t kChunk = size_t{1} << 20;
  // Apart from all else, so that what is read is not found again in here.
  void* const own = mmap(nullptr, kChunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  EXPECT_TRUE(own != MAP_FAILED && memory >= 0);
  const char* const buffer = static_cast<const char*>(own);
  const std::string masked = MaskedMark();
  const uint64_t here = reinterpret_cast<uintptr_t>(own);
  int found = 0;
  std::ifstream maps("/proc/self/maps");
  std::string line;
  while (std::getline(maps, line)) {
    uint64_t begin = 0, end = 0;
    char mode[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s", &begin, &end, mode) != 3 || mode[1] != 'w') continue;
    // The system joins neighbouring maps, so that the buffer can lie amid one.
    for (uint64_t at = begin, wanted = 0; at + kMarkBytes <= end;
         at += wanted > kMarkBytes ? wanted - kMarkBytes + 1 : wanted) {
      if (at >= here && at < here + kChunk) {
        at = here + kChunk;
        wanted = 0;
        continue;
      }
      wanted = std::min<uint64_t>({kChunk, end - at, at < here ? here - at : kChunk});
      const ssize_t got = pread(memory, own, wanted, static_cast<off_t>(at));
      for (ssize_t i = 0; i + static_cast<ssize_t>(kMarkBytes) <= got; ++i) {
        size_t same = 0;
        while (same < kMarkBytes && (buffer[i + static_cast<ssize_t>(same)] ^ kMask) == masked[same]) ++same;
        found += same == kMarkBytes;
      }
    }
  }
  close(memory);
  munmap(own, kChunk);
  return found;
}

TEST_F(ForgettingTest, InMemoryNothingIsLeftOfAnAnswerThatIsSealedRefusedOrCounted) {
  ASSERT_EQ(MarksInMemory(), 0);
  {
    std::string comment = MarkedComment();
    EXPECT_GE(MarksInMemory(), 1) << "a mark that could not be found would prove nothing";
    base::Wipe(comment);
    ASSERT_EQ(MarksInMemory(), 0);
  }
  const TestSurvey survey = OpenSurveyWithAuditor(/*moderators=*/1);
  // The first of a run waits until there is a data key; the others are sealed at once; after the restart the survey is
  // looked up first.
  for (int i = 0; i < 11; ++i) {
    if (i == 6) Restart();
    Submission submission = MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(5, 4, 3));
    submission.answers.comments[0] = MarkedComment();
    submission.answers.notice = {true, MarkedComment()};
    ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
    submission.version = 0;
    EXPECT_FALSE(SubmitAndWait(*collection_, submission).ok());
    submission.version = 2;
    submission.signature.back() = static_cast<char>(submission.signature.back() ^ 1);
    EXPECT_FALSE(SubmitAndWait(*collection_, submission).ok());
    domain::Wipe(submission.answers);
    EXPECT_EQ(MarksInMemory(), 0) << "after answer " << i;
  }
  const Closed closed = Close(survey, survey.Closing("order"));
  EXPECT_EQ(closed.ledger.groups[0].counted, 11);
  EXPECT_EQ(MarksInMemory(), 0) << "after closing";
}

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
  const TestSurvey survey = OpenSurveyWithAuditor(/*moderators=*/1);
  std::vector<std::string> traces;
  for (int i = 0; i < 12; ++i) {
    const Token token = survey.NewToken(0);
    for (uint32_t version = 1; version <= 2; ++version) {
      domain::Answers answers = Ratings(1 + i % 5, 4, 3);
      answers.comments[0] = absl::StrCat("what person number ", i, " alone would say");
      answers.reply_keys = {base::RandomBytes(32), ""};
      answers.notice = {true, absl::StrCat("how person number ", i, " was pressed")};
      const Submission submission = MakeSubmission(survey.id(), token, version, answers);
      ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
      traces.push_back(submission.submission_id);
      traces.push_back(answers.comments[0]);
      traces.push_back(answers.reply_keys[0]);
      traces.push_back(answers.notice.text);
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
  const TestSurvey survey = OpenSurveyWithAuditor(/*moderators=*/1);
  domain::Answers wordy = Ratings(5, 4, 3);
  wordy.comments = {std::string(200, 'a'), std::string(100, 'b')};
  wordy.reply_keys = {std::string(32, 'k'), std::string(32, 'l')};
  wordy.notice = {true, std::string(500, 'n')};
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
  EXPECT_EQ(lengths, std::set<size_t>{4 + (202 + 32) + (102 + 32) + 503 + 40});
}

}  // namespace
}  // namespace candor::collection
