#include "services/rpc/convert_directory.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/resource_names.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/resource_names.h"

namespace candor::rpc {
namespace {

absl::StatusOr<storage::Roles> RolesOf(const candor::v1::Person& person) {
  storage::Roles roles;
  for (int i = 0; i < person.roles_size(); ++i) {
    switch (person.roles(i)) {
      case candor::v1::ROLE_ADMINISTRATOR: roles.administrator = true; break;
      case candor::v1::ROLE_SUPERVISOR: roles.supervisor = true; break;
      case candor::v1::ROLE_LEADER: roles.leader = true; break;
      case candor::v1::ROLE_MODERATOR: roles.moderator = true; break;
      case candor::v1::ROLE_AUDITOR: roles.auditor = true; break;
      default:
        return domain::errors::InvalidField(absl::StrCat("person.roles[", i, "]"),
                                            "unknown; known are administrator, supervisor, leader, moderator and auditor");
    }
  }
  return roles;
}

// The ids of the people that a field names, all of `district`; sorted, each once. `who`: what one of them is called.
absl::StatusOr<std::vector<domain::PersonId>> PeopleOf(const google::protobuf::RepeatedPtrField<std::string>& names,
                                                       absl::string_view field, absl::string_view who,
                                                       const domain::DistrictId& district) {
  std::vector<domain::PersonId> people;
  for (int i = 0; i < names.size(); ++i) {
    const std::string at = absl::StrCat(field, "[", i, "]");
    CANDOR_ASSIGN_OR_RETURN(PersonName name, ParsePerson(at, names.Get(i)));
    if (name.district != district) {
      return domain::errors::InvalidField(at, absl::StrCat(who, " must be of the person's own district"));
    }
    people.push_back(std::move(name.person));
  }
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  return people;
}

}  // namespace

candor::v1::District ToProto(const storage::DistrictRow& row) {
  candor::v1::District proto;
  proto.set_name(identity::DistrictName(row.id));
  proto.set_title(row.title);
  *proto.mutable_create_time() = ToTimestamp(row.create_time);
  return proto;
}

candor::v1::School ToProto(const storage::SchoolRow& row) {
  candor::v1::School proto;
  proto.set_name(identity::SchoolName(row.district, row.id));
  proto.set_title(row.title);
  *proto.mutable_create_time() = ToTimestamp(row.create_time);
  return proto;
}

candor::v1::Person ToProto(const storage::PersonRow& row) {
  candor::v1::Person proto;
  proto.set_name(identity::PersonName(row.district, row.id));
  proto.set_display_name(row.display_name);
  proto.set_job_title(row.job_title);
  proto.set_email(row.email);
  if (!row.school.empty()) proto.set_school(identity::SchoolName(row.district, row.school));
  if (row.roles.administrator) proto.add_roles(candor::v1::ROLE_ADMINISTRATOR);
  if (row.roles.supervisor) proto.add_roles(candor::v1::ROLE_SUPERVISOR);
  if (row.roles.leader) proto.add_roles(candor::v1::ROLE_LEADER);
  if (row.roles.moderator) proto.add_roles(candor::v1::ROLE_MODERATOR);
  if (row.roles.auditor) proto.add_roles(candor::v1::ROLE_AUDITOR);
  for (const domain::PersonId& supervisor : row.supervisors) {
    proto.add_supervisors(identity::PersonName(row.district, supervisor));
  }
  proto.set_team(row.team);
  for (const domain::PersonId& member : row.team_members) {
    proto.add_team_members(identity::PersonName(row.district, member));
  }
  proto.set_etag(ToEtag(row.revision));
  *proto.mutable_create_time() = ToTimestamp(row.create_time);
  proto.set_public_key(row.public_key);
  if (row.key_time.has_value()) *proto.mutable_key_time() = ToTimestamp(*row.key_time);
  return proto;
}

candor::v1::AccessKey ToProto(const storage::AccessKeyRow& row) {
  candor::v1::AccessKey proto;
  proto.set_name(identity::AccessKeyName(row.district, row.person, row.id));
  proto.set_title(row.title);
  *proto.mutable_create_time() = ToTimestamp(row.create_time);
  return proto;
}

candor::v1::AuditEntry ToProto(const storage::AuditRow& row) {
  candor::v1::AuditEntry proto;
  proto.set_sequence(row.sequence);
  *proto.mutable_time() = ToTimestamp(row.time);
  proto.set_caller(row.caller);
  proto.set_action(row.action);
  proto.set_resource(row.resource);
  return proto;
}

const std::set<std::string>& ChangeablePersonFields() {
  static const auto* const fields =
      new std::set<std::string>{"display_name", "job_title", "email",       "school",
                                "roles",        "supervisors", "team_members"};
  return *fields;
}

absl::Status CopyPersonFields(const candor::v1::Person& from, const std::set<std::string>& fields,
                              storage::PersonRow& to) {
  if (fields.count("display_name") > 0) to.display_name = from.display_name();
  if (fields.count("job_title") > 0) to.job_title = from.job_title();
  if (fields.count("email") > 0) to.email = from.email();
  if (fields.count("school") > 0) {
    to.school = domain::SchoolId();
    if (!from.school().empty()) {
      CANDOR_ASSIGN_OR_RETURN(SchoolName school, ParseSchool("person.school", from.school()));
      if (school.district != to.district) {
        return domain::errors::InvalidField("person.school", "the school must be of the person's own district");
      }
      to.school = std::move(school.school);
    }
  }
  if (fields.count("roles") > 0) {
    CANDOR_ASSIGN_OR_RETURN(to.roles, RolesOf(from));
  }
  if (fields.count("supervisors") > 0) {
    CANDOR_ASSIGN_OR_RETURN(to.supervisors, PeopleOf(from.supervisors(), "person.supervisors", "a supervisor", to.district));
  }
  if (fields.count("team_members") > 0) {
    CANDOR_ASSIGN_OR_RETURN(to.team_members, PeopleOf(from.team_members(), "person.team_members", "a member", to.district));
  }
  return absl::OkStatus();
}

}  // namespace candor::rpc
