#include "clients/cli/output.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "clients/cpp/moment.h"
#include "google/protobuf/util/json_util.h"
#include "services/base/json.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

constexpr absl::Duration kBetweenLines = absl::Seconds(3);
constexpr absl::Duration kBetweenRewrites = absl::Milliseconds(100);

void Say(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  // Only messages with a google.protobuf.Any of an unknown type cannot be written.
  CANDOR_CHECK(status.ok());
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

std::string Printable(absl::string_view text) {
  std::string printable;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    const auto third = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0;
    const bool direction_mark =  // U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069
        byte == 0xe2 && ((next == 0x80 && (third == 0x8e || third == 0x8f || (third >= 0xaa && third <= 0xae))) ||
                         (next == 0x81 && third >= 0xa6 && third <= 0xa9));
    if (direction_mark) {
      printable += '?';
      i += 2;
    } else if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) {  // U+0080 to U+009F
      printable += '?';
      ++i;
    } else if ((byte < 0x20 && byte != '\n') || byte == 0x7f) {
      printable += '?';
    } else {
      printable += text[i];
    }
  }
  return printable;
}

size_t Width(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string Table::Text() const {
  std::vector<size_t> widths;
  std::vector<std::vector<std::string>> rows = rows_;
  for (auto& row : rows) {
    for (std::string& cell : row) cell = Printable(cell);
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - Width(row[i]) + 2, ' ');
    }
    std::replace(line.begin(), line.end(), '\n', ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string ShortTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return client::MomentText(absl::FromUnixSeconds(time.seconds()));
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(absl::ToUnixSeconds(time));
  return stamp;
}

std::string Wrapped(absl::string_view text, size_t width, absl::string_view indent) {
  std::string wrapped;
  for (absl::string_view paragraph : absl::StrSplit(text, '\n')) {
    std::string line;
    for (absl::string_view word : absl::StrSplit(paragraph, ' ', absl::SkipEmpty())) {
      if (!line.empty() && Width(line) + 1 + Width(word) > width) {
        absl::StrAppend(&wrapped, indent, line, "\n");
        line.clear();
      }
      absl::StrAppend(&line, line.empty() ? "" : " ", word);
    }
    absl::StrAppend(&wrapped, line.empty() ? "" : indent, line, "\n");
  }
  return wrapped;
}

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { Finish(); }

void ProgressLine::Update(absl::string_view step, int64_t done, int64_t total) {
  if (quiet_) return;
  absl::MutexLock lock(&mutex_);
  const absl::Time now = absl::Now();
  const bool new_step = step != step_;
  const bool complete = total > 0 && done >= total;
  // A line of its own that says what the one before said is of no use.
  if (!terminal_ && !new_step && total == 0) return;
  if (!new_step && !complete && now - shown_ < (terminal_ ? kBetweenRewrites : kBetweenLines)) return;
  std::string line(step);
  if (total > 0) absl::StrAppend(&line, ": ", done, " of ", total);
  if (terminal_) {
    if (new_step) FinishLocked();
    const size_t width = Width(line);
    Say(absl::StrCat("\r", line, std::string(width_ > width ? width_ - width : 0, ' ')));
    width_ = width;
  } else {
    Say(absl::StrCat(line, "\n"));
  }
  step_ = std::string(step);
  shown_ = now;
}

void ProgressLine::Finish() {
  absl::MutexLock lock(&mutex_);
  FinishLocked();
  step_.clear();
}

void ProgressLine::FinishLocked() {
  if (terminal_ && width_ > 0) Say("\n");
  width_ = 0;
}

void Warn(absl::string_view sentence, bool json) {
  if (json) {
    const base::Json line = {{"warning", std::string(sentence)}};
    Say(absl::StrCat(line.dump(-1, ' ', false, base::Json::error_handler_t::replace), "\n"));
  } else {
    Say(absl::StrCat("candor: note: ", Printable(sentence), "\n"));
  }
}

absl::Status Print(absl::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return absl::UnavailableError("the output cannot be written");
  }
  return absl::OkStatus();
}

}  // namespace candor::cli
