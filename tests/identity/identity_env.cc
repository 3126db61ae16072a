#include "tests/identity/identity_env.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "services/crypto/sealing.h"
#include "services/crypto/token.h"
#include "services/identity/audit.h"

namespace candor::identity {
namespace {

// Making a key takes a good part of a second, so all tests of the process share a few.
const std::vector<std::string>& SharedKeys() {
  static const std::vector<std::string>* const keys = [] {
    auto* made = new std::vector<std::string>();
    for (int i = 0; i < 6; ++i) {
      const auto key = crypto::BlindSigningKey::Generate(2048);
      CANDOR_CHECK(key.ok());
      made->push_back(std::string(key->ToDer()->view()));
    }
    return made;
  }();
  return *keys;
}

}  // namespace

std::string DemoFile(const std::string& name) {
  const auto bytes = base::ReadFile(absl::StrCat(CANDOR_SOURCE_DIR, "/deploy/demo/", name));
  CANDOR_CHECK(bytes.ok());
  return *bytes;
}

void IdentityTest::SetUp() {
  admin_.district = district_;
  admin_.person = domain::PersonId("admin");
  admin_.roles.administrator = true;
  root_.installation_administrator = true;
  const std::string keys = folder_.path() + "/keys";
  ASSERT_TRUE(base::MakeFolder(keys, 0700).ok());
  for (size_t i = 0; i < SharedKeys().size(); ++i) {
    ASSERT_TRUE(
        base::WriteFileAtomically(absl::StrCat(keys, "/pool.2048.shared", i, ".key"), SharedKeys()[i], 0600).ok());
  }
  Start();
}

void IdentityTest::Start() {
  auto sqlite = storage::sqlite::SqliteIdentityStore::Open(folder_.path() + "/identity.db");
  ASSERT_TRUE(sqlite.ok()) << sqlite.status();
  sqlite_ = *std::move(sqlite);
  store_ = std::make_unique<GatedStore>(sqlite_.get(), &gate_);
  auto keys = KeyStore::Open(folder_.path() + "/keys");
  ASSERT_TRUE(keys.ok()) << keys.status();
  keys_ = *std::move(keys);
  KeyPool::Options pool_options;
  pool_options.threads = 0;
  pool_options.bits = modulus_bits_;
  pool_ = std::make_unique<KeyPool>(keys_.get(), pool_options);
  directory_ = std::make_unique<Directory>(store_.get(), &clock_);
  frameworks_ = std::make_unique<Frameworks>(store_.get(), &clock_);
  instruments_ = std::make_unique<Instruments>(store_.get(), &clock_);
  campaigns_ = std::make_unique<Campaigns>(store_.get(), &clock_, pool_.get());
  raters_ = std::make_unique<Raters>(store_.get(), &clock_);
  codes_ = std::make_unique<Codes>(store_.get(), &clock_, keys_.get());
  ratings_ = std::make_unique<Ratings>(store_.get(), &clock_);
  invitations_ = std::make_unique<Invitations>(store_.get(), &clock_, keys_.get());
  lifecycle_ = std::make_unique<Lifecycle>(
      Lifecycle::Parts{store_.get(), &clock_, keys_.get(), pool_.get(), &plane_, invitations_.get(),
                       [this](const ReportInput& input) -> absl::StatusOr<std::string> {
                         ++reports_built_;
                         last_report_input_ = input;
                         if (const auto fault = unbuildable_.find(input.survey.id); fault != unbuildable_.end()) {
                           return fault->second;
                         }
                         return absl::StrCat(report_prefix_, input.survey.id.value());
                       },
                       [this](const BenchmarkInput& input) -> absl::StatusOr<std::string> {
                         ++benchmarks_built_;
                         last_benchmark_input_ = input;
                         if (!benchmark_fault_.ok()) return benchmark_fault_;
                         return absl::StrCat("means of ", input.closed_results.size());
                       },
                       response_address_});
  ASSERT_TRUE(lifecycle_->Resume().ok());
}

void IdentityTest::Restart() {
  lifecycle_.reset();
  invitations_.reset();
  ratings_.reset();
  codes_.reset();
  raters_.reset();
  campaigns_.reset();
  instruments_.reset();
  frameworks_.reset();
  directory_.reset();
  pool_.reset();
  keys_.reset();
  store_.reset();
  sqlite_.reset();
  Start();
}

void IdentityTest::MakeDistrict(int leaders) {
  // All in one transaction, for speed: what the use cases write joins it.
  ASSERT_TRUE(sqlite_
                  ->Write([&](storage::WriteTransaction&) {
                    MakeDistrictRows(leaders);
                    return absl::OkStatus();
                  })
                  .ok());
}

void IdentityTest::MakeDistrictRows(int leaders) {
  ASSERT_TRUE(directory_->CreateDistrict(admin_, district_, "Cedar Valley").ok());
  ASSERT_TRUE(directory_->CreateSchool(admin_, district_, domain::SchoolId("oak"), "Oak Hollow").ok());
  const auto add = [&](const std::string& id, storage::Roles roles, std::vector<domain::PersonId> supervisors) {
    storage::PersonRow person;
    person.district = district_;
    person.id = domain::PersonId(id);
    person.display_name = absl::StrCat("Name of ", id);
    person.job_title = "Principal";
    person.email = absl::StrCat(id, "@example.org");
    person.school = domain::SchoolId("oak");
    person.roles = roles;
    person.supervisors = std::move(supervisors);
    const auto made = directory_->CreatePerson(roles.administrator ? root_ : admin_, person);
    ASSERT_TRUE(made.ok()) << made.status();
  };
  add("admin", {true, false, false}, {});
  add("boss", {true, true, false}, {});
  for (int i = 1; i <= leaders; ++i) add(absl::StrCat("leader-", i), {false, false, true}, {boss_});
  const auto framework = frameworks_->Import(admin_, district_, DemoFile("framework.json"));
  ASSERT_TRUE(framework.ok()) << framework.status();
  const auto draft = domain::ParseInstrument(DemoFile("instrument.json"));
  ASSERT_TRUE(draft.ok()) << draft.status();
  const auto instrument = instruments_->Create(admin_, district_, domain::InstrumentId("pulse"), *draft);
  ASSERT_TRUE(instrument.ok()) << instrument.status();
  const auto version = instruments_->Publish(admin_, district_, domain::InstrumentId("pulse"), std::nullopt);
  ASSERT_TRUE(version.ok()) << version.status();
  ASSERT_EQ(version->row.version, 1);
}

domain::CampaignSettings IdentityTest::Settings() {
  domain::CampaignSettings settings;
  settings.title = "Autumn round";
  settings.instrument = domain::InstrumentId("pulse");
  settings.instrument_version = 1;
  settings.readers = {"leader", "supervisor"};
  settings.close_time = clock_.Now() + absl::Hours(24);
  settings.latest_close_time = settings.close_time;
  settings.abandon_time = settings.close_time + absl::Hours(240);
  settings.retention_days = 30;
  return settings;
}

domain::CampaignId IdentityTest::MakeDraft(const Invited& invited, int leaders) {
  const domain::CampaignId id("c1");
  EXPECT_TRUE(sqlite_
                  ->Write([&](storage::WriteTransaction&) {
                    MakeDistrictRows(leaders);
                    MakeDraftRows(id, invited, leaders);
                    return absl::OkStatus();
                  })
                  .ok());
  return id;
}

void IdentityTest::MakeDraftRows(const domain::CampaignId& id, const Invited& invited, int leaders) {
  const auto campaign = campaigns_->Create(admin_, district_, id, Settings());
  EXPECT_TRUE(campaign.ok()) << campaign.status();
  for (int i = 1; i <= leaders; ++i) {
    const auto survey =
        campaigns_->AddSurvey(admin_, district_, id, domain::PersonId(absl::StrCat("leader-", i)));
    EXPECT_TRUE(survey.ok()) << survey.status();
    std::vector<NewRater> raters;
    for (const auto& [group, count] : invited) {
      for (int n = 0; n < count; ++n) {
        raters.push_back({group, absl::StrCat(group, " ", n), absl::StrCat(group, n, "@example.org"), false});
      }
    }
    if (raters.empty()) continue;
    const auto added = raters_->Add(admin_, district_, survey->row.id, raters);
    EXPECT_TRUE(added.ok()) << added.status();
  }
}

domain::CampaignId IdentityTest::MakeOpen(const Invited& invited, int leaders) {
  const domain::CampaignId campaign = MakeDraft(invited, leaders);
  const auto ordered = lifecycle_->Open(admin_, district_, campaign, std::nullopt);
  EXPECT_TRUE(ordered.ok()) << ordered.status();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), domain::CampaignState::kOpen)
      << lifecycle_->ProgressOf(district_, campaign)->last_fault;
  return campaign;
}

domain::CampaignId IdentityTest::MakeModerated(int leaders, int follow_up_days) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, leaders);
  storage::PersonRow kim;
  kim.district = district_;
  kim.id = domain::PersonId("kim");
  kim.display_name = "Kim";
  kim.roles.moderator = true;
  EXPECT_TRUE(directory_->CreatePerson(root_, kim).ok());
  Caller as_kim;
  as_kim.district = district_;
  as_kim.person = kim.id;
  EXPECT_TRUE(directory_->RegisterKey(as_kim, district_, kim.id, crypto::ClosingKeyPair::Generate().public_key).ok());
  const auto updated = campaigns_->Update(admin_, district_, campaign, std::nullopt,
                                          [&](domain::CampaignSettings& settings) {
                                            settings.moderators = {{"Ombudsperson", kim.id}};
                                            settings.follow_up_days = follow_up_days;
                                            return absl::OkStatus();
                                          });
  EXPECT_TRUE(updated.ok()) << updated.status();
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  lifecycle_->RunPending();
  return campaign;
}

void IdentityTest::Close(const domain::CampaignId& campaign) {
  const auto ordered = lifecycle_->Close(admin_, district_, campaign);
  ASSERT_TRUE(ordered.ok()) << ordered.status();
  lifecycle_->RunPending();
  ASSERT_EQ(StateOf(campaign), domain::CampaignState::kClosed)
      << lifecycle_->ProgressOf(district_, campaign)->last_fault;
}

void IdentityTest::Release(const domain::CampaignId& campaign) {
  const auto ordered = lifecycle_->Release(admin_, district_, campaign);
  ASSERT_TRUE(ordered.ok()) << ordered.status();
  lifecycle_->RunPending();
  ASSERT_EQ(StateOf(campaign), domain::CampaignState::kReleased)
      << lifecycle_->ProgressOf(district_, campaign)->last_fault;
}

void IdentityTest::TryAgain() {
  clock_.Advance(absl::Seconds(10));
  lifecycle_->Tick();
  lifecycle_->RunPending();
}

int IdentityTest::CountAudit(const std::string& action) {
  const auto rows = ListAudit(*sqlite_, district_, 0, 1000);
  EXPECT_TRUE(rows.ok()) << rows.status();
  int count = 0;
  for (const storage::AuditRow& row : *rows) count += row.action == action ? 1 : 0;
  return count;
}

std::vector<storage::SurveyRow> IdentityTest::Surveys(const domain::CampaignId& campaign) {
  std::vector<storage::SurveyRow> rows;
  EXPECT_TRUE(sqlite_
                  ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                    CANDOR_ASSIGN_OR_RETURN(rows, transaction.ListSurveys(district_, campaign, {"", 1000}));
                    return absl::OkStatus();
                  })
                  .ok());
  return rows;
}

domain::CampaignState IdentityTest::StateOf(const domain::CampaignId& campaign) {
  const auto stored = campaigns_->Get(district_, campaign);
  EXPECT_TRUE(stored.ok()) << stored.status();
  return stored->row.state;
}

std::vector<RaterCode> IdentityTest::AllCodes(const domain::SurveyId& survey) {
  const auto codes = codes_->List(admin_, district_, survey, {"", 10'000});
  EXPECT_TRUE(codes.ok()) << codes.status();
  return codes.ok() ? *codes : std::vector<RaterCode>();
}

std::optional<std::string> IdentityTest::Document(const domain::SurveyId& survey, storage::SurveyDocument kind) {
  std::optional<std::string> bytes;
  EXPECT_TRUE(sqlite_
                  ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                    CANDOR_ASSIGN_OR_RETURN(bytes, transaction.FindSurveyDocument(district_, survey, kind));
                    return absl::OkStatus();
                  })
                  .ok());
  return bytes;
}

domain::Manifest IdentityTest::ManifestOf(const domain::SurveyId& survey) {
  const auto bytes = Document(survey, storage::SurveyDocument::kManifest);
  CANDOR_CHECK(bytes.has_value());
  const auto manifest = domain::DecodeManifest(*bytes);
  CANDOR_CHECK(manifest.ok());
  return *manifest;
}

std::vector<std::string> IdentityTest::KeyFiles(const std::string& start) {
  std::vector<std::string> found;
  const auto files = base::ListFolder(folder_.path() + "/keys");
  CANDOR_CHECK(files.ok());
  for (const std::string& file : *files) {
    if (absl::StartsWith(file, start)) found.push_back(file);
  }
  return found;
}

crypto::BlindingState IdentityTest::BlindFor(const std::string& code) {
  const auto opened = invitations_->Open(code);
  CANDOR_CHECK(opened.ok());
  const auto manifest = domain::DecodeManifest(*opened->manifest);
  CANDOR_CHECK(manifest.ok());
  const auto key = crypto::BlindVerifyingKey::FromSpkiDer(
      manifest->groups[static_cast<size_t>(opened->issuing_group)].verifying_key);
  CANDOR_CHECK(key.ok());
  const auto message = crypto::BuildTokenMessage(domain::SurveyIdBytes(opened->survey),
                                                 static_cast<uint16_t>(opened->issuing_group), std::string(32, 'n'));
  CANDOR_CHECK(message.ok());
  const auto state = crypto::Blind(*key, *message);
  CANDOR_CHECK(state.ok());
  return *state;
}

}  // namespace candor::identity
