#include "services/domain/pooled_figures.h"

#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::domain {
namespace {

using base::Json;

constexpr char kFormat[] = "candor.pooled_figures.v1";

}  // namespace

std::string EncodePooledFigures(const PooledFigures& figures) {
  Json document = {{"format", kFormat}};
  if (figures.item_correlation.has_value()) document["item_correlation"] = *figures.item_correlation;
  return base::CanonicalJson(document);
}

absl::StatusOr<PooledFigures> DecodePooledFigures(absl::string_view bytes) {
  const absl::StatusOr<Json> document = base::ParseJson(bytes);
  if (!document.ok()) return errors::StoreCorrupt("the pooled figures are no JSON");
  JsonFault fault(absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  JsonObject object(*document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", "is not that of pooled figures");
  PooledFigures figures;
  if (object.Has("item_correlation")) {
    figures.item_correlation = static_cast<int>(object.Whole("item_correlation", 0, 100));
  }
  object.Finish();
  if (EncodePooledFigures(figures) != bytes) fault.Set("", "is not in canonical form");
  CANDOR_RETURN_IF_ERROR(fault.status());
  return figures;
}

}  // namespace candor::domain
