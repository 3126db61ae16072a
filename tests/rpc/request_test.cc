// What requests carry beside their values: names, pages, masks, request ids, keys.

#include "services/rpc/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "candor/v1/directory.pb.h"
#include "services/base/error.h"
#include "services/domain/errors.h"
#include "services/rpc/authenticator.h"
#include "services/rpc/field_mask.h"
#include "services/rpc/page_token.h"
#include "services/rpc/resource_names.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string ReasonOf(const absl::Status& status) { return base::GetErrorDetail(status).reason; }

TEST(ResourceNamesTest, NamesAreReadAndWrittenBack) {
  const auto rater = ParseRater("name", "districts/d-1/campaigns/c/surveys/s/raters/r");
  ASSERT_EQ(rater.status(), absl::OkStatus());
  EXPECT_EQ(FormatRater(*rater), "districts/d-1/campaigns/c/surveys/s/raters/r");
  const auto rating = ParseRating("name", "districts/d/campaigns/c/surveys/s/ratings/supervisor");
  ASSERT_EQ(rating.status(), absl::OkStatus());
  EXPECT_EQ(FormatRating(*rating), "districts/d/campaigns/c/surveys/s/ratings/supervisor");
  const auto report = ParseReport("name", "districts/d/campaigns/c/surveys/s/report");
  ASSERT_EQ(report.status(), absl::OkStatus());
  EXPECT_EQ(FormatReport(*report), "districts/d/campaigns/c/surveys/s/report");
  EXPECT_EQ(ParseInstrumentVersion("name", "districts/d/instruments/i/versions/12")->version, 12);
}

TEST(ResourceNamesTest, OtherShapesAreRefused) {
  for (const std::string name :
       {"", "/", "districts", "districts/", "districts/d/", "/districts/d", "district/d", "districts/D",
        "districts/d e", "districts/-", "districts/..", "districts/d/schools", "districts/d\n"}) {
    EXPECT_EQ(ReasonOf(ParseDistrict("name", name).status()), reasons::kFIELD_INVALID) << name;
  }
  EXPECT_FALSE(ParseDistrict("name", "districts/" + std::string(64, 'a')).ok());
  EXPECT_TRUE(ParseDistrict("name", "districts/" + std::string(63, 'a')).ok());
  for (const std::string version : {"0", "-1", "01", "1x", "2147483648", "+1"}) {
    EXPECT_FALSE(ParseInstrumentVersion("name", "districts/d/instruments/i/versions/" + version).ok()) << version;
  }
  EXPECT_FALSE(ParseRating("name", "districts/d/campaigns/c/surveys/s/ratings/staff").ok());
}

TEST(ResourceNamesTest, AHyphenStandsForAllCampaignsInListsOnly) {
  const auto all = ParseCampaignOrAll("parent", "districts/d/campaigns/-");
  ASSERT_EQ(all.status(), absl::OkStatus());
  EXPECT_TRUE(all->campaign.empty());
  EXPECT_EQ(all->district.value(), "d");
  EXPECT_FALSE(ParseCampaign("name", "districts/d/campaigns/-").ok());
  EXPECT_FALSE(CheckChosenId("campaign_id", "-").ok());
  EXPECT_TRUE(CheckChosenId("campaign_id", "").ok());
}

TEST(PageTokenTest, ATokenIsBoundToMethodCallerAndArguments) {
  const PageTokens tokens(std::string(kPageTokenKeyBytes, 'k'));
  v1::ListPeopleRequest request;
  request.set_parent("districts/d");
  request.set_page_size(10);
  const std::string token = tokens.Make("M", "ann", request, "row-9");
  request.set_page_token(token);
  request.set_page_size(20);
  EXPECT_EQ(*tokens.Read("M", "ann", request), "row-9");
  EXPECT_EQ(ReasonOf(tokens.Read("N", "ann", request).status()), reasons::kPAGE_TOKEN_INVALID);
  EXPECT_EQ(ReasonOf(tokens.Read("M", "bob", request).status()), reasons::kPAGE_TOKEN_INVALID);
  const PageTokens others(std::string(kPageTokenKeyBytes, 'o'));
  EXPECT_EQ(ReasonOf(others.Read("M", "ann", request).status()), reasons::kPAGE_TOKEN_INVALID);
  v1::ListPeopleRequest elsewhere = request;
  elsewhere.set_parent("districts/e");
  EXPECT_EQ(ReasonOf(tokens.Read("M", "ann", elsewhere).status()), reasons::kPAGE_TOKEN_INVALID);
  for (size_t i = 0; i < token.size(); ++i) {
    std::string bent = token;
    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    request.set_page_token(bent);
    const auto read = tokens.Read("M", "ann", request);
    // The last character may hold bits that are not part of the bytes; those are refused as well.
    EXPECT_EQ(ReasonOf(read.status()), reasons::kPAGE_TOKEN_INVALID) << i;
  }
  request.clear_page_token();
  EXPECT_EQ(*tokens.Read("M", "ann", request), "");
}

TEST(PageTokenTest, SizesAreBoundedAndNeverNegative) {
  EXPECT_EQ(*PageSizeOf(0), 50);
  EXPECT_EQ(*PageSizeOf(7), 7);
  EXPECT_EQ(*PageSizeOf(1'000'000), 500);
  EXPECT_EQ(ReasonOf(PageSizeOf(-1).status()), reasons::kFIELD_INVALID);
}

TEST(FieldMaskTest, AnEmptyMaskStandsForWhatIsSet) {
  v1::Person person;
  person.set_name("districts/d/people/p");
  person.set_email("p@example.org");
  const std::set<std::string> changeable = {"display_name", "email"};
  google::protobuf::FieldMask mask;
  EXPECT_THAT(*FieldsToChange(person, mask, changeable), ElementsAre("email"));
  mask.add_paths("display_name");
  EXPECT_THAT(*FieldsToChange(person, mask, changeable), ElementsAre("display_name"));
  mask.Clear();
  mask.add_paths("*");
  EXPECT_THAT(*FieldsToChange(person, mask, changeable), ElementsAre("display_name", "email"));
  for (const std::string path : {"name", "nonsense", "display_name.x", "", "roles"}) {
    mask.Clear();
    mask.add_paths(path);
    EXPECT_EQ(ReasonOf(FieldsToChange(person, mask, changeable).status()), reasons::kFIELD_MASK_INVALID) << path;
  }
}

TEST(RequestIdTest, OnlyUuidsOfVersion4AreTaken) {
  EXPECT_TRUE(CheckRequestId("").ok());
  EXPECT_TRUE(CheckRequestId("3f2b8c1e-5d4a-4e6f-8a7b-9c0d1e2f3a4b").ok());
  EXPECT_TRUE(CheckRequestId("3F2B8C1E-5D4A-4E6F-BA7B-9C0D1E2F3A4B").ok());
  for (const std::string id :
       {"3f2b8c1e-5d4a-1e6f-8a7b-9c0d1e2f3a4b", "3f2b8c1e-5d4a-4e6f-ca7b-9c0d1e2f3a4b",
        "3f2b8c1e5d4a4e6f8a7b9c0d1e2f3a4b", "3f2b8c1e-5d4a-4e6f-8a7b-9c0d1e2f3a4",
        "zf2b8c1e-5d4a-4e6f-8a7b-9c0d1e2f3a4b"}) {
    EXPECT_EQ(base::GetErrorDetail(CheckRequestId(id)).field, "request_id") << id;
  }
}

TEST(AuthenticatorTest, RemembersCallersUntilTheDirectoryChanges) {
  int lookups = 0;
  bool known = true;
  Authenticator authenticator([&](absl::string_view secret) -> absl::StatusOr<identity::Caller> {
    ++lookups;
    if (!known || secret != "good") return absl::UnauthenticatedError("no such key");
    return identity::Caller{.installation_administrator = true};
  });
  EXPECT_TRUE(authenticator.Authenticate("Bearer good").ok());
  EXPECT_TRUE(authenticator.Authenticate("bearer good").ok());
  EXPECT_EQ(lookups, 1);
  known = false;
  authenticator.Forget();
  EXPECT_FALSE(authenticator.Authenticate("Bearer good").ok());
  EXPECT_FALSE(authenticator.Authenticate("Bearer good").ok());
  EXPECT_EQ(lookups, 3) << "failures are not remembered";
}

TEST(AuthenticatorTest, ALookUpUnderWayWhenTheDirectoryChangesIsNotRemembered) {
  Authenticator* pointer = nullptr;
  int lookups = 0;
  Authenticator authenticator([&](absl::string_view) -> absl::StatusOr<identity::Caller> {
    if (++lookups == 1) pointer->Forget();
    return identity::Caller();
  });
  pointer = &authenticator;
  EXPECT_TRUE(authenticator.Authenticate("Bearer key").ok());
  EXPECT_TRUE(authenticator.Authenticate("Bearer key").ok());
  EXPECT_EQ(lookups, 2);
}

TEST(AuthenticatorTest, OtherHeadersAreRefusedWithoutALookUp) {
  Authenticator authenticator([](absl::string_view) -> absl::StatusOr<identity::Caller> {
    ADD_FAILURE() << "looked up";
    return identity::Caller();
  });
  for (const std::string& header : {std::string(), std::string("Bearer"), std::string("Bearer "),
                                    std::string("Basic abc"), std::string("good"),
                                    "Bearer " + std::string(257, 'x')}) {
    const absl::Status status = authenticator.Authenticate(header).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << header;
    EXPECT_EQ(ReasonOf(status), reasons::kUNAUTHENTICATED_CALLER) << header;
  }
}

}  // namespace
}  // namespace candor::rpc
