// Change of one score from one round to the next, from printed atoms alone (scoring: "Change").

#ifndef CANDOR_SERVICES_STATISTICS_CHANGE_H_
#define CANDOR_SERVICES_STATISTICS_CHANGE_H_

#include <optional>
#include <span>

#include "services/statistics/constants.h"
#include "services/statistics/printed.h"

namespace candor::statistics {

// One round's side: a score over the items and groups that both rounds have.
struct RoundScore {
  PrintedScore score;
  // The variance that its number of raters alone tells: what stands for the score's own where it has none.
  double typical_variance = 0;
};

// The score of one block over its atoms of the common items. `items`: how many items of the scale the block was asked in
// the later round, of which RequiredItems must be common. Unset where too few are, or any of these atoms is withheld.
std::optional<RoundScore> ScoreRound(std::span<const PrintedAtom> common, int items, const ScoringRules& rules,
                                     double correlation);

// All raters: the blocks that have a score in both rounds, each with equal weight. Unset without any.
std::optional<RoundScore> CombineRound(std::span<const RoundScore> blocks, const ScoringRules& rules);

enum class ChangeWord {
  kUndetermined,   // the range of the change leaves more than one answer
  kHigher,         // the interval of the change lies above zero
  kLower,
  kNoClearChange,
};

struct PrintedChange {
  Interval change;  // later minus earlier, scale points; lo == hi: exactly known
  // Around a change that is exactly known: change +- t sqrt(V1 + V2), with Satterthwaite's degrees of freedom, within what
  // two means on the scale can differ by. `typical`: no printed spread took part in either round.
  std::optional<PrintedInterval> interval;
  // Raters are anonymous, so the rounds count as independent; where the same people answer twice this is cautious. Of a
  // range, a word only where both its ends give it, each with the typical uncertainty.
  ChangeWord word = ChangeWord::kUndetermined;
};
PrintedChange CompareRounds(const RoundScore& earlier, const RoundScore& later, const ScoringRules& rules);

}  // namespace candor::statistics

#endif  // CANDOR_SERVICES_STATISTICS_CHANGE_H_
