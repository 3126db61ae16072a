// A question back to a comment: what is sealed to whom, until when, and what is handed over in the end.
//
// With every comment a client sends the public half of a key pair that it made for that comment alone; the secret half stays
// on the device. After release a leader may put one question to a released comment. A moderator reads it and seals it to
// that key, so that the writer alone can read it; the answer is signed with the key and sealed to the moderators. The token
// has no part in it, so that comments and ratings stay apart. Every record is of fixed length. Where a comment came without
// such a key, or with one that nothing can be sealed to, closing (in surveys with questions; in others it keeps no key) puts
// the public half of a pair that nobody has in its place, so that it can be asked like all others, and nobody learns that
// nobody reads it.
//
//   question: "candor-question-v1" || survey id (16) || comment id (20) || length (2, big-endian) || text, padded with zero
//     bytes to kLongestQuestion; sealed by a moderator of the manifest to the reply key (crypto::SealBetween: X25519 of the
//     moderator, and of the reply key by the birational map), so that the writer's client can tell that a moderator has
//     approved it, and no operator can ask anything by themself
//   answer: "candor-answer-v1" || survey id (16) || comment id (20) || 1 if there is one, else 0 || length (2, big-endian) ||
//     text, padded with zero bytes to kLongestAnswer; sealed to every moderator of the manifest (crypto::SealToKeys). When a
//     question is put the response plane itself stores one that says "none", so that what is stored never tells whether a
//     question was answered
//   challenge: a reading (8, big-endian) that is higher in every one that the response plane gives out || HMAC-SHA-256 over
//     survey and reading, under a key that the plane draws at its start (services/collection/answer_challenges.h)
//   signature: Ed25519 by the reply key over "candor-follow-up-v2" || survey id (16) || comment id (20) || challenge (40) ||
//     sealed answer. The challenge keeps whoever has seen an older answer on its way from putting it in the place of a newer one

#ifndef CANDOR_SERVICES_DOMAIN_FOLLOW_UP_H_
#define CANDOR_SERVICES_DOMAIN_FOLLOW_UP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/domain/contract.h"
#include "services/domain/ids.h"

namespace candor::domain {

inline constexpr size_t kCommentIdBytes = 20;         // base::RandomId
inline constexpr size_t kAnswerChallengeBytes = 40;
inline constexpr size_t kLongestQuestion = 500;      // bytes
inline constexpr size_t kLongestAnswer = 1'000;      // bytes
inline constexpr size_t kLongestReleasedAnswer = 2 * kLongestAnswer;  // with the marks of what was cut

// The three spans of Contract::follow_up_days, one after the other, from release on. Where a late release leaves less than
// these and a day until NoticesEndTime, when everything in words goes, there is no time for questions: all three are the time
// of release.
struct FollowUpTimes {
  absl::Time ask_until;     // questions are put and decided about
  absl::Time answer_until;  // answers are taken
  absl::Time hand_over_until;  // moderators decide about answers; what is undecided then is destroyed
};
FollowUpTimes TimesOfFollowUps(const Contract& contract, absl::Time release_time);

struct QuestionRecord {
  std::string comment;  // its id
  std::string text;     // at most kLongestQuestion bytes
};
// Records of either kind are of one length. Survey and comment ids of other lengths, and texts that are too long, are faults of
// the caller's.
std::string EncodeQuestionRecord(absl::string_view survey_id, const QuestionRecord& question);
size_t QuestionRecordBytes();
// DATA_LOSS, STORE_CORRUPT: not such a record, or another survey's.
absl::StatusOr<QuestionRecord> DecodeQuestionRecord(absl::string_view record, absl::string_view survey_id);

struct AnswerRecord {
  std::string comment;              // its id
  std::optional<std::string> text;  // at most kLongestAnswer bytes; unset: there is no answer
};
std::string EncodeAnswerRecord(absl::string_view survey_id, const AnswerRecord& answer);
size_t AnswerRecordBytes();
// DATA_LOSS, STORE_CORRUPT: not such a record, or another survey's.
absl::StatusOr<AnswerRecord> DecodeAnswerRecord(absl::string_view record, absl::string_view survey_id);

// What is signed with the reply key. All but the sealed answer are of one length.
std::string FollowUpSignedBytes(absl::string_view survey_id, absl::string_view comment, absl::string_view challenge,
                                absl::string_view sealed_answer);

// What crosses once a survey's questions are over.
struct FollowUpAnswers {
  SurveyId survey;
  struct Answer {
    std::string comment;    // its id
    std::string text;       // as a moderator let it out
    bool redacted = false;  // parts were cut; kCut stands for them
  };
  std::vector<Answer> answers;  // by comment; of the questions that have none nothing is said
};

// Canonical JSON.
std::string EncodeFollowUpAnswers(const FollowUpAnswers& answers);
// DATA_LOSS, STORE_CORRUPT: not such a document, byte for byte.
absl::StatusOr<FollowUpAnswers> DecodeFollowUpAnswers(absl::string_view bytes);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_FOLLOW_UP_H_
