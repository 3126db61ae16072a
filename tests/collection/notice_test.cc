// What respondents report of being pressed: to the auditor alone, told by no number and no size, and gone in the end.

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/file.h"
#include "services/collection/key_sessions.h"
#include "services/crypto/sealing.h"
#include "services/domain/errors.h"
#include "services/domain/sealed_records.h"
#include "tests/collection/collection_fixture.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;

class NoticeTest : public CollectionTest {
 protected:
  // `given` of 8 answers come with a notice, the first of them without words.
  TestSurvey ClosedSurvey(int given) {
    TestSurvey survey = OpenSurveyWithAuditor(/*moderators=*/1);
    for (int i = 0; i < 8; ++i) {
      domain::Answers answers = Ratings(1, 3, 5);
      answers.comments[0] = "beside it";
      if (i < given) answers.notice = {true, i == 0 ? "" : absl::StrCat("pressed ", i, std::string(static_cast<size_t>(i) * 60, '.'))};
      EXPECT_TRUE(Submit(survey, survey.NewToken(i % 2), 1, answers).ok());
    }
    Close(survey, survey.Closing("order"));
    return survey;
  }

  std::string SessionOf(const TestSurvey& survey, KeyRole role, const crypto::ClosingKeyPair& key) {
    const auto sealed = collection_->StartKeySession(survey.id(), role, 0);
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    const auto secret = crypto::OpenSealed(key.public_key, key.secret_key, *sealed);
    EXPECT_TRUE(secret.ok()) << secret.status();
    return std::string(secret->view());
  }
  std::string AuditorOf(const TestSurvey& survey) { return SessionOf(survey, KeyRole::kAuditor, survey.auditor); }
};

TEST_F(NoticeTest, TheAuditorReadsThemAndNoOtherKeyOpensThem) {
  const TestSurvey survey = ClosedSurvey(3);
  const auto sealed = collection_->ReadNotices(AuditorOf(survey), survey.id());
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  std::multiset<std::string> texts;
  for (const std::string& each : *sealed) {
    EXPECT_FALSE(crypto::OpenSealed(survey.moderators[0].public_key, survey.moderators[0].secret_key, each).ok());
    const auto record = crypto::OpenSealed(survey.auditor.public_key, survey.auditor.secret_key, each);
    ASSERT_TRUE(record.ok()) << record.status();
    const auto read = domain::DecodeNoticeRecord(record->view(), domain::SurveyIdBytes(survey.id()));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->given_in_all, 3u);
    if (read->notice.given) texts.insert(read->notice.text);
    EXPECT_TRUE(read->notice.given || read->notice.text.empty());
  }
  EXPECT_EQ(texts, (std::multiset<std::string>{"", absl::StrCat("pressed 1", std::string(60, '.')),
                                               absl::StrCat("pressed 2", std::string(120, '.'))}));
}

TEST_F(NoticeTest, NeitherNumberNorSizeTellsWhetherThereAreAny) {
  const TestSurvey none = ClosedSurvey(0), all = ClosedSurvey(8);
  const auto of_none = collection_->ReadNotices(AuditorOf(none), none.id());
  const auto of_all = collection_->ReadNotices(AuditorOf(all), all.id());
  ASSERT_TRUE(of_none.ok() && of_all.ok());
  ASSERT_EQ(of_none->size(), 8u);
  ASSERT_EQ(of_all->size(), 8u);
  for (const auto* list : {&*of_none, &*of_all}) {
    for (const std::string& each : *list) EXPECT_EQ(each.size(), of_none->front().size());
  }
}

TEST_F(NoticeTest, NobodyElseReadsOrDestroysThem) {
  const TestSurvey survey = ClosedSurvey(2), other = ClosedSurvey(2);
  for (const std::string& session : {std::string(), std::string(32, 'x'), AuditorOf(other),
                                     SessionOf(survey, KeyRole::kModerator, survey.moderators[0])}) {
    ExpectReason(collection_->ReadNotices(session, survey.id()).status(), StatusCode::kUnauthenticated,
                 reasons::kSESSION_UNKNOWN);
    ExpectReason(collection_->DestroyNotices(session, survey.id()), StatusCode::kUnauthenticated, reasons::kSESSION_UNKNOWN);
  }
  EXPECT_EQ(collection_->ReadNotices(AuditorOf(survey), survey.id())->size(), 8u);
}

TEST_F(NoticeTest, BeforeClosingThereIsNothingToRead) {
  const TestSurvey survey = OpenSurveyWithAuditor(1);
  domain::Answers answers = Ratings(1, 3, 5);
  answers.notice = {true, "early"};
  ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, answers).ok());
  ExpectReason(collection_->ReadNotices(AuditorOf(survey), survey.id()).status(), StatusCode::kFailedPrecondition,
               reasons::kWRONG_STATE);
  ExpectReason(collection_->DestroyNotices(AuditorOf(survey), survey.id()), StatusCode::kFailedPrecondition,
               reasons::kWRONG_STATE);
}

TEST_F(NoticeTest, OfAnAbandonedSurveyTheAuditorHearsThatThereIsNothingToWaitFor) {
  const TestSurvey survey = OpenSurveyWithAuditor(1);
  const std::string session = AuditorOf(survey);
  ASSERT_TRUE(collection_->AbandonSurvey(survey.id()).ok());
  ExpectReason(collection_->ReadNotices(session, survey.id()).status(), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_ABANDONED);
}

TEST_F(NoticeTest, AFormThatIsElseBlankMayCarryOneAndALaterVersionTakesItBack) {
  const TestSurvey survey = OpenSurveyWithAuditor(1);
  const Token withdrawn = survey.NewToken(0), added = survey.NewToken(0);
  domain::Answers blank = Ratings(domain::kBlank, domain::kBlank, domain::kBlank);
  domain::Answers pressed = blank;
  pressed.notice = {true, "told how"};
  ASSERT_TRUE(Submit(survey, withdrawn, 1, pressed).ok());
  ASSERT_TRUE(Submit(survey, withdrawn, 2, blank).ok());
  ASSERT_TRUE(Submit(survey, added, 1, blank).ok());
  pressed.notice.text = "on second thoughts";
  ASSERT_TRUE(Submit(survey, added, 2, pressed).ok());
  Close(survey, survey.Closing("order"));
  std::vector<std::string> texts;
  const auto sealed = collection_->ReadNotices(AuditorOf(survey), survey.id());
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  for (const std::string& each : *sealed) {
    const auto record = crypto::OpenSealed(survey.auditor.public_key, survey.auditor.secret_key, each);
    const auto read = domain::DecodeNoticeRecord(record->view(), domain::SurveyIdBytes(survey.id()));
    if (read->notice.given) texts.push_back(read->notice.text);
  }
  EXPECT_EQ(texts, std::vector<std::string>{"on second thoughts"});
}

TEST_F(NoticeTest, DoneMeansThatNoFileKeepsThem) {
  const TestSurvey survey = ClosedSurvey(2);
  const auto sealed = collection_->ReadNotices(AuditorOf(survey), survey.id());
  ASSERT_NE(folder_.FileWith(sealed->front()), "");
  ASSERT_TRUE(collection_->DestroyNotices(AuditorOf(survey), survey.id()).ok());
  ASSERT_TRUE(collection_->DestroyNotices(AuditorOf(survey), survey.id()).ok());
  EXPECT_TRUE(collection_->ReadNotices(AuditorOf(survey), survey.id())->empty());
  for (const std::string& each : *sealed) EXPECT_EQ(folder_.FileWith(each), "");
}

TEST_F(NoticeTest, TheContractsRetentionEndsThemByThisPlanesClock) {
  const TestSurvey survey = ClosedSurvey(2);
  const auto sealed = collection_->ReadNotices(AuditorOf(survey), survey.id());
  ASSERT_EQ(sealed->size(), 8u);
  const auto contract = domain::DecodeContract(*(*collection_->GetDocuments(survey.id()))->contract);
  const absl::Time end = domain::NoticesEndTime(*contract);
  EXPECT_GT(end, contract->abandon_time);
  clock_.Set(end - absl::Seconds(1));
  Restart();
  EXPECT_EQ(collection_->ReadNotices(AuditorOf(survey), survey.id())->size(), 8u);
  clock_.Set(end);
  Restart();
  for (int attempt = 0; attempt < 500 && !collection_->ReadNotices(AuditorOf(survey), survey.id())->empty(); ++attempt) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_TRUE(collection_->ReadNotices(AuditorOf(survey), survey.id())->empty());
}

}  // namespace
}  // namespace candor::collection
