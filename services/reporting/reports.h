// Who reads a released report, and when.

#ifndef CANDOR_SERVICES_REPORTING_REPORTS_H_
#define CANDOR_SERVICES_REPORTING_REPORTS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "candor/v1/report.pb.h"
#include "candor/v1/rounds.pb.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"
#include "services/reporting/report_input.h"
#include "storage/identity_store.h"

namespace candor::reporting {

// Who asks. Whether they are the leader, or were a supervisor of the leader at opening, is looked up for each report.
struct Reader {
  domain::PersonId person;     // empty for an administrator's key that belongs to no person
  bool administrator = false;  // of the district, or of the installation
  // Their roles in the district now. Nobody reads as the leader or as a supervisor without the role that goes with it.
  bool leader = false;
  bool supervisor = false;
};

// An export's page ends once it holds so many bytes, so that it fits into a message.
inline constexpr size_t kExportBytes = 2 * 1024 * 1024;

struct ReportPage {
  std::vector<candor::v1::Report> reports;  // by survey id
  std::string next;  // pass as `after` for what follows; empty at the end
};

// Reads frozen reports. The contract's first reader may read as soon as the report is frozen; the others whom the contract
// names, administrators too, once the first reader has read the report, as the raters were told. Where the supervisor reads
// first and nobody of the frozen line is left in the directory with that role, the leader stands in for them; where the
// leader is gone as well, whoever reads.
//
// May be called from many threads at once.
class Reports {
 public:
  // Reads the document that holds whom a report is about (SurveyDocument::kReportSubject) into the three members about
  // the leader.
  using SubjectReader = std::function<absl::StatusOr<ReportSubject>(absl::string_view document)>;

  // `store` outlives this object.
  Reports(storage::IdentityStore* store, SubjectReader read_subject);

  // The report, with the leader's name as it was at release, as long as that is kept. A call by the first reader is the
  // reading that lets the others read; it is durable before this returns.
  //
  // NOT_FOUND, RESOURCE_NOT_FOUND: no such survey in the campaign. PERMISSION_DENIED, CALLER_NOT_ALLOWED: the reader is
  // none of those above, or the contract does not let them read. FAILED_PRECONDITION, REPORT_NOT_RELEASED: nothing is
  // frozen yet, the survey was abandoned, or the first reader has yet to read. DATA_LOSS, STORE_CORRUPT: the stored
  // bytes are not those that were frozen.
  absl::StatusOr<candor::v1::Report> Get(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                         const domain::SurveyId& survey, const Reader& reader);

  // The comments beside the report, for whom Get would give the report now; it is no reading of the report. The codes of Get.
  absl::StatusOr<candor::v1::ReportComments> GetComments(const domain::DistrictId& district,
                                                         const domain::CampaignId& campaign,
                                                         const domain::SurveyId& survey, const Reader& reader);

  // Whether Get would give the report now; it is no reading of it. The codes of Get.
  absl::Status CheckReader(const domain::DistrictId& district, const domain::CampaignId& campaign,
                           const domain::SurveyId& survey, const Reader& reader);

  // The figures of the same report, under the same rules.
  absl::StatusOr<candor::v1::Scores> GetScores(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                               const domain::SurveyId& survey, const Reader& reader);

  // The frozen reports that `reader` may read now, without scores, page one, items and notes; at most `limit` (1 to 500), with
  // survey ids above `after`. An empty `campaign` stands for all. Does not count as reading.
  absl::StatusOr<ReportPage> List(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                  const Reader& reader, absl::string_view after, int limit);

  // The same reports whole, as Get gives them: at most `limit` (1 to 50), and not more than about kExportBytes of them, but
  // at least one. Counts as reading each.
  absl::StatusOr<ReportPage> Export(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                    const Reader& reader, absl::string_view after, int limit);

  // The leader's rounds side by side: this one and those that its campaign and theirs name as the round before, as far as
  // `reader` may read them, each with the plan beside it as far as GrowthPlans lets them read that; counts as reading each.
  // The codes of Get, about this one.
  absl::StatusOr<candor::v1::RoundComparison> Rounds(const domain::DistrictId& district,
                                                     const domain::CampaignId& campaign,
                                                     const domain::SurveyId& survey, const Reader& reader);

 private:
  absl::StatusOr<ReportPage> Collect(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                     const Reader& reader, absl::string_view after, int limit, bool whole);

  storage::IdentityStore& store_;
  const SubjectReader read_subject_;
};

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_REPORTS_H_
