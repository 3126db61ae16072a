#include "tests/privacy/printed_survey.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/disclosure.h"

namespace candor::privacy {
namespace {

std::optional<Statement> PrintOne(const Survey& survey, const Answers& answers, int q, const std::vector<int>& groups,
                                  bool pool, const RuleConstants& constants) {
  const Question& question = survey.questions[q];
  const int64_t t = survey.insiders;
  int64_t n = 0, sum = 0, low = 0;
  Counts counts(question.values);
  for (const int g : groups) {
    const Counts& of_group = answers[g][q];
    n += NumberOf(of_group);
    sum += SumOf(question, of_group);
    low += std::accumulate(of_group.begin(), of_group.begin() + question.low, int64_t{0});
    for (int value = 0; value < question.values; ++value) counts[value] += of_group[value];
  }
  if (n == 0) return std::nullopt;
  if (constants.withholds) {
    const int64_t minimum = survey.minimum_group_size + (pool && constants.pool_counts_insiders ? t : 0);
    if (n < minimum || n <= 2 * (1 + t)) return std::nullopt;
    for (const int g : groups) {
      const int64_t of_group = NumberOf(answers[g][q]), others = n - of_group;
      if (pool && constants.pool_counts_insiders && of_group < minimum && others < 1 + t) return std::nullopt;
      const bool small_part = survey.groups[g].raters < survey.fewest_in_part() || of_group < minimum;
      if (!pool && groups.size() > 1 && small_part && of_group > 0 && others < 1 + t) return std::nullopt;
    }
  }

  const int64_t least = n * question.PartsOf(0), most = n * question.PartsOf(question.values - 1);
  const int64_t reach = (constants.known + t) * (question.values - 1);
  Statement said{q, groups, sum, sum, 0, n, {}};
  const int64_t margin = t + constants.half_margin;
  const bool halves = !pool && n >= domain::kFewestForHalves;
  if (halves && low >= margin && n - low >= margin) {
    said.distribution = counts;
    return said;
  }
  if (sum >= most - reach) {
    said.least_sum = std::max(least, most - reach);
    said.most_sum = most;
  } else if (sum <= least + reach) {
    // Said only where the other limit does not hold.
    said.least_sum = least;
    said.most_sum = std::min(least + reach, most - reach - 1);
  }
  if (halves && low < margin) said.most_low = margin - 1;
  if (halves && low >= margin) said.least_low = n - margin + 1;
  return said;
}

// Parts of one rater group, until each has enough raters or all are one; the smallest, by who answered, is joined with
// the next smallest. Of equals the first comes first.
std::vector<std::vector<int>> JoinParts(const Survey& survey, const std::vector<int>& groups) {
  std::vector<std::vector<int>> parts;
  for (const int g : groups) parts.push_back({g});
  const auto sum_of = [&](const std::vector<int>& part, int64_t Survey::Group::*number) {
    int64_t sum = 0;
    for (const int g : part) sum += survey.groups[g].*number;
    return sum;
  };
  while (parts.size() > 1) {
    std::stable_sort(parts.begin(), parts.end(), [&](const std::vector<int>& a, const std::vector<int>& b) {
      const int64_t first = sum_of(a, &Survey::Group::counted), second = sum_of(b, &Survey::Group::counted);
      return first != second ? first < second : a < b;
    });
    const auto small = std::find_if(parts.begin(), parts.end(), [&](const std::vector<int>& part) {
      return sum_of(part, &Survey::Group::raters) < survey.fewest_in_part();
    });
    if (small == parts.end()) break;
    const std::vector<int> joined = *small;
    parts.erase(small);
    parts[0].insert(parts[0].end(), joined.begin(), joined.end());
    std::sort(parts[0].begin(), parts[0].end());
  }
  return parts;
}

}  // namespace

bool Survey::IsPool(const std::vector<int>& together) const {
  if (one_group) return false;
  const int first = groups[together[0]].part_of;
  if (first < 0) return together.size() > 1 || groups[together[0]].joined;
  return std::any_of(together.begin(), together.end(), [&](int g) { return groups[g].part_of != first; });
}

int64_t Survey::fewest_in_part() const { return std::max<int64_t>(10, minimum_group_size); }

int64_t NumberOf(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), int64_t{0}); }

int64_t SumOf(const Question& question, const Counts& counts) {
  int64_t sum = 0;
  for (size_t value = 0; value < counts.size(); ++value) {
    sum += question.PartsOf(static_cast<int>(value)) * counts[value];
  }
  return sum;
}

Printed PrintByRules(const Survey& survey, const Answers& answers, const RuleConstants& constants) {
  const int64_t k = survey.minimum_group_size;
  std::vector<std::vector<int>> blocks;
  std::vector<int> small;
  int64_t small_raters = 0;
  bool no_pool = false;
  std::map<int, std::vector<int>> in_parts;  // by what they are parts of
  for (size_t g = 0; g < survey.groups.size(); ++g) {
    const Survey::Group& group = survey.groups[g];
    if (group.part_of >= 0) {
      if (!group.withheld_by_codes) in_parts[group.part_of].push_back(static_cast<int>(g));
    } else if (group.withheld_by_codes) {
      if (group.joined) no_pool = true;
    } else if (!constants.withholds || (!group.joined && group.raters >= k)) {
      blocks.push_back({static_cast<int>(g)});
    } else {
      small.push_back(static_cast<int>(g));
      small_raters += group.raters;
    }
  }
  for (const auto& [group, parts] : in_parts) {
    for (const std::vector<int>& block : JoinParts(survey, parts)) {
      int64_t raters = 0;
      for (const int g : block) raters += survey.groups[g].raters;
      if (!constants.withholds || raters >= k) {
        blocks.push_back(block);
      } else {
        small.insert(small.end(), block.begin(), block.end());
        small_raters += raters;
      }
    }
  }
  std::sort(small.begin(), small.end());
  const int64_t pool_minimum = k + (constants.pool_counts_insiders ? survey.insiders : 0);
  const bool pool = !no_pool && small_raters >= pool_minimum;
  Printed printed;
  for (size_t q = 0; q < survey.questions.size(); ++q) {
    std::vector<Statement> of_question;
    for (const std::vector<int>& block : blocks) {
      const bool joined = survey.IsPool(block);
      const auto said = PrintOne(survey, answers, static_cast<int>(q), block, joined, constants);
      if (said.has_value()) of_question.push_back(*said);
    }
    if (pool) {
      const auto said = PrintOne(survey, answers, static_cast<int>(q), small, true, constants);
      if (said.has_value()) of_question.push_back(*said);
    }
    std::sort(of_question.begin(), of_question.end(),
              [](const Statement& a, const Statement& b) { return a.groups < b.groups; });
    printed.statements.insert(printed.statements.end(), of_question.begin(), of_question.end());
  }
  return printed;
}

std::string TextOf(const Printed& printed) {
  std::string text;
  for (const Statement& said : printed.statements) {
    absl::StrAppend(&text, "question ", said.question, " of ", absl::StrJoin(said.groups, "+"), ": sum ",
                    said.least_sum, "..", said.most_sum, ", low ", said.least_low, "..", said.most_low, ", counts ",
                    absl::StrJoin(said.distribution, " "), "\n");
  }
  return text;
}

}  // namespace candor::privacy
