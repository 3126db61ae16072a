// Of the watched campaign: what people who are no respondents write and read, before and after closing.

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/moderation.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "clients/cpp/auditing.h"
#include "clients/cpp/key_session.h"
#include "clients/cpp/moderation.h"
#include "services/domain/comments.h"
#include "services/domain/contract.h"
#include "tests/privacy/logs_fixture.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

namespace v1 = candor::v1;

void LogsTest::RateIdentified() {
  for (const auto& [person, kind] : {std::pair{leader_, "self"}, std::pair{supervisor_, "supervisor"}}) {
    const auto as = district_->As(person);
    ASSERT_TRUE(as.ok()) << as.status();
    const auto stub = v1::CampaignService::NewStub((*as)->channel());
    v1::GetIdentifiedRatingRequest get;
    get.set_name(absl::StrCat(survey_, "/ratings/", kind));
    const auto form = (*as)->Call(*stub, &v1::CampaignService::Stub::GetIdentifiedRating, get);
    ASSERT_TRUE(form.ok()) << form.status();
    identified_.push_back(RandomAnswers(random_).ratings);
    v1::PutIdentifiedRatingRequest put;
    put.mutable_rating()->set_name(get.name());
    ASSERT_EQ(static_cast<size_t>(form->items_size()), identified_.back().size());
    for (int i = 0; i < form->items_size(); ++i) {
      v1::Rating& rating = *put.mutable_rating()->add_ratings();
      rating.set_indicator(form->items(i).indicator());
      rating.set_value(identified_.back()[static_cast<size_t>(i)]);
    }
    ASSERT_TRUE((*as)->Call(*stub, &v1::CampaignService::Stub::PutIdentifiedRating, put).ok());
    put.mutable_rating()->mutable_ratings(0)->set_value(77);
    Note((*as)->Call(*stub, &v1::CampaignService::Stub::PutIdentifiedRating, put).status());
  }
}

void LogsTest::PlanGrowth() {
  const auto report = district_->GetReport(survey_);
  ASSERT_TRUE(report.ok()) << report.status();
  const auto as = district_->As(leader_);
  ASSERT_TRUE(as.ok()) << as.status();
  const auto stub = v1::ReportService::NewStub((*as)->channel());
  for (int i = 0; i < 4; ++i) planned_.push_back(RandomWords(random_));
  v1::UpdateGrowthPlanRequest good;
  good.mutable_growth_plan()->set_name(absl::StrCat(survey_, "/growthPlan"));
  v1::GrowthGoal& goal = *good.mutable_growth_plan()->add_goals();
  for (const v1::UnitScore& unit : report->scores().units()) {
    if (unit.kind() == v1::UNIT_KIND_COMPETENCY) goal.set_unit(unit.code());
  }
  goal.set_goal(planned_[0]);
  goal.add_actions()->set_text(planned_[1]);
  goal.set_evidence(planned_[2]);
  goal.set_outcome(planned_[3]);
  std::vector<v1::UpdateGrowthPlanRequest> all(6, good);
  all[0].mutable_growth_plan()->set_name(planned_[0]);
  all[1].mutable_growth_plan()->set_etag(planned_[0]);
  all[2].mutable_growth_plan()->mutable_goals(0)->set_unit(planned_[0]);
  all[3].mutable_growth_plan()->mutable_goals(0)->set_review_date(planned_[0]);
  all[4].mutable_growth_plan()->mutable_goals(0)->set_evidence(planned_[2] + "\a");
  all[5].mutable_growth_plan()->mutable_goals(0)->mutable_actions(0)->set_text(std::string(600, 'x') + planned_[1]);
  for (const v1::UpdateGrowthPlanRequest& bent : all) {
    const auto refused = (*as)->Call(*stub, &v1::ReportService::Stub::UpdateGrowthPlan, bent);
    ASSERT_FALSE(refused.ok());
    Note(refused.status());
  }
  const auto written = (*as)->Call(*stub, &v1::ReportService::Stub::UpdateGrowthPlan, good);
  ASSERT_TRUE(written.ok()) << written.status();
  good.mutable_growth_plan()->clear_goals();
  good.mutable_growth_plan()->set_etag(written->etag());
  ASSERT_TRUE((*as)->Call(*stub, &v1::ReportService::Stub::UpdateGrowthPlan, good).ok());
}

void LogsTest::Moderate() {
  const auto session =
      ModeratorSession(deployment_, survey_.substr(survey_.rfind('/') + 1), district_->moderator_key());
  ASSERT_TRUE(session.ok()) << session.status();
  const auto comments = client::ReadComments(**session);
  ASSERT_TRUE(comments.ok()) << comments.status();
  ASSERT_EQ(comments->comments.size(), static_cast<size_t>(kAnswering));
  for (const client::OpenedComment& comment : comments->comments) {
    const auto writer = std::find_if(people_.begin(), people_.end(), [&](const Person& person) {
      return !person.answers.empty() && person.answers.back().comments[0] == comment.text;
    });
    ASSERT_NE(writer, people_.end());
    v1::CommentDecision decision;
    decision.set_kind(v1::DECISION_KIND_APPROVE);
    decision.set_text(comment.text);
    if (writer == people_.begin() + kRedacted) {
      decision.set_kind(v1::DECISION_KIND_REDACT);
      decision.set_reason(v1::MODERATION_REASON_NAMES_SOMEBODY);
      decision.set_text(comment.text.substr(0, comment.text.size() / 2) + domain::kCut);
    } else if (writer == people_.begin() + kRejected) {
      decision.set_kind(v1::DECISION_KIND_REJECT);
      decision.set_reason(v1::MODERATION_REASON_IDENTIFIES_WRITER);
      decision.clear_text();
    }
    if (decision.kind() != v1::DECISION_KIND_APPROVE) {
      decision.set_note(RandomWords(random_));
      writer->moderated = {decision.note()};
      if (!decision.text().empty()) writer->moderated.push_back(decision.text());
      // What no server takes: a decision about a comment that is named by its words.
      v1::DecideCommentRequest bent;
      bent.set_comment(comment.text);
      *bent.mutable_decision() = decision;
      const auto stub = v1::ModerationService::NewStub((*session)->connection()->channel());
      Note((*session)->Call(*stub, &v1::ModerationService::Stub::DecideComment, bent).status());
    }
    ASSERT_EQ(client::Decide(**session, comment, decision), absl::OkStatus());
  }
}

void LogsTest::ReadNotices() {
  const domain::SurveyId survey(survey_.substr(survey_.rfind('/') + 1));
  auto key = crypto::ClosingKeyPair::FromSecretKey(district_->auditor_key().secret_key.view());
  ASSERT_TRUE(key.ok()) << key.status();
  const auto session = client::KeySession::Open(Nobody(), survey, v1::KEY_HOLDER_ROLE_AUDITOR, *std::move(key));
  ASSERT_TRUE(session.ok()) << session.status();
  const auto notices = client::ReadNotices(**session);
  ASSERT_TRUE(notices.ok()) << notices.status();
  ASSERT_EQ(notices->texts.size(), static_cast<size_t>(kAnswering) / 2);
  // Another key is nobody's, and its session one that no server knows.
  Note(client::KeySession::Open(Nobody(), survey, v1::KEY_HOLDER_ROLE_AUDITOR, crypto::ClosingKeyPair::Generate())
           .status());
  v1::ListNoticesRequest bent;
  bent.set_survey(survey.value());
  bent.set_session(notices->texts[0]);
  const auto connection = Nobody();
  const auto stub = v1::AuditorService::NewStub(connection->channel());
  Note(connection->Call(*stub, &v1::AuditorService::Stub::ListNotices, bent).status());
  ASSERT_EQ(client::DestroyNotices(**session), absl::OkStatus());
}

}  // namespace candor::privacy
