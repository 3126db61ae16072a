// Reads a JSON document member by member and keeps the first fault with its path.
//
// A reader never throws: a member that is missing or of another type is a fault, and a harmless
// default is given in its place, so that the code that reads a document can be written straight
// through and look at the fault once.

#ifndef CANDOR_SERVICES_DOMAIN_JSON_READER_H_
#define CANDOR_SERVICES_DOMAIN_JSON_READER_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/base/json.h"

namespace candor::domain {

// The first fault of one document.
class JsonFault {
 public:
  // Faults become errors of this code and reason.
  JsonFault(absl::StatusCode code, std::string reason) : code_(code), reason_(std::move(reason)) {}

  // Keeps the fault unless there is one already. `path` is empty for the document itself.
  void Set(absl::string_view path, absl::string_view message);

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  absl::StatusCode code_;
  std::string reason_;
  absl::Status status_;
};

// One JSON object. Finish() must be called once every known member has been asked for.
class JsonObject {
 public:
  // `value`, which outlives this, may be of any type; one that is no object is a fault.
  JsonObject(const base::Json& value, std::string path, JsonFault* fault);

  // The path of the member `key`.
  std::string PathOf(absl::string_view key) const;
  bool Has(absl::string_view key) const;
  // Whether the member is there and says that there is no value: null. It counts as asked for.
  bool IsNull(absl::string_view key);

  // The member's text. A fault where it is missing or no text.
  std::string Text(absl::string_view key);
  // The same, but empty where it is missing.
  std::string OptionalText(absl::string_view key);
  // A whole number in [least, most].
  int64_t Whole(absl::string_view key, int64_t least, int64_t most);
  int64_t OptionalWhole(absl::string_view key, int64_t least, int64_t most, int64_t otherwise);
  bool OptionalBool(absl::string_view key, bool otherwise);
  std::vector<std::string> Texts(absl::string_view key);
  std::vector<std::string> OptionalTexts(absl::string_view key);
  // `length` bytes, or any number of them when it is 0, in lower-case hexadecimal.
  std::string Bytes(absl::string_view key, size_t length);

  // Calls `read` for each element of the list, with its path, until there is a fault.
  using ReadElement = std::function<void(const base::Json& element, const std::string& path)>;
  void List(absl::string_view key, const ReadElement& read);
  void OptionalList(absl::string_view key, const ReadElement& read);
  // Calls `read` for each member of the object that stands under `key`.
  using ReadMember = std::function<void(const std::string& name, const base::Json& value,
                                        const std::string& path)>;
  void Map(absl::string_view key, const ReadMember& read);
  void OptionalMap(absl::string_view key, const ReadMember& read);
  // Reads the object under `key` with `read`.
  void Object(absl::string_view key, const std::function<void(JsonObject&)>& read);

  // A fault where a member stands that was not asked for.
  void Finish();

 private:
  const base::Json* Find(absl::string_view key);
  const base::Json* FindRequired(absl::string_view key);

  const base::Json* object_ = nullptr;  // null: the value is no object
  std::string path_;
  JsonFault* fault_;
  std::set<std::string, std::less<>> asked_;
};

// `path` with the member `name` behind it; a name that is long or unprintable is shortened or
// replaced.
std::string JsonPath(absl::string_view path, absl::string_view name);

// The value as text; a fault where it is none.
std::string JsonText(const base::Json& value, const std::string& path, JsonFault* fault);
// The value as a whole number in [least, most]; `least` where there is a fault.
int64_t JsonWhole(const base::Json& value, const std::string& path, int64_t least, int64_t most,
                  JsonFault* fault);
// The value as a list of texts.
std::vector<std::string> JsonTexts(const base::Json& value, const std::string& path,
                                   JsonFault* fault);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_JSON_READER_H_
