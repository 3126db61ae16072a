#include "services/base/json.h"

#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/error.h"

namespace candor::base {
namespace {

constexpr size_t kMaxDepth = 64;

absl::Status FaultAt(absl::string_view text, size_t offset, absl::string_view what) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
  return Error(absl::StatusCode::kInvalidArgument, "JSON_MALFORMED",
               absl::StrCat("line ", line, ", column ", column, ": ", what));
}

// The library's parser as an event reader, so that faults come as values with a position, and duplicate keys and deep
// nesting are refused.
class Builder : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(absl::string_view text) : text_(text) {}

  bool null() override { return Put(nullptr); }
  bool boolean(bool value) override { return Put(value); }
  bool number_integer(number_integer_t value) override { return Put(value); }
  bool number_unsigned(number_unsigned_t value) override { return Put(value); }
  bool number_float(number_float_t value, const string_t&) override { return Put(value); }
  bool string(string_t& value) override { return Put(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return Open(Json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }
  bool key(string_t& value) override {
    if (!keys_.back().insert(value).second) {
      fault_ = Error(absl::StatusCode::kInvalidArgument, "JSON_MALFORMED",
                     absl::StrCat("the key \"", value.substr(0, 80), "\" stands twice in one object; remove one"));
      return false;
    }
    key_ = std::move(value);
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    fault_ = FaultAt(text_, position == 0 ? 0 : position - 1, "not well-formed JSON here");
    return false;
  }

  const absl::Status& fault() const { return fault_; }
  Json Take() { return std::move(root_); }

 private:
  template <typename T>
  bool Put(T&& value) {
    Place(Json(std::forward<T>(value)));
    return true;
  }
  Json* Place(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& top = *stack_.back();
    if (top.is_array()) {
      top.push_back(std::move(value));
      return &top.back();
    }
    return &(top[key_] = std::move(value));
  }
  bool Open(Json value) {
    if (stack_.size() >= kMaxDepth) {
      fault_ = Error(absl::StatusCode::kInvalidArgument, "JSON_MALFORMED",
                     absl::StrCat("nested deeper than ", kMaxDepth, " levels"));
      return false;
    }
    stack_.push_back(Place(std::move(value)));
    keys_.emplace_back();
    return true;
  }
  bool Close() {
    stack_.pop_back();
    keys_.pop_back();
    return true;
  }

  absl::string_view text_;
  Json root_;
  std::vector<Json*> stack_;
  std::vector<std::set<std::string>> keys_;
  std::string key_;
  absl::Status fault_;
};

}  // namespace

absl::StatusOr<Json> ParseJson(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  Builder builder(text);
  const bool whole = Json::sax_parse(text.begin(), text.end(), &builder);
  if (!builder.fault().ok()) return builder.fault();
  if (!whole) return FaultAt(text, text.size(), "not well-formed JSON");
  return builder.Take();
}

std::string CanonicalJson(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace candor::base
