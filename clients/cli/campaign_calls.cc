#include "clients/cli/campaign_calls.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "clients/cli/fault_watch.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::cli {
namespace {

using candor::v1::Campaign;
using candor::v1::CampaignService;

constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(1);

std::string Lower(const std::string& name, const std::string& prefix) {
  return absl::AsciiStrToLower(name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name);
}

// What `result` says; or, where the campaign has left the state that the call begins in (an earlier call, whose reply may
// have been lost), the campaign as it is now, if it is under way to or beyond what the call is for: in `least` or later.
absl::StatusOr<Campaign> OrAsItIs(Context& context, const std::string& campaign, absl::StatusOr<Campaign> result,
                                  candor::v1::CampaignState least) {
  if (result.ok() || base::GetErrorDetail(result.status()).reason != domain::reasons::kWRONG_STATE) return result;
  candor::v1::GetCampaignRequest request;
  request.set_name(campaign);
  CANDOR_ASSIGN_OR_RETURN(Campaign now, context.Call(&CampaignService::Stub::GetCampaign, request));
  if (now.state() < least) return result;
  return now;
}

// What to do about a campaign that stays half open: it can be neither changed nor deleted.
absl::Status NotOpening(const std::string& campaign, absl::string_view fault) {
  return absl::FailedPreconditionError(
      absl::StrCat(campaign, " does not open: ", fault, ". The server goes on trying. If this can pass, since a server is away "
                   "perhaps, run candor campaign open once more to go on waiting; if it cannot, candor campaign close ends the "
                   "campaign without asking anybody, and a new one can be made"));
}

// What the progress line says while a campaign is in `state`, and once it has left it.
struct Wording {
  std::string working, done;
};

Wording WordingOf(candor::v1::CampaignState state) {
  switch (state) {
    case candor::v1::CAMPAIGN_STATE_OPENING: return {"opening: keys and codes, surveys done", "opened"};
    case candor::v1::CAMPAIGN_STATE_CLOSED: return {"releasing: reports, surveys done", "released"};
    default: return {"closing: results, surveys done", "closed"};
  }
}

}  // namespace

std::string NameOf(candor::v1::CampaignState state) {
  return Lower(candor::v1::CampaignState_Name(state), "CAMPAIGN_STATE_");
}

std::string NameOf(candor::v1::SurveyState state) {
  return Lower(candor::v1::SurveyState_Name(state), "SURVEY_STATE_");
}

absl::StatusOr<Campaign> WaitWhile(Context& context, const std::string& campaign, candor::v1::CampaignState state,
                                   absl::Duration limit, ProgressLine& progress) {
  candor::v1::GetCampaignRequest request;
  request.set_name(campaign);
  const absl::Time end = absl::Now() + limit;
  absl::Duration pause = kFirstPause;
  const Wording wording = WordingOf(state);
  FaultWatch faults;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(Campaign now, context.Call(&CampaignService::Stub::GetCampaign, request));
    if (now.state() != state) {
      progress.Update(wording.done, now.survey_count(), now.survey_count());
      return now;
    }
    // Nobody here can do anything more: the steward must come.
    if (now.surveys_waiting_for_steward() > 0 &&
        now.surveys_waiting_for_steward() + now.surveys_done() >= now.survey_count() && now.last_fault().empty()) {
      return now;
    }
    faults.See(now.last_fault(), now.surveys_done(), absl::Now());
    if (faults.is_new()) {
      progress.Finish();
      // No progress, so it is said with --quiet too.
      Warn(absl::StrCat("an attempt failed and is tried again: ", now.last_fault()), context.options.json);
    }
    if (state == candor::v1::CAMPAIGN_STATE_OPENING && faults.lasts(absl::Now())) {
      return NotOpening(campaign, now.last_fault());
    }
    progress.Update(wording.working, now.surveys_done(), now.survey_count());
    if (absl::Now() >= end) {
      return absl::DeadlineExceededError(absl::StrCat(campaign, " is still ", NameOf(state), " after ",
                                                      absl::FormatDuration(limit), "; it goes on in the server"));
    }
    absl::SleepFor(pause);
    pause = std::min(pause * 1.5, kLongestPause);
  }
}

absl::StatusOr<Campaign> OpenAndWait(Context& context, const std::string& campaign, absl::Duration limit,
                                     ProgressLine& progress) {
  candor::v1::OpenCampaignRequest request;
  request.set_name(campaign);
  CANDOR_ASSIGN_OR_RETURN(
      Campaign opened, OrAsItIs(context, campaign, context.Call(&CampaignService::Stub::OpenCampaign, request),
                                candor::v1::CAMPAIGN_STATE_OPENING));
  if (opened.state() == candor::v1::CAMPAIGN_STATE_OPENING) {
    CANDOR_ASSIGN_OR_RETURN(opened,
                            WaitWhile(context, campaign, candor::v1::CAMPAIGN_STATE_OPENING, limit, progress));
  }
  if (opened.state() != candor::v1::CAMPAIGN_STATE_OPEN) {
    return absl::FailedPreconditionError(
        absl::StrCat(campaign, " did not open: it is ", NameOf(opened.state()), " ", opened.last_fault()));
  }
  return opened;
}

absl::StatusOr<Campaign> CloseAndWait(Context& context, const std::string& campaign, absl::Duration limit,
                                      ProgressLine& progress) {
  candor::v1::CloseCampaignRequest request;
  request.set_name(campaign);
  CANDOR_ASSIGN_OR_RETURN(
      Campaign closed, OrAsItIs(context, campaign, context.Call(&CampaignService::Stub::CloseCampaign, request),
                                candor::v1::CAMPAIGN_STATE_CLOSING));
  if (closed.state() == candor::v1::CAMPAIGN_STATE_CLOSING) {
    CANDOR_ASSIGN_OR_RETURN(closed,
                            WaitWhile(context, campaign, candor::v1::CAMPAIGN_STATE_CLOSING, limit, progress));
  }
  if (closed.state() == candor::v1::CAMPAIGN_STATE_CLOSING && closed.surveys_waiting_for_steward() > 0) return closed;
  if (closed.state() != candor::v1::CAMPAIGN_STATE_CLOSED && closed.state() != candor::v1::CAMPAIGN_STATE_RELEASED) {
    return absl::FailedPreconditionError(
        absl::StrCat(campaign, " did not close: it is ", NameOf(closed.state()), " ", closed.last_fault()));
  }
  return closed;
}

absl::StatusOr<Campaign> ReleaseAndWait(Context& context, const std::string& campaign, absl::Duration limit,
                                        ProgressLine& progress, bool discard_comments) {
  candor::v1::ReleaseCampaignRequest request;
  request.set_name(campaign);
  request.set_discard_undecided_comments(discard_comments);
  // A repeated order is none to the server.
  CANDOR_ASSIGN_OR_RETURN(Campaign released, context.Call(&CampaignService::Stub::ReleaseCampaign, request));
  if (released.state() == candor::v1::CAMPAIGN_STATE_CLOSED) {
    CANDOR_ASSIGN_OR_RETURN(released,
                            WaitWhile(context, campaign, candor::v1::CAMPAIGN_STATE_CLOSED, limit, progress));
  }
  return released;
}

absl::StatusOr<absl::Time> ParseMoment(const std::string& text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  }
  absl::CivilDay day;
  if (absl::ParseCivilTime(text, &day)) {
    return absl::FromCivil(absl::CivilSecond(day + 1) - 1, absl::UTCTimeZone());
  }
  return UsageError(absl::StrCat("'", text, "' is no time: give a date such as 2026-09-01, or 2026-09-01T18:00:00Z"));
}

absl::StatusOr<absl::Duration> ParseSpan(const std::string& text) {
  double number = 0;
  const std::string digits = text.empty() ? "" : text.substr(0, text.size() - 1);
  absl::Duration unit;
  switch (text.empty() ? ' ' : text.back()) {
    case 's': unit = absl::Seconds(1); break;
    case 'm': unit = absl::Minutes(1); break;
    case 'h': unit = absl::Hours(1); break;
    case 'd': unit = absl::Hours(24); break;
    default: break;
  }
  if (unit == absl::ZeroDuration() || !absl::SimpleAtod(digits, &number) || !(number > 0) || !std::isfinite(number)) {
    return UsageError(absl::StrCat("'", text, "' is no length of time: give a number with s, m, h or d, such as 14d"));
  }
  return number * unit;
}

}  // namespace candor::cli
