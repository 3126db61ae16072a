// Forms that were filled in with one rating throughout.

#ifndef CANDOR_SERVICES_STATISTICS_STRAIGHT_LINE_H_
#define CANDOR_SERVICES_STATISTICS_STRAIGHT_LINE_H_

#include <cstdint>
#include <span>

#include "services/statistics/tally.h"

namespace candor::statistics {

// Fewer equal ratings than these are no straight line.
inline constexpr int kStraightLineRatings = 10;

// Whether a form, in a tally's codes, has that many valid ratings or more, all of them equal: what Tally::straight_lines
// counts.
inline bool IsStraightLine(std::span<const uint8_t> form) {
  int ratings = 0;
  uint8_t first = kBlank;
  for (const uint8_t mark : form) {
    if (mark == kBlank || mark == kNotObserved) continue;
    if (ratings++ == 0) first = mark;
    if (mark != first) return false;
  }
  return ratings >= kStraightLineRatings;
}

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_STRAIGHT_LINE_H_
