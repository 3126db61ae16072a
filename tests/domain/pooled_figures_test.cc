#include "services/domain/pooled_figures.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/domain/errors.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

using base::Json;
using Bound = PooledShare::Bound;

PooledFigures SomeFigures() {
  PooledFigures figures;
  figures.item_correlation = 43;
  figures.scales = {{"staff", "I.1", 0, 95}, {"staff", "I.2", 71, std::nullopt}, {"student", "I.1", 80, 81},
                    {"staff", "I", std::nullopt, std::nullopt, -100, std::nullopt},
                    {"student", "I", std::nullopt, std::nullopt, 12, 95}};
  figures.groups = {{"staff", PooledShare{17, Bound::kExact}, PooledShare{4, Bound::kAtMost}},
                    {"student", std::nullopt, PooledShare{96, Bound::kAtLeast}}};
  return figures;
}

TEST(PooledFiguresTest, WhatIsWrittenIsReadBack) {
  for (const PooledFigures& figures : {PooledFigures(), PooledFigures{0}, PooledFigures{100}, SomeFigures()}) {
    const auto read = DecodePooledFigures(EncodePooledFigures(figures));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(*read == figures);
  }
}

TEST(PooledFiguresTest, DocumentsOfCampaignsThatHadOneFigureAreReadAsTheyWere) {
  EXPECT_EQ(EncodePooledFigures({}), R"({"format":"candor.pooled_figures.v1"})");
  EXPECT_EQ(EncodePooledFigures({43}), R"({"format":"candor.pooled_figures.v1","item_correlation":43})");
  const auto read = DecodePooledFigures(R"({"format":"candor.pooled_figures.v1","item_correlation":43})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(*read == PooledFigures{43});
}

TEST(PooledFiguresTest, TheDocumentIsTheOneThatIsDescribed) {
  PooledFigures figures;
  figures.scales = {{"staff", "I.1", 80, 81}, {"staff", "I", std::nullopt, std::nullopt, -3, -20}};
  figures.groups = {{"staff", PooledShare{17, Bound::kExact}, PooledShare{4, Bound::kAtMost}}};
  EXPECT_EQ(EncodePooledFigures(figures),
            R"({"format":"candor.pooled_figures.v1",)"
            R"("groups":[{"group":"staff","no_rating":{"at_most":4},"straight_line":{"share":17}}],)"
            R"("scales":[{"alpha":80,"group":"staff","lambda2":81,"scale":"I.1"},)"
            R"({"group":"staff","icc1":-3,"icc2":-20,"scale":"I"}]})");
}

TEST(PooledFiguresTest, DocumentsThatSayWhatNoCampaignGivesAreRefusedWithThePlace) {
  const std::vector<JsonCase> cases = {
      {"another format", [](Json& j) { j["format"] = "candor.pooled_figures.v2"; }, "format"},
      {"no format", [](Json& j) { j.erase("format"); }, "format"},
      {"a correlation above 1", [](Json& j) { j["item_correlation"] = 101; }, "item_correlation"},
      {"a fraction", [](Json& j) { j["item_correlation"] = 0.43; }, "item_correlation"},
      {"a member that is unknown", [](Json& j) { j["mean"] = 3; }, "mean"},
      {"no list", [](Json& j) { j["scales"] = 3; }, "scales"},
      {"an empty list", [](Json& j) { j["scales"] = Json::array(); }, ""},
      {"no scale's code", [](Json& j) { j["scales"][1].erase("scale"); }, "scales[1].scale"},
      {"no group's code", [](Json& j) { j["scales"][1]["group"] = 1; }, "scales[1].group"},
      {"alpha above its range", [](Json& j) { j["scales"][0]["alpha"] = 96; }, "scales[0].alpha"},
      {"alpha below its range", [](Json& j) { j["scales"][0]["alpha"] = -1; }, "scales[0].alpha"},
      {"lambda2 above its range", [](Json& j) { j["scales"][0]["lambda2"] = 96; }, "scales[0].lambda2"},
      {"lambda2 alone", [](Json& j) { j["scales"][3]["lambda2"] = 9; }, "scales[3].lambda2"},
      {"no figure of a scale", [](Json& j) { j["scales"][3].erase("icc1"); }, "scales[3]"},
      {"alpha and ICC of one scale", [](Json& j) { j["scales"][0]["icc1"] = 12; }, "scales[0]"},
      {"alpha and ICC2 of one scale", [](Json& j) { j["scales"][0]["icc2"] = 12; }, "scales[0].icc2"},
      {"ICC1 below its range", [](Json& j) { j["scales"][3]["icc1"] = -101; }, "scales[3].icc1"},
      {"ICC2 above its range", [](Json& j) { j["scales"][4]["icc2"] = 96; }, "scales[4].icc2"},
      {"a scale's count", [](Json& j) { j["scales"][0]["raters"] = 100; }, "scales[0].raters"},
      {"one scale twice", [](Json& j) { j["scales"][1]["scale"] = "I.1"; }, "scales[1]"},
      {"one group twice", [](Json& j) { j["groups"][1]["group"] = "staff"; }, "groups[1]"},
      {"a group without a share", [](Json& j) { j["groups"][1].erase("no_rating"); }, "groups[1]"},
      {"nobody", [](Json& j) { j["groups"][0]["straight_line"]["share"] = 0; }, "groups[0].straight_line.share"},
      {"everybody", [](Json& j) { j["groups"][0]["straight_line"]["share"] = 100; }, "groups[0].straight_line.share"},
      {"more than all", [](Json& j) { j["groups"][1]["no_rating"]["at_least"] = 101; }, "groups[1].no_rating.at_least"},
      {"a share and a bound", [](Json& j) { j["groups"][0]["no_rating"]["share"] = 3; }, "groups[0].no_rating"},
      {"neither", [](Json& j) { j["groups"][0]["no_rating"] = Json::object(); }, "groups[0].no_rating"},
      {"a share as a number", [](Json& j) { j["groups"][0]["no_rating"] = 4; }, "groups[0].no_rating"},
      {"another share", [](Json& j) { j["groups"][0]["longstring"] = 4; }, "groups[0].longstring"},
  };
  const Json good = *base::ParseJson(EncodePooledFigures(SomeFigures()));
  for (const JsonCase& c : cases) {
    SCOPED_TRACE(c.what);
    Json document = good;
    c.change(document);
    ExpectError(DecodePooledFigures(base::CanonicalJson(document)), absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT,
                c.field);
  }
  for (const std::string& bytes : {std::string("{}"), std::string(), std::string("[]"),
                                   absl::StrCat(EncodePooledFigures(SomeFigures()), " ")}) {
    ExpectError(DecodePooledFigures(bytes), absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT,
                bytes == "{}" ? "format" : "");
  }
}

}  // namespace
}  // namespace candor::domain
