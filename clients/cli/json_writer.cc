#include "clients/cli/json_writer.h"

#include <charconv>
#include <cmath>

#include "services/base/json.h"

namespace candor::cli {

namespace {

bool IsPlain(absl::string_view text) {
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\') return false;
  }
  return true;
}

}  // namespace

void JsonWriter::Separate() {
  if (!first_) text_.push_back(',');
  first_ = false;
}

void JsonWriter::BeginObject() {
  Separate();
  text_.push_back('{');
  first_ = true;
}

void JsonWriter::EndObject() {
  text_.push_back('}');
  first_ = false;
}

void JsonWriter::BeginArray() {
  Separate();
  text_.push_back('[');
  first_ = true;
}

void JsonWriter::EndArray() {
  text_.push_back(']');
  first_ = false;
}

void JsonWriter::Quote(absl::string_view text) {
  if (IsPlain(text)) {
    text_.push_back('"');
    text_.append(text.data(), text.size());
    text_.push_back('"');
    return;
  }
  text_ += base::Json(std::string(text)).dump(-1, ' ', false, base::Json::error_handler_t::replace);
}

void JsonWriter::Key(absl::string_view key) {
  Separate();
  Quote(key);
  text_.push_back(':');
  first_ = true;
}

void JsonWriter::Null() {
  Separate();
  text_ += "null";
}

void JsonWriter::Value(absl::string_view text) {
  Separate();
  Quote(text);
}

void JsonWriter::Value(bool value) {
  Separate();
  text_ += value ? "true" : "false";
}

void JsonWriter::Value(int64_t value) {
  Separate();
  char buffer[24];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  text_.append(buffer, end);
}

void JsonWriter::Value(double value) {
  if (!std::isfinite(value)) return Null();
  Separate();
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  text_.append(buffer, end);
}

}  // namespace candor::cli
