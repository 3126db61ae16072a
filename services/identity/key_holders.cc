#include "services/identity/key_holders.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

absl::Status Unfit(absl::string_view message) {
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kKEY_HOLDER_UNFIT, message);
}

absl::StatusOr<storage::KeyHolder> FindHolder(storage::ReadTransaction& transaction, const domain::DistrictId& district,
                                              const domain::NamedHolder& named, bool is_auditor) {
  const std::string role = is_auditor ? "auditor" : "moderator";
  const std::string who = absl::StrCat("the ", role, " \"", named.title, "\"");
  if (named.person.empty()) return Unfit(absl::StrCat(who, " names no person; name one of the directory"));
  CANDOR_ASSIGN_OR_RETURN(const auto person, transaction.FindPerson(district, named.person));
  const std::string name = PersonName(district, named.person);
  if (!person.has_value()) return Unfit(absl::StrCat(who, " is ", name, ", who is not in the directory"));
  if (!(is_auditor ? person->roles.auditor : person->roles.moderator)) {
    return Unfit(absl::StrCat(who, " is ", name, ", who has not that role; give it to them or name somebody else"));
  }
  if (person->public_key.empty()) {
    return Unfit(absl::StrCat(who, " is ", name, ", who has registered no key; ask them to do so with candor ", role,
                              " register"));
  }
  return storage::KeyHolder{named.person, {named.title, person->public_key}};
}

// Respondents are told that reports of pressure do not go to the readers of comments. `keys`: all others of the campaign.
absl::Status CheckAuditorApart(const storage::KeyHolders& holders, const std::set<std::string>& keys) {
  const std::string who = absl::StrCat("the auditor \"", holders.auditor->key.name, "\"");
  for (const storage::KeyHolder& moderator : holders.moderators) {
    if (moderator.person != holders.auditor->person) continue;
    return Unfit(absl::StrCat(who, " is the moderator \"", moderator.key.name,
                              "\" too; reports of pressure go to nobody who reads comments, so name somebody else"));
  }
  if (!keys.contains(holders.auditor->key.public_key)) return absl::OkStatus();
  return Unfit(absl::StrCat(who, " has the same key as a moderator, or as the steward; each registers one of their own"));
}

// With a holder's access key one registers a public key in their name, and whoever made it has had it in hand. Their roles and
// their line may have been others then: what counts is who they are to this survey.
absl::Status CheckVouchedFromOutside(storage::ReadTransaction& transaction, const storage::SurveyRow& survey,
                                     const domain::PersonId& id, absl::string_view who) {
  CANDOR_ASSIGN_OR_RETURN(const auto holder, transaction.FindPerson(survey.district, id));
  if (!holder.has_value() || holder->key_vouched_by.empty()) return absl::OkStatus();
  CANDOR_ASSIGN_OR_RETURN(const bool in_line, IsInLine(transaction, survey, holder->key_vouched_by));
  if (!in_line) return absl::OkStatus();
  return Unfit(absl::StrCat(who, " registered their key with an access key that ",
                            PersonName(survey.district, holder->key_vouched_by),
                            " made, who is the leader or supervises the leader, or is a member of the team, and might "
                            "have registered it in their place; let an administrator outside the leader's line, or the "
                            "installation's, make a "
                            "new access key for them, and ask them to register a new key with that one"));
}

}  // namespace

absl::StatusOr<storage::KeyHolders> FindKeyHolders(storage::ReadTransaction& transaction,
                                                   const storage::CampaignRow& campaign) {
  storage::KeyHolders holders;
  std::set<std::string> keys;
  if (campaign.settings.steward.has_value()) keys.insert(campaign.settings.steward->public_key);
  for (const domain::NamedHolder& named : campaign.settings.moderators) {
    CANDOR_ASSIGN_OR_RETURN(storage::KeyHolder holder,
                            FindHolder(transaction, campaign.district, named, /*is_auditor=*/false));
    if (!keys.insert(holder.key.public_key).second) {
      return Unfit(absl::StrCat("the moderator \"", named.title,
                                "\" has the same key as another, or as the steward; each registers one of their own"));
    }
    holders.moderators.push_back(std::move(holder));
  }
  if (campaign.settings.auditor.has_value()) {
    CANDOR_ASSIGN_OR_RETURN(
        holders.auditor, FindHolder(transaction, campaign.district, *campaign.settings.auditor, /*is_auditor=*/true));
    CANDOR_RETURN_IF_ERROR(CheckAuditorApart(holders, keys));
  }
  return holders;
}

std::vector<domain::NamedHolder> HoldersOf(const domain::CampaignSettings& settings) {
  std::vector<domain::NamedHolder> holders = settings.moderators;
  if (settings.auditor.has_value()) holders.push_back(*settings.auditor);
  return holders;
}

absl::Status CheckHoldersOutsideLine(storage::ReadTransaction& transaction, const storage::CampaignRow& campaign,
                                     const storage::SurveyRow& survey) {
  for (const domain::NamedHolder& holder : HoldersOf(campaign.settings)) {
    const std::string who = absl::StrCat("\"", holder.title, "\" (", PersonName(survey.district, holder.person), ")");
    CANDOR_ASSIGN_OR_RETURN(const bool in_line, IsInLine(transaction, survey, holder.person));
    if (in_line) {
      return Unfit(absl::StrCat(who, " is the leader or supervises the leader, or is a member of the team, and so must not "
                                     "read what raters write; name somebody outside the leader's line"));
    }
    CANDOR_RETURN_IF_ERROR(CheckVouchedFromOutside(transaction, survey, holder.person, who));
  }
  return absl::OkStatus();
}

}  // namespace candor::identity
