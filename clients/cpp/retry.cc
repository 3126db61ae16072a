#include "clients/cpp/retry.h"

#include "services/base/error.h"
#include "services/domain/errors.h"

namespace candor::client {

bool IsTransient(const absl::Status& status) {
  if (base::GetErrorDetail(status).reason == domain::reasons::kRATE_LIMITED) return false;
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

}  // namespace candor::client
