// Phrases that give somebody away, and how they are found.

#ifndef CANDOR_CLIENTS_GUARD_PATTERNS_H_
#define CANDOR_CLIENTS_GUARD_PATTERNS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "clients/guard/comment_guard.h"
#include "clients/guard/words.h"

namespace candor::guard {

// A run of words: [first, last).
struct Match {
  size_t first = 0, last = 0;
  FindingKind kind = FindingKind::kFact;
};

// One phrase. Its parts stand apart by spaces; a part is a word, several words to choose from ("in|on"), or a class
// ("<month>"), with a question mark where it may be missing. Words are folded. A phrase never goes beyond its sentence.
struct PhraseText {
  FindingKind kind;
  absl::string_view text;
};

// Words that stand for each other in phrases: "month" and the words apart by spaces.
struct ClassText {
  absl::string_view name;
  absl::string_view words;
};

// All phrases and classes of both languages (pattern_list.cc). Classes that need more than a list are in patterns.cc: <any>
// (a word of letters), <cap> (one with a capital letter), <num> (a number in digits or words), <day> (1 to 31, "3rd"),
// <year>, <code> (has a digit).
const std::vector<PhraseText>& AllPhrases();
const std::vector<ClassText>& AllClasses();

// The longest match of each phrase at each place, in order of place.
std::vector<Match> FindPhrases(const Words& words);

// Whether `folded` is a word of the class, which must be one of AllClasses.
bool IsOfClass(absl::string_view name, absl::string_view folded);

}  // namespace candor::guard

#endif  // CANDOR_CLIENTS_GUARD_PATTERNS_H_
