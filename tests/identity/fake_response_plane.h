// A response plane for tests of the identity plane alone: it remembers its orders and invents results.

#ifndef CANDOR_TESTS_IDENTITY_FAKE_RESPONSE_PLANE_H_
#define CANDOR_TESTS_IDENTITY_FAKE_RESPONSE_PLANE_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/crypto/sealing.h"
#include "services/crypto/signing.h"
#include "services/domain/comments.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/follow_up.h"
#include "services/domain/pooled_figures.h"
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
    if (opens_left == 0) return open_fault;
    --opens_left;
    const auto known = opened.find(order.survey);
    if (known != opened.end() && known->second.manifest != order.manifest) {
      return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kORDER_MISMATCH, "another manifest");
    }
    opened[order.survey] = order;
    accepting.insert(order.survey);
    if (after_order != nullptr) after_order();
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::Status ExtendSurvey(const domain::ExtendOrder& order) override {
    if (!gate_.Pass()) return Gone();
    if (!opened.contains(order.survey)) return domain::errors::SurveyUnknown();
    if (!extend_fault.ok()) return extend_fault;
    extended[order.survey] = order;
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
    if (abandoned.contains(order.survey)) {
      return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kSURVEY_ABANDONED, "abandoned");
    }
    EXPECT_FALSE(accepting.contains(order.survey)) << "closed while accepting";
    const auto known = closed.find(order.survey);
    if (known == closed.end()) {
      const auto manifest = domain::DecodeManifest(opened.at(order.survey).manifest);
      const bool stewarded = domain::DecodeContract(opened.at(order.survey).contract)->steward.has_value();
      if (stewarded && !steward_came) {
        return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kWAITING_FOR_STEWARD, "waiting");
      }
      const auto pair = crypto::ClosingKeyPair::FromSecretKey(order.closing_secret_key);
      if (stewarded) {
        EXPECT_EQ(order.closing_secret_key, "") << "a key that is not this plane's to have";
      } else if (!pair.ok() || pair->public_key != manifest->closing_public_key) {
        return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kWRONG_CLOSING_KEY, "wrong key");
      }
      closed[order.survey] = order;
    } else if (known->second.order_id != order.order_id) {
      return domain::errors::SurveyClosed();
    }
    if (after_order != nullptr) after_order();
    if (!gate_.Pass()) return Gone();
    return domain::CloseOutcome{absl::StrCat("result of ", order.survey.value()),
                                absl::StrCat("ledger of ", order.survey.value())};
  }

  absl::StatusOr<std::string> PoolCampaign(const domain::PoolOrder& order) override {
    if (!gate_.Pass()) return Gone();
    ++pool_orders;
    if (!order.pooling_secret_key.empty() && !pool_fault.ok()) return pool_fault;
    bool known = false;
    for (const auto& [id, opened_with] : opened) {
      if (domain::DecodeManifest(opened_with.manifest)->pooling_public_key != order.pooling_public_key) continue;
      known = true;
      if (!closed.contains(id) && !abandoned.contains(id)) return domain::errors::WrongState("not all are closed");
    }
    if (!known) return domain::errors::SurveyUnknown();
    if (!pools.contains(order.pooling_public_key)) {
      const auto pair = crypto::ClosingKeyPair::FromSecretKey(order.pooling_secret_key);
      const bool lost = order.pooling_secret_key.empty();
      if (!lost && (!pair.ok() || pair->public_key != order.pooling_public_key)) {
        return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kWRONG_CLOSING_KEY, "wrong key");
      }
      pools[order.pooling_public_key] = lost ? domain::EncodePooledFigures({}) : figures;
    }
    const std::string given = pools[order.pooling_public_key];
    if (!gate_.Pass()) return Gone();
    return given;
  }

  absl::Status Forget() override {
    if (!gate_.Pass() || forgets_left == 0) return Gone();
    --forgets_left;
    ++forgets;
    for (const auto& [id, order] : closed) forgotten.insert(id);
    forgotten.insert(abandoned.begin(), abandoned.end());
    for (const auto& [key, pooled] : pools) forgotten_pools.insert(key);
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::Status AbandonSurvey(const domain::SurveyId& survey) override {
    if (!gate_.Pass()) return Gone();
    if (!opened.contains(survey)) return domain::errors::SurveyUnknown();
    if (closed.contains(survey)) return domain::errors::WrongState("the survey is closed");
    abandoned.insert(survey);
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::StatusOr<bool> CommentsWait(const domain::SurveyId& survey) override {
    if (!gate_.Pass()) return Gone();
    return undecided.contains(survey) && undecided.at(survey) > 0 && !released.contains(survey);
  }

  absl::StatusOr<std::string> ReleaseSurvey(const domain::ReleaseOrder& order) override {
    if (!gate_.Pass()) return Gone();
    const auto waiting = undecided.find(order.survey);
    if (waiting != undecided.end() && waiting->second > 0 && !order.discard_undecided) {
      return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCOMMENTS_UNDECIDED, "undecided");
    }
    if (!release_fault.ok()) return release_fault;
    released.insert(order.survey);
    release_times.emplace(order.survey, order.release_time);
    domain::ReleasedComments handed_over;
    handed_over.survey = order.survey;
    handed_over.discarded = waiting == undecided.end() ? 0 : waiting->second;
    if (!released_ids.empty()) handed_over.blocks = {{"staff", "", {{"what_else", {}, 0, {}}}}};
    for (const std::string& id : released_ids) handed_over.blocks[0].prompts[0].comments.push_back({id, "Words", false});
    if (!gate_.Pass()) return Gone();
    return domain::EncodeReleasedComments(handed_over);
  }

  absl::Status PutQuestion(const domain::QuestionOrder& order) override {
    if (!gate_.Pass()) return Gone();
    if (!put_fault.ok()) return put_fault;
    if (!released.contains(order.survey)) return domain::errors::WrongState("not released");
    const auto [place, first] = questions[order.survey].emplace(order.comment, order.sealed_question);
    if (!first && place->second != order.sealed_question) {
      return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kORDER_MISMATCH, "another question");
    }
    return gate_.Pass() ? absl::OkStatus() : Gone();
  }

  absl::StatusOr<std::string> FinishFollowUps(const domain::SurveyId& survey) override {
    if (!gate_.Pass()) return Gone();
    ++finish_orders;
    if (!finish_fault.ok()) return finish_fault;
    if (!released.contains(survey)) return domain::errors::WrongState("not released");
    // Frozen by this.
    const auto [place, first] = handed_over_answers.emplace(survey, domain::FollowUpAnswers{survey, answers[survey]});
    if (!gate_.Pass()) return Gone();
    return unreadable_answers.empty() ? domain::EncodeFollowUpAnswers(place->second) : unreadable_answers;
  }

  absl::StatusOr<std::vector<int64_t>> LiveCounts(const domain::SurveyId&) override { return std::vector<int64_t>{}; }

  std::map<domain::SurveyId, domain::OpenOrder> opened;
  std::map<domain::SurveyId, domain::CloseOrder> closed;
  std::map<domain::SurveyId, domain::ExtendOrder> extended;
  absl::Status extend_fault;  // how extending fails
  bool steward_came = false;  // the stewards' keys are there
  int forgets_left = 1'000'000, forgets = 0;
  int opens_left = 1'000'000;  // surveys that it still opens before it no longer answers
  absl::Status open_fault = Gone();  // how it refuses the next
  std::function<void()> after_order;  // what happens right after a survey was opened or closed
  std::set<domain::SurveyId> accepting, forgotten, abandoned, released;
  std::map<domain::SurveyId, absl::Status> broken;  // closing of these fails so
  std::map<domain::SurveyId, int64_t> undecided;  // comments that wait for moderators; none: 0
  std::vector<std::string> released_ids;  // of comments that every survey hands over, sorted
  std::string unreadable_answers;  // given in the place of answers, as by a server of another version
  absl::Status release_fault;  // how releasing fails
  std::map<domain::SurveyId, absl::Time> release_times;                      // as they were told first
  std::map<domain::SurveyId, std::map<std::string, std::string>> questions;  // comment -> sealed question
  absl::Status put_fault, finish_fault;                                      // how these orders fail
  int finish_orders = 0;
  std::map<domain::SurveyId, std::vector<domain::FollowUpAnswers::Answer>> answers;  // what moderators let out
  std::map<domain::SurveyId, domain::FollowUpAnswers> handed_over_answers;
  int pool_orders = 0;
  absl::Status pool_fault;                           // how pooling with a key fails
  std::string figures = domain::EncodePooledFigures({43});
  std::map<std::string, std::string> pools;          // pooling public key -> the figures it was first told
  std::set<std::string> forgotten_pools;

 private:
  static absl::Status Gone() { return absl::UnavailableError("the response plane does not answer"); }

  Gate& gate_;
  const crypto::SigningKey receipt_key_;
};

}  // namespace candor::identity

#endif  // CANDOR_TESTS_IDENTITY_FAKE_RESPONSE_PLANE_H_
