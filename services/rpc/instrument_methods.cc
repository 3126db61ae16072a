#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "candor/v1/framework.pb.h"
#include "candor/v1/instrument.pb.h"
#include "services/base/error.h"
#include "services/domain/errors.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/convert_instrument.h"
#include "services/rpc/field_mask.h"
#include "services/rpc/methods.h"
#include "services/rpc/request.h"
#include "services/rpc/resource_names.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

constexpr size_t kLongestDocument = size_t{4} << 20;

std::string FrameworkMethod(absl::string_view method) { return absl::StrCat("candor.v1.FrameworkService.", method); }
std::string InstrumentMethod(absl::string_view method) { return absl::StrCat("candor.v1.InstrumentService.", method); }

absl::Status ImportFramework(const IdentityBackend& b, const Caller& caller, const v1::ImportFrameworkRequest& request,
                             v1::Framework* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(Require(!request.document().empty(), "document"));
  if (request.document().size() > kLongestDocument) {
    return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kREQUEST_TOO_LARGE,
                       absl::StrCat("document: at most ", kLongestDocument, " bytes"), "document");
  }
  const auto run = [&]() -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(
        const auto framework,
        b.frameworks->Import(caller, district, request.document(), request.validate_only()));
    *response = ToProto(framework, true);
    return absl::OkStatus();
  };
  if (!request.validate_only()) return RunOnce(b, caller, district, request, response, run);
  CANDOR_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  return run();
}

absl::Status CreateInstrument(const IdentityBackend& b, const Caller& caller,
                              const v1::CreateInstrumentRequest& request, v1::Instrument* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
  CANDOR_RETURN_IF_ERROR(CheckChosenId("instrument_id", request.instrument_id()));
  CANDOR_RETURN_IF_ERROR(Require(request.has_instrument(), "instrument"));
  CANDOR_ASSIGN_OR_RETURN(const auto draft, FromProto(request.instrument(), district));
  return RunOnce(b, caller, district, request, response, [&]() -> absl::Status {
    const auto stored =
        b.instruments->Create(caller, district, domain::InstrumentId(request.instrument_id()), draft);
    CANDOR_RETURN_IF_ERROR(InField(stored.status(), "instrument"));
    *response = ToProto(*stored, true);
    return absl::OkStatus();
  });
}

absl::Status UpdateInstrument(const IdentityBackend& b, const Caller& caller,
                              const v1::UpdateInstrumentRequest& request, v1::Instrument* response) {
  const v1::Instrument& instrument = request.instrument();
  CANDOR_ASSIGN_OR_RETURN(const auto name, ParseInstrument("instrument.name", instrument.name()));
  CANDOR_ASSIGN_OR_RETURN(const auto fields,
                          FieldsToChange(instrument, request.update_mask(), ChangeableInstrumentFields()));
  CANDOR_ASSIGN_OR_RETURN(const auto revision, FromEtag(instrument.etag(), "instrument", instrument.name()));
  const auto stored = b.instruments->Update(
      caller, name.district, name.instrument, revision, [&](domain::Instrument& draft) -> absl::Status {
        if (!instrument.framework().empty()) {
          CANDOR_ASSIGN_OR_RETURN(const std::string code,
                                  FrameworkCode("framework", instrument.framework(), name.district));
          if (code != draft.framework) {
            return domain::errors::InvalidField("framework", "cannot be changed; make another instrument");
          }
        }
        CopyInstrumentFields(instrument, fields, draft);
        return absl::OkStatus();
      });
  CANDOR_RETURN_IF_ERROR(InField(stored.status(), "instrument"));
  *response = ToProto(*stored, true);
  return absl::OkStatus();
}

absl::Status ListInstrumentVersions(const IdentityBackend& b, const Caller& caller,
                                    const v1::ListInstrumentVersionsRequest& request,
                                    v1::ListInstrumentVersionsResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto parent, ParseInstrument("parent", request.parent()));
  return FillPage<v1::ListInstrumentVersionsRequest, v1::ListInstrumentVersionsResponse,
                  storage::InstrumentVersionRow>(
      b, InstrumentMethod("ListInstrumentVersions"), caller, request, response,
      [&](const storage::Page& page) -> absl::StatusOr<std::vector<storage::InstrumentVersionRow>> {
        int32_t after = 0;
        if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) return absl::InternalError("page token");
        return b.instruments->ListVersions(parent.district, parent.instrument, after, page.limit);
      },
      [](const storage::InstrumentVersionRow& row) { return absl::StrCat(row.version); },
      [&](const storage::InstrumentVersionRow& row) {
        *response->add_instrument_versions() = ToProto(row);
        return absl::OkStatus();
      });
}

}  // namespace

void AddFrameworkMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::ImportFrameworkRequest, v1::Framework>(
      FrameworkMethod("ImportFramework"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ImportFrameworkRequest& request, v1::Framework* response) {
        return ImportFramework(b, caller, request, response);
      });
  methods.Add<v1::GetFrameworkRequest, v1::Framework>(
      FrameworkMethod("GetFramework"), Lane::kIdentity,
      [b](const Caller&, const v1::GetFrameworkRequest& request, v1::Framework* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseFramework("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto framework, b.frameworks->Get(name.district, name.framework));
        *response = ToProto(framework, true);
        return absl::OkStatus();
      });
  methods.Add<v1::ListFrameworksRequest, v1::ListFrameworksResponse>(
      FrameworkMethod("ListFrameworks"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListFrameworksRequest& request,
          v1::ListFrameworksResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
        return FillPage<v1::ListFrameworksRequest, v1::ListFrameworksResponse, identity::StoredFramework>(
            b, FrameworkMethod("ListFrameworks"), caller, request, response,
            [&](const storage::Page& page) { return b.frameworks->List(district, page); },
            [](const identity::StoredFramework& framework) { return framework.row.id.value(); },
            [&](const identity::StoredFramework& framework) {
              *response->add_frameworks() = ToProto(framework, false);
              return absl::OkStatus();
            });
      });
}

void AddInstrumentMethods(const IdentityBackend& b, MethodSet& methods) {
  methods.Add<v1::CreateInstrumentRequest, v1::Instrument>(
      InstrumentMethod("CreateInstrument"), Lane::kIdentity,
      [b](const Caller& caller, const v1::CreateInstrumentRequest& request, v1::Instrument* response) {
        return CreateInstrument(b, caller, request, response);
      });
  methods.Add<v1::UpdateInstrumentRequest, v1::Instrument>(
      InstrumentMethod("UpdateInstrument"), Lane::kIdentity,
      [b](const Caller& caller, const v1::UpdateInstrumentRequest& request, v1::Instrument* response) {
        return UpdateInstrument(b, caller, request, response);
      });
  methods.Add<v1::PublishInstrumentRequest, v1::InstrumentVersion>(
      InstrumentMethod("PublishInstrument"), Lane::kIdentity,
      [b](const Caller& caller, const v1::PublishInstrumentRequest& request,
          v1::InstrumentVersion* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseInstrument("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto revision, FromEtag(request.etag(), "instrument", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto version, b.instruments->Publish(caller, name.district, name.instrument,
                                                                           revision, request.validate_only()));
        *response = ToProto(version);
        return absl::OkStatus();
      });
  methods.Add<v1::GetInstrumentRequest, v1::Instrument>(
      InstrumentMethod("GetInstrument"), Lane::kIdentity,
      [b](const Caller&, const v1::GetInstrumentRequest& request, v1::Instrument* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseInstrument("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto instrument, b.instruments->Get(name.district, name.instrument));
        *response = ToProto(instrument, true);
        return absl::OkStatus();
      });
  methods.Add<v1::ListInstrumentsRequest, v1::ListInstrumentsResponse>(
      InstrumentMethod("ListInstruments"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListInstrumentsRequest& request,
          v1::ListInstrumentsResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto district, ParseDistrict("parent", request.parent()));
        return FillPage<v1::ListInstrumentsRequest, v1::ListInstrumentsResponse, identity::StoredInstrument>(
            b, InstrumentMethod("ListInstruments"), caller, request, response,
            [&](const storage::Page& page) { return b.instruments->List(district, page); },
            [](const identity::StoredInstrument& instrument) { return instrument.row.id.value(); },
            [&](const identity::StoredInstrument& instrument) {
              *response->add_instruments() = ToProto(instrument, false);
              return absl::OkStatus();
            });
      });
  methods.Add<v1::GetInstrumentVersionRequest, v1::InstrumentVersion>(
      InstrumentMethod("GetInstrumentVersion"), Lane::kIdentity,
      [b](const Caller&, const v1::GetInstrumentVersionRequest& request,
          v1::InstrumentVersion* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto name, ParseInstrumentVersion("name", request.name()));
        CANDOR_ASSIGN_OR_RETURN(const auto version,
                                b.instruments->GetVersion(name.district, name.instrument, name.version));
        *response = ToProto(version);
        return absl::OkStatus();
      });
  methods.Add<v1::ListInstrumentVersionsRequest, v1::ListInstrumentVersionsResponse>(
      InstrumentMethod("ListInstrumentVersions"), Lane::kIdentity,
      [b](const Caller& caller, const v1::ListInstrumentVersionsRequest& request,
          v1::ListInstrumentVersionsResponse* response) {
        return ListInstrumentVersions(b, caller, request, response);
      });
}

}  // namespace candor::rpc
