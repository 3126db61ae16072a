#include "services/rpc/encoded_replies.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace candor::rpc {
namespace {

EncodedReplies::Bytes Reply(const std::string& text) { return std::make_shared<const std::string>(text); }

TEST(EncodedRepliesTest, AReplyIsGivenOnlyWhileNothingWasWritten) {
  EncodedReplies replies(1000);
  replies.Keep("key", 7, Reply("reply"));
  ASSERT_NE(replies.Find("key", 7), nullptr);
  EXPECT_EQ(*replies.Find("key", 7), "reply");
  EXPECT_EQ(replies.Find("other", 7), nullptr);
  EXPECT_EQ(replies.Find("key", 8), nullptr);
  EXPECT_EQ(replies.Find("key", 7), nullptr) << "gone for good";
}

TEST(EncodedRepliesTest, AReplyThatComesLateIsNotKept) {
  EncodedReplies replies(1000);
  EXPECT_EQ(replies.Find("key", 8), nullptr);
  replies.Keep("key", 7, Reply("built before the write"));
  EXPECT_EQ(replies.Find("key", 8), nullptr);
  EXPECT_EQ(replies.Find("key", 7), nullptr);
}

TEST(EncodedRepliesTest, MemoryIsBoundedAndTheLeastRecentlyAskedForGoesFirst) {
  EncodedReplies replies(3 * 102);  // three replies of 100 bytes with keys of one
  for (const char* key : {"a", "b", "c"}) replies.Keep(key, 1, Reply(std::string(100, 'x')));
  EXPECT_NE(replies.Find("a", 1), nullptr);
  replies.Keep("d", 1, Reply(std::string(100, 'x')));
  EXPECT_EQ(replies.Find("b", 1), nullptr);
  for (const char* key : {"a", "c", "d"}) EXPECT_NE(replies.Find(key, 1), nullptr) << key;
  replies.Keep("e", 1, Reply(std::string(1000, 'x')));
  EXPECT_EQ(replies.Find("e", 1), nullptr) << "larger than all there may be";
  EXPECT_NE(replies.Find("a", 1), nullptr);
  for (int i = 0; i < 100; ++i) replies.Keep("a", 1, Reply(std::string(100, 'y')));
  EXPECT_NE(replies.Find("d", 1), nullptr) << "a reply kept again takes no more room";
}

TEST(EncodedRepliesTest, WhatIsStaleIsLetGo) {
  EncodedReplies replies(1000);
  auto reply = Reply("a name");
  const std::weak_ptr<const std::string> watched = reply;
  replies.Keep("key", 1, std::move(reply));
  replies.DropStale(1);
  EXPECT_FALSE(watched.expired());
  replies.DropStale(2);
  EXPECT_TRUE(watched.expired());
}

TEST(EncodedRepliesTest, EveryPartOfACallerCounts) {
  identity::Caller leader;
  leader.district = domain::DistrictId("north");
  leader.person = domain::PersonId("pat");
  leader.roles.leader = true;
  const std::string key = EncodedReplies::KeyOf("m", leader, "r");
  EXPECT_EQ(EncodedReplies::KeyOf("m", leader, "r"), key);
  EXPECT_NE(EncodedReplies::KeyOf("n", leader, "r"), key);
  EXPECT_NE(EncodedReplies::KeyOf("m", leader, "s"), key);
  identity::Caller other = leader;
  other.roles.leader = false;
  EXPECT_NE(EncodedReplies::KeyOf("m", other, "r"), key);
  other = leader;
  other.roles.supervisor = true;
  EXPECT_NE(EncodedReplies::KeyOf("m", other, "r"), key);
  other = leader;
  other.roles.administrator = true;
  EXPECT_NE(EncodedReplies::KeyOf("m", other, "r"), key);
  other = leader;
  other.person = domain::PersonId("sam");
  EXPECT_NE(EncodedReplies::KeyOf("m", other, "r"), key);
  other = leader;
  other.district = domain::DistrictId("south");
  EXPECT_NE(EncodedReplies::KeyOf("m", other, "r"), key);
  other = identity::Caller();
  other.installation_administrator = true;
  EXPECT_NE(EncodedReplies::KeyOf("m", other, "r"), EncodedReplies::KeyOf("m", identity::Caller(), "r"));
}

}  // namespace
}  // namespace candor::rpc
