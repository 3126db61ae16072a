#include "clients/cli/contract_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/output.h"

namespace candor::cli {
namespace {

constexpr size_t kWidth = 90;

std::string TitleOf(const domain::Instrument& instrument, const std::string& code, const std::string& language) {
  for (const domain::RaterGroup& group : instrument.rater_groups) {
    if (group.code == code) return TextIn(group.title, language);
  }
  return code;
}

std::string Day(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M UTC", time, absl::UTCTimeZone()); }

void Point(std::string& text, absl::string_view sentence) {
  const std::string wrapped = Wrapped(sentence, kWidth, "    ");
  absl::StrAppend(&text, "  - ", wrapped.substr(4));
}

// The sentences of the prompts that `audience` is asked.
std::vector<std::string> QuestionsAsked(const domain::Instrument& instrument, const domain::AnswerShape& shape,
                                        const std::string& audience, const std::string& language) {
  std::vector<std::string> questions;
  for (size_t i = 0; i < instrument.prompts.size(); ++i) {
    if (shape.prompts_asked[i]) questions.push_back(TextIn(instrument.prompts[i].texts.at(audience), language));
  }
  return questions;
}

}  // namespace

std::string TextIn(const domain::LocalizedText& text, const std::string& language) {
  for (const std::string& tag : {language, std::string("en")}) {
    const auto found = text.find(tag);
    if (found != text.end()) return found->second;
  }
  return text.empty() ? "" : text.begin()->second;
}

std::string BestLanguage(const std::vector<std::string>& languages, const std::string& wanted) {
  for (const std::string& tag : {wanted, wanted.substr(0, wanted.find('-'))}) {
    if (std::find(languages.begin(), languages.end(), tag) != languages.end()) return tag;
  }
  return languages.empty() ? "en" : languages.front();
}

std::string ScaleText(const domain::RatingScale& scale, const std::string& language) {
  std::string text = "\n";
  auto labels = scale.labels.find(language);
  if (labels == scale.labels.end()) labels = scale.labels.begin();
  for (int point = 1; point <= scale.points; ++point) {
    absl::StrAppend(&text, "  ", point);
    if (labels != scale.labels.end() && static_cast<int>(labels->second.size()) >= point) {
      absl::StrAppend(&text, "  ", labels->second[point - 1]);
    }
    absl::StrAppend(&text, "\n");
  }
  return absl::StrCat(text, "  n  ", TextIn(scale.not_observed, language),
                      "\n  Enter skips an item (or keeps what stands in brackets), s skips, b goes back\n");
}

std::string ContractText(const client::SurveyDocuments& documents, int group, const std::string& audience,
                         const std::string& language, bool compared) {
  const domain::Contract& contract = documents.contract;
  const domain::Manifest& manifest = documents.manifest;
  const domain::Instrument& instrument = documents.instrument_version.instrument;
  const domain::AnswerShape shape = documents.Shape(group);
  const auto items = std::count(shape.items_asked.begin(), shape.items_asked.end(), true);

  std::string text = absl::StrCat("\n", instrument.title, "\n\nWhat you are asked\n");
  Point(text, absl::StrCat(items, " items about a leader of your school, as a member of: ",
                           TitleOf(instrument, audience, language), ". You may skip any item."));
  Point(text, contract.purpose == domain::kDevelopmental
                  ? "The answers serve the leader's own development, and nothing else."
                  : absl::StrCat("The answers serve: ", contract.purpose, "."));
  const std::vector<std::string> questions = QuestionsAsked(instrument, shape, audience, language);
  if (!questions.empty()) {
    Point(text, absl::StrCat(questions.size(), questions.size() == 1 ? " open question" : " open questions",
                             ", to be answered in words or left out:"));
    for (const std::string& question : questions) absl::StrAppend(&text, Wrapped(question, kWidth, "      "));
  }
  absl::StrAppend(&text, "\nWho reads what\n");
  std::vector<std::string> readers;
  bool administrators = false;
  for (const std::string& reader : contract.readers) {
    if (reader == domain::kAdministratorReader) {
      administrators = true;
      continue;
    }
    readers.push_back(reader == "leader" ? "the leader" : reader == "supervisor" ? "the leader's supervisor" : reader);
  }
  Point(text, absl::StrCat("The report is read by ", absl::StrJoin(readers, " and "), "; first by ",
                           contract.first_reader == domain::FirstReader::kLeader ? "the leader" : "the supervisor",
                           administrators ? ". The district's administrators, and those of the whole service, may read it too."
                                          : ". The district's administrators may not read it."));
  Point(text, absl::StrCat("No figure is printed that fewer than ", contract.minimum_group_size,
                           " answers stand behind, nor one from which a hidden figure could be worked out. It is assumed "
                           "that somebody may know ", contract.insiders, contract.insiders == 1 ? " answer" : " answers",
                           " of a group from elsewhere."));
  if (!questions.empty()) {
    std::vector<std::string> moderators;
    for (const domain::ModeratorKey& moderator : manifest.moderators) moderators.push_back(moderator.name);
    Point(text, absl::StrCat("What you write in words can be read by: ", absl::StrJoin(moderators, ", "),
                             ". From closing on, comments are kept apart from the ratings, shuffled, and sealed for these "
                             "readers, until the report is released; those not approved by then are destroyed, those "
                             "approved stand in the report."));
  }
  Point(text, "How many were invited, took part and changed their answers is published exactly, for each group, so that "
              "everybody can check the count.");
  Point(text, absl::StrCat("Answers are taken until ", Day(contract.latest_close_time), " at the latest",
                           contract.latest_close_time > contract.close_time
                               ? absl::StrCat("; planned is ", Day(contract.close_time))
                               : "",
                           ". An administrator may close earlier. Until then your answers lie sealed and can be changed "
                           "with this device."));
  Point(text, questions.empty() ? "After closing no answer of a single person is left."
                                : "After closing no single person's ratings are left; comments are, as said above.");
  absl::StrAppend(&text, "\nWho is invited (compare it with what you know of your school)\n");
  for (size_t i = 0; i < manifest.groups.size(); ++i) {
    const domain::IssuingGroup& g = manifest.groups[i];
    std::vector<std::string> titles;
    for (const std::string& member : g.members) titles.push_back(TitleOf(instrument, member, language));
    absl::StrAppend(&text, "  - ", absl::StrJoin(titles, ", "), ": ", g.invited,
                    g.members.size() > 1 ? " people together, as one group" : " people",
                    static_cast<int>(i) == group ? "   (you are one of them)" : "", "\n");
  }
  absl::StrAppend(&text, "\nWhat cannot be promised\n");
  Point(text, "Whoever runs the server and watches it at this moment may see when you answer; whoever alters it while it "
              "runs, or watches its memory, may see answers as they come in. What you write in words may "
              "give you away. Whoever knows the answers of almost everybody else in your group learns yours.");
  absl::StrAppend(&text, "\nComparison code of this survey\n\n      ", documents.manifest_code, "\n\n");
  absl::StrAppend(
      &text, Wrapped(compared ? "It is the code that you gave."
                              : "Compare it with the code in your letter or on the notice board. If it differs, do not "
                                "answer and tell whoever invited you: this program cannot see the notice board.",
                     kWidth, "  "),
      "\n");
  return text;
}

}  // namespace candor::cli
