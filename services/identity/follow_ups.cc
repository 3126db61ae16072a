#include "services/identity/follow_ups.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/crypto/seal_between.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/text.h"
#include "services/identity/audit.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"
#include "services/identity/survey_work.h"
#include "storage/key_holders.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::CampaignId;
using domain::DistrictId;
using domain::FollowUpTimes;
using domain::ModerationReason;
using domain::SurveyId;
using domain::SurveyState;
using storage::QuestionRow;
using storage::QuestionState;
using storage::ReadTransaction;
using storage::SurveyDocument;
using storage::SurveyRow;
using storage::WriteTransaction;

// A survey with the times of its questions.
struct AskedSurvey {
  SurveyRow row;
  FollowUpTimes times;
};

absl::StatusOr<AskedSurvey> FindAsked(ReadTransaction& transaction, const DistrictId& district,
                                      const CampaignId& campaign, const SurveyId& survey) {
  AskedSurvey asked;
  CANDOR_ASSIGN_OR_RETURN(asked.row, GetSurveyRow(transaction, district, survey));
  if (asked.row.campaign != campaign) return errors::NotFound("survey", survey.value());
  CANDOR_ASSIGN_OR_RETURN(asked.times, FollowUpTimesOf(transaction, asked.row));
  return asked;
}

absl::Status CheckTimeToAsk(const AskedSurvey& survey, absl::Time now) {
  if (now < survey.times.ask_until) return absl::OkStatus();
  return errors::FollowUpOver(absl::StrCat(
      "questions could be put and decided about until ",
      absl::FormatTime("%Y-%m-%d %H:%M UTC", survey.times.ask_until, absl::UTCTimeZone()),
      ", as raters were told; that time never moves, also where a server could not be reached for a part of it"));
}

// What stands beside a survey's report: the words of comments by id, and what was handed over of questions.
struct Beside {
  std::map<std::string, std::string> comments;
  std::optional<domain::FollowUpAnswers> answers;  // unset: nothing is handed over yet
};

absl::StatusOr<Beside> FindBeside(ReadTransaction& transaction, const SurveyRow& survey) {
  Beside beside;
  CANDOR_ASSIGN_OR_RETURN(const std::string document, GetDocument(transaction, survey, SurveyDocument::kComments));
  CANDOR_ASSIGN_OR_RETURN(const domain::ReleasedComments released, domain::DecodeReleasedComments(document));
  for (const domain::ReleasedBlock& block : released.blocks) {
    for (const domain::ReleasedPrompt& prompt : block.prompts) {
      for (const domain::ReleasedComment& comment : prompt.comments) beside.comments[comment.id] = comment.text;
    }
  }
  CANDOR_ASSIGN_OR_RETURN(const std::optional<std::string> answers,
                          transaction.FindSurveyDocument(survey.district, survey.id, SurveyDocument::kFollowUpAnswers));
  if (answers.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(beside.answers, domain::DecodeFollowUpAnswers(*answers));
  }
  return beside;
}

FollowUp ShownOf(const QuestionRow& row, const Beside& beside, const FollowUpTimes& times, absl::Time now) {
  FollowUp shown;
  shown.comment = row.comment;
  if (const auto text = beside.comments.find(row.comment); text != beside.comments.end()) shown.comment_text = text->second;
  shown.question = row.question;
  switch (row.state) {
    case QuestionState::kAsked:
      shown.state = now < times.ask_until ? FollowUpState::kAsked : FollowUpState::kUnanswered;
      return shown;
    case QuestionState::kRejected:
      shown.state = FollowUpState::kRejected;
      shown.reason = row.reason;
      return shown;
    case QuestionState::kApproved:
    case QuestionState::kPlaced: break;
  }
  shown.state = beside.answers.has_value() ? FollowUpState::kUnanswered : FollowUpState::kApproved;
  if (!beside.answers.has_value()) return shown;
  for (const domain::FollowUpAnswers::Answer& answer : beside.answers->answers) {
    if (answer.comment != row.comment) continue;
    shown.state = FollowUpState::kAnswered;
    shown.answer = answer.text;
    shown.redacted = answer.redacted;
  }
  return shown;
}

absl::Status CheckQuestion(absl::string_view question) {
  constexpr char kField[] = "question";
  if (question.empty()) return errors::InvalidField(kField, "is empty; what do you want to ask?");
  if (question.size() > domain::kLongestQuestion) {
    return errors::InvalidField(kField, absl::StrCat("is ", question.size(), " bytes long; shorten it to ",
                                                     domain::kLongestQuestion));
  }
  if (!domain::IsPlainText(question)) {
    return errors::InvalidField(kField, "must be plain UTF-8 text without control characters");
  }
  return absl::OkStatus();
}

absl::Status CheckDecision(absl::string_view sealed_question, ModerationReason reason) {
  if (sealed_question.empty() && reason == ModerationReason::kNone) {
    return errors::InvalidField("reason", "must say why, to reject the question; to approve it, send it sealed");
  }
  if (sealed_question.empty()) return absl::OkStatus();
  if (reason != ModerationReason::kNone) {
    return errors::InvalidField("reason", "must be left out, to approve the question; to reject it, leave out what is sealed");
  }
  const size_t length = domain::QuestionRecordBytes() + crypto::kBetweenOverheadBytes;
  if (sealed_question.size() == length) return absl::OkStatus();
  return errors::InvalidField("sealed_question", absl::StrCat("must be ", length, " bytes long, whatever is asked"));
}

std::string CommentName(const SurveyRow& survey, absl::string_view comment) {
  return absl::StrCat(SurveyName(survey), "/comments/", comment);
}

bool IsWaiting(const absl::Status& status) {
  return base::GetErrorDetail(status).reason == domain::reasons::kWAITING_FOR_MODERATORS;
}

absl::Status UnreadableAnswers(const SurveyRow& survey, const absl::Status& why) {
  return base::Error(absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT,
                     absl::StrCat("the answers to questions that the response plane hands over for ", SurveyName(survey),
                                  " cannot be read (", why.message(),
                                  "); bring both servers to one version, and it goes on by itself"));
}

bool IsOver(const absl::Status& status) {
  return base::GetErrorDetail(status).reason == domain::reasons::kFOLLOW_UP_OVER;
}

}  // namespace

absl::StatusOr<FollowUpTimes> FollowUpTimesOf(ReadTransaction& transaction, const SurveyRow& survey) {
  if (survey.state != SurveyState::kReleased) {
    return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED,
                       survey.state == SurveyState::kAbandoned
                           ? "the survey was abandoned: there is no report, and no comment to ask about"
                           : "questions can be put back once the report is released");
  }
  CANDOR_ASSIGN_OR_RETURN(const std::string document, GetDocument(transaction, survey, SurveyDocument::kContract));
  const absl::StatusOr<domain::Contract> contract = domain::DecodeContract(document);
  if (!contract.ok()) return errors::StoreCorrupt("a stored anonymity contract cannot be read");
  if (contract->follow_up_days == 0) {
    return errors::FollowUpOver("in this campaign no questions are put back to comments, as raters were told");
  }
  if (!survey.release_time.has_value()) return errors::StoreCorrupt("a released survey does not say since when");
  return domain::TimesOfFollowUps(*contract, *survey.release_time);
}

absl::StatusOr<FollowUp> FollowUps::Ask(const Caller& caller, const DistrictId& district, const CampaignId& campaign,
                                        const SurveyId& survey, absl::string_view comment,
                                        absl::string_view question) {
  CANDOR_RETURN_IF_ERROR(CheckQuestion(question));
  FollowUp shown;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    const absl::Time now = clock_.Now();
    CANDOR_ASSIGN_OR_RETURN(const AskedSurvey asked, FindAsked(transaction, district, campaign, survey));
    CANDOR_ASSIGN_OR_RETURN(const Beside beside, FindBeside(transaction, asked.row));
    CANDOR_ASSIGN_OR_RETURN(std::optional<QuestionRow> row, transaction.FindQuestion(district, survey, comment));
    if (row.has_value() && row->question == question) {
      shown = ShownOf(*row, beside, asked.times, now);
      return absl::OkStatus();
    }
    CANDOR_RETURN_IF_ERROR(CheckTimeToAsk(asked, now));
    if (row.has_value()) {
      return base::Error(absl::StatusCode::kAlreadyExists, domain::reasons::kRESOURCE_EXISTS,
                         "there is a question to this comment already, and only one can be asked; it cannot be changed");
    }
    if (!beside.comments.contains(std::string(comment))) {
      return errors::NotFound("comment", comment.empty() ? "without an id beside this report"
                                                         : absl::StrCat(comment, " beside this report"));
    }
    row = QuestionRow{district, survey, std::string(comment), std::string(question)};
    CANDOR_RETURN_IF_ERROR(transaction.InsertQuestion(*row));
    shown = ShownOf(*row, beside, asked.times, now);
    return RecordAudit(transaction, clock_, caller, district, "AskQuestion", CommentName(asked.row, comment));
  }));
  return shown;
}

absl::StatusOr<FollowUp> FollowUps::Decide(const Caller& caller, const DistrictId& district, const CampaignId& campaign,
                                           const SurveyId& survey, absl::string_view comment,
                                           absl::string_view sealed_question, ModerationReason reason) {
  CANDOR_RETURN_IF_ERROR(CheckDecision(sealed_question, reason));
  const bool approves = !sealed_question.empty();
  FollowUp shown;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    const absl::Time now = clock_.Now();
    CANDOR_ASSIGN_OR_RETURN(const AskedSurvey asked, FindAsked(transaction, district, campaign, survey));
    CANDOR_ASSIGN_OR_RETURN(std::optional<QuestionRow> row, transaction.FindQuestion(district, survey, comment));
    if (!row.has_value()) return errors::NotFound("question to the comment", comment);
    if (row->state != QuestionState::kAsked) {
      const bool rejected = row->state == QuestionState::kRejected;
      if (rejected == approves || row->reason != reason) {
        return errors::WrongState(rejected ? "this question is rejected already, and what was decided stays"
                                           : "this question is approved already, and what was decided stays");
      }
    } else {
      CANDOR_RETURN_IF_ERROR(CheckTimeToAsk(asked, now));
      row->state = approves ? QuestionState::kApproved : QuestionState::kRejected;
      row->reason = reason;
      row->sealed_question = std::string(sealed_question);
      CANDOR_RETURN_IF_ERROR(transaction.UpdateQuestion(*row));
      CANDOR_RETURN_IF_ERROR(RecordAudit(transaction, clock_, caller, district,
                                         approves ? "ApproveQuestion" : "RejectQuestion",
                                         CommentName(asked.row, comment)));
    }
    CANDOR_ASSIGN_OR_RETURN(const Beside beside, FindBeside(transaction, asked.row));
    shown = ShownOf(*row, beside, asked.times, now);
    return absl::OkStatus();
  }));
  return shown;
}

absl::StatusOr<FollowUpList> FollowUps::List(const DistrictId& district, const CampaignId& campaign,
                                             const SurveyId& survey) {
  FollowUpList list;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    const absl::Time now = clock_.Now();
    CANDOR_ASSIGN_OR_RETURN(const AskedSurvey asked, FindAsked(transaction, district, campaign, survey));
    CANDOR_ASSIGN_OR_RETURN(const Beside beside, FindBeside(transaction, asked.row));
    CANDOR_ASSIGN_OR_RETURN(const std::vector<QuestionRow> rows, transaction.ListQuestions(district, survey));
    list.follow_ups.clear();
    for (const QuestionRow& row : rows) list.follow_ups.push_back(ShownOf(row, beside, asked.times, now));
    list.times = asked.times;
    return absl::OkStatus();
  }));
  return list;
}

absl::StatusOr<bool> FollowUps::Moderates(const Caller& caller, const DistrictId& district, const SurveyId& survey) {
  if (caller.person.empty() || caller.district != district || !caller.roles.moderator) return false;
  std::vector<domain::PersonId> moderators;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(moderators, storage::ModeratorsOf(transaction, district, survey));
    return absl::OkStatus();
  }));
  return std::find(moderators.begin(), moderators.end(), caller.person) != moderators.end();
}

absl::Status FollowUps::Advance(const DistrictId& district, const CampaignId& campaign, NextLook* look) {
  CANDOR_ASSIGN_OR_RETURN(CampaignWork work, ReadCampaignWork(store_, district, campaign));
  if (work.campaign.settings.follow_up_days == 0) return absl::OkStatus();
  std::vector<Finished> finished;
  const absl::Status fault = WorkAtEach(work.surveys, stopping_, [&](SurveyRow& survey) -> absl::Status {
    if (survey.state != SurveyState::kReleased) return absl::OkStatus();
    bool done = false;
    FollowUpTimes times;
    CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
      CANDOR_ASSIGN_OR_RETURN(const auto answers, transaction.FindSurveyDocumentHash(district, survey.id,
                                                                                     SurveyDocument::kFollowUpAnswers));
      done = answers.has_value();
      if (done) return absl::OkStatus();
      CANDOR_ASSIGN_OR_RETURN(times, FollowUpTimesOf(transaction, survey));
      return absl::OkStatus();
    }));
    if (done) return absl::OkStatus();
    const absl::Status placed = Place(survey);
    if (clock_.Now() < times.answer_until) {
      look->time = std::min(look->time.value_or(absl::InfiniteFuture()), times.answer_until);
      return placed;
    }
    CANDOR_ASSIGN_OR_RETURN(std::string answers, Finish(survey, times));
    if (answers.empty()) {
      look->waiting = true;
    } else {
      finished.push_back({survey, std::move(answers)});
    }
    return placed;
  });
  if (finished.empty() || (stopping_ && !fault.ok())) return fault;
  // What was not handed over is destroyed there, and must be in no freed page either. Before it is stored here, so that a
  // crash is followed by doing it again; once for all.
  const absl::Status forgotten = plane_.Forget();
  if (!forgotten.ok()) return fault.ok() ? forgotten : fault;
  const absl::Status stored = Store(finished);
  return fault.ok() ? stored : fault;
}

absl::Status FollowUps::Place(const SurveyRow& survey) {
  std::vector<QuestionRow> rows;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListQuestions(survey.district, survey.id));
    return absl::OkStatus();
  }));
  absl::Status first_fault;
  for (QuestionRow& row : rows) {
    if (row.state != QuestionState::kApproved) continue;
    absl::Status placed = plane_.PutQuestion({survey.id, row.comment, row.sealed_question});
    // Too late: nobody was asked, and nobody will be.
    if (IsOver(placed)) placed = absl::OkStatus();
    if (placed.ok()) {
      row.state = QuestionState::kPlaced;
      row.sealed_question.clear();
      placed = store_.Write([&](WriteTransaction& transaction) { return transaction.UpdateQuestion(row); });
    }
    if (first_fault.ok()) first_fault = placed;
  }
  return first_fault;
}

absl::StatusOr<std::string> FollowUps::Finish(const SurveyRow& survey, const FollowUpTimes& times) {
  absl::StatusOr<std::string> answers = plane_.FinishFollowUps(survey.id);
  if (IsWaiting(answers.status())) return std::string();
  // A document that is there is never given up, since whoever mends the fault will have it; trying again alone does not help.
  if (answers.ok()) {
    const absl::StatusOr<domain::FollowUpAnswers> read = domain::DecodeFollowUpAnswers(*answers);
    if (!read.ok()) return UnreadableAnswers(survey, read.status());
    if (read->survey == survey.id) return answers;
    return errors::StoreCorrupt("the response plane hands over answers that are none of this survey's");
  }
  if (IsPassing(answers.status()) || clock_.Now() < times.hand_over_until) return answers.status();
  // A plane that has lost the survey has nothing to hand over, and asking it for ever would not change that.
  base::Log(base::LogLevel::kWarning, "the answers to a survey's questions are given up: the response plane has none",
            {{"survey", SurveyName(survey)}, {"detail", std::string(answers.status().message())}});
  return domain::EncodeFollowUpAnswers({survey.id, {}});
}

absl::Status FollowUps::Store(const std::vector<Finished>& finished) {
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    for (const Finished& each : finished) {
      CANDOR_ASSIGN_OR_RETURN(const auto stored,
                              transaction.FindSurveyDocumentHash(each.survey.district, each.survey.id,
                                                                 SurveyDocument::kFollowUpAnswers));
      if (stored.has_value()) continue;
      CANDOR_RETURN_IF_ERROR(PutDocument(transaction, each.survey, SurveyDocument::kFollowUpAnswers, each.answers));
    }
    return absl::OkStatus();
  });
}

}  // namespace candor::identity
