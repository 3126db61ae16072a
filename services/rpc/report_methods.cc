#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "candor/v1/report.pb.h"
#include "candor/v1/rounds.pb.h"
#include "candor/v1/scoring.pb.h"
#include "services/reporting/district_summary.h"
#include "services/rpc/methods.h"
#include "services/rpc/request.h"
#include "services/rpc/resource_names.h"
#include "services/rpc/survey_lookup.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

constexpr char kListReports[] = "candor.v1.ReportService.ListReports";

// Reporting pages by itself, since only it knows which reports may be read.
absl::Status ListReports(const IdentityBackend& b, const Caller& caller, const v1::ListReportsRequest& request,
                         v1::ListReportsResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto parent, ParseCampaignOrAll("parent", request.parent()));
  CANDOR_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size()));
  CANDOR_ASSIGN_OR_RETURN(const std::string after, b.page_tokens->Read(kListReports, caller.name(), request));
  CANDOR_RETURN_IF_ERROR(CheckCampaignsExist(*b.store, caller, parent));
  CANDOR_ASSIGN_OR_RETURN(auto page, b.reports->List(parent.district, parent.campaign,
                                                     ReaderOf(caller, parent.district), after, size));
  for (v1::Report& report : page.reports) *response->add_reports() = std::move(report);
  if (!page.next.empty()) {
    response->set_next_page_token(b.page_tokens->Make(kListReports, caller.name(), request, page.next));
  }
  return absl::OkStatus();
}

constexpr char kExportReports[] = "candor.v1.ReportService.ExportReports";
constexpr int kExportPage = 10, kLargestExportPage = 50;

absl::Status ExportReports(const IdentityBackend& b, const Caller& caller, const v1::ExportReportsRequest& request,
                           v1::ExportReportsResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto parent, ParseCampaign("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(PageSizeOf(request.page_size()).status());
  const int size = request.page_size() == 0 ? kExportPage : std::min(request.page_size(), kLargestExportPage);
  CANDOR_ASSIGN_OR_RETURN(const std::string after, b.page_tokens->Read(kExportReports, caller.name(), request));
  CANDOR_RETURN_IF_ERROR(CheckCampaignsExist(*b.store, caller, parent));
  CANDOR_ASSIGN_OR_RETURN(auto page, b.reports->Export(parent.district, parent.campaign,
                                                       ReaderOf(caller, parent.district), after, size));
  for (v1::Report& report : page.reports) *response->add_reports() = std::move(report);
  if (!page.next.empty()) {
    response->set_next_page_token(b.page_tokens->Make(kExportReports, caller.name(), request, page.next));
  }
  return absl::OkStatus();
}

}  // namespace

void AddReportMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.AddRepeatable<v1::GetReportRequest, v1::Report>(
      "candor.v1.ReportService.GetReport", Lane::kIdentity,
      [b](const Caller& caller, const v1::GetReportRequest& request, v1::Report* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseReport("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(*response, b.reports->Get(name.district, name.campaign, name.survey,
                                                          ReaderOf(caller, name.district)));
        return absl::OkStatus();
      });
  methods.Add<v1::GetReportCommentsRequest, v1::ReportComments>(
      "candor.v1.ReportService.GetReportComments", Lane::kIdentity,
      [b](const Caller& caller, const v1::GetReportCommentsRequest& request,
          v1::ReportComments* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseReport("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(*response, b.reports->GetComments(name.district, name.campaign, name.survey,
                                                                  ReaderOf(caller, name.district)));
        response->set_name(request.name());
        return absl::OkStatus();
      });
  methods.Add<v1::ListReportsRequest, v1::ListReportsResponse>(
      kListReports, Lane::kIdentity,
      [b](const Caller& caller, const v1::ListReportsRequest& request, v1::ListReportsResponse* response) {
        return ListReports(b, caller, request, response);
      });
  methods.Add<v1::ExportReportsRequest, v1::ExportReportsResponse>(
      kExportReports, Lane::kIdentity,
      [b](const Caller& caller, const v1::ExportReportsRequest& request, v1::ExportReportsResponse* response) {
        return ExportReports(b, caller, request, response);
      });
  methods.Add<v1::CompareRoundsRequest, v1::RoundComparison>(
      "candor.v1.ReportService.CompareRounds", Lane::kIdentity,
      [b](const Caller& caller, const v1::CompareRoundsRequest& request,
          v1::RoundComparison* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseSurvey("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(*response, b.reports->Rounds(name.district, name.campaign, name.survey,
                                                             ReaderOf(caller, name.district)));
        return absl::OkStatus();
      });
  methods.Add<v1::GetDistrictSummaryRequest, v1::DistrictSummary>(
      "candor.v1.ReportService.GetDistrictSummary", Lane::kIdentity,
      [b](const Caller&, const v1::GetDistrictSummaryRequest& request, v1::DistrictSummary* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseCampaign("name", request.name()));
        return b.store->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
          CANDOR_ASSIGN_OR_RETURN(*response,
                                  reporting::SummariseDistrict(transaction, name.district, name.campaign));
          return absl::OkStatus();
        });
      });
  methods.Add<v1::GetScoresRequest, v1::Scores>(
      "candor.v1.ScoringService.GetScores", Lane::kIdentity,
      [b](const Caller& caller, const v1::GetScoresRequest& request, v1::Scores* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseSurvey("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(*response, b.reports->GetScores(name.district, name.campaign, name.survey,
                                                                ReaderOf(caller, name.district)));
        return absl::OkStatus();
      });
}

}  // namespace candor::rpc
