// Asking a person in the terminal.

#ifndef CANDOR_CLIENTS_CLI_DIALOG_H_
#define CANDOR_CLIENTS_CLI_DIALOG_H_

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/sentences/sentences.h"

namespace candor::cli {

// Reads lines and writes prompts. Every question that is not understood is asked again, a bounded number of times.
class Dialog {
 public:
  // Both outlive the dialog.
  Dialog(std::istream& in, std::ostream& out) : in_(in), out_(out) {}

  // What it says by itself is in English until this is called.
  void SetLanguage(absl::string_view language) { sentences_ = sentences::Sentences(language); }
  // From now on the words for a survey about a leadership team.
  void SetAboutTeam() { sentences_ = sentences_.ForTeam(); }
  const sentences::Sentences& sentences() const { return sentences_; }

  // Made printable: items and rules come from a server.
  void Say(absl::string_view text);

  // One line without its end and surrounding white space. ABORTED: the input has ended.
  absl::StatusOr<std::string> Ask(absl::string_view question);
  // Yes or no, by their first letter or as words of the dialog's language; an empty line stands for `otherwise`.
  absl::StatusOr<bool> AskYes(absl::string_view question, bool otherwise);

  struct Rated {
    uint8_t mark;       // domain::kBlank, 1..points or domain::kNotObserved
    bool back = false;  // "b": the person wants to go back by one
  };
  // A point of the scale, "n" (not observed), "s" (skip: blank) or "b" (back). An empty line keeps `kept`.
  absl::StatusOr<Rated> AskRating(absl::string_view question, int points, uint8_t kept);

 private:
  std::istream& in_;
  std::ostream& out_;
  sentences::Sentences sentences_{"en"};
};

// The sentences of one form, to go through with a dialog: asks each, lets the person go back, and ends with what was
// marked. `marks` holds one entry for each sentence, what was marked before or domain::kBlank.
absl::Status AskRatings(Dialog& dialog, const std::vector<std::string>& sentences, int points,
                        std::vector<uint8_t>& marks);

// A mark as people see it: "4", "not seen", "blank".
std::string MarkText(uint8_t mark, const sentences::Sentences& say = sentences::Sentences("en"));

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_DIALOG_H_
