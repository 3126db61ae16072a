// Comments and decisions in a file, for moderators who work elsewhere than in the terminal.

#ifndef CANDOR_CLIENTS_CLI_MODERATION_FILE_H_
#define CANDOR_CLIENTS_CLI_MODERATION_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "candor/v1/moderation.pb.h"
#include "clients/cpp/moderation.h"

namespace candor::cli {

// Decisions by their short names: "approve", "redact", "summary", "reject"; reasons as domain::NameOf has them.
std::string NameOf(candor::v1::DecisionKind kind);
std::string NameOf(candor::v1::ModerationReason reason);

// {"format":"candor.moderation.v1","how_to_decide":[sentences for the moderator],"survey":"…","comments":[{"id","block","question","words_may_be_released","text",
// "decision":null or {"kind","reason","text","note"}}],"summaries":[{"block","text"}]}; an empty question is not told
// (domain::kNoPrompt)
std::string ModerationToJson(const std::string& survey, const client::OpenedComments& comments,
                             const std::vector<std::string>& questions);

struct ModerationFile {
  struct Decision {
    std::string comment;
    candor::v1::CommentDecision decision;  // of an approval the text may be empty: as it was written
  };
  std::string survey;
  std::vector<Decision> decisions;  // comments without one are passed over
  std::vector<candor::v1::BlockSummary> summaries;
};

// INVALID_ARGUMENT: not such a document, with the place; never a word of a comment.
absl::StatusOr<ModerationFile> ParseModeration(absl::string_view bytes, absl::string_view file);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_MODERATION_FILE_H_
