#include "tests/collection/made_campaign.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "services/collection/pooling.h"
#include "services/domain/answer.h"

namespace candor::collection {
namespace {

std::optional<double> Rating(const Marks& marks, int item, const std::set<int>& reversed) {
  const uint8_t mark = marks[static_cast<size_t>(item)];
  if (mark == domain::kBlank || mark == domain::kNotObserved) return std::nullopt;
  return reversed.contains(item) ? 6.0 - mark : 1.0 * mark;
}

double MeanOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double SlowCovariance(const std::vector<Block>& leaders, int j, int l, const std::set<int>& reversed) {
  std::vector<double> xs, ys;
  for (const Block& block : leaders) {
    for (const Marks& marks : block) {
      const auto x = Rating(marks, j, reversed), y = Rating(marks, l, reversed);
      if (!x.has_value() || !y.has_value()) continue;
      xs.push_back(*x);
      ys.push_back(*y);
    }
  }
  double sum = 0;
  for (size_t i = 0; i < xs.size(); ++i) sum += (xs[i] - MeanOf(xs)) * (ys[i] - MeanOf(ys));
  return sum / static_cast<double>(xs.size() - 1);
}

// Each leader's raters' mean ratings, of those who rated at least half of the items.
std::vector<std::vector<double>> PersonScores(const std::vector<Block>& leaders, const std::vector<int>& items,
                                              const std::set<int>& reversed) {
  std::vector<std::vector<double>> scores;
  for (const Block& block : leaders) {
    scores.emplace_back();
    for (const Marks& marks : block) {
      std::vector<double> ratings;
      for (const int item : items) {
        if (const auto rating = Rating(marks, item, reversed)) ratings.push_back(*rating);
      }
      if (2 * ratings.size() >= items.size()) scores.back().push_back(MeanOf(ratings));
    }
  }
  return scores;
}

void FillIcc(const std::vector<std::vector<double>>& scores, SlowReliability& figures) {
  std::vector<double> all;
  for (const auto& leader : scores) all.insert(all.end(), leader.begin(), leader.end());
  double between = 0, within = 0;
  for (const auto& leader : scores) {
    for (const double score : leader) {
      between += std::pow(MeanOf(leader) - MeanOf(all), 2);
      within += std::pow(score - MeanOf(leader), 2);
    }
  }
  const double n = static_cast<double>(all.size()), classes = static_cast<double>(scores.size());
  const double msb = between / (classes - 1), msw = within / (n - classes);
  figures.icc1 = 100 * (msb - msw) / (msb + (n / classes - 1) * msw);
  figures.icc2 = 100 * (msb - msw) / msb;
}

}  // namespace

std::vector<int> FirstItems(int items) {
  std::vector<int> all(static_cast<size_t>(items));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

domain::InstrumentVersion MakeVersion(const MadeShape& shape, const std::vector<MadeGroup>& groups,
                                      const std::set<int>& reversed) {
  domain::InstrumentVersion version;
  version.instrument.scale.points = 5;
  for (const auto& [code, items] : groups) version.instrument.rater_groups.push_back({code, {}});
  for (size_t d = 0; d < shape.size(); ++d) {
    domain::Domain domain;
    domain.code = std::string(1, static_cast<char>('A' + d));
    for (size_t c = 0; c < shape[d].size(); ++c) {
      domain::Competency competency;
      competency.code = absl::StrCat(domain.code, ".", c + 1);
      for (int i = 0; i < shape[d][c]; ++i) {
        const int item = static_cast<int>(version.instrument.items.size());
        const std::string indicator = absl::StrCat(competency.code, ".", i + 1);
        competency.indicators.push_back({indicator, indicator, {}});
        domain::Item& asked = version.instrument.items.emplace_back();
        asked.indicator = indicator;
        asked.reverse = reversed.contains(item);
        for (const auto& [code, items] : groups) {
          if (std::find(items.begin(), items.end(), item) != items.end()) asked.texts[code];
        }
      }
      domain.competencies.push_back(std::move(competency));
    }
    version.framework.domains.push_back(std::move(domain));
  }
  return version;
}

Block MadeForms(std::mt19937& random, int raters, int items, const std::vector<int>& asked, const std::set<int>& reversed,
                int missing) {
  const int of_leader = 2 + static_cast<int>(random() % 3);
  Block block;
  for (int r = 0; r < raters; ++r) {
    const int level = of_leader + static_cast<int>(random() % 3) - 1;
    Marks marks(static_cast<size_t>(items), domain::kBlank);
    for (const int item : asked) {
      const int rating = std::clamp(level + static_cast<int>(random() % 3) - 1, 1, 5);
      uint8_t mark = static_cast<uint8_t>(reversed.contains(item) ? 6 - rating : rating);
      if (static_cast<int>(random() % 100) < missing) mark = random() % 2 == 0 ? domain::kBlank : domain::kNotObserved;
      marks[static_cast<size_t>(item)] = mark;
    }
    block.push_back(std::move(marks));
  }
  return block;
}

ContributedBlocks ContributionOf(const ContributionFormat& format, const std::vector<Block>& blocks,
                                 const std::vector<bool>& printed) {
  std::vector<domain::IssuingGroup> groups;
  domain::ClosedResult result;
  for (size_t i = 0; i < format.groups().size(); ++i) {
    const std::string& code = format.groups()[i].code;
    groups.push_back({code, {code}, 500, ""});
    const bool is_printed = printed.empty() || printed[i];
    result.blocks.push_back(
        {code, {code}, is_printed ? domain::BlockState::kPrinted : domain::BlockState::kTooManyReissued, {}});
  }
  ContributionCounter counter(format, groups);
  for (size_t i = 0; i < blocks.size(); ++i) {
    for (const Marks& marks : blocks[i]) counter.Count(static_cast<int>(i), marks);
  }
  return counter.Take(result);
}

domain::PooledFigures FiguresOf(const ContributionFormat& format, const std::vector<std::vector<Block>>& leaders) {
  Pooling pooling(format);
  for (const std::vector<Block>& blocks : leaders) pooling.AddLeader(ContributionOf(format, blocks));
  return pooling.Figures();
}

SlowReliability SlowReliabilityOf(const std::vector<Block>& leaders, const std::vector<int>& items,
                                  const std::set<int>& reversed) {
  SlowReliability figures;
  double variances = 0, covariances = 0, squares = 0;
  for (const int j : items) {
    for (const int l : items) {
      const double covariance = SlowCovariance(leaders, j, l, reversed);
      (j == l ? variances : covariances) += covariance;
      if (j != l) squares += covariance * covariance;
    }
  }
  const double size = static_cast<double>(items.size());
  figures.alpha = 100 * size / (size - 1) * (1 - variances / (variances + covariances));
  figures.lambda2 = 100 * (covariances + std::sqrt(size / (size - 1) * squares)) / (variances + covariances);
  FillIcc(PersonScores(leaders, items, reversed), figures);
  return figures;
}

}  // namespace candor::collection
