#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "clients/cli/answer_link.h"
#include "clients/cli/answers_file.h"
#include "clients/cli/campaign_calls.h"
#include "clients/cli/comment_marks.h"
#include "clients/cli/contract_text.h"
#include "clients/cli/dialog.h"
#include "clients/cli/new_file.h"
#include "clients/cli/pressure_notice.h"
#include "clients/cli/random_moment.h"
#include "clients/cli/send_again.h"
#include "clients/cli/state_folder.h"
#include "clients/cli/verbs.h"
#include "clients/cli/wire_fault.h"
#include "clients/cpp/ledger_check.h"
#include "clients/cpp/mirror.h"
#include "clients/cpp/moment.h"
#include "clients/cpp/respondent.h"
#include "clients/guard/comment_guard.h"
#include "clients/sentences/sentences.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/domain/errors.h"

namespace candor::cli {
namespace {

using sentences::Sentences;

struct AnswerOptions {
  std::string code, link, expect_manifest, language, file, state_dir, receipt, mirror_ca;
  double within_hours = -1;
  bool shared_device = false, keep_answers = false, forget = false, yes = false, after_restore = false;
  bool no_mirrors = false;
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

// Whether nothing is rated or written. A report of pressure counts for nothing here: what is said of blank answers is
// the same with one, for whoever looks on.
bool IsBlank(const domain::Answers& answers) {
  const auto is_empty = [](const std::string& comment) { return comment.empty(); };
  const auto is_blank = [](uint8_t rating) { return rating == domain::kBlank; };
  return std::all_of(answers.ratings.begin(), answers.ratings.end(), is_blank) &&
         std::all_of(answers.comments.begin(), answers.comments.end(), is_empty);
}

// `sure`: whether the answers are right is not asked.
absl::StatusOr<domain::Answers> AskAll(Dialog& dialog, const client::Respondent& respondent,
                                       const std::string& language, bool sure) {
  const domain::Instrument& instrument = respondent.documents().instrument_version.instrument;
  const Form form = FormOf(respondent, language);
  const Sentences& say = dialog.sentences();
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
      dialog.Say(absl::StrCat("\n", Wrapped(say.Say("answer.open_questions"), kWidth, ""),
                              Wrapped(guard::GroupSizeAdvice(group.invited, language), kWidth, "")));
    }
    for (size_t i = 0; i < form.prompts.size(); ++i) {
      std::string& comment = answers.comments[form.prompts[i]];
      CANDOR_ASSIGN_OR_RETURN(comment, AskComment(dialog, {form.questions[i], instrument.prompts[form.prompts[i]].max_bytes,
                                                           comment, language, respondent.staff_surnames()}));
    }
    // Asked of everybody, and not shown among the answers below: somebody may be looking on.
    if (const auto& auditor = respondent.documents().manifest.auditor; auditor.has_value()) {
      CANDOR_ASSIGN_OR_RETURN(answers.notice, AskPressureNotice(dialog, auditor->name));
    }
    dialog.Say(absl::StrCat("\n", say.Say("answer.yours"), "\n"));
    for (size_t i = 0; i < form.items.size(); ++i) {
      dialog.Say(absl::StrCat("  [", MarkText(marks[i], say), "] ", form.sentences[i], "\n"));
    }
    for (size_t i = 0; i < form.prompts.size(); ++i) {
      const bool blank = answers.comments[form.prompts[i]].empty();
      dialog.Say(absl::StrCat("  [", say.Say(blank ? "rating.blank" : "answer.written"), "] ", form.questions[i], "\n"));
    }
    if (sure) return answers;
    // Going through all with Enter is not answering.
    const bool blank = IsBlank(answers);
    if (blank) dialog.Say(absl::StrCat(say.Say("answer.nothing_answered"), "\n"));
    CANDOR_ASSIGN_OR_RETURN(const bool right, dialog.AskYes(say.Say("answer.right"), !blank));
    if (right) return answers;
  }
}

// On the command line a code would stay in the shell's history.
absl::StatusOr<std::string> CodeFrom(Dialog& dialog, const AnswerOptions& options) {
  if (options.code == "-") return dialog.Ask("");
  if (!options.code.empty()) return options.code;
  if (isatty(STDIN_FILENO) == 0) return UsageError("which code? give --code - and the code on standard input");
  return dialog.Ask(absl::StrCat(dialog.sentences().Say("code.ask"), " "));
}

absl::Status CheckUse(const Context& c, const AnswerOptions& options, const Device& device) {
  CANDOR_RETURN_IF_ERROR(c.RefuseCertificate());
  if (!options.receipt.empty()) CANDOR_RETURN_IF_ERROR(CheckNewFile(options.receipt));
  if (device.in_memory() && options.within_hours > 0) {
    return UsageError("where nothing is kept on the device, a program that is stopped while it waits would lose the right to "
                      "answer; leave out --within-hours, or answer on a device of your own");
  }
  if (options.after_restore && (device.in_memory() || !options.file.empty())) {
    return UsageError("--after-restore sends no answer, and needs what this device has kept; leave out --file and "
                      "--shared-device");
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
  const Sentences& say = dialog.sentences();
  std::string said;
  if (options.code.empty()) {
    const auto sure = options.yes ? absl::StatusOr<bool>(true)
                                  : dialog.AskYes(say.Say("forget.all", {{"folder", device.folder}}), false);
    if (!sure.ok() || !*sure) return absl::AbortedError("nothing was erased");
    CANDOR_ASSIGN_OR_RETURN(const int erased, device.files.EraseAll());
    said = erased == 0 ? say.Say("forget.nothing_in", {{"folder", device.folder}})
                       : say.SayFor(erased, "forget.erased",
                                    {{"folder", device.folder}, {"count", absl::StrCat(erased)}});
  } else {
    CANDOR_ASSIGN_OR_RETURN(const std::string typed, CodeFrom(dialog, options));
    CANDOR_ASSIGN_OR_RETURN(const std::string code, crypto::NormalizeCode(typed));
    const std::string name = client::StateName(code);
    bool kept = false;
    for (const std::string& file : {name, client::ReceiptName(name), client::ReplyKeysName(name)}) {
      kept = kept || base::FileExists(device.files.PathOf(file));
      CANDOR_RETURN_IF_ERROR(device.files.Erase(file));
    }
    said = say.Say(kept ? "forget.erased_code" : "forget.nothing_of_code");
  }
  return Print((c.options.json ? base::Json{{"forgotten", true}}.dump(2) : said) + "\n");
}

// What stays where, and how it is erased.
std::string WhatIsKept(const Sentences& say, const AnswerOptions& options, const Device& device,
                       const std::string& state_file, const std::string& receipt_file,
                       const std::string& reply_keys_file, const domain::Contract& contract) {
  if (device.in_memory()) {
    const std::string receipt =
        receipt_file.empty() ? "" : absl::StrCat(" ", say.Say("kept.receipt_in", {{"file", receipt_file}}));
    return absl::StrCat(say.Say("kept.nothing"), receipt, "\n",
                        contract.follow_up_days > 0 ? Wrapped(say.Say("kept.no_reply_keys"), kWidth, "") : "");
  }
  const std::string until = client::MomentText(contract.latest_close_time);
  const std::string right =
      say.Say(options.keep_answers ? "kept.right_and_answers" : "kept.right", {{"until", until}});
  std::string text = absl::StrCat(say.Say("kept.heading"), "\n  ", state_file, "\n", Wrapped(right, kWidth, "    "));
  if (!receipt_file.empty()) absl::StrAppend(&text, "  ", receipt_file, "\n    ", say.Say("kept.receipt"), "\n");
  if (base::FileExists(reply_keys_file)) {
    absl::StrAppend(&text, "  ", reply_keys_file, "\n", Wrapped(say.Say("kept.reply_keys"), kWidth, "    "));
  }
  absl::StrAppend(&text, say.Say(options.receipt.empty() ? "kept.erase_all" : "kept.erase_first"),
                  " candor answer --forget",
                  options.state_dir.empty() ? "" : absl::StrCat(" --state-dir ", device.folder), "\n");
  return text;
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

// Compares with the contract's mirrors and says what came of it; nothing where they are not to be asked.
// FAILED_PRECONDITION, MANIFEST_REFUSED: one has another manifest.
absl::StatusOr<std::vector<client::MirrorFinding>> CompareMirrors(Dialog& dialog, const client::SurveyDocuments& documents,
                                                                  const AnswerOptions& options) {
  const Sentences& say = dialog.sentences();
  if (options.no_mirrors) {
    if (!documents.contract.mirrors.empty()) dialog.Say(Wrapped(say.Say("mirror.left_out"), kWidth, "  "));
    return std::vector<client::MirrorFinding>();
  }
  client::MirrorOptions how;
  how.ca_file = options.mirror_ca;
  CANDOR_ASSIGN_OR_RETURN(auto findings, client::CompareWithMirrors(documents, how));
  for (const client::MirrorFinding& finding : findings) {
    const std::string sentence = finding.same
                                     ? say.Say("mirror.same", {{"url", finding.url}})
                                     : say.Say("mirror.unreachable", {{"url", finding.url}, {"why", say.Say(finding.why_not_key)}});
    dialog.Say(absl::StrCat(Wrapped(sentence, kWidth, "  "), "\n"));
  }
  return findings;
}

// Whom it is about, and what whoever invites wrote to it: words of theirs, which the comparison code does not cover.
void SayWhatItIsAbout(Dialog& dialog, const client::Respondent& respondent, const std::string& language) {
  const Sentences& say = dialog.sentences();
  const client::Invitation& invitation = respondent.invitation();
  if (!invitation.leader.empty()) {
    const bool titled = !invitation.job_title.empty();
    dialog.Say(absl::StrCat("\n", Wrapped(say.Say(titled ? "about.leader_titled" : "about.leader",
                                                  {{"name", invitation.leader}, {"title", invitation.job_title}}),
                                         kWidth, "")));
  }
  const std::string notice = TextIn(invitation.notice, language);
  if (!notice.empty()) {
    dialog.Say(absl::StrCat("\n", say.Say("about.notice"), "\n", Wrapped(notice, kWidth, "    ")));
  }
  if (!invitation.leader.empty() || !notice.empty()) dialog.Say(Wrapped(say.Say("about.not_covered"), kWidth, ""));
}

// What the file answers, checked as the server would; faults are told in terms of the file.
absl::StatusOr<domain::Answers> AnswersOfFile(const std::string& file, const MarkedAnswers& marked,
                                              const client::Respondent& respondent) {
  const domain::Instrument& instrument = respondent.documents().instrument_version.instrument;
  auto answers = InOrder(marked, instrument);
  if (!answers.ok()) return base::Annotate(answers.status(), file);
  absl::Status fits = domain::CheckAnswers(*answers, respondent.shape());
  fits = NamePlace(fits, "ratings", instrument.items.size(), [&](size_t i, absl::string_view) {
    return absl::StrCat(file, ", ", instrument.items[i].indicator);
  });
  fits = NamePlace(fits, "comments", instrument.prompts.size(), [&](size_t i, absl::string_view) {
    return absl::StrCat(file, ", ", instrument.prompts[i].code);
  });
  fits = NameField(fits, "pressure_notice", absl::StrCat(file, ", pressed"));
  if (!fits.ok()) return fits;
  return answers;
}

// What the guard finds in comments from a file: said, and given for programs. `waits`: there is time to change them.
base::Json WarnOfMarks(Dialog& dialog, const client::Respondent& respondent, const domain::Answers& answers,
                       const std::string& language, bool waits) {
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
  const std::string how = dialog.sentences().Say(waits ? "marks.of_file" : "marks.of_file_now");
  dialog.Say(absl::StrCat("\n", Wrapped(how, kWidth, ""), text,
                          Wrapped(guard::GroupSizeAdvice(group.invited, language), kWidth, "")));
  base::Wipe(text);
  return all;
}

// A survey that an administrator has closed while this device waited: said so that nobody takes the answers for stored.
absl::Status OrClosedMeanwhile(const Sentences& say, const absl::Status& fault, bool maybe_stored) {
  const base::ErrorDetail detail = base::GetErrorDetail(fault);
  if (detail.reason != domain::reasons::kSURVEY_CLOSED) return fault;
  return base::Error(fault.code(), detail.reason, say.Say(maybe_stored ? "send.closed_maybe" : "send.closed"));
}

// One that the person has named is made new; the one that the device keeps takes the place of the one before. OK also
// where there is none to be written.
absl::Status WriteReceipt(const AnswerOptions& options, const std::string& file, absl::string_view receipt) {
  if (file.empty()) return absl::OkStatus();
  return options.receipt.empty() ? base::WriteFileAtomically(file, receipt, 0600) : WriteNewFile(file, receipt);
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
  // Until the survey's languages are known.
  dialog.SetLanguage(options.language);
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
      const std::string why(erased.status().message());
      dialog.Say(absl::StrCat(dialog.sentences().Say("kept.not_erased", {{"why", why}}), "\n"));
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
  // Also es for es-MX.
  if (!options.language.empty() && language != options.language &&
      !absl::StartsWith(options.language, absl::StrCat(language, "-"))) {
    return UsageError(absl::StrCat("this survey is not in ", options.language, "; it is in ",
                                   absl::StrJoin(documents.contract.languages, ", ")));
  }
  dialog.SetLanguage(language);
  if (documents.contract.team_members > 0) dialog.SetAboutTeam();
  const Sentences& say = dialog.sentences();
  if (options.after_restore) {
    CANDOR_RETURN_IF_ERROR(respondent->ConfirmToken());
    return Print(c.options.json ? base::Json{{"confirmed", true}}.dump(2) + "\n"
                                : absl::StrCat(say.Say("restored.confirmed"), "\n"));
  }
  SayWhatItIsAbout(dialog, *respondent, language);
  dialog.Say(ContractText(documents, respondent->group(), respondent->audience(), language,
                          !options.expect_manifest.empty(), respondent->invitation().reissued));
  CANDOR_ASSIGN_OR_RETURN(const auto mirrors, CompareMirrors(dialog, documents, options));
  if (respondent->answers().has_value()) {
    dialog.Say(Wrapped(say.Say("answer.last_kept"), kWidth, ""));
  } else if (respondent->acknowledged()) {
    dialog.Say(Wrapped(say.Say("answer.replaces"), kWidth, ""));
  }
  if (device.in_memory()) {
    dialog.Say(Wrapped(say.Say("answer.nothing_kept"), kWidth, ""));
  }
  if (interactive && !options.yes) {
    CANDOR_ASSIGN_OR_RETURN(const bool go_on, dialog.AskYes(say.Say("answer.start"), true));
    if (!go_on) return absl::AbortedError("nothing was sent");
  }
  const Sending when = {options.within_hours, options.yes, interactive};
  double hours = 0;
  // With a file nobody is asked, and what is said of it depends on whether it waits.
  if (!interactive && !device.in_memory()) {
    CANDOR_ASSIGN_OR_RETURN(hours, HoursToWait(dialog, when));
  }
  domain::Answers answers;
  base::Json comment_marks = base::Json::array();
  if (!interactive) {
    CANDOR_ASSIGN_OR_RETURN(answers, AnswersOfFile(options.file, marked, *respondent));
    if (IsBlank(answers) && !answers.notice.given) {
      if (!options.yes) return UsageError(absl::StrCat(options.file, ": ", say.Say("answer.nothing_answered_file")));
      dialog.Say(absl::StrCat(say.Say("answer.nothing_answered"), "\n"));
    }
    comment_marks = WarnOfMarks(dialog, *respondent, answers, language, hours > 0);
  }
  // Taken before the first question: the longer the time between the token and the answers, the less it tells.
  CANDOR_RETURN_IF_ERROR(respondent->TakeToken());
  if (interactive) {
    CANDOR_ASSIGN_OR_RETURN(answers, AskAll(dialog, *respondent, language, options.yes));
    if (!device.in_memory()) {
      CANDOR_ASSIGN_OR_RETURN(hours, HoursToWait(dialog, when));
    }
  }
  hours = HoursBefore(dialog, documents.close_time, hours);
  CANDOR_RETURN_IF_ERROR(WaitForAMoment(dialog, c, hours, "answer.waits"));
  const absl::Status sent = SendUntilItArrives(
      dialog, c,
      {[&] { return respondent->Submit(answers); }, [&] { return respondent->may_be_stored(); },
       // After a random wait nobody may be sitting here any more.
       interactive && hours <= 0, documents.close_time,
       device.in_memory() ? "send.answers_gone" : interactive ? "send.answers_kept" : "send.file_again"});
  domain::Wipe(answers);
  if (!sent.ok()) return OrClosedMeanwhile(say, sent, respondent->may_be_stored());

  const client::KeptReceipt kept{respondent->survey().value(), documents.manifest_hash, respondent->receipt(),
                                 documents.manifest.response_address};
  std::string receipt_file = options.receipt;
  if (receipt_file.empty() && !device.in_memory()) receipt_file = device.files.PathOf(client::ReceiptName(state_name));
  if (const absl::Status written = WriteReceipt(options, receipt_file, kept.Serialize()); !written.ok()) {
    // The answers are stored; the receipt is shown instead.
    Warn(say.Say("answer.receipt_not_written", {{"why", std::string(written.message())}}), c.options.json);
    receipt_file.clear();
  }
  const std::string state_file = device.in_memory() ? "" : device.files.PathOf(state_name);
  if (c.options.json) {
    base::Json result = {{"survey", kept.survey},
                         {"manifest_code", documents.manifest_code},
                         {"group", documents.manifest.groups[respondent->group()].code},
                         {"leader", respondent->invitation().leader},
                         {"job_title", respondent->invitation().job_title},
                         {"notice", TextIn(respondent->invitation().notice, language)},
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
  std::string text = absl::StrCat("\n", say.Say("answer.stored"), "\n");
  if (receipt_file.empty()) {
    absl::StrAppend(&text, say.Say("answer.receipt"), "\n", kept.Serialize(), "\n");
  } else {
    absl::StrAppend(&text, say.Say("answer.after_closing"), " candor ledger ", kept.survey, " --receipt ", receipt_file, "\n");
  }
  absl::StrAppend(&text, say.Say("answer.receipt_proves"), "\n",
                  WhatIsKept(say, options, device, state_file, receipt_file,
                             device.in_memory() ? "" : device.files.PathOf(client::ReplyKeysName(state_name)),
                             documents.contract));
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
        verb.add_flag("--no-mirrors", options.no_mirrors,
                      "Do not compare with the mirrors that the rules name: whoever runs one could see from where and when "
                      "somebody began to answer");
        verb.add_option("--language", options.language, "Language of the items, for instance es");
        verb.add_option("--file", options.file,
                        "JSON: {\"INDICATOR\": 4, \"INDICATOR\": \"N\", \"comments\": {\"PROMPT\": \"text\"}, "
                        "\"pressed\": true}; without it "
                        "each item is asked here. Needs --expect-manifest or --yes");
        DeclareWithinHours(verb, options.within_hours, "--file");
        verb.add_option("--state-dir", options.state_dir,
                        "Folder for what is kept on this device (default ~/.local/state/candor)");
        verb.add_flag("--shared-device", options.shared_device, "Keep nothing on this device; sends at once");
        verb.add_flag("--keep-answers", options.keep_answers,
                      "Keep your answers on this device, readable, to change them later without answering anew");
        verb.add_flag("--forget", options.forget,
                      "Only erase what this device keeps for --code, receipt too; without --code: for every code");
        verb.add_flag("--after-restore", options.after_restore,
                      "Only have your right to answer counted again, where whoever invited you says that a backup was "
                      "restored; sends no answer");
        verb.add_option("--receipt", options.receipt, "Write the receipt to this new file");
        verb.add_flag("--yes", options.yes, 
                      "Ask nothing but the items: the rules are shown, and the answers are sent at once unless "
                      "--within-hours is given");
      },
      Answer);
}

}  // namespace candor::cli
