#include "clients/cli/moderation_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/json.h"
#include "services/domain/comments.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;
using ::testing::HasSubstr;

constexpr char kSurvey[] = "0123456789abcdefghjkmnpqrs";

base::Json Exported() {
  client::OpenedComments comments;
  client::OpenedComment& comment = comments.comments.emplace_back();
  comment.id = "c1";
  comment.place.block = "staff";
  comment.place.prompt = 0;
  comment.place.texts = true;
  comment.text = "More visits, please.";
  return *base::ParseJson(ModerationToJson(kSurvey, comments, {"What should go on?"}));
}

absl::StatusOr<ModerationFile> Decided(const base::Json& decision) {
  base::Json file = Exported();
  file["comments"][0]["decision"] = decision;
  return ParseModeration(file.dump(), "comments.json");
}

TEST(ModerationFileTest, WhatIsExportedSaysHowToDecideAndDecidesNothing) {
  const base::Json file = Exported();
  std::string how;
  for (const base::Json& sentence : file["HOW_TO_DECIDE"]) how += sentence.get<std::string>() + "\n";
  for (const char* kind : {"approve", "redact", "summary", "reject"}) EXPECT_THAT(how, HasSubstr(kind));
  for (int reason = 1; reason <= domain::kLastModerationReason; ++reason) {
    EXPECT_THAT(how, HasSubstr(std::string(domain::NameOf(static_cast<domain::ModerationReason>(reason)))));
  }
  const auto read = ParseModeration(file.dump(), "comments.json");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->survey, kSurvey);
  EXPECT_TRUE(read->decisions.empty());
}

TEST(ModerationFileTest, HowToDecideStandsFirstAndAtItsEarlierNameIsReadToo) {
  const std::string text = ModerationToJson(kSurvey, {}, {});
  EXPECT_EQ(text.find("\"HOW_TO_DECIDE\""), text.find('"'));
  base::Json file = Exported();
  file["how_to_decide"] = file["HOW_TO_DECIDE"];
  file.erase("HOW_TO_DECIDE");
  EXPECT_TRUE(ParseModeration(file.dump(), "comments.json").ok());
}

TEST(ModerationFileTest, ADecisionIsReadInPlaceOfNull) {
  const auto read = Decided({{"kind", "reject"}, {"reason", "insult"}, {"note", "second time"}});
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->decisions.size(), 1u);
  EXPECT_EQ(read->decisions[0].comment, "c1");
  EXPECT_EQ(read->decisions[0].decision.kind(), v1::DECISION_KIND_REJECT);
  EXPECT_EQ(NameOf(read->decisions[0].decision.reason()), "insult");
  EXPECT_EQ(read->decisions[0].decision.note(), "second time");
}

TEST(ModerationFileTest, WhatIsNoDecisionIsToldWithItsPlaceAndWhatThereIs) {
  const auto word = Decided("approve");
  EXPECT_THAT(std::string(word.status().message()), HasSubstr("comments[0].decision: must be null or as in"));
  EXPECT_THAT(std::string(word.status().message()), HasSubstr("HOW_TO_DECIDE"));
  EXPECT_THAT(std::string(Decided({{"kind", "reject"}, {"reason", "rude"}}).status().message()),
              HasSubstr("decision.reason: must be one of names_somebody, identifies_writer"));
  EXPECT_THAT(std::string(Decided({{"kind", "keep"}}).status().message()), HasSubstr("must be approve, redact, summary or reject"));
}

TEST(ModerationFileTest, ReasonsAreCheckedBeforeAnythingIsSent) {
  client::OpenedComment comment;
  comment.place.texts = true;
  comment.text = "More visits, please.";
  v1::CommentDecision decision;
  decision.set_kind(v1::DECISION_KIND_APPROVE);
  decision.set_text(comment.text);
  EXPECT_EQ(client::CheckDecision(comment, decision), absl::OkStatus());
  decision.set_reason(v1::MODERATION_REASON_INSULT);
  EXPECT_EQ(client::CheckDecision(comment, decision).code(), absl::StatusCode::kInvalidArgument);
  decision.set_kind(v1::DECISION_KIND_REJECT);
  EXPECT_EQ(client::CheckDecision(comment, decision).code(), absl::StatusCode::kInvalidArgument) << "with words that go out";
  decision.clear_text();
  EXPECT_EQ(client::CheckDecision(comment, decision), absl::OkStatus());
  decision.clear_reason();
  EXPECT_THAT(std::string(client::CheckDecision(comment, decision).message()), HasSubstr("give a reason"));
  decision.set_kind(v1::DECISION_KIND_SUMMARY);
  EXPECT_EQ(client::CheckDecision(comment, decision), absl::OkStatus());
}

}  // namespace
}  // namespace candor::cli
