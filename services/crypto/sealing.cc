#include "services/crypto/sealing.h"

#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/sodium_util.h"

namespace candor::crypto {
namespace {
static_assert(kClosingKeyBytes == crypto_box_PUBLICKEYBYTES && kClosingKeyBytes == crypto_box_SECRETKEYBYTES);
static_assert(kSealOverheadBytes == crypto_box_SEALBYTES);
static_assert(kDataKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(kRecordOverheadBytes == kNonceBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES);
}  // namespace

ClosingKeyPair ClosingKeyPair::Generate() {
  EnsureSodium();
  ClosingKeyPair pair{std::string(kClosingKeyBytes, '\0'), SecretBytes(kClosingKeyBytes)};
  CANDOR_CHECK(crypto_box_keypair(AsBytes(pair.public_key), pair.secret_key.data()) == 0);
  return pair;
}

absl::StatusOr<ClosingKeyPair> ClosingKeyPair::FromSecretKey(absl::string_view secret_key) {
  if (secret_key.size() != kClosingKeyBytes) return absl::InvalidArgumentError("a closing key has 32 bytes");
  EnsureSodium();
  ClosingKeyPair pair{std::string(kClosingKeyBytes, '\0'), SecretBytes(secret_key)};
  CANDOR_CHECK(crypto_scalarmult_base(AsBytes(pair.public_key), pair.secret_key.data()) == 0);
  return pair;
}

absl::StatusOr<std::string> SealToKey(absl::string_view public_key, absl::string_view bytes) {
  if (public_key.size() != kClosingKeyBytes) {
    return absl::InvalidArgumentError("the public key to seal to has a length other than 32 bytes");
  }
  EnsureSodium();
  std::string sealed(bytes.size() + kSealOverheadBytes, '\0');
  if (crypto_box_seal(AsBytes(sealed), AsBytes(bytes), bytes.size(), AsBytes(public_key)) != 0) {
    return absl::InvalidArgumentError("the public key to seal to is not a usable X25519 key");
  }
  return sealed;
}

absl::StatusOr<SecretBytes> OpenSealed(absl::string_view public_key, const SecretBytes& secret_key,
                                       absl::string_view sealed) {
  if (public_key.size() != kClosingKeyBytes || secret_key.size() != kClosingKeyBytes) {
    return absl::InvalidArgumentError("a key to open a seal with has a length other than 32 bytes");
  }
  if (sealed.size() < kSealOverheadBytes) return absl::InvalidArgumentError("too short to be something sealed");
  EnsureSodium();
  SecretBytes bytes(sealed.size() - kSealOverheadBytes);
  // An empty SecretBytes has no memory, and libsodium wants somewhere to write its nothing.
  uint8_t nothing = 0;
  if (crypto_box_seal_open(bytes.empty() ? &nothing : bytes.data(), AsBytes(sealed), sealed.size(), AsBytes(public_key),
                           secret_key.data()) != 0) {
    return absl::InvalidArgumentError(
        "this key does not open the seal: it is another pair's, or the bytes were altered");
  }
  return bytes;
}

std::string SealRecord(const SecretBytes& data_key, absl::string_view plaintext, absl::string_view aad) {
  CANDOR_CHECK(data_key.size() == kDataKeyBytes);
  EnsureSodium();
  std::string record(kRecordOverheadBytes + plaintext.size(), '\0');
  uint8_t* const nonce = AsBytes(record);
  randombytes_buf(nonce, kNonceBytes);
  CANDOR_CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, AsBytes(plaintext),
                                                          plaintext.size(), AsBytes(aad), aad.size(), nullptr, nonce,
                                                          data_key.data()) == 0);
  return record;
}

bool OpenRecordTo(const SecretBytes& data_key, absl::string_view record, absl::string_view aad,
                  std::string& plaintext) {
  CANDOR_CHECK(data_key.size() == kDataKeyBytes);
  if (record.size() < kRecordOverheadBytes) {
    base::Wipe(plaintext);
    return false;
  }
  EnsureSodium();
  // Growing would leave a copy behind.
  if (plaintext.size() != record.size() - kRecordOverheadBytes) {
    base::Wipe(plaintext);
    plaintext.resize(record.size() - kRecordOverheadBytes);
  }
  const absl::string_view ciphertext = record.substr(kNonceBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(AsBytes(plaintext), nullptr, nullptr, AsBytes(ciphertext),
                                                 ciphertext.size(), AsBytes(aad), aad.size(), AsBytes(record),
                                                 data_key.data()) != 0) {
    base::Wipe(plaintext);
    return false;
  }
  return true;
}

std::optional<std::string> OpenRecord(const SecretBytes& data_key, absl::string_view record, absl::string_view aad) {
  std::string plaintext;
  if (!OpenRecordTo(data_key, record, aad, plaintext)) return std::nullopt;
  return plaintext;
}

}  // namespace candor::crypto
