// Request ids: a repeated request gets the first one's answer, and changes nothing again.

#ifndef CANDOR_SERVICES_IDENTITY_REQUEST_IDS_H_
#define CANDOR_SERVICES_IDENTITY_REQUEST_IDS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "storage/identity_store.h"

namespace candor::identity {

// How long an id and its answer are kept. Lifecycle::Tick deletes what is older, since answers show names and addresses.
inline constexpr absl::Duration kRequestRetention = absl::Hours(24);

struct RequestKey {
  domain::DistrictId district;  // empty for calls above districts
  std::string caller;           // Caller::name()
  std::string method;           // for instance "CreatePerson"
  std::string request_id;       // a UUID; empty: `run` is simply run
  std::string request_hash;     // SHA-256 of the request without its request id, 32 bytes
};

// Runs `run` and keeps its response under `key`, both in one transaction (use cases that `run` calls join it); or, when
// there is a response under `key`, returns that. Either all of it has happened or nothing. A response that holds a
// secret must not go through here: it would be stored.
// ALREADY_EXISTS, REQUEST_ID_REUSED: the id was used for another request; REQUEST_ALREADY_DONE: the answer was forgotten
// with somebody who was deleted (WriteTransaction::ForgetRequests). INVALID_ARGUMENT, FIELD_INVALID: the id is not
// a UUID. Else whatever `run` fails with; failures are not kept.
absl::StatusOr<std::string> Once(storage::IdentityStore& store, base::Clock& clock, const RequestKey& key,
                                 const std::function<absl::StatusOr<std::string>()>& run);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_REQUEST_IDS_H_
