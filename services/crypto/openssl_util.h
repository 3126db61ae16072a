// Inside this folder only: ownership, errors, digests and reusable contexts of OpenSSL.

#ifndef CANDOR_SERVICES_CRYPTO_OPENSSL_UTIL_H_
#define CANDOR_SERVICES_CRYPTO_OPENSSL_UTIL_H_

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace candor::crypto {

struct OpenSslFree {
  void operator()(BIGNUM* p) const { BN_clear_free(p); }
  void operator()(BN_CTX* p) const { BN_CTX_free(p); }
  void operator()(BN_MONT_CTX* p) const { BN_MONT_CTX_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
};
using BnPtr = std::unique_ptr<BIGNUM, OpenSslFree>;
using BnCtxPtr = std::unique_ptr<BN_CTX, OpenSslFree>;
using BnMontPtr = std::unique_ptr<BN_MONT_CTX, OpenSslFree>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, OpenSslFree>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, OpenSslFree>;

// Takes back what calls within its life add to the thread's error queue. A stale error there would be taken for a
// failure of the next TLS read on the same thread.
class ErrorScope {
 public:
  ErrorScope() { ERR_set_mark(); }
  ~ErrorScope() { ERR_pop_to_mark(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

// The algorithm, looked up once for the process.
const EVP_MD* Sha384Algorithm();
inline constexpr size_t kSha384Bytes = 48;

// The digest of the parts one after another into `out`, which has room for it.
void Digest(const EVP_MD* algorithm, std::initializer_list<absl::string_view> parts, uint8_t* out);

// `bytes` as a big-endian number; null when memory is out.
BnPtr BnFromBytes(absl::string_view bytes);
// `number` in exactly `size` bytes, big-endian; empty when it does not fit.
std::string BnToBytes(const BIGNUM* number, size_t size);

// Contexts of one key and one operation, ready for use. Making one costs a quarter to two fifths of a verification, and
// one may serve a single thread at a time: so each call borrows one, and there are as many as were ever in use at once.
class ContextPool {
 public:
  // `make` gives a context that is set up for the operation, or null.
  explicit ContextPool(std::function<PkeyCtxPtr()> make) : make_(std::move(make)) {}

  class Lease {
   public:
    Lease(ContextPool* pool, PkeyCtxPtr context) : pool_(pool), context_(std::move(context)) {}
    ~Lease() {
      if (context_ != nullptr) pool_->Return(std::move(context_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    EVP_PKEY_CTX* get() const { return context_.get(); }  // null: OpenSSL could not make one

   private:
    ContextPool* pool_;
    PkeyCtxPtr context_;
  };

  Lease Borrow();

 private:
  void Return(PkeyCtxPtr context);

  std::function<PkeyCtxPtr()> make_;
  std::mutex mutex_;
  std::vector<PkeyCtxPtr> idle_;  // guarded by mutex_
};

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_OPENSSL_UTIL_H_
