// Respondents and questions back: which were put to comments that were written with this device, and answering them.

#include <iostream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "clients/cli/comment_marks.h"
#include "clients/cli/contract_text.h"
#include "clients/cli/dialog.h"
#include "clients/cli/random_moment.h"
#include "clients/cli/send_again.h"
#include "clients/cli/state_folder.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/follow_up.h"
#include "clients/cpp/moment.h"
#include "clients/guard/comment_guard.h"
#include "clients/sentences/sentences.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/domain/follow_up.h"

namespace candor::cli {
namespace {

using client::MomentText;
using client::ReceivedQuestion;
using client::ReceivedQuestions;
using sentences::Sentences;

struct ListOptions {
  std::string state_dir, language;
};

struct AnswerOptions {
  std::string comment, text, state_dir, language;
  double within_hours = -1;
  bool yes = false;
};

// The questions of one survey, with the keys by which they were found.
struct Received {
  client::ReplyKeys keys;
  ReceivedQuestions questions;
};

void Wipe(std::vector<Received>& all) {
  for (Received& each : all) {
    for (std::string& seed : each.keys.seeds) base::Wipe(seed);
  }
}

// One connection for each survey. A survey that cannot be asked, since its server is gone perhaps, is told in `missing` and keeps
// no other from being.
absl::StatusOr<std::vector<Received>> FetchAll(Context& c, const std::string& state_dir,
                                               std::vector<absl::Status>& missing) {
  CANDOR_RETURN_IF_ERROR(c.RefuseCertificate());
  const std::string folder = state_dir.empty() ? DefaultStateFolder() : state_dir;
  if (folder.empty()) return UsageError("where does this device keep what belongs to codes? give --state-dir DIR");
  CANDOR_ASSIGN_OR_RETURN(std::vector<client::ReplyKeys> kept, client::FileStateStore(folder).LoadReplyKeys());
  std::vector<Received> all;
  for (client::ReplyKeys& keys : kept) {
    absl::StatusOr<ReceivedQuestions> questions = [&]() -> absl::StatusOr<ReceivedQuestions> {
      CANDOR_ASSIGN_OR_RETURN(const auto connection, c.AnonymousToResponsePlane(keys.response_address));
      CANDOR_ASSIGN_OR_RETURN(ReceivedQuestions received, client::FetchQuestions(*connection, keys));
      client::KeepAnswerable(received.questions, absl::Now());
      return received;
    }();
    if (questions.ok()) {
      all.push_back({std::move(keys), *std::move(questions)});
    } else {
      missing.push_back(questions.status());
      for (std::string& seed : keys.seeds) base::Wipe(seed);
    }
  }
  // Where nothing can be asked that is the answer.
  if (all.empty() && !missing.empty()) return missing[0];
  return all;
}

std::string LanguageOf(const Received& received, const std::string& wanted) {
  return BestLanguage(received.questions.documents->contract.languages, wanted);
}

std::string ModeratorsOf(const Received& received) {
  std::vector<std::string> moderators;
  for (const auto& moderator : received.questions.documents->manifest.moderators) moderators.push_back(moderator.name);
  return absl::StrJoin(moderators, ", ");
}

// What the comment answered, as one of its audiences was asked it.
std::string PromptOf(const Received& received, const ReceivedQuestion& question, const std::string& language) {
  const auto& prompts = received.questions.documents->instrument_version.instrument.prompts;
  if (question.prompt >= prompts.size() || prompts[question.prompt].texts.empty()) return "";
  return TextIn(prompts[question.prompt].texts.begin()->second, language);
}

std::string Shown(const Received& received, const ReceivedQuestion& question, const std::string& language) {
  const Sentences say(language);
  return absl::StrCat(
      "\n",
      Wrapped(say.Say("asked_back.question",
                      {{"prompt", PromptOf(received, question, language)}, {"moderator", question.moderator}}),
              kWidth, ""),
      "\n", Wrapped(question.text, kWidth, "    "), "\n",
      Wrapped(say.Say("asked_back.until", {{"until", MomentText(question.answer_until)}}), kWidth, ""));
}

absl::Status List(Context& c, const ListOptions& options) {
  std::vector<absl::Status> missing;
  CANDOR_ASSIGN_OR_RETURN(std::vector<Received> all, FetchAll(c, options.state_dir, missing));
  base::Json questions = base::Json::array();
  std::string text;
  for (const Received& received : all) {
    const std::string language = LanguageOf(received, options.language);
    for (const ReceivedQuestion& question : received.questions.questions) {
      questions.push_back({{"survey", received.keys.survey},
                           {"comment", question.comment},
                           {"prompt", PromptOf(received, question, language)},
                           {"question", question.text},
                           {"moderator", question.moderator},
                           {"answer_until", MomentText(question.answer_until)}});
      absl::StrAppend(&text, Shown(received, question, language),
                      Sentences(language).Say("asked_back.how", {{"comment", question.comment}}), "\n");
    }
  }
  Wipe(all);
  if (c.options.json) {
    return Print(base::Json{{"questions", std::move(questions)}, {"surveys_not_reached", missing.size()}}.dump(2) + "\n");
  }
  const Sentences say(options.language.empty() ? "en" : options.language);
  if (text.empty()) text = absl::StrCat(say.Say("asked_back.none"), "\n");
  for (const absl::Status& each : missing) {
    absl::StrAppend(&text, say.Say("asked_back.not_reached", {{"why", std::string(each.message())}}), "\n");
  }
  return Print(text);
}

// The question about this comment; where none is named, the only one.
absl::StatusOr<std::pair<const Received*, const ReceivedQuestion*>> Find(const std::vector<Received>& all,
                                                                         const std::string& comment) {
  std::pair<const Received*, const ReceivedQuestion*> found = {nullptr, nullptr};
  int fitting = 0;
  for (const Received& received : all) {
    for (const ReceivedQuestion& question : received.questions.questions) {
      if (!comment.empty() && question.comment != comment) continue;
      found = {&received, &question};
      ++fitting;
    }
  }
  if (fitting == 1) return found;
  if (fitting > 1) return UsageError("there are several questions; say which: candor follow-up list shows their ids");
  return absl::NotFoundError(comment.empty()
                                 ? "there is no question about a comment that was written with this device, or its time is over"
                                 : "there is no such question for this device, or its time is over; candor follow-up list "
                                   "shows what there is");
}

// Asked in the terminal, with the guard; or from the command line, with what the guard finds said.
absl::StatusOr<std::string> TextFor(Dialog& dialog, const AnswerOptions& options,
                                    const ReceivedQuestion& question, const std::string& language,
                                    base::Json& marks) {
  if (options.text.empty()) {
    return AskComment(dialog, {question.text, static_cast<int>(domain::kLongestAnswer), "", language,
                               /*staff_surnames=*/nullptr});
  }
  const auto findings = guard::CheckComment(options.text, language, nullptr);
  marks = MarksJson(question.comment, findings);
  if (!findings.empty()) dialog.Say(MarksText(options.text, findings));
  return options.text;
}

absl::Status Answer(Context& c, const AnswerOptions& options) {
  const bool interactive = options.text.empty();
  std::ostream nowhere(nullptr);
  Dialog dialog(std::cin, !c.options.json ? std::cout : interactive ? std::cerr : nowhere);
  std::vector<absl::Status> missing;
  CANDOR_ASSIGN_OR_RETURN(std::vector<Received> all, FetchAll(c, options.state_dir, missing));
  const absl::Cleanup wipe = [&all] { Wipe(all); };
  CANDOR_ASSIGN_OR_RETURN(const auto found, Find(all, options.comment));
  const auto& [received, question] = found;
  const std::string language = LanguageOf(*received, options.language);
  dialog.SetLanguage(language);
  const Sentences& say = dialog.sentences();
  const std::string moderators = ModeratorsOf(*received);
  dialog.Say(absl::StrCat(Shown(*received, *question, language), "\n",
                          Wrapped(say.Say("asked_back.read_by", {{"moderators", moderators}}), kWidth, ""),
                          Wrapped(say.Say("asked_back.guard"), kWidth, "")));
  base::Json marks = base::Json::array();
  CANDOR_ASSIGN_OR_RETURN(std::string answer, TextFor(dialog, options, *question, language, marks));
  if (answer.empty()) return absl::AbortedError("nothing was sent");
  CANDOR_ASSIGN_OR_RETURN(double hours, HoursToWait(dialog, {options.within_hours, options.yes, interactive}));
  hours = HoursBefore(dialog, question->answer_until, hours);
  CANDOR_RETURN_IF_ERROR(WaitForAMoment(dialog, c, hours, "asked_back.waits"));
  const auto send = [&]() -> absl::Status {
    // A connection for this answer alone.
    CANDOR_ASSIGN_OR_RETURN(const auto connection, c.AnonymousToResponsePlane(received->keys.response_address));
    return client::AnswerQuestion(*connection, received->keys, received->questions, *question, answer);
  };
  const absl::Status sent = SendUntilItArrives(
      dialog, c, {send, nullptr, interactive && hours <= 0, question->answer_until, "send.follow_up_gone"});
  base::Wipe(answer);
  const std::string text = absl::StrCat(
      "\n", Wrapped(say.Say("asked_back.sent",
                            {{"moderators", moderators}, {"until", MomentText(question->answer_until)}}),
                    kWidth, ""));
  const base::Json result = {{"survey", received->keys.survey},
                             {"comment", question->comment},
                             {"acknowledged", true},
                             {"answer_marks", std::move(marks)}};
  CANDOR_RETURN_IF_ERROR(sent);
  return Print(c.options.json ? result.dump(2) + "\n" : text);
}

void DeclareDevice(CLI::App& verb, std::string& state_dir, std::string& language) {
  verb.add_option("--state-dir", state_dir,
                  "Folder with what is kept on this device (default ~/.local/state/candor)");
  verb.add_option("--language", language, "Language of what is said here, for instance es");
}

}  // namespace

void AddAnsweringVerbs(CLI::App& noun, Context& context) {
  AddVerb<ListOptions>(
      noun, context, "list", "As a respondent, see which questions were put to comments written with this device",
      [](CLI::App& verb, ListOptions& options) { DeclareDevice(verb, options.state_dir, options.language); }, List);
  AddVerb<AnswerOptions>(
      noun, context, "answer", "As a respondent, answer such a question",
      [](CLI::App& verb, AnswerOptions& options) {
        verb.add_option("comment", options.comment, "The id that candor follow-up list shows; not needed where it shows one");
        verb.add_option("--text", options.text,
                        "The answer; without it you are asked, and warned of what could give you away. Typed here it stays "
                        "in the shell's history");
        DeclareWithinHours(verb, options.within_hours, "--text");
        verb.add_flag("--yes", options.yes, "Send at once unless --within-hours is given");
        DeclareDevice(verb, options.state_dir, options.language);
      },
      Answer);
}

}  // namespace candor::cli
