// A closed survey's ledger in one file, with all that it takes to check it: nothing of a server and no key.
//
// Canonical JSON (base/json.h), one object, nothing before it or after it:
//   format              "candor-ledger-file-v1"
//   contract            the three documents as objects: the bytes of each value are those that were hashed and signed
//   instrument_version
//   manifest
//   manifest_signature  Ed25519, hexadecimal
//   extension           the newest notice of extension, likewise; null where there is none
//   extension_signature Ed25519, hexadecimal; "" where there is none
//   ledger              as in services/crypto/ledger.h, signature and all

#ifndef CANDOR_CLIENTS_CPP_LEDGER_FILE_H_
#define CANDOR_CLIENTS_CPP_LEDGER_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cpp/documents.h"

namespace candor::client {

struct LedgerFile {
  DocumentBytes documents;
  std::string ledger;

  bool operator==(const LedgerFile&) const = default;
};

// The documents and the ledger are objects in canonical JSON, as whoever checked them knows.
std::string WriteLedgerFile(const LedgerFile& file);

// Takes the file apart without looking into its parts, in one pass.
// INVALID_ARGUMENT: not such a file, byte for byte as WriteLedgerFile would write it but for what is inside the parts;
// one sentence says where it departs from that.
absl::StatusOr<LedgerFile> ReadLedgerFile(absl::string_view bytes);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_LEDGER_FILE_H_
