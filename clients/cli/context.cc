#include "clients/cli/context.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {
constexpr char kUsage[] = "USAGE";
constexpr size_t kLongestKeyFile = 4096;
}  // namespace

absl::Status UsageError(absl::string_view message) {
  return base::Error(absl::StatusCode::kInvalidArgument, kUsage, message);
}

bool IsUsageError(const absl::Status& status) { return base::GetErrorDetail(status).reason == kUsage; }

client::ConnectionOptions Context::ConnectionOptions() const {
  client::ConnectionOptions made;
  made.address = options.server;
  made.tls = options.tls;
  made.tls_ca = options.tls_ca;
  made.tls_cert = options.tls_cert;
  made.tls_key = options.tls_key;
  made.timeout = absl::Seconds(options.timeout_seconds);
  return made;
}

absl::StatusOr<std::shared_ptr<client::Connection>> Context::Caller() {
  if (caller_ == nullptr) {
    client::ConnectionOptions made = ConnectionOptions();
    if (options.key_file.empty()) {
      return UsageError("this needs a key: give --key-file FILE, or set CANDOR_KEY_FILE (for the administrator the file "
                        "admin.key in the server's data folder)");
    }
    CANDOR_ASSIGN_OR_RETURN(made.access_key, ReadKeyFile(options.key_file));
    CANDOR_ASSIGN_OR_RETURN(caller_, client::Connection::Make(made));
  }
  return caller_;
}

client::ConnectionOptions Context::AnonymousOptions() const {
  client::ConnectionOptions made = ConnectionOptions();
  // Who has a certificate wants TLS, with or without it.
  made.tls = made.tls || !made.tls_cert.empty();
  made.tls_cert.clear();
  made.tls_key.clear();
  return made;
}

absl::StatusOr<std::shared_ptr<client::Connection>> Context::Anonymous() const {
  return client::Connection::Make(AnonymousOptions());
}

absl::StatusOr<std::shared_ptr<client::Connection>> Context::AnonymousToResponsePlane(const std::string& told) const {
  client::ConnectionOptions made = AnonymousOptions();
  if (!options.response_server.empty()) {
    made.address = options.response_server;
  } else if (!told.empty()) {
    made.address = told;
    // Whoever calls a server of this machine without TLS has not said so of another.
    made.tls = made.tls || !client::IsLoopback(told);
  }
  return client::Connection::Make(made);
}

absl::Status Context::RefuseCertificate() const {
  if (!options.certificate_given) return absl::OkStatus();
  return UsageError("a client certificate would name you to the server, so this never shows one; leave out --tls-cert and "
                    "--tls-key");
}

absl::Status Context::Show(const google::protobuf::Message& message, const std::function<std::string()>& text) const {
  return Print(options.json ? ToJson(message) : text());
}

absl::StatusOr<std::string> Context::District() const {
  if (options.district.empty()) {
    return UsageError("which district? give --district ID, or set CANDOR_DISTRICT");
  }
  return absl::StartsWith(options.district, "districts/") ? options.district
                                                          : absl::StrCat("districts/", options.district);
}

absl::StatusOr<std::string> Context::FullName(absl::string_view collection, const std::string& name) const {
  if (absl::StartsWith(name, "districts/")) return name;
  CANDOR_ASSIGN_OR_RETURN(const std::string district, District());
  if (absl::StrContains(name, "/")) return absl::StrCat(district, "/", name);
  return absl::StrCat(district, "/", collection, "/", name);
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(path, kLongestKeyFile));
  const std::string key(absl::StripAsciiWhitespace(bytes));
  for (const char c : key) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c))) {
      return absl::InvalidArgumentError(absl::StrCat(path, " holds no key: it is more than one word"));
    }
  }
  if (key.empty()) return absl::InvalidArgumentError(absl::StrCat(path, " holds no key: it is empty"));
  return key;
}

std::string NewRequestId() {
  std::string bytes = base::RandomBytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = base::HexEncode(bytes);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

std::string LastSegment(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name : name.substr(slash + 1));
}

CLI::App* AddNoun(CLI::App& app, const std::string& name, const std::string& help) {
  CLI::App* noun = app.add_subcommand(name, help);
  noun->fallthrough();
  noun->require_subcommand(1);
  return noun;
}

}  // namespace candor::cli
