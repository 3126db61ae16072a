#include "clients/forecast/forecast.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <random>
#include <utility>

#include "services/base/status.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/disclosure.h"
#include "services/statistics/constants.h"
#include "services/statistics/printed.h"

namespace candor::forecast {
namespace {

constexpr double kWordsPerMinute = 200, kWordsPerMinuteOfStudents = 120;
constexpr double kSecondsToChoose = 3, kSecondsForPrompt = 45, kSecondsForRules = 60;
constexpr char kStudents[] = "student";

// Numbers that are the same on every machine: the standard's distributions are not.
class Draws {
 public:
  explicit Draws(uint32_t seed) : random_(seed) {}

  double Uniform() { return (static_cast<double>(random_()) + 0.5) / 4294967296.0; }
  double Normal() {  // Box and Muller
    return std::sqrt(-2 * std::log(Uniform())) * std::cos(2 * M_PI * Uniform());
  }

 private:
  std::mt19937 random_;
};

// The items that all members of a group are asked.
std::vector<bool> AskedOf(const domain::Instrument& instrument, const std::vector<std::string>& members) {
  std::vector<bool> asked;
  for (const domain::Item& item : instrument.items) {
    asked.push_back(std::all_of(members.begin(), members.end(),
                                [&](const std::string& member) { return item.texts.contains(member); }));
  }
  return asked;
}

// Item -> place of its competency.
std::vector<int> CompetenciesOf(const ForecastInput& input) {
  std::map<std::string, int> places;
  std::vector<int> competencies;
  for (const domain::Item& item : input.instrument.items) {
    const domain::IndicatorPlace place = domain::FindIndicator(input.framework, item.indicator);
    const std::string code = place.competency == nullptr ? item.indicator : place.competency->code;
    competencies.push_back(places.emplace(code, static_cast<int>(places.size())).first->second);
  }
  return competencies;
}

// One simulated leader: the tallies of everybody who answers.
struct Campaign {
  std::vector<domain::GroupTally> tallies;
  std::vector<domain::GroupCounts> counts;
};

Campaign Simulate(const ForecastInput& input, const std::vector<int>& competencies, Draws& draws) {
  const int points = input.instrument.scale.points;
  const double length = points - 1;
  std::vector<double> truth(competencies.empty() ? 0 : 1 + *std::max_element(competencies.begin(), competencies.end()));
  for (double& mean : truth) mean = 1 + length * (input.typical_mean + input.leader_spread * draws.Normal());
  Campaign campaign;
  for (const ExpectedGroup& group : input.groups) {
    const std::vector<bool> asked = AskedOf(input.instrument, group.members);
    domain::GroupTally tally;
    tally.code = group.code;
    tally.items.assign(asked.size(), {std::vector<int64_t>(static_cast<size_t>(points)), 0, 0});
    int64_t answers = 0;
    for (int64_t rater = 0; rater < group.invited; ++rater) {
      if (draws.Uniform() >= group.response_rate) continue;
      ++answers;
      const double halo = std::sqrt(input.item_correlation) * draws.Normal();
      bool rated = false;
      for (size_t j = 0; j < asked.size(); ++j) {
        if (!asked[j]) continue;
        if (draws.Uniform() >= group.observed_rate) {
          ++tally.items[j].not_observed;
          continue;
        }
        const double own = std::sqrt(1 - input.item_correlation) * draws.Normal();
        const double rating = truth[static_cast<size_t>(competencies[j])] + length * input.rating_spread * (halo + own);
        const auto point = static_cast<size_t>(std::lround(std::clamp(rating, 1.0, static_cast<double>(points))));
        ++tally.items[j].counts[point - 1];
        rated = true;
      }
      if (rated) ++tally.raters;
    }
    campaign.tallies.push_back(std::move(tally));
    campaign.counts.push_back({group.code, group.invited, answers, 0, answers, 0});
  }
  return campaign;
}

statistics::PrintedAtom ToPrinted(const domain::Atom& atom) {
  statistics::PrintedAtom printed;
  if (atom.kind == domain::AtomKind::kWithheld) return printed;
  printed.n = atom.n;
  if (atom.kind == domain::AtomKind::kExact) {
    printed.kind = statistics::PrintedAtom::Kind::kExact;
    printed.sum = atom.sum;
    printed.counts = atom.counts;
    return printed;
  }
  printed.kind = atom.kind == domain::AtomKind::kAtLeast ? statistics::PrintedAtom::Kind::kAtLeast
                                                         : statistics::PrintedAtom::Kind::kAtMost;
  printed.bound = static_cast<double>(atom.bound_numerator) / static_cast<double>(atom.n);
  return printed;
}

Spread SpreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
  };
  return {at(0.05), at(0.5), at(0.95)};
}

// What is counted of one block over the runs.
struct BlockRecord {
  std::vector<double> answers;  // one for each run in which there was such a block; of an issuing group for each run
  int shown = 0;
  double withheld = 0, limited = 0, exact = 0;  // sums over the runs in which it is shown, of shares of its items
  std::vector<double> half_widths;
};

class Recorder {
 public:
  Recorder(const ForecastInput& input, const std::vector<int>& competencies) : input_(input), competencies_(competencies) {
    for (size_t j = 0; j < input.instrument.items.size(); ++j) {
      places_[input.instrument.items[j].indicator] = j;
    }
    rules_ = statistics::DefaultRules(input.instrument.scale.points);
  }

  void Record(const domain::ClosedResult& result, const Campaign& campaign) {
    for (const domain::GroupCounts& counts : campaign.counts) {
      RecordOf(counts.code).answers.push_back(static_cast<double>(counts.counted));
    }
    bool any = false;
    for (const domain::Block& block : result.blocks) {
      BlockRecord& record = RecordOf(block.code);
      // The pool, and a group whose parts were too few to be shown apart.
      const bool issued = std::any_of(campaign.counts.begin(), campaign.counts.end(),
                                      [&](const domain::GroupCounts& counts) { return counts.code == block.code; });
      if (!issued) record.answers.push_back(static_cast<double>(AnswersOf(result, block, campaign)));
      if (block.state != domain::BlockState::kPrinted || block.atoms.empty()) continue;
      ++record.shown;
      any = RecordAtoms(block, record) || any;
    }
    if (any) ++with_figure_;
  }

  Forecast Finish(int runs) {
    Forecast forecast;
    for (const std::string& code : order_) {
      BlockRecord& record = records_[code];
      GroupForecast& group = forecast.groups.emplace_back();
      group.code = code;
      group.answers = SpreadOf(std::move(record.answers));
      group.shown = static_cast<double>(record.shown) / runs;
      if (record.shown > 0) {
        group.items_withheld = record.withheld / record.shown;
        group.items_limited = record.limited / record.shown;
        group.items_exact = record.exact / record.shown;
      }
      if (!record.half_widths.empty()) group.half_width = SpreadOf(std::move(record.half_widths));
    }
    forecast.any_figure = static_cast<double>(with_figure_) / runs;
    return forecast;
  }

 private:
  BlockRecord& RecordOf(const std::string& code) {
    const auto [record, fresh] = records_.try_emplace(code);
    if (fresh) order_.push_back(code);
    return record->second;
  }

  // Of the pool: its own issuing group's, and those of every group that is in it.
  static int64_t AnswersOf(const domain::ClosedResult& result, const domain::Block& block, const Campaign& campaign) {
    int64_t answers = 0;
    for (const domain::Block& each : result.blocks) {
      const bool pooled = block.code == domain::kOtherRaters && each.state == domain::BlockState::kPooled;
      if (each.code != block.code && !pooled) continue;
      for (const domain::GroupCounts& counts : campaign.counts) {
        if (domain::IsOfBlock(result, each, counts.code)) answers += counts.counted;
      }
    }
    return answers;
  }

  // Whether some competency has a figure.
  bool RecordAtoms(const domain::Block& block, BlockRecord& record) {
    std::map<int, std::vector<statistics::PrintedAtom>> by_competency;
    int withheld = 0, limited = 0, exact = 0;
    for (const domain::Atom& atom : block.atoms) {
      switch (atom.kind) {
        case domain::AtomKind::kWithheld: ++withheld; break;
        case domain::AtomKind::kExact: ++exact; break;
        default: ++limited; break;
      }
      by_competency[competencies_[places_.at(atom.indicator)]].push_back(ToPrinted(atom));
    }
    const double items = static_cast<double>(block.atoms.size());
    record.withheld += withheld / items;
    record.limited += limited / items;
    record.exact += exact / items;
    bool any = false;
    for (const auto& [competency, atoms] : by_competency) {
      const statistics::PrintedScale scale = statistics::ScorePrintedScale(atoms, rules_, rules_.prior_correlation);
      if (!scale.score.has_value()) continue;
      any = true;
      if (!scale.score->interval.has_value()) continue;
      const statistics::Interval& limits = scale.score->interval->limits;
      record.half_widths.push_back((limits.hi - limits.lo) / 2);
    }
    return any;
  }

  const ForecastInput& input_;
  const std::vector<int>& competencies_;
  std::map<std::string, size_t> places_;
  statistics::ScoringRules rules_;
  std::vector<std::string> order_;
  std::map<std::string, BlockRecord> records_;
  int with_figure_ = 0;
};

int WordsOf(const domain::LocalizedText& text) {
  // The longest language decides: nobody should find the form longer than was said.
  int most = 0;
  for (const auto& [language, value] : text) {
    int words = 0;
    bool inside = false;
    for (const char c : value) {
      const bool space = c == ' ' || c == '\n' || c == '\t';
      if (!space && !inside) ++words;
      inside = !space;
    }
    most = std::max(most, words);
  }
  return most;
}

}  // namespace

double MinutesFor(const domain::Instrument& instrument, const std::string& audience) {
  int words = 0, items = 0, prompts = 0;
  for (const domain::Item& item : instrument.items) {
    const auto text = item.texts.find(audience);
    if (text == item.texts.end()) continue;
    ++items;
    words += WordsOf(text->second);
  }
  for (const domain::Prompt& prompt : instrument.prompts) {
    const auto text = prompt.texts.find(audience);
    if (text == prompt.texts.end()) continue;
    ++prompts;
    words += WordsOf(text->second);
  }
  const double speed = audience == kStudents ? kWordsPerMinuteOfStudents : kWordsPerMinute;
  return words / speed + (items * kSecondsToChoose + prompts * kSecondsForPrompt + kSecondsForRules) / 60;
}

std::optional<int64_t> InvitedFor(int64_t wanted, double rate, double certainty) {
  if (rate <= 0) return std::nullopt;
  if (wanted <= 0) return 0;
  for (int64_t invited = wanted; invited <= 100'000; ++invited) {
    // P(fewer than `wanted` of `invited` answer), term by term from the logarithm, so that nothing underflows.
    double fewer = 0;
    for (int64_t k = 0; k < wanted; ++k) {
      const double n = static_cast<double>(invited), m = static_cast<double>(k);
      if (rate >= 1) continue;
      fewer += std::exp(std::lgamma(n + 1) - std::lgamma(m + 1) - std::lgamma(n - m + 1) + m * std::log(rate) +
                        (n - m) * std::log1p(-rate));
    }
    if (1 - fewer >= certainty) return invited;
  }
  return std::nullopt;
}

Forecast MakeForecast(const ForecastInput& input) {
  CANDOR_CHECK(input.runs >= 1);
  const std::vector<int> competencies = CompetenciesOf(input);
  domain::Manifest manifest;
  for (const ExpectedGroup& group : input.groups) {
    manifest.groups.push_back({group.code, group.members, group.invited, "", group.parts});
  }
  const domain::DisclosureRules rules{input.instrument.scale.points, input.minimum_group_size, input.insiders,
                                      input.maximum_reissued_percent};
  Draws draws(input.seed);
  Recorder recorder(input, competencies);
  for (int run = 0; run < input.runs; ++run) {
    const Campaign campaign = Simulate(input, competencies, draws);
    recorder.Record(
        domain::MakeClosedResult(manifest, input.instrument, rules, campaign.tallies, campaign.counts), campaign);
  }
  Forecast forecast = recorder.Finish(input.runs);
  std::vector<std::string> audiences = {domain::kSelf};
  for (const domain::RaterGroup& group : input.instrument.rater_groups) audiences.push_back(group.code);
  for (const std::string& audience : audiences) {
    Burden& burden = forecast.burdens.emplace_back();
    burden.audience = audience;
    for (const domain::Item& item : input.instrument.items) burden.items += item.texts.contains(audience) ? 1 : 0;
    for (const domain::Prompt& prompt : input.instrument.prompts) burden.prompts += prompt.texts.contains(audience) ? 1 : 0;
    burden.minutes = MinutesFor(input.instrument, audience);
  }
  return forecast;
}

}  // namespace candor::forecast
