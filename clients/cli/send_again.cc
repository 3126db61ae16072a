#include "clients/cli/send_again.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/output.h"
#include "clients/cpp/moment.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::cli {
namespace {

using sentences::Sentences;

// Also what lasts until the hour ends: who waits for hours can wait for that.
bool MayPass(const absl::Status& status) {
  return client::IsTransient(status) || base::GetErrorDetail(status).reason == domain::reasons::kRATE_LIMITED;
}

absl::Status GivenUp(const Sentences& say, const absl::Status& last, bool maybe, const std::string& after) {
  const base::ErrorDetail detail = base::GetErrorDetail(last);
  return base::Error(last.code(), detail.reason,
                     absl::StrCat(say.Say(maybe ? "send.given_up_maybe" : "send.given_up"), " ", say.Say(after), " (",
                                  last.message(), ")"));
}

}  // namespace

absl::Status SendUntilItArrives(Dialog& dialog, Context& c, const Delivery& delivery) {
  const Sentences& say = dialog.sentences();
  for (int attempt = 1;; ++attempt) {
    const absl::Status sent = delivery.send();
    if (sent.ok() || !MayPass(sent)) return sent;
    const bool maybe = !delivery.may_have_arrived || delivery.may_have_arrived();
    const std::string stands = say.Say(maybe ? "send.maybe" : "send.not_sent");
    if (delivery.ask) {
      // The end of the input is somebody who has left.
      const auto typed = dialog.Ask(absl::StrCat("\n", Wrapped(stands, kWidth, ""), say.Say("send.ask"), " "));
      if (!typed.ok() || absl::AsciiStrToLower(*typed) == "q") {
        return GivenUp(say, sent, maybe, delivery.after_giving_up);
      }
      continue;
    }
    if (absl::Now() >= delivery.until) return GivenUp(say, sent, maybe, delivery.after_giving_up);
    if (attempt == 1) {
      Warn(absl::StrCat(stands, " ", say.Say("send.by_itself", {{"until", client::MomentText(delivery.until)}})),
           c.options.json);
    }
    base::WaitAfter(delivery.pauses, attempt);
  }
}

}  // namespace candor::cli
