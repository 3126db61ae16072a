#include "services/identity/pooling.h"

#include <string.h>

#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/pooled_figures.h"
#include "services/identity/loading.h"
#include "services/identity/resource_names.h"

namespace candor::identity {
namespace {

using storage::CampaignRow;
using storage::ReadTransaction;
using storage::SurveyDocument;
using storage::SurveyRow;
using storage::WriteTransaction;

// What the first manifest says that can be read, since all say the same; nothing before there is one.
absl::StatusOr<std::optional<std::string>> FindPool(storage::IdentityStore& store,
                                                    const std::vector<SurveyRow>& surveys) {
  std::optional<std::string> pool;
  bool damaged = false;
  CANDOR_RETURN_IF_ERROR(store.Read([&](ReadTransaction& transaction) -> absl::Status {
    for (size_t i = 0; i < surveys.size() && !pool.has_value(); ++i) {
      CANDOR_ASSIGN_OR_RETURN(
          const std::optional<std::string> bytes,
          transaction.FindSurveyDocument(surveys[i].district, surveys[i].id, SurveyDocument::kManifest));
      if (!bytes.has_value()) continue;
      absl::StatusOr<domain::Manifest> manifest = domain::DecodeManifest(*bytes);
      damaged = damaged || !manifest.ok();
      if (manifest.ok()) pool = std::move(manifest->pooling_public_key);
    }
    return absl::OkStatus();
  }));
  if (!pool.has_value() && damaged) return domain::errors::StoreCorrupt("a stored manifest cannot be read");
  return pool;
}

void LogNoFigures(const CampaignRow& campaign, absl::string_view why) {
  base::Log(base::LogLevel::kWarning,
            "a campaign closes without pooled figures: what its surveys contributed can be read by nobody any more",
            {{"campaign", CampaignName(campaign.district, campaign.id)}, {"detail", std::string(why)}});
}

// The secret half of `public_key`; empty, and logged, where it is lost.
absl::StatusOr<std::string> LoadSecretKey(KeyStore& keys, const CampaignRow& campaign, const std::string& public_key) {
  const absl::StatusOr<crypto::ClosingKeyPair> pair = keys.LoadPoolingKey(campaign.district, campaign.id);
  if (!pair.ok()) {
    if (base::GetErrorDetail(pair.status()).reason != domain::reasons::kKEY_LOST) return pair.status();
    LogNoFigures(campaign, "the file of its pooling key is gone or damaged");
    return std::string();
  }
  if (pair->public_key != public_key) {
    LogNoFigures(campaign, "the pooling key in the key folder is not the one that the manifests name");
    return std::string();
  }
  return std::string(pair->secret_key.view());
}

// Whether the order cannot be carried out with its key, however often it is given.
bool IsOfTheKey(const absl::Status& status) {
  return absl::IsDataLoss(status) || base::GetErrorDetail(status).reason == domain::reasons::kWRONG_CLOSING_KEY;
}

absl::StatusOr<std::string> OrderFigures(KeyStore& keys, domain::ResponsePlane& plane, const CampaignRow& campaign,
                                         const std::string& public_key) {
  domain::PoolOrder order;
  order.pooling_public_key = public_key;
  CANDOR_ASSIGN_OR_RETURN(order.pooling_secret_key, LoadSecretKey(keys, campaign, public_key));
  const bool has_key = !order.pooling_secret_key.empty();
  absl::StatusOr<std::string> figures = plane.PoolCampaign(order);
  explicit_bzero(order.pooling_secret_key.data(), order.pooling_secret_key.size());
  if (has_key && IsOfTheKey(figures.status())) {
    LogNoFigures(campaign, figures.status().message());
    order.pooling_secret_key.clear();
    figures = plane.PoolCampaign(order);
  }
  // None of its surveys came to be open: there is nothing to pool.
  if (absl::IsNotFound(figures.status())) return domain::EncodePooledFigures({});
  CANDOR_RETURN_IF_ERROR(figures.status());
  CANDOR_RETURN_IF_ERROR(domain::DecodePooledFigures(*figures).status());
  return figures;
}

}  // namespace

absl::StatusOr<std::string> EnsurePool(storage::IdentityStore& store, KeyStore& keys, const CampaignWork& work) {
  CANDOR_ASSIGN_OR_RETURN(std::optional<std::string> named, FindPool(store, work.surveys));
  if (named.has_value()) return *std::move(named);
  if (work.surveys.size() < static_cast<size_t>(domain::kFewestPooledLeaders)) return std::string();
  CANDOR_ASSIGN_OR_RETURN(crypto::ClosingKeyPair pair,
                          keys.EnsurePoolingKey(work.campaign.district, work.campaign.id));
  return std::move(pair.public_key);
}

absl::StatusOr<bool> PoolFigures(storage::IdentityStore& store, KeyStore& keys, domain::ResponsePlane& plane,
                                 const CampaignWork& work, bool overdue) {
  const CampaignRow& campaign = work.campaign;
  const absl::StatusOr<std::optional<std::string>> pool = FindPool(store, work.surveys);
  if (absl::IsDataLoss(pool.status())) {
    LogNoFigures(campaign, pool.status().message());
  } else {
    CANDOR_RETURN_IF_ERROR(pool.status());
  }
  const bool has_pool = pool.ok() && pool->has_value() && !(*pool)->empty();
  if (has_pool && !campaign.pooled_figures.has_value()) {
    absl::StatusOr<std::string> figures = OrderFigures(keys, plane, campaign, **pool);
    if (!figures.ok()) {
      if (IsPassing(figures.status()) && !overdue) return figures.status();
      LogNoFigures(campaign, figures.status().message());
      figures = domain::EncodePooledFigures({});
    }
    CANDOR_RETURN_IF_ERROR(store.Write([&](WriteTransaction& transaction) -> absl::Status {
      CANDOR_ASSIGN_OR_RETURN(CampaignRow row, GetCampaignRow(transaction, campaign.district, campaign.id));
      row.pooled_figures = *figures;
      return transaction.UpdateCampaign(row);
    }));
  }
  // Also a key that no manifest came to name.
  CANDOR_RETURN_IF_ERROR(keys.DestroyPoolingKey(campaign.district, campaign.id));
  return has_pool;
}

}  // namespace candor::identity
