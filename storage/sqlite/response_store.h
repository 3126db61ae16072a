// The response plane's store on SQLite: DATA/responses.db, and DATA/open/<survey id>.db for each open survey.

#ifndef CANDOR_STORAGE_SQLITE_RESPONSE_STORE_H_
#define CANDOR_STORAGE_SQLITE_RESPONSE_STORE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "storage/response_store.h"
#include "storage/sqlite/database.h"

namespace candor::storage::sqlite {

class SqliteResponseStore : public ResponseStore {
 public:
  // Makes or opens the store in `data_folder`, which is made where missing (mode 0700), and brings responses.db to the
  // newest schema. One process at a time: it holds a lock on DATA/responses.lock for as long as the object lives.
  // UNAVAILABLE, STORE_BUSY: another process holds it. FAILED_PRECONDITION: SCHEMA_TOO_NEW. DATA_LOSS: the file is
  // something else.
  static absl::StatusOr<std::unique_ptr<SqliteResponseStore>> Open(const std::string& data_folder);
  ~SqliteResponseStore() override;

  absl::Status CreateSurvey(const StoredSurvey& survey, const SlotLayout& layout) override;
  absl::StatusOr<StoredSurvey> GetSurvey(const domain::SurveyId& survey) override;
  absl::StatusOr<SurveyState> GetState(const domain::SurveyId& survey) override;
  absl::Status ForEachUnfinished(absl::FunctionRef<absl::Status(const UnfinishedSurvey&)> visit) override;
  absl::StatusOr<std::vector<StewardedSurvey>> SurveysOfSteward(absl::string_view public_key) override;
  absl::Status ExtendSurvey(const domain::SurveyId& survey, absl::string_view extension,
                            absl::string_view extension_signature) override;
  absl::Status StopSurvey(const domain::SurveyId& survey) override;
  absl::StatusOr<std::unique_ptr<OpenSurveyStore>> OpenAnswers(const domain::SurveyId& survey) override;
  absl::Status CloseSurvey(const domain::SurveyId& survey, const StoredClosing& closing) override;
  absl::StatusOr<StoredOutcome> GetOutcome(const domain::SurveyId& survey) override;
  absl::Status AbandonSurvey(const domain::SurveyId& survey) override;
  absl::Status DestroyAnswers(const domain::SurveyId& survey) override;
  absl::StatusOr<StoredComments> GetComments(const domain::SurveyId& survey) override;
  absl::Status PutDecision(const domain::SurveyId& survey, const std::string& comment,
                           const StoredDecision& decision) override;
  absl::Status PutSummary(const domain::SurveyId& survey, const StoredSummary& summary) override;
  absl::Status ReleaseComments(const domain::SurveyId& survey, absl::string_view released,
                               const std::optional<FollowUpStart>& follow_ups) override;
  absl::StatusOr<std::optional<std::string>> FindReleased(const domain::SurveyId& survey) override;
  absl::StatusOr<std::optional<StoredFollowUps>> FindFollowUps(const domain::SurveyId& survey) override;
  absl::Status PutQuestion(const domain::SurveyId& survey, const std::string& comment, absl::string_view sealed_question,
                           absl::string_view sealed_none, absl::string_view undecided) override;
  absl::Status PutAnswer(const domain::SurveyId& survey, const std::string& comment,
                         absl::string_view sealed_answer) override;
  absl::Status DecideAnswer(const domain::SurveyId& survey, const std::string& comment,
                            absl::string_view sealed_decision) override;
  absl::Status FinishFollowUps(const domain::SurveyId& survey, absl::string_view answers) override;
  absl::StatusOr<std::optional<std::string>> FindFollowUpAnswers(const domain::SurveyId& survey) override;
  absl::StatusOr<std::vector<std::string>> GetNotices(const domain::SurveyId& survey) override;
  absl::StatusOr<std::vector<domain::SurveyId>> SurveysWithWords() override;
  absl::Status DestroyNotices(const domain::SurveyId& survey) override;
  absl::StatusOr<bool> DestroyWords(const domain::SurveyId& survey) override;
  absl::StatusOr<StoredPool> GetPool(absl::string_view public_key) override;
  absl::StatusOr<std::string> GetContribution(const domain::SurveyId& survey) override;
  absl::Status FinishPool(absl::string_view public_key, absl::string_view figures) override;
  absl::Status Rebuild() override;
  absl::Status RebuildIfOwed() override;
  absl::Status FinishDestroying() override;

 private:
  SqliteResponseStore(std::string path, std::string open_folder, int lock_descriptor, std::unique_ptr<Database> database,
                      std::unique_ptr<Database> reader);

  std::string OpenPath(const domain::SurveyId& survey) const;
  absl::Status RemoveOpenFile(const domain::SurveyId& survey);
  absl::Status SetState(const domain::SurveyId& survey, SurveyState state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status PutContribution(const domain::SurveyId& survey, const std::string& sealed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status PutComments(const domain::SurveyId& survey, const StoredClosing& closing)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status StartFollowUps(const domain::SurveyId& survey, const FollowUpStart& start)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Within the transaction that deletes something.
  absl::Status OweRebuild() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status RebuildLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Moves what is in the log to its place, and empties the log.
  absl::Status EmptyLog() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Overwrites a column of the row where it stands, and leaves no time.
  absl::Status OverwriteInAnswer(const domain::SurveyId& survey, const std::string& comment, const char* column,
                                 absl::string_view sealed) ABSL_LOCKS_EXCLUDED(mutex_);
  void TryEmptyLog() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::string> PutDocument(const std::string& bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;  // of responses.db
  const std::string open_folder_;
  const int lock_descriptor_;
  absl::Mutex mutex_;
  std::unique_ptr<Database> database_ ABSL_GUARDED_BY(mutex_);  // writes
  // For what is asked for: it waits for no transaction and no rebuilding, and sees what was committed before.
  absl::Mutex reader_mutex_;
  std::unique_ptr<Database> reader_ ABSL_GUARDED_BY(reader_mutex_);
};

}  // namespace candor::storage::sqlite

#endif  // CANDOR_STORAGE_SQLITE_RESPONSE_STORE_H_
