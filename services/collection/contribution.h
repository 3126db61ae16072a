// What a survey adds to its campaign's pooled figures: written by closing, sealed to the campaign's pooling key, read once
// when the campaign is pooled, and destroyed (scoring: "What closing keeps").
//
//   record = for each rater group of the instrument, in its order: 1 if the group's block is in it, else 0 (1 byte) ||
//            for each rater group: its tally's numbers (statistics::Tally::Numbers), big-endian, zeros where it is not in it
//   sealed = SealToKey(pooling key, data key (32, random, one a record)) (80) ||
//            XChaCha20-Poly1305(data key, record; "candor-contribution-v1" || survey id (16))
//
// A number takes 4 bytes where no group that may be invited can exceed them, else 8. So a record's length follows from the
// instrument version alone, and every survey of a campaign writes one: neither says which of its groups are in it.

#ifndef CANDOR_SERVICES_COLLECTION_CONTRIBUTION_H_
#define CANDOR_SERVICES_COLLECTION_CONTRIBUTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/sealing.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"
#include "services/statistics/tally.h"

namespace candor::collection {

// A block is contributed from so many raters on, and if every pair of its items was rated by so many.
inline constexpr int64_t kFewestContributedRaters = 10;
inline constexpr int64_t kFewestContributedPairs = 5;
// No issuing group that is printed has more forms: that many may be invited, and that many codes made anew.
inline constexpr int64_t kMostContributedForms =
    domain::kMostInvited * (100 + domain::kHighestReissuedPercent) / 100;

// What the contributions of an instrument version look like. Immutable; may be used from many threads at once.
class ContributionFormat {
 public:
  enum class ScaleKind { kAll, kDomain, kCompetency, kTheme };
  struct Scale {
    ScaleKind kind = ScaleKind::kAll;
    std::string code;  // the framework's; empty for kAll
  };
  struct Group {
    std::string code;        // of a rater group
    std::vector<int> items;  // that it is asked: indices in the instrument, ascending
    // These items, in this order; scales are all of them, and those of each domain, competency and theme.
    std::shared_ptr<const statistics::FormLayout> layout;
    std::vector<Scale> scales;  // what each of the layout's scales is
  };

  explicit ContributionFormat(const domain::InstrumentVersion& version);

  int points() const { return points_; }
  const std::vector<bool>& reverse() const { return reverse_; }   // one for each item of the instrument
  const std::vector<Group>& groups() const { return groups_; }    // one for each rater group, in the instrument's order
  // Bytes of each number of a group's tally.
  const std::vector<uint8_t>& widths(size_t group) const { return widths_[group]; }
  size_t record_size() const { return record_size_; }  // bytes
  size_t sealed_size() const;                          // bytes

 private:
  int points_;
  std::vector<bool> reverse_;
  std::vector<Group> groups_;
  std::vector<std::vector<uint8_t>> widths_;
  size_t record_size_ = 0;
};

// One for each group of the format; unset where the group is not in the contribution.
using ContributedBlocks = std::vector<std::optional<statistics::Tally>>;

// The parts that a contributed tally has.
inline constexpr unsigned kContributedParts =
    statistics::Tally::kScaleSums | statistics::Tally::kPairSums | statistics::Tally::kQuality;

// Whether a tally of one rater group is large enough: kFewestContributedRaters, and kFewestContributedPairs for each pair.
bool IsLargeEnough(const statistics::Tally& tally);

// Counts one survey's answers while closing reads them.
class ContributionCounter {
 public:
  // `format` outlives the object. `groups`: the manifest's. Joined groups are not counted.
  ContributionCounter(const ContributionFormat& format, const std::vector<domain::IssuingGroup>& groups);

  // Counts one form of an issuing group (its index in the manifest): the marks for all items of the instrument.
  void Count(int issuing_group, const std::vector<uint8_t>& marks);

  // The blocks to contribute: groups that `result`, the survey's, prints as blocks of one rater group, if they are large
  // enough; of a group that it prints in parts, all that are printed together. The counter is empty afterwards.
  ContributedBlocks Take(const domain::ClosedResult& result);

 private:
  const ContributionFormat& format_;
  // One for each issuing group, in the manifest's order.
  struct Counted {
    std::string code;
    int group = -1;  // index in the format; -1: joined
    std::optional<statistics::Tally> tally;
  };
  std::vector<Counted> counted_;
  std::vector<uint8_t> form_;  // the form being counted; empty between two
};

// `blocks` has one entry for each group of the format. INVALID_ARGUMENT: the key cannot be sealed to, which opening has
// seen to.
absl::StatusOr<std::string> SealContribution(absl::string_view pooling_public_key, absl::string_view survey_id,
                                             const ContributionFormat& format, const ContributedBlocks& blocks);

// DATA_LOSS, STORE_CORRUPT: another key or survey, altered, or not such a record: nothing that SealContribution made.
absl::StatusOr<ContributedBlocks> OpenContribution(const crypto::ClosingKeyPair& pooling_key,
                                                   absl::string_view survey_id, const ContributionFormat& format,
                                                   absl::string_view sealed);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_CONTRIBUTION_H_
