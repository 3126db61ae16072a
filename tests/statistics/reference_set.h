// The reference data as input of the statistics layer, read in the plainest way.

#ifndef CANDOR_TESTS_STATISTICS_REFERENCE_SET_H_
#define CANDOR_TESTS_STATISTICS_REFERENCE_SET_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/base/json.h"
#include "services/statistics/leader_scores.h"

namespace candor::statistics {

struct ReferenceForm {
  std::string leader, group;
  std::vector<uint8_t> ratings;
};

struct ReferenceSet {
  base::Json structure;
  base::Json expected;
  std::vector<std::string> item_ids;
  std::vector<std::string> scale_ids;
  std::shared_ptr<const FormLayout> layout;
  ScoringRules rules;
  std::vector<ReferenceForm> forms;
  std::vector<std::string> leaders;  // in order of first appearance
  std::vector<std::string> groups;   // likewise, without self
  base::Json invited;                // leader -> group -> count

  // All figures of one leader from freshly made tallies.
  LeaderScores Score(const std::string& leader) const;
};

// `name`: "lq2002" or "lq2002_groups". Fails the test and returns an empty set if a file cannot be read.
ReferenceSet LoadReferenceSet(const std::string& name);

// The fields of the lines of a file in which no field is quoted.
std::vector<std::vector<std::string>> ReadPlainCsv(const std::string& name);

}  // namespace candor::statistics

#endif  // CANDOR_TESTS_STATISTICS_REFERENCE_SET_H_
