// The server as a whole: transport security, health, one folder for one server, stopping, and what is never logged.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/file.h"
#include "services/base/log.h"
#include "services/crypto/ledger.h"
#include "services/crypto/receipt.h"
#include "services/domain/errors.h"
#include "tests/support/certificates.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Read(const std::string& path) {
  const auto bytes = base::ReadFile(path);
  EXPECT_EQ(bytes.status(), absl::OkStatus()) << path;
  return bytes.ok() ? *bytes : std::string();
}

std::shared_ptr<grpc::ChannelCredentials> Trusting(const std::string& ca, const std::string& cert = "",
                                                   const std::string& key = "") {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = Read(ca);
  if (!cert.empty()) {
    options.pem_cert_chain = Read(cert);
    options.pem_private_key = Read(key);
  }
  return grpc::SslCredentials(options);
}

bool CanCall(const std::string& address, std::shared_ptr<grpc::ChannelCredentials> credentials) {
  const auto channel = NewChannel(address, std::move(credentials));
  v1::GetLedgerRequest request;
  const absl::Status status =
      ApiCaller(channel, "").Call(&v1::ResponseService::Stub::GetLedger, request).status();
  return ReasonOf(status) == reasons::kSURVEY_UNKNOWN;
}

TEST(ServerTest, ServesTlsAndReadsNewCertificatesWhenTheyChange) {
  TempFolder folder;
  Certificates::Make(folder, "old");
  Certificates::Make(folder, "new");
  std::filesystem::copy_file(folder.File("old-server.pem"), folder.File("server.pem"));
  std::filesystem::copy_file(folder.File("old-server.key"), folder.File("server.key"));
  TestServer server(Arrangement::kOneServer);
  server.config().tls_cert = folder.File("server.pem");
  server.config().tls_key = folder.File("server.key");
  ASSERT_EQ(server.Start(), absl::OkStatus());
  EXPECT_TRUE(CanCall(server.address(), Trusting(folder.File("old-ca.pem"))));
  EXPECT_FALSE(CanCall(server.address(), Trusting(folder.File("new-ca.pem")))) << "another authority";
  EXPECT_FALSE(CanCall(server.address(), grpc::InsecureChannelCredentials()));

  const auto overwrite = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(folder.File("new-server.key"), folder.File("server.key"), overwrite);
  std::filesystem::copy_file(folder.File("new-server.pem"), folder.File("server.pem"), overwrite);
  EXPECT_TRUE(Eventually([&] { return CanCall(server.address(), Trusting(folder.File("new-ca.pem"))); }));
}

TEST(ServerTest, MutualTlsLetsInOnlyClientsOfTheAuthority) {
  TempFolder folder;
  Certificates::Make(folder, "ours");
  Certificates::Make(folder, "theirs");
  TestServer server(Arrangement::kOneServer);
  server.config().tls_cert = folder.File("ours-server.pem");
  server.config().tls_key = folder.File("ours-server.key");
  server.config().tls_client_ca = folder.File("ours-ca.pem");
  ASSERT_EQ(server.Start(), absl::OkStatus());
  const std::string ca = folder.File("ours-ca.pem");
  EXPECT_TRUE(CanCall(server.address(),
                      Trusting(ca, folder.File("ours-client.pem"), folder.File("ours-client.key"))));
  EXPECT_FALSE(CanCall(server.address(),
                       Trusting(ca, folder.File("theirs-client.pem"), folder.File("theirs-client.key"))));
  EXPECT_FALSE(CanCall(server.address(), Trusting(ca)));
}

TEST(ServerTest, RefusesCertificatesThatDoNotFitAndAddressesWithoutThem) {
  TempFolder folder;
  Certificates::Make(folder, "one");
  TestServer server(Arrangement::kOneServer);
  server.config().tls_cert = folder.File("one-server.pem");
  server.config().tls_key = folder.File("one-client.key");
  server.config().tls_client_ca = folder.File("one-server.key");
  server.config().modulus_bits = 1024;
  const absl::Status faults = server.Start();
  EXPECT_EQ(faults.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(faults), reasons::kCONFIGURATION_INVALID);
  EXPECT_THAT(std::string(faults.message()), HasSubstr("does not belong to the private key"));
  EXPECT_THAT(std::string(faults.message()), HasSubstr("--tls-client-ca"));
  EXPECT_THAT(std::string(faults.message()), HasSubstr("--modulus-bits"));
  EXPECT_FALSE(base::FileExists(server.data_folder())) << "nothing is made before the configuration is right";

  TestServer open(Arrangement::kOneServer);
  open.config().listen = "0.0.0.0:0";
  EXPECT_THAT(std::string(open.Start().message()), HasSubstr("needs --tls-cert"));
}

TEST(ServerTest, HealthIsServedAndReflectionCanBeSwitchedOff) {
  // Requests of both methods may be empty.
  const v1::GetLedgerRequest empty;
  constexpr char kReflection[] = "grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo";
  TestServer server;
  ASSERT_EQ(server.Start(), absl::OkStatus());
  EXPECT_EQ(server.Nobody().CallByName("grpc.health.v1.Health.Check", empty), absl::OkStatus());
  EXPECT_NE(server.Nobody().CallByName(kReflection, empty).code(), absl::StatusCode::kUnimplemented);
  TestServer without;
  without.config().reflection = false;
  ASSERT_EQ(without.Start(), absl::OkStatus());
  EXPECT_EQ(without.Nobody().CallByName("grpc.health.v1.Health.Check", empty), absl::OkStatus());
  EXPECT_EQ(without.Nobody().CallByName(kReflection, empty).code(), absl::StatusCode::kUnimplemented);
}

TEST(ServerTest, TheFirstStartMakesAFolderThatOnlyItsOwnerCanRead) {
  TestServer server;
  ASSERT_EQ(server.Start(), absl::OkStatus());
  const auto mode = [&](const std::string& name) {
    struct stat about;
    EXPECT_EQ(stat(absl::StrCat(server.data_folder(), name).c_str(), &about), 0) << name;
    return about.st_mode & 0777;
  };
  EXPECT_EQ(mode(""), 0700u);
  EXPECT_EQ(mode("/keys"), 0700u);
  EXPECT_EQ(mode("/admin.key"), 0600u);
  EXPECT_EQ(mode("/identity.db"), 0600u);
  const std::string key = Read(server.data_folder() + "/admin.key");
  EXPECT_EQ(key.find('\n'), key.size() - 1) << "one line";
  v1::ListDistrictsRequest list;
  EXPECT_EQ(server.Administrator().Call(&v1::DirectoryService::Stub::ListDistricts, list).status(), absl::OkStatus());

  // A later start keeps the key; a reset makes all before it useless.
  const ApiCaller before = server.Administrator();
  server.Stop();
  const auto file = server::ResetAdminKey(server.config());
  ASSERT_EQ(file.status(), absl::OkStatus());
  EXPECT_NE(Read(*file), key);
  ASSERT_EQ(server.Start(), absl::OkStatus());
  EXPECT_EQ(server.Administrator().Call(&v1::DirectoryService::Stub::ListDistricts, list).status(), absl::OkStatus());
  const ApiCaller outdated = server.Nobody().WithKey(before.key());
  EXPECT_EQ(outdated.Call(&v1::DirectoryService::Stub::ListDistricts, list).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST(ServerTest, AFirstStartWhoseKeyFileCannotBeWrittenIsDoneAgain) {
  TestServer server;
  std::filesystem::create_directories(server.data_folder() + "/admin.key/in-the-way");
  ASSERT_EQ(chmod(server.data_folder().c_str(), 0700), 0);
  const absl::Status refused = server.Start();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused), reasons::kCONFIGURATION_INVALID);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("admin.key"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("start again"));
  std::filesystem::remove_all(server.data_folder() + "/admin.key");
  ASSERT_EQ(server.Start(), absl::OkStatus());
  v1::ListDistrictsRequest list;
  EXPECT_EQ(server.Administrator().Call(&v1::DirectoryService::Stub::ListDistricts, list).status(), absl::OkStatus());
}

TEST(ServerTest, AKeyFileThatIsGoneOrOpensNothingIsSaidAtStartWithWhatToDo) {
  TestServer server;
  base::SetLogLevel(base::LogLevel::kInfo);
  ASSERT_EQ(server.Start(), absl::OkStatus());
  const std::string file = server.data_folder() + "/admin.key";
  const std::string key = Read(file);
  // What the next start logs.
  const auto logged = [&] {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_NONBLOCK), 0);
    base::SetLogOutput(ends[1]);
    EXPECT_EQ(server.Restart(), absl::OkStatus());
    base::SetLogOutput(STDERR_FILENO);
    std::string text(60'000, '\0');
    const ssize_t size = read(ends[0], text.data(), text.size());
    text.resize(size > 0 ? static_cast<size_t>(size) : 0);
    close(ends[0]);
    close(ends[1]);
    return text;
  };
  EXPECT_THAT(logged(), Not(HasSubstr("admin-key")));
  ASSERT_EQ(base::WriteFileAtomically(file, "candor_notthekey\n", 0600), absl::OkStatus());
  EXPECT_THAT(logged(), HasSubstr("candord admin-key --data"));
  std::filesystem::remove(file);
  const std::string gone = logged();
  EXPECT_THAT(gone, HasSubstr("candord admin-key --data"));
  EXPECT_THAT(gone, HasSubstr("--reset"));
  EXPECT_THAT(gone, Not(HasSubstr(key.substr(0, key.size() - 1))));
  base::SetLogLevel(base::LogLevel::kError);
}

TEST(ServerTest, TwoServersNeverShareAFolder) {
  TestServer server;
  ASSERT_EQ(server.Start(), absl::OkStatus());
  const absl::Status second = server::Server::Create(server.config()).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(second), reasons::kCONFIGURATION_INVALID);
  EXPECT_THAT(std::string(second.message()), HasSubstr("another candord"));
  EXPECT_EQ(ReasonOf(server::ResetAdminKey(server.config()).status()), reasons::kCONFIGURATION_INVALID);
  server.Stop();
  EXPECT_EQ(server.Start(), absl::OkStatus());
}

TEST(ServerTest, AFolderThatOthersMayEnterIsRefused) {
  TestServer server;
  std::filesystem::create_directories(server.data_folder());
  ASSERT_EQ(chmod(server.data_folder().c_str(), 0755), 0);
  const absl::Status refused = server.Start();
  EXPECT_EQ(ReasonOf(refused), reasons::kCONFIGURATION_INVALID);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("chmod 700"));
}

TEST(ServerTest, ATakenPortIsSaid) {
  TestServer first;
  ASSERT_EQ(first.Start(), absl::OkStatus());
  TestServer second;
  second.config().listen = first.address();
  EXPECT_THAT(std::string(second.Start().message()), HasSubstr("cannot listen"));
}

TEST(ServerTest, ANewerDataFolderIsRefusedAndLeftAlone) {
  for (const std::string name : {"identity.db", "responses.db"}) {
    TestServer server;
    ASSERT_EQ(server.Start(), absl::OkStatus());
    server.Stop();
    const std::string path =
        absl::StrCat(name == "identity.db" ? server.data_folder() : server.response_folder(), "/", name);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, "PRAGMA user_version=9999", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
    const std::string before = Read(path);
    const absl::Status refused = server.Start();
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << name;
    EXPECT_EQ(ReasonOf(refused), reasons::kSCHEMA_TOO_NEW) << name;
    EXPECT_EQ(Read(path), before) << name;
  }
}

TEST(ServerTest, AUnixSocketIsServed) {
  TempFolder folder;
  TestServer server(Arrangement::kOneServer);
  server.config().listen = absl::StrCat("unix:", folder.File("candord.sock"));
  ASSERT_EQ(server.Start(), absl::OkStatus());
  EXPECT_TRUE(CanCall(server.config().listen, grpc::InsecureChannelCredentials()));
}

TEST(ServerTest, StoppingUnderLoadKeepsEveryAcknowledgedAnswer) {
  constexpr int kRespondents = 48;
  constexpr int kThreads = 8;
  TestServer server;
  ASSERT_EQ(server.Start(), absl::OkStatus());
  auto district = SampleDistrict::Make(server, "north");
  ASSERT_EQ(district.status(), absl::OkStatus());
  const std::string administrator_key = district->person("administrator").key;
  const auto campaign = district->MakeCampaign(server.Nobody().WithKey(administrator_key), server.clock().Now(),
                                               {{"leader1", {{"staff", kRespondents}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(server.Nobody().WithKey(administrator_key), campaign->name), absl::OkStatus());
  const auto codes = CodesOf(server.Nobody().WithKey(administrator_key), campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  std::vector<RawRespondent> respondents;
  for (const auto& [group, code] : *codes) {
    auto respondent = RawRespondent::Open(server.Nobody(), code);
    ASSERT_EQ(respondent.status(), absl::OkStatus());
    ASSERT_EQ(respondent->TakeToken(), absl::OkStatus());
    respondents.push_back(*std::move(respondent));
  }

  // Each thread answers for its respondents again and again, in rising versions, until the server is gone. The newest
  // receipt of each, and an unacknowledged version that may have come after it, are kept.
  std::vector<std::string> newest(respondents.size());
  std::vector<v1::SubmitResponseRequest> last(respondents.size());
  std::atomic<int> acknowledged = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (uint32_t version = 1; version < 100'000; ++version) {
        for (size_t i = t; i < respondents.size(); i += kThreads) {
          last[i] = respondents[i].RequestFor(static_cast<uint8_t>(1 + version % 5), version);
          auto receipt = respondents[i].Submit(last[i]);
          if (!receipt.ok()) {
            EXPECT_TRUE(absl::IsUnavailable(receipt.status()) || absl::IsCancelled(receipt.status()))
                << receipt.status();
            return;
          }
          newest[i] = *std::move(receipt);
          ++acknowledged;
        }
      }
    });
  }
  ASSERT_TRUE(Eventually([&] { return acknowledged > 2 * kRespondents; }));
  server.Stop();
  for (std::thread& thread : threads) thread.join();

  ASSERT_EQ(server.Start(), absl::OkStatus());
  // Replays what was sent last: acknowledged or not, it is stored once.
  for (size_t i = 0; i < respondents.size(); ++i) {
    const auto replayed = server.Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, last[i]);
    ASSERT_EQ(replayed.status(), absl::OkStatus());
    const std::string survey = domain::SurveyIdBytes(respondents[i].manifest().survey);
    const std::string& key = respondents[i].manifest().receipt_public_key;
    const auto now = crypto::VerifyReceipt(replayed->receipt(), survey, key);
    const auto before = crypto::VerifyReceipt(newest[i], survey, key);
    ASSERT_EQ(now.status(), absl::OkStatus());
    ASSERT_EQ(before.status(), absl::OkStatus());
    EXPECT_GE(now->version, before->version);
    if (now->version == before->version) {
      EXPECT_EQ(now->leaf, before->leaf);
    }
  }
  ASSERT_EQ(CloseAndWait(server.Nobody().WithKey(administrator_key), campaign->name), absl::OkStatus());
  v1::GetSurveyRequest get;
  get.set_name(campaign->surveys[0]);
  const auto survey =
      server.Nobody().WithKey(administrator_key).Call(&v1::CampaignService::Stub::GetSurvey, get);
  ASSERT_EQ(survey.status(), absl::OkStatus());
  EXPECT_EQ(survey->groups(0).answered(), kRespondents);
}

TEST(ServerTest, RepliesThatAreSentMakeRoomForOthersAndOneThatHasNoRoomIsRefused) {
  TestServer server;
  server.config().dispatcher.unsent_reply_bytes = 200'000;
  server.config().dispatcher.small_reply_bytes = 0;
  ASSERT_EQ(server.Start(), absl::OkStatus());
  auto district = SampleDistrict::Make(server, "north");
  ASSERT_EQ(district.status(), absl::OkStatus());
  const ApiCaller administrator = server.Nobody().WithKey(district->person("administrator").key);
  const auto campaign =
      district->MakeCampaign(administrator, server.clock().Now(), {{"leader1", {{"staff", 6}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());
  ASSERT_EQ(OpenAndWait(administrator, campaign->name), absl::OkStatus());
  const auto codes = CodesOf(administrator, campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  v1::OpenInvitationRequest open;
  open.set_code((*codes)[0].second);
  const auto opened = server.Nobody().Call(&v1::InvitationService::Stub::OpenInvitation, open);
  ASSERT_EQ(opened.status(), absl::OkStatus());

  v1::GetManifestRequest request;
  request.set_survey(opened->survey());
  const ApiCaller nobody = server.Nobody();
  size_t bytes = 0;
  for (int i = 0; i < 400 && bytes < 2'000'000; ++i) {
    // What was sent is given back a moment after the caller has it, on a busy machine later than the next call comes.
    ASSERT_TRUE(Eventually([&] {
      const auto manifest = nobody.Call(&v1::ResponseService::Stub::GetManifest, request);
      if (manifest.ok()) bytes += manifest->ByteSizeLong();
      return manifest.ok();
    })) << "after "
        << bytes << " bytes";
  }
  EXPECT_GT(bytes, 200'000u) << "more than may lie here at once";

  server.config().dispatcher.unsent_reply_bytes = 500;
  ASSERT_EQ(server.Restart(), absl::OkStatus());
  const auto refused = server.Nobody().Call(&v1::ResponseService::Stub::GetManifest, request);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused.status()), reasons::kOVERLOADED);
}

TEST(ServerTest, NothingThatARespondentDoesMakesALogLine) {
  TempFolder folder;
  TestServer server;
  ASSERT_EQ(server.Start(), absl::OkStatus());
  auto district = SampleDistrict::Make(server, "north");
  ASSERT_EQ(district.status(), absl::OkStatus());
  const ApiCaller administrator = server.Nobody().WithKey(district->person("administrator").key);
  const auto campaign =
      district->MakeCampaign(administrator, server.clock().Now(), {{"leader1", {{"staff", 6}}}});
  ASSERT_EQ(campaign.status(), absl::OkStatus());

  const std::string path = folder.File("log");
  const int log = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  base::SetLogOutput(log);
  base::SetLogLevel(base::LogLevel::kDebug);
  const auto end_log = absl::MakeCleanup([log] {
    base::SetLogOutput(STDERR_FILENO);
    base::SetLogLevel(base::LogLevel::kError);
    close(log);
  });
  ASSERT_EQ(OpenAndWait(administrator, campaign->name), absl::OkStatus());
  const auto codes = CodesOf(administrator, campaign->surveys[0]);
  ASSERT_EQ(codes.status(), absl::OkStatus());
  // The state can be read a moment before its line is written.
  for (int i = 0; i < 1000 && !absl::StrContains(Read(path), "a campaign is open"); ++i) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  const std::string before = Read(path);
  ASSERT_THAT(before, HasSubstr("a campaign is open"));

  for (const auto& [group, code] : *codes) {
    EXPECT_EQ(AnswerWith(server.Nobody(), code, 4).status(), absl::OkStatus());
  }
  v1::SubmitResponseRequest bad;
  EXPECT_FALSE(server.Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, bad).ok());
  EXPECT_FALSE(AnswerWith(server.Nobody(), "not a code", 4).ok());
  EXPECT_EQ(Read(path), before);
}

}  // namespace
}  // namespace candor::testing
