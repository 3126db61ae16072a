#include "services/domain/json_reader.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

using base::Json;

// A name from the document itself, fit to stand in a path: bounded and printable.
std::string Quotable(absl::string_view name) {
  if (!IsPlainText(name)) return "?";
  if (name.size() <= 80) return std::string(name);
  size_t end = 80;
  while (end > 0 && (static_cast<uint8_t>(name[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(name.substr(0, end), "...");
}

}  // namespace

void JsonFault::Set(absl::string_view path, absl::string_view message) {
  if (!status_.ok()) return;
  status_ =
      base::Error(code_, reason_,
                  path.empty() ? std::string(message) : absl::StrCat(path, ": ", message), path);
}

std::string JsonPath(absl::string_view path, absl::string_view name) {
  return path.empty() ? Quotable(name) : absl::StrCat(path, ".", Quotable(name));
}

std::string JsonText(const Json& value, const std::string& path, JsonFault* fault) {
  if (!value.is_string()) {
    fault->Set(path, "must be a text");
    return "";
  }
  return value.get_ref<const std::string&>();
}

int64_t JsonWhole(const Json& value, const std::string& path, int64_t least, int64_t most,
                  JsonFault* fault) {
  bool inside = false;
  int64_t number = least;
  if (value.is_number_unsigned()) {
    const uint64_t wide = value.get<uint64_t>();
    inside = wide <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (inside) number = static_cast<int64_t>(wide);
  } else if (value.is_number_integer()) {
    inside = true;
    number = value.get<int64_t>();
  }
  if (!inside || number < least || number > most) {
    fault->Set(path, absl::StrCat("must be a whole number from ", least, " to ", most));
    return least;
  }
  return number;
}

std::vector<std::string> JsonTexts(const Json& value, const std::string& path, JsonFault* fault) {
  std::vector<std::string> texts;
  if (!value.is_array()) {
    fault->Set(path, "must be a list of texts");
    return texts;
  }
  for (size_t i = 0; i < value.size() && fault->ok(); ++i) {
    texts.push_back(JsonText(value[i], absl::StrCat(path, "[", i, "]"), fault));
  }
  return texts;
}

JsonObject::JsonObject(const Json& value, std::string path, JsonFault* fault)
    : path_(std::move(path)), fault_(fault) {
  if (value.is_object()) {
    object_ = &value;
  } else {
    fault_->Set(path_, path_.empty() ? "the document must be a JSON object" : "must be an object");
  }
}

std::string JsonObject::PathOf(absl::string_view key) const { return JsonPath(path_, key); }

bool JsonObject::Has(absl::string_view key) const {
  return object_ != nullptr && object_->find(std::string(key)) != object_->end();
}

bool JsonObject::IsNull(absl::string_view key) {
  const Json* value = Find(key);
  return value != nullptr && value->is_null();
}

const Json* JsonObject::Find(absl::string_view key) {
  asked_.emplace(key);
  if (object_ == nullptr) return nullptr;
  const auto at = object_->find(std::string(key));
  return at == object_->end() ? nullptr : &*at;
}

const Json* JsonObject::FindRequired(absl::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr) fault_->Set(PathOf(key), "is missing");
  return value;
}

std::string JsonObject::Text(absl::string_view key) {
  const Json* value = FindRequired(key);
  return value == nullptr ? "" : JsonText(*value, PathOf(key), fault_);
}

std::string JsonObject::OptionalText(absl::string_view key) {
  const Json* value = Find(key);
  return value == nullptr ? "" : JsonText(*value, PathOf(key), fault_);
}

int64_t JsonObject::Whole(absl::string_view key, int64_t least, int64_t most) {
  const Json* value = FindRequired(key);
  return value == nullptr ? least : JsonWhole(*value, PathOf(key), least, most, fault_);
}

int64_t JsonObject::OptionalWhole(absl::string_view key, int64_t least, int64_t most,
                                  int64_t otherwise) {
  const Json* value = Find(key);
  return value == nullptr ? otherwise : JsonWhole(*value, PathOf(key), least, most, fault_);
}

bool JsonObject::OptionalBool(absl::string_view key, bool otherwise) {
  const Json* value = Find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) {
    fault_->Set(PathOf(key), "must be true or false");
    return otherwise;
  }
  return value->get<bool>();
}

std::vector<std::string> JsonObject::Texts(absl::string_view key) {
  const Json* value = FindRequired(key);
  return value == nullptr ? std::vector<std::string>() : JsonTexts(*value, PathOf(key), fault_);
}

std::vector<std::string> JsonObject::OptionalTexts(absl::string_view key) {
  const Json* value = Find(key);
  return value == nullptr ? std::vector<std::string>() : JsonTexts(*value, PathOf(key), fault_);
}

std::string JsonObject::Bytes(absl::string_view key, size_t length) {
  const std::string text = Text(key);
  if (!IsHex(text, length == 0 ? text.size() / 2 : length)) {
    fault_->Set(PathOf(key),
                length == 0 ? std::string("must be bytes in lower-case hexadecimal")
                            : absl::StrCat("must be ", length, " bytes in lower-case hexadecimal"));
    return "";
  }
  return *base::HexDecode(text);
}

void JsonObject::List(absl::string_view key, const ReadElement& read) {
  if (FindRequired(key) != nullptr) OptionalList(key, read);
}

void JsonObject::OptionalList(absl::string_view key, const ReadElement& read) {
  const Json* value = Find(key);
  if (value == nullptr) return;
  if (!value->is_array()) {
    fault_->Set(PathOf(key), "must be a list");
    return;
  }
  for (size_t i = 0; i < value->size() && fault_->ok(); ++i) {
    read((*value)[i], absl::StrCat(PathOf(key), "[", i, "]"));
  }
}

void JsonObject::Map(absl::string_view key, const ReadMember& read) {
  if (FindRequired(key) != nullptr) OptionalMap(key, read);
}

void JsonObject::OptionalMap(absl::string_view key, const ReadMember& read) {
  const Json* value = Find(key);
  if (value == nullptr) return;
  if (!value->is_object()) {
    fault_->Set(PathOf(key), "must be an object");
    return;
  }
  for (auto at = value->begin(); at != value->end() && fault_->ok(); ++at) {
    read(at.key(), at.value(), JsonPath(PathOf(key), at.key()));
  }
}

void JsonObject::Object(absl::string_view key, const std::function<void(JsonObject&)>& read) {
  const Json* value = FindRequired(key);
  if (value == nullptr) return;
  JsonObject object(*value, PathOf(key), fault_);
  read(object);
  object.Finish();
}

void JsonObject::Finish() {
  if (object_ == nullptr) return;
  for (auto at = object_->begin(); at != object_->end(); ++at) {
    if (!asked_.contains(at.key())) {
      fault_->Set(PathOf(at.key()),
                  "is not a member that this document may have; check its spelling, or remove it");
      return;
    }
  }
}

}  // namespace candor::domain
