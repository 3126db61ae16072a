#include "tests/privacy/question_attacks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/status.h"
#include "services/collection/words_key.h"
#include "services/crypto/seal_between.h"
#include "services/crypto/signing.h"
#include "services/domain/contract.h"
#include "services/domain/follow_up.h"
#include "tests/privacy/altered_copy.h"
#include "tests/privacy/finder.h"
#include "tests/privacy/tables.h"

namespace candor::privacy {
namespace {

constexpr char kIdsStored[] = "ids: ";
constexpr char kKeysStored[] = "reply keys: ";
constexpr char kAnswersStored[] = "stored answers: ";
constexpr char kListed[] = "order in the moderator's list";
constexpr char kPublished[] = "order of the questions shown";
constexpr char kByEachCopy[] = "after each answer";

constexpr size_t kKeyBytes = 32;
constexpr size_t kEnd = 32;    // of a stored answer that is looked for
constexpr size_t kPiece = 16;  // of words

// As services/collection/follow_ups.cc has it.
constexpr char kDecisionTag[] = "candor-answer-decision-v1";
constexpr size_t kDecisionHeadBytes = 3;

KnownOrders OfAnswerers(const QuestionTrial& played) {
  KnownOrders known = Only(KnownOrdersOf(played.trial), played.answer_order);
  known.more = {{"first answers to the survey", known.answers}, {"newest answers to the survey", known.newest}};
  known.answers = played.answer_order;
  known.newest = played.newest_order;
  return known;
}

// Nothing where the copy has no such answer.
Finder StoredAnswers(const QuestionTrial& played, const std::vector<const Copy*>& copies) {
  Finder finder;
  for (const int person : played.answer_order) {
    for (const Copy* copy : copies) {
      const auto sealed = StoredAnswer(*copy, played.comments[static_cast<size_t>(person)]);
      if (!sealed.ok()) continue;
      finder.AddEncoded(person, sealed->substr(0, kEnd));
      finder.AddEncoded(person, sealed->substr(sealed->size() - kEnd));
    }
  }
  return finder;
}

// Whether a question was answered: people are numbered by their place in `asked`.
struct Guessed {
  std::vector<int> asked, blind;
  std::set<int> answered;
  std::vector<std::vector<std::string>> identifiers;  // comments' ids
};

Guessed GuessedOf(const QuestionTrial& played, const std::vector<int>& left_out) {
  Guessed guessed;
  for (int person = 0; person < played.trial.scene.answering; ++person) {
    const bool asked = std::count(played.asked.begin(), played.asked.end(), person) > 0;
    if (!asked || std::count(left_out.begin(), left_out.end(), person) > 0) continue;
    const auto number = static_cast<int>(guessed.asked.size());
    guessed.asked.push_back(person);
    guessed.identifiers.push_back({played.comments[static_cast<size_t>(person)]});
    if (std::count(played.answer_order.begin(), played.answer_order.end(), person) > 0) guessed.answered.insert(number);
  }
  for (const int person : played.trial.scene.blind) {
    const auto found = std::find(guessed.asked.begin(), guessed.asked.end(), person);
    if (found != guessed.asked.end()) guessed.blind.push_back(static_cast<int>(found - guessed.asked.begin()));
  }
  return guessed;
}

// How often and where the ids stand, file by file.
void ScorePlaces(const Copy& copy, const std::string& when, const Guessed& guessed, ParticipationScores& scores) {
  Finder finder;
  for (size_t i = 0; i < guessed.identifiers.size(); ++i) {
    finder.AddEncoded(static_cast<int>(i), guessed.identifiers[i][0]);
  }
  for (const CopiedFile& file : copy.files) {
    std::vector<int64_t> times(guessed.asked.size()), first(guessed.asked.size(), -1), last = first;
    for (const Hit& hit : finder.Find(*file.bytes)) {
      const auto at = static_cast<size_t>(hit.person);
      ++times[at];
      last[at] = static_cast<int64_t>(hit.offset);
      if (first[at] < 0) first[at] = last[at];
    }
    const std::string where = absl::StrCat(when, ", ", KindOfFile(file.name));
    ScoreValues(absl::StrCat(where, " (times)"), times, guessed.answered, guessed.blind, scores);
    ScoreValues(absl::StrCat(where, " (first place)"), first, guessed.answered, guessed.blind, scores);
    ScoreValues(absl::StrCat(where, " (last place)"), last, guessed.answered, guessed.blind, scores);
  }
}

// What one copy tells, under its name.
void ScoreOneCopy(const Copy& copy, const std::string& when, const Guessed& guessed, ParticipationScores& scores) {
  const ParticipationScores rows =
      ScoreIdentified(copy, copy, guessed.identifiers, std::nullopt, guessed.answered, guessed.blind);
  for (const auto& [scorer, right] : rows.correct) {
    const size_t bar = scorer.find(" | ");
    scores.correct[absl::StrCat(scorer.substr(0, bar), " | ", when, ", ", scorer.substr(bar + 3))] = right;
  }
  scores.blind = rows.blind;
  scores.expected = rows.expected;
  scores.variance = rows.variance;
  ScorePlaces(copy, when, guessed, scores);
}

// Every 32 bytes of the key files.
std::vector<std::string> KeysIn(const Copy& keys) {
  std::vector<std::string> all;
  for (const CopiedFile& file : keys.files) {
    for (size_t at = 0; at + kKeyBytes <= file.bytes->size(); ++at) all.push_back(file.bytes->substr(at, kKeyBytes));
  }
  return all;
}

bool OpensAnswer(const std::string& sealed, const std::string& key) {
  const auto pair = crypto::ClosingKeyPair::FromSecretKey(key);
  if (pair.ok() && crypto::OpenSealedToKeys(*pair, 0, 1, sealed).ok()) return true;
  // Or the answer's own data key, which lies sealed before the record.
  const size_t record = domain::AnswerRecordBytes();
  const size_t head = crypto::SealedToKeysBytes(1, record) - record - crypto::kRecordOverheadBytes;
  return crypto::OpenRecord(crypto::SecretBytes(key), absl::string_view(sealed).substr(head),
                            absl::string_view(sealed).substr(0, head))
      .has_value();
}

std::map<std::string, std::string> StoredDecisions(const Copy& copy) {
  std::map<std::string, std::string> decisions;  // by comment
  for (const Table& table : TablesOf(copy)) {
    if (!absl::EndsWith(table.name, "responses.db answer")) continue;
    const auto place = [&](const char* column) {
      return static_cast<size_t>(std::find(table.columns.begin(), table.columns.end(), column) - table.columns.begin());
    };
    for (const Row& row : table.rows) {
      decisions[row.values.at(place("comment")).bytes] = row.values.at(place("decision")).bytes;
    }
  }
  return decisions;
}

bool StandsIn(const Copy& copy, const Finder& finder, std::optional<Plane> plane = std::nullopt) {
  return std::any_of(copy.files.begin(), copy.files.end(), [&](const CopiedFile& file) {
    return (!plane.has_value() || file.plane == *plane) && !finder.Find(*file.bytes).empty();
  });
}

void AddWords(Finder& finder, int person, const std::string& words) {
  finder.AddEncoded(person, words);
  for (size_t at = kPiece; at + kPiece <= words.size(); at += kPiece) finder.Add(person, words.substr(at, kPiece));
}

std::string Number(size_t number) { return {static_cast<char>(number)}; }

}  // namespace

const NaiveQuestions kCommentsInOrder = {"comments that may be asked about, in the order of submission",
                                         absl::StrCat(kIdsStored, "order of rows")};
const NaiveQuestions kLeavesBesideComments = {"the leaf of the record beside each comment that may be asked about",
                                              absl::StrCat(kIdsStored, "values of a column")};
const NaiveQuestions kAnswersInOrder = {"answers to questions in the order in which they came",
                                        absl::StrCat(kIdsStored, "order of rows")};
const NaiveQuestions kMarkedAsAnswered = {"a mark on questions that are answered", "high values of a column"};

const std::vector<std::string>& WriterScorerFamilies() {
  static const auto* const families = [] {
    auto* all = new std::vector<std::string>();
    for (const char* prefix : {kIdsStored, kKeysStored}) {
      for (const std::string& family : ScorerFamilies()) all->push_back(prefix + family);
    }
    return all;
  }();
  return *families;
}

const std::vector<std::string>& AnswererScorerFamilies() {
  static const auto* const families = [] {
    auto* all = new std::vector<std::string>{kListed, kPublished};
    for (const char* prefix : {kIdsStored, kAnswersStored}) {
      for (const std::string& family : ScorerFamilies()) all->push_back(prefix + family);
    }
    return all;
  }();
  return *families;
}

Scores ScoreWriters(const QuestionTrial& played, const Copy* only) {
  const Trial& trial = played.trial;
  Finder ids, keys;
  for (int person = 0; person < trial.scene.answering; ++person) {
    ids.AddEncoded(person, played.comments[static_cast<size_t>(person)]);
    for (const std::string& key : trial.secrets[static_cast<size_t>(person)].reply_keys) keys.AddEncoded(person, key);
  }
  const Copy answered = Together(played.during.back(), played.keys);
  const Copy decided = Together(played.decided, played.decided_keys);
  Stages stages = {{"before closing", &trial.during.back()},
                         {"after closing", &trial.closed},
                         {"before release", &trial.moderated},
                         {"after release", &trial.released},
                         {"with questions", &played.put},
                         {"with answers", &played.during.back()},
                         {"with answers and the key folder", &answered},
                         {"with decisions and the key folder", &decided},
                         {"at the end", &played.over}};
  if (only != nullptr) stages = {stages.front(), {"with answers", only}};
  const KnownOrders known = KnownOrdersWithRecords(trial);
  Scores scores;
  ScoreStages(kIdsStored, stages, ids, known, scores);
  ScoreStages(kKeysStored, stages, keys, known, scores);
  return scores;
}

Scores ScoreAnswerers(const QuestionTrial& played, const Copy* only) {
  Finder ids;
  for (const int person : played.answer_order) ids.AddEncoded(person, played.comments[static_cast<size_t>(person)]);
  const Finder answers = StoredAnswers(played, {&played.during.back()});
  const Copy answered = Together(played.during.back(), played.keys);
  const Copy decided = Together(played.decided, played.decided_keys);
  Stages stages = {{"with questions", &played.put},
                         {"with answers", &played.during.back()},
                         {"with answers and the key folder", &answered},
                         {"with decisions and the key folder", &decided},
                         {"at the end", &played.over}};
  if (only != nullptr) stages = {stages.front(), {"with answers", only}};
  const KnownOrders known = OfAnswerers(played);
  Scores scores;
  ScoreStages(kIdsStored, stages, ids, known, scores);
  ScoreStages(kAnswersStored, stages, answers, known, scores);
  ScoreSeenOrder(kListed, Only(played.listed, played.answer_order), known, scores);
  ScoreSeenOrder(kPublished, Only(played.published, played.answer_order), known, scores);
  return scores;
}

Scores ScoreAnswerersByEachCopy(const QuestionTrial& played) {
  std::vector<const Copy*> copies;
  for (const Copy& copy : played.during) copies.push_back(&copy);
  Scores scores;
  const Scores found = ScoreCopies(copies, StoredAnswers(played, {copies.back()}), OfAnswerers(played));
  AddUnder(kAnswersStored, kByEachCopy, found, scores);
  scores.blind = found.blind;
  return scores;
}

ParticipationScores ScoreAnswered(const QuestionTrial& played, const Copy* only) {
  ParticipationScores scores;
  ScoreOneCopy(only != nullptr ? *only : played.during.back(), "with answers", GuessedOf(played, {}), scores);
  return scores;
}

absl::Status ScoreOpenedAnswers(const QuestionTrial& played, const crypto::ClosingKeyPair& moderator,
                                ParticipationScores& scores) {
  const Guessed guessed = GuessedOf(played, {});
  const std::vector<std::string> keys = KeysIn(played.keys);
  if (keys.empty()) return absl::InternalError("there is nothing in the key folder");
  std::vector<int64_t> opened;
  for (const int person : guessed.asked) {
    CANDOR_ASSIGN_OR_RETURN(const std::string sealed,
                            StoredAnswer(played.during.back(), played.comments[static_cast<size_t>(person)]));
    // Who has this key may know.
    if (!OpensAnswer(sealed, std::string(moderator.secret_key.view()))) {
      return absl::InternalError("the moderator's key opens nothing");
    }
    opened.push_back(std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return OpensAnswer(sealed, key); }));
  }
  ScoreValues("opened with the key folder", opened, guessed.answered, guessed.blind, scores);
  return absl::OkStatus();
}

absl::StatusOr<ParticipationScores> ScoreAnsweredOfRejected(const QuestionTrial& played, int* opened) {
  const Guessed guessed = GuessedOf(played, played.let_out);
  ParticipationScores scores;
  ScoreOneCopy(played.decided, "with decisions", guessed, scores);
  ScoreOneCopy(played.over, "at the end", guessed, scores);
  const auto decisions = StoredDecisions(played.decided);
  const std::vector<std::string> keys = KeysIn(played.decided_keys);
  const std::string survey = domain::SurveyIdBytes(domain::SurveyId(played.trial.survey));
  std::vector<int64_t> kinds, reasons, texts, notes;
  for (const int person : guessed.asked) {
    const std::string& comment = played.comments[static_cast<size_t>(person)];
    const auto sealed = decisions.find(comment);
    if (sealed == decisions.end()) return absl::InternalError("a question without place for a decision");
    std::optional<collection::Words> words;
    for (size_t i = 0; i < keys.size() && !words.has_value(); ++i) {
      words = collection::OpenWords(crypto::SecretBytes(keys[i]), sealed->second,
                                    absl::StrCat(kDecisionTag, survey, comment));
    }
    if (!words.has_value() || words->text.size() < kDecisionHeadBytes) continue;
    ++*opened;
    kinds.push_back(words->text[0]);
    reasons.push_back(words->text[1]);
    texts.push_back(static_cast<int64_t>(words->text.size()));
    notes.push_back(static_cast<int64_t>(words->note.size()));
  }
  if (kinds.size() != guessed.asked.size()) return scores;
  const std::pair<const char*, const std::vector<int64_t>&> seen[] = {
      {"kind", kinds}, {"reason", reasons}, {"length", texts}, {"length of the note", notes}};
  for (const auto& [what, values] : seen) {
    ScoreValues(absl::StrCat("decisions opened with the key folder, ", what), values, guessed.answered, guessed.blind,
                scores);
  }
  return scores;
}

ParticipationScores ScoreAnsweredByTwoCopies(const QuestionTrial& played) {
  const Guessed guessed = GuessedOf(played, {});
  return ScoreIdentified(played.put, played.during.back(), guessed.identifiers, std::nullopt, guessed.answered,
                         guessed.blind);
}

std::vector<std::string> FilesWithTimesChangedByAnswers(const QuestionTrial& played) {
  std::vector<std::string> changed;
  for (const CopiedFile& file : played.during.back().files) {
    if (file.plane != Plane::kResponse || absl::EndsWith(file.name, ".log")) continue;
    for (const CopiedFile& before : played.put.files) {
      if (before.name == file.name && before.modified_ns != file.modified_ns) changed.push_back(file.name);
    }
  }
  return changed;
}

std::vector<std::string> MisplacedWords(const QuestionTrial& played) {
  const Trial& trial = played.trial;
  Finder seeds, ratings, questions, answers, held_back;
  for (int person = 0; person < trial.scene.answering; ++person) {
    const auto at = static_cast<size_t>(person);
    if (trial.secrets[at].device.has_value()) {
      for (const std::string& seed : trial.secrets[at].device->seeds) seeds.AddEncoded(person, seed);
    }
    for (const domain::Answers* sent : {&trial.scene.first[at], &trial.scene.last[at]}) {
      ratings.AddAnswers(person, {sent->ratings, {}});
    }
    AddWords(questions, person, played.questions[at]);
    AddWords(answers, person, played.answers[at]);
    if (std::count(played.let_out.begin(), played.let_out.end(), person) == 0) {
      AddWords(held_back, person, played.answers[at]);
    }
  }
  std::set<std::string> found;
  std::vector<const Copy*> from_release = {&trial.released, &played.put};
  for (const Copy& copy : played.during) from_release.push_back(&copy);
  for (const Copy* copy : {&played.decided, &played.over}) from_release.push_back(copy);
  for (const Copy* copy : {&trial.during.back(), &trial.closed, &trial.keys, &played.keys, &played.decided_keys}) {
    if (StandsIn(*copy, seeds)) found.insert("secret halves of reply keys");
  }
  for (const Copy* copy : from_release) {
    if (StandsIn(*copy, seeds)) found.insert("secret halves of reply keys");
    if (StandsIn(*copy, ratings)) found.insert("ratings after release");
    if (StandsIn(*copy, questions, Plane::kResponse)) found.insert("words of a question on the response plane");
    if (copy != &played.over && StandsIn(*copy, answers)) found.insert("words of an answer before handing over");
    if (StandsIn(*copy, held_back)) found.insert("words of an answer that no moderator let out");
  }
  return {found.begin(), found.end()};
}

absl::StatusOr<Copy> KeepNaively(const QuestionTrial& played, const NaiveQuestions& control) {
  const bool of_answers = control.name == kAnswersInOrder.name, marked = control.name == kMarkedAsAnswered.name;
  std::vector<std::vector<std::string>> rows;
  for (const int person : of_answers ? played.answer_order : marked ? played.asked : played.trial.scene.answer_order) {
    const std::string& comment = played.comments[static_cast<size_t>(person)];
    std::string beside = "kept with the comment";
    if (control.name == kLeavesBesideComments.name) beside = played.trial.secrets[static_cast<size_t>(person)].leaf;
    if (marked) beside = Number(std::count(played.answer_order.begin(), played.answer_order.end(), person));
    rows.push_back({comment, beside});
  }
  // By id where the order is not what is kept.
  if (marked || control.name == kLeavesBesideComments.name) std::sort(rows.begin(), rows.end());
  return Altered(played.during.back(), "responses.db", "CREATE TABLE kept(comment BLOB, beside BLOB)",
                 "INSERT INTO kept VALUES (?1, ?2)", rows);
}

}  // namespace candor::privacy
