// Attacks on whole closed results of random campaigns: what is held back must not follow from what
// is printed.

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/domain/disclosure.h"
#include "tests/domain/disclosure_attacker.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

constexpr int kCampaigns = 300;

struct Form {
  size_t group = 0;              // index of the issuing group
  std::vector<uint8_t> ratings;  // after reversal; kBlank and kNotObserved as in answers
};

struct RandomCampaign {
  Instrument instrument;
  Manifest manifest;
  DisclosureRules rules;
  std::vector<Form> forms;
  std::vector<GroupCounts> counts;

  std::vector<GroupTally> Tallies() const {
    std::vector<GroupTally> tallies;
    for (const IssuingGroup& group : manifest.groups) {
      tallies.push_back(
          {group.code, 0,
           std::vector<ItemTally>(instrument.items.size(), {Counts(rules.points), 0, 0})});
    }
    for (const Form& form : forms) {
      GroupTally& tally = tallies[form.group];
      bool rated = false;
      for (size_t i = 0; i < form.ratings.size(); ++i) {
        const uint8_t rating = form.ratings[i];
        if (rating == kBlank) {
          ++tally.items[i].blank;
        } else if (rating == kNotObserved) {
          ++tally.items[i].not_observed;
        } else {
          ++tally.items[i].counts[rating - 1];
          rated = true;
        }
      }
      if (rated) ++tally.raters;
    }
    return tallies;
  }

  ClosedResult Close() const {
    return MakeClosedResult(manifest, instrument, rules, Tallies(), counts);
  }
  std::string CloseToBytes() const { return EncodeClosedResult(Close()); }

  // The printed block that holds the answers of issuing group `group`; null when they are in no
  // figure.
  static const Block* PrintedBlockOf(const ClosedResult& result, const IssuingGroup& group) {
    for (const Block& block : result.blocks) {
      if (block.state != BlockState::kPrinted) continue;
      if (std::includes(block.members.begin(), block.members.end(), group.members.begin(),
                        group.members.end())) {
        return &block;
      }
    }
    return nullptr;
  }
};

const Atom* FindAtom(const Block& block, const std::string& indicator) {
  for (const Atom& atom : block.atoms) {
    if (atom.indicator == indicator) return &atom;
  }
  return nullptr;
}

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  RandomCampaign Next() {
    RandomCampaign campaign;
    const int scales[] = {4, 5, 4, 5, 2, 10};
    campaign.rules.points = scales[Below(6)];
    campaign.rules.insiders = 1 + Below(3);
    campaign.rules.minimum_group_size =
        LowestMinimumGroupSize(campaign.rules.insiders) + (Below(4) == 0 ? Below(8) : 0);
    MakeInstrument(campaign);
    MakeManifest(campaign);
    MakeForms(campaign);
    return campaign;
  }

  uint32_t Below(uint32_t bound) { return random_() % bound; }
  std::mt19937& engine() { return random_; }

  // A rating from one of several distributions, the extreme ones among them.
  uint8_t Rating(int distribution, int points) {
    switch (distribution) {
      case 0:
        return static_cast<uint8_t>(points);
      case 1:
        return 1;
      case 2:
        return static_cast<uint8_t>(Below(2) == 0 ? 1 : points);
      case 3:
        return static_cast<uint8_t>(Below(10) == 0 ? 1 : points);
      case 4:
        return static_cast<uint8_t>(points / 2 + Below(2));
      default:
        return static_cast<uint8_t>(1 + Below(points));
    }
  }

 private:
  double Share(double least) { return least + (1 - least) * (Below(1001) / 1000.0); }
  bool Chance(double share) { return Below(100000) < share * 100000; }

  void MakeInstrument(RandomCampaign& campaign) {
    Instrument& instrument = campaign.instrument;
    instrument.scale.points = campaign.rules.points;
    instrument.languages = {"en"};
    const int groups = 1 + Below(5);
    for (int g = 0; g < groups; ++g)
      instrument.rater_groups.push_back({std::string(1, 'a' + g), {{"en", "Group"}}});
    const int items = 1 + Below(8);
    for (int i = 0; i < items; ++i) {
      Item item{absl::StrCat("I", i), false, {}};
      for (const RaterGroup& group : instrument.rater_groups) {
        // The first item is asked of all, so that groups can be joined.
        if (i == 0 || Below(5) > 0) item.texts[group.code] = {{"en", "x"}};
      }
      if (item.texts.empty()) item.texts["self"] = {{"en", "x"}};
      instrument.items.push_back(item);
    }
  }

  void MakeManifest(RandomCampaign& campaign) {
    campaign.manifest.survey = SurveyId(kSampleSurvey);
    std::vector<InvitedCount> invited;
    for (const RaterGroup& group : campaign.instrument.rater_groups) {
      const uint32_t most[] = {7, 14, 25, 131};
      invited.push_back({group.code, Below(most[Below(4)])});
    }
    auto plan = PlanIssuingGroups(campaign.instrument, invited);
    if (!plan.ok()) {
      invited[0].invited += 12;
      plan = PlanIssuingGroups(campaign.instrument, invited);
    }
    campaign.manifest.groups = plan->groups;
  }

  void MakeForms(RandomCampaign& campaign) {
    for (size_t g = 0; g < campaign.manifest.groups.size(); ++g) {
      const IssuingGroup& group = campaign.manifest.groups[g];
      const AnswerShape shape = ShapeOfGroup(campaign.instrument, group, false);
      const double answering = Share(0.3), observing = Share(0.3);
      std::vector<int> distributions;
      for (size_t i = 0; i < shape.items_asked.size(); ++i) distributions.push_back(Below(8));
      int64_t counted = 0;
      for (int64_t r = 0; r < group.invited; ++r) {
        if (!Chance(answering)) continue;
        ++counted;
        Form form{g, std::vector<uint8_t>(shape.items_asked.size(), kBlank)};
        for (size_t i = 0; i < shape.items_asked.size(); ++i) {
          if (!shape.items_asked[i]) continue;
          if (Chance(observing)) {
            form.ratings[i] = Rating(distributions[i], campaign.rules.points);
          } else if (Below(2) == 0) {
            form.ratings[i] = kNotObserved;
          }
        }
        campaign.forms.push_back(std::move(form));
      }
      const int64_t reissued = Below(6) == 0 ? group.invited / 5 : group.invited / 20;
      campaign.counts.push_back({group.code, group.invited, counted, reissued, counted, 0});
    }
    std::shuffle(campaign.forms.begin(), campaign.forms.end(), random_);
  }

  std::mt19937 random_;
};

bool IsRating(uint8_t rating) { return rating != kBlank && rating != kNotObserved; }

// The ratings of an item by the forms for which `holds` is true, as places to read and change.
std::vector<uint8_t*> RatingsWhere(RandomCampaign& campaign, size_t item,
                                   const std::function<bool(const Form&)>& holds) {
  std::vector<uint8_t*> places;
  for (Form& form : campaign.forms) {
    if (holds(form) && IsRating(form.ratings[item])) places.push_back(&form.ratings[item]);
  }
  return places;
}

TEST(DisclosureCampaignTest, BlocksAreDisjointAndNoneIsTooSmall) {
  Generator generator(1);
  int pools = 0, withheld_blocks = 0, reissued = 0, atoms = 0;
  for (int round = 0; round < kCampaigns; ++round) {
    const RandomCampaign campaign = generator.Next();
    const ClosedResult result = campaign.Close();
    const std::vector<GroupTally> tallies = campaign.Tallies();
    std::set<std::string> printed, codes;
    for (const Block& block : result.blocks) {
      EXPECT_TRUE(codes.insert(block.code).second);
      if (block.state != BlockState::kPrinted) {
        ++withheld_blocks;
        reissued += block.state == BlockState::kTooManyReissued;
        EXPECT_TRUE(block.atoms.empty());
        continue;
      }
      int64_t raters = 0;
      std::vector<ItemTally> sums(campaign.instrument.items.size(),
                                  {Counts(campaign.rules.points), 0, 0});
      std::vector<int64_t> joined(sums.size());  // answers of the group joined before opening
      for (size_t g = 0; g < tallies.size(); ++g) {
        const IssuingGroup& group = campaign.manifest.groups[g];
        if (RandomCampaign::PrintedBlockOf(result, group) != &block) continue;
        for (const std::string& member : group.members) {
          EXPECT_TRUE(printed.insert(member).second) << member << " is in two printed blocks";
        }
        EXPECT_LE(campaign.counts[g].reissued * 100, 10 * campaign.counts[g].invited);
        raters += tallies[g].raters;
        for (size_t i = 0; i < sums.size(); ++i) {
          const Counts& counts = tallies[g].items[i].counts;
          if (group.code == kOtherRaters) joined[i] = std::accumulate(counts.begin(), counts.end(), int64_t{0});
          sums[i] += tallies[g].items[i];
        }
      }
      const bool pool = block.code == kOtherRaters;
      pools += pool;
      const int64_t minimum = campaign.rules.minimum_group_size + (pool ? campaign.rules.insiders : 0);
      EXPECT_GE(raters, minimum);
      for (size_t i = 0; i < sums.size(); ++i) {
        const Atom* atom = FindAtom(block, campaign.instrument.items[i].indicator);
        const int64_t n = std::accumulate(sums[i].counts.begin(), sums[i].counts.end(), int64_t{0});
        if (atom == nullptr) {
          EXPECT_EQ(n, 0);
          continue;
        }
        ++atoms;
        if (n < minimum || (joined[i] < minimum && n - joined[i] <= campaign.rules.insiders)) {
          EXPECT_EQ(atom->kind, AtomKind::kWithheld);
          EXPECT_EQ(atom->n, 0);
          continue;
        }
        EXPECT_EQ(atom->n, n);
        int64_t sum = 0;
        for (int point = 1; point <= campaign.rules.points; ++point)
          sum += point * sums[i].counts[point - 1];
        if (atom->kind == AtomKind::kExact) {
          EXPECT_EQ(atom->sum, sum);
        } else if (atom->kind == AtomKind::kAtLeast) {
          EXPECT_GE(sum, atom->bound_numerator);
        } else if (atom->kind == AtomKind::kAtMost) {
          EXPECT_LE(sum, atom->bound_numerator);
        }
        if (pool) {
          EXPECT_TRUE(atom->counts.empty());
          EXPECT_EQ(atom->half, HalfStatement::kNone);
        }
      }
    }
    const auto read = DecodeClosedResult(EncodeClosedResult(result));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(EncodeClosedResult(*read), EncodeClosedResult(result));
  }
  // The campaigns are worth attacking: every case occurs.
  EXPECT_GT(pools, 30);
  EXPECT_GT(withheld_blocks, 100);
  EXPECT_GT(reissued, 20);
  EXPECT_GT(atoms, 1000);
}

TEST(DisclosureCampaignTest, TheOrderOfFormsAndWhoGaveWhichAnswerChangeNoByte) {
  Generator generator(2);
  for (int round = 0; round < kCampaigns; ++round) {
    RandomCampaign campaign = generator.Next();
    const std::string bytes = campaign.CloseToBytes();
    std::shuffle(campaign.forms.begin(), campaign.forms.end(), generator.engine());
    ASSERT_EQ(campaign.CloseToBytes(), bytes);
    for (size_t g = 0; g < campaign.manifest.groups.size(); ++g) {
      for (size_t i = 0; i < campaign.instrument.items.size(); ++i) {
        std::vector<uint8_t*> places =
            RatingsWhere(campaign, i, [&](const Form& form) { return form.group == g; });
        std::vector<uint8_t> values;
        for (const uint8_t* place : places) values.push_back(*place);
        std::shuffle(values.begin(), values.end(), generator.engine());
        for (size_t p = 0; p < places.size(); ++p) *places[p] = values[p];
      }
    }
    ASSERT_EQ(campaign.CloseToBytes(), bytes) << "who of a group gave which of its answers shows";
  }
}

TEST(DisclosureCampaignTest, WhatIsHeldBackChangesNoByte) {
  Generator generator(3);
  int changed_blocks = 0, changed_atoms = 0, pooled = 0;
  for (int round = 0; round < kCampaigns; ++round) {
    RandomCampaign campaign = generator.Next();
    const ClosedResult result = campaign.Close();
    const std::string bytes = EncodeClosedResult(result);
    for (size_t g = 0; g < campaign.manifest.groups.size(); ++g) {
      const Block* block = RandomCampaign::PrintedBlockOf(result, campaign.manifest.groups[g]);
      for (size_t i = 0; i < campaign.instrument.items.size(); ++i) {
        const std::string& indicator = campaign.instrument.items[i].indicator;
        const Atom* atom = block == nullptr ? nullptr : FindAtom(*block, indicator);
        const auto places =
            RatingsWhere(campaign, i, [&](const Form& form) { return form.group == g; });
        if (block == nullptr || atom == nullptr || atom->kind == AtomKind::kWithheld) {
          // Every answer that is in no figure, to anything else.
          const int distribution = static_cast<int>(generator.Below(8));
          for (uint8_t* place : places)
            *place = generator.Rating(distribution, campaign.rules.points);
          (block == nullptr ? changed_blocks : changed_atoms) += places.empty() ? 0 : 1;
        } else if (atom->kind != AtomKind::kExact && atom->half == HalfStatement::kNone) {
          // A bound alone: everybody at the end of the scale gives the same.
          const uint8_t end =
              static_cast<uint8_t>(atom->kind == AtomKind::kAtLeast ? campaign.rules.points : 1);
          for (uint8_t* place : places) *place = end;
        }
      }
    }
    ASSERT_EQ(campaign.CloseToBytes(), bytes) << "round " << round;

    // Which group of a pool gave which answers.
    const Block* pool = nullptr;
    for (const Block& block : result.blocks) {
      if (block.code == kOtherRaters && block.state == BlockState::kPrinted) pool = &block;
    }
    if (pool == nullptr) continue;
    for (size_t i = 0; i < campaign.instrument.items.size(); ++i) {
      std::vector<uint8_t*> places = RatingsWhere(campaign, i, [&](const Form& form) {
        return RandomCampaign::PrintedBlockOf(result, campaign.manifest.groups[form.group]) == pool;
      });
      std::vector<uint8_t> values;
      for (const uint8_t* place : places) values.push_back(*place);
      std::sort(values.begin(), values.end());
      for (size_t p = 0; p < places.size(); ++p) *places[p] = values[p];
      ++pooled;
    }
    ASSERT_EQ(campaign.CloseToBytes(), bytes) << "round " << round;
  }
  EXPECT_GT(changed_blocks, 100);
  EXPECT_GT(changed_atoms, 50);
  EXPECT_GT(pooled, 50);
}

TEST(DisclosureCampaignTest, NobodysAnswerIsRuledOutInAnyAtom) {
  Generator generator(4);
  int64_t attacked = 0;
  for (int round = 0; round < kCampaigns; ++round) {
    const RandomCampaign campaign = generator.Next();
    const ClosedResult result = campaign.Close();
    const int points = campaign.rules.points, insiders = campaign.rules.insiders;
    for (const Block& block : result.blocks) {
      for (const Atom& atom : block.atoms) {
        if (atom.kind == AtomKind::kWithheld) continue;
        const bool every_value = atom.n < kFewestForHalves || block.code == kOtherRaters;
        // Insiders at the ends of the scale and beside its middle.
        ForEachCounts(4, insiders, [&](const Counts& at) {
          Counts known(points);
          known[0] += at[0], known[LowerHalfEnd(points) - 1] += at[1];
          known[LowerHalfEnd(points)] += at[2], known[points - 1] += at[3];
          int possible = 0;
          bool low = false, high = false;
          for (int value = 1; value <= points; ++value) {
            if (!CanHaveGiven(atom, points, insiders, known, value)) continue;
            ++possible;
            (value <= LowerHalfEnd(points) ? low : high) = true;
          }
          if (possible == 0) return;  // no insiders gave these answers
          ++attacked;
          EXPECT_TRUE(every_value ? possible == points : low && high)
              << "1-" << points << " t " << insiders << " n " << atom.n << " kind "
              << static_cast<int>(atom.kind) << " sum " << atom.sum << " bound "
              << atom.bound_numerator;
        });
      }
    }
  }
  EXPECT_GT(attacked, 2000);
}

// What an attacker gets to see of the sum of one block's ratings of one item.
struct Seen {
  int64_t least, most;
};

Seen SeenOf(const Atom& atom, int points) {
  switch (atom.kind) {
    case AtomKind::kExact:
      return {atom.sum, atom.sum};
    case AtomKind::kAtLeast:
      return {atom.bound_numerator, atom.n * points};
    case AtomKind::kAtMost:
      return {atom.n, atom.bound_numerator};
    case AtomKind::kWithheld:
      break;
  }
  return {0, int64_t{1} << 40};
}

// An attacker who even knows how many of each group rated each item: one number for each group's
// sum on each item.
struct Cells {
  SumAttacker attacker;
  std::vector<std::vector<int>> number;  // group, item
  std::vector<std::vector<int64_t>> n, sum;

  explicit Cells(const RandomCampaign& campaign) {
    const std::vector<GroupTally> tallies = campaign.Tallies();
    for (const GroupTally& tally : tallies) {
      number.emplace_back(), n.emplace_back(), sum.emplace_back();
      for (const ItemTally& item : tally.items) {
        int64_t ratings = 0, total = 0;
        for (size_t point = 0; point < item.counts.size(); ++point) {
          ratings += item.counts[point];
          total += static_cast<int64_t>(point + 1) * item.counts[point];
        }
        number.back().push_back(attacker.AddNumber(ratings, ratings * campaign.rules.points));
        n.back().push_back(ratings);
        sum.back().push_back(total);
      }
    }
  }
};

TEST(DisclosureCampaignTest, NothingPrintedLetsAHeldBackSumBeNarrowedDown) {
  Generator generator(5);
  int held_back = 0, pooled = 0;
  for (int round = 0; round < kCampaigns; ++round) {
    const RandomCampaign campaign = generator.Next();
    const ClosedResult result = campaign.Close();
    const int points = campaign.rules.points;
    Cells cells(campaign);
    for (const Block& block : result.blocks) {
      for (size_t i = 0; i < campaign.instrument.items.size(); ++i) {
        const Atom* atom = FindAtom(block, campaign.instrument.items[i].indicator);
        if (atom == nullptr || atom->kind == AtomKind::kWithheld) continue;
        std::vector<int> numbers;
        for (size_t g = 0; g < campaign.manifest.groups.size(); ++g) {
          if (RandomCampaign::PrintedBlockOf(result, campaign.manifest.groups[g]) == &block) {
            numbers.push_back(cells.number[g][i]);
          }
        }
        const Seen seen = SeenOf(*atom, points);
        cells.attacker.Learn(numbers, seen.least, seen.most);
      }
    }
    cells.attacker.Attack();
    for (size_t g = 0; g < campaign.manifest.groups.size(); ++g) {
      const Block* block = RandomCampaign::PrintedBlockOf(result, campaign.manifest.groups[g]);
      for (size_t i = 0; i < campaign.instrument.items.size(); ++i) {
        const int64_t n = cells.n[g][i];
        if (n == 0) continue;
        const Atom* atom =
            block == nullptr ? nullptr : FindAtom(*block, campaign.instrument.items[i].indicator);
        const int64_t least = cells.attacker.least(cells.number[g][i]),
                      most = cells.attacker.most(cells.number[g][i]);
        ASSERT_LE(least, cells.sum[g][i]);
        ASSERT_GE(most, cells.sum[g][i]);
        if (atom == nullptr || atom->kind == AtomKind::kWithheld) {
          ++held_back;
          EXPECT_EQ(least, n);
          EXPECT_EQ(most, n * points);
        } else if (atom->n > n && n < campaign.rules.minimum_group_size + campaign.rules.insiders) {
          ++pooled;
          // In scale points at least (1 + t) s / (k - 1), or all of the scale.
          const int64_t open = std::min<int64_t>(n, 1 + campaign.rules.insiders);
          EXPECT_GE(most - least, open * (points - 1)) << "one group of a pool is as good as printed";
        }
      }
    }
  }
  EXPECT_GT(held_back, 300);
  EXPECT_GT(pooled, 50);
}

// The same attacker against reports as they are commonly made.
TEST(DisclosureCampaignPowerTest, AnOverallMeanBesideTheGroupsGivesAwayTheHiddenGroup) {
  Generator generator(6);
  int broken = 0;
  for (int round = 0; round < kCampaigns; ++round) {
    const RandomCampaign campaign = generator.Next();
    Cells cells(campaign);
    std::set<std::pair<size_t, size_t>> hidden;
    for (size_t i = 0; i < campaign.instrument.items.size(); ++i) {
      std::vector<int> all;
      int64_t total = 0;
      for (size_t g = 0; g < cells.n.size(); ++g) {
        all.push_back(cells.number[g][i]);
        total += cells.sum[g][i];
        if (cells.n[g][i] >= campaign.rules.minimum_group_size) {
          cells.attacker.Learn({cells.number[g][i]}, cells.sum[g][i], cells.sum[g][i]);
        } else if (cells.n[g][i] > 0) {
          hidden.insert({g, i});
        }
      }
      cells.attacker.Learn(all, total, total);
    }
    cells.attacker.Attack();
    broken += std::any_of(hidden.begin(), hidden.end(), [&](const auto& cell) {
      const int number = cells.number[cell.first][cell.second];
      return cells.attacker.least(number) == cells.attacker.most(number);
    });
  }
  EXPECT_GT(broken, kCampaigns / 4) << "the attacker is too weak to prove anything";
}

TEST(DisclosureCampaignPowerTest, ACompetencyFromRawAnswersGivesAwayItsHiddenItem) {
  Generator generator(7);
  int broken = 0;
  for (int round = 0; round < kCampaigns; ++round) {
    const RandomCampaign campaign = generator.Next();
    Cells cells(campaign);
    bool found = false;
    for (size_t g = 0; g < cells.n.size(); ++g) {
      std::vector<int> hidden;
      int64_t total = 0;
      for (size_t i = 0; i < cells.n[g].size(); ++i) {
        total += cells.sum[g][i];
        if (cells.n[g][i] >= campaign.rules.minimum_group_size) {
          cells.attacker.Learn({cells.number[g][i]}, cells.sum[g][i], cells.sum[g][i]);
        } else if (cells.n[g][i] > 0) {
          hidden.push_back(cells.number[g][i]);
        }
      }
      cells.attacker.Learn(cells.number[g], total, total);
      cells.attacker.Attack();
      for (const int number : hidden)
        found |= cells.attacker.least(number) == cells.attacker.most(number);
    }
    broken += found;
  }
  EXPECT_GT(broken, kCampaigns / 4) << "the attacker is too weak to prove anything";
}

TEST(DisclosureCampaignPowerTest, AnExactMeanOfEveryBlockRulesAnswersOut) {
  Generator generator(8);
  int broken = 0;
  for (int round = 0; round < kCampaigns; ++round) {
    const RandomCampaign campaign = generator.Next();
    const Cells cells(campaign);
    bool found = false;
    for (size_t g = 0; g < cells.n.size(); ++g) {
      for (size_t i = 0; i < cells.n[g].size(); ++i) {
        if (cells.n[g][i] < campaign.rules.minimum_group_size) continue;
        const Atom naive{"I", AtomKind::kExact,     cells.n[g][i], cells.sum[g][i], 0,
                         {},  HalfStatement::kNone, std::nullopt};
        const Counts known(campaign.rules.points);
        for (int value = 1; value <= campaign.rules.points; ++value) {
          found |= !CanHaveGiven(naive, campaign.rules.points, 0, known, value);
        }
      }
    }
    broken += found;
  }
  EXPECT_GT(broken, kCampaigns / 4);
}

}  // namespace
}  // namespace candor::domain
