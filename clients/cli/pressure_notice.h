// Asking whether somebody was pressed to answer, or told how, for the survey's auditor alone.

#ifndef CANDOR_CLIENTS_CLI_PRESSURE_NOTICE_H_
#define CANDOR_CLIENTS_CLI_PRESSURE_NOTICE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/dialog.h"
#include "services/domain/answer.h"

namespace candor::cli {

// Asks everybody the same two questions: whether it happened, and if so what, in up to domain::kLongestPressureNotice bytes or
// not at all. `kept`: what was said before, as far as this device knows; an empty line keeps it. What is said is not shown
// again. In the dialog's language. ABORTED: as Dialog::Ask, or too many attempts.
absl::StatusOr<domain::PressureNotice> AskPressureNotice(Dialog& dialog, absl::string_view auditor,
                                                         const domain::PressureNotice& kept);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_PRESSURE_NOTICE_H_
