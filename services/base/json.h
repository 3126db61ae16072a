// JSON documents, and their canonical form.

#ifndef CANDOR_SERVICES_BASE_JSON_H_
#define CANDOR_SERVICES_BASE_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace candor::base {

using Json = nlohmann::json;

// Parses one JSON document in UTF-8; a byte-order mark at its start is passed over.
// INVALID_ARGUMENT, reason JSON_MALFORMED: the message gives line and column of the fault, both from 1, the column in
// bytes. Duplicate keys of one object, and nesting deeper than 64, are faults too.
absl::StatusOr<Json> ParseJson(absl::string_view text);

// The canonical form: keys sorted by their bytes, no white space, UTF-8 unescaped where JSON allows it. Signed and
// hashed documents (contract, manifest, ledger) hold whole numbers and text only, so the form is unique; the scheme
// is RFC 8785 restricted to those types.
std::string CanonicalJson(const Json& document);

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_JSON_H_
