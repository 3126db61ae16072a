// A leader's line: the leader and their supervisors, as they were when the survey was opened. It is kept with the survey
// (SurveyDocument::kLeaderLine), so that no later change to the directory lets anybody see more of the survey.

#ifndef CANDOR_STORAGE_LEADER_LINE_H_
#define CANDOR_STORAGE_LEADER_LINE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/ids.h"
#include "storage/identity_store.h"

namespace candor::storage {

struct LeaderLine {
  domain::PersonId leader;
  std::vector<domain::PersonId> supervisors;

  bool IsSupervisor(const domain::PersonId& person) const;
  // The leader or a supervisor.
  bool Contains(const domain::PersonId& person) const;
};

// Canonical JSON: {"leader":"…","supervisors":["…"]}. Decoding fails with DATA_LOSS, STORE_CORRUPT.
std::string EncodeLeaderLine(const LeaderLine& line);
absl::StatusOr<LeaderLine> DecodeLeaderLine(absl::string_view bytes);

// The survey's line as it was frozen; nothing before opening. DATA_LOSS, STORE_CORRUPT.
absl::StatusOr<std::optional<LeaderLine>> FindLeaderLine(ReadTransaction& transaction,
                                                         const domain::DistrictId& district,
                                                         const domain::SurveyId& survey);

}  // namespace candor::storage

#endif  // CANDOR_STORAGE_LEADER_LINE_H_
