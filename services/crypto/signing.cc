#include "services/crypto/signing.h"

#include <utility>

#include "services/base/status.h"
#include "services/crypto/sodium_util.h"

namespace candor::crypto {
namespace {
static_assert(kSigningSeedBytes == crypto_sign_SEEDBYTES);
static_assert(kSigningPublicKeyBytes == crypto_sign_PUBLICKEYBYTES);
static_assert(kSignatureBytes == crypto_sign_BYTES);
}  // namespace

SigningKey::SigningKey(SecretBytes seed)
    : seed_(std::move(seed)), expanded_(crypto_sign_SECRETKEYBYTES), public_key_(kSigningPublicKeyBytes, '\0') {
  CANDOR_CHECK(crypto_sign_seed_keypair(AsBytes(public_key_), expanded_.data(), seed_.data()) == 0);
}

SigningKey SigningKey::Generate() { return SigningKey(SecretBytes::Random(kSigningSeedBytes)); }

absl::StatusOr<SigningKey> SigningKey::FromSeed(absl::string_view seed) {
  if (seed.size() != kSigningSeedBytes) return absl::InvalidArgumentError("the seed of a signing key has 32 bytes");
  return SigningKey(SecretBytes(seed));
}

std::string SigningKey::Sign(absl::string_view message) const {
  std::string signature(kSignatureBytes, '\0');
  CANDOR_CHECK(crypto_sign_detached(AsBytes(signature), nullptr, AsBytes(message), message.size(), expanded_.data()) ==
               0);
  return signature;
}

bool VerifySignature(absl::string_view public_key, absl::string_view message, absl::string_view signature) {
  if (public_key.size() != kSigningPublicKeyBytes || signature.size() != kSignatureBytes) return false;
  EnsureSodium();
  return crypto_sign_verify_detached(AsBytes(signature), AsBytes(message), message.size(), AsBytes(public_key)) == 0;
}

}  // namespace candor::crypto
