// Districts, schools, people, and the keys that people call the service with.

#ifndef CANDOR_SERVICES_IDENTITY_DIRECTORY_H_
#define CANDOR_SERVICES_IDENTITY_DIRECTORY_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/base/clock.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::identity {

// A key just made; `secret` is shown this once and is stored nowhere.
struct NewAccessKey {
  storage::AccessKeyRow row;
  std::string secret;  // "candor_" and 52 characters of base32 (256 random bits)
};

// May be called from many threads at once. Errors of every method that names something: NOT_FOUND, RESOURCE_NOT_FOUND;
// INVALID_ARGUMENT, FIELD_INVALID for texts and ids out of their limits (as in directory.proto).
class Directory {
 public:
  Directory(storage::IdentityStore* store, base::Clock* clock) : store_(*store), clock_(*clock) {}

  // An empty id is made at random. ALREADY_EXISTS, RESOURCE_EXISTS: the id is taken.
  absl::StatusOr<storage::DistrictRow> CreateDistrict(const Caller& caller, const domain::DistrictId& id,
                                                      const std::string& title);
  absl::StatusOr<storage::DistrictRow> GetDistrict(const domain::DistrictId& id);
  absl::StatusOr<std::vector<storage::DistrictRow>> ListDistricts(const storage::Page& page);

  absl::StatusOr<storage::SchoolRow> CreateSchool(const Caller& caller, const domain::DistrictId& district,
                                                  const domain::SchoolId& id, const std::string& title);
  absl::StatusOr<storage::SchoolRow> GetSchool(const domain::DistrictId& district, const domain::SchoolId& id);
  absl::StatusOr<std::vector<storage::SchoolRow>> ListSchools(const domain::DistrictId& district,
                                                              const storage::Page& page);

  // ALREADY_EXISTS, RESOURCE_EXISTS: the id is a person's, or was that of one who has been deleted: surveys and reports go
  // by it for good, so that a second holder would read what was the first one's.
  // `person.create_time` and `person.revision` are not read. School and supervisors must exist; nobody supervises
  // themself. PERMISSION_DENIED, CALLER_NOT_ALLOWED: the person would get the role of an administrator, which only the
  // installation's administrator gives; so too at UpdatePerson. With `person.team_members` the entry is a leadership team
  // (`person.team` is not read): kFewestTeamMembers to kMostTeamMembers people with the role of a leader, none of them a team
  // or a supervisor of this one. A team gets the role of a leader, and has no other and no address.
  absl::StatusOr<storage::PersonRow> CreatePerson(const Caller& caller, storage::PersonRow person);
  // Applies `change` to the stored person; a changed id or district is ignored. ABORTED, ETAG_MISMATCH: `revision` is
  // given and is not the stored one. Who is given the role of an administrator, a moderator or an auditor by somebody else
  // loses all keys, since whoever made them for the person may have kept them. INVALID_ARGUMENT, FIELD_INVALID: a person is
  // given members, or a team is left with none; what members a team has is checked when they change, since those who are
  // deleted leave it.
  absl::StatusOr<storage::PersonRow> UpdatePerson(const Caller& caller, const domain::DistrictId& district,
                                                  const domain::PersonId& id, std::optional<int64_t> revision,
                                                  const std::function<absl::Status(storage::PersonRow&)>& change);
  // Keeps the public half of a key that the person made, in place of one registered before, as a moderator's or auditor's:
  // surveys that are opened from now on are sealed to it, those opened before to the one of then. Whoever made the access
  // key of the call is kept with it, since it may be they who call (CheckHoldersOutsideLine). PERMISSION_DENIED,
  // CALLER_NOT_ALLOWED: the caller is not the person themself, whom nobody stands in for. INVALID_ARGUMENT, FIELD_INVALID:
  // not a key that can be sealed to. FAILED_PRECONDITION, WRONG_STATE: the person has neither role.
  absl::StatusOr<storage::PersonRow> RegisterKey(const Caller& caller, const domain::DistrictId& district,
                                                 const domain::PersonId& id, const std::string& public_key);
  // Deletes the person, and what the service keeps about them: their keys; their ratings, but for those that a report
  // not yet frozen needs (they bear no name, and go when the survey is released or abandoned); the rater with their address
  // in drafts, and name and address of such a rater in campaigns that were opened; their name on reports, which stay readable
  // to administrators without it; stored answers to request ids of the district. The audit trail keeps ids, no names, and
  // nobody gets the id again. Of a team its members' ratings go as a leader's do; a member who is deleted leaves their teams,
  // whose surveys go on. FAILED_PRECONDITION, RESOURCE_IN_USE: they lead a survey that is not yet released.
  absl::Status DeletePerson(const Caller& caller, const domain::DistrictId& district, const domain::PersonId& id);
  absl::StatusOr<storage::PersonRow> GetPerson(const domain::DistrictId& district, const domain::PersonId& id);
  absl::StatusOr<std::vector<storage::PersonRow>> ListPeople(const domain::DistrictId& district,
                                                             const storage::Page& page);

  // FAILED_PRECONDITION, WRONG_STATE: a team, as which nobody calls. PERMISSION_DENIED, CALLER_NOT_ALLOWED: a key for an
  // administrator other than the caller, by anybody but the installation's administrator, or a key for a moderator or auditor
  // other than the caller, by somebody who leads or supervises anybody in the district. Who made a key is kept with it; a key
  // that a person makes for themself counts as made by who made the one that they call with.
  absl::StatusOr<NewAccessKey> CreateAccessKey(const Caller& caller, const domain::DistrictId& district,
                                               const domain::PersonId& person, const std::string& title);
  // Deleting what is not there is NOT_FOUND.
  absl::Status DeleteAccessKey(const Caller& caller, const domain::DistrictId& district,
                               const domain::PersonId& person, const domain::AccessKeyId& id);
  absl::StatusOr<std::vector<storage::AccessKeyRow>> ListAccessKeys(const domain::DistrictId& district,
                                                                    const domain::PersonId& person,
                                                                    const storage::Page& page);

  // Whether the installation's administrator has a key.
  absl::StatusOr<bool> HasInstallationKey();
  // Makes a new one; all before it stop working. `keep` writes the secret down before it counts, so that there is never
  // a key that nobody has; when it fails nothing is changed, and its status is given.
  absl::Status ResetInstallationKey(const Caller& caller, const std::function<absl::Status(absl::string_view)>& keep);

  // Who holds `secret`, with their roles as they are now. UNAUTHENTICATED, UNAUTHENTICATED_CALLER.
  absl::StatusOr<Caller> Authenticate(absl::string_view secret);

 private:
  storage::IdentityStore& store_;
  base::Clock& clock_;
};

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_DIRECTORY_H_
