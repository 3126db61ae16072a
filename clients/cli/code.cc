#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "clients/cli/answer_link.h"
#include "clients/cli/verbs.h"
#include "services/base/error.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;

struct ListOptions {
  std::string survey, link_base;
  bool csv = false;
};

std::string Quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

absl::Status List(Context& c, const ListOptions& options) {
  candor::v1::ListCodesRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", options.survey));
  std::string manifest_hash;
  if (!options.link_base.empty()) {
    if (options.link_base.find('#') != std::string::npos) return UsageError("--link-base wants an address without a #");
    candor::v1::GetSurveyRequest of_survey;
    of_survey.set_name(request.parent());
    CANDOR_ASSIGN_OR_RETURN(const auto survey, c.Call(&CampaignService::Stub::GetSurvey, of_survey));
    manifest_hash = survey.manifest_hash();
  }
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListCodes, request));
  // What is to be given to the person: the code, or a link that holds it.
  const auto given = [&](const candor::v1::InvitationCode& code) {
    return options.link_base.empty() ? code.code() : FormatLink(options.link_base, {manifest_hash, code.code()});
  };
  return c.Show(all, [&] {
    if (options.csv) {
      std::string text = absl::StrCat("group,name,address,", options.link_base.empty() ? "code" : "link", "\n");
      for (const auto& code : all.codes()) {
        absl::StrAppend(&text, Quoted(code.rater().group()), ",", Quoted(code.rater().display_name()), ",",
                        Quoted(code.rater().address()), ",", Quoted(given(code)), "\n");
      }
      return text;
    }
    Table table({options.link_base.empty() ? "CODE" : "LINK", "GROUP", "DISPLAY NAME", "ADDRESS", "RATER"});
    for (const auto& code : all.codes()) {
      table.Add({given(code), code.rater().group(), code.rater().paper() ? "(paper)" : code.rater().display_name(),
                 code.rater().address(), code.rater().name()});
    }
    return table.Text();
  });
}

struct ReissueOptions {
  std::string rater;
  std::optional<int32_t> generation;
};

// How often the rater's code has been made anew. NOT_FOUND: the rater has none.
absl::StatusOr<int32_t> GenerationOf(Context& c, const std::string& rater) {
  candor::v1::ListCodesRequest request;
  request.set_parent(rater.substr(0, rater.rfind("/raters/")));
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListCodes, request));
  for (const auto& code : all.codes()) {
    if (code.rater().name() == rater) return code.generation();
  }
  return absl::NotFoundError(absl::StrCat("no code of ", rater, "; candor code list shows those there are"));
}

// With the generation, repeating the call is harmless: no reissue is counted twice because a reply was lost.
absl::Status Reissue(Context& c, const ReissueOptions& options) {
  candor::v1::ReissueCodeRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.rater));
  if (options.generation.has_value()) {
    request.set_generation(*options.generation);
  } else {
    CANDOR_ASSIGN_OR_RETURN(const int32_t generation, GenerationOf(c, request.name()));
    request.set_generation(generation);
  }
  const auto reissued = c.Call(&CampaignService::Stub::ReissueCode, request);
  if (absl::IsUnavailable(reissued.status()) || absl::IsDeadlineExceeded(reissued.status())) {
    return base::Annotate(reissued.status(),
                          absl::StrCat("the code may have been made anew or not; run this again with --generation ",
                                       request.generation(), ", which gives the new code and counts once"));
  }
  CANDOR_RETURN_IF_ERROR(reissued.status());
  const candor::v1::InvitationCode& code = *reissued;
  return c.Show(code, [&] {
    return absl::StrCat(code.code(), "\nThe old code is void. Reissued codes are counted in public.\n");
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
      },
      List);
  AddVerb<ReissueOptions>(
      *noun, context, "reissue", "Void a rater's code and make a new one, for a device lost before answering",
      [](CLI::App& verb, ReissueOptions& options) {
        verb.add_option("rater", options.rater, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY/raters/RATER")
            ->required();
        verb.add_option("--generation", options.generation,
                        "Of the code to void, as code list --json shows it; repeating with it counts once");
      },
      Reissue);
}

}  // namespace candor::cli
