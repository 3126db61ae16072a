// The closing ledger: the list of everything that was counted, signed, for anyone to check offline.
//
// Canonical JSON (base/json.h), one object:
//   format     "candor-ledger-v2"
//   survey     the survey's id: its 16 bytes in Crockford base32
//   groups     per issuing group, in the manifest's order: code, invited, issued, reissued, counted, replaced
//   leaves     the leaves of all counted answers, hexadecimal, sorted, each once
//   root       RFC 9162 tree head over `leaves` in that order, hexadecimal
//   signature  Ed25519(receipt key, "candor-ledger-v2" || canonical JSON of the object without `leaves` and
//              `signature`), hexadecimal. The root stands for the leaves, as in a signed tree head of RFC 9162.
//
// Clients fetch the whole list, so that no query names the asker.

#ifndef CANDOR_SERVICES_CRYPTO_LEDGER_H_
#define CANDOR_SERVICES_CRYPTO_LEDGER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/hash.h"
#include "services/crypto/signing.h"

namespace candor::crypto {

// Taking part in one issuing group, exact. All counts are 0 or more, and issued <= invited. Normally also
// counted <= issued + reissued; where it is not, LedgerFindings says so.
struct LedgerGroup {
  std::string code;      // as in the manifest
  int64_t invited = 0;   // invitations at opening
  int64_t issued = 0;    // invitations for which a token was taken
  int64_t reissued = 0;  // codes made again for a lost device
  int64_t counted = 0;   // answers in the result
  int64_t replaced = 0;  // times an answer was replaced by a newer version of itself; their leaves are not listed

  bool operator==(const LedgerGroup&) const = default;
};

struct Ledger {
  std::string survey_id;            // 16 bytes
  std::vector<LedgerGroup> groups;  // distinct codes
  std::vector<Hash> leaves;         // ascending, each once
  Hash root;

  bool operator==(const Ledger&) const = default;
};

// The signed document. `leaves` may come in any order; `ledger.root` is not read but computed.
// INVALID_ARGUMENT: what VerifyLedger would refuse, so a ledger that cannot be verified is never published.
absl::StatusOr<std::string> BuildLedger(Ledger ledger, const SigningKey& key);

// Reads and checks a ledger: its form (exactly the canonical bytes, no other members), survey, signature, the order of
// the leaves, the root, that no group issued more tokens than people were invited, and that there are as many leaves as
// counted answers. Not that there were tokens for all answers: an honest server whose data were restored from a backup
// must be able to publish what it counted, and says it with these numbers; ask LedgerFindings.
// INVALID_ARGUMENT: one sentence for the first thing that does not hold, for a respondent to read. Whether `invited`
// and the groups' codes are the manifest's is for the caller to compare.
absl::StatusOr<Ledger> VerifyLedger(absl::string_view json, absl::string_view survey_id,
                                    absl::string_view receipt_public_key);

// What a verified ledger itself says against the survey: one plain sentence for each group with more answers than
// tokens were issued and codes reissued (such a ledger is not forged, and the service withholds the group's figures),
// and for each with changed answers and no answer, in the ledger's order. Empty: nothing.
std::vector<std::string> LedgerFindings(const Ledger& ledger);

// Whether `leaf` is in a ledger that VerifyLedger returned. False for what is not 32 bytes long.
bool FindLeaf(const Ledger& ledger, absl::string_view leaf);

}  // namespace candor::crypto

#endif  // CANDOR_SERVICES_CRYPTO_LEDGER_H_
