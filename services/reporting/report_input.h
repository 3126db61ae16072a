// What a report is made from.

#ifndef CANDOR_SERVICES_REPORTING_REPORT_INPUT_H_
#define CANDOR_SERVICES_REPORTING_REPORT_INPUT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "candor/v1/scoring.pb.h"
#include "services/domain/answer.h"
#include "services/domain/campaign.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"
#include "services/domain/pooled_figures.h"

namespace candor::reporting {

// Who the report is about and what it belongs to: copied into the report, read by no rule. The three about the leader
// may be left empty, so that stored bytes name nobody; whoever shows the report sets them then.
struct ReportSubject {
  std::string leader_display_name;
  std::string leader_job_title;
  std::string school_title;
  std::string campaign_title;
  std::string survey;              // districts/{district}/campaigns/{campaign}/surveys/{survey}
  std::string instrument_version;  // districts/{district}/instruments/{instrument}/versions/{version}
};

// The same leader's survey in the round before, as its documents have it.
struct RoundBefore {
  domain::Contract contract;
  domain::InstrumentVersion version;
  domain::ClosedResult result;
  domain::PooledFigures pooled;
};

struct ReportInput {
  ReportSubject subject;
  domain::Contract contract;
  std::string contract_hash;  // SHA-256 of the contract's document, hexadecimal
  domain::InstrumentVersion version;
  domain::ClosedResult result;
  domain::PooledFigures pooled;  // over the campaign's leaders; empty where there are none
  // Ratings given under a name, as they were marked: one byte for each item of the instrument, not yet reversed.
  // Comments in them are not read.
  std::optional<domain::Answers> self;
  // Instead, where the contract has team_members: the ratings of the members who rated their team.
  std::vector<domain::Answers> team;
  // Of several supervisors each item's figure is the mean of those who rated it.
  std::vector<domain::Answers> supervisors;
  domain::Comparison comparison = domain::Comparison::kNone;
  std::optional<RoundBefore> before;  // set exactly when compared
  candor::v1::Benchmark benchmark;    // of the campaign; empty where there is none
};

// DATA_LOSS, STORE_CORRUPT: the parts do not fit together: another scale, an unknown indicator, counts that do not add
// up, a rating off the scale; the same of the round before. INVALID_ARGUMENT: the instrument has no item. The message names
// the part, never a figure.
absl::Status CheckReportInput(const ReportInput& input);

// What a report in `language` ("en", "es") calls the rater group `code`: its title in that language, else the English one,
// else the one in the instrument's first language, else the code. The pool is "Other raters"; parts are named by their codes
// (PartsTitle knows their titles).
std::string GroupTitle(const domain::Instrument& instrument, absl::string_view code, absl::string_view language = "en");

// What it calls parts of the group, as the contract declares them: "Lower school", "Lower school and Upper school".
std::string PartsTitle(const domain::Contract& contract, const domain::Instrument& instrument, absl::string_view group,
                       const std::vector<std::string>& parts, absl::string_view language = "en");

// "Staff", "Staff and Parents", "Staff, Students and Parents"; in Spanish with "y", and "e" before the sound of i.
std::string JoinTitles(const std::vector<std::string>& titles, absl::string_view language);

// Indicator's code -> its place among the instrument's items.
std::map<std::string, int> ItemIndex(const domain::Instrument& instrument);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_REPORT_INPUT_H_
