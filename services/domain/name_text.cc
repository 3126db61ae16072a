#include "services/domain/name_text.h"

#include <algorithm>
#include <array>

namespace candor::domain {
namespace {

constexpr uint32_t kReplacement = 0xFFFD;

// The plain letters of U+00C0 to U+00FF; a dot where there is no letter.
constexpr absl::string_view kLatin1 =
    "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty";

// Runs of letters with the same plain letter, each up to and with `last`.
struct Run {
  uint32_t last;
  char plain;
};
// From U+0100, Latin Extended-A.
constexpr Run kExtendedA[] = {{0x105, 'a'}, {0x10D, 'c'}, {0x111, 'd'}, {0x11B, 'e'}, {0x123, 'g'}, {0x127, 'h'},
                              {0x133, 'i'}, {0x135, 'j'}, {0x138, 'k'}, {0x142, 'l'}, {0x14B, 'n'}, {0x153, 'o'},
                              {0x159, 'r'}, {0x161, 's'}, {0x167, 't'}, {0x173, 'u'}, {0x175, 'w'}, {0x178, 'y'},
                              {0x17E, 'z'}, {0x17F, 's'}};
// From U+1EA0, the Vietnamese letters.
constexpr Run kVietnamese[] = {{0x1EB7, 'a'}, {0x1EC7, 'e'}, {0x1ECB, 'i'}, {0x1EE3, 'o'}, {0x1EF1, 'u'}, {0x1EF9, 'y'}};

template <size_t n>
char PlainIn(const Run (&runs)[n], uint32_t code) {
  for (const Run& run : runs) {
    if (code <= run.last) return run.plain;
  }
  return '\0';
}

// The plain letter of a Latin one with accents; zero: it is none.
char PlainLetter(uint32_t code) {
  if (code >= 0xC0 && code <= 0xFF) return kLatin1[code - 0xC0] == '.' ? '\0' : kLatin1[code - 0xC0];
  if (code >= 0x100 && code <= 0x17F) return PlainIn(kExtendedA, code);
  if (code >= 0x1EA0 && code <= 0x1EF9) return PlainIn(kVietnamese, code);
  return '\0';
}

bool IsCapital(uint32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z';
  if (code <= 0xFF) return code >= 0xC0 && code <= 0xDE;
  if ((code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E)) return code % 2 == 1;
  if (code <= 0x177 || (code >= 0x1EA0 && code <= 0x1EF9)) return code % 2 == 0;
  return code == 0x178;
}

// Signs, punctuation, spaces and pictures beyond Latin-1.
bool IsNoLetter(uint32_t code) {
  return (code >= 0x2000 && code <= 0x2BFF) || (code >= 0x3000 && code <= 0x303F) || (code >= 0xE000 && code <= 0xF8FF) ||
         (code >= 0xFE00 && code <= 0xFE0F) || code >= 0x1F000 || code == 0xFEFF || code == kReplacement;
}

constexpr std::array<absl::string_view, 45> kNoSurname = {
    "de",  "del",  "la",  "las",  "los",  "el",   "y",    "e",    "i",     "da",     "das",       "do",      "dos", "di", "du",
    "le",  "van",  "von", "der",  "den",  "ter",  "ten",  "bin",  "al",    "af",     "av",        "zu",      "mr",  "mrs", "ms",
    "miss", "mx",  "dr",  "dra",  "prof", "sr",   "sra",  "srta", "jr",    "ii",     "iii",       "iv",      "phd", "edd", "med"};

constexpr std::array<absl::string_view, 11> kTitles = {"mr", "mrs", "ms", "miss", "mx", "dr", "dra", "prof", "sr", "sra", "srta"};

bool CountsAsSurname(absl::string_view folded) {
  return folded.size() > 1 && std::find(kNoSurname.begin(), kNoSurname.end(), folded) == kNoSurname.end();
}

// The words of a name, apart at everything but letters, digits, accents, apostrophes and hyphens; folded, and each as the
// parts that hyphens leave.
std::vector<std::vector<std::string>> WordsOf(absl::string_view name) {
  std::vector<std::vector<std::string>> words;
  bool in_word = false;
  for (size_t at = 0; at < name.size();) {
    const Letter letter = LetterAt(name, at);
    const bool hyphen = letter.code_point == '-' || letter.code_point == 0x2010 || letter.code_point == 0x2011;
    if (letter.kind == Letter::Kind::kOther && !hyphen) {
      in_word = false;
    } else {
      if (!in_word) words.push_back({""});
      if (hyphen) words.back().emplace_back();
      AppendFolded(name, at, letter, words.back().back());
      in_word = true;
    }
    at += letter.length;
  }
  return words;
}

}  // namespace

Letter LetterAt(absl::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  Letter letter;
  const uint8_t first = byte(at);
  if (first < 0x80) {
    letter.code_point = first;
  } else {
    size_t length = first >= 0xC2 && first <= 0xDF ? 2 : first >= 0xE0 && first <= 0xEF ? 3 : first >= 0xF0 && first <= 0xF4 ? 4 : 0;
    uint32_t code = length == 2 ? first & 0x1F : length == 3 ? first & 0x0F : first & 0x07;
    if (length == 0 || text.size() - at < length) length = 0;
    for (size_t i = 1; i < length; ++i) {
      if ((byte(at + i) & 0xC0) != 0x80) {
        length = 0;
        break;
      }
      code = code << 6 | (byte(at + i) & 0x3F);
    }
    letter.code_point = length == 0 ? kReplacement : code;
    letter.length = std::max<size_t>(1, length);
  }
  const uint32_t code = letter.code_point;
  letter.capital = IsCapital(code);
  if ((code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z')) {
    letter.kind = Letter::Kind::kLetter;
  } else if (code >= '0' && code <= '9') {
    letter.kind = Letter::Kind::kDigit;
  } else if (code == '\'' || code == 0x2019 || code == 0x02BC) {
    letter.kind = Letter::Kind::kApostrophe;
  } else if (code >= 0x300 && code <= 0x36F) {
    letter.kind = Letter::Kind::kMark;
  } else if (code >= 0xC0 && code != 0xD7 && code != 0xF7 && !IsNoLetter(code)) {
    letter.kind = Letter::Kind::kLetter;
  } else {
    letter.kind = Letter::Kind::kOther;
    letter.capital = false;
  }
  return letter;
}

void AppendFolded(absl::string_view text, size_t at, const Letter& letter, std::string& folded) {
  if (letter.kind != Letter::Kind::kLetter && letter.kind != Letter::Kind::kDigit) return;
  if (letter.code_point < 0x80) {
    folded.push_back(static_cast<char>(letter.capital ? letter.code_point - 'A' + 'a' : letter.code_point));
  } else if (const char plain = PlainLetter(letter.code_point); plain != '\0') {
    folded.push_back(plain);
  } else {
    folded.append(text.data() + at, letter.length);
  }
}

std::string FoldWord(absl::string_view word) {
  std::string folded;
  folded.reserve(word.size());
  for (size_t at = 0; at < word.size();) {
    const Letter letter = LetterAt(word, at);
    AppendFolded(word, at, letter, folded);
    at += letter.length;
  }
  return folded;
}

std::vector<std::string> SurnamesIn(absl::string_view display_name) {
  const size_t comma = display_name.find(',');
  std::vector<std::vector<std::string>> words = WordsOf(display_name.substr(0, comma));
  // Titles stand before the first name.
  while (words.size() > 1 && std::find(kTitles.begin(), kTitles.end(), words.front().front()) != kTitles.end()) {
    words.erase(words.begin());
  }
  const bool ends_with_title = comma != absl::string_view::npos && SurnamesIn(display_name.substr(comma + 1)).empty();
  if ((comma == absl::string_view::npos || ends_with_title) && words.size() > 1) words.erase(words.begin());
  std::vector<std::string> surnames;
  for (const std::vector<std::string>& word : words) {
    for (const std::string& part : word) {
      if (CountsAsSurname(part)) surnames.push_back(part);
    }
  }
  std::sort(surnames.begin(), surnames.end());
  surnames.erase(std::unique(surnames.begin(), surnames.end()), surnames.end());
  return surnames;
}

}  // namespace candor::domain
