// Writes JSON as text, piece by piece: a result of gigabytes never stands in memory as a tree.

#ifndef CANDOR_CLIENTS_CLI_JSON_WRITER_H_
#define CANDOR_CLIENTS_CLI_JSON_WRITER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace candor::cli {

// Calls must nest as JSON does: inside an object each value is preceded by Key(). Nothing else is checked.
class JsonWriter {
 public:
  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();
  void Key(absl::string_view key);  // escaped

  void Null();
  void Value(absl::string_view text);  // escaped; bytes that are not UTF-8 become U+FFFD
  void Value(const char* text) { Value(absl::string_view(text)); }
  void Value(bool value);
  void Value(int64_t value);
  void Value(int value) { Value(static_cast<int64_t>(value)); }
  void Value(double value);  // the shortest text that reads back as the same number; null if not finite
  template <typename T>
  void Value(const std::optional<T>& value) {
    if (value.has_value()) {
      Value(*value);
    } else {
      Null();
    }
  }
  template <typename T>
  void Member(absl::string_view key, const T& value) {
    Key(key);
    Value(value);
  }

  // What has been written since the last Clear().
  const std::string& text() const { return text_; }
  size_t size() const { return text_.size(); }
  void Clear() { text_.clear(); }

 private:
  void Separate();
  void Quote(absl::string_view text);

  std::string text_;
  bool first_ = true;  // no comma before the next value or key
};

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_JSON_WRITER_H_
