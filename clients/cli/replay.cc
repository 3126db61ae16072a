#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "clients/cli/campaign_calls.h"
#include "clients/cli/many_respondents.h"
#include "clients/cli/parallel.h"
#include "clients/cli/replay_plan.h"
#include "clients/cli/setup_calls.h"
#include "clients/cli/verbs.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::ReportService;

constexpr absl::Duration kAnswering = absl::Hours(24 * 7);  // far more than any replay takes
constexpr absl::Duration kWaitLimit = absl::Hours(12);
constexpr int kSetupThreads = 4;

struct ReplayOptions {
  std::string structure, ratings, invited, out;
  int threads = 16;
};

// What the service calls a leader of the plan.
struct PlayedLeader {
  std::string survey;
  std::shared_ptr<client::Connection> leader, supervisor;
};

absl::StatusOr<ReplayPlan> ReadPlan(const ReplayOptions& options, bool json, ProgressLine& progress) {
  CANDOR_ASSIGN_OR_RETURN(const std::string structure_text, base::ReadFile(options.structure));
  CANDOR_ASSIGN_OR_RETURN(const ScoreStructure structure, ParseStructure(structure_text, options.structure));
  CANDOR_ASSIGN_OR_RETURN(const std::string ratings_text, base::ReadFile(options.ratings, size_t{8} << 30));
  CANDOR_ASSIGN_OR_RETURN(const RatingRows rows,
                          ParseRatings(ratings_text, options.ratings, structure,
                                       [&](absl::string_view step, int64_t done, int64_t total) {
                                         progress.Update(step, done, total);
                                       }));
  std::optional<InvitedCounts> invited;
  if (!options.invited.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const std::string invited_text, base::ReadFile(options.invited));
    CANDOR_ASSIGN_OR_RETURN(invited, ParseInvited(invited_text, options.invited));
  }
  const InvitedCounts* known = invited.has_value() ? &*invited : nullptr;
  progress.Finish();
  for (const std::string& warning : FindInputWarnings(structure, options.structure, rows, known, options.invited)) {
    Warn(warning, json);
  }
  CANDOR_ASSIGN_OR_RETURN(ReplayPlan plan, MakeReplayPlan(structure, rows, known));
  for (const std::string& sentence : plan.ignored) Warn(absl::StrCat(options.structure, ": ", sentence), json);
  return plan;
}

// A leader with a key, the supervisor with another where there is a rating to save, and the survey with its slips.
absl::StatusOr<PlayedLeader> SetUpLeader(Context& c, const std::string& district, const std::string& campaign,
                                         const ReplayLeader& leader) {
  PlayedLeader played;
  candor::v1::Person person;
  person.set_display_name(leader.id);
  person.add_roles(candor::v1::ROLE_LEADER);
  if (leader.supervisor.has_value()) {
    candor::v1::Person supervisor;
    supervisor.set_display_name(absl::StrCat("Supervisor of ", leader.id));
    supervisor.add_roles(candor::v1::ROLE_SUPERVISOR);
    CANDOR_ASSIGN_OR_RETURN(const std::string name, MakePerson(c, district, supervisor));
    person.add_supervisors(name);
    CANDOR_ASSIGN_OR_RETURN(played.supervisor, ConnectAs(c, name));
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string name, MakePerson(c, district, person));
  CANDOR_ASSIGN_OR_RETURN(played.leader, ConnectAs(c, name));
  CANDOR_ASSIGN_OR_RETURN(played.survey, MakeSurvey(c, campaign, name));
  for (const auto& [group, count] : leader.invited) CANDOR_RETURN_IF_ERROR(AddPaper(c, played.survey, group, count));
  return played;
}

absl::Status SaveReport(const PlayedLeader& played, const std::string& path) {
  candor::v1::GetReportRequest request;
  request.set_name(played.survey + "/report");
  ReportService::Stub stub(played.leader->channel());
  CANDOR_ASSIGN_OR_RETURN(const auto report,
                          played.leader->CallRepeatedly({}, stub, &ReportService::Stub::GetReport, request));
  return base::WriteFileAtomically(path, ToJson(report), 0644);
}

absl::Status Replay(Context& c, const ReplayOptions& options) {
  const absl::Time start = absl::Now();
  ProgressLine progress(c.options.quiet);
  CANDOR_ASSIGN_OR_RETURN(const ReplayPlan plan, ReadPlan(options, c.options.json, progress));
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(options.out, 0755));

  progress.Update("framework and instrument", 0, 0);
  // A district of its own for every replay, so that nothing of an earlier one is in the way.
  CANDOR_ASSIGN_OR_RETURN(const std::string district, MakeDistrict(c, plan.title));
  candor::v1::Campaign draft;
  CANDOR_ASSIGN_OR_RETURN(*draft.mutable_instrument_version(),
                          MakeInstrument(c, district, plan.framework, plan.instrument));
  draft.set_title(plan.title);
  draft.set_minimum_group_size(plan.minimum_group_size);
  *draft.mutable_close_time() = ToTimestamp(absl::Now() + kAnswering);
  CANDOR_ASSIGN_OR_RETURN(const std::string campaign, MakeCampaign(c, district, draft));

  const auto count = static_cast<int64_t>(plan.leaders.size());
  std::vector<PlayedLeader> played(plan.leaders.size());
  std::atomic<int64_t> done{0};
  CANDOR_RETURN_IF_ERROR(ForEach(played.size(), kSetupThreads, [&](size_t i) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(played[i], SetUpLeader(c, district, campaign, plan.leaders[i]));
    progress.Update("leaders, supervisors, keys and invitations", done.fetch_add(1) + 1, count);
    return absl::OkStatus();
  }));
  CANDOR_RETURN_IF_ERROR(CheckPreview(c, campaign));
  CANDOR_RETURN_IF_ERROR(OpenAndWait(c, campaign, kWaitLimit, progress).status());

  // A code for every anonymous row.
  std::vector<RespondentTask> tasks;
  tasks.reserve(static_cast<size_t>(plan.anonymous));
  for (size_t i = 0; i < played.size(); ++i) {
    CANDOR_ASSIGN_OR_RETURN(auto codes, CodesOf(c, played[i].survey));
    for (const ReplayLeader::Row& row : plan.leaders[i].rows) {
      std::vector<std::string>& of_group = codes[row.group];
      if (of_group.empty()) {
        return absl::InternalError(
            absl::StrCat("the server gave too few codes for the leader ", plan.leaders[i].id, ", group ", row.group));
      }
      RespondentTask task;
      task.code = std::move(of_group.back());
      of_group.pop_back();
      task.answers = row.answers;
      tasks.push_back(std::move(task));
    }
    progress.Update("codes of surveys", static_cast<int64_t>(i + 1), count);
  }
  CANDOR_RETURN_IF_ERROR(AnswerAll(c, options.threads, "anonymous answers", progress, tasks));

  done = 0;
  CANDOR_RETURN_IF_ERROR(ForEach(played.size(), kSetupThreads, [&](size_t i) -> absl::Status {
    const ReplayLeader& leader = plan.leaders[i];
    if (leader.self.has_value()) {
      CANDOR_RETURN_IF_ERROR(
          SaveRating(*played[i].leader, played[i].survey, domain::kSelf, plan.indicators, *leader.self));
    }
    if (leader.supervisor.has_value()) {
      CANDOR_RETURN_IF_ERROR(SaveRating(*played[i].supervisor, played[i].survey, domain::kSupervisor, plan.indicators,
                                        *leader.supervisor));
    }
    progress.Update("ratings of leaders and supervisors", done.fetch_add(1) + 1, count);
    return absl::OkStatus();
  }));

  CANDOR_RETURN_IF_ERROR(CloseAndWait(c, campaign, kWaitLimit, progress).status());
  CANDOR_RETURN_IF_ERROR(ReleaseAndWait(c, campaign, kWaitLimit, progress).status());
  for (size_t i = 0; i < played.size(); ++i) {
    CANDOR_RETURN_IF_ERROR(SaveReport(played[i], absl::StrCat(options.out, "/", plan.leaders[i].id, ".json")));
    progress.Update("reports", static_cast<int64_t>(i + 1), count);
  }
  progress.Finish();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  if (c.options.json) {
    // The last line is for programs as for people, so the campaign's name comes before it.
    CANDOR_RETURN_IF_ERROR(Print(absl::StrCat("{\"campaign\": \"", campaign, "\"}\n")));
  }
  return Print(absl::StrFormat("replayed %d leaders, %d anonymous answers, %.1f seconds\n", count, plan.anonymous,
                               seconds));
}

}  // namespace

void AddReplayVerb(CLI::App& app, Context& context) {
  AddVerb<ReplayOptions>(
      app, context, "replay", "Send a file of ratings through a whole campaign and read every leader's report",
      [](CLI::App& verb, ReplayOptions& options) {
        verb.add_option("--structure", options.structure, "JSON: items, scales, constants")->required();
        verb.add_option("--ratings", options.ratings, "CSV: leader,group,rater and one column for each item")->required();
        verb.add_option("--invited", options.invited,
                        "CSV: leader,group,invited; without it as many are invited as have rows");
        verb.add_option("--out", options.out, "Folder for the reports, one LEADER.json each")->required();
        verb.add_option("--threads", options.threads, "How many respondents answer at once")
            ->check(CLI::Range(1, 256))
            ->capture_default_str();
        verb.footer("Students become the group student, parents parent, any other group one of its own; self and "
                    "supervisor are the identified ratings; min_n becomes k, strength_cut and gap_delta the report's lines; weights other than 1 of anonymous "
                    "groups are refused; exempt, pool_min_n, target and skew_null are not used. Every run makes a new district and campaign.");
      },
      Replay);
}

}  // namespace candor::cli
