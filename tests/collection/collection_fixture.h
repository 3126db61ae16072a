// A response plane on real files, and a small campaign's worth of keys and tokens to drive it with.

#ifndef CANDOR_TESTS_COLLECTION_COLLECTION_FIXTURE_H_
#define CANDOR_TESTS_COLLECTION_COLLECTION_FIXTURE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/collection/collection.h"
#include "services/crypto/blind_signature.h"
#include "services/crypto/ledger.h"
#include "services/crypto/sealing.h"
#include "services/crypto/signing.h"
#include "services/domain/closed_result.h"
#include "services/domain/contract.h"
#include "services/domain/response_plane.h"
#include "tests/storage/temp_folder.h"
#include "tests/support/fake_clock.h"

namespace candor::collection {

// 2,048-bit issuing keys, made once a program; `index` below 3.
const crypto::BlindSigningKey& IssuingKey(size_t index);

struct Token {
  int group = 0;
  std::string input_msg;
  std::string signature;
  std::string hash() const;
};

// The issuing side's and the client's part, together: a token of `group`, signed with IssuingKey(key).
Token MakeToken(const domain::SurveyId& survey, int group, size_t key);

// The other plane's view of one survey: documents, closing key, what to order.
struct TestSurvey {
  domain::Contract contract;
  domain::Instrument instrument;
  domain::Manifest manifest;
  crypto::ClosingKeyPair closing_key = crypto::ClosingKeyPair::Generate();
  crypto::SigningKey signing_key = crypto::SigningKey::Generate();
  std::vector<crypto::ClosingKeyPair> moderators;
  crypto::ClosingKeyPair auditor = crypto::ClosingKeyPair::Generate();  // in the manifest only where a test puts it there

  // Makes the closing key a steward's, who is named in the contract.
  void GiveToSteward();
  // The notice that moves the end of answering to `close_time`, signed.
  domain::ExtendOrder Extension(absl::Time close_time);
  // What the steward sends.
  std::string steward_key() const { return std::string(closing_key.secret_key.view()); }

  const domain::SurveyId& id() const { return manifest.survey; }
  // The order as it stands, hashes and signature made anew from the members above.
  domain::OpenOrder Order();
  // As many tokens issued as invited, `reissued` per group.
  domain::CloseOrder Closing(const std::string& order_id, std::vector<int64_t> reissued = {}) const;
  // A token of `group` under the manifest's key for it.
  Token NewToken(int group) const { return MakeToken(id(), group, static_cast<size_t>(group)); }
};

// Groups staff (12 invited) and student (10); the sample instrument: items 0 to 2 are theirs, item 2 is reversed; prompt
// 0 is asked of both, prompt 1 of staff, and both only when there are moderators.
TestSurvey MakeTestSurvey(const std::string& receipt_public_key, absl::Time close_time, int moderators = 0);

inline const absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);
inline const absl::Time kClose = absl::FromUnixSeconds(1'800'000'000);

// Ratings of the three items, blank for the fourth; no comments.
domain::Answers Ratings(int first, int second, int third);

Submission MakeSubmission(const domain::SurveyId& survey, const Token& token, uint32_t version,
                          const domain::Answers& answers);

// Submits and waits for the answer, at most a minute.
absl::StatusOr<std::string> SubmitAndWait(Collection& collection, const Submission& submission);

void ExpectReason(const absl::Status& status, absl::StatusCode code, const std::string& reason);
template <typename T>
void ExpectReason(const absl::StatusOr<T>& result, absl::StatusCode code, const std::string& reason) {
  ExpectReason(result.status(), code, reason);
}

// A wrapper round the store, for faults; by default the store itself.
using WrapStore =
    std::function<std::unique_ptr<storage::ResponseStore>(std::unique_ptr<storage::ResponseStore>)>;

class CollectionTest : public ::testing::Test {
 protected:
  void SetUp() override { Restart(); }

  // Ends the plane, if there is one, and starts it on the same folder.
  void Restart();
  void Shut() { collection_.reset(); }

  // `pooling_public_key`: of the campaign's pool; empty: none.
  TestSurvey OpenSurvey(int moderators = 0, const std::string& pooling_public_key = "");
  TestSurvey OpenSurveyWithAuditor(int moderators = 0);
  absl::StatusOr<std::string> Submit(const TestSurvey& survey, const Token& token, uint32_t version,
                                     const domain::Answers& answers);
  // Answers of `count` new tokens of `group`; all must be stored.
  std::vector<Token> SubmitMany(const TestSurvey& survey, int group, int count, const domain::Answers& answers);
  // The leaf of a receipt that must verify for `token`.
  std::string LeafOf(const TestSurvey& survey, const Token& token, const absl::StatusOr<std::string>& receipt);
  // The survey's closed result and ledger; closing must work and the ledger verify.
  struct Closed {
    domain::ClosedResult result;
    crypto::Ledger ledger;
  };
  Closed Close(const TestSurvey& survey, const domain::CloseOrder& order);

  std::string data_folder() const { return folder_.path() + "/data"; }
  std::string open_path(const domain::SurveyId& survey) const {
    return data_folder() + "/open/" + survey.value() + ".db";
  }

  storage::TempFolder folder_;
  testing::FakeClock clock_{kStart};
  CollectionOptions options_;
  WrapStore wrap_store_;
  std::unique_ptr<Collection> collection_;
};

}  // namespace candor::collection

#endif  // CANDOR_TESTS_COLLECTION_COLLECTION_FIXTURE_H_
