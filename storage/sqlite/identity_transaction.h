// The one transaction class of the SQLite engine: read-only when its connection is.

#ifndef CANDOR_STORAGE_SQLITE_IDENTITY_TRANSACTION_H_
#define CANDOR_STORAGE_SQLITE_IDENTITY_TRANSACTION_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/identity_store.h"
#include "storage/sqlite/database.h"

namespace candor::storage::sqlite {

// Begin and commit are the store's part. The contract of every method: storage/identity_store.h.
class IdentityTransaction : public WriteTransaction {
 public:
  explicit IdentityTransaction(Database& database) : database_(database) {}

  absl::StatusOr<std::optional<DistrictRow>> FindDistrict(const domain::DistrictId& id) override;
  absl::StatusOr<std::vector<DistrictRow>> ListDistricts(const Page& page) override;
  absl::StatusOr<std::optional<SchoolRow>> FindSchool(const domain::DistrictId& district,
                                                      const domain::SchoolId& id) override;
  absl::StatusOr<std::vector<SchoolRow>> ListSchools(const domain::DistrictId& district, const Page& page) override;
  absl::StatusOr<bool> WasPerson(const domain::DistrictId& district, const domain::PersonId& id) override;
  absl::StatusOr<std::optional<PersonRow>> FindPerson(const domain::DistrictId& district,
                                                      const domain::PersonId& id) override;
  absl::StatusOr<std::vector<PersonRow>> ListPeople(const domain::DistrictId& district, const Page& page) override;
  absl::StatusOr<std::vector<PersonRow>> ListSupervised(const domain::DistrictId& district,
                                                        const domain::PersonId& supervisor, const Page& page) override;
  absl::StatusOr<std::vector<PersonRow>> ListTeamsOf(const domain::DistrictId& district, const domain::PersonId& member,
                                                     const Page& page) override;
  absl::StatusOr<std::optional<AccessKeyRow>> FindAccessKeyByHash(absl::string_view key_hash) override;
  absl::StatusOr<std::vector<AccessKeyRow>> ListAccessKeys(const domain::DistrictId& district,
                                                           const domain::PersonId& person, const Page& page) override;
  absl::StatusOr<std::optional<FrameworkRow>> FindFramework(const domain::DistrictId& district,
                                                            const domain::FrameworkId& id) override;
  absl::StatusOr<std::vector<FrameworkRow>> ListFrameworks(const domain::DistrictId& district,
                                                           const Page& page) override;
  absl::StatusOr<std::optional<InstrumentRow>> FindInstrument(const domain::DistrictId& district,
                                                              const domain::InstrumentId& id) override;
  absl::StatusOr<std::vector<InstrumentRow>> ListInstruments(const domain::DistrictId& district,
                                                             const Page& page) override;
  absl::StatusOr<std::optional<InstrumentVersionRow>> FindInstrumentVersion(const domain::DistrictId& district,
                                                                            const domain::InstrumentId& instrument,
                                                                            int32_t version) override;
  absl::StatusOr<std::vector<InstrumentVersionRow>> ListInstrumentVersions(const domain::DistrictId& district,
                                                                           const domain::InstrumentId& instrument,
                                                                           int32_t after, int limit) override;
  absl::StatusOr<std::optional<CampaignRow>> FindCampaign(const domain::DistrictId& district,
                                                          const domain::CampaignId& id) override;
  absl::StatusOr<std::vector<CampaignRow>> ListCampaigns(const domain::DistrictId& district, const Page& page) override;
  absl::StatusOr<std::optional<SurveyRow>> FindSurvey(const domain::DistrictId& district,
                                                      const domain::SurveyId& id) override;
  absl::StatusOr<std::vector<SurveyRow>> ListSurveys(const domain::DistrictId& district,
                                                     const domain::CampaignId& campaign, const Page& page) override;
  absl::StatusOr<std::vector<SurveyRow>> ListSurveysOfLeader(const domain::DistrictId& district,
                                                             const domain::PersonId& leader, const Page& page) override;
  absl::StatusOr<std::optional<std::string>> FindSurveyDocument(const domain::DistrictId& district,
                                                                const domain::SurveyId& survey,
                                                                SurveyDocument kind) override;
  absl::StatusOr<std::optional<std::string>> FindSurveyDocumentHash(const domain::DistrictId& district,
                                                                    const domain::SurveyId& survey,
                                                                    SurveyDocument kind) override;
  absl::StatusOr<std::optional<ExtensionRow>> FindExtension(const domain::DistrictId& district,
                                                            const domain::SurveyId& survey) override;
  absl::Status PutExtension(const ExtensionRow& row) override;
  absl::StatusOr<std::vector<IssuingGroupRow>> ListIssuingGroups(const domain::DistrictId& district,
                                                                 const domain::SurveyId& survey) override;
  absl::StatusOr<std::optional<RaterRow>> FindRater(const domain::DistrictId& district, const domain::SurveyId& survey,
                                                    const domain::RaterId& id) override;
  absl::StatusOr<std::vector<RaterRow>> ListRaters(const domain::DistrictId& district, const domain::SurveyId& survey,
                                                   const Page& page) override;
  absl::StatusOr<std::vector<GroupCount>> CountRaters(const domain::DistrictId& district,
                                                      const domain::SurveyId& survey) override;
  absl::StatusOr<std::optional<InvitationRow>> FindInvitation(const domain::DistrictId& district,
                                                              const domain::SurveyId& survey,
                                                              const domain::RaterId& rater) override;
  absl::StatusOr<std::optional<InvitationRow>> FindInvitationByCodeHash(absl::string_view code_hash) override;
  absl::StatusOr<std::vector<InvitationRow>> ListInvitations(const domain::DistrictId& district,
                                                             const domain::SurveyId& survey, const Page& page) override;
  absl::StatusOr<std::vector<int64_t>> CountIssued(const domain::DistrictId& district, const domain::SurveyId& survey,
                                                   int groups) override;
  absl::StatusOr<std::optional<IdentifiedRatingRow>> FindIdentifiedRating(const domain::DistrictId& district,
                                                                          const domain::SurveyId& survey,
                                                                          const domain::PersonId& person) override;
  absl::StatusOr<std::vector<IdentifiedRatingRow>> ListIdentifiedRatings(const domain::DistrictId& district,
                                                                         const domain::SurveyId& survey) override;
  absl::StatusOr<std::optional<QuestionRow>> FindQuestion(const domain::DistrictId& district,
                                                          const domain::SurveyId& survey,
                                                          absl::string_view comment) override;
  absl::StatusOr<std::vector<QuestionRow>> ListQuestions(const domain::DistrictId& district,
                                                         const domain::SurveyId& survey) override;
  absl::StatusOr<std::optional<GrowthPlanRow>> FindGrowthPlan(const domain::DistrictId& district,
                                                              const domain::SurveyId& survey) override;
  absl::StatusOr<std::optional<RequestRow>> FindRequest(const domain::DistrictId& district, absl::string_view caller,
                                                        absl::string_view method,
                                                        absl::string_view request_id) override;
  absl::StatusOr<std::vector<AuditRow>> ListAudit(const domain::DistrictId& district, int64_t after,
                                                  int limit) override;
  absl::Status InsertDistrict(const DistrictRow& row) override;
  absl::Status InsertSchool(const SchoolRow& row) override;
  absl::Status InsertPerson(const PersonRow& row) override;
  absl::Status UpdatePerson(const PersonRow& row) override;
  absl::Status DeletePerson(const domain::DistrictId& district, const domain::PersonId& id) override;
  absl::Status InsertAccessKey(const AccessKeyRow& row) override;
  absl::Status DeleteAccessKey(const domain::DistrictId& district, const domain::PersonId& person,
                               const domain::AccessKeyId& id) override;
  absl::Status DeleteInstallationKeys() override;
  absl::Status InsertFramework(const FrameworkRow& row) override;
  absl::Status InsertInstrument(const InstrumentRow& row) override;
  absl::Status UpdateInstrument(const InstrumentRow& row) override;
  absl::Status InsertInstrumentVersion(const InstrumentVersionRow& row) override;
  absl::Status InsertCampaign(const CampaignRow& row) override;
  absl::Status UpdateCampaign(const CampaignRow& row) override;
  absl::Status DeleteCampaign(const domain::DistrictId& district, const domain::CampaignId& id) override;
  absl::Status InsertSurvey(const SurveyRow& row) override;
  absl::Status UpdateSurvey(const SurveyRow& row) override;
  absl::Status DeleteSurvey(const domain::DistrictId& district, const domain::SurveyId& id) override;
  absl::Status DeleteSurveyDocument(const domain::DistrictId& district, const domain::SurveyId& survey,
                                    storage::SurveyDocument kind) override;
  absl::Status InsertSurveyDocument(const domain::DistrictId& district, const domain::SurveyId& survey,
                                    SurveyDocument kind, absl::string_view bytes, absl::string_view sha256) override;
  absl::Status InsertIssuingGroup(const IssuingGroupRow& row) override;
  absl::Status CountReissued(const domain::DistrictId& district, const domain::SurveyId& survey,
                             int32_t number) override;
  absl::Status InsertRater(const RaterRow& row) override;
  absl::Status UpdateRater(const RaterRow& row) override;
  absl::Status DeleteRater(const domain::DistrictId& district, const domain::SurveyId& survey,
                           const domain::RaterId& id) override;
  absl::Status DeleteRaters(const domain::DistrictId& district, const domain::SurveyId& survey) override;
  absl::Status InsertInvitation(const InvitationRow& row) override;
  absl::Status UpdateInvitation(const InvitationRow& row) override;
  absl::StatusOr<bool> NoteIssued(const InvitationRow& row) override;
  absl::Status DeleteInvitations(const domain::DistrictId& district, const domain::SurveyId& survey) override;
  absl::Status DeleteRatingsOfTheGone(const domain::DistrictId& district, const domain::SurveyId& survey) override;
  absl::Status InsertIdentifiedRating(const IdentifiedRatingRow& row) override;
  absl::Status UpdateIdentifiedRating(const IdentifiedRatingRow& row) override;
  absl::Status InsertQuestion(const QuestionRow& row) override;
  absl::Status UpdateQuestion(const QuestionRow& row) override;
  absl::Status InsertGrowthPlan(const GrowthPlanRow& row) override;
  absl::Status UpdateGrowthPlan(const GrowthPlanRow& row) override;
  absl::Status DeleteGrowthPlan(const domain::DistrictId& district, const domain::SurveyId& survey) override;
  absl::Status InsertRequest(const RequestRow& row) override;
  absl::Status DeleteRequestsBefore(absl::Time time) override;
  absl::Status ForgetRequests(const domain::DistrictId& district) override;
  absl::Status InsertAudit(const AuditRow& row) override;
  void AfterCommit(std::function<void()> work) override { after_commit_.push_back(std::move(work)); }

  // What AfterCommit was given.
  std::vector<std::function<void()>> TakeAfterCommit() { return std::move(after_commit_); }

 private:
  // People who stand in a relation to `to`; `sql` takes the district, that person, and the page's start and limit.
  absl::StatusOr<std::vector<PersonRow>> ListRelated(const char* sql, const domain::DistrictId& district,
                                                     const domain::PersonId& to, const Page& page);

  Database& database_;
  std::vector<std::function<void()>> after_commit_;
};

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_IDENTITY_TRANSACTION_H_
