#include "tests/privacy/notice_attacks.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/domain/answer.h"
#include "services/domain/contract.h"
#include "services/domain/sealed_records.h"
#include "tests/privacy/altered_copy.h"
#include "tests/privacy/tables.h"

namespace candor::privacy {
namespace {

constexpr char kStored[] = "stored reports: ";

constexpr size_t kKeyBytes = 32;
constexpr size_t kEnd = 32;  // of a sealed report that is looked for

// What is one person's own, whatever it tells.
Finder IdentifiersOf(const Trial& trial) {
  Finder own;
  for (int person = 0; person < trial.scene.answering; ++person) {
    const PersonSecrets& secrets = trial.secrets[static_cast<size_t>(person)];
    for (const std::string& each : {secrets.code_hash, secrets.blinded_hash, secrets.token_hash, secrets.leaf}) {
      own.AddEncoded(person, each);
    }
    for (const auto* some : {&secrets.submission_ids, &secrets.reply_keys}) {
      for (const std::string& each : *some) own.AddEncoded(person, each);
    }
  }
  return own;
}

// A value as a number: blobs and texts by their first bytes.
int64_t NumberOf(const Value& value) {
  if (value.bytes.empty()) return value.integer;
  uint64_t number = 0;
  for (size_t i = 0; i < sizeof(number); ++i) {
    number = number << 8 | (i < value.bytes.size() ? static_cast<uint8_t>(value.bytes[i]) : 0);
  }
  return static_cast<int64_t>(number >> 1);
}

// Of one table, by person: the numbers of the first row that holds something of theirs and of nobody else, with its place
// and the lengths of its values; and the row itself. The open survey's records hold the token's hash, then what is sealed.
struct PersonRow {
  std::vector<int64_t> numbers;
  const Row* row = nullptr;
};
std::map<int, PersonRow> RowsOf(const Table& table, const Finder& own) {
  std::map<int, PersonRow> rows;
  for (size_t place = 0; place < table.rows.size(); ++place) {
    const Row& row = table.rows[place];
    std::set<int> people;
    for (const Value& value : row.values) {
      for (const Hit& hit : own.Find(value.bytes)) people.insert(hit.person);
    }
    if (people.size() != 1) continue;
    const auto [found, first] = rows.try_emplace(*people.begin());
    if (!first) continue;
    found->second.row = &row;
    found->second.numbers = {static_cast<int64_t>(place)};
    for (const Value& value : row.values) {
      found->second.numbers.push_back(NumberOf(value));
      found->second.numbers.push_back(static_cast<int64_t>(value.bytes.size()));
    }
  }
  return rows;
}

class PressedScorer {
 public:
  explicit PressedScorer(const Trial& trial)
      : trial_(trial), people_(static_cast<size_t>(trial.scene.answering)), pressed_(trial.scene.Pressed()),
        own_(IdentifiersOf(trial)), scores_(BlindGuess(pressed_, trial.scene.blind)) {}

  void ByRows(const std::string& stage, const Copy& copy) {
    const std::vector<Table> earlier = std::move(tables_);
    tables_ = TablesOf(copy);
    for (const Table& table : tables_) {
      const std::map<int, PersonRow> rows = RowsOf(table, own_);
      if (rows.empty()) continue;
      const std::string where = absl::StrCat(stage, ", ", table.name);
      const size_t numbers = rows.begin()->second.numbers.size();
      for (size_t number = 0; number < numbers; ++number) {
        std::vector<int64_t> values(people_);
        for (const auto& [person, row] : rows) values[static_cast<size_t>(person)] = row.numbers[number];
        // The place first, then each column's first bytes and length.
        By(number == 0 ? absl::StrCat(where, " (place)")
                       : absl::StrCat(where, ".", table.columns[(number - 1) / 2], number % 2 == 1 ? "" : " (length)"),
           values);
      }
      std::vector<int64_t> has(people_), changed(people_);
      for (const auto& [person, row] : rows) has[static_cast<size_t>(person)] = 1;
      By(absl::StrCat(where, " (has a row)"), has);
      for (const Table& old : earlier) {
        if (old.name != table.name) continue;
        const std::map<int, PersonRow> old_rows = RowsOf(old, own_);
        for (const auto& [person, row] : rows) {
          const auto found = old_rows.find(person);
          changed[static_cast<size_t>(person)] =
              found == old_rows.end() || found->second.row->values != row.row->values ? 1 : 0;
        }
        By(absl::StrCat(where, " (changed)"), changed);
      }
    }
  }

  // The first place of something of a person's in each kind of file, and how often there is one.
  void ByPlaces(const std::string& stage, const Copy& copy) {
    std::map<std::string, std::map<int, int64_t>> first, often;
    for (const CopiedFile& file : copy.files) {
      const std::string kind = KindOfFile(file.name);
      for (const Hit& hit : own_.Find(*file.bytes)) {
        first[kind].emplace(hit.person, static_cast<int64_t>(hit.offset));
        ++often[kind][hit.person];
      }
    }
    for (const auto& [what, kinds] : {std::pair{"place in ", &first}, std::pair{"number in ", &often}}) {
      for (const auto& [kind, found] : *kinds) {
        std::vector<int64_t> values(people_);
        for (const auto& [person, value] : found) values[static_cast<size_t>(person)] = value;
        By(absl::StrCat(stage, ", ", what, kind), values);
      }
    }
  }

  // By the copies before and after the act with which a person's counted answer came.
  void ByActs() {
    std::vector<std::vector<int64_t>> values(3, std::vector<int64_t>(people_));
    for (size_t i = 0; i < trial_.scene.acts.size(); ++i) {
      const auto& [person, act] = trial_.scene.acts[i];
      if (act == Scene::Act::kRepeat) continue;
      const std::vector<int64_t> growth = Growth(trial_.during[i], trial_.during[i + 1]);
      for (size_t f = 0; f < growth.size(); ++f) values[f][static_cast<size_t>(person)] = growth[f];
    }
    const char* const names[] = {"bytes more", "blocks changed", "bytes changed"};
    for (size_t f = 0; f < values.size(); ++f) By(absl::StrCat("with each answer, ", names[f]), values[f]);
  }

  ParticipationScores scores() && { return std::move(scores_); }

 private:
  void By(const std::string& where, const std::vector<int64_t>& values) {
    ScoreValues(where, values, pressed_, trial_.scene.blind, scores_);
  }

  const Trial& trial_;
  std::vector<Table> tables_;  // of the stage that was looked at last
  const size_t people_;
  const std::set<int> pressed_;
  const Finder own_;
  ParticipationScores scores_;
};

CopiedFile FileOf(const char* name, std::string bytes) {
  CopiedFile file;
  file.plane = Plane::kResponse;
  file.name = name;
  file.bytes = std::make_shared<const std::string>(std::move(bytes));
  return file;
}

struct StoredNotice {
  std::string id, sealed;
  domain::PressureNotice opened = {};  // nothing given: it only fills the list up
};

// The survey's sealed notices, in the order of their rows.
std::vector<StoredNotice> SealedNotices(const Trial& trial, const Copy& copy) {
  std::vector<StoredNotice> notices;
  for (const Table& table : TablesOf(copy)) {
    if (!absl::EndsWith(table.name, " notice")) continue;
    for (const Row& row : table.rows) {
      if (ValueOf(table, row, "survey").bytes != trial.survey) continue;
      notices.push_back({ValueOf(table, row, "id").bytes, ValueOf(table, row, "sealed").bytes});
    }
  }
  return notices;
}

absl::StatusOr<std::vector<StoredNotice>> Open(const Trial& trial, const Copy& copy,
                                               const crypto::ClosingKeyPair& auditor) {
  const std::string survey = domain::SurveyIdBytes(domain::SurveyId(trial.survey));
  std::vector<StoredNotice> notices = SealedNotices(trial, copy);
  for (StoredNotice& notice : notices) {
    CANDOR_ASSIGN_OR_RETURN(const auto record,
                            crypto::OpenSealed(auditor.public_key, auditor.secret_key, notice.sealed));
    CANDOR_ASSIGN_OR_RETURN(auto opened, domain::DecodeNoticeRecord(record.view(), survey));
    notice.opened = std::move(opened.notice);
  }
  return notices;
}

const domain::PressureNotice& NoticeOf(const Scene& scene, int person) {
  return scene.last[static_cast<size_t>(person)].notice;
}

std::vector<int> PressedOf(const Scene& scene) {
  const std::set<int> pressed = scene.Pressed();
  return {pressed.begin(), pressed.end()};
}

absl::StatusOr<int> WriterOf(const Scene& scene, const StoredNotice& notice) {
  for (const int person : scene.Pressed()) {
    if (NoticeOf(scene, person).text == notice.opened.text) return person;
  }
  return absl::InternalError("a report of pressure that was not counted reached the auditor");
}

}  // namespace

ParticipationScores ScorePressed(const Trial& trial, const Stages& stages) {
  PressedScorer scorer(trial);
  for (const auto& [stage, copy] : stages) {
    scorer.ByRows(stage, *copy);
    scorer.ByPlaces(stage, *copy);
  }
  scorer.ByActs();
  return std::move(scorer).scores();
}

absl::StatusOr<Scores> ScoreAuditor(const Trial& trial, const Stages& stages, const crypto::ClosingKeyPair& auditor) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<StoredNotice> notices, Open(trial, *stages[1].second, auditor));
  const KnownOrders known = KnownOrdersOfPressed(trial);
  Copy read;
  std::string by_row, by_id;
  std::map<std::string, std::string> texts;
  Finder stored;
  for (const StoredNotice& notice : notices) {
    if (!notice.opened.given) continue;
    by_row += notice.opened.text + '\n';
    texts[notice.id] = notice.opened.text;
    CANDOR_ASSIGN_OR_RETURN(const int person, WriterOf(trial.scene, notice));
    stored.AddEncoded(person, notice.id);
    stored.AddEncoded(person, notice.sealed.substr(0, kEnd));
    stored.AddEncoded(person, notice.sealed.substr(notice.sealed.size() - kEnd));
  }
  for (const auto& [id, text] : texts) by_id += text + '\n';
  read.files = {FileOf("reports by row", std::move(by_row)), FileOf("reports by id", std::move(by_id))};
  const Scores as_read = ScoreCopies({&read}, NoticesOf(trial.scene), known);
  Scores scores;
  ScoreStages(kStored, stages, stored, known, scores);
  AddUnder("", "as read", as_read, scores);
  scores.recovered = as_read.recovered;
  scores.blind = as_read.blind;
  return scores;
}

const std::vector<std::string>& AuditorScorerFamilies() {
  static const auto* const families = [] {
    auto* all = new std::vector<std::string>(ScorerFamilies());
    for (const std::string& family : ScorerFamilies()) all->push_back(kStored + family);
    return all;
  }();
  return *families;
}

int NoticesOpenedWith(const Copy& keys, const Trial& trial, const Copy& copy, const std::string& auditor_public_key) {
  std::optional<crypto::ClosingKeyPair> found;
  for (const CopiedFile& file : keys.files) {
    const absl::string_view bytes = *file.bytes;
    for (size_t at = 0; at + kKeyBytes <= bytes.size(); ++at) {
      auto pair = crypto::ClosingKeyPair::FromSecretKey(bytes.substr(at, kKeyBytes));
      if (pair.ok() && pair->public_key == auditor_public_key) found = *std::move(pair);
    }
  }
  return found.has_value() ? static_cast<int>(SealedNotices(trial, copy).size()) : 0;
}

KnownOrders KnownOrdersOfPressed(const Trial& trial) {
  return Only(KnownOrdersWithRecords(trial), PressedOf(trial.scene));
}

Finder NoticesOf(const Scene& scene) {
  Finder finder;
  for (int person = 0; person < scene.answering; ++person) {
    const auto at = static_cast<size_t>(person);
    for (const domain::Answers* answers : {&scene.first[at], &scene.last[at]}) {
      finder.AddWords(person, answers->notice.text);
    }
  }
  return finder;
}

Copy WithNoticesInOrder(const Trial& trial) {
  std::string notices;
  for (const int person : Only(trial.scene.newest_order, PressedOf(trial.scene))) {
    notices += NoticeOf(trial.scene, person).text + '\n';
  }
  Copy copy;
  copy.files = {FileOf("reports of pressure", std::move(notices))};
  return copy;
}

absl::StatusOr<Copy> WithIdsInOrder(const Trial& trial, const Copy& copy, const crypto::ClosingKeyPair& auditor) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<StoredNotice> notices, Open(trial, copy, auditor));
  std::vector<std::vector<std::string>> rows;
  for (const int person : Only(trial.scene.newest_order, PressedOf(trial.scene))) {
    for (const StoredNotice& notice : notices) {
      if (notice.opened.text == NoticeOf(trial.scene, person).text) rows.push_back({notice.id});
    }
  }
  return Altered(copy, "responses.db", "CREATE TABLE kept(id BLOB)", "INSERT INTO kept VALUES (?1)", rows);
}

}  // namespace candor::privacy
