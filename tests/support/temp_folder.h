// A folder for one test.

#ifndef CANDOR_TESTS_SUPPORT_TEMP_FOLDER_H_
#define CANDOR_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <cstdlib>
#include <filesystem>
#include <string>

namespace candor::testing {

// Under the system's temporary folder, mode 0700; removed with all it holds when the object goes.
class TempFolder {
 public:
  TempFolder() : path_((std::filesystem::temp_directory_path() / "candor-test-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_TEMP_FOLDER_H_
