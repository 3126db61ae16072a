// How engines keep values that have no columns of their own.

#ifndef CANDOR_STORAGE_IDENTITY_DOCUMENTS_H_
#define CANDOR_STORAGE_IDENTITY_DOCUMENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/campaign.h"

namespace candor::storage {

// Canonical JSON. Decoding fails with DATA_LOSS, STORE_CORRUPT.
std::string EncodeSettings(const domain::CampaignSettings& settings);
absl::StatusOr<domain::CampaignSettings> DecodeSettings(absl::string_view bytes);

std::string EncodeTexts(const std::vector<std::string>& texts);
absl::StatusOr<std::vector<std::string>> DecodeTexts(absl::string_view bytes);

}  // namespace candor::storage

#endif  // CANDOR_STORAGE_IDENTITY_DOCUMENTS_H_
