// A campaign's settings and the states that campaigns and surveys pass through.

#ifndef CANDOR_SERVICES_DOMAIN_CAMPAIGN_H_
#define CANDOR_SERVICES_DOMAIN_CAMPAIGN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"
#include "services/domain/instrument.h"

namespace candor::domain {

inline constexpr size_t kLongestCampaignTitle = 200;  // bytes
inline constexpr size_t kLongestNotice = 4000;        // bytes, in each language
inline constexpr absl::Duration kShortestOpening = absl::Hours(1);

enum class CampaignState {
  kDraft,     // being prepared; everything can change
  kOpening,   // contracts are frozen; keys and codes are being made
  kOpen,      // answers are taken
  kClosing,   // no more answers; results are being computed
  kClosed,    // results exist; keys and answers are gone
  kReleased,  // reports are frozen and can be read
};

enum class SurveyState {
  kDraft,      // being prepared
  kOpen,       // answers are taken
  kClosing,    // no more answers; the result is being computed
  kClosed,     // the result exists
  kReleased,   // the report is frozen and can be read
  kAbandoned,  // its answers were destroyed without a result, or it never opened
};

// What a survey's report is to say of the round before.
enum class Comparison {
  kNone,            // its campaign names none
  kCompared,        // the leader has a report there, and whoever may read this one could read that one
  kNoReportBefore,  // the leader has none there
  kOtherReaders,    // somebody may read this one who could not read that one, and would learn its figures from changes
};

// Stable names, as databases hold them: "draft", "opening", "open", "closing", "closed",
// "released", "abandoned".
absl::string_view NameOf(CampaignState state);
absl::string_view NameOf(SurveyState state);
// Empty when `name` is none of them.
std::optional<CampaignState> FindCampaignState(absl::string_view name);
std::optional<SurveyState> FindSurveyState(absl::string_view name);

// Whether `from` may become `to`. A campaign goes through its states in order and never back; one
// whose time is over before it is open closes at once, and one that cannot be opened may be closed.
// A survey goes through them in order too, but
// may be abandoned while it is open or closing (it cannot be closed, and its abandon time has come)
// or a draft (its campaign closed before it was open), which is final. No state may become itself.
// identity::SetState asks here.
bool CanBecome(CampaignState from, CampaignState to);
bool CanBecome(SurveyState from, SurveyState to);

// Somebody of the directory whom a campaign names as moderator or auditor. Respondents are told the title alone.
struct NamedHolder {
  std::string title;  // a role, never a person's name
  PersonId person;
};

// What an administrator sets for a campaign; frozen at opening.
struct CampaignSettings {
  std::string title;  // 1..200 bytes
  InstrumentId instrument;
  int64_t instrument_version = 0;  // from 1
  std::string purpose = kDevelopmental;
  int minimum_group_size = 5;  // k
  int insiders = 1;            // t
  FirstReader first_reader = FirstReader::kLeader;
  std::vector<std::string> readers = {"leader"};  // as in Contract
  absl::Time close_time;                          // whole seconds, as the two below
  absl::Time latest_close_time;
  absl::Time abandon_time;
  int retention_days = 365;
  LocalizedText notice;                  // may be empty; at most 4,000 bytes in each language
  std::vector<NamedHolder> moderators;  // at most 5; without one no prompt is asked
  // To whom respondents can report that they were pressed; without one they are not asked.
  std::optional<NamedHolder> auditor;
  // Of issuing groups with fewer invited, comments are released as a moderator's summary alone:
  // kFewestRatersForComments..kMostInvited.
  int64_t summary_only_below = kSummaryOnlyBelow;
  std::optional<StewardTerms> steward;   // unset: the service closes by itself
  std::vector<std::string> mirrors;      // as in Contract
  std::vector<Breakdown> breakdowns;     // as in Contract
  CampaignId previous;                   // the round that reports compare this one with; empty: none
  int follow_up_days = 0;                // as in Contract; needs a moderator
};

// INVALID_ARGUMENT, CAMPAIGN_INVALID: every fault there is, each with its field as the API names it,
// one after the other in the message; the error's field is the first fault's. `now` is the moment of opening, or
// of the draft's last change.
absl::Status CheckSettings(const CampaignSettings& settings, absl::Time now);

// FAILED_PRECONDITION, PURPOSE_FORBIDDEN: `instrument` forbids evaluative use, and the campaign is for something other than
// development. CheckSettings refuses such a purpose with any instrument; this names the stronger reason, so ask first.
absl::Status CheckPurpose(const CampaignSettings& settings, const Instrument& instrument);

// The contract that opening under `settings` makes. They have passed CheckSettings.
// `instrument_hash`: SHA-256 of the instrument version's document, hexadecimal; `plan`: the survey's
// groups. Comments are bound at least as strictly as figures: by k where that is more than
// kFewestRatersForComments, and by t.
// `leaders`: how many the campaign has. `compared_with`: the close time in the contract of settings.previous.
// `team_members`: how many people the survey is about, if it is about a leadership team; else 0.
Contract MakeContract(const CampaignSettings& settings, absl::string_view instrument_hash,
                      const Instrument& instrument, const GroupPlan& plan = {}, int64_t leaders = 1,
                      std::optional<absl::Time> compared_with = std::nullopt, int team_members = 0);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_CAMPAIGN_H_
