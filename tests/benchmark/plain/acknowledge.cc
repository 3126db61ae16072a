// Acknowledging without receipts, for candord_plain alone: a reply of the same length, and no tree and no signature. No
// product contains this.

#include "services/collection/acknowledge.h"

#include <string>

#include "services/crypto/receipt.h"

namespace candor::collection {

void AcknowledgeAnswers(const Survey&, const crypto::SigningKey&, std::vector<PendingAnswer>& answers,
                        const std::vector<Verdict>& verdicts) {
  for (size_t i = 0; i < answers.size(); ++i) {
    domain::Wipe(answers[i].answers);
    if (verdicts[i].ok()) {
      answers[i].done(std::string(crypto::kReceiptBytes, 'r'));
    } else {
      answers[i].done(verdicts[i].status());
    }
  }
}

}  // namespace candor::collection
