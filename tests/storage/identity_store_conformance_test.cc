#include "tests/storage/identity_store_conformance_test.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::storage {

CampaignRow ACampaign(const domain::DistrictId& district, const domain::CampaignId& id) {
  CampaignRow row;
  row.district = district;
  row.id = id;
  row.settings.title = "Autumn round";
  row.settings.instrument = domain::InstrumentId("i1");
  row.settings.instrument_version = 1;
  row.settings.readers = {"leader", "supervisor"};
  row.settings.close_time = absl::FromUnixSeconds(2'000'000);
  row.settings.latest_close_time = absl::FromUnixSeconds(2'000'100);
  row.settings.abandon_time = absl::FromUnixSeconds(2'000'200);
  row.settings.notice = {{"en", "Dear families"}, {"es", "Queridas familias"}};
  row.settings.moderators = {{"Ombudsperson", domain::PersonId("kim")}};
  row.settings.auditor = domain::NamedHolder{"Works council", domain::PersonId("lee")};
  row.settings.summary_only_below = 30;
  row.settings.steward = {"Works council", 3, 2, std::string(32, '\x02')};
  row.settings.mirrors = {"https://union.example/candor"};
  row.settings.breakdowns = {{"staff", {{"lower", {{"en", "Lower school"}}}, {"upper", {{"en", "Upper school"}}}}}};
  row.settings.previous = domain::CampaignId("spring");
  row.settings.follow_up_days = 10;
  row.create_time = absl::FromUnixSeconds(1'000'000);
  return row;
}

SurveyRow ASurvey(const domain::DistrictId& district, const domain::CampaignId& campaign, const domain::SurveyId& id,
                  const domain::PersonId& leader) {
  SurveyRow row;
  row.district = district;
  row.campaign = campaign;
  row.id = id;
  row.leader = leader;
  row.create_time = absl::FromUnixSeconds(1'000'001);
  return row;
}

PersonRow APerson(const domain::DistrictId& district, const domain::PersonId& id) {
  PersonRow row;
  row.district = district;
  row.id = id;
  row.display_name = absl::StrCat("Name of ", id.value());
  row.job_title = "Principal";
  row.email = absl::StrCat(id.value(), "@example.org");
  row.create_time = absl::FromUnixMicros(1'234'567);
  return row;
}

void IdentityStoreConformanceTest::MakeDistrict() {
  const absl::Status status = Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(transaction.InsertDistrict({district_, "Cedar Valley", absl::FromUnixSeconds(1)}));
    CANDOR_RETURN_IF_ERROR(
        transaction.InsertSchool({district_, domain::SchoolId("oak"), "Oak Hollow", absl::FromUnixSeconds(2)}));
    CANDOR_RETURN_IF_ERROR(transaction.InsertPerson(APerson(district_, supervisor_)));
    PersonRow leader = APerson(district_, leader_);
    leader.school = domain::SchoolId("oak");
    leader.roles.leader = true;
    leader.supervisors = {supervisor_};
    CANDOR_RETURN_IF_ERROR(transaction.InsertPerson(leader));
    CANDOR_RETURN_IF_ERROR(
        transaction.InsertFramework({district_, domain::FrameworkId("f1"), "{}", absl::FromUnixSeconds(3)}));
    InstrumentRow instrument;
    instrument.district = district_;
    instrument.id = domain::InstrumentId("i1");
    instrument.framework = domain::FrameworkId("f1");
    instrument.draft = "draft";
    instrument.newest_version = 1;
    CANDOR_RETURN_IF_ERROR(transaction.InsertInstrument(instrument));
    CANDOR_RETURN_IF_ERROR(transaction.InsertInstrumentVersion(
        {district_, instrument.id, 1, "hash", "document", absl::FromUnixSeconds(4)}));
    CANDOR_RETURN_IF_ERROR(transaction.InsertCampaign(ACampaign(district_, campaign_)));
    return transaction.InsertSurvey(ASurvey(district_, campaign_, survey_, leader_));
  });
  ASSERT_TRUE(status.ok()) << status;
}

RaterRow ARater(const domain::DistrictId& district, const domain::SurveyId& survey, const std::string& id) {
  return {district, survey, domain::RaterId(id), "staff", "Name " + id, id + "@example.org", false, false};
}

InvitationRow AnInvitation(const RaterRow& rater, char code) {
  InvitationRow row;
  row.district = rater.district;
  row.survey = rater.survey;
  row.rater = rater.id;
  row.code_hash = std::string(32, code);
  return row;
}

namespace {

TEST_P(IdentityStoreConformanceTest, ListsGiveEveryRowOncePageByPage) {
  MakeDistrict();
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                for (int i = 0; i < 25; ++i) {
                  CANDOR_RETURN_IF_ERROR(t.InsertRater(ARater(district_, survey_, absl::StrCat("r", 100 + i))));
                }
                return absl::OkStatus();
              }).ok());
  std::vector<std::string> seen;
  Page page;
  page.limit = 10;
  for (int i = 0; i < 4; ++i) {
    const auto rows =
        Read<std::vector<RaterRow>>([&](auto& t) { return t.ListRaters(district_, survey_, page); });
    EXPECT_EQ(rows.size(), i < 2 ? 10u : i == 2 ? 5u : 0u);
    for (const RaterRow& row : rows) seen.push_back(row.id.value());
    if (!rows.empty()) page.after = rows.back().id.value();
  }
  ASSERT_EQ(seen.size(), 25u);
  for (int i = 0; i < 25; ++i) EXPECT_EQ(seen[static_cast<size_t>(i)], absl::StrCat("r", 100 + i));
}

TEST_P(IdentityStoreConformanceTest, ListsStayWithinTheirDistrictAndCampaign) {
  MakeDistrict();
  const domain::DistrictId other("d2");
  ASSERT_TRUE(Write([&](WriteTransaction& t) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(t.InsertDistrict({other, "Other", absl::UnixEpoch()}));
                CANDOR_RETURN_IF_ERROR(t.InsertPerson(APerson(other, leader_)));
                CANDOR_RETURN_IF_ERROR(t.InsertCampaign(ACampaign(district_, domain::CampaignId("c2"))));
                return t.InsertSurvey(
                    ASurvey(district_, domain::CampaignId("c2"), domain::RandomSurveyId(), leader_));
              }).ok());
  EXPECT_EQ(Read<std::vector<PersonRow>>([&](auto& t) { return t.ListPeople(other, {}); }).size(), 1u);
  EXPECT_EQ(Read<std::vector<PersonRow>>([&](auto& t) { return t.ListPeople(district_, {}); }).size(), 2u);
  EXPECT_EQ(Read<std::vector<SurveyRow>>([&](auto& t) { return t.ListSurveys(district_, campaign_, {}); }).size(), 1u);
  EXPECT_EQ(Read<std::vector<SurveyRow>>([&](auto& t) { return t.ListSurveys(district_, {}, {}); }).size(), 2u);
  EXPECT_EQ(Read<std::vector<CampaignRow>>([&](auto& t) { return t.ListCampaigns(other, {}); }).size(), 0u);
  EXPECT_EQ(Read<std::vector<DistrictRow>>([&](auto& t) { return t.ListDistricts({}); }).size(), 2u);
  EXPECT_EQ(Read<std::vector<SchoolRow>>([&](auto& t) { return t.ListSchools(other, {}); }).size(), 0u);
}

TEST_P(IdentityStoreConformanceTest, TakenKeysAndMissingParentsAreRefused) {
  MakeDistrict();
  EXPECT_EQ(Write([&](WriteTransaction& t) { return t.InsertPerson(APerson(district_, leader_)); }).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.InsertSurvey(ASurvey(district_, campaign_, domain::RandomSurveyId(), leader_));
            }).code(),
            absl::StatusCode::kAlreadyExists)
      << "one survey a leader and campaign";
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.InsertPerson(APerson(domain::DistrictId("nowhere"), leader_));
            }).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.InsertRater(ARater(district_, domain::RandomSurveyId(), "r"));
            }).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_P(IdentityStoreConformanceTest, AnUpdateOfAnOldRevisionIsRefused) {
  MakeDistrict();
  const auto campaign = *Read<OptionalCampaign>([&](auto& t) { return t.FindCampaign(district_, campaign_); });
  const auto survey = *Read<OptionalSurvey>([&](auto& t) { return t.FindSurvey(district_, survey_); });
  const auto person = *Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); });
  for (const bool stale : {false, true}) {
    const absl::Status statuses[] = {
        Write([&](WriteTransaction& t) { return t.UpdateCampaign(campaign); }),
        Write([&](WriteTransaction& t) { return t.UpdateSurvey(survey); }),
        Write([&](WriteTransaction& t) { return t.UpdatePerson(person); }),
    };
    for (const absl::Status& status : statuses) {
      EXPECT_EQ(status.code(), stale ? absl::StatusCode::kAborted : absl::StatusCode::kOk) << status;
      EXPECT_EQ(Reason(status), stale ? domain::reasons::kETAG_MISMATCH : "");
    }
  }
  EXPECT_EQ(Write([&](WriteTransaction& t) {
              return t.UpdateCampaign(ACampaign(district_, domain::CampaignId("none")));
            }).code(),
            absl::StatusCode::kNotFound);
}

TEST_P(IdentityStoreConformanceTest, AFailedBodyLeavesNothingBehind) {
  const absl::Status status = Write([&](WriteTransaction& t) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(t.InsertDistrict({district_, "Cedar Valley", absl::UnixEpoch()}));
    return absl::CancelledError("no");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(district_); }).has_value());
}

TEST_P(IdentityStoreConformanceTest, AWriteInsideAWriteJoinsIt) {
  ASSERT_TRUE(Write([&](WriteTransaction& outer) -> absl::Status {
                CANDOR_RETURN_IF_ERROR(outer.InsertDistrict({district_, "Cedar Valley", absl::UnixEpoch()}));
                CANDOR_RETURN_IF_ERROR(store_->Write([&](WriteTransaction& inner) {
                  return inner.InsertSchool({district_, domain::SchoolId("oak"), "Oak", absl::UnixEpoch()});
                }));
                return store_->Read([&](ReadTransaction& inner) -> absl::Status {
                  CANDOR_ASSIGN_OR_RETURN(const auto school, inner.FindSchool(district_, domain::SchoolId("oak")));
                  return school.has_value() ? absl::OkStatus() : absl::InternalError("not joined");
                });
              }).ok());
  EXPECT_EQ(Read<std::vector<SchoolRow>>([&](auto& t) { return t.ListSchools(district_, {}); }).size(), 1u);
}

TEST_P(IdentityStoreConformanceTest, AFailedJoinedBodyKeepsTheOuterWriteFromCommitting) {
  const absl::Status status = Write([&](WriteTransaction& outer) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(outer.InsertDistrict({district_, "Cedar Valley", absl::UnixEpoch()}));
    (void)store_->Write([](WriteTransaction&) { return absl::CancelledError("no"); });
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(district_); }).has_value());
}

TEST_P(IdentityStoreConformanceTest, WorkForAfterTheCommitIsDoneOnceAndOnlyWhenThereIsOne) {
  std::string done;
  const auto write = [&](const absl::Status& end) {
    return Write([&](WriteTransaction& outer) -> absl::Status {
      outer.AfterCommit([&] {
        done += "a";
        EXPECT_TRUE(Read<std::optional<DistrictRow>>([&](auto& t) { return t.FindDistrict(district_); }).has_value());
      });
      CANDOR_RETURN_IF_ERROR(store_->Write([&](WriteTransaction& inner) {
        inner.AfterCommit([&] { done += "b"; });
        return inner.InsertDistrict({district_, "Cedar Valley", absl::UnixEpoch()});
      }));
      EXPECT_EQ(done, "");
      return end;
    });
  };
  EXPECT_FALSE(write(absl::CancelledError("no")).ok());
  EXPECT_EQ(done, "");
  EXPECT_TRUE(write(absl::OkStatus()).ok());
  EXPECT_EQ(done, "ab");
}

TEST_P(IdentityStoreConformanceTest, AWriteInsideAReadIsRefused) {
  const absl::Status status = store_->Read([&](ReadTransaction&) {
    return store_->Write([](WriteTransaction&) { return absl::OkStatus(); });
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
}

TEST_P(IdentityStoreConformanceTest, AReaderKeepsItsViewWhileAnotherThreadWrites) {
  MakeDistrict();
  const absl::Status status = store_->Read([&](ReadTransaction& t) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto before, t.ListPeople(district_, {}));
    std::thread writer([&] {
      EXPECT_TRUE(Write([&](WriteTransaction& w) {
                    return w.InsertPerson(APerson(district_, domain::PersonId("new")));
                  }).ok());
    });
    writer.join();
    CANDOR_ASSIGN_OR_RETURN(const auto after, t.ListPeople(district_, {}));
    EXPECT_EQ(before.size(), after.size());
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Read<std::vector<PersonRow>>([&](auto& t) { return t.ListPeople(district_, {}); }).size(), 3u);
}

TEST_P(IdentityStoreConformanceTest, ManyThreadsReadAndWriteAtOnce) {
  MakeDistrict();
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        const domain::PersonId id(absl::StrCat("p-", thread, "-", i));
        const absl::Status written = Write([&](WriteTransaction& t) { return t.InsertPerson(APerson(district_, id)); });
        const absl::Status read = store_->Read([&](ReadTransaction& t) -> absl::Status {
          CANDOR_ASSIGN_OR_RETURN(const auto person, t.FindPerson(district_, id));
          return person.has_value() ? absl::OkStatus() : absl::NotFoundError("own write");
        });
        if (!written.ok() || !read.ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Read<std::vector<PersonRow>>([&](auto& t) { return t.ListPeople(district_, {"", 1000}); }).size(), 122u);
}

TEST_P(IdentityStoreConformanceTest, ForgettingKeepsWhatIsThere) {
  MakeDistrict();
  ASSERT_TRUE(store_->Forget().ok());
  Reopen();
  EXPECT_TRUE(Read<OptionalPerson>([&](auto& t) { return t.FindPerson(district_, leader_); }).has_value());
}

}  // namespace
}  // namespace candor::storage
