#include "clients/cli/fault_watch.h"

namespace candor::cli {

void FaultWatch::See(absl::string_view fault, int64_t done, absl::Time now) {
  is_new_ = !fault.empty() && fault != fault_;
  if (fault != fault_ || done != done_) since_ = now;
  fault_ = std::string(fault);
  done_ = done;
}

}  // namespace candor::cli
