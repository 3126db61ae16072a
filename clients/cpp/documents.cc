#include "clients/cpp/documents.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "clients/cpp/moment.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/crypto/signing.h"
#include "services/domain/errors.h"
#include "services/domain/extension.h"

namespace candor::client {
namespace {

constexpr char kManifestTag[] = "candor-manifest-v1";
constexpr size_t kManifestCodeCharacters = 26;
// As domain::CheckManifest's refusals too.
constexpr char kBeforeRefusal[] = "do not answer this survey: ";
constexpr char kBehindRefusal[] = "; tell whoever invited you";

// Crockford's base32 as people type it: small letters, i and l as 1, o as 0, no hyphens and spaces.
std::string NormalForm(absl::string_view text) {
  std::string normal;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
    normal += lower == 'i' || lower == 'l' ? '1' : lower == 'o' ? '0' : lower;
  }
  return normal;
}

absl::Status CheckGroups(const domain::Manifest& manifest, const domain::Instrument& instrument) {
  std::set<std::string> known;
  for (const domain::RaterGroup& group : instrument.rater_groups) known.insert(group.code);
  for (const domain::IssuingGroup& group : manifest.groups) {
    for (const std::string& member : group.members) {
      if (!known.contains(member)) {
        return Refused(absl::StrCat("its questions know no group ", member));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> CheckExtension(const DocumentBytes& bytes, const domain::Manifest& manifest,
                                          absl::string_view manifest_hash) {
  const auto notice = domain::DecodeExtension(bytes.extension);
  if (!notice.ok()) return Refused("its extension cannot be read");
  if (!crypto::VerifySignature(manifest.signing_public_key, absl::StrCat(domain::kExtensionTag, bytes.extension),
                               bytes.extension_signature)) {
    return Refused("its extension is not signed rightly");
  }
  CANDOR_RETURN_IF_ERROR(domain::CheckExtension(*notice, manifest, base::HexEncode(manifest_hash)));
  return notice->close_time;
}

}  // namespace

domain::AnswerShape SurveyDocuments::Shape(int group) const {
  return domain::ShapeOfGroup(instrument_version.instrument, manifest, static_cast<size_t>(group));
}

absl::Status Refused(absl::string_view what) {
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kMANIFEST_REFUSED,
                     absl::StrCat(kBeforeRefusal, what, kBehindRefusal));
}

std::string WhatWasRefused(const absl::Status& status) {
  absl::string_view what = status.message();
  if (absl::ConsumePrefix(&what, kBeforeRefusal)) absl::ConsumeSuffix(&what, kBehindRefusal);
  return std::string(what);
}

absl::Status WithCloseTime(const absl::Status& status, const SurveyDocuments& documents) {
  const base::ErrorDetail detail = base::GetErrorDetail(status);
  if (status.ok() || detail.reason != domain::reasons::kWRONG_STATE) return status;
  const std::string until = MomentText(documents.close_time);
  return base::Error(
      status.code(), detail.reason,
      absl::Now() < documents.close_time
          ? absl::StrCat("not yet: this survey takes answers until ", until,
                         ", unless an administrator closes it before; come back once it is closed")
          : absl::StrCat("not yet: this survey took answers until ", until,
                         ", and is not closed yet; come back in a while. Where a steward has the key, it waits for them"));
}

absl::StatusOr<bool> MatchesManifest(absl::string_view text, absl::string_view hash) {
  const std::string normal = NormalForm(text);
  if (normal.size() == kManifestCodeCharacters) return normal == NormalForm(crypto::ManifestCode(hash));
  if (text.size() == 2 * crypto::kSha256Bytes) {
    const auto bytes = base::HexDecode(text);
    if (bytes.ok()) return *bytes == hash;
  }
  return absl::InvalidArgumentError(
      "not a survey's comparison code: it has 26 letters and digits in groups of 4, or 64 hexadecimal digits");
}

absl::StatusOr<std::shared_ptr<const SurveyDocuments>> CheckDocuments(const DocumentBytes& bytes,
                                                                      const domain::SurveyId& survey,
                                                                      absl::string_view expected) {
  auto documents = std::make_shared<SurveyDocuments>();
  documents->bytes = bytes;
  documents->manifest_hash = crypto::Sha256(bytes.manifest);
  documents->manifest_code = crypto::ManifestCode(documents->manifest_hash);
  if (!expected.empty()) {
    CANDOR_ASSIGN_OR_RETURN(const bool same, MatchesManifest(expected, documents->manifest_hash));
    if (!same) return Refused("its comparison code is not the one that you were given elsewhere");
  }

  auto manifest = domain::DecodeManifest(bytes.manifest);
  if (!manifest.ok()) return Refused(absl::StrCat("its manifest cannot be read (", manifest.status().message(), ")"));
  documents->manifest = *std::move(manifest);
  const domain::Manifest& m = documents->manifest;
  if (!crypto::VerifySignature(m.signing_public_key, absl::StrCat(kManifestTag, bytes.manifest),
                               bytes.manifest_signature)) {
    return Refused("its manifest is not signed rightly");
  }
  if (m.survey != survey) return Refused("its manifest is another survey's");
  CANDOR_RETURN_IF_ERROR(domain::CheckManifest(m, base::HexEncode(crypto::Sha256(bytes.contract)),
                                               base::HexEncode(crypto::Sha256(bytes.instrument_version))));

  auto contract = domain::DecodeContract(bytes.contract);
  if (!contract.ok()) return Refused(absl::StrCat("its rules cannot be read (", contract.status().message(), ")"));
  documents->contract = *std::move(contract);
  auto version = domain::DecodeInstrumentVersion(bytes.instrument_version);
  if (!version.ok()) return Refused("its questions cannot be read");
  documents->instrument_version = *std::move(version);
  const domain::Contract& c = documents->contract;
  if (c.instrument_hash != m.instrument_hash) return Refused("its rules are for other questions");
  CANDOR_RETURN_IF_ERROR(domain::CheckParts(m, c));
  CANDOR_RETURN_IF_ERROR(domain::CheckStewardsKey(m, c));
  if (c.close_time != m.close_time || c.latest_close_time != m.latest_close_time ||
      c.abandon_time != m.abandon_time) {
    return Refused("its rules and its manifest do not give the same dates");
  }
  CANDOR_RETURN_IF_ERROR(CheckGroups(m, documents->instrument_version.instrument));
  if (c.evaluative_use_forbidden != documents->instrument_version.instrument.evaluative_use_forbidden) {
    return Refused("its rules and its questions do not agree on whether the answers may be used to judge somebody");
  }
  // What is sealed to a point of small order can be opened by everybody.
  if (!crypto::SealToKey(m.closing_public_key, "").ok()) return Refused("the key that its answers are sealed to is not a sound one");

  for (const domain::IssuingGroup& group : m.groups) {
    auto key = crypto::BlindVerifyingKey::FromSpkiDer(group.verifying_key);
    if (!key.ok() || key->modulus_bits() < domain::kMinimumModulusBits) {
      return Refused(absl::StrCat("the key of the group ", group.code, " is not a sound one"));
    }
    documents->keys.push_back(*std::move(key));
  }
  documents->close_time = c.close_time;
  if (!bytes.extension.empty() || !bytes.extension_signature.empty()) {
    CANDOR_ASSIGN_OR_RETURN(documents->close_time, CheckExtension(bytes, m, documents->manifest_hash));
  }
  return std::shared_ptr<const SurveyDocuments>(std::move(documents));
}

absl::StatusOr<std::shared_ptr<const SurveyDocuments>> DocumentCache::Check(const DocumentBytes& bytes,
                                                                            const domain::SurveyId& survey,
                                                                            absl::string_view expected) {
  if (expected.empty()) {
    absl::MutexLock lock(&mutex_);
    const auto found = checked_.find(survey.value());
    if (found != checked_.end() && found->second->bytes == bytes) return found->second;
  }
  CANDOR_ASSIGN_OR_RETURN(std::shared_ptr<const SurveyDocuments> documents, CheckDocuments(bytes, survey, expected));
  absl::MutexLock lock(&mutex_);
  checked_.emplace(survey.value(), documents);
  return documents;
}

bool DocumentCache::Compared(const SurveyDocuments& documents) {
  absl::MutexLock lock(&mutex_);
  return compared_.contains(documents.manifest_hash);
}

void DocumentCache::SetCompared(const SurveyDocuments& documents) {
  absl::MutexLock lock(&mutex_);
  compared_[documents.manifest_hash] = true;
}

}  // namespace candor::client
