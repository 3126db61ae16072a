#include "clients/cli/pdf.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "clients/cli/run_tool.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

constexpr char kProgram[] = "weasyprint";
constexpr absl::Duration kLongest = absl::Minutes(5);

absl::StatusOr<ToolResult> RunWeasyPrint(std::vector<std::string> arguments, const std::string& input) {
  arguments.insert(arguments.begin(), kProgram);
  absl::StatusOr<ToolResult> result = RunTool(arguments, input, kLongest);
  if (!absl::IsNotFound(result.status())) return result;
  return absl::FailedPreconditionError(
      "WeasyPrint, which makes PDF files, is not installed: install Debian's package weasyprint (apt-get install "
      "weasyprint), or write the report with --html and print it from a browser");
}

absl::Status Failed(const ToolResult& result) {
  const std::vector<absl::string_view> lines = absl::StrSplit(absl::StripAsciiWhitespace(result.err), '\n');
  return absl::InternalError(absl::StrCat("WeasyPrint could not make the PDF file: ",
                                          lines.back().empty() ? "it did not say why" : lines.back()));
}

}  // namespace

absl::Status CheckPdf() {
  CANDOR_ASSIGN_OR_RETURN(const ToolResult result, RunWeasyPrint({"--version"}, ""));
  return result.exit_code == 0 ? absl::OkStatus() : Failed(result);
}

absl::StatusOr<std::string> PdfOf(const std::string& html) {
  // Without a base of their own, relative addresses on standard input are files of the folder that one happens to be in.
  CANDOR_ASSIGN_OR_RETURN(ToolResult result, RunWeasyPrint({"--encoding", "utf-8", "--base-url", "about:blank", "--media-type",
                                                            "print", "--pdf-variant", "pdf/ua-1", "-", "-"},
                                                           html));
  if (result.exit_code != 0 || !absl::StartsWith(result.out, "%PDF-")) return Failed(result);
  return std::move(result.out);
}

}  // namespace candor::cli
