// The reference sets, replayed through the public API: every printed figure must follow from the reference, or from the
// same rows scored offline; and nothing may be held back or blurred without need.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

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

constexpr int kPoints = 5;          // K of the reference sets
constexpr int64_t kMinimum = 5;     // k
constexpr int64_t kPoolMinimum = 6;  // k + t
constexpr int64_t kReach = 2 * (kPoints - 1);  // by how much 1 + t answers can move a sum

// How often each kind of figure was compared: a test that compares nothing proves nothing.
struct Compared {
  int exact_items = 0, bounded_items = 0, withheld_items = 0, exact_scales = 0, ranged_scales = 0, withheld_scales = 0,
      pool_items = 0, others = 0, other_ranges = 0, withheld_others = 0, gaps = 0, gap_ranges = 0, no_gaps = 0;
  bool operator==(const Compared&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Compared& c) {
  return out << c.exact_items << ", " << c.bounded_items << ", " << c.withheld_items << ", " << c.exact_scales << ", "
             << c.ranged_scales << ", " << c.withheld_scales << ", " << c.pool_items << ", " << c.others << ", "
             << c.other_ranges << ", " << c.withheld_others << ", " << c.gaps << ", " << c.gap_ranges << ", " << c.no_gaps;
}

// A range must have both ends, hold `value`, and be narrower than all that is possible.
void CheckRange(const base::Json& range, double value, const std::string& where) {
  ASSERT_TRUE(range.contains("lower") && range.contains("upper")) << where << " is a range without both ends";
  const double lower = range["lower"], upper = range["upper"];
  EXPECT_LE(lower, value + kTolerance) << where;
  EXPECT_GE(upper, value - kTolerance) << where;
  EXPECT_LT(upper - lower, kPoints - 1 - kTolerance) << where << " says nothing";
}

// `figure` of the report against `reference`: equal where it is exact, within where it is a range, and withheld exactly
// where `shown` is false.
void CompareFigure(const base::Json& figure, const base::Json& reference, bool shown, const std::string& where, int& exact,
                   int& ranged, int& withheld) {
  const std::string state = figure["state"];
  EXPECT_EQ(state != "FIGURE_STATE_WITHHELD", shown) << where << (shown ? " is held back without need" : " is printed");
  if (state == "FIGURE_STATE_WITHHELD") {
    EXPECT_FALSE(figure.contains("mean") || figure.contains("lower") || figure.contains("upper")) << where;
    EXPECT_TRUE(figure.contains("withheld_reason")) << where;
    ++withheld;
    return;
  }
  ASSERT_TRUE(reference.is_number()) << where << " is printed, but the reference has none";
  const double value = reference;
  if (state == "FIGURE_STATE_EXACT") {
    ASSERT_TRUE(figure.contains("mean")) << where;
    EXPECT_TRUE(Near(figure["mean"], value)) << where << ": " << figure["mean"] << " is not " << value;
    ++exact;
    return;
  }
  CheckRange(figure, value, where);
  ++ranged;
}

// A limit in place of an item's mean: only where the sum lies so near to an end, and then exactly that limit.
void CheckBound(const base::Json& figure, const base::Json& item, const std::string& where) {
  const int64_t n = item["n"], sum = item["s1"];
  const double moved = static_cast<double>(kReach) / static_cast<double>(n);
  if (figure["state"] == "FIGURE_STATE_AT_LEAST") {
    EXPECT_GE(sum, kPoints * n - kReach) << where;
    EXPECT_TRUE(Near(figure["lower"], kPoints - moved) && Near(figure["upper"], kPoints)) << where;
  } else {
    EXPECT_EQ(figure["state"], "FIGURE_STATE_AT_MOST") << where;
    EXPECT_LE(sum, n + kReach) << where;
    EXPECT_TRUE(Near(figure["lower"], 1) && Near(figure["upper"], 1 + moved)) << where;
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
    const bool group_shown = cell["n_raters"] >= (pool ? kPoolMinimum : kMinimum);
    if (!item) {
      const base::Json& mean = cell["scales"][code]["mean_items"];
      CompareFigure(figure, mean, group_shown && mean.is_number(), where, compared.exact_scales, compared.ranged_scales,
                    compared.withheld_scales);
      continue;
    }
    const base::Json& reference_item = cell["items"][code];
    CompareFigure(figure, reference_item["mean"], group_shown && reference_item["n"] >= (pool ? kPoolMinimum : kMinimum), where,
                  pool ? compared.pool_items : compared.exact_items, compared.bounded_items, compared.withheld_items);
    if (figure["state"] == "FIGURE_STATE_WITHHELD") continue;
    if (figure["state"] != "FIGURE_STATE_EXACT") CheckBound(figure, reference_item, where);
    EXPECT_EQ(figure["n"], std::to_string(static_cast<int64_t>(reference_item["n"]))) << where;
    if (figure.contains("distribution")) {
      for (size_t k = 0; k < reference_item["counts"].size(); ++k) {
        EXPECT_EQ(figure["distribution"]["counts"][k], std::to_string(static_cast<int64_t>(reference_item["counts"][k])))
            << where;
      }
    }
  }
}

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void CompareOthers(const base::Json& unit, bool item, const base::Json& offline, const std::string& leader,
                   Compared& compared) {
  const std::string code = unit["code"], kind = item ? "items" : "scales", where = leader + " " + code;
  const base::Json& others = offline["others"][kind][code];
  const base::Json mean = others.is_object() ? others["mean"] : base::Json();
  CompareFigure(unit["all_raters"], mean, mean.is_number(), where + " all", compared.others, compared.other_ranges,
                compared.withheld_others);
  const base::Json& reference = offline["self_other"][kind][code];
  const base::Json& gap = unit["gap"];
  EXPECT_EQ(gap.contains("value") || gap.contains("lower") || gap.contains("upper"), reference["gap"].is_number())
      << where << " gap";
  if (!reference["gap"].is_number()) {
    ++compared.no_gaps;
    return;
  }
  const std::string category = reference["category"], quadrant = reference["quadrant"];
  if (gap.contains("value")) {
    EXPECT_TRUE(Near(gap["value"], reference["gap"])) << where << " gap";
    EXPECT_EQ(Lower(gap["category"]), "gap_category_" + category) << where;
    EXPECT_EQ(Lower(gap["quadrant"]), "quadrant_" + quadrant) << where;
    ++compared.gaps;
  } else {
    CheckRange(gap, reference["gap"], where + " gap");
    EXPECT_THAT(Lower(gap["category"]), ::testing::AnyOf("gap_category_" + category, "gap_category_undetermined")) << where;
    EXPECT_THAT(Lower(gap["quadrant"]), ::testing::AnyOf("quadrant_" + quadrant, "quadrant_undetermined")) << where;
    ++compared.gap_ranges;
  }
}

std::string ReadText(const std::string& path) {
  const auto bytes = base::ReadFile(path);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.value_or("");
}

// The lines of `csv` that hold none of the texts `without`; the header is one.
std::string Without(const std::string& csv, const std::vector<std::string>& without) {
  std::istringstream all(csv);
  std::string rows;
  for (std::string line; std::getline(all, line);) {
    const bool drop = std::any_of(without.begin(), without.end(),
                                  [&](const std::string& text) { return line.find(text) != std::string::npos; });
    if (!drop) rows += line + "\n";
  }
  return rows;
}

// The same rows as a campaign counts them: without the supervisor's, nobody exempt, and the pool's minimum k + t.
base::Json ScoreOffline(const std::string& structure_text, const std::string& ratings) {
  base::Json structure = *base::ParseJson(structure_text);
  structure["exempt"] = base::Json::array();
  structure["pool_min_n"] = kPoolMinimum;
  const std::string text = structure.dump(), rows = Without(ratings, {",supervisor,"});
  const auto scores = cli::ScoreTexts({"structure", text}, {"ratings", rows}, std::nullopt);
  EXPECT_TRUE(scores.ok()) << scores.status();
  return scores.ok() ? *scores : base::Json::object();
}

// The reports that a replay wrote into `out` against `reference` (of the same rows) and the offline scores.
Compared CompareReports(const std::string& out, const base::Json& reference, const base::Json& offline, bool invited_known) {
  Compared compared;
  for (const auto& [leader, of_leader] : reference.items()) {
    const base::Json report = ReadJson(out + "/" + leader + ".json");
    EXPECT_EQ(report["leader_display_name"], leader);
    const base::Json& scores = report["scores"];
    EXPECT_EQ(scores["rules"]["pool_minimum"], kPoolMinimum);
    EXPECT_EQ(scores["rules"]["strength_cut"], 3);
    EXPECT_EQ(scores["rules"]["agreement_band"], 0.5);
    for (const base::Json& group : scores["groups"]) {
      if (group["code"] == "other_raters") continue;
      const base::Json& cell = of_leader["groups"][FileGroup(group["code"])];
      // A group joined at opening gives its counts to the pool.
      if (group.contains("invited")) {
        const base::Json& invited = cell[invited_known ? "invited" : "n_forms"];
        EXPECT_EQ(group["invited"], std::to_string(static_cast<int64_t>(invited))) << leader;
        EXPECT_EQ(group.value("counted", "0"), std::to_string(static_cast<int64_t>(cell["n_forms"]))) << leader;
      }
    }
    for (const base::Json& unit : scores["units"]) {
      const bool item = unit["kind"] == "UNIT_KIND_INDICATOR";
      CompareGroups(unit, item, of_leader, offline[leader], leader, compared);
      CompareOthers(unit, item, offline[leader], leader, compared);
      const std::string code = unit["code"];
      if (item && of_leader["groups"].contains("supervisor")) {
        const base::Json& mean = of_leader["groups"]["supervisor"]["items"][code]["mean"];
        EXPECT_EQ(unit["supervisor"].contains("mean"), mean.is_number()) << leader << " " << code;
        if (mean.is_number()) {
          EXPECT_TRUE(Near(unit["supervisor"]["mean"], mean)) << leader << " " << code;
        }
      }
    }
  }
  return compared;
}

class ReferenceReplayTest : public ::testing::Test {
 protected:
  ReferenceReplayTest() : server_(folder_.path() + "/data"), out_(folder_.path() + "/reports") {}

  void SetUp() override {
    const absl::Status started = server_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  // `invited` empty: without that file. Expects success, and gives the last line of the output.
  std::string Replay(const std::string& structure, const std::string& ratings, const std::string& invited) {
    const CandorShell admin(server_.address(), server_.admin_key_file(), folder_.path());
    std::vector<std::string> arguments = {"replay", "--structure", structure, "--ratings", ratings, "--out", out_};
    if (!invited.empty()) arguments.insert(arguments.end(), {"--invited", invited});
    const cli::ProgramResult replay = admin.Run(arguments);
    EXPECT_EQ(replay.exit_code, 0) << replay.err;
    EXPECT_THAT(replay.err, HasSubstr("anonymous answers"));
    EXPECT_THAT(replay.err, HasSubstr("skew_null is not used"));
    return replay.out.size() < 2 ? replay.out : replay.out.substr(replay.out.rfind('\n', replay.out.size() - 2) + 1);
  }

  testing::ScratchFolder folder_;
  testing::CandordProcess server_;
  const std::string out_;
};

TEST_F(ReferenceReplayTest, FourGroups) {
  const std::string structure = DataFile("lq2002_groups_structure.json"), ratings = DataFile("lq2002_groups.csv");
  const std::string last = Replay(structure, ratings, DataFile("lq2002_groups_invited.csv"));
  EXPECT_THAT(last, ::testing::MatchesRegex("replayed 49 leaders, 1993 anonymous answers, [0-9.]+ seconds\n"));
  const base::Json reference = ReadJson(DataFile("lq2002_groups_reference.json"))["leaders"];
  ASSERT_EQ(reference.size(), 49u);
  const Compared compared =
      CompareReports(out_, reference, ScoreOffline(ReadText(structure), ReadText(ratings))["leaders"], true);
  EXPECT_EQ(compared, (Compared{1024, 130, 361, 1254, 351, 439, 91, 834, 372, 19, 831, 367, 27}));
}

TEST_F(ReferenceReplayTest, OneGroup) {
  const std::string structure = DataFile("lq2002_structure.json"), ratings = DataFile("lq2002.csv");
  const std::string last = Replay(structure, ratings, DataFile("lq2002_invited.csv"));
  EXPECT_THAT(last, ::testing::MatchesRegex("replayed 49 leaders, 2042 anonymous answers, [0-9.]+ seconds\n"));
  const base::Json reference = ReadJson(DataFile("lq2002_reference.json"))["leaders"];
  ASSERT_EQ(reference.size(), 49u);
  const Compared compared =
      CompareReports(out_, reference, ScoreOffline(ReadText(structure), ReadText(ratings))["leaders"], true);
  EXPECT_EQ(compared, (Compared{539, 0, 0, 686, 0, 0, 0, 1225, 0, 0, 1221, 0, 4}));
}

// Without a file of invitations as many are invited as have rows. Six leaders, so that it takes little time; those none of
// whose groups has fewer than five rows, since those would be joined with others at opening.
TEST_F(ReferenceReplayTest, FourGroupsWithoutInvitations) {
  const std::string structure = DataFile("lq2002_groups_structure.json");
  base::Json reference = ReadJson(DataFile("lq2002_groups_reference.json"))["leaders"], some = base::Json::object();
  std::vector<std::string> others;
  for (const auto& [leader, of_leader] : reference.items()) {
    bool whole = true;
    for (const auto& [group, cell] : of_leader["groups"].items()) {
      if (group != "supervisor" && group != "other_raters" && cell["n_forms"] < kMinimum) whole = false;
    }
    if (whole && some.size() < 6) {
      some[leader] = of_leader;
    } else {
      others.push_back(leader + ",");
    }
  }
  const std::string ratings = Without(ReadText(DataFile("lq2002_groups.csv")), others), path = folder_.path() + "/some.csv";
  std::ofstream(path) << ratings;
  EXPECT_THAT(Replay(structure, path, ""), ::testing::StartsWith("replayed 6 leaders, "));
  const Compared compared = CompareReports(out_, some, ScoreOffline(ReadText(structure), ratings)["leaders"], false);
  EXPECT_EQ(compared, (Compared{172, 24, 2, 190, 62, 0, 0, 93, 57, 0, 93, 57, 0}));
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
