#include "services/collection/collection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/collection/answer_seal.h"
#include "services/collection/closing.h"
#include "services/collection/collection_parts.h"
#include "services/collection/keyed_lock.h"
#include "services/collection/pooling.h"
#include "services/collection/receipt_key.h"
#include "services/collection/steward_keys.h"
#include "services/collection/survey.h"
#include "services/collection/writer.h"
#include "services/crypto/sealing.h"
#include "services/crypto/token.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/extension.h"

namespace candor::collection {
namespace errors = candor::domain::errors;
namespace reasons = candor::domain::reasons;
using domain::SurveyId;
using storage::SurveyState;
namespace {

// Rounds that may wait to be acknowledged; further ones are acknowledged by their writer.
constexpr size_t kAcknowledgementsQueued = 64;
// Live counts move in steps of so many, and begin there.
constexpr int64_t kCountStep = 5;

absl::Status Stopping() {
  return base::Error(absl::StatusCode::kUnavailable, reasons::kOVERLOADED,
                     "the service is stopping; nothing was stored, try again in a moment");
}

absl::Status ReceiptKeyLost() {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kKEY_LOST,
                     "this plane's receipt key is not the one that the survey's manifest names; put the right "
                     "receipt.key back into the key folder and start again");
}

absl::Status TooLateToCount() {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kSURVEY_ABANDONED,
                     "the time to count this survey, which its raters were told, is over: its answers are destroyed unread, and "
                     "there is no result");
}

absl::Status WaitingForSteward() {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kWAITING_FOR_STEWARD,
                     "the survey is stopped and waits for its steward, who alone can open the answers (candor steward "
                     "close); after a restart of the response plane the key must be sent again");
}

std::vector<int64_t> Coarsen(std::vector<int64_t> counts) {
  for (int64_t& count : counts) count -= count % kCountStep;
  return counts;
}

// About what a submission takes in memory.
int64_t SizeOf(const Submission& submission) {
  size_t size = sizeof(submission) + submission.input_msg.size() + submission.signature.size() +
                submission.submission_id.size() + submission.answers.ratings.size();
  for (const std::string& comment : submission.answers.comments) size += sizeof(comment) + comment.size();
  for (const std::string& key : submission.answers.reply_keys) size += sizeof(key) + key.size();
  size += submission.answers.notice.text.size();
  return static_cast<int64_t>(size);
}

// What of a submission must not lie in freed memory: the answers, and the token that signs for them.
void Wipe(Submission& submission) {
  domain::Wipe(submission.answers);
  for (std::string* text : {&submission.input_msg, &submission.signature, &submission.submission_id}) base::Wipe(*text);
}

// The token's part of Submit's checks: form, survey, group, signature.
bool TokenHolds(const Submission& submission, const Survey& survey) {
  if (submission.group >= survey.groups().size()) return false;
  const auto message = crypto::ParseTokenMessage(submission.input_msg);
  if (!message.ok() || message->survey_id != survey.id_bytes() || message->group != submission.group) return false;
  return survey.groups()[submission.group].key.Verify(submission.input_msg, submission.signature);
}

}  // namespace

absl::Status Abandoned() {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kSURVEY_ABANDONED,
                     "the survey was abandoned: its answers were destroyed without being counted, and there is no result");
}

Collection::Parts::Parts(std::unique_ptr<storage::ResponseStore> store, base::Clock* clock, crypto::SigningKey receipt_key,
                         const CollectionOptions& options)
    : store(std::move(store)),
      clock(clock),
      receipt_key(std::move(receipt_key)),
      lookup_bytes_limit(options.lookup_bytes),
      cache(this->store.get(), static_cast<size_t>(options.cached_surveys)),
      sessions(&this->clock),
      moderation(this->store.get(), options.keys_folder),
      follow_ups(this->store.get(), options.keys_folder, &this->clock),
      lookups(kLookupThreads, options.lookup_queue),
      acknowledger(/*threads=*/1, kAcknowledgementsQueued),
      abandon_watch(&this->clock, options.abandon_interval,
                    [this](const SurveyId& survey, absl::Time now) { return AbandonIfDue(survey, now); }) {
  const size_t count = static_cast<size_t>(options.writers);
  WriterOptions each;
  each.queue_limit = std::max<size_t>(1, options.queue_limit / count);
  each.open_files = std::max<size_t>(1, static_cast<size_t>(options.open_files) / count);
  each.loaded_surveys = std::max<size_t>(1, static_cast<size_t>(options.loaded_surveys) / count);
  each.log_limit_bytes = options.log_limit_bytes;
  each.idle_delay = options.idle_delay;
  for (size_t i = 0; i < count; ++i) {
    writers.push_back(
        std::make_unique<Writer>(this->store.get(), &this->receipt_key, &this->clock, &acknowledger, each));
  }
}

absl::StatusOr<std::unique_ptr<Collection>> Collection::Start(std::unique_ptr<storage::ResponseStore> store,
                                                              base::Clock* clock, const CollectionOptions& options) {
  if (options.keys_folder.empty() || options.writers < 1 || options.queue_limit < 1 || options.lookup_queue < 1 ||
      options.lookup_bytes < 1 || options.open_files < 1 || options.loaded_surveys < 1 || options.cached_surveys < 1 || options.log_limit_bytes < 1) {
    return absl::InvalidArgumentError("the response plane needs a key folder, and every limit must be at least 1");
  }
  CANDOR_ASSIGN_OR_RETURN(crypto::SigningKey receipt_key, LoadReceiptKey(options.keys_folder));
  CANDOR_RETURN_IF_ERROR(store->FinishDestroying());
  auto parts = std::make_unique<Parts>(std::move(store), clock, std::move(receipt_key), options);
  CANDOR_RETURN_IF_ERROR(parts->StopOverdueAndWatchTheRest());
  parts->abandon_watch.Start();
  return std::unique_ptr<Collection>(new Collection(std::move(parts)));
}

// What has ended by the clock at the start stays ended, even if the clock is set back before the next one.
absl::Status Collection::Parts::StopOverdueAndWatchTheRest() {
  const absl::Time now = clock.Now();
  std::vector<SurveyId> overdue;
  CANDOR_RETURN_IF_ERROR(store->ForEachUnfinished([&](const storage::UnfinishedSurvey& survey) {
    const auto manifest = domain::DecodeManifest(survey.manifest);
    // A damaged survey takes no answers; whoever asks for it is told.
    if (!manifest.ok()) return absl::OkStatus();
    abandon_watch.Add(survey.survey, manifest->abandon_time);
    if (manifest->receipt_public_key != receipt_key.public_key()) {
      // Before people who answer learn of it.
      base::Log(base::LogLevel::kWarning, "a survey stands still until its receipt.key is put back into the key folder",
                {{"survey", survey.survey.value()}});
    }
    if (survey.state != SurveyState::kAccepting) return absl::OkStatus();
    absl::Time close_time = manifest->close_time;
    if (const auto notice = domain::DecodeExtension(survey.extension); notice.ok()) close_time = notice->close_time;
    if (now >= close_time) {
      overdue.push_back(survey.survey);
    } else {
      WriterOf(survey.survey).Watch(survey.survey, close_time);
    }
    return absl::OkStatus();
  }));
  for (const SurveyId& survey : overdue) CANDOR_RETURN_IF_ERROR(store->StopSurvey(survey));
  // Those with questions back are among them, since something is released of them.
  CANDOR_ASSIGN_OR_RETURN(const std::vector<SurveyId> with_words, store->SurveysWithWords());
  for (const SurveyId& survey : with_words) abandon_watch.Add(survey, absl::InfinitePast());
  return absl::OkStatus();
}

Collection::Collection(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Collection::~Collection() { Stop(); }

void Collection::Stop() {
  parts_->stopping = true;
  parts_->abandon_watch.Stop();
  parts_->steward_keys.DropAll();
  parts_->lookups.Stop();
  for (const std::unique_ptr<Writer>& writer : parts_->writers) writer->Stop();
  parts_->acknowledger.Stop();
}

absl::StatusOr<std::string> Collection::ReceiptPublicKey() { return parts_->receipt_key.public_key(); }

absl::Status Collection::OpenSurvey(const domain::OpenOrder& order) {
  const KeyedLock::Holder held(&parts_->orders, order.survey.value());
  storage::StoredSurvey wanted{order.survey,   SurveyState::kAccepting, order.contract, order.instrument_version,
                                     order.manifest, order.manifest_signature};
  const absl::StatusOr<storage::StoredSurvey> known = parts_->store->GetSurvey(order.survey);
  if (known.ok()) {
    if (known->contract == wanted.contract && known->instrument_version == wanted.instrument_version &&
        known->manifest == wanted.manifest && known->manifest_signature == wanted.manifest_signature) {
      return absl::OkStatus();
    }
    return base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH,
                       "the survey is open already, with other documents; what is open never changes");
  }
  if (!absl::IsNotFound(known.status())) return known.status();
  CANDOR_ASSIGN_OR_RETURN(const storage::SlotLayout layout,
                          CheckOpenOrder(order, parts_->receipt_key.public_key(), parts_->clock.Now()));
  CANDOR_ASSIGN_OR_RETURN(const domain::Manifest manifest, domain::DecodeManifest(order.manifest));
  wanted.pool = manifest.pooling_public_key;
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, domain::DecodeContract(order.contract));
  if (contract.steward.has_value()) wanted.steward_key = manifest.closing_public_key;
  {
    // Without a steward or a pool it waits for nobody.
    const KeyedLock::Holder key_held(&parts_->steward_key_uses,
                                     wanted.steward_key.empty() ? order.survey.value() : wanted.steward_key);
    if (!wanted.steward_key.empty()) CANDOR_RETURN_IF_ERROR(parts_->CheckStewardsKeyIsFresh(manifest));
    const KeyedLock::Holder pool_held(&parts_->pools, wanted.pool.empty() ? order.survey.value() : wanted.pool);
    CANDOR_RETURN_IF_ERROR(CheckPoolToJoin(manifest, order.instrument_version, *parts_->store));
    CANDOR_RETURN_IF_ERROR(parts_->store->CreateSurvey(wanted, layout));
  }
  parts_->WriterOf(order.survey).Watch(order.survey, manifest.close_time);
  parts_->abandon_watch.Add(order.survey, manifest.abandon_time);
  return absl::OkStatus();
}

// While a campaign opens none of its surveys has stopped, so one that has is another campaign's.
absl::Status Collection::Parts::CheckStewardsKeyIsFresh(const domain::Manifest& manifest) {
  CANDOR_ASSIGN_OR_RETURN(const auto surveys, store->SurveysOfSteward(manifest.closing_public_key));
  const bool used = steward_keys.Find(manifest.closing_public_key) != nullptr ||
                    std::any_of(surveys.begin(), surveys.end(),
                                [](const auto& survey) { return survey.state != SurveyState::kAccepting; });
  if (!used) return absl::OkStatus();
  return base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH,
                     "the steward's key was made for another campaign, whose answers have stopped; a steward makes a new "
                     "key for every campaign, since one that was sent here once could open what is sealed later");
}

absl::Status Collection::ExtendSurvey(const domain::ExtendOrder& order) {
  const KeyedLock::Holder held(&parts_->orders, order.survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> survey, parts_->cache.Get(order.survey));
  CANDOR_ASSIGN_OR_RETURN(const absl::Time close_time,
                          CheckExtendOrder(order, survey->manifest(), *survey->documents()->manifest));
  return parts_->WriterOf(order.survey).Extend(survey, order, close_time);
}

absl::Status Collection::StopAccepting(const SurveyId& survey) {
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  return parts_->WriterOf(survey).StopAccepting(survey);
}

absl::StatusOr<domain::CloseOutcome> Collection::CloseSurvey(const domain::CloseOrder& order) {
  const KeyedLock::Holder held(&parts_->orders, order.survey.value());
  CANDOR_ASSIGN_OR_RETURN(const SurveyState state, parts_->store->GetState(order.survey));
  if (state == SurveyState::kAbandoned) return Abandoned();
  if (state != SurveyState::kClosed) {
    Writer& writer = parts_->WriterOf(order.survey);
    CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> survey, parts_->cache.Get(order.survey));
    if (parts_->IsPastCounting(*survey)) return TooLateToCount();
    if (!parts_->SignsFor(*survey)) return ReceiptKeyLost();
    absl::string_view closing_secret_key = order.closing_secret_key;
    StewardKeys::Key stewards_key;  // held until the counting is over
    if (survey->stewarded()) {
      if (!order.closing_secret_key.empty()) {
        return base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH,
                           "the order to close brings a key, but this survey's key comes from its steward alone");
      }
      CANDOR_RETURN_IF_ERROR(writer.StopAccepting(order.survey));
      stewards_key = parts_->steward_keys.Find(survey->manifest().closing_public_key);
      if (stewards_key == nullptr) return WaitingForSteward();
      closing_secret_key = stewards_key->view();
    }
    CANDOR_RETURN_IF_ERROR(CheckCloseOrder(*survey, order, closing_secret_key));
    CANDOR_RETURN_IF_ERROR(writer.StopAccepting(order.survey));
    writer.LetGo(order.survey);
    absl::StatusOr<storage::StoredOutcome> outcome = parts_->CountAndStore(order, closing_secret_key);
    // Until the result is stored, a replay may still have its receipt.
    writer.Readmit(order.survey);
    CANDOR_RETURN_IF_ERROR(outcome.status());
    parts_->DropKeyIfUsed(*survey);
    return parts_->FinishClosing(order, *std::move(outcome));
  }
  CANDOR_ASSIGN_OR_RETURN(storage::StoredOutcome outcome, parts_->store->GetOutcome(order.survey));
  return parts_->FinishClosing(order, std::move(outcome));
}

absl::StatusOr<int> Collection::ProvideClosingKey(const SurveyId& survey, absl::string_view secret_key) {
  if (secret_key.size() != crypto::kClosingKeyBytes) return errors::InvalidField("closing_secret_key", "must be 32 bytes");
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  if (!known->stewarded()) {
    return errors::WrongState("this survey has no steward: the service closes it by itself, and takes no key from elsewhere");
  }
  const std::string& public_key = known->manifest().closing_public_key;
  CANDOR_ASSIGN_OR_RETURN(crypto::ClosingKeyPair pair, crypto::ClosingKeyPair::FromSecretKey(secret_key));
  if (pair.public_key != public_key) {
    return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY,
                       "this is not the secret half of the closing key that the survey's manifest names");
  }
  const KeyedLock::Holder held(&parts_->steward_key_uses, public_key);
  CANDOR_ASSIGN_OR_RETURN(const SurveyState state, parts_->store->GetState(survey));
  if (state != SurveyState::kClosed && parts_->IsPastCounting(*known)) return TooLateToCount();
  CANDOR_ASSIGN_OR_RETURN(const auto surveys, parts_->store->SurveysOfSteward(public_key));
  int unclosed = 0;
  for (const auto& other : surveys) {
    if (other.state == SurveyState::kAbandoned && other.survey == survey) return Abandoned();
    if (other.state == SurveyState::kClosed || other.state == SurveyState::kAbandoned) continue;
    ++unclosed;
    if (other.state == SurveyState::kAccepting) {
      CANDOR_RETURN_IF_ERROR(parts_->EndIfOver(other.survey, /*named=*/other.survey == survey));
    }
  }
  if (unclosed > 0) {
    parts_->steward_keys.Put(public_key, std::move(pair.secret_key));
    // The last of them may have ended since they were counted, and then found nothing to take along.
    parts_->DropKeyIfUsed(*known);
  }
  return unclosed;
}

// With the key here, whoever runs this plane could read what comes in afterwards. That a survey's time is over is no more
// than what the clock says, and an extension may be on its way: only once it is stored that it has stopped is it over for
// good. WRONG_STATE: it is not over. `named`: the steward named this survey.
absl::Status Collection::Parts::EndIfOver(const SurveyId& survey, bool named) {
  const KeyedLock::Holder held(&orders, survey.value());
  CANDOR_ASSIGN_OR_RETURN(const SurveyState state, store->GetState(survey));
  if (state != SurveyState::kAccepting) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> accepting, cache.Get(survey));
  const absl::Time close_time = accepting->close_time();
  if (clock.Now() >= close_time) return WriterOf(survey).StopAccepting(survey);
  return errors::WrongState(absl::StrCat(
      "answers are still taken", named ? "" : " by another survey of the same key", ", until ",
      absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", close_time, absl::UTCTimeZone()),
      " or until an administrator closes earlier; keep the key until then. It was not kept here"));
}

// The last survey of a key takes it along.
void Collection::Parts::DropKeyIfUsed(const Survey& survey) {
  if (!survey.stewarded()) return;
  const std::string& public_key = survey.manifest().closing_public_key;
  const auto surveys = store->SurveysOfSteward(public_key);
  if (!surveys.ok()) return;  // the next one that is closed, or the stop, drops it
  for (const auto& other : *surveys) {
    if (other.state == SurveyState::kAccepting || other.state == SurveyState::kStopped) return;
  }
  steward_keys.Drop(public_key);
}

// Step 4 (a): one transaction, keyed by the order's id.
absl::StatusOr<storage::StoredOutcome> Collection::Parts::CountAndStore(const domain::CloseOrder& order,
                                                                           absl::string_view closing_secret_key) {
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> survey, cache.Get(order.survey));
  CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<storage::OpenSurveyStore> answers, store->OpenAnswers(order.survey));
  CANDOR_ASSIGN_OR_RETURN(storage::StoredClosing closing,
                          CountAnswers(*survey, order, closing_secret_key, receipt_key, *answers));
  CANDOR_RETURN_IF_ERROR(store->CloseSurvey(order.survey, closing));
  closing_moments.Put(order.survey, clock.Now());
  return std::move(closing.outcome);
}

// Step 4 (b), and the answer to a repeated order.
absl::StatusOr<domain::CloseOutcome> Collection::Parts::FinishClosing(const domain::CloseOrder& order,
                                                                      storage::StoredOutcome outcome) {
  if (outcome.order_id != order.order_id) {
    return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED,
                       "the survey was closed by another order; a survey is closed once");
  }
  CANDOR_RETURN_IF_ERROR(store->DestroyAnswers(order.survey));
  return domain::CloseOutcome{std::move(outcome.closed_result), std::move(outcome.ledger)};
}

absl::StatusOr<std::string> Collection::PoolCampaign(const domain::PoolOrder& order) {
  const KeyedLock::Holder held(&parts_->pools, order.pooling_public_key);
  return collection::PoolCampaign(order, *parts_->store);
}

absl::Status Collection::Forget() { return parts_->store->Rebuild(); }

absl::Status Collection::AbandonSurvey(const SurveyId& survey) { return parts_->Abandon(survey); }

absl::Status Collection::Parts::Abandon(const SurveyId& survey) {
  const KeyedLock::Holder held(&orders, survey.value());
  CANDOR_RETURN_IF_ERROR(store->AbandonSurvey(survey));
  Writer& writer = WriterOf(survey);
  writer.LetGo(survey);
  const absl::Status destroyed = store->DestroyAnswers(survey);
  writer.Readmit(survey);
  if (const auto known = cache.Get(survey); known.ok()) DropKeyIfUsed(**known);
  return destroyed;
}

// The contract's abandon time has come, by this plane's own clock: an identity plane that is gone keeps no answer alive.
std::optional<absl::Time> Collection::Parts::AbandonIfDue(const SurveyId& survey, absl::Time now) {
  const absl::StatusOr<SurveyState> state = store->GetState(survey);
  if (state.ok() && *state == SurveyState::kClosed) return EndClosed(survey, now);
  if (state.ok() && *state == SurveyState::kAbandoned) return std::nullopt;
  const absl::StatusOr<std::shared_ptr<Survey>> known = cache.Get(survey);
  absl::Status status = known.status();
  if (known.ok()) {
    const bool hopeless =
        (*known)->stewarded() && steward_keys.Find((*known)->manifest().closing_public_key) == nullptr;
    // Else the order to close may have met a fault that passes, and is waited for.
    const absl::Time abandon_time = (*known)->manifest().abandon_time;
    const absl::Time due = hopeless ? abandon_time : domain::CountingEndTime(abandon_time);
    if (now < due) return due;
    status = Abandon(survey);
  }
  if (status.ok()) {
    base::Log(base::LogLevel::kWarning, "a survey was not closed by its abandon time: its answers are destroyed, it has no "
                                        "result",
              {{"survey", survey.value()}});
    return std::nullopt;
  }
  base::Log(base::LogLevel::kWarning, "a survey whose abandon time has come could not be abandoned; trying again",
            {{"survey", survey.value()}, {"fault", std::string(status.message())}});
  return now + kAbandonRetry;
}

absl::StatusOr<std::vector<int64_t>> Collection::LiveCounts(const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  absl::StatusOr<std::vector<int64_t>> counts = parts_->WriterOf(survey).Counts(known);
  if (counts.ok()) return Coarsen(*std::move(counts));
  if (base::GetErrorDetail(counts.status()).reason != reasons::kSURVEY_CLOSED) return counts.status();
  // Closed: what was counted stands in the result. GetOutcome refuses an abandoned survey, and one being closed now.
  CANDOR_ASSIGN_OR_RETURN(const storage::StoredOutcome outcome, parts_->store->GetOutcome(survey));
  CANDOR_ASSIGN_OR_RETURN(const domain::ClosedResult result, domain::DecodeClosedResult(outcome.closed_result));
  std::vector<int64_t> counted;
  for (const domain::GroupCounts& group : result.counts) counted.push_back(group.counted);
  return Coarsen(std::move(counted));
}

absl::StatusOr<std::shared_ptr<const SurveyDocuments>> Collection::GetDocuments(const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return known->documents();
}

absl::StatusOr<std::string> Collection::GetLedger(const SurveyId& survey) {
  if (domain::SurveyIdBytes(survey).empty()) return errors::SurveyUnknown();
  CANDOR_ASSIGN_OR_RETURN(const SurveyState state, parts_->store->GetState(survey));
  if (state == SurveyState::kAbandoned) return Abandoned();
  CANDOR_ASSIGN_OR_RETURN(storage::StoredOutcome outcome, parts_->store->GetOutcome(survey));
  return std::move(outcome.ledger);
}

void Collection::Submit(Submission submission, SubmitCallback done) {
  if (domain::SurveyIdBytes(submission.survey).empty()) return done(errors::SurveyUnknown());
  if (const std::shared_ptr<Survey> survey = parts_->cache.Find(submission.survey); survey != nullptr) {
    return parts_->Take(survey, std::move(submission), std::move(done));
  }
  parts_->LookUpAndTake(std::move(submission), std::move(done));
}

// Anybody can name surveys that nobody has: the disk is asked on threads for that alone, and no more waits for them than
// is bounded here.
void Collection::Parts::LookUpAndTake(Submission submission, SubmitCallback done) {
  struct Waiting {
    Waiting(Submission submission, SubmitCallback done) : submission(std::move(submission)), done(std::move(done)) {}
    ~Waiting() { Wipe(submission); }
    Submission submission;
    SubmitCallback done;
  };
  const int64_t bytes = SizeOf(submission);
  const auto waiting = std::make_shared<Waiting>(std::move(submission), std::move(done));
  const bool fits = lookup_bytes.fetch_add(bytes) + bytes <= lookup_bytes_limit;
  const bool queued = fits && lookups.TryRun([this, waiting, bytes] {
    lookup_bytes -= bytes;
    const absl::StatusOr<std::shared_ptr<Survey>> found = cache.Get(waiting->submission.survey);
    if (!found.ok()) return waiting->done(found.status());
    Take(*found, std::move(waiting->submission), std::move(waiting->done));
  });
  if (queued) return;
  lookup_bytes -= bytes;
  waiting->done(stopping ? Stopping() : errors::Overloaded());
}

void Collection::Parts::Take(const std::shared_ptr<Survey>& survey, Submission submission, SubmitCallback done) {
  const absl::Cleanup wipe = [&submission] { Wipe(submission); };
  if (submission.version == 0) return done(errors::InvalidField("version", "must be 1 or more"));
  if (submission.submission_id.size() != storage::kSubmissionIdBytes) {
    return done(errors::InvalidField("submission_id", "must be 16 random bytes"));
  }
  if (!TokenHolds(submission, *survey)) return done(errors::TokenInvalid());
  const domain::AnswerShape& shape = survey->groups()[submission.group].shape;
  if (const absl::Status checked = domain::CheckAnswers(submission.answers, shape); !checked.ok()) {
    return done(checked);
  }
  if (!SignsFor(*survey)) return done(ReceiptKeyLost());

  PendingAnswer pending;
  pending.survey = survey;
  pending.group = static_cast<int>(submission.group);
  pending.token_hash = crypto::TokenHash(submission.input_msg);
  pending.version = submission.version;
  pending.submission_id = std::move(submission.submission_id);
  pending.done = std::move(done);
  if (const std::shared_ptr<const crypto::SecretBytes> key = survey->data_key(); key != nullptr) {
    pending.sealed = SealAnswer(
        *key, {survey->id_bytes(), pending.group, pending.token_hash, pending.version}, submission.answers, shape);
  } else {
    pending.answers = std::move(submission.answers);
  }
  Writer& writer = WriterOf(survey->id());
  if (writer.TryEnqueue(pending)) return;
  domain::Wipe(pending.answers);
  pending.done(writer.stopping() ? Stopping() : errors::Overloaded());
}

}  // namespace candor::collection
