// The anonymity contract and the manifest: what a survey promises, frozen at opening.

#ifndef CANDOR_SERVICES_DOMAIN_CONTRACT_H_
#define CANDOR_SERVICES_DOMAIN_CONTRACT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/domain/answer.h"
#include "services/domain/breakdown.h"
#include "services/domain/ids.h"
#include "services/domain/instrument.h"

namespace candor::domain {

inline constexpr int kMinimumInvited = 5;          // of an anonymous issuing group
inline constexpr int kLowestMinimumGroupSize = 5;  // what a campaign may set k to, at the least
inline constexpr int kHighestMinimumGroupSize = 100;
inline constexpr int kHighestInsiders = 10;  // what a campaign may set t to, at the most
inline constexpr int kHighestReissuedPercent = 10;
inline constexpr int kLongestRetentionDays = 3650;
inline constexpr int kLongestFollowUpDays = 30;
inline constexpr int kFollowUpSpans = 3;  // of follow_up_days: to ask, to answer, to decide about answers
inline constexpr size_t kMostModerators = 5;
inline constexpr size_t kLongestModeratorName = 100;  // bytes
inline constexpr size_t kMostIssuingGroups = 100;
inline constexpr int64_t kMostInvited = 1'000'000;  // in one issuing group
inline constexpr size_t kMostMirrors = 5;
inline constexpr int kMostStewardShares = 20;
inline constexpr size_t kLongestStewardTitle = 100;  // bytes
inline constexpr int kFewestPooledLeaders = 5;  // leaders behind a figure pooled over a campaign
inline constexpr int kFewestTeamMembers = 3;    // of a leadership team that a survey is about
inline constexpr int kMostTeamMembers = 20;
inline constexpr int kFewestSelfRatings = 3;  // members' ratings behind a figure of a team's own rating
inline constexpr char kDevelopmental[] = "developmental";

// The smallest k that a contract may have with `insiders` = t: 5 for t = 1, else 5 + t, since an
// answer that somebody knows protects nobody.
int LowestMinimumGroupSize(int insiders);
inline constexpr int kMinimumModulusBits = 2048;

inline constexpr char kAdministratorReader[] = "administrator";

// Whether `role` is one that a contract may name as a reader.
bool IsReader(absl::string_view role);

// Who reads the report first. The other sees it when the first has released it onwards, or at
// release when kBoth.
enum class FirstReader { kLeader, kSupervisor };

inline constexpr int64_t kFewestRatersForComments = 10;
inline constexpr int64_t kFewestCommentsForTexts = 5;
inline constexpr int64_t kSummaryOnlyBelow = 20;  // invited, unless the campaign says otherwise

// From among how many the words of comments may be released (comments.h).
struct CommentRules {
  int64_t minimum_raters = kFewestRatersForComments;    // or more
  int64_t minimum_comments = kFewestCommentsForTexts;   // or more, to one prompt
  std::vector<std::string> summary_only;  // issuing groups of which no words are released, sorted
};

// Closing modes: who can open the sealed answers. Automatic: the service itself, which does so at closing. Steward: somebody
// outside the leader's line and outside the service, whose key was split into shares.
inline constexpr char kAutomaticClosing[] = "automatic";
inline constexpr char kStewardClosing[] = "steward";

// Who holds the secret half of the closing key, and how.
struct StewardTerms {
  std::string title;  // a role or a body, never a person's name: one line of 1..kLongestStewardTitle bytes
  int shares = 3;     // into how many the key was split: 1..kMostStewardShares
  int threshold = 2;  // how many of them open the answers: 1..shares
  // X25519, 32 bytes: the closing key of all surveys of the campaign. It is of the contract, so that the rules say whose
  // key it is, and not the manifest alone, which somebody else writes.
  std::string public_key = {};

  bool operator==(const StewardTerms&) const = default;
};

// Whether the terms are within their limits; else which member is not ("title", "shares", "threshold" or "public_key") and
// what it must be.
std::optional<std::pair<std::string, std::string>> FaultOf(const StewardTerms& terms);

// How many codes of a group may be made anew at the most, so that it is not withheld for it: 0 for fewer than ten invited at
// ten percent.
inline int64_t ReissuableCodes(int maximum_percent, int64_t invited) { return maximum_percent * invited / 100; }

// The rules of one survey. Every member is in the hashed document; none can change after opening.
struct Contract {
  std::string purpose = "developmental";
  int minimum_group_size =
      5;             // k: fewest answers behind a printed figure; LowestMinimumGroupSize(t)..100
  int insiders = 1;  // t, 1..10: how many answers somebody may know from elsewhere
  int pool_minimum = 6;               // fewest raters for the pool of small groups: k + t
  int maximum_reissued_percent = 10;  // 0..10: a group with more of its codes reissued is withheld
  FirstReader first_reader = FirstReader::kLeader;
  // Roles that may read the report: "leader", "supervisor", "administrator"; the first reader among
  // them. An administrator is never the first.
  std::vector<std::string> readers;
  std::vector<std::string> languages;
  absl::Time close_time;         // all three in whole seconds, 1970..9999
  absl::Time latest_close_time;  // not before close_time
  absl::Time abandon_time;       // after latest_close_time; answers are counted before CountingEndTime of it
  int retention_days = 365;      // 1..3650: raters' addresses go that long after release
  std::string instrument_hash;   // SHA-256 of the instrument version's document, hexadecimal
  std::string closing_mode = kAutomaticClosing;  // or kStewardClosing
  std::optional<StewardTerms> steward;           // set exactly in steward mode
  // Where others publish the manifest, for comparison; at most kMostMirrors, each an IsHttpsUrl that stands once. The
  // manifest of a survey lies at MirrorUrl.
  std::vector<std::string> mirrors;
  // The instrument forbids to use the answers to judge the leader, for pay, promotion or dismissal; the report says so.
  bool evaluative_use_forbidden = false;
  CommentRules comments;
  // Groups whose parts the report shows apart, by group. Parts of which fewer than kFewestInPart (or k) are invited, or
  // answer, are joined, so that not every part that is declared need be shown.
  std::vector<Breakdown> breakdowns;
  // Whether reports show, beside the leader's own figures, the mean over this round's leaders, where at least
  // kFewestPooledLeaders have the figure printed.
  bool benchmark = false;
  // How many days from release on the leader may put a question back to a comment (follow_up.h); then as many to answer, then
  // as many until answers are handed over: 0..kLongestFollowUpDays, three times it at most retention_days; 0: no questions.
  int follow_up_days = 0;
  // When answering was to end in the round that reports compare this one with, whole seconds; unset: with none.
  std::optional<absl::Time> compared_with;
  // How many people the leadership team has that the survey is about: kFewestTeamMembers..kMostTeamMembers, each of whom reads
  // as the leader; 0: the survey is about one leader.
  int team_members = 0;
};

// How long past its abandon time a survey is waited for that could be counted but for a fault that may pass.
inline constexpr absl::Duration kLongestWaitForCount = absl::Hours(24);

// From when on a survey with this abandon time is counted by nobody. Respondents are told it, and both planes keep to it; a
// survey that nothing can come for any more, such as a steward's key, is abandoned as early as its abandon time.
absl::Time CountingEndTime(absl::Time abandon_time);

// The languages that a contract can be told in (clients/sentences has every sentence in each). In another one it is shown in
// the first, under a line that says so.
const std::vector<std::string>& LanguagesOfRules();
// Whether `language` is one of them, also as a tag of one such as es-MX.
bool CanTellRulesIn(absl::string_view language);

// Where the mirror `base` keeps what `candor manifest export` wrote of `survey`.
std::string MirrorUrl(absl::string_view base, const SurveyId& survey);

// Whole seconds; canonical JSON.
std::string EncodeContract(const Contract& contract);
// INVALID_ARGUMENT, CONTRACT_INVALID: not such a document, byte for byte as EncodeContract writes
// it, or a value out of its range; the field is the member's path.
absl::StatusOr<Contract> DecodeContract(absl::string_view bytes);

// The people who share one key: one rater group, some parts of one, or several groups joined because
// each alone would be too small.
struct IssuingGroup {
  std::string code;  // a rater group's code, other_raters, or IssuingCode(group, parts): "staff/lower"
  std::vector<std::string>
      members;                // codes of rater groups, sorted; one unless several were joined
  int64_t invited = 0;        // raters invited at opening
  std::string verifying_key;  // SubjectPublicKeyInfo, DER; RSA with e = 65537
  // The parts of the one member that it holds, sorted: the key proves that an answer is theirs. Empty: all
  // of it.
  std::vector<std::string> parts = {};
};

struct ModeratorKey {
  std::string name;        // a role, never a person's name
  std::string public_key;  // X25519, 32 bytes
};

// What a respondent's client checks before it answers (anonymity.md A8). No leader's and no rater's
// name is in it.
struct Manifest {
  SurveyId survey;
  std::string contract_hash;         // SHA-256, hexadecimal
  std::string instrument_hash;       // SHA-256, hexadecimal
  std::vector<IssuingGroup> groups;  // the index in this list is the group's number in tokens
  std::string closing_public_key;    // X25519, 32 bytes
  // X25519, 32 bytes: to it closing seals what the survey adds to its campaign's pooled figures, the
  // same key in every survey of the campaign. Empty, and not in the document, in campaigns of fewer than
  // kFewestPooledLeaders.
  std::string pooling_public_key;
  std::string receipt_public_key;    // Ed25519, 32 bytes
  std::string signing_public_key;  // Ed25519, 32 bytes; signs the manifest and notices of extension
  // HOST:PORT where the response plane takes answers; empty: where the code was shown. In the hashed document, so
  // that it is the same for everybody: an address told to one person alone would mark their answer.
  std::string response_address;
  std::vector<ModeratorKey> moderators;
  // To whom closing seals what respondents report of being pressed. Unset, and not in the document, where
  // a survey has no auditor; then nobody is asked.
  std::optional<ModeratorKey> auditor;
  // SHA-256, hexadecimal, of the filter of staff surnames that everybody gets with their code, and nobody but them
  // (crypto::SaltedFilter): so that none can be made for one person.
  std::string surname_filter_hash;
  absl::Time close_time;
  absl::Time latest_close_time;
  absl::Time abandon_time;
};

// Canonical JSON; binary members in hexadecimal. Its SHA-256 is the manifest's hash.
std::string EncodeManifest(const Manifest& manifest);
// INVALID_ARGUMENT, MANIFEST_INVALID: not such a document, byte for byte as EncodeManifest writes
// it; the field is the member's path. What a manifest may say is CheckManifest's part.
absl::StatusOr<Manifest> DecodeManifest(absl::string_view bytes);

// What stands in every survey's manifest, as the client must check it: hashes match `contract` and
// `instrument`, at most one key for a group, no rater group in two issuing groups but as different
// parts of it, each group with at least kMinimumInvited invited and each part with kFewestInPart, the
// closing key is no other key of the manifest, and neither two moderators nor a moderator and the auditor have
// one key. Moduli and signatures are the caller's part, since they need
// crypto. FAILED_PRECONDITION, MANIFEST_REFUSED: the sentence says what is wrong, for a respondent
// to read.
absl::Status CheckManifest(const Manifest& manifest, absl::string_view contract_hash,
                           absl::string_view instrument_hash);

// Whether the manifest's parts are those of the contract: of breakdowns that it declares, each part once,
// and none missing or invited by fewer than it promises. FAILED_PRECONDITION, MANIFEST_REFUSED.
absl::Status CheckParts(const Manifest& manifest, const Contract& contract);

// Whether the manifest's closing key is the one that the contract says its steward holds; true of contracts without one.
// FAILED_PRECONDITION, MANIFEST_REFUSED.
absl::Status CheckStewardsKey(const Manifest& manifest, const Contract& contract);

// The shape of the answers of issuing group `group`: its items are those that every member audience
// is asked.
AnswerShape ShapeOfGroup(const Instrument& instrument, const IssuingGroup& group,
                         bool prompts_open);
// The same as the manifest, with `group` an index in it, says: prompts are open where there is a
// moderator, a notice is asked for where there is an auditor.
AnswerShape ShapeOfGroup(const Instrument& instrument, const Manifest& manifest, size_t group);

// How the invited groups of one survey would be joined, before keys exist (anonymity.md A8, "Small
// groups"; B2).
struct GroupPlan {
  std::vector<IssuingGroup> groups;  // without keys; sorted by code, other_raters last
  // Groups whose breakdown comes to nothing: too few are invited for two parts, or the group was joined
  // with others.
  std::vector<std::string> not_broken_down;
};

// Raters of one group, or of one part of it, who may be invited (opted-out ones left out).
struct InvitedCount {
  std::string group;
  int64_t invited = 0;
  std::string part = "";  // empty: of none
};

// Entries with 0 are passed over. FAILED_PRECONDITION: TOO_FEW_INVITED (fewer than 5 anonymous raters in
// all), NO_COMMON_ITEMS (a joined group has no item that every member is asked), CAMPAIGN_INVALID (a
// group has a breakdown, but some of its raters are of no part). INVALID_ARGUMENT, FIELD_INVALID: a group
// that the instrument does not have or a part that no breakdown has, one that stands twice, or a count
// below 0 or above kMostInvited. The message says what to do.
absl::StatusOr<GroupPlan> PlanIssuingGroups(const Instrument& instrument,
                                            const std::vector<InvitedCount>& invited,
                                            const std::vector<Breakdown>& breakdowns = {},
                                            int minimum_group_size = kLowestMinimumGroupSize);

// The most issuing groups that a survey can get, and keys that it needs.
int MostIssuingGroups(const Instrument& instrument, const std::vector<Breakdown>& breakdowns);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_CONTRACT_H_
