// An attacker who knows sums of whole numbers and asks what else they can be: linear and integer programming by GLPK.

#ifndef CANDOR_TESTS_PRIVACY_WHOLE_NUMBER_ATTACKER_H_
#define CANDOR_TESTS_PRIVACY_WHOLE_NUMBER_ATTACKER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace candor::privacy {

// One number of a sum, with its factor.
struct Term {
  int number = 0;
  double factor = 1;
};
using Sum = std::vector<Term>;

// Unknown whole numbers and what has been learnt of them. Not for use by several threads: GLPK keeps one environment.
class WholeNumberAttacker {
 public:
  WholeNumberAttacker();
  ~WholeNumberAttacker();
  WholeNumberAttacker(const WholeNumberAttacker&) = delete;
  WholeNumberAttacker& operator=(const WholeNumberAttacker&) = delete;

  // A number from `least` to `most`; returns its index.
  int AddNumber(int64_t least, int64_t most);
  // `number` lies within these from now on, instead of what was said before.
  void SetLimits(int number, int64_t least, int64_t most);
  // The sum lies in [least, most]; either may be infinite. Numbers stand in a sum once. Returns the sum's index.
  int Learn(const Sum& sum, double least, double most);
  // The sum that Learn gave the index `learnt` lies within these from now on, instead of what was said before.
  void SetSumLimits(int learnt, double least, double most);

  struct Range {
    double least = 0, most = 0;
  };
  // What the sum can be, as far as linear programming tells: the truth lies within, and perhaps in less. Unset: what
  // has been learnt contradicts itself.
  std::optional<Range> Bounds(const Sum& sum);
  // What the sum can be with whole numbers, exactly. Unset likewise. CHECK-fails when the search takes too long.
  std::optional<Range> WholeBounds(const Sum& sum);

  // Whole numbers that fit all that has been learnt, and among these some with a small value of `cost` (the smallest,
  // where linear programming alone finds whole numbers). Unset: there are none. Infinitely long searches are cut off
  // and CHECK-fail.
  std::optional<std::vector<int64_t>> Find(const Sum& cost);

  // How often linear programming alone was conclusive, and how often whole numbers had to be searched for.
  int64_t linear() const { return linear_; }
  int64_t searched() const { return searched_; }

 private:
  struct Problem;

  void SetObjective(const Sum& sum, bool smallest);
  // Whether there is a solution at all.
  bool SolveLinear();
  // Whether SolveLinear's solution is one of whole numbers.
  bool Whole() const;
  // Whether there is a whole-number solution; call after SolveLinear found one.
  bool Search();

  std::unique_ptr<Problem> problem_;
  int64_t linear_ = 0, searched_ = 0;
};

// GLPK's version.
std::string SolverVersion();

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_WHOLE_NUMBER_ATTACKER_H_
