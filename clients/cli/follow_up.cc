// Questions back to comments: the leader asks, whoever reads the report sees what came of it.

#include <iostream>

#include "absl/strings/str_cat.h"
#include "candor/v1/follow_up.grpc.pb.h"
#include "clients/cli/dialog.h"
#include "clients/cli/verbs.h"
#include "clients/report/text_follow_ups.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;
using v1::FollowUpService;

constexpr int kTextWidth = 96;

struct AskOptions {
  std::string survey, comment, text;
};

absl::Status Ask(Context& c, const AskOptions& options) {
  v1::AskQuestionRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_survey(), c.FullName("campaigns", options.survey));
  request.set_comment(options.comment);
  request.set_question(options.text);
  if (options.text.empty()) {
    Dialog dialog(std::cin, c.options.json ? std::cerr : std::cout);
    dialog.Say("Who wrote the comment stays unknown, also to you. Do not ask who they are, and for nothing that would tell; a "
               "moderator reads the question first. It can be neither changed nor taken back.\n");
    CANDOR_ASSIGN_OR_RETURN(
        *request.mutable_question(),
        dialog.Ask("Your question (500 characters at most, accented letters count double): "));
  }
  CANDOR_ASSIGN_OR_RETURN(const auto asked, c.Call(&FollowUpService::Stub::AskQuestion, request));
  return c.Show(asked, [&] {
    return absl::StrCat("Asked. A moderator reads it first; candor follow-up show ", options.survey,
                        " tells what becomes of it.\n");
  });
}

absl::Status Show(Context& c, const NameOption& options) {
  v1::ListFollowUpsRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto list, c.Call(&FollowUpService::Stub::ListFollowUps, request));
  return c.Show(list, [&] {
    report::TextOptions text;
    text.width = kTextWidth;
    return report::RenderFollowUps(list, text);
  });
}

}  // namespace

void AddFollowUpVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "follow-up", "Questions back to comments, whose writers stay unknown");
  AddVerb<AskOptions>(
      *noun, context, "ask", "As the leader, put one question to a comment beside your report",
      [](CLI::App& verb, AskOptions& options) {
        verb.add_option("survey", options.survey, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY")->required();
        verb.add_option("--comment", options.comment, "The comment's id, as candor report comments shows it in brackets")
            ->required();
        verb.add_option("--text", options.text, "The question; without it you are asked");
      },
      Ask);
  AddVerb<NameOption>(
      *noun, context, "show", "As a reader of the report or a moderator, see what became of questions",
      [](CLI::App& verb, NameOption& options) {
        verb.add_option("survey", options.name, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY")->required();
      },
      Show);
  AddAnsweringVerbs(*noun, context);
}

}  // namespace candor::cli
