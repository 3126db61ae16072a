// A survey's public documents, checked: what a respondent's client insists on before it shows an item.

#ifndef CANDOR_CLIENTS_CPP_DOCUMENTS_H_
#define CANDOR_CLIENTS_CPP_DOCUMENTS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/crypto/blind_signature.h"
#include "services/domain/answer.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"
#include "services/domain/instrument.h"

namespace candor::client {

// The documents as they came.
struct DocumentBytes {
  std::string contract, instrument_version, manifest, manifest_signature;
  // The newest notice of extension, and its signature; empty: none.
  std::string extension = {}, extension_signature = {};

  bool operator==(const DocumentBytes&) const = default;
  // Whether the two are of one survey as it was opened, however it has been extended since.
  bool SameFrozen(const DocumentBytes& other) const {
    return contract == other.contract && instrument_version == other.instrument_version && manifest == other.manifest &&
           manifest_signature == other.manifest_signature;
  }
};

// The documents after every check.
struct SurveyDocuments {
  DocumentBytes bytes;
  domain::Contract contract;
  domain::InstrumentVersion instrument_version;
  domain::Manifest manifest;
  std::vector<crypto::BlindVerifyingKey> keys;  // one for each group of the manifest
  std::string manifest_hash;                    // SHA-256, 32 bytes
  std::string manifest_code;                    // what to compare with letters and notice boards
  absl::Time close_time;                        // as the contract says, or later after an extension

  // What members of issuing group `group`, an index in the manifest, are asked.
  domain::AnswerShape Shape(int group) const;
};

// What a person knows of the manifest from elsewhere, in any of its forms: 64 hexadecimal digits, or the 26 characters
// of the code with or without hyphens and spaces, in either case. True when `text` is such a form and `hash` (32 bytes)
// is what it says. INVALID_ARGUMENT: `text` is no such form.
absl::StatusOr<bool> MatchesManifest(absl::string_view text, absl::string_view hash);

// Reads and checks the documents of `survey`. `expected`: what the person knows of the manifest (as for MatchesManifest),
// empty if nothing.
//
// FAILED_PRECONDITION, MANIFEST_REFUSED, with a sentence for the respondent: the manifest is not the expected one, its
// signature is wrong, it is another survey's; contract or instrument are not those that it names, or are no such
// documents; contract and manifest disagree about dates or instrument, contract and instrument about evaluative use; the
// closing key is not the one that the contract says a steward holds, is no sound one, or serves something else too; a group
// has more than one key, no key, a key below 2,048 bits, or fewer than 5 invited; a rater group is in two issuing groups, or
// unknown to the instrument; the extension is not signed by the manifest's key, is another survey's, or ends after the latest
// time of the contract. INVALID_ARGUMENT: `expected` is no form of a manifest's hash.
absl::StatusOr<std::shared_ptr<const SurveyDocuments>> CheckDocuments(const DocumentBytes& bytes,
                                                                      const domain::SurveyId& survey,
                                                                      absl::string_view expected);

// The error of every refusal.
absl::Status Refused(absl::string_view what);

// What the error of a refusal says is wrong, without what a respondent should do about it; other messages as they are.
std::string WhatWasRefused(const absl::Status& status);

// `status`, of a call that needs a closed survey. Where this one is not closed yet (WRONG_STATE): the same in words
// that say until when to wait.
absl::Status WithCloseTime(const absl::Status& status, const SurveyDocuments& documents);

// Remembers documents that passed, so that a program that answers for many (a replay, a load test) checks each survey's
// once. Refusals are not remembered. May be used from many threads at once.
class DocumentCache {
 public:
  absl::StatusOr<std::shared_ptr<const SurveyDocuments>> Check(const DocumentBytes& bytes,
                                                               const domain::SurveyId& survey,
                                                               absl::string_view expected);
  // Whether the response plane's documents of `survey` were compared with these before.
  bool Compared(const SurveyDocuments& documents);
  void SetCompared(const SurveyDocuments& documents);

 private:
  absl::Mutex mutex_;
  // By survey; another set of documents for the same survey is checked anew and not kept.
  std::map<std::string, std::shared_ptr<const SurveyDocuments>> checked_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, bool> compared_ ABSL_GUARDED_BY(mutex_);  // by manifest hash
};

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_DOCUMENTS_H_
