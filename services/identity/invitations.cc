#include "services/identity/invitations.h"

#include "absl/synchronization/notification.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/identity/loading.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using storage::ReadTransaction;
using storage::SurveyDocument;

constexpr size_t kCachedVersions = 64;
constexpr size_t kGroupsOfASurvey = 4;  // on average, for the size of the keys' cache

absl::Status AlreadyIssued() {
  return base::Error(absl::StatusCode::kAlreadyExists, domain::reasons::kTOKEN_ALREADY_ISSUED,
                     "this code has been used to begin answering, on another device or in another browser; go on there, "
                     "or, if that device is lost, ask whoever invited you for a new code");
}

std::shared_ptr<const std::string> Share(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace

Invitations::Invitations(storage::IdentityStore* store, base::Clock* clock, KeyStore* keys, const Options& options)
    : store_(*store),
      clock_(*clock),
      keys_(*keys),
      options_(options),
      documents_(options.cached_surveys),
      close_times_(options.cached_surveys),
      versions_(kCachedVersions),
      signing_keys_(options.cached_surveys * kGroupsOfASurvey),
      committer_([this] { CommitQueued(); }) {}

Invitations::~Invitations() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  committer_.join();
}

absl::StatusOr<Invitations::Found> Invitations::Find(ReadTransaction& transaction, absl::string_view code_hash) {
  CANDOR_ASSIGN_OR_RETURN(auto invitation, transaction.FindInvitationByCodeHash(code_hash));
  // An unknown code costs the same look-ups as one whose survey is over.
  const domain::DistrictId district = invitation.has_value() ? invitation->district : domain::DistrictId();
  const domain::SurveyId id = invitation.has_value() ? invitation->survey : domain::SurveyId();
  CANDOR_ASSIGN_OR_RETURN(auto survey, transaction.FindSurvey(district, id));
  if (!invitation.has_value() || !survey.has_value() || survey->state != domain::SurveyState::kOpen) {
    return errors::CodeUnknown();
  }
  CANDOR_ASSIGN_OR_RETURN(const absl::Time close_time, CloseTimeOf(transaction, *survey));
  if (clock_.Now() >= close_time) return errors::CodeUnknown();
  return Found{*std::move(invitation), *std::move(survey)};
}

absl::StatusOr<absl::Time> Invitations::CloseTimeOf(ReadTransaction& transaction, const storage::SurveyRow& survey) {
  if (const auto cached = close_times_.Find(survey.id.value()); cached != nullptr) return *cached;
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, GetDocument(transaction, survey, SurveyDocument::kContract));
  const absl::StatusOr<domain::Contract> contract = domain::DecodeContract(bytes);
  if (!contract.ok()) return errors::StoreCorrupt("a stored anonymity contract cannot be read");
  close_times_.Insert(survey.id.value(), std::make_shared<const absl::Time>(contract->close_time));
  return contract->close_time;
}

absl::StatusOr<std::shared_ptr<const Invitations::Documents>> Invitations::DocumentsOf(
    ReadTransaction& transaction, const storage::SurveyRow& survey) {
  if (auto cached = documents_.Find(survey.id.value()); cached != nullptr) return cached;
  Documents documents;
  CANDOR_ASSIGN_OR_RETURN(std::string contract, GetDocument(transaction, survey, SurveyDocument::kContract));
  CANDOR_ASSIGN_OR_RETURN(std::string manifest, GetDocument(transaction, survey, SurveyDocument::kManifest));
  CANDOR_ASSIGN_OR_RETURN(std::string signature,
                          GetDocument(transaction, survey, SurveyDocument::kManifestSignature));
  documents.contract = Share(std::move(contract));
  documents.manifest = Share(std::move(manifest));
  documents.manifest_signature = Share(std::move(signature));
  CANDOR_ASSIGN_OR_RETURN(const storage::CampaignRow campaign,
                          GetCampaignRow(transaction, survey.district, survey.campaign));
  const VersionKey version(survey.district.value(), campaign.settings.instrument.value(),
                           static_cast<int32_t>(campaign.settings.instrument_version));
  documents.instrument_version = versions_.Find(version);
  if (documents.instrument_version == nullptr) {
    CANDOR_ASSIGN_OR_RETURN(storage::InstrumentVersionRow row,
                            GetVersionRow(transaction, survey.district, campaign.settings));
    documents.instrument_version = Share(std::move(row.document));
    versions_.Insert(version, documents.instrument_version);
  }
  auto shared = std::make_shared<const Documents>(std::move(documents));
  documents_.Insert(survey.id.value(), shared);
  return shared;
}

absl::StatusOr<Invitations::SigningKeyPtr> Invitations::KeyOf(const domain::SurveyId& survey, int32_t group) {
  const GroupKey place(survey.value(), group);
  if (SigningKeyPtr cached = signing_keys_.Find(place); cached != nullptr) return cached;
  CANDOR_ASSIGN_OR_RETURN(crypto::BlindSigningKey key, keys_.LoadIssuingKey(survey, group));
  auto shared = std::make_shared<const crypto::BlindSigningKey>(std::move(key));
  signing_keys_.Insert(place, shared);
  return shared;
}

absl::StatusOr<OpenedInvitation> Invitations::Open(absl::string_view code) {
  CANDOR_ASSIGN_OR_RETURN(const std::string normal, crypto::NormalizeCode(code));
  OpenedInvitation opened;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const Found found, Find(transaction, crypto::CodeHash(normal)));
    CANDOR_ASSIGN_OR_RETURN(
        const auto rater,
        transaction.FindRater(found.survey.district, found.survey.id, found.invitation.rater));
    if (!rater.has_value()) return errors::StoreCorrupt("an invitation is of no rater");
    CANDOR_ASSIGN_OR_RETURN(const auto documents, DocumentsOf(transaction, found.survey));
    opened.survey = found.survey.id;
    opened.issuing_group = found.invitation.issuing_group;
    opened.audience = rater->group;
    opened.contract = documents->contract;
    opened.instrument_version = documents->instrument_version;
    opened.manifest = documents->manifest;
    opened.manifest_signature = documents->manifest_signature;
    return absl::OkStatus();
  }));
  return opened;
}

void Invitations::IssueToken(absl::string_view code, absl::string_view blinded, Done done) {
  const absl::StatusOr<std::string> normal = crypto::NormalizeCode(code);
  if (!normal.ok()) return done(normal.status());
  Pending pending;
  pending.code_hash = crypto::CodeHash(*normal);
  pending.blinded_hash = crypto::Sha256(blinded);

  Found found;
  absl::Status status = store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(found, Find(transaction, pending.code_hash));
    return absl::OkStatus();
  });
  if (!status.ok()) return done(status);
  const auto& issued = found.invitation.blinded_hash;
  if (issued.has_value() && *issued != pending.blinded_hash) return done(AlreadyIssued());

  // The costly part, outside of any transaction.
  const absl::StatusOr<SigningKeyPtr> key = KeyOf(found.survey.id, found.invitation.issuing_group);
  if (!key.ok()) return done(key.status());
  absl::StatusOr<std::string> signature = (*key)->BlindSign(blinded);
  if (!signature.ok() || issued.has_value()) return done(std::move(signature));

  pending.signature = *std::move(signature);
  {
    absl::MutexLock lock(&mutex_);
    if (queue_.size() < options_.queue_limit && !stopping_) {
      pending.done = std::move(done);
      queue_.push_back(std::move(pending));
      return;
    }
  }
  done(errors::Overloaded());
}

absl::StatusOr<std::string> Invitations::IssueTokenAndWait(absl::string_view code, absl::string_view blinded) {
  absl::Notification answered;
  absl::StatusOr<std::string> answer;
  IssueToken(code, blinded, [&](absl::StatusOr<std::string> outcome) {
    answer = std::move(outcome);
    answered.Notify();
  });
  answered.WaitForNotification();
  return answer;
}

void Invitations::DropSurvey(const domain::SurveyId& survey) {
  signing_keys_.EraseIf([&](const GroupKey& key) { return key.first == survey.value(); });
  documents_.EraseIf([&](const std::string& key) { return key == survey.value(); });
  close_times_.EraseIf([&](const std::string& key) { return key == survey.value(); });
}

void Invitations::CommitQueued() {
  const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || !queue_.empty(); };
  while (true) {
    std::vector<Pending> batch;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&ready));
      if (queue_.empty()) return;
      batch.swap(queue_);
    }
    Commit(batch);
  }
}

void Invitations::Commit(std::vector<Pending>& batch) {
  const absl::Status written = store_.Write([&](storage::WriteTransaction& transaction) -> absl::Status {
    for (Pending& pending : batch) {
      absl::StatusOr<Found> found = Find(transaction, pending.code_hash);
      // Since the signature was made, the survey may have closed, the code been made anew, or another message signed.
      if (!found.ok()) {
        if (!absl::IsNotFound(found.status())) return found.status();
        pending.outcome = found.status();
      } else if (found->invitation.blinded_hash.has_value()) {
        pending.outcome =
            *found->invitation.blinded_hash == pending.blinded_hash ? absl::OkStatus() : AlreadyIssued();
      } else {
        found->invitation.blinded_hash = pending.blinded_hash;
        CANDOR_RETURN_IF_ERROR(transaction.UpdateInvitation(found->invitation));
        pending.outcome = absl::OkStatus();
      }
    }
    return absl::OkStatus();
  });
  for (Pending& pending : batch) {
    const absl::Status& outcome = written.ok() ? pending.outcome : written;
    if (outcome.ok()) {
      pending.done(std::move(pending.signature));
    } else {
      pending.done(outcome);
    }
  }
}

}  // namespace candor::identity
