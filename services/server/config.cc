#include "services/server/config.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/crypto/certificate.h"
#include "services/domain/errors.h"
#include "services/domain/text.h"
#include "services/server/plane_key_file.h"

namespace candor::server {
namespace {

constexpr absl::string_view kUnix = "unix:";
constexpr size_t kLargestPemFile = size_t{1} << 20;
constexpr size_t kLongestSocketPath = 107;
constexpr int64_t kMostFailedAttempts = 1'000'000;

bool IsLoopbackV4(absl::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (const absl::string_view part : parts) {
    int number = 0;
    if (!absl::SimpleAtoi(part, &number) || number < 0 || number > 255) return false;
  }
  return true;
}

absl::StatusOr<std::string> ReadPem(const char* flag, const std::string& path, std::vector<std::string>& faults) {
  auto pem = base::ReadFile(path, kLargestPemFile);
  if (!pem.ok()) faults.push_back(absl::StrCat(flag, ": ", path, " cannot be read: ", pem.status().message()));
  return pem;
}

// Whether a certificate and its key can be read and belong together; nothing to find unless both are given.
void FindPairFaults(const char* cert_flag, const std::string& cert, const char* key_flag, const std::string& key,
                    std::vector<std::string>& faults) {
  if (cert.empty() || key.empty()) return;
  const auto chain = ReadPem(cert_flag, cert, faults);
  const auto secret = ReadPem(key_flag, key, faults);
  if (!chain.ok() || !secret.ok()) return;
  if (const absl::Status pair = crypto::CheckCertificateAndKey(*chain, *secret); !pair.ok()) {
    faults.push_back(absl::StrCat(cert_flag, " and ", key_flag, ": ", pair.message()));
  }
}

void FindAuthorityFaults(const char* flag, const std::string& path, std::vector<std::string>& faults) {
  if (path.empty()) return;
  const auto authorities = ReadPem(flag, path, faults);
  if (!authorities.ok()) return;
  if (const absl::Status certificates = crypto::CheckCertificates(*authorities); !certificates.ok()) {
    faults.push_back(absl::StrCat(flag, ": ", path, " ", certificates.message()));
  }
}

void FindTlsFaults(const ServerConfig& config, std::vector<std::string>& faults) {
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    faults.push_back("--tls-cert and --tls-key: give both or none");
  }
  if (!config.tls_client_ca.empty() && config.tls_cert.empty()) {
    faults.push_back("--tls-client-ca: needs --tls-cert and --tls-key");
  }
  FindPairFaults("--tls-cert", config.tls_cert, "--tls-key", config.tls_key, faults);
  FindAuthorityFaults("--tls-client-ca", config.tls_client_ca, faults);
}

// What a server of one plane needs to find and know the other, and what a server of both has no use for.
void FindPlaneFaults(const ServerConfig& config, std::vector<std::string>& faults) {
  const bool identity_alone = config.planes == rpc::Planes::kIdentity;
  if (config.planes == rpc::Planes::kBoth) {
    if (!config.plane_key.empty()) faults.push_back("--plane-key: is for --planes=identity and --planes=response alone");
  } else if (config.plane_key.empty()) {
    faults.push_back("--plane-key: give the file with the key that both planes have; make it once with candord plane-key "
                     "--out FILE and take a copy to the other server");
  } else if (const auto key = ReadPlaneKeyFile(config.plane_key); !key.ok()) {
    faults.push_back(absl::StrCat("--plane-key: ", key.status().message()));
  }
  if (!identity_alone) {
    for (const auto& [flag, value] : {std::pair("--response-plane", &config.response_plane),
                                      std::pair("--response-public-address", &config.response_public_address),
                                      std::pair("--plane-tls-ca", &config.plane_tls_ca),
                                      std::pair("--plane-tls-cert", &config.plane_tls_cert),
                                      std::pair("--plane-tls-key", &config.plane_tls_key)}) {
      if (!value->empty()) faults.push_back(absl::StrCat(flag, ": is for --planes=identity alone"));
    }
    return;
  }
  if (config.response_plane.empty()) {
    faults.push_back("--response-plane: say where the response plane's server listens, HOST:PORT or unix:PATH");
  } else if (const auto address = ParseListen(config.response_plane); !address.ok()) {
    faults.push_back(absl::StrCat("--response-plane: ", address.status().message()));
  } else if (!address->unix_socket && address->port == 0) {
    faults.push_back("--response-plane: names no port");
  }
  if (!domain::IsHostAndPort(config.response_public_address)) {
    faults.push_back("--response-public-address: say where respondents reach the response plane, HOST:PORT; it stands in "
                     "every survey's documents, so that it is the same for all");
  }
  if (config.plane_tls_cert.empty() != config.plane_tls_key.empty()) {
    faults.push_back("--plane-tls-cert and --plane-tls-key: give both or none");
  }
  FindPairFaults("--plane-tls-cert", config.plane_tls_cert, "--plane-tls-key", config.plane_tls_key, faults);
  FindAuthorityFaults("--plane-tls-ca", config.plane_tls_ca, faults);
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListen(absl::string_view listen) {
  ListenAddress address;
  if (absl::StartsWith(listen, kUnix)) {
    address.unix_socket = true;
    address.loopback = true;
    address.host = std::string(listen.substr(kUnix.size()));
    if (address.host.empty() || address.host.size() > kLongestSocketPath) {
      return absl::InvalidArgumentError(
          absl::StrCat("unix: wants a path of 1 to ", kLongestSocketPath, " bytes after it"));
    }
    return address;
  }
  const size_t colon = listen.rfind(':');
  absl::string_view host = listen.substr(0, colon == absl::string_view::npos ? 0 : colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool port_ok = colon != absl::string_view::npos && absl::SimpleAtoi(listen.substr(colon + 1), &address.port) &&
                       address.port >= 0 && address.port <= 65535;
  if (!port_ok || host.empty() || (!bracketed && absl::StrContains(host, ":"))) {
    return absl::InvalidArgumentError(
        "must be HOST:PORT with a port from 0 to 65535, for instance 127.0.0.1:7430 or [::1]:7430, or unix:PATH");
  }
  address.host = std::string(host);
  address.loopback = host == "localhost" || (bracketed && host == "::1") || IsLoopbackV4(host);
  return address;
}

std::string KeysFolderOf(const ServerConfig& config) {
  return config.keys_folder.empty() ? absl::StrCat(config.data_folder, "/keys") : config.keys_folder;
}

std::vector<std::string> FindFaults(const ServerConfig& config) {
  std::vector<std::string> faults;
  if (config.data_folder.empty()) faults.push_back("--data: say where the data is to be kept");
  const auto address = ParseListen(config.listen);
  if (!address.ok()) {
    faults.push_back(absl::StrCat("--listen: ", address.status().message()));
  } else if (!address->loopback && config.tls_cert.empty()) {
    faults.push_back(absl::StrCat("--listen: ", config.listen, " can be reached from other machines, which needs ",
                                  "--tls-cert and --tls-key; without them listen on 127.0.0.1, [::1] or unix:PATH"));
  }
  FindTlsFaults(config, faults);
  FindPlaneFaults(config, faults);
  if (config.modulus_bits != 2048 && config.modulus_bits != 3072) {
    faults.push_back("--modulus-bits: must be 2048 or 3072");
  }
  const int64_t attempts = config.dispatcher.attempts.failures_per_peer;
  if (attempts < 0 || attempts > kMostFailedAttempts) {
    faults.push_back(absl::StrCat("--failed-attempts: must be a whole number from 0 (no limit) to ", kMostFailedAttempts));
  }
  return faults;
}

absl::Status FaultsToStatus(const std::vector<std::string>& faults) {
  if (faults.empty()) return absl::OkStatus();
  return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kCONFIGURATION_INVALID,
                     absl::StrJoin(faults, "\n"));
}

}  // namespace candor::server
