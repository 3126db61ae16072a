// How the parts of a scored file are written as JSON that its leaders and its district have in common.

#ifndef CANDOR_CLIENTS_CLI_SCORE_JSON_H_
#define CANDOR_CLIENTS_CLI_SCORE_JSON_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "clients/cli/json_writer.h"
#include "services/statistics/constants.h"
#include "services/statistics/item_statistics.h"

namespace candor::cli {

// NAME_lo and NAME_hi, both null where there are none.
void WriteLimits(JsonWriter& out, absl::string_view name, const std::optional<statistics::Interval>& limits);

// An undefined category is null, as every undefined figure.
void WriteName(JsonWriter& out, absl::string_view key, absl::string_view name);

void WriteStrings(JsonWriter& out, absl::string_view key, const std::vector<std::string>& values);

// n, n_not_observed, n_blank, counts (of 1..points), s1, s2.
void WriteItemCounts(JsonWriter& out, const statistics::ItemStatistics& item, int points);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_SCORE_JSON_H_
