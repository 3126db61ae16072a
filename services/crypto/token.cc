#include "services/crypto/token.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/crypto/hash.h"

namespace candor::crypto {
namespace {
// With the zero byte that ends the literal: 16 bytes.
constexpr absl::string_view kTag("candor-token-v1", 16);
constexpr absl::string_view kHashTag = "candor-th";
constexpr size_t kPrefixBytes = kTokenInputBytes - kTokenMessageBytes;
}  // namespace

absl::StatusOr<std::string> BuildTokenMessage(absl::string_view survey_id, uint16_t group, absl::string_view nonce) {
  if (survey_id.size() != kSurveyIdBytes) return absl::InvalidArgumentError("a survey id has 16 bytes");
  if (nonce.size() != kTokenNonceBytes) return absl::InvalidArgumentError("a token's nonce has 32 bytes");
  const char number[2] = {static_cast<char>(group >> 8), static_cast<char>(group & 0xff)};
  return absl::StrCat(kTag, survey_id, absl::string_view(number, 2), nonce);
}

absl::StatusOr<TokenMessage> ParseTokenMessage(absl::string_view input_msg) {
  if (input_msg.size() != kTokenInputBytes || input_msg.substr(kPrefixBytes, kTag.size()) != kTag) {
    return base::Error(absl::StatusCode::kInvalidArgument, "TOKEN_INVALID",
                       "this is not a token of this service; open the survey again with your code");
  }
  absl::string_view rest = input_msg.substr(kPrefixBytes + kTag.size());
  TokenMessage message;
  message.survey_id = std::string(rest.substr(0, kSurveyIdBytes));
  rest.remove_prefix(kSurveyIdBytes);
  message.group = static_cast<uint16_t>(static_cast<uint8_t>(rest[0]) << 8 | static_cast<uint8_t>(rest[1]));
  message.nonce = std::string(rest.substr(2));
  return message;
}

std::string TokenHash(absl::string_view input_msg) { return Sha256({kHashTag, input_msg}); }

}  // namespace candor::crypto
