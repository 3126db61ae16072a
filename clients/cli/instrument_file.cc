#include "clients/cli/instrument_file.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

constexpr size_t kLongestDocument = 16u << 20;

void Copy(const domain::LocalizedText& from, candor::v1::LocalizedText& to) {
  for (const auto& [language, text] : from) (*to.mutable_values())[language] = text;
}

}  // namespace

candor::v1::Instrument ToProto(const domain::Instrument& instrument, absl::string_view district) {
  candor::v1::Instrument proto;
  proto.set_title(instrument.title);
  proto.set_framework(absl::StrCat(district, "/frameworks/", instrument.framework));
  candor::v1::RatingScale& scale = *proto.mutable_scale();
  scale.set_points(instrument.scale.points);
  scale.set_favourable_from(instrument.scale.favourable_from);
  for (const auto& [language, labels] : instrument.scale.labels) {
    (*scale.mutable_labels())[language].mutable_labels()->Assign(labels.begin(), labels.end());
  }
  Copy(instrument.scale.not_observed, *scale.mutable_not_observed());
  scale.set_strength_cut_hundredths(instrument.scale.strength_cut_hundredths);
  scale.set_agreement_band_hundredths(instrument.scale.agreement_band_hundredths);
  proto.set_evaluative_use_forbidden(instrument.evaluative_use_forbidden);
  proto.mutable_languages()->Assign(instrument.languages.begin(), instrument.languages.end());
  for (const domain::RaterGroup& group : instrument.rater_groups) {
    candor::v1::RaterGroup& to = *proto.add_rater_groups();
    to.set_code(group.code);
    Copy(group.title, *to.mutable_title());
  }
  for (const domain::Item& item : instrument.items) {
    candor::v1::Item& to = *proto.add_items();
    to.set_indicator(item.indicator);
    to.set_reverse(item.reverse);
    for (const auto& [audience, text] : item.texts) Copy(text, (*to.mutable_texts())[audience]);
  }
  for (const domain::Prompt& prompt : instrument.prompts) {
    candor::v1::Prompt& to = *proto.add_prompts();
    to.set_code(prompt.code);
    to.set_max_bytes(prompt.max_bytes);
    for (const auto& [audience, text] : prompt.texts) Copy(text, (*to.mutable_texts())[audience]);
  }
  return proto;
}

const std::vector<std::string>& FieldsOfInstrumentFile() {
  static const auto* const fields = new std::vector<std::string>{
      "title", "scale", "languages", "rater_groups", "items", "prompts", "evaluative_use_forbidden"};
  return *fields;
}

absl::StatusOr<domain::Instrument> ReadInstrumentFile(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(path, kLongestDocument));
  auto instrument = domain::ParseInstrument(bytes);
  if (!instrument.ok()) return base::Annotate(instrument.status(), path);
  return instrument;
}

}  // namespace candor::cli
