// A set of words that can be asked but not read: a Bloom filter under a random salt.
//
// Its size tells how many words it holds only beyond kUsualWords of them. Whoever has the filter can ask it about any word
// they think of, so it hides nothing from a guess; it is for words that its readers know anyway.

#ifndef CANDOR_SERVICES_CRYPTO_SALTED_FILTER_H_
#define CANDOR_SERVICES_CRYPTO_SALTED_FILTER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::crypto {

class SaltedFilter {
 public:
  static constexpr size_t kSaltBytes = 16;
  static constexpr size_t kLeastBytes = 4096;       // of bits; doubled until there are kBitsPerWord for each word
  static constexpr size_t kMostBytes = 1024 * 1024;
  static constexpr size_t kBitsPerWord = 16;
  static constexpr size_t kUsualWords = kLeastBytes * 8 / kBitsPerWord;  // 2,048
  // Bits set for a word. A word that is not in the filter passes for one of it with a probability of at most
  // (1 - e^(-kProbes / kBitsPerWord))^kProbes = 0.00046; with 200 words in the smallest filter, below 1e-12.
  static constexpr int kProbes = 11;

  // With a new random salt. More words than kMostBytes has room for only raise the share of false hits.
  static SaltedFilter Make(const std::vector<std::string>& words);
  // INVALID_ARGUMENT: not the bytes of a filter.
  static absl::StatusOr<SaltedFilter> Parse(absl::string_view bytes);

  // Whether `word` is one of the filter's, byte for byte, but for false hits. The empty word never is.
  bool Contains(absl::string_view word) const;

  // The salt, then the bits, the lowest bit of each byte first.
  const std::string& bytes() const { return bytes_; }

 private:
  explicit SaltedFilter(std::string bytes) : bytes_(std::move(bytes)) {}
  // The places of `word` among the bits.
  std::vector<size_t> PlacesOf(absl::string_view word) const;

  std::string bytes_;
};

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_SALTED_FILTER_H_
