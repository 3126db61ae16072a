#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "candor/v1/directory.grpc.pb.h"
#include "clients/cli/verbs.h"
#include "services/base/encoding.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::DirectoryService;
using candor::v1::Person;

const std::map<std::string, candor::v1::Role>& Roles() {
  static const auto* roles = new std::map<std::string, candor::v1::Role>{
      {"administrator", candor::v1::ROLE_ADMINISTRATOR},
      {"supervisor", candor::v1::ROLE_SUPERVISOR},
      {"leader", candor::v1::ROLE_LEADER},
      {"moderator", candor::v1::ROLE_MODERATOR},
      {"auditor", candor::v1::ROLE_AUDITOR}};
  return *roles;
}

std::string RolesOf(const Person& person) {
  std::vector<std::string> names;
  for (const auto& [name, role] : Roles()) {
    for (const int has : person.roles()) {
      if (has == role) names.push_back(name);
    }
  }
  return absl::StrJoin(names, ",");
}

std::string TextOf(const Person& person) {
  Table table({"NAME", person.name()});
  table.Add({"display name", person.display_name()});
  if (!person.job_title().empty()) table.Add({"job title", person.job_title()});
  if (!person.email().empty()) table.Add({"email", person.email()});
  if (!person.school().empty()) table.Add({"school", person.school()});
  if (person.team()) {
    table.Add({"team", absl::StrCat(person.team_members_size(), " members")});
    for (const std::string& member : person.team_members()) table.Add({"member", member});
  }
  table.Add({"roles", RolesOf(person)});
  for (const std::string& supervisor : person.supervisors()) table.Add({"supervisor", supervisor});
  if (!person.public_key().empty()) {
    table.Add({"key", absl::StrCat(base::HexEncode(person.public_key()), ", registered ", ShortTime(person.key_time()))});
  }
  return table.Text();
}

// What create and update share. For an update only what was given is changed.
struct PersonOptions {
  std::string name;  // of the resource: update alone
  std::string id;    // create alone
  std::string display_name, job_title, email, school;
  std::vector<std::string> roles, supervisors, members;
  CLI::App* verb = nullptr;
};

void DeclareFields(CLI::App& verb, PersonOptions& options) {
  options.verb = &verb;
  verb.add_option("--title", options.job_title, "Job title, for instance Principal");
  verb.add_option("--email", options.email, "Address for mail");
  verb.add_option("--school", options.school, "The school's name, or its id with --district");
  verb.add_option("--role", options.roles,
                  "administrator, supervisor, leader, moderator or auditor; may be given more than once")
      ->check(CLI::IsMember(std::vector<std::string>{"administrator", "supervisor", "leader", "moderator", "auditor"}));
  verb.add_option("--supervisor", options.supervisors,
                  "A supervisor of this leader: a person's name, or id with --district; may be given more than once; \"\" for "
                  "none");
  verb.add_option("--member", options.members,
                  "Makes it a leadership team, which is rated as one leader is: a member's name, or id with --district; given "
                  "for each of 3 to 20 leaders. Of a team the members named here are all that it has then");
}

absl::Status Fill(Context& c, const PersonOptions& options, Person& person) {
  person.set_display_name(options.display_name);
  person.set_job_title(options.job_title);
  person.set_email(options.email);
  if (!options.school.empty()) {
    CANDOR_ASSIGN_OR_RETURN(*person.mutable_school(), c.FullName("schools", options.school));
  }
  for (const std::string& role : options.roles) person.add_roles(Roles().at(role));
  for (const std::string& supervisor : options.supervisors) {
    if (supervisor.empty() && options.supervisors.size() == 1) break;  // none any more
    CANDOR_ASSIGN_OR_RETURN(*person.add_supervisors(), c.FullName("people", supervisor));
  }
  for (const std::string& member : options.members) {
    CANDOR_ASSIGN_OR_RETURN(*person.add_team_members(), c.FullName("people", member));
  }
  return absl::OkStatus();
}

absl::Status Create(Context& c, const PersonOptions& options) {
  candor::v1::CreatePersonRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  request.set_person_id(options.id);
  CANDOR_RETURN_IF_ERROR(Fill(c, options, *request.mutable_person()));
  request.set_request_id(NewRequestId());
  CANDOR_ASSIGN_OR_RETURN(const auto person, c.Call(&DirectoryService::Stub::CreatePerson, request));
  return c.Show(person, [&] { return TextOf(person); });
}

absl::Status Update(Context& c, const PersonOptions& options) {
  candor::v1::UpdatePersonRequest request;
  CANDOR_RETURN_IF_ERROR(Fill(c, options, *request.mutable_person()));
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_person()->mutable_name(), c.FullName("people", options.name));
  const std::pair<const char*, const char*> fields[] = {{"--name", "display_name"}, {"--title", "job_title"},
                                                        {"--email", "email"},       {"--school", "school"},
                                                        {"--role", "roles"},        {"--supervisor", "supervisors"},
                                                        {"--member", "team_members"}};
  for (const auto& [flag, field] : fields) {
    if (options.verb->count(flag) > 0) request.mutable_update_mask()->add_paths(field);
  }
  if (request.update_mask().paths().empty()) return UsageError("nothing to change: give at least one of the flags");
  CANDOR_ASSIGN_OR_RETURN(const auto person, c.Call(&DirectoryService::Stub::UpdatePerson, request));
  return c.Show(person, [&] { return TextOf(person); });
}

absl::Status List(Context& c, const NoOptions&) {
  candor::v1::ListPeopleRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&DirectoryService::Stub::ListPeople, request));
  return c.Show(all, [&] {
    Table table({"NAME", "DISPLAY NAME", "TITLE", "ROLES"});
    for (const Person& p : all.people()) {
      const std::string roles = p.team() ? absl::StrCat("team of ", p.team_members_size()) : RolesOf(p);
      table.Add({p.name(), p.display_name(), p.job_title(), roles});
    }
    return table.Text();
  });
}

void DeclareName(CLI::App& verb, NameOption& options) {
  verb.add_option("person", options.name, "The person's name, or id with --district")->required();
}

absl::Status Get(Context& c, const NameOption& options) {
  candor::v1::GetPersonRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("people", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto person, c.Call(&DirectoryService::Stub::GetPerson, request));
  return c.Show(person, [&] { return TextOf(person); });
}

absl::Status Delete(Context& c, const NameOption& options) {
  candor::v1::DeletePersonRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("people", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto done, c.Call(&DirectoryService::Stub::DeletePerson, request));
  return c.Show(done, [&] {
    return absl::StrCat("deleted ", request.name(), " with all that the service keeps about them\n");
  });
}

}  // namespace

void AddPersonVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "person", "Leaders, leadership teams, supervisors and administrators of a district");
  AddVerb<PersonOptions>(
      *noun, context, "create", "Add a person or a leadership team",
      [](CLI::App& verb, PersonOptions& options) {
        verb.add_option("--name", options.display_name, "The name as it stands on reports")->required();
        verb.add_option("--id", options.id, "Last segment of the resource's name; made at random if not given");
        DeclareFields(verb, options);
      },
      Create);
  AddVerb<PersonOptions>(
      *noun, context, "update", "Change a person; only what is given is changed",
      [](CLI::App& verb, PersonOptions& options) {
        verb.add_option("person", options.name, "The person's name, or id with --district")->required();
        verb.add_option("--name", options.display_name, "The name as it stands on reports");
        DeclareFields(verb, options);
      },
      Update);
  AddVerb<NoOptions>(*noun, context, "list", "List a district's people", [](CLI::App&, NoOptions&) {}, List);
  AddVerb<NameOption>(*noun, context, "get", "Show a person", DeclareName, Get);
  AddVerb<NameOption>(*noun, context, "delete",
                      "Delete a person with all that the service keeps about them; their keys stop working at once",
                      DeclareName, Delete);
}

}  // namespace candor::cli
