#include "services/base/json.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"

namespace candor::base {
namespace {

using ::testing::HasSubstr;

TEST(JsonTest, ParsesDocumentsOfEveryKind) {
  const auto document = ParseJson("\xEF\xBB\xBF{\"a\":[1,-2,2.5,true,null,\"\\u00e9\"],\"b\":{\"c\":[]}}");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ((*document)["a"][5], "\xC3\xA9");
  EXPECT_EQ(CanonicalJson(*document), "{\"a\":[1,-2,2.5,true,null,\"\xC3\xA9\"],\"b\":{\"c\":[]}}");
}

TEST(JsonTest, SaysLineAndColumnOfAFault) {
  const auto document = ParseJson("{\n  \"a\": 1,\n  \"b\": ?\n}");
  ASSERT_FALSE(document.ok());
  EXPECT_EQ(GetErrorDetail(document.status()).reason, "JSON_MALFORMED");
  EXPECT_THAT(std::string(document.status().message()), HasSubstr("line 3, column 8"));
}

TEST(JsonTest, RefusesTruncatedTrailingDuplicateAndDeepDocuments) {
  EXPECT_FALSE(ParseJson("").ok());
  EXPECT_FALSE(ParseJson("{\"a\":").ok());
  EXPECT_FALSE(ParseJson("{} {}").ok());
  EXPECT_FALSE(ParseJson("\"\xff\"").ok()) << "not UTF-8";
  const auto twice = ParseJson("{\"a\":1,\"a\":2}");
  ASSERT_FALSE(twice.ok());
  EXPECT_THAT(std::string(twice.status().message()), HasSubstr("stands twice"));
  EXPECT_TRUE(ParseJson(std::string(64, '[') + std::string(64, ']')).ok());
  EXPECT_FALSE(ParseJson(std::string(65, '[') + std::string(65, ']')).ok());
  EXPECT_FALSE(ParseJson(std::string(1 << 20, '[')).ok()) << "must not exhaust the stack";
}

TEST(JsonTest, CanonicalFormSortsKeysAndIsStable) {
  const auto a = ParseJson("{ \"b\" : 1 , \"a\" : { \"d\":2, \"c\":3 } }");
  const auto b = ParseJson("{\"a\":{\"c\":3,\"d\":2},\"b\":1}");
  EXPECT_EQ(CanonicalJson(*a), "{\"a\":{\"c\":3,\"d\":2},\"b\":1}");
  EXPECT_EQ(CanonicalJson(*a), CanonicalJson(*b));
}

}  // namespace
}  // namespace candor::base
