#include "storage/leader_line.h"

#include <algorithm>

#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::storage {

bool LeaderLine::IsSupervisor(const domain::PersonId& person) const {
  return !person.empty() && std::find(supervisors.begin(), supervisors.end(), person) != supervisors.end();
}

bool LeaderLine::Contains(const domain::PersonId& person) const {
  return (!person.empty() && person == leader) || IsSupervisor(person);
}

std::string EncodeLeaderLine(const LeaderLine& line) {
  base::Json supervisors = base::Json::array();
  for (const domain::PersonId& supervisor : line.supervisors) supervisors.push_back(supervisor.value());
  return base::CanonicalJson(base::Json{{"leader", line.leader.value()}, {"supervisors", std::move(supervisors)}});
}

absl::StatusOr<LeaderLine> DecodeLeaderLine(absl::string_view bytes) {
  const absl::StatusOr<base::Json> document = base::ParseJson(bytes);
  if (!document.ok()) return domain::errors::StoreCorrupt("a stored leader's line is not JSON");
  domain::JsonFault fault(absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT);
  domain::JsonObject object(*document, "leader_line", &fault);
  LeaderLine line;
  line.leader = domain::PersonId(object.Text("leader"));
  for (std::string& supervisor : object.Texts("supervisors")) {
    line.supervisors.push_back(domain::PersonId(std::move(supervisor)));
  }
  object.Finish();
  CANDOR_RETURN_IF_ERROR(fault.status());
  return line;
}

absl::StatusOr<std::optional<LeaderLine>> FindLeaderLine(ReadTransaction& transaction,
                                                         const domain::DistrictId& district,
                                                         const domain::SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          transaction.FindSurveyDocument(district, survey, SurveyDocument::kLeaderLine));
  if (!bytes.has_value()) return std::optional<LeaderLine>();
  CANDOR_ASSIGN_OR_RETURN(LeaderLine line, DecodeLeaderLine(*bytes));
  return std::optional<LeaderLine>(std::move(line));
}

}  // namespace candor::storage
