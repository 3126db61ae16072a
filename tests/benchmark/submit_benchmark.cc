// How near submitting answers comes to what the machine can do: against a bare gRPC echo of the same message, and
// against one durable commit an answer.
//
//   submit_benchmark [answers per round, default 3000] [rounds, default 5]
//
// Every figure is the median over the rounds, ours and the limit measured in turn. One JSON line each.

#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "candor/v1/response.grpc.pb.h"
#include "services/base/random.h"
#include "tests/benchmark/benchmark_util.h"
#include "tests/benchmark/load_generator.h"
#include "tests/benchmark/open_survey.h"
#include "tests/support/process/candord_process.h"

namespace candor::benchmark {
namespace {

constexpr int kItems = 40, kPrompts = 2, kInFlight = 128;
constexpr char kSubmit[] = "/candor.v1.ResponseService/SubmitResponse";
constexpr size_t kReceiptBytes = 519;

using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

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

int Measure(int per_round, int rounds) {
  const size_t round_size = static_cast<size_t>(per_round), alone = 300;
  const size_t total = round_size * static_cast<size_t>(rounds) + alone * static_cast<size_t>(rounds);
  const testing::ScratchFolder folder;
  testing::CandordProcess candord(folder.path() + "/data");
  Must(candord.Start());
  const OpenSurvey survey = OpenSurveyFor(candord, total, kItems, kPrompts);
  const uint16_t port = survey.port;

  std::fprintf(stderr, "issuing %zu tokens\n", total);
  std::vector<std::string> signatures;
  IssueTokens(port, survey.issue_requests, &signatures);

  const std::vector<std::string> submissions = SubmissionsFor(survey, signatures, kItems, kPrompts);

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
