// The program's surface: help for every verb, exit codes, JSON errors. No server runs.

#include <cstdlib>
#include <fstream>
#include <set>

#include "absl/time/clock.h"
#include "clients/cpp/state_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/random.h"
#include "tests/cli/run_program.h"
#include "tests/support/temp_folder.h"

namespace candor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kDone = 0, kFailed = 1, kWrongUse = 2;
// A port that nothing listens on: reserved, and below those that programs are given.
constexpr char kNobody[] = "127.0.0.1:1";

const std::vector<std::vector<std::string>>& Verbs() {
  static const auto* verbs = new std::vector<std::vector<std::string>>{
      {"district", "create"}, {"district", "list"}, {"district", "get"}, {"school", "create"}, {"school", "list"},
      {"person", "create"}, {"person", "update"}, {"person", "list"}, {"person", "get"}, {"person", "delete"},
      {"key", "create"}, {"key", "list"}, {"key", "delete"}, {"framework", "import"}, {"framework", "list"},
      {"framework", "show"}, {"instrument", "create"}, {"instrument", "update"}, {"instrument", "publish"},
      {"instrument", "list"}, {"instrument", "show"}, {"campaign", "create"}, {"campaign", "update"},
      {"campaign", "list"}, {"campaign", "show"}, {"campaign", "surveys"}, {"campaign", "add-leader"},
      {"campaign", "remove-leader"}, {"campaign", "preview"}, {"campaign", "open"}, {"campaign", "close"},
      {"campaign", "release"}, {"campaign", "delete"}, {"rater", "add"}, {"rater", "paper"}, {"rater", "list"},
      {"rater", "opt-out"}, {"rater", "remove"}, {"code", "list"}, {"code", "reissue"}, {"rate", "self"},
      {"rate", "supervisor"}, {"answer"}, {"report", "get"}, {"report", "list"}, {"scores"}, {"ledger"}, {"verify"}, {"score"},
      {"purge"}, {"replay"}, {"demo"}, {"backup"}, {"restore"}, {"version"}};
  return *verbs;
}

TEST(ProgramTest, EveryVerbHasHelp) {
  std::set<std::string> nouns;
  for (std::vector<std::string> verb : Verbs()) {
    nouns.insert(verb[0]);
    verb.push_back("--help");
    const ProgramResult result = RunCandor(verb);
    EXPECT_EQ(result.exit_code, kDone) << verb[0];
    EXPECT_THAT(result.out, HasSubstr("Usage")) << verb[0];
    EXPECT_THAT(result.out, HasSubstr(verb[verb.size() - 2]));
    EXPECT_THAT(result.err, IsEmpty());
  }
  const ProgramResult all = RunCandor({"--help"});
  EXPECT_EQ(all.exit_code, kDone);
  for (const std::string& noun : nouns) {
    EXPECT_THAT(all.out, HasSubstr("\n  " + noun));
    EXPECT_EQ(RunCandor({noun, "--help"}).exit_code, kDone) << noun;
  }
}

TEST(ProgramTest, WrongUseEndsWithTwo) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"nonsense"},
      {"district"},
      {"district", "nonsense"},
      {"district", "create"},
      {"person", "get"},
      {"campaign", "create", "--district", "d", "--title", "t", "--instrument-version", "i/versions/1"},
      {"campaign", "create", "--title", "t", "--instrument-version", "i/versions/1", "--close-in", "14x"},
      {"campaign", "update", "c", "--district", "d"},
      {"campaign", "open", "c", "--district", "d", "--wait-limit", "soon"},
      {"person", "create", "--district", "d", "--name", "n", "--role", "king"},
      {"rater", "add", "s", "--district", "d"},
      {"rater", "paper", "s", "--district", "d", "--group", "staff", "--count", "0"},
      {"answer"},
      {"answer", "--code", "x", "--file", "f"},
      {"answer", "--code", "x", "--shared-device", "--within-hours", "1"},
      {"answer", "--code", "x", "--tls-cert", "c", "--tls-key", "k"},
      {"answer", "--code", "x", "--tls-key=k"},
      {"answer", "--forget", "--shared-device"},
      {"ledger", "00000000000000000000000000", "--tls-cert", "c"},
      {"answer", "--code", "x", "--within-hours", "-3"},
      {"ledger"},
      {"ledger", "not-a-survey"},
      {"verify"},
      {"verify", "f", "--receipt"},
      {"purge", "--dry-run"},
      {"score"},
      {"score", "--structure", "s.json"},
      {"replay", "--structure", "s.json"},
      {"backup", "--data", "d"},
      {"restore"},
      {"version", "--nonsense"},
      {"version", "--timeout", "-1"},
      {"school", "list"},
  };
  for (const auto& arguments : wrong) {
    std::string line;
    for (const std::string& argument : arguments) line += argument + " ";
    const ProgramResult result = RunCandor(arguments);
    EXPECT_EQ(result.exit_code, kWrongUse) << line << result.err;
    EXPECT_THAT(result.err, ::testing::Not(IsEmpty())) << line;
    EXPECT_THAT(result.out, IsEmpty()) << line;
  }
}

TEST(ProgramTest, AnUnknownVerbIsNamed) {
  ProgramResult result = RunCandor({"frob"});
  EXPECT_EQ(result.exit_code, kWrongUse);
  EXPECT_THAT(result.err, HasSubstr("'frob'"));
  result = RunCandor({"district", "frob"});
  EXPECT_EQ(result.exit_code, kWrongUse);
  EXPECT_THAT(result.err, ::testing::AllOf(HasSubstr("'frob'"), HasSubstr("candor district --help")));
  EXPECT_THAT(RunCandor({"score"}).err, HasSubstr("--structure"));
}

TEST(ProgramTest, ScoresTakeTheNameOfNoFileThatTheyAreMadeFrom) {
  const testing::TempFolder folder;
  const std::string structure = folder.File("s.json"), ratings = folder.File("r.csv");
  const std::string rows = "leader,group,rater,Q\nL,staff,r,3\n";
  ASSERT_TRUE(base::WriteFileAtomically(structure, R"({"K": 5, "items": [{"id": "Q"}]})", 0600).ok());
  ASSERT_TRUE(base::WriteFileAtomically(ratings, rows, 0600).ok());
  const ProgramResult result =
      RunCandor({"score", "--structure", structure, "--ratings", ratings, "--out", folder.File("./r.csv")});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, HasSubstr("choose another name"));
  EXPECT_EQ(*base::ReadFile(ratings, 1000), rows);
  EXPECT_EQ(RunCandor({"score", "--structure", structure, "--ratings", ratings, "--out", folder.File("o.json")}).exit_code,
            kDone);
  EXPECT_TRUE(base::ReadFile(folder.File("o.json"), 100'000).ok());
}

TEST(ProgramTest, WrongUseIsJsonWithJson) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--json", "frob"}, {"district", "--json"}, {"version", "--nonsense", "--json"}, {"school", "list", "--json"}}) {
    const ProgramResult result = RunCandor(arguments);
    EXPECT_EQ(result.exit_code, kWrongUse);
    const auto error = base::ParseJson(result.err);
    ASSERT_TRUE(error.ok()) << result.err;
    EXPECT_EQ((*error)["error"]["reason"], "USAGE");
    EXPECT_THAT((*error)["error"]["message"].get<std::string>(), ::testing::Not(IsEmpty()));
  }
  EXPECT_EQ(RunCandor({"--json", "--help"}).exit_code, kDone);
}

TEST(ProgramTest, AMalformedAddressIsWrongUse) {
  for (const std::string server : {"", "nonsense", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", ":7430",
                                   "unix:", "a b:7430", "::1:7430"}) {
    for (const char* option : {"--server", "--response-server"}) {
      if (server.empty() && std::string(option) == "--response-server") continue;  // the same server
      const ProgramResult result = RunCandor({"answer", "--code", "abcd-efgh-jkmn-pqrs-t", option, server});
      EXPECT_EQ(result.exit_code, kWrongUse) << option << " " << server << result.err;
      EXPECT_THAT(result.err, HasSubstr("HOST:PORT")) << server;
    }
  }
  const std::string key = ::testing::TempDir() + "/candor_key_" + base::RandomId();
  ASSERT_TRUE(base::WriteFileAtomically(key, "a-key\n", 0600).ok());
  for (const std::string server : {"localhost:1", "[::1]:1", "unix:/nonexistent/socket"}) {
    EXPECT_EQ(RunCandor({"district", "list", "--key-file", key, "--server", server}).exit_code, kFailed) << server;
  }
  base::DestroyFile(key).IgnoreError();
}

TEST(ProgramTest, TextThatIsNotUtf8IsRefusedBeforeAnyCall) {
  const std::string folder = ::testing::TempDir() + "/candor_latin_" + base::RandomId();
  ASSERT_TRUE(base::MakeFolder(folder, 0700).ok());
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder + "/" + name) << text;
    return folder + "/" + name;
  };
  const std::string key = write("key", "a-key\n");
  const std::vector<std::string> caller = {"--server", kNobody, "--key-file", key, "--district", "d"};
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), caller.begin(), caller.end());
    return RunCandor(arguments);
  };
  ProgramResult result = run({"school", "create", "--title", "Lyc\xe9" "e"});
  EXPECT_EQ(result.exit_code, kWrongUse);
  EXPECT_THAT(result.err, ::testing::AllOf(HasSubstr("--title"), HasSubstr("UTF-8")));
  result = run({"rater", "add", "s", "--file", write("r.csv", "group,name\nstaff,Ren\xe9\n")});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, ::testing::AllOf(HasSubstr("r.csv, line 2, column 10"), HasSubstr("UTF-8")));
  result = run({"framework", "import", "--file", write("f.json", "{\n\"title\": \"Comp\xe9tences\"}")});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, ::testing::AllOf(HasSubstr("f.json, line 2, column 15"), HasSubstr("UTF-8")));
  // A file's name may be any bytes.
  const std::string odd = write("\xe9.csv", "group,name\nstaff,Jo\n");
  EXPECT_THAT(run({"rater", "add", "s", "--file", odd}).err, HasSubstr("cannot be reached"));
}

TEST(ProgramTest, AServerThatIsNotThereIsAFailureAndSaysSo) {
  const std::string key = ::testing::TempDir() + "/candor_key_" + base::RandomId();
  ASSERT_TRUE(base::WriteFileAtomically(key, "a-key\n", 0600).ok());
  const ProgramResult result = RunCandor({"district", "list", "--server", kNobody, "--key-file", key});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, HasSubstr("cannot be reached"));
  EXPECT_THAT(result.err, ::testing::Not(HasSubstr("a-key")));
  base::DestroyFile(key).IgnoreError();
}

TEST(ProgramTest, AKeyFileThatIsMissingOrEmptyIsAFailure) {
  EXPECT_EQ(RunCandor({"district", "list", "--key-file", "/nonexistent/key"}).exit_code, kFailed);
  const std::string key = ::testing::TempDir() + "/candor_key_" + base::RandomId();
  ASSERT_TRUE(base::WriteFileAtomically(key, "\n", 0600).ok());
  const ProgramResult result = RunCandor({"district", "list", "--key-file", key});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, HasSubstr("holds no key"));
  base::DestroyFile(key).IgnoreError();
}

TEST(ProgramTest, ErrorsAreJsonWithJson) {
  const ProgramResult result = RunCandor({"--json", "answer", "--code", "abcd-efgh", "--server", kNobody});
  EXPECT_EQ(result.exit_code, kFailed);
  const auto error = base::ParseJson(result.err);
  ASSERT_TRUE(error.ok()) << result.err;
  EXPECT_EQ((*error)["error"]["reason"], "CODE_MALFORMED");
  EXPECT_EQ((*error)["error"]["code"], "INVALID_ARGUMENT");
}

TEST(ProgramTest, ACodeIsReadFromStandardInput) {
  const ProgramResult result = RunCandor({"answer", "--code", "-", "--server", kNobody}, "abcd-efgh\n");
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, HasSubstr("CODE_MALFORMED"));
}

TEST(ProgramTest, ACodeIsAskedForAtATerminal) {
  const auto result = RunCandorAtTerminal({"answer", "--server", kNobody}, "abcd-efgh\n");
  if (!result.has_value()) {
    ASSERT_EQ(std::getenv("CANDOR_NO_SKIPS"), nullptr) << "no pseudo-terminals here; mount devpts on /dev/pts";
    GTEST_SKIP() << "no pseudo-terminals here; mount devpts on /dev/pts";
  }
  EXPECT_EQ(result->exit_code, kFailed);
  EXPECT_THAT(result->out, HasSubstr("Your code"));
  EXPECT_THAT(result->err, HasSubstr("CODE_MALFORMED"));
}

TEST(ProgramTest, ForgettingErasesWhatTheDeviceKeepsAfterAsking) {
  const std::string folder = ::testing::TempDir() + "/candor_forget_" + base::RandomId();
  ASSERT_TRUE(base::MakeFolder(folder, 0700).ok());
  const std::string state = folder + "/0123456789abcdef0123456789abcdef.json";
  ASSERT_TRUE(base::WriteFileAtomically(state, "{}", 0600).ok());
  const std::vector<std::string> forget = {"answer", "--forget", "--state-dir", folder};
  for (const char* typed : {"", "\n", "n\n"}) {
    const ProgramResult refused = RunCandor(forget, typed);
    EXPECT_EQ(refused.exit_code, kFailed);
    EXPECT_THAT(refused.err, HasSubstr("nothing was erased"));
    EXPECT_TRUE(base::FileExists(state));
  }
  const ProgramResult erased = RunCandor(forget, "y\n");
  EXPECT_EQ(erased.exit_code, kDone) << erased.err;
  EXPECT_FALSE(base::FileExists(state));
  EXPECT_THAT(RunCandor(forget, "y\n").out, HasSubstr("Nothing was kept"));
}

TEST(ProgramTest, WhatASurveyThatIsOverLeftIsErasedBeforeTheNextIsAnswered) {
  const std::string folder = ::testing::TempDir() + "/candor_over_" + base::RandomId();
  client::FileStateStore device(folder);
  client::RespondentState state;
  state.survey = "s";
  state.forget_time = absl::Now() + absl::Hours(1);
  ASSERT_TRUE(device.Save(client::StateName("open"), state.Serialize()).ok());
  state.forget_time = absl::Now() - absl::Hours(1);
  ASSERT_TRUE(device.Save(client::StateName("over"), state.Serialize()).ok());
  EXPECT_EQ(RunCandor({"answer", "--code", "abcd-efgh", "--server", kNobody, "--state-dir", folder}).exit_code, kFailed);
  EXPECT_TRUE(base::FileExists(device.PathOf(client::StateName("open"))));
  EXPECT_FALSE(base::FileExists(device.PathOf(client::StateName("over"))));
}

TEST(ProgramTest, NeverCallsAnotherMachineWithoutTls) {
  const ProgramResult result =
      RunCandor({"answer", "--code", "abcd-efgh-jkmn-pqrs-t", "--server", "192.0.2.1:7430"});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, HasSubstr("without TLS only this machine"));
}

TEST(ProgramTest, OptionsMayStandBeforeAndBehindTheVerb) {
  EXPECT_EQ(RunCandor({"--json", "version"}).out, RunCandor({"version", "--json"}).out);
  const auto version = base::ParseJson(RunCandor({"version", "--json"}).out);
  ASSERT_TRUE(version.ok());
  EXPECT_TRUE((*version)["version"].is_string());
}

TEST(ProgramTest, ReplayRefusesASmallMinimumAndTooFewInvitedBeforeItCallsAServer) {
  const std::string folder = ::testing::TempDir() + "/candor_replay_" + base::RandomId();
  ASSERT_TRUE(base::MakeFolder(folder, 0700).ok());
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(folder + "/" + name) << text;
    return folder + "/" + name;
  };
  const std::string items = R"("items": [{"id": "Q1", "competency": "K", "domain": "D", "themes": [], "reverse": false}]})";
  const std::string small = write("small.json", R"({"name": "x", "K": 5, "min_n": 4, )" + items);
  const std::string sound = write("sound.json", R"({"name": "x", "K": 5, "min_n": 5, )" + items);
  const std::string ratings = write("ratings.csv", "leader,group,rater,Q1\nL1,staff,1,4\nL1,staff,2,5\n");
  const std::string invited = write("invited.csv", "leader,group,invited\nL1,staff,1\n");
  const std::string out = folder + "/out";

  ProgramResult result = RunCandor({"replay", "--server", kNobody, "--structure", small, "--ratings", ratings, "--out", out});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, HasSubstr("min_n is 4"));
  result = RunCandor({"replay", "--server", kNobody, "--structure", sound, "--ratings", ratings, "--out", out});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, HasSubstr("L1 (2)"));
  result = RunCandor({"replay", "--server", kNobody, "--structure", sound, "--ratings", ratings, "--invited", invited,
                      "--out", out});
  EXPECT_EQ(result.exit_code, kFailed);
  EXPECT_THAT(result.err, ::testing::AllOf(HasSubstr("L1"), HasSubstr("staff"), HasSubstr("only 1 were invited")));
  EXPECT_FALSE(base::FileExists(out));
}

}  // namespace
}  // namespace candor::cli
