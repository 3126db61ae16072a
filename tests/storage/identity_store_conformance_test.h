// What every engine's identity store must do (storage/identity_store.h): the cases about the directory and about campaigns
// have files of their own, the others and the suite itself are in identity_store_conformance_test.cc. An engine's own test
// file makes an IdentityStoreEngine and instantiates the suite with it.

#ifndef CANDOR_TESTS_STORAGE_IDENTITY_STORE_CONFORMANCE_TEST_H_
#define CANDOR_TESTS_STORAGE_IDENTITY_STORE_CONFORMANCE_TEST_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "services/base/error.h"
#include "storage/identity_store.h"

namespace candor::storage {

// One place where stores live, empty when made.
class IdentityStorePlace {
 public:
  virtual ~IdentityStorePlace() = default;
  // Opens the store of this place. There is one at a time: the former one is gone when this is called.
  virtual std::unique_ptr<IdentityStore> Open() = 0;
};

struct IdentityStoreEngine {
  std::string name;
  std::function<std::unique_ptr<IdentityStorePlace>()> make_place;
};

class IdentityStoreConformanceTest : public ::testing::TestWithParam<IdentityStoreEngine> {
 protected:
  void SetUp() override {
    place_ = GetParam().make_place();
    store_ = place_->Open();
    ASSERT_NE(store_, nullptr);
  }
  void Reopen() {
    store_.reset();
    store_ = place_->Open();
    ASSERT_NE(store_, nullptr);
  }

  absl::Status Write(const std::function<absl::Status(WriteTransaction&)>& body) { return store_->Write(body); }

  // Runs one reading call and gives what it gives.
  template <typename Result>
  Result Read(const std::function<absl::StatusOr<Result>(ReadTransaction&)>& call) {
    Result result{};
    const absl::Status status = store_->Read([&](ReadTransaction& transaction) -> absl::Status {
      absl::StatusOr<Result> given = call(transaction);
      if (given.ok()) result = *std::move(given);
      return given.status();
    });
    EXPECT_TRUE(status.ok()) << status;
    return result;
  }

  // A district with a school, a leader with a supervisor, a framework, a published instrument, a campaign and a survey.
  void MakeDistrict();

  const domain::DistrictId district_{"d1"};
  const domain::PersonId leader_{"leader"};
  const domain::PersonId supervisor_{"supervisor"};
  const domain::CampaignId campaign_{"c1"};
  const domain::SurveyId survey_ = domain::RandomSurveyId();
  std::unique_ptr<IdentityStorePlace> place_;
  std::unique_ptr<IdentityStore> store_;
};

// Rows with valid defaults.
CampaignRow ACampaign(const domain::DistrictId& district, const domain::CampaignId& id);
SurveyRow ASurvey(const domain::DistrictId& district, const domain::CampaignId& campaign, const domain::SurveyId& id,
                  const domain::PersonId& leader);
PersonRow APerson(const domain::DistrictId& district, const domain::PersonId& id);
RaterRow ARater(const domain::DistrictId& district, const domain::SurveyId& survey, const std::string& id);
InvitationRow AnInvitation(const RaterRow& rater, char code);

inline std::string Reason(const absl::Status& status) { return base::GetErrorDetail(status).reason; }

using OptionalPerson = std::optional<PersonRow>;
using OptionalSurvey = std::optional<SurveyRow>;
using OptionalCampaign = std::optional<CampaignRow>;
using OptionalText = std::optional<std::string>;

}  // namespace candor::storage

#endif  // CANDOR_TESTS_STORAGE_IDENTITY_STORE_CONFORMANCE_TEST_H_
