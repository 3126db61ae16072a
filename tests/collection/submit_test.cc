// Taking answers: tokens, versions, batches, restarts, faults of the disk.

#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "services/base/file.h"
#include "services/base/log.h"
#include "services/domain/errors.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/faulty_store.h"
#include "tests/storage/fault_vfs.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;

class SubmitTest : public CollectionTest {
 protected:
  static void SetUpTestSuite() { storage::InstallFaultVfs(); }
  void TearDown() override { storage::ClearDiskFault(); }

  // Holds up the writer inside the acknowledgement of one answer until Release, so that what is submitted meanwhile
  // becomes one round. Needs options_.writers == 1.
  void HoldWriter(const TestSurvey& survey) {
    absl::Notification held;
    collection_->Submit(MakeSubmission(survey.id(), survey.NewToken(1), 1, Ratings(1, 1, 1)),
                        [&](absl::StatusOr<std::string> receipt) {
                          EXPECT_TRUE(receipt.ok()) << receipt.status();
                          held.Notify();
                          release_.WaitForNotification();
                        });
    held.WaitForNotification();
  }
  void Release() { release_.Notify(); }

  absl::Notification release_;
};

TEST_F(SubmitTest, AStoredAnswerHasAReceiptForItsToken) {
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  EXPECT_EQ(LeafOf(survey, token, Submit(survey, token, 1, Ratings(5, 4, 3))).size(), 32u);
}

TEST_F(SubmitTest, AForgedOrForeignTokenIsRefusedWithOneReason) {
  const TestSurvey survey = OpenSurvey();
  const TestSurvey other = OpenSurvey();
  const Token good = survey.NewToken(0);
  Token forged = good;
  forged.signature[17] = static_cast<char>(forged.signature[17] ^ 1);
  Token altered = good;
  altered.input_msg.back() = static_cast<char>(altered.input_msg.back() ^ 1);
  Token cut = good;
  cut.input_msg.pop_back();
  Token empty{0, "", ""};
  Token claims_other_group = good;
  claims_other_group.group = 1;
  Token no_such_group = good;
  no_such_group.group = 2;
  const Token wrong_key = MakeToken(survey.id(), 0, 1);  // the students' key signed for the staff
  const Token foreign = other.NewToken(0);
  for (const Token& token : {forged, altered, cut, empty, claims_other_group, no_such_group, wrong_key, foreign}) {
    ExpectReason(Submit(survey, token, 1, Ratings(5, 4, 3)), StatusCode::kInvalidArgument, reasons::kTOKEN_INVALID);
  }
  EXPECT_TRUE(Submit(survey, good, 1, Ratings(5, 4, 3)).ok());
}

TEST_F(SubmitTest, BadFieldsAndAnswersAreRefusedByName) {
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  ExpectReason(Submit(survey, token, 0, Ratings(5, 4, 3)), StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  Submission short_id = MakeSubmission(survey.id(), token, 1, Ratings(5, 4, 3));
  short_id.submission_id.pop_back();
  ExpectReason(SubmitAndWait(*collection_, short_id), StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  ExpectReason(Submit(survey, token, 1, Ratings(6, 4, 3)), StatusCode::kInvalidArgument, reasons::kRATING_OFF_SCALE);
  domain::Answers not_asked = Ratings(5, 4, 3);
  not_asked.ratings[3] = 2;
  ExpectReason(Submit(survey, token, 1, not_asked), StatusCode::kInvalidArgument, reasons::kITEM_NOT_ASKED);
  domain::Answers comment = Ratings(5, 4, 3);
  comment.comments[0] = "there is no moderator, so nobody is asked";
  ExpectReason(Submit(survey, token, 1, comment), StatusCode::kInvalidArgument, reasons::kITEM_NOT_ASKED);
  domain::Answers few = Ratings(5, 4, 3);
  few.ratings.pop_back();
  ExpectReason(Submit(survey, token, 1, few), StatusCode::kInvalidArgument, reasons::kANSWER_COUNT_WRONG);
}

TEST_F(SubmitTest, AnUnknownSurveyIsNotFound) {
  const domain::SurveyId unknown = domain::RandomSurveyId();
  ExpectReason(SubmitAndWait(*collection_, MakeSubmission(unknown, MakeToken(unknown, 0, 0), 1, Ratings(1, 2, 3))),
               StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  ExpectReason(collection_->GetDocuments(unknown), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  ExpectReason(collection_->LiveCounts(unknown), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
}

TEST_F(SubmitTest, SubmittingDoesNotWaitForDocumentsAndWhatWaitsForThemIsBounded) {
  StoreFaults faults;
  wrap_store_ = [&](std::unique_ptr<storage::ResponseStore> store) {
    return std::make_unique<FaultyStore>(std::move(store), &faults);
  };
  options_.lookup_queue = 3;
  Restart();
  const TestSurvey survey = OpenSurvey();
  const Submission submission = MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(5, 4, 3));
  absl::Notification reading, release;
  std::atomic<int> reads{0};
  faults.before_get = [&] {
    if (reads++ == 0) reading.Notify();
    release.WaitForNotification();
  };
  // Held up while it reads: each thread for it has one, three more wait.
  constexpr int kMore = 3 + 2 * kLookupThreads;
  std::atomic<int> stored{0}, overloaded{0};
  absl::BlockingCounter left(1 + kMore);
  const auto count = [&](absl::StatusOr<std::string> receipt) {
    if (receipt.ok()) {
      ++stored;
    } else {
      ExpectReason(receipt, StatusCode::kResourceExhausted, reasons::kOVERLOADED);
      ++overloaded;
    }
    left.DecrementCount();
  };
  collection_->Submit(submission, count);  // would hang here
  reading.WaitForNotification();
  for (int i = 0; i < kMore; ++i) collection_->Submit(submission, count);
  EXPECT_GE(overloaded, kLookupThreads);
  EXPECT_EQ(stored, 0);
  // An id of another form is not looked for at all.
  for (const std::string id : {"", "../responses", "0123"}) {
    Submission malformed = submission;
    malformed.survey = domain::SurveyId(id);
    ExpectReason(SubmitAndWait(*collection_, malformed), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
    ExpectReason(collection_->GetDocuments(malformed.survey), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
    ExpectReason(collection_->GetLedger(malformed.survey), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  }
  release.Notify();
  left.Wait();
  EXPECT_EQ(stored + overloaded, 1 + kMore);
  EXPECT_GE(stored, 3);
  // From memory now, on the caller's thread.
  faults.before_get = [] { ADD_FAILURE() << "documents are in memory"; };
  EXPECT_TRUE(SubmitAndWait(*collection_, submission).ok());
}

TEST_F(SubmitTest, WhatWaitsForDocumentsIsBoundedInBytesToo) {
  options_.lookup_bytes = 4096;
  Restart();
  const TestSurvey survey = OpenSurvey();
  Submission submission = MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(5, 4, 3));
  Submission large = submission;
  large.answers.comments[0] = std::string(8192, 'c');
  ExpectReason(SubmitAndWait(*collection_, large), StatusCode::kResourceExhausted, reasons::kOVERLOADED);
  for (int i = 0; i < 20; ++i) {
    Submission unknown = submission;
    unknown.survey = domain::RandomSurveyId();
    ExpectReason(SubmitAndWait(*collection_, unknown), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  }
  EXPECT_TRUE(SubmitAndWait(*collection_, submission).ok());
}

TEST_F(SubmitTest, AReplayGetsTheSameLeafAndWritesNothing) {
  options_.idle_delay = absl::InfiniteDuration();  // tidying writes
  Restart();
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  const Submission submission = MakeSubmission(survey.id(), token, 1, Ratings(5, 4, 3));
  const std::string leaf = LeafOf(survey, token, SubmitAndWait(*collection_, submission));
  storage::SetDiskFault("/open/", 0, SQLITE_FULL);
  EXPECT_EQ(LeafOf(survey, token, SubmitAndWait(*collection_, submission)), leaf);
  EXPECT_EQ(LeafOf(survey, token, SubmitAndWait(*collection_, submission)), leaf);
  EXPECT_EQ(storage::RefusedWrites(), 0);
  storage::ClearDiskFault();
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].replaced, 0);
}

TEST_F(SubmitTest, AHigherVersionReplacesALowerOneIsSupersededAndTheSameIsTaken) {
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  const std::string first = LeafOf(survey, token, Submit(survey, token, 1, Ratings(5, 4, 3)));
  const std::string third = LeafOf(survey, token, Submit(survey, token, 3, Ratings(1, 1, 1)));
  EXPECT_NE(first, third);
  ExpectReason(Submit(survey, token, 2, Ratings(5, 5, 5)), StatusCode::kFailedPrecondition,
               reasons::kVERSION_SUPERSEDED);
  ExpectReason(Submit(survey, token, 3, Ratings(5, 5, 5)), StatusCode::kFailedPrecondition, reasons::kVERSION_TAKEN);
  const Closed closed = Close(survey, survey.Closing("order"));
  EXPECT_EQ(closed.ledger.leaves, std::vector<crypto::Hash>{third});
  EXPECT_EQ(closed.ledger.groups[0].counted, 1);
  EXPECT_EQ(closed.ledger.groups[0].replaced, 1);
}

TEST_F(SubmitTest, AReusedTokenCountsOnceWhateverItSends) {
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  for (uint32_t version = 1; version <= 20; ++version) {
    ASSERT_TRUE(Submit(survey, token, version, Ratings(1 + version % 5, 1, 1)).ok());
  }
  const Closed closed = Close(survey, survey.Closing("order"));
  EXPECT_EQ(closed.ledger.groups[0].counted, 1);
  EXPECT_EQ(closed.ledger.groups[0].replaced, 19);
}

TEST_F(SubmitTest, ManyThreadsAtOnceLoseNothing) {
  const TestSurvey first = OpenSurvey();
  const TestSurvey second = OpenSurvey();
  // More than were invited, so that slots are added too.
  constexpr int kThreads = 4, kEach = 20;
  std::vector<std::vector<std::pair<const TestSurvey*, Token>>> work(kThreads);
  for (int thread = 0; thread < kThreads; ++thread) {
    for (int i = 0; i < kEach; ++i) {
      const TestSurvey* const survey = i % 2 == 0 ? &first : &second;
      work[thread].push_back({survey, survey->NewToken(i / 2 % 2)});
    }
  }
  absl::Mutex mutex;
  std::set<crypto::Hash> leaves;
  absl::BlockingCounter left(kThreads * kEach);
  std::vector<std::thread> threads;
  for (auto& share : work) {
    threads.emplace_back([&] {
      for (const auto& [survey, token] : share) {
        collection_->Submit(MakeSubmission(survey->id(), token, 1, Ratings(2, 3, 4)),
                            [&, survey = survey, token = &token](absl::StatusOr<std::string> receipt) {
                              const std::string leaf = LeafOf(*survey, *token, receipt);
                              {
                                absl::MutexLock lock(&mutex);
                                leaves.insert(leaf);
                              }
                              left.DecrementCount();
                            });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  left.Wait();
  EXPECT_EQ(leaves.size(), static_cast<size_t>(kThreads * kEach));
  std::set<crypto::Hash> counted;
  for (const TestSurvey* survey : {&first, &second}) {
    const Closed closed = Close(*survey, survey->Closing("order", {kEach, kEach}));
    counted.insert(closed.ledger.leaves.begin(), closed.ledger.leaves.end());
  }
  EXPECT_EQ(counted, leaves);
}

TEST_F(SubmitTest, TwoVersionsInOneRoundAreBothAcknowledgedAndTheHigherCounts) {
  options_.writers = 1;
  Restart();
  const TestSurvey survey = OpenSurvey();
  HoldWriter(survey);
  const Token token = survey.NewToken(0);
  absl::StatusOr<std::string> first, second, replay, late;
  absl::BlockingCounter left(4);
  const auto into = [&](absl::StatusOr<std::string>& place) {
    return [&](absl::StatusOr<std::string> receipt) {
      place = std::move(receipt);
      left.DecrementCount();
    };
  };
  const Submission newer = MakeSubmission(survey.id(), token, 2, Ratings(1, 2, 3));
  collection_->Submit(MakeSubmission(survey.id(), token, 1, Ratings(5, 5, 5)), into(first));
  collection_->Submit(newer, into(second));
  collection_->Submit(newer, into(replay));
  collection_->Submit(MakeSubmission(survey.id(), token, 1, Ratings(4, 4, 4)), into(late));
  Release();
  left.Wait();
  LeafOf(survey, token, first);
  const std::string leaf = LeafOf(survey, token, second);
  EXPECT_EQ(LeafOf(survey, token, replay), leaf);
  ExpectReason(late, StatusCode::kFailedPrecondition, reasons::kVERSION_SUPERSEDED);
  const Closed closed = Close(survey, survey.Closing("order"));
  EXPECT_TRUE(crypto::FindLeaf(closed.ledger, leaf));
  EXPECT_EQ(closed.ledger.groups[0].counted, 1);
  EXPECT_EQ(closed.ledger.groups[0].replaced, 1);
}

TEST_F(SubmitTest, AFullQueueIsOverloadedAndForgetsNothingThatWasQueued) {
  options_.writers = 1;
  options_.queue_limit = 3;
  Restart();
  const TestSurvey survey = OpenSurvey();
  HoldWriter(survey);
  std::atomic<int> stored{0}, overloaded{0};
  absl::BlockingCounter left(8);
  for (int i = 0; i < 8; ++i) {
    collection_->Submit(MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(1, 2, 3)),
                        [&](absl::StatusOr<std::string> receipt) {
                          if (receipt.ok()) {
                            ++stored;
                          } else {
                            ExpectReason(receipt, StatusCode::kResourceExhausted, reasons::kOVERLOADED);
                            ++overloaded;
                          }
                          left.DecrementCount();
                        });
  }
  Release();
  left.Wait();
  EXPECT_EQ(stored, 3);
  EXPECT_EQ(overloaded, 5);
}

TEST_F(SubmitTest, StoppingCommitsAndAcknowledgesWhatWaitsAndRefusesTheRest) {
  const TestSurvey survey = OpenSurvey();
  std::vector<Submission> submissions;
  for (int i = 0; i < 12; ++i) {
    submissions.push_back(MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(1, 2, 3)));
  }
  std::atomic<int> stored{0};
  for (const Submission& submission : submissions) {
    collection_->Submit(submission, [&](absl::StatusOr<std::string> receipt) { stored += receipt.ok() ? 1 : 0; });
  }
  collection_->Stop();
  EXPECT_EQ(stored, 12);
  ExpectReason(SubmitAndWait(*collection_, submissions[0]), StatusCode::kUnavailable, reasons::kOVERLOADED);
  Submission unknown = submissions[0];
  unknown.survey = domain::RandomSurveyId();
  ExpectReason(SubmitAndWait(*collection_, unknown), StatusCode::kUnavailable, reasons::kOVERLOADED);
  Restart();
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 12);
}

TEST_F(SubmitTest, SpentTokensAreKnownAgainAfterARestart) {
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  const Submission submission = MakeSubmission(survey.id(), token, 2, Ratings(5, 4, 3));
  const std::string leaf = LeafOf(survey, token, SubmitAndWait(*collection_, submission));
  Restart();
  EXPECT_EQ(LeafOf(survey, token, SubmitAndWait(*collection_, submission)), leaf);
  ExpectReason(Submit(survey, token, 1, Ratings(5, 4, 3)), StatusCode::kFailedPrecondition,
               reasons::kVERSION_SUPERSEDED);
  ExpectReason(Submit(survey, token, 2, Ratings(5, 4, 3)), StatusCode::kFailedPrecondition, reasons::kVERSION_TAKEN);
  ASSERT_TRUE(Submit(survey, token, 3, Ratings(1, 1, 1)).ok());
  Restart();
  ASSERT_TRUE(Submit(survey, survey.NewToken(1), 1, Ratings(1, 1, 1)).ok());
  const Closed closed = Close(survey, survey.Closing("order"));  // answers of three runs
  EXPECT_EQ(closed.ledger.groups[0].counted, 1);
  EXPECT_EQ(closed.ledger.groups[1].counted, 1);
}

TEST_F(SubmitTest, ReissuedTokensFindRoomBeyondTheInvited) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 12 + 20, Ratings(3, 3, 3));  // 12 invited: two more batches of slots are laid out
  Restart();
  SubmitMany(survey, 0, 1, Ratings(3, 3, 3));
  EXPECT_EQ(Close(survey, survey.Closing("order", {21, 0})).ledger.groups[0].counted, 33);
}

TEST_F(SubmitTest, ManySurveysWorkThroughFewOpenFilesAndFewLoadedOnes) {
  options_.writers = 1;
  options_.open_files = 2;
  options_.loaded_surveys = 3;
  options_.cached_surveys = 2;
  Restart();
  std::vector<TestSurvey> surveys;
  for (int i = 0; i < 6; ++i) surveys.push_back(OpenSurvey());
  std::vector<Token> tokens;
  for (const TestSurvey& survey : surveys) tokens.push_back(survey.NewToken(0));
  for (uint32_t version = 1; version <= 3; ++version) {
    for (size_t i = 0; i < surveys.size(); ++i) {
      ASSERT_TRUE(Submit(surveys[i], tokens[i], version, Ratings(1, 2, 3)).ok());
    }
  }
  for (const TestSurvey& survey : surveys) {
    const Closed closed = Close(survey, survey.Closing("order"));
    EXPECT_EQ(closed.ledger.groups[0].counted, 1);
    EXPECT_EQ(closed.ledger.groups[0].replaced, 2);
  }
}

TEST_F(SubmitTest, AFullDiskIsSaidNothingIsAcknowledgedAndARetryWorks) {
  const TestSurvey survey = OpenSurvey();
  const Token before = survey.NewToken(0);
  const Submission stored = MakeSubmission(survey.id(), before, 1, Ratings(2, 2, 2));
  const std::string leaf = LeafOf(survey, before, SubmitAndWait(*collection_, stored));

  const Token token = survey.NewToken(0);
  const Submission submission = MakeSubmission(survey.id(), token, 1, Ratings(5, 4, 3));
  const Submission change = MakeSubmission(survey.id(), before, 2, Ratings(1, 1, 1));
  storage::SetDiskFault("/open/", 0, SQLITE_FULL);
  ExpectReason(SubmitAndWait(*collection_, submission), StatusCode::kResourceExhausted, reasons::kSTORE_FULL);
  ExpectReason(SubmitAndWait(*collection_, change), StatusCode::kResourceExhausted, reasons::kSTORE_FULL);
  // What needs no room works on.
  EXPECT_EQ(LeafOf(survey, before, SubmitAndWait(*collection_, stored)), leaf);
  EXPECT_EQ(*collection_->LiveCounts(survey.id()), (std::vector<int64_t>{0, 0}));
  storage::ClearDiskFault();

  LeafOf(survey, token, SubmitAndWait(*collection_, submission));
  LeafOf(survey, before, SubmitAndWait(*collection_, change));
  const Closed closed = Close(survey, survey.Closing("order"));
  EXPECT_EQ(closed.ledger.groups[0].counted, 2);
  EXPECT_EQ(closed.ledger.groups[0].replaced, 1);
}

TEST_F(SubmitTest, AKeyThatCouldNotBeStoredIsNeverUsed) {
  const TestSurvey survey = OpenSurvey();
  const Submission submission = MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(5, 4, 3));
  storage::SetDiskFault("/open/", 0, SQLITE_FULL);
  ExpectReason(SubmitAndWait(*collection_, submission), StatusCode::kResourceExhausted, reasons::kSTORE_FULL);
  storage::ClearDiskFault();
  ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
  Restart();
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 1);  // it could be opened
}

TEST_F(SubmitTest, AfterARestartAReplayHasItsReceiptThoughThereIsNoRoomForAKey) {
  const TestSurvey survey = OpenSurvey();
  const Submission submission = MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(5, 4, 3));
  ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
  Restart();
  storage::SetDiskFault("/open/", 0, SQLITE_FULL);
  EXPECT_TRUE(SubmitAndWait(*collection_, submission).ok());
  ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(1, 1, 1)), StatusCode::kResourceExhausted,
               reasons::kSTORE_FULL);
  storage::ClearDiskFault();
}

TEST_F(SubmitTest, AFailedSyncIsNotAcknowledgedAndARetryIsCountedOnce) {
  const TestSurvey survey = OpenSurvey();
  ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, Ratings(2, 2, 2)).ok());
  const Submission submission = MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(5, 4, 3));
  storage::SetDiskFault("/open/", 1'000'000, SQLITE_IOERR_FSYNC);
  ASSERT_TRUE(SubmitAndWait(*collection_, MakeSubmission(survey.id(), survey.NewToken(1), 1, Ratings(1, 1, 1))).ok());
  storage::SetDiskFault("/open/", 0, SQLITE_IOERR, /*syncs=*/true);
  ExpectReason(SubmitAndWait(*collection_, submission), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  storage::ClearDiskFault();
  ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
  Restart();
  ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 2);
}

TEST_F(SubmitTest, AFailedRoundTakesBackEveryAnswerInIt) {
  options_.writers = 1;
  Restart();
  const TestSurvey survey = OpenSurvey();
  HoldWriter(survey);
  std::vector<Submission> submissions;
  for (int i = 0; i < 14; ++i) {  // more than the 12 slots laid out
    submissions.push_back(MakeSubmission(survey.id(), survey.NewToken(0), 1, Ratings(1, 2, 3)));
  }
  submissions.push_back(submissions[0]);  // a replay of an answer of the same round rests on it too
  storage::SetDiskFault("/open/", 0, SQLITE_FULL);
  absl::BlockingCounter left(static_cast<int>(submissions.size()));
  for (const Submission& submission : submissions) {
    collection_->Submit(submission, [&](absl::StatusOr<std::string> receipt) {
      ExpectReason(receipt, StatusCode::kResourceExhausted, reasons::kSTORE_FULL);
      left.DecrementCount();
    });
  }
  Release();
  left.Wait();
  storage::ClearDiskFault();
  for (const Submission& submission : submissions) ASSERT_TRUE(SubmitAndWait(*collection_, submission).ok());
  EXPECT_EQ(Close(survey, survey.Closing("order", {2, 0})).ledger.groups[0].counted, 14);
}

TEST_F(SubmitTest, AStoppedSurveyRefusesAllButExactReplays) {
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  const Submission stored = MakeSubmission(survey.id(), token, 2, Ratings(5, 4, 3));
  const std::string leaf = LeafOf(survey, token, SubmitAndWait(*collection_, stored));
  ASSERT_TRUE(collection_->StopAccepting(survey.id()).ok());
  ASSERT_TRUE(collection_->StopAccepting(survey.id()).ok());
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(LeafOf(survey, token, SubmitAndWait(*collection_, stored)), leaf);
    for (const uint32_t version : {1, 2, 3}) {
      ExpectReason(Submit(survey, token, version, Ratings(5, 4, 3)), StatusCode::kFailedPrecondition,
                   reasons::kSURVEY_CLOSED);
    }
    ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(5, 4, 3)), StatusCode::kFailedPrecondition,
                 reasons::kSURVEY_CLOSED);
    Restart();
  }
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.leaves, std::vector<crypto::Hash>{leaf});
  ExpectReason(SubmitAndWait(*collection_, stored), StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED);
}

TEST_F(SubmitTest, AtItsTimeASurveyStopsByItselfAndSettingTheClockBackOpensNothing) {
  const TestSurvey survey = OpenSurvey();
  const TestSurvey untouched = OpenSurvey();
  const Token token = survey.NewToken(0);
  const Submission stored = MakeSubmission(survey.id(), token, 1, Ratings(5, 4, 3));
  clock_.Set(kClose - absl::Seconds(1));
  const std::string leaf = LeafOf(survey, token, SubmitAndWait(*collection_, stored));
  clock_.Set(kClose);
  const Token late = survey.NewToken(0);
  ExpectReason(Submit(survey, late, 1, Ratings(1, 1, 1)), StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED);
  EXPECT_EQ(LeafOf(survey, token, SubmitAndWait(*collection_, stored)), leaf);

  clock_.Set(kStart);
  ExpectReason(Submit(survey, late, 1, Ratings(1, 1, 1)), StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED);
  ExpectReason(Submit(untouched, untouched.NewToken(0), 1, Ratings(1, 1, 1)), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  Restart();  // the clock is still back
  ExpectReason(Submit(survey, late, 1, Ratings(1, 1, 1)), StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED);
  ExpectReason(Submit(untouched, untouched.NewToken(0), 1, Ratings(1, 1, 1)), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  EXPECT_EQ(LeafOf(survey, token, SubmitAndWait(*collection_, stored)), leaf);
}

TEST_F(SubmitTest, LiveCountsAreCoarse) {
  const TestSurvey survey = OpenSurvey();
  EXPECT_EQ(*collection_->LiveCounts(survey.id()), (std::vector<int64_t>{0, 0}));
  SubmitMany(survey, 0, 4, Ratings(1, 2, 3));
  EXPECT_EQ(*collection_->LiveCounts(survey.id()), (std::vector<int64_t>{0, 0}));
  SubmitMany(survey, 0, 1, Ratings(1, 2, 3));
  SubmitMany(survey, 1, 9, Ratings(1, 2, 3));
  EXPECT_EQ(*collection_->LiveCounts(survey.id()), (std::vector<int64_t>{5, 5}));
  Restart();
  EXPECT_EQ(*collection_->LiveCounts(survey.id()), (std::vector<int64_t>{5, 5}));
  Close(survey, survey.Closing("order"));
  EXPECT_EQ(*collection_->LiveCounts(survey.id()), (std::vector<int64_t>{5, 5}));
}

TEST_F(SubmitTest, AnotherReceiptKeyThanTheManifestsTakesNoAnswers) {
  TestSurvey survey = OpenSurvey();
  ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3)).ok());
  Shut();
  ASSERT_TRUE(base::DestroyFile(folder_.path() + "/keys/receipt.key").ok());
  Restart();
  ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3)), StatusCode::kFailedPrecondition,
               reasons::kKEY_LOST);
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kKEY_LOST);
  EXPECT_TRUE(collection_->AbandonSurvey(survey.id()).ok());
}

TEST_F(SubmitTest, ADamagedReceiptKeyStopsTheStart) {
  Shut();
  ASSERT_TRUE(base::WriteFileAtomically(folder_.path() + "/keys/receipt.key", "cut", 0600).ok());
  auto store = storage::sqlite::SqliteResponseStore::Open(data_folder());
  ASSERT_TRUE(store.ok());
  ExpectReason(Collection::Start(*std::move(store), &clock_, options_), StatusCode::kFailedPrecondition,
               reasons::kKEY_LOST);
}

TEST_F(SubmitTest, NothingThatARespondentDoesMakesALineInTheLog) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  base::SetLogOutput(ends[1]);
  base::SetLogLevel(base::LogLevel::kDebug);
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  ASSERT_TRUE(Submit(survey, token, 1, Ratings(1, 2, 3)).ok());
  ASSERT_FALSE(Submit(survey, token, 1, Ratings(1, 2, 3)).ok());
  ASSERT_FALSE(Submit(survey, Token{0, "", ""}, 1, Ratings(1, 2, 3)).ok());
  ASSERT_TRUE(collection_->GetDocuments(survey.id()).ok());
  storage::SetDiskFault("/open/", 0, SQLITE_FULL);
  ASSERT_FALSE(Submit(survey, token, 2, Ratings(1, 2, 3)).ok());
  storage::ClearDiskFault();
  Restart();
  base::SetLogOutput(2);
  base::SetLogLevel(base::LogLevel::kInfo);
  close(ends[1]);
  char byte;
  EXPECT_EQ(read(ends[0], &byte, 1), 0);
  close(ends[0]);
}

}  // namespace
}  // namespace candor::collection
