// Collection's calls about what was written in words: comments and their moderators, questions back to them, notices to
// auditors; and how all of it ends by this plane's clock.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/log.h"
#include "services/base/status.h"
#include "services/collection/collection.h"
#include "services/collection/collection_parts.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/sealed_records.h"

namespace candor::collection {
namespace errors = candor::domain::errors;
using domain::SurveyId;

// What a closed survey still has that ends by the clock.
std::optional<absl::Time> Collection::Parts::EndClosed(const SurveyId& survey, absl::Time now) {
  const absl::StatusOr<std::shared_ptr<Survey>> known = cache.Get(survey);
  absl::Status status = known.status();
  std::optional<absl::Time> again;
  for (const auto end : {&Parts::EndFollowUpsIfDue, &Parts::DestroyWordsIfDue}) {
    if (!known.ok()) break;
    // A fault of one keeps nothing of the other alive.
    const absl::StatusOr<std::optional<absl::Time>> next = (this->*end)(**known, now);
    status.Update(next.status());
    if (next.ok() && next->has_value()) again = std::min(again.value_or(absl::InfiniteFuture()), **next);
  }
  // Also what an attempt before has deleted and could not rebuild after.
  status.Update(store->RebuildIfOwed());
  if (status.ok()) return again;
  base::Log(base::LogLevel::kWarning, "what the contract's retention ends could not be destroyed; trying again",
            {{"survey", survey.value()}, {"fault", std::string(status.message())}});
  return now + kAbandonRetry;
}

absl::StatusOr<absl::Time> Collection::Parts::EndOfWords(const Survey& survey) {
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, domain::DecodeContract(*survey.documents()->contract));
  return domain::NoticesEndTime(contract);
}

// The contract's retention has ended: neither an auditor nor a district that has forgotten the survey keeps a word alive. Gives
// when to look again.
absl::StatusOr<std::optional<absl::Time>> Collection::Parts::DestroyWordsIfDue(const Survey& survey, absl::Time now) {
  CANDOR_ASSIGN_OR_RETURN(const absl::Time end, EndOfWords(survey));
  if (now < end) return std::optional<absl::Time>(end);
  const KeyedLock::Holder held(&orders, survey.id().value());
  CANDOR_RETURN_IF_ERROR(follow_ups.FinishExpired(survey).status());
  CANDOR_RETURN_IF_ERROR(moderation.Destroy(survey));
  return std::optional<absl::Time>();
}

// Nor does an identity plane that is gone keep a question, an answer or a reply key alive.
absl::StatusOr<std::optional<absl::Time>> Collection::Parts::EndFollowUpsIfDue(const Survey& survey, absl::Time now) {
  const KeyedLock::Holder held(&orders, survey.id().value());
  CANDOR_ASSIGN_OR_RETURN(const std::optional<absl::Time> end, follow_ups.EndTime(survey));
  if (!end.has_value() || now < *end) return end;
  CANDOR_RETURN_IF_ERROR(follow_ups.Finish(survey, now).status());
  return std::optional<absl::Time>();
}

absl::StatusOr<bool> Collection::CommentsWait(const SurveyId& survey) {
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->moderation.AnythingWaits(*known);
}

absl::StatusOr<std::string> Collection::ReleaseSurvey(const domain::ReleaseOrder& order) {
  const KeyedLock::Holder held(&parts_->orders, order.survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(order.survey));
  CANDOR_ASSIGN_OR_RETURN(const absl::Time words_end, Parts::EndOfWords(*known));
  const ReleaseMoment moment{parts_->clock.Now(), parts_->closing_moments.Find(order.survey)};
  CANDOR_ASSIGN_OR_RETURN(std::string released, moment.now >= words_end
                                                    ? parts_->moderation.ReleaseExpired(*known)
                                                    : parts_->moderation.Release(*known, order, moment));
  parts_->closing_moments.Drop(order.survey);
  CANDOR_ASSIGN_OR_RETURN(const std::optional<absl::Time> end, parts_->follow_ups.EndTime(*known));
  if (end.has_value()) parts_->abandon_watch.Add(order.survey, *end);
  return released;
}

absl::Status Collection::PutQuestion(const domain::QuestionOrder& order) {
  const KeyedLock::Holder held(&parts_->orders, order.survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(order.survey));
  return parts_->follow_ups.Put(*known, order, parts_->clock.Now());
}

absl::StatusOr<std::string> Collection::FinishFollowUps(const SurveyId& survey) {
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  const absl::Time now = parts_->clock.Now();
  CANDOR_ASSIGN_OR_RETURN(const absl::Time words_end, Parts::EndOfWords(*known));
  return now < words_end ? parts_->follow_ups.Finish(*known, now) : parts_->follow_ups.FinishExpired(*known);
}

absl::StatusOr<QuestionList> Collection::ListQuestions(const SurveyId& survey) {
  if (domain::SurveyIdBytes(survey).empty()) return errors::SurveyUnknown();
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->follow_ups.Questions(*known);
}

absl::Status Collection::AnswerQuestion(const SurveyId& survey, const QuestionAnswer& answer) {
  if (domain::SurveyIdBytes(survey).empty()) return errors::SurveyUnknown();
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  return parts_->follow_ups.Answer(*known, answer, parts_->clock.Now());
}

absl::StatusOr<std::map<std::string, std::string>> Collection::ReplyKeys(absl::string_view session,
                                                                         const SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(parts_->sessions.Check(session, survey, KeyRole::kModerator).status());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->follow_ups.ReplyKeys(*known);
}

absl::StatusOr<AnswersView> Collection::ReadAnswers(absl::string_view session, const SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(parts_->sessions.Check(session, survey, KeyRole::kModerator).status());
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->follow_ups.Answers(*known, parts_->clock.Now());
}

absl::Status Collection::DecideAnswer(absl::string_view session, const SurveyId& survey, const std::string& comment,
                                      const CommentDecision& decision) {
  CANDOR_ASSIGN_OR_RETURN(const int moderator, parts_->sessions.Check(session, survey, KeyRole::kModerator));
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->follow_ups.Decide(*known, moderator, comment, decision, parts_->clock.Now());
}

absl::StatusOr<std::string> Collection::StartKeySession(const SurveyId& survey, KeyRole role, int index) {
  if (domain::SurveyIdBytes(survey).empty()) return errors::SurveyUnknown();
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->sessions.Start(known->manifest(), role, index);
}

absl::StatusOr<ModerationView> Collection::ReadComments(absl::string_view session, const SurveyId& survey,
                                                        absl::string_view after, int limit) {
  CANDOR_ASSIGN_OR_RETURN(const int moderator, parts_->sessions.Check(session, survey, KeyRole::kModerator));
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->moderation.Read(*known, moderator, after, limit);
}

absl::Status Collection::DecideComment(absl::string_view session, const SurveyId& survey, const std::string& comment,
                                       const CommentDecision& decision) {
  CANDOR_ASSIGN_OR_RETURN(const int moderator, parts_->sessions.Check(session, survey, KeyRole::kModerator));
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->moderation.Decide(*known, moderator, comment, decision);
}

absl::Status Collection::SummarizeComments(absl::string_view session, const SurveyId& survey,
                                           const BlockSummary& summary) {
  CANDOR_ASSIGN_OR_RETURN(const int moderator, parts_->sessions.Check(session, survey, KeyRole::kModerator));
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  CANDOR_ASSIGN_OR_RETURN(const std::shared_ptr<Survey> known, parts_->cache.Get(survey));
  return parts_->moderation.Summarize(*known, moderator, summary);
}

absl::Status Collection::Parts::CheckAuditor(absl::string_view session, const SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(sessions.Check(session, survey, KeyRole::kAuditor).status());
  CANDOR_ASSIGN_OR_RETURN(const storage::SurveyState state, store->GetState(survey));
  if (state == storage::SurveyState::kAbandoned) return Abandoned();
  // Before closing they lie within the answers, and nobody can tell them apart.
  return store->GetOutcome(survey).status();
}

absl::StatusOr<std::vector<std::string>> Collection::ReadNotices(absl::string_view session, const SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(parts_->CheckAuditor(session, survey));
  return parts_->store->GetNotices(survey);
}

absl::Status Collection::DestroyNotices(absl::string_view session, const SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(parts_->CheckAuditor(session, survey));
  const KeyedLock::Holder held(&parts_->orders, survey.value());
  CANDOR_RETURN_IF_ERROR(parts_->store->DestroyNotices(survey));
  return parts_->store->Rebuild();
}

}  // namespace candor::collection
