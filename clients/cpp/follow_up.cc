#include "clients/cpp/follow_up.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "candor/v1/moderation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/seal_between.h"
#include "services/crypto/signing.h"
#include "services/domain/comments.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "services/domain/ids.h"
#include "services/domain/text.h"

namespace candor::client {
namespace {

namespace v1 = candor::v1;
namespace errors = candor::domain::errors;

// The keys of the device, with the prompts whose comments they belong to.
absl::StatusOr<std::vector<std::pair<size_t, crypto::SigningKey>>> KeysOf(const ReplyKeys& keys) {
  std::vector<std::pair<size_t, crypto::SigningKey>> all;
  for (size_t prompt = 0; prompt < keys.seeds.size(); ++prompt) {
    if (keys.seeds[prompt].empty()) continue;
    CANDOR_ASSIGN_OR_RETURN(crypto::SigningKey key, crypto::SigningKey::FromSeed(keys.seeds[prompt]));
    all.emplace_back(prompt, std::move(key));
  }
  return all;
}

// What `sealed` says, if it was sealed by a moderator of the manifest to `key`. A question that is no text that may be shown
// is none.
std::optional<ReceivedQuestion> OpenQuestion(absl::string_view sealed, const domain::Manifest& manifest, size_t prompt,
                                             const crypto::SigningKey& key) {
  for (const domain::ModeratorKey& moderator : manifest.moderators) {
    const std::optional<std::string> record = crypto::OpenBetween(moderator.public_key, key, sealed);
    if (!record.has_value()) continue;
    auto question = domain::DecodeQuestionRecord(*record, domain::SurveyIdBytes(manifest.survey));
    if (!question.ok() || question->text.empty() || !domain::IsPlainText(question->text)) return std::nullopt;
    return ReceivedQuestion{std::move(question->comment), prompt, std::move(question->text), moderator.name, {}};
  }
  return std::nullopt;
}

absl::StatusOr<v1::ListQuestionsResponse> ListQuestions(Connection& connection, const std::string& survey,
                                                        const RetryPolicy& retry) {
  v1::ListQuestionsRequest request;
  request.set_survey(survey);
  const auto stub = v1::ResponseService::NewStub(connection.channel());
  return connection.CallRepeatedly(retry, *stub, &v1::ResponseService::Stub::ListQuestions, request);
}

// How often an answer is signed anew where its challenge was over when it came: only a start of the server, or another answer
// by the same key at the same moment, can come between.
constexpr int kSigningAttempts = 3;

// With a challenge that is fetched for this answer alone, over the connection that the answer takes: one that came with the
// list that was read before would tell the server who had read it.
absl::Status SendSigned(Connection& connection, const crypto::SigningKey& key, absl::string_view survey_id,
                        v1::AnswerQuestionRequest& request, const RetryPolicy& retry) {
  const auto stub = v1::ResponseService::NewStub(connection.channel());
  for (int attempt = 1;; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(v1::ListQuestionsResponse listed, ListQuestions(connection, request.survey(), retry));
    if (listed.challenge().empty()) return errors::FollowUpOver("there are no questions in this survey any more");
    request.set_challenge(std::move(*listed.mutable_challenge()));
    request.set_signature(key.Sign(domain::FollowUpSignedBytes(survey_id, request.comment(), request.challenge(),
                                                               request.sealed_answer())));
    const absl::Status sent =
        connection.CallRepeatedly(retry, *stub, &v1::ResponseService::Stub::AnswerQuestion, request).status();
    const bool stale = base::GetErrorDetail(sent).reason == domain::reasons::kCHALLENGE_STALE;
    if (!stale || attempt == kSigningAttempts) return sent;
  }
}

// What is sent where nothing goes out. The same for an answer that may not and for one that there is not.
v1::CommentDecision Rejection() {
  v1::CommentDecision decision;
  decision.set_kind(v1::DECISION_KIND_REJECT);
  decision.set_reason(v1::MODERATION_REASON_OTHER);
  return decision;
}

}  // namespace

absl::StatusOr<ReceivedQuestions> FetchQuestions(Connection& connection, const ReplyKeys& keys,
                                                 const RetryPolicy& retry) {
  using v1::ResponseService;
  const auto stub = ResponseService::NewStub(connection.channel());
  v1::GetManifestRequest of_survey;
  of_survey.set_survey(keys.survey);
  CANDOR_ASSIGN_OR_RETURN(const v1::GetManifestResponse got,
                          connection.CallRepeatedly(retry, *stub, &ResponseService::Stub::GetManifest, of_survey));
  ReceivedQuestions received;
  CANDOR_ASSIGN_OR_RETURN(received.documents,
                          CheckDocuments({got.contract(), got.instrument_version(), got.manifest(),
                                          got.manifest_signature(), got.extension(), got.extension_signature()},
                                         domain::SurveyId(keys.survey), base::HexEncode(keys.manifest_hash)));
  CANDOR_ASSIGN_OR_RETURN(const v1::ListQuestionsResponse listed, ListQuestions(connection, keys.survey, retry));
  CANDOR_ASSIGN_OR_RETURN(const auto own, KeysOf(keys));
  for (const std::string& sealed : listed.sealed_questions()) {
    for (const auto& [prompt, key] : own) {
      std::optional<ReceivedQuestion> question = OpenQuestion(sealed, received.documents->manifest, prompt, key);
      if (!question.has_value()) continue;
      question->answer_until = absl::FromUnixSeconds(listed.answer_until());
      received.questions.push_back(*std::move(question));
      break;
    }
  }
  return received;
}

void KeepAnswerable(std::vector<ReceivedQuestion>& questions, absl::Time now) {
  std::erase_if(questions, [now](const ReceivedQuestion& question) { return question.answer_until <= now; });
}

absl::Status AnswerQuestion(Connection& connection, const ReplyKeys& keys, const ReceivedQuestions& received,
                            const ReceivedQuestion& question, absl::string_view answer, const RetryPolicy& retry) {
  if (answer.empty()) return errors::InvalidField("answer", "must not be empty; to answer nothing, send nothing");
  if (answer.size() > domain::kLongestAnswer) {
    return errors::InvalidField("answer", absl::StrCat("has more than ", domain::kLongestAnswer, " bytes; shorten it"));
  }
  if (!domain::IsPlainText(answer)) {
    return errors::InvalidField("answer", "must be UTF-8 text without control characters; line breaks and tabs are fine");
  }
  if (question.prompt >= keys.seeds.size() || keys.seeds[question.prompt].empty()) {
    return absl::InvalidArgumentError("this device has not written the comment that the question is about");
  }
  CANDOR_ASSIGN_OR_RETURN(const crypto::SigningKey key, crypto::SigningKey::FromSeed(keys.seeds[question.prompt]));
  const domain::Manifest& manifest = received.documents->manifest;
  std::vector<std::string> moderators;
  for (const domain::ModeratorKey& moderator : manifest.moderators) moderators.push_back(moderator.public_key);
  const std::string survey_id = domain::SurveyIdBytes(manifest.survey);
  domain::AnswerRecord answered{question.comment, std::string(answer)};
  std::string record = domain::EncodeAnswerRecord(survey_id, answered);
  const absl::StatusOr<std::string> sealed = crypto::SealToKeys(moderators, record);
  base::Wipe(record);
  base::Wipe(*answered.text);
  CANDOR_RETURN_IF_ERROR(sealed.status());
  v1::AnswerQuestionRequest request;
  request.set_survey(manifest.survey.value());
  request.set_comment(question.comment);
  request.set_sealed_answer(*sealed);
  return SendSigned(connection, key, survey_id, request, retry);
}

absl::StatusOr<std::map<std::string, std::string>> ReadReplyKeys(KeySession& session) {
  const auto stub = v1::ModerationService::NewStub(session.connection()->channel());
  CANDOR_ASSIGN_OR_RETURN(
      const v1::ListReplyKeysResponse listed,
      session.Call(*stub, &v1::ModerationService::Stub::ListReplyKeys, v1::ListReplyKeysRequest()));
  std::map<std::string, std::string> keys;
  for (const v1::ReplyKey& key : listed.reply_keys()) keys[key.comment()] = key.public_key();
  return keys;
}

absl::StatusOr<std::string> SealQuestion(const KeySession& session, absl::string_view reply_key,
                                         const std::string& comment, const std::string& question) {
  if (question.empty() || question.size() > domain::kLongestQuestion || !domain::IsPlainText(question)) {
    return errors::InvalidField(
        "question", absl::StrCat("must be plain text of at most ", domain::kLongestQuestion, " bytes; reject it"));
  }
  if (comment.size() != domain::kCommentIdBytes) return errors::InvalidField("comment", "is no id of a comment");
  const std::string survey_id = domain::SurveyIdBytes(session.documents().manifest.survey);
  return crypto::SealBetween(session.key().secret_key, reply_key,
                             domain::EncodeQuestionRecord(survey_id, {comment, question}));
}

namespace {

// Empty: there is none, or, with `unreadable` set, none that can be read.
std::optional<std::string> OpenAnswer(const KeySession& session, const v1::SealedAnswer& sealed, bool& unreadable) {
  const domain::Manifest& manifest = session.documents().manifest;
  unreadable = true;
  auto record = crypto::OpenSealedToKeys(session.key(), static_cast<size_t>(session.index()), manifest.moderators.size(),
                                         sealed.sealed());
  if (!record.ok()) return std::nullopt;
  auto read = domain::DecodeAnswerRecord(*record, domain::SurveyIdBytes(manifest.survey));
  base::Wipe(*record);
  // One that belongs to another comment was put there by whoever keeps them.
  if (!read.ok() || read->comment != sealed.comment()) return std::nullopt;
  if (read->text.has_value() && (read->text->empty() || !domain::IsPlainText(*read->text))) return std::nullopt;
  unreadable = false;
  return std::move(read->text);
}

}  // namespace

absl::StatusOr<OpenedAnswers> ReadAnswers(KeySession& session) {
  const auto stub = v1::ModerationService::NewStub(session.connection()->channel());
  CANDOR_ASSIGN_OR_RETURN(const v1::ListAnswersResponse listed,
                          session.Call(*stub, &v1::ModerationService::Stub::ListAnswers, v1::ListAnswersRequest()));
  OpenedAnswers opened;
  opened.answering_over = listed.answering_over();
  opened.decide_until = absl::FromUnixSeconds(listed.decide_until());
  for (const v1::SealedAnswer& sealed : listed.answers()) {
    OpenedAnswer& answer = opened.answers.emplace_back();
    answer.comment = sealed.comment();
    if (sealed.has_decision()) answer.decision = sealed.decision();
    answer.decided_by = sealed.decided_by();
    answer.text = OpenAnswer(session, sealed, answer.unreadable);
  }
  return opened;
}

absl::Status CheckDecision(const OpenedAnswer& answer, const v1::CommentDecision& decision) {
  switch (decision.kind()) {
    case v1::DECISION_KIND_REJECT: return absl::OkStatus();
    case v1::DECISION_KIND_APPROVE:
    case v1::DECISION_KIND_REDACT: break;
    default:
      return absl::InvalidArgumentError("an answer is approved, redacted or rejected; no summary is written of answers");
  }
  if (!answer.text.has_value()) {
    return absl::InvalidArgumentError("there is no answer to this question; it can only be rejected");
  }
  if (decision.kind() == v1::DECISION_KIND_APPROVE && decision.text() != *answer.text) {
    return absl::InvalidArgumentError("an approved answer goes out as it was written; to cut parts, redact it");
  }
  if (decision.kind() == v1::DECISION_KIND_REDACT && !domain::IsRedactionOf(decision.text(), *answer.text)) {
    return absl::InvalidArgumentError(
        "a redaction only cuts: each part cut is replaced by [...], and nothing else is changed or added");
  }
  return absl::OkStatus();
}

absl::Status Decide(KeySession& session, const OpenedAnswer& answer, const v1::CommentDecision& decision) {
  CANDOR_RETURN_IF_ERROR(CheckDecision(answer, decision));
  const auto stub = v1::ModerationService::NewStub(session.connection()->channel());
  v1::DecideAnswerRequest request;
  request.set_comment(answer.comment);
  *request.mutable_decision() = decision.kind() == v1::DECISION_KIND_REJECT ? Rejection() : decision;
  return session.Call(*stub, &v1::ModerationService::Stub::DecideAnswer, request).status();
}

absl::StatusOr<int> DecideAll(KeySession& session, const OpenedAnswers& answers, const AnswerDecisions& decisions) {
  std::vector<std::pair<const OpenedAnswer*, v1::CommentDecision>> sent;
  int left = 0;
  for (const OpenedAnswer& answer : answers.answers) {
    if (const auto decided = decisions.find(answer.comment); decided != decisions.end()) {
      CANDOR_RETURN_IF_ERROR(CheckDecision(answer, decided->second));
      sent.emplace_back(&answer, decided->second);
    } else if (answer.text.has_value() && !answer.decision.has_value()) {
      ++left;
    }
  }
  if (left == 0) {
    for (const OpenedAnswer& answer : answers.answers) {
      const bool none = !answer.text.has_value() && !answer.decision.has_value();
      if (none && !decisions.contains(answer.comment)) sent.emplace_back(&answer, Rejection());
    }
  }
  base::Shuffle(sent);
  for (const auto& [answer, decision] : sent) CANDOR_RETURN_IF_ERROR(Decide(session, *answer, decision));
  return left;
}

}  // namespace candor::client
