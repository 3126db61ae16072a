#include "services/crypto/blind_signature.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/blind_signature_internal.h"
#include "services/crypto/openssl_util.h"
#include "services/crypto/sodium_util.h"

namespace candor::crypto {
namespace {

constexpr int kMaximumDraws = 256;  // each succeeds with at least one half

struct Pkcs8Free {
  void operator()(PKCS8_PRIV_KEY_INFO* p) const { PKCS8_PRIV_KEY_INFO_free(p); }
};
using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Pkcs8Free>;

int SaltBytes(BlindVariant variant) {
  const bool zero = variant == BlindVariant::kPssZeroRandomized || variant == BlindVariant::kPssZeroDeterministic;
  return zero ? 0 : static_cast<int>(kSha384Bytes);
}

bool IsRandomized(BlindVariant variant) {
  return variant == BlindVariant::kPssRandomized || variant == BlindVariant::kPssZeroRandomized;
}

absl::Status OpenSslFailed(absl::string_view what) {
  return absl::InternalError(absl::StrCat("OpenSSL could not ", what));
}

BnPtr KeyNumber(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return nullptr;
  return BnPtr(number);
}

// "RSA", not "RSA-PSS": that type refuses the raw operation which signing a blinded message is.
absl::Status CheckKeyForm(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") != 1) return absl::InvalidArgumentError("the key is not of type rsaEncryption");
  const int bits = EVP_PKEY_get_bits(key);
  if (!IsBlindModulusBits(bits)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the key's modulus has ", bits, " bits; 2048, 3072 and 4096 are allowed"));
  }
  const BnPtr n = KeyNumber(key, OSSL_PKEY_PARAM_RSA_N), e = KeyNumber(key, OSSL_PKEY_PARAM_RSA_E);
  if (n == nullptr || e == nullptr) return absl::InvalidArgumentError("the key lacks its modulus or its exponent");
  if (!BN_is_odd(n.get())) return absl::InvalidArgumentError("the key's modulus is even");
  if (!BN_is_word(e.get(), kBlindExponent)) return absl::InvalidArgumentError("the key's exponent is not 65537");
  return absl::OkStatus();
}

absl::StatusOr<std::string> EncodeSpki(const EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key, &bytes);
  if (size <= 0) return OpenSslFailed("encode a public key");
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

PkeyCtxPtr MakeVerifyContext(EVP_PKEY* key, int salt_bytes) {
  PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (context == nullptr || EVP_PKEY_verify_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), Sha384Algorithm()) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), Sha384Algorithm()) != 1 ||
      EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), salt_bytes) != 1) {
    return nullptr;
  }
  return context;
}

PkeyCtxPtr MakeRawSignContext(EVP_PKEY* key) {
  PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (context == nullptr || EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1) {
    return nullptr;
  }
  return context;
}

}  // namespace

// --- The public half.

struct BlindVerifyingKey::Rep {
  Rep(PkeyPtr k, BlindVariant v)
      : key(std::move(k)),
        variant(v),
        contexts([this] { return MakeVerifyContext(key.get(), SaltBytes(variant)); }) {}

  const PkeyPtr key;
  const BlindVariant variant;
  std::string spki;
  int bits = 0;
  BnPtr n, e;
  BnMontPtr mont;  // of n; read-only once set up
  mutable ContextPool contexts;
};

absl::StatusOr<BlindVerifyingKey> BlindVerifyingKey::FromSpkiDer(absl::string_view der, BlindVariant variant) {
  const ErrorScope errors;
  const unsigned char* at = AsBytes(der);
  PkeyPtr key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (key == nullptr) return absl::InvalidArgumentError("this is not a public key in DER");
  CANDOR_RETURN_IF_ERROR(CheckKeyForm(key.get()));
  auto rep = std::make_shared<Rep>(std::move(key), variant);
  CANDOR_ASSIGN_OR_RETURN(rep->spki, EncodeSpki(rep->key.get()));
  // Bytes after the structure, too, make the two differ.
  if (rep->spki != der) return absl::InvalidArgumentError("the public key is not in its one DER form");
  rep->bits = EVP_PKEY_get_bits(rep->key.get());
  rep->n = KeyNumber(rep->key.get(), OSSL_PKEY_PARAM_RSA_N);
  rep->e = KeyNumber(rep->key.get(), OSSL_PKEY_PARAM_RSA_E);
  rep->mont.reset(BN_MONT_CTX_new());
  const BnCtxPtr scratch(BN_CTX_new());
  if (rep->mont == nullptr || scratch == nullptr ||
      BN_MONT_CTX_set(rep->mont.get(), rep->n.get(), scratch.get()) != 1) {
    return OpenSslFailed("prepare a public key");
  }
  return BlindVerifyingKey(std::move(rep));
}

const std::string& BlindVerifyingKey::ToSpkiDer() const { return rep_->spki; }
int BlindVerifyingKey::modulus_bits() const { return rep_->bits; }
size_t BlindVerifyingKey::modulus_bytes() const { return static_cast<size_t>(rep_->bits) / 8; }
BlindVariant BlindVerifyingKey::variant() const { return rep_->variant; }

bool BlindVerifyingKey::Verify(absl::string_view input_msg, absl::string_view sig) const {
  if (sig.size() != modulus_bytes()) return false;
  const ErrorScope errors;
  uint8_t digest[kSha384Bytes];
  Digest(Sha384Algorithm(), {input_msg}, digest);
  const ContextPool::Lease context = rep_->contexts.Borrow();
  return context.get() != nullptr &&
         EVP_PKEY_verify(context.get(), AsBytes(sig), sig.size(), digest, sizeof(digest)) == 1;
}

absl::Status BlindVerifyingKey::CheckBlinded(absl::string_view blinded) const {
  const ErrorScope errors;
  const auto refuse = [](absl::string_view why) {
    return base::Error(absl::StatusCode::kInvalidArgument, "BLINDED_MESSAGE_INVALID", why, "blinded_message");
  };
  const size_t size = modulus_bytes();
  if (blinded.size() != size) {
    return refuse(absl::StrCat("a blinded message for this key has ", size, " bytes, not ", blinded.size()));
  }
  const BnPtr message = BnFromBytes(blinded), top(BN_dup(rep_->n.get()));
  if (message == nullptr || top == nullptr || BN_sub_word(top.get(), 1) != 1) {
    return OpenSslFailed("read a blinded message");
  }
  // 0, 1 and n - 1 are their own signatures, up to the sign; above lie second names of the numbers below n.
  if (BN_cmp(message.get(), BN_value_one()) <= 0 || BN_cmp(message.get(), top.get()) >= 0) {
    return refuse("a blinded message is a number above 1 and below the key's modulus less 1; blind the token again");
  }
  return absl::OkStatus();
}

// --- The private half.

struct BlindSigningKey::Rep {
  Rep(PkeyPtr k, BlindVerifyingKey v)
      : key(std::move(k)), verifying(std::move(v)), contexts([this] { return MakeRawSignContext(key.get()); }) {}

  static absl::StatusOr<BlindSigningKey> FromKey(PkeyPtr key, BlindVariant variant);

  const PkeyPtr key;
  const BlindVerifyingKey verifying;
  mutable ContextPool contexts;
};

BlindSigningKey::BlindSigningKey(std::unique_ptr<const Rep> rep) : rep_(std::move(rep)) {}
BlindSigningKey::BlindSigningKey(BlindSigningKey&&) noexcept = default;
BlindSigningKey& BlindSigningKey::operator=(BlindSigningKey&&) noexcept = default;
BlindSigningKey::~BlindSigningKey() = default;

const BlindVerifyingKey& BlindSigningKey::verifying_key() const { return rep_->verifying; }

absl::StatusOr<BlindSigningKey> BlindSigningKey::Rep::FromKey(PkeyPtr key, BlindVariant variant) {
  CANDOR_RETURN_IF_ERROR(CheckKeyForm(key.get()));
  // With the exponent and these parts OpenSSL signs by the Chinese remainder theorem and under base blinding; without
  // them it would still sign, slowly and in the open.
  for (const char* part : {OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
                           OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
                           OSSL_PKEY_PARAM_RSA_COEFFICIENT1}) {
    const BnPtr number = KeyNumber(key.get(), part);
    if (number == nullptr || BN_is_zero(number.get())) {
      return absl::InvalidArgumentError("the signing key lacks a part; it must hold both primes and their exponents");
    }
  }
  if (KeyNumber(key.get(), OSSL_PKEY_PARAM_RSA_FACTOR3) != nullptr) {
    return absl::InvalidArgumentError("the signing key has more than two primes");
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string spki, EncodeSpki(key.get()));
  CANDOR_ASSIGN_OR_RETURN(BlindVerifyingKey verifying, BlindVerifyingKey::FromSpkiDer(spki, variant));
  return BlindSigningKey(std::make_unique<Rep>(std::move(key), std::move(verifying)));
}

absl::StatusOr<BlindSigningKey> BlindSigningKey::Generate(int bits, BlindVariant variant) {
  if (!IsBlindModulusBits(bits)) {
    return absl::InvalidArgumentError(absl::StrCat("a signing key has 2048, 3072 or 4096 bits, not ", bits));
  }
  const ErrorScope errors;
  PkeyPtr key(EVP_RSA_gen(static_cast<unsigned>(bits)));
  if (key == nullptr) return OpenSslFailed("generate a signing key");
  return Rep::FromKey(std::move(key), variant);
}

absl::StatusOr<BlindSigningKey> internal::SigningKeyFromUntriedDer(absl::string_view der, BlindVariant variant) {
  const ErrorScope errors;
  const unsigned char* at = AsBytes(der);
  const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  if (info == nullptr || at != AsBytes(der) + der.size()) {
    return absl::InvalidArgumentError("this is not a private key in PKCS #8 DER");
  }
  PkeyPtr key(EVP_PKCS82PKEY(info.get()));
  if (key == nullptr) return absl::InvalidArgumentError("the private key cannot be read; the file is damaged");
  return BlindSigningKey::Rep::FromKey(std::move(key), variant);
}

absl::StatusOr<BlindSigningKey> BlindSigningKey::FromDer(absl::string_view der, BlindVariant variant) {
  CANDOR_ASSIGN_OR_RETURN(BlindSigningKey key, internal::SigningKeyFromUntriedDer(der, variant));
  std::string trial = base::RandomBytes(key.verifying_key().modulus_bytes());
  trial[0] = 0;  // below the modulus, whose highest bit is set
  trial[1] = 1;
  if (!key.BlindSign(trial).ok()) {
    return absl::InvalidArgumentError("the parts of the private key do not belong together; the file is damaged");
  }
  return key;
}

absl::StatusOr<SecretBytes> BlindSigningKey::ToDer() const {
  const ErrorScope errors;
  const Pkcs8Ptr info(EVP_PKEY2PKCS8(rep_->key.get()));
  if (info == nullptr) return OpenSslFailed("encode a signing key");
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  if (size <= 0) return OpenSslFailed("encode a signing key");
  SecretBytes der(static_cast<size_t>(size));
  unsigned char* at = der.data();
  if (i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at) != size) return OpenSslFailed("encode a signing key");
  return der;
}

absl::StatusOr<std::string> BlindSigningKey::BlindSign(absl::string_view blinded) const {
  const BlindVerifyingKey::Rep& verifying = rep_->verifying.rep();
  CANDOR_RETURN_IF_ERROR(rep_->verifying.CheckBlinded(blinded));
  const ErrorScope errors;
  const size_t size = blinded.size();
  std::string signature(size, '\0');
  {
    const ContextPool::Lease context = rep_->contexts.Borrow();
    size_t written = size;
    if (context.get() == nullptr ||
        EVP_PKEY_sign(context.get(), AsBytes(signature), &written, AsBytes(blinded), size) != 1 || written != size) {
      return OpenSslFailed("sign a blinded message");
    }
  }
  // A fault in one half of the computation gives a value from which anyone can factor the modulus.
  const BnPtr message = BnFromBytes(blinded), signed_number = BnFromBytes(signature), check(BN_new());
  const BnCtxPtr scratch(BN_CTX_new());
  if (message == nullptr || signed_number == nullptr || check == nullptr || scratch == nullptr ||
      BN_mod_exp_mont(check.get(), signed_number.get(), verifying.e.get(), verifying.n.get(), scratch.get(),
                      verifying.mont.get()) != 1 ||
      BN_cmp(check.get(), message.get()) != 0) {
    return absl::InternalError(
        "a blind signature failed its check and was thrown away; the signing key may be damaged");
  }
  return signature;
}

// --- The client.

absl::StatusOr<BlindingState> internal::BlindWith(const BlindVerifyingKey& key, absl::string_view input_msg,
                                                  absl::string_view salt, absl::string_view inverse) {
  const BlindVerifyingKey::Rep& rep = key.rep();
  const size_t size = key.modulus_bytes();
  if (salt.size() != static_cast<size_t>(SaltBytes(rep.variant)) || inverse.size() != size) {
    return absl::InvalidArgumentError("the salt or the inverse has a wrong length");
  }
  const ErrorScope errors;
  const BnCtxPtr scratch(BN_CTX_new());
  const BnPtr message = BnFromBytes(EmsaPssEncode(input_msg, salt, rep.bits)), inv = BnFromBytes(inverse);
  const BnPtr divisor(BN_new()), r(BN_new()), factor(BN_new()), blinded(BN_new());
  if (scratch == nullptr || message == nullptr || inv == nullptr || divisor == nullptr || r == nullptr ||
      factor == nullptr || blinded == nullptr ||
      BN_gcd(divisor.get(), message.get(), rep.n.get(), scratch.get()) != 1) {
    return OpenSslFailed("blind a message");
  }
  BN_set_flags(inv.get(), BN_FLG_CONSTTIME);
  if (!BN_is_one(divisor.get()) || BN_mod_inverse(r.get(), inv.get(), rep.n.get(), scratch.get()) == nullptr) {
    return absl::InvalidArgumentError("the message or the inverse shares a factor with the key's modulus");
  }
  BN_set_flags(r.get(), BN_FLG_CONSTTIME);
  if (BN_mod_exp_mont(factor.get(), r.get(), rep.e.get(), rep.n.get(), scratch.get(), rep.mont.get()) != 1 ||
      BN_mod_mul(blinded.get(), message.get(), factor.get(), rep.n.get(), scratch.get()) != 1) {
    return OpenSslFailed("blind a message");
  }
  return BlindingState{std::string(input_msg), std::string(inverse), BnToBytes(blinded.get(), size)};
}

absl::StatusOr<BlindingState> Blind(const BlindVerifyingKey& key, absl::string_view msg) {
  const BlindVariant variant = key.variant();
  const std::string input_msg =
      absl::StrCat(IsRandomized(variant) ? base::RandomBytes(kBlindPrefixBytes) : std::string(), msg);
  const std::string salt = base::RandomBytes(static_cast<size_t>(SaltBytes(variant)));
  // A uniform inverse is as good as a uniform r, and numbers below n are drawn by throwing the others away.
  for (int draw = 0; draw < kMaximumDraws; ++draw) {
    const std::string inverse = base::RandomBytes(key.modulus_bytes());
    const BnPtr number = BnFromBytes(inverse);
    if (number == nullptr) return OpenSslFailed("blind a message");
    if (BN_is_zero(number.get()) || BN_cmp(number.get(), key.rep().n.get()) >= 0) continue;
    return internal::BlindWith(key, input_msg, salt, inverse);
  }
  return absl::InternalError("no random number below the key's modulus came up; the random source is broken");
}

absl::StatusOr<std::string> Finalize(const BlindVerifyingKey& key, const BlindingState& state,
                                     absl::string_view blind_sig) {
  const size_t size = key.modulus_bytes();
  if (blind_sig.size() != size || state.inverse.size() != size) {
    return absl::InvalidArgumentError(absl::StrCat("a blind signature of this key has ", size, " bytes"));
  }
  const ErrorScope errors;
  const BnCtxPtr scratch(BN_CTX_new());
  const BnPtr signed_number = BnFromBytes(blind_sig), inverse = BnFromBytes(state.inverse), result(BN_new());
  if (scratch == nullptr || signed_number == nullptr || inverse == nullptr || result == nullptr ||
      BN_mod_mul(result.get(), signed_number.get(), inverse.get(), key.rep().n.get(), scratch.get()) != 1) {
    return OpenSslFailed("unblind a signature");
  }
  std::string signature = BnToBytes(result.get(), size);
  if (!key.Verify(state.input_msg, signature)) {
    return absl::InvalidArgumentError(
        "the server's signature does not hold under the survey's key: do not use this token, and report it");
  }
  return signature;
}

// --- The client's saved state: a tag, then each member after its length (4 bytes, big-endian).

namespace {
constexpr absl::string_view kStateTag = "candor-blinding-v1";

bool TakeField(absl::string_view& rest, std::string& field) {
  if (rest.size() < 4) return false;
  uint32_t size = 0;
  for (const char c : rest.substr(0, 4)) size = size << 8 | static_cast<uint8_t>(c);
  rest.remove_prefix(4);
  if (rest.size() < size) return false;
  field = std::string(rest.substr(0, size));
  rest.remove_prefix(size);
  return true;
}
}  // namespace

std::string BlindingState::Serialize() const {
  std::string bytes(kStateTag);
  for (const std::string* field : {&input_msg, &inverse, &blinded}) {
    const auto size = static_cast<uint32_t>(field->size());
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift & 0xff));
    bytes += *field;
  }
  return bytes;
}

absl::StatusOr<BlindingState> BlindingState::Parse(absl::string_view bytes) {
  BlindingState state;
  absl::string_view rest = bytes;
  if (bytes.substr(0, kStateTag.size()) == kStateTag) {
    rest.remove_prefix(kStateTag.size());
    if (TakeField(rest, state.input_msg) && TakeField(rest, state.inverse) && TakeField(rest, state.blinded) &&
        rest.empty()) {
      return state;
    }
  }
  return absl::InvalidArgumentError("this is not the saved state of a token request");
}

}  // namespace candor::crypto
