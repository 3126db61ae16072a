// A survey as the attacker on whole reports sees it: questions, groups, and what is printed of their answers. Items and
// cells of planned-missing forms look alike here.

#ifndef CANDOR_TESTS_PRIVACY_PRINTED_SURVEY_H_
#define CANDOR_TESTS_PRIVACY_PRINTED_SURVEY_H_

#include <cstdint>
#include <string>
#include <vector>

namespace candor::privacy {

// An item or a cell. Its answers are whole numbers of parts: parts, parts + 1, ... parts * points, where a point of the
// scale is one part for an item and q parts for a cell of q ratings.
struct Question {
  int parts = 1;
  int values = 5;  // how many different answers there are
  int low = 2;     // how many of them, from the lowest on, are the lower half of the scale
  int64_t PartsOf(int value) const { return parts + value; }  // value: 0 .. values - 1
};

using Counts = std::vector<int64_t>;             // answers by value, lowest first
using Answers = std::vector<std::vector<Counts>>;  // [group][question]

int64_t NumberOf(const Counts& counts);
int64_t SumOf(const Question& question, const Counts& counts);  // in parts

struct Survey {
  // An issuing group.
  struct Group {
    int64_t raters = 0;
    bool joined = false;             // of several rater groups, before opening: other_raters
    bool withheld_by_codes = false;  // too many reissued, or more answers than codes
    // Issuing groups that are parts of one rater group have the same number here; -1: no part.
    int part_of = -1;
    int64_t counted = 0;   // of a part: who answered, as the ledger has it
    bool attacked = true;  // else of another survey beside, with promises of its own
  };
  int points = 5;
  int minimum_group_size = 5;  // k
  int insiders = 1;            // t
  std::vector<Question> questions;
  std::vector<Group> groups;
  Answers answers;
  // The groups are parts of one, which only the attacker tells apart: no pool, but the people of one group.
  bool one_group = false;

  // Whether groups whose answers stand in one figure are a pool, not parts of one rater group.
  bool IsPool(const std::vector<int>& together) const;
  // Fewest raters of a part that is shown apart.
  int64_t fewest_in_part() const;
};

// What is printed of the answers of some groups to one question, as somebody understands it who knows the rules: an
// outcome that is printed only for certain sums says so, in whatever words.
struct Statement {
  int question = 0;
  std::vector<int> groups;                // ascending
  int64_t least_sum = 0, most_sum = 0;    // in parts
  int64_t least_low = 0, most_low = 0;    // answers in the lower half
  Counts distribution;                    // empty: not printed
  bool operator==(const Statement&) const = default;
};

// A printed figure that several questions, or groups, have part in: a weighted sum of their answers' sums (in parts),
// or of their sums of squares, lies within limits.
struct Figure {
  struct Part {
    int question = 0;
    std::vector<int> groups;
    double factor = 0;
    bool squares = false;
  };
  std::vector<Part> parts;
  double least = 0, most = 0;
};

struct Printed {
  std::vector<Statement> statements;  // by question, then groups
  std::vector<Figure> figures;
};

// Rules 1 to 5, written a second time, with the constants that keep them safe left open.
struct RuleConstants {
  int known = 1;                     // answers beyond the insiders' that the bounds of rule 4 allow for
  int half_margin = 2;               // answers beyond t that each half needs for the distribution
  bool pool_counts_insiders = true;  // the pool needs k + t answers, not k
  bool withholds = true;             // fewer than k, or no more than 2 (1 + t), are not printed at all
};
// What a report made by these rules prints of `answers`, which stand in place of the survey's own.
Printed PrintByRules(const Survey& survey, const Answers& answers, const RuleConstants& constants);

// All statements in words, so that equal texts say the same.
std::string TextOf(const Printed& printed);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_PRINTED_SURVEY_H_
