#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "clients/cli/answers_file.h"
#include "clients/cli/campaign_calls.h"
#include "clients/cli/contract_text.h"
#include "clients/cli/dialog.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/ledger_check.h"
#include "clients/cpp/respondent.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"

namespace candor::cli {
namespace {

constexpr size_t kWidth = 90;
constexpr double kMostHours = 7 * 24;

struct AnswerOptions {
  std::string code, expect_manifest, language, file, state_dir, receipt;
  double within_hours = -1;
  bool shared_device = false, yes = false;
};

std::string DefaultStateFolder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    return absl::StrCat(state, "/candor");
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return absl::StrCat(home, "/.local/state/candor");
  }
  return "";
}

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
      dialog.Say("\nOpen questions. Do not write names, dates, or anything by which you could be recognised.\n");
    }
    for (size_t i = 0; i < form.prompts.size(); ++i) {
      std::string& comment = answers.comments[form.prompts[i]];
      const int most = instrument.prompts[form.prompts[i]].max_bytes;
      for (int attempt = 0;; ++attempt) {
        CANDOR_ASSIGN_OR_RETURN(
            const std::string text,
            dialog.Ask(absl::StrCat("\n", Wrapped(form.questions[i], kWidth, "  "), "  (one line, up to ", most,
                                    " bytes; Enter ", comment.empty() ? "skips" : "keeps what you wrote",
                                    ", - deletes)\n  > ")));
        if (text.empty()) break;
        if (text == "-") {
          comment.clear();
          break;
        }
        if (text.size() <= static_cast<size_t>(most)) {
          comment = text;
          break;
        }
        if (attempt == 9) return absl::AbortedError("the comment stays too long; nothing was sent");
        dialog.Say(absl::StrCat("That is ", text.size() - most, " bytes too long; please shorten it.\n"));
      }
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

// Waits for a random moment within the hours that the person allows, so that the time of arrival tells little about when
// somebody sat at a device.
absl::Status WaitForAMoment(Dialog& dialog, Context& c, double hours) {
  if (hours <= 0) return absl::OkStatus();
  const auto steps = static_cast<uint32_t>(hours * 3600) + 1;
  const absl::Time moment = absl::Now() + absl::Seconds(base::RandomBelow(steps));
  dialog.Say(absl::StrCat("The answers are sent at a random moment within ", absl::FormatDuration(absl::Hours(hours)),
                          ". Leave this program running; if it is stopped, start it again with the same code.\n"));
  ProgressLine progress(c.options.quiet);
  while (absl::Now() < moment) {
    progress.Update("waiting for the moment", 0, 0);
    absl::SleepFor(std::min(absl::Seconds(1), moment - absl::Now()));
  }
  return absl::OkStatus();
}

absl::StatusOr<double> AskHours(Dialog& dialog) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(
        const std::string text,
        dialog.Ask("\nSend at a random moment within how many hours? That hides when you answered; 0 sends now. [1] "));
    if (text.empty()) return 1;
    double hours = 0;
    if (absl::SimpleAtod(text, &hours) && hours >= 0 && hours <= kMostHours) return hours;
    dialog.Say(absl::StrCat("Please type a number from 0 to ", kMostHours, ".\n"));
  }
  return absl::AbortedError("nothing was sent");
}

absl::Status Answer(Context& c, const AnswerOptions& options) {
  Dialog dialog(std::cin, c.options.json ? std::cerr : std::cout);
  const bool interactive = options.file.empty();
  client::RespondentOptions respondent_options;
  // Two connections, made apart: no server sees issuing and answering on one.
  CANDOR_ASSIGN_OR_RETURN(respondent_options.identity, c.Anonymous(false));
  CANDOR_ASSIGN_OR_RETURN(respondent_options.response, c.Anonymous(true));
  respondent_options.expected_manifest = options.expect_manifest;
  const std::string folder = options.state_dir.empty() ? DefaultStateFolder() : options.state_dir;
  client::MemoryStateStore memory;
  client::FileStateStore files(folder);
  const bool in_memory = options.shared_device || folder.empty();
  respondent_options.store = in_memory ? static_cast<client::StateStore*>(&memory) : &files;

  CANDOR_ASSIGN_OR_RETURN(const auto respondent, client::Respondent::Open(respondent_options, options.code));
  const client::SurveyDocuments& documents = respondent->documents();
  const std::string language = BestLanguage(documents.contract.languages, options.language);
  if (!options.language.empty() && language != options.language) {
    return UsageError(absl::StrCat("this survey is not in ", options.language, "; it is in ",
                                   absl::StrJoin(documents.contract.languages, ", ")));
  }
  if (interactive) {
    dialog.Say(ContractText(documents, respondent->group(), respondent->audience(), language,
                            !options.expect_manifest.empty()));
    if (respondent->acknowledged()) {
      dialog.Say("You have answered already. What you say now replaces it; Enter keeps an answer.\n");
    }
    CANDOR_ASSIGN_OR_RETURN(const bool go_on,
                            options.yes ? absl::StatusOr<bool>(true) : dialog.AskYes("Do you want to answer?", true));
    if (!go_on) return absl::AbortedError("nothing was sent");
  }
  // Taken before the first question: the longer the time between the token and the answers, the less it tells.
  CANDOR_RETURN_IF_ERROR(respondent->TakeToken());

  domain::Answers answers;
  double hours = std::max(0.0, options.within_hours);
  if (interactive) {
    CANDOR_ASSIGN_OR_RETURN(answers, AskAll(dialog, *respondent, language));
    if (options.within_hours < 0 && !options.yes) {
      CANDOR_ASSIGN_OR_RETURN(hours, AskHours(dialog));
    }
  } else {
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.file));
    CANDOR_ASSIGN_OR_RETURN(const MarkedAnswers marked, ParseAnswers(bytes, options.file));
    CANDOR_ASSIGN_OR_RETURN(answers, InOrder(marked, documents.instrument_version.instrument));
    CANDOR_RETURN_IF_ERROR(domain::CheckAnswers(answers, respondent->shape()));
  }
  CANDOR_RETURN_IF_ERROR(WaitForAMoment(dialog, c, hours));
  CANDOR_RETURN_IF_ERROR(respondent->Submit(answers));

  const client::KeptReceipt kept{respondent->survey().value(), documents.manifest_hash, respondent->receipt()};
  std::string receipt_file = options.receipt;
  if (receipt_file.empty() && !in_memory) {
    CANDOR_ASSIGN_OR_RETURN(const std::string code, crypto::NormalizeCode(options.code));
    receipt_file = files.PathOf(client::StateName(code) + ".receipt");
  }
  if (!receipt_file.empty()) CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(receipt_file, kept.Serialize(), 0600));
  if (c.options.json) {
    base::Json result = {{"survey", kept.survey},
                         {"manifest_code", documents.manifest_code},
                         {"group", documents.manifest.groups[respondent->group()].code},
                         {"acknowledged", true},
                         {"receipt_file", receipt_file},
                         {"receipt", base::Json::parse(kept.Serialize())}};
    return Print(result.dump(2) + "\n");
  }
  std::string text = "\nYour answers are stored, sealed until the survey is closed. Thank you.\n";
  if (receipt_file.empty()) {
    absl::StrAppend(&text, "Nothing was kept on this device, so they cannot be changed. Your receipt:\n",
                    kept.Serialize());
  } else {
    absl::StrAppend(&text, "Receipt: ", receipt_file, "\nIt proves that your answers are counted, not what they say.\n",
                    "After closing: candor ledger ", kept.survey, " --receipt ", receipt_file, "\n");
  }
  if (!in_memory) {
    absl::StrAppend(&text, "To change your answers until ",
                    absl::FormatTime("%Y-%m-%d %H:%M UTC", documents.contract.close_time, absl::UTCTimeZone()),
                    ", run this again on this device. Kept here for that: ", folder, "\n");
  }
  return Print(text);
}

}  // namespace

void AddAnswerVerb(CLI::App& app, Context& context) {
  AddVerb<AnswerOptions>(
      app, context, "answer", "Answer a survey anonymously, with a code",
      [](CLI::App& verb, AnswerOptions& options) {
        verb.add_option("--code", options.code, "The code from your letter or slip")->required();
        verb.add_option("--expect-manifest", options.expect_manifest,
                        "The comparison code from the notice board or letter; any other survey is refused");
        verb.add_option("--language", options.language, "Language of the items, for instance es");
        verb.add_option("--file", options.file,
                        "JSON: {\"INDICATOR\": 4, \"INDICATOR\": \"N\", \"comments\": {\"PROMPT\": \"text\"}}; without it "
                        "each item is asked here");
        verb.add_option("--within-hours", options.within_hours,
                        "Send at a random moment within so many hours; 0: now (default with --file)")
            ->check(CLI::Range(0.0, kMostHours));
        verb.add_option("--state-dir", options.state_dir,
                        "Folder for what is kept on this device (default ~/.local/state/candor)");
        verb.add_flag("--shared-device", options.shared_device, "Keep nothing on this device");
        verb.add_option("--receipt", options.receipt, "Write the receipt to this file");
        verb.add_flag("--yes", options.yes, "Ask only the items: start at once, send at once");
      },
      Answer);
}

}  // namespace candor::cli
