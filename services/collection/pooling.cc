#include "services/collection/pooling.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/ids.h"

namespace candor::collection {
namespace errors = candor::domain::errors;
namespace reasons = candor::domain::reasons;
using storage::SurveyState;
namespace {

// What two figures may differ by and still count as equal, so that no error of the last bit turns a half down.
constexpr double kEqual = 1e-9;

// Half away from zero; `share` is 0 or more.
int InHundredths(double share) { return static_cast<int>(std::floor(100 * share + 0.5 + kEqual)); }

absl::Status Mismatch(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, reasons::kORDER_MISMATCH,
                     absl::StrCat("the survey cannot join its campaign's pool: ", what));
}

absl::Status CheckAllOver(const storage::StoredPool& pool) {
  for (const storage::StoredPool::Member& member : pool.surveys) {
    if (member.state == SurveyState::kClosed || member.state == SurveyState::kAbandoned) continue;
    return errors::WrongState("a survey of the campaign is neither closed nor abandoned; pool it when all of them are");
  }
  return absl::OkStatus();
}

absl::StatusOr<domain::PooledFigures> AddUp(const storage::StoredPool& pool, const crypto::ClosingKeyPair& pooling_key,
                                            storage::ResponseStore& store) {
  std::string instrument_version;
  std::unique_ptr<const ContributionFormat> format;
  std::optional<Pooling> pooling;
  for (const storage::StoredPool::Member& member : pool.surveys) {
    if (member.state != SurveyState::kClosed) continue;
    CANDOR_ASSIGN_OR_RETURN(storage::StoredSurvey survey, store.GetSurvey(member.survey));
    if (format == nullptr) {
      instrument_version = std::move(survey.instrument_version);
      CANDOR_ASSIGN_OR_RETURN(const domain::InstrumentVersion version,
                              domain::DecodeInstrumentVersion(instrument_version));
      format = std::make_unique<const ContributionFormat>(version);
      pooling.emplace(*format);
    } else if (survey.instrument_version != instrument_version) {
      return errors::StoreCorrupt("the surveys of a pool have different instruments");
    }
    CANDOR_ASSIGN_OR_RETURN(const std::string sealed, store.GetContribution(member.survey));
    CANDOR_ASSIGN_OR_RETURN(const ContributedBlocks blocks,
                            OpenContribution(pooling_key, domain::SurveyIdBytes(member.survey), *format, sealed));
    pooling->AddLeader(blocks);
  }
  return pooling.has_value() ? pooling->Figures() : domain::PooledFigures();
}

}  // namespace

Pooling::Pooling(const ContributionFormat& format)
    : format_(format), correlation_(static_cast<int>(format.reverse().size())) {
  for (const ContributionFormat::Group& group : format.groups()) groups_.emplace_back(group, format.points());
}

void Pooling::AddLeader(const ContributedBlocks& blocks) {
  CANDOR_CHECK(blocks.size() == format_.groups().size());
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (!blocks[i].has_value()) continue;
    correlation_.Add(*blocks[i], format_.groups()[i].items);
    groups_[i].Add(*blocks[i]);
    blocks_.push_back({leaders_, i, blocks[i]->raters()});
  }
  ++leaders_;
}

bool Pooling::EntersCorrelation(const ContributionFormat::Group& group) const {
  for (size_t j = 0; j < group.items.size(); ++j) {
    for (size_t l = j + 1; l < group.items.size(); ++l) {
      if (correlation_.Uses(group.items[j], group.items[l])) return true;
    }
  }
  return false;
}

std::optional<int> Pooling::ItemCorrelation() const {
  std::vector<bool> enters;
  for (const ContributionFormat::Group& group : format_.groups()) enters.push_back(EntersCorrelation(group));
  std::set<size_t> leaders;
  int64_t raters = 0;
  for (const Added& block : blocks_) {
    if (!enters[block.group]) continue;
    leaders.insert(block.leader);
    raters += block.raters;
  }
  if (leaders.size() < domain::kFewestPooledLeaders || raters < domain::kFewestPooledRaters) return std::nullopt;
  const std::optional<double> mean = correlation_.Mean();
  if (!mean.has_value()) return std::nullopt;
  return std::min(InHundredths(*mean), domain::kHighestPooledReliability);
}

domain::PooledFigures Pooling::Figures() const {
  domain::PooledFigures figures{ItemCorrelation()};
  for (const GroupPool& group : groups_) group.AppendTo(figures);
  return figures;
}

absl::StatusOr<std::string> PoolCampaign(const domain::PoolOrder& order, storage::ResponseStore& store) {
  CANDOR_ASSIGN_OR_RETURN(const storage::StoredPool pool, store.GetPool(order.pooling_public_key));
  if (pool.figures.has_value()) return *pool.figures;
  CANDOR_RETURN_IF_ERROR(CheckAllOver(pool));
  domain::PooledFigures figures;
  if (!order.pooling_secret_key.empty()) {
    const auto key = crypto::ClosingKeyPair::FromSecretKey(order.pooling_secret_key);
    if (!key.ok() || key->public_key != order.pooling_public_key) {
      return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kWRONG_CLOSING_KEY,
                         "this is not the secret half of the pooling key; nothing was opened");
    }
    CANDOR_ASSIGN_OR_RETURN(figures, AddUp(pool, *key, store));
  }
  const std::string document = domain::EncodePooledFigures(figures);
  CANDOR_RETURN_IF_ERROR(store.FinishPool(order.pooling_public_key, document));
  return document;
}

absl::Status CheckPoolToJoin(const domain::Manifest& manifest, absl::string_view instrument_version,
                             storage::ResponseStore& store) {
  if (manifest.pooling_public_key.empty()) return absl::OkStatus();
  const absl::StatusOr<storage::StoredPool> pool = store.GetPool(manifest.pooling_public_key);
  if (absl::IsNotFound(pool.status())) return absl::OkStatus();
  CANDOR_RETURN_IF_ERROR(pool.status());
  if (pool->figures.has_value()) return Mismatch("it has its figures already, so nothing can be added to them");
  CANDOR_ASSIGN_OR_RETURN(const storage::StoredSurvey other, store.GetSurvey(pool->surveys.front().survey));
  if (other.instrument_version != instrument_version) {
    return Mismatch("its surveys have another instrument version; one campaign has one");
  }
  return absl::OkStatus();
}

}  // namespace candor::collection
