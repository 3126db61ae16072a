// The names of resources, as callers see them and as the audit trail keeps them.

#ifndef CANDOR_SERVICES_IDENTITY_RESOURCE_NAMES_H_
#define CANDOR_SERVICES_IDENTITY_RESOURCE_NAMES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/domain/ids.h"
#include "storage/identity_store.h"

namespace candor::identity {

std::string DistrictName(const domain::DistrictId& district);
std::string SchoolName(const domain::DistrictId& district, const domain::SchoolId& school);
std::string PersonName(const domain::DistrictId& district, const domain::PersonId& person);
std::string AccessKeyName(const domain::DistrictId& district, const domain::PersonId& person,
                          const domain::AccessKeyId& key);
std::string FrameworkName(const domain::DistrictId& district, const domain::FrameworkId& framework);
std::string InstrumentName(const domain::DistrictId& district, const domain::InstrumentId& instrument);
std::string InstrumentVersionName(const domain::DistrictId& district, const domain::InstrumentId& instrument,
                                  int version);
std::string CampaignName(const domain::DistrictId& district, const domain::CampaignId& campaign);
std::string SurveyName(const storage::SurveyRow& survey);
std::string RaterName(const storage::SurveyRow& survey, const domain::RaterId& rater);

// INVALID_ARGUMENT, FIELD_INVALID: `id` is not 1 to 63 characters of [a-z0-9-].
absl::Status CheckId(absl::string_view field, absl::string_view id);
// INVALID_ARGUMENT, FIELD_INVALID: `text` is empty though `required`, longer than `most` bytes, or not plain text.
absl::Status CheckText(absl::string_view field, absl::string_view text, size_t most, bool required);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_RESOURCE_NAMES_H_
