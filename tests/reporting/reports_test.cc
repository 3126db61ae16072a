// Freezing a report, and who may read it when, on the real store.

#include "services/reporting/reports.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/campaign.h"
#include "services/domain/errors.h"
#include "services/identity/report_builder.h"
#include "services/reporting/build_report.h"
#include "services/reporting/stored_report.h"
#include "storage/leader_line.h"
#include "storage/sqlite/identity_store.h"
#include "tests/reporting/report_builders.h"
#include "tests/reporting/reports_fixture.h"

namespace candor::reporting {
namespace {

using storage::SurveyDocument;
using storage::WriteTransaction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(ReportsTest, FrozenBytesNameNobodyAndFollowFromTheDocuments) {
  const auto bytes = BuildStoredReport(input_);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, *BuildStoredReport(input_));
  const auto report = ParseReport(*bytes);
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(report->leader_display_name(), IsEmpty());
  EXPECT_EQ(report->campaign_title(), "Autumn round");
  EXPECT_EQ(report->name(), "districts/d/campaigns/c/surveys/" + kSurvey.value() + "/report");
  EXPECT_EQ(report->instrument_version(), "districts/d/instruments/i/versions/1");
  EXPECT_EQ(report->contract_hash(), Hash(input_.contract));
  EXPECT_DOUBLE_EQ(UnitOf(report->scores(), "ALL").all_raters().mean(), 3);
  EXPECT_DOUBLE_EQ(UnitOf(report->scores(), "ALL").self().mean(), 4);
}

TEST_F(ReportsTest, TheCampaignsPooledFiguresAreOfTheFrozenReport) {
  EXPECT_EQ(ParseReport(*BuildStoredReport(input_))->scores().rules().item_correlation_source(),
            v1::CORRELATION_SOURCE_ASSUMED);
  StoredReportInput input = input_;
  input.campaign.pooled_figures = domain::EncodePooledFigures({});
  EXPECT_EQ(*BuildStoredReport(input), *BuildStoredReport(input_)) << "nothing could be measured";
  input.campaign.pooled_figures = domain::EncodePooledFigures({37});
  const auto bytes = BuildStoredReport(input);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, *BuildStoredReport(input));
  const auto report = ParseReport(*bytes);
  EXPECT_EQ(report->scores().rules().item_correlation_source(), v1::CORRELATION_SOURCE_POOLED);
  EXPECT_DOUBLE_EQ(report->scores().rules().item_correlation(), 0.37);
  input.campaign.pooled_figures = "{}";
  ExpectReason(BuildStoredReport(input).status(), absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT);
}

TEST_F(ReportsTest, FreezingRefusesDocumentsThatDoNotBelongTogether) {
  const auto expect_corrupt = [](const StoredReportInput& input) {
    ExpectReason(BuildStoredReport(input).status(), absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT);
  };
  StoredReportInput input = input_;
  input.contract = "{}";
  expect_corrupt(input);
  input = input_;
  input.instrument_version = domain::EncodeInstrumentVersion(SmallVersion(4));
  expect_corrupt(input);
  input = input_;
  input.closed_result.pop_back();
  expect_corrupt(input);
  input = input_;
  input.survey.id = domain::SurveyId("00000000000000000000000004");
  expect_corrupt(input);
}

TEST_F(ReportsTest, TheLeaderReadsTheFrozenReportUnderTheirName) {
  StoreReleased();
  const auto report = reports_->Get(kDistrict, kCampaign, kSurvey, kLeader);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->leader_display_name(), "Robin Vale");
  EXPECT_EQ(report->leader_job_title(), "Principal");
  EXPECT_EQ(report->school_title(), "Hillside School");
  EXPECT_GT(report->scores().units_size(), 0);
  const auto again = reports_->Get(kDistrict, kCampaign, kSurvey, kLeader);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(SerializeReport(*report), SerializeReport(*again));
  const auto scores = reports_->GetScores(kDistrict, kCampaign, kSurvey, kLeader);
  ASSERT_TRUE(scores.ok());
  EXPECT_EQ(scores->SerializeAsString(), report->scores().SerializeAsString());
}

TEST_F(ReportsTest, TheSupervisorWaitsUntilTheLeaderHasRead) {
  StoreReleased();
  ExpectReason(Read(kSupervisor), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_THAT(Listed(kSupervisor), IsEmpty());
  EXPECT_EQ(Listed(kLeader).size(), 1u) << "looking at the list is no reading";
  ExpectReason(Read(kSupervisor), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_TRUE(Read(kLeader).ok());
  EXPECT_TRUE(Read(kSupervisor).ok());
  EXPECT_EQ(Listed(kSupervisor).size(), 1u);
}

TEST_F(ReportsTest, TheFirstReadingSurvivesARestart) {
  StoreReleased();
  EXPECT_TRUE(Read(kLeader).ok());
  EXPECT_TRUE(Read(kLeader).ok());
  reports_.reset();
  store_.reset();
  auto store = storage::sqlite::SqliteIdentityStore::Open(folder_.path() + "/identity.db");
  ASSERT_TRUE(store.ok());
  store_ = *std::move(store);
  reports_ = std::make_unique<Reports>(store_.get(), ReadSubject);
  EXPECT_TRUE(Read(kSupervisor).ok());
}

TEST_F(ReportsTest, TheSupervisorMayBeTheFirstReader) {
  contract_.first_reader = domain::FirstReader::kSupervisor;
  StoreReleased();
  ExpectReason(Read(kLeader), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_TRUE(Read(kSupervisor).ok());
  EXPECT_TRUE(Read(kLeader).ok());
}

TEST_F(ReportsTest, TheLeaderReadsWhereEverySupervisorWhoCouldReadFirstIsGone) {
  contract_.first_reader = domain::FirstReader::kSupervisor;
  StoreReleased();
  ExpectReason(Read(kLeader), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  Write([&](WriteTransaction& transaction) { return transaction.DeletePerson(kDistrict, kSupervisor.person); });
  EXPECT_EQ(Listed(kLeader).size(), 1u);
  EXPECT_TRUE(Read(kLeader).ok());
  ExpectReason(Read(kStranger), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(ReportsTest, ASupervisorWithoutTheRoleKeepsNobodyWaiting) {
  contract_.first_reader = domain::FirstReader::kSupervisor;
  StoreReleased();
  const auto set_role = [&](bool supervisor) {
    Write([&](WriteTransaction& transaction) -> absl::Status {
      CANDOR_ASSIGN_OR_RETURN(auto person, transaction.FindPerson(kDistrict, kSupervisor.person));
      person->roles.supervisor = supervisor;
      return transaction.UpdatePerson(*person);
    });
  };
  set_role(false);
  EXPECT_TRUE(Read(kLeader).ok());
  set_role(true);
  EXPECT_TRUE(Read(kLeader).ok()) << "what was read is not taken away again";
  EXPECT_TRUE(Read(kSupervisor).ok());
}

TEST_F(ReportsTest, AContractThatNamesTheLeaderAloneKeepsTheSupervisorOut) {
  contract_.readers = {"leader"};
  StoreReleased();
  EXPECT_TRUE(Read(kLeader).ok());
  ExpectReason(Read(kSupervisor), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  EXPECT_THAT(Listed(kSupervisor), IsEmpty());
}

TEST_F(ReportsTest, WhoSupervisesTheLeaderIsDecidedAtOpening) {
  StoreReleased();
  EXPECT_TRUE(Read(kLeader).ok());
  Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(auto leader, transaction.FindPerson(kDistrict, kLeader.person));
    leader->supervisors = {kStranger.person};
    return transaction.UpdatePerson(*leader);
  });
  ExpectReason(Read(kStranger), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  EXPECT_THAT(Listed(kStranger), IsEmpty());
  EXPECT_TRUE(Read(kSupervisor).ok());
  EXPECT_EQ(Listed(kSupervisor).size(), 1u);
}

TEST_F(ReportsTest, WhoNoLongerHasTheRoleNeitherReadsNorFindsTheReportListed) {
  StoreReleased();
  EXPECT_TRUE(Read(kLeader).ok());
  EXPECT_EQ(Listed(kLeader).size(), 1u);
  EXPECT_EQ(Listed(kSupervisor).size(), 1u);
  for (const Reader& without : {Reader{.person = kLeader.person, .supervisor = true},
                                Reader{.person = kSupervisor.person, .leader = true}}) {
    ExpectReason(Read(without), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
    EXPECT_THAT(Listed(without), IsEmpty());
  }
}

TEST_F(ReportsTest, OthersInTheDistrictReadNothing) {
  StoreReleased();
  EXPECT_TRUE(Read(kLeader).ok());
  ExpectReason(Read(kStranger), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  ExpectReason(Read(Reader{}), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  EXPECT_THAT(Listed(kStranger), IsEmpty());
}

TEST_F(ReportsTest, AnAdministratorWhomTheContractDoesNotNameReadsNothing) {
  StoreReleased();
  EXPECT_TRUE(Read(kLeader).ok());
  ExpectReason(Read(kAdministrator), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
  ExpectReason(Read(Reader{kStranger.person, true}), absl::StatusCode::kPermissionDenied,
               domain::reasons::kCALLER_NOT_ALLOWED);
  EXPECT_FALSE(reports_->GetScores(kDistrict, kCampaign, kSurvey, kAdministrator).ok());
  EXPECT_THAT(Listed(kAdministrator), IsEmpty());
  EXPECT_TRUE(Read(kAdministeringSupervisor).ok()) << "as a supervisor, whom the contract names";
}

TEST_F(ReportsTest, ASupervisorWhoIsAnAdministratorWaitsForTheFirstReader) {
  StoreReleased();
  ExpectReason(Read(kAdministeringSupervisor), absl::StatusCode::kFailedPrecondition,
               domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_TRUE(Read(kLeader).ok());
  EXPECT_TRUE(Read(kAdministeringSupervisor).ok());
}

TEST_F(ReportsTest, ASupervisorWhoIsAnAdministratorIsHeldToAContractOfTheLeaderAlone) {
  contract_.readers = {"leader"};
  StoreReleased();
  EXPECT_TRUE(Read(kLeader).ok());
  ExpectReason(Read(kAdministeringSupervisor), absl::StatusCode::kPermissionDenied,
               domain::reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(ReportsTest, AnAdministratorWhomTheContractNamesReadsAfterTheFirstReader) {
  contract_.readers.push_back("administrator");
  StoreReleased();
  ExpectReason(Read(kAdministrator), absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_THAT(Listed(kAdministrator), IsEmpty());
  EXPECT_FALSE(reports_->GetScores(kDistrict, kCampaign, kSurvey, kAdministrator).ok());
  // A supervisor who is an administrator as well.
  ExpectReason(Read(kAdministeringSupervisor), absl::StatusCode::kFailedPrecondition,
               domain::reasons::kREPORT_NOT_RELEASED);
  // A leader who is an administrator as well is still the first reader.
  EXPECT_TRUE(Read(kAdministeringLeader).ok());
  EXPECT_TRUE(Read(kAdministrator).ok());
  EXPECT_TRUE(Read(kSupervisor).ok());
}

TEST_F(ReportsTest, AnAdministratorWhoIsASupervisorReadsAsTheOneThatTheContractNames) {
  contract_.readers = {"leader", "administrator"};
  StoreReleased();
  ExpectReason(Read(kAdministeringSupervisor), absl::StatusCode::kFailedPrecondition,
               domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_TRUE(Read(kLeader).ok());
  EXPECT_TRUE(Read(kAdministeringSupervisor).ok());
  ExpectReason(Read(kSupervisor), absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(ReportsTest, WhereNobodyIsLeftToReadFirstTheOthersRead) {
  contract_.readers.push_back("administrator");
  StoreReleased();
  Write([&](WriteTransaction& transaction) { return transaction.DeletePerson(kDistrict, kLeader.person); });
  EXPECT_TRUE(Read(kAdministrator).ok());
  EXPECT_TRUE(Read(kSupervisor).ok());
}

TEST_F(ReportsTest, BeforeReleaseNobodyReads) {
  for (const domain::SurveyState state :
       {domain::SurveyState::kOpen, domain::SurveyState::kClosed, domain::SurveyState::kAbandoned}) {
    input_.survey.state = state;
    const domain::SurveyId id("0000000000000000000000000" + std::to_string(4 * static_cast<int>(state)).substr(0, 1));
    if (state == domain::SurveyState::kOpen) StoreCampaign();
    Write([&](WriteTransaction& transaction) {
      storage::SurveyRow survey = input_.survey;
      survey.id = id;
      survey.leader = domain::PersonId("leader-" + std::to_string(static_cast<int>(state)));
      return transaction.InsertSurvey(survey);
    });
    const domain::PersonId leader("leader-" + std::to_string(static_cast<int>(state)));
    for (const Reader& reader : {kAdministrator, Reader{.person = leader, .leader = true}}) {
      ExpectReason(reports_->Get(kDistrict, kCampaign, id, reader).status(), absl::StatusCode::kFailedPrecondition,
                   domain::reasons::kREPORT_NOT_RELEASED);
    }
    EXPECT_THAT(Listed(kAdministrator), IsEmpty());
  }
}

TEST_F(ReportsTest, ASurveyOfAnotherCampaignIsNotFound) {
  StoreReleased();
  ExpectReason(reports_->Get(kDistrict, domain::CampaignId("other"), kSurvey, kAdministrator).status(),
               absl::StatusCode::kNotFound, domain::reasons::kRESOURCE_NOT_FOUND);
  ExpectReason(reports_->Get(domain::DistrictId("other"), kCampaign, kSurvey, kAdministrator).status(),
               absl::StatusCode::kNotFound, domain::reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(ReportsTest, AnExportGivesWholeReportsPageAfterPageAndCountsAsReading) {
  contract_.readers.push_back("administrator");
  StoreCampaign();
  for (int i = 1; i <= 3; ++i) {
    StoreSurvey(domain::SurveyId("0000000000000000000000000" + std::to_string(i)),
                domain::PersonId("person-" + std::to_string(i)));
  }
  const Reader first{.person = domain::PersonId("person-2"), .leader = true};
  const auto own = reports_->Export(kDistrict, kCampaign, first, "", 10);
  ASSERT_TRUE(own.ok()) << own.status();
  ASSERT_EQ(own->reports.size(), 1u);
  EXPECT_TRUE(own->reports[0].has_scores());
  EXPECT_TRUE(own->reports[0].has_brief());
  const auto alone = reports_->Get(kDistrict, kCampaign, domain::SurveyId("00000000000000000000000002"), first);
  EXPECT_EQ(SerializeReport(own->reports[0]), SerializeReport(*alone));
  // Their export was the reading that lets others read; of the leaders who are gone nobody reads first.
  std::string after;
  std::vector<size_t> sizes;
  for (int page = 0; page < 5; ++page) {
    const auto exported = reports_->Export(kDistrict, kCampaign, kAdministrator, after, 2);
    ASSERT_TRUE(exported.ok()) << exported.status();
    sizes.push_back(exported->reports.size());
    after = exported->next;
    if (after.empty()) break;
  }
  EXPECT_THAT(sizes, ElementsAre(2, 1));
  EXPECT_THAT(reports_->Export(kDistrict, kCampaign, kStranger, "", 10)->reports, IsEmpty());
}

TEST_F(ReportsTest, WhatMayNotBeReadYetIsNotExported) {
  StoreReleased();
  EXPECT_THAT(reports_->Export(kDistrict, kCampaign, kSupervisor, "", 10)->reports, IsEmpty());
  EXPECT_EQ(reports_->Export(kDistrict, kCampaign, kLeader, "", 10)->reports.size(), 1u);
  EXPECT_EQ(reports_->Export(kDistrict, kCampaign, kSupervisor, "", 10)->reports.size(), 1u);
}

TEST_F(ReportsTest, RoundsAreFoundByWhatEachCampaignNamesAsTheOneBefore) {
  StoreReleased();
  StoreNextRound();
  // Of one round alone there are no figures, so asking for it is no reading of it.
  EXPECT_EQ(reports_->Rounds(kDistrict, kCampaign, kSurvey, kLeader)->rounds_size(), 1);
  ExpectReason(reports_->Get(kDistrict, kCampaign, kSurvey, kSupervisor).status(), absl::StatusCode::kFailedPrecondition,
               domain::reasons::kREPORT_NOT_RELEASED);
  // The leader has read neither; asking for the rounds reads both.
  const auto rounds = reports_->Rounds(kDistrict, kNextCampaign, kNextSurvey, kLeader);
  ASSERT_TRUE(rounds.ok()) << rounds.status();
  EXPECT_EQ(rounds->rounds_size(), 2);
  EXPECT_FALSE(rounds->some_not_readable());
  EXPECT_FALSE(rounds->units().empty());
  EXPECT_EQ(reports_->Rounds(kDistrict, kNextCampaign, kNextSurvey, kSupervisor)->rounds_size(), 2);
  EXPECT_EQ(reports_->Rounds(kDistrict, kCampaign, kSurvey, kLeader)->rounds_size(), 1);
  ExpectReason(reports_->Rounds(kDistrict, kNextCampaign, kNextSurvey, kStranger).status(),
               absl::StatusCode::kPermissionDenied, domain::reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(ReportsTest, ARoundThatTheReaderMayNotReadIsLeftOutAndSaidSo) {
  contract_.readers = {"leader"};  // of the earlier round no supervisor reads
  StoreReleased();
  contract_.readers = {"leader", "supervisor"};
  StoreNextRound();
  ExpectReason(reports_->Rounds(kDistrict, kNextCampaign, kNextSurvey, kSupervisor).status(),
               absl::StatusCode::kFailedPrecondition, domain::reasons::kREPORT_NOT_RELEASED);
  EXPECT_EQ(reports_->Rounds(kDistrict, kNextCampaign, kNextSurvey, kLeader)->rounds_size(), 2);
  const auto rounds = reports_->Rounds(kDistrict, kNextCampaign, kNextSurvey, kSupervisor);
  ASSERT_TRUE(rounds.ok()) << rounds.status();
  EXPECT_EQ(rounds->rounds_size(), 1);
  EXPECT_TRUE(rounds->some_not_readable());
}

TEST_F(ReportsTest, ListsPageByPageBySurveyIdWithoutFigures) {
  contract_.readers.push_back("administrator");
  StoreCampaign();
  std::vector<std::string> expected;
  for (int i = 1; i <= 5; ++i) {
    const domain::SurveyId id("0000000000000000000000000" + std::to_string(i));
    // The third belongs to somebody else; an administrator sees it too.
    StoreSurvey(id, domain::PersonId("person-" + std::to_string(i)));
    expected.push_back(id.value());
  }
  // The same bytes are stored for all five, so the leaders' names tell the rows apart no more than the reports do.
  std::string after;
  std::vector<size_t> sizes;
  for (int page = 0; page < 10; ++page) {
    const auto listed = reports_->List(kDistrict, domain::CampaignId(), kAdministrator, after, 2);
    ASSERT_TRUE(listed.ok()) << listed.status();
    sizes.push_back(listed->reports.size());
    for (const v1::Report& report : listed->reports) {
      EXPECT_EQ(report.leader_display_name(), "Robin Vale");
      EXPECT_FALSE(report.has_scores());
      EXPECT_EQ(report.items_size(), 0);
      EXPECT_EQ(report.notes_size(), 0);
      EXPECT_FALSE(report.has_brief());
      EXPECT_EQ(report.translated_notes_size(), 0);
    }
    after = listed->next;
    if (after.empty()) break;
  }
  EXPECT_THAT(sizes, ElementsAre(2, 2, 1));
  // Each leader lists their own alone.
  EXPECT_EQ(Listed(Reader{.person = domain::PersonId("person-3"), .leader = true}).size(), 1u);
}

TEST_F(ReportsTest, WhenThePersonIsDeletedTheReportStaysAndNamesNobody) {
  contract_.readers.push_back("administrator");
  StoreReleased();
  Write([&](WriteTransaction& transaction) { return transaction.DeletePerson(kDistrict, kLeader.person); });
  const auto report = reports_->Get(kDistrict, kCampaign, kSurvey, kAdministrator);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->leader_display_name(), IsEmpty());
  StoredReportInput input = input_;
  input.contract = domain::EncodeContract(contract_);
  EXPECT_EQ(SerializeReport(*report), *BuildStoredReport(input));
}

TEST_F(ReportsTest, StoredBytesThatAreNotTheFrozenOnesAreRefused) {
  StoreCampaign();
  Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(transaction.InsertSurvey(input_.survey));
    CANDOR_RETURN_IF_ERROR(Put(transaction, kSurvey, SurveyDocument::kContract, input_.contract));
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes, BuildStoredReport(input_));
    return transaction.InsertSurveyDocument(kDistrict, kSurvey, SurveyDocument::kReport, bytes,
                                            crypto::Sha256("another report"));
  });
  ExpectReason(Read(kLeader), absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT);
}

}  // namespace
}  // namespace candor::reporting
