// Making a district with its people and a campaign, for replays and demonstrations.

#ifndef CANDOR_CLIENTS_CLI_SETUP_CALLS_H_
#define CANDOR_CLIENTS_CLI_SETUP_CALLS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "candor/v1/campaign.pb.h"
#include "candor/v1/directory.pb.h"
#include "clients/cli/context.h"
#include "services/domain/instrument.h"

namespace candor::cli {

// Each gives the name of what was made. Errors are those of the service's methods.
absl::StatusOr<std::string> MakeDistrict(Context& context, const std::string& title);
absl::StatusOr<std::string> MakeSchool(Context& context, const std::string& district, const std::string& title);
absl::StatusOr<std::string> MakePerson(Context& context, const std::string& district,
                                       const candor::v1::Person& person);
// Imports the framework and publishes the instrument; the name of the published version.
absl::StatusOr<std::string> MakeInstrument(Context& context, const std::string& district, const std::string& framework,
                                           const domain::Instrument& instrument);
absl::StatusOr<std::string> MakeCampaign(Context& context, const std::string& district,
                                         const candor::v1::Campaign& campaign);
absl::StatusOr<std::string> MakeSurvey(Context& context, const std::string& campaign, const std::string& leader);
absl::Status AddPaper(Context& context, const std::string& survey, const std::string& group, int64_t count);

// A connection that calls as `person`, with a key made for it; it shares the caller's transport.
absl::StatusOr<std::shared_ptr<client::Connection>> ConnectAs(Context& context, const std::string& person);

// Codes of an open survey by rater group, in the order of the raters' ids.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> CodesOf(Context& context, const std::string& survey);

// Saves an identified rating; `kind` is "self" or "supervisor". One mark for each of `indicators`, blanks left out.
absl::Status SaveRating(const client::Connection& person, const std::string& survey, const std::string& kind,
                        const std::vector<std::string>& indicators, const std::vector<uint8_t>& marks);

// FAILED_PRECONDITION: something stands in the way of opening; the message has a line for each fault, with the leader.
absl::Status CheckPreview(Context& context, const std::string& campaign);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_SETUP_CALLS_H_
