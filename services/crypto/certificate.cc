#include "services/crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/status.h"
#include "services/crypto/openssl_util.h"

namespace candor::crypto {
namespace {

struct TlsFree {
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(X509* p) const { X509_free(p); }
};
using BioPtr = std::unique_ptr<BIO, TlsFree>;
using X509Ptr = std::unique_ptr<X509, TlsFree>;

BioPtr ReaderOf(absl::string_view pem) { return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

absl::StatusOr<std::vector<X509Ptr>> ReadCertificates(absl::string_view pem) {
  const BioPtr reader = ReaderOf(pem);
  std::vector<X509Ptr> certificates;
  while (X509* certificate = PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  // Reading stops at the end, which OpenSSL reports as "no start line"; any other report is a fault.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return absl::InvalidArgumentError("holds a certificate that cannot be read");
  }
  if (certificates.empty()) return absl::InvalidArgumentError("holds no certificate in PEM form");
  return certificates;
}

// Never asks for a password: an encrypted key is a fault.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

absl::Status CheckCertificates(absl::string_view pem) {
  const ErrorScope errors;
  return ReadCertificates(pem).status();
}

absl::Status CheckCertificateAndKey(absl::string_view chain_pem, absl::string_view key_pem) {
  const ErrorScope errors;
  CANDOR_ASSIGN_OR_RETURN(const auto certificates, ReadCertificates(chain_pem));
  const BioPtr reader = ReaderOf(key_pem);
  const PkeyPtr key(PEM_read_bio_PrivateKey(reader.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) return absl::InvalidArgumentError("the key file holds no unencrypted private key in PEM form");
  if (X509_check_private_key(certificates.front().get(), key.get()) != 1) {
    return absl::InvalidArgumentError("the first certificate does not belong to the private key");
  }
  return absl::OkStatus();
}

}  // namespace candor::crypto
