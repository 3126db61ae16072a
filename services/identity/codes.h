// Codes, for those who send letters or print slips.

#ifndef CANDOR_SERVICES_IDENTITY_CODES_H_
#define CANDOR_SERVICES_IDENTITY_CODES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "services/identity/key_store.h"
#include "storage/identity_store.h"

namespace candor::identity {

struct RaterCode {
  storage::RaterRow rater;
  std::string code;         // crypto::FormatCode: groups of 4 with hyphens
  int64_t generation = 0;  // how often it was made anew
};

// May be called from many threads at once. Errors of both methods: NOT_FOUND, RESOURCE_NOT_FOUND; FAILED_PRECONDITION,
// WRONG_STATE unless the survey is open; PERMISSION_DENIED, CALLER_NOT_ALLOWED: the caller is no administrator, or is the
// leader or a supervisor of the leader, now or at opening; FAILED_PRECONDITION, KEY_LOST: the code key is gone, or is another
// than that of the codes, so that what it gave would open nothing.
class Codes {
 public:
  Codes(storage::IdentityStore* store, base::Clock* clock, KeyStore* keys)
      : store_(*store), clock_(*clock), keys_(*keys) {}

  // By rater id; `page.after` is a rater's id. Every call is in the audit trail. Whether a token was taken is not said.
  absl::StatusOr<std::vector<RaterCode>> List(const Caller& caller, const domain::DistrictId& district,
                                              const domain::SurveyId& survey, const storage::Page& page);

  // A new code for the rater; the one before opens nothing any more. If a token had been taken with it, that token stays
  // valid (nobody knows which it is). Every reissue is counted in the published `reissued` of the issuing group.
  // `generation`: of the code to be replaced. When that has happened already, as after a lost reply, the new code is
  // given again, and nothing is counted. ABORTED, ETAG_MISMATCH: the code has been made anew since, or not so often.
  absl::StatusOr<RaterCode> Reissue(const Caller& caller, const domain::DistrictId& district,
                                    const domain::SurveyId& survey, const domain::RaterId& rater,
                                    std::optional<int64_t> generation);

 private:
  storage::IdentityStore& store_;
  base::Clock& clock_;
  KeyStore& keys_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_CODES_H_
