#include "clients/guard/comment_guard.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/guard/name_lists.h"
#include "clients/guard/patterns.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/domain/name_text.h"
#include "services/domain/text.h"

namespace candor::guard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "kind: words" of each finding.
std::vector<std::string> Found(const std::string& draft, const crypto::SaltedFilter* surnames = nullptr) {
  std::vector<std::string> found;
  for (const Finding& finding : CheckComment(draft, "en", surnames)) {
    found.push_back(absl::StrCat(NameOf(finding.kind), ": ", draft.substr(finding.begin, finding.end - finding.begin)));
  }
  return found;
}

TEST(CommentGuardTest, MarksEachKind) {
  EXPECT_THAT(Found("Then Ms. Fernwhistle left."), ElementsAre("name: Ms. Fernwhistle"));
  EXPECT_THAT(Found("It was on March 3rd, 2025."), ElementsAre("date: on March 3rd, 2025"));
  EXPECT_THAT(Found("Write to x.y@example.org."), ElementsAre("contact: x.y@example.org"));
  EXPECT_THAT(Found("See WWW.Example.Test, or Fernwhistle.ORG/me."),
              ElementsAre("contact: WWW.Example.Test", "contact: Fernwhistle.ORG/me"));
  EXPECT_THAT(Found("I am the school nurse."), ElementsAre("role: I am the school nurse"));
  EXPECT_THAT(Found("Nobody helped after my surgery."), ElementsAre("fact: after my surgery"));
}

TEST(CommentGuardTest, MarksNothingInWhatNobodyIsKnownBy) {
  EXPECT_THAT(Found("She listens, explains her decisions and follows up. More time for planning would help us."), IsEmpty());
  EXPECT_THAT(Found("Escucha, explica sus decisiones y da seguimiento. Nos ayudaría más tiempo para planear."), IsEmpty());
  EXPECT_THAT(Found(""), IsEmpty());
}

TEST(CommentGuardTest, KnowsAStaffSurnameOnlyByTheFilter) {
  const auto surnames = crypto::SaltedFilter::Make({"quillfeather"});
  EXPECT_THAT(Found("Quillfeather is never there.", &surnames), ElementsAre("name: Quillfeather"));
  EXPECT_THAT(Found("quillfeather is never there.", &surnames), ElementsAre("name: quillfeather"));
  EXPECT_THAT(Found("Quillfeather is never there."), IsEmpty());
}

TEST(CommentGuardTest, ASurnameThatIsAnOrdinaryWordNeedsACapitalLetterOfItsOwn) {
  const auto surnames = crypto::SaltedFilter::Make({"young"});
  EXPECT_THAT(Found("Young people like the new gym, and so do young teachers.", &surnames), IsEmpty());
  EXPECT_THAT(Found("Nobody trusts Young any more.", &surnames), ElementsAre("name: Young"));
}

TEST(CommentGuardTest, JoinsTheWordsOfOneName) {
  EXPECT_THAT(Found("Nobody asked María de la Cruz about it."), ElementsAre("name: María de la Cruz"));
  EXPECT_THAT(Found("Nobody asked Dr. J. Okonkwo-Reyes about it."), ElementsAre("name: Dr. J. Okonkwo-Reyes"));
}

TEST(CommentGuardTest, KeepsANameApartFromWhatItStandsIn) {
  const std::string draft = "My brother Kevin works at the district.";
  const std::vector<std::string> found = Found(draft);
  EXPECT_THAT(found, testing::Contains("name: Kevin"));
}

TEST(CommentGuardTest, ADraftInCapitalsIsNotAllNames) {
  EXPECT_THAT(Found("NOBODY LISTENS TO US AND THE MEETINGS ARE TOO LONG"), IsEmpty());
  EXPECT_THAT(Found("NOBODY LISTENS TO JENNIFER"), ElementsAre("name: JENNIFER"));
}

TEST(CommentGuardTest, AdvisesInTheLanguageAskedFor) {
  const std::string draft = "Ms. Fernwhistle";
  EXPECT_THAT(CheckComment(draft, "en", nullptr)[0].advice, HasSubstr("somebody's name"));
  EXPECT_THAT(CheckComment(draft, "fr", nullptr)[0].advice, HasSubstr("somebody's name"));
  EXPECT_THAT(CheckComment(draft, "es", nullptr)[0].advice, HasSubstr("nombre de una persona"));
  EXPECT_THAT(CheckComment(draft, "es-MX", nullptr)[0].advice, HasSubstr("nombre de una persona"));
}

TEST(CommentGuardTest, SaysHowSmallTheGroupIs) {
  EXPECT_THAT(GroupSizeAdvice(7, "en"), HasSubstr("7 people were invited"));
  EXPECT_THAT(GroupSizeAdvice(7, "en"), HasSubstr("a group this small"));
  EXPECT_THAT(GroupSizeAdvice(140, "en"), HasSubstr("140 people"));
  EXPECT_THAT(GroupSizeAdvice(7, "es"), HasSubstr("se invitó a 7 personas"));
}

// Whatever is typed or pasted: spans lie on boundaries, in order, and no two overlap but a name or contact within another.
TEST(CommentGuardTest, FindsWholeCharactersInAnyBytes) {
  const std::string seeds[] = {"Ms. Peña told José on 3/14 at 10:45 to mail x@y.org; my divorce, ñandú ", "\xF0\x9F\x98\x80 ¿Qué? ",
                               "\xC3", "\xFF@\x80.com ", "Señora Vance-Núñez, salón 12B, el 3 de marzo "};
  uint32_t state = 12345;
  const auto next = [&state](uint32_t bound) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % bound;
  };
  for (int round = 0; round < 2000; ++round) {
    std::string draft;
    while (draft.size() < 100) draft += seeds[next(5)];
    for (uint32_t i = next(4); i > 0; --i) draft[next(static_cast<uint32_t>(draft.size()))] = static_cast<char>(next(256));
    size_t last_begin = 0;
    for (const Finding& finding : CheckComment(draft, "en", nullptr)) {
      ASSERT_LT(finding.begin, finding.end);
      ASSERT_LE(finding.end, draft.size());
      ASSERT_LE(last_begin, finding.begin);
      last_begin = finding.begin;
      if (domain::IsPlainText(draft)) {
        EXPECT_TRUE(domain::IsPlainText(draft.substr(finding.begin, finding.end - finding.begin))) << draft;
        EXPECT_TRUE(domain::IsPlainText(draft.substr(0, finding.begin))) << draft;
      }
    }
  }
}

// A comment may have 65,535 bytes; one finding for each word must not take more than a moment.
TEST(CommentGuardTest, IsQuickOnTheLongestComment) {
  std::string draft;
  while (draft.size() < 65000) draft += "my my the Jennifer the the room of ";
  EXPECT_GT(CheckComment(draft, "en", nullptr).size(), 1000u);
}

TEST(NameListsTest, HoldSomeHundredNamesEachInFoldedForm) {
  for (const absl::string_view list : {kEnglishFirstNames, kSpanishFirstNames, kEnglishSurnames, kSpanishSurnames}) {
    absl::flat_hash_set<absl::string_view> names;
    for (const absl::string_view name : absl::StrSplit(list, ' ', absl::SkipEmpty())) {
      EXPECT_EQ(domain::FoldWord(name), name);
      names.insert(name);
    }
    EXPECT_GE(names.size(), 300u);
  }
}

TEST(PatternsTest, EveryPhraseIsOfKnownPartsAndFolded) {
  EXPECT_GE(AllPhrases().size(), 150u);
  // Compiles them all; a class that is not there would end the program.
  EXPECT_THAT(FindPhrases(Words("nothing")), IsEmpty());
  for (const PhraseText& phrase : AllPhrases()) {
    for (absl::string_view part : absl::StrSplit(phrase.text, ' ')) {
      EXPECT_EQ(part.find_first_not_of("abcdefghijklmnopqrstuvwxyz_|<>?"), absl::string_view::npos) << phrase.text;
    }
  }
}

}  // namespace
}  // namespace candor::guard
