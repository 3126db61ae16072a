#include "services/crypto/secret_bytes.h"

#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <type_traits>
#include <utility>

#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes> && std::is_nothrow_move_assignable_v<SecretBytes>);

// The kernel's flags of the mapping that holds `address` ("VmFlags" in /proc/self/smaps), with the access rights in
// front; empty when nothing is mapped there.
std::string MappingOf(const void* address) {
  std::ifstream smaps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<unsigned long>(address);
  std::string line, rights;
  while (std::getline(smaps, line)) {
    unsigned long from = 0, to = 0;
    char access[5] = {};
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &from, &to, access) == 3) {
      rights = wanted >= from && wanted < to ? access : "";
    } else if (!rights.empty() && line.rfind("VmFlags:", 0) == 0) {
      return rights + line.substr(8) + " ";
    }
  }
  return "";
}

TEST(SecretBytesTest, HoldsACopyOfWhatItIsGiven) {
  const SecretBytes secret(absl::string_view("key\0material", 12));
  EXPECT_EQ(secret.size(), 12u);
  EXPECT_EQ(secret.view(), absl::string_view("key\0material", 12));
}

TEST(SecretBytesTest, StartsAsZerosWhenOnlyASizeIsGiven) {
  const SecretBytes secret(64);
  EXPECT_EQ(std::string(secret.view()), std::string(64, '\0'));
}

TEST(SecretBytesTest, RandomBytesDifferEachTime) {
  const SecretBytes a = SecretBytes::Random(32), b = SecretBytes::Random(32);
  EXPECT_EQ(a.size(), 32u);
  EXPECT_NE(a.view(), b.view());
}

TEST(SecretBytesTest, MovingLeavesTheSourceEmpty) {
  SecretBytes a("secret");
  SecretBytes b(std::move(a));
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): the contract says so
  EXPECT_EQ(b.view(), "secret");
  SecretBytes c("other");
  c = std::move(b);
  EXPECT_TRUE(b.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(c.view(), "secret");
  SecretBytes& same = c;
  c = std::move(same);
  EXPECT_EQ(c.view(), "secret");
}

TEST(SecretBytesTest, EmptyOnesNeedNoMemory) {
  EXPECT_TRUE(SecretBytes().empty());
  EXPECT_TRUE(SecretBytes(size_t{0}).view().empty());
  EXPECT_TRUE(SecretBytes::Random(0).empty());
}

TEST(SecretBytesTest, MemoryIsLockedAndLeftOutOfCoreDumps) {
  const SecretBytes secret = SecretBytes::Random(32);
  const std::string mapping = MappingOf(secret.data());
  ASSERT_FALSE(mapping.empty());
  EXPECT_NE(mapping.find(" dd "), std::string::npos) << mapping;  // "do not dump"
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return;  // the sanitizers turn mlock into nothing
#endif
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  if (limit.rlim_cur < 65536) return;  // not even one object fits
  EXPECT_NE(mapping.find(" lo "), std::string::npos) << mapping;  // "locked"
}

TEST(SecretBytesTest, StandsBeforeAPageThatNobodyCanRead) {
  const SecretBytes secret = SecretBytes::Random(32);
  const std::string after = MappingOf(secret.data() + secret.size());
  EXPECT_EQ(after.substr(0, 3), "---") << after;
}

TEST(SecretBytesTest, ReturnsItsPagesWhenDestroyed) {
  const void* address = nullptr;
  {
    const SecretBytes secret = SecretBytes::Random(32);
    address = secret.data();
    ASSERT_EQ(MappingOf(address).substr(0, 2), "rw");
  }
  EXPECT_EQ(MappingOf(address), "");
}

}  // namespace
}  // namespace candor::crypto
