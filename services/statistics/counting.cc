#include "services/statistics/counting.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "services/base/status.h"
#include "services/statistics/constants.h"
#include "services/statistics/tally.h"

// This file is compiled once for each kind of processor; the parts in HWY_NAMESPACE are repeated, the rest is not.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "services/statistics/counting.cc"
#include "hwy/foreach_target.h"

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace candor::statistics {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A byte counter holds this many.
constexpr size_t kByteLimit = 255;
// Rounds of kByteLimit periods before counters of 32 bits are emptied into those of 64.
constexpr size_t kWordRounds = size_t{1} << 22;

size_t VectorBytes() { return hn::Lanes(hn::ScalableTag<uint8_t>()); }

// Counts, for each lane, in how many of `periods` vectors `stride` bytes apart it holds each code, and adds that to
// `words`: kPoints + 2 times as many entries as a vector has bytes.
template <int kPoints>
HWY_ATTR void CountLanes(const uint8_t* HWY_RESTRICT at, size_t stride, size_t periods, uint32_t* HWY_RESTRICT words) {
  const hn::ScalableTag<uint8_t> bytes;
  const hn::Repartition<uint32_t, decltype(bytes)> wide;
  const hn::Rebind<uint8_t, decltype(wide)> quarter;
  const size_t lanes = hn::Lanes(bytes);
  using Vector = hn::Vec<decltype(bytes)>;
  constexpr int kCodes = kPoints + 2;
  Vector counters[kCodes], codes[kCodes];
  for (int k = 0; k < kCodes; ++k) {
    counters[k] = hn::Zero(bytes);
    codes[k] = hn::Set(bytes, k < kPoints ? static_cast<uint8_t>(k + 1) : k == kPoints ? kNotObserved : kBlank);
  }
  for (size_t period = 0; period < periods; ++period, at += stride) {
    const Vector answers = hn::LoadU(bytes, at);
    // A true lane is all ones, that is, minus one.
    for (int k = 0; k < kCodes; ++k) {
      counters[k] = hn::Sub(counters[k], hn::VecFromMask(bytes, hn::Eq(answers, codes[k])));
    }
  }
  HWY_ALIGN uint8_t buffer[HWY_MAX_BYTES];
  for (int k = 0; k < kCodes; ++k) {
    hn::Store(counters[k], bytes, buffer);
    uint32_t* word = words + k * lanes;
    for (size_t lane = 0; lane < lanes; lane += hn::Lanes(wide)) {
      const auto more = hn::PromoteTo(wide, hn::LoadU(quarter, buffer + lane));
      hn::StoreU(hn::Add(hn::LoadU(wide, word + lane), more), wide, word + lane);
    }
  }
}

// The columns of a matrix repeat in the lanes of successive vectors with a period of lcm(items, lanes) bytes. So each
// vector of a period keeps counters of its own, lane by lane, and no byte is ever moved.
template <int kPoints>
HWY_ATTR void CountPeriods(const uint8_t* rows, size_t periods, size_t items, int64_t* counts) {
  constexpr size_t kCodes = kPoints + 2;
  const size_t lanes = VectorBytes();
  const size_t vectors = items / std::gcd(items, lanes);  // of one period
  const size_t stride = vectors * lanes;
  std::vector<uint32_t> words(stride * kCodes, 0);
  const auto empty_words = [&] {
    for (size_t v = 0; v < vectors; ++v) {
      for (size_t k = 0; k < kCodes; ++k) {
        for (size_t lane = 0; lane < lanes; ++lane) {
          const size_t item = (v * lanes + lane) % items;
          counts[item * kCodes + k] += words[(v * kCodes + k) * lanes + lane];
        }
      }
    }
    std::fill(words.begin(), words.end(), 0);
  };
  size_t rounds = 0;
  for (size_t done = 0; done < periods;) {
    const size_t round = std::min(kByteLimit, periods - done);
    for (size_t v = 0; v < vectors; ++v) {
      CountLanes<kPoints>(rows + done * stride + v * lanes, stride, round, words.data() + v * kCodes * lanes);
    }
    done += round;
    if (++rounds % kWordRounds == 0) empty_words();
  }
  empty_words();
}

void CountVectors(const uint8_t* rows, size_t periods, size_t items, int points, int64_t* counts) {
  switch (points) {
    case 2: return CountPeriods<2>(rows, periods, items, counts);
    case 3: return CountPeriods<3>(rows, periods, items, counts);
    case 4: return CountPeriods<4>(rows, periods, items, counts);
    case 5: return CountPeriods<5>(rows, periods, items, counts);
    case 6: return CountPeriods<6>(rows, periods, items, counts);
    case 7: return CountPeriods<7>(rows, periods, items, counts);
    case 8: return CountPeriods<8>(rows, periods, items, counts);
    case 9: return CountPeriods<9>(rows, periods, items, counts);
    case 10: return CountPeriods<10>(rows, periods, items, counts);
    default: CANDOR_CHECK(false);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace candor::statistics
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace candor::statistics {

HWY_EXPORT(VectorBytes);
HWY_EXPORT(CountVectors);

namespace {

void CheckShape(size_t bytes, size_t forms, size_t items, int points, size_t counts) {
  CANDOR_CHECK(points >= kMinPoints && points <= kMaxPoints && bytes == forms * items &&
               counts == items * (static_cast<size_t>(points) + 2));
}

// Fewer periods than this are not worth their counters.
constexpr size_t kLeastPeriods = 8;

bool CountBytes(const uint8_t* rows, size_t forms, size_t items, int points, int64_t* counts) {
  const size_t codes = static_cast<size_t>(points) + 2;
  std::array<uint8_t, 256> place;
  place.fill(0xFF);
  for (int k = 0; k < points; ++k) place[k + 1] = static_cast<uint8_t>(k);
  place[kNotObserved] = static_cast<uint8_t>(points);
  place[kBlank] = static_cast<uint8_t>(points + 1);
  for (size_t r = 0; r < forms; ++r) {
    for (size_t j = 0; j < items; ++j) {
      const uint8_t code = place[*rows++];
      if (code == 0xFF) return false;
      ++counts[j * codes + code];
    }
  }
  return true;
}

}  // namespace

bool CountFormsPlainly(std::span<const uint8_t> rows, size_t forms, size_t items, int points,
                       std::span<int64_t> counts) {
  CheckShape(rows.size(), forms, items, points, counts.size());
  std::vector<int64_t> more(counts.size(), 0);
  if (!CountBytes(rows.data(), forms, items, points, more.data())) return false;
  for (size_t i = 0; i < counts.size(); ++i) counts[i] += more[i];
  return true;
}

bool CountForms(std::span<const uint8_t> rows, size_t forms, size_t items, int points, std::span<int64_t> counts) {
  CheckShape(rows.size(), forms, items, points, counts.size());
  if (items == 0) return true;
  const size_t lanes = HWY_DYNAMIC_DISPATCH(VectorBytes)();
  const size_t rows_of_period = lanes / std::gcd(items, lanes);
  const size_t periods = forms / rows_of_period;
  if (periods < kLeastPeriods) return CountFormsPlainly(rows, forms, items, points, counts);
  const size_t codes = static_cast<size_t>(points) + 2;
  std::vector<int64_t> more(counts.size(), 0);
  HWY_DYNAMIC_DISPATCH(CountVectors)(rows.data(), periods, items, points, more.data());
  const size_t done = periods * rows_of_period;
  // A byte that is no code was counted nowhere.
  for (size_t j = 0; j < items; ++j) {
    const auto first = more.begin() + static_cast<ptrdiff_t>(j * codes);
    if (std::accumulate(first, first + static_cast<ptrdiff_t>(codes), int64_t{0}) != static_cast<int64_t>(done)) {
      return false;
    }
  }
  if (!CountBytes(rows.data() + done * items, forms - done, items, points, more.data())) return false;
  for (size_t i = 0; i < counts.size(); ++i) counts[i] += more[i];
  return true;
}

bool CountColumn(std::span<const uint8_t> column, int points, std::span<int64_t> counts) {
  return CountForms(column, column.size(), 1, points, counts);
}

}  // namespace candor::statistics

#endif  // HWY_ONCE
