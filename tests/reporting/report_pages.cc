// report_pages FOLDER: writes reports as HTML into an existing folder, for checks in a browser and with WeasyPrint.

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/report/html_report.h"
#include "services/base/status.h"
#include "services/reporting/build_report.h"
#include "tests/reporting/html_samples.h"
#include "tests/reporting/report_builders.h"

namespace candor::reporting {
namespace {

struct Sample {
  std::string name;
  v1::Report report;
  report::HtmlOptions options;
  v1::ReportComments comments = {};
  v1::GrowthPlan plan = {};
};

v1::Report Report(const domain::InstrumentVersion& version, const std::vector<RawGroup>& groups,
                  std::vector<uint8_t> self = {}) {
  ReportInput input = InputOf(version, groups);
  if (!self.empty()) input.self = Ratings(std::move(self));
  const auto report = BuildReport(input);
  CANDOR_CHECK(report.ok());
  return *report;
}

v1::Report OfFew(int answers, std::vector<uint8_t> self = {}) {
  std::vector<std::vector<uint8_t>> forms = Copies(answers, {5, 3, 1, 3});
  return Report(SmallVersion(5), {{"staff", {}, 12, 0, forms}}, std::move(self));
}

// Nine groups, long titles, and a name and a title without a place to break them.
v1::Report OfMany() {
  domain::InstrumentVersion version = SmallVersion(5);
  std::vector<RawGroup> groups;
  for (int g = 0; g < 9; ++g) {
    const std::string code = absl::StrCat("group", g);
    version.instrument.rater_groups.push_back({code, {{"en", absl::StrCat("Rather long title of group ", g)}}});
    for (domain::Item& item : version.instrument.items) item.texts[code]["en"] = "About it.";
    groups.push_back({code, {}, 9, 0, Copies(9, {3, 3, 3, 3})});
  }
  v1::Report report = Report(version, groups, {4, 2, 3, 5});
  report.set_leader_display_name(std::string(120, 'W'));
  report.mutable_scores()->mutable_units(1)->set_title(std::string(120, 'm'));
  return report;
}

v1::Report ForDevelopmentAlone(uint32_t seed) {
  v1::Report report = FullReport(seed);
  report.set_evaluative_use_forbidden(true);
  return report;
}

// Each is as different from the others as reports can be; everything that a report can hold is in the first.
std::vector<Sample> Samples() {
  const report::HtmlOptions english, spanish = {"es", report::Paper::kA4};
  return {
      {"full-en", FullReport(7), english, SampleComments(), SamplePlan()},
      {"full-es", ForDevelopmentAlone(3), spanish, SampleComments()},
      {"limits-en", OfFew(7, {3, 3, 3, 3}), english},
      {"self-alone-es", OfFew(1, {3, 3, 3, 3}), spanish},
      {"nothing-en", OfFew(0), english},
      {"many-groups-en", OfMany(), english},
  };
}

int Write(const std::string& folder) {
  for (const Sample& sample : Samples()) {
    const std::string path = absl::StrCat(folder, "/", sample.name, ".html");
    std::ofstream file(path);
    file << report::RenderHtml(sample.report, sample.options, &sample.comments, &sample.plan);
    if (!file.flush()) {
      std::cerr << path << " cannot be written\n";
      return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace candor::reporting

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: report_pages FOLDER\n";
    return 2;
  }
  return candor::reporting::Write(argv[1]);
}
