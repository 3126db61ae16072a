// PDF files by WeasyPrint, looked at with the programs that others look at them with.

#include "clients/cli/pdf.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/run_tool.h"
#include "clients/report/html_report.h"
#include "clients/sentences/sentences.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"
#include "tests/reporting/html_samples.h"
#include "tests/support/temp_folder.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PdfTest : public ::testing::Test {
 protected:
  // Without the programs, which tests/run installs, a test is left out, or fails where none may be.
  void SetUp() override {
    if (CheckPdf().ok() && RunTool({"pdfinfo", "-v"}, "", kLong).ok() && RunTool({"qpdf", "--version"}, "", kLong).ok()) return;
    ASSERT_EQ(std::getenv("CANDOR_NO_SKIPS"), nullptr) << "weasyprint, pdfinfo or qpdf is missing";
    GTEST_SKIP() << "install weasyprint, poppler-utils and qpdf, as tests/run does";
  }

  static constexpr absl::Duration kLong = absl::Minutes(2);

  // What a program prints that reads the file from standard input, or from the path that stands where "FILE" does.
  std::string Told(std::vector<std::string> arguments, const std::string& pdf) {
    std::ofstream(folder_.File("a.pdf")) << pdf;
    for (std::string& argument : arguments) {
      if (argument == "FILE") argument = folder_.File("a.pdf");
    }
    const auto result = RunTool(arguments, "", kLong);
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) return "";
    EXPECT_EQ(result->exit_code, 0) << arguments[0] << ": " << result->err;
    return result->out;
  }

  const testing::TempFolder folder_;
};

std::string Page(const std::string& body) {
  return absl::StrCat("<!DOCTYPE html><html lang=\"es\"><head><meta charset=\"utf-8\"/><title>Informe de Núria</title></head>",
                      "<body><h1>Señas</h1>", body, "</body></html>");
}

struct Sheet {
  const char* language;
  report::Paper paper;
  const char* size;
  const char* title;
  const char* heading;
};

TEST_F(PdfTest, AReportIsTaggedAndHasLanguageTitlePaperAndText) {
  for (const Sheet& sheet : {Sheet{"en", report::Paper::kLetter, "(letter)", "Feedback report: Robin Vale", "Who took part"},
                             Sheet{"es", report::Paper::kA4, "(A4)", "Informe de valoración: Robin Vale", "Quiénes participaron"}}) {
    const v1::ReportComments comments = reporting::SampleComments();
    const auto pdf = PdfOf(report::RenderHtml(reporting::FullReport(7), {sheet.language, sheet.paper}, &comments));
    ASSERT_TRUE(pdf.ok()) << pdf.status();
    EXPECT_THAT(Told({"pdfinfo", "FILE"}, *pdf), AllOf(HasSubstr(absl::StrCat("Title:           ", sheet.title, "\n")),
                                                       HasSubstr("Tagged:          yes"), HasSubstr(sheet.size),
                                                       HasSubstr("JavaScript:      no"), HasSubstr("Encrypted:       no")));
    EXPECT_THAT(Told({"qpdf", "--check", "FILE"}, *pdf), HasSubstr("No syntax or stream encoding errors found"));
    EXPECT_THAT(Told({"qpdf", "--json", "--json-key=qpdf", "FILE"}, *pdf),
                HasSubstr(absl::StrCat("\"/Lang\": \"u:", sheet.language, "\"")));
    // The first page is page one, and what a screen reader says has headings and tables.
    EXPECT_THAT(Told({"pdftotext", "-l", "1", "FILE", "-"}, *pdf), AllOf(HasSubstr("Robin Vale"), HasSubstr(sheet.heading)));
    EXPECT_THAT(Told({"pdfinfo", "-struct", "FILE"}, *pdf),
                AllOf(HasSubstr("H1"), HasSubstr("H2"), HasSubstr("Table"), HasSubstr("TH"), HasSubstr("LI")));
  }
}

TEST_F(PdfTest, PageOneIsOnePage) {
  // Who took part, strengths, gaps, proposals, the question: whole on the first page, and nothing of them on the next.
  // The longer language on the shorter paper, and the other way round.
  for (const auto& [language, paper] : {std::pair{"es", report::Paper::kLetter}, std::pair{"en", report::Paper::kA4}}) {
    const candor::sentences::Sentences say(language);
    const auto pdf = PdfOf(report::RenderHtml(reporting::FullReport(7), {language, paper}));
    ASSERT_TRUE(pdf.ok()) << pdf.status();
    EXPECT_THAT(Told({"pdftotext", "-f", "1", "-l", "1", "FILE", "-"}, *pdf), HasSubstr(say.Say("report.took_part")));
    // The next section begins the second page.
    const std::string second = Told({"pdftotext", "-f", "2", "-l", "2", "FILE", "-"}, *pdf);
    EXPECT_EQ(second.find(say.Say("report.working")), 0u) << second.substr(0, 300);
  }
}

TEST_F(PdfTest, WeasyPrintKnowsTheReportsColoursAndLines) {
  const auto result =
      RunTool({"weasyprint", "--base-url", "about:blank", "-", "-"}, report::RenderHtml(reporting::FullReport(7)), kLong);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->err, Not(AnyOf(HasSubstr("Ignored `background"), HasSubstr("Ignored `border"), HasSubstr("Ignored `color"))));
}

// A port of this machine at which nobody answers, but which tells whether somebody came.
class Listener {
 public:
  Listener() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CANDOR_CHECK(bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(socket_, 8) == 0);
    CANDOR_CHECK(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { close(socket_); }

  int port() const { return port_; }
  bool SomebodyCame() const {
    const int guest = accept(socket_, nullptr, nullptr);
    if (guest >= 0) close(guest);
    return guest >= 0;
  }

 private:
  int socket_;
  int port_ = 0;
};

TEST_F(PdfTest, NeitherTheNetworkNorTheFolderIsAsked) {
  const Listener listener;
  const std::string before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  std::ofstream(folder_.File("picture.svg")) << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
  const auto pdf = PdfOf(Page(absl::StrCat("<p><img src=\"http://127.0.0.1:", listener.port(), "/x.svg\" alt=\"from elsewhere\"/>",
                                           "<img src=\"picture.svg\" alt=\"from the folder\"/></p>")));
  std::filesystem::current_path(before);
  ASSERT_TRUE(pdf.ok()) << pdf.status();
  EXPECT_FALSE(listener.SomebodyCame());
  EXPECT_THAT(Told({"pdftotext", "FILE", "-"}, *pdf), AllOf(HasSubstr("from elsewhere"), HasSubstr("from the folder")));
}

TEST(PdfWithoutWeasyPrintTest, SaysWhatToDoWithoutWeasyPrint) {
  const std::string path = std::getenv("PATH");
  ASSERT_EQ(setenv("PATH", "/nonexistent", 1), 0);
  const absl::Status status = CheckPdf();
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("apt-get install weasyprint"), HasSubstr("--html")));
}

}  // namespace
}  // namespace candor::cli
