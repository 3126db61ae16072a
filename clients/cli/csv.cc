#include "clients/cli/csv.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "clients/cli/utf8.h"
#include "services/base/error.h"
#include "services/base/status.h"

namespace candor::cli {

namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Bytes that end an unquoted field or may not stand in one.
struct SpecialBytes {
  bool is[256] = {};
  constexpr SpecialBytes() { is[','] = is['\n'] = is['\r'] = is['"'] = true; }
};
constexpr SpecialBytes kSpecial;

}  // namespace

CsvReader::CsvReader(absl::string_view text, absl::string_view name)
    : name_(name), utf8_(CheckUtf8(text, name)), begin_(text.data()), end_(text.data() + text.size()), at_(begin_) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) at_ += kByteOrderMark.size();
  line_start_ = record_start_ = at_;
}

absl::StatusOr<bool> CsvReader::Next() {
  CANDOR_RETURN_IF_ERROR(utf8_);
  fields_.clear();
  starts_.clear();
  unescaped_.clear();
  record_line_ = line_;
  record_start_ = at_;
  if (at_ == end_) return false;
  if (*at_ == '\n' || *at_ == '\r') {
    if (std::all_of(at_, end_, [](char c) { return c == '\n' || c == '\r'; })) {
      at_ = end_;
      return false;
    }
    return Malformed(at_, "the line is empty; remove it");
  }
  while (true) {
    starts_.push_back(at_);
    if (at_ < end_ && *at_ == '"') {
      CANDOR_RETURN_IF_ERROR(ReadQuoted());
    } else {
      const char* start = at_;
      while (at_ < end_ && !kSpecial.is[static_cast<unsigned char>(*at_)]) ++at_;
      fields_.emplace_back(start, static_cast<size_t>(at_ - start));
    }
    if (at_ == end_) return true;
    switch (*at_) {
      case ',':
        ++at_;
        break;
      case '\r':
        if (at_ + 1 == end_ || at_[1] != '\n') {
          return Malformed(at_, "a carriage return stands without a line feed; end lines with LF or CR LF");
        }
        ++at_;
        [[fallthrough]];
      case '\n':
        ++at_;
        ++line_;
        line_start_ = at_;
        return true;
      default:
        return Malformed(at_, *at_ == '"' ? "a quote stands inside an unquoted field; quote the whole field and double it"
                                          : "text follows a closing quote; put a comma or the line's end there");
    }
  }
}

absl::Status CsvReader::ReadQuoted() {
  const char* const opening = at_++;
  const int64_t opening_line = line_;
  const char* const opening_line_start = line_start_;
  std::string* unescaped = nullptr;
  const char* chunk = at_;
  while (true) {
    const char* quote = static_cast<const char*>(std::memchr(at_, '"', static_cast<size_t>(end_ - at_)));
    if (quote == nullptr) {
      line_ = opening_line;
      line_start_ = opening_line_start;
      return Malformed(opening, "the quote that opens here is never closed; is the file cut off?");
    }
    for (const char* c = at_; (c = static_cast<const char*>(std::memchr(c, '\n', static_cast<size_t>(quote - c))));) {
      ++line_;
      line_start_ = ++c;
    }
    at_ = quote + 1;
    if (at_ == end_ || *at_ != '"') {
      if (unescaped == nullptr) {
        fields_.emplace_back(chunk, static_cast<size_t>(quote - chunk));
      } else {
        unescaped->append(chunk, quote);
        fields_.emplace_back(*unescaped);
      }
      return absl::OkStatus();
    }
    if (unescaped == nullptr) unescaped = &unescaped_.emplace_back();
    unescaped->append(chunk, at_);  // with one of the two quotes
    chunk = ++at_;
  }
}

CsvReader::Place CsvReader::PlaceOf(size_t index) const {
  // Places are wanted for errors only, so lines within the record are counted when asked for.
  const char* start = starts_[index];
  const int64_t breaks = std::count(record_start_, start, '\n');
  const char* line = start;
  while (line > record_start_ && line[-1] != '\n') --line;
  return {record_line_ + breaks, start - line + 1};
}

absl::Status CsvReader::FaultAt(size_t index, absl::string_view reason, absl::string_view message) const {
  const Place place = PlaceOf(index);
  return base::Error(absl::StatusCode::kInvalidArgument, reason,
                     absl::StrCat(name_, ", line ", place.line, ", column ", place.column, ": ", message));
}

absl::Status CsvReader::Fault(absl::string_view reason, absl::string_view message) const {
  return base::Error(absl::StatusCode::kInvalidArgument, reason,
                     absl::StrCat(name_, ", line ", record_line_, ": ", message));
}

absl::Status CsvReader::Malformed(const char* where, absl::string_view message) {
  absl::Status status =
      base::Error(absl::StatusCode::kInvalidArgument, "CSV_MALFORMED",
                  absl::StrCat(name_, ", line ", line_, ", column ", where - line_start_ + 1, ": ", message));
  at_ = end_;
  return status;
}

}  // namespace candor::cli
