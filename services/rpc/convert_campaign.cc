#include "services/rpc/convert_campaign.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/resource_names.h"
#include "services/rpc/convert_common.h"

namespace candor::rpc {
namespace {

constexpr absl::Duration kDefaultAbandonDelay = absl::Hours(24 * 30);
constexpr int kDefaultInsiders = 1;
constexpr int kDefaultRetentionDays = 365;
constexpr char kLeader[] = "leader";
constexpr char kSupervisor[] = "supervisor";

bool Has(const std::set<std::string>& fields, const char* field) { return fields.count(field) > 0; }

bool Reads(const domain::CampaignSettings& settings, const char* role) {
  return std::find(settings.readers.begin(), settings.readers.end(), role) != settings.readers.end();
}

absl::Status CopyReaders(const candor::v1::Campaign& from, const std::set<std::string>& fields,
                         domain::CampaignSettings& settings) {
  bool supervisor_reads = Reads(settings, kSupervisor);
  bool administrator_reads = Reads(settings, domain::kAdministratorReader);
  if (Has(fields, "administrator_reads")) administrator_reads = from.administrator_reads();
  if (Has(fields, "supervisor_reads")) supervisor_reads = from.supervisor_reads();
  if (Has(fields, "first_reader")) {
    const bool supervisor_was_first = settings.first_reader == domain::FirstReader::kSupervisor;
    switch (from.first_reader()) {
      case candor::v1::FIRST_READER_UNSPECIFIED:
      case candor::v1::FIRST_READER_LEADER: settings.first_reader = domain::FirstReader::kLeader; break;
      case candor::v1::FIRST_READER_SUPERVISOR: settings.first_reader = domain::FirstReader::kSupervisor; break;
      default: return domain::errors::InvalidField("campaign.first_reader", "unknown; known are leader and supervisor");
    }
    // They read because they read first: whether they still do is to be said, not left over.
    if (supervisor_was_first && !Has(fields, "supervisor_reads")) supervisor_reads = false;
  }
  settings.readers = {kLeader};
  if (supervisor_reads || settings.first_reader == domain::FirstReader::kSupervisor) {
    settings.readers.push_back(kSupervisor);
  }
  if (administrator_reads) settings.readers.push_back(domain::kAdministratorReader);
  return absl::OkStatus();
}

void CopyTimes(const candor::v1::Campaign& from, const std::set<std::string>& fields,
               domain::CampaignSettings& settings) {
  const bool latest_follows = settings.latest_close_time == settings.close_time;
  const bool abandon_follows = settings.abandon_time == settings.latest_close_time + kDefaultAbandonDelay;
  if (Has(fields, "close_time")) settings.close_time = FromTimestamp(from.close_time());
  if (Has(fields, "latest_close_time") && from.has_latest_close_time()) {
    settings.latest_close_time = FromTimestamp(from.latest_close_time());
  } else if (Has(fields, "latest_close_time") || latest_follows) {
    settings.latest_close_time = settings.close_time;
  }
  if (Has(fields, "abandon_time") && from.has_abandon_time()) {
    settings.abandon_time = FromTimestamp(from.abandon_time());
  } else if (Has(fields, "abandon_time") || abandon_follows) {
    settings.abandon_time = settings.latest_close_time + kDefaultAbandonDelay;
  }
}

candor::v1::CampaignState ToProto(domain::CampaignState state) {
  switch (state) {
    case domain::CampaignState::kDraft: return candor::v1::CAMPAIGN_STATE_DRAFT;
    case domain::CampaignState::kOpening: return candor::v1::CAMPAIGN_STATE_OPENING;
    case domain::CampaignState::kOpen: return candor::v1::CAMPAIGN_STATE_OPEN;
    case domain::CampaignState::kClosing: return candor::v1::CAMPAIGN_STATE_CLOSING;
    case domain::CampaignState::kClosed: return candor::v1::CAMPAIGN_STATE_CLOSED;
    case domain::CampaignState::kReleased: return candor::v1::CAMPAIGN_STATE_RELEASED;
  }
  return candor::v1::CAMPAIGN_STATE_UNSPECIFIED;
}

candor::v1::SurveyState ToProto(domain::SurveyState state) {
  switch (state) {
    case domain::SurveyState::kDraft: return candor::v1::SURVEY_STATE_DRAFT;
    case domain::SurveyState::kOpen: return candor::v1::SURVEY_STATE_OPEN;
    case domain::SurveyState::kClosing: return candor::v1::SURVEY_STATE_CLOSING;
    case domain::SurveyState::kClosed: return candor::v1::SURVEY_STATE_CLOSED;
    case domain::SurveyState::kReleased: return candor::v1::SURVEY_STATE_RELEASED;
    case domain::SurveyState::kAbandoned: return candor::v1::SURVEY_STATE_ABANDONED;
  }
  return candor::v1::SURVEY_STATE_UNSPECIFIED;
}

void AddGroups(const std::vector<identity::GroupView>& groups, const std::vector<int64_t>& answered,
               google::protobuf::RepeatedPtrField<candor::v1::SurveyGroup>& out) {
  for (size_t i = 0; i < groups.size(); ++i) {
    candor::v1::SurveyGroup* group = out.Add();
    group->set_code(groups[i].code);
    group->mutable_members()->Assign(groups[i].members.begin(), groups[i].members.end());
    group->set_invited(groups[i].invited);
    group->mutable_parts()->Assign(groups[i].parts.begin(), groups[i].parts.end());
    if (i < answered.size()) group->set_answered(answered[i]);
    group->set_reissued(groups[i].reissued);
    group->set_reissuable(groups[i].reissuable);
  }
}

// Sorted, as contracts have them.
std::vector<domain::Breakdown> BreakdownsOf(const candor::v1::Campaign& from) {
  std::vector<domain::Breakdown> breakdowns;
  for (const candor::v1::Breakdown& breakdown : from.breakdowns()) {
    domain::Breakdown& to = breakdowns.emplace_back();
    to.group = breakdown.group();
    for (const candor::v1::Part& part : breakdown.parts()) to.parts.push_back({part.code(), FromProto(part.title())});
    std::sort(to.parts.begin(), to.parts.end(),
              [](const domain::Part& a, const domain::Part& b) { return a.code < b.code; });
  }
  std::sort(breakdowns.begin(), breakdowns.end(),
            [](const domain::Breakdown& a, const domain::Breakdown& b) { return a.group < b.group; });
  return breakdowns;
}

absl::StatusOr<uint8_t> AnswerOf(const candor::v1::Rating& rating, int points, const std::string& field) {
  switch (rating.answer_case()) {
    case candor::v1::Rating::kValue:
      if (rating.value() < 1 || rating.value() > points) {
        return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kRATING_OFF_SCALE,
                           absl::StrCat(field, ".value: must be from 1 to ", points), absl::StrCat(field, ".value"));
      }
      return static_cast<uint8_t>(rating.value());
    case candor::v1::Rating::kNotObserved: return rating.not_observed() ? domain::kNotObserved : domain::kBlank;
    case candor::v1::Rating::ANSWER_NOT_SET: return domain::kBlank;
  }
  return domain::kBlank;
}

absl::StatusOr<domain::NamedHolder> HolderOf(const candor::v1::KeyHolder& from, const std::string& field,
                                             const domain::DistrictId& district) {
  const std::string person_field = absl::StrCat(field, ".person");
  CANDOR_ASSIGN_OR_RETURN(PersonName person, ParsePerson(person_field, from.person()));
  if (person.district != district) {
    return domain::errors::InvalidField(person_field, "the person must be of the campaign's own district");
  }
  return domain::NamedHolder{from.title(), std::move(person.person)};
}

candor::v1::KeyHolder ToProto(const domain::NamedHolder& holder, const domain::DistrictId& district) {
  candor::v1::KeyHolder proto;
  proto.set_title(holder.title);
  if (!holder.person.empty()) proto.set_person(identity::PersonName(district, holder.person));
  return proto;
}

}  // namespace

const std::set<std::string>& ChangeableCampaignFields() {
  static const auto* const fields = new std::set<std::string>{
      "title",          "instrument_version", "minimum_group_size",  "insiders",   "first_reader",
      "retention_days", "supervisor_reads",   "administrator_reads", "close_time", "latest_close_time",
      "abandon_time",   "notice",             "moderators",          "steward",    "mirrors",
      "purpose",        "auditor",            "summary_only_below",  "breakdowns", "previous_campaign",
      "follow_up_days"};
  return *fields;
}

absl::Status CopyCampaignFields(const candor::v1::Campaign& from, const std::set<std::string>& fields,
                                const domain::DistrictId& district, domain::CampaignSettings& settings) {
  if (Has(fields, "title")) settings.title = from.title();
  if (Has(fields, "instrument_version")) {
    constexpr char kField[] = "campaign.instrument_version";
    CANDOR_ASSIGN_OR_RETURN(const InstrumentVersionName version,
                            ParseInstrumentVersion(kField, from.instrument_version()));
    if (version.district != district) {
      return domain::errors::InvalidField(kField, "the instrument must be of the campaign's own district");
    }
    settings.instrument = version.instrument;
    settings.instrument_version = version.version;
  }
  if (Has(fields, "insiders")) settings.insiders = from.insiders() == 0 ? kDefaultInsiders : from.insiders();
  if (Has(fields, "minimum_group_size")) {
    settings.minimum_group_size = from.minimum_group_size() == 0 ? domain::LowestMinimumGroupSize(settings.insiders)
                                                                 : from.minimum_group_size();
  }
  CANDOR_RETURN_IF_ERROR(CopyReaders(from, fields, settings));
  CopyTimes(from, fields, settings);
  if (Has(fields, "retention_days")) {
    settings.retention_days = from.retention_days() == 0 ? kDefaultRetentionDays : from.retention_days();
  }
  if (Has(fields, "notice")) settings.notice = FromProto(from.notice());
  if (Has(fields, "moderators")) {
    settings.moderators.clear();
    for (int i = 0; i < from.moderators_size(); ++i) {
      CANDOR_ASSIGN_OR_RETURN(domain::NamedHolder moderator,
                              HolderOf(from.moderators(i), absl::StrCat("campaign.moderators[", i, "]"), district));
      settings.moderators.push_back(std::move(moderator));
    }
  }
  if (Has(fields, "summary_only_below")) {
    settings.summary_only_below =
        from.summary_only_below() == 0 ? domain::kSummaryOnlyBelow : from.summary_only_below();
  }
  if (Has(fields, "auditor")) {
    settings.auditor.reset();
    if (from.has_auditor()) {
      CANDOR_ASSIGN_OR_RETURN(settings.auditor, HolderOf(from.auditor(), "campaign.auditor", district));
    }
  }
  if (Has(fields, "steward")) {
    settings.steward.reset();
    if (from.has_steward()) {
      const candor::v1::Steward& steward = from.steward();
      settings.steward = {steward.title(), steward.shares(), steward.threshold(), steward.public_key()};
    }
  }
  if (Has(fields, "mirrors")) settings.mirrors.assign(from.mirrors().begin(), from.mirrors().end());
  if (Has(fields, "purpose")) settings.purpose = from.purpose().empty() ? domain::kDevelopmental : from.purpose();
  if (Has(fields, "breakdowns")) settings.breakdowns = BreakdownsOf(from);
  if (Has(fields, "follow_up_days")) settings.follow_up_days = from.follow_up_days();
  if (Has(fields, "previous_campaign")) {
    settings.previous = domain::CampaignId();
    if (!from.previous_campaign().empty()) {
      constexpr char kField[] = "campaign.previous_campaign";
      CANDOR_ASSIGN_OR_RETURN(const CampaignName previous, ParseCampaign(kField, from.previous_campaign()));
      if (previous.district != district) {
        return domain::errors::InvalidField(kField, "the round before must be of the campaign's own district");
      }
      settings.previous = previous.campaign;
    }
  }
  return absl::OkStatus();
}

candor::v1::Campaign ToProto(const identity::StoredCampaign& campaign, const identity::Progress& progress) {
  const storage::CampaignRow& row = campaign.row;
  const domain::CampaignSettings& settings = campaign.row.settings;
  candor::v1::Campaign proto;
  proto.set_name(identity::CampaignName(row.district, row.id));
  proto.set_title(settings.title);
  proto.set_instrument_version(identity::InstrumentVersionName(row.district, settings.instrument,
                                                               static_cast<int>(settings.instrument_version)));
  proto.set_minimum_group_size(settings.minimum_group_size);
  proto.set_insiders(settings.insiders);
  proto.set_first_reader(settings.first_reader == domain::FirstReader::kLeader ? candor::v1::FIRST_READER_LEADER
                                                                               : candor::v1::FIRST_READER_SUPERVISOR);
  proto.set_supervisor_reads(Reads(settings, kSupervisor));
  proto.set_administrator_reads(Reads(settings, domain::kAdministratorReader));
  *proto.mutable_close_time() = ToTimestamp(settings.close_time);
  *proto.mutable_latest_close_time() = ToTimestamp(settings.latest_close_time);
  *proto.mutable_abandon_time() = ToTimestamp(settings.abandon_time);
  proto.set_retention_days(settings.retention_days);
  if (!settings.notice.empty()) *proto.mutable_notice() = ToProto(settings.notice);
  for (const domain::NamedHolder& moderator : settings.moderators) {
    *proto.add_moderators() = ToProto(moderator, row.district);
  }
  if (settings.steward.has_value()) {
    candor::v1::Steward& steward = *proto.mutable_steward();
    steward.set_title(settings.steward->title);
    steward.set_shares(settings.steward->shares);
    steward.set_threshold(settings.steward->threshold);
    steward.set_public_key(settings.steward->public_key);
  }
  proto.mutable_mirrors()->Assign(settings.mirrors.begin(), settings.mirrors.end());
  proto.set_purpose(settings.purpose);
  proto.set_summary_only_below(static_cast<int32_t>(settings.summary_only_below));
  if (settings.auditor.has_value()) *proto.mutable_auditor() = ToProto(*settings.auditor, row.district);
  for (const domain::Breakdown& breakdown : settings.breakdowns) {
    candor::v1::Breakdown* to = proto.add_breakdowns();
    to->set_group(breakdown.group);
    for (const domain::Part& part : breakdown.parts) {
      candor::v1::Part* to_part = to->add_parts();
      to_part->set_code(part.code);
      *to_part->mutable_title() = ToProto(part.title);
    }
  }
  if (!settings.previous.empty()) {
    proto.set_previous_campaign(identity::CampaignName(row.district, settings.previous));
  }
  proto.set_follow_up_days(settings.follow_up_days);
  proto.set_state(ToProto(row.state));
  proto.set_survey_count(static_cast<int32_t>(campaign.survey_count));
  const bool releasing = row.state == domain::CampaignState::kClosed && row.release_ordered;
  if (row.state == domain::CampaignState::kOpening || row.state == domain::CampaignState::kClosing || releasing) {
    proto.set_surveys_done(progress.surveys_done);
  }
  proto.set_surveys_waiting_for_steward(progress.surveys_waiting);
  if (row.extended_close_time.has_value()) *proto.mutable_extended_close_time() = ToTimestamp(*row.extended_close_time);
  proto.set_last_fault(progress.last_fault);
  proto.set_etag(ToEtag(row.revision));
  *proto.mutable_create_time() = ToTimestamp(row.create_time);
  return proto;
}

candor::v1::Survey ToProto(const identity::StoredSurvey& survey, const std::vector<int64_t>& answered) {
  candor::v1::Survey proto;
  proto.set_name(identity::SurveyName(survey.row));
  if (!survey.row.leader.empty()) proto.set_leader(identity::PersonName(survey.row.district, survey.row.leader));
  proto.set_leader_display_name(survey.leader_display_name);
  proto.set_state(ToProto(survey.row.state));
  AddGroups(survey.groups, answered, *proto.mutable_groups());
  proto.set_contract_hash(survey.contract_hash);
  proto.set_manifest_hash(survey.manifest_hash);
  proto.set_manifest_code(survey.manifest_code);
  proto.set_self_rated(survey.self_rated);
  proto.set_supervisor_rated(survey.supervisor_rated);
  proto.set_team_members(survey.team_members);
  proto.set_team_members_rated(survey.team_members_rated);
  proto.set_waiting_for_steward(survey.waits_for_steward);
  return proto;
}

candor::v1::PreviewCampaignResponse ToProto(const identity::CampaignPreview& preview) {
  candor::v1::PreviewCampaignResponse proto;
  proto.mutable_faults()->Assign(preview.faults.begin(), preview.faults.end());
  proto.mutable_warnings()->Assign(preview.warnings.begin(), preview.warnings.end());
  for (const identity::SurveyPreview& survey : preview.surveys) {
    candor::v1::SurveyPreview* to = proto.add_surveys();
    to->set_survey(identity::SurveyName(survey.survey));
    to->set_leader_display_name(survey.leader_display_name);
    AddGroups(survey.groups, {}, *to->mutable_groups());
    to->mutable_faults()->Assign(survey.faults.begin(), survey.faults.end());
    to->mutable_warnings()->Assign(survey.warnings.begin(), survey.warnings.end());
  }
  return proto;
}

candor::v1::Rater ToProto(const storage::RaterRow& rater, const SurveyName& survey) {
  candor::v1::Rater proto;
  proto.set_name(FormatRater({survey, rater.id}));
  proto.set_group(rater.group);
  proto.set_display_name(rater.display_name);
  proto.set_address(rater.address);
  proto.set_opted_out(rater.opted_out);
  proto.set_paper(rater.paper);
  proto.set_part(rater.part);
  return proto;
}

candor::v1::InvitationCode ToProto(const identity::RaterCode& code, const SurveyName& survey) {
  candor::v1::InvitationCode proto;
  *proto.mutable_rater() = ToProto(code.rater, survey);
  proto.set_code(code.code);
  proto.set_generation(static_cast<int32_t>(code.generation));
  return proto;
}

const std::set<std::string>& ChangeableRaterFields() {
  static const auto* const fields = new std::set<std::string>{"group", "part", "display_name", "address", "opted_out"};
  return *fields;
}

void CopyRaterFields(const candor::v1::Rater& from, const std::set<std::string>& fields, storage::RaterRow& to) {
  if (Has(fields, "group")) to.group = from.group();
  if (Has(fields, "part")) to.part = from.part();
  if (Has(fields, "display_name")) to.display_name = from.display_name();
  if (Has(fields, "address")) to.address = from.address();
  if (Has(fields, "opted_out")) to.opted_out = from.opted_out();
}

candor::v1::IdentifiedRating ToProto(const identity::IdentifiedForm& form, const RatingName& name) {
  candor::v1::IdentifiedRating proto;
  proto.set_name(FormatRating(name));
  proto.set_kind(name.audience == storage::IdentifiedAudience::kSelf ? candor::v1::RATING_KIND_SELF
                                                                    : candor::v1::RATING_KIND_SUPERVISOR);
  proto.set_team_members(form.team_members);
  const std::string audience = identity::AudienceCode(form.audience);
  const std::vector<domain::Item>& items = form.instrument.items;
  for (size_t i = 0; i < items.size() && i < form.shape.items_asked.size(); ++i) {
    if (!form.shape.items_asked[i]) continue;
    candor::v1::FormItem* item = proto.add_items();
    item->set_indicator(items[i].indicator);
    if (const auto text = items[i].texts.find(audience); text != items[i].texts.end()) {
      *item->mutable_text() = ToProto(text->second);
    }
    if (!form.answers || i >= form.answers->ratings.size()) continue;
    const uint8_t answer = form.answers->ratings[i];
    if (answer == domain::kBlank) continue;
    candor::v1::Rating* rating = proto.add_ratings();
    rating->set_indicator(items[i].indicator);
    if (answer == domain::kNotObserved) {
      rating->set_not_observed(true);
    } else {
      rating->set_value(answer);
    }
  }
  *proto.mutable_scale() = ToProto(form.instrument.scale);
  return proto;
}

absl::StatusOr<domain::Answers> AnswersOf(const candor::v1::IdentifiedRating& rating,
                                          const identity::IdentifiedForm& form) {
  std::map<std::string, size_t> place_of;
  for (size_t i = 0; i < form.instrument.items.size(); ++i) place_of[form.instrument.items[i].indicator] = i;
  domain::Answers answers;
  answers.ratings.assign(form.instrument.items.size(), domain::kBlank);
  answers.comments.assign(form.instrument.prompts.size(), "");
  std::set<std::string> seen;
  for (int i = 0; i < rating.ratings_size(); ++i) {
    const std::string field = absl::StrCat("rating.ratings[", i, "]");
    const std::string& indicator = rating.ratings(i).indicator();
    if (!seen.insert(indicator).second) {
      return domain::errors::InvalidField(absl::StrCat(field, ".indicator"), "stands twice; keep one of the two");
    }
    const auto place = place_of.find(indicator);
    if (place == place_of.end() || !form.shape.items_asked[place->second]) {
      return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kITEM_NOT_ASKED,
                         absl::StrCat(field, ".indicator: this form has no such item; read the form again"),
                         absl::StrCat(field, ".indicator"));
    }
    CANDOR_ASSIGN_OR_RETURN(answers.ratings[place->second],
                            AnswerOf(rating.ratings(i), form.instrument.scale.points, field));
  }
  return answers;
}

}  // namespace candor::rpc
