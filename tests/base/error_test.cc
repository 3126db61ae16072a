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

TEST(ErrorTest, OtherStatusesHaveNoDetail) {
  EXPECT_EQ(GetErrorDetail(absl::NotFoundError("x")).reason, "");
  EXPECT_TRUE(Annotate(absl::OkStatus(), "context").ok());
}

}  // namespace
}  // namespace candor::base
