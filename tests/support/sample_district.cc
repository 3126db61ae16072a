#include "tests/support/sample_district.h"

#include "absl/strings/str_cat.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/directory.grpc.pb.h"
#include "candor/v1/framework.grpc.pb.h"
#include "candor/v1/instrument.grpc.pb.h"
#include "services/base/json.h"
#include "services/base/status.h"

namespace candor::testing {
namespace {

namespace v1 = candor::v1;

const char* const kIndicators[] = {"A.1.a", "A.1.b", "A.2.a", "A.2.b", "B.1.a", "B.1.b", "B.2.a", "B.2.b"};

v1::LocalizedText English(const std::string& text) {
  v1::LocalizedText localized;
  (*localized.mutable_values())["en"] = text;
  return localized;
}

// Keys of many surveys are made while one waits: on a machine that does much else that takes minutes.
constexpr absl::Duration kPatience = absl::Minutes(5);

}  // namespace

std::string SampleFramework() {
  base::Json framework = {{"format", "candor.framework.v1"},
                          {"code", "sample"},
                          {"title", "Sample framework"},
                          {"version", "1"},
                          {"attribution", "Made for tests"},
                          {"license", "CC0-1.0"},
                          {"themes", {{{"code", "T"}, {"title", "Trust"}}}},
                          {"domains", base::Json::array()}};
  for (const std::string domain : {"A", "B"}) {
    base::Json competencies = base::Json::array();
    for (const std::string number : {"1", "2"}) {
      const std::string code = absl::StrCat(domain, ".", number);
      base::Json indicators = base::Json::array();
      for (const std::string letter : {"a", "b"}) {
        indicators.push_back({{"code", absl::StrCat(code, ".", letter)},
                              {"title", absl::StrCat("Indicator ", code, ".", letter)},
                              {"themes", letter == "a" ? base::Json::array({"T"}) : base::Json::array()}});
      }
      competencies.push_back(
          {{"code", code}, {"title", absl::StrCat("Competency ", code)}, {"indicators", indicators}});
    }
    framework["domains"].push_back(
        {{"code", domain}, {"title", absl::StrCat("Domain ", domain)}, {"competencies", competencies}});
  }
  return base::CanonicalJson(framework);
}

v1::Instrument SampleInstrument(const std::string& district) {
  v1::Instrument instrument;
  instrument.set_title("Sample instrument");
  instrument.set_framework(absl::StrCat(district, "/frameworks/sample"));
  v1::RatingScale& scale = *instrument.mutable_scale();
  scale.set_points(5);
  scale.set_favourable_from(4);
  for (const char* label : {"never", "rarely", "sometimes", "often", "always"}) {
    (*scale.mutable_labels())["en"].add_labels(label);
  }
  *scale.mutable_not_observed() = English("I have not seen this");
  instrument.add_languages("en");
  for (const std::string group : {"staff", "student", "parent"}) {
    v1::RaterGroup* added = instrument.add_rater_groups();
    added->set_code(group);
    *added->mutable_title() = English(group);
  }
  for (const std::string indicator : kIndicators) {
    v1::Item* item = instrument.add_items();
    item->set_indicator(indicator);
    item->set_reverse(indicator == "B.2.b");
    for (const std::string audience : {"self", "supervisor", "staff"}) {
      (*item->mutable_texts())[audience] = English(absl::StrCat("Item ", indicator, " for ", audience));
    }
    if (indicator[0] == 'A') {
      for (const std::string audience : {"student", "parent"}) {
        (*item->mutable_texts())[audience] = English(absl::StrCat("Item ", indicator, " for ", audience));
      }
    }
  }
  v1::Prompt* prompt = instrument.add_prompts();
  prompt->set_code("keep");
  prompt->set_max_bytes(200);
  (*prompt->mutable_texts())["staff"] = English("What should this person keep doing?");
  return instrument;
}

absl::StatusOr<SampleDistrict> SampleDistrict::Make(const TestServer& server, const std::string& id) {
  SampleDistrict district;
  const ApiCaller root = server.Administrator();
  v1::CreateDistrictRequest create;
  create.set_district_id(id);
  create.mutable_district()->set_title("Sample district");
  CANDOR_ASSIGN_OR_RETURN(const v1::District made, root.Call(&v1::DirectoryService::Stub::CreateDistrict, create));
  district.name_ = made.name();

  CANDOR_RETURN_IF_ERROR(district.AddPerson(root, "administrator", {v1::ROLE_ADMINISTRATOR}));
  CANDOR_RETURN_IF_ERROR(district.AddPerson(root, "boss", {v1::ROLE_SUPERVISOR}));
  for (const char* leader : {"leader1", "leader2", "leader3"}) {
    CANDOR_RETURN_IF_ERROR(district.AddPerson(root, leader, {v1::ROLE_LEADER}, {"boss"}));
  }

  const ApiCaller administrator = root.WithKey(district.person("administrator").key);
  v1::ImportFrameworkRequest import;
  import.set_parent(district.name_);
  import.set_document(SampleFramework());
  CANDOR_RETURN_IF_ERROR(administrator.Call(&v1::FrameworkService::Stub::ImportFramework, import).status());
  v1::CreateInstrumentRequest instrument;
  instrument.set_parent(district.name_);
  instrument.set_instrument_id("sample");
  *instrument.mutable_instrument() = SampleInstrument(district.name_);
  CANDOR_ASSIGN_OR_RETURN(const v1::Instrument draft,
                          administrator.Call(&v1::InstrumentService::Stub::CreateInstrument, instrument));
  v1::PublishInstrumentRequest publish;
  publish.set_name(draft.name());
  CANDOR_ASSIGN_OR_RETURN(const v1::InstrumentVersion version,
                          administrator.Call(&v1::InstrumentService::Stub::PublishInstrument, publish));
  district.instrument_version_ = version.name();
  return district;
}

absl::Status SampleDistrict::AddPerson(const ApiCaller& administrator, const std::string& id,
                                       const std::vector<v1::Role>& roles,
                                       const std::vector<std::string>& supervisors) {
  v1::CreatePersonRequest create;
  create.set_parent(name_);
  create.set_person_id(id);
  create.mutable_person()->set_display_name(absl::StrCat("Name of ", id));
  for (const v1::Role role : roles) create.mutable_person()->add_roles(role);
  for (const std::string& supervisor : supervisors) {
    create.mutable_person()->add_supervisors(absl::StrCat(name_, "/people/", supervisor));
  }
  CANDOR_ASSIGN_OR_RETURN(const v1::Person person,
                          administrator.Call(&v1::DirectoryService::Stub::CreatePerson, create));
  v1::CreateAccessKeyRequest key;
  key.set_parent(person.name());
  key.mutable_access_key()->set_title("for tests");
  CANDOR_ASSIGN_OR_RETURN(const v1::CreateAccessKeyResponse made,
                          administrator.Call(&v1::DirectoryService::Stub::CreateAccessKey, key));
  people_[id] = {person.name(), made.secret()};
  return absl::OkStatus();
}

absl::StatusOr<crypto::ClosingKeyPair> SampleDistrict::AddKeyHolder(const ApiCaller& administrator,
                                                                    const std::string& id, v1::Role role,
                                                                    const std::vector<std::string>& supervisors) {
  CANDOR_RETURN_IF_ERROR(AddPerson(administrator, id, {role}, supervisors));
  crypto::ClosingKeyPair pair = crypto::ClosingKeyPair::Generate();
  v1::RegisterKeyRequest request;
  request.set_name(person(id).name);
  request.set_public_key(pair.public_key);
  CANDOR_RETURN_IF_ERROR(administrator.WithKey(person(id).key)
                             .Call(&v1::DirectoryService::Stub::RegisterKey, request)
                             .status());
  return pair;
}

v1::CreateCampaignRequest SampleDistrict::CampaignRequest(absl::Time now) const {
  v1::CreateCampaignRequest create;
  create.set_parent(name_);
  v1::Campaign& campaign = *create.mutable_campaign();
  campaign.set_title("Sample campaign");
  campaign.set_instrument_version(instrument_version_);
  campaign.set_supervisor_reads(true);
  campaign.mutable_close_time()->set_seconds(absl::ToUnixSeconds(now + absl::Hours(24 * 14)));
  return create;
}

absl::StatusOr<SampleDistrict::Campaign> SampleDistrict::MakeCampaign(const ApiCaller& administrator, absl::Time now,
                                                                      const std::vector<Invited>& invited) const {
  Campaign made;
  CANDOR_ASSIGN_OR_RETURN(const v1::Campaign campaign,
                          administrator.Call(&v1::CampaignService::Stub::CreateCampaign, CampaignRequest(now)));
  made.name = campaign.name();
  for (const Invited& leader : invited) {
    v1::CreateSurveyRequest create;
    create.set_parent(made.name);
    create.mutable_survey()->set_leader(person(leader.leader).name);
    CANDOR_ASSIGN_OR_RETURN(const v1::Survey survey,
                            administrator.Call(&v1::CampaignService::Stub::CreateSurvey, create));
    made.surveys.push_back(survey.name());
    for (const auto& [group, count] : leader.raters) {
      v1::CreatePaperRatersRequest raters;
      raters.set_parent(survey.name());
      raters.set_group(group);
      raters.set_count(count);
      CANDOR_RETURN_IF_ERROR(administrator.Call(&v1::CampaignService::Stub::CreatePaperRaters, raters).status());
    }
  }
  return made;
}

absl::Status AwaitState(const ApiCaller& administrator, const std::string& campaign, v1::CampaignState state) {
  v1::GetCampaignRequest get;
  get.set_name(campaign);
  absl::StatusOr<v1::Campaign> now;
  if (Eventually([&] {
        now = administrator.Call(&v1::CampaignService::Stub::GetCampaign, get);
        return !now.ok() || now->state() == state;
      }, kPatience)) {
    return now.status();
  }
  return absl::UnavailableError(absl::StrCat(campaign, " stays in ", v1::CampaignState_Name(now->state()), ": ",
                                             now->last_fault()));
}

absl::Status OpenAndWait(const ApiCaller& administrator, const std::string& campaign) {
  v1::OpenCampaignRequest open;
  open.set_name(campaign);
  CANDOR_RETURN_IF_ERROR(administrator.Call(&v1::CampaignService::Stub::OpenCampaign, open).status());
  return AwaitState(administrator, campaign, v1::CAMPAIGN_STATE_OPEN);
}

absl::Status CloseAndWait(const ApiCaller& administrator, const std::string& campaign) {
  v1::CloseCampaignRequest close;
  close.set_name(campaign);
  CANDOR_RETURN_IF_ERROR(administrator.Call(&v1::CampaignService::Stub::CloseCampaign, close).status());
  return AwaitState(administrator, campaign, v1::CAMPAIGN_STATE_CLOSED);
}

absl::Status ReleaseAndWait(const ApiCaller& administrator, const std::string& campaign, bool discard_comments) {
  v1::ReleaseCampaignRequest release;
  release.set_name(campaign);
  release.set_discard_undecided_comments(discard_comments);
  CANDOR_RETURN_IF_ERROR(administrator.Call(&v1::CampaignService::Stub::ReleaseCampaign, release).status());
  return AwaitState(administrator, campaign, v1::CAMPAIGN_STATE_RELEASED);
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> CodesOf(const ApiCaller& administrator,
                                                                         const std::string& survey) {
  std::vector<std::pair<std::string, std::string>> codes;
  v1::ListCodesRequest list;
  list.set_parent(survey);
  do {
    CANDOR_ASSIGN_OR_RETURN(const v1::ListCodesResponse page,
                            administrator.Call(&v1::CampaignService::Stub::ListCodes, list));
    for (const v1::InvitationCode& code : page.codes()) codes.emplace_back(code.rater().group(), code.code());
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  return codes;
}

}  // namespace candor::testing
