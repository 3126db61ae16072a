// Orders between two servers whose requests and replies are lost: what comes of a campaign is the same.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "candor/v1/scoring.grpc.pb.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "tests/support/plane_proxy.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
using ::testing::ElementsAreArray;
using ::testing::SizeIs;

constexpr int kRaters = 8;

// The orders of a campaign that is opened, closed, pooled and released.
const std::set<std::string> kOrders = {
    "candor.v1.PlaneService.GetReceiptKey", "candor.v1.PlaneService.OpenSurvey",   "candor.v1.PlaneService.StopAccepting",
    "candor.v1.PlaneService.CloseSurvey",   "candor.v1.PlaneService.PoolCampaign", "candor.v1.PlaneService.Forget",
    "candor.v1.PlaneService.ReleaseSurvey"};

// Lets some of the calls of each order come to grief, the same in every run.
class Losses {
 public:
  // The first `count` times that each request comes, it has this fate.
  Losses(Fate fate, int count) : fate_(fate), count_(count) {}

  Fate operator()(const std::string& method, const std::string& request) {
    absl::MutexLock lock(&mutex_);
    const int seen = seen_[method + request]++;
    if (seen >= count_) return Fate::kPass;
    lost_.insert(method);
    return fate_;
  }

  // Methods of which something was lost.
  std::set<std::string> lost() const {
    absl::MutexLock lock(&mutex_);
    return lost_;
  }

 private:
  const Fate fate_;
  const int count_;
  mutable absl::Mutex mutex_;
  std::map<std::string, int> seen_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> lost_ ABSL_GUARDED_BY(mutex_);
};

// What a campaign of five leaders comes to: their scores, without the surveys' names, which differ from run to run.
absl::StatusOr<std::vector<std::string>> RunCampaign(TestServer& server) {
  CANDOR_RETURN_IF_ERROR(server.Start());
  CANDOR_ASSIGN_OR_RETURN(SampleDistrict district, SampleDistrict::Make(server, "north"));
  const ApiCaller root = server.Administrator();
  std::vector<SampleDistrict::Invited> invited;
  for (int i = 0; i < domain::kFewestPooledLeaders; ++i) {
    const std::string id = absl::StrCat("pooled", i);
    CANDOR_RETURN_IF_ERROR(district.AddPerson(root, id, {v1::ROLE_LEADER}, {"boss"}));
    invited.push_back({id, {{"staff", kRaters}}});
  }
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, district.MakeCampaign(root, server.clock().Now(), invited));
  CANDOR_RETURN_IF_ERROR(OpenAndWait(root, campaign.name));
  for (size_t i = 0; i < campaign.surveys.size(); ++i) {
    CANDOR_ASSIGN_OR_RETURN(const auto codes, CodesOf(root, campaign.surveys[i]));
    for (size_t j = 0; j < codes.size(); ++j) {
      CANDOR_RETURN_IF_ERROR(
          AnswerWith(server.Nobody(), codes[j].second, static_cast<uint8_t>(1 + (i + j * j) % 5)).status());
    }
  }
  CANDOR_RETURN_IF_ERROR(CloseAndWait(root, campaign.name));
  CANDOR_RETURN_IF_ERROR(ReleaseAndWait(root, campaign.name));
  std::vector<std::string> scores;
  for (size_t i = 0; i < campaign.surveys.size(); ++i) {
    v1::GetScoresRequest get;
    get.set_name(campaign.surveys[i]);
    CANDOR_ASSIGN_OR_RETURN(v1::Scores read, root.WithKey(district.person(invited[i].leader).key)
                                                       .Call(&v1::ScoringService::Stub::GetScores, get));
    read.clear_survey();
    scores.push_back(read.SerializeAsString());
  }
  return scores;
}

TEST(OrdersTest, OneServerAndTwoAndTwoThatLoseWhateverCanBeLostGiveTheSame) {
  TestServer one(Arrangement::kOneServer);
  const auto reference = RunCampaign(one);
  ASSERT_EQ(reference.status(), absl::OkStatus());
  ASSERT_THAT(*reference, SizeIs(domain::kFewestPooledLeaders));
  ASSERT_FALSE(reference->front().empty());

  for (const auto& [fate, count] : {std::pair(Fate::kPass, 0), std::pair(Fate::kLoseReply, 1),
                                    std::pair(Fate::kLoseRequest, 1), std::pair(Fate::kLoseReply, 3)}) {
    PlaneProxy proxy;
    Losses losses(fate, count);
    proxy.set_fate([&losses](const std::string& method, const std::string& request) { return losses(method, request); });
    TestServer two(Arrangement::kTwoServers);
    two.set_between([&proxy](const std::string& address) {
      proxy.PassOnTo(address);
      return proxy.address();
    });
    const auto scores = RunCampaign(two);
    ASSERT_EQ(scores.status(), absl::OkStatus());
    EXPECT_THAT(*scores, ElementsAreArray(*reference));
    if (count > 0) {
      EXPECT_THAT(losses.lost(), ::testing::IsSupersetOf(kOrders));
    }
    two.Stop();
  }
}

}  // namespace
}  // namespace candor::testing
