#include "clients/cli/csv.h"

#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/error.h"

namespace candor::cli {
namespace {

using Record = std::vector<std::string>;

absl::StatusOr<std::vector<Record>> ReadAll(absl::string_view text) {
  CsvReader reader(text, "t.csv");
  std::vector<Record> records;
  for (size_t limit = 0; limit <= text.size() + 1; ++limit) {
    absl::StatusOr<bool> more = reader.Next();
    if (!more.ok()) return more.status();
    if (!*more) return records;
    records.emplace_back(reader.fields().begin(), reader.fields().end());
  }
  return absl::InternalError("the reader does not come to an end");
}

void ExpectRecords(absl::string_view text, const std::vector<Record>& expected) {
  const absl::StatusOr<std::vector<Record>> records = ReadAll(text);
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_EQ(*records, expected);
}

void ExpectFault(absl::string_view text, const std::string& message) {
  const absl::StatusOr<std::vector<Record>> records = ReadAll(text);
  ASSERT_FALSE(records.ok());
  EXPECT_EQ(records.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::GetErrorDetail(records.status()).reason, "CSV_MALFORMED");
  EXPECT_NE(std::string(records.status().message()).find(message), std::string::npos) << records.status();
}

TEST(CsvTest, PlainRecords) {
  ExpectRecords("a,b\n1,2\n", {{"a", "b"}, {"1", "2"}});
  ExpectRecords("a,b\n1,2", {{"a", "b"}, {"1", "2"}});
  ExpectRecords("a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}});
  ExpectRecords(",\n,,\n", {{"", ""}, {"", "", ""}});
}

TEST(CsvTest, NothingToRead) {
  ExpectRecords("", {});
  ExpectRecords("\n\r\n\n", {});
  ExpectRecords("\xEF\xBB\xBF", {});
}

TEST(CsvTest, ByteOrderMarkAndEmptyLinesAtTheEndArePassedOver) {
  ExpectRecords("\xEF\xBB\xBF" "a,b\n1,2\n\n\r\n", {{"a", "b"}, {"1", "2"}});
}

TEST(CsvTest, QuotedFields) {
  ExpectRecords("\"a,b\",\"say \"\"hi\"\"\",\"\"\n", {{"a,b", "say \"hi\"", ""}});
  ExpectRecords("\"two\nlines\",x\r\ny,\"\r\n\"", {{"two\nlines", "x"}, {"y", "\r\n"}});
  ExpectRecords("\"\"\"\"", {{"\""}});
}

TEST(CsvTest, FaultsSayLineAndColumn) {
  ExpectFault("a,b\n1,\"2\n3,4\n", "t.csv, line 2, column 3: the quote that opens here is never closed");
  ExpectFault("a,\"x\ny\"z\n", "line 2, column 3: text follows a closing quote");
  ExpectFault("a,b\n1,2\"3\n", "line 2, column 4: a quote stands inside");
  ExpectFault("a,b\r1,2\n", "line 1, column 4: a carriage return");
  ExpectFault("a,b\n\n1,2\n", "line 2, column 1: the line is empty");
  ExpectFault("\"", "line 1, column 1");
}

TEST(CsvTest, OtherEncodingsThanUtf8AreRefusedWithTheirPlace) {
  const auto expect = [](absl::string_view text, const std::string& place) {
    const absl::StatusOr<std::vector<Record>> records = ReadAll(text);
    ASSERT_FALSE(records.ok()) << place;
    EXPECT_EQ(base::GetErrorDetail(records.status()).reason, "NOT_UTF8");
    EXPECT_NE(std::string(records.status().message()).find(place), std::string::npos) << records.status();
    EXPECT_NE(std::string(records.status().message()).find("save the file as UTF-8"), std::string::npos);
  };
  expect("a,b\n1,Ren\xe9\n", "t.csv, line 2, column 6");            // Windows-1252
  expect("\xEF\xBB\xBF" "a\nb\xc3(\n", "t.csv, line 2, column 2");  // cut off
  expect("a\n\xc0\xaf\n", "line 2, column 1");                      // overlong
  expect("a\n\xed\xa0\x80\n", "line 2, column 1");                  // a surrogate
  expect("a\n\xf4\x90\x80\x80\n", "line 2, column 1");              // beyond U+10FFFF
  expect("a\nb\xe2\x82", "line 2, column 2");
  expect(absl::string_view("\xff\xfe" "a\0,\0", 6), "line 1, column 1");  // UTF-16
  ExpectRecords("a\nRené,€,😀\n", {{"a"}, {"René", "€", "😀"}});
}

TEST(CsvTest, PlacesCountLinesWithinRecords) {
  CsvReader reader("h\n\"a\nb\",\"c\",d\nlast", "t.csv");
  ASSERT_TRUE(*reader.Next());
  ASSERT_TRUE(*reader.Next());
  EXPECT_EQ(reader.line(), 2);
  EXPECT_EQ(reader.PlaceOf(0).line, 2);
  EXPECT_EQ(reader.PlaceOf(0).column, 1);
  EXPECT_EQ(reader.PlaceOf(2).line, 3);
  EXPECT_EQ(reader.PlaceOf(2).column, 8);
  ASSERT_TRUE(*reader.Next());
  EXPECT_EQ(reader.line(), 4);
}

TEST(CsvTest, MillionColumns) {
  std::string text(1'000'000, ',');
  text += "\n";
  const absl::StatusOr<std::vector<Record>> records = ReadAll(text);
  ASSERT_TRUE(records.ok());
  EXPECT_EQ((*records)[0].size(), 1'000'001u);
}

TEST(CsvTest, WhatIsWrittenIsRead) {
  std::mt19937 random(11);
  constexpr absl::string_view kAlphabet = "ab,\"\n\r N1";
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<Record> expected(1 + random() % 5);
    std::string text;
    for (Record& record : expected) {
      record.resize(2 + random() % 3);
      for (std::string& field : record) {
        for (size_t length = random() % 6; length > 0; --length) field += kAlphabet[random() % kAlphabet.size()];
        text += "\"";
        for (char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
        text += "\",";
      }
      text.back() = '\n';
    }
    ExpectRecords(text, expected);
  }
}

TEST(CsvTest, RandomBytesEndInRecordsOrAFault) {
  std::mt19937 random(12);
  constexpr absl::string_view kAlphabet = "a,\"\n\r\xEF\xBB\xBF";
  for (int trial = 0; trial < 5000; ++trial) {
    std::string text;
    for (size_t length = random() % 24; length > 0; --length) text += kAlphabet[random() % kAlphabet.size()];
    const absl::StatusOr<std::vector<Record>> records = ReadAll(text);
    EXPECT_TRUE(records.ok() || records.status().code() == absl::StatusCode::kInvalidArgument) << records.status();
  }
}

}  // namespace
}  // namespace candor::cli
