// The notice that a survey takes answers for longer than its manifest says.
//
// Contract and manifest never change; a later end of answering, up to the latest that they name, is a document of its own,
// signed by the key that the manifest names for it.

#ifndef CANDOR_SERVICES_DOMAIN_EXTENSION_H_
#define CANDOR_SERVICES_DOMAIN_EXTENSION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"

namespace candor::domain {

// What the notice's signature (Ed25519, by the manifest's signing key) is made over, before its bytes.
inline constexpr char kExtensionTag[] = "candor-extension-v1";

struct ExtensionNotice {
  SurveyId survey;
  std::string manifest_hash;  // SHA-256 of the manifest that it belongs to, hexadecimal
  absl::Time close_time;      // whole seconds
};

// Canonical JSON.
std::string EncodeExtension(const ExtensionNotice& notice);
// INVALID_ARGUMENT, MANIFEST_INVALID: not such a document, byte for byte as EncodeExtension writes it; the field is the
// member's path.
absl::StatusOr<ExtensionNotice> DecodeExtension(absl::string_view bytes);

// Whether the notice is one of this manifest (`manifest_hash`: its SHA-256, hexadecimal), and moves its close time forward,
// to its latest at the most. The signature is the caller's part, since it needs crypto. FAILED_PRECONDITION,
// MANIFEST_REFUSED, with a sentence.
absl::Status CheckExtension(const ExtensionNotice& notice, const Manifest& manifest, absl::string_view manifest_hash);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_EXTENSION_H_
