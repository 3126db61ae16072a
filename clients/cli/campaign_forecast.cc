// `candor campaign forecast`: what the reports of a draft will be able to show.

#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/instrument.grpc.pb.h"
#include "clients/cli/output.h"
#include "clients/cli/verbs.h"
#include "clients/forecast/forecast.h"
#include "clients/report/figures.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/instrument.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;
using candor::v1::InstrumentService;
using forecast::Forecast;
using forecast::ForecastInput;
using forecast::GroupForecast;

struct ForecastOptions {
  std::string campaign;
  std::vector<std::string> answer, seen;  // GROUP=PERCENT
};

// "staff=60" or "staff=60%" -> staff, 0.6.
absl::StatusOr<std::map<std::string, double>> ReadShares(const std::vector<std::string>& words, absl::string_view flag) {
  std::map<std::string, double> shares;
  for (const std::string& word : words) {
    const std::vector<std::string> sides = absl::StrSplit(word, absl::MaxSplits('=', 1));
    double percent = 0;
    if (sides.size() != 2 || sides[0].empty() || !absl::SimpleAtod(absl::StripSuffix(sides[1], "%"), &percent) ||
        !(percent >= 0 && percent <= 100)) {
      return absl::InvalidArgumentError(
          absl::StrCat(flag, " takes a rater group and a percentage from 0 to 100, as in staff=60; not \"", word, "\""));
    }
    shares[sides[0]] = percent / 100;
  }
  return shares;
}

// The share given for the group, or the mean of those of its members; else as it is.
void SetShare(const std::map<std::string, double>& shares, const forecast::ExpectedGroup& group, double& share) {
  double sum = 0;
  int given = 0;
  for (const std::string& member : group.members) {
    const auto found = shares.find(member);
    sum += found == shares.end() ? share : found->second;
    given += found == shares.end() ? 0 : 1;
  }
  if (given > 0) share = sum / static_cast<double>(group.members.size());
}

absl::Status CheckGroups(const std::map<std::string, double>& shares, const domain::Instrument& instrument) {
  for (const auto& [code, share] : shares) {
    bool known = false;
    std::vector<std::string> codes;
    for (const domain::RaterGroup& group : instrument.rater_groups) {
      known = known || group.code == code;
      codes.push_back(group.code);
    }
    if (!known) {
      return absl::InvalidArgumentError(absl::StrCat("the questionnaire has no rater group \"", code, "\"; it has ",
                                                     absl::StrJoin(codes, ", ")));
    }
  }
  return absl::OkStatus();
}

std::string Percent(double share) { return report::PercentText(share); }

std::string TextOf(const ForecastInput& input, const Forecast& forecast) {
  Table groups({"GROUP", "INVITED", "ANSWERS", "SHOWN", "MEANS", "LIMITS", "NOTHING", "UNCERTAIN BY"});
  for (const GroupForecast& group : forecast.groups) {
    int64_t invited = 0;
    for (const forecast::ExpectedGroup& expected : input.groups) {
      if (expected.code == group.code) invited = expected.invited;
    }
    const bool shown = group.shown > 0;
    groups.Add({group.code, invited == 0 ? "" : absl::StrCat(invited),
                absl::StrFormat("%.0f to %.0f", group.answers.low, group.answers.high), Percent(group.shown),
                shown ? Percent(group.items_exact) : "", shown ? Percent(group.items_limited) : "",
                shown ? Percent(group.items_withheld) : "",
                group.half_width.has_value() ? absl::StrFormat("%.2f points", group.half_width->middle) : ""});
  }
  std::string text = groups.Text();
  for (const std::string& sentence : forecast::Advise(input, forecast)) {
    absl::StrAppend(&text, Wrapped(sentence, kWidth, "  "));
  }
  return text;
}

base::Json JsonOf(const std::string& survey, const ForecastInput& input, const Forecast& forecast) {
  base::Json groups = base::Json::array(), burdens = base::Json::array();
  for (const GroupForecast& group : forecast.groups) {
    base::Json row = {{"group", group.code},
                      {"answers", {group.answers.low, group.answers.middle, group.answers.high}},
                      {"shown", group.shown},
                      {"items_exact", group.items_exact},
                      {"items_limited", group.items_limited},
                      {"items_withheld", group.items_withheld}};
    if (group.half_width.has_value()) {
      row["half_width"] = {group.half_width->low, group.half_width->middle, group.half_width->high};
    }
    groups.push_back(std::move(row));
  }
  for (const forecast::Burden& burden : forecast.burdens) {
    burdens.push_back({{"audience", burden.audience}, {"items", burden.items}, {"prompts", burden.prompts},
                       {"minutes", burden.minutes}});
  }
  return {{"survey", survey}, {"groups", groups}, {"burdens", burdens}, {"any_figure", forecast.any_figure},
          {"advice", forecast::Advise(input, forecast)}};
}

absl::Status ForecastCampaign(Context& c, const ForecastOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const auto answer, ReadShares(options.answer, "--answer"));
  CANDOR_ASSIGN_OR_RETURN(const auto seen, ReadShares(options.seen, "--seen"));
  candor::v1::GetCampaignRequest get;
  CANDOR_ASSIGN_OR_RETURN(*get.mutable_name(), c.FullName("campaigns", options.campaign));
  CANDOR_ASSIGN_OR_RETURN(const auto campaign, c.Call(&CampaignService::Stub::GetCampaign, get));
  if (campaign.state() != candor::v1::CAMPAIGN_STATE_DRAFT) {
    return absl::FailedPreconditionError("a forecast is made of a draft; this campaign was opened already");
  }
  candor::v1::PreviewCampaignRequest preview_request;
  preview_request.set_name(get.name());
  CANDOR_ASSIGN_OR_RETURN(const auto preview, c.Call(&CampaignService::Stub::PreviewCampaign, preview_request));
  candor::v1::GetInstrumentVersionRequest version_request;
  version_request.set_name(campaign.instrument_version());
  CANDOR_ASSIGN_OR_RETURN(const auto stored, c.Call(&InstrumentService::Stub::GetInstrumentVersion, version_request));
  CANDOR_ASSIGN_OR_RETURN(const domain::InstrumentVersion version, domain::DecodeInstrumentVersion(stored.document()));
  for (const auto* shares : {&answer, &seen}) CANDOR_RETURN_IF_ERROR(CheckGroups(*shares, version.instrument));

  std::string text;
  base::Json surveys = base::Json::array();
  Forecast last;
  for (const auto& survey : preview.surveys()) {
    ForecastInput input;
    input.instrument = version.instrument;
    input.framework = version.framework;
    input.minimum_group_size = campaign.minimum_group_size();
    input.insiders = campaign.insiders();
    for (const auto& group : survey.groups()) {
      forecast::ExpectedGroup expected;
      expected.code = group.code();
      expected.members.assign(group.members().begin(), group.members().end());
      expected.parts.assign(group.parts().begin(), group.parts().end());
      expected.invited = group.invited();
      SetShare(answer, expected, expected.response_rate);
      SetShare(seen, expected, expected.observed_rate);
      input.groups.push_back(std::move(expected));
    }
    last = forecast::MakeForecast(input);
    if (c.options.json) {
      surveys.push_back(JsonOf(survey.survey(), input, last));
    } else {
      absl::StrAppend(&text, text.empty() ? "" : "\n", survey.leader_display_name(), "\n", TextOf(input, last));
    }
  }
  if (c.options.json) return Print(base::Json{{"surveys", surveys}}.dump(2) + "\n");
  if (preview.surveys().empty()) return Print("The campaign has no leaders yet, so there is nothing to forecast.\n");
  Table burdens({"WHO", "STATEMENTS", "QUESTIONS", "MINUTES"});
  for (const forecast::Burden& burden : last.burdens) {
    burdens.Add({burden.audience, absl::StrCat(burden.items), absl::StrCat(burden.prompts),
                 absl::StrFormat("%.0f", burden.minutes)});
  }
  absl::StrAppend(&text, "\nHow long the form takes\n", burdens.Text(), "\n",
                  Wrapped("Made by simulating 400 campaigns with these rules. Assumed unless you say otherwise with --answer and "
                          "--seen: 70 % of the invited answer, and have seen 90 % of what they are asked about. SHOWN: how often "
                          "the group has figures at all. Of its statements MEANS, LIMITS (\"3.4 or higher\") and NOTHING. "
                          "UNCERTAIN BY: how far a competency's figure might move either way.",
                          kWidth, ""));
  return Print(Printable(text));
}

}  // namespace

void AddForecastVerb(CLI::App& noun, Context& context) {
  AddVerb<ForecastOptions>(
      noun, context, "forecast", "Tell before the opening what reports will show, how sure, and how long the form takes",
      [](CLI::App& verb, ForecastOptions& options) {
        verb.add_option("campaign", options.campaign, "The campaign's name, or id with --district")->required();
        verb.add_option("--answer", options.answer, "How many of a rater group usually answer, as in staff=60");
        verb.add_option("--seen", options.seen, "How much of what it is asked a group has usually seen, as in parent=70");
      },
      ForecastCampaign);
}

}  // namespace candor::cli
