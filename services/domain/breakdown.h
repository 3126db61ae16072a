// A breakdown of a rater group into parts that a report shows apart: staff by department, parents by grade level.
// Declared before opening, at most one for a group, and never crossed with another (anonymity.md B2).

#ifndef CANDOR_SERVICES_DOMAIN_BREAKDOWN_H_
#define CANDOR_SERVICES_DOMAIN_BREAKDOWN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/base/json.h"
#include "services/domain/instrument.h"
#include "services/domain/json_reader.h"

namespace candor::domain {

// Fewest people invited in a part, and fewest raters of a part that is shown; more where the contract's k is higher.
inline constexpr int64_t kFewestInPart = 10;
inline constexpr size_t kMostParts = 12;         // of one group
inline constexpr size_t kMostBreakdowns = 20;    // of one campaign: one for each group that an instrument may have
inline constexpr size_t kLongestPartTitle = 100; // bytes, in each language
// Of an issuing group: a group's code, "/", and the codes of all parts that a group may have with "+" between them.
inline constexpr size_t kLongestIssuingCode = 31 + kMostParts * 32;

struct Part {
  std::string code;     // as a rater group's (IsGroupCode); unique in its breakdown
  LocalizedText title;  // at least one language
};

struct Breakdown {
  std::string group;        // a rater group's code
  std::vector<Part> parts;  // 2..12, by code
};

// The breakdown of `group`, and the part `code` of a breakdown; null when none is declared.
const Breakdown* FindBreakdown(const std::vector<Breakdown>& breakdowns, absl::string_view group);
const Part* FindPart(const Breakdown& breakdown, absl::string_view code);

// Calls `fault` with the path ("breakdowns[0].parts[1].title.en") and a sentence for each rule that they break; whether
// the groups exist is the instrument's part.
void CheckBreakdowns(const std::vector<Breakdown>& breakdowns,
                     const std::function<void(const std::string& path, absl::string_view message)>& fault);

base::Json BreakdownsToJson(const std::vector<Breakdown>& breakdowns);
// The list under `key`. Members and types alone are checked; a fault goes to `fault`.
std::vector<Breakdown> ReadBreakdowns(JsonObject& object, absl::string_view key, JsonFault* fault);

// What an issuing group, or a block, is called: "staff", of all parts or where there are none; "staff/lower" and
// "staff/lower+upper". `parts` are sorted.
std::string IssuingCode(absl::string_view group, const std::vector<std::string>& parts);
struct IssuingName {
  std::string group;
  std::vector<std::string> parts;  // sorted; empty: the whole group
};
// The opposite; an empty group when `code` is not of that form.
IssuingName ParseIssuingCode(absl::string_view code);

// Fewest people in a part under a contract with this k.
int64_t FewestInPart(int minimum_group_size);

// A part, or parts that were joined, while it is decided which are large enough.
struct SizedPart {
  std::vector<std::string> parts;  // codes, sorted
  int64_t size = 0;                // what has to reach `fewest`
  int64_t order = 0;               // what smallest and next smallest are told by
  std::vector<size_t> members;     // the caller's indices
};
// Joins what is under `fewest`, the smallest with the next smallest (by order, then by code), until nothing is, or one is
// left. They come back by their codes.
std::vector<SizedPart> JoinSmallParts(std::vector<SizedPart> parts, int64_t fewest);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_BREAKDOWN_H_
