// Groups by part, the means over a campaign's leaders, and the round before.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/status.h"
#include "tests/identity/identity_env.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;
using domain::CampaignState;
using domain::Comparison;
using storage::SurveyDocument;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RoundsTest : public IdentityTest {
 protected:
  static std::vector<domain::Breakdown> StaffInParts() {
    return {{"staff", {{"lower", {{"en", "Lower school"}}}, {"middle", {{"en", "Middle school"}}},
                       {"upper", {{"en", "Upper school"}}}}}};
  }

  // A draft whose staff are in parts, with so many raters in each.
  domain::CampaignId MakeDraftInParts(const std::map<std::string, int>& staff) {
    const domain::CampaignId campaign = MakeDraft({{"student", 7}});
    EXPECT_TRUE(Change(campaign, [](auto& settings) { settings.breakdowns = StaffInParts(); }).ok());
    std::vector<NewRater> raters;
    for (const auto& [part, count] : staff) {
      for (int i = 0; i < count; ++i) {
        raters.push_back({"staff", absl::StrCat("Of ", part, " ", i), absl::StrCat(part, i, "@example.org"), false, part});
      }
    }
    EXPECT_TRUE(raters_->Add(admin_, district_, OneSurvey(campaign).id, raters).ok());
    return campaign;
  }

  absl::Status Change(const domain::CampaignId& campaign,
                      const std::function<void(domain::CampaignSettings&)>& change) {
    return campaigns_
        ->Update(admin_, district_, campaign, std::nullopt,
                 [&](domain::CampaignSettings& settings) {
                   change(settings);
                   return absl::OkStatus();
                 })
        .status();
  }

  SurveyPreview PreviewOf(const domain::CampaignId& campaign) {
    const auto preview = campaigns_->Preview(district_, campaign);
    EXPECT_TRUE(preview.ok()) << preview.status();
    return preview->surveys.at(0);
  }

  static std::vector<std::string> CodesOf(const std::vector<GroupView>& groups) {
    std::vector<std::string> codes;
    for (const GroupView& group : groups) codes.push_back(absl::StrCat(group.code, ":", group.invited));
    return codes;
  }

  // Another round of the same leaders, "c2", which names "c1" as the one before.
  domain::CampaignId MakeSecondRound(const std::function<void(domain::CampaignSettings&)>& change = [](auto&) {}) {
    domain::CampaignSettings settings = Settings();
    settings.previous = domain::CampaignId("c1");
    change(settings);
    const domain::CampaignId id("c2");
    EXPECT_TRUE(campaigns_->Create(admin_, district_, id, settings).ok());
    const auto survey = campaigns_->AddSurvey(admin_, district_, id, domain::PersonId("leader-1"));
    EXPECT_TRUE(survey.ok()) << survey.status();
    std::vector<NewRater> raters;
    for (int i = 0; i < 6; ++i) raters.push_back({"staff", absl::StrCat("S ", i), absl::StrCat("s", i, "@example.org")});
    EXPECT_TRUE(raters_->Add(admin_, district_, survey->row.id, raters).ok());
    return id;
  }

  void OpenAndRelease(const domain::CampaignId& campaign) {
    ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
    lifecycle_->RunPending();
    ASSERT_EQ(StateOf(campaign), CampaignState::kOpen);
    Close(campaign);
    Release(campaign);
  }

  // "leader-1" gets a supervisor who was none when the first round opened.
  void GiveAnotherSupervisor() {
    storage::PersonRow person;
    person.district = district_;
    person.id = domain::PersonId("successor");
    person.display_name = "Successor";
    person.roles = {false, true, false};
    ASSERT_TRUE(directory_->CreatePerson(admin_, person).ok());
    const auto changed = directory_->UpdatePerson(admin_, district_, domain::PersonId("leader-1"), std::nullopt,
                                                  [](storage::PersonRow& row) {
                                                    row.supervisors = {domain::PersonId("successor")};
                                                    return absl::OkStatus();
                                                  });
    ASSERT_TRUE(changed.ok()) << changed.status();
  }

  std::optional<std::string> Benchmark(const domain::CampaignId& campaign) {
    return campaigns_->Get(district_, campaign)->row.benchmark;
  }
};

TEST_F(RoundsTest, APartIsOneThatTheCampaignDeclares) {
  const domain::CampaignId campaign = MakeDraftInParts({{"lower", 12}});
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const auto add = [&](const std::string& group, const std::string& part) {
    return raters_->Add(admin_, district_, survey, {{group, "Somebody", "somebody@example.org", false, part}}).status();
  };
  EXPECT_EQ(base::GetErrorDetail(add("staff", "attic")).field, "raters[0].part");
  EXPECT_EQ(Reason(add("student", "lower")), reasons::kFIELD_INVALID);
  EXPECT_EQ(Reason(raters_->AddPaper(admin_, district_, survey, "staff", 3, "attic").status()), reasons::kFIELD_INVALID);
  const auto slips = raters_->AddPaper(admin_, district_, survey, "staff", 3, "upper");
  ASSERT_TRUE(slips.ok()) << slips.status();
  EXPECT_EQ(slips->at(0).part, "upper");
  const auto move = [&](const std::string& group, const std::string& part) {
    return raters_->Update(admin_, district_, survey, slips->at(0).id, [&](storage::RaterRow& row) {
      row.group = group;
      row.part = part;
      return absl::OkStatus();
    });
  };
  EXPECT_EQ(Reason(move("student", "upper").status()), reasons::kFIELD_INVALID);
  EXPECT_TRUE(move("student", "").ok());
  EXPECT_EQ(move("staff", "middle")->part, "middle");
  EXPECT_EQ(raters_->Get(district_, survey, slips->at(0).id)->part, "middle");
}

TEST_F(RoundsTest, ABreakdownMustFitTheInstrumentAndTheRaters) {
  const domain::CampaignId campaign = MakeDraftInParts({{"lower", 12}});
  const absl::Status unknown =
      Change(campaign, [](auto& settings) { settings.breakdowns[0].group = "cooks"; });
  EXPECT_EQ(Reason(unknown), reasons::kCAMPAIGN_INVALID);
  EXPECT_EQ(base::GetErrorDetail(unknown).field, "breakdowns[0].group");
  EXPECT_EQ(Reason(Change(campaign, [](auto& settings) { settings.breakdowns.clear(); })), reasons::kRESOURCE_IN_USE);
  EXPECT_EQ(Reason(Change(campaign, [](auto& settings) { settings.breakdowns[0].parts.erase(
                                                           settings.breakdowns[0].parts.begin()); })),
            reasons::kRESOURCE_IN_USE);
  EXPECT_TRUE(Change(campaign, [](auto& settings) { settings.breakdowns[0].parts.pop_back(); }).ok());
}

TEST_F(RoundsTest, ThePreviewShowsThePartsAndWhyTheyAreJoined) {
  const domain::CampaignId campaign = MakeDraftInParts({{"lower", 12}, {"middle", 4}, {"upper", 13}});
  SurveyPreview preview = PreviewOf(campaign);
  EXPECT_THAT(preview.faults, IsEmpty());
  EXPECT_THAT(CodesOf(preview.groups), ElementsAre("staff/lower+middle:16", "staff/upper:13", "student:7"));
  EXPECT_THAT(preview.warnings, Contains(HasSubstr("the parts lower, middle of the group staff are joined")));
  EXPECT_THAT(CodesOf(campaigns_->GetSurvey(district_, OneSurvey(campaign).id)->groups),
              ElementsAre("staff/lower:12", "staff/middle:4", "staff/upper:13", "student:7"));

  // Whoever is of no part would be told from the others.
  ASSERT_TRUE(raters_->Add(admin_, district_, OneSurvey(campaign).id, {{"staff", "Nobody's", "n@example.org"}}).ok());
  EXPECT_THAT(PreviewOf(campaign).faults, Contains(HasSubstr("1 of its 30 raters are of none")));
  EXPECT_EQ(Reason(lifecycle_->Open(admin_, district_, campaign, std::nullopt).status()), reasons::kCAMPAIGN_INVALID);
}

TEST_F(RoundsTest, AGroupThatCannotMakeTwoPartsHasNone) {
  const domain::CampaignId campaign = MakeDraftInParts({{"lower", 12}, {"upper", 3}});
  const SurveyPreview preview = PreviewOf(campaign);
  EXPECT_THAT(CodesOf(preview.groups), ElementsAre("staff:15", "student:7"));
  EXPECT_THAT(preview.warnings, Contains(HasSubstr("the group staff is not shown by part")));
}

TEST_F(RoundsTest, EachPartHasAKeyOfItsOwnWhichItsRatersGet) {
  const domain::CampaignId campaign = MakeDraftInParts({{"lower", 12}, {"upper", 10}});
  ASSERT_TRUE(lifecycle_->Open(admin_, district_, campaign, std::nullopt).ok());
  lifecycle_->RunPending();
  ASSERT_EQ(StateOf(campaign), CampaignState::kOpen) << lifecycle_->ProgressOf(district_, campaign)->last_fault;
  const domain::SurveyId survey = OneSurvey(campaign).id;
  const domain::Manifest manifest = ManifestOf(survey);
  ASSERT_EQ(manifest.groups.size(), 3u);
  EXPECT_EQ(manifest.groups[0].code, "staff/lower");
  EXPECT_EQ(manifest.groups[1].code, "staff/upper");
  EXPECT_NE(manifest.groups[0].verifying_key, manifest.groups[1].verifying_key);
  const auto contract = domain::DecodeContract(plane_.opened.at(survey).contract);
  ASSERT_TRUE(contract.ok());
  EXPECT_EQ(contract->breakdowns.size(), 1u);
  EXPECT_FALSE(contract->benchmark);
  EXPECT_EQ(contract->compared_with, std::nullopt);
  int lower = 0, upper = 0;
  for (const RaterCode& code : AllCodes(survey)) {
    const auto opened = invitations_->Open(code.code);
    ASSERT_TRUE(opened.ok()) << opened.status();
    const domain::IssuingGroup& group = manifest.groups[static_cast<size_t>(opened->issuing_group)];
    EXPECT_EQ(opened->audience, code.rater.group);
    EXPECT_EQ(group.parts, code.rater.part.empty() ? std::vector<std::string>() : std::vector<std::string>{code.rater.part});
    lower += code.rater.part == "lower";
    upper += code.rater.part == "upper";
  }
  EXPECT_EQ(lower, 12);
  EXPECT_EQ(upper, 10);
}

TEST_F(RoundsTest, TheMeansOverLeadersAreComputedOnceWhenTheLastSurveyIsClosed) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 5);
  EXPECT_TRUE(domain::DecodeContract(plane_.opened.begin()->second.contract)->benchmark);
  const domain::SurveyId stuck = Surveys(campaign)[2].id;
  plane_.broken[stuck] = absl::UnavailableError("busy");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosing);
  EXPECT_EQ(benchmarks_built_, 0) << "one leader is missing, who could be told from a second mean";
  EXPECT_EQ(Benchmark(campaign), std::nullopt);
  plane_.broken.clear();
  TryAgain();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(benchmarks_built_, 1);
  EXPECT_EQ(Benchmark(campaign), "means of 5");
  EXPECT_EQ(last_benchmark_input_.contract, plane_.opened.begin()->second.contract);
  EXPECT_EQ(last_benchmark_input_.closed_results[0], absl::StrCat("result of ", Surveys(campaign)[0].id.value()));
  Restart();
  Release(campaign);
  EXPECT_EQ(benchmarks_built_, 1);
  EXPECT_EQ(last_report_input_.campaign.benchmark, "means of 5");
}

TEST_F(RoundsTest, AnAbandonedSurveyIsInNoMean) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 5);
  plane_.broken[Surveys(campaign)[2].id] = absl::DataLossError("cannot be opened");
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign).ok());
  lifecycle_->RunPending();
  EXPECT_EQ(benchmarks_built_, 0);
  clock_.Advance(absl::Hours(300));
  TryAgain();
  EXPECT_EQ(StateOf(campaign), CampaignState::kClosed);
  EXPECT_EQ(Benchmark(campaign), "means of 4");
  EXPECT_EQ(last_benchmark_input_.closed_results.size(), 4u);
}

TEST_F(RoundsTest, FourLeadersHaveNoMeans) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 4);
  EXPECT_FALSE(domain::DecodeContract(plane_.opened.begin()->second.contract)->benchmark);
  Close(campaign);
  EXPECT_EQ(benchmarks_built_, 0);
  EXPECT_EQ(Benchmark(campaign), std::nullopt);
}

TEST_F(RoundsTest, ADamagedResultCostsTheMeansAndNothingElse) {
  const domain::CampaignId campaign = MakeOpen({{"staff", 6}}, 5);
  benchmark_fault_ = absl::DataLossError("cannot be read");
  Close(campaign);
  EXPECT_EQ(Benchmark(campaign), "");
  benchmark_fault_ = absl::OkStatus();
  Release(campaign);
  EXPECT_EQ(benchmarks_built_, 1) << "never computed twice";
}

TEST_F(RoundsTest, AReportIsComparedWithWhatTheRoundBeforeFroze) {
  const domain::CampaignId first = MakeOpen({{"staff", 6}});
  const domain::SurveyId before = OneSurvey(first).id;
  const absl::Time closed = Settings().close_time;
  Close(first);
  Release(first);
  EXPECT_EQ(last_report_input_.comparison, Comparison::kNone);
  const domain::CampaignId second = MakeSecondRound();
  EXPECT_THAT(campaigns_->Preview(district_, second)->faults, IsEmpty());
  OpenAndRelease(second);
  const domain::SurveyId survey = OneSurvey(second).id;
  EXPECT_EQ(domain::DecodeContract(plane_.opened.at(survey).contract)->compared_with, closed);
  EXPECT_EQ(last_report_input_.comparison, Comparison::kCompared);
  ASSERT_TRUE(last_report_input_.before.has_value());
  EXPECT_EQ(last_report_input_.before->closed_result, absl::StrCat("result of ", before.value()));
  EXPECT_EQ(last_report_input_.before->contract, plane_.opened.at(before).contract);
  EXPECT_EQ(last_report_input_.before->instrument_version, plane_.opened.at(before).instrument_version);
}

TEST_F(RoundsTest, OnlyAReleasedRoundWithNoFewerReadersCanBeTheOneBefore) {
  const domain::CampaignId first = MakeOpen({{"staff", 6}});
  const domain::CampaignId second = MakeSecondRound();
  const auto fault = [&] {
    const auto preview = campaigns_->Preview(district_, second);
    EXPECT_TRUE(preview.ok()) << preview.status();
    const absl::Status opened = lifecycle_->Open(admin_, district_, second, std::nullopt).status();
    EXPECT_EQ(Reason(opened), reasons::kCAMPAIGN_INVALID);
    EXPECT_EQ(preview->faults.size(), 1u);
    EXPECT_THAT(std::string(opened.message()), HasSubstr(preview->faults.at(0)));
    return preview->faults.at(0);
  };
  EXPECT_THAT(fault(), HasSubstr("it is open, and must be released"));
  Close(first);
  EXPECT_THAT(fault(), HasSubstr("it is closed, and must be released"));
  Release(first);
  ASSERT_TRUE(Change(second, [](auto& settings) { settings.readers.push_back("administrator"); }).ok());
  EXPECT_THAT(fault(), HasSubstr("its raters were told that no administrator reads the report"));
  ASSERT_TRUE(Change(second, [](auto& settings) {
                settings.readers.pop_back();
                settings.previous = domain::CampaignId("c7");
              }).ok());
  EXPECT_THAT(fault(), HasSubstr("there is no such campaign"));
  EXPECT_EQ(Reason(Change(second, [](auto& settings) { settings.previous = domain::CampaignId("c/1"); })),
            reasons::kCAMPAIGN_INVALID);
}

TEST_F(RoundsTest, ASupervisorWhoCouldNotReadTheReportBeforeLearnsNoChange) {
  const domain::CampaignId first = MakeOpen({{"staff", 6}});
  Close(first);
  Release(first);
  GiveAnotherSupervisor();
  const domain::CampaignId second = MakeSecondRound();
  EXPECT_THAT(PreviewOf(second).warnings, Contains(HasSubstr("a supervisor of the leader would read it")));
  OpenAndRelease(second);
  EXPECT_EQ(last_report_input_.comparison, Comparison::kOtherReaders);
  EXPECT_FALSE(last_report_input_.before.has_value());
}

TEST_F(RoundsTest, WhoReadsThisReportFirstLearnsNoChangeFromOneThatItsFirstReaderHasNotRead) {
  const domain::CampaignId first = MakeDraft({{"staff", 6}});
  ASSERT_TRUE(Change(first, [](auto& settings) { settings.readers = {"leader", "supervisor"}; }).ok());
  OpenAndRelease(first);  // the leader reads first, and has not yet
  const auto supervisor_first = [](auto& settings) {
    settings.readers = {"leader", "supervisor"};
    settings.first_reader = domain::FirstReader::kSupervisor;
  };
  const domain::CampaignId second = MakeSecondRound(supervisor_first);
  EXPECT_THAT(PreviewOf(second).warnings, Contains(HasSubstr("nobody has read that one who was to read it first")));
  // Where the same role reads first, it reads this report first too.
  ASSERT_TRUE(Change(second, [](auto& settings) { settings.first_reader = domain::FirstReader::kLeader; }).ok());
  EXPECT_THAT(PreviewOf(second).warnings, Not(Contains(HasSubstr("is not compared"))));
  const storage::SurveyRow before = OneSurvey(first);
  const auto read = sqlite_->Write([&](storage::WriteTransaction& transaction) {
    return transaction.InsertSurveyDocument(district_, before.id, SurveyDocument::kFirstReading, "read", std::string(32, 'h'));
  });
  ASSERT_TRUE(read.ok()) << read;
  ASSERT_TRUE(Change(second, supervisor_first).ok());
  EXPECT_THAT(PreviewOf(second).warnings, Not(Contains(HasSubstr("is not compared"))));
  OpenAndRelease(second);
  EXPECT_EQ(last_report_input_.comparison, Comparison::kCompared);
}

TEST_F(RoundsTest, AnUnreadReportIsNotComparedAtReleaseEither) {
  const domain::CampaignId first = MakeDraft({{"staff", 6}});
  ASSERT_TRUE(Change(first, [](auto& settings) { settings.readers = {"leader", "supervisor"}; }).ok());
  OpenAndRelease(first);
  OpenAndRelease(MakeSecondRound([](auto& settings) {
    settings.readers = {"leader", "supervisor"};
    settings.first_reader = domain::FirstReader::kSupervisor;
  }));
  EXPECT_EQ(last_report_input_.comparison, Comparison::kOtherReaders);
  EXPECT_FALSE(last_report_input_.before.has_value());
}

TEST_F(RoundsTest, WhereSupervisorsReadNothingTheirChangeDoesNotMatter) {
  const domain::CampaignId first = MakeOpen({{"staff", 6}});
  Close(first);
  Release(first);
  GiveAnotherSupervisor();
  const domain::CampaignId second = MakeSecondRound([](auto& settings) { settings.readers = {"leader"}; });
  OpenAndRelease(second);
  EXPECT_EQ(last_report_input_.comparison, Comparison::kCompared);
}

TEST_F(RoundsTest, ALeaderWhoIsNewHasNothingToCompare) {
  MakeDistrict(2);
  const domain::CampaignId first("c1");
  ASSERT_TRUE(campaigns_->Create(admin_, district_, first, Settings()).ok());
  const auto survey = campaigns_->AddSurvey(admin_, district_, first, domain::PersonId("leader-2"));
  ASSERT_TRUE(raters_->AddPaper(admin_, district_, survey->row.id, "staff", 6).ok());
  OpenAndRelease(first);
  const domain::CampaignId second = MakeSecondRound();
  EXPECT_THAT(PreviewOf(second).warnings, Contains(HasSubstr("the leader has no report there")));
  OpenAndRelease(second);
  EXPECT_EQ(last_report_input_.comparison, Comparison::kNoReportBefore);
}

}  // namespace
}  // namespace candor::identity
