// The reference set with four groups, replayed through the public API: every printed figure must follow from the
// reference, or from the same rows scored offline.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/cli/score_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candor_shell.h"
#include "tests/support/process/candord_process.h"

namespace candor::e2e {
namespace {

using ::testing::HasSubstr;

constexpr double kTolerance = 1e-9;

std::string DataFile(const std::string& name) { return std::string(CANDOR_SOURCE_DIR) + "/tests/data/lq2002/" + name; }

base::Json ReadJson(const std::string& path) {
  const auto bytes = base::ReadFile(path);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  const auto document = base::ParseJson(bytes.value_or("{}"));
  EXPECT_TRUE(document.ok()) << document.status();
  return document.ok() ? *document : base::Json::object();
}

bool Near(double a, double b) { return std::abs(a - b) <= kTolerance * std::max({1.0, std::abs(a), std::abs(b)}); }

std::string FileGroup(const std::string& group) {
  return group == "student" ? "students" : group == "parent" ? "parents" : group;
}

// How often each kind of figure was compared: a test that compares nothing proves nothing.
struct Compared {
  int exact_items = 0, bounded_items = 0, exact_scales = 0, ranged_scales = 0, pool_items = 0, others = 0, gaps = 0,
      gap_ranges = 0;
};

// `figure` of the report against `reference`: equal where it is exact, within where it is a range.
void CompareFigure(const base::Json& figure, const base::Json& reference, const std::string& where, int& exact,
                   int& ranged) {
  const std::string state = figure["state"];
  if (state == "FIGURE_STATE_WITHHELD") return;
  ASSERT_TRUE(reference.is_number()) << where << " is printed, but the reference has none";
  const double value = reference;
  if (state == "FIGURE_STATE_EXACT") {
    EXPECT_TRUE(Near(figure["mean"], value)) << where << ": " << figure["mean"] << " is not " << value;
    ++exact;
  } else {
    EXPECT_LE(figure.value("lower", -1.0), value + kTolerance) << where;
    EXPECT_GE(figure.value("upper", 99.0), value - kTolerance) << where;
    ++ranged;
  }
}

// The group figures of one unit: rater groups against the reference, the pool against the offline scores.
void CompareGroups(const base::Json& unit, bool item, const base::Json& reference, const base::Json& offline,
                   const std::string& leader, Compared& compared) {
  const std::string code = unit["code"];
  for (const base::Json& figure : unit["groups"]) {
    const std::string group = figure["group"];
    const std::string where = leader + " " + code + " " + group;
    const bool pool = group == "other_raters";
    const base::Json& cells = (pool ? offline : reference)["groups"];
    if (!cells.contains(FileGroup(group))) {
      EXPECT_EQ(figure["state"], "FIGURE_STATE_WITHHELD") << where;
      continue;
    }
    const base::Json& cell = cells[FileGroup(group)];
    if (!item) {
      CompareFigure(figure, cell["scales"][code]["mean_items"], where, compared.exact_scales, compared.ranged_scales);
      continue;
    }
    const base::Json& reference_item = cell["items"][code];
    CompareFigure(figure, reference_item["mean"], where, pool ? compared.pool_items : compared.exact_items,
                  compared.bounded_items);
    if (figure["state"] == "FIGURE_STATE_WITHHELD") {
      // Held back only for a reason: too few answers to the item, or a group that is too small.
      const int64_t enough = pool ? 6 : 5;
      EXPECT_TRUE(reference_item["n"] < 5 || cell["n_raters"] < enough) << where << " is held back without need";
      continue;
    }
    EXPECT_EQ(figure["n"], std::to_string(static_cast<int64_t>(reference_item["n"]))) << where;
    if (figure.contains("distribution")) {
      for (size_t k = 0; k < reference_item["counts"].size(); ++k) {
        EXPECT_EQ(figure["distribution"]["counts"][k], std::to_string(static_cast<int64_t>(reference_item["counts"][k])))
            << where;
      }
    }
  }
}

void CompareOthers(const base::Json& unit, bool item, const base::Json& offline, const std::string& leader,
                   Compared& compared) {
  const std::string code = unit["code"], kind = item ? "items" : "scales", where = leader + " " + code;
  const base::Json& others = offline["others"][kind][code];
  CompareFigure(unit["all_raters"], others.is_object() ? others["mean"] : base::Json(), where + " all", compared.others,
                compared.others);
  const base::Json& reference = offline["self_other"][kind][code];
  const base::Json& gap = unit["gap"];
  if (gap.contains("value")) {
    ASSERT_TRUE(reference["gap"].is_number()) << where;
    EXPECT_TRUE(Near(gap["value"], reference["gap"])) << where << " gap";
    const std::string category = reference["category"], quadrant = reference["quadrant"];
    const auto lower = [](std::string text) {
      for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      return text;
    };
    EXPECT_EQ(lower(gap["category"]), "gap_category_" + category) << where;
    EXPECT_EQ(lower(gap["quadrant"]), "quadrant_" + quadrant) << where;
    ++compared.gaps;
  } else if (gap.contains("lower")) {
    const double value = reference["gap"];
    EXPECT_LE(gap["lower"], value + kTolerance) << where;
    EXPECT_GE(gap["upper"], value - kTolerance) << where;
    ++compared.gap_ranges;
  }
}

// The same rows without the supervisor's, nobody exempt, and the pool's minimum k + t.
base::Json ScoreOffline() {
  base::Json structure = ReadJson(DataFile("lq2002_groups_structure.json"));
  structure["exempt"] = base::Json::array();
  structure["pool_min_n"] = 6;
  std::istringstream all(*base::ReadFile(DataFile("lq2002_groups.csv")));
  std::string rows;
  for (std::string line; std::getline(all, line);) {
    if (line.find(",supervisor,") == std::string::npos) rows += line + "\n";
  }
  const std::string text = structure.dump();
  const auto scores = cli::ScoreTexts({"structure", text}, {"ratings", rows}, std::nullopt);
  EXPECT_TRUE(scores.ok()) << scores.status();
  return scores.ok() ? *scores : base::Json::object();
}

TEST(ReplayTest, EveryPrintedFigureFollowsFromTheReference) {
  testing::ScratchFolder folder;
  testing::CandordProcess server(folder.path() + "/data");
  const absl::Status started = server.Start();
  ASSERT_TRUE(started.ok()) << started;
  const CandorShell admin(server.address(), server.admin_key_file(), folder.path());
  const std::string out = folder.path() + "/reports";
  const cli::ProgramResult replay =
      admin.Run({"replay", "--structure", DataFile("lq2002_groups_structure.json"), "--ratings",
                 DataFile("lq2002_groups.csv"), "--invited", DataFile("lq2002_groups_invited.csv"), "--out", out});
  ASSERT_EQ(replay.exit_code, 0) << replay.err;
  const std::string last = replay.out.substr(replay.out.rfind('\n', replay.out.size() - 2) + 1);
  EXPECT_THAT(last, ::testing::MatchesRegex("replayed 49 leaders, 1993 anonymous answers, [0-9.]+ seconds\n"));
  EXPECT_THAT(replay.err, HasSubstr("anonymous answers"));

  const base::Json reference = ReadJson(DataFile("lq2002_groups_reference.json"))["leaders"];
  const base::Json offline = ScoreOffline()["leaders"];
  ASSERT_EQ(reference.size(), 49u);
  Compared compared;
  for (const auto& [leader, of_leader] : reference.items()) {
    const base::Json report = ReadJson(out + "/" + leader + ".json");
    EXPECT_EQ(report["leader_display_name"], leader);
    const base::Json& scores = report["scores"];
    EXPECT_EQ(scores["rules"]["pool_minimum"], 6);
    EXPECT_EQ(scores["rules"]["strength_cut"], 3);
    EXPECT_EQ(scores["rules"]["agreement_band"], 0.5);
    for (const base::Json& group : scores["groups"]) {
      if (group["code"] == "other_raters") continue;
      const base::Json& cell = of_leader["groups"][FileGroup(group["code"])];
      // A group joined at opening gives its counts to the pool.
      if (group.contains("invited")) {
        EXPECT_EQ(group["invited"], std::to_string(static_cast<int64_t>(cell["invited"]))) << leader;
        EXPECT_EQ(group.value("counted", "0"), std::to_string(static_cast<int64_t>(cell["n_forms"]))) << leader;
      }
    }
    for (const base::Json& unit : scores["units"]) {
      const bool item = unit["kind"] == "UNIT_KIND_INDICATOR";
      CompareGroups(unit, item, of_leader, offline[leader], leader, compared);
      CompareOthers(unit, item, offline[leader], leader, compared);
      const std::string code = unit["code"];
      if (item && of_leader["groups"].contains("supervisor") && unit["supervisor"].contains("mean")) {
        EXPECT_TRUE(Near(unit["supervisor"]["mean"], of_leader["groups"]["supervisor"]["items"][code]["mean"])) << leader;
      }
    }
  }
  EXPECT_GT(compared.exact_items, 900);
  EXPECT_GT(compared.bounded_items, 100);
  EXPECT_GT(compared.exact_scales, 1000);
  EXPECT_GT(compared.ranged_scales, 200);
  EXPECT_GT(compared.pool_items, 50);
  EXPECT_GT(compared.others, 1000);
  EXPECT_GT(compared.gaps, 700);
  EXPECT_GT(compared.gap_ranges, 200);
}

TEST(ReplayTest, RunsAgainReversedAndWithFewPoints) {
  testing::ScratchFolder folder;
  testing::CandordProcess server(folder.path() + "/data");
  const absl::Status started = server.Start();
  ASSERT_TRUE(started.ok()) << started;
  const CandorShell admin(server.address(), server.admin_key_file(), folder.path());
  std::ofstream(folder.path() + "/s.json") << R"({"name": "small", "K": 4, "favourable_from": 3, "min_n": 5, "items": [
      {"id": "Q1", "competency": "C1", "domain": "D", "themes": ["T"], "reverse": false},
      {"id": "Q2", "competency": "C1", "domain": "D", "themes": [], "reverse": true}]})";
  std::ofstream ratings(folder.path() + "/r.csv");
  ratings << "leader,group,rater,Q1,Q2\nL-1,self,s,4,1\n";
  for (int i = 0; i < 12; ++i) ratings << "L-1,night_shift," << i << "," << 1 + i % 4 << "," << 1 + i % 3 << "\n";
  // Nobody's answers can be printed here, and there is a report all the same.
  for (int i = 0; i < 3; ++i) ratings << "L-2,students," << i << ",4,1\n";
  ratings.close();
  std::ofstream(folder.path() + "/i.csv") << "leader,group,invited\nL-1,night_shift,14\nL-2,students,9\n";
  for (int run = 0; run < 2; ++run) {
    const std::string out = folder.path() + "/reports" + std::to_string(run);
    const std::string text = admin.Text({"replay", "--structure", folder.path() + "/s.json", "--ratings",
                                         folder.path() + "/r.csv", "--invited", folder.path() + "/i.csv", "--out", out});
    EXPECT_THAT(text, ::testing::StartsWith("replayed 2 leaders, 15 anonymous answers, "));
    const base::Json first = ReadJson(out + "/L-1.json"), second = ReadJson(out + "/L-2.json");
    const base::Json& units = first["scores"]["units"];
    // Q1: 1 2 3 4 three times over. Q2: 1 2 3 four times over, turned: 4 3 2.
    EXPECT_EQ(units[units.size() - 2]["groups"][0]["mean"], 2.5);
    EXPECT_EQ(units[units.size() - 1]["groups"][0]["mean"], 3);
    EXPECT_EQ(units[units.size() - 1]["self"]["mean"], 4);
    EXPECT_EQ(second["scores"]["units"][0]["all_raters"]["state"], "FIGURE_STATE_WITHHELD");
  }
}

}  // namespace
}  // namespace candor::e2e
