#include "clients/report/text_comments.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/report/layout.h"
#include "clients/report/text_follow_ups.h"
#include "clients/report/text_page.h"

namespace candor::report {
namespace {

const candor::v1::FollowUp* FindFollowUp(const candor::v1::ListFollowUpsResponse& follow_ups, const std::string& comment) {
  for (const candor::v1::FollowUp& each : follow_ups.follow_ups()) {
    if (each.comment() == comment) return &each;
  }
  return nullptr;
}

}  // namespace

std::string RenderComments(const candor::v1::ReportComments& comments, const TextOptions& options,
                           const candor::v1::ListFollowUpsResponse* follow_ups) {
  if (comments.blocks().empty() && comments.notes().empty()) return "";
  TextPage page(std::clamp(options.width, kNarrowestText, kWidestText), options.color);
  page.Heading("Comments (beside the report, and no part of it)");
  for (const candor::v1::CommentBlock& block : comments.blocks()) {
    if (block.summary().empty() && block.prompts().empty()) continue;
    page.Line(Clean(block.title()), Style::kStrong);
    for (const candor::v1::CommentedPrompt& prompt : block.prompts()) {
      page.Paragraph("  ", Clean(prompt.text()), Style::kQuiet);
      for (const candor::v1::ReleasedComment& comment : prompt.comments()) {
        WriteText("    - ", comment.text(), page);
        if (follow_ups == nullptr) continue;
        page.Line(absl::StrCat("      [", Clean(comment.id()), "]"), Style::kQuiet);
        const candor::v1::FollowUp* const follow_up = FindFollowUp(*follow_ups, comment.id());
        if (follow_up != nullptr) WriteFollowUp(*follow_up, "      ", page);
      }
    }
    if (!block.summary().empty()) WriteText("  A moderator's summary: ", block.summary(), page);
    page.Gap();
  }
  for (const std::string& note : comments.notes()) page.Paragraph("  * ", Clean(note));
  return std::move(page).Finish();
}

}  // namespace candor::report
