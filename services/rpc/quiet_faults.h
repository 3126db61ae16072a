// Faults in methods that respondents call, and refusals of callers who guess: logged without saying when, so that no line
// tells that somebody answered.

#ifndef CANDOR_SERVICES_RPC_QUIET_FAULTS_H_
#define CANDOR_SERVICES_RPC_QUIET_FAULTS_H_

#include <set>
#include <string>
#include <tuple>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/clock.h"

namespace candor::rpc {

// May be called from many threads at once.
class QuietFaults {
 public:
  explicit QuietFaults(base::Clock* clock) : clock_(*clock) {}

  // Remembers that there was a fault for this reason in the present hour.
  void Note(absl::string_view reason);

  // Logs at once, and once while the server runs, what `detail` says of a key file that is gone: the survey stands
  // still until somebody puts it back. That by then somebody had called it tells no more than the survey's being
  // open.
  void NoteKeyLost(absl::string_view detail);

  // Remembers that in the present hour somebody was refused after too many wrong `what` ("codes", "keys").
  void NoteRefused(absl::string_view what);

  // Once an hour has ended, writes one line for each reason and each kind of refusal noted in it, with the hour, no
  // number. To be called now and then. `also_present`: writes the present hour's too, when the server stops.
  void Flush(bool also_present = false);

 private:
  // Start of the hour; whether somebody was refused, or there was a fault; what was wrong, or the fault's reason.
  using Noted = std::tuple<absl::Time, bool, std::string>;
  void Insert(bool refused, absl::string_view what);

  base::Clock& clock_;
  absl::Mutex mutex_;
  std::set<Noted> noted_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> lost_keys_ ABSL_GUARDED_BY(mutex_);  // what was logged of them
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_QUIET_FAULTS_H_
