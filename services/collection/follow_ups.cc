#include "services/collection/follow_ups.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/collection/words_key.h"
#include "services/crypto/seal_between.h"
#include "services/crypto/signing.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"

namespace candor::collection {
namespace errors = candor::domain::errors;
namespace reasons = candor::domain::reasons;
using domain::ModerationReason;
using storage::DecisionKind;
namespace {

constexpr absl::string_view kDecisionTag = "candor-answer-decision-v1";
constexpr absl::string_view kWordsKey = "answers";

// Before the words of a decision: its kind, its reason, and the index of the moderator who decided, a byte each.
constexpr size_t kDecisionHeadBytes = 3;

absl::Status WaitingForModerators(absl::string_view why) {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kWAITING_FOR_MODERATORS, why);
}

absl::Status NoQuestion() {
  return base::Error(absl::StatusCode::kNotFound, reasons::kRESOURCE_NOT_FOUND,
                     "no question was put to this comment; list the questions again");
}

absl::Status ChallengeStale() {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kCHALLENGE_STALE,
                     "the challenge of this answer is over, or a later answer to this question is stored; list the questions "
                     "again and sign the answer with the challenge that comes with them");
}

size_t SealedQuestionBytes() { return domain::QuestionRecordBytes() + crypto::kBetweenOverheadBytes; }

size_t SealedDecisionBytes() { return SealedWordsBytes(kDecisionHeadBytes + domain::kLongestReleasedAnswer); }

size_t SealedAnswerBytes(const domain::Manifest& manifest) {
  return crypto::SealedToKeysBytes(manifest.moderators.size(), domain::AnswerRecordBytes());
}

const storage::StoredQuestion* Find(const storage::StoredFollowUps& stored, absl::string_view comment) {
  const auto found = std::find_if(stored.questions.begin(), stored.questions.end(),
                                  [&](const storage::StoredQuestion& each) { return each.comment == comment; });
  return found == stored.questions.end() ? nullptr : &*found;
}

// The answer that says that there is none.
absl::StatusOr<std::string> SealNone(const Survey& survey, const std::string& comment) {
  std::vector<std::string> keys;
  for (const domain::ModeratorKey& moderator : survey.manifest().moderators) keys.push_back(moderator.public_key);
  return crypto::SealToKeys(keys, domain::EncodeAnswerRecord(survey.id_bytes(), {comment, std::nullopt}));
}

std::string BindingOf(const Survey& survey, absl::string_view comment) {
  return absl::StrCat(kDecisionTag, survey.id_bytes(), comment);
}

// What was decided goes into the sealed words: by a kind that can be read anybody would know what was answered.
std::string SealDecision(const crypto::SecretBytes& key, const Survey& survey, const std::string& comment,
                         int moderator, const CommentDecision& decision) {
  Words words;
  words.note = decision.note;
  words.text.reserve(kDecisionHeadBytes + domain::kLongestReleasedAnswer);
  words.text.push_back(static_cast<char>(decision.kind));
  words.text.push_back(static_cast<char>(decision.reason));
  words.text.push_back(static_cast<char>(moderator));
  words.text += decision.text;
  std::string sealed =
      SealWords(key, words, kDecisionHeadBytes + domain::kLongestReleasedAnswer, BindingOf(survey, comment));
  base::Wipe(words.text);
  base::Wipe(words.note);
  return sealed;
}

struct Decided {
  CommentDecision decision;
  int moderator = 0;  // who decided: index in the manifest
};

// Empty: nothing was decided, or the key is lost, so that moderators decide again.
std::optional<Decided> OpenDecision(const crypto::SecretBytes& key, const Survey& survey,
                                            const storage::StoredQuestion& question) {
  if (key.empty()) return std::nullopt;
  std::optional<Words> words = OpenWords(key, question.sealed_decision, BindingOf(survey, question.comment));
  if (!words.has_value() || words->text.size() < kDecisionHeadBytes) return std::nullopt;
  Decided decided;
  decided.decision.kind = static_cast<DecisionKind>(words->text[0]);
  decided.decision.reason = static_cast<ModerationReason>(words->text[1]);
  decided.moderator = static_cast<uint8_t>(words->text[2]);
  decided.decision.text = words->text.substr(kDecisionHeadBytes);
  decided.decision.note = std::move(words->note);
  base::Wipe(words->text);
  return decided;
}

absl::Status CheckDecision(const CommentDecision& decision) {
  if (decision.kind == DecisionKind::kSummary) {
    return errors::InvalidField("kind", "an answer is approved, redacted or rejected; no summary is written of answers");
  }
  const bool words = decision.kind != DecisionKind::kReject;
  if (words == decision.text.empty()) {
    return errors::InvalidField("text", words ? "must be the words that go out" : "must be empty, since no words go out");
  }
  const bool needs_reason = decision.kind != DecisionKind::kApprove;
  if (needs_reason == (decision.reason == ModerationReason::kNone)) {
    return errors::InvalidField("reason", needs_reason ? "say why" : "is for what is cut or rejected");
  }
  if (decision.kind == DecisionKind::kRedact && !absl::StrContains(decision.text, domain::kCut)) {
    return errors::InvalidField("text", absl::StrCat("must show what was cut as ", domain::kCut));
  }
  CANDOR_RETURN_IF_ERROR(CheckWords(decision.text, domain::kLongestReleasedAnswer, "text"));
  return CheckWords(decision.note, domain::kLongestModerationNote, "note");
}

}  // namespace

struct FollowUps::UnderWay {
  storage::StoredFollowUps stored;
  domain::FollowUpTimes times;
};

absl::StatusOr<FollowUps::UnderWay> FollowUps::Require(const Survey& survey) {
  UnderWay under_way;
  CANDOR_ASSIGN_OR_RETURN(auto stored, store_.FindFollowUps(survey.id()));
  if (!stored.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(const auto released, store_.FindReleased(survey.id()));
    if (!released.has_value()) return errors::WrongState("the survey is not released; questions come after that");
    return errors::FollowUpOver("there are no questions back to comments in this survey, or they are over");
  }
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, domain::DecodeContract(*survey.documents()->contract));
  under_way.times = domain::TimesOfFollowUps(contract, stored->release_time);
  under_way.stored = *std::move(stored);
  return under_way;
}

absl::Status FollowUps::Put(const Survey& survey, const domain::QuestionOrder& order, absl::Time now) {
  CANDOR_ASSIGN_OR_RETURN(const UnderWay under_way, Require(survey));
  const auto mismatch = [](absl::string_view what) {
    return base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH, what);
  };
  if (order.sealed_question.size() != SealedQuestionBytes()) {
    return mismatch(absl::StrCat("a sealed question has ", SealedQuestionBytes(), " bytes"));
  }
  if (!under_way.stored.reply_keys.contains(order.comment)) return errors::NotFound("comment", "of this id");
  if (const storage::StoredQuestion* known = Find(under_way.stored, order.comment); known != nullptr) {
    if (known->sealed_question == order.sealed_question) return absl::OkStatus();
    return mismatch("another question was put to this comment; there is one for each");
  }
  if (now >= under_way.times.answer_until) return errors::FollowUpOver("the time to answer questions is over in this survey");
  CANDOR_ASSIGN_OR_RETURN(const std::string none, SealNone(survey, order.comment));
  return store_.PutQuestion(survey.id(), order.comment, order.sealed_question, none, base::RandomBytes(SealedDecisionBytes()));
}

absl::StatusOr<std::string> FollowUps::Finish(const Survey& survey, absl::Time now) {
  const WordsKeyFile key_file(keys_folder_, survey.id(), kWordsKey);
  CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> document, store_.FindFollowUpAnswers(survey.id()));
  if (!document.has_value()) {
    domain::FollowUpAnswers answers;
    answers.survey = survey.id();
    const absl::StatusOr<UnderWay> under_way = Require(survey);
    if (base::GetErrorDetail(under_way.status()).reason == reasons::kFOLLOW_UP_OVER) {
      return domain::EncodeFollowUpAnswers(answers);  // the contract allows none
    }
    CANDOR_RETURN_IF_ERROR(under_way.status());
    if (now < under_way->times.answer_until) return WaitingForModerators("the time to answer questions is not over");
    CANDOR_ASSIGN_OR_RETURN(const crypto::SecretBytes key, key_file.Find());
    bool any_undecided = false;
    for (const storage::StoredQuestion& question : under_way->stored.questions) {
      std::optional<Decided> decided = OpenDecision(key, survey, question);
      if (!decided.has_value()) {
        any_undecided = true;
      } else if (decided->decision.kind != DecisionKind::kReject) {
        answers.answers.push_back({question.comment, std::move(decided->decision.text),
                                   decided->decision.kind == DecisionKind::kRedact});
      }
    }
    if (any_undecided && now < under_way->times.hand_over_until) {
      return WaitingForModerators("moderators have not decided about every answer, whether or not there is one");
    }
    document = domain::EncodeFollowUpAnswers(answers);
    CANDOR_RETURN_IF_ERROR(store_.FinishFollowUps(survey.id(), *document));
  }
  // A crash may have come between the two.
  CANDOR_RETURN_IF_ERROR(key_file.Destroy());
  challenges_.Drop(survey.id_bytes());
  return *std::move(document);
}

absl::StatusOr<std::string> FollowUps::FinishExpired(const Survey& survey) {
  CANDOR_RETURN_IF_ERROR(store_.GetOutcome(survey.id()).status());
  CANDOR_RETURN_IF_ERROR(WordsKeyFile(keys_folder_, survey.id(), kWordsKey).Destroy());
  challenges_.Drop(survey.id_bytes());
  domain::FollowUpAnswers none;
  none.survey = survey.id();
  return domain::EncodeFollowUpAnswers(none);
}

absl::StatusOr<std::optional<absl::Time>> FollowUps::EndTime(const Survey& survey) {
  const absl::StatusOr<UnderWay> under_way = Require(survey);
  if (absl::IsFailedPrecondition(under_way.status())) return std::optional<absl::Time>();
  CANDOR_RETURN_IF_ERROR(under_way.status());
  return std::optional<absl::Time>(under_way->times.hand_over_until);
}

absl::StatusOr<QuestionList> FollowUps::Questions(const Survey& survey) {
  QuestionList list;
  absl::StatusOr<UnderWay> under_way = Require(survey);
  if (absl::IsFailedPrecondition(under_way.status())) return list;
  CANDOR_RETURN_IF_ERROR(under_way.status());
  if (under_way->stored.questions.empty()) return list;
  list.answer_until = under_way->times.answer_until;
  for (storage::StoredQuestion& question : under_way->stored.questions) {
    list.sealed_questions.push_back(std::move(question.sealed_question));
  }
  base::Shuffle(list.sealed_questions);
  list.challenge = challenges_.Make(survey.id_bytes());
  return list;
}

absl::Status FollowUps::Answer(const Survey& survey, const QuestionAnswer& answer, absl::Time now) {
  if (answer.sealed_answer.size() != SealedAnswerBytes(survey.manifest())) {
    return errors::InvalidField("sealed_answer",
                                absl::StrCat("must have ", SealedAnswerBytes(survey.manifest()), " bytes"));
  }
  if (answer.challenge.size() != domain::kAnswerChallengeBytes) {
    return errors::InvalidField("challenge", absl::StrCat("must be the ", domain::kAnswerChallengeBytes,
                                                          " bytes that came with the list of questions"));
  }
  const absl::StatusOr<UnderWay> under_way = Require(survey);
  if (base::GetErrorDetail(under_way.status()).reason == reasons::kWRONG_STATE) return NoQuestion();
  CANDOR_RETURN_IF_ERROR(under_way.status());
  const storage::StoredQuestion* const question = Find(under_way->stored, answer.comment);
  if (question == nullptr) return NoQuestion();
  const auto key = under_way->stored.reply_keys.find(answer.comment);
  if (key == under_way->stored.reply_keys.end()) return errors::StoreCorrupt("a question without its reply key");
  if (!crypto::VerifySignature(key->second,
                               domain::FollowUpSignedBytes(survey.id_bytes(), answer.comment, answer.challenge,
                                                           answer.sealed_answer),
                               answer.signature)) {
    return errors::InvalidField("signature", "must be by the key that the comment was sent with");
  }
  if (now >= under_way->times.answer_until) return errors::FollowUpOver("the time to answer this question is over");
  // Used up before anything is written: should the store fail, no older answer may come instead, but the same again.
  if (!challenges_.Use(survey.id_bytes(), answer.comment, answer.challenge, answer.sealed_answer)) return ChallengeStale();
  if (question->sealed_answer == answer.sealed_answer) return absl::OkStatus();
  return store_.PutAnswer(survey.id(), answer.comment, answer.sealed_answer);
}

absl::StatusOr<std::map<std::string, std::string>> FollowUps::ReplyKeys(const Survey& survey) {
  CANDOR_ASSIGN_OR_RETURN(UnderWay under_way, Require(survey));
  return std::move(under_way.stored.reply_keys);
}

absl::StatusOr<AnswersView> FollowUps::Answers(const Survey& survey, absl::Time now) {
  CANDOR_ASSIGN_OR_RETURN(UnderWay under_way, Require(survey));
  AnswersView view;
  view.answering_over = now >= under_way.times.answer_until;
  view.decide_until = under_way.times.hand_over_until;
  if (!view.answering_over) return view;
  CANDOR_ASSIGN_OR_RETURN(const crypto::SecretBytes key, WordsKeyFile(keys_folder_, survey.id(), kWordsKey).Find());
  for (storage::StoredQuestion& question : under_way.stored.questions) {
    ModeratedAnswer& shown = view.answers.emplace_back();
    if (std::optional<Decided> decided = OpenDecision(key, survey, question); decided.has_value()) {
      shown.decision = std::move(decided->decision);
      shown.decided_by = decided->moderator;
    }
    shown.comment = std::move(question.comment);
    shown.sealed = std::move(question.sealed_answer);
  }
  return view;
}

absl::Status FollowUps::Decide(const Survey& survey, int moderator, const std::string& comment,
                               const CommentDecision& decision, absl::Time now) {
  CANDOR_RETURN_IF_ERROR(CheckDecision(decision));
  CANDOR_ASSIGN_OR_RETURN(const UnderWay under_way, Require(survey));
  if (now < under_way.times.answer_until) {
    return errors::WrongState("answers are still taken; decide about them once the time to answer is over");
  }
  if (now >= under_way.times.hand_over_until) return errors::FollowUpOver("the time to decide about answers is over in this survey");
  if (Find(under_way.stored, comment) == nullptr) return NoQuestion();
  CANDOR_ASSIGN_OR_RETURN(const crypto::SecretBytes key, WordsKeyFile(keys_folder_, survey.id(), kWordsKey).Ensure());
  return store_.DecideAnswer(survey.id(), comment, SealDecision(key, survey, comment, moderator, decision));
}

}  // namespace candor::collection
