#include "clients/report/brief.h"

#include <algorithm>
#include <optional>

#include "clients/report/figures.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;

constexpr double kEqual = 1e-9;  // nearer figures count as equal, as where categories are decided

struct Candidate {
  Finding finding;
  double distance = 0;  // from the line or from zero, at the end of the range that lies nearer
};

std::vector<Finding> Best(std::vector<Candidate> candidates, int most) {
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    const bool a_last = a.finding.certainty == Certainty::kUncertain;
    const bool b_last = b.finding.certainty == Certainty::kUncertain;
    if (a_last != b_last) return b_last;
    return a.distance > b.distance;
  });
  std::vector<Finding> best;
  for (const Candidate& candidate : candidates) {
    if (static_cast<int>(best.size()) == most) break;
    best.push_back(candidate.finding);
  }
  return best;
}

Certainty CertaintyOf(const v1::GroupScore& all, bool clear) {
  // A range says where the figure of these raters lies, and nothing of how far it could move.
  if (!all.has_interval()) return Certainty::kLimits;
  return clear ? Certainty::kClear : Certainty::kUncertain;
}

// Whether the gap's sign stays the same within the uncertainty of the raters' figure.
bool SignStays(const v1::UnitScore& unit) {
  const v1::GroupScore& all = unit.all_raters();
  const double least = unit.gap().value() - (all.interval().upper() - all.mean());
  const double most = unit.gap().value() + (all.mean() - all.interval().lower());
  return least > kEqual || most < -kEqual;
}

}  // namespace

Brief MakeBrief(const v1::Report& report, int most) {
  const double cut = report.scores().rules().strength_cut();
  const int points = report.scores().rules().points();
  Brief brief;
  std::vector<Candidate> strengths, growth, gaps;
  for (const v1::UnitScore& unit : report.scores().units()) {
    if (unit.kind() != v1::UNIT_KIND_COMPETENCY) continue;
    const v1::GroupScore& all = unit.all_raters();
    if (const std::optional<Range> range = RangeOf(all, points); range.has_value()) {
      if (range->lower >= cut - kEqual) {
        strengths.push_back({{&unit, CertaintyOf(all, all.interval().lower() >= cut - kEqual)}, range->lower - cut});
      } else if (range->upper < cut - kEqual) {
        growth.push_back({{&unit, CertaintyOf(all, all.interval().upper() < cut - kEqual)}, cut - range->upper});
      }
    }
    const v1::Gap& gap = unit.gap();
    switch (gap.category()) {
      case v1::GAP_CATEGORY_OVER:
      case v1::GAP_CATEGORY_UNDER: {
        const double lower = gap.has_value() ? gap.value() : gap.lower();
        const double upper = gap.has_value() ? gap.value() : gap.upper();
        gaps.push_back({{&unit, CertaintyOf(all, SignStays(unit))}, std::max(lower, -upper)});
        ++(gap.category() == v1::GAP_CATEGORY_OVER ? brief.higher : brief.lower);
        break;
      }
      case v1::GAP_CATEGORY_AGREE_GOOD:
      case v1::GAP_CATEGORY_AGREE_POOR: ++brief.agree; break;
      case v1::GAP_CATEGORY_UNDETERMINED: brief.undetermined.push_back(&unit); break;
      default: break;
    }
  }
  brief.strengths = Best(std::move(strengths), most);
  brief.growth = Best(std::move(growth), most);
  brief.gaps = Best(std::move(gaps), most);
  return brief;
}

}  // namespace candor::report
