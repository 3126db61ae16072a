// What a respondent reports of being pressed, between closing and the auditor: the fixed-length record that is sealed.
//
//   record = "candor-notice-v1" || survey id (16) || length (2, big-endian) || text, padded with zero bytes to 500
//   sealed = crypto::SealToKey(the auditor's key in the manifest, record)
//
// It names no group, no token and no rating, and stands beside nothing else of the same person.

#ifndef CANDOR_SERVICES_COLLECTION_NOTICE_RECORD_H_
#define CANDOR_SERVICES_COLLECTION_NOTICE_RECORD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::collection {

// `text`: at most domain::kLongestPressureNotice bytes. INVALID_ARGUMENT: the key is not a usable one.
absl::StatusOr<std::string> SealNotice(absl::string_view auditor_public_key, absl::string_view survey_id,
                                       absl::string_view text);

// The text in an opened record. DATA_LOSS, STORE_CORRUPT: not such a record, or another survey's.
absl::StatusOr<std::string> ReadNotice(absl::string_view record, absl::string_view survey_id);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_NOTICE_RECORD_H_
