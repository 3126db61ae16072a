#include "tests/privacy/finder.h"

#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/encoding.h"
#include "services/crypto/hash.h"

namespace candor::privacy {
namespace {

constexpr int kHashBits = 20;
constexpr size_t kPiece = 16;

uint64_t FirstEight(const char* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

size_t HashOf(uint64_t word) { return static_cast<size_t>((word * 0x9E3779B97F4A7C15ull) >> (64 - kHashBits)); }

}  // namespace

Finder::Finder() : maybe_(size_t{1} << kHashBits) {}

void Finder::Add(int person, absl::string_view pattern) {
  if (pattern.size() < kShortest) return;
  const uint64_t word = FirstEight(pattern.data());
  maybe_[HashOf(word)] = true;
  patterns_[word].push_back({person, std::string(pattern)});
}

void Finder::AddEncoded(int person, absl::string_view bytes) {
  if (bytes.size() < kShortest) return;
  Add(person, bytes);
  const std::string hex = base::HexEncode(bytes);
  Add(person, hex);
  Add(person, absl::AsciiStrToUpper(hex));
  // Without the last characters, which depend on padding.
  const std::string base64 = absl::Base64Escape(bytes);
  Add(person, absl::string_view(base64).substr(0, bytes.size() / 3 * 4));
  const std::string url = absl::WebSafeBase64Escape(bytes);
  if (url.substr(0, bytes.size() / 3 * 4) != base64.substr(0, bytes.size() / 3 * 4)) {
    Add(person, absl::string_view(url).substr(0, bytes.size() / 3 * 4));
  }
}

void Finder::AddAnswers(int person, const domain::Answers& answers) {
  const std::string ratings(answers.ratings.begin(), answers.ratings.end());
  AddEncoded(person, ratings);
  std::vector<int> numbers(answers.ratings.begin(), answers.ratings.end());
  for (const char* between : {"", ",", ", ", ";", " ", "\t", "|"}) Add(person, absl::StrJoin(numbers, between));
  std::string all = ratings;
  for (const std::string& comment : answers.comments) {
    AddWords(person, comment);
    all += comment;
  }
  AddWords(person, answers.notice.text);
  AddEncoded(person, crypto::Sha256(ratings));
  AddEncoded(person, crypto::Sha256(all));
  AddEncoded(person, crypto::Sha256(absl::StrJoin(numbers, ",")));
}

void Finder::AddWords(int person, const std::string& words) {
  if (words.empty()) return;
  AddEncoded(person, words);
  for (size_t at = kPiece; at + kPiece <= words.size(); at += kPiece) Add(person, words.substr(at, kPiece));
  std::string wide;
  for (const char letter : words) wide += {letter, '\0'};
  Add(person, wide);
  AddEncoded(person, crypto::Sha256(words));
}

std::vector<Hit> Finder::Find(absl::string_view bytes) const {
  std::vector<Hit> hits;
  for (size_t at = 0; at + kShortest <= bytes.size(); ++at) {
    const uint64_t word = FirstEight(bytes.data() + at);
    if (!maybe_[HashOf(word)]) continue;
    const auto found = patterns_.find(word);
    if (found == patterns_.end()) continue;
    for (const Pattern& pattern : found->second) {
      if (bytes.substr(at, pattern.bytes.size()) == pattern.bytes) {
        hits.push_back({pattern.person, at, pattern.bytes.size()});
      }
    }
  }
  return hits;
}

}  // namespace candor::privacy
