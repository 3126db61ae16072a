#include "storage/sqlite/identity_schema.h"

namespace candor::storage::sqlite {
namespace {

// Times are microseconds since 1970. Ids are text; every key starts with the district. Tables without large values have
// no rowid, so that rows stand by their key and not by their time.
constexpr char kVersion1[] = R"sql(
CREATE TABLE district(
  district TEXT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  create_time INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE school(
  district TEXT NOT NULL REFERENCES district,
  school TEXT NOT NULL,
  title TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  PRIMARY KEY(district, school)
) WITHOUT ROWID;

CREATE TABLE person(
  district TEXT NOT NULL REFERENCES district,
  person TEXT NOT NULL,
  display_name TEXT NOT NULL,
  job_title TEXT NOT NULL,
  email TEXT NOT NULL,
  school TEXT,
  roles INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY(district, person),
  FOREIGN KEY(district, school) REFERENCES school
) WITHOUT ROWID;

CREATE TABLE person_supervisor(
  district TEXT NOT NULL,
  supervisor TEXT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY(district, supervisor, person),
  FOREIGN KEY(district, supervisor) REFERENCES person ON DELETE CASCADE,
  FOREIGN KEY(district, person) REFERENCES person ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX person_supervisor_by_person ON person_supervisor(district, person);

-- The keys of the installation's administrator have an empty district and person, hence no foreign key.
CREATE TABLE access_key(
  district TEXT NOT NULL,
  person TEXT NOT NULL,
  access_key TEXT NOT NULL,
  key_hash BLOB NOT NULL CHECK(length(key_hash) = 32),
  title TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  PRIMARY KEY(district, person, access_key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX access_key_by_hash ON access_key(key_hash);

CREATE TABLE framework(
  district TEXT NOT NULL REFERENCES district,
  framework TEXT NOT NULL,
  document BLOB NOT NULL,
  create_time INTEGER NOT NULL,
  PRIMARY KEY(district, framework)
);

CREATE TABLE instrument(
  district TEXT NOT NULL,
  instrument TEXT NOT NULL,
  framework TEXT NOT NULL,
  draft BLOB NOT NULL,
  newest_version INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY(district, instrument),
  FOREIGN KEY(district, framework) REFERENCES framework
);

CREATE TABLE instrument_version(
  district TEXT NOT NULL,
  instrument TEXT NOT NULL,
  version INTEGER NOT NULL CHECK(version >= 1),
  hash TEXT NOT NULL,
  document BLOB NOT NULL,
  publish_time INTEGER NOT NULL,
  PRIMARY KEY(district, instrument, version),
  FOREIGN KEY(district, instrument) REFERENCES instrument
);

CREATE TABLE campaign(
  district TEXT NOT NULL,
  campaign TEXT NOT NULL,
  instrument TEXT NOT NULL,
  instrument_version INTEGER NOT NULL,
  settings BLOB NOT NULL,
  state TEXT NOT NULL,
  release_ordered INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  open_time INTEGER,
  closed_time INTEGER,
  release_time INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY(district, campaign),
  FOREIGN KEY(district, instrument, instrument_version) REFERENCES instrument_version
);

-- `leader` outlives the person: it is a random id, and names nobody once the person is deleted.
CREATE TABLE survey(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  campaign TEXT NOT NULL,
  leader TEXT NOT NULL,
  state TEXT NOT NULL,
  order_id TEXT NOT NULL,
  closing_step INTEGER NOT NULL,
  create_time INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY(district, survey),
  FOREIGN KEY(district, campaign) REFERENCES campaign ON DELETE CASCADE
) WITHOUT ROWID;
CREATE UNIQUE INDEX survey_by_campaign ON survey(district, campaign, leader);
CREATE INDEX survey_by_leader ON survey(district, leader, survey);

CREATE TABLE survey_document(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  kind INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK(length(sha256) = 32),
  bytes BLOB NOT NULL,
  PRIMARY KEY(district, survey, kind),
  FOREIGN KEY(district, survey) REFERENCES survey ON DELETE CASCADE
);

CREATE TABLE issuing_group(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  number INTEGER NOT NULL,
  code TEXT NOT NULL,
  invited INTEGER NOT NULL,
  reissued INTEGER NOT NULL,
  PRIMARY KEY(district, survey, number),
  FOREIGN KEY(district, survey) REFERENCES survey ON DELETE CASCADE
) WITHOUT ROWID;

-- "group" is a word of SQL.
CREATE TABLE rater(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  rater TEXT NOT NULL,
  rater_group TEXT NOT NULL,
  display_name TEXT NOT NULL,
  address TEXT NOT NULL,
  opted_out INTEGER NOT NULL,
  paper INTEGER NOT NULL,
  PRIMARY KEY(district, survey, rater),
  FOREIGN KEY(district, survey) REFERENCES survey ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX rater_by_address ON rater(district, address) WHERE address <> '';

-- No time and no counter: see storage/identity_store.h.
CREATE TABLE invitation(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  rater TEXT NOT NULL,
  code_hash BLOB NOT NULL CHECK(length(code_hash) = 32),
  issuing_group INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  blinded_hash BLOB CHECK(length(blinded_hash) = 32),
  PRIMARY KEY(district, survey, rater),
  FOREIGN KEY(district, survey, rater) REFERENCES rater ON DELETE CASCADE
) WITHOUT ROWID;
CREATE UNIQUE INDEX invitation_by_code ON invitation(code_hash);

CREATE TABLE identified_rating(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  person TEXT NOT NULL,
  audience INTEGER NOT NULL,
  ratings BLOB NOT NULL,
  comments TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY(district, survey, person),
  FOREIGN KEY(district, survey) REFERENCES survey ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX identified_rating_by_person ON identified_rating(district, person);

CREATE TABLE request(
  district TEXT NOT NULL,
  caller TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  response BLOB NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY(district, caller, method, request_id)
);
CREATE INDEX request_by_time ON request(time);

CREATE TABLE audit(
  district TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  caller TEXT NOT NULL,
  action TEXT NOT NULL,
  resource TEXT NOT NULL,
  PRIMARY KEY(district, sequence)
) WITHOUT ROWID;
)sql";

// Figures pooled over the campaign's leaders at closing; NULL before, and for good where there is no pool.
//
// former_person: ids of deleted people, and nothing else about them. Surveys and their documents go on naming a deleted
// leader or supervisor by id, so that whoever got the id would inherit what they may read. Those who were deleted before
// are known from the audit trail.
constexpr char kVersion2[] = R"sql(
ALTER TABLE campaign ADD COLUMN pooled_figures BLOB;

CREATE TABLE former_person(
  district TEXT NOT NULL REFERENCES district,
  person TEXT NOT NULL,
  PRIMARY KEY(district, person)
) WITHOUT ROWID;
INSERT OR IGNORE INTO former_person(district, person)
  SELECT district, substr(resource, length('districts/' || district || '/people/') + 1) FROM audit
  WHERE action = 'DeletePerson' AND district IN (SELECT district FROM district);
)sql";

// campaign.extended_close_time: the end of answering after an extension; NULL before. survey_extension: the newest notice.
//
// What was opened never changes, by whatever way: the triggers stand against this program's own mistakes too. (Whoever can
// write to the file can drop them; what then differs has another hash than the one that people hold.) A report's subject
// goes with the person, so documents of that kind may be deleted.
constexpr char kVersion3[] = R"sql(
ALTER TABLE campaign ADD COLUMN extended_close_time INTEGER;

CREATE TABLE survey_extension(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  notice BLOB NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY(district, survey),
  FOREIGN KEY(district, survey) REFERENCES survey ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TRIGGER survey_documents_are_fixed BEFORE UPDATE ON survey_document
  BEGIN SELECT RAISE(ABORT, 'a document of a survey is fixed'); END;
CREATE TRIGGER survey_documents_stay BEFORE DELETE ON survey_document WHEN OLD.kind <> 7
  BEGIN SELECT RAISE(ABORT, 'a document of a survey stays'); END;
CREATE TRIGGER settings_are_fixed
  BEFORE UPDATE OF settings, instrument, instrument_version ON campaign
  WHEN OLD.state <> 'draft' AND (NEW.settings IS NOT OLD.settings OR NEW.instrument IS NOT OLD.instrument OR
    NEW.instrument_version IS NOT OLD.instrument_version)
  BEGIN SELECT RAISE(ABORT, 'the settings of an opened campaign are fixed'); END;
CREATE TRIGGER no_campaign_becomes_a_draft BEFORE UPDATE OF state ON campaign
  WHEN OLD.state <> 'draft' AND NEW.state = 'draft'
  BEGIN SELECT RAISE(ABORT, 'an opened campaign stays opened'); END;
CREATE TRIGGER opened_campaigns_stay BEFORE DELETE ON campaign WHEN OLD.state <> 'draft'
  BEGIN SELECT RAISE(ABORT, 'an opened campaign stays'); END;
CREATE TRIGGER opened_surveys_stay BEFORE DELETE ON survey
  WHEN (SELECT state FROM campaign WHERE district = OLD.district AND campaign = OLD.campaign) <> 'draft'
  BEGIN SELECT RAISE(ABORT, 'a survey of an opened campaign stays'); END;
CREATE TRIGGER surveys_keep_their_leader BEFORE UPDATE OF campaign, leader ON survey
  WHEN NEW.campaign IS NOT OLD.campaign OR NEW.leader IS NOT OLD.leader
  BEGIN SELECT RAISE(ABORT, 'a survey is of one leader'); END;
CREATE TRIGGER issuing_groups_are_fixed BEFORE UPDATE OF code, invited ON issuing_group
  WHEN NEW.code IS NOT OLD.code OR NEW.invited IS NOT OLD.invited
  BEGIN SELECT RAISE(ABORT, 'an issuing group is fixed'); END;
CREATE TRIGGER instrument_versions_are_fixed BEFORE UPDATE ON instrument_version
  BEGIN SELECT RAISE(ABORT, 'a published version is fixed'); END;
)sql";

// The key with which a moderator or auditor reads what is sealed to them; the person registers it themself. And the filter of
// surnames goes with the survey's keys, so documents of that kind may be deleted too.
constexpr char kVersion4[] = R"sql(
ALTER TABLE person ADD COLUMN public_key BLOB CHECK(length(public_key) = 32);
ALTER TABLE person ADD COLUMN key_time INTEGER;
DROP TRIGGER survey_documents_stay;
CREATE TRIGGER survey_documents_stay BEFORE DELETE ON survey_document WHEN OLD.kind NOT IN (7, 10)
  BEGIN SELECT RAISE(ABORT, 'a document of a survey stays'); END;
)sql";

// Which part of their group a rater belongs to; raters of before belong to none. The means over a campaign's leaders; NULL
// before closing, and for good where there are none.
constexpr char kVersion5[] = R"sql(
ALTER TABLE rater ADD COLUMN part TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign ADD COLUMN benchmark BLOB;

CREATE TRIGGER benchmarks_are_fixed BEFORE UPDATE OF benchmark ON campaign
  WHEN OLD.benchmark IS NOT NULL AND NEW.benchmark IS NOT OLD.benchmark
  BEGIN SELECT RAISE(ABORT, 'the means over the leaders are computed once'); END;
CREATE TRIGGER parts_are_fixed BEFORE UPDATE OF part ON rater
  WHEN NEW.part IS NOT OLD.part AND (SELECT c.state FROM campaign c JOIN survey s
    ON s.district = c.district AND s.campaign = c.campaign
    WHERE s.district = OLD.district AND s.survey = OLD.survey) <> 'draft'
  BEGIN SELECT RAISE(ABORT, 'the part of an invited rater is fixed'); END;
)sql";

// Questions back to comments, and when each survey was released (NULL before, and where there are no such questions).
constexpr char kVersion6[] = R"sql(
ALTER TABLE survey ADD COLUMN release_time INTEGER;

CREATE TABLE question(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  comment TEXT NOT NULL,
  question TEXT NOT NULL,
  state INTEGER NOT NULL CHECK(state BETWEEN 1 AND 4),
  reason INTEGER NOT NULL,
  sealed_question BLOB,
  PRIMARY KEY(district, survey, comment),
  FOREIGN KEY(district, survey) REFERENCES survey ON DELETE CASCADE
);

CREATE TRIGGER questions_stay BEFORE DELETE ON question
  BEGIN SELECT RAISE(ABORT, 'a question stays'); END;
CREATE TRIGGER questions_are_asked_once BEFORE UPDATE OF district, survey, comment, question ON question
  WHEN NEW.district IS NOT OLD.district OR NEW.survey IS NOT OLD.survey OR NEW.comment IS NOT OLD.comment OR
    NEW.question IS NOT OLD.question
  BEGIN SELECT RAISE(ABORT, 'a question is fixed'); END;
CREATE TRIGGER questions_are_decided_once BEFORE UPDATE OF state, reason ON question
  WHEN NOT (OLD.state = 1 AND NEW.state IN (2, 3) OR OLD.state = 3 AND NEW.state = 4 AND NEW.reason = OLD.reason)
  BEGIN SELECT RAISE(ABORT, 'what was decided about a question is fixed'); END;
CREATE TRIGGER release_times_are_fixed BEFORE UPDATE OF release_time ON survey
  WHEN OLD.state = 'released' AND NEW.release_time IS NOT OLD.release_time
  BEGIN SELECT RAISE(ABORT, 'when a survey was released is fixed'); END;
)sql";

// What version 3 left open: an issuing group goes only with its draft, none joins an opened survey, and a published version
// goes only with its instrument. Whoever replaces a row deletes it first (recursive_triggers, see Database::Open).
constexpr char kVersion7[] = R"sql(
DROP TRIGGER issuing_groups_are_fixed;
CREATE TRIGGER issuing_groups_are_fixed BEFORE UPDATE OF district, survey, number, code, invited ON issuing_group
  WHEN NEW.district IS NOT OLD.district OR NEW.survey IS NOT OLD.survey OR NEW.number IS NOT OLD.number OR
    NEW.code IS NOT OLD.code OR NEW.invited IS NOT OLD.invited
  BEGIN SELECT RAISE(ABORT, 'an issuing group is fixed'); END;
CREATE TRIGGER issuing_groups_stay BEFORE DELETE ON issuing_group
  WHEN EXISTS (SELECT 1 FROM survey WHERE district = OLD.district AND survey = OLD.survey)
  BEGIN SELECT RAISE(ABORT, 'an issuing group stays'); END;
CREATE TRIGGER no_issuing_group_comes_late BEFORE INSERT ON issuing_group
  WHEN (SELECT state FROM survey WHERE district = NEW.district AND survey = NEW.survey) <> 'draft'
  BEGIN SELECT RAISE(ABORT, 'an opened survey has its issuing groups'); END;
CREATE TRIGGER instrument_versions_stay BEFORE DELETE ON instrument_version
  WHEN EXISTS (SELECT 1 FROM instrument WHERE district = OLD.district AND instrument = OLD.instrument)
  BEGIN SELECT RAISE(ABORT, 'a published version stays'); END;
)sql";

// Who made an access key, and who had made the one that a person's public key was registered with; empty: the installation's
// administrator, or nobody knows, as of all keys from before.
constexpr char kVersion8[] = R"sql(
ALTER TABLE access_key ADD COLUMN maker TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN key_vouched_by TEXT NOT NULL DEFAULT '';
)sql";

// Plans beside reports: one a survey, in the leader's own words.
constexpr char kVersion9[] = R"sql(
CREATE TABLE growth_plan(
  district TEXT NOT NULL,
  survey TEXT NOT NULL,
  document BLOB NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY(district, survey),
  FOREIGN KEY(district, survey) REFERENCES survey ON DELETE CASCADE
);
)sql";

// Leadership teams: entries of the directory that people lead together. One never becomes the other, and nobody calls as a
// team: an entry whose members have all been deleted must not become somebody who may read what is the team's.
constexpr char kVersion10[] = R"sql(
ALTER TABLE person ADD COLUMN team INTEGER NOT NULL DEFAULT 0 CHECK(team IN (0, 1));

CREATE TABLE team_member(
  district TEXT NOT NULL,
  member TEXT NOT NULL,
  team TEXT NOT NULL,
  PRIMARY KEY(district, member, team),
  FOREIGN KEY(district, member) REFERENCES person ON DELETE CASCADE,
  FOREIGN KEY(district, team) REFERENCES person ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX team_member_by_team ON team_member(district, team);

CREATE TRIGGER teams_stay_teams BEFORE UPDATE OF team ON person WHEN NEW.team IS NOT OLD.team
  BEGIN SELECT RAISE(ABORT, 'a team stays a team, and a person a person'); END;
CREATE TRIGGER nobody_calls_as_a_team BEFORE INSERT ON access_key
  WHEN (SELECT team FROM person WHERE district = NEW.district AND person = NEW.person) = 1
  BEGIN SELECT RAISE(ABORT, 'a team has no access keys'); END;
)sql";

}  // namespace

const std::vector<Migration>& IdentityMigrations() {
  static const std::vector<Migration>* const migrations = new std::vector<Migration>{
      {1, kVersion1}, {2, kVersion2}, {3, kVersion3}, {4, kVersion4}, {5, kVersion5}, {6, kVersion6},
      {7, kVersion7}, {8, kVersion8}, {9, kVersion9}, {10, kVersion10}};
  return *migrations;
}

}  // namespace candor::storage::sqlite
