// Tests that run side by side get servers of their own.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/process/candord_process.h"

namespace candor::testing {
namespace {

TEST(PortLeaseTest, NoTwoLeasesAreOfOnePortHereOrInAnotherProcess) {
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t other = fork();
  if (other == 0) {
    std::vector<std::unique_ptr<PortLease>> leases;
    for (int i = 0; i < 40; ++i) {
      leases.push_back(std::make_unique<PortLease>());
      const int port = leases.back()->port();
      if (write(channel[1], &port, sizeof(port)) != sizeof(port)) _exit(1);
    }
    pause();
    _exit(0);
  }
  std::set<int> ports;
  std::vector<std::unique_ptr<PortLease>> leases;
  for (int i = 0; i < 40; ++i) {
    leases.push_back(std::make_unique<PortLease>());
    ports.insert(leases.back()->port());
    int port = 0;
    ASSERT_EQ(read(channel[0], &port, sizeof(port)), static_cast<ssize_t>(sizeof(port)));
    ports.insert(port);
  }
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
  EXPECT_EQ(ports.size(), 80u);
  close(channel[0]);
  close(channel[1]);
}

TEST(PortLeaseTest, AProgramIsNotTakenForAnotherThatListensOnItsPort) {
  const ScratchFolder folder;
  CandordProcess first(folder.path() + "/first", {}, Arrangement::kOneServer);
  ASSERT_TRUE(first.Start().ok());
  CandordProcess second(folder.path() + "/second", first);
  EXPECT_TRUE(absl::IsUnavailable(second.Start()));
}

}  // namespace
}  // namespace candor::testing
