// The same work for many things, by a few threads.

#ifndef CANDOR_CLIENTS_CLI_PARALLEL_H_
#define CANDOR_CLIENTS_CLI_PARALLEL_H_

#include <cstddef>
#include <functional>

#include "absl/status/status.h"

namespace candor::cli {

// Calls `work` for 0 to `count` - 1, each once, by `threads` threads (at least 1), and waits for all of them. After a
// failure no new number is begun; the first failure is returned. `work` is called from many threads at once.
absl::Status ForEach(size_t count, int threads, const std::function<absl::Status(size_t)>& work);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_PARALLEL_H_
