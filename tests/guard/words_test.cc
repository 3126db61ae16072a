#include "clients/guard/words.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::guard {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Folded(absl::string_view draft) {
  const Words words(draft);
  std::vector<std::string> folded;
  for (size_t i = 0; i < words.size(); ++i) folded.emplace_back(words[i].folded);
  return folded;
}

TEST(WordsTest, TakesADraftApart) {
  EXPECT_THAT(Folded("Señora Peña didn't come, O’Brien's boss did."),
              ElementsAre("senora", "pena", "didnt", "come", "obrien", "boss", "did"));
  EXPECT_THAT(Folded("at 10:45 on 3/14/2025, call 555-201-3377."), ElementsAre("at", "10:45", "on", "3/14/2025", "call", "555-201-3377"));
  EXPECT_THAT(Folded(""), ElementsAre());
  EXPECT_THAT(Folded("\xFF\xFE '' --"), ElementsAre());
}

TEST(WordsTest, KnowsTheirPlaces) {
  const std::string draft = "¿Qué hizo Añasco?";
  const Words words(draft);
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(draft.substr(words[2].begin, words[2].end - words[2].begin), "Añasco");
}

TEST(WordsTest, KnowsWhereSentencesBegin) {
  const Words words("We asked Mr. Vance. He left\nNobody came: why? \"Because\" he said");
  std::vector<std::string> first;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].begins_sentence) first.emplace_back(words[i].folded);
  }
  EXPECT_THAT(first, ElementsAre("we", "he", "nobody", "why", "because", "he"));
}

TEST(WordsTest, KnowsCapitalsAndPossessives) {
  const Words words("PTA Rosa's día 3B");
  ASSERT_EQ(words.size(), 4u);
  EXPECT_TRUE(words[0].all_capitals);
  EXPECT_TRUE(words[1].capital && words[1].possessive && !words[1].all_capitals);
  EXPECT_FALSE(words[2].capital);
  EXPECT_FALSE(words[3].letters);
}

}  // namespace
}  // namespace candor::guard
