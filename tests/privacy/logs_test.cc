// A campaign from end to end at the most talkative level, with every kind of error provoked: nothing of a respondent in
// any log, error message or temporary file, and no line that a respondent's call has made.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/moderation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/error.h"
#include "clients/cpp/follow_up.h"
#include "clients/cpp/ledger_check.h"
#include "clients/cpp/respondent.h"
#include "grpcpp/generic/generic_stub.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/receipt.h"
#include "services/crypto/signing.h"
#include "services/domain/comments.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/finder.h"
#include "tests/privacy/question_roles.h"
#include "tests/privacy/questions.h"
#include "tests/privacy/results.h"
#include "tests/privacy/trial.h"
#include "tests/support/process/small_campaign.h"

namespace candor::privacy {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using client::Connection;
using testing::SmallDistrict;

constexpr int kPeople = 14;
constexpr int kAnswering = 12;
constexpr int kFollowUpDays = 1;
// Of those who answered. All but the last of them answer their question, too; the first changes that answer.
constexpr size_t kAsked = 4;

struct Person {
  std::string name, address;
  std::string code;  // as it stands in the letter
  PersonSecrets secrets;
  std::vector<domain::Answers> answers;  // all that they sent
  // Of those whose comment is asked back about: what went over the line, in words and sealed.
  std::string comment;  // its id
  std::vector<std::string> questions, question_answers, signatures, decisions;
};

// What must not be found, by kind: each finder knows the people by their number.
class Secrets {
 public:
  explicit Secrets(const std::vector<Person>& people) {
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
                                        std::pair{"signatures of answers", &person.signatures},
                                        std::pair{"decisions about answers", &person.decisions}}) {
        for (const std::string& each : *words) finders_[kind].AddEncoded(number, each);
      }
      finders_["receipts"].AddEncoded(number, person.secrets.receipt);
      finders_["receipts"].AddEncoded(number, person.secrets.leaf);
      for (const domain::Answers& answers : person.answers) {
        finders_["ratings and comments"].AddAnswers(number, answers);
      }
    }
  }

  // The kinds of which something stands in `text`.
  std::vector<std::string> FoundIn(absl::string_view text) const {
    std::vector<std::string> kinds;
    for (const auto& [kind, finder] : finders_) {
      if (!finder.Find(text).empty()) kinds.push_back(kind);
    }
    return kinds;
  }
  size_t kinds() const { return finders_.size(); }

 private:
  std::map<std::string, Finder> finders_;
};

int LinesOf(absl::string_view text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

class LogsTest : public ::testing::Test {
 protected:
  LogsTest() : deployment_(folder_.path(), 4, ClockOf::kTest), random_(20261130) {}

  void Note(const absl::Status& status) {
    const base::ErrorDetail detail = base::GetErrorDetail(status);
    absl::StrAppend(&errors_, status.ToString(), " ", detail.reason, " ", detail.field, "\n");
    reasons_.insert(detail.reason);
  }
  void Note(const grpc::Status& status) {
    if (status.ok()) return;
    absl::StrAppend(&errors_, status.error_message(), " ", status.error_details(), "\n");
    Note(client::FromGrpc(status));
  }

  std::shared_ptr<Connection> Nobody() const {
    auto connection = ConnectTo{deployment_.response_address()}();
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *connection;
  }

  // A second campaign like `like`, with people who have names and addresses.
  void OpenForPeople(Connection& administrator, const std::string& like) {
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
    draft.mutable_campaign()->set_summary_only_below(domain::kFewestRatersForComments);
    draft.mutable_campaign()->set_follow_up_days(kFollowUpDays);
    const auto campaign = administrator.Call(*campaigns, &v1::CampaignService::Stub::CreateCampaign, draft);
    ASSERT_TRUE(campaign.ok()) << campaign.status();
    campaign_ = campaign->name();
    const auto directory = v1::DirectoryService::NewStub(administrator.channel());
    v1::CreatePersonRequest leader;
    leader.set_parent(district);
    leader.mutable_person()->set_display_name("Leader of the watched campaign");
    leader.mutable_person()->add_roles(v1::ROLE_LEADER);
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

  // Opens by code, takes a token, answers; changes the answers `changes` times.
  void Answer(size_t number, int changes) {
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
      ASSERT_EQ((*respondent)->Submit(person.answers.back()), absl::OkStatus());
    }
    const auto receipt = crypto::VerifyReceipt(
        person.secrets.receipt, domain::SurveyIdBytes(domain::SurveyId(survey_.substr(survey_.rfind('/') + 1))),
        (*client::Respondent::Open(options, person.code))->documents().manifest.receipt_public_key);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    person.secrets.leaf = receipt->leaf;
  }

  // One person's submission as it goes over the line.
  v1::SubmitResponseRequest SubmissionOf(const Person& person) const {
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

  void Submit(const v1::SubmitResponseRequest& request) {
    const auto connection = Nobody();
    const auto stub = v1::ResponseService::NewStub(connection->channel());
    grpc::ClientContext context;
    v1::SubmitResponseResponse response;
    Note(stub->SubmitResponse(&context, request, &response));
  }

  void OpenInvitation(const std::string& code) {
    const auto connection = ConnectTo{deployment_.identity_address()}();
    ASSERT_TRUE(connection.ok());
    const auto stub = v1::InvitationService::NewStub((*connection)->channel());
    grpc::ClientContext context;
    v1::OpenInvitationRequest request;
    request.set_code(code);
    v1::OpenInvitationResponse response;
    Note(stub->OpenInvitation(&context, request, &response));
  }

  // Bytes that are no message, sent as one.
  void SendGarbage(const std::string& address, const std::string& method, const std::string& bytes) {
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

  // Bytes that are not even HTTP/2.
  void SendRaw(const std::string& server, const std::string& bytes) {
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

  void ProvokeRefusals() {
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

  // More calls at once than the server takes: gives how many were refused for that.
  int Overload() {
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

  // After closing: everybody's comments are let out.
  void Moderate() {
    const auto session =
        ModeratorSession(deployment_, survey_.substr(survey_.rfind('/') + 1), district_->moderator_key());
    ASSERT_TRUE(session.ok()) << session.status();
    std::vector<SeenComment> listed;
    ASSERT_EQ(ApproveComments(**session, listed), absl::OkStatus());
    ASSERT_EQ(listed.size(), static_cast<size_t>(kAnswering));
  }

  // After release: a leader's questions, put and approved.
  void AskBack() {
    auto roles = QuestionRoles::Make(deployment_, *district_, survey_, leader_);
    ASSERT_TRUE(roles.ok()) << roles.status();
    roles_ = *std::move(roles);
    const auto released = district_->GetComments(survey_);
    ASSERT_TRUE(released.ok()) << released.status();
    for (const auto& comment : released->blocks(0).prompts(0).comments()) {
      for (size_t i = 0; i < kAsked; ++i) {
        if (people_[i].answers.back().comments[0] == comment.text()) people_[i].comment = comment.id();
      }
    }
    for (size_t i = 0; i < kAsked; ++i) {
      Person& person = people_[i];
      ASSERT_FALSE(person.comment.empty());
      person.questions.push_back(RandomAnswers(random_).comments[0]);
      ASSERT_EQ(roles_->Ask(person.comment, person.questions[0]), absl::OkStatus());
      ASSERT_EQ(roles_->Approve(person.comment, person.questions[0]), absl::OkStatus());
    }
    ASSERT_TRUE(roles_->AwaitQuestions(kAsked).ok());
  }

  // On the device of somebody who looks whether there is a question, and answers it so often.
  void AnswerBack(Person& person, int answers) {
    ASSERT_TRUE(person.secrets.device.has_value());
    const auto received = client::FetchQuestions(*Nobody(), *person.secrets.device);
    ASSERT_TRUE(received.ok()) << received.status();
    ASSERT_EQ(received->questions.size(), 1u);
    for (int i = 0; i < answers; ++i) {
      const std::string answer = RandomAnswers(random_).comments[0];
      ASSERT_EQ(client::AnswerQuestion(*Nobody(), *person.secrets.device, *received, received->questions[0], answer),
                absl::OkStatus());
      person.question_answers.push_back(answer);
      NoteSealed(person);
    }
  }

  // As it is stored, and as it was signed.
  void NoteSealed(Person& person) {
    const auto sealed = StoredAnswer(deployment_.TakeCopy(), person.comment);
    ASSERT_TRUE(sealed.ok()) << sealed.status();
    person.question_answers.push_back(*sealed);
    const auto key = crypto::SigningKey::FromSeed(person.secrets.device->seeds.at(0));
    ASSERT_TRUE(key.ok()) << key.status();
    const domain::SurveyId survey(survey_.substr(survey_.rfind('/') + 1));
    person.signatures.push_back(
        key->Sign(domain::FollowUpSignedBytes(domain::SurveyIdBytes(survey), person.comment, *sealed)));
  }

  void ProvokeRefusalsOfAnswers() {
    const Person& person = people_[0];
    const std::string& words = person.question_answers[0];
    v1::AnswerQuestionRequest good;
    good.set_survey(survey_.substr(survey_.rfind('/') + 1));
    good.set_comment(person.comment);
    good.set_sealed_answer(person.question_answers.back());
    good.set_signature(person.signatures.back());
    std::vector<v1::AnswerQuestionRequest> all(5, good);
    all[0].set_survey(words);
    all[1].set_comment(words);
    all[2].set_sealed_answer(words);
    all[3].set_signature(people_[1].signatures[0]);
    all[4].set_comment(people_[1].comment);
    for (const v1::AnswerQuestionRequest& bent : all) SendAnswer(bent);
    for (const char* method : {"AnswerQuestion", "ListQuestions"}) {
      for (const std::string& bytes : {words, good.SerializeAsString() + "\xff\xff"}) {
        SendGarbage(deployment_.response_address(), absl::StrCat("/candor.v1.ResponseService/", method), bytes);
      }
    }
  }
  void SendAnswer(const v1::AnswerQuestionRequest& request) {
    const auto connection = Nobody();
    const auto stub = v1::ResponseService::NewStub(connection->channel());
    grpc::ClientContext context;
    v1::AnswerQuestionResponse response;
    Note(stub->AnswerQuestion(&context, request, &response));
  }

  // Once the time to answer is over: one answer goes out, one in part, one not, and none where there is none.
  void DecideAboutAnswers() {
    ASSERT_EQ(deployment_.Advance(absl::Hours(2 * 24 * kFollowUpDays)), absl::OkStatus());
    v1::AnswerQuestionRequest late;
    late.set_survey(survey_.substr(survey_.rfind('/') + 1));
    late.set_comment(people_[0].comment);
    late.set_sealed_answer(people_[0].question_answers.back());
    late.set_signature(people_[0].signatures.back());
    SendAnswer(late);
    const auto answers = client::ReadAnswers(roles_->session());
    ASSERT_TRUE(answers.ok()) << answers.status();
    ASSERT_EQ(answers->answers.size(), kAsked);
    client::AnswerDecisions decisions;
    for (const client::OpenedAnswer& answer : answers->answers) {
      const auto person = std::find_if(people_.begin(), people_.end(),
                                       [&](const Person& each) { return each.comment == answer.comment; });
      ASSERT_NE(person, people_.end());
      if (!answer.text.has_value()) continue;
      v1::CommentDecision& decision = decisions[answer.comment];
      decision.set_kind(v1::DECISION_KIND_APPROVE);
      decision.set_text(*answer.text);
      if (person == people_.begin() + 1) {
        decision.set_kind(v1::DECISION_KIND_REDACT);
        decision.set_reason(v1::MODERATION_REASON_NAMES_SOMEBODY);
        decision.set_text(answer.text->substr(0, answer.text->size() / 2) + domain::kCut);
        decision.set_note(RandomAnswers(random_).comments[0]);
        person->decisions = {decision.text(), decision.note()};
        // What no server takes.
        v1::DecideAnswerRequest bent;
        bent.set_comment(decision.note());
        *bent.mutable_decision() = decision;
        bent.mutable_decision()->set_text(*answer.text);
        const auto stub = v1::ModerationService::NewStub(roles_->session().connection()->channel());
        Note(roles_->session().Call(*stub, &v1::ModerationService::Stub::DecideAnswer, bent).status());
      } else if (person == people_.begin() + 2) {
        decision.Clear();
        decision.set_kind(v1::DECISION_KIND_REJECT);
        decision.set_reason(v1::MODERATION_REASON_IDENTIFIES_WRITER);
      }
    }
    const auto left = client::DecideAll(roles_->session(), *answers, decisions);
    ASSERT_TRUE(left.ok()) << left.status();
    ASSERT_EQ(*left, 0);
    ASSERT_EQ(roles_->AwaitAnswers(2), absl::OkStatus());
  }

  FastFolder folder_;
  Deployment deployment_;
  std::mt19937 random_;
  std::unique_ptr<SmallDistrict> district_;
  std::string campaign_, survey_, leader_;
  std::string closed_survey_, closed_code_;
  std::vector<Person> people_;
  std::vector<std::unique_ptr<NotingStore>> stores_;
  std::unique_ptr<QuestionRoles> roles_;
  std::string errors_;  // all that clients were told
  std::set<std::string> reasons_;
};

TEST_F(LogsTest, NothingOfARespondentIsInAnyLogErrorOrTemporaryFile) {
  ASSERT_EQ(deployment_.Start(), absl::OkStatus());
  auto administrator = deployment_.Administrator();
  ASSERT_TRUE(administrator.ok()) << administrator.status();
  testing::SmallInstrument instrument;
  instrument.items = kTrialItems;
  instrument.prompts = 1;
  auto district = SmallDistrict::Make(*administrator, instrument);
  ASSERT_TRUE(district.ok()) << district.status();
  district_ = *std::move(district);
  const auto before = district_->Open(1, 6);
  ASSERT_TRUE(before.ok()) << before.status();
  closed_survey_ = before->surveys[0].id;
  closed_code_ = before->surveys[0].codes[0];
  ASSERT_EQ(district_->OrderClosing(before->name), absl::OkStatus());
  ASSERT_EQ(district_->AwaitState(before->name, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
  ASSERT_NO_FATAL_FAILURE(OpenForPeople(**administrator, before->name));

  // From here on only respondents call, rightly and wrongly.
  const int lines_before = LinesOf(deployment_.Logs());
  for (size_t i = 0; i < kAnswering; ++i) ASSERT_NO_FATAL_FAILURE(Answer(i, i % 4 == 0 ? 1 : 0));
  const int lines_of_answers = LinesOf(deployment_.Logs()) - lines_before;
  ASSERT_NO_FATAL_FAILURE(ProvokeRefusals());
  // Whether the server falls behind depends on how fast this machine is just now, so none need be refused; the record
  // says how many were.
  const int overloaded = Overload();
  const int lines_of_all = LinesOf(deployment_.Logs()) - lines_before;

  // A fault of the server in a respondent's call: the issuing key is lost while it does not run.
  deployment_.Kill();
  const std::string id = survey_.substr(survey_.rfind('/') + 1);
  const std::string key = absl::StrCat(deployment_.keys_folder(), "/survey.", id, ".issuing.0.key");
  ASSERT_EQ(rename(key.c_str(), (key + ".lost").c_str()), 0);
  ASSERT_EQ(deployment_.Start(), absl::OkStatus());
  {
    Person& late = people_[kAnswering];
    const auto connection = ConnectTo{deployment_.identity_address()}();
    ASSERT_TRUE(connection.ok());
    const auto stub = v1::InvitationService::NewStub((*connection)->channel());
    v1::IssueTokenRequest request;
    request.set_code(late.code);
    late.secrets.blinded = '\x01' + base::RandomBytes(255);
    request.set_blinded_message(late.secrets.blinded);
    grpc::ClientContext context;
    v1::IssueTokenResponse response;
    const grpc::Status status = stub->IssueToken(&context, request, &response);
    ASSERT_FALSE(status.ok());
    Note(status);
  }
  ASSERT_EQ(rename((key + ".lost").c_str(), key.c_str()), 0);
  ASSERT_EQ(district_->OrderClosing(campaign_), absl::OkStatus());
  ASSERT_EQ(district_->AwaitState(campaign_, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
  Submit(SubmissionOf(people_[1]));
  OpenInvitation(people_[1].code);
  ASSERT_NO_FATAL_FAILURE(Moderate());
  ASSERT_EQ(district_->Release(campaign_), absl::OkStatus());
  ASSERT_NO_FATAL_FAILURE(AskBack());
  const int lines_before_answers = LinesOf(deployment_.Logs());
  for (size_t i = 0; i < kAsked; ++i) {
    ASSERT_NO_FATAL_FAILURE(AnswerBack(people_[i], i + 1 == kAsked ? 0 : i == 0 ? 2 : 1));
  }
  const int lines_of_answers_back = LinesOf(deployment_.Logs()) - lines_before_answers;
  ASSERT_NO_FATAL_FAILURE(ProvokeRefusalsOfAnswers());
  ASSERT_NO_FATAL_FAILURE(DecideAboutAnswers());
  const auto report = district_->GetReport(survey_);
  ASSERT_TRUE(report.ok()) << report.status();
  const auto ledger = client::FetchLedger(*Nobody(), {}, domain::SurveyId(id), "");
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(ledger->ledger.groups[0].counted, kAnswering);
  EXPECT_EQ(deployment_.Stop(), 0);

  // What was provoked.
  for (const char* reason :
       {reasons::kCODE_MALFORMED, reasons::kCODE_UNKNOWN, reasons::kTOKEN_INVALID, reasons::kRATING_OFF_SCALE,
        reasons::kCOMMENT_TOO_LONG, reasons::kREQUEST_TOO_LARGE, reasons::kSURVEY_CLOSED, reasons::kFIELD_INVALID,
        reasons::kRESOURCE_NOT_FOUND, reasons::kFOLLOW_UP_OVER}) {
    EXPECT_EQ(reasons_.count(reason), 1u) << reason << " was not provoked";
  }

  // Where it may not be.
  const Secrets secrets(people_);
  std::map<std::string, std::string> places = {{"errors that clients got", errors_}, {"logs", deployment_.Logs()}};
  const Copy copy = deployment_.TakeCopy();
  int temporary = 0, cores = 0;
  for (const CopiedFile& file : copy.files) {
    if (absl::StrContains(file.name, "core")) ++cores;
    if (absl::StartsWith(file.name, "tmp/")) {
      ++temporary;
      places[file.name] = *file.bytes;
    }
  }
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(".", ignored)) {
    if (absl::StartsWith(entry.path().filename().string(), "core")) ++cores;
  }
  EXPECT_EQ(cores, 0);
  size_t searched = 0;
  std::vector<std::string> found;
  for (const auto& [place, text] : places) {
    searched += text.size();
    for (const std::string& kind : secrets.FoundIn(text)) found.push_back(absl::StrCat(place, ": ", kind));
  }
  EXPECT_TRUE(found.empty()) << absl::StrJoin(found, "\n");
  EXPECT_FALSE(deployment_.Logs().empty());
  // Nor addresses of anybody's computer, but for the server's own.
  std::string logs = deployment_.Logs();
  for (const std::string& own : {deployment_.identity_address(), deployment_.response_address()}) {
    for (size_t at; (at = logs.find(own)) != std::string::npos;) logs.erase(at, own.size());
  }
  for (const char* address : {"127.0.0.1", "ipv4:", "ipv6:", "[::1]"}) {
    EXPECT_FALSE(absl::StrContains(logs, address)) << "an address is in the log";
  }

  // Respondents' calls leave no line, however many there are.
  EXPECT_EQ(lines_of_answers, 0) << deployment_.Logs();
  EXPECT_EQ(lines_of_answers_back, 0) << deployment_.Logs();
  // The transport may tell once an hour that something is wrong with it, and where in its source.
  EXPECT_LE(lines_of_all, 3) << deployment_.Logs();
  EXPECT_TRUE(absl::StrContains(deployment_.Logs(), "faults of the server in respondents' calls"))
      << deployment_.Logs();

  // Positive control: every kind of secret is found where it is planted.
  int caught = 0;
  const Person& person = people_[2];
  for (const std::string& planted :
       {person.name, person.address, person.code, person.secrets.code_hash, person.secrets.blinded,
        person.secrets.token_hash, person.secrets.submission_ids[0], person.secrets.reply_keys[0],
        person.secrets.receipt, person.answers[0].comments[0], base::Json(person.answers[0].ratings).dump(),
        person.secrets.device->seeds[0], person.questions[0], person.question_answers[0], person.signatures[0]}) {
    caught += secrets.FoundIn(absl::StrCat(deployment_.Logs(), "{\"msg\":\"", planted, "\"}\n")).empty() ? 0 : 1;
  }
  for (const std::string& planted : people_[1].decisions) {
    caught += secrets.FoundIn(absl::StrCat(deployment_.Logs(), planted, "\n")).empty() ? 0 : 1;
  }
  EXPECT_EQ(caught, 17);

  const absl::Status written = WriteRecord(RecordName("logs"), {{"attack", "logs"},
                                                    {"arrangement", ArrangementInWords()},
                                                    {"respondents", kAnswering},
                                                    {"bytes_searched", searched},
                                                    {"kinds_of_secrets", secrets.kinds()},
                                                    {"found", found.size()},
                                                    {"calls_refused_for_overload", overloaded},
                                                    {"log_lines_of_respondents_calls", lines_of_answers},
                                                    {"log_lines_of_answers_to_questions", lines_of_answers_back},
                                                    {"log_lines_of_faults", lines_of_all},
                                                    {"temporary_files", temporary},
                                                    {"core_files", cores},
                                                    {"planted_and_caught", caught},
                                                    {"passed", !HasFailure()}});
  EXPECT_TRUE(written.ok()) << written;
}

}  // namespace
}  // namespace candor::privacy
