#include "services/identity/request_ids.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::identity {
namespace {

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen != (text[i] == '-')) return false;
    if (!hyphen && std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> Once(storage::IdentityStore& store, base::Clock& clock, const RequestKey& key,
                                 const std::function<absl::StatusOr<std::string>()>& run) {
  if (key.request_id.empty()) return run();
  if (!IsUuid(key.request_id)) {
    return domain::errors::InvalidField("request_id", "must be a UUID, made anew for each request");
  }
  std::string response;
  CANDOR_RETURN_IF_ERROR(store.Write([&](storage::WriteTransaction& transaction) -> absl::Status {
    const absl::Time now = clock.Now();
    CANDOR_RETURN_IF_ERROR(transaction.DeleteRequestsBefore(now - kRequestRetention));
    CANDOR_ASSIGN_OR_RETURN(const std::optional<storage::RequestRow> earlier,
                            transaction.FindRequest(key.district, key.caller, key.method, key.request_id));
    if (earlier.has_value()) {
      if (earlier->request_hash.empty()) {
        return base::Error(absl::StatusCode::kAlreadyExists, domain::reasons::kREQUEST_ALREADY_DONE,
                           "a request with this id was carried out, but its answer was forgotten since, when something "
                           "of the district was deleted; look at what is there instead of repeating it", "request_id");
      }
      if (earlier->request_hash != key.request_hash) {
        return base::Error(absl::StatusCode::kAlreadyExists, domain::reasons::kREQUEST_ID_REUSED,
                           "this request id was used for another request; make a new one for each", "request_id");
      }
      response = earlier->response;
      return absl::OkStatus();
    }
    CANDOR_ASSIGN_OR_RETURN(response, run());
    storage::RequestRow row;
    row.district = key.district;
    row.caller = key.caller;
    row.method = key.method;
    row.request_id = key.request_id;
    row.request_hash = key.request_hash;
    row.response = response;
    row.time = now;
    return transaction.InsertRequest(row);
  }));
  return response;
}

}  // namespace candor::identity
