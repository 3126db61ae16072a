// The district's part of a scored file: what is computed over all its leaders.

#ifndef CANDOR_CLIENTS_CLI_SCORE_DISTRICT_H_
#define CANDOR_CLIENTS_CLI_SCORE_DISTRICT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/json_writer.h"
#include "clients/cli/score_input.h"
#include "services/statistics/district.h"
#include "services/statistics/leader_scores.h"
#include "services/statistics/reliability.h"
#include "services/statistics/sensitivity.h"
#include "services/statistics/tally.h"

namespace candor::cli {

// Of each leader it keeps the moments of the person scores, which shrunken means need, and gap and O per scale: nothing
// per item and no tally.
class DistrictScores {
 public:
  // What it needs of a leader's tallies.
  static constexpr unsigned kParts = statistics::Tally::kScaleSums | statistics::Tally::kPairSums |
                                     statistics::Tally::kCompleteSums | statistics::Tally::kQuality |
                                     statistics::Tally::kSpread;

  // `structure` outlives the object. `groups`: the names of the file's, in the order in which they are written.
  DistrictScores(const ScoreStructure& structure, std::shared_ptr<const statistics::FormLayout> layout,
                 const std::vector<std::string>& groups);

  // Adds one leader; leaders come in the order of their ids, for sums run in it. `numbers`: for each of `inputs`, which
  // of the groups it is. `scores`: made from these inputs.
  void AddLeader(const std::string& id, std::span<const size_t> numbers, std::span<const statistics::GroupInput> inputs,
                 const statistics::LeaderScores& scores);

  // `without`: the same leader's scores without the forms that are straight lines; null where there is none.
  void AddSensitivity(const std::string& id, const statistics::LeaderScores& scores,
                      const statistics::LeaderScores* without) {
    sensitivity_.AddLeader(id, scores, without);
  }

  // Writes one object: groups, sensitivity, gaps, benchmark. Calls `flush` now and then, when `out` may be emptied; what it returns
  // that is not OK ends the writing and is returned.
  using Flush = std::function<absl::Status()>;
  absl::Status Write(JsonWriter& out, const Flush& flush) const;

 private:
  struct Group {
    std::string name;
    statistics::Tally tally;
    std::vector<statistics::AnovaSums> items;
    std::vector<statistics::AlphaOfMeans> means;                  // per scale
    std::vector<uint32_t> leaders;                                // who has a form in this group, as places in points_[s]
    std::vector<std::vector<statistics::ClassMoments>> persons;  // per scale, one for each of these leaders
  };

  void AddToGroup(Group& group, const statistics::Tally& tally, const statistics::GroupScores& scores);
  absl::Status WriteGroup(JsonWriter& out, const Group& group, const Flush& flush) const;
  void WriteScale(JsonWriter& out, const Group& group, size_t scale) const;
  void WriteShrunkMeans(JsonWriter& out, const Group& group, size_t scale, const statistics::Anova& anova) const;
  void WriteSensitivity(JsonWriter& out) const;
  absl::Status WriteGaps(JsonWriter& out, const Flush& flush) const;
  absl::Status WriteBenchmark(JsonWriter& out, const Flush& flush) const;

  const ScoreStructure& structure_;
  std::vector<Group> groups_;
  statistics::Sensitivity sensitivity_;
  std::vector<std::vector<statistics::LeaderPoint>> points_;  // per scale, one for each leader so far
};

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_SCORE_DISTRICT_H_
