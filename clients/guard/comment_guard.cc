#include "clients/guard/comment_guard.h"

#include <algorithm>
#include <utility>

#include "clients/guard/advice.h"
#include "clients/guard/contacts.h"
#include "clients/guard/names.h"
#include "clients/guard/patterns.h"
#include "clients/guard/words.h"

namespace candor::guard {
namespace {

// Findings of these kinds are told even within others: each is to be taken out by itself.
bool StandsAlone(FindingKind kind) { return kind == FindingKind::kName || kind == FindingKind::kContact; }

size_t LengthOf(const Span& span) { return span.end - span.begin; }

// Joins what overlaps, under the longest one's kind; only what stands alone is not joined with what does not.
std::vector<Span> Joined(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return std::pair(a.begin, b.end) < std::pair(b.begin, a.end);
  });
  std::vector<Span> joined;
  for (const Span& span : spans) {
    const auto same = std::find_if(joined.rbegin(), joined.rend(), [&](const Span& other) {
      return span.begin < other.end && StandsAlone(span.kind) == StandsAlone(other.kind);
    });
    if (same == joined.rend()) {
      joined.push_back(span);
      continue;
    }
    if (LengthOf(span) > LengthOf(*same)) same->kind = span.kind;
    same->end = std::max(same->end, span.end);
  }
  return joined;
}

}  // namespace

std::vector<Finding> CheckComment(absl::string_view draft, absl::string_view language,
                                  const crypto::SaltedFilter* staff_surnames) {
  const Words words(draft);
  std::vector<Span> spans = FindFigures(draft, words);
  std::vector<Match> matches = FindPhrases(words);
  for (const Match& match : FindNames(words, staff_surnames)) matches.push_back(match);
  for (const Match& match : matches) spans.push_back({words[match.first].begin, words[match.last - 1].end, match.kind});
  std::vector<Finding> findings;
  for (const Span& span : Joined(std::move(spans))) {
    findings.push_back({span.begin, span.end, span.kind, std::string(AdviceOf(span.kind, language))});
  }
  return findings;
}

}  // namespace candor::guard
