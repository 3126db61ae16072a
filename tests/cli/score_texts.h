// Small and reference files for the tests of `candor score`.

#ifndef CANDOR_TESTS_CLI_SCORE_TEXTS_H_
#define CANDOR_TESTS_CLI_SCORE_TEXTS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/score_file.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/json.h"

namespace candor::cli {

inline std::string DataPath(const std::string& name) {
  return absl::StrCat(CANDOR_SOURCE_DIR, "/tests/data/lq2002/", name);
}

inline std::string ReadData(const std::string& name) {
  absl::StatusOr<std::string> text = base::ReadFile(DataPath(name));
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *text : "";
}

// Faults call the texts s.json, r.csv and i.csv.
inline absl::StatusOr<base::Json> Score(const std::string& structure, const std::string& ratings,
                                        const std::optional<std::string>& invited = std::nullopt) {
  std::optional<ScoreText> invited_text;
  if (invited.has_value()) invited_text = ScoreText{"i.csv", *invited};
  return ScoreTexts({"s.json", structure}, {"r.csv", ratings}, invited_text);
}

// One item, Q2, is reverse-keyed; one key is not known.
inline constexpr char kSmallStructure[] = R"({"K": 4, "min_n": 3, "unknown": [1], "items": [
  {"id": "Q1", "competency": "C1", "domain": "D", "themes": ["T2", "T1"]},
  {"id": "Q2", "competency": "C2", "domain": "D", "reverse": true},
  {"id": "Q3", "competency": "C2", "domain": "E", "themes": "T1"}]})";
inline constexpr char kSmallRatings[] =
    "rater,Q3,Q2,Q1,leader,group\n"
    "\"r,1\",4,1,3,L,staff\nr2,3,2,N,L,staff\nr3,,4,2,L,staff\nme,4,1,4,L,self\n";

}  // namespace candor::cli

#endif  // CANDOR_TESTS_CLI_SCORE_TEXTS_H_
