// Other programs: what they get, what they do not get, and that none is waited for for ever.

#include "clients/cli/run_tool.h"

#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kLong = absl::Minutes(5);

TEST(RunToolTest, GivesInputAndBringsBackWhatIsWritten) {
  std::string input = "first line\n";
  for (int i = 0; i < 300'000; ++i) input += static_cast<char>(i % 251);  // more than a pipe holds, and no text
  const auto result = RunTool({"cat"}, input, kLong);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_EQ(result->out, input);
  EXPECT_EQ(result->err, "");
}

TEST(RunToolTest, SaysHowTheProgramEnded) {
  const auto failed = RunTool({"sh", "-c", "echo why >&2; exit 3"}, "", kLong);
  ASSERT_TRUE(failed.ok()) << failed.status();
  EXPECT_EQ(failed->exit_code, 3);
  EXPECT_EQ(failed->err, "why\n");
  const auto killed = RunTool({"sh", "-c", "kill -9 $$"}, "", kLong);
  ASSERT_TRUE(killed.ok()) << killed.status();
  EXPECT_EQ(killed->exit_code, -1);
}

TEST(RunToolTest, ArgumentsAreNoShellsWords) {
  const auto result = RunTool({"printf", "%s|", "a b", "$(id)", "'"}, "", kLong);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out, "a b|$(id)|'|");
}

TEST(RunToolTest, SaysThatThereIsNoSuchProgram) {
  EXPECT_EQ(RunTool({"candor-no-such-program"}, "", kLong).status().code(), absl::StatusCode::kNotFound);
}

TEST(RunToolTest, EndsAProgramThatDoesNotEnd) {
  const auto result = RunTool({"sleep", "3600"}, "", absl::Milliseconds(50));
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded) << result.status();
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("sleep was ended"));
}

TEST(RunToolTest, HandsOverNeitherEnvironmentNorOpenFiles) {
  ASSERT_EQ(setenv("CANDOR_KEY_FILE", "/somewhere/admin.key", 1), 0);
  const auto result = RunTool({"sh", "-c", "env; ls /proc/self/fd | wc -l"}, "", kLong);
  unsetenv("CANDOR_KEY_FILE");
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->out, Not(HasSubstr("admin.key")));
  EXPECT_THAT(result->out, HasSubstr("https_proxy=http://127.0.0.1:9\n"));
  // Standard input, output, error, and the folder that ls reads.
  EXPECT_THAT(result->out, ::testing::EndsWith("\n4\n"));
}

}  // namespace
}  // namespace candor::cli
