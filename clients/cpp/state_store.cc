#include "clients/cpp/state_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"

namespace candor::client {
namespace {

constexpr char kFormat[] = "candor.respondent_state.v1";
constexpr size_t kNameBytes = 16;

absl::Status NotAState() {
  return absl::DataLossError(
      "what this device keeps for the code cannot be read; ask whoever invited you for a new code");
}

}  // namespace

std::string RespondentState::Serialize() const {
  base::Json document = {{"format", kFormat},
                         {"survey", survey},
                         {"manifest_hash", base::HexEncode(manifest_hash)},
                         {"group", group},
                         {"audience", audience},
                         {"blinding", blinding ? base::HexEncode(blinding->Serialize()) : ""},
                         {"token_signature", base::HexEncode(token_signature)},
                         {"version", version},
                         {"submission_id", base::HexEncode(submission_id)},
                         {"ratings", answers.ratings},
                         {"comments", answers.comments},
                         {"receipt", base::HexEncode(receipt)}};
  return base::CanonicalJson(document);
}

absl::StatusOr<RespondentState> RespondentState::Parse(absl::string_view bytes) {
  const auto document = base::ParseJson(bytes);
  if (!document.ok() || !document->is_object()) return NotAState();
  RespondentState state;
  bool ok = true;
  const auto member = [&](const char* key) -> const base::Json& {
    static const base::Json kNone;
    const auto found = document->find(key);
    if (found != document->end()) return *found;
    ok = false;
    return kNone;
  };
  const auto text = [&](const char* key) {
    const base::Json& value = member(key);
    if (value.is_string()) return value.get<std::string>();
    ok = false;
    return std::string();
  };
  const auto hex = [&](const char* key) {
    auto decoded = base::HexDecode(text(key));
    if (decoded.ok()) return *decoded;
    ok = false;
    return std::string();
  };
  const auto whole = [&](const char* key) -> uint64_t {
    const base::Json& value = member(key);
    if (value.is_number_unsigned()) return value.get<uint64_t>();
    ok = false;
    return 0;
  };
  ok = ok && text("format") == kFormat;
  state.survey = text("survey");
  state.manifest_hash = hex("manifest_hash");
  state.group = static_cast<int>(whole("group"));
  state.audience = text("audience");
  state.token_signature = hex("token_signature");
  state.version = static_cast<uint32_t>(whole("version"));
  state.submission_id = hex("submission_id");
  state.receipt = hex("receipt");
  if (const std::string blinding = hex("blinding"); !blinding.empty()) {
    auto parsed = crypto::BlindingState::Parse(blinding);
    if (!parsed.ok()) return NotAState();
    state.blinding = *std::move(parsed);
  }
  const base::Json& ratings = member("ratings");
  const base::Json& comments = member("comments");
  if (!ratings.is_array() || !comments.is_array()) return NotAState();
  for (const base::Json& rating : ratings) {
    if (!rating.is_number_unsigned() || rating.get<uint64_t>() > 255) return NotAState();
    state.answers.ratings.push_back(rating.get<uint8_t>());
  }
  for (const base::Json& comment : comments) {
    if (!comment.is_string()) return NotAState();
    state.answers.comments.push_back(comment.get<std::string>());
  }
  if (!ok) return NotAState();
  return state;
}

std::string StateName(absl::string_view code) {
  return base::HexEncode(crypto::Sha256({"candor-state", code}).substr(0, kNameBytes));
}

absl::StatusOr<std::optional<std::string>> MemoryStateStore::Load(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  const auto found = states_.find(name);
  if (found == states_.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

absl::Status MemoryStateStore::Save(const std::string& name, absl::string_view bytes) {
  absl::MutexLock lock(&mutex_);
  states_[name] = std::string(bytes);
  return absl::OkStatus();
}

absl::Status MemoryStateStore::Erase(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  states_.erase(name);
  return absl::OkStatus();
}

std::string FileStateStore::PathOf(const std::string& name) const { return absl::StrCat(folder_, "/", name, ".json"); }

absl::StatusOr<std::optional<std::string>> FileStateStore::Load(const std::string& name) {
  auto bytes = base::ReadFile(PathOf(name));
  if (absl::IsNotFound(bytes.status())) return std::optional<std::string>();
  if (!bytes.ok()) return bytes.status();
  return std::optional<std::string>(*std::move(bytes));
}

absl::Status FileStateStore::Save(const std::string& name, absl::string_view bytes) {
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(folder_, 0700));
  return base::WriteFileAtomically(PathOf(name), bytes, 0600);
}

absl::Status FileStateStore::Erase(const std::string& name) { return base::DestroyFile(PathOf(name)); }

}  // namespace candor::client
