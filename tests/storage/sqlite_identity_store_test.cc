// The identity store's suite on SQLite, and what is particular to its file.

#include <sqlite3.h>
#include <sys/stat.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/identity_documents.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/identity_schema.h"
#include "storage/sqlite/identity_store.h"
#include "tests/storage/fault_vfs.h"
#include "tests/storage/identity_store_conformance_test.h"
#include "tests/storage/temp_folder.h"

namespace candor::storage::sqlite {
namespace {

namespace reasons = candor::domain::reasons;
using domain::DistrictId;

class SqliteIdentityPlace : public IdentityStorePlace {
 public:
  std::unique_ptr<IdentityStore> Open() override {
    auto store = SqliteIdentityStore::Open(folder_.path() + "/identity.db");
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

 private:
  TempFolder folder_;
};

}  // namespace
}  // namespace candor::storage::sqlite

namespace candor::storage {
INSTANTIATE_TEST_SUITE_P(Sqlite, IdentityStoreConformanceTest,
                         ::testing::Values(IdentityStoreEngine{
                             "sqlite", [] { return std::make_unique<sqlite::SqliteIdentityPlace>(); }}),
                         [](const auto& info) { return info.param.name; });
}  // namespace candor::storage

namespace candor::storage::sqlite {
namespace {

class SqliteIdentityStoreTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { InstallFaultVfs(); }
  void TearDown() override { ClearDiskFault(); }

  std::string Path() const { return folder_.path() + "/identity.db"; }
  std::unique_ptr<SqliteIdentityStore> Open(const SqliteIdentityStore::Options& options = {}) {
    auto store = SqliteIdentityStore::Open(Path(), options);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  static absl::Status InsertDistrict(IdentityStore& store, const std::string& id, const std::string& title) {
    return store.Write([&](WriteTransaction& transaction) {
      return transaction.InsertDistrict({domain::DistrictId(id), title, absl::UnixEpoch()});
    });
  }
  static size_t CountDistricts(IdentityStore& store) {
    size_t count = 0;
    EXPECT_TRUE(store.Read([&](ReadTransaction& transaction) -> absl::Status {
                       CANDOR_ASSIGN_OR_RETURN(const auto rows, transaction.ListDistricts({"", 10'000}));
                       count = rows.size();
                       return absl::OkStatus();
                     }).ok());
    return count;
  }

  TempFolder folder_;
};

TEST_F(SqliteIdentityStoreTest, ItsFileBelongsToItsOwnerAlone) {
  const auto store = Open();
  struct stat status;
  ASSERT_EQ(stat(Path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(SqliteIdentityStoreTest, AnEmptyFileComesToTheNewestVersion) {
  Open();
  const auto database = *Database::Open(Path());
  EXPECT_EQ(*SchemaVersion(*database), IdentityMigrations().back().version);
}

TEST_F(SqliteIdentityStoreTest, EveryOldVersionWithRowsComesToTheNewestVersionAndKeepsThem) {
  for (const Migration& last : IdentityMigrations()) {
    const TempFolder folder;
    const std::string path = folder.path() + "/identity.db";
    {
      std::vector<Migration> history;
      for (const Migration& migration : IdentityMigrations()) {
        if (migration.version <= last.version) history.push_back(migration);
      }
      const auto database = *Database::Open(path);
      ASSERT_TRUE(Migrate(*database, history, kIdentityApplicationId).ok());
      // Rows of every table as version 1 has them; later versions keep these columns or say here what they put instead.
      ASSERT_TRUE(database
                      ->Execute("INSERT INTO district VALUES('d', 'District', 1);"
                                "INSERT INTO school VALUES('d', 'sc', 'School', 1);"
                                "INSERT INTO person(district, person, display_name, job_title, email, school, roles, "
                                "create_time, revision) VALUES('d', 'p', 'Person', '', '', 'sc', 4, 1, 1), "
                                "('d', 'q', 'Boss', '', '', NULL, 2, 1, 1);"
                                "INSERT INTO person_supervisor VALUES('d', 'q', 'p');"
                                "INSERT INTO access_key(district, person, access_key, key_hash, title, create_time) "
                                "VALUES('d', 'p', 'k', zeroblob(32), '', 1);"
                                "INSERT INTO framework VALUES('d', 'f', '{}', 1);"
                                "INSERT INTO instrument VALUES('d', 'i', 'f', 'draft', 1, 1, 1, 1);"
                                "INSERT INTO instrument_version VALUES('d', 'i', 1, 'hash', 'doc', 1);"
                                "INSERT INTO campaign(district, campaign, instrument, instrument_version, settings, "
                                "state, release_ordered, create_time, revision) "
                                "VALUES('d', 'c', 'i', 1, '{}', 'draft', 0, 1, 1);"
                                "INSERT INTO survey(district, survey, campaign, leader, state, order_id, closing_step, "
                                "create_time, revision) VALUES('d', 's', 'c', 'p', 'draft', '', 0, 1, 1);"
                                "INSERT INTO survey_document VALUES('d', 's', 1, zeroblob(32), 'contract');"
                                "INSERT INTO issuing_group VALUES('d', 's', 0, 'staff', 5, 0);"
                                "UPDATE survey SET state='open';"
                                "INSERT INTO rater(district, survey, rater, rater_group, display_name, address, "
                                "opted_out, paper) VALUES('d', 's', 'r', 'staff', 'Name', 'a@b', 0, 0);"
                                "INSERT INTO invitation VALUES('d', 's', 'r', zeroblob(32), 0, 0, NULL);"
                                "INSERT INTO identified_rating VALUES('d', 's', 'p', 1, x'0102', '[]', 1);"
                                "INSERT INTO request VALUES('d', 'caller', 'm', 'id', x'00', x'01', 1);"
                                "INSERT INTO audit VALUES('d', 1, 1, 'caller', 'action', 'resource');")
                      .ok());
    }
    auto store = SqliteIdentityStore::Open(path);
    ASSERT_TRUE(store.ok()) << store.status();
    const absl::Status status = (*store)->Read([&](ReadTransaction& transaction) -> absl::Status {
      const domain::DistrictId district("d");
      const domain::SurveyId survey("s");
      CANDOR_ASSIGN_OR_RETURN(const auto plan, transaction.FindGrowthPlan(district, survey));
      EXPECT_FALSE(plan.has_value());
      CANDOR_ASSIGN_OR_RETURN(const auto person, transaction.FindPerson(district, domain::PersonId("p")));
      EXPECT_TRUE(person.has_value() && person->supervisors.size() == 1);
      EXPECT_TRUE(person->key_vouched_by.empty()) << "nobody knows";
      EXPECT_FALSE(person->team) << "there were none";
      CANDOR_ASSIGN_OR_RETURN(const auto key, transaction.FindAccessKeyByHash(std::string(32, '\0')));
      EXPECT_TRUE(key.has_value() && key->maker.empty());
      CANDOR_ASSIGN_OR_RETURN(const auto contract,
                              transaction.FindSurveyDocument(district, survey, SurveyDocument::kContract));
      EXPECT_EQ(contract, "contract");
      CANDOR_ASSIGN_OR_RETURN(const auto raters, transaction.ListRaters(district, survey, {}));
      EXPECT_EQ(raters.size(), 1u);
      CANDOR_ASSIGN_OR_RETURN(const auto invitation, transaction.FindInvitationByCodeHash(std::string(32, '\0')));
      EXPECT_TRUE(invitation.has_value());
      CANDOR_ASSIGN_OR_RETURN(const auto ratings, transaction.ListIdentifiedRatings(district, survey));
      EXPECT_EQ(ratings.size(), 1u);
      CANDOR_ASSIGN_OR_RETURN(const auto audit, transaction.ListAudit(district, 0, 10));
      EXPECT_EQ(audit.size(), 1u);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_TRUE((*store)
                    ->Write([](WriteTransaction& transaction) {
                      return transaction.InsertGrowthPlan({DistrictId("d"), domain::SurveyId("s"), "plan"});
                    })
                    .ok())
        << "a survey of before can have a plan";
    EXPECT_TRUE((*store)
                    ->Write([](WriteTransaction& transaction) {
                      PersonRow team;
                      team.district = DistrictId("d");
                      team.id = domain::PersonId("t");
                      team.team = true;
                      team.team_members = {domain::PersonId("p"), domain::PersonId("q")};
                      return transaction.InsertPerson(team);
                    })
                    .ok())
        << "people of before can be a team";
    const auto database = *Database::Open(path);
    EXPECT_EQ(*SchemaVersion(*database), IdentityMigrations().back().version);
  }
}

TEST_F(SqliteIdentityStoreTest, NoStatementOfOursCanChangeWhatWasFrozen) {
  const auto store = Open();
  const auto database = *Database::Open(Path());
  ASSERT_TRUE(database
                  ->Execute("INSERT INTO district VALUES('d', 'District', 1);"
                            "INSERT INTO framework VALUES('d', 'f', '{}', 1);"
                            "INSERT INTO instrument VALUES('d', 'i', 'f', 'draft', 1, 1, 1, 1);"
                            "INSERT INTO instrument_version VALUES('d', 'i', 1, 'hash', 'doc', 1);"
                            "INSERT INTO campaign(district, campaign, instrument, instrument_version, settings, state, "
                            "release_ordered, create_time, revision) VALUES('d', 'c', 'i', 1, '{}', 'open', 0, 1, 1);"
                            "INSERT INTO survey(district, survey, campaign, leader, state, order_id, closing_step, "
                                "create_time, revision) VALUES('d', 's', 'c', 'p', 'draft', '', 0, 1, 1);"
                            "INSERT INTO survey_document VALUES('d', 's', 1, zeroblob(32), 'contract');"
                            "INSERT INTO survey_document VALUES('d', 's', 2, zeroblob(32), 'manifest');"
                            "INSERT INTO survey_document VALUES('d', 's', 7, zeroblob(32), 'subject');"
                            "INSERT INTO issuing_group VALUES('d', 's', 0, 'staff', 5, 0);"
                            "UPDATE survey SET state='open';"
                            "INSERT INTO question VALUES('d', 's', 'c1', 'Which?', 1, 0, NULL);"
                            "INSERT INTO question VALUES('d', 's', 'c2', 'When?', 2, 5, NULL);"
                            "INSERT INTO question VALUES('d', 's', 'c3', 'Why?', 3, 0, x'01');"
                            "INSERT INTO survey(district, survey, campaign, leader, state, order_id, closing_step, "
                            "create_time, revision, release_time) VALUES('d', 't', 'c', 'q', 'released', '', 7, 1, 1, 5);")
                  .ok());
  for (const char* statement :
       {"UPDATE survey_document SET bytes='other'", "DELETE FROM survey_document WHERE kind=1",
        "DELETE FROM survey_document WHERE kind=2", "INSERT OR REPLACE INTO campaign(district, campaign, instrument, "
        "instrument_version, settings, state, release_ordered, create_time, revision) VALUES('d', 'c', 'i', 1, 'other', "
        "'draft', 0, 1, 1)",
        "UPDATE campaign SET settings='other'", "UPDATE campaign SET state='draft'", "DELETE FROM campaign",
        "DELETE FROM survey", "UPDATE survey SET leader='q'", "UPDATE issuing_group SET invited=3",
        "UPDATE issuing_group SET code='parent'", "UPDATE issuing_group SET number=1", "DELETE FROM issuing_group",
        "INSERT INTO issuing_group VALUES('d', 's', 1, 'parent', 9, 0)",
        "INSERT OR REPLACE INTO issuing_group VALUES('d', 's', 0, 'staff', 1, 0)",
        "INSERT OR REPLACE INTO survey_document VALUES('d', 's', 1, zeroblob(32), 'other')",
        "INSERT OR REPLACE INTO instrument_version VALUES('d', 'i', 1, 'other', 'other', 1)",
        "DELETE FROM instrument_version",
        "INSERT OR REPLACE INTO question VALUES('d', 's', 'c1', 'Who?', 1, 0, NULL)",
        "INSERT OR REPLACE INTO survey(district, survey, campaign, leader, state, order_id, closing_step, create_time, "
        "revision) VALUES('d', 's', 'c', 'q', 'draft', '', 0, 1, 1)",
        "DELETE FROM question", "UPDATE question SET question='Who?'",
        "UPDATE question SET comment='c9' WHERE comment='c1'", "UPDATE question SET state=4 WHERE comment='c1'",
        "UPDATE question SET state=3 WHERE comment='c2'", "UPDATE question SET reason=1 WHERE comment='c2'",
        "UPDATE question SET state=2, reason=1 WHERE comment='c3'", "UPDATE question SET state=1 WHERE comment='c3'",
        "UPDATE survey SET release_time=6", "UPDATE instrument_version SET document='other'"}) {
    const absl::Status status = database->Execute(statement);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << statement << ": " << status;
  }
  EXPECT_TRUE(database->Execute("UPDATE question SET state=3 WHERE comment='c1'; "
                                "UPDATE question SET state=4, sealed_question=NULL WHERE comment='c3'; "
                                "UPDATE issuing_group SET reissued=1; UPDATE campaign SET state='closing'; "
                                "DELETE FROM survey_document WHERE kind=7;")
                  .ok());
}

TEST_F(SqliteIdentityStoreTest, WhoWasDeletedBeforeVersionTwoIsKnownFromTheAuditTrail) {
  {
    const auto database = *Database::Open(Path());
    ASSERT_TRUE(Migrate(*database, {IdentityMigrations().front()}, kIdentityApplicationId).ok());
    ASSERT_TRUE(database
                    ->Execute("INSERT INTO district VALUES('d', 'District', 1);"
                              "INSERT INTO audit VALUES('d', 1, 1, 'c', 'DeletePerson', 'districts/d/people/gone');"
                              "INSERT INTO audit VALUES('d', 2, 1, 'c', 'CreatePerson', 'districts/d/people/there');"
                              "INSERT INTO audit VALUES('d', 3, 1, 'c', 'DeletePerson', 'districts/d/people/gone');")
                    .ok());
  }
  const auto store = Open();
  const absl::Status status = store->Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const bool gone, transaction.WasPerson(DistrictId("d"), domain::PersonId("gone")));
    EXPECT_TRUE(gone);
    CANDOR_ASSIGN_OR_RETURN(const bool there, transaction.WasPerson(DistrictId("d"), domain::PersonId("there")));
    EXPECT_FALSE(there);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(SqliteIdentityStoreTest, ACampaignOfVersionOneInWhateverStateGoesOnWithoutPooledFigures) {
  const DistrictId district("d");
  std::vector<domain::CampaignState> states;
  for (int state = 0; state <= static_cast<int>(domain::CampaignState::kReleased); ++state) {
    states.push_back(static_cast<domain::CampaignState>(state));
  }
  const auto id_of = [](domain::CampaignState state) { return domain::CampaignId(std::string(domain::NameOf(state))); };
  {
    const auto database = *Database::Open(Path());
    ASSERT_TRUE(Migrate(*database, {IdentityMigrations().front()}, kIdentityApplicationId).ok());
    ASSERT_EQ(*SchemaVersion(*database), 1);
    ASSERT_TRUE(database
                    ->Execute("INSERT INTO district VALUES('d', 'District', 1);"
                              "INSERT INTO framework VALUES('d', 'f', '{}', 1);"
                              "INSERT INTO instrument VALUES('d', 'i1', 'f', 'draft', 1, 1, 1, 1);"
                              "INSERT INTO instrument_version VALUES('d', 'i1', 1, 'hash', 'doc', 1);")
                    .ok());
    for (const domain::CampaignState state : states) {
      const CampaignRow row = ACampaign(district, id_of(state));
      auto statement = *database->Prepare("INSERT INTO campaign VALUES('d', ?1, 'i1', 1, ?2, ?1, ?3, 5, 6, ?4, NULL, 4)");
      statement.BindText(1, domain::NameOf(state))
          .BindBlob(2, EncodeSettings(row.settings))
          .BindInt(3, state >= domain::CampaignState::kClosed ? 1 : 0);
      if (state >= domain::CampaignState::kClosed) {
        statement.BindInt(4, 7);
      } else {
        statement.BindNull(4);
      }
      ASSERT_TRUE(statement.Run().ok());
      auto survey = *database->Prepare("INSERT INTO survey(district, survey, campaign, leader, state, order_id, closing_step, "
                                "create_time, revision) VALUES('d', ?1, ?1, 'p', ?2, 'order', 5, 1, 3)");
      survey.BindText(1, domain::NameOf(state))
          .BindText(2, state == domain::CampaignState::kOpening ? "draft" : domain::NameOf(state));
      ASSERT_TRUE(survey.Run().ok());
    }
  }
  const auto store = Open();
  for (const domain::CampaignState state : states) {
    const absl::Status status = store->Write([&](WriteTransaction& transaction) -> absl::Status {
      CANDOR_ASSIGN_OR_RETURN(auto row, transaction.FindCampaign(district, id_of(state)));
      EXPECT_TRUE(row.has_value());
      EXPECT_EQ(row->state, state);
      EXPECT_EQ(EncodeSettings(row->settings), EncodeSettings(ACampaign(district, row->id).settings));
      EXPECT_EQ(row->release_ordered, state >= domain::CampaignState::kClosed);
      EXPECT_EQ(row->closed_time.has_value(), state >= domain::CampaignState::kClosed);
      EXPECT_EQ(row->revision, 4);
      EXPECT_EQ(row->pooled_figures, std::nullopt);
      CANDOR_ASSIGN_OR_RETURN(const auto surveys, transaction.ListSurveys(district, row->id, {}));
      EXPECT_EQ(surveys.size(), 1u);
      EXPECT_EQ(surveys.at(0).closing_step, ClosingStep::kResultStored);
      row->pooled_figures = "figures";
      return transaction.UpdateCampaign(*row);
    });
    EXPECT_TRUE(status.ok()) << domain::NameOf(state) << ": " << status;
  }
  EXPECT_TRUE(store
                  ->Read([&](ReadTransaction& transaction) -> absl::Status {
                    CANDOR_ASSIGN_OR_RETURN(const auto rows, transaction.ListCampaigns(district, {}));
                    EXPECT_EQ(rows.size(), states.size());
                    for (const CampaignRow& row : rows) EXPECT_EQ(row.pooled_figures, "figures");
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(SqliteIdentityStoreTest, ANewerSchemaIsRefusedAndItsFileUntouched) {
  Open();
  {
    const auto database = *Database::Open(Path());
    ASSERT_TRUE(database->Execute("CREATE TABLE of_the_future(x); PRAGMA user_version=1000;").ok());
  }
  const std::string before = *base::ReadFile(Path());
  const auto store = SqliteIdentityStore::Open(Path());
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::GetErrorDetail(store.status()).reason, reasons::kSCHEMA_TOO_NEW);
  EXPECT_EQ(*base::ReadFile(Path()), before);
}

TEST_F(SqliteIdentityStoreTest, AnotherKindOfDatabaseIsRefused) {
  {
    const auto database = *Database::Open(Path());
    ASSERT_TRUE(database->Execute("CREATE TABLE recipe(name)").ok());
  }
  const auto store = SqliteIdentityStore::Open(Path());
  EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(SqliteIdentityStoreTest, AFullDiskIsAnErrorWithAReasonAndNothingIsHalfWritten) {
  const auto store = Open();
  ASSERT_TRUE(InsertDistrict(*store, "d0", "before").ok());
  SetDiskFault("identity.db", 0, SQLITE_FULL);
  const absl::Status status = InsertDistrict(*store, "d1", "while full");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kSTORE_FULL);
  EXPECT_GT(RefusedWrites(), 0);
  EXPECT_EQ(CountDistricts(*store), 1u) << "reading goes on";
  ClearDiskFault();
  EXPECT_TRUE(InsertDistrict(*store, "d1", "after").ok());
  EXPECT_EQ(CountDistricts(*store), 2u);
}

TEST_F(SqliteIdentityStoreTest, ABoundOnItsSizeIsKept) {
  SqliteIdentityStore::Options options;
  options.max_pages = 80;
  const auto store = Open(options);
  absl::Status status;
  int stored = 0;
  for (int i = 0; i < 1000 && status.ok(); ++i) {
    status = InsertDistrict(*store, absl::StrCat("d", i), std::string(3000, 'x'));
    if (status.ok()) ++stored;
  }
  EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kSTORE_FULL) << status;
  EXPECT_EQ(CountDistricts(*store), static_cast<size_t>(stored));
}

TEST_F(SqliteIdentityStoreTest, WhatWasDeletedIsInNoFileAfterForgetting) {
  const auto store = Open();
  ASSERT_TRUE(InsertDistrict(*store, "d", "District").ok());
  const domain::PersonId id("p");
  const std::string name = "Zebediah Quartermain-Nightingale";
  ASSERT_TRUE(store
                  ->Write([&](WriteTransaction& transaction) {
                    PersonRow person = APerson(domain::DistrictId("d"), id);
                    person.display_name = name;
                    return transaction.InsertPerson(person);
                  })
                  .ok());
  EXPECT_NE(folder_.FileWith(name), "");
  ASSERT_TRUE(store
                  ->Write([&](WriteTransaction& transaction) {
                    return transaction.DeletePerson(domain::DistrictId("d"), id);
                  })
                  .ok());
  ASSERT_TRUE(store->Forget().ok());
  EXPECT_EQ(folder_.FileWith(name), "");
}

}  // namespace
}  // namespace candor::storage::sqlite
