// The round before, which a campaign's reports are compared with.

#ifndef CANDOR_SERVICES_IDENTITY_ROUND_BEFORE_H_
#define CANDOR_SERVICES_IDENTITY_ROUND_BEFORE_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/domain/campaign.h"
#include "services/identity/report_builder.h"
#include "storage/identity_store.h"
#include "storage/leader_line.h"

namespace candor::identity {

// When answering was to end in the round that `campaign` names as the one before; nothing where it names none.
// FAILED_PRECONDITION, CAMPAIGN_INVALID: there is no such campaign, it is not released, its framework or scale is another,
// or this one has readers whom that one's raters were not told of: from a change and one figure the other follows.
absl::StatusOr<std::optional<absl::Time>> CheckRoundBefore(storage::ReadTransaction& transaction,
                                                           const storage::CampaignRow& campaign);

// What the report of `survey` will say of the round before, if its leader's line at opening is `line`. What may be read
// in that round was promised to the supervisors of then, so one who came later keeps the report from being compared.
absl::StatusOr<domain::Comparison> ComparisonOf(storage::ReadTransaction& transaction,
                                                const storage::CampaignRow& campaign, const storage::SurveyRow& survey,
                                                const storage::LeaderLine& line);

// Sets `comparison` and `before` of the input, whose campaign and survey are set. What it reads is frozen since both campaigns
// were opened, but for one thing: where another reads first than in the round before, whether that one's first reader has read
// by now. So it may find a report comparable later that was not before; a report is built once, and keeps what was found then.
absl::Status AddRoundBefore(storage::ReadTransaction& transaction, ReportInput& input);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_ROUND_BEFORE_H_
