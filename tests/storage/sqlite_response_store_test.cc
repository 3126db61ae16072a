// The response store's suite on SQLite, and what is particular to its files.

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/domain/errors.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/open_survey_store.h"
#include "storage/sqlite/response_schema.h"
#include "storage/sqlite/response_store.h"
#include "tests/storage/fault_vfs.h"
#include "tests/storage/response_store_conformance_test.h"
#include "tests/storage/temp_folder.h"

namespace candor::storage::sqlite {
namespace {

// All of them in one place.
StoredClosing WithComments(const StoredOutcome& outcome, const std::vector<std::string>& comments,
                           const std::vector<std::string>& keys) {
  StoredClosing closing{outcome, {{"staff", 0, true}}, {}, keys, {}, ""};
  for (const std::string& comment : comments) closing.comments.push_back({0, comment});
  return closing;
}

namespace reasons = candor::domain::reasons;
using domain::SurveyId;

class SqlitePlace : public ResponseStorePlace {
 public:
  std::unique_ptr<ResponseStore> Open() override {
    auto store = SqliteResponseStore::Open(folder_.path());
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

 private:
  TempFolder folder_;
};

}  // namespace
}  // namespace candor::storage::sqlite

namespace candor::storage {
INSTANTIATE_TEST_SUITE_P(Sqlite, ResponseStoreConformanceTest,
                         ::testing::Values(ResponseStoreEngine{"sqlite",
                                                               [] { return std::make_unique<sqlite::SqlitePlace>(); }}),
                         [](const auto& info) { return info.param.name; });
}  // namespace candor::storage

namespace candor::storage::sqlite {
namespace {

constexpr size_t kSealedSize = 4084;

class SqliteResponseStoreTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { InstallFaultVfs(); }
  void SetUp() override { Open(); }
  void TearDown() override { ClearDiskFault(); }

  void Open() {
    store_.reset();
    auto store = SqliteResponseStore::Open(folder_.path());
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  SurveyId MakeSurvey(int64_t slots) {
    const StoredSurvey survey{domain::RandomSurveyId(), SurveyState::kAccepting, "contract", "instrument", "manifest",
                              "signature"};
    const absl::Status made = store_->CreateSurvey(survey, {{slots}, kSealedSize});
    EXPECT_TRUE(made.ok()) << made;
    return survey.id;
  }
  std::unique_ptr<OpenSurveyStore> Answers(const SurveyId& survey) {
    auto answers = store_->OpenAnswers(survey);
    EXPECT_TRUE(answers.ok()) << answers.status();
    return answers.ok() ? *std::move(answers) : nullptr;
  }
  std::string OpenPath(const SurveyId& survey) const {
    return absl::StrCat(folder_.path(), "/open/", survey.value(), ".db");
  }

  TempFolder folder_;
  std::unique_ptr<SqliteResponseStore> store_;
};

SlotWrite AWrite(int64_t slot) {
  return {slot, {base::RandomBytes(kTokenHashBytes), 1, base::RandomBytes(kSubmissionIdBytes), 0},
          base::RandomBytes(kSealedSize)};
}

int CountAnswers(OpenSurveyStore& answers) {
  int count = 0;
  const absl::Status status = answers.ForEachAnswer([&](const Slot&, absl::string_view) {
    ++count;
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return count;
}

TEST_F(SqliteResponseStoreTest, ASecondStoreOnTheSameFolderIsRefused) {
  const auto second = SqliteResponseStore::Open(folder_.path());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::GetErrorDetail(second.status()).reason, reasons::kSTORE_BUSY);
}

TEST_F(SqliteResponseStoreTest, AnAnswerOverwritesItsSlotWhereItStands) {
  const SurveyId survey = MakeSurvey(40);
  const auto answers = Answers(survey);
  ASSERT_TRUE(answers->Tidy().ok());
  const std::string before = *base::ReadFile(OpenPath(survey));
  const SlotWrite write = AWrite(17);
  ASSERT_TRUE(answers->WriteSlots({write}).ok());
  ASSERT_TRUE(answers->Tidy().ok());
  const std::string after = *base::ReadFile(OpenPath(survey));
  ASSERT_EQ(after.size(), before.size());
  // The bytes that differ are those of one record, but for the header's change counters on the first page.
  size_t changed = 0;
  for (size_t i = 4096; i < after.size(); ++i) changed += after[i] != before[i];
  EXPECT_GT(changed, 0u);
  EXPECT_LE(changed, kSealedSize + 57);
}

TEST_F(SqliteResponseStoreTest, NothingOfAReplacedAnswerIsLeftAfterTidying) {
  const SurveyId survey = MakeSurvey(10);
  const auto answers = Answers(survey);
  const SlotWrite before = AWrite(3);
  ASSERT_TRUE(answers->WriteSlots({before}).ok());
  ASSERT_TRUE(answers->WriteSlots({AWrite(3)}).ok());
  ASSERT_TRUE(answers->Tidy().ok());
  EXPECT_EQ(folder_.FileWith(before.sealed.substr(100, 64)), "");
  EXPECT_EQ(folder_.FileWith(before.sealed.substr(kSealedSize - 64)), "");
}

TEST_F(SqliteResponseStoreTest, AFreeSlotHoldsNoZeroesThatWouldTellHowLongAnswersAre) {
  const SurveyId survey = MakeSurvey(8);
  { const auto answers = Answers(survey); }
  const std::string bytes = *base::ReadFile(OpenPath(survey));
  // Slots make up nearly all of the file; random bytes are zero once in 256.
  const auto zeroes = static_cast<size_t>(std::count(bytes.begin() + 8192, bytes.end(), '\0'));
  EXPECT_LT(zeroes, bytes.size() / 4);
}

// Whoever copies the folder day by day must not learn when somebody answered.
TEST_F(SqliteResponseStoreTest, NoFileTimeTellsWhenAnAnswerCameIn) {
  const std::string folder = folder_.path() + "/open";
  SurveyId survey;
  int files_seen = 0;
  const auto expect_still = [&](const std::string& what) {
    std::vector<std::string> paths = {folder};
    for (const char* suffix : {"", "-wal", "-shm"}) paths.push_back(OpenPath(survey) + suffix);
    for (const std::string& path : paths) {
      struct stat found {};
      if (stat(path.c_str(), &found) != 0) continue;
      ++files_seen;
      EXPECT_EQ(found.st_mtim.tv_sec, 946'684'800) << path << " after " << what;
      EXPECT_EQ(found.st_mtim.tv_nsec, 0) << path << " after " << what;
      EXPECT_EQ(found.st_atim.tv_sec, 946'684'800) << path << " after " << what;
    }
  };
  survey = MakeSurvey(20);
  expect_still("laying out");
  {
    const auto answers = Answers(survey);
    expect_still("opening");
    ASSERT_TRUE(answers->AddRunKey("key").ok());
    expect_still("a run's key");
    ASSERT_TRUE(answers->WriteSlots({AWrite(1), AWrite(2)}).ok());
    files_seen = 0;
    expect_still("an answer");
    EXPECT_EQ(files_seen, 4) << "the log and its index are there";
    ASSERT_TRUE(answers->Tidy().ok());
    expect_still("tidying");
    ASSERT_TRUE(answers->WriteSlots({AWrite(1)}).ok());
    expect_still("an answer after tidying");
    ASSERT_TRUE(answers->ReadSealed(1).ok());
    EXPECT_EQ(CountAnswers(*answers), 2);
    expect_still("reading");
    ASSERT_TRUE(answers->AddSlots(0, 3).ok());
    expect_still("further slots");
    SetDiskFault("/open/", 1, SQLITE_FULL);
    EXPECT_FALSE(answers->WriteSlots({AWrite(1), AWrite(2), AWrite(3)}).ok());
    ClearDiskFault();
    expect_still("a fault");
  }
  expect_still("closing the file");
  ASSERT_TRUE(store_->AbandonSurvey(MakeSurvey(5)).ok());
  expect_still("another survey's opening");
  // What a crash between an answer and the stamping leaves is made good by the next start.
  ASSERT_EQ(utimensat(AT_FDCWD, OpenPath(survey).c_str(), nullptr, 0), 0);
  ASSERT_EQ(utimensat(AT_FDCWD, folder.c_str(), nullptr, 0), 0);
  Open();
  ASSERT_TRUE(store_->FinishDestroying().ok());
  expect_still("the next start");
}

TEST_F(SqliteResponseStoreTest, AFullDiskChangesNothingAndTheNextWriteWorks) {
  const SurveyId survey = MakeSurvey(20);
  const auto answers = Answers(survey);
  const SlotWrite kept = AWrite(1);
  ASSERT_TRUE(answers->WriteSlots({kept}).ok());
  for (int writes = 0; writes < 8; ++writes) {
    SetDiskFault("/open/", writes, SQLITE_FULL);
    const absl::Status status = answers->WriteSlots({AWrite(1), AWrite(2), AWrite(3)});
    const bool refused = RefusedWrites() > 0;
    ClearDiskFault();
    ASSERT_TRUE(refused) << "after " << writes << " writes";
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kSTORE_FULL);
    EXPECT_EQ(CountAnswers(*answers), 1);
    EXPECT_EQ(*answers->ReadSealed(1), kept.sealed);
  }
  ASSERT_TRUE(answers->WriteSlots({AWrite(2), AWrite(3)}).ok());
  EXPECT_EQ(CountAnswers(*answers), 3);
}

TEST_F(SqliteResponseStoreTest, AFullDiskWhileOpeningASurveyLeavesNoSurveyAndNoFile) {
  const StoredSurvey survey{domain::RandomSurveyId(), SurveyState::kAccepting, "contract", "instrument", "manifest",
                            "signature"};
  for (const char* part : {"/open/", "/responses.db"}) {
    SetDiskFault(part, 1, SQLITE_FULL);
    const absl::Status status = store_->CreateSurvey(survey, {{20}, kSealedSize});
    ClearDiskFault();
    EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kSTORE_FULL) << part << " " << status;
    EXPECT_EQ(store_->GetState(survey.id).status().code(), absl::StatusCode::kNotFound);
    EXPECT_FALSE(base::FileExists(OpenPath(survey.id)));
  }
  EXPECT_TRUE(store_->CreateSurvey(survey, {{20}, kSealedSize}).ok());
}

TEST_F(SqliteResponseStoreTest, AFullDiskWhileClosingLeavesTheSurveyStopped) {
  const SurveyId survey = MakeSurvey(5);
  ASSERT_TRUE(store_->StopSurvey(survey).ok());
  const std::vector<std::string> comments(50, std::string(2000, 'c'));
  SetDiskFault("/responses.db", 5, SQLITE_FULL);
  const absl::Status status = store_->CloseSurvey(survey, WithComments({"order", "result", "ledger"}, comments, {"key"}));
  ClearDiskFault();
  EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kSTORE_FULL) << status;
  EXPECT_EQ(*store_->GetState(survey), SurveyState::kStopped);
  EXPECT_TRUE(store_->GetComments(survey)->comments.empty());
  EXPECT_TRUE(store_->CloseSurvey(survey, WithComments({"order", "result", "ledger"}, comments, {"key"})).ok());
}

TEST_F(SqliteResponseStoreTest, DestroyingRemovesTheFileAndItsCompanions) {
  const SurveyId survey = MakeSurvey(5);
  const SlotWrite write = AWrite(2);
  {
    const auto answers = Answers(survey);
    ASSERT_TRUE(answers->WriteSlots({write}).ok());
    ASSERT_TRUE(base::FileExists(absl::StrCat(OpenPath(survey), "-wal")));
    ASSERT_TRUE(store_->StopSurvey(survey).ok());
    ASSERT_TRUE(store_->CloseSurvey(survey, {{"order", "result", "ledger"}, {}, {}, {}, {}, ""}).ok());
  }
  ASSERT_TRUE(store_->DestroyAnswers(survey).ok());
  EXPECT_TRUE(base::ListFolder(folder_.path() + "/open")->empty());
  EXPECT_EQ(folder_.FileWith(write.sealed.substr(0, 32)), "");
  EXPECT_EQ(folder_.FileWith(write.head.token_hash), "");
}

TEST_F(SqliteResponseStoreTest, LeftoversOfACrashAreFoundAtStart) {
  const SurveyId never_made = domain::RandomSurveyId();
  const SurveyId closed = MakeSurvey(5);
  ASSERT_TRUE(store_->StopSurvey(closed).ok());
  ASSERT_TRUE(store_->CloseSurvey(closed, {{"order", "result", "ledger"}, {}, {}, {}, {}, ""}).ok());
  ASSERT_TRUE(base::WriteFileAtomically(OpenPath(never_made), "half laid out", 0600).ok());
  ASSERT_TRUE(base::WriteFileAtomically(OpenPath(never_made) + "-journal", "its journal", 0600).ok());
  ASSERT_TRUE(base::WriteFileAtomically(OpenPath(closed) + "-wal", "", 0600).ok());
  ASSERT_TRUE(base::WriteFileAtomically(folder_.path() + "/open/notes.txt", "somebody's", 0600).ok());
  Open();
  ASSERT_TRUE(store_->FinishDestroying().ok());
  EXPECT_EQ(*base::ListFolder(folder_.path() + "/open"), std::vector<std::string>{"notes.txt"});
}

TEST_F(SqliteResponseStoreTest, AnOpenSurveyWhoseFileIsGoneIsDataLoss) {
  const SurveyId survey = MakeSurvey(5);
  ASSERT_EQ(unlink(OpenPath(survey).c_str()), 0);
  const auto answers = store_->OpenAnswers(survey);
  EXPECT_EQ(answers.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(base::GetErrorDetail(answers.status()).reason, reasons::kSTORE_CORRUPT);
}

TEST_F(SqliteResponseStoreTest, RebuildingErasesDestroyedComments) {
  const SurveyId survey = MakeSurvey(5);
  ASSERT_TRUE(store_->StopSurvey(survey).ok());
  std::vector<std::string> comments;
  for (int i = 0; i < 30; ++i) comments.push_back(base::RandomBytes(2046));
  const std::string key = base::RandomBytes(80);
  ASSERT_TRUE(store_->CloseSurvey(survey, WithComments({"order", "result", "ledger"}, comments, {key})).ok());
  ASSERT_NE(folder_.FileWith(comments[7].substr(50, 40)), "");
  ASSERT_TRUE(store_->ReleaseComments(survey, "released", std::nullopt).ok());
  ASSERT_TRUE(store_->Rebuild().ok());
  for (const std::string& comment : comments) EXPECT_EQ(folder_.FileWith(comment.substr(50, 40)), "");
  EXPECT_EQ(folder_.FileWith(key), "");
}

// Whatever deletes says so in its own transaction, and a start makes up for what was not done then.
TEST_F(SqliteResponseStoreTest, AStartRebuildsWhatWasDeletedWithoutIt) {
  const auto delete_by = [&](const std::function<absl::Status(const SurveyId&)>& remove) {
    const SurveyId survey = MakeSurvey(5);
    EXPECT_TRUE(store_->StopSurvey(survey).ok());
    std::vector<std::string> comments;
    for (int i = 0; i < 30; ++i) comments.push_back(base::RandomBytes(2046));
    StoredClosing closing = WithComments({"order", "result", "ledger"}, comments, {base::RandomBytes(80)});
    closing.notices = {base::RandomBytes(600)};
    const std::string notice = closing.notices[0].substr(50, 40);
    EXPECT_TRUE(store_->CloseSurvey(survey, closing).ok());
    EXPECT_TRUE(store_->Rebuild().ok());
    EXPECT_TRUE(remove(survey).ok());
    const TempFolder stopped;
    std::filesystem::copy(folder_.path(), stopped.path(), std::filesystem::copy_options::recursive);
    const auto after = SqliteResponseStore::Open(stopped.path());
    EXPECT_TRUE(after.ok()) << after.status();
    if (!after.ok()) return;
    EXPECT_TRUE((*after)->FinishDestroying().ok());
    const bool comments_stay = (*after)->GetComments(survey)->comments.size() == comments.size();
    EXPECT_EQ(stopped.FileWith(comments[7].substr(50, 40)).empty(), !comments_stay);
    EXPECT_EQ(stopped.FileWith(notice).empty(), (*after)->GetNotices(survey)->empty());
    EXPECT_TRUE(!comments_stay || (*after)->GetNotices(survey)->empty()) << "nothing was deleted";
  };
  delete_by([&](const SurveyId& survey) { return store_->ReleaseComments(survey, "released", std::nullopt); });
  delete_by([&](const SurveyId& survey) { return store_->DestroyNotices(survey); });
  delete_by([&](const SurveyId& survey) { return store_->DestroyWords(survey).status(); });
}

TEST_F(SqliteResponseStoreTest, RebuildingErasesTheContributionsOfAFinishedPool) {
  std::vector<std::string> contributions;
  for (int i = 0; i < 6; ++i) {
    StoredSurvey survey{domain::RandomSurveyId(), SurveyState::kAccepting, "contract", "instrument", "manifest",
                        "signature"};
    survey.pool = "pool";
    ASSERT_TRUE(store_->CreateSurvey(survey, {{5}, kSealedSize}).ok());
    ASSERT_TRUE(store_->StopSurvey(survey.id).ok());
    contributions.push_back(base::RandomBytes(i % 2 == 0 ? 900 : 50'000));
    ASSERT_TRUE(store_->CloseSurvey(survey.id, {{"order", "result", "ledger"}, {}, {}, {}, {}, contributions.back()}).ok());
    ASSERT_NE(folder_.FileWith(contributions.back().substr(0, 40)), "");
  }
  ASSERT_TRUE(store_->FinishPool("pool", "figures").ok());
  ASSERT_TRUE(store_->Rebuild().ok());
  for (const std::string& contribution : contributions) {
    for (size_t at = 0; at + 40 <= contribution.size(); at += 3000) {
      EXPECT_EQ(folder_.FileWith(contribution.substr(at, 40)), "");
    }
    EXPECT_EQ(folder_.FileWith(contribution.substr(contribution.size() - 40)), "");
  }
  EXPECT_EQ(store_->GetPool("pool")->figures, "figures");
}

TEST_F(SqliteResponseStoreTest, AFullDiskWhileFinishingAPoolChangesNothing) {
  StoredSurvey survey{domain::RandomSurveyId(), SurveyState::kAccepting, "contract", "instrument", "manifest",
                      "signature"};
  survey.pool = "pool";
  ASSERT_TRUE(store_->CreateSurvey(survey, {{5}, kSealedSize}).ok());
  ASSERT_TRUE(store_->StopSurvey(survey.id).ok());
  const std::string contribution = base::RandomBytes(30'000);
  ASSERT_TRUE(store_->CloseSurvey(survey.id, {{"order", "result", "ledger"}, {}, {}, {}, {}, contribution}).ok());
  SetDiskFault("/responses.db", 2, SQLITE_FULL);
  const absl::Status status = store_->FinishPool("pool", "figures");
  ClearDiskFault();
  EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kSTORE_FULL) << status;
  EXPECT_FALSE(store_->GetPool("pool")->figures.has_value());
  EXPECT_EQ(*store_->GetContribution(survey.id), contribution);
  EXPECT_TRUE(store_->FinishPool("pool", "figures").ok());
  EXPECT_EQ(*store_->GetContribution(survey.id), "");
}

TEST_F(SqliteResponseStoreTest, NoStatementOfOursCanChangeWhatASurveyWasOpenedWith) {
  StoredSurvey survey{domain::RandomSurveyId(), SurveyState::kAccepting, "contract", "instrument", "manifest", "signature"};
  survey.steward_key = std::string(32, 'k');
  ASSERT_TRUE(store_->CreateSurvey(survey, {{5}, kSealedSize}).ok());
  store_.reset();
  {
    const auto database = Database::Open(folder_.path() + "/responses.db");
    ASSERT_TRUE(database.ok()) << database.status();
    for (const char* statement :
         {"UPDATE survey SET manifest='other'", "UPDATE survey SET manifest_signature='other'",
          "UPDATE survey SET contract=instrument_version", "UPDATE survey SET instrument_version=contract",
          "UPDATE survey SET steward_key=NULL", "UPDATE survey SET pool='pool'", "DELETE FROM survey",
          "UPDATE document SET bytes='other'", "DELETE FROM document",
          "INSERT OR REPLACE INTO document SELECT hash, 'other' FROM document",
          "INSERT OR REPLACE INTO survey(id, state, contract, instrument_version, manifest, manifest_signature) "
          "SELECT id, state, contract, instrument_version, 'other', manifest_signature FROM survey"}) {
      const absl::Status status = (*database)->Execute(statement);
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << statement << ": " << status;
    }
    EXPECT_TRUE((*database)->Execute("UPDATE survey SET state=2; UPDATE survey SET extension='notice';").ok());
  }
  const auto store = SqliteResponseStore::Open(folder_.path());
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->GetSurvey(survey.id)->manifest, "manifest");
}

TEST_F(SqliteResponseStoreTest, NoStatementOfOursPutsAQuestionTwiceOrChangesWhatWasHandedOver) {
  const SurveyId survey = MakeSurvey(5);
  StoredClosing closing = WithComments({"order", "result", "ledger"}, {}, {"key"});
  closing.comments.push_back({0, "comment", std::string(32, 'k')});
  ASSERT_TRUE(store_->StopSurvey(survey).ok());
  ASSERT_TRUE(store_->CloseSurvey(survey, closing).ok());
  const std::string comment = store_->GetComments(survey)->comments[0].id;
  ASSERT_TRUE(store_->ReleaseComments(survey, "released", FollowUpStart{absl::UnixEpoch(), {comment}}).ok());
  ASSERT_TRUE(store_->PutQuestion(survey, comment, "question", "none", "undecided").ok());
  const auto expect_refused = [&](std::initializer_list<const char*> statements) {
    const auto database = Database::Open(folder_.path() + "/responses.db");
    ASSERT_TRUE(database.ok()) << database.status();
    for (const char* statement : statements) {
      EXPECT_EQ((*database)->Execute(statement).code(), absl::StatusCode::kFailedPrecondition) << statement;
    }
  };
  store_.reset();
  expect_refused({"UPDATE question SET sealed='another'", "UPDATE reply_key SET public_key=zeroblob(32)",
                  "UPDATE follow_up SET release_time=1", "DELETE FROM question", "DELETE FROM reply_key",
                  "DELETE FROM follow_up"});
  Open();
  ASSERT_TRUE(store_->FinishFollowUps(survey, "answers").ok());
  store_.reset();
  expect_refused({"UPDATE handed_over SET document='other'", "DELETE FROM handed_over",
                  "INSERT INTO follow_up SELECT survey, 1 FROM handed_over"});
  Open();
  EXPECT_EQ(*store_->FindFollowUpAnswers(survey), "answers");
}

// What was closed and released before there were questions stays as it was, and nothing can be asked.
TEST_F(SqliteResponseStoreTest, AFolderOfTheSchemaBeforeQuestionsKeepsItsCommentsWithoutReplyKeys) {
  store_.reset();
  const TempFolder old;
  const SurveyId closed = domain::RandomSurveyId(), released = domain::RandomSurveyId();
  {
    ASSERT_TRUE(base::MakeFolder(old.path() + "/open", 0700).ok());
    const auto database = Database::Open(old.path() + "/responses.db");
    ASSERT_TRUE(database.ok()) << database.status();
    const std::vector<Migration>& all = ResponseMigrations();
    ASSERT_TRUE(Migrate(**database, {all.begin(), all.begin() + 5}, kResponseApplicationId).ok());
    ASSERT_EQ(*SchemaVersion(**database), 5);
    ASSERT_TRUE((*database)->Execute("INSERT INTO document VALUES (zeroblob(32), 'a document');").ok());
    for (const SurveyId& survey : {closed, released}) {
      const std::string name = survey.value();
      ASSERT_TRUE((*database)
                      ->Execute(absl::StrCat("INSERT INTO survey(id, state, contract, instrument_version, manifest, "
                                             "manifest_signature) VALUES ('", name, "', ", kStateClosed,
                                             ", zeroblob(32), zeroblob(32), 'manifest', 'signature');"
                                             "INSERT INTO outcome VALUES ('", name, "', 'order', 'result', 'ledger');")
                                    .c_str())
                      .ok());
    }
    ASSERT_TRUE((*database)
                    ->Execute(absl::StrCat("INSERT INTO comment_place VALUES ('", closed.value(), "', 0, 'staff', 0, 1);"
                                           "INSERT INTO comment VALUES ('", closed.value(), "', 'id', 0, 'sealed');"
                                           "INSERT INTO released VALUES ('", released.value(), "', 'words');")
                                  .c_str())
                    .ok());
  }
  const auto store = SqliteResponseStore::Open(old.path());
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ((*store)->GetComments(closed)->comments.size(), 1u);
  EXPECT_EQ((*store)->GetComments(closed)->comments[0].sealed, "sealed");
  EXPECT_EQ(*(*store)->FindReleased(released), "words");
  EXPECT_FALSE((*store)->FindFollowUps(released)->has_value());
  EXPECT_EQ(*(*store)->FindFollowUpAnswers(released), std::nullopt);
  // No key was kept, so none can be kept on.
  EXPECT_EQ((*store)->ReleaseComments(closed, "words", FollowUpStart{absl::UnixEpoch(), {"id"}}).code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE((*store)->ReleaseComments(closed, "words", std::nullopt).ok());
}

// A folder as the first version of the schema left it, with a survey in every state.
TEST_F(SqliteResponseStoreTest, AFolderOfTheFirstSchemaKeepsEverySurvey) {
  store_.reset();
  const TempFolder old;
  const std::vector<std::pair<SurveyId, int64_t>> surveys = {{domain::RandomSurveyId(), kStateAccepting},
                                                             {domain::RandomSurveyId(), kStateStopped},
                                                             {domain::RandomSurveyId(), kStateClosed},
                                                             {domain::RandomSurveyId(), kStateAbandoned}};
  const SlotWrite write = AWrite(3);
  {
    ASSERT_TRUE(base::MakeFolder(old.path() + "/open", 0700).ok());
    const auto database = Database::Open(old.path() + "/responses.db");
    ASSERT_TRUE(database.ok()) << database.status();
    ASSERT_TRUE(Migrate(**database, {ResponseMigrations().front()}, kResponseApplicationId).ok());
    ASSERT_EQ(*SchemaVersion(**database), 1);
    ASSERT_TRUE((*database)
                    ->Execute(absl::StrCat("INSERT INTO document VALUES (zeroblob(32), 'the contract');"
                                           "INSERT INTO document VALUES (x'", std::string(64, 'f'),
                                           "', 'the instrument');").c_str())
                    .ok());
    for (const auto& [id, state] : surveys) {
      const std::string name = id.value();
      ASSERT_TRUE((*database)
                      ->Execute(absl::StrCat("INSERT INTO survey VALUES ('", name, "', ", state, ", zeroblob(32), x'",
                                             std::string(64, 'f'), "', 'manifest ", state, "', 'signature');").c_str())
                      .ok());
      if (state == kStateClosed) {
        ASSERT_TRUE((*database)
                        ->Execute(absl::StrCat("INSERT INTO outcome VALUES ('", name, "', 'order', 'result', 'ledger');"
                                               "INSERT INTO comment_key VALUES ('", name, "', 0, 'key');"
                                               "INSERT INTO comment VALUES ('", name, "', 'id', 'comment');").c_str())
                        .ok());
      }
      if (state == kStateAccepting || state == kStateStopped) {
        const std::string path = absl::StrCat(old.path(), "/open/", name, ".db");
        ASSERT_TRUE(SqliteOpenSurveyStore::Create(path, {{5}, kSealedSize}).ok());
        const auto answers = SqliteOpenSurveyStore::Open(path);
        ASSERT_TRUE(answers.ok()) << answers.status();
        ASSERT_TRUE((*answers)->WriteSlots({write}).ok());
      }
    }
  }
  const auto store = SqliteResponseStore::Open(old.path());
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE((*store)->FinishDestroying().ok());
  const SurveyState states[] = {SurveyState::kAccepting, SurveyState::kStopped, SurveyState::kClosed,
                                SurveyState::kAbandoned};
  for (size_t i = 0; i < surveys.size(); ++i) {
    const auto survey = (*store)->GetSurvey(surveys[i].first);
    ASSERT_TRUE(survey.ok()) << survey.status();
    EXPECT_EQ(survey->state, states[i]);
    EXPECT_EQ(survey->contract, "the contract");
    EXPECT_EQ(survey->instrument_version, "the instrument");
    EXPECT_EQ(survey->manifest, absl::StrCat("manifest ", surveys[i].second));
    EXPECT_EQ(survey->manifest_signature, "signature");
    EXPECT_EQ(survey->pool, "");
    EXPECT_EQ(*(*store)->GetContribution(surveys[i].first), "");
  }
  for (const size_t open : {0, 1}) {
    const auto answers = (*store)->OpenAnswers(surveys[open].first);
    ASSERT_TRUE(answers.ok()) << answers.status();
    EXPECT_EQ(*(*answers)->ReadSealed(3), write.sealed);
  }
  EXPECT_EQ((*store)->GetOutcome(surveys[2].first)->closed_result, "result");
  // Sealed in a form that nothing reads any more, and so gone with their key.
  EXPECT_TRUE((*store)->GetComments(surveys[2].first)->comments.empty());
  EXPECT_TRUE((*store)->GetComments(surveys[2].first)->sealed_keys.empty());
  // Life goes on in the new schema.
  EXPECT_TRUE((*store)->CloseSurvey(surveys[1].first, {{"order", "result", "ledger"}, {}, {}, {}, {}, ""}).ok());
  StoredSurvey pooled{domain::RandomSurveyId(), SurveyState::kAccepting, "contract", "instrument", "manifest",
                      "signature"};
  pooled.pool = "pool";
  EXPECT_TRUE((*store)->CreateSurvey(pooled, {{5}, kSealedSize}).ok());
  EXPECT_EQ((*store)->GetPool("pool")->surveys.size(), 1u);
}

// Whoever asks for documents must not wait for the long work of others.
TEST_F(SqliteResponseStoreTest, ReadingWaitsNeitherForAClosingNorForRebuilding) {
  const SurveyId open = MakeSurvey(5);
  const SurveyId survey = MakeSurvey(5);
  ASSERT_TRUE(store_->StopSurvey(survey).ok());
  std::future<bool> reads;
  bool hooked = false;
  // Runs while the store's only writer is in the middle of a transaction.
  const auto read_meanwhile = [&](SurveyState expected) {
    hooked = true;
    reads = std::async(std::launch::async, [&, expected] {
      return store_->GetSurvey(open).ok() && store_->OpenAnswers(open).ok() && *store_->GetState(survey) == expected &&
             store_->GetOutcome(survey).ok() == (expected == SurveyState::kClosed) &&
             store_->GetComments(survey)->comments.size() == (expected == SurveyState::kClosed ? 30u : 0u);
    });
    EXPECT_EQ(reads.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  };
  AtNextWrite("/responses.db", [&] { read_meanwhile(SurveyState::kStopped); });
  const std::vector<std::string> comments(30, std::string(2000, 'c'));
  ASSERT_TRUE(store_->CloseSurvey(survey, WithComments({"order", "result", "ledger"}, comments, {"key"})).ok());
  ASSERT_TRUE(hooked);
  EXPECT_TRUE(reads.get()) << "as it was before the closing";
  hooked = false;
  AtNextWrite("/responses.db-wal", [&] { read_meanwhile(SurveyState::kClosed); });
  ASSERT_TRUE(store_->Rebuild().ok());
  ASSERT_TRUE(hooked);
  EXPECT_TRUE(reads.get());
  EXPECT_EQ(*store_->GetState(survey), SurveyState::kClosed);
}

// Rebuilding finds moments between reads that never end.
TEST_F(SqliteResponseStoreTest, RebuildingSucceedsWhileOthersReadWithoutPause) {
  const SurveyId survey = MakeSurvey(5);
  ASSERT_TRUE(store_->StopSurvey(survey).ok());
  const std::string comment = base::RandomBytes(2046);
  ASSERT_TRUE(store_->CloseSurvey(survey, WithComments({"order", "result", "ledger"}, {comment}, {"key"})).ok());
  ASSERT_TRUE(store_->ReleaseComments(survey, "released", std::nullopt).ok());
  std::atomic<bool> ended = false;
  std::atomic<int> failed = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!ended) failed += store_->GetSurvey(survey).ok() ? 0 : 1;
    });
  }
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(store_->Rebuild().ok());
  ended = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(folder_.FileWith(comment.substr(50, 40)), "");
}

// Comments come to the store shuffled; their order in the file must follow from nothing but that and random ids.
TEST_F(SqliteResponseStoreTest, CommentsAreListedInAnOrderOfTheirOwn) {
  const SurveyId survey = MakeSurvey(5);
  ASSERT_TRUE(store_->StopSurvey(survey).ok());
  std::vector<std::string> comments;
  for (int i = 0; i < 40; ++i) comments.push_back(absl::StrCat("comment ", i));
  ASSERT_TRUE(store_->CloseSurvey(survey, WithComments({"order", "result", "ledger"}, comments, {"key"})).ok());
  std::vector<std::string> listed;
  const auto stored = store_->GetComments(survey);
  ASSERT_TRUE(stored.ok()) << stored.status();
  for (const StoredComment& comment : stored->comments) listed.push_back(comment.sealed);
  EXPECT_NE(listed, comments);
  std::sort(listed.begin(), listed.end());
  std::sort(comments.begin(), comments.end());
  EXPECT_EQ(listed, comments);
}

struct Kind {
  const char* name;
  const std::vector<Migration>& (*migrations)();
  int32_t application_id;
};

class ResponseMigrationTest : public ::testing::TestWithParam<Kind> {
 protected:
  std::unique_ptr<Database> OpenFile() {
    auto database = Database::Open(folder_.path() + "/kept.db");
    EXPECT_TRUE(database.ok()) << database.status();
    return *std::move(database);
  }
  std::string SchemaOf(Database& database) {
    std::string schema;
    auto select = database.Prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name");
    EXPECT_TRUE(select.ok());
    while (*select->Step()) absl::StrAppend(&schema, select->Text(0), " ", select->Text(1), " ", select->Text(2), "\n");
    return schema;
  }

  TempFolder folder_;
};

TEST_P(ResponseMigrationTest, EveryVersionReachesTheNewestWithTheSameSchema) {
  const auto& all = GetParam().migrations();
  const auto fresh = Database::OpenInMemory();
  ASSERT_TRUE(fresh.ok());
  ASSERT_TRUE(Migrate(**fresh, all, GetParam().application_id).ok());
  const std::string newest = SchemaOf(**fresh);
  for (size_t steps = 0; steps <= all.size(); ++steps) {
    const auto old = Database::OpenInMemory();
    ASSERT_TRUE(old.ok());
    const std::vector<Migration> known(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(steps));
    ASSERT_TRUE(Migrate(**old, known, GetParam().application_id).ok());
    ASSERT_TRUE(Migrate(**old, all, GetParam().application_id).ok());
    EXPECT_EQ(SchemaOf(**old), newest);
    EXPECT_EQ(*SchemaVersion(**old), all.back().version);
  }
}

TEST_P(ResponseMigrationTest, ANewerSchemaIsRefusedAndTheFileStaysAsItWas) {
  const auto& all = GetParam().migrations();
  {
    const auto database = OpenFile();
    ASSERT_TRUE(Migrate(*database, all, GetParam().application_id).ok());
    ASSERT_TRUE(database->Execute(absl::StrCat("PRAGMA user_version=", all.back().version + 1).c_str()).ok());
  }
  const std::string before = *base::ReadFile(folder_.path() + "/kept.db");
  {
    const auto database = OpenFile();
    const absl::Status status = Migrate(*database, all, GetParam().application_id);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(base::GetErrorDetail(status).reason, reasons::kSCHEMA_TOO_NEW);
  }
  EXPECT_EQ(*base::ReadFile(folder_.path() + "/kept.db"), before);
}

TEST_P(ResponseMigrationTest, AnotherKindOfDatabaseIsRefused) {
  const auto database = Database::OpenInMemory();
  ASSERT_TRUE(database.ok());
  ASSERT_TRUE((*database)->Execute("CREATE TABLE something_else(a)").ok());
  EXPECT_EQ(Migrate(**database, GetParam().migrations(), GetParam().application_id).code(),
            absl::StatusCode::kDataLoss);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, ResponseMigrationTest,
                         ::testing::Values(Kind{"responses", &ResponseMigrations, kResponseApplicationId},
                                           Kind{"open_survey", &OpenSurveyMigrations, kOpenSurveyApplicationId}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(SqliteResponseStoreTest, DatabasesOfTheTwoKindsAreNotTakenForEachOther) {
  const SurveyId survey = MakeSurvey(5);
  store_.reset();
  std::filesystem::copy_file(folder_.path() + "/responses.db", OpenPath(survey),
                             std::filesystem::copy_options::overwrite_existing);
  Open();
  EXPECT_EQ(store_->OpenAnswers(survey).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace candor::storage::sqlite
