// The verbs that change and remove, and a server with TLS.

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/file.h"
#include "tests/e2e/candor_shell.h"
#include "tests/e2e/without_room.h"
#include "tests/support/process/candord_process.h"

namespace candor::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Takes every text in English out of a document that has texts by language.
void DropEnglish(base::Json& document) {
  if (document.is_object() && document.contains("es")) document.erase("en");
  if (!document.is_structured()) return;
  for (base::Json& member : document) DropEnglish(member);
}

std::string Demo(const std::string& name) { return std::string(CANDOR_SOURCE_DIR) + "/deploy/demo/" + name; }

TEST(OtherVerbsTest, AnAdministratorChangesAndRemovesWhatIsADraft) {
  testing::ScratchFolder folder;
  testing::CandordProcess server(folder.path() + "/data");
  const absl::Status started = server.Start();
  ASSERT_TRUE(started.ok()) << started;
  const CandorShell admin(server.address(), server.admin_key_file(), folder.path());

  const std::string district = admin.Json({"district", "create", "--title", "Testing"})["name"];
  const std::string d = district.substr(district.find('/') + 1);
  EXPECT_THAT(admin.Text({"district", "list"}), HasSubstr(district));
  EXPECT_EQ(admin.Json({"district", "get", d})["title"], "Testing");
  EXPECT_EQ(admin.Reason({"district", "get", "nowhere"}), "RESOURCE_NOT_FOUND");
  admin.Text({"school", "create", "--district", d, "--title", "Elm", "--id", "elm"});
  EXPECT_THAT(admin.Text({"school", "list", "--district", d}), HasSubstr("Elm"));
  EXPECT_EQ(admin.Reason({"school", "create", "--district", d, "--title", "Elm", "--id", "elm"}), "RESOURCE_EXISTS");

  admin.Text({"person", "create", "--district", d, "--id", "lee", "--name", "Lee", "--role", "leader", "--school", "elm"});
  const base::Json changed = admin.Json({"person", "update", "lee", "--district", d, "--name", "Lee Lead", "--role",
                                         "leader", "--role", "supervisor"});
  EXPECT_EQ(changed["display_name"], "Lee Lead");
  EXPECT_EQ(changed["roles"].size(), 2u);
  EXPECT_EQ(changed["school"], district + "/schools/elm");
  EXPECT_THAT(admin.Text({"person", "list", "--district", d}), HasSubstr("Lee Lead"));
  admin.Text({"person", "create", "--district", d, "--id", "sue", "--name", "Sue", "--role", "supervisor"});
  EXPECT_EQ(admin.Json({"person", "update", "lee", "--district", d, "--supervisor", "sue"})["supervisors"].size(), 1u);
  EXPECT_FALSE(admin.Json({"person", "update", "lee", "--district", d, "--supervisor", ""}).contains("supervisors"));

  const std::string key_file = folder.path() + "/lee.key";
  const std::string key = admin.Json({"key", "create", "lee", "--district", d, "--title", "laptop", "--out", key_file})["name"];
  const CandorShell lee = admin.WithKey(key_file);
  EXPECT_THAT(lee.Text({"person", "get", "lee", "--district", d}), HasSubstr("Lee Lead"));
  const std::string keys = admin.Text({"key", "list", "lee", "--district", d});
  EXPECT_THAT(keys, HasSubstr("laptop"));
  EXPECT_THAT(keys, Not(HasSubstr(*base::ReadFile(key_file))));
  // No key is made that has nowhere to go, and none is left that could not be written down.
  const auto keys_of_lee = [&] { return admin.Json({"key", "list", "lee", "--district", d})["access_keys"].size(); };
  ASSERT_EQ(keys_of_lee(), 1u);
  const std::string secret = *base::ReadFile(key_file);
  for (const std::string& out : {key_file, folder.path() + "/no such folder/key"}) {
    EXPECT_THAT(admin.Run({"key", "create", "lee", "--district", d, "--out", out}).err, HasSubstr(out));
  }
  EXPECT_EQ(*base::ReadFile(key_file), secret);
  EXPECT_THAT(WithoutRoom({"--server", server.address(), "--key-file", server.admin_key_file(), "key", "create", "lee",
                           "--district", d, "--out", folder.path() + "/other.key"}),
              AllOf(HasSubstr("could not be written down, and is revoked again"), HasSubstr("exit 1\n")));
  EXPECT_EQ(keys_of_lee(), 1u);
  admin.Text({"key", "delete", key});
  EXPECT_EQ(lee.Reason({"person", "get", "lee", "--district", d}), "UNAUTHENTICATED_CALLER");

  EXPECT_THAT(admin.Text({"framework", "import", "--district", d, "--file", Demo("framework.json"), "--validate-only"}),
              HasSubstr("nothing was stored"));
  EXPECT_THAT(admin.Text({"framework", "list", "--district", d}), Not(HasSubstr("lcpe")));
  admin.Text({"framework", "import", "--district", d, "--file", Demo("framework.json")});
  EXPECT_THAT(admin.Text({"framework", "show", "lcpe-2017", "--district", d}),
              AllOf(HasSubstr("III.4"), HasSubstr("\n  Questions\n    I.Q1  Which of our habits"),
                    HasSubstr("\n    Next steps\n      - Ask five people"), HasSubstr("\nPriority areas\n  P1  Agree on"),
                    HasSubstr("\n      I.1  II.1  III.5  IV.2  IV.3\n"), Not(HasSubstr("¿"))));
  EXPECT_THAT(admin.Text({"framework", "show", "lcpe-2017", "--district", d, "--language", "es-MX"}),
              AllOf(HasSubstr("    I.Q1  ¿Qué costumbres"), HasSubstr("      - Pida a cinco personas"),
                    HasSubstr("  P2  Cuidar cómo se sienten"), Not(HasSubstr("Ask five people"))));
  EXPECT_THAT(admin.Run({"framework", "show", "lcpe-2017", "--district", d, "--language", "fr"}).err,
              HasSubstr("not in fr; they are in en, es"));
  std::ofstream(folder.path() + "/broken.json") << "{\"format\": \"candor.framework.v1\",\n \"code\" }";
  EXPECT_EQ(admin.Reason({"framework", "import", "--district", d, "--file", folder.path() + "/broken.json"}),
            "JSON_MALFORMED");

  admin.Text({"instrument", "create", "--district", d, "--file", Demo("instrument.json"), "--id", "pulse"});
  const std::string first = admin.Json({"instrument", "publish", "pulse", "--district", d})["name"];
  base::Json instrument = *base::ParseJson(*base::ReadFile(Demo("instrument.json")));
  instrument["title"] = "Shorter pulse";
  instrument["items"].erase(instrument["items"].size() - 1);
  std::ofstream(folder.path() + "/shorter.json") << instrument.dump();
  instrument["evaluative_use"] = "forbidden";
  std::ofstream(folder.path() + "/forbidden.json") << instrument.dump();
  EXPECT_EQ(admin.Json({"instrument", "update", "pulse", "--district", d, "--file", folder.path() + "/forbidden.json"})
                ["evaluative_use_forbidden"],
            true);
  const base::Json shorter =
      admin.Json({"instrument", "update", "pulse", "--district", d, "--file", folder.path() + "/shorter.json"});
  EXPECT_EQ(shorter["title"], "Shorter pulse");
  EXPECT_FALSE(shorter.value("evaluative_use_forbidden", false)) << "what the file leaves out goes";
  const std::string second = admin.Json({"instrument", "publish", "pulse", "--district", d})["name"];
  EXPECT_NE(first, second);
  EXPECT_THAT(admin.Text({"instrument", "show", "pulse", "--district", d}), HasSubstr(second));
  EXPECT_THAT(admin.Text({"instrument", "show", first}), HasSubstr("Leadership pulse"));
  EXPECT_THAT(admin.Text({"instrument", "list", "--district", d}), HasSubstr("Shorter pulse"));

  admin.Text({"campaign", "create", "--district", d, "--id", "c", "--title", "Spring", "--instrument-version", first,
              "--close-in", "2d"});
  const base::Json updated = admin.Json({"campaign", "update", "c", "--district", d, "--title", "Autumn", "--min-group",
                                         "7", "--instrument-version", second, "--first-reader", "supervisor"});
  EXPECT_EQ(updated["title"], "Autumn");
  EXPECT_EQ(updated["minimum_group_size"], 7);
  EXPECT_EQ(updated["instrument_version"], second);
  EXPECT_EQ(admin.Reason({"campaign", "update", "c", "--district", d, "--title", "x", "--etag", "stale"}),
            "ETAG_MISMATCH");
  const std::string survey = admin.Json({"campaign", "add-leader", "c", "lee", "--district", d})["name"];
  EXPECT_THAT(admin.Text({"campaign", "surveys", "c", "--district", d}), HasSubstr(survey));
  const base::Json rater =
      admin.Json({"rater", "add", survey, "--group", "staff", "--name", "Pat"})["raters"][0];
  admin.Text({"rater", "opt-out", rater["name"]});
  EXPECT_THAT(admin.Text({"rater", "list", survey}), HasSubstr("opted out"));
  admin.Text({"rater", "opt-out", rater["name"], "--undo"});
  EXPECT_THAT(admin.Text({"rater", "list", survey}), Not(HasSubstr("opted out")));
  admin.Text({"rater", "remove", rater["name"]});
  EXPECT_THAT(admin.Text({"rater", "list", survey}), Not(HasSubstr("Pat")));
  EXPECT_EQ(admin.Reason({"person", "delete", "lee", "--district", d}), "RESOURCE_IN_USE");
  admin.Text({"campaign", "remove-leader", survey});
  EXPECT_THAT(admin.Text({"campaign", "show", "c", "--district", d}), HasSubstr("no leaders yet"));
  admin.Text({"campaign", "delete", "c", "--district", d});
  EXPECT_THAT(admin.Text({"campaign", "list", "--district", d}), Not(HasSubstr("Autumn")));
  admin.Text({"person", "delete", "lee", "--district", d});
  EXPECT_EQ(admin.Reason({"person", "get", "lee", "--district", d}), "RESOURCE_NOT_FOUND");
}

TEST(OtherVerbsTest, AReissuedCodeWorksAndTheOldOneDoesNot) {
  testing::ScratchFolder folder;
  testing::CandordProcess server(folder.path() + "/data");
  const absl::Status started = server.Start();
  ASSERT_TRUE(started.ok()) << started;
  const CandorShell admin(server.address(), server.admin_key_file(), folder.path());
  admin.Text({"district", "create", "--title", "Testing", "--id", "d"});
  admin.Text({"person", "create", "--district", "d", "--id", "lee", "--name", "Lee", "--role", "leader"});
  admin.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
  admin.Text({"instrument", "create", "--district", "d", "--file", Demo("instrument.json"), "--id", "pulse"});
  const std::string version = admin.Json({"instrument", "publish", "pulse", "--district", "d"})["name"];
  admin.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version", version,
              "--close-in", "2d"});
  const std::string survey = admin.Json({"campaign", "add-leader", "c", "lee", "--district", "d"})["name"];
  admin.Text({"rater", "paper", survey, "--group", "staff", "--count", "10"});
  // Without waiting; the command that waits may come later.
  const std::string state = admin.Json({"campaign", "open", "c", "--district", "d", "--no-wait"})["state"];
  EXPECT_TRUE(state == "CAMPAIGN_STATE_OPENING" || state == "CAMPAIGN_STATE_OPEN") << state;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(admin.Json({"campaign", "open", "c", "--district", "d"})["state"], "CAMPAIGN_STATE_OPEN");
  }

  const base::Json code = admin.Json({"code", "list", survey})["codes"][3];
  const std::string letters = admin.Text({"code", "list", survey, "--csv"});
  EXPECT_THAT(letters, HasSubstr(std::string(code["code"])));
  // In a file they are nobody else's, and nothing is written over.
  const std::string file = folder.path() + "/letters.csv";
  EXPECT_THAT(admin.Text({"code", "list", survey, "--csv", "--out", file}), HasSubstr("10 codes are in " + file));
  EXPECT_EQ(*base::ReadFile(file), letters);
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  EXPECT_THAT(admin.Run({"code", "list", survey, "--out", file}).err, HasSubstr("is there already"));
  EXPECT_EQ(admin.Json({"code", "list", survey, "--out", file + "2"})["codes"], 10);
  // A token is taken, and the device with it is lost before the answers are sent.
  const CandorShell respondent = admin.WithoutKey();
  std::ofstream(folder.path() + "/a.json") << "{\"I.2.a\": 4}";
  const cli::ProgramResult lost = respondent.Run({"answer", "--code", code["code"], "--shared-device"}, "y\n");
  EXPECT_EQ(lost.exit_code, 1);
  EXPECT_THAT(lost.out, HasSubstr("your code is used up"));
  EXPECT_EQ(respondent.Reason({"answer", "--code", code["code"], "--file", folder.path() + "/a.json", "--yes",
                               "--shared-device"}), "TOKEN_ALREADY_ISSUED");
  // With ten invited one code may be made anew, and whoever makes a second one is asked first.
  const cli::ProgramResult first = admin.Run({"code", "reissue", code["rater"]["name"], "--json"}, "");
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const base::Json again = *base::ParseJson(first.out);
  EXPECT_THAT(admin.Text({"campaign", "show", "c", "--district", "d"}), HasSubstr("1 code made anew (of at most 1)"));
  const std::string second = admin.Json({"code", "list", survey})["codes"][5]["rater"]["name"];
  const cli::ProgramResult asked = admin.Run({"code", "reissue", second}, "n\n");
  EXPECT_EQ(asked.exit_code, 1);
  EXPECT_THAT(asked.err, HasSubstr("All figures of the group staff are withheld for good: of 10 invited at most 1 may be made "
                                   "anew, and 2 were."));
  EXPECT_THAT(asked.err, HasSubstr("no code was made anew; --yes makes it without asking"));
  EXPECT_NE(again["code"], code["code"]);
  // As after a lost reply.
  EXPECT_EQ(admin.Json({"code", "reissue", code["rater"]["name"], "--generation", "0"})["code"], again["code"]);
  EXPECT_EQ(admin.Reason({"code", "reissue", code["rater"]["name"], "--generation", "7"}), "ETAG_MISMATCH");
  EXPECT_EQ(respondent.Reason({"answer", "--code", code["code"], "--file", folder.path() + "/a.json", "--yes"}),
            "CODE_UNKNOWN");
  respondent.Text({"answer", "--code", again["code"], "--file", folder.path() + "/a.json", "--yes",
                   "--shared-device"});
  EXPECT_FALSE(base::FileExists(folder.path() + "/.local"));
  admin.Text({"campaign", "close", "c", "--district", "d", "--no-wait"});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(admin.Json({"campaign", "close", "c", "--district", "d"})["state"], "CAMPAIGN_STATE_CLOSED");
  }
  EXPECT_EQ(admin.Reason({"campaign", "open", "c", "--district", "d"}), "none: districts/d/campaigns/c did not open: it is "
                                                                       "closed ");
  EXPECT_EQ(respondent.WithResponseServer(server.response_address()).Json({"ledger", survey})["groups"][0]["reissued"], 1);
}

TEST(OtherVerbsTest, AQuestionnaireInSpanishAloneIsRatedInSpanish) {
  testing::ScratchFolder folder;
  testing::CandordProcess server(folder.path() + "/data");
  const absl::Status started = server.Start();
  ASSERT_TRUE(started.ok()) << started;
  const CandorShell admin(server.address(), server.admin_key_file(), folder.path());
  base::Json instrument = *base::ParseJson(*base::ReadFile(Demo("instrument.json")));
  DropEnglish(instrument);
  instrument["languages"] = {"es"};
  std::ofstream(folder.path() + "/es.json") << instrument.dump();
  admin.Text({"district", "create", "--title", "Testing", "--id", "d"});
  admin.Text({"person", "create", "--district", "d", "--id", "lee", "--name", "Lee", "--role", "leader"});
  admin.Text({"key", "create", "lee", "--district", "d", "--out", folder.path() + "/lee.key"});
  admin.Text({"framework", "import", "--district", "d", "--file", Demo("framework.json")});
  admin.Text({"instrument", "create", "--district", "d", "--file", folder.path() + "/es.json", "--id", "pulse"});
  const std::string version = admin.Json({"instrument", "publish", "pulse", "--district", "d"})["name"];
  admin.Text({"campaign", "create", "--district", "d", "--id", "c", "--title", "Spring", "--instrument-version", version,
              "--close-in", "2d"});
  const std::string survey = admin.Json({"campaign", "add-leader", "c", "lee", "--district", "d"})["name"];
  admin.Text({"rater", "paper", survey, "--group", "staff", "--count", "8"});
  admin.Text({"campaign", "open", "c", "--district", "d"});
  const CandorShell lee = admin.WithKey(folder.path() + "/lee.key");
  const std::string label = instrument["scale"]["labels"]["es"][4];
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--language", "en"}, {"--language", "es-MX"}}) {
    std::vector<std::string> arguments = {"rate", "self", survey};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_THAT(lee.Text(arguments, "5\n" + std::string(40, '\n') + "s\n"),
                AllOf(HasSubstr("  5  " + label), HasSubstr("Intro deja la pregunta"), HasSubstr("Guardar esta"),
                      Not(HasSubstr("Enter skips"))));
  }
}

TEST(OtherVerbsTest, ATlsServerIsCalledOnlyWithItsAuthority) {
  testing::ScratchFolder folder;
  const std::string certificate = folder.path() + "/cert.pem", key = folder.path() + "/key.pem";
  const std::string command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
                              "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " + key + " -out " +
                              certificate + " 2>/dev/null && chmod 600 " + key;
  ASSERT_EQ(std::system(command.c_str()), 0);
  testing::CandordProcess server(folder.path() + "/data", {"--tls-cert", certificate, "--tls-key", key,
                                                           "--tls-client-ca", certificate},
                                 testing::Arrangement::kOneServer);
  const absl::Status started = server.Start();
  ASSERT_TRUE(started.ok()) << started;
  const CandorShell admin(server.address(), server.admin_key_file(), folder.path());
  EXPECT_EQ(admin.Run({"--timeout", "5", "district", "list"}).exit_code, 1);
  EXPECT_EQ(admin.Run({"--timeout", "5", "--tls", "district", "list"}).exit_code, 1);
  EXPECT_EQ(admin.Run({"--timeout", "5", "--tls-ca", certificate, "district", "list"}).exit_code, 1);
  admin.Text({"--tls-ca", certificate, "--tls-cert", certificate, "--tls-key", key, "district", "create", "--title", "T"});
  EXPECT_EQ(admin.Run({"--tls-ca", certificate, "--tls-cert", certificate, "district", "list"}).exit_code, 1);

  // A person's certificate is for verbs that speak for that person: whoever answers never shows it.
  const std::vector<std::string> mine = {"CANDOR_TLS_CERT=" + certificate, "CANDOR_TLS_KEY=" + key};
  const std::vector<std::string> there = {"--server", server.address(), "--timeout", "5", "--tls-ca", certificate};
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), there.begin(), there.end());
    return cli::RunCandor(arguments, "", folder.path(), mine);
  };
  EXPECT_EQ(run({"--key-file", server.admin_key_file(), "district", "list"}).exit_code, 0);
  const cli::ProgramResult answer = run({"answer", "--code", "0000-0000-0000-0000-0"});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.err, HasSubstr("cannot be reached"));
  EXPECT_EQ(run({"answer", "--code", "0000-0000-0000-0000-0", "--tls-cert", certificate}).exit_code, 2);
}

}  // namespace
}  // namespace candor::e2e
