#include "clients/cli/score_json.h"

#include "absl/strings/str_cat.h"

namespace candor::cli {

void WriteLimits(JsonWriter& out, absl::string_view name, const std::optional<statistics::Interval>& limits) {
  out.Key(absl::StrCat(name, "_lo"));
  limits.has_value() ? out.Value(limits->lo) : out.Null();
  out.Key(absl::StrCat(name, "_hi"));
  limits.has_value() ? out.Value(limits->hi) : out.Null();
}

void WriteName(JsonWriter& out, absl::string_view key, absl::string_view name) {
  out.Key(key);
  name.empty() ? out.Null() : out.Value(name);
}

void WriteStrings(JsonWriter& out, absl::string_view key, const std::vector<std::string>& values) {
  out.Key(key);
  out.BeginArray();
  for (const std::string& value : values) out.Value(absl::string_view(value));
  out.EndArray();
}

void WriteItemCounts(JsonWriter& out, const statistics::ItemStatistics& item, int points) {
  out.Member("n", item.n);
  out.Member("n_not_observed", item.n_not_observed);
  out.Member("n_blank", item.n_blank);
  out.Key("counts");
  out.BeginArray();
  for (int k = 0; k < points; ++k) out.Value(item.counts[k]);
  out.EndArray();
  out.Member("s1", item.s1);
  out.Member("s2", item.s2);
}

}  // namespace candor::cli
