// Pages as PDF, by WeasyPrint in a process of its own.

#ifndef CANDOR_CLIENTS_CLI_PDF_H_
#define CANDOR_CLIENTS_CLI_PDF_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace candor::cli {

// OK where PdfOf can work: to be asked before calls that leave a trace. FAILED_PRECONDITION: WeasyPrint is not installed; the
// message says what to do.
absl::Status CheckPdf();

// The page as a tagged PDF (PDF/UA-1), its language and title being the page's. `html` has to hold everything that is shown:
// addresses on the network and relative ones lead nowhere, but a file that a page named by its whole path would be read, so it
// has to name none. Stays in memory. Errors of CheckPdf; DEADLINE_EXCEEDED: it took longer than five minutes; INTERNAL:
// WeasyPrint failed, with its last words.
absl::StatusOr<std::string> PdfOf(const std::string& html);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_PDF_H_
