#include "clients/cli/pressure_notice.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/output.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using sentences::Sentences;

constexpr int kMostAttempts = 10;

}  // namespace

absl::StatusOr<domain::PressureNotice> AskPressureNotice(Dialog& dialog, absl::string_view auditor) {
  const Sentences& say = dialog.sentences();
  const std::string what = say.Say("pressure.what", {{"auditor", std::string(auditor)}});
  dialog.Say(absl::StrCat("\n", Wrapped(what, kWidth, "")));
  CANDOR_ASSIGN_OR_RETURN(const bool pressed, dialog.AskYes(say.Say("pressure.ask"), false));
  domain::PressureNotice notice;
  notice.given = pressed;
  if (!pressed) return notice;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const std::string how = say.Say("line.how", {{"most", absl::StrCat(domain::kLongestPressureNotice)}});
    CANDOR_ASSIGN_OR_RETURN(std::string text,
                            dialog.Ask(absl::StrCat(say.Say("pressure.happened"), " ", how, "\n  > ")));
    if (text.size() > domain::kLongestPressureNotice) {
      const auto excess = static_cast<int64_t>(text.size() - domain::kLongestPressureNotice);
      dialog.Say(absl::StrCat(say.SayFor(excess, "line.too_long", {{"count", absl::StrCat(excess)}}), "\n"));
      continue;
    }
    notice.text = text == "-" ? "" : text;
    return notice;
  }
  return absl::AbortedError("what happened stays too long; nothing was sent");
}

}  // namespace candor::cli
