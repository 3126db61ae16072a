// Codes, and the table of issuing: what is signed, when, and what is not.

#include <sqlite3.h>

#include <atomic>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/token.h"
#include "services/identity/audit.h"
#include "tests/identity/identity_env.h"
#include "tests/storage/fault_vfs.h"

namespace candor::identity {
namespace {

namespace reasons = domain::reasons;

class InvitationTest : public IdentityTest {
 protected:
  static void SetUpTestSuite() { storage::InstallFaultVfs(); }
  void SetUp() override {
    IdentityTest::SetUp();
    campaign_ = MakeOpen();
    survey_ = OneSurvey(campaign_).id;
    codes_of_survey_ = AllCodes(survey_);
    ASSERT_EQ(codes_of_survey_.size(), 13u);
    code_ = codes_of_survey_[0].code;
  }

  std::optional<storage::InvitationRow> Invitation(const domain::RaterId& rater) {
    std::optional<storage::InvitationRow> row;
    EXPECT_TRUE(sqlite_
                    ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                      CANDOR_ASSIGN_OR_RETURN(row, transaction.FindInvitation(district_, survey_, rater));
                      return absl::OkStatus();
                    })
                    .ok());
    return row;
  }
  crypto::BlindVerifyingKey KeyFor(const std::string& code) {
    const auto opened = invitations_->Open(code);
    const auto manifest = domain::DecodeManifest(*opened->manifest);
    return *crypto::BlindVerifyingKey::FromSpkiDer(
        manifest->groups[static_cast<size_t>(opened->issuing_group)].verifying_key);
  }
  // Messages that the code's key must not sign: wrong lengths, and 0, 1, n - 1, n and above.
  std::vector<std::string> Unsignable(const std::string& code) {
    const std::string zero(256, '\0');
    std::string one = zero;
    one.back() = 1;
    // From the DER of the public key, where the modulus stands as 256 bytes after a zero byte.
    const std::string spki = KeyFor(code).ToSpkiDer();
    const std::string modulus = spki.substr(spki.size() - 5 - 256, 256);
    std::string below = modulus;
    below.back() = static_cast<char>(below.back() - 1);
    EXPECT_EQ(static_cast<unsigned char>(modulus[0]) & 0x80, 0x80);
    EXPECT_EQ(modulus.back() & 1, 1);
    return {zero, one, below, modulus, std::string(256, '\xff'), std::string(255, 'x'), std::string(257, 'x'),
            std::string(), std::string(100'000, 'x')};
  }

  domain::CampaignId campaign_;
  domain::SurveyId survey_;
  std::vector<RaterCode> codes_of_survey_;
  std::string code_;
};

TEST_F(InvitationTest, SaysWhomItIsAboutAsTheyAreCalledNow) {
  auto leader = *directory_->GetPerson(district_, OneSurvey(campaign_).leader);
  EXPECT_EQ(invitations_->Open(code_)->leader_name, leader.display_name);
  ASSERT_TRUE(sqlite_
                  ->Write([&](storage::WriteTransaction& transaction) {
                    leader.display_name = "Spelt right";
                    leader.job_title = "Principal";
                    return transaction.UpdatePerson(leader);
                  })
                  .ok());
  const auto opened = invitations_->Open(code_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->leader_name, "Spelt right");
  EXPECT_EQ(opened->leader_job_title, "Principal");
  EXPECT_TRUE(opened->notice->empty());
  // Of no document that crosses or is hashed.
  EXPECT_EQ(opened->contract->find("Spelt"), std::string::npos);
  EXPECT_EQ(opened->manifest->find("Name of"), std::string::npos);
}

TEST_F(InvitationTest, ACodeOpensItsSurveyHoweverItIsTyped) {
  const std::string loud = absl::AsciiStrToUpper(absl::StrReplaceAll(code_, {{"-", " "}}));
  for (const std::string& typed : {code_, loud, absl::StrReplaceAll(code_, {{"-", ""}})}) {
    const auto opened = invitations_->Open(typed);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->survey, survey_);
    EXPECT_EQ(opened->audience, codes_of_survey_[0].rater.group);
    const domain::Manifest manifest = *domain::DecodeManifest(*opened->manifest);
    EXPECT_EQ(manifest.groups[static_cast<size_t>(opened->issuing_group)].code, opened->audience);
    EXPECT_EQ(*opened->contract, *Document(survey_, storage::SurveyDocument::kContract));
    EXPECT_EQ(*opened->instrument_version, plane_.opened.at(survey_).instrument_version);
    EXPECT_EQ(*opened->manifest_signature, plane_.opened.at(survey_).manifest_signature);
  }
}

TEST_F(InvitationTest, TypingMistakesAndUnknownCodesAreToldApart) {
  std::string mistyped = code_;
  mistyped[0] = mistyped[0] == '7' ? '8' : '7';
  EXPECT_EQ(Reason(invitations_->Open(mistyped).status()), reasons::kCODE_MALFORMED);
  EXPECT_EQ(Reason(invitations_->Open("").status()), reasons::kCODE_MALFORMED);
  const std::string unknown = crypto::MakeCode(std::string(32, 'k'), "nobody", 0);
  const absl::Status refused = invitations_->Open(unknown).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(refused), reasons::kCODE_UNKNOWN);
  EXPECT_EQ(invitations_->IssueTokenAndWait(unknown, std::string(256, 'x')).status(), refused);
}

TEST_F(InvitationTest, ASignedTokenVerifiesUnderItsGroupsKeyAlone) {
  const crypto::BlindingState state = BlindFor(code_);
  const auto signature = invitations_->IssueTokenAndWait(code_, state.blinded);
  ASSERT_TRUE(signature.ok()) << signature.status();
  const crypto::BlindVerifyingKey key = KeyFor(code_);
  const auto token = crypto::Finalize(key, state, *signature);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_TRUE(key.Verify(state.input_msg, *token));
  for (const RaterCode& other : codes_of_survey_) {
    if (other.rater.group == codes_of_survey_[0].rater.group) continue;
    EXPECT_FALSE(KeyFor(other.code).Verify(state.input_msg, *token));
    break;
  }
}

TEST_F(InvitationTest, OnlyTheHashOfTheBlindedMessageIsWritten) {
  const crypto::BlindingState state = BlindFor(code_);
  const auto before = ListAudit(*sqlite_, district_, 0, 1000)->size();
  ASSERT_TRUE(invitations_->IssueTokenAndWait(code_, state.blinded).ok());
  const auto row = Invitation(codes_of_survey_[0].rater.id);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->blinded_hash, crypto::Sha256(state.blinded));
  EXPECT_EQ(row->generation, 0);
  EXPECT_EQ(ListAudit(*sqlite_, district_, 0, 1000)->size(), before);
  EXPECT_EQ(folder_.FileWith(state.blinded.substr(0, 64)), "");
}

TEST_F(InvitationTest, TheSameMessageAgainGetsTheSameSignature) {
  const crypto::BlindingState state = BlindFor(code_);
  const auto first = invitations_->IssueTokenAndWait(code_, state.blinded);
  const auto second = invitations_->IssueTokenAndWait(code_, state.blinded);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
  Restart();
  EXPECT_EQ(*invitations_->IssueTokenAndWait(code_, state.blinded), *first);
}

TEST_F(InvitationTest, AnotherMessageIsRefused) {
  ASSERT_TRUE(invitations_->IssueTokenAndWait(code_, BlindFor(code_).blinded).ok());
  const absl::Status refused = invitations_->IssueTokenAndWait(code_, BlindFor(code_).blinded).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(refused), reasons::kTOKEN_ALREADY_ISSUED);
}

TEST_F(InvitationTest, NumbersThatMustNotBeSignedAreRefusedAndNotNoted) {
  for (const std::string& blinded : Unsignable(code_)) {
    const absl::Status refused = invitations_->IssueTokenAndWait(code_, blinded).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << blinded.size();
    EXPECT_EQ(Reason(refused), reasons::kBLINDED_MESSAGE_INVALID) << blinded.size();
  }
  EXPECT_EQ(Invitation(codes_of_survey_[0].rater.id)->blinded_hash, std::nullopt);
  EXPECT_TRUE(invitations_->IssueTokenAndWait(code_, BlindFor(code_).blinded).ok());
}

TEST_F(InvitationTest, WhatCannotBeSignedTellsNobodyWhichCodesHaveBeenUsed) {
  size_t other = 1;
  while (codes_of_survey_[other].rater.group != codes_of_survey_[0].rater.group) ++other;
  const std::string& fresh = codes_of_survey_[other].code;
  ASSERT_TRUE(invitations_->IssueTokenAndWait(code_, BlindFor(code_).blinded).ok());
  for (const std::string& blinded : Unsignable(code_)) {
    const absl::Status of_used = invitations_->IssueTokenAndWait(code_, blinded).status();
    const absl::Status of_fresh = invitations_->IssueTokenAndWait(fresh, blinded).status();
    EXPECT_EQ(of_used, of_fresh) << blinded.size() << " bytes: " << of_used << " and " << of_fresh;
    EXPECT_EQ(Reason(of_used), reasons::kBLINDED_MESSAGE_INVALID);
  }
  // Whoever tries with a number that can be signed spends the code, which its holder then sees.
  ASSERT_TRUE(invitations_->IssueTokenAndWait(fresh, BlindFor(fresh).blinded).ok());
  EXPECT_EQ(Reason(invitations_->IssueTokenAndWait(fresh, BlindFor(fresh).blinded).status()),
            reasons::kTOKEN_ALREADY_ISSUED);
}

TEST_F(InvitationTest, NothingIsSignedBeforeItIsDurable) {
  const crypto::BlindingState state = BlindFor(code_);
  gate_.ShutAfter(0);
  const absl::Status lost = invitations_->IssueTokenAndWait(code_, state.blinded).status();
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable);
  gate_.Open();
  EXPECT_EQ(Invitation(codes_of_survey_[0].rater.id)->blinded_hash, std::nullopt);
  // Committed, but the reply was lost: the client asks again with the same bytes.
  gate_.ShutAfter(1);
  EXPECT_EQ(invitations_->IssueTokenAndWait(code_, state.blinded).status().code(), absl::StatusCode::kUnavailable);
  gate_.Open();
  EXPECT_TRUE(invitations_->IssueTokenAndWait(code_, state.blinded).ok());
}

TEST_F(InvitationTest, AFullDiskRefusesATokenAndLosesNothing) {
  const crypto::BlindingState state = BlindFor(code_);
  storage::SetDiskFault("identity.db", 0, SQLITE_FULL);
  const absl::Status refused = invitations_->IssueTokenAndWait(code_, state.blinded).status();
  storage::ClearDiskFault();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Reason(refused), reasons::kSTORE_FULL);
  EXPECT_EQ(Invitation(codes_of_survey_[0].rater.id)->blinded_hash, std::nullopt);
  EXPECT_TRUE(invitations_->IssueTokenAndWait(code_, state.blinded).ok());
}

TEST_F(InvitationTest, AFullDiskStopsClosingWhichGoesOnOnceThereIsRoom) {
  storage::SetDiskFault("identity.db", 2, SQLITE_FULL);
  absl::Status status = lifecycle_->Close(admin_, district_, campaign_).status();
  lifecycle_->RunPending();
  storage::ClearDiskFault();
  EXPECT_NE(StateOf(campaign_), domain::CampaignState::kClosed);
  if (!status.ok()) {
    EXPECT_EQ(Reason(status), reasons::kSTORE_FULL);
    EXPECT_TRUE(lifecycle_->Close(admin_, district_, campaign_).ok());
  }
  clock_.Advance(absl::Seconds(10));
  lifecycle_->Tick();
  lifecycle_->RunPending();
  EXPECT_EQ(StateOf(campaign_), domain::CampaignState::kClosed);
}

TEST_F(InvitationTest, OfTwoMessagesAtOnceOneIsSigned) {
  for (size_t i = 0; i < 5; ++i) {
    const std::string code = codes_of_survey_[i].code;
    const crypto::BlindingState states[2] = {BlindFor(code), BlindFor(code)};
    std::atomic<int> signed_messages = 0, refused = 0;
    std::vector<std::thread> threads;
    for (const crypto::BlindingState& state : states) {
      threads.emplace_back([&, blinded = state.blinded] {
        const auto signature = invitations_->IssueTokenAndWait(code, blinded);
        if (signature.ok()) ++signed_messages;
        if (Reason(signature.status()) == reasons::kTOKEN_ALREADY_ISSUED) ++refused;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(signed_messages, 1);
    EXPECT_EQ(refused, 1);
  }
}

TEST_F(InvitationTest, OfTwoMessagesInOneCommitTheFirstIsSigned) {
  // The first token's commit is held until two messages for one code, one for another, and the first of the two again
  // wait behind it.
  absl::Notification begun, go_on;
  store_->BeforeNextWrite([&] {
    begun.Notify();
    go_on.WaitForNotification();
  });
  const auto& code = [this](size_t i) -> const std::string& { return codes_of_survey_[i].code; };
  const crypto::BlindingState held = BlindFor(code(0)), first = BlindFor(code(1)), second = BlindFor(code(1)),
                              other = BlindFor(code(2));
  std::vector<absl::StatusOr<std::string>> answers(5);
  absl::BlockingCounter left(5);
  const auto issue = [&](size_t i, const std::string& by, const crypto::BlindingState& state) {
    invitations_->IssueToken(by, state.blinded, [&answers, &left, i](absl::StatusOr<std::string> answer) {
      answers[i] = std::move(answer);
      left.DecrementCount();
    });
  };
  issue(0, code(0), held);
  begun.WaitForNotification();
  issue(1, code(1), first);
  issue(2, code(1), second);
  issue(3, code(2), other);
  issue(4, code(1), first);
  go_on.Notify();
  left.Wait();
  EXPECT_TRUE(answers[0].ok()) << answers[0].status();
  ASSERT_TRUE(answers[1].ok()) << answers[1].status();
  EXPECT_TRUE(crypto::Finalize(KeyFor(code(1)), first, *answers[1]).ok());
  EXPECT_EQ(Reason(answers[2].status()), reasons::kTOKEN_ALREADY_ISSUED);
  EXPECT_TRUE(answers[3].ok()) << answers[3].status();
  ASSERT_TRUE(answers[4].ok()) << answers[4].status();
  EXPECT_EQ(*answers[4], *answers[1]);
  EXPECT_EQ(Invitation(codes_of_survey_[1].rater.id)->blinded_hash, crypto::Sha256(first.blinded));
}

TEST_F(InvitationTest, ASurveyThatClosesBetweenSigningAndCommitIssuesNothing) {
  const crypto::BlindingState state = BlindFor(code_);
  store_->BeforeNextWrite([&] { EXPECT_TRUE(lifecycle_->Close(admin_, district_, campaign_).ok()); });
  EXPECT_EQ(Reason(invitations_->IssueTokenAndWait(code_, state.blinded).status()), reasons::kCODE_UNKNOWN);
  EXPECT_EQ(Invitation(codes_of_survey_[0].rater.id)->blinded_hash, std::nullopt);
}

TEST_F(InvitationTest, ACloseTimeBetweenSigningAndCommitEndsIssuing) {
  const crypto::BlindingState state = BlindFor(code_);
  store_->BeforeNextWrite([&] { clock_.Advance(absl::Hours(24)); });
  EXPECT_EQ(Reason(invitations_->IssueTokenAndWait(code_, state.blinded).status()), reasons::kCODE_UNKNOWN);
  EXPECT_EQ(Invitation(codes_of_survey_[0].rater.id)->blinded_hash, std::nullopt);
}

TEST_F(InvitationTest, ACodeReissuedBetweenSigningAndCommitGetsNothing) {
  const crypto::BlindingState state = BlindFor(code_);
  std::string newer;
  store_->BeforeNextWrite([&] {
    const auto reissued = codes_->Reissue(admin_, district_, survey_, codes_of_survey_[0].rater.id, std::nullopt);
    ASSERT_TRUE(reissued.ok()) << reissued.status();
    newer = reissued->code;
  });
  EXPECT_EQ(Reason(invitations_->IssueTokenAndWait(code_, state.blinded).status()), reasons::kCODE_UNKNOWN);
  EXPECT_EQ(Invitation(codes_of_survey_[0].rater.id)->blinded_hash, std::nullopt);
  EXPECT_TRUE(invitations_->IssueTokenAndWait(newer, BlindFor(newer).blinded).ok());
}

TEST_F(InvitationTest, ARaterRemovedBetweenSigningAndCommitGetsNothing) {
  const crypto::BlindingState state = BlindFor(code_);
  const domain::RaterId rater = codes_of_survey_[0].rater.id;
  store_->BeforeNextWrite([&] {
    EXPECT_TRUE(sqlite_
                    ->Write([&](storage::WriteTransaction& transaction) {
                      return transaction.DeleteRater(district_, survey_, rater);
                    })
                    .ok());
  });
  EXPECT_EQ(Reason(invitations_->IssueTokenAndWait(code_, state.blinded).status()), reasons::kCODE_UNKNOWN);
  EXPECT_EQ(Invitation(rater), std::nullopt);
}

TEST_F(InvitationTest, AMessageNotedBetweenSigningAndCommitDecides) {
  const crypto::BlindingState state = BlindFor(code_), other = BlindFor(code_);
  const auto note = [&](size_t rater, const crypto::BlindingState& noted) {
    storage::InvitationRow row = *Invitation(codes_of_survey_[rater].rater.id);
    row.blinded_hash = crypto::Sha256(noted.blinded);
    EXPECT_TRUE(
        sqlite_->Write([&](storage::WriteTransaction& transaction) { return transaction.UpdateInvitation(row); }).ok());
  };
  store_->BeforeNextWrite([&] { note(0, other); });
  EXPECT_EQ(Reason(invitations_->IssueTokenAndWait(code_, state.blinded).status()), reasons::kTOKEN_ALREADY_ISSUED);
  EXPECT_EQ(Invitation(codes_of_survey_[0].rater.id)->blinded_hash, crypto::Sha256(other.blinded));

  const std::string& code = codes_of_survey_[1].code;
  const crypto::BlindingState mine = BlindFor(code);
  store_->BeforeNextWrite([&] { note(1, mine); });
  EXPECT_TRUE(invitations_->IssueTokenAndWait(code, mine.blinded).ok()) << "its own, by a call that crossed this one";
}

TEST_F(InvitationTest, ManyAtOnceAreAllAnswered) {
  std::vector<crypto::BlindingState> states;
  for (const RaterCode& code : codes_of_survey_) states.push_back(BlindFor(code.code));
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < states.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto signature = invitations_->IssueTokenAndWait(codes_of_survey_[i].code, states[i].blinded);
      if (signature.ok() && crypto::Finalize(KeyFor(codes_of_survey_[i].code), states[i], *signature).ok()) ++answered;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 13);
}

TEST_F(InvitationTest, WhoeverOpensACodeIsToldHowManyWereMadeAnew) {
  EXPECT_EQ(invitations_->Open(code_)->reissued, std::vector<int64_t>(invitations_->Open(code_)->reissued.size(), 0));
  ASSERT_TRUE(codes_->Reissue(admin_, district_, survey_, codes_of_survey_[1].rater.id, std::nullopt).ok());
  const std::vector<int64_t> reissued = invitations_->Open(code_)->reissued;
  EXPECT_EQ(std::accumulate(reissued.begin(), reissued.end(), int64_t{0}), 1);
}

TEST_F(InvitationTest, AReissuedCodeVoidsTheOneBefore) {
  const auto reissued = codes_->Reissue(admin_, district_, survey_, codes_of_survey_[0].rater.id, std::nullopt);
  ASSERT_TRUE(reissued.ok()) << reissued.status();
  EXPECT_NE(reissued->code, code_);
  EXPECT_EQ(Reason(invitations_->Open(code_).status()), reasons::kCODE_UNKNOWN);
  EXPECT_TRUE(invitations_->Open(reissued->code).ok());
  EXPECT_EQ(AllCodes(survey_)[0].code, reissued->code);
  EXPECT_TRUE(invitations_->IssueTokenAndWait(reissued->code, BlindFor(reissued->code).blinded).ok());
}

TEST_F(InvitationTest, AReissueThatIsRepeatedGivesTheSameCodeAndIsCountedOnce) {
  const auto reissued = [&] {
    int64_t count = 0;
    EXPECT_TRUE(sqlite_
                    ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                      CANDOR_ASSIGN_OR_RETURN(const auto groups, transaction.ListIssuingGroups(district_, survey_));
                      for (const auto& group : groups) count += group.reissued;
                      return absl::OkStatus();
                    })
                    .ok());
    return count;
  };
  const domain::RaterId rater = codes_of_survey_[0].rater.id;
  EXPECT_EQ(codes_of_survey_[0].generation, 0);
  const auto first = codes_->Reissue(admin_, district_, survey_, rater, 0);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->generation, 1);
  EXPECT_EQ(AllCodes(survey_)[0].generation, 1);
  ASSERT_TRUE(invitations_->IssueTokenAndWait(first->code, BlindFor(first->code).blinded).ok());
  const auto repeated = codes_->Reissue(admin_, district_, survey_, rater, 0);
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->code, first->code);
  EXPECT_EQ(repeated->generation, 1);
  EXPECT_EQ(reissued(), 1);
  EXPECT_TRUE(Invitation(rater)->blinded_hash.has_value()) << "the token that was taken stays the code's";
  EXPECT_EQ(ListAudit(*sqlite_, district_, 0, 1000)->back().action, "ReadReissuedCode") << "who sees a code is noted";
  ASSERT_TRUE(codes_->Reissue(admin_, district_, survey_, rater, 1).ok());
  EXPECT_EQ(reissued(), 2);
  for (const int64_t stale : {int64_t{0}, int64_t{3}, int64_t{-1}}) {
    const absl::Status refused = codes_->Reissue(admin_, district_, survey_, rater, stale).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kAborted) << stale;
    EXPECT_EQ(Reason(refused), reasons::kETAG_MISMATCH) << stale;
  }
  EXPECT_EQ(reissued(), 2);
}

TEST_F(InvitationTest, ACodeKeyThatWasReplacedGivesNoCodesThatOpenNothing) {
  const std::string file = folder_.path() + "/keys/campaign.d1." + campaign_.value() + ".code.key";
  const std::string key = *base::ReadFile(file);
  ASSERT_TRUE(base::WriteFileAtomically(file, std::string(32, 'x'), 0600).ok());
  const domain::RaterId rater = codes_of_survey_[0].rater.id;
  const auto expect_lost = [&](const absl::Status& status) {
    EXPECT_EQ(Reason(status), reasons::kKEY_LOST) << status;
    EXPECT_NE(status.message().find("code.key is not the one"), absl::string_view::npos) << status;
  };
  expect_lost(codes_->List(admin_, district_, survey_, {}).status());
  expect_lost(codes_->Reissue(admin_, district_, survey_, rater, std::nullopt).status());
  EXPECT_EQ(Invitation(rater)->generation, 0);
  EXPECT_TRUE(invitations_->Open(code_).ok()) << "the codes that people hold go on";
  ASSERT_TRUE(base::WriteFileAtomically(file, key, 0600).ok());
  EXPECT_EQ(AllCodes(survey_)[0].code, code_);
  EXPECT_TRUE(codes_->Reissue(admin_, district_, survey_, rater, std::nullopt).ok());
}

TEST_F(InvitationTest, EveryReissueIsCountedSoThatTheCountTellsNobodysToken) {
  const domain::RaterId rater = codes_of_survey_[0].rater.id;
  const auto count = [&] {
    int64_t reissued = 0;
    EXPECT_TRUE(sqlite_
                    ->Read([&](storage::ReadTransaction& transaction) -> absl::Status {
                      CANDOR_ASSIGN_OR_RETURN(const auto groups, transaction.ListIssuingGroups(district_, survey_));
                      for (const auto& group : groups) reissued += group.reissued;
                      return absl::OkStatus();
                    })
                    .ok());
    return reissued;
  };
  std::string code = codes_->Reissue(admin_, district_, survey_, rater, std::nullopt)->code;
  EXPECT_EQ(count(), 1) << "no token was out, and the count does not show it";
  ASSERT_TRUE(invitations_->IssueTokenAndWait(code, BlindFor(code).blinded).ok());
  code = codes_->Reissue(admin_, district_, survey_, rater, std::nullopt)->code;
  EXPECT_EQ(count(), 2);
  ASSERT_TRUE(invitations_->IssueTokenAndWait(code, BlindFor(code).blinded).ok());
  Close(campaign_);
  int64_t issued = 0, reissued = 0;
  for (const auto& group : plane_.closed.at(survey_).issued) {
    issued += group.issued;
    reissued += group.reissued;
  }
  EXPECT_EQ(issued, 1);
  EXPECT_EQ(reissued, 2) << "two tokens are out: at most issued + reissued";
}

TEST_F(InvitationTest, CodesAreOnlyForAnAdministratorOutsideTheLeadersLine) {
  Caller boss = admin_;
  boss.person = boss_;  // an administrator too, but the leader's supervisor
  Caller leader = admin_;
  leader.person = domain::PersonId("leader-1");
  Caller supervisor = admin_;
  supervisor.roles = {false, true, false};
  Caller stranger = admin_;
  stranger.district = domain::DistrictId("d2");
  for (const Caller& caller : {boss, leader, supervisor, stranger}) {
    const absl::Status refused = codes_->List(caller, district_, survey_, {}).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(Reason(refused), reasons::kCALLER_NOT_ALLOWED);
    EXPECT_EQ(Reason(codes_->Reissue(caller, district_, survey_, codes_of_survey_[0].rater.id, std::nullopt).status()),
              reasons::kCALLER_NOT_ALLOWED);
  }
  Caller installation;
  installation.installation_administrator = true;
  EXPECT_TRUE(codes_->List(installation, district_, survey_, {}).ok());
}

TEST_F(InvitationTest, LeavingTheLeadersLineAfterOpeningOpensNoCodes) {
  Caller boss = admin_;
  boss.person = boss_;
  const auto set_supervisor = [&](const std::string& person) {
    ASSERT_TRUE(directory_
                    ->UpdatePerson(admin_, district_, domain::PersonId("leader-1"), std::nullopt,
                                   [&](storage::PersonRow& row) {
                                     row.supervisors = {domain::PersonId(person)};
                                     return absl::OkStatus();
                                   })
                    .ok());
  };
  set_supervisor("admin");
  EXPECT_EQ(Reason(codes_->List(boss, district_, survey_, {}).status()), reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(Reason(codes_->Reissue(boss, district_, survey_, codes_of_survey_[0].rater.id, std::nullopt).status()),
            reasons::kCALLER_NOT_ALLOWED);
  EXPECT_EQ(Reason(codes_->List(admin_, district_, survey_, {}).status()), reasons::kCALLER_NOT_ALLOWED)
      << "who joins the line later is in it too";
  const auto line = Document(survey_, storage::SurveyDocument::kLeaderLine);
  EXPECT_EQ(line, R"({"leader":"leader-1","supervisors":["boss"]})");
}

TEST_F(InvitationTest, EveryListOfCodesIsInTheAuditTrail) {
  const auto before = ListAudit(*sqlite_, district_, 0, 1000)->size();
  AllCodes(survey_);
  const auto after = ListAudit(*sqlite_, district_, 0, 1000);
  ASSERT_EQ(after->size(), before + 1);
  EXPECT_EQ(after->back().action, "ListCodes");
  EXPECT_EQ(after->back().caller, "districts/d1/people/admin");
}

TEST_F(InvitationTest, CodesComePageByPageAndAreStoredNowhere) {
  std::set<std::string> seen;
  storage::Page page;
  page.limit = 5;
  for (int i = 0; i < 3; ++i) {
    const auto codes = codes_->List(admin_, district_, survey_, page);
    ASSERT_TRUE(codes.ok()) << codes.status();
    for (const RaterCode& code : *codes) seen.insert(code.code);
    page.after = codes->back().rater.id.value();
  }
  EXPECT_EQ(seen.size(), 13u);
  for (const std::string& code : seen) {
    EXPECT_EQ(folder_.FileWith(code), "");
    EXPECT_EQ(folder_.FileWith(*crypto::NormalizeCode(code)), "");
  }
}

TEST_F(InvitationTest, ClosingEndsCodesAndIssuingWithTheShapeOfAnUnknownCode) {
  const crypto::BlindingState state = BlindFor(code_);
  const absl::Status unknown =
      invitations_->Open(crypto::MakeCode(std::string(32, 'k'), "nobody", 0)).status();
  ASSERT_TRUE(lifecycle_->Close(admin_, district_, campaign_).ok());
  EXPECT_EQ(invitations_->Open(code_).status(), unknown);
  EXPECT_EQ(invitations_->IssueTokenAndWait(code_, state.blinded).status(), unknown);
  lifecycle_->RunPending();
  EXPECT_EQ(invitations_->Open(code_).status(), unknown);
  EXPECT_EQ(invitations_->IssueTokenAndWait(code_, state.blinded).status(), unknown);
  EXPECT_EQ(Reason(codes_->List(admin_, district_, survey_, {}).status()), reasons::kWRONG_STATE);
}

TEST_F(InvitationTest, FromTheContractsCloseTimeOnNoCodeOpensAnything) {
  const crypto::BlindingState state = BlindFor(code_);
  ASSERT_TRUE(invitations_->IssueTokenAndWait(code_, state.blinded).ok());
  clock_.Advance(absl::Hours(24) - absl::Seconds(1));
  EXPECT_TRUE(invitations_->Open(code_).ok());
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(StateOf(campaign_), domain::CampaignState::kOpen) << "nobody has closed it yet";
  const absl::Status unknown =
      invitations_->Open(crypto::MakeCode(std::string(32, 'k'), "nobody", 0)).status();
  EXPECT_EQ(invitations_->Open(code_).status(), unknown);
  EXPECT_EQ(invitations_->IssueTokenAndWait(code_, state.blinded).status(), unknown);
  EXPECT_EQ(invitations_->IssueTokenAndWait(codes_of_survey_[1].code, state.blinded).status(), unknown);
}

TEST_F(InvitationTest, ALostIssuingKeyIsSaidByName) {
  const crypto::BlindingState state = BlindFor(code_);
  ASSERT_TRUE(keys_->DestroySurveyKeys(survey_).ok());
  EXPECT_EQ(Reason(invitations_->IssueTokenAndWait(code_, state.blinded).status()), reasons::kKEY_LOST);
}

}  // namespace
}  // namespace candor::identity
