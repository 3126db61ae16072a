// The whole service in one object: both planes or one of them, their stores, and the gRPC server in front of them.

#ifndef CANDOR_SERVICES_SERVER_SERVER_H_
#define CANDOR_SERVICES_SERVER_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/server/config.h"

namespace candor::server {

// May be called from any thread.
class Server {
 public:
  // Checks the configuration, opens the data folder (at the first start: makes it, with the administrator's key in
  // admin.key), takes up campaigns that were being opened or closed, and takes calls when this returns. A server of the
  // identity plane alone starts also when the response plane's cannot be reached: what needs it waits. `clock` outlives
  // the object; null: the machine's.
  //
  // INVALID_ARGUMENT, CONFIGURATION_INVALID: the configuration. FAILED_PRECONDITION: CONFIGURATION_INVALID (another
  // server uses the folder, or one of other planes; a method has no row in the access table), SCHEMA_TOO_NEW, KEY_LOST.
  // UNAVAILABLE: the address cannot be listened on. DATA_LOSS, STORE_CORRUPT: a database is damaged.
  static absl::StatusOr<std::unique_ptr<Server>> Create(const ServerConfig& config, base::Clock* clock = nullptr);
  // Shuts down, if Shutdown was not called.
  ~Server();

  // The port listened on; 0 for a unix socket.
  int port() const;

  // Stops in good order: no new calls, those under way end (after config.shutdown_grace they are cancelled), every
  // answer that was taken is committed and acknowledged, the step of opening or closing under way is finished, unless
  // another server holds the response plane: then it is given up, and taken up after the next start. May be called again.
  void Shutdown();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// Makes a new administrator's key, writes it to admin.key, and gives the file's path. All keys of the installation's
// administrator before it stop working. No server may be running on the folder. Errors as of Server::Create;
// NOT_FOUND: there is no installation in the folder.
absl::StatusOr<std::string> ResetAdminKey(const ServerConfig& config);

}  // namespace candor::server

#endif  // CANDOR_SERVICES_SERVER_SERVER_H_
