// Documents that a respondent's client must refuse, one fault each.

#include "clients/cpp/documents.h"

#include <algorithm>
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/domain/extension.h"
#include "tests/clients_cpp/fake_survey.h"

namespace candor::client {
namespace {

using ::testing::HasSubstr;

// A SubjectPublicKeyInfo with a modulus of 1,024 bits and e = 65537.
std::string SmallKey() {
  std::string modulus(128, '\xa5');
  modulus.back() = '\x0b';
  const std::string integer = std::string("\x02\x81\x81\x00", 4) + modulus + std::string("\x02\x03\x01\x00\x01", 5);
  const std::string sequence = std::string("\x30\x81", 2) + static_cast<char>(integer.size()) + integer;
  const std::string bits = std::string("\x03\x81", 2) + static_cast<char>(sequence.size() + 1) + '\0' + sequence;
  const std::string algorithm("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 15);
  const std::string body = algorithm + bits;
  return std::string("\x30\x81", 2) + static_cast<char>(body.size()) + body;
}

void ExpectRefused(const DocumentBytes& bytes, const FakeSurvey& survey, const std::string& words,
                   const std::string& expected = "") {
  const auto checked = CheckDocuments(bytes, survey.manifest.survey, expected);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.status().code(), absl::StatusCode::kFailedPrecondition) << checked.status();
  EXPECT_EQ(base::GetErrorDetail(checked.status()).reason, "MANIFEST_REFUSED");
  EXPECT_THAT(std::string(checked.status().message()), HasSubstr(words));
}

TEST(DocumentsTest, AcceptsSoundDocumentsAndGivesTheGroupsShape) {
  const FakeSurvey survey;
  const auto checked = CheckDocuments(survey.Encode(), survey.manifest.survey, "");
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ((*checked)->keys.size(), 2u);
  EXPECT_EQ((*checked)->Shape(0).items_asked, (std::vector<bool>{true, true, true}));
  EXPECT_EQ((*checked)->Shape(1).items_asked, (std::vector<bool>{true, false, true}));
  EXPECT_EQ((*checked)->Shape(0).prompts_asked, std::vector<bool>{true});
}

TEST(DocumentsTest, AsksNoPromptsWhereNobodyModerates) {
  FakeSurvey survey;
  survey.manifest.moderators.clear();
  const auto checked = CheckDocuments(survey.Encode(), survey.manifest.survey, "");
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ((*checked)->Shape(0).prompts_asked, std::vector<bool>{false});
}

TEST(DocumentsTest, AcceptsTheExpectedCodeInEveryFormAndRefusesAnother) {
  const FakeSurvey survey;
  const DocumentBytes bytes = survey.Encode();
  const std::string hash = crypto::Sha256(bytes.manifest);
  const std::string code = crypto::ManifestCode(hash);
  std::string loud = code;
  for (char& c : loud) c = static_cast<char>(toupper(c));
  std::string bare = code;
  bare.erase(std::remove(bare.begin(), bare.end(), '-'), bare.end());
  for (const std::string& form : {code, loud, bare, base::HexEncode(hash)}) {
    EXPECT_TRUE(CheckDocuments(bytes, survey.manifest.survey, form).ok()) << form;
  }
  ExpectRefused(bytes, survey, "comparison code", crypto::ManifestCode(crypto::Sha256("another")));
  ExpectRefused(bytes, survey, "comparison code", base::HexEncode(crypto::Sha256("another")));
  const auto typo = CheckDocuments(bytes, survey.manifest.survey, "abcd-efgh");
  EXPECT_EQ(typo.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(DocumentsTest, RefusesASecondKeyForAGroup) {
  FakeSurvey survey;
  survey.manifest.groups[1] = {"staff", {"staff"}, 8, IssuingKey(1).verifying_key().ToSpkiDer()};
  ExpectRefused(survey.Encode(), survey, "more than one key");
}

TEST(DocumentsTest, RefusesTwoGroupsUnderOneKey) {
  FakeSurvey survey;
  survey.manifest.groups[1].verifying_key = survey.manifest.groups[0].verifying_key;
  ExpectRefused(survey.Encode(), survey, "no key of its own");
}

TEST(DocumentsTest, RefusesASmallModulus) {
  FakeSurvey survey;
  survey.manifest.groups[1].verifying_key = SmallKey();
  ExpectRefused(survey.Encode(), survey, "not a sound one");
}

TEST(DocumentsTest, RefusesBytesThatAreNoKey) {
  FakeSurvey survey;
  survey.manifest.groups[1].verifying_key = "no key";
  ExpectRefused(survey.Encode(), survey, "not a sound one");
}

TEST(DocumentsTest, RefusesAGroupOfFour) {
  FakeSurvey survey;
  survey.manifest.groups[1].invited = 4;
  ExpectRefused(survey.Encode(), survey, "too few");
}

TEST(DocumentsTest, RefusesARaterGroupInTwoIssuingGroups) {
  FakeSurvey survey;
  survey.manifest.groups[1].code = "other_raters";
  survey.manifest.groups[1].members = {"parent", "staff"};
  ExpectRefused(survey.Encode(), survey, "more than one group");
}

TEST(DocumentsTest, RefusesAGroupThatTheQuestionsDoNotKnow) {
  FakeSurvey survey;
  survey.manifest.groups[1].code = "janitor";
  survey.manifest.groups[1].members = {"janitor"};
  ExpectRefused(survey.Encode(), survey, "know no group");
}

TEST(DocumentsTest, RefusesAWrongSignature) {
  const FakeSurvey survey, other;
  DocumentBytes bytes = survey.Encode();
  bytes.manifest_signature[10] ^= 1;
  ExpectRefused(bytes, survey, "not signed");
  bytes = survey.Encode();
  bytes.manifest_signature = other.signing_key->Sign("candor-manifest-v1" + bytes.manifest);
  ExpectRefused(bytes, survey, "not signed");
  bytes.manifest_signature = survey.signing_key->Sign(bytes.manifest);
  ExpectRefused(bytes, survey, "not signed");
  bytes.manifest_signature.clear();
  ExpectRefused(bytes, survey, "not signed");
}

TEST(DocumentsTest, RefusesASwappedContract) {
  FakeSurvey survey;
  DocumentBytes bytes = survey.Encode();
  survey.contract.retention_days = 3000;
  bytes.contract = survey.Encode().contract;
  ExpectRefused(bytes, survey, "rules are not the ones");
}

TEST(DocumentsTest, RefusesASwappedInstrument) {
  FakeSurvey survey;
  DocumentBytes bytes = survey.Encode();
  survey.version.instrument.items[0].texts["staff"]["en"] = "Our leader shouts.";
  bytes.instrument_version = survey.Encode().instrument_version;
  ExpectRefused(bytes, survey, "questions are not the ones");
}

TEST(DocumentsTest, RefusesAContractForOtherQuestionsThoughItsHashFits) {
  const FakeSurvey survey;
  const DocumentBytes sound = survey.Encode();
  domain::Contract contract = survey.contract;
  contract.instrument_hash = base::HexEncode(crypto::Sha256("other questions"));
  domain::Manifest manifest = survey.manifest;
  const std::string encoded = domain::EncodeContract(contract);
  manifest.contract_hash = base::HexEncode(crypto::Sha256(encoded));
  manifest.instrument_hash = base::HexEncode(crypto::Sha256(sound.instrument_version));
  ExpectRefused(FakeSurvey::EncodeAsIs(survey, encoded, sound.instrument_version, manifest), survey,
                "for other questions");
}

TEST(DocumentsTest, RefusesDatesThatDiffer) {
  for (absl::Time domain::Manifest::*const date :
       {&domain::Manifest::close_time, &domain::Manifest::latest_close_time, &domain::Manifest::abandon_time}) {
    FakeSurvey survey;
    survey.contract.latest_close_time = survey.manifest.latest_close_time += absl::Hours(2);
    ASSERT_TRUE(CheckDocuments(survey.Encode(), survey.manifest.survey, "").ok());
    survey.manifest.*date -= absl::Hours(1);
    ExpectRefused(survey.Encode(), survey, "same dates");
  }
}

TEST(DocumentsTest, RefusesAContractThatIsSilentOnWhatTheInstrumentForbids) {
  FakeSurvey survey;
  survey.version.instrument.evaluative_use_forbidden = true;
  ExpectRefused(survey.Encode(), survey, "used to judge");
  survey.contract.evaluative_use_forbidden = true;
  EXPECT_TRUE(CheckDocuments(survey.Encode(), survey.manifest.survey, "").ok());
}

TEST(DocumentsTest, RefusesAClosingKeyThatEverybodyCouldOpen) {
  FakeSurvey survey;
  for (const char low : {'\0', '\1'}) {
    survey.manifest.closing_public_key = std::string(1, low) + std::string(31, '\0');
    ExpectRefused(survey.Encode(), survey, "not a sound one");
  }
}

TEST(DocumentsTest, RefusesAClosingKeyThatOthersHoldToo) {
  FakeSurvey survey;
  survey.manifest.pooling_public_key = survey.manifest.closing_public_key;
  ExpectRefused(survey.Encode(), survey, "serves something else too");
  survey.manifest.pooling_public_key.clear();
  survey.manifest.closing_public_key = survey.manifest.moderators[0].public_key;
  ExpectRefused(survey.Encode(), survey, "serves something else too");
}

TEST(DocumentsTest, RefusesAStewardWhoseSharesMakeNoSense) {
  struct Case {
    int shares, threshold;
  };
  for (const Case& c : {Case{3, 4}, Case{0, 0}, Case{3, 0}, Case{21, 2}}) {
    FakeSurvey survey;
    survey.contract.closing_mode = "steward";
    survey.contract.steward = {"Works council", c.shares, c.threshold, survey.manifest.closing_public_key};
    ExpectRefused(survey.Encode(), survey, "rules cannot be read");
  }
  FakeSurvey survey;
  survey.contract.closing_mode = "steward";  // and nobody who is one
  ExpectRefused(survey.Encode(), survey, "rules cannot be read");
  survey.contract.steward = {"Works council", 3, 2, survey.manifest.closing_public_key};
  EXPECT_TRUE(CheckDocuments(survey.Encode(), survey.manifest.survey, "").ok());
}

TEST(DocumentsTest, RefusesAClosingKeyThatTheRulesDoNotName) {
  FakeSurvey survey;
  survey.contract.closing_mode = "steward";
  survey.contract.steward = {"Works council", 3, 2, base::RandomBytes(32)};
  ExpectRefused(survey.Encode(), survey, "not sealed to the key that its rules say is held by: Works council");
}

TEST(DocumentsTest, RefusesAnotherSurveysManifest) {
  const FakeSurvey survey, other;
  ExpectRefused(other.Encode(), survey, "another survey's");
}

TEST(DocumentsTest, RefusesDocumentsThatAreNone) {
  const FakeSurvey survey;
  DocumentBytes bytes = survey.Encode();
  bytes.manifest = "{}";
  ExpectRefused(bytes, survey, "cannot be read");
  domain::Manifest manifest = survey.manifest;
  const DocumentBytes sound = survey.Encode();
  manifest.contract_hash = base::HexEncode(crypto::Sha256("no contract"));
  manifest.instrument_hash = base::HexEncode(crypto::Sha256(sound.instrument_version));
  ExpectRefused(FakeSurvey::EncodeAsIs(survey, "no contract", sound.instrument_version, manifest), survey,
                "rules cannot be read");
}

TEST(WithCloseTimeTest, SaysUntilWhenToWaitForASurveyThatIsNotClosed) {
  FakeSurvey survey;
  const absl::Status early =
      base::Error(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "the survey is accepting answers (any more)");
  const auto said = [&](absl::Time close_time) {
    survey.contract.close_time = survey.manifest.close_time = close_time;
    const auto documents = CheckDocuments(survey.Encode(), survey.manifest.survey, "");
    EXPECT_TRUE(documents.ok()) << documents.status();
    const absl::Status status = WithCloseTime(early, **documents);
    EXPECT_EQ(status.code(), early.code());
    EXPECT_EQ(base::GetErrorDetail(status).reason, "WRONG_STATE");
    EXPECT_EQ(WithCloseTime(absl::UnavailableError("away"), **documents), absl::UnavailableError("away"));
    EXPECT_TRUE(WithCloseTime(absl::OkStatus(), **documents).ok());
    return std::string(status.message());
  };
  EXPECT_THAT(said(absl::FromUnixSeconds(3'900'000'000)),
              ::testing::AllOf(::testing::HasSubstr("not yet: this survey takes answers until 2093-08-01"),
                               ::testing::HasSubstr("come back once it is closed")));
  EXPECT_THAT(said(absl::FromUnixSeconds(1'700'000'000)),
              ::testing::HasSubstr("took answers until 2023-11-14 22:13 UTC, and is not closed yet"));
}

// `bytes` with a notice of this time, signed with `key`.
DocumentBytes Extended(DocumentBytes bytes, const FakeSurvey& survey, absl::Time time, const crypto::SigningKey& key) {
  bytes.extension =
      domain::EncodeExtension({survey.manifest.survey, base::HexEncode(crypto::Sha256(bytes.manifest)), time});
  bytes.extension_signature = key.Sign("candor-extension-v1" + bytes.extension);
  return bytes;
}

TEST(DocumentsTest, TakesAnExtensionThatTheManifestsKeyHasSigned) {
  FakeSurvey survey;
  survey.contract.latest_close_time = survey.manifest.latest_close_time += absl::Hours(2);
  const DocumentBytes bytes = survey.Encode();
  EXPECT_EQ((*CheckDocuments(bytes, survey.manifest.survey, ""))->close_time, survey.contract.close_time);
  const absl::Time later = survey.contract.close_time + absl::Hours(1);
  const auto checked = CheckDocuments(Extended(bytes, survey, later, *survey.signing_key), survey.manifest.survey, "");
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ((*checked)->close_time, later);
  EXPECT_EQ((*checked)->contract.close_time, survey.contract.close_time);
  EXPECT_EQ((*checked)->manifest_code, crypto::ManifestCode(crypto::Sha256(bytes.manifest))) << "the code stays";
}

TEST(DocumentsTest, RefusesEveryOtherExtension) {
  FakeSurvey survey;
  survey.contract.latest_close_time = survey.manifest.latest_close_time += absl::Hours(2);
  const DocumentBytes bytes = survey.Encode();
  const absl::Time close = survey.contract.close_time;
  const FakeSurvey other;
  ExpectRefused(Extended(bytes, survey, close + absl::Hours(1), *other.signing_key), survey, "not signed");
  ExpectRefused(Extended(bytes, survey, close, *survey.signing_key), survey, "no longer");
  ExpectRefused(Extended(bytes, survey, close - absl::Hours(1), *survey.signing_key), survey, "no longer");
  ExpectRefused(Extended(bytes, survey, close + absl::Hours(3), *survey.signing_key), survey, "latest time");
  DocumentBytes another = Extended(bytes, survey, close + absl::Hours(1), *survey.signing_key);
  another.extension = domain::EncodeExtension({survey.manifest.survey, std::string(64, 'a'), close + absl::Hours(1)});
  another.extension_signature = survey.signing_key->Sign("candor-extension-v1" + another.extension);
  ExpectRefused(another, survey, "another survey's");
  another = bytes;
  another.extension = "{}";
  ExpectRefused(another, survey, "extension cannot be read");
  another = bytes;
  another.extension_signature = "signature";
  ExpectRefused(another, survey, "extension cannot be read");
}

TEST(DocumentsTest, CacheChecksEverySurveyOnceButNeverTakesOthersForTheSame) {
  FakeSurvey survey;
  DocumentCache cache;
  const DocumentBytes bytes = survey.Encode();
  const auto first = cache.Check(bytes, survey.manifest.survey, "");
  const auto second = cache.Check(bytes, survey.manifest.survey, "");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->get(), second->get());
  DocumentBytes tampered = bytes;
  tampered.manifest_signature[0] ^= 1;
  EXPECT_FALSE(cache.Check(tampered, survey.manifest.survey, "").ok());
}

}  // namespace
}  // namespace candor::client
