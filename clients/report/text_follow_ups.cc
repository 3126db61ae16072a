#include "clients/report/text_follow_ups.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "clients/report/layout.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;

std::string InWords(v1::ModerationReason reason) {
  switch (reason) {
    case v1::MODERATION_REASON_NAMES_SOMEBODY: return "it names somebody";
    case v1::MODERATION_REASON_IDENTIFIES_WRITER: return "it asks for what would give the writer away";
    case v1::MODERATION_REASON_UNIQUE_EVENT: return "it asks for a date or event that few were at";
    case v1::MODERATION_REASON_INSULT: return "it insults";
    case v1::MODERATION_REASON_NOT_ABOUT_WORK: return "it is not about the leader's work";
    case v1::MODERATION_REASON_DEALT_WITH_ELSEWHERE: return "it is dealt with in the way that there is for it";
    default: return "another reason";
  }
}

std::string InWords(const v1::FollowUp& follow_up) {
  switch (follow_up.state()) {
    case v1::FOLLOW_UP_STATE_ASKED: return "waits for a moderator, who reads it first";
    case v1::FOLLOW_UP_STATE_REJECTED:
      return absl::StrCat("a moderator has rejected it (", InWords(follow_up.reason()), "); nobody is asked");
    case v1::FOLLOW_UP_STATE_APPROVED: return "sent; answers come all together, once their time is over";
    case v1::FOLLOW_UP_STATE_UNANSWERED: return "no answer";
    default: return "in a state that this program does not know; use a newer one";
  }
}

std::string Moment(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

}  // namespace

void WriteText(absl::string_view first, const std::string& text, TextPage& page) {
  bool begun = false;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) {
    page.Paragraph(begun ? std::string(first.size(), ' ') : std::string(first), Clean(line));
    begun = true;
  }
}

void WriteFollowUp(const v1::FollowUp& follow_up, const std::string& indent, TextPage& page) {
  WriteText(absl::StrCat(indent, "Question: "), follow_up.question(), page);
  if (follow_up.state() == v1::FOLLOW_UP_STATE_ANSWERED) {
    WriteText(absl::StrCat(indent, "Answer:   "), follow_up.answer(), page);
  } else {
    page.Paragraph(absl::StrCat(indent, "  "), InWords(follow_up), Style::kQuiet);
  }
}

std::string RenderFollowUps(const v1::ListFollowUpsResponse& follow_ups, const TextOptions& options) {
  TextPage page(std::clamp(options.width, kNarrowestText, kWidestText), options.color);
  page.Heading("Questions back to comments (beside the report, and no part of it)");
  for (const v1::FollowUp& follow_up : follow_ups.follow_ups()) {
    WriteText("  - ", follow_up.comment_text(), page);
    page.Line(absl::StrCat("    [", Clean(follow_up.comment()), "]"), Style::kQuiet);
    WriteFollowUp(follow_up, "    ", page);
    page.Gap();
  }
  if (follow_ups.follow_ups().empty()) page.Paragraph("", "No question was put.");
  page.Gap();
  page.Paragraph("", absl::StrCat("Questions can be put, and are decided about by a moderator, until ",
                                  Moment(follow_ups.ask_until()), ". Writers can answer until ",
                                  Moment(follow_ups.answer_until()), "; what moderators let out of their answers is shown by ",
                                  Moment(follow_ups.hand_over_until()), ". Whether a question without an answer was read, ",
                                  "nobody learns."));
  return std::move(page).Finish();
}

}  // namespace candor::report
