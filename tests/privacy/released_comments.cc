#include "tests/privacy/released_comments.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "storage/sqlite/database.h"
#include "tests/privacy/finder.h"

namespace candor::privacy {
namespace {

using storage::sqlite::Database;
using storage::sqlite::Statement;

constexpr char kReport[] = "order in the report";
constexpr char kIds[] = "order of ids";
constexpr char kList[] = "order in the moderator's list";
constexpr char kIdsStored[] = "ids: ";
constexpr char kWordsStored[] = "words: ";

constexpr char kInOrder[] = "comments released in the order of submission";
constexpr char kGrowingIds[] = "comments under ids that grow with submission";
constexpr char kListedInOrder[] = "comments listed to moderators in the order of submission";
constexpr char kRowsInOrder[] = "rows of comments in the order of submission";
constexpr char kLastingIds[] = "comments under the ids that their answers had";

constexpr size_t kIdBytes = 16;

std::map<std::string, int> WritersOf(const Scene& scene) {
  std::map<std::string, int> writers;
  for (int person = 0; person < scene.answering; ++person) {
    writers[scene.last[static_cast<size_t>(person)].comments[0]] = person;
  }
  return writers;
}

// Whose they are; comments that nobody wrote are passed over.
std::vector<int> PeopleOf(const std::vector<SeenComment>& comments, const std::map<std::string, int>& writers) {
  std::vector<int> people;
  for (const SeenComment& comment : comments) {
    const auto writer = writers.find(comment.text);
    if (writer != writers.end()) people.push_back(writer->second);
  }
  return people;
}

absl::StatusOr<CopiedFile> TableOf(const std::vector<SeenComment>& rows) {
  const FastFolder folder;
  const std::string path = folder.path() + "/responses.db";
  {
    CANDOR_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, Database::Open(path, {}));
    CANDOR_RETURN_IF_ERROR(
        database->Execute("CREATE TABLE comment(id TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL)"));
    for (const SeenComment& row : rows) {
      CANDOR_ASSIGN_OR_RETURN(Statement insert, database->Prepare("INSERT INTO comment(id, sealed) VALUES (?, ?)"));
      insert.BindText(1, row.id).BindBlob(2, base::RandomBytes(row.text.size()));
      CANDOR_RETURN_IF_ERROR(insert.Run());
    }
  }
  CANDOR_ASSIGN_OR_RETURN(std::string bytes, base::ReadFile(path));
  CopiedFile file;
  file.plane = Plane::kResponse;
  file.name = "responses.db";
  file.bytes = std::make_shared<const std::string>(std::move(bytes));
  return file;
}

}  // namespace

CommentsSeen CommentsSeenIn(const Trial& trial) {
  return {trial.listed,
          trial.published,
          {{"before closing", &trial.during.back()},
           {"after closing", &trial.closed},
           {"before release", &trial.moderated},
           {"after release", &trial.released}}};
}

const std::vector<std::string>& CommentScorerFamilies() {
  static const auto* const families = [] {
    auto* all = new std::vector<std::string>{kReport, kIds, kList};
    for (const char* prefix : {kIdsStored, kWordsStored}) {
      for (const std::string& family : ScorerFamilies()) all->push_back(prefix + family);
    }
    return all;
  }();
  return *families;
}

Scores ScoreComments(const CommentsSeen& seen, const Scene& scene, const KnownOrders& known) {
  const std::map<std::string, int> writers = WritersOf(scene);
  Scores scores;
  if (!seen.published.empty()) ScoreSeenOrder(kReport, PeopleOf(seen.published, writers), known, scores);
  if (!seen.listed.empty()) {
    ScoreSeenOrder(kList, PeopleOf(seen.listed, writers), known, scores);
    std::vector<SeenComment> by_id = seen.listed;
    std::sort(by_id.begin(), by_id.end(), [](const SeenComment& a, const SeenComment& b) { return a.id < b.id; });
    ScoreSeenOrder(kIds, PeopleOf(by_id, writers), known, scores);
  }
  Finder ids, words;
  for (const auto* comments : {&seen.listed, &seen.published}) {
    for (const SeenComment& comment : *comments) {
      const auto writer = writers.find(comment.text);
      if (writer != writers.end()) ids.AddEncoded(writer->second, comment.id);
    }
  }
  for (const auto& [text, person] : writers) words.AddAnswers(person, scene.last[static_cast<size_t>(person)]);
  std::vector<const Copy*> copies;
  for (const auto& [when, copy] : seen.copies) {
    copies.push_back(copy);
    if (copies.size() == 1) continue;
    const Scores of_ids = ScoreCopies(copies, ids, known), of_words = ScoreCopies({copy}, words, known);
    AddUnder(kIdsStored, when, of_ids, scores);
    AddUnder(kWordsStored, when, of_words, scores);
    scores.recovered = std::max(scores.recovered, of_words.recovered);
    scores.blind = of_ids.blind;
  }
  return scores;
}

const std::vector<NaiveRelease>& NaiveReleases() {
  static const auto* const releases = new std::vector<NaiveRelease>{
      {kInOrder, kReport},
      {kGrowingIds, kIds},
      {kListedInOrder, kList},
      {kRowsInOrder, absl::StrCat(kIdsStored, "order of rows")},
      {kLastingIds, absl::StrCat(kIdsStored, "place in a file")}};
  return *releases;
}

absl::StatusOr<NaivelyReleased> ReleaseNaively(const std::string& name, const Scene& scene) {
  std::vector<SeenComment> submitted;
  for (const int person : scene.answer_order) {
    const std::string id = name == kGrowingIds ? absl::StrFormat("%026d", submitted.size())
                                               : base::HexEncode(base::RandomBytes(kIdBytes));
    submitted.push_back({id, scene.last[static_cast<size_t>(person)].comments[0]});
  }
  std::vector<SeenComment> shuffled = submitted;
  base::Shuffle(shuffled);
  NaivelyReleased released;
  released.listed = name == kListedInOrder ? submitted : shuffled;
  released.published = name == kInOrder ? submitted : shuffled;
  CANDOR_ASSIGN_OR_RETURN(CopiedFile table, TableOf(name == kRowsInOrder ? submitted : shuffled));
  released.after.files.push_back(std::move(table));
  if (name == kLastingIds) {
    CopiedFile open;
    open.plane = Plane::kResponse;
    open.name = "open.db";
    std::string ids;
    for (const SeenComment& comment : submitted) ids += comment.id;
    open.bytes = std::make_shared<const std::string>(std::move(ids));
    released.before.files.push_back(std::move(open));
  }
  return released;
}

}  // namespace candor::privacy
