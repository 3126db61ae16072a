#include "services/base/error.h"

#include "gtest/gtest.h"

namespace candor::base {
namespace {

TEST(ErrorTest, KeepsReasonAndFieldThroughAnnotation) {
  const absl::Status inner = Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "give a title", "title");
  const absl::Status outer = Annotate(inner, "campaign");
  EXPECT_EQ(outer.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(outer.message(), "campaign: give a title");
  EXPECT_EQ(GetErrorDetail(outer).reason, "FIELD_INVALID");
  EXPECT_EQ(GetErrorDetail(outer).field, "title");
}

TEST(ErrorTest, WhenToTryAgainIsRoundedUpToWholeSeconds) {
  const absl::Status error = Error(absl::StatusCode::kResourceExhausted, "RATE_LIMITED", "wait");
  EXPECT_EQ(GetErrorDetail(error).retry_after, absl::ZeroDuration());
  EXPECT_EQ(GetErrorDetail(WithRetry(error, absl::Milliseconds(1001))).retry_after, absl::Seconds(2));
  EXPECT_EQ(GetErrorDetail(WithRetry(error, absl::Nanoseconds(1))).retry_after, absl::Seconds(1));
  EXPECT_EQ(GetErrorDetail(WithRetry(error, -absl::Seconds(5))).retry_after, absl::Seconds(1));
  const absl::Status annotated = Annotate(WithRetry(error, absl::Seconds(60)), "issuing");
  EXPECT_EQ(GetErrorDetail(annotated).retry_after, absl::Seconds(60));
  EXPECT_EQ(GetErrorDetail(annotated).reason, "RATE_LIMITED");
}

TEST(ErrorTest, OtherStatusesHaveNoDetail) {
  EXPECT_EQ(GetErrorDetail(absl::NotFoundError("x")).reason, "");
  EXPECT_TRUE(Annotate(absl::OkStatus(), "context").ok());
}

}  // namespace
}  // namespace candor::base
