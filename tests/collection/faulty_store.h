// A store that fails where a test wants it to: a wrapper round the real one.

#ifndef CANDOR_TESTS_COLLECTION_FAULTY_STORE_H_
#define CANDOR_TESTS_COLLECTION_FAULTY_STORE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/domain/errors.h"
#include "storage/response_store.h"

namespace candor::collection {

// How many of the next calls fail, as if the disk were out of reach; shared with the test. `before_create` runs
// before a survey is created, `before_close` before the closing transaction, `before_get` before a survey's documents are read.
struct StoreFaults {
  std::atomic<int> stop{0};
  std::atomic<int> extend{0};
  std::atomic<int> close_before{0};  // the transaction is not made
  std::atomic<int> close_after{0};   // the transaction is made, but its success is not heard of
  std::atomic<int> destroy{0};
  std::atomic<int> contribution{0};
  std::atomic<int> finish_before{0};  // of a pool; as for closing
  std::atomic<int> finish_after{0};
  std::atomic<int> release_before{0};  // of comments; likewise
  std::atomic<int> release_after{0};
  std::atomic<int> rebuild{0};
  std::atomic<int> answer{0};          // to a question
  std::atomic<int> hand_over_before{0};  // of answers to questions; likewise
  std::atomic<int> hand_over_after{0};
  std::function<void()> before_create;
  std::function<void()> before_close;
  std::function<void()> before_get;
};

class FaultyStore : public storage::ResponseStore {
 public:
  FaultyStore(std::unique_ptr<storage::ResponseStore> store, StoreFaults* faults)
      : store_(std::move(store)), faults_(faults) {}

  absl::Status CreateSurvey(const storage::StoredSurvey& survey, const storage::SlotLayout& layout) override {
    if (faults_->before_create) std::exchange(faults_->before_create, nullptr)();
    return store_->CreateSurvey(survey, layout);
  }
  absl::StatusOr<storage::StoredSurvey> GetSurvey(const domain::SurveyId& survey) override {
    if (faults_->before_get) faults_->before_get();
    return store_->GetSurvey(survey);
  }
  absl::StatusOr<storage::SurveyState> GetState(const domain::SurveyId& survey) override {
    return store_->GetState(survey);
  }
  absl::Status ForEachUnfinished(absl::FunctionRef<absl::Status(const storage::UnfinishedSurvey&)> visit) override {
    return store_->ForEachUnfinished(visit);
  }
  absl::StatusOr<std::vector<StewardedSurvey>> SurveysOfSteward(absl::string_view public_key) override {
    return store_->SurveysOfSteward(public_key);
  }
  absl::Status ExtendSurvey(const domain::SurveyId& survey, absl::string_view extension,
                            absl::string_view signature) override {
    if (Fails(faults_->extend)) return domain::errors::StoreBusy("injected");
    return store_->ExtendSurvey(survey, extension, signature);
  }
  absl::Status StopSurvey(const domain::SurveyId& survey) override {
    if (Fails(faults_->stop)) return domain::errors::StoreBusy("injected");
    return store_->StopSurvey(survey);
  }
  absl::StatusOr<std::unique_ptr<storage::OpenSurveyStore>> OpenAnswers(const domain::SurveyId& survey) override {
    return store_->OpenAnswers(survey);
  }
  absl::Status CloseSurvey(const domain::SurveyId& survey, const storage::StoredClosing& closing) override {
    if (faults_->before_close) faults_->before_close();
    if (Fails(faults_->close_before)) return domain::errors::StoreBusy("injected");
    const absl::Status closed = store_->CloseSurvey(survey, closing);
    if (Fails(faults_->close_after)) return domain::errors::StoreBusy("injected");
    return closed;
  }
  absl::StatusOr<storage::StoredOutcome> GetOutcome(const domain::SurveyId& survey) override {
    return store_->GetOutcome(survey);
  }
  absl::Status AbandonSurvey(const domain::SurveyId& survey) override { return store_->AbandonSurvey(survey); }
  absl::Status DestroyAnswers(const domain::SurveyId& survey) override {
    if (Fails(faults_->destroy)) return domain::errors::StoreBusy("injected");
    return store_->DestroyAnswers(survey);
  }
  absl::StatusOr<storage::StoredComments> GetComments(const domain::SurveyId& survey) override {
    return store_->GetComments(survey);
  }
  absl::Status PutDecision(const domain::SurveyId& survey, const std::string& comment,
                           const storage::StoredDecision& decision) override {
    return store_->PutDecision(survey, comment, decision);
  }
  absl::Status PutSummary(const domain::SurveyId& survey, const storage::StoredSummary& summary) override {
    return store_->PutSummary(survey, summary);
  }
  absl::Status ReleaseComments(const domain::SurveyId& survey, absl::string_view released,
                               const std::optional<storage::FollowUpStart>& follow_ups) override {
    if (Fails(faults_->release_before)) return domain::errors::StoreBusy("injected");
    const absl::Status done = store_->ReleaseComments(survey, released, follow_ups);
    if (Fails(faults_->release_after)) return domain::errors::StoreBusy("injected");
    return done;
  }
  absl::StatusOr<std::optional<std::string>> FindReleased(const domain::SurveyId& survey) override {
    return store_->FindReleased(survey);
  }
  absl::StatusOr<std::optional<storage::StoredFollowUps>> FindFollowUps(const domain::SurveyId& survey) override {
    return store_->FindFollowUps(survey);
  }
  absl::Status PutQuestion(const domain::SurveyId& survey, const std::string& comment, absl::string_view sealed_question,
                           absl::string_view sealed_none, absl::string_view undecided) override {
    return store_->PutQuestion(survey, comment, sealed_question, sealed_none, undecided);
  }
  absl::Status PutAnswer(const domain::SurveyId& survey, const std::string& comment,
                         absl::string_view sealed_answer) override {
    if (Fails(faults_->answer)) return domain::errors::StoreBusy("injected");
    return store_->PutAnswer(survey, comment, sealed_answer);
  }
  absl::Status DecideAnswer(const domain::SurveyId& survey, const std::string& comment,
                            absl::string_view decision) override {
    return store_->DecideAnswer(survey, comment, decision);
  }
  absl::Status FinishFollowUps(const domain::SurveyId& survey, absl::string_view answers) override {
    if (Fails(faults_->hand_over_before)) return domain::errors::StoreBusy("injected");
    const absl::Status done = store_->FinishFollowUps(survey, answers);
    if (Fails(faults_->hand_over_after)) return domain::errors::StoreBusy("injected");
    return done;
  }
  absl::StatusOr<std::optional<std::string>> FindFollowUpAnswers(const domain::SurveyId& survey) override {
    return store_->FindFollowUpAnswers(survey);
  }
  absl::StatusOr<std::vector<std::string>> GetNotices(const domain::SurveyId& survey) override {
    return store_->GetNotices(survey);
  }
  absl::StatusOr<std::vector<domain::SurveyId>> SurveysWithWords() override { return store_->SurveysWithWords(); }
  absl::Status DestroyNotices(const domain::SurveyId& survey) override { return store_->DestroyNotices(survey); }
  absl::StatusOr<bool> DestroyWords(const domain::SurveyId& survey) override { return store_->DestroyWords(survey); }
  absl::StatusOr<storage::StoredPool> GetPool(absl::string_view public_key) override {
    return store_->GetPool(public_key);
  }
  absl::StatusOr<std::string> GetContribution(const domain::SurveyId& survey) override {
    if (Fails(faults_->contribution)) return domain::errors::StoreBusy("injected");
    return store_->GetContribution(survey);
  }
  absl::Status FinishPool(absl::string_view public_key, absl::string_view figures) override {
    if (Fails(faults_->finish_before)) return domain::errors::StoreBusy("injected");
    const absl::Status finished = store_->FinishPool(public_key, figures);
    if (Fails(faults_->finish_after)) return domain::errors::StoreBusy("injected");
    return finished;
  }
  absl::Status Rebuild() override {
    if (Fails(faults_->rebuild)) return domain::errors::StoreBusy("injected");
    return store_->Rebuild();
  }
  absl::Status RebuildIfOwed() override {
    if (Fails(faults_->rebuild)) return domain::errors::StoreBusy("injected");
    return store_->RebuildIfOwed();
  }
  absl::Status FinishDestroying() override { return store_->FinishDestroying(); }

 private:
  static bool Fails(std::atomic<int>& left) {
    int now = left.load();
    while (now > 0 && !left.compare_exchange_weak(now, now - 1)) {
    }
    return now > 0;
  }

  const std::unique_ptr<storage::ResponseStore> store_;
  StoreFaults* const faults_;
};

}  // namespace candor::collection

#endif  // CANDOR_TESTS_COLLECTION_FAULTY_STORE_H_
