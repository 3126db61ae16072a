// Whether known values stand anywhere in the files of a server: every byte of every file is looked through, freed pages and
// the engine's logs too.

#ifndef CANDOR_TESTS_SUPPORT_TRACES_H_
#define CANDOR_TESTS_SUPPORT_TRACES_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace candor::testing {

// A value that must be found while it may be there, or the search would prove nothing, and must not be found
// afterwards.
struct Trace {
  std::string what;
  std::string bytes;
};

// What lies below the folders, by path.
inline std::map<std::string, std::string> FilesBelow(const std::vector<std::string>& folders) {
  std::map<std::string, std::string> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[entry.path().string()] = std::string(std::istreambuf_iterator<char>(in), {});
    }
  }
  return files;
}

// Expects each trace in some file, or in none.
inline void ExpectTraces(const std::map<std::string, std::string>& files, const std::vector<Trace>& traces, bool found,
                         const std::string& when) {
  for (const Trace& trace : traces) {
    ASSERT_GE(trace.bytes.size(), 8u) << trace.what << " is too short to be told from chance";
    std::string where;
    for (const auto& [path, bytes] : files) {
      if (absl::StrContains(bytes, trace.bytes)) where = path;
    }
    EXPECT_EQ(!where.empty(), found) << trace.what << " " << when << ": " << (where.empty() ? "nowhere" : where);
  }
}

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_TRACES_H_
