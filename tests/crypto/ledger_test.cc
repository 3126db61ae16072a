#include "services/crypto/ledger.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/base/json.h"
#include "services/crypto/merkle.h"
#include "services/crypto/receipt.h"
#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

using base::Json;

const std::string kSurvey(16, '\x11');

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    ledger_.survey_id = kSurvey;
    ledger_.groups = {{"staff", 12, 9, 1, 7, 2}, {"student", 40, 33, 0, 30, 4}, {"other_raters", 6, 0, 0, 0, 0}};
    for (int i = 0; i < 37; ++i) ledger_.leaves.push_back(Named(absl::StrCat("leaf ", i)));
  }

  std::string Built() const {
    auto json = BuildLedger(ledger_, key_);
    CANDOR_CHECK(json.ok());
    return *std::move(json);
  }

  // The ledger after `change`, signed again by the same key: what a cheating server could publish.
  std::string Resigned(const std::function<void(Json&)>& change) const {
    Json document = *base::ParseJson(Built());
    document.erase("signature");
    change(document);
    Json head = document;
    head.erase("leaves");
    document["signature"] = base::HexEncode(key_.Sign("candor-ledger-v2" + base::CanonicalJson(head)));
    return base::CanonicalJson(document);
  }

  absl::StatusOr<Ledger> Verified(absl::string_view json) const {
    return VerifyLedger(json, kSurvey, key_.public_key());
  }

  // Expects a refusal whose sentence holds `words`.
  void ExpectRefused(absl::string_view json, const std::string& words) const {
    const auto ledger = Verified(json);
    ASSERT_FALSE(ledger.ok()) << "accepted, though " << words;
    EXPECT_EQ(ledger.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(std::string(ledger.status().message()).find(words), std::string::npos) << ledger.status();
  }

  const SigningKey key_ = SigningKey::Generate();
  Ledger ledger_;
};

TEST_F(LedgerTest, ComesBackSortedWithItsRoot) {
  const auto read = Verified(Built());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->survey_id, kSurvey);
  EXPECT_EQ(read->groups, ledger_.groups);
  std::vector<Hash> sorted = ledger_.leaves;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(read->leaves, sorted);
  EXPECT_EQ(read->root, MerkleRoot(sorted));
}

TEST_F(LedgerTest, BytesDoNotDependOnTheOrderOfLeaves) {
  const std::string before = Built();
  std::reverse(ledger_.leaves.begin(), ledger_.leaves.end());
  EXPECT_EQ(Built(), before);
}

TEST_F(LedgerTest, FindsEveryLeafAndNoOther) {
  const auto read = Verified(Built());
  ASSERT_TRUE(read.ok());
  for (const Hash& leaf : ledger_.leaves) EXPECT_TRUE(FindLeaf(*read, leaf));
  EXPECT_FALSE(FindLeaf(*read, Named("another")));
  EXPECT_FALSE(FindLeaf(*read, ""));
  EXPECT_FALSE(FindLeaf(*read, std::string(ledger_.leaves[0].view().substr(1))));
}

TEST_F(LedgerTest, HoldsTheLeafOfAReceipt) {
  const std::string token = Named("token"), sealed = Named("sealed");
  ledger_.leaves[3] = LeafHash(token, sealed);
  const auto receipts = BuildReceipts({{token, sealed, 1}}, kSurvey, key_);
  ASSERT_TRUE(receipts.ok());
  const auto receipt = VerifyReceiptForToken(receipts->front(), kSurvey, token, key_.public_key());
  ASSERT_TRUE(receipt.ok());
  const auto read = Verified(Built());
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(FindLeaf(*read, receipt->leaf));
}

TEST_F(LedgerTest, SurveyThatNobodyAnsweredHasALedgerToo) {
  ledger_.leaves.clear();
  for (LedgerGroup& group : ledger_.groups) group.counted = 0;
  const auto read = Verified(Built());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->root, Sha256(""));
}

TEST_F(LedgerTest, EveryAlteredByteIsFound) {
  const std::string json = Built();
  for (size_t at = 0; at < json.size(); at += 3) ASSERT_FALSE(Verified(Flipped(json, at, at % 7)).ok()) << at;
  for (size_t size = 0; size < json.size(); size += 97) ASSERT_FALSE(Verified(json.substr(0, size)).ok()) << size;
}

TEST_F(LedgerTest, AnotherKeyOrSurveyIsRefused) {
  const auto foreign = VerifyLedger(Built(), kSurvey, SigningKey::Generate().public_key());
  EXPECT_NE(std::string(foreign.status().message()).find("another server signed it"), std::string::npos);
  const auto other = VerifyLedger(Built(), std::string(16, '\x12'), key_.public_key());
  EXPECT_NE(std::string(other.status().message()).find("another survey"), std::string::npos);
}

TEST_F(LedgerTest, OtherSpellingsOfTheSameLedgerAreRefused) {
  const std::string json = Built();
  ExpectRefused(json + "\n", "canonical form");
  ExpectRefused(absl::StrReplaceAll(json, {{"\"format\":", "\"format\": "}}), "canonical form");
  ExpectRefused(Resigned([](Json& ledger) { ledger["note"] = "more"; }), "canonical form");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][0]["note"] = 1; }), "canonical form");
  ExpectRefused(Resigned([](Json& ledger) {
                  std::string leaf = ledger["leaves"][0].get<std::string>();
                  std::transform(leaf.begin(), leaf.end(), leaf.begin(), ::toupper);
                  ledger["leaves"][0] = leaf;
                }),
                "canonical form");
}

TEST_F(LedgerTest, DocumentsOfAnotherShapeAreRefused) {
  ExpectRefused("", "not a ledger");
  ExpectRefused("[]", "not an object");
  ExpectRefused("{}", "no text `signature`");
  ExpectRefused("{\"signature\":1}", "no text `signature`");
  ExpectRefused("{\"signature\":\"zz\"}", "not hexadecimal");
  ExpectRefused(Resigned([](Json& ledger) { ledger["format"] = "candor-ledger-v1"; }), "format");
  ExpectRefused(Resigned([](Json& ledger) { ledger.erase("survey"); }), "names no survey");
  ExpectRefused(Resigned([](Json& ledger) { ledger["survey"] = "!"; }), "not an id");
  ExpectRefused(Resigned([](Json& ledger) { ledger.erase("root"); }), "no text `root`");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"] = 7; }), "no list of groups");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][1] = 7; }), "not an object");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][1].erase("code"); }), "no code");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][1].erase("issued"); }), "no whole number `issued`");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][1]["issued"] = 1.5; }), "no whole number `issued`");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][1]["issued"] = "9"; }), "no whole number `issued`");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"] = Json::object(); }), "no list of leaves");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"][0] = 5; }), "not hexadecimal");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"][0] = std::string(64, 'g'); }), "not hexadecimal");
}

TEST_F(LedgerTest, ServerThatSignsWrongLeavesIsFoundOut) {
  ExpectRefused(Resigned([](Json& ledger) { std::swap(ledger["leaves"][4], ledger["leaves"][9]); }), "ascending order");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"][5] = ledger["leaves"][4]; }), "more than once");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"].erase(3); }), "lists 36 answers, but its groups count 37");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"].push_back(std::string(64, 'f')); }),
                "lists 38 answers, but its groups count 37");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"][36] = std::string(64, 'f'); }), "root");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"][0] = "00"; }), "32 bytes");
  ExpectRefused(Resigned([](Json& ledger) { ledger["leaves"][36] = std::string(66, 'f'); }), "32 bytes");
  ExpectRefused(Resigned([](Json& ledger) { ledger["root"] = base::HexEncode(Named("root")); }), "root");
  ExpectRefused(Resigned([](Json& ledger) { ledger["root"] = "00"; }), "32 bytes");
}

TEST_F(LedgerTest, ServerThatSignsWrongCountsIsFoundOut) {
  const auto with = [this](const char* member, int64_t count) {
    return Resigned([=](Json& ledger) { ledger["groups"][0][member] = count; });
  };
  ExpectRefused(with("issued", 13), "more tokens were issued (13) than people were invited (12)");
  ExpectRefused(with("counted", 8), "lists 37 answers, but its groups count 38");
  ExpectRefused(with("reissued", -1), "impossible count");
  ExpectRefused(with("invited", int64_t{1} << 60), "impossible count");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][0]["replaced"] = ~uint64_t{0}; }), "canonical form");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][1]["code"] = "staff"; }), "staff more than once");
  ExpectRefused(Resigned([](Json& ledger) { ledger["groups"][1]["code"] = "Staff!"; }), "whose code");
  ExpectRefused(Resigned([](Json& ledger) { ledger["survey"] = "00"; }), "another survey");
}

TEST_F(LedgerTest, ReissuedCodesMakeRoomForMoreAnswers) {
  // All 12 took a token, 1 lost the device and took another: 13 answers may be counted, not 14.
  ledger_.groups = {{"staff", 12, 12, 1, 13, 0}};
  ledger_.leaves.resize(13);
  auto read = Verified(Built());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(LedgerFindings(*read).empty());
  ledger_.groups[0].counted = 14;
  ledger_.leaves.push_back(Named("one more"));
  read = Verified(Built());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(LedgerFindings(*read).size(), 1u);
}

TEST_F(LedgerTest, MoreAnswersThanTokensAreAFindingAndNoForgery) {
  ledger_.groups[0].counted = 11;
  for (int i = 0; i < 4; ++i) ledger_.leaves.push_back(Named(absl::StrCat("leaf after the backup ", i)));
  const auto read = Verified(Built());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->groups, ledger_.groups) << "the numbers as they are";
  const std::vector<std::string> findings = LedgerFindings(*read);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rfind("in the group staff more answers were counted (11) than tokens were issued (9, and 1 ", 0),
            0u)
      << findings[0];
}

TEST_F(LedgerTest, LedgerThatNobodyCouldVerifyIsNeverBuilt) {
  const auto refused = [this](const std::function<void(Ledger&)>& change) {
    Ledger ledger = ledger_;
    change(ledger);
    return BuildLedger(ledger, key_).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_FALSE(refused([](Ledger&) {}));
  EXPECT_TRUE(refused([](Ledger& ledger) { ledger.survey_id = "short"; }));
  EXPECT_TRUE(refused([](Ledger& ledger) { ledger.leaves.pop_back(); }));
  EXPECT_TRUE(refused([](Ledger& ledger) { ledger.leaves[0] = ledger.leaves[1]; }));
  EXPECT_TRUE(refused([](Ledger& ledger) { ledger.groups[0].issued = 13; }));
  EXPECT_TRUE(refused([](Ledger& ledger) { ledger.groups[0].code = "student"; }));
  EXPECT_TRUE(refused([](Ledger& ledger) { ledger.groups[0].code = ""; }));
}

}  // namespace
}  // namespace candor::crypto
