#include "clients/cli/comment_marks.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/output.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using sentences::Sentences;

constexpr int kMostAttempts = 10;

}  // namespace

std::string MarksText(absl::string_view comment, const std::vector<guard::Finding>& findings) {
  std::string text;
  for (const guard::Finding& finding : findings) {
    const std::string line = absl::StrCat("\"", comment.substr(finding.begin, finding.end - finding.begin), "\": ", finding.advice);
    const std::string wrapped = Wrapped(line, kWidth, "    ");
    absl::StrAppend(&text, "  - ", wrapped.substr(4));
  }
  return text;
}

base::Json MarksJson(const std::string& prompt, const std::vector<guard::Finding>& findings) {
  base::Json marks = base::Json::array();
  for (const guard::Finding& finding : findings) {
    marks.push_back({{"prompt", prompt},
                     {"begin", finding.begin},
                     {"end", finding.end},
                     {"kind", std::string(guard::NameOf(finding.kind))},
                     {"advice", finding.advice}});
  }
  return marks;
}

absl::StatusOr<std::string> AskComment(Dialog& dialog, const CommentQuestion& question) {
  const Sentences& say = dialog.sentences();
  std::string comment = question.kept;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const std::string how = say.Say(comment.empty() ? "line.how" : "line.how_kept",
                                    {{"most", absl::StrCat(question.most_bytes)}});
    CANDOR_ASSIGN_OR_RETURN(
        const std::string text,
        dialog.Ask(absl::StrCat("\n", Wrapped(question.question, kWidth, "  "), "  ", how, "\n  > ")));
    if (text.empty()) return comment;
    if (text == "-") return std::string();
    if (text.size() > static_cast<size_t>(question.most_bytes)) {
      const auto excess = static_cast<int64_t>(text.size()) - question.most_bytes;
      dialog.Say(absl::StrCat(say.SayFor(excess, "line.too_long", {{"count", absl::StrCat(excess)}}), "\n"));
      continue;
    }
    comment = text;
    const auto findings = guard::CheckComment(comment, question.language, question.staff_surnames);
    if (findings.empty()) return comment;
    dialog.Say(absl::StrCat("\n", say.Say("marks.of_line"), "\n", MarksText(comment, findings)));
    CANDOR_ASSIGN_OR_RETURN(const bool anew, dialog.AskYes(say.Say("marks.anew"), true));
    if (!anew) return comment;
  }
  return absl::AbortedError("a comment was not settled after many attempts; nothing was sent");
}

}  // namespace candor::cli
