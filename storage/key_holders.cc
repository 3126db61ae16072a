#include "storage/key_holders.h"

#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::storage {
namespace {

using base::Json;
using domain::JsonObject;

Json ToJson(const KeyHolder& holder) {
  return {{"person", holder.person.value()},
          {"title", holder.key.name},
          {"public_key", base::HexEncode(holder.key.public_key)}};
}

KeyHolder Read(const Json& value, const std::string& path, domain::JsonFault* fault) {
  JsonObject object(value, path, fault);
  KeyHolder holder;
  holder.person = domain::PersonId(object.Text("person"));
  holder.key.name = object.Text("title");
  holder.key.public_key = object.Bytes("public_key", 32);
  object.Finish();
  return holder;
}

}  // namespace

std::string EncodeKeyHolders(const KeyHolders& holders) {
  Json moderators = Json::array(), auditors = Json::array();
  for (const KeyHolder& moderator : holders.moderators) moderators.push_back(ToJson(moderator));
  if (holders.auditor.has_value()) auditors.push_back(ToJson(*holders.auditor));
  return base::CanonicalJson(Json{{"moderators", std::move(moderators)}, {"auditors", std::move(auditors)}});
}

absl::StatusOr<KeyHolders> DecodeKeyHolders(absl::string_view bytes) {
  const absl::StatusOr<Json> document = base::ParseJson(bytes);
  if (!document.ok()) return domain::errors::StoreCorrupt("stored moderators are not JSON");
  domain::JsonFault fault(absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT);
  JsonObject object(*document, "key_holders", &fault);
  KeyHolders holders;
  object.List("moderators", [&](const Json& element, const std::string& path) {
    holders.moderators.push_back(Read(element, path, &fault));
  });
  object.List("auditors", [&](const Json& element, const std::string& path) {
    if (holders.auditor.has_value()) fault.Set(path, "is one too many");
    holders.auditor = Read(element, path, &fault);
  });
  object.Finish();
  CANDOR_RETURN_IF_ERROR(fault.status());
  return holders;
}

absl::StatusOr<std::vector<domain::PersonId>> ModeratorsOf(ReadTransaction& transaction,
                                                           const domain::DistrictId& district,
                                                           const domain::SurveyId& survey) {
  std::vector<domain::PersonId> moderators;
  CANDOR_ASSIGN_OR_RETURN(const auto document,
                          transaction.FindSurveyDocument(district, survey, SurveyDocument::kKeyHolders));
  if (!document.has_value()) return moderators;
  CANDOR_ASSIGN_OR_RETURN(const KeyHolders holders, DecodeKeyHolders(*document));
  for (const KeyHolder& moderator : holders.moderators) moderators.push_back(moderator.person);
  return moderators;
}

}  // namespace candor::storage
