#include "services/collection/receipt_key.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::collection {

absl::StatusOr<crypto::SigningKey> LoadReceiptKey(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/receipt.key");
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(folder, 0700));
  const absl::StatusOr<std::string> stored = base::ReadFile(path, /*max_bytes=*/4096);
  if (absl::IsNotFound(stored.status())) {
    crypto::SigningKey key = crypto::SigningKey::Generate();
    CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(path, key.seed().view(), 0600));
    return key;
  }
  CANDOR_RETURN_IF_ERROR(stored.status());
  if (stored->size() != crypto::kSigningSeedBytes) {
    return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kKEY_LOST,
                       absl::StrCat(path, " is damaged: it must have ", crypto::kSigningSeedBytes,
                                    " bytes; put the right file back from your copy of the key folder"));
  }
  return crypto::SigningKey::FromSeed(*stored);
}

}  // namespace candor::collection
