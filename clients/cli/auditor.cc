// The auditor at work: what respondents reported of being pressed.

#include <iostream>

#include "absl/strings/str_cat.h"
#include "clients/cli/dialog.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/auditing.h"
#include "clients/cpp/holder_key.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

struct NoticesOptions {
  std::string survey, key;
  bool done = false, yes = false;
};

std::string TextOf(const client::OpenedNotices& notices) {
  if (notices.destroyed) return "No notices are kept for this survey: you are done with them, or their time is over.\n";
  if (notices.given == 0) return "Nobody reported that they were pressed.\n";
  std::string text = absl::StrCat(notices.given, notices.given == 1 ? " person" : " people",
                                  " reported that they were pressed to answer, or told how. Who they are is known to nobody; "
                                  "take care that what you do with it does not tell.\n");
  for (const std::string& said : notices.texts) absl::StrAppend(&text, "\n", Wrapped(said, kWidth, "    "));
  const int64_t wordless = notices.given - static_cast<int64_t>(notices.texts.size());
  if (wordless > 0) absl::StrAppend(&text, "\n", wordless, " of them without words.\n");
  return text;
}

absl::Status Notices(Context& c, const NoticesOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(auto key, client::ReadHolderKey(options.key));
  // Without an access key: the response plane knows no accounts.
  CANDOR_ASSIGN_OR_RETURN(auto connection, c.AnonymousToResponsePlane(""));
  CANDOR_ASSIGN_OR_RETURN(
      const auto session, client::KeySession::Open(std::move(connection), domain::SurveyId(LastSegment(options.survey)),
                                                   candor::v1::KEY_HOLDER_ROLE_AUDITOR, std::move(key)));
  if (options.done) {
    Dialog dialog(std::cin, std::cerr);
    const auto sure = options.yes ? absl::StatusOr<bool>(true)
                                  : dialog.AskYes("Destroy this survey's notices for good, read or not?", false);
    if (!sure.ok() || !*sure) return absl::AbortedError("nothing was destroyed");
    CANDOR_RETURN_IF_ERROR(client::DestroyNotices(*session));
    const base::Json result = {{"destroyed", true}};
    return Print(c.options.json ? result.dump(2) + "\n" : "The notices of this survey are destroyed.\n");
  }
  CANDOR_ASSIGN_OR_RETURN(const client::OpenedNotices notices, client::ReadNotices(*session));
  if (!c.options.json) return Print(TextOf(notices));
  base::Json result = {{"survey", session->documents().manifest.survey.value()},
                       {"destroyed", notices.destroyed},
                       {"given", notices.given},
                       {"texts", notices.texts}};
  return Print(result.dump(2) + "\n");
}

}  // namespace

void AddAuditorVerbs(CLI::App& noun, Context& context) {
  AddVerb<NoticesOptions>(
      noun, context, "notices", "Read what respondents reported of being pressed, once the survey is closed",
      [](CLI::App& verb, NoticesOptions& options) {
        verb.add_option("survey", options.survey, "The survey's name or id")->required();
        verb.add_option("--key", options.key, "The file that keygen made")->required();
        verb.add_flag("--done", options.done, "Destroy them on the server, in place of reading them");
        verb.add_flag("--yes", options.yes, "With --done: do not ask");
      },
      Notices);
}

}  // namespace candor::cli
