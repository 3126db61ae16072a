// The order to pool: adds up in memory what the surveys of a campaign contributed, stores the pooled figures alone, and
// destroys the contributions.

#ifndef CANDOR_SERVICES_COLLECTION_POOLING_H_
#define CANDOR_SERVICES_COLLECTION_POOLING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collection/contribution.h"
#include "services/collection/pooled_group.h"
#include "services/domain/contract.h"
#include "services/domain/pooled_figures.h"
#include "services/domain/response_plane.h"
#include "services/statistics/pooled.h"
#include "storage/response_store.h"

namespace candor::collection {

// Adds up contributions of one format, one leader after another, in any order: the figures are the same to the last bit.
class Pooling {
 public:
  // `format` outlives the object.
  explicit Pooling(const ContributionFormat& format);

  // `blocks` has one entry for each group of the format.
  void AddLeader(const ContributedBlocks& blocks);

  // Each figure only where enough leaders (domain::kFewestPooledLeaders, of a scale's reliability kFewestReliabilityLeaders)
  // and domain::kFewestPooledRaters raters stand behind it: those of the blocks that have a part in it.
  domain::PooledFigures Figures() const;

 private:
  struct Added {
    size_t leader;
    size_t group;  // in the format
    int64_t raters;
  };
  bool EntersCorrelation(const ContributionFormat::Group& group) const;
  std::optional<int> ItemCorrelation() const;

  const ContributionFormat& format_;
  statistics::PooledCorrelation correlation_;
  size_t leaders_ = 0;
  std::vector<Added> blocks_;
  std::vector<GroupPool> groups_;  // as in the format
};

// The whole order (domain::ResponsePlane::PoolCampaign, with its codes and those of the store). One at a time for a pool.
absl::StatusOr<std::string> PoolCampaign(const domain::PoolOrder& order, storage::ResponseStore& store);

// Whether a survey with this instrument version may join the pool that `manifest` names, if it names one.
// INVALID_ARGUMENT, ORDER_MISMATCH: the pool has its figures already, or its surveys have another instrument version.
absl::Status CheckPoolToJoin(const domain::Manifest& manifest, absl::string_view instrument_version,
                             storage::ResponseStore& store);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_POOLING_H_
