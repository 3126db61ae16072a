// A folder that goes with the test.

#ifndef CANDOR_TESTS_STORAGE_TEMP_FOLDER_H_
#define CANDOR_TESTS_STORAGE_TEMP_FOLDER_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "services/base/status.h"

namespace candor::storage {

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "candor-test-XXXXXX").string();
    CANDOR_CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

  // Every regular file below, by path: its bytes.
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[entry.path().string()] = std::string(std::istreambuf_iterator<char>(in), {});
    }
    return files;
  }

  // The path of a file that holds `bytes`, or "".
  std::string FileWith(const std::string& bytes) const {
    for (const auto& [path, contents] : Files()) {
      if (contents.find(bytes) != std::string::npos) return path;
    }
    return "";
  }

 private:
  std::string path_;
};

}  // namespace candor::storage

#endif  // CANDOR_TESTS_STORAGE_TEMP_FOLDER_H_
