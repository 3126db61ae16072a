// A survey with very many sealed answers, made on the response plane's store alone: where closing is measured from.

#ifndef CANDOR_TESTS_BENCHMARK_CLOSED_SURVEY_H_
#define CANDOR_TESTS_BENCHMARK_CLOSED_SURVEY_H_

#include <cstdint>
#include <string>

#include "services/crypto/sealing.h"
#include "services/crypto/secret_bytes.h"
#include "services/domain/ids.h"
#include "services/domain/response_plane.h"

namespace candor::benchmark {

// A survey as it is opened, of one group of people and without moderators, and the secret half of its closing key.
struct PlainSurvey {
  domain::OpenOrder order;
  crypto::ClosingKeyPair closing_key;
};

// With `items` items and, unless `comment_bytes` is 0, a prompt of so many.
PlainSurvey MakePlainSurvey(int64_t invited, int items, int comment_bytes, const std::string& receipt_public_key);

struct FilledSurvey {
  domain::SurveyId id;
  int64_t answers = 0;
  domain::CloseOrder close_order;
  crypto::SecretBytes data_key;  // that the answers are sealed under
};

// Opens a survey of one group of `answers` people in a new data folder `data`, with `items` items and, unless it is 0,
// a prompt of `comment_bytes`, and fills every slot with an answer of its own: sealed under one data key and written to
// the slots as the service does, without a submission's other parts. Nothing is open when it returns.
FilledSurvey FillSurvey(const std::string& data, int64_t answers, int items, int comment_bytes);

}  // namespace candor::benchmark

#endif  // CANDOR_TESTS_BENCHMARK_CLOSED_SURVEY_H_
