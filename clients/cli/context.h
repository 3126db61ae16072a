// What all verbs share: the options before the verb, the connection, and how a verb is added to the program.

#ifndef CANDOR_CLIENTS_CLI_CONTEXT_H_
#define CANDOR_CLIENTS_CLI_CONTEXT_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/output.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/retry.h"
#include "google/protobuf/message.h"

namespace candor::cli {

// Options that stand before or behind every verb.
struct GlobalOptions {
  std::string server = "127.0.0.1:7430";
  std::string response_server;  // empty: the same
  std::string key_file;         // empty: no key
  bool tls = false;
  std::string tls_ca, tls_cert, tls_key;
  // The last two stand on the command line, not in the environment alone.
  bool certificate_given = false;
  std::string district;
  double timeout_seconds = 30;
  bool json = false;
  bool quiet = false;
};

// Wrong use: the program ends with 2, not 1.
absl::Status UsageError(absl::string_view message);
bool IsUsageError(const absl::Status& status);

class Context {
 public:
  GlobalOptions options;

  // What the verb on the command line does; set while the command line is read, run afterwards.
  std::function<absl::Status()> work;

  // The connection that carries the caller's key. Made once. INVALID_ARGUMENT, NOT_FOUND: as Connection::Make, or the
  // key file cannot be read.
  absl::StatusOr<std::shared_ptr<client::Connection>> Caller();
  // A new connection without a key and without a client certificate, either of which would name the caller, to the
  // identity plane's address.
  absl::StatusOr<std::shared_ptr<client::Connection>> Anonymous() const;
  // The same to the response plane: where --response-server says; else where a manifest or a receipt says (`told`); else,
  // where that is empty, to the identity plane's address. Beyond this machine with TLS, whoever said it.
  absl::StatusOr<std::shared_ptr<client::Connection>> AnonymousToResponsePlane(const std::string& told) const;

  // One call with the caller's key, repeated a few times while the server cannot be reached: for calls that do no harm
  // when they are repeated.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    return CallUpTo(kAttempts, method, request);
  }
  // The same without repetition, for calls that make something new each time.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> CallOnce(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                    const Request& request) {
    return CallUpTo(1, method, request);
  }

  // All pages of a list, as one response.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> List(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                Request request) {
    Response all;
    request.set_page_size(kPageSize);
    while (true) {
      absl::StatusOr<Response> page = Call(method, request);
      if (!page.ok()) return page.status();
      if (!page->next_page_token().empty() && page->next_page_token() == request.page_token()) {
        return absl::InternalError("the server gives the same page again and again");
      }
      request.set_page_token(page->next_page_token());
      page->clear_next_page_token();
      all.MergeFrom(*page);
      if (request.page_token().empty()) return all;
    }
  }

  // For verbs that speak for nobody: a usage error where the command line gives a certificate. One from the environment
  // is for other verbs, and passed over.
  absl::Status RefuseCertificate() const;

  // Prints the message as JSON with --json, else `text()`.
  absl::Status Show(const google::protobuf::Message& message, const std::function<std::string()>& text) const;

  // The full name of what the user calls `name`: a name that begins with "districts/" is taken as it is; else the
  // district of --district stands before it, with `collection` between unless `name` has a slash.
  // A usage error where there is no district.
  absl::StatusOr<std::string> FullName(absl::string_view collection, const std::string& name) const;
  // "districts/{district}" from --district. A usage error where there is none.
  absl::StatusOr<std::string> District() const;

 private:
  static constexpr int kAttempts = 4;
  static constexpr int kPageSize = 500;

  client::ConnectionOptions ConnectionOptions() const;
  client::ConnectionOptions AnonymousOptions() const;

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> CallUpTo(int attempts,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                    const Request& request) {
    const absl::StatusOr<std::shared_ptr<client::Connection>> caller = Caller();
    if (!caller.ok()) return caller.status();
    Stub stub((*caller)->channel());
    client::RetryPolicy policy;
    policy.attempts = attempts;
    return (*caller)->CallRepeatedly(policy, stub, method, request);
  }

  std::shared_ptr<client::Connection> caller_;
};

// Reads a key from a file of one line. NOT_FOUND and others of base::ReadFile; INVALID_ARGUMENT: no key in it.
absl::StatusOr<std::string> ReadKeyFile(const std::string& path);

// A UUID (version 4) for `request_id`.
std::string NewRequestId();

// The last segment of a resource's name.
std::string LastSegment(absl::string_view name);

// A noun that verbs are added to.
CLI::App* AddNoun(CLI::App& app, const std::string& name, const std::string& help);

// Adds a verb: `declare` names its flags, which fill an Options; `run` is done when the verb stands on the command line.
template <typename Options>
CLI::App* AddVerb(CLI::App& parent, Context& context, const std::string& name, const std::string& help,
                  const std::function<void(CLI::App&, Options&)>& declare,
                  const std::function<absl::Status(Context&, const Options&)>& run) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = parent.add_subcommand(name, help);
  verb->fallthrough();
  declare(*verb, *options);
  // The last word decides: of a verb that has verbs of its own, one of these.
  verb->callback([&context, options, run, verb] {
    if (verb->get_subcommands().empty()) context.work = [&context, options, run] { return run(context, *options); };
  });
  return verb;
}

// A verb without flags of its own, or with one name as its only argument.
struct NoOptions {};
struct NameOption {
  std::string name;
};

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_CONTEXT_H_
