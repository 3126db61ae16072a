#include "tests/privacy/scorers.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/privacy/tables.h"

namespace candor::privacy {
namespace {

constexpr char kFirstCopy[] = "first copy in which it stands";
constexpr char kPlace[] = "place in a file";
constexpr char kCells[] = "place of cells in pages";
constexpr char kChanges[] = "first place in a log of changes";
constexpr char kLines[] = "lines of a log";
constexpr char kTimes[] = "8-byte values that can be times";
constexpr char kFileTimes[] = "times and numbers of files";
constexpr char kRows[] = "order of rows";
constexpr char kColumns[] = "values of a column";
constexpr char kJoined[] = "where an id of the row stood before";
constexpr char kLengths[] = "lengths of records";
constexpr char kGrowth[] = "growth with each act";

constexpr size_t kNearby = 64;  // bytes before and after an answer that are looked at for a time

// Where an answer was seen.
struct Sighting {
  int person = 0;
  size_t copy = 0;
  const CopiedFile* file = nullptr;
  Hit hit;
};

using Key = std::tuple<int64_t, int64_t, int64_t>;

struct Order {
  std::string family, where;
  std::vector<int> people;  // whose answers they are, which the attacker does not know
};

// People by their smallest key; those with the same one in blind order.
std::vector<int> Sorted(const std::map<int, Key>& keys, const KnownOrders& known) {
  std::vector<std::pair<Key, int>> sorted;
  for (size_t i = 0; i < known.blind.size(); ++i) {
    const auto key = keys.find(known.blind[i]);
    if (key != keys.end()) sorted.emplace_back(key->second, static_cast<int>(i));
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<int> people;
  for (const auto& [key, at] : sorted) people.push_back(known.blind[static_cast<size_t>(at)]);
  return people;
}

std::optional<Order> OrderBy(const char* family, const std::string& where, const std::vector<Sighting>& sightings,
                             const KnownOrders& known, const std::function<Key(const Sighting&)>& key_of) {
  std::map<int, Key> keys;
  for (const Sighting& sighting : sightings) {
    const auto [entry, first] = keys.emplace(sighting.person, key_of(sighting));
    if (!first) entry->second = std::min(entry->second, key_of(sighting));
  }
  std::set<Key> distinct;
  for (const auto& [person, key] : keys) distinct.insert(key);
  if (distinct.size() < 2) return std::nullopt;
  return Order{family, where, Sorted(keys, known)};
}

uint32_t BigEndian(absl::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

int64_t PageSize(const std::string& bytes) {
  if (!absl::StartsWith(bytes, "SQLite format 3")) return 4096;
  const uint32_t size = BigEndian(absl::string_view(bytes).substr(16, 2));
  return size == 1 ? 65536 : size;
}

bool IsLogOfChanges(const std::string& name) { return absl::EndsWith(name, "-wal"); }

// Cells are laid into a page from its end.
Key CellKey(const Sighting& sighting) {
  const int64_t page = PageSize(*sighting.file->bytes), offset = static_cast<int64_t>(sighting.hit.offset);
  return {static_cast<int64_t>(sighting.copy), offset / page, page - offset % page};
}

// SQLite's log: a header of 32 bytes, then pages, each after a header of 24.
Key FrameKey(const Sighting& sighting) {
  const std::string& bytes = *sighting.file->bytes;
  const int64_t page = bytes.size() < 12 ? 4096 : BigEndian(absl::string_view(bytes).substr(8, 4));
  const int64_t offset = static_cast<int64_t>(sighting.hit.offset) - 32, frame = page + 24;
  return {static_cast<int64_t>(sighting.copy), offset / frame, frame - offset % frame};
}

// Whether `value` can be a moment of these days, also by a clock that a test has set forward: in seconds, milliseconds,
// microseconds or nanoseconds.
bool CanBeTime(int64_t value) {
  const int64_t now = absl::ToUnixSeconds(absl::Now()), days = 8 * 86'400;
  for (const int64_t unit : {1LL, 1'000LL, 1'000'000LL, 1'000'000'000LL}) {
    if (value / unit >= now - days && value / unit <= now + days) return true;
  }
  return false;
}

// The value in one of some forms at `distance` from the answer; 0 where there is none.
int64_t ValueNearby(const Sighting& sighting, int distance, int form) {
  const std::string& bytes = *sighting.file->bytes;
  const int64_t at = static_cast<int64_t>(sighting.hit.offset) + distance;
  if (at < 0 || at + 8 > static_cast<int64_t>(bytes.size())) return 0;
  uint64_t little = 0;
  std::memcpy(&little, bytes.data() + at, sizeof(little));
  if (form == 0) return static_cast<int64_t>(little);
  const uint64_t big = __builtin_bswap64(little);
  return static_cast<int64_t>(form == 1 ? big : big >> 16);  // the last: ids that begin with 48 bits of milliseconds
}

std::optional<Order> ByTimeNearby(const std::string& where, const std::vector<Sighting>& sightings,
                                  const KnownOrders& known) {
  std::map<int, Sighting> first;
  for (const Sighting& sighting : sightings) first.emplace(sighting.person, sighting);
  if (first.size() < 3) return std::nullopt;
  for (int distance = -static_cast<int>(kNearby); distance <= static_cast<int>(kNearby); ++distance) {
    for (int form = 0; form < 3; ++form) {
      std::vector<Sighting> timed;
      for (const auto& [person, sighting] : first) {
        if (!CanBeTime(ValueNearby(sighting, distance, form))) break;
        timed.push_back(sighting);
      }
      if (timed.size() != first.size()) continue;
      auto order = OrderBy(kTimes, where, timed, known, [distance, form](const Sighting& s) {
        return Key(ValueNearby(s, distance, form), 0, 0);
      });
      if (order.has_value()) return order;
    }
  }
  return std::nullopt;
}

// Orders by where in the files the answers stand.
void RawOrders(const std::vector<Sighting>& sightings, const KnownOrders& known, std::vector<Order>& orders) {
  const auto add = [&](std::optional<Order> order) {
    if (order.has_value()) orders.push_back(*std::move(order));
  };
  std::map<std::string, std::vector<Sighting>> by_kind;
  for (const Sighting& sighting : sightings) by_kind[KindOfFile(sighting.file->name)].push_back(sighting);
  const auto place = [](const Sighting& s) {
    return Key(static_cast<int64_t>(s.copy), static_cast<int64_t>(s.hit.offset), 0);
  };
  for (const auto& [kind, seen] : by_kind) {
    add(OrderBy(absl::EndsWith(kind, ".log") ? kLines : kPlace, kind, seen, known, place));
    if (IsLogOfChanges(kind)) {
      add(OrderBy(kChanges, kind, seen, known, FrameKey));
    } else {
      add(OrderBy(kCells, kind, seen, known, CellKey));
    }
    add(ByTimeNearby(kind, seen, known));
  }
  const auto by = [&](const char* family, const char* where, const std::function<uint64_t(const Sighting&)>& value) {
    add(OrderBy(family, where, sightings, known,
                [&value](const Sighting& s) { return Key(static_cast<int64_t>(value(s)), 0, 0); }));
  };
  by(kFirstCopy, "", [](const Sighting& s) { return s.copy; });
  std::set<std::string> files;
  for (const Sighting& sighting : sightings) files.insert(sighting.file->name);
  if (files.size() > 1) {
    by(kFileTimes, "change of contents", [](const Sighting& s) { return static_cast<uint64_t>(s.file->modified_ns); });
    by(kFileTimes, "change of inode", [](const Sighting& s) { return static_cast<uint64_t>(s.file->changed_ns); });
    by(kFileTimes, "number of inode", [](const Sighting& s) { return s.file->inode; });
  }
}

// People by a value of theirs; those with the same one in blind order.
void AddValueOrder(const char* family, const std::string& where, const std::map<int, Value>& values,
                   const KnownOrders& known, std::vector<Order>& orders) {
  std::vector<Value> sorted;
  for (const auto& [person, value] : values) sorted.push_back(value);
  std::sort(sorted.begin(), sorted.end());
  if (sorted.size() < 2 || sorted.front() == sorted.back()) return;
  std::map<int, Key> keys;
  for (const auto& [person, value] : values) {
    keys[person] = Key(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin(), 0, 0);
  }
  orders.push_back({family, where, Sorted(keys, known)});
}

// Where `value` stands first in copies before the last one: copy, file, offset.
std::optional<Key> FirstPlace(const std::vector<const Copy*>& copies, absl::string_view value) {
  for (size_t copy = 0; copy + 1 < copies.size(); ++copy) {
    for (size_t file = 0; file < copies[copy]->files.size(); ++file) {
      const size_t at = absl::string_view(*copies[copy]->files[file].bytes).find(value);
      if (at != absl::string_view::npos) {
        return Key(static_cast<int64_t>(copy), static_cast<int64_t>(file), static_cast<int64_t>(at));
      }
    }
  }
  return std::nullopt;
}

// Orders by the rows that the answers stand in, in the last copy.
void TableOrders(const std::vector<const Copy*>& copies, const Finder& finder, const KnownOrders& known,
                 std::vector<Order>& orders) {
  for (const Table& table : TablesOf(*copies.back())) {
    std::map<int, Value> places;
    std::map<size_t, std::map<int, Value>> columns, joined;
    for (size_t number = 0; number < table.rows.size(); ++number) {
      const Row& row = table.rows[number];
      std::set<int> people;
      std::set<size_t> clear;
      for (size_t column = 0; column < row.values.size(); ++column) {
        for (const Hit& hit : finder.Find(row.values[column].bytes)) {
          people.insert(hit.person);
          clear.insert(column);
        }
      }
      if (people.size() != 1) continue;
      const int person = *people.begin();
      places.emplace(person, Value{Value::Kind::kInteger, static_cast<int64_t>(number)});
      for (size_t column = 0; column < row.values.size(); ++column) {
        if (clear.count(column) > 0) continue;
        const Value& value = row.values[column];
        columns[column].emplace(person, value);
        if (value.bytes.size() < Finder::kShortest) continue;
        if (const auto place = FirstPlace(copies, value.bytes)) {
          const auto& [copy, file, offset] = *place;
          joined[column].emplace(person, Value{Value::Kind::kInteger, (copy << 48) + (file << 36) + offset});
        }
      }
    }
    AddValueOrder(kRows, table.name, places, known, orders);
    for (const auto& [column, values] : columns) {
      AddValueOrder(kColumns, absl::StrCat(table.name, ".", table.columns[column]), values, known, orders);
    }
    for (const auto& [column, values] : joined) {
      AddValueOrder(kJoined, absl::StrCat(table.name, ".", table.columns[column]), values, known, orders);
    }
  }
}

// Lays `order` beside `people` and counts who gets their own answer. What the order lacks is filled in blindly.
int Beside(const std::vector<int>& people, std::vector<int> order, const KnownOrders& known) {
  const std::set<int> have(order.begin(), order.end());
  for (const int person : known.blind) {
    if (have.count(person) == 0) order.push_back(person);
  }
  int correct = 0;
  for (size_t i = 0; i < people.size(); ++i) correct += people[i] == order[i] ? 1 : 0;
  return correct;
}

void ScoreOrder(const Order& order, const KnownOrders& known, Scores& scores) {
  std::vector<std::pair<std::string, std::vector<int>>> beside = {{"first answers", known.answers},
                                                                  {"newest answers", known.newest},
                                                                  {"issuing", known.issuing},
                                                                  {"invitations", known.invitations}};
  beside.insert(beside.end(), known.more.begin(), known.more.end());
  for (const auto& [name, people] : beside) {
    const std::string full = absl::StrCat(order.family, " | ", order.where, " | ", name);
    scores.correct[full] = Beside(people, order.people, known);
    std::vector<int> backwards(order.people.rbegin(), order.people.rend());
    scores.correct[full + ", backwards"] = Beside(people, std::move(backwards), known);
  }
}

// `people`, whose records have these sizes, get the answers of the same rank in length. -1: all sizes are equal.
int ByLength(const std::vector<int>& people, const std::vector<int64_t>& sizes,
             const std::vector<domain::Answers>& answers, const KnownOrders& known) {
  if (std::set<int64_t>(sizes.begin(), sizes.end()).size() < 2) return -1;
  const auto ranked = [&](std::vector<int> order, const std::function<int64_t(int)>& size_of) {
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return size_of(a) < size_of(b); });
    return order;
  };
  std::map<int, int64_t> seen;
  for (size_t i = 0; i < people.size(); ++i) seen[people[i]] = sizes[i];
  const std::vector<int> by_size = ranked(known.blind, [&](int person) { return seen.at(person); });
  // What is equal on both sides stands in opposite orders, so that nobody is guessed rightly for knowing nothing.
  const std::vector<int> by_length = ranked({known.blind.rbegin(), known.blind.rend()}, [&](int person) {
    return static_cast<int64_t>(answers[static_cast<size_t>(person)].comments.at(0).size());
  });
  int correct = 0;
  for (size_t i = 0; i < by_size.size(); ++i) correct += by_size[i] == by_length[i] ? 1 : 0;
  return correct;
}

}  // namespace

std::vector<int64_t> Growth(const Copy& before, const Copy& after) {
  int64_t more = 0, blocks = 0, changed = 0;
  for (const CopiedFile& file : after.files) {
    const auto old = std::find_if(before.files.begin(), before.files.end(),
                                  [&](const CopiedFile& f) { return f.name == file.name && f.plane == file.plane; });
    const std::string& now = *file.bytes;
    static const std::string* const nothing = new std::string();
    const std::string& then = old == before.files.end() ? *nothing : *old->bytes;
    if (&now == &then) continue;
    more += static_cast<int64_t>(now.size()) - static_cast<int64_t>(then.size());
    for (size_t at = 0; at < now.size(); at += 512) {
      const size_t size = std::min<size_t>(512, now.size() - at);
      if (at + size <= then.size() && std::memcmp(now.data() + at, then.data() + at, size) == 0) continue;
      ++blocks;
      for (size_t i = at; i < at + size; ++i) changed += i >= then.size() || now[i] != then[i] ? 1 : 0;
    }
  }
  return {more, blocks, changed};
}

const std::vector<std::string>& ScorerFamilies() {
  static const auto* const families = new std::vector<std::string>{
      kRows, kColumns, kTimes, kPlace, kCells, kChanges, kFirstCopy, kLines, kFileTimes, kJoined, kLengths, kGrowth};
  return *families;
}

Scores ScoreCopies(const std::vector<const Copy*>& copies, const Finder& finder, const KnownOrders& known) {
  Scores scores;
  scores.blind = Beside(known.answers, known.blind, known);
  std::vector<Sighting> sightings;
  std::unordered_map<const std::string*, std::vector<Hit>> searched;  // copies share what did not change
  std::set<int> people;
  for (size_t copy = 0; copy < copies.size(); ++copy) {
    for (const CopiedFile& file : copies[copy]->files) {
      const auto [found, first] = searched.try_emplace(file.bytes.get());
      if (!first) continue;
      found->second = finder.Find(*file.bytes);
      for (const Hit& hit : found->second) {
        sightings.push_back({hit.person, copy, &file, hit});
        people.insert(hit.person);
      }
    }
  }
  scores.recovered = static_cast<int>(people.size());
  if (sightings.empty()) return scores;
  std::vector<Order> orders;
  RawOrders(sightings, known, orders);
  TableOrders(copies, finder, known, orders);
  for (const Order& order : orders) ScoreOrder(order, known, scores);
  return scores;
}

void ScoreSeenOrder(const std::string& family, const std::vector<int>& people, const KnownOrders& known,
                    Scores& scores) {
  ScoreOrder({family, "", people}, known, scores);
}

void AddUnder(const std::string& prefix, const std::string& when, const Scores& from, Scores& scores) {
  for (const auto& [scorer, correct] : from.correct) {
    const size_t bar = scorer.find(" | ");
    scores.correct[absl::StrCat(prefix, scorer.substr(0, bar), " | ", when, ", ", scorer.substr(bar + 3))] = correct;
  }
}

void ScoreStages(const std::string& prefix, const Stages& stages, const Finder& finder, const KnownOrders& known,
                 Scores& scores) {
  std::vector<const Copy*> copies;
  for (const auto& [when, copy] : stages) {
    copies.push_back(copy);
    if (copies.size() == 1) continue;
    const Scores found = ScoreCopies(copies, finder, known);
    AddUnder(prefix, when, found, scores);
    scores.recovered = std::max(scores.recovered, found.recovered);
    scores.blind = found.blind;
  }
}

void ScoreSizes(const Sizes& sizes, const Scene& scene, const KnownOrders& known, Scores& scores) {
  const auto note = [&](const std::string& name, int correct) {
    if (correct >= 0) scores.correct[name] = correct;
  };
  std::vector<Table> now = TablesOf(*sizes.last), then = TablesOf(*sizes.opened);
  for (const Table& table : now) {
    const auto old = std::find_if(then.begin(), then.end(), [&](const Table& t) { return t.name == table.name; });
    std::vector<int64_t> lengths;
    for (const Row& row : table.rows) {
      const bool same = old != then.end() && std::any_of(old->rows.begin(), old->rows.end(),
                                                         [&](const Row& r) { return r.values == row.values; });
      if (same) continue;
      int64_t length = 0;
      for (const Value& value : row.values) length += static_cast<int64_t>(value.bytes.size());
      lengths.push_back(length);
    }
    if (lengths.size() != known.answers.size()) continue;
    for (const auto& [name, people] : {std::pair<const char*, const std::vector<int>*>{"first answers", &known.answers},
                                       {"newest answers", &known.newest},
                                       {"issuing", &known.issuing},
                                       {"invitations", &known.invitations}}) {
      note(absl::StrCat(kLengths, " | ", table.name, " | ", name), ByLength(*people, lengths, scene.last, known));
    }
  }
  if (sizes.during.empty()) return;
  std::vector<int> people;
  std::vector<std::vector<int64_t>> features(3);
  for (size_t i = 0; i < scene.acts.size(); ++i) {
    if (scene.acts[i].second != Scene::Act::kAnswer) continue;
    people.push_back(scene.acts[i].first);
    const std::vector<int64_t> growth = Growth(*sizes.during[i], *sizes.during[i + 1]);
    for (size_t f = 0; f < growth.size(); ++f) features[f].push_back(growth[f]);
  }
  const char* const names[] = {"bytes more", "blocks changed", "bytes changed"};
  for (size_t f = 0; f < features.size(); ++f) {
    note(absl::StrCat(kGrowth, " | ", names[f], " | first answers"), ByLength(people, features[f], scene.first, known));
  }
}

}  // namespace candor::privacy
