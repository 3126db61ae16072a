// Districts, people, access keys, request ids, frameworks and instruments.

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/base/json.h"
#include "services/crypto/hash.h"
#include "services/identity/audit.h"
#include "services/identity/request_ids.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;

class DirectoryTest : public IdentityTest {};

TEST_F(DirectoryTest, ATakenIdIsRefusedAndAnEmptyOneIsMadeAtRandom) {
  MakeDistrict();
  EXPECT_EQ(Reason(directory_->CreateDistrict(admin_, district_, "Again").status()), reasons::kRESOURCE_EXISTS);
  const auto school = directory_->CreateSchool(admin_, district_, domain::SchoolId(), "Willow Bend");
  ASSERT_TRUE(school.ok()) << school.status();
  EXPECT_EQ(school->id.value().size(), 20u);
  EXPECT_EQ(directory_->GetSchool(district_, school->id)->title, "Willow Bend");
}

TEST_F(DirectoryTest, FaultsOfAPersonAreNamedByField) {
  MakeDistrict();
  storage::PersonRow person;
  person.district = district_;
  const auto field = [&] {
    return base::GetErrorDetail(directory_->CreatePerson(admin_, person).status()).field;
  };
  EXPECT_EQ(field(), "person.display_name");
  person.display_name = std::string(201, 'x');
  EXPECT_EQ(field(), "person.display_name");
  person.display_name = "A\nB";
  EXPECT_EQ(field(), "person.display_name");
  person.display_name = "Ada";
  person.id = domain::PersonId("No Spaces");
  EXPECT_EQ(field(), "person_id");
  person.id = domain::PersonId("ada");
  person.supervisors = {domain::PersonId("ada")};
  EXPECT_EQ(field(), "person.supervisors");
  person.supervisors = {domain::PersonId("nobody")};
  EXPECT_EQ(Reason(directory_->CreatePerson(admin_, person).status()), reasons::kRESOURCE_NOT_FOUND);
  person.supervisors.clear();
  person.school = domain::SchoolId("nowhere");
  EXPECT_EQ(Reason(directory_->CreatePerson(admin_, person).status()), reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(DirectoryTest, AnUpdateWithAnOldEtagIsRefused) {
  MakeDistrict();
  const domain::PersonId id("leader-1");
  const auto rename = [](storage::PersonRow& person) {
    person.display_name = "New name";
    person.id = domain::PersonId("ignored");
    return absl::OkStatus();
  };
  const auto updated = directory_->UpdatePerson(admin_, district_, id, 1, rename);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->id, id);
  EXPECT_EQ(updated->revision, 2);
  const absl::Status stale = directory_->UpdatePerson(admin_, district_, id, 1, rename).status();
  EXPECT_EQ(stale.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Reason(stale), reasons::kETAG_MISMATCH);
  EXPECT_EQ(directory_->GetPerson(district_, id)->display_name, "New name");
}

TEST_F(DirectoryTest, AnAccessKeyWorksUntilItIsDeletedAndItsSecretIsStoredNowhere) {
  MakeDistrict();
  const domain::PersonId id("leader-1");
  const auto key = directory_->CreateAccessKey(admin_, district_, id, "laptop");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->secret.size(), 7u + 52u);
  EXPECT_EQ(folder_.FileWith(key->secret), "");
  EXPECT_EQ(folder_.FileWith(key->secret.substr(7)), "");
  const auto caller = directory_->Authenticate(key->secret);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->person, id);
  EXPECT_EQ(caller->district, district_);
  EXPECT_TRUE(caller->roles.leader);
  EXPECT_FALSE(caller->roles.administrator);
  EXPECT_EQ(caller->name(), "districts/d1/people/leader-1");
  ASSERT_TRUE(directory_->DeleteAccessKey(admin_, district_, id, key->row.id).ok());
  const absl::Status refused = directory_->Authenticate(key->secret).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Reason(refused), reasons::kUNAUTHENTICATED_CALLER);
  EXPECT_EQ(Reason(directory_->DeleteAccessKey(admin_, district_, id, key->row.id)), reasons::kRESOURCE_NOT_FOUND);
}

TEST_F(DirectoryTest, RolesAreThoseOfTheMomentOfTheCall) {
  MakeDistrict();
  const domain::PersonId id("leader-1");
  const auto key = directory_->CreateAccessKey(admin_, district_, id, "");
  ASSERT_TRUE(directory_
                  ->UpdatePerson(root_, district_, id, std::nullopt,
                                 [](storage::PersonRow& person) {
                                   person.roles = {false, true, false};
                                   return absl::OkStatus();
                                 })
                  .ok());
  const auto caller = directory_->Authenticate(key->secret);
  EXPECT_TRUE(caller->roles.supervisor);
  EXPECT_FALSE(caller->roles.leader);
}

TEST_F(DirectoryTest, WhoBecomesAnAdministratorLosesTheKeysThatOthersMayHold) {
  MakeDistrict();
  const domain::PersonId id("leader-1");
  std::vector<std::string> secrets;
  for (int i = 0; i < 3; ++i) secrets.push_back(directory_->CreateAccessKey(admin_, district_, id, "")->secret);
  const auto others = directory_->CreateAccessKey(root_, district_, boss_, "");
  const auto set_administrator = [&](bool administrator) {
    const auto updated = directory_->UpdatePerson(root_, district_, id, std::nullopt,
                                                  [&](storage::PersonRow& person) {
                                                    person.roles.administrator = administrator;
                                                    return absl::OkStatus();
                                                  });
    ASSERT_TRUE(updated.ok()) << updated.status();
  };
  set_administrator(true);
  for (const std::string& secret : secrets) {
    EXPECT_EQ(Reason(directory_->Authenticate(secret).status()), reasons::kUNAUTHENTICATED_CALLER);
  }
  EXPECT_TRUE(directory_->ListAccessKeys(district_, id, {})->empty());
  EXPECT_TRUE(directory_->Authenticate(others->secret).ok()) << "another person's";
  int deleted = 0;
  const auto audit = ListAudit(*sqlite_, district_, 0, 1000);
  ASSERT_TRUE(audit.ok()) << audit.status();
  for (const storage::AuditRow& row : *audit) {
    if (row.action == "DeleteAccessKey" && row.caller == "administrator") ++deleted;
  }
  EXPECT_EQ(deleted, 3);
  const auto key = directory_->CreateAccessKey(root_, district_, id, "");
  set_administrator(true);
  EXPECT_TRUE(directory_->Authenticate(key->secret).ok()) << "the role was there before";
  set_administrator(false);
  EXPECT_TRUE(directory_->Authenticate(key->secret).ok());
}

TEST_F(DirectoryTest, WhoMadeAKeyForWhomIsInTheAuditTrail) {
  MakeDistrict();
  const auto key = directory_->CreateAccessKey(admin_, district_, domain::PersonId("leader-1"), "laptop");
  ASSERT_TRUE(key.ok()) << key.status();
  const auto rows = ListAudit(*sqlite_, district_, 0, 1000);
  EXPECT_EQ(rows->back().action, "CreateAccessKey");
  EXPECT_EQ(rows->back().caller, "districts/d1/people/admin");
  EXPECT_EQ(rows->back().resource, "districts/d1/people/leader-1/accessKeys/" + key->row.id.value());
}

TEST_F(DirectoryTest, OnlyTheInstallationsAdministratorMakesAnAdministrator) {
  MakeDistrict();
  storage::PersonRow person;
  person.district = district_;
  person.id = domain::PersonId("second");
  person.display_name = "Second administrator";
  person.roles.administrator = true;
  absl::Status refused = directory_->CreatePerson(admin_, person).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(refused), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_NE(refused.message().find("the installation's administrator"), std::string::npos) << refused.message();
  person.roles = {false, true, false};
  ASSERT_TRUE(directory_->CreatePerson(admin_, person).ok());
  const auto grant = [](storage::PersonRow& row) {
    row.roles.administrator = true;
    return absl::OkStatus();
  };
  refused = directory_->UpdatePerson(admin_, district_, person.id, std::nullopt, grant).status();
  EXPECT_EQ(Reason(refused), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_FALSE(directory_->GetPerson(district_, person.id)->roles.administrator);
  EXPECT_TRUE(directory_->UpdatePerson(root_, district_, person.id, std::nullopt, grant).ok());
  EXPECT_TRUE(directory_->UpdatePerson(admin_, district_, person.id, std::nullopt,
                                       [](storage::PersonRow& row) {
                                         row.job_title = "Director";
                                         return absl::OkStatus();
                                       })
                  .ok())
      << "who has the role keeps it through other changes";
}

TEST_F(DirectoryTest, AKeyForAnotherAdministratorComesFromTheInstallationsAdministrator) {
  MakeDistrict();
  const absl::Status refused = directory_->CreateAccessKey(admin_, district_, boss_, "borrowed").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(refused), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_TRUE(directory_->ListAccessKeys(district_, boss_, {})->empty());
  EXPECT_TRUE(directory_->CreateAccessKey(admin_, district_, admin_.person, "my other laptop").ok());
  EXPECT_TRUE(directory_->CreateAccessKey(admin_, district_, domain::PersonId("leader-1"), "").ok());
  EXPECT_TRUE(directory_->CreateAccessKey(root_, district_, boss_, "").ok());
}

TEST_F(DirectoryTest, AKeyForAModeratorOrAuditorDoesNotComeFromALeadersLine) {
  MakeDistrict();
  const auto add = [&](const std::string& id, const storage::Roles& roles) {
    storage::PersonRow person;
    person.district = district_;
    person.id = domain::PersonId(id);
    person.display_name = "Name of " + id;
    person.roles = roles;
    ASSERT_TRUE(directory_->CreatePerson(root_, person).ok());
  };
  const auto as = [&](const std::string& id) {
    Caller caller = admin_;
    caller.person = domain::PersonId(id);
    return caller;
  };
  const auto make = [&](const Caller& caller, const std::string& id) {
    return directory_->CreateAccessKey(caller, district_, domain::PersonId(id), "").status();
  };
  const auto set_roles = [&](const Caller& caller, const std::string& id, const storage::Roles& roles) {
    const auto updated =
        directory_->UpdatePerson(caller, district_, domain::PersonId(id), std::nullopt, [&](storage::PersonRow& person) {
          person.roles = roles;
          return absl::OkStatus();
        });
    ASSERT_TRUE(updated.ok()) << updated.status();
  };
  add("kim", {.moderator = true});
  add("noa", {.auditor = true});
  add("head", {.administrator = true, .leader = true});
  add("both", {.administrator = true, .moderator = true});
  for (const std::string holder : {"kim", "noa"}) {
    for (const Caller& in_line : {as("boss"), as("head")}) {
      const absl::Status refused = make(in_line, holder);
      EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied) << refused;
      EXPECT_EQ(Reason(refused), reasons::kCALLER_NOT_ALLOWED);
      EXPECT_NE(refused.message().find("the holder makes it themself"), absl::string_view::npos) << refused;
    }
    EXPECT_TRUE(directory_->ListAccessKeys(district_, domain::PersonId(holder), {})->empty());
    EXPECT_TRUE(make(admin_, holder).ok());
    EXPECT_TRUE(make(root_, holder).ok());
  }
  EXPECT_TRUE(make(as("both"), "both").ok());
  EXPECT_TRUE(make(as("boss"), "leader-1").ok()) << "reads no words";

  // Nor by another order of the calls: a key first, and then the role.
  add("lee", {.supervisor = true});
  const auto kept = directory_->CreateAccessKey(as("boss"), district_, domain::PersonId("lee"), "");
  ASSERT_TRUE(kept.ok()) << kept.status();
  set_roles(as("boss"), "lee", {.supervisor = true, .auditor = true});
  EXPECT_EQ(Reason(directory_->Authenticate(kept->secret).status()), reasons::kUNAUTHENTICATED_CALLER);
  // Who takes a role on themself keeps the keys that they call with.
  const auto own = directory_->CreateAccessKey(admin_, district_, admin_.person, "");
  set_roles(admin_, "admin", {.administrator = true, .moderator = true});
  EXPECT_TRUE(directory_->Authenticate(own->secret).ok());
}

TEST_F(DirectoryTest, WhoLeftALeadersLineAfterOpeningStillMakesNoModeratorsKey) {
  MakeOpen({{"staff", 6}});
  storage::PersonRow kim;
  kim.district = district_;
  kim.id = domain::PersonId("kim");
  kim.display_name = "Kim";
  kim.roles.moderator = true;
  ASSERT_TRUE(directory_->CreatePerson(root_, kim).ok());
  Caller boss = admin_;
  boss.person = boss_;
  ASSERT_TRUE(directory_->UpdatePerson(boss, district_, domain::PersonId("leader-1"), std::nullopt,
                                       [](storage::PersonRow& person) {
                                         person.supervisors.clear();
                                         return absl::OkStatus();
                                       }).ok());
  EXPECT_EQ(Reason(directory_->CreateAccessKey(boss, district_, kim.id, "").status()), reasons::kCALLER_NOT_ALLOWED);
}

TEST_F(DirectoryTest, AResetOfTheInstallationKeyVoidsTheOneBefore) {
  EXPECT_FALSE(*directory_->HasInstallationKey());
  std::vector<std::string> secrets;
  const auto keep = [&](absl::string_view secret) {
    EXPECT_FALSE(directory_->Authenticate(secret).ok()) << "it counts only once it is kept";
    secrets.emplace_back(secret);
    return absl::OkStatus();
  };
  ASSERT_EQ(directory_->ResetInstallationKey(ServerCaller(), keep), absl::OkStatus());
  EXPECT_TRUE(*directory_->HasInstallationKey());
  EXPECT_TRUE(directory_->Authenticate(secrets[0])->installation_administrator);
  ASSERT_EQ(directory_->ResetInstallationKey(ServerCaller(), keep), absl::OkStatus());
  EXPECT_FALSE(directory_->Authenticate(secrets[0]).ok());
  EXPECT_TRUE(directory_->Authenticate(secrets[1])->installation_administrator);
}

TEST_F(DirectoryTest, AnInstallationKeyThatCannotBeKeptReplacesNone) {
  const auto lose = [](absl::string_view) { return absl::ResourceExhaustedError("no room"); };
  EXPECT_EQ(directory_->ResetInstallationKey(ServerCaller(), lose).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(*directory_->HasInstallationKey());
}

TEST_F(DirectoryTest, WhoLeadsAnUnreleasedSurveyCannotBeDeleted) {
  MakeDraft();
  const domain::PersonId leader("leader-1");
  const absl::Status refused = directory_->DeletePerson(admin_, district_, leader);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(refused), reasons::kRESOURCE_IN_USE);
  EXPECT_NE(refused.message().find("delete that survey first"), std::string::npos) << refused.message();
  EXPECT_TRUE(directory_->GetPerson(district_, leader).ok());
}

TEST_F(DirectoryTest, ADeletedPersonsNameIsInNoFileAndTheReportStays) {
  const domain::CampaignId campaign = MakeOpen();
  const domain::SurveyId survey = OneSurvey(campaign).id;
  Close(campaign);
  Release(campaign);
  const auto before = Document(survey, storage::SurveyDocument::kReport);
  ASSERT_TRUE(before.has_value());
  EXPECT_NE(folder_.FileWith("Name of leader-1"), "");
  ASSERT_TRUE(directory_->DeletePerson(admin_, district_, domain::PersonId("leader-1")).ok());
  EXPECT_EQ(folder_.FileWith("Name of leader-1"), "");
  EXPECT_EQ(folder_.FileWith("leader-1@example.org"), "");
  EXPECT_EQ(Document(survey, storage::SurveyDocument::kReport), before);
  EXPECT_FALSE(Document(survey, storage::SurveyDocument::kReportSubject).has_value());
}

TEST_F(DirectoryTest, TheIdOfADeletedPersonIsNobodysAgain) {
  const domain::CampaignId campaign = MakeOpen();
  Close(campaign);
  ASSERT_TRUE(lifecycle_->Release(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  for (const std::string id : {"leader-1", "boss"}) {
    storage::PersonRow successor = *directory_->GetPerson(district_, domain::PersonId(id));
    ASSERT_TRUE(directory_->DeletePerson(admin_, district_, successor.id).ok());
    successor.display_name = "The successor";
    successor.supervisors.clear();
    const absl::Status refused = directory_->CreatePerson(root_, successor).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists) << id;
    EXPECT_EQ(Reason(refused), reasons::kRESOURCE_EXISTS) << id;
    EXPECT_NE(std::string(refused.message()).find("choose another id"), std::string::npos) << refused;
    successor.id = domain::PersonId();
    EXPECT_TRUE(directory_->CreatePerson(root_, successor).ok()) << "a random one is nobody's";
  }
}

TEST_F(DirectoryTest, TheAuditTrailSaysWhoDidWhatAndNamesNobody) {
  MakeDistrict();
  const auto rows = ListAudit(*sqlite_, district_, 0, 1000);
  ASSERT_TRUE(rows.ok()) << rows.status();
  bool seen = false;
  for (const storage::AuditRow& row : *rows) {
    EXPECT_TRUE(row.caller == "districts/d1/people/admin" || row.caller == "administrator") << row.caller;
    EXPECT_EQ(row.resource.find("Name"), std::string::npos);
    seen = seen || (row.action == "CreatePerson" && row.resource == "districts/d1/people/leader-1");
  }
  EXPECT_TRUE(seen);
}

class RequestIdTest : public IdentityTest {
 protected:
  RequestKey Key(const std::string& hash = "h") {
    return {district_, "caller", "CreateSchool", "6f0f1b1e-7f5d-4f0e-9f54-0d1f8f6f2a01", crypto::Sha256(hash)};
  }
  absl::StatusOr<std::string> CreateSchool(const RequestKey& key) {
    return Once(*store_, clock_, key, [&]() -> absl::StatusOr<std::string> {
      const auto school = directory_->CreateSchool(admin_, district_, domain::SchoolId(), "School");
      if (!school.ok()) return school.status();
      return school->id.value();
    });
  }
  size_t CountSchools() { return directory_->ListSchools(district_, {})->size(); }
};

TEST_F(RequestIdTest, ARepeatedRequestGetsTheFirstAnswerAndChangesNothing) {
  MakeDistrict();
  const auto first = CreateSchool(Key());
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = CreateSchool(Key());
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(CountSchools(), 2u);
}

TEST_F(RequestIdTest, TheSameIdForAnotherRequestIsRefused) {
  MakeDistrict();
  ASSERT_TRUE(CreateSchool(Key("one")).ok());
  EXPECT_EQ(Reason(CreateSchool(Key("two")).status()), reasons::kREQUEST_ID_REUSED);
  EXPECT_EQ(CountSchools(), 2u);
}

TEST_F(RequestIdTest, AFailureIsNotKept) {
  EXPECT_FALSE(CreateSchool(Key()).ok()) << "there is no district yet";
  MakeDistrict();
  EXPECT_TRUE(CreateSchool(Key()).ok());
}

TEST_F(RequestIdTest, EffectAndAnswerAreStoredTogetherOrNotAtAll) {
  MakeDistrict();
  for (int passages = 0; passages < 4; ++passages) {
    gate_.ShutAfter(passages);
    const bool answered = CreateSchool(Key()).ok();
    gate_.Open();
    const auto again = CreateSchool(Key());
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(CountSchools(), 2u) << "after " << passages << " passages, answered: " << answered;
  }
}

TEST_F(RequestIdTest, ADeletionForgetsTheAnswerButNotThatTheRequestWasCarriedOut) {
  MakeDistrict();
  ASSERT_TRUE(CreateSchool(Key()).ok());
  ASSERT_TRUE(directory_->DeletePerson(admin_, district_, domain::PersonId("leader-1")).ok());
  const absl::Status repeated = CreateSchool(Key()).status();
  EXPECT_EQ(repeated.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(repeated), "REQUEST_ALREADY_DONE");
  EXPECT_EQ(CountSchools(), 2u);
  clock_.Advance(kRequestRetention + absl::Seconds(1));
  EXPECT_TRUE(CreateSchool(Key()).ok()) << "ids are kept for a day";
}

TEST_F(RequestIdTest, AnIdThatIsNoUuidIsRefused) {
  MakeDistrict();
  RequestKey key = Key();
  key.request_id = "1";
  EXPECT_EQ(Reason(CreateSchool(key).status()), reasons::kFIELD_INVALID);
  key.request_id = "";
  EXPECT_TRUE(CreateSchool(key).ok());
  EXPECT_TRUE(CreateSchool(key).ok()) << "without an id every request stands for itself";
  EXPECT_EQ(CountSchools(), 3u);
}

TEST_F(RequestIdTest, AnAnswerIsForgottenAfterADay) {
  MakeDistrict();
  const auto first = CreateSchool(Key());
  clock_.Advance(kRequestRetention + absl::Seconds(1));
  const auto second = CreateSchool(Key());
  EXPECT_NE(*first, *second);
}

class InstrumentsTest : public IdentityTest {};

TEST_F(InstrumentsTest, AFrameworkIsImportedOnceAndNeverReplaced) {
  MakeDistrict();
  const auto framework = frameworks_->List(district_, {});
  ASSERT_TRUE(framework.ok()) << framework.status();
  ASSERT_EQ(framework->size(), 1u);
  const auto again = frameworks_->Import(admin_, district_, framework->at(0).row.document);
  EXPECT_TRUE(again.ok()) << again.status();
  domain::Framework changed = framework->at(0).framework;
  changed.title = "Another title";
  const absl::Status refused =
      frameworks_->Import(admin_, district_, base::CanonicalJson(domain::FrameworkToJson(changed))).status();
  EXPECT_EQ(Reason(refused), reasons::kRESOURCE_EXISTS);
  EXPECT_EQ(Reason(frameworks_->Import(admin_, district_, "{\"format\": ").status()), reasons::kJSON_MALFORMED);
}

TEST_F(InstrumentsTest, ADraftThatIsPublishedAgainUnchangedGivesTheSameVersion) {
  MakeDistrict();
  const domain::InstrumentId id("pulse");
  EXPECT_EQ(instruments_->Publish(admin_, district_, id, std::nullopt)->row.version, 1);
  const auto updated = instruments_->Update(admin_, district_, id, std::nullopt, [](domain::Instrument& instrument) {
    instrument.title = "Leadership pulse, second edition";
    return absl::OkStatus();
  });
  ASSERT_TRUE(updated.ok()) << updated.status();
  const auto second = instruments_->Publish(admin_, district_, id, updated->row.revision);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->row.version, 2);
  EXPECT_NE(second->row.hash, instruments_->GetVersion(district_, id, 1)->row.hash);
  EXPECT_EQ(instruments_->GetVersion(district_, id, 1)->version.instrument.title, "Leadership pulse");
  EXPECT_EQ(instruments_->ListVersions(district_, id, 0, 10)->size(), 2u);
}

TEST_F(InstrumentsTest, AnIncompleteDraftIsKeptButNotPublished) {
  MakeDistrict();
  domain::Instrument draft = instruments_->Get(district_, domain::InstrumentId("pulse"))->instrument;
  draft.items.clear();
  const auto stored = instruments_->Create(admin_, district_, domain::InstrumentId("bare"), draft);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_TRUE(instruments_->Get(district_, domain::InstrumentId("bare"))->instrument.items.empty());
  const absl::Status refused =
      instruments_->Publish(admin_, district_, domain::InstrumentId("bare"), std::nullopt).status();
  EXPECT_EQ(Reason(refused), reasons::kINSTRUMENT_INVALID);
}

TEST_F(InstrumentsTest, CheckingOnlyPublishesNothing) {
  MakeDistrict();
  ASSERT_TRUE(instruments_
                  ->Update(admin_, district_, domain::InstrumentId("pulse"), std::nullopt,
                           [](domain::Instrument& instrument) {
                             instrument.title = "Changed";
                             return absl::OkStatus();
                           })
                  .ok());
  const auto checked = instruments_->Publish(admin_, district_, domain::InstrumentId("pulse"), std::nullopt, true);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->row.version, 0);
  EXPECT_EQ(instruments_->ListVersions(district_, domain::InstrumentId("pulse"), 0, 10)->size(), 1u);
}

}  // namespace
}  // namespace candor::identity
