// Answering goes on for longer: a notice, never a change of what was opened.

#include "services/domain/extension.h"

#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/faulty_store.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;

class ExtensionTest : public CollectionTest {
 protected:
  void SetUp() override {
    wrap_store_ = [this](std::unique_ptr<storage::ResponseStore> store) {
      return std::make_unique<FaultyStore>(std::move(store), &faults_);
    };
    CollectionTest::SetUp();
  }
  void GoTo(absl::Time time) { clock_.Advance(time - clock_.Now()); }
  bool TakesAnswers(const TestSurvey& survey) {
    const auto receipt = Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3));
    if (!receipt.ok()) {
      EXPECT_EQ(base::GetErrorDetail(receipt.status()).reason, reasons::kSURVEY_CLOSED) << receipt.status();
    }
    return receipt.ok();
  }

  StoreFaults faults_;
};

TEST_F(ExtensionTest, AnswersAreTakenUntilTheLaterTimeAndNoLonger) {
  TestSurvey survey = OpenSurvey();
  const auto before = collection_->GetDocuments(survey.id());
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(*(*before)->extension, "");
  const domain::ExtendOrder order = survey.Extension(kClose + absl::Hours(2));
  ASSERT_TRUE(collection_->ExtendSurvey(order).ok());
  ASSERT_TRUE(collection_->ExtendSurvey(order).ok()) << "the same order again";
  const auto after = collection_->GetDocuments(survey.id());
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(*(*after)->extension, order.notice);
  EXPECT_EQ(*(*after)->extension_signature, order.signature);
  EXPECT_EQ(*(*after)->contract, *(*before)->contract);
  EXPECT_EQ(*(*after)->manifest, *(*before)->manifest);
  EXPECT_EQ(*(*after)->manifest_signature, *(*before)->manifest_signature);
  GoTo(kClose + absl::Hours(2) - absl::Seconds(1));
  EXPECT_TRUE(TakesAnswers(survey));
  Restart();
  EXPECT_EQ(*(*collection_->GetDocuments(survey.id()))->extension, order.notice);
  EXPECT_TRUE(TakesAnswers(survey)) << "after a restart too";
  clock_.Advance(absl::Seconds(1));
  EXPECT_FALSE(TakesAnswers(survey));
}

TEST_F(ExtensionTest, ALaterNoticeReplacesAnEarlierAndNeverTheOtherWayRound) {
  TestSurvey survey = OpenSurvey();
  const domain::ExtendOrder first = survey.Extension(kClose + absl::Hours(1));
  const domain::ExtendOrder second = survey.Extension(kClose + absl::Hours(2));
  ASSERT_TRUE(collection_->ExtendSurvey(first).ok());
  ASSERT_TRUE(collection_->ExtendSurvey(second).ok());
  ASSERT_TRUE(collection_->ExtendSurvey(first).ok()) << "an order that comes late does no harm";
  EXPECT_EQ(*(*collection_->GetDocuments(survey.id()))->extension, second.notice);
  GoTo(kClose + absl::Hours(1));
  EXPECT_TRUE(TakesAnswers(survey));
}

TEST_F(ExtensionTest, WhatHasEndedStaysEnded) {
  TestSurvey stopped = OpenSurvey();
  ASSERT_TRUE(collection_->StopAccepting(stopped.id()).ok());
  ExpectReason(collection_->ExtendSurvey(stopped.Extension(kClose + absl::Hours(1))), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  TestSurvey overdue = OpenSurvey();
  GoTo(kClose);
  // Nobody has answered or looked since.
  ExpectReason(collection_->ExtendSurvey(overdue.Extension(kClose + absl::Hours(1))), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  clock_.Set(kClose - absl::Hours(1));
  ExpectReason(collection_->ExtendSurvey(overdue.Extension(kClose + absl::Hours(1))), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  EXPECT_FALSE(TakesAnswers(overdue));
  Restart();
  ExpectReason(collection_->ExtendSurvey(overdue.Extension(kClose + absl::Hours(1))), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
}

TEST_F(ExtensionTest, ASurveyThatIsNotInMemoryIsStoppedAtTheLaterTimeToo) {
  TestSurvey survey = OpenSurvey();
  ASSERT_TRUE(collection_->ExtendSurvey(survey.Extension(kClose + absl::Hours(1))).ok());
  Restart();
  GoTo(kClose + absl::Minutes(30));
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_TRUE(TakesAnswers(survey));
  GoTo(kClose + absl::Hours(1));
  Restart();
  clock_.Set(kClose - absl::Hours(1));
  EXPECT_FALSE(TakesAnswers(survey)) << "its end was seen at the start";
}

TEST_F(ExtensionTest, RefusesEveryNoticeThatIsNotTheSurveysOwn) {
  TestSurvey survey = OpenSurvey(), other = OpenSurvey();
  const absl::Time later = kClose + absl::Hours(1);
  const auto refused = [&](const domain::ExtendOrder& order) {
    ExpectReason(collection_->ExtendSurvey(order), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
    EXPECT_EQ(*(*collection_->GetDocuments(survey.id()))->extension, "");
  };
  domain::ExtendOrder order = survey.Extension(later);
  order.signature[0] ^= 1;
  refused(order);
  order = survey.Extension(later);
  order.signature = other.signing_key.Sign(absl::StrCat(domain::kExtensionTag, order.notice));
  refused(order);
  order = survey.Extension(later);
  order.signature = survey.signing_key.Sign(absl::StrCat("candor-manifest-v1", order.notice));
  refused(order);
  order = other.Extension(later);
  order.survey = survey.id();
  refused(order);
  refused(survey.Extension(kClose));
  refused(survey.Extension(kClose - absl::Hours(1)));
  refused(survey.Extension(survey.contract.latest_close_time + absl::Seconds(1)));
  order = survey.Extension(later);
  order.notice += " ";
  refused(order);
  EXPECT_TRUE(collection_->ExtendSurvey(survey.Extension(survey.contract.latest_close_time)).ok());
  order = survey.Extension(later);
  order.survey = domain::RandomSurveyId();
  ExpectReason(collection_->ExtendSurvey(order), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
}

TEST_F(ExtensionTest, AFaultOfTheDiskChangesNothingAndTheOrderMayComeAgain) {
  TestSurvey survey = OpenSurvey();
  const domain::ExtendOrder order = survey.Extension(kClose + absl::Hours(1));
  faults_.extend = 1;
  ExpectReason(collection_->ExtendSurvey(order), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  EXPECT_EQ(*(*collection_->GetDocuments(survey.id()))->extension, "");
  ASSERT_TRUE(collection_->ExtendSurvey(order).ok());
  EXPECT_EQ(*(*collection_->GetDocuments(survey.id()))->extension, order.notice);
}

}  // namespace
}  // namespace candor::collection
