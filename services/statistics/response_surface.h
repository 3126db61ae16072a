// How an outcome depends on self and others together: a second-degree surface, over many leaders.
//
// For districts of 100 leaders and more; never shown from fewer than 30. The outcome must come from another source than
// the others' ratings.

#ifndef CANDOR_SERVICES_STATISTICS_RESPONSE_SURFACE_H_
#define CANDOR_SERVICES_STATISTICS_RESPONSE_SURFACE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace candor::statistics {

struct SurfaceTerm {
  double estimate = 0;
  double se = 0;
  double t = 0;  // estimate / se
  double p = 1;  // two-sided
};

struct ResponseSurface {
  int64_t n = 0;
  // Of 1, S, O, S^2, S O, O^2, where S and O are centred at the midpoint; by least squares.
  std::array<SurfaceTerm, 6> coefficients;
  // a1, a2: slope and curvature along S = O; a3, a4: along S = -O; a5 = b3 - b5: which way the ridge turns.
  std::array<SurfaceTerm, 5> features;
  double r_squared = 0;
  double sigma = 0;      // residual standard deviation
  int64_t degrees = 0;   // n - 6
};

// The spans have one entry for each leader; `midpoint` is the middle of the rating scale. Unset if there are fewer than
// seven leaders, or their points determine no unique surface.
std::optional<ResponseSurface> FitResponseSurface(std::span<const double> self, std::span<const double> others,
                                                  std::span<const double> outcome, double midpoint);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_RESPONSE_SURFACE_H_
