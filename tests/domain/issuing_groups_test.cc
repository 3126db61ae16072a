#include <numeric>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "services/domain/contract.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

using Invited = std::vector<InvitedCount>;

// An instrument with groups a..f that are all asked one common item, and each one of its own.
Instrument SixGroups() {
  Instrument instrument = SampleInstrument();
  instrument.rater_groups.clear();
  instrument.items.resize(2);
  for (Item& item : instrument.items) item.texts.clear();
  for (const char* code : {"a", "b", "c", "d", "e", "f"}) {
    instrument.rater_groups.push_back({code, {{"en", code}, {"es", code}}});
    instrument.items[0].texts[code] = {{"en", "x"}, {"es", "x"}};
  }
  instrument.items[1].texts["a"] = {{"en", "y"}, {"es", "y"}};
  return instrument;
}

// "a:7 b:5 other_raters(c,d):6", or the error's reason.
std::string PlanFor(const Instrument& instrument, const Invited& invited) {
  const auto plan = PlanIssuingGroups(instrument, invited);
  if (!plan.ok()) return base::GetErrorDetail(plan.status()).reason;
  std::vector<std::string> parts;
  for (const IssuingGroup& group : plan->groups) {
    const std::string members = group.members == std::vector<std::string>{group.code}
                                    ? ""
                                    : absl::StrCat("(", absl::StrJoin(group.members, ","), ")");
    parts.push_back(absl::StrCat(group.code, members, ":", group.invited));
  }
  return absl::StrJoin(parts, " ");
}

TEST(PlanIssuingGroupsTest, LeavesGroupsOfFiveOrMoreAlone) {
  EXPECT_EQ(PlanFor(SixGroups(), {{"b", 5}, {"a", 130}}), "a:130 b:5");
}

TEST(PlanIssuingGroupsTest, PassesOverGroupsOfNobody) {
  EXPECT_EQ(PlanFor(SixGroups(), {{"a", 7}, {"b", 0}, {"c", 0}}), "a:7");
}

TEST(PlanIssuingGroupsTest, JoinsSmallGroupsThatTogetherAreEnough) {
  EXPECT_EQ(PlanFor(SixGroups(), {{"d", 3}, {"a", 9}, {"c", 2}}), "a:9 other_raters(c,d):5");
}

TEST(PlanIssuingGroupsTest, JoinsTheSmallestOtherGroupWhereSmallOnesAreNotEnough) {
  EXPECT_EQ(PlanFor(SixGroups(), {{"a", 9}, {"b", 6}, {"c", 2}, {"d", 2}}),
            "a:9 other_raters(b,c,d):10");
}

TEST(PlanIssuingGroupsTest, JoinsASingleSmallGroupWithTheSmallestOther) {
  EXPECT_EQ(PlanFor(SixGroups(), {{"a", 9}, {"b", 6}, {"c", 1}}), "a:9 other_raters(b,c):7");
  EXPECT_EQ(PlanFor(SixGroups(), {{"a", 9}, {"c", 1}}), "other_raters(a,c):10");
}

TEST(PlanIssuingGroupsTest, TiesGoToTheFirstCode) {
  EXPECT_EQ(PlanFor(SixGroups(), {{"f", 6}, {"e", 6}, {"b", 6}, {"c", 4}}),
            "e:6 f:6 other_raters(b,c):10");
}

TEST(PlanIssuingGroupsTest, JoinsAllWhenAllAreSmall) {
  EXPECT_EQ(PlanFor(SixGroups(), {{"a", 2}, {"b", 2}, {"c", 1}}), "other_raters(a,b,c):5");
}

TEST(PlanIssuingGroupsTest, FewerThanFiveInAllDoNotOpen) {
  EXPECT_EQ(PlanFor(SixGroups(), {{"a", 2}, {"b", 2}}), "TOO_FEW_INVITED");
  EXPECT_EQ(PlanFor(SixGroups(), {{"a", 4}}), "TOO_FEW_INVITED");
  EXPECT_EQ(PlanFor(SixGroups(), {{"a", 0}}), "TOO_FEW_INVITED");
  EXPECT_EQ(PlanFor(SixGroups(), {}), "TOO_FEW_INVITED");
  ExpectError(PlanIssuingGroups(SixGroups(), {{"a", 4}}), absl::StatusCode::kFailedPrecondition,
              "TOO_FEW_INVITED");
}

TEST(PlanIssuingGroupsTest, RefusesAJoinedGroupWithNothingInCommon) {
  Instrument instrument = SampleInstrument();
  instrument.items[0].texts.erase("parent");
  ExpectError(PlanIssuingGroups(instrument, {{"parent", 3}, {"student", 4}, {"staff", 20}}),
              absl::StatusCode::kFailedPrecondition, "NO_COMMON_ITEMS");
  EXPECT_EQ(PlanFor(instrument, {{"parent", 5}, {"student", 6}}), "parent:5 student:6");
  EXPECT_EQ(PlanFor(instrument, {{"staff", 3}, {"student", 4}}), "other_raters(staff,student):7");
}

TEST(PlanIssuingGroupsTest, RefusesWhatIsNoCount) {
  const Instrument instrument = SixGroups();
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  ExpectError(PlanIssuingGroups(instrument, {{"a", 7}, {"z", 7}}), kInvalid, "FIELD_INVALID",
              "invited.z");
  ExpectError(PlanIssuingGroups(instrument, {{"self", 1}}), kInvalid, "FIELD_INVALID",
              "invited.self");
  ExpectError(PlanIssuingGroups(instrument, {{"a", 7}, {"a", 7}}), kInvalid, "FIELD_INVALID",
              "invited.a");
  ExpectError(PlanIssuingGroups(instrument, {{"a", 0}, {"a", 7}}), kInvalid, "FIELD_INVALID",
              "invited.a");
  ExpectError(PlanIssuingGroups(instrument, {{"a", -7}}), kInvalid, "FIELD_INVALID", "invited.a");
  ExpectError(PlanIssuingGroups(instrument, {{"a", 1'000'001}}), kInvalid, "FIELD_INVALID",
              "invited.a");
}

TEST(PlanIssuingGroupsTest, EveryPlanIsFitForAManifestAndLosesNobody) {
  std::mt19937 random(11);
  const Instrument instrument = SixGroups();
  int opened = 0;
  for (int round = 0; round < 2000; ++round) {
    Invited invited;
    int64_t all = 0;
    for (const RaterGroup& group : instrument.rater_groups) {
      if (random() % 3 == 0) continue;
      invited.push_back({group.code, static_cast<int64_t>(random() % (round % 2 == 0 ? 8 : 131))});
      all += invited.back().invited;
    }
    std::shuffle(invited.begin(), invited.end(), random);
    const auto plan = PlanIssuingGroups(instrument, invited);
    ASSERT_EQ(plan.ok(), all >= kMinimumInvited) << plan.status();
    if (!plan.ok()) continue;
    ++opened;
    Manifest manifest = SampleManifest();
    manifest.groups = plan->groups;
    int64_t planned = 0;
    for (IssuingGroup& group : manifest.groups) {
      group.verifying_key = "key of " + group.code;
      planned += group.invited;
      EXPECT_EQ(group.code == kOtherRaters, group.members.size() > 1);
      EXPECT_TRUE(std::is_sorted(group.members.begin(), group.members.end()));
      EXPECT_FALSE(CommonItems(instrument, group.members).empty());
      if (group.code == kOtherRaters) {
        EXPECT_EQ(&group, &manifest.groups.back());
      }
    }
    EXPECT_EQ(planned, all);
    EXPECT_TRUE(CheckManifest(manifest, manifest.contract_hash, manifest.instrument_hash).ok());
    EXPECT_TRUE(DecodeManifest(EncodeManifest(manifest)).ok());
  }
  EXPECT_GT(opened, 1500);
}

}  // namespace
}  // namespace candor::domain
