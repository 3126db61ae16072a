#include "services/rpc/moderation_methods.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "candor/v1/moderation.pb.h"
#include "services/base/status.h"
#include "services/collection/collection.h"
#include "services/collection/follow_ups.h"
#include "services/collection/key_sessions.h"
#include "services/collection/moderation.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;

absl::StatusOr<collection::KeyRole> RoleOf(v1::KeyHolderRole role) {
  if (role == v1::KEY_HOLDER_ROLE_MODERATOR) return collection::KeyRole::kModerator;
  if (role == v1::KEY_HOLDER_ROLE_AUDITOR) return collection::KeyRole::kAuditor;
  return domain::errors::InvalidField("role", "must be moderator or auditor");
}

absl::StatusOr<collection::CommentDecision> DecisionOf(const v1::CommentDecision& from) {
  collection::CommentDecision decision;
  if (!v1::DecisionKind_IsValid(from.kind()) || from.kind() == v1::DECISION_KIND_UNSPECIFIED) {
    return domain::errors::InvalidField("decision.kind", "must be approve, redact, summary or reject");
  }
  if (!v1::ModerationReason_IsValid(from.reason())) return domain::errors::InvalidField("decision.reason", "is unknown");
  decision.kind = static_cast<storage::DecisionKind>(from.kind());
  decision.reason = static_cast<domain::ModerationReason>(from.reason());
  decision.text = from.text();
  decision.note = from.note();
  return decision;
}

void SetDecision(collection::CommentDecision decision, v1::CommentDecision* to) {
  to->set_kind(static_cast<v1::DecisionKind>(decision.kind));
  to->set_reason(static_cast<v1::ModerationReason>(decision.reason));
  to->set_text(std::move(decision.text));
  to->set_note(std::move(decision.note));
}

absl::Status ListAnswers(collection::Collection& collection, const v1::ListAnswersRequest& request,
                         v1::ListAnswersResponse* response) {
  const domain::SurveyId survey(request.survey());
  CANDOR_ASSIGN_OR_RETURN(collection::AnswersView view, collection.ReadAnswers(request.session(), survey));
  CANDOR_ASSIGN_OR_RETURN(const auto documents, collection.GetDocuments(survey));
  CANDOR_ASSIGN_OR_RETURN(const domain::Manifest manifest, domain::DecodeManifest(*documents->manifest));
  response->set_answering_over(view.answering_over);
  response->set_decide_until(absl::ToUnixSeconds(view.decide_until));
  for (collection::ModeratedAnswer& answer : view.answers) {
    v1::SealedAnswer* const to = response->add_answers();
    to->set_comment(std::move(answer.comment));
    to->set_sealed(std::move(answer.sealed));
    if (!answer.decision.has_value()) continue;
    SetDecision(*std::move(answer.decision), to->mutable_decision());
    const size_t moderator = static_cast<size_t>(answer.decided_by);
    if (moderator < manifest.moderators.size()) to->set_decided_by(manifest.moderators[moderator].name);
  }
  return absl::OkStatus();
}

absl::Status ListComments(collection::Collection& collection, const v1::ListCommentsRequest& request,
                          v1::ListCommentsResponse* response) {
  if (request.page_size() < 0) return domain::errors::InvalidField("page_size", "must not be negative");
  const int limit = request.page_size() == 0 ? kUsualPage : std::min(request.page_size(), kLargestPage);
  const domain::SurveyId survey(request.survey());
  CANDOR_ASSIGN_OR_RETURN(collection::ModerationView view,
                          collection.ReadComments(request.session(), survey, request.page_token(), limit));
  CANDOR_ASSIGN_OR_RETURN(const auto documents, collection.GetDocuments(survey));
  CANDOR_ASSIGN_OR_RETURN(const domain::Manifest manifest, domain::DecodeManifest(*documents->manifest));
  response->set_released(view.released);
  response->set_sealed_key(view.sealed_key);
  for (const domain::CommentPlace& place : view.places) {
    v1::CommentPlace* to = response->add_places();
    to->set_block(place.block);
    to->set_prompt(place.prompt);
    to->set_texts(place.texts);
  }
  for (collection::ModeratedComment& comment : view.comments) {
    v1::SealedComment* to = response->add_comments();
    to->set_id(comment.id);
    to->set_place(comment.place);
    to->set_sealed(std::move(comment.sealed));
    if (!comment.decision.has_value()) continue;
    SetDecision(*std::move(comment.decision), to->mutable_decision());
    const size_t moderator = static_cast<size_t>(comment.decided_by);
    if (moderator < manifest.moderators.size()) to->set_decided_by(manifest.moderators[moderator].name);
  }
  for (collection::BlockSummary& summary : view.summaries) {
    v1::BlockSummary* to = response->add_summaries();
    to->set_block(summary.block);
    to->set_text(std::move(summary.text));
  }
  response->set_comment_count(view.counts.comments);
  response->set_undecided_count(view.counts.undecided);
  response->set_missing_summary_count(view.counts.missing_summaries);
  if (view.comments.size() == static_cast<size_t>(limit)) response->set_next_page_token(view.comments.back().id);
  return absl::OkStatus();
}

}  // namespace

void AddModerationMethods(collection::Collection* collection, MethodSet& methods) {
  methods.Add<v1::StartKeySessionRequest, v1::StartKeySessionResponse>(
      "candor.v1.KeySessionService.StartKeySession", Lane::kReading,
      [collection](const Caller&, const v1::StartKeySessionRequest& request,
                   v1::StartKeySessionResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const collection::KeyRole role, RoleOf(request.role()));
        CANDOR_ASSIGN_OR_RETURN(
            *response->mutable_sealed_session(),
            collection->StartKeySession(domain::SurveyId(request.survey()), role, request.index()));
        return absl::OkStatus();
      });
  methods.Add<v1::ListCommentsRequest, v1::ListCommentsResponse>(
      "candor.v1.ModerationService.ListComments", Lane::kReading,
      [collection](const Caller&, const v1::ListCommentsRequest& request, v1::ListCommentsResponse* response) {
        return ListComments(*collection, request, response);
      });
  methods.Add<v1::DecideCommentRequest, v1::DecideCommentResponse>(
      "candor.v1.ModerationService.DecideComment", Lane::kReading,
      [collection](const Caller&, const v1::DecideCommentRequest& request, v1::DecideCommentResponse*) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const collection::CommentDecision decision, DecisionOf(request.decision()));
        return collection->DecideComment(request.session(), domain::SurveyId(request.survey()), request.comment(),
                                         decision);
      });
  methods.Add<v1::WriteSummaryRequest, v1::WriteSummaryResponse>(
      "candor.v1.ModerationService.WriteSummary", Lane::kReading,
      [collection](const Caller&, const v1::WriteSummaryRequest& request, v1::WriteSummaryResponse*) {
        return collection->SummarizeComments(request.session(), domain::SurveyId(request.survey()),
                                             {request.summary().block(), request.summary().text()});
      });
  methods.Add<v1::ListReplyKeysRequest, v1::ListReplyKeysResponse>(
      "candor.v1.ModerationService.ListReplyKeys", Lane::kReading,
      [collection](const Caller&, const v1::ListReplyKeysRequest& request,
                   v1::ListReplyKeysResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const auto keys,
                                collection->ReplyKeys(request.session(), domain::SurveyId(request.survey())));
        for (const auto& [comment, key] : keys) {
          v1::ReplyKey* const to = response->add_reply_keys();
          to->set_comment(comment);
          to->set_public_key(key);
        }
        return absl::OkStatus();
      });
  methods.Add<v1::ListAnswersRequest, v1::ListAnswersResponse>(
      "candor.v1.ModerationService.ListAnswers", Lane::kReading,
      [collection](const Caller&, const v1::ListAnswersRequest& request, v1::ListAnswersResponse* response) {
        return ListAnswers(*collection, request, response);
      });
  methods.Add<v1::DecideAnswerRequest, v1::DecideAnswerResponse>(
      "candor.v1.ModerationService.DecideAnswer", Lane::kReading,
      [collection](const Caller&, const v1::DecideAnswerRequest& request, v1::DecideAnswerResponse*) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(const collection::CommentDecision decision, DecisionOf(request.decision()));
        return collection->DecideAnswer(request.session(), domain::SurveyId(request.survey()), request.comment(),
                                        decision);
      });
  methods.Add<v1::ListNoticesRequest, v1::ListNoticesResponse>(
      "candor.v1.AuditorService.ListNotices", Lane::kReading,
      [collection](const Caller&, const v1::ListNoticesRequest& request, v1::ListNoticesResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(std::vector<std::string> notices,
                                collection->ReadNotices(request.session(), domain::SurveyId(request.survey())));
        for (std::string& notice : notices) response->add_notices(std::move(notice));
        return absl::OkStatus();
      });
  methods.Add<v1::DestroyNoticesRequest, v1::DestroyNoticesResponse>(
      "candor.v1.AuditorService.DestroyNotices", Lane::kReading,
      [collection](const Caller&, const v1::DestroyNoticesRequest& request, v1::DestroyNoticesResponse*) {
        return collection->DestroyNotices(request.session(), domain::SurveyId(request.survey()));
      });
}

}  // namespace candor::rpc
