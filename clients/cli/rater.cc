#include <algorithm>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "clients/cli/raters_file.h"
#include "clients/cli/verbs.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;
using candor::v1::Rater;

constexpr int kMostInOneCall = 5000;

struct AddOptions {
  std::string survey, file, group, name, address;
  bool opted_out = false;
};

struct PaperOptions {
  std::string survey, group;
  int count = 0;
};

struct OptOutOptions {
  std::string rater;
  bool undo = false;
};

std::string TextOf(const google::protobuf::RepeatedPtrField<Rater>& raters) {
  Table table({"NAME", "GROUP", "DISPLAY NAME", "ADDRESS", ""});
  for (const Rater& rater : raters) {
    table.Add({rater.name(), rater.group(), rater.display_name(), rater.address(),
               absl::StrCat(rater.paper() ? "paper " : "", rater.opted_out() ? "opted out" : "")});
  }
  return table.Text();
}

absl::Status Add(Context& c, const AddOptions& options) {
  std::vector<Rater> raters;
  if (!options.file.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.file));
    CANDOR_ASSIGN_OR_RETURN(raters, ParseRaters(bytes, options.file));
  } else {
    if (options.group.empty() || (options.name.empty() && options.address.empty())) {
      return UsageError("give --file, or --group with --name or --address");
    }
    Rater rater;
    rater.set_group(options.group);
    rater.set_display_name(options.name);
    rater.set_address(options.address);
    rater.set_opted_out(options.opted_out);
    raters.push_back(rater);
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string survey, c.FullName("campaigns", options.survey));
  ProgressLine progress(c.options.quiet);
  candor::v1::BatchCreateRatersResponse all;
  for (size_t first = 0; first < raters.size(); first += kMostInOneCall) {
    candor::v1::BatchCreateRatersRequest request;
    request.set_parent(survey);
    for (size_t i = first; i < std::min(raters.size(), first + kMostInOneCall); ++i) *request.add_raters() = raters[i];
    request.set_request_id(NewRequestId());
    CANDOR_ASSIGN_OR_RETURN(const auto added, c.Call(&CampaignService::Stub::BatchCreateRaters, request));
    all.MergeFrom(added);
    if (raters.size() > kMostInOneCall) progress.Update("raters added", all.raters_size(), raters.size());
  }
  progress.Finish();
  return c.Show(all, [&] {
    const auto out = std::count_if(all.raters().begin(), all.raters().end(), [](const Rater& r) { return r.opted_out(); });
    return absl::StrCat("added ", all.raters_size(), " raters, ", out, " of them opted out\n");
  });
}

absl::Status Paper(Context& c, const PaperOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const std::string survey, c.FullName("campaigns", options.survey));
  candor::v1::CreatePaperRatersResponse all;
  for (int left = options.count; left > 0; left -= kMostInOneCall) {
    candor::v1::CreatePaperRatersRequest request;
    request.set_parent(survey);
    request.set_group(options.group);
    request.set_count(std::min(left, kMostInOneCall));
    request.set_request_id(NewRequestId());
    CANDOR_ASSIGN_OR_RETURN(const auto added, c.Call(&CampaignService::Stub::CreatePaperRaters, request));
    all.MergeFrom(added);
  }
  return c.Show(all, [&] {
    return absl::StrCat("added ", all.raters_size(), " paper slips for ", options.group,
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
        CLI::Option* file = verb.add_option("--file", options.file, "CSV with the columns group,name,address,opted_out");
        verb.add_option("--group", options.group, "A rater group of the instrument")->excludes(file);
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
