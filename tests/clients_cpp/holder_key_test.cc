// Keys of moderators and auditors, and files that are taken for one by mistake.

#include "clients/cpp/holder_key.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/random.h"

namespace candor::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HolderKeyTest, IsReadAsItWasMadeAndNeverWrittenOver) {
  const std::string path = testing::TempDir() + "/candor_holder_" + base::RandomId();
  const auto made = MakeHolderKey(path);
  ASSERT_TRUE(made.ok()) << made.status();
  const auto read = ReadHolderKey(path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->public_key, made->public_key);
  EXPECT_EQ(read->secret_key.view(), made->secret_key.view());
  EXPECT_EQ(MakeHolderKey(path).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST(HolderKeyTest, WhateverElseAFileHoldsIsSaidToBeNoKey) {
  const std::string path = testing::TempDir() + "/candor_holder_" + base::RandomId();
  ASSERT_TRUE(MakeHolderKey(path).ok());
  const base::Json sound = *base::ParseJson(*base::ReadFile(path));
  std::vector<std::string> texts = {"", "no JSON", "[]", "5", R"({"format": 5})", R"({"format": null})"};
  for (const char* member : {"format", "public_key", "secret_key"}) {
    base::Json damaged = sound;
    damaged.erase(member);
    texts.push_back(damaged.dump());
    for (const base::Json& value : {base::Json(5), base::Json(nullptr), base::Json::array(), base::Json("other")}) {
      damaged[member] = value;
      texts.push_back(damaged.dump());
    }
  }
  for (const std::string& text : texts) {
    ASSERT_TRUE(base::WriteFileAtomically(path, text, 0600).ok());
    const auto read = ReadHolderKey(path);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(read.status().message()),
                AllOf(HasSubstr("is no key of a moderator or auditor"), Not(HasSubstr(std::string(sound["secret_key"])))));
  }
}

}  // namespace
}  // namespace candor::client
