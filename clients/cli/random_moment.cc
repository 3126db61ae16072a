#include "clients/cli/random_moment.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::cli {

absl::StatusOr<double> AskHours(Dialog& dialog) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(const std::string text,
                            dialog.Ask(absl::StrCat("\nSend at a random moment within how many hours? That hides when you "
                                                    "answered; 0 sends now. [", kUsualHours, "] ")));
    if (text.empty()) return kUsualHours;
    double hours = 0;
    if (absl::SimpleAtod(text, &hours) && hours >= 0 && hours <= kMostHours) return hours;
    dialog.Say(absl::StrCat("Please type a number from 0 to ", kMostHours, ".\n"));
  }
  return absl::AbortedError("nothing was sent");
}

absl::Status WaitForAMoment(Dialog& dialog, Context& c, double hours, const std::string& notice) {
  if (hours <= 0) return absl::OkStatus();
  const auto steps = static_cast<uint32_t>(hours * 3600) + 1;
  const absl::Time moment = absl::Now() + absl::Seconds(base::RandomBelow(steps));
  dialog.Say(absl::StrCat(
      absl::StrReplaceAll(notice, {{"{hours}", absl::FormatDuration(absl::Hours(hours))}}), "\n"));
  ProgressLine progress(c.options.quiet);
  while (absl::Now() < moment) {
    progress.Update("waiting for the moment", 0, 0);
    absl::SleepFor(std::min(absl::Seconds(1), moment - absl::Now()));
  }
  return absl::OkStatus();
}

}  // namespace candor::cli
