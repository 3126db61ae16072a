// The key that signs this plane's receipts and ledgers, in a file of the key folder.

#ifndef CANDOR_SERVICES_COLLECTION_RECEIPT_KEY_H_
#define CANDOR_SERVICES_COLLECTION_RECEIPT_KEY_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/crypto/signing.h"

namespace candor::collection {

// The key in FOLDER/receipt.key (its 32-byte seed), made at first use with mode 0600; so is the folder, with mode 0700.
// FAILED_PRECONDITION, KEY_LOST: the file is not such a seed. Otherwise the codes of base/file.h.
absl::StatusOr<crypto::SigningKey> LoadReceiptKey(const std::string& folder);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_RECEIPT_KEY_H_
