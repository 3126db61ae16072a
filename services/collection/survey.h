// A survey as the response plane has it in memory, and the documents that it was opened with.

#ifndef CANDOR_SERVICES_COLLECTION_SURVEY_H_
#define CANDOR_SERVICES_COLLECTION_SURVEY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/collection/collection.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/secret_bytes.h"
#include "services/domain/answer.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"
#include "services/domain/response_plane.h"
#include "storage/response_store.h"

namespace candor::collection {

// Everything but the data key and the extension is fixed when the object is made. May be used from many threads at once.
class Survey {
 public:
  struct Group {
    domain::AnswerShape shape;
    crypto::BlindVerifyingKey key;
  };

  // `share` gives the one copy in memory of a document with that hash, which may be `bytes`.
  // DATA_LOSS: the stored documents cannot be read, which OpenSurvey had seen to.
  static absl::StatusOr<std::shared_ptr<Survey>> FromStored(
      storage::StoredSurvey stored,
      absl::FunctionRef<std::shared_ptr<const std::string>(const std::string& hash, std::string bytes)> share);

  const domain::SurveyId& id() const { return id_; }
  const std::string& id_bytes() const { return id_bytes_; }
  // With the extension as it is at this moment.
  std::shared_ptr<const SurveyDocuments> documents() const;
  const domain::Manifest& manifest() const { return manifest_; }
  const std::vector<Group>& groups() const { return groups_; }  // in the manifest's order
  size_t sealed_size() const { return sealed_size_; }           // of an answer, in bytes
  // Whether only a steward can bring the closing key.
  bool stewarded() const { return stewarded_; }

  // When it stops to take answers: as the manifest says, or later after an extension.
  absl::Time close_time() const;
  void SetExtension(std::string notice, std::string signature, absl::Time close_time);

  // The key that answers are sealed under in this run of the server; null before the first answer and after the survey
  // stopped accepting. It is wiped when the last holder lets go of it.
  std::shared_ptr<const crypto::SecretBytes> data_key() const;
  void set_data_key(std::shared_ptr<const crypto::SecretBytes> key);

 private:
  Survey() = default;

  domain::SurveyId id_;
  std::string id_bytes_;
  domain::Manifest manifest_;
  std::vector<Group> groups_;
  size_t sealed_size_ = 0;
  bool stewarded_ = false;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const SurveyDocuments> documents_ ABSL_GUARDED_BY(mutex_);
  absl::Time close_time_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const crypto::SecretBytes> data_key_ ABSL_GUARDED_BY(mutex_);
};

// What an order to open must hold (domain/response_plane.h); gives the storage's layout. `now`: this plane's clock.
// INVALID_ARGUMENT, ORDER_MISMATCH, with a sentence that says what does not fit.
absl::StatusOr<storage::SlotLayout> CheckOpenOrder(const domain::OpenOrder& order,
                                                   absl::string_view receipt_public_key, absl::Time now);

// What an order to extend must hold: a notice of this manifest, with its signature. Gives the new close time.
// INVALID_ARGUMENT, ORDER_MISMATCH.
absl::StatusOr<absl::Time> CheckExtendOrder(const domain::ExtendOrder& order, const domain::Manifest& manifest,
                                            absl::string_view manifest_bytes);

// Bytes of a sealed answer to `instrument`: the same for all groups of the manifest.
size_t SealedAnswerSize(const domain::Instrument& instrument, const domain::Manifest& manifest);

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_SURVEY_H_
