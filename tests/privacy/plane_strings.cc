#include "tests/privacy/plane_strings.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/crypto/hash.h"
#include "tests/privacy/altered_copy.h"
#include "tests/privacy/finder.h"
#include "tests/privacy/participation.h"
#include "tests/privacy/sqlite_pages.h"
#include "tests/privacy/tables.h"

namespace candor::privacy {
namespace {

constexpr size_t kWord = 8;
constexpr int kHashBits = 24;

// Big-endian, so that words that begin alike are neighbours; zeros stand for what is missing.
uint64_t WordAt(absl::string_view bytes, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, std::min(kWord, bytes.size() - at));
  return __builtin_bswap64(word);
}

// Fewer bytes in common are chance.
constexpr size_t kShortestPart = 4;

size_t HashOf(uint64_t word) { return static_cast<size_t>((word * 0x9E3779B97F4A7C15ull) >> (64 - kHashBits)); }

// A run of few different bytes is padding or a counter of the engine's, not an identifier.
bool IsPlain(uint64_t word) {
  std::set<uint8_t> distinct;
  for (size_t i = 0; i < kWord; ++i) distinct.insert(static_cast<uint8_t>(word >> (8 * i)));
  return distinct.size() <= 3;
}

// What is compared. Logs of two processes say the same things at the same times, so they are only searched for secrets; and
// tables that happen to have as many rows of the same lengths have the same pointers to them, whatever is in them.
std::vector<absl::string_view> PiecesOf(const Copy& copy, Plane plane) {
  std::vector<absl::string_view> all;
  for (const CopiedFile& file : copy.files) {
    if (file.plane != plane || absl::EndsWith(file.name, ".log")) continue;
    const std::vector<absl::string_view> pieces = WithoutPageHeads(file.name, *file.bytes);
    all.insert(all.end(), pieces.begin(), pieces.end());
  }
  return all;
}

}  // namespace

void Excused::Learn(const Copy& copy) {
  for (const CopiedFile& file : copy.files) Learn(*file.bytes);
}
void Excused::Learn(absl::string_view bytes) {
  for (size_t at = 0; at < bytes.size(); ++at) words_.push_back(WordAt(bytes, at));
}
void Excused::Sort() {
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
}
bool Excused::Contains(uint64_t word) const {
  return IsPlain(word) || std::binary_search(words_.begin(), words_.end(), word);
}
size_t Excused::PartOf(absl::string_view string, bool at_end) const {
  for (size_t size = std::min(string.size(), kWord); size >= kShortestPart; --size) {
    const absl::string_view part = at_end ? string.substr(string.size() - size) : string.substr(0, size);
    const uint64_t word = WordAt(part, 0);
    const auto next = std::lower_bound(words_.begin(), words_.end(), word);
    if (next != words_.end() && (*next ^ word) >> (8 * (kWord - size)) == 0) return size;
  }
  return 0;
}

std::vector<std::string> CrossingDocuments(const Copy& copy) {
  std::vector<std::string> documents;
  for (const Table& table : TablesOf(copy)) {
    if (table.plane != Plane::kIdentity) continue;
    if (absl::EndsWith(table.name, " survey_document") || absl::EndsWith(table.name, " instrument_version")) {
      for (const Row& row : table.rows) {
        for (const Value& value : row.values) {
          documents.push_back(value.bytes);
          documents.push_back(crypto::Sha256(value.bytes));
        }
      }
    } else if (absl::EndsWith(table.name, ".db survey")) {
      // The survey's id and that of the order to close it cross; the leader's does not.
      for (const Row& row : table.rows) {
        for (size_t column = 0; column < row.values.size(); ++column) {
          if (table.columns[column] == "survey" || table.columns[column] == "order_id") {
            documents.push_back(row.values[column].bytes);
          }
        }
      }
    }
  }
  return documents;
}

std::vector<std::string> CommonStrings(const Copy& copy, const Excused& everywhere,
                                       const std::vector<std::string>& crossing) {
  Excused documents;
  for (const std::string& document : crossing) documents.Learn(document);
  documents.Sort();
  const std::vector<absl::string_view> identity = PiecesOf(copy, Plane::kIdentity);
  std::vector<bool> maybe(size_t{1} << kHashBits);
  for (const absl::string_view bytes : identity) {
    for (size_t at = 0; at + kWord <= bytes.size(); ++at) maybe[HashOf(WordAt(bytes, at))] = true;
  }
  std::unordered_set<uint64_t> candidates, common;
  const std::vector<absl::string_view> response = PiecesOf(copy, Plane::kResponse);
  for (const absl::string_view bytes : response) {
    for (size_t at = 0; at + kWord <= bytes.size(); ++at) {
      const uint64_t word = WordAt(bytes, at);
      if (maybe[HashOf(word)] && !documents.Contains(word) && !everywhere.Contains(word)) candidates.insert(word);
    }
  }
  for (const absl::string_view bytes : identity) {
    for (size_t at = 0; at + kWord <= bytes.size(); ++at) {
      if (candidates.count(WordAt(bytes, at)) > 0) common.insert(WordAt(bytes, at));
    }
  }
  // Runs of such words are one string. What only begins or ends with something that is excused, and has less than a
  // word of its own, is where that something happens to have the same neighbour twice.
  std::set<std::string> strings;
  for (const absl::string_view bytes : response) {
    for (size_t at = 0; at + kWord <= bytes.size(); ++at) {
      if (common.count(WordAt(bytes, at)) == 0) continue;
      size_t end = at + kWord;
      while (end < bytes.size() && common.count(WordAt(bytes.substr(0, end + 1), end + 1 - kWord)) > 0) ++end;
      const absl::string_view string = bytes.substr(at, end - at);
      const size_t excused =
          std::max(documents.PartOf(string, false), everywhere.PartOf(string, false)) +
          std::max(documents.PartOf(string, true), everywhere.PartOf(string, true));
      if (excused == 0 || string.size() >= excused + kWord) strings.emplace(string);
      at = end - kWord;
    }
  }
  return {strings.begin(), strings.end()};
}

std::vector<std::string> MisplacedSecrets(const Copy& copy, const std::vector<PersonSecrets>& people) {
  struct Kind {
    const char* name;
    Plane must_not;
    Finder finder;
  };
  std::vector<Kind> kinds;
  kinds.reserve(16);  // so that references into it last
  const auto kind = [&kinds](const char* name, Plane must_not) -> Finder& {
    kinds.push_back({name, must_not, {}});
    return kinds.back().finder;
  };
  Finder& code = kind("a code", Plane::kResponse);
  Finder& code_hash = kind("a code's hash", Plane::kResponse);
  Finder& blinded = kind("a blinded message", Plane::kResponse);
  Finder& blinded_hash = kind("a blinded message's hash", Plane::kResponse);
  Finder& inverse = kind("a blinding factor", Plane::kResponse);
  Finder& inverse_here = kind("a blinding factor", Plane::kIdentity);
  Finder& row = kind("an identifier of a row of the identity plane", Plane::kResponse);
  Finder& message = kind("a token", Plane::kIdentity);
  Finder& signature = kind("a token's signature", Plane::kIdentity);
  Finder& hash = kind("a token's hash", Plane::kIdentity);
  Finder& reply_key = kind("a reply key", Plane::kIdentity);
  Finder& submission = kind("a submission's id", Plane::kIdentity);
  const std::vector<std::vector<std::string>> identifiers = IdentifiersOf(TablesOf(copy), people);
  for (size_t i = 0; i < people.size(); ++i) {
    const PersonSecrets& own = people[i];
    const int person = static_cast<int>(i);
    code.AddEncoded(person, own.code);
    code_hash.AddEncoded(person, own.code_hash);
    blinded.AddEncoded(person, own.blinded);
    blinded_hash.AddEncoded(person, own.blinded_hash);
    inverse.AddEncoded(person, own.inverse);
    inverse_here.AddEncoded(person, own.inverse);
    for (const std::string& identifier : identifiers[i]) row.AddEncoded(person, identifier);
    // The message begins with what all tokens of the group share; its nonce does not.
    message.AddEncoded(person, own.input_msg);
    if (own.input_msg.size() > 32) message.AddEncoded(person, own.input_msg.substr(own.input_msg.size() - 32));
    signature.AddEncoded(person, own.signature);
    hash.AddEncoded(person, own.token_hash);
    for (const std::string& key : own.reply_keys) reply_key.AddEncoded(person, key);
    for (const std::string& id : own.submission_ids) submission.AddEncoded(person, id);
  }
  std::vector<std::string> found;
  for (const Kind& k : kinds) {
    for (const CopiedFile& file : copy.files) {
      if (file.plane != k.must_not || k.finder.Find(*file.bytes).empty()) continue;
      found.push_back(absl::StrCat(k.name, " stands on the ",
                                   k.must_not == Plane::kIdentity ? "identity" : "response", " plane"));
      break;
    }
  }
  return found;
}

absl::StatusOr<Copy> WithTokenHashes(const Copy& copy, const std::vector<PersonSecrets>& people) {
  return Altered(copy, "identity.db", "ALTER TABLE invitation ADD COLUMN token_hash BLOB",
                 "UPDATE invitation SET token_hash = ?2 WHERE code_hash = ?1", [&people] {
                   std::vector<std::vector<std::string>> values;
                   for (const PersonSecrets& own : people) values.push_back({own.code_hash, own.token_hash});
                   return values;
                 }());
}

}  // namespace candor::privacy
