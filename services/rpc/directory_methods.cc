#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "candor/v1/directory.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/identity/audit.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/convert_directory.h"
#include "services/rpc/field_mask.h"
#include "services/rpc/methods.h"
#include "services/rpc/request.h"
#include "services/rpc/resource_names.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

constexpr char kService[] = "candor.v1.DirectoryService.";

std::string Name(absl::string_view method) { return absl::StrCat(kService, method); }

void AddDistrictMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::CreateDistrictRequest, v1::District>(
      Name("CreateDistrict"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CreateDistrictRequest& request, v1::District* response) -> absl::Status {
        CANDOR_RETURN_IF_ERROR(CheckChosenId("district_id", request.district_id()));
        CANDOR_RETURN_IF_ERROR(Require(request.has_district(), "district"));
        return RunOnce(b, caller, domain::DistrictId(), request, response, [&]() -> absl::Status {
          CANDOR_ASSIGN_OR_RETURN(const auto row,
                                  b.directory->CreateDistrict(caller, domain::DistrictId(request.district_id()),
                                                              request.district().title()));
          *response = ToProto(row);
          return absl::OkStatus();
        });
      });
  methods.Add<v1::GetDistrictRequest, v1::District>(
      Name("GetDistrict"), Lane::kIdentity,
      [b](const Caller&, const v1::GetDistrictRequest& request, v1::District* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto row, b.directory->GetDistrict(district));
        *response = ToProto(row);
        return absl::OkStatus();
      });
  methods.Add<v1::ListDistrictsRequest, v1::ListDistrictsResponse>(
      Name("ListDistricts"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListDistrictsRequest& request, v1::ListDistrictsResponse* response) {
        return FillPage<v1::ListDistrictsRequest, v1::ListDistrictsResponse, storage::DistrictRow>(
            b, Name("ListDistricts"), caller, request, response,
            [&](const storage::Page& page) { return b.directory->ListDistricts(page); },
            [](const storage::DistrictRow& row) { return row.id.value(); },
            [&](const storage::DistrictRow& row) {
              *response->add_districts() = ToProto(row);
              return absl::OkStatus();
            });
      });
}

void AddSchoolMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::CreateSchoolRequest, v1::School>(
      Name("CreateSchool"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CreateSchoolRequest& request, v1::School* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
        CANDOR_RETURN_IF_ERROR(CheckChosenId("school_id", request.school_id()));
        CANDOR_RETURN_IF_ERROR(Require(request.has_school(), "school"));
        return RunOnce(b, caller, district, request, response, [&]() -> absl::Status {
          CANDOR_ASSIGN_OR_RETURN(const auto row,
                                  b.directory->CreateSchool(caller, district, domain::SchoolId(request.school_id()),
                                                            request.school().title()));
          *response = ToProto(row);
          return absl::OkStatus();
        });
      });
  methods.Add<v1::GetSchoolRequest, v1::School>(
      Name("GetSchool"), Lane::kIdentity,
      [b](const Caller&, const v1::GetSchoolRequest& request, v1::School* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseSchool("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto row, b.directory->GetSchool(name.district, name.school));
        *response = ToProto(row);
        return absl::OkStatus();
      });
  methods.Add<v1::ListSchoolsRequest, v1::ListSchoolsResponse>(
      Name("ListSchools"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListSchoolsRequest& request,
          v1::ListSchoolsResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
        return FillPage<v1::ListSchoolsRequest, v1::ListSchoolsResponse, storage::SchoolRow>(
            b, Name("ListSchools"), caller, request, response,
            [&](const storage::Page& page) { return b.directory->ListSchools(district, page); },
            [](const storage::SchoolRow& row) { return row.id.value(); },
            [&](const storage::SchoolRow& row) {
              *response->add_schools() = ToProto(row);
              return absl::OkStatus();
            });
      });
}

absl::Status UpdatePerson(const IdentityBackend& b, const Caller& caller, const v1::UpdatePersonRequest& request,
                          v1::Person* response) {
  const v1::Person& person = request.person();
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParsePerson("person.name", person.name()));
  CANDOR_ASSIGN_OR_RETURN(const auto fields, FieldsToChange(person, request.update_mask(), ChangeablePersonFields()));
  CANDOR_ASSIGN_OR_RETURN(const auto revision, FromEtag(person.etag(), "person", person.name()));
  const auto row = b.directory->UpdatePerson(
      caller, name.district, name.person, revision,
      [&](storage::PersonRow& stored) { return CopyPersonFields(person, fields, stored); });
  b.authenticator->Forget();
  CANDOR_RETURN_IF_ERROR(row.status());
  *response = ToProto(*row);
  return absl::OkStatus();
}

void AddPersonMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::CreatePersonRequest, v1::Person>(
      Name("CreatePerson"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CreatePersonRequest& request, v1::Person* response) -> absl::Status {
        storage::PersonRow person;
        CANDOR_ASSIGN_OR_RETURN(person.district, ParseDistrict("parent", request.parent()));
        CANDOR_RETURN_IF_ERROR(CheckChosenId("person_id", request.person_id()));
        CANDOR_RETURN_IF_ERROR(Require(request.has_person(), "person"));
        person.id = domain::PersonId(request.person_id());
        CANDOR_RETURN_IF_ERROR(CopyPersonFields(request.person(), ChangeablePersonFields(), person));
        return RunOnce(b, caller, person.district, request, response, [&]() -> absl::Status {
          CANDOR_ASSIGN_OR_RETURN(const auto row, b.directory->CreatePerson(caller, person));
          *response = ToProto(row);
          return absl::OkStatus();
        });
      });
  methods.Add<v1::UpdatePersonRequest, v1::Person>(
      Name("UpdatePerson"), Lane::kIdentity,
      [b](const Caller& caller, const v1::UpdatePersonRequest& request, v1::Person* response) {
        return UpdatePerson(b, caller, request, response);
      });
  methods.Add<v1::RegisterKeyRequest, v1::Person>(
      Name("RegisterKey"), Lane::kIdentity,
      [b](const Caller& caller, const v1::RegisterKeyRequest& request, v1::Person* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParsePerson("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(
            const auto row, b.directory->RegisterKey(caller, name.district, name.person, request.public_key()));
        *response = ToProto(row);
        return absl::OkStatus();
      });
  methods.Add<v1::DeletePersonRequest, google::protobuf::Empty>(
      Name("DeletePerson"), Lane::kIdentity,
      [b](const Caller& caller, const v1::DeletePersonRequest& request, google::protobuf::Empty*) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParsePerson("name", request.name()));
        const absl::Status status = b.directory->DeletePerson(caller, name.district, name.person);
        b.authenticator->Forget();
        return status;
      });
  methods.Add<v1::GetPersonRequest, v1::Person>(
      Name("GetPerson"), Lane::kIdentity,
      [b](const Caller&, const v1::GetPersonRequest& request, v1::Person* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParsePerson("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto row, b.directory->GetPerson(name.district, name.person));
        *response = ToProto(row);
        return absl::OkStatus();
      });
  methods.Add<v1::ListPeopleRequest, v1::ListPeopleResponse>(
      Name("ListPeople"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListPeopleRequest& request,
          v1::ListPeopleResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
        return FillPage<v1::ListPeopleRequest, v1::ListPeopleResponse, storage::PersonRow>(
            b, Name("ListPeople"), caller, request, response,
            [&](const storage::Page& page) { return b.directory->ListPeople(district, page); },
            [](const storage::PersonRow& row) { return row.id.value(); },
            [&](const storage::PersonRow& row) {
              *response->add_people() = ToProto(row);
              return absl::OkStatus();
            });
      });
}

void AddAccessKeyMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::CreateAccessKeyRequest, v1::CreateAccessKeyResponse>(
      Name("CreateAccessKey"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CreateAccessKeyRequest& request,
          v1::CreateAccessKeyResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto parent, ParsePerson("parent", request.parent()));
        CANDOR_ASSIGN_OR_RETURN(const auto key, b.directory->CreateAccessKey(caller, parent.district, parent.person,
                                                                             request.access_key().title()));
        *response->mutable_access_key() = ToProto(key.row);
        response->set_secret(key.secret);
        return absl::OkStatus();
      });
  methods.Add<v1::DeleteAccessKeyRequest, google::protobuf::Empty>(
      Name("DeleteAccessKey"), Lane::kIdentity,
      [b](const Caller& caller, const v1::DeleteAccessKeyRequest& request, google::protobuf::Empty*) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseAccessKey("name", request.name()));
        const absl::Status status =
            b.directory->DeleteAccessKey(caller, name.district, name.person, name.access_key);
        b.authenticator->Forget();
        return status;
      });
  methods.Add<v1::ListAccessKeysRequest, v1::ListAccessKeysResponse>(
      Name("ListAccessKeys"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListAccessKeysRequest& request,
          v1::ListAccessKeysResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto parent, ParsePerson("parent", request.parent()));
        return FillPage<v1::ListAccessKeysRequest, v1::ListAccessKeysResponse, storage::AccessKeyRow>(
            b, Name("ListAccessKeys"), caller, request, response,
            [&](const storage::Page& page) {
              return b.directory->ListAccessKeys(parent.district, parent.person, page);
            },
            [](const storage::AccessKeyRow& row) { return row.id.value(); },
            [&](const storage::AccessKeyRow& row) {
              *response->add_access_keys() = ToProto(row);
              return absl::OkStatus();
            });
      });
}

void AddAuditMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::ListAuditEntriesRequest, v1::ListAuditEntriesResponse>(
      Name("ListAuditEntries"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListAuditEntriesRequest& request,
          v1::ListAuditEntriesResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
        // Every entry is of a district that existed then, so one without any has none.
        CANDOR_RETURN_IF_ERROR(b.directory->GetDistrict(district).status());
        return FillPage<v1::ListAuditEntriesRequest, v1::ListAuditEntriesResponse, storage::AuditRow>(
            b, Name("ListAuditEntries"), caller, request, response,
            [&](const storage::Page& page) -> absl::StatusOr<std::vector<storage::AuditRow>> {
              // The token is the service's own, so what is in it is a number; none stands for the beginning.
              int64_t after = 0;
              if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) {
                return absl::InternalError("a page token of the audit trail without a number");
              }
              return identity::ListAudit(*b.store, district, after, page.limit);
            },
            [](const storage::AuditRow& row) { return absl::StrCat(row.sequence); },
            [&](const storage::AuditRow& row) {
              *response->add_audit_entries() = ToProto(row);
              return absl::OkStatus();
            });
      });
}

}  // namespace

void AddDirectoryMethods(const IdentityBackend& backend, MethodSet& methods) {
  AddDistrictMethods(backend, methods);
  AddSchoolMethods(backend, methods);
  AddPersonMethods(backend, methods);
  AddAccessKeyMethods(backend, methods);
  AddAuditMethods(backend, methods);
}

}  // namespace candor::rpc
