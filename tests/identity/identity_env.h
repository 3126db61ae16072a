// The identity plane on real SQLite in a folder of its own, with a fake response plane and a clock that tests set.

#ifndef CANDOR_TESTS_IDENTITY_IDENTITY_ENV_H_
#define CANDOR_TESTS_IDENTITY_IDENTITY_ENV_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/clock.h"
#include "services/base/error.h"
#include "services/crypto/blind_signature.h"
#include "services/domain/errors.h"
#include "services/identity/campaigns.h"
#include "services/identity/codes.h"
#include "services/identity/directory.h"
#include "services/identity/frameworks.h"
#include "services/identity/instruments.h"
#include "services/identity/invitations.h"
#include "services/identity/key_pool.h"
#include "services/identity/key_store.h"
#include "services/identity/lifecycle.h"
#include "services/identity/raters.h"
#include "services/identity/ratings.h"
#include "storage/sqlite/identity_store.h"
#include "tests/identity/fake_response_plane.h"
#include "tests/identity/gate.h"
#include "tests/storage/temp_folder.h"
#include "tests/support/fake_clock.h"

namespace candor::identity {

inline std::string Reason(const absl::Status& status) { return base::GetErrorDetail(status).reason; }

// Group -> raters invited by name.
using Invited = std::map<std::string, int>;

// A file of the demonstration (deploy/demo).
std::string DemoFile(const std::string& name);

class IdentityTest : public ::testing::Test {
 protected:
  void SetUp() override;

  // Ends all parts and starts them again on the same folder, as a restarted server does. The response plane lives on.
  void Restart();

  // District "d1" with administrator "admin", supervisor "boss" and leaders "leader-1"... of school "oak"; the
  // demonstration's framework and instrument, published.
  void MakeDistrict(int leaders = 1);
  // A draft with one survey for each leader and these raters in each.
  domain::CampaignId MakeDraft(const Invited& invited = {{"staff", 6}, {"student", 7}}, int leaders = 1);
  // The same, opened.
  domain::CampaignId MakeOpen(const Invited& invited = {{"staff", 6}, {"student", 7}}, int leaders = 1);
  // An open campaign whose moderator is "kim".
  domain::CampaignId MakeModerated(int leaders = 1, int follow_up_days = 0);
  // Orders closing and does it.
  void Close(const domain::CampaignId& campaign);
  // Orders releasing and does it.
  void Release(const domain::CampaignId& campaign);
  // Does again what has stopped with a fault.
  void TryAgain();

  domain::CampaignSettings Settings();
  std::vector<storage::SurveyRow> Surveys(const domain::CampaignId& campaign);
  storage::SurveyRow OneSurvey(const domain::CampaignId& campaign) { return Surveys(campaign).at(0); }
  domain::CampaignState StateOf(const domain::CampaignId& campaign);
  std::vector<RaterCode> AllCodes(const domain::SurveyId& survey);
  std::optional<std::string> Document(const domain::SurveyId& survey, storage::SurveyDocument kind);
  domain::Manifest ManifestOf(const domain::SurveyId& survey);
  // How often the district's audit trail has this action.
  int CountAudit(const std::string& action);
  // Names of the files in the key folder that start so.
  std::vector<std::string> KeyFiles(const std::string& start);
  // A blinded message for the code's issuing group, and its state.
  crypto::BlindingState BlindFor(const std::string& code);

  const domain::DistrictId district_{"d1"};
  const domain::PersonId boss_{"boss"};
  Caller admin_;  // of the district, outside every leader's line
  Caller root_;   // the installation's administrator

  storage::TempFolder folder_;
  Gate gate_;
  testing::FakeClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  FakeResponsePlane plane_{&gate_};
  // The server's configuration, from the next start on.
  std::string response_address_ = "answers.example.org:443";
  int modulus_bits_ = 2048;
  int reports_built_ = 0;
  std::string report_prefix_ = "report of ";
  std::map<domain::SurveyId, absl::Status> unbuildable_;  // building these reports fails so
  ReportInput last_report_input_;
  int benchmarks_built_ = 0;
  BenchmarkInput last_benchmark_input_;
  absl::Status benchmark_fault_;  // building a benchmark fails so

  std::unique_ptr<storage::sqlite::SqliteIdentityStore> sqlite_;
  std::unique_ptr<GatedStore> store_;
  std::unique_ptr<KeyStore> keys_;
  std::unique_ptr<KeyPool> pool_;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<Frameworks> frameworks_;
  std::unique_ptr<Instruments> instruments_;
  std::unique_ptr<Campaigns> campaigns_;
  std::unique_ptr<Raters> raters_;
  std::unique_ptr<Codes> codes_;
  std::unique_ptr<Ratings> ratings_;
  std::unique_ptr<Invitations> invitations_;
  std::unique_ptr<Lifecycle> lifecycle_;

 private:
  void Start();
  void MakeDistrictRows(int leaders);
  void MakeDraftRows(const domain::CampaignId& id, const Invited& invited, int leaders);
};

}  // namespace candor::identity

#endif  // CANDOR_TESTS_IDENTITY_IDENTITY_ENV_H_
