#include "storage/sqlite/response_rows.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "storage/sqlite/response_schema.h"

namespace candor::storage::sqlite {
namespace errors = candor::domain::errors;
using domain::SurveyId;

absl::StatusOr<SurveyState> StateOf(int64_t stored) {
  switch (stored) {
    case kStateAccepting:
      return SurveyState::kAccepting;
    case kStateStopped:
      return SurveyState::kStopped;
    case kStateClosed:
      return SurveyState::kClosed;
    case kStateAbandoned:
      return SurveyState::kAbandoned;
    default:
      return errors::StoreCorrupt("a survey in no known state");
  }
}

int64_t StoredState(SurveyState state) {
  switch (state) {
    case SurveyState::kAccepting:
      return kStateAccepting;
    case SurveyState::kStopped:
      return kStateStopped;
    case SurveyState::kClosed:
      return kStateClosed;
    case SurveyState::kAbandoned:
      return kStateAbandoned;
  }
  return 0;
}

const char* NameOf(SurveyState state) {
  switch (state) {
    case SurveyState::kAccepting:
      return "accepting answers";
    case SurveyState::kStopped:
      return "stopped";
    case SurveyState::kClosed:
      return "closed";
    case SurveyState::kAbandoned:
      return "abandoned";
  }
  return "";
}

absl::StatusOr<SurveyState> StateIn(Database& database, const SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(Statement select, database.Prepare("SELECT state FROM survey WHERE id = ?"));
  CANDOR_ASSIGN_OR_RETURN(const bool found, select.BindText(1, survey.value()).Step());
  if (!found) return errors::SurveyUnknown();
  return StateOf(select.Int(0));
}

absl::StatusOr<SurveyState> RequireState(Database& database, const SurveyId& survey,
                                         std::vector<SurveyState> allowed) {
  CANDOR_ASSIGN_OR_RETURN(const SurveyState state, StateIn(database, survey));
  if (std::find(allowed.begin(), allowed.end(), state) != allowed.end()) return state;
  return errors::WrongState(absl::StrCat("the survey is ", NameOf(state), "; this cannot be done (any more)"));
}

absl::StatusOr<bool> Exists(Database& database, const char* query, const SurveyId& survey, const std::string& key) {
  CANDOR_ASSIGN_OR_RETURN(Statement select, database.Prepare(query));
  return select.BindText(1, survey.value()).BindText(2, key).Step();
}

}  // namespace candor::storage::sqlite
