// Checking the ledger of a closed survey, from the outside: against the survey's documents, and against receipts. What
// is here works the same on what a server gives now and on a file that somebody has kept.

#ifndef CANDOR_CLIENTS_CPP_LEDGER_CHECK_H_
#define CANDOR_CLIENTS_CPP_LEDGER_CHECK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/documents.h"
#include "clients/cpp/ledger_file.h"
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

// Documents and ledger that hold, each by itself and together.
struct LedgerCheck {
  std::shared_ptr<const SurveyDocuments> documents;
  std::string bytes;  // the ledger as it came
  crypto::Ledger ledger;
};

// Checks `ledger` against documents that passed: signature by the manifest's receipt key, survey, order and root of the
// leaves, counts, and that groups and numbers of invited are the manifest's.
// DATA_LOSS: it does not hold; the sentence says what about it.
absl::StatusOr<LedgerCheck> CheckLedger(std::shared_ptr<const SurveyDocuments> documents, std::string ledger);

// Fetches documents and ledger of `survey` from the response plane, the whole ledger so that no query names the asker,
// and checks them against each other. `expected`: what the person knows of the manifest, as for MatchesManifest.
//
// FAILED_PRECONDITION: MANIFEST_REFUSED, as CheckDocuments; WRONG_STATE, the survey is not closed yet. NOT_FOUND,
// SURVEY_UNKNOWN. DATA_LOSS: as CheckLedger.
absl::StatusOr<LedgerCheck> FetchLedger(const Connection& response, const RetryPolicy& retry,
                                        const domain::SurveyId& survey, absl::string_view expected);

// What the numbers of a ledger that holds say, in sentences for a reader who is no engineer.
struct CountReading {
  // What does not add up, as crypto::LedgerFindings. Something to ask about, and no forgery.
  std::vector<std::string> findings;
  // What adds up and is worth knowing: more answers than people within the codes that were made again, a group whose
  // figures are withheld for its share of such codes.
  std::vector<std::string> notes;
};
CountReading ReadCounts(const LedgerCheck& check);

enum class ReceiptStanding {
  kCounted,        // its leaf is in the ledger
  kNotCounted,     // genuine, and its leaf is not in the ledger
  kAnotherSurvey,  // of another survey, or of other documents of this one
  kNotGenuine,     // this survey's receipt key did not sign it
};

struct ReceiptCheck {
  ReceiptStanding standing = ReceiptStanding::kNotGenuine;
  uint32_t version = 0;  // of the answers, 1 or more, as the receipt says; 0 unless it is genuine
  std::string sentence;  // what that means for its holder, and what to do
};
ReceiptCheck CheckReceipt(const LedgerCheck& check, const KeptReceipt& receipt);

// One thing that was checked.
struct CheckStep {
  std::string name;  // stable, for programs: file, code, documents, ledger, counts
  bool holds = false;
  std::string sentence;  // what was checked and holds, or what does not
  // Whether there was anything to compare with: false for `code` where no code was given, which then holds without
  // saying anything.
  bool compared = true;
};

struct Verification {
  // In the order of the checks. All that one rests on stand before it, so nothing is checked after the first that
  // fails; of what counts do not add up the last one, `counts`, tells.
  std::vector<CheckStep> steps;
  std::optional<LedgerCheck> check;  // unset when a step before `counts` failed
  CountReading counts;

  bool holds() const;
};

// Checks a file of ledger_file.h with nothing but itself. `expected`: what the person knows of the manifest from
// elsewhere, as for MatchesManifest; without it, anybody could have made the file, and the sentence of the step `code`
// says so. INVALID_ARGUMENT: `expected` is no form of a manifest's hash. What does not hold is no error but a step.
absl::StatusOr<Verification> VerifyLedgerFile(absl::string_view bytes, absl::string_view expected);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_LEDGER_CHECK_H_
