// Faults of a request, told in terms of the file that the request was made from.

#ifndef CANDOR_CLIENTS_CLI_WIRE_FAULT_H_
#define CANDOR_CLIENTS_CLI_WIRE_FAULT_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace candor::cli {

// Names the place in the file of a list's entry; `member` is the entry's field at fault, empty for the entry as a whole.
using PlaceOfEntry = std::function<std::string(size_t index, absl::string_view member)>;

// Where the server found a fault in an entry of the request's list `list` (its field is `list[17].group`, say), and the
// index is below `entries`: the same code and reason, the message with that place instead of the request's field, and no
// field. Any other status as it is.
absl::Status NamePlace(const absl::Status& status, absl::string_view list, size_t entries, const PlaceOfEntry& place);

// A fault of exactly `field`, named `place` instead; other statuses, and OK, as they are.
absl::Status NameField(const absl::Status& status, absl::string_view field, absl::string_view place);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_WIRE_FAULT_H_
