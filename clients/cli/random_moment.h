// Sending later, so that the time of arrival tells little about when somebody sat at a device.

#ifndef CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_
#define CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cli/context.h"
#include "clients/cli/dialog.h"

namespace candor::cli {

inline constexpr double kMostHours = 7 * 24;
inline constexpr double kUsualHours = 1;

// What was said on the command line about when to send; the same for all that a respondent sends.
struct Sending {
  double within_hours = -1;  // 0: now; below 0: nothing was said
  bool yes = false;          // at once, unless hours are given
  bool interactive = true;   // whether the person can be asked
};

// The option --within-hours, 0..kMostHours. `not_asked`: the option with which the person is not asked, for the help.
void DeclareWithinHours(CLI::App& verb, double& within_hours, absl::string_view not_asked);

// Within how many hours to send; 0: now. What was said, else what the person says, else kUsualHours. ABORTED: as
// Dialog::Ask, or nothing that could be understood.
absl::StatusOr<double> HoursToWait(Dialog& dialog, const Sending& sending);

// So many of `hours` that what is sent comes before `end`, when it would be of no use any more: an hour before it at
// the latest, or where less than four hours are left, when three quarters of them are over. Where that is less than
// `hours` it is said. `now`: for tests.
double HoursBefore(Dialog& dialog, absl::Time end, double hours, absl::Time now = absl::Now());

// Waits for a random moment within the hours that the person allows. `notice` is the key of what is
// said before (clients/sentences), with a place for the time.
absl::Status WaitForAMoment(Dialog& dialog, Context& c, double hours, absl::string_view notice);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_
