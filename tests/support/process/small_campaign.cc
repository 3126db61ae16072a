#include "tests/support/process/small_campaign.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/framework.grpc.pb.h"
#include "candor/v1/instrument.grpc.pb.h"
#include "candor/v1/report.grpc.pb.h"
#include "services/base/json.h"
#include "services/base/status.h"

namespace candor::testing {
namespace {

using candor::v1::CampaignService;
using candor::v1::DirectoryService;

std::string IndicatorCode(int item) {
  return item < 26 ? absl::StrCat("D.1.", std::string(1, static_cast<char>('a' + item))) : absl::StrCat("D.1.", item + 1);
}

std::string FrameworkDocument(int indicators) {
  base::Json competency = {{"code", "D.1"}, {"title", "Competency"}, {"indicators", base::Json::array()}};
  for (int i = 0; i < indicators; ++i) {
    competency["indicators"].push_back({{"code", IndicatorCode(i)},
                                        {"title", absl::StrCat("Behaviour ", i + 1)},
                                        {"themes", i % 2 == 0 ? base::Json{"T"} : base::Json::array()}});
  }
  const base::Json document = {
      {"format", "candor.framework.v1"},
      {"code", "small"},
      {"title", "Small"},
      {"version", "1"},
      {"attribution", "Made up for tests"},
      {"license", "CC0-1.0"},
      {"license_url", "https://creativecommons.org/publicdomain/zero/1.0/"},
      {"themes", base::Json::array({{{"code", "T"}, {"title", "Theme"}}})},
      {"domains", base::Json::array({{{"code", "D"}, {"title", "Domain"}, {"competencies", base::Json::array({competency})}}})}};
  return base::CanonicalJson(document);
}

void AddTexts(const std::string& text, google::protobuf::Map<std::string, candor::v1::LocalizedText>* texts) {
  for (const char* audience : {"self", "supervisor", "staff"}) (*(*texts)[audience].mutable_values())["en"] = text;
}

candor::v1::Instrument MakeInstrument(const std::string& framework, const SmallInstrument& size) {
  candor::v1::Instrument instrument;
  instrument.set_title("Small");
  instrument.set_framework(framework);
  instrument.add_languages("en");
  auto* scale = instrument.mutable_scale();
  scale->set_points(kSmallCampaignPoints);
  scale->set_favourable_from(4);
  for (const char* label : {"Never", "Rarely", "Sometimes", "Often", "Always"}) {
    (*scale->mutable_labels())["en"].add_labels(label);
  }
  (*scale->mutable_not_observed()->mutable_values())["en"] = "I have not seen this";
  auto* group = instrument.add_rater_groups();
  group->set_code("staff");
  (*group->mutable_title()->mutable_values())["en"] = "Staff";
  for (int i = 0; i < size.items; ++i) {
    auto* item = instrument.add_items();
    item->set_indicator(IndicatorCode(i));
    AddTexts(absl::StrCat("Sentence ", i + 1, "."), item->mutable_texts());
  }
  for (int i = 0; i < size.prompts; ++i) {
    auto* prompt = instrument.add_prompts();
    prompt->set_code(absl::StrCat("prompt", i + 1));
    prompt->set_max_bytes(2000);
    AddTexts(absl::StrCat("Question ", i + 1, "?"), prompt->mutable_texts());
  }
  return instrument;
}

std::string LastSegment(const std::string& name) { return name.substr(name.rfind('/') + 1); }

}  // namespace

absl::StatusOr<std::unique_ptr<SmallDistrict>> SmallDistrict::Make(
    std::shared_ptr<client::Connection> administrator, const SmallInstrument& size) {
  std::unique_ptr<SmallDistrict> made(new SmallDistrict(std::move(administrator), size));
  const client::Connection& connection = *made->connection_;
  auto directory = DirectoryService::NewStub(connection.channel());
  candor::v1::CreateDistrictRequest district;
  district.mutable_district()->set_title("Small district");
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::District stored,
                          connection.Call(*directory, &DirectoryService::Stub::CreateDistrict, district));
  made->district_ = stored.name();

  auto frameworks = candor::v1::FrameworkService::NewStub(connection.channel());
  candor::v1::ImportFrameworkRequest framework;
  framework.set_parent(made->district_);
  framework.set_document(FrameworkDocument(size.items));
  CANDOR_ASSIGN_OR_RETURN(
      const candor::v1::Framework imported,
      connection.Call(*frameworks, &candor::v1::FrameworkService::Stub::ImportFramework, framework));

  auto instruments = candor::v1::InstrumentService::NewStub(connection.channel());
  candor::v1::CreateInstrumentRequest draft;
  draft.set_parent(made->district_);
  *draft.mutable_instrument() = MakeInstrument(imported.name(), size);
  CANDOR_ASSIGN_OR_RETURN(
      const candor::v1::Instrument instrument,
      connection.Call(*instruments, &candor::v1::InstrumentService::Stub::CreateInstrument, draft));
  candor::v1::PublishInstrumentRequest publish;
  publish.set_name(instrument.name());
  CANDOR_ASSIGN_OR_RETURN(
      const candor::v1::InstrumentVersion version,
      connection.Call(*instruments, &candor::v1::InstrumentService::Stub::PublishInstrument, publish));
  made->instrument_version_ = version.name();
  return made;
}

absl::StatusOr<std::string> SmallDistrict::Moderator() {
  if (moderator_.empty()) {
    CANDOR_ASSIGN_OR_RETURN(moderator_,
                            KeyHolder(candor::v1::ROLE_MODERATOR, "Moderator", moderator_key_.public_key));
  }
  return moderator_;
}

absl::StatusOr<std::string> SmallDistrict::Auditor() {
  if (auditor_.empty()) {
    CANDOR_ASSIGN_OR_RETURN(auditor_, KeyHolder(candor::v1::ROLE_AUDITOR, "Auditor", auditor_key_.public_key));
  }
  return auditor_;
}

absl::StatusOr<std::string> SmallDistrict::KeyHolder(candor::v1::Role role, const std::string& name,
                                                     const std::string& public_key) {
  auto directory = DirectoryService::NewStub(connection_->channel());
  candor::v1::CreatePersonRequest person;
  person.set_parent(district_);
  person.mutable_person()->set_display_name(name);
  person.mutable_person()->add_roles(role);
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::Person made,
                          connection_->Call(*directory, &DirectoryService::Stub::CreatePerson, person));
  CANDOR_ASSIGN_OR_RETURN(const auto as_holder, As(made.name()));
  candor::v1::RegisterKeyRequest registration;
  registration.set_name(made.name());
  registration.set_public_key(public_key);
  CANDOR_RETURN_IF_ERROR(as_holder->Call(*directory, &DirectoryService::Stub::RegisterKey, registration).status());
  return made.name();
}

absl::StatusOr<std::shared_ptr<client::Connection>> SmallDistrict::As(const std::string& person) {
  auto directory = DirectoryService::NewStub(connection_->channel());
  candor::v1::CreateAccessKeyRequest key;
  key.set_parent(person);
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::CreateAccessKeyResponse access,
                          connection_->Call(*directory, &DirectoryService::Stub::CreateAccessKey, key));
  return connection_->WithAccessKey(access.secret());
}

absl::StatusOr<SmallDistrict::SmallCampaign> SmallDistrict::Open(int leaders, int raters,
                                                               const SmallCampaignRules& rules) {
  CANDOR_ASSIGN_OR_RETURN(SmallCampaign made, Draft(leaders, raters, rules));
  CANDOR_RETURN_IF_ERROR(OrderOpening(made.name));
  CANDOR_RETURN_IF_ERROR(AwaitState(made.name, candor::v1::CAMPAIGN_STATE_OPEN));
  CANDOR_RETURN_IF_ERROR(FetchCodes(made));
  return made;
}

absl::StatusOr<SmallDistrict::SmallCampaign> SmallDistrict::Draft(int leaders, int raters,
                                                                const SmallCampaignRules& rules) {
  auto directory = DirectoryService::NewStub(connection_->channel());
  auto campaigns = CampaignService::NewStub(connection_->channel());
  candor::v1::CreateCampaignRequest draft;
  draft.set_parent(district_);
  draft.mutable_campaign()->set_title("Small campaign");
  draft.mutable_campaign()->set_instrument_version(instrument_version_);
  draft.mutable_campaign()->mutable_close_time()->set_seconds(absl::ToUnixSeconds(absl::Now() + rules.open_for));
  if (instrument_.prompts > 0) {
    CANDOR_ASSIGN_OR_RETURN(const std::string person, Moderator());
    auto* moderator = draft.mutable_campaign()->add_moderators();
    moderator->set_title("Moderator");
    moderator->set_person(person);
  }
  if (rules.auditor) {
    CANDOR_ASSIGN_OR_RETURN(const std::string person, Auditor());
    draft.mutable_campaign()->mutable_auditor()->set_title("Auditor");
    draft.mutable_campaign()->mutable_auditor()->set_person(person);
  }
  draft.mutable_campaign()->set_summary_only_below(rules.summary_only_below);
  draft.mutable_campaign()->set_follow_up_days(rules.follow_up_days);
  draft.mutable_campaign()->set_administrator_reads(rules.administrator_reads);
  if (!rules.steward_public_key.empty()) {
    auto* steward = draft.mutable_campaign()->mutable_steward();
    steward->set_title("Works council");
    steward->set_shares(3);
    steward->set_threshold(2);
    steward->set_public_key(rules.steward_public_key);
  }
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::Campaign campaign,
                          connection_->Call(*campaigns, &CampaignService::Stub::CreateCampaign, draft));
  SmallCampaign made;
  made.name = campaign.name();
  for (int i = 0; i < leaders; ++i) {
    candor::v1::CreatePersonRequest person;
    person.set_parent(district_);
    person.mutable_person()->set_display_name(absl::StrCat("Leader ", i + 1));
    person.mutable_person()->add_roles(candor::v1::ROLE_LEADER);
    CANDOR_ASSIGN_OR_RETURN(const candor::v1::Person leader,
                            connection_->Call(*directory, &DirectoryService::Stub::CreatePerson, person));
    candor::v1::CreateSurveyRequest survey;
    survey.set_parent(made.name);
    survey.mutable_survey()->set_leader(leader.name());
    CANDOR_ASSIGN_OR_RETURN(const candor::v1::Survey stored,
                            connection_->Call(*campaigns, &CampaignService::Stub::CreateSurvey, survey));
    for (int added = 0; added < raters;) {
      candor::v1::CreatePaperRatersRequest paper;
      paper.set_parent(stored.name());
      paper.set_group("staff");
      paper.set_count(std::min(raters - added, 5000));
      CANDOR_RETURN_IF_ERROR(
          connection_->Call(*campaigns, &CampaignService::Stub::CreatePaperRaters, paper).status());
      added += paper.count();
    }
    made.surveys.push_back({stored.name(), LastSegment(stored.name()), leader.name(), {}});
  }
  return made;
}

absl::Status SmallDistrict::OrderOpening(const std::string& campaign) {
  auto campaigns = CampaignService::NewStub(connection_->channel());
  candor::v1::OpenCampaignRequest open;
  open.set_name(campaign);
  return connection_->Call(*campaigns, &CampaignService::Stub::OpenCampaign, open).status();
}

absl::Status SmallDistrict::FetchCodes(SmallCampaign& campaign) {
  auto campaigns = CampaignService::NewStub(connection_->channel());
  for (SmallSurvey& survey : campaign.surveys) {
    survey.codes.clear();
    candor::v1::ListCodesRequest codes;
    codes.set_parent(survey.name);
    codes.set_page_size(500);
    do {
      CANDOR_ASSIGN_OR_RETURN(const candor::v1::ListCodesResponse page,
                              connection_->Call(*campaigns, &CampaignService::Stub::ListCodes, codes));
      for (const auto& code : page.codes()) survey.codes.push_back(code.code());
      codes.set_page_token(page.next_page_token());
    } while (!codes.page_token().empty());
  }
  return absl::OkStatus();
}

absl::Status SmallDistrict::OrderClosing(const std::string& campaign) {
  auto campaigns = CampaignService::NewStub(connection_->channel());
  candor::v1::CloseCampaignRequest close;
  close.set_name(campaign);
  return connection_->Call(*campaigns, &CampaignService::Stub::CloseCampaign, close).status();
}

absl::StatusOr<candor::v1::CampaignState> SmallDistrict::State(const std::string& campaign) {
  auto campaigns = CampaignService::NewStub(connection_->channel());
  candor::v1::GetCampaignRequest get;
  get.set_name(campaign);
  CANDOR_ASSIGN_OR_RETURN(const candor::v1::Campaign seen,
                          connection_->Call(*campaigns, &CampaignService::Stub::GetCampaign, get));
  return seen.state();
}

absl::Status SmallDistrict::AwaitState(const std::string& campaign, candor::v1::CampaignState state) {
  auto campaigns = CampaignService::NewStub(connection_->channel());
  candor::v1::GetCampaignRequest get;
  get.set_name(campaign);
  candor::v1::Campaign seen;
  for (const absl::Time deadline = absl::Now() + absl::Minutes(1); absl::Now() < deadline;) {
    CANDOR_ASSIGN_OR_RETURN(seen, connection_->Call(*campaigns, &CampaignService::Stub::GetCampaign, get));
    if (seen.state() == state) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(10));
  }
  return absl::DeadlineExceededError(absl::StrCat("the campaign stands at ", candor::v1::CampaignState_Name(seen.state()),
                                                  ": ", seen.last_fault()));
}

absl::Status SmallDistrict::OrderReleasing(const std::string& campaign) {
  auto campaigns = CampaignService::NewStub(connection_->channel());
  candor::v1::ReleaseCampaignRequest release;
  release.set_name(campaign);
  release.set_discard_undecided_comments(true);  // nobody moderates here
  return connection_->Call(*campaigns, &CampaignService::Stub::ReleaseCampaign, release).status();
}

absl::Status SmallDistrict::Release(const std::string& campaign) {
  CANDOR_RETURN_IF_ERROR(OrderReleasing(campaign));
  return AwaitState(campaign, candor::v1::CAMPAIGN_STATE_RELEASED);
}

absl::StatusOr<std::shared_ptr<client::Connection>> SmallDistrict::AsLeaderOf(const std::string& survey) {
  auto campaigns = CampaignService::NewStub(connection_->channel());
  candor::v1::GetSurveyRequest get;
  get.set_name(survey);
  CANDOR_ASSIGN_OR_RETURN(const auto found, connection_->Call(*campaigns, &CampaignService::Stub::GetSurvey, get));
  return As(found.leader());
}

absl::StatusOr<candor::v1::Report> SmallDistrict::GetReport(const std::string& survey) {
  CANDOR_ASSIGN_OR_RETURN(const auto leader, AsLeaderOf(survey));
  auto reports = candor::v1::ReportService::NewStub(leader->channel());
  candor::v1::GetReportRequest get;
  get.set_name(survey + "/report");
  return leader->Call(*reports, &candor::v1::ReportService::Stub::GetReport, get);
}

absl::StatusOr<candor::v1::ReportComments> SmallDistrict::GetComments(const std::string& survey) {
  CANDOR_ASSIGN_OR_RETURN(const auto leader, AsLeaderOf(survey));
  auto reports = candor::v1::ReportService::NewStub(leader->channel());
  candor::v1::GetReportCommentsRequest get;
  get.set_name(survey + "/report");
  return leader->Call(*reports, &candor::v1::ReportService::Stub::GetReportComments, get);
}

}  // namespace candor::testing
