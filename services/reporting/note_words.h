// The sentences of a report's notes, in each language that the product speaks.

#ifndef CANDOR_SERVICES_REPORTING_NOTE_WORDS_H_
#define CANDOR_SERVICES_REPORTING_NOTE_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace candor::reporting {

// The languages of notes beside English.
inline constexpr absl::string_view kTranslations[] = {"es"};

enum class Words {
  kNobodyAnswered,
  kFewerThanMinimum,
  kManyReissued,
  kMoreAnswersThanCodes,
  kPooled,
  kOnlyNamedRatings,
  kNoFigures,
  kOtherRatersAre,
  kFromParts,
  kNotByPart,
  kPartsJoined,
  kVeryLowRate,
  kLowRate,
  kUneven,
  kSelfMissing,
  kTeamRated,
  kTeamMissing,
  kBounds,
  kBetween,
  kUndetermined,
  kCellWithheld,
  kOfOtherRaters,
  kInsidersWithheld,
  kScaleWithheld,
  kSmallDifferences,
  kConfidence,
  kScaleConfidence,
  kCorrelationPooled,
  kCorrelationAssumed,
  kTypicalBeside,
  kTypicalAlone,
  kDevelopment,
  kDevelopmentOfTeam,
  kAllRaters,
  kAllRatersOfTeam,
  kSupervisorApart,
  kGaps,
  kGapsOfTeam,
  kCloseToLine,
  kBenchmark,
  kBenchmarkOfTeam,
  kRound,
  kNoReportBefore,
  kNoReportBeforeOfTeam,
  kOtherReaders,
  kNothingInCommon,
  kCompared,
  kRewordedOne,
  kRewordedMany,
  kThemesOverlap,
};

// The words in `language`, in English where it is none of kTranslations; $0, $1 .. stand for `values`.
std::string Say(absl::string_view language, Words words, const std::vector<std::string>& values = {});

// "14 May 2027", "14 de mayo de 2027"; the day in UTC.
std::string DayText(absl::string_view language, absl::Time time);

}  // namespace candor::reporting

#endif  // CANDOR_SERVICES_REPORTING_NOTE_WORDS_H_
