// The contract of the identity plane's store: rows, and the transactions that read and write them.
//
// Every table's key starts with the district, the tenant; no call crosses districts. Two look-ups are by a hash alone,
// since whoever asks shows nothing else: access keys, and invitations by their code.
//
// Etags. Rows with a `revision` count it from 1. Update…(row) takes the revision that was read and stores the next one;
// another stored revision is ABORTED, ETAG_MISMATCH, no such row NOT_FOUND, RESOURCE_NOT_FOUND.
// Insert…(row): ALREADY_EXISTS when the key is taken, FAILED_PRECONDITION when a row that it refers to is missing.
// Delete…: removing what is not there is OK.
// Find… gives nothing when there is no such row. List… gives rows in ascending order of their key.
// Every call may also fail as StatusOf of the engine says: UNAVAILABLE (STORE_BUSY), RESOURCE_EXHAUSTED (STORE_FULL),
// DATA_LOSS (STORE_CORRUPT), ABORTED (lost to another transaction).

#ifndef CANDOR_STORAGE_IDENTITY_STORE_H_
#define CANDOR_STORAGE_IDENTITY_STORE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/domain/answer.h"
#include "services/domain/campaign.h"
#include "services/domain/comments.h"
#include "services/domain/ids.h"

namespace candor::storage {

// At most `limit` rows (1 to 10,000) whose key comes after `after`; empty: from the start.
struct Page {
  std::string after;
  int limit = 100;
};

struct DistrictRow {
  domain::DistrictId id;
  std::string title;
  absl::Time create_time;
};

struct SchoolRow {
  domain::DistrictId district;
  domain::SchoolId id;
  std::string title;
  absl::Time create_time;
};

struct Roles {
  bool administrator = false;
  bool supervisor = false;
  bool leader = false;
  bool moderator = false;
  bool auditor = false;
  bool operator==(const Roles&) const = default;
};

struct PersonRow {
  domain::DistrictId district;
  domain::PersonId id;
  std::string display_name;
  std::string job_title;
  std::string email;
  domain::SchoolId school;  // may be empty
  Roles roles;
  std::vector<domain::PersonId> supervisors;  // of this leader; sorted, each once
  // A leadership team instead of a person; fixed when the row is inserted. Its members are people who lead it together, sorted,
  // each once; those who are deleted leave it, so that there may be any number.
  bool team = false;
  std::vector<domain::PersonId> team_members;
  // The public half of the key that the person made as a moderator or auditor: X25519, 32 bytes; empty until they have
  // registered one. `key_time` is when they did so last.
  std::string public_key;
  std::optional<absl::Time> key_time;
  // Who made the access key that `public_key` was registered with, and so might have registered it themself; as
  // AccessKeyRow::maker.
  domain::PersonId key_vouched_by;
  absl::Time create_time;
  int64_t revision = 1;
};

// The installation's administrator's keys have an empty district and person.
struct AccessKeyRow {
  std::string key_hash;  // SHA-256 of the secret, 32 bytes; the secret itself is nowhere
  domain::AccessKeyId id;
  domain::DistrictId district;
  domain::PersonId person;
  std::string title;
  absl::Time create_time;
  // Who might have kept the secret: the person of the same district who made the key, also where its holder has made it
  // with a key of that person's. Empty: the installation's administrator, the server, or nobody knows (a key from before
  // this was kept).
  domain::PersonId maker = {};
};

struct FrameworkRow {
  domain::DistrictId district;
  domain::FrameworkId id;  // the framework's code
  std::string document;    // canonical JSON of domain::FrameworkToJson
  absl::Time create_time;
};

struct InstrumentRow {
  domain::DistrictId district;
  domain::InstrumentId id;
  domain::FrameworkId framework;
  std::string draft;           // canonical JSON of domain::InstrumentToJson
  int32_t newest_version = 0;  // 0: nothing is published yet
  absl::Time create_time;
  absl::Time update_time;
  int64_t revision = 1;
};

// Never changes.
struct InstrumentVersionRow {
  domain::DistrictId district;
  domain::InstrumentId instrument;
  int32_t version = 0;   // 1, 2, 3, ...
  std::string hash;      // SHA-256 of `document`, hexadecimal
  std::string document;  // domain::EncodeInstrumentVersion; empty in lists
  absl::Time publish_time;
};

struct CampaignRow {
  domain::DistrictId district;
  domain::CampaignId id;
  domain::CampaignSettings settings;
  domain::CampaignState state = domain::CampaignState::kDraft;
  bool release_ordered = false;   // an administrator has released it; the state follows once all reports are frozen
  bool release_discards = false;  // and comments that no moderator has decided about are to be destroyed; only if ordered
  absl::Time create_time;
  std::optional<absl::Time> open_time;
  std::optional<absl::Time> closed_time;
  std::optional<absl::Time> release_time;
  // domain::EncodePooledFigures; set once closing has pooled its surveys. Stays unset in a campaign without a pool.
  std::optional<std::string> pooled_figures;
  // The settings' close time is what the contract says, for good; this is where it was moved to.
  std::optional<absl::Time> extended_close_time;
  // candor.v1.Benchmark, computed once from the closed results when the last survey was closed; stays unset where the
  // contract names no benchmark.
  std::optional<std::string> benchmark;
  int64_t revision = 1;
};

// When the campaign's surveys stop to take answers, as far as it is known now.
inline absl::Time CloseTimeOf(const CampaignRow& campaign) {
  return campaign.extended_close_time.value_or(campaign.settings.close_time);
}

// The steps of closing that are durably done (A6), each including those before it.
enum class ClosingStep {
  kNone = 0,
  kStopped = 2,      // the response plane accepts no more
  kResultStored = 5, // closed result and ledger are here
  kKeysDestroyed = 6,
  kForgotten = 7,    // the response plane has rebuilt its database
};

struct SurveyRow {
  domain::DistrictId district;
  domain::CampaignId campaign;
  domain::SurveyId id;
  domain::PersonId leader;  // at most one survey a leader and campaign
  domain::SurveyState state = domain::SurveyState::kDraft;
  std::string order_id;     // of closing; empty until then
  ClosingStep closing_step = ClosingStep::kNone;
  absl::Time create_time;
  int64_t revision = 1;
  // When its report was released, as the response plane was told; whole seconds. From then on the times of questions back
  // run (domain::TimesOfFollowUps). Unset before, and in campaigns without such questions; never changed once the survey is
  // released.
  std::optional<absl::Time> release_time = std::nullopt;
};

// Documents of a survey; written once, never changed. The report's bytes name nobody: who it is about is a document of its
// own (identity::EncodeReportSubject), so that deleting the person takes the name away and leaves the report as it was.
enum class SurveyDocument {
  kContract = 1,
  kManifest = 2,
  kManifestSignature = 3,
  kClosedResult = 4,
  kLedger = 5,
  kReport = 6,
  kReportSubject = 7,
  kFirstReading = 8,  // empty; there once the contract's first reader has read the report, from when the others may
  kLeaderLine = 9,    // EncodeLeaderLine: the leader or the team's members, and their supervisors, at opening
  kSurnameFilter = 10,  // crypto::SaltedFilter with staff surnames; goes with the survey's keys
  kKeyHolders = 11,     // EncodeKeyHolders: moderators and auditor with their keys at opening
  kComments = 12,       // domain::EncodeReleasedComments: stands beside the report, never in it
  kFollowUpAnswers = 13,  // domain::EncodeFollowUpAnswers: likewise; there once the questions back are over
};

// How far a question back to a comment has come; numbers as they are stored.
enum class QuestionState {
  kAsked = 1,     // no moderator has decided
  kRejected = 2,  // for good
  kApproved = 3,  // for good; the response plane is to show it
  kPlaced = 4,    // the response plane shows it, or its time was over before that
};

// The question that a leader put back to a comment beside their report. Only its state changes: from asked to rejected, or
// to approved and then placed.
struct QuestionRow {
  domain::DistrictId district;
  domain::SurveyId survey;
  std::string comment;   // its id
  std::string question;  // the words
  QuestionState state = QuestionState::kAsked;
  domain::ModerationReason reason = domain::ModerationReason::kNone;  // of kRejected alone
  std::string sealed_question;  // of kApproved alone: what the response plane is to show
};

// The leader's plan beside their report. Goes with the leader, whose own words it is.
struct GrowthPlanRow {
  domain::DistrictId district;
  domain::SurveyId survey;
  std::string document;  // domain::EncodeGrowthPlan
  int64_t revision = 1;
};

// The newest notice that a survey takes answers for longer (domain::EncodeExtension).
struct ExtensionRow {
  domain::DistrictId district;
  domain::SurveyId survey;
  std::string notice;
  std::string signature;
};

// One issuing group of an opened survey; its number is its place in the manifest.
struct IssuingGroupRow {
  domain::DistrictId district;
  domain::SurveyId survey;
  int32_t number = 0;
  std::string code;
  int64_t invited = 0;
  int64_t reissued = 0;  // codes made anew
};

struct RaterRow {
  domain::DistrictId district;
  domain::SurveyId survey;
  domain::RaterId id;
  std::string group;         // a rater group's code
  std::string display_name;  // may be empty
  std::string address;       // may be empty
  bool opted_out = false;    // gets no invitation and does not count as invited
  bool paper = false;        // a code on paper that nobody's name belongs to
  std::string part = "";     // of the group's breakdown (domain::Part); empty: of none
};

// Holds no time and no counter, so that nothing tells when, or after whom, a token was taken. `generation` grows only
// when an administrator has the code made anew.
struct InvitationRow {
  domain::DistrictId district;
  domain::SurveyId survey;
  domain::RaterId rater;
  std::string code_hash;  // crypto::CodeHash, 32 bytes; unique everywhere
  int32_t issuing_group = 0;
  int64_t generation = 0;
  std::optional<std::string> blinded_hash;  // SHA-256 of the blinded message that was signed, 32 bytes
};

struct GroupCount {
  std::string group;
  int64_t invited = 0;    // without those opted out
  int64_t opted_out = 0;
  std::string part = "";  // empty: of none
};

// Who rated the leader under their own name; kSelf of each member where the leader is a team.
enum class IdentifiedAudience { kSelf = 1, kSupervisor = 2 };

struct IdentifiedRatingRow {
  domain::DistrictId district;
  domain::SurveyId survey;
  domain::PersonId person;
  IdentifiedAudience audience = IdentifiedAudience::kSelf;
  domain::Answers answers;
  int64_t revision = 1;
};

// What a request with a request id was answered.
struct RequestRow {
  domain::DistrictId district;  // empty for calls above districts
  std::string caller;
  std::string method;
  std::string request_id;
  std::string request_hash;  // SHA-256 of the request, 32 bytes; empty once it is forgotten
  std::string response;      // never holds a secret; empty once it is forgotten
  absl::Time time;
};

// Who did what to which resource. Never about a respondent's acts; holds ids, no names of people.
struct AuditRow {
  domain::DistrictId district;  // empty for what was done above districts
  int64_t sequence = 0;         // 1, 2, 3, ... in the district; given by InsertAudit
  absl::Time time;
  std::string caller;    // identity::Caller::name()
  std::string action;    // a verb and a noun, for instance "OpenCampaign"
  std::string resource;  // its name, for instance "districts/d/campaigns/c"
};

// A consistent view of the store. Used by one thread, and only while the function that got it runs.
class ReadTransaction {
 public:
  virtual ~ReadTransaction() = default;

  virtual absl::StatusOr<std::optional<DistrictRow>> FindDistrict(const domain::DistrictId& id) = 0;
  virtual absl::StatusOr<std::vector<DistrictRow>> ListDistricts(const Page& page) = 0;

  virtual absl::StatusOr<std::optional<SchoolRow>> FindSchool(const domain::DistrictId& district,
                                                              const domain::SchoolId& id) = 0;
  virtual absl::StatusOr<std::vector<SchoolRow>> ListSchools(const domain::DistrictId& district, const Page& page) = 0;

  virtual absl::StatusOr<std::optional<PersonRow>> FindPerson(const domain::DistrictId& district,
                                                              const domain::PersonId& id) = 0;
  // Whether a person of this id was deleted. What is left of them names them by this id alone.
  virtual absl::StatusOr<bool> WasPerson(const domain::DistrictId& district, const domain::PersonId& id) = 0;
  virtual absl::StatusOr<std::vector<PersonRow>> ListPeople(const domain::DistrictId& district, const Page& page) = 0;
  // The people whose supervisors include `supervisor`.
  virtual absl::StatusOr<std::vector<PersonRow>> ListSupervised(const domain::DistrictId& district,
                                                                const domain::PersonId& supervisor,
                                                                const Page& page) = 0;

  // The teams that `member` is a member of.
  virtual absl::StatusOr<std::vector<PersonRow>> ListTeamsOf(const domain::DistrictId& district,
                                                             const domain::PersonId& member, const Page& page) = 0;

  virtual absl::StatusOr<std::optional<AccessKeyRow>> FindAccessKeyByHash(absl::string_view key_hash) = 0;
  // By access key id.
  virtual absl::StatusOr<std::vector<AccessKeyRow>> ListAccessKeys(const domain::DistrictId& district,
                                                                   const domain::PersonId& person,
                                                                   const Page& page) = 0;

  virtual absl::StatusOr<std::optional<FrameworkRow>> FindFramework(const domain::DistrictId& district,
                                                                    const domain::FrameworkId& id) = 0;
  virtual absl::StatusOr<std::vector<FrameworkRow>> ListFrameworks(const domain::DistrictId& district,
                                                                   const Page& page) = 0;

  virtual absl::StatusOr<std::optional<InstrumentRow>> FindInstrument(const domain::DistrictId& district,
                                                                      const domain::InstrumentId& id) = 0;
  virtual absl::StatusOr<std::vector<InstrumentRow>> ListInstruments(const domain::DistrictId& district,
                                                                     const Page& page) = 0;
  virtual absl::StatusOr<std::optional<InstrumentVersionRow>> FindInstrumentVersion(
      const domain::DistrictId& district, const domain::InstrumentId& instrument, int32_t version) = 0;
  // Those above version `after`, oldest first.
  virtual absl::StatusOr<std::vector<InstrumentVersionRow>> ListInstrumentVersions(
      const domain::DistrictId& district, const domain::InstrumentId& instrument, int32_t after, int limit) = 0;

  virtual absl::StatusOr<std::optional<CampaignRow>> FindCampaign(const domain::DistrictId& district,
                                                                  const domain::CampaignId& id) = 0;
  virtual absl::StatusOr<std::vector<CampaignRow>> ListCampaigns(const domain::DistrictId& district,
                                                                 const Page& page) = 0;

  virtual absl::StatusOr<std::optional<SurveyRow>> FindSurvey(const domain::DistrictId& district,
                                                              const domain::SurveyId& id) = 0;
  // An empty `campaign` stands for all of the district's.
  virtual absl::StatusOr<std::vector<SurveyRow>> ListSurveys(const domain::DistrictId& district,
                                                             const domain::CampaignId& campaign, const Page& page) = 0;
  // Of all campaigns, by survey id.
  virtual absl::StatusOr<std::vector<SurveyRow>> ListSurveysOfLeader(const domain::DistrictId& district,
                                                                     const domain::PersonId& leader,
                                                                     const Page& page) = 0;
  virtual absl::StatusOr<std::optional<std::string>> FindSurveyDocument(const domain::DistrictId& district,
                                                                        const domain::SurveyId& survey,
                                                                        SurveyDocument kind) = 0;
  // SHA-256 of the document, 32 bytes, kept beside it since it was written.
  virtual absl::StatusOr<std::optional<std::string>> FindSurveyDocumentHash(const domain::DistrictId& district,
                                                                            const domain::SurveyId& survey,
                                                                            SurveyDocument kind) = 0;
  virtual absl::StatusOr<std::optional<ExtensionRow>> FindExtension(const domain::DistrictId& district,
                                                                    const domain::SurveyId& survey) = 0;
  // All, by number; there are at most domain::MostIssuingGroups: one for each rater group, and with parts for each part.
  virtual absl::StatusOr<std::vector<IssuingGroupRow>> ListIssuingGroups(const domain::DistrictId& district,
                                                                         const domain::SurveyId& survey) = 0;

  virtual absl::StatusOr<std::optional<RaterRow>> FindRater(const domain::DistrictId& district,
                                                            const domain::SurveyId& survey,
                                                            const domain::RaterId& id) = 0;
  virtual absl::StatusOr<std::vector<RaterRow>> ListRaters(const domain::DistrictId& district,
                                                           const domain::SurveyId& survey, const Page& page) = 0;
  // By group and part; those without raters are absent.
  virtual absl::StatusOr<std::vector<GroupCount>> CountRaters(const domain::DistrictId& district,
                                                              const domain::SurveyId& survey) = 0;

  virtual absl::StatusOr<std::optional<InvitationRow>> FindInvitation(const domain::DistrictId& district,
                                                                      const domain::SurveyId& survey,
                                                                      const domain::RaterId& rater) = 0;
  virtual absl::StatusOr<std::optional<InvitationRow>> FindInvitationByCodeHash(absl::string_view code_hash) = 0;
  // By rater id.
  virtual absl::StatusOr<std::vector<InvitationRow>> ListInvitations(const domain::DistrictId& district,
                                                                     const domain::SurveyId& survey,
                                                                     const Page& page) = 0;
  // Invitations whose present code a token was taken with, per issuing group: `groups` numbers.
  virtual absl::StatusOr<std::vector<int64_t>> CountIssued(const domain::DistrictId& district,
                                                           const domain::SurveyId& survey, int groups) = 0;

  virtual absl::StatusOr<std::optional<IdentifiedRatingRow>> FindIdentifiedRating(
      const domain::DistrictId& district, const domain::SurveyId& survey, const domain::PersonId& person) = 0;
  // All of the survey, by person: the leader and their supervisors.
  virtual absl::StatusOr<std::vector<IdentifiedRatingRow>> ListIdentifiedRatings(const domain::DistrictId& district,
                                                                                 const domain::SurveyId& survey) = 0;

  virtual absl::StatusOr<std::optional<QuestionRow>> FindQuestion(const domain::DistrictId& district,
                                                                  const domain::SurveyId& survey,
                                                                  absl::string_view comment) = 0;
  // All of the survey, by comment; there are at most as many as released comments.
  virtual absl::StatusOr<std::vector<QuestionRow>> ListQuestions(const domain::DistrictId& district,
                                                                 const domain::SurveyId& survey) = 0;

  virtual absl::StatusOr<std::optional<GrowthPlanRow>> FindGrowthPlan(const domain::DistrictId& district,
                                                                      const domain::SurveyId& survey) = 0;

  virtual absl::StatusOr<std::optional<RequestRow>> FindRequest(const domain::DistrictId& district,
                                                                absl::string_view caller, absl::string_view method,
                                                                absl::string_view request_id) = 0;

  // Those above `after`, oldest first.
  virtual absl::StatusOr<std::vector<AuditRow>> ListAudit(const domain::DistrictId& district, int64_t after,
                                                          int limit) = 0;
};

class WriteTransaction : public ReadTransaction {
 public:
  virtual absl::Status InsertDistrict(const DistrictRow& row) = 0;
  virtual absl::Status InsertSchool(const SchoolRow& row) = 0;

  // ALREADY_EXISTS, RESOURCE_EXISTS: a deleted person had the id; nobody gets it again.
  virtual absl::Status InsertPerson(const PersonRow& row) = 0;
  virtual absl::Status UpdatePerson(const PersonRow& row) = 0;
  // With their access keys, their place among others' supervisors, and their identified ratings in surveys whose state
  // is DRAFT, OPEN, RELEASED or ABANDONED; ratings that a report still needs stay until it is frozen
  // (DeleteRatingsOfTheGone). Raters of the district with the person's address, compared as PlainText, lose name and address;
  // in campaigns that are drafts they are deleted, since nobody could be asked. Reports about the person lose their subject,
  // and the growth plan beside them. Their id stays taken (WasPerson).
  virtual absl::Status DeletePerson(const domain::DistrictId& district, const domain::PersonId& id) = 0;

  virtual absl::Status InsertAccessKey(const AccessKeyRow& row) = 0;
  virtual absl::Status DeleteAccessKey(const domain::DistrictId& district, const domain::PersonId& person,
                                       const domain::AccessKeyId& id) = 0;
  // All keys of the installation's administrator.
  virtual absl::Status DeleteInstallationKeys() = 0;

  virtual absl::Status InsertFramework(const FrameworkRow& row) = 0;

  virtual absl::Status InsertInstrument(const InstrumentRow& row) = 0;
  virtual absl::Status UpdateInstrument(const InstrumentRow& row) = 0;
  virtual absl::Status InsertInstrumentVersion(const InstrumentVersionRow& row) = 0;

  virtual absl::Status InsertCampaign(const CampaignRow& row) = 0;
  // FAILED_PRECONDITION, WRONG_STATE: other settings than the stored ones, of a campaign that is stored as no draft.
  virtual absl::Status UpdateCampaign(const CampaignRow& row) = 0;
  // With its surveys and all that belongs to them. FAILED_PRECONDITION, WRONG_STATE: it is no draft.
  virtual absl::Status DeleteCampaign(const domain::DistrictId& district, const domain::CampaignId& id) = 0;

  // ALREADY_EXISTS also when the leader has a survey in the campaign.
  virtual absl::Status InsertSurvey(const SurveyRow& row) = 0;
  // FAILED_PRECONDITION, WRONG_STATE: another campaign or leader than the stored ones.
  virtual absl::Status UpdateSurvey(const SurveyRow& row) = 0;
  // With its raters and identified ratings. FAILED_PRECONDITION, WRONG_STATE: its campaign is no draft, or it has a document
  // that was frozen at opening.
  virtual absl::Status DeleteSurvey(const domain::DistrictId& district, const domain::SurveyId& id) = 0;
  // ALREADY_EXISTS: the document was written before. No method writes it again, and none deletes it (DeletePerson apart,
  // which takes a report's subject).
  // `sha256`: of `bytes`, 32 bytes.
  virtual absl::Status InsertSurveyDocument(const domain::DistrictId& district, const domain::SurveyId& survey,
                                            SurveyDocument kind, absl::string_view bytes,
                                            absl::string_view sha256) = 0;
  // In place of the notice before.
  virtual absl::Status PutExtension(const ExtensionRow& row) = 0;
  // For what must be forgotten before the survey is.
  virtual absl::Status DeleteSurveyDocument(const domain::DistrictId& district, const domain::SurveyId& survey,
                                            SurveyDocument kind) = 0;
  virtual absl::Status InsertIssuingGroup(const IssuingGroupRow& row) = 0;
  // Adds 1 to `reissued` of one issuing group. NOT_FOUND.
  virtual absl::Status CountReissued(const domain::DistrictId& district, const domain::SurveyId& survey,
                                     int32_t number) = 0;

  virtual absl::Status InsertRater(const RaterRow& row) = 0;
  virtual absl::Status UpdateRater(const RaterRow& row) = 0;  // NOT_FOUND
  virtual absl::Status DeleteRater(const domain::DistrictId& district, const domain::SurveyId& survey,
                                   const domain::RaterId& id) = 0;
  // All of the survey, with their invitations.
  virtual absl::Status DeleteRaters(const domain::DistrictId& district, const domain::SurveyId& survey) = 0;

  virtual absl::Status InsertInvitation(const InvitationRow& row) = 0;
  // Replaces code hash, generation and blinded hash. NOT_FOUND.
  virtual absl::Status UpdateInvitation(const InvitationRow& row) = 0;
  // Notes what was signed with the code whose hash is `row.code_hash`: `row.blinded_hash`, which has a value. `row` is as
  // it was found by that code; nothing else of it is stored. False, and nothing is changed, when there is no such
  // invitation any more, its code is another, or something was signed with it already.
  virtual absl::StatusOr<bool> NoteIssued(const InvitationRow& row) = 0;
  // All of the survey: their code hashes and blinded hashes are gone.
  virtual absl::Status DeleteInvitations(const domain::DistrictId& district, const domain::SurveyId& survey) = 0;

  // The survey's identified ratings of people who are no longer in the directory.
  virtual absl::Status DeleteRatingsOfTheGone(const domain::DistrictId& district, const domain::SurveyId& survey) = 0;
  virtual absl::Status InsertIdentifiedRating(const IdentifiedRatingRow& row) = 0;
  virtual absl::Status UpdateIdentifiedRating(const IdentifiedRatingRow& row) = 0;

  // ALREADY_EXISTS: there is a question to this comment.
  virtual absl::Status InsertQuestion(const QuestionRow& row) = 0;
  // Stores state, reason and sealed question. NOT_FOUND. FAILED_PRECONDITION, WRONG_STATE: not a step that QuestionRow
  // names. The words stay as they were asked.
  virtual absl::Status UpdateQuestion(const QuestionRow& row) = 0;

  virtual absl::Status InsertGrowthPlan(const GrowthPlanRow& row) = 0;
  virtual absl::Status UpdateGrowthPlan(const GrowthPlanRow& row) = 0;
  virtual absl::Status DeleteGrowthPlan(const domain::DistrictId& district, const domain::SurveyId& survey) = 0;

  virtual absl::Status InsertRequest(const RequestRow& row) = 0;
  // Requests of all districts up to `time`; the one call that is not a district's.
  virtual absl::Status DeleteRequestsBefore(absl::Time time) = 0;
  // Empties response and hash of all of the district's requests, which may tell the name of a person or a rater: they
  // are forgotten with them. The ids stay, so that no repeated request is carried out again.
  virtual absl::Status ForgetRequests(const domain::DistrictId& district) = 0;

  // Appends; `row.sequence` is not read.
  virtual absl::Status InsertAudit(const AuditRow& row) = 0;

  // For what a use case does outside the store: `work` runs once, in this thread, after the outermost transaction has
  // committed, in the order of these calls; never when it does not commit. A crash between the two loses it.
  virtual void AfterCommit(std::function<void()> work) = 0;
};

// May be called from many threads at once.
class IdentityStore {
 public:
  virtual ~IdentityStore() = default;

  // Runs `body` on a consistent view. Inside a Write or Read of the same thread and store it joins that transaction.
  virtual absl::Status Read(const std::function<absl::Status(ReadTransaction&)>& body) = 0;

  // Runs `body` in one transaction: commits when it returns OK, durable when this returns; else rolls back and gives
  // the body's status. `body` is run again only when the engine answers ABORTED for reasons of its own, so all that it
  // does must be in the transaction or safe to do twice. No RPC, no wait inside.
  // Inside a Write of the same thread and store it joins the outer transaction, which then cannot commit once a joined
  // body has failed. Inside a Read: FAILED_PRECONDITION, a fault of the caller.
  virtual absl::Status Write(const std::function<absl::Status(WriteTransaction&)>& body) = 0;

  // Grows with every Write that is not joined to another, whether or not it committed, before that Write returns. What
  // was read after revision() gave n lacks nothing that had been acknowledged while revision() still gives n.
  virtual uint64_t revision() const = 0;

  // Makes sure that no file of the engine's keeps what was deleted before the call, as far as the engine can.
  virtual absl::Status Forget() = 0;

  // Whether a Forget has failed and none has succeeded since, so that it is owed. Kept by whoever calls Forget; lost with
  // the process, so it is called once at start.
  bool forget_owed() const { return forget_owed_; }
  void set_forget_owed(bool owed) { forget_owed_ = owed; }

 private:
  std::atomic<bool> forget_owed_ = false;
};

}  // namespace candor::storage

#endif  // CANDOR_STORAGE_IDENTITY_STORE_H_
