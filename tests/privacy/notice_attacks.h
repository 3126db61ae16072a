// Reports of pressure, which respondents may send with their answers: whether anybody but the auditor learns who sent one,
// and whether an auditor who works together with the operator does.

#ifndef CANDOR_TESTS_PRIVACY_NOTICE_ATTACKS_H_
#define CANDOR_TESTS_PRIVACY_NOTICE_ATTACKS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/crypto/sealing.h"
#include "tests/privacy/finder.h"
#include "tests/privacy/known_orders.h"
#include "tests/privacy/participation.h"
#include "tests/privacy/scorers.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// Who of those that answered reported pressure: by every value of every row, and every place in a file, in which something
// stands that is a person's own (hashes of codes, blinded messages and tokens, submissions' ids, leaves, reply keys), at
// each stage; by whether these rows changed since the stage before; and by how much each answer changed, between the copies
// taken before and after it.
ParticipationScores ScorePressed(const Trial& trial, const Stages& stages);

// What is known of the orders of those who reported, as their answers were counted. The attacker is told who they are, but
// not whose which report is.
KnownOrders KnownOrdersOfPressed(const Trial& trial);

// Who gave which report, by an auditor who works together with the operator: by the order in which they are stored in the
// copy of the second stage and by their ids, and by every place, row and column in which a report's id or an end of it as it
// is sealed stands at each stage. `stages`: from before closing on. `recovered`: how many reports the auditor reads.
// DATA_LOSS: one does not open. INTERNAL: one is of nobody whose counted answer reports.
absl::StatusOr<Scores> ScoreAuditor(const Trial& trial, const Stages& stages, const crypto::ClosingKeyPair& auditor);
const std::vector<std::string>& AuditorScorerFamilies();

// How many notices in `copy` open with any 32 bytes of any file in `keys`.
int NoticesOpenedWith(const Copy& keys, const Trial& trial, const Copy& copy, const std::string& auditor_public_key);

// Words of reports, as counted and as replaced, alone.
Finder NoticesOf(const Scene& scene);

// Positive controls: an installation that keeps opened reports in the order in which they came, and what `copy` would be
// of one that keeps the ids of sealed ones in that order.
Copy WithNoticesInOrder(const Trial& trial);
absl::StatusOr<Copy> WithIdsInOrder(const Trial& trial, const Copy& copy, const crypto::ClosingKeyPair& auditor);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_NOTICE_ATTACKS_H_
