#include "services/domain/name_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::domain {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NameTextTest, FoldsAccentsCapitalsAndApostrophes) {
  EXPECT_EQ(FoldWord("Peña"), "pena");
  EXPECT_EQ(FoldWord("PEN\xCC\x83" "A"), "pena") << "the accent as a mark of its own";
  EXPECT_EQ(FoldWord("O’Brien"), "obrien");
  EXPECT_EQ(FoldWord("Nguyễn"), "nguyen");
  EXPECT_EQ(FoldWord("Łukasz"), "lukasz");
  EXPECT_EQ(FoldWord("Иванов"), "Иванов") << "other scripts stay as they are";
  EXPECT_EQ(FoldWord("\xFF\xC3"), "") << "what is no UTF-8 is no letter";
}

TEST(NameTextTest, TellsCapitalsOfLatinLetters) {
  for (const char* capital : {"A", "É", "Ñ", "Č", "Ź", "Ź", "Ÿ", "Ễ"}) EXPECT_TRUE(LetterAt(capital, 0).capital) << capital;
  for (const char* small : {"a", "é", "ñ", "č", "ź", "ÿ", "ễ", "1", "-", "×"}) EXPECT_FALSE(LetterAt(small, 0).capital) << small;
}

TEST(NameTextTest, KnowsWhatIsALetter) {
  EXPECT_EQ(LetterAt("¿", 0).kind, Letter::Kind::kOther);
  EXPECT_EQ(LetterAt("“", 0).kind, Letter::Kind::kOther);
  EXPECT_EQ(LetterAt("😀", 0).kind, Letter::Kind::kOther);
  EXPECT_EQ(LetterAt("😀", 0).length, 4u);
  EXPECT_EQ(LetterAt("\xF0\x9F", 0).length, 1u) << "cut off";
  EXPECT_EQ(LetterAt("’", 0).kind, Letter::Kind::kApostrophe);
  EXPECT_EQ(LetterAt("ß", 0).kind, Letter::Kind::kLetter);
}

TEST(NameTextTest, FindsTheSurnamesOfNamesAsTheyAreWritten) {
  EXPECT_THAT(SurnamesIn("Odessa Brightwillow"), ElementsAre("brightwillow"));
  EXPECT_THAT(SurnamesIn("María García López"), ElementsAre("garcia", "lopez"));
  EXPECT_THAT(SurnamesIn("Okafor, Ada"), ElementsAre("okafor"));
  EXPECT_THAT(SurnamesIn("Dr. J. R. van der Berg Jr."), ElementsAre("berg"));
  EXPECT_THAT(SurnamesIn("Ana de la Cruz-Ortiz"), ElementsAre("cruz", "ortiz"));
  EXPECT_THAT(SurnamesIn("Lee Vance, PhD"), ElementsAre("vance"));
  EXPECT_THAT(SurnamesIn("Brightwillow"), ElementsAre("brightwillow"));
  EXPECT_THAT(SurnamesIn("Sean O'Brien O'Brien"), ElementsAre("obrien"));
  EXPECT_THAT(SurnamesIn(""), IsEmpty());
  EXPECT_THAT(SurnamesIn(" , ,"), IsEmpty());
}

}  // namespace
}  // namespace candor::domain
