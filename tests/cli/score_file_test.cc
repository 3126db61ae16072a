#include "clients/cli/score_file.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/file.h"

namespace candor::cli {
namespace {

using base::Json;

std::string DataPath(const std::string& name) {
  return absl::StrCat(CANDOR_SOURCE_DIR, "/tests/data/lq2002/", name);
}

std::string ReadData(const std::string& name) {
  absl::StatusOr<std::string> text = base::ReadFile(DataPath(name));
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *text : "";
}

absl::StatusOr<Json> Score(const std::string& structure, const std::string& ratings,
                           const std::optional<std::string>& invited = std::nullopt) {
  std::optional<ScoreText> invited_text;
  if (invited.has_value()) invited_text = ScoreText{"i.csv", *invited};
  return ScoreTexts({"s.json", structure}, {"r.csv", ratings}, invited_text);
}

// Compares every figure of `expected` with the one at the same place of `actual`.
class TreeComparer {
 public:
  int64_t compared = 0;

  void Compare(const Json& expected, const Json& actual, const std::string& path) {
    if (expected.is_object()) {
      ASSERT_TRUE(actual.is_object()) << path;
      for (const auto& [key, value] : expected.items()) {
        ASSERT_TRUE(actual.contains(key)) << path << "/" << key;
        Compare(value, actual[key], path + "/" + key);
      }
    } else if (expected.is_array()) {
      ASSERT_TRUE(actual.is_array()) << path;
      ASSERT_EQ(expected.size(), actual.size()) << path;
      for (size_t i = 0; i < expected.size(); ++i) Compare(expected[i], actual[i], absl::StrCat(path, "/", i));
    } else if (expected.is_number()) {
      ++compared;
      ASSERT_TRUE(actual.is_number()) << path << ": " << actual << " instead of " << expected;
      const double value = expected.get<double>();
      EXPECT_LE(std::fabs(actual.get<double>() - value), 1e-9 * std::max(1.0, std::fabs(value))) << path;
    } else {
      ++compared;
      EXPECT_EQ(expected, actual) << path;
    }
  }
};

TEST(ScoreFileTest, OneRaterGroupEqualsTheReference) {
  const absl::StatusOr<Json> scores =
      ScoreFiles({DataPath("lq2002_structure.json"), DataPath("lq2002.csv"), DataPath("lq2002_invited.csv")});
  ASSERT_TRUE(scores.ok()) << scores.status();
  const Json expected = *base::ParseJson(ReadData("lq2002_reference.json"));
  TreeComparer comparer;
  for (const char* key : {"meta", "leaders", "district"}) comparer.Compare(expected[key], (*scores)[key], key);
  EXPECT_EQ(comparer.compared, 48949);
}

TEST(ScoreFileTest, FourRaterGroupsEqualTheReference) {
  const absl::StatusOr<Json> scores = ScoreFiles({DataPath("lq2002_groups_structure.json"),
                                                  DataPath("lq2002_groups.csv"),
                                                  DataPath("lq2002_groups_invited.csv")});
  ASSERT_TRUE(scores.ok()) << scores.status();
  const Json expected = *base::ParseJson(ReadData("lq2002_groups_reference.json"));
  TreeComparer comparer;
  for (const char* key : {"meta", "leaders", "district"}) comparer.Compare(expected[key], (*scores)[key], key);
  EXPECT_EQ(comparer.compared, 147982);
}

TEST(ScoreFileTest, WithoutInvitedCountsNothingIsKnownOfThem) {
  const absl::StatusOr<Json> scores =
      ScoreFiles({DataPath("lq2002_structure.json"), DataPath("lq2002.csv"), ""});
  ASSERT_TRUE(scores.ok()) << scores.status();
  const Json& staff = (*scores)["leaders"]["C02"]["groups"]["staff"];
  EXPECT_TRUE(staff["invited"].is_null());
  EXPECT_TRUE(staff["response_rate"].is_null());
}

TEST(ScoreFileTest, OrderOfRowsChangesNoLeadersFigures) {
  const std::string structure = ReadData("lq2002_groups_structure.json");
  const std::string ratings = ReadData("lq2002_groups.csv");
  std::vector<std::string> lines = absl::StrSplit(ratings, '\n', absl::SkipEmpty());
  const absl::StatusOr<Json> first = Score(structure, ratings);
  std::mt19937 random(5);
  // The groups are kept in the order of their first appearance, for the weighted sums run in that order.
  std::shuffle(lines.begin() + 200, lines.end(), random);
  const absl::StatusOr<Json> second = Score(structure, absl::StrJoin(lines, "\n"));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->dump(), second->dump());
}

TEST(ScoreFileTest, PoolMinimumHoldsBackSmallPools) {
  const std::string structure = ReadData("lq2002_groups_structure.json");
  const std::string with_pool =
      absl::StrReplaceAll(structure, {{"\"min_n\": 5,", "\"min_n\": 5, \"pool_min_n\": 8,"}});
  ASSERT_NE(structure, with_pool);
  const absl::StatusOr<Json> five = Score(structure, ReadData("lq2002_groups.csv"));
  const absl::StatusOr<Json> eight = Score(with_pool, ReadData("lq2002_groups.csv"));
  ASSERT_TRUE(five.ok() && eight.ok());
  int64_t pools = 0, held_back = 0;
  for (const auto& [leader, scores] : (*five)["leaders"].items()) {
    if (!scores["groups"].contains("other_raters")) continue;
    const Json& pool = scores["groups"]["other_raters"];
    const Json& later = (*eight)["leaders"][leader]["groups"]["other_raters"];
    ++pools;
    EXPECT_EQ(later["status"] == "shown", pool["n_raters"] >= 8);
    EXPECT_EQ(pool["items"], later["items"]);
    if (pool["status"] != later["status"]) ++held_back;
  }
  EXPECT_GT(pools, 10);
  EXPECT_GT(held_back, 0);
}

constexpr char kSmallStructure[] = R"({"K": 4, "min_n": 3, "unknown": [1], "items": [
  {"id": "Q1", "competency": "C1", "domain": "D", "themes": ["T2", "T1"]},
  {"id": "Q2", "competency": "C2", "domain": "D", "reverse": true},
  {"id": "Q3", "competency": "C2", "domain": "E", "themes": "T1"}]})";
constexpr char kSmallRatings[] =
    "rater,Q3,Q2,Q1,leader,group\n"
    "\"r,1\",4,1,3,L,staff\nr2,3,2,N,L,staff\nr3,,4,2,L,staff\nme,4,1,4,L,self\n";

TEST(ScoreFileTest, ReversedItemsAreTurnedAndColumnsMayStandInAnyOrder) {
  const absl::StatusOr<Json> scores = Score(kSmallStructure, kSmallRatings);
  ASSERT_TRUE(scores.ok()) << scores.status();
  const Json& staff = (*scores)["leaders"]["L"]["groups"]["staff"];
  EXPECT_EQ(staff["items"]["Q2"]["counts"], Json::array({1, 0, 1, 1}));
  EXPECT_EQ(staff["items"]["Q1"]["n_not_observed"], 1);
  EXPECT_EQ(staff["items"]["Q3"]["n_blank"], 1);
  EXPECT_TRUE(staff["items"]["Q2"]["rwg_skew"].is_null());
  EXPECT_EQ((*scores)["leaders"]["L"]["self_other"]["items"]["Q2"]["self"], 4);
  EXPECT_EQ((*scores)["meta"]["scales"]["T1"], Json::array({"Q1", "Q3"}));
  EXPECT_EQ((*scores)["meta"]["favourable_from"], 3);
  EXPECT_TRUE((*scores)["leaders"]["L"]["focus"].is_null());
}

TEST(ScoreFileTest, RowsAreKeptForOtherUses) {
  const absl::StatusOr<ScoreStructure> structure = ParseStructure(kSmallStructure, "s.json");
  ASSERT_TRUE(structure.ok()) << structure.status();
  const absl::StatusOr<RatingRows> rows = ParseRatings(kSmallRatings, "r.csv", *structure);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 4u);
  EXPECT_EQ(rows->rater(0), "r,1");
  EXPECT_EQ(rows->rater(3), "me");
  EXPECT_EQ(rows->groups(), (std::vector<std::string>{"staff", "self"}));
  EXPECT_EQ(rows->line(2), 4);
  EXPECT_EQ(std::vector<uint8_t>(rows->marks(1).begin(), rows->marks(1).end()),
            (std::vector<uint8_t>{statistics::kNotObserved, 2, 3}));
}

TEST(ScoreFileTest, TenPointScale) {
  const absl::StatusOr<Json> scores =
      Score(R"({"K": 10.0, "min_n": 3, "items": [{"id": "Q"}]})", "leader,group,rater,Q\nL,g,1,10\nL,g,2,9\nL,g,3,1\n");
  ASSERT_TRUE(scores.ok()) << scores.status();
  EXPECT_EQ((*scores)["leaders"]["L"]["groups"]["g"]["items"]["Q"]["s1"], 20);
}

TEST(ScoreFileTest, HeaderAloneGivesNoLeaders) {
  const absl::StatusOr<Json> scores = Score(kSmallStructure, "leader,group,rater,Q1,Q2,Q3\n");
  ASSERT_TRUE(scores.ok()) << scores.status();
  EXPECT_TRUE((*scores)["leaders"].empty());
  EXPECT_EQ((*scores)["district"]["benchmark"]["ALL"]["n"], 0);
}

TEST(ScoreFileTest, NamesAreEscapedInTheResult) {
  const absl::StatusOr<Json> scores =
      Score(R"({"K": 4, "items": [{"id": "Q\"1\u00e9"}]})", "leader,group,rater,\"Q\"\"1é\"\n\"a\"\"\n\",g,r,2\n");
  ASSERT_TRUE(scores.ok()) << scores.status();
  EXPECT_TRUE((*scores)["leaders"].contains("a\"\n"));
}

TEST(ScoreFileTest, SinkCanStopTheWork) {
  const absl::Status status =
      WriteScoresOfText({"s", kSmallStructure}, {"r", kSmallRatings}, std::nullopt, nullptr,
                        [](absl::string_view) { return absl::CancelledError("enough"); });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST(ScoreFileTest, ProgressComesToItsEnd) {
  int64_t last = 0, total = -1;
  const absl::StatusOr<Json> scores =
      ScoreTexts({"s", kSmallStructure}, {"r", kSmallRatings}, std::nullopt,
                 [&](absl::string_view, int64_t done, int64_t all) { last = done, total = all; });
  ASSERT_TRUE(scores.ok());
  EXPECT_EQ(last, total);
}

TEST(ScoreFileTest, MissingFileIsNotFound) {
  EXPECT_EQ(ScoreFiles({DataPath("no.json"), DataPath("lq2002.csv"), ""}).status().code(),
            absl::StatusCode::kNotFound);
}

struct Fault {
  const char* name;
  std::string structure, ratings;
  std::optional<std::string> invited;
  const char* reason;
  const char* message;  // a part of it
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class ScoreFileFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(ScoreFileFaultTest, IsRefusedWithReasonAndPlace) {
  const Fault& fault = GetParam();
  const absl::StatusOr<Json> scores = Score(fault.structure, fault.ratings, fault.invited);
  ASSERT_FALSE(scores.ok());
  EXPECT_EQ(scores.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::GetErrorDetail(scores.status()).reason, fault.reason) << scores.status();
  EXPECT_NE(std::string(scores.status().message()).find(fault.message), std::string::npos) << scores.status();
}

std::string Structure(const std::string& from, const std::string& to) {
  const std::string text = absl::StrReplaceAll(kSmallStructure, {{from, to}});
  EXPECT_NE(text, kSmallStructure) << from;
  return text;
}

std::string Ratings(const std::string& from, const std::string& to) {
  const std::string text = absl::StrReplaceAll(kSmallRatings, {{from, to}});
  EXPECT_NE(text, kSmallRatings) << from;
  return text;
}

std::vector<Fault> Faults() {
  const std::string s = kSmallStructure, r = kSmallRatings;
  const auto none = std::optional<std::string>();
  std::vector<Fault> faults = {
      {"StructureNotJson", Structure("\"K\"", "K"), r, none, "JSON_MALFORMED", "s.json"},
      {"StructureNotAnObject", "[]", r, none, "STRUCTURE_INVALID", "s.json: must be one JSON object"},
      {"PointsMissing", Structure("\"K\": 4,", ""), r, none, "STRUCTURE_INVALID", "s.json, K: is missing"},
      {"PointsTooFew", Structure("\"K\": 4", "\"K\": 1"), r, none, "STRUCTURE_INVALID", "from 2 to 10"},
      {"PointsTooMany", Structure("\"K\": 4", "\"K\": 11"), r, none, "STRUCTURE_INVALID", "from 2 to 10"},
      {"PointsNotWhole", Structure("\"K\": 4", "\"K\": 4.5"), r, none, "STRUCTURE_INVALID", "s.json, K"},
      {"PointsNotANumber", Structure("\"K\": 4", "\"K\": \"4\""), r, none, "STRUCTURE_INVALID", "s.json, K"},
      {"MinimumTooLow", Structure("\"min_n\": 3", "\"min_n\": 2"), r, none, "STRUCTURE_INVALID", "at least 3"},
      {"PoolMinimumTooLow", Structure("\"min_n\": 3", "\"pool_min_n\": 1"), r, none, "STRUCTURE_INVALID",
       "s.json, pool_min_n"},
      {"FavourableAboveScale", Structure("\"min_n\"", "\"favourable_from\": 5, \"min_n\""), r, none,
       "STRUCTURE_INVALID", "from 1 to 4"},
      {"FavourableBelowScale", Structure("\"min_n\"", "\"favourable_from\": 0, \"min_n\""), r, none,
       "STRUCTURE_INVALID", "from 1 to 4"},
      {"CutNotANumber", Structure("\"min_n\"", "\"strength_cut\": true, \"min_n\""), r, none, "STRUCTURE_INVALID",
       "strength_cut: must be a number"},
      {"DeltaNegative", Structure("\"min_n\"", "\"gap_delta\": -1, \"min_n\""), r, none, "STRUCTURE_INVALID",
       "gap_delta: must be a number of at least 0"},
      {"SkewedNullTooShort", Structure("\"min_n\"", "\"skew_null\": [0.5, 0.5], \"min_n\""), r, none,
       "STRUCTURE_INVALID", "list of 4 probabilities"},
      {"SkewedNullNotASumOfOne", Structure("\"min_n\"", "\"skew_null\": [0.5, 0.5, 0.5, 0], \"min_n\""), r, none,
       "STRUCTURE_INVALID", "with the sum 1"},
      {"WeightNegative", Structure("\"min_n\"", "\"group_weights\": {\"staff\": -1}, \"min_n\""), r, none,
       "STRUCTURE_INVALID", "group_weights.staff"},
      {"ExemptNotText", Structure("\"min_n\"", "\"exempt\": [3], \"min_n\""), r, none, "STRUCTURE_INVALID", "exempt"},
      {"ItemsMissing", R"({"K": 5})", r, none, "STRUCTURE_INVALID", "s.json, items: must be a list"},
      {"ItemIdMissing", Structure("\"id\": \"Q2\"", "\"key\": \"Q2\""), r, none, "STRUCTURE_INVALID",
       "items[1].id: is missing"},
      {"ItemIdTwice", Structure("\"id\": \"Q2\"", "\"id\": \"Q1\""), r, none, "STRUCTURE_INVALID",
       "items[1].id: is that of items[0] too"},
      {"ItemIdReserved", Structure("\"id\": \"Q2\"", "\"id\": \"rater\""), r, none, "STRUCTURE_INVALID",
       "items[1].id"},
      {"ItemNotAnObject", R"({"K": 5, "items": ["Q1"]})", r, none, "STRUCTURE_INVALID", "items[0]"},
      {"ReverseNotBoolean", Structure("\"reverse\": true", "\"reverse\": 1"), r, none, "STRUCTURE_INVALID",
       "items[1].reverse"},
      {"ThemesNotTexts", Structure("\"T1\"]", "7]"), r, none, "STRUCTURE_INVALID", "items[0].themes"},
      {"CompetencyNotText", Structure("\"C1\"", "5"), r, none, "STRUCTURE_INVALID", "items[0].competency"},
      {"OneNameForTwoScales", Structure("\"C1\"", "\"D\""), r, none, "STRUCTURE_INVALID", "another scale"},
      {"RatingsEmpty", s, "", none, "CSV_HEADER_WRONG", "the file is empty"},
      {"HeaderUnknown", s, Ratings("Q2", "Q9"), none, "CSV_HEADER_WRONG", "r.csv, line 1, column 10"},
      {"HeaderLacksItem", s, "leader,group,rater,Q1,Q2\n", none, "CSV_HEADER_WRONG", "lacks the column Q3"},
      {"HeaderTwice", s, Ratings("Q2", "Q3"), none, "CSV_HEADER_WRONG", "line 1, column 10"},
      {"RowTooShort", s, Ratings("r2,3,2,N,L,staff", "r2,3,2,N,L"), none, "CSV_COLUMNS_WRONG",
       "r.csv, line 3: the row has 5 fields, the header 6"},
      {"RowTooLong", s, Ratings("r2,3,2,N,L,staff", "r2,3,2,N,L,staff,"), none, "CSV_COLUMNS_WRONG",
       "line 3: the row has 7 fields"},
      {"QuoteNeverClosed", s, Ratings("r3", "\"r3"), none, "CSV_MALFORMED", "r.csv, line 4, column 1"},
      {"LeaderEmpty", s, Ratings("N,L,", "N,,"), none, "CSV_ID_MISSING", "line 3, column 10"},
      {"PoolNameTaken", s, Ratings("N,L,staff", "N,L,other_raters"), none, "GROUP_NAME_RESERVED", "line 3"},
      {"SelfTwice", s, r + "me2,4,1,4,L,self\n", none, "SELF_TWICE", "lines 5 and 6"},
      {"RowTwice", s, r + "r2,1,1,1,L,staff\n", none, "ROW_DUPLICATE", "r.csv, lines 3 and 6"},
      {"CutBelowScale", Structure("\"min_n\"", "\"strength_cut\": -5, \"min_n\""), r, none, "STRUCTURE_INVALID",
       "strength_cut: must be a number from 1 to 4"},
      {"CutAboveScale", Structure("\"min_n\"", "\"strength_cut\": 4.5, \"min_n\""), r, none, "STRUCTURE_INVALID",
       "strength_cut: must be a number from 1 to 4"},
      {"TargetOffScale", Structure("\"min_n\"", "\"target\": 0.5, \"min_n\""), r, none, "STRUCTURE_INVALID",
       "target: must be a number from 1 to 4"},
      {"DeltaWiderThanScale", Structure("\"min_n\"", "\"gap_delta\": 3.5, \"min_n\""), r, none, "STRUCTURE_INVALID",
       "gap_delta: must be a number of at least 0 and at most 3"},
      {"WeightBeyondAllBounds", Structure("\"min_n\"", "\"group_weights\": {\"staff\": 1e308}, \"min_n\""), r, none,
       "STRUCTURE_INVALID", "group_weights.staff: must be a number from 0 to 1000000"},
      {"RatingsNotUtf8", s, Ratings("r2,", "r\xe9,"), none, "NOT_UTF8", "r.csv, line 3, column 2"},
      {"InvitedNotUtf8", s, r, "leader,group,invited\nL\xe9,staff,4\n", "NOT_UTF8", "i.csv, line 2, column 2"},
      {"InvitedNotACount", s, r, "leader,group,invited\nL,staff,many\n", "INVITED_NOT_A_COUNT",
       "i.csv, line 2, column 9"},
      {"InvitedNegative", s, r, "leader,group,invited\nL,staff,-1\n", "INVITED_NOT_A_COUNT", "line 2"},
      {"InvitedTwice", s, r, "leader,group,invited\nL,staff,4\nL,staff,4\n", "ROW_DUPLICATE", "lines 2 and 3"},
      {"InvitedHeaderWrong", s, r, "leader,group,count\n", "CSV_HEADER_WRONG", "i.csv, line 1, column 14"},
      {"InvitedLeaderEmpty", s, r, "leader,group,invited\n,staff,4\n", "CSV_ID_MISSING", "line 2, column 1"},
  };
  for (const char* mark : {"0", "5", "-1", "2.0", " 2", "n", "NA", "10", "１"}) {
    faults.push_back({"RatingOffScale", s, Ratings("r2,3,2,N", absl::StrCat("r2,3,", mark, ",N")), none,
                      "RATING_OFF_SCALE", "r.csv, line 3, column 6: item Q2: write 1 to 4"});
  }
  return faults;
}

INSTANTIATE_TEST_SUITE_P(Faults, ScoreFileFaultTest, testing::ValuesIn(Faults()), [](const auto& info) {
  return absl::StrCat(info.param.name, info.index);
});

std::vector<std::string> Warnings(const std::string& structure, const std::string& ratings,
                                  const std::optional<std::string>& invited = std::nullopt) {
  std::vector<std::string> warnings;
  std::optional<ScoreText> invited_text;
  if (invited.has_value()) invited_text = ScoreText{"i.csv", *invited};
  const absl::Status status = WriteScoresOfText(
      {"s.json", structure}, {"r.csv", ratings}, invited_text, nullptr,
      [](absl::string_view) { return absl::OkStatus(); },
      [&](absl::string_view warning) { warnings.emplace_back(warning); });
  EXPECT_TRUE(status.ok()) << status;
  return warnings;
}

TEST(ScoreFileTest, WhatIsProbablyAMistakeIsSaid) {
  const std::string rows = kSmallRatings;
  const std::string sound = Structure(", \"unknown\": [1]", "");
  EXPECT_EQ(Warnings(sound, rows), std::vector<std::string>());
  const auto with = [&](const std::string& members) {
    return absl::StrReplaceAll(sound, {{"\"min_n\": 3", "\"min_n\": 3, " + members}});
  };
  const auto expect_one = [](const std::vector<std::string>& warnings, const std::string& words) {
    ASSERT_EQ(warnings.size(), 1u) << words;
    EXPECT_NE(warnings[0].find(words), std::string::npos) << warnings[0];
  };
  expect_one(Warnings(with("\"mni_n\": 9"), rows), "s.json, mni_n: is no key that is known here");
  expect_one(Warnings(absl::StrReplaceAll(sound, {{"\"reverse\"", "\"revers\""}}), rows), "s.json, items[1].revers: is no");
  expect_one(Warnings(with("\"exempt\": [\"stuff\"]"), rows), "s.json, exempt: no row has the group stuff");
  expect_one(Warnings(with("\"group_weights\": {\"stuff\": 2}"), rows), "s.json, group_weights.stuff: no row");
  expect_one(Warnings(sound, rows, "leader,group,invited\nL,staff,9\nL,stuff,9\n"), "i.csv: no row has the group stuff");
  expect_one(Warnings(sound, rows, "leader,group,invited\nL,staff,9\nM,staff,9\n"),
             "i.csv: 1 leader is not in the ratings");
}

TEST(ScoreFileTest, TheReferenceFilesGiveNoWarning) {
  for (const std::string set : {"lq2002", "lq2002_groups"}) {
    EXPECT_EQ(Warnings(ReadData(set + "_structure.json"), ReadData(set + ".csv"), ReadData(set + "_invited.csv")),
              std::vector<std::string>());
  }
}

TEST(ScoreFileTest, MillionColumnsAreRefusedAtOnce) {
  std::string header = "leader,group,rater";
  for (int i = 0; i < 1'000'000; ++i) header += ",x";
  const absl::Status status = Score(kSmallStructure, header + "\n").status();
  EXPECT_EQ(base::GetErrorDetail(status).reason, "CSV_HEADER_WRONG");
}

TEST(ScoreFileTest, MessagesHoldNeitherMarksNorNames) {
  const std::string twice = "leader,group,rater,Q1,Q2,Q3\nAda,staff,Bob,1,1,1\nAda,staff,Bob,1,1,1\n";
  const std::string message(Score(kSmallStructure, twice).status().message());
  EXPECT_EQ(message.find("Ada"), std::string::npos);
  EXPECT_EQ(message.find("Bob"), std::string::npos);
  const std::string off = "leader,group,rater,Q1,Q2,Q3\nAda,staff,Bob,1,77,1\n";
  EXPECT_EQ(std::string(Score(kSmallStructure, off).status().message()).find("77"), std::string::npos);
}

}  // namespace
}  // namespace candor::cli
