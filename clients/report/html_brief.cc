#include "clients/report/html_brief.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/report/brief.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;
using sentences::Sentences;

constexpr int kMostFindings = 3;
// Proposals whose question and next step stand on page one, so that it stays one page.
constexpr int kMostWithGuidance = 3;

const v1::UnitScore* Competency(const HtmlWords& words, const std::string& code) {
  return FindUnit(words.report(), v1::UNIT_KIND_COMPETENCY, code);
}

std::string LineText(const HtmlWords& words) { return MeanText(words.rules().strength_cut()); }

// {"code", "title", "facts"}: what raters, and what the leader say of a competency.
Json EntryOf(const v1::UnitScore& unit, const HtmlWords& words, bool self) {
  Json entry = words.UnitName(unit);
  Json raters = words.Measured(unit.all_raters());
  // What limits are stands below, once for the page.
  if (IsShown(unit.all_raters())) raters["why"] = "";
  raters["who"] = words.RatersOf(unit);
  entry["facts"] = Json::array({raters});
  if (self && unit.self().has_mean()) {
    Json own = words.Measured(unit.self());
    own["who"] = words.Plain(words.say().Say("report.self"));
    entry["facts"].push_back(own);
  }
  entry["sure"] = "";
  entry["words"] = "";
  return entry;
}

Json StrengthsData(const HtmlWords& words) {
  Json strengths = Json::array();
  for (const v1::Strength& strength : words.report().brief().strengths()) {
    const v1::UnitScore* unit = Competency(words, strength.unit());
    if (unit == nullptr) continue;
    Json entry = EntryOf(*unit, words, /*self=*/false);
    const bool clear = strength.certainty() == v1::CERTAINTY_CLEAR;
    const bool range = !unit->all_raters().has_interval();
    const char* key = clear ? "report.strength_clear" : range ? "report.strength_likely_range" : "report.strength_likely";
    entry["sure"] = words.say().Say(key);
    strengths.push_back(entry);
  }
  return strengths;
}

Json GapsData(const HtmlWords& words) {
  Json gaps = Json::array();
  for (const v1::RealGap& gap : words.report().brief().gaps()) {
    const v1::UnitScore* unit = Competency(words, gap.unit());
    if (unit == nullptr) continue;
    Json entry = EntryOf(*unit, words, /*self=*/true);
    entry["words"] = words.say().Say("report.gap_with", {{"figure", LongGap(unit->gap(), words.lines(), words.say())},
                                                         {"range", GapLimits(gap.interval(), words.say())},
                                                         {"words", GapWords(unit->gap(), words.say())}});
    gaps.push_back(entry);
  }
  return gaps;
}

std::string GapsHow(const HtmlWords& words) {
  const v1::Brief& brief = words.report().brief();
  if (brief.gaps_examined() == 0) return words.say().Say("report.no_gaps_compared");
  const std::string how = words.say().SayFor(brief.gaps_examined(), "report.gaps_how",
                                             {{"count", absl::StrCat(brief.gaps_examined())}});
  return brief.gaps().empty() ? absl::StrCat(words.say().Say("report.no_gaps"), " ", how) : how;
}

std::string SureText(const v1::FocusArea& area, const Sentences& say) {
  const char* key = area.certainty() == v1::CERTAINTY_CLEAR    ? "report.sure_clear"
                    : area.certainty() == v1::CERTAINTY_LIKELY ? "report.sure_likely"
                                                               : "report.sure_open";
  Sentences::Values values = {{"word", say.Say(key)}, {"among", absl::StrCat(area.among())}};
  std::string text;
  if (area.has_probability()) {
    values.emplace_back("probability", ProbabilityText(area.probability(), say));
    text = say.Say("report.sure_among", values);
  } else {
    text = say.Say("report.sure_few", values);
  }
  return area.from_range() ? absl::StrCat(text, "; ", say.Say("report.from_range")) : text;
}

std::string NeedText(const v1::FocusArea& area, const Sentences& say) {
  const std::string size = MeanText(std::abs(area.need()));
  if (size == MeanText(0)) return say.Say(area.from_range() ? "report.around_target" : "report.at_target");
  if (area.need() < 0 && area.from_range()) {
    return say.Say("report.at_least_over_target", {{"figure", LowerText(-area.need())}});
  }
  if (area.need() < 0) return say.Say("report.over_target", {{"figure", size}});
  if (area.from_range()) return say.Say("report.at_least_to_target", {{"figure", LowerText(area.need())}});
  return say.Say("report.to_target", {{"figure", size}});
}

template <typename Texts>
Json TextsOf(const Texts& texts, const HtmlWords& words) {
  Json all = Json::array();
  for (const auto& text : texts) {
    Json said = words.Localized(text);
    if (!said.at("text").get<std::string>().empty()) all.push_back(said);
  }
  return all;
}

// The first that no area above has said already, so that areas of one domain do not repeat each other.
Json FirstNew(const Json& texts, std::vector<std::string>& said) {
  for (const Json& text : texts) {
    const std::string words = text.at("text");
    if (std::find(said.begin(), said.end(), words) != said.end()) continue;
    said.push_back(words);
    return Json::array({text});
  }
  return Json::array();
}

Json FocusData(const HtmlWords& words) {
  Json areas = Json::array();
  std::vector<std::string> said;
  for (const v1::FocusArea& area : words.report().brief().focus_areas()) {
    const v1::UnitScore* unit = Competency(words, area.unit());
    if (unit == nullptr) continue;
    Json entry = EntryOf(*unit, words, /*self=*/false);
    entry["sure"] = SureText(area, words.say());
    entry["words"] = NeedText(area, words.say());
    entry["begin"] = Json::array();
    // Where there is one statement alone, nothing is chosen by naming it.
    const v1::UnitScore* first = area.indicators_size() < 2
                                     ? nullptr
                                     : FindUnit(words.report(), v1::UNIT_KIND_INDICATOR, area.indicators(0));
    if (first != nullptr) entry["begin"].push_back(words.UnitName(*first));
    const bool guided = areas.size() < kMostWithGuidance;
    entry["questions"] = guided ? FirstNew(TextsOf(area.questions(), words), said) : Json::array();
    entry["steps"] = guided ? FirstNew(TextsOf(area.next_steps(), words), said) : Json::array();
    areas.push_back(entry);
  }
  return areas;
}

std::string FocusHow(const HtmlWords& words) {
  const std::string target = MeanText(words.rules().target());
  switch (words.report().brief().focus_outcome()) {
    case v1::FOCUS_OUTCOME_BELOW_TARGET: return words.say().Say("report.focus_below", {{"target", target}});
    case v1::FOCUS_OUTCOME_NOTHING_BELOW_TARGET: return words.say().Say("report.focus_nothing_below", {{"target", target}});
    case v1::FOCUS_OUTCOME_NOTHING_TO_RANK: return words.say().Say("report.focus_nothing_to_rank");
    default: return "";
  }
}

Json CoachData(const HtmlWords& words) {
  const v1::CoachQuestion& question = words.report().brief().coach_question();
  const char* key = nullptr;
  switch (question.kind()) {
    case v1::COACH_QUESTION_KIND_BLIND_SPOT: key = "report.coach_blind_spot"; break;
    case v1::COACH_QUESTION_KIND_SELF_HIGHER: key = "report.coach_self_higher"; break;
    case v1::COACH_QUESTION_KIND_SELF_LOWER: key = "report.coach_self_lower"; break;
    case v1::COACH_QUESTION_KIND_FROM_STRENGTH: key = "report.coach_from_strength"; break;
    case v1::COACH_QUESTION_KIND_FIRST_STEP: key = "report.coach_first_step"; break;
    case v1::COACH_QUESTION_KIND_MORE_VOICES: key = "report.coach_more_voices"; break;
    default: return false;
  }
  Json units = Json::array();
  for (const std::string& code : {question.unit(), question.other_unit()}) {
    const v1::UnitScore* unit = Competency(words, code);
    if (unit != nullptr) units.push_back(words.UnitName(*unit));
  }
  return {{"units", units}, {"text", words.say().Say(key)}};
}

Json DisagreementsData(const HtmlWords& words) {
  Json all = Json::array();
  for (const v1::Disagreement& disagreement : words.report().brief().disagreements()) {
    const v1::UnitScore* unit = FindUnit(words.report(), v1::UNIT_KIND_INDICATOR, disagreement.indicator());
    if (unit == nullptr) continue;
    Json entry = words.UnitName(*unit);
    entry["group"] = words.GroupTitle(disagreement.group());
    all.push_back(entry);
  }
  return all;
}

// Of a report that was frozen before there was a page one.
void FindOlder(const HtmlWords& words, Json& data) {
  const Brief brief = MakeBrief(words.report(), kMostFindings);
  const Sentences& say = words.say();
  const auto entries = [&](const std::vector<Finding>& findings, bool self) {
    Json all = Json::array();
    for (const Finding& finding : findings) {
      Json entry = EntryOf(*finding.unit, words, self);
      if (self) {
        entry["words"] = say.Say("report.gap_found", {{"figure", LongGap(finding.unit->gap(), words.lines(), say)},
                                                      {"words", GapWords(finding.unit->gap(), say)}});
        if (finding.certainty == Certainty::kUncertain) entry["sure"] = say.Say("report.maybe_chance");
      } else if (finding.certainty == Certainty::kUncertain) {
        entry["sure"] = say.Say("gap.close_to_line");
      }
      all.push_back(entry);
    }
    return all;
  };
  data["strengths"] = entries(brief.strengths, false);
  data["low"] = entries(brief.growth, false);
  data["low_title"] = say.Say("report.low", {{"line", LineText(words)}});
  data["gaps"] = entries(brief.gaps, true);
  const int compared = brief.higher + brief.lower + brief.agree + static_cast<int>(brief.undetermined.size());
  data["gaps_title"] = say.Say("report.differ_most");
  data["gaps_how"] = compared == 0 ? say.Say("report.no_gaps_compared")
                                   : say.Say("report.gaps_counted", {{"count", absl::StrCat(compared)},
                                                                     {"higher", absl::StrCat(brief.higher)},
                                                                     {"lower", absl::StrCat(brief.lower)},
                                                                     {"agree", absl::StrCat(brief.agree)}});
}

}  // namespace

Json BriefData(const HtmlWords& words) {
  const Sentences& say = words.say();
  Json data = {{"nothing", ""},      {"strengths", Json::array()}, {"no_strengths", ""},
               {"strengths_how", ""},   {"gaps", Json::array()},     {"gaps_how", ""},
               {"gaps_title", say.Say("report.gaps")},
               {"low", Json::array()},  {"low_title", ""},         {"focus", false},
               {"coach", false},        {"differ", Json::array()}, {"missing", MissingData(words)}};
  if (words.report().has_brief()) {
    data["coach"] = CoachData(words);
    data["differ"] = DisagreementsData(words);
  }
  if (!HasRaterFigures(words.report())) {
    data["nothing"] = say.Say("report.nothing_to_say");
    return data;
  }
  if (words.report().has_brief()) {
    data["strengths"] = StrengthsData(words);
    data["strengths_how"] = say.Say("report.strengths_how", {{"line", LineText(words)}});
    data["gaps"] = GapsData(words);
    data["gaps_how"] = GapsHow(words);
    data["focus"] = {{"how", FocusHow(words)}, {"areas", FocusData(words)}};
  } else {
    FindOlder(words, data);
  }
  if (data["strengths"].empty()) data["strengths_how"] = "";
  if (data["strengths"].empty()) {
    const bool neither = !words.report().has_brief() && data["low"].empty();
    data["no_strengths"] = say.Say(neither ? "report.no_low" : "report.no_strengths", {{"line", LineText(words)}});
  }
  return data;
}

Json WorkingData(const HtmlWords& words) {
  Json areas = Json::array();
  int place = 0;
  Json listed = Json::array();  // questions: those of a domain, which several proposals can belong to, stand there once
  for (const v1::FocusArea& area : words.report().brief().focus_areas()) {
    const v1::UnitScore* unit = Competency(words, area.unit());
    if (unit == nullptr) continue;
    Json entry = words.UnitName(*unit);
    entry["statements"] = Json::array();
    for (const std::string& code : area.indicators()) {
      const v1::UnitScore* indicator = FindUnit(words.report(), v1::UNIT_KIND_INDICATOR, code);
      if (indicator == nullptr) continue;
      Json statement = words.Measured(indicator->all_raters());
      statement["name"] = words.UnitName(*indicator);
      statement["who"] = words.RatersOf(*indicator);
      entry["statements"].push_back(statement);
    }
    entry["questions"] = Json::array();
    for (const Json& question : TextsOf(area.questions(), words)) {
      if (std::find(listed.begin(), listed.end(), question) != listed.end()) continue;
      entry["questions"].push_back(question);
      listed.push_back(question);
    }
    entry["steps"] = TextsOf(area.next_steps(), words);
    // What page one says already is not said again.
    const size_t said = ++place > kMostWithGuidance ? 0 : 1;
    const bool more = entry["statements"].size() > 1 || entry["questions"].size() > said || entry["steps"].size() > said;
    if (more) areas.push_back(entry);
  }
  return areas;
}

}  // namespace candor::report
