// Checks of the PEM files that TLS is served with, so that a wrong one is told at start and not by failing handshakes.

#ifndef CANDOR_SERVICES_CRYPTO_CERTIFICATE_H_
#define CANDOR_SERVICES_CRYPTO_CERTIFICATE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace candor::crypto {

// Whether `pem` holds at least one X.509 certificate, and nothing that looks like one but is not.
// INVALID_ARGUMENT: one sentence that says what is wrong.
absl::Status CheckCertificates(absl::string_view pem);

// Whether `chain_pem` holds certificates of which the first belongs to the unencrypted private key in `key_pem`.
// INVALID_ARGUMENT: one sentence that says what is wrong; nothing of the key is in it.
absl::Status CheckCertificateAndKey(absl::string_view chain_pem, absl::string_view key_pem);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_CERTIFICATE_H_
