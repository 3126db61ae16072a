#include "tests/privacy/noting_store.h"

#include <algorithm>

#include "services/crypto/hash.h"
#include "services/crypto/token.h"

namespace candor::privacy {
namespace {

void Note(const std::string& secret, std::vector<std::string>& secrets) {
  if (!secret.empty() && std::find(secrets.begin(), secrets.end(), secret) == secrets.end()) secrets.push_back(secret);
}

}  // namespace

absl::Status NotingStore::Save(const std::string& name, absl::string_view bytes) {
  if (auto keys = client::ReplyKeys::Parse(bytes); keys.ok()) secrets_.device = *std::move(keys);
  if (const auto state = client::RespondentState::Parse(bytes); state.ok()) {
    if (state->blinding.has_value()) {
      secrets_.blinded = state->blinding->blinded;
      secrets_.blinded_hash = crypto::Sha256(secrets_.blinded);
      secrets_.inverse = state->blinding->inverse;
    }
    if (!state->token_message.empty()) {
      secrets_.input_msg = state->token_message;
      secrets_.token_hash = crypto::TokenHash(state->token_message);
      secrets_.signature = state->token_signature;
    }
    Note(state->submission_id, secrets_.submission_ids);
    if (!state->receipt.empty()) secrets_.receipt = state->receipt;
    if (state->answers.has_value()) {
      for (const std::string& key : state->answers->reply_keys) Note(key, secrets_.reply_keys);
    }
  }
  return memory_.Save(name, bytes);
}

}  // namespace candor::privacy
