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
#include "tests/cli/score_texts.h"

namespace candor::cli {
namespace {

using base::Json;

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

// What is not defined is null: nothing of a file that says little or nothing is NaN, infinite or left out.
TEST(ScoreFileTest, FilesThatSayLittleGiveNulls) {
  const std::string header = "leader,group,rater,Q1,Q2,Q3\n";
  for (const std::string rows :
       {"A,staff,1,1,2,3\n", "A,staff,1,,N,\nB,staff,1,N,N,N\n", "A,self,1,1,2,3\nB,self,1,4,4,4\n",
        "A,staff,1,3,3,3\nA,staff,2,3,3,3\nB,staff,1,3,3,3\nB,staff,2,3,3,3\nC,staff,1,3,3,3\nC,staff,2,3,3,3\n"}) {
    const absl::StatusOr<Json> scores = Score(kSmallStructure, header + rows);
    ASSERT_TRUE(scores.ok()) << scores.status() << rows;
    EXPECT_EQ((*scores)["leaders"].size(), (*scores)["meta"]["n_leaders"]);
    for (const auto& [name, group] : (*scores)["district"]["groups"].items()) {
      for (const auto& [id, scale] : group["scales"].items()) {
        EXPECT_TRUE(scale["anova"]["icc1"].is_null()) << rows << id;
        EXPECT_TRUE(scale["alpha"]["alpha_pairwise"].is_null() && scale["alpha"]["feldt_lo"].is_null()) << rows << id;
        EXPECT_TRUE(scale["alpha_leader_means"].is_null()) << rows << id;
        EXPECT_TRUE(scale.contains("eb") && scale["eb"].is_null()) << rows << id;
      }
      for (const auto& [id, item] : group["items"].items()) EXPECT_TRUE(item["anova"]["icc2"].is_null()) << rows << id;
    }
    EXPECT_FALSE((*scores)["district"]["groups"].contains("self"));
  }
}

TEST(ScoreFileTest, SensitivityIsTheChangeWithoutStraightLines) {
  // Ten items in one scale; leader A's staff: four forms of 3 and 4 in turn, and three straight lines of 5. B has none, C's
  // five are straight lines, so that without them nothing is left. The supervisor's straight line stays.
  Json structure = {{"K", 5}, {"min_n", 4}, {"exempt", {"supervisor"}}};
  std::vector<std::string> ids;
  for (int j = 1; j <= 10; ++j) ids.push_back(absl::StrCat("q", j));
  for (const std::string& id : ids) structure["items"].push_back({{"id", id}});
  std::string rows = absl::StrCat("leader,group,rater,", absl::StrJoin(ids, ","), "\n");
  int rater = 0;
  const auto add = [&](const std::string& leader, const std::string& group, const std::string& marks, int times) {
    for (int i = 0; i < times; ++i) {
      absl::StrAppend(&rows, leader, ",", group, ",r", ++rater);
      for (const char mark : marks) absl::StrAppend(&rows, ",", std::string(1, mark));
      absl::StrAppend(&rows, "\n");
    }
  };
  add("A", "staff", "3434343434", 4);
  add("A", "staff", "5555555555", 3);
  add("A", "supervisor", "4444444444", 1);
  add("B", "staff", "3333333334", 5);
  add("C", "staff", "2222222222", 5);
  const auto scored = ScoreTexts({"structure", structure.dump()}, {"ratings", rows}, std::nullopt);
  ASSERT_TRUE(scored.ok()) << scored.status();
  const Json& sensitivity = (*scored)["district"]["sensitivity"];
  EXPECT_EQ(sensitivity["left_out"], "straight_line");
  const Json& scales = sensitivity["scales"];
  // With figures: A's staff, supervisor and others, B's staff and others; C's staff and others are lost.
  EXPECT_EQ(scales["n"], 5);
  EXPECT_EQ(scales["n_lost"], 2);
  // A's staff: (4*3.5 + 3*5)/7 becomes 3.5; A's others (with the supervisor) by half of it.
  const double change = 3.5 - (4 * 3.5 + 3 * 5) / 7;
  EXPECT_EQ(scales["largest"]["leader"], "A");
  EXPECT_EQ(scales["largest"]["group"], "staff");
  EXPECT_EQ(scales["largest"]["unit"], "ALL");
  EXPECT_NEAR(scales["largest"]["change"], change, 1e-12);
  EXPECT_NEAR(scales["mean_change"], -(change + change / 2) / 5, 1e-12);
  // Items of A's staff: 3 or 4 from (4*3 + 15)/7 or (4*4 + 15)/7.
  EXPECT_NEAR(sensitivity["items"]["largest"]["change"], 3 - 27.0 / 7, 1e-12);
  EXPECT_EQ(sensitivity["items"]["n_lost"], 20);
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

}  // namespace
}  // namespace candor::cli
