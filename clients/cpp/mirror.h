// A survey's manifest as others publish it, for comparison.
//
// A mirror is a web address that the contract names, in the hands of somebody else than the service: the district's site, a
// union's. It serves what `candor manifest export` wrote. Whoever alters what the service hands out cannot alter that.

#ifndef CANDOR_CLIENTS_CPP_MIRROR_H_
#define CANDOR_CLIENTS_CPP_MIRROR_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/cpp/documents.h"

namespace candor::client {

struct MirrorOptions {
  std::string ca_file;  // PEM; empty: the system's authorities
  absl::Duration timeout = absl::Seconds(10);  // for one mirror, all in all
  size_t max_bytes = size_t{8} << 20;
};

// What is at `url`, which must be https. Sends nothing that stands for the asker: no name, no cookie, no credentials of a
// .netrc, no referrer; follows no redirection; resumes no TLS session.
// UNAVAILABLE: it cannot be reached, its certificate does not hold, or it answers with another status than 200 or not in
// time. RESOURCE_EXHAUSTED: it is longer than `max_bytes`. INVALID_ARGUMENT: not an https address. The message says which, in
// words for a respondent, and without the address; the reason is the key of that sentence (clients/sentences).
absl::StatusOr<std::string> FetchHttps(const std::string& url, const MirrorOptions& options);

// The document that a mirror serves: canonical JSON, "candor.mirror.v1", with the survey's documents as they are.
std::string EncodeMirror(const domain::SurveyId& survey, const DocumentBytes& bytes);
// INVALID_ARGUMENT: not such a document.
absl::StatusOr<DocumentBytes> DecodeMirror(absl::string_view bytes, const domain::SurveyId& survey);

struct MirrorFinding {
  std::string url;
  bool same = false;
  // It could not be compared: why, in English, and the key of that sentence in every language (clients/sentences). Empty
  // when it is the same.
  std::string why_not, why_not_key;
};

// Compares with every mirror of the contract, one after the other. FAILED_PRECONDITION, MANIFEST_REFUSED: one of them has a
// manifest of this survey that is another. One that cannot be reached, or has nothing of this survey, is a finding and no
// fault: a mirror that is down must not silence people, and one that somebody blocks proves nothing.
absl::StatusOr<std::vector<MirrorFinding>> CompareWithMirrors(const SurveyDocuments& documents,
                                                              const MirrorOptions& options);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_MIRROR_H_
