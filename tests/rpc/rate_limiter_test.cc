#include "services/rpc/rate_limiter.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/rpc/peer_network.h"
#include "tests/support/fake_clock.h"

namespace candor::rpc {
namespace {

class RateLimiterTest : public ::testing::Test {
 protected:
  static RateLimiter::Options Limit(int64_t failures) {
    RateLimiter::Options options;
    options.failures_per_peer = failures;
    return options;
  }
  static std::optional<absl::Duration> Refused(RateLimiter& limiter, const std::string& network) {
    return limiter.RefusedFor([&network] { return network; });
  }
  static void Fail(RateLimiter& limiter, const std::string& network, int times) {
    for (int i = 0; i < times; ++i) limiter.NoteFailure(network);
  }

  testing::FakeClock clock_;  // on the hour
};

TEST_F(RateLimiterTest, WhoFailsTooOftenIsRefusedUntilTheHourEnds) {
  RateLimiter limiter(&clock_, Limit(5));
  clock_.Advance(absl::Minutes(20));
  Fail(limiter, "here", 4);
  EXPECT_FALSE(Refused(limiter, "here"));
  Fail(limiter, "here", 1);
  EXPECT_EQ(Refused(limiter, "here"), absl::Minutes(40));
  EXPECT_FALSE(Refused(limiter, "there")) << "nobody else";
  clock_.Advance(absl::Minutes(40) - absl::Nanoseconds(1));
  EXPECT_EQ(Refused(limiter, "here"), absl::Nanoseconds(1));
  clock_.Advance(absl::Nanoseconds(1));
  EXPECT_FALSE(Refused(limiter, "here"));
  Fail(limiter, "here", 4);
  EXPECT_FALSE(Refused(limiter, "here")) << "the new hour begins at zero";
}

TEST_F(RateLimiterTest, NoAddressIsAskedForWhileNobodyIsAtTheLimit) {
  RateLimiter limiter(&clock_, Limit(5));
  int asked = 0;
  const auto network = [&asked] {
    ++asked;
    return std::string("here");
  };
  Fail(limiter, "there", 4);
  EXPECT_FALSE(limiter.RefusedFor(network));
  EXPECT_EQ(asked, 0);
  Fail(limiter, "there", 1);
  EXPECT_FALSE(limiter.RefusedFor(network));
  EXPECT_EQ(asked, 1);
}

TEST_F(RateLimiterTest, AnHourThatHasEndedIsThrownAwayWithoutACall) {
  RateLimiter limiter(&clock_, Limit(1));
  Fail(limiter, "here", 1);
  ASSERT_TRUE(Refused(limiter, "here"));
  clock_.Advance(absl::Hours(1));
  limiter.DropEnded();
  clock_.Advance(-absl::Hours(1));
  EXPECT_FALSE(Refused(limiter, "here")) << "key and counts are gone";
}

TEST_F(RateLimiterTest, AClockThatGoesBackIsAnotherHourAndLocksNobodyOutForLonger) {
  RateLimiter limiter(&clock_, Limit(1));
  Fail(limiter, "here", 1);
  ASSERT_TRUE(Refused(limiter, "here"));
  clock_.Advance(-absl::Hours(24 * 365));
  EXPECT_FALSE(Refused(limiter, "here"));
  Fail(limiter, "here", 1);
  ASSERT_TRUE(Refused(limiter, "here"));
  EXPECT_LE(*Refused(limiter, "here"), absl::Hours(1));
  clock_.Set(absl::InfinitePast());
  EXPECT_FALSE(Refused(limiter, "here"));
}

TEST_F(RateLimiterTest, ManyNetworksTogetherLowerTheLimitButNotToZero) {
  RateLimiter limiter(&clock_, Limit(200));
  for (int64_t i = 0; i < RateLimiter::kPeersInAll * 200; ++i) limiter.NoteFailure(absl::StrCat("attacker ", i));
  Fail(limiter, "guesser", 1);
  EXPECT_FALSE(Refused(limiter, "guesser"));
  Fail(limiter, "guesser", 1);
  EXPECT_TRUE(Refused(limiter, "guesser")) << "two of two hundred";
  EXPECT_FALSE(Refused(limiter, "a school without mistakes"));
}

TEST_F(RateLimiterTest, MemoryIsBoundedAndCountsAreNeverTooLow) {
  RateLimiter limiter(&clock_, Limit(3));
  const size_t before = limiter.table_bytes();
  EXPECT_LE(before, size_t{1} << 18);
  for (int i = 0; i < 50; ++i) Fail(limiter, absl::StrCat("network ", i), 3);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(Refused(limiter, absl::StrCat("network ", i))) << i;
  int wrongly = 0;
  for (int i = 0; i < 1000; ++i) wrongly += Refused(limiter, absl::StrCat("other ", i)) ? 1 : 0;
  EXPECT_EQ(wrongly, 0);
  EXPECT_EQ(limiter.table_bytes(), before);

  // A table as small as can be counts everybody as one.
  RateLimiter::Options tiny = Limit(3);
  tiny.columns = 1;
  RateLimiter crowded(&clock_, tiny);
  Fail(crowded, "a", 2);
  Fail(crowded, "b", 1);
  EXPECT_TRUE(Refused(crowded, "c"));
}

TEST_F(RateLimiterTest, ZeroIsNoLimit) {
  RateLimiter limiter(&clock_, Limit(0));
  Fail(limiter, "here", 100'000);
  EXPECT_FALSE(Refused(limiter, "here"));
}

TEST_F(RateLimiterTest, ManyThreadsLoseNoFailure) {
  RateLimiter limiter(&clock_, Limit(4000));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&limiter] {
      for (int i = 0; i < 1000; ++i) {
        EXPECT_FALSE(Refused(limiter, "there"));
        limiter.NoteFailure("here");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(Refused(limiter, "here"));
}

TEST(PeerNetworkTest, PortsAndTheLastHalfOfIPv6DoNotCount) {
  EXPECT_EQ(NetworkOf("ipv4:192.0.2.7:5000"), std::string("\xC0\x00\x02\x07", 4));
  EXPECT_EQ(NetworkOf("ipv4:192.0.2.7:5000"), NetworkOf("ipv4:192.0.2.7:81"));
  EXPECT_NE(NetworkOf("ipv4:192.0.2.7:5000"), NetworkOf("ipv4:192.0.2.8:5000"));
  EXPECT_EQ(NetworkOf("ipv6:%5B2001:db8:1:2::1%5D:5000"), NetworkOf("ipv6:[2001:db8:1:2:ffff::9]:81"));
  EXPECT_EQ(NetworkOf("ipv6:[2001:db8:1:2::1]:5000").size(), 8u);
  EXPECT_NE(NetworkOf("ipv6:[2001:db8:1:2::1]:5000"), NetworkOf("ipv6:[2001:db8:1:3::1]:5000"));
  EXPECT_EQ(NetworkOf("ipv6:[::ffff:192.0.2.7]:5000"), NetworkOf("ipv4:192.0.2.7:81"));
  EXPECT_EQ(NetworkOf("ipv6:%5Bfe80::1%25eth0%5D:5000"), NetworkOf("ipv6:[fe80::2]:5000"));
}

TEST(PeerNetworkTest, EverythingElseIsOnePeerOfItsKind) {
  EXPECT_EQ(NetworkOf("unix:/run/candor"), "unix");
  EXPECT_EQ(NetworkOf("unix:"), "unix");
  EXPECT_EQ(NetworkOf("ipv4:no address"), "ipv4");
  EXPECT_EQ(NetworkOf("ipv6:[nonsense"), "ipv6");
  EXPECT_EQ(NetworkOf(""), "");
}

}  // namespace
}  // namespace candor::rpc
