#include "absl/strings/str_cat.h"
#include "candor/v1/directory.grpc.pb.h"
#include "clients/cli/new_file.h"
#include "clients/cli/verbs.h"
#include "services/base/error.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::DirectoryService;

struct CreateOptions {
  std::string person, title, out;
};

// A key that could not be written down is of no use to its owner, and nobody would know of it.
absl::Status RevokeUnwritten(Context& c, const std::string& key, const absl::Status& fault) {
  candor::v1::DeleteAccessKeyRequest request;
  request.set_name(key);
  const auto revoked = c.Call(&DirectoryService::Stub::DeleteAccessKey, request);
  if (revoked.ok()) return base::Annotate(fault, "the key could not be written down, and is revoked again");
  return base::Annotate(fault, absl::StrCat("the key could not be written down, nor revoked (", revoked.status().message(),
                                            "); revoke it: candor key delete ", key));
}

absl::Status Create(Context& c, const CreateOptions& options) {
  // Before there is a key that might have nowhere to go.
  if (!options.out.empty()) CANDOR_RETURN_IF_ERROR(CheckNewFile(options.out));
  candor::v1::CreateAccessKeyRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("people", options.person));
  request.mutable_access_key()->set_title(options.title);
  CANDOR_ASSIGN_OR_RETURN(auto made, c.CallOnce(&DirectoryService::Stub::CreateAccessKey, request));
  if (options.out.empty()) {
    return c.Show(made, [&] {
      return absl::StrCat(made.access_key().name(), "\n", made.secret(),
                          "\nThe second line is the key. It is not kept and cannot be shown again.\n");
    });
  }
  const absl::Status written = WriteNewFile(options.out, made.secret() + "\n");
  base::Wipe(*made.mutable_secret());
  if (!written.ok()) return RevokeUnwritten(c, made.access_key().name(), written);
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
        verb.add_option("--out", options.out, "Write the key to this new file (mode 0600) instead of the terminal");
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
