// Sending later, so that the time of arrival tells little about when somebody sat at a device.

#ifndef CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_
#define CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/context.h"
#include "clients/cli/dialog.h"

namespace candor::cli {

inline constexpr double kMostHours = 7 * 24;
inline constexpr double kUsualHours = 1;

// Within how many hours to send; 0: now. ABORTED: as Dialog::Ask, or nothing that could be understood.
absl::StatusOr<double> AskHours(Dialog& dialog);

// Waits for a random moment within the hours that the person allows. `notice` is the key of what is
// said before (clients/sentences), with a place for the time.
absl::Status WaitForAMoment(Dialog& dialog, Context& c, double hours, absl::string_view notice);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_
