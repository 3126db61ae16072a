#include "services/collection/pooled_group.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/statistics/pooled.h"
#include "services/statistics/scale_statistics.h"

namespace candor::collection {

using domain::PooledShare;
using statistics::ClassMoments;
using statistics::Tally;

namespace {

using ScaleKind = ContributionFormat::ScaleKind;

// What two figures may differ by and still count as equal, so that no error of the last bit turns a half.
constexpr double kEqual = 1e-9;
// A share of fewer forms than these, or of all but fewer, is told as a bound.
constexpr int64_t kFewestToldForms = 5;

// In hundredths, halves away from zero, within [least, kHighestPooledReliability].
int Told(double figure, int least) {
  const double hundredths = std::copysign(std::floor(std::abs(100 * figure) + 0.5 + kEqual), figure);
  return static_cast<int>(std::clamp<double>(hundredths, least, domain::kHighestPooledReliability));
}
std::optional<int> Told(const std::optional<double>& figure, int least) {
  if (!figure.has_value()) return std::nullopt;
  return Told(*figure, least);
}

// A figure of a matrix of pairwise covariances, which need not be one of any forms.
std::optional<int> ToldConsistency(const std::optional<double>& figure) {
  if (figure.has_value() && *figure > 1 + kEqual) return std::nullopt;
  return Told(figure, domain::kLowestPooledAlpha);
}

bool IsCompetencyToo(const ContributionFormat::Group& group, const std::vector<int>& items) {
  for (size_t i = 0; i < group.scales.size(); ++i) {
    if (group.scales[i].kind == ScaleKind::kCompetency && group.layout->scales[i] == items) return true;
  }
  return false;
}

bool EveryPairIsRated(const Tally& tally, const std::vector<int>& items) {
  for (size_t a = 0; a < items.size(); ++a) {
    for (size_t b = a + 1; b < items.size(); ++b) {
      if (tally.pair_count(items[a], items[b]) < statistics::kFewestPooledPairs) return false;
    }
  }
  return true;
}

}  // namespace

std::vector<ToldScale> ToldScales(const ContributionFormat::Group& group) {
  std::vector<ToldScale> told;
  for (size_t i = 0; i < group.scales.size(); ++i) {
    const std::vector<int>& items = group.layout->scales[i];
    if (items.size() < 2 || items.size() == group.items.size()) continue;
    if (group.scales[i].kind == ScaleKind::kCompetency) {
      told.push_back({static_cast<int>(i), ToldScale::Figure::kConsistency});
    } else if (group.scales[i].kind == ScaleKind::kDomain && !IsCompetencyToo(group, items)) {
      told.push_back({static_cast<int>(i), ToldScale::Figure::kAgreement});
    }
  }
  return told;
}

PooledShare ShareOf(int64_t count, int64_t forms) {
  CANDOR_CHECK(forms >= 2 * kFewestToldForms && count >= 0 && count <= forms);
  constexpr int64_t kFew = kFewestToldForms - 1;
  if (count <= kFew) return {static_cast<int>((100 * kFew + forms - 1) / forms), PooledShare::Bound::kAtMost};
  if (forms - count <= kFew) return {static_cast<int>(100 * (forms - kFew) / forms), PooledShare::Bound::kAtLeast};
  // Of many forms five or more may still be nearer to 0 than to 1 of 100.
  const int64_t hundredths = (200 * count + forms) / (2 * forms);
  return {static_cast<int>(std::clamp<int64_t>(hundredths, 1, 99)), PooledShare::Bound::kExact};
}

GroupPool::GroupPool(const ContributionFormat::Group& group, int points)
    : group_(group),
      rules_(statistics::DefaultRules(points)),
      told_(ToldScales(group)),
      sum_(group.layout, kContributedParts),
      persons_(told_.size()) {}

void GroupPool::Add(const Tally& block) {
  CANDOR_CHECK(sum_.Merge(block).ok());
  ++leaders_;
  for (size_t i = 0; i < told_.size(); ++i) {
    if (told_[i].figure != ToldScale::Figure::kAgreement) continue;
    persons_[i].push_back(PersonMoments(ComputePersonScores(block, told_[i].scale, rules_)));
  }
}

domain::PooledScale GroupPool::Named(int scale) const {
  return {group_.code, group_.scales[static_cast<size_t>(scale)].code, std::nullopt, std::nullopt};
}

std::optional<domain::PooledScale> GroupPool::Consistency(int scale) const {
  if (!EveryPairIsRated(sum_, group_.layout->scales[static_cast<size_t>(scale)])) return std::nullopt;
  if (ComputePersonScores(sum_, scale, rules_).n_persons < domain::kFewestPooledRaters) return std::nullopt;
  const statistics::Reliability figures = ComputeReliability(sum_, scale);
  domain::PooledScale told = Named(scale);
  told.alpha = ToldConsistency(figures.alpha_pairwise);
  if (!told.alpha.has_value()) return std::nullopt;
  told.lambda2 = ToldConsistency(figures.lambda2);
  return told;
}

std::optional<domain::PooledScale> GroupPool::Agreement(size_t told) const {
  std::vector<ClassMoments> leaders = persons_[told];
  // Sums of doubles follow the order; that of the contributions in the database must not show in a bit.
  std::sort(leaders.begin(), leaders.end(), [](const ClassMoments& a, const ClassMoments& b) {
    return std::tie(a.n, a.mean, a.within) < std::tie(b.n, b.mean, b.within);
  });
  const statistics::Anova anova = AnalyseVariance(leaders);
  if (anova.leaders < domain::kFewestReliabilityLeaders || anova.n < domain::kFewestPooledRaters) return std::nullopt;
  domain::PooledScale scale = Named(told_[told].scale);
  scale.icc1 = Told(anova.icc1, domain::kLowestPooledIcc);
  if (!scale.icc1.has_value()) return std::nullopt;
  scale.icc2 = Told(anova.icc2, domain::kLowestPooledIcc);
  return scale;
}

domain::PooledGroup GroupPool::Shares() const {
  domain::PooledGroup shares{group_.code, std::nullopt, std::nullopt};
  if (group_.items.size() >= static_cast<size_t>(domain::kFewestStraightLineItems)) {
    shares.straight_line = ShareOf(sum_.straight_lines(), sum_.raters());
  }
  shares.no_rating = ShareOf(sum_.forms() - sum_.raters(), sum_.forms());
  return shares;
}

void GroupPool::AppendTo(domain::PooledFigures& figures) const {
  if (leaders_ < domain::kFewestPooledLeaders || sum_.raters() < domain::kFewestPooledRaters) return;
  figures.groups.push_back(Shares());
  if (leaders_ < domain::kFewestReliabilityLeaders) return;
  for (size_t i = 0; i < told_.size(); ++i) {
    std::optional<domain::PooledScale> scale = told_[i].figure == ToldScale::Figure::kConsistency
                                                   ? Consistency(told_[i].scale)
                                                   : Agreement(i);
    if (scale.has_value()) figures.scales.push_back(*std::move(scale));
  }
}

}  // namespace candor::collection
