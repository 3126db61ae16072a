#include "services/rpc/dispatcher.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "candor/v1/response.pb.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/log.h"
#include "services/domain/errors.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOpen[] = "candor.v1.ResponseService.GetLedger";
constexpr char kClosed[] = "candor.v1.DirectoryService.ListDistricts";

class NoRelations : public Relations {
 public:
  absl::StatusOr<std::vector<domain::PersonId>> SupervisorsOf(const domain::DistrictId&,
                                                              const domain::PersonId&) override {
    return std::vector<domain::PersonId>();
  }
  absl::StatusOr<std::optional<SurveyParties>> PartiesOf(const domain::DistrictId&, const domain::SurveyId&) override {
    return std::optional<SurveyParties>();
  }
};

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    options_.identity_threads = 1;
    options_.identity_queue = 1;
    options_.issuing_threads = 1;
    options_.reading_threads = 1;
  }

  // Calls, and waits for the status.
  static absl::Status Call(Dispatcher& dispatcher, const Method& method, const std::string& authorization,
                           const google::protobuf::Message& request, bool cancelled = false) {
    absl::Notification done;
    absl::Status result;
    v1::GetLedgerResponse response;
    dispatcher.Dispatch(
        method, authorization, request, &response, [cancelled] { return cancelled; },
        [&](absl::Status status) {
          result = std::move(status);
          done.Notify();
        });
    done.WaitForNotification();
    return result;
  }

  static Method Answering(const char* name, Lane lane, absl::Status status) {
    return {name, lane,
            [status](const identity::Caller&, const google::protobuf::Message&, google::protobuf::Message*, Done done) {
              done(status);
            }};
  }

  Dispatcher::Options options_;
  NoRelations relations_;
  Access access_{AccessRows(), &relations_};
  Authenticator authenticator_{[](absl::string_view secret) -> absl::StatusOr<identity::Caller> {
    if (secret != "root") return domain::errors::NotFound("key", "that");
    return identity::Caller{.installation_administrator = true};
  }};
  testing::FakeClock clock_;
  QuietFaults quiet_faults_{&clock_};
};

TEST_F(DispatcherTest, AFullQueueIsSaidAtOnce) {
  Dispatcher dispatcher(&access_, &authenticator_, &quiet_faults_, options_);
  absl::Notification started, release, first_done, second_done;
  const Method waiting{kClosed, Lane::kIdentity,
                       [&](const identity::Caller&, const google::protobuf::Message&, google::protobuf::Message*,
                           Done done) {
                         if (!started.HasBeenNotified()) started.Notify();
                         release.WaitForNotification();
                         done(absl::OkStatus());
                       }};
  const v1::GetLedgerRequest request;
  v1::GetLedgerResponse response;
  const auto never = [] { return false; };
  dispatcher.Dispatch(waiting, "Bearer root", request, &response, never, [&](absl::Status) { first_done.Notify(); });
  started.WaitForNotification();
  dispatcher.Dispatch(waiting, "Bearer root", request, &response, never, [&](absl::Status) { second_done.Notify(); });
  const absl::Status refused = Call(dispatcher, waiting, "Bearer root", request);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::GetErrorDetail(refused).reason, reasons::kOVERLOADED);
  // Another lane is as quick as ever.
  EXPECT_EQ(Call(dispatcher, Answering(kOpen, Lane::kReading, absl::OkStatus()), "", request), absl::OkStatus());
  release.Notify();
  first_done.WaitForNotification();
  second_done.WaitForNotification();
  dispatcher.Stop();
  EXPECT_EQ(base::GetErrorDetail(Call(dispatcher, waiting, "Bearer root", request)).reason, reasons::kOVERLOADED);
}

TEST_F(DispatcherTest, RespondentsHaveTheSmallerLimit) {
  Dispatcher dispatcher(&access_, &authenticator_, &quiet_faults_, options_);
  v1::GetLedgerRequest request;
  request.set_survey(std::string(size_t{2} << 20, 'x'));
  const Method open = Answering(kOpen, Lane::kInline, absl::OkStatus());
  const Method closed = Answering(kClosed, Lane::kIdentity, absl::OkStatus());
  EXPECT_EQ(base::GetErrorDetail(Call(dispatcher, open, "", request)).reason, reasons::kREQUEST_TOO_LARGE);
  EXPECT_EQ(Call(dispatcher, closed, "Bearer root", request), absl::OkStatus());
  request.set_survey(std::string(size_t{5} << 20, 'x'));
  EXPECT_EQ(base::GetErrorDetail(Call(dispatcher, closed, "Bearer root", request)).reason,
            reasons::kREQUEST_TOO_LARGE);
}

TEST_F(DispatcherTest, WhoShowsNothingLikeAKeyIsRefusedBeforeAnythingIsQueued) {
  Dispatcher dispatcher(&access_, &authenticator_, &quiet_faults_, options_);
  dispatcher.Stop();  // whatever is queued is refused as OVERLOADED
  const Method closed = Answering(kClosed, Lane::kIdentity, absl::OkStatus());
  v1::GetLedgerRequest request;
  request.set_survey(std::string(size_t{5} << 20, 'x'));
  for (const std::string& none : {std::string(), std::string("Bearer "), std::string("Basic cm9vdA=="),
                                  "Bearer " + std::string(300, 'k')}) {
    const absl::Status refused = Call(dispatcher, closed, none, request);
    EXPECT_EQ(refused.code(), absl::StatusCode::kUnauthenticated) << refused;
    EXPECT_EQ(base::GetErrorDetail(refused).reason, reasons::kUNAUTHENTICATED_CALLER);
  }
  EXPECT_EQ(base::GetErrorDetail(Call(dispatcher, closed, "Bearer other", v1::GetLedgerRequest())).reason,
            reasons::kOVERLOADED);
}

TEST_F(DispatcherTest, UnsentRepliesAreBoundedForCallersWithoutAKeyAlone) {
  options_.unsent_reply_bytes = 1000;
  options_.small_reply_bytes = 100;
  Dispatcher dispatcher(&access_, &authenticator_, &quiet_faults_, options_);
  EXPECT_EQ(dispatcher.RepliesOf(Answering(kClosed, Lane::kIdentity, absl::OkStatus())), nullptr);
  ReplyBudget* const replies = dispatcher.RepliesOf(Answering(kOpen, Lane::kReading, absl::OkStatus()));
  ASSERT_NE(replies, nullptr);
  EXPECT_FALSE(replies->TryTake(1001));
  EXPECT_TRUE(replies->TryTake(600));
  EXPECT_FALSE(replies->TryTake(401));
  EXPECT_TRUE(replies->TryTake(400));
  EXPECT_FALSE(replies->TryTake(101));
  EXPECT_TRUE(replies->TryTake(100)) << "small ones always pass";
  replies->GiveBack(100);
  EXPECT_FALSE(replies->TryTake(101));
  replies->GiveBack(600);
  EXPECT_TRUE(replies->TryTake(600));
}

TEST_F(DispatcherTest, WorkThatNobodyWaitsForIsNotBegun) {
  Dispatcher dispatcher(&access_, &authenticator_, &quiet_faults_, options_);
  const Method method{kOpen, Lane::kReading,
                      [](const identity::Caller&, const google::protobuf::Message&, google::protobuf::Message*,
                         Done done) {
                        ADD_FAILURE() << "it ran";
                        done(absl::OkStatus());
                      }};
  EXPECT_EQ(Call(dispatcher, method, "", v1::GetLedgerRequest(), /*cancelled=*/true).code(),
            absl::StatusCode::kCancelled);
}

TEST_F(DispatcherTest, FaultsAreLoggedWithTheirMethodButRespondentsOnlyWithTheHour) {
  testing::TempFolder folder;
  const int log = open(folder.File("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  base::SetLogOutput(log);
  {
    Dispatcher dispatcher(&access_, &authenticator_, &quiet_faults_, options_);
    const v1::GetLedgerRequest request;
    EXPECT_FALSE(Call(dispatcher, Answering(kClosed, Lane::kIdentity, absl::InternalError("disk on fire")),
                      "Bearer root", request)
                     .ok());
    EXPECT_THAT(*base::ReadFile(folder.File("log")), HasSubstr("disk on fire"));
    EXPECT_THAT(*base::ReadFile(folder.File("log")), HasSubstr(kClosed));

    const Method corrupt = Answering(kOpen, Lane::kInline, domain::errors::StoreCorrupt("page 7"));
    EXPECT_FALSE(Call(dispatcher, corrupt, "", request).ok());
    quiet_faults_.Flush();
    EXPECT_THAT(*base::ReadFile(folder.File("log")), Not(HasSubstr("STORE_CORRUPT"))) << "the hour is not over";
    clock_.Advance(absl::Hours(1));
    quiet_faults_.Flush();
    const std::string text = *base::ReadFile(folder.File("log"));
    EXPECT_THAT(text, HasSubstr(R"("reason":"STORE_CORRUPT","hour":"2026-09-01T08")"));
    EXPECT_THAT(text, Not(HasSubstr(kOpen)));
    EXPECT_THAT(text, Not(HasSubstr("page 7")));
  }
  base::SetLogOutput(STDERR_FILENO);
  close(log);
}

}  // namespace
}  // namespace candor::rpc
