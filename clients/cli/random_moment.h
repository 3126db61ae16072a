// Sending later, so that the time of arrival tells little about when somebody sat at a device.

#ifndef CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_
#define CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/context.h"
#include "clients/cli/dialog.h"

namespace candor::cli {

inline constexpr double kMostHours = 7 * 24;
inline constexpr double kUsualHours = 1;

// Within how many hours to send; 0: now. ABORTED: as Dialog::Ask, or nothing that could be understood.
absl::StatusOr<double> AskHours(Dialog& dialog);

// Waits for a random moment within the hours that the person allows. `notice` is said before, with {hours} filled in.
absl::Status WaitForAMoment(Dialog& dialog, Context& c, double hours, const std::string& notice);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_RANDOM_MOMENT_H_
