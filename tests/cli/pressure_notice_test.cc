#include "clients/cli/pressure_notice.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Asked {
  absl::StatusOr<domain::PressureNotice> notice;
  std::string said;
};

Asked Ask(const std::string& typed, const std::string& language = "en") {
  std::istringstream in(typed);
  std::ostringstream out;
  Dialog dialog(in, out);
  dialog.SetLanguage(language);
  auto notice = AskPressureNotice(dialog, "Ombudsperson");
  return {std::move(notice), out.str()};
}

TEST(PressureNoticeTest, EnterMeansNothingHappened) {
  const Asked asked = Ask("\n");
  ASSERT_TRUE(asked.notice.ok());
  EXPECT_FALSE(asked.notice->given);
  EXPECT_THAT(asked.said, HasSubstr("Ombudsperson"));
  EXPECT_THAT(asked.said, Not(HasSubstr("What happened")));
}

TEST(PressureNoticeTest, TakesWordsOrNone) {
  const Asked worded = Ask("y\nI was told to mark fours.\n");
  EXPECT_TRUE(worded.notice->given);
  EXPECT_EQ(worded.notice->text, "I was told to mark fours.");
  const Asked wordless = Ask("y\n\n");
  EXPECT_TRUE(wordless.notice->given);
  EXPECT_EQ(wordless.notice->text, "");
}

TEST(PressureNoticeTest, EverybodyIsAskedTheSameEachTimeAndToldSo) {
  for (const char* typed : {"\n", "n\n", "y\n\n"}) {
    EXPECT_THAT(Ask(typed).said, AllOf(HasSubstr("told how? [y/N]"), HasSubstr("says it again"),
                                      HasSubstr("a no there takes back what was said before")));
  }
  EXPECT_THAT(Ask("n\n", "es").said, AllOf(HasSubstr("[s/N]"), HasSubstr("un no retira")));
  EXPECT_EQ(Ask("y\n-\n").notice->text, "");
}

TEST(PressureNoticeTest, AsksAgainForWhatIsTooLongAndSpeaksSpanish) {
  const Asked asked = Ask("s\n" + std::string(501, 'x') + "\nshort\n", "es");
  EXPECT_EQ(asked.notice->text, "short");
  EXPECT_THAT(asked.said, HasSubstr("Sobra 1 car\xC3\xA1" "cter;"));
  EXPECT_TRUE(absl::IsAborted(Ask("y\n").notice.status()));
}

}  // namespace
}  // namespace candor::cli
