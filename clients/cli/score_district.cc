#include "clients/cli/score_district.h"

#include <optional>
#include <utility>

#include "clients/cli/score_json.h"
#include "services/base/status.h"
#include "services/statistics/item_statistics.h"
#include "services/statistics/scale_statistics.h"

namespace candor::cli {

namespace {

using statistics::Anova;
using statistics::ClassMoments;
using statistics::ItemStatistics;
using statistics::LeaderPoint;
using statistics::Reliability;
using statistics::ScaleStatistics;
using statistics::Tally;

void WriteAnova(JsonWriter& out, const Anova& anova) {
  out.Key("anova");
  out.BeginObject();
  out.Member("n", anova.n);
  out.Member("G", anova.leaders);
  out.Member("msb", anova.between);
  out.Member("msw", anova.within);
  out.Member("icc1", anova.icc1);
  out.Member("icc2", anova.icc2);
  out.Member("k_mean", anova.k_mean);
  out.Member("k0", anova.k0);
  out.Member("icc1_k0", anova.icc1_k0);
  out.Member("tau2", anova.tau2);
  out.EndObject();
}

void WriteReliability(JsonWriter& out, const Reliability& figures) {
  out.Key("alpha");
  out.BeginObject();
  out.Member("J", figures.items);
  out.Member("n_complete", figures.n_complete);
  out.Member("alpha_listwise", figures.alpha_listwise);
  out.Member("alpha_pairwise", figures.alpha_pairwise);
  out.Member("alpha_std_pairwise", figures.alpha_standardised);
  out.Member("mean_r_pairwise", figures.mean_correlation);
  out.Member("lambda2_pairwise", figures.lambda2);
  out.Member("alpha_se_duhachek", figures.alpha_se);
  WriteLimits(out, "feldt", figures.alpha_limits);
  out.EndObject();
}

void WriteCompleteSums(JsonWriter& out, const Tally& tally) {
  const int items = tally.layout().items;
  out.Key("suff_complete");
  out.BeginObject();
  out.Member("n", tally.complete_forms());
  out.Key("s1");
  out.BeginArray();
  for (int j = 0; j < items; ++j) out.Value(tally.complete_sum(j));
  out.EndArray();
  out.Key("cross");
  out.BeginArray();
  for (int j = 0; j < items; ++j) {
    out.BeginArray();
    for (int l = 0; l < items; ++l) out.Value(tally.complete_product(j, l));
    out.EndArray();
  }
  out.EndArray();
  out.EndObject();
}

void WriteQuality(JsonWriter& out, const Tally& tally) {
  out.Key("quality");
  out.BeginObject();
  out.Member("all_not_observed_or_blank", tally.forms() - tally.raters());
  out.Member("straight_line", tally.straight_lines());
  out.Member("longstring_sum", tally.longstring_sum());
  out.Member("longstring_max", tally.longstring_max());
  out.Member("irv_sum", tally.variability_sum());
  out.EndObject();
}

}  // namespace

DistrictScores::DistrictScores(const ScoreStructure& structure, std::shared_ptr<const statistics::FormLayout> layout,
                               const std::vector<std::string>& groups)
    : structure_(structure), sensitivity_(structure.rules), points_(structure.scales.size()) {
  for (const std::string& name : groups) {
    // The leaders' own ratings are no group of raters: nothing is added to them.
    const unsigned parts = name == kSelfGroup ? unsigned{Tally::kCountsOnly} : kParts;
    Group& group = groups_.emplace_back(Group{name, Tally(layout, parts), {}, {}, {}, {}});
    group.items.resize(structure.items.size());
    for (const ScoreScale& scale : structure.scales) group.means.emplace_back(scale.items.size());
    group.persons.resize(structure.scales.size());
  }
}

void DistrictScores::AddLeader(const std::string& id, std::span<const size_t> numbers,
                               std::span<const statistics::GroupInput> inputs, const statistics::LeaderScores& scores) {
  CANDOR_CHECK(numbers.size() == inputs.size() && inputs.size() <= scores.groups.size());
  for (size_t i = 0; i < inputs.size(); ++i) AddToGroup(groups_[numbers[i]], inputs[i].tally, scores.groups[i]);
  for (size_t s = 0; s < points_.size(); ++s) {
    const statistics::Comparison& comparison = scores.scale_comparisons[s];
    points_[s].push_back({id, comparison.gap, comparison.others});
  }
}

void DistrictScores::AddToGroup(Group& group, const Tally& tally, const statistics::GroupScores& scores) {
  CANDOR_CHECK(group.tally.Merge(tally).ok());
  std::vector<ClassMoments> items;
  for (int j = 0; j < tally.layout().items; ++j) {
    items.push_back(ItemMoments(tally, j));
    group.items[static_cast<size_t>(j)].Add(items.back());
  }
  group.leaders.push_back(static_cast<uint32_t>(points_[0].size()));
  std::vector<double> means;
  for (size_t s = 0; s < structure_.scales.size(); ++s) {
    group.persons[s].push_back(statistics::PersonMoments(scores.scales[s]));
    means.clear();
    for (const int item : structure_.scales[s].items) {
      const ClassMoments& moments = items[static_cast<size_t>(item)];
      if (moments.n > 0) means.push_back(moments.mean);
    }
    if (means.size() == structure_.scales[s].items.size()) group.means[s].Add(means);
  }
}

absl::Status DistrictScores::Write(JsonWriter& out, const Flush& flush) const {
  out.BeginObject();
  out.Key("groups");
  out.BeginObject();
  for (const Group& group : groups_) {
    if (group.name != kSelfGroup) CANDOR_RETURN_IF_ERROR(WriteGroup(out, group, flush));
  }
  out.EndObject();
  WriteSensitivity(out);
  CANDOR_RETURN_IF_ERROR(WriteGaps(out, flush));
  CANDOR_RETURN_IF_ERROR(WriteBenchmark(out, flush));
  out.EndObject();
  return absl::OkStatus();
}

absl::Status DistrictScores::WriteGroup(JsonWriter& out, const Group& group, const Flush& flush) const {
  const Tally& tally = group.tally;
  out.Key(group.name);
  out.BeginObject();
  out.Member("n_forms", tally.forms());
  out.Key("items");
  out.BeginObject();
  for (size_t j = 0; j < structure_.items.size(); ++j) {
    const int at = static_cast<int>(j);
    const ItemStatistics item =
        ComputeItem(tally.counts(at), tally.not_observed(at), tally.blank(at), structure_.rules);
    out.Key(structure_.items[j].id);
    out.BeginObject();
    WriteItemCounts(out, item, structure_.rules.points);
    out.Member("mean", item.mean);
    out.Member("sd", item.sd);
    out.Member("fav", item.favourable);
    WriteAnova(out, group.items[j].Analyse());
    out.EndObject();
  }
  out.EndObject();
  out.Key("scales");
  out.BeginObject();
  for (size_t s = 0; s < structure_.scales.size(); ++s) {
    WriteScale(out, group, s);
    CANDOR_RETURN_IF_ERROR(flush());
  }
  out.EndObject();
  WriteCompleteSums(out, tally);
  WriteQuality(out, tally);
  out.EndObject();
  return flush();
}

void DistrictScores::WriteScale(JsonWriter& out, const Group& group, size_t scale) const {
  const int number = static_cast<int>(scale);
  const ScaleStatistics persons = ComputePersonScores(group.tally, number, structure_.rules);
  const Anova anova = AnalyseVariance(group.persons[scale]);
  out.Key(structure_.scales[scale].id);
  out.BeginObject();
  out.Member("n_persons", persons.n_persons);
  out.Member("mean_persons", persons.mean_persons);
  out.Member("sd_persons", persons.sd_persons);
  WriteAnova(out, anova);
  WriteReliability(out, ComputeReliability(group.tally, number));
  out.Member("alpha_leader_means", group.means[scale].Alpha());
  WriteShrunkMeans(out, group, scale, anova);
  out.EndObject();
}

void DistrictScores::WriteShrunkMeans(JsonWriter& out, const Group& group, size_t scale, const Anova& anova) const {
  const std::vector<ClassMoments>& persons = group.persons[scale];
  const std::optional<statistics::ShrunkMeans> shrunk = ShrinkMeans(persons, anova);
  out.Key("eb");
  if (!shrunk.has_value()) return out.Null();
  out.BeginObject();
  out.Member("mu", shrunk->mu);
  out.Member("tau2", shrunk->tau2);
  out.Member("sigma2", shrunk->sigma2);
  out.Key("leaders");
  out.BeginObject();
  for (size_t i = 0; i < persons.size(); ++i) {
    const std::optional<statistics::ShrunkMean>& leader = shrunk->leaders[i];
    if (!leader.has_value()) continue;
    out.Key(points_[scale][group.leaders[i]].id);
    out.BeginObject();
    out.Member("n", persons[i].n);
    out.Member("mean", persons[i].mean);
    out.Member("lambda", leader->lambda);
    out.Member("eb", leader->estimate);
    out.Member("se", leader->se);
    out.EndObject();
  }
  out.EndObject();
  out.EndObject();
}

void DistrictScores::WriteSensitivity(JsonWriter& out) const {
  const auto write = [&](absl::string_view key, const statistics::SensitivitySummary& summary, const auto& id_of) {
    out.Key(key);
    out.BeginObject();
    out.Member("n", summary.compared);
    out.Member("n_lost", summary.lost);
    out.Key("mean_change");
    summary.compared > 0 ? out.Value(summary.sum / static_cast<double>(summary.compared)) : out.Null();
    out.Key("largest");
    if (!summary.largest.has_value()) {
      out.Null();
    } else {
      out.BeginObject();
      out.Member("leader", absl::string_view(summary.largest->leader));
      out.Member("group", absl::string_view(summary.largest->group));
      out.Member("unit", absl::string_view(id_of(summary.largest->unit)));
      out.Member("change", summary.largest->change);
      out.EndObject();
    }
    out.EndObject();
  };
  out.Key("sensitivity");
  out.BeginObject();
  out.Member("left_out", absl::string_view("straight_line"));
  write("items", sensitivity_.items(), [&](size_t unit) { return structure_.items[unit].id; });
  write("scales", sensitivity_.scales(), [&](size_t unit) { return structure_.scales[unit].id; });
  out.EndObject();
}

absl::Status DistrictScores::WriteGaps(JsonWriter& out, const Flush& flush) const {
  out.Key("gaps");
  out.BeginObject();
  for (size_t s = 0; s < structure_.scales.size(); ++s) {
    const statistics::GapSummary gaps = statistics::SummariseGaps(points_[s]);
    out.Key(structure_.scales[s].id);
    out.BeginObject();
    out.Member("n", gaps.n);
    out.Member("mean_gap", gaps.mean_gap);
    out.Member("sd_gap", gaps.sd_gap);
    out.Member("mean_others", gaps.mean_others);
    out.Key("leaders");
    out.BeginObject();
    for (size_t l = 0; l < gaps.leaders.size(); ++l) {
      out.Key(points_[s][l].id);
      out.BeginObject();
      out.Member("z", gaps.leaders[l].z);
      WriteName(out, "category", statistics::CategoryName(gaps.leaders[l].category));
      out.EndObject();
    }
    out.EndObject();
    out.Key("counts");
    out.BeginObject();
    out.Member("over", gaps.over);
    out.Member("under", gaps.under);
    out.Member("agree_good", gaps.agree_good);
    out.Member("agree_poor", gaps.agree_poor);
    out.EndObject();
    out.EndObject();
    CANDOR_RETURN_IF_ERROR(flush());
  }
  out.EndObject();
  return absl::OkStatus();
}

absl::Status DistrictScores::WriteBenchmark(JsonWriter& out, const Flush& flush) const {
  out.Key("benchmark");
  out.BeginObject();
  for (size_t s = 0; s < structure_.scales.size(); ++s) {
    const statistics::BenchmarkSummary benchmark = statistics::SummariseOthers(points_[s]);
    out.Key(structure_.scales[s].id);
    out.BeginObject();
    out.Member("n", benchmark.n);
    if (benchmark.n > 0) {
      out.Member("mean", benchmark.mean);
      out.Member("sd", benchmark.sd);
      out.Member("p25", benchmark.lower_quartile);
      out.Member("p50", benchmark.median);
      out.Member("p75", benchmark.upper_quartile);
      out.Key("percentile");
      out.BeginObject();
      for (size_t l = 0; l < benchmark.percentiles.size(); ++l) {
        if (benchmark.percentiles[l].has_value()) out.Member(points_[s][l].id, *benchmark.percentiles[l]);
      }
      out.EndObject();
    }
    out.EndObject();
    CANDOR_RETURN_IF_ERROR(flush());
  }
  out.EndObject();
  return absl::OkStatus();
}

}  // namespace candor::cli
