// A report's reply is encoded once and given again: never to somebody who may not read it any more, and never with a name
// that is gone.

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "services/domain/errors.h"
#include "services/reporting/build_report.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;

class ReportReplyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(server_.Start(), absl::OkStatus());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_EQ(district.status(), absl::OkStatus());
    district_ = *std::move(district);
    const ApiCaller administrator = As("administrator");
    const auto campaign = district_.MakeCampaign(administrator, server_.clock().Now(),
                                                 {{"leader1", {{"staff", 6}}}, {"leader2", {{"staff", 6}}}});
    ASSERT_EQ(campaign.status(), absl::OkStatus());
    survey_ = campaign->surveys[0];
    ASSERT_EQ(OpenAndWait(administrator, campaign->name), absl::OkStatus());
    for (const std::string& survey : campaign->surveys) {
      const auto codes = CodesOf(administrator, survey);
      ASSERT_EQ(codes.status(), absl::OkStatus());
      for (const auto& [group, code] : *codes) {
        ASSERT_EQ(AnswerWith(server_.Nobody(), code, 4).status(), absl::OkStatus());
      }
    }
    ASSERT_EQ(CloseAndWait(administrator, campaign->name), absl::OkStatus());
    ASSERT_EQ(ReleaseAndWait(administrator, campaign->name), absl::OkStatus());
  }

  ApiCaller As(const std::string& person) const { return server_.Nobody().WithKey(district_.person(person).key); }

  absl::StatusOr<v1::Report> Read(const ApiCaller& reader) const {
    v1::GetReportRequest get;
    get.set_name(absl::StrCat(survey_, "/report"));
    return reader.Call(&v1::ReportService::Stub::GetReport, get);
  }
  // Often enough for the reply to be one that is kept.
  std::string ReadTwice(const ApiCaller& reader) const {
    const auto first = Read(reader);
    EXPECT_EQ(first.status(), absl::OkStatus());
    const auto second = Read(reader);
    EXPECT_EQ(second.status(), absl::OkStatus());
    if (!first.ok() || !second.ok()) return "";
    EXPECT_EQ(reporting::SerializeReport(*first), reporting::SerializeReport(*second));
    return reporting::SerializeReport(*second);
  }

  absl::Status SetRoles(const std::string& person, const std::vector<v1::Role>& roles) const {
    v1::UpdatePersonRequest update;
    update.mutable_person()->set_name(district_.person(person).name);
    for (const v1::Role role : roles) update.mutable_person()->add_roles(role);
    update.mutable_update_mask()->add_paths("roles");
    return server_.Administrator().Call(&v1::DirectoryService::Stub::UpdatePerson, update).status();
  }

  TestServer server_;
  SampleDistrict district_;
  std::string survey_;
};

TEST_F(ReportReplyTest, ReadersGetTheSameReportAndNobodyElseDoes) {
  EXPECT_EQ(ReasonOf(Read(As("boss")).status()), reasons::kREPORT_NOT_RELEASED) << "the leader reads first";
  const std::string report = ReadTwice(As("leader1"));
  EXPECT_FALSE(report.empty());
  EXPECT_EQ(ReadTwice(As("boss")), report);
  for (const char* other : {"leader2", "leader3", "administrator"}) {
    EXPECT_EQ(ReasonOf(Read(As(other)).status()), reasons::kCALLER_NOT_ALLOWED) << other;
    EXPECT_EQ(ReasonOf(Read(As(other)).status()), reasons::kCALLER_NOT_ALLOWED) << other;
  }
  EXPECT_EQ(ReasonOf(Read(server_.Nobody()).status()), reasons::kUNAUTHENTICATED_CALLER);
  EXPECT_EQ(ReasonOf(Read(server_.Nobody().WithKey("candor_other")).status()), reasons::kUNAUTHENTICATED_CALLER);
  EXPECT_EQ(ReadTwice(As("leader1")), report);
}

TEST_F(ReportReplyTest, WhoLosesARoleOrAKeyGetsNothingFromTheNextCallOn) {
  const std::string report = ReadTwice(As("leader1"));
  EXPECT_EQ(ReadTwice(As("boss")), report);
  ASSERT_EQ(SetRoles("boss", {}), absl::OkStatus());
  EXPECT_EQ(Read(As("boss")).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReadTwice(As("leader1")), report);
  ASSERT_EQ(SetRoles("boss", {v1::ROLE_SUPERVISOR}), absl::OkStatus());
  EXPECT_EQ(ReadTwice(As("boss")), report);

  v1::ListAccessKeysRequest list;
  list.set_parent(district_.person("boss").name);
  const auto keys = server_.Administrator().Call(&v1::DirectoryService::Stub::ListAccessKeys, list);
  ASSERT_EQ(keys.status(), absl::OkStatus());
  for (const v1::AccessKey& key : keys->access_keys()) {
    v1::DeleteAccessKeyRequest revoke;
    revoke.set_name(key.name());
    ASSERT_EQ(server_.Administrator().Call(&v1::DirectoryService::Stub::DeleteAccessKey, revoke).status(),
              absl::OkStatus());
  }
  EXPECT_EQ(Read(As("boss")).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(ReportReplyTest, TheNameGoesWithThePersonAtOnce) {
  ReadTwice(As("leader1"));
  const auto named = Read(As("boss"));
  ASSERT_EQ(named.status(), absl::OkStatus());
  EXPECT_EQ(named->leader_display_name(), "Name of leader1");
  ReadTwice(As("boss"));
  v1::DeletePersonRequest remove;
  remove.set_name(district_.person("leader1").name);
  ASSERT_EQ(server_.Administrator().Call(&v1::DirectoryService::Stub::DeletePerson, remove).status(), absl::OkStatus());
  const auto nameless = Read(As("boss"));
  ASSERT_EQ(nameless.status(), absl::OkStatus());
  EXPECT_EQ(nameless->leader_display_name(), "");
  EXPECT_EQ(nameless->items_size(), named->items_size());
  EXPECT_EQ(Read(As("leader1")).status().code(), absl::StatusCode::kUnauthenticated);
}

}  // namespace
}  // namespace candor::testing
