#include "tests/collection/collection_fixture.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/receipt.h"
#include "services/crypto/token.h"
#include "services/domain/extension.h"
#include "storage/sqlite/response_store.h"
#include "tests/domain/domain_builders.h"

namespace candor::collection {

const crypto::BlindSigningKey& IssuingKey(size_t index) {
  static const auto& keys = *[] {
    auto* made = new std::vector<crypto::BlindSigningKey>;
    for (int i = 0; i < 3; ++i) {
      auto key = crypto::BlindSigningKey::Generate(2048);
      CANDOR_CHECK(key.ok());
      made->push_back(*std::move(key));
    }
    return made;
  }();
  return keys[index];
}

std::string Token::hash() const { return crypto::TokenHash(input_msg); }

Token MakeToken(const domain::SurveyId& survey, int group, size_t key) {
  const crypto::BlindSigningKey& signer = IssuingKey(key);
  const auto message = crypto::BuildTokenMessage(domain::SurveyIdBytes(survey), static_cast<uint16_t>(group),
                                                 base::RandomBytes(crypto::kTokenNonceBytes));
  CANDOR_CHECK(message.ok());
  const auto state = crypto::Blind(signer.verifying_key(), *message);
  CANDOR_CHECK(state.ok());
  const auto blind_signature = signer.BlindSign(state->blinded);
  CANDOR_CHECK(blind_signature.ok());
  const auto signature = crypto::Finalize(signer.verifying_key(), *state, *blind_signature);
  CANDOR_CHECK(signature.ok());
  return {group, state->input_msg, *signature};
}

domain::OpenOrder TestSurvey::Order() {
  domain::OpenOrder order;
  order.survey = manifest.survey;
  order.instrument_version =
      domain::EncodeInstrumentVersion(domain::MakeInstrumentVersion(instrument, domain::SampleFramework()));
  contract.instrument_hash = base::HexEncode(crypto::Sha256(order.instrument_version));
  order.contract = domain::EncodeContract(contract);
  manifest.instrument_hash = contract.instrument_hash;
  manifest.contract_hash = base::HexEncode(crypto::Sha256(order.contract));
  order.manifest = domain::EncodeManifest(manifest);
  order.manifest_signature = signing_key.Sign(absl::StrCat("candor-manifest-v1", order.manifest));
  return order;
}

void TestSurvey::GiveToSteward() {
  contract.closing_mode = domain::kStewardClosing;
  contract.steward = {"Works council", 3, 2, manifest.closing_public_key};
}

domain::ExtendOrder TestSurvey::Extension(absl::Time close_time) {
  domain::ExtendOrder order;
  order.survey = id();
  order.notice = domain::EncodeExtension({id(), base::HexEncode(crypto::Sha256(Order().manifest)), close_time});
  order.signature = signing_key.Sign(absl::StrCat(domain::kExtensionTag, order.notice));
  return order;
}

domain::CloseOrder TestSurvey::Closing(const std::string& order_id, std::vector<int64_t> reissued) const {
  domain::CloseOrder order;
  order.order_id = order_id;
  order.survey = id();
  reissued.resize(manifest.groups.size());
  for (size_t i = 0; i < manifest.groups.size(); ++i) {
    order.issued.push_back({manifest.groups[i].invited, reissued[i]});
  }
  if (!contract.steward.has_value()) order.closing_secret_key = std::string(closing_key.secret_key.view());
  return order;
}

TestSurvey MakeTestSurvey(const std::string& receipt_public_key, absl::Time close_time, int moderators) {
  TestSurvey survey;
  survey.instrument = domain::SampleInstrument();
  survey.contract = domain::SampleContract();
  survey.contract.close_time = close_time;
  survey.contract.latest_close_time = close_time + absl::Hours(24);
  survey.contract.abandon_time = close_time + absl::Hours(24 * 30);
  survey.manifest = domain::SampleManifest();
  survey.manifest.survey = domain::RandomSurveyId();
  survey.manifest.close_time = survey.contract.close_time;
  survey.manifest.latest_close_time = survey.contract.latest_close_time;
  survey.manifest.abandon_time = survey.contract.abandon_time;
  survey.manifest.groups = {{"staff", {"staff"}, 12, IssuingKey(0).verifying_key().ToSpkiDer()},
                            {"student", {"student"}, 10, IssuingKey(1).verifying_key().ToSpkiDer()}};
  survey.manifest.closing_public_key = survey.closing_key.public_key;
  survey.manifest.receipt_public_key = receipt_public_key;
  survey.manifest.surname_filter_hash = std::string(64, '5');
  survey.manifest.signing_public_key = survey.signing_key.public_key();
  survey.manifest.moderators.clear();
  for (int i = 0; i < moderators; ++i) {
    survey.moderators.push_back(crypto::ClosingKeyPair::Generate());
    survey.manifest.moderators.push_back({absl::StrCat("moderator ", i), survey.moderators.back().public_key});
  }
  return survey;
}

domain::Answers Ratings(int first, int second, int third) {
  return {{static_cast<uint8_t>(first), static_cast<uint8_t>(second), static_cast<uint8_t>(third), domain::kBlank},
          {"", ""}};
}

Submission MakeSubmission(const domain::SurveyId& survey, const Token& token, uint32_t version,
                          const domain::Answers& answers) {
  return {survey,  static_cast<uint32_t>(token.group), token.input_msg, token.signature,
          version, base::RandomBytes(16),              answers};
}

absl::StatusOr<std::string> SubmitAndWait(Collection& collection, const Submission& submission) {
  absl::StatusOr<std::string> answer;
  absl::Notification done;
  collection.Submit(submission, [&](absl::StatusOr<std::string> receipt) {
    answer = std::move(receipt);
    done.Notify();
  });
  CANDOR_CHECK(done.WaitForNotificationWithTimeout(absl::Minutes(1)));
  return answer;
}

void ExpectReason(const absl::Status& status, absl::StatusCode code, const std::string& reason) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(base::GetErrorDetail(status).reason, reason) << status;
}

void CollectionTest::Restart() {
  collection_.reset();
  auto opened = storage::sqlite::SqliteResponseStore::Open(data_folder());
  ASSERT_TRUE(opened.ok()) << opened.status();
  std::unique_ptr<storage::ResponseStore> store = *std::move(opened);
  if (wrap_store_) store = wrap_store_(std::move(store));
  options_.keys_folder = folder_.path() + "/keys";
  auto started = Collection::Start(std::move(store), &clock_, options_);
  ASSERT_TRUE(started.ok()) << started.status();
  collection_ = *std::move(started);
}

TestSurvey CollectionTest::OpenSurvey(int moderators, const std::string& pooling_public_key) {
  TestSurvey survey = MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose, moderators);
  survey.manifest.pooling_public_key = pooling_public_key;
  const absl::Status opened = collection_->OpenSurvey(survey.Order());
  EXPECT_TRUE(opened.ok()) << opened;
  return survey;
}

TestSurvey CollectionTest::OpenSurveyWithAuditor(int moderators) {
  TestSurvey survey = MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose, moderators);
  survey.manifest.auditor = domain::ModeratorKey{"auditor", survey.auditor.public_key};
  const absl::Status opened = collection_->OpenSurvey(survey.Order());
  EXPECT_TRUE(opened.ok()) << opened;
  return survey;
}

absl::StatusOr<std::string> CollectionTest::Submit(const TestSurvey& survey, const Token& token, uint32_t version,
                                                   const domain::Answers& answers) {
  return SubmitAndWait(*collection_, MakeSubmission(survey.id(), token, version, answers));
}

std::vector<Token> CollectionTest::SubmitMany(const TestSurvey& survey, int group, int count,
                                              const domain::Answers& answers) {
  std::vector<Token> tokens;
  for (int i = 0; i < count; ++i) {
    tokens.push_back(survey.NewToken(group));
    const auto receipt = Submit(survey, tokens.back(), 1, answers);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
  }
  return tokens;
}

std::string CollectionTest::LeafOf(const TestSurvey& survey, const Token& token,
                                   const absl::StatusOr<std::string>& receipt) {
  EXPECT_TRUE(receipt.ok()) << receipt.status();
  if (!receipt.ok()) return "";
  const auto read = crypto::VerifyReceiptForToken(*receipt, domain::SurveyIdBytes(survey.id()), token.hash(),
                                                  survey.manifest.receipt_public_key);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? read->leaf : "";
}

CollectionTest::Closed CollectionTest::Close(const TestSurvey& survey, const domain::CloseOrder& order) {
  const auto outcome = collection_->CloseSurvey(order);
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  if (!outcome.ok()) return {};
  const auto result = domain::DecodeClosedResult(outcome->closed_result);
  EXPECT_TRUE(result.ok()) << result.status();
  const auto ledger = crypto::VerifyLedger(outcome->ledger, domain::SurveyIdBytes(survey.id()),
                                           survey.manifest.receipt_public_key);
  EXPECT_TRUE(ledger.ok()) << ledger.status();
  if (!result.ok() || !ledger.ok()) return {};
  return {*result, *ledger};
}

}  // namespace candor::collection
