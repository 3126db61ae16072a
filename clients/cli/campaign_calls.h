// Steps that several verbs take: waiting for a campaign, fetching codes, saving ratings.

#ifndef CANDOR_CLIENTS_CLI_CAMPAIGN_CALLS_H_
#define CANDOR_CLIENTS_CLI_CAMPAIGN_CALLS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "candor/v1/campaign.pb.h"
#include "clients/cli/context.h"

namespace candor::cli {

// "draft", "opening", "open", ...
std::string NameOf(candor::v1::CampaignState state);
std::string NameOf(candor::v1::SurveyState state);

// Asks the server until the campaign has left `state`, or waits for its steward, and returns it; shows how far it is.
// A fault is told once, also where no progress is. DEADLINE_EXCEEDED: it has not after `limit`; the work goes on in the
// server. FAILED_PRECONDITION: it is opening, and kept from it by a fault that does not pass (FaultWatch), which the message
// tells with the way out. Else what the calls fail with.
absl::StatusOr<candor::v1::Campaign> WaitWhile(Context& context, const std::string& campaign,
                                               candor::v1::CampaignState state, absl::Duration limit,
                                               ProgressLine& progress);

// Opens the campaign and waits until it is open; goes on where an earlier call has begun. Else as OpenCampaign and
// WaitWhile.
absl::StatusOr<candor::v1::Campaign> OpenAndWait(Context& context, const std::string& campaign, absl::Duration limit,
                                                 ProgressLine& progress);
// Closes it and waits until it is closed, or, in state CLOSING, until only its steward can go on; goes on where an earlier
// call, or its close time, has begun.
absl::StatusOr<candor::v1::Campaign> CloseAndWait(Context& context, const std::string& campaign, absl::Duration limit,
                                                  ProgressLine& progress);

// Releases it and waits until every report is frozen; goes on where an earlier call has begun. `discard_comments`: those
// that no moderator has decided about are destroyed, instead of standing in the way.
absl::StatusOr<candor::v1::Campaign> ReleaseAndWait(Context& context, const std::string& campaign,
                                                    absl::Duration limit, ProgressLine& progress,
                                                    bool discard_comments = false);

// A time of day: RFC 3339, for instance 2026-09-01T18:00:00Z, or a date, which stands for its end in UTC. Whole seconds.
absl::StatusOr<absl::Time> ParseMoment(const std::string& text);
// A time from now: a number with s, m, h or d, for instance 14d or 36h. Above zero.
absl::StatusOr<absl::Duration> ParseSpan(const std::string& text);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_CAMPAIGN_CALLS_H_
