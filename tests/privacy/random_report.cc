#include "tests/privacy/random_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/base/status.h"
#include "services/reporting/build_report.h"
#include "services/reporting/scores.h"
#include "services/statistics/printed.h"
#include "tests/privacy/report_reader.h"
#include "tests/reporting/report_builders.h"

namespace candor::privacy {
namespace {

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  RandomReport Make(bool cells, bool parts) {
    RandomReport campaign;
    const int points = Points();
    campaign.contract = Contract();
    // One after the other: the order in which arguments are worked out is the compiler's.
    const uint32_t items = cells ? 6 + Below(5) : 2 + Below(5);
    const uint32_t groups = 1 + Below(6);
    MakeInstrument(points, items, groups, campaign.version);
    if (cells) {
      campaign.cells = domain::CellsOfCompetencies(campaign.version, 1 + static_cast<int>(Below(4)));
      CANDOR_CHECK(domain::CheckCells(campaign.version.instrument, campaign.cells).ok());
    }
    if (parts) BreakDown(campaign);
    Answer(campaign);
    return campaign;
  }

  std::vector<RandomReport> MakeLeaders() {
    RandomReport campaign;
    campaign.contract = Contract();
    const int points = Points();
    const uint32_t items = 2 + Below(2);
    const uint32_t groups = 1 + Below(3);
    MakeInstrument(points, items, groups, campaign.version);
    if (Below(3) == 0) BreakDown(campaign);
    std::vector<RandomReport> leaders(5 + Below(3), campaign);
    for (RandomReport& leader : leaders) Answer(leader);
    return leaders;
  }

  RandomRounds MakeRounds() {
    RandomRounds rounds;
    rounds.before.contract = Contract();
    const int points = Points();
    const uint32_t items = 2 + Below(3);
    const uint32_t groups = 1 + Below(3);
    MakeInstrument(points, items, groups, rounds.before.version);
    rounds.now.version = rounds.before.version;
    // Some statements have other words now, and are other statements.
    for (domain::Item& item : rounds.now.version.instrument.items) {
      if (Below(5) > 0) continue;
      for (auto& [audience, text] : item.texts) text = {{"en", "y"}};
    }
    rounds.now.contract = Contract();
    rounds.now.contract.compared_with = rounds.before.contract.close_time;
    for (RandomReport* round : {&rounds.before, &rounds.now}) {
      if (Below(3) == 0) BreakDown(*round);
      Answer(*round);
    }
    return rounds;
  }

 private:
  int Points() { return Below(2) == 0 ? 4 : 5; }

  domain::Contract Contract() {
    domain::Contract contract = reporting::SampleContract();
    contract.insiders = static_cast<int>(Below(3));
    contract.minimum_group_size = domain::LowestMinimumGroupSize(contract.insiders) + (Below(5) == 0 ? Below(4) : 0);
    contract.pool_minimum = contract.minimum_group_size + contract.insiders;
    return contract;
  }

  // One or two of the groups by part.
  void BreakDown(RandomReport& campaign) {
    const auto& groups = campaign.version.instrument.rater_groups;
    for (size_t g = 0; g < groups.size() && g < 2; ++g) {
      domain::Breakdown breakdown{groups[g].code, {}};
      for (uint32_t part = 2 + Below(4); part > 0; --part) {
        breakdown.parts.insert(breakdown.parts.begin(), {absl::StrCat("p", part), {{"en", "Part"}}});
      }
      campaign.contract.breakdowns.push_back(std::move(breakdown));
    }
  }

  // Whoever is invited, and what those say who answer.
  void Answer(RandomReport& campaign) {
    Invite(campaign);
    MakeForms(campaign);
    if (Below(5) > 0) campaign.self = Person(campaign.version);
    for (uint32_t i = Below(3); i > 0; --i) campaign.supervisors.push_back(Person(campaign.version));
    FillSurvey(campaign);
  }

  uint32_t Below(uint32_t bound) { return random_() % bound; }
  bool Chance(double share) { return Below(100'000) < share * 100'000; }
  double Share() { return 0.3 + 0.7 * Below(1001) / 1000; }

  void MakeInstrument(int points, uint32_t items, uint32_t groups, domain::InstrumentVersion& version) {
    domain::Framework& framework = version.framework;
    framework.code = "random";
    framework.title = "Random framework";
    framework.version = "1";
    framework.attribution = "Made up for tests.";
    framework.themes = {{"T1", "First"}, {"T2", "Second"}};
    domain::Instrument& instrument = version.instrument;
    instrument.title = "Random questionnaire";
    instrument.framework = "random";
    instrument.scale.points = points;
    instrument.scale.labels["en"].assign(static_cast<size_t>(points), "Label");
    instrument.scale.favourable_from = points - 1;
    instrument.languages = {"en"};
    for (uint32_t g = 0; g < groups; ++g) {
      instrument.rater_groups.push_back({std::string(1, static_cast<char>('a' + g)), {{"en", "Group"}}});
    }
    framework.domains = {{"D1", "First domain", {{"C1", "First", {}}, {"C2", "Second", {}}}},
                         {"D2", "Second domain", {{"C3", "Third", {}}}}};
    for (uint32_t i = 0; i < items; ++i) {
      domain::Item item{absl::StrCat("i", i + 1), Below(4) == 0,
                        {{"self", {{"en", "x"}}}, {"supervisor", {{"en", "x"}}}}};
      for (const domain::RaterGroup& group : instrument.rater_groups) {
        // The first item is asked of all, so that groups can be joined.
        if (i == 0 || Below(5) > 0) item.texts[group.code] = {{"en", "x"}};
      }
      domain::Indicator indicator{item.indicator, "An indicator", {}};
      for (const domain::Theme& theme : framework.themes) {
        if (Below(2) == 0) indicator.themes.push_back(theme.code);
      }
      const uint32_t place = i < 3 ? i : Below(3);
      (place < 2 ? framework.domains[0].competencies[place] : framework.domains[1].competencies[0])
          .indicators.push_back(indicator);
      instrument.items.push_back(std::move(item));
    }
  }

  void Invite(RandomReport& campaign) {
    campaign.manifest.survey = domain::SurveyId("00000000000000000000000000");
    std::vector<domain::InvitedCount> invited;
    for (const domain::RaterGroup& group : campaign.version.instrument.rater_groups) {
      constexpr uint32_t kMost[] = {9, 9, 9, 16, 25, 131}, kMostInPart[] = {12, 12, 16, 25, 40, 131};
      const domain::Breakdown* breakdown = domain::FindBreakdown(campaign.contract.breakdowns, group.code);
      if (breakdown == nullptr) {
        invited.push_back({group.code, Below(kMost[Below(6)])});
        continue;
      }
      for (const domain::Part& part : breakdown->parts) {
        invited.push_back({group.code, Below(kMostInPart[Below(6)]), part.code});
      }
    }
    const auto plan_groups = [&] {
      return domain::PlanIssuingGroups(campaign.version.instrument, invited, campaign.contract.breakdowns,
                                       campaign.contract.minimum_group_size);
    };
    auto plan = plan_groups();
    if (!plan.ok()) {
      invited[0].invited += 12;
      plan = plan_groups();
    }
    campaign.manifest.groups = plan->groups;
  }

  // A rating from one of several distributions, the extreme ones among them.
  uint8_t Rating(uint32_t distribution, int points) {
    switch (distribution) {
      case 0: return static_cast<uint8_t>(points);
      case 1: return 1;
      case 2: return static_cast<uint8_t>(Below(2) == 0 ? 1 : points);
      case 3: return static_cast<uint8_t>(Below(10) == 0 ? 1 : points);
      case 4: return static_cast<uint8_t>(points / 2 + Below(2));
      case 5: return static_cast<uint8_t>(points - Below(2));
      default: return static_cast<uint8_t>(1 + Below(points));
    }
  }

  domain::Answers Person(const domain::InstrumentVersion& version) {
    std::vector<uint8_t> ratings;
    for (size_t i = 0; i < version.instrument.items.size(); ++i) {
      ratings.push_back(Below(8) == 0 ? domain::kNotObserved : Rating(9, version.instrument.scale.points));
    }
    return {std::move(ratings), {}};
  }

  // Which items one form holds: of each cell as many as its q.
  std::vector<bool> Form(const RandomReport& campaign, std::vector<bool> asked) {
    for (const domain::Cell& cell : campaign.cells) {
      std::vector<int> items;
      for (const int item : cell.items) {
        if (asked[item]) items.push_back(item);
        asked[item] = false;
      }
      if (items.size() < static_cast<size_t>(cell.rated)) continue;
      std::shuffle(items.begin(), items.end(), random_);
      for (int i = 0; i < cell.rated; ++i) asked[items[i]] = true;
    }
    return asked;
  }

  void MakeForms(RandomReport& campaign) {
    const domain::Instrument& instrument = campaign.version.instrument;
    const int points = instrument.scale.points;
    for (const domain::IssuingGroup& group : campaign.manifest.groups) {
      const std::vector<bool> asked = domain::ShapeOfGroup(instrument, group, false).items_asked;
      const double answering = Share(), observing = Share();
      std::vector<uint32_t> distributions;
      for (size_t i = 0; i < asked.size(); ++i) distributions.push_back(Below(9));
      domain::GroupTally tally{group.code, 0, {}};
      tally.items.assign(asked.size(), {std::vector<int64_t>(points), 0, 0});
      domain::CellGroupTally cell_tally = domain::EmptyCellTally(group.code, campaign.cells, points);
      int64_t counted = 0;
      for (int64_t r = 0; r < group.invited; ++r) {
        if (!Chance(answering)) continue;
        ++counted;
        const std::vector<bool> form = Form(campaign, asked);
        std::vector<uint8_t> ratings(asked.size(), domain::kBlank);
        bool rated = false;
        for (size_t i = 0; i < asked.size(); ++i) {
          if (!form[i]) {
            ++tally.items[i].blank;
          } else if (!Chance(observing)) {
            ++(Below(2) == 0 ? tally.items[i].not_observed : tally.items[i].blank);
          } else {
            ratings[i] = Rating(distributions[i], points);
            ++tally.items[i].counts[ratings[i] - 1];
            rated = true;
          }
        }
        if (rated) ++tally.raters;
        domain::CountCells(campaign.cells, ratings, points, cell_tally);
      }
      const int64_t reissued = Below(8) == 0 ? group.invited / 5 : group.invited / 20;
      const int64_t issued = Below(20) == 0 ? std::max<int64_t>(0, counted - reissued - 1) : counted;
      campaign.counts.push_back({group.code, group.invited, issued, reissued, counted, 0});
      campaign.tallies.push_back(std::move(tally));
      campaign.cell_tallies.push_back(std::move(cell_tally));
    }
  }

  void FillSurvey(RandomReport& campaign) {
    Survey& survey = campaign.survey;
    const int points = campaign.version.instrument.scale.points;
    survey.points = points;
    survey.minimum_group_size = campaign.contract.minimum_group_size;
    survey.insiders = campaign.contract.insiders;
    const bool cells = !campaign.cells.empty();
    if (cells) {
      for (const domain::Cell& cell : campaign.cells) {
        survey.questions.push_back({cell.rated, static_cast<int>(domain::CellValues(cell.rated, points)),
                                    static_cast<int>(domain::LowCellValues(cell.rated, points))});
      }
    } else {
      survey.questions.assign(campaign.version.instrument.items.size(), {1, points, domain::LowerHalfEnd(points)});
    }
    std::map<std::string, int> first_part;  // by rater group
    for (size_t g = 0; g < campaign.manifest.groups.size(); ++g) {
      survey.groups.push_back({cells ? campaign.cell_tallies[g].raters : campaign.tallies[g].raters,
                               campaign.manifest.groups[g].code == domain::kOtherRaters,
                               domain::WithheldByItsCodes(campaign.counts[g], campaign.rules()).has_value()});
      survey.groups.back().counted = campaign.counts[g].counted;
      if (!campaign.manifest.groups[g].parts.empty()) {
        const auto part = first_part.emplace(campaign.manifest.groups[g].members[0], static_cast<int>(g)).first;
        survey.groups.back().part_of = part->second;
      }
      std::vector<Counts> of_group;
      if (cells) {
        for (const domain::CellTally& cell : campaign.cell_tallies[g].cells) of_group.push_back(cell.counts);
      } else {
        for (const domain::ItemTally& item : campaign.tallies[g].items) of_group.push_back(item.counts);
      }
      survey.answers.push_back(std::move(of_group));
    }
  }

  std::mt19937 random_;
};

}  // namespace

RandomReport MakeRandomReport(uint32_t seed) { return Generator(seed).Make(/*cells=*/false, /*parts=*/false); }

RandomReport MakeRandomCellReport(uint32_t seed) { return Generator(seed).Make(/*cells=*/true, /*parts=*/false); }

RandomReport MakeRandomPartsReport(uint32_t seed) { return Generator(seed).Make(/*cells=*/false, /*parts=*/true); }

RandomReport MakeRandomCellPartsReport(uint32_t seed) { return Generator(seed).Make(/*cells=*/true, /*parts=*/true); }

std::vector<RandomReport> MakeRandomLeaders(uint32_t seed) { return Generator(seed).MakeLeaders(); }

RandomRounds MakeRandomRounds(uint32_t seed) { return Generator(seed).MakeRounds(); }

reporting::ReportInput InputOf(const RandomReport& campaign, const domain::ClosedResult& result) {
  reporting::ReportInput input = reporting::InputOf(campaign.version, campaign.contract, result);
  input.self = campaign.self;
  input.supervisors = campaign.supervisors;
  return input;
}

domain::ClosedResult CloseOn(const RandomReport& campaign, const Answers& answers) {
  std::vector<domain::GroupTally> tallies = campaign.tallies;
  for (size_t g = 0; g < tallies.size(); ++g) {
    for (size_t i = 0; i < tallies[g].items.size(); ++i) tallies[g].items[i].counts = answers[g][i];
  }
  return domain::MakeClosedResult(campaign.manifest, campaign.version.instrument, campaign.rules(), tallies,
                                  campaign.counts);
}

v1::Report PrintReport(const RandomReport& campaign, const Answers& answers) {
  const auto report = reporting::BuildReport(InputOf(campaign, CloseOn(campaign, answers)));
  CANDOR_CHECK(report.ok());
  return *report;
}

CellReport PrintCells(const RandomReport& campaign, const Answers& answers) {
  std::vector<domain::CellGroupTally> tallies = campaign.cell_tallies;
  for (size_t g = 0; g < tallies.size(); ++g) {
    for (size_t c = 0; c < tallies[g].cells.size(); ++c) tallies[g].cells[c].counts = answers[g][c];
  }
  CellReport report;
  const domain::Instrument& instrument = campaign.version.instrument;
  report.blocks = domain::MakeCellBlocks(campaign.manifest, instrument, campaign.cells, campaign.rules(), tallies,
                                         campaign.counts);
  // A theme's items, and all.
  const std::map<std::string, int> index = reporting::ItemIndex(instrument);
  std::map<std::string, std::vector<int>> units;
  for (const domain::Domain& domain : campaign.version.framework.domains) {
    for (const domain::Competency& competency : domain.competencies) {
      for (const domain::Indicator& indicator : competency.indicators) {
        units["ALL"].push_back(index.at(indicator.code));
        units[domain.code].push_back(index.at(indicator.code));
        for (const std::string& theme : indicator.themes) units[theme].push_back(index.at(indicator.code));
      }
    }
  }
  const statistics::ScoringRules rules = reporting::ScoringRulesOf(campaign.contract, instrument.scale);
  for (const domain::CellBlock& block : report.blocks) {
    for (const auto& [unit, items] : units) {
      CellReport::Score score{unit, block.code, domain::CellWeights(campaign.cells, items), 0, 0};
      std::vector<statistics::PrintedAtom> atoms(campaign.cells.size());
      for (const domain::CellAtom& atom : block.atoms) {
        if (atom.kind == domain::AtomKind::kWithheld) continue;
        size_t c = 0;
        while (campaign.cells[c].code != atom.cell) ++c;
        using Kind = statistics::PrintedAtom::Kind;
        atoms[c] = {atom.kind == domain::AtomKind::kExact     ? Kind::kExact
                    : atom.kind == domain::AtomKind::kAtLeast ? Kind::kAtLeast
                                                              : Kind::kAtMost,
                    atom.n,
                    atom.sum,
                    static_cast<double>(atom.bound_numerator) / static_cast<double>(atom.n * atom.rated),
                    atom.rated,
                    {}};
      }
      const statistics::PrintedScale scale = statistics::ScorePrintedScale(atoms, rules, 0.5, score.weights);
      if (!scale.score.has_value()) continue;
      score.least = scale.score->mean.lo;
      score.most = scale.score->mean.hi;
      report.scores.push_back(std::move(score));
    }
  }
  return report;
}

Printed ReadCells(const RandomReport& campaign, const CellReport& report) {
  std::vector<NamedBlock> blocks;
  for (const domain::CellBlock& block : report.blocks) {
    blocks.push_back({block.code, block.members, block.parts, block.state == domain::BlockState::kPooled});
  }
  Printed printed;
  const int points = campaign.version.instrument.scale.points;
  const int64_t few = campaign.contract.insiders + 1;
  std::map<std::pair<std::string, int>, int64_t> answers;  // block, cell: raters of a printed atom
  for (const domain::CellBlock& block : report.blocks) {
    for (const domain::CellAtom& atom : block.atoms) {
      if (atom.kind == domain::AtomKind::kWithheld) continue;
      int c = 0;
      while (campaign.cells[c].code != atom.cell) ++c;
      answers[{block.code, c}] = atom.n;
      const int64_t least = atom.n * atom.rated;
      Statement said{c, GroupsOf(campaign.manifest, blocks, block.code), least, least * points, 0, atom.n, atom.counts};
      if (atom.kind == domain::AtomKind::kExact) said.least_sum = said.most_sum = atom.sum;
      if (atom.kind == domain::AtomKind::kAtLeast) said.least_sum = atom.bound_numerator;
      if (atom.kind == domain::AtomKind::kAtMost) said.most_sum = atom.bound_numerator;
      if (atom.half == domain::HalfStatement::kAtMostTwoLow) said.most_low = few;
      if (atom.half == domain::HalfStatement::kAtMostTwoHigh) said.least_low = atom.n - few;
      printed.statements.push_back(std::move(said));
    }
  }
  std::sort(printed.statements.begin(), printed.statements.end(), [](const Statement& a, const Statement& b) {
    return a.question != b.question ? a.question < b.question : a.groups < b.groups;
  });
  for (const CellReport::Score& score : report.scores) {
    Figure figure{{}, score.least, score.most};
    int weight = 0;
    for (size_t c = 0; c < campaign.cells.size(); ++c) {
      if (answers.contains({score.block, static_cast<int>(c)})) weight += score.weights[c];
    }
    for (size_t c = 0; c < campaign.cells.size(); ++c) {
      const auto found = answers.find({score.block, static_cast<int>(c)});
      if (found == answers.end() || score.weights[c] == 0) continue;
      figure.parts.push_back({static_cast<int>(c), GroupsOf(campaign.manifest, blocks, score.block),
                              static_cast<double>(score.weights[c]) / weight /
                                  static_cast<double>(found->second * campaign.cells[c].rated)});
    }
    printed.figures.push_back(std::move(figure));
  }
  return printed;
}

std::string TextOf(const CellReport& report) {
  std::string text;
  for (const domain::CellBlock& block : report.blocks) {
    absl::StrAppend(&text, block.code, " of ", absl::StrJoin(block.members, " "), " state ",
                    static_cast<int>(block.state), "\n");
    for (const domain::CellAtom& atom : block.atoms) {
      absl::StrAppend(&text, "  ", atom.cell, " kind ", static_cast<int>(atom.kind), " n ", atom.n, " q ", atom.rated,
                      " sum ", atom.sum, " bound ", atom.bound_numerator, " half ", static_cast<int>(atom.half),
                      " counts ", absl::StrJoin(atom.counts, " "), "\n");
    }
  }
  for (const CellReport::Score& score : report.scores) {
    absl::StrAppendFormat(&text, "%s of %s: %.17g to %.17g\n", score.unit, score.block, score.least, score.most);
  }
  return text;
}

}  // namespace candor::privacy
