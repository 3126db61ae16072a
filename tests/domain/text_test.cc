#include "services/domain/text.h"

#include "gtest/gtest.h"
#include "services/domain/ids.h"

namespace candor::domain {
namespace {

TEST(TextTest, PlainTextIsWellFormedUtf8WithoutControlCharacters) {
  for (const char* good :
       {"", "plain", "two\nlines\tand a tab",
        "ma\xC3\xB1"
        "ana",
        "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsPlainText(good)) << good;
  }
  const std::string bad[] = {std::string("a\0b", 3),
                             "\r",
                             "\x1b[0m",
                             "\x7f",
                             "\xC2\x85" /* C1 */,
                             "\x80",
                             "\xC0\xAF",
                             "\xC1\xBF",
                             "\xE0\x80\xAF",
                             "\xED\xA0\x80" /* surrogate */,
                             "\xF0\x80\x80\xAF",
                             "\xF4\x90\x80\x80",
                             "\xF5\x80\x80\x80",
                             "\xFF",
                             "\xE2\x82",
                             "\xE2",
                             "\xC3(",
                             "\xE2(\xAC"};
  for (const std::string& text : bad)
    EXPECT_FALSE(IsPlainText(text)) << testing::PrintToString(text);
}

TEST(TextTest, OneLineHasNeitherBreakNorTab) {
  EXPECT_TRUE(IsOneLine("one line"));
  EXPECT_FALSE(IsOneLine("two\nlines"));
  EXPECT_FALSE(IsOneLine("a\ttab"));
  EXPECT_FALSE(IsOneLine("\x01"));
}

TEST(TextTest, TellsCodes) {
  EXPECT_TRUE(IsCode("I.1.a") && IsCode("LEAD_01") && IsCode("a/b-c") &&
              IsCode(std::string(63, 'A')));
  EXPECT_FALSE(IsCode("") || IsCode("a b") || IsCode("\xC3\xB1") || IsCode("a\"b") ||
               IsCode(std::string(64, 'A')));
  EXPECT_TRUE(IsResourceId("a-1") && IsResourceId(std::string(63, 'a')));
  EXPECT_FALSE(IsResourceId("") || IsResourceId("A") || IsResourceId("a_b") ||
               IsResourceId(std::string(64, 'a')));
  EXPECT_TRUE(IsGroupCode("staff_2") && IsGroupCode(std::string(31, 'a')));
  EXPECT_FALSE(IsGroupCode("") || IsGroupCode("2a") || IsGroupCode("_a") || IsGroupCode("a-b") ||
               IsGroupCode(std::string(32, 'a')));
  EXPECT_TRUE(IsLanguageTag("en") && IsLanguageTag("es-MX") && IsLanguageTag("zh-Hant-TW") &&
              IsLanguageTag("yue"));
  EXPECT_FALSE(IsLanguageTag("") || IsLanguageTag("e") || IsLanguageTag("EN") ||
               IsLanguageTag("english") || IsLanguageTag("en-") || IsLanguageTag("en_US") ||
               IsLanguageTag("en-aaaaaaaaa") ||
               IsLanguageTag("en-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa"));
  EXPECT_TRUE(IsHex("00ff", 2) && IsHex("", 0));
  EXPECT_FALSE(IsHex("00FF", 2) || IsHex("00f", 2) || IsHex("00gg", 2) || IsHex("0", 0));
}

TEST(TextTest, TellsAddressesThatEverybodyReadsAlike) {
  for (const char* url : {"https://union.example", "https://union.example:8443/candor/2027", "https://localhost:443/a.b_c~d-e",
                          "https://127.0.0.1:9000/x", "https://xn--bcher-kva.example/a"}) {
    EXPECT_TRUE(IsHttpsUrl(url)) << url;
  }
  EXPECT_TRUE(IsHttpsUrl("https://a.example/" + std::string(282, 'x')));
  EXPECT_FALSE(IsHttpsUrl("https://a.example/" + std::string(283, 'x')));
  for (const char* url :
       {"", "https://", "http://union.example", "HTTPS://union.example", "https://Union.example", "https://union.example/",
        "https://union.example/a/", "https://union.example//a", "https://union.example/../a", "https://union.example/./a",
        "https://user@union.example", "https://user:word@union.example/a", "https://union.example/a?code=1",
        "https://union.example/a#b", "https://union.example:", "https://union.example:0", "https://union.example:65536",
        "https://union.example:08", "https://union..example", "https://.example", "https://-a.example", "https://a b.example",
        "https://a.example/a b", "https://a.example/%2e%2e", "https://a.example/a\nb", "https://a.example\\b", "ftp://a.example",
        "https://b\xC3\xBC" "cher.example"}) {
    EXPECT_FALSE(IsHttpsUrl(url)) << url;
  }
}

TEST(IdsTest, ASurveysIdIsSixteenBytesInOneSpelling) {
  const SurveyId id = RandomSurveyId();
  EXPECT_EQ(id.value().size(), 26u);
  EXPECT_EQ(SurveyIdBytes(id).size(), 16u);
  EXPECT_NE(RandomSurveyId(), id);
  EXPECT_EQ(SurveyIdBytes(SurveyId(std::string(26, '0'))), std::string(16, '\0'));
  for (const char* other :
       {"", "0", "0000000000000000000000000", "000000000000000000000000000",
        "O0000000000000000000000000", "0000-0000-0000-0000-0000-0000-00",
        "A0000000000000000000000000", "0000000000000000000000000z", "u0000000000000000000000000"}) {
    EXPECT_EQ(SurveyIdBytes(SurveyId(other)), "") << other;
  }
}

}  // namespace
}  // namespace candor::domain
