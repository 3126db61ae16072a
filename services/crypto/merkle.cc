#include "services/crypto/merkle.h"

#include <bit>
#include <future>
#include <numeric>
#include <optional>
#include <utility>

#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::crypto {
namespace {

constexpr absl::string_view kLeafTag("\x00", 1);
constexpr absl::string_view kNodeTag("\x01", 1);

// A thread more costs less than this many hashes.
constexpr size_t kFewestForTwoThreads = 1 << 14;

// Writes the level above `level` to `above`, which may be the same memory: pairs hashed together, an odd last node moved
// up as it is. Repeated, this is the tree of RFC 9162, which splits at the largest power of two below the number of
// leaves.
void LevelAbove(absl::Span<const Hash> level, Hash* above) {
  for (size_t i = 0; i + 1 < level.size(); i += 2) above[i / 2] = NodeHash(level[i], level[i + 1]);
  if (level.size() % 2 == 1) above[level.size() / 2] = level.back();
}

// Of one leaf or more.
Hash RootByLevels(absl::Span<const Hash> leaves) {
  if (leaves.size() == 1) return leaves[0];
  std::vector<Hash> level((leaves.size() + 1) / 2);
  LevelAbove(leaves, level.data());
  for (size_t size = level.size(); size > 1; size = (size + 1) / 2) LevelAbove({level.data(), size}, level.data());
  return level[0];
}

}  // namespace

Hash LeafHash(const Hash& token_hash, const Hash& sealed_digest) {
  return HashOf({kLeafTag, token_hash, sealed_digest});
}

Hash NodeHash(const Hash& left, const Hash& right) { return HashOf({kNodeTag, left, right}); }

Hash MerkleRoot(absl::Span<const Hash> leaves) {
  if (leaves.empty()) return HashOf({});
  if (leaves.size() >= kFewestForTwoThreads) {
    const size_t split = std::bit_floor(leaves.size() - 1);  // the largest power of two below
    std::future<Hash> right =
        std::async(std::launch::async | std::launch::deferred, [rest = leaves.subspan(split)] { return RootByLevels(rest); });
    const Hash left = RootByLevels(leaves.first(split));
    return NodeHash(left, right.get());
  }
  return RootByLevels(leaves);
}

absl::StatusOr<std::vector<Hash>> MerklePath(absl::Span<const Hash> leaves, size_t index) {
  if (index >= leaves.size()) return absl::InvalidArgumentError("there is no such leaf in the tree");
  std::vector<Hash> path;
  std::vector<Hash> level(leaves.begin(), leaves.end());
  for (; level.size() > 1; level.resize((level.size() + 1) / 2), index /= 2) {
    const size_t sibling = index ^ 1;
    if (sibling < level.size()) path.push_back(level[sibling]);
    LevelAbove(level, level.data());
  }
  return path;
}

bool VerifyMerklePath(const Hash& root, const Hash& leaf, uint64_t index, uint64_t size, absl::Span<const Hash> path) {
  if (index >= size) return false;
  uint64_t node = index, last = size - 1;
  Hash hash = leaf;
  for (const Hash& sibling : path) {
    if (last == 0) return false;
    if (node % 2 == 1 || node == last) {
      hash = NodeHash(sibling, hash);
      // Levels on which this node has no sibling gave nothing to the path.
      while (node % 2 == 0 && node != 0) node /= 2, last /= 2;
    } else {
      hash = NodeHash(hash, sibling);
    }
    node /= 2, last /= 2;
  }
  return last == 0 && hash == root;
}

absl::StatusOr<BatchTree> BuildBatchTree(absl::Span<const Hash> leaves) {
  if (leaves.empty() || leaves.size() > kMaximumBatch) {
    return absl::InvalidArgumentError("a batch has 1 to 4096 answers");
  }
  const int height = std::bit_width(leaves.size() - 1);  // of the smallest subtree that holds them all
  std::vector<uint16_t> slots(size_t{1} << height);
  std::iota(slots.begin(), slots.end(), uint16_t{0});
  base::Shuffle(slots);
  const uint32_t subtree = base::RandomBelow(uint32_t{1} << (kBatchDepth - height));

  BatchTree tree;
  tree.places.resize(leaves.size());
  std::vector<std::optional<Hash>> level(slots.size());  // unset where the subtree holds no leaf
  for (size_t i = 0; i < leaves.size(); ++i) {
    tree.places[i].slot = static_cast<uint16_t>(subtree << height | slots[i]);
    level[slots[i]] = leaves[i];
  }
  for (int depth = 0; depth < height; ++depth) {
    std::vector<std::optional<Hash>> above(level.size() / 2);
    for (size_t i = 0; i < level.size(); i += 2) {
      std::optional<Hash>&left = level[i], &right = level[i + 1];
      if (!left.has_value() && !right.has_value()) continue;
      if (!left.has_value()) left = base::RandomBytes(kSha256Bytes);
      if (!right.has_value()) right = base::RandomBytes(kSha256Bytes);
      above[i / 2] = NodeHash(*left, *right);
    }
    for (size_t i = 0; i < leaves.size(); ++i) {
      tree.places[i].path[static_cast<size_t>(depth)] = *level[(slots[i] >> depth) ^ 1];
    }
    level = std::move(above);
  }
  tree.root = *level.front();
  for (int depth = height; depth < kBatchDepth; ++depth) {
    const Hash padding = base::RandomBytes(kSha256Bytes);
    const bool is_right = subtree >> (depth - height) & 1;
    tree.root = is_right ? NodeHash(padding, tree.root) : NodeHash(tree.root, padding);
    for (BatchPlace& place : tree.places) place.path[static_cast<size_t>(depth)] = padding;
  }
  return tree;
}

absl::StatusOr<Hash> BatchRootFromPath(const Hash& leaf, const BatchPlace& place) {
  if (place.slot >= kMaximumBatch) return absl::InvalidArgumentError("a slot of a batch is below 4096");
  Hash hash = leaf;
  for (size_t depth = 0; depth < place.path.size(); ++depth) {
    const Hash& sibling = place.path[depth];
    hash = place.slot >> depth & 1 ? NodeHash(sibling, hash) : NodeHash(hash, sibling);
  }
  return hash;
}

}  // namespace candor::crypto
