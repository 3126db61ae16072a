#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "clients/cli/campaign_calls.h"
#include "clients/cli/demo_plan.h"
#include "clients/cli/instrument_file.h"
#include "clients/cli/many_respondents.h"
#include "clients/cli/setup_calls.h"
#include "clients/cli/verbs.h"
#include "clients/report/text_report.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;
using candor::v1::ReportService;

constexpr absl::Duration kAnswering = absl::Hours(24 * 14);
constexpr absl::Duration kWaitLimit = absl::Hours(1);
constexpr int kThreads = 8;
constexpr char kPaperGroup[] = "parent";  // gets paper slips instead of names
constexpr char kOptOutGroup[] = "student";
constexpr int kOptedOut = 2;         // for each leader, beside those who are invited
constexpr double kChangeRate = 0.1;  // share of respondents who change an answer before closing
constexpr int kTryItInvited = 6;     // slips of the survey that is left open for trying

struct DemoOptions {
  std::string files = "deploy/demo";
};

struct DemoRun {
  std::string district_name, version, campaign;
  domain::Framework framework;
  domain::Instrument instrument;
  DemoDistrict district;
  std::vector<std::string> surveys;  // one for each leader, as are the two below
  std::vector<std::string> people;
  std::vector<std::shared_ptr<client::Connection>> leaders;
  std::shared_ptr<client::Connection> supervisor;
  std::string response_address;  // of the response plane, where it is another server's
};

// The name as it may stand behind --district.
std::string Short(const DemoRun& run, const std::string& name) { return name.substr(run.district_name.size() + 1); }

// What a shell needs once, so that the commands below it are short.
std::string Environment(const Context& c, const DemoRun& run) {
  std::error_code ignored;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::string key = std::filesystem::absolute(c.options.key_file, ignored);
  const std::string& responses =
      c.options.response_server.empty() ? run.response_address : c.options.response_server;
  return absl::StrCat("  export PATH=\"", program, ":$PATH\"\n  export CANDOR_SERVER=", c.options.server,
                      " CANDOR_DISTRICT=", LastSegment(run.district_name),
                      responses.empty() ? "" : absl::StrCat(" CANDOR_RESPONSE_SERVER=", responses), "\n  export CANDOR_KEY_FILE=\"", key,
                      "\"\n");
}

absl::Status ReadFiles(const DemoOptions& options, DemoRun& run, std::string& framework_text) {
  CANDOR_ASSIGN_OR_RETURN(framework_text, base::ReadFile(options.files + "/framework.json"));
  CANDOR_ASSIGN_OR_RETURN(run.framework, domain::ParseFramework(framework_text));
  CANDOR_ASSIGN_OR_RETURN(run.instrument, ReadInstrumentFile(options.files + "/instrument.json"));
  CANDOR_ASSIGN_OR_RETURN(const std::string district_text, base::ReadFile(options.files + "/district.json"));
  CANDOR_ASSIGN_OR_RETURN(run.district, ParseDemo(district_text));
  return domain::CheckInstrument(run.instrument, run.framework);
}

// Names and addresses that are nobody's; families of a few pupils have opted out.
absl::Status AddRaters(Context& c, const std::string& survey, const DemoLeader& leader) {
  for (const auto& [group, count] : leader.raters) {
    if (group == kPaperGroup) {
      CANDOR_RETURN_IF_ERROR(AddPaper(c, survey, group, count));
      continue;
    }
    candor::v1::BatchCreateRatersRequest request;
    request.set_parent(survey);
    const int64_t opted_out = group == kOptOutGroup ? kOptedOut : 0;
    for (int64_t i = 0; i < count + opted_out; ++i) {
      auto* rater = request.add_raters();
      rater->set_group(group);
      rater->set_display_name(absl::StrCat("Example ", group, " ", i + 1));
      rater->set_address(absl::StrCat(group, ".", i + 1, "@", leader.school, ".example"));
      rater->set_opted_out(i >= count);
    }
    request.set_request_id(NewRequestId());
    CANDOR_RETURN_IF_ERROR(c.Call(&CampaignService::Stub::BatchCreateRaters, request).status());
  }
  return absl::OkStatus();
}

absl::Status SetUp(Context& c, const std::string& framework_text, ProgressLine& progress, DemoRun& run) {
  progress.Update("district, schools, framework and instrument", 0, 0);
  CANDOR_ASSIGN_OR_RETURN(run.district_name, MakeDistrict(c, run.district.title));
  std::map<std::string, std::string> schools;
  for (const auto& [code, title] : run.district.schools) {
    CANDOR_ASSIGN_OR_RETURN(schools[code], MakeSchool(c, run.district_name, title));
  }
  CANDOR_ASSIGN_OR_RETURN(run.version, MakeInstrument(c, run.district_name, framework_text, run.instrument));
  candor::v1::Person supervisor;
  supervisor.set_display_name(run.district.supervisor);
  supervisor.add_roles(candor::v1::ROLE_SUPERVISOR);
  CANDOR_ASSIGN_OR_RETURN(const std::string supervisor_name, MakePerson(c, run.district_name, supervisor));
  CANDOR_ASSIGN_OR_RETURN(run.supervisor, ConnectAs(c, supervisor_name));

  candor::v1::Campaign draft;
  draft.set_title("Leadership pulse, demonstration");
  draft.set_instrument_version(run.version);
  // The commands that are printed at the end read the reports with the administrator's key, once the leaders have read them.
  draft.set_administrator_reads(true);
  *draft.mutable_close_time() = ToTimestamp(absl::Now() + kAnswering);
  (*draft.mutable_notice()->mutable_values())["en"] =
      "Staff, students and families are asked about their school leaders. Taking part is voluntary and anonymous. "
      "The leader reads the report first, and the district's administrators may read it too. Families can opt their child "
      "out at the school's office.";
  CANDOR_ASSIGN_OR_RETURN(run.campaign, MakeCampaign(c, run.district_name, draft));
  for (const DemoLeader& leader : run.district.leaders) {
    candor::v1::Person person;
    person.set_display_name(leader.name);
    person.set_job_title(leader.title);
    person.set_school(schools[leader.school]);
    person.add_roles(candor::v1::ROLE_LEADER);
    person.add_supervisors(supervisor_name);
    CANDOR_ASSIGN_OR_RETURN(run.people.emplace_back(), MakePerson(c, run.district_name, person));
    CANDOR_ASSIGN_OR_RETURN(run.leaders.emplace_back(), ConnectAs(c, run.people.back()));
    CANDOR_ASSIGN_OR_RETURN(run.surveys.emplace_back(), MakeSurvey(c, run.campaign, run.people.back()));
    CANDOR_RETURN_IF_ERROR(AddRaters(c, run.surveys.back(), leader));
    progress.Update("leaders and raters", static_cast<int64_t>(run.surveys.size()),
                    static_cast<int64_t>(run.district.leaders.size()));
  }
  return CheckPreview(c, run.campaign);
}

// Items that a group, once joined with others, is not asked are left blank: a joined group is asked only what all of its
// members share.
void BlankUnasked(const domain::Instrument& instrument, const candor::v1::Survey& survey, const std::string& group,
                  std::vector<uint8_t>& marks) {
  for (const auto& issuing : survey.groups()) {
    if (std::find(issuing.members().begin(), issuing.members().end(), group) == issuing.members().end()) continue;
    const std::vector<int> common =
        domain::CommonItems(instrument, {issuing.members().begin(), issuing.members().end()});
    for (size_t i = 0; i < marks.size(); ++i) {
      if (!std::binary_search(common.begin(), common.end(), static_cast<int>(i))) marks[i] = domain::kBlank;
    }
  }
}

absl::StatusOr<std::vector<RespondentTask>> Simulate(Context& c, DemoRun& run, Simulation& simulation) {
  std::vector<RespondentTask> tasks;
  const std::vector<std::string> no_comments(run.instrument.prompts.size());
  for (size_t l = 0; l < run.surveys.size(); ++l) {
    const DemoLeader& leader = run.district.leaders[l];
    candor::v1::GetSurveyRequest request;
    request.set_name(run.surveys[l]);
    CANDOR_ASSIGN_OR_RETURN(const auto survey, c.Call(&CampaignService::Stub::GetSurvey, request));
    CANDOR_ASSIGN_OR_RETURN(auto codes, CodesOf(c, run.surveys[l]));
    for (auto& [group, of_group] : codes) {
      const auto rate = leader.response_rate.find(group);
      const double share = rate == leader.response_rate.end() ? 1 : rate->second;
      of_group.resize(static_cast<size_t>(std::round(share * static_cast<double>(of_group.size()))));
      for (std::string& code : of_group) {
        RespondentTask task;
        task.code = std::move(code);
        task.answers.ratings = SimulateRater(run.district, leader, group, run.instrument, run.framework, simulation);
        BlankUnasked(run.instrument, survey, group, task.answers.ratings);
        task.answers.comments = no_comments;
        if (simulation.Uniform() < kChangeRate) {
          task.changed_from = task.answers;
          for (uint8_t& mark : task.changed_from.ratings) {
            if (mark == domain::kBlank || mark == domain::kNotObserved) continue;
            mark = mark == 1 ? 2 : static_cast<uint8_t>(mark - 1);
            break;
          }
        }
        tasks.push_back(std::move(task));
      }
    }
  }
  return tasks;
}

absl::Status SaveIdentified(const DemoRun& run, Simulation& simulation) {
  std::vector<std::string> indicators;
  for (const domain::Item& item : run.instrument.items) indicators.push_back(item.indicator);
  for (size_t l = 0; l < run.surveys.size(); ++l) {
    const DemoLeader& leader = run.district.leaders[l];
    CANDOR_RETURN_IF_ERROR(SaveRating(*run.leaders[l], run.surveys[l], domain::kSelf, indicators,
                                      SimulateIdentified(run.district, leader.self, domain::kSelf, run.instrument,
                                                         run.framework, simulation)));
    CANDOR_RETURN_IF_ERROR(SaveRating(*run.supervisor, run.surveys[l], domain::kSupervisor, indicators,
                                      SimulateIdentified(run.district, leader.supervisor, domain::kSupervisor,
                                                         run.instrument, run.framework, simulation)));
  }
  return absl::OkStatus();
}

// The ledger of the survey that the first respondent answered, with that person's receipt.
absl::StatusOr<std::string> CheckOneReceipt(Context& c, const client::KeptReceipt& receipt) {
  CANDOR_ASSIGN_OR_RETURN(const auto response, c.AnonymousToResponsePlane(receipt.response_address));
  CANDOR_ASSIGN_OR_RETURN(const client::LedgerCheck check,
                          client::FetchLedger(*response, {}, domain::SurveyId(receipt.survey), ""));
  const client::ReceiptCheck checked = client::CheckReceipt(check, receipt);
  if (checked.standing != client::ReceiptStanding::kCounted) return absl::DataLossError(checked.sentence);
  std::vector<std::string> groups;
  for (const auto& g : check.ledger.groups) {
    groups.push_back(absl::StrCat(g.code, ": ", g.invited, " invited, ", g.issued, " codes used, ", g.counted,
                                  " counted, ", g.replaced, " changed"));
  }
  return absl::StrCat("One respondent's receipt was checked against the public ledger of that survey: the answers are counted.\n"
                      "The ledger's signature, sums and ", check.ledger.leaves.size(),
                      " leaves hold.\n  ", absl::StrJoin(groups, "\n  "), "\n");
}

// A second, small campaign that stays open, for the reader to answer in. The text that says how.
absl::StatusOr<std::string> OpenOneToTry(Context& c, const DemoRun& run, ProgressLine& progress) {
  candor::v1::Campaign draft;
  draft.set_title("Leadership pulse, open for trying");
  draft.set_instrument_version(run.version);
  *draft.mutable_close_time() = ToTimestamp(absl::Now() + kAnswering);
  CANDOR_ASSIGN_OR_RETURN(const std::string campaign, MakeCampaign(c, run.district_name, draft));
  CANDOR_ASSIGN_OR_RETURN(const std::string name, MakeSurvey(c, campaign, run.people.front()));
  const std::string group = run.instrument.rater_groups.front().code;
  CANDOR_RETURN_IF_ERROR(AddPaper(c, name, group, kTryItInvited));
  CANDOR_RETURN_IF_ERROR(OpenAndWait(c, campaign, kWaitLimit, progress).status());
  candor::v1::GetSurveyRequest request;
  request.set_name(name);
  CANDOR_ASSIGN_OR_RETURN(const auto survey, c.Call(&CampaignService::Stub::GetSurvey, request));
  CANDOR_ASSIGN_OR_RETURN(auto codes, CodesOf(c, name));
  if (codes[group].empty()) return absl::InternalError("the server gave no code for the survey that is open");
  return absl::StrCat(
      "Answer a survey yourself (a second campaign is open; of its ", kTryItInvited, " codes this is one):\n",
      "  candor answer --code ", codes[group].front(), " --expect-manifest ", survey.manifest_code(), "\n",
      "Then close it, release it and read its report as its leader, who alone may; with one answer it shows no figure, as it "
      "must:\n  candor campaign close ", Short(run, campaign), "\n  candor campaign release ", Short(run, campaign),
      "\n  candor key create ", LastSegment(run.people.front()), " --out leader.key\n  candor --key-file leader.key report get ",
      Short(run, name), "\n");
}

std::string HowToGoOn(const Context& c, const DemoRun& run, const std::string& try_it) {
  std::string text = absl::StrCat("\nHow to go on, in another terminal\n\nFirst, once:\n", Environment(c, run),
                                  "Read the other leaders' reports:\n");
  for (size_t l = 1; l < run.surveys.size(); ++l) {
    absl::StrAppend(&text, "  candor report get ", Short(run, run.surveys[l]), "   # ", run.district.leaders[l].name,
                    "\n");
  }
  const std::string first = Short(run, run.surveys[0]);
  absl::StrAppend(&text, "See a report as JSON, or only the scores:\n  candor --json report get ", first,
                  "\n  candor scores --by competency ", first,
                  "\nCheck a survey's ledger from the outside, without a key:\n  candor ledger ", LastSegment(first),
                  "\n", try_it,
                  "Run a campaign of your own: candor --help, and deploy/demo/README.md for the files.\n");
  return text;
}

// Every leader reads their own report, which is what others have to wait for.
absl::StatusOr<candor::v1::Report> ReadAsLeader(const DemoRun& run, size_t leader) {
  candor::v1::GetReportRequest request;
  request.set_name(run.surveys[leader] + "/report");
  ReportService::Stub stub(run.leaders[leader]->channel());
  return run.leaders[leader]->CallRepeatedly({}, stub, &ReportService::Stub::GetReport, request);
}

absl::Status Demo(Context& c, const DemoOptions& options) {
  ProgressLine progress(c.options.quiet);
  DemoRun run;
  std::string framework_text;
  CANDOR_RETURN_IF_ERROR(ReadFiles(options, run, framework_text));
  Simulation simulation(run.district.seed);
  CANDOR_RETURN_IF_ERROR(SetUp(c, framework_text, progress, run));
  CANDOR_RETURN_IF_ERROR(OpenAndWait(c, run.campaign, kWaitLimit, progress).status());
  CANDOR_ASSIGN_OR_RETURN(std::vector<RespondentTask> tasks, Simulate(c, run, simulation));
  CANDOR_RETURN_IF_ERROR(AnswerAll(c, kThreads, "blind tokens and anonymous answers", progress, tasks));
  progress.Update("ratings of leaders and their supervisor", 0, 0);
  CANDOR_RETURN_IF_ERROR(SaveIdentified(run, simulation));
  CANDOR_RETURN_IF_ERROR(CloseAndWait(c, run.campaign, kWaitLimit, progress).status());
  progress.Update("ledger", 0, 0);
  if (tasks.empty()) return absl::FailedPreconditionError("the demonstration has no respondents");
  run.response_address = tasks.front().receipt.response_address;
  CANDOR_ASSIGN_OR_RETURN(const std::string receipt, CheckOneReceipt(c, tasks.front().receipt));
  CANDOR_RETURN_IF_ERROR(ReleaseAndWait(c, run.campaign, kWaitLimit, progress).status());
  candor::v1::Report report;
  for (size_t l = run.surveys.size(); l-- > 0;) {
    CANDOR_ASSIGN_OR_RETURN(report, ReadAsLeader(run, l));
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string try_it, OpenOneToTry(c, run, progress));
  progress.Finish();
  if (c.options.json) return Print(ToJson(report));
  report::TextOptions text;
  text.color = isatty(STDOUT_FILENO) == 1;
  return Print(absl::StrCat(report::RenderText(report, text), "\n", tasks.size(),
                            " simulated people answered about ", run.surveys.size(), " leaders of ", run.district.title,
                            ",\nthrough the public API alone.\n\n", receipt, HowToGoOn(c, run, try_it)));
}

}  // namespace

void AddDemoVerb(CLI::App& app, Context& context) {
  AddVerb<DemoOptions>(
      app, context, "demo", "Take a fictitious district through a whole campaign, and print one leader's report",
      [](CLI::App& verb, DemoOptions& options) {
        verb.add_option("--files,--data-dir", options.files,
                        "Folder with framework.json, instrument.json and district.json")
            ->capture_default_str();
      },
      Demo);
}

}  // namespace candor::cli
