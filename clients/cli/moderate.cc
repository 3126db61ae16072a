// A moderator at work: each comment is shown, nothing is decided by itself, and a redaction can only cut.

#include <iostream>
#include <map>

#include "absl/strings/str_cat.h"
#include "clients/cli/dialog.h"
#include "clients/cli/moderation_dialog.h"
#include "clients/cli/moderation_file.h"
#include "clients/cli/new_file.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/holder_key.h"
#include "clients/cpp/moderation.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/domain/comments.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;
using client::OpenedComment;

struct ModerateOptions {
  std::string survey, key, export_file, import_file;
  bool all = false, status = false;
};

// The question of each prompt, as its first audience was asked it, in English where there is such a wording.
std::vector<std::string> QuestionsOf(const client::SurveyDocuments& documents) {
  std::vector<std::string> questions;
  for (const domain::Prompt& prompt : documents.instrument_version.instrument.prompts) {
    std::string question = prompt.code;
    for (const auto& [audience, texts] : prompt.texts) {
      if (texts.empty()) continue;
      const auto english = texts.find("en");
      question = english != texts.end() ? english->second : texts.begin()->second;
      break;
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

std::string BlockWords(const std::string& block) {
  return block.empty() ? "no group may be named" : block == domain::kOtherRaters ? "other raters, pooled" : block;
}

std::string Shown(const OpenedComment& comment, const std::vector<std::string>& questions, size_t number, size_t all) {
  std::string text = absl::StrCat("\nComment ", number, " of ", all, "   [", BlockWords(comment.place.block), "]\n");
  absl::StrAppend(&text,
                  Wrapped(comment.place.prompt == domain::kNoPrompt
                              ? "To which question is not told: so few were asked it that it would name their group."
                              : questions[static_cast<size_t>(comment.place.prompt)],
                          kWidth, "  "),
                  "\n");
  absl::StrAppend(&text, Indented(comment.text, "    "));
  if (!comment.place.texts) absl::StrAppend(&text, "  (its words may not be released, whatever you decide)\n");
  if (comment.decision.has_value()) {
    absl::StrAppend(&text, "  Decided by ", comment.decided_by, ": ", NameOf(comment.decision->kind()));
    if (!comment.decision->note().empty()) absl::StrAppend(&text, " (", comment.decision->note(), ")");
    absl::StrAppend(&text, "\n");
  }
  return text;
}

// False: the moderator wants to stop.
absl::StatusOr<bool> DecideOne(Dialog& dialog, client::KeySession& session, const OpenedComment& comment) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(
        const std::string answer,
        dialog.Ask(comment.place.texts ? "  a approve, r redact, s summary only, x reject, Enter later, q stop: "
                                       : "  s into the summary, x reject, Enter later, q stop: "));
    v1::CommentDecision decision;
    if (answer.empty()) return true;
    if (answer == "q") return false;
    if (answer == "a") {
      decision.set_kind(v1::DECISION_KIND_APPROVE);
      decision.set_text(comment.text);
    } else if (answer == "r" && comment.place.texts) {
      CANDOR_ASSIGN_OR_RETURN(const std::string redacted, AskCuts(dialog, comment.text));
      if (redacted.empty()) continue;
      decision.set_kind(v1::DECISION_KIND_REDACT);
      decision.set_text(redacted);
      CANDOR_ASSIGN_OR_RETURN(const v1::ModerationReason reason, AskReason(dialog));
      decision.set_reason(reason);
    } else if (answer == "s") {
      decision.set_kind(v1::DECISION_KIND_SUMMARY);
    } else if (answer == "x") {
      decision.set_kind(v1::DECISION_KIND_REJECT);
      CANDOR_ASSIGN_OR_RETURN(const v1::ModerationReason reason, AskReason(dialog));
      decision.set_reason(reason);
      CANDOR_ASSIGN_OR_RETURN(const std::string note, dialog.Ask("  A note for other moderators (Enter: none): "));
      decision.set_note(note);
    } else {
      continue;
    }
    const absl::Status decided = client::Decide(session, comment, decision);
    if (decided.ok()) return true;
    if (!absl::IsInvalidArgument(decided)) return decided;
    dialog.Say(absl::StrCat("  ", decided.message(), "\n"));
  }
  return true;
}

absl::Status AskSummaries(Dialog& dialog, client::KeySession& session, const client::OpenedComments& comments) {
  std::map<std::string, std::vector<std::string>> texts;
  for (const OpenedComment& comment : comments.comments) {
    if (comment.decision.has_value() && comment.decision->kind() == v1::DECISION_KIND_SUMMARY) {
      texts[comment.place.block].push_back(comment.text);
    }
  }
  std::map<std::string, std::string> kept;
  for (const v1::BlockSummary& summary : comments.summaries) kept[summary.block()] = summary.text();
  for (const auto& [block, of_block] : texts) {
    std::string said = absl::StrCat("\nSummary   [", BlockWords(block), "], of ", of_block.size(), " comments:\n");
    for (const std::string& text : of_block) absl::StrAppend(&said, Wrapped(text, kWidth, "    - "));
    if (kept.contains(block)) absl::StrAppend(&said, "  Written already:\n", Wrapped(kept[block], kWidth, "    "));
    dialog.Say(said + "  In your own words, so that nobody is recognised by what they wrote.\n");
    CANDOR_ASSIGN_OR_RETURN(const std::string text,
                            dialog.Ask(kept.contains(block) ? "  Summary (Enter keeps it): " : "  Summary (Enter: later): "));
    if (!text.empty()) CANDOR_RETURN_IF_ERROR(client::WriteSummary(session, block, text));
  }
  return absl::OkStatus();
}

// What a moderator must know of groups that are too small to be named; empty where nothing of them is undecided.
std::string SmallGroupsText(const client::OpenedComments& now) {
  int64_t undecided = 0;
  for (const OpenedComment& comment : now.comments) undecided += comment.place.block.empty() && !comment.decision.has_value();
  if (undecided == 0) return "";
  return absl::StrCat(undecided, undecided == 1 ? " of the undecided is" : " of the undecided are",
                      " of groups too small to be named. Nothing of these keeps an administrator from releasing, since that would "
                      "tell that somebody there wrote; what you have not put into a summary by then is destroyed.\n");
}

absl::Status ShowCounts(Context& c, client::KeySession& session) {
  CANDOR_ASSIGN_OR_RETURN(const client::OpenedComments now, client::ReadComments(session));
  const auto& manifest = session.documents().manifest;
  if (c.options.json) {
    return Print(base::Json{{"survey", manifest.survey.value()},
                            {"moderator", manifest.moderators[static_cast<size_t>(session.index())].name},
                            {"released", now.released},
                            {"comments", now.comments.size()},
                            {"undecided", now.undecided},
                            {"missing_summaries", now.missing_summaries}}
                     .dump(2) +
                 "\n");
  }
  if (now.released) return Print("The comments of this survey are released; nothing of them changes any more.\n");
  return Print(absl::StrCat(now.comments.size(), " comments, ", now.undecided, " undecided, ", now.missing_summaries,
                            now.missing_summaries == 1 ? " summary" : " summaries",
                            " missing. Decisions can be changed until the campaign is released.\n", SmallGroupsText(now)));
}

absl::Status Import(client::KeySession& session, const std::string& file, const client::OpenedComments& comments) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(file));
  CANDOR_ASSIGN_OR_RETURN(ModerationFile read, ParseModeration(bytes, file));
  if (read.survey != session.documents().manifest.survey.value()) {
    return absl::InvalidArgumentError(absl::StrCat(file, " is about another survey"));
  }
  std::map<std::string, const OpenedComment*> known;
  for (const OpenedComment& comment : comments.comments) known[comment.id] = &comment;
  // All are checked before the first is sent.
  for (size_t i = 0; i < read.decisions.size(); ++i) {
    ModerationFile::Decision& each = read.decisions[i];
    const auto found = known.find(each.comment);
    if (found == known.end()) {
      return absl::InvalidArgumentError(absl::StrCat(file, ": decision ", i + 1, " is about no comment of this survey"));
    }
    if (each.decision.kind() == v1::DECISION_KIND_APPROVE && each.decision.text().empty()) {
      each.decision.set_text(found->second->text);
    }
    const absl::Status checked = client::CheckDecision(*found->second, each.decision);
    if (!checked.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(file, ": comment ", each.comment, ": ", checked.message()));
    }
  }
  for (const ModerationFile::Decision& each : read.decisions) {
    CANDOR_RETURN_IF_ERROR(client::Decide(session, *known[each.comment], each.decision));
  }
  for (const v1::BlockSummary& summary : read.summaries) {
    CANDOR_RETURN_IF_ERROR(client::WriteSummary(session, summary.block(), summary.text()));
  }
  return absl::OkStatus();
}

absl::Status Moderate(Context& c, const ModerateOptions& options) {
  // Not required by the parser, since the verbs below this one have their own.
  if (options.survey.empty() || options.key.empty()) {
    return UsageError("which survey's comments, and with which key? candor moderate SURVEY --key FILE");
  }
  if (!options.export_file.empty() && !options.import_file.empty()) {
    return UsageError("--export and --import are two steps; give one of them");
  }
  // One that is there may hold decisions.
  if (!options.export_file.empty()) CANDOR_RETURN_IF_ERROR(CheckNewFile(options.export_file));
  CANDOR_ASSIGN_OR_RETURN(auto key, client::ReadHolderKey(options.key));
  // Without an access key: the response plane knows no accounts, and needs not learn who of the directory moderates.
  CANDOR_ASSIGN_OR_RETURN(auto connection, c.AnonymousToResponsePlane(""));
  CANDOR_ASSIGN_OR_RETURN(
      const auto session, client::KeySession::Open(std::move(connection), domain::SurveyId(LastSegment(options.survey)),
                                                   v1::KEY_HOLDER_ROLE_MODERATOR, std::move(key)));
  if (options.status) return ShowCounts(c, *session);
  CANDOR_ASSIGN_OR_RETURN(client::OpenedComments comments, client::ReadComments(*session));
  const std::vector<std::string> questions = QuestionsOf(session->documents());
  if (!options.export_file.empty()) {
    std::string text = ModerationToJson(session->documents().manifest.survey.value(), comments, questions);
    const absl::Status written = WriteNewFile(options.export_file, text);
    base::Wipe(text);
    CANDOR_RETURN_IF_ERROR(written);
    return Print(absl::StrCat("The comments are in ", options.export_file,
                              ", readable. Write your decisions into it, import it, and destroy it.\n"));
  }
  if (!options.import_file.empty()) {
    CANDOR_RETURN_IF_ERROR(Import(*session, options.import_file, comments));
    return ShowCounts(c, *session);
  }
  Dialog dialog(std::cin, c.options.json ? std::cerr : std::cout);
  std::vector<const OpenedComment*> shown;
  for (const OpenedComment& comment : comments.comments) {
    if (options.all || !comment.decision.has_value()) shown.push_back(&comment);
  }
  for (size_t i = 0; i < shown.size(); ++i) {
    dialog.Say(Shown(*shown[i], questions, i + 1, shown.size()));
    CANDOR_ASSIGN_OR_RETURN(const bool go_on, DecideOne(dialog, *session, *shown[i]));
    if (!go_on) return ShowCounts(c, *session);
  }
  CANDOR_ASSIGN_OR_RETURN(comments, client::ReadComments(*session));
  CANDOR_RETURN_IF_ERROR(AskSummaries(dialog, *session, comments));
  return ShowCounts(c, *session);
}

}  // namespace

void AddModerateVerb(CLI::App& app, Context& context) {
  CLI::App* const verb = AddVerb<ModerateOptions>(
      app, context, "moderate", "Read a closed survey's comments as a moderator, and decide what becomes of each",
      [](CLI::App& verb, ModerateOptions& options) {
        verb.add_option("survey", options.survey, "The survey's name or id");
        verb.add_option("--key", options.key, "Your key, as candor moderator keygen made it");
        verb.add_flag("--all", options.all, "Show the comments that are decided already, too");
        verb.add_flag("--status", options.status, "Only say how many are undecided");
        verb.add_option("--export", options.export_file, "Write the comments to this new file (mode 0600) and decide nothing");
        verb.add_option("--import", options.import_file, "Carry out the decisions in this file");
      },
      Moderate);
  AddModerateFollowUpVerbs(*verb, context);
}

}  // namespace candor::cli
