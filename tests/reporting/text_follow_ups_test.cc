// Questions back to comments, as a reader of the report finds them.

#include "clients/report/text_follow_ups.h"

#include "clients/report/text_comments.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

void Add(v1::ListFollowUpsResponse& list, const std::string& comment, v1::FollowUpState state,
         const std::string& answer = "") {
  v1::FollowUp& follow_up = *list.add_follow_ups();
  follow_up.set_comment(comment);
  follow_up.set_comment_text("Words of " + comment);
  follow_up.set_question("Question to " + comment);
  follow_up.set_state(state);
  follow_up.set_answer(answer);
}

v1::ListFollowUpsResponse SampleList() {
  v1::ListFollowUpsResponse list;
  Add(list, "c1", v1::FOLLOW_UP_STATE_ASKED);
  Add(list, "c2", v1::FOLLOW_UP_STATE_REJECTED);
  list.mutable_follow_ups(1)->set_reason(v1::MODERATION_REASON_INSULT);
  Add(list, "c3", v1::FOLLOW_UP_STATE_APPROVED);
  Add(list, "c4", v1::FOLLOW_UP_STATE_ANSWERED, "First line\nsecond \x1b[2Jline");
  Add(list, "c5", v1::FOLLOW_UP_STATE_UNANSWERED);
  list.mutable_ask_until()->set_seconds(1'800'000'000);
  return list;
}

TEST(TextFollowUpsTest, SaysOfEachQuestionWhatBecameOfIt) {
  const std::string text = RenderFollowUps(SampleList(), {});
  EXPECT_THAT(text, AllOf(HasSubstr("Words of c1"), HasSubstr("[c1]"), HasSubstr("Question to c1"),
                          HasSubstr("waits for a moderator"), HasSubstr("rejected it (it insults)"),
                          HasSubstr("sent; answers come all together"), HasSubstr("Answer:   First line"),
                          HasSubstr("no answer"), HasSubstr("until 2027-01-15 08:00 UTC")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << "what came from elsewhere moves no cursor";
  EXPECT_THAT(RenderFollowUps({}, {}), HasSubstr("No question was put."));
}

TEST(TextFollowUpsTest, StandUnderTheirCommentsWhereThereAreAny) {
  v1::ReportComments comments;
  v1::CommentedPrompt& prompt = *comments.add_blocks()->add_prompts();
  for (const char* id : {"c4", "c9"}) {
    v1::ReleasedComment& comment = *prompt.add_comments();
    comment.set_id(id);
    comment.set_text(std::string("Words of ") + id);
  }
  const v1::ListFollowUpsResponse list = SampleList();
  const std::string text = RenderComments(comments, {}, &list);
  EXPECT_THAT(text, AllOf(HasSubstr("[c4]"), HasSubstr("Question to c4"), HasSubstr("Answer:   First line"),
                          HasSubstr("[c9]"), Not(HasSubstr("Question to c1"))));
  EXPECT_LT(text.find("Answer:"), text.find("Words of c9"));
  EXPECT_THAT(RenderComments(comments, {}), Not(HasSubstr("[c4]"))) << "nobody can be asked by it";
}

}  // namespace
}  // namespace candor::report
