#include "clients/cli/score_file.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "clients/cli/json_writer.h"
#include "clients/cli/score_district.h"
#include "clients/cli/score_json.h"
#include "clients/cli/score_leader.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/statistics/leader_scores.h"
#include "services/statistics/straight_line.h"

namespace candor::cli {

namespace {

// Pieces of about this many bytes go to the sink.
constexpr size_t kPieceBytes = size_t{1} << 20;

std::shared_ptr<const statistics::FormLayout> LayoutOf(const ScoreStructure& structure) {
  auto layout = std::make_shared<statistics::FormLayout>();
  layout->points = structure.rules.points;
  layout->items = static_cast<int>(structure.items.size());
  for (const ScoreScale& scale : structure.scales) layout->scales.push_back(scale.items);
  return layout;
}

class Scorer {
 public:
  Scorer(const ScoreStructure& structure, const RatingRows& rows, const InvitedCounts* invited,
         const Progress& progress, const ScoreSink& sink)
      : structure_(structure),
        rows_(rows),
        invited_(invited),
        progress_(progress),
        sink_(sink),
        layout_(LayoutOf(structure)),
        district_(structure, layout_, rows.groups()) {}

  absl::Status Write() {
    out_.BeginObject();
    WriteMeta();
    out_.Key("leaders");
    out_.BeginObject();
    // In the order of their ids, in which the district's sums run: the order of rows changes no figure.
    std::vector<size_t> leaders(rows_.leaders().size());
    std::iota(leaders.begin(), leaders.end(), size_t{0});
    std::sort(leaders.begin(), leaders.end(),
              [&](size_t a, size_t b) { return rows_.leaders()[a] < rows_.leaders()[b]; });
    int64_t done = 0;
    for (const size_t leader : leaders) {
      WriteLeader(leader);
      CANDOR_RETURN_IF_ERROR(Flush(kPieceBytes));
      if (progress_) progress_("scoring leaders", ++done, static_cast<int64_t>(leaders.size()));
    }
    out_.EndObject();
    out_.Key("district");
    CANDOR_RETURN_IF_ERROR(district_.Write(out_, [this] { return Flush(kPieceBytes); }));
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

  // One leader's rows, tallied by group; groups in the order of their first appearance in the file.
  struct LeaderInput {
    std::vector<statistics::GroupInput> groups;
    std::vector<size_t> numbers;  // of these, in the file
    std::vector<std::optional<int>> self;
  };

  // `straight_lines`: false leaves them out, but for those of raters who are exempt: they are known by name, and few.
  LeaderInput TallyLeader(size_t leader, bool straight_lines) const {
    const size_t items = structure_.items.size();
    std::vector<std::vector<uint8_t>> forms(rows_.groups().size());
    for (uint32_t row : rows_.rows_of_leader(leader)) {
      std::vector<uint8_t>& group = forms[rows_.group(row)];
      const std::span<const uint8_t> marks = rows_.marks(row);
      group.insert(group.end(), marks.begin(), marks.end());
      const std::span<uint8_t> form = std::span(group).last(items);
      structure_.TurnReversed(form);
      if (!straight_lines && !structure_.is_exempt(rows_.groups()[rows_.group(row)]) && statistics::IsStraightLine(form)) {
        group.resize(group.size() - items);
      }
    }
    LeaderInput input;
    input.self.resize(items);
    for (size_t g = 0; g < forms.size(); ++g) {
      if (forms[g].empty()) continue;
      const std::string& name = rows_.groups()[g];
      if (name == kSelfGroup) {
        for (size_t j = 0; j < items; ++j) {
          const uint8_t rating = forms[g][j];
          if (rating != statistics::kBlank && rating != statistics::kNotObserved) input.self[j] = rating;
        }
        continue;
      }
      input.numbers.push_back(g);
      statistics::GroupInput& group = input.groups.emplace_back(statistics::GroupInput{
          name, statistics::Tally(layout_, statistics::kLeaderParts | DistrictScores::kParts), structure_.is_exempt(name),
          structure_.weight_of(name), InvitedTo(rows_.leaders()[leader], name)});
      group.tally.AddForms(forms[g], forms[g].size() / items);
    }
    return input;
  }

  std::optional<int64_t> InvitedTo(const std::string& leader, const std::string& group) const {
    if (invited_ == nullptr) return std::nullopt;
    const auto found = invited_->find(std::make_pair(leader, group));
    if (found == invited_->end()) return std::nullopt;
    return found->second;
  }

  statistics::LeaderScores Score(const LeaderInput& input) const {
    return ScoreLeader(layout_, input.groups, input.self, structure_.weight_of(statistics::kPoolName), structure_.rules);
  }

  void WriteLeader(size_t leader) {
    const std::string& id = rows_.leaders()[leader];
    const LeaderInput input = TallyLeader(leader, true);
    const statistics::LeaderScores scores = Score(input);
    district_.AddLeader(id, input.numbers, input.groups, scores);
    const bool flagged = std::any_of(input.groups.begin(), input.groups.end(), [](const statistics::GroupInput& group) {
      return !group.exempt && group.tally.straight_lines() > 0;
    });
    std::optional<statistics::LeaderScores> without;
    if (flagged) without = Score(TallyLeader(leader, false));
    district_.AddSensitivity(id, scores, without.has_value() ? &*without : nullptr);
    out_.Key(id);
    WriteLeaderScores(out_, structure_, scores);
  }

  const ScoreStructure& structure_;
  const RatingRows& rows_;
  const InvitedCounts* invited_;
  const Progress& progress_;
  const ScoreSink& sink_;
  std::shared_ptr<const statistics::FormLayout> layout_;
  DistrictScores district_;
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
