#include "services/rpc/dispatcher.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "candor/v1/response.pb.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/log.h"
#include "services/domain/errors.h"
#include "services/rpc/status.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_folder.h"

namespace candor::rpc {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOpen[] = "candor.v1.ResponseService.GetLedger";
constexpr char kOfPlanes[] = "candor.v1.PlaneService.Forget";
constexpr char kClosed[] = "candor.v1.DirectoryService.ListDistricts";

class NoRelations : public Relations {
 public:
  absl::StatusOr<std::vector<domain::PersonId>> SupervisorsOf(const domain::DistrictId&,
                                                              const domain::PersonId&) override {
    return std::vector<domain::PersonId>();
  }
  absl::StatusOr<std::vector<domain::PersonId>> MembersOf(const domain::DistrictId&, const domain::PersonId&) override {
    return std::vector<domain::PersonId>();
  }
  absl::StatusOr<std::optional<SurveyParties>> PartiesOf(const domain::DistrictId&, const domain::SurveyId&) override {
    return std::optional<SurveyParties>();
  }
  absl::StatusOr<std::vector<domain::PersonId>> ModeratorsOf(const domain::DistrictId&, const domain::SurveyId&) override {
    return std::vector<domain::PersonId>();
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
                           const google::protobuf::Message& request, bool cancelled = false,
                           const std::string& peer = "ipv4:192.0.2.1:7") {
    absl::Notification done;
    absl::Status result;
    v1::GetLedgerResponse response;
    dispatcher.Dispatch(method, {authorization, [cancelled] { return cancelled; }, [peer] { return peer; }}, request,
                        &response, [&](absl::Status status) {
                          result = std::move(status);
                          done.Notify();
                        });
    done.WaitForNotification();
    return result;
  }

  std::unique_ptr<Dispatcher> MakeDispatcher() {
    return std::make_unique<Dispatcher>(
        &access_, &authenticator_, &plane_key_, &quiet_faults_, &clock_, [this] { return revision_.load(); }, options_);
  }

  static Method Answering(const char* name, Lane lane, absl::Status status) {
    return {name, lane,
            [status](const identity::Caller&, const google::protobuf::Message&, google::protobuf::Message*, Done done) {
              done(status);
            }};
  }

  std::atomic<uint64_t> revision_ = 1;

  Dispatcher::Options options_;
  std::string valid_secret_ = "root";
  NoRelations relations_;
  Access access_{AccessRows(), &relations_};
  Authenticator authenticator_{[this](absl::string_view secret) -> absl::StatusOr<identity::Caller> {
    if (secret == valid_secret_) return identity::Caller{.installation_administrator = true};
    return base::Error(absl::StatusCode::kUnauthenticated, reasons::kUNAUTHENTICATED_CALLER, "not a valid key");
  }};
  PlaneKey plane_key_ = PlaneKey::Make();
  testing::FakeClock clock_;
  QuietFaults quiet_faults_{&clock_};
};

TEST_F(DispatcherTest, OnlyTheOtherPlanesKeyOpensTheMethodsOfThePlanes) {
  const auto dispatcher = MakeDispatcher();
  const v1::GetLedgerRequest request;
  const Method order = Answering(kOfPlanes, Lane::kOrders, absl::OkStatus());
  EXPECT_EQ(Call(*dispatcher, order, plane_key_.Authorization(), request), absl::OkStatus());
  const std::string secret = plane_key_.Authorization().substr(6);
  for (const std::string& wrong : {std::string(), std::string("Bearer root"), "Bearer " + secret, secret, "plane " + secret,
                                   PlaneKey::Make().Authorization(), plane_key_.Authorization() + "0",
                                   std::string("Plane ")}) {
    const absl::Status refused = Call(*dispatcher, order, wrong, request);
    EXPECT_EQ(refused.code(), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(base::GetErrorDetail(refused).reason, reasons::kUNAUTHENTICATED_CALLER);
  }
  EXPECT_EQ(Call(*dispatcher, Answering(kClosed, Lane::kIdentity, absl::OkStatus()), plane_key_.Authorization(), request)
                .code(),
            absl::StatusCode::kUnauthenticated)
      << "nor does it open any other";

  Dispatcher without(&access_, &authenticator_, nullptr, &quiet_faults_, &clock_, [] { return uint64_t{0}; }, options_);
  EXPECT_EQ(Call(without, order, plane_key_.Authorization(), request).code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(DispatcherTest, AFullQueueIsSaidAtOnce) {
  const auto made = MakeDispatcher();
  Dispatcher& dispatcher = *made;
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
  const rpc::Call call{"Bearer root", [] { return false; }, [] { return std::string("ipv4:192.0.2.1:7"); }};
  dispatcher.Dispatch(waiting, call, request, &response, [&](absl::Status) { first_done.Notify(); });
  started.WaitForNotification();
  dispatcher.Dispatch(waiting, call, request, &response, [&](absl::Status) { second_done.Notify(); });
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
  const auto made = MakeDispatcher();
  Dispatcher& dispatcher = *made;
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
  const auto made = MakeDispatcher();
  Dispatcher& dispatcher = *made;
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
  const auto made = MakeDispatcher();
  Dispatcher& dispatcher = *made;
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
  const auto made = MakeDispatcher();
  Dispatcher& dispatcher = *made;
  const Method method{kOpen, Lane::kReading,
                      [](const identity::Caller&, const google::protobuf::Message&, google::protobuf::Message*,
                         Done done) {
                        ADD_FAILURE() << "it ran";
                        done(absl::OkStatus());
                      }};
  EXPECT_EQ(Call(dispatcher, method, "", v1::GetLedgerRequest(), /*cancelled=*/true).code(),
            absl::StatusCode::kCancelled);
}

TEST_F(DispatcherTest, AfterTooManyWrongCodesTheNetworkIsRefusedBeforeTheBodyRuns) {
  options_.attempts.failures_per_peer = 3;
  const auto dispatcher = MakeDispatcher();
  const v1::GetLedgerRequest request;
  Method wrong = Answering(kOpen, Lane::kIssuing, domain::errors::CodeUnknown());
  wrong.takes_code = true;
  Method right = Answering(kOpen, Lane::kIssuing, absl::OkStatus());
  right.takes_code = true;
  const auto call = [&](const Method& method, const std::string& peer) {
    return Call(*dispatcher, method, "", request, false, peer);
  };
  for (int i = 0; i < 50; ++i) EXPECT_EQ(call(right, "ipv4:192.0.2.1:7"), absl::OkStatus()) << "right ones do not count";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(call(right, "ipv4:192.0.2.1:7"), absl::OkStatus());
    EXPECT_TRUE(absl::IsNotFound(call(wrong, absl::StrCat("ipv4:192.0.2.1:", i))));
  }
  clock_.Advance(absl::Minutes(59) + absl::Milliseconds(500));
  const absl::Status refused = call(right, "ipv4:192.0.2.1:9");
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::GetErrorDetail(refused).reason, reasons::kRATE_LIMITED);
  EXPECT_EQ(base::GetErrorDetail(refused).retry_after, absl::Seconds(60));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("wait 1 minute and"));
  EXPECT_EQ(call(right, "ipv4:192.0.2.2:9"), absl::OkStatus()) << "another network";
  EXPECT_EQ(Call(*dispatcher, Answering(kOpen, Lane::kReading, absl::OkStatus()), "", request), absl::OkStatus())
      << "a method that takes no code";
  EXPECT_EQ(Call(*dispatcher, Answering(kClosed, Lane::kIdentity, absl::OkStatus()), "Bearer root", request),
            absl::OkStatus())
      << "keys are counted apart";
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(call(right, "ipv4:192.0.2.1:9"), absl::OkStatus()) << "another hour";
}

TEST_F(DispatcherTest, TypingMistakesAndOtherFaultsAreNoAttempts) {
  options_.attempts.failures_per_peer = 1;
  const auto dispatcher = MakeDispatcher();
  for (const absl::Status& status :
       {base::Error(absl::StatusCode::kInvalidArgument, reasons::kCODE_MALFORMED, "a typing mistake"),
        base::Error(absl::StatusCode::kAlreadyExists, reasons::kTOKEN_ALREADY_ISSUED, "another message"),
        domain::errors::Overloaded()}) {
    Method method = Answering(kOpen, Lane::kIssuing, status);
    method.takes_code = true;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(Call(*dispatcher, method, "", v1::GetLedgerRequest()), status);
  }
}

TEST_F(DispatcherTest, AfterTooManyWrongKeysTheNetworkIsRefusedAndTheLogSaysSoOnceAnHour) {
  testing::TempFolder folder;
  const int log = open(folder.File("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  base::SetLogOutput(log);
  options_.attempts.failures_per_peer = 3;
  const auto dispatcher = MakeDispatcher();
  const v1::GetLedgerRequest request;
  const Method closed = Answering(kClosed, Lane::kIdentity, absl::OkStatus());
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(absl::IsUnauthenticated(Call(*dispatcher, closed, "", request))) << "no key";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Call(*dispatcher, closed, "Bearer root", request), absl::OkStatus());
    EXPECT_TRUE(absl::IsUnauthenticated(Call(*dispatcher, closed, "Bearer guess", request)));
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(base::GetErrorDetail(Call(*dispatcher, closed, "Bearer guess", request)).reason, reasons::kRATE_LIMITED);
    EXPECT_EQ(Call(*dispatcher, closed, "Bearer root", request), absl::OkStatus()) << "was let in before";
  }
  EXPECT_EQ(Call(*dispatcher, closed, "Bearer root", request, false, "unix:"), absl::OkStatus());
  quiet_faults_.Flush();
  EXPECT_EQ(*base::ReadFile(folder.File("log")), "");
  clock_.Advance(absl::Hours(1));
  quiet_faults_.Flush();
  const std::string text = *base::ReadFile(folder.File("log"));
  EXPECT_THAT(text, HasSubstr(R"("wrong":"keys","hour":"2026-09-01T08")"));
  EXPECT_THAT(text, Not(HasSubstr("192.0.2")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  base::SetLogOutput(STDERR_FILENO);
  close(log);
}

TEST_F(DispatcherTest, AChangeOfPeopleLocksNobodyOutWhoWasLetInBefore) {
  options_.attempts.failures_per_peer = 3;
  const auto dispatcher = MakeDispatcher();
  const v1::GetLedgerRequest request;
  const Method closed = Answering(kClosed, Lane::kIdentity, absl::OkStatus());
  const auto call = [&](const std::string& authorization) { return Call(*dispatcher, closed, authorization, request); };
  EXPECT_EQ(call("Bearer root"), absl::OkStatus());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(absl::IsUnauthenticated(call("Bearer guess")));
  EXPECT_EQ(base::GetErrorDetail(call("Bearer guess")).reason, reasons::kRATE_LIMITED);
  for (int i = 0; i < 3; ++i) {
    authenticator_.Forget();
    authenticator_.Forget();
    EXPECT_EQ(base::GetErrorDetail(call("Bearer guess")).reason, reasons::kRATE_LIMITED);
    EXPECT_EQ(call("Bearer root"), absl::OkStatus()) << "was let in before";
  }
  // A key that has been revoked is found to be void once, and is a guess like any other from then on.
  valid_secret_ = "another";
  authenticator_.Forget();
  EXPECT_TRUE(absl::IsUnauthenticated(call("Bearer root")));
  EXPECT_EQ(base::GetErrorDetail(call("Bearer root")).reason, reasons::kRATE_LIMITED);
  EXPECT_EQ(base::GetErrorDetail(call("Bearer another")).reason, reasons::kRATE_LIMITED) << "was never let in";
}

TEST(AuthenticatorTest, OfHowManyItIsKeptThatTheyWereLetInIsBounded) {
  Authenticator authenticator([](absl::string_view) -> absl::StatusOr<identity::Caller> { return identity::Caller(); },
                              /*most_remembered=*/2);
  const auto let_in = [&] {
    int count = 0;
    for (const char* key : {"a", "b", "c", "d", "e"}) count += authenticator.WasLetIn(absl::StrCat("Bearer ", key));
    return count;
  };
  for (const char* key : {"a", "b", "c", "d", "e"}) {
    EXPECT_TRUE(authenticator.Authenticate(absl::StrCat("Bearer ", key)).ok());
    EXPECT_TRUE(authenticator.WasLetIn(absl::StrCat("Bearer ", key)));
    EXPECT_LE(let_in(), 4);
  }
  authenticator.Forget();
  EXPECT_TRUE(authenticator.WasLetIn("Bearer e"));
  EXPECT_LE(let_in(), 2);
  EXPECT_FALSE(authenticator.FindRemembered("Bearer e").has_value());
}

TEST_F(DispatcherTest, AnEncodedReplyIsGivenAgainUntilSomethingIsWritten) {
  const auto dispatcher = MakeDispatcher();
  int ran = 0;
  Method method{kClosed, Lane::kInline,
                [&ran](const identity::Caller&, const google::protobuf::Message& request,
                       google::protobuf::Message* response, Done done) {
                  ++ran;
                  const auto& survey = static_cast<const v1::GetLedgerRequest&>(request).survey();
                  static_cast<v1::GetLedgerResponse*>(response)->set_ledger(absl::StrCat(survey, ran));
                  done(survey == "none" ? domain::errors::NotFound("survey", survey) : absl::OkStatus());
                }};
  method.new_request = [] { return std::make_unique<v1::GetLedgerRequest>(); };
  method.new_response = [] { return std::make_unique<v1::GetLedgerResponse>(); };
  const auto raw = [&](const std::string& authorization, const std::string& bytes) {
    absl::StatusOr<std::string> result;
    dispatcher->DispatchEncoded(method, {authorization, [] { return false; }, [] { return std::string("unix:"); }}, bytes,
                                [&](absl::StatusOr<EncodedReplies::Bytes> reply) {
                                  if (!reply.ok()) {
                                    result = reply.status();
                                    return;
                                  }
                                  v1::GetLedgerResponse response;
                                  ASSERT_TRUE(response.ParseFromString(**reply));
                                  result = response.ledger();
                                });
    return result;
  };
  const auto call = [&](const std::string& survey, const std::string& authorization = "Bearer root") {
    v1::GetLedgerRequest request;
    request.set_survey(survey);
    return raw(authorization, request.SerializeAsString());
  };
  EXPECT_EQ(*call("a"), "a1");
  EXPECT_EQ(*call("a"), "a1") << "the body did not run";
  EXPECT_EQ(*call("b"), "b2") << "another request";
  EXPECT_EQ(*call("a"), "a1");
  EXPECT_TRUE(absl::IsUnauthenticated(call("a", "Bearer guess").status()));
  EXPECT_TRUE(absl::IsUnauthenticated(call("a", "").status()));
  revision_ = 2;
  EXPECT_EQ(*call("a"), "a3");
  EXPECT_EQ(*call("a"), "a3");
  authenticator_.Forget();
  EXPECT_EQ(*call("a"), "a4") << "who is not remembered is looked up, and asks anew";
  EXPECT_TRUE(absl::IsNotFound(call("none").status()));
  EXPECT_TRUE(absl::IsNotFound(call("none").status()));
  EXPECT_EQ(ran, 6) << "errors are not kept";
  EXPECT_EQ(base::GetErrorDetail(raw("Bearer root", "\xFF\xFF").status()).reason, reasons::kFIELD_INVALID);
  const std::string length(EncodedReplies::kLongestRequest, 'x');
  EXPECT_EQ(*call(length), length + "7");
  EXPECT_EQ(*call(length), length + "8") << "for a long request nothing is kept";
}

TEST_F(DispatcherTest, FaultsAreLoggedWithTheirMethodButRespondentsOnlyWithTheHour) {
  testing::TempFolder folder;
  const int log = open(folder.File("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  base::SetLogOutput(log);
  {
    const auto made = MakeDispatcher();
    Dispatcher& dispatcher = *made;
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

TEST_F(DispatcherTest, EveryFaultOfTheServerLeavesATraceAndTellsRespondentsNothingOfItsFiles) {
  testing::TempFolder folder;
  const int log = open(folder.File("log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  base::SetLogOutput(log);
  const struct {
    absl::Status status;
    const char* noted;
    const char* told;
  } cases[] = {
      {domain::errors::StoreFull("/srv/candor/open/x.db"), reasons::kSTORE_FULL, reasons::kSTORE_FULL},
      {domain::errors::StoreBusy("/srv/candor/open/x.db"), reasons::kSTORE_BUSY, reasons::kSTORE_BUSY},
      {domain::errors::StoreCorrupt("/srv/candor/open/x.db"), reasons::kSTORE_CORRUPT, reasons::kSTORE_CORRUPT},
      {base::Error(absl::StatusCode::kFailedPrecondition, reasons::kKEY_LOST, "/srv/candor/keys/a is gone"),
       reasons::kKEY_LOST, reasons::kKEY_LOST},
      {absl::PermissionDeniedError("cannot open /srv/candor/keys/a"), "PERMISSION_DENIED", reasons::kSTORE_BUSY},
  };
  {
    const auto made = MakeDispatcher();
    const v1::GetLedgerRequest request;
    for (const auto& fault : cases) {
      const absl::Status told = Call(*made, Answering(kOpen, Lane::kInline, fault.status), "", request);
      EXPECT_EQ(base::GetErrorDetail(told).reason, fault.told);
      EXPECT_EQ(told.message(), fault.noted == std::string(reasons::kKEY_LOST)
                                    ? "a key of this survey is missing on the server; nothing was stored; tell whoever "
                                      "invited you"
                                    : "the service cannot take this now; nothing was stored; try again later");
      EXPECT_EQ(ToGrpcStatus(told).error_message(), told.message()) << "also on the wire";
    }
    EXPECT_EQ(Call(*made, Answering(kOpen, Lane::kInline, domain::errors::SurveyClosed()), "", request),
              domain::errors::SurveyClosed())
        << "what the call is about is told as it is";
    EXPECT_FALSE(Call(*made, Answering(kOpen, Lane::kInline, cases[3].status), "", request).ok());
    const std::vector<std::string> at_once = absl::StrSplit(*base::ReadFile(folder.File("log")), '\n', absl::SkipEmpty());
    ASSERT_EQ(at_once.size(), 1u) << "a key file that is gone, once";
    EXPECT_THAT(at_once[0], HasSubstr("/srv/candor/keys/a is gone"));
    clock_.Advance(absl::Hours(1));
    quiet_faults_.Flush();
    std::string text = *base::ReadFile(folder.File("log"));
    for (const auto& fault : cases) EXPECT_THAT(text, HasSubstr(absl::StrCat(R"("reason":")", fault.noted, R"(")")));
    text.erase(0, at_once[0].size());
    EXPECT_THAT(text, Not(HasSubstr("/srv/candor")));
    EXPECT_THAT(text, Not(HasSubstr("SURVEY_CLOSED")));
    // Of named callers' calls the log keeps the detail.
    EXPECT_FALSE(Call(*made, Answering(kClosed, Lane::kIdentity, cases[4].status), "Bearer root", request).ok());
    EXPECT_THAT(*base::ReadFile(folder.File("log")), HasSubstr("cannot open /srv/candor/keys/a"));
  }
  base::SetLogOutput(STDERR_FILENO);
  close(log);
}

}  // namespace
}  // namespace candor::rpc
