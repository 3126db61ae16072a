// Every figure of the references that this layer computes, compared one by one. The number of comparisons is asserted
// too, so that none is skipped unseen.

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/statistics/district.h"
#include "services/statistics/leader_scores.h"
#include "services/statistics/reliability.h"
#include "services/statistics/response_surface.h"
#include "tests/statistics/reference_set.h"

namespace candor::statistics {
namespace {

using base::Json;

class Comparer {
 public:
  int64_t compared() const { return compared_; }

  void Number(const Json& parent, const char* key, std::optional<double> actual) {
    ++compared_;
    ASSERT_TRUE(parent.contains(key)) << where_ << key;
    const Json& expected = parent[key];
    if (expected.is_null()) {
      EXPECT_FALSE(actual.has_value()) << where_ << key << ": " << *actual << " instead of null";
      return;
    }
    ASSERT_TRUE(actual.has_value()) << where_ << key << ": null instead of " << expected;
    const double value = expected.get<double>();
    EXPECT_LE(std::fabs(*actual - value), 1e-9 * std::max(1.0, std::fabs(value))) << where_ << key;
  }

  void Limits(const Json& parent, const std::string& key, const std::optional<Interval>& actual) {
    Number(parent, (key + "_lo").c_str(), actual.has_value() ? std::optional<double>(actual->lo) : std::nullopt);
    Number(parent, (key + "_hi").c_str(), actual.has_value() ? std::optional<double>(actual->hi) : std::nullopt);
  }

  void Name(const Json& parent, const char* key, absl::string_view actual) {
    ++compared_;
    ASSERT_TRUE(parent.contains(key)) << where_ << key;
    EXPECT_EQ(parent[key].is_null() ? "" : parent[key].get<std::string>(), std::string(actual)) << where_ << key;
  }

  void ItemCounts(const Json& expected, const ItemStatistics& actual) {
    Number(expected, "n", actual.n);
    Number(expected, "n_not_observed", actual.n_not_observed);
    Number(expected, "n_blank", actual.n_blank);
    for (size_t k = 0; k < expected["counts"].size(); ++k) {
      ++compared_;
      EXPECT_EQ(expected["counts"][k].get<int64_t>(), actual.counts[k]) << where_;
    }
    Number(expected, "s1", actual.s1);
    Number(expected, "s2", actual.s2);
    Number(expected, "mean", actual.mean);
    Number(expected, "sd", actual.sd);
    Number(expected, "fav", actual.favourable);
  }

  void Item(const Json& expected, const ItemStatistics& actual) {
    ItemCounts(expected, actual);
    Number(expected, "se", actual.se);
    Limits(expected, "fav", actual.favourable_limits);
    Limits(expected, "ci", actual.confidence);
    Limits(expected, "ci_fpc", actual.confidence_of_invited);
    Number(expected, "rwg", actual.rwg);
    Number(expected, "rwg_skew", actual.rwg_skew);
    Number(expected, "ad_mean", actual.ad_mean);
    Number(expected, "ad_median", actual.ad_median);
  }

  void Persons(const Json& expected, const ScaleStatistics& actual) {
    Number(expected, "n_persons", actual.n_persons);
    Number(expected, "mean_persons", actual.mean_persons);
    Number(expected, "sd_persons", actual.sd_persons);
  }

  void Scale(const Json& expected, const ScaleStatistics& actual) {
    Number(expected, "J", actual.items);
    Number(expected, "J_used", actual.items_used);
    Number(expected, "n_raters", actual.n_raters);
    Number(expected, "mean_items", actual.mean_items);
    Number(expected, "se", actual.se);
    Limits(expected, "ci", actual.confidence);
    Number(expected, "var_reg", actual.variance_regularised);
    Number(expected, "df", actual.degrees);
    Persons(expected, actual);
    Number(expected, "n_complete", actual.n_complete);
    Number(expected, "rwgj_listwise", actual.rwgj_listwise);
    Number(expected, "rwgj_skew_listwise", actual.rwgj_skew_listwise);
    Number(expected, "adj_listwise", actual.adj_listwise);
    Number(expected, "rwgj", actual.rwgj);
    Number(expected, "rwgj_skew", actual.rwgj_skew);
    Number(expected, "adj", actual.adj);
  }

  void Combined(const Json& expected, const CombinedScore& actual) {
    Number(expected, "mean", actual.mean);
    Number(expected, "se", actual.se);
    Limits(expected, "ci", actual.confidence);
    Number(expected, "n_groups", actual.groups);
  }

  void SelfOther(const Json& expected, const Comparison& actual) {
    Number(expected, "self", actual.self);
    Number(expected, "others", actual.others);
    Number(expected, "gap", actual.gap);
    Name(expected, "category", CategoryName(actual.category));
    Name(expected, "quadrant", QuadrantName(actual.quadrant));
  }

  void Leader(const ReferenceSet& set, const std::string& leader) {
    const LeaderScores scores = set.Score(leader);
    const Json& expected = set.expected["leaders"][leader];
    ASSERT_EQ(expected["groups"].size(), scores.groups.size()) << leader;
    for (const GroupScores& group : scores.groups) {
      ASSERT_TRUE(expected["groups"].contains(group.name)) << leader;
      const Json& cell = expected["groups"][group.name];
      where_ = leader + "/" + group.name + "/";
      Number(cell, "n_forms", group.n_forms);
      Number(cell, "n_raters", group.n_raters);
      Name(cell, "status", GroupStatusName(group.status));
      Number(cell, "invited", group.invited);
      Number(cell, "response_rate", group.response_rate);
      for (size_t j = 0; j < set.item_ids.size(); ++j) {
        where_ = leader + "/" + group.name + "/" + set.item_ids[j] + "/";
        Item(cell["items"][set.item_ids[j]], group.items[j]);
      }
      for (size_t s = 0; s < set.scale_ids.size(); ++s) {
        where_ = leader + "/" + group.name + "/" + set.scale_ids[s] + "/";
        Scale(cell["scales"][set.scale_ids[s]], group.scales[s]);
      }
    }
    where_ = leader + "/";
    ++compared_;
    EXPECT_EQ(expected["others"]["groups_used"].get<std::vector<std::string>>(), scores.others.groups_used) << leader;
    for (size_t j = 0; j < set.item_ids.size(); ++j) {
      where_ = leader + "/" + set.item_ids[j] + "/";
      const Json& others = expected["others"]["items"][set.item_ids[j]];
      Combined(others, scores.others.items[j]);
      Number(others, "mean_pooled", scores.others.items_pooled[j]);
      SelfOther(expected["self_other"]["items"][set.item_ids[j]], scores.item_comparisons[j]);
    }
    for (size_t s = 0; s < set.scale_ids.size(); ++s) {
      where_ = leader + "/" + set.scale_ids[s] + "/";
      Combined(expected["others"]["scales"][set.scale_ids[s]], scores.others.scales[s]);
      const Json& comparison = expected["self_other"]["scales"][set.scale_ids[s]];
      SelfOther(comparison, scores.scale_comparisons[s]);
      Number(comparison, "n_common", scores.scale_comparisons[s].common_items);
    }
    ASSERT_EQ(expected["focus"].is_null(), scores.focus.empty()) << leader;
    if (scores.focus.empty()) ++compared_;  // null: not every item has an O
    for (size_t j = 0; j < scores.focus.size(); ++j) {
      where_ = leader + "/focus/" + set.item_ids[j] + "/";
      const Json& unit = expected["focus"][set.item_ids[j]];
      Number(unit, "need", scores.focus[j].need);
      Number(unit, "sd", scores.focus[j].sd);
      Number(unit, "rank", scores.focus[j].rank);
      Number(unit, "p_top3", scores.focus[j].top3);
      Number(unit, "p_top5", scores.focus[j].top5);
    }
  }

  void Variance(const Json& expected, const Anova& actual) {
    Number(expected, "n", actual.n);
    Number(expected, "G", actual.leaders);
    Number(expected, "msb", actual.between);
    Number(expected, "msw", actual.within);
    Number(expected, "icc1", actual.icc1);
    Number(expected, "icc2", actual.icc2);
    Number(expected, "k_mean", actual.k_mean);
    Number(expected, "k0", actual.k0);
    Number(expected, "icc1_k0", actual.icc1_k0);
    Number(expected, "tau2", actual.tau2);
  }

  void Consistency(const Json& expected, const Reliability& actual) {
    Number(expected, "J", actual.items);
    Number(expected, "n_complete", actual.n_complete);
    Number(expected, "alpha_listwise", actual.alpha_listwise);
    Number(expected, "alpha_pairwise", actual.alpha_pairwise);
    Number(expected, "alpha_std_pairwise", actual.alpha_standardised);
    Number(expected, "mean_r_pairwise", actual.mean_correlation);
    Number(expected, "lambda2_pairwise", actual.lambda2);
    // The reference leaves these out where it does not compute them.
    ASSERT_EQ(expected.contains("feldt_lo"), actual.alpha_limits.has_value()) << where_;
    if (!actual.alpha_limits.has_value()) return;
    Number(expected, "alpha_se_duhachek", actual.alpha_se);
    Limits(expected, "feldt", actual.alpha_limits);
  }

  void Shrunk(const Json& expected, const std::vector<std::string>& ids, const std::vector<ClassMoments>& moments,
              const std::optional<ShrunkMeans>& actual) {
    ASSERT_EQ(expected.is_null(), !actual.has_value()) << where_;
    if (!actual.has_value()) return;
    Number(expected, "mu", actual->mu);
    Number(expected, "tau2", actual->tau2);
    Number(expected, "sigma2", actual->sigma2);
    for (size_t i = 0; i < ids.size(); ++i) {
      ASSERT_EQ(expected["leaders"].contains(ids[i]), actual->leaders[i].has_value()) << where_;
      if (!actual->leaders[i].has_value()) continue;
      const Json& of_leader = expected["leaders"][ids[i]];
      Number(of_leader, "n", moments[i].n);
      Number(of_leader, "mean", moments[i].mean);
      Number(of_leader, "lambda", actual->leaders[i]->lambda);
      Number(of_leader, "eb", actual->leaders[i]->estimate);
      Number(of_leader, "se", actual->leaders[i]->se);
    }
  }

  void OverLeaders(const ReferenceSet& set, const Tally& tally, const std::map<std::string, Tally>& leaders,
                   const Json& expected) {
    const std::string group = where_;
    for (int j = 0; j < set.layout->items; ++j) {
      where_ = group + set.item_ids[static_cast<size_t>(j)] + "/anova/";
      std::vector<ClassMoments> moments;
      for (const auto& [id, of_leader] : leaders) moments.push_back(ItemMoments(of_leader, j));
      Variance(expected["items"][set.item_ids[static_cast<size_t>(j)]]["anova"], AnalyseVariance(moments));
    }
    for (size_t s = 0; s < set.scale_ids.size(); ++s) {
      where_ = group + set.scale_ids[s] + "/";
      const Json& scale = expected["scales"][set.scale_ids[s]];
      std::vector<std::string> ids;
      std::vector<ClassMoments> moments;
      AlphaOfMeans alpha_of_means(set.layout->scales[s].size());
      for (const auto& [id, of_leader] : leaders) {
        ids.push_back(id);
        moments.push_back(PersonMoments(ComputePersonScores(of_leader, static_cast<int>(s), set.rules)));
        std::vector<double> row;
        for (const int item : set.layout->scales[s]) {
          const ClassMoments of_item = ItemMoments(of_leader, item);
          if (of_item.n > 0) row.push_back(of_item.mean);
        }
        if (row.size() == set.layout->scales[s].size()) alpha_of_means.Add(row);
      }
      const Anova anova = AnalyseVariance(moments);
      Variance(scale["anova"], anova);
      Consistency(scale["alpha"], ComputeReliability(tally, static_cast<int>(s)));
      Number(scale, "alpha_leader_means", alpha_of_means.Alpha());
      if (scale.contains("eb")) Shrunk(scale["eb"], ids, moments, ShrinkMeans(moments, anova));
      else EXPECT_FALSE(ShrinkMeans(moments, anova).has_value()) << where_;
    }
    where_ = group;
  }

  void DistrictGroup(const ReferenceSet& set, const std::string& group) {
    constexpr unsigned kParts =
        Tally::kScaleSums | Tally::kPairSums | Tally::kCompleteSums | Tally::kQuality | Tally::kSpread;
    Tally tally(set.layout, kParts);
    std::map<std::string, Tally> leaders;
    for (const ReferenceForm& form : set.forms) {
      if (form.group != group) continue;
      tally.Add(form.ratings);
      leaders.try_emplace(form.leader, set.layout, kParts).first->second.Add(form.ratings);
    }
    const Json& expected = set.expected["district"]["groups"][group];
    where_ = "district/" + group + "/";
    Number(expected, "n_forms", tally.forms());
    const Json& complete = expected["suff_complete"];
    Number(complete, "n", tally.complete_forms());
    for (int j = 0; j < set.layout->items; ++j) {
      Item(j, tally, set, expected["items"][set.item_ids[j]]);
      ++compared_;
      EXPECT_EQ(complete["s1"][j].get<int64_t>(), tally.complete_sum(j));
      for (int l = 0; l < set.layout->items; ++l) {
        ++compared_;
        EXPECT_EQ(complete["cross"][j][l].get<int64_t>(), tally.complete_product(j, l));
      }
    }
    for (size_t s = 0; s < set.scale_ids.size(); ++s) {
      Persons(expected["scales"][set.scale_ids[s]], ComputePersonScores(tally, static_cast<int>(s), set.rules));
    }
    OverLeaders(set, tally, leaders, expected);
    const Json& quality = expected["quality"];
    Number(quality, "all_not_observed_or_blank", tally.forms() - tally.raters());
    Number(quality, "straight_line", tally.straight_lines());
    Number(quality, "longstring_sum", tally.longstring_sum());
    Number(quality, "longstring_max", tally.longstring_max());
    Number(quality, "irv_sum", tally.variability_sum());
  }

  void Gaps(const ReferenceSet& set) {
    std::vector<std::vector<LeaderPoint>> points(set.scale_ids.size());
    for (const std::string& leader : set.leaders) {
      const LeaderScores scores = set.Score(leader);
      for (size_t s = 0; s < points.size(); ++s) {
        points[s].push_back({leader, scores.scale_comparisons[s].gap, scores.scale_comparisons[s].others});
      }
    }
    for (size_t s = 0; s < points.size(); ++s) {
      where_ = "gaps/" + set.scale_ids[s] + "/";
      const Json& expected = set.expected["district"]["gaps"][set.scale_ids[s]];
      const GapSummary gaps = SummariseGaps(points[s]);
      Number(expected, "n", gaps.n);
      Number(expected, "mean_gap", gaps.mean_gap);
      Number(expected, "sd_gap", gaps.sd_gap);
      Number(expected, "mean_others", gaps.mean_others);
      Number(expected["counts"], "over", gaps.over);
      Number(expected["counts"], "under", gaps.under);
      Number(expected["counts"], "agree_good", gaps.agree_good);
      Number(expected["counts"], "agree_poor", gaps.agree_poor);
      for (size_t l = 0; l < points[s].size(); ++l) {
        const Json& leader = expected["leaders"][points[s][l].id];
        Number(leader, "z", gaps.leaders[l].z);
        Name(leader, "category", CategoryName(gaps.leaders[l].category));
      }
      const Json& distribution = set.expected["district"]["benchmark"][set.scale_ids[s]];
      const BenchmarkSummary benchmark = SummariseOthers(points[s]);
      Number(distribution, "n", benchmark.n);
      Number(distribution, "mean", benchmark.mean);
      Number(distribution, "sd", benchmark.sd);
      Number(distribution, "p25", benchmark.lower_quartile);
      Number(distribution, "p50", benchmark.median);
      Number(distribution, "p75", benchmark.upper_quartile);
      for (size_t l = 0; l < points[s].size(); ++l) {
        if (benchmark.percentiles[l].has_value()) {
          Number(distribution["percentile"], points[s][l].id.c_str(), benchmark.percentiles[l]);
        }
      }
    }
  }

 private:
  void Item(int j, const Tally& tally, const ReferenceSet& set, const Json& expected) {
    ItemCounts(expected, ComputeItem(tally.counts(j), tally.not_observed(j), tally.blank(j), set.rules));
  }

  std::string where_;
  int64_t compared_ = 0;
};

// Figures of the reference that belong to this layer.
int64_t CountFigures(const Json& node) {
  if (node.is_array()) {
    int64_t figures = 0;
    for (const Json& entry : node) figures += CountFigures(entry);
    return figures;
  }
  if (!node.is_object()) return 1;
  int64_t figures = 0;
  for (const auto& [key, value] : node.items()) {
    figures += key == "groups_used" ? 1 : CountFigures(value);
  }
  return figures;
}

int64_t CompareAll(const std::string& name) {
  const ReferenceSet set = LoadReferenceSet(name);
  Comparer comparer;
  for (const std::string& leader : set.leaders) comparer.Leader(set, leader);
  for (const std::string& group : set.groups) comparer.DistrictGroup(set, group);
  comparer.Gaps(set);
  EXPECT_EQ(comparer.compared(), CountFigures(set.expected["leaders"]) + CountFigures(set.expected["district"]));
  return comparer.compared();
}

TEST(ReferenceTest, EveryFigureOfOneRaterGroupEqualsTheReference) { EXPECT_EQ(CompareAll("lq2002"), 48876); }

TEST(ReferenceTest, EveryFigureOfFourRaterGroupsEqualsTheReference) { EXPECT_EQ(CompareAll("lq2002_groups"), 147794); }

TEST(ReferenceTest, ResponseSurfaceEqualsTheReference) {
  const ReferenceSet set = LoadReferenceSet("lq2002");
  std::vector<double> self, others, outcome;
  const std::vector<std::vector<std::string>> lines = ReadPlainCsv("lq2002_surface.csv");
  for (size_t i = 1; i < lines.size(); ++i) {
    self.push_back(std::stod(lines[i][1]));
    others.push_back(std::stod(lines[i][2]));
    outcome.push_back(std::stod(lines[i][3]));
  }
  const std::optional<ResponseSurface> surface = FitResponseSurface(self, others, outcome, 3);
  ASSERT_TRUE(surface.has_value());
  const Json& expected = set.expected["surface_midpoint3"];
  Comparer comparer;
  comparer.Number(expected, "n", surface->n);
  comparer.Number(expected, "r2", surface->r_squared);
  comparer.Number(expected, "sigma", surface->sigma);
  comparer.Number(expected, "df", surface->degrees);
  for (size_t i = 0; i < surface->coefficients.size(); ++i) {
    EXPECT_NEAR(expected["b"][i].get<double>(), surface->coefficients[i].estimate, 1e-9);
    EXPECT_NEAR(expected["se_b"][i].get<double>(), surface->coefficients[i].se, 1e-9);
  }
  for (size_t i = 0; i < surface->features.size(); ++i) {
    const Json& feature = expected["surface"]["a" + std::to_string(i + 1)];
    comparer.Number(feature, "est", surface->features[i].estimate);
    comparer.Number(feature, "se", surface->features[i].se);
    comparer.Number(feature, "t", surface->features[i].t);
    comparer.Number(feature, "p", surface->features[i].p);
  }
  EXPECT_EQ(comparer.compared(), 24);
}

}  // namespace
}  // namespace candor::statistics
