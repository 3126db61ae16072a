#include "candor/v1/campaign.grpc.pb.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "clients/cli/campaign_calls.h"
#include "clients/cli/steward_files.h"
#include "clients/cli/verbs.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/breakdown.h"
#include "services/domain/json_reader.h"

namespace candor::cli {
namespace {

using candor::v1::Campaign;
using candor::v1::CampaignService;
using candor::v1::Survey;

// What create and update share. For an update only what was given is changed.
struct CampaignOptions {
  std::string name;  // of the resource: update alone
  std::string id;    // create alone
  std::string title, instrument_version, first_reader, close_time, close_in, latest_close_time, abandon_time, etag;
  int minimum_group = 0, insiders = 0, retention_days = 0, summary_only_below = 0, follow_up_days = 0;
  std::string breakdowns;  // a file
  std::string previous;
  bool supervisor_reads = false, administrator_reads = false;
  std::vector<std::string> notices, moderators, mirrors;
  std::string steward_key, steward_title, purpose;
  bool no_steward = false;  // update alone
  std::string auditor;
  CLI::App* verb = nullptr;
};

struct WaitOptions {
  std::string name;
  bool no_wait = false;
  bool discard_comments = false;  // of release alone
  std::string limit = "12h";
};

struct ExtendOptions {
  std::string name, close_time, close_in, etag;
};

struct LeaderOptions {
  std::string campaign, leader;
};

void DeclareSettings(CLI::App& verb, CampaignOptions& options) {
  options.verb = &verb;
  verb.add_option("--instrument-version", options.instrument_version,
                  "districts/DISTRICT/instruments/INSTRUMENT/versions/NUMBER");
  verb.add_option("--min-group", options.minimum_group, "k, the fewest answers behind any figure: 5 (default) to 100");
  verb.add_option("--insiders", options.insiders,
                  "t, how many answers of a group somebody may know from elsewhere: 1 (default) to 10");
  verb.add_option("--first-reader", options.first_reader, "Who reads the report first")
      ->check(CLI::IsMember(std::vector<std::string>{"leader", "supervisor"}));
  verb.add_flag("--supervisor-reads,!--supervisor-does-not-read", options.supervisor_reads,
                "Whether the leader's supervisors may read the report");
  verb.add_flag("--administrator-reads,!--administrator-does-not-read", options.administrator_reads,
                "Whether administrators may read the reports (raters are told; default: they may not)");
  verb.add_option("--close-time", options.close_time, "When answering ends: 2026-09-01 or 2026-09-01T18:00:00Z");
  verb.add_option("--close-in", options.close_in, "The same, counted from now: 14d, 36h")->excludes("--close-time");
  verb.add_option("--latest-close-time", options.latest_close_time, "The latest moment it may be moved to");
  verb.add_option("--abandon-time", options.abandon_time,
                  "When an unclosed survey is destroyed without a result; one that only a fault keeps from being counted, a "
                  "day later, which is what raters are told");
  verb.add_option("--retention-days", options.retention_days,
                  "Days after release, or closing while it is not released, until raters' names and addresses are "
                  "deleted: 1 to 3650 (default 365)");
  verb.add_option("--notice", options.notices,
                  "LANGUAGE=TEXT: what raters are told before the rules; may be given more than once");
  verb.add_option("--moderator", options.moderators,
                  "TITLE=PERSON: a person with the role of a moderator (name, or id with --district), who reads "
                  "comments before release; raters are told the title; may be given more than once; \"\" for none");
  verb.add_option("--summary-only-below", options.summary_only_below,
                  "Of groups with fewer invited, comments are released in a moderator's summary alone: 10 to 1000000 "
                  "(default 20)");
  verb.add_option("--follow-up-days", options.follow_up_days,
                  "Days after release in which a leader may put one question back to a comment; as many more to answer, "
                  "and as many to hand answers over: 1 to 30, at most a third of the retention days (default 0: no "
                  "questions). Needs a moderator");
  verb.add_option("--auditor", options.auditor,
                  "TITLE=PERSON: a person with the role of an auditor, to whom raters can report that they were pressed; "
                  "\"\" for none");
  verb.add_option("--steward-key", options.steward_key,
                  "The public key file of candor steward keygen: only who holds the shares can open the answers");
  verb.add_option("--steward-title", options.steward_title,
                  "Who holds the shares, as raters are told: a role or a body, for instance \"Works council\"");
  verb.add_option("--mirror", options.mirrors,
                  "https://... where others publish the manifests, for comparison; may be given more than once; \"\" for "
                  "none");
  verb.add_option("--purpose", options.purpose, "What the answers are for: developmental (the only one there is)");
  verb.add_option("--breakdowns", options.breakdowns,
                  "JSON file with the groups that the report shows by part: [{\"group\": \"staff\", \"parts\": "
                  "[{\"code\": \"lower\", \"title\": {\"en\": \"Lower school\"}}, ...]}]");
  verb.add_option("--previous", options.previous, "The round before, which reports compare this one with: a released "
                                                  "campaign on the same framework; \"\" for none");
}

// Members and types are checked here, what they may hold by the server.
absl::Status ReadBreakdownsFile(const std::string& file, Campaign& campaign) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(file));
  const auto list = base::ParseJson(bytes);
  CANDOR_RETURN_IF_ERROR(base::Annotate(list.status(), file));
  const base::Json document = {{"breakdowns", *list}};
  domain::JsonFault fault(absl::StatusCode::kInvalidArgument, "BREAKDOWNS_INVALID");
  domain::JsonObject object(document, "", &fault);
  for (const domain::Breakdown& breakdown : domain::ReadBreakdowns(object, "breakdowns", &fault)) {
    candor::v1::Breakdown* to = campaign.add_breakdowns();
    to->set_group(breakdown.group);
    for (const domain::Part& part : breakdown.parts) {
      candor::v1::Part* to_part = to->add_parts();
      to_part->set_code(part.code);
      for (const auto& [language, text] : part.title) (*to_part->mutable_title()->mutable_values())[language] = text;
    }
  }
  return base::Annotate(fault.status(), file);
}

absl::StatusOr<candor::v1::KeyHolder> HolderOf(Context& c, absl::string_view flag, const std::string& text) {
  const size_t equals = text.rfind('=');
  if (equals == std::string::npos) return UsageError(absl::StrCat(flag, " wants TITLE=PERSON, for instance Ombudsperson=kim"));
  candor::v1::KeyHolder holder;
  holder.set_title(text.substr(0, equals));
  CANDOR_ASSIGN_OR_RETURN(*holder.mutable_person(), c.FullName("people", text.substr(equals + 1)));
  return holder;
}

absl::Status Fill(Context& c, const CampaignOptions& options, Campaign& campaign) {
  campaign.set_title(options.title);
  if (!options.instrument_version.empty()) {
    const bool full = absl::StartsWith(options.instrument_version, "districts/") ||
                      absl::StartsWith(options.instrument_version, "instruments/");
    CANDOR_ASSIGN_OR_RETURN(
        *campaign.mutable_instrument_version(),
        c.FullName("instruments", absl::StrCat(full ? "" : "instruments/", options.instrument_version)));
  }
  campaign.set_minimum_group_size(options.minimum_group);
  campaign.set_insiders(options.insiders);
  if (options.first_reader == "leader") campaign.set_first_reader(candor::v1::FIRST_READER_LEADER);
  if (options.first_reader == "supervisor") campaign.set_first_reader(candor::v1::FIRST_READER_SUPERVISOR);
  campaign.set_supervisor_reads(options.supervisor_reads);
  campaign.set_administrator_reads(options.administrator_reads);
  if (!options.close_time.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const absl::Time time, ParseMoment(options.close_time));
    *campaign.mutable_close_time() = ToTimestamp(time);
  }
  if (!options.close_in.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const absl::Duration span, ParseSpan(options.close_in));
    *campaign.mutable_close_time() = ToTimestamp(absl::Now() + span);
  }
  if (!options.latest_close_time.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const absl::Time time, ParseMoment(options.latest_close_time));
    *campaign.mutable_latest_close_time() = ToTimestamp(time);
  }
  if (!options.abandon_time.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const absl::Time time, ParseMoment(options.abandon_time));
    *campaign.mutable_abandon_time() = ToTimestamp(time);
  }
  if (options.verb->count("--retention-days") > 0 && options.retention_days < 1) {
    return UsageError("--retention-days wants at least 1; raters' names are needed while the survey is open");
  }
  campaign.set_retention_days(options.retention_days);
  campaign.set_summary_only_below(options.summary_only_below);
  campaign.set_follow_up_days(options.follow_up_days);
  for (const std::string& notice : options.notices) {
    const size_t equals = notice.find('=');
    if (equals == std::string::npos) return UsageError("--notice wants LANGUAGE=TEXT, for instance en=\"...\"");
    (*campaign.mutable_notice()->mutable_values())[notice.substr(0, equals)] = notice.substr(equals + 1);
  }
  for (const std::string& moderator : options.moderators) {
    if (moderator.empty() && options.moderators.size() == 1) break;  // none any more
    CANDOR_ASSIGN_OR_RETURN(*campaign.add_moderators(), HolderOf(c, "--moderator", moderator));
  }
  if (!options.auditor.empty()) {
    CANDOR_ASSIGN_OR_RETURN(*campaign.mutable_auditor(), HolderOf(c, "--auditor", options.auditor));
  }
  if (options.steward_key.empty() != options.steward_title.empty()) {
    return UsageError("a steward needs both --steward-key and --steward-title");
  }
  if (!options.steward_key.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.steward_key));
    CANDOR_ASSIGN_OR_RETURN(const StewardPublicKey key, ParseStewardPublicKey(bytes, options.steward_key));
    candor::v1::Steward& steward = *campaign.mutable_steward();
    steward.set_title(options.steward_title);
    steward.set_shares(key.shares);
    steward.set_threshold(key.threshold);
    steward.set_public_key(key.public_key);
  }
  const bool no_mirror = options.mirrors.size() == 1 && options.mirrors.front().empty();
  if (!no_mirror) campaign.mutable_mirrors()->Assign(options.mirrors.begin(), options.mirrors.end());
  campaign.set_purpose(options.purpose);
  if (!options.breakdowns.empty()) CANDOR_RETURN_IF_ERROR(ReadBreakdownsFile(options.breakdowns, campaign));
  if (!options.previous.empty()) {
    CANDOR_ASSIGN_OR_RETURN(*campaign.mutable_previous_campaign(), c.FullName("campaigns", options.previous));
  }
  return absl::OkStatus();
}

// "leader first, supervisors, administrators"
std::string ReadersOf(const Campaign& campaign) {
  const bool supervisor_first = campaign.first_reader() == candor::v1::FIRST_READER_SUPERVISOR;
  std::vector<std::string> readers = {supervisor_first ? "supervisors first" : "leader first"};
  if (supervisor_first) readers.push_back("leader");
  if (!supervisor_first && campaign.supervisor_reads()) readers.push_back("supervisors");
  if (campaign.administrator_reads()) readers.push_back("administrators");
  return readers.size() == 1 ? "leader alone" : absl::StrJoin(readers, ", ");
}

std::string TextOf(const Campaign& campaign) {
  Table table({"NAME", campaign.name()});
  table.Add({"title", campaign.title()});
  table.Add({"state", NameOf(campaign.state())});
  table.Add({"instrument", campaign.instrument_version()});
  table.Add({"k, t", absl::StrCat(campaign.minimum_group_size(), ", ", campaign.insiders())});
  table.Add({"readers", ReadersOf(campaign)});
  table.Add({"planned close", ShortTime(campaign.close_time())});
  if (campaign.has_extended_close_time()) table.Add({"extended to", ShortTime(campaign.extended_close_time())});
  const bool can_extend = campaign.latest_close_time().seconds() > campaign.close_time().seconds();
  table.Add({"latest close", can_extend ? ShortTime(campaign.latest_close_time())
                                        : std::string("as planned: answering can never be extended")});
  table.Add({"abandoned", absl::StrCat("if not closed by ", ShortTime(campaign.abandon_time()))});
  table.Add({"retention", absl::StrCat("names and addresses of raters for ", campaign.retention_days(), " days")});
  if (campaign.surveys_waiting_for_steward() > 0) {
    table.Add({"waiting", absl::StrCat("for the steward: ", campaign.surveys_waiting_for_steward(),
                                       campaign.surveys_waiting_for_steward() == 1 ? " survey" : " surveys",
                                       "; they run candor steward close")});
  }
  if (campaign.has_steward()) {
    table.Add({"closed by", absl::StrCat(campaign.steward().title(), " (", campaign.steward().threshold(), " of ",
                                         campaign.steward().shares(), " shares)")});
  }
  for (const std::string& mirror : campaign.mirrors()) table.Add({"mirror", mirror});
  table.Add({"surveys", absl::StrCat(campaign.survey_count())});
  for (const auto& moderator : campaign.moderators()) {
    table.Add({"moderator", absl::StrCat(moderator.title(), " (", moderator.person(), ")")});
  }
  if (!campaign.moderators().empty()) {
    table.Add({"comments", absl::StrCat("in a summary alone, where fewer than ", campaign.summary_only_below(),
                                        " are invited")});
  }
  if (campaign.follow_up_days() > 0) {
    table.Add({"questions back", absl::StrCat("for ", campaign.follow_up_days(),
                                              campaign.follow_up_days() == 1 ? " day" : " days", " after release")});
  }
  if (campaign.has_auditor()) {
    table.Add({"auditor", absl::StrCat(campaign.auditor().title(), " (", campaign.auditor().person(), ")")});
  }
  for (const candor::v1::Breakdown& breakdown : campaign.breakdowns()) {
    std::vector<std::string> parts;
    for (const candor::v1::Part& part : breakdown.parts()) parts.push_back(part.code());
    table.Add({"by part", absl::StrCat(breakdown.group(), ": ", absl::StrJoin(parts, ", "))});
  }
  if (!campaign.previous_campaign().empty()) table.Add({"round before", campaign.previous_campaign()});
  for (const auto& [language, text] : campaign.notice().values()) {
    table.Add({absl::StrCat("notice, ", language), text});
  }
  if (!campaign.last_fault().empty()) table.Add({"last fault", campaign.last_fault()});
  if (!campaign.etag().empty()) table.Add({"etag", campaign.etag()});
  return table.Text();
}

// `coarse`: answers are counted in steps of five as yet.
std::string GroupsOf(const google::protobuf::RepeatedPtrField<candor::v1::SurveyGroup>& groups, bool counts, bool coarse) {
  std::vector<std::string> parts;
  for (const auto& group : groups) {
    std::string part = absl::StrCat(group.code(), " ", group.invited());
    if (group.members_size() > 1) absl::StrAppend(&part, " (", absl::StrJoin(group.members(), "+"), ")");
    if (counts) {
      absl::StrAppend(&part, ", answered ",
                      !group.has_answered()     ? "unknown"
                      : group.answered() == 0 ? "fewer than 5"
                      : coarse                ? absl::StrCat(group.answered(), " or more")
                                              : absl::StrCat(group.answered()));
      if (group.reissued() > 0) {
        absl::StrAppend(&part, ", ", group.reissued(), group.reissued() == 1 ? " code" : " codes", " made anew (of at most ",
                        group.reissuable(), ")");
      }
    }
    parts.push_back(part);
  }
  return absl::StrJoin(parts, "; ");
}

std::string TextOf(const Survey& survey) {
  const bool draft = survey.state() == candor::v1::SURVEY_STATE_DRAFT;
  const bool coarse = survey.state() == candor::v1::SURVEY_STATE_OPEN;
  std::string text = absl::StrCat(survey.name(), "\n  ", survey.leader_display_name(), " (", survey.leader(), "), ",
                                  NameOf(survey.state()), survey.waiting_for_steward() ? ", waiting for the steward" : "",
                                  "\n  invited: ", GroupsOf(survey.groups(), !draft, coarse), "\n");
  if (draft) return text;
  const std::string own = survey.team_members() > 0
                              ? absl::StrCat("rated by ", survey.team_members_rated(), " of the team's ", survey.team_members(),
                                             " members")
                              : absl::StrCat("self-rating ", survey.self_rated() ? "saved" : "missing");
  absl::StrAppend(&text, "  code for the notice board: ", survey.manifest_code(), "\n  ", own, ", supervisor's rating ",
                  survey.supervisor_rated() ? "saved" : "missing", "\n");
  return text;
}

absl::StatusOr<std::string> SurveysText(Context& c, const std::string& campaign) {
  candor::v1::ListSurveysRequest request;
  request.set_parent(campaign);
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListSurveys, request));
  if (all.surveys().empty()) return std::string("no leaders yet\n");
  std::string text;
  for (const Survey& survey : all.surveys()) absl::StrAppend(&text, "\n", TextOf(survey));
  return text;
}

absl::Status Create(Context& c, const CampaignOptions& options) {
  if (options.close_time.empty() && options.close_in.empty()) {
    return UsageError("when does answering end? give --close-time or --close-in");
  }
  candor::v1::CreateCampaignRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  request.set_campaign_id(options.id);
  CANDOR_RETURN_IF_ERROR(Fill(c, options, *request.mutable_campaign()));
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::CreateCampaign, request));
  return c.Show(campaign, [&] { return TextOf(campaign); });
}

absl::Status Update(Context& c, const CampaignOptions& options) {
  candor::v1::UpdateCampaignRequest request;
  CANDOR_RETURN_IF_ERROR(Fill(c, options, *request.mutable_campaign()));
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_campaign()->mutable_name(), c.FullName("campaigns", options.name));
  request.mutable_campaign()->set_etag(options.etag);
  const std::pair<const char*, const char*> fields[] = {
      {"--title", "title"},
      {"--instrument-version", "instrument_version"},
      {"--min-group", "minimum_group_size"},
      {"--insiders", "insiders"},
      {"--first-reader", "first_reader"},
      {"--supervisor-reads", "supervisor_reads"},
      {"--administrator-reads", "administrator_reads"},
      {"--close-time", "close_time"},
      {"--close-in", "close_time"},
      {"--latest-close-time", "latest_close_time"},
      {"--abandon-time", "abandon_time"},
      {"--retention-days", "retention_days"},
      {"--notice", "notice"},
      {"--moderator", "moderators"},
      {"--steward-key", "steward"},
      {"--no-steward", "steward"},
      {"--mirror", "mirrors"},
      {"--purpose", "purpose"},
      {"--auditor", "auditor"},
      {"--summary-only-below", "summary_only_below"},
      {"--follow-up-days", "follow_up_days"},
      {"--breakdowns", "breakdowns"},
      {"--previous", "previous_campaign"}};
  for (const auto& [flag, field] : fields) {
    if (options.verb->count(flag) > 0) request.mutable_update_mask()->add_paths(field);
  }
  if (request.update_mask().paths().empty()) return UsageError("nothing to change: give at least one of the flags");
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::UpdateCampaign, request));
  return c.Show(campaign, [&] { return TextOf(campaign); });
}

absl::Status List(Context& c, const NoOptions&) {
  candor::v1::ListCampaignsRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListCampaigns, request));
  return c.Show(all, [&] {
    Table table({"NAME", "TITLE", "STATE", "SURVEYS", "PLANNED CLOSE"});
    for (const Campaign& campaign : all.campaigns()) {
      table.Add({campaign.name(), campaign.title(), NameOf(campaign.state()), absl::StrCat(campaign.survey_count()),
                 ShortTime(campaign.close_time())});
    }
    return table.Text();
  });
}

absl::Status ShowCampaign(Context& c, const NameOption& options) {
  CANDOR_ASSIGN_OR_RETURN(const std::string name, c.FullName("campaigns", options.name));
  if (absl::StrContains(name, "/surveys/")) {
    candor::v1::GetSurveyRequest request;
    request.set_name(name);
    CANDOR_ASSIGN_OR_RETURN(const auto survey, c.Call(&CampaignService::Stub::GetSurvey, request));
    return c.Show(survey, [&] { return TextOf(survey); });
  }
  candor::v1::GetCampaignRequest request;
  request.set_name(name);
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::GetCampaign, request));
  if (c.options.json) return Print(ToJson(campaign));
  CANDOR_ASSIGN_OR_RETURN(const std::string surveys, SurveysText(c, name));
  return Print(TextOf(campaign) + surveys);
}

absl::Status Surveys(Context& c, const NameOption& options) {
  candor::v1::ListSurveysRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListSurveys, request));
  return c.Show(all, [&] {
    Table table({"NAME", "LEADER", "STATE"});
    for (const Survey& survey : all.surveys()) {
      table.Add({survey.name(), survey.leader_display_name(), NameOf(survey.state())});
    }
    return table.Text();
  });
}

absl::Status AddLeader(Context& c, const LeaderOptions& options) {
  candor::v1::CreateSurveyRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", options.campaign));
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_survey()->mutable_leader(), c.FullName("people", options.leader));
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto survey, c.Call(&CampaignService::Stub::CreateSurvey, request));
  return c.Show(survey, [&] { return absl::StrCat(survey.name(), "  ", survey.leader_display_name(), "\n"); });
}

absl::Status RemoveLeader(Context& c, const NameOption& options) {
  candor::v1::DeleteSurveyRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto done, c.Call(&CampaignService::Stub::DeleteSurvey, request));
  return c.Show(done, [&] { return absl::StrCat("removed ", request.name(), " with its raters\n"); });
}

absl::Status Preview(Context& c, const NameOption& options) {
  candor::v1::PreviewCampaignRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto preview, c.Call(&CampaignService::Stub::PreviewCampaign, request));
  return c.Show(preview, [&] {
    std::string text;
    int faults = preview.faults_size();
    for (const std::string& fault : preview.faults()) absl::StrAppend(&text, "in the way: ", fault, "\n");
    for (const std::string& warning : preview.warnings()) absl::StrAppend(&text, "note: ", warning, "\n");
    for (const auto& survey : preview.surveys()) {
      absl::StrAppend(&text, survey.leader_display_name(), " (", survey.survey(), ")\n  groups: ",
                      GroupsOf(survey.groups(), false, false), "\n");
      for (const std::string& fault : survey.faults()) absl::StrAppend(&text, "  in the way: ", fault, "\n");
      for (const std::string& warning : survey.warnings()) absl::StrAppend(&text, "  note: ", warning, "\n");
      faults += survey.faults_size();
    }
    absl::StrAppend(&text, faults == 0 ? "The campaign can be opened.\n" : "The campaign cannot be opened yet.\n");
    return text;
  });
}

absl::Status Open(Context& c, const WaitOptions& options) {
  candor::v1::OpenCampaignRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const absl::Duration limit, ParseSpan(options.limit));
  if (options.no_wait) {
    CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::OpenCampaign, request));
    return c.Show(campaign, [&] { return TextOf(campaign); });
  }
  ProgressLine progress(c.options.quiet);
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, OpenAndWait(c, request.name(), limit, progress));
  progress.Finish();
  return c.Show(campaign, [&] { return TextOf(campaign); });
}

absl::Status Close(Context& c, const WaitOptions& options) {
  candor::v1::CloseCampaignRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const absl::Duration limit, ParseSpan(options.limit));
  if (options.no_wait) {
    CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::CloseCampaign, request));
    return c.Show(campaign, [&] { return TextOf(campaign); });
  }
  ProgressLine progress(c.options.quiet);
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, CloseAndWait(c, request.name(), limit, progress));
  progress.Finish();
  return c.Show(campaign, [&] { return TextOf(campaign); });
}

absl::Status Extend(Context& c, const ExtendOptions& options) {
  if (options.close_time.empty() == options.close_in.empty()) {
    return UsageError("until when? give --close-time or --close-in");
  }
  candor::v1::ExtendCampaignRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  request.set_etag(options.etag);
  if (!options.close_time.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const absl::Time time, ParseMoment(options.close_time));
    *request.mutable_close_time() = ToTimestamp(time);
  } else {
    CANDOR_ASSIGN_OR_RETURN(const absl::Duration span, ParseSpan(options.close_in));
    *request.mutable_close_time() = ToTimestamp(absl::Now() + span);
  }
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::ExtendCampaign, request));
  return c.Show(campaign, [&] { return TextOf(campaign); });
}

absl::Status Release(Context& c, const WaitOptions& options) {
  candor::v1::ReleaseCampaignRequest request;
  request.set_discard_undecided_comments(options.discard_comments);
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const absl::Duration limit, ParseSpan(options.limit));
  if (options.no_wait) {
    CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::ReleaseCampaign, request));
    return c.Show(campaign, [&] { return TextOf(campaign); });
  }
  ProgressLine progress(c.options.quiet);
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, ReleaseAndWait(c, request.name(), limit, progress, options.discard_comments));
  progress.Finish();
  return c.Show(campaign, [&] { return TextOf(campaign); });
}

absl::Status Delete(Context& c, const NameOption& options) {
  candor::v1::DeleteCampaignRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto done, c.Call(&CampaignService::Stub::DeleteCampaign, request));
  return c.Show(done, [&] { return absl::StrCat("deleted ", request.name(), "\n"); });
}

void DeclareName(CLI::App& verb, NameOption& options) {
  verb.add_option("campaign", options.name, "The campaign's name, or id with --district")->required();
}

void DeclareWait(CLI::App& verb, WaitOptions& options) {
  verb.add_option("campaign", options.name, "The campaign's name, or id with --district")->required();
  verb.add_flag("--no-wait", options.no_wait, "Return at once; the work goes on in the server");
  verb.add_option("--wait-limit", options.limit, "Wait no longer than this")->capture_default_str();
}

}  // namespace

void AddCampaignVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "campaign", "Campaigns: one round of surveys, for one or many leaders");
  AddVerb<CampaignOptions>(
      *noun, context, "create", "Make a draft",
      [](CLI::App& verb, CampaignOptions& options) {
        verb.add_option("--title", options.title, "The campaign's title")->required();
        verb.add_option("--id", options.id, "Last segment of the resource's name; made at random if not given");
        DeclareSettings(verb, options);
        verb.get_option("--instrument-version")->required();
      },
      Create);
  AddVerb<CampaignOptions>(
      *noun, context, "update", "Change a draft; only what is given is changed",
      [](CLI::App& verb, CampaignOptions& options) {
        verb.add_option("campaign", options.name, "The campaign's name, or id with --district")->required();
        verb.add_option("--title", options.title, "The campaign's title");
        verb.add_option("--etag", options.etag, "Only if the campaign still has this etag");
        DeclareSettings(verb, options);
        verb.add_flag("--no-steward", options.no_steward, "No steward any more: the service closes by itself")
            ->excludes("--steward-key");
      },
      Update);
  AddVerb<NoOptions>(*noun, context, "list", "List a district's campaigns", [](CLI::App&, NoOptions&) {}, List);
  AddVerb<NameOption>(*noun, context, "show", "Show a campaign and its surveys, or one survey", DeclareName,
                      ShowCampaign);
  AddVerb<NameOption>(*noun, context, "surveys", "List a campaign's surveys", DeclareName, Surveys);
  AddVerb<LeaderOptions>(
      *noun, context, "add-leader", "Add a leader to a draft",
      [](CLI::App& verb, LeaderOptions& options) {
        verb.add_option("campaign", options.campaign, "The campaign's name, or id with --district")->required();
        verb.add_option("person", options.leader, "The leader's name, or id with --district")->required();
      },
      AddLeader);
  AddVerb<NameOption>(
      *noun, context, "remove-leader", "Take a leader out of a draft, with the raters",
      [](CLI::App& verb, NameOption& options) {
        verb.add_option("survey", options.name, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY")->required();
      },
      RemoveLeader);
  AddVerb<NameOption>(*noun, context, "preview", "Say what opening would do and what stands in the way", DeclareName,
                      Preview);
  AddForecastVerb(*noun, context);
  AddVerb<WaitOptions>(*noun, context, "open",
                       "Freeze the rules, make keys and codes, take answers; cannot be undone", DeclareWait, Open);
  AddVerb<WaitOptions>(*noun, context, "close", "End answering and compute the results; cannot be undone", DeclareWait,
                       Close);
  AddVerb<ExtendOptions>(
      *noun, context, "extend", "Let raters answer for longer, up to the latest time that they were told",
      [](CLI::App& verb, ExtendOptions& options) {
        verb.add_option("campaign", options.name, "The campaign's name, or id with --district")->required();
        verb.add_option("--close-time", options.close_time, "When answering ends: 2026-09-01 or 2026-09-01T18:00:00Z");
        verb.add_option("--close-in", options.close_in, "The same, counted from now: 14d, 36h")->excludes("--close-time");
        verb.add_option("--etag", options.etag, "Only if the campaign still has this etag");
      },
      Extend);
  AddVerb<WaitOptions>(*noun, context, "release", "Freeze the reports and let them be read; cannot be undone",
                       [](CLI::App& verb, WaitOptions& options) {
                         DeclareWait(verb, options);
                         verb.add_flag("--discard-comments", options.discard_comments,
                                       "Destroy comments that no moderator has decided about, instead of refusing");
                       },
                       Release);
  AddVerb<NameOption>(*noun, context, "delete", "Delete a draft with its surveys and raters", DeclareName, Delete);
}

}  // namespace candor::cli
