#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "services/base/file.h"
#include "services/server/command_line.h"
#include "services/server/config.h"
#include "services/server/plane_key_file.h"
#include "tests/support/temp_folder.h"

namespace candor::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ParsedCommandLine Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "candord");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

// Sets variables for one test.
class Environment {
 public:
  Environment(std::string name, const char* value) : name_(std::move(name)) { setenv(name_.c_str(), value, 1); }
  ~Environment() { unsetenv(name_.c_str()); }

 private:
  const std::string name_;
};

TEST(CommandLineTest, DataIsAllItNeeds) {
  const ParsedCommandLine parsed = Parse({"--data", "/var/lib/candor"});
  ASSERT_TRUE(parsed.command) << parsed.output;
  EXPECT_EQ(parsed.command->task, Task::kServe);
  EXPECT_EQ(parsed.command->config.listen, "127.0.0.1:7430");
  EXPECT_EQ(KeysFolderOf(parsed.command->config), "/var/lib/candor/keys");
  EXPECT_EQ(parsed.command->config.modulus_bits, 2048);
  EXPECT_TRUE(parsed.command->config.reflection);
}

TEST(CommandLineTest, FailedAttemptsMayBeRaisedOrSwitchedOff) {
  const auto attempts = [](std::vector<const char*> flags) -> int64_t {
    flags.insert(flags.begin(), {"--data", "/d"});
    const ParsedCommandLine parsed = Parse(flags);
    return parsed.command ? parsed.command->config.dispatcher.attempts.failures_per_peer : -1;
  };
  EXPECT_EQ(attempts({}), 10'000);
  EXPECT_EQ(attempts({"--failed-attempts", "0"}), 0);
  EXPECT_EQ(attempts({"--failed-attempts", "1000000"}), 1'000'000);
  EXPECT_EQ(attempts({"--failed-attempts", "1000001"}), -1);
  EXPECT_EQ(attempts({"--failed-attempts", "few"}), -1);
  const Environment environment("CANDOR_FAILED_ATTEMPTS", "7");
  EXPECT_EQ(attempts({}), 7);
}

TEST(CommandLineTest, FlagsComeBeforeTheEnvironment) {
  const Environment data("CANDOR_DATA", "/from/environment");
  const Environment listen("CANDOR_LISTEN", "[::1]:9");
  const Environment level("CANDOR_LOG_LEVEL", "error");
  const ParsedCommandLine parsed = Parse({"--listen", "127.0.0.1:8", "--no-reflection", "--keys", "/k"});
  ASSERT_TRUE(parsed.command) << parsed.output;
  EXPECT_EQ(parsed.command->config.data_folder, "/from/environment");
  EXPECT_EQ(parsed.command->config.listen, "127.0.0.1:8");
  EXPECT_EQ(parsed.command->config.log_level, base::LogLevel::kError);
  EXPECT_EQ(KeysFolderOf(parsed.command->config), "/k");
  EXPECT_FALSE(parsed.command->config.reflection);
}

TEST(CommandLineTest, AllFaultsAreToldAtOnce) {
  const ParsedCommandLine parsed = Parse({"--listen", "0.0.0.0:99999", "--modulus-bits", "many", "--failed-attempts", "-1", "--log-level", "loud",
                                          "--tls-cert", "/no/such/file", "--tls-client-ca", "/nor/this"});
  EXPECT_FALSE(parsed.command);
  EXPECT_EQ(parsed.exit_code, 2);
  for (const char* flag : {"--data", "--listen", "--modulus-bits", "--log-level", "--tls-key", "--tls-client-ca",
                           "--failed-attempts"}) {
    EXPECT_THAT(parsed.output, HasSubstr(flag));
  }
}

TEST(CommandLineTest, UnknownFlagsAreWrongUse) {
  const ParsedCommandLine parsed = Parse({"--data", "/d", "--plains", "both"});
  EXPECT_FALSE(parsed.command);
  EXPECT_EQ(parsed.exit_code, 2);
  EXPECT_THAT(parsed.output, HasSubstr("--plains"));
}

TEST(CommandLineTest, HelpAndVersionAreNoFaults) {
  EXPECT_EQ(Parse({"--help"}).exit_code, 0);
  EXPECT_THAT(Parse({"--help"}).output, HasSubstr("CANDOR_DATA"));
  EXPECT_EQ(Parse({"--version"}).exit_code, 0);
  EXPECT_THAT(Parse({"--version"}).output, HasSubstr("candord "));
  EXPECT_THAT(Parse({"admin-key", "--help"}).output, HasSubstr("--reset"));
}

TEST(CommandLineTest, AdminKeyNeedsAFolderAndTheWord) {
  EXPECT_EQ(Parse({"admin-key"}).exit_code, 2);
  EXPECT_EQ(Parse({"admin-key", "--data", "/d"}).exit_code, 2);
  const ParsedCommandLine parsed = Parse({"admin-key", "--data", "/d", "--reset"});
  ASSERT_TRUE(parsed.command) << parsed.output;
  EXPECT_EQ(parsed.command->task, Task::kResetAdminKey);
  EXPECT_EQ(parsed.command->config.data_folder, "/d");
}

TEST(CommandLineTest, AServerOfOnePlaneNeedsTheKeyAndTheIdentityPlaneAnAddress) {
  const testing::TempFolder folder;
  const std::string key = folder.File("plane.key");
  ASSERT_EQ(WritePlaneKeyFile(key), absl::OkStatus());
  ASSERT_EQ(Parse({"--data", "/d"}).command->config.planes, rpc::Planes::kBoth);
  const ParsedCommandLine identity =
      Parse({"--data", "/d", "--planes", "identity", "--plane-key", key.c_str(), "--response-plane", "10.0.0.2:7431",
             "--response-public-address", "answers.example.org:443"});
  ASSERT_TRUE(identity.command) << identity.output;
  EXPECT_EQ(identity.command->config.planes, rpc::Planes::kIdentity);
  EXPECT_EQ(identity.command->config.response_plane, "10.0.0.2:7431");
  const ParsedCommandLine responses = Parse({"--data", "/d", "--planes", "response", "--plane-key", key.c_str()});
  ASSERT_TRUE(responses.command) << responses.output;
  EXPECT_EQ(responses.command->config.planes, rpc::Planes::kResponses);

  // All of it at once.
  const std::string none = Parse({"--planes", "identity", "--plane-tls-cert", "/c"}).output;
  for (const char* flag : {"--data", "--plane-key", "--response-plane: ", "--response-public-address", "--plane-tls-key"}) {
    EXPECT_THAT(none, HasSubstr(flag));
  }
  EXPECT_THAT(Parse({"--data", "/d", "--planes", "neither"}).output, HasSubstr("both, identity or response"));
  const std::string needless = Parse({"--data", "/d", "--planes", "response", "--plane-key", "/no/such", "--response-plane",
                                      "127.0.0.1:1", "--plane-tls-ca", "/ca"})
                                   .output;
  for (const char* fault : {"/no/such cannot be read", "--response-plane: is for", "--plane-tls-ca: is for"}) {
    EXPECT_THAT(needless, HasSubstr(fault));
  }
  EXPECT_THAT(Parse({"--data", "/d", "--plane-key", key.c_str()}).output, HasSubstr("--plane-key: is for"));
  for (const char* address : {"127.0.0.1:0", "nowhere", "unix:"}) {
    EXPECT_THAT(Parse({"--data", "/d", "--planes", "identity", "--plane-key", key.c_str(), "--response-plane", address})
                    .output,
                HasSubstr("--response-plane: "))
        << address;
  }
}

TEST(PlaneKeyTest, IsMadeOnceForItsOwnerAlone) {
  const testing::TempFolder folder;
  const std::string file = folder.File("plane.key");
  ASSERT_EQ(WritePlaneKeyFile(file), absl::OkStatus());
  const auto key = ReadPlaneKeyFile(file);
  ASSERT_EQ(key.status(), absl::OkStatus());
  EXPECT_EQ(key->Check(ReadPlaneKeyFile(file)->Authorization()), absl::OkStatus());
  EXPECT_FALSE(key->Check(rpc::PlaneKey::Make().Authorization()).ok());
  EXPECT_EQ(WritePlaneKeyFile(file).code(), absl::StatusCode::kAlreadyExists) << "it may be in use";

  struct stat about;
  ASSERT_EQ(stat(file.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  EXPECT_THAT(std::string(ReadPlaneKeyFile(file).status().message()), HasSubstr("chmod 600"));
  ASSERT_EQ(base::WriteFileAtomically(file, "0123", 0600), absl::OkStatus());
  EXPECT_THAT(std::string(ReadPlaneKeyFile(file).status().message()), HasSubstr("candord plane-key"));

  EXPECT_EQ(Parse({"plane-key"}).exit_code, 2);
  const ParsedCommandLine parsed = Parse({"plane-key", "--out", "/k"});
  ASSERT_TRUE(parsed.command) << parsed.output;
  EXPECT_EQ(parsed.command->task, Task::kMakePlaneKey);
  EXPECT_EQ(parsed.command->out, "/k");
}

TEST(ListenTest, OnlyThisMachinesAddressesAreLoopback) {
  for (const std::string listen : {"127.0.0.1:0", "127.1.2.3:7430", "localhost:1", "[::1]:65535", "unix:/run/candor"}) {
    ASSERT_TRUE(ParseListen(listen).ok()) << listen;
    EXPECT_TRUE(ParseListen(listen)->loopback) << listen;
  }
  for (const std::string listen : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.0.0.1.example.org:1", "example.org:1",
                                   "127.0.0.256:1", "127.0.0:1", "[::1%eth0]:1"}) {
    ASSERT_TRUE(ParseListen(listen).ok()) << listen;
    EXPECT_FALSE(ParseListen(listen)->loopback) << listen;
  }
  for (const std::string listen : {"", ":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1:7430",
                                   "127.0.0.1:-1", "unix:"}) {
    EXPECT_FALSE(ParseListen(listen).ok()) << listen;
  }
}

}  // namespace
}  // namespace candor::server
