// Guessing codes and keys over gRPC: who guesses is told to wait, who is right never notices, and nothing is logged.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "services/base/file.h"
#include "services/base/log.h"
#include "services/base/random.h"
#include "services/crypto/access_code.h"
#include "services/domain/errors.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kLimit = 20;

class RateLimitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.config().dispatcher.attempts.failures_per_peer = kLimit;
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
    const auto campaign = district_.MakeCampaign(Administrator(), server_.clock().Now(), {{"leader1", {{"staff", 60}}}});
    ASSERT_EQ(campaign.status(), absl::OkStatus());
    ASSERT_EQ(OpenAndWait(Administrator(), campaign->name), absl::OkStatus());
    auto codes = CodesOf(Administrator(), campaign->surveys[0]);
    ASSERT_EQ(codes.status(), absl::OkStatus());
    for (auto& [group, code] : *codes) codes_.push_back(std::move(code));
  }

  ApiCaller Administrator() const { return server_.Nobody().WithKey(district_.person("administrator").key); }

  // A well-formed code that nobody was sent.
  static std::string Guess() { return crypto::MakeCode(base::RandomBytes(32), "rater", 1); }

  static absl::Status Open(const ApiCaller& caller, const std::string& code) {
    v1::OpenInvitationRequest request;
    request.set_code(code);
    return caller.Call(&v1::InvitationService::Stub::OpenInvitation, request).status();
  }
  static absl::Status Issue(const ApiCaller& caller, const std::string& code) {
    v1::IssueTokenRequest request;
    request.set_code(code);
    request.set_blinded_message(std::string(256, '\x01'));
    return caller.Call(&v1::InvitationService::Stub::IssueToken, request).status();
  }
  static absl::Status ListDistricts(const ApiCaller& caller) {
    return caller.Call(&v1::DirectoryService::Stub::ListDistricts, v1::ListDistrictsRequest()).status();
  }

  TestServer server_;
  SampleDistrict district_;
  std::vector<std::string> codes_;
};

TEST_F(RateLimitTest, GuessingCodesIsRefusedAndRightCodesBelowTheLimitNeverAre) {
  const ApiCaller nobody = server_.Nobody();
  // A school behind one address: everybody answers, and some codes are wrong on the way.
  for (size_t i = 0; i < codes_.size(); ++i) {
    ASSERT_EQ(AnswerWith(nobody, codes_[i], 3).status(), absl::OkStatus()) << i;
    if (i < kLimit / 2 - 1) {
      EXPECT_EQ(ReasonOf(Open(nobody, Guess())), reasons::kCODE_UNKNOWN);
      EXPECT_EQ(ReasonOf(Issue(nobody, Guess())), reasons::kCODE_UNKNOWN);
      EXPECT_EQ(ReasonOf(Open(nobody, "not a code")), reasons::kCODE_MALFORMED);
    }
  }
  EXPECT_EQ(ReasonOf(Open(nobody, Guess())), reasons::kCODE_UNKNOWN);
  EXPECT_EQ(Open(nobody, codes_[0]), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Issue(nobody, Guess())), reasons::kCODE_UNKNOWN);

  server_.clock().Advance(absl::Minutes(50));
  for (const std::string& code : {Guess(), codes_[0]}) {
    for (const absl::Status& refused : {Open(nobody, code), Issue(server_.Nobody(), code)}) {
      EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
      EXPECT_EQ(ReasonOf(refused), reasons::kRATE_LIMITED);
      EXPECT_THAT(std::string(refused.message()), HasSubstr("wait 10 minutes"));
      EXPECT_EQ(base::GetErrorDetail(refused).retry_after, absl::Minutes(10));
    }
  }
  EXPECT_EQ(ListDistricts(server_.Administrator()), absl::OkStatus()) << "keys are counted apart";

  server_.clock().Advance(absl::Minutes(10));
  EXPECT_EQ(Open(nobody, codes_[0]), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Open(nobody, Guess())), reasons::kCODE_UNKNOWN);
}

TEST_F(RateLimitTest, GuessingKeysIsRefused) {
  const ApiCaller root = server_.Administrator();
  EXPECT_EQ(ReasonOf(ListDistricts(server_.Nobody())), reasons::kUNAUTHENTICATED_CALLER);
  for (int i = 0; i < kLimit; ++i) {
    EXPECT_EQ(ListDistricts(root), absl::OkStatus());
    EXPECT_EQ(ReasonOf(ListDistricts(root.WithKey("candor_guess"))), reasons::kUNAUTHENTICATED_CALLER);
  }
  EXPECT_EQ(ListDistricts(root), absl::OkStatus()) << "let in before: a broken script beside them locks nobody out";
  for (const ApiCaller& caller : {root.WithKey("candor_guess"), root.WithKey(district_.person("leader1").key)}) {
    const absl::Status refused = ListDistricts(caller);
    EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(ReasonOf(refused), reasons::kRATE_LIMITED);
    EXPECT_EQ(base::GetErrorDetail(refused).retry_after, absl::Hours(1));
  }
  EXPECT_EQ(Open(server_.Nobody(), codes_[0]), absl::OkStatus()) << "codes are counted apart";
  server_.clock().Advance(absl::Hours(1));
  EXPECT_EQ(ListDistricts(root), absl::OkStatus());
}

TEST_F(RateLimitTest, TheLogSaysTheHourAndNothingElse) {
  const TempFolder folder;
  const int log = open(folder.File("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  base::SetLogOutput(log);
  base::SetLogLevel(base::LogLevel::kDebug);
  const ApiCaller nobody = server_.Nobody();
  for (int i = 0; i < 2 * kLimit; ++i) EXPECT_FALSE(Open(nobody, Guess()).ok());
  for (int i = 0; i < 2 * kLimit; ++i) EXPECT_FALSE(ListDistricts(nobody.WithKey("candor_guess")).ok());
  EXPECT_EQ(*base::ReadFile(folder.File("log")), "");
  server_.Stop();
  const std::string text = *base::ReadFile(folder.File("log"));
  EXPECT_THAT(text, HasSubstr(R"("wrong":"codes","hour":"2026-09-01T08")"));
  EXPECT_THAT(text, HasSubstr(R"("wrong":"keys","hour":"2026-09-01T08")"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(text, Not(HasSubstr("127.0.0.1")));
  EXPECT_THAT(text, Not(HasSubstr("guess")));
  base::SetLogLevel(base::LogLevel::kError);
  base::SetLogOutput(STDERR_FILENO);
  close(log);
}

TEST(RateLimitSwitchTest, ZeroSwitchesTheLimitOff) {
  TestServer server;
  server.config().dispatcher.attempts.failures_per_peer = 0;
  ASSERT_EQ(server.Start(), absl::OkStatus());
  const ApiCaller guesser = server.Nobody().WithKey("candor_guess");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ReasonOf(guesser.Call(&v1::DirectoryService::Stub::ListDistricts, v1::ListDistrictsRequest()).status()),
              reasons::kUNAUTHENTICATED_CALLER);
  }
}

}  // namespace
}  // namespace candor::testing
