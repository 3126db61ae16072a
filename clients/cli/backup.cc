#include "clients/cli/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/verbs.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"

namespace candor::cli {
namespace {

constexpr char kFormat[] = "candor.backup.v1";
constexpr char kList[] = "backup.json";
constexpr char kIdentity[] = "identity.db";
constexpr char kResponses[] = "responses.db";
constexpr char kOpenFolder[] = "open";
constexpr char kKeysFolder[] = "keys";
constexpr char kPlanes[] = "planes";  // the data folder's note of what it is
constexpr char kBoth[] = "both";
constexpr char kIdentityAlone[] = "identity";
constexpr char kResponsesAlone[] = "response";
constexpr int kBusyMilliseconds = 30000;
constexpr int kAttempts = 3;
constexpr size_t kLongestDatabase = size_t{64} << 30;

absl::Status SqliteFault(int code, sqlite3* connection, const std::string& path) {
  const std::string message =
      absl::StrCat(path, ": ", connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(message);
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

using Connection = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

absl::StatusOr<Connection> OpenDatabase(const std::string& path) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READONLY, nullptr);
  Connection connection(raw, &sqlite3_close);
  if (code != SQLITE_OK) return SqliteFault(code, raw, path);
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  return connection;
}

// Runs one statement with at most one parameter; the first column of the first row, empty if there is none.
absl::StatusOr<std::string> RunSql(sqlite3* connection, const char* sql, const std::string* parameter,
                                   const std::string& path) {
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v2(connection, sql, -1, &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw, &sqlite3_finalize);
  if (code != SQLITE_OK) return SqliteFault(code, connection, path);
  if (parameter != nullptr) {
    sqlite3_bind_text(raw, 1, parameter->data(), static_cast<int>(parameter->size()), SQLITE_TRANSIENT);
  }
  code = sqlite3_step(raw);
  if (code == SQLITE_DONE) return std::string();
  if (code != SQLITE_ROW) return SqliteFault(code, connection, path);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  return std::string(text == nullptr ? "" : text);
}

absl::Status CheckDatabase(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(const Connection connection, OpenDatabase(path));
  CANDOR_ASSIGN_OR_RETURN(const std::string result,
                          RunSql(connection.get(), "PRAGMA integrity_check(1)", nullptr, path));
  if (result != "ok") return absl::DataLossError(absl::StrCat(path, " is damaged: ", result));
  return absl::OkStatus();
}

absl::Status CopyDatabase(const std::string& from, const std::string& to) {
  // SQLite writes into an empty file that is there: it is nobody else's from the first byte on, whatever folder it is
  // in.
  const int made = open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return absl::UnavailableError(absl::StrCat(to, ": ", std::strerror(errno)));
  close(made);
  {
    CANDOR_ASSIGN_OR_RETURN(const Connection connection, OpenDatabase(from));
    CANDOR_RETURN_IF_ERROR(RunSql(connection.get(), "VACUUM INTO ?1", &to, from).status());
  }
  const int descriptor = open(to.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!synced) return absl::UnavailableError(absl::StrCat(to, ": ", std::strerror(errno)));
  return CheckDatabase(to);
}

// The databases of open surveys, relative to the folder; none if there is no such folder.
absl::StatusOr<std::vector<std::string>> OpenDatabases(const std::string& folder) {
  auto entries = base::ListFolder(absl::StrCat(folder, "/", kOpenFolder));
  std::vector<std::string> names;
  if (absl::IsNotFound(entries.status())) return names;
  if (!entries.ok()) return entries.status();
  for (const std::string& entry : *entries) {
    if (absl::EndsWith(entry, ".db")) names.push_back(absl::StrCat(kOpenFolder, "/", entry));
  }
  return names;
}

// Empty, but for entries named `allowed`. OK also when there is no such folder.
absl::Status CheckEmpty(const std::string& folder, absl::string_view allowed, absl::string_view advice) {
  const auto entries = base::ListFolder(folder);
  if (absl::IsNotFound(entries.status())) return absl::OkStatus();
  CANDOR_RETURN_IF_ERROR(entries.status());
  for (const std::string& entry : *entries) {
    if (entry != allowed) return absl::FailedPreconditionError(absl::StrCat(folder, " is not empty; ", advice));
  }
  return absl::OkStatus();
}

bool IsPlanes(absl::string_view planes) {
  return planes == kBoth || planes == kIdentityAlone || planes == kResponsesAlone;
}

// What a data folder is of. Its server writes the note at the first start.
absl::StatusOr<std::string> PlanesOf(const std::string& data) {
  const std::string path = absl::StrCat(data, "/", kPlanes);
  const auto note = base::ReadFile(path, 100);
  if (absl::IsNotFound(note.status())) return std::string(kBoth);
  CANDOR_RETURN_IF_ERROR(note.status());
  const std::string planes(absl::StripAsciiWhitespace(*note));
  if (!IsPlanes(planes)) return absl::FailedPreconditionError(absl::StrCat(path, " says neither both, identity nor response"));
  return planes;
}

// The databases that a folder of these planes has beside those of open surveys.
std::vector<std::string> DatabasesOf(absl::string_view planes) {
  std::vector<std::string> names;
  if (planes != kIdentityAlone) names.push_back(kResponses);
  if (planes != kResponsesAlone) names.push_back(kIdentity);
  return names;
}

absl::StatusOr<BackupSummary> CopyAll(const std::string& data, const std::string& to, const std::string& planes,
                                      const std::vector<std::string>& open, const BackupProgress& progress) {
  BackupSummary summary;
  summary.planes = planes;
  summary.open_surveys = static_cast<int>(open.size());
  summary.files = open;
  for (std::string& name : DatabasesOf(planes)) summary.files.push_back(std::move(name));
  base::Json list = {{"format", kFormat}, {"planes", planes}, {"files", base::Json::array()}};
  for (size_t i = 0; i < summary.files.size(); ++i) {
    const std::string& file = summary.files[i];
    const std::string copy = absl::StrCat(to, "/", file);
    CANDOR_RETURN_IF_ERROR(CopyDatabase(absl::StrCat(data, "/", file), copy));
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(copy, kLongestDatabase));
    list["files"].push_back(
        {{"name", file}, {"bytes", bytes.size()}, {"sha256", base::HexEncode(crypto::Sha256(bytes))}});
    summary.bytes += static_cast<int64_t>(bytes.size());
    if (progress) progress(file, static_cast<int64_t>(i + 1), static_cast<int64_t>(summary.files.size()));
  }
  if (!open.empty()) CANDOR_RETURN_IF_ERROR(base::SyncFolder(absl::StrCat(to, "/", kOpenFolder)));
  // Written last: a folder without the list is no backup.
  CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(absl::StrCat(to, "/", kList), list.dump(2) + "\n", 0600));
  return summary;
}

void RemoveCopies(const std::string& to) {
  std::error_code ignored;
  for (const char* name : {kIdentity, kResponses, kOpenFolder, kList}) {
    std::filesystem::remove_all(absl::StrCat(to, "/", name), ignored);
  }
}

struct ListedFile {
  std::string name, sha256;
};

struct BackupList {
  std::string planes;
  std::vector<ListedFile> files;
};

absl::StatusOr<BackupList> ReadList(const std::string& from) {
  const std::string path = absl::StrCat(from, "/", kList);
  auto bytes = base::ReadFile(path);
  if (absl::IsNotFound(bytes.status())) {
    return absl::FailedPreconditionError(absl::StrCat(from, " is no backup: it has no ", kList));
  }
  CANDOR_RETURN_IF_ERROR(bytes.status());
  const auto list = base::ParseJson(*bytes);
  const absl::Status damaged = absl::DataLossError(absl::StrCat(path, " is damaged"));
  if (!list.ok() || !list->is_object() || list->value("format", base::Json()) != kFormat ||
      !list->value("files", base::Json()).is_array() || !list->value("planes", base::Json(kBoth)).is_string()) {
    return damaged;
  }
  BackupList read;
  read.planes = list->value("planes", kBoth);
  if (!IsPlanes(read.planes)) return damaged;
  for (const base::Json& file : (*list)["files"]) {
    if (!file.is_object() || !file.value("name", base::Json()).is_string() ||
        !file.value("sha256", base::Json()).is_string()) {
      return damaged;
    }
    const std::string name = file["name"];
    const bool plain = name == kIdentity || name == kResponses ||
                       (absl::StartsWith(name, "open/") && absl::EndsWith(name, ".db") &&
                        name.find('/', 5) == std::string::npos);
    if (!plain) return damaged;
    read.files.push_back({name, file["sha256"]});
  }
  return read;
}

struct BackupOptions {
  std::string data, folder;
};

// A restored identity plane has forgotten whose codes were used since. No device asks by itself: a server that could make it
// ask could pick one person out by it.
constexpr char kAskIdentityAgain[] =
    "Codes that were used after this backup was made count as unused here. Ask everybody, all at once and in the same "
    "words, to run candor answer --after-restore, each on the device that they used, at another time than that at which "
    "they send answers; it sends no answer, and has their code counted again. Whoever answered on a shared device, where "
    "nothing is kept, answers anew with the same code if the response plane was restored too, and must not if it was "
    "not.\n";
constexpr char kCodesTwice[] =
    "Until then whoever used a code since can use it a second time from another device, and so might answer twice. If "
    "a group ends with more answers than codes were used, the campaign still closes, but nothing of that group is "
    "shown, and the ledger says why.\n";

// Which half of an installation it is, where it is one.
void ShowPlanesNote(std::string& text, absl::string_view planes, bool restoring) {
  if (planes == kIdentityAlone) {
    absl::StrAppend(&text, "This is the identity plane alone. The response plane's folder needs a backup of its own, made "
                           "before this one, so that no answer is in it whose token is not in this. Open surveys go on after "
                           "a restore only with the key folder (keys), which is in no backup.\n");
    if (restoring) absl::StrAppend(&text, kAskIdentityAgain, kCodesTwice);
  } else if (planes == kResponsesAlone) {
    absl::StrAppend(&text, "This is the response plane alone. The identity plane's folder needs a backup of its own, made after "
                           "this one.\n");
  }
}

void ShowKeysNote(std::string& text, int open_surveys, absl::string_view planes, bool restoring) {
  if (open_surveys == 0) return;
  absl::StrAppend(&text, open_surveys, open_surveys == 1 ? " survey is" : " surveys are",
                  " open. Their answers are sealed to keys that are in no backup: ",
                  restoring ? "put the key folder of the old machine (keys) into the data folder, or give it with "
                              "candord --keys, before the server starts. Without it these surveys cannot be closed, and their answers "
                              "are lost.\n"
                            : "to go on with them after a restore you need the key folder, which you keep apart.\n");
  if (!restoring) return;
  absl::StrAppend(&text,
                  "Answers that were sent to open surveys after this backup was made are lost, though people have receipts "
                  "for them, unless they are sent again: ask everybody who answered since to send theirs again, each from "
                  "the device that they used, with candor answer.\n");
  // On a folder of one plane the other's part is told where that is restored.
  if (planes == kBoth) absl::StrAppend(&text, kAskIdentityAgain, kCodesTwice);
}

absl::Status ShowSummary(Context& c, const BackupSummary& summary, const std::string& folder, bool restoring) {
  if (c.options.json) {
    return Print(base::Json{{"folder", folder},
                            {"planes", summary.planes},
                            {"files", summary.files},
                            {"bytes", summary.bytes},
                            {"open_surveys", summary.open_surveys}}
                     .dump(2) +
                 "\n");
  }
  std::string text = absl::StrCat(restoring ? "restored " : "saved ", summary.files.size(), " databases, ",
                                  summary.bytes, " bytes, in ", folder, "\n");
  ShowPlanesNote(text, summary.planes, restoring);
  ShowKeysNote(text, summary.open_surveys, summary.planes, restoring);
  if (restoring && summary.planes != kResponsesAlone) {
    absl::StrAppend(&text, "Keys of people still work. The file admin.key is in no backup: copy it from where it survives, or "
                          "make a new one with candord admin-key --reset.\n");
  }
  return Print(text);
}

}  // namespace

absl::StatusOr<BackupSummary> MakeBackup(const std::string& data, const std::string& to,
                                         const BackupProgress& progress) {
  CANDOR_ASSIGN_OR_RETURN(const std::string planes, PlanesOf(data));
  for (const std::string& name : DatabasesOf(planes)) {
    if (!base::FileExists(absl::StrCat(data, "/", name))) {
      return absl::FailedPreconditionError(absl::StrCat(data, " is no data folder: it has no ", name));
    }
  }
  CANDOR_RETURN_IF_ERROR(CheckEmpty(to, "", "give a new folder for each backup"));
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(to, 0700));
  for (int attempt = 1;; ++attempt) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> open, OpenDatabases(data));
    if (!open.empty()) CANDOR_RETURN_IF_ERROR(base::MakeFolder(absl::StrCat(to, "/", kOpenFolder), 0700));
    auto summary = CopyAll(data, to, planes, open, progress);
    const auto open_now = OpenDatabases(data);
    if (summary.ok() && open_now.ok() && *open_now == open) {
      CANDOR_RETURN_IF_ERROR(base::SyncFolder(to));
      return summary;
    }
    RemoveCopies(to);
    // A survey's file that vanished while it was copied was closed meanwhile; anything else is a fault to report.
    if (open_now.ok() && *open_now == open) return summary.status();
    if (attempt == kAttempts) {
      return absl::FailedPreconditionError("surveys are being opened or closed; try again in a minute");
    }
  }
}

absl::StatusOr<BackupSummary> RestoreBackup(const std::string& from, const std::string& data,
                                            const BackupProgress& progress) {
  CANDOR_ASSIGN_OR_RETURN(const BackupList list, ReadList(from));
  const std::vector<ListedFile>& files = list.files;
  CANDOR_RETURN_IF_ERROR(
      CheckEmpty(data, kKeysFolder, "a backup is restored into an empty folder, or one that holds only the folder keys"));
  for (const ListedFile& file : files) {
    const std::string path = absl::StrCat(from, "/", file.name);
    auto bytes = base::ReadFile(path, kLongestDatabase);
    if (absl::IsNotFound(bytes.status())) return absl::DataLossError(absl::StrCat(path, " is missing"));
    CANDOR_RETURN_IF_ERROR(bytes.status());
    if (base::HexEncode(crypto::Sha256(*bytes)) != file.sha256) {
      return absl::DataLossError(absl::StrCat(path, " is not what was saved; use another backup"));
    }
    CANDOR_RETURN_IF_ERROR(CheckDatabase(path));
  }
  BackupSummary summary;
  summary.planes = list.planes;
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(data, 0700));
  // A folder that was there may be open to others; the server refuses such a data folder.
  if (chmod(data.c_str(), 0700) != 0) return absl::UnavailableError(absl::StrCat(data, ": ", std::strerror(errno)));
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string& name = files[i].name;
    if (absl::StartsWith(name, "open/")) {
      ++summary.open_surveys;
      CANDOR_RETURN_IF_ERROR(base::MakeFolder(absl::StrCat(data, "/", kOpenFolder), 0700));
    }
    CANDOR_ASSIGN_OR_RETURN(const std::string bytes,
                            base::ReadFile(absl::StrCat(from, "/", name), kLongestDatabase));
    CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(absl::StrCat(data, "/", name), bytes, 0600));
    summary.files.push_back(name);
    summary.bytes += static_cast<int64_t>(bytes.size());
    if (progress) progress(name, static_cast<int64_t>(i + 1), static_cast<int64_t>(files.size()));
  }
  CANDOR_RETURN_IF_ERROR(
      base::WriteFileAtomically(absl::StrCat(data, "/", kPlanes), absl::StrCat(list.planes, "\n"), 0600));
  return summary;
}

void AddBackupVerbs(CLI::App& app, Context& context) {
  AddVerb<BackupOptions>(
      app, context, "backup", "Copy a server's databases, also while it runs; never the key folder",
      [](CLI::App& verb, BackupOptions& options) {
        verb.add_option("--data", options.data, "The server's data folder")->required();
        verb.add_option("--to", options.folder, "A new or empty folder for the copy")->required();
      },
      [](Context& c, const BackupOptions& options) -> absl::Status {
        ProgressLine line(c.options.quiet);
        CANDOR_ASSIGN_OR_RETURN(const BackupSummary summary,
                                MakeBackup(options.data, options.folder,
                                           [&](absl::string_view, int64_t done, int64_t total) {
                                             line.Update("databases copied and checked", done, total);
                                           }));
        line.Finish();
        return ShowSummary(c, summary, options.folder, false);
      });
  AddVerb<BackupOptions>(
      app, context, "restore", "Make a data folder from a backup, while no server runs on it",
      [](CLI::App& verb, BackupOptions& options) {
        verb.add_option("--from", options.folder, "The backup")->required();
        verb.add_option("--data", options.data, "A new or empty folder; it may hold the surviving folder keys")
            ->required();
      },
      [](Context& c, const BackupOptions& options) -> absl::Status {
        ProgressLine line(c.options.quiet);
        CANDOR_ASSIGN_OR_RETURN(const BackupSummary summary,
                                RestoreBackup(options.folder, options.data,
                                              [&](absl::string_view, int64_t done, int64_t total) {
                                                line.Update("databases restored", done, total);
                                              }));
        line.Finish();
        return ShowSummary(c, summary, options.data, true);
      });
}

}  // namespace candor::cli
