// The report of one leader: a pure function of what closing let out, and of ratings that people gave under their own
// name. No clock, no store, no randomness: the same input gives the same bytes, on every machine.

#ifndef CANDOR_SERVICES_REPORTING_BUILD_REPORT_H_
#define CANDOR_SERVICES_REPORTING_BUILD_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "candor/v1/report.pb.h"
#include "services/domain/answer.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"

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

struct ReportInput {
  ReportSubject subject;
  domain::Contract contract;
  std::string contract_hash;  // SHA-256 of the contract's document, hexadecimal
  domain::InstrumentVersion version;
  domain::ClosedResult result;
  // Ratings given under a name, as they were marked: one byte for each item of the instrument, not yet reversed.
  // Comments in them are not read.
  std::optional<domain::Answers> self;
  // Of several supervisors each item's figure is the mean of those who rated it.
  std::vector<domain::Answers> supervisors;
};

// Computes the report as scoring.md 16 says: every figure from printed atoms, a bounded mean carried through as a
// range, withheld blocks in place with their reason. All raters are the printed anonymous blocks, each with equal
// weight; the supervisors' ratings stand in a column apart and enter nothing else.
//
// DATA_LOSS, STORE_CORRUPT: the parts do not fit together (another scale, an unknown indicator, counts that do not add
// up, a rating off the scale). INVALID_ARGUMENT: the instrument has no item.
absl::StatusOr<candor::v1::Report> BuildReport(const ReportInput& input);

// The report's bytes: equal messages give equal bytes, maps being written in the order of their keys.
std::string SerializeReport(const candor::v1::Report& report);

// DATA_LOSS, STORE_CORRUPT: not a report.
absl::StatusOr<candor::v1::Report> ParseReport(absl::string_view bytes);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_BUILD_REPORT_H_
