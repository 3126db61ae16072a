// Checking a ledger's file: what holds, what a sentence says of what does not, and that no byte of the file can be
// changed. Forgeries are signed with the keys of the survey itself, as a cheating server could.

#include "clients/cpp/ledger_check.h"

#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/merkle.h"
#include "services/crypto/receipt.h"
#include "services/domain/extension.h"
#include "tests/clients_cpp/fake_survey.h"

namespace candor::client {
namespace {

using base::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LedgerFileTest : public ::testing::Test {
 protected:
  LedgerFileTest() {
    documents_ = survey_.Encode();
    ledger_.survey_id = survey_id();
    ledger_.groups = {{"staff", 20, 12, 1, 9, 2}, {"parent", 8, 6, 0, 5, 0}};
    for (int i = 0; i < 14; ++i) tokens_.push_back(crypto::Sha256(absl::StrCat("token ", i)));
    for (const std::string& token : tokens_) ledger_.leaves.push_back(crypto::LeafHash(token, DigestOf(token)));
  }

  std::string survey_id() const { return domain::SurveyIdBytes(survey_.manifest.survey); }
  static std::string DigestOf(const std::string& token) { return crypto::Sha256({"sealed answer of ", token}); }

  std::string Ledger() const {
    const auto built = crypto::BuildLedger(ledger_, *survey_.receipt_key);
    CANDOR_CHECK(built.ok());
    return *built;
  }
  std::string File() const { return WriteLedgerFile({documents_, Ledger()}); }

  // A file whose ledger was changed and signed again.
  std::string Forged(const std::function<void(Json&)>& change) const {
    Json document = *base::ParseJson(Ledger());
    document.erase("signature");
    change(document);
    Json head = document;
    head.erase("leaves");
    document["signature"] = base::HexEncode(survey_.receipt_key->Sign("candor-ledger-v2" + base::CanonicalJson(head)));
    return WriteLedgerFile({documents_, base::CanonicalJson(document)});
  }
  // A file with these counts for the staff and as many leaves as they ask for.
  std::string ForgedCounts(const crypto::LedgerGroup& staff) const {
    crypto::Ledger forged = ledger_;
    forged.groups[0] = staff;
    forged.leaves.clear();
    const int64_t leaves = staff.counted + forged.groups[1].counted;
    for (int64_t i = 0; i < leaves; ++i) forged.leaves.push_back(crypto::Sha256(absl::StrCat("leaf ", i)));
    const auto built = crypto::BuildLedger(forged, *survey_.receipt_key);
    CANDOR_CHECK(built.ok());
    return WriteLedgerFile({documents_, *built});
  }

  static Verification Verify(const std::string& file, const std::string& expected = "") {
    auto verification = VerifyLedgerFile(file, expected);
    CANDOR_CHECK(verification.ok());
    return *std::move(verification);
  }
  static std::vector<std::string> Names(const Verification& verification) {
    std::vector<std::string> names;
    for (const CheckStep& step : verification.steps) names.push_back(step.name);
    return names;
  }
  // Expects that nothing is checked after `step`, which fails with a sentence that holds `words`.
  static void ExpectRefused(const std::string& file, const std::string& step, const std::string& words) {
    const Verification verification = Verify(file);
    EXPECT_FALSE(verification.holds());
    EXPECT_FALSE(verification.check.has_value());
    ASSERT_FALSE(verification.steps.empty());
    EXPECT_EQ(verification.steps.back().name, step) << verification.steps.back().sentence;
    EXPECT_FALSE(verification.steps.back().holds);
    EXPECT_THAT(verification.steps.back().sentence, HasSubstr(words));
  }

  KeptReceipt ReceiptFor(const std::string& token, uint32_t version = 1) const {
    const auto receipts = crypto::BuildReceipts({{token, DigestOf(token), version}}, survey_id(), *survey_.receipt_key);
    CANDOR_CHECK(receipts.ok());
    return {survey_.manifest.survey.value(), crypto::Sha256(documents_.manifest), receipts->front()};
  }
  ReceiptCheck Check(const KeptReceipt& receipt) const { return CheckReceipt(*Verify(File()).check, receipt); }

  FakeSurvey survey_;
  DocumentBytes documents_;
  crypto::Ledger ledger_;
  std::vector<std::string> tokens_;
};

TEST_F(LedgerFileTest, ComesBackAsItWasWritten) {
  const auto read = ReadLedgerFile(File());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->documents, documents_);
  EXPECT_EQ(read->ledger, Ledger());
  // Canonical JSON: any reader of JSON can take it apart, and writes it the same way.
  const auto document = base::ParseJson(File());
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(base::CanonicalJson(*document), File());
}

TEST_F(LedgerFileTest, HoldsWithNothingButItself) {
  const Verification verification = Verify(File());
  EXPECT_TRUE(verification.holds());
  EXPECT_THAT(Names(verification), ElementsAre("file", "code", "documents", "ledger", "counts"));
  ASSERT_TRUE(verification.check.has_value());
  EXPECT_EQ(verification.check->ledger.leaves.size(), 14u);
  EXPECT_EQ(verification.check->bytes, Ledger());
  EXPECT_THAT(verification.counts.findings, IsEmpty());
  EXPECT_THAT(verification.counts.notes, IsEmpty());
  EXPECT_THAT(verification.steps[1].sentence, HasSubstr("you gave none to compare it with"));
  EXPECT_FALSE(verification.steps[1].compared) << "it holds, but says nothing";
  EXPECT_TRUE(verification.steps[2].compared);
  EXPECT_THAT(verification.steps[3].sentence, HasSubstr("lists 14 answers"));
}

TEST_F(LedgerFileTest, IsComparedWithTheCodeFromElsewhere) {
  const std::string code = crypto::ManifestCode(crypto::Sha256(documents_.manifest));
  EXPECT_TRUE(Verify(File(), code).holds());
  EXPECT_TRUE(Verify(File(), code).steps[1].compared);
  EXPECT_TRUE(Verify(File(), base::HexEncode(crypto::Sha256(documents_.manifest))).holds());
  const Verification other = Verify(File(), crypto::ManifestCode(crypto::Sha256("another manifest")));
  EXPECT_FALSE(other.holds());
  EXPECT_THAT(Names(other), ElementsAre("file", "code")) << "nothing else counts then";
  EXPECT_THAT(other.steps[1].sentence, HasSubstr("not the one that you gave"));
  EXPECT_EQ(VerifyLedgerFile(File(), "no code").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(LedgerFileTest, EveryAlteredByteIsFound) {
  const std::string file = File();
  for (size_t at = 0; at < file.size(); ++at) {
    std::string altered = file;
    altered[at] = static_cast<char>(altered[at] ^ (1 << at % 7));
    ASSERT_FALSE(Verify(altered).holds()) << at << ": " << file.substr(at < 20 ? 0 : at - 20, 40);
  }
}

TEST_F(LedgerFileTest, EveryRemovedOrAddedByteIsFound) {
  const std::string file = File();
  for (size_t at = 0; at <= file.size(); at += 7) {
    for (const char added : {' ', '0', '"', '}', '\n'}) {
      ASSERT_FALSE(Verify(file.substr(0, at) + added + file.substr(at)).holds()) << added << " at " << at;
    }
    if (at == file.size()) break;
    ASSERT_FALSE(Verify(file.substr(0, at)).holds()) << "cut at " << at;
    ASSERT_FALSE(Verify(file.substr(0, at) + file.substr(at + 1)).holds()) << "without " << at;
  }
}

// Every member of the file, however deep, is changed as a value, by itself.
TEST_F(LedgerFileTest, EveryAlteredMemberIsFound) {
  const Json whole = *base::ParseJson(File());
  std::vector<Json::json_pointer> places;
  const std::function<void(const Json&, const Json::json_pointer&)> collect = [&](const Json& value,
                                                                                  const Json::json_pointer& place) {
    if (!place.empty()) places.push_back(place);
    if (value.is_object()) {
      for (const auto& [key, member] : value.items()) collect(member, place / key);
    } else if (value.is_array()) {
      for (size_t i = 0; i < value.size(); ++i) collect(value[i], place / i);
    }
  };
  collect(whole, Json::json_pointer());
  ASSERT_GT(places.size(), 100u);
  for (const Json::json_pointer& place : places) {
    Json altered = whole;
    Json& value = altered[place];
    if (value.is_string()) {
      std::string text = value.get<std::string>();
      const char last = text.empty() || text.back() != '0' ? '0' : '1';
      if (!text.empty()) text.pop_back();
      value = text + last;
    } else if (value.is_number_integer()) {
      value = value.get<int64_t>() + 1;
    } else if (value.is_boolean()) {
      value = !value.get<bool>();
    } else if (value.is_array()) {
      value.push_back(value.empty() ? Json("x") : value.back());
    } else {
      value["note"] = "more";
    }
    EXPECT_FALSE(Verify(base::CanonicalJson(altered)).holds()) << place.to_string();
    Json without = whole;
    Json& parent = without[place.parent_pointer()];
    if (parent.is_object()) {
      parent.erase(place.back());
    } else {
      parent.erase(std::stoul(place.back()));
    }
    EXPECT_FALSE(Verify(base::CanonicalJson(without)).holds()) << "without " << place.to_string();
  }
}

TEST_F(LedgerFileTest, ANoticeOfExtensionIsInTheFileAndChecked) {
  survey_.contract.latest_close_time += absl::Hours(24 * 7);
  survey_.manifest.latest_close_time = survey_.contract.latest_close_time;
  documents_ = survey_.Encode();
  const std::string notice = domain::EncodeExtension(
      {survey_.manifest.survey, base::HexEncode(crypto::Sha256(documents_.manifest)), survey_.manifest.latest_close_time});
  documents_.extension = notice;
  documents_.extension_signature = survey_.signing_key->Sign(absl::StrCat(domain::kExtensionTag, notice));
  const Verification verification = Verify(File());
  EXPECT_TRUE(verification.holds()) << verification.steps.back().sentence;
  EXPECT_EQ(verification.check->documents->close_time, survey_.manifest.latest_close_time);
  const auto read = ReadLedgerFile(File());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->documents, documents_);
  const std::string file = File();
  const size_t begin = file.find("\"extension\""), end = file.find("\"format\"", begin);
  for (size_t at = begin; at < end; ++at) {
    std::string altered = file;
    altered[at] = static_cast<char>(altered[at] ^ (1 << at % 7));
    ASSERT_FALSE(Verify(altered).holds()) << at - begin;
  }
  documents_.extension_signature = FakeSurvey().signing_key->Sign(absl::StrCat(domain::kExtensionTag, notice));
  ExpectRefused(File(), "documents", "its extension is not signed rightly");
  documents_.extension.clear();
  ExpectRefused(File(), "documents", "extension");
}

TEST_F(LedgerFileTest, PartsOfTwoSurveysDoNotHoldTogether) {
  const FakeSurvey other;
  crypto::Ledger ledger = ledger_;
  ledger.survey_id = domain::SurveyIdBytes(other.manifest.survey);
  const std::string of_other = *crypto::BuildLedger(ledger, *other.receipt_key);
  ExpectRefused(WriteLedgerFile({documents_, of_other}), "ledger", "another server signed it");
  ledger.survey_id = survey_id();
  ExpectRefused(WriteLedgerFile({documents_, *crypto::BuildLedger(ledger, *other.receipt_key)}), "ledger",
                "another server signed it");
  ledger.survey_id = domain::SurveyIdBytes(other.manifest.survey);
  ExpectRefused(WriteLedgerFile({documents_, *crypto::BuildLedger(ledger, *survey_.receipt_key)}), "ledger",
                "of another survey");
  DocumentBytes mixed = documents_;
  mixed.contract = absl::StrCat(mixed.contract.substr(0, mixed.contract.size() - 1), ",\"x\":1}");
  ExpectRefused(WriteLedgerFile({mixed, Ledger()}), "documents", "its rules are not the ones that were announced");
  mixed = documents_;
  mixed.manifest_signature = other.Encode().manifest_signature;
  ExpectRefused(WriteLedgerFile({mixed, Ledger()}), "documents", "its manifest is not signed rightly");
}

TEST_F(LedgerFileTest, AManifestThatNobodyShouldHaveAnsweredIsRefused) {
  FakeSurvey small = survey_;
  small.manifest.groups[1].invited = 4;
  ExpectRefused(WriteLedgerFile({small.Encode(), Ledger()}), "documents",
                "only 4 people were invited in the group parent");
}

TEST_F(LedgerFileTest, WhatIsNoSuchFileIsSaidToBeNone) {
  for (const std::string& bytes : {std::string(), std::string("{}"), std::string("PK\x03\x04"), Ledger(), File() + "\n",
                                   std::string(1000, '{'), std::string("{\"contract\":]")}) {
    ExpectRefused(bytes, "file", "not a file that `candor ledger --export` has written");
  }
}

TEST_F(LedgerFileTest, CountsOfLeavesThatDoNotFitAreSaidInASentence) {
  ExpectRefused(Forged([](Json& ledger) { ledger["groups"][0]["counted"] = 8; }), "ledger",
                "the ledger lists 14 answers, but its groups count 13");
  ExpectRefused(Forged([](Json& ledger) { ledger["leaves"].erase(0); }), "ledger",
                "the ledger lists 13 answers, but its groups count 14");
  ExpectRefused(Forged([](Json& ledger) { ledger["leaves"][1] = ledger["leaves"][0]; }), "ledger",
                "has a leaf more than once");
  ExpectRefused(Forged([](Json& ledger) { std::swap(ledger["leaves"][1], ledger["leaves"][0]); }), "ledger",
                "not in ascending order");
  ExpectRefused(Forged([](Json& ledger) { ledger["root"] = std::string(64, '0'); }), "ledger",
                "root is not that of its leaves");
  ExpectRefused(Forged([](Json& ledger) { ledger["groups"][0]["issued"] = 21; }), "ledger",
                "in the group staff more tokens were issued (21) than people were invited (20)");
  ExpectRefused(Forged([](Json& ledger) { ledger["groups"][0]["replaced"] = -1; }), "ledger", "impossible count");
}

TEST_F(LedgerFileTest, GroupsOtherThanTheManifestsAreRefused) {
  ExpectRefused(Forged([](Json& ledger) { ledger["groups"][0]["invited"] = 21; }), "ledger",
                "its groups or the numbers of invited are not the manifest's");
  ExpectRefused(Forged([](Json& ledger) { ledger["groups"][1]["code"] = "student"; }), "ledger", "not the manifest's");
  ExpectRefused(Forged([](Json& ledger) {
                  ledger["groups"].push_back(
                      {{"code", "x"}, {"invited", 5}, {"issued", 0}, {"reissued", 0}, {"counted", 0}, {"replaced", 0}});
                }),
                "ledger", "not the manifest's");
  ExpectRefused(Forged([](Json& ledger) { std::swap(ledger["groups"][0], ledger["groups"][1]); }), "ledger",
                "not the manifest's");
}

TEST_F(LedgerFileTest, MoreAnswersThanTokensAreAFindingThatIsNoForgery) {
  const Verification verification = Verify(ForgedCounts({"staff", 20, 6, 1, 8, 0}));
  EXPECT_FALSE(verification.holds());
  EXPECT_THAT(Names(verification), ElementsAre("file", "code", "documents", "ledger", "counts"));
  EXPECT_TRUE(verification.steps[3].holds);
  ASSERT_EQ(verification.counts.findings.size(), 1u);
  EXPECT_THAT(verification.counts.findings[0],
              HasSubstr("in the group staff more answers were counted (8) than tokens were issued (6, and 1 again"));
  EXPECT_TRUE(Verify(ForgedCounts({"staff", 20, 6, 1, 7, 0})).holds()) << "as many as tokens and codes made again";
}

TEST_F(LedgerFileTest, ChangesWithoutAnAnswerAreAFinding) {
  const Verification verification = Verify(ForgedCounts({"staff", 20, 6, 0, 0, 3}));
  EXPECT_FALSE(verification.holds());
  ASSERT_EQ(verification.counts.findings.size(), 1u);
  EXPECT_THAT(verification.counts.findings[0], HasSubstr("answers were changed (3 times), but none was counted"));
}

TEST_F(LedgerFileTest, CodesMadeAgainAreNotedWhereTheyMatter) {
  const Verification more = Verify(ForgedCounts({"staff", 20, 20, 2, 21, 0}));
  EXPECT_TRUE(more.holds()) << "it adds up";
  ASSERT_EQ(more.counts.notes.size(), 1u);
  EXPECT_THAT(more.counts.notes[0], HasSubstr("21 answers were counted of 20 people invited: 2 codes were made again"));
  const Verification many = Verify(ForgedCounts({"staff", 20, 20, 3, 18, 0}));
  EXPECT_TRUE(many.holds());
  ASSERT_EQ(many.counts.notes.size(), 1u);
  EXPECT_THAT(many.counts.notes[0],
              HasSubstr("more than the rules allow (10 in 100), so the group's figures are withheld"));
}

TEST_F(LedgerFileTest, EveryOnesReceiptIsFound) {
  for (const std::string& token : tokens_) {
    const ReceiptCheck check = Check(ReceiptFor(token));
    EXPECT_EQ(check.standing, ReceiptStanding::kCounted);
    EXPECT_EQ(check.version, 1u);
  }
}

TEST_F(LedgerFileTest, AReceiptThatIsNotThereIsExplainedByWhatTheLedgerSays) {
  const KeptReceipt absent = ReceiptFor(crypto::Sha256("a token of nobody here"), 3);
  const ReceiptCheck check = Check(absent);
  EXPECT_EQ(check.standing, ReceiptStanding::kNotCounted);
  EXPECT_EQ(check.version, 3u);
  EXPECT_THAT(check.sentence, HasSubstr("version 3"));
  EXPECT_THAT(check.sentence, HasSubstr("answers were changed 2 times in this survey"));
  ledger_.groups[0].replaced = 0;
  const ReceiptCheck proof = Check(absent);
  EXPECT_EQ(proof.standing, ReceiptStanding::kNotCounted);
  EXPECT_THAT(proof.sentence, HasSubstr("acknowledged and not counted")) << "nothing can have taken its place";
  EXPECT_THAT(proof.sentence, HasSubstr("keep both"));
}

TEST_F(LedgerFileTest, AReceiptOfAnotherSurveyOrOtherDocumentsIsSaidToBeOne) {
  KeptReceipt receipt = ReceiptFor(tokens_[0]);
  receipt.survey = domain::RandomSurveyId().value();
  EXPECT_EQ(Check(receipt).standing, ReceiptStanding::kAnotherSurvey);
  EXPECT_THAT(Check(receipt).sentence, HasSubstr("of another survey"));
  receipt = ReceiptFor(tokens_[0]);
  receipt.manifest_hash = crypto::Sha256("other documents");
  EXPECT_EQ(Check(receipt).standing, ReceiptStanding::kAnotherSurvey);
  EXPECT_THAT(Check(receipt).sentence, HasSubstr("you were shown other rules or keys"));
}

TEST_F(LedgerFileTest, AnAlteredReceiptProvesNothing) {
  const KeptReceipt genuine = ReceiptFor(tokens_[0]);
  for (size_t at = 0; at < genuine.receipt.size(); ++at) {
    // Not signed: the version, which tells the holder's own receipts apart, and the digest, by which who holds the
    // token has checked that the leaf is theirs.
    if ((at >= 1 && at < 5) || (at >= 39 && at < 71)) continue;
    KeptReceipt altered = genuine;
    altered.receipt[at] = static_cast<char>(altered.receipt[at] ^ 0x10);
    ASSERT_EQ(Check(altered).standing, ReceiptStanding::kNotGenuine) << at;
  }
  KeptReceipt foreign = genuine;
  foreign.receipt =
      crypto::BuildReceipts({{tokens_[0], DigestOf(tokens_[0]), 1}}, survey_id(), crypto::SigningKey::Generate())
          ->front();
  EXPECT_EQ(Check(foreign).standing, ReceiptStanding::kNotGenuine);
  EXPECT_THAT(Check(foreign).sentence, HasSubstr("signature does not hold"));
}

}  // namespace
}  // namespace candor::client
