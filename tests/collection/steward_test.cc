// Surveys that only their steward can open: the key and the order in any order, restarts, and nobody coming.

#include <algorithm>
#include <filesystem>
#include <map>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/collection/answer_seal.h"
#include "services/domain/errors.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/faulty_store.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;

class StewardTest : public CollectionTest {
 protected:
  void SetUp() override {
    options_.abandon_interval = absl::Milliseconds(5);
    wrap_store_ = [this](std::unique_ptr<storage::ResponseStore> store) {
      return std::make_unique<FaultyStore>(std::move(store), &faults_);
    };
    CollectionTest::SetUp();
  }

  TestSurvey NewSurvey() {
    TestSurvey survey = MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose);
    survey.GiveToSteward();
    return survey;
  }
  TestSurvey OpenStewarded() {
    TestSurvey survey = NewSurvey();
    const absl::Status opened = collection_->OpenSurvey(survey.Order());
    EXPECT_TRUE(opened.ok()) << opened;
    return survey;
  }
  // A second survey under the same steward's key.
  TestSurvey OpenAnother(const TestSurvey& first) {
    TestSurvey survey = NewSurvey();
    survey.closing_key = *crypto::ClosingKeyPair::FromSecretKey(first.closing_key.secret_key.view());
    survey.manifest.closing_public_key = survey.closing_key.public_key;
    survey.GiveToSteward();
    const absl::Status opened = collection_->OpenSurvey(survey.Order());
    EXPECT_TRUE(opened.ok()) << opened;
    return survey;
  }
  void GoTo(absl::Time time) { clock_.Advance(time - clock_.Now()); }
  StoreFaults faults_;
  // Until the thread that looks at the clock has done what it is to do, for at most ten seconds.
  bool Eventually(const std::function<bool()>& done) {
    for (int i = 0; i < 2'000; ++i) {
      if (done()) return true;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return false;
  }
  bool IsAbandoned(const TestSurvey& survey) {
    return base::GetErrorDetail(collection_->GetLedger(survey.id()).status()).reason == reasons::kSURVEY_ABANDONED;
  }
};

TEST_F(StewardTest, TheOrderFirstWaitsForTheKey) {
  const TestSurvey survey = OpenStewarded();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  const domain::CloseOrder order = survey.Closing("order");
  for (int i = 0; i < 3; ++i) {
    ExpectReason(collection_->CloseSurvey(order), StatusCode::kFailedPrecondition, reasons::kWAITING_FOR_STEWARD);
  }
  ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(1, 1, 1)), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  const auto unclosed = collection_->ProvideClosingKey(survey.id(), survey.steward_key());
  ASSERT_TRUE(unclosed.ok()) << unclosed.status();
  EXPECT_EQ(*unclosed, 1);
  const Closed closed = Close(survey, order);
  EXPECT_EQ(closed.ledger.groups[0].counted, 6);
}

TEST_F(StewardTest, TheKeyFirstWaitsForTheOrder) {
  const TestSurvey survey = OpenStewarded();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  ASSERT_TRUE(collection_->StopAccepting(survey.id()).ok());
  ASSERT_TRUE(collection_->ProvideClosingKey(survey.id(), survey.steward_key()).ok());
  ASSERT_TRUE(collection_->ProvideClosingKey(survey.id(), survey.steward_key()).ok());
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 6);
  const auto again = collection_->ProvideClosingKey(survey.id(), survey.steward_key());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, 0);
}

TEST_F(StewardTest, AfterARestartTheKeyMustBeSentAgain) {
  const TestSurvey survey = OpenStewarded();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  ASSERT_TRUE(collection_->StopAccepting(survey.id()).ok());
  ASSERT_TRUE(collection_->ProvideClosingKey(survey.id(), survey.steward_key()).ok());
  Restart();
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kWAITING_FOR_STEWARD);
  ASSERT_TRUE(collection_->ProvideClosingKey(survey.id(), survey.steward_key()).ok());
  const domain::CloseOrder order = survey.Closing("order");
  const auto outcome = collection_->CloseSurvey(order);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  Restart();
  // What is closed is given again without any key.
  const auto repeated = collection_->CloseSurvey(order);
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->closed_result, outcome->closed_result);
  EXPECT_EQ(repeated->ledger, outcome->ledger);
}

TEST_F(StewardTest, TheKeyIsNotTakenWhileAnyOfItsSurveysTakesAnswers) {
  const TestSurvey first = OpenStewarded(), second = OpenAnother(first);
  const absl::Status open = collection_->ProvideClosingKey(first.id(), first.steward_key()).status();
  ExpectReason(open, StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  EXPECT_NE(open.message().find("2027-01-15 08:00:00 UTC"), absl::string_view::npos) << open;
  ASSERT_TRUE(collection_->StopAccepting(first.id()).ok());
  const absl::Status other = collection_->ProvideClosingKey(first.id(), first.steward_key()).status();
  ExpectReason(other, StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  EXPECT_NE(other.message().find("another survey of the same key"), absl::string_view::npos) << other;
  ExpectReason(collection_->CloseSurvey(first.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kWAITING_FOR_STEWARD);
  // Once the time of the other is over it takes nothing more, whether or not anybody has looked at the clock.
  GoTo(kClose);
  const auto unclosed = collection_->ProvideClosingKey(first.id(), first.steward_key());
  ASSERT_TRUE(unclosed.ok()) << unclosed.status();
  EXPECT_EQ(*unclosed, 2);
  EXPECT_TRUE(collection_->CloseSurvey(first.Closing("order 1")).ok());
  EXPECT_TRUE(collection_->CloseSurvey(second.Closing("order 2")).ok()) << "one key for both";
}

TEST_F(StewardTest, TheKeyGoesWithTheLastOfItsSurveys) {
  const TestSurvey first = OpenStewarded(), second = OpenAnother(first), third = OpenAnother(first);
  for (const TestSurvey* survey : {&first, &second, &third}) {
    ASSERT_TRUE(collection_->StopAccepting(survey->id()).ok());
  }
  EXPECT_EQ(*collection_->ProvideClosingKey(second.id(), first.steward_key()), 3);
  ASSERT_TRUE(collection_->CloseSurvey(first.Closing("order 1")).ok());
  EXPECT_EQ(*collection_->ProvideClosingKey(second.id(), first.steward_key()), 2);
  ASSERT_TRUE(collection_->AbandonSurvey(second.id()).ok());
  ASSERT_TRUE(collection_->CloseSurvey(third.Closing("order 3")).ok());
  EXPECT_EQ(*collection_->ProvideClosingKey(third.id(), first.steward_key()), 0);
  // A later campaign cannot be opened with the key that was here.
  TestSurvey later = NewSurvey();
  later.manifest.closing_public_key = first.closing_key.public_key;
  later.GiveToSteward();
  const absl::Status opened = collection_->OpenSurvey(later.Order());
  ExpectReason(opened, StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  EXPECT_NE(opened.message().find("another campaign"), absl::string_view::npos) << opened;
}

TEST_F(StewardTest, TheKeyComesIntoMemoryOnlyOnceItIsStoredThatNothingMoreIsTaken) {
  TestSurvey first = OpenStewarded(), second = OpenAnother(first);
  clock_.Set(kClose);
  faults_.stop = 1000;  // the writer, which has seen the time too, meets some of them
  const absl::Status refused = collection_->ProvideClosingKey(first.id(), first.steward_key()).status();
  faults_.stop = 0;
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  ExpectReason(collection_->CloseSurvey(first.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kWAITING_FOR_STEWARD);
  ASSERT_TRUE(collection_->ProvideClosingKey(first.id(), first.steward_key()).ok());
  // Whatever the clock says later, both have ended.
  Shut();
  clock_.Set(kClose - absl::Hours(1));
  Restart();
  for (TestSurvey* survey : {&first, &second}) {
    ExpectReason(collection_->ExtendSurvey(survey->Extension(kClose + absl::Hours(1))), StatusCode::kFailedPrecondition,
                 reasons::kSURVEY_CLOSED);
  }
}

TEST_F(StewardTest, TheKeyDoesNotComeWhileAnotherSurveyOfItIsBeingOpened) {
  TestSurvey first = MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose - absl::Hours(2));
  first.GiveToSteward();
  ASSERT_TRUE(collection_->OpenSurvey(first.Order()).ok());
  clock_.Set(kClose - absl::Hours(1));  // for the sweep no time has passed: nothing marks the first as stopped
  TestSurvey second = NewSurvey();
  second.manifest.closing_public_key = first.closing_key.public_key;
  second.GiveToSteward();
  // Where nothing keeps the two apart the key is there before the second survey is.
  absl::Notification provided;
  absl::StatusOr<int> unclosed;
  std::thread steward;
  faults_.before_create = [&] {
    steward = std::thread([&] {
      unclosed = collection_->ProvideClosingKey(first.id(), first.steward_key());
      provided.Notify();
    });
    (void)provided.WaitForNotificationWithTimeout(absl::Milliseconds(200));
  };
  const absl::Status opened = collection_->OpenSurvey(second.Order());
  if (steward.joinable()) steward.join();
  EXPECT_FALSE(opened.ok() && unclosed.ok()) << "the key is there while the second survey takes answers";
}

TEST_F(StewardTest, TheRulesNameTheKeyThatAnswersAreSealedTo) {
  TestSurvey survey = NewSurvey();
  survey.contract.steward->public_key = crypto::ClosingKeyPair::Generate().public_key;
  const absl::Status opened = collection_->OpenSurvey(survey.Order());
  ExpectReason(opened, StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  EXPECT_NE(opened.message().find("its rules say is held by: Works council"), absl::string_view::npos) << opened;
}

TEST_F(StewardTest, OnlyTheRightKeyOfTheRightKindIsTaken) {
  const TestSurvey survey = OpenStewarded();
  const TestSurvey automatic = OpenSurvey();
  for (const TestSurvey* stopped : {&survey, &automatic}) ASSERT_TRUE(collection_->StopAccepting(stopped->id()).ok());
  ExpectReason(collection_->ProvideClosingKey(survey.id(), automatic.steward_key()), StatusCode::kFailedPrecondition,
               reasons::kWRONG_CLOSING_KEY);
  ExpectReason(collection_->ProvideClosingKey(automatic.id(), automatic.steward_key()), StatusCode::kFailedPrecondition,
               reasons::kWRONG_STATE);
  for (const std::string& wrong : {std::string(), std::string(31, 'x'), std::string(33, 'x')}) {
    ExpectReason(collection_->ProvideClosingKey(survey.id(), wrong), StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  }
  ExpectReason(collection_->ProvideClosingKey(domain::RandomSurveyId(), survey.steward_key()), StatusCode::kNotFound,
               reasons::kSURVEY_UNKNOWN);
  ExpectReason(collection_->ProvideClosingKey(domain::SurveyId("../x"), survey.steward_key()), StatusCode::kNotFound,
               reasons::kSURVEY_UNKNOWN);
  // The other plane never has the key: an order that brings one is no order.
  domain::CloseOrder with_key = survey.Closing("order");
  with_key.closing_secret_key = survey.steward_key();
  ExpectReason(collection_->CloseSurvey(with_key), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kWAITING_FOR_STEWARD);
}

// Whoever copies every file of both planes, keys included, has none that opens an answer.
TEST_F(StewardTest, WithoutTheSharesNobodyCanReadAnOpenSurvey) {
  const TestSurvey survey = OpenStewarded();
  const TestSurvey automatic = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  SubmitMany(automatic, 0, 6, Ratings(1, 3, 5));
  ASSERT_TRUE(collection_->StopAccepting(survey.id()).ok());
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kWAITING_FOR_STEWARD);
  Shut();
  // All 32-byte strings of all files, at every place, as candidates for a key: whatever the servers hold is among them.
  std::vector<std::string> copies;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    if (entry.is_regular_file()) copies.push_back(*base::ReadFile(entry.path().string()));
  }
  ASSERT_GE(copies.size(), 4u);
  const auto finds = [&](const std::string& secret) {
    return std::any_of(copies.begin(), copies.end(),
                       [&](const std::string& copy) { return copy.find(secret) != std::string::npos; });
  };
  EXPECT_FALSE(finds(survey.steward_key()));
  // What is there of keys: each opens no run's key of the stewarded survey. The receipt key, and what else 32 bytes long
  // stands in the key folder, is tried whole.
  auto store = *storage::sqlite::SqliteResponseStore::Open(data_folder());
  const auto answers = store->OpenAnswers(survey.id());
  ASSERT_TRUE(answers.ok()) << answers.status();
  const std::vector<std::string> sealed_keys = *(*answers)->RunKeys();
  ASSERT_EQ(sealed_keys.size(), 1u);
  int tried = 0;
  const auto key_files = base::ListFolder(options_.keys_folder);
  ASSERT_TRUE(key_files.ok()) << key_files.status();
  for (const std::string& name : *key_files) {
    const std::string bytes = *base::ReadFile(options_.keys_folder + "/" + name);
    for (size_t at = 0; at + 32 <= bytes.size(); ++at) {
      const auto pair = crypto::ClosingKeyPair::FromSecretKey(bytes.substr(at, 32));
      ASSERT_TRUE(pair.ok());
      EXPECT_FALSE(crypto::OpenSealed(survey.closing_key.public_key, pair->secret_key, sealed_keys[0]).ok());
      ++tried;
    }
  }
  EXPECT_GE(tried, 1);
  // The control: with the steward's key it does open.
  EXPECT_TRUE(crypto::OpenSealed(survey.closing_key.public_key, survey.closing_key.secret_key, sealed_keys[0]).ok());
}

TEST_F(StewardTest, WithoutTheKeyItIsAbandonedByThisPlanesOwnClock) {
  const TestSurvey survey = OpenStewarded();
  const std::vector<Token> tokens = SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  GoTo(survey.manifest.abandon_time - absl::Seconds(1));
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_FALSE(IsAbandoned(survey));
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kWAITING_FOR_STEWARD);
  clock_.Advance(absl::Seconds(1));
  ASSERT_TRUE(Eventually([&] { return IsAbandoned(survey); }));
  ASSERT_TRUE(Eventually([&] { return base::ListFolder(data_folder() + "/open")->empty(); }));
  EXPECT_EQ(folder_.FileWith(tokens[0].hash()), "");
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_ABANDONED);
  ExpectReason(collection_->ProvideClosingKey(survey.id(), survey.steward_key()), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_ABANDONED);
  EXPECT_TRUE(collection_->AbandonSurvey(survey.id()).ok()) << "the other plane's order comes too late, and is no fault";
}

TEST_F(StewardTest, WhatWasOverdueWhileThePlaneWasOffIsAbandonedAtTheNextStart) {
  const TestSurvey survey = OpenStewarded();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  Shut();
  GoTo(survey.manifest.abandon_time);
  Restart();
  EXPECT_TRUE(Eventually([&] { return IsAbandoned(survey); }));
}

// Respondents are told the moment; whether the watch has come by is nothing to them.
TEST_F(StewardTest, NothingIsCountedFromTheMomentThatWasToldOnThoughTheWatchHasNotCome) {
  options_.abandon_interval = absl::Hours(1);
  Restart();
  const TestSurvey automatic = OpenSurvey();
  const TestSurvey survey = OpenStewarded();
  for (const TestSurvey* each : {&automatic, &survey}) SubmitMany(*each, 0, 6, Ratings(1, 3, 5));
  GoTo(kClose);
  ASSERT_TRUE(collection_->ProvideClosingKey(survey.id(), survey.steward_key()).ok());
  const absl::Time end = domain::CountingEndTime(survey.manifest.abandon_time);
  EXPECT_EQ(end, survey.manifest.abandon_time + absl::Hours(24));
  GoTo(end);
  for (const TestSurvey* each : {&automatic, &survey}) {
    ExpectReason(collection_->CloseSurvey(each->Closing("order")), StatusCode::kFailedPrecondition,
                 reasons::kSURVEY_ABANDONED);
    EXPECT_FALSE(collection_->GetLedger(each->id()).ok());
  }
  ExpectReason(collection_->ProvideClosingKey(survey.id(), survey.steward_key()), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_ABANDONED);
  // The next start does what the watch was to do.
  Restart();
  EXPECT_TRUE(Eventually([&] { return IsAbandoned(automatic) && IsAbandoned(survey); }));
}

TEST_F(StewardTest, WhatWasCountedInTimeIsGivenAgainAfterwards) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  GoTo(domain::CountingEndTime(survey.manifest.abandon_time) - absl::Seconds(1));
  const auto counted = collection_->CloseSurvey(survey.Closing("order"));
  ASSERT_TRUE(counted.ok()) << counted.status();
  clock_.Advance(absl::Hours(1));
  const auto again = collection_->CloseSurvey(survey.Closing("order"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->closed_result, counted->closed_result);
}

TEST_F(StewardTest, WhereTheKeyIsOrNoneIsNeededTheOrderIsWaitedForADayLonger) {
  const TestSurvey automatic = OpenSurvey();
  const TestSurvey survey = OpenStewarded();
  for (const TestSurvey* each : {&automatic, &survey}) SubmitMany(*each, 0, 6, Ratings(1, 3, 5));
  GoTo(kClose);
  ASSERT_TRUE(collection_->ProvideClosingKey(survey.id(), survey.steward_key()).ok());
  GoTo(domain::CountingEndTime(survey.manifest.abandon_time) - absl::Seconds(1));
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_FALSE(IsAbandoned(automatic));
  EXPECT_FALSE(IsAbandoned(survey));
  EXPECT_TRUE(collection_->CloseSurvey(survey.Closing("order")).ok());
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Eventually([&] { return IsAbandoned(automatic); }));
  EXPECT_TRUE(collection_->GetLedger(survey.id()).ok()) << "what is closed stays closed";
}

}  // namespace
}  // namespace candor::collection
