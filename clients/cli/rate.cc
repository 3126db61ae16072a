#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "clients/cli/answers_file.h"
#include "clients/cli/contract_text.h"
#include "clients/cli/dialog.h"
#include "clients/cli/send_again.h"
#include "clients/cli/verbs.h"
#include "clients/cli/wire_fault.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/domain/answer.h"
#include "services/domain/instrument.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;
using candor::v1::IdentifiedRating;

// How long a file is sent again by itself while the server is away.
constexpr absl::Duration kTriesFor = absl::Hours(24);

struct RateOptions {
  std::string survey, file, language;
  bool show = false;
};

domain::LocalizedText ToDomain(const candor::v1::LocalizedText& text) {
  return {text.values().begin(), text.values().end()};
}

domain::RatingScale ToDomain(const candor::v1::RatingScale& scale) {
  domain::RatingScale value;
  value.points = scale.points();
  for (const auto& [language, labels] : scale.labels()) {
    value.labels[language] = {labels.labels().begin(), labels.labels().end()};
  }
  value.not_observed = ToDomain(scale.not_observed());
  return value;
}

// The language to speak: `wanted` where the form has it, else English, else one that it has.
std::string LanguageOf(const IdentifiedRating& form, const std::string& wanted) {
  std::vector<std::string> languages;
  if (!form.items().empty()) {
    for (const auto& [language, text] : form.items(0).text().values()) languages.push_back(language);
  }
  // The form does not tell the questionnaire's first language.
  std::sort(languages.begin(), languages.end());
  std::stable_partition(languages.begin(), languages.end(), [](const std::string& tag) { return tag == "en"; });
  return BestLanguage(languages, wanted);
}

uint8_t MarkOf(const candor::v1::Rating& rating) {
  if (rating.answer_case() == candor::v1::Rating::kNotObserved && rating.not_observed()) return domain::kNotObserved;
  if (rating.answer_case() == candor::v1::Rating::kValue) return static_cast<uint8_t>(rating.value());
  return domain::kBlank;
}

// What is saved on the server, one entry for each item of the form.
std::vector<uint8_t> SavedMarks(const IdentifiedRating& form) {
  std::vector<uint8_t> marks(form.items_size(), domain::kBlank);
  for (const auto& rating : form.ratings()) {
    for (int i = 0; i < form.items_size(); ++i) {
      if (form.items(i).indicator() == rating.indicator()) marks[i] = MarkOf(rating);
    }
  }
  return marks;
}

absl::Status Rate(Context& c, const RateOptions& options, const std::string& kind) {
  CANDOR_ASSIGN_OR_RETURN(const std::string survey, c.FullName("campaigns", options.survey));
  candor::v1::GetIdentifiedRatingRequest get;
  get.set_name(absl::StrCat(survey, "/ratings/", kind));
  CANDOR_ASSIGN_OR_RETURN(const IdentifiedRating form, c.Call(&CampaignService::Stub::GetIdentifiedRating, get));
  const std::string language = LanguageOf(form, options.language);
  if (options.show) {
    return c.Show(form, [&] {
      const std::vector<uint8_t> marks = SavedMarks(form);
      std::string text;
      for (int i = 0; i < form.items_size(); ++i) {
        absl::StrAppend(&text, form.items(i).indicator(), "  [", MarkText(marks[i]), "]  ",
                        TextIn(ToDomain(form.items(i).text()), language), "\n");
      }
      return text;
    });
  }

  candor::v1::PutIdentifiedRatingRequest put;
  put.mutable_rating()->set_name(get.name());
  const auto add = [&](const std::string& indicator, uint8_t mark) {
    if (mark == domain::kBlank) return;
    auto* rating = put.mutable_rating()->add_ratings();
    rating->set_indicator(indicator);
    if (mark == domain::kNotObserved) {
      rating->set_not_observed(true);
    } else {
      rating->set_value(mark);
    }
  };
  const bool asks = options.file.empty();
  Dialog dialog(std::cin, c.options.json ? std::cerr : std::cout);
  dialog.SetLanguage(language);
  if (form.team_members() > 0) {
    dialog.Say(absl::StrCat("\n", Wrapped(dialog.sentences().Say("rate.team", {{"members", absl::StrCat(form.team_members())}}),
                                         kWidth, "")));
  }
  if (!asks) {
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.file));
    CANDOR_ASSIGN_OR_RETURN(const MarkedAnswers marked, ParseAnswers(bytes, options.file));
    if (!marked.comments.empty() || marked.notice.given) {
      return base::Error(absl::StatusCode::kInvalidArgument, "ANSWERS_INVALID",
                         absl::StrCat(options.file, ": a rating under one's own name has no comments, and no notice of "
                                                    "being pressed; take \"comments\" and \"pressed\" out; nothing was "
                                                    "saved"));
    }
    for (const auto& [indicator, mark] : marked.ratings) add(indicator, mark);
  } else {
    dialog.Say(ScaleText(ToDomain(form.scale()), language));
    std::vector<std::string> sentences;
    for (const auto& item : form.items()) sentences.push_back(TextIn(ToDomain(item.text()), language));
    std::vector<uint8_t> marks = SavedMarks(form);
    CANDOR_RETURN_IF_ERROR(AskRatings(dialog, sentences, form.scale().points(), marks));
    CANDOR_ASSIGN_OR_RETURN(const bool save, dialog.AskYes(absl::StrCat("\n", dialog.sentences().Say("rate.save")), true));
    if (!save) return absl::AbortedError("nothing was saved");
    for (int i = 0; i < form.items_size(); ++i) add(form.items(i).indicator(), marks[i]);
  }
  IdentifiedRating saved;
  const auto send = [&]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(saved, c.Call(&CampaignService::Stub::PutIdentifiedRating, put));
    return absl::OkStatus();
  };
  const absl::Status sent = SendUntilItArrives(
      dialog, c, {send, nullptr, asks, absl::Now() + kTriesFor, asks ? "send.rating_gone" : "send.file_again"});
  if (!sent.ok() && !asks) {
    const auto& ratings = put.rating().ratings();
    return NamePlace(sent, "rating.ratings", static_cast<size_t>(ratings.size()),
                     [&](size_t index, absl::string_view) {
                       return absl::StrCat(options.file, ", ", ratings[static_cast<int>(index)].indicator());
                     });
  }
  CANDOR_RETURN_IF_ERROR(sent);
  return c.Show(saved, [&] {
    return absl::StrCat("saved ", saved.ratings_size(), " of ", form.items_size(),
                        " ratings; they can be changed until the campaign is closed\n");
  });
}

}  // namespace

void AddRateVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "rate", "Identified ratings: the leader's own, and the supervisor's");
  for (const std::string kind : {"self", "supervisor"}) {
    AddVerb<RateOptions>(
        *noun, context, kind,
        kind == "self" ? "Rate yourself, or the team that you are a member of (the leader's or the member's key)"
                       : "Rate a leader that you supervise (the supervisor's key)",
        [](CLI::App& verb, RateOptions& options) {
          verb.add_option("survey", options.survey, "districts/DISTRICT/campaigns/CAMPAIGN/surveys/SURVEY")->required();
          verb.add_option("--file", options.file,
                          "JSON: {\"INDICATOR\": 4, \"INDICATOR\": \"N\"}; without it each item is asked here");
          verb.add_option("--language", options.language, "Language of the items (default: English, or what there is)");
          verb.add_flag("--show", options.show, "Only show the form with what is saved");
        },
        [kind](Context& c, const RateOptions& options) { return Rate(c, options, kind); });
  }
}

}  // namespace candor::cli
