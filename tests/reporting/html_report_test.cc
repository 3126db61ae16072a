// What a reader finds in a browser and on paper.

#include "clients/report/html_report.h"

#include <fstream>
#include <iterator>
#include <limits>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/report/html_template.h"
#include "clients/report/html_words.h"
#include "clients/sentences/sentences.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reporting/html_page.h"
#include "tests/reporting/html_samples.h"
#include "tests/reporting/report_builders.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using reporting::BuildReport;
using reporting::Copies;
using reporting::DemonstrationInput;
using reporting::FullReport;
using reporting::InputOf;
using reporting::Page;
using reporting::RawGroup;
using reporting::SampleComments;
using reporting::SamplePlan;
using reporting::SmallVersion;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::Report Small(const std::vector<RawGroup>& groups, std::vector<uint8_t> self = {}) {
  reporting::ReportInput input = InputOf(SmallVersion(5), groups);
  if (!self.empty()) input.self = reporting::Ratings(std::move(self));
  const auto report = BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

// The longest questionnaire there is: 108 statements under 36 competencies.
v1::Report Long() {
  v1::Report report = FullReport(7);
  v1::Scores& scores = *report.mutable_scores();
  const v1::Scores before = scores;
  for (int copy = 1; scores.units_size() < 160; ++copy) {
    for (const v1::UnitScore& unit : before.units()) {
      if (unit.kind() != v1::UNIT_KIND_INDICATOR) continue;
      v1::UnitScore& more = *scores.add_units();
      more = unit;
      more.set_code(absl::StrCat(unit.code(), copy));
    }
  }
  return report;
}

std::string Html(const v1::Report& report, const std::string& language = "en") {
  HtmlOptions options;
  options.language = language;
  return RenderHtml(report, options);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

std::string TextOf(const v1::Report& report) { return Page(Html(report)).Text(); }

TEST(HtmlReportTest, IsOneWellFormedFileThatAsksForNothing) {
  const v1::ReportComments comments = SampleComments();
  v1::Report older = FullReport(2);
  older.clear_brief();
  const std::vector<std::pair<std::string, v1::Report>> reports = {
      {"full", FullReport(7)},
      {"older", older},
      {"empty", v1::Report()},
      {"nobody", Small({})},
      {"self alone", Small({}, {4, 2, 3, 5})},
      {"one group", Small({{"staff", {}, 12, 0, Copies(11, {4, 2, 3, 5}), {}}}, {4, 2, 3, 5})},
      {"one group too small", Small({{"staff", {}, 12, 0, Copies(3, {4, 2, 3, 5}), {}}}, {4, 2, 3, 5})},
      {"long", Long()},
  };
  for (const auto& [name, report] : reports) {
    for (const char* language : {"en", "es", "fr"}) {
      SCOPED_TRACE(absl::StrCat(name, " ", language));
      HtmlOptions options;
      options.language = language;
      EXPECT_THAT(Page(RenderHtml(report, options, &comments)).Faults(), IsEmpty());
    }
  }
}

TEST(HtmlReportTest, TheSameReportIsTheSameBytes) {
  const v1::Report report = FullReport(7);
  v1::Report again;
  ASSERT_TRUE(again.ParseFromString(report.SerializeAsString()));
  EXPECT_EQ(Html(report), Html(again));
  EXPECT_NE(Html(report), Html(report, "es"));
  EXPECT_EQ(Html(report), Html(report, "en-GB"));
  EXPECT_EQ(Html(report), Html(report, "fr")) << "a language without words";
}

TEST(HtmlReportTest, PageOneSaysWhoTookPartWhatStandsOutAndWhatToDo) {
  const std::string text = TextOf(FullReport(7));
  for (const char* part :
       {"Feedback report: Robin Vale", "Principal, Hillside School", "answering planned until 15 January 2027",
        "the leader's own development, not ranking or appraisal", "Staff 22 8 (36 %) yes",
        "fewer than half answered", "Parents and guardians 9 3 (33 %) not shown: fewer than 5 gave a rating",
        "What raters value most", "Where you and raters really differ", "hold for all of them together (95 %; with ~",
        "What to work on: proposals, you choose", "that it is one of the 3 greatest needs", "below the target",
        "A question for your coach or mentor", "What this report does not know", "What those think who did not answer"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(HtmlReportTest, PageOneIsWhatTheReportSaysAndNothingElse) {
  v1::Report report = FullReport(7);
  v1::Brief& brief = *report.mutable_brief();
  brief.Clear();
  brief.set_gaps_examined(21);
  brief.set_focus_outcome(v1::FOCUS_OUTCOME_NOTHING_TO_RANK);
  brief.mutable_coach_question()->set_kind(v1::COACH_QUESTION_KIND_MORE_VOICES);
  brief.add_strengths()->set_unit("no such competency");
  const std::string one = Page(Html(report)).TextOf("//div[@class='one-page']");
  EXPECT_THAT(one, AllOf(HasSubstr("No gap is so large that chance could not explain it."),
                         HasSubstr("exact enough to say where to begin"), HasSubstr("Too few voices"),
                         HasSubstr("No competency is at or above the strength line"), Not(HasSubstr("no such competency"))));
  EXPECT_THAT(Page(Html(report)).Texts("//div[@class='one-page']//b"), IsEmpty()) << "a competency";
}

TEST(HtmlReportTest, AnOlderReportSaysWhatItsFiguresSay) {
  v1::Report report = FullReport(7);
  report.clear_brief();
  const std::string text = TextOf(report);
  EXPECT_THAT(text, AllOf(HasSubstr("What raters see least (below 3.50)"), HasSubstr("Where self and raters differ most"),
                          HasSubstr("competencies that both rated, self is higher in"), Not(HasSubstr("greatest needs"))));
}

TEST(HtmlReportTest, ThePlanStandsOnThePageWhereItIsGiven) {
  v1::GrowthPlan plan = SamplePlan();
  for (const char* language : {"en", "es"}) {
    HtmlOptions options;
    options.language = language;
    const bool english = options.language == "en";
    const Page page(RenderHtml(FullReport(7), options, nullptr, &plan));
    EXPECT_THAT(page.Faults(), IsEmpty());
    const std::string text = page.TextOf("//section[h2/@id='plan']");
    for (const std::string& said :
         {std::string("Staff hear first what families said. And what follows from it."),
          std::string(english ? "Done: Ask two families each week & write it down" : "Hecho: Ask two families each week & write it down"),
          std::string(english ? "To do: A quarter" : "Por hacer: A quarter"), std::string("Seven of ten weeks"),
          std::string(english ? "14 May 2027" : "14 de mayo de 2027"), std::string("IX.9"), std::string("<b>Not</b> markup"),
          std::string(english ? "Not shared in the service" : "No compartido en el servicio")}) {
      EXPECT_THAT(text, HasSubstr(said));
    }
    EXPECT_EQ(page.Texts("//nav//a[@href='#plan']").size(), 1u);
  }
  plan.set_shared_with_supervisor(true);
  EXPECT_THAT(Page(RenderHtml(FullReport(7), {}, nullptr, &plan)).Text(), HasSubstr("Shared: besides the leader"));
  plan.clear_goals();
  EXPECT_EQ(RenderHtml(FullReport(7), {}, nullptr, &plan), RenderHtml(FullReport(7), {}));
}

TEST(HtmlReportTest, GivesNoSumGradeAndNoPlaceAmongLeaders) {
  const std::string text = TextOf(FullReport(7));
  for (const char* word : {"Overall", "All items", "percentile", "rank "}) EXPECT_THAT(text, Not(HasSubstr(word)));
}

TEST(HtmlReportTest, SaysOnEveryPageAndInEverySectionThatNobodyMayBeJudgedByIt) {
  v1::Report report = FullReport(7);
  report.set_evaluative_use_forbidden(false);
  EXPECT_THAT(Html(report), Not(HasSubstr("judge the leader")));
  report.set_evaluative_use_forbidden(true);
  const v1::ReportComments comments = SampleComments();
  for (const char* language : {"en", "es"}) {
    HtmlOptions options;
    options.language = language;
    const v1::GrowthPlan plan = SamplePlan();
    const std::string html = RenderHtml(report, options, &comments, &plan);
    const Page page(html);
    const sentences::Sentences say(language);
    // In a style no reference is resolved, so the notice of every printed page may hold no sign that needs one.
    const std::string running = say.Say("report.not_to_judge_running");
    EXPECT_EQ(running.find_first_of("'\"&<>\\"), std::string::npos);
    EXPECT_THAT(html, HasSubstr(absl::StrCat("@bottom-left { content: \"", running, "\"")));
    EXPECT_THAT(page.Texts("//main//section[h2 and not(*[@class='notice']) and h2/@id != 'took-part']/h2"), IsEmpty());
    EXPECT_EQ(page.Texts("//header//*[@class='notice']").size(), 1u);
  }
}

TEST(HtmlReportTest, IsPrintedOnThePaperThatWasAskedFor) {
  HtmlOptions options;
  EXPECT_THAT(RenderHtml(FullReport(7), options), HasSubstr("@page { size: letter;"));
  options.paper = Paper::kA4;
  EXPECT_THAT(RenderHtml(FullReport(7), options), HasSubstr("@page { size: A4;"));
}

TEST(HtmlReportTest, ShowsEveryUnitAndEveryNote) {
  const v1::Report report = FullReport(7);
  const std::string text = TextOf(report);
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() == v1::UNIT_KIND_OVERALL) continue;
    EXPECT_THAT(text, HasSubstr(absl::StrCat(unit.code(), " ", unit.title())));
  }
  for (const std::string& note : report.notes()) EXPECT_THAT(text, HasSubstr(note));
  EXPECT_THAT(text, HasSubstr("licensed under CC BY 4.0"));
}

TEST(HtmlReportTest, ShowsUnitsWhoseUnitAboveIsMissing) {
  v1::Report report = FullReport(7);
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) unit.set_parent("gone");
  const std::string text = TextOf(report);
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() == v1::UNIT_KIND_OVERALL) continue;
    EXPECT_THAT(text, HasSubstr(absl::StrCat(unit.code(), " ", unit.title())));
  }
}

TEST(HtmlReportTest, WithEachFieldMissingThereIsStillAPage) {
  const v1::Report full = FullReport(7);
  const auto* type = full.GetDescriptor();
  for (int f = 0; f < type->field_count(); ++f) {
    SCOPED_TRACE(type->field(f)->name());
    v1::Report report = full;
    report.GetReflection()->ClearField(&report, type->field(f));
    EXPECT_THAT(Page(Html(report)).Faults(), IsEmpty());
  }
  // Units without the figures of their groups, groups without titles, rules without anything.
  v1::Report report = full;
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) unit.clear_groups();
  for (v1::GroupSummary& group : *report.mutable_scores()->mutable_groups()) group.clear_title();
  report.mutable_scores()->clear_rules();
  EXPECT_THAT(Page(Html(report)).Faults(), IsEmpty());
}

TEST(HtmlReportTest, FiguresThatAreNoneDoNoHarm) {
  v1::Report report = FullReport(7);
  const double none = std::numeric_limits<double>::quiet_NaN(), all = std::numeric_limits<double>::infinity();
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    unit.mutable_self()->set_mean(none);
    unit.mutable_all_raters()->set_mean(all);
    unit.mutable_all_raters()->mutable_interval()->set_lower(-all);
    unit.mutable_gap()->set_value(none);
    for (v1::GroupScore& score : *unit.mutable_groups()) {
      score.set_mean(-all);
      score.mutable_interval()->set_upper(none);
      score.mutable_distribution()->add_counts(std::numeric_limits<int64_t>::min());
      score.mutable_distribution()->add_counts(std::numeric_limits<int64_t>::max());
      score.mutable_distribution()->set_favourable_share(none);
    }
  }
  const Page page(Html(report));
  EXPECT_THAT(page.Faults(), IsEmpty());
  EXPECT_FALSE(std::regex_search(page.Text(), std::regex("(^|[^A-Za-z])(nan|inf|NaN)([^A-Za-z]|$)")));
}

// What is withheld stays so, whatever numbers a faulty message carries beside it.
TEST(HtmlReportTest, NothingWithheldLeavesANumber) {
  v1::Report report = FullReport(7);
  const auto poison = [](v1::GroupScore& score) {
    score.set_state(v1::FIGURE_STATE_WITHHELD);
    score.set_withheld_reason(v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
    score.set_n(77123);
    score.set_mean(4.77);
    score.set_lower(4.66);
    score.set_upper(4.88);
    score.mutable_interval()->set_kind(v1::INTERVAL_KIND_CONFIDENCE);
    score.mutable_interval()->set_lower(4.61);
    score.mutable_interval()->set_upper(4.89);
    score.mutable_distribution()->Clear();
    for (int k = 0; k < 5; ++k) score.mutable_distribution()->add_counts(88123 + k);
    score.mutable_distribution()->set_average_deviation(1.77);
    score.set_not_observed(99123);
    score.set_half_statement(v1::HALF_STATEMENT_AT_MOST_TWO_LOW);
    score.mutable_change()->set_value(1.71);
    score.mutable_change()->set_word(v1::CHANGE_WORD_HIGHER);
    score.mutable_benchmark()->set_leaders(66123);
    score.mutable_benchmark()->set_mean(4.72);
  };
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    for (v1::GroupScore& score : *unit.mutable_groups()) poison(score);
    poison(*unit.mutable_all_raters());
  }
  const std::string html = Html(report);
  for (const char* leaked :
       {"77123", "4.77", "4.66", "4.88", "4.61", "4.89", "8812", "1.77", "99123", "1.71", "66123", "4.72"}) {
    EXPECT_THAT(html, Not(HasSubstr(leaked)));
  }
  EXPECT_THAT(Page(html).Text(), HasSubstr("not shown: fewer than 5 gave a rating"));
}

TEST(HtmlReportTest, AGroupThatIsWithheldHasNoColumn) {
  v1::Report report = FullReport(7);
  for (int g = 0; g < report.scores().groups_size(); ++g) {
    if (report.scores().groups(g).code() != "staff") continue;
    report.mutable_scores()->mutable_groups(g)->set_withheld_reason(v1::WITHHELD_REASON_TOO_FEW_ANSWERS);
    for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
      unit.mutable_groups(g)->set_state(v1::FIGURE_STATE_EXACT);
      unit.mutable_groups(g)->set_mean(4.77);
    }
  }
  EXPECT_THAT(Html(report), Not(HasSubstr("4.77")));
}

// Puts `text` into every text of the message, keys of maps too.
void Inject(google::protobuf::Message& message, const std::string& text) {
  const auto* reflection = message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int f = 0; f < type->field_count(); ++f) {
    const auto* field = type->field(f);
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
      if (!field->is_repeated()) {
        reflection->SetString(&message, field, text);
      } else {
        for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
          reflection->SetRepeatedString(&message, field, i, text);
        }
      }
    } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) {
        if (reflection->HasField(message, field)) Inject(*reflection->MutableMessage(&message, field), text);
      } else {
        for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
          Inject(*reflection->MutableRepeatedMessage(&message, field, i), text);
        }
      }
    }
  }
}

// A drawing is for the eye alone: whoever does not see it loses nothing.
TEST(HtmlReportTest, EveryFigureInADrawingStandsInItsTable) {
  const std::regex number("[0-9]+([.][0-9]+)?");
  for (const char* language : {"en", "es"}) {
    const Page page(Html(FullReport(7), language));
    int drawings = 0, figures = 0;
    for (const auto& found : page.document().select_nodes("//svg[@role='img']")) {
      const pugi::xml_node around = found.node().parent();
      std::set<std::string> told;
      const std::string table = Page::TextOf(around.select_nodes(".//table"));
      for (std::sregex_iterator match(table.begin(), table.end(), number), end; match != end; ++match) {
        told.insert(match->str());
      }
      ++drawings;
      for (const auto& text : found.node().select_nodes(".//text[not(contains(@class, 'axis-number'))]")) {
        const std::string words = text.node().child_value();
        for (std::sregex_iterator match(words.begin(), words.end(), number), end; match != end; ++match) {
          ++figures;
          EXPECT_GT(told.count(match->str()), 0u) << words << " of " << found.node().attribute("id").value();
        }
      }
    }
    EXPECT_GT(drawings, 20);
    EXPECT_GT(figures, 150);
  }
}

TEST(HtmlReportTest, ADrawingPutsFiguresWhereTheyBelong) {
  v1::Report report = Small({{"staff", {}, 12, 0, Copies(11, {4, 2, 3, 5}), {}}}, {1, 5, 3, 5});
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    if (unit.code() != "C2") continue;
    unit.mutable_self()->set_mean(3);
    unit.mutable_all_raters()->set_state(v1::FIGURE_STATE_EXACT);
    unit.mutable_all_raters()->set_mean(2);
    unit.mutable_all_raters()->mutable_interval()->set_kind(v1::INTERVAL_KIND_TYPICAL);
    unit.mutable_all_raters()->mutable_interval()->set_lower(1);
    unit.mutable_all_raters()->mutable_interval()->set_upper(5);
  }
  const Page page(Html(report));
  // The scale goes from 4 to 96 hundredths of the width.
  const pugi::xml_node drawing = page.document().select_node("//svg[@id='domain-1-dumbbells']").node();
  EXPECT_EQ(drawing.select_nodes("line[@class='raters reach typical'][@x1='4.00%'][@x2='96.00%']").size(), 1u);
  EXPECT_EQ(drawing.select_nodes("line[@class='between'][@x1='50.00%'][@x2='27.00%']").size(), 1u);
}

// Programs that give drawings no style of the page paint them by attributes: with the page's own first colours.
TEST(HtmlReportTest, DrawingsHaveTheColoursOfThePageWithoutItsStyle) {
  const Page page(Html(FullReport(7)));
  const std::string style = ReadFile(std::string(CANDOR_SOURCE_DIR) + "/clients/report/html/style.css");
  const std::string first = style.substr(0, style.find('}'));
  int painted = 0;
  for (const auto& found : page.document().select_nodes("//svg//@fill|//svg//@stroke")) {
    const std::string colour = found.attribute().value();
    if (colour[0] != '#') continue;
    ++painted;
    EXPECT_TRUE(absl::StrContains(first, absl::StrCat(": ", colour, ";"))) << colour;
  }
  EXPECT_GT(painted, 500);
  EXPECT_EQ(page.document().select_nodes("//svg//line[not(@stroke)]|//svg//text[not(@fill)]").size(), 0u);
  EXPECT_EQ(page.document().select_nodes("//svg//use[not(@stroke)]|//svg//rect[not(@fill)]").size(), 0u);
}

TEST(HtmlReportTest, TheLegendHasEachSwatchOnceAndEveryPoint) {
  for (const int points : {2, 4, 5, 7, 10}) {
    // Half at the lowest point and half at the highest: every statement prints its distribution.
    std::vector<std::vector<uint8_t>> forms = reporting::Copies(8, std::vector<uint8_t>(4, 1));
    for (const auto& form : reporting::Copies(8, std::vector<uint8_t>(4, static_cast<uint8_t>(points)))) forms.push_back(form);
    const auto report = BuildReport(InputOf(SmallVersion(points), {{"staff", {}, 16, 0, forms}}));
    ASSERT_TRUE(report.ok()) << report.status();
    const Page page(Html(*report));
    const auto entries = page.document().select_nodes("//ul[@class='key']/li");
    ASSERT_GT(entries.size(), 0u) << points;
    std::set<std::string> swatches;
    for (const auto& entry : entries) swatches.insert(entry.node().first_child().attribute("class").value());
    EXPECT_EQ(swatches.size(), entries.size()) << points;
    const std::string text = page.TextOf("//ul[@class='key']");
    for (int point = 1; point <= points; ++point) {
      EXPECT_THAT(absl::StrCat(" ", text, " "), ContainsRegex(absl::StrCat("[ ,]", point, "[ ,]"))) << points;
    }
  }
}

TEST(HtmlReportTest, BarsDivergeFromTheMiddleOfTheScale) {
  v1::Report report = FullReport(7);
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    for (v1::GroupScore& score : *unit.mutable_groups()) score.clear_distribution();
  }
  v1::UnitScore* first = nullptr;
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    if (first == nullptr && unit.kind() == v1::UNIT_KIND_INDICATOR) first = &unit;
  }
  ASSERT_NE(first, nullptr);
  for (v1::GroupScore& score : *first->mutable_groups()) {
    if (score.state() != v1::FIGURE_STATE_EXACT) continue;
    for (const int count : {10, 10, 40, 20, 20}) score.mutable_distribution()->add_counts(count);
    break;
  }
  const Page page(Html(report));
  const auto bars = page.document().select_nodes("//svg//rect[starts-with(@class, 'bar ')]");
  ASSERT_EQ(bars.size(), 5u);
  // 40 % lie left of the middle (half of the middle point with them), 60 % right; 1 hundredth is free on either side.
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"bar low2", "1.00%"}, {"bar low1", "10.80%"}, {"bar middle", "20.60%"}, {"bar high1", "59.80%"}, {"bar high2", "79.40%"}};
  for (size_t k = 0; k < expected.size(); ++k) {
    EXPECT_EQ(std::string(bars[k].node().attribute("class").value()), expected[k].first);
    EXPECT_EQ(std::string(bars[k].node().attribute("x").value()), expected[k].second);
  }
  EXPECT_EQ(page.document().select_nodes("//svg//line[@class='axis'][@x1='40.20%']").size(), 1u);
}

TEST(HtmlReportTest, TextsStayTextsWhateverTheyHold) {
  for (const char* attack :
       {"<script>alert(1)</script>", "\" onload=\"alert(1)", "' onfocus='alert(1)' x='", "</style><img src=x onerror=alert(1)>",
        "{{{style}}}{{w.title}}{{>_said}}", "</title></svg></td></table><h1>", "]]> --> <!-- <![CDATA[", "&lt;b&gt;&amp;#60;",
        "\x01\x02\xff\xfe\xe2\x80\xae", "%s%n$&\\u003c"}) {
    SCOPED_TRACE(attack);
    v1::Report report = FullReport(7);
    v1::ReportComments comments = SampleComments();
    Inject(report, attack);
    Inject(comments, attack);
    const std::string html = RenderHtml(report, {}, &comments);
    const Page page(html);
    EXPECT_THAT(page.Faults(), IsEmpty());
    EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img"))));
  }
  v1::Report report = FullReport(7);
  report.set_leader_display_name("<b>Robin</b> {{title}} & \"Co\"");
  EXPECT_THAT(TextOf(report), HasSubstr("Feedback report: <b>Robin</b> {{title}} & \"Co\""));
}

TEST(HtmlReportTest, IsInSpanishThroughoutButForWhatIsMarkedAsEnglish) {
  const v1::Report report = FullReport(7);
  const v1::ReportComments comments = SampleComments();
  HtmlOptions options;
  options.language = "es";
  const Page page(RenderHtml(report, options, &comments));
  EXPECT_EQ(page.Texts("/html[@lang='es']").size(), 1u);
  const std::string text = page.TextWithout("//*[@lang='en']");
  for (const char* word : {"Informe de valoración", "15 de enero de 2027", "Padres, madres y tutores", "qué tener en cuenta",
                           "En qué trabajar", "no se muestra: menos de 5", "A menudo", "Hago que cada estudiante"}) {
    EXPECT_THAT(page.Text(), HasSubstr(word));
  }
  for (const auto& [key, sentence] : sentences::SentenceCatalogue().items()) {
    if (!absl::StartsWith(key, "report.")) continue;
    const std::string english = sentence.at("en");
    const std::string start = english.substr(0, english.find('{'));
    if (start.size() <= 12) continue;
    EXPECT_THAT(text, Not(HasSubstr(start))) << key;
  }
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() == v1::UNIT_KIND_OVERALL) continue;
    EXPECT_THAT(text, Not(HasSubstr(unit.title())));
  }
  EXPECT_THAT(Page(Html(report)).Texts("//*[@lang='en' and name() != 'html']"), IsEmpty());
}

// Every word that a template names is there, and every sentence is said somewhere.
TEST(HtmlReportTest, SentencesAndTemplatesKnowEachOther) {
  const v1::Report report;
  const base::Json labels = HtmlWords(report, "en").Labels();
  std::string templates, sources;
  const std::string folder = std::string(CANDOR_SOURCE_DIR) + "/clients/report/";
  for (const char* name :
       {"page", "brief", "priorities", "units", "tables", "grid", "statements", "comparisons", "notes", "about", "comments",
        "plan"}) {
    const std::string text = ReadFile(absl::StrCat(folder, "html/", name, ".mustache"));
    ASSERT_FALSE(text.empty()) << name;
    templates += text;
  }
  for (const char* name : {"figures", "html_brief", "html_comparisons", "html_heat_map", "html_notes", "html_participation",
                           "html_plan", "html_priorities", "html_report", "html_statements", "html_units", "html_words", "svg_bars",
                           "svg_chart",
                           "svg_unit_charts", "text_brief"}) {
    const std::string text = ReadFile(absl::StrCat(folder, name, ".cc"));
    ASSERT_FALSE(text.empty()) << name;
    sources += text;
  }
  const std::regex label(R"(\{\{w\.(\w+)\}\})");
  std::set<std::string> used;
  for (std::sregex_iterator match(templates.begin(), templates.end(), label), end; match != end; ++match) {
    EXPECT_TRUE(labels.contains((*match)[1].str())) << (*match)[1];
    used.insert((*match)[1].str());
  }
  for (const auto& [key, sentence] : sentences::SentenceCatalogue().items()) {
    if (!absl::StartsWith(key, "report.")) continue;
    std::string said = key;
    if (absl::EndsWith(said, ".team")) said.resize(said.size() - 5);
    if (used.count(said.substr(7)) != 0) continue;
    for (const char* end : {".one", ".many", "_is", "_rated", "_not_rated"}) {
      if (absl::EndsWith(said, end)) said.resize(said.size() - std::string(end).size());
    }
    // Those of persons are put together from their two halves.
    if (said == "report.self" || said == "report.self_not" || said == "report.supervisor_not") continue;
    EXPECT_TRUE(absl::StrContains(sources, absl::StrCat("\"", said, "\""))) << key;
  }
}

}  // namespace
}  // namespace candor::report
