// Keys of moderators and auditors: made here, registered by their holders alone.

#include "absl/strings/str_cat.h"
#include "candor/v1/directory.grpc.pb.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/holder_key.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"

namespace candor::cli {
namespace {

using candor::v1::DirectoryService;

struct KeygenOptions {
  std::string out;
};

struct RegisterOptions {
  std::string person, key;
};

struct CodeOptions {
  std::string key;
};

std::string CodeToPost(absl::string_view public_key) {
  return absl::StrCat("Comparison code of the key: ", crypto::HolderKeyCode(public_key),
                      "\nPost it yourself where raters look (notice board, letter, a site of your own): the rules show "
                      "everybody who is asked to answer the code of the key that bears your title, and only you can say "
                      "whether it is yours.\n");
}

absl::Status Keygen(Context& c, const KeygenOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const auto pair, client::MakeHolderKey(options.out));
  if (c.options.json) {
    return Print(base::Json{{"key_file", options.out}, {"public_key", base::HexEncode(pair.public_key)},
                            {"key_code", crypto::HolderKeyCode(pair.public_key)}}.dump(2) + "\n");
  }
  return Print(absl::StrCat("The key is in ", options.out,
                            ". Whoever has this file reads what is sealed to you; without it nobody does. Keep it where "
                            "only you get at it, with a copy elsewhere, until the campaigns that name you are released.\n",
                            CodeToPost(pair.public_key)));
}

absl::Status Register(Context& c, const RegisterOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const auto pair, client::ReadHolderKey(options.key));
  candor::v1::RegisterKeyRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("people", options.person));
  request.set_public_key(pair.public_key);
  CANDOR_ASSIGN_OR_RETURN(const auto person, c.Call(&DirectoryService::Stub::RegisterKey, request));
  return c.Show(person, [&] {
    return absl::StrCat("registered ", base::HexEncode(person.public_key()), " as the key of ", person.name(),
                        "; campaigns that are opened from now on and name you are sealed to it\n",
                        CodeToPost(person.public_key()));
  });
}

absl::Status Code(Context& c, const CodeOptions& options) {
  CANDOR_ASSIGN_OR_RETURN(const auto pair, client::ReadHolderKey(options.key));
  if (!c.options.json) return Print(CodeToPost(pair.public_key));
  return Print(base::Json{{"public_key", base::HexEncode(pair.public_key)},
                          {"key_code", crypto::HolderKeyCode(pair.public_key)}}.dump(2) + "\n");
}

}  // namespace

void AddKeyHolderVerbs(CLI::App& app, Context& context) {
  for (const std::string role : {"moderator", "auditor"}) {
    CLI::App* noun = AddNoun(app, role, absl::StrCat("The key of a", role == "auditor" ? "n " : " ", role));
    AddVerb<KeygenOptions>(
        *noun, context, "keygen", "Make a key; its secret half never leaves this machine",
        [](CLI::App& verb, KeygenOptions& options) {
          verb.add_option("--out", options.out, "The file to make (mode 0600)")->required();
        },
        Keygen);
    AddVerb<RegisterOptions>(
        *noun, context, "register", "Register the public half of your key; nobody does so for you",
        [](CLI::App& verb, RegisterOptions& options) {
          verb.add_option("person", options.person, "Yourself: your name in the directory, or id with --district")->required();
          verb.add_option("--key", options.key, "The file that keygen made")->required();
        },
        Register);
    AddVerb<CodeOptions>(
        *noun, context, "code", "Show the comparison code of your key again; it needs no server",
        [](CLI::App& verb, CodeOptions& options) {
          verb.add_option("--key", options.key, "The file that keygen made")->required();
        },
        Code);
    if (role == "auditor") AddAuditorVerbs(*noun, context);
  }
}

}  // namespace candor::cli
