// The secret by which the response plane's server knows the identity plane's.

#ifndef CANDOR_SERVICES_RPC_PLANE_KEY_H_
#define CANDOR_SERVICES_RPC_PLANE_KEY_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/secret_bytes.h"

namespace candor::rpc {

// 32 random bytes, in a file of 64 lower-case hexadecimal characters and a line feed that both sides have. May be read
// from many threads at once.
class PlaneKey {
 public:
  static constexpr size_t kBytes = 32;

  static PlaneKey Make();
  // What a file holds; white space around it is passed over. INVALID_ARGUMENT: anything else.
  static absl::StatusOr<PlaneKey> Parse(absl::string_view text);

  // What a file is to hold. To be wiped after use.
  std::string Text() const;
  // The value of the header `authorization`: "Plane <secret>". To be wiped after use.
  std::string Authorization() const;

  // Whether `authorization` is this key's, in the same time whatever it holds. UNAUTHENTICATED, UNAUTHENTICATED_CALLER:
  // one message for none, another kind and another secret.
  absl::Status Check(absl::string_view authorization) const;

 private:
  explicit PlaneKey(crypto::SecretBytes secret) : secret_(std::move(secret)) {}

  crypto::SecretBytes secret_;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_PLANE_KEY_H_
