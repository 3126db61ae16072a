// Merkle trees over leaves of answers: the ledger's tree, and the batch tree behind receipts.
//
//   leaf = SHA-256(0x00 || token hash || SHA-256(sealed))       node = SHA-256(0x01 || left || right)
//
// as in RFC 9162 section 2.1 with token hash || SHA-256(sealed) as the entry. All functions are pure.

#ifndef CANDOR_SERVICES_CRYPTO_MERKLE_H_
#define CANDOR_SERVICES_CRYPTO_MERKLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/crypto/hash.h"

namespace candor::crypto {

// `sealed_digest` is SHA-256(sealed).
Hash LeafHash(const Hash& token_hash, const Hash& sealed_digest);
Hash NodeHash(const Hash& left, const Hash& right);

// The tree head of RFC 9162 section 2.1.1 over leaf hashes, in the given order. No leaves: SHA-256 of nothing.
Hash MerkleRoot(absl::Span<const Hash> leaves);

// The inclusion path of RFC 9162 section 2.1.3.1 for leaves[index], from the leaf upwards.
// INVALID_ARGUMENT: `index` is not below the number of leaves.
absl::StatusOr<std::vector<Hash>> MerklePath(absl::Span<const Hash> leaves, size_t index);

// The check of RFC 9162 section 2.1.3.2: whether `path` leads from `leaf` at `index` of `size` leaves to `root`.
bool VerifyMerklePath(const Hash& root, const Hash& leaf, uint64_t index, uint64_t size, absl::Span<const Hash> path);

// The batch tree: a perfect binary tree of depth 12 with 4,096 slots. Every path has exactly 12 nodes whatever the
// batch's size; a slot's number is its path, bit 0 lowest: where the bit is 1, the node on the path is the right child.
//
// The padding. The leaves of a batch stand in slots drawn at random from the smallest aligned subtree that holds them
// all, itself at a random place. A subtree without any leaf is never built: its hash is 32 random bytes. To anyone who
// sees one path, all its nodes look alike, so the verifier does not tell real ones from padding and does not need to:
// it folds 12 nodes, and nobody can give a random node a leaf without finding a preimage. Hence no size of the batch is
// in a receipt, an inner node cannot pass for a leaf (it would stand at another depth), and the slot says neither when
// an answer came in nor how many came with it.
inline constexpr int kBatchDepth = 12;
inline constexpr size_t kMaximumBatch = size_t{1} << kBatchDepth;  // 4,096

struct BatchPlace {
  uint16_t slot = 0;  // below 4,096
  std::array<Hash, kBatchDepth> path;  // from the leaf upwards
};

struct BatchTree {
  Hash root;
  std::vector<BatchPlace> places;  // one for each leaf, in the order the leaves were given
};

// INVALID_ARGUMENT: no leaves, or more than 4,096.
absl::StatusOr<BatchTree> BuildBatchTree(absl::Span<const Hash> leaves);

// The root that `path` leads to from `leaf` in `slot`; compare it with the signed one.
// INVALID_ARGUMENT: a slot of 4,096 or more.
absl::StatusOr<Hash> BatchRootFromPath(const Hash& leaf, const BatchPlace& place);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_MERKLE_H_
