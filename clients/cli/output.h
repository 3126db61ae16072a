// What verbs print: tables, messages as JSON, progress.

#ifndef CANDOR_CLIENTS_CLI_OUTPUT_H_
#define CANDOR_CLIENTS_CLI_OUTPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace candor::cli {

// Places in a line of running text.
inline constexpr size_t kWidth = 90;

// The protobuf JSON of `message` with the names of the proto's fields, indented, with a line end. Fields that are not
// set are left out.
std::string ToJson(const google::protobuf::Message& message);

// Columns that stand under each other.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Each line ends with a line feed. Line feeds within a cell become spaces.
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// `text` fit for a terminal: control characters other than line feed, which could move the cursor or hide text, and marks
// that turn the direction of writing become "?". For whatever comes from a server.
std::string Printable(absl::string_view text);

// How many places on the terminal a text takes: its code points, as far as they are one place each.
size_t Width(absl::string_view text);

// As client::MomentText; empty for none.
std::string ShortTime(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToTimestamp(absl::Time time);

// `text` in lines of at most `width` places, each behind `indent`.
std::string Wrapped(absl::string_view text, size_t width, absl::string_view indent);

// Tells on standard error how far long work is: on a terminal one line that is written over, else a line at every new
// step and at most every few seconds. May be called from many threads.
class ProgressLine {
 public:
  // `quiet`: nothing is written.
  explicit ProgressLine(bool quiet);
  ~ProgressLine();

  // `total` 0: not known.
  void Update(absl::string_view step, int64_t done, int64_t total);
  // Ends the line that is being written over, so that other output begins on a line of its own.
  void Finish();

 private:
  void FinishLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const bool quiet_;
  const bool terminal_;
  absl::Mutex mutex_;
  std::string step_ ABSL_GUARDED_BY(mutex_);
  absl::Time shown_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  size_t width_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Says on standard error what is probably a mistake but no fault, on a line of its own; with `json` as an object with the
// member `warning`.
void Warn(absl::string_view sentence, bool json);

// Writes all of `text` to standard output. UNAVAILABLE: it cannot be written, for instance a full disk behind it.
absl::Status Print(absl::string_view text);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_OUTPUT_H_
