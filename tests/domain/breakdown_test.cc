// Breakdowns: what is declared, how parts are joined at opening and at closing, and attacks on groups shown by part.

#include "services/domain/breakdown.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "services/domain/contract.h"
#include "services/domain/disclosure.h"
#include "tests/domain/disclosure_attacker.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

std::vector<Breakdown> StaffInParts() {
  return {{"staff",
           {{"lower", {{"en", "Lower school"}, {"es", "Primaria"}}},
            {"middle", {{"en", "Middle school"}}},
            {"upper", {{"en", "Upper school"}}}}}};
}

Contract ContractInParts() {
  Contract contract = SampleContract();
  contract.breakdowns = StaffInParts();
  return contract;
}

Manifest ManifestInParts() {
  Manifest manifest = SampleManifest();
  manifest.groups = {{"staff/lower", {"staff"}, 14, "key 1", {"lower"}},
                     {"staff/middle+upper", {"staff"}, 11, "key 2", {"middle", "upper"}},
                     {"student", {"student"}, 40, "key 3"}};
  return manifest;
}

std::vector<std::string> FaultsOf(const std::vector<Breakdown>& breakdowns) {
  std::vector<std::string> paths;
  CheckBreakdowns(breakdowns, [&](const std::string& path, absl::string_view) { paths.push_back(path); });
  return paths;
}

TEST(BreakdownTest, ADeclarationIsReadAsItWasWritten) {
  EXPECT_TRUE(FaultsOf(StaffInParts()).empty());
  const std::string bytes = EncodeContract(ContractInParts());
  const auto read = DecodeContract(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeContract(*read), bytes);
  ASSERT_EQ(read->breakdowns.size(), 1u);
  EXPECT_EQ(read->breakdowns[0].group, "staff");
  ASSERT_EQ(read->breakdowns[0].parts.size(), 3u);
  EXPECT_EQ(read->breakdowns[0].parts[0].title.at("es"), "Primaria");
  EXPECT_EQ(FindPart(*FindBreakdown(read->breakdowns, "staff"), "upper")->code, "upper");
  EXPECT_EQ(FindPart(read->breakdowns[0], "attic"), nullptr);
  EXPECT_EQ(FindBreakdown(read->breakdowns, "parent"), nullptr);
}

TEST(BreakdownTest, ADeclarationThatBreaksARuleIsRefusedWithItsPath) {
  struct Case {
    std::function<void(std::vector<Breakdown>&)> change;
    std::string path;
  };
  const std::vector<Case> cases = {
      {[](auto& b) { b.push_back(b[0]); }, "breakdowns[1].group"},
      {[](auto& b) { b.insert(b.begin(), {"zebra", b[0].parts}); }, "breakdowns[1].group"},
      {[](auto& b) { b[0].group = "self"; }, "breakdowns[0].group"},
      {[](auto& b) { b[0].group = "other_raters"; }, "breakdowns[0].group"},
      {[](auto& b) { b[0].parts.resize(1); }, "breakdowns[0].parts"},
      {[](auto& b) { b[0].parts[1].code = "lower"; }, "breakdowns[0].parts[1].code"},
      {[](auto& b) { std::swap(b[0].parts[0], b[0].parts[1]); }, "breakdowns[0].parts[1].code"},
      {[](auto& b) { b[0].parts[2].code = "u+v"; }, "breakdowns[0].parts[2].code"},
      {[](auto& b) { b[0].parts[0].title.clear(); }, "breakdowns[0].parts[0].title"},
      {[](auto& b) { b[0].parts[0].title["en"] = "two\nlines"; }, "breakdowns[0].parts[0].title.en"},
      {[](auto& b) { b[0].parts[0].title["en"] = std::string(101, 'x'); }, "breakdowns[0].parts[0].title.en"},
      {[](auto& b) { b[0].parts[0].title["English"] = "x"; }, "breakdowns[0].parts[0].title.English"}};
  for (const Case& c : cases) {
    std::vector<Breakdown> breakdowns = StaffInParts();
    c.change(breakdowns);
    ASSERT_FALSE(FaultsOf(breakdowns).empty()) << c.path;
    EXPECT_EQ(FaultsOf(breakdowns)[0], c.path);
    Contract contract = SampleContract();
    contract.breakdowns = breakdowns;
    ExpectError(DecodeContract(EncodeContract(contract)), absl::StatusCode::kInvalidArgument, "CONTRACT_INVALID",
                c.path);
  }
  std::vector<Breakdown> many = StaffInParts();
  while (many[0].parts.size() < kMostParts) {
    many[0].parts.push_back({absl::StrCat("v", 100 + many[0].parts.size()), {{"en", "x"}}});
  }
  EXPECT_TRUE(FaultsOf(many).empty());
  many[0].parts.push_back({"w", {{"en", "x"}}});
  EXPECT_EQ(FaultsOf(many), std::vector<std::string>{"breakdowns[0].parts"});
}

TEST(BreakdownTest, CodesOfIssuingGroupsAreReadBack) {
  EXPECT_EQ(IssuingCode("staff", {}), "staff");
  EXPECT_EQ(IssuingCode("staff", {"lower", "upper"}), "staff/lower+upper");
  for (const char* code : {"staff", "staff/lower", "staff/lower+upper"}) {
    const IssuingName name = ParseIssuingCode(code);
    EXPECT_EQ(IssuingCode(name.group, name.parts), code);
    EXPECT_EQ(name.group, "staff");
  }
  for (const char* code : {"", "/lower", "staff/", "staff/lower+", "staff/upper+lower", "staff/lower+lower",
                           "staff/lower/upper", "staff/Lower", "st aff"}) {
    EXPECT_EQ(ParseIssuingCode(code).group, "") << code;
  }
}

// "a+b:7 c:12"
std::string JoinedOf(const std::vector<std::pair<std::string, int64_t>>& sizes, int64_t fewest) {
  std::vector<SizedPart> parts;
  for (const auto& [code, size] : sizes) parts.push_back({{code}, size, size, {}});
  std::vector<std::string> texts;
  for (const SizedPart& part : JoinSmallParts(parts, fewest)) {
    texts.push_back(absl::StrCat(absl::StrJoin(part.parts, "+"), ":", part.size));
  }
  return absl::StrJoin(texts, " ");
}

TEST(JoinSmallPartsTest, TheSmallestIsJoinedWithTheNextSmallest) {
  EXPECT_EQ(JoinedOf({{"a", 10}, {"b", 12}}, 10), "a:10 b:12");
  EXPECT_EQ(JoinedOf({{"a", 9}, {"b", 12}, {"c", 30}}, 10), "a+b:21 c:30");
  // 3 + 4 = 7, still too small, and then with the smallest of the others.
  EXPECT_EQ(JoinedOf({{"a", 3}, {"b", 40}, {"c", 4}, {"d", 11}}, 10), "a+c+d:18 b:40");
  // 5 + 6 = 11 stands; 8 joins it, being joined with the next smallest of what there is then.
  EXPECT_EQ(JoinedOf({{"a", 5}, {"b", 6}, {"c", 8}, {"d", 20}}, 10), "a+b+c:19 d:20");
  EXPECT_EQ(JoinedOf({{"a", 9}, {"b", 9}}, 10), "a+b:18");
  EXPECT_EQ(JoinedOf({{"a", 2}}, 10), "a:2");
  EXPECT_EQ(JoinedOf({{"b", 4}, {"a", 4}, {"c", 4}, {"d", 10}}, 8), "a+b+c:12 d:10");
  EXPECT_EQ(JoinedOf({}, 10), "");
}

TEST(JoinSmallPartsTest, WhatIsPublishedTellsWhichIsSmaller) {
  // b has fewer raters than c, but more answers were counted in it, some of them blank.
  const std::vector<SizedPart> joined =
      JoinSmallParts({{{"a"}, 8, 8, {0}}, {{"b"}, 10, 16, {1}}, {{"c"}, 12, 12, {2}}}, 10);
  ASSERT_EQ(joined.size(), 2u);
  EXPECT_EQ(joined[0].parts, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(joined[0].members, (std::vector<size_t>{0, 2}));
  EXPECT_EQ(joined[1].parts, std::vector<std::string>{"b"});
}

// "staff/lower:14 student:40", or the error's reason.
std::string PlanFor(const std::vector<InvitedCount>& invited, int k = 5) {
  const auto plan = PlanIssuingGroups(SampleInstrument(), invited, StaffInParts(), k);
  if (!plan.ok()) return base::GetErrorDetail(plan.status()).reason;
  std::vector<std::string> texts;
  for (const IssuingGroup& group : plan->groups) {
    EXPECT_TRUE(group.code == kOtherRaters || group.code == IssuingCode(group.members[0], group.parts));
    texts.push_back(absl::StrCat(group.code, ":", group.invited));
  }
  for (const std::string& group : plan->not_broken_down) texts.push_back("not " + group);
  return absl::StrJoin(texts, " ");
}

TEST(PlanPartsTest, PartsAreIssuingGroupsOfTenOrMore) {
  EXPECT_EQ(PlanFor({{"staff", 14, "lower"}, {"staff", 10, "middle"}, {"staff", 12, "upper"}, {"student", 40}}),
            "staff/lower:14 staff/middle:10 staff/upper:12 student:40");
  EXPECT_EQ(PlanFor({{"staff", 14, "lower"}, {"staff", 4, "middle"}, {"staff", 7, "upper"}, {"student", 40}}),
            "staff/lower:14 staff/middle+upper:11 student:40");
  // A part that nobody belongs to is not there.
  EXPECT_EQ(PlanFor({{"staff", 14, "lower"}, {"staff", 0, "middle"}, {"staff", 10, "upper"}}),
            "staff/lower:14 staff/upper:10");
  // With a higher k a part needs as many.
  EXPECT_EQ(PlanFor({{"staff", 14, "lower"}, {"staff", 12, "middle"}, {"staff", 15, "upper"}}, 14),
            "staff/lower+middle:26 staff/upper:15");
}

TEST(PlanPartsTest, AGroupWithoutTwoPartsIsNotBrokenDown) {
  EXPECT_EQ(PlanFor({{"staff", 14, "lower"}, {"staff", 4, "middle"}, {"student", 40}}), "staff:18 student:40 not staff");
  EXPECT_EQ(PlanFor({{"staff", 30, "lower"}}), "staff:30 not staff");
  // A group that has to join others does so whole.
  EXPECT_EQ(PlanFor({{"staff", 12, "lower"}, {"staff", 12, "upper"}, {"student", 4}}),
            "other_raters:28 not staff");
}

TEST(PlanPartsTest, WhoeverHasNoPartKeepsTheSurveyFromOpening) {
  EXPECT_EQ(PlanFor({{"staff", 14, "lower"}, {"staff", 12, "upper"}, {"staff", 1}}), "CAMPAIGN_INVALID");
  ExpectError(PlanIssuingGroups(SampleInstrument(), {{"staff", 14, "attic"}}, StaffInParts()),
              absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "invited.staff/attic");
  ExpectError(PlanIssuingGroups(SampleInstrument(), {{"student", 14, "lower"}}, StaffInParts()),
              absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "invited.student/lower");
  ExpectError(PlanIssuingGroups(SampleInstrument(), {{"staff", 14, "lower"}, {"staff", 1, "lower"}}, StaffInParts()),
              absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "invited.staff/lower");
  // Where nothing is declared nobody needs one.
  EXPECT_TRUE(PlanIssuingGroups(SampleInstrument(), {{"staff", 14}}).ok());
}

TEST(PartsInManifestTest, AreAcceptedAsTheContractHasThem) {
  const Manifest manifest = ManifestInParts();
  EXPECT_TRUE(CheckManifest(manifest, manifest.contract_hash, manifest.instrument_hash).ok());
  EXPECT_TRUE(CheckParts(manifest, ContractInParts()).ok());
  const auto read = DecodeManifest(EncodeManifest(manifest));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeManifest(*read), EncodeManifest(manifest));
  EXPECT_EQ(read->groups[1].parts, (std::vector<std::string>{"middle", "upper"}));
  EXPECT_TRUE(CheckParts(SampleManifest(), SampleContract()).ok());
}

TEST(PartsInManifestTest, EachWayToSingleSomebodyOutIsRefused) {
  struct Case {
    std::function<void(Manifest&)> change;
    std::string field;
  };
  const std::vector<Case> of_manifest = {
      {[](Manifest& m) { m.groups[1].invited = 9; }, "groups[1].invited"},
      {[](Manifest& m) { m.groups[1].parts = {"lower"}, m.groups[1].code = "staff/lower"; }, "groups[1]"},
      {[](Manifest& m) { m.groups[1].parts = {"lower", "upper"}, m.groups[1].code = "staff/lower+upper"; },
       "groups[1].members"},
      {[](Manifest& m) { m.groups.push_back({"staff", {"staff"}, 30, "key 4"}); }, "groups[3].members"},
      {[](Manifest& m) { m.groups.insert(m.groups.begin(), {"staff", {"staff"}, 30, "key 4"}); }, "groups[1].members"},
      {[](Manifest& m) { m.groups[0].parts = {"upper"}; }, "groups[0].members"},
      {[](Manifest& m) { m.groups[0].members = {"student"}; }, "groups[0].members"},
      {[](Manifest& m) { m.groups[2] = {"other_raters", {"student"}, 40, "key 3", {"lower"}}; }, "groups[2].members"}};
  for (const Case& c : of_manifest) {
    Manifest manifest = ManifestInParts();
    c.change(manifest);
    ExpectError(CheckManifest(manifest, manifest.contract_hash, manifest.instrument_hash), kRefused,
                "MANIFEST_REFUSED", c.field);
  }
  const std::vector<std::function<void(Manifest&, Contract&)>> of_both = {
      [](Manifest&, Contract& c) { c.breakdowns.clear(); },
      [](Manifest&, Contract& c) { c.breakdowns[0].group = "parent"; },
      [](Manifest&, Contract& c) { c.breakdowns[0].parts.pop_back(); },
      [](Manifest& m, Contract&) { m.groups.erase(m.groups.begin()); },
      [](Manifest&, Contract& c) { c.minimum_group_size = 12; }};
  for (size_t i = 0; i < of_both.size(); ++i) {
    Manifest manifest = ManifestInParts();
    Contract contract = ContractInParts();
    of_both[i](manifest, contract);
    const absl::Status status = CheckParts(manifest, contract);
    EXPECT_EQ(base::GetErrorDetail(status).reason, "MANIFEST_REFUSED") << i;
  }
}

// One survey of staff in parts: each part's forms, one rating for each item of SampleInstrument that staff are asked.
struct PartForms {
  std::vector<std::string> parts;
  std::vector<std::vector<uint8_t>> forms;
  int64_t blank_forms = 0;  // counted, without a rating
  int64_t reissued = 0;
};

ClosedResult CloseParts(const std::vector<PartForms>& parts, const std::vector<std::vector<uint8_t>>& students = {}) {
  const Instrument instrument = SampleInstrument();
  Manifest manifest = SampleManifest();
  manifest.groups.clear();
  std::vector<GroupTally> tallies;
  std::vector<GroupCounts> counts;
  const auto add = [&](IssuingGroup group, const std::vector<std::vector<uint8_t>>& forms, int64_t blank,
                       int64_t reissued) {
    GroupTally tally{group.code, static_cast<int64_t>(forms.size()), {}};
    tally.items.assign(instrument.items.size(), {Counts(instrument.scale.points), 0, blank});
    for (const std::vector<uint8_t>& form : forms) {
      for (size_t i = 0; i < form.size(); ++i) {
        if (form[i] == kBlank) {
          ++tally.items[i].blank;
        } else if (form[i] == kNotObserved) {
          ++tally.items[i].not_observed;
        } else {
          ++tally.items[i].counts[form[i] - 1];
        }
      }
    }
    const int64_t counted = tally.raters + blank;
    counts.push_back({group.code, std::max<int64_t>(counted, 10), counted, reissued, counted, 0});
    group.invited = counts.back().invited;
    group.verifying_key = "key of " + group.code;
    tallies.push_back(std::move(tally));
    manifest.groups.push_back(std::move(group));
  };
  for (const PartForms& part : parts) {
    add({IssuingCode("staff", part.parts), {"staff"}, 0, "", part.parts}, part.forms, part.blank_forms, part.reissued);
  }
  if (!students.empty()) add({"student", {"student"}, 0, ""}, students, 0, 0);
  DisclosureRules rules;
  rules.points = instrument.scale.points;
  const ClosedResult result = MakeClosedResult(manifest, instrument, rules, tallies, counts);
  const auto read = DecodeClosedResult(EncodeClosedResult(result));
  EXPECT_TRUE(read.ok()) << read.status();
  return result;
}

std::vector<std::vector<uint8_t>> Forms(int n, uint8_t rating) { return std::vector<std::vector<uint8_t>>(n, {rating, rating, rating, 0}); }

// "staff/lower:printed staff/upper:printed"
std::string BlocksOf(const ClosedResult& result) {
  std::vector<std::string> texts;
  for (const Block& block : result.blocks) {
    const char* states[] = {"printed", "too few", "reissued", "more answers", "pooled"};
    texts.push_back(absl::StrCat(block.code, ":", states[static_cast<int>(block.state)]));
  }
  return absl::StrJoin(texts, ", ");
}

TEST(PartsAtClosingTest, EachPartOfTenIsABlockAndTheGroupHasNone) {
  const ClosedResult result = CloseParts({{{"lower"}, Forms(10, 3)}, {{"middle", "upper"}, Forms(12, 4)}});
  EXPECT_EQ(BlocksOf(result), "staff/lower:printed, staff/middle+upper:printed");
  EXPECT_EQ(result.blocks[0].atoms[0].n, 10);
  EXPECT_EQ(result.blocks[1].parts, (std::vector<std::string>{"middle", "upper"}));
  EXPECT_EQ(result.counts.size(), 2u);
  EXPECT_TRUE(IsOfBlock(result, result.blocks[1], "staff/middle+upper"));
  EXPECT_FALSE(IsOfBlock(result, result.blocks[1], "staff/lower"));
}

TEST(PartsAtClosingTest, PartsUnderTenAreJoinedAndTheirAnswersStandInOneFigureAlone) {
  const ClosedResult result =
      CloseParts({{{"lower"}, Forms(9, 3)}, {{"middle"}, Forms(10, 3)}, {{"upper"}, Forms(13, 4)}});
  EXPECT_EQ(BlocksOf(result), "staff/lower+middle:printed, staff/upper:printed");
  EXPECT_EQ(result.blocks[0].atoms[0].n, 19);
  EXPECT_TRUE(IsOfBlock(result, result.blocks[0], "staff/lower"));
  EXPECT_TRUE(IsOfBlock(result, result.blocks[0], "staff/middle"));
  EXPECT_FALSE(IsOfBlock(result, result.blocks[0], "staff/upper"));
}

TEST(PartsAtClosingTest, AGroupWhosePartsAreAllJoinedIsItsOwnBlock) {
  const ClosedResult result = CloseParts({{{"lower"}, Forms(4, 3)}, {{"upper"}, Forms(13, 4)}});
  EXPECT_EQ(BlocksOf(result), "staff:printed");
  EXPECT_EQ(result.blocks[0].atoms[0].n, 17);
  EXPECT_TRUE(IsOfBlock(result, result.blocks[0], "staff/lower"));
  EXPECT_EQ(BlocksOf(CloseParts({{{"lower"}, Forms(1, 3)}, {{"upper"}, Forms(3, 4)}})), "staff:too few");
}

TEST(PartsAtClosingTest, ASmallGroupIsPooledWithAllItsParts) {
  const ClosedResult result = CloseParts({{{"lower"}, Forms(1, 3)}, {{"upper"}, Forms(3, 4)}}, Forms(3, 4));
  EXPECT_EQ(BlocksOf(result), "staff:pooled, student:pooled, other_raters:printed");
  EXPECT_EQ(result.blocks[2].atoms[0].n, 7);
}

TEST(PartsAtClosingTest, APartThatItsCodesWithholdIsInNothing) {
  PartForms lower{{"lower"}, Forms(12, 5)};
  lower.reissued = 2;
  const ClosedResult two = CloseParts({lower, {{"middle"}, Forms(11, 3)}, {{"upper"}, Forms(13, 4)}});
  EXPECT_EQ(BlocksOf(two), "staff/lower:reissued, staff/middle:printed, staff/upper:printed");
  // With one part left, figures under the group's name would be taken for those of all of it.
  const ClosedResult one = CloseParts({lower, {{"upper"}, Forms(13, 4)}});
  EXPECT_EQ(BlocksOf(one), "staff/lower:reissued, staff/upper:printed");
  EXPECT_EQ(one.blocks[1].atoms[0].n, 13);
  EXPECT_FALSE(IsOfBlock(one, one.blocks[1], "staff/lower"));
  EXPECT_TRUE(IsOfBlock(one, one.blocks[1], "staff/upper"));
  const ClosedResult joined = CloseParts({lower, {{"middle"}, Forms(7, 4)}, {{"upper"}, Forms(13, 4)}});
  EXPECT_EQ(BlocksOf(joined), "staff/lower:reissued, staff/middle+upper:printed");
  const ClosedResult few = CloseParts({lower, {{"upper"}, Forms(3, 4)}}, Forms(3, 4));
  EXPECT_EQ(BlocksOf(few), "staff/lower:reissued, staff/upper:pooled, student:pooled, other_raters:printed");
  EXPECT_EQ(BlocksOf(CloseParts({lower})), "staff/lower:reissued");
}

TEST(PartsAtClosingTest, WhoLeftEverythingBlankDoesNotSayWhichPartIsJoined) {
  // Of middle's 14 answers 4 are blank; by raters it would be the next smallest.
  PartForms middle{{"middle"}, Forms(10, 3)};
  middle.blank_forms = 4;
  const ClosedResult result = CloseParts({{{"lower"}, Forms(8, 3)}, middle, {{"upper"}, Forms(12, 4)}});
  EXPECT_EQ(BlocksOf(result), "staff/lower+upper:printed, staff/middle:printed");
}

TEST(PartsAtClosingTest, AFigureOfJoinedPartsIsNotNearlyThatOfASmallOne) {
  // Of upper's 13 raters `seen` have rated the second item, and one of them may be an insider.
  const auto close = [](int seen) {
    PartForms upper{{"upper"}, Forms(13, 4)};
    for (int i = seen; i < 13; ++i) upper.forms[i][1] = kNotObserved;
    return CloseParts({{{"lower"}, Forms(4, 3)}, upper});
  };
  for (const int seen : {0, 1}) {
    const Atom atom = close(seen).blocks.at(0).atoms.at(1);
    EXPECT_EQ(atom.kind, AtomKind::kWithheld) << seen;
    EXPECT_EQ(atom.n, 0) << seen;
  }
  const Atom atom = close(2).blocks.at(0).atoms.at(1);
  EXPECT_EQ(atom.n, 6);
  EXPECT_NE(atom.kind, AtomKind::kWithheld);
  // Of a part with ten raters or more nothing is held back: alone it would be a block.
  PartForms middle{{"middle"}, Forms(12, 3)};
  PartForms lower{{"lower"}, Forms(4, 3)};
  for (std::vector<uint8_t>& form : lower.forms) form[1] = kBlank;
  EXPECT_EQ(CloseParts({lower, middle}).blocks.at(0).atoms.at(1).n, 12);
}

TEST(PartsAtClosingTest, AFigureOfJoinedPartsIsNotNearlyThatOfAPartWithFewAnswers) {
  // Upper has raters enough for a block, but only four of them have rated the second item: alone its figure is held back.
  // Of lower's five raters `seen` have rated it.
  const auto close = [](int seen) {
    PartForms lower{{"lower"}, Forms(5, 3)}, upper{{"upper"}, Forms(13, 4)};
    for (int i = seen; i < 5; ++i) lower.forms[i][1] = kNotObserved;
    for (int i = 4; i < 13; ++i) upper.forms[i][1] = kNotObserved;
    return CloseParts({lower, upper});
  };
  const Atom withheld = close(1).blocks.at(0).atoms.at(1);
  EXPECT_EQ(withheld.kind, AtomKind::kWithheld) << "whoever gave the fifth answer knows the exact mean of the four";
  EXPECT_EQ(withheld.n, 0);
  const Atom printed = close(2).blocks.at(0).atoms.at(1);
  EXPECT_NE(printed.kind, AtomKind::kWithheld);
  EXPECT_EQ(printed.n, 6);
}

// Attacks. A survey with one group in parts, few of whom have seen an item.
class PartsUnderAttack {
 public:
  explicit PartsUnderAttack(uint32_t seed) : random_(seed) {
    const std::vector<std::vector<std::string>> codes = {{"lower"}, {"middle"}, {"upper"}};
    const size_t count = 2 + random_() % 2;
    for (size_t p = 0; p < count; ++p) {
      PartForms part{codes[p], {}};
      const int raters = 6 + static_cast<int>(random_() % 20);
      const uint32_t seen = 10 + random_() % 90;
      for (int r = 0; r < raters; ++r) {
        std::vector<uint8_t> form = {1, 0, 0, 0};  // the first item is rated by everybody
        for (size_t i = 0; i < 3; ++i) {
          if (i == 0 || random_() % 100 < seen) form[i] = Rating();
        }
        part.forms.push_back(std::move(form));
      }
      parts_.push_back(std::move(part));
    }
  }
  uint8_t Rating() { return static_cast<uint8_t>(1 + random_() % SampleInstrument().scale.points); }

  std::vector<PartForms>& parts() { return parts_; }
  ClosedResult Close() const { return CloseParts(parts_); }

  // What is counted of one item in the parts that `block` holds; in all parts where it is null.
  Counts CountsIn(const Block* block, size_t item) const {
    Counts counts(SampleInstrument().scale.points);
    for (const PartForms& part : parts_) {
      if (block != nullptr && !Holds(*block, part)) continue;
      for (const std::vector<uint8_t>& form : part.forms) {
        if (form[item] != kBlank) ++counts[form[item] - 1];
      }
    }
    return counts;
  }
  static bool Holds(const Block& block, const PartForms& part) {
    return block.parts.empty() ||
           std::includes(block.parts.begin(), block.parts.end(), part.parts.begin(), part.parts.end());
  }

 private:
  std::mt19937 random_;
  std::vector<PartForms> parts_;
};

int64_t SumOf(const Counts& counts) {
  int64_t sum = 0;
  for (size_t k = 0; k < counts.size(); ++k) sum += static_cast<int64_t>(k + 1) * counts[k];
  return sum;
}
int64_t NumberOf(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), int64_t{0}); }

TEST(PartsAttackTest, ASecondCountOfTheGroupGivesAwayWhatAPartHoldsBackAndOursDoesNot) {
  int held_back = 0, found_from_second_count = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    PartsUnderAttack survey(seed);
    const ClosedResult result = survey.Close();
    if (result.blocks.size() < 2) continue;
    const int points = result.points;
    for (size_t item = 0; item < 3; ++item) {
      const std::string indicator = SampleInstrument().items[item].indicator;
      // The attacker knows every printed atom of the item, and how many answers a group figure is of.
      for (const bool second_count : {true, false}) {
        SumAttacker attacker;
        std::vector<int> numbers, held;
        std::vector<Counts> truth;
        std::vector<int> printed_only;
        int64_t printed_sum = 0;
        bool printed_exact = true;
        for (const Block& block : result.blocks) {
          const Counts counts = survey.CountsIn(&block, item);
          const int64_t n = NumberOf(counts);
          const auto atom = std::find_if(block.atoms.begin(), block.atoms.end(),
                                         [&](const Atom& a) { return a.indicator == indicator; });
          ASSERT_NE(atom, block.atoms.end());
          numbers.push_back(attacker.AddNumber(n, n * points));  // even how many are held back may be known
          truth.push_back(counts);
          switch (atom->kind) {
            case AtomKind::kWithheld: held.push_back(static_cast<int>(truth.size()) - 1); continue;
            case AtomKind::kExact: attacker.Learn({numbers.back()}, atom->sum, atom->sum); break;
            case AtomKind::kAtLeast: attacker.Learn({numbers.back()}, atom->bound_numerator, n * points); break;
            case AtomKind::kAtMost: attacker.Learn({numbers.back()}, n, atom->bound_numerator); break;
          }
          printed_only.push_back(numbers.back());
          printed_exact = printed_exact && atom->kind == AtomKind::kExact;
          printed_sum += atom->sum;
        }
        if (second_count) {
          // As reports commonly do: the group's own mean, counted over everybody in it.
          const Atom all = MakeAtom(indicator, {survey.CountsIn(nullptr, item), 0, 0}, {points, 5, 1, 10}, false);
          if (all.kind != AtomKind::kExact) continue;
          attacker.Learn(numbers, all.sum, all.sum);
        } else if (printed_exact && !printed_only.empty()) {
          attacker.Learn(printed_only, printed_sum, printed_sum);  // our group figure: from printed atoms
        }
        attacker.Attack();
        for (const int h : held) {
          const int64_t n = NumberOf(truth[h]);
          if (n == 0) continue;
          const bool whole = attacker.least(numbers[h]) == n && attacker.most(numbers[h]) == n * points;
          if (second_count) {
            if (attacker.least(numbers[h]) == SumOf(truth[h]) && attacker.most(numbers[h]) == SumOf(truth[h])) {
              ++found_from_second_count;
            }
          } else {
            ++held_back;
            EXPECT_TRUE(whole) << "seed " << seed << " item " << item;
          }
        }
      }
    }
  }
  EXPECT_GT(held_back, 50);
  EXPECT_GT(found_from_second_count, 20) << "the attacker has no power";
}

TEST(PartsAttackTest, WhatAPartHoldsBackChangesNoByte) {
  int changed = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    PartsUnderAttack survey(seed);
    const ClosedResult result = survey.Close();
    const std::string bytes = EncodeClosedResult(result);
    for (const Block& block : result.blocks) {
      for (size_t item = 0; item < 3; ++item) {
        const Atom& atom = block.atoms[item];
        ASSERT_EQ(atom.indicator, SampleInstrument().items[item].indicator);
        if (atom.kind != AtomKind::kWithheld) continue;
        for (PartForms& part : survey.parts()) {
          if (!PartsUnderAttack::Holds(block, part)) continue;
          for (std::vector<uint8_t>& form : part.forms) {
            if (form[item] == kBlank) continue;
            form[item] = survey.Rating();
            ++changed;
          }
        }
      }
    }
    ASSERT_EQ(EncodeClosedResult(survey.Close()), bytes) << "seed " << seed;
  }
  EXPECT_GT(changed, 100);
}

TEST(PartsAttackTest, EveryAnswerOfAnotherPersonStaysPossibleInEachAtomOfAPart) {
  int atoms = 0;
  std::mt19937 random(5);
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    PartsUnderAttack survey(seed);
    const ClosedResult result = survey.Close();
    for (const Block& block : result.blocks) {
      for (size_t item = 0; item < 3; ++item) {
        const Atom& atom = block.atoms[item];
        if (atom.kind == AtomKind::kWithheld) continue;
        // One insider, who knows their own answer.
        const Counts counts = survey.CountsIn(&block, item);
        for (int own = 1; own <= result.points; ++own) {
          if (counts[own - 1] == 0) continue;
          Counts known(result.points);
          ++known[own - 1];
          ++atoms;
          bool low = false, high = false, every = true;
          for (int value = 1; value <= result.points; ++value) {
            const bool possible = CanHaveGiven(atom, result.points, 1, known, value);
            every = every && possible;
            (value <= LowerHalfEnd(result.points) ? low : high) |= possible;
          }
          EXPECT_TRUE(atom.n < kFewestForHalves ? every : low && high) << "seed " << seed << " item " << item;
        }
      }
    }
  }
  EXPECT_GT(atoms, 1000);
}

}  // namespace
}  // namespace candor::domain
