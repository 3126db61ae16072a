// A copy of an installation that remembers more than ours does.

#ifndef CANDOR_TESTS_PRIVACY_ALTERED_COPY_H_
#define CANDOR_TESTS_PRIVACY_ALTERED_COPY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/privacy/deployment.h"

namespace candor::privacy {

// The copy with one database of it changed: `schema` once, then `update` for every list of `values`, bound as blobs.
// `database`: the file's name, for instance "identity.db".
absl::StatusOr<Copy> Altered(const Copy& copy, const std::string& database, const char* schema, const char* update,
                             const std::vector<std::vector<std::string>>& values);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_ALTERED_COPY_H_
