#include "services/identity/resource_names.h"

#include "absl/strings/str_cat.h"
#include "services/domain/errors.h"
#include "services/domain/text.h"

namespace candor::identity {

std::string DistrictName(const domain::DistrictId& district) { return absl::StrCat("districts/", district.value()); }

std::string SchoolName(const domain::DistrictId& district, const domain::SchoolId& school) {
  return absl::StrCat(DistrictName(district), "/schools/", school.value());
}

std::string PersonName(const domain::DistrictId& district, const domain::PersonId& person) {
  return absl::StrCat(DistrictName(district), "/people/", person.value());
}

std::string AccessKeyName(const domain::DistrictId& district, const domain::PersonId& person,
                          const domain::AccessKeyId& key) {
  return absl::StrCat(PersonName(district, person), "/accessKeys/", key.value());
}

std::string FrameworkName(const domain::DistrictId& district, const domain::FrameworkId& framework) {
  return absl::StrCat(DistrictName(district), "/frameworks/", framework.value());
}

std::string InstrumentName(const domain::DistrictId& district, const domain::InstrumentId& instrument) {
  return absl::StrCat(DistrictName(district), "/instruments/", instrument.value());
}

std::string InstrumentVersionName(const domain::DistrictId& district, const domain::InstrumentId& instrument,
                                  int version) {
  return absl::StrCat(InstrumentName(district, instrument), "/versions/", version);
}

std::string CampaignName(const domain::DistrictId& district, const domain::CampaignId& campaign) {
  return absl::StrCat(DistrictName(district), "/campaigns/", campaign.value());
}

std::string SurveyName(const storage::SurveyRow& survey) {
  return absl::StrCat(CampaignName(survey.district, survey.campaign), "/surveys/", survey.id.value());
}

std::string RaterName(const storage::SurveyRow& survey, const domain::RaterId& rater) {
  return absl::StrCat(SurveyName(survey), "/raters/", rater.value());
}

absl::Status CheckId(absl::string_view field, absl::string_view id) {
  if (domain::IsResourceId(id)) return absl::OkStatus();
  return domain::errors::InvalidField(field, "must be 1 to 63 characters of a-z, 0-9 and hyphens");
}

absl::Status CheckText(absl::string_view field, absl::string_view text, size_t most, bool required) {
  if (required && text.empty()) return domain::errors::InvalidField(field, "must not be empty");
  if (text.size() > most) {
    return domain::errors::InvalidField(field, absl::StrCat("is longer than ", most, " bytes; shorten it"));
  }
  if (!domain::IsOneLine(text)) return domain::errors::InvalidField(field, "must be one line of plain UTF-8 text");
  return absl::OkStatus();
}

}  // namespace candor::identity
