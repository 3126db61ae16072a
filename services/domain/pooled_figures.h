// Figures pooled over all leaders of one campaign: the only ones that come from more than printed atoms.
//
// They say how the instrument works, never how anyone was rated: no count, mean, standard deviation or pair sum of an item
// is among them, since printed atoms subtracted from one would leave a cell that was held back (scoring: "What closing
// keeps"). Which of them stand beside each other, and why, is decided in services/collection/README.md.

#ifndef CANDOR_SERVICES_DOMAIN_POOLED_FIGURES_H_
#define CANDOR_SERVICES_DOMAIN_POOLED_FIGURES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::domain {

inline constexpr int kFewestPooledRaters = 100;  // behind any pooled figure, beside kFewestPooledLeaders
// Leaders behind the reliability of a scale; kFewestPooledRaters of the group beside them.
inline constexpr int kFewestReliabilityLeaders = 10;
// Items that a group must be asked for a share of straight lines to be told.
inline constexpr int kFewestStraightLineItems = 10;

// Reliability is told within these, in hundredths; the ends read "or lower" and "or higher". Beyond them hardly any
// answers but one arrangement would give the figure.
inline constexpr int kLowestPooledAlpha = 0;   // alpha, lambda2
inline constexpr int kLowestPooledIcc = -100;  // icc1, icc2
inline constexpr int kHighestPooledReliability = 95;

// The reliability of one scale as one group of raters rated it, in hundredths. A scale has alpha and lambda2 or ICCs, never
// both (decided in services/collection/README.md), and at least one of the four.
struct PooledScale {
  std::string group;  // code of a rater group
  std::string scale;  // code of a competency or domain of the framework
  // Pairwise, over the forms of all leaders: consistency of its items. 0..95. lambda2: only beside alpha.
  std::optional<int> alpha, lambda2;
  // One-way analysis of variance of raters' mean ratings on the scale, leaders being the classes: how far two raters of one
  // leader agree, and how reliable a leader's mean is at the mean number of raters. -100..95; below 0: no reliable
  // difference between leaders. icc2: only beside icc1.
  std::optional<int> icc1 = std::nullopt, icc2 = std::nullopt;

  bool operator==(const PooledScale&) const = default;
};

// A share of forms, in hundredths. Of fewer than five forms only a bound is told, and of all but fewer than five, so that
// neither "nobody" nor "everybody" is ever said.
struct PooledShare {
  enum class Bound { kExact, kAtMost, kAtLeast };
  int hundredths = 0;  // 0..100; kExact: 1..99
  Bound bound = Bound::kExact;

  bool operator==(const PooledShare&) const = default;
};

// How one group of raters filled the forms in; at least one of both.
struct PooledGroup {
  std::string group;  // code of a rater group
  // Of raters: one and the same rating, those of reversed items turned, on all items that they rated, ten or more.
  std::optional<PooledShare> straight_line;
  std::optional<PooledShare> no_rating;  // of forms: all items blank or not observed

  bool operator==(const PooledGroup&) const = default;
};

struct PooledFigures {
  // Mean correlation between two items rated by one person, in hundredths, 0..100; 95 reads ".95 or higher" (what is above
  // it is of campaigns that were pooled before that was so). Unset where too few leaders or raters stand behind it, or where
  // it is undefined.
  std::optional<int> item_correlation = std::nullopt;
  // Those that may be told, each group and scale once; empty in documents of campaigns that were pooled before there were
  // such figures.
  std::vector<PooledScale> scales = {};
  std::vector<PooledGroup> groups = {};

  bool operator==(const PooledFigures&) const = default;
};

// Canonical JSON.
std::string EncodePooledFigures(const PooledFigures& figures);
// DATA_LOSS, STORE_CORRUPT: not such a document, byte for byte as EncodePooledFigures writes it, or figures that the
// structures above do not allow; with the path of the first fault as field.
absl::StatusOr<PooledFigures> DecodePooledFigures(absl::string_view bytes);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_POOLED_FIGURES_H_
