#include "services/crypto/receipt.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

const std::string kSurvey(16, '\x11');

std::vector<ReceiptEntry> Entries(size_t count) {
  std::vector<ReceiptEntry> entries;
  for (size_t i = 0; i < count; ++i) {
    const auto version = static_cast<uint32_t>(i + 1);
    entries.push_back({Named(absl::StrCat("token ", i)), Named(absl::StrCat("sealed ", i)), version});
  }
  return entries;
}

class ReceiptTest : public testing::Test {
 protected:
  const SigningKey key_ = SigningKey::Generate();
};

TEST_F(ReceiptTest, EveryReceiptOfEveryBatchVerifies) {
  std::vector<size_t> sizes = {4095, 4096};
  for (size_t count = 1; count <= 70; ++count) sizes.push_back(count);
  for (const size_t count : sizes) {
    const std::vector<ReceiptEntry> entries = Entries(count);
    const auto receipts = BuildReceipts(entries, kSurvey, key_);
    ASSERT_TRUE(receipts.ok()) << receipts.status();
    ASSERT_EQ(receipts->size(), count);
    // One signature serves the whole batch, so a few of a large one say as much as all.
    const size_t step = std::max<size_t>(1, count / 64);
    for (size_t i = 0; i < count; i += step) {
      ASSERT_EQ((*receipts)[i].size(), kReceiptBytes);
      const auto receipt = VerifyReceiptForToken((*receipts)[i], kSurvey, entries[i].token_hash, key_.public_key());
      ASSERT_TRUE(receipt.ok()) << receipt.status();
      EXPECT_EQ(receipt->leaf, LeafHash(entries[i].token_hash, entries[i].sealed_digest));
      EXPECT_EQ(receipt->sealed_digest, entries[i].sealed_digest);
      EXPECT_EQ(receipt->version, i + 1);
    }
  }
}

TEST_F(ReceiptTest, ReceiptsOfOneBatchShareOneSignature) {
  const auto receipts = BuildReceipts(Entries(9), kSurvey, key_);
  ASSERT_TRUE(receipts.ok());
  for (const std::string& receipt : *receipts) {
    EXPECT_EQ(receipt.substr(kReceiptBytes - kSignatureBytes), (*receipts)[0].substr(kReceiptBytes - kSignatureBytes));
  }
}

TEST_F(ReceiptTest, SignatureIsOverTagSurveyAndRoot) {
  const std::vector<ReceiptEntry> entries = Entries(1);
  const std::string receipt = BuildReceipts(entries, kSurvey, key_)->front();
  BatchPlace place;
  place.slot = static_cast<uint16_t>(static_cast<uint8_t>(receipt[5]) << 8 | static_cast<uint8_t>(receipt[6]));
  for (size_t i = 0; i < 12; ++i) place.path[i] = receipt.substr(71 + i * 32, 32);
  const auto root = BatchRootFromPath(receipt.substr(7, 32), place);
  ASSERT_TRUE(root.ok());
  EXPECT_TRUE(VerifySignature(key_.public_key(), absl::StrCat("candor-receipt-v1", kSurvey, root->view()),
                              receipt.substr(kReceiptBytes - kSignatureBytes)));
}

TEST_F(ReceiptTest, EveryAlteredByteIsFoundButTheVersion) {
  const std::vector<ReceiptEntry> entries = Entries(5);
  const std::string receipt = (*BuildReceipts(entries, kSurvey, key_))[2];
  for (size_t at = 0; at < receipt.size(); ++at) {
    const auto verified =
        VerifyReceiptForToken(Flipped(receipt, at), kSurvey, entries[2].token_hash, key_.public_key());
    const bool is_version = at >= 1 && at < 5;
    EXPECT_EQ(verified.ok(), is_version) << at;
  }
}

TEST_F(ReceiptTest, CutOrLengthenedReceiptsAreRefused) {
  const std::string receipt = BuildReceipts(Entries(1), kSurvey, key_)->front();
  const std::vector<std::string> others = {"", receipt.substr(1), receipt.substr(0, receipt.size() - 1), receipt + "x"};
  for (const std::string& other : others) {
    EXPECT_EQ(VerifyReceipt(other, kSurvey, key_.public_key()).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(ReceiptTest, AnotherSurveyKeyOrTokenIsRefused) {
  const std::vector<ReceiptEntry> entries = Entries(3);
  const std::string receipt = (*BuildReceipts(entries, kSurvey, key_))[1];
  EXPECT_TRUE(VerifyReceipt(receipt, kSurvey, key_.public_key()).ok());
  EXPECT_FALSE(VerifyReceipt(receipt, std::string(16, '\x12'), key_.public_key()).ok());
  EXPECT_FALSE(VerifyReceipt(receipt, kSurvey, SigningKey::Generate().public_key()).ok());
  EXPECT_FALSE(VerifyReceipt(receipt, kSurvey, "").ok());
  EXPECT_FALSE(VerifyReceiptForToken(receipt, kSurvey, entries[0].token_hash, key_.public_key()).ok());
  EXPECT_FALSE(VerifyReceiptForToken(receipt, kSurvey, "", key_.public_key()).ok());
}

TEST_F(ReceiptTest, InnerNodeCannotBeClaimedAsALeaf) {
  // Somebody with a receipt cannot make another, for a leaf that the ledger will never have, and cry foul.
  const std::string receipt = BuildReceipts(Entries(4), kSurvey, key_)->front();
  const int slot = static_cast<uint8_t>(receipt[5]) << 8 | static_cast<uint8_t>(receipt[6]);
  const std::string leaf = receipt.substr(7, 32), first = receipt.substr(71, 32);
  std::string forged = receipt.substr(0, 5);
  forged.push_back(static_cast<char>(slot >> 1 >> 8));
  forged.push_back(static_cast<char>(slot >> 1 & 0xff));
  absl::StrAppend(&forged, (slot & 1 ? NodeHash(first, leaf) : NodeHash(leaf, first)).view());
  forged += receipt.substr(39, 32) + receipt.substr(103, 11 * 32) + std::string(32, '\0');
  forged += receipt.substr(kReceiptBytes - kSignatureBytes);
  ASSERT_EQ(forged.size(), kReceiptBytes);
  EXPECT_FALSE(VerifyReceipt(forged, kSurvey, key_.public_key()).ok());
}

TEST_F(ReceiptTest, BadBatchesAreRefused) {
  EXPECT_FALSE(BuildReceipts({}, kSurvey, key_).ok());
  EXPECT_FALSE(BuildReceipts(Entries(4097), kSurvey, key_).ok());
  EXPECT_FALSE(BuildReceipts(Entries(1), "short", key_).ok());
}

}  // namespace
}  // namespace candor::crypto
