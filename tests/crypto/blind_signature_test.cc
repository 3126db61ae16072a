#include "services/crypto/blind_signature.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "services/base/error.h"
#include "services/crypto/openssl_util.h"
#include "tests/crypto/crypto_testing.h"

namespace candor::crypto {
namespace {

struct Token {
  std::string input_msg;
  std::string sig;
};

Token IssueToken(const BlindSigningKey& key, absl::string_view msg) {
  auto state = Blind(key.verifying_key(), msg);
  CANDOR_CHECK(state.ok());
  auto blind_sig = key.BlindSign(state->blinded);
  CANDOR_CHECK(blind_sig.ok());
  auto sig = Finalize(key.verifying_key(), *state, *blind_sig);
  CANDOR_CHECK(sig.ok());
  return {state->input_msg, *sig};
}

// n - `less`, in the length of the modulus.
std::string ModulusLess(const BlindVerifyingKey& key, unsigned less) {
  const unsigned char* at = reinterpret_cast<const unsigned char*>(key.ToSpkiDer().data());
  const PkeyPtr pkey(d2i_PUBKEY(nullptr, &at, static_cast<long>(key.ToSpkiDer().size())));
  BIGNUM* n = nullptr;
  CANDOR_CHECK(EVP_PKEY_get_bn_param(pkey.get(), OSSL_PKEY_PARAM_RSA_N, &n) == 1);
  const BnPtr number(n);
  BN_sub_word(number.get(), less);
  return BnToBytes(number.get(), key.modulus_bytes());
}

std::string Number(size_t size, char low) { return std::string(size - 1, '\0') + low; }

std::string SpkiOf(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key, &bytes);
  CANDOR_CHECK(size > 0);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

PkeyPtr MakeRsa(const char* type, int bits, unsigned long exponent) {
  const PkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  const BnPtr e(BN_new());
  BN_set_word(e.get(), exponent);
  EVP_PKEY* key = nullptr;
  CANDOR_CHECK(EVP_PKEY_keygen_init(context.get()) == 1);
  CANDOR_CHECK(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) == 1);
  CANDOR_CHECK(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get()) == 1);
  CANDOR_CHECK(EVP_PKEY_generate(context.get(), &key) == 1);
  return PkeyPtr(key);
}

class BlindSignatureSizeTest : public testing::TestWithParam<int> {};

TEST_P(BlindSignatureSizeTest, TokenGoesRoundFromBlindToVerify) {
  const auto key = BlindSigningKey::Generate(GetParam());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->verifying_key().modulus_bits(), GetParam());
  EXPECT_EQ(key->verifying_key().modulus_bytes(), static_cast<size_t>(GetParam()) / 8);
  const Token token = IssueToken(*key, "a message");
  EXPECT_EQ(token.sig.size(), static_cast<size_t>(GetParam()) / 8);
  EXPECT_TRUE(key->verifying_key().Verify(token.input_msg, token.sig));
}

TEST_P(BlindSignatureSizeTest, KeyComesBackFromItsFile) {
  const auto key = BlindSigningKey::Generate(GetParam());
  ASSERT_TRUE(key.ok()) << key.status();
  const auto der = key->ToDer();
  ASSERT_TRUE(der.ok()) << der.status();
  const auto read = BlindSigningKey::FromDer(der->view());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->verifying_key().ToSpkiDer(), key->verifying_key().ToSpkiDer());
  const auto der_again = read->ToDer();
  ASSERT_TRUE(der_again.ok());
  EXPECT_EQ(der_again->view(), der->view());
  const auto state = Blind(key->verifying_key(), "m");
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(*read->BlindSign(state->blinded), *key->BlindSign(state->blinded));
}

INSTANTIATE_TEST_SUITE_P(Bits, BlindSignatureSizeTest, testing::Values(2048, 3072), testing::PrintToStringParamName());

TEST(BlindSignatureTest, OtherModulusSizesAreNotGenerated) {
  for (const int bits : {0, 512, 1024, 2047, 2056, 8192}) {
    EXPECT_EQ(BlindSigningKey::Generate(bits).status().code(), absl::StatusCode::kInvalidArgument) << bits;
  }
}

TEST(BlindSignatureTest, SameBlindedMessageGetsTheSameAnswer) {
  const auto state = Blind(SharedKey().verifying_key(), "m");
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(*SharedKey().BlindSign(state->blinded), *SharedKey().BlindSign(state->blinded));
}

TEST(BlindSignatureTest, BlindingTheSameMessageTwiceSharesNothing) {
  const auto a = Blind(SharedKey().verifying_key(), "m"), b = Blind(SharedKey().verifying_key(), "m");
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_NE(a->input_msg, b->input_msg);
  EXPECT_NE(a->inverse, b->inverse);
  EXPECT_NE(a->blinded, b->blinded);
}

TEST(BlindSignatureTest, NumbersThatSignThemselvesAreRefused) {
  const BlindVerifyingKey& key = SharedKey().verifying_key();
  const size_t size = key.modulus_bytes();
  for (const std::string& blinded : {Number(size, 0), Number(size, 1), ModulusLess(key, 1), ModulusLess(key, 0),
                                     std::string(size, '\xff')}) {
    const auto signature = SharedKey().BlindSign(blinded);
    ASSERT_FALSE(signature.ok());
    EXPECT_EQ(signature.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(base::GetErrorDetail(signature.status()).reason, "BLINDED_MESSAGE_INVALID");
  }
}

TEST(BlindSignatureTest, NumbersJustInsideTheRangeAreSigned) {
  const BlindVerifyingKey& key = SharedKey().verifying_key();
  EXPECT_TRUE(SharedKey().BlindSign(Number(key.modulus_bytes(), 2)).ok());
  EXPECT_TRUE(SharedKey().BlindSign(ModulusLess(key, 2)).ok());
}

TEST(BlindSignatureTest, BlindedMessagesOfWrongLengthAreRefused) {
  const auto state = Blind(SharedKey().verifying_key(), "m");
  ASSERT_TRUE(state.ok());
  for (const std::string& blinded :
       {std::string(), state->blinded.substr(1), "\x01" + state->blinded, std::string(1, '\0') + state->blinded,
        std::string(1'000'000, '\x01')}) {
    const auto signature = SharedKey().BlindSign(blinded);
    EXPECT_EQ(signature.status().code(), absl::StatusCode::kInvalidArgument) << blinded.size();
    EXPECT_EQ(base::GetErrorDetail(signature.status()).reason, "BLINDED_MESSAGE_INVALID") << blinded.size();
  }
}

TEST(BlindSignatureTest, ForgedAndCutSignaturesDoNotVerify) {
  const BlindVerifyingKey& key = SharedKey().verifying_key();
  const Token token = IssueToken(SharedKey(), "a message");
  for (size_t at = 0; at < token.sig.size(); at += 15) {
    EXPECT_FALSE(key.Verify(token.input_msg, Flipped(token.sig, at, static_cast<int>(at % 8)))) << at;
  }
  for (size_t at = 0; at < token.input_msg.size(); ++at) {
    EXPECT_FALSE(key.Verify(Flipped(token.input_msg, at), token.sig)) << at;
  }
  EXPECT_FALSE(key.Verify(token.input_msg, ""));
  EXPECT_FALSE(key.Verify(token.input_msg, token.sig.substr(0, token.sig.size() - 1)));
  EXPECT_FALSE(key.Verify(token.input_msg, token.sig + '\0'));
  EXPECT_FALSE(key.Verify(token.input_msg.substr(1), token.sig));
  EXPECT_FALSE(key.Verify("", token.sig));
  EXPECT_FALSE(key.Verify(token.input_msg, std::string(token.sig.size(), '\0')));
  EXPECT_FALSE(key.Verify(token.input_msg, std::string(token.sig.size(), '\xff')));
  EXPECT_FALSE(key.Verify(token.input_msg, ModulusLess(key, 1)));
  // What came before left nothing behind in the contexts that are used again.
  EXPECT_TRUE(key.Verify(token.input_msg, token.sig));
}

TEST(BlindSignatureTest, BlindSignatureItselfIsNoSignature) {
  const auto state = Blind(SharedKey().verifying_key(), "m");
  ASSERT_TRUE(state.ok());
  const auto blind_sig = SharedKey().BlindSign(state->blinded);
  ASSERT_TRUE(blind_sig.ok());
  EXPECT_FALSE(SharedKey().verifying_key().Verify(state->input_msg, *blind_sig));
}

TEST(BlindSignatureTest, TokenOfAnotherKeyDoesNotVerify) {
  const auto other = BlindSigningKey::Generate(2048);
  ASSERT_TRUE(other.ok());
  const Token token = IssueToken(*other, "a message");
  EXPECT_TRUE(other->verifying_key().Verify(token.input_msg, token.sig));
  EXPECT_FALSE(SharedKey().verifying_key().Verify(token.input_msg, token.sig));

  // A signer that answers with another key is found out before the token is used.
  const auto state = Blind(SharedKey().verifying_key(), "m");
  ASSERT_TRUE(state.ok());
  std::string small = state->blinded;
  small[0] = 0;  // within the range of either key
  small[1] = 1;
  const auto answer = other->BlindSign(small);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(Finalize(SharedKey().verifying_key(), *state, *answer).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(BlindSignatureTest, FinalizeRefusesWrongLengthsAndValues) {
  const BlindVerifyingKey& key = SharedKey().verifying_key();
  const auto state = Blind(key, "m");
  ASSERT_TRUE(state.ok());
  const std::string blind_sig = *SharedKey().BlindSign(state->blinded);
  const auto code = [&key](const BlindingState& s, absl::string_view answer) {
    return Finalize(key, s, answer).status().code();
  };
  EXPECT_EQ(code(*state, blind_sig), absl::StatusCode::kOk);
  EXPECT_EQ(code(*state, blind_sig.substr(1)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(*state, ""), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(*state, Flipped(blind_sig, 100)), absl::StatusCode::kInvalidArgument);
  BlindingState other = *state;
  other.inverse = other.inverse.substr(1);
  EXPECT_EQ(code(other, blind_sig), absl::StatusCode::kInvalidArgument);
  other = *state;
  other.input_msg += "x";
  EXPECT_EQ(code(other, blind_sig), absl::StatusCode::kInvalidArgument);
}

TEST(BlindSignatureTest, StateComesBackFromItsBytes) {
  const auto state = Blind(SharedKey().verifying_key(), "m");
  ASSERT_TRUE(state.ok());
  const std::string bytes = state->Serialize();
  const auto read = BlindingState::Parse(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, *state);
  const auto blind_sig = SharedKey().BlindSign(read->blinded);
  ASSERT_TRUE(blind_sig.ok());
  EXPECT_TRUE(Finalize(SharedKey().verifying_key(), *read, *blind_sig).ok());
}

TEST(BlindSignatureTest, CutOrLengthenedStateIsRefused) {
  const auto state = Blind(SharedKey().verifying_key(), "m");
  ASSERT_TRUE(state.ok());
  const std::string bytes = state->Serialize();
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(BlindingState::Parse(absl::string_view(bytes).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(BlindingState::Parse(bytes + "x").ok());
  EXPECT_FALSE(BlindingState::Parse("x" + bytes).ok());
  std::string huge = bytes;
  huge.replace(18, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(BlindingState::Parse(huge).ok());
}

TEST(BlindSignatureTest, PublicKeyComesBackFromItsBytes) {
  const std::string& der = SharedKey().verifying_key().ToSpkiDer();
  const auto key = BlindVerifyingKey::FromSpkiDer(der);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->ToSpkiDer(), der);
  // The identifier rsaEncryption, 1.2.840.113549.1.1.1.
  EXPECT_NE(der.find(Hex("06092a864886f70d010101")), std::string::npos);
  const Token token = IssueToken(SharedKey(), "m");
  EXPECT_TRUE(key->Verify(token.input_msg, token.sig));
}

TEST(BlindSignatureTest, UnfitPublicKeysAreRefused) {
  const std::string& der = SharedKey().verifying_key().ToSpkiDer();
  std::string long_form = der;  // the same structure with its outer length written in one byte more
  long_form.replace(1, 3, std::string("\x83\x00", 2) + der.substr(2, 2));
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"nothing", ""},
      {"no structure", "not a key"},
      {"cut", der.substr(0, der.size() - 1)},
      {"a byte too many", der + '\0'},
      {"another encoding of the same key", long_form},
      {"a small modulus", SpkiOf(MakeRsa("RSA", 1024, kBlindExponent).get())},
      {"an odd size", SpkiOf(MakeRsa("RSA", 2056, kBlindExponent).get())},
      {"another exponent", SpkiOf(MakeRsa("RSA", 2048, 3).get())},
      {"the identifier of RSASSA-PSS", SpkiOf(MakeRsa("RSA-PSS", 2048, kBlindExponent).get())},
      {"another algorithm", SpkiOf(PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")).get())},
  };
  for (const auto& [what, bytes] : cases) {
    EXPECT_EQ(BlindVerifyingKey::FromSpkiDer(bytes).status().code(), absl::StatusCode::kInvalidArgument) << what;
  }
}

TEST(BlindSignatureTest, EvenModulusIsRefused) {
  std::string der = SharedKey().verifying_key().ToSpkiDer();
  // The modulus ends right before the exponent, whose element is 02 03 01 00 01.
  der[der.size() - 6] = static_cast<char>(der[der.size() - 6] & 0xfe);
  EXPECT_EQ(BlindVerifyingKey::FromSpkiDer(der).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(BlindSignatureTest, UnfitPrivateKeysAreRefused) {
  const auto der = SharedKey().ToDer();
  ASSERT_TRUE(der.ok());
  const std::string bytes(der->view());
  EXPECT_FALSE(BlindSigningKey::FromDer("").ok());
  EXPECT_FALSE(BlindSigningKey::FromDer("garbage").ok());
  EXPECT_FALSE(BlindSigningKey::FromDer(bytes.substr(0, bytes.size() / 2)).ok());
  EXPECT_FALSE(BlindSigningKey::FromDer(bytes + '\0').ok());
  EXPECT_FALSE(BlindSigningKey::FromDer(SharedKey().verifying_key().ToSpkiDer()).ok());
}

TEST(BlindSignatureTest, DamagedPrivateKeyFileNeverSignsWrongly) {
  const auto der = SharedKey().ToDer();
  ASSERT_TRUE(der.ok());
  const std::string bytes(der->view());
  const auto state = Blind(SharedKey().verifying_key(), "m");
  ASSERT_TRUE(state.ok());
  const std::string right = *SharedKey().BlindSign(state->blinded);
  for (size_t at = 40; at < bytes.size(); at += 41) {
    const auto key = BlindSigningKey::FromDer(Flipped(bytes, at));
    if (!key.ok()) continue;
    // A fault in a part that OpenSSL can do without: the key still signs for the same public key, or refuses.
    const auto answer = key->BlindSign(state->blinded);
    EXPECT_EQ(answer.value_or(right), right) << at;
  }
}

TEST(BlindSignatureTest, FailuresLeaveNoErrorForTheNextUserOfTheThread) {
  ERR_clear_error();
  EXPECT_FALSE(BlindVerifyingKey::FromSpkiDer("garbage").ok());
  EXPECT_FALSE(BlindSigningKey::FromDer("garbage").ok());
  EXPECT_FALSE(SharedKey().verifying_key().Verify("m", std::string(256, '\x01')));
  EXPECT_FALSE(SharedKey().BlindSign(std::string(256, '\xff')).ok());
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(BlindSignatureTest, OneKeyServesManyThreads) {
  const auto key = BlindVerifyingKey::FromSpkiDer(SharedKey().verifying_key().ToSpkiDer());
  ASSERT_TRUE(key.ok());
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&wrong, &key, t] {
      for (int i = 0; i < 25; ++i) {
        const Token token = IssueToken(SharedKey(), std::to_string(t * 100 + i));
        if (!key->Verify(token.input_msg, token.sig)) ++wrong;
        if (key->Verify(token.input_msg + "x", token.sig)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(BlindSignatureTest, KeyOutlivesTheHandleItWasCopiedFrom) {
  const Token token = IssueToken(SharedKey(), "m");
  std::optional<BlindVerifyingKey> copy;
  {
    const auto key = BlindVerifyingKey::FromSpkiDer(SharedKey().verifying_key().ToSpkiDer());
    ASSERT_TRUE(key.ok());
    copy = *key;
  }
  EXPECT_TRUE(copy->Verify(token.input_msg, token.sig));
}

}  // namespace
}  // namespace candor::crypto
