#include "storage/leader_line.h"

#include <algorithm>
#include <set>

#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::storage {
namespace {

bool IsAmong(const domain::PersonId& person, const std::vector<domain::PersonId>& people) {
  return !person.empty() && std::find(people.begin(), people.end(), person) != people.end();
}

base::Json IdsToJson(const std::vector<domain::PersonId>& people) {
  base::Json ids = base::Json::array();
  for (const domain::PersonId& person : people) ids.push_back(person.value());
  return ids;
}

std::vector<domain::PersonId> IdsOf(std::vector<std::string> texts) {
  std::vector<domain::PersonId> ids;
  for (std::string& text : texts) ids.push_back(domain::PersonId(std::move(text)));
  return ids;
}

}  // namespace

std::vector<domain::PersonId> LeaderLine::Leaders() const {
  return team ? members : std::vector<domain::PersonId>{leader};
}

bool LeaderLine::IsLeader(const domain::PersonId& person) const { return IsAmong(person, Leaders()); }

bool LeaderLine::IsSupervisor(const domain::PersonId& person) const { return IsAmong(person, supervisors); }

bool LeaderLine::Contains(const domain::PersonId& person) const {
  return IsLeader(person) || IsSupervisor(person) || IsAmong(person, barred);
}

std::string EncodeLeaderLine(const LeaderLine& line) {
  base::Json document{{"leader", line.leader.value()}, {"supervisors", IdsToJson(line.supervisors)}};
  // Lines of people have no such member, as those from before there were teams.
  if (line.team) document["members"] = IdsToJson(line.members);
  if (!line.barred.empty()) document["barred"] = IdsToJson(line.barred);
  return base::CanonicalJson(document);
}

absl::StatusOr<LeaderLine> DecodeLeaderLine(absl::string_view bytes) {
  const absl::StatusOr<base::Json> document = base::ParseJson(bytes);
  if (!document.ok()) return domain::errors::StoreCorrupt("a stored leader's line is not JSON");
  domain::JsonFault fault(absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT);
  domain::JsonObject object(*document, "leader_line", &fault);
  LeaderLine line;
  line.leader = domain::PersonId(object.Text("leader"));
  line.supervisors = IdsOf(object.Texts("supervisors"));
  line.team = object.Has("members");
  if (line.team) line.members = IdsOf(object.Texts("members"));
  if (object.Has("barred")) line.barred = IdsOf(object.Texts("barred"));
  object.Finish();
  CANDOR_RETURN_IF_ERROR(fault.status());
  return line;
}

absl::StatusOr<LeaderLine> LineInDirectory(ReadTransaction& transaction, const domain::DistrictId& district,
                                           const domain::PersonId& leader) {
  CANDOR_ASSIGN_OR_RETURN(std::optional<PersonRow> row, transaction.FindPerson(district, leader));
  if (!row.has_value()) return LeaderLine{leader, {}};
  LeaderLine line{leader, std::move(row->supervisors), row->team, std::move(row->team_members)};
  std::set<domain::PersonId> barred;
  for (const domain::PersonId& member : line.members) {
    CANDOR_ASSIGN_OR_RETURN(const std::optional<PersonRow> person, transaction.FindPerson(district, member));
    if (!person.has_value()) continue;
    for (const domain::PersonId& supervisor : person->supervisors) {
      if (!line.Contains(supervisor)) barred.insert(supervisor);
    }
  }
  line.barred.assign(barred.begin(), barred.end());
  return line;
}

absl::StatusOr<LeaderLine> LineOf(ReadTransaction& transaction, const SurveyRow& survey) {
  CANDOR_ASSIGN_OR_RETURN(std::optional<LeaderLine> frozen, FindLeaderLine(transaction, survey.district, survey.id));
  if (frozen.has_value()) return *std::move(frozen);
  return LineInDirectory(transaction, survey.district, survey.leader);
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
