// How near issuing tokens and submitting answers come to what the machine can do: against a bare gRPC echo of the same
// message, against raw private-key operations, and against one durable commit an answer.
//
//   submit_benchmark [answers per round, default 3000] [rounds, default 5]
//
// Every figure is the median over the rounds, ours and the limit measured in turn. One JSON line each.

#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "candor/v1/invitation.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/documents.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/token.h"
#include "services/domain/contract.h"
#include "tests/benchmark/benchmark_util.h"
#include "tests/benchmark/load_generator.h"
#include "tests/support/process/candord_process.h"
#include "tests/support/process/small_campaign.h"

namespace candor::benchmark {
namespace {

constexpr int kItems = 40, kPrompts = 2, kPromptBytes = 2000, kInFlight = 128;
constexpr char kSubmit[] = "/candor.v1.ResponseService/SubmitResponse";
constexpr char kIssue[] = "/candor.v1.InvitationService/IssueToken";
constexpr size_t kReceiptBytes = 519;

using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "submit_benchmark: %s\n", value.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(value);
}
void Must(const absl::Status& status) { Must(status.ok() ? absl::StatusOr<int>(0) : absl::StatusOr<int>(status)); }

// The limit: the same request parsed, a reply of the same size, and nothing in between.
class EchoService : public candor::v1::ResponseService::CallbackService {
  grpc::ServerUnaryReactor* SubmitResponse(grpc::CallbackServerContext* context,
                                           const candor::v1::SubmitResponseRequest*,
                                           candor::v1::SubmitResponseResponse* response) override {
    response->set_receipt(std::string(kReceiptBytes, 'r'));
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int ServeEcho() {
  EchoService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::printf("port %d\n", port);
  std::fflush(stdout);
  server->Wait();  // until the parent ends this process
  return 0;
}

// Runs `work(i)` for every i below `count`, on two threads.
template <typename F>
void InParallel(size_t count, F work) {
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = t; i < count; i += 2) work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Rate of `sign` on two threads, operations a second.
double RawSigningRate(const crypto::BlindSigningKey& key, const std::vector<crypto::BlindingState>& states,
                      size_t count) {
  const auto start = SteadyClock::now();
  InParallel(count, [&](size_t i) { (void)Must(key.BlindSign(states[i % states.size()].blinded)); });
  return static_cast<double>(count) / SecondsSince(start);
}

// Rate of single durable commits of a row as large as a sealed answer, commits a second.
double SingleCommitRate(const std::string& folder, size_t row_bytes) {
  const std::string path = folder + "/single.db";
  sqlite3* connection = nullptr;
  if (sqlite3_open(path.c_str(), &connection) != SQLITE_OK) std::abort();
  sqlite3_exec(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(b BLOB)", nullptr, nullptr,
               nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(connection, "INSERT INTO t VALUES(?)", -1, &insert, nullptr);
  const std::string row = base::RandomBytes(row_bytes);
  constexpr int kCount = 2000;
  const auto start = SteadyClock::now();
  for (int i = 0; i < kCount; ++i) {
    sqlite3_bind_blob(insert, 1, row.data(), static_cast<int>(row.size()), SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) std::abort();
    sqlite3_reset(insert);
  }
  const double rate = kCount / SecondsSince(start);
  sqlite3_finalize(insert);
  sqlite3_close(connection);
  std::remove(path.c_str());
  return rate;
}

LoadResult RunWhole(uint16_t port, const char* path, int in_flight, const std::vector<std::string>& messages,
                    std::vector<std::string>* replies = nullptr) {
  LoadOptions options;
  options.port = port;
  options.path = path;
  options.in_flight = in_flight;
  LoadResult result = RunLoad(options, messages, replies);
  if (result.failed > 0) {
    std::fprintf(stderr, "submit_benchmark: %lld calls failed, the first with %s\n",
                 static_cast<long long>(result.failed), result.first_fault.c_str());
    std::exit(1);
  }
  return result;
}

std::vector<std::string> Part(const std::vector<std::string>& all, size_t from, size_t count) {
  return {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(from + count)};
}

int Measure(int per_round, int rounds) {
  const size_t round_size = static_cast<size_t>(per_round), alone = 300;
  const size_t total = round_size * static_cast<size_t>(rounds) + alone * static_cast<size_t>(rounds);
  const testing::ScratchFolder folder;
  testing::CandordProcess candord(folder.path() + "/data");
  Must(candord.Start());
  const uint16_t port =
      static_cast<uint16_t>(std::stoi(candord.address().substr(candord.address().rfind(':') + 1)));

  std::fprintf(stderr, "opening a survey for %zu raters\n", total);
  client::ConnectionOptions connect;
  connect.address = candord.address();
  connect.timeout = absl::Seconds(60);
  connect.access_key = Must(base::ReadFile(candord.admin_key_file()));
  while (!connect.access_key.empty() && connect.access_key.back() == '\n') connect.access_key.pop_back();
  const auto administrator = Must(client::Connection::Make(connect));
  const auto district = Must(testing::SmallDistrict::Make(administrator, {kItems, kPrompts}));
  const auto campaign = Must(district->Open(1, static_cast<int>(total)));
  const auto& survey = campaign.surveys[0];

  auto invitations = candor::v1::InvitationService::NewStub(administrator->channel());
  candor::v1::OpenInvitationRequest open;
  open.set_code(survey.codes[0]);
  const auto opened = Must(
      administrator->Call(*invitations, &candor::v1::InvitationService::Stub::OpenInvitation, open));
  const domain::Manifest manifest = Must(domain::DecodeManifest(opened.manifest()));
  const auto group = static_cast<uint16_t>(opened.group());
  const auto key = Must(crypto::BlindVerifyingKey::FromSpkiDer(manifest.groups[group].verifying_key));
  const std::string survey_bytes = domain::SurveyIdBytes(domain::SurveyId(survey.id));

  std::fprintf(stderr, "blinding %zu tokens\n", total);
  std::vector<crypto::BlindingState> states(total);
  std::vector<std::string> issue_requests(total);
  InParallel(total, [&](size_t i) {
    states[i] = Must(crypto::Blind(key, Must(crypto::BuildTokenMessage(survey_bytes, group, base::RandomBytes(32)))));
    candor::v1::IssueTokenRequest request;
    request.set_code(survey.codes[i]);
    request.set_blinded_message(states[i].blinded);
    issue_requests[i] = request.SerializeAsString();
  });

  std::fprintf(stderr, "issuing, in turn with raw signing\n");
  const auto own_key = Must(crypto::BlindSigningKey::Generate(key.modulus_bits()));
  std::vector<crypto::BlindingState> own_states;
  const std::string any_message = Must(crypto::BuildTokenMessage(survey_bytes, group, base::RandomBytes(32)));
  for (int i = 0; i < 16; ++i) own_states.push_back(Must(crypto::Blind(own_key.verifying_key(), any_message)));
  std::vector<std::string> signatures(total);
  std::vector<double> issue_rates, raw_rates;
  for (size_t from = 0, round = 0; from < total; ++round) {
    const size_t count = round + 1 < static_cast<size_t>(rounds) ? total / static_cast<size_t>(rounds) : total - from;
    raw_rates.push_back(RawSigningRate(own_key, own_states, std::min<size_t>(count, 2000)));
    std::vector<std::string> replies;
    issue_rates.push_back(RunWhole(port, kIssue, 64, Part(issue_requests, from, count), &replies).rate());
    for (size_t i = 0; i < count; ++i) {
      candor::v1::IssueTokenResponse reply;
      if (!reply.ParseFromString(replies[i])) std::abort();
      signatures[from + i] = reply.blind_signature();
    }
    from += count;
  }

  std::fprintf(stderr, "finishing the tokens\n");
  std::vector<std::string> submissions(total);
  InParallel(total, [&](size_t i) {
    candor::v1::SubmitResponseRequest request;
    request.set_survey(survey.id);
    request.set_group(group);
    request.set_token_message(states[i].input_msg);
    request.set_token_signature(Must(crypto::Finalize(key, states[i], signatures[i])));
    request.set_version(1);
    request.set_submission_id(base::RandomBytes(16));
    std::string* ratings = request.mutable_ratings();
    for (int item = 0; item < kItems; ++item) ratings->push_back(static_cast<char>(1 + (i + item) % 5));
    for (int prompt = 0; prompt < kPrompts; ++prompt) {
      std::string comment = "A comment of some length.";
      comment.resize(kPromptBytes);
      request.add_comments(comment);
    }
    submissions[i] = request.SerializeAsString();
  });

  const ChildServer echo({"--echo"});
  std::vector<double> ours, limit, ours_p99, limit_p99, ours_alone, limit_alone, single;
  for (int round = 0; round < rounds; ++round) {
    std::fprintf(stderr, "round %d of %d\n", round + 1, rounds);
    const size_t from = static_cast<size_t>(round) * round_size;
    const auto part = Part(submissions, from, round_size);
    const auto few = Part(submissions, round_size * static_cast<size_t>(rounds) + alone * static_cast<size_t>(round), alone);
    single.push_back(SingleCommitRate(folder.path(), submissions[0].size()));
    const LoadResult bare = RunWhole(echo.port(), kSubmit, kInFlight, part);
    const LoadResult real = RunWhole(port, kSubmit, kInFlight, part);
    limit.push_back(bare.rate());
    ours.push_back(real.rate());
    limit_p99.push_back(bare.quantile_us(0.99));
    ours_p99.push_back(real.quantile_us(0.99));
    limit_alone.push_back(RunWhole(echo.port(), kSubmit, 1, few).quantile_us(0.5));
    ours_alone.push_back(RunWhole(port, kSubmit, 1, few).quantile_us(0.5));
  }
  PrintResult("issue: tokens against raw private-key operations", Median(issue_rates), Median(raw_rates), "1/s", 0.85,
              false);
  PrintResult("submit: durable answers against a bare echo, 128 in flight", Median(ours), Median(limit), "1/s", 0.22,
              false);
  PrintResult("submit: p99 against the echo's, 128 in flight", Median(ours_p99), Median(limit_p99), "us", 12, true);
  PrintResult("submit: p50 against the echo's, 1 in flight", Median(ours_alone), Median(limit_alone), "us", 8, true);
  PrintResult("submit: against one durable commit an answer", Median(ours), Median(single), "1/s", 3, false);
  return candord.Stop();
}

}  // namespace
}  // namespace candor::benchmark

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--echo") == 0) return candor::benchmark::ServeEcho();
  const int per_round = argc > 1 ? std::atoi(argv[1]) : 3000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  if (per_round < 100 || per_round > 20000 || rounds < 1 || rounds > 20) {
    std::fprintf(stderr, "usage: submit_benchmark [answers per round, 100 to 20000] [rounds, 1 to 20]\n");
    return 2;
  }
  return candor::benchmark::Measure(per_round, rounds);
}
