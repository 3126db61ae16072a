#include "clients/guard/patterns.h"

#include <map>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/base/status.h"

namespace candor::guard {
namespace {

using WordSet = absl::flat_hash_set<absl::string_view>;

const std::map<absl::string_view, WordSet>& Classes() {
  static const auto* classes = [] {
    auto* made = new std::map<absl::string_view, WordSet>;
    for (const ClassText& text : AllClasses()) (*made)[text.name] = absl::StrSplit(text.words, ' ', absl::SkipEmpty());
    return made;
  }();
  return *classes;
}

bool IsAny(const Word& word) { return word.letters; }
bool IsCap(const Word& word) { return word.letters && word.capital && !word.begins_sentence; }
bool IsNumber(const Word& word) {
  return (word.folded[0] >= '0' && word.folded[0] <= '9') || IsOfClass("number", word.folded);
}
bool IsDay(const Word& word) {
  absl::string_view digits = word.folded;
  for (const absl::string_view ending : {"st", "nd", "rd", "th"}) {
    if (absl::ConsumeSuffix(&digits, ending)) break;
  }
  int day = 0;
  return digits.size() <= 2 && absl::SimpleAtoi(digits, &day) && day >= 1 && day <= 31;
}
bool IsYear(const Word& word) {
  int year = 0;
  return word.folded.size() == 4 && absl::SimpleAtoi(word.folded, &year) && year >= 1950 && year < 2100;
}
bool IsCode(const Word& word) { return word.folded.find_first_of("0123456789") != absl::string_view::npos; }

struct Part {
  absl::flat_hash_set<std::string> words;
  const WordSet* of_class = nullptr;
  bool (*test)(const Word&) = nullptr;
  bool optional = false;

  bool Fits(const Word& word) const {
    if (test != nullptr) return test(word);
    return of_class != nullptr ? of_class->contains(word.folded) : words.contains(word.folded);
  }
};

struct Phrase {
  FindingKind kind;
  std::vector<Part> parts;
};

Part Compile(absl::string_view text) {
  static const std::map<absl::string_view, bool (*)(const Word&)> tests = {
      {"any", IsAny}, {"cap", IsCap}, {"num", IsNumber}, {"day", IsDay}, {"year", IsYear}, {"code", IsCode}};
  Part part;
  part.optional = absl::ConsumeSuffix(&text, "?");
  if (absl::ConsumePrefix(&text, "<")) {
    text.remove_suffix(1);
    if (const auto test = tests.find(text); test != tests.end()) {
      part.test = test->second;
    } else {
      const auto found = Classes().find(text);
      CANDOR_CHECK(found != Classes().end());
      part.of_class = &found->second;
    }
  } else {
    part.words = absl::StrSplit(text, '|');
  }
  return part;
}

const std::vector<Phrase>& Phrases() {
  static const auto* phrases = [] {
    auto* made = new std::vector<Phrase>;
    const auto add = [made](FindingKind kind, absl::string_view text) {
      Phrase phrase{kind, {}};
      for (const absl::string_view part : absl::StrSplit(text, ' ')) phrase.parts.push_back(Compile(part));
      made->push_back(std::move(phrase));
    };
    for (const PhraseText& text : AllPhrases()) {
      add(text.kind, text.text);
      // "I am" is one word as often as two.
      static constexpr absl::string_view kIAm = "i <am>";
      if (const size_t at = text.text.find(kIAm); at != absl::string_view::npos) {
        add(text.kind, absl::StrCat(text.text.substr(0, at), "im|ive", text.text.substr(at + kIAm.size())));
      }
    }
    return made;
  }();
  return *phrases;
}

// Where the parts from `part` on end when they begin at word `at`; nothing: they do not fit. A phrase has few optional
// parts, so that trying both ways is cheap.
std::optional<size_t> EndOf(const Phrase& phrase, size_t part, const Words& words, size_t first, size_t at) {
  if (part == phrase.parts.size()) return at;
  const bool in_sentence = at < words.size() && (at == first || !words[at].begins_sentence);
  std::optional<size_t> longest;
  if (in_sentence && phrase.parts[part].Fits(words[at])) longest = EndOf(phrase, part + 1, words, first, at + 1);
  if (phrase.parts[part].optional) {
    const auto without = EndOf(phrase, part + 1, words, first, at);
    if (without.has_value() && (!longest.has_value() || *without > *longest)) longest = without;
  }
  return longest;
}

}  // namespace

bool IsOfClass(absl::string_view name, absl::string_view folded) { return Classes().at(name).contains(folded); }

std::vector<Match> FindPhrases(const Words& words) {
  std::vector<Match> matches;
  for (size_t first = 0; first < words.size(); ++first) {
    for (const Phrase& phrase : Phrases()) {
      const auto last = EndOf(phrase, 0, words, first, first);
      if (last.has_value() && *last > first) matches.push_back({first, *last, phrase.kind});
    }
  }
  return matches;
}

}  // namespace candor::guard
