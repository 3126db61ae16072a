// Random campaigns: whatever a report prints must be true of the raw answers, which it has never seen.

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/reporting/build_report.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

constexpr double kTolerance = 1e-9;

struct Campaign {
  domain::InstrumentVersion version;
  domain::Contract contract;
  std::vector<RawGroup> groups;
  std::optional<domain::Answers> self;
};

// Item -> sum and number of the turned ratings, of one block.
struct Tally {
  double sum = 0;
  int64_t n = 0;
  double mean() const { return sum / static_cast<double>(n); }
};
using BlockTruth = std::map<std::string, Tally>;

int Below(std::mt19937& random, int bound) { return static_cast<int>(random() % static_cast<uint32_t>(bound)); }

Campaign RandomCampaign(uint32_t seed) {
  std::mt19937 random(seed);
  Campaign campaign;
  campaign.contract = SampleContract();
  const int points = 2 + Below(random, 6);
  campaign.version = SmallVersion(points);
  if (Below(random, 4) == 0) {
    campaign.contract.insiders = 2;
    campaign.contract.minimum_group_size = 7;
    campaign.contract.pool_minimum = 9;
  }
  const int kind = Below(random, 5);  // how extreme the answers are
  const auto rate = [&]() -> uint8_t {
    const int draw = Below(random, 100);
    if (draw < 12) return domain::kNotObserved;
    if (draw < 15) return domain::kBlank;
    if (kind == 0) return static_cast<uint8_t>(points);
    if (kind == 1) return 1;
    if (kind == 2) return Below(random, 8) == 0 ? 1 : static_cast<uint8_t>(points);
    if (kind == 3) return static_cast<uint8_t>(std::max(1, points - Below(random, 2)));
    return static_cast<uint8_t>(1 + Below(random, points));
  };
  for (const char* code : {"parent", "staff", "student"}) {
    if (Below(random, 6) == 0) continue;
    RawGroup group;
    group.code = code;
    const int size = Below(random, 3) == 0 ? Below(random, 6) : Below(random, 40);
    group.invited = size + Below(random, 10);
    if (Below(random, 12) == 0) group.reissued = group.invited / 4;
    for (int r = 0; r < size; ++r) {
      std::vector<uint8_t> form;
      for (int i = 0; i < 4; ++i) form.push_back(rate());
      if (group.code == "parent") form[3] = domain::kBlank;  // not asked
      group.forms.push_back(std::move(form));
    }
    campaign.groups.push_back(std::move(group));
  }
  if (Below(random, 5) != 0) campaign.self = Ratings({rate(), rate(), rate(), rate()});
  return campaign;
}

std::map<std::string, BlockTruth> TruthOf(const Campaign& campaign, const domain::ClosedResult& result) {
  const domain::Instrument& instrument = campaign.version.instrument;
  std::map<std::string, BlockTruth> truth;
  for (const domain::Block& block : result.blocks) {
    BlockTruth& items = truth[block.code];
    for (const RawGroup& group : campaign.groups) {
      if (std::find(block.members.begin(), block.members.end(), group.code) == block.members.end()) continue;
      for (const std::vector<uint8_t>& form : group.forms) {
        for (size_t i = 0; i < form.size(); ++i) {
          if (form[i] == domain::kBlank || form[i] == domain::kNotObserved) continue;
          Tally& tally = items[instrument.items[i].indicator];
          tally.sum += instrument.items[i].reverse ? instrument.scale.points + 1 - form[i] : form[i];
          ++tally.n;
        }
      }
    }
  }
  return truth;
}

// That what `score` prints is true of `mean`.
void ExpectTrue(const v1::GroupScore& score, double mean, const std::string& where) {
  if (score.state() == v1::FIGURE_STATE_EXACT) {
    EXPECT_NEAR(score.mean(), mean, kTolerance) << where;
    EXPECT_LE(score.interval().lower(), score.mean() + kTolerance) << where;
    EXPECT_GE(score.interval().upper(), score.mean() - kTolerance) << where;
    return;
  }
  EXPECT_LE(score.lower(), mean + kTolerance) << where;
  EXPECT_GE(score.upper(), mean - kTolerance) << where;
}

v1::GapCategory CategoryOf(double gap, double others, const v1::ScoringRules& rules) {
  if (gap > rules.agreement_band() + kTolerance) return v1::GAP_CATEGORY_OVER;
  if (gap < -rules.agreement_band() - kTolerance) return v1::GAP_CATEGORY_UNDER;
  return others >= rules.strength_cut() - kTolerance ? v1::GAP_CATEGORY_AGREE_GOOD : v1::GAP_CATEGORY_AGREE_POOR;
}

v1::Quadrant QuadrantOf(double self, double others, const v1::ScoringRules& rules) {
  const bool a = self >= rules.strength_cut() - kTolerance, b = others >= rules.strength_cut() - kTolerance;
  if (a) return b ? v1::QUADRANT_SHARED_STRENGTH : v1::QUADRANT_BLIND_SPOT;
  return b ? v1::QUADRANT_HIDDEN_STRENGTH : v1::QUADRANT_SHARED_DEVELOPMENT;
}

const std::map<std::string, std::vector<std::string>>& ItemsOfUnits() {
  static const auto* items = new std::map<std::string, std::vector<std::string>>{
      {"ALL", {"i1", "i2", "i3", "i4"}}, {"D1", {"i1", "i2", "i3"}}, {"D2", {"i4"}},       {"C1", {"i1", "i2"}},
      {"C2", {"i3"}},                    {"C3", {"i4"}},             {"T1", {"i1", "i3", "i4"}}, {"T2", {"i3"}},
      {"i1", {"i1"}},                    {"i2", {"i2"}},             {"i3", {"i3"}},       {"i4", {"i4"}}};
  return *items;
}

// How much was checked, so that the test cannot pass by checking nothing.
struct Checked {
  int exact = 0, ranges = 0, categories = 0, undetermined = 0, pools = 0;
};

void CheckCampaign(const Campaign& campaign, Checked& checked) {
  const domain::ClosedResult result = CloseGroups(campaign.version, campaign.contract, campaign.groups);
  ReportInput input = InputOf(campaign.version, campaign.contract, result);
  input.self = campaign.self;
  const auto report = BuildReport(input);
  ASSERT_TRUE(report.ok()) << report.status();
  const v1::Scores& scores = report->scores();
  const std::map<std::string, BlockTruth> truth = TruthOf(campaign, result);
  for (const domain::Block& block : result.blocks) {
    if (block.code == domain::kOtherRaters && block.state == domain::BlockState::kPrinted) ++checked.pools;
  }

  std::map<std::string, double> item_others;  // indicator -> the true mean of the printed blocks' means
  // Indicators come last; scales need their truth first.
  for (const bool indicators : {true, false}) {
    for (const v1::UnitScore& unit : scores.units()) {
      if ((unit.kind() == v1::UNIT_KIND_INDICATOR) != indicators) continue;
      double others = 0;
      int blocks = 0;
      for (const v1::GroupScore& score : unit.groups()) {
        if (score.state() == v1::FIGURE_STATE_WITHHELD) continue;
        double sum = 0;
        int used = 0;
        for (const std::string& item : ItemsOfUnits().at(unit.code())) {
          if (ScoreOf(scores, item, score.group()).state() == v1::FIGURE_STATE_WITHHELD) continue;
          sum += truth.at(score.group()).at(item).mean();
          ++used;
        }
        ASSERT_GT(used, 0);
        if (indicators) {
          EXPECT_EQ(score.n(), truth.at(score.group()).at(unit.code()).n);
        } else {
          EXPECT_EQ(score.items_used(), used);
        }
        ExpectTrue(score, sum / used, unit.code() + " of " + score.group());
        ++(score.state() == v1::FIGURE_STATE_EXACT ? checked.exact : checked.ranges);
        others += sum / used;
        ++blocks;
      }
      ASSERT_EQ(unit.all_raters().groups_used_size(), blocks);
      if (blocks == 0) {
        EXPECT_EQ(unit.all_raters().state(), v1::FIGURE_STATE_WITHHELD);
        EXPECT_FALSE(unit.gap().has_value() || unit.gap().has_lower());
        EXPECT_EQ(unit.gap().category(), v1::GAP_CATEGORY_UNSPECIFIED);
        continue;
      }
      others /= blocks;
      ExpectTrue(unit.all_raters(), others, unit.code() + " of all raters");
      if (indicators) item_others[unit.code()] = others;

      double self_sum = 0, gap_sum = 0;
      int rated = 0, common = 0;
      for (const std::string& item : ItemsOfUnits().at(unit.code())) {
        const v1::UnitScore& item_unit = UnitOf(scores, item);
        if (!item_unit.self().has_mean()) continue;
        self_sum += item_unit.self().mean();
        ++rated;
        if (item_others.count(item) == 0) continue;
        gap_sum += item_unit.self().mean() - item_others.at(item);
        ++common;
      }
      EXPECT_EQ(unit.gap().items_common(), common);
      const v1::Gap& gap = unit.gap();
      if (gap.has_value() || gap.has_lower()) {
        const double true_gap = gap_sum / common;
        if (gap.has_value()) {
          EXPECT_NEAR(gap.value(), true_gap, kTolerance) << unit.code();
        } else {
          EXPECT_LE(gap.lower(), true_gap + kTolerance) << unit.code();
          EXPECT_GE(gap.upper(), true_gap - kTolerance) << unit.code();
        }
        ASSERT_NE(gap.category(), v1::GAP_CATEGORY_UNSPECIFIED);
        if (gap.category() == v1::GAP_CATEGORY_UNDETERMINED) {
          ++checked.undetermined;
        } else {
          EXPECT_EQ(gap.category(), CategoryOf(true_gap, others, scores.rules())) << unit.code();
          ++checked.categories;
        }
      }
      if (gap.quadrant() != v1::QUADRANT_UNSPECIFIED && gap.quadrant() != v1::QUADRANT_UNDETERMINED) {
        EXPECT_EQ(gap.quadrant(), QuadrantOf(self_sum / rated, others, scores.rules())) << unit.code();
      }
    }
  }
}

TEST(RandomCampaignTest, EveryPrintedFigureIsTrueOfTheRawAnswers) {
  Checked checked;
  for (uint32_t seed = 1; seed <= 1000 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("campaign " + std::to_string(seed));
    CheckCampaign(RandomCampaign(seed), checked);
  }
  EXPECT_GT(checked.exact, 5000);
  EXPECT_GT(checked.ranges, 3000);
  EXPECT_GT(checked.categories, 2000);
  EXPECT_GT(checked.undetermined, 200);
  EXPECT_GT(checked.pools, 5);
}

TEST(RandomCampaignTest, TheReportFollowsFromTheClosedResultAlone) {
  for (uint32_t seed = 2001; seed <= 2100; ++seed) {
    const Campaign campaign = RandomCampaign(seed);
    const domain::ClosedResult result = CloseGroups(campaign.version, campaign.contract, campaign.groups);
    const auto decoded = domain::DecodeClosedResult(domain::EncodeClosedResult(result));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    const auto first = BuildReport(InputOf(campaign.version, campaign.contract, result));
    const auto second = BuildReport(InputOf(campaign.version, campaign.contract, *decoded));
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(SerializeReport(*first), SerializeReport(*second)) << seed;
  }
}

TEST(RandomCampaignTest, TheOrderOfRatersChangesNothing) {
  for (uint32_t seed = 3001; seed <= 3050; ++seed) {
    Campaign campaign = RandomCampaign(seed);
    const auto first = BuildReport(InputOf(campaign.version, campaign.contract,
                                           CloseGroups(campaign.version, campaign.contract, campaign.groups)));
    std::mt19937 random(seed);
    for (RawGroup& group : campaign.groups) std::shuffle(group.forms.begin(), group.forms.end(), random);
    const auto second = BuildReport(InputOf(campaign.version, campaign.contract,
                                            CloseGroups(campaign.version, campaign.contract, campaign.groups)));
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(SerializeReport(*first), SerializeReport(*second)) << seed;
  }
}

}  // namespace
}  // namespace candor::reporting
