// The folder that a server keeps everything in, and the lock that makes it one server's.
//
//   candord.lock    held while a server runs; the number of its process
//   admin.key       the installation administrator's key, one line; written when it is made; it may be
//                   taken elsewhere: a server only looks whether it opens anything, and says what to do if not
//   identity.db     the identity plane
//   responses.db    the response plane; open/ holds one file for each open survey
//   planes          which planes the folder is of: both, identity or response; written at the first start
//   keys/           secret keys, unless --keys says otherwise

#ifndef CANDOR_SERVICES_SERVER_DATA_FOLDER_H_
#define CANDOR_SERVICES_SERVER_DATA_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/rpc/planes.h"

namespace candor::server {

class DataFolder {
 public:
  // Makes the folder (mode 0700) where it is missing and takes its lock; it is held as long as the object lives, and
  // gone with the process however it ends.
  // FAILED_PRECONDITION, CONFIGURATION_INVALID: another server holds the lock, whose process the message names, with
  // `when_locked` for what to do; the path is no folder, cannot be made or
  // entered; others than the owner may read it.
  static absl::StatusOr<std::unique_ptr<DataFolder>> Open(
      const std::string& path, absl::string_view when_locked = "stop it, or give each server a folder of its own");
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  // Makes the folder one of these planes, if it is of none yet. FAILED_PRECONDITION, CONFIGURATION_INVALID: it is of
  // others, so that the server would make a second database beside the one that is meant; or the note cannot be read or
  // written.
  absl::Status ClaimFor(rpc::Planes planes) const;

  const std::string& path() const { return path_; }
  std::string identity_database() const;
  std::string response_database() const;
  std::string admin_key_file() const;

  // Writes the administrator's key, readable by the owner alone; durable when this returns. RESOURCE_EXHAUSTED,
  // STORE_FULL: no room. FAILED_PRECONDITION, CONFIGURATION_INVALID: other faults.
  absl::Status WriteAdminKey(absl::string_view secret) const;
  // What is in that file. NOT_FOUND and others of base::ReadFile.
  absl::StatusOr<std::string> ReadAdminKey() const;

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::string path_;
  const int lock_;
};

}  // namespace candor::server

#endif  // CANDOR_SERVICES_SERVER_DATA_FOLDER_H_
