// What becomes of comments: in which block they stand, whether their words may cross, and the document that is released.
//
// A rating is counted, a comment is read, so the rules are stricter than those of figures (anonymity.md B10): the words of
// a comment cross only from among at least `minimum_raters` raters and `minimum_comments` comments to the same prompt.
// Since a person writes at most one comment to a prompt, so many comments are by so many people.

#ifndef CANDOR_SERVICES_DOMAIN_COMMENTS_H_
#define CANDOR_SERVICES_DOMAIN_COMMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"

namespace candor::domain {

// The prompt of a place that does not tell it.
inline constexpr int kNoPrompt = -1;

// Where comments of one group to one prompt stand.
struct CommentPlace {
  // An issuing group's code; other_raters for what is pooled; empty where no group may be named, also to the moderator.
  std::string block;
  int prompt = 0;      // index in the instrument; kNoPrompt, and then the block is empty, where it would name the group
  bool texts = false;  // whether words may be released; else a moderator's summary alone
  bool operator==(const CommentPlace&) const = default;
};

// What is known at closing of one issuing group's comments.
struct CommentedGroup {
  std::string code;
  int64_t raters = 0;              // who rated at least one item
  int64_t counted = 0;             // whose answers are counted, as the ledger publishes it
  bool withheld = false;           // by its codes (WithheldByItsCodes): nothing of it gets out
  std::vector<int64_t> comments;   // to each prompt of the instrument
  std::vector<bool> asked;         // which prompts the group was asked
};

// The place of each group's comments to each prompt: result[group][prompt]; `dropped` where none are kept.
struct PlacedComments {
  bool dropped = false;
  CommentPlace place;
};

// A group of enough raters, with enough comments to the prompt, is a block of its own. What is left of groups whose words
// may be released is pooled as other_raters, under the same test over all of it; the joined group other_raters always
// stands in the pool. All else is for a moderator's summary: under its group's name where the group is a block but the
// contract lets no words out, else under none. Of groups withheld by their codes nothing is kept.
// Where several groups stand under no name, and to some prompt only one of them does, that prompt would be its name: then
// no comment under no name tells its prompt, so that none is known by being the one that does not.
std::vector<std::vector<PlacedComments>> PlaceComments(const CommentRules& rules,
                                                       const std::vector<CommentedGroup>& groups);

// Why a moderator withheld a comment, or cut it.
enum class ModerationReason {
  kNone = 0,
  kNamesSomebody = 1,     // a name, a role that one person holds, a contact
  kIdentifiesWriter = 2,  // what only its writer could have written
  kUniqueEvent = 3,       // a date or an event that few were at
  kInsult = 4,
  kNotAboutWork = 5,      // not about the leader's work
  kDealtWithElsewhere = 6,  // such as danger to somebody, which the moderator has passed on by the ways there are for it
  kOther = 7,
};
inline constexpr int kLastModerationReason = 7;
// As documents have it: "names_somebody", ...; empty for kNone.
absl::string_view NameOf(ModerationReason reason);

inline constexpr size_t kLongestSummary = 4'000;         // bytes
inline constexpr size_t kLongestModerationNote = 500;    // bytes
inline constexpr char kCut[] = "[...]";                  // stands for what a moderator has cut out

// A released comment may be longer than what was written, by the marks of what was cut.
size_t LongestReleasedText(int prompt_max_bytes);

// Whether `redacted` is `original` with parts replaced by kCut, and nothing else changed: no word is put into anybody's
// mouth. At least one part is.
bool IsRedactionOf(absl::string_view redacted, absl::string_view original);

struct ReleasedComment {
  std::string id;         // random
  std::string text;
  bool redacted = false;  // parts were cut; kCut stands for them
};

// The comments of one block to one prompt.
struct ReleasedPrompt {
  std::string prompt;  // its code
  std::vector<ReleasedComment> comments;  // by id, which is random
  int64_t summary_only = 0;               // how many a moderator put into the summary instead
  struct Rejected {
    ModerationReason reason = ModerationReason::kOther;
    int64_t count = 0;
  };
  std::vector<Rejected> rejected;  // by reason
};

struct ReleasedBlock {
  std::string code;     // as in CommentPlace
  std::string summary;  // a moderator's words; may be empty
  std::vector<ReleasedPrompt> prompts;  // those whose words may be released, in the instrument's order
};

// What crosses at release, once: the whole of a survey's comments.
struct ReleasedComments {
  SurveyId survey;
  // They were destroyed before the order to release came, since the time that the contract gives was over (NoticesEndTime);
  // then all else is empty. In the document only where it is so.
  bool expired = false;
  // Issuing groups in the manifest's order, then other_raters, then those of no name, if there is a summary of them.
  std::vector<ReleasedBlock> blocks;
  struct Withheld {
    std::string code;    // an issuing group's
    std::string reason;  // "codes": its codes withhold it; "summary_only": by the contract no words of it are released
  };
  std::vector<Withheld> withheld;  // in the manifest's order
  // Comments that nobody had decided about, of those whose words might have gone out; how many wrote in smaller groups
  // is told nobody.
  int64_t discarded = 0;
};

// Canonical JSON.
std::string EncodeReleasedComments(const ReleasedComments& comments);
// DATA_LOSS, STORE_CORRUPT: not such a document, byte for byte.
absl::StatusOr<ReleasedComments> DecodeReleasedComments(absl::string_view bytes);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_COMMENTS_H_
