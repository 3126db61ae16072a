#include "services/domain/campaign.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

constexpr std::array<std::pair<CampaignState, absl::string_view>, 6> kCampaignStates = {{
    {CampaignState::kDraft, "draft"},
    {CampaignState::kOpening, "opening"},
    {CampaignState::kOpen, "open"},
    {CampaignState::kClosing, "closing"},
    {CampaignState::kClosed, "closed"},
    {CampaignState::kReleased, "released"},
}};

constexpr std::array<std::pair<SurveyState, absl::string_view>, 6> kSurveyStates = {{
    {SurveyState::kDraft, "draft"},
    {SurveyState::kOpen, "open"},
    {SurveyState::kClosing, "closing"},
    {SurveyState::kClosed, "closed"},
    {SurveyState::kReleased, "released"},
    {SurveyState::kAbandoned, "abandoned"},
}};

// All faults of one campaign's settings.
class Faults {
 public:
  void Add(std::string field, absl::string_view message) {
    sentences_.push_back(absl::StrCat(field, ": ", message));
    if (field_.empty()) field_ = std::move(field);
  }

  absl::Status status() const {
    if (sentences_.empty()) return absl::OkStatus();
    return base::Error(absl::StatusCode::kInvalidArgument, reasons::kCAMPAIGN_INVALID,
                       absl::StrJoin(sentences_, "; "), field_);
  }

 private:
  std::vector<std::string> sentences_;
  std::string field_;
};

bool IsWholeSecond(absl::Time time) {
  return time == absl::FromUnixSeconds(absl::ToUnixSeconds(time));
}

void CheckThresholds(const CampaignSettings& settings, Faults& faults) {
  const bool known = settings.insiders >= 1 && settings.insiders <= kHighestInsiders;
  const int least = known ? LowestMinimumGroupSize(settings.insiders) : kLowestMinimumGroupSize;
  if (settings.minimum_group_size < least ||
      settings.minimum_group_size > kHighestMinimumGroupSize) {
    faults.Add(
        "minimum_group_size",
        absl::StrCat("must be from ", least, " to ", kHighestMinimumGroupSize,
                     settings.insiders > 1 && known
                         ? absl::StrCat(" with ", settings.insiders, " insiders (5 + insiders)")
                         : std::string()));
  }
  if (!known) faults.Add("insiders", absl::StrCat("must be from 1 to ", kHighestInsiders));
}

void CheckReaders(const CampaignSettings& settings, Faults& faults) {
  std::set<std::string> readers;
  for (size_t i = 0; i < settings.readers.size(); ++i) {
    const std::string& reader = settings.readers[i];
    const std::string field = absl::StrCat("readers[", i, "]");
    if (!IsReader(reader)) faults.Add(field, "must be leader, supervisor or administrator");
    if (!readers.insert(reader).second) faults.Add(field, "stands twice; remove one");
  }
  const char* first = settings.first_reader == FirstReader::kLeader ? "leader" : "supervisor";
  if (!readers.contains(first))
    faults.Add("readers", absl::StrCat("must name ", first, ", who reads first"));
}

void CheckDates(const CampaignSettings& settings, absl::Time now, Faults& faults) {
  const absl::Time end_of_time = absl::FromUnixSeconds(253402300799);  // the end of the year 9999
  const std::pair<const char*, absl::Time> times[] = {
      {"close_time", settings.close_time},
      {"latest_close_time", settings.latest_close_time},
      {"abandon_time", settings.abandon_time}};
  for (const auto& [field, time] : times) {
    if (time < absl::UnixEpoch() || time > end_of_time) {
      faults.Add(field, "must be from the year 1970 to 9999");
    } else if (!IsWholeSecond(time)) {
      faults.Add(field, "must be in whole seconds");
    }
  }
  if (settings.close_time < now + kShortestOpening) {
    faults.Add("close_time", "must be at least an hour away; choose a later moment");
  }
  if (settings.latest_close_time < settings.close_time) {
    faults.Add("latest_close_time", "must not be before close_time");
  }
  if (settings.abandon_time <= settings.latest_close_time) {
    faults.Add("abandon_time", "must be after latest_close_time");
  }
  if (settings.retention_days < 1 || settings.retention_days > kLongestRetentionDays) {
    faults.Add("retention_days", absl::StrCat("must be from 1 to ", kLongestRetentionDays));
  }
}

void CheckNotice(const CampaignSettings& settings, Faults& faults) {
  for (const auto& [language, text] : settings.notice) {
    const std::string field = JsonPath("notice", language);
    if (!IsLanguageTag(language))
      faults.Add(field, "must stand under a language tag such as \"en\"");
    if (text.empty()) faults.Add(field, "must not be empty; leave the language out instead");
    if (text.size() > kLongestNotice) {
      faults.Add(field, absl::StrCat("is longer than ", kLongestNotice, " bytes; shorten it"));
    }
    if (!IsPlainText(text))
      faults.Add(field, "must be plain UTF-8 text without control characters");
  }
}

void CheckHolder(const NamedHolder& holder, const std::string& field, Faults& faults) {
  if (holder.title.empty() || holder.title.size() > kLongestModeratorName ||
      !IsOneLine(holder.title)) {
    faults.Add(absl::StrCat(field, ".title"),
               absl::StrCat("must be a role, as one line of plain text, of 1 to ",
                            kLongestModeratorName, " bytes"));
  }
  if (!IsResourceId(holder.person.value())) {
    faults.Add(absl::StrCat(field, ".person"), "must name a person of the directory");
  }
}

void CheckHolders(const CampaignSettings& settings, Faults& faults) {
  if (settings.moderators.size() > kMostModerators) {
    faults.Add("moderators", absl::StrCat("must be at most ", kMostModerators));
  }
  std::set<std::string> titles;
  std::set<PersonId> people;
  for (size_t i = 0; i < settings.moderators.size(); ++i) {
    const NamedHolder& moderator = settings.moderators[i];
    const std::string field = absl::StrCat("moderators[", i, "]");
    CheckHolder(moderator, field, faults);
    if (!titles.insert(moderator.title).second) {
      faults.Add(absl::StrCat(field, ".title"),
                 "stands twice; give each moderator a title of their own");
    }
    if (!people.insert(moderator.person).second) {
      faults.Add(absl::StrCat(field, ".person"), "stands twice; name each moderator once");
    }
  }
  if (settings.auditor.has_value()) CheckHolder(*settings.auditor, "auditor", faults);
  if (settings.summary_only_below < kFewestRatersForComments ||
      settings.summary_only_below > kMostInvited) {
    faults.Add("summary_only_below",
               absl::StrCat("must be from ", kFewestRatersForComments, " to ", kMostInvited));
  }
}

void CheckFollowUps(const CampaignSettings& settings, Faults& faults) {
  constexpr char kField[] = "follow_up_days";
  if (settings.follow_up_days < 0 || settings.follow_up_days > kLongestFollowUpDays) {
    faults.Add(kField, absl::StrCat("must be from 0 to ", kLongestFollowUpDays));
    return;
  }
  if (settings.follow_up_days == 0) return;
  if (settings.moderators.empty()) {
    faults.Add(kField, "needs a moderator, who reads questions and answers; name one, or set it to 0");
  }
  if (kFollowUpSpans * settings.follow_up_days > settings.retention_days) {
    faults.Add(kField, absl::StrCat("must be at most a third of retention_days: to ask, to answer and to hand over take ",
                                    "as many days each"));
  }
}

void CheckSteward(const CampaignSettings& settings, Faults& faults) {
  if (!settings.steward.has_value()) return;
  if (const auto wrong = FaultOf(*settings.steward); wrong.has_value()) {
    faults.Add(absl::StrCat("steward.", wrong->first), wrong->second);
  }
}

void CheckMirrors(const CampaignSettings& settings, Faults& faults) {
  if (settings.mirrors.size() > kMostMirrors) faults.Add("mirrors", absl::StrCat("must be at most ", kMostMirrors));
  std::set<std::string> mirrors;
  for (size_t i = 0; i < settings.mirrors.size(); ++i) {
    const std::string field = absl::StrCat("mirrors[", i, "]");
    if (!IsHttpsUrl(settings.mirrors[i])) {
      faults.Add(field, "must be an https address in small letters, without name, password, query, fragment and closing slash");
    } else if (!mirrors.insert(settings.mirrors[i]).second) {
      faults.Add(field, "stands twice; remove one");
    }
  }
}

}  // namespace

absl::string_view NameOf(CampaignState state) {
  return kCampaignStates[static_cast<size_t>(state)].second;
}
absl::string_view NameOf(SurveyState state) {
  return kSurveyStates[static_cast<size_t>(state)].second;
}

std::optional<CampaignState> FindCampaignState(absl::string_view name) {
  for (const auto& [state, state_name] : kCampaignStates) {
    if (state_name == name) return state;
  }
  return std::nullopt;
}

std::optional<SurveyState> FindSurveyState(absl::string_view name) {
  for (const auto& [state, state_name] : kSurveyStates) {
    if (state_name == name) return state;
  }
  return std::nullopt;
}

bool CanBecome(CampaignState from, CampaignState to) {
  if (from == CampaignState::kOpening && to == CampaignState::kClosing) return true;
  return static_cast<int>(to) == static_cast<int>(from) + 1;
}

bool CanBecome(SurveyState from, SurveyState to) {
  if (to == SurveyState::kAbandoned)
    return from == SurveyState::kDraft || from == SurveyState::kOpen || from == SurveyState::kClosing;
  return from != SurveyState::kAbandoned && static_cast<int>(to) == static_cast<int>(from) + 1;
}

absl::Status CheckSettings(const CampaignSettings& settings, absl::Time now) {
  Faults faults;
  if (settings.title.empty() || settings.title.size() > kLongestCampaignTitle ||
      !IsOneLine(settings.title)) {
    faults.Add("title", absl::StrCat("must be one line of plain text, of 1 to ",
                                     kLongestCampaignTitle, " bytes"));
  }
  if (!IsResourceId(settings.instrument.value()) || settings.instrument_version < 1) {
    faults.Add("instrument_version", "must name a published version of an instrument");
  }
  if (!settings.previous.empty() && !IsResourceId(settings.previous.value())) {
    faults.Add("previous_campaign", "must name a campaign of the same district");
  }
  if (settings.purpose != kDevelopmental) {
    faults.Add("purpose", "must be \"developmental\"; anonymous ratings serve no other end");
  }
  CheckThresholds(settings, faults);
  CheckReaders(settings, faults);
  CheckDates(settings, now, faults);
  CheckNotice(settings, faults);
  CheckHolders(settings, faults);
  CheckFollowUps(settings, faults);
  CheckSteward(settings, faults);
  CheckMirrors(settings, faults);
  CheckBreakdowns(settings.breakdowns, [&](const std::string& path, absl::string_view message) {
    faults.Add(path, message);
  });
  return faults.status();
}

absl::Status CheckPurpose(const CampaignSettings& settings, const Instrument& instrument) {
  if (!instrument.evaluative_use_forbidden || settings.purpose == kDevelopmental) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kPURPOSE_FORBIDDEN,
                     absl::StrCat("the instrument ", instrument.title,
                                  " may serve a leader's development alone; set purpose to \"developmental\""),
                     "purpose");
}

Contract MakeContract(const CampaignSettings& settings, absl::string_view instrument_hash,
                      const Instrument& instrument, const GroupPlan& plan, int64_t leaders,
                      std::optional<absl::Time> compared_with, int team_members) {
  Contract contract;
  contract.purpose = settings.purpose;
  contract.minimum_group_size = settings.minimum_group_size;
  contract.insiders = settings.insiders;
  contract.pool_minimum = settings.minimum_group_size + settings.insiders;
  contract.first_reader = settings.first_reader;
  contract.readers = settings.readers;
  contract.languages = instrument.languages;
  contract.close_time = settings.close_time;
  contract.latest_close_time = settings.latest_close_time;
  contract.abandon_time = settings.abandon_time;
  contract.retention_days = settings.retention_days;
  contract.instrument_hash = std::string(instrument_hash);
  if (settings.steward.has_value()) {
    contract.closing_mode = kStewardClosing;
    contract.steward = settings.steward;
  }
  contract.mirrors = settings.mirrors;
  contract.evaluative_use_forbidden = instrument.evaluative_use_forbidden;
  contract.comments.minimum_raters =
      std::max<int64_t>(kFewestRatersForComments, settings.minimum_group_size);
  contract.comments.minimum_comments = kFewestCommentsForTexts + settings.insiders - 1;
  for (const IssuingGroup& group : plan.groups) {
    if (group.invited < settings.summary_only_below) {
      contract.comments.summary_only.push_back(group.code);
    }
  }
  std::sort(contract.comments.summary_only.begin(), contract.comments.summary_only.end());
  contract.breakdowns = settings.breakdowns;
  contract.benchmark = leaders >= kFewestPooledLeaders;
  contract.compared_with = compared_with;
  contract.follow_up_days = settings.follow_up_days;
  contract.team_members = team_members;
  return contract;
}

}  // namespace candor::domain
