#include "clients/cli/score_leader.h"

#include <optional>
#include <string>

#include "clients/cli/score_json.h"

namespace candor::cli {

namespace {

using statistics::Comparison;
using statistics::GroupScores;
using statistics::ItemStatistics;
using statistics::LeaderScores;
using statistics::ScaleStatistics;

class LeaderWriter {
 public:
  LeaderWriter(JsonWriter& out, const ScoreStructure& structure) : out_(out), structure_(structure) {}

  void Write(const LeaderScores& scores) {
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

 private:
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
      WriteItemCounts(out_, item, structure_.rules.points);
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

  JsonWriter& out_;
  const ScoreStructure& structure_;
};

}  // namespace

void WriteLeaderScores(JsonWriter& out, const ScoreStructure& structure, const LeaderScores& scores) {
  LeaderWriter(out, structure).Write(scores);
}

}  // namespace candor::cli
