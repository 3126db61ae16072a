// A campaign small enough to look through whole: one rater group, few items, paper codes. Made and driven through the
// public API.

#ifndef CANDOR_TESTS_SUPPORT_PROCESS_SMALL_CAMPAIGN_H_
#define CANDOR_TESTS_SUPPORT_PROCESS_SMALL_CAMPAIGN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "candor/v1/campaign.pb.h"
#include "candor/v1/directory.pb.h"
#include "candor/v1/report.pb.h"
#include "clients/cpp/connection.h"
#include "services/crypto/sealing.h"

namespace candor::testing {

inline constexpr int kSmallCampaignItems = 4;
inline constexpr int kSmallCampaignPoints = 5;

// What the instrument asks the group "staff". Items are "D.1.a", "D.1.b" and so on, then "D.1.27" and so on.
struct SmallInstrument {
  int items = kSmallCampaignItems;
  int prompts = 0;  // with any, the campaigns name a moderator
};

// What a campaign may have otherwise.
struct SmallCampaignRules {
  int summary_only_below = 0;      // as in candor.v1.Campaign
  std::string steward_public_key;  // empty: the service keeps the closing key itself
  int follow_up_days = 0;          // as in candor.v1.Campaign
  bool auditor = false;            // whether one is named, to whom reports of pressure go
  bool administrator_reads = false;  // as in candor.v1.Campaign
  absl::Duration open_for = absl::Hours(48);  // by this machine's clock
};

// A district with one published instrument. One object, many campaigns.
class SmallDistrict {
 public:
  static absl::StatusOr<std::unique_ptr<SmallDistrict>> Make(std::shared_ptr<client::Connection> administrator,
                                                             const SmallInstrument& instrument = {});

  struct SmallSurvey {
    std::string name;                // resource name
    std::string id;                  // its last segment
    std::string leader;              // resource name of the person
    std::vector<std::string> codes;  // one for each invited rater
  };
  struct SmallCampaign {
    std::string name;
    std::vector<SmallSurvey> surveys;
  };

  // Makes and opens a campaign with `leaders` surveys of `raters` paper codes each, and waits, at most a minute, until
  // it is open.
  absl::StatusOr<SmallCampaign> Open(int leaders, int raters, const SmallCampaignRules& rules = {});
  // The same in steps: a draft without codes, the order to open it, and the codes once it is open.
  absl::StatusOr<SmallCampaign> Draft(int leaders, int raters, const SmallCampaignRules& rules = {});
  absl::Status OrderOpening(const std::string& campaign);
  absl::Status FetchCodes(SmallCampaign& campaign);

  absl::StatusOr<candor::v1::CampaignState> State(const std::string& campaign);
  absl::Status OrderClosing(const std::string& campaign);
  // Waits, at most a minute.
  absl::Status AwaitState(const std::string& campaign, candor::v1::CampaignState state);
  absl::Status OrderReleasing(const std::string& campaign);
  // Orders it, and waits until it is released.
  absl::Status Release(const std::string& campaign);
  // As the survey's leader, with an access key made anew (as below).
  absl::StatusOr<candor::v1::Report> GetReport(const std::string& survey);
  absl::StatusOr<candor::v1::ReportComments> GetComments(const std::string& survey);

  // Of the moderator that campaigns with prompts name: the resource name of somebody who has registered a moderator's key,
  // made once; and that key.
  absl::StatusOr<std::string> Moderator();
  const crypto::ClosingKeyPair& moderator_key() const { return moderator_key_; }
  // The same of the auditor.
  absl::StatusOr<std::string> Auditor();
  const crypto::ClosingKeyPair& auditor_key() const { return auditor_key_; }
  // A connection with an access key of the person's, made anew.
  absl::StatusOr<std::shared_ptr<client::Connection>> As(const std::string& person);
  absl::StatusOr<std::shared_ptr<client::Connection>> AsLeaderOf(const std::string& survey);

 private:
  std::string moderator_, auditor_;
  const crypto::ClosingKeyPair moderator_key_ = crypto::ClosingKeyPair::Generate(),
                               auditor_key_ = crypto::ClosingKeyPair::Generate();

  SmallDistrict(std::shared_ptr<client::Connection> administrator, const SmallInstrument& instrument)
      : connection_(std::move(administrator)), instrument_(instrument) {}

  // Somebody of that role who has registered `public_key`.
  absl::StatusOr<std::string> KeyHolder(candor::v1::Role role, const std::string& name, const std::string& public_key);

  std::shared_ptr<client::Connection> connection_;
  SmallInstrument instrument_;
  std::string district_;
  std::string instrument_version_;
};

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_PROCESS_SMALL_CAMPAIGN_H_
