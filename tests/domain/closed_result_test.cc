#include "services/domain/closed_result.h"

#include "gtest/gtest.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

using base::CanonicalJson;
using base::Json;

// One atom of each kind, and one block in each state.
ClosedResult SampleResult() {
  ClosedResult result;
  result.survey = SurveyId(kSampleSurvey);
  result.points = 5;
  Atom distribution{"I.1.a", AtomKind::kExact, 10, 31, 0, {1, 2, 3, 3, 1}, HalfStatement::kNone, 7};
  Atom exact{"I.1.b", AtomKind::kExact, 10, 37, 0, {}, HalfStatement::kAtMostTwoLow, std::nullopt};
  Atom at_least{"II.1.a", AtomKind::kAtLeast, 5, 0, 17, {}, HalfStatement::kNone, std::nullopt};
  Atom at_most{"II.1.b",    AtomKind::kAtMost, 10, 0, 18, {}, HalfStatement::kAtMostTwoHigh,
               std::nullopt};
  Atom withheld{"II.2.a", AtomKind::kWithheld, 0, 0, 0, {}, HalfStatement::kNone, std::nullopt};
  Atom overlap{"II.2.b", AtomKind::kWithheld, 10, 0, 0, {}, HalfStatement::kNone, std::nullopt};
  result.blocks = {{"staff",
                    {"staff"},
                    BlockState::kPrinted,
                    {distribution, exact, at_least, at_most, withheld, overlap}},
                   {"student", {"student"}, BlockState::kTooManyReissued, {}},
                   {"parent", {"parent"}, BlockState::kPooled, {}},
                   {"board", {"board"}, BlockState::kTooFew, {}},
                   {"support", {"support"}, BlockState::kMoreAnswersThanCodes, {}},
                   {"other_raters", {"parent"}, BlockState::kPrinted, {exact}}};
  result.counts = {{"staff", 20, 12, 1, 11, 3}, {"student", 30, 30, 9, 25, 0}};
  return result;
}

TEST(ClosedResultTest, ReadsWhatItWrites) {
  const std::string bytes = EncodeClosedResult(SampleResult());
  const auto read = DecodeClosedResult(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeClosedResult(*read), bytes);
  EXPECT_EQ(read->survey.value(), kSampleSurvey);
  ASSERT_EQ(read->blocks.size(), 6u);
  const std::vector<Atom>& atoms = read->blocks[0].atoms;
  ASSERT_EQ(atoms.size(), 6u);
  EXPECT_EQ(atoms[0].counts, (std::vector<int64_t>{1, 2, 3, 3, 1}));
  EXPECT_EQ(atoms[0].not_observed, 7);
  EXPECT_EQ(atoms[1].half, HalfStatement::kAtMostTwoLow);
  EXPECT_EQ(atoms[1].sum, 37);
  EXPECT_FALSE(atoms[1].not_observed.has_value());
  EXPECT_EQ(atoms[2].kind, AtomKind::kAtLeast);
  EXPECT_EQ(atoms[2].bound_numerator, 17);
  EXPECT_EQ(atoms[3].half, HalfStatement::kAtMostTwoHigh);
  EXPECT_EQ(atoms[4].n, 0);
  EXPECT_EQ(atoms[5].n, 10);
  EXPECT_EQ(read->blocks[1].state, BlockState::kTooManyReissued);
  EXPECT_EQ(read->blocks[2].state, BlockState::kPooled);
  EXPECT_EQ(read->blocks[3].state, BlockState::kTooFew);
  EXPECT_EQ(read->blocks[4].state, BlockState::kMoreAnswersThanCodes);
  EXPECT_EQ(read->counts[0].replaced, 3);
  EXPECT_EQ(read->counts[1].reissued, 9);
}

TEST(ClosedResultTest, ItsDocumentNeverChanges) {
  ClosedResult result = SampleResult();
  result.blocks = {{"staff",
                    {"staff"},
                    BlockState::kPrinted,
                    {result.blocks[0].atoms[2], result.blocks[0].atoms[4]}}};
  result.counts.resize(1);
  EXPECT_EQ(
      EncodeClosedResult(result),
      R"({"blocks":[{"atoms":[{"bound_numerator":17,"indicator":"II.1.a","kind":"at_least","n":5},)"
      R"({"indicator":"II.2.a","kind":"withheld"}],"code":"staff","members":["staff"],"parts":[],"state":"printed"}],)"
      R"("counts":[{"code":"staff","counted":11,"invited":20,"issued":12,"reissued":1,"replaced":3}],)"
      R"("format":"candor.closed_result.v1","points":5,"survey":"00000000000000000000000000"})");
}

TEST(ClosedResultTest, ASurveyWithoutFiguresReadsBack) {
  ClosedResult result;
  result.survey = SurveyId(kSampleSurvey);
  const auto read = DecodeClosedResult(EncodeClosedResult(result));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->blocks.empty());
}

TEST(ClosedResultTest, RefusesWhatIsNoClosedResult) {
  const auto atom = [](Json& j, int i) -> Json& { return j["blocks"][0]["atoms"][i]; };
  const std::vector<JsonCase> cases = {
      {"a list", [](Json& j) { j = Json::array(); }, ""},
      {"another format", [](Json& j) { j["format"] = "candor.closed_result.v2"; }, ""},
      {"no survey", [](Json& j) { j.erase("survey"); }, ""},
      {"no survey's id", [](Json& j) { j["survey"] = "x"; }, ""},
      {"one point", [](Json& j) { j["points"] = 1; }, ""},
      {"eleven points", [](Json& j) { j["points"] = 11; }, ""},
      {"no blocks", [](Json& j) { j.erase("blocks"); }, ""},
      {"no counts", [](Json& j) { j.erase("counts"); }, ""},
      {"a block that is no object", [](Json& j) { j["blocks"][1] = 7; }, ""},
      {"an unknown state", [](Json& j) { j["blocks"][1]["state"] = "hidden"; }, ""},
      {"a block twice", [](Json& j) { j["blocks"][1]["code"] = "staff"; }, ""},
      {"a block's code in capitals", [](Json& j) { j["blocks"][1]["code"] = "STUDENT"; }, ""},
      {"members that are no list", [](Json& j) { j["blocks"][1]["members"] = "student"; }, ""},
      {"a member that is no code", [](Json& j) { j["blocks"][1]["members"][0] = "?"; }, ""},
      {"figures of a block that is not printed",
       [&](Json& j) { j["blocks"][1]["atoms"].push_back(atom(j, 1)); }, ""},
      {"a printed block that becomes too few", [](Json& j) { j["blocks"][0]["state"] = "too_few"; },
       ""},
      {"an unknown member of a block", [](Json& j) { j["blocks"][1]["n"] = 4; }, ""},
      {"an atom that is no object", [&](Json& j) { atom(j, 0) = "I.1.a"; }, ""},
      {"an atom twice", [&](Json& j) { atom(j, 1)["indicator"] = "I.1.a"; }, ""},
      {"no indicator", [&](Json& j) { atom(j, 1).erase("indicator"); }, ""},
      {"an indicator that is no code", [&](Json& j) { atom(j, 1)["indicator"] = "a b"; }, ""},
      {"an unknown kind", [&](Json& j) { atom(j, 1)["kind"] = "estimated"; }, ""},
      {"an exact mean without a sum", [&](Json& j) { atom(j, 1).erase("sum"); }, ""},
      {"an exact mean with a bound", [&](Json& j) { atom(j, 1)["bound_numerator"] = 17; }, ""},
      {"an exact mean of nothing", [&](Json& j) { atom(j, 1).erase("n"); }, ""},
      {"an exact mean of nothing, with its sum",
       [&](Json& j) { atom(j, 1).erase("n"), atom(j, 1).erase("half"), atom(j, 1)["sum"] = 0; },
       ""},
      {"a sum below the scale", [&](Json& j) { atom(j, 1)["sum"] = 9; }, ""},
      {"a sum above the scale", [&](Json& j) { atom(j, 1)["sum"] = 51; }, ""},
      {"a sum that is a fraction", [&](Json& j) { atom(j, 1)["sum"] = 37.5; }, ""},
      {"a bound with the sum beside it", [&](Json& j) { atom(j, 2)["sum"] = 20; }, ""},
      {"no bound", [&](Json& j) { atom(j, 2).erase("bound_numerator"); }, ""},
      {"a bound at the bottom", [&](Json& j) { atom(j, 2)["bound_numerator"] = 5; }, ""},
      {"a bound at the top", [&](Json& j) { atom(j, 3)["bound_numerator"] = 50; }, ""},
      {"a bound with a distribution",
       [&](Json& j) {
         atom(j, 2)["counts"] = {1, 1, 1, 1, 1};
       },
       ""},
      {"counts that do not add up to n", [&](Json& j) { atom(j, 0)["counts"][0] = 2; }, ""},
      {"counts that do not give the sum", [&](Json& j) { atom(j, 0)["sum"] = 32; }, ""},
      {"counts too few",
       [&](Json& j) {
         atom(j, 0)["counts"] = {1, 2, 3, 4};
       },
       ""},
      {"a count below 0",
       [&](Json& j) {
         atom(j, 0)["counts"] = {-1, 4, 3, 3, 1};
       },
       ""},
      {"counts that are no list", [&](Json& j) { atom(j, 0)["counts"] = 10; }, ""},
      {"no counts, said so", [&](Json& j) { atom(j, 1)["counts"] = Json::array(); }, ""},
      {"a half beside the distribution", [&](Json& j) { atom(j, 0)["half"] = "few_low"; }, ""},
      {"an unknown half", [&](Json& j) { atom(j, 1)["half"] = "few_middle"; }, ""},
      {"no half, said so", [&](Json& j) { atom(j, 2)["half"] = ""; }, ""},
      {"a withheld atom with a sum", [&](Json& j) { atom(j, 4)["sum"] = 10; }, ""},
      {"a withheld atom with n of 0, said so", [&](Json& j) { atom(j, 4)["n"] = 0; }, ""},
      {"a withheld atom with a half", [&](Json& j) { atom(j, 5)["half"] = "few_low"; }, ""},
      {"a withheld atom with a distribution",
       [&](Json& j) {
         atom(j, 5)["counts"] = {2, 2, 2, 2, 2};
       },
       ""},
      {"a withheld atom with who has not seen it", [&](Json& j) { atom(j, 5)["not_observed"] = 5; },
       ""},
      {"not observed as a text", [&](Json& j) { atom(j, 0)["not_observed"] = "7"; }, ""},
      {"not observed as null", [&](Json& j) { atom(j, 0)["not_observed"] = nullptr; }, ""},
      {"an unknown member of an atom", [&](Json& j) { atom(j, 0)["sd"] = 1; }, ""},
      {"a group's counts twice", [](Json& j) { j["counts"][1]["code"] = "staff"; }, ""},
      {"a group's counts without invited", [](Json& j) { j["counts"][1].erase("invited"); }, ""},
      {"a negative count", [](Json& j) { j["counts"][1]["counted"] = -1; }, ""},
      {"a count beyond reason", [](Json& j) { j["counts"][1]["counted"] = (int64_t{1} << 40) + 1; },
       ""},
      {"an unknown member of counts", [](Json& j) { j["counts"][1]["blank"] = 1; }, ""},
      {"an unknown member", [](Json& j) { j["leader"] = "x"; }, ""},
  };
  for (const JsonCase& c : cases) {
    SCOPED_TRACE(c.what);
    Json document = *base::ParseJson(EncodeClosedResult(SampleResult()));
    c.change(document);
    ExpectError(DecodeClosedResult(CanonicalJson(document)), absl::StatusCode::kDataLoss,
                "STORE_CORRUPT");
  }
}

TEST(ClosedResultTest, RefusesAnyOtherSpelling) {
  const std::string bytes = EncodeClosedResult(SampleResult());
  for (const std::string& other :
       {bytes + " ", "\xEF\xBB\xBF" + bytes, (*base::ParseJson(bytes)).dump(1), std::string(),
        bytes.substr(1)}) {
    ExpectError(DecodeClosedResult(other), absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  }
}

TEST(ClosedResultTest, EveryPrefixAndByteChangeIsRefusedOrReadsBackToItself) {
  const std::string bytes = EncodeClosedResult(SampleResult());
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeClosedResult(bytes.substr(0, length)).ok());
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const char byte : {'0', '9', '"', '}', ',', 'x', '-', '\0', '\xff'}) {
      std::string other = bytes;
      other[at] = byte;
      const auto read = DecodeClosedResult(other);
      if (read.ok()) {
        EXPECT_EQ(EncodeClosedResult(*read), other);
      }
    }
  }
}

}  // namespace
}  // namespace candor::domain
