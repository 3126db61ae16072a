#include "tests/privacy/opened_by_moderator.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/domain/sealed_records.h"
#include "tests/privacy/tables.h"

namespace candor::privacy {
absl::StatusOr<Copy> OpenedByModerator(const Trial& trial, const Copy& copy, const crypto::ClosingKeyPair& moderator) {
  const std::vector<Table> tables = TablesOf(copy);
  std::optional<crypto::SecretBytes> key;
  for (const Table& table : tables) {
    if (!absl::EndsWith(table.name, " comment_key")) continue;
    for (const Row& row : table.rows) {
      if (ValueOf(table, row, "survey").bytes != trial.survey) continue;
      CANDOR_ASSIGN_OR_RETURN(
          key, crypto::OpenSealed(moderator.public_key, moderator.secret_key, ValueOf(table, row, "sealed").bytes));
    }
  }
  Copy opened;
  if (!key.has_value()) return opened;
  const std::string survey = domain::SurveyIdBytes(domain::SurveyId(trial.survey));
  std::string by_row, by_id;
  std::map<std::string, std::string> comments;
  for (const Table& table : tables) {
    if (!absl::EndsWith(table.name, " comment")) continue;
    for (const Row& row : table.rows) {
      if (ValueOf(table, row, "survey").bytes != trial.survey) continue;
      const auto place = static_cast<int>(ValueOf(table, row, "place").integer);
      const auto comment =
          crypto::OpenRecord(*key, ValueOf(table, row, "sealed").bytes, domain::CommentBinding(survey, place));
      if (!comment.has_value()) return absl::DataLossError("a comment does not open with its moderator's key");
      by_row += *comment;
      comments[ValueOf(table, row, "id").bytes] = *comment;
    }
  }
  for (const auto& [id, comment] : comments) by_id += comment;
  using Named = std::pair<const char*, std::string&>;
  for (auto& [name, bytes] : {Named{"comments by row", by_row}, Named{"comments by id", by_id}}) {
    CopiedFile file;
    file.plane = Plane::kResponse;
    file.name = name;
    file.bytes = std::make_shared<const std::string>(std::move(bytes));
    opened.files.push_back(std::move(file));
  }
  return opened;
}

}  // namespace candor::privacy
