#include "clients/cli/random_moment.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/output.h"
#include "clients/cpp/moment.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using sentences::Sentences;

// Between the last moment at which something is sent and the end of its time: for a server that is away for a while.
constexpr double kLongestMarginHours = 1;

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

double HoursBefore(Dialog& dialog, absl::Time end, double hours, absl::Time now) {
  const double left = std::max(0.0, absl::ToDoubleHours(end - now));
  const double most = left - std::min(kLongestMarginHours, left / 4);
  if (hours <= most) return hours;
  const std::string until = client::MomentText(end);
  dialog.Say(Wrapped(dialog.sentences().Say("answer.less_time", {{"until", until}}), kWidth, ""));
  return most;
}

absl::Status WaitForAMoment(Dialog& dialog, Context& c, double hours, absl::string_view notice) {
  if (hours <= 0) return absl::OkStatus();
  const auto steps = static_cast<uint32_t>(hours * 3600) + 1;
  const absl::Time moment = absl::Now() + absl::Seconds(base::RandomBelow(steps));
  const absl::Duration within = absl::Seconds(std::llround(hours * 3600));
  const std::string time =
      absl::FormatDuration(within < absl::Hours(1) ? within : absl::Trunc(within, absl::Minutes(1)));
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
