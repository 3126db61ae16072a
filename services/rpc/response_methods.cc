#include "services/rpc/response_methods.h"

#include <string>
#include <utility>

#include "candor/v1/response.pb.h"
#include "services/base/status.h"
#include "services/collection/collection.h"
#include "services/collection/follow_ups.h"
#include "services/domain/errors.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using identity::Caller;

absl::Status GetManifest(collection::Collection& collection, const v1::GetManifestRequest& request,
                         v1::GetManifestResponse* response) {
  CANDOR_ASSIGN_OR_RETURN(const auto documents, collection.GetDocuments(domain::SurveyId(request.survey())));
  response->set_contract(*documents->contract);
  response->set_instrument_version(*documents->instrument_version);
  response->set_manifest(*documents->manifest);
  response->set_manifest_signature(*documents->manifest_signature);
  response->set_extension(*documents->extension);
  response->set_extension_signature(*documents->extension_signature);
  return absl::OkStatus();
}

absl::StatusOr<collection::Submission> ReadSubmission(const v1::SubmitResponseRequest& request) {
  if (!request.has_group()) return domain::errors::InvalidField("group", "name the issuing group of your token");
  const std::string& notice = request.pressure_notice();
  if (!notice.empty() && static_cast<uint8_t>(notice[0]) > 1) {
    return domain::errors::InvalidField("pressure_notice", "must begin with a byte that is 0 or 1");
  }
  collection::Submission submission;
  submission.survey = domain::SurveyId(request.survey());
  submission.group = request.group();
  submission.input_msg = request.token_message();
  submission.signature = request.token_signature();
  submission.version = request.version();
  submission.submission_id = request.submission_id();
  submission.answers.ratings.assign(request.ratings().begin(), request.ratings().end());
  submission.answers.comments.reserve(request.comments_size());
  for (const std::string& padded : request.comments()) {
    // The padding is for the way; what is inside is checked as text, so a zero byte within is refused there.
    const size_t last = padded.find_last_not_of('\0');
    // In its place at once: a short text that is moved stays where it was, too.
    submission.answers.comments.emplace_back(padded, 0, last == std::string::npos ? 0 : last + 1);
  }
  submission.answers.reply_keys.reserve(request.reply_keys_size());
  for (const std::string& key : request.reply_keys()) {
    const bool none = key.find_first_not_of('\0') == std::string::npos;
    submission.answers.reply_keys.emplace_back(key, 0, none ? 0 : key.size());
  }
  if (const size_t last = notice.find_last_not_of('\0'); last != std::string::npos) {
    submission.answers.notice.given = notice[0] == '\1';
    submission.answers.notice.text.assign(notice, 1, last);
  }
  return submission;
}

}  // namespace

void AddResponseMethods(collection::Collection* collection, MethodSet& methods) {
  methods.Add<v1::GetManifestRequest, v1::GetManifestResponse>(
      "candor.v1.ResponseService.GetManifest", Lane::kReading,
      [collection](const Caller&, const v1::GetManifestRequest& request, v1::GetManifestResponse* response) {
        return GetManifest(*collection, request, response);
      });
  methods.AddAsync<v1::SubmitResponseRequest, v1::SubmitResponseResponse>(
      "candor.v1.ResponseService.SubmitResponse", Lane::kInline,
      [collection](const Caller&, const v1::SubmitResponseRequest& request, v1::SubmitResponseResponse* response,
                   Done done) {
        auto submission = ReadSubmission(request);
        if (!submission.ok()) {
          done(submission.status());
          return;
        }
        collection->Submit(*std::move(submission),
                           [response, done = std::move(done)](absl::StatusOr<std::string> receipt) {
                             if (receipt.ok()) response->set_receipt(*std::move(receipt));
                             done(receipt.status());
                           });
      });
  methods.Add<v1::ProvideClosingKeyRequest, v1::ProvideClosingKeyResponse>(
      "candor.v1.ResponseService.ProvideClosingKey", Lane::kReading,
      [collection](const Caller&, const v1::ProvideClosingKeyRequest& request,
                   v1::ProvideClosingKeyResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(
            const int unclosed,
            collection->ProvideClosingKey(domain::SurveyId(request.survey()), request.closing_secret_key()));
        response->set_unclosed_surveys(unclosed);
        return absl::OkStatus();
      });
  methods.Add<v1::GetLedgerRequest, v1::GetLedgerResponse>(
      "candor.v1.ResponseService.GetLedger", Lane::kReading,
      [collection](const Caller&, const v1::GetLedgerRequest& request,
                   v1::GetLedgerResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(*response->mutable_ledger(),
                                collection->GetLedger(domain::SurveyId(request.survey())));
        return absl::OkStatus();
      });
  methods.Add<v1::ListQuestionsRequest, v1::ListQuestionsResponse>(
      "candor.v1.ResponseService.ListQuestions", Lane::kReading,
      [collection](const Caller&, const v1::ListQuestionsRequest& request,
                   v1::ListQuestionsResponse* response) -> absl::Status {
        CANDOR_ASSIGN_OR_RETURN(collection::QuestionList list,
                                collection->ListQuestions(domain::SurveyId(request.survey())));
        for (std::string& sealed : list.sealed_questions) response->add_sealed_questions(std::move(sealed));
        if (list.answer_until.has_value()) response->set_answer_until(absl::ToUnixSeconds(*list.answer_until));
        response->set_challenge(std::move(list.challenge));
        return absl::OkStatus();
      });
  methods.Add<v1::AnswerQuestionRequest, v1::AnswerQuestionResponse>(
      "candor.v1.ResponseService.AnswerQuestion", Lane::kReading,
      [collection](const Caller&, const v1::AnswerQuestionRequest& request, v1::AnswerQuestionResponse*) {
        return collection->AnswerQuestion(domain::SurveyId(request.survey()),
                                          {request.comment(), request.sealed_answer(), request.challenge(), request.signature()});
      });
}

}  // namespace candor::rpc
