#include "services/domain/instrument.h"

#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

using base::CanonicalJson;
using base::Json;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(InstrumentTest, ReadsWhatItWrites) {
  const std::string text = CanonicalJson(InstrumentToJson(SampleInstrument()));
  const auto read = ParseInstrument(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(CanonicalJson(InstrumentToJson(*read)), text);
  EXPECT_TRUE(read->items[2].reverse);
  EXPECT_EQ(read->items[3].texts.at("parent").at("es"), "This leader does II.2.a (es)");
  EXPECT_EQ(read->prompts[1].max_bytes, 100);
  EXPECT_EQ(read->scale.labels.at("es")[4], "siempre");
  EXPECT_TRUE(CheckInstrument(*read, SampleFramework()).ok());
}

TEST(InstrumentTest, ReverseAndCapAndPromptsMayBeLeftOut) {
  Json document = InstrumentToJson(SampleInstrument());
  for (Json& item : document["items"]) item.erase("reverse");
  for (Json& prompt : document["prompts"]) prompt.erase("max_bytes");
  auto read = ParseInstrument(document.dump());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(read->items[2].reverse);
  EXPECT_EQ(read->prompts[0].max_bytes, 2000);
  document.erase("prompts");
  read = ParseInstrument(document.dump());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->prompts.empty());
}

TEST(InstrumentTest, SaysLineAndColumnOfMalformedJson) {
  const auto instrument = ParseInstrument("{\"format\": \"candor.instrument.v1\",\n\"title\": }");
  ExpectError(instrument, kInvalid, "JSON_MALFORMED");
  EXPECT_NE(std::string(instrument.status().message()).find("line 2"), std::string::npos)
      << instrument.status();
}

TEST(InstrumentTest, RefusesEachFaultOfFormWithItsPath) {
  const std::vector<JsonCase> cases = {
      {"a text for a document", [](Json& j) { j = "instrument"; }, ""},
      {"another format", [](Json& j) { j["format"] = "candor.framework.v1"; }, "format"},
      {"no title", [](Json& j) { j.erase("title"); }, "title"},
      {"a framework of another type", [](Json& j) { j["framework"] = Json::object(); },
       "framework"},
      {"no scale", [](Json& j) { j.erase("scale"); }, "scale"},
      {"a scale that is no object", [](Json& j) { j["scale"] = 5; }, "scale"},
      {"points as a text", [](Json& j) { j["scale"]["points"] = "5"; }, "scale.points"},
      {"points as a fraction", [](Json& j) { j["scale"]["points"] = 4.5; }, "scale.points"},
      {"points with a decimal point", [](Json& j) { j["scale"]["points"] = 5.0; }, "scale.points"},
      {"too few points", [](Json& j) { j["scale"]["points"] = 1; }, "scale.points"},
      {"too many points", [](Json& j) { j["scale"]["points"] = 11; }, "scale.points"},
      {"points beyond 64 bits", [](Json& j) { j["scale"]["points"] = 18446744073709551615u; },
       "scale.points"},
      {"negative points", [](Json& j) { j["scale"]["points"] = -5; }, "scale.points"},
      {"labels that are no object", [](Json& j) { j["scale"]["labels"] = Json::array(); },
       "scale.labels"},
      {"labels that are no list", [](Json& j) { j["scale"]["labels"]["en"] = "low"; },
       "scale.labels.en"},
      {"a label that is no text", [](Json& j) { j["scale"]["labels"]["en"][2] = 3; },
       "scale.labels.en[2]"},
      {"no words for not observed", [](Json& j) { j["scale"].erase("not_observed"); },
       "scale.not_observed"},
      {"an unknown member of the scale", [](Json& j) { j["scale"]["point"] = 5; }, "scale.point"},
      {"languages that are no list", [](Json& j) { j["languages"] = "en"; }, "languages"},
      {"a language that is no text", [](Json& j) { j["languages"][1] = true; }, "languages[1]"},
      {"a group that is no object", [](Json& j) { j["rater_groups"][0] = "staff"; },
       "rater_groups[0]"},
      {"a group's title that is a text", [](Json& j) { j["rater_groups"][0]["title"] = "Staff"; },
       "rater_groups[0].title"},
      {"an unknown member of a group", [](Json& j) { j["rater_groups"][2]["name"] = "x"; },
       "rater_groups[2].name"},
      {"no items", [](Json& j) { j.erase("items"); }, "items"},
      {"reverse as a number", [](Json& j) { j["items"][0]["reverse"] = 1; }, "items[0].reverse"},
      {"texts that are no object", [](Json& j) { j["items"][0]["texts"] = "x"; }, "items[0].texts"},
      {"an audience's texts as one text", [](Json& j) { j["items"][0]["texts"]["staff"] = "x"; },
       "items[0].texts.staff"},
      {"a sentence that is no text", [](Json& j) { j["items"][0]["texts"]["staff"]["es"] = 1; },
       "items[0].texts.staff.es"},
      {"an unknown member of an item", [](Json& j) { j["items"][3]["weight"] = 2; },
       "items[3].weight"},
      {"prompts that are no list", [](Json& j) { j["prompts"] = 1; }, "prompts"},
      {"a cap too low", [](Json& j) { j["prompts"][0]["max_bytes"] = 99; }, "prompts[0].max_bytes"},
      {"a cap too high", [](Json& j) { j["prompts"][0]["max_bytes"] = 4001; },
       "prompts[0].max_bytes"},
      {"a prompt without texts", [](Json& j) { j["prompts"][1].erase("texts"); },
       "prompts[1].texts"},
      {"an unknown member", [](Json& j) { j["scales"] = 1; }, "scales"},
  };
  for (const JsonCase& c : cases) {
    SCOPED_TRACE(c.what);
    Json document = InstrumentToJson(SampleInstrument());
    c.change(document);
    ExpectError(ParseInstrument(document.dump()), kInvalid, "INSTRUMENT_INVALID", c.field);
  }
}

struct InstrumentCase {
  std::string what;
  std::function<void(Instrument&)> change;
  std::string field;
};

TEST(InstrumentTest, RefusesEachBrokenRuleWithItsPath) {
  const std::vector<InstrumentCase> cases = {
      {"an empty title", [](Instrument& i) { i.title = ""; }, "title"},
      {"a title of two lines", [](Instrument& i) { i.title = "a\nb"; }, "title"},
      {"a title too long", [](Instrument& i) { i.title = std::string(501, 'x'); }, "title"},
      {"another framework", [](Instrument& i) { i.framework = "other"; }, "framework"},
      {"no language", [](Instrument& i) { i.languages = {}; }, "languages"},
      {"too many languages", [](Instrument& i) { i.languages.assign(21, "en"); }, "languages"},
      {"no language tag", [](Instrument& i) { i.languages[1] = "Spanish!"; }, "languages[1]"},
      {"a language twice", [](Instrument& i) { i.languages[1] = "en"; }, "languages[1]"},
      {"one point", [](Instrument& i) { i.scale.points = 1; }, "scale.points"},
      {"eleven points", [](Instrument& i) { i.scale.points = 11; }, "scale.points"},
      {"favourable from the lowest", [](Instrument& i) { i.scale.favourable_from = 1; },
       "scale.favourable_from"},
      {"strength line below the scale", [](Instrument& i) { i.scale.strength_cut_hundredths = 99; },
       "scale.strength_cut_hundredths"},
      {"strength line above the scale", [](Instrument& i) { i.scale.strength_cut_hundredths = 501; },
       "scale.strength_cut_hundredths"},
      {"negative agreement band", [](Instrument& i) { i.scale.agreement_band_hundredths = -1; },
       "scale.agreement_band_hundredths"},
      {"agreement band wider than half of the scale", [](Instrument& i) { i.scale.agreement_band_hundredths = 201; },
       "scale.agreement_band_hundredths"},
      {"favourable above the scale", [](Instrument& i) { i.scale.favourable_from = 6; },
       "scale.favourable_from"},
      {"a label too few", [](Instrument& i) { i.scale.labels["es"].pop_back(); },
       "scale.labels.es"},
      {"an empty label", [](Instrument& i) { i.scale.labels["es"][1] = ""; }, "scale.labels.es[1]"},
      {"no labels in a language", [](Instrument& i) { i.scale.labels.erase("es"); },
       "scale.labels.es"},
      {"labels in a foreign language",
       [](Instrument& i) { i.scale.labels["fr"] = i.scale.labels["en"]; }, "scale.labels.fr"},
      {"not observed in one language alone",
       [](Instrument& i) { i.scale.not_observed.erase("en"); }, "scale.not_observed.en"},
      {"no rater group", [](Instrument& i) { i.rater_groups.clear(); }, "rater_groups"},
      {"a group's code in capitals", [](Instrument& i) { i.rater_groups[0].code = "Staff"; },
       "rater_groups[0].code"},
      {"a group named self", [](Instrument& i) { i.rater_groups[0].code = "self"; },
       "rater_groups[0].code"},
      {"a group named supervisor", [](Instrument& i) { i.rater_groups[0].code = "supervisor"; },
       "rater_groups[0].code"},
      {"a group named other_raters", [](Instrument& i) { i.rater_groups[0].code = "other_raters"; },
       "rater_groups[0].code"},
      {"a group twice", [](Instrument& i) { i.rater_groups[1].code = "staff"; },
       "rater_groups[1].code"},
      {"a group's title not in Spanish", [](Instrument& i) { i.rater_groups[1].title.erase("es"); },
       "rater_groups[1].title.es"},
      {"a group that is asked nothing",
       [](Instrument& i) {
         i.rater_groups.push_back({"board", {{"en", "Board"}, {"es", "Consejo"}}});
       },
       "rater_groups[3]"},
      {"no item", [](Instrument& i) { i.items.clear(); }, "items"},
      {"too many items", [](Instrument& i) { i.items.resize(401, i.items[0]); }, "items"},
      {"an unknown indicator", [](Instrument& i) { i.items[1].indicator = "IX"; },
       "items[1].indicator"},
      {"an indicator with two items", [](Instrument& i) { i.items[1].indicator = "I.1.a"; },
       "items[1].indicator"},
      {"an item for nobody", [](Instrument& i) { i.items[1].texts.clear(); }, "items[1].texts"},
      {"an unknown audience",
       [](Instrument& i) { i.items[1].texts["boss"] = i.items[1].texts["staff"]; },
       "items[1].texts.boss"},
      {"an item for other_raters",
       [](Instrument& i) { i.items[1].texts["other_raters"] = i.items[1].texts["staff"]; },
       "items[1].texts.other_raters"},
      {"a text missing in Spanish", [](Instrument& i) { i.items[1].texts["staff"].erase("es"); },
       "items[1].texts.staff.es"},
      {"a text in a foreign language", [](Instrument& i) { i.items[1].texts["staff"]["fr"] = "x"; },
       "items[1].texts.staff.fr"},
      {"an empty text", [](Instrument& i) { i.items[1].texts["staff"]["es"] = ""; },
       "items[1].texts.staff.es"},
      {"a text too long",
       [](Instrument& i) { i.items[1].texts["staff"]["es"] = std::string(501, 'x'); },
       "items[1].texts.staff.es"},
      {"a text that is no UTF-8", [](Instrument& i) { i.items[1].texts["staff"]["es"] = "a\xff"; },
       "items[1].texts.staff.es"},
      {"too many prompts", [](Instrument& i) { i.prompts.resize(11, i.prompts[0]); }, "prompts"},
      {"a prompt's code in capitals", [](Instrument& i) { i.prompts[0].code = "A"; },
       "prompts[0].code"},
      {"a prompt's code twice", [](Instrument& i) { i.prompts[1].code = "strengths"; },
       "prompts[1].code"},
      {"a prompt's cap too low", [](Instrument& i) { i.prompts[1].max_bytes = 99; },
       "prompts[1].max_bytes"},
      {"a prompt's cap too high", [](Instrument& i) { i.prompts[1].max_bytes = 4001; },
       "prompts[1].max_bytes"},
      {"a prompt for an unknown audience",
       [](Instrument& i) { i.prompts[1].texts["boss"] = i.prompts[1].texts["staff"]; },
       "prompts[1].texts.boss"},
      {"a prompt's text missing in English",
       [](Instrument& i) { i.prompts[1].texts["staff"].erase("en"); }, "prompts[1].texts.staff.en"},
  };
  for (const InstrumentCase& c : cases) {
    SCOPED_TRACE(c.what);
    Instrument instrument = SampleInstrument();
    c.change(instrument);
    ExpectError(CheckInstrument(instrument, SampleFramework()), kInvalid, "INSTRUMENT_INVALID",
                c.field);
  }
}

TEST(InstrumentTest, ReadsItsOwnLinesBackAndLeavesDefaultsOut) {
  Instrument instrument = SampleInstrument();
  EXPECT_FALSE(InstrumentToJson(instrument)["scale"].contains("strength_cut_hundredths"));
  instrument.scale.strength_cut_hundredths = 300;
  instrument.scale.agreement_band_hundredths = 40;
  EXPECT_TRUE(CheckInstrument(instrument, SampleFramework()).ok());
  const auto read = ParseInstrument(base::CanonicalJson(InstrumentToJson(instrument)));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->scale.strength_cut_hundredths, 300);
  EXPECT_EQ(read->scale.agreement_band_hundredths, 40);
}

TEST(InstrumentTest, AcceptsEveryScaleFromTwoToTenPoints) {
  for (int points = 2; points <= 10; ++points) {
    Instrument instrument = SampleInstrument();
    instrument.scale.points = points;
    instrument.scale.favourable_from = points;
    for (auto& [language, labels] : instrument.scale.labels) labels.assign(points, "label");
    EXPECT_TRUE(CheckInstrument(instrument, SampleFramework()).ok()) << points;
  }
}

TEST(InstrumentTest, ListsTheItemsAndPromptsOfAudiences) {
  const Instrument instrument = SampleInstrument();
  EXPECT_EQ(ItemsOfAudience(instrument, "staff"), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(ItemsOfAudience(instrument, "parent"), (std::vector<int>{0, 3}));
  EXPECT_EQ(ItemsOfAudience(instrument, "nobody"), std::vector<int>{});
  EXPECT_EQ(CommonItems(instrument, {"staff", "parent"}), std::vector<int>{0});
  EXPECT_EQ(CommonItems(instrument, {"supervisor", "parent"}), std::vector<int>{0});
  EXPECT_EQ(CommonItems(instrument, {}), std::vector<int>{});
  EXPECT_EQ(CommonPrompts(instrument, {"staff"}), (std::vector<int>{0, 1}));
  EXPECT_EQ(CommonPrompts(instrument, {"staff", "student"}), std::vector<int>{0});
  EXPECT_EQ(CommonPrompts(instrument, {"staff", "parent"}), std::vector<int>{});
}

TEST(InstrumentVersionTest, KeepsOfTheFrameworkWhatItsItemsReferTo) {
  Instrument instrument = SampleInstrument();
  instrument.items = {instrument.items[0], instrument.items[2]};  // I.1.a and II.1.a
  const InstrumentVersion version = MakeInstrumentVersion(instrument, SampleFramework());
  ASSERT_EQ(version.framework.domains.size(), 2u);
  ASSERT_EQ(version.framework.domains[0].competencies[0].indicators.size(), 1u);
  EXPECT_EQ(version.framework.domains[0].competencies[0].indicators[0].code, "I.1.a");
  ASSERT_EQ(version.framework.domains[1].competencies.size(), 1u);
  EXPECT_EQ(version.framework.domains[1].competencies[0].code, "II.1");
  ASSERT_EQ(version.framework.themes.size(), 1u);
  EXPECT_EQ(version.framework.themes[0].code, "EI");
  EXPECT_EQ(version.framework.attribution, "Written for tests");

  instrument.items = {instrument.items[1]};
  EXPECT_EQ(MakeInstrumentVersion(instrument, SampleFramework()).framework.domains.size(), 1u);
}

TEST(InstrumentVersionTest, KeepsTheGuidanceOfWhatItsItemsReferTo) {
  Framework framework = SampleFramework();
  framework.domains[0].questions = {{"I.Q1", {{"en", "Where to?"}}}};
  framework.domains[1].questions = {{"II.Q1", {{"en", "Who?"}}}};
  framework.domains[1].competencies[0].next_steps = {{{"en", "Listen."}}};
  framework.domains[1].competencies[1].next_steps = {{{"en", "Be fair."}}};
  framework.priority_areas = {{"P1", {{"en", "Care"}}, {"II.2", "II.1"}},
                              {"P2", {{"en", "Fairness"}}, {"II.2"}},
                              {"P3", {{"en", "Direction"}}, {"I.1"}}};
  Instrument instrument = SampleInstrument();
  instrument.items = {instrument.items[2]};  // II.1.a
  instrument.items[0].texts["parent"] = instrument.items[0].texts["staff"];
  const InstrumentVersion version = MakeInstrumentVersion(instrument, framework);
  EXPECT_TRUE(CheckFramework(version.framework).ok()) << CheckFramework(version.framework);
  ASSERT_EQ(version.framework.domains.size(), 1u);
  ASSERT_EQ(version.framework.domains[0].questions.size(), 1u);
  EXPECT_EQ(version.framework.domains[0].questions[0].code, "II.Q1");
  EXPECT_EQ(version.framework.domains[0].competencies[0].next_steps, (std::vector<LocalizedText>{{{"en", "Listen."}}}));
  ASSERT_EQ(version.framework.priority_areas.size(), 1u);
  EXPECT_EQ(version.framework.priority_areas[0].code, "P1");
  EXPECT_EQ(version.framework.priority_areas[0].competencies, std::vector<std::string>{"II.1"});
  const std::string bytes = EncodeInstrumentVersion(version);
  const auto read = DecodeInstrumentVersion(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeInstrumentVersion(*read), bytes);
}

TEST(InstrumentVersionTest, ItsDocumentReadsBackToTheSameBytes) {
  const std::string bytes =
      EncodeInstrumentVersion(MakeInstrumentVersion(SampleInstrument(), SampleFramework()));
  const auto version = DecodeInstrumentVersion(bytes);
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(EncodeInstrumentVersion(*version), bytes);
  EXPECT_EQ(version->instrument.items.size(), 4u);
  EXPECT_EQ(version->framework.code, "sample");
}

TEST(InstrumentVersionTest, RefusesAnyOtherBytes) {
  const std::string bytes =
      EncodeInstrumentVersion(MakeInstrumentVersion(SampleInstrument(), SampleFramework()));
  const Json document = *base::ParseJson(bytes);
  std::vector<std::string> damaged = {"",
                                      "{}",
                                      "null",
                                      "[1]",
                                      bytes + " ",
                                      bytes.substr(0, bytes.size() / 2),
                                      "\xEF\xBB\xBF" + bytes,
                                      document.dump(1)};
  const std::vector<JsonCase> cases = {
      {"another format", [](Json& j) { j["format"] = "candor.instrument.v1"; }, ""},
      {"no framework", [](Json& j) { j.erase("framework"); }, ""},
      {"no instrument", [](Json& j) { j.erase("instrument"); }, ""},
      {"an unknown member", [](Json& j) { j["more"] = 1; }, ""},
      {"an unknown member within", [](Json& j) { j["instrument"]["more"] = 1; }, ""},
      {"an indicator that the framework lacks",
       [](Json& j) { j["instrument"]["items"][0]["indicator"] = "IX"; }, ""},
      {"a framework that breaks a rule", [](Json& j) { j["framework"]["domains"] = Json::array(); },
       ""},
      {"a member left to its default",
       [](Json& j) { j["instrument"]["items"][0].erase("reverse"); }, ""},
  };
  for (const JsonCase& c : cases) {
    Json changed = document;
    c.change(changed);
    damaged.push_back(CanonicalJson(changed));
  }
  for (const std::string& other : damaged) {
    SCOPED_TRACE(other.substr(0, 100));
    ExpectError(DecodeInstrumentVersion(other), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  }
}

TEST(InstrumentVersionTest, ReadsTheDemonstrationsInstrument) {
  const auto framework = ParseFramework(
      *base::ReadFile(std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/framework.json"));
  const auto instrument = ParseInstrument(
      *base::ReadFile(std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/instrument.json"));
  ASSERT_TRUE(framework.ok() && instrument.ok()) << framework.status() << instrument.status();
  ASSERT_TRUE(CheckInstrument(*instrument, *framework).ok())
      << CheckInstrument(*instrument, *framework);
  const std::string bytes = EncodeInstrumentVersion(MakeInstrumentVersion(*instrument, *framework));
  const auto version = DecodeInstrumentVersion(bytes);
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(EncodeInstrumentVersion(*version), bytes);
}

TEST(InstrumentTest, ForbidsEvaluativeUseOrSaysNothing) {
  Instrument instrument = SampleInstrument();
  const std::string silent = base::CanonicalJson(InstrumentToJson(instrument));
  EXPECT_EQ(silent.find("evaluative_use"), std::string::npos);
  instrument.evaluative_use_forbidden = true;
  const std::string forbids = base::CanonicalJson(InstrumentToJson(instrument));
  EXPECT_NE(forbids.find("\"evaluative_use\":\"forbidden\""), std::string::npos);
  const auto read = ParseInstrument(forbids);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->evaluative_use_forbidden);
  EXPECT_FALSE(ParseInstrument(silent)->evaluative_use_forbidden);
  base::Json document = *base::ParseJson(forbids);
  for (const base::Json& wrong : {base::Json("not_forbidden"), base::Json(""), base::Json(true), base::Json(nullptr)}) {
    document["evaluative_use"] = wrong;
    ExpectError(ParseInstrument(base::CanonicalJson(document)), absl::StatusCode::kInvalidArgument, "INSTRUMENT_INVALID",
                "evaluative_use");
  }
  const auto version = MakeInstrumentVersion(instrument, SampleFramework());
  EXPECT_TRUE(DecodeInstrumentVersion(EncodeInstrumentVersion(version))->instrument.evaluative_use_forbidden);
}

}  // namespace
}  // namespace candor::domain
