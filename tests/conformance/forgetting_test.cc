// What is left of a campaign in the whole folder of a server, key folder, logs of the engine and temporary files
// included: known values are planted or read from the files while the campaign is open, and every byte of every file is
// searched for them after closing, after release, and after the retention.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/moderation.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "candor/v1/retention.grpc.pb.h"
#include "clients/cpp/key_session.h"
#include "clients/cpp/moderation.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/crypto/token.h"
#include "services/domain/sealed_records.h"
#include "storage/sqlite/open_survey_store.h"
#include "storage/sqlite/response_store.h"
#include "tests/support/raw_respondent.h"
#include "tests/support/sample_district.h"
#include "tests/support/test_server.h"
#include "tests/support/traces.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kRetentionDays = 30;
constexpr int kStaff = 6;
// As many as make a pool, so that its key is among what must go.
const char* const kLeaders[] = {"leader1", "leader2", "leader3", "leader4", "leader5"};

class ForgettingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Whatever the engine writes beside its databases is to be found too.
    std::filesystem::create_directory(temporary_.File("tmp"));
    for (const char* variable : {"TMPDIR", "SQLITE_TMPDIR"}) {
      setenv(variable, temporary_.File("tmp").c_str(), 1);
    }
    ASSERT_TRUE(server_.Start().ok());
    auto district = SampleDistrict::Make(server_, "north");
    ASSERT_TRUE(district.ok()) << district.status();
    district_ = *std::move(district);
    for (const char* leader : {"leader4", "leader5"}) {
      ASSERT_TRUE(district_.AddPerson(server_.Administrator(), leader, {v1::ROLE_LEADER}, {"boss"}).ok());
    }
  }
  void TearDown() override {
    for (const char* variable : {"TMPDIR", "SQLITE_TMPDIR"}) unsetenv(variable);
  }

  ApiCaller Administrator() { return server_.Administrator().WithKey(district_.person("administrator").key); }

  std::vector<std::string> Folders() const {
    return {server_.data_folder(), server_.response_folder(), temporary_.path()};
  }

  // Every byte that the server has on the disk, by path.
  std::map<std::string, std::string> AllFiles() const { return FilesBelow(Folders()); }

  // Expects each trace in some file, or in none.
  void ExpectEverywhere(const std::vector<Trace>& traces, bool found, const std::string& when) const {
    const std::map<std::string, std::string> files = AllFiles();
    ASSERT_GE(files.size(), 3u);
    ExpectTraces(files, traces, found, when);
  }

  // A campaign with named raters, ready to be opened. `in_words`: with a moderator and an auditor, so that there are comments
  // and notices too.
  void MakeCampaign(bool in_words = false) {
    v1::CreateCampaignRequest create = district_.CampaignRequest(server_.clock().Now());
    create.mutable_campaign()->set_retention_days(kRetentionDays);
    if (in_words) {
      auto moderator = district_.AddKeyHolder(server_.Administrator(), "kim", v1::ROLE_MODERATOR);
      ASSERT_TRUE(moderator.ok()) << moderator.status();
      moderator_ = *std::move(moderator);
      ASSERT_TRUE(district_.AddKeyHolder(server_.Administrator(), "noa", v1::ROLE_AUDITOR).ok());
      v1::KeyHolder& named = *create.mutable_campaign()->add_moderators();
      named.set_title("Ombudsperson");
      named.set_person(district_.person("kim").name);
      create.mutable_campaign()->mutable_auditor()->set_title("Works council");
      create.mutable_campaign()->mutable_auditor()->set_person(district_.person("noa").name);
    }
    const auto campaign = Administrator().Call(&v1::CampaignService::Stub::CreateCampaign, create);
    ASSERT_TRUE(campaign.ok()) << campaign.status();
    campaign_ = campaign->name();
    for (const char* leader : kLeaders) {
      v1::CreateSurveyRequest survey;
      survey.set_parent(campaign_);
      survey.mutable_survey()->set_leader(district_.person(leader).name);
      const auto made = Administrator().Call(&v1::CampaignService::Stub::CreateSurvey, survey);
      ASSERT_TRUE(made.ok()) << made.status();
      surveys_.push_back(made->name());
      v1::BatchCreateRatersRequest raters;
      raters.set_parent(made->name());
      // The answer to a request with an id is kept for a day, names and all.
      raters.set_request_id(absl::StrCat("6f0f1b1e-7f5d-4f0e-9f54-0d1f8f6f2a0", surveys_.size()));
      for (int i = 0; i < kStaff; ++i) {
        v1::Rater& rater = *raters.add_raters();
        rater.set_group("staff");
        rater.set_display_name(absl::StrCat("Quillon Vasserby the ", i, "th of ", leader));
        rater.set_address(absl::StrCat("q.vasserby.", i, ".", leader, "@school.example"));
        people_.push_back({"a rater's name", rater.display_name()});
        people_.push_back({"a rater's address", rater.address()});
      }
      ASSERT_TRUE(Administrator().Call(&v1::CampaignService::Stub::BatchCreateRaters, raters).ok());
    }
  }

  // Opens the campaign and has everybody answer; the first of each survey changes their answers.
  void OpenAndAnswer() {
    ASSERT_TRUE(OpenAndWait(Administrator(), campaign_).ok());
    for (const std::string& survey : surveys_) {
      const auto codes = CodesOf(Administrator(), survey);
      ASSERT_TRUE(codes.ok()) << codes.status();
      ASSERT_EQ(codes->size(), static_cast<size_t>(kStaff));
      for (const auto& [group, code] : *codes) {
        const auto normal = crypto::NormalizeCode(code);
        ASSERT_TRUE(normal.ok());
        traces_.push_back({"the hash of a code", crypto::CodeHash(*normal)});
        never_.push_back({"a code", *normal});
        absl::StatusOr<RawRespondent> respondent = RawRespondent::Open(server_.Nobody(), code);
        ASSERT_TRUE(respondent.ok()) << respondent.status();
        ASSERT_TRUE(respondent->TakeToken().ok());
        traces_.push_back({"the hash of a blinded message", crypto::Sha256(respondent->blinding().blinded)});
        traces_.push_back({"the hash of a token", crypto::TokenHash(respondent->blinding().input_msg)});
        never_.push_back({"a blinded message", respondent->blinding().blinded.substr(100, 32)});
        never_.push_back({"a token", respondent->blinding().input_msg.substr(0, 32)});
        const uint32_t versions = codes->front().second == code ? 2 : 1;
        for (uint32_t version = 1; version <= versions; ++version) {
          v1::SubmitResponseRequest request = respondent->RequestFor(version % 5 + 1, version);
          WriteInWords(*respondent, request);
          ASSERT_TRUE(respondent->Submit(request).ok());
          if (version == versions) traces_.push_back({"a submission's id", request.submission_id()});
        }
        last_.emplace(*respondent);
      }
    }
  }

  // A comment with a key for questions, and a report of pressure, in words that stand nowhere else.
  void WriteInWords(const RawRespondent& respondent, v1::SubmitResponseRequest& request) {
    if (respondent.manifest().moderators.empty()) return;
    const std::string number = absl::StrCat(never_.size());
    const std::string comment = absl::StrCat("Comment ", number, " on the corridor"), key = base::RandomBytes(32),
                      notice = absl::StrCat("Told in person ", number, " what to say");
    request.mutable_comments(0)->replace(0, comment.size(), comment);
    *request.mutable_reply_keys(0) = key;
    request.mutable_pressure_notice()->replace(0, 1 + notice.size(), absl::StrCat("\1", notice));
    never_.push_back({"a comment", comment});
    never_.push_back({"a comment's reply key", key});
    never_.push_back({"a report of pressure", notice});
  }

  // After closing: what is kept in words, sealed, and one decision with the key that it lies under.
  void TakeWhatIsInWords() {
    const std::string id = surveys_[0].substr(surveys_[0].rfind('/') + 1);
    client::ConnectionOptions options;
    options.address = server_.response_address();
    const auto connection = client::Connection::Make(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    const auto session = client::KeySession::Open(*connection, domain::SurveyId(id), v1::KEY_HOLDER_ROLE_MODERATOR,
                                                  std::move(moderator_));
    ASSERT_TRUE(session.ok()) << session.status();
    const auto comments = client::ReadComments(**session);
    ASSERT_TRUE(comments.ok()) << comments.status();
    ASSERT_EQ(comments->comments.size(), static_cast<size_t>(kStaff));
    v1::CommentDecision decision;
    decision.set_kind(v1::DECISION_KIND_REJECT);
    decision.set_reason(v1::MODERATION_REASON_OTHER);
    decision.set_note("a note among moderators");
    ASSERT_TRUE(client::Decide(**session, comments->comments[0], decision).ok());
    never_.push_back({"a moderator's note", decision.note()});
    server_.Stop();
    const auto key = base::ReadFile(absl::StrCat(server_.response_folder(), "/keys/", id, ".moderation.key"));
    ASSERT_TRUE(key.ok()) << key.status();
    comments_.push_back({"the key of decisions", *key});
    const auto store = storage::sqlite::SqliteResponseStore::Open(server_.response_folder());
    ASSERT_TRUE(store.ok()) << store.status();
    for (const std::string& survey : surveys_) {
      const domain::SurveyId of(survey.substr(survey.rfind('/') + 1));
      const auto stored = (*store)->GetComments(of);
      ASSERT_TRUE(stored.ok()) << stored.status();
      ASSERT_EQ(stored->comments.size(), static_cast<size_t>(kStaff));
      comments_.push_back({"the sealed key of comments", stored->sealed_keys.at(0)});
      for (const storage::StoredComment& comment : stored->comments) {
        comments_.push_back({"a sealed comment", comment.sealed});
        if (comment.decision.has_value()) comments_.push_back({"a sealed decision", comment.decision->sealed});
      }
      const auto notices = (*store)->GetNotices(of);
      ASSERT_TRUE(notices.ok()) << notices.status();
      ASSERT_EQ(notices->size(), static_cast<size_t>(kStaff));
      for (const std::string& notice : *notices) notices_.push_back({"a sealed notice", notice});
    }
  }

  // Takes the secrets of the open campaign out of the server's own files, while it is stopped.
  void TakeSecretsFromTheFiles() {
    server_.Stop();
    const std::string keys = absl::StrCat(server_.data_folder(), "/keys");
    const auto names = base::ListFolder(keys);
    ASSERT_TRUE(names.ok());
    std::map<std::string, std::string> closing_keys;  // by survey
    for (const std::string& name : *names) {
      if (!absl::StartsWith(name, "survey.") && !absl::StartsWith(name, "campaign.")) continue;
      const auto bytes = base::ReadFile(absl::StrCat(keys, "/", name));
      ASSERT_TRUE(bytes.ok());
      ASSERT_GE(bytes->size(), 32u) << name;
      // Of an issuing key every part that is secret: its encoding is cut into pieces.
      for (size_t at = 0; at + 32 <= bytes->size(); at += 32) {
        if (bytes->size() > 32 && at < 32) continue;  // the encoding's beginning is the same for all such keys
        traces_.push_back({name, bytes->substr(at, 32)});
      }
      if (bytes->size() == 32) never_.push_back({absl::StrCat(name, " in hexadecimal"), base::HexEncode(*bytes)});
      if (absl::EndsWith(name, ".closing.key")) closing_keys[name.substr(7, 26)] = *bytes;
      ++key_files_;
    }
    ASSERT_EQ(closing_keys.size(), surveys_.size());
    for (const std::string& survey : surveys_) {
      const std::string id = survey.substr(survey.rfind('/') + 1);
      const auto open =
          storage::sqlite::SqliteOpenSurveyStore::Open(absl::StrCat(server_.response_folder(), "/open/", id, ".db"));
      ASSERT_TRUE(open.ok()) << open.status();
      int answers = 0;
      ASSERT_TRUE(
          (*open)
              ->ForEachAnswer([&](const storage::Slot&, absl::string_view sealed) {
                traces_.push_back({"the beginning of a sealed answer", std::string(sealed.substr(0, 32))});
                traces_.push_back({"the end of a sealed answer", std::string(sealed.substr(sealed.size() - 32))});
                ++answers;
                return absl::OkStatus();
              })
              .ok());
      EXPECT_EQ(answers, kStaff);
      const auto run_keys = (*open)->RunKeys();
      ASSERT_TRUE(run_keys.ok());
      ASSERT_THAT(*run_keys, ::testing::SizeIs(1));
      traces_.push_back({"a sealed data key", run_keys->front()});
      const auto closing = crypto::ClosingKeyPair::FromSecretKey(closing_keys.at(id));
      ASSERT_TRUE(closing.ok());
      const auto data_key = crypto::OpenSealed(closing->public_key, closing->secret_key, run_keys->front());
      ASSERT_TRUE(data_key.ok()) << data_key.status();
      never_.push_back({"a data key", std::string(data_key->view())});
    }
    ASSERT_TRUE(server_.Start().ok());
  }

  // In a second run of the server, so that a second data key is there and the engine's log is not empty at closing.
  void ChangeOneAnswer() {
    v1::SubmitResponseRequest request = last_->RequestFor(4, 3);
    WriteInWords(*last_, request);
    ASSERT_TRUE(server_.Nobody().Call(&v1::ResponseService::Stub::SubmitResponse, request).ok());
    const Trace newest{"the newest submission's id", request.submission_id()};
    ExpectEverywhere({newest}, true, "while open");
    traces_.push_back(newest);
  }

  absl::StatusOr<v1::PurgePersonalDataResponse> Purge(bool dry_run) {
    v1::PurgePersonalDataRequest request;
    request.set_parent(district_.name());
    request.set_dry_run(dry_run);
    return Administrator().Call(&v1::RetentionService::Stub::PurgePersonalData, request);
  }
  // "CODES 30, RATERS 30 deleted": what a purge gives, in its order.
  std::vector<std::string> Purged(bool dry_run) {
    const auto purged = Purge(dry_run);
    EXPECT_TRUE(purged.ok()) << purged.status();
    std::vector<std::string> items;
    if (!purged.ok()) return items;
    for (const v1::PersonalDataItem& item : purged->items()) {
      EXPECT_EQ(item.campaign(), campaign_);
      items.push_back(absl::StrCat(v1::PersonalData_Name(item.data()).substr(14), " ", item.count(),
                                   item.deleted() ? " deleted" : ""));
    }
    return items;
  }

  const TempFolder temporary_;
  TestServer server_;
  SampleDistrict district_;
  std::string campaign_;
  std::vector<std::string> surveys_;
  std::vector<Trace> traces_;  // there until closing
  std::vector<Trace> never_;   // never there
  std::vector<Trace> people_;  // there until the retention is over
  std::vector<Trace> comments_;  // there from closing until release
  std::vector<Trace> notices_;   // there from closing until the retention of words is over
  crypto::ClosingKeyPair moderator_;
  std::optional<RawRespondent> last_;
  int key_files_ = 0;
};

TEST_F(ForgettingTest, NothingOfAnOpenCampaignIsLeftAfterClosingAndNobodysNameAfterTheRetention) {
  MakeCampaign(/*in_words=*/true);
  OpenAndAnswer();
  ExpectEverywhere(never_, false, "while open");
  TakeSecretsFromTheFiles();
  // For each survey an issuing and a closing key, and the campaign's code and pooling keys.
  EXPECT_EQ(key_files_, 12);
  ExpectEverywhere(traces_, true, "while open");
  ExpectEverywhere(people_, true, "while open");
  ChangeOneAnswer();

  ASSERT_TRUE(CloseAndWait(Administrator(), campaign_).ok());
  ExpectEverywhere(traces_, false, "after closing");
  ExpectEverywhere(never_, false, "after closing");
  EXPECT_THAT(*base::ListFolder(absl::StrCat(server_.response_folder(), "/open")), IsEmpty());
  const auto keys = base::ListFolder(absl::StrCat(server_.data_folder(), "/keys"));
  ASSERT_TRUE(keys.ok()) << keys.status();
  for (const std::string& name : *keys) {
    EXPECT_FALSE(absl::StartsWith(name, "survey.") || absl::StartsWith(name, "campaign.")) << name;
  }
  EXPECT_THAT(*base::ListFolder(temporary_.File("tmp")), IsEmpty());
  TakeWhatIsInWords();
  ExpectEverywhere(comments_, true, "between closing and release");
  ExpectEverywhere(notices_, true, "between closing and release");
  ASSERT_TRUE(server_.Start().ok());
  ASSERT_TRUE(ReleaseAndWait(Administrator(), campaign_, /*discard_comments=*/true).ok());
  ExpectEverywhere(comments_, false, "after release");
  ExpectEverywhere(people_, true, "until the retention is over");
  server_.Stop();
  ExpectEverywhere(traces_, false, "after closing, with the server stopped");

  ASSERT_TRUE(server_.Start().ok());
  server_.clock().Advance(absl::Hours(24 * kRetentionDays));
  // Reports of pressure stay until the retention of words is over, which begins later.
  EXPECT_TRUE(Eventually([&] {
    const auto left = Purge(true);
    return left->items_size() == 1 && left->items(0).data() == v1::PERSONAL_DATA_NOTICES;
  })) << "the server deletes by itself";
  ExpectEverywhere(people_, false, "after the retention");
  server_.Stop();
  ExpectEverywhere(people_, false, "after the retention, with the server stopped");
  ExpectEverywhere(traces_, false, "after the retention");
  ExpectEverywhere(never_, false, "after the retention");
  ExpectEverywhere(notices_, true, "until the retention of words is over, which begins later");

  // From the abandon time on, by the response plane's own clock; it looks at its start.
  server_.clock().Advance(domain::NoticesEndTime(last_->contract()) - server_.clock().Now());
  ASSERT_TRUE(server_.Start().ok());
  const std::string sealed = notices_.back().bytes;
  EXPECT_TRUE(Eventually([&] {
    for (const auto& [path, bytes] : AllFiles()) {
      if (absl::StrContains(bytes, sealed)) return false;
    }
    return true;
  }));
  EXPECT_THAT(Purge(true)->items(), IsEmpty());
  server_.Stop();
  ExpectEverywhere(notices_, false, "after the retention of words");
  ExpectEverywhere(comments_, false, "after the retention of words");
  ExpectEverywhere(never_, false, "after the retention of words");
}

TEST_F(ForgettingTest, PurgeSaysWhatGoesWhenAndDeletesWhatIsDue) {
  // The server looks at its clock at its start, and then so rarely that the call comes first.
  server_.config().tick_interval = absl::Hours(1);
  ASSERT_TRUE(server_.Restart().ok());
  EXPECT_THAT(Purged(true), IsEmpty());
  MakeCampaign();
  EXPECT_THAT(Purged(true), IsEmpty()) << "a draft has promised nothing yet";
  const absl::Time closes = server_.clock().Now() + absl::Hours(24 * 14);
  ASSERT_TRUE(OpenAndWait(Administrator(), campaign_).ok());
  EXPECT_THAT(Purged(false), ElementsAre("CODES 30", "ANSWERS 5", "RATERS 30")) << "nothing is due";
  const auto open = Purge(true);
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->items(0).due_time().seconds(), absl::ToUnixSeconds(closes));
  EXPECT_FALSE(open->items(2).has_due_time()) << "not known before closing";

  ASSERT_TRUE(CloseAndWait(Administrator(), campaign_).ok());
  EXPECT_THAT(Purged(true), ElementsAre("RATERS 30"));
  const auto closed = Purge(true);
  ASSERT_TRUE(closed.ok());
  EXPECT_EQ(closed->items(0).due_time().seconds(),
            absl::ToUnixSeconds(server_.clock().Now() + absl::Hours(24 * kRetentionDays)));
  EXPECT_THAT(Purged(false), ElementsAre("RATERS 30")) << "not due";
  ExpectEverywhere(people_, true, "before the retention is over");

  server_.clock().Advance(absl::Hours(24 * kRetentionDays));
  EXPECT_THAT(Purged(true), ElementsAre("RATERS 30"));
  ExpectEverywhere(people_, true, "after a look");
  EXPECT_THAT(Purged(false), ElementsAre("RATERS 30 deleted"));
  ExpectEverywhere(people_, false, "after the purge");
  EXPECT_THAT(Purged(true), IsEmpty());
  EXPECT_THAT(Purged(false), IsEmpty());
}

TEST_F(ForgettingTest, PurgeOfADistrictThatIsNotThereIsSaid) {
  v1::PurgePersonalDataRequest request;
  request.set_parent("districts/south");
  EXPECT_EQ(ReasonOf(server_.Administrator().Call(&v1::RetentionService::Stub::PurgePersonalData, request).status()),
            "RESOURCE_NOT_FOUND");
  request.set_parent("north");
  EXPECT_EQ(ReasonOf(server_.Administrator().Call(&v1::RetentionService::Stub::PurgePersonalData, request).status()),
            "FIELD_INVALID");
}

}  // namespace
}  // namespace candor::testing
