// How near fetching a released report comes to what the machine can do: against a bare gRPC service that sends the same
// bytes, which it has encoded once.
//
//   report_benchmark [calls per round, default 10000] [rounds, default 5]
//
// Every figure is the median over the rounds, ours and the limit measured in turn. One JSON line each.

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "candor/v1/invitation.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "clients/cpp/connection.h"
#include "clients/cpp/respondent.h"
#include "clients/cpp/state_store.h"
#include "services/base/file.h"
#include "tests/benchmark/benchmark_util.h"
#include "tests/benchmark/load_generator.h"
#include "tests/support/process/candord_process.h"
#include "tests/support/process/small_campaign.h"

namespace candor::benchmark {
namespace {

namespace v1 = candor::v1;

constexpr int kItems = 40, kRaters = 20, kInFlight = 128, kAlone = 1000;
constexpr char kGetReport[] = "/candor.v1.ReportService/GetReport";
constexpr size_t kLargestReport = size_t{16} << 20;

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "report_benchmark: %s\n", value.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(value);
}
void Must(const absl::Status& status) { Must(status.ok() ? absl::StatusOr<int>(0) : absl::StatusOr<int>(status)); }

// The limit: the same bytes for whatever is asked, and nothing in between.
class EchoService
    : public v1::ReportService::WithRawCallbackMethod_GetReport<v1::ReportService::Service> {
 public:
  explicit EchoService(const std::string& reply) : reply_(reply) {}

  grpc::ServerUnaryReactor* GetReport(grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                                      grpc::ByteBuffer* response) override {
    *response = grpc::ByteBuffer(&reply_, 1);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const grpc::Slice reply_;
};

int ServeEcho(const std::string& file) {
  EchoService service(Must(base::ReadFile(file, kLargestReport)));
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

// A released report: its survey's name.
std::string MakeReport(const std::string& address, const std::shared_ptr<client::Connection>& administrator) {
  const auto district = Must(testing::SmallDistrict::Make(administrator, {kItems, 0}));
  const auto campaign = Must(district->Open(1, kRaters, {.administrator_reads = true}));
  const auto& survey = campaign.surveys[0];
  std::fprintf(stderr, "answering\n");
  client::ConnectionOptions connect;
  connect.address = address;
  client::MemoryStateStore store;
  client::RespondentOptions options;
  const auto identity = Must(client::Connection::Make(connect)), response = Must(client::Connection::Make(connect));
  options.identity = [identity] { return identity; };
  options.response = [response](const std::string&) { return response; };
  options.store = &store;
  for (size_t i = 0; i < survey.codes.size(); ++i) {
    const auto respondent = Must(client::Respondent::Open(options, survey.codes[i]));
    domain::Answers answers;
    for (int item = 0; item < kItems; ++item) {
      answers.ratings.push_back(static_cast<uint8_t>(1 + (i * 7 + static_cast<size_t>(item)) % 5));
    }
    Must(respondent->Submit(answers));
  }
  Must(district->OrderClosing(campaign.name));
  Must(district->AwaitState(campaign.name, v1::CAMPAIGN_STATE_CLOSED));
  Must(district->Release(campaign.name));
  Must(district->GetReport(survey.name));  // its leader reads it first
  return survey.name;
}

LoadResult RunWhole(const LoadOptions& options, const std::vector<std::string>& messages,
                    std::vector<std::string>* replies = nullptr) {
  LoadResult result = RunLoad(options, messages, replies);
  if (result.failed > 0) {
    std::fprintf(stderr, "report_benchmark: %lld calls failed, the first with %s\n",
                 static_cast<long long>(result.failed), result.first_fault.c_str());
    std::exit(1);
  }
  return result;
}

int Measure(int per_round, int rounds) {
  const testing::ScratchFolder folder;
  testing::CandordProcess candord(folder.path() + "/data");
  Must(candord.Start());
  client::ConnectionOptions connect;
  connect.address = candord.address();
  connect.timeout = absl::Seconds(60);
  connect.access_key = Must(base::ReadFile(candord.admin_key_file()));
  while (!connect.access_key.empty() && connect.access_key.back() == '\n') connect.access_key.pop_back();
  v1::GetReportRequest request;
  request.set_name(absl::StrCat(MakeReport(candord.address(), Must(client::Connection::Make(connect))), "/report"));

  LoadOptions ours;
  ours.port = static_cast<uint16_t>(std::stoi(candord.address().substr(candord.address().rfind(':') + 1)));
  ours.path = kGetReport;
  ours.authorization = absl::StrCat("Bearer ", connect.access_key);
  std::vector<std::string> replies;
  const std::string message = request.SerializeAsString();
  RunWhole(ours, {message}, &replies);
  v1::Report report;
  if (replies[0].empty() || !report.ParseFromString(replies[0]) || report.items_size() != kItems) {
    std::fprintf(stderr, "report_benchmark: the reply is no report of %d items\n", kItems);
    return 1;
  }
  std::fprintf(stderr, "the report has %zu bytes\n", replies[0].size());
  const std::string file = folder.path() + "/report";
  Must(base::WriteFileAtomically(file, replies[0], 0600));
  const ChildServer echo({"--echo", file});
  LoadOptions limit = ours;
  limit.port = echo.port();

  const std::vector<std::string> many(static_cast<size_t>(per_round), message), few(kAlone, message);
  std::vector<double> our_rates, limit_rates, ours_alone, limit_alone;
  for (int round = 0; round < rounds; ++round) {
    std::fprintf(stderr, "round %d of %d\n", round + 1, rounds);
    ours.in_flight = limit.in_flight = kInFlight;
    limit_rates.push_back(RunWhole(limit, many).rate());
    our_rates.push_back(RunWhole(ours, many).rate());
    ours.in_flight = limit.in_flight = 1;
    limit_alone.push_back(RunWhole(limit, few).quantile_us(0.5));
    ours_alone.push_back(RunWhole(ours, few).quantile_us(0.5));
  }
  PrintResult("report: fetches against a bare echo of the same bytes, 128 in flight", Median(our_rates),
              Median(limit_rates), "1/s", 0.80, false);
  PrintResult("report: p50 against the echo's, 1 in flight", Median(ours_alone), Median(limit_alone), "us", 2, true);
  return candord.Stop();
}

}  // namespace
}  // namespace candor::benchmark

int main(int argc, char** argv) {
  if (argc > 2 && std::strcmp(argv[1], "--echo") == 0) return candor::benchmark::ServeEcho(argv[2]);
  const int per_round = argc > 1 ? std::atoi(argv[1]) : 10000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  if (per_round < 100 || per_round > 1'000'000 || rounds < 1 || rounds > 20) {
    std::fprintf(stderr, "usage: report_benchmark [calls per round, 100 to 1000000] [rounds, 1 to 20]\n");
    return 2;
  }
  return candor::benchmark::Measure(per_round, rounds);
}
