#include "clients/cli/comment_marks.h"

#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What AskComment gives when these lines are typed, and what it said.
struct Asked {
  absl::StatusOr<std::string> comment;
  std::string said;
};

Asked Ask(const std::string& typed, CommentQuestion question) {
  std::istringstream in(typed);
  std::ostringstream out;
  Dialog dialog(in, out);
  dialog.SetLanguage(question.language);
  auto comment = AskComment(dialog, question);
  return {std::move(comment), out.str()};
}

CommentQuestion Question(const std::string& kept = "", const std::string& language = "en") {
  return {"What else?", 60, kept, language, nullptr};
}

TEST(AskCommentTest, TakesWhatTheGuardHasNothingAgainst) {
  const Asked asked = Ask("More time to plan.\n", Question());
  EXPECT_EQ(*asked.comment, "More time to plan.");
  EXPECT_THAT(asked.said, Not(HasSubstr("who wrote it")));
}

TEST(AskCommentTest, ShowsTheMarksAndLetsThePersonWriteAnew) {
  const Asked asked = Ask("Ms. Vance shouted.\n\nSomebody shouted.\n", Question());
  EXPECT_EQ(*asked.comment, "Somebody shouted.");
  EXPECT_THAT(asked.said, HasSubstr("\"Ms. Vance\""));
  EXPECT_THAT(asked.said, HasSubstr("somebody's name"));
}

TEST(AskCommentTest, KeepsItAsItIsWhenThePersonSaysSo) {
  EXPECT_EQ(*Ask("Ms. Vance shouted.\nn\n", Question()).comment, "Ms. Vance shouted.");
  // Asked anew, an empty line keeps it too.
  EXPECT_EQ(*Ask("Ms. Vance shouted.\ny\n\n", Question()).comment, "Ms. Vance shouted.");
}

TEST(AskCommentTest, EnterKeepsAndAHyphenDeletes) {
  EXPECT_EQ(*Ask("\n", Question("before")).comment, "before");
  EXPECT_EQ(*Ask("-\n", Question("before")).comment, "");
}

TEST(AskCommentTest, WhatIsTooLongIsAskedAgain) {
  const Asked asked = Ask(std::string(61, 'x') + "\nshort\n", Question());
  EXPECT_EQ(*asked.comment, "short");
  EXPECT_THAT(asked.said, HasSubstr("1 character too long"));
}

TEST(AskCommentTest, SpeaksSpanish) {
  const Asked asked = Ask("La maestra Vance gritó.\nn\n", Question("", "es"));
  EXPECT_THAT(asked.said, HasSubstr("nombre de una persona"));
  EXPECT_THAT(asked.said, HasSubstr("¿Quiere escribirlo de nuevo?"));
}

TEST(AskCommentTest, EndsAfterManyAttempts) {
  std::string typed;
  for (int i = 0; i < 20; ++i) typed += "Ms. Vance shouted.\ny\n";
  EXPECT_TRUE(absl::IsAborted(Ask(typed, Question()).comment.status()));
  EXPECT_TRUE(absl::IsAborted(Ask("", Question()).comment.status()));
}

TEST(CommentMarksTest, ProgramsGetPlacesAndKindsAndNotTheComment) {
  const std::string comment = "Señora Peña shouted.";
  const base::Json marks = MarksJson("more", guard::CheckComment(comment, "en", nullptr));
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0]["prompt"], "more");
  EXPECT_EQ(marks[0]["begin"], 0);
  EXPECT_EQ(marks[0]["end"], std::string("Señora Peña").size());
  EXPECT_EQ(marks[0]["kind"], "name");
  EXPECT_THAT(marks.dump(), Not(HasSubstr("Pe")));
}

}  // namespace
}  // namespace candor::cli
