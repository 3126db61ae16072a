// The house rules that a compiler does not check: who may include whom, and what stands at the top.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const fs::path kRoot = CANDOR_SOURCE_DIR;

// Folder -> folders that it may include from, besides itself. A folder that is not here may not exist.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"services/base", {}},
    {"services/domain", {"services/base"}},
    {"services/statistics", {"services/base"}},
    {"services/crypto", {"services/base"}},
    {"services/wire", {"services/base", "candor/v1"}},
    {"storage", {"services/base", "services/domain", "services/crypto"}},
    {"storage/sqlite", {"services/base", "services/domain", "services/crypto", "storage"}},
    {"services/identity", {"services/base", "services/domain", "services/crypto", "storage"}},
    {"services/collection", {"services/base", "services/domain", "services/crypto", "services/statistics", "storage"}},
    {"services/reporting",
     {"services/base", "services/domain", "services/crypto", "services/statistics", "storage", "candor/v1"}},
    {"services/rpc",
     {"services/base", "services/domain", "services/crypto", "services/identity", "services/collection",
      "services/reporting", "services/wire", "storage", "candor/v1"}},
    {"services/server",
     {"services/base", "services/domain", "services/crypto", "services/identity", "services/collection",
      "services/reporting", "services/rpc", "storage", "storage/sqlite", "candor/v1"}},
    {"clients/cpp", {"services/base", "services/domain", "services/crypto", "services/wire", "candor/v1"}},
    {"clients/guard", {"services/base", "services/domain", "services/crypto"}},
    {"clients/sentences", {"services/base"}},
    {"clients/report", {"services/base", "clients/sentences", "candor/v1"}},
    {"clients/forecast", {"services/base", "services/domain", "services/statistics"}},
    {"clients/cli",
     {"services/base", "services/domain", "services/crypto", "services/statistics", "clients/cpp", "clients/guard",
      "clients/report", "clients/forecast", "clients/sentences", "candor/v1"}},
};

// Where the ratings of people are counted, before disclosure control, and where their answers are stored: headers and
// targets. No report, no method, no page and no client may come near them, however many steps it takes; so every number
// that leaves the response plane has gone through a closed result.
const std::vector<std::regex> kRawHeaders = {
    std::regex("services/collection/.*"), std::regex("services/domain/(cell_tally|disclosure)\\.h"),
    std::regex("services/statistics/(tally|counting|pair_counting|pooled|reliability|scale_statistics|leader_scores|focus)"
               "\\.h"),
    std::regex("storage/response_store\\.h"), std::regex("storage/sqlite/(response|open_survey).*\\.h")};
const std::set<std::string> kRawTargets = {"candor_collection", "candor_disclosure", "candor_tally",
                                           "candor_storage_sqlite"};
const std::set<std::string> kKeptApart = {"services/identity", "services/reporting", "services/rpc", "services/gateway",
                                          "services/integration", "clients/cpp", "clients/report", "clients/forecast",
                                          "clients/cli"};

// What may be an exception, and why. Files: the adapters of the response plane's own services, which hand it the calls
// of respondents and of holders of keys; the reader of a researcher's own file of ratings (`candor score`), which no server
// has seen; the forecast, which puts simulated ratings through disclosure control.
const std::set<std::string> kDoorFiles = {"services/rpc/response_methods.cc", "services/rpc/moderation_methods.cc",
                                          "clients/cli/score_input.h", "clients/cli/score_input.cc",
                                          "clients/cli/score_file.cc", "clients/cli/score_leader.h",
                                          "clients/cli/score_district.h", "clients/cli/score_district.cc",
                                          "clients/forecast/forecast.cc"};
const std::set<std::string> kDoorTargets = {"candor_rpc_response", "candor_score_file", "candor_forecast"};

// Single headers that only the folders named may include: the two planes never see each other's store, and raw tallies
// are within reach of the response plane alone.
const std::map<std::string, std::set<std::string>> kOnlyFor = {
    {"storage/response_store.h", {"storage/sqlite", "services/collection", "services/server"}},
    {"storage/identity_store.h",
     {"storage/sqlite", "services/identity", "services/reporting", "services/rpc", "services/server"}},
    {"services/domain/disclosure.h", {"services/domain", "services/collection", "clients/forecast"}},
    {"services/domain/cell_tally.h", {"services/domain", "services/collection"}},
    {"services/statistics/tally.h", {"services/statistics", "services/collection", "clients/cli"}},
};

// Foreign headers -> the folders that may include them.
struct ForeignRule {
  std::regex header;
  std::set<std::string> folders;
};
const std::vector<ForeignRule> kForeign = {
    {std::regex("grpcpp/.*|grpc/.*|.*\\.grpc\\.pb\\.h"),
     {"services/rpc", "services/server", "clients/cpp", "clients/cli"}},
    {std::regex("google/protobuf/.*|.*\\.pb\\.h"),
     {"services/rpc", "services/server", "services/reporting", "services/wire", "clients/cpp", "clients/cli",
      "clients/report"}},
    {std::regex("sqlite3\\.h"), {"storage/sqlite", "clients/cli"}},
    {std::regex("openssl/.*|sodium\\.h"), {"services/crypto", "services/base"}},
};

struct Include {
  std::string file;    // from the root
  std::string folder;  // its folder
  std::string header;  // as written
};

std::vector<Include> AllIncludes() {
  static const std::regex line_pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"].*)");
  std::vector<Include> includes;
  for (const char* top : {"services", "storage", "clients"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cc") continue;
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        std::smatch match;
        if (std::regex_match(line, match, line_pattern)) {
          const fs::path relative = fs::relative(entry.path(), kRoot);
          includes.push_back({relative.string(), relative.parent_path().string(), match[1].str()});
        }
      }
    }
  }
  return includes;
}

bool IsOurs(const std::string& header) {
  return header.rfind("services/", 0) == 0 || header.rfind("storage/", 0) == 0 || header.rfind("clients/", 0) == 0 ||
         header.rfind("candor/", 0) == 0 || header.rfind("tests/", 0) == 0;
}

TEST(ArchitectureTest, NoFolderIncludesWhatItMayNot) {
  const std::vector<Include> includes = AllIncludes();
  ASSERT_GT(includes.size(), 100u) << "the sources were not found";
  std::vector<std::string> faults;
  for (const Include& include : includes) {
    const auto rule = kMayInclude.find(include.folder);
    if (rule == kMayInclude.end()) {
      faults.push_back(include.file + ": the folder " + include.folder + " has no rule");
      continue;
    }
    if (!IsOurs(include.header)) continue;
    const std::string target = fs::path(include.header).parent_path().string();
    if (target != include.folder && rule->second.count(target) == 0) {
      faults.push_back(include.file + " includes " + include.header);
    }
  }
  EXPECT_THAT(faults, IsEmpty());
}

TEST(ArchitectureTest, ThePlanesNeverSeeEachOthersStoreAndOnlyClosingSeesTallies) {
  std::vector<std::string> faults;
  std::set<std::string> seen;
  for (const Include& include : AllIncludes()) {
    const auto rule = kOnlyFor.find(include.header);
    if (rule == kOnlyFor.end()) continue;
    seen.insert(include.header);
    const bool own = fs::path(include.header).parent_path().string() == include.folder;
    if (!own && rule->second.count(include.folder) == 0) faults.push_back(include.file + " includes " + include.header);
  }
  EXPECT_THAT(faults, IsEmpty());
  for (const auto& [header, folders] : kOnlyFor) {
    EXPECT_THAT(seen, Contains(header)) << "nothing includes it: the rule has lost its object";
  }
}

// From each file of a folder in kKeptApart to a raw header, over whatever lies between: "a.cc > b.h > tally.h". Doors are
// passed over.
std::vector<std::string> WaysToRawHeaders(const std::vector<Include>& includes) {
  std::map<std::string, std::vector<std::string>> included;
  std::set<std::string> files;
  for (const Include& include : includes) {
    if (IsOurs(include.header)) included[include.file].push_back(include.header);
    if (kKeptApart.count(include.folder) != 0) files.insert(include.file);
  }
  std::vector<std::string> ways;
  for (const std::string& start : files) {
    std::set<std::string> seen = {start};
    std::vector<std::pair<std::string, std::string>> open = {{start, start}};  // file, way to it
    while (!open.empty()) {
      const auto [file, way] = open.back();
      open.pop_back();
      if (kDoorFiles.count(file) != 0) continue;
      for (const std::string& header : included[file]) {
        if (!seen.insert(header).second) continue;
        const std::string longer = way + " > " + header;
        if (std::any_of(kRawHeaders.begin(), kRawHeaders.end(),
                        [&](const std::regex& raw) { return std::regex_match(header, raw); })) {
          ways.push_back(longer);
        } else {
          open.emplace_back(header, longer);
        }
      }
    }
  }
  return ways;
}

struct Target {
  std::string folder;
  std::vector<std::string> linked;
};

// Every target of ours by its name, from the CMakeLists.txt beside the sources.
std::map<std::string, Target> AllTargets() {
  static const std::regex target_pattern(R"(candor_(?:library|executable)\((\w+)\s+SOURCES\s+([^)]*?)\s+DEPS\s+([^)]*)\))");
  std::map<std::string, Target> targets;
  for (const auto& [folder, may_include] : kMayInclude) {
    std::ifstream file(kRoot / folder / "CMakeLists.txt");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    for (std::sregex_iterator match(text.begin(), text.end(), target_pattern), end; match != end; ++match) {
      Target& target = targets[(*match)[1].str()];
      target.folder = folder;
      std::istringstream words((*match)[3].str());
      for (std::string word; words >> word;) target.linked.push_back(word);
    }
  }
  return targets;
}

// The same for what is linked: "candor_reporting > candor_statistics > candor_tally".
std::vector<std::string> WaysToRawTargets(const std::map<std::string, Target>& targets) {
  std::vector<std::string> ways;
  for (const auto& [start, target] : targets) {
    if (kKeptApart.count(target.folder) == 0) continue;
    std::set<std::string> seen = {start};
    std::vector<std::pair<std::string, std::string>> open = {{start, start}};
    while (!open.empty()) {
      const auto [name, way] = open.back();
      open.pop_back();
      const auto found = targets.find(name);
      if (found == targets.end() || kDoorTargets.count(name) != 0) continue;
      for (const std::string& linked : found->second.linked) {
        if (!seen.insert(linked).second) continue;
        const std::string longer = way + " > " + linked;
        if (kRawTargets.count(linked) != 0) {
          ways.push_back(longer);
        } else {
          open.emplace_back(linked, longer);
        }
      }
    }
  }
  return ways;
}

TEST(ArchitectureTest, NoReportMethodOrClientReachesRawTalliesByIncludes) {
  EXPECT_THAT(WaysToRawHeaders(AllIncludes()), IsEmpty());
}

TEST(ArchitectureTest, NoReportMethodOrClientIsLinkedWithRawTallies) {
  const std::map<std::string, Target> targets = AllTargets();
  for (const std::string& raw : kRawTargets) EXPECT_EQ(targets.count(raw), 1u) << raw << " is gone: the rule is void";
  for (const std::string& door : kDoorTargets) EXPECT_EQ(targets.count(door), 1u) << door;
  for (const char* kept : {"candor_identity", "candor_reporting", "candor_rpc", "candor_client", "candor_report",
                           "candor_cli", "candor"}) {
    ASSERT_EQ(targets.count(kept), 1u) << kept;
    EXPECT_FALSE(targets.at(kept).linked.empty()) << kept;
  }
  EXPECT_THAT(WaysToRawTargets(targets), IsEmpty());
}

// What the two tests above are worth: something planted is found, over a step that looks harmless.
TEST(ArchitectureTest, PlantedWaysToRawTalliesAreFound) {
  std::vector<Include> includes = AllIncludes();
  includes.push_back({"services/domain/closed_result.h", "services/domain", "services/domain/planted.h"});
  includes.push_back({"services/domain/planted.h", "services/domain", "services/domain/disclosure.h"});
  EXPECT_THAT(WaysToRawHeaders(includes),
              Contains("services/reporting/report_input.h > services/domain/closed_result.h > services/domain/planted.h > "
                       "services/domain/disclosure.h"));
  for (const char* header : {"services/collection/closing.h", "services/domain/disclosure.h",
                             "services/statistics/tally.h", "storage/response_store.h"}) {
    for (const char* folder : {"services/reporting", "services/rpc", "services/gateway", "clients/report"}) {
      const std::string file = std::string(folder) + "/planted.cc";
      std::vector<Include> planted = AllIncludes();
      planted.push_back({file, folder, header});
      EXPECT_THAT(WaysToRawHeaders(planted), ElementsAre(file + " > " + header));
    }
  }

  std::map<std::string, Target> targets = AllTargets();
  targets.at("candor_statistics").linked.push_back("candor_tally");
  EXPECT_THAT(WaysToRawTargets(targets), Contains("candor_reporting > candor_statistics > candor_tally"));
  targets = AllTargets();
  targets.at("candor_rpc").linked.push_back("candor_collection");
  EXPECT_THAT(WaysToRawTargets(targets), ElementsAre("candor_rpc > candor_collection"));
}

// A door that opens onto nothing any more would be a hole for whatever comes next.
TEST(ArchitectureTest, EveryDoorIsUsed) {
  std::set<std::string> used;
  for (const Include& include : AllIncludes()) {
    if (kDoorFiles.count(include.file) == 0) continue;
    for (const std::regex& raw : kRawHeaders) {
      if (std::regex_match(include.header, raw)) used.insert(include.file);
    }
  }
  EXPECT_EQ(used, kDoorFiles);
}

TEST(ArchitectureTest, ForeignLibrariesStayWhereTheyBelong) {
  std::vector<std::string> faults;
  for (const Include& include : AllIncludes()) {
    for (const ForeignRule& rule : kForeign) {
      if (std::regex_match(include.header, rule.header) && rule.folders.count(include.folder) == 0) {
        faults.push_back(include.file + " includes " + include.header);
      }
    }
  }
  EXPECT_THAT(faults, IsEmpty());
}

TEST(ArchitectureTest, TheTopLevelIsTheOneAgreed) {
  const std::set<std::string> allowed = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "clients",
                                         "deploy",         "proto",             "services",  "storage", "tests",
                                         "build"};
  std::vector<std::string> others;
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const std::string name = entry.path().filename();
    if (name[0] != '.' && allowed.count(name) == 0) others.push_back(name);
  }
  EXPECT_THAT(others, IsEmpty());
}

TEST(ArchitectureTest, EveryFolderWithCodeIsInTheBuild) {
  std::ifstream file(kRoot / "CMakeLists.txt");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<std::string> missing;
  for (const auto& [folder, targets] : kMayInclude) {
    if (!std::regex_search(text, std::regex("[\\s]" + folder + "[\\s)]"))) missing.push_back(folder);
    EXPECT_TRUE(fs::exists(kRoot / folder / "CMakeLists.txt")) << folder;
  }
  EXPECT_THAT(missing, IsEmpty());
}

}  // namespace
}  // namespace candor
