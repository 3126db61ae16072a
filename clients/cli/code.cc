#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "clients/cli/verbs.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;

struct ListOptions {
  std::string survey;
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
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListCodes, request));
  return c.Show(all, [&] {
    if (options.csv) {
      std::string text = "group,name,address,code\n";
      for (const auto& code : all.codes()) {
        absl::StrAppend(&text, Quoted(code.rater().group()), ",", Quoted(code.rater().display_name()), ",",
                        Quoted(code.rater().address()), ",", code.code(), "\n");
      }
      return text;
    }
    Table table({"CODE", "GROUP", "DISPLAY NAME", "ADDRESS", "RATER"});
    for (const auto& code : all.codes()) {
      table.Add({code.code(), code.rater().group(), code.rater().paper() ? "(paper)" : code.rater().display_name(),
                 code.rater().address(), code.rater().name()});
    }
    return table.Text();
  });
}

absl::Status Reissue(Context& c, const NameOption& options) {
  candor::v1::ReissueCodeRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("campaigns", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto code, c.CallOnce(&CampaignService::Stub::ReissueCode, request));
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
      },
      List);
  AddVerb<NameOption>(
      *noun, context, "reissue", "Void a rater's code and make a new one, for a device lost before answering",
      [](CLI::App& verb, NameOption& options) {
        verb.add_option("rater", options.name, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY/raters/RATER")
            ->required();
      },
      Reissue);
}

}  // namespace candor::cli
