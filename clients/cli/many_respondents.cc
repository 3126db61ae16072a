#include "clients/cli/many_respondents.h"

#include <atomic>
#include <numeric>

#include "clients/cli/parallel.h"
#include "clients/cpp/respondent.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::cli {

absl::Status AnswerAll(Context& context, int threads, absl::string_view step, ProgressLine& progress,
                       std::vector<RespondentTask>& tasks) {
  client::RespondentOptions shared;
  CANDOR_ASSIGN_OR_RETURN(const auto identity, context.Anonymous(false));
  CANDOR_ASSIGN_OR_RETURN(const auto response, context.Anonymous(true));
  shared.identity = [identity] { return identity; };
  shared.response = [response] { return response; };
  client::DocumentCache cache;
  shared.cache = &cache;
  // In a random order, so that neighbours in the input are not neighbours in time, and every survey is busy at once.
  std::vector<size_t> order(tasks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  base::Shuffle(order);
  std::atomic<int64_t> done{0};
  return ForEach(tasks.size(), threads, [&](size_t i) -> absl::Status {
    RespondentTask& task = tasks[order[i]];
    // A store for each respondent: the state goes as soon as it is no longer needed.
    client::MemoryStateStore store;
    client::RespondentOptions options = shared;
    options.store = &store;
    CANDOR_ASSIGN_OR_RETURN(const auto respondent, client::Respondent::Open(options, task.code));
    if (!task.changed_from.ratings.empty()) CANDOR_RETURN_IF_ERROR(respondent->Submit(task.changed_from));
    CANDOR_RETURN_IF_ERROR(respondent->Submit(task.answers));
    task.receipt = {respondent->survey().value(), respondent->documents().manifest_hash, respondent->receipt()};
    progress.Update(step, done.fetch_add(1) + 1, static_cast<int64_t>(tasks.size()));
    return absl::OkStatus();
  });
}

}  // namespace candor::cli
