// Answers of many respondents, for replays and demonstrations.

#ifndef CANDOR_CLIENTS_CLI_MANY_RESPONDENTS_H_
#define CANDOR_CLIENTS_CLI_MANY_RESPONDENTS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/context.h"
#include "clients/cpp/ledger_check.h"
#include "services/domain/answer.h"

namespace candor::cli {

struct RespondentTask {
  std::string code;
  domain::Answers answers;
  // What is sent first and then replaced by `answers`; empty ratings: nothing.
  domain::Answers changed_from;
  // Filled in: the receipt of `answers`.
  client::KeptReceipt receipt;
};

// Sends every task's answers through the public methods, tokens and all, by `threads` threads in an order of its own.
// Each survey's documents are checked once. The first failure ends the work and is returned; it never holds an answer.
absl::Status AnswerAll(Context& context, int threads, absl::string_view step, ProgressLine& progress,
                       std::vector<RespondentTask>& tasks);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_MANY_RESPONDENTS_H_
