#include "services/identity/opening.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/hash.h"
#include "services/crypto/salted_filter.h"
#include "services/domain/campaign.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/key_holders.h"
#include "services/identity/loading.h"
#include "services/identity/pooling.h"
#include "services/identity/raters.h"
#include "services/identity/resource_names.h"
#include "services/identity/round_before.h"
#include "services/identity/surname_filter.h"
#include "services/identity/survey_work.h"
#include "storage/key_holders.h"
#include "storage/leader_line.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::CampaignId;
using domain::CampaignState;
using domain::DistrictId;
using domain::SurveyState;
using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyDocument;
using storage::SurveyRow;
using storage::WriteTransaction;

absl::Status CannotOpen(absl::string_view message) {
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kCAMPAIGN_INVALID, message);
}

// Every survey must be able to open; all that cannot are named in one message.
absl::Status CheckSurveys(ReadTransaction& transaction, const CampaignRow& campaign,
                          const domain::Instrument& instrument) {
  int surveys = 0;
  std::vector<std::string> faults;
  std::string reason;
  CANDOR_RETURN_IF_ERROR(
      ForEachSurvey(transaction, campaign.district, campaign.id, [&](const SurveyRow& survey) -> absl::Status {
        ++surveys;
        std::vector<std::string> of_survey;
        for (const absl::Status& checked : {PlanSurvey(transaction, survey, campaign.settings, instrument).status(),
                                            CheckTeam(transaction, survey),
                                            CheckFirstReader(transaction, campaign, survey),
                                            CheckHoldersOutsideLine(transaction, campaign, survey),
                                            CheckHoldersAreNoRaters(transaction, campaign, survey),
                                            CheckDistinctRaters(transaction, survey)}) {
          if (checked.ok()) continue;
          if (!absl::IsFailedPrecondition(checked)) return checked;
          if (reason.empty()) reason = base::GetErrorDetail(checked).reason;
          of_survey.emplace_back(checked.message());
        }
        if (of_survey.empty()) return absl::OkStatus();
        faults.push_back(absl::StrCat("the survey of ", PersonName(survey.district, survey.leader), ": ",
                                      absl::StrJoin(of_survey, ", and ")));
        return absl::OkStatus();
      }));
  if (surveys == 0) return CannotOpen("the campaign has no leader; add at least one before opening it");
  if (faults.empty()) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, reason,
                     absl::StrCat(faults.size(), " of ", surveys, " surveys cannot be opened, so none was: ",
                                  absl::StrJoin(faults, "; ")));
}

// Comments to a moderator, or a report of pressure to an auditor. Where nothing is written in words there is nothing to
// warn of, and no name to hand out.
bool AsksForWords(const domain::CampaignSettings& settings) {
  return !settings.moderators.empty() || settings.auditor.has_value();
}

// The issuing group of each rater group, or of each part where a group is broken down: by group and part, the part empty
// for a whole group.
std::map<std::pair<std::string, std::string>, int32_t> NumbersOf(const std::vector<domain::IssuingGroup>& groups) {
  std::map<std::pair<std::string, std::string>, int32_t> numbers;
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto number = static_cast<int32_t>(i);
    for (const std::string& member : groups[i].members) {
      if (groups[i].parts.empty()) numbers[{member, ""}] = number;
      for (const std::string& part : groups[i].parts) numbers[{member, part}] = number;
    }
  }
  return numbers;
}

// One invitation for each rater who has not opted out.
absl::Status InsertInvitations(WriteTransaction& transaction, const SurveyRow& survey,
                               const std::vector<domain::IssuingGroup>& groups, const crypto::SecretBytes& code_key) {
  const auto numbers = NumbersOf(groups);
  storage::Page page;
  page.limit = 1000;
  while (true) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::RaterRow> raters,
                            transaction.ListRaters(survey.district, survey.id, page));
    for (const storage::RaterRow& rater : raters) {
      if (rater.opted_out) continue;
      auto number = numbers.find({rater.group, rater.part});
      if (number == numbers.end()) number = numbers.find({rater.group, ""});
      if (number == numbers.end()) return errors::StoreCorrupt("a rater is of no issuing group");
      storage::InvitationRow invitation;
      invitation.district = survey.district;
      invitation.survey = survey.id;
      invitation.rater = rater.id;
      invitation.issuing_group = number->second;
      invitation.code_hash = crypto::CodeHash(
          crypto::MakeCode(code_key.view(), rater.id.value(), static_cast<uint32_t>(invitation.generation)));
      CANDOR_RETURN_IF_ERROR(transaction.InsertInvitation(invitation));
    }
    if (raters.size() < static_cast<size_t>(page.limit)) return absl::OkStatus();
    page.after = raters.back().id.value();
  }
}

absl::StatusOr<bool> HasManifest(ReadTransaction& transaction, const SurveyRow& survey) {
  CANDOR_ASSIGN_OR_RETURN(const auto hash, transaction.FindSurveyDocumentHash(survey.district, survey.id,
                                                                              SurveyDocument::kManifest));
  return hash.has_value();
}

// Whether codes of the campaign have been made, each survey's with its manifest.
absl::StatusOr<bool> HasCodes(ReadTransaction& transaction, const std::vector<SurveyRow>& surveys) {
  for (const SurveyRow& survey : surveys) {
    CANDOR_ASSIGN_OR_RETURN(const bool made, HasManifest(transaction, survey));
    if (made) return true;
  }
  return false;
}

// KEY_LOST unless the keys that the manifest names are there. A survey that could neither issue nor be closed is not opened.
absl::Status CheckKeys(KeyStore& keys, const domain::SurveyId& survey, const domain::Manifest& manifest, bool stewarded) {
  if (!stewarded) CANDOR_RETURN_IF_ERROR(keys.CheckClosingKey(survey, manifest.closing_public_key));
  for (size_t i = 0; i < manifest.groups.size(); ++i) {
    CANDOR_RETURN_IF_ERROR(keys.CheckIssuingKey(survey, static_cast<int>(i), manifest.groups[i].verifying_key));
  }
  return absl::OkStatus();
}

}  // namespace

// The keys and documents of one campaign that is opening.
struct Opening::Material {
  CampaignRow campaign;
  storage::InstrumentVersionRow version;
  domain::Instrument instrument;
  std::string receipt_public_key;
  crypto::SecretBytes code_key;
  std::string pooling_public_key;  // empty: none
  std::vector<std::string> directory_surnames;
};

absl::StatusOr<CampaignRow> Opening::Order(const Caller& caller, const DistrictId& district, const CampaignId& campaign,
                                           std::optional<int64_t> revision) {
  CampaignRow row;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(row, GetCampaignRow(transaction, district, campaign));
    if (row.state != CampaignState::kDraft) {
      return errors::WrongState(absl::StrCat("the campaign ", CampaignName(district, campaign), " is ",
                                             domain::NameOf(row.state), " already; only a draft can be opened"));
    }
    if (revision.has_value() && *revision != row.revision) {
      return errors::EtagMismatch("campaign", CampaignName(district, campaign));
    }
    if (const absl::Status settings = domain::CheckSettings(row.settings, clock_.Now()); !settings.ok()) {
      return CannotOpen(settings.message());
    }
    CANDOR_ASSIGN_OR_RETURN(const storage::InstrumentVersionRow version,
                            GetVersionRow(transaction, district, row.settings));
    CANDOR_ASSIGN_OR_RETURN(const domain::InstrumentVersion decoded,
                            domain::DecodeInstrumentVersion(version.document));
    CANDOR_RETURN_IF_ERROR(CheckSurveys(transaction, row, decoded.instrument));
    CANDOR_ASSIGN_OR_RETURN(const storage::KeyHolders holders, FindKeyHolders(transaction, row));
    const std::string encoded_holders = storage::EncodeKeyHolders(holders);
    CANDOR_ASSIGN_OR_RETURN(const std::optional<absl::Time> compared_with, CheckRoundBefore(transaction, row));
    int64_t leaders = 0;
    CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, district, campaign, [&](const SurveyRow&) {
      ++leaders;
      return absl::OkStatus();
    }));
    CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& survey) -> absl::Status {
      CANDOR_RETURN_IF_ERROR(GetPersonRow(transaction, district, survey.leader).status());
      CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line,
                              storage::LineInDirectory(transaction, district, survey.leader));
      CANDOR_RETURN_IF_ERROR(
          PutDocument(transaction, survey, SurveyDocument::kLeaderLine, storage::EncodeLeaderLine(line)));
      CANDOR_RETURN_IF_ERROR(PutDocument(transaction, survey, SurveyDocument::kKeyHolders, encoded_holders));
      CANDOR_ASSIGN_OR_RETURN(const domain::GroupPlan plan, PlanSurvey(transaction, survey, row.settings, decoded.instrument));
      const domain::Contract contract =
          domain::MakeContract(row.settings, version.hash, decoded.instrument, plan, leaders, compared_with,
                               static_cast<int>(line.members.size()));
      return PutDocument(transaction, survey, SurveyDocument::kContract, domain::EncodeContract(contract));
    }));
    CANDOR_RETURN_IF_ERROR(SetState(row, CampaignState::kOpening));
    CANDOR_RETURN_IF_ERROR(transaction.UpdateCampaign(row));
    ++row.revision;
    return RecordAudit(transaction, clock_, caller, district, "OpenCampaign", CampaignName(district, campaign));
  }));
  return row;
}

absl::Status Opening::Advance(const DistrictId& district, const CampaignId& campaign) {
  CANDOR_ASSIGN_OR_RETURN(CampaignWork work, ReadCampaignWork(store_, district, campaign));
  if (work.campaign.state != CampaignState::kOpening) return absl::OkStatus();
  // Too late to ask anybody: what is not open yet stays so, and closing begins from here.
  if (work.campaign.settings.close_time <= clock_.Now()) return absl::OkStatus();
  Material material;
  material.campaign = work.campaign;
  bool has_codes = false;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(has_codes, HasCodes(transaction, work.surveys));
    CANDOR_ASSIGN_OR_RETURN(material.version, GetVersionRow(transaction, district, work.campaign.settings));
    if (!AsksForWords(work.campaign.settings)) return absl::OkStatus();
    CANDOR_ASSIGN_OR_RETURN(material.directory_surnames, DirectorySurnames(transaction, district));
    return absl::OkStatus();
  }));
  CANDOR_ASSIGN_OR_RETURN(domain::InstrumentVersion version,
                          domain::DecodeInstrumentVersion(material.version.document));
  material.instrument = std::move(version.instrument);
  CANDOR_ASSIGN_OR_RETURN(material.receipt_public_key, plane_.ReceiptPublicKey());
  // Once there are codes, another key would go with none of them.
  CANDOR_ASSIGN_OR_RETURN(material.code_key, has_codes ? keys_.LoadCodeKey(district, campaign)
                                                       : keys_.EnsureCodeKey(district, campaign));
  CANDOR_ASSIGN_OR_RETURN(material.pooling_public_key, EnsurePool(store_, keys_, work));

  bool out_of_reach = false;  // a store or the response plane: the rest would fail the same way
  CANDOR_RETURN_IF_ERROR(WorkAtEach(work.surveys, stopping_, [&](SurveyRow& survey) -> absl::Status {
    if (survey.state != SurveyState::kDraft || out_of_reach) return absl::OkStatus();
    const absl::Status opened = OpenSurvey(material, survey);
    out_of_reach = absl::IsUnavailable(opened) || absl::IsResourceExhausted(opened);
    if (opened.ok()) pool_.AddDemand(
        -domain::MostIssuingGroups(material.instrument, material.campaign.settings.breakdowns));
    return opened;
  }));

  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(CampaignRow row, GetCampaignRow(transaction, district, campaign));
    if (row.state != CampaignState::kOpening) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(SetState(row, CampaignState::kOpen));
    row.open_time = clock_.Now();
    return transaction.UpdateCampaign(row);
  });
}

absl::Status Opening::OpenSurvey(const Material& material, const SurveyRow& survey) {
  CANDOR_RETURN_IF_ERROR(Prepare(material, survey));
  domain::OpenOrder order;
  order.survey = survey.id;
  order.instrument_version = material.version.document;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(order.contract, GetDocument(transaction, survey, SurveyDocument::kContract));
    CANDOR_ASSIGN_OR_RETURN(order.manifest, GetDocument(transaction, survey, SurveyDocument::kManifest));
    CANDOR_ASSIGN_OR_RETURN(order.manifest_signature,
                            GetDocument(transaction, survey, SurveyDocument::kManifestSignature));
    return absl::OkStatus();
  }));
  CANDOR_RETURN_IF_ERROR(plane_.OpenSurvey(order));
  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(SurveyRow row, GetSurveyRow(transaction, survey.district, survey.id));
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow campaign, GetCampaignRow(transaction, row.district, row.campaign));
    // Closing may have begun meanwhile: it abandons what it did not find open.
    if (row.state != SurveyState::kDraft || campaign.state != CampaignState::kOpening) return absl::OkStatus();
    CANDOR_RETURN_IF_ERROR(SetState(row, SurveyState::kOpen));
    return transaction.UpdateSurvey(row);
  });
}

absl::Status Opening::Prepare(const Material& material, const SurveyRow& survey) {
  std::optional<domain::Manifest> prepared;
  std::string contract, surname_filter;
  domain::GroupPlan plan;
  storage::KeyHolders holders;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const bool has_manifest, HasManifest(transaction, survey));
    if (has_manifest) {
      CANDOR_ASSIGN_OR_RETURN(prepared, GetManifest(transaction, survey));
      return absl::OkStatus();
    }
    CANDOR_ASSIGN_OR_RETURN(contract, GetDocument(transaction, survey, SurveyDocument::kContract));
    CANDOR_ASSIGN_OR_RETURN(const std::string frozen, GetDocument(transaction, survey, SurveyDocument::kKeyHolders));
    CANDOR_ASSIGN_OR_RETURN(holders, storage::DecodeKeyHolders(frozen));
    // Raters cannot change since the order was given, so the plan is the one that was checked then.
    CANDOR_ASSIGN_OR_RETURN(plan, PlanSurvey(transaction, survey, material.campaign.settings, material.instrument));
    if (!AsksForWords(material.campaign.settings)) {
      surname_filter = crypto::SaltedFilter::Make({}).bytes();
      return absl::OkStatus();
    }
    CANDOR_ASSIGN_OR_RETURN(surname_filter, MakeSurnameFilter(transaction, survey, material.directory_surnames));
    return absl::OkStatus();
  }));
  if (prepared.has_value()) {
    return CheckKeys(keys_, survey.id, *prepared, material.campaign.settings.steward.has_value());
  }

  domain::Manifest manifest;
  manifest.survey = survey.id;
  manifest.contract_hash = base::HexEncode(crypto::Sha256(contract));
  manifest.instrument_hash = material.version.hash;
  manifest.groups = plan.groups;
  for (size_t i = 0; i < manifest.groups.size(); ++i) {
    // A key that nobody made ahead takes seconds.
    if (stopping_) return Stopping();
    CANDOR_ASSIGN_OR_RETURN(const crypto::BlindSigningKey key,
                            keys_.EnsureIssuingKey(survey.id, static_cast<int>(i), pool_.bits()));
    manifest.groups[i].verifying_key = key.verifying_key().ToSpkiDer();
  }
  if (const auto& steward = material.campaign.settings.steward; steward.has_value()) {
    manifest.closing_public_key = steward->public_key;
  } else {
    CANDOR_ASSIGN_OR_RETURN(const crypto::ClosingKeyPair closing_key, keys_.EnsureClosingKey(survey.id));
    manifest.closing_public_key = closing_key.public_key;
  }
  manifest.pooling_public_key = material.pooling_public_key;
  manifest.receipt_public_key = material.receipt_public_key;
  manifest.signing_public_key = keys_.signing_key().public_key();
  const domain::CampaignSettings& settings = material.campaign.settings;
  manifest.response_address = response_address_;
  manifest.surname_filter_hash = base::HexEncode(crypto::Sha256(surname_filter));
  for (const storage::KeyHolder& moderator : holders.moderators) manifest.moderators.push_back(moderator.key);
  if (holders.auditor.has_value()) manifest.auditor = holders.auditor->key;
  manifest.close_time = settings.close_time;
  manifest.latest_close_time = settings.latest_close_time;
  manifest.abandon_time = settings.abandon_time;
  // What a respondent's client would refuse must never be opened.
  CANDOR_RETURN_IF_ERROR(domain::CheckManifest(manifest, manifest.contract_hash, material.version.hash));
  CANDOR_ASSIGN_OR_RETURN(const domain::Contract rules, domain::DecodeContract(contract));
  CANDOR_RETURN_IF_ERROR(domain::CheckParts(manifest, rules));
  CANDOR_RETURN_IF_ERROR(domain::CheckStewardsKey(manifest, rules));
  const std::string bytes = domain::EncodeManifest(manifest);
  const std::string signature = keys_.signing_key().Sign(absl::StrCat(kManifestTag, bytes));

  return store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(PutDocument(transaction, survey, SurveyDocument::kManifest, bytes));
    CANDOR_RETURN_IF_ERROR(PutDocument(transaction, survey, SurveyDocument::kManifestSignature, signature));
    CANDOR_RETURN_IF_ERROR(PutDocument(transaction, survey, SurveyDocument::kSurnameFilter, surname_filter));
    for (size_t i = 0; i < manifest.groups.size(); ++i) {
      CANDOR_RETURN_IF_ERROR(transaction.InsertIssuingGroup({survey.district, survey.id, static_cast<int32_t>(i),
                                                             manifest.groups[i].code, manifest.groups[i].invited, 0}));
    }
    return InsertInvitations(transaction, survey, manifest.groups, material.code_key);
  });
}

}  // namespace candor::identity
