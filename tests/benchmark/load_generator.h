// A cheap source of gRPC calls: prepared messages over HTTP/2 by nghttp2, from one thread. A gRPC client costs more than
// the server that it calls; on few cores it would hide what the server can do.

#ifndef CANDOR_TESTS_BENCHMARK_LOAD_GENERATOR_H_
#define CANDOR_TESTS_BENCHMARK_LOAD_GENERATOR_H_

#include <cstdint>
#include <string>
#include <vector>

namespace candor::benchmark {

struct LoadOptions {
  uint16_t port = 0;    // on 127.0.0.1
  std::string path;     // "/package.Service/Method"
  std::string authorization;  // that header; empty: none
  int in_flight = 128;  // calls at any moment, over all connections
  int connections = 4;
};

struct LoadResult {
  double seconds = 0;                // from the first call to the last reply
  int64_t failed = 0;                // calls that ended with another status than 0
  std::string first_fault;           // status and message of the first of those
  std::vector<double> latencies_us;  // of the calls that succeeded, ascending

  double rate() const { return static_cast<double>(latencies_us.size()) / seconds; }
  // q in [0, 1].
  double quantile_us(double q) const;
};

// Sends each of `messages` (serialized requests) once. `replies`, unless null, gets the serialized replies in the same
// order, empty where a call failed. Ends the process with a message when no connection can be made or
// nothing arrives for 30 seconds.
LoadResult RunLoad(const LoadOptions& options, const std::vector<std::string>& messages,
                   std::vector<std::string>* replies = nullptr);

}  // namespace candor::benchmark

#endif  // CANDOR_TESTS_BENCHMARK_LOAD_GENERATOR_H_
