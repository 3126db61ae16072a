#include "tests/privacy/report_attack.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/disclosure.h"
#include "tests/privacy/whole_number_attacker.h"

namespace candor::privacy {
namespace {

// Printed figures are doubles, computed by a few additions and divisions.
constexpr double kRounding = 1e-7;
// A range that is this much too narrow is: what is rounded in a mean of many answers is more in their sum.
constexpr double kTooNarrow = 0.01;

// Which of their own answers the insiders have, where they can be chosen so.
enum class Insiders { kNone, kLowest, kHighest, kBoth };
constexpr Insiders kAllInsiders[] = {Insiders::kNone, Insiders::kLowest, Insiders::kHighest, Insiders::kBoth};

const char* NameOf(Insiders insiders) {
  switch (insiders) {
    case Insiders::kNone: return "nobody's answer";
    case Insiders::kLowest: return "the lowest answers";
    case Insiders::kHighest: return "the highest answers";
    case Insiders::kBoth: return "the lowest and the highest answers";
  }
  return "";
}

class ReportAttack {
 public:
  ReportAttack(const Survey& survey, const Printed& printed, const Printer& print)
      : survey_(survey), printed_(printed), print_(print) {
    if (print_) expected_ = print_(survey_.answers);
    Learn();
  }

  AttackResult Run() {
    for (const Insiders insiders : kAllInsiders) {
      if (survey_.insiders == 0 && insiders != Insiders::kNone) continue;
      if (survey_.insiders == 1 && insiders == Insiders::kBoth) continue;
      AttackHeldBack(insiders);
      AttackPeople(insiders);
    }
    AttackPools();
    result_.linear = attacker_.linear();
    result_.searched = attacker_.searched();
    return std::move(result_);
  }

  AttackResult RunOnHeldBack() {
    for (const Cell& cell : cells_) {
      if (!HeldBack(cell)) continue;
      ++result_.held_back;
      const Question& question = QuestionOf(cell);
      const auto range = attacker_.Bounds(SumOfCell(cell));
      CANDOR_CHECK(range.has_value());
      const bool open = range->least <= static_cast<double>(cell.n * question.PartsOf(0)) + kTooNarrow &&
                        range->most >= static_cast<double>(cell.n * question.PartsOf(question.values - 1)) - kTooNarrow;
      if (!open) {
        Expose(cell, absl::StrCat("it is known that the held-back sum is from ", range->least, " to ", range->most));
      }
    }
    result_.linear = attacker_.linear();
    return std::move(result_);
  }

  std::vector<SumRange> HeldBack() {
    std::vector<SumRange> sums;
    for (const Cell& cell : cells_) {
      if (!HeldBack(cell)) continue;
      const auto range = attacker_.WholeBounds(SumOfCell(cell));
      CANDOR_CHECK(range.has_value());
      sums.push_back({cell.group, cell.question, std::llround(range->least), std::llround(range->most)});
    }
    return sums;
  }

 private:
  // Answers of one group to one question.
  struct Cell {
    int group = 0, question = 0;
    int first = 0;  // index of the number of its lowest value
    int64_t n = 0;
    int statement = -1;  // index in printed_.statements; -1: none
    int low_sum = 0;     // the attacker's index of how many lie in the lower half
  };

  bool Attacked(const Cell& cell) const { return survey_.groups[cell.group].attacked; }
  bool HeldBack(const Cell& cell) const {
    if (!Attacked(cell)) return false;
    return cell.statement < 0 || printed_answers_[cell.statement] < survey_.minimum_group_size;
  }
  // In a figure with others only, and too few to stand alone.
  bool InPool(const Cell& cell) const {
    return IsAmongOthers(cell) && survey_.IsPool(GroupsOf(cell)) &&
           cell.n < survey_.minimum_group_size + survey_.insiders;
  }
  // In a figure with other parts of the same rater group only, and too small to be shown apart.
  bool InJoinedParts(const Cell& cell) const {
    return IsAmongOthers(cell) && survey_.groups[cell.group].part_of >= 0 && !survey_.IsPool(GroupsOf(cell)) &&
           (survey_.groups[cell.group].raters < survey_.fewest_in_part() || cell.n < survey_.minimum_group_size);
  }
  bool IsAmongOthers(const Cell& cell) const {
    return !survey_.one_group && Attacked(cell) && !HeldBack(cell) && printed_answers_[cell.statement] > cell.n;
  }
  const std::vector<int>& GroupsOf(const Cell& cell) const { return printed_.statements[cell.statement].groups; }
  // How far the sum of a cell in a pool, or in joined parts, must stay open, in parts.
  int64_t PromisedWidth(const Cell& cell) const {
    const int64_t people = std::min<int64_t>(cell.n, 1 + survey_.insiders);
    return people * (InPool(cell) || PromisesEveryValue(cell) ? QuestionOf(cell).values - 1 : 1);
  }
  // Of these people every answer must stay possible; of others one in either half.
  bool PromisesEveryValue(const Cell& cell) const {
    return HeldBack(cell) || printed_answers_[cell.statement] < domain::kFewestForHalves || IsPool(cell.statement);
  }
  bool IsPool(int statement) const { return survey_.IsPool(printed_.statements[statement].groups); }

  int64_t CountOf(const Cell& cell, int value) const { return survey_.answers[cell.group][cell.question][value]; }
  const Question& QuestionOf(const Cell& cell) const { return survey_.questions[cell.question]; }
  void Expose(const Cell& cell, const std::string& what) {
    result_.exposures.push_back({cell.group, cell.question,
                                 absl::StrCat("group ", cell.group, ", question ", cell.question, ", n ", cell.n,
                                              ": ", what)});
  }

  // Unknown numbers, and all that is printed.
  void Learn() {
    cell_of_.assign(survey_.groups.size(), std::vector<int>(survey_.questions.size(), -1));
    for (size_t g = 0; g < survey_.groups.size(); ++g) {
      for (size_t q = 0; q < survey_.questions.size(); ++q) {
        const int64_t n = NumberOf(survey_.answers[g][q]);
        if (n == 0) continue;
        Cell cell{static_cast<int>(g), static_cast<int>(q), 0, n, -1};
        Sum all, low;
        for (int value = 0; value < survey_.questions[q].values; ++value) {
          const int number = attacker_.AddNumber(0, n);
          if (value == 0) cell.first = number;
          all.push_back({number, 1});
          if (value < survey_.questions[q].low) low.push_back({number, 1});
        }
        attacker_.Learn(all, static_cast<double>(n), static_cast<double>(n));
        cell.low_sum = attacker_.Learn(low, 0, static_cast<double>(n));
        cell_of_[g][q] = static_cast<int>(cells_.size());
        cells_.push_back(cell);
      }
    }
    for (size_t s = 0; s < printed_.statements.size(); ++s) LearnStatement(static_cast<int>(s));
    for (const Figure& figure : printed_.figures) {
      Sum sum;
      for (const Figure::Part& part : figure.parts) Add(part, sum);
      attacker_.Learn(sum, figure.least - kRounding, figure.most + kRounding);
    }
  }

  void Add(const Figure::Part& part, Sum& sum) const {
    const Question& question = survey_.questions[part.question];
    for (const int g : part.groups) {
      if (cell_of_[g][part.question] < 0) continue;
      const Cell& cell = cells_[cell_of_[g][part.question]];
      for (int value = 0; value < question.values; ++value) {
        const double parts = static_cast<double>(question.PartsOf(value));
        sum.push_back({cell.first + value, part.factor * (part.squares ? parts * parts : parts)});
      }
    }
  }

  void LearnStatement(int index) {
    const Statement& said = printed_.statements[index];
    const Question& question = survey_.questions[said.question];
    Sum sum, low;
    int64_t n = 0;
    Add({said.question, said.groups, 1}, sum);
    std::vector<Sum> by_value(question.values);
    for (const int g : said.groups) {
      if (cell_of_[g][said.question] < 0) continue;
      Cell& cell = cells_[cell_of_[g][said.question]];
      cell.statement = index;
      n += cell.n;
      for (int value = 0; value < question.values; ++value) {
        by_value[value].push_back({cell.first + value, 1});
        if (value < question.low) low.push_back({cell.first + value, 1});
      }
    }
    printed_answers_.push_back(n);
    attacker_.Learn(sum, static_cast<double>(said.least_sum), static_cast<double>(said.most_sum));
    attacker_.Learn(low, static_cast<double>(said.least_low), static_cast<double>(said.most_low));
    for (size_t value = 0; value < said.distribution.size(); ++value) {
      const double count = static_cast<double>(said.distribution[value]);
      attacker_.Learn(by_value[value], count, count);
    }
  }

  // What insiders know of each cell, by value. At least one answer of `target` cells (all, where it is unset) is left
  // to another person. In a pool insiders stand in other groups before they stand in the target's.
  std::vector<Counts> KnownTo(Insiders insiders, const std::vector<int>& targets) const {
    std::vector<Counts> known;
    for (const Cell& cell : cells_) known.push_back(Counts(QuestionOf(cell).values));
    if (insiders == Insiders::kNone) return known;
    // The cells whose answers stand in one statement, or one cell that stands in none.
    for (size_t s = 0; s <= printed_.statements.size() + cells_.size(); ++s) {
      std::vector<int> together;
      if (s < printed_.statements.size()) {
        for (size_t c = 0; c < cells_.size(); ++c) {
          if (cells_[c].statement == static_cast<int>(s)) together.push_back(static_cast<int>(c));
        }
      } else if (s - printed_.statements.size() < cells_.size()) {
        const int c = static_cast<int>(s - printed_.statements.size());
        if (cells_[c].statement < 0) together = {c};
      }
      if (together.empty()) continue;
      std::stable_partition(together.begin(), together.end(), [&](int c) {
        return std::find(targets.begin(), targets.end(), c) == targets.end();
      });
      int64_t left = survey_.insiders;
      for (const int c : together) {
        const bool target = c == together.back() || std::find(targets.begin(), targets.end(), c) != targets.end();
        int64_t here = std::min(left, cells_[c].n - (target ? 1 : 0));
        left -= here;
        for (bool lowest = insiders != Insiders::kHighest; here > 0; --here) {
          Take(c, lowest, known[c]);
          if (insiders == Insiders::kBoth) lowest = !lowest;
        }
      }
    }
    return known;
  }

  // Adds the lowest (highest) answer of the cell that is not in `known` yet.
  void Take(int c, bool lowest, Counts& known) const {
    const int values = QuestionOf(cells_[c]).values;
    for (int i = 0; i < values; ++i) {
      const int value = lowest ? i : values - 1 - i;
      if (known[value] >= CountOf(cells_[c], value)) continue;
      ++known[value];
      return;
    }
  }

  // The attacker takes it that at least these answers were given.
  void Assume(const std::vector<Counts>& given) {
    for (size_t c = 0; c < cells_.size(); ++c) {
      for (size_t value = 0; value < given[c].size(); ++value) {
        attacker_.SetLimits(cells_[c].first + static_cast<int>(value), given[c][value], cells_[c].n);
      }
    }
  }

  // Prefers answers near the middle of what is printed, with `weight`: then linear programming finds whole numbers
  // nearly always, two neighbouring answers being enough for any sum.
  void PreferNear(const Cell& cell, double weight, Sum& cost) const {
    double centre = (QuestionOf(cell).values - 1) / 2.0;
    if (cell.statement >= 0) {
      int64_t steps = 0;
      for (const int g : printed_.statements[cell.statement].groups) {
        const int other = cell_of_[g][cell.question];
        for (int value = 0; other >= 0 && value < QuestionOf(cell).values; ++value) {
          steps += value * CountOf(cells_[other], value);
        }
      }
      centre = static_cast<double>(steps) / static_cast<double>(printed_answers_[cell.statement]);
    }
    for (int value = 0; value < QuestionOf(cell).values; ++value) {
      cost.push_back({cell.first + value, weight * (value - centre) * (value - centre)});
    }
  }

  // Whether these answers print the same.
  bool PrintTheSame(const std::vector<int64_t>& numbers, const std::string& what) {
    ++result_.alternatives;
    if (!print_) return true;
    Answers answers = survey_.answers;
    for (const Cell& cell : cells_) {
      for (int value = 0; value < QuestionOf(cell).values; ++value) {
        answers[cell.group][cell.question][value] = numbers[cell.first + value];
      }
    }
    if (print_(answers) == expected_) return true;
    result_.overlooked.push_back(what);
    return false;
  }

  Sum SumOfCell(const Cell& cell, double factor = 1) const {
    Sum sum;
    for (int value = 0; value < QuestionOf(cell).values; ++value) {
      sum.push_back({cell.first + value, factor * static_cast<double>(QuestionOf(cell).PartsOf(value))});
    }
    return sum;
  }

  int64_t SumIn(const std::vector<int64_t>& numbers, const Cell& cell) const {
    int64_t sum = 0;
    for (int value = 0; value < QuestionOf(cell).values; ++value) {
      sum += QuestionOf(cell).PartsOf(value) * numbers[cell.first + value];
    }
    return sum;
  }

  // All held-back sums at once at one end of the scale, but for what insiders know.
  void AttackHeldBack(Insiders insiders) {
    std::vector<int> held_back;
    for (size_t c = 0; c < cells_.size(); ++c) {
      if (HeldBack(cells_[c])) held_back.push_back(static_cast<int>(c));
    }
    if (insiders == Insiders::kNone) result_.held_back += static_cast<int64_t>(held_back.size());
    if (held_back.empty()) return;
    const std::vector<Counts> known = KnownTo(insiders, held_back);
    Assume(known);
    for (const bool least : {true, false}) {
      const auto end_of = [&](int c) {
        const Question& question = QuestionOf(cells_[c]);
        return SumOf(question, known[c]) +
               (cells_[c].n - NumberOf(known[c])) * question.PartsOf(least ? 0 : question.values - 1);
      };
      Sum cost;
      for (const Cell& cell : cells_) {
        if (!HeldBack(cell)) {
          PreferNear(cell, 1e-4, cost);
          continue;
        }
        const Sum sum = SumOfCell(cell, least ? 1 : -1);
        cost.insert(cost.end(), sum.begin(), sum.end());
      }
      const auto numbers = attacker_.Find(cost);
      if (!numbers.has_value()) {
        result_.exposures.push_back({0, 0, "what is printed contradicts the answers"});
        return;
      }
      const bool kept = std::all_of(held_back.begin(), held_back.end(),
                                    [&](int c) { return SumIn(*numbers, cells_[c]) == end_of(c); });
      if (kept) {
        PrintTheSame(*numbers, "every held-back sum at one end");
        continue;
      }
      for (const int c : held_back) {
        const auto range = attacker_.WholeBounds(SumOfCell(cells_[c]));
        if (range.has_value() && std::llround(least ? range->least : range->most) == end_of(c)) continue;
        Expose(cells_[c], absl::StrCat("who knows ", NameOf(insiders), " knows that the held-back sum is from ",
                                       range->least, " to ", range->most));
      }
    }
  }

  // For every answer, that somebody else gave it: in all cells at once, one group of a pool after the other.
  void AttackPeople(Insiders insiders) {
    size_t most_in_pool = 1;
    int most_values = 0;
    std::vector<int> place(cells_.size());  // of the cell among those of its statement
    std::vector<int> next(printed_.statements.size());
    for (size_t c = 0; c < cells_.size(); ++c) {
      most_values = std::max(most_values, QuestionOf(cells_[c]).values);
      if (cells_[c].statement < 0) continue;
      place[c] = next[cells_[c].statement]++;
      most_in_pool = std::max(most_in_pool, static_cast<size_t>(place[c]) + 1);
    }
    for (size_t turn = 0; turn < most_in_pool; ++turn) {
      std::vector<int> targets;
      for (size_t c = 0; c < cells_.size(); ++c) {
        if (place[c] == static_cast<int>(turn) && Attacked(cells_[c])) targets.push_back(static_cast<int>(c));
      }
      const std::vector<Counts> known = KnownTo(insiders, targets);
      for (int value = 0; value < most_values; ++value) AttackValue(insiders, targets, known, value);
    }
  }

  void AttackValue(Insiders insiders, const std::vector<int>& targets, const std::vector<Counts>& known, int value) {
    std::vector<int> asked;  // with an answer `value`
    for (const int c : targets) {
      if (value < QuestionOf(cells_[c]).values) asked.push_back(c);
    }
    result_.people += static_cast<int64_t>(asked.size());
    if (TogetherPossible(asked, known, value)) return;
    // Everything at once is more than is promised: one after the other.
    for (const int c : asked) {
      if (TogetherPossible({c}, known, value)) continue;
      const bool every_value = PromisesEveryValue(cells_[c]);
      const bool low = value < QuestionOf(cells_[c]).low;
      const std::string answer = every_value ? absl::StrCat("the answer ", value + 1)
                                             : absl::StrCat("one in the ", low ? "lower" : "upper", " half");
      Expose(cells_[c], absl::StrCat("who knows ", NameOf(insiders), " knows that nobody else gave ", answer));
    }
  }

  // Whether in each of the cells somebody else can have given `value`, or, where no more is promised, one of its half.
  bool TogetherPossible(const std::vector<int>& asked, const std::vector<Counts>& known, int value) {
    std::vector<Counts> given = known;
    std::vector<int> moved;  // cells
    bool contradiction = false;
    for (const int c : asked) {
      const Cell& cell = cells_[c];
      if (PromisesEveryValue(cell)) {
        ++given[c][value];
        continue;
      }
      const int low_values = QuestionOf(cell).low;
      int64_t known_low = 0;
      for (int v = 0; v < low_values; ++v) known_low += known[c][v];
      const int64_t known_high = NumberOf(known[c]) - known_low;
      const int64_t least = value < low_values ? known_low + 1 : 0;
      const int64_t most = value < low_values ? cell.n : cell.n - known_high - 1;
      if (least > most) {
        contradiction = true;
        break;
      }
      attacker_.SetSumLimits(cell.low_sum, static_cast<double>(least), static_cast<double>(most));
      moved.push_back(c);
    }
    std::optional<std::vector<int64_t>> numbers;
    if (!contradiction) {
      Assume(given);
      Sum cost;
      for (const Cell& cell : cells_) PreferNear(cell, 1, cost);
      numbers = attacker_.Find(cost);
    }
    for (const int c : moved) attacker_.SetSumLimits(cells_[c].low_sum, 0, static_cast<double>(cells_[c].n));
    return numbers.has_value() && PrintTheSame(*numbers, absl::StrCat("somebody's answer ", value));
  }

  // How far the sums of a pool's groups, and of joined parts, are open, without insiders: all questions at once, one
  // group after the other.
  void AttackPools() {
    std::vector<Counts> nothing;
    for (const Cell& cell : cells_) nothing.push_back(Counts(QuestionOf(cell).values));
    Assume(nothing);
    for (size_t g = 0; g < survey_.groups.size(); ++g) {
      std::vector<int> pooled;
      for (size_t c = 0; c < cells_.size(); ++c) {
        if (cells_[c].group != static_cast<int>(g)) continue;
        const bool in_pool = InPool(cells_[c]), in_parts = InJoinedParts(cells_[c]);
        result_.in_pools += in_pool ? 1 : 0;
        result_.in_parts += in_parts ? 1 : 0;
        if (in_pool || in_parts) pooled.push_back(static_cast<int>(c));
      }
      if (pooled.empty()) continue;
      std::vector<std::vector<int64_t>> ends;
      for (const bool least : {true, false}) {
        Sum cost;
        for (size_t c = 0; c < cells_.size(); ++c) {
          if (std::find(pooled.begin(), pooled.end(), static_cast<int>(c)) == pooled.end()) {
            PreferNear(cells_[c], 1e-4, cost);
            continue;
          }
          const Sum sum = SumOfCell(cells_[c], least ? 1 : -1);
          cost.insert(cost.end(), sum.begin(), sum.end());
        }
        const auto numbers = attacker_.Find(cost);
        if (!numbers.has_value()) {
          result_.exposures.push_back({0, 0, "what is printed contradicts the answers"});
          return;
        }
        if (!PrintTheSame(*numbers, "a group of a pool, or a part, at one end")) return;
        ends.push_back(*numbers);
      }
      for (const int c : pooled) {
        const Cell& cell = cells_[c];
        const int64_t promised = PromisedWidth(cell);
        if (SumIn(ends[1], cell) - SumIn(ends[0], cell) >= promised) continue;
        const auto range = attacker_.WholeBounds(SumOfCell(cell));
        if (range.has_value() && range->most - range->least >= static_cast<double>(promised) - kRounding) continue;
        Expose(cell, absl::StrCat("the figure that it is in leaves its sum from ", range->least, " to ", range->most));
      }
    }
  }

  const Survey& survey_;
  const Printed& printed_;
  const Printer print_;
  std::string expected_;
  WholeNumberAttacker attacker_;
  std::vector<Cell> cells_;
  std::vector<std::vector<int>> cell_of_;  // [group][question]: index in cells_, -1 where nobody answered
  std::vector<int64_t> printed_answers_;   // by statement
  AttackResult result_;
};

}  // namespace

AttackResult& AttackResult::operator+=(const AttackResult& other) {
  exposures.insert(exposures.end(), other.exposures.begin(), other.exposures.end());
  overlooked.insert(overlooked.end(), other.overlooked.begin(), other.overlooked.end());
  held_back += other.held_back;
  in_pools += other.in_pools;
  in_parts += other.in_parts;
  people += other.people;
  alternatives += other.alternatives;
  linear += other.linear;
  searched += other.searched;
  return *this;
}

AttackResult AttackReport(const Survey& survey, const Printed& printed, const Printer& print) {
  return ReportAttack(survey, printed, print).Run();
}

AttackResult AttackHeldBackSums(const Survey& survey, const Printed& printed) {
  return ReportAttack(survey, printed, nullptr).RunOnHeldBack();
}

std::vector<SumRange> HeldBackSums(const Survey& survey, const Printed& printed) {
  return ReportAttack(survey, printed, nullptr).HeldBack();
}

}  // namespace candor::privacy
