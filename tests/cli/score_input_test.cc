// What `candor score` makes of files that are wrong, or look so.

#include "clients/cli/score_input.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/cli/score_texts.h"

namespace candor::cli {
namespace {

TEST(ScoreInputTest, RowsAreKeptForOtherUses) {
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

struct Fault {
  const char* name;
  std::string structure, ratings;
  std::optional<std::string> invited;
  const char* reason;
  const char* message;  // a part of it
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class ScoreInputFaultTest : public testing::TestWithParam<Fault> {};

TEST_P(ScoreInputFaultTest, IsRefusedWithReasonAndPlace) {
  const Fault& fault = GetParam();
  const absl::StatusOr<base::Json> scores = Score(fault.structure, fault.ratings, fault.invited);
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

std::string ManyThemes(int themes) {
  std::string text = R"({"K": 4, "items": [{"id": "Q1", "themes": ["T")";
  for (int t = 0; t < themes; ++t) absl::StrAppend(&text, ", \"T", t, "\"");
  return text + "]}]}";
}

std::string ManyItems(int items) {
  std::string text = R"({"K": 4, "items": [{"id": "Q"})";
  for (int j = 1; j < items; ++j) absl::StrAppend(&text, R"(, {"id": "Q)", j, R"("})");
  return text + "]}";
}

std::string ManyGroups(int groups) {
  std::string text = "leader,group,rater,Q1,Q2,Q3\n";
  for (int g = 0; g < groups; ++g) absl::StrAppend(&text, "L,g", g, ",r,1,1,1\n");
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
      {"OneNameForTwoScales", Structure("\"C1\"", "\"D\""), r, none, "STRUCTURE_INVALID",
       "s.json, items[0].domain: is the name of another scale"},
      {"CompetencyNamedAsTheScaleOfAll", Structure("\"C1\"", "\"ALL\""), r, none, "STRUCTURE_INVALID",
       "s.json, items[0].competency: is the name of another scale, that of all items"},
      {"ThemeNamedAsACompetency", Structure("\"T2\"", "\"C2\""), r, none, "STRUCTURE_INVALID",
       "s.json, items[0].themes: is the name of another scale"},
      {"ThemeEmpty", Structure("\"T2\"", "\"\""), r, none, "STRUCTURE_INVALID",
       "items[0].themes: holds an empty text; remove it"},
      {"ScalesWithoutNumber", ManyThemes(100'000), r, none, "STRUCTURE_INVALID", "s.json, items: name more than 999"},
      {"ItemsWithoutNumber", ManyItems(1001), r, none, "STRUCTURE_INVALID", "s.json, items: holds more than 1000"},
      {"KeyTwice", Structure("\"min_n\": 3", "\"min_n\": 3, \"K\": 5"), r, none, "JSON_MALFORMED", "\"K\" stands twice"},
      {"RatingsEmpty", s, "", none, "CSV_HEADER_WRONG", "the file is empty"},
      {"HeaderUnknown", s, Ratings("Q2", "Q9"), none, "CSV_HEADER_WRONG", "r.csv, line 1, column 10"},
      {"HeaderLacksItem", s, "leader,group,rater,Q1,Q2\n", none, "CSV_HEADER_WRONG", "lacks the column Q3"},
      {"HeaderWithSemicolons", s, "leader;group;rater;Q1;Q2;Q3\nL;staff;r;1;1;1\n", none, "CSV_HEADER_WRONG",
       "r.csv, line 1: the columns are not parted by commas"},
      {"HeaderWithTabs", s, "leader\tgroup\trater\tQ1\tQ2\tQ3\n", none, "CSV_HEADER_WRONG", "not parted by commas"},
      {"HeaderTwice", s, Ratings("Q2", "Q3"), none, "CSV_HEADER_WRONG", "line 1, column 10"},
      {"RowTooShort", s, Ratings("r2,3,2,N,L,staff", "r2,3,2,N,L"), none, "CSV_COLUMNS_WRONG",
       "r.csv, line 3: the row has 5 fields, the header 6"},
      {"RowTooLong", s, Ratings("r2,3,2,N,L,staff", "r2,3,2,N,L,staff,"), none, "CSV_COLUMNS_WRONG",
       "line 3: the row has 7 fields"},
      {"RowOfAMillionFields", s, r + "r4" + std::string(1'000'000, ',') + "\n", none, "CSV_COLUMNS_WRONG",
       "line 6: the row has 1000001 fields, the header 6"},
      {"LastLineCutOff", s, r + "r4,1,2", none, "CSV_COLUMNS_WRONG",
       "r.csv, line 6: the row has 3 fields, the header 6; it is the last and has no line end: is the file cut off?"},
      {"LastLineCutOffInQuotes", s, r + "r4,1,2,3,\"L", none, "CSV_MALFORMED",
       "r.csv, line 6, column 10: the quote that opens here is never closed; is the file cut off?"},
      {"GroupsWithoutNumber", s, ManyGroups(101), none, "TOO_MANY_GROUPS",
       "r.csv, line 102, column 3: the file has more than 100 groups"},
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

INSTANTIATE_TEST_SUITE_P(Faults, ScoreInputFaultTest, testing::ValuesIn(Faults()), [](const auto& info) {
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

TEST(ScoreInputTest, WhatIsProbablyAMistakeIsSaid) {
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
  expect_one(Warnings(with("\"scales\": {\"A\": [\"A\"]}"), rows), "s.json, scales: is no key that is known here");
  expect_one(Warnings(absl::StrReplaceAll(sound, {{"\"domain\": \"D\", \"rev", "\"rev"}}), rows),
             "s.json, items[1].domain: is missing, there and in 1 of 3 items in all");
  expect_one(Warnings(absl::StrReplaceAll(sound, {{"\"competency\": \"C2\", ", ""}}), rows),
             "s.json, items[1].competency: is missing, there and in 2 of 3 items in all");
  expect_one(Warnings(sound, rows + "r4,1,2,3,L,Staff\n"), "r.csv: the groups \"staff\" and \"Staff\" are taken for two");
  expect_one(Warnings(sound, absl::StrReplaceAll(rows, {{"L,self", "L, Self"}})),
             "r.csv: the groups \"self\" and \" Self\" are taken for two, and only the first for the leader's own ratings");
  expect_one(Warnings(with("\"exempt\": [\"stuff\"]"), rows), "s.json, exempt: no row has the group stuff");
  expect_one(Warnings(with("\"group_weights\": {\"stuff\": 2}"), rows), "s.json, group_weights.stuff: no row");
  expect_one(Warnings(sound, rows, "leader,group,invited\nL,staff,9\nL,stuff,9\n"), "i.csv: no row has the group stuff");
  expect_one(Warnings(sound, rows, "leader,group,invited\nL,staff,9\nM,staff,9\n"),
             "i.csv: 1 leader is not in the ratings");
}

TEST(ScoreInputTest, ALastMarkThatMayBeCutOffIsSaid) {
  const std::string structure = Structure(", \"unknown\": [1]", "");
  const std::string header = "leader,group,rater,Q1,Q2,Q3\nL,staff,r1,1,1,";
  EXPECT_EQ(Warnings(structure, header + "4"), std::vector<std::string>());
  EXPECT_EQ(Warnings(structure, header + "\n"), std::vector<std::string>());
  const std::vector<std::string> warnings = Warnings(structure, header);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("r.csv, line 2: the last line has no line end"), std::string::npos) << warnings[0];
  // Of ten points 1 may have been 10.
  const std::string ten = absl::StrReplaceAll(structure, {{"\"K\": 4", "\"K\": 10"}});
  EXPECT_EQ(Warnings(ten, header + "1").size(), 1u);
  EXPECT_EQ(Warnings(ten, header + "10"), std::vector<std::string>());
  EXPECT_EQ(Warnings(structure, header + "1"), std::vector<std::string>());
}

TEST(ScoreInputTest, MarkOfByteOrderQuotesAndCarriageReturnsChangeNothing) {
  const absl::StatusOr<base::Json> plain = Score(kSmallStructure, kSmallRatings);
  std::string ratings = absl::StrReplaceAll(kSmallRatings, {{"\n", "\r\n"}, {"\"r,1\"", "'r,1'"}});
  ratings = absl::StrReplaceAll(ratings, {{"staff", "\"staff\""}, {"Q2", "\"Q2\""}, {",4", ",\"4\""}, {"'", "\""}});
  const absl::StatusOr<base::Json> other =
      Score(absl::StrCat("\xEF\xBB\xBF", kSmallStructure), absl::StrCat("\xEF\xBB\xBF", ratings, "\r\n\n"));
  ASSERT_TRUE(plain.ok() && other.ok()) << other.status();
  EXPECT_EQ(*plain, *other);
}

// Scales follow from what the items name: none is empty, none names another, and an item may belong to none.
TEST(ScoreInputTest, ItemsOutsideOfAllScalesCountAmongAllItems) {
  const absl::StatusOr<base::Json> scores =
      Score(R"({"K": 4, "items": [{"id": "Q1", "themes": ["T", "T"]}, {"id": "Q2", "themes": []},
                                  {"id": "Q3", "competency": null, "domain": "", "themes": {}}]})",
            kSmallRatings);
  ASSERT_TRUE(scores.ok()) << scores.status();
  const base::Json expected = {{"ALL", {"Q1", "Q2", "Q3"}}, {"T", {"Q1"}}};
  EXPECT_EQ((*scores)["meta"]["scales"], expected);
}

TEST(ScoreInputTest, TheReferenceFilesGiveNoWarning) {
  for (const std::string set : {"lq2002", "lq2002_groups"}) {
    EXPECT_EQ(Warnings(ReadData(set + "_structure.json"), ReadData(set + ".csv"), ReadData(set + "_invited.csv")),
              std::vector<std::string>());
  }
}

TEST(ScoreInputTest, MillionColumnsAreRefusedAtOnce) {
  std::string header = "leader,group,rater";
  for (int i = 0; i < 1'000'000; ++i) header += ",x";
  const absl::Status status = Score(kSmallStructure, header + "\n").status();
  EXPECT_EQ(base::GetErrorDetail(status).reason, "CSV_HEADER_WRONG");
}

TEST(ScoreInputTest, MessagesHoldNeitherMarksNorNames) {
  const std::string twice = "leader,group,rater,Q1,Q2,Q3\nAda,staff,Bob,1,1,1\nAda,staff,Bob,1,1,1\n";
  const std::string message(Score(kSmallStructure, twice).status().message());
  EXPECT_EQ(message.find("Ada"), std::string::npos);
  EXPECT_EQ(message.find("Bob"), std::string::npos);
  const std::string off = "leader,group,rater,Q1,Q2,Q3\nAda,staff,Bob,1,77,1\n";
  EXPECT_EQ(std::string(Score(kSmallStructure, off).status().message()).find("77"), std::string::npos);
}

}  // namespace
}  // namespace candor::cli
