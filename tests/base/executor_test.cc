#include "services/base/executor.h"

#include <atomic>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace candor::base {
namespace {

TEST(ExecutorTest, RunsEveryTaskItAccepted) {
  std::atomic<int> done{0};
  int accepted = 0;
  {
    Executor executor(3, 1000);
    for (int i = 0; i < 1000; ++i) accepted += executor.TryRun([&done] { ++done; }) ? 1 : 0;
    executor.Stop();
  }
  EXPECT_EQ(done, accepted);
  EXPECT_GT(accepted, 0);
}

TEST(ExecutorTest, RefusesWhatGoesOverItsLimit) {
  Executor executor(1, 2);
  absl::Notification started, release;
  ASSERT_TRUE(executor.TryRun([&] {
    started.Notify();
    release.WaitForNotification();
  }));
  started.WaitForNotification();
  EXPECT_TRUE(executor.TryRun([] {}));
  EXPECT_TRUE(executor.TryRun([] {}));
  EXPECT_FALSE(executor.TryRun([] {}));
  release.Notify();
  executor.Stop();
  EXPECT_FALSE(executor.TryRun([] {})) << "after Stop";
}

}  // namespace
}  // namespace candor::base
