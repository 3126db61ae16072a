// The methods that respondents call on the identity plane. Nothing here logs, counts or notes a call.

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "candor/v1/invitation.pb.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/methods.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

absl::Status OpenInvitation(const IdentityBackend& b, const v1::OpenInvitationRequest& request,
                            v1::OpenInvitationResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto opened, b.invitations->Open(request.code()));
  response->set_survey(opened.survey.value());
  response->set_group(opened.issuing_group);
  response->set_audience(opened.audience);
  response->set_contract(*opened.contract);
  response->set_instrument_version(*opened.instrument_version);
  response->set_manifest(*opened.manifest);
  response->set_manifest_signature(*opened.manifest_signature);
  response->set_extension(*opened.extension);
  response->set_extension_signature(*opened.extension_signature);
  response->set_surname_filter(*opened.surname_filter);
  response->set_leader_display_name(opened.leader_name);
  response->set_leader_job_title(opened.leader_job_title);
  *response->mutable_notice() = ToProto(*opened.notice);
  for (const int64_t reissued : opened.reissued) response->add_reissued(static_cast<int32_t>(reissued));
  return absl::OkStatus();
}

}  // namespace

void AddInvitationMethods(const IdentityBackend& b, MethodSet& methods) {
  Method& open = methods.Add<v1::OpenInvitationRequest, v1::OpenInvitationResponse>(
      "candor.v1.InvitationService.OpenInvitation", Lane::kIssuing,
      [b](const Caller&, const v1::OpenInvitationRequest& request, v1::OpenInvitationResponse* response) {
        return OpenInvitation(b, request, response);
      });
  Method& issue = methods.AddAsync<v1::IssueTokenRequest, v1::IssueTokenResponse>(
      "candor.v1.InvitationService.IssueToken", Lane::kIssuing,
      [b](const Caller&, const v1::IssueTokenRequest& request, v1::IssueTokenResponse* response, Done done) {
        b.invitations->IssueToken(request.code(), request.blinded_message(),
                                  [response, done = std::move(done)](absl::StatusOr<std::string> signature) {
                                    if (signature.ok()) response->set_blind_signature(*std::move(signature));
                                    done(signature.status());
                                  });
      });
  open.takes_code = issue.takes_code = true;
}

}  // namespace candor::rpc
