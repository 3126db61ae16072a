// An open survey that takes answers: its spent tokens in memory, its free slots, and the data key of this run.

#ifndef CANDOR_SERVICES_COLLECTION_LOADED_SURVEY_H_
#define CANDOR_SERVICES_COLLECTION_LOADED_SURVEY_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/collection/survey.h"
#include "services/crypto/receipt.h"
#include "storage/response_store.h"

namespace candor::collection {

// An answer that has passed all checks but those against what is stored.
struct PendingAnswer {
  std::shared_ptr<Survey> survey;
  int group = 0;
  std::string token_hash;
  uint32_t version = 0;
  std::string submission_id;
  // Sealed already, or the answers, when there was no data key yet; these are sealed before they are written anywhere.
  std::string sealed;
  domain::Answers answers;
  SubmitCallback done;
};

// What became of one pending answer: what its receipt is made of, or why nothing was stored.
using Verdict = absl::StatusOr<crypto::ReceiptEntry>;

// Used by one thread, the survey's writer.
class LoadedSurvey {
 public:
  // Rebuilds the spent tokens from the store. `store` outlives the object. FAILED_PRECONDITION, SURVEY_CLOSED: closed or
  // abandoned.
  static absl::StatusOr<std::unique_ptr<LoadedSurvey>> Load(storage::ResponseStore* store,
                                                            std::shared_ptr<Survey> survey);
  ~LoadedSurvey();

  const Survey& survey() const { return *survey_; }
  bool accepting() const { return accepting_; }
  // Answers stored, for each issuing group.
  const std::vector<int64_t>& counts() const { return counts_; }

  // Stores what may be stored of `answers` (at most crypto::kMaximumBatch) in one transaction, durable when this
  // returns; one verdict for each. When the transaction fails, every verdict that rested on it is its status, and
  // memory is as it was before.
  std::vector<Verdict> Commit(absl::Span<PendingAnswer> answers);

  // Takes no more answers and lets go of the data key, at once; then makes that durable. When that fails, calling again
  // is enough.
  absl::Status StopAccepting();
  bool stop_is_stored() const { return stop_stored_; }

  // The storage is opened when needed; this closes it.
  bool file_is_open() const { return file_ != nullptr; }
  void CloseFile() { file_.reset(); }
  // storage::OpenSurveyStore.
  absl::Status Tidy() { return file_ == nullptr ? absl::OkStatus() : file_->Tidy(); }
  int64_t untidy_bytes() const { return file_ == nullptr ? 0 : file_->untidy_bytes(); }

 private:
  using TokenHash = std::array<char, storage::kTokenHashBytes>;
  struct Spent {
    int64_t slot = 0;
    uint32_t version = 0;
    uint32_t replacements = 0;
    std::array<char, storage::kSubmissionIdBytes> submission_id;
  };
  // What one transaction will write, and how to take it back from memory.
  struct Round {
    std::vector<storage::SlotWrite> writes;
    absl::flat_hash_map<int64_t, size_t> write_of_slot;  // index in `writes`
    struct Undo {
      TokenHash token;
      bool was_new;
      int group;
      Spent before;  // unless new
    };
    std::vector<Undo> undo;
    std::vector<bool> rests_on_round;  // one for each answer
  };

  LoadedSurvey(storage::ResponseStore* store, std::shared_ptr<Survey> survey)
      : store_(store), survey_(std::move(survey)) {}

  absl::Status EnsureFile();
  absl::Status EnsureDataKey();
  Verdict Judge(PendingAnswer& answer, Round& round);
  Verdict Put(PendingAnswer& answer, const TokenHash& token, const Spent* before, Round& round);
  absl::StatusOr<int64_t> TakeFreeSlot(int group);
  void TakeBack(const Round& round);

  storage::ResponseStore* const store_;
  const std::shared_ptr<Survey> survey_;
  std::unique_ptr<storage::OpenSurveyStore> file_;
  std::shared_ptr<const crypto::SecretBytes> data_key_;
  bool accepting_ = true;
  bool stop_stored_ = false;
  absl::flat_hash_map<TokenHash, Spent> spent_;
  std::vector<std::vector<int64_t>> free_slots_;  // for each issuing group
  std::vector<int64_t> counts_;
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_LOADED_SURVEY_H_
