#include "services/crypto/merkle.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/openssl_util.h"

namespace candor::crypto {
namespace {

constexpr absl::string_view kLeafTag("\x00", 1);
constexpr absl::string_view kNodeTag("\x01", 1);

// The level above `level`: pairs hashed together, an odd last node moved up as it is. Repeated, this is the tree of RFC
// 9162, which splits at the largest power of two below the number of leaves.
std::vector<std::string> LevelAbove(const std::vector<std::string>& level) {
  std::vector<std::string> above;
  above.reserve((level.size() + 1) / 2);
  for (size_t i = 0; i + 1 < level.size(); i += 2) above.push_back(NodeHash(level[i], level[i + 1]));
  if (level.size() % 2 == 1) above.push_back(level.back());
  return above;
}

}  // namespace

std::string LeafHash(absl::string_view token_hash, absl::string_view sealed_digest) {
  CANDOR_CHECK(token_hash.size() == kSha256Bytes && sealed_digest.size() == kSha256Bytes);
  return Sha256({kLeafTag, token_hash, sealed_digest});
}

std::string NodeHash(absl::string_view left, absl::string_view right) { return Sha256({kNodeTag, left, right}); }

std::string MerkleRoot(const std::vector<std::string>& leaves) {
  if (leaves.empty()) return Sha256("");
  // One level in one piece of memory, and each level above written over the one below: a million leaves cost two
  // million hashes and no allocation.
  std::string level;
  level.reserve(leaves.size() * kSha256Bytes);
  for (const std::string& leaf : leaves) level.append(leaf);
  size_t size = leaves.size();
  const auto node = [&level](size_t i) { return absl::string_view(level).substr(i * kSha256Bytes, kSha256Bytes); };
  for (; size > 1; size = (size + 1) / 2) {
    for (size_t i = 0; i + 1 < size; i += 2) {
      // May be written over a part of what is hashed, since it is written last.
      auto* const above = reinterpret_cast<uint8_t*>(level.data() + i / 2 * kSha256Bytes);
      Digest(Sha256Algorithm(), {kNodeTag, node(i), node(i + 1)}, above);
    }
    if (size % 2 == 1) level.replace(size / 2 * kSha256Bytes, kSha256Bytes, std::string(node(size - 1)));
  }
  return level.substr(0, kSha256Bytes);
}

absl::StatusOr<std::vector<std::string>> MerklePath(const std::vector<std::string>& leaves, size_t index) {
  if (index >= leaves.size()) return absl::InvalidArgumentError("there is no such leaf in the tree");
  std::vector<std::string> path;
  std::vector<std::string> level = leaves;
  for (; level.size() > 1; level = LevelAbove(level), index /= 2) {
    const size_t sibling = index ^ 1;
    if (sibling < level.size()) path.push_back(level[sibling]);
  }
  return path;
}

bool VerifyMerklePath(absl::string_view root, absl::string_view leaf, uint64_t index, uint64_t size,
                      const std::vector<std::string>& path) {
  if (index >= size || leaf.size() != kSha256Bytes) return false;
  uint64_t node = index, last = size - 1;
  std::string hash(leaf);
  for (const std::string& sibling : path) {
    if (last == 0 || sibling.size() != kSha256Bytes) return false;
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

absl::StatusOr<BatchTree> BuildBatchTree(const std::vector<std::string>& leaves) {
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
  std::vector<std::string> level(slots.size());  // "" where the subtree holds no leaf
  for (size_t i = 0; i < leaves.size(); ++i) {
    tree.places[i].slot = static_cast<uint16_t>(subtree << height | slots[i]);
    tree.places[i].path.reserve(kBatchDepth);
    level[slots[i]] = leaves[i];
  }
  for (int depth = 0; depth < height; ++depth) {
    std::vector<std::string> above(level.size() / 2);
    for (size_t i = 0; i < level.size(); i += 2) {
      std::string &left = level[i], &right = level[i + 1];
      if (left.empty() && right.empty()) continue;
      if (left.empty()) left = base::RandomBytes(kSha256Bytes);
      if (right.empty()) right = base::RandomBytes(kSha256Bytes);
      above[i / 2] = NodeHash(left, right);
    }
    for (size_t i = 0; i < leaves.size(); ++i) tree.places[i].path.push_back(level[(slots[i] >> depth) ^ 1]);
    level = std::move(above);
  }
  tree.root = std::move(level.front());
  for (int depth = height; depth < kBatchDepth; ++depth) {
    const std::string padding = base::RandomBytes(kSha256Bytes);
    const bool is_right = subtree >> (depth - height) & 1;
    tree.root = is_right ? NodeHash(padding, tree.root) : NodeHash(tree.root, padding);
    for (BatchPlace& place : tree.places) place.path.push_back(padding);
  }
  return tree;
}

absl::StatusOr<std::string> BatchRootFromPath(absl::string_view leaf, const BatchPlace& place) {
  const auto is_hash = [](absl::string_view bytes) { return bytes.size() == kSha256Bytes; };
  if (place.slot >= kMaximumBatch || place.path.size() != static_cast<size_t>(kBatchDepth) || !is_hash(leaf) ||
      !std::all_of(place.path.begin(), place.path.end(), is_hash)) {
    return absl::InvalidArgumentError("a place in a batch has a slot below 4096 and 12 nodes of 32 bytes");
  }
  std::string hash(leaf);
  for (int depth = 0; depth < kBatchDepth; ++depth) {
    const std::string& sibling = place.path[depth];
    hash = place.slot >> depth & 1 ? NodeHash(sibling, hash) : NodeHash(hash, sibling);
  }
  return hash;
}

}  // namespace candor::crypto
