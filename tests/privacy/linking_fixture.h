// Many campaigns, played and attacked: who said what, which row here belongs to which row there, who has answered, and who
// reported pressure.

#ifndef CANDOR_TESTS_PRIVACY_LINKING_FIXTURE_H_
#define CANDOR_TESTS_PRIVACY_LINKING_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/base/json.h"
#include "services/crypto/sealing.h"
#include "tests/privacy/participation.h"
#include "tests/privacy/plane_strings.h"
#include "tests/privacy/tally.h"
#include "tests/privacy/trial.h"

namespace candor::privacy {

// Attacks that must be at chance, in the words that a failure uses.
inline std::string AnswersIn(char kind) { return "answers, copies " + std::string(1, kind); }
inline constexpr char kRecordsAfterClosing[] = "records after closing";
inline constexpr char kModerated[] = "comments opened by the moderator";
inline constexpr char kReleased[] = "comments that go out";
inline constexpr char kStewardsKey[] = "answers, with the key folder, a steward holding the closing key";
inline constexpr char kPressed[] = "who reported pressure";
inline constexpr char kPressedSteward[] = "who reported pressure, with the key folder, a steward holding the closing key";
inline constexpr char kOpenedNotices[] = "reports of pressure opened by the auditor";
inline constexpr char kAnsweredWhileOpen[] = "who has answered, while open";
inline constexpr char kAnsweredAtAll[] = "who has answered, after release";

// Of reports of pressure, but for the attacks that must be at chance.
struct NoticeFindings {
  int given = 0;     // with answers as they were counted
  int opened = 0;    // by the auditor's key
  int in_clear = 0;  // people of whose words something stands in any copy
  // Answers from before closing, and reports, that the key folders of closing and release open.
  int opened_later = 0;
  // Positive controls.
  Tally flag, in_order, ids_in_order;
};

struct Findings {
  std::map<std::string, Tally> at_chance;
  // Answers in clear, by kind of copy: a, b, c, d; ratings in clear after release.
  std::map<char, int> recovered;
  int ratings_after_release = 0;
  // Who was linked to a record (a token's hash or a leaf of the ledger), which tells nothing of the answer in it.
  std::map<char, Tally> records;
  int opened_with_keys = 0;
  // Answers that the key folder opens: of a service that holds the closing key, the residue, which shows the scorers'
  // power.
  Tally servers_key;
  int of_steward = 0, opened_of_steward = 0;
  int moderated_comments = 0;
  NoticeFindings notices;
  // Comments in clear in the report, and in all copies from closing on.
  int published = 0, published_in_clear = 0;
  int identity_plane_changed = 0;
  std::set<std::string> misplaced, common;
  int lost_replies = 0, changes = 0, repeats = 0;
  // Positive controls.
  int token_hash_caught = 0;
  Tally completed_flag;
};

class LinkingTest : public ::testing::TestWithParam<int> {
 protected:
  int answering() const { return GetParam(); }
  int idle() const { return std::max(2, answering() / 4); }
  static int trials();
  // For the record.
  static std::string WhySoMany();

  // What every installation has in common is learnt from another one.
  void LearnFromAnother();
  // Trials number `from` and following. Each eighth is also played with a steward, until just before closing.
  Findings RunTrials(int from, int count);

  // Every naive store must be caught by the scorers that are made for its leak; and the same for comments that go out.
  base::Json RunControls(int count);
  base::Json RunReleaseControls(int count);

  // Reports of pressure are all read by the auditor and by nobody else, and positive controls are caught. Gives what the
  // record says of them.
  base::Json ExpectNotices(const Findings& findings);

 private:
  Scene SceneOf(int trial, uint32_t more = 0) const;
  absl::Status PlayOne(Stage& stage, int number, Findings& findings);
  void Attack(const Trial& trial, const crypto::ClosingKeyPair& moderator, Findings& findings);
  // Who reported pressure, at every stage, with what lies in the key folder from closing on; and who gave which report.
  absl::Status AttackNotices(const Trial& trial, const crypto::ClosingKeyPair& auditor, Findings& findings);
  // Copies after every act, of a survey that is still open, and the key folder with them.
  void AttackWithKeys(const Trial& trial, ClosingKey key, Findings& findings);
  // `most_possible`: right guesses of whoever knows.
  static base::Json Caught(const std::string& name, const std::string& family, const Tally& tally, int most_possible);
  static void Add(const ParticipationScores& scores, Tally& tally);

  absl::Mutex mutex_;  // of findings while trials run
  Excused excused_;
};

}  // namespace candor::privacy

#endif  // CANDOR_TESTS_PRIVACY_LINKING_FIXTURE_H_
