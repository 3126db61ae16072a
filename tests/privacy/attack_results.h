// What every test of the attack on reports does with what the attack found.

#ifndef CANDOR_TESTS_PRIVACY_ATTACK_RESULTS_H_
#define CANDOR_TESTS_PRIVACY_ATTACK_RESULTS_H_

#include <cstdint>

#include "services/base/json.h"
#include "tests/privacy/report_attack.h"

namespace candor::privacy {

// How many campaigns; more on demand: CANDOR_DISCLOSURE_CAMPAIGNS=20000. The fewer are for attacks that take longer.
int Campaigns();
int FewerCampaigns();

// The test fails where something follows, or the attacker was too weak.
void ExpectNothing(const AttackResult& result, uint32_t seed);

// For the record.
base::Json FoundIn(uint32_t first_seed, int campaigns, const AttackResult& found);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_ATTACK_RESULTS_H_
