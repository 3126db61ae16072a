// The key folder.

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/status.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;

class KeyStoreTest : public IdentityTest {};

TEST_F(KeyStoreTest, FolderAndFilesBelongToTheirOwnerAlone) {
  MakeOpen({{"staff", 6}});
  struct stat status;
  ASSERT_EQ(stat((folder_.path() + "/keys").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  for (const std::string& file : KeyFiles("")) {
    ASSERT_EQ(stat((folder_.path() + "/keys/" + file).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << file;
  }
}

TEST_F(KeyStoreTest, AFolderThatOthersMayEnterIsRefused) {
  ASSERT_EQ(chmod((folder_.path() + "/keys").c_str(), 0755), 0);
  EXPECT_EQ(Reason(KeyStore::Open(folder_.path() + "/keys").status()), reasons::kCONFIGURATION_INVALID);
  ASSERT_EQ(chmod((folder_.path() + "/keys").c_str(), 0700), 0);
}

TEST_F(KeyStoreTest, InstallationKeysOutliveARestart) {
  const std::string signing = keys_->signing_key().public_key();
  const std::string page_token(keys_->page_token_key());
  EXPECT_EQ(page_token.size(), 32u);
  Restart();
  EXPECT_EQ(keys_->signing_key().public_key(), signing);
  EXPECT_EQ(keys_->page_token_key(), page_token);
}

TEST_F(KeyStoreTest, AnIssuingKeyIsTakenFromThePoolOnceAndStaysTheSame) {
  const domain::SurveyId survey = domain::RandomSurveyId();
  const int ready = keys_->CountReady(2048);
  const auto key = keys_->EnsureIssuingKey(survey, 0, 2048);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(keys_->CountReady(2048), ready - 1);
  const auto other = keys_->EnsureIssuingKey(survey, 1, 2048);
  EXPECT_NE(other->verifying_key().ToSpkiDer(), key->verifying_key().ToSpkiDer());
  Restart();
  EXPECT_EQ(keys_->EnsureIssuingKey(survey, 0, 2048)->verifying_key().ToSpkiDer(), key->verifying_key().ToSpkiDer());
  ASSERT_TRUE(keys_->DestroySurveyKeys(survey).ok());
  ASSERT_TRUE(keys_->DestroySurveyKeys(survey).ok()) << "again, without harm";
  EXPECT_EQ(Reason(keys_->LoadIssuingKey(survey, 0).status()), reasons::kKEY_LOST);
  EXPECT_TRUE(KeyFiles("survey.").empty());
}

TEST_F(KeyStoreTest, APoolingKeyIsOneForTheCampaignUntilItIsDestroyed) {
  const domain::CampaignId campaign("c1"), other("c2");
  const auto key = keys_->EnsurePoolingKey(district_, campaign);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->public_key.size(), 32u);
  EXPECT_NE(keys_->EnsurePoolingKey(district_, other)->public_key, key->public_key);
  Restart();
  EXPECT_EQ(keys_->EnsurePoolingKey(district_, campaign)->public_key, key->public_key);
  EXPECT_EQ(keys_->LoadPoolingKey(district_, campaign)->secret_key.view(), key->secret_key.view());
  const std::string secret(key->secret_key.view());
  EXPECT_EQ(KeyFiles("campaign."),
            (std::vector<std::string>{"campaign.d1.c1.pooling.key", "campaign.d1.c2.pooling.key"}));
  ASSERT_TRUE(keys_->DestroyPoolingKey(district_, campaign).ok());
  ASSERT_TRUE(keys_->DestroyPoolingKey(district_, campaign).ok()) << "again, without harm";
  EXPECT_EQ(folder_.FileWith(secret), "");
  const absl::Status lost = keys_->LoadPoolingKey(district_, campaign).status();
  EXPECT_EQ(Reason(lost), reasons::kKEY_LOST);
  EXPECT_NE(lost.message().find("campaign.d1.c1.pooling.key"), std::string::npos);
  EXPECT_TRUE(keys_->LoadPoolingKey(district_, other).ok());
}

TEST_F(KeyStoreTest, AnEmptyPoolMakesAKeyOnTheSpot) {
  const auto key = keys_->EnsureIssuingKey(domain::RandomSurveyId(), 0, 3072);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->verifying_key().modulus_bits(), 3072);
}

TEST_F(KeyStoreTest, ADamagedKeyFileIsSaidByName) {
  const domain::SurveyId survey = domain::RandomSurveyId();
  ASSERT_TRUE(keys_->EnsureIssuingKey(survey, 0, 2048).ok());
  const std::string file = absl::StrCat("survey.", survey.value(), ".issuing.0.key");
  ASSERT_TRUE(base::WriteFileAtomically(folder_.path() + "/keys/" + file, "damaged", 0600).ok());
  const absl::Status refused = keys_->LoadIssuingKey(survey, 0).status();
  EXPECT_EQ(Reason(refused), reasons::kKEY_LOST);
  EXPECT_NE(refused.message().find(file), std::string::npos);
}

TEST_F(KeyStoreTest, WhatACrashLeftOfAKeyInWritingIsDestroyed) {
  const std::string half = folder_.path() + "/keys/survey.abc.closing.key.00ff.new";
  const std::string foreign = folder_.path() + "/keys/receipt.key.00ff.new";
  ASSERT_TRUE(base::WriteFileAtomically(half, "half a key", 0600).ok());
  ASSERT_TRUE(base::WriteFileAtomically(foreign, "another plane's", 0600).ok());
  Restart();
  EXPECT_FALSE(base::FileExists(half));
  EXPECT_TRUE(base::FileExists(foreign));
}

TEST_F(KeyStoreTest, ThePoolMakesTheKeysThatDraftsNeed) {
  KeyPool::Options options;
  options.threads = 1;
  options.reserve = 0;
  const int ready = keys_->CountReady(2048);
  KeyPool pool(keys_.get(), options);
  pool.AddDemand(ready + 1);
  EXPECT_LE(pool.Missing(), 1);
  for (int i = 0; i < 3000 && pool.Missing() > 0; ++i) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_EQ(pool.Missing(), 0);
  EXPECT_GE(keys_->CountReady(2048), ready + 1);
}

}  // namespace
}  // namespace candor::identity
