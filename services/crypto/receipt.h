// Receipts: the collecting side's signed word that an answer is stored and will be in the ledger.
//
// One Ed25519 signature serves a whole batch of answers that were committed together:
//   signature = Ed25519(receipt key, "candor-receipt-v1" || survey id (16) || batch root (32))
//
// Every receipt is 519 bytes, whatever the batch's size (merkle.h says how paths are padded):
//   format (1, always 1) || version (4, big-endian) || slot (2, big-endian) || leaf (32) || SHA-256(sealed) (32) ||
//   path (12 * 32) || signature (64)
//
// The digest of the sealed record is there so that a client computes its leaf from its own token: without it a cheating
// server could hand the leaf of one answer to two people and drop the other answer unnoticed. It says nothing about the
// answer, which is sealed under a random nonce. The version is not covered by the signature: it tells the client which
// of its own receipts is the newest.

#ifndef CANDOR_SERVICES_CRYPTO_RECEIPT_H_
#define CANDOR_SERVICES_CRYPTO_RECEIPT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/merkle.h"
#include "services/crypto/signing.h"

namespace candor::crypto {

inline constexpr size_t kReceiptBytes = 1 + 4 + 2 + 32 + 32 + kBatchDepth * 32 + kSignatureBytes;  // 519

// One stored answer.
struct ReceiptEntry {
  Hash token_hash;
  Hash sealed_digest;  // SHA-256 of the sealed record
  uint32_t version = 0;
};

// One receipt for each entry, in their order. Call it after the commit. The entries' order leaves no trace: each has a
// random slot.
// INVALID_ARGUMENT: no entries, more than kMaximumBatch, or a survey id of a wrong length.
absl::StatusOr<std::vector<std::string>> BuildReceipts(const std::vector<ReceiptEntry>& entries,
                                                       absl::string_view survey_id, const SigningKey& key);

struct Receipt {
  std::string leaf;           // 32 bytes; what to look for in the ledger
  std::string sealed_digest;  // 32 bytes
  uint32_t version = 0;
};

// What a stored receipt says, after checking its signature for `survey_id` (16 bytes) under `public_key`. Needs no
// token, so a person can check a kept receipt against the ledger later.
// INVALID_ARGUMENT: one sentence that says what is wrong, for the holder to read.
absl::StatusOr<Receipt> VerifyReceipt(absl::string_view receipt, absl::string_view survey_id,
                                      absl::string_view public_key);

// The same, and that the receipt is for this token: what a client checks when it has just submitted.
absl::StatusOr<Receipt> VerifyReceiptForToken(absl::string_view receipt, absl::string_view survey_id,
                                              absl::string_view token_hash, absl::string_view public_key);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_RECEIPT_H_
