// Figures over leaders to two decimals and no more, as they are read: from all digits of a mean over five leaders, one of
// whom knows their own figure, the digits of the other four can be told apart.

#ifndef CANDOR_SERVICES_REPORTING_HUNDREDTHS_H_
#define CANDOR_SERVICES_REPORTING_HUNDREDTHS_H_

#include <cmath>

namespace candor::reporting {

// What two figures may differ by and still count as equal, so that no error of the last bit moves a hundredth.
inline constexpr double kEqualHundredths = 1e-9;

inline double DownToHundredths(double figure) { return std::floor(100 * figure + kEqualHundredths) / 100; }
inline double UpToHundredths(double figure) { return std::ceil(100 * figure - kEqualHundredths) / 100; }
// Half away from zero; never minus zero.
inline double ToHundredths(double figure) {
  const double whole = std::floor(std::fabs(figure) * 100 + 0.5 + kEqualHundredths);
  return whole == 0 ? 0 : std::copysign(whole / 100, figure);
}

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_HUNDREDTHS_H_
