#include "tests/privacy/opened_with_keys.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/collection/answer_seal.h"
#include "services/crypto/sealing.h"
#include "services/domain/contract.h"
#include "storage/sqlite/open_survey_store.h"

namespace candor::privacy {

absl::StatusOr<int> CountOpened(const Trial& trial, const Copy& copy) {
  std::string secret;
  for (const CopiedFile& file : trial.keys.files) {
    if (file.name == absl::StrCat("survey.", trial.survey, ".closing.key")) secret = *file.bytes;
  }
  CANDOR_ASSIGN_OR_RETURN(const auto closing, crypto::ClosingKeyPair::FromSecretKey(secret));
  const FastFolder folder;
  const std::string path = folder.path() + "/open.db";
  for (const CopiedFile& file : copy.files) {
    for (const char* end : {"", "-wal"}) {
      if (absl::EndsWith(file.name, absl::StrCat("open/", trial.survey, ".db", end))) {
        CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(path + end, *file.bytes, 0600));
      }
    }
  }
  CANDOR_ASSIGN_OR_RETURN(const auto store, storage::sqlite::SqliteOpenSurveyStore::Open(path));
  CANDOR_ASSIGN_OR_RETURN(const auto sealed_keys, store->RunKeys());
  std::vector<crypto::SecretBytes> data_keys;
  for (const std::string& sealed : sealed_keys) {
    CANDOR_ASSIGN_OR_RETURN(auto key, crypto::OpenSealed(closing.public_key, closing.secret_key, sealed));
    data_keys.push_back(std::move(key));
  }
  collection::AnswerOpener opener(std::move(data_keys));
  std::map<std::string, size_t> person_of;
  for (size_t person = 0; person < trial.secrets.size(); ++person) person_of[trial.secrets[person].token_hash] = person;
  const std::string survey = domain::SurveyIdBytes(domain::SurveyId(trial.survey));
  int opened = 0;
  CANDOR_RETURN_IF_ERROR(store->ForEachAnswer([&](const storage::Slot& slot, absl::string_view sealed) {
    std::string record;
    const bool is_open =
        opener.Open(sealed, {survey, slot.group, slot.head->token_hash, slot.head->version}, record);
    const auto person = person_of.find(slot.head->token_hash);
    if (!is_open || person == person_of.end()) return absl::OkStatus();
    const auto& ratings = trial.scene.last.at(person->second).ratings;
    opened += absl::StartsWith(record, std::string(ratings.begin(), ratings.end())) ? 1 : 0;
    return absl::OkStatus();
  }));
  return opened;
}

}  // namespace candor::privacy
