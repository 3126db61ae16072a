// The raters of a survey: who is asked. They change only while the campaign is a draft.

#ifndef CANDOR_SERVICES_IDENTITY_RATERS_H_
#define CANDOR_SERVICES_IDENTITY_RATERS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

inline constexpr int kMostRatersAtOnce = 5'000;
inline constexpr int kMostRaters = 100'000;  // of one survey

// A rater to add. Has a name or an address.
struct NewRater {
  std::string group;         // a rater group of the campaign's instrument
  std::string display_name;  // at most 200 bytes
  std::string address;       // at most 320 bytes
  bool opted_out = false;    // gets no code and counts as not invited
  std::string part = "";     // of the group's breakdown in the campaign; empty: of none, which opening refuses where the
                             // group has a breakdown
};

// What is true when a rater is added need not be when the campaign opens: somebody may have become a supervisor of the
// leader, or have got another address in the directory. FAILED_PRECONDITION, CAMPAIGN_INVALID: a rater of the survey who
// has not opted out breaks a rule on who is asked (below).
absl::Status CheckDistinctRaters(storage::ReadTransaction& transaction, const storage::SurveyRow& survey);

// FAILED_PRECONDITION, KEY_HOLDER_UNFIT: a moderator of the campaign, or its auditor, is asked in the survey too, by their
// address in the directory. They would read, and moderate, what stands beside their own answer, and know one answer more.
absl::Status CheckHoldersAreNoRaters(storage::ReadTransaction& transaction, const storage::CampaignRow& campaign,
                                     const storage::SurveyRow& survey);

// May be called from many threads at once. NOT_FOUND, RESOURCE_NOT_FOUND: no such survey or rater. FAILED_PRECONDITION,
// WRONG_STATE: a change once the campaign is no draft. INVALID_ARGUMENT, FIELD_INVALID, with the field at fault
// ("raters[3].group").
//
// Nobody is asked twice, since the least size of a group is one of people: within a survey no two raters, of whatever
// groups and opted out or not, have the same address, and within a group two with the same name both have an address
// (case and extra spaces make no difference; of case, that of ASCII letters). FIELD_INVALID naming both where both are in
// the request; ALREADY_EXISTS, RESOURCE_EXISTS, with the field at fault and the other's name, where the other is in the
// survey already. FIELD_INVALID, too: the address in the directory of the leader or of one of their supervisors, as they
// are now.
class Raters {
 public:
  Raters(storage::IdentityStore* store, base::Clock* clock) : store_(*store), clock_(*clock) {}

  // Adds 1 to 5,000, all or none; they come back in the same order.
  absl::StatusOr<std::vector<storage::RaterRow>> Add(const Caller& caller, const domain::DistrictId& district,
                                                     const domain::SurveyId& survey,
                                                     const std::vector<NewRater>& raters);
  // Adds `count` (1 to 5,000) slips of paper, which bear no name. `part`: as in NewRater.
  absl::StatusOr<std::vector<storage::RaterRow>> AddPaper(const Caller& caller, const domain::DistrictId& district,
                                                          const domain::SurveyId& survey, const std::string& group,
                                                          int count, const std::string& part = "");
  // Applies `change` to group, part, name, address and opting out; anything else it changes is ignored.
  absl::StatusOr<storage::RaterRow> Update(const Caller& caller, const domain::DistrictId& district,
                                           const domain::SurveyId& survey, const domain::RaterId& rater,
                                           const std::function<absl::Status(storage::RaterRow&)>& change);
  // With the district's stored answers to request ids, which may show the rater's name.
  absl::Status Remove(const Caller& caller, const domain::DistrictId& district, const domain::SurveyId& survey,
                      const domain::RaterId& rater);
  absl::StatusOr<storage::RaterRow> Get(const domain::DistrictId& district, const domain::SurveyId& survey,
                                        const domain::RaterId& rater);
  absl::StatusOr<std::vector<storage::RaterRow>> List(const domain::DistrictId& district,
                                                      const domain::SurveyId& survey, const storage::Page& page);

 private:
  storage::IdentityStore& store_;
  base::Clock& clock_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_RATERS_H_
