// Memory for secret keys.

#ifndef CANDOR_SERVICES_CRYPTO_SECRET_BYTES_H_
#define CANDOR_SERVICES_CRYPTO_SECRET_BYTES_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace candor::crypto {

// A fixed number of bytes that are kept out of swap (as far as the process's limit of locked memory allows) and out of
// core dumps, stand between guard pages, and are overwritten when the object is destroyed or assigned to. Movable, not
// copyable; a moved-from object is empty. Each object takes at least four pages: it is for keys, not for answers.
//
// May be read from many threads at once; writing or moving needs the object to oneself.
class SecretBytes {
 public:
  SecretBytes() = default;
  // `size` zero bytes.
  explicit SecretBytes(size_t size);
  // A copy of `bytes`; overwriting the source is the caller's part.
  explicit SecretBytes(absl::string_view bytes);
  // `size` unpredictable bytes.
  static SecretBytes Random(size_t size);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  // The bytes, for as long as this object holds them. Copying them into a string gives up the protection.
  absl::string_view view() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_SECRET_BYTES_H_
