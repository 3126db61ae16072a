// Sending until it has arrived: what somebody has typed is not lost because a server was away for a moment.

#ifndef CANDOR_CLIENTS_CLI_SEND_AGAIN_H_
#define CANDOR_CLIENTS_CLI_SEND_AGAIN_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/cli/context.h"
#include "clients/cli/dialog.h"
#include "clients/cpp/retry.h"

namespace candor::cli {

struct Delivery {
  // Sends; called again and again, so doing so twice must do no harm.
  std::function<absl::Status()> send;
  // Whether what was sent may have arrived, though nothing said so. Unset: always possible.
  std::function<bool()> may_have_arrived;
  // Whether somebody sits here who can be asked. Without, it is tried again by itself, with growing pauses.
  bool ask = false;
  // By itself it is not tried after this.
  absl::Time until = absl::InfinitePast();
  // The sentence about what is kept after giving up, and what to do; a key of clients/sentences.
  std::string after_giving_up;
  // Between attempts by itself, of which each tries several times within seconds; the number of attempts is not read.
  client::RetryPolicy pauses = {0, absl::Seconds(4), absl::Minutes(10), nullptr};
};

// Sends until it has arrived, fails for good, or is given up: by the person, as often asked as they like, or when the
// time is over. What is sent stays with the caller. Given up: the last attempt's code and reason, and in the dialog's
// language whether something may be stored, and what to do.
absl::Status SendUntilItArrives(Dialog& dialog, Context& c, const Delivery& delivery);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_SEND_AGAIN_H_
