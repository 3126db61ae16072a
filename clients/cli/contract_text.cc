#include "clients/cli/contract_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/output.h"
#include "clients/cpp/moment.h"
#include "clients/sentences/sentences.h"
#include "services/crypto/access_code.h"
#include "services/domain/sealed_records.h"

namespace candor::cli {
namespace {

using client::MomentText;
using sentences::Sentences;

std::string TitleOf(const domain::Instrument& instrument, const std::string& code, const std::string& language) {
  for (const domain::RaterGroup& group : instrument.rater_groups) {
    if (group.code == code) return TextIn(group.title, language);
  }
  return code;
}

// The titles of parts as the contract declares them.
std::string PartsText(const domain::Contract& contract, const std::string& group, const std::vector<std::string>& codes,
                      const std::string& language) {
  const domain::Breakdown* breakdown = domain::FindBreakdown(contract.breakdowns, group);
  std::vector<std::string> titles;
  for (const std::string& code : codes) {
    const domain::Part* part = breakdown == nullptr ? nullptr : domain::FindPart(*breakdown, code);
    titles.push_back(part == nullptr ? code : TextIn(part->title, language));
  }
  return absl::StrJoin(titles, ", ");
}

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

void Heading(std::string& text, absl::string_view heading) { absl::StrAppend(&text, "\n", heading, "\n"); }

// Names of languages in the language that is shown; of others than the program knows the tag.
std::string LanguagesText(const domain::Contract& contract, const Sentences& say) {
  std::vector<std::string> names;
  for (const std::string& tag : contract.languages) {
    const std::string key = absl::StrCat("language.name.", tag);
    names.push_back(sentences::SentenceCatalogue().contains(key) ? say.Say(key) : tag);
  }
  return absl::StrJoin(names, ", ");
}

std::string ReadersText(const domain::Contract& contract, const Sentences& say) {
  std::vector<std::string> readers;
  bool administrators = false;
  for (const std::string& reader : contract.readers) {
    if (reader == domain::kAdministratorReader) {
      administrators = true;
    } else {
      readers.push_back(say.Say(absl::StrCat("reads.reader.", reader)));
    }
  }
  const bool leader_first = contract.first_reader == domain::FirstReader::kLeader;
  return absl::StrCat(say.Say(readers.size() == 1 ? "reads.report.one"
                              : leader_first      ? "reads.report.leader_first"
                                                  : "reads.report.supervisor_first",
                              {{"readers", absl::StrJoin(readers, say.Say("reads.and"))}}),
                      " ", say.Say(administrators ? "reads.administrators_may" : "reads.administrators_may_not"));
}

// Whose key it is cannot be seen from the title, which somebody else wrote: the code can be compared with what its holder says.
std::string HolderKeyText(const domain::ModeratorKey& holder, const Sentences& say) {
  return say.Say("reads.holder_key", {{"title", holder.name}, {"code", crypto::HolderKeyCode(holder.public_key)}});
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
                      "\n  ", Sentences(language).Say("scale.how"), "\n");
}

std::string ContractText(const client::SurveyDocuments& documents, int group, const std::string& audience,
                         const std::string& language, bool compared, const std::vector<int>& reissued) {
  const domain::Contract& contract = documents.contract;
  const domain::Manifest& manifest = documents.manifest;
  const domain::Instrument& instrument = documents.instrument_version.instrument;
  const domain::AnswerShape shape = documents.Shape(group);
  const auto items = std::count(shape.items_asked.begin(), shape.items_asked.end(), true);

  const Sentences say = contract.team_members > 0 ? Sentences(language).ForTeam() : Sentences(language);
  std::string text = absl::StrCat("\n", instrument.title, "\n");
  if (!say.is_wanted()) absl::StrAppend(&text, "\n", say.Say("language.missing", {{"language", language}}), "\n");

  Heading(text, say.Say("asked.heading"));
  Point(text, say.SayFor(items, "asked.items",
                         {{"count", absl::StrCat(items)}, {"group", TitleOf(instrument, audience, language)}}));
  if (contract.team_members > 0) Point(text, say.Say("asked.team", {{"members", absl::StrCat(contract.team_members)}}));
  Point(text, contract.purpose == domain::kDevelopmental ? say.Say("asked.purpose.developmental")
                                                         : say.Say("asked.purpose.other", {{"purpose", contract.purpose}}));
  if (contract.evaluative_use_forbidden) Point(text, say.Say("asked.evaluative_use_forbidden"));
  const std::vector<std::string> questions = QuestionsAsked(instrument, shape, audience, language);
  if (!questions.empty()) {
    Point(text, say.SayFor(static_cast<int64_t>(questions.size()), "asked.questions",
                           {{"count", absl::StrCat(questions.size())}}));
    for (const std::string& question : questions) absl::StrAppend(&text, Wrapped(question, kWidth, "      "));
  }
  Point(text, say.Say("asked.languages", {{"languages", LanguagesText(contract, say)}}));
  Point(text, say.Say("asked.instrument", {{"hash", contract.instrument_hash}}));

  Heading(text, say.Say("reads.heading"));
  Point(text, ReadersText(contract, say));
  Point(text, say.SayFor(contract.insiders, "reads.threshold",
                         {{"k", absl::StrCat(contract.minimum_group_size)}, {"t", absl::StrCat(contract.insiders)}}));
  Point(text, say.Say("reads.pool", {{"pool", absl::StrCat(contract.pool_minimum)},
                                     {"reissued", absl::StrCat(contract.maximum_reissued_percent)}}));
  for (const domain::Breakdown& breakdown : contract.breakdowns) {
    std::vector<std::string> codes;
    for (const domain::Part& part : breakdown.parts) codes.push_back(part.code);
    Point(text, say.Say("reads.parts", {{"group", TitleOf(instrument, breakdown.group, language)},
                                        {"parts", PartsText(contract, breakdown.group, codes, language)},
                                        {"fewest", absl::StrCat(domain::FewestInPart(contract.minimum_group_size))}}));
  }
  if (contract.benchmark) {
    Point(text, say.Say("reads.benchmark", {{"leaders", absl::StrCat(domain::kFewestPooledLeaders)}}));
  }
  if (contract.compared_with.has_value()) {
    Point(text, say.Say("reads.compared", {{"close", MomentText(*contract.compared_with)}}));
  }
  if (!questions.empty()) {
    std::vector<std::string> moderators;
    for (const domain::ModeratorKey& moderator : manifest.moderators) moderators.push_back(moderator.name);
    Point(text, say.Say("reads.comments", {{"moderators", absl::StrJoin(moderators, ", ")},
                                           {"raters", absl::StrCat(contract.comments.minimum_raters)},
                                           {"comments", absl::StrCat(contract.comments.minimum_comments)},
                                           {"until", MomentText(domain::NoticesEndTime(contract))}}));
    for (const domain::ModeratorKey& moderator : manifest.moderators) Point(text, HolderKeyText(moderator, say));
    const std::vector<std::string>& summary_only = contract.comments.summary_only;
    const std::string& own = manifest.groups[static_cast<size_t>(group)].code;
    if (std::find(summary_only.begin(), summary_only.end(), own) != summary_only.end()) {
      Point(text, say.Say("reads.comments_summary_only"));
    }
    if (contract.follow_up_days > 0) {
      Point(text, say.SayFor(contract.follow_up_days, "reads.follow_up",
                             {{"days", absl::StrCat(contract.follow_up_days)},
                              {"moderators", absl::StrJoin(moderators, ", ")}}));
    }
  }
  if (manifest.auditor.has_value()) {
    Point(text, say.Say("reads.pressure",
                        {{"auditor", manifest.auditor->name},
                         {"until", MomentText(domain::NoticesEndTime(contract))}}));
    Point(text, HolderKeyText(*manifest.auditor, say));
  }
  Point(text, say.Say("reads.counts"));

  Heading(text, say.Say("open.heading"));
  const bool may_be_later = contract.latest_close_time > contract.close_time;
  Point(text, say.Say(may_be_later ? "open.until_planned" : "open.until",
                      {{"latest", MomentText(contract.latest_close_time)}, {"close", MomentText(contract.close_time)}}));
  if (documents.close_time > contract.close_time) {
    Point(text, say.Say("open.extended", {{"close", MomentText(contract.close_time)},
                                          {"extended", MomentText(documents.close_time)}}));
  }
  if (contract.steward.has_value()) {
    const domain::StewardTerms& steward = *contract.steward;
    Point(text, say.SayFor(steward.threshold, "open.steward",
                           {{"title", steward.title},
                            {"shares", absl::StrCat(steward.shares)},
                            {"threshold", absl::StrCat(steward.threshold)}}));
    Point(text, say.Say("open.steward.key", {{"code", crypto::ClosingKeyCode(steward.public_key)}}));
  } else {
    Point(text, say.Say("open.automatic"));
  }
  Point(text, say.Say("open.abandon", {{"abandon", MomentText(domain::CountingEndTime(contract.abandon_time))}}));
  Point(text, say.Say(questions.empty() ? "open.left" : "open.left_comments"));
  Point(text, say.SayFor(contract.retention_days, "open.retention", {{"days", absl::StrCat(contract.retention_days)}}));

  Heading(text, say.Say("invited.heading"));
  for (size_t i = 0; i < manifest.groups.size(); ++i) {
    const domain::IssuingGroup& g = manifest.groups[i];
    std::vector<std::string> titles;
    for (const std::string& member : g.members) titles.push_back(TitleOf(instrument, member, language));
    Sentences::Values values = {{"group", absl::StrJoin(titles, ", ")}, {"count", absl::StrCat(g.invited)}};
    if (!g.parts.empty()) values.emplace_back("part", PartsText(contract, g.members[0], g.parts, language));
    absl::StrAppend(&text, "  - ",
                    say.Say(!g.parts.empty()        ? "invited.part"
                            : g.members.size() > 1 ? "invited.joined"
                                                    : "invited.group",
                            values),
                    i < reissued.size() && reissued[i] > 0
                        ? say.SayFor(reissued[i], "invited.reissued", {{"count", absl::StrCat(reissued[i])}})
                        : "",
                    static_cast<int>(i) == group ? say.Say("invited.yours") : "", "\n");
  }
  Heading(text, say.Say("limits.heading"));
  Point(text, say.Say("limits.operator"));
  absl::StrAppend(&text, "\n", say.Say("code.heading"), "\n\n      ", documents.manifest_code, "\n\n",
                  Wrapped(say.Say(compared ? "code.compared" : "code.compare"), kWidth, "  "));
  if (!contract.mirrors.empty()) {
    absl::StrAppend(&text, Wrapped(say.Say("code.mirrors"), kWidth, "  "));
    for (const std::string& mirror : contract.mirrors) {
      absl::StrAppend(&text, "    ", domain::MirrorUrl(mirror, manifest.survey), "\n");
    }
  }
  absl::StrAppend(&text, "\n");
  return text;
}

}  // namespace candor::cli
