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

// SampleFramework with guidance for growth of every kind.
Framework GuidingFramework() {
  Framework framework = SampleFramework();
  framework.domains[0].questions = {{"I.Q1", {{"en", "Where to?"}, {"es-MX", "¿Adónde?"}}}, {"I.Q2", {{"en", "Why?"}}}};
  framework.domains[1].competencies[1].next_steps = {{{"en", "Ask."}}, {{"en", "Listen."}, {"es", "Escuche."}}};
  framework.priority_areas = {{"P1", {{"en", "Care"}}, {"II.2", "I.1"}}, {"P2", {{"es", "Equidad"}}, {"I.1"}}};
  return framework;
}

TEST(FrameworkTest, ReadsTheGuidanceThatItWrites) {
  const std::string text = CanonicalJson(FrameworkToJson(GuidingFramework()));
  const auto read = ParseFramework(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(CanonicalJson(FrameworkToJson(*read)), text);
  ASSERT_EQ(read->domains[0].questions.size(), 2u);
  EXPECT_EQ(read->domains[0].questions[1].code, "I.Q2");
  EXPECT_EQ(read->domains[0].questions[0].text, (LocalizedText{{"en", "Where to?"}, {"es-MX", "¿Adónde?"}}));
  EXPECT_TRUE(read->domains[1].questions.empty());
  EXPECT_EQ(read->domains[1].competencies[1].next_steps,
            (std::vector<LocalizedText>{{{"en", "Ask."}}, {{"en", "Listen."}, {"es", "Escuche."}}}));
  ASSERT_EQ(read->priority_areas.size(), 2u);
  EXPECT_EQ(read->priority_areas[0].code, "P1");
  EXPECT_EQ(read->priority_areas[0].competencies, (std::vector<std::string>{"II.2", "I.1"}));
  EXPECT_EQ(read->priority_areas[1].title, (LocalizedText{{"es", "Equidad"}}));
}

TEST(FrameworkTest, WithoutGuidanceTheDocumentIsWhatItAlwaysWas) {
  const std::string text =
      R"({"attribution":"","code":"own","domains":[{"code":"A","competencies":[{"code":"A.1","indicators":)"
      R"([{"code":"A.1.x","themes":[],"title":"C"}],"title":"B"}],"title":"A"}],"format":"candor.framework.v1",)"
      R"("license":"","license_url":"","themes":[],"title":"Our own","version":"2026"})";
  Json document = *base::ParseJson(text);
  ASSERT_TRUE(ParseFramework(text).ok());
  EXPECT_EQ(CanonicalJson(FrameworkToJson(*ParseFramework(text))), text);
  document["priority_areas"] = Json::array();
  document["domains"][0]["questions"] = Json::array();
  document["domains"][0]["competencies"][0]["next_steps"] = Json::array();
  const auto empty = ParseFramework(document.dump());
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(CanonicalJson(FrameworkToJson(*empty)), text) << "empty lists are not written";
}

TEST(FrameworkTest, RefusesEachFaultOfGuidanceWithItsPath) {
  const std::string long_text(1001, 'x');
  Json languages = Json::object();
  for (char c = 'a'; c <= 'u'; ++c) languages[std::string("x") + c] = "text";
  const std::string step = "domains[1].competencies[1].next_steps[0]";
  const auto steps = [](Json& j) -> Json& { return j["domains"][1]["competencies"][1]["next_steps"]; };
  const auto questions = [](Json& j) -> Json& { return j["domains"][0]["questions"]; };
  const auto areas = [](Json& j) -> Json& { return j["priority_areas"]; };
  const std::vector<JsonCase> cases = {
      {"questions that are no list", [=](Json& j) { questions(j) = "Why?"; }, "domains[0].questions"},
      {"a question that is a text", [=](Json& j) { questions(j)[1] = "Why?"; }, "domains[0].questions[1]"},
      {"a question without a code", [=](Json& j) { questions(j)[0].erase("code"); }, "domains[0].questions[0].code"},
      {"a question's code with a space", [=](Json& j) { questions(j)[0]["code"] = "I Q1"; },
       "domains[0].questions[0].code"},
      {"a question twice", [=](Json& j) { questions(j)[1]["code"] = "I.Q1"; }, "domains[0].questions[1].code"},
      {"a question twice in two domains",
       [=](Json& j) { j["domains"][1]["questions"] = Json::array({questions(j)[1]}); }, "domains[1].questions[0].code"},
      {"a question without a text", [=](Json& j) { questions(j)[0].erase("text"); }, "domains[0].questions[0].text"},
      {"a question in no language", [=](Json& j) { questions(j)[0]["text"] = Json::object(); },
       "domains[0].questions[0].text"},
      {"a question as one text", [=](Json& j) { questions(j)[0]["text"] = "Why?"; }, "domains[0].questions[0].text"},
      {"a question in a language that is none", [=](Json& j) { questions(j)[0]["text"]["English"] = "Why?"; },
       "domains[0].questions[0].text.English"},
      {"an unknown member of a question", [=](Json& j) { questions(j)[1]["source"] = "x"; },
       "domains[0].questions[1].source"},
      {"too many questions",
       [=](Json& j) {
         for (int i = 0; i < 19; ++i) {
           questions(j).push_back(questions(j)[0]);
           questions(j).back()["code"] = "Q" + std::to_string(i);
         }
       },
       "domains[0].questions"},
      {"steps that are no list", [=](Json& j) { steps(j) = Json::object(); }, "domains[1].competencies[1].next_steps"},
      {"a step that is a text", [=](Json& j) { steps(j)[0] = "Ask."; }, step},
      {"a step in no language", [=](Json& j) { steps(j)[0] = Json::object(); }, step},
      {"a step that is a number", [=](Json& j) { steps(j)[0]["en"] = 3; }, step + ".en"},
      {"an empty step", [=](Json& j) { steps(j)[0]["en"] = ""; }, step + ".en"},
      {"a step of two lines", [=](Json& j) { steps(j)[0]["en"] = "a\nb"; }, step + ".en"},
      {"a step with a control character", [=](Json& j) { steps(j)[0]["en"] = "a\x1b[31m"; }, step + ".en"},
      {"a step too long", [=](Json& j) { steps(j)[0]["es"] = long_text; }, step + ".es"},
      {"a step in a language that is none", [=](Json& j) { steps(j)[0]["EN"] = "Ask."; }, step + ".EN"},
      {"a step in too many languages", [=](Json& j) { steps(j)[0] = languages; }, step},
      {"too many steps", [=](Json& j) { steps(j).insert(steps(j).end(), 19, Json{{"en", "Ask."}}); },
       "domains[1].competencies[1].next_steps"},
      {"areas that are no list", [=](Json& j) { areas(j) = "P1"; }, "priority_areas"},
      {"an area that is a text", [=](Json& j) { areas(j)[0] = "P1"; }, "priority_areas[0]"},
      {"an area with an empty code", [=](Json& j) { areas(j)[0]["code"] = ""; }, "priority_areas[0].code"},
      {"an area twice", [=](Json& j) { areas(j)[1]["code"] = "P1"; }, "priority_areas[1].code"},
      {"an area without a title", [=](Json& j) { areas(j)[1].erase("title"); }, "priority_areas[1].title"},
      {"an area with a title in no language", [=](Json& j) { areas(j)[1]["title"] = Json::object(); },
       "priority_areas[1].title"},
      {"an area with a title too long", [=](Json& j) { areas(j)[1]["title"]["es"] = long_text; },
       "priority_areas[1].title.es"},
      {"an area without competencies", [=](Json& j) { areas(j)[0].erase("competencies"); },
       "priority_areas[0].competencies"},
      {"an area of no competency", [=](Json& j) { areas(j)[0]["competencies"] = Json::array(); },
       "priority_areas[0].competencies"},
      {"an area with an unknown competency", [=](Json& j) { areas(j)[0]["competencies"][1] = "I.9"; },
       "priority_areas[0].competencies[1]"},
      {"an area with a domain for a competency", [=](Json& j) { areas(j)[0]["competencies"][1] = "I"; },
       "priority_areas[0].competencies[1]"},
      {"an area with an indicator for a competency", [=](Json& j) { areas(j)[0]["competencies"][0] = "I.1.a"; },
       "priority_areas[0].competencies[0]"},
      {"an area that names a competency twice", [=](Json& j) { areas(j)[0]["competencies"][1] = "II.2"; },
       "priority_areas[0].competencies[1]"},
      {"an unknown member of an area", [=](Json& j) { areas(j)[0]["source"] = "x"; }, "priority_areas[0].source"},
      {"too many areas",
       [=](Json& j) {
         for (int i = 0; i < 19; ++i) {
           areas(j).push_back(areas(j)[0]);
           areas(j).back()["code"] = "A" + std::to_string(i);
         }
       },
       "priority_areas"},
  };
  for (const JsonCase& c : cases) {
    SCOPED_TRACE(c.what);
    Json document = FrameworkToJson(GuidingFramework());
    c.change(document);
    ExpectError(ParseFramework(document.dump()), kInvalid, "FRAMEWORK_INVALID", c.field);
  }
}

TEST(FrameworkTest, TakesAsMuchGuidanceAsTheLimitsAllow) {
  Framework framework = GuidingFramework();
  LocalizedText text;
  for (char c = 'a'; c < 'a' + 20; ++c) text[std::string("x") + c] = std::string(1000, c);
  framework.domains[1].competencies[1].next_steps.assign(20, text);
  while (framework.domains[0].questions.size() < 20) {
    framework.domains[0].questions.push_back({"Q" + std::to_string(framework.domains[0].questions.size()), text});
  }
  while (framework.priority_areas.size() < 20) {
    framework.priority_areas.push_back({"A" + std::to_string(framework.priority_areas.size()), text, {"II.1"}});
  }
  EXPECT_TRUE(CheckFramework(framework).ok()) << CheckFramework(framework);
}

TEST(FrameworkTest, TheSameCodeMayBeAQuestionAnAreaAndAnIndicator) {
  Framework framework = GuidingFramework();
  framework.domains[0].questions[0].code = "I.1.a";
  framework.priority_areas[0].code = "I.1.a";
  EXPECT_TRUE(CheckFramework(framework).ok()) << CheckFramework(framework);
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
