// What the bodies of many methods have in common: request ids and pages.

#ifndef CANDOR_SERVICES_RPC_REQUEST_H_
#define CANDOR_SERVICES_RPC_REQUEST_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/base/status.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "services/rpc/methods.h"
#include "services/rpc/page_token.h"
#include "storage/identity_store.h"

namespace candor::rpc {

// INVALID_ARGUMENT, FIELD_INVALID: neither empty nor a UUID of version 4 (RFC 9562), in either case.
absl::Status CheckRequestId(absl::string_view request_id);

// Runs `run`, which fills `response`; or, when this caller has sent the same request with the same request id before,
// fills it with what was answered then. `request` has a field request_id, which may be empty: then `run` is simply run.
// As identity::Once.
absl::Status RunOnce(const IdentityBackend& backend, const identity::Caller& caller,
                     const domain::DistrictId& district, const google::protobuf::Message& request,
                     google::protobuf::Message* response, const std::function<absl::Status()>& run);

// Fills one page of a list. `fetch` gives rows in the order of their keys, `key` a row's key, `add` puts a row into the
// response. One row more than asked for is fetched, to know whether there is another page.
template <typename Request, typename Response, typename Row>
absl::Status FillPage(const IdentityBackend& backend, absl::string_view method, const identity::Caller& caller,
                      const Request& request, Response* response,
                      const std::function<absl::StatusOr<std::vector<Row>>(const storage::Page&)>& fetch,
                      const std::function<std::string(const Row&)>& key,
                      const std::function<absl::Status(const Row&)>& add) {
  storage::Page page;
  CANDOR_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size()));
  CANDOR_ASSIGN_OR_RETURN(page.after, backend.page_tokens->Read(method, caller.name(), request));
  page.limit = size + 1;
  CANDOR_ASSIGN_OR_RETURN(std::vector<Row> rows, fetch(page));
  const bool more = rows.size() > static_cast<size_t>(size);
  if (more) rows.resize(size);
  for (const Row& row : rows) CANDOR_RETURN_IF_ERROR(add(row));
  if (more) response->set_next_page_token(backend.page_tokens->Make(method, caller.name(), request, key(rows.back())));
  return absl::OkStatus();
}

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_REQUEST_H_
