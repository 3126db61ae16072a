#include "storage/identity_documents.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::storage {
namespace {

using base::Json;
using domain::JsonFault;
using domain::JsonObject;
using domain::JsonText;

constexpr int64_t kEarliest = std::numeric_limits<int64_t>::min();
constexpr int64_t kLatest = std::numeric_limits<int64_t>::max();

JsonFault Corrupt() { return JsonFault(absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT); }

absl::StatusOr<Json> Parse(absl::string_view bytes) {
  absl::StatusOr<Json> document = base::ParseJson(bytes);
  if (!document.ok()) return domain::errors::StoreCorrupt("a stored document is not JSON");
  return document;
}

absl::Time ReadTime(JsonObject& object, absl::string_view key) {
  return absl::FromUnixSeconds(object.Whole(key, kEarliest, kLatest));
}

Json ToJson(const domain::NamedHolder& holder) {
  return {{"title", holder.title}, {"person", holder.person.value()}};
}

// Of before moderators were people of the directory there are titles with keys: nobody whom a campaign could still be
// opened with, so the administrator is told to name them anew.
domain::NamedHolder ReadHolder(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  domain::NamedHolder holder;
  if (object.Has("public_key")) {
    holder.title = object.Text("name");
    object.Bytes("public_key", 32);
  } else {
    holder.title = object.Text("title");
    holder.person = domain::PersonId(object.Text("person"));
  }
  object.Finish();
  return holder;
}

}  // namespace

std::string EncodeSettings(const domain::CampaignSettings& settings) {
  Json moderators = Json::array(), auditors = Json::array();
  for (const domain::NamedHolder& moderator : settings.moderators) moderators.push_back(ToJson(moderator));
  if (settings.auditor.has_value()) auditors.push_back(ToJson(*settings.auditor));
  Json steward = nullptr;
  if (settings.steward.has_value()) {
    steward = {{"title", settings.steward->title},
               {"shares", settings.steward->shares},
               {"threshold", settings.steward->threshold},
               {"public_key", base::HexEncode(settings.steward->public_key)}};
  }
  return base::CanonicalJson(Json{
      {"title", settings.title},
      {"instrument", settings.instrument.value()},
      {"instrument_version", settings.instrument_version},
      {"purpose", settings.purpose},
      {"minimum_group_size", settings.minimum_group_size},
      {"insiders", settings.insiders},
      {"first_reader", settings.first_reader == domain::FirstReader::kLeader ? "leader" : "supervisor"},
      {"readers", settings.readers},
      {"close_time", absl::ToUnixSeconds(settings.close_time)},
      {"latest_close_time", absl::ToUnixSeconds(settings.latest_close_time)},
      {"abandon_time", absl::ToUnixSeconds(settings.abandon_time)},
      {"retention_days", settings.retention_days},
      {"notice", Json(settings.notice)},
      {"moderators", moderators},
      {"steward", steward},
      {"mirrors", Json(settings.mirrors)},
      {"auditors", auditors},
      {"summary_only_below", settings.summary_only_below},
      {"breakdowns", domain::BreakdownsToJson(settings.breakdowns)},
      {"previous", settings.previous.value()},
      {"follow_up_days", settings.follow_up_days},
  });
}

absl::StatusOr<domain::CampaignSettings> DecodeSettings(absl::string_view bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Json document, Parse(bytes));
  JsonFault fault = Corrupt();
  JsonObject object(document, "settings", &fault);
  domain::CampaignSettings settings;
  settings.title = object.Text("title");
  settings.instrument = domain::InstrumentId(object.Text("instrument"));
  settings.instrument_version = object.Whole("instrument_version", 0, kLatest);
  settings.purpose = object.Text("purpose");
  settings.minimum_group_size = static_cast<int>(object.Whole("minimum_group_size", 0, 1'000'000));
  settings.insiders = static_cast<int>(object.Whole("insiders", 0, 1'000'000));
  const std::string first_reader = object.Text("first_reader");
  if (first_reader != "leader" && first_reader != "supervisor") fault.Set("first_reader", "is unknown");
  settings.first_reader =
      first_reader == "leader" ? domain::FirstReader::kLeader : domain::FirstReader::kSupervisor;
  settings.readers = object.Texts("readers");
  settings.close_time = ReadTime(object, "close_time");
  settings.latest_close_time = ReadTime(object, "latest_close_time");
  settings.abandon_time = ReadTime(object, "abandon_time");
  settings.retention_days = static_cast<int>(object.Whole("retention_days", 0, 1'000'000));
  object.Map("notice", [&](const std::string& language, const Json& value, const std::string& path) {
    settings.notice[language] = JsonText(value, path, &fault);
  });
  object.List("moderators", [&](const Json& element, const std::string& path) {
    settings.moderators.push_back(ReadHolder(element, path, &fault));
  });
  // Campaigns that were made before there were stewards and mirrors have neither member.
  if (object.Has("steward") && !object.IsNull("steward")) {
    object.Object("steward", [&](JsonObject& steward) {
      settings.steward.emplace();
      settings.steward->title = steward.Text("title");
      settings.steward->shares = static_cast<int>(steward.Whole("shares", 0, 1'000'000));
      settings.steward->threshold = static_cast<int>(steward.Whole("threshold", 0, 1'000'000));
      settings.steward->public_key = steward.Bytes("public_key", 32);
    });
  }
  settings.mirrors = object.OptionalTexts("mirrors");
  // Campaigns of before there were auditors have none.
  object.OptionalList("auditors", [&](const Json& element, const std::string& path) {
    settings.auditor = ReadHolder(element, path, &fault);
  });
  settings.summary_only_below =
      object.OptionalWhole("summary_only_below", 0, kLatest, domain::kSummaryOnlyBelow);
  // Likewise.
  if (object.Has("breakdowns")) settings.breakdowns = domain::ReadBreakdowns(object, "breakdowns", &fault);
  settings.previous = domain::CampaignId(object.OptionalText("previous"));
  settings.follow_up_days = static_cast<int>(object.OptionalWhole("follow_up_days", 0, 1'000'000, 0));
  object.Finish();
  CANDOR_RETURN_IF_ERROR(fault.status());
  return settings;
}

std::string EncodeTexts(const std::vector<std::string>& texts) { return base::CanonicalJson(Json(texts)); }

absl::StatusOr<std::vector<std::string>> DecodeTexts(absl::string_view bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Json document, Parse(bytes));
  JsonFault fault = Corrupt();
  std::vector<std::string> texts = domain::JsonTexts(document, "texts", &fault);
  CANDOR_RETURN_IF_ERROR(fault.status());
  return texts;
}

}  // namespace candor::storage
