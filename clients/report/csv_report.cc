#include "clients/report/csv_report.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "clients/report/csv_field.h"
#include "clients/report/figures.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;

// What one row is about: a unit as a group of raters sees it, or one person.
struct Row {
  const v1::UnitScore& unit;
  std::string group, group_title;
  const v1::GroupScore& score;  // of a person: empty
  const v1::PersonScore* person = nullptr;

  bool AllRaters() const { return person == nullptr && &score == &unit.all_raters(); }
};

struct Column {
  std::string name;
  std::function<std::string(const Row&)> field;
};

// "FIGURE_STATE_AT_LEAST" without its prefix: "at_least"; empty for what is unspecified or not known here.
std::string Word(absl::string_view name, absl::string_view prefix) {
  if (!absl::ConsumePrefix(&name, prefix) || name == "UNSPECIFIED") return "";
  return absl::AsciiStrToLower(name);
}

std::string Count(int64_t count) { return count > 0 ? absl::StrCat(count) : ""; }

std::string Nearest(bool has, double value) { return has ? PlainNumber(value, Rounding::kNearest) : ""; }
std::string Down(bool has, double value) { return has ? PlainNumber(value, Rounding::kDown) : ""; }
std::string Up(bool has, double value) { return has ? PlainNumber(value, Rounding::kUp) : ""; }

template <typename Texts>
std::string Joined(const Texts& texts) {
  return CsvWords(absl::StrJoin(texts, ";"));
}

std::string StateOf(const Row& row) {
  if (row.person == nullptr) return Word(v1::FigureState_Name(row.score.state()), "FIGURE_STATE_");
  return row.person->has_mean() ? "exact" : "missing";
}

std::string MeanOf(const Row& row) {
  if (row.person != nullptr) return Nearest(row.person->has_mean(), row.person->mean());
  return Nearest(row.score.has_mean(), row.score.mean());
}

void AddUnit(std::vector<Column>& columns) {
  columns.push_back({"unit_kind", [](const Row& r) { return Word(v1::UnitKind_Name(r.unit.kind()), "UNIT_KIND_"); }});
  columns.push_back({"unit", [](const Row& r) { return CsvWords(r.unit.code()); }});
  columns.push_back({"title", [](const Row& r) { return CsvWords(r.unit.title()); }});
  columns.push_back({"parent", [](const Row& r) { return CsvWords(r.unit.parent()); }});
  columns.push_back({"themes", [](const Row& r) { return Joined(r.unit.themes()); }});
  columns.push_back({"group", [](const Row& r) { return CsvWords(r.group); }});
  columns.push_back({"group_title", [](const Row& r) { return CsvWords(r.group_title); }});
}

void AddFigure(std::vector<Column>& columns) {
  columns.push_back({"state", StateOf});
  columns.push_back({"withheld_reason", [](const Row& r) {
                       const auto reason = r.person != nullptr ? r.person->withheld_reason() : r.score.withheld_reason();
                       return Word(v1::WithheldReason_Name(reason), "WITHHELD_REASON_");
                     }});
  columns.push_back({"n", [](const Row& r) { return Count(r.score.n()); }});
  columns.push_back({"mean", MeanOf});
  columns.push_back({"lower", [](const Row& r) { return Down(r.score.has_lower(), r.score.lower()); }});
  columns.push_back({"upper", [](const Row& r) { return Up(r.score.has_upper(), r.score.upper()); }});
  columns.push_back({"interval_kind", [](const Row& r) {
                       return Word(v1::IntervalKind_Name(r.score.interval().kind()), "INTERVAL_KIND_");
                     }});
  columns.push_back(
      {"interval_lower", [](const Row& r) { return Down(r.score.has_interval(), r.score.interval().lower()); }});
  columns.push_back(
      {"interval_upper", [](const Row& r) { return Up(r.score.has_interval(), r.score.interval().upper()); }});
  columns.push_back({"items_used", [](const Row& r) {
                       return Count(r.person != nullptr ? r.person->items_used() : r.score.items_used());
                     }});
  columns.push_back({"items_total", [](const Row& r) { return Count(r.score.items_total()); }});
  columns.push_back({"groups_used", [](const Row& r) { return Joined(r.score.groups_used()); }});
}

void AddDistribution(int points, std::vector<Column>& columns) {
  for (int point = 1; point <= points; ++point) {
    columns.push_back({absl::StrCat("count_", point), [point](const Row& r) {
                         const auto& counts = r.score.distribution().counts();
                         return point <= counts.size() ? absl::StrCat(counts[point - 1]) : std::string();
                       }});
  }
  columns.push_back({"not_observed", [](const Row& r) {
                       return r.score.has_not_observed() ? absl::StrCat(r.score.not_observed()) : std::string();
                     }});
  const auto add = [&](const char* name, std::string (*write)(bool, double), double (v1::Distribution::*value)() const) {
    columns.push_back({name, [write, value](const Row& r) {
                         return write(r.score.has_distribution(), (r.score.distribution().*value)());
                       }});
  };
  add("sd", Nearest, &v1::Distribution::standard_deviation);
  add("average_deviation", Nearest, &v1::Distribution::average_deviation);
  add("favourable", Nearest, &v1::Distribution::favourable_share);
  add("favourable_lower", Down, &v1::Distribution::favourable_lower);
  add("favourable_upper", Up, &v1::Distribution::favourable_upper);
  columns.push_back({"half_statement", [](const Row& r) {
                       return Word(v1::HalfStatement_Name(r.score.half_statement()), "HALF_STATEMENT_");
                     }});
}

// Self minus all raters: in the row of all raters alone.
void AddGap(std::vector<Column>& columns) {
  const auto add = [&](const char* name, std::function<std::string(const v1::UnitScore&)> field) {
    columns.push_back(
        {name, [field = std::move(field)](const Row& r) { return r.AllRaters() ? field(r.unit) : std::string(); }});
  };
  add("self", [](const v1::UnitScore& u) { return Nearest(u.self().has_mean(), u.self().mean()); });
  add("gap", [](const v1::UnitScore& u) { return Nearest(u.gap().has_value(), u.gap().value()); });
  add("gap_lower", [](const v1::UnitScore& u) { return Down(u.gap().has_lower(), u.gap().lower()); });
  add("gap_upper", [](const v1::UnitScore& u) { return Up(u.gap().has_upper(), u.gap().upper()); });
  add("gap_items", [](const v1::UnitScore& u) { return Count(u.gap().items_common()); });
  add("category", [](const v1::UnitScore& u) { return Word(v1::GapCategory_Name(u.gap().category()), "GAP_CATEGORY_"); });
  add("quadrant", [](const v1::UnitScore& u) { return Word(v1::Quadrant_Name(u.gap().quadrant()), "QUADRANT_"); });
  add("close_to_line", [](const v1::UnitScore& u) { return u.gap().close_to_line() ? "yes" : ""; });
}

void AddChange(std::vector<Column>& columns) {
  const auto add = [&](const char* name, std::function<std::string(const v1::Change&)> field) {
    columns.push_back({name, [field = std::move(field)](const Row& r) { return field(r.score.change()); }});
  };
  add("change", [](const v1::Change& c) { return Nearest(c.has_value(), c.value()); });
  add("change_lower", [](const v1::Change& c) { return Down(c.has_lower(), c.lower()); });
  add("change_upper", [](const v1::Change& c) { return Up(c.has_upper(), c.upper()); });
  add("change_interval_kind",
      [](const v1::Change& c) { return Word(v1::IntervalKind_Name(c.interval().kind()), "INTERVAL_KIND_"); });
  add("change_interval_lower", [](const v1::Change& c) { return Down(c.has_interval(), c.interval().lower()); });
  add("change_interval_upper", [](const v1::Change& c) { return Up(c.has_interval(), c.interval().upper()); });
  add("change_word", [](const v1::Change& c) { return Word(v1::ChangeWord_Name(c.word()), "CHANGE_WORD_"); });
  add("change_items", [](const v1::Change& c) { return Count(c.items_common()); });
}

void AddBenchmark(std::vector<Column>& columns) {
  const auto add = [&](const char* name, std::function<std::string(const v1::BenchmarkFigure&)> field) {
    columns.push_back({name, [field = std::move(field)](const Row& r) { return field(r.score.benchmark()); }});
  };
  add("benchmark_leaders", [](const v1::BenchmarkFigure& b) { return Count(b.leaders()); });
  add("benchmark", [](const v1::BenchmarkFigure& b) { return Nearest(b.has_mean(), b.mean()); });
  add("benchmark_lower", [](const v1::BenchmarkFigure& b) { return Down(b.has_lower(), b.lower()); });
  add("benchmark_upper", [](const v1::BenchmarkFigure& b) { return Up(b.has_upper(), b.upper()); });
  add("benchmark_sd",
      [](const v1::BenchmarkFigure& b) { return Nearest(b.has_standard_deviation(), b.standard_deviation()); });
}

// The scale's points, as the rules say; never fewer than any distribution has.
int PointsOf(const v1::Scores& scores) {
  constexpr int kMost = 100;  // no scale comes near; a message might
  int points = std::clamp(scores.rules().points(), 0, kMost);
  for (const v1::UnitScore& unit : scores.units()) {
    for (const v1::GroupScore& score : unit.groups()) points = std::max(points, score.distribution().counts_size());
  }
  return points;
}

std::vector<Column> ColumnsFor(int points) {
  std::vector<Column> columns;
  AddUnit(columns);
  AddFigure(columns);
  AddDistribution(points, columns);
  AddGap(columns);
  AddChange(columns);
  AddBenchmark(columns);
  return columns;
}

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {
    Line([](const Column& column) { return column.name; });
  }

  void Add(const Row& row) {
    Line([&](const Column& column) { return column.field(row); });
  }

  std::string Finish() && { return std::move(text_); }

 private:
  void Line(const std::function<std::string(const Column&)>& field) {
    absl::StrAppend(&text_, absl::StrJoin(columns_, ",", [&](std::string* out, const Column& c) { *out += field(c); }),
                    "\r\n");
  }

  const std::vector<Column> columns_;
  std::string text_;
};

}  // namespace

std::string RenderCsv(const v1::Report& report) {
  const v1::Scores& scores = report.scores();
  std::map<std::string, std::string> titles;
  for (const v1::GroupSummary& group : scores.groups()) titles[group.code()] = group.title();
  Table table(ColumnsFor(PointsOf(scores)));
  const std::string own = WordsOf(report.scores()).Say("report.self");
  for (const v1::UnitScore& unit : scores.units()) {
    for (const v1::GroupScore& score : unit.groups()) table.Add({unit, score.group(), titles[score.group()], score});
    table.Add({unit, "all_raters", "All raters", unit.all_raters()});
    table.Add({unit, "self", own, v1::GroupScore::default_instance(), &unit.self()});
    table.Add({unit, "supervisor", "Supervisor", v1::GroupScore::default_instance(), &unit.supervisor()});
  }
  return std::move(table).Finish();
}

}  // namespace candor::report
