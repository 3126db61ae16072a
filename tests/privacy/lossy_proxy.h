// Stands between clients and a server on loopback and loses replies: the server has done its work, the client hears
// nothing and its connection breaks.

#ifndef CANDOR_TESTS_PRIVACY_LOSSY_PROXY_H_
#define CANDOR_TESTS_PRIVACY_LOSSY_PROXY_H_

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace candor::privacy {

class LossyProxy {
 public:
  // Asked once for each reply, from any thread, while nothing of it has been passed on; true: the reply is lost.
  using Loses = std::function<bool()>;

  // Listens on a free port of 127.0.0.1. `server`: 127.0.0.1:PORT, speaking HTTP/2 without TLS.
  LossyProxy(const std::string& server, Loses loses);
  // Breaks all connections.
  ~LossyProxy();
  LossyProxy(const LossyProxy&) = delete;
  LossyProxy& operator=(const LossyProxy&) = delete;

  const std::string& address() const { return address_; }
  int lost() const { return lost_; }

 private:
  void Accept();
  void Serve(int client);

  const int server_port_;
  const Loses loses_;
  std::string address_;
  int listening_ = -1;
  std::atomic<bool> stopping_{false};
  std::atomic<int> lost_{0};
  std::thread acceptor_;
  absl::Mutex mutex_;
  std::vector<std::thread> connections_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_LOSSY_PROXY_H_
