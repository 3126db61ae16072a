// That nobody is told half of anything in a language.

#include "clients/sentences/sentences.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/json.h"
#include "services/domain/contract.h"

namespace candor::sentences {
namespace {

std::set<std::string> PlacesOf(const std::string& text) {
  std::set<std::string> places;
  for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    const size_t end = text.find('}', at);
    EXPECT_NE(end, std::string::npos) << text;
    places.insert(text.substr(at, end - at + 1));
  }
  return places;
}

TEST(SentencesTest, EachIsThereInEveryLanguageWithTheSamePlaces) {
  ASSERT_GE(SentenceCatalogue().size(), 40u);
  for (const auto& [key, sentence] : SentenceCatalogue().items()) {
    SCOPED_TRACE(key);
    ASSERT_EQ(sentence.size(), 2u);
    const std::string english = sentence.at("en"), spanish = sentence.at("es");
    EXPECT_FALSE(english.empty() || spanish.empty());
    EXPECT_NE(english, spanish);
    EXPECT_EQ(PlacesOf(english), PlacesOf(spanish));
  }
}

TEST(SentencesTest, AreThereInTheLanguagesThatOpeningKnowsOf) {
  std::set<std::string> languages;
  for (const auto& [language, text] : SentenceCatalogue().begin().value().items()) languages.insert(language);
  const std::vector<std::string>& known = domain::LanguagesOfRules();
  EXPECT_EQ(languages, std::set<std::string>(known.begin(), known.end()));
  EXPECT_EQ(known.front(), Sentences("xx").language()) << "what is shown in place of a language that is missing";
  for (const std::string tag : {"en", "en-GB", "es", "es-MX", "fr", "fr-CA", "e", ""}) {
    EXPECT_EQ(domain::CanTellRulesIn(tag), Sentences(tag).is_wanted()) << tag;
  }
}

TEST(SentencesTest, OfATeamEachIsInItsOwnWordsWhereThereAreAnyWithTheSamePlaces) {
  int of_teams = 0;
  for (const auto& [key, sentence] : SentenceCatalogue().items()) {
    if (!key.ends_with(".team") || !SentenceCatalogue().contains(key.substr(0, key.size() - 5))) continue;
    ++of_teams;
    EXPECT_EQ(PlacesOf(sentence.at("en")), PlacesOf(SentenceCatalogue().at(key.substr(0, key.size() - 5)).at("en"))) << key;
  }
  EXPECT_GE(of_teams, 20);
  EXPECT_EQ(Sentences("en").Say("reads.reader.leader"), "the leader");
  EXPECT_EQ(Sentences("en").ForTeam().Say("reads.reader.leader"), "every member of the team");
  EXPECT_EQ(Sentences("es").ForTeam().language(), "es");
  EXPECT_EQ(Sentences("en").ForTeam().Say("reads.heading"), Sentences("en").Say("reads.heading"));
}

TEST(SentencesTest, WhatIsFilledInIsNotReadAgain) {
  const Sentences say("en");
  EXPECT_EQ(say.Say("asked.purpose.other", {{"purpose", "{group}{purpose}"}}), "The answers serve: {group}{purpose}.");
}

}  // namespace
}  // namespace candor::sentences
