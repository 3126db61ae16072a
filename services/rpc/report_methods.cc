#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "candor/v1/growth_plan.pb.h"
#include "candor/v1/report.pb.h"
#include "candor/v1/rounds.pb.h"
#include "candor/v1/scoring.pb.h"
#include "services/domain/growth_plan.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/reporting/district_summary.h"
#include "services/reporting/growth_plans.h"
#include "services/rpc/convert_common.h"
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

domain::GrowthPlan FromProto(const v1::GrowthPlan& proto) {
  domain::GrowthPlan plan;
  for (const v1::GrowthGoal& goal : proto.goals()) {
    domain::GrowthGoal read{goal.unit(), goal.goal(), {}, goal.evidence(), goal.review_date(), goal.outcome()};
    for (const v1::GrowthAction& action : goal.actions()) read.actions.push_back({action.text(), action.done()});
    plan.goals.push_back(std::move(read));
  }
  plan.shared_with_supervisor = proto.shared_with_supervisor();
  return plan;
}

v1::GrowthPlan ToProto(const std::string& name, const reporting::StoredGrowthPlan& stored) {
  v1::GrowthPlan proto = reporting::ToProto(stored.plan);
  proto.set_name(name);
  if (stored.revision != 0) proto.set_etag(ToEtag(stored.revision));
  return proto;
}

absl::Status GetGrowthPlan(const IdentityBackend& b, const Caller& caller, const v1::GetGrowthPlanRequest& request,
                           v1::GrowthPlan* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseGrowthPlan("name", request.name()));
  CANDOR_ASSIGN_OR_RETURN(const auto stored, b.growth_plans->Get(name.district, name.campaign, name.survey,
                                                                 ReaderOf(caller, name.district)));
  *response = ToProto(request.name(), stored);
  return absl::OkStatus();
}

absl::Status UpdateGrowthPlan(const IdentityBackend& b, const Caller& caller,
                              const v1::UpdateGrowthPlanRequest& request, v1::GrowthPlan* response) {
  constexpr char kField[] = "growth_plan";
  const v1::GrowthPlan& proto = request.growth_plan();
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseGrowthPlan("growth_plan.name", proto.name()));
  CANDOR_ASSIGN_OR_RETURN(const auto revision, FromEtag(proto.etag(), "growth plan", proto.name()));
  const domain::GrowthPlan plan = FromProto(proto);
  bool deleted = false;
  const auto stored = b.growth_plans->Put(
      name.district, name.campaign, name.survey, ReaderOf(caller, name.district), plan, revision.value_or(0),
      [&](storage::WriteTransaction& transaction) {
        deleted = plan.goals.empty();
        return identity::RecordAudit(transaction, *b.clock, caller, name.district,
                                     deleted ? "DeleteGrowthPlan" : "UpdateGrowthPlan", proto.name());
      });
  if (!stored.ok()) return InField(stored.status(), kField);
  // What the leader takes back is to be in no freed page either.
  if (deleted) identity::ForgetOrLog(*b.store);
  *response = ToProto(proto.name(), *stored);
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
  methods.Add<v1::GetGrowthPlanRequest, v1::GrowthPlan>(
      "candor.v1.ReportService.GetGrowthPlan", Lane::kIdentity,
      [b](const Caller& caller, const v1::GetGrowthPlanRequest& request, v1::GrowthPlan* response) {
        return GetGrowthPlan(b, caller, request, response);
      });
  methods.Add<v1::UpdateGrowthPlanRequest, v1::GrowthPlan>(
      "candor.v1.ReportService.UpdateGrowthPlan", Lane::kIdentity,
      [b](const Caller& caller, const v1::UpdateGrowthPlanRequest& request, v1::GrowthPlan* response) {
        return UpdateGrowthPlan(b, caller, request, response);
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
