#include "tests/statistics/reference_set.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace candor::statistics {

namespace {

std::string PathOf(const std::string& name) { return std::string(CANDOR_SOURCE_DIR) + "/tests/data/lq2002/" + name; }

base::Json ReadJson(const std::string& name) {
  std::ifstream file(PathOf(name));
  std::stringstream text;
  text << file.rdbuf();
  absl::StatusOr<base::Json> json = base::ParseJson(text.str());
  EXPECT_TRUE(json.ok()) << name << ": " << json.status();
  return json.ok() ? *json : base::Json();
}

void AppendIfNew(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

std::vector<std::vector<std::string>> ReadPlainCsv(const std::string& name) {
  std::ifstream file(PathOf(name));
  EXPECT_TRUE(file.good()) << name;
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(absl::StrSplit(line, ','));
  return lines;
}

ReferenceSet LoadReferenceSet(const std::string& name) {
  ReferenceSet set;
  set.structure = ReadJson(name + "_structure.json");
  set.expected = ReadJson(name + "_reference.json");
  if (set.structure.is_null() || set.expected.is_null()) return {};
  set.rules = DefaultRules(set.structure["K"]);
  set.rules.favourable_from = set.structure["favourable_from"];
  set.rules.min_n = set.rules.pool_min_n = set.structure["min_n"];
  set.rules.strength_cut = set.structure["strength_cut"];
  set.rules.gap_delta = set.structure["gap_delta"];
  set.rules.target = set.structure["target"];
  for (const base::Json& item : set.structure["items"]) set.item_ids.push_back(item["id"]);

  auto layout = std::make_shared<FormLayout>();
  layout->points = set.rules.points;
  layout->items = static_cast<int>(set.item_ids.size());
  for (const auto& [id, members] : set.expected["meta"]["scales"].items()) {
    set.scale_ids.push_back(id);
    std::vector<int> items;
    for (const base::Json& member : members) {
      const auto found = std::find(set.item_ids.begin(), set.item_ids.end(), member.get<std::string>());
      items.push_back(static_cast<int>(found - set.item_ids.begin()));
    }
    layout->scales.push_back(std::move(items));
  }
  set.layout = std::move(layout);

  std::vector<std::vector<std::string>> lines = ReadPlainCsv(name + ".csv");
  for (size_t i = 1; i < lines.size(); ++i) {
    ReferenceForm form{lines[i][0], lines[i][1], {}};
    for (size_t j = 3; j < lines[i].size(); ++j) {
      const std::string& mark = lines[i][j];
      form.ratings.push_back(mark.empty() ? kBlank : mark == "N" ? kNotObserved : static_cast<uint8_t>(mark[0] - '0'));
    }
    AppendIfNew(set.leaders, form.leader);
    if (form.group != "self") AppendIfNew(set.groups, form.group);
    set.forms.push_back(std::move(form));
  }
  lines = ReadPlainCsv(name + "_invited.csv");
  for (size_t i = 1; i < lines.size(); ++i) set.invited[lines[i][0]][lines[i][1]] = std::stoll(lines[i][2]);
  return set;
}

LeaderScores ReferenceSet::Score(const std::string& leader) const {
  std::vector<GroupInput> inputs;
  for (const std::string& group : groups) {
    Tally tally(layout, kLeaderParts);
    for (const ReferenceForm& form : forms) {
      if (form.leader == leader && form.group == group) tally.Add(form.ratings);
    }
    if (tally.forms() == 0) continue;
    std::optional<int64_t> count;
    if (invited.contains(leader) && invited[leader].contains(group)) count = invited[leader][group].get<int64_t>();
    inputs.push_back({group, std::move(tally), group == "supervisor", 1, count});
  }
  std::vector<std::optional<int>> self(item_ids.size());
  for (const ReferenceForm& form : forms) {
    if (form.leader != leader || form.group != "self") continue;
    for (size_t j = 0; j < self.size(); ++j) {
      if (form.ratings[j] >= 1 && form.ratings[j] <= rules.points) self[j] = form.ratings[j];
    }
  }
  return ScoreLeader(layout, inputs, self, 1, rules);
}

}  // namespace candor::statistics
