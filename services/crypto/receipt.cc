#include "services/crypto/receipt.h"

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/token.h"

namespace candor::crypto {
namespace {

constexpr absl::string_view kSignatureTag = "candor-receipt-v1";
constexpr char kFormat = 1;

void AppendBigEndian(std::string& bytes, uint32_t number, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift & 0xff));
}

// Takes fields off the front of bytes whose length was checked.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : rest_(bytes) {}
  absl::string_view Take(size_t size) {
    CANDOR_CHECK(size <= rest_.size());
    const absl::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }
  uint32_t TakeBigEndian(size_t size) {
    uint32_t number = 0;
    for (const char c : Take(size)) number = number << 8 | static_cast<uint8_t>(c);
    return number;
  }

 private:
  absl::string_view rest_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> BuildReceipts(const std::vector<ReceiptEntry>& entries,
                                                       absl::string_view survey_id, const SigningKey& key) {
  if (survey_id.size() != kSurveyIdBytes) return absl::InvalidArgumentError("a survey id has 16 bytes");
  std::vector<Hash> leaves;
  leaves.reserve(entries.size());
  for (const ReceiptEntry& entry : entries) {
    leaves.push_back(LeafHash(entry.token_hash, entry.sealed_digest));
  }
  CANDOR_ASSIGN_OR_RETURN(const BatchTree tree, BuildBatchTree(leaves));
  const std::string signature = key.Sign(absl::StrCat(kSignatureTag, survey_id, tree.root.view()));

  std::vector<std::string> receipts;
  receipts.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    std::string& receipt = receipts.emplace_back();
    receipt.reserve(kReceiptBytes);
    receipt.push_back(kFormat);
    AppendBigEndian(receipt, entries[i].version, 4);
    AppendBigEndian(receipt, tree.places[i].slot, 2);
    absl::StrAppend(&receipt, leaves[i].view(), entries[i].sealed_digest.view());
    for (const Hash& node : tree.places[i].path) absl::StrAppend(&receipt, node.view());
    receipt += signature;
    CANDOR_CHECK(receipt.size() == kReceiptBytes);
  }
  return receipts;
}

absl::StatusOr<Receipt> VerifyReceipt(absl::string_view receipt, absl::string_view survey_id,
                                      absl::string_view public_key) {
  if (receipt.size() != kReceiptBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("this is not a receipt: it has ", receipt.size(), " bytes where receipts have ", kReceiptBytes));
  }
  if (receipt[0] != kFormat) {
    return absl::InvalidArgumentError("this receipt is of a format that this program does not know; use a newer one");
  }
  Reader reader(receipt.substr(1));
  Receipt result;
  result.version = reader.TakeBigEndian(4);
  BatchPlace place;
  place.slot = static_cast<uint16_t>(reader.TakeBigEndian(2));
  result.leaf = std::string(reader.Take(kSha256Bytes));
  result.sealed_digest = std::string(reader.Take(kSha256Bytes));
  for (Hash& node : place.path) node = reader.Take(kSha256Bytes);
  const absl::string_view signature = reader.Take(kSignatureBytes);

  CANDOR_ASSIGN_OR_RETURN(const Hash root, BatchRootFromPath(result.leaf, place));
  if (!VerifySignature(public_key, absl::StrCat(kSignatureTag, survey_id, root.view()), signature)) {
    return absl::InvalidArgumentError(
        "the receipt's signature does not hold: it was altered, or is of another survey or another server");
  }
  return result;
}

absl::StatusOr<Receipt> VerifyReceiptForToken(absl::string_view receipt, absl::string_view survey_id,
                                              absl::string_view token_hash, absl::string_view public_key) {
  CANDOR_ASSIGN_OR_RETURN(Receipt result, VerifyReceipt(receipt, survey_id, public_key));
  if (token_hash.size() != kSha256Bytes || LeafHash(token_hash, result.sealed_digest) != result.leaf) {
    return absl::InvalidArgumentError("the receipt is for another token's answer");
  }
  return result;
}

}  // namespace candor::crypto
