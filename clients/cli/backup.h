// Copies of a data folder, and back.
//
// A backup holds the databases and nothing else: never the key folder, nor any key. It can be made while the server runs.
// What it cannot do is bring back an open survey whose keys are lost: its answers are sealed to a key that only the key
// folder holds.

#ifndef CANDOR_CLIENTS_CLI_BACKUP_H_
#define CANDOR_CLIENTS_CLI_BACKUP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::cli {

struct BackupSummary {
  std::string planes = "both";     // whose databases: both, identity or response, as the data folder's file `planes` says
  std::vector<std::string> files;  // databases, relative to the folder
  int64_t bytes = 0;
  int open_surveys = 0;            // surveys that have answers or may get them
};

// Told as each file is done.
using BackupProgress = std::function<void(absl::string_view file, int64_t done, int64_t total)>;

// Copies the databases of the data folder `data` into `to`, which is made, and checks each copy. The response plane's
// databases are copied before the identity plane's, so that no answer is in the copy whose token is not; if a survey was
// opened or closed meanwhile, all is copied anew. Of a folder of one plane that plane's databases are copied; whoever runs
// two servers makes the response plane's copy first.
// FAILED_PRECONDITION: `to` is not empty; `data` holds no databases; surveys opened or closed at every attempt. DATA_LOSS:
// a database is damaged. UNAVAILABLE, RESOURCE_EXHAUSTED: reading or writing failed.
absl::StatusOr<BackupSummary> MakeBackup(const std::string& data, const std::string& to,
                                         const BackupProgress& progress);

// Copies a backup into the data folder `data`, after checking every file against the backup's list; the folder becomes one
// of the backup's planes. The folder's mode becomes 0700.
// FAILED_PRECONDITION: `data` holds anything but a folder named keys. DATA_LOSS: a file is missing, changed or damaged;
// nothing was restored. UNAVAILABLE, RESOURCE_EXHAUSTED: reading or writing failed.
absl::StatusOr<BackupSummary> RestoreBackup(const std::string& from, const std::string& data,
                                            const BackupProgress& progress);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_BACKUP_H_
