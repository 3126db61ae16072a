// Finding known strings in copies: answers in every form that software is likely to keep them in, tokens, ids.

#ifndef CANDOR_TESTS_PRIVACY_FINDER_H_
#define CANDOR_TESTS_PRIVACY_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/domain/answer.h"

namespace candor::privacy {

struct Hit {
  int person = 0;
  size_t offset = 0;
  size_t length = 0;
};

// Many strings at once, in one pass.
class Finder {
 public:
  // Shorter strings prove nothing.
  static constexpr size_t kShortest = 8;

  Finder();

  // `pattern` is this person's; too short ones are passed over.
  void Add(int person, absl::string_view pattern);
  // The bytes themselves, and as hexadecimal digits of either case and base64 of either alphabet.
  void AddEncoded(int person, absl::string_view bytes);
  // Ratings, comments and the words of a report of pressure as plain bytes, digits, lists, JSON, UTF-16, pieces of what is
  // written as pages that were overwritten in part leave them, and the digests that an attacker who knows the answers can
  // compute.
  void AddAnswers(int person, const domain::Answers& answers);
  // The same of words alone.
  void AddWords(int person, const std::string& words);

  // In the order of their offsets.
  std::vector<Hit> Find(absl::string_view bytes) const;

 private:
  struct Pattern {
    int person;
    std::string bytes;
  };
  std::vector<bool> maybe_;  // by hash of the first eight bytes
  std::unordered_map<uint64_t, std::vector<Pattern>> patterns_;
};

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_FINDER_H_
