#include "services/rpc/resource_names.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::rpc {
namespace {

constexpr size_t kLongestId = 63;

bool IsId(absl::string_view id) {
  return !id.empty() && id.size() <= kLongestId && id != "-" && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

SurveyName ToSurvey(const std::vector<std::string>& ids) {
  return {domain::DistrictId(ids[0]), domain::CampaignId(ids[1]), domain::SurveyId(ids[2])};
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseName(absl::string_view pattern, absl::string_view field,
                                                   absl::string_view name) {
  const std::vector<absl::string_view> wanted = absl::StrSplit(pattern, '/');
  const std::vector<absl::string_view> given = absl::StrSplit(name, '/');
  bool fits = wanted.size() == given.size();
  std::vector<std::string> ids;
  for (size_t i = 0; fits && i < wanted.size(); ++i) {
    if (wanted[i].front() == '{') {
      fits = IsId(given[i]);
      ids.emplace_back(given[i]);
    } else {
      fits = wanted[i] == given[i];
    }
  }
  if (!fits) {
    return domain::errors::InvalidField(
        field, absl::StrCat("a name of the form ", pattern, " is needed; ids are 1 to 63 characters of a-z, 0-9 and -"));
  }
  return ids;
}

absl::StatusOr<domain::DistrictId> ParseDistrict(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kDistrict, field, name));
  return domain::DistrictId(ids[0]);
}

absl::StatusOr<SchoolName> ParseSchool(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kSchool, field, name));
  return SchoolName{domain::DistrictId(ids[0]), domain::SchoolId(ids[1])};
}

absl::StatusOr<PersonName> ParsePerson(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kPerson, field, name));
  return PersonName{domain::DistrictId(ids[0]), domain::PersonId(ids[1])};
}

absl::StatusOr<AccessKeyName> ParseAccessKey(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kAccessKey, field, name));
  return AccessKeyName{domain::DistrictId(ids[0]), domain::PersonId(ids[1]), domain::AccessKeyId(ids[2])};
}

absl::StatusOr<FrameworkName> ParseFramework(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kFramework, field, name));
  return FrameworkName{domain::DistrictId(ids[0]), domain::FrameworkId(ids[1])};
}

absl::StatusOr<InstrumentName> ParseInstrument(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kInstrument, field, name));
  return InstrumentName{domain::DistrictId(ids[0]), domain::InstrumentId(ids[1])};
}

absl::StatusOr<InstrumentVersionName> ParseInstrumentVersion(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kInstrumentVersion, field, name));
  int32_t version = 0;
  if (!absl::SimpleAtoi(ids[2], &version) || version < 1 || absl::StrCat(version) != ids[2]) {
    return domain::errors::InvalidField(field, "the version is a whole number from 1, without leading zeros");
  }
  return InstrumentVersionName{domain::DistrictId(ids[0]), domain::InstrumentId(ids[1]), version};
}

absl::StatusOr<CampaignName> ParseCampaign(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kCampaign, field, name));
  return CampaignName{domain::DistrictId(ids[0]), domain::CampaignId(ids[1])};
}

absl::StatusOr<CampaignName> ParseCampaignOrAll(absl::string_view field, absl::string_view name) {
  constexpr absl::string_view kAll = "/campaigns/-";
  if (name.size() > kAll.size() && name.substr(name.size() - kAll.size()) == kAll) {
    CANDOR_ASSIGN_OR_RETURN(auto district, ParseDistrict(field, name.substr(0, name.size() - kAll.size())));
    return CampaignName{std::move(district), domain::CampaignId()};
  }
  return ParseCampaign(field, name);
}

absl::StatusOr<SurveyName> ParseSurvey(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kSurvey, field, name));
  return ToSurvey(ids);
}

absl::StatusOr<RaterName> ParseRater(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kRater, field, name));
  return RaterName{ToSurvey(ids), domain::RaterId(ids[3])};
}

absl::StatusOr<RatingName> ParseRating(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kRating, field, name));
  if (ids[3] == "self") return RatingName{ToSurvey(ids), storage::IdentifiedAudience::kSelf};
  if (ids[3] == "supervisor") return RatingName{ToSurvey(ids), storage::IdentifiedAudience::kSupervisor};
  return domain::errors::InvalidField(field, "a name that ends in ratings/self or ratings/supervisor is needed");
}

absl::StatusOr<SurveyName> ParseReport(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kReport, field, name));
  return ToSurvey(ids);
}

absl::StatusOr<SurveyName> ParseGrowthPlan(absl::string_view field, absl::string_view name) {
  CANDOR_ASSIGN_OR_RETURN(const auto ids, ParseName(names::kGrowthPlan, field, name));
  return ToSurvey(ids);
}

std::string FormatSurvey(const SurveyName& name) {
  return absl::StrCat("districts/", name.district.value(), "/campaigns/", name.campaign.value(), "/surveys/",
                      name.survey.value());
}

std::string FormatRater(const RaterName& name) {
  return absl::StrCat(FormatSurvey(name.survey), "/raters/", name.rater.value());
}

std::string FormatRating(const RatingName& name) {
  return absl::StrCat(FormatSurvey(name.survey), "/ratings/",
                      name.audience == storage::IdentifiedAudience::kSelf ? "self" : "supervisor");
}

std::string FormatReport(const SurveyName& name) { return absl::StrCat(FormatSurvey(name), "/report"); }

absl::Status CheckChosenId(absl::string_view field, absl::string_view id) {
  if (id.empty() || IsId(id)) return absl::OkStatus();
  return domain::errors::InvalidField(
      field, "an id is 1 to 63 characters of a-z, 0-9 and -, and not a lone hyphen; leave it empty to get one made");
}

}  // namespace candor::rpc
