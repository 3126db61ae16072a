#include "services/reporting/benchmark.h"

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/reporting/hundredths.h"
#include "services/reporting/scores.h"
#include "services/statistics/district.h"

namespace candor::reporting {
namespace {

v1::BenchmarkFigure FigureOf(const statistics::PrintedBenchmark& summary) {
  v1::BenchmarkFigure figure;
  figure.set_leaders(static_cast<int32_t>(summary.n));
  if (summary.mean.lo == summary.mean.hi) {
    figure.set_mean(ToHundredths(summary.mean.lo));
  } else {
    figure.set_lower(DownToHundredths(summary.mean.lo));
    figure.set_upper(UpToHundredths(summary.mean.hi));
  }
  if (summary.sd.has_value()) figure.set_standard_deviation(ToHundredths(*summary.sd));
  return figure;
}

}  // namespace

v1::Benchmark BuildBenchmark(const domain::InstrumentVersion& version, const std::vector<v1::Scores>& leaders) {
  v1::Benchmark benchmark;
  if (leaders.empty()) return benchmark;
  std::vector<std::string> groups = {kAllRaters};
  for (const domain::RaterGroup& group : version.instrument.rater_groups) groups.push_back(group.code);
  for (int u = 0; u < leaders[0].units_size(); ++u) {
    const v1::UnitScore& unit = leaders[0].units(u);
    for (const std::string& group : groups) {
      std::vector<statistics::Interval> figures;
      for (const v1::Scores& leader : leaders) {
        CANDOR_CHECK(leader.units(u).code() == unit.code());
        const v1::GroupScore* score = FindScore(leader.units(u), group);
        const auto range = score == nullptr ? std::nullopt : RangeOf(*score);
        if (range.has_value()) figures.push_back(*range);
      }
      if (figures.size() < static_cast<size_t>(domain::kFewestPooledLeaders)) continue;
      v1::BenchmarkEntry& entry = *benchmark.add_entries();
      entry.set_kind(unit.kind());
      entry.set_code(unit.code());
      entry.set_group(group);
      *entry.mutable_figure() = FigureOf(statistics::SummarisePrinted(figures));
    }
  }
  return benchmark;
}

void AddBenchmark(const v1::Benchmark& benchmark, v1::Scores& scores) {
  std::map<std::tuple<int, std::string, std::string>, const v1::BenchmarkFigure*> figures;
  for (const v1::BenchmarkEntry& entry : benchmark.entries()) {
    figures[{entry.kind(), entry.code(), entry.group()}] = &entry.figure();
  }
  const auto add = [&](const v1::UnitScore& unit, v1::GroupScore& score) {
    const auto found = figures.find({unit.kind(), unit.code(), score.group()});
    if (found != figures.end() && RangeOf(score).has_value()) *score.mutable_benchmark() = *found->second;
  };
  for (v1::UnitScore& unit : *scores.mutable_units()) {
    for (v1::GroupScore& score : *unit.mutable_groups()) add(unit, score);
    add(unit, *unit.mutable_all_raters());
  }
}

}  // namespace candor::reporting
