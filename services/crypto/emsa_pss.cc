// OpenSSL's own encoding takes a random salt and no other; the client needs one that its tests can fix.

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/crypto/blind_signature_internal.h"
#include "services/crypto/openssl_util.h"
#include "services/crypto/sodium_util.h"

namespace candor::crypto::internal {
namespace {

std::string Sha384(std::initializer_list<absl::string_view> parts) {
  std::string digest(kSha384Bytes, '\0');
  Digest(Sha384Algorithm(), parts, AsBytes(digest));
  return digest;
}

// MGF1 of RFC 8017 appendix B.2.1, the mask combined into `bytes` by exclusive or.
void MaskWithMgf1(absl::string_view seed, std::string& bytes) {
  std::string block;
  for (size_t at = 0; at < bytes.size(); ++at) {
    if (at % kSha384Bytes == 0) {
      const auto counter = static_cast<uint32_t>(at / kSha384Bytes);
      const char big_endian[4] = {static_cast<char>(counter >> 24), static_cast<char>(counter >> 16),
                                  static_cast<char>(counter >> 8), static_cast<char>(counter)};
      block = Sha384({seed, absl::string_view(big_endian, 4)});
    }
    bytes[at] = static_cast<char>(bytes[at] ^ block[at % kSha384Bytes]);
  }
}

}  // namespace

std::string EmsaPssEncode(absl::string_view message, absl::string_view salt, int modulus_bits) {
  CANDOR_CHECK(modulus_bits % 8 == 0);
  const size_t size = static_cast<size_t>(modulus_bits) / 8;
  CANDOR_CHECK(size >= kSha384Bytes + salt.size() + 2);
  const std::string zeros(8, '\0');
  const std::string hash = Sha384({zeros, Sha384({message}), salt});

  std::string encoded(size - kSha384Bytes - 1 - salt.size() - 1, '\0');
  encoded.push_back('\x01');
  absl::StrAppend(&encoded, salt);
  MaskWithMgf1(hash, encoded);
  encoded[0] = static_cast<char>(encoded[0] & 0x7f);  // emBits = modulus_bits - 1
  encoded += hash;
  encoded.push_back('\xbc');
  return encoded;
}

}  // namespace candor::crypto::internal
