// Reports of more than one round or leader: rounds side by side, exports, what a district learns of a campaign.

#include "clients/cli/report_rounds.h"

#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "candor/v1/report.grpc.pb.h"
#include "clients/cli/district_summary_text.h"
#include "clients/cli/new_file.h"
#include "clients/cli/output.h"
#include "clients/report/figures.h"
#include "clients/report/text_growth_plan.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;
using v1::ReportService;

struct RoundsOptions {
  std::string survey;
  std::string kind = "competency";
};

struct ExportOptions {
  std::string campaign;
  std::string folder;
};

struct SummaryOptions {
  std::string campaign;
};

std::string ChangeCell(const v1::GroupScore& figure) {
  return figure.has_change() ? report::ChangeFigure(figure) : "";
}

// What the leader meant to do after each round, as far as the reader may read it.
std::string PlansText(const v1::RoundComparison& compared) {
  report::CompetencyTitles titles;
  for (const v1::UnitRounds& unit : compared.units()) {
    if (unit.kind() == v1::UNIT_KIND_COMPETENCY) titles[unit.code()] = unit.title();
  }
  std::string text;
  for (int i = 0; i < compared.rounds_size(); ++i) {
    if (!compared.rounds(i).has_growth_plan()) continue;
    absl::StrAppend(&text, report::RenderGrowthPlan(compared.rounds(i).growth_plan(), {}, titles,
                                                    absl::StrCat("Planned after round ", i + 1)));
  }
  return text;
}

absl::Status Rounds(Context& c, const RoundsOptions& options) {
  v1::CompareRoundsRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.survey));
  CANDOR_ASSIGN_OR_RETURN(const auto compared, c.Call(&ReportService::Stub::CompareRounds, request));
  return c.Show(compared, [&] {
    std::string text;
    for (int i = 0; i < compared.rounds_size(); ++i) {
      const v1::Round& round = compared.rounds(i);
      absl::StrAppend(&text, i + 1, "  ", round.campaign_title(), ", answering planned until ",
                      ShortTime(round.close_time()), "\n");
      if (round.compared_round().items_reworded() > 0) {
        absl::StrAppend(&text, "   ", round.compared_round().items_reworded(),
                        round.compared_round().items_reworded() == 1 ? " statement was" : " statements were",
                        " worded anew and is not compared with the round before\n");
      }
    }
    if (compared.some_not_readable()) absl::StrAppend(&text, "There are other rounds that you may not read.\n");
    if (compared.rounds_size() < 2) {
      return absl::StrCat(Printable(text), "There is one round alone, so there is nothing to set it beside.\n");
    }
    std::vector<std::string> header = {"CODE", "TITLE", "GROUP"};
    for (int i = 0; i < compared.rounds_size(); ++i) header.push_back(absl::StrCat("ROUND ", i + 1));
    header.push_back("CHANGE IN THE LAST ROUND");
    Table table(header);
    for (const v1::UnitRounds& unit : compared.units()) {
      if (unit.kind() != UnitKindOf(options.kind)) continue;
      for (const v1::GroupRounds& group : unit.groups()) {
        std::vector<std::string> row = {unit.code(), unit.title(), group.group()};
        for (const v1::GroupScore& figure : group.figures()) {
          const std::string interval = report::IntervalText(figure);
          row.push_back(absl::StrCat(report::ShortFigure(figure), interval.empty() ? "" : absl::StrCat(" (", interval, ")")));
        }
        row.push_back(ChangeCell(group.figures(group.figures_size() - 1)));
        table.Add(row);
      }
    }
    return absl::StrCat(Printable(text), "\n", table.Text(),
                        "\nIn brackets: how far a figure might move; ~ is typical for so many raters. Rounds may differ in groups and "
                        "statements, so the difference of two columns is no change; the last column is one.\n",
                        PlansText(compared));
  });
}

absl::Status Export(Context& c, const ExportOptions& options) {
  v1::ExportReportsRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", options.campaign));
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed) {
    return absl::InvalidArgumentError(absl::StrCat("cannot make the folder ", options.folder, ": ", failed.message()));
  }
  // A report counts as read once it is given, so what cannot be written is found out before.
  CANDOR_RETURN_IF_ERROR(CheckNewFile(absl::StrCat(options.folder, "/.trial-", NewRequestId())));
  int written = 0, kept = 0;
  do {
    CANDOR_ASSIGN_OR_RETURN(const auto page, c.Call(&ReportService::Stub::ExportReports, request));
    for (const v1::Report& report : page.reports()) {
      const std::vector<std::string> names = absl::StrSplit(report.name(), '/');
      // districts/{district}/campaigns/{campaign}/surveys/{survey}/report
      if (names.size() != 7) return absl::InternalError("the server names a report in a way that this program does not know");
      const std::string path = absl::StrCat(options.folder, "/", names[5], ".json");
      const absl::Status status = WriteNewFile(path, ToJson(report));
      if (absl::IsAlreadyExists(status)) {
        ++kept;
        continue;
      }
      CANDOR_RETURN_IF_ERROR(status);
      ++written;
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return Print(absl::StrCat(written, written == 1 ? " report" : " reports", " written to ", options.folder,
                            kept == 0 ? ""
                                      : absl::StrCat("; ", kept, kept == 1 ? " was" : " were",
                                                     " there before and left as it was"), "\n"));
}

absl::Status Summary(Context& c, const SummaryOptions& options) {
  v1::GetDistrictSummaryRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.campaign));
  CANDOR_ASSIGN_OR_RETURN(const auto summary, c.Call(&ReportService::Stub::GetDistrictSummary, request));
  return c.Show(summary, [&] { return Printable(DistrictSummaryText(summary)); });
}

}  // namespace

v1::UnitKind UnitKindOf(const std::string& kind) {
  static const std::map<std::string, v1::UnitKind> kinds = {{"overall", v1::UNIT_KIND_OVERALL},
                                                            {"domain", v1::UNIT_KIND_DOMAIN},
                                                            {"competency", v1::UNIT_KIND_COMPETENCY},
                                                            {"theme", v1::UNIT_KIND_THEME},
                                                            {"indicator", v1::UNIT_KIND_INDICATOR}};
  return kinds.at(kind);
}

void AddReportRoundVerbs(CLI::App& noun, Context& context) {
  AddVerb<RoundsOptions>(
      noun, context, "rounds", "Set a leader's rounds side by side",
      [](CLI::App& verb, RoundsOptions& options) {
        verb.add_option("survey", options.survey, "The newest: districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY")
            ->required();
        verb.add_option("--by", options.kind, "overall, domain, competency, theme or indicator")
            ->check(CLI::IsMember(UnitKinds()))
            ->capture_default_str();
      },
      Rounds);
  AddVerb<ExportOptions>(
      noun, context, "export", "Write all reports of a campaign that you may read, as JSON, a file each",
      [](CLI::App& verb, ExportOptions& options) {
        verb.add_option("campaign", options.campaign, "The campaign's name, or id with --district")->required();
        verb.add_option("--folder", options.folder, "Where to; files that are there are not written over")->required();
      },
      Export);
  AddVerb<SummaryOptions>(
      noun, context, "summary", "Sum up a campaign over its leaders: training needs, taking part; of five leaders or more",
      [](CLI::App& verb, SummaryOptions& options) {
        verb.add_option("campaign", options.campaign, "The campaign's name, or id with --district")->required();
      },
      Summary);
}

std::vector<std::string> UnitKinds() { return {"overall", "domain", "competency", "theme", "indicator"}; }

}  // namespace candor::cli
