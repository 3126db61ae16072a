// Registers every method of candor.v1 with its body: check the request, run the use case, convert back.

#ifndef CANDOR_SERVICES_RPC_METHODS_H_
#define CANDOR_SERVICES_RPC_METHODS_H_

#include "services/base/clock.h"
#include "services/domain/response_plane.h"
#include "services/identity/campaigns.h"
#include "services/identity/codes.h"
#include "services/identity/directory.h"
#include "services/identity/frameworks.h"
#include "services/identity/instruments.h"
#include "services/identity/invitations.h"
#include "services/identity/lifecycle.h"
#include "services/identity/raters.h"
#include "services/identity/ratings.h"
#include "services/reporting/growth_plans.h"
#include "services/reporting/reports.h"
#include "services/rpc/authenticator.h"
#include "services/rpc/method.h"
#include "services/rpc/page_token.h"
#include "storage/identity_store.h"

namespace candor::rpc {

// What methods of the identity plane call. All outlive the methods.
struct IdentityBackend {
  storage::IdentityStore* store = nullptr;
  base::Clock* clock = nullptr;
  identity::Directory* directory = nullptr;
  identity::Frameworks* frameworks = nullptr;
  identity::Instruments* instruments = nullptr;
  identity::Campaigns* campaigns = nullptr;
  identity::Raters* raters = nullptr;
  identity::Codes* codes = nullptr;
  identity::Ratings* ratings = nullptr;
  identity::Lifecycle* lifecycle = nullptr;
  identity::Invitations* invitations = nullptr;
  reporting::Reports* reports = nullptr;
  reporting::GrowthPlans* growth_plans = nullptr;
  domain::ResponsePlane* plane = nullptr;  // for coarse live counts
  const PageTokens* page_tokens = nullptr;
  Authenticator* authenticator = nullptr;  // forgets callers when people or keys change
};

void AddDirectoryMethods(const IdentityBackend& backend, MethodSet& methods);
void AddFrameworkMethods(const IdentityBackend& backend, MethodSet& methods);
void AddInstrumentMethods(const IdentityBackend& backend, MethodSet& methods);
void AddCampaignMethods(const IdentityBackend& backend, MethodSet& methods);
// The methods of CampaignService about surveys, raters, codes and identified ratings.
void AddSurveyMethods(const IdentityBackend& backend, MethodSet& methods);
void AddRaterMethods(const IdentityBackend& backend, MethodSet& methods);
void AddReportMethods(const IdentityBackend& backend, MethodSet& methods);
// FollowUpService: questions back to comments.
void AddFollowUpMethods(const IdentityBackend& backend, MethodSet& methods);
void AddRetentionMethods(const IdentityBackend& backend, MethodSet& methods);
// InvitationService: a respondent on the identity plane.
void AddInvitationMethods(const IdentityBackend& backend, MethodSet& methods);
// PlaneService: the identity plane, where it is another server.
void AddPlaneMethods(domain::ResponsePlane* plane, MethodSet& methods);

}  // namespace candor::rpc

#endif  // CANDOR_SERVICES_RPC_METHODS_H_
