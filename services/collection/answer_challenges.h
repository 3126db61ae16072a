// What an answer to a question is signed with, so that no older one can take the place of a newer one.
//
// An answer overwrites the one before, and its signature holds for ever. Whoever has kept the bytes of an earlier one on their
// way (a proxy, whoever ends TLS) could send them once more, and what somebody has taken back would be read after all. A
// number that the store keeps beside the answer would prevent that and tell every copy of the folder that there was an
// answer. So the number comes from here: whoever answers asks for a challenge first and signs it too, and which challenge was
// used last for a comment is kept in memory alone.

#ifndef CANDOR_SERVICES_COLLECTION_ANSWER_CHALLENGES_H_
#define CANDOR_SERVICES_COLLECTION_ANSWER_CHALLENGES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/base/clock.h"
#include "services/crypto/hash.h"
#include "services/crypto/secret_bytes.h"

namespace candor::collection {

// Making challenges takes no memory, however many anybody asks for; what was used last is kept for every question that
// somebody has answered. With the process all challenges end, since the key ends with which they were made. Surveys are named
// by their id's 16 bytes. May be used from many threads at once.
class AnswerChallenges {
 public:
  // `clock` outlives the object.
  explicit AnswerChallenges(base::Clock* clock);

  // domain::kAnswerChallengeBytes: a reading of time as it passes, higher than in any challenge before, and what shows that
  // it was made here for this survey. It says nothing about questions or answers.
  std::string Make(absl::string_view survey_id);

  // Whether `answer` may take the place of the one before: its challenge was made here for this survey, and is later than all
  // that were used for the comment, or the last of them with this very answer, so that what failed can be sent again. If so,
  // it is the last one now. The caller has seen that the comment's own key has signed both: nobody else may use them up.
  bool Use(absl::string_view survey_id, absl::string_view comment, absl::string_view challenge, absl::string_view answer);

  // The survey's questions are over: nothing is kept of them.
  void Drop(absl::string_view survey_id);

 private:
  struct Used {
    uint64_t reading = 0;
    crypto::Hash answer;  // SHA-256 of its sealed bytes
  };
  using UsedInSurvey = std::map<std::string, Used, std::less<>>;  // by comment

  std::string Seal(absl::string_view survey_id, absl::string_view reading) const;

  base::Clock& clock_;
  const crypto::SecretBytes key_;
  absl::Mutex mutex_;
  uint64_t last_reading_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, UsedInSurvey, std::less<>> used_ ABSL_GUARDED_BY(mutex_);  // what was used last, by survey
};

}  // namespace candor::collection

#endif  // CANDOR_SERVICES_COLLECTION_ANSWER_CHALLENGES_H_
