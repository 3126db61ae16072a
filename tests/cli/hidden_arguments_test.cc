// What others on the machine see of the command line.

#include "clients/cli/hidden_arguments.h"

#include <string>
#include <vector>

#include "clients/cli/verbs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::cli {
namespace {

using ::testing::ElementsAre;

// The arguments as they stand once the program has read them.
std::vector<std::string> Seen(std::vector<std::string> arguments) {
  Context context;
  CLI::App app("", "candor");
  AddAnswerVerb(app, context);
  AddFollowUpVerbs(app, context);
  arguments.insert(arguments.begin(), "candor");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  app.parse(static_cast<int>(argv.size()), argv.data());
  HideArguments(app, static_cast<int>(argv.size()), argv.data());
  return {arguments.begin() + 1, arguments.end()};
}

TEST(HiddenArgumentsTest, CodesAndLinksAreHiddenInEveryForm) {
  EXPECT_THAT(Seen({"answer", "--code", "abcd-efgh", "--file", "a.json"}),
              ElementsAre("answer", "--code", "xxxxxxxxx", "--file", "a.json"));
  EXPECT_THAT(Seen({"answer", "--link=https://x#code=1"}), ElementsAre("answer", "--link=xxxxxxxxxxxxxxxx"));
  EXPECT_THAT(Seen({"answer", "--code", "-"}), ElementsAre("answer", "--code", "-"));
}

TEST(HiddenArgumentsTest, WhoseCommentItIsAndWhatIsSaidOfItIsHidden) {
  EXPECT_THAT(Seen({"follow-up", "answer", "c0ffee", "--text", "the second one", "--within-hours", "2"}),
              ElementsAre("follow-up", "answer", "xxxxxx", "--text", "xxxxxxxxxxxxxx", "--within-hours", "2"));
  EXPECT_THAT(Seen({"follow-up", "answer", "--text=yes", "c0ffee"}),
              ElementsAre("follow-up", "answer", "--text=xxx", "xxxxxx"));
}

}  // namespace
}  // namespace candor::cli
