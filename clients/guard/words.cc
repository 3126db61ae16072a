#include "clients/guard/words.h"

#include <algorithm>
#include <array>

#include "services/base/private_memory.h"
#include "services/domain/name_text.h"

namespace candor::guard {
namespace {

using domain::Letter;

// A point behind these ends no sentence.
constexpr std::array<absl::string_view, 30> kAbbreviations = {
    "mr",  "mrs", "ms",   "mx",  "dr",  "dra", "prof", "profa", "sr",  "sra", "srta", "lic", "ing", "st", "jr",
    "rev", "rm",  "ext",  "no",  "num", "tel", "vs",   "etc",   "jan", "feb", "sept", "oct", "nov", "dec", "dto"};

bool EndsSentence(uint32_t c) {
  return c == '.' || c == '!' || c == '?' || c == '\n' || c == ':' || c == ';' || c == '"' || c == 0x2026 || c == 0x201C ||
         c == 0x201D || c == 0xAB || c == 0xBB || c == 0xBF || c == 0xA1 || c == 0x2022;
}

bool JoinsNumbers(uint32_t c) { return c == ':' || c == '/' || c == '.' || c == '-' || c == ','; }

}  // namespace

Words::Words(absl::string_view draft) {
  folded_.reserve(draft.size());
  bool sentence = true, comma = false;
  for (size_t at = 0; at < draft.size();) {
    Letter letter = domain::LetterAt(draft, at);
    if (letter.kind != Letter::Kind::kLetter && letter.kind != Letter::Kind::kDigit) {
      if (EndsSentence(letter.code_point)) {
        const bool abbreviated = letter.code_point == '.' && !words_.empty() && words_.back().end == at &&
                                 (words_.back().folded.size() == 1 ||
                                  std::find(kAbbreviations.begin(), kAbbreviations.end(), words_.back().folded) !=
                                      kAbbreviations.end());
        sentence = sentence || !abbreviated;
      }
      comma = comma || (letter.code_point != ' ' && letter.code_point != '-' && letter.code_point != '.');
      at += letter.length;
      continue;
    }
    Word word;
    word.begin = at;
    word.begins_sentence = sentence;
    word.after_comma = comma;
    word.capital = letter.capital;
    word.letters = true;
    size_t letters = 0, capitals = 0, after_apostrophe = 0;
    bool apostrophe = false;
    const size_t start = folded_.size();
    while (at < draft.size()) {
      letter = domain::LetterAt(draft, at);
      if (letter.kind == Letter::Kind::kApostrophe) {
        // Only between letters: else it closes a quotation.
        const size_t next = at + letter.length;
        if (next >= draft.size() || domain::LetterAt(draft, next).kind != Letter::Kind::kLetter) break;
        apostrophe = true;
        after_apostrophe = 0;
      } else if (letter.kind == Letter::Kind::kLetter || letter.kind == Letter::Kind::kDigit) {
        domain::AppendFolded(draft, at, letter, folded_);
        ++after_apostrophe;
        if (letter.kind == Letter::Kind::kLetter) {
          ++letters;
          capitals += letter.capital ? 1 : 0;
        } else {
          word.letters = false;
        }
      } else if (letter.kind != Letter::Kind::kMark) {
        const size_t next = at + letter.length;
        const bool number = !word.letters && letters == 0 && JoinsNumbers(letter.code_point) && next < draft.size() &&
                            domain::LetterAt(draft, next).kind == Letter::Kind::kDigit;
        if (!number) break;
        folded_.push_back(static_cast<char>(letter.code_point));
      }
      at += letter.length;
    }
    word.end = at;
    word.all_capitals = letters > 1 && capitals == letters;
    word.folded = absl::string_view(folded_).substr(start);
    if (apostrophe && after_apostrophe == 1 && word.folded.size() > 1 && word.folded.back() == 's') {
      word.possessive = true;
      word.folded.remove_suffix(1);
    }
    words_.push_back(word);
    sentence = comma = false;
  }
}

Words::~Words() { base::Wipe(folded_); }

}  // namespace candor::guard
