#include "clients/cpp/moderation.h"

#include <utility>

#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/domain/comments.h"
#include "services/domain/sealed_records.h"

namespace candor::client {
namespace {

namespace v1 = candor::v1;

absl::Status CannotBeOpened() {
  return absl::DataLossError("a comment cannot be opened with your key; tell whoever runs the service");
}

absl::StatusOr<OpenedComment> OpenOne(const v1::SealedComment& sealed, const std::vector<domain::CommentPlace>& places,
                                      const crypto::SecretBytes& key, const std::string& survey_id) {
  if (sealed.place() < 0 || static_cast<size_t>(sealed.place()) >= places.size()) return CannotBeOpened();
  std::optional<std::string> record =
      crypto::OpenRecord(key, sealed.sealed(), domain::CommentBinding(survey_id, sealed.place()));
  if (!record.has_value()) return CannotBeOpened();
  auto read = domain::DecodeCommentRecord(*record);
  base::Wipe(*record);
  if (!read.ok()) return CannotBeOpened();
  OpenedComment comment;
  comment.id = sealed.id();
  comment.place = places[static_cast<size_t>(sealed.place())];
  comment.text = *std::move(read);
  if (sealed.has_decision()) comment.decision = sealed.decision();
  comment.decided_by = sealed.decided_by();
  return comment;
}

}  // namespace

absl::StatusOr<OpenedComments> ReadComments(KeySession& session) {
  const auto stub = v1::ModerationService::NewStub(session.connection()->channel());
  const std::string survey_id = domain::SurveyIdBytes(session.documents().manifest.survey);
  const auto& prompts = session.documents().instrument_version.instrument.prompts;
  OpenedComments all;
  crypto::SecretBytes key;
  v1::ListCommentsRequest request;
  do {
    const absl::StatusOr<v1::ListCommentsResponse> got =
        session.Call(*stub, &v1::ModerationService::Stub::ListComments, request);
    if (!got.ok()) return WithCloseTime(got.status(), session.documents());
    const v1::ListCommentsResponse& page = *got;
    all.released = page.released();
    all.undecided = page.undecided_count();
    all.missing_summaries = page.missing_summary_count();
    all.summaries.assign(page.summaries().begin(), page.summaries().end());
    std::vector<domain::CommentPlace> places;
    for (const v1::CommentPlace& place : page.places()) {
      const bool untold = place.prompt() == domain::kNoPrompt && place.block().empty() && !place.texts();
      if (!untold && (place.prompt() < 0 || static_cast<size_t>(place.prompt()) >= prompts.size())) {
        return CannotBeOpened();
      }
      places.push_back({place.block(), place.prompt(), place.texts()});
    }
    if (key.empty() && !page.sealed_key().empty()) {
      auto opened = crypto::OpenSealed(session.key().public_key, session.key().secret_key, page.sealed_key());
      if (!opened.ok() || opened->size() != crypto::kDataKeyBytes) return CannotBeOpened();
      key = *std::move(opened);
    }
    for (const v1::SealedComment& sealed : page.comments()) {
      if (key.empty()) return CannotBeOpened();
      CANDOR_ASSIGN_OR_RETURN(OpenedComment comment, OpenOne(sealed, places, key, survey_id));
      all.comments.push_back(std::move(comment));
    }
    // Ids ascend, so that a server cannot keep a client here for ever.
    if (!page.next_page_token().empty() && page.next_page_token() <= request.page_token()) {
      return absl::InternalError("the server gives the same page again and again");
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

absl::Status CheckDecision(const OpenedComment& comment, const v1::CommentDecision& decision) {
  const bool words = decision.kind() == v1::DECISION_KIND_APPROVE || decision.kind() == v1::DECISION_KIND_REDACT;
  if (words && !comment.place.texts) {
    return absl::InvalidArgumentError(
        "no words of this comment may be released, since too few answered or were invited: put it into the summary, or "
        "reject it");
  }
  const bool needs_reason = decision.kind() == v1::DECISION_KIND_REDACT || decision.kind() == v1::DECISION_KIND_REJECT;
  if (needs_reason != (decision.reason() != v1::MODERATION_REASON_UNSPECIFIED)) {
    return absl::InvalidArgumentError(needs_reason ? "say why it is cut or rejected: give a reason"
                                                   : "a reason is given for what is cut or rejected, and for nothing else");
  }
  if (!words && !decision.text().empty()) {
    return absl::InvalidArgumentError("no words of it go out, so give no text");
  }
  if (decision.kind() == v1::DECISION_KIND_APPROVE && decision.text() != comment.text) {
    return absl::InvalidArgumentError("an approved comment is released as it was written; to cut parts, redact it");
  }
  if (decision.kind() == v1::DECISION_KIND_REDACT && !domain::IsRedactionOf(decision.text(), comment.text)) {
    return absl::InvalidArgumentError(
        "a redaction only cuts: each part cut is replaced by [...], and nothing else is changed or added");
  }
  return absl::OkStatus();
}

absl::Status Decide(KeySession& session, const OpenedComment& comment, const v1::CommentDecision& decision) {
  CANDOR_RETURN_IF_ERROR(CheckDecision(comment, decision));
  const auto stub = v1::ModerationService::NewStub(session.connection()->channel());
  v1::DecideCommentRequest request;
  request.set_comment(comment.id);
  *request.mutable_decision() = decision;
  return session.Call(*stub, &v1::ModerationService::Stub::DecideComment, request).status();
}

absl::Status WriteSummary(KeySession& session, const std::string& block, const std::string& text) {
  const auto stub = v1::ModerationService::NewStub(session.connection()->channel());
  v1::WriteSummaryRequest request;
  request.mutable_summary()->set_block(block);
  request.mutable_summary()->set_text(text);
  return session.Call(*stub, &v1::ModerationService::Stub::WriteSummary, request).status();
}

}  // namespace candor::client
