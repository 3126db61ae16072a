#include "services/identity/directory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using storage::Page;
using storage::PersonRow;
using storage::ReadTransaction;
using storage::WriteTransaction;

constexpr size_t kLongestTitle = 200;
constexpr size_t kLongestAddress = 320;
constexpr size_t kMostSupervisors = 20;
constexpr char kSecretPrefix[] = "candor_";
constexpr size_t kSecretBytes = 32;

void SortIds(std::vector<domain::PersonId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// Who leads together is rated together: people who can be asked to rate their team and to read its report. Sorts them.
absl::Status CheckMembers(ReadTransaction& transaction, PersonRow& team) {
  constexpr char kField[] = "person.team_members";
  SortIds(team.team_members);
  if (team.team_members.size() < domain::kFewestTeamMembers || team.team_members.size() > domain::kMostTeamMembers) {
    return errors::InvalidField(
        kField, absl::StrCat("a leadership team has ", domain::kFewestTeamMembers, " to ", domain::kMostTeamMembers,
                             " members, each named once; of fewer rate each leader by themself"));
  }
  for (const domain::PersonId& id : team.team_members) {
    if (id == team.id) return errors::InvalidField(kField, "name the team itself; name the people in it");
    CANDOR_ASSIGN_OR_RETURN(const PersonRow member, GetPersonRow(transaction, team.district, id));
    const std::string name = PersonName(team.district, id);
    if (member.team) {
      return errors::InvalidField(kField, absl::StrCat("name the team ", name, "; name the people in it instead"));
    }
    if (!member.roles.leader) {
      return errors::InvalidField(kField, absl::StrCat(name, " is no leader; give them that role first"));
    }
  }
  return absl::OkStatus();
}

// What a team may not have, being nobody.
absl::Status CheckTeam(PersonRow& team) {
  team.roles.leader = true;
  if (team.roles != storage::Roles{.leader = true}) {
    return errors::InvalidField("person.roles", "a team has the role of a leader and no other; give others to its members");
  }
  if (!team.email.empty()) {
    return errors::InvalidField("person.email", "a team has no address of its own; its members have theirs");
  }
  for (const domain::PersonId& supervisor : team.supervisors) {
    if (std::find(team.team_members.begin(), team.team_members.end(), supervisor) == team.team_members.end()) continue;
    return errors::InvalidField("person.supervisors",
                                absl::StrCat("name ", PersonName(team.district, supervisor),
                                             ", who is a member of the team; nobody supervises themself"));
  }
  return absl::OkStatus();
}

// Texts, school and supervisors; sorts the supervisors.
absl::Status CheckPerson(ReadTransaction& transaction, PersonRow& person) {
  CANDOR_RETURN_IF_ERROR(CheckText("person.display_name", person.display_name, kLongestTitle, true));
  CANDOR_RETURN_IF_ERROR(CheckText("person.job_title", person.job_title, kLongestTitle, false));
  CANDOR_RETURN_IF_ERROR(CheckText("person.email", person.email, kLongestAddress, false));
  if (!person.school.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const auto school, transaction.FindSchool(person.district, person.school));
    if (!school.has_value()) return errors::NotFound("school", SchoolName(person.district, person.school));
  }
  SortIds(person.supervisors);
  if (person.supervisors.size() > kMostSupervisors) {
    return errors::InvalidField("person.supervisors", absl::StrCat("are more than ", kMostSupervisors));
  }
  for (const domain::PersonId& supervisor : person.supervisors) {
    if (supervisor == person.id) {
      return errors::InvalidField("person.supervisors", "name the person; nobody supervises themself");
    }
    CANDOR_ASSIGN_OR_RETURN(const PersonRow row, GetPersonRow(transaction, person.district, supervisor));
    if (row.team) {
      return errors::InvalidField("person.supervisors", absl::StrCat("name the team ", PersonName(person.district, supervisor),
                                                                     "; a supervisor is a person"));
    }
  }
  return person.team ? CheckTeam(person) : absl::OkStatus();
}

// What a team has lost with the people who were deleted stands in the way of no other change.
absl::Status CheckChangedMembers(ReadTransaction& transaction, const PersonRow& before, PersonRow& after) {
  if (after.team_members == before.team_members) return absl::OkStatus();
  if (!after.team) {
    return errors::InvalidField("person.team_members",
                                absl::StrCat(PersonName(before.district, before.id),
                                             " is a person, who does not become a team; make a new entry for the team"));
  }
  return CheckMembers(transaction, after);
}

// The administrator's role opens every survey's codes but those of the holder's own line, so one administrator must not
// be able to make another, or to act as one.
absl::Status CheckGrant(const Caller& caller, bool held, bool wanted) {
  if (held || !wanted || caller.installation_administrator) return absl::OkStatus();
  return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED,
                     "only the installation's administrator gives the role of an administrator; ask them",
                     "person.roles");
}

// With a moderator's or auditor's access key somebody registers a key that comments and reports of pressure are sealed to.
bool ReadsWords(const storage::Roles& roles) { return roles.moderator || roles.auditor; }

// Whether the change gives a role whose holder nobody else may act as.
bool GainsARoleOfTrust(const storage::Roles& before, const storage::Roles& after) {
  return (after.administrator && !before.administrator) || (after.moderator && !before.moderator) ||
         (after.auditor && !before.auditor);
}

// Who may make an access key for `holder`; the holder may.
absl::Status CheckMayMakeKeyFor(ReadTransaction& transaction, const Caller& caller, const PersonRow& holder) {
  if (caller.district == holder.district && caller.person == holder.id) return absl::OkStatus();
  if (holder.roles.administrator && !caller.installation_administrator) {
    return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED,
                       "only the installation's administrator makes a key for another administrator; ask them");
  }
  if (!ReadsWords(holder.roles)) return absl::OkStatus();
  return CheckInNoLineOf(transaction, caller, holder.district,
                         "a moderator's or auditor's key is not made by somebody who leads or supervises a leader, since "
                         "they could read with it what raters write; the holder makes it themself, or ask the "
                         "installation's administrator, or an administrator who is in no leader's line");
}

// Who may have kept the secret of a key that `caller` makes for `holder`. One that the holder makes is no better known than
// the key that they call with: else whoever made that one would make a second, and nothing would point to them.
domain::PersonId MakerOf(const Caller& caller, const PersonRow& holder) {
  return caller.district == holder.district && caller.person == holder.id ? caller.key_maker : caller.person;
}

// Whoever made these keys may have kept them; they must not become those of an administrator, a moderator or an auditor.
absl::Status DeleteAllKeys(WriteTransaction& transaction, base::Clock& clock, const Caller& caller,
                           const PersonRow& person) {
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::AccessKeyRow> keys,
                            transaction.ListAccessKeys(person.district, person.id, Page()));
    if (keys.empty()) return absl::OkStatus();
    for (const storage::AccessKeyRow& key : keys) {
      CANDOR_RETURN_IF_ERROR(transaction.DeleteAccessKey(person.district, person.id, key.id));
      CANDOR_RETURN_IF_ERROR(RecordAudit(transaction, clock, caller, person.district, "DeleteAccessKey",
                                         AccessKeyName(person.district, person.id, key.id)));
    }
  }
}

std::string NewSecret() {
  return absl::StrCat(kSecretPrefix, base::Base32Encode(base::RandomBytes(kSecretBytes)));
}

// Ids that callers may choose.
template <typename Id>
absl::StatusOr<Id> ChosenOrRandom(absl::string_view field, const Id& id) {
  if (id.empty()) return Id::Random();
  CANDOR_RETURN_IF_ERROR(CheckId(field, id.value()));
  return id;
}

}  // namespace

absl::StatusOr<storage::DistrictRow> Directory::CreateDistrict(const Caller& caller, const DistrictId& id,
                                                               const std::string& title) {
  storage::DistrictRow row;
  CANDOR_ASSIGN_OR_RETURN(row.id, ChosenOrRandom("district_id", id));
  CANDOR_RETURN_IF_ERROR(CheckText("district.title", title, kLongestTitle, true));
  row.title = title;
  row.create_time = clock_.Now();
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto taken, transaction.FindDistrict(row.id));
    if (taken.has_value()) return errors::Exists("district", DistrictName(row.id));
    CANDOR_RETURN_IF_ERROR(transaction.InsertDistrict(row));
    return RecordAudit(transaction, clock_, caller, row.id, "CreateDistrict", DistrictName(row.id));
  }));
  return row;
}

absl::StatusOr<storage::DistrictRow> Directory::GetDistrict(const DistrictId& id) {
  std::optional<storage::DistrictRow> row;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, transaction.FindDistrict(id));
    return absl::OkStatus();
  }));
  if (!row.has_value()) return errors::NotFound("district", DistrictName(id));
  return *row;
}

absl::StatusOr<std::vector<storage::DistrictRow>> Directory::ListDistricts(const Page& page) {
  std::vector<storage::DistrictRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListDistricts(page));
    return absl::OkStatus();
  }));
  return rows;
}

absl::StatusOr<storage::SchoolRow> Directory::CreateSchool(const Caller& caller, const DistrictId& district,
                                                           const domain::SchoolId& id, const std::string& title) {
  storage::SchoolRow row;
  row.district = district;
  CANDOR_ASSIGN_OR_RETURN(row.id, ChosenOrRandom("school_id", id));
  CANDOR_RETURN_IF_ERROR(CheckText("school.title", title, kLongestTitle, true));
  row.title = title;
  row.create_time = clock_.Now();
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireDistrict(transaction, district));
    CANDOR_ASSIGN_OR_RETURN(const auto taken, transaction.FindSchool(district, row.id));
    if (taken.has_value()) return errors::Exists("school", SchoolName(district, row.id));
    CANDOR_RETURN_IF_ERROR(transaction.InsertSchool(row));
    return RecordAudit(transaction, clock_, caller, district, "CreateSchool", SchoolName(district, row.id));
  }));
  return row;
}

absl::StatusOr<storage::SchoolRow> Directory::GetSchool(const DistrictId& district, const domain::SchoolId& id) {
  std::optional<storage::SchoolRow> row;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, transaction.FindSchool(district, id));
    return absl::OkStatus();
  }));
  if (!row.has_value()) return errors::NotFound("school", SchoolName(district, id));
  return *row;
}

absl::StatusOr<std::vector<storage::SchoolRow>> Directory::ListSchools(const DistrictId& district, const Page& page) {
  std::vector<storage::SchoolRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireDistrict(transaction, district));
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListSchools(district, page));
    return absl::OkStatus();
  }));
  return rows;
}

absl::StatusOr<PersonRow> Directory::CreatePerson(const Caller& caller, PersonRow person) {
  CANDOR_ASSIGN_OR_RETURN(person.id, ChosenOrRandom("person_id", person.id));
  person.create_time = clock_.Now();
  person.revision = 1;
  person.team = !person.team_members.empty();
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireDistrict(transaction, person.district));
    CANDOR_RETURN_IF_ERROR(CheckGrant(caller, false, person.roles.administrator));
    CANDOR_ASSIGN_OR_RETURN(const auto taken, transaction.FindPerson(person.district, person.id));
    if (taken.has_value()) return errors::Exists("person", PersonName(person.district, person.id));
    CANDOR_ASSIGN_OR_RETURN(const bool former, transaction.WasPerson(person.district, person.id));
    if (former) {
      return base::Error(absl::StatusCode::kAlreadyExists, domain::reasons::kRESOURCE_EXISTS,
                         absl::StrCat(PersonName(person.district, person.id),
                                      " was a person who has been deleted; surveys and reports still go by that id, so "
                                      "nobody gets it again; choose another id"),
                         "person_id");
    }
    if (person.team) CANDOR_RETURN_IF_ERROR(CheckMembers(transaction, person));
    CANDOR_RETURN_IF_ERROR(CheckPerson(transaction, person));
    CANDOR_RETURN_IF_ERROR(transaction.InsertPerson(person));
    return RecordAudit(transaction, clock_, caller, person.district, "CreatePerson",
                       PersonName(person.district, person.id));
  }));
  return person;
}

absl::StatusOr<PersonRow> Directory::UpdatePerson(const Caller& caller, const DistrictId& district,
                                                  const domain::PersonId& id, std::optional<int64_t> revision,
                                                  const std::function<absl::Status(PersonRow&)>& change) {
  PersonRow person;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const PersonRow stored, GetPersonRow(transaction, district, id));
    if (revision.has_value() && *revision != stored.revision) {
      return errors::EtagMismatch("person", PersonName(district, id));
    }
    person = stored;
    CANDOR_RETURN_IF_ERROR(change(person));
    person.district = stored.district;
    person.id = stored.id;
    person.create_time = stored.create_time;
    person.public_key = stored.public_key;
    person.key_time = stored.key_time;
    person.key_vouched_by = stored.key_vouched_by;
    person.revision = stored.revision;
    person.team = stored.team;
    CANDOR_RETURN_IF_ERROR(CheckChangedMembers(transaction, stored, person));
    CANDOR_RETURN_IF_ERROR(CheckGrant(caller, stored.roles.administrator, person.roles.administrator));
    CANDOR_RETURN_IF_ERROR(CheckPerson(transaction, person));
    CANDOR_RETURN_IF_ERROR(transaction.UpdatePerson(person));
    person.revision = stored.revision + 1;
    const bool own = caller.district == district && caller.person == id;
    if (GainsARoleOfTrust(stored.roles, person.roles) && !own) {
      CANDOR_RETURN_IF_ERROR(DeleteAllKeys(transaction, clock_, caller, stored));
    }
    return RecordAudit(transaction, clock_, caller, district, "UpdatePerson", PersonName(district, id));
  }));
  return person;
}

absl::StatusOr<PersonRow> Directory::RegisterKey(const Caller& caller, const DistrictId& district,
                                                 const domain::PersonId& id, const std::string& public_key) {
  if (!crypto::SealToKey(public_key, "").ok()) {
    return errors::InvalidField("public_key", "must be an X25519 public key of 32 bytes, as candor moderator keygen makes");
  }
  PersonRow person;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(person, GetPersonRow(transaction, district, id));
    if (caller.district != district || caller.person != id) {
      return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED,
                         absl::StrCat("only ", PersonName(district, id), " registers their key; nobody stands in for them"));
    }
    if (!ReadsWords(person.roles)) {
      return errors::WrongState(absl::StrCat(PersonName(district, id),
                                             " is neither moderator nor auditor; ask for the role first"));
    }
    person.public_key = public_key;
    person.key_time = clock_.Now();
    person.key_vouched_by = caller.key_maker;
    CANDOR_RETURN_IF_ERROR(transaction.UpdatePerson(person));
    ++person.revision;
    return RecordAudit(transaction, clock_, caller, district, "RegisterKey", PersonName(district, id));
  }));
  return person;
}

absl::Status Directory::DeletePerson(const Caller& caller, const DistrictId& district, const domain::PersonId& id) {
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(GetPersonRow(transaction, district, id).status());
    Page page;
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::SurveyRow> surveys,
                              transaction.ListSurveysOfLeader(district, id, page));
      for (const storage::SurveyRow& survey : surveys) {
        if (survey.state == domain::SurveyState::kReleased || survey.state == domain::SurveyState::kAbandoned) continue;
        return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kRESOURCE_IN_USE,
                           absl::StrCat("this person leads ", SurveyName(survey),
                                        survey.state == domain::SurveyState::kDraft
                                            ? "; delete that survey first"
                                            : ", which is not released; close and release its campaign first"));
      }
      if (surveys.size() < static_cast<size_t>(page.limit)) break;
      page.after = surveys.back().id.value();
    }
    CANDOR_RETURN_IF_ERROR(transaction.DeletePerson(district, id));
    CANDOR_RETURN_IF_ERROR(transaction.ForgetRequests(district));
    return RecordAudit(transaction, clock_, caller, district, "DeletePerson", PersonName(district, id));
  }));
  ForgetOrLog(store_);
  return absl::OkStatus();
}

absl::StatusOr<PersonRow> Directory::GetPerson(const DistrictId& district, const domain::PersonId& id) {
  PersonRow person;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(person, GetPersonRow(transaction, district, id));
    return absl::OkStatus();
  }));
  return person;
}

absl::StatusOr<std::vector<PersonRow>> Directory::ListPeople(const DistrictId& district, const Page& page) {
  std::vector<PersonRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireDistrict(transaction, district));
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListPeople(district, page));
    return absl::OkStatus();
  }));
  return rows;
}

absl::StatusOr<NewAccessKey> Directory::CreateAccessKey(const Caller& caller, const DistrictId& district,
                                                        const domain::PersonId& person, const std::string& title) {
  CANDOR_RETURN_IF_ERROR(CheckText("access_key.title", title, kLongestTitle, false));
  NewAccessKey key;
  key.secret = NewSecret();
  key.row.key_hash = crypto::Sha256(key.secret);
  key.row.id = domain::AccessKeyId::Random();
  key.row.district = district;
  key.row.person = person;
  key.row.title = title;
  key.row.create_time = clock_.Now();
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const PersonRow holder, GetPersonRow(transaction, district, person));
    if (holder.team) {
      return errors::WrongState(absl::StrCat(PersonName(district, person),
                                             " is a team, as which nobody calls; make a key for each of its members"));
    }
    CANDOR_RETURN_IF_ERROR(CheckMayMakeKeyFor(transaction, caller, holder));
    key.row.maker = MakerOf(caller, holder);
    CANDOR_RETURN_IF_ERROR(transaction.InsertAccessKey(key.row));
    return RecordAudit(transaction, clock_, caller, district, "CreateAccessKey",
                       AccessKeyName(district, person, key.row.id));
  }));
  return key;
}

absl::Status Directory::DeleteAccessKey(const Caller& caller, const DistrictId& district,
                                        const domain::PersonId& person, const domain::AccessKeyId& id) {
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    const std::string name = AccessKeyName(district, person, id);
    Page page;
    bool found = false;
    while (!found) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::AccessKeyRow> keys,
                              transaction.ListAccessKeys(district, person, page));
      for (const storage::AccessKeyRow& key : keys) found = found || key.id == id;
      if (keys.size() < static_cast<size_t>(page.limit)) break;
      page.after = keys.back().id.value();
    }
    if (!found) return errors::NotFound("access key", name);
    CANDOR_RETURN_IF_ERROR(transaction.DeleteAccessKey(district, person, id));
    return RecordAudit(transaction, clock_, caller, district, "DeleteAccessKey", name);
  });
}

absl::StatusOr<std::vector<storage::AccessKeyRow>> Directory::ListAccessKeys(const DistrictId& district,
                                                                             const domain::PersonId& person,
                                                                             const Page& page) {
  std::vector<storage::AccessKeyRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(GetPersonRow(transaction, district, person).status());
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListAccessKeys(district, person, page));
    return absl::OkStatus();
  }));
  return rows;
}

absl::StatusOr<bool> Directory::HasInstallationKey() {
  bool found = false;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto keys, transaction.ListAccessKeys(DistrictId(), domain::PersonId(), {"", 1}));
    found = !keys.empty();
    return absl::OkStatus();
  }));
  return found;
}

absl::Status Directory::ResetInstallationKey(const Caller& caller,
                                             const std::function<absl::Status(absl::string_view)>& keep) {
  const std::string secret = NewSecret();
  CANDOR_RETURN_IF_ERROR(keep(secret));
  storage::AccessKeyRow row;
  row.key_hash = crypto::Sha256(secret);
  row.id = domain::AccessKeyId::Random();
  row.create_time = clock_.Now();
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(transaction.DeleteInstallationKeys());
    CANDOR_RETURN_IF_ERROR(transaction.InsertAccessKey(row));
    return RecordAudit(transaction, clock_, caller, DistrictId(), "ResetInstallationKey", "installation");
  });
}

absl::StatusOr<Caller> Directory::Authenticate(absl::string_view secret) {
  const absl::Status refused =
      base::Error(absl::StatusCode::kUnauthenticated, domain::reasons::kUNAUTHENTICATED_CALLER,
                  "this needs a valid access key; send it as \"authorization: Bearer <key>\", or ask an administrator "
                  "for a new one");
  if (!absl::StartsWith(secret, kSecretPrefix) || secret.size() > 200) return refused;
  const std::string hash = crypto::Sha256(secret);
  Caller caller;
  bool found = false;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto key, transaction.FindAccessKeyByHash(hash));
    if (!key.has_value()) return absl::OkStatus();
    if (key->person.empty()) {
      caller.installation_administrator = true;
      found = true;
      return absl::OkStatus();
    }
    CANDOR_ASSIGN_OR_RETURN(const auto person, transaction.FindPerson(key->district, key->person));
    if (!person.has_value()) return absl::OkStatus();
    caller.district = key->district;
    caller.person = key->person;
    caller.roles = person->roles;
    caller.key_maker = key->maker;
    found = true;
    return absl::OkStatus();
  }));
  if (!found) return refused;
  return caller;
}

}  // namespace candor::identity
