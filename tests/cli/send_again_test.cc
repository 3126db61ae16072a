#include "clients/cli/send_again.h"

#include <sstream>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"

namespace candor::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Fails as often as is told, then works.
class SendAgainTest : public ::testing::Test {
 protected:
  SendAgainTest() {
    context_.options.quiet = true;
    delivery_.send = [this] { return ++sent_ <= fails_ ? fault_ : absl::OkStatus(); };
    delivery_.after_giving_up = "send.answers_kept";
    delivery_.pauses.sleep = [this](absl::Duration pause) { pauses_.push_back(pause); };
  }

  absl::Status Send(const std::string& typed = "", const std::string& language = "en") {
    std::istringstream in(typed);
    std::ostringstream out;
    Dialog dialog(in, out);
    dialog.SetLanguage(language);
    const absl::Status sent = SendUntilItArrives(dialog, context_, delivery_);
    said_ = out.str();
    return sent;
  }

  Context context_;
  Delivery delivery_;
  absl::Status fault_ = absl::UnavailableError("away");
  int fails_ = 0, sent_ = 0;
  std::vector<absl::Duration> pauses_;
  std::string said_;
};

TEST_F(SendAgainTest, APersonMayTryAsOftenAsTheyLike) {
  delivery_.ask = true;
  delivery_.may_have_arrived = [] { return false; };
  fails_ = 30;
  EXPECT_TRUE(Send(std::string(30, '\n')).ok());
  EXPECT_EQ(sent_, 31);
  EXPECT_THAT(said_, HasSubstr("Nothing is stored"));
  EXPECT_TRUE(pauses_.empty());
}

TEST_F(SendAgainTest, GivingUpSaysWhetherSomethingMayBeStoredAndWhatToDo) {
  delivery_.ask = true;
  fails_ = 30;
  delivery_.may_have_arrived = [] { return false; };
  absl::Status sent = Send("\nq\n");
  EXPECT_EQ(sent.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(sent_, 2);
  EXPECT_THAT(std::string(sent.message()), AllOf(HasSubstr("nothing was stored"), HasSubstr("--forget")));
  delivery_.may_have_arrived = [] { return true; };
  sent = Send("q\n", "es");
  EXPECT_THAT(said_, HasSubstr("no ha dicho que esté guardado"));
  EXPECT_THAT(std::string(sent.message()), HasSubstr("puede estar guardado o no"));
  // The end of the input is giving up too.
  EXPECT_EQ(Send().code(), absl::StatusCode::kUnavailable);
}

TEST_F(SendAgainTest, ByItselfItTriesWithGrowingPausesUntilTheTimeIsOver) {
  delivery_.until = absl::Now() + absl::Hours(100);
  fails_ = 20;
  EXPECT_TRUE(Send().ok());
  EXPECT_EQ(sent_, 21);
  ASSERT_EQ(pauses_.size(), 20u);
  EXPECT_LE(pauses_[0], absl::Seconds(4));
  EXPECT_GE(pauses_[19], absl::Minutes(5));
  EXPECT_LE(pauses_[19], absl::Minutes(10));
  delivery_.until = absl::Now() - absl::Hours(1);
  sent_ = 0;
  EXPECT_THAT(std::string(Send().message()), HasSubstr("Given up"));
  EXPECT_EQ(sent_, 1);
}

TEST_F(SendAgainTest, WhatFailsForGoodIsNotTriedAgain) {
  delivery_.ask = true;
  fails_ = 30;
  fault_ = base::Error(absl::StatusCode::kFailedPrecondition, "SURVEY_CLOSED", "too late");
  EXPECT_EQ(Send("\n\n"), fault_);
  EXPECT_EQ(sent_, 1);
  EXPECT_THAT(said_, Not(HasSubstr("Enter")));
}

}  // namespace
}  // namespace candor::cli
