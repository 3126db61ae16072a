// One leader's part of a scored file.

#ifndef CANDOR_CLIENTS_CLI_SCORE_LEADER_H_
#define CANDOR_CLIENTS_CLI_SCORE_LEADER_H_

#include "clients/cli/json_writer.h"
#include "clients/cli/score_input.h"
#include "services/statistics/leader_scores.h"

namespace candor::cli {

// Writes one object: groups, others, self_other, focus (null unless every item has an O).
void WriteLeaderScores(JsonWriter& out, const ScoreStructure& structure, const statistics::LeaderScores& scores);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_SCORE_LEADER_H_
