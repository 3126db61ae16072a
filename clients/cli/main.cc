// `candor`: every task from a terminal. Ends with 0 when the work is done, 1 when it failed, 2 for wrong use.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "clients/cli/verbs.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"

namespace candor::cli {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  const char* group = "Connection and output";
  app.add_option("--server", options.server, "HOST:PORT or unix:PATH of candord")
      ->envname("CANDOR_SERVER")->capture_default_str()->group(group);
  app.add_option("--response-server", options.response_server,
                 "The response plane's address, where it is another server's")
      ->envname("CANDOR_RESPONSE_SERVER")->group(group);
  app.add_option("--key-file", options.key_file, "File with your key, for instance DATA/admin.key")
      ->envname("CANDOR_KEY_FILE")->group(group);
  app.add_option("--district", options.district, "The district that short names are in")
      ->envname("CANDOR_DISTRICT")->group(group);
  app.add_flag("--tls", options.tls, "Use TLS, trusting the system's authorities")->group(group);
  app.add_option("--tls-ca", options.tls_ca, "Use TLS, trusting the authorities in this PEM file")
      ->envname("CANDOR_TLS_CA")->group(group);
  app.add_option("--tls-cert", options.tls_cert, "Client certificate, PEM")->envname("CANDOR_TLS_CERT")->group(group);
  app.add_option("--tls-key", options.tls_key, "Its key, PEM")->envname("CANDOR_TLS_KEY")->group(group);
  app.add_option("--timeout", options.timeout_seconds, "Seconds that one call may take")
      ->check(CLI::Range(0.1, 3600.0))->capture_default_str()->group(group);
  app.add_flag("--json", options.json, "Print JSON, with the field names of the service's messages")->group(group);
  app.add_flag("--quiet", options.quiet, "No progress on standard error")->group(group);
}

void ShowError(const absl::Status& status, bool json) {
  const base::ErrorDetail detail = base::GetErrorDetail(status);
  if (json) {
    base::Json error = {{"code", absl::StatusCodeToString(status.code())}, {"message", std::string(status.message())}};
    if (!detail.reason.empty()) error["reason"] = detail.reason;
    if (!detail.field.empty()) error["field"] = detail.field;
    std::cerr << base::Json{{"error", error}}.dump(2, ' ', false, base::Json::error_handler_t::replace) << "\n";
    return;
  }
  std::string text = absl::StrCat("candor: ", status.message());
  if (!detail.field.empty()) absl::StrAppend(&text, " [", detail.field, "]");
  if (!detail.reason.empty() && !IsUsageError(status)) absl::StrAppend(&text, " (", detail.reason, ")");
  std::cerr << Printable(text) << "\n";
}

// Everybody on the machine can list a program's arguments as long as it runs, and `answer` may wait for hours.
void HideCode(int argc, char** argv) {
  const auto wipe = [](char* text) { std::fill(text, text + std::strlen(text), 'x'); };
  constexpr char kOption[] = "--code";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == kOption && i + 1 < argc && std::strcmp(argv[i + 1], "-") != 0) wipe(argv[i + 1]);
    if (argument.rfind(absl::StrCat(kOption, "="), 0) == 0) wipe(argv[i] + sizeof(kOption));
  }
}

// Whether the command line itself holds a client certificate or its key; the environment may hold them for other verbs.
bool GivesCertificate(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [](const std::string& argument) {
    const std::string option = argument.substr(0, argument.find('='));
    return option == "--tls-cert" || option == "--tls-key";
  });
}

int Main(int argc, char** argv) {
  // Debian's Abseil looks for lock cycles, which costs more than the locks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  Context context;
  if (const absl::Status isolated = base::KeepMemoryPrivate(); !isolated.ok()) {
    ShowError(isolated, false);
    return kFailed;
  }
  CLI::App app("candor: 360-degree feedback for school leaders, from a terminal", "candor");
  app.require_subcommand(1);
  app.get_formatter()->column_width(38);
  app.footer("Every verb has --help. Resource names may be short with --district: candor campaign show spring "
             "--district cedar-valley.\nEnds with 0 when the work is done, 1 when it failed, 2 for wrong use.");
  AddGlobalOptions(app, context.options);
  AddDistrictVerbs(app, context);
  AddSchoolVerbs(app, context);
  AddPersonVerbs(app, context);
  AddKeyVerbs(app, context);
  AddFrameworkVerbs(app, context);
  AddInstrumentVerbs(app, context);
  AddCampaignVerbs(app, context);
  AddRaterVerbs(app, context);
  AddCodeVerbs(app, context);
  AddRateVerbs(app, context);
  AddAnswerVerb(app, context);
  AddReportVerbs(app, context);
  AddLedgerVerb(app, context);
  AddScoreVerb(app, context);
  AddReplayVerb(app, context);
  AddDemoVerb(app, context);
  AddBackupVerbs(app, context);
  AddVerb<NoOptions>(
      app, context, "version", "Print the program's version", [](CLI::App&, NoOptions&) {},
      [](Context& c, const NoOptions&) {
        return Print(c.options.json ? base::Json{{"version", CANDOR_VERSION}}.dump(2) + "\n"
                                    : absl::StrCat("candor ", CANDOR_VERSION, "\n"));
      });
  context.options.certificate_given = GivesCertificate(argc, argv);
  try {
    app.parse(argc, argv);
    HideCode(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help is a success in CLI11's terms; everything else that it throws is wrong use.
    return app.exit(error) == 0 ? kDone : kWrongUse;
  }
  const absl::Status status = context.work();
  if (status.ok()) return kDone;
  ShowError(status, context.options.json);
  return IsUsageError(status) ? kWrongUse : kFailed;
}

}  // namespace
}  // namespace candor::cli

int main(int argc, char** argv) { return candor::cli::Main(argc, argv); }
