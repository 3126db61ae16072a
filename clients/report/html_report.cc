#include "clients/report/html_report.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/report/html_brief.h"
#include "clients/report/html_comparisons.h"
#include "clients/report/html_notes.h"
#include "clients/report/html_plan.h"
#include "clients/report/html_priorities.h"
#include "clients/report/html_statements.h"
#include "clients/report/html_template.h"
#include "clients/report/html_units.h"
#include "clients/report/html_words.h"
#include "clients/report/layout.h"
#include "clients/report/report_units.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using base::Json;
using sentences::Sentences;

std::string Joined(const std::string& first, const std::string& second) {
  return first.empty() || second.empty() ? absl::StrCat(first, second) : absl::StrCat(first, ", ", second);
}

std::string PurposeText(const v1::Report& report, const Sentences& say) {
  return report.purpose() == "developmental" ? say.Say("report.purpose_developmental") : Clean(report.purpose());
}

// Fills templates with what stands in each of them: the labels, and the notice that nobody may overlook.
class Page {
 public:
  explicit Page(const HtmlWords& words) : words_(words) {
    shared_ = {{"w", words.Labels()}, {"notice", ""}, {"page_lang", words.language()}};
    if (words.report().evaluative_use_forbidden()) shared_["notice"] = words.say().Say("report.not_to_judge");
  }

  Html Make(Template name, Json data) const {
    data.update(shared_);
    return Fill(name, data);
  }

  // A section, and the place in the list of contents where it has a title of its own there.
  void Add(Template name, const Json& data) {
    Json section = Json::object();
    PutHtml(section, "markup", Make(name, data));
    sections_.push_back(section);
  }
  void Link(const char* id, const char* label) {
    links_.push_back({{"id", id}, {"text", words_.say().Say(label)}});
  }

  const Json& sections() const { return sections_; }
  const Json& links() const { return links_; }

 private:
  const HtmlWords& words_;
  Json shared_;
  Json sections_ = Json::array();
  Json links_ = Json::array();
};

Json HeaderData(const HtmlWords& words, Paper paper) {
  const v1::Report& report = words.report();
  const Sentences& say = words.say();
  const std::string name = Clean(report.leader_display_name());
  Json facts = Json::array();
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) facts.push_back({{"label", say.Say(label)}, {"value", value}});
  };
  const std::string until =
      report.has_close_time() ? say.Say("report.planned_until", {{"date", DateText(report.close_time(), say)}}) : "";
  add("report.campaign", Joined(Clean(report.campaign_title()), until));
  add("report.purpose", PurposeText(report, say));
  return {{"title", name.empty() ? say.Say("report.title") : say.Say("report.title_of", {{"name", name}})},
          {"place", Joined(Clean(report.leader_job_title()), Clean(report.school_title()))},
          {"facts", facts},
          {"paper", paper == Paper::kA4 ? "A4" : "letter"},
          {"running", report.evaluative_use_forbidden() ? say.Say("report.not_to_judge_running") : ""}};
}

void AddFigures(const HtmlWords& words, Page& page) {
  if (!HasFigures(words.report())) return;
  const Json units = UnitsData(words);
  page.Add(Template::kUnits, units);
  page.Link("units", "report.units");
  if (units.at("themes").is_object()) page.Link("themes", "report.themes");
  const Json priorities = PriorityAreasData(words);
  if (!priorities.empty()) {
    page.Add(Template::kPriorities, {{"areas", priorities}});
    page.Link("priorities", "report.priority_areas");
  }
  const Json statements = StatementsData(words);
  if (!statements.at("competencies").empty()) {
    page.Add(Template::kStatements, statements);
    page.Link("statements", "report.statements");
  }
  const Json comparisons = ComparisonsData(words);
  page.Add(Template::kComparisons, comparisons);
  if (comparisons.at("changes").is_object()) page.Link("changes", "report.changes");
  if (comparisons.at("benchmark").is_object()) page.Link("benchmark", "report.benchmark");
  if (!comparisons.at("parts").empty()) page.Link("parts", "report.parts");
}

}  // namespace

std::string RenderHtml(const v1::Report& report, const HtmlOptions& options, const v1::ReportComments* comments,
                       const v1::GrowthPlan* plan) {
  const HtmlWords words(report, options.language);
  Page page(words);
  AddFigures(words, page);
  const Json beside = comments == nullptr ? Json(false) : CommentsData(words, *comments);
  if (beside.is_object()) {
    page.Add(Template::kComments, beside);
    page.Link("comments", "report.comments");
  }
  const Json planned = plan == nullptr ? Json(false) : PlanData(words, *plan);
  if (planned.is_object()) {
    page.Add(Template::kPlan, planned);
    page.Link("plan", "report.plan");
  }
  const Json notes = NotesData(words);
  page.Add(Template::kNotes, notes);
  page.Link("notes", notes.at("notes").empty() ? "report.glossary" : "report.notes");

  Json data = HeaderData(words, options.paper);
  PutHtml(data, "brief", page.Make(Template::kBrief, {{"participation", ParticipationData(words)},
                                                      {"brief", BriefData(words)},
                                                      {"working", WorkingData(words)}}));
  data["sections"] = page.sections();
  data["links"] = page.links();
  PutHtml(data, "about", page.Make(Template::kAbout, notes));
  return page.Make(Template::kPage, std::move(data)).markup();
}

}  // namespace candor::report
