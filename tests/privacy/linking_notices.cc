// Of the linking attack: reports of pressure.

#include <set>
#include <string>
#include <vector>

#include "services/base/json.h"
#include "services/base/status.h"
#include "tests/privacy/linking_fixture.h"
#include "tests/privacy/notice_attacks.h"
#include "tests/privacy/opened_with_keys.h"

namespace candor::privacy {
namespace {

// Of those whose report each is, a blind guess gets one right on average; of a single one it cannot be wrong.
void AddOfPressed(const Scores& scores, size_t pressed, Tally& tally) {
  tally.Add(scores.correct, scores.blind, pressed > 0 ? 1 : 0, pressed > 1 ? 1 : 0);
}

}  // namespace

absl::Status LinkingTest::AttackNotices(const Trial& trial, const crypto::ClosingKeyPair& auditor,
                                        Findings& findings) {
  const Scene& scene = trial.scene;
  const std::set<int> reporting = scene.Pressed();
  const Copy closed = Together(trial.closed, trial.keys_closed);
  const Copy released = Together(trial.released, trial.keys_released);
  const ParticipationScores pressed = ScorePressed(trial, {{"tokens out", &trial.during.front()},
                                                           {"before closing", &trial.during.back()},
                                                           {"closed", &closed},
                                                           {"moderated", &trial.moderated},
                                                           {"released", &released}});
  const Stages stages = {{"before closing", &trial.during.back()},
                         {"after closing", &closed},
                         {"before release", &trial.moderated},
                         {"after release", &released}};
  CANDOR_ASSIGN_OR_RETURN(const Scores by_auditor, ScoreAuditor(trial, stages, auditor));
  const KnownOrders known = KnownOrdersOfPressed(trial);
  const Finder words = NoticesOf(scene);
  std::vector<const Copy*> all = {&closed, &trial.moderated, &released};
  for (const Copy& copy : trial.during) all.push_back(&copy);
  const Scores in_clear = ScoreCopies(all, words, known);
  int opened_later = 0;
  for (const Copy* keys : {&trial.keys_closed, &trial.keys_released}) {
    CANDOR_ASSIGN_OR_RETURN(const OpenedWithKeys answers, OpenWithKeys(trial, *keys, {&trial.during.back()}));
    opened_later += answers.newest + NoticesOpenedWith(*keys, trial, closed, auditor.public_key);
  }

  CANDOR_ASSIGN_OR_RETURN(const Copy marked, WithCompletedFlags(trial.during.back(), trial.secrets, reporting));
  const ParticipationScores flagged = ScorePressed(trial, {{"marked", &marked}});
  const Copy told = WithNoticesInOrder(trial);
  const Scores in_order = ScoreCopies({&told}, words, known);
  CANDOR_ASSIGN_OR_RETURN(const Copy kept, WithIdsInOrder(trial, trial.closed, auditor));
  CANDOR_ASSIGN_OR_RETURN(const Scores ids_in_order,
                          ScoreAuditor(trial, {stages.front(), {"after closing", &kept}}, auditor));

  absl::MutexLock lock(&mutex_);
  Add(pressed, findings.at_chance[kPressed]);
  AddOfPressed(by_auditor, reporting.size(), findings.at_chance[kOpenedNotices]);
  NoticeFindings& notices = findings.notices;
  notices.given += static_cast<int>(reporting.size());
  notices.opened += by_auditor.recovered;
  notices.in_clear += in_clear.recovered;
  notices.opened_later += opened_later;
  Add(flagged, notices.flag);
  AddOfPressed(in_order, reporting.size(), notices.in_order);
  AddOfPressed(ids_in_order, reporting.size(), notices.ids_in_order);
  return absl::OkStatus();
}

base::Json LinkingTest::ExpectNotices(const Findings& f) {
  const NoticeFindings& notices = f.notices;
  EXPECT_GT(notices.given, 0);
  EXPECT_EQ(notices.opened, notices.given);
  EXPECT_EQ(notices.in_clear, 0);
  EXPECT_EQ(notices.opened_later, 0) << "a key of before closing is left";
  EXPECT_FALSE(notices.flag.Above().empty());
  return {{"given", notices.given},
          {"in_clear", notices.in_clear},
          {"who_gave_one", f.at_chance.at(kPressed).ToJson(ParticipationFamilies())},
          {"who_gave_one_with_the_key_folder_and_a_steward",
           f.at_chance.at(kPressedSteward).ToJson(ParticipationFamilies())},
          {"opened_by_key_folders_from_closing_on", notices.opened_later},
          {"with_the_auditors_key",
           {{"opened", notices.opened}, {"by", f.at_chance.at(kOpenedNotices).ToJson(AuditorScorerFamilies())}}},
          {"control_flag", notices.flag.ToJson(ParticipationFamilies())},
          {"controls",
           {Caught("reports of pressure in the order of submission", "place in a file", notices.in_order,
                   notices.given),
            Caught("ids of sealed reports in the order of submission", "stored reports: order of rows",
                   notices.ids_in_order, notices.given)}}};
}

}  // namespace candor::privacy
