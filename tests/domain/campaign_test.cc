#include "services/domain/campaign.h"

#include "gtest/gtest.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

CampaignSettings SampleSettings() {
  CampaignSettings settings;
  settings.title = "Spring 2027";
  settings.instrument = InstrumentId("pulse");
  settings.instrument_version = 1;
  settings.close_time = kNow + absl::Hours(24 * 14);
  settings.latest_close_time = settings.close_time + absl::Hours(24 * 7);
  settings.abandon_time = settings.latest_close_time + absl::Hours(24 * 30);
  settings.notice = {{"en", "We ask for your view.\nThank you."}};
  settings.moderators = {{"Ombudsperson", PersonId("kim")}};
  settings.auditor = NamedHolder{"Works council", PersonId("kim")};
  return settings;
}

struct SettingsCase {
  std::string what;
  std::function<void(CampaignSettings&)> change;
  std::string field;
};

const std::vector<SettingsCase>& BrokenSettings() {
  static const auto* cases = new std::vector<SettingsCase>{
      {"no title", [](auto& s) { s.title = ""; }, "title"},
      {"a title too long", [](auto& s) { s.title = std::string(201, 'x'); }, "title"},
      {"a title of two lines", [](auto& s) { s.title = "a\nBcc: everyone"; }, "title"},
      {"no instrument", [](auto& s) { s.instrument = InstrumentId(); }, "instrument_version"},
      {"no version", [](auto& s) { s.instrument_version = 0; }, "instrument_version"},
      {"another purpose", [](auto& s) { s.purpose = "pay"; }, "purpose"},
      {"k below 5", [](auto& s) { s.minimum_group_size = 4; }, "minimum_group_size"},
      {"k above 100", [](auto& s) { s.minimum_group_size = 101; }, "minimum_group_size"},
      {"t raised without k", [](auto& s) { s.insiders = 2, s.minimum_group_size = 6; },
       "minimum_group_size"},
      {"t of 0", [](auto& s) { s.insiders = 0; }, "insiders"},
      {"t above 10", [](auto& s) { s.insiders = 11, s.minimum_group_size = 50; }, "insiders"},
      {"an unknown reader",
       [](auto& s) {
         s.readers = {"leader", "board"};
       },
       "readers[1]"},
      {"a reader twice",
       [](auto& s) {
         s.readers = {"leader", "leader"};
       },
       "readers[1]"},
      {"an administrator alone",
       [](auto& s) {
         s.readers = {"administrator"};
       },
       "readers"},
      {"nobody to read", [](auto& s) { s.readers = {}; }, "readers"},
      {"a first reader who may not read",
       [](auto& s) { s.first_reader = FirstReader::kSupervisor; }, "readers"},
      {"closing within the hour", [](auto& s) { s.close_time = kNow + absl::Seconds(3599); },
       "close_time"},
      {"closing in the past", [](auto& s) { s.close_time = kNow - absl::Hours(1); }, "close_time"},
      {"closing never", [](auto& s) { s.close_time = absl::InfiniteFuture(); }, "close_time"},
      {"a part of a second", [](auto& s) { s.close_time += absl::Milliseconds(1); }, "close_time"},
      {"the latest closing too early",
       [](auto& s) { s.latest_close_time = s.close_time - absl::Seconds(1); }, "latest_close_time"},
      {"abandoned at the latest closing", [](auto& s) { s.abandon_time = s.latest_close_time; },
       "abandon_time"},
      {"no retention", [](auto& s) { s.retention_days = 0; }, "retention_days"},
      {"retention without end", [](auto& s) { s.retention_days = 3651; }, "retention_days"},
      {"a notice in no language", [](auto& s) { s.notice["English"] = "x"; }, "notice.English"},
      {"an empty notice", [](auto& s) { s.notice["es"] = ""; }, "notice.es"},
      {"a notice too long", [](auto& s) { s.notice["es"] = std::string(4001, 'x'); }, "notice.es"},
      {"a notice that is no text", [](auto& s) { s.notice["es"] = "\xff"; }, "notice.es"},
      {"a steward without a title", [](auto& s) { s.steward = {"", 3, 2, std::string(32, 's')}; }, "steward.title"},
      {"a steward with two lines", [](auto& s) { s.steward = {"a\nb", 3, 2, std::string(32, 's')}; }, "steward.title"},
      {"more shares needed than there are", [](auto& s) { s.steward = {"Council", 3, 4, std::string(32, 's')}; },
       "steward.threshold"},
      {"too many shares", [](auto& s) { s.steward = {"Council", 21, 4, std::string(32, 's')}; }, "steward.shares"},
      {"a steward without a key", [](auto& s) { s.steward = {"Council", 3, 2, ""}; }, "steward.public_key"},
      {"a mirror without TLS", [](auto& s) { s.mirrors = {"http://a.example"}; }, "mirrors[0]"},
      {"a mirror twice",
       [](auto& s) {
         s.mirrors = {"https://a.example", "https://a.example"};
       },
       "mirrors[1]"},
      {"six mirrors",
       [](auto& s) {
         for (char c = 'a'; c < 'g'; ++c) s.mirrors.push_back(std::string("https://") + c + ".example");
       },
       "mirrors"},
      {"six moderators",
       [](auto& s) {
         for (char c = 'a'; c < 'f'; ++c)
           s.moderators.push_back({std::string(1, c), PersonId(std::string(1, c))});
       },
       "moderators"},
      {"a moderator without a title", [](auto& s) { s.moderators[0].title = ""; },
       "moderators[0].title"},
      {"a moderator's title too long", [](auto& s) { s.moderators[0].title = std::string(101, 'x'); },
       "moderators[0].title"},
      {"a moderator's name twice",
       [](auto& s) {
         s.moderators.push_back({"Ombudsperson", PersonId("lee")});
       },
       "moderators[1].title"},
      {"a moderator who is nobody", [](auto& s) { s.moderators[0].person = PersonId(); },
       "moderators[0].person"},
      {"a moderator twice",
       [](auto& s) {
         s.moderators.push_back({"Union", PersonId("kim")});
       },
       "moderators[1].person"},
      {"an auditor without a title", [](auto& s) { s.auditor->title = ""; }, "auditor.title"},
      {"an auditor who is nobody", [](auto& s) { s.auditor->person = PersonId(); },
       "auditor.person"},
      {"questions back for more than a month",
       [](auto& s) {
         s.follow_up_days = 31;
       },
       "follow_up_days"},
      {"questions back for less than no day", [](auto& s) { s.follow_up_days = -1; }, "follow_up_days"},
      {"questions back for longer than names are kept",
       [](auto& s) {
         s.follow_up_days = 5;
         s.retention_days = 14;
       },
       "follow_up_days"},
      {"questions back that nobody reads",
       [](auto& s) {
         s.follow_up_days = 5;
         s.moderators.clear();
       },
       "follow_up_days"},
      {"words of comments from among nine", [](auto& s) { s.summary_only_below = 9; },
       "summary_only_below"},
  };
  return *cases;
}

TEST(CampaignSettingsTest, AcceptsSettingsAsTheyShouldBe) {
  EXPECT_TRUE(CheckSettings(SampleSettings(), kNow).ok()) << CheckSettings(SampleSettings(), kNow);
  CampaignSettings settings = SampleSettings();
  settings.close_time = kNow + absl::Hours(1);
  settings.latest_close_time = settings.close_time;
  settings.abandon_time = settings.close_time + absl::Seconds(1);
  settings.notice.clear();
  settings.moderators.clear();
  settings.auditor.reset();
  settings.insiders = 10;
  settings.minimum_group_size = 15;
  settings.readers = {"supervisor", "leader", "administrator"};
  settings.first_reader = FirstReader::kSupervisor;
  EXPECT_TRUE(CheckSettings(settings, kNow).ok()) << CheckSettings(settings, kNow);
}

TEST(CampaignSettingsTest, RefusesEachFaultWithItsField) {
  for (const SettingsCase& c : BrokenSettings()) {
    SCOPED_TRACE(c.what);
    CampaignSettings settings = SampleSettings();
    c.change(settings);
    ExpectError(CheckSettings(settings, kNow), absl::StatusCode::kInvalidArgument,
                "CAMPAIGN_INVALID", c.field);
  }
}

TEST(CampaignSettingsTest, ListsAllFaultsInOneMessage) {
  CampaignSettings settings = SampleSettings();
  settings.title = "";
  settings.minimum_group_size = 3;
  settings.insiders = 0;
  settings.readers = {"board"};
  settings.close_time = kNow;
  settings.abandon_time = kNow;
  settings.retention_days = -1;
  settings.notice["es"] = "";
  settings.moderators.push_back({"", PersonId()});
  const absl::Status status = CheckSettings(settings, kNow);
  ExpectError(status, absl::StatusCode::kInvalidArgument, "CAMPAIGN_INVALID", "title");
  for (const char* field : {"title:", "minimum_group_size:", "insiders:", "readers[0]:", "readers:",
                            "close_time:", "abandon_time:", "retention_days:", "notice.es:",
                            "moderators[1].title:", "moderators[1].person:"}) {
    EXPECT_NE(status.message().find(field), absl::string_view::npos) << field << " in " << status;
  }
}

TEST(CampaignSettingsTest, MakesAContractThatReadsBack) {
  CampaignSettings settings = SampleSettings();
  settings.insiders = 2;
  settings.minimum_group_size = 8;
  settings.readers = {"leader", "supervisor"};
  const Contract contract = MakeContract(settings, std::string(64, 'b'), SampleInstrument());
  EXPECT_EQ(contract.languages, (std::vector<std::string>{"en", "es"}));
  EXPECT_EQ(contract.pool_minimum, 10);
  EXPECT_EQ(contract.closing_mode, "automatic");
  EXPECT_FALSE(contract.steward.has_value());
  EXPECT_FALSE(contract.evaluative_use_forbidden);
  EXPECT_EQ(contract.maximum_reissued_percent, 10);
  const auto read = DecodeContract(EncodeContract(contract));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->minimum_group_size, 8);
  EXPECT_EQ(read->insiders, 2);
  EXPECT_EQ(read->close_time, settings.close_time);
  EXPECT_EQ(read->instrument_hash, std::string(64, 'b'));
}

TEST(CampaignSettingsTest, TheContractNamesStewardMirrorsAndWhatTheInstrumentForbids) {
  CampaignSettings settings = SampleSettings();
  settings.steward = {"Works council", 5, 3, std::string(32, 's')};
  settings.mirrors = {"https://union.example/candor"};
  settings.follow_up_days = 10;
  Instrument instrument = SampleInstrument();
  instrument.evaluative_use_forbidden = true;
  ASSERT_TRUE(CheckSettings(settings, kNow).ok()) << CheckSettings(settings, kNow);
  const auto read = DecodeContract(EncodeContract(MakeContract(settings, std::string(64, 'b'), instrument)));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->closing_mode, "steward");
  EXPECT_EQ(read->steward, settings.steward);
  EXPECT_EQ(read->mirrors, settings.mirrors);
  EXPECT_EQ(read->follow_up_days, 10);
  EXPECT_TRUE(read->evaluative_use_forbidden);
}

TEST(CampaignSettingsTest, AnInstrumentThatForbidsEvaluationRefusesEveryOtherPurpose) {
  CampaignSettings settings = SampleSettings();
  Instrument instrument = SampleInstrument();
  instrument.evaluative_use_forbidden = true;
  EXPECT_TRUE(CheckPurpose(settings, instrument).ok());
  settings.purpose = "evaluative";
  ExpectError(CheckPurpose(settings, instrument), absl::StatusCode::kFailedPrecondition, "PURPOSE_FORBIDDEN", "purpose");
  instrument.evaluative_use_forbidden = false;
  EXPECT_TRUE(CheckPurpose(settings, instrument).ok());
  ExpectError(CheckSettings(settings, kNow), absl::StatusCode::kInvalidArgument, "CAMPAIGN_INVALID", "purpose");
}

TEST(CampaignStateTest, NamesReadBackAndAreStable) {
  const std::vector<std::string> campaign = {"draft",   "opening", "open",
                                             "closing", "closed",  "released"};
  for (size_t i = 0; i < campaign.size(); ++i) {
    EXPECT_EQ(std::string(NameOf(static_cast<CampaignState>(i))), campaign[i]);
    EXPECT_EQ(FindCampaignState(campaign[i]), static_cast<CampaignState>(i));
  }
  const std::vector<std::string> survey = {"draft",  "open",     "closing",
                                           "closed", "released", "abandoned"};
  for (size_t i = 0; i < survey.size(); ++i) {
    EXPECT_EQ(std::string(NameOf(static_cast<SurveyState>(i))), survey[i]);
    EXPECT_EQ(FindSurveyState(survey[i]), static_cast<SurveyState>(i));
  }
  EXPECT_FALSE(FindCampaignState("abandoned").has_value());
  EXPECT_FALSE(FindSurveyState("opening").has_value());
  EXPECT_FALSE(FindSurveyState("").has_value());
}

TEST(CampaignStateTest, ACampaignOnlyGoesForwardsAndSkipsNothingButBeingOpen) {
  for (int from = 0; from < 6; ++from) {
    for (int to = 0; to < 6; ++to) {
      EXPECT_EQ(CanBecome(static_cast<CampaignState>(from), static_cast<CampaignState>(to)),
                to == from + 1 || (from == 1 && to == 3))
          << from << " " << to;
    }
  }
}

TEST(CampaignStateTest, ASurveyIsAbandonedOnlyBeforeItsResultExists) {
  using S = SurveyState;
  const std::vector<std::pair<S, S>> allowed = {
      {S::kDraft, S::kOpen},      {S::kOpen, S::kClosing},   {S::kClosing, S::kClosed},
      {S::kClosed, S::kReleased}, {S::kOpen, S::kAbandoned}, {S::kClosing, S::kAbandoned},
      {S::kDraft, S::kAbandoned}};
  for (int from = 0; from < 6; ++from) {
    for (int to = 0; to < 6; ++to) {
      const std::pair<S, S> step{static_cast<S>(from), static_cast<S>(to)};
      EXPECT_EQ(CanBecome(step.first, step.second),
                std::find(allowed.begin(), allowed.end(), step) != allowed.end())
          << from << " " << to;
    }
  }
}

}  // namespace
}  // namespace candor::domain
