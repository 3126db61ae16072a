// Campaigns, surveys, their documents and issuing groups, raters, invitations and identified ratings.

#include <string>
#include <utility>
#include <vector>

#include "storage/identity_documents.h"
#include "storage/sqlite/identity_rows.h"
#include "storage/sqlite/identity_transaction.h"

namespace candor::storage::sqlite {
namespace {

namespace errors = domain::errors;
using domain::DistrictId;
using domain::SurveyId;

absl::StatusOr<CampaignRow> ReadCampaign(Statement& row) {
  CampaignRow campaign;
  campaign.district = DistrictId(row.Text(0));
  campaign.id = domain::CampaignId(row.Text(1));
  CANDOR_ASSIGN_OR_RETURN(campaign.settings, DecodeSettings(row.Blob(2)));
  const std::optional<domain::CampaignState> state = domain::FindCampaignState(row.Text(3));
  if (!state.has_value()) return errors::StoreCorrupt("a campaign's state is unknown");
  campaign.state = *state;
  campaign.release_ordered = row.Int(4) != 0;
  campaign.release_discards = row.Int(4) == 2;
  campaign.create_time = TimeOf(row.Int(5));
  campaign.open_time = OptionalTimeOf(row, 6);
  campaign.closed_time = OptionalTimeOf(row, 7);
  campaign.release_time = OptionalTimeOf(row, 8);
  campaign.revision = row.Int(9);
  if (!row.IsNull(10)) campaign.pooled_figures = row.Blob(10);
  campaign.extended_close_time = OptionalTimeOf(row, 11);
  if (!row.IsNull(12)) campaign.benchmark = row.Blob(12);
  return campaign;
}
#define CAMPAIGN_COLUMNS                                                                                      \
  "district, campaign, settings, state, release_ordered, create_time, open_time, closed_time, release_time, " \
  "revision, pooled_figures, extended_close_time, benchmark"

void BindCampaign(Statement& statement, const CampaignRow& row) {
  const absl::string_view state = domain::NameOf(row.state);
  statement.BindText(1, row.district.value())
      .BindText(2, row.id.value())
      .BindBlob(3, EncodeSettings(row.settings))
      .BindText(4, state)
      .BindInt(5, !row.release_ordered ? 0 : row.release_discards ? 2 : 1)
      .BindOptionalBlob(11, row.pooled_figures)
      .BindOptionalBlob(13, row.benchmark)
      .BindText(14, row.settings.instrument.value())
      .BindInt(15, row.settings.instrument_version);
  BindOptionalTime(statement, 12, row.extended_close_time);
  statement.BindInt(6, TimeValue(row.create_time));
  BindOptionalTime(statement, 7, row.open_time);
  BindOptionalTime(statement, 8, row.closed_time);
  BindOptionalTime(statement, 9, row.release_time);
  statement.BindInt(10, row.revision);
}

absl::StatusOr<SurveyRow> ReadSurvey(Statement& row) {
  SurveyRow survey;
  survey.district = DistrictId(row.Text(0));
  survey.id = SurveyId(row.Text(1));
  survey.campaign = domain::CampaignId(row.Text(2));
  survey.leader = domain::PersonId(row.Text(3));
  const std::optional<domain::SurveyState> state = domain::FindSurveyState(row.Text(4));
  if (!state.has_value()) return errors::StoreCorrupt("a survey's state is unknown");
  survey.state = *state;
  survey.order_id = row.Text(5);
  survey.closing_step = static_cast<ClosingStep>(row.Int(6));
  survey.create_time = TimeOf(row.Int(7));
  survey.revision = row.Int(8);
  survey.release_time = OptionalTimeOf(row, 9);
  return survey;
}
#define SURVEY_COLUMNS \
  "district, survey, campaign, leader, state, order_id, closing_step, create_time, revision, release_time"

void BindSurvey(Statement& statement, const SurveyRow& row) {
  const absl::string_view state = domain::NameOf(row.state);
  statement.BindText(1, row.district.value())
      .BindText(2, row.id.value())
      .BindText(3, row.campaign.value())
      .BindText(4, row.leader.value())
      .BindText(5, state)
      .BindText(6, row.order_id)
      .BindInt(7, static_cast<int64_t>(row.closing_step))
      .BindInt(8, TimeValue(row.create_time))
      .BindInt(9, row.revision);
  BindOptionalTime(statement, 10, row.release_time);
}

absl::StatusOr<ExtensionRow> ReadExtension(Statement& row) {
  return ExtensionRow{DistrictId(row.Text(0)), SurveyId(row.Text(1)), row.Blob(2), row.Blob(3)};
}

absl::StatusOr<std::string> ReadBytes(Statement& row) { return row.Blob(0); }

absl::StatusOr<IssuingGroupRow> ReadIssuingGroup(Statement& row) {
  return IssuingGroupRow{DistrictId(row.Text(0)), SurveyId(row.Text(1)), static_cast<int32_t>(row.Int(2)),
                         row.Text(3),             row.Int(4),            row.Int(5)};
}

absl::StatusOr<RaterRow> ReadRater(Statement& row) {
  return RaterRow{DistrictId(row.Text(0)), SurveyId(row.Text(1)), domain::RaterId(row.Text(2)), row.Text(3),
                  row.Text(4),             row.Text(5),           row.Int(6) != 0,              row.Int(7) != 0,
                  row.Text(8)};
}
#define RATER_COLUMNS "district, survey, rater, rater_group, display_name, address, opted_out, paper, part"

void BindRater(Statement& statement, const RaterRow& row) {
  statement.BindText(1, row.district.value())
      .BindText(2, row.survey.value())
      .BindText(3, row.id.value())
      .BindText(4, row.group)
      .BindText(5, row.display_name)
      .BindText(6, row.address)
      .BindInt(7, row.opted_out ? 1 : 0)
      .BindInt(8, row.paper ? 1 : 0)
      .BindText(9, row.part);
}

absl::StatusOr<GroupCount> ReadGroupCount(Statement& row) {
  return GroupCount{row.Text(0), row.Int(1), row.Int(2), row.Text(3)};
}

absl::StatusOr<InvitationRow> ReadInvitation(Statement& row) {
  InvitationRow invitation;
  invitation.district = DistrictId(row.Text(0));
  invitation.survey = SurveyId(row.Text(1));
  invitation.rater = domain::RaterId(row.Text(2));
  invitation.code_hash = row.Blob(3);
  invitation.issuing_group = static_cast<int32_t>(row.Int(4));
  invitation.generation = row.Int(5);
  if (!row.IsNull(6)) invitation.blinded_hash = row.Blob(6);
  return invitation;
}
#define INVITATION_COLUMNS "district, survey, rater, code_hash, issuing_group, generation, blinded_hash"

absl::StatusOr<IdentifiedRatingRow> ReadIdentifiedRating(Statement& row) {
  IdentifiedRatingRow rating;
  rating.district = DistrictId(row.Text(0));
  rating.survey = SurveyId(row.Text(1));
  rating.person = domain::PersonId(row.Text(2));
  rating.audience = static_cast<IdentifiedAudience>(row.Int(3));
  const std::string ratings = row.Blob(4);
  rating.answers.ratings.assign(ratings.begin(), ratings.end());
  CANDOR_ASSIGN_OR_RETURN(rating.answers.comments, DecodeTexts(row.Text(5)));
  rating.revision = row.Int(6);
  return rating;
}
#define IDENTIFIED_RATING_COLUMNS "district, survey, person, audience, ratings, comments, revision"

void BindIdentifiedRating(Statement& statement, const IdentifiedRatingRow& row) {
  statement.BindText(1, row.district.value())
      .BindText(2, row.survey.value())
      .BindText(3, row.person.value())
      .BindInt(4, static_cast<int64_t>(row.audience))
      .BindBlob(5, std::string(row.answers.ratings.begin(), row.answers.ratings.end()))
      .BindText(6, EncodeTexts(row.answers.comments))
      .BindInt(7, row.revision);
}

}  // namespace

absl::StatusOr<std::optional<CampaignRow>> IdentityTransaction::FindCampaign(const DistrictId& district,
                                                                             const domain::CampaignId& id) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE district=?1 AND campaign=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  return ReadOne(statement, ReadCampaign);
}

absl::StatusOr<std::vector<CampaignRow>> IdentityTransaction::ListCampaigns(const DistrictId& district,
                                                                            const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE district=?1 AND "
                                            "campaign>?2 ORDER BY campaign LIMIT ?3"));
  statement.BindText(1, district.value()).BindText(2, page.after).BindInt(3, LimitOf(page.limit));
  return ReadAll(statement, ReadCampaign);
}

absl::Status IdentityTransaction::InsertCampaign(const CampaignRow& row) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("INSERT INTO campaign(" CAMPAIGN_COLUMNS ", instrument, "
                                            "instrument_version) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
                                            "?11, ?12, ?13, ?14, ?15)"));
  BindCampaign(statement, row);
  return statement.Run();
}

absl::Status IdentityTransaction::UpdateCampaign(const CampaignRow& row) {
  CANDOR_ASSIGN_OR_RETURN(const std::optional<CampaignRow> before, FindCampaign(row.district, row.id));
  // By their meaning: an older version may have written the same settings down in other bytes, which then stay.
  const bool frozen = before.has_value() && before->state != domain::CampaignState::kDraft;
  if (frozen && EncodeSettings(before->settings) != EncodeSettings(row.settings)) {
    return errors::WrongState("the settings of a campaign can no longer be changed once it was opened");
  }
  {
    CANDOR_ASSIGN_OR_RETURN(
        Statement statement,
        database_.Prepare("UPDATE campaign SET settings=CASE state WHEN 'draft' THEN ?3 ELSE settings END, state=?4, release_ordered=?5, create_time=?6, open_time=?7, "
                          "closed_time=?8, release_time=?9, revision=revision+1, pooled_figures=?11, "
                          "extended_close_time=?12, benchmark=?13, instrument=?14, instrument_version=?15 "
                          "WHERE district=?1 AND campaign=?2 AND revision=?10"));
    BindCampaign(statement, row);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  if (database_.changes() > 0) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const std::optional<CampaignRow> stored, FindCampaign(row.district, row.id));
  return stored.has_value() ? errors::EtagMismatch("campaign", row.id.value())
                            : errors::NotFound("campaign", row.id.value());
}

absl::Status IdentityTransaction::DeleteCampaign(const DistrictId& district, const domain::CampaignId& id) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("DELETE FROM campaign WHERE district=?1 AND campaign=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  return statement.Run();
}

absl::StatusOr<std::optional<SurveyRow>> IdentityTransaction::FindSurvey(const DistrictId& district,
                                                                         const SurveyId& id) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT " SURVEY_COLUMNS " FROM survey WHERE district=?1 AND survey=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  return ReadOne(statement, ReadSurvey);
}

absl::StatusOr<std::vector<SurveyRow>> IdentityTransaction::ListSurveys(const DistrictId& district,
                                                                        const domain::CampaignId& campaign,
                                                                        const Page& page) {
  if (campaign.empty()) {
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("SELECT " SURVEY_COLUMNS " FROM survey WHERE district=?1 AND survey>?2 "
                                              "ORDER BY survey LIMIT ?3"));
    statement.BindText(1, district.value()).BindText(2, page.after).BindInt(3, LimitOf(page.limit));
    return ReadAll(statement, ReadSurvey);
  }
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " SURVEY_COLUMNS " FROM survey INDEXED BY survey_by_campaign "
                                            "WHERE district=?1 AND campaign=?2 AND survey>?3 ORDER BY survey LIMIT ?4"));
  statement.BindText(1, district.value())
      .BindText(2, campaign.value())
      .BindText(3, page.after)
      .BindInt(4, LimitOf(page.limit));
  return ReadAll(statement, ReadSurvey);
}

absl::StatusOr<std::vector<SurveyRow>> IdentityTransaction::ListSurveysOfLeader(const DistrictId& district,
                                                                                const domain::PersonId& leader,
                                                                                const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " SURVEY_COLUMNS " FROM survey WHERE district=?1 AND leader=?2 "
                                            "AND survey>?3 ORDER BY survey LIMIT ?4"));
  statement.BindText(1, district.value())
      .BindText(2, leader.value())
      .BindText(3, page.after)
      .BindInt(4, LimitOf(page.limit));
  return ReadAll(statement, ReadSurvey);
}

absl::Status IdentityTransaction::InsertSurvey(const SurveyRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO survey(" SURVEY_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"));
  BindSurvey(statement, row);
  return statement.Run();
}

absl::Status IdentityTransaction::UpdateSurvey(const SurveyRow& row) {
  {
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("UPDATE survey SET campaign=?3, leader=?4, state=?5, order_id=?6, "
                                              "closing_step=?7, create_time=?8, revision=revision+1, release_time=?10 "
                                              "WHERE district=?1 AND survey=?2 AND revision=?9"));
    BindSurvey(statement, row);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  if (database_.changes() > 0) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const std::optional<SurveyRow> stored, FindSurvey(row.district, row.id));
  return stored.has_value() ? errors::EtagMismatch("survey", row.id.value())
                            : errors::NotFound("survey", row.id.value());
}

absl::Status IdentityTransaction::DeleteSurvey(const DistrictId& district, const SurveyId& id) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("DELETE FROM survey WHERE district=?1 AND survey=?2"));
  statement.BindText(1, district.value()).BindText(2, id.value());
  return statement.Run();
}

absl::StatusOr<std::optional<std::string>> IdentityTransaction::FindSurveyDocument(const DistrictId& district,
                                                                                   const SurveyId& survey,
                                                                                   SurveyDocument kind) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT bytes FROM survey_document WHERE district=?1 AND survey=?2 AND kind=?3"));
  statement.BindText(1, district.value()).BindText(2, survey.value()).BindInt(3, static_cast<int64_t>(kind));
  return ReadOne(statement, ReadBytes);
}

absl::StatusOr<std::optional<std::string>> IdentityTransaction::FindSurveyDocumentHash(const DistrictId& district,
                                                                                       const SurveyId& survey,
                                                                                       SurveyDocument kind) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT sha256 FROM survey_document WHERE district=?1 AND survey=?2 AND kind=?3"));
  statement.BindText(1, district.value()).BindText(2, survey.value()).BindInt(3, static_cast<int64_t>(kind));
  return ReadOne(statement, ReadBytes);
}

absl::Status IdentityTransaction::InsertSurveyDocument(const DistrictId& district, const SurveyId& survey,
                                                       SurveyDocument kind, absl::string_view bytes,
                                                       absl::string_view sha256) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO survey_document(district, survey, kind, bytes, sha256) VALUES(?1, ?2, ?3, ?4, ?5)"));
  statement.BindText(1, district.value())
      .BindText(2, survey.value())
      .BindInt(3, static_cast<int64_t>(kind))
      .BindBlob(4, bytes)
      .BindBlob(5, sha256);
  return statement.Run();
}

absl::StatusOr<std::optional<ExtensionRow>> IdentityTransaction::FindExtension(const DistrictId& district,
                                                                               const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT district, survey, notice, signature FROM survey_extension WHERE "
                                            "district=?1 AND survey=?2"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return ReadOne(statement, ReadExtension);
}

absl::Status IdentityTransaction::PutExtension(const ExtensionRow& row) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("INSERT INTO survey_extension(district, survey, notice, signature) "
                                            "VALUES(?1, ?2, ?3, ?4) ON CONFLICT(district, survey) DO UPDATE SET "
                                            "notice=excluded.notice, signature=excluded.signature"));
  statement.BindText(1, row.district.value())
      .BindText(2, row.survey.value())
      .BindBlob(3, row.notice)
      .BindBlob(4, row.signature);
  return statement.Run();
}

absl::Status IdentityTransaction::DeleteSurveyDocument(const DistrictId& district, const SurveyId& survey,
                                                       SurveyDocument kind) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("DELETE FROM survey_document WHERE district=?1 AND survey=?2 AND kind=?3"));
  statement.BindText(1, district.value()).BindText(2, survey.value()).BindInt(3, static_cast<int64_t>(kind));
  return statement.Run();
}

absl::StatusOr<std::vector<IssuingGroupRow>> IdentityTransaction::ListIssuingGroups(const DistrictId& district,
                                                                                    const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT district, survey, number, code, invited, reissued FROM "
                                            "issuing_group WHERE district=?1 AND survey=?2 ORDER BY number"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return ReadAll(statement, ReadIssuingGroup);
}

absl::Status IdentityTransaction::InsertIssuingGroup(const IssuingGroupRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO issuing_group(district, survey, number, code, invited, reissued) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  statement.BindText(1, row.district.value())
      .BindText(2, row.survey.value())
      .BindInt(3, row.number)
      .BindText(4, row.code)
      .BindInt(5, row.invited)
      .BindInt(6, row.reissued);
  return statement.Run();
}

absl::Status IdentityTransaction::CountReissued(const DistrictId& district, const SurveyId& survey, int32_t number) {
  {
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("UPDATE issuing_group SET reissued=reissued+1 WHERE district=?1 AND "
                                              "survey=?2 AND number=?3"));
    statement.BindText(1, district.value()).BindText(2, survey.value()).BindInt(3, number);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  return database_.changes() > 0 ? absl::OkStatus() : errors::NotFound("issuing group of survey", survey.value());
}

absl::StatusOr<std::optional<RaterRow>> IdentityTransaction::FindRater(const DistrictId& district,
                                                                       const SurveyId& survey,
                                                                       const domain::RaterId& id) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT " RATER_COLUMNS " FROM rater WHERE district=?1 AND survey=?2 AND rater=?3"));
  statement.BindText(1, district.value()).BindText(2, survey.value()).BindText(3, id.value());
  return ReadOne(statement, ReadRater);
}

absl::StatusOr<std::vector<RaterRow>> IdentityTransaction::ListRaters(const DistrictId& district,
                                                                      const SurveyId& survey, const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " RATER_COLUMNS " FROM rater WHERE district=?1 AND survey=?2 AND "
                                            "rater>?3 ORDER BY rater LIMIT ?4"));
  statement.BindText(1, district.value())
      .BindText(2, survey.value())
      .BindText(3, page.after)
      .BindInt(4, LimitOf(page.limit));
  return ReadAll(statement, ReadRater);
}

absl::StatusOr<std::vector<GroupCount>> IdentityTransaction::CountRaters(const DistrictId& district,
                                                                         const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT rater_group, sum(1 - opted_out), sum(opted_out), part FROM rater "
                                            "WHERE district=?1 AND survey=?2 GROUP BY rater_group, part "
                                            "ORDER BY rater_group, part"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return ReadAll(statement, ReadGroupCount);
}

absl::Status IdentityTransaction::InsertRater(const RaterRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO rater(" RATER_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
  BindRater(statement, row);
  return statement.Run();
}

absl::Status IdentityTransaction::UpdateRater(const RaterRow& row) {
  {
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("UPDATE rater SET rater_group=?4, display_name=?5, address=?6, "
                                              "opted_out=?7, paper=?8, part=?9 WHERE district=?1 AND survey=?2 AND rater=?3"));
    BindRater(statement, row);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  return database_.changes() > 0 ? absl::OkStatus() : errors::NotFound("rater", row.id.value());
}

absl::Status IdentityTransaction::DeleteRater(const DistrictId& district, const SurveyId& survey,
                                              const domain::RaterId& id) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("DELETE FROM rater WHERE district=?1 AND survey=?2 AND rater=?3"));
  statement.BindText(1, district.value()).BindText(2, survey.value()).BindText(3, id.value());
  return statement.Run();
}

absl::Status IdentityTransaction::DeleteRaters(const DistrictId& district, const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("DELETE FROM rater WHERE district=?1 AND survey=?2"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return statement.Run();
}

absl::StatusOr<std::optional<InvitationRow>> IdentityTransaction::FindInvitation(const DistrictId& district,
                                                                                 const SurveyId& survey,
                                                                                 const domain::RaterId& rater) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("SELECT " INVITATION_COLUMNS " FROM invitation WHERE district=?1 AND survey=?2 AND rater=?3"));
  statement.BindText(1, district.value()).BindText(2, survey.value()).BindText(3, rater.value());
  return ReadOne(statement, ReadInvitation);
}

absl::StatusOr<std::optional<InvitationRow>> IdentityTransaction::FindInvitationByCodeHash(
    absl::string_view code_hash) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " INVITATION_COLUMNS " FROM invitation WHERE code_hash=?1"));
  statement.BindBlob(1, code_hash);
  return ReadOne(statement, ReadInvitation);
}

absl::StatusOr<std::vector<InvitationRow>> IdentityTransaction::ListInvitations(const DistrictId& district,
                                                                                const SurveyId& survey,
                                                                                const Page& page) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " INVITATION_COLUMNS " FROM invitation WHERE district=?1 AND "
                                            "survey=?2 AND rater>?3 ORDER BY rater LIMIT ?4"));
  statement.BindText(1, district.value())
      .BindText(2, survey.value())
      .BindText(3, page.after)
      .BindInt(4, LimitOf(page.limit));
  return ReadAll(statement, ReadInvitation);
}

absl::StatusOr<std::vector<int64_t>> IdentityTransaction::CountIssued(const DistrictId& district,
                                                                      const SurveyId& survey, int groups) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT issuing_group, count(blinded_hash) FROM invitation WHERE "
                                            "district=?1 AND survey=?2 GROUP BY issuing_group"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  std::vector<int64_t> issued(static_cast<size_t>(groups), 0);
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return issued;
    const int64_t group = statement.Int(0);
    if (group < 0 || group >= groups) return errors::StoreCorrupt("an invitation is of no issuing group");
    issued[static_cast<size_t>(group)] = statement.Int(1);
  }
}

absl::Status IdentityTransaction::InsertInvitation(const InvitationRow& row) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("INSERT INTO invitation(" INVITATION_COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  statement.BindText(1, row.district.value())
      .BindText(2, row.survey.value())
      .BindText(3, row.rater.value())
      .BindBlob(4, row.code_hash)
      .BindInt(5, row.issuing_group)
      .BindInt(6, row.generation)
      .BindOptionalBlob(7, row.blinded_hash);
  return statement.Run();
}

absl::Status IdentityTransaction::UpdateInvitation(const InvitationRow& row) {
  {
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("UPDATE invitation SET code_hash=?4, generation=?5, blinded_hash=?6 "
                                              "WHERE district=?1 AND survey=?2 AND rater=?3"));
    statement.BindText(1, row.district.value())
        .BindText(2, row.survey.value())
        .BindText(3, row.rater.value())
        .BindBlob(4, row.code_hash)
        .BindInt(5, row.generation)
        .BindOptionalBlob(6, row.blinded_hash);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  return database_.changes() > 0 ? absl::OkStatus() : errors::NotFound("invitation of rater", row.rater.value());
}

absl::StatusOr<bool> IdentityTransaction::NoteIssued(const InvitationRow& row) {
  {
    // By the primary key, and without the columns that the index by code is made of, so that one page changes.
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("UPDATE invitation SET blinded_hash=?5 WHERE district=?1 AND survey=?2 AND "
                                              "rater=?3 AND code_hash=?4 AND blinded_hash IS NULL"));
    statement.BindText(1, row.district.value())
        .BindText(2, row.survey.value())
        .BindText(3, row.rater.value())
        .BindBlob(4, row.code_hash)
        .BindOptionalBlob(5, row.blinded_hash);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  return database_.changes() > 0;
}

absl::Status IdentityTransaction::DeleteInvitations(const DistrictId& district, const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("DELETE FROM invitation WHERE district=?1 AND survey=?2"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return statement.Run();
}

absl::StatusOr<std::optional<IdentifiedRatingRow>> IdentityTransaction::FindIdentifiedRating(
    const DistrictId& district, const SurveyId& survey, const domain::PersonId& person) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " IDENTIFIED_RATING_COLUMNS " FROM identified_rating WHERE "
                                            "district=?1 AND survey=?2 AND person=?3"));
  statement.BindText(1, district.value()).BindText(2, survey.value()).BindText(3, person.value());
  return ReadOne(statement, ReadIdentifiedRating);
}

absl::StatusOr<std::vector<IdentifiedRatingRow>> IdentityTransaction::ListIdentifiedRatings(
    const DistrictId& district, const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement,
                          database_.Prepare("SELECT " IDENTIFIED_RATING_COLUMNS " FROM identified_rating WHERE "
                                            "district=?1 AND survey=?2 ORDER BY person"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return ReadAll(statement, ReadIdentifiedRating);
}

absl::Status IdentityTransaction::DeleteRatingsOfTheGone(const DistrictId& district, const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(
      Statement statement,
      database_.Prepare("DELETE FROM identified_rating WHERE district=?1 AND survey=?2 AND person NOT IN "
                        "(SELECT person FROM person WHERE district=?1)"));
  statement.BindText(1, district.value()).BindText(2, survey.value());
  return statement.Run();
}

absl::Status IdentityTransaction::InsertIdentifiedRating(const IdentifiedRatingRow& row) {
  CANDOR_ASSIGN_OR_RETURN(Statement statement, database_.Prepare("INSERT INTO identified_rating("
                                                                 IDENTIFIED_RATING_COLUMNS
                                                                 ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  BindIdentifiedRating(statement, row);
  return statement.Run();
}

absl::Status IdentityTransaction::UpdateIdentifiedRating(const IdentifiedRatingRow& row) {
  {
    CANDOR_ASSIGN_OR_RETURN(Statement statement,
                            database_.Prepare("UPDATE identified_rating SET audience=?4, ratings=?5, comments=?6, "
                                              "revision=revision+1 WHERE district=?1 AND survey=?2 AND person=?3 AND "
                                              "revision=?7"));
    BindIdentifiedRating(statement, row);
    CANDOR_RETURN_IF_ERROR(statement.Run());
  }
  if (database_.changes() > 0) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const std::optional<IdentifiedRatingRow> stored,
                          FindIdentifiedRating(row.district, row.survey, row.person));
  return stored.has_value() ? errors::EtagMismatch("rating of survey", row.survey.value())
                            : errors::NotFound("rating of survey", row.survey.value());
}

}  // namespace candor::storage::sqlite
