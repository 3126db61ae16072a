#include "services/reporting/reports.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"
#include "services/domain/comments.h"
#include "services/domain/instrument.h"
#include "services/reporting/build_report.h"
#include "services/reporting/comments.h"
#include "services/reporting/growth_plans.h"
#include "services/reporting/rounds.h"
#include "storage/leader_line.h"

namespace candor::reporting {
namespace {

using storage::ReadTransaction;
using storage::SurveyDocument;

constexpr int kSurveysAtOnce = 200;

enum class Role { kNone, kLeader, kSupervisor };

struct Access {
  absl::Status status;         // OK: may read now
  bool first_reading = false;  // to be noted, if the report is handed out
};

absl::Status NotAllowed() {
  return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED,
                     "this report is for its leader and for whom the anonymity contract names; ask the leader");
}

absl::Status NotForAdministrators() {
  return base::Error(absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED,
                     "raters were promised that no administrator reads this report; ask the leader, and for the next "
                     "campaign let administrators read when you make it");
}

absl::Status NotReleased(absl::string_view message) {
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED, message);
}

absl::StatusOr<Role> RoleOf(ReadTransaction& transaction, const storage::SurveyRow& survey, const Reader& reader) {
  if (reader.person.empty()) return Role::kNone;
  CANDOR_ASSIGN_OR_RETURN(const std::optional<storage::LeaderLine> line,
                          storage::FindLeaderLine(transaction, survey.district, survey.id));
  // Without a line, which an opened survey has, there is no supervisor, and the leader is the person of that id.
  const storage::LeaderLine known = line.value_or(storage::LeaderLine{survey.leader, {}});
  if (known.IsLeader(reader.person)) return reader.leader ? Role::kLeader : Role::kNone;
  return reader.supervisor && known.IsSupervisor(reader.person) ? Role::kSupervisor : Role::kNone;
}

absl::StatusOr<std::string> GetDocument(ReadTransaction& transaction, const storage::SurveyRow& survey,
                                        SurveyDocument kind) {
  CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> document,
                          transaction.FindSurveyDocument(survey.district, survey.id, kind));
  if (!document.has_value()) return domain::errors::StoreCorrupt("a released survey lacks a document");
  return *std::move(document);
}

absl::StatusOr<domain::Contract> ContractOf(ReadTransaction& transaction, const storage::SurveyRow& survey) {
  CANDOR_ASSIGN_OR_RETURN(const std::string document, GetDocument(transaction, survey, SurveyDocument::kContract));
  absl::StatusOr<domain::Contract> contract = domain::DecodeContract(document);
  if (!contract.ok()) return domain::errors::StoreCorrupt("a stored anonymity contract cannot be read");
  return contract;
}

bool Names(const domain::Contract& contract, absl::string_view role) {
  return std::find(contract.readers.begin(), contract.readers.end(), role) != contract.readers.end();
}

// Whether a supervisor of the frozen line is still there, with the role without which nobody reads as a supervisor.
absl::StatusOr<bool> AnySupervisorLeft(ReadTransaction& transaction, const storage::SurveyRow& survey) {
  CANDOR_ASSIGN_OR_RETURN(const std::optional<storage::LeaderLine> line,
                          storage::FindLeaderLine(transaction, survey.district, survey.id));
  if (!line.has_value()) return false;
  for (const domain::PersonId& id : line->supervisors) {
    CANDOR_ASSIGN_OR_RETURN(const auto supervisor, transaction.FindPerson(survey.district, id));
    if (supervisor.has_value() && supervisor->roles.supervisor) return true;
  }
  return false;
}

// Who of those who are still there reads first: whom the contract names, the leader where no supervisor is left, kNone where
// nobody is.
absl::StatusOr<Role> FirstReaderLeft(ReadTransaction& transaction, const storage::SurveyRow& survey,
                                     const domain::Contract& contract) {
  if (contract.first_reader == domain::FirstReader::kSupervisor) {
    CANDOR_ASSIGN_OR_RETURN(const bool left, AnySupervisorLeft(transaction, survey));
    if (left) return Role::kSupervisor;
  }
  CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line, storage::LineOf(transaction, survey));
  for (const domain::PersonId& id : line.Leaders()) {
    CANDOR_ASSIGN_OR_RETURN(const auto leader, transaction.FindPerson(survey.district, id));
    if (leader.has_value()) return Role::kLeader;
  }
  return Role::kNone;
}

// What the contract says about a frozen report to one of whom it names as readers; kNone: to an administrator. Whoever stands
// in for a first reader is noted, so that what was read is not taken away again.
absl::StatusOr<Access> AccessByContract(ReadTransaction& transaction, const storage::SurveyRow& survey,
                                        const domain::Contract& contract, Role role) {
  CANDOR_ASSIGN_OR_RETURN(
      const std::optional<std::string> read,
      transaction.FindSurveyDocument(survey.district, survey.id, SurveyDocument::kFirstReading));
  if (read.has_value()) return Access{};
  CANDOR_ASSIGN_OR_RETURN(const Role first, FirstReaderLeft(transaction, survey, contract));
  if (first == role || first == Role::kNone) return Access{absl::OkStatus(), /*first_reading=*/true};
  return Access{NotReleased(first == Role::kLeader
                                ? "the leader reads this report first; you can read it once they have"
                                : "the supervisor reads this report first; you can read it once they have")};
}

// Whether `reader` may read the report of `survey` now. A status of the outer kind means that the store failed.
absl::StatusOr<Access> AccessOf(ReadTransaction& transaction, const storage::SurveyRow& survey, const Reader& reader) {
  CANDOR_ASSIGN_OR_RETURN(Role role, RoleOf(transaction, survey, reader));
  if (role == Role::kNone && !reader.administrator) return Access{NotAllowed()};
  if (survey.state == domain::SurveyState::kAbandoned) {
    return Access{NotReleased("the survey was abandoned: its answers were destroyed, and there is no report")};
  }
  if (survey.state != domain::SurveyState::kReleased) {
    return Access{NotReleased("the report can be read once its campaign is released")};
  }
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, ContractOf(transaction, survey));
  const bool as_administrator = reader.administrator && Names(contract, domain::kAdministratorReader);
  if (role == Role::kNone && !as_administrator) return Access{NotForAdministrators()};
  if (role != Role::kNone && !Names(contract, role == Role::kLeader ? "leader" : "supervisor")) {
    // Being a supervisor as well takes nothing from an administrator whom the contract names.
    if (!as_administrator) return Access{NotAllowed()};
    role = Role::kNone;
  }
  return AccessByContract(transaction, survey, contract, role);
}

// A survey whose report may be read now.
struct Readable {
  storage::SurveyRow survey;
  bool first_reading = false;  // to be noted, if the report is handed out
};

// The codes of Reports::Get.
absl::StatusOr<Readable> FindReadable(ReadTransaction& transaction, const domain::DistrictId& district,
                                      const domain::CampaignId& campaign, const domain::SurveyId& survey,
                                      const Reader& reader) {
  CANDOR_ASSIGN_OR_RETURN(std::optional<storage::SurveyRow> row, transaction.FindSurvey(district, survey));
  if (!row.has_value() || row->campaign != campaign) return domain::errors::NotFound("survey", survey.value());
  CANDOR_ASSIGN_OR_RETURN(const Access access, AccessOf(transaction, *row, reader));
  CANDOR_RETURN_IF_ERROR(access.status);
  return Readable{*std::move(row), access.first_reading};
}

absl::StatusOr<candor::v1::Report> ReadReport(ReadTransaction& transaction, const storage::SurveyRow& survey,
                                              const Reports::SubjectReader& read_subject) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, GetDocument(transaction, survey, SurveyDocument::kReport));
  CANDOR_ASSIGN_OR_RETURN(
      const std::optional<std::string> hash,
      transaction.FindSurveyDocumentHash(survey.district, survey.id, SurveyDocument::kReport));
  if (!hash.has_value() || *hash != crypto::Sha256(bytes)) {
    return domain::errors::StoreCorrupt("a stored report is not the one that was frozen");
  }
  CANDOR_ASSIGN_OR_RETURN(candor::v1::Report report, ParseReport(bytes));
  CANDOR_ASSIGN_OR_RETURN(
      const std::optional<std::string> document,
      transaction.FindSurveyDocument(survey.district, survey.id, SurveyDocument::kReportSubject));
  // Gone with the person: the report stays, and names nobody.
  if (!document.has_value()) return report;
  CANDOR_ASSIGN_OR_RETURN(const ReportSubject subject, read_subject(*document));
  report.set_leader_display_name(subject.leader_display_name);
  report.set_leader_job_title(subject.leader_job_title);
  report.set_school_title(subject.school_title);
  return report;
}

// Notes that the first reader has read the reports of these surveys; durable when this returns.
absl::Status NoteFirstReadings(storage::IdentityStore& store, const domain::DistrictId& district,
                               const std::vector<domain::SurveyId>& surveys) {
  if (surveys.empty()) return absl::OkStatus();
  return store.Write([&](storage::WriteTransaction& transaction) -> absl::Status {
    for (const domain::SurveyId& survey : surveys) {
      CANDOR_ASSIGN_OR_RETURN(const std::optional<std::string> read,
                              transaction.FindSurveyDocument(district, survey, SurveyDocument::kFirstReading));
      if (read.has_value()) continue;  // another call of the first reader's was quicker
      CANDOR_RETURN_IF_ERROR(transaction.InsertSurveyDocument(district, survey, SurveyDocument::kFirstReading, "",
                                                              crypto::Sha256("")));
    }
    return absl::OkStatus();
  });
}

}  // namespace

Reports::Reports(storage::IdentityStore* store, SubjectReader read_subject)
    : store_(*store), read_subject_(std::move(read_subject)) {}

absl::StatusOr<candor::v1::Report> Reports::Get(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                                const domain::SurveyId& survey, const Reader& reader) {
  candor::v1::Report report;
  bool first_reading = false;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const Readable readable, FindReadable(transaction, district, campaign, survey, reader));
    first_reading = readable.first_reading;
    CANDOR_ASSIGN_OR_RETURN(report, ReadReport(transaction, readable.survey, read_subject_));
    return absl::OkStatus();
  }));
  if (first_reading) {
    CANDOR_RETURN_IF_ERROR(NoteFirstReadings(store_, district, {survey}));
  }
  return report;
}

absl::Status Reports::CheckReader(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                  const domain::SurveyId& survey, const Reader& reader) {
  return store_.Read([&](ReadTransaction& transaction) {
    return FindReadable(transaction, district, campaign, survey, reader).status();
  });
}

absl::StatusOr<candor::v1::ReportComments> Reports::GetComments(const domain::DistrictId& district,
                                                                const domain::CampaignId& campaign,
                                                                const domain::SurveyId& survey, const Reader& reader) {
  candor::v1::ReportComments comments;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const Readable readable, FindReadable(transaction, district, campaign, survey, reader));
    CANDOR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            transaction.FindSurveyDocument(district, survey, SurveyDocument::kComments));
    // Released by a version that knew no comments: there are none.
    domain::ReleasedComments released;
    if (bytes.has_value()) {
      CANDOR_ASSIGN_OR_RETURN(released, domain::DecodeReleasedComments(*bytes));
    }
    CANDOR_ASSIGN_OR_RETURN(const domain::Contract contract, ContractOf(transaction, readable.survey));
    CANDOR_ASSIGN_OR_RETURN(const auto owner, transaction.FindCampaign(district, campaign));
    if (!owner.has_value()) return domain::errors::StoreCorrupt("a survey of no campaign");
    CANDOR_ASSIGN_OR_RETURN(
        const auto version,
        transaction.FindInstrumentVersion(district, owner->settings.instrument,
                                          static_cast<int32_t>(owner->settings.instrument_version)));
    if (!version.has_value()) return domain::errors::StoreCorrupt("a released survey lacks its instrument");
    CANDOR_ASSIGN_OR_RETURN(const domain::InstrumentVersion decoded, domain::DecodeInstrumentVersion(version->document));
    comments = BuildComments(released, contract, decoded);
    return absl::OkStatus();
  }));
  return comments;
}

absl::StatusOr<candor::v1::Scores> Reports::GetScores(const domain::DistrictId& district,
                                                      const domain::CampaignId& campaign,
                                                      const domain::SurveyId& survey, const Reader& reader) {
  CANDOR_ASSIGN_OR_RETURN(candor::v1::Report report, Get(district, campaign, survey, reader));
  return std::move(*report.mutable_scores());
}

absl::StatusOr<ReportPage> Reports::List(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                         const Reader& reader, absl::string_view after, int limit) {
  return Collect(district, campaign, reader, after, std::clamp(limit, 1, 500), /*whole=*/false);
}

absl::StatusOr<ReportPage> Reports::Export(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                           const Reader& reader, absl::string_view after, int limit) {
  return Collect(district, campaign, reader, after, std::clamp(limit, 1, 50), /*whole=*/true);
}

absl::StatusOr<ReportPage> Reports::Collect(const domain::DistrictId& district, const domain::CampaignId& campaign,
                                            const Reader& reader, absl::string_view after, int limit, bool whole) {
  ReportPage page;
  std::vector<domain::SurveyId> first_readings;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    page = ReportPage();
    first_readings.clear();
    size_t bytes = 0;
    std::string key(after), shown;
    while (true) {
      CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::SurveyRow> rows,
                              transaction.ListSurveys(district, campaign, {key, kSurveysAtOnce}));
      for (const storage::SurveyRow& row : rows) {
        key = row.id.value();
        if (row.state != domain::SurveyState::kReleased) continue;
        CANDOR_ASSIGN_OR_RETURN(const Access access, AccessOf(transaction, row, reader));
        if (!access.status.ok()) continue;
        if (static_cast<int>(page.reports.size()) == limit || bytes >= kExportBytes) {
          // One more stands behind the page: it starts after the last one shown.
          page.next = shown;
          return absl::OkStatus();
        }
        CANDOR_ASSIGN_OR_RETURN(candor::v1::Report report, ReadReport(transaction, row, read_subject_));
        if (whole) {
          bytes += report.ByteSizeLong();
          if (access.first_reading) first_readings.push_back(row.id);
        } else {
          report.clear_scores();
          report.clear_brief();
          report.clear_items();
          report.clear_notes();
          report.clear_translated_notes();
        }
        page.reports.push_back(std::move(report));
        shown = row.id.value();
      }
      if (static_cast<int>(rows.size()) < kSurveysAtOnce) return absl::OkStatus();
    }
  }));
  CANDOR_RETURN_IF_ERROR(NoteFirstReadings(store_, district, first_readings));
  return page;
}

absl::StatusOr<candor::v1::RoundComparison> Reports::Rounds(const domain::DistrictId& district,
                                                            const domain::CampaignId& campaign,
                                                            const domain::SurveyId& survey, const Reader& reader) {
  std::vector<RoundReport> rounds;  // newest first
  std::vector<domain::SurveyId> first_readings;
  bool some_not_readable = false;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    rounds.clear();
    first_readings.clear();
    some_not_readable = false;
    CANDOR_ASSIGN_OR_RETURN(const Readable newest, FindReadable(transaction, district, campaign, survey, reader));
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::SurveyRow> chain,
                            FindRounds(transaction, newest.survey, kMostRounds));
    for (const storage::SurveyRow& row : chain) {
      CANDOR_ASSIGN_OR_RETURN(const Access access, AccessOf(transaction, row, reader));
      if (!access.status.ok()) {
        some_not_readable = true;
        continue;
      }
      if (access.first_reading) first_readings.push_back(row.id);
      RoundReport round;
      CANDOR_ASSIGN_OR_RETURN(round.report, ReadReport(transaction, row, read_subject_));
      // Whom the contract lets read the report as an administrator reads no plan.
      CANDOR_ASSIGN_OR_RETURN(const Access as_person, AccessOf(transaction, row, AsPerson(reader)));
      if (as_person.status.ok()) {
        CANDOR_ASSIGN_OR_RETURN(round.plan, FindReadablePlan(transaction, row, reader.person));
      }
      rounds.push_back(std::move(round));
    }
    return absl::OkStatus();
  }));
  std::reverse(rounds.begin(), rounds.end());
  candor::v1::RoundComparison comparison = CompareReports(rounds);
  comparison.set_some_not_readable(some_not_readable);
  // Whoever got no figure has read nothing: of one round alone there are none.
  if (!comparison.units().empty()) {
    CANDOR_RETURN_IF_ERROR(NoteFirstReadings(store_, district, first_readings));
  }
  return comparison;
}

}  // namespace candor::reporting
