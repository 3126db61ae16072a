#include "tests/privacy/joined_results.h"

#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::privacy {
namespace {

constexpr absl::string_view kEnd = ".json";

bool HasPassed(const base::Json& record) { return record.is_object() && record.value("passed", base::Json()) == true; }

// Nothing that was not written by this run: a file that holds no record cannot be told from one that this run broke.
bool IsOfRun(const base::Json& record, const std::string& run) {
  return !record.is_object() || record.value("run", base::Json()) == run;
}

}  // namespace

std::vector<std::string> ExpectedRecords(absl::string_view list) {
  std::vector<std::string> names;
  for (absl::string_view line : absl::StrSplit(list, '\n')) {
    const absl::string_view name = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

absl::StatusOr<base::Json> JoinResults(const std::string& folder, const std::vector<std::string>& expected,
                                       const RunOfSuites& run) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> files, base::ListFolder(folder));
  std::map<std::string, base::Json> records;
  for (const std::string& file : files) {
    if (!absl::EndsWith(file, kEnd)) continue;
    CANDOR_ASSIGN_OR_RETURN(const std::string text, base::ReadFile(absl::StrCat(folder, "/", file)));
    base::Json record = base::ParseJson(text).value_or(base::Json());
    if (IsOfRun(record, run.run)) records[file.substr(0, file.size() - kEnd.size())] = std::move(record);
  }
  base::Json suites = base::Json::array(), missing = base::Json::array(), failed = base::Json::array();
  std::map<std::string, base::Json> unexpected = records;
  for (const std::string& name : expected) {
    if (unexpected.erase(name) == 0) missing.push_back(name);
  }
  base::Json unlisted = base::Json::array();
  for (const auto& [name, record] : unexpected) unlisted.push_back(name);
  for (const auto& [name, record] : records) {
    if (!HasPassed(record)) failed.push_back(name);
    if (record.is_object()) suites.push_back(record);
  }
  const bool passed = missing.empty() && failed.empty() && unlisted.empty();
  return base::Json{{"format", "candor-privacy-results-v1"},
                    {"run", run.run},
                    {"commit", run.commit},
                    {"passed", passed},
                    {"missing", std::move(missing)},
                    {"failed", std::move(failed)},
                    {"unexpected", std::move(unlisted)},
                    {"suites", std::move(suites)}};
}

}  // namespace candor::privacy
