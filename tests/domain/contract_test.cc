#include "services/domain/contract.h"

#include "gtest/gtest.h"
#include "tests/domain/domain_builders.h"

namespace candor::domain {
namespace {

using base::CanonicalJson;
using base::Json;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

Json StewardJson(int shares, int threshold) {
  return {{"title", "Works council"}, {"shares", shares}, {"threshold", threshold}, {"public_key", std::string(64, 'a')}};
}

TEST(ContractTest, ItsDocumentNeverChanges) {
  // The bytes are hashed and shown to respondents, so their form is fixed for good.
  EXPECT_EQ(EncodeContract(SampleContract()),
            "{\"abandon_time\":1803000000,\"benchmark\":false,\"breakdowns\":[],\"close_time\":1800000000,"
            "\"closing_mode\":\"automatic\","
            "\"comments\":{\"minimum_comments\":5,\"minimum_raters\":10,\"summary_only\":[]},\"compared_with\":0,"
            "\"evaluative_use\":\"not_forbidden\",\"first_reader\":"
            "\"leader\",\"format\":\"candor.contract.v1\",\"insiders\":1,\"instrument_hash\":\"" +
                std::string(64, 'a') +
                "\",\"languages\":[\"en\",\"es\"],\"latest_close_time\":1800600000,\"maximum_"
                "reissued_percent\":10,"
                "\"minimum_group_size\":5,\"mirrors\":[],\"pool_minimum\":6,\"purpose\":\"developmental\","
                "\"readers\":[\"leader\","
                "\"supervisor\"],\"retention_days\":365,\"steward\":null}");
}

TEST(ContractTest, SaysOfHowManyPeopleATeamIsAndNothingOfOneLeader) {
  EXPECT_EQ(EncodeContract(SampleContract()).find("team"), std::string::npos) << "as contracts of before there were teams";
  EXPECT_EQ(DecodeContract(EncodeContract(SampleContract()))->team_members, 0);
  Contract contract = SampleContract();
  for (const int members : {kFewestTeamMembers, 7, kMostTeamMembers}) {
    contract.team_members = members;
    const std::string bytes = EncodeContract(contract);
    const auto read = DecodeContract(bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->team_members, members);
    EXPECT_EQ(EncodeContract(*read), bytes);
  }
  for (const int members : {1, 2, 21, -3}) {
    Json document = *base::ParseJson(EncodeContract(contract));
    document["team_members"] = members;
    EXPECT_EQ(DecodeContract(CanonicalJson(document)).status().code(), kInvalid) << members;
  }
}

TEST(ContractTest, NamesTheStewardTheMirrorsAndWhatTheInstrumentForbids) {
  Contract contract = SampleContract();
  contract.closing_mode = kStewardClosing;
  contract.steward = {"Works council", 5, 3, std::string(32, '\x0a')};
  contract.mirrors = {"https://union.example/candor", "https://district.example:8443"};
  contract.evaluative_use_forbidden = true;
  const std::string bytes = EncodeContract(contract);
  std::string key;
  for (int i = 0; i < 32; ++i) key += "0a";
  const std::string terms =
      "\"steward\":{\"public_key\":\"" + key + "\",\"shares\":5,\"threshold\":3,\"title\":\"Works council\"}";
  EXPECT_NE(bytes.find(terms), std::string::npos) << bytes;
  EXPECT_NE(bytes.find("\"evaluative_use\":\"forbidden\""), std::string::npos);
  const auto read = DecodeContract(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->steward, contract.steward);
  EXPECT_EQ(read->mirrors, contract.mirrors);
  EXPECT_TRUE(read->evaluative_use_forbidden);
  EXPECT_EQ(EncodeContract(*read), bytes);
}

TEST(ContractTest, OneOfBeforeTheStewardsKeyStoodInItIsReadButOpensNoSurvey) {
  Contract contract = SampleContract();
  contract.closing_mode = kStewardClosing;
  contract.steward = {"Works council", 5, 3, ""};
  const std::string bytes = EncodeContract(contract);
  EXPECT_NE(bytes.find("\"steward\":{\"shares\":5,\"threshold\":3,\"title\":\"Works council\"}"), std::string::npos) << bytes;
  const auto read = DecodeContract(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeContract(*read), bytes);
  EXPECT_FALSE(CheckStewardsKey(SampleManifest(), *read).ok());
}

TEST(ContractTest, ReadsWhatItWrites) {
  Contract contract = SampleContract();
  contract.minimum_group_size = 12;
  contract.insiders = 3;
  contract.pool_minimum = 15;
  contract.maximum_reissued_percent = 0;
  contract.first_reader = FirstReader::kSupervisor;
  contract.readers = {"supervisor", "administrator"};
  contract.retention_days = 30;
  contract.follow_up_days = 10;
  contract.closing_mode = kStewardClosing;
  contract.steward = {"Works council", 3, 2, std::string(32, 's')};
  contract.comments = {12, 7, {"other_raters", "staff"}};
  contract.benchmark = true;
  contract.compared_with = absl::FromUnixSeconds(1'700'000'000);
  contract.latest_close_time = contract.close_time;
  const auto read = DecodeContract(EncodeContract(contract));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeContract(*read), EncodeContract(contract));
  EXPECT_EQ(read->minimum_group_size, 12);
  EXPECT_TRUE(read->benchmark);
  EXPECT_EQ(read->follow_up_days, 10);
  EXPECT_EQ(read->compared_with, absl::FromUnixSeconds(1'700'000'000));
  EXPECT_EQ(read->first_reader, FirstReader::kSupervisor);
  EXPECT_EQ(read->readers, (std::vector<std::string>{"supervisor", "administrator"}));
  EXPECT_EQ(read->abandon_time, absl::FromUnixSeconds(1803000000));
}

TEST(ContractTest, RefusesEachFaultWithItsPath) {
  const std::vector<JsonCase> cases = {
      {"a list", [](Json& j) { j = Json::array(); }, ""},
      {"another format", [](Json& j) { j["format"] = "candor.manifest.v1"; }, "format"},
      {"another purpose", [](Json& j) { j["purpose"] = "dismissal"; }, "purpose"},
      {"k below 5", [](Json& j) { j["minimum_group_size"] = 4; }, "minimum_group_size"},
      {"k above 100", [](Json& j) { j["minimum_group_size"] = 101; }, "minimum_group_size"},
      {"k as a text", [](Json& j) { j["minimum_group_size"] = "5"; }, "minimum_group_size"},
      {"t of 0", [](Json& j) { j["insiders"] = 0; }, "insiders"},
      {"t above 10", [](Json& j) { j["insiders"] = 11; }, "insiders"},
      {"t raised without k", [](Json& j) { j["insiders"] = 2, j["pool_minimum"] = 7; },
       "minimum_group_size"},
      {"a pool that is not k + t", [](Json& j) { j["pool_minimum"] = 5; }, "pool_minimum"},
      {"reissues above 10 %", [](Json& j) { j["maximum_reissued_percent"] = 11; },
       "maximum_reissued_percent"},
      {"negative reissues", [](Json& j) { j["maximum_reissued_percent"] = -1; },
       "maximum_reissued_percent"},
      {"an unknown first reader", [](Json& j) { j["first_reader"] = "board"; }, "first_reader"},
      {"an unknown reader", [](Json& j) { j["readers"][1] = "board"; }, "readers[1]"},
      {"a reader twice", [](Json& j) { j["readers"][1] = "leader"; }, "readers[1]"},
      {"a first reader who may not read", [](Json& j) { j["readers"] = {"supervisor"}; },
       "readers"},
      {"no language", [](Json& j) { j["languages"] = Json::array(); }, "languages"},
      {"no language tag", [](Json& j) { j["languages"][0] = "English"; }, "languages[0]"},
      {"a language twice", [](Json& j) { j["languages"][1] = "en"; }, "languages[1]"},
      {"a time before 1970", [](Json& j) { j["close_time"] = -1; }, "close_time"},
      {"a time after 9999", [](Json& j) { j["abandon_time"] = 253402300800; }, "abandon_time"},
      {"a time as a text", [](Json& j) { j["close_time"] = "2027-01-15T08:00:00Z"; }, "close_time"},
      {"the latest closing too early", [](Json& j) { j["latest_close_time"] = 1799999999; },
       "latest_close_time"},
      {"abandoned too early", [](Json& j) { j["abandon_time"] = 1800600000; }, "abandon_time"},
      {"no retention", [](Json& j) { j["retention_days"] = 0; }, "retention_days"},
      {"retention without end", [](Json& j) { j["retention_days"] = 3651; }, "retention_days"},
      {"questions back for more than a month", [](Json& j) { j["follow_up_days"] = 31; }, "follow_up_days"},
      {"questions back for longer than names are kept",
       [](Json& j) { j["follow_up_days"] = 5, j["retention_days"] = 14; }, "follow_up_days"},
      {"no questions back in as many words", [](Json& j) { j["follow_up_days"] = 0; }, "follow_up_days"},
      {"a hash in capitals", [](Json& j) { j["instrument_hash"] = std::string(64, 'A'); },
       "instrument_hash"},
      {"a hash cut short", [](Json& j) { j["instrument_hash"] = std::string(62, 'a'); },
       "instrument_hash"},
      {"an unknown closing mode", [](Json& j) { j["closing_mode"] = "never"; }, "closing_mode"},
      {"words of comments from among nine", [](Json& j) { j["comments"]["minimum_raters"] = 9; },
       "comments.minimum_raters"},
      {"words of four comments", [](Json& j) { j["comments"]["minimum_comments"] = 4; },
       "comments.minimum_comments"},
      {"a group that cannot be", [](Json& j) { j["comments"]["summary_only"] = {"Staff!"}; },
       "comments.summary_only[0]"},
      {"groups out of order", [](Json& j) { j["comments"]["summary_only"] = {"b", "a"}; },
       "comments.summary_only[1]"},
      {"steward mode without a steward", [](Json& j) { j["closing_mode"] = "steward"; }, "steward"},
      {"a steward in automatic mode", [](Json& j) { j["steward"] = StewardJson(3, 2); }, "steward"},
      {"no share",
       [](Json& j) { j["closing_mode"] = "steward", j["steward"] = StewardJson(0, 1); },
       "steward.shares"},
      {"21 shares",
       [](Json& j) { j["closing_mode"] = "steward", j["steward"] = StewardJson(21, 2); },
       "steward.shares"},
      {"no share needed",
       [](Json& j) { j["closing_mode"] = "steward", j["steward"] = StewardJson(3, 0); },
       "steward.threshold"},
      {"more shares needed than there are",
       [](Json& j) { j["closing_mode"] = "steward", j["steward"] = StewardJson(3, 4); },
       "steward.threshold"},
      {"a steward without a title",
       [](Json& j) {
         j["closing_mode"] = "steward", j["steward"] = StewardJson(3, 2), j["steward"]["title"] = "";
       },
       "steward.title"},
      {"a steward with a person's name",
       [](Json& j) {
         j["closing_mode"] = "steward", j["steward"] = StewardJson(3, 2), j["steward"]["name"] = "A";
       },
       "steward.name"},
      {"a steward whose key is too short",
       [](Json& j) {
         j["closing_mode"] = "steward", j["steward"] = StewardJson(3, 2), j["steward"]["public_key"] = "aabb";
       },
       "steward.public_key"},
      {"a steward who is a text", [](Json& j) { j["steward"] = "Works council"; }, "steward"},
      {"mirrors that are no list", [](Json& j) { j["mirrors"] = "https://a.example"; }, "mirrors"},
      {"a mirror without TLS", [](Json& j) { j["mirrors"] = {"http://a.example"}; }, "mirrors[0]"},
      {"a mirror that knows who asks", [](Json& j) { j["mirrors"] = {"https://a.example/?c=1"}; }, "mirrors[0]"},
      {"a mirror twice",
       [](Json& j) {
         j["mirrors"] = {"https://a.example", "https://a.example"};
       },
       "mirrors[1]"},
      {"six mirrors",
       [](Json& j) {
         for (char c = 'a'; c < 'g'; ++c) j["mirrors"].push_back(std::string("https://") + c + ".example");
       },
       "mirrors"},
      {"an unknown word on evaluative use", [](Json& j) { j["evaluative_use"] = "allowed"; }, "evaluative_use"},
      {"an unknown member", [](Json& j) { j["k"] = 5; }, "k"},
  };
  for (const JsonCase& c : cases) {
    SCOPED_TRACE(c.what);
    Json document = *base::ParseJson(EncodeContract(SampleContract()));
    c.change(document);
    ExpectError(DecodeContract(CanonicalJson(document)), kInvalid, "CONTRACT_INVALID", c.field);
  }
}

TEST(ContractTest, NoMemberMayBeMissing) {
  const Json document = *base::ParseJson(EncodeContract(SampleContract()));
  for (const auto& member : document.items()) {
    Json without = document;
    without.erase(member.key());
    ExpectError(DecodeContract(CanonicalJson(without)), kInvalid, "CONTRACT_INVALID", member.key());
  }
}

TEST(ContractTest, RefusesAnyOtherSpellingOfTheSameContract) {
  const std::string bytes = EncodeContract(SampleContract());
  std::string reordered = bytes;
  reordered.replace(reordered.find("\"insiders\":1,"), 13, "");
  reordered.insert(1, "\"insiders\":1,");
  std::string escaped = bytes;
  escaped.replace(escaped.find("leader"), 6, "l\\u0065ader");
  for (const std::string& other :
       {bytes + "\n", " " + bytes, "\xEF\xBB\xBF" + bytes, reordered, escaped}) {
    ExpectError(DecodeContract(other), kInvalid, "CONTRACT_INVALID", "");
  }
  ExpectError(DecodeContract(""), kInvalid, "CONTRACT_INVALID");
  ExpectError(DecodeContract(bytes.substr(1)), kInvalid, "CONTRACT_INVALID");
}

TEST(MirrorUrlTest, IsTheSurveysNameUnderTheMirrorsAddress) {
  EXPECT_EQ(MirrorUrl("https://union.example/candor", SurveyId(kSampleSurvey)),
            "https://union.example/candor/00000000000000000000000000.json");
}

TEST(ManifestTest, ItsDocumentNeverChanges) {
  const auto hex = [](const char* byte) {
    std::string text;
    for (int i = 0; i < 32; ++i) text += byte;
    return text;
  };
  EXPECT_EQ(EncodeManifest(SampleManifest()),
            "{\"abandon_time\":1803000000,\"close_time\":1800000000,\"closing_public_key\":\"" +
                hex("01") + "\",\"contract_hash\":\"" + std::string(64, 'c') +
                "\",\"format\":\"candor.manifest.v1\",\"groups\":[{\"code\":\"staff\",\"invited\":"
                "12,\"members\":"
                "[\"staff\"],\"parts\":[],\"verifying_key\":\"6b6579206f66207374616666\"},{\"code\":\"other_"
                "raters\",\"invited\":7,"
                "\"members\":[\"parent\",\"student\"],\"parts\":[],\"verifying_key\":"
                "\"6b6579206f6620746865206f7468657273\"}],"
                "\"instrument_hash\":\"" +
                std::string(64, 'a') +
                "\",\"latest_close_time\":1800600000,\"moderators\":[{\"name\":\"Ombudsperson\","
                "\"public_key\":\"" +
                hex("04") + "\"}],\"receipt_public_key\":\"" + hex("02") +
                "\",\"response_address\":\"\",\"signing_public_key\":\"" + hex("03") +
                "\",\"surname_filter_hash\":\"" + std::string(64, '5') +
                "\",\"survey\":\"00000000000000000000000000\"}");
}

TEST(ManifestTest, ReadsWhatItWrites) {
  const std::string bytes = EncodeManifest(SampleManifest());
  const auto read = DecodeManifest(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EncodeManifest(*read), bytes);
  EXPECT_EQ(read->groups[1].members, (std::vector<std::string>{"parent", "student"}));
  EXPECT_EQ(read->groups[1].verifying_key, "key of the others");
  EXPECT_EQ(read->moderators[0].public_key, std::string(32, '\x04'));
  EXPECT_EQ(read->survey.value(), kSampleSurvey);
}

TEST(ManifestTest, NamesWhereAnswersAreTakenIfThatIsElsewhere) {
  Manifest manifest = SampleManifest();
  for (const char* address : {"answers.example.org:443", "10.0.0.2:7430", "[2001:db8::1]:65535", ""}) {
    manifest.response_address = address;
    const auto read = DecodeManifest(EncodeManifest(manifest));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->response_address, address);
  }
  for (const char* address : {"example.org:0", "example.org:65536", "example.org:01", ":1", "[]:1", "2001:db8::1:1",
                              "a b:1", "example.org:", "unix:1/2"}) {
    manifest.response_address = address;
    EXPECT_FALSE(DecodeManifest(EncodeManifest(manifest)).ok()) << address;
  }
}

TEST(ManifestTest, NamesAPoolingKeyWhereThereIsOneAndIsElseAsBefore) {
  Manifest manifest = SampleManifest();
  EXPECT_EQ(EncodeManifest(manifest).find("pooling"), std::string::npos);
  manifest.pooling_public_key = std::string(32, '\x07');
  const std::string bytes = EncodeManifest(manifest);
  const auto read = DecodeManifest(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->pooling_public_key, manifest.pooling_public_key);
  EXPECT_EQ(EncodeManifest(*read), bytes);
  for (const char* wrong : {"", "07", "x"}) {
    Json document = *base::ParseJson(bytes);
    document["pooling_public_key"] = wrong;
    ExpectError(DecodeManifest(CanonicalJson(document)), kInvalid, "MANIFEST_INVALID", "pooling_public_key");
  }
}

TEST(ManifestTest, NamesAnAuditorWhereThereIsOneAndThenANoticeIsAskedFor) {
  Manifest manifest = SampleManifest();
  EXPECT_EQ(EncodeManifest(manifest).find("auditor"), std::string::npos);
  EXPECT_FALSE(ShapeOfGroup(SampleInstrument(), manifest, 0).notice_asked);
  manifest.auditor = ModeratorKey{"Works council", std::string(32, '\x08')};
  EXPECT_TRUE(ShapeOfGroup(SampleInstrument(), manifest, 0).notice_asked);
  const std::string bytes = EncodeManifest(manifest);
  const auto read = DecodeManifest(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_TRUE(read->auditor.has_value());
  EXPECT_EQ(read->auditor->name, "Works council");
  EXPECT_EQ(read->auditor->public_key, std::string(32, '\x08'));
  EXPECT_EQ(EncodeManifest(*read), bytes);
  const auto refused = [&](const std::function<void(Json&)>& change, const std::string& field) {
    Json document = *base::ParseJson(bytes);
    change(document);
    ExpectError(DecodeManifest(CanonicalJson(document)), kInvalid, "MANIFEST_INVALID", field);
  };
  refused([](Json& j) { j["auditor"] = nullptr; }, "auditor");
  refused([](Json& j) { j["auditor"]["name"] = ""; }, "auditor.name");
  refused([](Json& j) { j["auditor"]["public_key"] = "08"; }, "auditor.public_key");
  refused([](Json& j) { j["auditor"]["address"] = "x"; }, "auditor.address");
}

TEST(ManifestTest, RefusesEachFaultWithItsPath) {
  const std::vector<JsonCase> cases = {
      {"a text", [](Json& j) { j = "manifest"; }, ""},
      {"another format", [](Json& j) { j["format"] = "candor.contract.v1"; }, "format"},
      {"a survey's id in capitals", [](Json& j) { j["survey"] = "A0000000000000000000000000"; },
       "survey"},
      {"a survey's id too short", [](Json& j) { j["survey"] = "0"; }, "survey"},
      {"a hash in capitals", [](Json& j) { j["contract_hash"] = std::string(64, 'C'); },
       "contract_hash"},
      {"a hash of another length", [](Json& j) { j["instrument_hash"] = std::string(40, 'a'); },
       "instrument_hash"},
      {"groups that are no list", [](Json& j) { j["groups"] = Json::object(); }, "groups"},
      {"a group that is no object", [](Json& j) { j["groups"][0] = 1; }, "groups[0]"},
      {"a group's code in capitals", [](Json& j) { j["groups"][0]["code"] = "Staff"; },
       "groups[0].code"},
      {"a member that is no code", [](Json& j) { j["groups"][1]["members"][0] = ""; },
       "groups[1].members[0]"},
      {"members out of order",
       [](Json& j) {
         j["groups"][1]["members"] = {"student", "parent"};
       },
       "groups[1].members[1]"},
      {"a member twice",
       [](Json& j) {
         j["groups"][1]["members"] = {"student", "student"};
       },
       "groups[1].members[1]"},
      {"invited below 0", [](Json& j) { j["groups"][0]["invited"] = -1; }, "groups[0].invited"},
      {"invited beyond reason", [](Json& j) { j["groups"][0]["invited"] = 1000001; },
       "groups[0].invited"},
      {"an empty key", [](Json& j) { j["groups"][0]["verifying_key"] = ""; },
       "groups[0].verifying_key"},
      {"a key that is no hexadecimal", [](Json& j) { j["groups"][0]["verifying_key"] = "zz"; },
       "groups[0].verifying_key"},
      {"a key too long", [](Json& j) { j["groups"][0]["verifying_key"] = std::string(4098, 'a'); },
       "groups[0].verifying_key"},
      {"an unknown member of a group", [](Json& j) { j["groups"][0]["names"] = Json::array(); },
       "groups[0].names"},
      {"too many groups",
       [](Json& j) {
         const Json group = j["groups"][0];
         for (int i = 0; i < 100; ++i) j["groups"].push_back(group);
       },
       "groups"},
      {"a closing key too short", [](Json& j) { j["closing_public_key"] = std::string(62, '0'); },
       "closing_public_key"},
      {"no receipt key", [](Json& j) { j["receipt_public_key"] = ""; }, "receipt_public_key"},
      {"a signing key of another type", [](Json& j) { j["signing_public_key"] = 1; },
       "signing_public_key"},
      {"an address without a port", [](Json& j) { j["response_address"] = "example.org"; },
       "response_address"},
      {"an address of another kind", [](Json& j) { j["response_address"] = "https://example.org:1"; },
       "response_address"},
      {"no address at all", [](Json& j) { j.erase("response_address"); }, "response_address"},
      {"six moderators",
       [](Json& j) {
         const Json moderator = j["moderators"][0];
         for (int i = 0; i < 5; ++i) j["moderators"].push_back(moderator);
       },
       "moderators"},
      {"a moderator without a name", [](Json& j) { j["moderators"][0]["name"] = ""; },
       "moderators[0].name"},
      {"a moderator's name of two lines", [](Json& j) { j["moderators"][0]["name"] = "a\nb"; },
       "moderators[0].name"},
      {"a moderator's key too short", [](Json& j) { j["moderators"][0]["public_key"] = "00"; },
       "moderators[0].public_key"},
      {"an unknown member of a moderator", [](Json& j) { j["moderators"][0]["mail"] = "x"; },
       "moderators[0].mail"},
      {"the latest closing too early", [](Json& j) { j["latest_close_time"] = 1; },
       "latest_close_time"},
      {"abandoned too early", [](Json& j) { j["abandon_time"] = 1800600000; }, "abandon_time"},
      {"an unknown member", [](Json& j) { j["leader"] = "A. Person"; }, "leader"},
  };
  for (const JsonCase& c : cases) {
    SCOPED_TRACE(c.what);
    Json document = *base::ParseJson(EncodeManifest(SampleManifest()));
    c.change(document);
    ExpectError(DecodeManifest(CanonicalJson(document)), kInvalid, "MANIFEST_INVALID", c.field);
  }
}

TEST(ManifestTest, NoMemberMayBeMissing) {
  const Json document = *base::ParseJson(EncodeManifest(SampleManifest()));
  for (const auto& member : document.items()) {
    Json without = document;
    without.erase(member.key());
    ExpectError(DecodeManifest(CanonicalJson(without)), kInvalid, "MANIFEST_INVALID", member.key());
  }
}

TEST(ManifestTest, RefusesAnyOtherSpelling) {
  const std::string bytes = EncodeManifest(SampleManifest());
  for (const std::string& other :
       {bytes + " ", "\xEF\xBB\xBF" + bytes, (*base::ParseJson(bytes)).dump(2)}) {
    ExpectError(DecodeManifest(other), kInvalid, "MANIFEST_INVALID", "");
  }
  ExpectError(DecodeManifest("{"), kInvalid, "MANIFEST_INVALID");
}

TEST(CheckManifestTest, AcceptsAManifestAsItShouldBe) {
  const Manifest manifest = SampleManifest();
  EXPECT_TRUE(CheckManifest(manifest, std::string(64, 'c'), std::string(64, 'a')).ok());
}

TEST(CheckManifestTest, RefusesWhatCouldSingleOutAPerson) {
  struct Case {
    std::string what;
    std::function<void(Manifest&)> change;
    std::string field;
  };
  const std::vector<Case> cases = {
      {"other rules", [](Manifest& m) { m.contract_hash[63] = 'd'; }, "contract_hash"},
      {"other questions", [](Manifest& m) { m.instrument_hash[0] = 'd'; }, "instrument_hash"},
      {"no group", [](Manifest& m) { m.groups.clear(); }, "groups"},
      {"two keys for a group",
       [](Manifest& m) {
         m.groups.push_back({"staff", {"staff"}, 12, "another key"});
       },
       "groups[2]"},
      {"one key for two groups",
       [](Manifest& m) { m.groups[1].verifying_key = m.groups[0].verifying_key; },
       "groups[1].verifying_key"},
      {"no key", [](Manifest& m) { m.groups[1].verifying_key = ""; }, "groups[1].verifying_key"},
      {"a rater group in two issuing groups",
       [](Manifest& m) {
         m.groups[1].members = {"parent", "staff"};
       },
       "groups[1].members"},
      {"a group without members", [](Manifest& m) { m.groups[1].members = {}; },
       "groups[1].members"},
      {"a group of others under a rater group's name",
       [](Manifest& m) { m.groups[0].members = {"student"}; }, "groups[0].members"},
      {"a group of its own with more members",
       [](Manifest& m) {
         m.groups[0].members = {"board", "staff"};
       },
       "groups[0].members"},
      {"the leader among the others",
       [](Manifest& m) {
         m.groups[1].members = {"parent", "self"};
       },
       "groups[1].members"},
      {"the supervisor as a group",
       [](Manifest& m) {
         m.groups[0] = {"supervisor", {"supervisor"}, 5, "k"};
       },
       "groups[0].members"},
      {"four invited", [](Manifest& m) { m.groups[1].invited = 4; }, "groups[1].invited"},
      {"one invited", [](Manifest& m) { m.groups[0].invited = 1; }, "groups[0].invited"},
      {"a closing key that pools too", [](Manifest& m) { m.pooling_public_key = m.closing_public_key; },
       "closing_public_key"},
      {"a closing key that the auditor holds",
       [](Manifest& m) {
         m.auditor = {"Auditor", m.closing_public_key};
       },
       "closing_public_key"},
      {"an auditor who is a moderator", [](Manifest& m) { m.auditor = {"Auditor", m.moderators[0].public_key}; },
       "auditor.public_key"},
      {"an auditor with the pooling key",
       [](Manifest& m) {
         m.pooling_public_key = std::string(32, 'p');
         m.auditor = {"Auditor", m.pooling_public_key};
       },
       "auditor.public_key"},
      {"one moderator twice", [](Manifest& m) { m.moderators.push_back({"Union", m.moderators[0].public_key}); },
       "moderators[1].public_key"},
      {"a closing key that a moderator holds", [](Manifest& m) { m.moderators[0].public_key = m.closing_public_key; },
       "closing_public_key"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Manifest manifest = SampleManifest();
    c.change(manifest);
    ExpectError(CheckManifest(manifest, std::string(64, 'c'), std::string(64, 'a')), kRefused,
                "MANIFEST_REFUSED", c.field);
  }
}

TEST(ShapeOfGroupTest, AJoinedGroupIsAskedWhatEveryMemberIsAsked) {
  const Instrument instrument = SampleInstrument();
  const AnswerShape joined =
      ShapeOfGroup(instrument, {"other_raters", {"parent", "student"}, 7, ""}, true);
  EXPECT_EQ(joined.items_asked, (std::vector<bool>{true, false, false, false}));
  EXPECT_EQ(joined.prompts_asked, (std::vector<bool>{false, false}));
  EXPECT_EQ(joined.prompt_max_bytes, (std::vector<int>{200, 100}));
  EXPECT_EQ(joined.points, 5);
  const AnswerShape both =
      ShapeOfGroup(instrument, {"other_raters", {"staff", "student"}, 7, ""}, true);
  EXPECT_EQ(both.items_asked, (std::vector<bool>{true, true, true, false}));
  EXPECT_EQ(both.prompts_asked, (std::vector<bool>{true, false}));
  EXPECT_EQ(
      ShapeOfGroup(instrument, {"other_raters", {"staff", "student"}, 7, ""}, false).prompts_asked,
      (std::vector<bool>{false, false}));
}

}  // namespace
}  // namespace candor::domain
