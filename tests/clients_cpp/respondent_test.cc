// The token protocol against a server that loses replies, lies, and remembers what it was sent.

#include "clients/cpp/respondent.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "absl/time/clock.h"
#include "clients/cpp/ledger_check.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/signing.h"
#include "services/domain/extension.h"
#include "tests/clients_cpp/fake_survey.h"

namespace candor::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReasonOf(const absl::Status& status) { return base::GetErrorDetail(status).reason; }

class RespondentTest : public ::testing::Test {
 protected:
  RespondentTest() : server_(FakeSurvey()) {
    options_.identity = [this] { return Connect(); };
    options_.response = [this](const std::string&) { return Connect(); };
    options_.store = &store_;
    options_.retry.sleep = [this](absl::Duration) { ++waits_; };
  }

  std::shared_ptr<Connection> Connect() {
    ConnectionOptions options;
    options.address = server_.address();
    auto connection = Connection::Make(options);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *connection;
  }

  std::unique_ptr<Respondent> Open() {
    auto respondent = Respondent::Open(options_, SomeCode());
    EXPECT_TRUE(respondent.ok()) << respondent.status();
    return respondent.ok() ? *std::move(respondent) : nullptr;
  }

  // Whether the connection goes away: sockets are closed by another thread.
  bool Gone(const std::string& peer) {
    for (int attempt = 0; attempt < 500 && server_.IsConnected(peer); ++attempt) absl::SleepFor(absl::Milliseconds(10));
    return !server_.IsConnected(peer);
  }

  static domain::Answers SomeAnswers(uint8_t first = 4) { return {{first, 2, domain::kNotObserved}, {"fine"}}; }

  FakeServer server_;
  MemoryStateStore store_;
  RespondentOptions options_;
  int waits_ = 0;
};

TEST_F(RespondentTest, KnowsTheStaffsSurnamesAlsoWhenItComesBackWithItsToken) {
  auto respondent = Open();
  ASSERT_NE(respondent, nullptr);
  ASSERT_NE(respondent->staff_surnames(), nullptr);
  EXPECT_TRUE(respondent->staff_surnames()->Contains("brightwillow"));
  ASSERT_TRUE(respondent->TakeToken().ok());
  respondent = Open();
  ASSERT_NE(respondent, nullptr);
  ASSERT_NE(respondent->staff_surnames(), nullptr) << "the response plane does not have them";
  EXPECT_TRUE(respondent->staff_surnames()->Contains("brightwillow"));
}

TEST_F(RespondentTest, RefusesSurnamesThatAreNotTheSameForEverybody) {
  FakeSurvey survey;
  survey.surname_filter = crypto::SaltedFilter::Make({"brightwillow", "one-person-only"}).bytes();
  FakeServer server(survey);
  options_.identity = [&] {
    ConnectionOptions options;
    options.address = server.address();
    return Connection::Make(options);
  };
  options_.response = [this](const std::string&) { return options_.identity(); };
  const auto respondent = Respondent::Open(options_, SomeCode());
  EXPECT_EQ(ReasonOf(respondent.status()), "MANIFEST_REFUSED");
  EXPECT_THAT(std::string(respondent.status().message()), HasSubstr("not the same for everybody"));
}

TEST_F(RespondentTest, AnswersAndHoldsAReceiptThatIsInTheLedger) {
  const auto respondent = Open();
  ASSERT_NE(respondent, nullptr);
  EXPECT_EQ(respondent->audience(), "staff");
  ASSERT_TRUE(respondent->Submit(SomeAnswers()).ok());
  EXPECT_TRUE(respondent->acknowledged());
  server_.Close();
  const auto check = FetchLedger(*Connect(), options_.retry, respondent->survey(),
                                 respondent->documents().manifest_code);
  ASSERT_TRUE(check.ok()) << check.status();
  const KeptReceipt kept{respondent->survey().value(), respondent->documents().manifest_hash, respondent->receipt()};
  const auto read = KeptReceipt::Parse(kept.Serialize());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(KeptReceipt::Parse(KeptReceipt{kept.survey, kept.manifest_hash, kept.receipt, "a.example:1"}.Serialize())
                ->response_address,
            "a.example:1");
  EXPECT_EQ(CheckReceipt(*check, *read).standing, ReceiptStanding::kCounted);
}

TEST_F(RespondentTest, AReceiptOfReplacedAnswersIsNotInTheLedgerAndTheNewestIs) {
  const auto respondent = Open();
  ASSERT_TRUE(respondent->Submit(SomeAnswers(1)).ok());
  const KeptReceipt old{respondent->survey().value(), respondent->documents().manifest_hash, respondent->receipt()};
  ASSERT_TRUE(respondent->Submit(SomeAnswers(5)).ok());
  const KeptReceipt newest{old.survey, old.manifest_hash, respondent->receipt()};
  ASSERT_EQ(server_.submissions.size(), 2u);
  EXPECT_EQ(server_.submissions[0].version(), 1u);
  EXPECT_EQ(server_.submissions[1].version(), 2u);
  EXPECT_EQ(server_.submissions[0].token_message(), server_.submissions[1].token_message());
  EXPECT_NE(server_.submissions[0].submission_id(), server_.submissions[1].submission_id());
  server_.Close();
  const auto check = FetchLedger(*Connect(), options_.retry, respondent->survey(), "");
  ASSERT_TRUE(check.ok()) << check.status();
  EXPECT_EQ(check->ledger.groups[0].replaced, 1);
  EXPECT_EQ(CheckReceipt(*check, old).standing, ReceiptStanding::kNotCounted);
  EXPECT_EQ(CheckReceipt(*check, newest).standing, ReceiptStanding::kCounted);
}

TEST_F(RespondentTest, RepeatsTheSameBytesWhenRepliesAreLost) {
  server_.lose_open = 2;
  server_.lose_issue = 3;
  server_.lose_submit = 2;
  const auto respondent = Open();
  ASSERT_NE(respondent, nullptr);
  ASSERT_TRUE(respondent->Submit(SomeAnswers()).ok());
  EXPECT_EQ(waits_, 7);
  ASSERT_EQ(server_.blinded_messages.size(), 4u);
  for (const std::string& blinded : server_.blinded_messages) EXPECT_EQ(blinded, server_.blinded_messages[0]);
  ASSERT_EQ(server_.submissions.size(), 3u);
  for (const auto& sent : server_.submissions) {
    EXPECT_EQ(sent.SerializeAsString(), server_.submissions[0].SerializeAsString());
  }
  EXPECT_EQ(server_.stored.size(), 1u);
}

TEST_F(RespondentTest, GivesUpAfterABoundedNumberOfAttemptsAndGoesOnLater) {
  server_.lose_issue = 1000;
  options_.retry.attempts = 3;
  const auto respondent = Open();
  EXPECT_EQ(respondent->TakeToken().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(server_.blinded_messages.size(), 3u);
  server_.lose_issue = 0;
  EXPECT_TRUE(respondent->TakeToken().ok());
  EXPECT_EQ(server_.blinded_messages.back(), server_.blinded_messages.front());
}

TEST_F(RespondentTest, KnowsWhetherAnswersThatWereNotAcknowledgedMayBeStored) {
  options_.retry.attempts = 2;
  const auto respondent = Open();
  ASSERT_TRUE(respondent->TakeToken().ok());
  bool away = false;
  RespondentOptions options = options_;
  options.response = [&](const std::string&) -> absl::StatusOr<std::shared_ptr<Connection>> {
    if (!away) return Connect();
    // Nobody listens there: nothing can have arrived.
    ConnectionOptions nowhere;
    nowhere.address = "127.0.0.1:1";
    return Connection::Make(nowhere);
  };
  const auto again = Respondent::Open(options, SomeCode());
  ASSERT_TRUE(again.ok()) << again.status();
  away = true;
  EXPECT_EQ((*again)->Submit(SomeAnswers()).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE((*again)->may_be_stored());
  away = false;
  server_.lose_submit = 2;
  EXPECT_EQ((*again)->Submit(SomeAnswers()).code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE((*again)->may_be_stored());
  away = true;
  EXPECT_EQ((*again)->Submit(SomeAnswers()).code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE((*again)->may_be_stored()) << "the one before may have arrived";
  away = false;
  ASSERT_TRUE((*again)->Submit(SomeAnswers()).ok());
  EXPECT_FALSE((*again)->may_be_stored());
}

TEST_F(RespondentTest, GoesOnAfterACrashBetweenAskingAndTheReply) {
  options_.retry.attempts = 1;
  server_.lose_issue = 1;
  EXPECT_FALSE(Open()->TakeToken().ok());
  server_.lose_submit = 1;
  EXPECT_FALSE(Open()->Submit(SomeAnswers()).ok());
  const auto again = Open();
  ASSERT_TRUE(again->has_token());
  ASSERT_TRUE(again->answers().has_value());
  EXPECT_FALSE(again->acknowledged());
  ASSERT_TRUE(again->Submit(*again->answers()).ok());
  ASSERT_EQ(server_.submissions.size(), 2u);
  EXPECT_EQ(server_.submissions[0].SerializeAsString(), server_.submissions[1].SerializeAsString());
  EXPECT_EQ(server_.stored.size(), 1u);
}

TEST_F(RespondentTest, ASecondDeviceIsToldThatTheTokenIsTaken) {
  ASSERT_TRUE(Open()->TakeToken().ok());
  MemoryStateStore other;
  options_.store = &other;
  const absl::Status status = Open()->TakeToken();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(status), "TOKEN_ALREADY_ISSUED");
}

TEST_F(RespondentTest, AClosedSurveyIsNotTriedAgain) {
  const auto respondent = Open();
  ASSERT_TRUE(respondent->TakeToken().ok());
  server_.closed = true;
  const absl::Status status = respondent->Submit(SomeAnswers());
  EXPECT_EQ(ReasonOf(status), "SURVEY_CLOSED");
  EXPECT_EQ(server_.submissions.size(), 1u);
}

TEST_F(RespondentTest, NeverSendsTheCodeOrTheAudienceToTheResponsePlaneAndPadsComments) {
  server_.group = 1;
  server_.audience = "parent";
  const auto respondent = Open();
  ASSERT_TRUE(respondent->Submit({{3, domain::kBlank, 5}, {""}}).ok());
  ASSERT_TRUE(respondent->Submit({{3, domain::kBlank, domain::kBlank}, {"she listens, and that is rare"}}).ok());
  ASSERT_EQ(server_.submissions.size(), 2u);
  EXPECT_EQ(server_.submissions[0].ByteSizeLong(), server_.submissions[1].ByteSizeLong());
  EXPECT_EQ(server_.submissions[1].comments(0).size(), 100u);
  const auto code = crypto::NormalizeCode(SomeCode());
  for (const auto& sent : server_.submissions) {
    EXPECT_THAT(sent.SerializeAsString(), Not(HasSubstr("parent")));
    EXPECT_THAT(sent.SerializeAsString(), Not(HasSubstr(*code)));
  }
}

TEST_F(RespondentTest, NoConnectionOutlivesItsPurpose) {
  const auto respondent = Open();
  ASSERT_NE(respondent, nullptr);
  ASSERT_EQ(server_.calls.size(), 2u);
  const std::string opening = server_.calls[0].second, manifest = server_.calls[1].second;
  EXPECT_NE(opening, manifest);
  ASSERT_TRUE(server_.IsConnected(opening)) << "the test cannot see connections";
  ASSERT_TRUE(Gone(manifest));
  ASSERT_TRUE(respondent->TakeToken().ok());
  ASSERT_EQ(server_.calls[2], std::make_pair(std::string("IssueToken"), opening));
  ASSERT_TRUE(Gone(opening)) << "while the person answers, the code's connection still stands";
  ASSERT_TRUE(respondent->Submit(SomeAnswers(1)).ok());
  ASSERT_TRUE(respondent->Submit(SomeAnswers(2)).ok());
  ASSERT_EQ(server_.calls.size(), 5u);
  // Each answer comes over a connection that nothing else came over.
  EXPECT_EQ(server_.calls[3].first, "SubmitResponse");
  EXPECT_THAT(server_.peers_of_identity, ::testing::ElementsAre(opening));
  EXPECT_EQ(server_.peers_of_response.size(), 3u);
  EXPECT_EQ(server_.peers_of_response.count(opening), 0u);
  EXPECT_TRUE(Gone(server_.calls[3].second));
  EXPECT_TRUE(Gone(server_.calls[4].second));
}

TEST_F(RespondentTest, WithATokenTheIdentityPlaneIsNotCalledAgain) {
  ASSERT_TRUE(Open()->Submit(SomeAnswers(1)).ok());
  server_.calls.clear();
  options_.identity = []() -> absl::StatusOr<std::shared_ptr<Connection>> {
    ADD_FAILURE() << "the code's plane is called";
    return absl::InternalError("no");
  };
  const auto again = Open();
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->audience(), "staff");
  ASSERT_TRUE(again->Submit(SomeAnswers(2)).ok());
  ASSERT_EQ(server_.calls.size(), 2u);
  EXPECT_EQ(server_.calls[0].first, "GetManifest");
  EXPECT_EQ(server_.calls[1].first, "SubmitResponse");
  EXPECT_NE(server_.calls[0].second, server_.calls[1].second);
  EXPECT_EQ(server_.stored.size(), 1u);
}

TEST_F(RespondentTest, KnowsWhomItIsAboutAlsoWhenItComesBackWithItsToken) {
  ASSERT_TRUE(Open()->Submit(SomeAnswers(1)).ok());
  const auto again = Open();
  EXPECT_EQ(again->invitation().leader, "Lee Lead");
  EXPECT_EQ(again->invitation().job_title, "Principal");
  EXPECT_EQ(again->invitation().notice.at("en"), "Please take part.");
}

// A server could else say to one token that its answer was forgotten, and see whose code comes to the other plane.
TEST_F(RespondentTest, WhateverTheResponsePlaneHasForgottenTheIdentityPlaneIsNotCalledByItself) {
  ASSERT_TRUE(Open()->Submit(SomeAnswers(1)).ok());
  server_.ForgetAnswers();
  server_.ForgetTokens();
  ASSERT_TRUE(Open()->Submit(SomeAnswers(2)).ok());
  ASSERT_TRUE(Open()->Submit(SomeAnswers(2)).ok());
  EXPECT_EQ(server_.blinded_messages.size(), 1u);
}

TEST_F(RespondentTest, AfterARestoreItAsksForTheSameTokenAgainWhereThePersonSaysSo) {
  ASSERT_TRUE(Open()->Submit(SomeAnswers(1)).ok());
  server_.ForgetTokens();
  auto respondent = Open();
  server_.calls.clear();
  ASSERT_TRUE(respondent->ConfirmToken().ok());
  ASSERT_EQ(server_.calls.size(), 1u);
  EXPECT_TRUE(Gone(server_.calls[0].second));
  ASSERT_EQ(server_.blinded_messages.size(), 2u);
  EXPECT_EQ(server_.blinded_messages[0], server_.blinded_messages[1]);
  ASSERT_TRUE(Open()->Submit(SomeAnswers(2)).ok());
  EXPECT_EQ(server_.blinded_messages.size(), 2u);
  EXPECT_EQ(server_.stored.size(), 1u);
}

TEST_F(RespondentTest, WithAStateOfBeforeBlindedMessagesWereKeptNothingIsAskedAgain) {
  ASSERT_TRUE(Open()->Submit(SomeAnswers(1)).ok());
  const std::string name = StateName(*crypto::NormalizeCode(SomeCode()));
  base::Json state = *base::ParseJson(**store_.Load(name));
  for (const char* member : {"blinded_message", "invitation"}) state.erase(member);
  ASSERT_TRUE(store_.Save(name, base::CanonicalJson(state)).ok());
  const auto respondent = Open();
  ASSERT_NE(respondent, nullptr);
  ASSERT_TRUE(respondent->Submit(SomeAnswers(2)).ok());
  EXPECT_EQ(respondent->ConfirmToken().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(RespondentTest, AnswersGoWhereTheManifestSaysAlsoWithTheTokenAlone) {
  FakeSurvey elsewhere = server_.survey();
  elsewhere.manifest.response_address = "answers.example.org:443";
  server_.identity_documents = server_.response_documents = elsewhere.Encode();
  std::vector<std::string> told;
  options_.response = [&](const std::string& address) {
    told.push_back(address);
    return Connect();
  };
  ASSERT_TRUE(Open()->Submit(SomeAnswers(1)).ok());
  ASSERT_TRUE(Open()->Submit(SomeAnswers(2)).ok());
  EXPECT_THAT(told, ::testing::SizeIs(4));  // each time the documents and the answers
  EXPECT_THAT(told, ::testing::Each("answers.example.org:443"));
}

TEST_F(RespondentTest, AcknowledgedAnswersAreNotKeptOnTheDevice) {
  const auto stored = [this] { return **store_.Load(StateName(*crypto::NormalizeCode(SomeCode()))); };
  options_.retry.attempts = 1;
  server_.lose_submit = 1;
  EXPECT_FALSE(Open()->Submit(SomeAnswers()).ok());
  EXPECT_THAT(stored(), HasSubstr("fine")) << "an answer that may have arrived must be repeated as it was";
  const auto respondent = Open();
  ASSERT_TRUE(respondent->answers().has_value());
  ASSERT_TRUE(respondent->Submit(*respondent->answers()).ok());
  EXPECT_THAT(stored(), ::testing::AllOf(Not(HasSubstr("fine")), Not(HasSubstr("ratings"))));
  EXPECT_FALSE(respondent->answers().has_value());
  // They can be changed all the same.
  const auto again = Open();
  EXPECT_TRUE(again->acknowledged());
  ASSERT_TRUE(again->Submit(SomeAnswers(1)).ok());
  EXPECT_EQ(server_.submissions.back().version(), 2u);
  EXPECT_EQ(server_.stored.size(), 1u);
  EXPECT_THAT(stored(), Not(HasSubstr("fine")));
}

TEST_F(RespondentTest, KeepsAnswersWhereThePersonWantsItAndThenRepeatingIsNoChange) {
  options_.keep_answers = true;
  ASSERT_TRUE(Open()->Submit(SomeAnswers()).ok());
  const auto again = Open();
  ASSERT_TRUE(again->answers().has_value());
  EXPECT_EQ(again->answers()->comments, SomeAnswers().comments);
  ASSERT_TRUE(again->Submit(SomeAnswers()).ok());
  EXPECT_EQ(server_.submissions.back().version(), 1u);
  EXPECT_EQ(server_.submissions.front().SerializeAsString(), server_.submissions.back().SerializeAsString());
}

TEST_F(RespondentTest, AnswersThatCameTooLateAreNotKept) {
  const auto respondent = Open();
  server_.closed = true;
  EXPECT_EQ(ReasonOf(respondent->Submit(SomeAnswers())), "SURVEY_CLOSED");
  EXPECT_FALSE(respondent->answers().has_value());
  const auto again = Open();
  EXPECT_TRUE(again->has_token());
  EXPECT_FALSE(again->answers().has_value());
  server_.closed = false;
  EXPECT_TRUE(again->Submit(SomeAnswers()).ok());
}

TEST_F(RespondentTest, TheStateDoesNotHoldWhatTiesTheBlindedMessageToTheToken) {
  ASSERT_TRUE(Open()->TakeToken().ok());
  const auto stored = RespondentState::Parse(**store_.Load(StateName(*crypto::NormalizeCode(SomeCode()))));
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->blinded_message, server_.blinded_messages[0]);
  EXPECT_FALSE(stored->blinding.has_value()) << "the factor";
  EXPECT_TRUE(Open()->Forget().ok());
  EXPECT_FALSE(store_.Load(StateName(*crypto::NormalizeCode(SomeCode())))->has_value());
}

TEST_F(RespondentTest, RefusesWhenThePlanesGiveDifferentDocuments) {
  FakeSurvey changed = server_.survey();
  changed.contract.retention_days = 100;
  server_.response_documents = changed.Encode();
  const auto respondent = Respondent::Open(options_, SomeCode());
  EXPECT_EQ(ReasonOf(respondent.status()), "MANIFEST_REFUSED");
}

TEST_F(RespondentTest, AnExtensionThatOnePlaneLearnsOfFirstIsNoDifferenceOfDocuments) {
  FakeSurvey survey;
  survey.contract.latest_close_time = survey.manifest.latest_close_time += absl::Hours(48);
  const DocumentBytes plain = survey.Encode();
  const auto extended = [&](absl::Duration by, const crypto::SigningKey& key) {
    DocumentBytes bytes = plain;
    bytes.extension = domain::EncodeExtension({survey.manifest.survey, base::HexEncode(crypto::Sha256(plain.manifest)),
                                               survey.contract.close_time + by});
    bytes.extension_signature = key.Sign("candor-extension-v1" + bytes.extension);
    return bytes;
  };
  const auto open = [&](const DocumentBytes& identity, const DocumentBytes& response) {
    FakeServer server(survey);
    server.identity_documents = identity;
    server.response_documents = response;
    MemoryStateStore store;
    RespondentOptions options = options_;
    options.store = &store;
    options.identity = [&server] {
      ConnectionOptions of_server;
      of_server.address = server.address();
      return Connection::Make(of_server);
    };
    options.response = [&options](const std::string&) { return options.identity(); };
    const auto respondent = Respondent::Open(options, SomeCode());
    return respondent.ok() ? absl::StatusOr<absl::Time>((*respondent)->documents().close_time) : respondent.status();
  };
  const crypto::SigningKey& key = *survey.signing_key;
  const absl::Time close = survey.contract.close_time;
  EXPECT_EQ(*open(plain, plain), close);
  EXPECT_EQ(*open(plain, extended(absl::Hours(1), key)), close + absl::Hours(1));
  EXPECT_EQ(*open(extended(absl::Hours(1), key), plain), close + absl::Hours(1));
  EXPECT_EQ(*open(extended(absl::Hours(1), key), extended(absl::Hours(2), key)), close + absl::Hours(2));
  EXPECT_EQ(ReasonOf(open(plain, extended(absl::Hours(1), crypto::SigningKey::Generate())).status()), "MANIFEST_REFUSED");
  EXPECT_EQ(ReasonOf(open(plain, extended(absl::Hours(49), key)).status()), "MANIFEST_REFUSED");
  EXPECT_EQ(ReasonOf(open(extended(-absl::Hours(1), key), plain).status()), "MANIFEST_REFUSED");
}

TEST_F(RespondentTest, RefusesDocumentsThatChangedSinceTheFirstOpening) {
  ASSERT_TRUE(Open()->TakeToken().ok());
  FakeSurvey changed = server_.survey();
  changed.manifest.groups[0].invited = 6;
  server_.identity_documents = server_.response_documents = changed.Encode();
  const auto respondent = Respondent::Open(options_, SomeCode());
  EXPECT_EQ(ReasonOf(respondent.status()), "MANIFEST_REFUSED");
}

TEST_F(RespondentTest, RefusesAGroupThatDoesNotFit) {
  server_.group = 2;
  EXPECT_EQ(ReasonOf(Respondent::Open(options_, SomeCode()).status()), "MANIFEST_REFUSED");
  server_.group = 1;
  EXPECT_EQ(ReasonOf(Respondent::Open(options_, SomeCode()).status()), "MANIFEST_REFUSED");
}

TEST_F(RespondentTest, RefusesASignatureOfAnotherKey) {
  server_.wrong_blind_signature = true;
  const auto respondent = Open();
  EXPECT_EQ(ReasonOf(respondent->TakeToken()), "MANIFEST_REFUSED");
  EXPECT_FALSE(respondent->has_token());
}

TEST_F(RespondentTest, DoesNotTakeAnotherAnswersReceiptForItsOwn) {
  server_.receipt_of_another = true;
  const auto respondent = Open();
  EXPECT_EQ(respondent->Submit(SomeAnswers()).code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(respondent->acknowledged());
}

TEST_F(RespondentTest, ChecksCodesAndAnswersBeforeSendingAnything) {
  EXPECT_EQ(ReasonOf(Respondent::Open(options_, "abcd-efgh").status()), "CODE_MALFORMED");
  EXPECT_TRUE(server_.peers_of_identity.empty());
  const auto respondent = Open();
  EXPECT_EQ(ReasonOf(respondent->Submit({{6, 1, 1}, {""}})), "RATING_OFF_SCALE");
  EXPECT_EQ(ReasonOf(respondent->Submit({{1, 1}, {""}})), "ANSWER_COUNT_WRONG");
  EXPECT_EQ(ReasonOf(respondent->Submit({{1, 1, 1}, {std::string(101, 'x')}})), "COMMENT_TOO_LONG");
  EXPECT_TRUE(server_.submissions.empty());
}

TEST_F(RespondentTest, ALedgerThatDoesNotFitTheManifestDoesNotHold) {
  ASSERT_TRUE(Open()->Submit(SomeAnswers()).ok());
  EXPECT_EQ(ReasonOf(FetchLedger(*Connect(), options_.retry, server_.survey().manifest.survey, "").status()),
            "WRONG_STATE");
  server_.Close();
  const std::string sound = server_.ledger;
  server_.ledger[sound.size() / 2] ^= 1;
  EXPECT_EQ(FetchLedger(*Connect(), options_.retry, server_.survey().manifest.survey, "").status().code(),
            absl::StatusCode::kDataLoss);
  server_.ledger = sound;
  FakeSurvey changed = server_.survey();
  changed.manifest.groups[0].invited = 21;
  server_.response_documents = changed.Encode();
  EXPECT_EQ(FetchLedger(*Connect(), options_.retry, server_.survey().manifest.survey, "").status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(StateStoreTest, KeepsFilesForTheOwnerAloneUnderNamesThatGiveNoCodeAway) {
  const std::string folder = testing::TempDir() + "/candor_state_" + base::RandomId();
  FileStateStore store(folder);
  const std::string name = StateName("0123456789abcdefg");
  EXPECT_THAT(name, Not(HasSubstr("0123456789abcdefg")));
  auto loaded = store.Load(name);
  ASSERT_TRUE(loaded.ok());
  EXPECT_FALSE(loaded->has_value());
  ASSERT_TRUE(store.Save(name, "secret").ok());
  struct stat info;
  ASSERT_EQ(stat(store.PathOf(name).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(folder.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  loaded = store.Load(name);
  ASSERT_TRUE(loaded.ok() && loaded->has_value());
  EXPECT_EQ(**loaded, "secret");
  EXPECT_TRUE(store.Erase(name).ok());
  EXPECT_FALSE(base::FileExists(store.PathOf(name)));
}

TEST(StateStoreTest, WhatAFileHeldBeforeIsOverwritten) {
  const std::string folder = testing::TempDir() + "/candor_state_" + base::RandomId();
  FileStateStore store(folder);
  const std::string name = StateName("0123456789abcdefg");
  ASSERT_TRUE(store.Save(name, "an answer").ok());
  // Another name for the same bytes on the disk.
  const std::string same_bytes = folder + "/same";
  std::filesystem::create_hard_link(store.PathOf(name), same_bytes);
  ASSERT_TRUE(store.Save(name, "no answer").ok());
  EXPECT_EQ(**store.Load(name), "no answer");
  EXPECT_EQ(*base::ReadFile(same_bytes), std::string(9, '\0'));
  EXPECT_THAT(*base::ListFolder(folder), ::testing::UnorderedElementsAre("same", name + ".json"));
}

TEST_F(RespondentTest, WhereNobodyCanBeAskedBackNoReplyKeyIsMade) {
  options_.make_reply_keys = true;
  ASSERT_TRUE(Open()->Submit(SomeAnswers(1)).ok());
  EXPECT_EQ(server_.submissions[0].reply_keys(0), std::string(32, '\0'));
  EXPECT_FALSE(store_.Load(ReplyKeysName(StateName(*crypto::NormalizeCode(SomeCode()))))->has_value());
}

TEST_F(RespondentTest, EachCommentHasAReplyKeyOfItsOwnAndTheSeedsAreKeptApartFromTheToken) {
  FakeSurvey survey = server_.survey();
  survey.contract.follow_up_days = 10;
  server_.identity_documents = server_.response_documents = survey.Encode();
  options_.make_reply_keys = true;
  options_.retry.attempts = 1;
  const std::string name = StateName(*crypto::NormalizeCode(SomeCode()));
  server_.lose_submit = 1;
  EXPECT_FALSE(Open()->Submit(SomeAnswers(1)).ok());
  EXPECT_FALSE(store_.Load(ReplyKeysName(name))->has_value()) << "the comment may not have arrived";
  // After a crash the same key goes with the same comment.
  const auto respondent = Open();
  ASSERT_TRUE(respondent->Submit(*respondent->answers()).ok());
  ASSERT_EQ(server_.submissions.size(), 2u);
  EXPECT_EQ(server_.submissions[0].SerializeAsString(), server_.submissions[1].SerializeAsString());
  ASSERT_EQ(server_.submissions[1].reply_keys_size(), 1);
  const std::string first = server_.submissions[1].reply_keys(0);
  const auto keys_kept = [&] { return *ReplyKeys::Parse(**store_.Load(ReplyKeysName(name))); };
  EXPECT_EQ(keys_kept().manifest_hash, respondent->documents().manifest_hash);
  EXPECT_EQ(keys_kept().survey, respondent->survey().value());
  ASSERT_EQ(keys_kept().seeds.size(), 1u);
  EXPECT_EQ(crypto::SigningKey::FromSeed(keys_kept().seeds[0])->public_key(), first);
  const std::string state = **store_.Load(name);
  EXPECT_THAT(state, Not(HasSubstr(base::HexEncode(keys_kept().seeds[0]))));
  EXPECT_THAT(state, Not(HasSubstr(base::HexEncode(first))));
  // Another version has other keys, also for the same comment; no comment has none.
  ASSERT_TRUE(Open()->Submit(SomeAnswers(2)).ok());
  const std::string second = server_.submissions.back().reply_keys(0);
  EXPECT_NE(second, first);
  EXPECT_EQ(crypto::SigningKey::FromSeed(keys_kept().seeds[0])->public_key(), second);
  ASSERT_TRUE(Open()->Submit({{3, 2, 1}, {""}}).ok());
  EXPECT_EQ(server_.submissions.back().reply_keys(0), std::string(32, '\0'));
  EXPECT_FALSE(store_.Load(ReplyKeysName(name))->has_value()) << "without a comment there is nothing to be asked about";
  ASSERT_TRUE(Open()->Submit(SomeAnswers(2)).ok());
  EXPECT_TRUE(store_.Load(ReplyKeysName(name))->has_value());
  ASSERT_TRUE(Open()->Forget().ok());
  EXPECT_FALSE(store_.Load(ReplyKeysName(name))->has_value());
}

TEST_F(RespondentTest, OnASharedDeviceNobodyCanBeAskedBack) {
  const auto respondent = Open();
  domain::Answers answers = SomeAnswers();
  answers.reply_keys = {std::string(32, 'k')};
  ASSERT_TRUE(respondent->Submit(answers).ok());
  EXPECT_EQ(server_.submissions[0].reply_keys(0), std::string(32, '\0'));
  EXPECT_FALSE(store_.Load(ReplyKeysName(StateName(*crypto::NormalizeCode(SomeCode()))))->has_value());
}

class NoticeTest : public RespondentTest {
 protected:
  NoticeTest() {
    FakeSurvey survey = server_.survey();
    survey.manifest.auditor = domain::ModeratorKey{"Works council", base::RandomBytes(32)};
    server_.identity_documents = server_.response_documents = survey.Encode();
    options_.retry.attempts = 1;
    pressed_.notice = {true, "the head stood beside me"};
  }

  std::string Kept() { return store_.Load(StateName(*crypto::NormalizeCode(SomeCode())))->value(); }

  domain::Answers pressed_ = SomeAnswers();
  const std::string padded_ = "\1the head stood beside me" + std::string(476, '\0');
};

TEST_F(NoticeTest, GoesWithTheAnswersAndChangesNoSize) {
  server_.lose_submit = 1;
  const auto respondent = Open();
  ASSERT_TRUE(respondent->shape().notice_asked);
  EXPECT_FALSE(respondent->Submit(pressed_).ok());
  ASSERT_TRUE(respondent->Submit(pressed_).ok());
  ASSERT_TRUE(respondent->Submit(SomeAnswers()).ok());
  ASSERT_EQ(server_.submissions.size(), 3u);
  EXPECT_EQ(server_.submissions[0].SerializeAsString(), server_.submissions[1].SerializeAsString());
  EXPECT_EQ(server_.submissions[1].pressure_notice(), padded_);
  EXPECT_EQ(server_.submissions[2].version(), 2u) << "taking a notice back is a change";
  EXPECT_EQ(server_.submissions[2].pressure_notice(), std::string(501, '\0'));
  EXPECT_EQ(server_.submissions[2].ByteSizeLong(), server_.submissions[1].ByteSizeLong());
}

TEST_F(NoticeTest, IsNeverWrittenDownAndWhatIsSaidTheNextTimeCounts) {
  options_.keep_answers = true;
  server_.lose_submit = 1;
  EXPECT_FALSE(Open()->Submit(pressed_).ok());
  EXPECT_THAT(Kept(), AllOf(HasSubstr("fine"), Not(HasSubstr("head stood")))) << "not before it has arrived";
  const auto after_a_crash = Open();
  ASSERT_TRUE(after_a_crash->answers().has_value());
  EXPECT_EQ(after_a_crash->answers()->comments, pressed_.comments);
  EXPECT_FALSE(after_a_crash->answers()->notice.given);
  // Said again; and then not: the same answers otherwise, and yet another version each time, or the first would stay.
  ASSERT_TRUE(after_a_crash->Submit(pressed_).ok());
  EXPECT_THAT(Kept(), AllOf(HasSubstr("fine"), Not(HasSubstr("head stood")))) << "nor afterwards";
  ASSERT_TRUE(Open()->Submit(SomeAnswers()).ok());
  ASSERT_EQ(server_.submissions.size(), 3u);
  EXPECT_EQ(server_.submissions[1].version(), 2u);
  EXPECT_EQ(server_.submissions[1].pressure_notice(), padded_);
  EXPECT_EQ(server_.submissions[2].version(), 3u);
  EXPECT_EQ(server_.submissions[2].pressure_notice(), std::string(501, '\0'));
}

TEST_F(NoticeTest, OfWhoeverReportedNothingAsManyVersionsAreSent) {
  options_.keep_answers = true;
  ASSERT_TRUE(Open()->Submit(SomeAnswers()).ok());
  ASSERT_TRUE(Open()->Submit(SomeAnswers()).ok());
  ASSERT_EQ(server_.submissions.size(), 2u);
  EXPECT_EQ(server_.submissions[1].version(), 2u);
}

TEST(StateStoreTest, ErasesWhatIsOverButNotReceiptsNorForeignFiles) {
  const std::string folder = testing::TempDir() + "/candor_state_" + base::RandomId();
  FileStateStore store(folder);
  EXPECT_EQ(*store.EraseExpired(absl::Now()), 0);
  EXPECT_EQ(*store.EraseAll(), 0);
  RespondentState state;
  state.survey = "s";
  state.forget_time = absl::FromUnixSeconds(1000);
  const std::string over = StateName("0"), open = StateName("1"), unreadable = StateName("2");
  ASSERT_TRUE(store.Save(over, state.Serialize()).ok());
  ASSERT_TRUE(store.Save(ReceiptName(over), "receipt").ok());
  ReplyKeys keys{"s", {std::string(32, 's')}, std::string(32, 'm'), "", absl::FromUnixSeconds(1000)};
  ASSERT_TRUE(store.Save(ReplyKeysName(over), keys.Serialize()).ok());
  ASSERT_TRUE(store.Save(ReplyKeysName(unreadable), "of before they named the manifest").ok());
  keys.forget_time = absl::FromUnixSeconds(1001);
  ASSERT_TRUE(store.Save(ReplyKeysName(open), keys.Serialize()).ok());
  state.forget_time = absl::FromUnixSeconds(1001);
  ASSERT_TRUE(store.Save(open, state.Serialize()).ok());
  ASSERT_TRUE(store.Save(unreadable, "{}").ok());
  ASSERT_TRUE(base::WriteFileAtomically(folder + "/notes.json", "mine", 0600).ok());
  // What a crash in the midst of saving leaves: an old one, and one that another program may be writing just now.
  for (const char* scratch : {".0a0b.new", ".0c0d.new", ".replaced"}) {
    ASSERT_TRUE(base::WriteFileAtomically(store.PathOf(open) + scratch, "answers", 0600).ok());
  }
  for (const char* scratch : {".0a0b.new", ".replaced"}) {
    std::filesystem::last_write_time(store.PathOf(open) + scratch,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  }
  EXPECT_EQ(*store.EraseExpired(absl::FromUnixSeconds(1000)), 3);
  EXPECT_EQ(store.LoadReplyKeys()->size(), 1u);
  EXPECT_THAT(*base::ListFolder(folder),
              ::testing::UnorderedElementsAre(over + ".receipt.json", open + ".replies.json", open + ".json",
                                              open + ".json.0c0d.new", unreadable + ".json", "notes.json"));
  EXPECT_EQ(*store.EraseAll(), 4);
  EXPECT_THAT(*base::ListFolder(folder), ::testing::ElementsAre("notes.json"));
}

TEST(StateStoreTest, StateSurvivesWritingAndReadingAndDamageIsNoticed) {
  RespondentState state;
  state.survey = "s";
  state.manifest_hash = crypto::Sha256("m");
  state.group = 3;
  state.audience = "staff";
  state.forget_time = absl::FromUnixSeconds(1234567890);
  state.blinding = crypto::BlindingState{"input", "inverse", "blinded"};
  state.token_message = "message";
  state.token_signature = "\x01\x02";
  state.version = 7;
  state.submission_id = std::string(16, '\xff');
  state.answers = domain::Answers{{1, 255, 0}, {"a \"b\"\n", ""}, {std::string(32, '\xfe'), ""}, {true, "pressed"}};
  state.reply_seeds = {std::string(32, '\xfd'), ""};
  state.receipt = "r";
  const auto parsed = RespondentState::Parse(state.Serialize());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->Serialize(), state.Serialize());
  ASSERT_TRUE(parsed->answers.has_value());
  EXPECT_EQ(parsed->answers->ratings, state.answers->ratings);
  EXPECT_EQ(parsed->answers->reply_keys, state.answers->reply_keys);
  EXPECT_FALSE(parsed->answers->notice.given);
  EXPECT_THAT(state.Serialize(), Not(HasSubstr("pressed"))) << "a report of pressure is not written down";
  // As an earlier version of this program wrote it.
  base::Json earlier = *base::ParseJson(state.Serialize());
  earlier["answers"]["notice"] = "pressed";
  EXPECT_FALSE(RespondentState::Parse(earlier.dump())->answers->notice.given);
  EXPECT_EQ(parsed->reply_seeds, state.reply_seeds);
  EXPECT_EQ(parsed->forget_time, state.forget_time);
  EXPECT_EQ(parsed->blinding, state.blinding);
  EXPECT_EQ(RespondentState::Parse("{}").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(RespondentState::Parse(state.Serialize().substr(1)).status().code(), absl::StatusCode::kDataLoss);
  const ReplyKeys keys{"s", {std::string(32, '\xfd'), ""}, std::string(32, 'm'), "answers.example:443"};
  EXPECT_EQ(ReplyKeys::Parse(keys.Serialize())->Serialize(), keys.Serialize());
  EXPECT_EQ(ReplyKeys::Parse(ReplyKeys{"s", {""}, "short"}.Serialize()).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReplyKeys::Parse(state.Serialize()).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReplyKeys::Parse("{}").status().code(), absl::StatusCode::kDataLoss);
}

TEST(ConnectionTest, WithoutTlsOnlyThisMachineIsCalled) {
  for (const char* address : {"127.0.0.1:7430", "localhost:1", "[::1]:7430", "unix:/run/candor.sock"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"10.0.0.1:7430", "127.example.org:7430", "localhost.example.org:1", "example.org:443"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
    ConnectionOptions options;
    options.address = address;
    EXPECT_EQ(Connection::Make(options).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(ErrorTest, ReadsReasonAndFieldFromTheDetails) {
  const absl::Status status = FromGrpc(Fail(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID", "too long", "title"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::GetErrorDetail(status).reason, "FIELD_INVALID");
  EXPECT_EQ(base::GetErrorDetail(status).field, "title");
  EXPECT_EQ(status.message(), "too long");
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
  EXPECT_EQ(base::GetErrorDetail(FromGrpc(grpc::Status(grpc::StatusCode::INTERNAL, "x", "no details"))).reason, "");
}

TEST(RetryTest, WaitsLongerEveryTimeUpToTheLimit) {
  std::vector<absl::Duration> waits;
  RetryPolicy policy;
  policy.attempts = 6;
  policy.first_wait = absl::Seconds(1);
  policy.longest_wait = absl::Seconds(4);
  policy.sleep = [&](absl::Duration wait) { waits.push_back(wait); };
  int calls = 0;
  const absl::StatusOr<int> result = WithRetries(policy, [&]() -> absl::StatusOr<int> {
    ++calls;
    return absl::UnavailableError("down");
  });
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(calls, 6);
  ASSERT_EQ(waits.size(), 5u);
  const int limits[] = {1, 2, 4, 4, 4};
  for (size_t i = 0; i < waits.size(); ++i) {
    EXPECT_GE(waits[i], absl::Seconds(limits[i]) / 2);
    EXPECT_LE(waits[i], absl::Seconds(limits[i]));
  }
}

}  // namespace
}  // namespace candor::client
