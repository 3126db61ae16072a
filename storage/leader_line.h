// A leader's line: the leader and their supervisors, as they were when the survey was opened. It is kept with the survey
// (SurveyDocument::kLeaderLine), so that no later change to the directory lets anybody see more of the survey. Where the
// leader is a team, each of its members is what the leader is elsewhere.

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
  domain::PersonId leader;  // a person's id, or a team's
  std::vector<domain::PersonId> supervisors;
  bool team = false;
  std::vector<domain::PersonId> members = {};  // of the team
  // Of a team: who supervises a member, and not the team. They neither read nor rate, and are in the line all the same: they
  // print no codes, moderate nothing and are no anonymous raters.
  std::vector<domain::PersonId> barred = {};

  // Who leads: the leader, or the team's members.
  std::vector<domain::PersonId> Leaders() const;
  bool IsLeader(const domain::PersonId& person) const;
  bool IsSupervisor(const domain::PersonId& person) const;
  // A leader, a supervisor, or somebody barred.
  bool Contains(const domain::PersonId& person) const;
};

// Canonical JSON: {"leader":"…","supervisors":["…"]}, of a team with "members":["…"] and, if there are any, "barred":["…"].
// Decoding fails with DATA_LOSS, STORE_CORRUPT.
std::string EncodeLeaderLine(const LeaderLine& line);
absl::StatusOr<LeaderLine> DecodeLeaderLine(absl::string_view bytes);

// The line as the directory has it now; without supervisors and members where the leader has been deleted.
absl::StatusOr<LeaderLine> LineInDirectory(ReadTransaction& transaction, const domain::DistrictId& district,
                                           const domain::PersonId& leader);

// The survey's line: as it was frozen, before opening as the directory has it. DATA_LOSS, STORE_CORRUPT.
absl::StatusOr<LeaderLine> LineOf(ReadTransaction& transaction, const SurveyRow& survey);

// The survey's line as it was frozen; nothing before opening. DATA_LOSS, STORE_CORRUPT.
absl::StatusOr<std::optional<LeaderLine>> FindLeaderLine(ReadTransaction& transaction,
                                                         const domain::DistrictId& district,
                                                         const domain::SurveyId& survey);

}  // namespace candor::storage

#endif  // CANDOR_STORAGE_LEADER_LINE_H_
