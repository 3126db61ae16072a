#include "tests/privacy/several_reports.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/reporting/benchmark.h"
#include "services/reporting/build_report.h"
#include "services/reporting/scores.h"
#include "tests/privacy/report_reader.h"
#include "tests/reporting/report_builders.h"

namespace candor::privacy {
namespace {

int GroupsBefore(const std::vector<const RandomReport*>& reports, size_t report) {
  int groups = 0;
  for (size_t i = 0; i < report; ++i) groups += static_cast<int>(reports[i]->survey.groups.size());
  return groups;
}

Answers AnswersTo(const std::vector<const RandomReport*>& reports, size_t report, const Answers& answers) {
  const auto first = answers.begin() + GroupsBefore(reports, report);
  return Answers(first, first + static_cast<ptrdiff_t>(reports[report]->survey.groups.size()));
}

v1::Report Build(const reporting::ReportInput& input) {
  const auto report = reporting::BuildReport(input);
  CANDOR_CHECK(report.ok());
  return *report;
}

void Append(Printed more, Printed& printed) {
  std::move(more.statements.begin(), more.statements.end(), std::back_inserter(printed.statements));
  std::move(more.figures.begin(), more.figures.end(), std::back_inserter(printed.figures));
}

void Append(std::vector<Figure::Part> more, std::vector<Figure::Part>& parts) {
  parts.insert(parts.end(), more.begin(), more.end());
}

using Readers = std::vector<ReportReader>;

Readers ReadersOf(const std::vector<const RandomReport*>& campaigns, const std::vector<v1::Report>& reports) {
  Readers readers;
  for (size_t i = 0; i < reports.size(); ++i) {
    readers.emplace_back(*campaigns[i], reports[i].scores(), GroupsBefore(campaigns, i));
  }
  return readers;
}

// What a figure of two decimals, rounded half away from zero, may stand for on either side.
constexpr double kHalfHundredth = 0.005;

// The mean over the leaders who have the figure, from one report that shows it.
std::optional<Figure> MeanOverLeaders(const Readers& readers, const v1::UnitScore& unit, const v1::GroupScore& score) {
  if (!score.has_benchmark()) return std::nullopt;
  const v1::BenchmarkFigure& mean = score.benchmark();
  Figure figure{{}, mean.has_mean() ? mean.mean() - kHalfHundredth : mean.lower(),
                mean.has_mean() ? mean.mean() + kHalfHundredth : mean.upper()};
  int leaders = 0;
  for (const ReportReader& reader : readers) {
    if (reader.FindScore(reader.UnitOf(unit), score.group()) == nullptr) continue;
    ++leaders;
    Append(reader.PartsOf(reader.UnitOf(unit), score.group(), 1.0 / mean.leaders()), figure.parts);
  }
  CANDOR_CHECK(leaders == mean.leaders());
  return figure;
}

// What has changed in one unit, for one group or all raters.
std::optional<Figure> ChangeOf(const RandomRounds& rounds, const Readers& readers, const v1::UnitScore& unit,
                               const v1::GroupScore& score) {
  if (!score.has_change()) return std::nullopt;
  const v1::Change& change = score.change();
  Figure figure{{}, change.has_value() ? change.value() : change.lower(),
                change.has_value() ? change.value() : change.upper()};
  std::vector<std::string> groups(change.groups_used().begin(), change.groups_used().end());
  if (score.group() != kAllRaters) groups = {score.group()};
  const ReportReader &before = readers[0], &now = readers[1];
  for (const std::string& group : groups) {
    // The statements that were asked in the same words and are printed both times.
    std::set<int> common;
    const std::set<int> earlier = before.QuestionsOf(before.UnitOf(unit), group);
    for (const int question : now.QuestionsOf(unit, group)) {
      const auto& items = rounds.now.version.instrument.items;
      const auto& items_before = rounds.before.version.instrument.items;
      const bool same = items[question].texts.at(group) == items_before[question].texts.at(group);
      if (same && earlier.contains(question)) common.insert(question);
    }
    CANDOR_CHECK(score.group() == kAllRaters || change.items_common() == static_cast<int>(common.size()));
    const double share = 1.0 / static_cast<double>(groups.size());
    Append(now.PartsOver(common, group, share), figure.parts);
    Append(before.PartsOver(common, group, -share), figure.parts);
  }
  return figure;
}

template <typename Read>
void ReadEach(const v1::Report& report, Read read, Printed& printed) {
  for (const v1::UnitScore& unit : report.scores().units()) {
    for (const v1::GroupScore& score : unit.groups()) {
      if (std::optional<Figure> figure = read(unit, score)) printed.figures.push_back(*std::move(figure));
    }
    if (std::optional<Figure> figure = read(unit, unit.all_raters())) printed.figures.push_back(*std::move(figure));
  }
}

}  // namespace

Survey SurveyOf(const std::vector<const RandomReport*>& reports, const RandomReport& rules) {
  Survey joined = rules.survey;
  joined.groups.clear();
  joined.answers.clear();
  const bool shared = std::all_of(reports.begin(), reports.end(), [&](const RandomReport* report) {
    return report->survey.minimum_group_size == joined.minimum_group_size && report->survey.insiders == joined.insiders;
  });
  for (const RandomReport* report : reports) {
    const int first = static_cast<int>(joined.groups.size());
    for (Survey::Group group : report->survey.groups) {
      if (group.part_of >= 0) group.part_of += first;
      group.attacked = shared || report == &rules;
      joined.groups.push_back(group);
    }
    joined.answers.insert(joined.answers.end(), report->survey.answers.begin(), report->survey.answers.end());
  }
  return joined;
}

std::vector<const RandomReport*> PointersTo(const std::vector<RandomReport>& leaders) {
  std::vector<const RandomReport*> pointers;
  for (const RandomReport& leader : leaders) pointers.push_back(&leader);
  return pointers;
}

std::vector<v1::Report> PrintLeaders(const std::vector<RandomReport>& leaders, const Answers& answers) {
  const std::vector<const RandomReport*> campaigns = PointersTo(leaders);
  std::vector<domain::ClosedResult> results;
  std::vector<v1::Scores> scores;
  for (size_t i = 0; i < leaders.size(); ++i) {
    results.push_back(CloseOn(leaders[i], AnswersTo(campaigns, i, answers)));
    // Without self and supervisors, as at closing.
    scores.push_back(
        reporting::BuildScores(reporting::InputOf(leaders[i].version, leaders[i].contract, results.back())));
  }
  const v1::Benchmark benchmark = reporting::BuildBenchmark(leaders[0].version, scores);
  std::vector<v1::Report> reports;
  for (size_t i = 0; i < leaders.size(); ++i) {
    reporting::ReportInput input = InputOf(leaders[i], results[i]);
    input.benchmark = benchmark;
    reports.push_back(Build(input));
  }
  return reports;
}

Printed ReadLeaders(const std::vector<RandomReport>& leaders, const std::vector<v1::Report>& reports) {
  const Readers readers = ReadersOf(PointersTo(leaders), reports);
  Printed printed;
  std::set<std::string> known;
  for (size_t i = 0; i < reports.size(); ++i) {
    Append(readers[i].Read(), printed);
    // The same mean stands in every report that has the figure.
    const auto read = [&](const v1::UnitScore& unit, const v1::GroupScore& score) -> std::optional<Figure> {
      if (!score.has_benchmark() || !known.insert(absl::StrCat(unit.code(), " ", score.group())).second) return {};
      return MeanOverLeaders(readers, unit, score);
    };
    ReadEach(reports[i], read, printed);
  }
  return printed;
}

std::vector<v1::Report> PrintRounds(const RandomRounds& rounds, const Answers& answers) {
  const std::vector<const RandomReport*> campaigns = PointersTo(rounds);
  const domain::ClosedResult before = CloseOn(rounds.before, AnswersTo(campaigns, 0, answers));
  reporting::ReportInput input = InputOf(rounds.now, CloseOn(rounds.now, AnswersTo(campaigns, 1, answers)));
  input.comparison = domain::Comparison::kCompared;
  input.before = reporting::RoundBefore{rounds.before.contract, rounds.before.version, before, {}};
  return {Build(InputOf(rounds.before, before)), Build(input)};
}

Printed ReadRounds(const RandomRounds& rounds, const std::vector<v1::Report>& reports) {
  const Readers readers = ReadersOf(PointersTo(rounds), reports);
  Printed printed = readers[0].Read();
  Append(readers[1].Read(), printed);
  const auto read = [&](const v1::UnitScore& unit, const v1::GroupScore& score) {
    return ChangeOf(rounds, readers, unit, score);
  };
  ReadEach(reports[1], read, printed);
  return printed;
}

std::string TextOf(const std::vector<v1::Report>& reports) {
  std::string text;
  for (const v1::Report& report : reports) absl::StrAppend(&text, reporting::SerializeReport(report), "\n");
  return text;
}

}  // namespace candor::privacy
