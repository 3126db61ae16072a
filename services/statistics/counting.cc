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

#include "hwy/cache_control.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace candor::statistics {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A byte counter holds this many.
constexpr size_t kByteLimit = 255;
// Counters of 32 bits are emptied into those of 64 once they may hold this many.
constexpr size_t kWordLimit = size_t{1} << 31;
constexpr size_t kPieceBytes = 8192;

size_t VectorBytes() { return hn::Lanes(hn::ScalableTag<uint8_t>()); }

// One counter a lane for the code that stands at `kPlace` of an item's counts, if there is such a place. A struct of
// its own for each code, not an array, so that all counters stay in registers.
template <int kPoints, int kPlace>
struct LaneCounter {
  using Bytes = hn::ScalableTag<uint8_t>;
  static constexpr bool kUsed = kPlace < kPoints + 2;
  static constexpr uint8_t kCode = kPlace < kPoints    ? static_cast<uint8_t>(kPlace + 1)
                                   : kPlace == kPoints ? kNotObserved
                                                       : kBlank;
  hn::Vec<Bytes> counter;

  HWY_ATTR HWY_INLINE void Count(hn::Vec<Bytes> answers) {
    if constexpr (kUsed) {
      const Bytes bytes;
      // A true lane is all ones, that is, minus one.
      counter = hn::Sub(counter, hn::VecFromMask(bytes, hn::Eq(answers, hn::Set(bytes, kCode))));
    }
  }

  HWY_ATTR HWY_INLINE void Load(const uint8_t* HWY_RESTRICT counters) {
    const Bytes bytes;
    if constexpr (kUsed) counter = hn::LoadU(bytes, counters + kPlace * hn::Lanes(bytes));
  }
  HWY_ATTR HWY_INLINE void Store(uint8_t* HWY_RESTRICT counters) const {
    const Bytes bytes;
    if constexpr (kUsed) hn::StoreU(counter, bytes, counters + kPlace * hn::Lanes(bytes));
  }
};

// Adds to each lane of `counters`, kPoints + 2 vectors of bytes, in how many of `periods` vectors `stride` bytes apart it
// holds each code.
template <int kPoints>
HWY_ATTR void CountLanes(const uint8_t* HWY_RESTRICT at, size_t stride, size_t periods, uint8_t* HWY_RESTRICT counters) {
  const hn::ScalableTag<uint8_t> bytes;
  LaneCounter<kPoints, 0> c0{hn::Zero(bytes)};
  LaneCounter<kPoints, 1> c1{hn::Zero(bytes)};
  LaneCounter<kPoints, 2> c2{hn::Zero(bytes)};
  LaneCounter<kPoints, 3> c3{hn::Zero(bytes)};
  LaneCounter<kPoints, 4> c4{hn::Zero(bytes)};
  LaneCounter<kPoints, 5> c5{hn::Zero(bytes)};
  LaneCounter<kPoints, 6> c6{hn::Zero(bytes)};
  LaneCounter<kPoints, 7> c7{hn::Zero(bytes)};
  LaneCounter<kPoints, 8> c8{hn::Zero(bytes)};
  LaneCounter<kPoints, 9> c9{hn::Zero(bytes)};
  LaneCounter<kPoints, 10> c10{hn::Zero(bytes)};
  LaneCounter<kPoints, 11> c11{hn::Zero(bytes)};
  c0.Load(counters);
  c1.Load(counters);
  c2.Load(counters);
  c3.Load(counters);
  c4.Load(counters);
  c5.Load(counters);
  c6.Load(counters);
  c7.Load(counters);
  c8.Load(counters);
  c9.Load(counters);
  c10.Load(counters);
  c11.Load(counters);
  const size_t ahead = stride * periods;
  for (size_t period = 0; period < periods; ++period, at += stride) {
    hwy::Prefetch(at + ahead);
    const auto answers = hn::LoadU(bytes, at);
    c0.Count(answers);
    c1.Count(answers);
    c2.Count(answers);
    c3.Count(answers);
    c4.Count(answers);
    c5.Count(answers);
    c6.Count(answers);
    c7.Count(answers);
    c8.Count(answers);
    c9.Count(answers);
    c10.Count(answers);
    c11.Count(answers);
  }
  c0.Store(counters);
  c1.Store(counters);
  c2.Store(counters);
  c3.Store(counters);
  c4.Store(counters);
  c5.Store(counters);
  c6.Store(counters);
  c7.Store(counters);
  c8.Store(counters);
  c9.Store(counters);
  c10.Store(counters);
  c11.Store(counters);
}

// Adds `size` bytes, a multiple of the vector's, to as many words and clears them.
HWY_ATTR void EmptyBytes(uint8_t* HWY_RESTRICT counters, size_t size, uint32_t* HWY_RESTRICT words) {
  const hn::ScalableTag<uint32_t> wide;
  const hn::Rebind<uint8_t, decltype(wide)> quarter;
  for (size_t i = 0; i < size; i += hn::Lanes(wide)) {
    const auto more = hn::PromoteTo(wide, hn::LoadU(quarter, counters + i));
    hn::StoreU(hn::Add(hn::LoadU(wide, words + i), more), wide, words + i);
  }
  std::fill(counters, counters + size, uint8_t{0});
}

// The columns of a matrix repeat in the lanes of successive vectors with a period of lcm(items, lanes) bytes. So each
// vector of a period keeps counters of its own, lane by lane, and no byte is ever moved.
template <int kPoints>
HWY_ATTR void CountPeriods(const uint8_t* rows, size_t periods, size_t items, int64_t* counts) {
  constexpr size_t kCodes = kPoints + 2;
  const size_t lanes = VectorBytes();
  const size_t vectors = items / std::gcd(items, lanes);  // of one period
  const size_t stride = vectors * lanes;
  // Each vector's counters pass over a piece that stays in the nearest cache, then the next vector's do.
  const size_t piece = std::clamp<size_t>(kPieceBytes / stride, 1, kByteLimit);
  std::vector<uint8_t> counters(stride * kCodes, 0);
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
  size_t in_bytes = 0, in_words = 0;  // periods that the counters of either size hold
  for (size_t done = 0; done < periods;) {
    const size_t round = std::min(piece, periods - done);
    if (in_bytes + round > kByteLimit) {
      EmptyBytes(counters.data(), counters.size(), words.data());
      in_words += in_bytes;
      in_bytes = 0;
      if (in_words > kWordLimit) {
        empty_words();
        in_words = 0;
      }
    }
    for (size_t v = 0; v < vectors; ++v) {
      CountLanes<kPoints>(rows + done * stride + v * lanes, stride, round, counters.data() + v * kCodes * lanes);
    }
    done += round;
    in_bytes += round;
  }
  EmptyBytes(counters.data(), counters.size(), words.data());
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
