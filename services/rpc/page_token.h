// Page tokens: where a list goes on. Opaque to callers, and refused with any other list or arguments.

#ifndef CANDOR_SERVICES_RPC_PAGE_TOKEN_H_
#define CANDOR_SERVICES_RPC_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace candor::rpc {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kLargestPageSize = 500;
inline constexpr size_t kPageTokenKeyBytes = 32;

// The number of rows that `page_size` asks for: 0 stands for kDefaultPageSize, more than kLargestPageSize counts as
// kLargestPageSize.
// INVALID_ARGUMENT, FIELD_INVALID: negative.
absl::StatusOr<int> PageSizeOf(int32_t page_size);

// The message's bytes, equal for equal messages: map entries are in the order of their keys.
std::string DeterministicBytes(const google::protobuf::Message& message);

// Makes and reads tokens under one key. May be called from many threads at once.
class PageTokens {
 public:
  // `key`: kPageTokenKeyBytes random bytes; tokens are good as long as it stays the same.
  explicit PageTokens(std::string key);

  // The token after the row whose key is `after`, for `caller` repeating `request` of `method`. The request's fields
  // page_token and page_size are not bound, all others are.
  std::string Make(absl::string_view method, absl::string_view caller, const google::protobuf::Message& request,
                   absl::string_view after) const;

  // The row's key in the request's page_token; empty when the request has none.
  // INVALID_ARGUMENT, PAGE_TOKEN_INVALID: not a token that Make gave for these arguments.
  absl::StatusOr<std::string> Read(absl::string_view method, absl::string_view caller,
                                   const google::protobuf::Message& request) const;

 private:
  std::string Tag(absl::string_view method, absl::string_view caller, const google::protobuf::Message& request,
                  absl::string_view after) const;

  const std::string key_;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_PAGE_TOKEN_H_
