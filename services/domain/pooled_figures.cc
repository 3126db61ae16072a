#include "services/domain/pooled_figures.h"

#include <set>
#include <utility>

#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::domain {
namespace {

using base::Json;
using Bound = PooledShare::Bound;

constexpr char kFormat[] = "candor.pooled_figures.v1";
constexpr std::pair<const char*, Bound> kBounds[] = {
    {"share", Bound::kExact}, {"at_most", Bound::kAtMost}, {"at_least", Bound::kAtLeast}};

void PutWhole(const char* key, const std::optional<int>& value, Json& object) {
  if (value.has_value()) object[key] = *value;
}

void PutShare(const char* key, const std::optional<PooledShare>& share, Json& object) {
  if (!share.has_value()) return;
  for (const auto& [name, bound] : kBounds) {
    if (share->bound == bound) object[key] = {{name, share->hundredths}};
  }
}

std::optional<int> ReadWhole(JsonObject& object, absl::string_view key, int least, int most) {
  if (!object.Has(key)) return std::nullopt;
  return static_cast<int>(object.Whole(key, least, most));
}

std::optional<PooledShare> ReadShare(JsonObject& object, absl::string_view key, JsonFault* fault) {
  if (!object.Has(key)) return std::nullopt;
  PooledShare share;
  object.Object(key, [&](JsonObject& told) {
    int members = 0;
    for (const auto& [name, bound] : kBounds) {
      if (!told.Has(name)) continue;
      const bool exact = bound == Bound::kExact;
      share = {static_cast<int>(told.Whole(name, exact ? 1 : 0, exact ? 99 : 100)), bound};
      ++members;
    }
    if (members != 1) fault->Set(object.PathOf(key), "is not one share or one bound");
  });
  return share;
}

PooledScale ReadScale(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  PooledScale scale;
  scale.group = object.Text("group");
  scale.scale = object.Text("scale");
  scale.alpha = ReadWhole(object, "alpha", kLowestPooledAlpha, kHighestPooledReliability);
  scale.lambda2 = ReadWhole(object, "lambda2", kLowestPooledAlpha, kHighestPooledReliability);
  scale.icc1 = ReadWhole(object, "icc1", kLowestPooledIcc, kHighestPooledReliability);
  scale.icc2 = ReadWhole(object, "icc2", kLowestPooledIcc, kHighestPooledReliability);
  object.Finish();
  if (scale.alpha.has_value() == scale.icc1.has_value()) {
    fault->Set(path, "has not just one of alpha and icc1");
  }
  if (scale.lambda2.has_value() && !scale.alpha.has_value()) fault->Set(object.PathOf("lambda2"), "stands without alpha");
  if (scale.icc2.has_value() && !scale.icc1.has_value()) fault->Set(object.PathOf("icc2"), "stands without icc1");
  return scale;
}

PooledGroup ReadGroup(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  PooledGroup group;
  group.group = object.Text("group");
  group.straight_line = ReadShare(object, "straight_line", fault);
  group.no_rating = ReadShare(object, "no_rating", fault);
  object.Finish();
  if (!group.straight_line.has_value() && !group.no_rating.has_value()) fault->Set(path, "holds no share");
  return group;
}

void ReadLists(JsonObject& object, PooledFigures& figures, JsonFault* fault) {
  std::set<std::pair<std::string, std::string>> seen;
  object.OptionalList("scales", [&](const Json& value, const std::string& path) {
    const PooledScale& scale = figures.scales.emplace_back(ReadScale(value, path, fault));
    if (!seen.insert({scale.group, scale.scale}).second) fault->Set(path, "repeats a group's scale");
  });
  std::set<std::string> groups;
  object.OptionalList("groups", [&](const Json& value, const std::string& path) {
    const PooledGroup& group = figures.groups.emplace_back(ReadGroup(value, path, fault));
    if (!groups.insert(group.group).second) fault->Set(path, "repeats a group");
  });
}

}  // namespace

std::string EncodePooledFigures(const PooledFigures& figures) {
  Json document = {{"format", kFormat}};
  PutWhole("item_correlation", figures.item_correlation, document);
  for (const PooledScale& scale : figures.scales) {
    Json object = {{"group", scale.group}, {"scale", scale.scale}};
    PutWhole("alpha", scale.alpha, object);
    PutWhole("lambda2", scale.lambda2, object);
    PutWhole("icc1", scale.icc1, object);
    PutWhole("icc2", scale.icc2, object);
    document["scales"].push_back(std::move(object));
  }
  for (const PooledGroup& group : figures.groups) {
    Json object = {{"group", group.group}};
    PutShare("straight_line", group.straight_line, object);
    PutShare("no_rating", group.no_rating, object);
    document["groups"].push_back(std::move(object));
  }
  return base::CanonicalJson(document);
}

absl::StatusOr<PooledFigures> DecodePooledFigures(absl::string_view bytes) {
  const absl::StatusOr<Json> document = base::ParseJson(bytes);
  if (!document.ok()) return errors::StoreCorrupt("the pooled figures are no JSON");
  JsonFault fault(absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  JsonObject object(*document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", "is not that of pooled figures");
  PooledFigures figures;
  figures.item_correlation = ReadWhole(object, "item_correlation", 0, 100);
  ReadLists(object, figures, &fault);
  object.Finish();
  if (EncodePooledFigures(figures) != bytes) fault.Set("", "is not in canonical form");
  CANDOR_RETURN_IF_ERROR(fault.status());
  return figures;
}

}  // namespace candor::domain
