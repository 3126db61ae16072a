#include "candor/v1/report.grpc.pb.h"

#include <unistd.h>

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "candor/v1/follow_up.grpc.pb.h"
#include "candor/v1/scoring.grpc.pb.h"
#include "clients/cli/new_file.h"
#include "clients/cli/pdf.h"
#include "clients/cli/report_rounds.h"
#include "clients/cli/verbs.h"
#include "clients/report/csv_report.h"
#include "clients/report/figures.h"
#include "clients/report/html_report.h"
#include "clients/report/text_comments.h"
#include "clients/report/text_growth_plan.h"
#include "clients/report/text_report.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::cli {
namespace {

using candor::v1::ReportService;
using candor::v1::ScoringService;

constexpr char kStandardOutput[] = "-";

struct GetOptions {
  std::string name;
  int width = 96;
  bool no_color = false;
  std::string csv;   // file for the figures; "-": standard output; empty: none
  std::string html;  // file for the whole of it; likewise
  std::string pdf;   // the same as PDF; likewise
  std::optional<std::string> language, paper;  // of the page
  bool with_plan = false;                      // on the page
};

struct ListOptions {
  std::string campaign = "-";
};

struct ScoresOptions {
  std::string survey;
  std::string kind = "domain";
};

// A survey's name, whether a survey's, a report's or a short name was given.
absl::StatusOr<std::string> SurveyName(Context& c, const std::string& name) {
  CANDOR_ASSIGN_OR_RETURN(const std::string full, c.FullName("campaigns", name));
  return absl::EndsWith(full, "/report") ? full.substr(0, full.size() - 7) : full;
}

// The questions back to the report's comments; unset where the contract allows none.
absl::StatusOr<std::optional<candor::v1::ListFollowUpsResponse>> FollowUpsOf(Context& c, const std::string& survey) {
  candor::v1::ListFollowUpsRequest request;
  request.set_parent(survey);
  const auto follow_ups = c.Call(&candor::v1::FollowUpService::Stub::ListFollowUps, request);
  if (base::GetErrorDetail(follow_ups.status()).reason == domain::reasons::kFOLLOW_UP_OVER) {
    return std::optional<candor::v1::ListFollowUpsResponse>();
  }
  if (!follow_ups.ok()) return follow_ups.status();
  return std::optional<candor::v1::ListFollowUpsResponse>(*follow_ups);
}

absl::StatusOr<std::string> CommentsText(Context& c, const std::string& survey,
                                         const candor::v1::ReportComments& comments,
                                         const report::TextOptions& text) {
  CANDOR_ASSIGN_OR_RETURN(const auto follow_ups, FollowUpsOf(c, survey));
  return report::RenderComments(comments, text, follow_ups.has_value() ? &*follow_ups : nullptr);
}

// The plan beside the report, for whom it is; else unset.
absl::StatusOr<std::optional<candor::v1::GrowthPlan>> PlanOf(Context& c, const std::string& survey) {
  candor::v1::GetGrowthPlanRequest request;
  request.set_name(survey + "/growthPlan");
  const auto plan = c.Call(&ReportService::Stub::GetGrowthPlan, request);
  if (base::GetErrorDetail(plan.status()).reason == domain::reasons::kCALLER_NOT_ALLOWED) {
    return std::optional<candor::v1::GrowthPlan>();
  }
  if (!plan.ok()) return plan.status();
  return std::optional<candor::v1::GrowthPlan>(*plan);
}

absl::StatusOr<std::string> PlanText(Context& c, const std::string& survey, const candor::v1::Report& report,
                                     const report::TextOptions& text) {
  CANDOR_ASSIGN_OR_RETURN(const auto plan, PlanOf(c, survey));
  return plan.has_value() ? report::RenderGrowthPlan(*plan, text, report::TitlesOf(report)) : "";
}

report::TextOptions TextOf(const GetOptions& options) {
  report::TextOptions text;
  text.width = options.width;
  text.color = !options.no_color && isatty(STDOUT_FILENO) == 1;
  return text;
}

// A report names its leader: nobody else on the machine reads the file.
absl::Status WriteReport(const Context& c, const std::string& file, const std::string& bytes) {
  if (file == kStandardOutput) return Print(bytes);
  CANDOR_RETURN_IF_ERROR(WriteNewFile(file, bytes));
  return Print(c.options.json ? base::Json{{"file", file}}.dump(2) + "\n" : absl::StrCat("The report is in ", file, ".\n"));
}

std::string HtmlOf(const GetOptions& options, const candor::v1::Report& report, const candor::v1::ReportComments& comments,
                   const candor::v1::GrowthPlan* plan) {
  report::HtmlOptions html;
  html.language = options.language.value_or(html.language);
  if (options.paper.has_value()) html.paper = *options.paper == "a4" ? report::Paper::kA4 : report::Paper::kLetter;
  return report::RenderHtml(report, html, &comments, plan);
}

bool IsPage(const GetOptions& options) { return !options.html.empty() || !options.pdf.empty(); }

// Reading is noted, so what cannot be written is found out before.
absl::Status CheckGet(const GetOptions& options) {
  if (!IsPage(options) && (options.language.has_value() || options.paper.has_value())) {
    return UsageError("--language and --paper are about the page that --html or --pdf writes; give one of them too");
  }
  if (!IsPage(options) && options.with_plan) {
    return UsageError("--with-plan is about the page that --html or --pdf writes; give one of them too");
  }
  for (const std::string& file : {options.csv, options.html, options.pdf}) {
    if (!file.empty() && file != kStandardOutput) CANDOR_RETURN_IF_ERROR(CheckNewFile(file));
  }
  return options.pdf.empty() ? absl::OkStatus() : CheckPdf();
}

absl::Status WritePage(const Context& c, const GetOptions& options, const std::string& html) {
  if (options.pdf.empty()) return WriteReport(c, options.html, html);
  CANDOR_ASSIGN_OR_RETURN(const std::string pdf, PdfOf(html));
  return WriteReport(c, options.pdf, pdf);
}

absl::Status Get(Context& c, const GetOptions& options) {
  CANDOR_RETURN_IF_ERROR(CheckGet(options));
  candor::v1::GetReportRequest request;
  CANDOR_ASSIGN_OR_RETURN(const std::string survey, SurveyName(c, options.name));
  request.set_name(survey + "/report");
  CANDOR_ASSIGN_OR_RETURN(const auto report, c.Call(&ReportService::Stub::GetReport, request));
  if (!options.csv.empty()) return WriteReport(c, options.csv, report::RenderCsv(report));
  // The comments stand beside the report; as JSON each is a document of its own.
  if (c.options.json && !IsPage(options)) return c.Show(report, [] { return std::string(); });
  candor::v1::GetReportCommentsRequest beside;
  beside.set_name(request.name());
  CANDOR_ASSIGN_OR_RETURN(const auto comments, c.Call(&ReportService::Stub::GetReportComments, beside));
  if (IsPage(options)) {
    std::optional<candor::v1::GrowthPlan> plan;
    if (options.with_plan) {
      CANDOR_ASSIGN_OR_RETURN(plan, PlanOf(c, survey));
    }
    return WritePage(c, options, HtmlOf(options, report, comments, plan.has_value() ? &*plan : nullptr));
  }
  const report::TextOptions text = TextOf(options);
  CANDOR_ASSIGN_OR_RETURN(const std::string beside_it, CommentsText(c, survey, comments, text));
  CANDOR_ASSIGN_OR_RETURN(const std::string plan, PlanText(c, survey, report, text));
  return Print(absl::StrCat(report::RenderText(report, text), beside_it, plan));
}

absl::Status Comments(Context& c, const GetOptions& options) {
  candor::v1::GetReportCommentsRequest request;
  CANDOR_ASSIGN_OR_RETURN(const std::string survey, SurveyName(c, options.name));
  request.set_name(survey + "/report");
  CANDOR_ASSIGN_OR_RETURN(const auto comments, c.Call(&ReportService::Stub::GetReportComments, request));
  std::string text;
  if (!c.options.json) {
    CANDOR_ASSIGN_OR_RETURN(text, CommentsText(c, survey, comments, TextOf(options)));
  }
  return c.Show(comments, [&] { return text; });
}

void DeclareText(CLI::App& verb, GetOptions& options) {
  verb.add_option("report", options.name, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY[/report]")->required();
  verb.add_option("--width", options.width, "Width of the text in characters")
      ->check(CLI::Range(report::kNarrowestText, report::kWidestText))
      ->capture_default_str();
  verb.add_flag("--no-color", options.no_color, "No colours, also in a terminal");
}

void DeclareGet(CLI::App& verb, GetOptions& options) {
  DeclareText(verb, options);
  CLI::Option* csv = verb.add_option("--csv", options.csv,
                                     "Write the figures as comma-separated values to this new file, for spreadsheets and "
                                     "programs; - for standard output");
  CLI::Option* html = verb.add_option("--html", options.html,
                                      "Write the report and its comments to this new file, for a browser and for paper; "
                                      "- for standard output");
  CLI::Option* pdf = verb.add_option("--pdf", options.pdf,
                                     "Write the same as a tagged PDF to this new file, by Debian's weasyprint; - for standard "
                                     "output");
  html->excludes(csv);
  pdf->excludes(csv);
  pdf->excludes(html);
  verb.add_option("--language", options.language, "What the page's own words are in: en (if not given) or es")
      ->check(CLI::IsMember(std::vector<std::string>{"en", "es"}));
  verb.add_option("--paper", options.paper, "What the page is printed on: letter (if not given) or a4")
      ->check(CLI::IsMember(std::vector<std::string>{"letter", "a4"}));
  // Not unless it is asked for: whoever gets the page gets the plan.
  verb.add_flag("--with-plan", options.with_plan, "Put your growth plan on the page too, for whoever you give it to");
}

absl::Status List(Context& c, const ListOptions& options) {
  candor::v1::ListReportsRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", options.campaign));
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&ReportService::Stub::ListReports, request));
  return c.Show(all, [&] {
    Table table({"NAME", "LEADER", "CAMPAIGN", "PLANNED CLOSE"});
    for (const auto& r : all.reports()) {
      table.Add({r.name(), r.leader_display_name(), r.campaign_title(), ShortTime(r.close_time())});
    }
    return table.Text();
  });
}

absl::Status GetScores(Context& c, const ScoresOptions& options) {
  candor::v1::GetScoresRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), SurveyName(c, options.survey));
  CANDOR_ASSIGN_OR_RETURN(const auto scores, c.Call(&ScoringService::Stub::GetScores, request));
  return c.Show(scores, [&] {
    const sentences::Sentences say = report::WordsOf(scores);
    std::vector<std::string> header = {"CODE", "TITLE", scores.has_team() ? "TEAM ITSELF" : "SELF", "SUPERVISOR"};
    for (const auto& group : scores.groups()) header.push_back(group.code());
    header.insert(header.end(), {"all raters", "GAP", ""});
    Table table(header);
    const report::Lines lines = report::LinesOf(scores.rules());
    for (const auto& unit : scores.units()) {
      if (unit.kind() != UnitKindOf(options.kind)) continue;
      std::vector<std::string> row = {unit.code(), unit.title(), report::PersonFigure(unit.self(), lines),
                                      report::PersonFigure(unit.supervisor(), lines)};
      for (const auto& group : unit.groups()) row.push_back(report::ShortFigure(group, lines));
      row.push_back(report::ShortFigure(unit.all_raters(), lines));
      row.push_back(report::ShortGap(unit.gap(), lines));
      row.push_back(report::GapWords(unit.gap(), say));
      table.Add(row);
    }
    return table.Text();
  });
}

}  // namespace

void AddReportVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "report", "Released reports");
  AddVerb<GetOptions>(
      *noun, context, "get", "Read a report, and what stands beside it: the comments and your growth plan", DeclareGet, Get);
  AddVerb<GetOptions>(*noun, context, "comments", "Read the comments alone", DeclareText, Comments);
  AddVerb<ListOptions>(
      *noun, context, "list", "List the released reports that you may read",
      [](CLI::App& verb, ListOptions& options) {
        verb.add_option("campaign", options.campaign, "The campaign's name, or id with --district; - for all")
            ->capture_default_str();
      },
      List);
  AddReportRoundVerbs(*noun, context);
  AddVerb<ScoresOptions>(
      app, context, "scores", "Show a leader's scores by group against the self-rating",
      [](CLI::App& verb, ScoresOptions& options) {
        verb.add_option("survey", options.survey, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY")->required();
        verb.add_option("--by", options.kind, "overall, domain, competency, theme or indicator")
            ->check(CLI::IsMember(UnitKinds()))
            ->capture_default_str();
      },
      GetScores);
}

}  // namespace candor::cli
