// A comment between closing and release: the fixed-length record that is sealed, and how.
//
//   record = group (2, big-endian: index in the manifest) || prompt (2: index in the instrument) || reply key (32, zero
//            where its writer cannot be asked) || length (2) || text, padded with zero bytes to the longest prompt's cap
//   sealed = XChaCha20-Poly1305(comment key, record; "candor-comment-v1" || survey id (16))
//
// The comment key is random, one a survey, and is sealed to each moderator's key in the manifest (crypto::SealToKey). A
// record holds no token and no rating, and nothing that ties it to another comment of the same person.

#ifndef CANDOR_SERVICES_COLLECTION_COMMENT_RECORD_H_
#define CANDOR_SERVICES_COLLECTION_COMMENT_RECORD_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/crypto/secret_bytes.h"

namespace candor::collection {

struct Comment {
  int group = 0;
  int prompt = 0;
  std::string text;       // not empty
  std::string reply_key;  // domain::kReplyKeyBytes, or empty
};

// `cap`: the most bytes that any prompt of the instrument allows.
std::string SealComment(const crypto::SecretBytes& comment_key, absl::string_view survey_id, const Comment& comment,
                        size_t cap);

// INVALID_ARGUMENT: another key or survey, or altered. DATA_LOSS, STORE_CORRUPT: opened, but not such a record.
absl::StatusOr<Comment> OpenComment(const crypto::SecretBytes& comment_key, absl::string_view survey_id,
                                    absl::string_view sealed);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_COMMENT_RECORD_H_
