// Who may call which method on what: the one table, and the one place that decides.
//
// A method that has no row stops the server at start. Permission is decided before it is known whether the resource
// exists, from the directory and the resource's name, so that nobody learns by trying what there is; only who may call
// the method anyway is told that there is no such thing.

#ifndef CANDOR_SERVICES_RPC_ACCESS_H_
#define CANDOR_SERVICES_RPC_ACCESS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "services/domain/ids.h"
#include "services/identity/caller.h"
#include "storage/identity_store.h"

namespace candor::rpc {

// Who may call. An administrator is a person with that role in the district of the name, or the installation's.
enum class Audience {
  kEveryone,           // respondents: no key is looked at
  kPlane,              // the identity plane's server, by the key that the two planes share (PlaneKey); no person
  kInstallation,       // the installation's administrator
  kAdministrator,
  kSupervisors,        // administrators, and supervisors of the district
  kAuditors,           // administrators, and auditors of the district
  kMembers,            // everybody of the district who has a role
  kThemself,           // administrators; the person themself
  kThemselfAlone,      // the person themself, whom no administrator stands in for
  kKeyHolder,          // whoever brings a session that was opened with a moderator's or auditor's key: no access key is
                       // looked at, and the method itself checks the session
  // Where a survey's leader is a leadership team, "the leader" stands below for each of its members: as they were at opening,
  // before that as they are; for kOutsideLeaderLine then and now.
  kPerson,             // administrators; the person themself; their supervisors; of a team its members
  kSurveyParties,      // administrators; the survey's leader; the leader's supervisors
  kOutsideLeaderLine,  // administrators who neither are the survey's leader nor are, or were at opening, one of the
                       // leader's supervisors, or of a team's member
  kRatingPerson,       // of .../ratings/self the leader; of .../ratings/supervisor the leader's supervisors
  kSurveyLeader,       // the survey's leader, whom no administrator stands in for
  kSurveyModerators,   // who was a moderator of the survey when it was opened and has that role still; no administrator
                       // stands in for them
  kReadersAndModerators,  // kReportReaders and kSurveyModerators
  kPlanReaders,        // kReportReaders, but no administrator stands in for them
  kReportReaders,      // the leader; where the contract lets them read, those who were the leader's supervisors at
                       // opening and are supervisors still; administrators, whom reporting turns away once there is a
                       // contract that does not name them
};

struct AccessRow {
  const char* method;   // full name, for instance "candor.v1.CampaignService.OpenCampaign"
  Audience audience;
  const char* scope;    // path of the request's field with the resource name; empty: none
  const char* pattern;  // that name's shape (resource_names.h); kCampaign may have a hyphen in lists
};

// The rows for all methods of candor.v1.
absl::Span<const AccessRow> AccessRows();

// The people about a survey, and what its contract says of them.
struct SurveyParties {
  domain::CampaignId campaign;
  std::vector<domain::PersonId> leaders;  // the leader, or the team's members: at opening, before that now
  std::vector<domain::PersonId> leaders_now;
  std::vector<domain::PersonId> supervisors;  // of the leader, now
  std::vector<domain::PersonId> supervisors_at_opening;
  std::vector<domain::PersonId> barred;       // of a team: who supervises a member, now or at opening (leader_line.h)
  bool supervisors_read = false;              // by the contract; false before there is one
};

// What decisions need to know of the directory.
class Relations {
 public:
  virtual ~Relations() = default;
  // Empty when there is no such person.
  virtual absl::StatusOr<std::vector<domain::PersonId>> SupervisorsOf(const domain::DistrictId& district,
                                                                      const domain::PersonId& person) = 0;
  // Empty when there is no such team.
  virtual absl::StatusOr<std::vector<domain::PersonId>> MembersOf(const domain::DistrictId& district,
                                                                  const domain::PersonId& team) = 0;
  // Unset when there is no such survey.
  virtual absl::StatusOr<std::optional<SurveyParties>> PartiesOf(const domain::DistrictId& district,
                                                                 const domain::SurveyId& survey) = 0;
  // Of the survey, as it was opened; nobody before.
  virtual absl::StatusOr<std::vector<domain::PersonId>> ModeratorsOf(const domain::DistrictId& district,
                                                                     const domain::SurveyId& survey) = 0;
};

// Relations as the identity plane's store has them. `store` outlives the object.
class StoredRelations : public Relations {
 public:
  explicit StoredRelations(storage::IdentityStore* store) : store_(*store) {}
  absl::StatusOr<std::vector<domain::PersonId>> SupervisorsOf(const domain::DistrictId& district,
                                                              const domain::PersonId& person) override;
  absl::StatusOr<std::vector<domain::PersonId>> MembersOf(const domain::DistrictId& district,
                                                          const domain::PersonId& team) override;
  absl::StatusOr<std::optional<SurveyParties>> PartiesOf(const domain::DistrictId& district,
                                                         const domain::SurveyId& survey) override;
  absl::StatusOr<std::vector<domain::PersonId>> ModeratorsOf(const domain::DistrictId& district,
                                                             const domain::SurveyId& survey) override;

 private:
  storage::IdentityStore& store_;
};

// May be called from many threads at once.
class Access {
 public:
  // `relations` and `rows` outlive the object. Null `relations`: nobody is let in whom only the directory could let in, as
  // befits a server that has none.
  Access(absl::Span<const AccessRow> rows, Relations* relations);

  // FAILED_PRECONDITION, CONFIGURATION_INVALID, all in one message: a method of one of `services` (full names, known to
  // the generated descriptor pool) without a row; a row without a method; a row whose scope is no text field of its
  // request; a service that is not known.
  absl::Status CheckComplete(absl::Span<const std::string> services) const;

  // Whether the method is for everyone, so that no key is needed. False for a method without a row.
  bool IsForEveryone(absl::string_view method) const;

  // Whether the method is the identity plane's server's alone. False for a method without a row.
  bool IsForPlane(absl::string_view method) const;

  // OK, or why `caller` may not. INVALID_ARGUMENT, FIELD_INVALID: the name in the request has another shape.
  // PERMISSION_DENIED, CALLER_NOT_ALLOWED: one message, whatever there is or is not; so too for a method without a row, and
  // for any person on a method of the planes.
  absl::Status Check(absl::string_view method, const identity::Caller& caller,
                     const google::protobuf::Message& request) const;

 private:
  absl::StatusOr<bool> Allows(const AccessRow& row, const identity::Caller& caller,
                              const google::protobuf::Message& request) const;
  // Whether `caller` moderates the survey of these ids.
  absl::StatusOr<bool> Moderates(const identity::Caller& caller, const std::vector<std::string>& ids) const;
  absl::StatusOr<bool> AllowsOnSurvey(Audience audience, const identity::Caller& caller, bool administrator,
                                      const std::vector<std::string>& ids) const;

  absl::flat_hash_map<std::string, const AccessRow*> rows_;
  Relations* const relations_;
};

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_ACCESS_H_
