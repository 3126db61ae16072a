#include "services/identity/invitations.h"

#include <map>

#include "absl/synchronization/notification.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/extension.h"
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
  // A look-up that finds something takes some microseconds longer than one that does not, which shows over many calls. So
  // what ends in CODE_UNKNOWN is always one look-up of either kind, and the survey's: for a code that is unknown the one
  // that was found last is looked up too, for one whose survey is over one that nobody has.
  if (!invitation.has_value()) {
    std::string latest;
    {
      absl::MutexLock lock(&latest_mutex_);
      latest = latest_.second;
    }
    CANDOR_ASSIGN_OR_RETURN(const auto other, transaction.FindInvitationByCodeHash(latest));
    CANDOR_RETURN_IF_ERROR(transaction
                               .FindSurvey(other.has_value() ? other->district : domain::DistrictId(),
                                           other.has_value() ? other->survey : domain::SurveyId())
                               .status());
    return errors::CodeUnknown();
  }
  {
    absl::MutexLock lock(&latest_mutex_);
    latest_ = {invitation->survey.value(), std::string(code_hash)};
  }
  CANDOR_ASSIGN_OR_RETURN(auto survey, transaction.FindSurvey(invitation->district, invitation->survey));
  if (const absl::Status taken = CheckTakesAnswers(transaction, survey); !taken.ok()) {
    CANDOR_RETURN_IF_ERROR(transaction.FindInvitationByCodeHash(std::string(code_hash.size(), '\0')).status());
    return taken;
  }
  return Found{*std::move(invitation), *std::move(survey)};
}

absl::Status Invitations::CheckTakesAnswers(ReadTransaction& transaction,
                                            const std::optional<storage::SurveyRow>& survey) {
  if (!survey.has_value() || survey->state != domain::SurveyState::kOpen) return errors::CodeUnknown();
  CANDOR_ASSIGN_OR_RETURN(const absl::Time close_time, CloseTimeOf(transaction, *survey));
  return clock_.Now() < close_time ? absl::OkStatus() : errors::CodeUnknown();
}

absl::StatusOr<absl::Time> Invitations::CloseTimeOf(ReadTransaction& transaction, const storage::SurveyRow& survey) {
  const SurveyKey key(survey.id.value(), survey.revision);
  if (const auto cached = close_times_.Find(key); cached != nullptr) return *cached;
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, GetDocument(transaction, survey, SurveyDocument::kContract));
  const absl::StatusOr<domain::Contract> contract = domain::DecodeContract(bytes);
  if (!contract.ok()) return errors::StoreCorrupt("a stored anonymity contract cannot be read");
  absl::Time close_time = contract->close_time;
  CANDOR_ASSIGN_OR_RETURN(const auto extension, transaction.FindExtension(survey.district, survey.id));
  if (extension.has_value()) {
    const auto notice = domain::DecodeExtension(extension->notice);
    if (!notice.ok()) return errors::StoreCorrupt("a stored notice of extension cannot be read");
    close_time = notice->close_time;
  }
  close_times_.Insert(key, std::make_shared<const absl::Time>(close_time));
  return close_time;
}

absl::StatusOr<std::shared_ptr<const Invitations::Documents>> Invitations::DocumentsOf(
    ReadTransaction& transaction, const storage::SurveyRow& survey) {
  const SurveyKey key(survey.id.value(), survey.revision);
  if (auto cached = documents_.Find(key); cached != nullptr) return cached;
  Documents documents;
  CANDOR_ASSIGN_OR_RETURN(std::string contract, GetDocument(transaction, survey, SurveyDocument::kContract));
  CANDOR_ASSIGN_OR_RETURN(std::string manifest, GetDocument(transaction, survey, SurveyDocument::kManifest));
  CANDOR_ASSIGN_OR_RETURN(std::string signature,
                          GetDocument(transaction, survey, SurveyDocument::kManifestSignature));
  CANDOR_ASSIGN_OR_RETURN(std::string filter, GetDocument(transaction, survey, SurveyDocument::kSurnameFilter));
  documents.surname_filter = Share(std::move(filter));
  documents.contract = Share(std::move(contract));
  documents.manifest = Share(std::move(manifest));
  documents.manifest_signature = Share(std::move(signature));
  CANDOR_ASSIGN_OR_RETURN(auto extension, transaction.FindExtension(survey.district, survey.id));
  if (!extension.has_value()) extension.emplace();
  documents.extension = Share(std::move(extension->notice));
  documents.extension_signature = Share(std::move(extension->signature));
  CANDOR_ASSIGN_OR_RETURN(const storage::CampaignRow campaign,
                          GetCampaignRow(transaction, survey.district, survey.campaign));
  documents.notice = std::make_shared<const domain::LocalizedText>(campaign.settings.notice);
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
  documents_.Insert(key, shared);
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
    opened.extension = documents->extension;
    opened.extension_signature = documents->extension_signature;
    opened.surname_filter = documents->surname_filter;
    opened.notice = documents->notice;
    // Not from memory: a name that was misspelt is put right while people answer.
    CANDOR_ASSIGN_OR_RETURN(const auto leader, transaction.FindPerson(found.survey.district, found.survey.leader));
    if (leader.has_value()) {
      opened.leader_name = leader->display_name;
      opened.leader_job_title = leader->job_title;
    }
    CANDOR_ASSIGN_OR_RETURN(const auto groups, transaction.ListIssuingGroups(found.survey.district, found.survey.id));
    opened.reissued.clear();
    for (const storage::IssuingGroupRow& group : groups) opened.reissued.push_back(group.reissued);
    return absl::OkStatus();
  }));
  return opened;
}

void Invitations::IssueToken(absl::string_view code, absl::string_view blinded, Done done) {
  const absl::StatusOr<std::string> normal = crypto::NormalizeCode(code);
  if (!normal.ok()) return done(normal.status());
  {
    absl::MutexLock lock(&mutex_);
    ++signing_;
  }
  std::optional<absl::StatusOr<std::string>> answer = SignAndQueue(crypto::CodeHash(*normal), blinded, done);
  if (!answer.has_value()) return;
  {
    absl::MutexLock lock(&mutex_);
    --signing_;
  }
  done(*std::move(answer));
}

std::optional<absl::StatusOr<std::string>> Invitations::SignAndQueue(absl::string_view code_hash,
                                                                     absl::string_view blinded, Done& done) {
  Found found;
  absl::Status status = store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(found, Find(transaction, code_hash));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  const absl::StatusOr<SigningKeyPtr> key = KeyOf(found.survey.id, found.invitation.issuing_group);
  if (!key.ok()) return key.status();
  // Before anything is looked at that differs between a code in use and a fresh one: whoever holds other people's codes
  // would learn from an unsignable message who has begun, and spend nothing. One that can be signed spends a fresh code.
  status = (*key)->verifying_key().CheckBlinded(blinded);
  if (!status.ok()) return status;
  std::string blinded_hash = crypto::Sha256(blinded);
  const bool issued = found.invitation.blinded_hash.has_value();
  if (issued && *found.invitation.blinded_hash != blinded_hash) return AlreadyIssued();

  // The costly part, outside of any transaction.
  absl::StatusOr<std::string> signature = (*key)->BlindSign(blinded);
  if (!signature.ok() || issued) return signature;

  found.invitation.blinded_hash = std::move(blinded_hash);
  absl::MutexLock lock(&mutex_);
  if (queue_.size() >= options_.queue_limit || stopping_) return errors::Overloaded();
  queue_.push_back({std::move(found.invitation), *std::move(signature), std::move(done), absl::OkStatus()});
  --signing_;
  return std::nullopt;
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
  {
    absl::MutexLock lock(&latest_mutex_);
    if (latest_.first == survey.value()) latest_ = {};
  }
  signing_keys_.EraseIf([&](const GroupKey& key) { return key.first == survey.value(); });
  documents_.EraseIf([&](const SurveyKey& key) { return key.first == survey.value(); });
  close_times_.EraseIf([&](const SurveyKey& key) { return key.first == survey.value(); });
}

void Invitations::CommitQueued() {
  const auto any = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || !queue_.empty(); };
  // A commit costs as much for one token as for ten.
  const auto all = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || signing_ == 0 || queue_.size() >= options_.queue_limit / 2;
  };
  while (true) {
    std::vector<Pending> batch;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&any));
      mutex_.AwaitWithTimeout(absl::Condition(&all), options_.gather_time);
      if (queue_.empty()) return;
      batch.swap(queue_);
    }
    Commit(batch);
  }
}

void Invitations::Commit(std::vector<Pending>& batch) {
  const absl::Status written = store_.Write([&](storage::WriteTransaction& transaction) -> absl::Status {
    // Since the signatures were made, a survey may have closed; inside the transaction it no longer can.
    std::map<domain::SurveyId, absl::Status> surveys;
    for (Pending& pending : batch) {
      const auto [checked, first] = surveys.try_emplace(pending.invitation.survey);
      if (first) {
        CANDOR_ASSIGN_OR_RETURN(const auto survey,
                                transaction.FindSurvey(pending.invitation.district, pending.invitation.survey));
        checked->second = CheckTakesAnswers(transaction, survey);
        if (!checked->second.ok() && !absl::IsNotFound(checked->second)) return checked->second;
      }
      pending.outcome = checked->second;
      if (pending.outcome.ok()) CANDOR_RETURN_IF_ERROR(Note(transaction, pending));
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

absl::Status Invitations::Note(storage::WriteTransaction& transaction, Pending& pending) {
  CANDOR_ASSIGN_OR_RETURN(const bool noted, transaction.NoteIssued(pending.invitation));
  if (noted) return absl::OkStatus();
  // The code was made anew, or something was signed with it meanwhile.
  CANDOR_ASSIGN_OR_RETURN(const auto invitation, transaction.FindInvitationByCodeHash(pending.invitation.code_hash));
  if (!invitation.has_value()) {
    pending.outcome = errors::CodeUnknown();
  } else if (invitation->blinded_hash != pending.invitation.blinded_hash) {
    pending.outcome = AlreadyIssued();
  }
  return absl::OkStatus();
}

}  // namespace candor::identity
