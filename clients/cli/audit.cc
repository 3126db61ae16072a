#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "candor/v1/directory.grpc.pb.h"
#include "clients/cli/verbs.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::DirectoryService;

struct ListOptions {
  std::string contains;
};

absl::Status List(Context& c, const ListOptions& options) {
  candor::v1::ListAuditEntriesRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  CANDOR_ASSIGN_OR_RETURN(auto all, c.List(&DirectoryService::Stub::ListAuditEntries, request));
  if (!options.contains.empty()) {
    auto& entries = *all.mutable_audit_entries();
    const auto passed_over = [&](const candor::v1::AuditEntry& entry) {
      return !absl::StrContains(entry.caller(), options.contains) &&
             !absl::StrContains(entry.action(), options.contains) &&
             !absl::StrContains(entry.resource(), options.contains);
    };
    entries.erase(std::remove_if(entries.begin(), entries.end(), passed_over), entries.end());
  }
  return c.Show(all, [&] {
    Table table({"NUMBER", "TIME", "WHO", "DID", "TO"});
    for (const auto& entry : all.audit_entries()) {
      table.Add({absl::StrCat(entry.sequence()), ShortTime(entry.time()), entry.caller(), entry.action(),
                 entry.resource()});
    }
    return table.Text();
  });
}

}  // namespace

void AddAuditVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "audit", "Who did what in a district; what respondents do is never in it");
  AddVerb<ListOptions>(
      *noun, context, "list", "List the entries, oldest first",
      [](CLI::App& verb, ListOptions& options) {
        verb.add_option("--contains", options.contains,
                        "Only entries whose person, act or resource contains this text, for instance ListCodes");
      },
      List);
}

}  // namespace candor::cli
