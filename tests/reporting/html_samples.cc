#include "tests/reporting/html_samples.h"

#include <vector>

#include "gtest/gtest.h"
#include "services/reporting/build_report.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

// What the demonstration's framework has not, and its answers do not show.
void EnrichBrief(v1::Report& report) {
  v1::Brief& brief = *report.mutable_brief();
  ASSERT_GE(brief.focus_areas_size(), 2);
  v1::LocalizedText& question = *brief.mutable_focus_areas(0)->add_questions();
  (*question.mutable_values())["en"] = "Who would notice first if this changed, and what would they see?";
  (*question.mutable_values())["es"] = "¿Quién notaría primero el cambio, y qué vería?";
  *brief.mutable_focus_areas(0)->add_questions() = question;
  (*brief.mutable_focus_areas(0)->mutable_questions(1)->mutable_values())["en"] = "What would you stop doing for it?";
  *brief.mutable_focus_areas(1)->add_questions() = brief.focus_areas(0).questions(0);
  (*brief.mutable_focus_areas(0)->add_next_steps()->mutable_values())["en"] =
      "Ask two teachers what gets in the way, and change one thing this month.";
  for (const v1::UnitScore& unit : report.scores().units()) {
    for (const v1::GroupScore& score : unit.groups()) {
      if (!brief.disagreements().empty() || unit.kind() != v1::UNIT_KIND_INDICATOR || !score.has_distribution()) continue;
      v1::Disagreement& disagreement = *brief.add_disagreements();
      disagreement.set_indicator(unit.code());
      disagreement.set_group(score.group());
      disagreement.set_average_deviation(score.distribution().average_deviation());
    }
  }
}

void AddComparisons(v1::Report& report) {
  v1::ComparedRound& round = *report.mutable_scores()->mutable_compared_round();
  round.set_state(v1::COMPARISON_STATE_COMPARED);
  round.mutable_close_time()->set_seconds(1'700'000'000);
  round.set_items_common(20);
  int k = 0;
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    if (unit.kind() != v1::UNIT_KIND_DOMAIN && unit.kind() != v1::UNIT_KIND_COMPETENCY) continue;
    std::vector<v1::GroupScore*> scores = {unit.mutable_all_raters()};
    for (v1::GroupScore& score : *unit.mutable_groups()) scores.push_back(&score);
    for (v1::GroupScore* score : scores) {
      if (score->state() != v1::FIGURE_STATE_EXACT) continue;
      const double value = (k++ % 7 - 3) * 0.12;
      v1::Change& change = *score->mutable_change();
      change.set_value(value);
      change.mutable_interval()->set_kind(v1::INTERVAL_KIND_CONFIDENCE);
      change.mutable_interval()->set_lower(value - 0.3);
      change.mutable_interval()->set_upper(value + 0.3);
      change.set_word(value > 0.3 ? v1::CHANGE_WORD_HIGHER
                                  : value < -0.3 ? v1::CHANGE_WORD_LOWER : v1::CHANGE_WORD_NO_CLEAR_CHANGE);
      v1::BenchmarkFigure& benchmark = *score->mutable_benchmark();
      benchmark.set_leaders(8);
      benchmark.set_mean(3.55 + 0.01 * (k % 30));
      benchmark.set_standard_deviation(0.31);
    }
  }
}

}  // namespace

v1::Report FullReport(uint32_t seed) {
  const auto built = BuildReport(DemonstrationInput(seed));
  EXPECT_TRUE(built.ok()) << built.status();
  v1::Report report = built.ok() ? *built : v1::Report();
  EnrichBrief(report);
  AddComparisons(report);
  return report;
}

v1::ReportComments SampleComments() {
  v1::ReportComments comments;
  v1::CommentBlock& staff = *comments.add_blocks();
  staff.set_code("staff");
  staff.set_title("Staff");
  v1::CommentedPrompt& prompt = *staff.add_prompts();
  prompt.set_code("more");
  prompt.set_text("What should your leader do more of?");
  for (const char* text : {"Visit classes [...] and stay.\nNot only for a minute.", "Listen before deciding."}) {
    v1::ReleasedComment& comment = *prompt.add_comments();
    comment.set_id("id");
    comment.set_text(text);
  }
  v1::CommentBlock& others = *comments.add_blocks();
  others.set_title("Comments of any group");
  others.set_summary("Some ask for earlier notice of changes.");
  comments.add_notes("Comments of parents are left out, since too few wrote.");
  return comments;
}

v1::GrowthPlan SamplePlan() {
  v1::GrowthPlan plan;
  v1::GrowthGoal& whole = *plan.add_goals();
  whole.set_unit("I.2");
  whole.set_goal("Staff hear first what families said.\nAnd what follows from it.");
  v1::GrowthAction& done = *whole.add_actions();
  done.set_text("Ask two families each week & write it down");
  done.set_done(true);
  whole.add_actions()->set_text("A quarter of an hour in each staff meeting");
  whole.set_evidence("Statement I.2.a in the next round");
  whole.set_review_date("2027-05-14");
  whole.set_outcome("Seven of ten weeks so far");
  v1::GrowthGoal& bare = *plan.add_goals();
  bare.set_unit("IX.9");
  bare.set_goal("<b>Not</b> markup");
  return plan;
}

}  // namespace candor::reporting
