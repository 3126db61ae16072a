// A look at the key folder when the server starts.

#ifndef CANDOR_SERVICES_IDENTITY_KEY_CHECK_H_
#define CANDOR_SERVICES_IDENTITY_KEY_CHECK_H_

#include "absl/status/status.h"
#include "services/identity/key_store.h"
#include "storage/identity_store.h"

namespace candor::identity {

// Logs a warning for each key file that an open survey needs and that is gone, or is another than the survey was opened with,
// so that whoever has restored a backup without the key folder learns of it before people do who answer; once for a key that
// several need. Of issuing keys, of which there may be tens of thousands, it only looks whether the file can be read. Fails as
// the store does; what is amiss with one survey's keys is no failure.
absl::Status WarnOfMissingKeys(storage::IdentityStore& store, KeyStore& keys);

}  // namespace candor::identity

#endif  // CANDOR_SERVICES_IDENTITY_KEY_CHECK_H_
