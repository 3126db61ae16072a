#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "clients/cli/score_file.h"
#include "clients/cli/verbs.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

struct ScoreOptions {
  ScoreFileOptions files;
  std::string out;
};

// A file that takes its name only once it is whole.
class NewFile {
 public:
  explicit NewFile(const std::string& path) : path_(path), temporary_(absl::StrCat(path, ".", base::RandomId())) {}
  ~NewFile() {
    if (file_ != nullptr) std::fclose(file_);
    if (!done_) std::remove(temporary_.c_str());
  }

  absl::Status Write(absl::string_view piece) {
    if (file_ == nullptr) file_ = std::fopen(temporary_.c_str(), "wb");
    if (file_ == nullptr || std::fwrite(piece.data(), 1, piece.size(), file_) != piece.size()) return Fault();
    return absl::OkStatus();
  }

  absl::Status Finish() {
    if (file_ == nullptr) CANDOR_RETURN_IF_ERROR(Write(""));
    const bool flushed = std::fflush(file_) == 0 && fsync(fileno(file_)) == 0;
    const bool closed = std::fclose(file_) == 0;
    file_ = nullptr;
    if (!flushed || !closed || std::rename(temporary_.c_str(), path_.c_str()) != 0) return Fault();
    done_ = true;
    return absl::OkStatus();
  }

 private:
  absl::Status Fault() const {
    return absl::UnavailableError(absl::StrCat(path_, " cannot be written: ", std::strerror(errno)));
  }

  const std::string path_, temporary_;
  std::FILE* file_ = nullptr;
  bool done_ = false;
};

// The result takes the place of a file of its name: one of the files that it is made from would be lost.
absl::Status CheckOutIsNoInput(const ScoreOptions& options) {
  const ScoreFileOptions& files = options.files;
  for (const std::string& input : {files.structure_path, files.ratings_path, files.invited_path}) {
    std::error_code ignored;
    if (!input.empty() && std::filesystem::equivalent(options.out, input, ignored)) {
      return base::Error(absl::StatusCode::kInvalidArgument, "OUT_IS_INPUT",
                         absl::StrCat("--out ", options.out, " is a file that is read here; choose another name"));
    }
  }
  return absl::OkStatus();
}

absl::Status Score(Context& c, const ScoreOptions& options) {
  ProgressLine line(c.options.quiet);
  const Progress progress = [&line](absl::string_view step, int64_t done, int64_t total) {
    line.Update(step, done, total);
  };
  const ScoreWarning warning = [&](absl::string_view sentence) {
    line.Finish();
    Warn(sentence, c.options.json);
  };
  if (options.out.empty()) {
    CANDOR_RETURN_IF_ERROR(WriteScoresOfFiles(options.files, progress, Print, warning));
    return Print("\n");
  }
  CANDOR_RETURN_IF_ERROR(CheckOutIsNoInput(options));
  NewFile file(options.out);
  CANDOR_RETURN_IF_ERROR(WriteScoresOfFiles(options.files, progress,
                                            [&file](absl::string_view piece) { return file.Write(piece); }, warning));
  CANDOR_RETURN_IF_ERROR(file.Write("\n"));
  return file.Finish();
}

}  // namespace

void AddScoreVerb(CLI::App& app, Context& context) {
  AddVerb<ScoreOptions>(
      app, context, "score", "Compute the statistics of a file of ratings, offline",
      [](CLI::App& verb, ScoreOptions& options) {
        verb.add_option("--structure", options.files.structure_path, "JSON: items, scales, constants")->required();
        verb.add_option("--ratings", options.files.ratings_path, "CSV: leader,group,rater and one column for each item")
            ->required();
        verb.add_option("--invited", options.files.invited_path, "CSV: leader,group,invited");
        verb.add_option("--out", options.out, "Write the JSON here instead of to the terminal");
        verb.footer("Computed: items and scales of each leader and group with intervals and agreement, all raters, self "
                    "against others, focus areas; of the district: groups with analysis of variance (ICC), alpha, alpha of "
                    "leader means, lambda 2, empirical Bayes shrinkage and response quality, how far scores change without the forms that "
                    "are straight lines, gaps, benchmark. Held-back cells "
                    "too: publish nothing of it unchecked. Not computed, since one file of ratings does not hold it: change "
                    "between rounds, response surfaces. What is probably a mistake in the files (an unknown key or group) is said on standard error.");
      },
      Score);
}

}  // namespace candor::cli
