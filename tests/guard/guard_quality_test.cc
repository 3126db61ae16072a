// How good the guard is: recall and precision on sentences with marks, as people might write them.
//
// Three sets of each language, all by the authors of the rules, so that they say how the rules do on what these authors think
// people write: "tuning" served to mend the rules; "held out" was written before the rules with it; "written last"
// came when the rules were done. Only the first was looked at when rules were mended.

#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/guard/comment_guard.h"
#include "gtest/gtest.h"
#include "services/domain/name_text.h"

namespace candor::guard {
namespace {

struct Mark {
  std::string kind;
  size_t begin = 0, end = 0;
};

struct Sentence {
  std::string text;  // without the marks
  std::vector<Mark> marks;
  std::string set;
};

Sentence ReadSentence(const std::string& line) {
  Sentence sentence;
  for (size_t at = 0; at < line.size();) {
    const size_t bar = line[at] == '[' ? line.find('|', at) : std::string::npos;
    if (bar == std::string::npos) {
      sentence.text += line[at++];
      continue;
    }
    const size_t close = line.find(']', bar);
    const std::string marked = line.substr(bar + 1, close - bar - 1);
    sentence.marks.push_back({line.substr(at + 1, bar - at - 1), sentence.text.size(), sentence.text.size() + marked.size()});
    sentence.text += marked;
    at = close + 1;
  }
  return sentence;
}

std::vector<Sentence> ReadSentences(const std::string& language) {
  std::ifstream file(absl::StrCat(CANDOR_SOURCE_DIR, "/tests/data/comment_guard/", language, ".txt"));
  std::vector<Sentence> sentences;
  std::string set;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (absl::StartsWith(line, "== ")) {
      set = line.substr(3);
      continue;
    }
    sentences.push_back(ReadSentence(line));
    sentences.back().set = set;
  }
  return sentences;
}

struct Score {
  int marks = 0, found = 0, findings = 0, right = 0;
  double recall() const { return marks == 0 ? 1 : static_cast<double>(found) / marks; }
  double precision() const { return findings == 0 ? 1 : static_cast<double>(right) / findings; }
  void Add(const Score& other) {
    marks += other.marks, found += other.found, findings += other.findings, right += other.right;
  }
};

crypto::SaltedFilter StaffSurnames() {
  std::vector<std::string> words;
  for (const char* name : {"Ada Okonkwo-Reyes", "Tom Brightwillow", "Lee Vance"}) {
    for (std::string& surname : domain::SurnamesIn(name)) words.push_back(std::move(surname));
  }
  return crypto::SaltedFilter::Make(words);
}

bool Touches(const Mark& mark, const Finding& finding) {
  return mark.kind == NameOf(finding.kind) && finding.begin < mark.end && mark.begin < finding.end;
}

// Says what went wrong, so that rules can be mended.
void Explain(const Sentence& sentence, absl::string_view what, absl::string_view kind, size_t begin, size_t end) {
  std::cout << "  " << what << " " << kind << " \"" << sentence.text.substr(begin, end - begin) << "\" in: " << sentence.text << "\n";
}

std::map<std::string, Score> ScoresOf(const std::vector<Sentence>& sentences, const std::string& set,
                                      absl::string_view language) {
  static const crypto::SaltedFilter surnames = StaffSurnames();
  std::map<std::string, Score> scores;
  for (const Sentence& sentence : sentences) {
    if (sentence.set != set) continue;
    const std::vector<Finding> findings = CheckComment(sentence.text, language, &surnames);
    for (const Mark& mark : sentence.marks) {
      Score& score = scores[mark.kind];
      ++score.marks;
      bool found = false;
      for (const Finding& finding : findings) found = found || Touches(mark, finding);
      score.found += found ? 1 : 0;
      if (!found) Explain(sentence, "missed", mark.kind, mark.begin, mark.end);
    }
    for (const Finding& finding : findings) {
      Score& score = scores[std::string(NameOf(finding.kind))];
      ++score.findings;
      bool right = false;
      for (const Mark& mark : sentence.marks) right = right || Touches(mark, finding);
      score.right += right ? 1 : 0;
      if (!right) Explain(sentence, "false", NameOf(finding.kind), finding.begin, finding.end);
    }
  }
  return scores;
}

Score PrintScores(const std::string& language, const std::string& set, const std::map<std::string, Score>& scores) {
  Score all;
  for (const auto& [kind, score] : scores) {
    std::cout << absl::StreamFormat("%s, %s, %s: recall %.2f (%d of %d), precision %.2f (%d of %d)\n", language, set, kind,
                                    score.recall(), score.found, score.marks, score.precision(), score.right, score.findings);
    all.Add(score);
  }
  std::cout << absl::StreamFormat("%s, %s, all: recall %.2f (%d of %d), precision %.2f (%d of %d)\n", language, set,
                                  all.recall(), all.found, all.marks, all.precision(), all.right, all.findings);
  return all;
}

class GuardQualityTest : public testing::TestWithParam<const char*> {};

TEST_P(GuardQualityTest, FindsMostOfWhatGivesPeopleAwayAndLittleElse) {
  const std::string language = GetParam();
  const std::vector<Sentence> sentences = ReadSentences(language);
  ASSERT_GE(sentences.size(), 150u);
  const absl::string_view tag = language == "spanish" ? "es" : "en";
  struct Goal {
    const char* set;
    double recall, precision;
  };
  for (const Goal& goal : {Goal{"tuning", 0.95, 0.95}, Goal{"held out", 0.90, 0.90}, Goal{"written last", 0.4, 0.9}}) {
    const Score score = PrintScores(language, goal.set, ScoresOf(sentences, goal.set, tag));
    EXPECT_GE(score.marks, 13) << goal.set;
    EXPECT_GE(score.recall(), goal.recall) << goal.set;
    EXPECT_GE(score.precision(), goal.precision) << goal.set;
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, GuardQualityTest, testing::Values("english", "spanish"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace candor::guard
