#include "services/crypto/seal_between.h"

#include <utility>

#include "services/base/status.h"
#include "services/crypto/sodium_util.h"

namespace candor::crypto {
namespace {

constexpr size_t kNonceBytes = crypto_box_NONCEBYTES;
constexpr size_t kSealedKeyBytes = kDataKeyBytes + kSealOverheadBytes;
static_assert(kBetweenOverheadBytes == kNonceBytes + crypto_box_MACBYTES);
static_assert(kSigningPublicKeyBytes == crypto_sign_PUBLICKEYBYTES);

// The X25519 form of an Ed25519 key; empty: it has none.
std::string MontgomeryForm(absl::string_view public_key) {
  if (public_key.size() != kSigningPublicKeyBytes) return "";
  EnsureSodium();
  std::string form(crypto_box_PUBLICKEYBYTES, '\0');
  return crypto_sign_ed25519_pk_to_curve25519(AsBytes(form), AsBytes(public_key)) == 0 ? form : "";
}

absl::Status CannotBeOpened() {
  return absl::InvalidArgumentError(
      "this key does not open the seal: it is another pair's, or the bytes were altered");
}

}  // namespace

bool CanSealToSigningKey(absl::string_view public_key) { return !MontgomeryForm(public_key).empty(); }

absl::StatusOr<std::string> SealBetween(const SecretBytes& from_secret_key, absl::string_view to_public_key,
                                        absl::string_view bytes) {
  if (from_secret_key.size() != crypto_box_SECRETKEYBYTES) {
    return absl::InvalidArgumentError("the key to seal with has a length other than 32 bytes");
  }
  EnsureSodium();
  const std::string to = MontgomeryForm(to_public_key);
  std::string sealed(kBetweenOverheadBytes + bytes.size(), '\0');
  uint8_t* const nonce = AsBytes(sealed);
  randombytes_buf(nonce, kNonceBytes);
  if (to.empty() || crypto_box_easy(nonce + kNonceBytes, AsBytes(bytes), bytes.size(), nonce, AsBytes(to),
                                    from_secret_key.data()) != 0) {
    return absl::InvalidArgumentError("nothing can be sealed to this key");
  }
  return sealed;
}

std::optional<std::string> OpenBetween(absl::string_view from_public_key, const SigningKey& to,
                                       absl::string_view sealed) {
  if (from_public_key.size() != crypto_box_PUBLICKEYBYTES || sealed.size() < kBetweenOverheadBytes) return std::nullopt;
  EnsureSodium();
  SecretBytes expanded(crypto_sign_SECRETKEYBYTES), secret(crypto_box_SECRETKEYBYTES);
  std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
  CANDOR_CHECK(crypto_sign_seed_keypair(AsBytes(public_key), expanded.data(), to.seed().data()) == 0);
  CANDOR_CHECK(crypto_sign_ed25519_sk_to_curve25519(secret.data(), expanded.data()) == 0);
  std::string bytes(sealed.size() - kBetweenOverheadBytes, '\0');
  const absl::string_view box = sealed.substr(kNonceBytes);
  if (crypto_box_open_easy(AsBytes(bytes), AsBytes(box), box.size(), AsBytes(sealed), AsBytes(from_public_key),
                           secret.data()) != 0) {
    return std::nullopt;
  }
  return bytes;
}

size_t SealedToKeysBytes(size_t keys, size_t bytes) { return keys * kSealedKeyBytes + kRecordOverheadBytes + bytes; }

absl::StatusOr<std::string> SealToKeys(const std::vector<std::string>& public_keys, absl::string_view bytes) {
  if (public_keys.empty()) return absl::InvalidArgumentError("there is no key to seal to");
  const SecretBytes data_key = NewDataKey();
  std::string sealed;
  for (const std::string& public_key : public_keys) {
    CANDOR_ASSIGN_OR_RETURN(const std::string sealed_key, SealToKey(public_key, data_key.view()));
    sealed += sealed_key;
  }
  sealed += SealRecord(data_key, bytes, sealed);
  return sealed;
}

absl::StatusOr<std::string> OpenSealedToKeys(const ClosingKeyPair& pair, size_t index, size_t keys,
                                             absl::string_view sealed) {
  if (index >= keys || sealed.size() < SealedToKeysBytes(keys, 0)) return CannotBeOpened();
  const absl::StatusOr<SecretBytes> data_key =
      OpenSealed(pair.public_key, pair.secret_key, sealed.substr(index * kSealedKeyBytes, kSealedKeyBytes));
  if (!data_key.ok() || data_key->size() != kDataKeyBytes) return CannotBeOpened();
  const size_t head = keys * kSealedKeyBytes;
  std::optional<std::string> bytes = OpenRecord(*data_key, sealed.substr(head), sealed.substr(0, head));
  if (!bytes.has_value()) return CannotBeOpened();
  return *std::move(bytes);
}

}  // namespace candor::crypto
