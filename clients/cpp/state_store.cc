#include "clients/cpp/state_store.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"

namespace candor::client {
namespace {

constexpr char kFormat[] = "candor.respondent_state.v3";
constexpr char kReplyKeysFormat[] = "candor.reply_keys.v1";
constexpr size_t kSeedBytes = 32;
constexpr size_t kManifestHashBytes = 32;
constexpr size_t kNameBytes = 16;
constexpr char kEnding[] = ".json";
constexpr char kReceiptEnding[] = ".receipt";
constexpr char kReplyKeysEnding[] = ".replies";
constexpr char kReplaced[] = ".replaced";

absl::Status NotAState() {
  return absl::DataLossError(
      "what this device keeps for the code cannot be read; ask whoever invited you for a new code");
}

base::Json HexTexts(const std::vector<std::string>& texts) {
  base::Json list = base::Json::array();
  for (const std::string& text : texts) list.push_back(base::HexEncode(text));
  return list;
}

// Reads a list of byte strings, each of `length` or empty.
bool ReadHexTexts(const base::Json& list, size_t length, std::vector<std::string>& texts) {
  if (!list.is_array()) return false;
  for (const base::Json& element : list) {
    if (!element.is_string()) return false;
    auto bytes = base::HexDecode(element.get<std::string>());
    if (!bytes.ok() || (!bytes->empty() && bytes->size() != length)) return false;
    texts.push_back(*std::move(bytes));
  }
  return true;
}

bool ParseAnswers(const base::Json& document, domain::Answers& answers) {
  if (!document.is_object()) return false;
  const auto ratings = document.find("ratings"), comments = document.find("comments");
  const auto reply_keys = document.find("reply_keys"), notice = document.find("notice");
  if (ratings == document.end() || !ratings->is_array() || comments == document.end() || !comments->is_array() ||
      reply_keys == document.end() || !ReadHexTexts(*reply_keys, domain::kReplyKeyBytes, answers.reply_keys) ||
      notice == document.end() || !(notice->is_null() || notice->is_string())) {
    return false;
  }
  // What earlier versions of this program kept of a report of pressure is passed over.
  for (const base::Json& rating : *ratings) {
    if (!rating.is_number_unsigned() || rating.get<uint64_t>() > 255) return false;
    answers.ratings.push_back(rating.get<uint8_t>());
  }
  for (const base::Json& comment : *comments) {
    if (!comment.is_string()) return false;
    answers.comments.push_back(comment.get<std::string>());
  }
  return true;
}

// What cannot be read is left empty: it decides nothing.
Invitation ParseInvitation(const base::Json& document) {
  Invitation invitation;
  if (!document.is_object()) return invitation;
  const auto text = [&document](const char* key) {
    const auto found = document.find(key);
    return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  invitation.leader = text("leader");
  invitation.job_title = text("job_title");
  if (const auto reissued = document.find("reissued"); reissued != document.end() && reissued->is_array()) {
    for (const base::Json& count : *reissued) invitation.reissued.push_back(count.is_number_integer() ? count.get<int>() : 0);
  }
  const auto notice = document.find("notice");
  if (notice == document.end() || !notice->is_object()) return invitation;
  for (const auto& [language, value] : notice->items()) {
    if (value.is_string()) invitation.notice[language] = value.get<std::string>();
  }
  return invitation;
}

// What a file of the store's folder is, by its name.
enum class Kind { kState, kBeside, kScratch, kForeign };

Kind KindOf(absl::string_view file) {
  const auto is_hex = [](absl::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == absl::string_view::npos;
  };
  if (file.size() < 2 * kNameBytes || !is_hex(file.substr(0, 2 * kNameBytes))) return Kind::kForeign;
  file.remove_prefix(2 * kNameBytes);
  // Receipt or reply keys: what is kept beside a state, and longer.
  const bool beside = absl::ConsumePrefix(&file, kReceiptEnding) || absl::ConsumePrefix(&file, kReplyKeysEnding);
  if (!absl::ConsumePrefix(&file, kEnding)) return Kind::kForeign;
  if (file.empty()) return beside ? Kind::kBeside : Kind::kState;
  // The second is a file that WriteFileAtomically had not renamed yet.
  const bool scratch = file == kReplaced || (absl::ConsumePrefix(&file, ".") && absl::ConsumeSuffix(&file, ".new") &&
                                             is_hex(file));
  return scratch ? Kind::kScratch : Kind::kForeign;
}

absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& folder) {
  auto files = base::ListFolder(folder);
  if (absl::IsNotFound(files.status())) return std::vector<std::string>();
  return files;
}

bool HoldsReplyKeys(const std::string& file) {
  return KindOf(file) == Kind::kBeside && absl::EndsWith(file, absl::StrCat(kReplyKeysEnding, kEnding));
}

// Also those of before they named the manifest, with which nobody can be asked.
absl::StatusOr<bool> ReplyKeysAreOver(const std::string& path, absl::Time now) {
  auto bytes = base::ReadFile(path);
  if (absl::IsNotFound(bytes.status())) return false;
  if (!bytes.ok()) return bytes.status();
  auto keys = ReplyKeys::Parse(*bytes);
  base::Wipe(*bytes);
  if (!keys.ok()) return true;
  for (std::string& seed : keys->seeds) base::Wipe(seed);
  return now >= keys->forget_time;
}

// Whether nothing has written to the file for so long that no other program is still at it.
bool IsAbandoned(const std::string& path) {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(path, error);
  return !error && std::filesystem::file_time_type::clock::now() - written > std::chrono::minutes(10);
}

}  // namespace

std::string RespondentState::Serialize() const {
  base::Json document = {{"format", kFormat},
                         {"survey", survey},
                         {"manifest_hash", base::HexEncode(manifest_hash)},
                         {"group", group},
                         {"audience", audience},
                         {"invitation", {{"leader", invitation.leader},
                                         {"job_title", invitation.job_title},
                                         {"notice", invitation.notice},
                                         {"reissued", invitation.reissued}}},
                         {"response_address", response_address},
                         {"forget_time", static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixSeconds(forget_time)))},
                         {"blinding", blinding ? base::HexEncode(blinding->Serialize()) : ""},
                         {"token_message", base::HexEncode(token_message)},
                         {"token_signature", base::HexEncode(token_signature)},
                         {"blinded_message", base::HexEncode(blinded_message)},
                         {"version", version},
                         {"submission_id", base::HexEncode(submission_id)},
                         {"receipt", base::HexEncode(receipt)},
                         {"surname_filter", base::HexEncode(surname_filter)}};
  document["reply_seeds"] = HexTexts(reply_seeds);
  if (answers.has_value()) {
    document["answers"] = {{"ratings", answers->ratings},
                           {"comments", answers->comments},
                           {"reply_keys", HexTexts(answers->reply_keys)},
                           // A report of pressure stays in memory: whoever presses somebody may look at their device.
                           {"notice", base::Json()}};
  }
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
  state.response_address = text("response_address");
  state.forget_time = absl::FromUnixSeconds(static_cast<int64_t>(whole("forget_time")));
  state.token_message = hex("token_message");
  state.token_signature = hex("token_signature");
  state.version = static_cast<uint32_t>(whole("version"));
  state.submission_id = hex("submission_id");
  state.receipt = hex("receipt");
  state.surname_filter = hex("surname_filter");
  // States of earlier versions of this program have none of these.
  if (const auto found = document->find("invitation"); found != document->end()) {
    state.invitation = ParseInvitation(*found);
  }
  if (document->contains("blinded_message")) state.blinded_message = hex("blinded_message");
  if (const std::string blinding = hex("blinding"); !blinding.empty()) {
    auto parsed = crypto::BlindingState::Parse(blinding);
    if (!parsed.ok()) return NotAState();
    state.blinding = *std::move(parsed);
  }
  if (!ReadHexTexts(member("reply_seeds"), kSeedBytes, state.reply_seeds)) return NotAState();
  if (const auto found = document->find("answers"); found != document->end()) {
    if (!ParseAnswers(*found, state.answers.emplace())) return NotAState();
  }
  if (!ok) return NotAState();
  return state;
}

std::string ReplyKeys::Serialize() const {
  return base::CanonicalJson({{"format", kReplyKeysFormat},
                              {"survey", survey},
                              {"manifest_hash", base::HexEncode(manifest_hash)},
                              {"response_address", response_address},
                              {"forget_time", std::max<int64_t>(0, absl::ToUnixSeconds(forget_time))},
                              {"seeds", HexTexts(seeds)}});
}

absl::StatusOr<ReplyKeys> ReplyKeys::Parse(absl::string_view bytes) {
  const auto document = base::ParseJson(bytes);
  const absl::Status damaged = absl::DataLossError(
      "what this device keeps to answer questions about your comments cannot be read; your answers are not touched");
  if (!document.ok() || !document->is_object()) return damaged;
  const auto text = [&](const char* name) {
    const auto found = document->find(name);
    return found != document->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto seeds = document->find("seeds");
  const auto manifest_hash = base::HexDecode(text("manifest_hash"));
  ReplyKeys keys;
  keys.survey = text("survey");
  keys.response_address = text("response_address");
  if (text("format") != kReplyKeysFormat || keys.survey.empty() || !manifest_hash.ok() ||
      manifest_hash->size() != kManifestHashBytes || seeds == document->end() ||
      !ReadHexTexts(*seeds, kSeedBytes, keys.seeds)) {
    return damaged;
  }
  keys.manifest_hash = *manifest_hash;
  const auto forget_time = document->find("forget_time");
  if (forget_time == document->end() || !forget_time->is_number_integer()) return damaged;
  keys.forget_time = absl::FromUnixSeconds(forget_time->get<int64_t>());
  return keys;
}

std::string StateName(absl::string_view code) {
  return base::HexEncode(crypto::Sha256({"candor-state", code}).substr(0, kNameBytes));
}

std::string ReceiptName(const std::string& state_name) { return absl::StrCat(state_name, kReceiptEnding); }
std::string ReplyKeysName(const std::string& state_name) { return absl::StrCat(state_name, kReplyKeysEnding); }

absl::StatusOr<std::optional<std::string>> MemoryStateStore::Load(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  const auto found = states_.find(name);
  if (found == states_.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

absl::Status MemoryStateStore::Save(const std::string& name, absl::string_view bytes) {
  absl::MutexLock lock(&mutex_);
  std::string& kept = states_[name];
  base::Wipe(kept);
  kept = std::string(bytes);
  return absl::OkStatus();
}

absl::Status MemoryStateStore::Erase(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  const auto found = states_.find(name);
  if (found == states_.end()) return absl::OkStatus();
  base::Wipe(found->second);
  states_.erase(found);
  return absl::OkStatus();
}

MemoryStateStore::~MemoryStateStore() {
  absl::MutexLock lock(&mutex_);
  for (auto& [name, bytes] : states_) base::Wipe(bytes);
}

std::string FileStateStore::PathOf(const std::string& name) const { return absl::StrCat(folder_, "/", name, kEnding); }

absl::StatusOr<std::optional<std::string>> FileStateStore::Load(const std::string& name) {
  auto bytes = base::ReadFile(PathOf(name));
  if (absl::IsNotFound(bytes.status())) return std::optional<std::string>();
  if (!bytes.ok()) return bytes.status();
  return std::optional<std::string>(*std::move(bytes));
}

absl::Status FileStateStore::Save(const std::string& name, absl::string_view bytes) {
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(folder_, 0700));
  const std::string path = PathOf(name), replaced = absl::StrCat(path, kReplaced);
  CANDOR_RETURN_IF_ERROR(base::DestroyFile(replaced));
  // A second name for what is there now, so that it can be overwritten once the new bytes have taken its place. Without
  // it, on a file system that has no second names, the old bytes are only let go of.
  std::error_code no_second_name;
  std::filesystem::create_hard_link(path, replaced, no_second_name);
  const absl::Status written = base::WriteFileAtomically(path, bytes, 0600);
  if (!written.ok()) {
    if (!no_second_name) std::filesystem::remove(replaced, no_second_name);
    return written;
  }
  return base::DestroyFile(replaced);
}

absl::Status FileStateStore::Erase(const std::string& name) {
  CANDOR_RETURN_IF_ERROR(base::DestroyFile(absl::StrCat(PathOf(name), kReplaced)));
  return base::DestroyFile(PathOf(name));
}

absl::StatusOr<std::vector<ReplyKeys>> FileStateStore::LoadReplyKeys() {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesIn(folder_));
  std::vector<ReplyKeys> all;
  for (const std::string& file : files) {
    if (!HoldsReplyKeys(file)) continue;
    auto bytes = base::ReadFile(absl::StrCat(folder_, "/", file));
    if (absl::IsNotFound(bytes.status())) continue;
    if (!bytes.ok()) return bytes.status();
    auto keys = ReplyKeys::Parse(*bytes);
    base::Wipe(*bytes);
    // One that cannot be read keeps no other from being used.
    if (keys.ok()) all.push_back(*std::move(keys));
  }
  return all;
}

absl::StatusOr<int> FileStateStore::EraseExpired(absl::Time now) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesIn(folder_));
  int erased = 0;
  for (const std::string& file : files) {
    const std::string path = absl::StrCat(folder_, "/", file);
    const Kind kind = KindOf(file);
    if (kind == Kind::kScratch && IsAbandoned(path)) CANDOR_RETURN_IF_ERROR(base::DestroyFile(path));
    if (HoldsReplyKeys(file)) {
      CANDOR_ASSIGN_OR_RETURN(const bool over, ReplyKeysAreOver(path, now));
      if (!over) continue;
      CANDOR_RETURN_IF_ERROR(base::DestroyFile(path));
      ++erased;
    }
    if (kind != Kind::kState) continue;
    auto bytes = base::ReadFile(path);
    if (absl::IsNotFound(bytes.status())) continue;
    if (!bytes.ok()) return bytes.status();
    const auto state = RespondentState::Parse(*bytes);
    base::Wipe(*bytes);
    // One that cannot be read is not this program's to judge; its owner is told when the code is used.
    if (!state.ok() || now < state->forget_time) continue;
    CANDOR_RETURN_IF_ERROR(base::DestroyFile(path));
    ++erased;
  }
  return erased;
}

absl::StatusOr<int> FileStateStore::EraseAll() {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> files, FilesIn(folder_));
  int erased = 0;
  for (const std::string& file : files) {
    const Kind kind = KindOf(file);
    if (kind == Kind::kForeign) continue;
    CANDOR_RETURN_IF_ERROR(base::DestroyFile(absl::StrCat(folder_, "/", file)));
    if (kind != Kind::kScratch) ++erased;
  }
  return erased;
}

}  // namespace candor::client
