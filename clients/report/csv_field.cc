#include "clients/report/csv_field.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/report/layout.h"

namespace candor::report {
namespace {

bool BeginsFormula(absl::string_view text) {
  for (const absl::string_view start : {"=", "+", "-", "@", "＝", "＋", "－", "＠"}) {
    if (absl::StartsWith(text, start)) return true;
  }
  return false;
}

}  // namespace

std::string CsvField(absl::string_view text) {
  if (text.find_first_of(",\"\r\n") == absl::string_view::npos) return std::string(text);
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string CsvWords(absl::string_view text) {
  const std::string clean = Clean(text);
  return CsvField(BeginsFormula(clean) ? absl::StrCat("'", clean) : clean);
}

}  // namespace candor::report
