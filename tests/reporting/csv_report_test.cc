// What a program reads from a report's table.

#include "clients/report/csv_report.h"

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/csv.h"
#include "clients/report/csv_field.h"
#include "clients/report/figures.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/reporting/report_builders.h"

namespace candor::report {
namespace {

namespace v1 = candor::v1;
using reporting::Copies;
using reporting::InputOf;
using reporting::RawGroup;
using reporting::SmallVersion;
using ::testing::HasSubstr;
using ::testing::Not;

using Record = std::map<std::string, std::string>;

// The rows by column.
std::vector<Record> Read(const std::string& csv) {
  cli::CsvReader reader(csv, "report.csv");
  std::vector<Record> records;
  std::vector<std::string> header;
  for (size_t bound = 0; bound <= csv.size(); ++bound) {
    const absl::StatusOr<bool> more = reader.Next();
    EXPECT_TRUE(more.ok()) << more.status();
    if (!more.ok() || !*more) break;
    const std::vector<std::string> fields(reader.fields().begin(), reader.fields().end());
    if (header.empty()) {
      header = fields;
      continue;
    }
    EXPECT_EQ(fields.size(), header.size());
    Record record;
    for (size_t i = 0; i < std::min(fields.size(), header.size()); ++i) record[header[i]] = fields[i];
    records.push_back(std::move(record));
  }
  return records;
}

Record RowOf(const std::vector<Record>& rows, const std::string& unit, const std::string& group) {
  for (const Record& row : rows) {
    if (row.at("unit") == unit && row.at("group") == group) return row;
  }
  ADD_FAILURE() << "no row of " << unit << " and " << group;
  return {};
}

// The fields of a row that are not empty, as "name value".
std::string Filled(const Record& row) {
  std::vector<std::string> fields;
  for (const auto& [name, value] : row) {
    if (!value.empty()) fields.push_back(absl::StrCat(name, " ", value));
  }
  return absl::StrJoin(fields, ", ");
}

v1::Report Report(const reporting::ReportInput& input) {
  const auto report = reporting::BuildReport(input);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : v1::Report();
}

v1::Report Small(const std::vector<RawGroup>& groups, std::vector<uint8_t> self = {}) {
  reporting::ReportInput input = InputOf(SmallVersion(5), groups);
  if (!self.empty()) input.self = reporting::Ratings(std::move(self));
  return Report(input);
}

TEST(CsvReportTest, TheHeaderNamesTheColumnsOfTheReadme) {
  const std::string csv = RenderCsv(Report(reporting::DemonstrationInput(7)));
  EXPECT_EQ(csv.substr(0, csv.find("\r\n")),
            "unit_kind,unit,title,parent,themes,group,group_title,state,withheld_reason,n,mean,lower,upper,interval_kind,"
            "interval_lower,interval_upper,items_used,items_total,groups_used,count_1,count_2,count_3,count_4,count_5,"
            "not_observed,sd,average_deviation,favourable,favourable_lower,favourable_upper,half_statement,self,gap,"
            "gap_lower,gap_upper,gap_items,category,quadrant,close_to_line,change,change_lower,change_upper,"
            "change_interval_kind,change_interval_lower,change_interval_upper,change_word,change_items,"
            "benchmark_leaders,benchmark,benchmark_lower,benchmark_upper,benchmark_sd");
  // Every line, the last too, ends with CR LF.
  EXPECT_EQ(csv.substr(csv.size() - 2), "\r\n");
  for (size_t at = csv.find('\n'); at != std::string::npos; at = csv.find('\n', at + 1)) EXPECT_EQ(csv[at - 1], '\r');
}

TEST(CsvReportTest, HasARowForEachUnitAndGroupInTheReportsOrder) {
  const v1::Report report = Report(reporting::DemonstrationInput(7));
  std::vector<std::string> expected, found;
  for (const v1::UnitScore& unit : report.scores().units()) {
    for (const v1::GroupScore& score : unit.groups()) expected.push_back(absl::StrCat(unit.code(), " ", score.group()));
    for (const char* group : {"all_raters", "self", "supervisor"}) {
      expected.push_back(absl::StrCat(unit.code(), " ", group));
    }
  }
  for (const Record& row : Read(RenderCsv(report))) found.push_back(row.at("unit") + " " + row.at("group"));
  EXPECT_EQ(found, expected);
}

TEST(CsvReportTest, SaysAllOfOneStatement) {
  // Staff: i1 is 2 of twelve, 4 of eight: 56 / 20.
  std::vector<std::vector<uint8_t>> staff = Copies(12, {2, 3, 3, 3});
  for (int i = 0; i < 8; ++i) staff.push_back({4, 3, 3, 3});
  const v1::Report report = Small({{"parent", {}, 9, 0, Copies(4, {3, 3, 3, 0})}, {"staff", {}, 30, 0, staff}}, {5, 3, 3, 3});
  const std::vector<Record> rows = Read(RenderCsv(report));
  const Record row = RowOf(rows, "i1", "staff");
  EXPECT_EQ(row.at("unit_kind"), "indicator");
  EXPECT_EQ(row.at("title"), reporting::UnitOf(report.scores(), "i1").title());
  EXPECT_EQ(row.at("parent"), "C1");
  EXPECT_EQ(row.at("themes"), "T1");
  EXPECT_EQ(row.at("group_title"), "Staff");
  EXPECT_EQ(row.at("state"), "exact");
  EXPECT_EQ(row.at("n"), "20");
  EXPECT_EQ(row.at("mean"), "2.8");
  EXPECT_EQ(row.at("interval_kind"), "confidence");
  EXPECT_EQ(absl::StrJoin({row.at("count_1"), row.at("count_2"), row.at("count_3"), row.at("count_4"), row.at("count_5")},
                          " "),
            "0 12 0 8 0");
  EXPECT_EQ(row.at("sd"), "1.0052");  // sqrt(19.2 / 19)
  EXPECT_EQ(row.at("average_deviation"), "0.96");
  EXPECT_EQ(row.at("favourable"), "0.4");
  EXPECT_EQ(row.at("gap"), "") << "a gap is to all raters";

  const Record all = RowOf(rows, "i1", "all_raters");
  EXPECT_EQ(all.at("groups_used"), "staff");
  EXPECT_EQ(all.at("self"), "5");
  EXPECT_EQ(all.at("gap"), "2.2");
  EXPECT_EQ(all.at("category"), "over");
  EXPECT_EQ(all.at("quadrant"), "blind_spot");

  EXPECT_EQ(Filled(RowOf(rows, "i1", "parent")),
            "group parent, group_title Parents and guardians, parent C1, state withheld, themes T1, title " +
                row.at("title") + ", unit i1, unit_kind indicator, withheld_reason too_few_answers");
  const Record self = RowOf(rows, "C1", "self");
  EXPECT_EQ(self.at("mean"), "4");
  EXPECT_EQ(self.at("state"), "exact");
  EXPECT_EQ(self.at("items_used"), "2");
  EXPECT_EQ(RowOf(rows, "C1", "supervisor").at("state"), "missing");
}

TEST(CsvReportTest, LimitsHoldWhatTheyLimit) {
  // Seven staff: i1 is 27 / 7 or higher, 3.857142...; i2, turned, 15 / 7 or lower, 2.142857...
  std::vector<std::vector<uint8_t>> forms = Copies(6, {5, 5, 1, 3});
  forms.push_back({4, 4, 2, 3});
  const std::vector<Record> rows = Read(RenderCsv(Small({{"staff", {}, 7, 0, forms}}, {3, 3, 3, 3})));
  EXPECT_EQ(RowOf(rows, "i1", "staff").at("state"), "at_least");
  EXPECT_EQ(RowOf(rows, "i1", "staff").at("mean"), "");
  EXPECT_EQ(RowOf(rows, "i1", "staff").at("lower"), "3.8571");
  EXPECT_EQ(RowOf(rows, "i1", "staff").at("upper"), "5");
  EXPECT_EQ(RowOf(rows, "i2", "staff").at("state"), "at_most");
  EXPECT_EQ(RowOf(rows, "i2", "staff").at("upper"), "2.1429");
  const Record all = RowOf(rows, "i1", "all_raters");
  EXPECT_EQ(all.at("gap"), "");
  EXPECT_EQ(all.at("gap_lower"), "-2");
  EXPECT_EQ(all.at("gap_upper"), "-0.8571");
}

TEST(CsvReportTest, NumbersAreThoseOfTheReport) {
  for (uint32_t seed : {1, 2, 3}) {
    const v1::Report report = Report(reporting::DemonstrationInput(seed));
    const std::vector<Record> rows = Read(RenderCsv(report));
    int compared = 0;
    const auto expect = [&](const Record& row, const char* column, bool has, double value, double low, double high) {
      ASSERT_EQ(!row.at(column).empty(), has) << column << ": " << Filled(row);
      double read = 0;
      if (!has) return;
      ASSERT_TRUE(absl::SimpleAtod(row.at(column), &read)) << row.at(column);
      EXPECT_GE(read, value + low - 1e-9) << column << ": " << Filled(row);
      EXPECT_LE(read, value + high + 1e-9) << column << ": " << Filled(row);
      ++compared;
    };
    for (const v1::UnitScore& unit : report.scores().units()) {
      for (const v1::GroupScore& score : unit.groups()) {
        const Record row = RowOf(rows, unit.code(), score.group());
        expect(row, "mean", score.has_mean(), score.mean(), -0.00005, 0.00005);
        expect(row, "lower", score.has_lower(), score.lower(), -0.0001, 0);
        expect(row, "upper", score.has_upper(), score.upper(), 0, 0.0001);
        expect(row, "interval_lower", score.has_interval(), score.interval().lower(), -0.0001, 0);
        expect(row, "interval_upper", score.has_interval(), score.interval().upper(), 0, 0.0001);
      }
    }
    EXPECT_GT(compared, 100);
  }
}

TEST(CsvReportTest, SaysChangesAndMeansOverLeaders) {
  v1::Report report = Small({{"staff", {}, 0, 0, Copies(8, {3, 3, 3, 3})}});
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    if (unit.code() != "C1") continue;
    v1::GroupScore& staff = *unit.mutable_groups(0);
    staff.mutable_change()->set_lower(-0.33333);
    staff.mutable_change()->set_upper(0.33333);
    staff.mutable_change()->set_word(v1::CHANGE_WORD_UNDETERMINED);
    staff.mutable_change()->set_items_common(2);
    staff.mutable_benchmark()->set_leaders(6);
    staff.mutable_benchmark()->set_mean(3.42);
    staff.mutable_benchmark()->set_standard_deviation(0.3);
    v1::Change& all = *unit.mutable_all_raters()->mutable_change();
    all.set_value(-0.5);
    all.mutable_interval()->set_kind(v1::INTERVAL_KIND_CONFIDENCE);
    all.mutable_interval()->set_lower(-0.81);
    all.mutable_interval()->set_upper(-0.19);
    all.set_word(v1::CHANGE_WORD_LOWER);
  }
  const std::vector<Record> rows = Read(RenderCsv(report));
  EXPECT_THAT(Filled(RowOf(rows, "C1", "staff")),
              HasSubstr("benchmark 3.42, benchmark_leaders 6, benchmark_sd 0.3, change_items 2, change_lower -0.3334, "
                        "change_upper 0.3334, change_word undetermined"));
  EXPECT_THAT(Filled(RowOf(rows, "C1", "all_raters")),
              HasSubstr("change -0.5, change_interval_kind confidence, change_interval_lower -0.81, "
                        "change_interval_upper -0.19, change_word lower"));
}

TEST(CsvReportTest, WordsOfOthersAreNoFormulas) {
  EXPECT_EQ(CsvWords("=1+1"), "'=1+1");
  EXPECT_EQ(CsvWords("+1"), "'+1");
  EXPECT_EQ(CsvWords("-1"), "'-1");
  EXPECT_EQ(CsvWords("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(CsvWords("\t=1"), "'=1");
  EXPECT_EQ(CsvWords("\r\n =HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
  EXPECT_EQ(CsvWords("＝1"), "'＝1");
  EXPECT_EQ(CsvWords("Plans, and acts"), "\"Plans, and acts\"");
  EXPECT_EQ(CsvWords("A = B"), "A = B");

  v1::Report report = Small({{"staff", {}, 0, 0, Copies(8, {3, 3, 3, 3})}}, {1, 1, 1, 1});
  report.mutable_scores()->mutable_groups(0)->set_title("=cmd|' /C calc'!A0");
  report.mutable_scores()->mutable_units(0)->set_title("@x\n\"y\", z");
  const std::vector<Record> rows = Read(RenderCsv(report));
  EXPECT_EQ(rows[0].at("group_title"), "'=cmd|' /C calc'!A0");
  EXPECT_EQ(rows[0].at("title"), "'@x \"y\", z");
  // Negative numbers stay numbers.
  EXPECT_EQ(RowOf(rows, "i1", "all_raters").at("gap"), "-2");
}

TEST(CsvReportTest, TakesWhateverMessageComes) {
  EXPECT_TRUE(Read(RenderCsv(v1::Report())).empty());
  v1::Report report = Report(reporting::DemonstrationInput(7));
  report.mutable_scores()->clear_groups();
  report.mutable_scores()->mutable_rules()->set_points(2'000'000'000);
  for (v1::UnitScore& unit : *report.mutable_scores()->mutable_units()) {
    unit.set_kind(static_cast<v1::UnitKind>(99));
    unit.mutable_all_raters()->set_mean(std::numeric_limits<double>::quiet_NaN());
    unit.mutable_self()->set_mean(std::numeric_limits<double>::infinity());
    unit.mutable_gap()->set_value(-1e300);
  }
  const std::string csv = RenderCsv(report);
  for (const char* bad : {"nan", "inf,", "e+"}) EXPECT_THAT(csv, Not(HasSubstr(bad)));
  EXPECT_EQ(Read(csv)[0].at("unit_kind"), "");
}

TEST(PlainNumberTest, RoundsAsItIsTold) {
  EXPECT_EQ(PlainNumber(3, Rounding::kNearest), "3");
  EXPECT_EQ(PlainNumber(10, Rounding::kUp), "10");
  EXPECT_EQ(PlainNumber(3.4, Rounding::kDown), "3.4");
  EXPECT_EQ(PlainNumber(3.4, Rounding::kUp), "3.4");
  EXPECT_EQ(PlainNumber(2.0 / 3, Rounding::kNearest), "0.6667");
  EXPECT_EQ(PlainNumber(2.0 / 3, Rounding::kDown), "0.6666");
  EXPECT_EQ(PlainNumber(-2.0 / 3, Rounding::kDown), "-0.6667");
  EXPECT_EQ(PlainNumber(-2.0 / 3, Rounding::kUp), "-0.6666");
  EXPECT_EQ(PlainNumber(-0.00001, Rounding::kNearest), "0");
  EXPECT_EQ(PlainNumber(-0.00001, Rounding::kDown), "-0.0001");
  EXPECT_EQ(PlainNumber(std::numeric_limits<double>::quiet_NaN(), Rounding::kUp), "");
}

}  // namespace
}  // namespace candor::report
