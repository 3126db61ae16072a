// The benchmark of one campaign: the mean over its leaders of each figure that enough of their reports print.

#ifndef CANDOR_SERVICES_REPORTING_BENCHMARK_H_
#define CANDOR_SERVICES_REPORTING_BENCHMARK_H_

#include <vector>

#include "candor/v1/scoring.pb.h"
#include "services/domain/instrument.h"

namespace candor::reporting {

// `leaders`: the scores of every leader with a closed result, each once, by survey id; all of them of `version`. For each
// unit, all raters and each rater group: the mean and the standard deviation between leaders of what they print, where at
// least domain::kFewestPooledLeaders do; a bound makes a range. Parts and the pool, which are others each time, have none.
candor::v1::Benchmark BuildBenchmark(const domain::InstrumentVersion& version,
                                     const std::vector<candor::v1::Scores>& leaders);

// Puts its figures beside those of one of these leaders that are printed.
void AddBenchmark(const candor::v1::Benchmark& benchmark, candor::v1::Scores& scores);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_BENCHMARK_H_
