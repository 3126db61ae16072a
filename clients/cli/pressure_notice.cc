#include "clients/cli/pressure_notice.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/output.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

constexpr size_t kWidth = 90;
constexpr int kMostAttempts = 10;

}  // namespace

absl::StatusOr<domain::PressureNotice> AskPressureNotice(Dialog& dialog, absl::string_view auditor,
                                                         const domain::PressureNotice& kept, const std::string& language) {
  const bool es = language.substr(0, 2) == "es";
  const std::string what = es ? absl::StrCat("Si alguien le presionó para contestar, o le dijo cómo hacerlo, puede decirlo aquí. Lo lee "
                                             "solamente: ", auditor, ", después del cierre, sin saber quién lo escribió; la persona "
                                             "evaluada y sus superiores no se enteran de nada, tampoco de si alguien lo dijo.")
                              : absl::StrCat("If somebody pressed you to answer, or told you how, you can say so here. It is read only by: ",
                                             auditor, ", after closing, who does not learn who wrote it; the leader and their superiors learn "
                                             "nothing of it, nor whether anybody did.");
  dialog.Say(absl::StrCat("\n", Wrapped(what, kWidth, "")));
  CANDOR_ASSIGN_OR_RETURN(const bool pressed, dialog.AskYes(es ? "¿Le presionaron o le dijeron cómo contestar?"
                                                               : "Were you pressed to answer, or told how?",
                                                            kept.given));
  domain::PressureNotice notice;
  notice.given = pressed;
  if (!pressed) return notice;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const std::string question =
        es ? absl::StrCat("Qué ocurrió (una línea, hasta ", domain::kLongestPressureNotice, " bytes; Enter ",
                          kept.text.empty() ? "lo deja sin texto" : "deja lo que escribió", ", - lo borra)\n  > ")
           : absl::StrCat("What happened (one line, up to ", domain::kLongestPressureNotice, " bytes; Enter ",
                          kept.text.empty() ? "leaves it without words" : "keeps what you wrote", ", - deletes)\n  > ");
    CANDOR_ASSIGN_OR_RETURN(std::string text, dialog.Ask(question));
    if (text.size() > domain::kLongestPressureNotice) {
      dialog.Say(es ? absl::StrCat("Sobran ", text.size() - domain::kLongestPressureNotice, " bytes; acórtelo, por favor.\n")
                    : absl::StrCat("That is ", text.size() - domain::kLongestPressureNotice, " bytes too long; please shorten it.\n"));
      continue;
    }
    notice.text = text.empty() ? kept.text : text == "-" ? "" : text;
    return notice;
  }
  return absl::AbortedError("what happened stays too long; nothing was sent");
}

}  // namespace candor::cli
