// The files of a steward: shares of a closing key, and its public half for whoever sets up the campaign.

#ifndef CANDOR_CLIENTS_CLI_STEWARD_FILES_H_
#define CANDOR_CLIENTS_CLI_STEWARD_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/key_shares.h"
#include "services/crypto/secret_bytes.h"

namespace candor::cli {

// What share files and public key file have in common.
struct StewardPublicKey {
  std::string label;       // the campaign, as the steward calls it: one line, 1..200 bytes
  int shares = 3;          // 1..domain::kMostStewardShares
  int threshold = 2;       // 1..shares
  std::string public_key;  // X25519, 32 bytes

  bool operator==(const StewardPublicKey&) const = default;
};

struct StewardShare {
  StewardPublicKey key;
  crypto::KeyShare share;
};

// Canonical JSON ("candor.steward_key.v1", "candor.steward_share.v1"). A share's document ends with a checksum over the
// rest, by which a slip of copying is known from a share of another key. A share's text is a secret: wipe it.
std::string EncodeStewardPublicKey(const StewardPublicKey& key);
std::string EncodeStewardShare(const StewardShare& share);
// `file` names the file in messages. INVALID_ARGUMENT: not such a document. FAILED_PRECONDITION, WRONG_SHARES: a share whose
// checksum is wrong.
absl::StatusOr<StewardPublicKey> ParseStewardPublicKey(absl::string_view bytes, const std::string& file);
absl::StatusOr<StewardShare> ParseStewardShare(absl::string_view bytes, const std::string& file);

struct NamedShare {
  std::string file;
  StewardShare share;
};

struct CombinedKey {
  crypto::SecretBytes secret_key;
  std::vector<std::string> bad_files;  // of more shares than were needed, those that do not belong to the others
};

// The secret half that the shares give, which has the public half that stands in them. Where there are more shares than
// are needed every choice is tried, so that one bad share does no harm, and the bad ones are named.
//
// FAILED_PRECONDITION, WRONG_SHARES, with the file or files at fault: shares of different keys, two different ones under one
// number, too few of them, or no choice of them gives the key.
absl::StatusOr<CombinedKey> CombineStewardShares(const std::vector<NamedShare>& shares);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_STEWARD_FILES_H_
