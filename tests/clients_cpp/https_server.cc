#include "tests/clients_cpp/https_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"

namespace candor::client {
namespace {

std::string PemOf(const std::function<int(BIO*)>& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  CANDOR_CHECK(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

// A key and a certificate that signs itself.
std::pair<std::string, std::string> MakeCertificate(const std::string& host) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("mirror"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const std::string alternative = absl::StrCat(isdigit(host[0]) ? "IP:" : "DNS:", host);
  X509_EXTENSION* const extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, const_cast<char*>(alternative.c_str()));
  X509_add_ext(certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  CANDOR_CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  return {PemOf([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); }), PemOf([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace

HttpsServer::HttpsServer(const std::string& host) {
  // Who asks may hang up before the answer.
  signal(SIGPIPE, SIG_IGN);
  // A client that hangs up is a client that hangs up, not the end of the test.
  signal(SIGPIPE, SIG_IGN);
  std::tie(certificate_, key_) = MakeCertificate(host);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CANDOR_CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  CANDOR_CHECK(listen(listener_, 8) == 0);
  socklen_t length = sizeof(address);
  CANDOR_CHECK(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  port_ = ntohs(address.sin_port);
  set_body("");
  thread_ = std::thread([this] { Serve(); });
}

HttpsServer::~HttpsServer() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

std::string HttpsServer::url() const { return absl::StrCat("https://127.0.0.1:", port_); }

std::vector<std::string> HttpsServer::requests() {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

void HttpsServer::set_response(std::string response) {
  absl::MutexLock lock(&mutex_);
  response_ = std::move(response);
}

void HttpsServer::set_body(const std::string& body) {
  set_response(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\nConnection: close\r\n\r\n", body));
}

void HttpsServer::Serve() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> certificate_bio(
      BIO_new_mem_buf(certificate_.data(), static_cast<int>(certificate_.size())), &BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_bio(BIO_new_mem_buf(key_.data(), static_cast<int>(key_.size())),
                                                          &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr), &X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  CANDOR_CHECK(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1);
  CANDOR_CHECK(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, 20) != 1) continue;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    const timeval patience{5, 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), &SSL_free);
    SSL_set_fd(ssl.get(), connection);
    if (SSL_accept(ssl.get()) == 1) {
      std::string request;
      char buffer[4096];
      while (request.find("\r\n\r\n") == std::string::npos && request.size() < 65'536) {
        const int read = SSL_read(ssl.get(), buffer, sizeof(buffer));
        if (read <= 0) break;
        request.append(buffer, static_cast<size_t>(read));
      }
      std::string response;
      {
        absl::MutexLock lock(&mutex_);
        requests_.push_back(request);
        response = response_;
      }
      while (silent_ && !stopping_) usleep(10'000);
      if (!response.empty()) SSL_write(ssl.get(), response.data(), static_cast<int>(response.size()));
      SSL_shutdown(ssl.get());
    }
    close(connection);
  }
}

}  // namespace candor::client
