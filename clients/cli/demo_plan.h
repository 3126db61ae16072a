// The demonstration's district and its simulated answers.

#ifndef CANDOR_CLIENTS_CLI_DEMO_PLAN_H_
#define CANDOR_CLIENTS_CLI_DEMO_PLAN_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/framework.h"
#include "services/domain/instrument.h"

namespace candor::cli {

using Levels = std::map<std::string, double>;  // domain, group or indicator -> number

struct DemoLeader {
  std::string code, name, title, school, profile;
  Levels tendency, self, supervisor;          // domain -> mean of the ratings, on the instrument's scale
  Levels group_offsets, indicator_offsets;    // added to the mean
  Levels response_rate;                       // rater group -> share of the invited who answer
  std::map<std::string, int64_t> raters;      // rater group -> invited
};

struct DemoDistrict {
  std::string title, supervisor;
  std::vector<std::pair<std::string, std::string>> schools;  // code, title
  std::vector<DemoLeader> leaders;
  uint64_t seed = 0;
  double spread = 1;         // standard deviation of one rating
  Levels not_observed_rate;  // rater group -> share
};

// Reads the format candor.demo.v1 (deploy/demo/README.md describes it).
// INVALID_ARGUMENT: JSON_MALFORMED, or DEMO_INVALID with the path of the fault.
absl::StatusOr<DemoDistrict> ParseDemo(absl::string_view json_text);

// Numbers that look random and are the same on every machine for the same seed. For simulation alone.
class Simulation {
 public:
  explicit Simulation(uint64_t seed) : state_(seed) {}
  double Uniform();  // from 0 up to, not with, 1
  double Normal();   // mean 0, standard deviation 1
  // A rating round `mean`: a whole number from 1 to `points`.
  uint8_t Rating(double mean, double spread, int points);

 private:
  uint64_t Next();
  uint64_t state_;
};

// The marks of one simulated person of `group` about `leader`: one for each item, blank where the group is not asked,
// sometimes "not observed". Items that are reversed are marked the other way round.
std::vector<uint8_t> SimulateRater(const DemoDistrict& district, const DemoLeader& leader, const std::string& group,
                                   const domain::Instrument& instrument, const domain::Framework& framework,
                                   Simulation& simulation);
// The same for the leader's own or the supervisor's rating, from `levels`.
std::vector<uint8_t> SimulateIdentified(const DemoDistrict& district, const Levels& levels, const std::string& audience,
                                        const domain::Instrument& instrument, const domain::Framework& framework,
                                        Simulation& simulation);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_DEMO_PLAN_H_
