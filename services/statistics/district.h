// Figures over many leaders: half-deviation categories of the gap, and the distribution of O.
//
// Both depend on who else took part: research and benchmarks, never a category on one leader's report. Leaders are
// summed in order of their id, so that the order of a file changes no bit.

#ifndef CANDOR_SERVICES_STATISTICS_DISTRICT_H_
#define CANDOR_SERVICES_STATISTICS_DISTRICT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/statistics/self_other.h"

namespace candor::statistics {

// One leader on one scale.
struct LeaderPoint {
  std::string id;
  std::optional<double> gap;     // self minus others
  std::optional<double> others;  // O
};

struct GapCategory {
  std::optional<double> z;  // (gap - mean gap) / sd of gaps; unset without a gap or where the gaps do not differ
  Category category = Category::kUndefined;
};

struct GapSummary {
  int64_t n = 0;                      // leaders with a gap and an O
  std::optional<double> mean_gap;     // n >= 1
  std::optional<double> sd_gap;       // n >= 2, with n - 1
  std::optional<double> mean_others;  // n >= 1, over the same leaders
  std::vector<GapCategory> leaders;   // one for each point given
  // By the number of leaders in each: z > .5, z < -.5, else O at or above mean_others, else below.
  int64_t over = 0, under = 0, agree_good = 0, agree_poor = 0;
};
GapSummary SummariseGaps(const std::vector<LeaderPoint>& points);

struct BenchmarkSummary {
  int64_t n = 0;  // leaders with an O
  // Set where n >= 1 (sd: n >= 2). Quartiles interpolate between the order statistics (n - 1) p + 1.
  std::optional<double> mean, sd, lower_quartile, median, upper_quartile;
  // One for each point: 100 (below + half of equal, itself included) / n; unset without an O.
  std::vector<std::optional<double>> percentiles;
};
BenchmarkSummary SummariseOthers(const std::vector<LeaderPoint>& points);

// The same of figures that are printed, some of them as ranges, in the order of the leaders' ids.
struct PrintedBenchmark {
  int64_t n = 0;
  Interval mean;             // lo == hi: exactly known
  std::optional<double> sd;  // between leaders (n - 1); set where n >= 2 and all are exactly known
};
PrintedBenchmark SummarisePrinted(const std::vector<Interval>& leaders);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_DISTRICT_H_
