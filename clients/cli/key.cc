#include "absl/strings/str_cat.h"
#include "candor/v1/directory.grpc.pb.h"
#include "clients/cli/verbs.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::DirectoryService;

struct CreateOptions {
  std::string person, title, out;
};

absl::Status Create(Context& c, const CreateOptions& options) {
  candor::v1::CreateAccessKeyRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("people", options.person));
  request.mutable_access_key()->set_title(options.title);
  CANDOR_ASSIGN_OR_RETURN(const auto made, c.CallOnce(&DirectoryService::Stub::CreateAccessKey, request));
  if (options.out.empty()) {
    return c.Show(made, [&] {
      return absl::StrCat(made.access_key().name(), "\n", made.secret(),
                          "\nThe second line is the key. It is not kept and cannot be shown again.\n");
    });
  }
  CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(options.out, made.secret() + "\n", 0600));
  return c.Show(made.access_key(), [&] {
    return absl::StrCat(made.access_key().name(), "\nThe key is in ", options.out, "; it cannot be shown again.\n");
  });
}

absl::Status List(Context& c, const NameOption& options) {
  candor::v1::ListAccessKeysRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("people", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&DirectoryService::Stub::ListAccessKeys, request));
  return c.Show(all, [&] {
    Table table({"NAME", "TITLE", "MADE"});
    for (const auto& key : all.access_keys()) table.Add({key.name(), key.title(), ShortTime(key.create_time())});
    return table.Text();
  });
}

absl::Status Delete(Context& c, const NameOption& options) {
  candor::v1::DeleteAccessKeyRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("people", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto done, c.Call(&DirectoryService::Stub::DeleteAccessKey, request));
  return c.Show(done, [&] { return absl::StrCat("revoked ", request.name(), "\n"); });
}

}  // namespace

void AddKeyVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "key", "Keys that people call the service with");
  AddVerb<CreateOptions>(
      *noun, context, "create", "Make a key for a person",
      [](CLI::App& verb, CreateOptions& options) {
        verb.add_option("person", options.person, "The person's name, or id with --district")->required();
        verb.add_option("--title", options.title, "What the key is for");
        verb.add_option("--out", options.out, "Write the key to this file (mode 0600) instead of the terminal");
      },
      Create);
  AddVerb<NameOption>(
      *noun, context, "list", "List a person's keys, without their secrets",
      [](CLI::App& verb, NameOption& options) {
        verb.add_option("person", options.name, "The person's name, or id with --district")->required();
      },
      List);
  AddVerb<NameOption>(
      *noun, context, "delete", "Revoke a key at once",
      [](CLI::App& verb, NameOption& options) {
        verb.add_option("key", options.name, "districts/DISTRICT/people/PERSON/accessKeys/KEY")->required();
      },
      Delete);
}

}  // namespace candor::cli
