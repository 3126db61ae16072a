#include "clients/report/text_page.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/report/layout.h"

namespace candor::report {
namespace {

constexpr char kReset[] = "\x1b[0m";

const char* CodeOf(Style style) {
  switch (style) {
    case Style::kPlain: return "";
    case Style::kTitle: return "\x1b[1m";
    case Style::kHeading: return "\x1b[1;36m";
    case Style::kStrong: return "\x1b[1m";
    case Style::kQuiet: return "\x1b[2m";
  }
  return "";
}

}  // namespace

void TextPage::Line(absl::string_view text, Style style) {
  std::string line = Truncate(text, width_);
  while (!line.empty() && line.back() == ' ') line.pop_back();
  const char* code = color_ ? CodeOf(style) : "";
  if (*code == '\0' || line.empty()) {
    absl::StrAppend(&text_, line, "\n");
  } else {
    absl::StrAppend(&text_, code, line, kReset, "\n");
  }
}

void TextPage::Paragraph(absl::string_view first, absl::string_view text, Style style) {
  for (const std::string& line : WrapHanging(first, text, width_)) Line(line, style);
}

void TextPage::Gap() {
  if (!text_.empty() && !absl::EndsWith(text_, "\n\n")) text_ += '\n';
}

void TextPage::Heading(absl::string_view text) {
  Gap();
  Line(text, Style::kHeading);
  Line(Repeat("─", DisplayWidth(text)), Style::kHeading);
  if (!notice_.empty()) Paragraph("", notice_, Style::kQuiet);
  Gap();
}

void TextPage::Rule() { Line(Repeat("═", width_), Style::kHeading); }

}  // namespace candor::report
