#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/instrument.grpc.pb.h"
#include "clients/cli/raters_file.h"
#include "clients/cli/verbs.h"
#include "clients/cli/wire_fault.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/domain/text.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;
using candor::v1::Rater;

constexpr size_t kMostInOneCall = 5000;
// As the contract has them.
constexpr size_t kLongestName = 200, kLongestAddress = 320;

struct AddOptions {
  std::string survey, file, group, part, name, address;
  bool opted_out = false;
};

struct PaperOptions {
  std::string survey, group, part;
  int count = 0;
};

struct OptOutOptions {
  std::string rater;
  bool undo = false;
};

std::string TextOf(const google::protobuf::RepeatedPtrField<Rater>& raters) {
  Table table({"NAME", "GROUP", "PART", "DISPLAY NAME", "ADDRESS", ""});
  for (const Rater& rater : raters) {
    table.Add({rater.name(), rater.group(), rater.part(), rater.display_name(), rater.address(),
               absl::StrCat(rater.paper() ? "paper " : "", rater.opted_out() ? "opted out" : "")});
  }
  return table.Text();
}

bool HasPart(const candor::v1::Campaign& campaign, const std::string& group, const std::string& code) {
  for (const candor::v1::Breakdown& breakdown : campaign.breakdowns()) {
    for (const candor::v1::Part& part : breakdown.parts()) {
      if (breakdown.group() == group && part.code() == code) return true;
    }
  }
  return false;
}

// Every row against what the server asks of a rater, before the first is sent: a fault in a late row would leave the
// earlier ones added.
absl::Status CheckRows(Context& c, const std::string& survey, const RatersFile& read, const std::string& file) {
  const size_t end = survey.find("/surveys/");
  if (end == std::string::npos) return absl::OkStatus();  // no survey's name: the server says so
  candor::v1::GetCampaignRequest get_campaign;
  get_campaign.set_name(survey.substr(0, end));
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::GetCampaign, get_campaign));
  candor::v1::GetInstrumentVersionRequest get_version;
  get_version.set_name(campaign.instrument_version());
  CANDOR_ASSIGN_OR_RETURN(const auto version,
                          c.Call(&candor::v1::InstrumentService::Stub::GetInstrumentVersion, get_version));
  std::vector<std::string> groups;
  for (const auto& group : version.instrument().rater_groups()) groups.push_back(group.code());
  const auto fault = [&](size_t i, const char* member, absl::string_view message) {
    return base::Error(absl::StatusCode::kInvalidArgument, "RATER_INVALID",
                       absl::StrCat(file, ", line ", read.lines[i], ", ", member, ": ", message));
  };
  std::map<std::string, int64_t> lines;  // address -> where it stands first
  for (size_t i = 0; i < read.raters.size(); ++i) {
    const Rater& rater = read.raters[i];
    std::string address = rater.address();
    absl::RemoveExtraAsciiWhitespace(&address);
    const auto [first, is_new] = lines.try_emplace(absl::AsciiStrToLower(address), read.lines[i]);
    if (!address.empty() && !is_new) {
      return fault(i, "address", absl::StrCat("stands in line ", first->second,
                                              " too; nobody is asked twice in one survey, in whatever group"));
    }
    if (std::find(groups.begin(), groups.end(), rater.group()) == groups.end()) {
      return fault(i, "group", absl::StrCat("is no rater group of the campaign's instrument, which has ",
                                            absl::StrJoin(groups, ", ")));
    }
    if (!rater.part().empty() && !HasPart(campaign, rater.group(), rater.part())) {
      return fault(i, "part", absl::StrCat("is no part of the group ", rater.group(), " that the campaign declares"));
    }
    if (rater.display_name().size() > kLongestName || !domain::IsOneLine(rater.display_name())) {
      return fault(i, "name", absl::StrCat("must be one line of at most ", kLongestName, " bytes"));
    }
    if (rater.address().size() > kLongestAddress || !domain::IsOneLine(rater.address())) {
      return fault(i, "address", absl::StrCat("must be one line of at most ", kLongestAddress, " bytes"));
    }
  }
  return absl::OkStatus();
}

// The places in `read` of the raters that the survey does not have yet. One of the survey stands for one row of the same
// group, name and address.
absl::StatusOr<std::vector<size_t>> FindMissing(Context& c, const std::string& survey, const RatersFile& read) {
  candor::v1::ListRatersRequest request;
  request.set_parent(survey);
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListRaters, request));
  const auto key = [](const Rater& rater) {
    return std::vector<std::string>{rater.group(), rater.display_name(), rater.address()};
  };
  std::map<std::vector<std::string>, int64_t> there;
  for (const Rater& rater : all.raters()) ++there[key(rater)];
  std::vector<size_t> missing;
  for (size_t i = 0; i < read.raters.size(); ++i) {
    if (const auto found = there.find(key(read.raters[i])); found != there.end() && found->second > 0) {
      --found->second;
    } else {
      missing.push_back(i);
    }
  }
  return missing;
}

absl::Status AddFile(Context& c, const std::string& survey, const AddOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.file));
  CANDOR_ASSIGN_OR_RETURN(const RatersFile read, ParseRaters(bytes, options.file));
  CANDOR_RETURN_IF_ERROR(CheckRows(c, survey, read, options.file));
  // What an earlier run added, which may have ended in the middle, is not added again.
  CANDOR_ASSIGN_OR_RETURN(const std::vector<size_t> rows, FindMissing(c, survey, read));
  ProgressLine progress(c.options.quiet);
  candor::v1::BatchCreateRatersResponse all;
  for (size_t first = 0; first < rows.size(); first += kMostInOneCall) {
    candor::v1::BatchCreateRatersRequest request;
    request.set_parent(survey);
    const size_t end = std::min(rows.size(), first + kMostInOneCall);
    for (size_t i = first; i < end; ++i) *request.add_raters() = read.raters[rows[i]];
    request.set_request_id(NewRequestId());
    const auto added = c.Call(&CampaignService::Stub::BatchCreateRaters, request);
    if (!added.ok()) {
      const absl::Status named =
          NamePlace(added.status(), "raters", end - first, [&](size_t index, absl::string_view member) {
            return absl::StrCat(options.file, ", line ", read.lines[rows[first + index]], member.empty() ? "" : ", ", member);
          });
      if (first == 0) return named;
      return base::Annotate(named, absl::StrCat(first, " of ", rows.size(), " raters are added; repeat the same command "
                                                "to add the others, nobody is added twice"));
    }
    all.MergeFrom(*added);
    if (rows.size() > kMostInOneCall) progress.Update("raters added", all.raters_size(), static_cast<int64_t>(rows.size()));
  }
  progress.Finish();
  return c.Show(all, [&] {
    const auto out = std::count_if(all.raters().begin(), all.raters().end(), [](const Rater& r) { return r.opted_out(); });
    const size_t already = read.raters.size() - rows.size();
    return absl::StrCat("added ", rows.size(), " raters, ", out, " of them opted out",
                        already == 0 ? "" : absl::StrCat("; ", already, " of the file are there already with the same group, "
                                                         "name and address"), "\n");
  });
}

absl::Status Add(Context& c, const AddOptions& options) {
  if (options.file.empty() && (options.group.empty() || (options.name.empty() && options.address.empty()))) {
    return UsageError("give --file, or --group with --name or --address");
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string survey, c.FullName("campaigns", options.survey));
  if (!options.file.empty()) return AddFile(c, survey, options);
  candor::v1::BatchCreateRatersRequest request;
  request.set_parent(survey);
  Rater& rater = *request.add_raters();
  rater.set_group(options.group);
  rater.set_part(options.part);
  rater.set_display_name(options.name);
  rater.set_address(options.address);
  rater.set_opted_out(options.opted_out);
  request.set_request_id(NewRequestId());
  const auto added = c.Call(&CampaignService::Stub::BatchCreateRaters, request);
  if (!added.ok()) {
    return NamePlace(added.status(), "raters", 1, [](size_t, absl::string_view member) {
      return absl::StrCat("--", member == "display_name" ? "name" : member);
    });
  }
  return c.Show(*added, [&] {
    return absl::StrCat("added 1 rater", options.opted_out ? ", opted out\n" : "\n");
  });
}

absl::Status Paper(Context& c, const PaperOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const std::string survey, c.FullName("campaigns", options.survey));
  candor::v1::CreatePaperRatersResponse all;
  constexpr int kMostSlips = static_cast<int>(kMostInOneCall);
  for (int left = options.count; left > 0; left -= kMostSlips) {
    candor::v1::CreatePaperRatersRequest request;
    request.set_parent(survey);
    request.set_group(options.group);
    request.set_part(options.part);
    request.set_count(std::min(left, kMostSlips));
    request.set_request_id(NewRequestId());
    CANDOR_ASSIGN_OR_RETURN(const auto added, c.Call(&CampaignService::Stub::CreatePaperRaters, request));
    all.MergeFrom(added);
  }
  return c.Show(all, [&] {
    return absl::StrCat("added ", all.raters_size(), " paper slips for ", options.group, options.part.empty() ? "" : "/", options.part,
                        "; their codes are there once the campaign is open: candor code list\n");
  });
}

absl::Status List(Context& c, const NameOption& options) {
  candor::v1::ListRatersRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListRaters, request));
  return c.Show(all, [&] { return TextOf(all.raters()); });
}

absl::Status OptOut(Context& c, const OptOutOptions& options) {
  candor::v1::UpdateRaterRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_rater()->mutable_name(), c.FullName("campaigns", options.rater));
  request.mutable_rater()->set_opted_out(!options.undo);
  request.mutable_update_mask()->add_paths("opted_out");
  CANDOR_ASSIGN_OR_RETURN(const auto rater, c.Call(&CampaignService::Stub::UpdateRater, request));
  return c.Show(rater, [&] {
    return absl::StrCat(rater.name(), rater.opted_out() ? " is opted out: no code, not counted as invited\n"
                                                        : " is invited again\n");
  });
}

absl::Status Remove(Context& c, const NameOption& options) {
  candor::v1::DeleteRaterRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto done, c.Call(&CampaignService::Stub::DeleteRater, request));
  return c.Show(done, [&] { return absl::StrCat("removed ", request.name(), "\n"); });
}

constexpr char kSurveyHelp[] = "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY";
constexpr char kRaterHelp[] = "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY/raters/RATER";

}  // namespace

void AddRaterVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "rater", "People who are asked, in a campaign that is still a draft");
  AddVerb<AddOptions>(
      *noun, context, "add", "Add raters from a file, or one",
      [](CLI::App& verb, AddOptions& options) {
        verb.add_option("survey", options.survey, kSurveyHelp)->required();
        CLI::Option* file = verb.add_option("--file", options.file, "CSV with the columns group,part,name,address,opted_out; rows that the survey "
                                                                      "has already, with the same group, name and address, are left out");
        verb.add_option("--group", options.group, "A rater group of the instrument")->excludes(file);
        verb.add_option("--part", options.part, "A part of the group, where the campaign declares some")->excludes(file);
        verb.add_option("--name", options.name, "A name for the letter")->excludes(file);
        verb.add_option("--address", options.address, "Where the invitation goes")->excludes(file);
        verb.add_flag("--opted-out", options.opted_out, "Opted out: gets no code")->excludes(file);
      },
      Add);
  AddVerb<PaperOptions>(
      *noun, context, "paper", "Add paper slips: raters without a name",
      [](CLI::App& verb, PaperOptions& options) {
        verb.add_option("survey", options.survey, kSurveyHelp)->required();
        verb.add_option("--group", options.group, "A rater group of the instrument")->required();
        verb.add_option("--part", options.part, "A part of the group, where the campaign declares some");
        verb.add_option("--count", options.count, "How many slips")->required()->check(CLI::Range(1, 1000000));
      },
      Paper);
  AddVerb<NameOption>(
      *noun, context, "list", "List a survey's raters; who has taken part is not to be seen",
      [](CLI::App& verb, NameOption& options) { verb.add_option("survey", options.name, kSurveyHelp)->required(); },
      List);
  AddVerb<OptOutOptions>(
      *noun, context, "opt-out", "Opt a rater out, for instance when a pupil's family says so",
      [](CLI::App& verb, OptOutOptions& options) {
        verb.add_option("rater", options.rater, kRaterHelp)->required();
        verb.add_flag("--undo", options.undo, "Invite the rater again");
      },
      OptOut);
  AddVerb<NameOption>(
      *noun, context, "remove", "Take a rater out",
      [](CLI::App& verb, NameOption& options) { verb.add_option("rater", options.name, kRaterHelp)->required(); },
      Remove);
}

}  // namespace candor::cli
