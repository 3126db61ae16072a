// The filter of staff surnames: who is in it, who is not, and that everybody gets the same until it is forgotten.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/base/encoding.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/salted_filter.h"
#include "services/identity/raters.h"
#include "services/crypto/sealing.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

class SurnameFilterTest : public IdentityTest {
 protected:
  // A campaign with named raters, opened; with or without a moderator, that is, with or without comments, or with an auditor
  // alone.
  void OpenWithNames(bool comments, bool auditor = false) {
    campaign_ = MakeDraft({{"staff", 6}, {"student", 6}, {"parent", 6}});
    survey_ = OneSurvey(campaign_).id;
    ASSERT_TRUE(raters_
                    ->Add(admin_, district_, survey_,
                          {{"staff", "Ada Okonkwo-Reyes", "", false},
                           {"student", "Pim Larkspur", "", false},
                           {"parent", "Jo Larkspur", "", false}})
                    .ok());
    ASSERT_TRUE(directory_
                    ->UpdatePerson(admin_, district_, domain::PersonId("leader-1"), std::nullopt,
                                   [](storage::PersonRow& row) {
                                     row.display_name = "Odessa Brightwillow";
                                     return absl::OkStatus();
                                   })
                    .ok());
    if (comments || auditor) {
      storage::PersonRow kim;
      kim.district = district_;
      kim.id = domain::PersonId("kim");
      kim.display_name = "Kim";
      kim.roles.moderator = comments;
      kim.roles.auditor = auditor;
      ASSERT_TRUE(directory_->CreatePerson(root_, kim).ok());
      Caller as_kim;
      as_kim.district = district_;
      as_kim.person = kim.id;
      ASSERT_TRUE(
          directory_->RegisterKey(as_kim, district_, kim.id, crypto::ClosingKeyPair::Generate().public_key).ok());
      ASSERT_TRUE(campaigns_
                      ->Update(admin_, district_, campaign_, std::nullopt,
                               [&](domain::CampaignSettings& settings) {
                                 const domain::NamedHolder holder{"Ombudsperson", domain::PersonId("kim")};
                                 if (comments) settings.moderators = {holder};
                                 if (auditor) settings.auditor = holder;
                                 return absl::OkStatus();
                               })
                      .ok());
    }
    ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign_, std::nullopt).ok());
    lifecycle_->RunPending();
    ASSERT_EQ(StateOf(campaign_), domain::CampaignState::kOpen);
  }

  domain::CampaignId campaign_;
  domain::SurveyId survey_;
};

TEST_F(SurnameFilterTest, HoldsDirectoryAndStaffSurnamesAndNoPupilOrParent) {
  OpenWithNames(true);
  const auto filter = crypto::SaltedFilter::Parse(*Document(survey_, storage::SurveyDocument::kSurnameFilter));
  ASSERT_TRUE(filter.ok()) << filter.status();
  for (const char* surname : {"okonkwo", "reyes", "brightwillow"}) EXPECT_TRUE(filter->Contains(surname)) << surname;
  for (const char* other : {"ada", "larkspur", "pim", "jo", "odessa"}) EXPECT_FALSE(filter->Contains(other)) << other;
}

TEST_F(SurnameFilterTest, IsTheSameForEverybodyAndTheManifestSaysWhichItIs) {
  OpenWithNames(true);
  const std::string hash = ManifestOf(survey_).surname_filter_hash;
  for (const RaterCode& code : AllCodes(survey_)) {
    const auto opened = invitations_->Open(code.code);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(base::HexEncode(crypto::Sha256(*opened->surname_filter)), hash);
  }
}

TEST_F(SurnameFilterTest, IsThereForReportsOfPressureToo) {
  OpenWithNames(/*comments=*/false, /*auditor=*/true);
  const auto filter = crypto::SaltedFilter::Parse(*Document(survey_, storage::SurveyDocument::kSurnameFilter));
  ASSERT_TRUE(filter.ok()) << filter.status();
  for (const char* surname : {"okonkwo", "reyes", "brightwillow"}) EXPECT_TRUE(filter->Contains(surname)) << surname;
}

TEST_F(SurnameFilterTest, HoldsNoNameWhereNothingIsWrittenInWords) {
  OpenWithNames(false);
  const auto filter = crypto::SaltedFilter::Parse(*Document(survey_, storage::SurveyDocument::kSurnameFilter));
  ASSERT_TRUE(filter.ok()) << filter.status();
  EXPECT_FALSE(filter->Contains("brightwillow"));
  EXPECT_FALSE(filter->Contains("okonkwo"));
}

TEST_F(SurnameFilterTest, NeverCrossesToTheResponsePlaneAndGoesWithTheKeys) {
  OpenWithNames(true);
  const std::string filter = *Document(survey_, storage::SurveyDocument::kSurnameFilter);
  const std::string salt = filter.substr(0, crypto::SaltedFilter::kSaltBytes);
  const domain::OpenOrder& order = plane_.opened.at(survey_);
  for (const std::string& document : {order.contract, order.instrument_version, order.manifest}) {
    EXPECT_EQ(document.find(salt), std::string::npos);
    EXPECT_EQ(document.find(base::HexEncode(salt)), std::string::npos);
  }
  EXPECT_NE(folder_.FileWith(salt), "");
  Close(campaign_);
  EXPECT_FALSE(Document(survey_, storage::SurveyDocument::kSurnameFilter).has_value());
  EXPECT_EQ(folder_.FileWith(salt), "");
}

}  // namespace
}  // namespace candor::identity
