// A file of ratings as a campaign: what `candor replay` makes of it, before anything is sent.

#ifndef CANDOR_CLIENTS_CLI_REPLAY_PLAN_H_
#define CANDOR_CLIENTS_CLI_REPLAY_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/score_input.h"
#include "services/domain/answer.h"
#include "services/domain/instrument.h"

namespace candor::cli {

struct ReplayLeader {
  std::string id;
  std::map<std::string, int64_t> invited;  // rater group -> invitations, above 0
  struct Row {
    std::string group;  // a rater group of the instrument
    domain::Answers answers;
  };
  std::vector<Row> rows;                     // the anonymous ones
  std::optional<std::vector<uint8_t>> self;  // one mark for each item
  std::optional<std::vector<uint8_t>> supervisor;
};

struct ReplayPlan {
  std::string title;
  int minimum_group_size = 5;  // k
  std::string framework;       // a document in the format candor.framework.v1
  domain::Instrument instrument;
  std::vector<std::string> indicators;  // of the instrument's items, in their order
  std::vector<ReplayLeader> leaders;    // in the file's order; those that are only invited, behind them, by id
  int64_t anonymous = 0;                // anonymous rows of all leaders
  std::vector<std::string> ignored;     // a sentence for each part of the structure that a campaign does not use
};

// The rater group that a file's group becomes: students -> student, parents -> parent, any other its own code.
std::string RaterGroupOf(absl::string_view group);

// Items become indicators of the same code, each with its competency, domain and themes; `supervisor` and `self` are the
// identified audiences, every other group a rater group that is asked every item; `min_n` becomes k. Without `invited`,
// as many are invited as have rows.
//
// FAILED_PRECONDITION, REPLAY_REFUSED, with the leader and group or the code at fault: min_n below 5 or above 100; a
// weight other than 1 of an anonymous group; more
// rows than invitations; fewer than 5 anonymous invitations of a leader (each such leader is named); two rows of a
// leader's supervisor; a name that cannot be a group's, an item's or a report file's; two groups that become one; a
// competency in two domains; one code for two parts of the framework; nothing to replay.
absl::StatusOr<ReplayPlan> MakeReplayPlan(const ScoreStructure& structure, const RatingRows& rows,
                                          const InvitedCounts* invited);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_REPLAY_PLAN_H_
