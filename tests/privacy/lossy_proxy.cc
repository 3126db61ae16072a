#include "tests/privacy/lossy_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace candor::privacy {
namespace {

constexpr int kPollMs = 20;
// Of HTTP/2 (RFC 9113, 4.1): length (3), type, flags, stream (4).
constexpr size_t kFrameHeader = 9;
constexpr char kHeaders = 1;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int PortOf(const std::string& address) {
  int port = 0;
  if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) std::abort();
  return port;
}

bool SendAll(int socket, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

uint32_t BigEndian(absl::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

}  // namespace

LossyProxy::LossyProxy(const std::string& server, Loses loses)
    : server_port_(PortOf(server)), loses_(std::move(loses)) {
  listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own = Loopback(0);
  socklen_t length = sizeof(own);
  if (bind(listening_, reinterpret_cast<sockaddr*>(&own), length) != 0 || listen(listening_, 512) != 0 ||
      getsockname(listening_, reinterpret_cast<sockaddr*>(&own), &length) != 0) {
    std::abort();
  }
  address_ = absl::StrCat("127.0.0.1:", ntohs(own.sin_port));
  acceptor_ = std::thread([this] { Accept(); });
}

LossyProxy::~LossyProxy() {
  stopping_ = true;
  acceptor_.join();
  close(listening_);
  absl::MutexLock lock(&mutex_);
  for (std::thread& connection : connections_) connection.join();
}

void LossyProxy::Accept() {
  while (!stopping_) {
    pollfd ready{listening_, POLLIN, 0};
    if (poll(&ready, 1, kPollMs) <= 0) continue;
    const int client = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    absl::MutexLock lock(&mutex_);
    connections_.emplace_back([this, client] {
      Serve(client);
      close(client);
    });
  }
}

void LossyProxy::Serve(int client) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(server_port_);
  const int yes = 1;
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  std::string replies;          // what is not passed on yet
  std::set<uint32_t> answered;  // streams whose reply has begun
  std::array<char, 64 << 10> buffer;
  while (open && !stopping_) {
    std::array<pollfd, 2> ready = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (poll(ready.data(), ready.size(), kPollMs) <= 0) continue;
    if (ready[0].revents != 0) {
      const ssize_t got = recv(client, buffer.data(), buffer.size(), 0);
      open = got > 0 && SendAll(server, {buffer.data(), static_cast<size_t>(got)});
    }
    if (open && ready[1].revents != 0) {
      const ssize_t got = recv(server, buffer.data(), buffer.size(), 0);
      open = got > 0;
      if (open) replies.append(buffer.data(), static_cast<size_t>(got));
      // Whole frames only, so that no part of a reply is passed on before it is decided upon.
      size_t passed = 0;
      while (open && replies.size() - passed >= kFrameHeader) {
        const absl::string_view frame = absl::string_view(replies).substr(passed);
        const size_t size = kFrameHeader + BigEndian(frame.substr(0, 3));
        if (frame.size() < size) break;
        if (frame[3] == kHeaders && answered.insert(BigEndian(frame.substr(5, 4))).second && loses_()) {
          ++lost_;
          open = false;
          break;
        }
        passed += size;
      }
      if (passed > 0 && !SendAll(client, absl::string_view(replies).substr(0, passed))) open = false;
      replies.erase(0, passed);
    }
  }
  close(server);
}

}  // namespace candor::privacy
