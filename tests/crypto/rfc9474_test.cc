// The test vectors of RFC 9474, Appendix A: every value of every step, for all four variants.

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include "services/base/json.h"
#include "services/crypto/blind_signature_internal.h"
#include "services/crypto/openssl_util.h"
#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

constexpr size_t kKeyBytes = 512;  // all four use the same 4096-bit key

base::Json LoadVectors() {
  std::ifstream file(CANDOR_SOURCE_DIR "/tests/data/rfc9474_vectors.json");
  std::stringstream text;
  text << file.rdbuf();
  auto vectors = base::ParseJson(text.str());
  CANDOR_CHECK(vectors.ok());
  return *std::move(vectors);
}

struct Bn {
  explicit Bn(BIGNUM* p) : number(p) {}
  BnPtr number;
  operator BIGNUM*() const { return number.get(); }  // NOLINT(google-explicit-constructor): for OpenSSL's calls
};

// PKCS #8 of the vector's key, its CRT parts computed; `spoil` is added to d and to both CRT exponents.
std::string Pkcs8Of(const std::string& n, const std::string& d, const std::string& p, const std::string& q,
                    unsigned spoil = 0) {
  const auto number = [](const std::string& bytes) { return Bn(BnFromBytes(bytes).release()); };
  const Bn bn_n = number(n), bn_d = number(d), bn_p = number(p), bn_q = number(q), e(BN_new());
  const Bn p1(BN_dup(bn_p)), q1(BN_dup(bn_q)), dp(BN_new()), dq(BN_new()), qinv(BN_new());
  const BnCtxPtr scratch(BN_CTX_new());
  BN_set_word(e, kBlindExponent);
  BN_sub_word(p1, 1);
  BN_sub_word(q1, 1);
  BN_mod(dp, bn_d, p1, scratch.get());
  BN_mod(dq, bn_d, q1, scratch.get());
  BN_mod_inverse(qinv, bn_q, bn_p, scratch.get());
  for (const BIGNUM* part : {static_cast<BIGNUM*>(bn_d), static_cast<BIGNUM*>(dp), static_cast<BIGNUM*>(dq)}) {
    BN_add_word(const_cast<BIGNUM*>(part), spoil);
  }
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, bn_n);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_D, bn_d);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_FACTOR1, bn_p);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_FACTOR2, bn_q);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_EXPONENT1, dp);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_EXPONENT2, dq);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qinv);
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  CANDOR_CHECK(EVP_PKEY_fromdata_init(context.get()) == 1);
  CANDOR_CHECK(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params) == 1);
  const PkeyPtr owned(key);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(builder);
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key);
  unsigned char* bytes = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &bytes);
  CANDOR_CHECK(size > 0);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  PKCS8_PRIV_KEY_INFO_free(info);
  return der;
}

struct Vector {
  const char* name;
  BlindVariant variant;
};

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.name; }

class Rfc9474Test : public testing::TestWithParam<Vector> {
 protected:
  void SetUp() override {
    const base::Json vectors = LoadVectors();
    const auto at = std::find_if(vectors.begin(), vectors.end(),
                                 [](const base::Json& vector) { return vector["name"] == GetParam().name; });
    ASSERT_NE(at, vectors.end());
    vector_ = *at;
  }

  // A member's bytes; numbers have 0x before them.
  std::string Value(const char* member) const {
    std::string text = vector_[member].get<std::string>();
    if (text.rfind("0x", 0) == 0) text.erase(0, 2);
    return Hex(text);
  }

  BlindSigningKey Key() const {
    auto key = BlindSigningKey::FromDer(Pkcs8Of(Value("n"), Value("d"), Value("p"), Value("q")), GetParam().variant);
    CANDOR_CHECK(key.ok());
    return *std::move(key);
  }

  base::Json vector_;
};

TEST_P(Rfc9474Test, InputMessageIsPrefixThenMessage) {
  EXPECT_EQ(Value("msg_prefix") + Value("msg"), Value("input_msg"));
  const bool randomized =
      GetParam().variant == BlindVariant::kPssRandomized || GetParam().variant == BlindVariant::kPssZeroRandomized;
  EXPECT_EQ(Value("msg_prefix").size(), randomized ? kBlindPrefixBytes : 0);
  // Blind() prepares the message as the vector's variant does.
  const BlindSigningKey key = Key();
  const auto state = Blind(key.verifying_key(), Value("msg"));
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->input_msg.size(), Value("input_msg").size());
  EXPECT_EQ(state->input_msg.substr(Value("msg_prefix").size()), Value("msg"));
}

TEST_P(Rfc9474Test, EncodesTheMessage) {
  if (!vector_.contains("encoded_msg")) return;  // the first variant's vector gives none; its blinded message covers it
  EXPECT_EQ(internal::EmsaPssEncode(Value("input_msg"), Value("salt"), 4096), Value("encoded_msg"));
}

TEST_P(Rfc9474Test, Blinds) {
  const BlindSigningKey key = Key();
  const auto state =
      internal::BlindWith(key.verifying_key(), Value("input_msg"), Value("salt"), Value("inv"));
  ASSERT_TRUE(state.ok()) << state.status();
  EXPECT_EQ(state->blinded, Value("blinded_msg"));
  EXPECT_EQ(state->inverse, Value("inv"));
  EXPECT_EQ(state->input_msg, Value("input_msg"));
}

TEST_P(Rfc9474Test, SignsBlindly) {
  const auto blind_sig = Key().BlindSign(Value("blinded_msg"));
  ASSERT_TRUE(blind_sig.ok()) << blind_sig.status();
  EXPECT_EQ(*blind_sig, Value("blind_sig"));
}

TEST_P(Rfc9474Test, Finalizes) {
  const BlindSigningKey key = Key();
  const auto sig = Finalize(key.verifying_key(), {Value("input_msg"), Value("inv"), Value("blinded_msg")},
                            Value("blind_sig"));
  ASSERT_TRUE(sig.ok()) << sig.status();
  EXPECT_EQ(*sig, Value("sig"));
}

TEST_P(Rfc9474Test, VerifiesTheSignatureAndNoOther) {
  const BlindSigningKey key = Key();
  const BlindVerifyingKey& verifying = key.verifying_key();
  EXPECT_EQ(verifying.modulus_bytes(), kKeyBytes);
  EXPECT_TRUE(verifying.Verify(Value("input_msg"), Value("sig")));
  EXPECT_FALSE(verifying.Verify(Value("input_msg") + "x", Value("sig")));
  EXPECT_FALSE(verifying.Verify(Value("input_msg"), Flipped(Value("sig"), 200)));
}

TEST_P(Rfc9474Test, OtherSaltLengthDoesNotVerify) {
  const bool zero = Value("salt").empty();
  const auto other = BlindVerifyingKey::FromSpkiDer(
      Key().verifying_key().ToSpkiDer(), zero ? BlindVariant::kPssRandomized : BlindVariant::kPssZeroRandomized);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_FALSE(other->Verify(Value("input_msg"), Value("sig")));
}

TEST_P(Rfc9474Test, WrongSaltOrInverseLengthIsRefused) {
  const BlindSigningKey key = Key();
  EXPECT_EQ(internal::BlindWith(key.verifying_key(), "m", Value("salt") + "x", Value("inv")).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(internal::BlindWith(key.verifying_key(), "m", Value("salt"), Value("inv").substr(1)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(
    AppendixA, Rfc9474Test,
    testing::Values(Vector{"RSABSSA-SHA384-PSS-Randomized", BlindVariant::kPssRandomized},
                    Vector{"RSABSSA-SHA384-PSSZERO-Randomized", BlindVariant::kPssZeroRandomized},
                    Vector{"RSABSSA-SHA384-PSS-Deterministic", BlindVariant::kPssDeterministic},
                    Vector{"RSABSSA-SHA384-PSSZERO-Deterministic", BlindVariant::kPssZeroDeterministic}),
    [](const testing::TestParamInfo<Vector>& info) {
      std::string name = info.param.name;
      name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
      return name;
    });

TEST(DamagedKeyTest, KeyWhosePartsDoNotBelongTogetherNeverGivesASignature) {
  const base::Json vector = LoadVectors()[0];
  const auto value = [&vector](const char* member) { return Hex(vector[member].get<std::string>().substr(2)); };
  const std::string der = Pkcs8Of(value("n"), value("d"), value("p"), value("q"), /*spoil=*/2);

  const auto refused = BlindSigningKey::FromDer(der);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);

  const auto key = internal::SigningKeyFromUntriedDer(der, BlindVariant::kPssRandomized);
  ASSERT_TRUE(key.ok()) << key.status();
  const auto signature = key->BlindSign(Hex(vector["blinded_msg"].get<std::string>()));
  ASSERT_FALSE(signature.ok());
  EXPECT_EQ(signature.status().code(), absl::StatusCode::kInternal);
  EXPECT_NE(std::string(signature.status().message()).find("failed its check"), std::string::npos);
}

}  // namespace
}  // namespace candor::crypto
