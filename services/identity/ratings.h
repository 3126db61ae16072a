// Self- and supervisor ratings. They are identified: kept under a person's name, shown apart, never among the raters'.

#ifndef CANDOR_SERVICES_IDENTITY_RATINGS_H_
#define CANDOR_SERVICES_IDENTITY_RATINGS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/domain/answer.h"
#include "services/domain/ids.h"
#include "services/domain/instrument.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

// What a person is asked, and what they have answered so far.
struct IdentifiedForm {
  storage::SurveyRow survey;
  storage::IdentifiedAudience audience = storage::IdentifiedAudience::kSelf;
  domain::Instrument instrument;
  domain::AnswerShape shape;              // of this audience; no prompts
  std::optional<domain::Answers> answers; // unset: nothing saved yet
  int team_members = 0;  // of kSelf, where the leader is a team: its members; else 0
};

// domain::kSelf or domain::kSupervisor.
std::string AudienceCode(storage::IdentifiedAudience audience);

// May be called from many threads at once. NOT_FOUND, RESOURCE_NOT_FOUND; PERMISSION_DENIED, CALLER_NOT_ALLOWED: `person`
// is not the leader, or a member of the team as it was at opening (kSelf), or not a supervisor of the leader (kSupervisor).
class Ratings {
 public:
  Ratings(storage::IdentityStore* store, base::Clock* clock) : store_(*store), clock_(*clock) {}

  absl::StatusOr<IdentifiedForm> Get(const domain::DistrictId& district, const domain::SurveyId& survey,
                                     const domain::PersonId& person, storage::IdentifiedAudience audience);

  // Saves `answers` in place of the person's former ones. FAILED_PRECONDITION, WRONG_STATE: the campaign has not been
  // opened yet, or closing has begun. INVALID_ARGUMENT: as domain::CheckAnswers; comments are empty.
  absl::StatusOr<IdentifiedForm> Put(const domain::DistrictId& district, const domain::SurveyId& survey,
                                     const domain::PersonId& person, storage::IdentifiedAudience audience,
                                     const domain::Answers& answers);

 private:
  storage::IdentityStore& store_;
  base::Clock& clock_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_RATINGS_H_
