#include "clients/report/text_comments.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/report/layout.h"
#include "clients/report/text_page.h"

namespace candor::report {
namespace {

// Line by line, since a comment may have several.
void WriteText(absl::string_view first, const std::string& text, TextPage& page) {
  bool begun = false;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) {
    page.Paragraph(begun ? std::string(first.size(), ' ') : std::string(first), Clean(line));
    begun = true;
  }
}

}  // namespace

std::string RenderComments(const candor::v1::ReportComments& comments, const TextOptions& options) {
  if (comments.blocks().empty() && comments.notes().empty()) return "";
  TextPage page(std::clamp(options.width, kNarrowestText, kWidestText), options.color);
  page.Heading("Comments (beside the report, and no part of it)");
  for (const candor::v1::CommentBlock& block : comments.blocks()) {
    if (block.summary().empty() && block.prompts().empty()) continue;
    page.Line(Clean(block.title()), Style::kStrong);
    for (const candor::v1::CommentedPrompt& prompt : block.prompts()) {
      page.Paragraph("  ", Clean(prompt.text()), Style::kQuiet);
      for (const candor::v1::ReleasedComment& comment : prompt.comments()) WriteText("    - ", comment.text(), page);
    }
    if (!block.summary().empty()) WriteText("  A moderator's summary: ", block.summary(), page);
    page.Gap();
  }
  for (const std::string& note : comments.notes()) page.Paragraph("  * ", Clean(note));
  return std::move(page).Finish();
}

}  // namespace candor::report
