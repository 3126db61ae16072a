// What a respondent's client keeps between calls, so that a lost reply or a crash loses nothing.

#ifndef CANDOR_CLIENTS_CPP_STATE_STORE_H_
#define CANDOR_CLIENTS_CPP_STATE_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/crypto/blind_signature.h"
#include "services/domain/answer.h"
#include "services/domain/instrument.h"

namespace candor::client {

// What whoever invites says with the code: words of the identity plane, in no document that is hashed, and never told
// to the response plane.
struct Invitation {
  std::string leader, job_title;  // whom the survey is about; may be empty
  domain::LocalizedText notice;   // may be empty
  // How many codes of each of the manifest's groups had been made anew when the code was opened; empty: it was not told.
  std::vector<int> reissued;
};

// One respondent's state in one survey. Secret: whoever has it can answer in this person's place.
struct RespondentState {
  std::string survey;         // the survey's id
  std::string manifest_hash;  // 32 bytes; documents that change later are refused
  int group = 0;
  std::string audience;
  Invitation invitation;
  std::string response_address;  // as in the manifest
  absl::Time forget_time;  // whole seconds; from then on the survey takes no answers and all this is of no use
  std::optional<crypto::BlindingState> blinding;  // from before the token is asked for until it is there
  std::string token_message, token_signature;     // empty: no token yet
  // What was signed for the token, as the identity plane saw it; kept as long as the token, to ask that plane for the
  // very same signature again where a restored backup has forgotten it. Empty: no token yet, or one of before this
  // was kept.
  std::string blinded_message;
  uint32_t version = 0;                           // of the newest submission, sent or about to be; 0: none
  std::string submission_id;                      // of that version, 16 bytes
  // Of that version, until it is acknowledged: after a crash the same version must carry the same answers. Longer only
  // where the person wants them kept. A report of pressure in them is not written down: it is lost with the object.
  std::optional<domain::Answers> answers;
  // Seeds of the reply keys in `answers`, one for each prompt, empty where there is none; they go to ReplyKeysName once the
  // answers are acknowledged.
  std::vector<std::string> reply_seeds;
  std::string receipt;  // of that version; empty: not acknowledged yet
  // As the identity plane gave it with the code (crypto::SaltedFilter); empty where nothing is asked in words.
  std::string surname_filter;

  // A JSON document.
  std::string Serialize() const;
  // DATA_LOSS: not what Serialize writes.
  static absl::StatusOr<RespondentState> Parse(absl::string_view bytes);
};

// The name that a code's state is kept under: a hash, so that a folder's listing gives no code away. `code` is in the
// normal form.
std::string StateName(absl::string_view code);
// With what one device can show, comment by comment, that it wrote them: to read what a leader asks back, and to answer.
// Secret, and nothing in it leads to the token, so that comments and ratings stay apart here too.
struct ReplyKeys {
  std::string survey;              // the survey's id
  std::vector<std::string> seeds;  // Ed25519, 32 bytes, in the order of the instrument's prompts; empty where there is none
  // Of the manifest that names who may approve a question and read an answer: with another nobody is asked anything. 32 bytes.
  std::string manifest_hash;
  std::string response_address = "";  // as in the manifest
  absl::Time forget_time = {};        // whole seconds; from then on nobody is asked anything

  // A JSON document.
  std::string Serialize() const;
  // DATA_LOSS: not what Serialize writes.
  static absl::StatusOr<ReplyKeys> Parse(absl::string_view bytes);
};

// The name that the newest receipt is kept under, beside the state `state_name`: it may outlive the state.
std::string ReceiptName(const std::string& state_name);
// The name that the reply keys of the newest acknowledged answers are kept under; they outlive the state likewise, since
// nobody is asked back before release.
std::string ReplyKeysName(const std::string& state_name);

// Keeps small secrets by name.
class StateStore {
 public:
  virtual ~StateStore() = default;
  // Empty when there is none. UNAVAILABLE: cannot be read.
  virtual absl::StatusOr<std::optional<std::string>> Load(const std::string& name) = 0;
  // Durable when this returns. RESOURCE_EXHAUSTED, UNAVAILABLE: nothing was changed.
  virtual absl::Status Save(const std::string& name, absl::string_view bytes) = 0;
  // OK when there is none.
  virtual absl::Status Erase(const std::string& name) = 0;
};

// For shared devices, and for programs that answer for many: gone with the object. May be used from many threads.
class MemoryStateStore : public StateStore {
 public:
  ~MemoryStateStore() override;
  absl::StatusOr<std::optional<std::string>> Load(const std::string& name) override;
  absl::Status Save(const std::string& name, absl::string_view bytes) override;
  absl::Status Erase(const std::string& name) override;

 private:
  absl::Mutex mutex_;
  std::map<std::string, std::string> states_ ABSL_GUARDED_BY(mutex_);
};

// One file of mode 0600 for each name, in a folder of mode 0700 that is made on first use. What a file held before is
// overwritten before it is let go of, as far as base::DestroyFile can.
class FileStateStore : public StateStore {
 public:
  explicit FileStateStore(std::string folder) : folder_(std::move(folder)) {}
  absl::StatusOr<std::optional<std::string>> Load(const std::string& name) override;
  absl::Status Save(const std::string& name, absl::string_view bytes) override;
  absl::Status Erase(const std::string& name) override;

  std::string PathOf(const std::string& name) const;

  // All reply keys that are kept here, whatever code they belong to. DATA_LOSS: some cannot be read.
  absl::StatusOr<std::vector<ReplyKeys>> LoadReplyKeys();

  // Erases the states and reply keys whose forget_time has come, reply keys of before they had one, which are of no use, and
  // what an interrupted Save left behind. Receipts stay: they are of use after closing. Gives how many went. UNAVAILABLE and
  // others of base::DestroyFile: some are still there.
  absl::StatusOr<int> EraseExpired(absl::Time now);
  // Erases all states, receipts and reply keys, and gives how many files that were; files that are not this store's stay.
  absl::StatusOr<int> EraseAll();

 private:
  const std::string folder_;
};

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_STATE_STORE_H_
