// What a server is started with. Read once, checked whole; no code below this folder reads a flag or the environment.

#ifndef CANDOR_SERVICES_SERVER_CONFIG_H_
#define CANDOR_SERVICES_SERVER_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/base/log.h"
#include "services/rpc/dispatcher.h"
#include "services/rpc/planes.h"

namespace candor::server {

inline constexpr char kVersion[] = "0.1.0";
inline constexpr char kDefaultListen[] = "127.0.0.1:7430";

struct ServerConfig {
  rpc::Planes planes = rpc::Planes::kBoth;
  std::string data_folder;                // required
  std::string keys_folder;                // empty: `keys` in the data folder
  std::string listen = kDefaultListen;    // HOST:PORT (port 0: any free one), or unix:PATH
  std::string tls_cert, tls_key;          // PEM files, both or none; read again when they change
  std::string tls_client_ca;              // PEM file; clients must show a certificate of one of these authorities
  bool reflection = true;
  base::LogLevel log_level = base::LogLevel::kInfo;
  int modulus_bits = 2048;                // of issuing keys: 2048 or 3072
  std::string ready_file;                 // written once calls are taken: the port and a line feed

  // Where the planes are two servers.
  std::string plane_key;       // file with the key that both have (rpc::PlaneKey); both need it
  std::string response_plane;  // of the identity plane: where the other listens, HOST:PORT or unix:PATH
  // Of the identity plane: HOST:PORT where respondents find the other; stands in the documents of every survey opened.
  std::string response_public_address;
  // Of the identity plane, for calls to the other, PEM files; read again when they change. Beyond this machine TLS is used
  // with or without them: then the system's authorities are trusted.
  std::string plane_tls_ca;
  std::string plane_tls_cert, plane_tls_key;  // its client certificate, both or none

  // Not for operators; tests set them.
  absl::Duration tick_interval = absl::Seconds(1);       // how often the clock is looked at for campaigns that are due
  absl::Duration tls_reload_interval = absl::Seconds(5);  // whole seconds, at least one
  absl::Duration shutdown_grace = absl::Seconds(20);     // how long calls under way may take when the server stops
  int key_pool_threads = 1;
  int key_pool_reserve = 4;
  rpc::Dispatcher::Options dispatcher;                   // attempts.failures_per_peer is --failed-attempts
};

// Where the server listens.
struct ListenAddress {
  bool unix_socket = false;
  std::string host;  // without brackets; of a unix socket its path
  int port = 0;      // 0 to 65535
  bool loopback = false;  // only programs of this machine can reach it
};
// INVALID_ARGUMENT: neither HOST:PORT, [IPV6]:PORT nor unix:PATH.
absl::StatusOr<ListenAddress> ParseListen(absl::string_view listen);

std::string KeysFolderOf(const ServerConfig& config);

// Every fault of the configuration, each one sentence that names the flag; empty: there is none. Reads the TLS files.
std::vector<std::string> FindFaults(const ServerConfig& config);

// INVALID_ARGUMENT, CONFIGURATION_INVALID: all of `faults` in one message; OK when there are none.
absl::Status FaultsToStatus(const std::vector<std::string>& faults);

}  // namespace candor::server

#endif  // CANDOR_SERVICES_SERVER_CONFIG_H_
