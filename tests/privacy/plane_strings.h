// Second attack: strings that stand on both planes, by which a row here could be matched with a row there.

#ifndef CANDOR_TESTS_PRIVACY_PLANE_STRINGS_H_
#define CANDOR_TESTS_PRIVACY_PLANE_STRINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// Strings of eight bytes that prove nothing: constants of the engine, and texts that every installation has. They are
// learnt from copies of another installation, with other people and other keys.
class Excused {
 public:
  void Learn(const Copy& copy);
  void Learn(absl::string_view bytes);
  // After the last Learn, before the first Contains.
  void Sort();
  bool Contains(uint64_t word) const;
  // The most bytes, at least four, at which `string` begins (or ends) with a part of what was learnt; 0: none.
  size_t PartOf(absl::string_view string, bool at_end) const;

 private:
  std::vector<uint64_t> words_;
};

// What may cross from plane to plane: contract, manifest, its signature, closed result and ledger, with their digests
// and the name of the survey. Read from the identity plane's files in `copy`.
std::vector<std::string> CrossingDocuments(const Copy& copy);

// The longest strings of eight bytes or more that files of either plane have in common, but for those that stand
// `everywhere` or lie in one of `crossing`. Logs, files of both planes, and the heads of databases' pages
// (WithoutPageHeads) are not looked at.
std::vector<std::string> CommonStrings(const Copy& copy, const Excused& everywhere,
                                       const std::vector<std::string>& crossing);

// Which of the people's secrets, and of the identifiers in their rows on the identity plane, stand on the plane where
// they must not: one sentence for each kind. Ledger leaves may be on both.
std::vector<std::string> MisplacedSecrets(const Copy& copy, const std::vector<PersonSecrets>& people);

// The copy of an installation that keeps a token's hash with the invitation: positive control.
absl::StatusOr<Copy> WithTokenHashes(const Copy& copy, const std::vector<PersonSecrets>& people);

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_PLANE_STRINGS_H_
