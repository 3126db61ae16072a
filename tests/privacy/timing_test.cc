// "No such code" and "this survey takes no more" are one reply: in its words, its size, and the time that it takes.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "services/crypto/access_code.h"
#include "services/domain/errors.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/results.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::privacy {
namespace {

namespace v1 = candor::v1;
using testing::ApiCaller;
using testing::SampleDistrict;
using testing::TestServer;

constexpr int kSamples = 700;         // of each kind in a round
constexpr int kRounds = 3;
constexpr int kPermutations = 20'000;
// Small enough that the suite does not fail by chance; a difference of ten microseconds goes below it.
constexpr double kSignificant = 0.0001;
constexpr absl::Duration kPlanted = absl::Microseconds(200);

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// How often a difference of medians as large as this one comes about when the kinds are dealt out by chance.
double PermutationP(const std::vector<double>& a, const std::vector<double>& b, std::mt19937& random) {
  const double seen = std::abs(Median(a) - Median(b));
  std::vector<double> all = a;
  all.insert(all.end(), b.begin(), b.end());
  int as_large = 0;
  for (int i = 0; i < kPermutations; ++i) {
    std::shuffle(all.begin(), all.end(), random);
    const auto middle = all.begin() + static_cast<ptrdiff_t>(a.size());
    as_large += std::abs(Median({all.begin(), middle}) - Median({middle, all.end()})) >= seen ? 1 : 0;
  }
  return (as_large + 1.0) / (kPermutations + 1.0);
}

// Waits without giving the processor away, as work would.
void Work(absl::Duration time) {
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(time);
  while (std::chrono::steady_clock::now() < end) {
  }
}

// Microseconds that `call` takes.
double Measure(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

class TimingTest : public ::testing::Test {
 protected:
  // A campaign whose closing cannot end, since its key is lost: its invitations are still there, and issue no more.
  void SetUp() override {
    server_.config().dispatcher.attempts.failures_per_peer = 0;
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    const ApiCaller administrator = server_.Nobody().WithKey(district->person("administrator").key);
    const auto campaign = district->MakeCampaign(administrator, server_.clock().Now(), {{"leader1", {{"staff", 200}}}});
    ASSERT_EQ(campaign.status(), absl::OkStatus());
    ASSERT_EQ(testing::OpenAndWait(administrator, campaign->name), absl::OkStatus());
    const auto codes = testing::CodesOf(administrator, campaign->surveys[0]);
    ASSERT_EQ(codes.status(), absl::OkStatus());
    for (const auto& [group, code] : *codes) closed_.push_back(code);
    const std::string id = campaign->surveys[0].substr(campaign->surveys[0].rfind('/') + 1);
    const std::string key = absl::StrCat(server_.data_folder(), "/keys/survey.", id, ".closing.key");
    ASSERT_EQ(base::DestroyFile(key), absl::OkStatus());
    v1::CloseCampaignRequest close;
    close.set_name(campaign->name);
    ASSERT_EQ(administrator.Call(&v1::CampaignService::Stub::CloseCampaign, close).status(), absl::OkStatus());
    ASSERT_EQ(testing::AwaitState(administrator, campaign->name, v1::CAMPAIGN_STATE_CLOSING), absl::OkStatus());
    ASSERT_TRUE(testing::Eventually([&] { return !Reply(closed_[0], false).ok(); }));
    stub_ = v1::InvitationService::NewStub(server_.Nobody().channel());
  }

  static std::string UnknownCode() {
    return crypto::MakeCode(base::RandomBytes(crypto::kCodeKeyBytes), "nobody's", 0);
  }

  grpc::Status Reply(const std::string& code, bool issue) {
    if (stub_ == nullptr) stub_ = v1::InvitationService::NewStub(server_.Nobody().channel());
    grpc::ClientContext context;
    if (issue) {
      v1::IssueTokenRequest request;
      request.set_code(code);
      request.set_blinded_message(blinded_);
      v1::IssueTokenResponse response;
      return stub_->IssueToken(&context, request, &response);
    }
    v1::OpenInvitationRequest request;
    request.set_code(code);
    v1::OpenInvitationResponse response;
    return stub_->OpenInvitation(&context, request, &response);
  }

  TestServer server_;
  std::vector<std::string> closed_;
  const std::string blinded_ = '\x01' + base::RandomBytes(255);
  std::unique_ptr<v1::InvitationService::Stub> stub_;
};

// Words, details and every header of an error.
std::string WholeReply(v1::InvitationService::Stub& stub, const std::string& code) {
  grpc::ClientContext context;
  v1::OpenInvitationRequest request;
  request.set_code(code);
  v1::OpenInvitationResponse response;
  const grpc::Status status = stub.OpenInvitation(&context, request, &response);
  std::string whole =
      absl::StrCat(status.error_code(), "\n", status.error_message(), "\n", status.error_details(), "\n");
  for (const auto* headers : {&context.GetServerInitialMetadata(), &context.GetServerTrailingMetadata()}) {
    for (const auto& [name, value] : *headers) {
      absl::StrAppend(&whole, absl::string_view(name.data(), name.size()), ": ",
                      absl::string_view(value.data(), value.size()), "\n");
    }
  }
  return whole;
}

TEST_F(TimingTest, UnknownCodesAndClosedSurveysGetOneReplyThatTakesOneTime) {
  SuiteRecord record(RecordName("timing"), {{"attack", "timing of no such code and survey closed"}});
  EXPECT_EQ(testing::ReasonOf(client::FromGrpc(Reply(closed_[1], false))), domain::reasons::kCODE_UNKNOWN);
  EXPECT_EQ(WholeReply(*stub_, closed_[1]), WholeReply(*stub_, UnknownCode()));

  std::mt19937 random(20261130);
  base::Json rounds = base::Json::array(), methods = base::Json::array();
  for (const bool issue : {false, true}) {
    const char* const method = issue ? "IssueToken" : "OpenInvitation";
    std::map<int, std::vector<double>> all;
    for (int round = 0; round < kRounds; ++round) {
      // 0: no such code; 1: the survey takes no more; 2: no such code, and a planted delay. In random order, so that
      // whatever else the machine does strikes all alike.
      std::map<int, std::vector<double>> times;
      std::vector<int> kinds;
      for (int i = 0; i < 3 * kSamples; ++i) kinds.push_back(i % 3);
      std::shuffle(kinds.begin(), kinds.end(), random);
      for (int i = 0; i < 50; ++i) Reply(UnknownCode(), issue);
      for (const int kind : kinds) {
        const std::string code = kind == 1 ? closed_[random() % closed_.size()] : UnknownCode();
        times[kind].push_back(Measure([&] {
          Reply(code, issue);
          if (kind == 2) Work(kPlanted);
        }));
      }
      rounds.push_back({{"method", method},
                        {"median_us_no_such_code", Median(times[0])},
                        {"median_us_closed", Median(times[1])},
                        {"median_us_planted", Median(times[2])}});
      for (const auto& [kind, some] : times) all[kind].insert(all[kind].end(), some.begin(), some.end());
    }
    const double p = PermutationP(all[0], all[1], random), planted = PermutationP(all[0], all[2], random);
    methods.push_back({{"method", method}, {"samples_of_each", all[0].size()}, {"p", p}, {"p_planted", planted}});
    EXPECT_GE(p, kSignificant) << method << " tells by its time whether there was such a code: " << rounds.dump(2);
    EXPECT_LT(planted, kSignificant) << "a difference of 200 us is not found: " << rounds.dump(2);
  }
  record.Found({{"significant_below", kSignificant}, {"methods", methods}, {"rounds", rounds}});
}

}  // namespace
}  // namespace candor::privacy
