// Orders from the other plane: opening, closing and its restarts, abandoning, releasing.

#include <atomic>
#include <numeric>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/file.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"
#include "services/domain/sealed_records.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/response_store.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/faulty_store.h"
#include "tests/domain/domain_builders.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;

class ClosingTest : public CollectionTest {
 protected:
  void SetUp() override {
    wrap_store_ = [this](std::unique_ptr<storage::ResponseStore> store) {
      return std::make_unique<FaultyStore>(std::move(store), &faults_);
    };
    CollectionTest::SetUp();
  }
  // What lies in the store while no plane runs.
  storage::StoredComments StoredCommentsOf(const TestSurvey& survey) {
    Shut();
    auto store = storage::sqlite::SqliteResponseStore::Open(data_folder());
    EXPECT_TRUE(store.ok()) << store.status();
    auto comments = (*store)->GetComments(survey.id());
    EXPECT_TRUE(comments.ok()) << comments.status();
    return *std::move(comments);
  }

  StoreFaults faults_;
};

const domain::Block& BlockOf(const domain::ClosedResult& result, const std::string& code) {
  for (const domain::Block& block : result.blocks) {
    if (block.code == code) return block;
  }
  ADD_FAILURE() << "no block " << code;
  return result.blocks.front();
}

TEST_F(ClosingTest, OpeningAgainIsHarmlessWhateverHasHappenedSince) {
  TestSurvey survey = MakeTestSurvey(*collection_->ReceiptPublicKey(), kClose);
  const domain::OpenOrder order = survey.Order();
  ASSERT_TRUE(collection_->OpenSurvey(order).ok());
  ASSERT_TRUE(collection_->OpenSurvey(order).ok());
  ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3)).ok());
  Restart();
  clock_.Set(kClose + absl::Hours(1));
  ASSERT_TRUE(collection_->OpenSurvey(order).ok());
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 1);
  EXPECT_TRUE(collection_->OpenSurvey(order).ok());
}

TEST_F(ClosingTest, AnOpenSurveyNeverChangesItsDocuments) {
  TestSurvey survey = OpenSurvey();
  const domain::OpenOrder before = survey.Order();
  survey.contract.minimum_group_size = 7;
  ExpectReason(collection_->OpenSurvey(survey.Order()), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  const auto documents = collection_->GetDocuments(survey.id());
  ASSERT_TRUE(documents.ok()) << documents.status();
  EXPECT_EQ(*(*documents)->contract, before.contract);
  EXPECT_EQ(*(*documents)->instrument_version, before.instrument_version);
  EXPECT_EQ(*(*documents)->manifest, before.manifest);
  EXPECT_EQ(*(*documents)->manifest_signature, before.manifest_signature);
}

// Closing obeys the stored rules: if they were edited on the disk, nothing goes on.
TEST_F(ClosingTest, RulesThatWereAlteredOnTheDiskAreNotObeyed) {
  const TestSurvey survey = OpenSurvey();
  Shut();
  {
    const auto database = storage::sqlite::Database::Open(data_folder() + "/responses.db");
    ASSERT_TRUE(database.ok()) << database.status();
    // As whoever has the file could: the guard against changes is a trigger in it.
    ASSERT_TRUE((*database)->Run("DROP TRIGGER documents_are_fixed").ok());
    ASSERT_TRUE((*database)
                    ->Run("UPDATE document SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"minimum_raters\":10', "
                          "'\"minimum_raters\":11') AS BLOB)")
                    .ok());
  }
  Restart();
  ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(1, 3, 5)), StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")).status(), StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
}

TEST_F(ClosingTest, OrdersToOpenThatDoNotFitTogetherAreRefused) {
  const std::string receipt_key = *collection_->ReceiptPublicKey();
  const std::vector<std::pair<std::string, std::function<void(TestSurvey&)>>> faults = {
      {"another receipt key", [](TestSurvey& s) { s.manifest.receipt_public_key = std::string(32, 'r'); }},
      {"times that differ", [](TestSurvey& s) { s.manifest.latest_close_time += absl::Seconds(1); }},
      {"a key that is none", [](TestSurvey& s) { s.manifest.groups[0].verifying_key = "key"; }},
      {"a group that the instrument lacks",
       [](TestSurvey& s) { s.manifest.groups[0].code = "nurses", s.manifest.groups[0].members = {"nurses"}; }},
      {"a closing key that is none", [](TestSurvey& s) { s.manifest.closing_public_key = std::string(32, '\0'); }},
      {"an auditor's key that is none",
       [](TestSurvey& s) { s.manifest.auditor = domain::ModeratorKey{"auditor", std::string(32, '\0')}; }},
      {"a moderator's key that is none",
       [](TestSurvey& s) { s.manifest.moderators = {{"moderator", std::string(32, '\0')}}; }},
      {"too few invited", [](TestSurvey& s) { s.manifest.groups[0].invited = 4; }},
      {"one key for two groups",
       [](TestSurvey& s) { s.manifest.groups[1].verifying_key = s.manifest.groups[0].verifying_key; }},
      {"a time that has passed",
       [](TestSurvey& s) { s.contract.close_time = s.manifest.close_time = kStart - absl::Seconds(1); }},
      {"another signer", [](TestSurvey& s) { s.signing_key = crypto::SigningKey::Generate(); }},
      {"an id of another form", [](TestSurvey& s) { s.manifest.survey = domain::SurveyId("../responses"); }},
  };
  for (const auto& [what, change] : faults) {
    TestSurvey survey = MakeTestSurvey(receipt_key, kClose);
    change(survey);
    const absl::Status status = collection_->OpenSurvey(survey.Order());
    ExpectReason(status, StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
    EXPECT_EQ(collection_->StopAccepting(survey.id()).code(), StatusCode::kNotFound) << what;
  }
  TestSurvey survey = MakeTestSurvey(receipt_key, kClose);
  domain::OpenOrder other_contract = survey.Order();
  survey.contract.insiders = 2;
  survey.contract.minimum_group_size = 7;
  survey.contract.pool_minimum = 9;
  other_contract.contract = domain::EncodeContract(survey.contract);
  ExpectReason(collection_->OpenSurvey(other_contract), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  domain::OpenOrder other_survey = survey.Order();
  other_survey.survey = domain::RandomSurveyId();
  ExpectReason(collection_->OpenSurvey(other_survey), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  EXPECT_TRUE(base::ListFolder(data_folder() + "/open")->empty());
}

TEST_F(ClosingTest, TheClosedResultIsTheTallyUnderTheRules) {
  const TestSurvey survey = OpenSurvey();
  // Staff: 12 answers; item 1 five times 2 and seven times 4; item 3 is reversed, so 5 counts as 1.
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, Ratings(i < 5 ? 2 : 4, i < 3 ? 255 : 3, i < 8 ? 5 : 1)).ok());
  }
  SubmitMany(survey, 1, 3, Ratings(3, 3, 3));  // too few students
  const Closed closed = Close(survey, survey.Closing("order"));
  ASSERT_EQ(closed.result.counts.size(), 2u);
  EXPECT_EQ(closed.result.counts[0].counted, 12);
  EXPECT_EQ(closed.result.counts[1].counted, 3);
  const domain::Block& staff = BlockOf(closed.result, "staff");
  ASSERT_EQ(staff.state, domain::BlockState::kPrinted);
  ASSERT_EQ(staff.atoms.size(), 3u);
  EXPECT_EQ(staff.atoms[0].counts, (std::vector<int64_t>{0, 5, 0, 7, 0}));
  EXPECT_EQ(staff.atoms[0].sum, 5 * 2 + 7 * 4);
  EXPECT_EQ(staff.atoms[1].n, 9);
  EXPECT_EQ(staff.atoms[2].counts, (std::vector<int64_t>{8, 0, 0, 0, 4}));
  EXPECT_NE(BlockOf(closed.result, "student").state, domain::BlockState::kPrinted);
  EXPECT_TRUE(BlockOf(closed.result, "student").atoms.empty());
  EXPECT_EQ(closed.ledger.leaves.size(), 15u);
  EXPECT_EQ(closed.ledger.groups[0].invited, 12);
  EXPECT_EQ(*collection_->GetLedger(survey.id()),
            collection_->CloseSurvey(survey.Closing("order"))->ledger);
}

// The end that this plane has seen once is the end, whatever the clock says afterwards.
TEST_F(ClosingTest, ATimeThatHasPassedOnceIsOverThoughTheClockIsSetBackAndTheServiceStartedAgain) {
  const TestSurvey answered = OpenSurvey();
  const TestSurvey untouched = OpenSurvey();
  const auto expect_closed = [&] {
    for (const TestSurvey* survey : {&answered, &untouched}) {
      ExpectReason(Submit(*survey, survey->NewToken(0), 1, Ratings(1, 2, 3)), StatusCode::kFailedPrecondition,
                   reasons::kSURVEY_CLOSED);
    }
  };
  ASSERT_TRUE(Submit(answered, answered.NewToken(0), 1, Ratings(1, 2, 3)).ok());
  Shut();
  clock_.Set(kClose);
  Restart();  // sees the end, and nobody asks for a survey
  Shut();
  clock_.Set(kStart);
  Restart();
  expect_closed();
  EXPECT_EQ(Close(answered, answered.Closing("order")).ledger.groups[0].counted, 1);
}

TEST_F(ClosingTest, ASurveyThatNobodyAnsweredIsStoppedDurablyWhenItsTimeComes) {
  const TestSurvey before_restart = OpenSurvey();
  Restart();
  const TestSurvey opened_since = OpenSurvey();
  faults_.stop = 1;  // and what fails is tried again
  clock_.Set(kClose);
  const auto all_stopped = [&] {
    auto database = storage::sqlite::Database::Open(data_folder() + "/responses.db", {.read_only = true});
    EXPECT_TRUE(database.ok()) << database.status();
    auto select = (*database)->Prepare("SELECT count(*) FROM survey WHERE state = 1");
    EXPECT_TRUE(select.ok()) << select.status();
    EXPECT_TRUE(*select->Step());
    return select->Int(0) == 0;
  };
  const absl::Time patience = absl::Now() + absl::Minutes(1);
  while (!all_stopped() && absl::Now() < patience) {
    // The time of day stands still from here on: the writers look once a second of the time that passes.
    clock_.AdvanceSteady(absl::Seconds(1));
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_TRUE(all_stopped());
  Shut();
  clock_.Set(kStart);
  Restart();
  for (const TestSurvey* survey : {&before_restart, &opened_since}) {
    ExpectReason(Submit(*survey, survey->NewToken(0), 1, Ratings(1, 2, 3)), StatusCode::kFailedPrecondition,
                 reasons::kSURVEY_CLOSED);
  }
}

TEST_F(ClosingTest, AnAnswerAfterTheEndMakesTheEndDurable) {
  const TestSurvey survey = OpenSurvey();
  ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3)).ok());
  clock_.Set(kClose);
  ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3)), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  Shut();
  clock_.Set(kStart);
  Restart();
  ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3)), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
}

TEST_F(ClosingTest, ASurveyWithoutAnAnswerCloses) {
  const TestSurvey survey = OpenSurvey();
  const Closed closed = Close(survey, survey.Closing("order"));
  EXPECT_TRUE(closed.ledger.leaves.empty());
  EXPECT_EQ(closed.result.counts[0].counted, 0);
}

TEST_F(ClosingTest, TheSameOrderAgainGivesTheSameBytesAndAnotherOrderIsRefused) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  const auto first = collection_->CloseSurvey(survey.Closing("order"));
  ASSERT_TRUE(first.ok()) << first.status();
  for (int run = 0; run < 2; ++run) {
    const auto again = collection_->CloseSurvey(survey.Closing("order"));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->closed_result, first->closed_result);
    EXPECT_EQ(again->ledger, first->ledger);
    ExpectReason(collection_->CloseSurvey(survey.Closing("another order")), StatusCode::kFailedPrecondition,
                 reasons::kSURVEY_CLOSED);
    Restart();
  }
  ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(1, 2, 3)), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  ExpectReason(collection_->AbandonSurvey(survey.id()), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  EXPECT_TRUE(collection_->StopAccepting(survey.id()).ok());
}

TEST_F(ClosingTest, TwoClosingsAtOnceGiveOneResult) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  std::vector<absl::StatusOr<domain::CloseOutcome>> outcomes(6, absl::UnknownError("not run"));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    threads.emplace_back([&, i] {
      outcomes[i] = collection_->CloseSurvey(survey.Closing(i % 2 == 0 ? "even" : "odd"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> ledgers;
  for (const auto& outcome : outcomes) {
    if (outcome.ok()) {
      ledgers.insert(outcome->ledger);
    } else {
      ExpectReason(outcome, StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED);
    }
  }
  EXPECT_EQ(ledgers.size(), 1u);
}

// As after the identity plane went down before it had stored the result, and lost the key.
TEST_F(ClosingTest, TheSameOrderAgainNeedsNoKey) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  const auto first = collection_->CloseSurvey(survey.Closing("order"));
  ASSERT_TRUE(first.ok()) << first.status();
  domain::CloseOrder keyless = survey.Closing("order");
  keyless.closing_secret_key.clear();
  const auto again = collection_->CloseSurvey(keyless);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->closed_result, first->closed_result);
  keyless.order_id = "another";
  ExpectReason(collection_->CloseSurvey(keyless), StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED);
}

TEST_F(ClosingTest, AWrongKeyOrCountOpensNothingAndTheRightOrderStillWorks) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  domain::CloseOrder wrong_key = survey.Closing("order");
  wrong_key.closing_secret_key = std::string(crypto::ClosingKeyPair::Generate().secret_key.view());
  ExpectReason(collection_->CloseSurvey(wrong_key), StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY);
  wrong_key.closing_secret_key.clear();
  ExpectReason(collection_->CloseSurvey(wrong_key), StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY);
  // Nothing has happened: it still accepts.
  ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, Ratings(1, 3, 5)).ok());
  domain::CloseOrder many = survey.Closing("order");
  many.issued[0].issued = 13;
  ExpectReason(collection_->CloseSurvey(many), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  domain::CloseOrder one_group = survey.Closing("order");
  one_group.issued.pop_back();
  ExpectReason(collection_->CloseSurvey(one_group), StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH);
  domain::CloseOrder unknown = survey.Closing("order");
  unknown.survey = domain::RandomSurveyId();
  ExpectReason(collection_->CloseSurvey(unknown), StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 7);
}

TEST_F(ClosingTest, AFaultBeforeTheTransactionLeavesTheSurveyStoppedWithItsReplays) {
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  const Submission stored = MakeSubmission(survey.id(), token, 1, Ratings(5, 4, 3));
  const std::string leaf = LeafOf(survey, token, SubmitAndWait(*collection_, stored));
  faults_.stop = 1;
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  faults_.close_before = 1;
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  EXPECT_EQ(LeafOf(survey, token, SubmitAndWait(*collection_, stored)), leaf);
  ExpectReason(Submit(survey, survey.NewToken(0), 1, Ratings(1, 1, 1)), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.leaves, std::vector<crypto::Hash>{leaf});
}

TEST_F(ClosingTest, WhileTheResultIsBeingStoredNoReplayIsAnswered) {
  const TestSurvey survey = OpenSurvey();
  const Token token = survey.NewToken(0);
  const Submission stored = MakeSubmission(survey.id(), token, 1, Ratings(5, 4, 3));
  ASSERT_TRUE(SubmitAndWait(*collection_, stored).ok());
  absl::StatusOr<std::string> replay;
  faults_.before_close = [&] { replay = SubmitAndWait(*collection_, stored); };
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 1);
  ExpectReason(replay, StatusCode::kFailedPrecondition, reasons::kSURVEY_CLOSED);
}

TEST_F(ClosingTest, AFaultBetweenTransactionAndDestructionIsMadeGoodByTheRepeatedOrder) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  faults_.close_after = 1;
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  EXPECT_TRUE(base::FileExists(open_path(survey.id())));
  faults_.destroy = 1;
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  EXPECT_TRUE(base::FileExists(open_path(survey.id())));
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 6);
  EXPECT_TRUE(base::ListFolder(data_folder() + "/open")->empty());
}

TEST_F(ClosingTest, AFaultBetweenTransactionAndDestructionIsMadeGoodByTheNextStart) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  faults_.destroy = 1;
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  Restart();
  EXPECT_TRUE(base::ListFolder(data_folder() + "/open")->empty());
  EXPECT_EQ(Close(survey, survey.Closing("order")).ledger.groups[0].counted, 6);
}

TEST_F(ClosingTest, AnAlteredAnswerIsDataLossAndNothingIsPublished) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  Shut();
  {
    auto store = storage::sqlite::SqliteResponseStore::Open(data_folder());
    ASSERT_TRUE(store.ok()) << store.status();
    auto answers = (*store)->OpenAnswers(survey.id());
    ASSERT_TRUE(answers.ok()) << answers.status();
    std::vector<storage::SlotWrite> taken;
    ASSERT_TRUE((*answers)
                    ->ForEachAnswer([&](const storage::Slot& slot, absl::string_view sealed) {
                      taken.push_back({slot.id, *slot.head, std::string(sealed)});
                      return absl::OkStatus();
                    })
                    .ok());
    // Two people's answers exchanged by somebody with the file at hand: each is bound to its token.
    std::swap(taken[0].sealed, taken[1].sealed);
    ASSERT_TRUE((*answers)->WriteSlots({taken[0], taken[1]}).ok());
  }
  Restart();
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  ExpectReason(collection_->GetLedger(survey.id()), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
}

TEST_F(ClosingTest, AGroupWithTooManyReissuedCodesIsWithheldWithItsComments) {
  const TestSurvey survey = OpenSurvey(/*moderators=*/1);
  domain::Answers answers = Ratings(1, 3, 5);
  answers.comments[0] = "said by somebody of the staff";
  SubmitMany(survey, 0, 11, answers);
  const Closed closed = Close(survey, survey.Closing("order", {2, 0}));
  EXPECT_EQ(BlockOf(closed.result, "staff").state, domain::BlockState::kTooManyReissued);
  EXPECT_EQ(closed.ledger.groups[0].reissued, 2);
  EXPECT_TRUE(StoredCommentsOf(survey).comments.empty());
}

TEST_F(ClosingTest, AGroupWithMoreAnswersThanCodesIsCountedAndWithheldAndBlocksNoClosing) {
  // What is left when a backup is restored that is older than some tokens: the other plane has forgotten them.
  const TestSurvey survey = OpenSurvey(/*moderators=*/1);
  domain::Answers answers = Ratings(1, 3, 5);
  answers.comments[0] = "said by somebody of the staff";
  SubmitMany(survey, 0, 11, answers);
  SubmitMany(survey, 1, 6, Ratings(2, 3, 4));
  domain::CloseOrder order = survey.Closing("order", {1, 0});
  order.issued[0].issued = 9;
  const Closed closed = Close(survey, order);
  EXPECT_EQ(BlockOf(closed.result, "staff").state, domain::BlockState::kMoreAnswersThanCodes);
  EXPECT_TRUE(BlockOf(closed.result, "staff").atoms.empty());
  EXPECT_EQ(BlockOf(closed.result, "student").state, domain::BlockState::kPrinted);
  EXPECT_EQ(closed.ledger.groups[0].issued, 9);
  EXPECT_EQ(closed.ledger.groups[0].reissued, 1);
  EXPECT_EQ(closed.ledger.groups[0].counted, 11);
  EXPECT_EQ(closed.ledger.leaves.size(), 17u);
  ASSERT_EQ(crypto::LedgerFindings(closed.ledger).size(), 1u);
  EXPECT_NE(crypto::LedgerFindings(closed.ledger)[0].find("in the group staff more answers were counted (11)"),
            std::string::npos);
  EXPECT_TRUE(StoredCommentsOf(survey).comments.empty());
}

TEST_F(ClosingTest, CommentsAreShuffledSealedToEveryModeratorAndOfOneLength) {
  const TestSurvey survey = OpenSurvey(/*moderators=*/2);
  std::set<std::string> written;
  for (int i = 0; i < 11; ++i) {
    domain::Answers answers = Ratings(1, 3, 5);
    answers.comments[0] = absl::StrCat("strength ", i, std::string(static_cast<size_t>(i) * 10, '.'));
    answers.reply_keys = {i == 1 ? std::string() : crypto::Sha256(answers.comments[0]), ""};
    if (i % 2 == 0) answers.comments[1] = absl::StrCat("wish ", i);
    for (const std::string& comment : answers.comments) {
      if (!comment.empty()) written.insert(comment);
    }
    ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, answers).ok());
  }
  std::set<std::string> nameless;
  for (int i = 0; i < 9; ++i) {  // one too few for their words to be released, and for their group to be named
    domain::Answers answers = Ratings(1, 3, 5);
    answers.comments[0] = absl::StrCat("a student's ", i);
    nameless.insert(answers.comments[0]);
    ASSERT_TRUE(Submit(survey, survey.NewToken(1), 1, answers).ok());
  }
  Close(survey, survey.Closing("order"));
  const storage::StoredComments stored = StoredCommentsOf(survey);
  ASSERT_EQ(stored.sealed_keys.size(), 2u);
  for (size_t moderator = 0; moderator < 2; ++moderator) {
    const auto key = crypto::OpenSealed(survey.moderators[moderator].public_key,
                                        survey.moderators[moderator].secret_key, stored.sealed_keys[moderator]);
    ASSERT_TRUE(key.ok()) << key.status();
    std::set<std::string> read, read_nameless;
    for (const storage::StoredComment& comment : stored.comments) {
      EXPECT_EQ(comment.sealed.size(), stored.comments[0].sealed.size());
      const std::string id = domain::SurveyIdBytes(survey.id());
      const auto record = crypto::OpenRecord(*key, comment.sealed, domain::CommentBinding(id, comment.place));
      ASSERT_TRUE(record.has_value());
      EXPECT_FALSE(crypto::OpenRecord(*key, comment.sealed, domain::CommentBinding(id, comment.place + 1)).has_value());
      const auto opened = domain::DecodeCommentRecord(*record);
      ASSERT_TRUE(opened.ok()) << opened.status();
      const domain::CommentPlace& place = stored.places[static_cast<size_t>(comment.place)];
      EXPECT_EQ(place.prompt, (*opened)[0] == 'w' ? 1 : 0);
      EXPECT_EQ(place.texts, place.block == "staff");
      (place.block.empty() ? read_nameless : read).insert(*opened);
    }
    EXPECT_EQ(read, written);
    EXPECT_EQ(read_nameless, nameless);
  }
  Restart();
  ExpectReason(collection_->ReleaseSurvey({survey.id(), false}), StatusCode::kFailedPrecondition,
               reasons::kCOMMENTS_UNDECIDED);
  const auto released = collection_->ReleaseSurvey({survey.id(), true});
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(*collection_->ReleaseSurvey({survey.id(), false}), *released);
  ASSERT_TRUE(collection_->Forget().ok());
  EXPECT_EQ(folder_.FileWith(stored.comments[0].sealed.substr(0, 40)), "");
  EXPECT_EQ(folder_.FileWith(stored.sealed_keys[0]), "");
  EXPECT_TRUE(StoredCommentsOf(survey).comments.empty());
}

// A place of no name that stood where its first group stands would tell which small group wrote.
TEST_F(ClosingTest, PlacesAreInTheOrderOfWhatTheyAreAndNotOfTheGroupsThatWrote) {
  const TestSurvey survey = OpenSurvey(/*moderators=*/1);
  for (int i = 0; i < 12; ++i) {
    domain::Answers answers = Ratings(1, 3, 5);
    if (i < 6) answers.comments = {"of the staff", "of the staff"};
    ASSERT_TRUE(Submit(survey, survey.NewToken(0), 1, answers).ok());
  }
  for (int i = 0; i < 7; ++i) {
    domain::Answers answers = Ratings(1, 3, 5);
    if (i < 2) answers.comments[0] = "of a student";
    ASSERT_TRUE(Submit(survey, survey.NewToken(1), 1, answers).ok());
  }
  Close(survey, survey.Closing("order"));
  const storage::StoredComments stored = StoredCommentsOf(survey);
  EXPECT_EQ(stored.places, (std::vector<domain::CommentPlace>{{"", 0, false}, {"staff", 0, true}, {"staff", 1, true}}));
  EXPECT_EQ(std::count_if(stored.comments.begin(), stored.comments.end(), [](const auto& each) { return each.place == 0; }), 2);
}

TEST_F(ClosingTest, AnAbandonedSurveyLosesEverythingAndHasNoResult) {
  const TestSurvey survey = OpenSurvey();
  const std::vector<Token> tokens = SubmitMany(survey, 0, 6, Ratings(1, 3, 5));
  ExpectReason(collection_->ReleaseSurvey({survey.id(), true}), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  ExpectReason(collection_->CommentsWait(survey.id()), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  faults_.destroy = 1;
  ExpectReason(collection_->AbandonSurvey(survey.id()), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  ASSERT_TRUE(collection_->AbandonSurvey(survey.id()).ok());
  ASSERT_TRUE(collection_->AbandonSurvey(survey.id()).ok());
  EXPECT_TRUE(base::ListFolder(data_folder() + "/open")->empty());
  EXPECT_EQ(folder_.FileWith(tokens[0].hash()), "");
  ExpectReason(Submit(survey, tokens[0], 2, Ratings(1, 2, 3)), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_CLOSED);
  ExpectReason(collection_->CloseSurvey(survey.Closing("order")), StatusCode::kFailedPrecondition,
               reasons::kSURVEY_ABANDONED);
  ExpectReason(collection_->GetLedger(survey.id()), StatusCode::kFailedPrecondition, reasons::kSURVEY_ABANDONED);
}

TEST_F(ClosingTest, OrdersThatNameAnUnknownSurveySaySo) {
  const domain::SurveyId unknown = domain::RandomSurveyId();
  for (const absl::Status& status :
       {collection_->StopAccepting(unknown), collection_->AbandonSurvey(unknown), collection_->ReleaseSurvey({unknown, true}).status(),
        collection_->GetLedger(unknown).status()}) {
    ExpectReason(status, StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  }
}

TEST_F(ClosingTest, FormsWithoutARatingAreCountedInTheLedgerAndInNoFigure) {
  const TestSurvey survey = OpenSurvey();
  SubmitMany(survey, 0, 6, Ratings(0, 255, 0));
  const Closed closed = Close(survey, survey.Closing("order"));
  EXPECT_EQ(closed.ledger.groups[0].counted, 6);
  EXPECT_NE(BlockOf(closed.result, "staff").state, domain::BlockState::kPrinted);
}

}  // namespace
}  // namespace candor::collection
