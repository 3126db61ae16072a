// What the benchmarks share: a server in a process of its own, medians, and the line that is printed.

#ifndef CANDOR_TESTS_BENCHMARK_BENCHMARK_UTIL_H_
#define CANDOR_TESTS_BENCHMARK_BENCHMARK_UTIL_H_

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <string>
#include <vector>

namespace candor::benchmark {

// A child process that runs this program again with other arguments and prints "port N" once it serves. Ended, by its
// process id, when the object goes.
class ChildServer {
 public:
  // Ends the process with a message when no port comes within 60 seconds.
  explicit ChildServer(const std::vector<std::string>& arguments);
  ~ChildServer();
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;

  uint16_t port() const { return port_; }

 private:
  pid_t process_ = -1;
  uint16_t port_ = 0;
};

// Processor time that the clock shows: CLOCK_PROCESS_CPUTIME_ID, or that of another process (clock_getcpuclockid).
double CpuSeconds(clockid_t clock);

// Waits, at most two minutes, until the server rests: after opening it makes keys ahead for the next survey, and they
// are nobody's cost.
void AwaitRest(clockid_t server);

double Median(std::vector<double> values);

// Prints {"benchmark":...,"ours":...,"limit":...,"unit":...,"ratio":...,"goal":...,"met":...}: `ratio` = ours / limit. With
// `at_most`, the goal is met when the ratio is not above it; else when it is not below.
void PrintResult(const std::string& benchmark, double ours, double limit, const std::string& unit, double goal,
                 bool at_most);

}  // namespace candor::benchmark

#endif  // CANDOR_TESTS_BENCHMARK_BENCHMARK_UTIL_H_
