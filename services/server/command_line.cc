#include "services/server/command_line.h"

#include <memory>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace candor::server {
namespace {

constexpr int kWrongUse = 2;

// What flags and environment say, as text: read into values only when all of it is known, so that every fault can be
// told at once.
struct RawOptions {
  std::string planes = "both";
  std::string log_level = "info";
  std::string modulus_bits = "2048";
  std::string failed_attempts = "10000";
  bool no_reflection = false;
  bool reset = false;
};

void AddOptions(CLI::App& app, ServerConfig& config, RawOptions& raw) {
  app.add_option("--data", config.data_folder, "The folder that everything is kept in; made where missing (required)")
      ->envname("CANDOR_DATA")
      ->type_name("DIR");
  app.add_option("--planes", raw.planes,
                 "both: one server for all. identity or response: that plane alone, on a host and in a folder of its own; "
                 "both servers then need --plane-key")
      ->envname("CANDOR_PLANES")
      ->type_name("WHICH")
      ->capture_default_str();
  app.add_option("--plane-key", config.plane_key,
                 "File with the key that the two planes' servers share; candord plane-key makes one")
      ->envname("CANDOR_PLANE_KEY")
      ->type_name("FILE");
  app.add_option("--response-plane", config.response_plane,
                 "With --planes=identity: HOST:PORT or unix:PATH of the response plane's server. Beyond this machine TLS is "
                 "always used")
      ->envname("CANDOR_RESPONSE_PLANE")
      ->type_name("ADDR");
  app.add_option("--response-public-address", config.response_public_address,
                 "With --planes=identity: HOST:PORT where respondents reach the response plane; stands in the documents of "
                 "every survey that is opened from then on")
      ->envname("CANDOR_RESPONSE_PUBLIC_ADDRESS")
      ->type_name("ADDR");
  app.add_option("--plane-tls-ca", config.plane_tls_ca,
                 "Authorities in PEM that the response plane's certificate must be of; else the system's are trusted")
      ->envname("CANDOR_PLANE_TLS_CA")
      ->type_name("FILE");
  app.add_option("--plane-tls-cert", config.plane_tls_cert, "Client certificate to show to the response plane, PEM")
      ->envname("CANDOR_PLANE_TLS_CERT")
      ->type_name("FILE");
  app.add_option("--plane-tls-key", config.plane_tls_key, "Its private key, PEM")
      ->envname("CANDOR_PLANE_TLS_KEY")
      ->type_name("FILE");
  app.add_option("--listen", config.listen,
                 "HOST:PORT to take gRPC calls on, or unix:PATH; port 0 picks a free one. Anything but this machine "
                 "itself needs TLS")
      ->envname("CANDOR_LISTEN")
      ->type_name("ADDR")
      ->capture_default_str();
  app.add_option("--keys", config.keys_folder,
                 "The folder of secret keys, which no backup may hold (default: `keys` in the data folder)")
      ->envname("CANDOR_KEYS")
      ->type_name("DIR");
  app.add_option("--tls-cert", config.tls_cert, "Certificate chain in PEM; read again when it changes")
      ->envname("CANDOR_TLS_CERT")
      ->type_name("FILE");
  app.add_option("--tls-key", config.tls_key, "Its private key in PEM; read again when it changes")
      ->envname("CANDOR_TLS_KEY")
      ->type_name("FILE");
  app.add_option("--tls-client-ca", config.tls_client_ca,
                 "Authorities in PEM; every client must show a certificate of one of them")
      ->envname("CANDOR_TLS_CLIENT_CA")
      ->type_name("FILE");
  app.add_flag("--no-reflection", raw.no_reflection, "Do not tell clients the contract by gRPC reflection")
      ->envname("CANDOR_NO_REFLECTION");
  app.add_option("--log-level", raw.log_level, "Lowest level of log lines: debug, info, warning or error")
      ->envname("CANDOR_LOG_LEVEL")
      ->type_name("LEVEL")
      ->capture_default_str();
  app.add_option("--modulus-bits", raw.modulus_bits, "Size of the keys that sign blinded tokens: 2048 or 3072")
      ->envname("CANDOR_MODULUS_BITS")
      ->type_name("BITS")
      ->capture_default_str();
  app.add_option("--failed-attempts", raw.failed_attempts,
                 "How many wrong codes, and how many wrong keys, may come from one network address in an hour before it is "
                 "refused until the hour ends; right ones never count. All callers behind a proxy, a portal or a unix "
                 "socket are one address: limit guessing there, and raise this or switch it off with 0")
      ->envname("CANDOR_FAILED_ATTEMPTS")
      ->type_name("NUMBER")
      ->capture_default_str();
  app.add_option("--ready-file", config.ready_file, "Write the port to this file once calls are taken")
      ->envname("CANDOR_READY_FILE")
      ->type_name("FILE");
}

std::vector<std::string> ReadRaw(const RawOptions& raw, ServerConfig& config) {
  std::vector<std::string> faults;
  config.reflection = !raw.no_reflection;
  if (raw.planes == "both") {
    config.planes = rpc::Planes::kBoth;
  } else if (raw.planes == "identity") {
    config.planes = rpc::Planes::kIdentity;
  } else if (raw.planes == "response") {
    config.planes = rpc::Planes::kResponses;
  } else {
    faults.push_back("--planes: must be both, identity or response");
  }
  if (raw.log_level == "debug") {
    config.log_level = base::LogLevel::kDebug;
  } else if (raw.log_level == "info") {
    config.log_level = base::LogLevel::kInfo;
  } else if (raw.log_level == "warning") {
    config.log_level = base::LogLevel::kWarning;
  } else if (raw.log_level == "error") {
    config.log_level = base::LogLevel::kError;
  } else {
    faults.push_back("--log-level: must be debug, info, warning or error");
  }
  // What is no number is no valid value either: FindFaults says so.
  if (!absl::SimpleAtoi(raw.modulus_bits, &config.modulus_bits)) config.modulus_bits = 0;
  if (!absl::SimpleAtoi(raw.failed_attempts, &config.dispatcher.attempts.failures_per_peer)) {
    config.dispatcher.attempts.failures_per_peer = -1;
  }
  return faults;
}

ParsedCommandLine WrongUse(absl::string_view message) {
  return {std::nullopt, absl::StrCat(message, "\nRun candord --help for all options.\n"), kWrongUse};
}

}  // namespace

ParsedCommandLine ParseCommandLine(int argc, const char* const* argv) {
  Command command;
  RawOptions raw;
  CLI::App app{
      "The Candor server: 360-degree feedback for school leaders that cannot link a person to an answer.\n"
      "At the first start an administrator's key is written to admin.key in the data folder.\n",
      "candord"};
  app.set_version_flag("--version", absl::StrCat("candord ", kVersion));
  AddOptions(app, command.config, raw);
  CLI::App* admin_key =
      app.add_subcommand("admin-key", "Replace the installation administrator's key, while no server runs");
  admin_key->add_option("--data", command.config.data_folder, "The server's data folder (required)")
      ->envname("CANDOR_DATA")
      ->type_name("DIR");
  admin_key->add_option("--keys", command.config.keys_folder, "The folder of secret keys, as for the server")
      ->envname("CANDOR_KEYS")
      ->type_name("DIR");
  admin_key->add_flag("--reset", raw.reset, "Make a new key, write it to admin.key; all before it stop working");
  CLI::App* plane_key =
      app.add_subcommand("plane-key", "Make the key that the two planes' servers share, for --plane-key on both");
  plane_key->add_option("--out", command.out, "The file to write, readable by you alone")->type_name("FILE");
  app.footer(
      "Each option can be set by an environment variable instead: CANDOR_DATA for --data, CANDOR_TLS_CERT for "
      "--tls-cert and so on.\nExit codes: 0 stopped in good order, 1 a fault while starting or running, 2 wrong use.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {std::nullopt, (admin_key->parsed() ? admin_key : plane_key->parsed() ? plane_key : &app)->help(), 0};
  } catch (const CLI::CallForVersion& version) {
    return {std::nullopt, absl::StrCat(version.what(), "\n"), 0};
  } catch (const CLI::ParseError& error) {
    return WrongUse(error.what());
  }

  std::vector<std::string> faults = ReadRaw(raw, command.config);
  if (admin_key->parsed()) {
    command.task = Task::kResetAdminKey;
    if (command.config.data_folder.empty()) faults.push_back("--data: say which folder's key is meant");
    if (!raw.reset) faults.push_back("admin-key: give --reset to make a new key");
  } else if (plane_key->parsed()) {
    command.task = Task::kMakePlaneKey;
    if (command.out.empty()) faults.push_back("--out: say which file is to be written");
  } else {
    for (std::string& fault : FindFaults(command.config)) faults.push_back(std::move(fault));
  }
  if (const absl::Status status = FaultsToStatus(faults); !status.ok()) return WrongUse(status.message());
  return {std::move(command), "", 0};
}

}  // namespace candor::server
