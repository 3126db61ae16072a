#include "services/crypto/openssl_util.h"

#include "services/base/status.h"

namespace candor::crypto {
namespace {

EVP_MD_CTX* ThreadDigestContext() {
  thread_local const std::unique_ptr<EVP_MD_CTX, OpenSslFree> context(EVP_MD_CTX_new());
  CANDOR_CHECK(context != nullptr);
  return context.get();
}

const EVP_MD* FetchDigest(const char* name) {
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  CANDOR_CHECK(algorithm != nullptr);
  return algorithm;
}

}  // namespace

const EVP_MD* Sha384Algorithm() {
  static const EVP_MD* const algorithm = FetchDigest("SHA2-384");
  return algorithm;
}

void Digest(const EVP_MD* algorithm, std::initializer_list<absl::string_view> parts, uint8_t* out) {
  EVP_MD_CTX* const context = ThreadDigestContext();
  CANDOR_CHECK(EVP_DigestInit_ex(context, algorithm, nullptr) == 1);
  for (const absl::string_view part : parts) {
    CANDOR_CHECK(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  }
  CANDOR_CHECK(EVP_DigestFinal_ex(context, out, nullptr) == 1);
}

BnPtr BnFromBytes(absl::string_view bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  return BnPtr(BN_bin2bn(data, static_cast<int>(bytes.size()), nullptr));
}

std::string BnToBytes(const BIGNUM* number, size_t size) {
  std::string bytes(size, '\0');
  if (BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) < 0) bytes.clear();
  return bytes;
}

ContextPool::Lease ContextPool::Borrow() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      PkeyCtxPtr context = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(context));
    }
  }
  return Lease(this, make_());
}

void ContextPool::Return(PkeyCtxPtr context) {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(context));
}

}  // namespace candor::crypto
