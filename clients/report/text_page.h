// The lines of a text that is being written.

#ifndef CANDOR_CLIENTS_REPORT_TEXT_PAGE_H_
#define CANDOR_CLIENTS_REPORT_TEXT_PAGE_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace candor::report {

enum class Style { kPlain, kTitle, kHeading, kStrong, kQuiet };

// Collects lines of at most `width` cells. All text that comes from a message has passed Clean.
class TextPage {
 public:
  TextPage(int width, bool color) : width_(width), color_(color) {}

  int width() const { return width_; }

  // One line, cut to the width.
  void Line(absl::string_view text, Style style = Style::kPlain);
  // `first`, then `text` broken into lines that hang under its start.
  void Paragraph(absl::string_view first, absl::string_view text, Style style = Style::kPlain);
  // An empty line; two never follow each other.
  void Gap();
  // A section's title between empty lines, underlined, with the notice under it where there is one.
  void Heading(absl::string_view text);
  // From now on stands under every heading: what nobody may overlook who sees one page alone. Empty: nothing.
  void set_notice(std::string notice) { notice_ = std::move(notice); }
  // A line all across.
  void Rule();

  std::string Finish() && { return std::move(text_); }

 private:
  const int width_;
  const bool color_;
  std::string notice_;
  std::string text_;
};

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_TEXT_PAGE_H_
