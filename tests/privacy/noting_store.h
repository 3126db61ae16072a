// Keeps what a respondent's client keeps, and notes the secrets that pass.

#ifndef CANDOR_TESTS_PRIVACY_NOTING_STORE_H_
#define CANDOR_TESTS_PRIVACY_NOTING_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cpp/state_store.h"

namespace candor::privacy {

// What only one person's client knows, or only one person's rows hold.
struct PersonSecrets {
  std::string code, code_hash;
  std::string input_msg, signature, token_hash, blinded, blinded_hash, inverse;
  std::vector<std::string> submission_ids;
  std::vector<std::string> reply_keys;  // public halves
  std::string receipt, leaf;            // the newest; empty: never answered
  // What the device keeps to be asked back with; empty where nobody asks.
  std::optional<client::ReplyKeys> device;
  int invitation = 0;                   // place among the survey's invitations
};

// The client itself forgets most of them as soon as it can. `secrets` outlives the store.
class NotingStore : public client::StateStore {
 public:
  explicit NotingStore(PersonSecrets* secrets) : secrets_(*secrets) {}

  absl::StatusOr<std::optional<std::string>> Load(const std::string& name) override { return memory_.Load(name); }
  absl::Status Save(const std::string& name, absl::string_view bytes) override;
  absl::Status Erase(const std::string& name) override { return memory_.Erase(name); }

 private:
  PersonSecrets& secrets_;
  client::MemoryStateStore memory_;
};

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_NOTING_STORE_H_
