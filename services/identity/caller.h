// Who calls a use case. Whether they may is decided before, in one place (services/rpc); a use case notes the caller in
// the audit trail.

#ifndef CANDOR_SERVICES_IDENTITY_CALLER_H_
#define CANDOR_SERVICES_IDENTITY_CALLER_H_

#include <string>

#include "services/domain/ids.h"
#include "storage/identity_store.h"

namespace candor::identity {

struct Caller {
  bool installation_administrator = false;  // may do what an administrator may, in every district
  domain::DistrictId district;              // empty for the installation's administrator
  domain::PersonId person;                  // likewise
  storage::Roles roles;                     // as the directory had them at authentication
  domain::PersonId key_maker;               // of the key that the call came with; storage::AccessKeyRow::maker
  bool server = false;                      // the server itself, by its schedule

  // "districts/{district}/people/{person}", "administrator" or "server".
  std::string name() const;
};

// The caller that stands for the server's own schedule.
inline Caller ServerCaller() {
  Caller caller;
  caller.server = true;
  return caller;
}

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_CALLER_H_
