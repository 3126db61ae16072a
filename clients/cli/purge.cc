#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "candor/v1/retention.grpc.pb.h"
#include "clients/cli/verbs.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::PersonalDataItem;
using candor::v1::RetentionService;

struct PurgeOptions {
  bool dry_run = false;
};

const char* WordsFor(candor::v1::PersonalData data) {
  switch (data) {
    case candor::v1::PERSONAL_DATA_CODES:
      return "codes and keys, of people";
    case candor::v1::PERSONAL_DATA_ANSWERS:
      return "sealed answers, of surveys";
    case candor::v1::PERSONAL_DATA_COMMENTS:
      return "sealed comments, of surveys";
    case candor::v1::PERSONAL_DATA_FOLLOW_UPS:
      return "questions back to comments and answers, of surveys";
    case candor::v1::PERSONAL_DATA_NOTICES:
      return "sealed reports of pressure, if any, of surveys";
    case candor::v1::PERSONAL_DATA_RATERS:
      return "names and addresses, of raters";
    default:
      return "something that this program does not know; use a newer one";
  }
}

std::string WhenFor(const PersonalDataItem& item, bool dry_run) {
  if (item.deleted()) return "deleted now";
  switch (item.data()) {
    case candor::v1::PERSONAL_DATA_CODES:
    case candor::v1::PERSONAL_DATA_ANSWERS:
      return absl::StrCat("at closing, ", ShortTime(item.due_time()));
    case candor::v1::PERSONAL_DATA_COMMENTS:
      return "at release, but for those that are approved";
    case candor::v1::PERSONAL_DATA_FOLLOW_UPS:
      return absl::StrCat("when answers are handed over, at the latest ", ShortTime(item.due_time()));
    case candor::v1::PERSONAL_DATA_NOTICES:
      return absl::StrCat("when the auditor destroys them, at the latest ", ShortTime(item.due_time()));
    default:
      if (!item.has_due_time()) return "after closing; the day is known then";
      return item.due_time().seconds() > absl::ToUnixSeconds(absl::Now()) || !dry_run
                 ? ShortTime(item.due_time())
                 : absl::StrCat("now (due ", ShortTime(item.due_time()), ")");
  }
}

absl::Status Purge(Context& c, const PurgeOptions& options) {
  candor::v1::PurgePersonalDataRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  request.set_dry_run(options.dry_run);
  CANDOR_ASSIGN_OR_RETURN(const auto purged, c.Call(&RetentionService::Stub::PurgePersonalData, request));
  return c.Show(purged, [&] {
    if (purged.items().empty()) return absl::StrCat(request.parent(), " holds nothing that is kept only for a time.\n");
    Table table({"CAMPAIGN", "WHAT", "COUNT", "GOES"});
    for (const PersonalDataItem& item : purged.items()) {
      table.Add({item.campaign(), WordsFor(item.data()), absl::StrCat(item.count()), WhenFor(item, options.dry_run)});
    }
    const bool any = std::any_of(purged.items().begin(), purged.items().end(),
                                 [](const PersonalDataItem& item) { return item.deleted(); });
    const char* const rest = "\nOnly what is said to be deleted now is gone.\n";
    const char* const none = options.dry_run ? "\nNothing was deleted.\n" : "\nNothing is due yet; nothing was deleted.\n";
    return absl::StrCat(table.Text(), any ? rest : none);
  });
}

}  // namespace

void AddPurgeVerb(CLI::App& app, Context& context) {
  AddVerb<PurgeOptions>(
      app, context, "purge",
      "Delete at once what a district's campaigns kept of people and is due; or show what goes when",
      [](CLI::App& verb, PurgeOptions& options) {
        verb.add_flag("--dry-run", options.dry_run, "Only show what goes, and when");
        verb.footer(
            "The server deletes all of it by itself when its time comes. Deleting is noted in the audit trail.");
      },
      Purge);
}

}  // namespace candor::cli
