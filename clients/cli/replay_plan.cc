#include "clients/cli/replay_plan.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/domain/framework.h"
#include "services/domain/text.h"

namespace candor::cli {
namespace {

constexpr char kLanguage[] = "en";
constexpr char kFrameworkCode[] = "replayed";
// Where items without a competency or domain stand; reports need a place for each.
constexpr char kNoDomain[] = "NO_DOMAIN";
constexpr char kNoCompetency[] = "NO_COMPETENCY";
constexpr size_t kLongestFileName = 100;
constexpr int kInsiders = 1;  // t of a campaign that sets none

absl::Status RefuseReplay(absl::string_view message) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "REPLAY_REFUSED", message);
}

// Fit for DIR/<leader>.json.
bool IsFileName(absl::string_view id) {
  if (id.empty() || id.size() > kLongestFileName || id[0] == '.') return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-' || c == ' ';
  });
}

absl::StatusOr<domain::Framework> FrameworkOf(const ScoreStructure& structure) {
  domain::Framework framework;
  framework.code = kFrameworkCode;
  framework.title = structure.name.empty() ? "Replayed ratings" : structure.name;
  framework.version = "1";
  std::set<std::string> themes;
  std::map<std::string, std::string> domain_of;  // competency -> domain
  for (const ScoreItem& item : structure.items) {
    const std::string domain_code = item.domain.empty() ? kNoDomain : item.domain;
    // An item with a domain but no competency gets a competency of that domain's own.
    const std::string competency_code = !item.competency.empty() ? item.competency
                                        : item.domain.empty()    ? kNoCompetency
                                                                 : absl::StrCat(item.domain, "_", kNoCompetency);
    const auto [place, is_new] = domain_of.emplace(competency_code, domain_code);
    if (!is_new && place->second != domain_code) {
      return RefuseReplay(absl::StrCat("the competency ", competency_code, " stands in two domains, ", place->second,
                                       " and ", domain_code, "; a framework has each in one"));
    }
    auto domain = std::find_if(framework.domains.begin(), framework.domains.end(),
                               [&](const domain::Domain& d) { return d.code == domain_code; });
    if (domain == framework.domains.end()) {
      framework.domains.push_back({domain_code, domain_code, {}});
      domain = framework.domains.end() - 1;
    }
    auto competency = std::find_if(domain->competencies.begin(), domain->competencies.end(),
                                   [&](const domain::Competency& c) { return c.code == competency_code; });
    if (competency == domain->competencies.end()) {
      domain->competencies.push_back({competency_code, competency_code, {}});
      competency = domain->competencies.end() - 1;
    }
    competency->indicators.push_back({item.id, item.text.empty() ? item.id : item.text, item.themes});
    themes.insert(item.themes.begin(), item.themes.end());
  }
  for (const std::string& theme : themes) framework.themes.push_back({theme, theme});
  if (const absl::Status sound = domain::CheckFramework(framework); !sound.ok()) {
    return RefuseReplay(absl::StrCat("the structure gives no sound framework: ", sound.message(), " [",
                                     base::GetErrorDetail(sound).field, "]"));
  }
  return framework;
}

int Hundredths(double scale_points) { return static_cast<int>(std::lround(100 * scale_points)); }

// Whether an instrument can hold the number: it counts in hundredths, and 0 stands for its default.
bool IsSettable(double scale_points) {
  return Hundredths(scale_points) > 0 && std::abs(Hundredths(scale_points) / 100.0 - scale_points) < 1e-9;
}

domain::Instrument InstrumentOf(const ScoreStructure& structure, const std::set<std::string>& groups) {
  domain::Instrument instrument;
  instrument.title = structure.name.empty() ? "Replayed ratings" : structure.name;
  instrument.framework = kFrameworkCode;
  instrument.languages = {kLanguage};
  instrument.scale.points = structure.rules.points;
  instrument.scale.favourable_from = structure.rules.favourable_from;
  instrument.scale.strength_cut_hundredths = Hundredths(structure.rules.strength_cut);
  instrument.scale.agreement_band_hundredths = Hundredths(structure.rules.gap_delta);
  for (int point = 1; point <= structure.rules.points; ++point) {
    instrument.scale.labels[kLanguage].push_back(absl::StrCat(point));
  }
  instrument.scale.not_observed[kLanguage] = "Not observed";
  std::vector<std::string> audiences = {domain::kSelf, domain::kSupervisor};
  for (const std::string& group : groups) {
    instrument.rater_groups.push_back({group, {{kLanguage, group}}});
    audiences.push_back(group);
  }
  for (const ScoreItem& from : structure.items) {
    domain::Item item;
    item.indicator = from.id;
    item.reverse = from.reverse;
    for (const std::string& audience : audiences) {
      item.texts[audience][kLanguage] = from.text.empty() ? from.id : from.text;
    }
    instrument.items.push_back(std::move(item));
  }
  return instrument;
}

// Takes the rows of every leader into `plan`; `groups` gets the rater groups.
absl::Status TakeRows(const RatingRows& rows, ReplayPlan& plan, std::set<std::string>& groups) {
  for (size_t l = 0; l < rows.leaders().size(); ++l) {
    ReplayLeader leader;
    leader.id = rows.leaders()[l];
    for (const uint32_t row : rows.rows_of_leader(l)) {
      const std::string group = RaterGroupOf(rows.groups()[rows.group(row)]);
      std::vector<uint8_t> marks(rows.marks(row).begin(), rows.marks(row).end());
      if (group == domain::kSelf) {
        leader.self = std::move(marks);
      } else if (group == domain::kSupervisor) {
        if (leader.supervisor.has_value()) {
          return RefuseReplay(absl::StrCat("the leader ", leader.id, " has two rows of a supervisor, the second in line ",
                                           rows.line(row), "; the service keeps one rating of the supervisors"));
        }
        leader.supervisor = std::move(marks);
      } else {
        groups.insert(group);
        leader.rows.push_back({group, {std::move(marks), {}}});
        ++plan.anonymous;
      }
    }
    plan.leaders.push_back(std::move(leader));
  }
  return absl::OkStatus();
}

absl::Status TakeInvited(const InvitedCounts* invited, ReplayPlan& plan, std::set<std::string>& groups) {
  std::map<std::string, std::map<std::string, int64_t>> counts;
  if (invited != nullptr) {
    for (const auto& [key, count] : *invited) {
      const std::string group = RaterGroupOf(key.second);
      if (group == domain::kSelf || group == domain::kSupervisor) continue;
      std::map<std::string, int64_t>& of_leader = counts[key.first];
      if (count == 0) continue;
      of_leader[group] += count;
      groups.insert(group);
    }
    for (const auto& [id, groups_of_leader] : counts) {
      const bool known = std::any_of(plan.leaders.begin(), plan.leaders.end(),
                                     [&id = id](const ReplayLeader& leader) { return leader.id == id; });
      if (!known && !groups_of_leader.empty()) {
        plan.leaders.emplace_back();
        plan.leaders.back().id = id;
      }
    }
  }
  for (ReplayLeader& leader : plan.leaders) {
    std::map<std::string, int64_t> answered;
    for (const ReplayLeader::Row& row : leader.rows) ++answered[row.group];
    leader.invited = invited == nullptr ? answered : counts[leader.id];
    for (const auto& [group, count] : answered) {
      const int64_t may = leader.invited.contains(group) ? leader.invited[group] : 0;
      if (count > may) {
        return RefuseReplay(absl::StrCat("the leader ", leader.id, " has ", count, " rows of the group ", group,
                                         ", but only ", may, " were invited"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckGroups(const RatingRows& rows, const InvitedCounts* invited) {
  std::map<std::string, std::string> origin;  // rater group -> the file's group
  const auto check = [&origin](const std::string& group) -> absl::Status {
    const std::string code = RaterGroupOf(group);
    if (code == domain::kSelf || code == domain::kSupervisor) return absl::OkStatus();
    if (code == domain::kOtherRaters || !domain::IsGroupCode(code)) {
      return RefuseReplay(absl::StrCat("'", group, "' cannot be a rater group: a group's code has a small letter, then up "
                                       "to 30 of a-z, 0-9 and _, and is not other_raters"));
    }
    const auto [place, is_new] = origin.emplace(code, group);
    if (!is_new && place->second != group) {
      return RefuseReplay(absl::StrCat("the groups ", place->second, " and ", group, " would both become ", code));
    }
    return absl::OkStatus();
  };
  for (const std::string& group : rows.groups()) CANDOR_RETURN_IF_ERROR(check(group));
  if (invited != nullptr) {
    for (const auto& [key, count] : *invited) CANDOR_RETURN_IF_ERROR(check(key.second));
  }
  return absl::OkStatus();
}

absl::Status CheckInvited(const ReplayPlan& plan) {
  std::string few;
  for (const ReplayLeader& leader : plan.leaders) {
    int64_t sum = 0;
    for (const auto& [group, count] : leader.invited) sum += count;
    if (sum < domain::kMinimumInvited) absl::StrAppend(&few, few.empty() ? "" : ", ", leader.id, " (", sum, ")");
  }
  if (few.empty()) return absl::OkStatus();
  return RefuseReplay(absl::StrCat("too few people are invited anonymously for nobody to be recognised; a survey needs at "
                                   "least ", domain::kMinimumInvited, ": ", few));
}

bool IsIdentified(absl::string_view group) { return group == domain::kSelf || group == domain::kSupervisor; }

absl::Status CheckWeights(const ScoreStructure& structure) {
  for (const auto& [group, weight] : structure.group_weights) {
    if (weight == 1 || IsIdentified(group)) continue;
    return RefuseReplay(absl::StrCat("group_weights.", group, " is ", weight, "; in a campaign every anonymous group weighs "
                                     "the same, so that none counts for less than it was told; take the weight out"));
  }
  return absl::OkStatus();
}

std::vector<std::string> FindIgnored(const ScoreStructure& structure) {
  std::vector<std::string> ignored;
  for (const auto& [group, weight] : structure.group_weights) {
    if (weight == 1 || !IsIdentified(group)) continue;
    ignored.push_back(absl::StrCat("group_weights.", group, " is not used: identified ratings are no part of all raters"));
  }
  for (const std::string& group : structure.exempt) {
    if (IsIdentified(group)) continue;
    ignored.push_back(absl::StrCat("exempt: ", group, " is not used: every anonymous group needs min_n ratings"));
  }
  const int64_t pool_minimum = structure.rules.min_n + kInsiders;
  if (structure.given.contains("pool_min_n") && structure.rules.pool_min_n != pool_minimum) {
    ignored.push_back(absl::StrCat("pool_min_n is not used: small groups together need ", pool_minimum, " raters"));
  }
  for (const char* key : {"target", "skew_null"}) {
    if (structure.given.contains(key)) ignored.push_back(absl::StrCat(key, " is not used: no report has figures of it"));
  }
  return ignored;
}

}  // namespace

std::string RaterGroupOf(absl::string_view group) {
  if (group == "students") return "student";
  if (group == "parents") return "parent";
  return std::string(group);
}

absl::StatusOr<ReplayPlan> MakeReplayPlan(const ScoreStructure& structure, const RatingRows& rows,
                                          const InvitedCounts* invited) {
  if (structure.rules.min_n < domain::kLowestMinimumGroupSize) {
    return RefuseReplay(absl::StrCat("min_n is ", structure.rules.min_n, "; a campaign prints nothing with fewer than ",
                                     domain::kLowestMinimumGroupSize,
                                     " answers behind it, since a smaller group would give persons away"));
  }
  for (const auto& [key, value] : {std::pair("strength_cut", structure.rules.strength_cut),
                                   std::pair("gap_delta", structure.rules.gap_delta)}) {
    if (!IsSettable(value)) {
      return RefuseReplay(absl::StrCat(key, " is ", value, "; a campaign takes whole hundredths above 0; change the file"));
    }
  }
  if (structure.rules.min_n > domain::kHighestMinimumGroupSize) {
    return RefuseReplay(absl::StrCat("min_n is ", structure.rules.min_n, ", above ", domain::kHighestMinimumGroupSize,
                                     ", the most that a campaign can set"));
  }
  CANDOR_RETURN_IF_ERROR(CheckWeights(structure));
  ReplayPlan plan;
  plan.ignored = FindIgnored(structure);
  plan.title = structure.name.empty() ? "Replay" : absl::StrCat("Replay of ", structure.name);
  plan.minimum_group_size = static_cast<int>(structure.rules.min_n);
  CANDOR_RETURN_IF_ERROR(CheckGroups(rows, invited));
  std::set<std::string> groups;
  CANDOR_RETURN_IF_ERROR(TakeRows(rows, plan, groups));
  CANDOR_RETURN_IF_ERROR(TakeInvited(invited, plan, groups));
  if (plan.leaders.empty()) return RefuseReplay("there is nobody to replay");
  for (const ReplayLeader& leader : plan.leaders) {
    if (!IsFileName(leader.id)) {
      return RefuseReplay("a leader's id cannot be a file's name: use up to 100 letters, digits, spaces and . _ -");
    }
  }
  CANDOR_RETURN_IF_ERROR(CheckInvited(plan));
  CANDOR_ASSIGN_OR_RETURN(const domain::Framework framework, FrameworkOf(structure));
  plan.framework = base::CanonicalJson(domain::FrameworkToJson(framework));
  plan.instrument = InstrumentOf(structure, groups);
  if (const absl::Status sound = domain::CheckInstrument(plan.instrument, framework); !sound.ok()) {
    return RefuseReplay(absl::StrCat("the structure gives no sound instrument: ", sound.message(), " [",
                                     base::GetErrorDetail(sound).field, "]"));
  }
  for (const domain::Item& item : plan.instrument.items) plan.indicators.push_back(item.indicator);
  return plan;
}

}  // namespace candor::cli
