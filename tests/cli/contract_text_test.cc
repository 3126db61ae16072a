// What a person reads before the first item.

#include "clients/cli/contract_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients_cpp/fake_survey.h"

namespace candor::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// In one line, however it is wrapped.
std::string PageOf(const client::FakeSurvey& survey) {
  const auto documents = client::CheckDocuments(survey.Encode(), survey.manifest.survey, "");
  EXPECT_TRUE(documents.ok()) << documents.status();
  if (!documents.ok()) return "";
  std::string line;
  for (const char c : ContractText(**documents, 0, "staff", "en", false)) {
    if (c == '\n') line.push_back(' ');
    else if (c != ' ' || line.empty() || line.back() != ' ') line.push_back(c);
  }
  return line;
}

TEST(ContractTextTest, NamesTheOpenQuestionsWhoReadsThemAndWhatIsLeft) {
  const std::string page = PageOf(client::FakeSurvey());
  EXPECT_THAT(page, HasSubstr("1 open question, to be answered in words or left out: What else?"));
  EXPECT_THAT(page, HasSubstr("What you write in words can be read by: Ombudsperson."));
  EXPECT_THAT(page, HasSubstr("those not approved by then are destroyed"));
  EXPECT_THAT(page, HasSubstr("no single person's ratings are left; comments are"));
  EXPECT_THAT(page, Not(HasSubstr("no answer of a single person is left")));
}

TEST(ContractTextTest, WithoutOpenQuestionsNothingIsSaidOfThem) {
  client::FakeSurvey survey;
  survey.manifest.moderators.clear();
  const std::string page = PageOf(survey);
  EXPECT_THAT(page, HasSubstr("After closing no answer of a single person is left."));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("open question")), Not(HasSubstr("in words can be read"))));
}

TEST(ContractTextTest, SaysTheLatestCloseAndThatItMayComeEarlier) {
  client::FakeSurvey survey;
  survey.contract.close_time = survey.manifest.close_time = absl::FromUnixSeconds(1'900'000'000);
  survey.contract.latest_close_time = survey.manifest.latest_close_time = absl::FromUnixSeconds(1'900'086'400);
  EXPECT_THAT(PageOf(survey), HasSubstr("Answers are taken until 2030-03-18 17:46 UTC at the latest; planned is 2030-03-17 "
                                        "17:46 UTC. An administrator may close earlier."));
  survey.contract.latest_close_time = survey.manifest.latest_close_time = survey.contract.close_time;
  EXPECT_THAT(PageOf(survey),
              HasSubstr("until 2030-03-17 17:46 UTC at the latest. An administrator may close earlier."));
}

}  // namespace
}  // namespace candor::cli
