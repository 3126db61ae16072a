// The answer to respondents once their answers are durable: a receipt each, with one signature for all.

#ifndef CANDOR_SERVICES_COLLECTION_ACKNOWLEDGE_H_
#define CANDOR_SERVICES_COLLECTION_ACKNOWLEDGE_H_

#include <vector>

#include "services/collection/loaded_survey.h"
#include "services/collection/survey.h"
#include "services/crypto/signing.h"

namespace candor::collection {

// Calls `done` of every answer, with its receipt where its verdict is OK, else with the verdict's status. `verdicts`
// has one for each of `answers`, of which at most crypto::kMaximumBatch are OK, and which are wiped.
void AcknowledgeAnswers(const Survey& survey, const crypto::SigningKey& receipt_key,
                        std::vector<PendingAnswer>& answers, const std::vector<Verdict>& verdicts);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_ACKNOWLEDGE_H_
