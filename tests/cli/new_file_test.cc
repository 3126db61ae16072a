// Files that are made new: what is refused, and when.

#include "clients/cli/new_file.h"

#include <sys/stat.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/random.h"

namespace candor::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NewFileTest : public ::testing::Test {
 protected:
  NewFileTest() : folder_(testing::TempDir() + "/candor_new_file_" + base::RandomId()) {
    EXPECT_TRUE(base::MakeFolder(folder_, 0700).ok());
  }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  const std::string folder_;
};

TEST_F(NewFileTest, IsMadeForItsOwnerAlone) {
  ASSERT_EQ(WriteNewFile(Path("letters.csv"), "codes"), absl::OkStatus());
  EXPECT_EQ(*base::ReadFile(Path("letters.csv")), "codes");
  struct stat info;
  ASSERT_EQ(stat(Path("letters.csv").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(NewFileTest, NeverTakesThePlaceOfAnother) {
  ASSERT_TRUE(base::WriteFileAtomically(Path("kim.key"), "a secret key", 0600).ok());
  for (const absl::Status& refused : {CheckNewFile(Path("kim.key")), WriteNewFile(Path("kim.key"), "another")}) {
    EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
    EXPECT_THAT(std::string(refused.message()), HasSubstr("kim.key is there already"));
  }
  EXPECT_EQ(*base::ReadFile(Path("kim.key")), "a secret key");
  EXPECT_EQ(CheckNewFile(folder_).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(NewFileTest, IsTriedBeforehandAndNothingStaysOfThat) {
  EXPECT_EQ(CheckNewFile(Path("receipt")), absl::OkStatus());
  EXPECT_THAT(*base::ListFolder(folder_), IsEmpty());
  const absl::Status nowhere = CheckNewFile(Path("no such folder/receipt"));
  EXPECT_EQ(nowhere.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(nowhere.message()), HasSubstr("no file can be made at " + Path("no such folder/receipt")));
  ASSERT_EQ(WriteNewFile(Path("receipt"), ""), absl::OkStatus());
  EXPECT_FALSE(CheckNewFile(Path("receipt/deeper")).ok());
  EXPECT_THAT(*base::ListFolder(folder_), ElementsAre("receipt"));
}

}  // namespace
}  // namespace candor::cli
