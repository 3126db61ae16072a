#include "tests/benchmark/load_generator.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <unordered_map>

namespace candor::benchmark {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "load generator: %s\n", what.c_str());
  std::exit(1);
}

// What the connections share.
struct Run {
  const LoadOptions* options = nullptr;
  const std::vector<std::string>* messages = nullptr;
  std::vector<std::string>* replies = nullptr;
  size_t next = 0;
  size_t ended = 0;
  LoadResult result;
};

class Connection {
 public:
  Connection(Run* run, int share) : run_(run), share_(share) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(run->options->port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) Fail("cannot connect");
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    fcntl(socket_, F_SETFL, O_NONBLOCK);

    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnClose);
    if (run->replies != nullptr) nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
    nghttp2_session_client_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, 1);
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, 1 << 28);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    nghttp2_session_del(session_);
    ::close(socket_);
  }

  int descriptor() const { return socket_; }
  bool wants_write() const { return !pending_.empty() || nghttp2_session_want_write(session_) != 0; }

  void Fill() {
    while (static_cast<int>(calls_.size()) < share_ && run_->next < run_->messages->size()) {
      auto call = std::make_unique<Call>();
      call->number = run_->next++;
      const std::string& message = (*run_->messages)[call->number];
      const uint32_t length = htonl(static_cast<uint32_t>(message.size()));
      call->body.assign(1, '\0');
      call->body.append(reinterpret_cast<const char*>(&length), 4);
      call->body.append(message);
      const auto header = [](const char* name, const std::string& value) {
        return nghttp2_nv{reinterpret_cast<uint8_t*>(const_cast<char*>(name)),
                          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), std::strlen(name), value.size(),
                          NGHTTP2_NV_FLAG_NONE};
      };
      static const std::string post = "POST", http = "http", authority = "127.0.0.1", type = "application/grpc",
                               trailers = "trailers";
      nghttp2_nv headers[] = {header(":method", post),         header(":scheme", http),
                              header(":path", run_->options->path), header(":authority", authority),
                              header("content-type", type),    header("te", trailers),
                              header("authorization", run_->options->authorization)};
      const size_t count = run_->options->authorization.empty() ? 6 : 7;
      nghttp2_data_provider data{};
      data.source.ptr = call.get();
      data.read_callback = ReadBody;
      call->start = Clock::now();
      const int32_t stream = nghttp2_submit_request(session_, nullptr, headers, count, &data, nullptr);
      if (stream < 0) Fail(nghttp2_strerror(stream));
      calls_.emplace(stream, std::move(call));
    }
  }

  void Write() {
    while (true) {
      if (pending_.empty()) {
        const uint8_t* bytes = nullptr;
        while (pending_.size() < (1u << 16)) {
          const ssize_t length = nghttp2_session_mem_send(session_, &bytes);
          if (length < 0) Fail(nghttp2_strerror(static_cast<int>(length)));
          if (length == 0) break;
          pending_.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
        }
        if (pending_.empty()) return;
      }
      const ssize_t sent = send(socket_, pending_.data(), pending_.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno == EAGAIN || errno == EINTR) return;
        Fail("the server closed the connection");
      }
      pending_.erase(0, static_cast<size_t>(sent));
    }
  }

  void Read() {
    char buffer[1 << 16];
    while (true) {
      const ssize_t got = recv(socket_, buffer, sizeof(buffer), 0);
      if (got < 0) {
        if (errno == EAGAIN || errno == EINTR) return;
        Fail("cannot read from the server");
      }
      if (got == 0) Fail("the server closed the connection");
      const ssize_t used =
          nghttp2_session_mem_recv(session_, reinterpret_cast<uint8_t*>(buffer), static_cast<size_t>(got));
      if (used < 0) Fail(nghttp2_strerror(static_cast<int>(used)));
      if (got < static_cast<ssize_t>(sizeof(buffer))) return;
    }
  }

 private:
  struct Call {
    size_t number = 0;  // in the list of messages
    std::string body;
    std::string reply;
    size_t sent = 0;
    Clock::time_point start;
    std::string status;
    std::string message;
  };

  static ssize_t ReadBody(nghttp2_session*, int32_t, uint8_t* buffer, size_t length, uint32_t* flags,
                          nghttp2_data_source* source, void*) {
    Call* call = static_cast<Call*>(source->ptr);
    const size_t part = std::min(length, call->body.size() - call->sent);
    std::memcpy(buffer, call->body.data() + call->sent, part);
    call->sent += part;
    if (call->sent == call->body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(part);
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_length,
                      const uint8_t* value, size_t value_length, uint8_t, void* self) {
    auto& calls = static_cast<Connection*>(self)->calls_;
    const auto call = calls.find(frame->hd.stream_id);
    if (call == calls.end()) return 0;
    const std::string key(reinterpret_cast<const char*>(name), name_length);
    if (key == "grpc-status") call->second->status.assign(reinterpret_cast<const char*>(value), value_length);
    if (key == "grpc-message") call->second->message.assign(reinterpret_cast<const char*>(value), value_length);
    return 0;
  }

  static int OnData(nghttp2_session*, uint8_t, int32_t stream, const uint8_t* bytes, size_t length, void* self) {
    auto& calls = static_cast<Connection*>(self)->calls_;
    const auto call = calls.find(stream);
    if (call != calls.end()) call->second->reply.append(reinterpret_cast<const char*>(bytes), length);
    return 0;
  }

  static int OnClose(nghttp2_session*, int32_t stream, uint32_t, void* self) {
    auto* connection = static_cast<Connection*>(self);
    const auto call = connection->calls_.find(stream);
    if (call == connection->calls_.end()) return 0;
    Run* run = connection->run_;
    ++run->ended;
    if (call->second->status == "0") {
      run->result.latencies_us.push_back(
          std::chrono::duration<double, std::micro>(Clock::now() - call->second->start).count());
      // One uncompressed message: a flag, four bytes of length, and the message.
      if (run->replies != nullptr && call->second->reply.size() >= 5) {
        (*run->replies)[call->second->number] = call->second->reply.substr(5);
      }
    } else {
      if (run->result.failed++ == 0) run->result.first_fault = call->second->status + " " + call->second->message;
    }
    connection->calls_.erase(call);
    return 0;
  }

  Run* run_;
  const int share_;
  int socket_ = -1;
  nghttp2_session* session_ = nullptr;
  std::string pending_;
  std::unordered_map<int32_t, std::unique_ptr<Call>> calls_;
};

}  // namespace

double LoadResult::quantile_us(double q) const {
  if (latencies_us.empty()) return 0;
  const size_t at = static_cast<size_t>(q * static_cast<double>(latencies_us.size() - 1) + 0.5);
  return latencies_us[at];
}

LoadResult RunLoad(const LoadOptions& options, const std::vector<std::string>& messages,
                   std::vector<std::string>* replies) {
  Run run;
  run.options = &options;
  run.messages = &messages;
  run.replies = replies;
  if (replies != nullptr) replies->assign(messages.size(), "");
  run.result.latencies_us.reserve(messages.size());
  const int count = std::min(options.connections, options.in_flight);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < count; ++i) {
    const int share = options.in_flight / count + (i < options.in_flight % count ? 1 : 0);
    connections.push_back(std::make_unique<Connection>(&run, share));
  }
  std::vector<pollfd> polls(connections.size());
  const auto start = Clock::now();
  while (run.ended < messages.size()) {
    for (size_t i = 0; i < connections.size(); ++i) {
      connections[i]->Fill();
      connections[i]->Write();
      polls[i] = {connections[i]->descriptor(), static_cast<short>(POLLIN | (connections[i]->wants_write() ? POLLOUT : 0)),
                  0};
    }
    if (poll(polls.data(), polls.size(), 30000) == 0) Fail("no reply for 30 seconds");
    for (size_t i = 0; i < connections.size(); ++i) {
      if ((polls[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) connections[i]->Read();
    }
  }
  run.result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::sort(run.result.latencies_us.begin(), run.result.latencies_us.end());
  return run.result;
}

}  // namespace candor::benchmark
