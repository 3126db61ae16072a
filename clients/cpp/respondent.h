// One anonymous rater: opens a survey by code, takes a blind-signed token, answers, changes the answers, keeps receipts.
//
//   auto respondent = Respondent::Open(options, code);   // identity plane; everything is checked before this returns
//   respondent->TakeToken();                             // identity plane: signs without seeing
//   respondent->Submit(answers);                         // response plane: never learns the code
//
// No connection outlives its purpose: the identity plane's goes with the token, the response plane's with the
// documents, and answers get a new one, so that no server can tell by a connection that they come from where the code
// came from. Once there is a token the identity plane is never called again, but for ConfirmToken after a restored
// backup. What is sent is saved before it is sent, and the same bytes are sent again until an answer arrives, so that
// a lost reply or a crash of this device loses nothing.

#ifndef CANDOR_CLIENTS_CPP_RESPONDENT_H_
#define CANDOR_CLIENTS_CPP_RESPONDENT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "candor/v1/response.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/documents.h"
#include "clients/cpp/retry.h"
#include "clients/cpp/state_store.h"
#include "services/crypto/salted_filter.h"
#include "services/domain/answer.h"
#include "services/domain/ids.h"

namespace candor::client {

// Gives the connection for what comes next: a new one each time, so that it can be let go of; one and the same only in
// programs that answer for many. Fails as Connection::Make.
using ConnectionSource = std::function<absl::StatusOr<std::shared_ptr<Connection>>()>;
// The same to the response plane, of which the manifest says the address: HOST:PORT, or empty where it is the identity
// plane's.
using ResponseConnectionSource =
    std::function<absl::StatusOr<std::shared_ptr<Connection>>(const std::string& address)>;

struct RespondentOptions {
  // Never the same connection for both planes, even where they have the same address.
  ConnectionSource identity;
  ResponseConnectionSource response;
  // Outlives the respondent.
  StateStore* store = nullptr;
  RetryPolicy retry;
  // What the person knows of the manifest, as for MatchesManifest; empty: nothing.
  std::string expected_manifest;
  // For programs that answer for many; may be null.
  DocumentCache* cache = nullptr;
  // Keep the answers in the store also after they are acknowledged, to show them when they are to be changed.
  bool keep_answers = false;
  // Make a key pair for each comment and keep its secret half in the store, under ReplyKeysName, so that its writer can be
  // asked back without anybody learning who it is, where the contract allows that. Without, nobody can ask.
  bool make_reply_keys = false;
};

// Used by one thread at a time; several respondents may share connections, store and cache.
class Respondent {
 public:
  ~Respondent();

  // Looks the code up, checks all documents, and compares them with those that the response plane gives. Goes on where
  // an earlier respondent with the same code and store stopped: with a token, it only fetches the documents from the
  // response plane again.
  //
  // INVALID_ARGUMENT: CODE_MALFORMED (nothing was sent), or `expected_manifest` is no comparison code. NOT_FOUND,
  // CODE_UNKNOWN. FAILED_PRECONDITION, MANIFEST_REFUSED: as CheckDocuments; or the planes' documents differ, they are not
  // those of an earlier opening, or the group does not fit. Else what calls and the store fail with.
  static absl::StatusOr<std::unique_ptr<Respondent>> Open(const RespondentOptions& options, absl::string_view code);

  const SurveyDocuments& documents() const { return *documents_; }
  const domain::SurveyId& survey() const { return documents_->manifest.survey; }
  // As whoever invites told it when the code was opened.
  const Invitation& invitation() const { return state_.invitation; }
  // Index of the issuing group in the manifest.
  int group() const { return state_.group; }
  // Whose wording of the items to show. Never sent to the response plane.
  const std::string& audience() const { return state_.audience; }
  const domain::AnswerShape& shape() const { return shape_; }

  // Surnames of the survey's staff, to warn of them in comments; null where nothing is asked in words. What it is checked
  // against stands in the manifest, so it is the same for everybody.
  const crypto::SaltedFilter* staff_surnames() const { return surnames_.has_value() ? &*surnames_ : nullptr; }

  bool has_token() const { return !state_.token_signature.empty(); }
  // The newest answers that were sent or were about to be, as far as they are kept: until they are acknowledged, longer
  // with keep_answers. Unset: none are kept.
  const std::optional<domain::Answers>& answers() const { return state_.answers; }
  // Whether the newest answers were acknowledged. False also when there are none.
  bool acknowledged() const { return !state_.receipt.empty(); }
  // Whether the newest answers may be stored though they were not acknowledged: some attempt to send them may have
  // arrived. Sending them again is safe either way, they count once. False: they are surely not, or they were
  // acknowledged.
  bool may_be_stored() const { return may_be_stored_; }
  // The receipt of the newest answers (services/crypto/receipt.h); empty: none.
  const std::string& receipt() const { return state_.receipt; }

  // Gets a token unless there is one. ALREADY_EXISTS, TOKEN_ALREADY_ISSUED: this code's token was taken with another
  // device. FAILED_PRECONDITION, MANIFEST_REFUSED: the signature is not one of the group's key. Else what calls and the
  // store fail with; calling again goes on.
  absl::Status TakeToken();

  // Sends the answers, in place of those sent before; takes a token first where there is none. Returns once the answers
  // are acknowledged and the receipt is verified. The same answers as answers() are that submission again; others are a
  // new version. So are those from the store where the survey has an auditor: no store keeps a report of pressure, so what
  // is said of it now is what counts. Afterwards the store holds no answers, unless keep_answers is set. Reply keys are
  // the library's to make: those in `answers` are not read.
  //
  // INVALID_ARGUMENT: what domain::CheckAnswers says; nothing was sent. FAILED_PRECONDITION, SURVEY_CLOSED: too late; the
  // answers are not kept. DATA_LOSS: the receipt proves nothing; the answers
  // may not be counted, calling again asks for another. Else as the service's SubmitResponse; calling again goes on.
  absl::Status Submit(const domain::Answers& answers);

  // Asks the identity plane, over a connection of its own, for the very same signature again, so that a restored
  // backup counts the token once more; one that was counted stays counted once. Only where the person asks for it, because
  // whoever invited told everybody of a restore; never because a server says something to this device, which might say it to
  // one person alone to see whose code comes. Sends no answer.
  //
  // FAILED_PRECONDITION: no token is held here, or one of before that was possible; or the code was in memory alone
  // and is wiped. ALREADY_EXISTS, TOKEN_ALREADY_ISSUED: since the restore the code was used with another device. Else
  // as TakeToken.
  absl::Status ConfirmToken();

  // Forgets everything that the store keeps for the code, reply keys too. Without it the answers can no longer be changed,
  // nor questions about comments answered.
  absl::Status Forget();

 private:
  Respondent(const RespondentOptions& options, std::string code);

  // From the identity plane, by the code; or from the response plane, as long as there is a token.
  absl::Status OpenByCode();
  absl::Status OpenByToken();
  absl::StatusOr<DocumentBytes> DocumentsOfResponsePlane(const domain::SurveyId& survey) const;
  absl::Status Check(const DocumentBytes& bytes, const domain::SurveyId& survey);
  // Whether the group exists and the audience belongs to it; then the shape is set.
  absl::Status SetGroup(int group, const std::string& audience);
  absl::Status CompareWithResponsePlane();
  // Whether `filter` is the one that the manifest names; then surnames_ is set where it is of use.
  absl::Status SetSurnames(const std::string& filter);
  absl::Status Save();
  void DropAnswers();
  // Makes a key pair for each comment of the answers that are about to be sent.
  void MakeReplyKeys();
  // Keeps the seeds apart from the token, once the comments that they belong to are stored.
  absl::Status KeepReplyKeys();
  candor::v1::SubmitResponseRequest SubmitRequest() const;
  // Sends until an answer arrives or the policy gives up, and notes what may have arrived.
  absl::StatusOr<candor::v1::SubmitResponseResponse> Send(const candor::v1::SubmitResponseRequest& request);

  const RespondentOptions options_;
  std::string code_;        // normal form; wiped once there is a token
  const std::string name_;  // of the state
  // The identity plane's, from opening until there is a token.
  std::shared_ptr<Connection> identity_;
  std::shared_ptr<const SurveyDocuments> documents_;
  domain::AnswerShape shape_;
  std::optional<crypto::SaltedFilter> surnames_;
  RespondentState state_;
  bool may_be_stored_ = false;
  // Whether the answers in state_ have the notice that was sent with them: not those from the store, which keeps none.
  bool notice_known_ = true;
};

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_RESPONDENT_H_
