#include "tests/privacy/naive_stores.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "storage/sqlite/database.h"

namespace candor::privacy {
namespace {

using storage::sqlite::Database;
using storage::sqlite::Statement;

constexpr char kRowidTable[] = "plain answers in a rowid table";
constexpr char kGrowingIds[] = "plain answers under ids that grow with time";
constexpr char kRandomIds[] = "plain answers under random ids";
constexpr char kRandomIdsLogged[] = "plain answers under random ids, with a log of changes";
constexpr char kTimeBeside[] = "a time beside each plain answer";
constexpr char kFileEach[] = "a file for each plain answer";
constexpr char kInLog[] = "answers in a log";
constexpr char kPublishedAsCame[] = "answers published in the order in which they came";
constexpr char kPublishedAsInvited[] = "answers published in the order of the invitations";
constexpr char kLastingIds[] = "sealed answers under ids that last until publication";
constexpr char kSealedAsLong[] = "sealed answers of the answer's length";
constexpr char kPlainSlots[] = "plain answers in random slots that are laid out before";

// How often people answer, in the worlds where times are kept.
constexpr absl::Duration kBetweenAnswers = absl::Minutes(7);
constexpr size_t kIdBytes = 16;

std::string RatingsOf(const domain::Answers& answers) { return {answers.ratings.begin(), answers.ratings.end()}; }

std::string BigEndian(uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text.push_back(static_cast<char>(value >> shift & 0xff));
  return text;
}

// What a store is told.
struct Event {
  int person = 0;
  int number = 0;  // of the event, from 0 on
  absl::Time time;
  const domain::Answers* answers = nullptr;
};

class Store {
 public:
  Store(const std::string& name, const Scene& scene, const std::string& folder)
      : name_(name), scene_(scene), folder_(folder) {}

  absl::Status Open() {
    if (!UsesDatabase()) return absl::OkStatus();
    storage::sqlite::OpenOptions options;
    options.wal = name_ == kRandomIdsLogged;
    CANDOR_ASSIGN_OR_RETURN(database_, Database::Open(folder_ + "/answers.db", options));
    CANDOR_RETURN_IF_ERROR(database_->Execute("PRAGMA synchronous=OFF"));
    const bool has_rowid = name_ == kRowidTable || name_ == kLastingIds || name_ == kSealedAsLong;
    CANDOR_RETURN_IF_ERROR(database_->Execute(absl::StrCat("CREATE TABLE answer(id BLOB NOT NULL PRIMARY KEY, ",
                                                           "time INTEGER, answer BLOB NOT NULL)",
                                                           has_rowid ? "" : " WITHOUT ROWID")
                                                  .c_str()));
    if (name_ == kPlainSlots) {
      for (int slot = 0; slot < scene_.people(); ++slot) {
        const std::string id = base::RandomBytes(kIdBytes);
        CANDOR_RETURN_IF_ERROR(Put(id, base::RandomBytes(kTrialItems), std::nullopt));
        free_.push_back(id);
      }
    }
    return absl::OkStatus();
  }

  absl::Status Accept(const Event& event) {
    const std::string ratings = RatingsOf(*event.answers);
    if (name_ == kFileEach) return WriteFile(event, ratings);
    if (name_ == kInLog) {
      log_ += absl::StrCat("POST /answers ", base::Json(event.answers->ratings).dump(), "\n");
      return base::WriteFileAtomically(folder_ + "/server.log", log_, 0600);
    }
    if (!UsesDatabase()) return absl::OkStatus();
    const auto [id, first] = ids_.try_emplace(event.person);
    if (first) id->second = NewId(event);
    std::string stored = ratings;
    if (name_ == kLastingIds) stored = base::RandomBytes(ratings.size());
    if (name_ == kSealedAsLong) stored = base::RandomBytes(ratings.size() + event.answers->comments[0].size());
    return Put(id->second, stored,
               name_ == kTimeBeside ? std::make_optional(absl::ToUnixNanos(event.time)) : std::nullopt);
  }

  // `invitations`: the people in the order of their invitations.
  absl::Status Close(const std::vector<int>& invitations) {
    database_.reset();
    if (name_ == kPublishedAsCame || name_ == kPublishedAsInvited) {
      base::Json published = base::Json::array();
      for (const int person : name_ == kPublishedAsCame ? scene_.answer_order : invitations) {
        published.push_back(scene_.last[static_cast<size_t>(person)].comments[0]);
      }
      return base::WriteFileAtomically(folder_ + "/result.json", published.dump(), 0600);
    }
    if (name_ != kLastingIds) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(base::DestroyFile(folder_ + "/answers.db"));
    CANDOR_ASSIGN_OR_RETURN(database_, Database::Open(folder_ + "/published.db", {}));
    CANDOR_RETURN_IF_ERROR(database_->Execute(
        "CREATE TABLE answer(id BLOB NOT NULL PRIMARY KEY, time INTEGER, answer BLOB NOT NULL) WITHOUT ROWID"));
    for (const auto& [person, id] : ids_) {
      CANDOR_RETURN_IF_ERROR(Put(id, scene_.last[static_cast<size_t>(person)].comments[0], std::nullopt));
    }
    return absl::OkStatus();
  }

 private:
  bool UsesDatabase() const {
    return name_ != kFileEach && name_ != kInLog && name_ != kPublishedAsCame && name_ != kPublishedAsInvited;
  }

  std::string NewId(const Event& event) {
    if (name_ == kPlainSlots) {
      const size_t at = base::RandomBelow(static_cast<uint32_t>(free_.size()));
      const std::string id = free_[at];
      free_.erase(free_.begin() + static_cast<ptrdiff_t>(at));
      return id;
    }
    if (name_ != kGrowingIds) return base::RandomBytes(kIdBytes);
    return BigEndian(static_cast<uint64_t>(absl::ToUnixMillis(event.time)), 6) + base::RandomBytes(kIdBytes - 6);
  }

  absl::Status Put(const std::string& id, const std::string& answer, std::optional<int64_t> time) {
    CANDOR_ASSIGN_OR_RETURN(
        Statement insert,
        database_->Prepare("INSERT INTO answer(id, time, answer) VALUES (?, ?, ?) "
                           "ON CONFLICT(id) DO UPDATE SET time = excluded.time, answer = excluded.answer"));
    insert.BindBlob(1, id).BindBlob(3, answer);
    if (time.has_value()) {
      insert.BindInt(2, *time);
    } else {
      insert.BindNull(2);
    }
    return insert.Run();
  }

  absl::Status WriteFile(const Event& event, const std::string& ratings) {
    const auto [id, first] = ids_.try_emplace(event.person);
    if (first) id->second = base::HexEncode(base::RandomBytes(kIdBytes));
    const std::string path = absl::StrCat(folder_, "/", id->second);
    CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(path, ratings, 0600));
    // As if minutes had passed between two answers.
    const timespec time = absl::ToTimespec(event.time);
    const timespec times[2] = {time, time};
    if (utimensat(AT_FDCWD, path.c_str(), times, 0) != 0) return absl::InternalError("cannot set a file's time");
    return absl::OkStatus();
  }

  const std::string name_;
  const Scene& scene_;
  const std::string folder_;
  std::unique_ptr<Database> database_;
  std::map<int, std::string> ids_;
  std::vector<std::string> free_;
  std::string log_;
};

}  // namespace

const std::vector<NaiveStore>& NaiveStores() {
  static const auto* const stores = new std::vector<NaiveStore>{
      {kRowidTable, "order of rows", 'a'},
      {kGrowingIds, "values of a column", 'a'},
      {kRandomIds, "place of cells in pages", 'a'},
      {kRandomIdsLogged, "first place in a log of changes", 'a'},
      {kTimeBeside, "8-byte values that can be times", 'a'},
      {kFileEach, "times and numbers of files", 'a'},
      {kInLog, "lines of a log", 'a'},
      {kPublishedAsCame, "place in a file", 'b'},
      {kPublishedAsInvited, "place in a file", 'b'},
      {kLastingIds, "where an id of the row stood before", 'c'},
      {kSealedAsLong, "lengths of records", 'a'},
      {kSealedAsLong, "growth with each act", 'd'},
      {kPlainSlots, "first copy in which it stands", 'd'}};
  return *stores;
}

absl::StatusOr<NaiveTrial> PlayNaively(const std::string& name, const Scene& scene,
                                       const std::vector<int>& invitation_order, const std::string& folder) {
  Store store(name, scene, folder);
  CANDOR_RETURN_IF_ERROR(store.Open());
  NaiveTrial trial;
  const auto copy = [&folder](const Copy* before) {
    Copy taken;
    CopyFolder(folder, "", Plane::kResponse, before, taken);
    return taken;
  };
  trial.opened = copy(nullptr);
  trial.during.push_back(copy(&trial.opened));
  Event event;
  event.time = absl::Now() - absl::Hours(24);
  for (const auto& [person, act] : scene.acts) {
    event.person = person;
    event.answers = &scene.AnswersOf(person, act);
    CANDOR_RETURN_IF_ERROR(store.Accept(event));
    ++event.number;
    event.time += kBetweenAnswers;
    trial.during.push_back(copy(&trial.during.back()));
  }
  CANDOR_RETURN_IF_ERROR(store.Close(invitation_order));
  trial.closed = copy(&trial.during.back());
  return trial;
}

}  // namespace candor::privacy
