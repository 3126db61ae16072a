// The files that `candor score` and `candor replay` read: a structure (JSON), ratings and invited counts (CSV).

#ifndef CANDOR_CLIENTS_CLI_SCORE_INPUT_H_
#define CANDOR_CLIENTS_CLI_SCORE_INPUT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/statistics/constants.h"
#include "services/statistics/tally.h"

namespace candor::cli {

// The group whose rows are the leader's own ratings.
inline constexpr char kSelfGroup[] = "self";
// The scale of all items.
inline constexpr char kOverallScale[] = "ALL";

// Called as long work goes on: what is being done, and how much of it, in units of its own.
using Progress = std::function<void(absl::string_view step, int64_t done, int64_t total)>;

struct ScoreItem {
  std::string id;
  std::string text;  // empty if the file gives none
  std::string competency, domain;  // empty: none
  std::vector<std::string> themes;
  bool reverse = false;  // a mark x in the file means the rating K + 1 - x
};

struct ScoreScale {
  std::string id;
  std::vector<int> items;  // ascending
};

struct ScoreStructure {
  std::string name;
  statistics::ScoringRules rules;
  std::vector<std::string> exempt;              // groups that are identified to the leader
  std::map<std::string, double> group_weights;  // an absent group weighs 1
  std::vector<double> skew_null;                // probabilities of 1..K, or empty
  std::set<std::string> given;                  // the keys that the file has, known or not
  std::vector<ScoreItem> items;
  // ALL; the competencies, then the domains, in order of appearance; the themes in order of name.
  std::vector<ScoreScale> scales;
  // A sentence for each key that is not known here, and so changes nothing.
  std::vector<std::string> warnings;

  bool is_exempt(absl::string_view group) const;
  double weight_of(absl::string_view group) const;
  // `ratings` has one mark for each item, as in the file; turns those of reverse-keyed items.
  void TurnReversed(std::span<uint8_t> ratings) const;
};

// `file`: what errors call the text. Keys that this program does not know are passed over with a warning; `pool_min_n` defaults to
// min_n, favourable_from to K - 1, other constants to the usual ones. INVALID_ARGUMENT: JSON_MALFORMED (with line and
// column), or STRUCTURE_INVALID: the message gives the key at fault, for instance items[3].id, and what to do.
absl::StatusOr<ScoreStructure> ParseStructure(absl::string_view text, absl::string_view file);

// The rows of a ratings file. Leaders and groups are numbered in order of first appearance.
class RatingRows {
 public:
  const std::string& file() const { return file_; }  // what errors call it
  size_t size() const { return leader_of_.size(); }
  const std::vector<std::string>& leaders() const { return leaders_; }
  const std::vector<std::string>& groups() const { return groups_; }  // kSelfGroup too, if it appears
  uint32_t leader(size_t row) const { return leader_of_[row]; }
  uint32_t group(size_t row) const { return group_of_[row]; }
  absl::string_view rater(size_t row) const {
    return absl::string_view(rater_text_).substr(rater_end_[row], rater_end_[row + 1] - rater_end_[row]);
  }
  int64_t line(size_t row) const { return lines_[row]; }
  // One mark for each item in the structure's order: statistics::kBlank, 1..K as in the file (not turned), or
  // statistics::kNotObserved.
  std::span<const uint8_t> marks(size_t row) const { return {marks_.data() + row * items_, items_}; }

  // The rows of each leader one after the other, in the file's order within: rows_of_leader(l) are row numbers.
  std::span<const uint32_t> rows_of_leader(size_t leader) const {
    return {by_leader_.data() + leader_start_[leader], leader_start_[leader + 1] - leader_start_[leader]};
  }

  // What in the text is probably a mistake, a sentence each.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  friend class RatingsParser;
  std::string file_;
  std::vector<std::string> warnings_;
  size_t items_ = 0;
  std::vector<std::string> leaders_, groups_;
  std::vector<uint32_t> leader_of_, group_of_;
  std::vector<int64_t> lines_;
  std::string rater_text_;
  std::vector<size_t> rater_end_{0};
  std::vector<uint8_t> marks_;
  std::vector<uint32_t> by_leader_;
  std::vector<size_t> leader_start_;
};

// A header with the columns leader, group, rater and one for each item of the structure, in any order; then one row a
// form. A mark is 1..K, N (not observed) or empty (blank). INVALID_ARGUMENT with line and column: CSV_MALFORMED,
// CSV_HEADER_WRONG (a column is unknown, missing or there twice), CSV_COLUMNS_WRONG (a row has another number of
// fields), CSV_ID_MISSING (leader, group or rater is empty), RATING_OFF_SCALE, GROUP_NAME_RESERVED, SELF_TWICE (a leader
// rates themself twice), ROW_DUPLICATE (a leader, group and rater seen twice; both lines are said), TOO_MANY_GROUPS (more
// than 100). RESOURCE_EXHAUSTED (TOO_MANY_ROWS): more than 2^32 - 1 rows. No message holds a mark or a name.
absl::StatusOr<RatingRows> ParseRatings(absl::string_view text, absl::string_view file, const ScoreStructure& structure,
                                        const Progress& progress = nullptr);

// How many were invited, by (leader, group). A header leader, group, invited in any order. INVALID_ARGUMENT as above,
// INVITED_NOT_A_COUNT or ROW_DUPLICATE.
using InvitedCounts = absl::flat_hash_map<std::pair<std::string, std::string>, int64_t>;
absl::StatusOr<InvitedCounts> ParseInvited(absl::string_view text, absl::string_view file);

// What is no fault but probably a mistake, a sentence each: unknown keys of the structure, items without a competency or
// domain where others have one; a last line that may be cut off; groups that differ in capitals or spaces alone; groups of
// `exempt` and `group_weights` that no row has (but the supervisor, who is exempt as a rule); invited groups and leaders
// that no row has. `invited` may be null. No sentence holds a leader's id.
std::vector<std::string> FindInputWarnings(const ScoreStructure& structure, absl::string_view structure_file,
                                           const RatingRows& rows, const InvitedCounts* invited,
                                           absl::string_view invited_file);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_SCORE_INPUT_H_
