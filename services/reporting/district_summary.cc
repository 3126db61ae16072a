#include "services/reporting/district_summary.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/reporting/build_report.h"
#include "services/reporting/district_figures.h"
#include "services/reporting/report_input.h"
#include "services/reporting/scores.h"
#include "services/reporting/units.h"
#include "services/statistics/distributions.h"
#include "services/statistics/item_statistics.h"
#include "services/statistics/printed_ranking.h"

namespace candor::reporting {
namespace {

using storage::SurveyDocument;

constexpr int kSurveysAtOnce = 200;

void AddParticipation(const DistrictSummaryInput& input, v1::DistrictSummary& summary) {
  if (summary.leaders() < summary.minimum_leaders()) return;
  for (const domain::RaterGroup& group : input.version.instrument.rater_groups) {
    v1::GroupParticipation row;
    row.set_group(group.code);
    for (const domain::ClosedResult& result : input.results) {
      int64_t invited = 0, counted = 0;
      for (const domain::GroupCounts& counts : result.counts) {
        if (domain::ParseIssuingCode(counts.code).group != group.code) continue;
        invited += counts.invited;
        counted += counts.counted;
      }
      if (invited == 0) continue;
      row.set_leaders(row.leaders() + 1);
      row.set_invited(row.invited() + invited);
      row.set_counted(row.counted() + counted);
    }
    if (row.leaders() >= summary.minimum_leaders()) *summary.add_participation() = std::move(row);
  }
}

// Limits of the mean over leaders like these.
std::optional<statistics::Interval> LimitsOf(const v1::BenchmarkFigure& figure, int points) {
  if (!figure.has_mean() || !figure.has_standard_deviation()) return std::nullopt;
  const double leaders = figure.leaders();
  const double half = statistics::StudentUpperQuantile(leaders - 1) * figure.standard_deviation() / std::sqrt(leaders);
  return statistics::CutToScale(figure.mean(), half, points);
}

// What the order goes by: of a range its point nearest the target, and one that tells too little comes last.
double PlaceOf(const v1::BenchmarkFigure& figure, const v1::ScoringRules& rules) {
  if (figure.has_mean()) return figure.mean();
  if (figure.upper() - figure.lower() > statistics::kWidestRanked) return rules.points() + 1;
  return statistics::NearestPoint({figure.lower(), figure.upper()}, rules.target());
}

void AddTrainingNeeds(const DistrictSummaryInput& input, v1::DistrictSummary& summary) {
  std::map<std::string, std::string> titles;
  for (const domain::Domain& domain : input.version.framework.domains) {
    for (const domain::Competency& competency : domain.competencies) titles[competency.code] = competency.title;
  }
  std::vector<v1::TrainingNeed> needs;
  for (const v1::BenchmarkEntry& entry : input.benchmark.entries()) {
    if (entry.kind() != v1::UNIT_KIND_COMPETENCY || entry.group() != kAllRaters) continue;
    v1::TrainingNeed& need = needs.emplace_back();
    need.set_unit(entry.code());
    need.set_title(titles[entry.code()]);
    *need.mutable_figure() = entry.figure();
    const double target = summary.rules().target();
    if (const auto limits = LimitsOf(entry.figure(), summary.rules().points()); limits.has_value()) {
      need.mutable_interval()->set_kind(v1::INTERVAL_KIND_CONFIDENCE);
      need.mutable_interval()->set_lower(limits->lo);
      need.mutable_interval()->set_upper(limits->hi);
      need.set_clearly_below_target(limits->hi < target - statistics::kEqualScores);
    }
  }
  std::stable_sort(needs.begin(), needs.end(), [&](const v1::TrainingNeed& a, const v1::TrainingNeed& b) {
    return PlaceOf(a.figure(), summary.rules()) < PlaceOf(b.figure(), summary.rules()) - statistics::kEqualScores;
  });
  for (v1::TrainingNeed& need : needs) *summary.add_training_needs() = std::move(need);
}

// Each section that is not there, and what it takes.
void AddNotesOfMissing(v1::DistrictSummary& summary) {
  const auto& needs = summary.training_needs();
  if (std::none_of(needs.begin(), needs.end(), [](const v1::TrainingNeed& need) { return need.has_spread(); })) {
    summary.add_notes(absl::StrCat("How far leaders differ is told of a competency on which at least ", kFewestComparedLeaders,
                                   " leaders, and 95 % of those with a figure, have an exact one."));
  }
  if (summary.instrument_figures().themes().empty()) {
    summary.add_notes(absl::StrCat("Whether themes say more than the general impression is told from ", kFewestComparedLeaders,
                                   " leaders on who have exact figures of two rater groups."));
  }
  if (summary.instrument_figures().statements_examined() == 0) {
    summary.add_notes(absl::StrCat("Whether two groups use a statement differently is told from ", kFewestComparedLeaders,
                                   " leaders on, where 95 % of those with a figure of both groups have exact ones."));
  }
  if (summary.self_other().empty()) {
    summary.add_notes(absl::StrCat("How leaders see themselves beside their raters is told from ", kFewestCategorisedLeaders,
                                   " leaders on, where 95 % of them have an exact gap."));
  }
}

void AddNotes(const DistrictSummaryInput& input, v1::DistrictSummary& summary) {
  if (summary.leaders() < summary.minimum_leaders()) {
    summary.add_notes(absl::StrCat("Fewer than ", summary.minimum_leaders(),
                                   " leaders have a result, so nothing can be said of them together."));
    return;
  }
  if (!input.contract.benchmark) {
    summary.add_notes(
        "Raters were not told that means over leaders are made, so there are none; for the next campaign say so when you "
        "make it.");
  } else {
    summary.add_notes(absl::StrCat(
        "A mean counts each leader once, from what the leader's report shows; where a report shows a limit alone, the mean is a "
        "range. Figures that fewer than ", summary.minimum_leaders(), " reports show are left out."));
    summary.add_notes(
        "The order is one of competencies: where training would help most. Nothing here tells how one leader was rated.");
    AddNotesOfMissing(summary);
  }
  if (input.pooled.scales.empty()) {
    summary.add_notes(absl::StrCat("Whether statements go together and raters tell leaders apart is told from ",
                                   domain::kFewestReliabilityLeaders, " leaders and ", domain::kFewestPooledRaters,
                                   " raters of one group on, of competencies and domains that are not all that was asked."));
  }
}

// DATA_LOSS, STORE_CORRUPT: a result or report is not of this instrument.
absl::Status CheckTogether(const DistrictSummaryInput& input) {
  ReportInput leader;
  leader.contract = input.contract;
  leader.version = input.version;
  for (const domain::ClosedResult& result : input.results) {
    leader.result = result;
    CANDOR_RETURN_IF_ERROR(CheckReportInput(leader));
  }
  const size_t units = ListUnits(input.version).size();
  for (const v1::Scores& scores : input.scores) {
    if (static_cast<size_t>(scores.units_size()) != units) {
      return domain::errors::StoreCorrupt("a stored report is not of its campaign's instrument");
    }
  }
  return absl::OkStatus();
}

}  // namespace

v1::DistrictSummary BuildDistrictSummary(const DistrictSummaryInput& input) {
  v1::DistrictSummary summary;
  summary.set_campaign(input.campaign);
  summary.set_title(input.title);
  summary.set_leaders(static_cast<int32_t>(input.results.size()));
  summary.set_minimum_leaders(domain::kFewestPooledLeaders);
  SetRules(input.contract, input.version.instrument.scale, input.pooled, *summary.mutable_rules());
  AddParticipation(input, summary);
  AddTrainingNeeds(input, summary);
  *summary.mutable_benchmark() = input.benchmark.entries();
  AddPooledFigures(input.pooled, summary);
  // Raters were told of figures over leaders, or there are none.
  if (input.contract.benchmark && summary.leaders() >= summary.minimum_leaders()) {
    const DistrictMaterial material = GatherDistrict(input);
    AddSpreads(material, summary);
    AddSelfOther(input.scores, summary);
    AddPrintedFigures(material, summary);
  }
  AddNotes(input, summary);
  return summary;
}

absl::StatusOr<v1::DistrictSummary> SummariseDistrict(storage::ReadTransaction& transaction,
                                                      const domain::DistrictId& district,
                                                      const domain::CampaignId& campaign) {
  CANDOR_ASSIGN_OR_RETURN(const auto row, transaction.FindCampaign(district, campaign));
  if (!row.has_value()) return domain::errors::NotFound("campaign", campaign.value());
  const auto not_released = [](absl::string_view message) {
    return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED, message);
  };
  if (row->state != domain::CampaignState::kReleased) {
    return not_released("the summary can be read once the campaign is released");
  }
  DistrictSummaryInput input;
  input.campaign = absl::StrCat("districts/", district.value(), "/campaigns/", campaign.value());
  input.title = row->settings.title;
  storage::Page page{"", kSurveysAtOnce};
  bool contract = false;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const auto surveys, transaction.ListSurveys(district, campaign, page));
    for (const storage::SurveyRow& survey : surveys) {
      if (survey.state != domain::SurveyState::kReleased) continue;
      CANDOR_ASSIGN_OR_RETURN(const auto result,
                              transaction.FindSurveyDocument(district, survey.id, SurveyDocument::kClosedResult));
      if (!result.has_value()) return domain::errors::StoreCorrupt("a released survey lacks its result");
      CANDOR_ASSIGN_OR_RETURN(input.results.emplace_back(), domain::DecodeClosedResult(*result));
      CANDOR_ASSIGN_OR_RETURN(const auto report,
                              transaction.FindSurveyDocument(district, survey.id, SurveyDocument::kReport));
      if (!report.has_value()) return domain::errors::StoreCorrupt("a released survey lacks its report");
      CANDOR_ASSIGN_OR_RETURN(v1::Report parsed, ParseReport(*report));
      input.scores.push_back(std::move(*parsed.mutable_scores()));
      if (contract) continue;
      CANDOR_ASSIGN_OR_RETURN(const auto document,
                              transaction.FindSurveyDocument(district, survey.id, SurveyDocument::kContract));
      const auto decoded = domain::DecodeContract(document.value_or(""));
      if (!decoded.ok()) return domain::errors::StoreCorrupt("a stored anonymity contract cannot be read");
      input.contract = *decoded;
      contract = true;
    }
    if (surveys.size() < static_cast<size_t>(page.limit)) break;
    page.after = surveys.back().id.value();
  }
  if (!contract) return not_released("no survey of the campaign has a result");
  CANDOR_ASSIGN_OR_RETURN(const auto version,
                          transaction.FindInstrumentVersion(district, row->settings.instrument,
                                                            static_cast<int32_t>(row->settings.instrument_version)));
  if (!version.has_value()) return domain::errors::StoreCorrupt("a released campaign lacks its instrument");
  CANDOR_ASSIGN_OR_RETURN(input.version, domain::DecodeInstrumentVersion(version->document));
  if (row->pooled_figures.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(input.pooled, domain::DecodePooledFigures(*row->pooled_figures));
  }
  if (row->benchmark.has_value() && !input.benchmark.ParseFromString(*row->benchmark)) {
    return domain::errors::StoreCorrupt("a stored benchmark cannot be read");
  }
  CANDOR_RETURN_IF_ERROR(CheckTogether(input));
  return BuildDistrictSummary(input);
}

}  // namespace candor::reporting
