#include "services/domain/framework.h"

#include <set>

#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

using base::CanonicalJson;
using base::Json;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(FrameworkTest, ReadsWhatItWrites) {
  const Framework framework = SampleFramework();
  const std::string text = CanonicalJson(FrameworkToJson(framework));
  const auto read = ParseFramework(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(CanonicalJson(FrameworkToJson(*read)), text);
  EXPECT_EQ(read->code, "sample");
  EXPECT_EQ(read->license_url, "https://example.org/license");
  ASSERT_EQ(read->domains.size(), 2u);
  EXPECT_EQ(read->domains[0].competencies[0].indicators[1].themes,
            (std::vector<std::string>{"EI", "EQ"}));
  EXPECT_EQ(read->themes[1].title, "Equity");
}

TEST(FrameworkTest, CreditAndThemesMayBeLeftOut) {
  const auto framework =
      ParseFramework(R"({"format": "candor.framework.v1", "code": "own", "title": "Our own",
    "version": "2026", "domains": [{"code": "A", "title": "A", "competencies": [{"code": "A.1", "title": "B",
    "indicators": [{"code": "A.1.x", "title": "C"}]}]}]})");
  ASSERT_TRUE(framework.ok()) << framework.status();
  EXPECT_TRUE(framework->attribution.empty());
  EXPECT_TRUE(framework->themes.empty());
}

TEST(FrameworkTest, FindsThePlaceOfAnIndicator) {
  const Framework framework = SampleFramework();
  const IndicatorPlace place = FindIndicator(framework, "II.2.a");
  ASSERT_NE(place.indicator, nullptr);
  EXPECT_EQ(place.domain, &framework.domains[1]);
  EXPECT_EQ(place.competency, &framework.domains[1].competencies[1]);
  EXPECT_EQ(place.indicator->title, "Is fair");
  const IndicatorPlace none = FindIndicator(framework, "II.9");
  EXPECT_EQ(none.domain, nullptr);
  EXPECT_EQ(none.competency, nullptr);
  EXPECT_EQ(none.indicator, nullptr);
}

TEST(FrameworkTest, SaysLineAndColumnOfMalformedJson) {
  const auto framework =
      ParseFramework("{\n  \"format\": \"candor.framework.v1\",\n  \"code\" \"x\"\n}");
  ExpectError(framework, kInvalid, "JSON_MALFORMED");
  EXPECT_NE(std::string(framework.status().message()).find("line 3"), std::string::npos)
      << framework.status();
}

TEST(FrameworkTest, RefusesEachFaultWithItsPath) {
  const std::string long_text(1001, 'x');
  const std::vector<JsonCase> cases = {
      {"a list instead of a document", [](Json& j) { j = Json::array(); }, ""},
      {"a number instead of a document", [](Json& j) { j = 3; }, ""},
      {"no format", [](Json& j) { j.erase("format"); }, "format"},
      {"another format", [](Json& j) { j["format"] = "candor.framework.v2"; }, "format"},
      {"no code", [](Json& j) { j.erase("code"); }, "code"},
      {"a code of another type", [](Json& j) { j["code"] = 1; }, "code"},
      {"a code with capitals", [](Json& j) { j["code"] = "Sample"; }, "code"},
      {"an empty code", [](Json& j) { j["code"] = ""; }, "code"},
      {"a code too long", [](Json& j) { j["code"] = std::string(64, 'a'); }, "code"},
      {"no title", [](Json& j) { j.erase("title"); }, "title"},
      {"an empty title", [](Json& j) { j["title"] = ""; }, "title"},
      {"a title of two lines", [](Json& j) { j["title"] = "a\nb"; }, "title"},
      {"a title with a control character", [](Json& j) { j["title"] = "a\x1b[31m"; }, "title"},
      {"no version", [](Json& j) { j.erase("version"); }, "version"},
      {"null for a text", [](Json& j) { j["license"] = nullptr; }, "license"},
      {"a credit too long", [=](Json& j) { j["attribution"] = long_text; }, "attribution"},
      {"a misspelt member", [](Json& j) { j["licence"] = "x"; }, "licence"},
      {"no domains", [](Json& j) { j.erase("domains"); }, "domains"},
      {"an empty list of domains", [](Json& j) { j["domains"] = Json::array(); }, "domains"},
      {"an object for domains", [](Json& j) { j["domains"] = Json::object(); }, "domains"},
      {"a text for a domain", [](Json& j) { j["domains"][1] = "II"; }, "domains[1]"},
      {"a domain without competencies",
       [](Json& j) { j["domains"][1]["competencies"] = Json::array(); }, "domains[1].competencies"},
      {"a competency without indicators",
       [](Json& j) { j["domains"][0]["competencies"][0]["indicators"] = Json::array(); },
       "domains[0].competencies[0].indicators"},
      {"a domain without a title", [](Json& j) { j["domains"][0].erase("title"); },
       "domains[0].title"},
      {"a competency with an empty title",
       [](Json& j) { j["domains"][0]["competencies"][0]["title"] = ""; },
       "domains[0].competencies[0].title"},
      {"an indicator with a title too long",
       [=](Json& j) { j["domains"][0]["competencies"][0]["indicators"][1]["title"] = long_text; },
       "domains[0].competencies[0].indicators[1].title"},
      {"an indicator's code with a space",
       [](Json& j) { j["domains"][0]["competencies"][0]["indicators"][1]["code"] = "I 1 b"; },
       "domains[0].competencies[0].indicators[1].code"},
      {"an unknown member of an indicator",
       [](Json& j) { j["domains"][0]["competencies"][0]["indicators"][0]["theme"] = "EI"; },
       "domains[0].competencies[0].indicators[0].theme"},
      {"an unknown theme",
       [](Json& j) { j["domains"][1]["competencies"][1]["indicators"][0]["themes"][0] = "XX"; },
       "domains[1].competencies[1].indicators[0].themes[0]"},
      {"a theme named twice",
       [](Json& j) {
         j["domains"][0]["competencies"][0]["indicators"][0]["themes"] = {"EI", "EI"};
       },
       "domains[0].competencies[0].indicators[0].themes[1]"},
      {"a theme that is no text",
       [](Json& j) { j["domains"][0]["competencies"][0]["indicators"][0]["themes"] = {7}; },
       "domains[0].competencies[0].indicators[0].themes[0]"},
      {"themes that are no list", [](Json& j) { j["themes"] = "EI"; }, "themes"},
      {"a theme twice", [](Json& j) { j["themes"][1]["code"] = "EI"; }, "themes[1].code"},
      {"an indicator twice",
       [](Json& j) { j["domains"][1]["competencies"][0]["indicators"][0]["code"] = "I.1.a"; },
       "domains[1].competencies[0].indicators[0].code"},
      {"a competency twice", [](Json& j) { j["domains"][1]["competencies"][1]["code"] = "II.1"; },
       "domains[1].competencies[1].code"},
      {"a domain twice", [](Json& j) { j["domains"][1]["code"] = "I"; }, "domains[1].code"},
      {"a competency with a domain's code",
       [](Json& j) { j["domains"][1]["competencies"][1]["code"] = "I"; },
       "domains[1].competencies[1].code"},
  };
  for (const JsonCase& c : cases) {
    SCOPED_TRACE(c.what);
    Json document = FrameworkToJson(SampleFramework());
    c.change(document);
    ExpectError(ParseFramework(document.dump()), kInvalid, "FRAMEWORK_INVALID", c.field);
  }
}

TEST(FrameworkTest, AcceptsTwoThousandIndicatorsAndNoMore) {
  Framework framework = SampleFramework();
  std::vector<Indicator>& indicators = framework.domains[1].competencies[1].indicators;
  while (indicators.size() < 1997)
    indicators.push_back({"X" + std::to_string(indicators.size()), "Another", {}});
  EXPECT_TRUE(CheckFramework(framework).ok()) << CheckFramework(framework);
  indicators.push_back({"X1997", "One too many", {}});
  ExpectError(CheckFramework(framework), kInvalid, "FRAMEWORK_INVALID",
              "domains[1].competencies[1].indicators[1997]");
}

TEST(FrameworkTest, TheSameCodeMayBeAThemeAndAnIndicator) {
  Framework framework = SampleFramework();
  framework.domains[0].competencies[0].indicators[0].code = "EI";
  EXPECT_TRUE(CheckFramework(framework).ok());
}

TEST(FrameworkTest, AMemberNameInAMessageIsBoundedAndPrintable) {
  Json document = FrameworkToJson(SampleFramework());
  document[std::string(5000, 'z')] = 1;
  const absl::Status status = ParseFramework(document.dump()).status();
  EXPECT_LT(status.message().size(), 400u);
  document.erase(std::string(5000, 'z'));
  document["bell\x07"] = 1;
  ExpectError(ParseFramework(document.dump()), kInvalid, "FRAMEWORK_INVALID", "?");
}

TEST(FrameworkTest, ReadsTheDemonstrationsFramework) {
  const auto text = base::ReadFile(std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/framework.json");
  ASSERT_TRUE(text.ok()) << text.status();
  const auto framework = ParseFramework(*text);
  ASSERT_TRUE(framework.ok()) << framework.status();
  size_t indicators = 0;
  for (const Domain& domain : framework->domains) {
    for (const Competency& competency : domain.competencies)
      indicators += competency.indicators.size();
  }
  EXPECT_EQ(indicators, 108u);
}

}  // namespace
}  // namespace candor::domain
