// A report for the terminal.

#ifndef CANDOR_CLIENTS_REPORT_TEXT_REPORT_H_
#define CANDOR_CLIENTS_REPORT_TEXT_REPORT_H_

#include <string>

#include "candor/v1/report.pb.h"

namespace candor::report {

inline constexpr int kNarrowestText = 80;
inline constexpr int kWidestText = 120;

struct TextOptions {
  int width = 96;      // terminal cells; brought within kNarrowestText..kWidestText
  bool color = false;  // ANSI colours: they stress what the words say, and never say more
};

// The report as UTF-8 lines, each at most `width` cells wide and ended by a line feed: who it is about and who took
// part, one page on what stands out, then domains and competencies, themes, single statements, the notes, and the credit.
// A pure function of its input; works with any message, whatever is missing in it. No sum grade and no rank is made up.
std::string RenderText(const candor::v1::Report& report, const TextOptions& options = {});

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_TEXT_REPORT_H_
