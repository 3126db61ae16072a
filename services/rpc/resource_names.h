// Reading resource names (ecosystem: `districts/{district}/...`). Writing them is services/identity/resource_names.h.

#ifndef CANDOR_SERVICES_RPC_RESOURCE_NAMES_H_
#define CANDOR_SERVICES_RPC_RESOURCE_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/ids.h"
#include "storage/identity_store.h"

namespace candor::rpc {

// The shapes that names have. A segment in braces stands for an id.
namespace names {
inline constexpr char kDistrict[] = "districts/{district}";
inline constexpr char kSchool[] = "districts/{district}/schools/{school}";
inline constexpr char kPerson[] = "districts/{district}/people/{person}";
inline constexpr char kAccessKey[] = "districts/{district}/people/{person}/accessKeys/{access_key}";
inline constexpr char kFramework[] = "districts/{district}/frameworks/{framework}";
inline constexpr char kInstrument[] = "districts/{district}/instruments/{instrument}";
inline constexpr char kInstrumentVersion[] = "districts/{district}/instruments/{instrument}/versions/{version}";
inline constexpr char kCampaign[] = "districts/{district}/campaigns/{campaign}";
inline constexpr char kSurvey[] = "districts/{district}/campaigns/{campaign}/surveys/{survey}";
inline constexpr char kRater[] = "districts/{district}/campaigns/{campaign}/surveys/{survey}/raters/{rater}";
inline constexpr char kRating[] = "districts/{district}/campaigns/{campaign}/surveys/{survey}/ratings/{kind}";
inline constexpr char kReport[] = "districts/{district}/campaigns/{campaign}/surveys/{survey}/report";
inline constexpr char kGrowthPlan[] = "districts/{district}/campaigns/{campaign}/surveys/{survey}/growthPlan";
}  // namespace names

// The ids in `name`, in the order in which `pattern` has them: each 1 to 63 characters of [a-z0-9-], and not a lone
// hyphen, which stands for "all" in lists.
// INVALID_ARGUMENT, FIELD_INVALID with `field`: a name of another shape; the message shows the right one.
absl::StatusOr<std::vector<std::string>> ParseName(absl::string_view pattern, absl::string_view field,
                                                   absl::string_view name);

struct SchoolName {
  domain::DistrictId district;
  domain::SchoolId school;
};
struct PersonName {
  domain::DistrictId district;
  domain::PersonId person;
};
struct AccessKeyName {
  domain::DistrictId district;
  domain::PersonId person;
  domain::AccessKeyId access_key;
};
struct FrameworkName {
  domain::DistrictId district;
  domain::FrameworkId framework;
};
struct InstrumentName {
  domain::DistrictId district;
  domain::InstrumentId instrument;
};
struct InstrumentVersionName {
  domain::DistrictId district;
  domain::InstrumentId instrument;
  int32_t version = 0;  // from 1
};
struct CampaignName {
  domain::DistrictId district;
  domain::CampaignId campaign;  // empty: all, written as a hyphen
};
struct SurveyName {
  domain::DistrictId district;
  domain::CampaignId campaign;
  domain::SurveyId survey;
};
struct RaterName {
  SurveyName survey;
  domain::RaterId rater;
};
struct RatingName {
  SurveyName survey;
  storage::IdentifiedAudience audience = storage::IdentifiedAudience::kSelf;
};

// Errors as of ParseName.
absl::StatusOr<domain::DistrictId> ParseDistrict(absl::string_view field, absl::string_view name);
absl::StatusOr<SchoolName> ParseSchool(absl::string_view field, absl::string_view name);
absl::StatusOr<PersonName> ParsePerson(absl::string_view field, absl::string_view name);
absl::StatusOr<AccessKeyName> ParseAccessKey(absl::string_view field, absl::string_view name);
absl::StatusOr<FrameworkName> ParseFramework(absl::string_view field, absl::string_view name);
absl::StatusOr<InstrumentName> ParseInstrument(absl::string_view field, absl::string_view name);
absl::StatusOr<InstrumentVersionName> ParseInstrumentVersion(absl::string_view field, absl::string_view name);
absl::StatusOr<CampaignName> ParseCampaign(absl::string_view field, absl::string_view name);
// As ParseCampaign, but a hyphen may stand for all of the district's campaigns.
absl::StatusOr<CampaignName> ParseCampaignOrAll(absl::string_view field, absl::string_view name);
absl::StatusOr<SurveyName> ParseSurvey(absl::string_view field, absl::string_view name);
absl::StatusOr<RaterName> ParseRater(absl::string_view field, absl::string_view name);
absl::StatusOr<RatingName> ParseRating(absl::string_view field, absl::string_view name);
absl::StatusOr<SurveyName> ParseReport(absl::string_view field, absl::string_view name);
absl::StatusOr<SurveyName> ParseGrowthPlan(absl::string_view field, absl::string_view name);

std::string FormatSurvey(const SurveyName& name);
std::string FormatRater(const RaterName& name);
std::string FormatRating(const RatingName& name);
std::string FormatReport(const SurveyName& name);

// INVALID_ARGUMENT, FIELD_INVALID: an id that a caller chose for a new resource; empty (made at random) passes.
absl::Status CheckChosenId(absl::string_view field, absl::string_view id);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_RESOURCE_NAMES_H_
