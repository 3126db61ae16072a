// Frozen reports on the real store, with the people who may read them.

#ifndef CANDOR_TESTS_REPORTING_REPORTS_FIXTURE_H_
#define CANDOR_TESTS_REPORTING_REPORTS_FIXTURE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/campaign.h"
#include "services/domain/errors.h"
#include "services/identity/report_builder.h"
#include "services/reporting/reports.h"
#include "services/reporting/stored_report.h"
#include "storage/leader_line.h"
#include "storage/sqlite/identity_store.h"
#include "tests/reporting/report_builders.h"
#include "tests/storage/temp_folder.h"

namespace candor::reporting {

inline const domain::DistrictId kDistrict("d");
inline const domain::CampaignId kCampaign("c");
inline const domain::SurveyId kSurvey("00000000000000000000000000");
inline const domain::CampaignId kNextCampaign("next");
inline const domain::SurveyId kNextSurvey("00000000000000000000000009");
inline const Reader kLeader{.person = domain::PersonId("leader"), .leader = true};
inline const Reader kSupervisor{.person = domain::PersonId("supervisor"), .supervisor = true};
inline const Reader kAdministeringLeader{.person = kLeader.person, .administrator = true, .leader = true};
inline const Reader kAdministeringSupervisor{.person = kSupervisor.person, .administrator = true, .supervisor = true};
inline const Reader kStranger{domain::PersonId("stranger"), false};
inline const Reader kAdministrator{domain::PersonId(), true};

inline void ExpectReason(const absl::Status& status, absl::StatusCode code, const char* reason) {
  EXPECT_EQ(status.code(), code) << status;
  EXPECT_EQ(base::GetErrorDetail(status).reason, reason) << status;
}

inline absl::StatusOr<ReportSubject> ReadSubject(absl::string_view document) {
  CANDOR_ASSIGN_OR_RETURN(const identity::ReportSubject subject, identity::DecodeReportSubject(document));
  ReportSubject read;
  read.leader_display_name = subject.display_name;
  read.leader_job_title = subject.job_title;
  read.school_title = subject.school_title;
  return read;
}

class ReportsTest : public ::testing::Test {
 protected:
  ReportsTest() {
    auto store = storage::sqlite::SqliteIdentityStore::Open(folder_.path() + "/identity.db");
    CANDOR_CHECK(store.ok());
    store_ = *std::move(store);
    reports_ = std::make_unique<Reports>(store_.get(), ReadSubject);

    const domain::InstrumentVersion version = SmallVersion(5);
    input_.instrument_version = domain::EncodeInstrumentVersion(version);
    contract_ = SampleContract();
    contract_.instrument_hash = Hash(input_.instrument_version);
    input_.campaign.district = kDistrict;
    input_.campaign.id = kCampaign;
    input_.campaign.settings.title = "Autumn round";
    input_.campaign.settings.instrument = domain::InstrumentId("i");
    input_.campaign.settings.instrument_version = 1;
    input_.survey.district = kDistrict;
    input_.survey.campaign = kCampaign;
    input_.survey.id = kSurvey;
    input_.survey.leader = kLeader.person;
    input_.survey.state = domain::SurveyState::kReleased;
    input_.contract = domain::EncodeContract(contract_);
    input_.closed_result = domain::EncodeClosedResult(
        CloseGroups(version, contract_, {{"staff", {}, 9, 0, Copies(9, {3, 3, 3, 3})}}));
    input_.self = Ratings({4, 2, 4, 4});
  }

  static std::string Hash(absl::string_view bytes) { return base::HexEncode(crypto::Sha256(bytes)); }

  void Write(const std::function<absl::Status(storage::WriteTransaction&)>& body) {
    const absl::Status status = store_->Write(body);
    ASSERT_TRUE(status.ok()) << status;
  }

  static absl::Status Put(storage::WriteTransaction& transaction, const domain::SurveyId& survey,
                          storage::SurveyDocument kind, const std::string& bytes) {
    return transaction.InsertSurveyDocument(kDistrict, survey, kind, bytes, crypto::Sha256(bytes));
  }

  // The district with its people, and the campaign.
  void StoreCampaign() {
    Write([&](storage::WriteTransaction& transaction) -> absl::Status {
      CANDOR_RETURN_IF_ERROR(transaction.InsertDistrict({kDistrict, "District", absl::UnixEpoch()}));
      for (const Reader& reader : {kSupervisor, kStranger, kLeader}) {
        storage::PersonRow person;
        person.district = kDistrict;
        person.id = reader.person;
        person.display_name = "Robin Vale";
        if (reader.person == kLeader.person) person.supervisors = {kSupervisor.person};
        person.roles.supervisor = reader.person == kSupervisor.person;
        CANDOR_RETURN_IF_ERROR(transaction.InsertPerson(person));
      }
      CANDOR_RETURN_IF_ERROR(
          transaction.InsertFramework({kDistrict, domain::FrameworkId("small"), "{}", absl::UnixEpoch()}));
      storage::InstrumentRow instrument;
      instrument.district = kDistrict;
      instrument.id = domain::InstrumentId("i");
      instrument.framework = domain::FrameworkId("small");
      instrument.draft = "{}";
      CANDOR_RETURN_IF_ERROR(transaction.InsertInstrument(instrument));
      CANDOR_RETURN_IF_ERROR(transaction.InsertInstrumentVersion({kDistrict, domain::InstrumentId("i"), 1,
                                                                  Hash(input_.instrument_version),
                                                                  input_.instrument_version, absl::UnixEpoch()}));
      input_.campaign.settings.close_time = contract_.close_time;
      input_.campaign.settings.latest_close_time = contract_.close_time;
      input_.campaign.settings.abandon_time = contract_.abandon_time;
      return transaction.InsertCampaign(input_.campaign);
    });
  }

  // A survey of `leader` with its frozen report; the contract as `contract_` is now.
  void StoreSurvey(const domain::SurveyId& id, const domain::PersonId& leader) {
    Write([&](storage::WriteTransaction& transaction) -> absl::Status {
      storage::SurveyRow survey = input_.survey;
      survey.id = id;
      survey.leader = leader;
      CANDOR_RETURN_IF_ERROR(transaction.InsertSurvey(survey));
      const std::string contract = domain::EncodeContract(contract_);
      CANDOR_RETURN_IF_ERROR(Put(transaction, id, storage::SurveyDocument::kContract, contract));
      CANDOR_RETURN_IF_ERROR(Put(transaction, id, storage::SurveyDocument::kLeaderLine,
                                 storage::EncodeLeaderLine(line_.value_or(storage::LeaderLine{leader, {kSupervisor.person}}))));
      StoredReportInput input = input_;
      input.contract = contract;
      CANDOR_ASSIGN_OR_RETURN(const std::string bytes, BuildStoredReport(input));
      CANDOR_RETURN_IF_ERROR(Put(transaction, id, storage::SurveyDocument::kReport, bytes));
      return Put(transaction, id, storage::SurveyDocument::kReportSubject,
                 identity::EncodeReportSubject({"Robin Vale", "Principal", "Hillside School"}));
    });
  }

  void StoreReleased() {
    StoreCampaign();
    StoreSurvey(kSurvey, kLeader.person);
  }

  // The same leader's released survey in a campaign that names kCampaign as the round before.
  void StoreNextRound() {
    Write([&](storage::WriteTransaction& transaction) {
      storage::CampaignRow campaign = input_.campaign;
      campaign.id = kNextCampaign;
      campaign.settings.previous = kCampaign;
      return transaction.InsertCampaign(campaign);
    });
    input_.survey.campaign = kNextCampaign;
    StoreSurvey(kNextSurvey, kLeader.person);
  }

  absl::Status Read(const Reader& reader) { return reports_->Get(kDistrict, kCampaign, kSurvey, reader).status(); }

  std::vector<std::string> Listed(const Reader& reader) {
    const auto page = reports_->List(kDistrict, kCampaign, reader, "", 100);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (page.ok()) {
      for (const v1::Report& report : page->reports) names.push_back(report.name());
    }
    return names;
  }

  std::optional<storage::LeaderLine> line_;  // of surveys that are stored; unset: the leader and kSupervisor
  storage::TempFolder folder_;
  std::unique_ptr<storage::IdentityStore> store_;
  std::unique_ptr<Reports> reports_;
  domain::Contract contract_;
  StoredReportInput input_;
};

}  // namespace candor::reporting

#endif  // CANDOR_TESTS_REPORTING_REPORTS_FIXTURE_H_
