// What a respondent may send, and what happens to everything else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/random.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/receipt.h"
#include "services/crypto/token.h"
#include "services/domain/errors.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using absl::StatusCode;
using ::testing::SizeIs;

// One server with two open surveys for all cases: each uses codes of its own.
class RespondentTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new TestServer();
    ASSERT_EQ(server_->Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(*server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = new SampleDistrict(*std::move(district));
    const ApiCaller administrator = Administrator();
    auto campaign = district_->MakeCampaign(
        administrator, server_->clock().Now(),
        {{"leader1", {{"staff", 40}, {"student", 20}}}, {"leader2", {{"staff", 10}}}});
    ASSERT_EQ(campaign.status(), absl::OkStatus());
    ASSERT_EQ(OpenAndWait(administrator, campaign->name), absl::OkStatus());
    surveys_ = campaign->surveys;
    for (const std::string& survey : surveys_) {
      auto codes = CodesOf(administrator, survey);
      ASSERT_EQ(codes.status(), absl::OkStatus());
      for (auto& code : *codes) (survey == surveys_[0] ? codes_ : foreign_codes_).push_back(std::move(code));
    }
  }
  static void TearDownTestSuite() {
    delete district_;
    delete server_;
    codes_.clear();
    foreign_codes_.clear();
  }

  static ApiCaller Administrator() { return server_->Nobody().WithKey(district_->person("administrator").key); }

  // A code of the first survey's group that no case has used yet.
  static std::string FreshCode(const std::string& group = "staff") {
    for (auto code = codes_.begin(); code != codes_.end(); ++code) {
      if (code->first != group) continue;
      std::string fresh = code->second;
      codes_.erase(code);
      return fresh;
    }
    ADD_FAILURE() << "no code is left";
    return "";
  }
  static RawRespondent Fresh(const std::string& group = "staff") {
    auto respondent = RawRespondent::Open(server_->Nobody(), FreshCode(group));
    EXPECT_EQ(respondent.status(), absl::OkStatus());
    EXPECT_EQ(respondent->TakeToken(), absl::OkStatus());
    return *std::move(respondent);
  }

  static TestServer* server_;
  static SampleDistrict* district_;
  static std::vector<std::string> surveys_;
  static std::vector<std::pair<std::string, std::string>> codes_, foreign_codes_;
};

TestServer* RespondentTest::server_ = nullptr;
SampleDistrict* RespondentTest::district_ = nullptr;
std::vector<std::string> RespondentTest::surveys_;
std::vector<std::pair<std::string, std::string>> RespondentTest::codes_;
std::vector<std::pair<std::string, std::string>> RespondentTest::foreign_codes_;

TEST_F(RespondentTest, AnAnswerIsAcknowledgedWithAReceiptOfFixedSize) {
  const RawRespondent staff = Fresh();
  const auto first = staff.Submit(staff.RequestFor(1));
  ASSERT_EQ(first.status(), absl::OkStatus());
  EXPECT_THAT(*first, SizeIs(crypto::kReceiptBytes));
  const RawRespondent student = Fresh("student");
  const auto second = student.Submit(student.RequestFor(5));
  ASSERT_EQ(second.status(), absl::OkStatus());
  EXPECT_THAT(*second, SizeIs(crypto::kReceiptBytes));
}

TEST_F(RespondentTest, TheSameSubmissionAgainIsTheSameLeaf) {
  const RawRespondent respondent = Fresh();
  const v1::SubmitResponseRequest request = respondent.RequestFor(2);
  const auto first = respondent.Submit(request);
  const auto second = respondent.Submit(request);
  ASSERT_EQ(first.status(), absl::OkStatus());
  ASSERT_EQ(second.status(), absl::OkStatus());
  const std::string survey = domain::SurveyIdBytes(respondent.manifest().survey);
  const std::string& key = respondent.manifest().receipt_public_key;
  EXPECT_EQ(crypto::VerifyReceipt(*first, survey, key)->leaf, crypto::VerifyReceipt(*second, survey, key)->leaf);
}

TEST_F(RespondentTest, VersionsGoUpOnly) {
  const RawRespondent respondent = Fresh();
  ASSERT_EQ(respondent.Submit(respondent.RequestFor(2, 1)).status(), absl::OkStatus());
  ASSERT_EQ(respondent.Submit(respondent.RequestFor(3, 5)).status(), absl::OkStatus());
  const absl::Status taken = respondent.Submit(respondent.RequestFor(4, 5)).status();
  EXPECT_EQ(taken.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(taken), reasons::kVERSION_TAKEN);
  EXPECT_EQ(ReasonOf(respondent.Submit(respondent.RequestFor(4, 3)).status()), reasons::kVERSION_SUPERSEDED);
  EXPECT_EQ(ReasonOf(respondent.Submit(respondent.RequestFor(4, 0)).status()), reasons::kFIELD_INVALID);
}

TEST_F(RespondentTest, AnswersThatDoNotFitTheInstrumentAreRefused) {
  const RawRespondent student = Fresh("student");
  const auto reason_of = [&](v1::SubmitResponseRequest request) { return ReasonOf(student.Submit(request).status()); };
  const std::vector<uint8_t> blank(8, domain::kBlank);

  EXPECT_EQ(reason_of(student.RequestFor({1, 2, 3}, {})), reasons::kANSWER_COUNT_WRONG);
  auto ratings = blank;
  ratings[0] = 6;
  EXPECT_EQ(reason_of(student.RequestFor(ratings, {})), reasons::kRATING_OFF_SCALE);
  ratings = blank;
  ratings[7] = 3;
  EXPECT_EQ(reason_of(student.RequestFor(ratings, {})), reasons::kITEM_NOT_ASKED) << "students are not asked B.2.b";
  EXPECT_EQ(reason_of(student.RequestFor(blank, {"kind"})), reasons::kITEM_NOT_ASKED) << "no moderator, no prompt";
  v1::SubmitResponseRequest no_comments = student.RequestFor(blank, {});
  no_comments.clear_comments();
  EXPECT_EQ(reason_of(no_comments), reasons::kANSWER_COUNT_WRONG);
  v1::SubmitResponseRequest short_id = student.RequestFor(blank, {});
  short_id.set_submission_id("short");
  EXPECT_EQ(reason_of(short_id), reasons::kFIELD_INVALID);

  // Nothing of it was stored: the first version is still free.
  EXPECT_EQ(student.Submit(student.RequestFor(3)).status(), absl::OkStatus());
}

TEST_F(RespondentTest, ForgedForeignAndBentTokensAreRefusedAlike) {
  const RawRespondent respondent = Fresh();
  const v1::SubmitResponseRequest good = respondent.RequestFor(3);
  const auto expect_refused = [&](const v1::SubmitResponseRequest& request, const char* what) {
    const absl::Status status = server_->Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, request).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << what;
    EXPECT_EQ(ReasonOf(status), reasons::kTOKEN_INVALID) << what;
    EXPECT_EQ(status.message(), domain::errors::TokenInvalid().message()) << what;
  };
  v1::SubmitResponseRequest request = good;
  (*request.mutable_token_signature())[10] ^= 1;
  expect_refused(request, "a bent signature");
  request = good;
  (*request.mutable_token_message())[90] ^= 1;
  expect_refused(request, "another nonce");
  request = good;
  request.set_token_signature(base::RandomBytes(request.token_signature().size()));
  expect_refused(request, "a made-up signature");
  request = good;
  request.clear_token_signature();
  expect_refused(request, "no signature");
  request = good;
  request.set_group(1 - request.group());
  expect_refused(request, "another group's number");
  request = good;
  request.set_group(-1);
  expect_refused(request, "a negative group");
  request = good;
  request.set_group(2'000'000'000);
  expect_refused(request, "a group that does not exist");
  request = good;
  request.set_survey(surveys_[1].substr(surveys_[1].rfind('/') + 1));
  expect_refused(request, "another survey");

  auto foreign = RawRespondent::Open(server_->Nobody(), foreign_codes_.front().second);
  ASSERT_EQ(foreign.status(), absl::OkStatus());
  ASSERT_EQ(foreign->TakeToken(), absl::OkStatus());
  request = foreign->RequestFor(3);
  request.set_survey(good.survey());
  expect_refused(request, "another survey's token");
}

TEST_F(RespondentTest, UnknownSurveysAreNotFound) {
  v1::GetManifestRequest manifest;
  manifest.set_survey("00000000000000000000000000");
  const absl::Status unknown = server_->Nobody().Call(&v1::ResponseService::Stub::GetManifest, manifest).status();
  EXPECT_EQ(unknown.code(), StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(unknown), reasons::kSURVEY_UNKNOWN);
  v1::GetLedgerRequest ledger;
  ledger.set_survey("no survey at all");
  EXPECT_EQ(ReasonOf(server_->Nobody().Call(&v1::ResponseService::Stub::GetLedger, ledger).status()),
            reasons::kSURVEY_UNKNOWN);
  ledger.set_survey(surveys_[0].substr(surveys_[0].rfind('/') + 1));
  EXPECT_EQ(ReasonOf(server_->Nobody().Call(&v1::ResponseService::Stub::GetLedger, ledger).status()),
            reasons::kWRONG_STATE)
      << "not closed yet";
}

TEST_F(RespondentTest, CodesAreReadLeniently) {
  std::string code = FreshCode();
  std::string typed;
  for (const char c : code) typed += c == '-' ? std::string(" - ") : std::string(1, static_cast<char>(std::toupper(c)));
  EXPECT_EQ(RawRespondent::Open(server_->Nobody(), typed).status(), absl::OkStatus());

  std::string mistyped = code;
  mistyped[0] = mistyped[0] == '7' ? '8' : '7';
  const absl::Status malformed = RawRespondent::Open(server_->Nobody(), mistyped).status();
  EXPECT_EQ(malformed.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(malformed), reasons::kCODE_MALFORMED);
  EXPECT_EQ(ReasonOf(RawRespondent::Open(server_->Nobody(), "").status()), reasons::kCODE_MALFORMED);
}

TEST_F(RespondentTest, ASecondBlindedMessageIsRefusedAndTheFirstIsSignedAgain) {
  const std::string code = FreshCode();
  auto respondent = RawRespondent::Open(server_->Nobody(), code);
  ASSERT_EQ(respondent.status(), absl::OkStatus());
  v1::IssueTokenRequest issue;
  issue.set_code(code);
  issue.set_blinded_message(respondent->blinding().blinded);
  const auto first = server_->Nobody().Call(&v1::InvitationService::Stub::IssueToken, issue);
  const auto again = server_->Nobody().Call(&v1::InvitationService::Stub::IssueToken, issue);
  ASSERT_EQ(first.status(), absl::OkStatus());
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(first->blind_signature(), again->blind_signature());
  auto other = RawRespondent::Open(server_->Nobody(), code);
  ASSERT_EQ(other.status(), absl::OkStatus());
  const absl::Status refused = other->TakeToken();
  EXPECT_EQ(refused.code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(refused), reasons::kTOKEN_ALREADY_ISSUED);
}

TEST_F(RespondentTest, NumbersThatMayNotBeSignedAreRefused) {
  const std::string code = FreshCode();
  auto respondent = RawRespondent::Open(server_->Nobody(), code);
  ASSERT_EQ(respondent.status(), absl::OkStatus());
  const size_t size = respondent->blinding().blinded.size();
  const std::string zero(size, '\0');
  std::string one = zero;
  one.back() = '\1';
  // The modulus stands in the key's DER after the header of an integer of 257 bytes, the first of them zero; it is odd,
  // so one less changes its last byte alone.
  const std::string& der = respondent->manifest().groups.at(respondent->opened().group()).verifying_key;
  const size_t modulus = der.find(std::string("\x02\x82\x01\x01\x00", 5));
  ASSERT_NE(modulus, std::string::npos);
  std::string n_minus_one = der.substr(modulus + 5, size);
  --n_minus_one.back();
  for (const std::string& blinded :
       {zero, one, n_minus_one, std::string(size, '\xFF'), std::string(), std::string(size + 1, '\3')}) {
    v1::IssueTokenRequest issue;
    issue.set_code(code);
    issue.set_blinded_message(blinded);
    const absl::Status status = server_->Nobody().Call(&v1::InvitationService::Stub::IssueToken, issue).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), reasons::kBLINDED_MESSAGE_INVALID);
  }
  EXPECT_EQ(respondent->TakeToken(), absl::OkStatus()) << "nothing was signed";
}

TEST_F(RespondentTest, AReissuedCodeVoidsTheOneBefore) {
  v1::ListCodesRequest list;
  list.set_parent(surveys_[1]);
  const auto codes = Administrator().Call(&v1::CampaignService::Stub::ListCodes, list);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  const v1::InvitationCode& last = codes->codes(codes->codes_size() - 1);
  v1::ReissueCodeRequest reissue;
  reissue.set_name(last.rater().name());
  reissue.set_generation(last.generation());
  const auto fresh = Administrator().Call(&v1::CampaignService::Stub::ReissueCode, reissue);
  ASSERT_EQ(fresh.status(), absl::OkStatus());
  EXPECT_NE(fresh->code(), last.code());
  EXPECT_EQ(fresh->generation(), 1);
  const auto again = Administrator().Call(&v1::CampaignService::Stub::ReissueCode, reissue);
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(again->SerializeAsString(), fresh->SerializeAsString());
  EXPECT_EQ(ReasonOf(RawRespondent::Open(server_->Nobody(), last.code()).status()), reasons::kCODE_UNKNOWN);
  EXPECT_EQ(RawRespondent::Open(server_->Nobody(), fresh->code()).status(), absl::OkStatus());
}

TEST_F(RespondentTest, OversizedRequestsAreRefusedWithAReason) {
  v1::SubmitResponseRequest request = Fresh().RequestFor(3);
  request.add_comments(std::string(size_t{1} << 20, 'x'));
  const absl::Status large = server_->Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, request).status();
  EXPECT_EQ(large.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(large), reasons::kREQUEST_TOO_LARGE);
  request.add_comments(std::string(size_t{9} << 20, 'x'));
  EXPECT_EQ(server_->Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, request).status().code(),
            StatusCode::kResourceExhausted)
      << "beyond what the transport reads";
}

TEST_F(RespondentTest, BothPlanesGiveTheSameDocuments) {
  auto respondent = RawRespondent::Open(server_->Nobody(), FreshCode());
  ASSERT_EQ(respondent.status(), absl::OkStatus());
  v1::GetManifestRequest get;
  get.set_survey(respondent->opened().survey());
  const auto documents = server_->Nobody().Call(&v1::ResponseService::Stub::GetManifest, get);
  ASSERT_EQ(documents.status(), absl::OkStatus());
  EXPECT_EQ(documents->manifest(), respondent->opened().manifest());
  EXPECT_EQ(documents->contract(), respondent->opened().contract());
  EXPECT_EQ(documents->instrument_version(), respondent->opened().instrument_version());
  EXPECT_EQ(documents->manifest_signature(), respondent->opened().manifest_signature());
}

}  // namespace
}  // namespace candor::testing
