// What a campaign will be able to show, told before it is opened: from how many are invited and how many of them usually
// answer, by simulating campaigns and putting each through the disclosure rules of the anonymity contract.
//
// Nothing here has seen an answer: the simulated raters are drawn from assumptions that stand in ForecastInput. The same input
// gives the same forecast on every machine.

#ifndef CANDOR_CLIENTS_FORECAST_FORECAST_H_
#define CANDOR_CLIENTS_FORECAST_FORECAST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/domain/framework.h"
#include "services/domain/instrument.h"

namespace candor::forecast {

// Raters who will get codes of one kind: an issuing group of the preview.
struct ExpectedGroup {
  std::string code;                  // a rater group's code, "staff/lower", or other_raters
  std::vector<std::string> members;  // codes of rater groups; one unless several are joined
  std::vector<std::string> parts;    // of the one member; empty: all of it
  int64_t invited = 0;
  double response_rate = 0.7;  // share of the invited who answer, 0 to 1
  double observed_rate = 0.9;  // share of the statements that one of them has seen, 0 to 1
};

struct ForecastInput {
  domain::Instrument instrument;  // its items, audiences and scale
  domain::Framework framework;    // that of the instrument
  // Of the anonymity contract: fewest answers behind a figure, answers that somebody may know, and from which share of
  // replaced codes on a group is withheld.
  int minimum_group_size = 5, insiders = 1, maximum_reissued_percent = 10;
  std::vector<ExpectedGroup> groups;
  int runs = 400;      // simulated campaigns, at least 1
  uint32_t seed = 1;
  // How raters rate: the true mean of a competency is normal about `typical_mean` (a share of the scale, 0 to 1) with
  // `leader_spread`, a rating about that with `rating_spread`, both as shares of the scale's length; ratings of one person
  // correlate by `item_correlation`. The defaults are near what 360-degree surveys of leaders find: a mean of 4 on five
  // points, a standard deviation of 0.9.
  double typical_mean = 0.75;
  double leader_spread = 0.09;
  double rating_spread = 0.225;
  double item_correlation = 0.5;
};

// A quantity over the simulated campaigns.
struct Spread {
  double low = 0;     // 5 % lie below
  double middle = 0;  // the median
  double high = 0;    // 5 % lie above
};

struct GroupForecast {
  std::string code;  // a rater group's, "staff/lower", or other_raters: as blocks of a report
  Spread answers;      // of a block that is not in every run (the pool, a group in parts): over those that have it
  double shown = 0;  // share of the runs in which the group has figures at all
  // Of the statements the group is asked, over the runs in which it is shown: the mean share with no figure, with a limit
  // alone ("3.4 or higher"), and with a mean.
  double items_withheld = 0, items_limited = 0, items_exact = 0;
  // How far a competency's figure might move, either way, in scale points, over the runs in which one is exact; unset where
  // none ever is.
  std::optional<Spread> half_width;
};

struct Burden {
  std::string audience;  // a rater group's code, or self
  int items = 0, prompts = 0;
  double minutes = 0;  // for one who answers everything; see MinutesFor
};

struct Forecast {
  std::vector<GroupForecast> groups;  // in the order of the manifest, then the pool
  std::vector<Burden> burdens;        // self, then the instrument's rater groups
  // Share of the runs in which at least one competency has a figure of all raters.
  double any_figure = 0;
};

Forecast MakeForecast(const ForecastInput& input);

// How long one form takes, in minutes: the words of its sentences at 200 words a minute (students 120), 3 s to choose an
// answer, 45 s for an open question, and a minute for the rules. An estimate, for whoever plans, and not a promise.
double MinutesFor(const domain::Instrument& instrument, const std::string& audience);

// The fewest invited of whom at least `wanted` answer with a probability of `certainty`, each with probability `rate`;
// unset for a rate of 0, and beyond 100,000.
std::optional<int64_t> InvitedFor(int64_t wanted, double rate, double certainty);

// The same as the forecast in words: what to change, most important first. English sentences.
std::vector<std::string> Advise(const ForecastInput& input, const Forecast& forecast);

}  // namespace candor::forecast

#endif  // CANDOR_CLIENTS_FORECAST_FORECAST_H_
