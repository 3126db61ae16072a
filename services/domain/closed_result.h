// The closed result: all that a survey's closing lets out, already through disclosure control.

#ifndef CANDOR_SERVICES_DOMAIN_CLOSED_RESULT_H_
#define CANDOR_SERVICES_DOMAIN_CLOSED_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/contract.h"

namespace candor::domain {

// How an atom's mean is printed (anonymity.md B4).
enum class AtomKind {
  kWithheld,  // fewer than k answers, or (n > 0) too few to tell any mean from what insiders know;
              // in no other figure
  kExact,     // sum / n
  kAtLeast,   // "hi - c or higher"
  kAtMost,    // "lo + c or lower"
};

// What is said of the halves of the scale where the distribution is not shown (B5); none below 10
// ratings. "Two" is t + 1, where t is the contract's number of insiders (1 unless raised).
enum class HalfStatement { kNone, kAtMostTwoLow, kAtMostTwoHigh };

// The last point of the scale's lower half: 2 of 1-5, 2 of 1-4.
inline constexpr int LowerHalfEnd(int points) { return points / 2; }

// The printed figures of one block and one item. After reversal: high is always favourable.
struct Atom {
  std::string indicator;
  AtomKind kind = AtomKind::kWithheld;
  // Ratings behind the figure. kWithheld: 0 below k answers, else their number (disclosure.h,
  // MakeAtom).
  int64_t n = 0;
  int64_t sum = 0;  // kExact: the sum of the ratings; else 0
  // kAtLeast, kAtMost: the printed bound is bound_numerator / n; else 0.
  int64_t bound_numerator = 0;
  // One for each point of the scale where the distribution is shown (then the kind is kExact); else
  // empty.
  std::vector<int64_t> counts;
  HalfStatement half = HalfStatement::kNone;
  // How many "have not seen this"; unset where that may not be printed.
  std::optional<int64_t> not_observed;
};

enum class BlockState {
  kPrinted,
  kTooFew,           // its raters are in no figure
  kTooManyReissued,  // likewise
  kMoreAnswersThanCodes,  // likewise: more answers than tokens were issued and codes reissued (a restored backup)
  kPooled,           // its raters are in the block other_raters
};

// One set of raters whose answers are printed together: a rater group, parts of one, or the pool of
// groups that stayed small. Blocks are disjoint sets of raters. A group that is shown by part has no
// block of its own: its figures are computed from those of its parts, and there is no other count of it.
struct Block {
  std::string code;                  // rater group, IssuingCode(group, parts), or other_raters
  std::vector<std::string> members;  // rater groups in it
  BlockState state = BlockState::kTooFew;
  std::vector<Atom>
      atoms;  // kPrinted: one for each item asked, in the instrument's order; else empty
  // The parts of the one member that it holds, sorted. Empty: all of its raters but those whose part
  // stands in a block of its own.
  std::vector<std::string> parts = {};
};

// Taking part, exact, per issuing group: the same figures that the signed ledger carries.
struct GroupCounts {
  std::string code;
  int64_t invited = 0;
  int64_t issued = 0;
  int64_t reissued = 0;
  int64_t counted = 0;
  int64_t replaced = 0;
};

struct ClosedResult {
  SurveyId survey;
  int points = 5;
  std::vector<Block> blocks;        // order: as in the manifest, then the pool
  std::vector<GroupCounts> counts;  // one for each issuing group, in the manifest's order
};

// Whether the raters of an issuing group (or those of them who are in any block) are those of `block`, which is one of
// `result` and not the pool: of parts, its own; of a whole group, also the parts that stand in no block of their own.
bool IsOfBlock(const ClosedResult& result, const Block& block, absl::string_view issuing_code);

// Canonical JSON, whole numbers and text only. Members of an atom that its kind does not use are
// left out.
std::string EncodeClosedResult(const ClosedResult& result);
// DATA_LOSS, STORE_CORRUPT: not such a document, byte for byte as EncodeClosedResult writes it, or
// figures that contradict each other (a sum that no n ratings have, counts that do not add up to n,
// figures of a withheld block).
absl::StatusOr<ClosedResult> DecodeClosedResult(absl::string_view bytes);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_CLOSED_RESULT_H_
