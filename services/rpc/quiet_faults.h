// Faults in methods that respondents call: logged without saying when, so that no line tells that somebody answered.

#ifndef CANDOR_SERVICES_RPC_QUIET_FAULTS_H_
#define CANDOR_SERVICES_RPC_QUIET_FAULTS_H_

#include <set>
#include <string>

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

  // Once an hour has ended, writes one line for each reason noted in it: the reason and the hour, no number. To be
  // called now and then. `also_present`: writes the present hour's too, when the server stops.
  void Flush(bool also_present = false);

 private:
  base::Clock& clock_;
  absl::Mutex mutex_;
  std::set<std::pair<absl::Time, std::string>> noted_ ABSL_GUARDED_BY(mutex_);  // start of the hour, reason
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_QUIET_FAULTS_H_
