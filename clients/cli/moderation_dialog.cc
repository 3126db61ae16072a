#include "clients/cli/moderation_dialog.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/cli/output.h"
#include "services/base/status.h"
#include "services/domain/comments.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;

constexpr int kMostCuts = 50;

}  // namespace

absl::StatusOr<v1::ModerationReason> AskReason(Dialog& dialog) {
  dialog.Say("  Why?  1 names somebody  2 gives its writer away  3 unique date or event  4 insult\n"
             "        5 not about the leader's work  6 dealt with elsewhere  7 other\n");
  for (int attempt = 0; attempt < 5; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(const std::string answer, dialog.Ask("  1 to 7: "));
    if (answer.size() == 1 && answer[0] >= '1' && answer[0] <= '7') {
      return static_cast<v1::ModerationReason>(answer[0] - '0');
    }
  }
  return absl::AbortedError("no reason was given; this one is not decided");
}

absl::StatusOr<std::string> AskCuts(Dialog& dialog, const std::string& text) {
  std::string redacted = text;
  bool cut = false;
  for (int i = 0; i < kMostCuts; ++i) {
    CANDOR_ASSIGN_OR_RETURN(const std::string part,
                            dialog.Ask("  Cut out, exactly as it stands (Enter: no more): "));
    if (part.empty()) break;
    const int found = absl::StrReplaceAll({{part, domain::kCut}}, &redacted);
    cut = cut || found > 0;
    dialog.Say(found == 0 ? "  That does not stand in the text.\n"
                          : absl::StrCat("\n", Wrapped(redacted, kWidth, "    "), "\n"));
  }
  return cut ? redacted : std::string();
}

std::string Indented(const std::string& text, const std::string& indent) {
  std::string indented;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) absl::StrAppend(&indented, Wrapped(line, kWidth, indent));
  return indented;
}

}  // namespace candor::cli
