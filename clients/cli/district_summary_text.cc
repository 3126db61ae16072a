#include "clients/cli/district_summary_text.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/output.h"
#include "clients/report/figures.h"
#include "services/domain/pooled_figures.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;
using report::MeanText;
using report::PercentText;

// Below this a scale is seldom called consistent enough to speak of as one (Nunnally 1978).
constexpr double kConsistent = 0.7;

std::string MeanCell(const v1::BenchmarkFigure& figure) {
  if (figure.has_mean()) return MeanText(figure.mean());
  return absl::StrCat(report::LowerText(figure.lower()), "–", report::UpperText(figure.upper()));
}

// `how`: how to read the table.
void AddSection(const std::string& title, const std::string& how, const std::string& body, std::string& text) {
  absl::StrAppend(&text, "\n", title, "\n", how.empty() ? "" : Wrapped(how, kWidth, "  "), body);
}

void AddParticipation(const v1::DistrictSummary& summary, std::string& text) {
  if (summary.participation().empty()) return;
  Table table({"GROUP", "INVITED", "ANSWERED", "RATE", "LEADERS"});
  for (const v1::GroupParticipation& row : summary.participation()) {
    const double rate = row.invited() > 0 ? static_cast<double>(row.counted()) / static_cast<double>(row.invited()) : 0;
    table.Add({row.group(), absl::StrCat(row.invited()), absl::StrCat(row.counted()), PercentText(rate),
               absl::StrCat(row.leaders())});
  }
  AddSection("Who took part", "", table.Text(), text);
}

void AddTrainingNeeds(const v1::DistrictSummary& summary, std::string& text) {
  if (summary.training_needs().empty()) return;
  Table table({"CODE", "TITLE", "MEAN", "95 %", "SPREAD", "LEADERS", ""});
  for (const v1::TrainingNeed& need : summary.training_needs()) {
    const std::string limits = need.has_interval() ? absl::StrCat(report::LowerText(need.interval().lower()), " to ",
                                                                  report::UpperText(need.interval().upper()))
                                                   : "limits alone";
    table.Add({need.unit(), need.title(), MeanCell(need.figure()), limits,
               need.figure().has_standard_deviation() ? MeanText(need.figure().standard_deviation()) : "",
               absl::StrCat(need.figure().leaders()), need.clearly_below_target() ? "below the target" : ""});
  }
  AddSection(absl::StrCat("Where training would help most (target ", MeanText(summary.rules().target()), ")"),
             "Mean over leaders, how uncertain it is, and how far leaders' figures lie apart (standard deviation).", table.Text(), text);
}

std::string BelowText(const v1::LeaderSpread& spread) {
  if (!spread.has_expected_below_target()) return "no reliable differences";
  return absl::StrCat(report::PlainNumber(spread.expected_below_target(), report::Rounding::kNearest),
                      spread.or_more() ? " or more" : spread.or_fewer() ? " or fewer" : "", " of ", spread.leaders());
}

void AddSpreads(const v1::DistrictSummary& summary, std::string& text) {
  Table table({"CODE", "LEADERS", "DIFFER BY (SD)", "RELIABILITY", "PROBABLY BELOW THE TARGET"});
  bool any = false;
  for (const v1::TrainingNeed& need : summary.training_needs()) {
    if (!need.has_spread()) continue;
    any = true;
    const v1::LeaderSpread& spread = need.spread();
    table.Add({need.unit(), absl::StrCat(spread.leaders()), MeanText(spread.standard_deviation()),
               MeanText(spread.reliability()), BelowText(spread)});
  }
  if (any) AddSection("How far leaders differ, with chance taken out",
                      "Reliability 0: what one leader's figure has beside another's is chance; 1: none of it.", table.Text(), text);
}

void AddSelfOther(const v1::DistrictSummary& summary, std::string& text) {
  if (summary.self_other().empty()) return;
  Table table({"CODE", "TITLE", "LEADERS", "GAP", "SPREAD", "OVER", "UNDER", "AGREE, HIGH", "AGREE, LOW"});
  for (const v1::SelfOtherCategories& row : summary.self_other()) {
    table.Add({row.unit(), row.title(), absl::StrCat(row.leaders()), report::SignedText(row.mean_gap()),
               MeanText(row.standard_deviation()), absl::StrCat(row.over()), absl::StrCat(row.under()),
               absl::StrCat(row.agree_good()), absl::StrCat(row.agree_poor())});
  }
  AddSection("How leaders see themselves beside their raters",
             "Gap: self minus raters. Over and under: further from the raters than is usual here; agree: neither, with raters' "
             "mean above or below that of these leaders.",
             table.Text(), text);
}

std::string ShareText(const v1::RaterShare& share) {
  return absl::StrCat(share.at_most() ? "at most " : share.at_least() ? "at least " : "", PercentText(share.share()));
}

// The ends are limits.
std::string ReliabilityText(bool set, double value, int lowest_hundredths) {
  constexpr double kHighest = domain::kHighestPooledReliability / 100.0, kEqual = 1e-9;
  const double lowest = lowest_hundredths / 100.0;
  if (!set) return "";
  if (value >= kHighest - kEqual) return absl::StrCat(MeanText(value), " or higher");
  if (value <= lowest + kEqual) return absl::StrCat(report::SignedText(value), " or lower");
  return value < 0 ? report::SignedText(value) : MeanText(value);
}

void AddReliability(const v1::InstrumentFigures& figures, std::string& text) {
  Table consistency({"GROUP", "SCALE", "ALPHA", "LAMBDA 2", ""}), leaders({"GROUP", "SCALE", "ICC 1", "ICC 2", ""});
  bool any_consistency = false, any_leaders = false;
  for (const v1::ScaleReliability& row : figures.reliability()) {
    if (row.has_alpha()) {
      any_consistency = true;
      consistency.Add({row.group(), row.unit(), ReliabilityText(true, row.alpha(), domain::kLowestPooledAlpha),
                       ReliabilityText(row.has_lambda2(), row.lambda2(), domain::kLowestPooledAlpha),
                       row.alpha() < kConsistent ? absl::StrCat("below ", MeanText(kConsistent)) : ""});
    }
    if (row.has_icc1()) {
      any_leaders = true;
      leaders.Add({row.group(), row.unit(), ReliabilityText(true, row.icc1(), domain::kLowestPooledIcc),
                   ReliabilityText(row.has_icc2(), row.icc2(), domain::kLowestPooledIcc), row.icc1() <= 0 ? "no reliable difference" : ""});
    }
  }
  if (any_consistency) AddSection("Do the statements of a scale go together",
               "Alpha and lambda 2, 0 to 1: how consistently one rater answers them; from about .70 on one speaks of them as one.",
               consistency.Text(), text);
  if (any_leaders) {
    AddSection("How well raters tell leaders apart",
               "ICC 1: one rater; ICC 2: the mean of all of a leader's raters. 0: not at all; 1: without error.",
               leaders.Text(), text);
  }
  if (figures.groups().empty()) return;
  Table table({"GROUP", "ALL RATINGS EQUAL", "NO RATING"});
  for (const v1::GroupQuality& row : figures.groups()) {
    table.Add({row.group(), row.has_straight_line() ? ShareText(row.straight_line()) : "",
               row.has_no_rating() ? ShareText(row.no_rating()) : ""});
  }
  AddSection("How forms were filled in", "", table.Text(), text);
}

void AddAgreement(const v1::InstrumentFigures& figures, int points, std::string& text) {
  if (figures.agreement().empty()) return;
  Table table({"GROUP", "CODE", "LEADERS", "R_WG(J)", "AVERAGE DEVIATION"});
  for (const v1::RaterAgreement& row : figures.agreement()) {
    table.Add({row.group(), row.unit(), absl::StrCat(row.leaders()), MeanText(row.rwg()), MeanText(row.average_deviation())});
  }
  AddSection("How far raters of one leader agree",
             absl::StrCat("From statements whose distribution is shown, which are those where raters differ: on others they agree "
                          "more. r_wg(j) 1: all the same, 0: as if at random. Average deviation: scale points from the mean; up "
                          "to ", MeanText(points / 6.0), " counts as agreement."),
             table.Text(), text);
}

void AddThemes(const v1::InstrumentFigures& figures, std::string& text) {
  if (figures.themes().empty()) return;
  Table table({"THEME", "TITLE", "LEADERS", "WITH THE REST", "GROUPS AGREE", ""});
  for (const v1::ThemeCheck& row : figures.themes()) {
    table.Add({row.theme(), row.title(), absl::StrCat(row.leaders()),
               row.has_correlation() ? report::SignedText(row.correlation()) : "", report::SignedText(row.group_agreement()),
               row.says_more() ? "says something of its own" : "not shown here"});
  }
  AddSection("Do themes say more than the general impression",
             "Correlation of the theme with all other statements, and of rater groups on which leaders stand higher on the theme "
             "than on these. Not shown is no proof of nothing.",
             table.Text(), text);
}

void AddStatements(const v1::InstrumentFigures& figures, std::string& text) {
  if (figures.statements_examined() == 0) return;
  constexpr char kHow[] = "A question to the wording or to what a group gets to see, never to leaders: the difference of two groups "
                          "on the statement, beside what they usually differ by.";
  const std::string title = absl::StrCat("Statements that two groups use differently (", figures.statements_examined(),
                                         " pairs looked at together)");
  if (figures.statement_differences().empty()) return AddSection(title, kHow, "none beyond chance\n", text);
  Table table({"CODE", "GROUPS", "LEADERS", "DIFFERENCE", "95 %"});
  for (const v1::StatementDifference& row : figures.statement_differences()) {
    table.Add({row.indicator(), absl::StrCat(row.group(), " − ", row.other_group()), absl::StrCat(row.leaders()),
               report::SignedText(row.difference()),
               absl::StrCat(report::SignedLowerText(row.lower()), " to ", report::SignedUpperText(row.upper()))});
  }
  AddSection(title, kHow, table.Text(), text);
}

}  // namespace

std::string DistrictSummaryText(const v1::DistrictSummary& summary) {
  std::string text = absl::StrCat(summary.title(), ": ", summary.leaders(), " leaders\n");
  AddParticipation(summary, text);
  AddTrainingNeeds(summary, text);
  AddSpreads(summary, text);
  AddSelfOther(summary, text);
  const v1::InstrumentFigures& figures = summary.instrument_figures();
  if (figures.has_item_correlation()) {
    absl::StrAppend(&text, "\nTwo statements rated by one person correlate by ", MeanText(figures.item_correlation()),
                    " on average.\n");
  }
  AddReliability(figures, text);
  AddAgreement(figures, summary.rules().points(), text);
  AddThemes(figures, text);
  AddStatements(figures, text);
  for (const std::string& note : summary.notes()) absl::StrAppend(&text, "\n", Wrapped(note, kWidth, ""));
  return text;
}

}  // namespace candor::cli
