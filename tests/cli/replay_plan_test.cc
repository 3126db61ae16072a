// What a file of ratings becomes before it is replayed, and what is refused.

#include "clients/cli/replay_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/domain/framework.h"

namespace candor::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kStructure[] = R"({"name": "t", "K": 4, "favourable_from": 3, "min_n": 5, "items": [
  {"id": "Q1", "text": "Listens", "competency": "K1", "domain": "D1", "themes": ["T2", "T1"], "reverse": false},
  {"id": "Q2", "competency": "K2", "domain": "D2", "themes": [], "reverse": true},
  {"id": "Q3", "competency": "K1", "domain": "D1", "themes": ["T1"], "reverse": false}]})";

constexpr char kRatings[] =
    "leader,group,rater,Q1,Q2,Q3\n"
    "B,self,s,4,1,\n"
    "B,students,1,1,2,3\nB,students,2,N,,4\nB,parents,1,4,4,4\nB,night_shift,1,2,2,2\nB,night_shift,2,2,2,2\n"
    "B,supervisor,x,3,3,3\n"
    "A,students,1,1,1,1\nA,students,2,1,1,1\nA,students,3,1,1,1\nA,students,4,1,1,1\nA,students,5,1,1,1\n";

absl::StatusOr<ReplayPlan> Plan(const std::string& structure, const std::string& ratings,
                                const std::string& invited = "") {
  const auto parsed = ParseStructure(structure, "s.json");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  const auto rows = ParseRatings(ratings, "r.csv", *parsed);
  EXPECT_TRUE(rows.ok()) << rows.status();
  if (invited.empty()) return MakeReplayPlan(*parsed, *rows, nullptr);
  const auto counts = ParseInvited(invited, "i.csv");
  EXPECT_TRUE(counts.ok()) << counts.status();
  return MakeReplayPlan(*parsed, *rows, &*counts);
}

void ExpectRefused(const absl::StatusOr<ReplayPlan>& plan, const std::string& words) {
  ASSERT_FALSE(plan.ok()) << words;
  EXPECT_EQ(base::GetErrorDetail(plan.status()).reason, "REPLAY_REFUSED");
  EXPECT_THAT(std::string(plan.status().message()), HasSubstr(words));
}

std::string With(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(ReplayPlanTest, MakesFrameworkInstrumentAndRowsOfAFile) {
  const auto plan = Plan(kStructure, kRatings);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->minimum_group_size, 5);
  EXPECT_THAT(plan->indicators, ElementsAre("Q1", "Q2", "Q3"));
  EXPECT_EQ(plan->anonymous, 10);
  ASSERT_EQ(plan->leaders.size(), 2u);
  const ReplayLeader& b = plan->leaders[0];
  EXPECT_EQ(b.id, "B");
  EXPECT_THAT(b.invited, ElementsAre(std::pair<const std::string, int64_t>("night_shift", 2),
                                     std::pair<const std::string, int64_t>("parent", 1),
                                     std::pair<const std::string, int64_t>("student", 2)));
  EXPECT_THAT(*b.self, ElementsAre(4, 1, domain::kBlank));
  EXPECT_THAT(*b.supervisor, ElementsAre(3, 3, 3));
  EXPECT_EQ(b.rows[1].group, "student");
  // Marks stay as they are in the file, also those of the reversed item: the service turns them.
  EXPECT_THAT(b.rows[1].answers.ratings, ElementsAre(domain::kNotObserved, domain::kBlank, 4));
  EXPECT_FALSE(plan->leaders[1].self.has_value());

  const domain::Instrument& instrument = plan->instrument;
  EXPECT_EQ(instrument.scale.points, 4);
  EXPECT_EQ(instrument.scale.favourable_from, 3);
  EXPECT_EQ(instrument.scale.strength_cut_hundredths, 350) << "as candor score takes it where the file is silent";
  EXPECT_EQ(instrument.scale.agreement_band_hundredths, 50);
  EXPECT_TRUE(instrument.items[1].reverse);
  EXPECT_EQ(instrument.items[0].texts.at("night_shift").at("en"), "Listens");
  EXPECT_EQ(instrument.items[1].texts.at("self").at("en"), "Q2");
  const auto framework = domain::ParseFramework(plan->framework);
  ASSERT_TRUE(framework.ok()) << framework.status();
  ASSERT_EQ(framework->domains.size(), 2u);
  EXPECT_EQ(framework->domains[0].competencies[0].indicators[1].code, "Q3");
  EXPECT_THAT(framework->domains[0].competencies[0].indicators[0].themes, ElementsAre("T2", "T1"));
}

TEST(ReplayPlanTest, TheFilesLinesBecomeTheScales) {
  const auto plan = Plan(With(kStructure, "\"min_n\": 5", "\"min_n\": 5, \"strength_cut\": 2.75, \"gap_delta\": 0.4"), kRatings);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->instrument.scale.strength_cut_hundredths, 275);
  EXPECT_EQ(plan->instrument.scale.agreement_band_hundredths, 40);
  ExpectRefused(Plan(With(kStructure, "\"min_n\": 5", "\"min_n\": 5, \"strength_cut\": 2.755"), kRatings),
                "strength_cut is 2.755");
}

TEST(ReplayPlanTest, ItemsWithoutCompetencyOrDomainGetAPlace) {
  const auto plan = Plan(R"({"name": "t", "K": 5, "min_n": 5, "items": [{"id": "Q1"}, {"id": "Q2", "domain": "D"},
                             {"id": "Q3", "competency": "C"}]})",
                         "leader,group,rater,Q1,Q2,Q3\nA,g,1,1,1,1\nA,g,2,1,1,1\nA,g,3,1,1,1\nA,g,4,1,1,1\nA,g,5,1,1,1\n");
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE(domain::ParseFramework(plan->framework).ok());
}

TEST(ReplayPlanTest, InvitedCountsComeFromTheirFileAndMayNameLeadersWithoutRows) {
  const auto plan = Plan(kStructure, kRatings,
                         "leader,group,invited\nB,students,9\nB,parents,3\nB,night_shift,2\nB,supervisor,1\n"
                         "A,students,5\nA,parents,0\nC,staff,7\n");
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->leaders.size(), 3u);
  EXPECT_EQ(plan->leaders[0].invited.at("student"), 9);
  EXPECT_FALSE(plan->leaders[1].invited.contains("parent"));
  EXPECT_EQ(plan->leaders[2].id, "C");
  EXPECT_EQ(plan->leaders[2].invited.at("staff"), 7);
}

TEST(ReplayPlanTest, RefusesWhatCannotBeReplayed) {
  ExpectRefused(Plan(With(kStructure, "\"min_n\": 5", "\"min_n\": 4"), kRatings), "min_n is 4");
  ExpectRefused(Plan(With(kStructure, "\"min_n\": 5", "\"min_n\": 101"), kRatings), "min_n is 101");
  ExpectRefused(Plan(With(kStructure, "\"K2\", \"domain\": \"D2\"", "\"K1\", \"domain\": \"D2\""), kRatings),
                "K1 stands in two domains");
  ExpectRefused(Plan(With(kStructure, "\"K2\"", "\"Q1\""), kRatings), "no sound framework");
  ExpectRefused(Plan(kStructure, With(kRatings, "B,parents,1", "B,student,1")), "would both become student");
  ExpectRefused(Plan(kStructure, With(kRatings, "B,parents,1", "B,Night Shift,1")), "cannot be a rater group");
  ExpectRefused(Plan(kStructure, With(kRatings, "B,parents,1", "B,supervisor,1")), "two rows of a supervisor");
  ExpectRefused(Plan(kStructure, With(kRatings, "A,students,5,1,1,1\n", "")), "A (4)");
  ExpectRefused(Plan(kStructure, kRatings, "leader,group,invited\nB,students,9\nB,night_shift,2\nA,students,9\n"),
                "leader B has 1 rows of the group parent, but only 0 were invited");
  ExpectRefused(Plan(kStructure, "leader,group,rater,Q1,Q2,Q3\n../x,students,1,1,1,1\n"), "cannot be a file's name");
  ExpectRefused(Plan(kStructure, "leader,group,rater,Q1,Q2,Q3\n"), "nobody");
}

TEST(ReplayPlanTest, RefusesWeightsAndSaysWhatIsIgnored) {
  const auto with = [](const std::string& members) { return With(kStructure, "\"min_n\": 5", "\"min_n\": 5, " + members); };
  ExpectRefused(Plan(with("\"group_weights\": {\"students\": 2}"), kRatings),
                "group_weights.students is 2; in a campaign every anonymous group weighs the same");
  ExpectRefused(Plan(with("\"group_weights\": {\"other_raters\": 0}"), kRatings), "group_weights.other_raters is 0");
  auto plan = Plan(with("\"group_weights\": {\"students\": 1}, \"exempt\": [\"supervisor\"], \"pool_min_n\": 6"), kRatings);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->ignored, ::testing::IsEmpty());
  plan = Plan(with("\"group_weights\": {\"supervisor\": 3}, \"exempt\": [\"parents\"], \"pool_min_n\": 5, \"target\": 3"),
              kRatings);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->ignored,
              ElementsAre(HasSubstr("group_weights.supervisor"), HasSubstr("exempt: parents"),
                          HasSubstr("pool_min_n"), HasSubstr("target")));
}

TEST(ReplayPlanTest, TheReferenceSetsCanBeReplayed) {
  for (const std::string set : {"lq2002", "lq2002_groups"}) {
    const std::string base = std::string(CANDOR_SOURCE_DIR) + "/tests/data/lq2002/" + set;
    const auto plan = Plan(*base::ReadFile(base + "_structure.json"), *base::ReadFile(base + ".csv"),
                           *base::ReadFile(base + "_invited.csv"));
    ASSERT_TRUE(plan.ok()) << plan.status();
    EXPECT_EQ(plan->leaders.size(), 49u);
    EXPECT_EQ(plan->anonymous, set == "lq2002" ? 2042 : 1993);
    for (const ReplayLeader& leader : plan->leaders) {
      EXPECT_TRUE(leader.self.has_value());
      EXPECT_EQ(leader.supervisor.has_value(), set == "lq2002_groups");
    }
  }
}

}  // namespace
}  // namespace candor::cli
