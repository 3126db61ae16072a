#include "clients/cli/dialog.h"

#include <istream>
#include <ostream>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/output.h"
#include "services/base/status.h"
#include "services/domain/answer.h"

namespace candor::cli {
namespace {

using sentences::Sentences;

constexpr int kMostAttempts = 10;
absl::Status NotUnderstood() { return absl::AbortedError("the answers were not understood; nothing was sent"); }

}  // namespace

void Dialog::Say(absl::string_view text) { out_ << Printable(text) << std::flush; }

absl::StatusOr<std::string> Dialog::Ask(absl::string_view question) {
  Say(question);
  std::string line;
  if (!std::getline(in_, line)) {
    return absl::AbortedError("the input has ended before all was asked; nothing was sent");
  }
  return std::string(absl::StripAsciiWhitespace(line));
}

absl::StatusOr<bool> Dialog::AskYes(absl::string_view question, bool otherwise) {
  const std::vector<std::string> yes = absl::StrSplit(sentences_.Say("dialog.yes"), ' ');
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const std::string usual = sentences_.Say(otherwise ? "dialog.yes_usual" : "dialog.no_usual");
    CANDOR_ASSIGN_OR_RETURN(const std::string answer, Ask(absl::StrCat(question, " ", usual, " ")));
    const std::string lower = absl::AsciiStrToLower(answer);
    if (lower.empty()) return otherwise;
    if (absl::c_linear_search(yes, lower)) return true;
    if (lower == "n" || lower == "no") return false;
    Say(absl::StrCat(sentences_.Say("dialog.yes_or_no"), "\n"));
  }
  return NotUnderstood();
}

absl::StatusOr<Dialog::Rated> Dialog::AskRating(absl::string_view question, int points, uint8_t kept) {
  Say(question);
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(
        const std::string answer,
        Ask(absl::StrCat("  ", kept == domain::kBlank ? "" : absl::StrCat("[", MarkText(kept, sentences_), "] "), "> ")));
    const std::string lower = absl::AsciiStrToLower(answer);
    int value = 0;
    if (lower.empty()) return Rated{kept};
    if (lower == "n") return Rated{domain::kNotObserved};
    if (lower == "s") return Rated{domain::kBlank};
    if (lower == "b") return Rated{kept, true};
    if (absl::SimpleAtoi(lower, &value) && value >= 1 && value <= points) return Rated{static_cast<uint8_t>(value)};
    Say(absl::StrCat(sentences_.Say("rating.again", {{"points", absl::StrCat(points)}}), "\n"));
  }
  return NotUnderstood();
}

absl::Status AskRatings(Dialog& dialog, const std::vector<std::string>& sentences, int points,
                        std::vector<uint8_t>& marks) {
  // Going back and forth for ever is not answering: each sentence may be shown this often on average.
  const size_t limit = sentences.size() * 20;
  size_t i = 0;
  for (size_t shown = 0; i < sentences.size(); ++shown) {
    if (shown >= limit) return NotUnderstood();
    CANDOR_ASSIGN_OR_RETURN(
        const Dialog::Rated rated,
        dialog.AskRating(
            absl::StrCat("\n",
                         dialog.sentences().Say("rating.of", {{"number", absl::StrCat(i + 1)},
                                                              {"count", absl::StrCat(sentences.size())}}),
                         "\n", Wrapped(sentences[i], kWidth, "  ")),
            points, marks[i]));
    if (rated.back) {
      if (i > 0) --i;
      continue;
    }
    marks[i] = rated.mark;
    ++i;
  }
  return absl::OkStatus();
}

std::string MarkText(uint8_t mark, const Sentences& say) {
  if (mark == domain::kBlank) return say.Say("rating.blank");
  if (mark == domain::kNotObserved) return say.Say("rating.not_seen");
  return absl::StrCat(static_cast<int>(mark));
}

}  // namespace candor::cli
