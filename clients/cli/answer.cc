#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "clients/cli/answer_link.h"
#include "clients/cli/answers_file.h"
#include "clients/cli/campaign_calls.h"
#include "clients/cli/comment_marks.h"
#include "clients/cli/contract_text.h"
#include "clients/cli/dialog.h"
#include "clients/cli/pressure_notice.h"
#include "clients/cli/random_moment.h"
#include "clients/cli/sentences.h"
#include "clients/cli/state_folder.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/ledger_check.h"
#include "clients/cpp/mirror.h"
#include "clients/cpp/respondent.h"
#include "clients/guard/comment_guard.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"

namespace candor::cli {
namespace {

constexpr size_t kWidth = 90;

struct AnswerOptions {
  std::string code, link, expect_manifest, language, file, state_dir, receipt, mirror_ca;
  double within_hours = -1;
  bool shared_device = false, keep_answers = false, forget = false, yes = false;
};

// Where this device keeps what belongs to codes.
struct Device {
  explicit Device(const AnswerOptions& options)
      : folder(options.shared_device ? ""
               : options.state_dir.empty() ? DefaultStateFolder()
                                           : options.state_dir),
        files(folder) {}

  // Whether nothing outlives the program: on a shared device, or where there is no home folder.
  bool in_memory() const { return folder.empty(); }
  client::StateStore& store() { return in_memory() ? static_cast<client::StateStore&>(memory) : files; }

  const std::string folder;
  client::MemoryStateStore memory;
  client::FileStateStore files;
};

// The items that this person is asked, with the places of their answers.
struct Form {
  std::vector<size_t> items, prompts;  // indices in the instrument
  std::vector<std::string> sentences, questions;
};

Form FormOf(const client::Respondent& respondent, const std::string& language) {
  const domain::Instrument& instrument = respondent.documents().instrument_version.instrument;
  Form form;
  for (size_t i = 0; i < instrument.items.size(); ++i) {
    if (!respondent.shape().items_asked[i]) continue;
    form.items.push_back(i);
    form.sentences.push_back(TextIn(instrument.items[i].texts.at(respondent.audience()), language));
  }
  for (size_t i = 0; i < instrument.prompts.size(); ++i) {
    if (!respondent.shape().prompts_asked[i]) continue;
    form.prompts.push_back(i);
    form.questions.push_back(TextIn(instrument.prompts[i].texts.at(respondent.audience()), language));
  }
  return form;
}

absl::StatusOr<domain::Answers> AskAll(Dialog& dialog, const client::Respondent& respondent,
                                       const std::string& language) {
  const domain::Instrument& instrument = respondent.documents().instrument_version.instrument;
  const Form form = FormOf(respondent, language);
  domain::Answers answers = respondent.answers().value_or(domain::Answers{
      std::vector<uint8_t>(instrument.items.size(), domain::kBlank), std::vector<std::string>(instrument.prompts.size())});
  std::vector<uint8_t> marks;
  for (const size_t i : form.items) marks.push_back(answers.ratings[i]);
  dialog.Say(ScaleText(instrument.scale, language));
  while (true) {
    CANDOR_RETURN_IF_ERROR(AskRatings(dialog, form.sentences, instrument.scale.points, marks));
    for (size_t i = 0; i < form.items.size(); ++i) answers.ratings[form.items[i]] = marks[i];
    if (!form.prompts.empty()) {
      const auto& group = respondent.documents().manifest.groups[respondent.group()];
      dialog.Say(absl::StrCat("\nOpen questions. Do not write names, dates, or anything by which you could be recognised.\n",
                              Wrapped(guard::GroupSizeAdvice(group.invited, language), kWidth, "")));
    }
    for (size_t i = 0; i < form.prompts.size(); ++i) {
      std::string& comment = answers.comments[form.prompts[i]];
      CANDOR_ASSIGN_OR_RETURN(comment, AskComment(dialog, {form.questions[i], instrument.prompts[form.prompts[i]].max_bytes,
                                                           comment, language, respondent.staff_surnames()}));
    }
    // Asked of everybody, and not shown among the answers below: somebody may be looking on.
    if (const auto& auditor = respondent.documents().manifest.auditor; auditor.has_value()) {
      CANDOR_ASSIGN_OR_RETURN(answers.notice, AskPressureNotice(dialog, auditor->name, answers.notice, language));
    }
    dialog.Say("\nYour answers:\n");
    for (size_t i = 0; i < form.items.size(); ++i) {
      dialog.Say(absl::StrCat("  [", MarkText(marks[i]), "] ", form.sentences[i], "\n"));
    }
    for (size_t i = 0; i < form.prompts.size(); ++i) {
      dialog.Say(absl::StrCat("  [", answers.comments[form.prompts[i]].empty() ? "blank" : "written", "] ",
                              form.questions[i], "\n"));
    }
    CANDOR_ASSIGN_OR_RETURN(const bool right, dialog.AskYes("Is this what you want to say?", true));
    if (right) return answers;
  }
}

// On the command line a code would stay in the shell's history.
absl::StatusOr<std::string> CodeFrom(Dialog& dialog, const AnswerOptions& options) {
  if (options.code == "-") return dialog.Ask("");
  if (!options.code.empty()) return options.code;
  if (isatty(STDIN_FILENO) == 0) return UsageError("which code? give --code - and the code on standard input");
  return dialog.Ask("Your code, as it stands in your letter or on your slip: ");
}

absl::Status CheckUse(const Context& c, const AnswerOptions& options, const Device& device) {
  CANDOR_RETURN_IF_ERROR(c.RefuseCertificate());
  if (device.in_memory() && options.within_hours > 0) {
    return UsageError("where nothing is kept on the device, a program that is stopped while it waits would lose the right to "
                      "answer; leave out --within-hours, or answer on a device of your own");
  }
  if (!options.file.empty() && options.expect_manifest.empty() && !options.yes) {
    return UsageError("with --file nobody is asked whether this is the right survey; give --expect-manifest with the "
                      "comparison code from the notice board, or --yes");
  }
  return absl::OkStatus();
}

// Erases what the device keeps for the code, or for every code.
absl::Status Forget(Context& c, Dialog& dialog, const AnswerOptions& options, Device& device) {
  if (device.in_memory()) return UsageError("what is to be forgotten? give --state-dir DIR; without it nothing is kept");
  std::string said;
  if (options.code.empty()) {
    const auto sure = options.yes ? absl::StatusOr<bool>(true)
                                  : dialog.AskYes(absl::StrCat("Erase everything that candor keeps in ", device.folder,
                                                               "? Answers that were sent can then no longer be changed, "
                                                               "nor receipts checked."),
                                                  false);
    if (!sure.ok() || !*sure) return absl::AbortedError("nothing was erased");
    CANDOR_ASSIGN_OR_RETURN(const int erased, device.files.EraseAll());
    said = erased == 0 ? absl::StrCat("Nothing was kept in ", device.folder, ".\n")
                       : absl::StrCat("Erased from ", device.folder, ": ", erased, erased == 1 ? " file.\n" : " files.\n");
  } else {
    CANDOR_ASSIGN_OR_RETURN(const std::string typed, CodeFrom(dialog, options));
    CANDOR_ASSIGN_OR_RETURN(const std::string code, crypto::NormalizeCode(typed));
    const std::string name = client::StateName(code);
    bool kept = false;
    for (const std::string& file : {name, client::ReceiptName(name), client::ReplyKeysName(name)}) {
      kept = kept || base::FileExists(device.files.PathOf(file));
      CANDOR_RETURN_IF_ERROR(device.files.Erase(file));
    }
    said = kept ? "Erased what was kept for this code, the receipt too.\n" : "Nothing was kept for this code.\n";
  }
  return Print(c.options.json ? base::Json{{"forgotten", true}}.dump(2) + "\n" : said);
}

// What stays where, and how it is erased.
std::string WhatIsKept(const AnswerOptions& options, const Device& device, const std::string& state_file,
                       const std::string& receipt_file, const std::string& reply_keys_file,
                       const domain::Contract& contract, const std::string& language) {
  const std::string until = absl::FormatTime("%Y-%m-%d %H:%M UTC", contract.latest_close_time, absl::UTCTimeZone());
  const Sentences say(language);
  if (device.in_memory()) {
    return absl::StrCat("Your answers are not kept on this device, nor is anything to change them with.",
                        receipt_file.empty() ? "" : absl::StrCat(" Your receipt is in ", receipt_file, "."), "\n",
                        contract.follow_up_days > 0 ? Wrapped(say.Say("kept.no_reply_keys"), kWidth, "") : "");
  }
  return absl::StrCat(
      "Kept on this device:\n  ", state_file, "\n    your right to change your answers while the survey is open, ",
      options.keep_answers ? "and the answers themselves, readable"
                           : "not the answers",
      "; erased when candor answer runs here after ", until, "\n  ", receipt_file, "\n    your receipt\n",
      base::FileExists(reply_keys_file)
          ? absl::StrCat("  ", reply_keys_file, "\n", Wrapped(say.Say("kept.reply_keys"), kWidth, "    "))
          : "",
      options.receipt.empty() ? "To erase both now: " : "To erase the first now: ", "candor answer --forget",
      options.state_dir.empty() ? "" : absl::StrCat(" --state-dir ", device.folder), "\n");
}

// Puts code and manifest's hash from the link to the options that say the same.
absl::StatusOr<AnswerOptions> WithLink(Dialog& dialog, AnswerOptions options) {
  if (options.link.empty()) return options;
  if (options.link == "-") {
    CANDOR_ASSIGN_OR_RETURN(options.link, dialog.Ask(""));
  }
  auto link = ParseLink(options.link);
  base::Wipe(options.link);
  if (!link.ok()) return link.status();
  options.code = std::move(link->code);
  options.expect_manifest = std::move(link->manifest_hash);
  return options;
}

// Compares with the contract's mirrors and says what came of it. FAILED_PRECONDITION, MANIFEST_REFUSED: one has another
// manifest.
absl::StatusOr<std::vector<client::MirrorFinding>> CompareMirrors(Dialog& dialog, const client::SurveyDocuments& documents,
                                                                  const std::string& language,
                                                                  const std::string& ca_file) {
  client::MirrorOptions options;
  options.ca_file = ca_file;
  CANDOR_ASSIGN_OR_RETURN(auto findings, client::CompareWithMirrors(documents, options));
  const Sentences say(language);
  for (const client::MirrorFinding& finding : findings) {
    const std::string sentence = finding.same
                                     ? say.Say("mirror.same", {{"url", finding.url}})
                                     : say.Say("mirror.unreachable", {{"url", finding.url}, {"why", say.Say(finding.why_not_key)}});
    dialog.Say(absl::StrCat(Wrapped(sentence, kWidth, "  "), "\n"));
  }
  return findings;
}

// What the guard finds in comments from a file: said, and given for programs.
base::Json WarnOfMarks(Dialog& dialog, const client::Respondent& respondent, const domain::Answers& answers,
                       const std::string& language) {
  const auto& prompts = respondent.documents().instrument_version.instrument.prompts;
  base::Json all = base::Json::array();
  std::string text;
  for (size_t i = 0; i < answers.comments.size(); ++i) {
    const auto findings = guard::CheckComment(answers.comments[i], language, respondent.staff_surnames());
    absl::StrAppend(&text, MarksText(answers.comments[i], findings));
    for (base::Json& mark : MarksJson(prompts[i].code, findings)) all.push_back(std::move(mark));
  }
  if (text.empty()) return all;
  const auto& group = respondent.documents().manifest.groups[respondent.group()];
  dialog.Say(absl::StrCat("\nYour comments could show who wrote them, or who is meant. They are sent as they are; stop the "
                          "program now to change them.\n",
                          text, Wrapped(guard::GroupSizeAdvice(group.invited, language), kWidth, "")));
  base::Wipe(text);
  return all;
}

absl::Status Answer(Context& c, const AnswerOptions& given) {
  std::ostream no_stream(nullptr);
  Dialog link_dialog(std::cin, no_stream);
  CANDOR_ASSIGN_OR_RETURN(const AnswerOptions options, WithLink(link_dialog, given));
  Device device(options);
  const bool interactive = options.file.empty();
  // With --json and --file a program reads, and nobody is asked anything.
  std::ostream nowhere(nullptr);
  Dialog dialog(std::cin, !c.options.json ? std::cout : interactive ? std::cerr : nowhere);
  if (options.forget) return Forget(c, dialog, options, device);
  CANDOR_RETURN_IF_ERROR(CheckUse(c, options, device));
  // Nothing connects before the first call; this tells faults of the address before anything is asked.
  CANDOR_RETURN_IF_ERROR(c.Anonymous().status());
  CANDOR_RETURN_IF_ERROR(c.AnonymousToResponsePlane("").status());
  MarkedAnswers marked;
  if (!interactive) {
    CANDOR_ASSIGN_OR_RETURN(std::string bytes, base::ReadFile(options.file));
    auto parsed = ParseAnswers(bytes, options.file);
    base::Wipe(bytes);
    if (!parsed.ok()) return parsed.status();
    marked = *std::move(parsed);
  }
  CANDOR_ASSIGN_OR_RETURN(std::string code, CodeFrom(dialog, options));
  if (!device.in_memory()) {
    // What other surveys left behind is no reason not to answer this one.
    if (const auto erased = device.files.EraseExpired(absl::Now()); !erased.ok()) {
      dialog.Say(absl::StrCat("What is kept here of surveys that are over could not be erased: ",
                              erased.status().message(), "\n"));
    }
  }
  client::RespondentOptions respondent_options;
  respondent_options.identity = [&c] { return c.Anonymous(); };
  respondent_options.response = [&c](const std::string& told) { return c.AnonymousToResponsePlane(told); };
  respondent_options.expected_manifest = options.expect_manifest;
  respondent_options.store = &device.store();
  respondent_options.keep_answers = options.keep_answers;
  respondent_options.make_reply_keys = !device.in_memory();
  CANDOR_ASSIGN_OR_RETURN(const auto respondent, client::Respondent::Open(respondent_options, code));
  CANDOR_ASSIGN_OR_RETURN(std::string normal_code, crypto::NormalizeCode(code));
  const std::string state_name = client::StateName(normal_code);
  base::Wipe(normal_code);
  base::Wipe(code);

  const client::SurveyDocuments& documents = respondent->documents();
  const std::string language = BestLanguage(documents.contract.languages, options.language);
  if (!options.language.empty() && language != options.language) {
    return UsageError(absl::StrCat("this survey is not in ", options.language, "; it is in ",
                                   absl::StrJoin(documents.contract.languages, ", ")));
  }
  dialog.Say(ContractText(documents, respondent->group(), respondent->audience(), language,
                          !options.expect_manifest.empty()));
  CANDOR_ASSIGN_OR_RETURN(const auto mirrors, CompareMirrors(dialog, documents, language, options.mirror_ca));
  if (respondent->answers().has_value()) {
    dialog.Say("What you answered last time is kept on this device; Enter keeps an answer.\n");
  } else if (respondent->acknowledged()) {
    dialog.Say("You have answered already. What you say now replaces all of it: your answers are not kept here.\n");
  }
  if (device.in_memory()) {
    dialog.Say("Nothing is kept on this device. If this program is stopped before your answers are sent, your code is used "
               "up and you need a new one; so they are sent as soon as they are complete, without a random wait.\n");
  }
  if (interactive && !options.yes) {
    CANDOR_ASSIGN_OR_RETURN(const bool go_on, dialog.AskYes("Do you want to answer?", true));
    if (!go_on) return absl::AbortedError("nothing was sent");
  }
  domain::Answers answers;
  base::Json comment_marks = base::Json::array();
  if (!interactive) {
    CANDOR_ASSIGN_OR_RETURN(answers, InOrder(marked, documents.instrument_version.instrument));
    CANDOR_RETURN_IF_ERROR(domain::CheckAnswers(answers, respondent->shape()));
    comment_marks = WarnOfMarks(dialog, *respondent, answers, language);
  }
  // Taken before the first question: the longer the time between the token and the answers, the less it tells.
  CANDOR_RETURN_IF_ERROR(respondent->TakeToken());
  if (interactive) {
    CANDOR_ASSIGN_OR_RETURN(answers, AskAll(dialog, *respondent, language));
  }
  double hours = options.within_hours >= 0 ? options.within_hours : kUsualHours;
  if (device.in_memory() || (options.yes && options.within_hours < 0)) {
    hours = 0;
  } else if (interactive && options.within_hours < 0) {
    CANDOR_ASSIGN_OR_RETURN(hours, AskHours(dialog));
  }
  CANDOR_RETURN_IF_ERROR(WaitForAMoment(dialog, c, hours,
                                        "The answers are sent at a random moment within {hours}. Leave this program running; "
                                        "until then they are in its memory only. If it is stopped, start it again with the "
                                        "same code and answer once more."));
  const absl::Status sent = respondent->Submit(answers);
  domain::Wipe(answers);
  CANDOR_RETURN_IF_ERROR(sent);

  const client::KeptReceipt kept{respondent->survey().value(), documents.manifest_hash, respondent->receipt(),
                                 documents.manifest.response_address};
  std::string receipt_file = options.receipt;
  if (receipt_file.empty() && !device.in_memory()) receipt_file = device.files.PathOf(client::ReceiptName(state_name));
  if (!receipt_file.empty()) CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(receipt_file, kept.Serialize(), 0600));
  const std::string state_file = device.in_memory() ? "" : device.files.PathOf(state_name);
  if (c.options.json) {
    base::Json result = {{"survey", kept.survey},
                         {"manifest_code", documents.manifest_code},
                         {"group", documents.manifest.groups[respondent->group()].code},
                         {"acknowledged", true},
                         {"mirrors", base::Json::array()},
                         {"state_file", state_file},
                         {"receipt_file", receipt_file},
                         {"comment_marks", std::move(comment_marks)},
                         {"receipt", base::Json::parse(kept.Serialize())}};
    for (const client::MirrorFinding& mirror : mirrors) {
      result["mirrors"].push_back({{"url", mirror.url}, {"same", mirror.same}, {"why_not", mirror.why_not}});
    }
    return Print(result.dump(2) + "\n");
  }
  std::string text = "\nYour answers are stored, sealed until the survey is closed. Thank you.\n";
  if (receipt_file.empty()) {
    absl::StrAppend(&text, "Your receipt:\n", kept.Serialize(), "\n");
  } else {
    absl::StrAppend(&text, "After closing: candor ledger ", kept.survey, " --receipt ", receipt_file, "\n");
  }
  absl::StrAppend(&text, "The receipt proves that your answers are counted, not what they say.\n",
                  WhatIsKept(options, device, state_file, receipt_file,
                             device.in_memory() ? "" : device.files.PathOf(client::ReplyKeysName(state_name)),
                             documents.contract, language));
  return Print(text);
}

}  // namespace

void AddAnswerVerb(CLI::App& app, Context& context) {
  AddVerb<AnswerOptions>(
      app, context, "answer", "Answer a survey anonymously, with a code",
      [](CLI::App& verb, AnswerOptions& options) {
        verb.add_option("--code", options.code, 
                        "The code from your letter or slip; - reads it from standard input, without this it is asked for. "
                        "Typed here it stays in the shell's history");
        verb.add_option("--link", options.link,
                        "The whole link that you got, in place of --code and --expect-manifest; - reads it from standard "
                        "input")
            ->excludes("--code");
        verb.add_option("--expect-manifest", options.expect_manifest,
                        "The comparison code from the notice board or letter; any other survey is refused")
            ->excludes("--link");
        verb.add_option("--mirror-ca", options.mirror_ca,
                        "PEM file of the authorities that sign the mirrors' certificates (default: the system's)");
        verb.add_option("--language", options.language, "Language of the items, for instance es");
        verb.add_option("--file", options.file,
                        "JSON: {\"INDICATOR\": 4, \"INDICATOR\": \"N\", \"comments\": {\"PROMPT\": \"text\"}, "
                        "\"pressed\": true}; without it "
                        "each item is asked here. Needs --expect-manifest or --yes");
        verb.add_option("--within-hours", options.within_hours,
                        "Send at a random moment within so many hours; 0: now. Without it: asked, 1 with --file")
            ->check(CLI::Range(0.0, kMostHours));
        verb.add_option("--state-dir", options.state_dir,
                        "Folder for what is kept on this device (default ~/.local/state/candor)");
        verb.add_flag("--shared-device", options.shared_device, "Keep nothing on this device; sends at once");
        verb.add_flag("--keep-answers", options.keep_answers,
                      "Keep your answers on this device, readable, to change them later without answering anew");
        verb.add_flag("--forget", options.forget,
                      "Only erase what this device keeps for --code, receipt too; without --code: for every code");
        verb.add_option("--receipt", options.receipt, "Write the receipt to this file");
        verb.add_flag("--yes", options.yes, 
                      "Ask only the items: start at once, and send at once unless --within-hours is given");
      },
      Answer);
}

}  // namespace candor::cli
