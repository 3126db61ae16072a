// A moderator's side: reads the comments that are sealed to them, and says what becomes of each.

#ifndef CANDOR_CLIENTS_CPP_MODERATION_H_
#define CANDOR_CLIENTS_CPP_MODERATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "candor/v1/moderation.pb.h"
#include "clients/cpp/key_session.h"
#include "services/domain/comments.h"

namespace candor::client {

// A comment, opened.
struct OpenedComment {
  std::string id;
  domain::CommentPlace place;
  std::string text;
  std::optional<candor::v1::CommentDecision> decision;
  std::string decided_by;  // a title of the manifest
};

struct OpenedComments {
  bool released = false;
  std::vector<OpenedComment> comments;             // by id, which is random
  std::vector<candor::v1::BlockSummary> summaries;
  int64_t undecided = 0, missing_summaries = 0;
};

// Reads all. DATA_LOSS: a comment cannot be opened. Else what the calls fail with.
absl::StatusOr<OpenedComments> ReadComments(KeySession& session);

// Whether the decision is one about `comment` that a moderator may take: words only where they may be released, approved
// ones unchanged, redacted ones with nothing but cuts (domain::IsRedactionOf). INVALID_ARGUMENT, with what to do; the
// message holds no word of the comment. The server cannot tell: it never reads the comment.
absl::Status CheckDecision(const OpenedComment& comment, const candor::v1::CommentDecision& decision);

// Checks, then sends.
absl::Status Decide(KeySession& session, const OpenedComment& comment, const candor::v1::CommentDecision& decision);
absl::Status WriteSummary(KeySession& session, const std::string& block, const std::string& text);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_MODERATION_H_
