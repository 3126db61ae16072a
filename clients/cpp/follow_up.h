// Questions back to comments: the side of those who wrote them, by the keys that their device has kept, and the moderators'.

#ifndef CANDOR_CLIENTS_CPP_FOLLOW_UP_H_
#define CANDOR_CLIENTS_CPP_FOLLOW_UP_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "candor/v1/moderation.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/documents.h"
#include "clients/cpp/key_session.h"
#include "clients/cpp/retry.h"
#include "clients/cpp/state_store.h"

namespace candor::client {

// --- Whoever wrote a comment.

// A question to a comment that was written with this device.
struct ReceivedQuestion {
  std::string comment;      // its id
  size_t prompt = 0;        // what the comment answered: index in the instrument, and in ReplyKeys::seeds
  std::string text;
  std::string moderator;    // who has approved it: a title of the manifest
  absl::Time answer_until;  // as the server says
};

struct ReceivedQuestions {
  std::shared_ptr<const SurveyDocuments> documents;  // those that the manifest's hash in the keys stands for
  std::vector<ReceivedQuestion> questions;
};

// Fetches the survey's documents and the whole list of its questions, and opens those that one of the device's keys and one of
// the manifest's moderators can have been meant by. What cannot be opened is somebody else's, and says nothing.
// FAILED_PRECONDITION, MANIFEST_REFUSED: as CheckDocuments, with keys.manifest_hash. Else what the calls fail with.
absl::StatusOr<ReceivedQuestions> FetchQuestions(Connection& connection, const ReplyKeys& keys,
                                                 const RetryPolicy& retry = {});

// Takes out what can be answered no more at `now`: the server lists it until moderators are done.
void KeepAnswerable(std::vector<ReceivedQuestion>& questions, absl::Time now);

// Sends the answer to one of these, in place of the one before: sealed to all moderators, signed with the comment's key and a
// challenge that is asked for first, and again a few times where the server has started in between.
// `connection`: one that nothing else went over. INVALID_ARGUMENT, FIELD_INVALID: it is empty, longer than
// domain::kLongestAnswer or not plain text; nothing was sent. FAILED_PRECONDITION, FOLLOW_UP_OVER: too late. Else what the calls
// fail with.
absl::Status AnswerQuestion(Connection& connection, const ReplyKeys& keys, const ReceivedQuestions& received,
                            const ReceivedQuestion& question, absl::string_view answer, const RetryPolicy& retry = {});

// --- A moderator.

// The key that each released comment came with, by the comment's id.
absl::StatusOr<std::map<std::string, std::string>> ReadReplyKeys(KeySession& session);

// A question, sealed for whoever wrote the comment. INVALID_ARGUMENT: the key is none that can be sealed to, or the question
// is too long.
absl::StatusOr<std::string> SealQuestion(const KeySession& session, absl::string_view reply_key,
                                         const std::string& comment, const std::string& question);

struct OpenedAnswer {
  std::string comment;              // its id
  std::optional<std::string> text;  // unset: nobody has answered, or unreadable
  std::optional<candor::v1::CommentDecision> decision;
  std::string decided_by;           // a title of the manifest
  // What came is no answer that this moderator can open, or no plain text: it can only be rejected, and keeps no other from
  // being read. A client of this project sends no such thing.
  bool unreadable = false;
};

struct OpenedAnswers {
  bool answering_over = false;  // before that there are none
  absl::Time decide_until;
  std::vector<OpenedAnswer> answers;  // by comment
};

// Reads all. Fails with what the call fails with.
absl::StatusOr<OpenedAnswers> ReadAnswers(KeySession& session);

// Whether a moderator may decide so: words as they were written, or with nothing but cuts; where there is no answer, none.
// INVALID_ARGUMENT, with what to do; the message holds no word of the answer. The server cannot tell.
absl::Status CheckDecision(const OpenedAnswer& answer, const candor::v1::CommentDecision& decision);

// Checks, then sends.
absl::Status Decide(KeySession& session, const OpenedAnswer& answer, const candor::v1::CommentDecision& decision);

// What a moderator has decided in one sitting, by the comment's id.
using AnswerDecisions = std::map<std::string, candor::v1::CommentDecision>;

// Checks all, then sends them in random order. Where they leave no answer undecided, whatever is none, or none that can be
// read, is rejected among them, so that neither what is decided nor when tells how many answered. Gives how many are left to
// decide. INVALID_ARGUMENT: as CheckDecision; nothing is sent.
absl::StatusOr<int> DecideAll(KeySession& session, const OpenedAnswers& answers, const AnswerDecisions& decisions);

}  // namespace candor::client

#endif  // CANDOR_CLIENTS_CPP_FOLLOW_UP_H_
