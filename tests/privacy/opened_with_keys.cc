#include "tests/privacy/opened_with_keys.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/collection/answer_seal.h"
#include "services/crypto/sealing.h"
#include "services/domain/contract.h"
#include "storage/sqlite/open_survey_store.h"

namespace candor::privacy {
namespace {

using storage::sqlite::SqliteOpenSurveyStore;

constexpr size_t kKeyBytes = 32;

// The open survey's file in a copy, as a store.
struct CopiedSurvey {
  FastFolder folder;
  std::unique_ptr<SqliteOpenSurveyStore> store;

  absl::Status Open(const Trial& trial, const Copy& copy) {
    const std::string path = folder.path() + "/open.db";
    for (const CopiedFile& file : copy.files) {
      for (const char* end : {"", "-wal"}) {
        if (absl::EndsWith(file.name, absl::StrCat("open/", trial.survey, ".db", end))) {
          CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(path + end, *file.bytes, 0600));
        }
      }
    }
    CANDOR_ASSIGN_OR_RETURN(store, SqliteOpenSurveyStore::Open(path));
    return absl::OkStatus();
  }
};

using Visit = absl::FunctionRef<absl::Status(const collection::AnswerPlace&, absl::string_view sealed)>;

absl::Status ForEachAnswer(const Trial& trial, SqliteOpenSurveyStore& store, Visit visit) {
  const std::string survey = domain::SurveyIdBytes(domain::SurveyId(trial.survey));
  return store.ForEachAnswer([&](const storage::Slot& slot, absl::string_view sealed) {
    return visit({survey, slot.group, slot.head->token_hash, slot.head->version}, sealed);
  });
}

bool OpensAnAnswer(const Trial& trial, SqliteOpenSurveyStore& store, absl::string_view key) {
  std::vector<crypto::SecretBytes> keys;
  keys.emplace_back(key);
  collection::AnswerOpener opener(std::move(keys));
  bool opens = false;
  std::string record;
  return ForEachAnswer(trial, store, [&](const collection::AnswerPlace& place, absl::string_view sealed) {
           opens = opens || opener.Open(sealed, place, record);
           return absl::OkStatus();
         }).ok() && opens;
}

absl::StatusOr<std::vector<crypto::SecretBytes>> DataKeys(const Trial& trial, const Copy& folder, const Copy& copy) {
  CopiedSurvey survey;
  CANDOR_RETURN_IF_ERROR(survey.Open(trial, copy));
  CANDOR_ASSIGN_OR_RETURN(const auto sealed_keys, survey.store->RunKeys());
  std::vector<crypto::SecretBytes> keys;
  for (const CopiedFile& file : folder.files) {
    const absl::string_view bytes = *file.bytes;
    for (size_t at = 0; at + kKeyBytes <= bytes.size(); ++at) {
      const absl::string_view tried = bytes.substr(at, kKeyBytes);
      CANDOR_ASSIGN_OR_RETURN(const auto pair, crypto::ClosingKeyPair::FromSecretKey(tried));
      if (pair.public_key == trial.closing_public_key) {
        for (const std::string& sealed : sealed_keys) {
          CANDOR_ASSIGN_OR_RETURN(auto key, crypto::OpenSealed(pair.public_key, pair.secret_key, sealed));
          keys.push_back(std::move(key));
        }
      }
      // Of a file that is a key and nothing else, the key may as well be the one that answers lie under.
      if (bytes.size() == kKeyBytes && OpensAnAnswer(trial, *survey.store, tried)) keys.emplace_back(tried);
    }
  }
  return keys;
}

}  // namespace

absl::StatusOr<OpenedWithKeys> OpenWithKeys(const Trial& trial, const Copy& folder,
                                            const std::vector<const Copy*>& copies) {
  CANDOR_ASSIGN_OR_RETURN(std::vector<crypto::SecretBytes> keys, DataKeys(trial, folder, *copies.back()));
  collection::AnswerOpener opener(std::move(keys));
  std::map<std::string, size_t> person_of;
  for (size_t person = 0; person < trial.secrets.size(); ++person) person_of[trial.secrets[person].token_hash] = person;
  OpenedWithKeys opened;
  for (const Copy* copy : copies) {
    CopiedSurvey copied;
    CANDOR_RETURN_IF_ERROR(copied.Open(trial, *copy));
    std::string records, record;
    opened.newest = 0;
    const auto open = [&](const collection::AnswerPlace& place, absl::string_view sealed) {
      if (!opener.Open(sealed, place, record)) return absl::OkStatus();
      records += record;
      const auto person = person_of.find(std::string(place.token_hash));
      if (person == person_of.end()) return absl::OkStatus();
      const auto& ratings = trial.scene.last.at(person->second).ratings;
      opened.newest += absl::StartsWith(record, std::string(ratings.begin(), ratings.end())) ? 1 : 0;
      return absl::OkStatus();
    };
    CANDOR_RETURN_IF_ERROR(ForEachAnswer(trial, *copied.store, open));
    Copy& with = opened.copies.emplace_back(*copy);
    if (records.empty()) continue;
    CopiedFile file;
    file.plane = Plane::kResponse;
    file.name = "opened answers";
    file.bytes = std::make_shared<const std::string>(std::move(records));
    with.files.push_back(std::move(file));
  }
  return opened;
}

}  // namespace candor::privacy
