#include "services/base/file.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "gtest/gtest.h"

namespace candor::base {
namespace {

class FileTest : public ::testing::Test {
 protected:
  FileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "candor-file-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(FileTest, WritesWholeFilesWithTheModeAsked) {
  const std::string path = folder_ + "/a/b/secret";
  ASSERT_TRUE(MakeFolder(folder_ + "/a/b", 0700).ok());
  ASSERT_TRUE(MakeFolder(folder_ + "/a/b", 0700).ok()) << "again";
  ASSERT_TRUE(WriteFileAtomically(path, "one", 0600).ok());
  ASSERT_TRUE(WriteFileAtomically(path, "two", 0600).ok());
  EXPECT_EQ(*ReadFile(path), "two");
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(*ListFolder(folder_ + "/a/b"), std::vector<std::string>{"secret"}) << "no scratch file is left";
}

TEST_F(FileTest, SaysWhatIsWrong) {
  EXPECT_EQ(ReadFile(folder_ + "/none").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(WriteFileAtomically(folder_ + "/none/x", "y", 0600).ok());
  ASSERT_TRUE(WriteFileAtomically(folder_ + "/long", std::string(100, 'x'), 0600).ok());
  EXPECT_EQ(ReadFile(folder_ + "/long", 99).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ListFolder(folder_ + "/none").status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(MakeFolder(folder_ + "/long", 0700).ok()) << "a file is in the way";
}

TEST_F(FileTest, DestroyingOverwritesTheBytesThatAnOpenHandleStillSees) {
  const std::string path = folder_ + "/key";
  ASSERT_TRUE(WriteFileAtomically(path, std::string(200000, 'k'), 0600).ok());
  std::FILE* handle = std::fopen(path.c_str(), "rb");
  ASSERT_NE(handle, nullptr);
  ASSERT_TRUE(DestroyFile(path).ok());
  EXPECT_FALSE(FileExists(path));
  std::string bytes(200000, 'x');
  ASSERT_EQ(std::fread(bytes.data(), 1, bytes.size(), handle), bytes.size());
  std::fclose(handle);
  EXPECT_EQ(bytes, std::string(200000, '\0'));
  EXPECT_TRUE(DestroyFile(path).ok()) << "again";
}

}  // namespace
}  // namespace candor::base
