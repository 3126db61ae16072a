// What a moderator is asked about whatever they read: why not, and what is to be cut.

#ifndef CANDOR_CLIENTS_CLI_MODERATION_DIALOG_H_
#define CANDOR_CLIENTS_CLI_MODERATION_DIALOG_H_

#include <string>

#include "absl/status/statusor.h"
#include "candor/v1/moderation.pb.h"
#include "clients/cli/dialog.h"

namespace candor::cli {

// ABORTED: as Dialog::Ask, or none was given after a few attempts.
absl::StatusOr<candor::v1::ModerationReason> AskReason(Dialog& dialog);

// The text with the parts that the moderator names cut. Empty: nothing was cut.
absl::StatusOr<std::string> AskCuts(Dialog& dialog, const std::string& text);

// A text line by line, each wrapped behind `indent`.
std::string Indented(const std::string& text, const std::string& indent);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_MODERATION_DIALOG_H_
