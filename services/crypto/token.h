// What a token says, and the name under which a spent one is kept.
//
//   msg        = "candor-token-v1" and one zero byte (16) || survey id (16) || group (2, big-endian) || nonce (32)
//   input_msg  = prefix (32, random) || msg
//   token hash = SHA-256("candor-th" || input_msg)
//
// A token is (input_msg, signature). The group's number stands in it only to find the key: what proves membership is
// that the signature verifies under that group's key.

#ifndef CANDOR_SERVICES_CRYPTO_TOKEN_H_
#define CANDOR_SERVICES_CRYPTO_TOKEN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::crypto {

inline constexpr size_t kSurveyIdBytes = 16;
inline constexpr size_t kTokenNonceBytes = 32;
inline constexpr size_t kTokenMessageBytes = 16 + kSurveyIdBytes + 2 + kTokenNonceBytes;  // 66
inline constexpr size_t kTokenInputBytes = 32 + kTokenMessageBytes;                       // 98

struct TokenMessage {
  std::string survey_id;  // 16 bytes
  uint16_t group = 0;     // index of the issuing group in the survey's manifest
  std::string nonce;      // 32 bytes

  bool operator==(const TokenMessage&) const = default;
};

// The 66 bytes of msg. INVALID_ARGUMENT: a survey id or nonce of a wrong length.
absl::StatusOr<std::string> BuildTokenMessage(absl::string_view survey_id, uint16_t group, absl::string_view nonce);

// What stands in `input_msg`, whose prefix may be anything.
// INVALID_ARGUMENT, TOKEN_INVALID: not 98 bytes, or not a token of this version.
absl::StatusOr<TokenMessage> ParseTokenMessage(absl::string_view input_msg);

// 32 bytes. Made of the message and never of the signature, so that a token has one name only.
std::string TokenHash(absl::string_view input_msg);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_TOKEN_H_
