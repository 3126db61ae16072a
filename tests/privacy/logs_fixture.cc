#include "tests/privacy/logs_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/error.h"
#include "clients/cpp/respondent.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/base/error.h"
#include "services/base/random.h"
#include "services/crypto/access_code.h"
#include "services/crypto/receipt.h"
#include "services/domain/contract.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

namespace v1 = candor::v1;
using client::Connection;

Secrets::Secrets(const std::vector<Person>& people, const std::vector<std::vector<uint8_t>>& identified,
                 const std::vector<std::string>& planned) {
  for (size_t i = 0; i < planned.size(); ++i) {
    finders_["words of a growth plan"].AddWords(static_cast<int>(people.size() + identified.size() + i), planned[i]);
  }
  for (size_t i = 0; i < identified.size(); ++i) {
    finders_["ratings by leader and supervisor"].AddAnswers(static_cast<int>(people.size() + i), {identified[i], {}});
  }
  for (size_t i = 0; i < people.size(); ++i) {
    const int number = static_cast<int>(i);
    const Person& person = people[i];
    finders_["names"].AddEncoded(number, person.name);
    finders_["addresses"].AddEncoded(number, person.address);
    finders_["codes"].Add(number, person.code);
    finders_["codes"].AddEncoded(number, person.secrets.code);
    finders_["codes' hashes"].AddEncoded(number, person.secrets.code_hash);
    finders_["blinded messages"].AddEncoded(number, person.secrets.blinded);
    finders_["blinded messages"].AddEncoded(number, person.secrets.blinded_hash);
    finders_["tokens"].AddEncoded(number, person.secrets.input_msg);
    finders_["tokens"].AddEncoded(number, person.secrets.signature);
    finders_["tokens"].AddEncoded(number, person.secrets.token_hash);
    for (const std::string& id : person.secrets.submission_ids) finders_["submissions' ids"].AddEncoded(number, id);
    for (const std::string& key : person.secrets.reply_keys) finders_["reply keys"].AddEncoded(number, key);
    if (person.secrets.device.has_value()) {
      for (const std::string& seed : person.secrets.device->seeds) {
        finders_["secret halves of reply keys"].AddEncoded(number, seed);
      }
    }
    for (const auto& [kind, words] : {std::pair{"questions", &person.questions},
                                      std::pair{"answers to questions", &person.question_answers},
                                      std::pair{"challenges of answers", &person.challenges},
                                      std::pair{"signatures of answers", &person.signatures},
                                      std::pair{"decisions about answers", &person.decisions},
                                      std::pair{"decisions about comments", &person.moderated}}) {
      for (const std::string& each : *words) finders_[kind].AddEncoded(number, each);
    }
    finders_["receipts"].AddEncoded(number, person.secrets.receipt);
    finders_["receipts"].AddEncoded(number, person.secrets.leaf);
    for (const domain::Answers& answers : person.answers) {
      finders_["ratings and comments"].AddAnswers(number, {answers.ratings, answers.comments});
      finders_["reports of pressure"].AddWords(number, answers.notice.text);
    }
  }
}

std::vector<std::string> Secrets::FoundIn(absl::string_view text) const {
  std::vector<std::string> kinds;
  for (const auto& [kind, finder] : finders_) {
    if (!finder.Find(text).empty()) kinds.push_back(kind);
  }
  return kinds;
}

void LogsTest::Note(const absl::Status& status) {
  const base::ErrorDetail detail = base::GetErrorDetail(status);
  absl::StrAppend(&errors_, status.ToString(), " ", detail.reason, " ", detail.field, "\n");
  reasons_.insert(detail.reason);
}

void LogsTest::Note(const grpc::Status& status) {
  if (status.ok()) return;
  absl::StrAppend(&errors_, status.error_message(), " ", status.error_details(), "\n");
  Note(client::FromGrpc(status));
}

std::shared_ptr<Connection> LogsTest::Nobody() const {
  auto connection = ConnectTo{deployment_.response_address()}();
  EXPECT_TRUE(connection.ok()) << connection.status();
  return *connection;
}

void LogsTest::OpenForPeople(Connection& administrator, const std::string& like) {
  const auto campaigns = v1::CampaignService::NewStub(administrator.channel());
  v1::GetCampaignRequest get;
  get.set_name(like);
  const auto seen = administrator.Call(*campaigns, &v1::CampaignService::Stub::GetCampaign, get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  const std::string district = like.substr(0, like.find("/campaigns/"));
  v1::CreateCampaignRequest draft;
  draft.set_parent(district);
  draft.mutable_campaign()->set_title("Watched campaign");
  draft.mutable_campaign()->set_instrument_version(seen->instrument_version());
  draft.mutable_campaign()->set_administrator_reads(true);
  *draft.mutable_campaign()->mutable_close_time() = seen->close_time();
  *draft.mutable_campaign()->mutable_moderators() = seen->moderators();
  *draft.mutable_campaign()->mutable_auditor() = seen->auditor();
  draft.mutable_campaign()->set_summary_only_below(domain::kFewestRatersForComments);
  draft.mutable_campaign()->set_follow_up_days(kFollowUpDays);
  const auto campaign = administrator.Call(*campaigns, &v1::CampaignService::Stub::CreateCampaign, draft);
  ASSERT_TRUE(campaign.ok()) << campaign.status();
  campaign_ = campaign->name();
  const auto directory = v1::DirectoryService::NewStub(administrator.channel());
  v1::CreatePersonRequest supervisor;
  supervisor.set_parent(district);
  supervisor.mutable_person()->set_display_name("Supervisor of the leader of the watched campaign");
  supervisor.mutable_person()->add_roles(v1::ROLE_SUPERVISOR);
  const auto above = administrator.Call(*directory, &v1::DirectoryService::Stub::CreatePerson, supervisor);
  ASSERT_TRUE(above.ok()) << above.status();
  supervisor_ = above->name();
  v1::CreatePersonRequest leader;
  leader.set_parent(district);
  leader.mutable_person()->set_display_name("Leader of the watched campaign");
  leader.mutable_person()->add_roles(v1::ROLE_LEADER);
  leader.mutable_person()->add_supervisors(supervisor_);
  const auto made = administrator.Call(*directory, &v1::DirectoryService::Stub::CreatePerson, leader);
  ASSERT_TRUE(made.ok()) << made.status();
  leader_ = made->name();
  v1::CreateSurveyRequest survey;
  survey.set_parent(campaign_);
  survey.mutable_survey()->set_leader(made->name());
  const auto stored = administrator.Call(*campaigns, &v1::CampaignService::Stub::CreateSurvey, survey);
  ASSERT_TRUE(stored.ok()) << stored.status();
  survey_ = stored->name();
  v1::BatchCreateRatersRequest raters;
  raters.set_parent(survey_);
  for (int i = 0; i < kPeople; ++i) {
    v1::Rater* rater = raters.add_raters();
    rater->set_group("staff");
    rater->set_display_name(absl::StrCat("Forename", i, " Surname-", base::RandomId()));
    rater->set_address(absl::StrCat("mailbox.", base::RandomId(), "@school.example"));
  }
  const auto added = administrator.Call(*campaigns, &v1::CampaignService::Stub::BatchCreateRaters, raters);
  ASSERT_TRUE(added.ok()) << added.status();
  v1::OpenCampaignRequest open;
  open.set_name(campaign_);
  const auto opened = administrator.Call(*campaigns, &v1::CampaignService::Stub::OpenCampaign, open);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(district_->AwaitState(campaign_, v1::CAMPAIGN_STATE_OPEN), absl::OkStatus());
  v1::ListCodesRequest list;
  list.set_parent(survey_);
  const auto codes = administrator.Call(*campaigns, &v1::CampaignService::Stub::ListCodes, list);
  ASSERT_TRUE(codes.ok()) << codes.status();
  ASSERT_EQ(codes->codes_size(), kPeople);
  for (const v1::InvitationCode& code : codes->codes()) {
    people_.push_back({code.rater().display_name(), code.rater().address(), code.code(), {}, {}});
    people_.back().secrets.code = *crypto::NormalizeCode(code.code());
    people_.back().secrets.code_hash = crypto::CodeHash(people_.back().secrets.code);
  }
  for (Person& person : people_) stores_.push_back(std::make_unique<NotingStore>(&person.secrets));
}

void LogsTest::Answer(size_t number, int changes) {
  Person& person = people_[number];
  client::RespondentOptions options;
  options.identity = ConnectTo{deployment_.identity_address()};
  options.response = ConnectTo{deployment_.response_address()};
  options.store = stores_[number].get();
  options.make_reply_keys = true;
  for (int i = 0; i <= changes; ++i) {
    auto respondent = client::Respondent::Open(options, person.code);
    ASSERT_TRUE(respondent.ok()) << respondent.status();
    person.answers.push_back(RandomAnswers(random_));
    if (number % 2 == 0) person.answers.back().notice = {true, RandomWords(random_)};
    ASSERT_EQ((*respondent)->Submit(person.answers.back()), absl::OkStatus());
  }
  const auto receipt = crypto::VerifyReceipt(
      person.secrets.receipt, domain::SurveyIdBytes(domain::SurveyId(survey_.substr(survey_.rfind('/') + 1))),
      (*client::Respondent::Open(options, person.code))->documents().manifest.receipt_public_key);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  person.secrets.leaf = receipt->leaf;
}

v1::SubmitResponseRequest LogsTest::SubmissionOf(const Person& person) const {
  v1::SubmitResponseRequest request;
  request.set_survey(survey_.substr(survey_.rfind('/') + 1));
  request.set_group(0);
  request.set_token_message(person.secrets.input_msg);
  request.set_token_signature(person.secrets.signature);
  request.set_version(100);
  request.set_submission_id(person.secrets.submission_ids.front());
  const domain::Answers& answers = person.answers.front();
  request.set_ratings(std::string(answers.ratings.begin(), answers.ratings.end()));
  request.add_comments(answers.comments[0]);
  return request;
}

void LogsTest::Submit(const v1::SubmitResponseRequest& request) {
  const auto connection = Nobody();
  const auto stub = v1::ResponseService::NewStub(connection->channel());
  grpc::ClientContext context;
  v1::SubmitResponseResponse response;
  Note(stub->SubmitResponse(&context, request, &response));
}

void LogsTest::OpenInvitation(const std::string& code) {
  const auto connection = ConnectTo{deployment_.identity_address()}();
  ASSERT_TRUE(connection.ok());
  const auto stub = v1::InvitationService::NewStub((*connection)->channel());
  grpc::ClientContext context;
  v1::OpenInvitationRequest request;
  request.set_code(code);
  v1::OpenInvitationResponse response;
  Note(stub->OpenInvitation(&context, request, &response));
}

void LogsTest::SendGarbage(const std::string& address, const std::string& method, const std::string& bytes) {
  const auto connection = ConnectTo{address}();
  ASSERT_TRUE(connection.ok());
  grpc::GenericStub stub((*connection)->channel());
  grpc::ClientContext context;
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  absl::Notification done;
  grpc::Status status;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response, [&](grpc::Status result) {
    status = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  Note(status);
}

void LogsTest::SendRaw(const std::string& server, const std::string& bytes) {
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(server.substr(server.rfind(':') + 1), &port));
  const int raw = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  ASSERT_EQ(connect(raw, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(send(raw, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  absl::SleepFor(absl::Milliseconds(50));
  close(raw);
}

void LogsTest::ProvokeRefusals() {
  const Person& person = people_[0];
  std::string mistyped = person.code;
  mistyped[0] = mistyped[0] == '7' ? '8' : '7';
  for (const std::string& code : {mistyped, person.code + "x", person.name, person.address, closed_code_,
                                  crypto::MakeCode(base::RandomBytes(32), "nobody's", 0)}) {
    OpenInvitation(code);
  }
  const v1::SubmitResponseRequest good = SubmissionOf(person);
  v1::SubmitResponseRequest bent = good;
  (*bent.mutable_token_signature())[5] ^= 1;
  Submit(bent);
  bent = good;
  (*bent.mutable_ratings())[0] = 77;
  Submit(bent);
  bent = good;
  bent.set_submission_id(person.answers[0].comments[0]);
  Submit(bent);
  bent = good;
  bent.set_comments(0, person.answers[0].comments[0] + '\x01');
  Submit(bent);
  bent = good;
  bent.set_comments(0, person.answers[0].comments[0] + std::string(5000, 'x'));
  Submit(bent);
  bent = good;
  bent.set_survey(person.answers[0].comments[0]);
  Submit(bent);
  bent = good;
  bent.set_version(1);
  Submit(bent);
  bent = good;
  bent.add_comments(person.answers[0].comments[0] + std::string(size_t{2} << 20, 'y'));
  Submit(bent);
  bent = good;
  bent.set_survey(closed_survey_);
  Submit(bent);
  for (const std::string& address : {deployment_.identity_address(), deployment_.response_address()}) {
    for (const std::string& bytes :
         {person.answers[0].comments[0], person.code + person.address, good.SerializeAsString() + "\xff\xff"}) {
      SendGarbage(address, "/candor.v1.ResponseService/SubmitResponse", bytes);
      SendGarbage(address, "/candor.v1.InvitationService/IssueToken", bytes);
      SendGarbage(address, "/candor.v1.ResponseService/" + person.secrets.code, bytes);
      SendRaw(address, absl::StrCat("GET /?code=", person.code, " HTTP/1.1\r\nFrom: ", person.address, "\r\n\r\n",
                                    bytes));
    }
  }
}

int LogsTest::Overload() {
  constexpr int kConnections = 60, kCalls = 6000;
  v1::IssueTokenRequest request;
  request.set_code(people_[0].code);
  request.set_blinded_message(people_[0].secrets.blinded);  // signed anew each time, which takes long
  std::vector<std::shared_ptr<Connection>> connections;
  std::vector<std::unique_ptr<v1::InvitationService::Stub>> stubs;
  for (int i = 0; i < kConnections; ++i) {
    connections.push_back(*ConnectTo{deployment_.identity_address()}());
    stubs.push_back(v1::InvitationService::NewStub(connections.back()->channel()));
  }
  // Connected one after the other, so that every connection knows how much it may send.
  for (const auto& stub : stubs) {
    grpc::ClientContext context;
    v1::IssueTokenResponse response;
    Note(stub->IssueToken(&context, request, &response));
  }
  std::vector<grpc::ClientContext> contexts(kCalls);
  std::vector<v1::IssueTokenResponse> responses(kCalls);
  std::vector<grpc::Status> replies(kCalls);
  // Else the server would keep up with the one client that this is.
  deployment_.Pause();
  absl::BlockingCounter pending(kCalls);
  for (int i = 0; i < kCalls; ++i) {
    const auto at = static_cast<size_t>(i);
    stubs[at % stubs.size()]->async()->IssueToken(&contexts[at], &request, &responses[at],
                                                  [&, at](const grpc::Status& status) {
                                                    replies[at] = status;
                                                    pending.DecrementCount();
                                                  });
  }
  absl::SleepFor(absl::Seconds(1));
  deployment_.Continue();
  pending.Wait();
  int refused = 0;
  for (const grpc::Status& status : replies) {
    if (status.ok()) continue;
    Note(status);
    ++refused;
  }
  return refused;
}

}  // namespace candor::privacy
