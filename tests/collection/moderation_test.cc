// Moderators on the response plane: sessions by key, decisions, and what is left after release.

#include "services/collection/moderation.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/collection/key_sessions.h"
#include "services/crypto/hash.h"
#include "services/domain/comments.h"
#include "services/domain/errors.h"
#include "services/domain/sealed_records.h"
#include "tests/collection/collection_fixture.h"
#include "tests/collection/faulty_store.h"

namespace candor::collection {
namespace {

namespace reasons = candor::domain::reasons;
using absl::StatusCode;
using domain::ModerationReason;
using storage::DecisionKind;

class ModerationTest : public CollectionTest {
 protected:
  void SetUp() override {
    wrap_store_ = [this](std::unique_ptr<storage::ResponseStore> store) {
      return std::make_unique<FaultyStore>(std::move(store), &faults_);
    };
    CollectionTest::SetUp();
  }

  // A closed survey: 11 of staff wrote to prompt 0 ("staff 0".."staff 10") and two of them to prompt 1 ("wish 0", "wish
  // 1"), four students to prompt 0 ("student 0".."student 3").
  TestSurvey ClosedSurvey() {
    TestSurvey survey = OpenSurvey(/*moderators=*/2);
    for (int i = 0; i < 11; ++i) {
      domain::Answers answers = Ratings(1, 3, 5);
      answers.comments[0] = absl::StrCat("staff ", i, " says more than enough");
      if (i < 2) answers.comments[1] = absl::StrCat("wish ", i, " of somebody");
      answers.reply_keys = {crypto::Sha256(answers.comments[0]), ""};
      EXPECT_TRUE(Submit(survey, survey.NewToken(0), 1, answers).ok());
    }
    for (int i = 0; i < 4; ++i) {
      domain::Answers answers = Ratings(1, 3, 5);
      answers.comments[0] = absl::StrCat("student ", i, " says something");
      EXPECT_TRUE(Submit(survey, survey.NewToken(1), 1, answers).ok());
    }
    Close(survey, survey.Closing("order"));
    return survey;
  }

  std::string SessionOf(const TestSurvey& survey, size_t moderator) {
    const auto sealed =
        collection_->StartKeySession(survey.id(), KeyRole::kModerator, static_cast<int>(moderator));
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    const auto secret = crypto::OpenSealed(survey.moderators[moderator].public_key,
                                           survey.moderators[moderator].secret_key, *sealed);
    EXPECT_TRUE(secret.ok()) << secret.status();
    return std::string(secret->view());
  }

  // The view with the texts of its comments: id -> text.
  struct Opened {
    ModerationView view;
    std::map<std::string, std::string> texts;
    // The id of the comment that begins so.
    std::string Id(const std::string& beginning) const {
      for (const auto& [id, text] : texts) {
        if (absl::StartsWith(text, beginning)) return id;
      }
      ADD_FAILURE() << "no comment " << beginning;
      return "";
    }
  };
  Opened ReadAs(const TestSurvey& survey, size_t moderator) {
    Opened opened;
    auto view = collection_->ReadComments(SessionOf(survey, moderator), survey.id(), "", 500);
    EXPECT_TRUE(view.ok()) << view.status();
    opened.view = *std::move(view);
    if (opened.view.sealed_key.empty()) return opened;
    const auto key = crypto::OpenSealed(survey.moderators[moderator].public_key,
                                        survey.moderators[moderator].secret_key, opened.view.sealed_key);
    EXPECT_TRUE(key.ok()) << key.status();
    for (const ModeratedComment& comment : opened.view.comments) {
      const auto record = crypto::OpenRecord(
          *key, comment.sealed, domain::CommentBinding(domain::SurveyIdBytes(survey.id()), comment.place));
      EXPECT_TRUE(record.has_value());
      opened.texts[comment.id] = *domain::DecodeCommentRecord(*record);
    }
    return opened;
  }

  absl::Status Decide(const TestSurvey& survey, const std::string& comment, const CommentDecision& decision,
                      size_t moderator = 0) {
    return collection_->DecideComment(SessionOf(survey, moderator), survey.id(), comment, decision);
  }

  static CommentDecision Approve(const std::string& text) { return {DecisionKind::kApprove, {}, text, ""}; }

  StoreFaults faults_;
};

TEST_F(ModerationTest, OnlyTheHolderOfAKeyOpensASession) {
  const TestSurvey survey = ClosedSurvey(), other = OpenSurvey(/*moderators=*/1);
  const std::string session = SessionOf(survey, 0);
  EXPECT_TRUE(collection_->ReadComments(session, survey.id(), "", 10).ok());
  const auto sealed = collection_->StartKeySession(survey.id(), KeyRole::kModerator, 0);
  EXPECT_FALSE(crypto::OpenSealed(survey.moderators[1].public_key, survey.moderators[1].secret_key, *sealed).ok());
  const auto refused = [&](absl::string_view secret, const domain::SurveyId& of) {
    ExpectReason(collection_->ReadComments(secret, of, "", 10).status(), StatusCode::kUnauthenticated,
                 reasons::kSESSION_UNKNOWN);
    ExpectReason(collection_->DecideComment(secret, of, "comment", {}), StatusCode::kUnauthenticated,
                 reasons::kSESSION_UNKNOWN);
    ExpectReason(collection_->SummarizeComments(secret, of, {"staff", "x"}), StatusCode::kUnauthenticated,
                 reasons::kSESSION_UNKNOWN);
  };
  refused("", survey.id());
  refused(*sealed, survey.id());
  refused(std::string(kSessionBytes, 'x'), survey.id());
  refused(session, other.id());
  ExpectReason(collection_->StartKeySession(survey.id(), KeyRole::kModerator, 2).status(), StatusCode::kInvalidArgument,
               reasons::kFIELD_INVALID);
  ExpectReason(collection_->StartKeySession(survey.id(), KeyRole::kAuditor, 0).status(), StatusCode::kInvalidArgument,
               reasons::kFIELD_INVALID);
  ExpectReason(collection_->StartKeySession(domain::RandomSurveyId(), KeyRole::kModerator, 0).status(),
               StatusCode::kNotFound, reasons::kSURVEY_UNKNOWN);
  // An auditor's session is no moderator's.
  const TestSurvey audited = OpenSurveyWithAuditor(/*moderators=*/1);
  const auto of_auditor = collection_->StartKeySession(audited.id(), KeyRole::kAuditor, 0);
  ASSERT_TRUE(of_auditor.ok()) << of_auditor.status();
  const auto secret = crypto::OpenSealed(audited.auditor.public_key, audited.auditor.secret_key, *of_auditor);
  ASSERT_TRUE(secret.ok());
  refused(secret->view(), audited.id());
}

TEST_F(ModerationTest, ASessionEndsAfterHalfAnHourAndWithTheProcess) {
  const TestSurvey survey = ClosedSurvey();
  const std::string session = SessionOf(survey, 0);
  clock_.Advance(kSessionLength - absl::Seconds(1));
  EXPECT_TRUE(collection_->ReadComments(session, survey.id(), "", 10).ok());
  clock_.Advance(absl::Seconds(1));
  ExpectReason(collection_->ReadComments(session, survey.id(), "", 10).status(), StatusCode::kUnauthenticated,
               reasons::kSESSION_UNKNOWN);
  const std::string another = SessionOf(survey, 0);
  Restart();
  ExpectReason(collection_->ReadComments(another, survey.id(), "", 10).status(), StatusCode::kUnauthenticated,
               reasons::kSESSION_UNKNOWN);
}

TEST_F(ModerationTest, WhoeverCannotOpenSessionsPushesOutNobodyWhoCan) {
  const TestSurvey survey = ClosedSurvey();
  const std::string used = SessionOf(survey, 0);
  EXPECT_TRUE(collection_->ReadComments(used, survey.id(), "", 10).ok());
  // A flood between a moderator's start and first use must not cost them the session either.
  const std::string fresh = SessionOf(survey, 0);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(collection_->StartKeySession(survey.id(), KeyRole::kModerator, 0).ok());
  }
  EXPECT_TRUE(collection_->ReadComments(used, survey.id(), "", 10).ok());
  EXPECT_TRUE(collection_->ReadComments(fresh, survey.id(), "", 10).ok());
}

TEST_F(ModerationTest, NoByteOfASessionCanBeChanged) {
  const TestSurvey survey = ClosedSurvey();
  const std::string session = SessionOf(survey, 0);
  for (size_t i = 0; i < session.size(); ++i) {
    std::string changed = session;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ExpectReason(collection_->ReadComments(changed, survey.id(), "", 10).status(), StatusCode::kUnauthenticated,
                 reasons::kSESSION_UNKNOWN);
  }
}

TEST_F(ModerationTest, ModeratorsSeePlacesCommentsAndEachOthersDecisions) {
  const TestSurvey survey = ClosedSurvey();
  const Opened first = ReadAs(survey, 0);
  EXPECT_EQ(first.texts.size(), 17u);
  EXPECT_EQ(first.view.counts.comments, 17);
  EXPECT_EQ(first.view.counts.undecided, 17);
  EXPECT_FALSE(first.view.released);
  std::map<std::string, int> blocks;
  for (const ModeratedComment& comment : first.view.comments) {
    const domain::CommentPlace& place = first.view.places[static_cast<size_t>(comment.place)];
    ++blocks[absl::StrCat(place.block, place.texts ? " words " : " summary ", place.prompt)];
  }
  // Two wishes and four students are too few for anything but a summary under no name; and since only staff were asked for
  // wishes, none of them tells to which prompt it is.
  EXPECT_EQ(blocks, (std::map<std::string, int>{{"staff words 0", 11}, {" summary -1", 6}}));
  const std::string id = first.Id("staff 3 ");
  ASSERT_TRUE(Decide(survey, id, Approve(first.texts.at(id))).ok());
  ASSERT_TRUE(Decide(survey, id, {DecisionKind::kRedact, ModerationReason::kNamesSomebody, "staff [...]", "a name"}, 1).ok());
  Restart();
  const Opened second = ReadAs(survey, 0);
  EXPECT_EQ(second.view.counts.undecided, 16);
  for (const ModeratedComment& comment : second.view.comments) {
    EXPECT_EQ(comment.decision.has_value(), comment.id == id);
    if (comment.id != id) continue;
    EXPECT_EQ(comment.decision->kind, DecisionKind::kRedact);
    EXPECT_EQ(comment.decision->text, "staff [...]");
    EXPECT_EQ(comment.decision->note, "a name");
    EXPECT_EQ(comment.decided_by, 1);
  }
  // Pages go through all, in the order of random ids.
  std::vector<std::string> ids;
  for (std::string after; ids.size() < 17;) {
    const auto page = collection_->ReadComments(SessionOf(survey, 0), survey.id(), after, 5);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_FALSE(page->comments.empty());
    EXPECT_EQ(page->counts.comments, 17);
    for (const ModeratedComment& comment : page->comments) ids.push_back(comment.id);
    after = ids.back();
  }
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
}

TEST_F(ModerationTest, RefusesDecisionsThatTheRulesDoNotAllow) {
  const TestSurvey survey = ClosedSurvey();
  const Opened opened = ReadAs(survey, 0);
  const std::string words = opened.Id("staff 3 "), summary = opened.Id("student 1 ");
  struct Case {
    std::string what, comment;
    CommentDecision decision;
    std::string field;
  };
  const ModerationReason insult = ModerationReason::kInsult, none = ModerationReason::kNone;
  const std::vector<Case> cases = {
      {"words where none may go out", summary, Approve("student 1"), "kind"},
      {"cut words where none may go out", summary, {DecisionKind::kRedact, insult, "[...]", ""}, "kind"},
      {"an approval without words", words, Approve(""), "text"},
      {"a rejection with words", words, {DecisionKind::kReject, insult, "x", ""}, "text"},
      {"a rejection without a reason", words, {DecisionKind::kReject, none, "", ""}, "reason"},
      {"an approval with a reason", words, {DecisionKind::kApprove, insult, "x", ""}, "reason"},
      {"a redaction that shows no cut", words, {DecisionKind::kRedact, insult, "x", ""}, "text"},
      {"words without end", words, Approve(std::string(domain::LongestReleasedText(200) + 1, 'x')), "text"},
      {"words that move the cursor", words, Approve("\x1b[2J"), "text"},
      {"a note without end", words, {DecisionKind::kReject, insult, "", std::string(501, 'x')}, "note"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    const absl::Status status = Decide(survey, c.comment, c.decision);
    ExpectReason(status, StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
    EXPECT_EQ(base::GetErrorDetail(status).field, c.field);
  }
  const absl::Status unknown = Decide(survey, "words in place of an id", Approve("x"));
  ExpectReason(unknown, StatusCode::kNotFound, reasons::kRESOURCE_NOT_FOUND);
  EXPECT_FALSE(absl::StrContains(unknown.message(), "words in place")) << "messages are logged by others";
  const std::string session = SessionOf(survey, 0);
  ExpectReason(collection_->SummarizeComments(session, survey.id(), {"parent", "x"}), StatusCode::kNotFound,
               reasons::kRESOURCE_NOT_FOUND);
  ExpectReason(collection_->SummarizeComments(session, survey.id(), {"staff", std::string(4001, 'x')}),
               StatusCode::kInvalidArgument, reasons::kFIELD_INVALID);
  EXPECT_EQ(ReadAs(survey, 0).view.counts.undecided, 17);
  EXPECT_FALSE(base::FileExists(absl::StrCat(folder_.path(), "/keys/", survey.id().value(), ".moderation.key")));
}

TEST_F(ModerationTest, ReleaseWaitsForDecisionsAndSummariesAndThenHandsOverTheSameBytesForEver) {
  const TestSurvey survey = ClosedSurvey();
  const Opened opened = ReadAs(survey, 0);
  for (const auto& [id, text] : opened.texts) {
    if (absl::StartsWith(text, "staff 1 ")) {
      ASSERT_TRUE(Decide(survey, id, {DecisionKind::kReject, ModerationReason::kInsult, "", "rude"}).ok());
    } else if (absl::StartsWith(text, "staff 2 ")) {
      ASSERT_TRUE(Decide(survey, id, {DecisionKind::kRedact, ModerationReason::kUniqueEvent, "[...] more than enough", ""}).ok());
    } else if (absl::StartsWith(text, "staff 3 ") || !absl::StartsWith(text, "staff")) {
      ASSERT_TRUE(Decide(survey, id, {DecisionKind::kSummary, ModerationReason::kNone, "", ""}).ok());
    } else if (!absl::StartsWith(text, "staff 4 ")) {
      ASSERT_TRUE(Decide(survey, id, Approve(text)).ok());
    }
  }
  const CommentCounts counts = ReadAs(survey, 0).view.counts;
  EXPECT_EQ(counts.comments, 17);
  EXPECT_EQ(counts.undecided, 1);
  EXPECT_EQ(counts.missing_summaries, 2);
  EXPECT_TRUE(*collection_->CommentsWait(survey.id()));
  const absl::Status waiting = collection_->ReleaseSurvey({survey.id(), false}).status();
  ExpectReason(waiting, StatusCode::kFailedPrecondition, reasons::kCOMMENTS_UNDECIDED);
  EXPECT_EQ(waiting.message().find_first_of("0123456789"), absl::string_view::npos) << "it crosses: " << waiting;
  const std::string last = opened.Id("staff 4 ");
  ASSERT_TRUE(Decide(survey, last, Approve(opened.texts.at(last))).ok());
  ExpectReason(collection_->ReleaseSurvey({survey.id(), false}), StatusCode::kFailedPrecondition,
               reasons::kCOMMENTS_UNDECIDED);
  ASSERT_TRUE(collection_->SummarizeComments(SessionOf(survey, 0), survey.id(), {"staff", "Of staff."}).ok());
  ASSERT_TRUE(collection_->SummarizeComments(SessionOf(survey, 1), survey.id(), {"", "Of nobody."}).ok());

  // Whatever fails on the way, what is handed over is the same.
  faults_.release_before = 1;
  ExpectReason(collection_->ReleaseSurvey({survey.id(), false}), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  faults_.release_after = 1;
  ExpectReason(collection_->ReleaseSurvey({survey.id(), false}), StatusCode::kUnavailable, reasons::kSTORE_BUSY);
  const auto bytes = collection_->ReleaseSurvey({survey.id(), false});
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  Restart();
  EXPECT_EQ(*collection_->ReleaseSurvey({survey.id(), true}), *bytes);

  const auto released = domain::DecodeReleasedComments(*bytes);
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(released->survey, survey.id());
  EXPECT_EQ(released->discarded, 0);
  ASSERT_EQ(released->blocks.size(), 2u);
  EXPECT_EQ(released->blocks[0].code, "staff");
  EXPECT_EQ(released->blocks[0].summary, "Of staff.");
  ASSERT_EQ(released->blocks[0].prompts.size(), 1u);
  const domain::ReleasedPrompt& prompt = released->blocks[0].prompts[0];
  EXPECT_EQ(prompt.prompt, survey.instrument.prompts[0].code);
  EXPECT_EQ(prompt.summary_only, 1);
  ASSERT_EQ(prompt.rejected.size(), 1u);
  EXPECT_EQ(prompt.rejected[0].reason, ModerationReason::kInsult);
  EXPECT_EQ(prompt.rejected[0].count, 1);
  ASSERT_EQ(prompt.comments.size(), 9u);
  int redacted = 0;
  for (const domain::ReleasedComment& comment : prompt.comments) {
    redacted += comment.redacted ? 1 : 0;
    EXPECT_EQ(comment.redacted, comment.text == "[...] more than enough");
    if (!comment.redacted) {
      EXPECT_EQ(comment.text, opened.texts.at(comment.id));
    }
  }
  EXPECT_EQ(redacted, 1);
  EXPECT_EQ(released->blocks[1].code, "");
  EXPECT_EQ(released->blocks[1].summary, "Of nobody.");
  EXPECT_TRUE(released->blocks[1].prompts.empty());

  const auto view = collection_->ReadComments(SessionOf(survey, 0), survey.id(), "", 10);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_TRUE(view->released);
  EXPECT_TRUE(view->comments.empty());
  ExpectReason(Decide(survey, last, Approve("x")), StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  ExpectReason(collection_->SummarizeComments(SessionOf(survey, 0), survey.id(), {"staff", "x"}),
               StatusCode::kFailedPrecondition, reasons::kWRONG_STATE);
  EXPECT_FALSE(*collection_->CommentsWait(survey.id()));
}

TEST_F(ModerationTest, WhatSmallGroupsWroteHoldsUpNoReleaseAndIsToldByNothing) {
  const TestSurvey survey = ClosedSurvey();
  const Opened opened = ReadAs(survey, 0);
  for (const auto& [id, text] : opened.texts) {
    if (absl::StartsWith(text, "staff")) {
      ASSERT_TRUE(Decide(survey, id, Approve(text)).ok());
    } else if (absl::StartsWith(text, "wish")) {
      ASSERT_TRUE(Decide(survey, id, {DecisionKind::kReject, ModerationReason::kOther, "", ""}).ok());
    }
  }
  EXPECT_EQ(ReadAs(survey, 0).view.counts.undecided, 4) << "the four students'";
  EXPECT_FALSE(*collection_->CommentsWait(survey.id()));
  // Nor does a summary of theirs that is missing.
  ASSERT_TRUE(Decide(survey, opened.Id("student 1 "), {DecisionKind::kSummary, ModerationReason::kNone, "", ""}).ok());
  EXPECT_EQ(ReadAs(survey, 0).view.counts.missing_summaries, 1);
  EXPECT_FALSE(*collection_->CommentsWait(survey.id()));
  const auto released = domain::DecodeReleasedComments(*collection_->ReleaseSurvey({survey.id(), false}));
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(released->discarded, 0);
  for (const domain::ReleasedBlock& block : released->blocks) EXPECT_EQ(block.code, "staff");
}

TEST_F(ModerationTest, WhatNobodyDecidedAboutIsDestroyedWhenTheOrderSaysSo) {
  const TestSurvey survey = ClosedSurvey();
  const Opened opened = ReadAs(survey, 0);
  const std::string id = opened.Id("staff 7 ");
  ASSERT_TRUE(Decide(survey, id, Approve(opened.texts.at(id))).ok());
  const auto released = domain::DecodeReleasedComments(*collection_->ReleaseSurvey({survey.id(), true}));
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(released->discarded, 10) << "of staff's to the first prompt, whose words might have gone out";
  ASSERT_EQ(released->blocks.size(), 1u) << "nothing says that anybody else wrote";
  EXPECT_EQ(released->blocks[0].prompts[0].comments.size(), 1u);
}

TEST_F(ModerationTest, AfterReleaseNoFileHoldsARejectedCommentAKeyOrAReplyKey) {
  const TestSurvey survey = ClosedSurvey();
  const Opened opened = ReadAs(survey, 0);
  std::vector<std::string> traces;
  for (const auto& [id, text] : opened.texts) traces.push_back(crypto::Sha256(text));  // the reply keys of staff's
  for (const ModeratedComment& comment : opened.view.comments) traces.push_back(comment.sealed.substr(24, 40));
  traces.push_back(opened.view.sealed_key);
  const std::string changed = opened.Id("staff 5 "), kept = opened.Id("staff 6 ");
  const std::string once_approved = "what staff 5 had said before somebody thought better of it";
  ASSERT_TRUE(Decide(survey, kept, Approve(opened.texts.at(kept))).ok());
  ASSERT_TRUE(Decide(survey, changed, Approve(once_approved)).ok());
  // Before release, too, no file but the key folder's opens a word.
  EXPECT_EQ(folder_.FileWith(opened.texts.at(kept)), "");
  EXPECT_EQ(folder_.FileWith("somebody thought better"), "");
  ASSERT_TRUE(Decide(survey, changed, {DecisionKind::kReject, ModerationReason::kOther, "", "a note among us"}).ok());
  const std::string key_file = absl::StrCat(folder_.path(), "/keys/", survey.id().value(), ".moderation.key");
  const auto key = base::ReadFile(key_file);
  ASSERT_TRUE(key.ok()) << key.status();
  traces.push_back(*key);
  for (const auto& [id, text] : opened.texts) {
    if (id != kept) traces.push_back(text);
  }
  traces.push_back(once_approved);
  traces.push_back("a note among us");
  EXPECT_NE(folder_.FileWith(opened.view.comments[0].sealed.substr(24, 40)), "") << "a trace that cannot be found";
  ASSERT_TRUE(collection_->ReleaseSurvey({survey.id(), true}).ok());
  ASSERT_TRUE(collection_->Forget().ok());
  for (const std::string& trace : traces) EXPECT_EQ(folder_.FileWith(trace), "");
  EXPECT_FALSE(base::FileExists(key_file));
  Shut();
  for (const std::string& trace : traces) EXPECT_EQ(folder_.FileWith(trace), "");
}

TEST_F(ModerationTest, TheContractsRetentionEndsCommentsByThisPlanesClock) {
  const TestSurvey waiting = ClosedSurvey(), released = ClosedSurvey();
  const Opened opened = ReadAs(waiting, 0), of_released = ReadAs(released, 0);
  const std::string approved = "what a moderator let out of it", handed_over = "what the leader has got already";
  ASSERT_TRUE(Decide(waiting, opened.Id("staff 7 "), Approve(approved)).ok());
  ASSERT_TRUE(Decide(released, of_released.Id("staff 7 "), Approve(handed_over)).ok());
  ASSERT_TRUE(collection_->ReleaseSurvey({released.id(), true}).ok());
  std::vector<std::string> traces = {handed_over, opened.view.sealed_key};
  for (const ModeratedComment& comment : opened.view.comments) traces.push_back(comment.sealed.substr(24, 40));
  const std::string key_file = absl::StrCat(folder_.path(), "/keys/", waiting.id().value(), ".moderation.key");
  ASSERT_TRUE(base::FileExists(key_file));
  const absl::Time end = domain::NoticesEndTime(waiting.contract);
  clock_.Set(end - absl::Seconds(1));
  Restart();
  EXPECT_EQ(ReadAs(waiting, 0).texts.size(), 17u);
  for (const std::string& trace : traces) ASSERT_NE(folder_.FileWith(trace), "") << "a trace that cannot be found";
  clock_.Set(end);
  Restart();
  const auto left = [&] {
    return std::count_if(traces.begin(), traces.end(), [&](const std::string& trace) { return folder_.FileWith(trace) != ""; });
  };
  for (int attempt = 0; attempt < 500 && left() > 0; ++attempt) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_EQ(left(), 0);
  EXPECT_FALSE(base::FileExists(key_file));
  EXPECT_TRUE(ReadAs(waiting, 0).view.comments.empty());
  EXPECT_FALSE(*collection_->CommentsWait(waiting.id()));
  // The report is still to be had.
  for (int time = 0; time < 2; ++time) {
    for (const TestSurvey* survey : {&waiting, &released}) {
      const auto none = domain::DecodeReleasedComments(*collection_->ReleaseSurvey({survey->id(), false}));
      ASSERT_TRUE(none.ok()) << none.status();
      EXPECT_TRUE(none->expired);
      EXPECT_TRUE(none->blocks.empty());
    }
  }
}

TEST_F(ModerationTest, AReleaseThatComesBeforeThePlaneHasLookedAtItsClockHandsOverNothingThatIsOver) {
  const TestSurvey survey = ClosedSurvey();
  const Opened opened = ReadAs(survey, 0);
  ASSERT_TRUE(Decide(survey, opened.Id("staff 7 "), Approve("what came too late")).ok());
  clock_.Set(domain::NoticesEndTime(survey.contract));
  const auto none = domain::DecodeReleasedComments(*collection_->ReleaseSurvey({survey.id(), true}));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_TRUE(none->expired);
  EXPECT_TRUE(ReadAs(survey, 0).view.comments.empty());
}

TEST_F(ModerationTest, WithoutTheKeyOfDecisionsTheyAreTakenAgain) {
  const TestSurvey survey = ClosedSurvey();
  const Opened opened = ReadAs(survey, 0);
  const std::string id = opened.Id("staff 7 ");
  ASSERT_TRUE(Decide(survey, id, Approve(opened.texts.at(id))).ok());
  EXPECT_EQ(ReadAs(survey, 0).view.counts.undecided, 16);
  ASSERT_TRUE(base::DestroyFile(absl::StrCat(folder_.path(), "/keys/", survey.id().value(), ".moderation.key")).ok());
  EXPECT_EQ(ReadAs(survey, 0).view.counts.undecided, 17);
  ASSERT_TRUE(Decide(survey, id, Approve(opened.texts.at(id))).ok());
  EXPECT_EQ(ReadAs(survey, 0).view.counts.undecided, 16);
}

}  // namespace
}  // namespace candor::collection
