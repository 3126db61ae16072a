// The planes as two servers: what each holds and serves, and what waits while one cannot reach the other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/file.h"
#include "services/domain/errors.h"
#include "services/server/plane_key_file.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace fs = std::filesystem;
namespace reasons = domain::reasons;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Paths from the folder, without the parts that differ from run to run.
std::set<std::string> FilesIn(const std::string& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), folder).string());
  }
  return files;
}

class TwoServersTest : public ::testing::Test {
 protected:
  TwoServersTest() : server_(Arrangement::kTwoServers) {}

  void Start() {
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
  }

  ApiCaller Administrator() const { return server_.Nobody().WithKey(district_.person("administrator").key); }

  absl::StatusOr<SampleDistrict::Campaign> Draft() {
    return district_.MakeCampaign(Administrator(), server_.clock().Now(), {{"leader2", {{"staff", 6}}}});
  }

  absl::StatusOr<v1::Campaign> Read(const std::string& campaign) {
    v1::GetCampaignRequest get;
    get.set_name(campaign);
    return Administrator().Call(&v1::CampaignService::Stub::GetCampaign, get);
  }

  // Waits until work at the campaign has stopped with a fault.
  std::string FaultOf(const std::string& campaign) {
    std::string fault;
    EXPECT_TRUE(Eventually([&] {
      const auto now = Read(campaign);
      fault = now.ok() ? now->last_fault() : "";
      return !fault.empty();
    }));
    return fault;
  }

  // As five seconds of patience pass between two attempts, and the clock stands still.
  absl::Status AwaitStateWithTime(const std::string& campaign, v1::CampaignState state) {
    absl::StatusOr<v1::Campaign> now;
    const bool reached = Eventually([&] {
      server_.clock().AdvanceSteady(absl::Seconds(5));
      now = Read(campaign);
      return !now.ok() || now->state() == state;
    });
    if (!now.ok()) return now.status();
    return reached ? absl::OkStatus() : absl::UnavailableError(now->last_fault());
  }

  TestServer server_;
  SampleDistrict district_;
};

TEST_F(TwoServersTest, EachHasItsOwnFilesAndNoneOfTheOthers) {
  Start();
  const auto campaign = Draft();
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(Administrator(), campaign->name), absl::OkStatus());
  const std::set<std::string> identity = FilesIn(server_.data_folder());
  const std::set<std::string> responses = FilesIn(server_.response_folder());
  for (const std::string file : {"identity.db", "admin.key", "candord.lock", "keys/signing.key"}) {
    EXPECT_THAT(identity, Contains(file));
    if (file != "candord.lock") {
      EXPECT_THAT(responses, Not(Contains(file)));
    }
  }
  for (const std::string file : {"responses.db", "candord.lock", "keys/receipt.key"}) {
    EXPECT_THAT(responses, Contains(file));
    if (file != "candord.lock") {
      EXPECT_THAT(identity, Not(Contains(file)));
    }
  }
  EXPECT_THAT(responses, Contains(StartsWith("open/")));
  EXPECT_THAT(responses, Not(Contains(HasSubstr("closing")))) << "the closing key's secret half is not the response plane's";
  EXPECT_THAT(identity, Not(Contains(StartsWith("open/"))));
}

TEST_F(TwoServersTest, AFolderStaysThatOfItsPlane) {
  Start();
  server_.Stop();
  server::ServerConfig config = server_.config();
  for (const std::string& folder : {server_.data_folder(), server_.response_folder()}) {
    const bool identity = folder == server_.data_folder();
    config.data_folder = folder;
    // As after a backup was restored, which knows nothing of the note.
    for (const bool noted : {true, false}) {
      if (!noted) fs::remove(folder + "/planes");
      const std::set<std::string> before = FilesIn(folder);
      config.planes = rpc::Planes::kBoth;
      config.plane_key.clear();
      const absl::Status refused = server::Server::Create(config, &server_.clock()).status();
      EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_EQ(ReasonOf(refused), reasons::kCONFIGURATION_INVALID);
      EXPECT_THAT(std::string(refused.message()), HasSubstr(identity ? "--planes=identity" : "--planes=response"));
      config.planes = identity ? rpc::Planes::kResponses : rpc::Planes::kIdentity;
      config.plane_key = fs::path(server_.data_folder()).parent_path() / "plane.key";
      config.response_plane = identity ? "" : "127.0.0.1:1";
      config.response_public_address = config.response_plane;
      EXPECT_EQ(ReasonOf(server::Server::Create(config, &server_.clock()).status()), reasons::kCONFIGURATION_INVALID);
      config.response_plane.clear();
      config.response_public_address.clear();
      EXPECT_EQ(FilesIn(folder), before) << "nothing was made";
    }
  }
  EXPECT_EQ(server_.Start(), absl::OkStatus());
}

TEST_F(TwoServersTest, AMethodOfTheOtherPlaneSaysWhereItIs) {
  ASSERT_EQ(server_.Start(), absl::OkStatus());
  const ApiCaller identity(server_.Nobody().channel(), "");
  const absl::Status ledger = identity.Call(&v1::ResponseService::Stub::GetLedger, v1::GetLedgerRequest()).status();
  EXPECT_EQ(ledger.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReasonOf(ledger), reasons::kWRONG_PLANE);
  EXPECT_THAT(std::string(ledger.message()), HasSubstr("this is the identity plane"));
  EXPECT_EQ(ReasonOf(identity.Call(&v1::PlaneService::Stub::Forget, v1::ForgetRequest()).status()), reasons::kWRONG_PLANE);

  const ApiCaller responses(server_.Nobody().response_channel(), server_.Administrator().key());
  const absl::Status list =
      responses.Call(&v1::DirectoryService::Stub::ListDistricts, v1::ListDistrictsRequest()).status();
  EXPECT_EQ(list.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReasonOf(list), reasons::kWRONG_PLANE);
  EXPECT_THAT(std::string(list.message()), HasSubstr("this is the response plane"));

  const absl::Status none = responses.CallByName("candor.v1.NoService.DoNothing", v1::ListDistrictsRequest());
  EXPECT_EQ(none.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReasonOf(none), "");
  for (const ApiCaller& each : {identity, responses}) {
    EXPECT_EQ(each.CallByName("grpc.health.v1.Health.Check", v1::GetLedgerRequest()), absl::OkStatus());
  }
}

TEST_F(TwoServersTest, WhatNeedsTheResponsePlaneWaitsForItAndGoesOnByItself) {
  Start();
  server_.StopIdentity();
  server_.StopResponses();
  ASSERT_EQ(server_.StartIdentity(), absl::OkStatus()) << "it starts alone";
  const auto campaign = Draft();
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  v1::OpenCampaignRequest open;
  open.set_name(campaign->name);
  ASSERT_EQ(Administrator().Call(&v1::CampaignService::Stub::OpenCampaign, open).status(), absl::OkStatus());
  EXPECT_THAT(FaultOf(campaign->name), AllOf(HasSubstr("response plane at 127.0.0.1:"), HasSubstr("cannot be reached")));
  EXPECT_EQ(Read(campaign->name)->state(), v1::CAMPAIGN_STATE_OPENING);
  ASSERT_EQ(server_.StartResponses(), absl::OkStatus());
  ASSERT_EQ(AwaitStateWithTime(campaign->name, v1::CAMPAIGN_STATE_OPEN), absl::OkStatus());
  const auto codes = CodesOf(Administrator(), campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  for (const auto& [group, code] : *codes) {
    ASSERT_EQ(AnswerWith(server_.Nobody(), code, 4).status(), absl::OkStatus());
  }

  // Live counts are the other side's; what is this side's alone goes on.
  v1::GetSurveyRequest get;
  get.set_name(campaign->surveys[0]);
  EXPECT_EQ(Administrator().Call(&v1::CampaignService::Stub::GetSurvey, get)->groups(0).answered(), 5);
  server_.StopResponses();
  const auto without = Administrator().Call(&v1::CampaignService::Stub::GetSurvey, get);
  ASSERT_EQ(without.status(), absl::OkStatus());
  EXPECT_EQ(without->groups(0).invited(), 6);
  EXPECT_FALSE(without->groups(0).has_answered());

  v1::CloseCampaignRequest close;
  close.set_name(campaign->name);
  ASSERT_EQ(Administrator().Call(&v1::CampaignService::Stub::CloseCampaign, close).status(), absl::OkStatus());
  EXPECT_THAT(FaultOf(campaign->name), HasSubstr("cannot be reached"));
  EXPECT_EQ(Read(campaign->name)->state(), v1::CAMPAIGN_STATE_CLOSING);
  ASSERT_EQ(server_.StartResponses(), absl::OkStatus());
  ASSERT_EQ(AwaitStateWithTime(campaign->name, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());

  server_.StopResponses();
  v1::ReleaseCampaignRequest release;
  release.set_name(campaign->name);
  ASSERT_EQ(Administrator().Call(&v1::CampaignService::Stub::ReleaseCampaign, release).status(), absl::OkStatus());
  EXPECT_THAT(FaultOf(campaign->name), HasSubstr("cannot be reached"));
  ASSERT_EQ(server_.StartResponses(), absl::OkStatus());
  ASSERT_EQ(AwaitStateWithTime(campaign->name, v1::CAMPAIGN_STATE_RELEASED), absl::OkStatus());
  EXPECT_EQ(Administrator().Call(&v1::CampaignService::Stub::GetSurvey, get)->groups(0).answered(), 6);
}

// As deploy/two-hosts/README.md says.
TEST_F(TwoServersTest, OneServersFolderIsSplitIntoTwoAndAnOpenSurveyGoesOn) {
  TestServer one(Arrangement::kOneServer);
  ASSERT_EQ(one.Start(), absl::OkStatus());
  auto district = SampleDistrict::Make(one, "north");
  ASSERT_EQ(district.status(), absl::OkStatus());
  district_ = *std::move(district);
  const auto campaign =
      district_.MakeCampaign(one.Administrator(), one.clock().Now(), {{"leader2", {{"staff", 6}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(one.Administrator(), campaign->name), absl::OkStatus());
  const auto codes = CodesOf(one.Administrator(), campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  for (size_t i = 0; i < 3; ++i) ASSERT_EQ(AnswerWith(one.Nobody(), (*codes)[i].second, 4).status(), absl::OkStatus());
  one.Stop();

  const fs::path identity = server_.data_folder(), responses = server_.response_folder();
  fs::copy(one.data_folder(), identity, fs::copy_options::recursive);
  fs::create_directories(responses / "keys");
  std::vector<fs::path> moved = {"open", "keys/receipt.key"};
  for (const auto& entry : fs::directory_iterator(identity)) {
    if (entry.path().filename().string().rfind("responses.db", 0) == 0) moved.push_back(entry.path().filename());
  }
  for (const fs::path& name : moved) fs::rename(identity / name, responses / name);
  fs::remove(identity / "planes");
  for (const fs::path& folder : {identity, identity / "keys", responses, responses / "keys"}) {
    fs::permissions(folder, fs::perms::owner_all);
  }
  ASSERT_EQ(server_.Start(), absl::OkStatus());
  for (size_t i = 3; i < codes->size(); ++i) {
    ASSERT_EQ(AnswerWith(server_.Nobody(), (*codes)[i].second, 4).status(), absl::OkStatus());
  }
  ASSERT_EQ(CloseAndWait(server_.Administrator(), campaign->name), absl::OkStatus());
  v1::GetSurveyRequest get;
  get.set_name(campaign->surveys[0]);
  EXPECT_EQ(server_.Administrator().Call(&v1::CampaignService::Stub::GetSurvey, get)->groups(0).answered(), 6);
}

TEST_F(TwoServersTest, AnotherKeyIsAFaultOfTheArrangementThatPassesOnceItIsMended) {
  Start();
  server_.StopIdentity();
  const std::string file = (fs::path(server_.data_folder()).parent_path() / "plane.key").string();
  const std::string kept = file + ".kept";
  fs::rename(file, kept);
  ASSERT_EQ(server::WritePlaneKeyFile(file), absl::OkStatus());
  ASSERT_EQ(server_.StartIdentity(), absl::OkStatus());
  const auto campaign = Draft();
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  v1::OpenCampaignRequest open;
  open.set_name(campaign->name);
  ASSERT_EQ(Administrator().Call(&v1::CampaignService::Stub::OpenCampaign, open).status(), absl::OkStatus());
  EXPECT_THAT(FaultOf(campaign->name), HasSubstr("it refuses the key"));
  // A fault that does not pass would let the campaign be closed before it was open.
  v1::CloseCampaignRequest close;
  close.set_name(campaign->name);
  EXPECT_EQ(ReasonOf(Administrator().Call(&v1::CampaignService::Stub::CloseCampaign, close).status()),
            reasons::kWRONG_STATE);

  server_.StopIdentity();
  fs::rename(kept, file);
  ASSERT_EQ(server_.StartIdentity(), absl::OkStatus());
  EXPECT_EQ(AwaitStateWithTime(campaign->name, v1::CAMPAIGN_STATE_OPEN), absl::OkStatus());
}

TEST_F(TwoServersTest, WhatAnswersAtTheAddressAndIsNoResponsePlaneIsSaid) {
  Start();
  TestServer other(Arrangement::kOneServer);
  ASSERT_EQ(other.Start(), absl::OkStatus());
  server_.StopIdentity();
  server_.set_between([&](const std::string&) { return other.address(); });
  ASSERT_EQ(server_.StartIdentity(), absl::OkStatus());
  const auto campaign = Draft();
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  v1::OpenCampaignRequest open;
  open.set_name(campaign->name);
  ASSERT_EQ(Administrator().Call(&v1::CampaignService::Stub::OpenCampaign, open).status(), absl::OkStatus());
  EXPECT_THAT(FaultOf(campaign->name), HasSubstr("no server of the response plane"));
}

}  // namespace
}  // namespace candor::testing
