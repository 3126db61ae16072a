// A response plane for tests of the identity plane alone: it remembers its orders and invents results.

#ifndef CANDOR_TESTS_IDENTITY_FAKE_RESPONSE_PLANE_H_
#define CANDOR_TESTS_IDENTITY_FAKE_RESPONSE_PLANE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/crypto/sealing.h"
#include "services/crypto/signing.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/response_plane.h"
#include "tests/identity/gate.h"

namespace candor::identity {

class FakeResponsePlane : public domain::ResponsePlane {
 public:
  // Every call passes `gate` before and after its effect.
  explicit FakeResponsePlane(Gate* gate) : gate_(*gate), receipt_key_(crypto::SigningKey::Generate()) {}

  absl::StatusOr<std::string> ReceiptPublicKey() override {
    if (!gate_.Pass()) return Gone();
    return receipt_key_.public_key();
  }

  absl::Status OpenSurvey(const domain::OpenOrder& order) override {
    if (!gate_.Pass()) return Gone();
    if (opens_left == 0) return absl::UnavailableError("the response plane does not answer");
    --opens_left;
    const auto known = opened.find(order.survey);
    if (known != opened.end() && known->second.manifest != order.manifest) {
      return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kORDER_MISMATCH, "another manifest");
    }
    opened[order.survey] = order;
    accepting.insert(order.survey);
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::Status StopAccepting(const domain::SurveyId& survey) override {
    if (!gate_.Pass()) return Gone();
    if (!opened.contains(survey)) return domain::errors::SurveyUnknown();
    accepting.erase(survey);
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::StatusOr<domain::CloseOutcome> CloseSurvey(const domain::CloseOrder& order) override {
    if (!gate_.Pass()) return Gone();
    if (const auto fault = broken.find(order.survey); fault != broken.end()) return fault->second;
    EXPECT_FALSE(accepting.contains(order.survey)) << "closed while accepting";
    const auto known = closed.find(order.survey);
    if (known == closed.end()) {
      const auto manifest = domain::DecodeManifest(opened.at(order.survey).manifest);
      const auto pair = crypto::ClosingKeyPair::FromSecretKey(order.closing_secret_key);
      if (!pair.ok() || pair->public_key != manifest->closing_public_key) {
        return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kWRONG_CLOSING_KEY, "wrong key");
      }
      closed[order.survey] = order;
    } else if (known->second.order_id != order.order_id) {
      return domain::errors::SurveyClosed();
    }
    if (!gate_.Pass()) return Gone();
    return domain::CloseOutcome{absl::StrCat("result of ", order.survey.value()),
                                absl::StrCat("ledger of ", order.survey.value())};
  }

  absl::Status Forget(const domain::SurveyId& survey) override {
    if (!gate_.Pass() || forgets_left == 0) return Gone();
    --forgets_left;
    forgotten.insert(survey);
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::Status AbandonSurvey(const domain::SurveyId& survey) override {
    if (!gate_.Pass()) return Gone();
    if (!opened.contains(survey)) return domain::errors::SurveyUnknown();
    abandoned.insert(survey);
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::Status ReleaseSurvey(const domain::SurveyId& survey) override {
    if (!gate_.Pass()) return Gone();
    released.insert(survey);
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::StatusOr<std::vector<int64_t>> LiveCounts(const domain::SurveyId&) override { return std::vector<int64_t>{}; }

  std::map<domain::SurveyId, domain::OpenOrder> opened;
  std::map<domain::SurveyId, domain::CloseOrder> closed;
  int forgets_left = 1'000'000;
  int opens_left = 1'000'000;  // surveys that it still opens before it no longer answers
  std::set<domain::SurveyId> accepting, forgotten, abandoned, released;
  std::map<domain::SurveyId, absl::Status> broken;  // closing of these fails so

 private:
  static absl::Status Gone() { return absl::UnavailableError("the response plane does not answer"); }

  Gate& gate_;
  const crypto::SigningKey receipt_key_;
};

}  // namespace candor::identity

#endif  // CANDOR_TESTS_IDENTITY_FAKE_RESPONSE_PLANE_H_
