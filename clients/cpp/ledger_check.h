// Checking the ledger of a closed survey, from the outside.

#ifndef CANDOR_CLIENTS_CPP_LEDGER_CHECK_H_
#define CANDOR_CLIENTS_CPP_LEDGER_CHECK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/documents.h"
#include "clients/cpp/retry.h"
#include "services/crypto/ledger.h"
#include "services/domain/ids.h"

namespace candor::client {

// A person's receipt with what is needed to check it later.
struct KeptReceipt {
  std::string survey;         // the survey's id
  std::string manifest_hash;  // 32 bytes
  std::string receipt;        // as the service gave it
  std::string response_address = "";  // as in the manifest

  // A JSON document for the person to keep.
  std::string Serialize() const;
  // INVALID_ARGUMENT: not what Serialize writes.
  static absl::StatusOr<KeptReceipt> Parse(absl::string_view bytes);
};

struct LedgerCheck {
  std::shared_ptr<const SurveyDocuments> documents;
  std::string bytes;  // the ledger as it came
  crypto::Ledger ledger;
};

// Fetches documents and ledger of `survey` from the response plane, the whole ledger so that no query names the asker,
// and checks them against each other. `expected`: what the person knows of the manifest, as for MatchesManifest.
//
// FAILED_PRECONDITION: MANIFEST_REFUSED, as CheckDocuments; WRONG_STATE, the survey is not closed yet. NOT_FOUND,
// SURVEY_UNKNOWN. DATA_LOSS: the ledger does not hold; the sentence says what about it.
absl::StatusOr<LedgerCheck> FetchLedger(const Connection& response, const RetryPolicy& retry,
                                        const domain::SurveyId& survey, absl::string_view expected);

// Whether the receipt's answers are in the ledger. INVALID_ARGUMENT: the receipt is another survey's, or its signature is
// wrong.
absl::StatusOr<bool> IsCounted(const LedgerCheck& check, const KeptReceipt& receipt);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_LEDGER_CHECK_H_
