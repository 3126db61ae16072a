#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

LocalizedText Both(const std::string& text) { return {{"en", text}, {"es", text + " (es)"}}; }

Item ItemFor(const std::string& indicator, const std::vector<std::string>& audiences) {
  Item item{indicator, false, {}};
  for (const std::string& audience : audiences)
    item.texts[audience] = Both("This leader does " + indicator);
  return item;
}

}  // namespace

Framework SampleFramework() {
  return {"sample",
          "Sample framework",
          "1",
          "Written for tests",
          "CC0-1.0",
          "https://example.org/license",
          {{"EI", "Emotional intelligence"}, {"EQ", "Equity"}},
          {{"I",
            "Vision",
            {{"I.1",
              "Direction",
              {{"I.1.a", "Says where we go", {"EI"}}, {"I.1.b", "Keeps to it", {"EI", "EQ"}}}}}},
           {"II",
            "People",
            {{"II.1", "Listening", {{"II.1.a", "Listens", {}}}},
             {"II.2", "Fairness", {{"II.2.a", "Is fair", {"EQ"}}}}}}}};
}

Instrument SampleInstrument() {
  Instrument instrument;
  instrument.title = "Sample instrument";
  instrument.framework = "sample";
  instrument.scale.points = 5;
  instrument.scale.favourable_from = 4;
  instrument.scale.labels = {{"en", {"never", "rarely", "sometimes", "often", "always"}},
                             {"es", {"nunca", "rara vez", "a veces", "a menudo", "siempre"}}};
  instrument.scale.not_observed = Both("I have not seen this");
  instrument.languages = {"en", "es"};
  instrument.rater_groups = {
      {"staff", Both("Staff")}, {"student", Both("Students")}, {"parent", Both("Parents")}};
  instrument.items = {ItemFor("I.1.a", {"self", "supervisor", "staff", "student", "parent"}),
                      ItemFor("I.1.b", {"self", "supervisor", "staff", "student"}),
                      ItemFor("II.1.a", {"self", "staff", "student"}),
                      ItemFor("II.2.a", {"self", "parent"})};
  instrument.items[2].reverse = true;
  instrument.prompts = {
      {"strengths", {{"staff", Both("What goes well?")}, {"student", Both("What is good?")}}, 200},
      {"wishes", {{"staff", Both("What would help?")}}, 100}};
  return instrument;
}

Contract SampleContract() {
  Contract contract;
  contract.readers = {"leader", "supervisor"};
  contract.languages = {"en", "es"};
  contract.close_time = absl::FromUnixSeconds(1'800'000'000);
  contract.latest_close_time = absl::FromUnixSeconds(1'800'600'000);
  contract.abandon_time = absl::FromUnixSeconds(1'803'000'000);
  contract.instrument_hash = std::string(64, 'a');
  return contract;
}

Manifest SampleManifest() {
  Manifest manifest;
  manifest.survey = SurveyId(kSampleSurvey);
  manifest.contract_hash = std::string(64, 'c');
  manifest.instrument_hash = std::string(64, 'a');
  manifest.groups = {{"staff", {"staff"}, 12, "key of staff"},
                     {"other_raters", {"parent", "student"}, 7, "key of the others"}};
  manifest.closing_public_key = std::string(32, '\x01');
  manifest.receipt_public_key = std::string(32, '\x02');
  manifest.surname_filter_hash = std::string(64, '5');
  manifest.signing_public_key = std::string(32, '\x03');
  manifest.moderators = {{"Ombudsperson", std::string(32, '\x04')}};
  manifest.close_time = absl::FromUnixSeconds(1'800'000'000);
  manifest.latest_close_time = absl::FromUnixSeconds(1'800'600'000);
  manifest.abandon_time = absl::FromUnixSeconds(1'803'000'000);
  return manifest;
}

void ExpectError(const absl::Status& status, absl::StatusCode code, const std::string& reason,
                 const std::string& field) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(base::GetErrorDetail(status).reason, reason) << status;
  EXPECT_EQ(base::GetErrorDetail(status).field, field) << status;
  EXPECT_FALSE(status.message().empty());
}

}  // namespace candor::domain
