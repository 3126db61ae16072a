// `candor`: every task from a terminal. Ends with 0 when the work is done, 1 when it failed, 2 for wrong use.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "clients/cli/hidden_arguments.h"
#include "clients/cli/utf8.h"
#include "clients/cli/verbs.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"

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

void ShowError(absl::Status status, bool json) {
  if (status.message().empty()) {
    status = absl::Status(status.code(), absl::StrCat("failed with ", absl::StatusCodeToString(status.code()),
                                                      ", and nothing more was said"));
  }
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

// Whether the command line itself holds a client certificate or its key; the environment may hold them for other verbs.
bool GivesCertificate(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [](const std::string& argument) {
    const std::string option = argument.substr(0, argument.find('='));
    return option == "--tls-cert" || option == "--tls-key";
  });
}

// The parsed noun or verb that is furthest to the right, or the program.
const CLI::App& LastParsed(const CLI::App& app) {
  const CLI::App* last = &app;
  while (!last->get_subcommands().empty()) last = last->get_subcommands().back();
  return *last;
}

// "campaign create " of the verb that was given; empty for the program itself.
std::string WordsOf(const CLI::App& app, const CLI::App& last) {
  std::string words;
  for (const CLI::App* at = &last; at != nullptr && at != &app; at = at->get_parent()) {
    words = absl::StrCat(at->get_name(), " ", words);
  }
  return words;
}

// What is wrong with the command line, for a reader.
std::string ParseFault(const CLI::App& app, const CLI::ParseError& error) {
  // Of a missing verb CLI11 says only that there is none, also where there is a word that names none.
  const CLI::App& last = LastParsed(app);
  const bool wants_verb = last.get_require_subcommand_min() > 0;
  for (const std::string& word : wants_verb ? app.remaining(true) : std::vector<std::string>()) {
    if (word.empty() || word[0] == '-') continue;
    return &last == &app ? absl::StrCat("'", word, "' is no verb of candor; candor --help lists them")
                         : absl::StrCat(last.get_name(), " has no verb '", word, "'; candor ", WordsOf(app, last),
                                        "--help lists them");
  }
  return absl::StrCat(error.what(), "; candor ", WordsOf(app, last), "--help lists what there is");
}

// HOST:PORT with a port from 1 to 65535 and an IPv6 address in brackets, or unix:PATH.
bool IsAddress(absl::string_view address) {
  if (absl::ConsumePrefix(&address, "unix:")) return !address.empty();
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return false;
  const absl::string_view host = address.substr(0, colon), port = address.substr(colon + 1);
  const bool bracketed = host.front() == '[' && host.back() == ']';
  for (const char c : host) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c)) || (c == ':' && !bracketed)) return false;
  }
  int number = 0;
  return port.size() <= 5 && port.find_first_not_of("0123456789") == absl::string_view::npos &&
         absl::SimpleAtoi(port, &number) && number >= 1 && number <= 65535;
}

// Names of options and arguments that hold a path, which may be any bytes.
bool HoldsPath(absl::string_view option) {
  static constexpr absl::string_view kPaths[] = {
      "--file",     "--files", "--out",     "--data", "--keys", "--key-file",  "--tls-ca", "--tls-cert", "--tls-key",
      "--structure", "--ratings", "--invited", "--to",   "--from", "--state-dir", "--receipt", "--export",
      "--share", "--key", "--steward-key", "--mirror-ca", "file"};
  return std::find(std::begin(kPaths), std::end(kPaths), option) != std::end(kPaths);
}

// A usage error where the value of an option or argument is not UTF-8: no message could carry it.
absl::Status CheckText(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (HoldsPath(option->get_name())) continue;
    for (const std::string& value : option->results()) {
      if (FindNotUtf8(value) != absl::string_view::npos) {
        return UsageError(absl::StrCat(option->get_name(), " is not UTF-8; use a terminal that is set to UTF-8"));
      }
    }
  }
  for (const CLI::App* parsed : app.get_subcommands()) CANDOR_RETURN_IF_ERROR(CheckText(*parsed));
  return absl::OkStatus();
}

absl::Status CheckUse(const CLI::App& app, const GlobalOptions& options) {
  CANDOR_RETURN_IF_ERROR(CheckText(app));
  if (!IsAddress(options.server)) return UsageError("--server (or CANDOR_SERVER) wants HOST:PORT or unix:PATH");
  if (!options.response_server.empty() && !IsAddress(options.response_server)) {
    return UsageError("--response-server (or CANDOR_RESPONSE_SERVER) wants HOST:PORT or unix:PATH");
  }
  return absl::OkStatus();
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
  AddAuditVerbs(app, context);
  AddFrameworkVerbs(app, context);
  AddInstrumentVerbs(app, context);
  AddCampaignVerbs(app, context);
  AddRaterVerbs(app, context);
  AddCodeVerbs(app, context);
  AddRateVerbs(app, context);
  AddAnswerVerb(app, context);
  AddKeyHolderVerbs(app, context);
  AddModerateVerb(app, context);
  AddFollowUpVerbs(app, context);
  AddReportVerbs(app, context);
  AddGrowthPlanVerbs(app, context);
  AddManifestVerbs(app, context);
  AddStewardVerbs(app, context);
  AddLedgerVerbs(app, context);
  AddPurgeVerb(app, context);
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
    HideArguments(app, argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help is a success in CLI11's terms; everything else that it throws is wrong use.
    if (error.get_exit_code() == 0) {
      app.exit(error);
      return kDone;
    }
    // The flag may stand behind the fault, where it has not been read.
    const bool json = std::any_of(argv, argv + argc, [](const char* word) { return absl::string_view(word) == "--json"; });
    ShowError(UsageError(ParseFault(app, error)), json);
    return kWrongUse;
  }
  absl::Status status = CheckUse(app, context.options);
  if (status.ok()) status = context.work();
  if (status.ok()) return kDone;
  ShowError(status, context.options.json);
  return IsUsageError(status) ? kWrongUse : kFailed;
}

}  // namespace
}  // namespace candor::cli

int main(int argc, char** argv) { return candor::cli::Main(argc, argv); }
