// The filter of staff surnames that a survey's respondents get, so that their clients can warn of names before a comment is
// sent (clients/guard).
//
// It holds surnames of adults who work for the district: of the directory's people and of the survey's staff raters. Never
// a pupil's or a parent's, who are known to clients by common names alone. It is made once, at opening; its hash stands in
// the manifest, so that everybody gets the same.

#ifndef CANDOR_SERVICES_IDENTITY_SURNAME_FILTER_H_
#define CANDOR_SERVICES_IDENTITY_SURNAME_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/domain/ids.h"
#include "storage/identity_store.h"

namespace candor::identity {

// The rater group whose names are staff's.
inline constexpr char kStaffGroup[] = "staff";

// Surnames of everybody in the district's directory, folded.
absl::StatusOr<std::vector<std::string>> DirectorySurnames(storage::ReadTransaction& transaction,
                                                           const domain::DistrictId& district);

// The bytes of a new crypto::SaltedFilter with `surnames` and those of the survey's staff raters.
absl::StatusOr<std::string> MakeSurnameFilter(storage::ReadTransaction& transaction, const storage::SurveyRow& survey,
                                              std::vector<std::string> surnames);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_SURNAME_FILTER_H_
