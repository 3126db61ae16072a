// Whom people answer with: the issuing groups of a survey and their parts, planned before opening and checked afterwards.

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/breakdown.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::domain {

absl::Status CheckParts(const Manifest& manifest, const Contract& contract) {
  const auto refused = [](absl::string_view group, absl::string_view what) {
    return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kMANIFEST_REFUSED,
                       absl::StrCat("do not answer this survey: the group ", group, " ", what,
                                    "; tell whoever invited you"),
                       "groups");
  };
  std::map<std::string, int> keys;  // of a group that is broken down
  for (const IssuingGroup& group : manifest.groups) {
    if (group.parts.empty()) continue;
    const Breakdown* breakdown = FindBreakdown(contract.breakdowns, group.members[0]);
    if (breakdown == nullptr) return refused(group.code, "is a part that its rules do not name");
    for (const std::string& part : group.parts) {
      if (FindPart(*breakdown, part) == nullptr) return refused(group.code, "is a part that its rules do not name");
    }
    if (group.invited < FewestInPart(contract.minimum_group_size)) {
      return refused(group.code, absl::StrCat("has ", group.invited, " invited, fewer than its rules promise of a part"));
    }
    ++keys[breakdown->group];
  }
  for (const auto& [group, count] : keys) {
    if (count < 2) return refused(group, "has a single part, which could set some people apart from the rest");
  }
  return absl::OkStatus();
}

namespace {

// The raters of one group while it is decided whom they answer with.
struct GroupSize {
  int64_t invited = 0;
  int64_t of_no_part = 0;
  std::map<std::string, int64_t> parts;
};

using GroupSizes = std::map<std::string, GroupSize>;  // by code

// The group's parts as issuing groups; none where they do not make two.
std::vector<IssuingGroup> PlanParts(const std::string& group, const GroupSize& size, int64_t fewest) {
  std::vector<SizedPart> parts;
  for (const auto& [code, invited] : size.parts) parts.push_back({{code}, invited, invited, {}});
  parts = JoinSmallParts(std::move(parts), fewest);
  std::vector<IssuingGroup> groups;
  if (parts.size() < 2) return groups;
  for (SizedPart& part : parts) {
    groups.push_back({IssuingCode(group, part.parts), {group}, part.size, "", std::move(part.parts)});
  }
  return groups;
}

// Everybody who is invited, by group; those with nobody left out.
absl::StatusOr<GroupSizes> SizesOf(const Instrument& instrument,
                                   const std::vector<InvitedCount>& invited,
                                   const std::vector<Breakdown>& breakdowns) {
  GroupSizes sizes;
  std::set<std::pair<std::string, std::string>> named;
  for (const InvitedCount& count : invited) {
    const std::string field =
        JsonPath("invited", count.part.empty() ? count.group : IssuingCode(count.group, {count.part}));
    if (std::none_of(instrument.rater_groups.begin(), instrument.rater_groups.end(),
                     [&](const RaterGroup& group) { return group.code == count.group; })) {
      return errors::InvalidField(field, "is no rater group of the instrument; correct the code");
    }
    const Breakdown* breakdown = FindBreakdown(breakdowns, count.group);
    if (!count.part.empty() && (breakdown == nullptr || FindPart(*breakdown, count.part) == nullptr)) {
      return errors::InvalidField(field, "is no part that the campaign declares; correct the code");
    }
    if (!named.emplace(count.group, count.part).second)
      return errors::InvalidField(field, "stands twice; give each group once");
    if (count.invited < 0 || count.invited > kMostInvited) {
      return errors::InvalidField(field, absl::StrCat("must be from 0 to ", kMostInvited));
    }
    if (count.invited == 0) continue;
    GroupSize& size = sizes[count.group];
    size.invited += count.invited;
    if (breakdown == nullptr) continue;
    if (count.part.empty()) {
      size.of_no_part = count.invited;
    } else {
      size.parts[count.part] = count.invited;
    }
  }
  return sizes;
}

}  // namespace

absl::StatusOr<GroupPlan> PlanIssuingGroups(const Instrument& instrument,
                                            const std::vector<InvitedCount>& invited,
                                            const std::vector<Breakdown>& breakdowns,
                                            int minimum_group_size) {
  CANDOR_ASSIGN_OR_RETURN(GroupSizes apart, SizesOf(instrument, invited, breakdowns));
  int64_t all = 0;
  for (const auto& [code, size] : apart) {
    all += size.invited;
    // Whom nobody put into a part could not be left out of the parts without being told from them.
    if (size.of_no_part == 0) continue;
    return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kCAMPAIGN_INVALID,
                       absl::StrCat("the group ", code, " is shown by part, but ", size.of_no_part, " of its ", size.invited,
                                    " raters are of none; give each of them a part, or take the breakdown out"));
  }
  if (all < kMinimumInvited) {
    return base::Error(
        absl::StatusCode::kFailedPrecondition, reasons::kTOO_FEW_INVITED,
        absl::StrCat("only ", all,
                     " anonymous raters are invited, too few for nobody to be recognised; "
                     "invite at least ",
                     kMinimumInvited, " who are neither the leader nor a supervisor"));
  }
  IssuingGroup joined{kOtherRaters, {}, 0, ""};
  GroupPlan plan;
  const auto join = [&](GroupSizes::iterator at) {
    joined.members.push_back(at->first);
    joined.invited += at->second.invited;
    if (!at->second.parts.empty()) plan.not_broken_down.push_back(at->first);
    return apart.erase(at);
  };
  for (auto at = apart.begin(); at != apart.end();)
    at = at->second.invited < kMinimumInvited ? join(at) : std::next(at);
  while (!joined.members.empty() && joined.invited < kMinimumInvited) {
    // The map is in order of code, and min_element gives the first of equals. There is a group
    // left, since all of them together have enough people.
    join(std::min_element(apart.begin(), apart.end(),
                          [](const auto& a, const auto& b) { return a.second.invited < b.second.invited; }));
  }
  for (const auto& [code, size] : apart) {
    std::vector<IssuingGroup> parts = PlanParts(code, size, FewestInPart(minimum_group_size));
    if (parts.empty()) {
      plan.groups.push_back({code, {code}, size.invited, ""});
      if (!size.parts.empty()) plan.not_broken_down.push_back(code);
    }
    std::move(parts.begin(), parts.end(), std::back_inserter(plan.groups));
  }
  std::sort(plan.not_broken_down.begin(), plan.not_broken_down.end());
  if (!joined.members.empty()) {
    std::sort(joined.members.begin(), joined.members.end());
    if (CommonItems(instrument, joined.members).empty()) {
      return base::Error(
          absl::StatusCode::kFailedPrecondition, reasons::kNO_COMMON_ITEMS,
          absl::StrCat(
              "the groups ", absl::StrJoin(joined.members, ", "),
              " must answer as one, since "
              "one of them has fewer than ",
              kMinimumInvited,
              " invited, but no item is asked "
              "of all of them; invite more people to the small group, leave it out, or choose "
              "an instrument with common items"));
    }
    plan.groups.push_back(std::move(joined));
  }
  if (plan.groups.size() > kMostIssuingGroups) {
    return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kCAMPAIGN_INVALID,
                       absl::StrCat("groups and parts would give ", plan.groups.size(),
                                    " groups that answer apart, and at most ", kMostIssuingGroups,
                                    " can; take a breakdown out, or give it fewer parts"));
  }
  return plan;
}

int MostIssuingGroups(const Instrument& instrument, const std::vector<Breakdown>& breakdowns) {
  size_t groups = instrument.rater_groups.size();
  for (const Breakdown& breakdown : breakdowns) groups += breakdown.parts.size() - 1;
  return static_cast<int>(groups);
}

}  // namespace candor::domain
