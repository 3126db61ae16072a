// The published file says at its top whether every attack ran and held, and cannot be had from less.

#include "tests/privacy/joined_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "tests/privacy/results.h"
#include "tests/support/temp_folder.h"

namespace candor::privacy {
namespace {

using base::Json;
using ::testing::ElementsAre;

class JoinedResultsTest : public ::testing::Test {
 protected:
  void Keep(const std::string& name, const std::string& run, bool passed) {
    KeepText(name, Json{{"suite", name}, {"run", run}, {"passed", passed}}.dump());
  }
  void KeepText(const std::string& name, const std::string& text) {
    ASSERT_EQ(base::WriteFileAtomically(folder_.File(absl::StrCat(name, ".json")), text, 0644), absl::OkStatus());
  }
  Json Join(const std::vector<std::string>& expected) {
    const auto joined = JoinResults(folder_.path(), expected, {"now", "0123456789ab"});
    EXPECT_TRUE(joined.ok()) << joined.status();
    return joined.value_or(Json::object());
  }

  testing::TempFolder folder_;
};

TEST_F(JoinedResultsTest, PassWhereEveryExpectedRecordIsThereAndPassed) {
  Keep("linking-5", "now", true);
  Keep("logs", "now", true);
  const Json joined = Join({"logs", "linking-5"});
  EXPECT_EQ(joined["passed"], true);
  EXPECT_EQ(joined["commit"], "0123456789ab");
  ASSERT_EQ(joined["suites"].size(), 2u);
  EXPECT_EQ(joined["suites"][0]["suite"], "linking-5");
  EXPECT_EQ(joined["suites"][1]["suite"], "logs");
  for (const char* fault : {"missing", "failed", "unexpected"}) EXPECT_EQ(joined[fault], Json::array()) << fault;
}

TEST_F(JoinedResultsTest, DoNotPassWhereOneIsMissing) {
  Keep("logs", "now", true);
  const Json joined = Join({"linking-5", "logs"});
  EXPECT_EQ(joined["passed"], false);
  EXPECT_EQ(joined["missing"], Json({"linking-5"}));
  EXPECT_EQ(joined["failed"], Json::array());
}

TEST_F(JoinedResultsTest, DoNotPassWhereOneFailed) {
  Keep("linking-5", "now", false);
  Keep("logs", "now", true);
  const Json joined = Join({"linking-5", "logs"});
  EXPECT_EQ(joined["passed"], false);
  EXPECT_EQ(joined["failed"], Json({"linking-5"}));
  EXPECT_EQ(joined["suites"].size(), 2u);
}

TEST_F(JoinedResultsTest, RecordsOfAnEarlierRunAreAsGoodAsMissing) {
  Keep("linking-5", "yesterday", true);
  Keep("logs", "now", true);
  const Json joined = Join({"linking-5", "logs"});
  EXPECT_EQ(joined["passed"], false);
  EXPECT_EQ(joined["missing"], Json({"linking-5"}));
  ASSERT_EQ(joined["suites"].size(), 1u);
  EXPECT_EQ(joined["suites"][0]["suite"], "logs");
}

TEST_F(JoinedResultsTest, WhatIsNoRecordFails) {
  KeepText("linking-5", "{\"passed\": tr");
  KeepText("logs", "[true]");
  KeepText("timing", R"({"run": "now", "passed": "true"})");
  const Json joined = Join({"linking-5", "logs", "timing"});
  EXPECT_EQ(joined["passed"], false);
  EXPECT_EQ(joined["failed"], Json({"linking-5", "logs", "timing"}));
}

TEST_F(JoinedResultsTest, ASuiteThatTheListDoesNotNameFails) {
  Keep("linking-5", "now", true);
  Keep("linking-6", "now", true);
  const Json joined = Join({"linking-5"});
  EXPECT_EQ(joined["passed"], false);
  EXPECT_EQ(joined["unexpected"], Json({"linking-6"}));
}

class SuiteRecordTest : public ::testing::Test {
 protected:
  SuiteRecordTest() {
    setenv("CANDOR_PRIVACY_RESULTS", folder_.path().c_str(), 1);
    setenv("CANDOR_PRIVACY_RUN", "now", 1);
  }
  ~SuiteRecordTest() override {
    for (const char* variable : {"CANDOR_PRIVACY_RESULTS", "CANDOR_PRIVACY_RUN"}) unsetenv(variable);
  }
  Json Stored() const {
    const auto text = base::ReadFile(folder_.File("made-up.json"));
    EXPECT_TRUE(text.ok()) << text.status();
    return base::ParseJson(text.value_or("{}")).value_or(Json());
  }

  testing::TempFolder folder_;
};

TEST_F(SuiteRecordTest, PassesOnceEverythingIsFound) {
  {
    SuiteRecord record("made-up", {{"people", 5}});
    // What stays there if the process ends here.
    EXPECT_EQ(Stored()["passed"], false);
    record.Found({{"found", 0}});
  }
  const Json stored = Stored();
  EXPECT_EQ(stored["passed"], true);
  EXPECT_EQ(stored["people"], 5);
  EXPECT_EQ(stored["found"], 0);
  EXPECT_EQ(stored["run"], "now");
  EXPECT_TRUE(stored["versions"].contains("commit"));
}

TEST_F(SuiteRecordTest, DoesNotPassWhereTheTestReturnsEarly) {
  base::Json earlier = {{"passed", true}};
  ASSERT_EQ(base::WriteFileAtomically(folder_.File("made-up.json"), earlier.dump(), 0644), absl::OkStatus());
  { SuiteRecord record("made-up", {{"people", 5}}); }
  const Json stored = Stored();
  EXPECT_EQ(stored["passed"], false);
  EXPECT_EQ(stored["came_to_its_end"], false);
  EXPECT_EQ(stored["people"], 5);
}

TEST(ExpectedRecordsTest, AreOneALineBesideRemarks) {
  EXPECT_THAT(ExpectedRecords("# all\nlogs\n\n  linking-5  # five people\n"), ElementsAre("logs", "linking-5"));
}

TEST(ExpectedRecordsTest, TheListNamesEverySuiteOnce) {
  const auto list = base::ReadFile(absl::StrCat(CANDOR_SOURCE_DIR, "/tests/privacy/expected_records.txt"));
  ASSERT_TRUE(list.ok()) << list.status();
  const std::vector<std::string> names = ExpectedRecords(*list);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_THAT(names, ::testing::IsSupersetOf({"linking-40", "linking-40-two-processes", "logs", "disclosure-items"}));
}

}  // namespace
}  // namespace candor::privacy
