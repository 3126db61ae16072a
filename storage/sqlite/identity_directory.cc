// Districts, schools, people, access keys, frameworks, instruments, requests and the audit trail.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "storage/plain_text.h"
#include "storage/sqlite/identity_rows.h"
#include "storage/sqlite/identity_transaction.h"

namespace candor::storage::sqlite {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;

absl::StatusOr<DistrictRow> ReadDistrict(Statement& row) {
  return DistrictRow{DistrictId(row.Text(0)), row.Text(1), TimeOf(row.Int(2))};
}

absl::StatusOr<SchoolRow> ReadSchool(Statement& row) {
  return SchoolRow{DistrictId(row.Text(0)), domain::SchoolId(row.Text(1)), row.Text(2), TimeOf(row.Int(3))};
}

constexpr int64_t kAdministrator = 1, kSupervisor = 2, kLeader = 4, kModerator = 8, kAuditor = 16;

int64_t RolesValue(const Roles& roles) {
  return (roles.administrator ? kAdministrator : 0) | (roles.supervisor ? kSupervisor : 0) |
         (roles.leader ? kLeader : 0) | (roles.moderator ? kModerator : 0) | (roles.auditor ? kAuditor : 0);
}

// Without supervisors and members.
absl::StatusOr<PersonRow> ReadPerson(Statement& row) {
  PersonRow person;
  person.district = DistrictId(row.Text(0));
  person.id = domain::PersonId(row.Text(1));
  person.display_name = row.Text(2);
  person.job_title = row.Text(3);
  person.email = row.Text(4);
  person.school = domain::SchoolId(row.IsNull(5) ? "" : row.Text(5));
  const int64_t roles = row.Int(6);
  person.roles = {(roles & kAdministrator) != 0, (roles & kSupervisor) != 0, (roles & kLeader) != 0,
                  (roles & kModerator) != 0, (roles & kAuditor) != 0};
  person.create_time = TimeOf(row.Int(7));
  person.revision = row.Int(8);
  if (!row.IsNull(9)) person.public_key = row.Blob(9);
  if (!row.IsNull(10)) person.key_time = TimeOf(row.Int(10));
  person.key_vouched_by = domain::PersonId(row.Text(11));
  person.team = row.Int(12) != 0;
  return person;
}
#define PERSON_COLUMNS                                                                            \
  "p.district, p.person, display_name, job_title, email, school, roles, create_time, revision, " \
  "public_key, key_time, key_vouched_by, p.team"

absl::StatusOr<domain::PersonId> ReadPersonId(Statement& row) { return domain::PersonId(row.Text(0)); }

absl::StatusOr<std::vector<domain::PersonId>> ReadIds(Database& database, const PersonRow& person, const char* sql) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement, database.Prepare(sql));
  statement.BindText(1, person.district.value()).BindText(2, person.id.value());
  return ReadAll(statement, ReadPersonId);
}

// Supervisors, and members of a team.
absl::Status ReadRelations(Database& database, PersonRow& person) {
  CANDOR_ASSIGN_OR_RETURN(person.supervisors, ReadIds(database, person,
                                                      "SELECT supervisor FROM person_supervisor WHERE district=?1 AND "
                                                      "person=?2 ORDER BY supervisor"));
  if (!person.team) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(
      person.team_members,
      ReadIds(database, person, "SELECT member FROM team_member WHERE district=?1 AND team=?2 ORDER BY member"));
  return absl::OkStatus();
}

absl::Status InsertIds(Database& database, const PersonRow& person, const std::vector<domain::PersonId>& ids,
                       const char* sql) {
  for (const domain::PersonId& id : ids) {
    CANDOR_ASSIGN_OR_RETURN(Statement statement, database.Prepare(sql));
    statement.BindText(1, person.district.value()).BindText(2, id.value()).BindText(3, person.id.value());
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  return absl::OkStatus();
}

absl::Status InsertRelations(Database& database, const PersonRow& person) {
  CANDOR_RETURN_IF_ERROR(InsertIds(database, person, person.supervisors,
                                   "INSERT INTO person_supervisor(district, supervisor, person) VALUES(?1, ?2, ?3)"));
  if (!person.team) return absl::OkStatus();
  return InsertIds(database, person, person.team_members,
                   "INSERT INTO team_member(district, member, team) VALUES(?1, ?2, ?3)");
}

absl::Status DeleteRelations(Database& database, const PersonRow& person) {
  for (const char* sql : {"DELETE FROM person_supervisor WHERE district=?1 AND person=?2",
                          "DELETE FROM team_member WHERE district=?1 AND team=?2"}) {
    CANDOR_ASSIGN_OR_RETURN(Statement statement, database.Prepare(sql));
    statement.BindText(1, person.district.value()).BindText(2, person.id.value());
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  return absl::OkStatus();
}

void BindPerson(Statement& statement, const PersonRow& row) {
  statement.BindText(1, row.district.value())
      .BindText(2, row.id.value())
      .BindText(3, row.display_name)
      .BindText(4, row.job_title)
      .BindText(5, row.email)
      .BindInt(7, RolesValue(row.roles));
  if (row.school.empty()) {
    statement.BindNull(6);
  } else {
    statement.BindText(6, row.school.value());
  }
  if (row.public_key.empty()) {
    statement.BindNull(8).BindNull(9);
  } else {
    statement.BindBlob(8, row.public_key).BindInt(9, TimeValue(*row.key_time));
  }
  statement.BindText(10, row.key_vouched_by.value());
}

// A rater whose address may be that of a person.
struct AddressedRater {
  std::string survey, rater, address;
  bool draft = false;  // of a campaign that is still one
};

absl::StatusOr<AddressedRater> ReadAddressedRater(Statement& row) {
  return AddressedRater{row.Text(0), row.Text(1), row.Text(2), row.Int(3) != 0};
}

// The district's raters with this address, however it is written.
absl::StatusOr<std::vector<AddressedRater>> FindRatersAt(Database& database, const DistrictId& district,
                                                         absl::string_view address) {
  const std::string plain = PlainText(address);
  if (plain.empty()) return std::vector<AddressedRater>();
  // Without any spaces all spellings are one, so that few others are found; those are left out below.
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database.Prepare("SELECT r.survey, r.rater, r.address, c.state='draft' FROM rater r JOIN survey s ON "
                       "s.district=r.district AND s.survey=r.survey JOIN campaign c ON c.district=s.district AND "
                       "c.campaign=s.campaign WHERE r.district=?1 AND r.address<>'' AND "
                       "lower(replace(r.address, ' ', ''))=?2"));
  statement.BindText(1, district.value()).BindText(2, absl::StrReplaceAll(plain, {{" ", ""}}));
  CANDOR_ASSIGN_OR_RETURN(std::vector<AddressedRater> raters, ReadAll(statement, ReadAddressedRater));
  std::erase_if(raters, [&](const AddressedRater& rater) { return PlainText(rater.address) != plain; });
  return raters;
}

// Who is invited already is counted, and only name and address go; of a draft the whole rater does, who would get a code that
// reaches nobody.
absl::Status ForgetRatersAt(Database& database, const DistrictId& district, absl::string_view address) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<AddressedRater> raters, FindRatersAt(database, district, address));
  for (const AddressedRater& rater : raters) {
    CANDOR_ASSIGN_OR_RETURN(
        Statement statement,
        database.Prepare(rater.draft ? "DELETE FROM rater WHERE district=?1 AND survey=?2 AND rater=?3"
                                     : "UPDATE rater SET display_name='', address='' WHERE district=?1 AND survey=?2 AND "
                                       "rater=?3"));
    statement.BindText(1, district.value()).BindText(2, rater.survey).BindText(3, rater.rater);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<AccessKeyRow> ReadAccessKey(Statement& row) {
  return AccessKeyRow{row.Blob(0), domain::AccessKeyId(row.Text(1)), DistrictId(row.Text(2)),
                      domain::PersonId(row.Text(3)), row.Text(4), TimeOf(row.Int(5)), domain::PersonId(row.Text(6))};
}
#define ACCESS_KEY_COLUMNS "key_hash, access_key, district, person, title, create_time, maker"

absl::StatusOr<FrameworkRow> ReadFramework(Statement& row) {
  return FrameworkRow{DistrictId(row.Text(0)), domain::FrameworkId(row.Text(1)), row.Blob(2), TimeOf(row.Int(3))};
}
#define FRAMEWORK_COLUMNS "district, framework, document, create_time"

absl::StatusOr<InstrumentRow> ReadInstrument(Statement& row) {
  InstrumentRow instrument;
  instrument.district = DistrictId(row.Text(0));
  instrument.id = domain::InstrumentId(row.Text(1));
  instrument.framework = domain::FrameworkId(row.Text(2));
  instrument.draft = row.Blob(3);
  instrument.newest_version = static_cast<int32_t>(row.Int(4));
  instrument.create_time = TimeOf(row.Int(5));
  instrument.update_time = TimeOf(row.Int(6));
  instrument.revision = row.Int(7);
  return instrument;
}
#define INSTRUMENT_COLUMNS \
  "district, instrument, framework, draft, newest_version, create_time, update_time, revision"

absl::StatusOr<InstrumentVersionRow> ReadInstrumentVersion(Statement& row) {
  return InstrumentVersionRow{DistrictId(row.Text(0)),
                              domain::InstrumentId(row.Text(1)),
                              static_cast<int32_t>(row.Int(2)),
                              row.Text(3),
                              row.IsNull(4) ? "" : row.Blob(4),
                              TimeOf(row.Int(5))};
}

absl::StatusOr<RequestRow> ReadRequest(Statement& row) {
  return RequestRow{DistrictId(row.Text(0)), row.Text(1), row.Text(2), row.Text(3), row.Blob(4), row.Blob(5),
                    TimeOf(row.Int(6))};
}

absl::StatusOr<AuditRow> ReadAudit(Statement& row) {
  return AuditRow{DistrictId(row.Text(0)), row.Int(1), TimeOf(row.Int(2)), row.Text(3), row.Text(4), row.Text(5)};
}

}  // namespace

absl::StatusOr<std::optional<DistrictRow>> IdentityTransaction::FindDistrict(const DistrictId& id) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT district, title, create_time FROM district WHERE district=?1"));
  statement.BindText(1, id.value());
  return ReadOne(statement, ReadDistrict);
}

absl::StatusOr<std::vector<DistrictRow>> IdentityTransaction::ListDistricts(const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT district, title, create_time FROM district WHERE district>?1 "
                                            "ORDER BY district LIMIT ?2"));
  statement.BindText(1, page.after).BindInt(2, LimitOf(page.limit));
  return ReadAll(statement, ReadDistrict);
}

absl::Status IdentityTransaction::InsertDistrict(const DistrictRow& row) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("INSERT INTO district(district, title, create_time) VALUES(?1, ?2, ?3)"));
  statement.BindText(1, row.id.value()).BindText(2, row.title).BindInt(3, TimeValue(row.create_time));
  return statement.Run();
}

absl::StatusOr<std::optional<SchoolRow>> IdentityTransaction::FindSchool(const DistrictId& district,
                                                                         const domain::SchoolId& id) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement, database_.Prepare("SELECT district, school, title, create_time FROM "
                                                                 "school WHERE district=?1 AND school=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  return ReadOne(statement, ReadSchool);
}

absl::StatusOr<std::vector<SchoolRow>> IdentityTransaction::ListSchools(const DistrictId& district, const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT district, school, title, create_time FROM school WHERE "
                                            "district=?1 AND school>?2 ORDER BY school LIMIT ?3"));
  statement.BindText(1, district.value()).BindText(2, page.after).BindInt(3, LimitOf(page.limit));
  return ReadAll(statement, ReadSchool);
}

absl::Status IdentityTransaction::InsertSchool(const SchoolRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO school(district, school, title, create_time) VALUES(?1, ?2, ?3, ?4)"));
  statement.BindText(1, row.district.value())
      .BindText(2, row.id.value())
      .BindText(3, row.title)
      .BindInt(4, TimeValue(row.create_time));
  return statement.Run();
}

absl::StatusOr<std::optional<PersonRow>> IdentityTransaction::FindPerson(const DistrictId& district,
                                                                         const domain::PersonId& id) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT " PERSON_COLUMNS " FROM person p WHERE district=?1 AND person=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  CANDOR_ASSIGN_OR_RETURN(std::optional<PersonRow> person, ReadOne(statement, ReadPerson));
  if (person.has_value()) CANDOR_RETURN_IF_ERROR(ReadRelations(database_, *person));
  return person;
}

absl::StatusOr<std::vector<PersonRow>> IdentityTransaction::ListPeople(const DistrictId& district, const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " PERSON_COLUMNS " FROM person p WHERE district=?1 AND person>?2 "
                                            "ORDER BY person LIMIT ?3"));
  statement.BindText(1, district.value()).BindText(2, page.after).BindInt(3, LimitOf(page.limit));
  CANDOR_ASSIGN_OR_RETURN(std::vector<PersonRow> people, ReadAll(statement, ReadPerson));
  for (PersonRow& person : people) CANDOR_RETURN_IF_ERROR(ReadRelations(database_, person));
  return people;
}

absl::StatusOr<std::vector<PersonRow>> IdentityTransaction::ListSupervised(const DistrictId& district,
                                                                           const domain::PersonId& supervisor,
                                                                           const Page& page) {
  return ListRelated("SELECT " PERSON_COLUMNS " FROM person_supervisor s JOIN person p ON p.district=s.district AND "
                     "p.person=s.person WHERE s.district=?1 AND s.supervisor=?2 AND s.person>?3 ORDER BY s.person LIMIT ?4",
                     district, supervisor, page);
}

absl::StatusOr<std::vector<PersonRow>> IdentityTransaction::ListTeamsOf(const DistrictId& district,
                                                                        const domain::PersonId& member,
                                                                        const Page& page) {
  return ListRelated("SELECT " PERSON_COLUMNS " FROM team_member t JOIN person p ON p.district=t.district AND "
                     "p.person=t.team WHERE t.district=?1 AND t.member=?2 AND t.team>?3 ORDER BY t.team LIMIT ?4",
                     district, member, page);
}

absl::StatusOr<std::vector<PersonRow>> IdentityTransaction::ListRelated(const char* sql, const DistrictId& district,
                                                                        const domain::PersonId& to, const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement, database_.Prepare(sql));
  statement.BindText(1, district.value()).BindText(2, to.value()).BindText(3, page.after).BindInt(4, LimitOf(page.limit));
  CANDOR_ASSIGN_OR_RETURN(std::vector<PersonRow> people, ReadAll(statement, ReadPerson));
  for (PersonRow& person : people) CANDOR_RETURN_IF_ERROR(ReadRelations(database_, person));
  return people;
}

absl::StatusOr<bool> IdentityTransaction::WasPerson(const DistrictId& district, const domain::PersonId& id) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT 1 FROM former_person WHERE district=?1 AND person=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  return statement.Step();
}

absl::Status IdentityTransaction::InsertPerson(const PersonRow& row) {
  CANDOR_ASSIGN_OR_RETURN(const bool former, WasPerson(row.district, row.id));
  if (former) return errors::Exists("person", row.id.value());
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("INSERT INTO person(district, person, display_name, job_title, email, "
                                            "school, roles, public_key, key_time, key_vouched_by, create_time, revision, "
                                            "team) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"));
  BindPerson(statement, row);
  statement.BindInt(11, TimeValue(row.create_time)).BindInt(12, row.revision).BindInt(13, row.team ? 1 : 0);
  CANDOR_RETURN_IF_ERROR(statement.Run());
  return InsertRelations(database_, row);
}

absl::Status IdentityTransaction::UpdatePerson(const PersonRow& row) {
  {
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("UPDATE person SET display_name=?3, job_title=?4, email=?5, school=?6, "
                                              "roles=?7, public_key=?8, key_time=?9, key_vouched_by=?10, revision=revision+1, "
                                              "team=?12 WHERE district=?1 AND person=?2 AND revision=?11"));
    BindPerson(statement, row);
    statement.BindInt(11, row.revision).BindInt(12, row.team ? 1 : 0);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  if (database_.changes() == 0) {
    CANDOR_ASSIGN_OR_RETURN(const std::optional<PersonRow> stored, FindPerson(row.district, row.id));
    return stored.has_value() ? errors::EtagMismatch("person", row.id.value())
                              : errors::NotFound("person", row.id.value());
  }
  CANDOR_RETURN_IF_ERROR(DeleteRelations(database_, row));
  return InsertRelations(database_, row);
}

absl::Status IdentityTransaction::DeletePerson(const DistrictId& district, const domain::PersonId& id) {
  CANDOR_ASSIGN_OR_RETURN(const std::optional<PersonRow> person, FindPerson(district, id));
  if (person.has_value()) CANDOR_RETURN_IF_ERROR(ForgetRatersAt(database_, district, person->email));
  const char* const steps[] = {
      "DELETE FROM access_key WHERE district=?1 AND person=?2",
      "DELETE FROM identified_rating WHERE district=?1 AND person=?2 AND survey IN (SELECT survey FROM survey WHERE "
      "district=?1 AND state IN ('draft', 'open', 'released', 'abandoned'))",
      // Of a team, what its members said of it.
      "DELETE FROM identified_rating WHERE district=?1 AND audience=1 AND survey IN (SELECT survey FROM survey WHERE "
      "district=?1 AND leader=?2 AND state IN ('draft', 'open', 'released', 'abandoned'))",
      // 7: SurveyDocument::kReportSubject.
      "DELETE FROM survey_document WHERE district=?1 AND kind=7 AND survey IN (SELECT survey FROM survey WHERE "
      "district=?1 AND leader=?2)",
      "DELETE FROM growth_plan WHERE district=?1 AND survey IN (SELECT survey FROM survey WHERE district=?1 AND leader=?2)",
      "INSERT OR IGNORE INTO former_person(district, person) SELECT district, person FROM person WHERE district=?1 AND "
      "person=?2",
      "DELETE FROM person WHERE district=?1 AND person=?2",
  };
  static_assert(static_cast<int>(SurveyDocument::kReportSubject) == 7 && static_cast<int>(IdentifiedAudience::kSelf) == 1);
  for (const char* step : steps) {
    CANDOR_ASSIGN_OR_RETURN(Statement statement, database_.Prepare(step));
    statement.BindText(1, district.value()).BindText(2, id.value());
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<AccessKeyRow>> IdentityTransaction::FindAccessKeyByHash(absl::string_view key_hash) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " ACCESS_KEY_COLUMNS " FROM access_key WHERE key_hash=?1"));
  statement.BindBlob(1, key_hash);
  return ReadOne(statement, ReadAccessKey);
}

absl::StatusOr<std::vector<AccessKeyRow>> IdentityTransaction::ListAccessKeys(const DistrictId& district,
                                                                              const domain::PersonId& person,
                                                                              const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " ACCESS_KEY_COLUMNS " FROM access_key WHERE district=?1 AND "
                                            "person=?2 AND access_key>?3 ORDER BY access_key LIMIT ?4"));
  statement.BindText(1, district.value())
      .BindText(2, person.value())
      .BindText(3, page.after)
      .BindInt(4, LimitOf(page.limit));
  return ReadAll(statement, ReadAccessKey);
}

absl::Status IdentityTransaction::InsertAccessKey(const AccessKeyRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO access_key(" ACCESS_KEY_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  statement.BindBlob(1, row.key_hash)
      .BindText(2, row.id.value())
      .BindText(3, row.district.value())
      .BindText(4, row.person.value())
      .BindText(5, row.title)
      .BindInt(6, TimeValue(row.create_time))
      .BindText(7, row.maker.value());
  return statement.Run();
}

absl::Status IdentityTransaction::DeleteAccessKey(const DistrictId& district, const domain::PersonId& person,
                                                  const domain::AccessKeyId& id) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("DELETE FROM access_key WHERE district=?1 AND person=?2 AND access_key=?3"));
  statement.BindText(1, district.value()).BindText(2, person.value()).BindText(3, id.value());
  return statement.Run();
}

absl::Status IdentityTransaction::DeleteInstallationKeys() {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("DELETE FROM access_key WHERE district='' AND person=''"));
  return statement.Run();
}

absl::StatusOr<std::optional<FrameworkRow>> IdentityTransaction::FindFramework(const DistrictId& district,
                                                                               const domain::FrameworkId& id) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT " FRAMEWORK_COLUMNS " FROM framework WHERE district=?1 AND framework=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  return ReadOne(statement, ReadFramework);
}

absl::StatusOr<std::vector<FrameworkRow>> IdentityTransaction::ListFrameworks(const DistrictId& district,
                                                                              const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " FRAMEWORK_COLUMNS " FROM framework WHERE district=?1 AND "
                                            "framework>?2 ORDER BY framework LIMIT ?3"));
  statement.BindText(1, district.value()).BindText(2, page.after).BindInt(3, LimitOf(page.limit));
  return ReadAll(statement, ReadFramework);
}

absl::Status IdentityTransaction::InsertFramework(const FrameworkRow& row) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("INSERT INTO framework(" FRAMEWORK_COLUMNS ") VALUES(?1, ?2, ?3, ?4)"));
  statement.BindText(1, row.district.value())
      .BindText(2, row.id.value())
      .BindBlob(3, row.document)
      .BindInt(4, TimeValue(row.create_time));
  return statement.Run();
}

absl::StatusOr<std::optional<InstrumentRow>> IdentityTransaction::FindInstrument(const DistrictId& district,
                                                                                 const domain::InstrumentId& id) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT " INSTRUMENT_COLUMNS " FROM instrument WHERE district=?1 AND instrument=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  return ReadOne(statement, ReadInstrument);
}

absl::StatusOr<std::vector<InstrumentRow>> IdentityTransaction::ListInstruments(const DistrictId& district,
                                                                                const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " INSTRUMENT_COLUMNS " FROM instrument WHERE district=?1 AND "
                                            "instrument>?2 ORDER BY instrument LIMIT ?3"));
  statement.BindText(1, district.value()).BindText(2, page.after).BindInt(3, LimitOf(page.limit));
  return ReadAll(statement, ReadInstrument);
}

absl::Status IdentityTransaction::InsertInstrument(const InstrumentRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO instrument(" INSTRUMENT_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  statement.BindText(1, row.district.value())
      .BindText(2, row.id.value())
      .BindText(3, row.framework.value())
      .BindBlob(4, row.draft)
      .BindInt(5, row.newest_version)
      .BindInt(6, TimeValue(row.create_time))
      .BindInt(7, TimeValue(row.update_time))
      .BindInt(8, row.revision);
  return statement.Run();
}

absl::Status IdentityTransaction::UpdateInstrument(const InstrumentRow& row) {
  {
    CANDOR_ASSIGN_OR_RETURN(
        Statement statement,
        database_.Prepare("UPDATE instrument SET draft=?3, newest_version=?4, update_time=?5, revision=revision+1 "
                          "WHERE district=?1 AND instrument=?2 AND revision=?6"));
    statement.BindText(1, row.district.value())
        .BindText(2, row.id.value())
        .BindBlob(3, row.draft)
        .BindInt(4, row.newest_version)
        .BindInt(5, TimeValue(row.update_time))
        .BindInt(6, row.revision);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  if (database_.changes() > 0) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const std::optional<InstrumentRow> stored, FindInstrument(row.district, row.id));
  return stored.has_value() ? errors::EtagMismatch("instrument", row.id.value())
                            : errors::NotFound("instrument", row.id.value());
}

absl::StatusOr<std::optional<InstrumentVersionRow>> IdentityTransaction::FindInstrumentVersion(
    const DistrictId& district, const domain::InstrumentId& instrument, int32_t version) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT district, instrument, version, hash, document, publish_time FROM instrument_version "
                        "WHERE district=?1 AND instrument=?2 AND version=?3"));
  statement.BindText(1, district.value()).BindText(2, instrument.value()).BindInt(3, version);
  return ReadOne(statement, ReadInstrumentVersion);
}

absl::StatusOr<std::vector<InstrumentVersionRow>> IdentityTransaction::ListInstrumentVersions(
    const DistrictId& district, const domain::InstrumentId& instrument, int32_t after, int limit) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT district, instrument, version, hash, NULL, publish_time FROM instrument_version "
                        "WHERE district=?1 AND instrument=?2 AND version>?3 ORDER BY version LIMIT ?4"));
  statement.BindText(1, district.value()).BindText(2, instrument.value()).BindInt(3, after).BindInt(4, LimitOf(limit));
  return ReadAll(statement, ReadInstrumentVersion);
}

absl::Status IdentityTransaction::InsertInstrumentVersion(const InstrumentVersionRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO instrument_version(district, instrument, version, hash, document, publish_time) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  statement.BindText(1, row.district.value())
      .BindText(2, row.instrument.value())
      .BindInt(3, row.version)
      .BindText(4, row.hash)
      .BindBlob(5, row.document)
      .BindInt(6, TimeValue(row.publish_time));
  return statement.Run();
}

absl::StatusOr<std::optional<RequestRow>> IdentityTransaction::FindRequest(const DistrictId& district,
                                                                           absl::string_view caller,
                                                                           absl::string_view method,
                                                                           absl::string_view request_id) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT district, caller, method, request_id, request_hash, response, time FROM request "
                        "WHERE district=?1 AND caller=?2 AND method=?3 AND request_id=?4"));
  statement.BindText(1, district.value()).BindText(2, caller).BindText(3, method).BindText(4, request_id);
  return ReadOne(statement, ReadRequest);
}

absl::Status IdentityTransaction::InsertRequest(const RequestRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO request(district, caller, method, request_id, request_hash, response, time) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  statement.BindText(1, row.district.value())
      .BindText(2, row.caller)
      .BindText(3, row.method)
      .BindText(4, row.request_id)
      .BindBlob(5, row.request_hash)
      .BindBlob(6, row.response)
      .BindInt(7, TimeValue(row.time));
  return statement.Run();
}

absl::Status IdentityTransaction::DeleteRequestsBefore(absl::Time time) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement, database_.Prepare("DELETE FROM request WHERE time<?1"));
  statement.BindInt(1, TimeValue(time));
  return statement.Run();
}

absl::Status IdentityTransaction::ForgetRequests(const DistrictId& district) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement, database_.Prepare("UPDATE request SET request_hash=x'', response=x'' WHERE district=?1"));
  statement.BindText(1, district.value());
  return statement.Run();
}

absl::StatusOr<std::vector<AuditRow>> IdentityTransaction::ListAudit(const DistrictId& district, int64_t after,
                                                                     int limit) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT district, sequence, time, caller, action, resource FROM audit "
                                            "WHERE district=?1 AND sequence>?2 ORDER BY sequence LIMIT ?3"));
  statement.BindText(1, district.value()).BindInt(2, after).BindInt(3, LimitOf(limit));
  return ReadAll(statement, ReadAudit);
}

absl::Status IdentityTransaction::InsertAudit(const AuditRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO audit(district, sequence, time, caller, action, resource) SELECT ?1, "
                        "coalesce((SELECT max(sequence) FROM audit WHERE district=?1), 0) + 1, ?2, ?3, ?4, ?5"));
  statement.BindText(1, row.district.value())
      .BindInt(2, TimeValue(row.time))
      .BindText(3, row.caller)
      .BindText(4, row.action)
      .BindText(5, row.resource);
  return statement.Run();
}

}  // namespace candor::storage::sqlite
