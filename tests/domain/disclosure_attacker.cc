#include "tests/domain/disclosure_attacker.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/status.h"

namespace candor::domain {
namespace {

// Counts of what insiders know, and one more person: at most 15 each, of at most 16 values, in one number.
constexpr int kBits = 4;

uint64_t Pack(const Counts& counts) {
  uint64_t packed = 0;
  for (size_t i = 0; i < counts.size(); ++i) packed |= static_cast<uint64_t>(counts[i]) << (kBits * i);
  return packed;
}

Counts Unpack(uint64_t packed, int values) {
  Counts counts(values);
  for (int i = 0; i < values; ++i) counts[i] = static_cast<int64_t>(packed >> (kBits * i) & 15);
  return counts;
}

// Calls `visit` with every way to take `size` of the ratings in `counts`.
void ForEachPart(const Counts& counts, int64_t size, size_t point, Counts& part,
                 const std::function<void(const Counts&)>& visit) {
  if (point + 1 == counts.size()) {
    if (size > counts[point]) return;
    part[point] = size;
    visit(part);
    return;
  }
  for (int64_t taken = 0; taken <= std::min(size, counts[point]); ++taken) {
    part[point] = taken;
    ForEachPart(counts, size - taken, point + 1, part, visit);
  }
}

}  // namespace

void ForEachCounts(int points, int64_t n, const std::function<void(const Counts&)>& visit) {
  Counts part(points);
  ForEachPart(Counts(points, n), n, 0, part, visit);
}

Values ItemValues(int points) { return {points, LowerHalfEnd(points)}; }

std::vector<std::string> FindExposures(const Values& values, int64_t n, int insiders, Promise promise,
                                       const Printer& print, size_t limit) {
  CANDOR_CHECK(insiders < 15 && values.number <= 16);
  // Of each outcome: what `insiders` people may know of their own answers, and with one more
  // person's answer.
  struct Group {
    std::unordered_set<uint64_t> known, with_another;
  };
  std::unordered_map<std::string, Group> outcomes;
  ForEachCounts(values.number, n, [&](const Counts& counts) {
    Group& group = outcomes[print(counts)];
    Counts part(values.number);
    ForEachPart(counts, insiders, 0, part,
                [&](const Counts& known) { group.known.insert(Pack(known)); });
    ForEachPart(counts, insiders + 1, 0, part,
                [&](const Counts& more) { group.with_another.insert(Pack(more)); });
  });
  std::vector<std::string> exposures;
  for (const auto& [outcome, group] : outcomes) {
    for (const uint64_t packed : group.known) {
      std::vector<bool> possible(values.number);
      bool low = false, high = false;
      for (int value = 0; value < values.number; ++value) {
        possible[value] = group.with_another.contains(packed + (uint64_t{1} << (kBits * value)));
        if (possible[value]) (value < values.low ? low : high) = true;
      }
      const bool kept = promise == Promise::kEveryValue
                            ? std::find(possible.begin(), possible.end(), false) == possible.end()
                            : low && high;
      if (kept) continue;
      exposures.push_back(absl::StrCat(values.number, " values, n = ", n, ", printed ", outcome,
                                       ": who knows ", absl::StrJoin(Unpack(packed, values.number), " "),
                                       " can rule out answers of others"));
      if (exposures.size() >= limit) return exposures;
    }
  }
  return exposures;
}

bool CanHaveGiven(const Atom& atom, int points, int insiders, const Counts& known, int value) {
  if (!atom.counts.empty()) {
    // The distribution is known, so only who is who is open.
    for (int i = 0; i < points; ++i) {
      if (atom.counts[i] < known[i] + (i + 1 == value ? 1 : 0)) return false;
    }
    return true;
  }
  const int64_t n = atom.n;
  int64_t least_sum = n, most_sum = n * points;
  if (atom.kind == AtomKind::kExact) least_sum = most_sum = atom.sum;
  if (atom.kind == AtomKind::kAtLeast) least_sum = atom.bound_numerator;
  if (atom.kind == AtomKind::kAtMost) most_sum = atom.bound_numerator;
  int64_t least_low = 0, most_low = n;
  if (atom.half == HalfStatement::kAtMostTwoLow) most_low = insiders + 1;
  if (atom.half == HalfStatement::kAtMostTwoHigh) least_low = n - insiders - 1;

  const int half = LowerHalfEnd(points);
  int64_t others = n, sum = 0, low = 0;
  for (int point = 1; point <= points; ++point) {
    const int64_t count = known[point - 1] + (point == value ? 1 : 0);
    others -= count;
    sum += point * count;
    if (point <= half) low += count;
  }
  // The rest can have any number in the lower half, and then any sum between the two extremes.
  for (int64_t low_others = 0; low_others <= others; ++low_others) {
    if (low + low_others < least_low || low + low_others > most_low) continue;
    const int64_t least = sum + low_others + (others - low_others) * (half + 1);
    const int64_t most = sum + low_others * half + (others - low_others) * points;
    if (least <= most_sum && most >= least_sum) return true;
  }
  return false;
}

int SumAttacker::AddNumber(int64_t least, int64_t most) {
  numbers_.push_back({least, most});
  return static_cast<int>(numbers_.size()) - 1;
}

void SumAttacker::Learn(std::vector<int> numbers, int64_t least, int64_t most) {
  sums_.push_back({std::move(numbers), {least, most}});
}

void SumAttacker::Attack() {
  bool narrowed = true;
  for (int round = 0; narrowed && round < 1000; ++round) {
    narrowed = false;
    for (const Sum& sum : sums_) {
      int64_t least = 0, most = 0;
      for (const int number : sum.numbers) {
        least += numbers_[number].least;
        most += numbers_[number].most;
      }
      for (const int number : sum.numbers) {
        Range& range = numbers_[number];
        const int64_t others_least = least - range.least, others_most = most - range.most;
        const Range found{std::max(range.least, sum.range.least - others_most),
                          std::min(range.most, sum.range.most - others_least)};
        if (found.least == range.least && found.most == range.most) continue;
        narrowed = true;
        range = found;
        least = others_least + range.least;
        most = others_most + range.most;
      }
    }
  }
}

}  // namespace candor::domain
