#include "services/rpc/convert_instrument.h"

#include <map>

#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/identity/resource_names.h"
#include "services/rpc/convert_common.h"
#include "services/rpc/resource_names.h"

namespace candor::rpc {
namespace {

using TextsOfAudiences = google::protobuf::Map<std::string, candor::v1::LocalizedText>;

constexpr int kDefaultCommentBytes = 2000;

std::map<std::string, domain::LocalizedText> FromProto(const TextsOfAudiences& texts) {
  std::map<std::string, domain::LocalizedText> values;
  for (const auto& [audience, text] : texts) values[audience] = rpc::FromProto(text);
  return values;
}

void CopyTexts(const std::map<std::string, domain::LocalizedText>& texts, TextsOfAudiences& out) {
  for (const auto& [audience, text] : texts) out[audience] = rpc::ToProto(text);
}

candor::v1::Competency ToProto(const domain::Competency& competency) {
  candor::v1::Competency proto;
  proto.set_code(competency.code);
  proto.set_title(competency.title);
  for (const domain::Indicator& indicator : competency.indicators) {
    candor::v1::Indicator* to = proto.add_indicators();
    to->set_code(indicator.code);
    to->set_title(indicator.title);
    to->mutable_themes()->Assign(indicator.themes.begin(), indicator.themes.end());
  }
  for (const domain::LocalizedText& step : competency.next_steps) *proto.add_next_steps() = rpc::ToProto(step);
  return proto;
}

candor::v1::Domain ToProto(const domain::Domain& domain) {
  candor::v1::Domain proto;
  proto.set_code(domain.code);
  proto.set_title(domain.title);
  for (const domain::Competency& competency : domain.competencies) *proto.add_competencies() = ToProto(competency);
  for (const domain::GuidingQuestion& question : domain.questions) {
    candor::v1::GuidingQuestion* to = proto.add_questions();
    to->set_code(question.code);
    *to->mutable_text() = rpc::ToProto(question.text);
  }
  return proto;
}

}  // namespace

candor::v1::Framework ToProto(const identity::StoredFramework& stored, bool with_tree) {
  const domain::Framework& framework = stored.framework;
  candor::v1::Framework proto;
  proto.set_name(identity::FrameworkName(stored.row.district, stored.row.id));
  proto.set_title(framework.title);
  proto.set_version(framework.version);
  proto.set_attribution(framework.attribution);
  proto.set_license(framework.license);
  proto.set_license_url(framework.license_url);
  *proto.mutable_create_time() = ToTimestamp(stored.row.create_time);
  if (!with_tree) return proto;
  for (const domain::Theme& theme : framework.themes) {
    candor::v1::Theme* to = proto.add_themes();
    to->set_code(theme.code);
    to->set_title(theme.title);
  }
  for (const domain::Domain& domain : framework.domains) *proto.add_domains() = ToProto(domain);
  for (const domain::PriorityArea& area : framework.priority_areas) {
    candor::v1::PriorityArea* to = proto.add_priority_areas();
    to->set_code(area.code);
    *to->mutable_title() = ToProto(area.title);
    to->mutable_competencies()->Assign(area.competencies.begin(), area.competencies.end());
  }
  return proto;
}

const std::set<std::string>& ChangeableInstrumentFields() {
  static const auto* const fields =
      new std::set<std::string>{"title", "scale", "languages", "rater_groups", "items", "prompts",
                                "evaluative_use_forbidden"};
  return *fields;
}

void CopyInstrumentFields(const candor::v1::Instrument& from, const std::set<std::string>& fields,
                          domain::Instrument& to) {
  if (fields.count("title") > 0) to.title = from.title();
  if (fields.count("scale") > 0) to.scale = FromProto(from.scale());
  if (fields.count("languages") > 0) to.languages.assign(from.languages().begin(), from.languages().end());
  if (fields.count("rater_groups") > 0) {
    to.rater_groups.clear();
    for (const auto& group : from.rater_groups()) to.rater_groups.push_back({group.code(), FromProto(group.title())});
  }
  if (fields.count("items") > 0) {
    to.items.clear();
    for (const auto& item : from.items()) {
      to.items.push_back({item.indicator(), item.reverse(), FromProto(item.texts())});
    }
  }
  if (fields.count("evaluative_use_forbidden") > 0) to.evaluative_use_forbidden = from.evaluative_use_forbidden();
  if (fields.count("prompts") > 0) {
    to.prompts.clear();
    for (const auto& prompt : from.prompts()) {
      to.prompts.push_back({prompt.code(), FromProto(prompt.texts()),
                            prompt.max_bytes() == 0 ? kDefaultCommentBytes : prompt.max_bytes()});
    }
  }
}

absl::StatusOr<std::string> FrameworkCode(absl::string_view field, absl::string_view name,
                                          const domain::DistrictId& district) {
  CANDOR_ASSIGN_OR_RETURN(FrameworkName framework, ParseFramework(field, name));
  if (framework.district != district) {
    return domain::errors::InvalidField(field, "the framework must be of the instrument's own district");
  }
  return framework.framework.value();
}

absl::StatusOr<domain::Instrument> FromProto(const candor::v1::Instrument& instrument,
                                             const domain::DistrictId& district) {
  domain::Instrument value;
  CANDOR_ASSIGN_OR_RETURN(value.framework, FrameworkCode("instrument.framework", instrument.framework(), district));
  CopyInstrumentFields(instrument, ChangeableInstrumentFields(), value);
  return value;
}

candor::v1::Instrument ToProto(const domain::Instrument& instrument, const domain::DistrictId& district, bool whole) {
  candor::v1::Instrument proto;
  proto.set_title(instrument.title);
  proto.set_framework(identity::FrameworkName(district, domain::FrameworkId(instrument.framework)));
  *proto.mutable_scale() = ToProto(instrument.scale);
  proto.mutable_languages()->Assign(instrument.languages.begin(), instrument.languages.end());
  proto.set_evaluative_use_forbidden(instrument.evaluative_use_forbidden);
  for (const domain::RaterGroup& group : instrument.rater_groups) {
    candor::v1::RaterGroup* to = proto.add_rater_groups();
    to->set_code(group.code);
    *to->mutable_title() = ToProto(group.title);
  }
  if (!whole) return proto;
  for (const domain::Item& item : instrument.items) {
    candor::v1::Item* to = proto.add_items();
    to->set_indicator(item.indicator);
    to->set_reverse(item.reverse);
    CopyTexts(item.texts, *to->mutable_texts());
  }
  for (const domain::Prompt& prompt : instrument.prompts) {
    candor::v1::Prompt* to = proto.add_prompts();
    to->set_code(prompt.code);
    CopyTexts(prompt.texts, *to->mutable_texts());
    to->set_max_bytes(prompt.max_bytes);
  }
  return proto;
}

candor::v1::Instrument ToProto(const identity::StoredInstrument& stored, bool whole) {
  candor::v1::Instrument proto = ToProto(stored.instrument, stored.row.district, whole);
  proto.set_name(identity::InstrumentName(stored.row.district, stored.row.id));
  proto.set_etag(ToEtag(stored.row.revision));
  *proto.mutable_create_time() = ToTimestamp(stored.row.create_time);
  *proto.mutable_update_time() = ToTimestamp(stored.row.update_time);
  return proto;
}

candor::v1::InstrumentVersion ToProto(const storage::InstrumentVersionRow& row) {
  candor::v1::InstrumentVersion proto;
  proto.set_hash(row.hash);
  if (row.version == 0) return proto;
  proto.set_name(identity::InstrumentVersionName(row.district, row.instrument, row.version));
  *proto.mutable_publish_time() = ToTimestamp(row.publish_time);
  return proto;
}

candor::v1::InstrumentVersion ToProto(const identity::StoredInstrumentVersion& stored) {
  candor::v1::InstrumentVersion proto = ToProto(stored.row);
  *proto.mutable_instrument() = ToProto(stored.version.instrument, stored.row.district, true);
  proto.set_document(stored.row.document);
  return proto;
}

}  // namespace candor::rpc
