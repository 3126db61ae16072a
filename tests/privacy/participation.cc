#include "tests/privacy/participation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/privacy/altered_copy.h"

namespace candor::privacy {
namespace {

constexpr char kHigh[] = "high values of a column";
constexpr char kLow[] = "low values of a column";
constexpr char kChanged[] = "rows that changed";
constexpr char kUnchanged[] = "rows that stayed";

constexpr size_t kShortestIdentifier = 4;

// Rows of one table that hold one of a person's identifiers, and nobody else's.
std::vector<std::vector<const Row*>> RowsOf(const Table& table,
                                            const std::vector<std::vector<std::string>>& identifiers) {
  std::map<std::string, int> owner;
  for (size_t person = 0; person < identifiers.size(); ++person) {
    for (const std::string& identifier : identifiers[person]) owner[identifier] = static_cast<int>(person);
  }
  std::vector<std::vector<const Row*>> rows(identifiers.size());
  for (const Row& row : table.rows) {
    std::set<int> owners;
    for (const Value& value : row.values) {
      const auto found = owner.find(value.bytes);
      if (found != owner.end()) owners.insert(found->second);
    }
    if (owners.size() == 1) rows[static_cast<size_t>(*owners.begin())].push_back(&row);
  }
  return rows;
}

class Guesser {
 public:
  Guesser(const std::set<int>& answered, const std::vector<int>& blind, ParticipationScores& scores)
      : answered_(answered), blind_(blind), scores_(scores) {
    scores.blind = Right(blind);
  }

  // Those with the highest values, and those with the lowest; equal ones in blind order.
  void ByValue(const std::string& where, const std::vector<Value>& values, const char* high, const char* low) {
    const bool tells =
        std::any_of(values.begin(), values.end(), [&](const Value& v) { return !(v == values.front()); });
    if (!tells) return;
    std::vector<int> people = blind_;
    std::stable_sort(people.begin(), people.end(), [&](int a, int b) {
      return values[static_cast<size_t>(b)] < values[static_cast<size_t>(a)];
    });
    scores_.correct[absl::StrCat(high, " | ", where)] = Right(people);
    std::reverse(people.begin(), people.end());
    scores_.correct[absl::StrCat(low, " | ", where)] = Right(people);
  }

 private:
  int Right(const std::vector<int>& people) const {
    int right = 0;
    for (size_t i = 0; i < answered_.size(); ++i) right += answered_.count(people[i]) > 0 ? 1 : 0;
    return right;
  }

  const std::set<int>& answered_;
  const std::vector<int>& blind_;
  ParticipationScores& scores_;
};

Value Number(int64_t number) { return {Value::Kind::kInteger, number}; }

const Table* FindTable(const std::vector<Table>& tables, const std::string& name) {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const Table& t) { return t.name == name; });
  return found == tables.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::vector<std::string>> IdentifiersOf(const std::vector<Table>& tables,
                                                    const std::vector<PersonSecrets>& people) {
  std::vector<std::vector<std::string>> identifiers(people.size());
  for (const Table& table : tables) {
    if (!absl::EndsWith(table.name, " invitation")) continue;
    std::map<std::string, int> occurrences;
    for (const Row& row : table.rows) {
      for (const Value& value : row.values) ++occurrences[value.bytes];
    }
    for (const Row& row : table.rows) {
      for (size_t person = 0; person < people.size(); ++person) {
        const bool own = std::any_of(row.values.begin(), row.values.end(),
                                     [&](const Value& v) { return v.bytes == people[person].code_hash; });
        if (!own) continue;
        for (const Value& value : row.values) {
          if (value.bytes.size() >= kShortestIdentifier && occurrences[value.bytes] == 1) {
            identifiers[person].push_back(value.bytes);
          }
        }
      }
    }
  }
  return identifiers;
}

const std::vector<std::string>& ParticipationFamilies() {
  static const auto* const families = new std::vector<std::string>{kHigh, kLow, kChanged, kUnchanged};
  return *families;
}

ParticipationScores BlindGuess(const std::set<int>& answered, const std::vector<int>& blind) {
  ParticipationScores scores;
  const auto n = static_cast<double>(blind.size()), m = static_cast<double>(answered.size());
  scores.expected = m * m / n;
  scores.variance = m * (m / n) * (1 - m / n) * (n - m) / (n - 1);
  const Guesser knows_nothing(answered, blind, scores);
  return scores;
}

ParticipationScores ScoreParticipation(const Copy& tokens_out, const Copy& later,
                                       const std::vector<PersonSecrets>& people, const std::set<int>& answered,
                                       const std::vector<int>& blind) {
  return ScoreIdentified(tokens_out, later, IdentifiersOf(TablesOf(tokens_out), people), Plane::kResponse, answered,
                         blind);
}

ParticipationScores ScoreIdentified(const Copy& earlier, const Copy& later,
                                    const std::vector<std::vector<std::string>>& identifiers,
                                    std::optional<Plane> passed_over,
                                    const std::set<int>& answered, const std::vector<int>& blind) {
  const size_t people = identifiers.size();
  ParticipationScores scores = BlindGuess(answered, blind);
  Guesser guesser(answered, blind, scores);
  const std::vector<Table> before = TablesOf(earlier), now = TablesOf(later);
  for (const Table& table : now) {
    if (table.plane == passed_over) continue;
    const auto rows = RowsOf(table, identifiers);
    const Table* const old = FindTable(before, table.name);
    const auto old_rows =
        old == nullptr ? std::vector<std::vector<const Row*>>(people) : RowsOf(*old, identifiers);
    std::vector<Value> counts, changes;
    for (size_t person = 0; person < people; ++person) {
      counts.push_back(Number(static_cast<int64_t>(rows[person].size())));
      bool changed = rows[person].size() != old_rows[person].size();
      for (size_t i = 0; !changed && i < rows[person].size(); ++i) {
        changed = rows[person][i]->values != old_rows[person][i]->values;
      }
      changes.push_back(Number(changed ? 1 : 0));
    }
    guesser.ByValue(absl::StrCat(table.name, " (number of rows)"), counts, kHigh, kLow);
    guesser.ByValue(table.name, changes, kChanged, kUnchanged);
    for (size_t column = 0; column < table.columns.size(); ++column) {
      std::vector<Value> values(people);
      for (size_t person = 0; person < people; ++person) {
        if (!rows[person].empty()) values[person] = rows[person].front()->values[column];
      }
      guesser.ByValue(absl::StrCat(table.name, ".", table.columns[column]), values, kHigh, kLow);
    }
  }
  return scores;
}

void ScoreValues(const std::string& where, const std::vector<int64_t>& values, const std::set<int>& answered,
                 const std::vector<int>& blind, ParticipationScores& scores) {
  std::vector<Value> numbers;
  for (const int64_t value : values) numbers.push_back(Number(value));
  Guesser(answered, blind, scores).ByValue(where, numbers, kHigh, kLow);
}

bool SameIdentityPlane(const Copy& a, const Copy& b) {
  const auto databases = [](const Copy& copy) {
    std::map<std::string, std::string> files;
    for (const CopiedFile& file : copy.files) {
      // The index of the log is changed by readers too.
      const bool database = absl::StrContains(file.name, "identity.db") && !absl::EndsWith(file.name, "-shm");
      if (database) files[file.name] = *file.bytes;
    }
    return files;
  };
  return databases(a) == databases(b);
}

absl::StatusOr<Copy> WithCompletedFlags(const Copy& copy, const std::vector<PersonSecrets>& people,
                                        const std::set<int>& answered) {
  std::vector<std::vector<std::string>> values;
  for (const int person : answered) values.push_back({people[static_cast<size_t>(person)].code_hash});
  return Altered(copy, "identity.db", "ALTER TABLE invitation ADD COLUMN completed INTEGER NOT NULL DEFAULT 0",
                 "UPDATE invitation SET completed = 1 WHERE code_hash = ?1", values);
}

}  // namespace candor::privacy
