#include "services/collection/loaded_survey.h"

#include <algorithm>
#include <utility>

#include "services/base/error.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/collection/answer_seal.h"
#include "services/crypto/sealing.h"
#include "services/domain/errors.h"

namespace candor::collection {
namespace errors = candor::domain::errors;
namespace reasons = candor::domain::reasons;
namespace {

// Slots that are added to a group at a time when all are taken, which codes made again can bring about.
constexpr int64_t kSlotsAdded = 16;

template <size_t N>
std::array<char, N> ToArray(const std::string& bytes) {
  CANDOR_CHECK(bytes.size() == N);
  std::array<char, N> array;
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

absl::Status VersionSuperseded() {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kVERSION_SUPERSEDED,
                     "a newer version of this answer is stored already; send a higher version to change it");
}

absl::Status VersionTaken() {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kVERSION_TAKEN,
                     "this version of the answer is stored under another submission id; send a higher version to "
                     "change it");
}

}  // namespace

absl::StatusOr<std::unique_ptr<LoadedSurvey>> LoadedSurvey::Load(storage::ResponseStore* store,
                                                                 std::shared_ptr<Survey> survey) {
  CANDOR_ASSIGN_OR_RETURN(const storage::SurveyState state, store->GetState(survey->id()));
  if (state == storage::SurveyState::kClosed || state == storage::SurveyState::kAbandoned) {
    return errors::SurveyClosed();
  }
  std::unique_ptr<LoadedSurvey> loaded(new LoadedSurvey(store, std::move(survey)));
  loaded->accepting_ = state == storage::SurveyState::kAccepting;
  loaded->stop_stored_ = !loaded->accepting_;
  const size_t groups = loaded->survey_->groups().size();
  loaded->free_slots_.resize(groups);
  loaded->counts_.resize(groups);
  CANDOR_RETURN_IF_ERROR(loaded->EnsureFile());
  CANDOR_RETURN_IF_ERROR(loaded->file_->ForEachSlot([&](const storage::Slot& slot) -> absl::Status {
    if (slot.group < 0 || static_cast<size_t>(slot.group) >= groups) {
      return errors::StoreCorrupt("a slot of no group");
    }
    const size_t group = static_cast<size_t>(slot.group);
    if (!slot.head.has_value()) {
      loaded->free_slots_[group].push_back(slot.id);
      return absl::OkStatus();
    }
    const Spent spent{slot.id, slot.head->version, slot.head->replacements,
                      ToArray<storage::kSubmissionIdBytes>(slot.head->submission_id)};
    if (!loaded->spent_.emplace(ToArray<storage::kTokenHashBytes>(slot.head->token_hash), spent).second) {
      return errors::StoreCorrupt("a token in two slots");
    }
    ++loaded->counts_[group];
    return absl::OkStatus();
  }));
  return loaded;
}

LoadedSurvey::~LoadedSurvey() { survey_->set_data_key(nullptr); }

absl::Status LoadedSurvey::EnsureFile() {
  if (file_ != nullptr) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(file_, store_->OpenAnswers(survey_->id()));
  if (file_->sealed_size() != survey_->sealed_size()) {
    file_.reset();
    return errors::StoreCorrupt("an open survey is laid out for another instrument");
  }
  return absl::OkStatus();
}

absl::Status LoadedSurvey::EnsureDataKey() {
  if (data_key_ != nullptr) return absl::OkStatus();
  auto key = std::make_shared<const crypto::SecretBytes>(crypto::NewDataKey());
  CANDOR_ASSIGN_OR_RETURN(const std::string sealed,
                          crypto::SealToKey(survey_->manifest().closing_public_key, key->view()));
  // An answer under a key that a crash forgets could never be opened: durable first, used afterwards.
  CANDOR_RETURN_IF_ERROR(file_->AddRunKey(sealed));
  data_key_ = key;
  survey_->set_data_key(std::move(key));
  return absl::OkStatus();
}

std::vector<Verdict> LoadedSurvey::Commit(absl::Span<PendingAnswer> answers) {
  if (const absl::Status ready = EnsureFile(); !ready.ok()) return std::vector<Verdict>(answers.size(), ready);

  Round round;
  round.rests_on_round.reserve(answers.size());
  std::vector<Verdict> verdicts;
  verdicts.reserve(answers.size());
  for (PendingAnswer& answer : answers) verdicts.push_back(Judge(answer, round));
  if (round.writes.empty()) return verdicts;

  const absl::Status written = file_->WriteSlots(round.writes);
  if (written.ok()) return verdicts;
  TakeBack(round);
  for (size_t i = 0; i < verdicts.size(); ++i) {
    if (round.rests_on_round[i]) verdicts[i] = written;
  }
  return verdicts;
}

Verdict LoadedSurvey::Judge(PendingAnswer& answer, Round& round) {
  const TokenHash token = ToArray<storage::kTokenHashBytes>(answer.token_hash);
  const auto found = spent_.find(token);
  if (found == spent_.end()) {
    round.rests_on_round.push_back(true);
    if (!accepting_) return errors::SurveyClosed();
    return Put(answer, token, nullptr, round);
  }
  const Spent& spent = found->second;
  const auto write = round.write_of_slot.find(spent.slot);
  const bool in_round = write != round.write_of_slot.end();
  round.rests_on_round.push_back(in_round);
  if (answer.version > spent.version) {
    if (!accepting_) return errors::SurveyClosed();
    round.rests_on_round.back() = true;
    return Put(answer, token, &spent, round);
  }
  const bool replay =
      answer.version == spent.version &&
      std::equal(spent.submission_id.begin(), spent.submission_id.end(), answer.submission_id.begin());
  if (!replay) {
    if (!accepting_) return errors::SurveyClosed();
    return answer.version < spent.version ? VersionSuperseded() : VersionTaken();
  }
  if (in_round) {
    return crypto::ReceiptEntry{answer.token_hash, SealedDigest(round.writes[write->second].sealed), answer.version};
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string sealed, file_->ReadSealed(spent.slot));
  return crypto::ReceiptEntry{answer.token_hash, SealedDigest(sealed), answer.version};
}

Verdict LoadedSurvey::Put(PendingAnswer& answer, const TokenHash& token, const Spent* before, Round& round) {
  if (answer.sealed.empty()) {
    // Not before a verdict asks for it: a replay writes nothing, and has its receipt also when there is no room for a key.
    CANDOR_RETURN_IF_ERROR(EnsureDataKey());
    answer.sealed = SealAnswer(*data_key_, {survey_->id_bytes(), answer.group, answer.token_hash, answer.version},
                               answer.answers, survey_->groups()[static_cast<size_t>(answer.group)].shape);
    domain::Wipe(answer.answers);
  }
  Spent after;
  if (before == nullptr) {
    CANDOR_ASSIGN_OR_RETURN(after.slot, TakeFreeSlot(answer.group));
    round.undo.push_back({token, true, answer.group, {}});
    ++counts_[static_cast<size_t>(answer.group)];
  } else {
    after.slot = before->slot;
    after.replacements = before->replacements + 1;
    round.undo.push_back({token, false, answer.group, *before});
  }
  after.version = answer.version;
  after.submission_id = ToArray<storage::kSubmissionIdBytes>(answer.submission_id);

  crypto::ReceiptEntry entry{answer.token_hash, SealedDigest(answer.sealed), answer.version};
  storage::SlotWrite write{after.slot,
                           {answer.token_hash, after.version, answer.submission_id, after.replacements},
                           std::move(answer.sealed)};
  const auto [place, first] = round.write_of_slot.try_emplace(after.slot, round.writes.size());
  if (first) {
    round.writes.push_back(std::move(write));
  } else {
    round.writes[place->second] = std::move(write);
  }
  spent_[token] = after;
  return entry;
}

absl::StatusOr<int64_t> LoadedSurvey::TakeFreeSlot(int group) {
  std::vector<int64_t>& free = free_slots_[static_cast<size_t>(group)];
  if (free.empty()) {
    CANDOR_ASSIGN_OR_RETURN(free, file_->AddSlots(group, kSlotsAdded));
  }
  std::swap(free[base::RandomBelow(static_cast<uint32_t>(free.size()))], free.back());
  const int64_t slot = free.back();
  free.pop_back();
  return slot;
}

void LoadedSurvey::TakeBack(const Round& round) {
  for (auto undo = round.undo.rbegin(); undo != round.undo.rend(); ++undo) {
    if (!undo->was_new) {
      spent_[undo->token] = undo->before;
      continue;
    }
    const auto found = spent_.find(undo->token);
    free_slots_[static_cast<size_t>(undo->group)].push_back(found->second.slot);
    --counts_[static_cast<size_t>(undo->group)];
    spent_.erase(found);
  }
}

absl::Status LoadedSurvey::StopAccepting() {
  accepting_ = false;
  data_key_.reset();
  survey_->set_data_key(nullptr);
  if (stop_stored_) return absl::OkStatus();
  CANDOR_RETURN_IF_ERROR(store_->StopSurvey(survey_->id()));
  stop_stored_ = true;
  return absl::OkStatus();
}

}  // namespace candor::collection
