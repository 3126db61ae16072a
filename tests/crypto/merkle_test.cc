#include "services/crypto/merkle.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

std::vector<Hash> Leaves(size_t count) {
  std::vector<Hash> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(LeafHash(Named("t" + std::to_string(i)), Named("s")));
  return leaves;
}

// The definition of RFC 9162 section 2.1.1, word for word.
Hash RootByDefinition(const std::vector<Hash>& leaves, size_t from, size_t to) {
  if (from == to) return Sha256("");
  if (to - from == 1) return leaves[from];
  size_t k = 1;
  while (k * 2 < to - from) k *= 2;
  return Sha256({"\x01", RootByDefinition(leaves, from, from + k), RootByDefinition(leaves, from + k, to)});
}

TEST(MerkleTest, LeafAndNodeAreTaggedApart) {
  const std::string token = Named("token"), sealed = Named("sealed");
  EXPECT_EQ(LeafHash(token, sealed), Sha256(std::string(1, '\0') + token + sealed));
  EXPECT_EQ(NodeHash(token, sealed), Sha256("\x01" + token + sealed));
  EXPECT_NE(LeafHash(token, sealed), LeafHash(sealed, token));
}

TEST(MerkleTest, RootIsTheOneOfTheDefinition) {
  for (size_t count = 0; count <= 130; ++count) {
    const std::vector<Hash> leaves = Leaves(count);
    EXPECT_EQ(MerkleRoot(leaves), RootByDefinition(leaves, 0, count)) << count;
  }
}

// Trees of this size are built by two threads.
TEST(MerkleTest, RootOfALargeTreeIsTheOneOfTheDefinition) {
  for (const size_t count : {16383, 16384, 16385, 30001, 32768, 32769}) {
    const std::vector<Hash> leaves = Leaves(count);
    EXPECT_EQ(MerkleRoot(leaves), RootByDefinition(leaves, 0, count)) << count;
  }
}

TEST(MerkleTest, EveryPathVerifiesAndNoOther) {
  for (size_t count = 1; count <= 40; ++count) {
    const std::vector<Hash> leaves = Leaves(count);
    const Hash root = MerkleRoot(leaves);
    for (size_t i = 0; i < count; ++i) {
      const auto path = MerklePath(leaves, i);
      ASSERT_TRUE(path.ok());
      EXPECT_TRUE(VerifyMerklePath(root, leaves[i], i, count, *path)) << i << " of " << count;
      EXPECT_FALSE(VerifyMerklePath(Named("root"), leaves[i], i, count, *path));
      EXPECT_FALSE(VerifyMerklePath(root, Named("leaf"), i, count, *path));
      EXPECT_FALSE(VerifyMerklePath(root, leaves[i], count, count, *path));
      if (count > 1) {
        EXPECT_FALSE(VerifyMerklePath(root, leaves[i], (i + 1) % count, count, *path)) << i << " of " << count;
        auto cut = *path;
        cut.pop_back();
        EXPECT_FALSE(VerifyMerklePath(root, leaves[i], i, count, cut));
      }
      auto longer = *path;
      longer.push_back(Named("more"));
      EXPECT_FALSE(VerifyMerklePath(root, leaves[i], i, count, longer));
    }
    EXPECT_EQ(MerklePath(leaves, count).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(BatchTreeTest, EveryLeafHasItsOwnSlotAndTwelveNodes) {
  for (const size_t count : {1, 2, 3, 4, 5, 17, 64, 65, 1000, 2048, 2049, 4095, 4096}) {
    const std::vector<Hash> leaves = Leaves(count);
    const auto tree = BuildBatchTree(leaves);
    ASSERT_TRUE(tree.ok()) << tree.status();
    ASSERT_EQ(tree->places.size(), count);
    std::set<uint16_t> slots;
    for (size_t i = 0; i < count; ++i) {
      const BatchPlace& place = tree->places[i];
      ASSERT_EQ(place.path.size(), 12u);
      slots.insert(place.slot);
      const auto root = BatchRootFromPath(leaves[i], place);
      ASSERT_TRUE(root.ok());
      ASSERT_EQ(*root, tree->root) << i << " of " << count;
    }
    EXPECT_EQ(slots.size(), count);
    EXPECT_LT(*slots.rbegin(), 4096);
  }
}

TEST(BatchTreeTest, FullBatchIsAnRfc9162TreeInTheOrderOfSlots) {
  const std::vector<Hash> leaves = Leaves(kMaximumBatch);
  const auto tree = BuildBatchTree(leaves);
  ASSERT_TRUE(tree.ok());
  std::vector<Hash> by_slot(kMaximumBatch);
  for (size_t i = 0; i < leaves.size(); ++i) by_slot[tree->places[i].slot] = leaves[i];
  EXPECT_EQ(MerkleRoot(by_slot), tree->root);
}

TEST(BatchTreeTest, EmptyAndOversizedBatchesAreRefused) {
  EXPECT_EQ(BuildBatchTree({}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(BuildBatchTree(Leaves(kMaximumBatch + 1)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(BatchTreeTest, SlotsSayNothingAboutTheOrderOfLeaves) {
  // Of two leaves, the first stands before the second half of the time: 1,000 trials, within 6 standard deviations.
  const std::vector<Hash> leaves = Leaves(2);
  int first_is_lower = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    const auto tree = BuildBatchTree(leaves);
    ASSERT_TRUE(tree.ok());
    first_is_lower += tree->places[0].slot < tree->places[1].slot;
  }
  EXPECT_GT(first_is_lower, 405);
  EXPECT_LT(first_is_lower, 595);
}

TEST(BatchTreeTest, SlotsSayNothingAboutTheSizeOfTheBatch) {
  // Whatever the size, one leaf's slot is uniform: its upper and lower bits are as often set as not.
  for (const size_t count : {1, 3, 20}) {
    const std::vector<Hash> leaves = Leaves(count);
    std::map<int, int> set_bits;
    for (int trial = 0; trial < 1000; ++trial) {
      const auto tree = BuildBatchTree(leaves);
      ASSERT_TRUE(tree.ok());
      for (int bit = 0; bit < kBatchDepth; ++bit) set_bits[bit] += tree->places[0].slot >> bit & 1;
    }
    for (int bit = 0; bit < kBatchDepth; ++bit) {
      EXPECT_GT(set_bits[bit], 405) << "bit " << bit << ", batch of " << count;
      EXPECT_LT(set_bits[bit], 595) << "bit " << bit << ", batch of " << count;
    }
  }
}

TEST(BatchTreeTest, PaddingIsNewEachTime) {
  const std::vector<Hash> leaves = Leaves(1);
  std::set<Hash> nodes;
  for (int trial = 0; trial < 10; ++trial) {
    const auto tree = BuildBatchTree(leaves);
    ASSERT_TRUE(tree.ok());
    nodes.insert(tree->places[0].path.begin(), tree->places[0].path.end());
  }
  EXPECT_EQ(nodes.size(), 120u);
}

TEST(BatchTreeTest, InnerNodeCannotPassForALeaf) {
  const std::vector<Hash> leaves = Leaves(8);
  const auto tree = BuildBatchTree(leaves);
  ASSERT_TRUE(tree.ok());
  const BatchPlace& place = tree->places[0];
  const Hash node = place.slot & 1 ? NodeHash(place.path[0], leaves[0]) : NodeHash(leaves[0], place.path[0]);
  BatchPlace above;
  above.slot = static_cast<uint16_t>(place.slot >> 1);
  std::copy(place.path.begin() + 1, place.path.end(), above.path.begin());
  above.path.back() = Named("anything");
  EXPECT_NE(*BatchRootFromPath(node, above), tree->root);
}

TEST(BatchTreeTest, SlotsThatDoNotExistAreRefused) {
  const std::vector<Hash> leaves = Leaves(3);
  const auto tree = BuildBatchTree(leaves);
  ASSERT_TRUE(tree.ok());
  BatchPlace other = tree->places[1];
  other.slot = static_cast<uint16_t>(other.slot + 4096);
  EXPECT_EQ(BatchRootFromPath(leaves[1], other).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace candor::crypto
