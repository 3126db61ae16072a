// One respondent at the level of single calls, so that a test can bend any of them. Checks nothing that it is told; the
// client library is where respondents are protected.

#ifndef CANDOR_TESTS_SUPPORT_RAW_RESPONDENT_H_
#define CANDOR_TESTS_SUPPORT_RAW_RESPONDENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "candor/v1/invitation.pb.h"
#include "candor/v1/response.pb.h"
#include "services/crypto/blind_signature.h"
#include "services/domain/answer.h"
#include "services/domain/contract.h"
#include "services/domain/instrument.h"
#include "tests/support/test_server.h"

namespace candor::testing {

class RawRespondent {
 public:
  // `caller` needs no key.
  static absl::StatusOr<RawRespondent> Open(const ApiCaller& caller, const std::string& code);

  // Blinds once, asks, and unblinds. Asking again sends the same bytes.
  absl::Status TakeToken();

  // A request with these answers, ready to be sent; a fresh submission id.
  candor::v1::SubmitResponseRequest RequestFor(const std::vector<uint8_t>& ratings,
                                               const std::vector<std::string>& comments, uint32_t version = 1) const;
  // Every asked item rated `rating`, no comments.
  candor::v1::SubmitResponseRequest RequestFor(uint8_t rating, uint32_t version = 1) const;

  // Sends, and verifies the receipt.
  absl::StatusOr<std::string> Submit(const candor::v1::SubmitResponseRequest& request) const;

  const candor::v1::OpenInvitationResponse& opened() const { return opened_; }
  const domain::Contract& contract() const { return contract_; }
  const domain::Manifest& manifest() const { return manifest_; }
  const domain::Instrument& instrument() const { return version_.instrument; }
  const domain::AnswerShape& shape() const { return shape_; }
  const crypto::BlindingState& blinding() const { return blinding_; }
  const ApiCaller& caller() const { return caller_; }

 private:
  explicit RawRespondent(ApiCaller caller) : caller_(std::move(caller)) {}

  ApiCaller caller_;
  std::string code_;
  candor::v1::OpenInvitationResponse opened_;
  domain::Contract contract_;
  domain::Manifest manifest_;
  domain::InstrumentVersion version_;
  domain::AnswerShape shape_;
  crypto::BlindingState blinding_;
  std::string signature_;
};

// Opens, takes a token and answers every asked item with `rating`. Gives the receipt.
absl::StatusOr<std::string> AnswerWith(const ApiCaller& caller, const std::string& code, uint8_t rating);

}  // namespace candor::testing

#endif  // CANDOR_TESTS_SUPPORT_RAW_RESPONDENT_H_
