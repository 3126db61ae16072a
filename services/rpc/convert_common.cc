#include "services/rpc/convert_common.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/domain/errors.h"

namespace candor::rpc {

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.nanos() < 0 || timestamp.nanos() >= 1'000'000'000) return absl::InfinitePast();
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

candor::v1::LocalizedText ToProto(const domain::LocalizedText& text) {
  candor::v1::LocalizedText proto;
  proto.mutable_values()->insert(text.begin(), text.end());
  return proto;
}

domain::LocalizedText FromProto(const candor::v1::LocalizedText& text) {
  return domain::LocalizedText(text.values().begin(), text.values().end());
}

candor::v1::RatingScale ToProto(const domain::RatingScale& scale) {
  candor::v1::RatingScale proto;
  proto.set_points(scale.points);
  proto.set_favourable_from(scale.favourable_from);
  for (const auto& [language, labels] : scale.labels) {
    auto& list = *(*proto.mutable_labels())[language].mutable_labels();
    list.Assign(labels.begin(), labels.end());
  }
  *proto.mutable_not_observed() = ToProto(scale.not_observed);
  proto.set_strength_cut_hundredths(scale.strength_cut_hundredths);
  proto.set_agreement_band_hundredths(scale.agreement_band_hundredths);
  return proto;
}

domain::RatingScale FromProto(const candor::v1::RatingScale& scale) {
  domain::RatingScale value;
  value.points = scale.points();
  value.favourable_from = scale.favourable_from();
  for (const auto& [language, labels] : scale.labels()) {
    value.labels[language].assign(labels.labels().begin(), labels.labels().end());
  }
  value.not_observed = FromProto(scale.not_observed());
  value.strength_cut_hundredths = scale.strength_cut_hundredths();
  value.agreement_band_hundredths = scale.agreement_band_hundredths();
  return value;
}

std::string ToEtag(int64_t revision) { return absl::StrCat("r", revision); }

absl::StatusOr<std::optional<int64_t>> FromEtag(absl::string_view etag, absl::string_view kind,
                                                absl::string_view name) {
  if (etag.empty()) return std::optional<int64_t>();
  int64_t revision = 0;
  if (etag[0] != 'r' || !absl::SimpleAtoi(etag.substr(1), &revision) || ToEtag(revision) != etag) {
    return domain::errors::EtagMismatch(kind, name);
  }
  return std::optional<int64_t>(revision);
}

absl::Status Require(bool present, absl::string_view field) {
  return present ? absl::OkStatus() : domain::errors::InvalidField(field, "is required");
}

absl::Status InField(const absl::Status& status, absl::string_view prefix) {
  const base::ErrorDetail detail = base::GetErrorDetail(status);
  if (status.ok() || detail.field.empty() || absl::StartsWith(detail.field, absl::StrCat(prefix, "."))) return status;
  return base::Error(status.code(), detail.reason, status.message(), absl::StrCat(prefix, ".", detail.field));
}

}  // namespace candor::rpc
