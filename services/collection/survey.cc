#include "services/collection/survey.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/crypto/signing.h"
#include "services/domain/errors.h"
#include "services/domain/extension.h"

namespace candor::collection {
namespace {

constexpr absl::string_view kManifestTag = "candor-manifest-v1";

absl::Status Mismatch(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kORDER_MISMATCH,
                     absl::StrCat("the order to open the survey does not fit together: ", what));
}

// The same sentence as `status`, as a mismatch.
absl::Status AsMismatch(const absl::Status& status) { return Mismatch(std::string(status.message())); }

bool KnowsGroup(const domain::Instrument& instrument, const std::string& code) {
  return std::any_of(instrument.rater_groups.begin(), instrument.rater_groups.end(),
                     [&](const domain::RaterGroup& group) { return group.code == code; });
}

absl::Status CheckGroup(const domain::Instrument& instrument, const domain::IssuingGroup& group) {
  for (const std::string& member : group.members) {
    if (!KnowsGroup(instrument, member)) return Mismatch(absl::StrCat("the instrument has no rater group ", member));
  }
  if (domain::CommonItems(instrument, group.members).empty()) {
    return Mismatch(absl::StrCat("no item is asked of the whole group ", group.code));
  }
  const auto key = crypto::BlindVerifyingKey::FromSpkiDer(group.verifying_key);
  if (!key.ok()) return Mismatch(absl::StrCat("the key of the group ", group.code, " cannot be used"));
  return absl::OkStatus();
}

// That these are the documents which people were told: closing obeys them, and a row that was edited, or damaged on the disk,
// would else be obeyed silently.
absl::Status CheckSealOfDocuments(const storage::StoredSurvey& stored, const domain::Manifest& manifest) {
  const bool same = base::HexEncode(crypto::Sha256(stored.contract)) == manifest.contract_hash &&
                    base::HexEncode(crypto::Sha256(stored.instrument_version)) == manifest.instrument_hash &&
                    crypto::VerifySignature(manifest.signing_public_key, absl::StrCat(kManifestTag, stored.manifest),
                                            stored.manifest_signature);
  if (same) return absl::OkStatus();
  return domain::errors::StoreCorrupt("a survey's rules or questions are not the ones that it was opened with");
}

bool CanBeSealedTo(const std::string& public_key) { return crypto::SealToKey(public_key, "").ok(); }

}  // namespace

size_t SealedAnswerSize(const domain::Instrument& instrument, const domain::Manifest& manifest) {
  return domain::ShapeOfGroup(instrument, manifest, 0).record_size() + crypto::kRecordOverheadBytes;
}

absl::StatusOr<storage::SlotLayout> CheckOpenOrder(const domain::OpenOrder& order,
                                                   absl::string_view receipt_public_key, absl::Time now) {
  if (domain::SurveyIdBytes(order.survey).empty()) return Mismatch("the survey's id is not of its form");
  const auto contract = domain::DecodeContract(order.contract);
  if (!contract.ok()) return AsMismatch(contract.status());
  const auto version = domain::DecodeInstrumentVersion(order.instrument_version);
  if (!version.ok()) return AsMismatch(version.status());
  const auto manifest = domain::DecodeManifest(order.manifest);
  if (!manifest.ok()) return AsMismatch(manifest.status());

  if (manifest->survey != order.survey) return Mismatch("the manifest is another survey's");
  const std::string instrument_hash = base::HexEncode(crypto::Sha256(order.instrument_version));
  const absl::Status checked =
      domain::CheckManifest(*manifest, base::HexEncode(crypto::Sha256(order.contract)), instrument_hash);
  if (!checked.ok()) return AsMismatch(checked);
  if (contract->instrument_hash != instrument_hash) return Mismatch("the contract names another instrument");
  if (contract->evaluative_use_forbidden != version->instrument.evaluative_use_forbidden) {
    return Mismatch("contract and instrument disagree about evaluative use");
  }
  const absl::Status parts = domain::CheckParts(*manifest, *contract);
  if (!parts.ok()) return AsMismatch(parts);
  const absl::Status stewards_key = domain::CheckStewardsKey(*manifest, *contract);
  if (!stewards_key.ok()) return AsMismatch(stewards_key);
  if (contract->close_time != manifest->close_time || contract->latest_close_time != manifest->latest_close_time ||
      contract->abandon_time != manifest->abandon_time) {
    return Mismatch("contract and manifest name different times");
  }
  if (manifest->close_time <= now) return Mismatch("its time to close has passed already");
  if (!crypto::VerifySignature(manifest->signing_public_key, absl::StrCat(kManifestTag, order.manifest),
                               order.manifest_signature)) {
    return Mismatch("the manifest's signature does not hold");
  }
  if (manifest->receipt_public_key != receipt_public_key) {
    return Mismatch("the manifest names a receipt key other than this plane's; ask for it again");
  }
  if (!CanBeSealedTo(manifest->closing_public_key)) return Mismatch("the closing key cannot be used");
  if (!manifest->pooling_public_key.empty()) {
    if (!CanBeSealedTo(manifest->pooling_public_key)) return Mismatch("the pooling key cannot be used");
  }
  for (const domain::ModeratorKey& moderator : manifest->moderators) {
    if (!CanBeSealedTo(moderator.public_key)) return Mismatch("a moderator's key cannot be used");
  }
  if (manifest->auditor.has_value() && !CanBeSealedTo(manifest->auditor->public_key)) {
    return Mismatch("the auditor's key cannot be used");
  }

  storage::SlotLayout layout;
  layout.sealed_size = SealedAnswerSize(version->instrument, *manifest);
  for (const domain::IssuingGroup& group : manifest->groups) {
    CANDOR_RETURN_IF_ERROR(CheckGroup(version->instrument, group));
    layout.slots.push_back(group.invited);
  }
  return layout;
}

absl::StatusOr<absl::Time> CheckExtendOrder(const domain::ExtendOrder& order, const domain::Manifest& manifest,
                                            absl::string_view manifest_bytes) {
  const auto mismatch = [](absl::string_view what) {
    return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kORDER_MISMATCH,
                       absl::StrCat("the order to extend does not fit the survey: ", what));
  };
  const absl::StatusOr<domain::ExtensionNotice> notice = domain::DecodeExtension(order.notice);
  if (!notice.ok()) return mismatch(std::string(notice.status().message()));
  const absl::Status checked =
      domain::CheckExtension(*notice, manifest, base::HexEncode(crypto::Sha256(manifest_bytes)));
  if (!checked.ok()) return mismatch(std::string(checked.message()));
  if (!crypto::VerifySignature(manifest.signing_public_key, absl::StrCat(domain::kExtensionTag, order.notice),
                               order.signature)) {
    return mismatch("the notice's signature does not hold");
  }
  return notice->close_time;
}

std::shared_ptr<const SurveyDocuments> Survey::documents() const {
  absl::MutexLock lock(&mutex_);
  return documents_;
}

absl::Time Survey::close_time() const {
  absl::MutexLock lock(&mutex_);
  return close_time_;
}

void Survey::SetExtension(std::string notice, std::string signature, absl::Time close_time) {
  absl::MutexLock lock(&mutex_);
  auto documents = std::make_shared<SurveyDocuments>(*documents_);
  documents->extension = std::make_shared<const std::string>(std::move(notice));
  documents->extension_signature = std::make_shared<const std::string>(std::move(signature));
  documents_ = std::move(documents);
  close_time_ = close_time;
}

absl::StatusOr<std::shared_ptr<Survey>> Survey::FromStored(
    storage::StoredSurvey stored,
    absl::FunctionRef<std::shared_ptr<const std::string>(const std::string& hash, std::string bytes)> share) {
  auto manifest = domain::DecodeManifest(stored.manifest);
  const auto version = domain::DecodeInstrumentVersion(stored.instrument_version);
  if (!manifest.ok() || !version.ok()) return domain::errors::StoreCorrupt("a survey's documents cannot be read");
  CANDOR_RETURN_IF_ERROR(CheckSealOfDocuments(stored, *manifest));
  std::shared_ptr<Survey> survey(new Survey);
  survey->id_ = stored.id;
  survey->id_bytes_ = domain::SurveyIdBytes(stored.id);
  for (size_t group = 0; group < manifest->groups.size(); ++group) {
    auto key = crypto::BlindVerifyingKey::FromSpkiDer(manifest->groups[group].verifying_key);
    if (!key.ok()) return domain::errors::StoreCorrupt("a survey's key cannot be read");
    survey->groups_.push_back(
        {domain::ShapeOfGroup(version->instrument, *manifest, group), *std::move(key)});
  }
  survey->sealed_size_ = SealedAnswerSize(version->instrument, *manifest);
  auto documents = std::make_shared<SurveyDocuments>();
  documents->contract = share(manifest->contract_hash, std::move(stored.contract));
  documents->instrument_version = share(manifest->instrument_hash, std::move(stored.instrument_version));
  documents->manifest = std::make_shared<const std::string>(std::move(stored.manifest));
  documents->manifest_signature = std::make_shared<const std::string>(std::move(stored.manifest_signature));
  documents->extension = std::make_shared<const std::string>(std::move(stored.extension));
  documents->extension_signature = std::make_shared<const std::string>(std::move(stored.extension_signature));
  survey->stewarded_ = !stored.steward_key.empty();
  absl::MutexLock lock(&survey->mutex_);
  survey->close_time_ = manifest->close_time;
  if (!documents->extension->empty()) {
    const auto notice = domain::DecodeExtension(*documents->extension);
    if (!notice.ok()) return domain::errors::StoreCorrupt("a survey's extension cannot be read");
    survey->close_time_ = notice->close_time;
  }
  survey->documents_ = std::move(documents);
  survey->manifest_ = *std::move(manifest);
  return survey;
}

std::shared_ptr<const crypto::SecretBytes> Survey::data_key() const {
  absl::MutexLock lock(&mutex_);
  return data_key_;
}

void Survey::set_data_key(std::shared_ptr<const crypto::SecretBytes> key) {
  absl::MutexLock lock(&mutex_);
  data_key_ = std::move(key);
}

}  // namespace candor::collection
