// A small HTTPS server on loopback that gives one answer to whatever is asked, and remembers what was.

#ifndef CANDOR_TESTS_CLIENTS_CPP_HTTPS_SERVER_H_
#define CANDOR_TESTS_CLIENTS_CPP_HTTPS_SERVER_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace candor::client {

class HttpsServer {
 public:
  // `host`: what the certificate is made out for, an address or a name.
  explicit HttpsServer(const std::string& host = "127.0.0.1");
  ~HttpsServer();

  // "https://127.0.0.1:PORT"
  std::string url() const;
  // The certificate, which signs itself, in PEM.
  const std::string& certificate() const { return certificate_; }
  // The requests so far, each up to the empty line.
  std::vector<std::string> requests();

  // What it answers: the whole response, head and body.
  void set_response(std::string response);
  // "200 OK" with this body.
  void set_body(const std::string& body);
  // Answers nothing at all until it is stopped.
  void set_silent() { silent_ = true; }

 private:
  void Serve();

  std::string certificate_, key_;
  int listener_ = -1, port_ = 0;
  std::atomic<bool> stopping_ = false, silent_ = false;
  absl::Mutex mutex_;
  std::string response_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace candor::client

#endif  // CANDOR_TESTS_CLIENTS_CPP_HTTPS_SERVER_H_
