#include "services/statistics/district.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace candor::statistics {

namespace {

// Half a standard deviation either side of the mean gap counts as agreement.
constexpr double kAgreementBand = 0.5;

// Sums with the rounding error carried along (Neumaier's form).
class CompensatedSum {
 public:
  void Add(double value) {
    const double total = sum_ + value;
    error_ += std::fabs(sum_) >= std::fabs(value) ? (sum_ - total) + value : (value - total) + sum_;
    sum_ = total;
  }
  double value() const { return sum_ + error_; }

 private:
  double sum_ = 0, error_ = 0;
};

struct Moments {
  std::optional<double> mean, sd;
};

Moments MomentsOf(const std::vector<double>& values) {
  Moments moments;
  if (values.empty()) return moments;
  CompensatedSum sum, squares;
  for (double value : values) sum.Add(value);
  const double n = static_cast<double>(values.size());
  moments.mean = sum.value() / n;
  if (values.size() < 2) return moments;
  for (double value : values) squares.Add((value - *moments.mean) * (value - *moments.mean));
  moments.sd = std::sqrt(squares.value() / (n - 1));
  return moments;
}

std::vector<size_t> OrderById(const std::vector<LeaderPoint>& points) {
  std::vector<size_t> order(points.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return points[a].id < points[b].id; });
  return order;
}

double Quantile(const std::vector<double>& sorted, double p) {
  const double position = static_cast<double>(sorted.size() - 1) * p;
  const size_t low = static_cast<size_t>(position);
  const size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (position - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

}  // namespace

GapSummary SummariseGaps(const std::vector<LeaderPoint>& points) {
  GapSummary summary;
  std::vector<double> gaps, others;
  for (size_t i : OrderById(points)) {
    if (!points[i].gap.has_value() || !points[i].others.has_value()) continue;
    gaps.push_back(*points[i].gap);
    others.push_back(*points[i].others);
  }
  summary.n = static_cast<int64_t>(gaps.size());
  const Moments moments = MomentsOf(gaps);
  summary.mean_gap = moments.mean;
  summary.sd_gap = moments.sd;
  summary.mean_others = MomentsOf(others).mean;
  summary.leaders.resize(points.size());
  // Gaps that agree to the last digits have no deviation to measure in.
  if (!summary.sd_gap.has_value() || *summary.sd_gap <= kEqualScores) return summary;
  for (size_t i = 0; i < points.size(); ++i) {
    if (!points[i].gap.has_value()) continue;
    GapCategory& leader = summary.leaders[i];
    leader.z = (*points[i].gap - *summary.mean_gap) / *summary.sd_gap;
    if (!points[i].others.has_value()) continue;
    if (*leader.z > kAgreementBand + kEqualScores) {
      leader.category = Category::kOver;
      ++summary.over;
    } else if (*leader.z < -kAgreementBand - kEqualScores) {
      leader.category = Category::kUnder;
      ++summary.under;
    } else if (*points[i].others >= *summary.mean_others - kEqualScores) {
      leader.category = Category::kAgreeGood;
      ++summary.agree_good;
    } else {
      leader.category = Category::kAgreePoor;
      ++summary.agree_poor;
    }
  }
  return summary;
}

BenchmarkSummary SummariseOthers(const std::vector<LeaderPoint>& points) {
  BenchmarkSummary summary;
  std::vector<double> others;
  for (size_t i : OrderById(points)) {
    if (points[i].others.has_value()) others.push_back(*points[i].others);
  }
  summary.n = static_cast<int64_t>(others.size());
  summary.percentiles.resize(points.size());
  if (others.empty()) return summary;
  const Moments moments = MomentsOf(others);
  summary.mean = moments.mean;
  summary.sd = moments.sd;
  std::sort(others.begin(), others.end());
  summary.lower_quartile = Quantile(others, 0.25);
  summary.median = Quantile(others, 0.5);
  summary.upper_quartile = Quantile(others, 0.75);
  for (size_t i = 0; i < points.size(); ++i) {
    if (!points[i].others.has_value()) continue;
    const double own = *points[i].others;
    const auto first_equal = std::lower_bound(others.begin(), others.end(), own - kEqualScores);
    const auto first_above = std::upper_bound(others.begin(), others.end(), own + kEqualScores);
    const double below = static_cast<double>(first_equal - others.begin());
    const double equal = static_cast<double>(first_above - first_equal);
    summary.percentiles[i] = 100 * (below + 0.5 * equal) / static_cast<double>(summary.n);
  }
  return summary;
}

PrintedBenchmark SummarisePrinted(const std::vector<Interval>& leaders) {
  PrintedBenchmark summary;
  summary.n = static_cast<int64_t>(leaders.size());
  if (leaders.empty()) return summary;
  std::vector<double> least, most;
  for (const Interval& leader : leaders) {
    least.push_back(leader.lo);
    most.push_back(leader.hi);
  }
  const Moments of_least = MomentsOf(least);
  if (least == most) {
    summary.mean = {*of_least.mean, *of_least.mean};
    summary.sd = of_least.sd;
  } else {
    summary.mean = {*of_least.mean, *MomentsOf(most).mean};
  }
  return summary;
}

}  // namespace candor::statistics
