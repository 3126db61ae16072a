#include "clients/sentences/sentences.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/sentences/sentence_data.h"
#include "services/base/status.h"

namespace candor::sentences {
namespace {

constexpr char kAnyKey[] = "code.heading";
constexpr char kOfTeam[] = ".team";

}  // namespace

const base::Json& SentenceCatalogue() {
  static const auto* const catalogue = [] {
    auto* all = new base::Json(base::Json::object());
    for (const char* file : {kContractSentences, kAnsweringSentences, kReportSentences}) {
      absl::StatusOr<base::Json> parsed = base::ParseJson(file);
      CANDOR_CHECK(parsed.ok());
      for (const auto& [key, sentence] : parsed->items()) {
        CANDOR_CHECK(!all->contains(key));
        (*all)[key] = sentence;
      }
    }
    return all;
  }();
  return *catalogue;
}

Sentences::Sentences(absl::string_view language) {
  const base::Json& languages = SentenceCatalogue().at(kAnyKey);
  for (const absl::string_view tag : {language, language.substr(0, language.find('-'))}) {
    if (!languages.contains(std::string(tag))) continue;
    language_ = std::string(tag);
    is_wanted_ = true;
    return;
  }
}

Sentences Sentences::ForTeam() const {
  Sentences team = *this;
  team.team_ = true;
  return team;
}

std::string Sentences::Say(absl::string_view key, const Values& values) const {
  auto sentence = SentenceCatalogue().end();
  if (team_) sentence = SentenceCatalogue().find(absl::StrCat(key, kOfTeam));
  if (sentence == SentenceCatalogue().end()) sentence = SentenceCatalogue().find(std::string(key));
  CANDOR_CHECK(sentence != SentenceCatalogue().end());
  const auto text = sentence->find(language_);
  CANDOR_CHECK(text != sentence->end() && text->is_string());
  std::vector<std::pair<std::string, std::string>> replacements;
  for (const auto& [name, value] : values) replacements.emplace_back(absl::StrCat("{", name, "}"), value);
  // All at once, so that nothing is taken for a place that stands in a value.
  return absl::StrReplaceAll(text->get_ref<const std::string&>(), replacements);
}

std::string Sentences::SayFor(int64_t number, absl::string_view key, const Values& values) const {
  return Say(absl::StrCat(key, number == 1 ? ".one" : ".many"), values);
}

}  // namespace candor::sentences
