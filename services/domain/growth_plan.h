// What a leader makes of a report: goals, what is done for each, and what came of it. In the leader's words; kept beside the
// report, and no part of it.

#ifndef CANDOR_SERVICES_DOMAIN_GROWTH_PLAN_H_
#define CANDOR_SERVICES_DOMAIN_GROWTH_PLAN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::domain {

inline constexpr size_t kMostGoals = 5;
inline constexpr size_t kMostActions = 10;  // of one goal
// Bytes.
inline constexpr size_t kLongestGoal = 1'000;
inline constexpr size_t kLongestAction = 500;
inline constexpr size_t kLongestEvidence = 1'000;
inline constexpr size_t kLongestOutcome = 2'000;

struct GrowthAction {
  std::string text;
  bool done = false;
  bool operator==(const GrowthAction&) const = default;
};

struct GrowthGoal {
  std::string unit;  // code of a competency
  std::string goal;
  std::vector<GrowthAction> actions;
  std::string evidence;     // may be empty, as the two below
  std::string review_date;  // "2027-05-14"
  std::string outcome;
  bool operator==(const GrowthGoal&) const = default;
};

struct GrowthPlan {
  std::vector<GrowthGoal> goals;
  bool shared_with_supervisor = false;
  bool operator==(const GrowthPlan&) const = default;
};

// Whether the plan keeps the rules that do not depend on its report. INVALID_ARGUMENT, FIELD_INVALID, with the path of
// what is wrong ("goals[0].actions[2].text"): too many goals or actions; a competency twice; a goal or action without
// words; a text that is too long or not plain; a day that is in no calendar. Without goals it is fine.
absl::Status CheckGrowthPlan(const GrowthPlan& plan);

// Canonical JSON, of a plan that CheckGrowthPlan lets pass.
std::string EncodeGrowthPlan(const GrowthPlan& plan);
// DATA_LOSS, STORE_CORRUPT: not such a document, byte for byte. The rules are not looked at again: they may have changed since.
absl::StatusOr<GrowthPlan> DecodeGrowthPlan(absl::string_view bytes);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_GROWTH_PLAN_H_
