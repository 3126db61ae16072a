// The statistics layer on a file: `candor score`.

#ifndef CANDOR_CLIENTS_CLI_SCORE_FILE_H_
#define CANDOR_CLIENTS_CLI_SCORE_FILE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/score_input.h"
#include "services/base/json.h"

namespace candor::cli {

struct ScoreFileOptions {
  std::string structure_path;
  std::string ratings_path;
  std::string invited_path;  // empty: none, nothing is known of who was invited
  // No file longer than this is read.
  size_t max_bytes = size_t{8} << 30;
};

// Takes the next piece of the result; a status that is not OK ends the work and is returned.
using ScoreSink = std::function<absl::Status(absl::string_view piece)>;
// Takes a sentence on what is probably a mistake in the files (FindInputWarnings); may be null.
using ScoreWarning = std::function<void(absl::string_view warning)>;

// Computes every figure of every leader, held-back cells too, and of the district, and writes them as one JSON object:
//   meta      the constants, the scales and their items
//   leaders   <id>: groups, others, self_other, focus (null unless every item has an O); in order of the ids
//   district  groups (with analysis of variance, reliability and shrunken means), sensitivity (how far scores change without
//             the forms that are straight lines), gaps, benchmark
// A key is null where its figure is undefined. Only one leader's result is in memory at a time.
//
// Errors are those of ParseStructure, ParseRatings and ParseInvited.
absl::Status WriteScores(const ScoreStructure& structure, const RatingRows& rows, const InvitedCounts* invited,
                         const Progress& progress, const ScoreSink& sink);

// The same from texts; `invited` unset: no such file. The names are what errors call the texts.
struct ScoreText {
  std::string name;
  absl::string_view text;
};
absl::Status WriteScoresOfText(const ScoreText& structure, const ScoreText& ratings,
                               const std::optional<ScoreText>& invited, const Progress& progress,
                               const ScoreSink& sink, const ScoreWarning& warning = nullptr);

// The same from files. NOT_FOUND: a file does not exist. RESOURCE_EXHAUSTED: a file is too long. UNAVAILABLE: a file
// cannot be read.
absl::Status WriteScoresOfFiles(const ScoreFileOptions& options, const Progress& progress, const ScoreSink& sink,
                                const ScoreWarning& warning = nullptr);

// The same as one document in memory.
absl::StatusOr<base::Json> ScoreFiles(const ScoreFileOptions& options, const Progress& progress = nullptr);
absl::StatusOr<base::Json> ScoreTexts(const ScoreText& structure, const ScoreText& ratings,
                                      const std::optional<ScoreText>& invited, const Progress& progress = nullptr);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_SCORE_FILE_H_
