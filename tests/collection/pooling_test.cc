// The order to pool, on a running plane: the figures, who may have them when, and what is left of the contributions.

#include "services/collection/pooling.h"

#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/collection/contribution.h"
#include "services/domain/errors.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/faulty_store.h"
#include "tests/collection/rated_forms.h"
#include "tests/domain/domain_builders.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;

// Of leaders with a hundred staff in all, each of whom rated something.
std::string FiguresOfStaff(const std::vector<Block>& leaders) {
  domain::PooledFigures figures{SlowCorrelation(leaders)};
  figures.groups = {{"staff", std::nullopt, domain::PooledShare{4, domain::PooledShare::Bound::kAtMost}}};
  return domain::EncodePooledFigures(figures);
}

class PoolingTest : public CollectionTest {
 protected:
  void SetUp() override {
    wrap_store_ = [this](std::unique_ptr<storage::ResponseStore> store) {
      return std::make_unique<FaultyStore>(std::move(store), &faults_);
    };
    CollectionTest::SetUp();
  }

  TestSurvey MakeSurvey() {
    TestSurvey survey = MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose);
    survey.manifest.groups[0].invited = 40;
    survey.manifest.groups[1].invited = 40;
    survey.manifest.pooling_public_key = pooling_key_.public_key;
    return survey;
  }
  TestSurvey OpenInPool() {
    TestSurvey survey = MakeSurvey();
    const absl::Status opened = collection_->OpenSurvey(survey.Order());
    EXPECT_TRUE(opened.ok()) << opened;
    return survey;
  }
  void SubmitBlock(const TestSurvey& survey, int group, const Block& block) {
    for (const Marks& marks : block) {
      const auto receipt = Submit(survey, survey.NewToken(group), 1, {marks, {"", ""}});
      EXPECT_TRUE(receipt.ok()) << receipt.status();
    }
  }
  // A closed survey with these answers.
  TestSurvey ClosedInPool(const Block& staff, const Block& student, std::vector<int64_t> reissued = {}) {
    TestSurvey survey = OpenInPool();
    SubmitBlock(survey, 0, staff);
    SubmitBlock(survey, 1, student);
    Close(survey, survey.Closing("order", std::move(reissued)));
    return survey;
  }
  domain::PoolOrder Order() const {
    return {pooling_key_.public_key, std::string(pooling_key_.secret_key.view())};
  }
  // What the database holds of the survey, read beside the plane; "" when nothing.
  std::string ContributionInFile(const TestSurvey& survey) {
    auto database = storage::sqlite::Database::Open(data_folder() + "/responses.db", {.read_only = true});
    EXPECT_TRUE(database.ok()) << database.status();
    auto select = (*database)->Prepare("SELECT sealed FROM contribution WHERE survey = ?");
    EXPECT_TRUE(select.ok()) << select.status();
    select->BindText(1, survey.id().value());
    const auto found = select->Step();
    EXPECT_TRUE(found.ok()) << found.status();
    return *found ? select->Blob(0) : "";
  }

  StoreFaults faults_;
  const crypto::ClosingKeyPair pooling_key_ = crypto::ClosingKeyPair::Generate();
  std::mt19937 random_{3};
};

TEST_F(PoolingTest, TheFigureOfACampaignEqualsTheSlowComputationAndNothingElseIsLeft) {
  std::vector<Block> included;
  std::vector<TestSurvey> surveys;
  for (int leader = 0; leader < 5; ++leader) {
    const Block staff = RandomBlock(random_, 16);
    // Of one leader nine students answered, who are printed and yet too few to contribute.
    const Block student = RandomBlock(random_, leader == 3 ? 9 : 10);
    // Of another more staff codes were made anew than may be: no figure of theirs is let out.
    const bool reissued = leader == 4;
    surveys.push_back(ClosedInPool(staff, student, {reissued ? 5 : 0}));
    if (!reissued) included.push_back(staff);
    if (leader != 3) included.push_back(student);
  }
  ASSERT_TRUE(SlowCorrelation(included).has_value());
  std::vector<std::string> traces;
  for (const TestSurvey& survey : surveys) {
    const std::string sealed = ContributionInFile(survey);
    ASSERT_GT(sealed.size(), 200u);
    for (const size_t at : {size_t{0}, size_t{80}, sealed.size() / 2, sealed.size() - 40}) {
      traces.push_back(sealed.substr(at, 40));
      // A trace that could not be found while it is there would prove nothing.
      EXPECT_NE(folder_.FileWith(traces.back()), "");
    }
  }
  const auto figures = collection_->PoolCampaign(Order());
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(*figures, domain::EncodePooledFigures({SlowCorrelation(included)}));
  for (const TestSurvey& survey : surveys) EXPECT_EQ(ContributionInFile(survey), "");
  ASSERT_TRUE(collection_->Forget().ok());
  traces.push_back(std::string(pooling_key_.secret_key.view()));
  for (const std::string& trace : traces) EXPECT_EQ(folder_.FileWith(trace), "");

  // The same bytes again, whatever the key, also after a restart.
  for (int run = 0; run < 2; ++run) {
    domain::PoolOrder again = Order();
    if (run == 1) again.pooling_secret_key = std::string(32, 'k');
    EXPECT_EQ(*collection_->PoolCampaign(again), *figures);
    again.pooling_secret_key.clear();
    EXPECT_EQ(*collection_->PoolCampaign(again), *figures);
    Restart();
  }
}

TEST_F(PoolingTest, EverySurveyOfAPoolContributesTheSameLengthAndNoOtherDoes) {
  const TestSurvey empty = ClosedInPool({}, {});
  const TestSurvey few = ClosedInPool(RandomBlock(random_, 4), {});
  const TestSurvey many = ClosedInPool(RandomBlock(random_, 12), RandomBlock(random_, 11));
  const TestSurvey apart = OpenSurvey();
  Close(apart, apart.Closing("order"));
  const ContributionFormat format(
      domain::MakeInstrumentVersion(domain::SampleInstrument(), domain::SampleFramework()));
  for (const TestSurvey* survey : {&empty, &few, &many}) {
    EXPECT_EQ(ContributionInFile(*survey).size(), format.sealed_size());
  }
  EXPECT_EQ(ContributionInFile(apart), "");
  const auto opened =
      OpenContribution(pooling_key_, domain::SurveyIdBytes(many.id()), format, ContributionInFile(many));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)[0]->raters(), 12);
  EXPECT_EQ((*opened)[1]->raters(), 11);
}

TEST_F(PoolingTest, FewLeadersGiveNoFigureAndLoseTheirContributionsAllTheSame) {
  std::vector<TestSurvey> surveys;
  for (int leader = 0; leader < 4; ++leader) surveys.push_back(ClosedInPool(RandomBlock(random_, 26), {}));
  const auto figures = collection_->PoolCampaign(Order());
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(*figures, domain::EncodePooledFigures({}));
  for (const TestSurvey& survey : surveys) EXPECT_EQ(ContributionInFile(survey), "");
}

TEST_F(PoolingTest, ACampaignIsPooledWhenEverySurveyIsClosedOrAbandoned) {
  const TestSurvey closed = ClosedInPool(RandomBlock(random_, 10), {});
  const TestSurvey open = OpenInPool();
  SubmitBlock(open, 0, RandomBlock(random_, 10));
  ExpectReason(collection_->PoolCampaign(Order()), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  ASSERT_TRUE(collection_->StopAccepting(open.id()).ok());
  ExpectReason(collection_->PoolCampaign(Order()), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  // Nor is anything destroyed without the key before.
  ExpectReason(collection_->PoolCampaign({pooling_key_.public_key, ""}), StatusCode::kFailedPrecondition,
               reasons::kWRONG_STATE);
  EXPECT_NE(ContributionInFile(closed), "");
  ASSERT_TRUE(collection_->AbandonSurvey(open.id()).ok());
  EXPECT_EQ(ContributionInFile(open), "");
  EXPECT_TRUE(collection_->PoolCampaign(Order()).ok());
  EXPECT_EQ(ContributionInFile(closed), "");
}

TEST_F(PoolingTest, ACampaignOfAbandonedSurveysHasEmptyFigures) {
  const TestSurvey survey = OpenInPool();
  ASSERT_TRUE(collection_->AbandonSurvey(survey.id()).ok());
  EXPECT_EQ(*collection_->PoolCampaign(Order()), domain::EncodePooledFigures({}));
}

TEST_F(PoolingTest, AWrongKeyOpensNothingAndTheRightOneStillWorks) {
  std::vector<Block> included;
  std::vector<TestSurvey> surveys;
  for (int leader = 0; leader < 5; ++leader) {
    included.push_back(RandomBlock(random_, 20));
    surveys.push_back(ClosedInPool(included.back(), {}));
  }
  domain::PoolOrder wrong = Order();
  wrong.pooling_secret_key = std::string(crypto::ClosingKeyPair::Generate().secret_key.view());
  ExpectReason(collection_->PoolCampaign(wrong), StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY);
  wrong.pooling_secret_key.pop_back();
  ExpectReason(collection_->PoolCampaign(wrong), StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY);
  for (const TestSurvey& survey : surveys) EXPECT_NE(ContributionInFile(survey), "");
  EXPECT_EQ(*collection_->PoolCampaign(Order()), FiguresOfStaff(included));
}

TEST_F(PoolingTest, ALostKeyDestroysTheContributionsAndLeavesNoFigure) {
  std::vector<TestSurvey> surveys;
  for (int leader = 0; leader < 5; ++leader) surveys.push_back(ClosedInPool(RandomBlock(random_, 20), {}));
  EXPECT_EQ(*collection_->PoolCampaign({pooling_key_.public_key, ""}), domain::EncodePooledFigures({}));
  for (const TestSurvey& survey : surveys) EXPECT_EQ(ContributionInFile(survey), "");
  EXPECT_EQ(*collection_->PoolCampaign(Order()), domain::EncodePooledFigures({}));
}

TEST_F(PoolingTest, AKeyThatNoSurveyNamesIsUnknown) {
  ClosedInPool({}, {});
  const TestSurvey apart = OpenSurvey();
  const crypto::ClosingKeyPair other = crypto::ClosingKeyPair::Generate();
  ExpectReason(collection_->PoolCampaign({other.public_key, std::string(other.secret_key.view())}),
               StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  ExpectReason(collection_->PoolCampaign({"", ""}), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
}

TEST_F(PoolingTest, AFaultBetweenAnyTwoStepsIsMadeGoodByTheRepeatedOrder) {
  std::vector<Block> included;
  std::vector<TestSurvey> surveys;
  for (int leader = 0; leader < 5; ++leader) {
    included.push_back(RandomBlock(random_, 20));
    TestSurvey survey = OpenInPool();
    SubmitBlock(survey, 0, included.back());
    const domain::CloseOrder order = survey.Closing("order");
    if (leader == 0) {
      faults_.close_before = 1;
      ExpectReason(collection_->CloseSurvey(order), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
      EXPECT_EQ(ContributionInFile(survey), "");
    }
    if (leader == 1) {
      faults_.close_after = 1;
      ExpectReason(collection_->CloseSurvey(order), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
      EXPECT_NE(ContributionInFile(survey), "");
    }
    const std::string before = ContributionInFile(survey);
    Close(survey, order);
    if (leader == 1) {
      EXPECT_EQ(ContributionInFile(survey), before) << "it contributes once";
    }
    surveys.push_back(std::move(survey));
  }
  const std::string expected = FiguresOfStaff(included);
  faults_.contribution = 1;
  ExpectReason(collection_->PoolCampaign(Order()), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  faults_.finish_before = 1;
  ExpectReason(collection_->PoolCampaign(Order()), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  Restart();
  for (const TestSurvey& survey : surveys) EXPECT_NE(ContributionInFile(survey), "");
  faults_.finish_after = 1;
  ExpectReason(collection_->PoolCampaign(Order()), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  Restart();
  for (const TestSurvey& survey : surveys) EXPECT_EQ(ContributionInFile(survey), "");
  EXPECT_EQ(*collection_->PoolCampaign({pooling_key_.public_key, ""}), expected);
}

TEST_F(PoolingTest, SeveralOrdersAtOnceGiveTheSameBytes) {
  std::vector<Block> included;
  for (int leader = 0; leader < 5; ++leader) {
    included.push_back(RandomBlock(random_, 20));
    ClosedInPool(included.back(), {});
  }
  std::vector<absl::StatusOr<std::string>> figures(6, absl::UnknownError("not run"));
  std::vector<std::thread> threads;
  for (absl::StatusOr<std::string>& answer : figures) {
    threads.emplace_back([&] { answer = collection_->PoolCampaign(Order()); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::StatusOr<std::string>& answer : figures) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(*answer, FiguresOfStaff(included));
  }
}

TEST_F(PoolingTest, AContributionPutInAnothersPlaceIsDataLossUntilTheKeyIsGivenUp) {
  const TestSurvey one = ClosedInPool(RandomBlock(random_, 10), {});
  const TestSurvey other = ClosedInPool(RandomBlock(random_, 10), {});
  Shut();
  {
    const auto database = storage::sqlite::Database::Open(data_folder() + "/responses.db");
    ASSERT_TRUE(database.ok()) << database.status();
    ASSERT_TRUE((*database)
                    ->Execute("CREATE TEMP TABLE kept AS SELECT * FROM contribution;"
                              "UPDATE contribution SET sealed = (SELECT sealed FROM kept "
                              "WHERE kept.survey <> contribution.survey);")
                    .ok());
  }
  Restart();
  ExpectReason(collection_->PoolCampaign(Order()), StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  EXPECT_NE(ContributionInFile(one), "");
  EXPECT_EQ(*collection_->PoolCampaign({pooling_key_.public_key, ""}), domain::EncodePooledFigures({}));
  EXPECT_EQ(ContributionInFile(other), "");
}

TEST_F(PoolingTest, OrdersToOpenThatDoNotFitThePoolAreRefused) {
  const auto refused = [&](TestSurvey&& survey) {
    ExpectReason(collection_->OpenSurvey(survey.Order()), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
    EXPECT_EQ(collection_->StopAccepting(survey.id()).code(), StatusCode::kNotFound);
  };
  TestSurvey unusable = MakeSurvey();
  unusable.manifest.pooling_public_key = std::string(32, '\0');
  refused(std::move(unusable));
  TestSurvey same_key = MakeSurvey();
  same_key.manifest.pooling_public_key = same_key.closing_key.public_key;
  refused(std::move(same_key));

  TestSurvey first = OpenInPool();
  TestSurvey other_instrument = MakeSurvey();
  other_instrument.instrument.title = "Another instrument";
  refused(std::move(other_instrument));

  Close(first, first.Closing("order"));
  ASSERT_TRUE(collection_->PoolCampaign(Order()).ok());
  refused(MakeSurvey());
  EXPECT_TRUE(collection_->OpenSurvey(first.Order()).ok()) << "the order that was carried out, again";
}

}  // namespace
}  // namespace candor::collection
