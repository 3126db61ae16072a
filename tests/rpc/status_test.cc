#include "services/rpc/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "candor/v1/errors.pb.h"
#include "services/base/error.h"
#include "services/domain/errors.h"
#include "services/domain/text.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
using ::testing::HasSubstr;
using ::testing::Not;

v1::ErrorStatus DetailsOf(const absl::Status& status) {
  v1::ErrorStatus details;
  EXPECT_TRUE(details.ParseFromString(ToGrpcStatus(status).error_details()));
  return details;
}

TEST(StatusTest, EveryReasonOfTheDomainIsInTheContractAndBack) {
  std::set<std::string> domain_reasons;
#define CANDOR_ADD_REASON(name) domain_reasons.insert(absl::StrCat("ERROR_REASON_", #name));
  CANDOR_ERROR_REASONS(CANDOR_ADD_REASON)
#undef CANDOR_ADD_REASON
  std::set<std::string> contract_reasons;
  const auto* reasons = v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) contract_reasons.insert(reasons->value(i)->name());
  EXPECT_EQ(contract_reasons.erase("ERROR_REASON_UNSPECIFIED"), 1u);
  EXPECT_EQ(domain_reasons, contract_reasons);
}

TEST(StatusTest, ReasonAndFieldTravelUnderTheGoogleTypeNames) {
  const absl::Status status = domain::errors::InvalidField("items[3].texts.staff", "is missing");
  const grpc::Status grpc_status = ToGrpcStatus(status);
  EXPECT_EQ(grpc_status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const v1::ErrorStatus details = DetailsOf(status);
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(details.message(), grpc_status.error_message());
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  v1::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
  EXPECT_EQ(info.reason(), "FIELD_INVALID");
  EXPECT_EQ(info.domain(), "candor");
  EXPECT_EQ(details.details(1).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  v1::BadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(details.details(1).value()));
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  EXPECT_EQ(bad_request.field_violations(0).field(), "items[3].texts.staff");
}

TEST(StatusTest, WhenToTryAgainTravelsInWholeSeconds) {
  const absl::Status status = base::WithRetry(
      base::Error(absl::StatusCode::kResourceExhausted, domain::reasons::kRATE_LIMITED, "wait"), absl::Milliseconds(2500));
  const v1::ErrorStatus details = DetailsOf(status);
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_EQ(details.details(1).type_url(), "type.googleapis.com/google.rpc.RetryInfo");
  v1::RetryInfo retry;
  ASSERT_TRUE(retry.ParseFromString(details.details(1).value()));
  EXPECT_EQ(retry.retry_delay().seconds(), 3);
}

TEST(StatusTest, UnforeseenFaultsSayNothingOutside) {
  for (const absl::Status& status : {absl::InternalError("table person, row 7"), absl::UnknownError("secret")}) {
    const grpc::Status grpc_status = ToGrpcStatus(status);
    EXPECT_EQ(grpc_status.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_THAT(grpc_status.error_message(), Not(HasSubstr(std::string(status.message()))));
    EXPECT_THAT(grpc_status.error_details(), Not(HasSubstr(std::string(status.message()))));
  }
}

TEST(StatusTest, FaultsOfStoreAndFilesHaveAReasonAndNoPath) {
  const char* const kPath = "/srv/candor/keys/closing";
  const struct {
    absl::Status status;
    grpc::StatusCode code;
    const char* reason;
  } cases[] = {
      {domain::errors::StoreBusy(kPath), grpc::StatusCode::UNAVAILABLE, "STORE_BUSY"},
      {domain::errors::StoreFull(kPath), grpc::StatusCode::RESOURCE_EXHAUSTED, "STORE_FULL"},
      {domain::errors::StoreCorrupt(kPath), grpc::StatusCode::DATA_LOSS, "STORE_CORRUPT"},
      {base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kKEY_LOST, kPath),
       grpc::StatusCode::FAILED_PRECONDITION, "KEY_LOST"},
      {absl::PermissionDeniedError(kPath), grpc::StatusCode::UNAVAILABLE, "STORE_BUSY"},
      {absl::NotFoundError(kPath), grpc::StatusCode::UNAVAILABLE, "STORE_BUSY"},
      {absl::UnavailableError(kPath), grpc::StatusCode::UNAVAILABLE, "STORE_BUSY"},
      {absl::ResourceExhaustedError(kPath), grpc::StatusCode::RESOURCE_EXHAUSTED, "STORE_FULL"},
      {absl::DataLossError(kPath), grpc::StatusCode::DATA_LOSS, "STORE_CORRUPT"},
  };
  for (const auto& fault : cases) {
    EXPECT_TRUE(IsOurFault(fault.status)) << fault.status;
    const grpc::Status outside = ToGrpcStatus(fault.status);
    EXPECT_EQ(outside.error_code(), fault.code) << fault.status;
    EXPECT_THAT(outside.error_message(), Not(HasSubstr("/")));
    EXPECT_THAT(outside.error_details(), Not(HasSubstr("candor/keys")));
    v1::ErrorInfo info;
    const v1::ErrorStatus details = DetailsOf(fault.status);
    ASSERT_EQ(details.details_size(), 1);
    ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
    EXPECT_EQ(info.reason(), fault.reason) << fault.status;
  }
  const absl::Status ours = domain::errors::NotFound("person", "districts/d/people/p");
  EXPECT_FALSE(IsOurFault(ours));
  EXPECT_EQ(ToGrpcStatus(ours).error_message(), std::string(ours.message()));
}

TEST(StatusTest, MessagesAreBoundedAndPlainText) {
  std::string text;
  for (int i = 0; i < 800; ++i) text += "\xC3\xA9";  // two bytes each
  const std::string cut = ToGrpcStatus(absl::InvalidArgumentError(text)).error_message();
  EXPECT_LE(cut.size(), kLongestErrorMessage);
  EXPECT_GE(cut.size(), kLongestErrorMessage - 4);
  EXPECT_TRUE(domain::IsPlainText(cut));
  EXPECT_EQ(cut.substr(cut.size() - 3), "...");

  const std::string odd = ToGrpcStatus(absl::InvalidArgumentError("a\xFF" "b\n\x01" "c")).error_message();
  EXPECT_EQ(odd, "a?b??c");
}

TEST(StatusTest, OkStaysOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok()); }

}  // namespace
}  // namespace candor::rpc
