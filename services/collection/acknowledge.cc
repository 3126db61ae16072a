#include "services/collection/acknowledge.h"

#include <string>
#include <utility>

#include "services/crypto/receipt.h"

namespace candor::collection {

void AcknowledgeAnswers(const Survey& survey, const crypto::SigningKey& receipt_key,
                        std::vector<PendingAnswer>& answers, const std::vector<Verdict>& verdicts) {
  std::vector<crypto::ReceiptEntry> entries;
  for (const Verdict& verdict : verdicts) {
    if (verdict.ok()) entries.push_back(*verdict);
  }
  absl::StatusOr<std::vector<std::string>> receipts = std::vector<std::string>();
  if (!entries.empty()) receipts = crypto::BuildReceipts(entries, survey.id_bytes(), receipt_key);
  size_t next = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    // What was refused may never have been sealed.
    domain::Wipe(answers[i].answers);
    if (!verdicts[i].ok()) {
      answers[i].done(verdicts[i].status());
    } else if (!receipts.ok()) {
      answers[i].done(receipts.status());
    } else {
      answers[i].done(std::move((*receipts)[next++]));
    }
  }
}

}  // namespace candor::collection
