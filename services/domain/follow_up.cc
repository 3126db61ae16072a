#include "services/domain/follow_up.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"
#include "services/domain/padded_text.h"
#include "services/domain/sealed_records.h"

namespace candor::domain {
namespace {

using base::Json;

constexpr char kFormat[] = "candor.follow_up_answers.v1";
constexpr absl::string_view kQuestionTag = "candor-question-v1";
constexpr absl::string_view kAnswerTag = "candor-answer-v1";
constexpr absl::string_view kSignatureTag = "candor-follow-up-v2";
constexpr size_t kSurveyIdBytes = 16;
constexpr absl::Duration kFetchingAnswers = absl::Hours(24);

// What both records begin with.
std::string HeadOf(absl::string_view tag, absl::string_view survey_id, absl::string_view comment) {
  CANDOR_CHECK(survey_id.size() == kSurveyIdBytes && comment.size() == kCommentIdBytes);
  return absl::StrCat(tag, survey_id, comment);
}

// The comment that the record names; what comes after it is left in `record`.
absl::StatusOr<std::string> TakeHead(absl::string_view tag, absl::string_view survey_id, size_t length,
                                     absl::string_view& record) {
  const std::string start = absl::StrCat(tag, survey_id);
  if (record.size() != length || !absl::StartsWith(record, start)) {
    return errors::StoreCorrupt("not a question's or answer's record of this survey");
  }
  const std::string comment(record.substr(start.size(), kCommentIdBytes));
  record.remove_prefix(start.size() + kCommentIdBytes);
  return comment;
}

}  // namespace

FollowUpTimes TimesOfFollowUps(const Contract& contract, absl::Time release_time) {
  const absl::Duration span = absl::Hours(24) * contract.follow_up_days;
  const absl::Time end = release_time + kFollowUpSpans * span;
  // In between the answers are fetched.
  if (end > NoticesEndTime(contract) - kFetchingAnswers) return {release_time, release_time, release_time};
  return {release_time + span, release_time + 2 * span, end};
}

size_t QuestionRecordBytes() {
  return kQuestionTag.size() + kSurveyIdBytes + kCommentIdBytes + kTextLengthBytes + kLongestQuestion;
}

std::string EncodeQuestionRecord(absl::string_view survey_id, const QuestionRecord& question) {
  std::string record = HeadOf(kQuestionTag, survey_id, question.comment);
  AppendPadded(question.text, kLongestQuestion, record);
  return record;
}

absl::StatusOr<QuestionRecord> DecodeQuestionRecord(absl::string_view record, absl::string_view survey_id) {
  QuestionRecord question;
  CANDOR_ASSIGN_OR_RETURN(question.comment, TakeHead(kQuestionTag, survey_id, QuestionRecordBytes(), record));
  if (!ReadPadded(record, question.text)) return errors::StoreCorrupt("a question's record is damaged");
  return question;
}

size_t AnswerRecordBytes() {
  return kAnswerTag.size() + kSurveyIdBytes + kCommentIdBytes + 1 + kTextLengthBytes + kLongestAnswer;
}

std::string EncodeAnswerRecord(absl::string_view survey_id, const AnswerRecord& answer) {
  std::string record;
  // At once, so that no shorter copy of the text stays in freed memory.
  record.reserve(AnswerRecordBytes());
  record += HeadOf(kAnswerTag, survey_id, answer.comment);
  record.push_back(answer.text.has_value() ? '\1' : '\0');
  AppendPadded(answer.text.has_value() ? absl::string_view(*answer.text) : "", kLongestAnswer, record);
  return record;
}

absl::StatusOr<AnswerRecord> DecodeAnswerRecord(absl::string_view record, absl::string_view survey_id) {
  AnswerRecord answer;
  CANDOR_ASSIGN_OR_RETURN(answer.comment, TakeHead(kAnswerTag, survey_id, AnswerRecordBytes(), record));
  std::string text;
  if (static_cast<uint8_t>(record[0]) > 1 || !ReadPadded(record.substr(1), text)) {
    return errors::StoreCorrupt("an answer's record is damaged");
  }
  if (record[0] == '\1') answer.text = std::move(text);
  return answer;
}

std::string FollowUpSignedBytes(absl::string_view survey_id, absl::string_view comment, absl::string_view challenge,
                                absl::string_view sealed_answer) {
  return absl::StrCat(kSignatureTag, survey_id, comment, challenge, sealed_answer);
}

std::string EncodeFollowUpAnswers(const FollowUpAnswers& answers) {
  Json list = Json::array();
  for (const FollowUpAnswers::Answer& answer : answers.answers) {
    list.push_back({{"comment", answer.comment}, {"text", answer.text}, {"redacted", answer.redacted}});
  }
  return base::CanonicalJson(Json{{"format", kFormat}, {"survey", answers.survey.value()}, {"answers", std::move(list)}});
}

absl::StatusOr<FollowUpAnswers> DecodeFollowUpAnswers(absl::string_view bytes) {
  const absl::StatusOr<Json> document = base::ParseJson(bytes);
  if (!document.ok()) return errors::StoreCorrupt("answers to questions are not JSON");
  JsonFault fault(absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  JsonObject object(*document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", "is another");
  FollowUpAnswers answers;
  answers.survey = SurveyId(object.Text("survey"));
  object.List("answers", [&](const Json& element, const std::string& path) {
    JsonObject read(element, path, &fault);
    FollowUpAnswers::Answer answer;
    answer.comment = read.Text("comment");
    answer.text = read.Text("text");
    answer.redacted = read.OptionalBool("redacted", false);
    read.Finish();
    const bool ascends = answers.answers.empty() || answers.answers.back().comment < answer.comment;
    if (!ascends) fault.Set(read.PathOf("comment"), "does not come after the one before it");
    answers.answers.push_back(std::move(answer));
  });
  object.Finish();
  if (fault.ok() && EncodeFollowUpAnswers(answers) != bytes) fault.Set("", "is not in canonical form");
  CANDOR_RETURN_IF_ERROR(fault.status());
  return answers;
}

}  // namespace candor::domain
