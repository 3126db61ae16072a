#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/forecast/forecast.h"
#include "services/domain/breakdown.h"
#include "services/domain/contract.h"

namespace candor::forecast {
namespace {

constexpr double kSureEnough = 0.9;      // a group that is shown less often is worth a word
constexpr double kWideShare = 0.125;     // of the scale's length: half a point on five
constexpr double kMostMinutes = 10;      // beyond this people break off
constexpr double kMuchWithheld = 0.2;

std::string Percent(double share) { return absl::StrFormat("%.0f %%", 100 * share); }

const ExpectedGroup* FindGroup(const ForecastInput& input, const std::string& code) {
  for (const ExpectedGroup& group : input.groups) {
    if (group.code == code) return &group;
  }
  return nullptr;
}

// About how many must be invited for a competency's figure to be uncertain by no more than `wanted`, where it is by `now`.
int64_t InvitedForWidth(const ExpectedGroup& group, double wanted, double now) {
  // A width goes with the root of the number of raters.
  return static_cast<int64_t>(std::ceil(static_cast<double>(group.invited) * (now / wanted) * (now / wanted)));
}

}  // namespace

std::vector<std::string> Advise(const ForecastInput& input, const Forecast& forecast) {
  std::vector<std::string> advice;
  const double wide = kWideShare * (input.instrument.scale.points - 1);
  int small_groups = 0;
  for (const GroupForecast& group : forecast.groups) {
    const ExpectedGroup* expected = FindGroup(input, group.code);
    if (expected == nullptr || group.shown >= kSureEnough) continue;
    const bool part = !expected->parts.empty();
    small_groups += part ? 0 : 1;
    const int64_t wanted = part ? domain::FewestInPart(input.minimum_group_size)
                                : input.minimum_group_size + (group.code == domain::kOtherRaters ? input.insiders : 0);
    std::string text = absl::StrCat(group.code, ": shown in ", Percent(group.shown), " of the cases ",
                                    part ? "apart, in the others with the rest of its group." : "alone.");
    const auto invited = InvitedFor(wanted, expected->response_rate, kSureEnough);
    if (invited.has_value() && *invited > expected->invited) {
      absl::StrAppend(&text, " Invite ", *invited, " instead of ", expected->invited, ", so that at least ", wanted,
                      " answer in nine of ten cases");
      const double rate = expected->invited > 0 ? static_cast<double>(wanted) / static_cast<double>(expected->invited) : 2;
      absl::StrAppend(&text, rate <= 0.9 ? ", or see that more of them answer." : ".");
    }
    advice.push_back(std::move(text));
  }
  if (small_groups > 1) {
    advice.push_back(
        "Several groups may be too few: what is left of them is shown together as \"Other raters\" if that is enough. Joining "
        "two of them before the opening makes this sure.");
  }
  for (const GroupForecast& group : forecast.groups) {
    const ExpectedGroup* expected = FindGroup(input, group.code);
    if (expected == nullptr || group.shown < 0.5) continue;
    if (group.items_withheld > kMuchWithheld) {
      advice.push_back(absl::StrCat(group.code, ": on ", Percent(group.items_withheld),
                                    " of the statements too few will have seen enough to rate. Ask this group only what it can "
                                    "see, or invite more of it."));
    }
    if (group.half_width.has_value() && group.half_width->middle > wide) {
      advice.push_back(absl::StrCat(
          group.code, ": a competency's figure will be uncertain by about ", absl::StrFormat("%.1f", group.half_width->middle),
          " points either way, so that most gaps cannot be told from chance. About ",
          InvitedForWidth(*expected, wide, group.half_width->middle), " invited would bring it to ",
          absl::StrFormat("%.1f", wide), "; statements more would help little, since one person's ratings go together."));
    }
  }
  for (const Burden& burden : forecast.burdens) {
    if (burden.minutes <= kMostMinutes || burden.items == 0) continue;
    const auto items = static_cast<int>(std::floor(burden.items * kMostMinutes / burden.minutes));
    advice.push_back(absl::StrCat(burden.audience, ": the form takes about ", absl::StrFormat("%.0f", burden.minutes),
                                  " minutes. From about ten on people break off or answer without care: ", items,
                                  " statements instead of ", burden.items, " would fit."));
  }
  if (advice.empty()) {
    advice.push_back("Nothing stands in the way: every group will nearly always be shown, and the forms are short enough.");
  }
  return advice;
}

}  // namespace candor::forecast
