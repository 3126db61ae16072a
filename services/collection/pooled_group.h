// What one rater group of a campaign says of the instrument: its leaders' contributions added up, and the figures of them
// that may stand beside each other (README.md, "Every pooled figure has covariances of its own").

#ifndef CANDOR_SERVICES_COLLECTION_POOLED_GROUP_H_
#define CANDOR_SERVICES_COLLECTION_POOLED_GROUP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "services/collection/contribution.h"
#include "services/domain/pooled_figures.h"
#include "services/statistics/constants.h"
#include "services/statistics/reliability.h"
#include "services/statistics/tally.h"

namespace candor::collection {

// A scale of a group with a figure.
struct ToldScale {
  enum class Figure { kConsistency /* alpha, lambda2 */, kAgreement /* ICC1, ICC2 */ };
  int scale;  // in the group's layout
  Figure figure;
};
// Of each competency of two items or more its consistency, of each domain of two competencies or more the agreement of
// raters; of no scale that is all that the group is asked, so that the correlation of items has pairs left to itself.
std::vector<ToldScale> ToldScales(const ContributionFormat::Group& group);

// `count` of `forms` forms, 0..forms and at least 10 of them, as it may be told: of fewer than five a bound, and of all
// but fewer than five.
domain::PooledShare ShareOf(int64_t count, int64_t forms);

class GroupPool {
 public:
  // `group` outlives the object.
  GroupPool(const ContributionFormat::Group& group, int points);

  // Adds one leader's block. In whatever order leaders come, the figures are the same to the last bit.
  void Add(const statistics::Tally& block);

  // Appends to `figures` those that enough leaders and raters stand behind.
  void AppendTo(domain::PooledFigures& figures) const;

 private:
  std::optional<domain::PooledScale> Consistency(int scale) const;
  std::optional<domain::PooledScale> Agreement(size_t told) const;
  domain::PooledScale Named(int scale) const;
  domain::PooledGroup Shares() const;

  const ContributionFormat::Group& group_;
  const statistics::ScoringRules rules_;
  const std::vector<ToldScale> told_;
  statistics::Tally sum_;
  int leaders_ = 0;
  // For each told scale, one entry for each leader: the person scores. Empty but for kAgreement.
  std::vector<std::vector<statistics::ClassMoments>> persons_;
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_POOLED_GROUP_H_
