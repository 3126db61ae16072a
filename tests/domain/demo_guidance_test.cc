// The guidance of the demonstration's framework: enough of it, in two languages, each sentence short and unlike others.

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/domain/framework.h"
#include "services/domain/name_text.h"

namespace candor::domain {
namespace {

constexpr size_t kMostWords = 25;
// Of the words of two sentences together, the share that both have from which they count as the same said twice.
constexpr double kTooAlike = 0.4;

using Words = std::set<std::string>;

// Common words that the other language does not have.
const Words kEnglish = {"and", "ask", "at",   "each", "for",  "from",  "how", "in",    "is",       "next", "of",   "on",
                        "or",  "our", "that", "the",  "they", "this",  "to",  "staff", "students", "what", "when", "who",
                        "with", "your"};
// Folded, so without accents.
const Words kSpanish = {"al",      "cada", "como", "con", "de",    "del", "el", "en",  "esta", "este", "la", "las", "lo",
                        "nuestra", "para", "por",  "que", "quien", "se",  "su", "sus", "un",   "una",  "y",  "los",
                        "estudiantes"};
// What the Spanish does not say: "you" as to a friend; the masculine for everybody.
const Words kNotFormalOrFair = {"tu",       "tus",        "te",     "ti",    "vosotros", "vuestro",  "alumno",
                                "alumnos",  "maestro",    "padres", "ninos", "todos",    "director", "maestros",
                                "profesor", "profesores", "nosotros"};

std::vector<std::string> ListOfWords(const std::string& sentence) {
  std::vector<std::string> words;
  for (const absl::string_view word : absl::StrSplit(sentence, ' ', absl::SkipEmpty())) words.push_back(FoldWord(word));
  return words;
}

Words SetOfWords(const std::string& sentence) {
  const std::vector<std::string> words = ListOfWords(sentence);
  return Words(words.begin(), words.end());
}

Words Common(const Words& a, const Words& b) {
  Words both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

double Likeness(const std::string& a, const std::string& b) {
  const Words of_a = SetOfWords(a), of_b = SetOfWords(b);
  const double both = static_cast<double>(Common(of_a, of_b).size());
  return both / (static_cast<double>(of_a.size() + of_b.size()) - both);
}

class DemoGuidanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto text = base::ReadFile(std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/framework.json");
    ASSERT_TRUE(text.ok()) << text.status();
    auto framework = ParseFramework(*text);
    ASSERT_TRUE(framework.ok()) << framework.status();
    framework_ = *std::move(framework);
  }

  // Everything that is said in `language`, with where it stands; what is missing there is a failure.
  std::vector<std::pair<std::string, std::string>> Sentences(const std::string& language) const {
    std::vector<std::pair<std::string, std::string>> sentences;
    const auto add = [&](const std::string& where, const LocalizedText& text) {
      EXPECT_EQ(text.size(), 2u) << where;
      ASSERT_TRUE(text.contains(language)) << where << " is not in " << language;
      sentences.push_back({where, text.at(language)});
    };
    for (const Domain& domain : framework_.domains) {
      for (const GuidingQuestion& question : domain.questions) add(question.code, question.text);
      for (const Competency& competency : domain.competencies) {
        for (size_t i = 0; i < competency.next_steps.size(); ++i) {
          add(absl::StrCat(competency.code, " step ", i + 1), competency.next_steps[i]);
        }
      }
    }
    for (const PriorityArea& area : framework_.priority_areas) add(area.code, area.title);
    return sentences;
  }

  Framework framework_;
};

TEST_F(DemoGuidanceTest, EveryCompetencyHasThreeNextStepsAndEveryDomainFourQuestions) {
  size_t competencies = 0;
  for (const Domain& domain : framework_.domains) {
    EXPECT_GE(domain.questions.size(), 4u) << domain.code;
    for (const GuidingQuestion& question : domain.questions) {
      EXPECT_TRUE(absl::StartsWith(question.code, absl::StrCat(domain.code, ".Q"))) << question.code;
    }
    for (const Competency& competency : domain.competencies) {
      EXPECT_GE(competency.next_steps.size(), 3u) << competency.code;
      ++competencies;
    }
  }
  EXPECT_EQ(competencies, 21u);
}

TEST_F(DemoGuidanceTest, FivePriorityAreasReachEveryDomain) {
  ASSERT_EQ(framework_.priority_areas.size(), 5u);
  std::set<std::string> in_areas;
  for (const PriorityArea& area : framework_.priority_areas) {
    EXPECT_EQ(area.competencies.size(), 5u) << area.code;
    in_areas.insert(area.competencies.begin(), area.competencies.end());
  }
  for (const Domain& domain : framework_.domains) {
    EXPECT_TRUE(std::any_of(domain.competencies.begin(), domain.competencies.end(),
                            [&](const Competency& competency) { return in_areas.contains(competency.code); }))
        << domain.code;
  }
  EXPECT_TRUE(in_areas.contains("IV.6"));
}

TEST_F(DemoGuidanceTest, EachIsOneShortSentence) {
  for (const std::string language : {"en", "es"}) {
    for (const auto& [where, sentence] : Sentences(language)) {
      SCOPED_TRACE(absl::StrCat(where, ": ", sentence));
      EXPECT_LE(ListOfWords(sentence).size(), kMostWords);
      for (const char* const end : {". ", "? ", "! "}) EXPECT_FALSE(absl::StrContains(sentence, end));
      EXPECT_FALSE(absl::StrContains(sentence, "  ") || absl::StartsWith(sentence, " ") || absl::EndsWith(sentence, " "));
      const bool asks = absl::EndsWith(sentence, "?");
      if (absl::StartsWith(where, "P")) {
        EXPECT_TRUE(absl::ascii_isalpha(static_cast<unsigned char>(sentence.back())));
      } else {
        EXPECT_TRUE(asks || (absl::StrContains(where, "step") && absl::EndsWith(sentence, ".")));
      }
      EXPECT_EQ(absl::StrContains(sentence, "¿"), asks && language == "es");
    }
  }
}

TEST_F(DemoGuidanceTest, NothingIsSaidTwice) {
  ASSERT_GT(Likeness("Ask five people what they need most this week.", "This week, ask ten people what they need."),
            kTooAlike)
      << "the measure finds what is said twice";
  for (const std::string language : {"en", "es"}) {
    const auto sentences = Sentences(language);
    for (size_t i = 0; i < sentences.size(); ++i) {
      for (size_t k = i + 1; k < sentences.size(); ++k) {
        EXPECT_LT(Likeness(sentences[i].second, sentences[k].second), kTooAlike)
            << sentences[i].second << "\n" << sentences[k].second;
      }
    }
  }
}

TEST_F(DemoGuidanceTest, EachLanguageIsItself) {
  for (const auto& [where, sentence] : Sentences("es")) {
    const Words words = SetOfWords(sentence);
    EXPECT_EQ(Common(words, kEnglish), Words()) << where << ": " << sentence;
    EXPECT_FALSE(Common(words, kSpanish).empty()) << where << ": " << sentence;
    EXPECT_EQ(Common(words, kNotFormalOrFair), Words()) << where << ": " << sentence;
  }
  for (const auto& [where, sentence] : Sentences("en")) {
    const Words words = SetOfWords(sentence);
    EXPECT_EQ(Common(words, kSpanish), Words()) << where << ": " << sentence;
    EXPECT_FALSE(Common(words, kEnglish).empty()) << where << ": " << sentence;
  }
}

TEST_F(DemoGuidanceTest, TheCreditSaysWhatIsNotTheFrameworks) {
  EXPECT_TRUE(absl::StrContains(framework_.attribution, "the next steps are not from the framework"));
  EXPECT_TRUE(absl::StrContains(framework_.attribution, "links between priority areas and competencies are editorial"));
}

}  // namespace
}  // namespace candor::domain
