// The link that an invited person gets: code and manifest's hash in its fragment, which no browser sends to a server.

#ifndef CANDOR_CLIENTS_CLI_ANSWER_LINK_H_
#define CANDOR_CLIENTS_CLI_ANSWER_LINK_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::cli {

struct AnswerLink {
  std::string manifest_hash;  // SHA-256, 64 hexadecimal digits
  std::string code;           // with or without hyphens
};

// `base_url`#manifest=HASH&code=CODE. `base_url`: where the respondents' page is.
std::string FormatLink(absl::string_view base_url, const AnswerLink& link);
// From such a link, wherever it leads. INVALID_ARGUMENT: no manifest's hash or no code in its fragment, or one twice.
absl::StatusOr<AnswerLink> ParseLink(absl::string_view link);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_ANSWER_LINK_H_
