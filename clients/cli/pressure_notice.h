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
// not at all. Each time as if for the first: whoever looks on must not see that something was said before, so nothing is
// suggested and nothing of it is shown again. In the dialog's language. ABORTED: as Dialog::Ask, or too many attempts.
absl::StatusOr<domain::PressureNotice> AskPressureNotice(Dialog& dialog, absl::string_view auditor);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_PRESSURE_NOTICE_H_
