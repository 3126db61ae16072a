#include "clients/report/text_tables.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/report/figures.h"
#include "clients/report/layout.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;

constexpr int kPersonCells = 8;
constexpr int kGroupCells = 11;
constexpr int kGapCells = 14;
constexpr int kIndent = 2;
constexpr int kFewestTitleCells = 24;
// Of the titles that stand before figures of single statements; wider where the page has room.
constexpr int kFewestStartCells = 15;
constexpr int kMostStartCells = 24;
constexpr int kLimitCells = 15;  // of what stands behind the scale: "  ~3.42 to 4.21"

std::string TitleOf(const v1::GroupSummary& group) {
  return Clean(group.title().empty() ? group.code() : group.title());
}

// Parts stand below their group, and a little to the right.
std::string IndentedTitleOf(const v1::GroupSummary& group) {
  return absl::StrCat(group.part_of().empty() ? "" : "  ", TitleOf(group));
}

struct Column {
  std::string title;
  int cells = 0;
  bool after_line = false;  // a vertical line stands before it
};

// A table of units: titles on the left, figures on the right, below them what the gap means. Where that leaves too
// little room for titles they stand on lines of their own; where even the columns are too many, figures become a sentence.
class UnitTable {
 public:
  // Self and supervisor against the groups.
  UnitTable(const v1::Report& report, TextPage& page)
      : UnitTable(report, page, ShownGroups(report, /*parts=*/false), /*self=*/true) {}
  // `groups` alone, or with self, supervisor, all raters and the gap.
  UnitTable(const v1::Report& report, TextPage& page, std::vector<int> groups, bool self)
      : page_(page), say_(WordsOf(report.scores())), lines_(LinesOf(report.scores().rules())),
        groups_(std::move(groups)), self_(self),
        supervisor_(self && HasSupervisor(report)) {
    if (self_) columns_.push_back({say_.Say("report.self"), kPersonCells, false});
    if (supervisor_) columns_.push_back({"Superv.", kPersonCells, false});
    for (size_t i = 0; i < groups_.size(); ++i) {
      columns_.push_back({TitleOf(report.scores().groups(groups_[i])), kGroupCells, i == (self_ ? 0u : 1u)});
    }
    if (self_) columns_.push_back({"All raters", kGroupCells, true});
    round_ = self_ && HasBenchmark(report);
    if (round_) columns_.push_back({"Round", kGroupCells, false});
    if (self_) columns_.push_back({"Gap", kGapCells, false});
    int cells = 0;
    for (const Column& column : columns_) cells += column.cells + (column.after_line ? 2 : 0);
    fits_ = cells + kIndent <= page_.width();
    title_cells_ = page_.width() - cells;
    beside_ = title_cells_ >= kFewestTitleCells;
    if (!beside_) title_cells_ = kIndent;
  }

  // The columns' titles, on as many lines as they need.
  void WriteHeader() {
    if (!fits_) return;
    std::vector<std::vector<std::string>> titles;
    size_t lines = 1;
    for (const Column& column : columns_) {
      titles.push_back(Wrap(column.title, column.cells - 1));
      if (titles.back().size() > 3) {
        titles.back().resize(3);
        titles.back()[2] = Truncate(titles.back()[2] + "…", column.cells - 1);
      }
      lines = std::max(lines, titles.back().size());
    }
    for (size_t l = 0; l < lines; ++l) {
      std::vector<std::string> cells;
      for (const auto& title : titles) {
        const size_t empty = lines - title.size();
        cells.push_back(l < empty ? "" : title[l - empty]);
      }
      page_.Line(absl::StrCat(std::string(title_cells_, ' '), Row(cells)), Style::kQuiet);
    }
  }

  void Write(const v1::UnitScore& unit, absl::string_view indent, Style style) {
    const std::string code = absl::StrCat(indent, Clean(unit.code()), " ");
    const std::string title = Clean(unit.title());
    std::vector<std::string> cells;
    if (self_) cells.push_back(PersonFigure(unit.self(), lines_));
    if (supervisor_) cells.push_back(PersonFigure(unit.supervisor(), lines_));
    for (int g : groups_) cells.push_back(g < unit.groups_size() ? ShortFigure(unit.groups(g), lines_) : "–");
    if (self_) cells.push_back(ShortFigure(unit.all_raters(), lines_));
    if (round_) {
      const std::string round = BenchmarkFigure(unit.all_raters());
      cells.push_back(round.empty() ? "–" : round);
    }
    if (self_) cells.push_back(ShortGap(unit.gap(), lines_));
    const std::string words = self_ ? GapWords(unit.gap(), say_) : "";
    if (!fits_) {
      std::vector<std::string> parts;
      for (size_t i = 0; i < cells.size(); ++i) parts.push_back(absl::StrCat(columns_[i].title, " ", cells[i]));
      if (!words.empty()) parts.push_back(words);
      page_.Paragraph(code, title, style);
      page_.Paragraph("    ", absl::StrJoin(parts, " · "));
      return;
    }
    const std::string row = Row(cells);
    if (!beside_) {
      page_.Paragraph(code, title, style);
      page_.Line(absl::StrCat(std::string(kIndent, ' '), row));
      if (!words.empty()) page_.Line(PadLeft(words, kIndent + DisplayWidth(row)));
      return;
    }
    std::vector<std::string> left = WrapHanging(Truncate(code, title_cells_ / 2), title, title_cells_);
    std::vector<std::string> right = {row};
    if (!words.empty()) right.push_back(PadLeft(words, DisplayWidth(row)));
    for (size_t l = 0; l < std::max(left.size(), right.size()); ++l) {
      const std::string line =
          absl::StrCat(PadRight(l < left.size() ? left[l] : "", title_cells_), l < right.size() ? right[l] : "");
      page_.Line(line, style);
    }
  }

 private:
  std::string Row(const std::vector<std::string>& cells) const {
    std::string row;
    for (size_t i = 0; i < cells.size(); ++i) {
      absl::StrAppend(&row, columns_[i].after_line ? " │" : "", PadLeft(cells[i], columns_[i].cells));
    }
    return row;
  }

  TextPage& page_;
  const sentences::Sentences say_;
  const Lines lines_;
  const std::vector<int> groups_;
  const bool self_;
  const bool supervisor_;
  bool round_ = false;  // the mean over the campaign's leaders has a column
  std::vector<Column> columns_;
  bool fits_ = true;     // the columns are no wider than the page
  bool beside_ = true;   // there is room for titles beside them
  int title_cells_ = 0;  // before the first column
};

// Writes the figures of single statements.
class IndicatorList {
 public:
  IndicatorList(const v1::Report& report, TextPage& page) : report_(report), page_(page), groups_(ShownGroups(report, /*parts=*/true)) {
    points_ = std::clamp(report.scores().rules().points(), 2, 10);
    bar_cells_ = std::min(4 * (points_ - 1) + 1, 21);
    for (const v1::ReportItem& item : report.items()) items_[item.indicator()] = &item;
    int widest = kFewestStartCells;
    for (int g : groups_) widest = std::max(widest, DisplayWidth(IndentedTitleOf(report.scores().groups(g))));
    const int others = DisplayWidth(Start("", "", "")) - start_cells_ + DisplayWidth(Scale("")) + bar_cells_ + kLimitCells;
    start_cells_ = std::clamp(page.width() - others, kFewestStartCells, std::min(widest, kMostStartCells));
  }

  void Write(const v1::UnitScore& unit) {
    page_.Gap();
    page_.Paragraph(absl::StrCat("  ", Clean(unit.code()), "  "), Clean(unit.title()), Style::kStrong);
    WriteSentence(unit.code());
    WritePerson(WordsOf(report_.scores()).Say("report.self"), unit.self());
    WritePerson("Supervisor", unit.supervisor());
    std::vector<std::string> not_asked;
    for (int g : groups_) {
      if (g >= unit.groups_size()) continue;
      const v1::GroupSummary& summary = report_.scores().groups(g);
      const v1::GroupScore& score = unit.groups(g);
      if (score.withheld_reason() == v1::WITHHELD_REASON_NO_DATA) {
        if (summary.part_of().empty()) not_asked.push_back(TitleOf(summary));
        continue;
      }
      WriteGroup(IndentedTitleOf(summary), score);
      WriteDetails(score);
    }
    // Of one group alone the figure of all raters is the group's, which stands just above.
    const bool alone = unit.all_raters().groups_used_size() == 1;
    if (!groups_.empty() && !alone) WriteGroup("All raters", unit.all_raters());
    if (unit.all_raters().has_benchmark()) {
      page_.Paragraph("      ", absl::StrCat("Round ", BenchmarkFigure(unit.all_raters()), " over ",
                                             unit.all_raters().benchmark().leaders(), " leaders"), Style::kQuiet);
    }
    const std::string gap = LongGap(unit.gap(), LinesOf(report_.scores().rules()));
    if (!gap.empty()) {
      const char* to = alone ? " to this group alone: " : ": ";
      page_.Paragraph("      ", absl::StrCat("Gap ", gap, to, GapWords(unit.gap(), WordsOf(report_.scores()))));
    }
    if (!not_asked.empty()) {
      page_.Paragraph("      ", absl::StrCat("Not asked: ", absl::StrJoin(not_asked, ", ")), Style::kQuiet);
    }
  }

 private:
  void WriteSentence(const std::string& indicator) {
    const auto item = items_.find(indicator);
    if (item == items_.end() || item->second->text().values().empty()) return;
    const auto& values = item->second->text().values();
    auto text = values.find("en");
    if (text == values.end()) {
      // No order of a map of messages may decide what is shown.
      text = std::min_element(values.begin(), values.end(),
                              [](const auto& a, const auto& b) { return a.first < b.first; });
    }
    page_.Paragraph("      ", absl::StrCat("“", Clean(text->second), "”", item->second->reverse() ? " (reversed)" : ""),
                    Style::kQuiet);
  }

  std::string Start(absl::string_view title, absl::string_view figure, absl::string_view n) const {
    return absl::StrCat("      ", PadRight(Truncate(title, start_cells_), start_cells_), " ",
                        PadRight(absl::StrCat(PadRight(absl::StrCat(figure, " "), 15), n), 21), " ");
  }

  std::string Scale(absl::string_view bar) const { return absl::StrCat("1 ", bar, " ", points_); }

  void WritePerson(absl::string_view title, const v1::PersonScore& score) {
    if (!score.has_mean()) {
      if (score.withheld_reason() == v1::WITHHELD_REASON_UNSPECIFIED) return;
      page_.Line(Start(title, absl::StrCat("not shown: ", ReasonWords(score.withheld_reason(), 0)), ""), Style::kQuiet);
      return;
    }
    page_.Line(absl::StrCat(Start(title, RatingText(score), ""), Scale(Bar(score, points_, bar_cells_))));
  }

  void WriteGroup(absl::string_view title, const v1::GroupScore& score) {
    if (!IsShown(score)) {
      const std::string why = ReasonWords(score.withheld_reason(), MinimumOf(score, report_.scores().rules()));
      page_.Line(Start(title, absl::StrCat("not shown", why.empty() ? "" : ": ", why), ""), Style::kQuiet);
      return;
    }
    const std::string n = score.n() > 0 ? absl::StrCat("n ", score.n()) : "";
    const std::string figure = LongFigure(score, LinesOf(report_.scores().rules()));
    page_.Line(absl::StrCat(Start(title, figure, n), Scale(Bar(score, points_, bar_cells_)), "  ", IntervalText(score)));
  }

  void WriteDetails(const v1::GroupScore& score) {
    std::vector<std::string> parts;
    if (score.has_distribution()) {
      const v1::Distribution& distribution = score.distribution();
      std::vector<std::string> counts;
      for (int64_t count : distribution.counts()) counts.push_back(absl::StrCat(count));
      parts.push_back(absl::StrCat("answers 1 to ", counts.size(), ": ", absl::StrJoin(counts, ", ")));
      parts.push_back(absl::StrCat(PercentText(distribution.favourable_share()), " favourable (",
                                   PercentText(distribution.favourable_lower()), " to ",
                                   PercentText(distribution.favourable_upper()), ")"));
    }
    const int most = report_.scores().rules().insiders() + 1;
    if (score.half_statement() == v1::HALF_STATEMENT_AT_MOST_TWO_LOW) {
      parts.push_back(absl::StrCat("at most ", most, " of ", score.n(), " in the lower half"));
    } else if (score.half_statement() == v1::HALF_STATEMENT_AT_MOST_TWO_HIGH) {
      parts.push_back(absl::StrCat("at most ", most, " of ", score.n(), " in the upper half"));
    }
    if (score.has_not_observed()) parts.push_back(absl::StrCat(score.not_observed(), " have not seen this"));
    if (parts.empty()) return;
    page_.Paragraph(std::string(7 + start_cells_, ' '), absl::StrJoin(parts, " · "), Style::kQuiet);
  }

  const v1::Report& report_;
  TextPage& page_;
  const std::vector<int> groups_;
  std::map<std::string, const v1::ReportItem*> items_;
  int points_ = 5;
  int bar_cells_ = 17;
  int start_cells_ = kFewestStartCells;  // for the title before a figure
};

}  // namespace

void WriteDomains(const v1::Report& report, TextPage& page) {
  const std::vector<const v1::UnitScore*> domains = UnitsOf(report, v1::UNIT_KIND_DOMAIN);
  const std::vector<const v1::UnitScore*> competencies = UnitsOf(report, v1::UNIT_KIND_COMPETENCY);
  if (domains.empty()) return;
  page.Heading("Domains and competencies");
  const auto has_gap = [](const v1::UnitScore* unit) { return unit->gap().has_value() || unit->gap().has_lower(); };
  if (std::any_of(competencies.begin(), competencies.end(), has_gap)) {
    page.Paragraph("", "The gap is the mean of the gaps of the single statements that both sides rated, not the difference "
                   "of the two figures beside it.", Style::kQuiet);
  }
  UnitTable table(report, page);
  for (const v1::UnitScore* domain : domains) {
    page.Gap();
    table.WriteHeader();
    table.Write(*domain, "", Style::kStrong);
    for (const v1::UnitScore* competency : competencies) {
      if (competency->parent() == domain->code()) table.Write(*competency, "  ", Style::kPlain);
    }
  }
}

void WriteParts(const v1::Report& report, TextPage& page) {
  for (int g = 0; g < report.scores().groups_size(); ++g) {
    const v1::GroupSummary& group = report.scores().groups(g);
    if (!group.from_parts()) continue;
    std::vector<int> columns = {g};
    for (int p : ShownGroups(report, /*parts=*/true)) {
      if (report.scores().groups(p).part_of() == group.code()) columns.push_back(p);
    }
    if (columns.size() < 2) continue;
    page.Heading(absl::StrCat(TitleOf(group), " by part"));
    UnitTable table(report, page, std::move(columns), /*self=*/false);
    table.WriteHeader();
    for (const v1::UnitScore* domain : UnitsOf(report, v1::UNIT_KIND_DOMAIN)) {
      table.Write(*domain, "", Style::kStrong);
      for (const v1::UnitScore* competency : UnitsOf(report, v1::UNIT_KIND_COMPETENCY)) {
        if (competency->parent() == domain->code()) table.Write(*competency, "  ", Style::kPlain);
      }
    }
  }
}

void WriteChanges(const v1::Report& report, TextPage& page) {
  const v1::Scores& scores = report.scores();
  const std::vector<int> groups = ChangedGroups(report);
  if (groups.empty()) return;
  page.Heading("Change since the round before");
  const auto write = [&](const v1::UnitScore& unit, absl::string_view indent, Style style) {
    page.Paragraph(absl::StrCat(indent, Clean(unit.code()), "  "), Clean(unit.title()), style);
    std::vector<std::string> parts;
    for (int g : groups) {
      if (!unit.groups(g).has_change()) continue;
      parts.push_back(absl::StrCat(TitleOf(scores.groups(g)), " ", ChangeFigure(unit.groups(g))));
    }
    // Of one group alone the change of all raters is the group's.
    if (groups.size() > 1 && unit.all_raters().has_change()) {
      parts.push_back(absl::StrCat("All raters ", ChangeFigure(unit.all_raters())));
    }
    page.Paragraph(absl::StrCat(indent, "    "), parts.empty() ? "–" : absl::StrJoin(parts, " · "));
  };
  for (const v1::UnitScore* domain : UnitsOf(report, v1::UNIT_KIND_DOMAIN)) {
    page.Gap();
    write(*domain, "", Style::kStrong);
    for (const v1::UnitScore* competency : UnitsOf(report, v1::UNIT_KIND_COMPETENCY)) {
      if (competency->parent() == domain->code()) write(*competency, "  ", Style::kPlain);
    }
  }
}

void WriteThemes(const v1::Report& report, TextPage& page) {
  const std::vector<const v1::UnitScore*> themes = UnitsOf(report, v1::UNIT_KIND_THEME);
  if (themes.empty()) return;
  page.Heading("Themes");
  UnitTable table(report, page);
  table.WriteHeader();
  for (const v1::UnitScore* theme : themes) table.Write(*theme, "  ", Style::kPlain);
}

void WriteIndicators(const v1::Report& report, TextPage& page) {
  const std::vector<const v1::UnitScore*> indicators = UnitsOf(report, v1::UNIT_KIND_INDICATOR);
  if (indicators.empty()) return;
  page.Heading("Single statements");
  const char* own = report.scores().has_team() ? "the team's own rating, or one person's" : "one person's rating";
  page.Paragraph("", absl::StrCat("● mean · ─ how far it might move · ▒ known only to lie in this part · ◆ ", own,
                                  " · n answers. On the right the range in figures; ~ marks what is typical for so many "
                                  "raters."),
                 Style::kQuiet);
  IndicatorList list(report, page);
  for (const v1::UnitScore* competency : UnitsOf(report, v1::UNIT_KIND_COMPETENCY)) {
    page.Gap();
    page.Paragraph("", absl::StrCat(Clean(competency->code()), " ", Clean(competency->title())), Style::kHeading);
    for (const v1::UnitScore* indicator : indicators) {
      if (indicator->parent() == competency->code()) list.Write(*indicator);
    }
  }
}

}  // namespace candor::report
