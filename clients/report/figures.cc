#include "clients/report/figures.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using sentences::Sentences;

constexpr char kNone[] = "–";
constexpr char kMinus[] = "−";

// A binary fraction this near to a tie is taken for one.
constexpr double kTie = 1e-9;

std::string HundredthsText(int64_t hundredths) {
  const int64_t size = hundredths < 0 ? -hundredths : hundredths;
  return absl::StrFormat("%s%d.%02d", hundredths < 0 ? kMinus : "", size / 100, size % 100);
}

std::string WithSign(int64_t hundredths) {
  return absl::StrCat(hundredths > 0 ? "+" : "", HundredthsText(hundredths));
}

// Figures far off any scale are no figures.
bool IsFigure(double value) { return std::isfinite(value) && std::fabs(value) < 1e6; }

int64_t HalfAway(double value) {
  const auto size = static_cast<int64_t>(std::floor(std::fabs(value) * 100 + 0.5 + kTie));
  return value < 0 ? -size : size;
}

int64_t Down(double value) { return static_cast<int64_t>(std::floor(value * 100 + kTie)); }
int64_t Up(double value) { return static_cast<int64_t>(std::ceil(value * 100 - kTie)); }

// Figures nearer than this count as equal, as where categories are decided.
constexpr double kEqual = 1e-9;

// Whether `value`, printed as `text`, is below the strength line but looks like it.
bool LooksLikeLine(double value, const std::string& text, const Lines& lines) {
  return lines.strength > 0 && value < lines.strength - kEqual && text == MeanText(lines.strength);
}

// Whether a gap, printed as `text`, is beyond the agreement band but looks like its edge.
bool LooksLikeBand(double value, const std::string& text, const Lines& lines) {
  if (!(lines.band > 0) || std::fabs(value) <= lines.band + kEqual) return false;
  return text == SignedText(value < 0 ? -lines.band : lines.band);
}

std::string BelowLine(double value, std::string text, const Lines& lines, absl::string_view mark) {
  return LooksLikeLine(value, text, lines) ? absl::StrCat(mark, text) : text;
}

std::string BeyondBand(double value, std::string text, const Lines& lines, absl::string_view over,
                       absl::string_view under) {
  return LooksLikeBand(value, text, lines) ? absl::StrCat(value > 0 ? over : under, text) : text;
}

// The cell of a line of `cells`, at least 2, that stands for `value` on the scale 1..points.
int CellOf(double value, int points, int cells) {
  if (!IsFigure(value)) return 0;
  const double place = (value - 1) / std::max(1, points - 1) * (cells - 1);
  return std::clamp(static_cast<int>(std::lround(place)), 0, cells - 1);
}

std::string DayWords(absl::CivilDay day, const Sentences& say) {
  return say.Say("date", {{"day", absl::StrCat(day.day())},
                          {"month", say.Say(absl::StrCat("date.month.", day.month()))},
                          {"year", absl::StrCat(day.year())}});
}

}  // namespace

std::string MeanText(double mean, int64_t n) {
  if (!IsFigure(mean)) return kNone;
  if (n > 0 && n < 1'000'000'000) {
    const double product = mean * static_cast<double>(n);
    const auto sum = static_cast<int64_t>(std::llround(product));
    if (std::fabs(product - static_cast<double>(sum)) < 1e-6 * std::max(1.0, product)) {
      return HundredthsText((200 * sum + n) / (2 * n));
    }
  }
  return HundredthsText(HalfAway(mean));
}

std::string LowerText(double lower) { return !IsFigure(lower) ? kNone : HundredthsText(Down(lower)); }
std::string UpperText(double upper) { return !IsFigure(upper) ? kNone : HundredthsText(Up(upper)); }
std::string SignedText(double value) { return !IsFigure(value) ? kNone : WithSign(HalfAway(value)); }
std::string SignedLowerText(double lower) { return !IsFigure(lower) ? kNone : WithSign(Down(lower)); }
std::string SignedUpperText(double upper) { return !IsFigure(upper) ? kNone : WithSign(Up(upper)); }

std::string PlainNumber(double value, Rounding rounding) {
  if (!IsFigure(value)) return "";
  const double scaled = value * 10000;
  const double rounded = rounding == Rounding::kDown ? std::floor(scaled + kTie)
                         : rounding == Rounding::kUp ? std::ceil(scaled - kTie)
                                                     : std::copysign(std::floor(std::fabs(scaled) + 0.5 + kTie), scaled);
  const auto size = static_cast<int64_t>(std::fabs(rounded));
  std::string text = absl::StrFormat("%s%d.%04d", rounded < 0 ? "-" : "", size / 10000, size % 10000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string PercentText(double share) {
  if (!IsFigure(share)) return kNone;
  return absl::StrCat(static_cast<int64_t>(std::floor(share * 100 + 0.5 + kTie)), " %");
}

std::string ProbabilityText(double probability, const Sentences& say) {
  if (!IsFigure(probability)) return kNone;
  const auto percent = static_cast<int64_t>(std::floor(std::clamp(probability, 0.0, 1.0) * 100 + kTie));
  return percent == 0 ? say.Say("figure.under_one_percent") : absl::StrCat(percent, " %");
}

std::string DateText(const google::protobuf::Timestamp& time, const Sentences& say) {
  return DayWords(absl::ToCivilDay(absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone()), say);
}

std::string DayText(const std::string& day, const Sentences& say) {
  absl::CivilDay civil;
  return absl::ParseCivilTime(day, &civil) ? DayWords(civil, say) : day;
}

const Sentences& English() {
  static const auto* const english = new Sentences("en");
  return *english;
}

Lines LinesOf(const v1::ScoringRules& rules) { return {rules.strength_cut(), rules.agreement_band()}; }

std::string ShortFigure(const v1::GroupScore& score, const Lines& lines) {
  const std::string upper = UpperText(score.upper());
  switch (score.state()) {
    case v1::FIGURE_STATE_EXACT: return BelowLine(score.mean(), MeanText(score.mean(), score.n()), lines, "<");
    case v1::FIGURE_STATE_AT_LEAST: return absl::StrCat("≥", LowerText(score.lower()));
    case v1::FIGURE_STATE_AT_MOST: return absl::StrCat(LooksLikeLine(score.upper(), upper, lines) ? "<" : "≤", upper);
    case v1::FIGURE_STATE_BETWEEN:
      return absl::StrCat(LowerText(score.lower()), "–", BelowLine(score.upper(), upper, lines, "<"));
    default: return kNone;
  }
}

std::string LongFigure(const v1::GroupScore& score, const Lines& lines, const Sentences& say) {
  const std::string upper = UpperText(score.upper());
  switch (score.state()) {
    case v1::FIGURE_STATE_EXACT:
      return BelowLine(score.mean(), MeanText(score.mean(), score.n()), lines, say.Say("figure.just_under"));
    case v1::FIGURE_STATE_AT_LEAST: return say.Say("figure.or_higher", {{"figure", LowerText(score.lower())}});
    case v1::FIGURE_STATE_AT_MOST:
      return say.Say(LooksLikeLine(score.upper(), upper, lines) ? "figure.under" : "figure.or_lower", {{"figure", upper}});
    case v1::FIGURE_STATE_BETWEEN: {
      const bool under = LooksLikeLine(score.upper(), upper, lines);
      const std::string until = under ? say.Say("figure.under", {{"figure", upper}}) : upper;
      return say.Say("figure.range", {{"lower", LowerText(score.lower())}, {"upper", until}});
    }
    default: return say.Say("figure.not_shown");
  }
}

std::string PersonFigure(const v1::PersonScore& score, const Lines& lines) {
  return score.has_mean() ? BelowLine(score.mean(), MeanText(score.mean()), lines, "<") : kNone;
}

std::string RatingText(const v1::PersonScore& score) {
  if (!score.has_mean()) return kNone;
  const double mean = score.mean();
  if (mean == std::floor(mean) && std::fabs(mean) < 100) return absl::StrCat(static_cast<int>(mean));
  return MeanText(mean);
}

std::string ShortGap(const v1::Gap& gap, const Lines& lines) {
  if (gap.has_value()) return BeyondBand(gap.value(), SignedText(gap.value()), lines, ">", "<");
  if (!gap.has_lower()) return kNone;
  return absl::StrCat(BeyondBand(gap.lower(), SignedLowerText(gap.lower()), lines, ">", ""), "..",
                      BeyondBand(gap.upper(), SignedUpperText(gap.upper()), lines, "", "<"));
}

std::string LongGap(const v1::Gap& gap, const Lines& lines, const Sentences& say) {
  const std::string over = say.Say("figure.just_over");
  const std::string under = say.Say("figure.just_under");
  if (gap.has_value()) return BeyondBand(gap.value(), SignedText(gap.value()), lines, over, under);
  if (!gap.has_lower()) return "";
  return say.Say("figure.between", {{"lower", BeyondBand(gap.lower(), SignedLowerText(gap.lower()), lines, over, "")},
                                    {"upper", BeyondBand(gap.upper(), SignedUpperText(gap.upper()), lines, "", under)}});
}

std::string GapLimits(const v1::Interval& interval, const Sentences& say) {
  // The nearest hundredth may be zero, which these limits exclude.
  const auto limit = [&](double value) {
    const std::string text = SignedText(value);
    if (text != SignedText(0) || value == 0) return text;
    return absl::StrCat(say.Say(value > 0 ? "figure.just_over" : "figure.just_under"), text);
  };
  const std::string range =
      say.Say("figure.range", {{"lower", limit(interval.lower())}, {"upper", limit(interval.upper())}});
  return interval.kind() == v1::INTERVAL_KIND_TYPICAL ? absl::StrCat("~", range) : range;
}

std::string BenchmarkFigure(const v1::GroupScore& score) {
  if (!score.has_benchmark()) return "";
  const v1::BenchmarkFigure& figure = score.benchmark();
  if (figure.has_mean()) return MeanText(figure.mean());
  return absl::StrCat(LowerText(figure.lower()), "–", UpperText(figure.upper()));
}

std::string ChangeFigure(const v1::GroupScore& score, const Sentences& say) {
  if (!score.has_change()) return kNone;
  const v1::Change& change = score.change();
  const std::string words = ChangeWords(change.word(), say);
  const std::string word = words.empty() ? "" : absl::StrCat(" ", words);
  if (change.has_value()) return absl::StrCat(SignedText(change.value()), word);
  return absl::StrCat(SignedLowerText(change.lower()), "..", SignedUpperText(change.upper()), word);
}

std::string ChangeWords(v1::ChangeWord word, const Sentences& say) {
  switch (word) {
    case v1::CHANGE_WORD_HIGHER: return say.Say("change.higher");
    case v1::CHANGE_WORD_LOWER: return say.Say("change.lower");
    case v1::CHANGE_WORD_NO_CLEAR_CHANGE: return say.Say("change.no_clear");
    case v1::CHANGE_WORD_UNDETERMINED: return say.Say("change.undetermined");
    default: return "";
  }
}

std::string ChangeValue(const v1::Change& change, const Sentences& say) {
  if (change.has_value()) return SignedText(change.value());
  return say.Say("figure.range", {{"lower", SignedLowerText(change.lower())}, {"upper", SignedUpperText(change.upper())}});
}

std::string ChangeLimits(const v1::Change& change, const Sentences& say) {
  if (change.interval().kind() == v1::INTERVAL_KIND_UNSPECIFIED) return "";
  return say.Say("figure.range", {{"lower", SignedText(change.interval().lower())},
                                  {"upper", SignedText(change.interval().upper())}});
}

std::string IntervalText(const v1::GroupScore& score, const Sentences& say) {
  const v1::Interval& interval = score.interval();
  if (interval.kind() == v1::INTERVAL_KIND_UNSPECIFIED) return "";
  return absl::StrCat(interval.kind() == v1::INTERVAL_KIND_TYPICAL ? "~" : "",
                      say.Say("figure.range", {{"lower", MeanText(interval.lower())}, {"upper", MeanText(interval.upper())}}));
}

Sentences WordsOf(const v1::Scores& scores, absl::string_view language) {
  const Sentences say(language);
  return scores.has_team() ? say.ForTeam() : say;
}

std::string GapWords(const v1::Gap& gap, const Sentences& say) {
  std::vector<std::string> words;
  switch (gap.category()) {
    case v1::GAP_CATEGORY_OVER: words.push_back(say.Say("gap.over")); break;
    case v1::GAP_CATEGORY_UNDER: words.push_back(say.Say("gap.under")); break;
    case v1::GAP_CATEGORY_AGREE_GOOD: words.push_back(say.Say("gap.agree_good")); break;
    case v1::GAP_CATEGORY_AGREE_POOR: words.push_back(say.Say("gap.agree_poor")); break;
    case v1::GAP_CATEGORY_UNDETERMINED: words.push_back(say.Say("gap.undetermined")); break;
    default: return "";
  }
  if (gap.category() != v1::GAP_CATEGORY_AGREE_GOOD && gap.category() != v1::GAP_CATEGORY_AGREE_POOR) {
    switch (gap.quadrant()) {
      case v1::QUADRANT_SHARED_STRENGTH: words.push_back(say.Say("gap.shared_strength")); break;
      case v1::QUADRANT_BLIND_SPOT: words.push_back(say.Say("gap.blind_spot")); break;
      case v1::QUADRANT_HIDDEN_STRENGTH: words.push_back(say.Say("gap.hidden_strength")); break;
      case v1::QUADRANT_SHARED_DEVELOPMENT: words.push_back(say.Say("gap.shared_development")); break;
      default: break;
    }
  }
  if (gap.close_to_line()) words.push_back(say.Say("gap.close_to_line"));
  return absl::StrJoin(words, "; ");
}

std::string ReasonWords(v1::WithheldReason reason, int minimum, const Sentences& say) {
  switch (reason) {
    case v1::WITHHELD_REASON_NO_DATA: return say.Say("withheld.no_data");
    case v1::WITHHELD_REASON_TOO_FEW_ANSWERS:
      if (minimum <= 0) return say.Say("withheld.too_few");
      return say.Say("withheld.fewer_than", {{"minimum", absl::StrCat(minimum)}});
    case v1::WITHHELD_REASON_TOO_FEW_FOR_INSIDERS: return say.Say("withheld.insiders");
    case v1::WITHHELD_REASON_TOO_MANY_REISSUED: return say.Say("withheld.reissued");
    case v1::WITHHELD_REASON_MORE_ANSWERS_THAN_CODES: return say.Say("withheld.more_answers");
    case v1::WITHHELD_REASON_POOLED: return say.Say("withheld.pooled");
    case v1::WITHHELD_REASON_TOO_FEW_ITEMS: return say.Say("withheld.items");
    case v1::WITHHELD_REASON_TOO_FEW_MEMBERS: return say.Say("withheld.members");
    default: return "";
  }
}

std::optional<Range> RangeOf(const v1::GroupScore& score, int points) {
  switch (score.state()) {
    case v1::FIGURE_STATE_EXACT: return Range{score.mean(), score.mean()};
    case v1::FIGURE_STATE_AT_LEAST: return Range{score.lower(), static_cast<double>(points)};
    case v1::FIGURE_STATE_AT_MOST: return Range{1, score.upper()};
    case v1::FIGURE_STATE_BETWEEN: return Range{score.lower(), score.upper()};
    default: return std::nullopt;
  }
}

std::string Bar(const v1::GroupScore& score, int points, int cells) {
  const std::optional<Range> range = RangeOf(score, points);
  if (!range.has_value()) return "";
  std::vector<std::string> line(cells, "·");
  const auto fill = [&](double lower, double upper, const char* mark) {
    for (int i = CellOf(lower, points, cells); i <= CellOf(upper, points, cells); ++i) line[i] = mark;
  };
  if (score.state() != v1::FIGURE_STATE_EXACT) {
    fill(range->lower, range->upper, "▒");
    return absl::StrJoin(line, "");
  }
  if (score.has_interval()) fill(score.interval().lower(), score.interval().upper(), "─");
  line[CellOf(range->lower, points, cells)] = "●";
  return absl::StrJoin(line, "");
}

std::string Bar(const v1::PersonScore& score, int points, int cells) {
  if (!score.has_mean()) return "";
  std::vector<std::string> line(cells, "·");
  line[CellOf(score.mean(), points, cells)] = "◆";
  return absl::StrJoin(line, "");
}

}  // namespace candor::report
