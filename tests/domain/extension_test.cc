#include "services/domain/extension.h"

#include "gtest/gtest.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

const std::string kHash(64, 'd');

ExtensionNotice SampleNotice() {
  return {SurveyId(kSampleSurvey), kHash, absl::FromUnixSeconds(1'800'100'000)};
}

TEST(ExtensionTest, ItsDocumentNeverChanges) {
  EXPECT_EQ(EncodeExtension(SampleNotice()), "{\"close_time\":1800100000,\"format\":\"candor.extension.v1\",\"manifest_hash\":\"" +
                                                 kHash + "\",\"survey\":\"00000000000000000000000000\"}");
}

TEST(ExtensionTest, ReadsWhatItWrites) {
  const auto read = DecodeExtension(EncodeExtension(SampleNotice()));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->survey.value(), kSampleSurvey);
  EXPECT_EQ(read->manifest_hash, kHash);
  EXPECT_EQ(read->close_time, SampleNotice().close_time);
}

TEST(ExtensionTest, RefusesEachFaultWithItsPath) {
  using base::Json;
  const std::vector<JsonCase> cases = {
      {"a list", [](Json& j) { j = Json::array(); }, ""},
      {"another format", [](Json& j) { j["format"] = "candor.manifest.v1"; }, "format"},
      {"a survey's id too short", [](Json& j) { j["survey"] = "0"; }, "survey"},
      {"a hash cut short", [](Json& j) { j["manifest_hash"] = "dd"; }, "manifest_hash"},
      {"a time as a text", [](Json& j) { j["close_time"] = "2027"; }, "close_time"},
      {"a time before 1970", [](Json& j) { j["close_time"] = -1; }, "close_time"},
      {"an unknown member", [](Json& j) { j["latest_close_time"] = 1; }, "latest_close_time"},
  };
  const Json document = *base::ParseJson(EncodeExtension(SampleNotice()));
  for (const JsonCase& c : cases) {
    SCOPED_TRACE(c.what);
    Json changed = document;
    c.change(changed);
    ExpectError(DecodeExtension(base::CanonicalJson(changed)), absl::StatusCode::kInvalidArgument, "MANIFEST_INVALID", c.field);
  }
  for (const auto& member : document.items()) {
    Json without = document;
    without.erase(member.key());
    ExpectError(DecodeExtension(base::CanonicalJson(without)), absl::StatusCode::kInvalidArgument, "MANIFEST_INVALID",
                member.key());
  }
  for (const std::string& other : {EncodeExtension(SampleNotice()) + "\n", document.dump(2), std::string("{")}) {
    EXPECT_FALSE(DecodeExtension(other).ok());
  }
}

TEST(ExtensionTest, MovesTheTimeForwardAndNoFurtherThanTheLatest) {
  const Manifest manifest = SampleManifest();
  ExtensionNotice notice = SampleNotice();
  EXPECT_TRUE(CheckExtension(notice, manifest, kHash).ok());
  notice.close_time = manifest.latest_close_time;
  EXPECT_TRUE(CheckExtension(notice, manifest, kHash).ok());
  for (const absl::Time time : {manifest.close_time, manifest.close_time - absl::Hours(1),
                                manifest.latest_close_time + absl::Seconds(1)}) {
    notice.close_time = time;
    ExpectError(CheckExtension(notice, manifest, kHash), absl::StatusCode::kFailedPrecondition, "MANIFEST_REFUSED",
                "extension");
  }
}

TEST(ExtensionTest, IsOfOneManifestAlone) {
  ExtensionNotice notice = SampleNotice();
  ExpectError(CheckExtension(notice, SampleManifest(), std::string(64, 'e')), absl::StatusCode::kFailedPrecondition,
              "MANIFEST_REFUSED", "extension");
  notice.survey = SurveyId(std::string(26, '1'));
  ExpectError(CheckExtension(notice, SampleManifest(), kHash), absl::StatusCode::kFailedPrecondition, "MANIFEST_REFUSED",
              "extension");
}

}  // namespace
}  // namespace candor::domain
