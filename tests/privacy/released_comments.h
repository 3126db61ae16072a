// The comments that go out: whether any order in which they, or their ids, stand anywhere tells who wrote which.

#ifndef CANDOR_TESTS_PRIVACY_RELEASED_COMMENTS_H_
#define CANDOR_TESTS_PRIVACY_RELEASED_COMMENTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/privacy/scorers.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// What is seen of a survey's comments from closing on.
struct CommentsSeen {
  // In the order in which the moderator, and a reader of the report, sees them.
  std::vector<SeenComment> listed, published;
  // Copies in the order in which they were taken, and when that was. The first is of what was there before closing.
  std::vector<std::pair<std::string, const Copy*>> copies;
};
CommentsSeen CommentsSeenIn(const Trial& trial);

// By the order of the list, of the report and of the ids; by every place, row and column, in every copy from closing
// on, in which an id or the words of a comment stand.
Scores ScoreComments(const CommentsSeen& seen, const Scene& scene, const KnownOrders& known);

// The kinds of these scorers, in the words that the results use.
const std::vector<std::string>& CommentScorerFamilies();

// Comments as they are commonly released, each with one leak: positive controls.
struct NaiveRelease {
  std::string name;    // for the results
  std::string family;  // the scorers that must catch it
};
const std::vector<NaiveRelease>& NaiveReleases();
struct NaivelyReleased {
  Copy before, after;
  std::vector<SeenComment> listed, published;
  CommentsSeen seen() const { return {listed, published, {{"before closing", &before}, {"after closing", &after}}}; }
};
absl::StatusOr<NaivelyReleased> ReleaseNaively(const std::string& name, const Scene& scene);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_RELEASED_COMMENTS_H_
