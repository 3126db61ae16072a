// Attacks on the protocol of tokens and answers: spending twice, replies that are lost with the server, tokens from
// elsewhere, bent keys, messages and signatures.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/ledger_check.h"
#include "clients/cpp/respondent.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/ledger.h"
#include "services/crypto/merkle.h"
#include "services/crypto/receipt.h"
#include "services/crypto/token.h"
#include "services/domain/errors.h"
#include "storage/sqlite/open_survey_store.h"
#include "tests/privacy/deployment.h"
#include "tests/privacy/lossy_proxy.h"
#include "tests/privacy/results.h"
#include "tests/privacy/trial.h"
#include "tests/support/process/small_campaign.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"

namespace candor::privacy {
namespace {

namespace v1 = candor::v1;
namespace reasons = domain::reasons;
using testing::ApiCaller;
using testing::RawRespondent;
using testing::ReasonOf;
using testing::SampleDistrict;
using testing::TestServer;

// A server with one open campaign of two leaders.
struct OpenServer {
  TestServer server;
  std::unique_ptr<SampleDistrict> district;
  SampleDistrict::Campaign campaign;
  std::vector<std::vector<std::pair<std::string, std::string>>> codes;  // by survey: group and code

  void Start(const std::vector<SampleDistrict::Invited>& invited) {
    ASSERT_EQ(server.Start(), absl::OkStatus());
    auto made = SampleDistrict::Make(server, "north");
    ASSERT_EQ(made.status(), absl::OkStatus());
    district = std::make_unique<SampleDistrict>(*std::move(made));
    auto opened = district->MakeCampaign(Administrator(), server.clock().Now(), invited);
    ASSERT_EQ(opened.status(), absl::OkStatus());
    campaign = *std::move(opened);
    ASSERT_EQ(testing::OpenAndWait(Administrator(), campaign.name), absl::OkStatus());
    for (const std::string& survey : campaign.surveys) {
      auto listed = testing::CodesOf(Administrator(), survey);
      ASSERT_EQ(listed.status(), absl::OkStatus());
      codes.push_back(*std::move(listed));
    }
  }
  ApiCaller Administrator() const { return server.Nobody().WithKey(district->person("administrator").key); }

  absl::StatusOr<RawRespondent> WithToken(const std::string& code) const {
    CANDOR_ASSIGN_OR_RETURN(RawRespondent respondent, RawRespondent::Open(server.Nobody(), code));
    CANDOR_RETURN_IF_ERROR(respondent.TakeToken());
    return respondent;
  }

  absl::StatusOr<crypto::Ledger> CloseAndReadLedger(const RawRespondent& of) const {
    CANDOR_RETURN_IF_ERROR(testing::CloseAndWait(Administrator(), campaign.name));
    v1::GetLedgerRequest get;
    get.set_survey(of.opened().survey());
    CANDOR_ASSIGN_OR_RETURN(const auto ledger, server.Nobody().Call(&v1::ResponseService::Stub::GetLedger, get));
    return crypto::VerifyLedger(ledger.ledger(), domain::SurveyIdBytes(of.manifest().survey),
                                of.manifest().receipt_public_key);
  }
};

// Sends all at once over several connections; the replies in the order of the requests.
std::vector<std::pair<grpc::Status, std::string>> SendAllAtOnce(
    const OpenServer& open, const std::vector<v1::SubmitResponseRequest>& requests) {
  constexpr size_t kConnections = 8;
  std::vector<std::unique_ptr<v1::ResponseService::Stub>> stubs;
  for (size_t i = 0; i < kConnections; ++i) {
    stubs.push_back(v1::ResponseService::NewStub(open.server.Nobody().response_channel()));
  }
  std::vector<grpc::ClientContext> contexts(requests.size());
  std::vector<v1::SubmitResponseResponse> responses(requests.size());
  std::vector<std::pair<grpc::Status, std::string>> replies(requests.size());
  absl::BlockingCounter pending(static_cast<int>(requests.size()));
  for (size_t i = 0; i < requests.size(); ++i) {
    stubs[i % kConnections]->async()->SubmitResponse(&contexts[i], &requests[i], &responses[i],
                                                     [&, i](const grpc::Status& status) {
                                                       replies[i] = {status, responses[i].receipt()};
                                                       pending.DecrementCount();
                                                     });
  }
  pending.Wait();
  return replies;
}

std::string LeafOf(const RawRespondent& respondent, const std::string& receipt) {
  const auto read = crypto::VerifyReceipt(receipt, domain::SurveyIdBytes(respondent.manifest().survey),
                                          respondent.manifest().receipt_public_key);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? read->leaf : std::string();
}

SuiteRecord RecordOf(const std::string& name) {
  return SuiteRecord(RecordName(absl::StrCat("protocol-", name)),
                     {{"attack", "protocol"}, {"arrangement", ArrangementInWords()}});
}

constexpr int kAtOnce = 1000;

TEST(ProtocolTest, AThousandSubmissionsOfOneTokenAtOnceLeaveOne) {
  SuiteRecord record = RecordOf("spending-twice");
  OpenServer open;
  ASSERT_NO_FATAL_FAILURE(open.Start({{"leader1", {{"staff", 12}}}}));
  std::vector<RawRespondent> people;
  for (int i = 0; i < 3; ++i) {
    auto person = open.WithToken(open.codes[0][static_cast<size_t>(i)].second);
    ASSERT_TRUE(person.ok()) << person.status();
    people.push_back(*std::move(person));
  }
  // The first: one version, a thousand different answers. One is stored, and only that one has a leaf.
  std::vector<v1::SubmitResponseRequest> requests;
  for (int i = 0; i < kAtOnce; ++i) requests.push_back(people[0].RequestFor(static_cast<uint8_t>(1 + i % 5), 1));
  std::set<crypto::Hash> leaves;
  int accepted = 0;
  for (const auto& [status, receipt] : SendAllAtOnce(open, requests)) {
    if (status.ok()) {
      ++accepted;
      leaves.insert(LeafOf(people[0], receipt));
    } else {
      EXPECT_EQ(ReasonOf(client::FromGrpc(status)), reasons::kVERSION_TAKEN);
    }
  }
  EXPECT_EQ(accepted, 1);
  // The second: one submission, sent a thousand times. One leaf.
  requests.assign(kAtOnce, people[1].RequestFor(4, 1));
  std::set<std::string> same;
  int replayed = 0;
  for (const auto& [status, receipt] : SendAllAtOnce(open, requests)) {
    ASSERT_TRUE(status.ok()) << status.error_message();
    same.insert(LeafOf(people[1], receipt));
    ++replayed;
  }
  EXPECT_EQ(same.size(), 1u);
  leaves.insert(same.begin(), same.end());
  // The third: a thousand versions in any order. The highest stays.
  requests.clear();
  for (int i = 0; i < kAtOnce; ++i) {
    requests.push_back(people[2].RequestFor(static_cast<uint8_t>(1 + i % 5), static_cast<uint32_t>(1 + i)));
  }
  base::Shuffle(requests);
  std::map<uint32_t, std::string> by_version;
  const auto replies = SendAllAtOnce(open, requests);
  for (size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].first.ok()) {
      by_version[requests[i].version()] = LeafOf(people[2], replies[i].second);
    } else {
      EXPECT_EQ(ReasonOf(client::FromGrpc(replies[i].first)), reasons::kVERSION_SUPERSEDED);
    }
  }
  ASSERT_FALSE(by_version.empty());
  EXPECT_EQ(by_version.rbegin()->first, static_cast<uint32_t>(kAtOnce));
  leaves.insert(by_version.rbegin()->second);

  const auto ledger = open.CloseAndReadLedger(people[0]);
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(std::set<crypto::Hash>(ledger->leaves.begin(), ledger->leaves.end()), leaves);
  EXPECT_EQ(ledger->groups[0].counted, 3);
  EXPECT_EQ(ledger->groups[0].issued, 3);
  EXPECT_EQ(ledger->groups[0].replaced, static_cast<int64_t>(by_version.size()) - 1);
  record.Found({{"at_once", kAtOnce},
                {"one_version_accepted", accepted},
                {"one_submission_replayed", replayed},
                {"one_submission_leaves", same.size()},
                {"versions_accepted", by_version.size()},
                {"counted", ledger->groups[0].counted}});
}

TEST(ProtocolTest, AThousandBlindedMessagesForOneCodeAtOnceGetOneSignature) {
  SuiteRecord record = RecordOf("issuing-twice");
  OpenServer open;
  ASSERT_NO_FATAL_FAILURE(open.Start({{"leader1", {{"staff", 6}}}}));
  const std::string& code = open.codes[0][0].second;
  std::vector<v1::IssueTokenRequest> requests;
  for (int i = 0; i < kAtOnce; ++i) {
    // Any number below the modulus can be signed; the first byte keeps it below.
    v1::IssueTokenRequest request;
    request.set_code(code);
    request.set_blinded_message('\x01' + base::RandomBytes(255));
    requests.push_back(std::move(request));
  }
  const auto stub = v1::InvitationService::NewStub(open.server.Nobody().channel());
  std::vector<grpc::ClientContext> contexts(requests.size());
  std::vector<v1::IssueTokenResponse> responses(requests.size());
  std::atomic<int> signed_messages{0}, refused{0}, other{0};
  absl::BlockingCounter pending(kAtOnce);
  for (size_t i = 0; i < requests.size(); ++i) {
    stub->async()->IssueToken(&contexts[i], &requests[i], &responses[i], [&](const grpc::Status& status) {
      const std::string reason = status.ok() ? "" : ReasonOf(client::FromGrpc(status));
      ++(status.ok() ? signed_messages : reason == reasons::kTOKEN_ALREADY_ISSUED ? refused : other);
      pending.DecrementCount();
    });
  }
  pending.Wait();
  EXPECT_EQ(signed_messages, 1);
  EXPECT_EQ(refused, kAtOnce - 1);
  EXPECT_EQ(other, 0);
  record.Found({{"at_once", kAtOnce}, {"signed", signed_messages.load()}, {"refused", refused.load()}});
}

// Two servers, two surveys on each, two groups in each: every token, claimed to be every other one's.
TEST(ProtocolTest, ATokenIsGoodForItsOwnServerSurveyAndGroupAlone) {
  SuiteRecord record = RecordOf("foreign-tokens");
  std::vector<std::unique_ptr<OpenServer>> servers;
  std::vector<std::pair<size_t, RawRespondent>> tokens;  // of which server
  for (size_t number = 0; number < 2; ++number) {
    servers.push_back(std::make_unique<OpenServer>());
    ASSERT_NO_FATAL_FAILURE(servers.back()->Start(
        {{"leader1", {{"staff", 6}, {"student", 6}}}, {"leader2", {{"staff", 6}, {"student", 6}}}}));
    for (const auto& codes : servers.back()->codes) {
      for (const char* group : {"staff", "student"}) {
        const auto code = std::find_if(codes.begin(), codes.end(), [&](const auto& c) { return c.first == group; });
        ASSERT_NE(code, codes.end());
        auto respondent = servers.back()->WithToken(code->second);
        ASSERT_TRUE(respondent.ok()) << respondent.status();
        tokens.emplace_back(number, *std::move(respondent));
      }
    }
  }
  int accepted = 0, refused = 0;
  for (size_t from = 0; from < tokens.size(); ++from) {
    for (size_t to = 0; to < tokens.size(); ++to) {
      const RawRespondent& own = tokens[from].second;
      const RawRespondent& claimed = tokens[to].second;
      v1::SubmitResponseRequest request = claimed.RequestFor(3);
      request.set_token_message(own.RequestFor(3).token_message());
      request.set_token_signature(own.RequestFor(3).token_signature());
      // As it is, and with survey and group in the message changed to what is claimed.
      for (const bool rewritten : {false, true}) {
        if (rewritten) {
          std::string message = request.token_message();
          // Prefix (32), "candor-token-v1" and zero (16), then survey and group (18).
          message.replace(48, 18, claimed.RequestFor(3).token_message().substr(48, 18));
          request.set_token_message(message);
        }
        const auto reply = servers[tokens[to].first]->server.Nobody().Call(
            &v1::ResponseService::Stub::SubmitResponse, request);
        if (reply.ok()) {
          EXPECT_EQ(from, to);
          ++accepted;
        } else {
          EXPECT_NE(from, to) << reply.status();
          EXPECT_EQ(ReasonOf(reply.status()), reasons::kTOKEN_INVALID);
          EXPECT_EQ(reply.status().message(), domain::errors::TokenInvalid().message());
          ++refused;
        }
      }
    }
  }
  // A token's own claim, sent twice, is one answer and its replay.
  EXPECT_EQ(accepted, static_cast<int>(2 * tokens.size()));
  record.Found({{"tokens", tokens.size()}, {"accepted_as_their_own", accepted}, {"refused", refused}});
}

// As big-endian numbers.
std::string Plus(std::string a, absl::string_view b) {
  int carry = 0;
  for (size_t i = a.size(); i > 0; --i) {
    carry += static_cast<uint8_t>(a[i - 1]) + static_cast<uint8_t>(b[i - 1]);
    a[i - 1] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  return carry == 0 ? a : std::string(1, '\x01') + a;
}

TEST(ProtocolTest, BentSignaturesMessagesAndKeysAreRefused) {
  SuiteRecord record = RecordOf("bent");
  OpenServer open;
  ASSERT_NO_FATAL_FAILURE(open.Start({{"leader1", {{"staff", 6}}}}));
  auto respondent = open.WithToken(open.codes[0][0].second);
  ASSERT_TRUE(respondent.ok()) << respondent.status();
  const v1::SubmitResponseRequest good = respondent->RequestFor(3);
  const std::string& der = respondent->manifest().groups[0].verifying_key;
  const size_t at = der.find(std::string("\x02\x82\x01\x01\x00", 5));
  ASSERT_NE(at, std::string::npos);
  const std::string modulus = der.substr(at + 5, 256), zero(256, '\0');

  std::vector<v1::SubmitResponseRequest> bent;
  const auto with_signature = [&](std::string signature) {
    bent.push_back(good);
    bent.back().set_token_signature(std::move(signature));
  };
  const auto with_message = [&](std::string message) {
    bent.push_back(good);
    bent.back().set_token_message(std::move(message));
  };
  const std::string signature = good.token_signature(), message = good.token_message();
  for (size_t byte = 0; byte < signature.size(); ++byte) {
    std::string changed = signature;
    changed[byte] = static_cast<char>(changed[byte] ^ (1 << (byte % 8)));
    with_signature(changed);
  }
  for (size_t byte = 0; byte < message.size(); ++byte) {
    std::string changed = message;
    changed[byte] = static_cast<char>(changed[byte] ^ (1 << (byte % 8)));
    with_message(changed);
  }
  // The same number in other forms would make one token two.
  with_signature(Plus(signature, modulus));
  with_signature('\0' + signature);
  with_signature(signature + '\0');
  with_signature(signature.substr(1));
  with_signature(zero);
  with_signature(zero.substr(1) + '\1');
  with_signature(modulus);
  with_signature("");
  with_signature(std::string(100'000, 'x'));
  with_message("");
  with_message(message + '\0');
  with_message(message.substr(1));
  with_message(std::string(100'000, 'x'));
  for (const v1::SubmitResponseRequest& request : bent) {
    const absl::Status status =
        open.server.Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), reasons::kTOKEN_INVALID);
  }

  // Blinded messages that must not be signed: one reply, whether the code is fresh or used, and nothing is spent.
  std::string below = modulus;
  --below.back();  // odd
  const std::vector<std::string> unsignable = {
      zero, zero.substr(1) + '\1', modulus, below, std::string(256, '\xff'), "",
      std::string(255, '\2'), std::string(257, '\2'), std::string(5000, '\2')};
  for (const std::string& blinded : unsignable) {
    std::set<std::string> replies;
    for (const size_t code : {0, 1}) {
      v1::IssueTokenRequest issue;
      issue.set_code(open.codes[0][code].second);
      issue.set_blinded_message(blinded);
      const auto stub = v1::InvitationService::NewStub(open.server.Nobody().channel());
      grpc::ClientContext context;
      v1::IssueTokenResponse response;
      const grpc::Status status = stub->IssueToken(&context, issue, &response);
      EXPECT_EQ(ReasonOf(client::FromGrpc(status)), reasons::kBLINDED_MESSAGE_INVALID);
      replies.insert(absl::StrCat(status.error_code(), status.error_message(), status.error_details()));
    }
    EXPECT_EQ(replies.size(), 1u) << "the reply tells whether the code has been used";
  }
  EXPECT_TRUE(open.WithToken(open.codes[0][1].second).ok()) << "a fresh code was spent";

  // A key that is changed anywhere is no key, or another one.
  int refused_keys = 0, other_keys = 0;
  for (size_t byte = 0; byte < der.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = der;
      changed[byte] = static_cast<char>(changed[byte] ^ (1 << bit));
      const auto key = crypto::BlindVerifyingKey::FromSpkiDer(changed);
      if (!key.ok()) {
        ++refused_keys;
        continue;
      }
      ++other_keys;
      EXPECT_FALSE(key->Verify(message, signature)) << "byte " << byte;
    }
  }
  EXPECT_GT(refused_keys, 0);
  ASSERT_TRUE(respondent->Submit(good).ok()) << "the untouched token was spent by a bent one";
  const auto ledger = open.CloseAndReadLedger(*respondent);
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(ledger->groups[0].counted, 1);
  EXPECT_EQ(ledger->groups[0].issued, 2);
  record.Found({{"tokens_refused", bent.size()},
                {"blinded_messages_refused", unsignable.size()},
                {"keys_refused", refused_keys},
                {"keys_that_are_others", other_keys}});
}

// The leaf of what is stored under a token, read from the files of a server that is not running.
absl::StatusOr<std::string> StoredLeaf(const Deployment& deployment, const std::string& survey,
                                       const std::string& token_hash) {
  const FastFolder folder;
  const std::string path = folder.path() + "/open.db";
  for (const CopiedFile& file : deployment.TakeCopy().files) {
    for (const char* end : {"", "-wal"}) {
      if (absl::EndsWith(file.name, absl::StrCat("open/", survey, ".db", end))) {
        CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(path + end, *file.bytes, 0600));
      }
    }
  }
  CANDOR_ASSIGN_OR_RETURN(const auto store, storage::sqlite::SqliteOpenSurveyStore::Open(path));
  std::string leaf;
  CANDOR_RETURN_IF_ERROR(store->ForEachAnswer([&](const storage::Slot& slot, absl::string_view sealed) {
    if (slot.head->token_hash != token_hash) return absl::OkStatus();
    leaf = std::string(crypto::LeafHash(token_hash, crypto::Sha256(sealed)).view());
    return absl::OkStatus();
  }));
  if (leaf.empty()) return absl::NotFoundError("nothing is stored under this token");
  return leaf;
}

TEST(ProtocolTest, AServerKilledBetweenCommitAndReplyGivesTheSameLeafAgain) {
  SuiteRecord record = RecordOf("crashes");
  constexpr int kPeople = 12;
  const FastFolder folder;
  Deployment deployment(folder.path(), 2);
  ASSERT_EQ(deployment.Start(), absl::OkStatus());
  auto administrator = deployment.Administrator();
  ASSERT_TRUE(administrator.ok()) << administrator.status();
  auto district = testing::SmallDistrict::Make(*administrator);
  ASSERT_TRUE(district.ok()) << district.status();
  auto campaign = (*district)->Open(1, kPeople);
  ASSERT_TRUE(campaign.ok()) << campaign.status();
  const auto& survey = campaign->surveys[0];

  // The reply is withheld, and the server is gone before the client hears anything.
  std::atomic<bool> armed{false};
  const auto kill = [&] {
    if (!armed.exchange(false)) return false;
    deployment.Kill();
    return true;
  };
  const LossyProxy identity(deployment.identity_address(), kill), response(deployment.response_address(), kill);
  client::MemoryStateStore store;
  client::RespondentOptions options;
  options.identity = ConnectTo{identity.address()};
  options.response = ConnectTo{response.address()};
  options.store = &store;
  options.retry.attempts = 1;
  options.keep_answers = true;

  int kills = 0;
  std::set<crypto::Hash> leaves;
  for (int person = 0; person < kPeople; ++person) {
    const std::string& code = survey.codes[static_cast<size_t>(person)];
    domain::Answers answers;
    answers.ratings.assign(testing::kSmallCampaignItems, static_cast<uint8_t>(1 + person % 5));
    {
      auto respondent = client::Respondent::Open(options, code);
      ASSERT_TRUE(respondent.ok()) << respondent.status();
      armed = true;
      ASSERT_EQ((*respondent)->TakeToken().code(), absl::StatusCode::kUnavailable);
      ++kills;
    }
    ASSERT_EQ(deployment.Start(), absl::OkStatus());
    auto respondent = client::Respondent::Open(options, code);
    ASSERT_TRUE(respondent.ok()) << respondent.status();
    ASSERT_EQ((*respondent)->TakeToken(), absl::OkStatus()) << "the signature that was lost is given again";
    armed = true;
    ASSERT_EQ((*respondent)->Submit(answers).code(), absl::StatusCode::kUnavailable);
    ++kills;
    const auto state = client::RespondentState::Parse(**store.Load(client::StateName(*crypto::NormalizeCode(code))));
    ASSERT_TRUE(state.ok()) << state.status();
    const auto stored = StoredLeaf(deployment, survey.id, crypto::TokenHash(state->token_message));
    ASSERT_TRUE(stored.ok()) << "a reply was on its way before the commit: " << stored.status();

    ASSERT_EQ(deployment.Start(), absl::OkStatus());
    for (int replay = 0; replay < 2; ++replay) {
      ASSERT_EQ((*respondent)->Submit(answers), absl::OkStatus());
      const auto receipt = crypto::VerifyReceipt((*respondent)->receipt(),
                                                 domain::SurveyIdBytes((*respondent)->survey()),
                                                 (*respondent)->documents().manifest.receipt_public_key);
      ASSERT_TRUE(receipt.ok()) << receipt.status();
      EXPECT_EQ(receipt->leaf, *stored);
      EXPECT_EQ(receipt->version, 1u);
    }
    leaves.insert(*stored);
  }
  administrator = deployment.Administrator();
  ASSERT_TRUE(administrator.ok());
  ASSERT_EQ((*district)->OrderClosing(campaign->name), absl::OkStatus());
  ASSERT_EQ((*district)->AwaitState(campaign->name, v1::CAMPAIGN_STATE_CLOSED), absl::OkStatus());
  client::ConnectionOptions direct;
  direct.address = deployment.response_address();
  const auto ledger = client::FetchLedger(**client::Connection::Make(direct), {}, domain::SurveyId(survey.id), "");
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(std::set<crypto::Hash>(ledger->ledger.leaves.begin(), ledger->ledger.leaves.end()), leaves);
  EXPECT_EQ(ledger->ledger.groups[0].counted, kPeople);
  EXPECT_EQ(ledger->ledger.groups[0].issued, kPeople);
  EXPECT_EQ(ledger->ledger.groups[0].replaced, 0);
  record.Found({{"kills_between_commit_and_reply", kills}, {"counted", ledger->ledger.groups[0].counted}});
}

}  // namespace
}  // namespace candor::privacy
