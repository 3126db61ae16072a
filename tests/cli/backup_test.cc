// Backups of a data folder and their restoration, on databases made here.

#include "clients/cli/backup.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/random.h"

namespace candor::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class BackupTest : public ::testing::Test {
 protected:
  BackupTest() : root_(testing::TempDir() + "/candor_backup_" + base::RandomId()) {
    fs::create_directories(root_ + "/data/open");
    fs::create_directories(root_ + "/data/keys");
    Sql("data/identity.db", "PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES(1); PRAGMA user_version=7");
    Sql("data/responses.db", "CREATE TABLE t(x); INSERT INTO t VALUES(2)");
    Sql("data/open/s1.db", "CREATE TABLE t(x); INSERT INTO t VALUES(3)");
    std::ofstream(root_ + "/data/keys/receipt.key") << "topsecretkey";
    std::ofstream(root_ + "/data/admin.key") << "topsecretkey";
  }
  ~BackupTest() override { fs::remove_all(root_); }

  std::string Path(const std::string& name) const { return root_ + "/" + name; }

  std::string Sql(const std::string& name, const std::string& sql) {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(Path(name).c_str(), &db), SQLITE_OK);
    std::string result;
    EXPECT_EQ(sqlite3_exec(
                  db, sql.c_str(),
                  [](void* out, int, char** values, char**) {
                    *static_cast<std::string*>(out) += values[0];
                    return 0;
                  },
                  &result, nullptr),
              SQLITE_OK)
        << sqlite3_errmsg(db);
    sqlite3_close(db);
    return result;
  }

  std::vector<std::string> FilesIn(const std::string& name) const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(Path(name))) {
      if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), Path(name)));
    }
    return files;
  }

  absl::StatusOr<BackupSummary> Backup() { return MakeBackup(Path("data"), Path("copy"), nullptr); }

  const std::string root_;
};

TEST_F(BackupTest, SavesDatabasesAndNoKeyAndBringsThemBack) {
  // A connection that stays open and has written to the log, as a running server's.
  sqlite3* server = nullptr;
  ASSERT_EQ(sqlite3_open(Path("data/identity.db").c_str(), &server), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(server, "INSERT INTO t VALUES(9)", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto saved = Backup();
  ASSERT_TRUE(saved.ok()) << saved.status();
  sqlite3_close(server);
  EXPECT_EQ(saved->open_surveys, 1);
  EXPECT_THAT(FilesIn("copy"), UnorderedElementsAre("identity.db", "responses.db", "open/s1.db", "backup.json"));
  for (const std::string& file : FilesIn("copy")) {
    EXPECT_THAT(*base::ReadFile(Path("copy/" + file)), ::testing::Not(HasSubstr("topsecretkey")));
    struct stat info;
    ASSERT_EQ(stat(Path("copy/" + file).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 077, 0u) << file;
  }
  const auto restored = RestoreBackup(Path("copy"), Path("new"), nullptr);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->open_surveys, 1);
  EXPECT_EQ(Sql("new/identity.db", "SELECT sum(x) FROM t"), "10");
  EXPECT_EQ(Sql("new/identity.db", "PRAGMA user_version"), "7");
  EXPECT_EQ(Sql("new/responses.db", "SELECT x FROM t"), "2");
  EXPECT_EQ(Sql("new/open/s1.db", "SELECT x FROM t"), "3");
}

TEST_F(BackupTest, InAFolderThatIsOpenToOthersEachCopyIsItsOwnersFromTheFirstByte) {
  fs::create_directories(Path("copy"));
  fs::permissions(Path("copy"), fs::perms(0755));
  const mode_t before = umask(0022);
  // Nothing changes the mode of a copy afterwards, so as it is seen here it was made.
  const auto saved = MakeBackup(Path("data"), Path("copy"), [&](absl::string_view file, int64_t, int64_t) {
    EXPECT_EQ(fs::status(Path("copy/" + std::string(file))).permissions(), fs::perms(0600)) << file;
  });
  umask(before);
  EXPECT_TRUE(saved.ok()) << saved.status();
  EXPECT_EQ(fs::status(Path("copy")).permissions(), fs::perms(0755)) << "somebody else's folder stays as it is";
}

TEST_F(BackupTest, OfAFolderOfOnePlaneThatPlaneIsSavedAndComesBackAsThatAlone) {
  const auto restored_planes = [&](const std::string& folder) { return *base::ReadFile(Path(folder + "/planes")); };
  ASSERT_TRUE(Backup().ok());
  ASSERT_TRUE(RestoreBackup(Path("copy"), Path("both"), nullptr).ok());
  EXPECT_EQ(restored_planes("both"), "both\n");

  fs::rename(Path("data/identity.db"), Path("identity.db"));
  EXPECT_EQ(MakeBackup(Path("data"), Path("half"), nullptr).status().code(), absl::StatusCode::kFailedPrecondition)
      << "half of a folder of both planes is no backup of it";
  std::ofstream(Path("data/planes")) << "response\n";
  const auto responses = MakeBackup(Path("data"), Path("of responses"), nullptr);
  ASSERT_TRUE(responses.ok()) << responses.status();
  EXPECT_EQ(responses->planes, "response");
  EXPECT_THAT(responses->files, UnorderedElementsAre("responses.db", "open/s1.db"));
  const auto restored = RestoreBackup(Path("of responses"), Path("responses"), nullptr);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->planes, "response");
  EXPECT_EQ(restored_planes("responses"), "response\n");

  fs::create_directories(Path("identity"));
  fs::rename(Path("identity.db"), Path("identity/identity.db"));
  std::ofstream(Path("identity/planes")) << "identity\n";
  const auto identity = MakeBackup(Path("identity"), Path("of identity"), nullptr);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_THAT(identity->files, UnorderedElementsAre("identity.db"));
  std::ofstream(Path("identity/planes")) << "neither\n";
  EXPECT_EQ(MakeBackup(Path("identity"), Path("of neither"), nullptr).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(BackupTest, RestoresOnlyIntoAnEmptyFolderOrBesideSurvivingKeys) {
  ASSERT_TRUE(Backup().ok());
  const auto refused = RestoreBackup(Path("copy"), Path("data"), nullptr);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Sql("data/identity.db", "SELECT sum(x) FROM t"), "1");
  fs::create_directories(Path("new/keys"));
  fs::permissions(Path("new"), fs::perms::owner_all | fs::perms::others_read);
  EXPECT_TRUE(RestoreBackup(Path("copy"), Path("new"), nullptr).ok());
  EXPECT_EQ(fs::status(Path("new")).permissions(), fs::perms::owner_all);
}

TEST_F(BackupTest, ADamagedBackupRestoresNothing) {
  ASSERT_TRUE(Backup().ok());
  for (const char* file : {"identity.db", "open/s1.db"}) {
    const std::string path = Path(std::string("copy/") + file);
    const std::string sound = *base::ReadFile(path);
    std::string damaged = sound;
    damaged[damaged.size() / 2] ^= 1;
    std::ofstream(path, std::ios::binary) << damaged;
    EXPECT_EQ(RestoreBackup(Path("copy"), Path("new"), nullptr).status().code(), absl::StatusCode::kDataLoss) << file;
    EXPECT_FALSE(fs::exists(Path("new")));
    std::ofstream(path, std::ios::binary) << sound;
  }
  fs::remove(Path("copy/responses.db"));
  EXPECT_EQ(RestoreBackup(Path("copy"), Path("new"), nullptr).status().code(), absl::StatusCode::kDataLoss);
  fs::remove(Path("copy/backup.json"));
  EXPECT_EQ(RestoreBackup(Path("copy"), Path("new"), nullptr).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(BackupTest, AListThatPointsOutOfTheFolderIsRefused) {
  ASSERT_TRUE(Backup().ok());
  std::string list = *base::ReadFile(Path("copy/backup.json"));
  list.replace(list.find("open/s1.db"), 10, "open/../../x.db");
  std::ofstream(Path("copy/backup.json")) << list;
  EXPECT_EQ(RestoreBackup(Path("copy"), Path("new"), nullptr).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(BackupTest, ADamagedDatabaseOrAFolderThatIsNoneIsNotSaved) {
  EXPECT_EQ(MakeBackup(Path("data/keys"), Path("copy"), nullptr).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(fs::exists(Path("copy")));
  fs::create_directories(Path("copy"));
  std::ofstream(Path("copy/old")) << "x";
  EXPECT_EQ(Backup().status().code(), absl::StatusCode::kFailedPrecondition);
  fs::remove_all(Path("copy"));
  std::ofstream(Path("data/responses.db"), std::ios::binary | std::ios::trunc) << "this is no database at all, but long";
  EXPECT_EQ(Backup().status().code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(fs::exists(Path("copy/identity.db")));
  EXPECT_FALSE(fs::exists(Path("copy/backup.json")));
}

}  // namespace
}  // namespace candor::cli
