#include "tests/privacy/attack_results.h"

#include <algorithm>

#include "gtest/gtest.h"
#include "tests/privacy/results.h"
#include "tests/privacy/whole_number_attacker.h"

namespace candor::privacy {

int Campaigns() { return NumberFromEnvironment("CANDOR_DISCLOSURE_CAMPAIGNS", 1000); }
int FewerCampaigns() { return std::max(1, Campaigns() / 5); }

void ExpectNothing(const AttackResult& result, uint32_t seed) {
  EXPECT_TRUE(result.exposures.empty()) << "seed " << seed << ": " << result.exposures.size() << ", the first: "
                                        << result.exposures[0].text;
  EXPECT_TRUE(result.overlooked.empty()) << "seed " << seed << ": " << result.overlooked.size() << ", the first: "
                                         << result.overlooked[0];
}

base::Json FoundIn(uint32_t first_seed, int campaigns, const AttackResult& found) {
  return {{"campaigns", campaigns},
          {"seeds", {first_seed, first_seed + static_cast<uint32_t>(campaigns) - 1}},
          {"found",
           {{"exposures", found.exposures.size()},
            {"overlooked", found.overlooked.size()},
            {"held_back_sums", found.held_back},
            {"sums_in_pools", found.in_pools},
            {"sums_in_joined_parts", found.in_parts},
            {"answers_of_others", found.people},
            {"alternative_campaigns_replayed", found.alternatives},
            {"linear_programs", found.linear},
            {"integer_searches", found.searched},
            {"glpk", SolverVersion()}}}};
}

}  // namespace candor::privacy
