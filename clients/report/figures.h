// A report's figures as people read them. Rounding happens here and nowhere before. Where a figure needs words they are
// those of `say`; the examples are in English. A decimal point stands in every language.

#ifndef CANDOR_CLIENTS_REPORT_FIGURES_H_
#define CANDOR_CLIENTS_REPORT_FIGURES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "candor/v1/brief.pb.h"
#include "candor/v1/scoring.pb.h"
#include "clients/sentences/sentences.h"
#include "google/protobuf/timestamp.pb.h"

namespace candor::report {

// The words of English.
const sentences::Sentences& English();

// The figures that decide what is said in words: a figure that rounds onto one of them without reaching it, or after
// crossing it, is printed so that words and figure agree. 0: there is none.
struct Lines {
  double strength = 0;  // the strength line, scale points
  double band = 0;      // the agreement band, scale points
};
Lines LinesOf(const candor::v1::ScoringRules& rules);

// Two decimals, half away from zero. With the number n of whole ratings behind the mean it is the fraction sum / n that
// is rounded, so that 2.345 does not become 2.34 for the sake of a binary digit; n = 0: not known.
std::string MeanText(double mean, int64_t n = 0);

// Two decimals, rounded towards the range's outside, so that what is printed always holds the range.
std::string LowerText(double lower);
std::string UpperText(double upper);

// Like MeanText and LowerText, UpperText, always with a sign: "+0.47", "−0.12", "0.00".
std::string SignedText(double value);
std::string SignedLowerText(double lower);
std::string SignedUpperText(double upper);

// For programs: a decimal point, at most four decimals, no zeros at the end, "-" before negative numbers: "3.8571". Empty
// for what is no figure.
enum class Rounding { kNearest, kDown, kUp };
std::string PlainNumber(double value, Rounding rounding);

// Whole percent, half away from zero: "67 %". `share` is from 0 to 1.
std::string PercentText(double share);

// "87 %", rounded down, so that no word that begins at a probability stands beside a figure that looks greater; "under 1 %".
std::string ProbabilityText(double probability, const sentences::Sentences& say = English());

// "15 January 2027", in UTC.
std::string DateText(const google::protobuf::Timestamp& time, const sentences::Sentences& say = English());
// The same of a day as "2027-05-14"; a text that is no such day stays as it is.
std::string DayText(const std::string& day, const sentences::Sentences& say = English());

// For a column: "3.82", "≥3.40", "≤2.60", "3.10–3.61", "–" where withheld; "<3.50" where 3.497 is below a line of 3.5.
std::string ShortFigure(const candor::v1::GroupScore& score, const Lines& lines = {});
// In words: "3.82", "3.40 or higher", "2.60 or lower", "3.10 to 3.61", "not shown"; "just under 3.50".
std::string LongFigure(const candor::v1::GroupScore& score, const Lines& lines = {},
                       const sentences::Sentences& say = English());
// "4.00", "–" where there is none; "<3.50".
std::string PersonFigure(const candor::v1::PersonScore& score, const Lines& lines = {});
// A rating of one statement: "4"; "3.50" where several supervisors rated; "–" where there is none.
std::string RatingText(const candor::v1::PersonScore& score);
// "+0.47", "+0.20..+0.61", "–" where there is none; ">+0.50" where 0.503 is beyond a band of 0.5.
std::string ShortGap(const candor::v1::Gap& gap, const Lines& lines = {});
// "+0.47", "between +0.20 and +0.61"; empty where there is none; "just over +0.50".
std::string LongGap(const candor::v1::Gap& gap, const Lines& lines = {}, const sentences::Sentences& say = English());
// The limits of a gap that excludes zero: "+0.42 to +2.60"; "just over 0.00 to +0.61".
std::string GapLimits(const candor::v1::Interval& interval, const sentences::Sentences& say = English());

// "3.82", "3.10–3.61"; empty where there is none.
std::string BenchmarkFigure(const candor::v1::GroupScore& score);

// "+0.32 higher", "−0.10 no clear change", "+0.10..+0.61 higher", "−0.20..+0.31 cannot be told"; "–" where there is none.
std::string ChangeFigure(const candor::v1::GroupScore& score, const sentences::Sentences& say = English());
// The word alone: "higher", "no clear change"; empty where there is none.
std::string ChangeWords(candor::v1::ChangeWord word, const sentences::Sentences& say = English());
// The figure alone: "+0.32", "+0.10 to +0.61".
std::string ChangeValue(const candor::v1::Change& change, const sentences::Sentences& say = English());
// "+0.05 to +0.60"; empty where there is none.
std::string ChangeLimits(const candor::v1::Change& change, const sentences::Sentences& say = English());

// "3.42 to 4.21"; with a "~" before where it is the typical uncertainty. Empty where there is none.
std::string IntervalText(const candor::v1::GroupScore& score, const sentences::Sentences& say = English());

// The words of a report with these scores in `language`, those for a team where it is about one.
sentences::Sentences WordsOf(const candor::v1::Scores& scores, absl::string_view language = "en");

// What gap and quadrant say together, for instance "self higher; blind spot". Empty where nothing can be said.
std::string GapWords(const candor::v1::Gap& gap, const sentences::Sentences& say = English());

// Why a figure is not shown: "fewer than 5 gave a rating". `minimum`: the fewest ratings that would have done; 0 where
// that is no one number.
std::string ReasonWords(candor::v1::WithheldReason reason, int minimum, const sentences::Sentences& say = English());

// The least and most that the mean can be; unset where withheld.
struct Range {
  double lower = 0;
  double upper = 0;
};
std::optional<Range> RangeOf(const candor::v1::GroupScore& score, int points);

// The scale as a line of `cells` cells: "····─●──····" for a mean with its interval, "·······▒▒▒▒▒" for a range.
// Empty where withheld.
std::string Bar(const candor::v1::GroupScore& score, int points, int cells);
// The same for a person: "········◆····".
std::string Bar(const candor::v1::PersonScore& score, int points, int cells);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_FIGURES_H_
