#include "storage/sqlite/response_schema.h"

namespace candor::storage::sqlite {
namespace {

// `document` holds contracts and instrument versions under their SHA-256, since all surveys of a campaign share them.
constexpr char kResponses1[] = R"sql(
CREATE TABLE document(
  hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  bytes BLOB NOT NULL
);
CREATE TABLE survey(
  id TEXT NOT NULL PRIMARY KEY,
  state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),
  contract BLOB NOT NULL REFERENCES document(hash),
  instrument_version BLOB NOT NULL REFERENCES document(hash),
  manifest BLOB NOT NULL,
  manifest_signature BLOB NOT NULL
);
CREATE TABLE outcome(
  survey TEXT NOT NULL PRIMARY KEY REFERENCES survey(id),
  order_id TEXT NOT NULL,
  closed_result BLOB NOT NULL,
  ledger BLOB NOT NULL
);
CREATE TABLE comment_key(
  survey TEXT NOT NULL REFERENCES survey(id),
  moderator INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (survey, moderator)
) WITHOUT ROWID;
CREATE TABLE comment(
  survey TEXT NOT NULL REFERENCES survey(id),
  id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (survey, id)
);
)sql";

// `survey.pool` is the pooling public key, null for none: that of every survey of a campaign. `contribution` is emptied when
// the pool gets its figures.
constexpr char kResponses2[] = R"sql(
ALTER TABLE survey ADD COLUMN pool BLOB CHECK (length(pool) > 0);
CREATE INDEX survey_of_pool ON survey(pool) WHERE pool IS NOT NULL;
CREATE TABLE contribution(
  survey TEXT NOT NULL PRIMARY KEY REFERENCES survey(id),
  sealed BLOB NOT NULL
);
CREATE TABLE pool(
  public_key BLOB NOT NULL PRIMARY KEY,
  figures BLOB NOT NULL
);
)sql";

// `notice` holds what respondents reported of being pressed, sealed to the auditor.
constexpr char kResponses3[] = R"sql(
CREATE TABLE notice(
  survey TEXT NOT NULL REFERENCES survey(id),
  id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (survey, id)
);
)sql";

// `survey.steward_key` is the closing key's public half in steward mode. The extension is the newest notice.
//
// What was opened never changes, by whatever way: the triggers stand against this program's own mistakes too. (Whoever can
// write to the file can drop them; what then differs has another hash than the one that people hold.)
constexpr char kResponses4[] = R"sql(
ALTER TABLE survey ADD COLUMN steward_key BLOB CHECK (length(steward_key) = 32);
ALTER TABLE survey ADD COLUMN extension BLOB;
ALTER TABLE survey ADD COLUMN extension_signature BLOB;
CREATE INDEX survey_of_steward ON survey(steward_key) WHERE steward_key IS NOT NULL;
CREATE TRIGGER survey_documents_are_fixed
  BEFORE UPDATE OF id, contract, instrument_version, manifest, manifest_signature, pool, steward_key ON survey
  WHEN NEW.id IS NOT OLD.id OR NEW.contract IS NOT OLD.contract OR NEW.instrument_version IS NOT OLD.instrument_version OR
    NEW.manifest IS NOT OLD.manifest OR NEW.manifest_signature IS NOT OLD.manifest_signature OR NEW.pool IS NOT OLD.pool OR
    NEW.steward_key IS NOT OLD.steward_key
  BEGIN SELECT RAISE(ABORT, 'what a survey was opened with is fixed'); END;
CREATE TRIGGER surveys_stay BEFORE DELETE ON survey
  BEGIN SELECT RAISE(ABORT, 'a survey that was opened stays'); END;
CREATE TRIGGER documents_are_fixed BEFORE UPDATE ON document
  BEGIN SELECT RAISE(ABORT, 'a document is fixed'); END;
CREATE TRIGGER documents_stay BEFORE DELETE ON document
  BEGIN SELECT RAISE(ABORT, 'a document stays'); END;
)sql";

// `comment_place` says where comments stand (domain::CommentPlace). Comments of before were sealed in another form, which
// nothing that was ever built can read, so they go.
constexpr char kResponses5[] = R"sql(
DROP TABLE comment;
DELETE FROM comment_key;
CREATE TABLE comment_place(
  survey TEXT NOT NULL REFERENCES survey(id),
  place INTEGER NOT NULL,
  block TEXT NOT NULL,
  prompt INTEGER NOT NULL,
  texts INTEGER NOT NULL,
  PRIMARY KEY (survey, place)
) WITHOUT ROWID;
CREATE TABLE comment(
  survey TEXT NOT NULL,
  id TEXT NOT NULL,
  place INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (survey, id),
  FOREIGN KEY (survey, place) REFERENCES comment_place(survey, place)
);
CREATE TABLE decision(
  survey TEXT NOT NULL,
  comment TEXT NOT NULL,
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
  reason INTEGER NOT NULL,
  moderator INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (survey, comment),
  FOREIGN KEY (survey, comment) REFERENCES comment(survey, id) ON DELETE CASCADE
);
CREATE TABLE summary(
  survey TEXT NOT NULL REFERENCES survey(id),
  block TEXT NOT NULL,
  moderator INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (survey, block)
);
CREATE TABLE released(
  survey TEXT NOT NULL PRIMARY KEY REFERENCES survey(id),
  document BLOB NOT NULL
);
)sql";

// `comment.reply_key` is null in surveys whose contract allows no questions back, and in no other. `follow_up` has a row
// from release until answers are handed over where the contract allows questions; `handed_over` one from then on. `answer` has
// a row for every question, with place for a decision, which is overwritten where it stands: it has a number of its own for
// that, and never changes its length, so that no row tells whether there is an answer or a decision, nor which came first.
//
// A question is put once, and nothing comes after what was handed over: the triggers stand against this program's own mistakes.
constexpr char kResponses6[] = R"sql(
ALTER TABLE comment ADD COLUMN reply_key BLOB CHECK (length(reply_key) = 32);
CREATE TABLE follow_up(
  survey TEXT NOT NULL PRIMARY KEY REFERENCES survey(id),
  release_time INTEGER NOT NULL
);
CREATE TABLE reply_key(
  survey TEXT NOT NULL REFERENCES follow_up(survey),
  comment TEXT NOT NULL,
  public_key BLOB NOT NULL CHECK (length(public_key) = 32),
  PRIMARY KEY (survey, comment)
) WITHOUT ROWID;
CREATE TABLE question(
  survey TEXT NOT NULL,
  comment TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (survey, comment),
  FOREIGN KEY (survey, comment) REFERENCES reply_key(survey, comment)
) WITHOUT ROWID;
CREATE TABLE answer(
  id INTEGER PRIMARY KEY,
  survey TEXT NOT NULL,
  comment TEXT NOT NULL,
  sealed BLOB NOT NULL,
  decision BLOB NOT NULL,
  UNIQUE (survey, comment),
  FOREIGN KEY (survey, comment) REFERENCES question(survey, comment)
);
CREATE TABLE handed_over(
  survey TEXT NOT NULL PRIMARY KEY REFERENCES survey(id),
  document BLOB NOT NULL
);
CREATE TRIGGER follow_up_is_fixed BEFORE UPDATE ON follow_up
  BEGIN SELECT RAISE(ABORT, 'the time that questions are counted from is fixed'); END;
CREATE TRIGGER follow_up_starts_once BEFORE INSERT ON follow_up
  WHEN EXISTS (SELECT 1 FROM handed_over WHERE survey = NEW.survey)
  BEGIN SELECT RAISE(ABORT, 'answers to questions are handed over'); END;
CREATE TRIGGER reply_keys_are_fixed BEFORE UPDATE ON reply_key
  BEGIN SELECT RAISE(ABORT, 'a reply key is fixed'); END;
CREATE TRIGGER questions_are_fixed BEFORE UPDATE ON question
  BEGIN SELECT RAISE(ABORT, 'a question is fixed'); END;
CREATE TRIGGER handed_over_is_fixed BEFORE UPDATE ON handed_over
  BEGIN SELECT RAISE(ABORT, 'what was handed over is fixed'); END;
CREATE TRIGGER handed_over_stays BEFORE DELETE ON handed_over
  WHEN EXISTS (SELECT 1 FROM released WHERE survey = OLD.survey)
  BEGIN SELECT RAISE(ABORT, 'what was handed over stays'); END;
)sql";

// `owed_rebuild` has its row from the transaction that deletes what freed pages may keep until the file is rebuilt. What an
// earlier version deleted may lie in them too.
constexpr char kResponses7[] = R"sql(
CREATE TABLE owed_rebuild(
  id INTEGER PRIMARY KEY CHECK (id = 1)
);
INSERT INTO owed_rebuild VALUES (1);
)sql";

// `slot.record` is one taken byte, the head and the sealed answer, all of fixed length, so that it is overwritten where
// it stands and no row ever moves.
constexpr char kOpenSurvey1[] = R"sql(
CREATE TABLE layout(
  sealed_size INTEGER NOT NULL CHECK (sealed_size > 0)
);
CREATE TABLE run_key(
  id BLOB NOT NULL PRIMARY KEY,
  sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE slot(
  id INTEGER PRIMARY KEY,
  issuing_group INTEGER NOT NULL,
  record BLOB NOT NULL
);
)sql";

}  // namespace

const std::vector<Migration>& ResponseMigrations() {
  static const auto& migrations = *new std::vector<Migration>{
      {1, kResponses1}, {2, kResponses2}, {3, kResponses3}, {4, kResponses4}, {5, kResponses5}, {6, kResponses6},
      {7, kResponses7}};
  return migrations;
}

const std::vector<Migration>& OpenSurveyMigrations() {
  static const auto& migrations = *new std::vector<Migration>{{1, kOpenSurvey1}};
  return migrations;
}

}  // namespace candor::storage::sqlite
