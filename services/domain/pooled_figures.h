// Figures pooled over all leaders of one campaign: the only ones that come from more than printed atoms.
//
// They say how the instrument works, never how anyone was rated: no count, mean, standard deviation or pair sum of an item
// is among them, since printed atoms subtracted from one would leave a cell that was held back (scoring: "What closing
// keeps").

#ifndef CANDOR_SERVICES_DOMAIN_POOLED_FIGURES_H_
#define CANDOR_SERVICES_DOMAIN_POOLED_FIGURES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::domain {

inline constexpr int kFewestPooledRaters = 100;  // behind any pooled figure, beside kFewestPooledLeaders

struct PooledFigures {
  // Mean correlation between two items rated by one person, in hundredths, 0..100; unset where too few leaders or raters
  // stand behind it, or where it is undefined.
  std::optional<int> item_correlation;
};

// Canonical JSON.
std::string EncodePooledFigures(const PooledFigures& figures);
// DATA_LOSS, STORE_CORRUPT: not such a document, byte for byte as EncodePooledFigures writes it.
absl::StatusOr<PooledFigures> DecodePooledFigures(absl::string_view bytes);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_POOLED_FIGURES_H_
