#include "clients/cli/many_respondents.h"

#include <atomic>
#include <map>
#include <memory>
#include <numeric>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "clients/cli/parallel.h"
#include "clients/cpp/respondent.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

// One connection for all respondents, to each address that manifests tell. May be used from many threads at once.
class ResponseConnections {
 public:
  explicit ResponseConnections(const Context& context) : context_(context) {}

  absl::StatusOr<std::shared_ptr<client::Connection>> Get(const std::string& told) {
    absl::MutexLock lock(&mutex_);
    std::shared_ptr<client::Connection>& connection = connections_[told];
    if (connection == nullptr) {
      CANDOR_ASSIGN_OR_RETURN(connection, context_.AnonymousToResponsePlane(told));
    }
    return connection;
  }

 private:
  const Context& context_;
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<client::Connection>> connections_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::Status AnswerAll(Context& context, int threads, absl::string_view step, ProgressLine& progress,
                       std::vector<RespondentTask>& tasks) {
  client::RespondentOptions shared;
  CANDOR_ASSIGN_OR_RETURN(const auto identity, context.Anonymous());
  shared.identity = [identity] { return identity; };
  ResponseConnections responses(context);
  shared.response = [&responses](const std::string& told) { return responses.Get(told); };
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
    task.receipt = {respondent->survey().value(), respondent->documents().manifest_hash, respondent->receipt(),
                    respondent->documents().manifest.response_address};
    progress.Update(step, done.fetch_add(1) + 1, static_cast<int64_t>(tasks.size()));
    return absl::OkStatus();
  });
}

}  // namespace candor::cli
