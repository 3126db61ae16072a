// Step 4 (a) of closing, up to the transaction: opens the sealed answers one by one, counts them, and makes all that is
// kept of them.

#ifndef CANDOR_SERVICES_COLLECTION_CLOSING_H_
#define CANDOR_SERVICES_COLLECTION_CLOSING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/collection/survey.h"
#include "services/crypto/signing.h"
#include "services/domain/response_plane.h"
#include "storage/response_store.h"

namespace candor::collection {

// Reads every answer once and makes all that is stored of them: the contribution (contribution.h) where the manifest names
// a pooling key, comments shuffled over groups, prompts and people, and notices to the auditor, of whatever group and
// however few, shuffled apart among as many that say nothing as there are answers. Memory holds tallies, leaves and
// comments, and never two answers that are open. Comments are kept only where the manifest names moderators, of groups that
// their codes do not withhold, each under its place (domain::PlaceComments) and, where the contract allows questions back,
// with a reply key, whether or not its writer left one.
// INVALID_ARGUMENT, ORDER_MISMATCH: `issued` has not one entry for each group, or names more tokens than people.
// More answers than tokens (a restored backup) are counted; their group is withheld (domain::WithheldByItsCodes).
// FAILED_PRECONDITION, WRONG_CLOSING_KEY. DATA_LOSS: an answer cannot be opened. Otherwise the codes of the store.
// `closing_secret_key`: 32 bytes; it stands beside the order, whose own is empty in steward mode, so that a steward's key is
// copied to nowhere.
absl::StatusOr<storage::StoredClosing> CountAnswers(const Survey& survey, const domain::CloseOrder& order,
                                                    absl::string_view closing_secret_key,
                                                    const crypto::SigningKey& receipt_key,
                                                    storage::OpenSurveyStore& answers);

// Whether `closing_secret_key` is the secret half of the manifest's closing key, and `order` has one entry for each group; the
// codes of CountAnswers. Reads no answer.
absl::Status CheckCloseOrder(const Survey& survey, const domain::CloseOrder& order, absl::string_view closing_secret_key);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_CLOSING_H_
