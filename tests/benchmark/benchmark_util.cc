#include "tests/benchmark/benchmark_util.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "nlohmann/json.hpp"

namespace candor::benchmark {

ChildServer::ChildServer(const std::vector<std::string>& arguments) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  process_ = fork();
  if (process_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    std::string self = "/proc/self/exe";
    std::vector<char*> argv = {self.data()};
    std::vector<std::string> copies = arguments;
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(self.c_str(), argv.data());
    _exit(127);
  }
  close(ends[1]);
  std::string text;
  pollfd waiting{ends[0], POLLIN, 0};
  while (text.find('\n') == std::string::npos && poll(&waiting, 1, 60000) > 0) {
    char buffer[256];
    const ssize_t got = read(ends[0], buffer, sizeof(buffer));
    if (got <= 0) break;
    text.append(buffer, static_cast<size_t>(got));
  }
  close(ends[0]);
  if (std::sscanf(text.c_str(), "port %hu", &port_) != 1) {
    std::fprintf(stderr, "the server process did not start\n");
    std::exit(1);
  }
}

ChildServer::~ChildServer() {
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

double CpuSeconds(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) std::abort();
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void AwaitRest(clockid_t server) {
  for (int i = 0; i < 240; ++i) {
    const double before = CpuSeconds(server);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (CpuSeconds(server) - before < 0.005) return;
  }
  std::fprintf(stderr, "the server does not come to rest; its processor time holds other work, too\n");
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void PrintResult(const std::string& benchmark, double ours, double limit, const std::string& unit, double goal,
                 bool at_most) {
  const double ratio = ours / limit;
  nlohmann::ordered_json line;
  line["benchmark"] = benchmark;
  line["ours"] = ours;
  line["limit"] = limit;
  line["unit"] = unit;
  line["ratio"] = ratio;
  line["goal"] = goal;
  line["met"] = at_most ? ratio <= goal : ratio >= goal;
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

}  // namespace candor::benchmark
