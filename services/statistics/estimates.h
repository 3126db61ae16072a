// Several estimates of the same kind, each with its own uncertainty: how far they differ, and what each of them tells, once
// chance is taken out.

#ifndef CANDOR_SERVICES_STATISTICS_ESTIMATES_H_
#define CANDOR_SERVICES_STATISTICS_ESTIMATES_H_

#include <optional>
#include <span>
#include <vector>

namespace candor::statistics {

struct Estimate {
  double value = 0;
  double variance = 0;  // of its error; above 0
};

// One estimate, drawn towards the others by how little is known of it.
struct ShrunkEstimate {
  double reliability = 0;  // tau^2 / (tau^2 + variance), 0..1
  double value = 0;        // mu + reliability (value - mu)
  double se = 0;           // of this value about the true one
};

struct Spread {
  double sd = 0;    // tau, between true values, not below 0 (DerSimonian and Laird 1986, Control Clin Trials 7:177)
  double mean = 0;  // mu, weighted with 1 / (tau^2 + variance)
  // Empirical Bayes, one for each estimate (Morris 1983, J Am Stat Assoc 78:47): with w = 1 / (tau^2 + variance),
  // se^2 = reliability * variance + (1 - reliability)^2 / sum of w.
  std::vector<ShrunkEstimate> shrunk;
};
// Unset for fewer than two estimates. The order of the estimates may change the last bits: give them in the order of their
// ids.
std::optional<Spread> SpreadOf(std::span<const Estimate> estimates);

// How many of the true values lie below `line`, as far as can be told: the sum of each one's normal probability.
double ExpectedBelow(const Spread& spread, double line);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_ESTIMATES_H_
