// What the guard found in comments, as people and programs see it, and asking for a comment with it.

#ifndef CANDOR_CLIENTS_CLI_COMMENT_MARKS_H_
#define CANDOR_CLIENTS_CLI_COMMENT_MARKS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/dialog.h"
#include "clients/guard/comment_guard.h"
#include "services/base/json.h"

namespace candor::cli {

// One line for each finding: the words at fault in quotation marks, then the advice. Empty without findings.
std::string MarksText(absl::string_view comment, const std::vector<guard::Finding>& findings);

// A list of {"prompt", "begin", "end", "kind", "advice"}; begin and end are bytes of the comment, which is not repeated.
base::Json MarksJson(const std::string& prompt, const std::vector<guard::Finding>& findings);

struct CommentQuestion {
  std::string question;
  int most_bytes = 0;
  std::string kept;      // what was written before; may be empty
  std::string language;  // of the advice
  const crypto::SaltedFilter* staff_surnames = nullptr;  // may be null
};

// Asks one open question: an empty line keeps `kept`, "-" deletes it. What is too long is asked again; where the guard
// finds something, the person sees it and writes anew or keeps the comment as it is. ABORTED: as Dialog::Ask, or too many
// attempts.
absl::StatusOr<std::string> AskComment(Dialog& dialog, const CommentQuestion& question);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_COMMENT_MARKS_H_
