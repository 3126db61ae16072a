// The size of a submission on the wire tells neither the group nor how often the answers were changed.

#include <cstdint>
#include <string>

#include "candor/v1/response.pb.h"
#include "gtest/gtest.h"

namespace candor::client {
namespace {

size_t SizeOf(uint32_t group, uint32_t version, char filling = '\0') {
  candor::v1::SubmitResponseRequest request;
  request.set_survey(std::string(26, 's'));
  request.set_group(group);
  request.set_token_message(std::string(98, 'm'));
  request.set_token_signature(std::string(256, 'x'));
  request.set_version(version);
  request.set_submission_id(std::string(16, 'i'));
  request.set_ratings(std::string(24, '\0'));
  request.add_comments(std::string(2000, filling));
  request.add_reply_keys(std::string(32, filling));
  request.set_pressure_notice(std::string(501, filling));
  return request.SerializeAsString().size();
}

TEST(SubmissionSizeTest, IsTheSameForEveryGroupAndVersion) {
  const size_t size = SizeOf(0, 1);
  for (const uint32_t group : {0u, 1u, 2u, 127u, 128u, 65535u}) {
    for (const uint32_t version : {1u, 2u, 127u, 128u, 100000u}) EXPECT_EQ(SizeOf(group, version), size);
  }
  EXPECT_EQ(SizeOf(0, 1, 'x'), size);
}

}  // namespace
}  // namespace candor::client
