#include "services/collection/answer_challenges.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/collection/number_bytes.h"
#include "services/crypto/hash.h"
#include "services/domain/follow_up.h"

namespace candor::collection {
namespace {

constexpr absl::string_view kTag = "candor-answer-challenge-v1";
constexpr size_t kReadingBytes = 8;
constexpr size_t kKeyBytes = 32;
static_assert(kReadingBytes + crypto::kSha256Bytes == domain::kAnswerChallengeBytes);

}  // namespace

AnswerChallenges::AnswerChallenges(base::Clock* clock) : clock_(*clock), key_(crypto::SecretBytes::Random(kKeyBytes)) {}

std::string AnswerChallenges::Make(absl::string_view survey_id) {
  const uint64_t now = static_cast<uint64_t>(absl::ToInt64Nanoseconds(clock_.Steady()));
  std::string challenge;
  challenge.reserve(domain::kAnswerChallengeBytes);
  {
    const absl::MutexLock lock(&mutex_);
    last_reading_ = std::max(now, last_reading_ + 1);
    AppendNumber(last_reading_, kReadingBytes, challenge);
  }
  challenge += Seal(survey_id, challenge);
  return challenge;
}

bool AnswerChallenges::Use(absl::string_view survey_id, absl::string_view comment, absl::string_view challenge,
                           absl::string_view answer) {
  if (challenge.size() != domain::kAnswerChallengeBytes) return false;
  const absl::string_view reading = challenge.substr(0, kReadingBytes);
  if (!crypto::ConstantTimeEqual(challenge.substr(kReadingBytes), Seal(survey_id, reading))) return false;
  const Used use{NumberOf(reading), crypto::HashOf({answer})};
  const absl::MutexLock lock(&mutex_);
  Used& last = used_[std::string(survey_id)][std::string(comment)];
  if (use.reading == last.reading) return use.answer == last.answer;
  if (use.reading < last.reading) return false;
  last = use;
  return true;
}

void AnswerChallenges::Drop(absl::string_view survey_id) {
  const absl::MutexLock lock(&mutex_);
  if (const auto found = used_.find(survey_id); found != used_.end()) used_.erase(found);
}

std::string AnswerChallenges::Seal(absl::string_view survey_id, absl::string_view reading) const {
  return crypto::HmacSha256(key_.view(), absl::StrCat(kTag, survey_id, reading));
}

}  // namespace candor::collection
