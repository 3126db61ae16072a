#include "services/statistics/distributions.h"

#include <array>
#include <atomic>
#include <cmath>
#include <limits>

#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "services/base/status.h"
#include "services/statistics/constants.h"

namespace candor::statistics {

namespace {

// Doubles throughout: the library would otherwise compute in a longer type for digits that nobody asks for.
using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
using Fisher = boost::math::fisher_f_distribution<double, Policy>;
using Student = boost::math::students_t_distribution<double, Policy>;

double ComputeQuantile(double degrees) { return boost::math::quantile(Student(degrees), kUpperLevel); }

// Every cell asks for a quantile of n + 1 degrees, and cells of like size abound. An entry is zero until it is
// known; two threads that fill one entry at once write the same value.
constexpr int kRemembered = 4096;
std::array<std::atomic<double>, kRemembered + 1> remembered_quantiles{};

}  // namespace

double StudentUpperQuantile(double degrees) {
  CANDOR_CHECK(degrees > 0);
  if (std::isinf(degrees)) return kNormalQuantile;
  if (degrees > kRemembered || degrees != std::floor(degrees)) return ComputeQuantile(degrees);
  std::atomic<double>& entry = remembered_quantiles[static_cast<size_t>(degrees)];
  double quantile = entry.load(std::memory_order_relaxed);
  if (quantile == 0) {
    quantile = ComputeQuantile(degrees);
    entry.store(quantile, std::memory_order_relaxed);
  }
  return quantile;
}

double StudentQuantile(double level, double degrees) {
  CANDOR_CHECK(level > 0 && level < 1 && degrees > 0);
  if (std::isinf(degrees)) return boost::math::quantile(boost::math::normal_distribution<double, Policy>(), level);
  return boost::math::quantile(Student(degrees), level);
}

double FisherQuantile(double level, double numerator, double denominator) {
  CANDOR_CHECK(level > 0 && level < 1 && numerator > 0 && denominator > 0);
  return boost::math::quantile(Fisher(numerator, denominator), level);
}

double StudentTwoSided(double t, double degrees) {
  CANDOR_CHECK(degrees > 0);
  if (std::isinf(t)) return 0;
  return 2 * boost::math::cdf(boost::math::complement(Student(degrees), std::fabs(t)));
}

double NormalCdf(double x) { return 0.5 * std::erfc(-x * M_SQRT1_2); }

}  // namespace candor::statistics
