// The house rules that a compiler does not check: who may include whom, and what stands at the top.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace candor {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::IsEmpty;

const fs::path kRoot = CANDOR_SOURCE_DIR;

// Folder -> folders that it may include from, besides itself. A folder that is not here may not exist.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"services/base", {}},
    {"services/domain", {"services/base"}},
    {"services/statistics", {"services/base"}},
    {"services/crypto", {"services/base"}},
    {"storage", {"services/base", "services/domain", "services/crypto"}},
    {"storage/sqlite", {"services/base", "services/domain", "services/crypto", "storage"}},
    {"services/identity", {"services/base", "services/domain", "services/crypto", "storage"}},
    {"services/collection", {"services/base", "services/domain", "services/crypto", "services/statistics", "storage"}},
    {"services/reporting",
     {"services/base", "services/domain", "services/crypto", "services/statistics", "storage", "candor/v1"}},
    {"services/rpc",
     {"services/base", "services/domain", "services/crypto", "services/identity", "services/collection",
      "services/reporting", "storage", "candor/v1"}},
    {"services/server",
     {"services/base", "services/domain", "services/crypto", "services/identity", "services/collection",
      "services/reporting", "services/rpc", "storage", "storage/sqlite", "candor/v1"}},
    {"clients/cpp", {"services/base", "services/domain", "services/crypto", "candor/v1"}},
    {"clients/report", {"services/base", "candor/v1"}},
    {"clients/cli",
     {"services/base", "services/domain", "services/crypto", "services/statistics", "clients/cpp", "clients/report",
      "candor/v1"}},
};

// Single headers that only the folders named may include: the two planes never see each other's store, and raw tallies
// are within reach of the response plane alone.
const std::map<std::string, std::set<std::string>> kOnlyFor = {
    {"storage/response_store.h", {"storage/sqlite", "services/collection", "services/server"}},
    {"storage/identity_store.h",
     {"storage/sqlite", "services/identity", "services/reporting", "services/rpc", "services/server"}},
    {"services/domain/disclosure.h", {"services/domain", "services/collection"}},
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
     {"services/rpc", "services/server", "services/reporting", "clients/cpp", "clients/cli", "clients/report"}},
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
