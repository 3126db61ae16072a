#include "services/reporting/build_report.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/reporting/brief.h"
#include "services/reporting/localized.h"
#include "services/reporting/note_words.h"
#include "services/reporting/notes.h"
#include "services/reporting/scores.h"

namespace candor::reporting {
namespace {

void SetScale(const domain::RatingScale& scale, v1::RatingScale& out) {
  out.set_points(scale.points);
  out.set_favourable_from(scale.favourable_from);
  for (const auto& [language, labels] : scale.labels) {
    v1::ScaleLabels& shown = (*out.mutable_labels())[language];
    for (const std::string& label : labels) shown.add_labels(label);
  }
  SetText(scale.not_observed, *out.mutable_not_observed());
  out.set_strength_cut_hundredths(scale.strength_cut_hundredths);
  out.set_agreement_band_hundredths(scale.agreement_band_hundredths);
}

void SetItem(const domain::Item& item, v1::ReportItem& out) {
  out.set_indicator(item.indicator);
  out.set_reverse(item.reverse);
  const auto text = item.texts.find(domain::kSelf);
  if (text != item.texts.end()) SetText(text->second, *out.mutable_text());
}

}  // namespace

absl::StatusOr<v1::Report> BuildReport(const ReportInput& input) {
  CANDOR_RETURN_IF_ERROR(CheckReportInput(input));
  const domain::Instrument& instrument = input.version.instrument;
  v1::Report report;
  report.set_name(absl::StrCat(input.subject.survey, "/report"));
  report.set_leader_display_name(input.subject.leader_display_name);
  report.set_leader_job_title(input.subject.leader_job_title);
  report.set_school_title(input.subject.school_title);
  report.set_campaign_title(input.subject.campaign_title);
  report.set_instrument_title(instrument.title);
  report.set_instrument_version(input.subject.instrument_version);
  report.set_framework_title(input.version.framework.title);
  report.set_attribution(input.version.framework.attribution);
  report.set_purpose(input.contract.purpose);
  report.set_evaluative_use_forbidden(input.contract.evaluative_use_forbidden);
  report.set_contract_hash(input.contract_hash);
  report.mutable_close_time()->set_seconds(absl::ToUnixSeconds(input.contract.close_time));
  SetScale(instrument.scale, *report.mutable_scale());
  for (const domain::Item& item : instrument.items) SetItem(item, *report.add_items());
  for (const domain::PriorityArea& area : input.version.framework.priority_areas) {
    v1::PriorityArea& out = *report.add_priority_areas();
    out.set_code(area.code);
    SetText(area.title, *out.mutable_title());
    for (const std::string& competency : area.competencies) out.add_competencies(competency);
  }
  *report.mutable_scores() = BuildScores(input);
  *report.mutable_brief() = BuildBrief(input, report.scores());
  for (std::string& note : ReportNotes(report.scores(), input.contract, instrument)) {
    report.add_notes(std::move(note));
  }
  for (const absl::string_view language : kTranslations) {
    v1::ReportNotes& notes = (*report.mutable_translated_notes())[std::string(language)];
    for (std::string& note : ReportNotes(report.scores(), input.contract, instrument, language)) {
      notes.add_notes(std::move(note));
    }
  }
  return report;
}

std::string SerializeReport(const v1::Report& report) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    CANDOR_CHECK(report.SerializeToCodedStream(&coded));
  }
  return bytes;
}

absl::StatusOr<v1::Report> ParseReport(absl::string_view bytes) {
  v1::Report report;
  if (!report.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return domain::errors::StoreCorrupt("a stored report cannot be read");
  }
  return report;
}

}  // namespace candor::reporting
