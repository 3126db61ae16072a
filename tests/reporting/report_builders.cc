#include "tests/reporting/report_builders.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "services/base/status.h"
#include "services/domain/disclosure.h"

namespace candor::reporting {
namespace {

constexpr char kSurvey[] = "00000000000000000000000000";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

domain::Item ItemFor(const std::string& indicator, const std::vector<std::string>& audiences, bool reverse) {
  domain::Item item;
  item.indicator = indicator;
  item.reverse = reverse;
  for (const std::string& audience : audiences) item.texts[audience]["en"] = "About " + indicator + ".";
  return item;
}

}  // namespace

domain::InstrumentVersion SmallVersion(int points) {
  domain::InstrumentVersion version;
  domain::Framework& framework = version.framework;
  framework.code = "small";
  framework.title = "Small framework";
  framework.version = "1";
  framework.attribution = "Made up for tests.";
  framework.themes = {{"T1", "First theme"}, {"T2", "Second theme"}};
  framework.domains = {
      {"D1",
       "First domain",
       {{"C1", "First competency", {{"i1", "First indicator", {"T1"}}, {"i2", "Second indicator", {}}}},
        {"C2", "Second competency", {{"i3", "Third indicator", {"T1", "T2"}}}}}},
      {"D2", "Second domain", {{"C3", "Third competency", {{"i4", "Fourth indicator", {"T1"}}}}}}};
  domain::Instrument& instrument = version.instrument;
  instrument.title = "Small questionnaire";
  instrument.framework = "small";
  instrument.scale.points = points;
  instrument.scale.favourable_from = points - 1;
  for (int k = 1; k <= points; ++k) instrument.scale.labels["en"].push_back("Label " + std::to_string(k));
  instrument.scale.not_observed["en"] = "I have not seen this";
  instrument.languages = {"en"};
  instrument.rater_groups = {{"staff", {{"en", "Staff"}}},
                             {"student", {{"en", "Students"}}},
                             {"parent", {{"en", "Parents and guardians"}}}};
  const std::vector<std::string> all = {"self", "supervisor", "staff", "student", "parent"};
  const std::vector<std::string> no_parents = {"self", "supervisor", "staff", "student"};
  instrument.items = {ItemFor("i1", all, false), ItemFor("i2", all, true), ItemFor("i3", all, false),
                      ItemFor("i4", no_parents, false)};
  return version;
}

domain::Contract SampleContract() {
  domain::Contract contract;
  contract.readers = {"leader", "supervisor"};
  contract.languages = {"en"};
  contract.close_time = absl::FromUnixSeconds(1'800'000'000);
  contract.latest_close_time = contract.close_time;
  contract.abandon_time = contract.close_time + absl::Hours(24 * 30);
  contract.instrument_hash = std::string(64, 'a');
  return contract;
}

domain::ClosedResult CloseGroups(const domain::InstrumentVersion& version, const domain::Contract& contract,
                                 const std::vector<RawGroup>& groups) {
  const domain::Instrument& instrument = version.instrument;
  const int points = instrument.scale.points;
  domain::Manifest manifest;
  manifest.survey = domain::SurveyId(kSurvey);
  std::vector<domain::GroupTally> tallies;
  std::vector<domain::GroupCounts> counts;
  for (const RawGroup& group : groups) {
    const auto forms = static_cast<int64_t>(group.forms.size());
    const int64_t invited = std::max(group.invited, forms);
    manifest.groups.push_back(
        {group.code, group.members.empty() ? std::vector<std::string>{group.code} : group.members, invited, "key",
         group.parts});
    domain::GroupTally tally;
    tally.code = group.code;
    tally.items.assign(instrument.items.size(), {std::vector<int64_t>(points), 0, 0});
    for (const std::vector<uint8_t>& form : group.forms) {
      bool rated = false;
      for (size_t i = 0; i < form.size(); ++i) {
        if (form[i] == domain::kBlank) {
          ++tally.items[i].blank;
        } else if (form[i] == domain::kNotObserved) {
          ++tally.items[i].not_observed;
        } else {
          const int rating = instrument.items[i].reverse ? points + 1 - form[i] : form[i];
          ++tally.items[i].counts[rating - 1];
          rated = true;
        }
      }
      if (rated) ++tally.raters;
    }
    tallies.push_back(std::move(tally));
    counts.push_back({group.code, invited, forms, group.reissued, forms, 0});
  }
  return domain::MakeClosedResult(manifest, instrument, domain::RulesOf(contract, instrument), tallies, counts);
}

ReportInput InputOf(const domain::InstrumentVersion& version, const domain::Contract& contract,
                    const domain::ClosedResult& result) {
  ReportInput input;
  input.subject.leader_display_name = "Robin Vale";
  input.subject.leader_job_title = "Principal";
  input.subject.school_title = "Hillside School";
  input.subject.campaign_title = "Autumn round";
  input.subject.survey = std::string("districts/d/campaigns/c/surveys/") + kSurvey;
  input.subject.instrument_version = "districts/d/instruments/i/versions/1";
  input.contract = contract;
  input.contract_hash = std::string(64, 'c');
  input.version = version;
  input.result = result;
  return input;
}

ReportInput InputOf(const domain::InstrumentVersion& version, const std::vector<RawGroup>& groups) {
  const domain::Contract contract = SampleContract();
  return InputOf(version, contract, CloseGroups(version, contract, groups));
}

domain::Answers Ratings(std::vector<uint8_t> ratings) { return {std::move(ratings), {}}; }

std::vector<std::vector<uint8_t>> Copies(int n, const std::vector<uint8_t>& form) {
  return std::vector<std::vector<uint8_t>>(n, form);
}

const v1::UnitScore& UnitOf(const v1::Scores& scores, const std::string& code) {
  for (const v1::UnitScore& unit : scores.units()) {
    if (unit.code() == code) return unit;
  }
  ADD_FAILURE() << "no unit " << code;
  return v1::UnitScore::default_instance();
}

const v1::GroupScore& ScoreOf(const v1::Scores& scores, const std::string& code, const std::string& group) {
  for (const v1::GroupScore& score : UnitOf(scores, code).groups()) {
    if (score.group() == group) return score;
  }
  ADD_FAILURE() << "no group " << group << " in " << code;
  return v1::GroupScore::default_instance();
}

const v1::GroupSummary& SummaryOf(const v1::Scores& scores, const std::string& group) {
  for (const v1::GroupSummary& summary : scores.groups()) {
    if (summary.code() == group) return summary;
  }
  ADD_FAILURE() << "no group " << group;
  return v1::GroupSummary::default_instance();
}

ReportInput DemonstrationInput(uint32_t seed) {
  const std::string folder = std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/";
  const auto framework = domain::ParseFramework(ReadFile(folder + "framework.json"));
  const auto instrument = domain::ParseInstrument(ReadFile(folder + "instrument.json"));
  CANDOR_CHECK(framework.ok() && instrument.ok());
  const domain::InstrumentVersion version = domain::MakeInstrumentVersion(*instrument, *framework);
  std::mt19937 random(seed);
  std::vector<double> level;
  for (size_t i = 0; i < version.instrument.items.size(); ++i) {
    level.push_back(2.8 + 1.6 * static_cast<double>(random() % 1000) / 1000);
  }
  const auto rate = [&](double mean) -> uint8_t {
    const uint32_t draw = random() % 100;
    if (draw < 6) return domain::kNotObserved;
    if (draw < 8) return domain::kBlank;
    std::normal_distribution<double> normal(mean, 0.9);
    return static_cast<uint8_t>(std::clamp<long>(std::lround(normal(random)), 1, 5));
  };
  const auto group = [&](const std::string& code, int invited, int answered, double shift) {
    RawGroup raw;
    raw.code = code;
    raw.invited = invited;
    const std::vector<int> asked = domain::ItemsOfAudience(version.instrument, code);
    for (int r = 0; r < answered; ++r) {
      std::vector<uint8_t> form(version.instrument.items.size(), domain::kBlank);
      for (int item : asked) form[item] = rate(level[item] + shift);
      raw.forms.push_back(std::move(form));
    }
    return raw;
  };
  ReportInput input = InputOf(
      version, {group("parent", 9, 3, 0.2), group("staff", 22, 8, -0.3), group("student", 96, 61, 0.1)});
  std::vector<uint8_t> self, supervisor;
  for (double mean : level) {
    self.push_back(static_cast<uint8_t>(std::clamp<long>(std::lround(mean + 0.6), 1, 5)));
    supervisor.push_back(rate(mean));
  }
  input.self = Ratings(std::move(self));
  input.supervisors = {Ratings(std::move(supervisor))};
  input.subject.leader_display_name = "Robin Vale";
  return input;
}

}  // namespace candor::reporting
