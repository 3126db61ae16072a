#include "services/server/server.h"

#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/base/file.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/collection/collection.h"
#include "services/domain/errors.h"
#include "services/identity/campaigns.h"
#include "services/identity/codes.h"
#include "services/identity/directory.h"
#include "services/identity/frameworks.h"
#include "services/identity/instruments.h"
#include "services/identity/invitations.h"
#include "services/identity/key_check.h"
#include "services/identity/key_pool.h"
#include "services/identity/key_store.h"
#include "services/identity/lifecycle.h"
#include "services/identity/raters.h"
#include "services/identity/ratings.h"
#include "services/identity/report_builder.h"
#include "services/reporting/growth_plans.h"
#include "services/reporting/reports.h"
#include "services/reporting/stored_report.h"
#include "services/rpc/access.h"
#include "services/rpc/authenticator.h"
#include "services/rpc/dispatcher.h"
#include "services/rpc/grpc_services.h"
#include "services/rpc/method.h"
#include "services/rpc/methods.h"
#include "services/rpc/page_token.h"
#include "services/rpc/plane_key.h"
#include "services/rpc/quiet_faults.h"
#include "services/rpc/moderation_methods.h"
#include "services/rpc/remote_response_plane.h"
#include "services/rpc/response_methods.h"
#include "services/rpc/unserved_methods.h"
#include "services/server/data_folder.h"
#include "services/server/plane_key_file.h"
#include "services/server/transport.h"
#include "storage/sqlite/identity_store.h"
#include "storage/sqlite/response_store.h"

namespace candor::server {
namespace {

constexpr absl::Duration kHousekeepingInterval = absl::Minutes(1);

absl::StatusOr<std::string> BuildReport(const identity::ReportInput& input) {
  reporting::StoredReportInput stored;
  stored.campaign = input.campaign;
  stored.survey = input.survey;
  stored.contract = input.contract;
  stored.instrument_version = input.instrument_version;
  stored.closed_result = input.closed_result;
  stored.self = input.self;
  stored.team = input.team;
  stored.supervisors = input.supervisors;
  stored.comparison = input.comparison;
  if (input.before.has_value()) {
    stored.before = reporting::StoredRoundBefore{input.before->contract, input.before->instrument_version,
                                                 input.before->closed_result, input.before->pooled_figures};
  }
  return reporting::BuildStoredReport(stored);
}

absl::StatusOr<std::string> BuildBenchmark(const identity::BenchmarkInput& input) {
  return reporting::BuildStoredBenchmark({input.contract, input.instrument_version, input.closed_results});
}

absl::StatusOr<reporting::ReportSubject> ReadSubject(absl::string_view document) {
  CANDOR_ASSIGN_OR_RETURN(identity::ReportSubject subject, identity::DecodeReportSubject(document));
  reporting::ReportSubject result;
  result.leader_display_name = std::move(subject.display_name);
  result.leader_job_title = std::move(subject.job_title);
  result.school_title = std::move(subject.school_title);
  return result;
}

// Calls a function at once, and then every minute until it is destroyed.
class Housekeeper {
 public:
  explicit Housekeeper(std::function<void()> work) : thread_([this, work = std::move(work)] { Run(work); }) {}
  ~Housekeeper() {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    thread_.join();
  }

 private:
  void Run(const std::function<void()>& work) {
    while (true) {
      work();
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kHousekeepingInterval)) return;
    }
  }

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace

// In the order in which they are made; what is made later uses what was made before, and goes first. Of a plane that another
// server holds there is nothing.
struct Server::Parts {
  ServerConfig config;
  base::SystemClock system_clock;
  base::Clock* clock = nullptr;
  std::unique_ptr<DataFolder> folder;

  std::unique_ptr<rpc::PlaneKey> plane_key;  // null where both planes are here

  // The response plane: here, or as the identity plane calls it on another server.
  std::unique_ptr<collection::Collection> collection;
  std::unique_ptr<rpc::RemoteResponsePlane> remote_plane;
  domain::ResponsePlane* plane = nullptr;  // whichever it is

  // The identity plane.
  std::unique_ptr<storage::sqlite::SqliteIdentityStore> store;
  std::unique_ptr<identity::KeyStore> keys;
  std::unique_ptr<identity::KeyPool> key_pool;
  std::unique_ptr<identity::Directory> directory;
  std::unique_ptr<identity::Frameworks> frameworks;
  std::unique_ptr<identity::Instruments> instruments;
  std::unique_ptr<identity::Campaigns> campaigns;
  std::unique_ptr<identity::Raters> raters;
  std::unique_ptr<identity::Codes> codes;
  std::unique_ptr<identity::Ratings> ratings;
  std::unique_ptr<identity::Invitations> invitations;
  std::unique_ptr<identity::Lifecycle> lifecycle;
  std::unique_ptr<reporting::Reports> reports;
  std::unique_ptr<reporting::GrowthPlans> growth_plans;

  // The edge.
  std::unique_ptr<rpc::StoredRelations> relations;
  std::unique_ptr<rpc::Access> access;
  std::unique_ptr<rpc::PageTokens> page_tokens;
  std::unique_ptr<rpc::Authenticator> authenticator;
  std::unique_ptr<rpc::QuietFaults> quiet_faults;
  std::unique_ptr<rpc::MethodSet> methods;
  std::unique_ptr<rpc::Dispatcher> dispatcher;
  std::unique_ptr<rpc::GrpcServices> services;
  std::unique_ptr<rpc::UnservedMethods> unserved_methods;  // null where both planes are here
  std::unique_ptr<Housekeeper> housekeeper;
  std::unique_ptr<Transport> transport;

  int port = 0;
  absl::Mutex stopping;  // held by whoever shuts down
  bool stopped ABSL_GUARDED_BY(stopping) = false;

  absl::Status OpenResponsePlane();
  void ConnectResponsePlane();
  absl::Status OpenIdentityPlane();
  absl::Status EnsureAdminKey();
  // Says how to get in again where the key file is missing or opens nothing.
  absl::Status CheckAdminKey();
  void AddIdentityMethods();
  absl::Status StartServing();
  void Stop();
};

absl::Status Server::Parts::OpenResponsePlane() {
  CANDOR_ASSIGN_OR_RETURN(auto response_store, storage::sqlite::SqliteResponseStore::Open(folder->path()));
  collection::CollectionOptions options;
  options.keys_folder = KeysFolderOf(config);
  CANDOR_ASSIGN_OR_RETURN(collection,
                          collection::Collection::Start(std::move(response_store), clock, options));
  plane = collection.get();
  return absl::OkStatus();
}

void Server::Parts::ConnectResponsePlane() {
  rpc::RemoteResponsePlane::Options options;
  options.address = config.response_plane;
  remote_plane = std::make_unique<rpc::RemoteResponsePlane>(std::move(options), CredentialsToResponsePlane(config),
                                                            std::move(*plane_key));
  plane_key.reset();
  plane = remote_plane.get();
}

absl::Status Server::Parts::OpenIdentityPlane() {
  CANDOR_ASSIGN_OR_RETURN(store, storage::sqlite::SqliteIdentityStore::Open(folder->identity_database()));
  CANDOR_ASSIGN_OR_RETURN(keys, identity::KeyStore::Open(KeysFolderOf(config)));
  identity::KeyPool::Options pool;
  pool.bits = config.modulus_bits;
  pool.threads = config.key_pool_threads;
  pool.reserve = config.key_pool_reserve;
  key_pool = std::make_unique<identity::KeyPool>(keys.get(), pool);
  directory = std::make_unique<identity::Directory>(store.get(), clock);
  frameworks = std::make_unique<identity::Frameworks>(store.get(), clock);
  instruments = std::make_unique<identity::Instruments>(store.get(), clock);
  campaigns = std::make_unique<identity::Campaigns>(store.get(), clock, key_pool.get());
  raters = std::make_unique<identity::Raters>(store.get(), clock);
  codes = std::make_unique<identity::Codes>(store.get(), clock, keys.get());
  ratings = std::make_unique<identity::Ratings>(store.get(), clock);
  invitations = std::make_unique<identity::Invitations>(store.get(), clock, keys.get());
  lifecycle = std::make_unique<identity::Lifecycle>(identity::Lifecycle::Parts{
      store.get(), clock, keys.get(), key_pool.get(), plane, invitations.get(), BuildReport, BuildBenchmark,
      config.response_public_address});
  reports = std::make_unique<reporting::Reports>(store.get(), ReadSubject);
  growth_plans = std::make_unique<reporting::GrowthPlans>(store.get(), reports.get());
  return absl::OkStatus();
}

absl::Status Server::Parts::EnsureAdminKey() {
  CANDOR_ASSIGN_OR_RETURN(const bool known, directory->HasInstallationKey());
  if (known) return CheckAdminKey();
  // The file before the key counts: after a crash between the two, the next start makes another.
  CANDOR_RETURN_IF_ERROR(directory->ResetInstallationKey(
      identity::ServerCaller(), [this](absl::string_view secret) { return folder->WriteAdminKey(secret); }));
  base::Log(base::LogLevel::kInfo, "the administrator's key was written", {{"file", folder->admin_key_file()}});
  return absl::OkStatus();
}

absl::Status Server::Parts::CheckAdminKey() {
  const absl::StatusOr<std::string> secret = folder->ReadAdminKey();
  if (secret.ok()) {
    const absl::StatusOr<identity::Caller> caller = directory->Authenticate(*secret);
    if (caller.ok()) return absl::OkStatus();
    if (!absl::IsUnauthenticated(caller.status())) return caller.status();
  }
  // The file may well lie elsewhere, which is no fault; who has lost it is told how to get in again.
  base::Log(secret.ok() ? base::LogLevel::kWarning : base::LogLevel::kInfo,
            secret.ok() ? "the key in the administrator's key file is not the administrator's"
                        : "the administrator's key file is not there or cannot be read",
            {{"file", folder->admin_key_file()},
             {"advice", absl::StrCat("if nobody has the key, stop the server and run: candord admin-key --data ",
                                     config.data_folder, " --reset")}});
  return absl::OkStatus();
}

void Server::Parts::AddIdentityMethods() {
  page_tokens = std::make_unique<rpc::PageTokens>(std::string(keys->page_token_key()));
  rpc::IdentityBackend backend;
  backend.store = store.get();
  backend.clock = clock;
  backend.directory = directory.get();
  backend.frameworks = frameworks.get();
  backend.instruments = instruments.get();
  backend.campaigns = campaigns.get();
  backend.raters = raters.get();
  backend.codes = codes.get();
  backend.ratings = ratings.get();
  backend.lifecycle = lifecycle.get();
  backend.invitations = invitations.get();
  backend.reports = reports.get();
  backend.growth_plans = growth_plans.get();
  backend.plane = plane;
  backend.page_tokens = page_tokens.get();
  backend.authenticator = authenticator.get();
  rpc::AddDirectoryMethods(backend, *methods);
  rpc::AddFrameworkMethods(backend, *methods);
  rpc::AddInstrumentMethods(backend, *methods);
  rpc::AddCampaignMethods(backend, *methods);
  rpc::AddSurveyMethods(backend, *methods);
  rpc::AddRaterMethods(backend, *methods);
  rpc::AddReportMethods(backend, *methods);
  rpc::AddFollowUpMethods(backend, *methods);
  rpc::AddRetentionMethods(backend, *methods);
  rpc::AddInvitationMethods(backend, *methods);
}

absl::Status Server::Parts::StartServing() {
  const bool identity_here = rpc::HoldsIdentity(config.planes);
  if (identity_here) relations = std::make_unique<rpc::StoredRelations>(store.get());
  access = std::make_unique<rpc::Access>(rpc::AccessRows(), relations.get());
  authenticator = std::make_unique<rpc::Authenticator>([this](absl::string_view secret) {
    // Of the response plane no method takes a person's key.
    return directory != nullptr ? directory->Authenticate(secret)
                                : absl::UnauthenticatedError("there is no directory on this plane");
  });
  quiet_faults = std::make_unique<rpc::QuietFaults>(clock);
  methods = std::make_unique<rpc::MethodSet>();
  if (identity_here) AddIdentityMethods();
  if (rpc::HoldsResponses(config.planes)) {
    rpc::AddResponseMethods(collection.get(), *methods);
    rpc::AddModerationMethods(collection.get(), *methods);
  }
  if (config.planes == rpc::Planes::kResponses) rpc::AddPlaneMethods(collection.get(), *methods);

  dispatcher = std::make_unique<rpc::Dispatcher>(
      access.get(), authenticator.get(), plane_key.get(), quiet_faults.get(), clock,
      [this] { return store != nullptr ? store->revision() : 0; }, config.dispatcher);
  CANDOR_ASSIGN_OR_RETURN(services,
                          rpc::GrpcServices::Create(config.planes, methods.get(), access.get(), dispatcher.get()));
  if (config.planes != rpc::Planes::kBoth) unserved_methods = std::make_unique<rpc::UnservedMethods>(config.planes);
  if (identity_here) {
    CANDOR_RETURN_IF_ERROR(lifecycle->Resume());
    CANDOR_RETURN_IF_ERROR(identity::WarnOfMissingKeys(*store, *keys));
  }
  CANDOR_ASSIGN_OR_RETURN(transport, Transport::Start(config, services->services(), unserved_methods.get()));
  port = transport->port();
  if (identity_here) lifecycle->Start(config.tick_interval);
  housekeeper = std::make_unique<Housekeeper>([this] {
    quiet_faults->Flush();
    dispatcher->DropStale();
    if (remote_plane != nullptr) remote_plane->Probe();
  });
  return absl::OkStatus();
}

void Server::Parts::Stop() {
  absl::MutexLock lock(&stopping);
  if (stopped) return;
  stopped = true;
  if (transport != nullptr) transport->Shutdown(config.shutdown_grace);
  // An order that the other server takes long to carry out is not waited for: it is given again after the next start.
  if (lifecycle != nullptr) lifecycle->StopSoon();
  if (remote_plane != nullptr) remote_plane->Stop();
  housekeeper.reset();
  if (lifecycle != nullptr) lifecycle->Stop();
  if (dispatcher != nullptr) dispatcher->Stop();
  if (collection != nullptr) collection->Stop();
  if (quiet_faults != nullptr) quiet_faults->Flush(/*also_present=*/true);
}

absl::StatusOr<std::unique_ptr<Server>> Server::Create(const ServerConfig& config, base::Clock* clock) {
  CANDOR_RETURN_IF_ERROR(FaultsToStatus(FindFaults(config)));
  auto parts = std::make_unique<Parts>();
  parts->config = config;
  parts->clock = clock != nullptr ? clock : &parts->system_clock;
  // From here on the destructor stops whatever was started.
  std::unique_ptr<Server> server(new Server(std::move(parts)));
  Parts& made = *server->parts_;
  CANDOR_ASSIGN_OR_RETURN(made.folder, DataFolder::Open(config.data_folder));
  CANDOR_RETURN_IF_ERROR(made.folder->ClaimFor(config.planes));
  if (config.planes != rpc::Planes::kBoth) {
    CANDOR_ASSIGN_OR_RETURN(rpc::PlaneKey key, ReadPlaneKeyFile(config.plane_key));
    made.plane_key = std::make_unique<rpc::PlaneKey>(std::move(key));
  }
  if (rpc::HoldsResponses(config.planes)) {
    CANDOR_RETURN_IF_ERROR(made.OpenResponsePlane());
  } else {
    made.ConnectResponsePlane();
  }
  if (rpc::HoldsIdentity(config.planes)) {
    CANDOR_RETURN_IF_ERROR(made.OpenIdentityPlane());
    CANDOR_RETURN_IF_ERROR(made.EnsureAdminKey());
  }
  CANDOR_RETURN_IF_ERROR(made.StartServing());
  if (!config.ready_file.empty()) {
    CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(config.ready_file, absl::StrCat(made.port, "\n"), 0644));
  }
  base::Log(base::LogLevel::kInfo, "listening",
            {{"address", config.listen},
             {"port", static_cast<int64_t>(made.port)},
             {"planes", std::string(rpc::NameOf(config.planes))},
             {"tls", !config.tls_cert.empty()},
             {"client_certificates", !config.tls_client_ca.empty()},
             {"version", std::string(kVersion)}});
  return server;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Shutdown(); }

int Server::port() const { return parts_->port; }

void Server::Shutdown() { parts_->Stop(); }

absl::StatusOr<std::string> ResetAdminKey(const ServerConfig& config) {
  CANDOR_ASSIGN_OR_RETURN(
      const auto folder,
      DataFolder::Open(config.data_folder, "no key was changed. Stop that server (send it SIGTERM, or as your service "
                                           "manager does), run this command again, and start the server again"));
  if (!base::FileExists(folder->identity_database())) {
    return absl::NotFoundError(absl::StrCat("there is no installation in ", config.data_folder,
                                            "; start candord there first, which makes a key"));
  }
  CANDOR_ASSIGN_OR_RETURN(const auto store, storage::sqlite::SqliteIdentityStore::Open(folder->identity_database()));
  base::SystemClock clock;
  identity::Directory directory(store.get(), &clock);
  CANDOR_RETURN_IF_ERROR(directory.ResetInstallationKey(
      identity::ServerCaller(), [&](absl::string_view secret) { return folder->WriteAdminKey(secret); }));
  return folder->admin_key_file();
}

}  // namespace candor::server
