#include <algorithm>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "clients/cli/answer_link.h"
#include "clients/cli/dialog.h"
#include "clients/cli/new_file.h"
#include "clients/cli/verbs.h"
#include "clients/report/csv_field.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;

struct ListOptions {
  std::string survey, link_base, out;
  bool csv = false;
};

// What a letter says of the survey itself.
struct Heading {
  std::string leader, job_title, campaign_title, comparison_code;
};

absl::StatusOr<Heading> HeadingOf(Context& c, const candor::v1::Survey& survey) {
  candor::v1::GetPersonRequest of_leader;
  of_leader.set_name(survey.leader());
  CANDOR_ASSIGN_OR_RETURN(const auto leader, c.Call(&candor::v1::DirectoryService::Stub::GetPerson, of_leader));
  candor::v1::GetCampaignRequest of_campaign;
  of_campaign.set_name(survey.name().substr(0, survey.name().rfind("/surveys/")));
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::GetCampaign, of_campaign));
  return Heading{leader.display_name(), leader.job_title(), campaign.title(), survey.manifest_code()};
}

absl::Status CheckLinkBase(const std::string& link_base) {
  if (link_base.empty()) return absl::OkStatus();
  if (!absl::StartsWith(link_base, "https://") && !absl::StartsWith(link_base, "http://localhost")) {
    return UsageError("--link-base wants the https:// address of the page that takes answers");
  }
  if (link_base.find('#') != std::string::npos) return UsageError("--link-base wants an address without a #");
  return absl::OkStatus();
}

// What is to be given to the person: the code, or a link that holds it.
std::string Given(const ListOptions& options, const candor::v1::Survey& survey, const candor::v1::InvitationCode& code) {
  return options.link_base.empty() ? code.code()
                                   : FormatLink(options.link_base, {survey.manifest_hash(), code.code()});
}

// "+49 30 1234567": no formula, and read by whatever sends the codes.
bool IsTelephoneNumber(const std::string& address) {
  return address.size() > 1 && address[0] == '+' && address.find_first_not_of("0123456789 ", 1) == std::string::npos;
}

std::string CsvOf(const ListOptions& options, const candor::v1::Survey& survey, const Heading& heading,
                  const candor::v1::ListCodesResponse& all) {
  std::string text = absl::StrCat("group,name,address,", options.link_base.empty() ? "code" : "link",
                                  ",leader,job_title,part,campaign_title,comparison_code\n");
  for (const auto& code : all.codes()) {
    const std::string& address = code.rater().address();
    const std::string fields[] = {report::CsvField(code.rater().group()),
                                  report::CsvWords(code.rater().display_name()),
                                  IsTelephoneNumber(address) ? report::CsvField(address) : report::CsvWords(address),
                                  report::CsvField(Given(options, survey, code)),
                                  report::CsvWords(heading.leader),
                                  report::CsvWords(heading.job_title),
                                  report::CsvField(code.rater().part()),
                                  report::CsvWords(heading.campaign_title),
                                  report::CsvField(heading.comparison_code)};
    absl::StrAppend(&text, absl::StrJoin(fields, ","), "\n");
  }
  return text;
}

std::string TableOf(const ListOptions& options, const candor::v1::Survey& survey,
                    const candor::v1::ListCodesResponse& all) {
  Table table({options.link_base.empty() ? "CODE" : "LINK", "GROUP", "DISPLAY NAME", "ADDRESS", "RATER"});
  for (const auto& code : all.codes()) {
    table.Add({Given(options, survey, code), code.rater().group(),
               code.rater().paper() ? "(paper)" : code.rater().display_name(), code.rater().address(),
               code.rater().name()});
  }
  return table.Text();
}

// Names beside live codes: nobody else on the machine reads them.
absl::Status WriteCodes(const Context& c, const std::string& file, int codes, std::string text) {
  const absl::Status written = WriteNewFile(file, text);
  base::Wipe(text);
  CANDOR_RETURN_IF_ERROR(written);
  return Print(c.options.json ? base::Json{{"file", file}, {"codes", codes}}.dump(2) + "\n"
                              : absl::StrCat(codes, codes == 1 ? " code is" : " codes are", " in ", file,
                                             ". Whoever reads it can answer in other people's place; destroy it once the "
                                             "letters are sent.\n"));
}

absl::Status List(Context& c, const ListOptions& options) {
  CANDOR_RETURN_IF_ERROR(CheckLinkBase(options.link_base));
  if (!options.out.empty()) CANDOR_RETURN_IF_ERROR(CheckNewFile(options.out));
  candor::v1::ListCodesRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", options.survey));
  candor::v1::Survey survey;
  if (options.csv || !options.link_base.empty()) {
    candor::v1::GetSurveyRequest of_survey;
    of_survey.set_name(request.parent());
    CANDOR_ASSIGN_OR_RETURN(survey, c.Call(&CampaignService::Stub::GetSurvey, of_survey));
  }
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListCodes, request));
  Heading heading;
  if (options.csv) {
    CANDOR_ASSIGN_OR_RETURN(heading, HeadingOf(c, survey));
  }
  const auto text = [&] {
    return options.csv ? CsvOf(options, survey, heading, all) : TableOf(options, survey, all);
  };
  return options.out.empty() ? c.Show(all, text) : WriteCodes(c, options.out, all.codes_size(), text());
}

struct ReissueOptions {
  std::string rater;
  bool yes = false;
  std::optional<int32_t> generation;
};

std::string SurveyOf(const std::string& rater) { return rater.substr(0, rater.rfind("/raters/")); }

// NOT_FOUND: the rater has none.
absl::StatusOr<candor::v1::InvitationCode> FindCode(Context& c, const std::string& rater) {
  candor::v1::ListCodesRequest request;
  request.set_parent(SurveyOf(rater));
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListCodes, request));
  for (const auto& code : all.codes()) {
    if (code.rater().name() == rater) return code;
  }
  return absl::NotFoundError(absl::StrCat("no code of ", rater, "; candor code list shows those there are"));
}

// The issuing group that the rater is invited in. NOT_FOUND: none.
absl::StatusOr<candor::v1::SurveyGroup> FindGroup(Context& c, const candor::v1::Rater& rater) {
  candor::v1::GetSurveyRequest request;
  request.set_name(SurveyOf(rater.name()));
  CANDOR_ASSIGN_OR_RETURN(const auto survey, c.Call(&CampaignService::Stub::GetSurvey, request));
  const auto holds = [](const auto& list, const std::string& what) {
    return std::find(list.begin(), list.end(), what) != list.end();
  };
  for (const auto& group : survey.groups()) {
    if (holds(group.members(), rater.group()) && (group.parts().empty() || holds(group.parts(), rater.part()))) return group;
  }
  return absl::NotFoundError(absl::StrCat("no group of ", rater.name()));
}

// What making codes anew does to a group, `reissued` of which are new then.
std::string LimitText(const candor::v1::SurveyGroup& group, int64_t reissued) {
  const std::string limit =
      group.reissuable() == 0
          ? absl::StrCat("with ", group.invited(), " invited none may be made anew")
          : absl::StrCat("of ", group.invited(), " invited at most ", group.reissuable(), " may be made anew");
  if (reissued <= group.reissuable()) {
    return absl::StrCat(reissued, reissued == 1 ? " code" : " codes", " of the group ", group.code(), " made anew; ", limit,
                        ", or all its figures are withheld.\n");
  }
  return absl::StrCat("All figures of the group ", group.code(), " are withheld for good: ", limit, ", and ",
                      reissued == 1 ? "1 was" : absl::StrCat(reissued, " were"), ".\n");
}

// Asks whether to go on where one more code loses the group. ABORTED: no.
absl::Status CheckLimit(const candor::v1::SurveyGroup& group, bool yes) {
  if (yes || group.reissued() != group.reissuable()) return absl::OkStatus();
  Dialog dialog(std::cin, std::cerr);
  dialog.Say(absl::StrCat("If this code is made anew: ", LimitText(group, group.reissued() + 1),
                          "Whoever has lost a code but has answered needs no other.\n"));
  const absl::StatusOr<bool> sure = dialog.AskYes("Make it anew all the same?", false);
  if (sure.ok() && *sure) return absl::OkStatus();
  return absl::AbortedError("no code was made anew; --yes makes it without asking");
}

// With the generation, repeating the call is harmless: no reissue is counted twice because a reply was lost.
absl::Status Reissue(Context& c, const ReissueOptions& options) {
  candor::v1::ReissueCodeRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.rater));
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::InvitationCode before, FindCode(c, request.name()));
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::SurveyGroup group, FindGroup(c, before.rater()));
  request.set_generation(options.generation.value_or(before.generation()));
  const bool counts = request.generation() == before.generation();  // not where an earlier call has done it already
  if (counts) CANDOR_RETURN_IF_ERROR(CheckLimit(group, options.yes));
  const auto reissued = c.Call(&CampaignService::Stub::ReissueCode, request);
  if (absl::IsUnavailable(reissued.status()) || absl::IsDeadlineExceeded(reissued.status())) {
    return base::Annotate(reissued.status(),
                          absl::StrCat("the code may have been made anew or not; run this again with --generation ",
                                       request.generation(), ", which gives the new code and counts once"));
  }
  CANDOR_RETURN_IF_ERROR(reissued.status());
  const candor::v1::InvitationCode& code = *reissued;
  return c.Show(code, [&] {
    return absl::StrCat(code.code(), "\nThe old code is void. Codes made anew are counted in public. ",
                        LimitText(group, group.reissued() + (counts ? 1 : 0)));
  });
}

}  // namespace

void AddCodeVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "code", "Codes of an open survey, for administrators outside the leader's line");
  AddVerb<ListOptions>(
      *noun, context, "list", "List the codes, to send or print; noted in the audit trail",
      [](CLI::App& verb, ListOptions& options) {
        verb.add_option("survey", options.survey, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY")->required();
        verb.add_flag("--csv", options.csv, "Comma-separated values, for letters");
        verb.add_option("--link-base", options.link_base,
                        "Print links to this address instead of codes; code and manifest's hash stand behind the #, which "
                        "no browser sends");
        verb.add_option("--out", options.out,
                        "Write to this new file (mode 0600) instead of the terminal; it holds names and live codes");
      },
      List);
  AddVerb<ReissueOptions>(
      *noun, context, "reissue", "Void a rater's code and make a new one, for a device lost before answering",
      [](CLI::App& verb, ReissueOptions& options) {
        verb.add_option("rater", options.rater, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY/raters/RATER")
            ->required();
        verb.add_option("--generation", options.generation,
                        "Of the code to void, as code list --json shows it; repeating with it counts once");
        verb.add_flag("--yes", options.yes, "Do not ask, also where the group's figures are withheld for it");
      },
      Reissue);
}

}  // namespace candor::cli
