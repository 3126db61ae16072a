#include "clients/guard/contacts.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace candor::guard {
namespace {

constexpr size_t kTelephoneDigits = 7;
constexpr size_t kLongNumberDigits = 6;
constexpr size_t kMostGapInNumber = 3;  // bytes between the groups of a telephone number, as in "(512) 555"

constexpr std::array<absl::string_view, 15> kDomains = {".com", ".org", ".net", ".edu", ".gov", ".us", ".mx", ".es",
                                                        ".io",  ".info", ".me", ".co",  ".app", ".site", ".blog"};

// Fractions and the like that are no dates.
constexpr std::array<absl::string_view, 8> kNoDates = {"1/2", "1/3", "2/3", "1/4", "3/4", "24/7", "1/1", "7/24"};

// Bytes of addresses; those of letters beyond ASCII too.
bool IsAddressByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || (c & 0x80) != 0 || c == '.' || c == '_' || c == '-' || c == '+' ||
         c == '%';
}

bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

size_t DigitsIn(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

// Mail addresses and accounts, each around one "@".
void FindAtSigns(absl::string_view draft, std::vector<Span>& spans) {
  for (size_t at = draft.find('@'); at != absl::string_view::npos; at = draft.find('@', at + 1)) {
    size_t begin = at, end = at + 1;
    while (begin > 0 && IsAddressByte(draft[begin - 1])) --begin;
    while (end < draft.size() && IsAddressByte(draft[end])) ++end;
    while (end > at + 1 && (draft[end - 1] == '.' || draft[end - 1] == '-')) --end;
    // One letter behind it is no account: "2 @ 3", "tod@s" is how Spanish writes both genders.
    if (end - at > 2) spans.push_back({begin, end, FindingKind::kContact});
  }
}

// Web addresses: words with no space in them that begin or end like one.
void FindWebAddresses(absl::string_view draft, std::vector<Span>& spans) {
  for (size_t begin = 0; begin < draft.size();) {
    if (IsSpace(draft[begin])) {
      ++begin;
      continue;
    }
    size_t end = begin;
    while (end < draft.size() && !IsSpace(draft[end])) ++end;
    size_t first = begin, last = end;
    while (first < last && absl::StrContains("(<[\"'", draft.substr(first, 1))) ++first;
    while (last > first && absl::StrContains(".,;:!?)>]\"'", draft.substr(last - 1, 1))) --last;
    const absl::string_view text = draft.substr(first, last - first);
    const absl::string_view host = text.substr(0, text.find('/'));
    const bool address = absl::StrContains(text, "://") || absl::StartsWithIgnoreCase(text, "www.") ||
                         (host.find('@') == absl::string_view::npos && host.size() > 4 &&
                          std::any_of(kDomains.begin(), kDomains.end(), [&](absl::string_view domain) {
                            return absl::EndsWithIgnoreCase(host, domain) && host.size() > domain.size();
                          }));
    if (address) spans.push_back({first, last, FindingKind::kContact});
    begin = end;
  }
}

bool InRange(absl::string_view text, int least, int most) {
  int number = 0;
  return !text.empty() && text.size() <= 4 && absl::SimpleAtoi(text, &number) && number >= least && number <= most;
}

// "3/14", "14/3/25", "2025-03-14", "14.3.2025".
bool IsDate(absl::string_view number) {
  if (std::find(kNoDates.begin(), kNoDates.end(), number) != kNoDates.end()) return false;
  for (const char sign : {'/', '-', '.'}) {
    const std::vector<absl::string_view> parts = absl::StrSplit(number, sign);
    const auto day_and_month = [](absl::string_view a, absl::string_view b) {
      return (InRange(a, 1, 12) && InRange(b, 1, 31)) || (InRange(a, 1, 31) && InRange(b, 1, 12));
    };
    if (parts.size() == 2 && sign == '/') return day_and_month(parts[0], parts[1]);
    if (parts.size() == 3) {
      return (day_and_month(parts[0], parts[1]) && InRange(parts[2], 0, 2100)) ||
             (InRange(parts[0], 1900, 2100) && day_and_month(parts[1], parts[2]));
    }
  }
  return false;
}

// "10:45", "6pm", "10:45am", "18h".
bool IsTime(absl::string_view word) {
  for (const absl::string_view half : {"am", "pm", "h", "hrs"}) {
    if (absl::EndsWith(word, half) && InRange(word.substr(0, word.size() - half.size()), 0, 24)) return true;
  }
  const size_t colon = word.find(':');
  return colon != absl::string_view::npos && InRange(word.substr(0, colon), 0, 24) && word.size() >= colon + 3 &&
         InRange(word.substr(colon + 1, 2), 0, 59);
}

// Runs of words of figures with little between them: telephone numbers, and numbers that stand for a person.
void FindLongNumbers(absl::string_view draft, const Words& words, std::vector<Span>& spans) {
  const auto of_figures = [&](const Word& word) {
    return word.folded.find_first_not_of("0123456789-./,") == absl::string_view::npos;
  };
  for (size_t i = 0; i < words.size(); ++i) {
    if (!of_figures(words[i])) continue;
    size_t last = i;
    while (last + 1 < words.size() && of_figures(words[last + 1]) &&
           words[last + 1].begin - words[last].end <= kMostGapInNumber &&
           !absl::StrContains(draft.substr(words[last].end, words[last + 1].begin - words[last].end), '\n')) {
      ++last;
    }
    const absl::string_view text = draft.substr(words[i].begin, words[last].end - words[i].begin);
    const bool alone = i == last;
    // Thousands have commas; a date has its own advice.
    const bool thousands = absl::StrContains(text, ',');
    if (!thousands && !(alone && IsDate(text)) && DigitsIn(text) >= (alone ? kLongNumberDigits : kTelephoneDigits)) {
      size_t begin = words[i].begin;
      while (begin > 0 && (draft[begin - 1] == '(' || draft[begin - 1] == '+')) --begin;
      spans.push_back({begin, words[last].end, FindingKind::kContact});
    }
    i = last;
  }
}

}  // namespace

std::vector<Span> FindFigures(absl::string_view draft, const Words& words) {
  std::vector<Span> spans;
  FindAtSigns(draft, spans);
  FindWebAddresses(draft, spans);
  FindLongNumbers(draft, words, spans);
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsDate(words[i].folded) || IsTime(words[i].folded)) {
      spans.push_back({words[i].begin, words[i].end, FindingKind::kDate});
    }
  }
  return spans;
}

}  // namespace candor::guard
