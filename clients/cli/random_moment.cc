#include "clients/cli/random_moment.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/output.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

constexpr size_t kWidth = 90;

absl::StatusOr<double> AskHours(Dialog& dialog) {
  const Sentences& say = dialog.sentences();
  for (int attempt = 0; attempt < 10; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(const std::string text,
                            dialog.Ask(absl::StrCat("\n", say.Say("answer.hours"), " [", kUsualHours, "] ")));
    if (text.empty()) return kUsualHours;
    double hours = 0;
    if (absl::SimpleAtod(text, &hours) && hours >= 0 && hours <= kMostHours) return hours;
    dialog.Say(absl::StrCat(say.Say("answer.hours_again", {{"most", absl::StrCat(kMostHours)}}), "\n"));
  }
  return absl::AbortedError("nothing was sent");
}

}  // namespace

void DeclareWithinHours(CLI::App& verb, double& within_hours, absl::string_view not_asked) {
  verb.add_option("--within-hours", within_hours,
                  absl::StrCat("Send at a random moment within so many hours; 0: now. Without it: asked, ", kUsualHours,
                               " with ", not_asked))
      ->check(CLI::Range(0.0, kMostHours));
}

absl::StatusOr<double> HoursToWait(Dialog& dialog, const Sending& sending) {
  if (sending.within_hours >= 0) return sending.within_hours;
  if (sending.yes) return 0.0;
  return sending.interactive ? AskHours(dialog) : kUsualHours;
}

absl::Status WaitForAMoment(Dialog& dialog, Context& c, double hours, absl::string_view notice) {
  if (hours <= 0) return absl::OkStatus();
  const auto steps = static_cast<uint32_t>(hours * 3600) + 1;
  const absl::Time moment = absl::Now() + absl::Seconds(base::RandomBelow(steps));
  const std::string time = absl::FormatDuration(absl::Seconds(std::llround(hours * 3600)));
  dialog.Say(Wrapped(dialog.sentences().Say(notice, {{"time", time}}), kWidth, ""));
  const std::string waiting = dialog.sentences().Say("answer.waiting");
  ProgressLine progress(c.options.quiet);
  while (absl::Now() < moment) {
    progress.Update(waiting, 0, 0);
    absl::SleepFor(std::min(absl::Seconds(1), moment - absl::Now()));
  }
  return absl::OkStatus();
}

}  // namespace candor::cli
