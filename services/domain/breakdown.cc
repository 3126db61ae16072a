#include "services/domain/breakdown.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/domain/text.h"

namespace candor::domain {

using base::Json;

namespace {

using Fault = std::function<void(const std::string& path, absl::string_view message)>;

void CheckPart(const Part& part, const std::string& path, const Fault& fault) {
  if (!IsGroupCode(part.code)) fault(path + ".code", "must be 1 to 31 of a-z, 0-9 and _, the first one a letter");
  if (part.title.empty()) fault(path + ".title", "needs a text in at least one language");
  for (const auto& [language, text] : part.title) {
    const std::string at = JsonPath(path + ".title", language);
    if (!IsLanguageTag(language)) fault(at, "must stand under a language tag such as \"en\"");
    if (text.empty() || text.size() > kLongestPartTitle || !IsOneLine(text)) {
      fault(at, absl::StrCat("must be one line of plain text, of 1 to ", kLongestPartTitle, " bytes"));
    }
  }
}

}  // namespace

const Breakdown* FindBreakdown(const std::vector<Breakdown>& breakdowns, absl::string_view group) {
  const auto found = std::find_if(breakdowns.begin(), breakdowns.end(),
                                  [&](const Breakdown& breakdown) { return breakdown.group == group; });
  return found == breakdowns.end() ? nullptr : &*found;
}

const Part* FindPart(const Breakdown& breakdown, absl::string_view code) {
  const auto found = std::find_if(breakdown.parts.begin(), breakdown.parts.end(),
                                  [&](const Part& part) { return part.code == code; });
  return found == breakdown.parts.end() ? nullptr : &*found;
}

void CheckBreakdowns(const std::vector<Breakdown>& breakdowns, const Fault& fault) {
  if (breakdowns.size() > kMostBreakdowns) {
    fault("breakdowns", absl::StrCat("must be at most ", kMostBreakdowns));
  }
  std::string last_group;
  for (size_t i = 0; i < breakdowns.size(); ++i) {
    const Breakdown& breakdown = breakdowns[i];
    const std::string path = absl::StrCat("breakdowns[", i, "]");
    if (!IsGroupCode(breakdown.group) || breakdown.group == kOtherRaters || breakdown.group == kSelf ||
        breakdown.group == kSupervisor) {
      fault(path + ".group", "must be the code of an anonymous rater group");
    }
    // Two breakdowns of one group would cross: whoever is alone in a cell of both could be told from the two.
    if (i > 0 && breakdown.group <= last_group) {
      fault(path + ".group", breakdown.group == last_group ? "stands twice; a group has one breakdown at the most"
                                                           : "must come after the one before it");
    }
    last_group = breakdown.group;
    if (breakdown.parts.size() < 2 || breakdown.parts.size() > kMostParts) {
      fault(path + ".parts", absl::StrCat("must be 2 to ", kMostParts));
    }
    std::string last_part;
    for (size_t k = 0; k < breakdown.parts.size(); ++k) {
      const std::string at = absl::StrCat(path, ".parts[", k, "]");
      CheckPart(breakdown.parts[k], at, fault);
      if (k > 0 && breakdown.parts[k].code <= last_part) {
        fault(at + ".code", breakdown.parts[k].code == last_part ? "stands twice; give each part a code of its own"
                                                                 : "must come after the one before it");
      }
      last_part = breakdown.parts[k].code;
    }
  }
}

Json BreakdownsToJson(const std::vector<Breakdown>& breakdowns) {
  Json list = Json::array();
  for (const Breakdown& breakdown : breakdowns) {
    Json parts = Json::array();
    for (const Part& part : breakdown.parts) parts.push_back({{"code", part.code}, {"title", Json(part.title)}});
    list.push_back({{"group", breakdown.group}, {"parts", std::move(parts)}});
  }
  return list;
}

std::vector<Breakdown> ReadBreakdowns(JsonObject& object, absl::string_view key, JsonFault* fault) {
  std::vector<Breakdown> breakdowns;
  object.List(key, [&](const Json& element, const std::string& path) {
    JsonObject of_group(element, path, fault);
    Breakdown& breakdown = breakdowns.emplace_back();
    breakdown.group = of_group.Text("group");
    of_group.List("parts", [&](const Json& value, const std::string& at) {
      JsonObject of_part(value, at, fault);
      Part& part = breakdown.parts.emplace_back();
      part.code = of_part.Text("code");
      part.title = ReadLocalizedText(of_part, "title", fault);
      of_part.Finish();
    });
    of_group.Finish();
  });
  return breakdowns;
}

std::string IssuingCode(absl::string_view group, const std::vector<std::string>& parts) {
  return parts.empty() ? std::string(group) : absl::StrCat(group, "/", absl::StrJoin(parts, "+"));
}

IssuingName ParseIssuingCode(absl::string_view code) {
  IssuingName name;
  const size_t slash = code.find('/');
  const absl::string_view group = code.substr(0, slash);
  if (!IsGroupCode(group)) return {};
  name.group = std::string(group);
  if (slash == absl::string_view::npos) return name;
  name.parts = absl::StrSplit(code.substr(slash + 1), '+');
  for (size_t i = 0; i < name.parts.size(); ++i) {
    if (!IsGroupCode(name.parts[i]) || (i > 0 && name.parts[i] <= name.parts[i - 1])) return {};
  }
  return name.parts.size() <= kMostParts ? name : IssuingName();
}

int64_t FewestInPart(int minimum_group_size) { return std::max<int64_t>(kFewestInPart, minimum_group_size); }

std::vector<SizedPart> JoinSmallParts(std::vector<SizedPart> parts, int64_t fewest) {
  const auto before = [](const SizedPart& a, const SizedPart& b) {
    return std::tie(a.order, a.parts) < std::tie(b.order, b.parts);
  };
  while (parts.size() > 1) {
    std::sort(parts.begin(), parts.end(), before);
    const auto small =
        std::find_if(parts.begin(), parts.end(), [&](const SizedPart& part) { return part.size < fewest; });
    if (small == parts.end()) break;
    SizedPart joined = std::move(*small);
    parts.erase(small);
    SizedPart& next = parts.front();
    next.parts.insert(next.parts.end(), joined.parts.begin(), joined.parts.end());
    std::sort(next.parts.begin(), next.parts.end());
    next.members.insert(next.members.end(), joined.members.begin(), joined.members.end());
    std::sort(next.members.begin(), next.members.end());
    next.size += joined.size;
    next.order += joined.order;
  }
  std::sort(parts.begin(), parts.end(), [](const SizedPart& a, const SizedPart& b) { return a.parts < b.parts; });
  return parts;
}

}  // namespace candor::domain
