#include "clients/cli/score_file.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/json_writer.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/statistics/district.h"
#include "services/statistics/leader_scores.h"

namespace candor::cli {

namespace {

using statistics::Comparison;
using statistics::GroupScores;
using statistics::Interval;
using statistics::ItemStatistics;
using statistics::LeaderScores;
using statistics::ScaleStatistics;
using statistics::Tally;

// What a group's tally over all leaders keeps.
constexpr unsigned kDistrictParts = Tally::kScaleSums | Tally::kCompleteSums | Tally::kQuality;
// Pieces of about this many bytes go to the sink.
constexpr size_t kPieceBytes = size_t{1} << 20;

void WriteLimits(JsonWriter& out, absl::string_view name, const std::optional<Interval>& limits) {
  out.Key(absl::StrCat(name, "_lo"));
  limits.has_value() ? out.Value(limits->lo) : out.Null();
  out.Key(absl::StrCat(name, "_hi"));
  limits.has_value() ? out.Value(limits->hi) : out.Null();
}

// An undefined category is null, as every undefined figure.
void WriteName(JsonWriter& out, absl::string_view key, absl::string_view name) {
  out.Key(key);
  name.empty() ? out.Null() : out.Value(name);
}

void WriteStrings(JsonWriter& out, absl::string_view key, const std::vector<std::string>& values) {
  out.Key(key);
  out.BeginArray();
  for (const std::string& value : values) out.Value(absl::string_view(value));
  out.EndArray();
}

class Scorer {
 public:
  Scorer(const ScoreStructure& structure, const RatingRows& rows, const InvitedCounts* invited,
         const Progress& progress, const ScoreSink& sink)
      : structure_(structure), rows_(rows), invited_(invited), progress_(progress), sink_(sink) {
    auto layout = std::make_shared<statistics::FormLayout>();
    layout->points = structure.rules.points;
    layout->items = static_cast<int>(structure.items.size());
    for (const ScoreScale& scale : structure.scales) layout->scales.push_back(scale.items);
    layout_ = std::move(layout);
    scale_points_.resize(structure.scales.size());
    for (const std::string& group : rows.groups()) {
      const bool is_self = group == kSelfGroup;
      district_.emplace_back(layout_, is_self ? unsigned{Tally::kCountsOnly} : kDistrictParts);
    }
  }

  absl::Status Write() {
    out_.BeginObject();
    WriteMeta();
    out_.Key("leaders");
    out_.BeginObject();
    const size_t leaders = rows_.leaders().size();
    for (size_t leader = 0; leader < leaders; ++leader) {
      WriteLeader(leader);
      CANDOR_RETURN_IF_ERROR(Flush(kPieceBytes));
      if (progress_) progress_("scoring leaders", static_cast<int64_t>(leader + 1), static_cast<int64_t>(leaders));
    }
    out_.EndObject();
    WriteDistrict();
    out_.EndObject();
    return Flush(1);
  }

 private:
  absl::Status Flush(size_t at_least) {
    if (out_.size() < at_least) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(sink_(out_.text()));
    out_.Clear();
    return absl::OkStatus();
  }

  void WriteMeta() {
    const statistics::ScoringRules& rules = structure_.rules;
    out_.Key("meta");
    out_.BeginObject();
    out_.Member("K", rules.points);
    out_.Member("favourable_from", rules.favourable_from);
    out_.Member("min_n", rules.min_n);
    out_.Member("pool_min_n", rules.pool_min_n);
    WriteStrings(out_, "exempt", structure_.exempt);
    out_.Member("strength_cut", rules.strength_cut);
    out_.Member("gap_delta", rules.gap_delta);
    out_.Member("target", rules.target);
    out_.Member("nu0", rules.prior_weight);
    out_.Member("prior_var", rules.prior_variance);
    out_.Member("r0", rules.prior_correlation);
    out_.Member("min_answered_fraction", rules.min_fraction);
    out_.Member("null_uniform", statistics::UniformVariance(rules.points));
    out_.Member("null_skew", rules.skew_null_variance);
    out_.Member("n_leaders", static_cast<int64_t>(rows_.leaders().size()));
    out_.Member("n_forms", static_cast<int64_t>(rows_.size()));
    out_.Key("scales");
    out_.BeginObject();
    for (const ScoreScale& scale : structure_.scales) {
      out_.Key(scale.id);
      out_.BeginArray();
      for (int item : scale.items) out_.Value(absl::string_view(structure_.items[item].id));
      out_.EndArray();
    }
    out_.EndObject();
    out_.EndObject();
  }

  // Tallies one leader's rows by group; groups enter in the order of their first appearance in the file.
  std::vector<statistics::GroupInput> TallyLeader(size_t leader, std::vector<std::optional<int>>& self) {
    const size_t items = structure_.items.size();
    std::vector<std::vector<uint8_t>> forms(rows_.groups().size());
    for (uint32_t row : rows_.rows_of_leader(leader)) {
      std::vector<uint8_t>& group = forms[rows_.group(row)];
      const std::span<const uint8_t> marks = rows_.marks(row);
      group.insert(group.end(), marks.begin(), marks.end());
      structure_.TurnReversed(std::span(group).last(items));
    }
    std::vector<statistics::GroupInput> groups;
    for (size_t g = 0; g < forms.size(); ++g) {
      if (forms[g].empty()) continue;
      const std::string& name = rows_.groups()[g];
      if (name == kSelfGroup) {
        for (size_t j = 0; j < items; ++j) {
          const uint8_t rating = forms[g][j];
          if (rating != statistics::kBlank && rating != statistics::kNotObserved) self[j] = rating;
        }
        continue;
      }
      const size_t count = forms[g].size() / items;
      statistics::GroupInput& input = groups.emplace_back(
          statistics::GroupInput{name, Tally(layout_, statistics::kLeaderParts | kDistrictParts), structure_.is_exempt(name),
                                 structure_.weight_of(name), InvitedTo(rows_.leaders()[leader], name)});
      input.tally.AddForms(forms[g], count);
      CANDOR_CHECK(district_[g].Merge(input.tally).ok());
    }
    return groups;
  }

  std::optional<int64_t> InvitedTo(const std::string& leader, const std::string& group) const {
    if (invited_ == nullptr) return std::nullopt;
    const auto found = invited_->find(std::make_pair(leader, group));
    if (found == invited_->end()) return std::nullopt;
    return found->second;
  }

  void WriteLeader(size_t leader) {
    std::vector<std::optional<int>> self(structure_.items.size());
    const std::vector<statistics::GroupInput> groups = TallyLeader(leader, self);
    const LeaderScores scores =
        ScoreLeader(layout_, groups, self, structure_.weight_of(statistics::kPoolName), structure_.rules);
    for (size_t s = 0; s < structure_.scales.size(); ++s) {
      const Comparison& comparison = scores.scale_comparisons[s];
      scale_points_[s].push_back({rows_.leaders()[leader], comparison.gap, comparison.others});
    }
    out_.Key(rows_.leaders()[leader]);
    out_.BeginObject();
    out_.Key("groups");
    out_.BeginObject();
    for (const GroupScores& group : scores.groups) WriteGroup(group);
    out_.EndObject();
    WriteOthers(scores);
    WriteSelfOther(scores);
    WriteFocus(scores);
    out_.EndObject();
  }

  void WriteGroup(const GroupScores& group) {
    out_.Key(group.name);
    out_.BeginObject();
    out_.Member("n_forms", group.n_forms);
    out_.Member("n_raters", group.n_raters);
    out_.Member("status", statistics::GroupStatusName(group.status));
    out_.Member("invited", group.invited);
    out_.Member("response_rate", group.response_rate);
    out_.Key("items");
    out_.BeginObject();
    for (size_t j = 0; j < group.items.size(); ++j) {
      const ItemStatistics& item = group.items[j];
      out_.Key(structure_.items[j].id);
      out_.BeginObject();
      WriteItemCounts(item);
      out_.Member("mean", item.mean);
      out_.Member("sd", item.sd);
      out_.Member("se", item.se);
      out_.Member("fav", item.favourable);
      WriteLimits(out_, "fav", item.favourable_limits);
      WriteLimits(out_, "ci", item.confidence);
      WriteLimits(out_, "ci_fpc", item.confidence_of_invited);
      out_.Member("rwg", item.rwg);
      out_.Member("rwg_skew", item.rwg_skew);
      out_.Member("ad_mean", item.ad_mean);
      out_.Member("ad_median", item.ad_median);
      out_.EndObject();
    }
    out_.EndObject();
    out_.Key("scales");
    out_.BeginObject();
    for (size_t s = 0; s < group.scales.size(); ++s) WriteScale(structure_.scales[s].id, group.scales[s]);
    out_.EndObject();
    out_.EndObject();
  }

  void WriteItemCounts(const ItemStatistics& item) {
    out_.Member("n", item.n);
    out_.Member("n_not_observed", item.n_not_observed);
    out_.Member("n_blank", item.n_blank);
    out_.Key("counts");
    out_.BeginArray();
    for (int k = 0; k < structure_.rules.points; ++k) out_.Value(item.counts[k]);
    out_.EndArray();
    out_.Member("s1", item.s1);
    out_.Member("s2", item.s2);
  }

  void WriteScale(const std::string& id, const ScaleStatistics& scale) {
    out_.Key(id);
    out_.BeginObject();
    out_.Member("J", scale.items);
    out_.Member("J_used", scale.items_used);
    out_.Member("n_raters", scale.n_raters);
    out_.Member("mean_items", scale.mean_items);
    out_.Member("se", scale.se);
    WriteLimits(out_, "ci", scale.confidence);
    out_.Member("var_reg", scale.variance_regularised);
    out_.Member("df", scale.degrees);
    out_.Member("n_persons", scale.n_persons);
    out_.Member("mean_persons", scale.mean_persons);
    out_.Member("sd_persons", scale.sd_persons);
    out_.Member("n_complete", scale.n_complete);
    out_.Member("rwgj_listwise", scale.rwgj_listwise);
    out_.Member("rwgj_skew_listwise", scale.rwgj_skew_listwise);
    out_.Member("adj_listwise", scale.adj_listwise);
    out_.Member("rwgj", scale.rwgj);
    out_.Member("rwgj_skew", scale.rwgj_skew);
    out_.Member("adj", scale.adj);
    out_.EndObject();
  }

  void WriteCombined(const statistics::CombinedScore& combined) {
    out_.Member("mean", combined.mean);
    out_.Member("se", combined.se);
    WriteLimits(out_, "ci", combined.confidence);
    out_.Member("n_groups", combined.groups);
  }

  void WriteOthers(const LeaderScores& scores) {
    out_.Key("others");
    out_.BeginObject();
    WriteStrings(out_, "groups_used", scores.others.groups_used);
    out_.Key("items");
    out_.BeginObject();
    for (size_t j = 0; j < scores.others.items.size(); ++j) {
      out_.Key(structure_.items[j].id);
      out_.BeginObject();
      WriteCombined(scores.others.items[j]);
      out_.Member("mean_pooled", scores.others.items_pooled[j]);
      out_.EndObject();
    }
    out_.EndObject();
    out_.Key("scales");
    out_.BeginObject();
    for (size_t s = 0; s < scores.others.scales.size(); ++s) {
      out_.Key(structure_.scales[s].id);
      out_.BeginObject();
      WriteCombined(scores.others.scales[s]);
      out_.EndObject();
    }
    out_.EndObject();
    out_.EndObject();
  }

  // What items and scales have in common. Whether the strength line lies within the interval of O can be told
  // wherever there is an O.
  void WriteComparison(const Comparison& comparison, const statistics::CombinedScore& others) {
    out_.Member("gap", comparison.gap);
    WriteName(out_, "category", statistics::CategoryName(comparison.category));
    WriteName(out_, "quadrant", statistics::QuadrantName(comparison.quadrant));
    out_.Key("close_to_line");
    others.confidence.has_value() ? out_.Value(CloseToLine(*others.confidence, structure_.rules)) : out_.Null();
  }

  void WriteSelfOther(const LeaderScores& scores) {
    out_.Key("self_other");
    out_.BeginObject();
    out_.Key("items");
    out_.BeginObject();
    for (size_t j = 0; j < scores.item_comparisons.size(); ++j) {
      const Comparison& comparison = scores.item_comparisons[j];
      out_.Key(structure_.items[j].id);
      out_.BeginObject();
      out_.Member("self", comparison.self);
      out_.Member("others", comparison.others);
      WriteComparison(comparison, scores.others.items[j]);
      out_.EndObject();
    }
    out_.EndObject();
    out_.Key("scales");
    out_.BeginObject();
    for (size_t s = 0; s < scores.scale_comparisons.size(); ++s) {
      const Comparison& comparison = scores.scale_comparisons[s];
      const std::optional<double>& rater_sd = scores.others.scales_rater_sd[s];
      out_.Key(structure_.scales[s].id);
      out_.BeginObject();
      out_.Member("self", comparison.self);
      out_.Member("others", comparison.others);
      out_.Member("n_common", comparison.common_items);
      WriteComparison(comparison, scores.others.scales[s]);
      out_.Key("gap_standardised");
      comparison.gap.has_value() && rater_sd.has_value() ? out_.Value(*comparison.gap / *rater_sd) : out_.Null();
      out_.EndObject();
    }
    out_.EndObject();
    out_.EndObject();
  }

  void WriteFocus(const LeaderScores& scores) {
    out_.Key("focus");
    if (scores.focus.empty()) return out_.Null();
    out_.BeginObject();
    for (size_t j = 0; j < scores.focus.size(); ++j) {
      const statistics::FocusUnit& unit = scores.focus[j];
      out_.Key(structure_.items[j].id);
      out_.BeginObject();
      out_.Member("need", unit.need);
      out_.Member("sd", unit.sd);
      out_.Member("rank", unit.rank);
      out_.Member("p_top3", unit.top3);
      out_.Member("p_top5", unit.top5);
      out_.EndObject();
    }
    out_.EndObject();
  }

  void WriteDistrict() {
    out_.Key("district");
    out_.BeginObject();
    out_.Key("groups");
    out_.BeginObject();
    for (size_t g = 0; g < district_.size(); ++g) {
      if (rows_.groups()[g] != kSelfGroup) WriteDistrictGroup(rows_.groups()[g], district_[g]);
    }
    out_.EndObject();
    WriteGaps();
    WriteBenchmark();
    out_.EndObject();
  }

  void WriteDistrictGroup(const std::string& name, const Tally& tally) {
    out_.Key(name);
    out_.BeginObject();
    out_.Member("n_forms", tally.forms());
    out_.Key("items");
    out_.BeginObject();
    const int items = tally.layout().items;
    for (int j = 0; j < items; ++j) {
      const ItemStatistics item =
          ComputeItem(tally.counts(j), tally.not_observed(j), tally.blank(j), structure_.rules);
      out_.Key(structure_.items[j].id);
      out_.BeginObject();
      WriteItemCounts(item);
      out_.Member("mean", item.mean);
      out_.Member("sd", item.sd);
      out_.Member("fav", item.favourable);
      out_.EndObject();
    }
    out_.EndObject();
    out_.Key("scales");
    out_.BeginObject();
    for (size_t s = 0; s < structure_.scales.size(); ++s) {
      const ScaleStatistics scale = ComputePersonScores(tally, static_cast<int>(s), structure_.rules);
      out_.Key(structure_.scales[s].id);
      out_.BeginObject();
      out_.Member("n_persons", scale.n_persons);
      out_.Member("mean_persons", scale.mean_persons);
      out_.Member("sd_persons", scale.sd_persons);
      out_.EndObject();
    }
    out_.EndObject();
    out_.Key("suff_complete");
    out_.BeginObject();
    out_.Member("n", tally.complete_forms());
    out_.Key("s1");
    out_.BeginArray();
    for (int j = 0; j < items; ++j) out_.Value(tally.complete_sum(j));
    out_.EndArray();
    out_.Key("cross");
    out_.BeginArray();
    for (int j = 0; j < items; ++j) {
      out_.BeginArray();
      for (int l = 0; l < items; ++l) out_.Value(tally.complete_product(j, l));
      out_.EndArray();
    }
    out_.EndArray();
    out_.EndObject();
    out_.Key("quality");
    out_.BeginObject();
    out_.Member("all_not_observed_or_blank", tally.forms() - tally.raters());
    out_.Member("straight_line", tally.straight_lines());
    out_.Member("longstring_sum", tally.longstring_sum());
    out_.Member("longstring_max", tally.longstring_max());
    out_.EndObject();
    out_.EndObject();
  }

  void WriteGaps() {
    out_.Key("gaps");
    out_.BeginObject();
    for (size_t s = 0; s < structure_.scales.size(); ++s) {
      const statistics::GapSummary gaps = statistics::SummariseGaps(scale_points_[s]);
      out_.Key(structure_.scales[s].id);
      out_.BeginObject();
      out_.Member("n", gaps.n);
      out_.Member("mean_gap", gaps.mean_gap);
      out_.Member("sd_gap", gaps.sd_gap);
      out_.Member("mean_others", gaps.mean_others);
      out_.Key("leaders");
      out_.BeginObject();
      for (size_t l = 0; l < gaps.leaders.size(); ++l) {
        out_.Key(scale_points_[s][l].id);
        out_.BeginObject();
        out_.Member("z", gaps.leaders[l].z);
        WriteName(out_, "category", statistics::CategoryName(gaps.leaders[l].category));
        out_.EndObject();
      }
      out_.EndObject();
      out_.Key("counts");
      out_.BeginObject();
      out_.Member("over", gaps.over);
      out_.Member("under", gaps.under);
      out_.Member("agree_good", gaps.agree_good);
      out_.Member("agree_poor", gaps.agree_poor);
      out_.EndObject();
      out_.EndObject();
    }
    out_.EndObject();
  }

  void WriteBenchmark() {
    out_.Key("benchmark");
    out_.BeginObject();
    for (size_t s = 0; s < structure_.scales.size(); ++s) {
      const statistics::BenchmarkSummary benchmark = statistics::SummariseOthers(scale_points_[s]);
      out_.Key(structure_.scales[s].id);
      out_.BeginObject();
      out_.Member("n", benchmark.n);
      if (benchmark.n > 0) {
        out_.Member("mean", benchmark.mean);
        out_.Member("sd", benchmark.sd);
        out_.Member("p25", benchmark.lower_quartile);
        out_.Member("p50", benchmark.median);
        out_.Member("p75", benchmark.upper_quartile);
        out_.Key("percentile");
        out_.BeginObject();
        for (size_t l = 0; l < benchmark.percentiles.size(); ++l) {
          if (benchmark.percentiles[l].has_value()) out_.Member(scale_points_[s][l].id, *benchmark.percentiles[l]);
        }
        out_.EndObject();
      }
      out_.EndObject();
    }
    out_.EndObject();
  }

  const ScoreStructure& structure_;
  const RatingRows& rows_;
  const InvitedCounts* invited_;
  const Progress& progress_;
  const ScoreSink& sink_;
  std::shared_ptr<const statistics::FormLayout> layout_;
  std::vector<Tally> district_;                                    // one for each group of the file
  std::vector<std::vector<statistics::LeaderPoint>> scale_points_;  // per scale, one for each leader so far
  JsonWriter out_;
};

absl::StatusOr<base::Json> Collect(const std::function<absl::Status(const ScoreSink&)>& write) {
  std::string text;
  CANDOR_RETURN_IF_ERROR(write([&](absl::string_view piece) {
    text.append(piece.data(), piece.size());
    return absl::OkStatus();
  }));
  return base::ParseJson(text);
}

}  // namespace

absl::Status WriteScores(const ScoreStructure& structure, const RatingRows& rows, const InvitedCounts* invited,
                         const Progress& progress, const ScoreSink& sink) {
  return Scorer(structure, rows, invited, progress, sink).Write();
}

absl::Status WriteScoresOfText(const ScoreText& structure, const ScoreText& ratings,
                               const std::optional<ScoreText>& invited, const Progress& progress,
                               const ScoreSink& sink, const ScoreWarning& warning) {
  CANDOR_ASSIGN_OR_RETURN(const ScoreStructure parsed, ParseStructure(structure.text, structure.name));
  std::optional<InvitedCounts> counts;
  if (invited.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(counts, ParseInvited(invited->text, invited->name));
  }
  CANDOR_ASSIGN_OR_RETURN(const RatingRows rows, ParseRatings(ratings.text, ratings.name, parsed, progress));
  const InvitedCounts* known = counts.has_value() ? &*counts : nullptr;
  if (warning != nullptr) {
    const std::string invited_name = invited.has_value() ? invited->name : "";
    for (const std::string& sentence : FindInputWarnings(parsed, structure.name, rows, known, invited_name)) {
      warning(sentence);
    }
  }
  return WriteScores(parsed, rows, known, progress, sink);
}

absl::Status WriteScoresOfFiles(const ScoreFileOptions& options, const Progress& progress, const ScoreSink& sink,
                                const ScoreWarning& warning) {
  CANDOR_ASSIGN_OR_RETURN(const std::string structure, base::ReadFile(options.structure_path, options.max_bytes));
  CANDOR_ASSIGN_OR_RETURN(const std::string ratings, base::ReadFile(options.ratings_path, options.max_bytes));
  std::string invited;
  std::optional<ScoreText> invited_text;
  if (!options.invited_path.empty()) {
    CANDOR_ASSIGN_OR_RETURN(invited, base::ReadFile(options.invited_path, options.max_bytes));
    invited_text = ScoreText{options.invited_path, invited};
  }
  return WriteScoresOfText({options.structure_path, structure}, {options.ratings_path, ratings}, invited_text, progress,
                           sink, warning);
}

absl::StatusOr<base::Json> ScoreFiles(const ScoreFileOptions& options, const Progress& progress) {
  return Collect([&](const ScoreSink& sink) { return WriteScoresOfFiles(options, progress, sink); });
}

absl::StatusOr<base::Json> ScoreTexts(const ScoreText& structure, const ScoreText& ratings,
                                      const std::optional<ScoreText>& invited, const Progress& progress) {
  return Collect(
      [&](const ScoreSink& sink) { return WriteScoresOfText(structure, ratings, invited, progress, sink); });
}

}  // namespace candor::cli
