// Moderators and auditor of a survey, with their keys, as they were when the survey was opened. They are kept with it
// (SurveyDocument::kKeyHolders), since its manifest names titles and keys, and no people.

#ifndef CANDOR_STORAGE_KEY_HOLDERS_H_
#define CANDOR_STORAGE_KEY_HOLDERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"
#include "storage/identity_store.h"

namespace candor::storage {

struct KeyHolder {
  domain::PersonId person;
  domain::ModeratorKey key;  // title, and the public half
};

struct KeyHolders {
  std::vector<KeyHolder> moderators;  // in the manifest's order
  std::optional<KeyHolder> auditor;
};

// Canonical JSON: {"auditors":[at most one],"moderators":[{"person":"…","public_key":"…","title":"…"}]}, keys in
// hexadecimal. Decoding fails with DATA_LOSS, STORE_CORRUPT.
std::string EncodeKeyHolders(const KeyHolders& holders);
absl::StatusOr<KeyHolders> DecodeKeyHolders(absl::string_view bytes);

// The people who moderate the survey, as it was opened; nobody before. DATA_LOSS, STORE_CORRUPT.
absl::StatusOr<std::vector<domain::PersonId>> ModeratorsOf(ReadTransaction& transaction,
                                                           const domain::DistrictId& district,
                                                           const domain::SurveyId& survey);

}  // namespace candor::storage

#endif  // CANDOR_STORAGE_KEY_HOLDERS_H_
