#include "services/base/private_memory.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "gtest/gtest.h"

namespace candor::base {
namespace {

TEST(PrivateMemoryTest, NoCoreFileAndNobodyAttaches) {
  // In a process of its own: the limit cannot be raised again.
  const pid_t child = fork();
  if (child == 0) {
    rlimit limit{};
    const bool ok = KeepMemoryPrivate().ok() && getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 &&
                    limit.rlim_max == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    _exit(ok ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(PrivateMemoryTest, WipedBytesAreGone) {
  std::string secret(64, 's');
  // An emptied string keeps its room.
  const char* bytes = secret.data();
  Wipe(secret);
  EXPECT_TRUE(secret.empty());
  EXPECT_TRUE(std::all_of(bytes, bytes + 64, [](char byte) { return byte == 0; }));
  std::vector<uint8_t> marks = {4, 5};
  Wipe(marks);
  EXPECT_TRUE(marks.empty());
}

}  // namespace
}  // namespace candor::base
