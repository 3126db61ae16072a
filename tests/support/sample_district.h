// A small district, made through the public API: people in every role, a framework and an instrument.

#ifndef CANDOR_TESTS_SUPPORT_SAMPLE_DISTRICT_H_
#define CANDOR_TESTS_SUPPORT_SAMPLE_DISTRICT_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "candor/v1/campaign.pb.h"
#include "candor/v1/directory.pb.h"
#include "candor/v1/instrument.pb.h"
#include "services/crypto/sealing.h"
#include "tests/support/test_server.h"

namespace candor::testing {

// A framework in the project's own format: two domains of two competencies, two indicators in each; the code is
// "sample", indicators are "A.1.a", "A.1.b", "A.2.a", ... "B.2.b".
std::string SampleFramework();

// An instrument on it: a scale of five, English; eight items for staff, self and supervisor, of which students and
// parents are asked the four of domain A. The last item is reversed. One prompt, for staff.
candor::v1::Instrument SampleInstrument(const std::string& district);

// Somebody of the directory who can call.
struct SamplePerson {
  std::string name;  // districts/{district}/people/{person}
  std::string key;
};

// All of it in one district.
class SampleDistrict {
 public:
  // `id`: the district's. People: administrator, boss (supervises every leader), leader1 to leader3.
  static absl::StatusOr<SampleDistrict> Make(const TestServer& server, const std::string& id);

  const std::string& name() const { return name_; }
  const std::string& instrument_version() const { return instrument_version_; }
  const SamplePerson& person(const std::string& id) const { return people_.at(id); }

  // Adds one more with these roles; the supervisors are ids of people of the district.
  absl::Status AddPerson(const ApiCaller& administrator, const std::string& id,
                         const std::vector<candor::v1::Role>& roles, const std::vector<std::string>& supervisors = {});

  // Adds somebody with the role of a moderator, or an auditor, who registers a key of their own; gives that key.
  absl::StatusOr<crypto::ClosingKeyPair> AddKeyHolder(const ApiCaller& administrator, const std::string& id,
                                                      candor::v1::Role role,
                                                      const std::vector<std::string>& supervisors = {});

  // A campaign that closes in 14 days.
  candor::v1::CreateCampaignRequest CampaignRequest(absl::Time now) const;

  // Makes the campaign with one survey for each leader, and paper raters in its groups.
  struct Invited {
    std::string leader;                    // a person's id
    std::map<std::string, int> raters;     // group -> number
  };
  struct Campaign {
    std::string name;
    std::vector<std::string> surveys;  // names, in the order of `invited`
  };
  absl::StatusOr<Campaign> MakeCampaign(const ApiCaller& administrator, absl::Time now,
                                        const std::vector<Invited>& invited) const;

 private:
  std::string name_;
  std::string instrument_version_;
  std::map<std::string, SamplePerson> people_;
};

// Orders opening, and waits until the campaign is open.
absl::Status OpenAndWait(const ApiCaller& administrator, const std::string& campaign);
// Orders closing, and waits until the campaign is closed.
absl::Status CloseAndWait(const ApiCaller& administrator, const std::string& campaign);
// Orders releasing, and waits until the campaign is released. `discard_comments`: those that nobody has decided about.
absl::Status ReleaseAndWait(const ApiCaller& administrator, const std::string& campaign, bool discard_comments = false);
// Waits until the campaign is in `state`. UNAVAILABLE: it is not within five minutes.
absl::Status AwaitState(const ApiCaller& administrator, const std::string& campaign, candor::v1::CampaignState state);

// The codes of a survey's raters, with their group: all pages.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> CodesOf(const ApiCaller& administrator,
                                                                         const std::string& survey);

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_SAMPLE_DISTRICT_H_
