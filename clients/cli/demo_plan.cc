#include "clients/cli/demo_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/answer.h"
#include "services/domain/json_reader.h"

namespace candor::cli {
namespace {

using domain::JsonFault;
using domain::JsonObject;

constexpr char kFormat[] = "candor.demo.v1";
constexpr int64_t kMostRaters = 100000;

Levels ReadLevels(const base::Json& value, const std::string& path, JsonFault* fault) {
  Levels levels;
  if (!value.is_object()) {
    fault->Set(path, "an object with numbers is wanted");
    return levels;
  }
  for (const auto& [name, level] : value.items()) {
    if (level.is_number()) {
      levels[name] = level.get<double>();
    } else {
      fault->Set(domain::JsonPath(path, name), "a number is wanted");
    }
  }
  return levels;
}

// The object under `key`, each of whose members is a number.
Levels ReadLevels(JsonObject& object, const char* key, JsonFault* fault) {
  Levels levels;
  object.Map(key, [&](const std::string& name, const base::Json& value, const std::string& path) {
    if (value.is_number()) {
      levels[name] = value.get<double>();
    } else {
      fault->Set(path, "a number is wanted");
    }
  });
  return levels;
}

void ReadLeader(const base::Json& value, const std::string& path, JsonFault* fault, DemoDistrict& district) {
  JsonObject object(value, path, fault);
  DemoLeader leader;
  leader.code = object.Text("code");
  leader.name = object.Text("name");
  leader.title = object.Text("title");
  leader.school = object.Text("school");
  leader.profile = object.Text("profile");
  leader.tendency = ReadLevels(object, "tendency", fault);
  leader.group_offsets = ReadLevels(object, "group_offsets", fault);
  leader.indicator_offsets = ReadLevels(object, "indicator_offsets", fault);
  leader.self = ReadLevels(object, "self", fault);
  leader.supervisor = ReadLevels(object, "supervisor", fault);
  leader.response_rate = ReadLevels(object, "response_rate", fault);
  object.Finish();
  const bool school = std::any_of(district.schools.begin(), district.schools.end(),
                                  [&](const auto& s) { return s.first == leader.school; });
  if (!school) fault->Set(object.PathOf("school"), "there is no such school");
  district.leaders.push_back(std::move(leader));
}

double LevelOf(const Levels& levels, const std::string& key) {
  const auto found = levels.find(key);
  return found == levels.end() ? 0 : found->second;
}

// The mark for a true rating: reversed items are marked the other way round.
uint8_t Marked(uint8_t rating, const domain::Item& item, int points) {
  return item.reverse ? static_cast<uint8_t>(points + 1 - rating) : rating;
}

std::string DomainOf(const domain::Framework& framework, const std::string& indicator) {
  const domain::IndicatorPlace place = domain::FindIndicator(framework, indicator);
  return place.domain == nullptr ? "" : place.domain->code;
}

}  // namespace

absl::StatusOr<DemoDistrict> ParseDemo(absl::string_view json_text) {
  CANDOR_ASSIGN_OR_RETURN(const base::Json document, base::ParseJson(json_text));
  JsonFault fault(absl::StatusCode::kInvalidArgument, "DEMO_INVALID");
  DemoDistrict district;
  JsonObject object(document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", absl::StrCat("it must be ", kFormat));
  object.Object("district", [&](JsonObject& o) {
    district.title = o.Text("title");
    o.Finish();
  });
  object.Object("supervisor", [&](JsonObject& o) {
    district.supervisor = o.Text("name");
    o.Finish();
  });
  object.List("schools", [&](const base::Json& value, const std::string& path) {
    JsonObject o(value, path, &fault);
    const std::string code = o.Text("code");
    district.schools.emplace_back(code, o.Text("title"));
    o.Finish();
  });
  object.List("leaders", [&](const base::Json& value, const std::string& path) {
    ReadLeader(value, path, &fault, district);
  });
  object.Map("raters", [&](const std::string& code, const base::Json& value, const std::string& path) {
    const auto leader = std::find_if(district.leaders.begin(), district.leaders.end(),
                                     [&code](const DemoLeader& l) { return l.code == code; });
    if (leader == district.leaders.end() || !value.is_object()) {
      fault.Set(path, "there is no such leader, or no object with numbers of raters");
      return;
    }
    for (const auto& [group, count] : value.items()) {
      leader->raters[group] = domain::JsonWhole(count, domain::JsonPath(path, group), 0, kMostRaters, &fault);
    }
  });
  object.Map("simulation", [&](const std::string& name, const base::Json& value, const std::string& path) {
    if (name == "seed") {
      district.seed = static_cast<uint64_t>(domain::JsonWhole(value, path, 0, INT64_MAX, &fault));
    } else if (name == "spread" && value.is_number()) {
      district.spread = value.get<double>();
    } else if (name == "not_observed_rate") {
      district.not_observed_rate = ReadLevels(value, path, &fault);
    } else {
      fault.Set(path, "simulation has a seed, a spread (a number) and a not_observed_rate");
    }
  });
  object.Finish();
  if (!fault.ok()) return fault.status();
  return district;
}

uint64_t Simulation::Next() {
  // SplitMix64: every seed gives another good sequence.
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

double Simulation::Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

double Simulation::Normal() {
  const double radius = std::sqrt(-2 * std::log(1 - Uniform()));
  return radius * std::cos(2 * std::numbers::pi * Uniform());
}

uint8_t Simulation::Rating(double mean, double spread, int points) {
  const double drawn = std::round(mean + spread * Normal());
  return static_cast<uint8_t>(std::clamp(drawn, 1.0, static_cast<double>(points)));
}

std::vector<uint8_t> SimulateRater(const DemoDistrict& district, const DemoLeader& leader, const std::string& group,
                                   const domain::Instrument& instrument, const domain::Framework& framework,
                                   Simulation& simulation) {
  std::vector<uint8_t> marks(instrument.items.size(), domain::kBlank);
  for (const int i : domain::ItemsOfAudience(instrument, group)) {
    const domain::Item& item = instrument.items[i];
    if (simulation.Uniform() < LevelOf(district.not_observed_rate, group)) {
      marks[i] = domain::kNotObserved;
      continue;
    }
    const double mean = LevelOf(leader.tendency, DomainOf(framework, item.indicator)) +
                        LevelOf(leader.group_offsets, group) + LevelOf(leader.indicator_offsets, item.indicator);
    marks[i] = Marked(simulation.Rating(mean, district.spread, instrument.scale.points), item, instrument.scale.points);
  }
  return marks;
}

std::vector<uint8_t> SimulateIdentified(const DemoDistrict& district, const Levels& levels, const std::string& audience,
                                        const domain::Instrument& instrument, const domain::Framework& framework,
                                        Simulation& simulation) {
  std::vector<uint8_t> marks(instrument.items.size(), domain::kBlank);
  for (const int i : domain::ItemsOfAudience(instrument, audience)) {
    const domain::Item& item = instrument.items[i];
    const double mean = LevelOf(levels, DomainOf(framework, item.indicator));
    marks[i] = Marked(simulation.Rating(mean, district.spread, instrument.scale.points), item, instrument.scale.points);
  }
  return marks;
}

}  // namespace candor::cli
