// Between closing and release: what moderators see and decide, and what is handed over in the end.
//
// The plane never reads a comment: it is sealed to the moderators, and the words that go out are those that a moderator
// sends back. They lie sealed too, under a key of their own in the key folder (one file a survey, destroyed at release), so
// that no copy of the database and no backup holds a word, approved or not.

#ifndef CANDOR_SERVICES_COLLECTION_MODERATION_H_
#define CANDOR_SERVICES_COLLECTION_MODERATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/collection/survey.h"
#include "services/domain/comments.h"
#include "services/domain/response_plane.h"
#include "storage/response_store.h"

namespace candor::collection {

struct CommentDecision {
  storage::DecisionKind kind = storage::DecisionKind::kReject;
  domain::ModerationReason reason = domain::ModerationReason::kNone;  // of kRedact and kReject
  std::string text;  // of kApprove and kRedact: the words that go out
  std::string note;  // for other moderators; destroyed at release; may be empty
};

// One comment as a moderator is shown it.
struct ModeratedComment {
  std::string id;
  int place = 0;       // index in ModerationView::places
  std::string sealed;  // domain/sealed_records.h
  std::optional<CommentDecision> decision;
  int decided_by = 0;  // index among the manifest's moderators
};

struct BlockSummary {
  std::string block;  // as in domain::CommentPlace
  std::string text;
};

// How far the moderators are. For them alone: it counts comments of groups that are too small to be named.
struct CommentCounts {
  int64_t comments = 0;
  int64_t undecided = 0;          // comments without a decision
  int64_t missing_summaries = 0;  // blocks with comments that go into a summary, and without one
};

struct ModerationView {
  bool released = false;
  std::string sealed_key;  // the comments' key, sealed to the moderator who asks; empty where there are no comments
  std::vector<domain::CommentPlace> places;
  std::vector<ModeratedComment> comments;  // by id, which is random
  std::vector<BlockSummary> summaries;     // by block
  CommentCounts counts;                    // of all, whatever part is in `comments`
};

// What this plane itself knows of the moment that an order to release names.
struct ReleaseMoment {
  absl::Time now;
  std::optional<absl::Time> closed;  // unset: this plane closed the survey before its last start
};

// How far the clocks of the two planes may differ.
inline constexpr absl::Duration kClockTolerance = absl::Minutes(5);

// Used with one survey at a time by one thread; the folder of keys exists.
class Moderation {
 public:
  // All outlive the object.
  Moderation(storage::ResponseStore* store, std::string keys_folder)
      : store_(*store), keys_folder_(std::move(keys_folder)) {}

  // At most `limit` comments whose id comes after `after`. FAILED_PRECONDITION, WRONG_STATE: not closed. A decision or
  // summary that cannot be opened, since its key is lost, is left out as if it were not there.
  absl::StatusOr<ModerationView> Read(const Survey& survey, int moderator, absl::string_view after, int limit);

  // INVALID_ARGUMENT, FIELD_INVALID: words with a decision that lets none out, or none with one that does; a reason missing
  // or out of place; what is to be released where the words may not be; a text that is too long or not plain.
  // FAILED_PRECONDITION, WRONG_STATE: not closed, or released. NOT_FOUND: no such comment.
  absl::Status Decide(const Survey& survey, int moderator, const std::string& comment, const CommentDecision& decision);
  // An empty text takes the summary away. The codes of Decide; NOT_FOUND: no comment stands in this block.
  absl::Status Summarize(const Survey& survey, int moderator, const BlockSummary& summary);

  // As domain::ResponsePlane.
  absl::StatusOr<bool> AnythingWaits(const Survey& survey);
  absl::StatusOr<std::string> Release(const Survey& survey, const domain::ReleaseOrder& order, const ReleaseMoment& moment);

  // The same with comments whose time is over: destroys what there is, and says so.
  absl::StatusOr<std::string> ReleaseExpired(const Survey& survey);
  // Destroys everything in words of the survey, with what was released and the key of the decisions. It may stay in freed pages
  // until the store is rebuilt.
  absl::Status Destroy(const Survey& survey);

 private:
  storage::ResponseStore& store_;
  const std::string keys_folder_;
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_MODERATION_H_
