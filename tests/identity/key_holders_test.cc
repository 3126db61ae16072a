// Moderators and auditors: keys that they alone register, who may be one, and what is frozen of them at opening.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/crypto/sealing.h"
#include "services/identity/key_holders.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using domain::PersonId;
using storage::SurveyDocument;

class KeyHoldersTest : public IdentityTest {
 protected:
  // Somebody with the roles, who has registered a key unless it is empty.
  std::string AddHolder(const std::string& id, const storage::Roles& roles, bool registers = true) {
    storage::PersonRow person;
    person.district = district_;
    person.id = PersonId(id);
    person.display_name = "Name of " + id;
    person.roles = roles;
    EXPECT_TRUE(directory_->CreatePerson(root_, person).ok());
    return registers ? Register(id) : "";
  }
  std::string Register(const std::string& id) {
    const std::string key = crypto::ClosingKeyPair::Generate().public_key;
    const auto registered = directory_->RegisterKey(As(id), district_, PersonId(id), key);
    EXPECT_TRUE(registered.ok()) << registered.status();
    return key;
  }
  Caller As(const std::string& id) {
    Caller caller;
    caller.district = district_;
    caller.person = PersonId(id);
    return caller;
  }
  void Name(const domain::CampaignId& campaign, const std::vector<domain::NamedHolder>& moderators,
            const std::optional<domain::NamedHolder>& auditor = std::nullopt) {
    const auto updated = campaigns_->Update(admin_, district_, campaign, std::nullopt, [&](auto& settings) {
      settings.moderators = moderators;
      settings.auditor = auditor;
      return absl::OkStatus();
    });
    ASSERT_TRUE(updated.ok()) << updated.status();
  }
  // What the preview says stands in the way, of the campaign and of its one survey.
  std::string Faults(const domain::CampaignId& campaign) {
    const auto preview = campaigns_->Preview(district_, campaign);
    EXPECT_TRUE(preview.ok()) << preview.status();
    std::string faults;
    for (const std::string& fault : preview->faults) faults += fault + ";";
    for (const std::string& fault : preview->surveys.at(0).faults) faults += fault + ";";
    return faults;
  }
  void ExpectUnfit(const domain::CampaignId& campaign, const std::string& why) {
    EXPECT_NE(Faults(campaign).find(why), std::string::npos) << Faults(campaign);
    const absl::Status opened = lifecycle_->Open(admin_, district_, campaign, std::nullopt).status();
    EXPECT_EQ(Reason(opened), reasons::kKEY_HOLDER_UNFIT) << opened;
    EXPECT_NE(opened.message().find(why), absl::string_view::npos) << opened;
    EXPECT_EQ(StateOf(campaign), domain::CampaignState::kDraft);
  }

  const storage::Roles moderator_{.moderator = true}, auditor_{.auditor = true};
};

TEST_F(KeyHoldersTest, APersonRegistersTheirOwnKeyAndItIsInTheAuditTrail) {
  MakeDistrict();
  AddHolder("kim", moderator_, /*registers=*/false);
  EXPECT_EQ(Reason(directory_->RegisterKey(As("kim"), district_, PersonId("kim"), "short").status()),
            reasons::kFIELD_INVALID);
  EXPECT_EQ(Reason(directory_->RegisterKey(As("kim"), district_, PersonId("kim"), std::string(32, '\0')).status()),
            reasons::kFIELD_INVALID);
  const std::string first = Register("kim"), second = Register("kim");
  EXPECT_NE(first, second);
  EXPECT_EQ(directory_->GetPerson(district_, PersonId("kim"))->public_key, second);
  EXPECT_TRUE(directory_->GetPerson(district_, PersonId("kim"))->key_time.has_value());
  EXPECT_EQ(CountAudit("RegisterKey"), 2);
  for (const Caller& other : {admin_, root_, As("lee")}) {
    const auto refused = directory_->RegisterKey(other, district_, PersonId("kim"), first).status();
    EXPECT_EQ(Reason(refused), reasons::kCALLER_NOT_ALLOWED) << "nobody registers a key for somebody else";
  }
  const auto of_nobody = directory_->RegisterKey(As("admin"), district_, PersonId("admin"), first);
  EXPECT_EQ(Reason(of_nobody.status()), reasons::kWRONG_STATE);
  // No change of the directory touches the key.
  const auto updated = directory_->UpdatePerson(admin_, district_, PersonId("kim"), std::nullopt, [](auto& person) {
    person.job_title = "Ombudsperson";
    person.public_key = std::string(32, 'x');
    return absl::OkStatus();
  });
  EXPECT_TRUE(updated.ok()) << updated.status();
  Restart();
  EXPECT_EQ(directory_->GetPerson(district_, PersonId("kim"))->public_key, second);
}

TEST_F(KeyHoldersTest, WhoIsUnfitKeepsTheCampaignFromOpeningAndThePreviewSaysWhy) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}});
  Name(campaign, {{"Ombudsperson", PersonId("nobody")}});
  ExpectUnfit(campaign, "not in the directory");
  AddHolder("kim", {.supervisor = true}, /*registers=*/false);
  Name(campaign, {{"Ombudsperson", PersonId("kim")}});
  ExpectUnfit(campaign, "has not that role");
  AddHolder("lee", moderator_, /*registers=*/false);
  Name(campaign, {{"Ombudsperson", PersonId("lee")}});
  ExpectUnfit(campaign, "has registered no key");
  const std::string key = Register("lee");
  AddHolder("max", moderator_, /*registers=*/false);
  ASSERT_TRUE(directory_->RegisterKey(As("max"), district_, PersonId("max"), key).ok());
  Name(campaign, {{"Ombudsperson", PersonId("lee")}, {"Union", PersonId("max")}});
  ExpectUnfit(campaign, "the same key");
  // Nor may it be the steward's.
  const auto stewarded = campaigns_->Update(admin_, district_, campaign, std::nullopt, [&](auto& settings) {
    settings.moderators = {{"Ombudsperson", PersonId("lee")}};
    settings.steward = domain::StewardTerms{"Works council", 3, 2, key};
    return absl::OkStatus();
  });
  ASSERT_TRUE(stewarded.ok()) << stewarded.status();
  ExpectUnfit(campaign, "the steward");
  ASSERT_TRUE(campaigns_->Update(admin_, district_, campaign, std::nullopt, [](auto& settings) {
                 settings.steward.reset();
                 return absl::OkStatus();
               }).ok());
  // A moderator is no auditor.
  Name(campaign, {}, domain::NamedHolder{"Works council", PersonId("lee")});
  ExpectUnfit(campaign, "has not that role");
  Name(campaign, {{"Ombudsperson", PersonId("lee")}});
  EXPECT_EQ(Faults(campaign), "");
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
}

TEST_F(KeyHoldersTest, TheAuditorIsNeitherModeratorNorStewardByPersonOrByKey) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}});
  AddHolder("lee", {.moderator = true, .auditor = true});
  Name(campaign, {{"Ombudsperson", PersonId("lee")}}, domain::NamedHolder{"Works council", PersonId("lee")});
  ExpectUnfit(campaign, "the auditor \"Works council\" is the moderator \"Ombudsperson\" too");
  const std::string key = AddHolder("noa", auditor_);
  AddHolder("max", moderator_, /*registers=*/false);
  ASSERT_TRUE(directory_->RegisterKey(As("max"), district_, PersonId("max"), key).ok());
  Name(campaign, {{"Ombudsperson", PersonId("max")}}, domain::NamedHolder{"Works council", PersonId("noa")});
  ExpectUnfit(campaign, "\"Works council\" has the same key as a moderator");
  ASSERT_TRUE(campaigns_->Update(admin_, district_, campaign, std::nullopt, [&](auto& settings) {
                 settings.moderators.clear();
                 settings.steward = domain::StewardTerms{"Union", 3, 2, key};
                 return absl::OkStatus();
               }).ok());
  ExpectUnfit(campaign, "or as the steward");
  Register("noa");
  EXPECT_EQ(Faults(campaign), "");
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
}

TEST_F(KeyHoldersTest, WhoeverIsInTheLineOfAnyLeaderIsRefused) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}}, 2);
  const auto give_role = [&](const std::string& id) {
    const auto updated = directory_->UpdatePerson(root_, district_, PersonId(id), std::nullopt, [](auto& person) {
      person.roles.moderator = person.roles.auditor = true;
      return absl::OkStatus();
    });
    ASSERT_TRUE(updated.ok()) << updated.status();
    Register(id);
  };
  give_role("boss");
  give_role("leader-2");
  AddHolder("lee", moderator_);
  Name(campaign, {{"Ombudsperson", PersonId("lee")}, {"Superintendent", PersonId("boss")}});
  ExpectUnfit(campaign, "supervises the leader");
  Name(campaign, {{"Colleague", PersonId("leader-2")}});
  const absl::Status opened = lifecycle_->Open(admin_, district_, campaign, std::nullopt).status();
  EXPECT_EQ(Reason(opened), reasons::kKEY_HOLDER_UNFIT) << "a leader of the same campaign";
  Name(campaign, {{"Ombudsperson", PersonId("lee")}}, domain::NamedHolder{"Auditor", PersonId("boss")});
  ExpectUnfit(campaign, "supervises the leader");
  Name(campaign, {{"Ombudsperson", PersonId("lee")}});
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
}

// An administrator who leads steps out of the line for as long as it takes to make the moderator's access key, registers a key
// of their own with it, and comes back.
TEST_F(KeyHoldersTest, AKeyThatSomebodyOfTheLineMayHaveRegisteredOpensNothing) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}});
  AddHolder("kim", moderator_, /*registers=*/false);
  AddHolder("noa", auditor_);
  const auto change = [&](const std::string& id, const auto& edit) {
    const auto updated = directory_->UpdatePerson(As("boss"), district_, PersonId(id), std::nullopt, [&](auto& person) {
      edit(person);
      return absl::OkStatus();
    });
    ASSERT_TRUE(updated.ok()) << updated.status();
  };
  const auto register_with = [&](const absl::StatusOr<NewAccessKey>& key, const std::string& id) {
    ASSERT_TRUE(key.ok()) << key.status();
    const auto caller = directory_->Authenticate(key->secret);
    ASSERT_TRUE(caller.ok()) << caller.status();
    const std::string public_key = crypto::ClosingKeyPair::Generate().public_key;
    ASSERT_TRUE(directory_->RegisterKey(*caller, district_, PersonId(id), public_key).ok());
  };
  change("leader-1", [](auto& person) { person.supervisors.clear(); });
  const auto borrowed = directory_->CreateAccessKey(As("boss"), district_, PersonId("kim"), "");
  register_with(borrowed, "kim");
  change("leader-1", [this](auto& person) { person.supervisors = {boss_}; });
  Name(campaign, {{"Ombudsperson", PersonId("kim")}});
  ExpectUnfit(campaign, "districts/d1/people/boss made");

  // Nor with another that was made with this one, nor as an auditor.
  const auto as_kim = directory_->Authenticate(borrowed->secret);
  ASSERT_TRUE(as_kim.ok()) << as_kim.status();
  register_with(directory_->CreateAccessKey(*as_kim, district_, PersonId("kim"), "one more"), "kim");
  ExpectUnfit(campaign, "districts/d1/people/boss made");
  change("leader-1", [](auto& person) { person.supervisors.clear(); });
  register_with(directory_->CreateAccessKey(As("boss"), district_, PersonId("noa"), ""), "noa");
  change("leader-1", [this](auto& person) { person.supervisors = {boss_}; });
  Name(campaign, {}, domain::NamedHolder{"Works council", PersonId("noa")});
  ExpectUnfit(campaign, "\"Works council\" (districts/d1/people/noa) registered their key");

  // What the message says mends it, and no change of the directory does.
  Name(campaign, {{"Ombudsperson", PersonId("kim")}});
  change("kim", [](auto& person) { person.key_vouched_by = PersonId(); });
  Restart();
  ExpectUnfit(campaign, "districts/d1/people/boss made");
  register_with(directory_->CreateAccessKey(admin_, district_, PersonId("kim"), "the new one"), "kim");
  EXPECT_EQ(Faults(campaign), "");
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
}

TEST_F(KeyHoldersTest, WhoeverIsAskedInASurveyReadsNothingOfIt) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 6}});
  AddHolder("lee", moderator_);
  AddHolder("noa", auditor_);
  const auto move_to = [&](const std::string& id, const std::string& email) {
    ASSERT_TRUE(directory_->UpdatePerson(root_, district_, PersonId(id), std::nullopt, [&](auto& person) {
                            person.email = email;
                            return absl::OkStatus();
                          }).ok());
  };
  // However it is written.
  move_to("lee", " STAFF3@example.org");
  Name(campaign, {{"Ombudsperson", PersonId("lee")}});
  ExpectUnfit(campaign, "\"Ombudsperson\" is a rater of this survey too");
  move_to("noa", "staff5@example.org");
  Name(campaign, {}, domain::NamedHolder{"Works council", PersonId("noa")});
  ExpectUnfit(campaign, "\"Works council\" is a rater of this survey too");
  move_to("noa", "noa@example.org");
  Name(campaign, {{"Ombudsperson", PersonId("lee")}}, domain::NamedHolder{"Works council", PersonId("noa")});
  ExpectUnfit(campaign, "Ombudsperson");
  // Whoever has opted out answers nothing.
  const storage::SurveyRow survey = OneSurvey(campaign);
  const auto raters = raters_->List(district_, survey.id, {"", 100});
  ASSERT_TRUE(raters.ok()) << raters.status();
  for (const storage::RaterRow& rater : *raters) {
    if (rater.address != "staff3@example.org") continue;
    ASSERT_TRUE(raters_->Update(admin_, district_, survey.id, rater.id, [](auto& row) {
                         row.opted_out = true;
                         return absl::OkStatus();
                       }).ok());
  }
  EXPECT_EQ(Faults(campaign), "");
  EXPECT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
}

TEST_F(KeyHoldersTest, TitleAndKeyAreFrozenWhenOpeningIsOrdered) {
  const domain::CampaignId campaign = MakeDraft({{"staff", 25}, {"student", 9}});
  const std::string key = AddHolder("lee", moderator_), of_auditor = AddHolder("noa", auditor_);
  Name(campaign, {{"Ombudsperson", PersonId("lee")}}, domain::NamedHolder{"Works council", PersonId("noa")});
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  // Before the manifest is made.
  const std::string later = Register("lee");
  lifecycle_->RunPending();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const domain::Manifest manifest = ManifestOf(survey);
  ASSERT_EQ(manifest.moderators.size(), 1u);
  EXPECT_EQ(manifest.moderators[0].name, "Ombudsperson");
  EXPECT_EQ(manifest.moderators[0].public_key, key);
  EXPECT_NE(key, later);
  ASSERT_TRUE(manifest.auditor.has_value());
  EXPECT_EQ(manifest.auditor->public_key, of_auditor);
  const auto holders = storage::DecodeKeyHolders(*Document(survey, SurveyDocument::kKeyHolders));
  ASSERT_TRUE(holders.ok()) << holders.status();
  EXPECT_EQ(holders->moderators[0].person.value(), "lee");
  EXPECT_EQ(holders->auditor->person.value(), "noa");
  // No person's name or id is in what respondents see; the groups of which no words are released are.
  const domain::OpenOrder& order = plane_.opened.at(survey);
  EXPECT_EQ(order.manifest.find("\"lee\""), std::string::npos);
  EXPECT_EQ(order.contract.find("\"lee\""), std::string::npos);
  EXPECT_EQ(domain::DecodeContract(order.contract)->comments.summary_only, std::vector<std::string>{"student"});
}

}  // namespace
}  // namespace candor::identity
