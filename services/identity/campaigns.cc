#include "services/identity/campaigns.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/domain/errors.h"
#include "services/identity/audit.h"
#include "services/identity/key_holders.h"
#include "services/identity/loading.h"
#include "services/identity/raters.h"
#include "services/identity/resource_names.h"
#include "services/identity/round_before.h"

namespace candor::identity {
namespace {

namespace errors = domain::errors;
using domain::CampaignId;
using domain::DistrictId;
using domain::SurveyId;
using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyDocument;
using storage::SurveyRow;
using storage::WriteTransaction;

absl::StatusOr<int64_t> CountSurveys(ReadTransaction& transaction, const CampaignRow& campaign) {
  int64_t count = 0;
  CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, campaign.district, campaign.id, [&](const SurveyRow&) {
    ++count;
    return absl::OkStatus();
  }));
  return count;
}

absl::StatusOr<std::string> LeaderName(ReadTransaction& transaction, const SurveyRow& survey) {
  CANDOR_ASSIGN_OR_RETURN(const auto leader, transaction.FindPerson(survey.district, survey.leader));
  return leader.has_value() ? leader->display_name : std::string();
}

std::vector<GroupView> ViewOf(const std::vector<domain::IssuingGroup>& groups) {
  std::vector<GroupView> views;
  for (const domain::IssuingGroup& group : groups) {
    views.push_back({group.code, group.members, group.invited, group.parts});
  }
  return views;
}

// How many codes of each group were made anew, and how many may be. `groups` are those of the survey's manifest.
absl::Status AddReissued(ReadTransaction& transaction, const SurveyRow& survey, std::vector<GroupView>& groups) {
  CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::IssuingGroupRow> rows,
                          transaction.ListIssuingGroups(survey.district, survey.id));
  CANDOR_ASSIGN_OR_RETURN(const std::string document, GetDocument(transaction, survey, SurveyDocument::kContract));
  const absl::StatusOr<domain::Contract> contract = domain::DecodeContract(document);
  if (!contract.ok() || rows.size() != groups.size()) {
    return errors::StoreCorrupt("a survey's contract or issuing groups cannot be read");
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    groups[i].reissued = rows[i].reissued;
    groups[i].reissuable = domain::ReissuableCodes(contract->maximum_reissued_percent, groups[i].invited);
  }
  return absl::OkStatus();
}

// A stored document's hash in hexadecimal; empty when there is no such document.
absl::StatusOr<std::string> DocumentHash(ReadTransaction& transaction, const SurveyRow& survey, SurveyDocument kind) {
  CANDOR_ASSIGN_OR_RETURN(const auto hash, transaction.FindSurveyDocumentHash(survey.district, survey.id, kind));
  return hash.has_value() ? base::HexEncode(*hash) : std::string();
}

absl::StatusOr<StoredSurvey> LoadSurvey(ReadTransaction& transaction, const SurveyRow& row) {
  StoredSurvey survey;
  survey.row = row;
  CANDOR_ASSIGN_OR_RETURN(survey.leader_display_name, LeaderName(transaction, row));
  CANDOR_ASSIGN_OR_RETURN(survey.contract_hash, DocumentHash(transaction, row, SurveyDocument::kContract));
  CANDOR_ASSIGN_OR_RETURN(const auto manifest,
                          transaction.FindSurveyDocument(row.district, row.id, SurveyDocument::kManifest));
  if (manifest.has_value()) {
    const absl::StatusOr<domain::Manifest> decoded = domain::DecodeManifest(*manifest);
    if (!decoded.ok()) return errors::StoreCorrupt("a stored manifest cannot be read");
    survey.groups = ViewOf(decoded->groups);
    CANDOR_RETURN_IF_ERROR(AddReissued(transaction, row, survey.groups));
    CANDOR_ASSIGN_OR_RETURN(survey.manifest_hash, DocumentHash(transaction, row, SurveyDocument::kManifest));
    CANDOR_ASSIGN_OR_RETURN(const std::string hash, base::HexDecode(survey.manifest_hash));
    survey.manifest_code = crypto::ManifestCode(hash);
  } else {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<storage::GroupCount> counts,
                            transaction.CountRaters(row.district, row.id));
    for (const storage::GroupCount& count : counts) {
      std::vector<std::string> parts;
      if (!count.part.empty()) parts.push_back(count.part);
      const std::string code = domain::IssuingCode(count.group, parts);
      survey.groups.push_back({code, {count.group}, count.invited, std::move(parts)});
    }
  }
  if (row.state == domain::SurveyState::kClosing) {
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow campaign, GetCampaignRow(transaction, row.district, row.campaign));
    survey.waits_for_steward = WaitsForSteward(campaign, row);
  }
  CANDOR_ASSIGN_OR_RETURN(const auto ratings, transaction.ListIdentifiedRatings(row.district, row.id));
  CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line, storage::LineOf(transaction, row));
  survey.team_members = static_cast<int>(line.members.size());
  for (const storage::IdentifiedRatingRow& rating : ratings) {
    const bool self = rating.audience == storage::IdentifiedAudience::kSelf;
    (self ? survey.self_rated : survey.supervisor_rated) = true;
    if (self && line.team) ++survey.team_members_rated;
  }
  return survey;
}

bool HasGroup(const domain::Instrument& instrument, const std::string& code) {
  return std::any_of(instrument.rater_groups.begin(), instrument.rater_groups.end(),
                     [&](const domain::RaterGroup& group) { return group.code == code; });
}

// Breakdowns must be of the instrument's groups.
absl::Status CheckBreakdownsFit(const domain::CampaignSettings& settings, const domain::Instrument& instrument) {
  for (size_t i = 0; i < settings.breakdowns.size(); ++i) {
    if (HasGroup(instrument, settings.breakdowns[i].group)) continue;
    const std::string field = absl::StrCat("breakdowns[", i, "].group");
    return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kCAMPAIGN_INVALID,
                       absl::StrCat(field, ": the instrument has no rater group ", settings.breakdowns[i].group), field);
  }
  return absl::OkStatus();
}

// Raters already added must have their group in the instrument, and their part in its breakdown.
absl::Status CheckRatersFit(ReadTransaction& transaction, const CampaignRow& campaign,
                            const domain::Instrument& instrument) {
  return ForEachSurvey(transaction, campaign.district, campaign.id, [&](const SurveyRow& survey) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const auto counts, transaction.CountRaters(survey.district, survey.id));
    for (const storage::GroupCount& count : counts) {
      if (HasGroup(instrument, count.group)) {
        if (count.part.empty()) continue;
        const domain::Breakdown* breakdown = domain::FindBreakdown(campaign.settings.breakdowns, count.group);
        if (breakdown != nullptr && domain::FindPart(*breakdown, count.part) != nullptr) continue;
        return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kRESOURCE_IN_USE,
                           absl::StrCat("raters of ", SurveyName(survey), " belong to the part ", count.part,
                                        " of the group ", count.group,
                                        "; give them another part, or none, or remove them first"),
                           "campaign.breakdowns");
      }
      return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kRESOURCE_IN_USE,
                         absl::StrCat("this instrument has no rater group ", count.group, ", which raters of ",
                                      SurveyName(survey), " belong to; remove those raters first"),
                         "campaign.instrument_version");
    }
    return absl::OkStatus();
  });
}

// The most keys that each of its surveys may need.
absl::StatusOr<int> KeysOfOneSurvey(ReadTransaction& transaction, const CampaignRow& campaign) {
  CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument,
                          GetInstrumentOf(transaction, campaign.district, campaign.settings));
  return domain::MostIssuingGroups(instrument, campaign.settings.breakdowns);
}

// What the administrator should know of one survey that can open.
absl::StatusOr<std::vector<std::string>> Warnings(ReadTransaction& transaction, const CampaignRow& campaign,
                                                  const SurveyRow& survey, const domain::Instrument& instrument,
                                                  const domain::GroupPlan& plan) {
  std::vector<std::string> warnings;
  const int k = campaign.settings.minimum_group_size;
  for (const domain::IssuingGroup& group : plan.groups) {
    if (group.code == domain::kOtherRaters) {
      const size_t common = domain::CommonItems(instrument, group.members).size();
      warnings.push_back(absl::StrCat("the groups ", absl::StrJoin(group.members, ", "), " are joined as ",
                                      domain::kOtherRaters, " (", group.invited,
                                      " invited), since one of them is too small to be anonymous; they are asked the ",
                                      common, " of ", instrument.items.size(), " items that all of them have"));
    }
    if (group.parts.size() > 1) {
      warnings.push_back(absl::StrCat("the parts ", absl::StrJoin(group.parts, ", "), " of the group ", group.members[0],
                                      " are joined (", group.invited, " invited), since one of them has fewer than ",
                                      domain::FewestInPart(k), " invited"));
    }
    if (domain::ReissuableCodes(domain::Contract().maximum_reissued_percent, group.invited) == 0) {
      warnings.push_back(absl::StrCat("the group ", group.code, " has ", group.invited, " invited: if a single code of it is made "
                                      "anew, for a lost letter or device, all its figures are withheld"));
    }
    if (!campaign.settings.moderators.empty() && !instrument.prompts.empty() &&
        group.invited < campaign.settings.summary_only_below) {
      warnings.push_back(absl::StrCat("comments of the group ", group.code, " (", group.invited,
                                      " invited) are released in a moderator's summary alone, since fewer than ",
                                      campaign.settings.summary_only_below, " are invited",
                                      campaign.settings.follow_up_days > 0 ? ", and no question can be put back to them" : ""));
    }
    if (group.invited < k) {
      warnings.push_back(absl::StrCat("the group ", group.code, " has ", group.invited,
                                      " invited, fewer than the minimum group size of ", k,
                                      ", so it will not be shown by itself even if everybody answers"));
    }
  }
  for (const std::string& group : plan.not_broken_down) {
    warnings.push_back(absl::StrCat("the group ", group, " is not shown by part: it has no two parts with ",
                                    domain::FewestInPart(k), " invited each, or it is joined with another group"));
  }
  CANDOR_ASSIGN_OR_RETURN(const auto counts, transaction.CountRaters(survey.district, survey.id));
  for (const storage::GroupCount& count : counts) {
    if (count.opted_out > 0) {
      std::vector<std::string> part;
      if (!count.part.empty()) part.push_back(count.part);
      warnings.push_back(absl::StrCat("in the group ", domain::IssuingCode(count.group, part), ", ", count.opted_out,
                                      " opted out: they get no code and count as not invited"));
    }
  }
  CANDOR_ASSIGN_OR_RETURN(const storage::LeaderLine line,
                          storage::LineInDirectory(transaction, survey.district, survey.leader));
  CANDOR_ASSIGN_OR_RETURN(const domain::Comparison comparison, ComparisonOf(transaction, campaign, survey, line));
  if (comparison == domain::Comparison::kNoReportBefore) {
    warnings.push_back("the report is not compared with the round before: the leader has no report there");
  } else if (comparison == domain::Comparison::kOtherReaders) {
    warnings.push_back("the report is not compared with the round before: a supervisor of the leader would read it who "
                       "could not read that one, or somebody who has joined the team since, or "
                       "nobody has read that one who was to read it first");
  }
  if (!instrument.prompts.empty() && campaign.settings.moderators.empty()) {
    warnings.push_back("the open questions are not asked, since the campaign names no moderator");
  }
  return warnings;
}

// CheckSettings, and for a purpose that it refuses the stronger reason where the instrument gives one.
absl::Status CheckAgainstInstrument(ReadTransaction& transaction, const DistrictId& district,
                                    const domain::CampaignSettings& settings, absl::Time now) {
  if (settings.purpose != domain::kDevelopmental) {
    const absl::StatusOr<domain::Instrument> instrument = GetInstrumentOf(transaction, district, settings);
    if (instrument.ok()) CANDOR_RETURN_IF_ERROR(domain::CheckPurpose(settings, *instrument));
  }
  return domain::CheckSettings(settings, now);
}

// What must be known of who closes the surveys, since nobody else can.
std::vector<std::string> ClosingWarnings(const domain::CampaignSettings& settings) {
  if (!settings.steward.has_value()) return {};
  const domain::StewardTerms& terms = *settings.steward;
  return {absl::StrCat("the answers can be opened only with ", terms.threshold, " of the ", terms.shares, " shares of: ",
                       terms.title, ". Without them the surveys are abandoned at ",
                       absl::FormatTime("%Y-%m-%d %H:%M UTC", settings.abandon_time, absl::UTCTimeZone()),
                       ", with all answers destroyed and no report. Before opening, see that the shares are with different "
                       "people, and that none of them is in a leader's line or runs this service")};
}

// In such a language the questions are asked, but the rules are not told.
std::vector<std::string> LanguageWarnings(const domain::Instrument& instrument) {
  std::vector<std::string> missing;
  for (const std::string& language : instrument.languages) {
    if (!domain::CanTellRulesIn(language)) missing.push_back(language);
  }
  if (missing.empty()) return {};
  return {absl::StrCat("there are no sentences for the rules in: ", absl::StrJoin(missing, ", "),
                       ". Who answers in such a language is shown the rules in English, under a line that says so. Give them a "
                       "translation on paper before opening, or publish the instrument without that language; the rules can be "
                       "told in: ", absl::StrJoin(domain::LanguagesOfRules(), ", "))};
}

}  // namespace

void Campaigns::NeedKeys(WriteTransaction& transaction, int keys) {
  if (pool_ != nullptr) transaction.AfterCommit([pool = pool_, keys] { pool->AddDemand(keys); });
}

absl::StatusOr<StoredCampaign> Campaigns::Create(const Caller& caller, const DistrictId& district,
                                                 const CampaignId& id, const domain::CampaignSettings& settings) {
  CampaignRow row;
  row.district = district;
  row.id = id.empty() ? CampaignId::Random() : id;
  CANDOR_RETURN_IF_ERROR(CheckId("campaign_id", row.id.value()));
  row.settings = settings;
  row.create_time = clock_.Now();
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(CheckAgainstInstrument(transaction, district, settings, row.create_time));
    CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument, GetInstrumentOf(transaction, district, settings));
    CANDOR_RETURN_IF_ERROR(CheckBreakdownsFit(settings, instrument));
    CANDOR_ASSIGN_OR_RETURN(const auto taken, transaction.FindCampaign(district, row.id));
    if (taken.has_value()) return errors::Exists("campaign", CampaignName(district, row.id));
    CANDOR_RETURN_IF_ERROR(transaction.InsertCampaign(row));
    return RecordAudit(transaction, clock_, caller, district, "CreateCampaign", CampaignName(district, row.id));
  }));
  return StoredCampaign{std::move(row), 0};
}

absl::StatusOr<StoredCampaign> Campaigns::Update(
    const Caller& caller, const DistrictId& district, const CampaignId& id, std::optional<int64_t> revision,
    const std::function<absl::Status(domain::CampaignSettings&)>& change) {
  StoredCampaign result;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(CampaignRow row, GetCampaignRow(transaction, district, id));
    CANDOR_RETURN_IF_ERROR(RequireDraft(row));
    if (revision.has_value() && *revision != row.revision) {
      return errors::EtagMismatch("campaign", CampaignName(district, id));
    }
    CANDOR_ASSIGN_OR_RETURN(const int keys_before, KeysOfOneSurvey(transaction, row));
    CANDOR_RETURN_IF_ERROR(change(row.settings));
    CANDOR_RETURN_IF_ERROR(CheckAgainstInstrument(transaction, district, row.settings, clock_.Now()));
    CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument, GetInstrumentOf(transaction, district, row.settings));
    CANDOR_RETURN_IF_ERROR(CheckBreakdownsFit(row.settings, instrument));
    CANDOR_RETURN_IF_ERROR(CheckRatersFit(transaction, row, instrument));
    CANDOR_RETURN_IF_ERROR(transaction.UpdateCampaign(row));
    ++row.revision;
    CANDOR_ASSIGN_OR_RETURN(result.survey_count, CountSurveys(transaction, row));
    CANDOR_ASSIGN_OR_RETURN(const int keys, KeysOfOneSurvey(transaction, row));
    NeedKeys(transaction, static_cast<int>(result.survey_count) * (keys - keys_before));
    result.row = std::move(row);
    return RecordAudit(transaction, clock_, caller, district, "UpdateCampaign", CampaignName(district, id));
  }));
  return result;
}

absl::Status Campaigns::Delete(const Caller& caller, const DistrictId& district, const CampaignId& id) {
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow row, GetCampaignRow(transaction, district, id));
    CANDOR_RETURN_IF_ERROR(RequireDraft(row));
    CANDOR_ASSIGN_OR_RETURN(const int keys, KeysOfOneSurvey(transaction, row));
    CANDOR_ASSIGN_OR_RETURN(const int64_t surveys, CountSurveys(transaction, row));
    NeedKeys(transaction, -static_cast<int>(surveys) * keys);
    CANDOR_RETURN_IF_ERROR(transaction.DeleteCampaign(district, id));
    CANDOR_RETURN_IF_ERROR(transaction.ForgetRequests(district));
    return RecordAudit(transaction, clock_, caller, district, "DeleteCampaign", CampaignName(district, id));
  }));
  ForgetOrLog(store_);
  return absl::OkStatus();
}

absl::StatusOr<StoredCampaign> Campaigns::Get(const DistrictId& district, const CampaignId& id) {
  StoredCampaign result;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(result.row, GetCampaignRow(transaction, district, id));
    CANDOR_ASSIGN_OR_RETURN(result.survey_count, CountSurveys(transaction, result.row));
    return absl::OkStatus();
  }));
  return result;
}

absl::StatusOr<std::vector<StoredCampaign>> Campaigns::List(const DistrictId& district, const storage::Page& page) {
  std::vector<StoredCampaign> results;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(RequireDistrict(transaction, district));
    CANDOR_ASSIGN_OR_RETURN(std::vector<CampaignRow> rows, transaction.ListCampaigns(district, page));
    for (CampaignRow& row : rows) {
      CANDOR_ASSIGN_OR_RETURN(const int64_t count, CountSurveys(transaction, row));
      results.push_back({std::move(row), count});
    }
    return absl::OkStatus();
  }));
  return results;
}

absl::StatusOr<StoredSurvey> Campaigns::AddSurvey(const Caller& caller, const DistrictId& district,
                                                  const CampaignId& campaign, const domain::PersonId& leader) {
  StoredSurvey result;
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow row, GetCampaignRow(transaction, district, campaign));
    CANDOR_RETURN_IF_ERROR(RequireDraft(row));
    CANDOR_ASSIGN_OR_RETURN(const storage::PersonRow person, GetPersonRow(transaction, district, leader));
    if (!person.roles.leader) {
      return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kFIELD_INVALID,
                         absl::StrCat(PersonName(district, leader), " is no leader; give them that role first"),
                         "survey.leader");
    }
    CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, district, campaign, [&](const SurveyRow& other) -> absl::Status {
      return other.leader == leader ? errors::Exists("survey of", PersonName(district, leader)) : absl::OkStatus();
    }));
    CANDOR_ASSIGN_OR_RETURN(const int keys, KeysOfOneSurvey(transaction, row));
    SurveyRow survey;
    survey.district = district;
    survey.campaign = campaign;
    survey.id = domain::RandomSurveyId();
    survey.leader = leader;
    survey.create_time = clock_.Now();
    CANDOR_RETURN_IF_ERROR(transaction.InsertSurvey(survey));
    NeedKeys(transaction, keys);
    CANDOR_ASSIGN_OR_RETURN(result, LoadSurvey(transaction, survey));
    return RecordAudit(transaction, clock_, caller, district, "CreateSurvey", SurveyName(survey));
  }));
  return result;
}

absl::Status Campaigns::RemoveSurvey(const Caller& caller, const DistrictId& district, const SurveyId& survey) {
  CANDOR_RETURN_IF_ERROR(store_.Write([&](WriteTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const SurveyRow row, GetSurveyRow(transaction, district, survey));
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow campaign, GetCampaignRow(transaction, district, row.campaign));
    CANDOR_RETURN_IF_ERROR(RequireDraft(campaign));
    CANDOR_ASSIGN_OR_RETURN(const int keys, KeysOfOneSurvey(transaction, campaign));
    NeedKeys(transaction, -keys);
    CANDOR_RETURN_IF_ERROR(transaction.DeleteSurvey(district, survey));
    CANDOR_RETURN_IF_ERROR(transaction.ForgetRequests(district));
    return RecordAudit(transaction, clock_, caller, district, "DeleteSurvey", SurveyName(row));
  }));
  ForgetOrLog(store_);
  return absl::OkStatus();
}

absl::StatusOr<StoredSurvey> Campaigns::GetSurvey(const DistrictId& district, const SurveyId& survey) {
  StoredSurvey result;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const SurveyRow row, GetSurveyRow(transaction, district, survey));
    CANDOR_ASSIGN_OR_RETURN(result, LoadSurvey(transaction, row));
    return absl::OkStatus();
  }));
  return result;
}

absl::StatusOr<std::vector<StoredSurvey>> Campaigns::ListSurveys(const DistrictId& district,
                                                                 const CampaignId& campaign,
                                                                 const storage::Page& page) {
  std::vector<StoredSurvey> results;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_RETURN_IF_ERROR(campaign.empty() ? RequireDistrict(transaction, district)
                                            : GetCampaignRow(transaction, district, campaign).status());
    CANDOR_ASSIGN_OR_RETURN(const std::vector<SurveyRow> rows, transaction.ListSurveys(district, campaign, page));
    for (const SurveyRow& row : rows) {
      CANDOR_ASSIGN_OR_RETURN(StoredSurvey survey, LoadSurvey(transaction, row));
      results.push_back(std::move(survey));
    }
    return absl::OkStatus();
  }));
  return results;
}

absl::StatusOr<CampaignPreview> Campaigns::Preview(const DistrictId& district, const CampaignId& id) {
  CampaignPreview preview;
  CANDOR_RETURN_IF_ERROR(store_.Read([&](ReadTransaction& transaction) -> absl::Status {
    CANDOR_ASSIGN_OR_RETURN(const CampaignRow campaign, GetCampaignRow(transaction, district, id));
    CANDOR_RETURN_IF_ERROR(RequireDraft(campaign));
    if (const absl::Status checked = domain::CheckSettings(campaign.settings, clock_.Now()); !checked.ok()) {
      preview.faults.emplace_back(checked.message());
    }
    preview.warnings = ClosingWarnings(campaign.settings);
    if (const absl::Status holders = FindKeyHolders(transaction, campaign).status(); !holders.ok()) {
      if (!absl::IsFailedPrecondition(holders)) return holders;
      preview.faults.emplace_back(holders.message());
    }
    const absl::Status round_before = CheckRoundBefore(transaction, campaign).status();
    if (absl::IsFailedPrecondition(round_before)) {
      preview.faults.emplace_back(round_before.message());
    } else {
      CANDOR_RETURN_IF_ERROR(round_before);
    }
    CANDOR_ASSIGN_OR_RETURN(const domain::Instrument instrument,
                            GetInstrumentOf(transaction, district, campaign.settings));
    for (std::string& warning : LanguageWarnings(instrument)) preview.warnings.push_back(std::move(warning));
    CANDOR_RETURN_IF_ERROR(ForEachSurvey(transaction, district, id, [&](const SurveyRow& survey) -> absl::Status {
      SurveyPreview of_survey;
      of_survey.survey = survey;
      CANDOR_ASSIGN_OR_RETURN(of_survey.leader_display_name, LeaderName(transaction, survey));
      const absl::StatusOr<domain::GroupPlan> plan = PlanSurvey(transaction, survey, campaign.settings, instrument);
      if (plan.ok()) {
        of_survey.groups = ViewOf(plan->groups);
        CANDOR_ASSIGN_OR_RETURN(of_survey.warnings, Warnings(transaction, campaign, survey, instrument, *plan));
      } else if (absl::IsFailedPrecondition(plan.status())) {
        of_survey.faults.emplace_back(plan.status().message());
      } else {
        return plan.status();
      }
      for (const absl::Status& checked :
           {CheckTeam(transaction, survey), CheckFirstReader(transaction, campaign, survey),
            CheckHoldersOutsideLine(transaction, campaign, survey), CheckHoldersAreNoRaters(transaction, campaign, survey),
            CheckDistinctRaters(transaction, survey)}) {
        if (!absl::IsFailedPrecondition(checked)) {
          CANDOR_RETURN_IF_ERROR(checked);
        } else {
          of_survey.faults.emplace_back(checked.message());
        }
      }
      preview.surveys.push_back(std::move(of_survey));
      return absl::OkStatus();
    }));
    if (preview.surveys.empty()) preview.faults.emplace_back("the campaign has no leader; add at least one");
    return absl::OkStatus();
  }));
  return preview;
}

}  // namespace candor::identity
