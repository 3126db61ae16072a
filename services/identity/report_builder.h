// The seam to reporting: what a report is made from, and who it is about.

#ifndef CANDOR_SERVICES_IDENTITY_REPORT_BUILDER_H_
#define CANDOR_SERVICES_IDENTITY_REPORT_BUILDER_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/answer.h"
#include "services/domain/campaign.h"
#include "storage/identity_store.h"

namespace candor::identity {

// All that a report follows from; it names nobody. Documents as the exact bytes that were stored. The figures pooled over
// the campaign's leaders are campaign.pooled_figures.
struct ReportInput {
  // The same leader's survey in the round before.
  struct Before {
    std::string contract;
    std::string instrument_version;
    std::string closed_result;
    std::optional<std::string> pooled_figures;
  };
  storage::CampaignRow campaign;
  storage::SurveyRow survey;
  std::string contract;
  std::string instrument_version;
  std::string closed_result;
  std::optional<domain::Answers> self;
  std::vector<domain::Answers> team;  // instead, where the contract has team_members: those of the members who rated
  std::vector<domain::Answers> supervisors;  // by person id
  domain::Comparison comparison = domain::Comparison::kNone;
  std::optional<Before> before;  // set exactly when compared
};

// The report's bytes: a pure function of the input. Called once for each survey at release; its bytes are frozen.
using ReportBuilder = std::function<absl::StatusOr<std::string>(const ReportInput&)>;

// What a campaign's benchmark follows from: the instrument that its surveys share, the contract of one of them (what figures
// depend on is the same in all), and the closed result of each leader who has one, by survey id.
struct BenchmarkInput {
  std::string contract;
  std::string instrument_version;
  std::vector<std::string> closed_results;
};

// The benchmark's bytes: a pure function of the input. Called once for a campaign, when its last survey is closed.
using BenchmarkBuilder = std::function<absl::StatusOr<std::string>(const BenchmarkInput&)>;

// Who a report is about, as the directory had it at release. Kept beside the report (SurveyDocument::kReportSubject) and
// deleted with the person.
struct ReportSubject {
  std::string display_name;
  std::string job_title;
  std::string school_title;
};
std::string EncodeReportSubject(const ReportSubject& subject);  // canonical JSON
// DATA_LOSS: not such a document.
absl::StatusOr<ReportSubject> DecodeReportSubject(absl::string_view bytes);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_REPORT_BUILDER_H_
