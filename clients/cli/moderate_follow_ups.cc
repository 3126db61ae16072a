// A moderator and questions back: which go out, and what of the answers does.

#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "candor/v1/follow_up.grpc.pb.h"
#include "clients/cli/dialog.h"
#include "clients/cli/moderation_dialog.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/follow_up.h"
#include "clients/cpp/holder_key.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;
using client::OpenedAnswer;
using v1::FollowUpService;

struct FollowUpOptions {
  std::string survey, key;
  bool status = false;
};

absl::StatusOr<std::unique_ptr<client::KeySession>> OpenSession(Context& c, const FollowUpOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(auto key, client::ReadHolderKey(options.key));
  // Without an access key: the response plane knows no accounts.
  CANDOR_ASSIGN_OR_RETURN(auto connection, c.AnonymousToResponsePlane(""));
  return client::KeySession::Open(std::move(connection), domain::SurveyId(LastSegment(options.survey)),
                                  v1::KEY_HOLDER_ROLE_MODERATOR, std::move(key));
}

absl::StatusOr<v1::ListFollowUpsResponse> ListOf(Context& c, const std::string& survey) {
  v1::ListFollowUpsRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", survey));
  return c.Call(&FollowUpService::Stub::ListFollowUps, request);
}

absl::Status ShowQuestions(Context& c, const FollowUpOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const v1::ListFollowUpsResponse list, ListOf(c, options.survey));
  int undecided = 0;
  for (const v1::FollowUp& each : list.follow_ups()) undecided += each.state() == v1::FOLLOW_UP_STATE_ASKED ? 1 : 0;
  return c.Show(list, [&] {
    return absl::StrCat(list.follow_ups_size(), list.follow_ups_size() == 1 ? " question, " : " questions, ", undecided,
                        " undecided. What is decided stays. Undecided ones can be decided about until ",
                        ShortTime(list.ask_until()), ".\n");
  });
}

// False: the moderator wants to stop.
absl::StatusOr<bool> DecideQuestion(Context& c, Dialog& dialog, client::KeySession& session, const std::string& reply_key,
                                    const std::string& survey, const v1::FollowUp& asked) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(const std::string answer, dialog.Ask("  a approve, x reject, Enter later, q stop: "));
    if (answer.empty()) return true;
    if (answer == "q") return false;
    v1::DecideQuestionRequest request;
    request.set_survey(survey);
    request.set_comment(asked.comment());
    if (answer == "a") {
      CANDOR_ASSIGN_OR_RETURN(*request.mutable_sealed_question(),
                              client::SealQuestion(session, reply_key, asked.comment(), asked.question()));
    } else if (answer == "x") {
      CANDOR_ASSIGN_OR_RETURN(const v1::ModerationReason reason, AskReason(dialog));
      request.set_reason(reason);
    } else {
      continue;
    }
    CANDOR_RETURN_IF_ERROR(c.Call(&FollowUpService::Stub::DecideQuestion, request).status());
    return true;
  }
  return true;
}

absl::Status Questions(Context& c, const FollowUpOptions& options) {
  if (options.status) return ShowQuestions(c, options);
  CANDOR_ASSIGN_OR_RETURN(const std::string survey, c.FullName("campaigns", options.survey));
  CANDOR_ASSIGN_OR_RETURN(const v1::ListFollowUpsResponse list, ListOf(c, options.survey));
  std::vector<const v1::FollowUp*> asked;
  for (const v1::FollowUp& each : list.follow_ups()) {
    if (each.state() == v1::FOLLOW_UP_STATE_ASKED) asked.push_back(&each);
  }
  if (asked.empty()) return ShowQuestions(c, options);
  CANDOR_ASSIGN_OR_RETURN(const auto session, OpenSession(c, options));
  CANDOR_ASSIGN_OR_RETURN(const auto reply_keys, client::ReadReplyKeys(*session));
  Dialog dialog(std::cin, c.options.json ? std::cerr : std::cout);
  dialog.Say("Let nothing through that asks who somebody is, or for what only its writer could tell. What you approve is sealed "
             "with your key for whoever wrote the comment; what you reject, nobody is asked.\n");
  for (size_t i = 0; i < asked.size(); ++i) {
    const auto reply_key = reply_keys.find(asked[i]->comment());
    if (reply_key == reply_keys.end()) {
      return absl::DataLossError("the response plane has no key for a comment that was released; tell whoever runs the service");
    }
    dialog.Say(absl::StrCat("\nQuestion ", i + 1, " of ", asked.size(), ", about the comment:\n",
                            Indented(asked[i]->comment_text(), "    "), "\n", Indented(asked[i]->question(), "  "), "\n"));
    CANDOR_ASSIGN_OR_RETURN(const bool go_on,
                            DecideQuestion(c, dialog, *session, reply_key->second, survey, *asked[i]));
    if (!go_on) break;
  }
  return ShowQuestions(c, options);
}

// Of one answer, checked and not sent yet. False: the moderator wants to stop. Without a decision: later.
absl::StatusOr<bool> AskDecision(Dialog& dialog, const OpenedAnswer& opened,
                                 std::optional<v1::CommentDecision>& decided) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(const std::string answer,
                            dialog.Ask("  a approve, r redact, x reject, Enter later, q stop: "));
    if (answer.empty()) return true;
    if (answer == "q") return false;
    v1::CommentDecision decision;
    if (answer == "a") {
      decision.set_kind(v1::DECISION_KIND_APPROVE);
      decision.set_text(*opened.text);
    } else if (answer == "r") {
      CANDOR_ASSIGN_OR_RETURN(const std::string redacted, AskCuts(dialog, *opened.text));
      if (redacted.empty()) continue;
      decision.set_kind(v1::DECISION_KIND_REDACT);
      decision.set_text(redacted);
      CANDOR_ASSIGN_OR_RETURN(const v1::ModerationReason reason, AskReason(dialog));
      decision.set_reason(reason);
    } else if (answer == "x") {
      // Why is not asked: it would go nowhere, since nobody is to tell a rejected answer from none.
      decision.set_kind(v1::DECISION_KIND_REJECT);
    } else {
      continue;
    }
    const absl::Status fits = client::CheckDecision(opened, decision);
    if (fits.ok()) {
      decided = decision;
      return true;
    }
    dialog.Say(absl::StrCat("  ", fits.message(), "\n"));
  }
  return true;
}

absl::Status ShowAnswers(Context& c, const client::OpenedAnswers& answers) {
  int undecided = 0, answered = 0, unreadable = 0;
  for (const OpenedAnswer& each : answers.answers) {
    answered += each.text.has_value() ? 1 : 0;
    unreadable += each.unreadable ? 1 : 0;
    undecided += each.decision.has_value() ? 0 : 1;
  }
  if (c.options.json) {
    return Print(base::Json{{"answering_over", answers.answering_over},
                            {"questions", answers.answers.size()},
                            {"answered", answered},
                            {"unreadable", unreadable},
                            {"undecided", undecided}}
                     .dump(2) +
                 "\n");
  }
  if (!answers.answering_over) {
    return Print("Writers can still answer. What they have answered can be read once their time is over, all together.\n");
  }
  return Print(absl::StrCat("Of ", answers.answers.size(), answers.answers.size() == 1 ? " question, " : " questions, ",
                            answered, answered == 1 ? " has" : " have", " an answer",
                            unreadable == 0 ? "" : absl::StrCat(", ", unreadable, " what is none and cannot be read"), "; ",
                            undecided,
                            " undecided. Decisions can be changed until the last is taken, at the latest until ",
                            ShortTime(ToTimestamp(answers.decide_until)), "; what is undecided then is destroyed.\n"));
}

// The questions by comment, for who calls with an access key; without one the answers are shown alone.
absl::StatusOr<std::map<std::string, v1::FollowUp>> QuestionsBeside(Context& c, const std::string& survey) {
  std::map<std::string, v1::FollowUp> questions;
  if (c.options.key_file.empty()) return questions;
  CANDOR_ASSIGN_OR_RETURN(const v1::ListFollowUpsResponse list, ListOf(c, survey));
  for (const v1::FollowUp& each : list.follow_ups()) questions[each.comment()] = each;
  return questions;
}

absl::Status Answers(Context& c, const FollowUpOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const auto session, OpenSession(c, options));
  CANDOR_ASSIGN_OR_RETURN(client::OpenedAnswers answers, client::ReadAnswers(*session));
  if (options.status || !answers.answering_over) return ShowAnswers(c, answers);
  CANDOR_ASSIGN_OR_RETURN(const auto questions, QuestionsBeside(c, options.survey));
  Dialog dialog(std::cin, c.options.json ? std::cerr : std::cout);
  size_t number = 0;
  client::AnswerDecisions decisions;
  for (const OpenedAnswer& each : answers.answers) {
    if (each.decision.has_value() || !each.text.has_value()) continue;
    std::string shown = absl::StrCat("\nAnswer ", ++number, "\n");
    if (const auto question = questions.find(each.comment); question != questions.end()) {
      absl::StrAppend(&shown, "  Comment:\n", Indented(question->second.comment_text(), "    "), "  Question:\n",
                      Indented(question->second.question(), "    "), "  Answer:\n");
    }
    dialog.Say(absl::StrCat(shown, Indented(*each.text, "    ")));
    std::optional<v1::CommentDecision> decision;
    CANDOR_ASSIGN_OR_RETURN(const bool go_on, AskDecision(dialog, each, decision));
    if (!go_on) break;
    if (decision.has_value()) decisions[each.comment] = *std::move(decision);
  }
  CANDOR_RETURN_IF_ERROR(client::DecideAll(*session, answers, decisions).status());
  const auto now = client::ReadAnswers(*session);
  if (!now.ok()) {
    // With the last decision they may be handed over at any moment.
    return base::GetErrorDetail(now.status()).reason == domain::reasons::kFOLLOW_UP_OVER
               ? Print("All is decided, and handed over.\n")
               : now.status();
  }
  return ShowAnswers(c, *now);
}

void Declare(CLI::App& verb, FollowUpOptions& options) {
  verb.add_option("survey", options.survey, "The survey's name")->required();
  verb.add_option("--key", options.key, "Your key, as candor moderator keygen made it")->required();
  verb.add_flag("--status", options.status, "Only say how many are undecided");
}

}  // namespace

void AddModerateFollowUpVerbs(CLI::App& verb, Context& context) {
  AddVerb<FollowUpOptions>(verb, context, "questions",
                           "Decide which questions back to comments go out; with your access key as well", Declare,
                           Questions);
  AddVerb<FollowUpOptions>(verb, context, "answers",
                           "Decide what of the answers goes out, once the time to answer is over", Declare, Answers);
}

}  // namespace candor::cli
