#include "tests/privacy/known_orders.h"

#include <algorithm>
#include <functional>

#include "absl/strings/match.h"
#include "tests/privacy/tables.h"

namespace candor::privacy {
namespace {

std::vector<int> SortedBy(std::vector<int> people, const std::function<std::string(int)>& key_of) {
  std::sort(people.begin(), people.end(), [&](int a, int b) { return key_of(a) < key_of(b); });
  return people;
}

// By row of the open survey's file just before closing.
std::vector<int> PlacesInOpenFile(const Trial& trial) {
  std::vector<int> people;
  for (const Table& table : TablesOf(trial.during.back())) {
    if (!absl::StartsWith(table.name, "open/") || !absl::EndsWith(table.name, " slot")) continue;
    for (const Row& row : table.rows) {
      for (int person = 0; person < trial.scene.answering; ++person) {
        const std::string& hash = trial.secrets[static_cast<size_t>(person)].token_hash;
        const bool own = std::any_of(row.values.begin(), row.values.end(),
                                     [&](const Value& value) { return absl::StrContains(value.bytes, hash); });
        if (own) people.push_back(person);
      }
    }
  }
  return people;
}

}  // namespace

KnownOrders KnownOrdersOf(const Trial& trial) {
  KnownOrders known{trial.scene.answer_order, trial.scene.newest_order, {}, trial.invitation_order, trial.scene.blind};
  for (const int person : trial.scene.issue_order) {
    if (person < trial.scene.answering) known.issuing.push_back(person);
  }
  return known;
}

KnownOrders KnownOrdersWithRecords(const Trial& trial) {
  KnownOrders known = KnownOrdersOf(trial);
  const auto own = [&](int person) -> const PersonSecrets& { return trial.secrets[static_cast<size_t>(person)]; };
  known.more = {
      {"places in the open file", PlacesInOpenFile(trial)},
      {"hashes of tokens", SortedBy(known.blind, [&](int person) { return own(person).token_hash; })},
      {"leaves of the ledger", SortedBy(known.blind, [&](int person) { return own(person).leaf; })},
      {"submissions' ids", SortedBy(known.blind, [&](int person) { return own(person).submission_ids.back(); })}};
  return known;
}

std::vector<int> Only(const std::vector<int>& people, const std::vector<int>& of) {
  std::vector<int> only;
  for (const int person : people) {
    if (std::find(of.begin(), of.end(), person) != of.end()) only.push_back(person);
  }
  return only;
}

KnownOrders Only(const KnownOrders& known, const std::vector<int>& of) {
  KnownOrders only{Only(known.answers, of), Only(known.newest, of), Only(known.issuing, of),
                   Only(known.invitations, of), Only(known.blind, of)};
  for (const auto& [name, people] : known.more) only.more.emplace_back(name, Only(people, of));
  return only;
}

}  // namespace candor::privacy
