#include "services/collection/contribution.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/domain/answer.h"
#include "services/domain/errors.h"

namespace candor::collection {

using statistics::Tally;

namespace {

static_assert(domain::kBlank == statistics::kBlank && domain::kNotObserved == statistics::kNotObserved,
              "a form's marks are a tally's codes");

constexpr absl::string_view kTag = "candor-contribution-v1";
constexpr size_t kSealedKeyBytes = crypto::kDataKeyBytes + crypto::kSealOverheadBytes;

absl::Status Corrupt() { return domain::errors::StoreCorrupt("a contribution to the pooled figures cannot be opened"); }

using Scale = ContributionFormat::Scale;
using ScaleKind = ContributionFormat::ScaleKind;

// The scales over a group's items: all, then those of each domain, competency and theme with at least one of them, in the
// framework's order. Each holds positions in the group's items.
void FillScales(const domain::InstrumentVersion& version, statistics::FormLayout& layout, ContributionFormat::Group& group) {
  std::map<std::string, int> position;
  for (size_t i = 0; i < group.items.size(); ++i) {
    position[version.instrument.items[static_cast<size_t>(group.items[i])].indicator] = static_cast<int>(i);
  }
  using Scales = std::vector<std::pair<Scale, std::vector<int>>>;
  Scales all = {{Scale{ScaleKind::kAll, ""}, {}}}, domains, competencies, themes;
  std::map<std::string, std::vector<int>> of_theme;
  for (const domain::Domain& domain : version.framework.domains) {
    std::vector<int>& in_domain = domains.emplace_back(Scale{ScaleKind::kDomain, domain.code}, std::vector<int>()).second;
    for (const domain::Competency& competency : domain.competencies) {
      std::vector<int>& in_competency =
          competencies.emplace_back(Scale{ScaleKind::kCompetency, competency.code}, std::vector<int>()).second;
      for (const domain::Indicator& indicator : competency.indicators) {
        const auto found = position.find(indicator.code);
        if (found == position.end()) continue;
        all[0].second.push_back(found->second);
        in_domain.push_back(found->second);
        in_competency.push_back(found->second);
        for (const std::string& theme : indicator.themes) of_theme[theme].push_back(found->second);
      }
    }
  }
  for (const domain::Theme& theme : version.framework.themes) {
    themes.emplace_back(Scale{ScaleKind::kTheme, theme.code}, std::move(of_theme[theme.code]));
  }
  for (Scales* kind : {&all, &domains, &competencies, &themes}) {
    for (auto& [scale, items] : *kind) {
      if (items.empty() && scale.kind != ScaleKind::kAll) continue;
      group.scales.push_back(std::move(scale));
      layout.scales.push_back(std::move(items));
    }
  }
}

// Bytes of a number that one form adds at most `most` to.
uint8_t WidthOf(int64_t most) {
  return most * kMostContributedForms <= std::numeric_limits<uint32_t>::max() ? 4 : 8;
}

void AppendNumber(int64_t number, int width, std::string& out) {
  CANDOR_CHECK(number >= 0 && (width == 8 || number <= std::numeric_limits<uint32_t>::max()));
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift & 0xff));
}

// Takes a number from the front of `bytes`. One that is too large for us becomes negative, which no tally has.
int64_t TakeNumber(int width, absl::string_view& bytes) {
  uint64_t number = 0;
  for (int i = 0; i < width; ++i) number = number << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
  bytes.remove_prefix(static_cast<size_t>(width));
  return static_cast<int64_t>(number);
}

std::string EncodeRecord(const ContributionFormat& format, const ContributedBlocks& blocks) {
  CANDOR_CHECK(blocks.size() == format.groups().size());
  std::string record;
  record.reserve(format.record_size());
  for (const std::optional<Tally>& block : blocks) record.push_back(block.has_value() ? '\1' : '\0');
  for (size_t i = 0; i < blocks.size(); ++i) {
    const std::vector<uint8_t>& widths = format.widths(i);
    for (size_t k = 0; k < widths.size(); ++k) {
      AppendNumber(blocks[i].has_value() ? blocks[i]->Numbers()[k] : 0, widths[k], record);
    }
  }
  CANDOR_CHECK(record.size() == format.record_size());
  return record;
}

absl::StatusOr<ContributedBlocks> DecodeRecord(const ContributionFormat& format, absl::string_view record) {
  if (record.size() != format.record_size()) return Corrupt();
  const absl::string_view header = record.substr(0, format.groups().size());
  record.remove_prefix(header.size());
  ContributedBlocks blocks(format.groups().size());
  for (size_t i = 0; i < blocks.size(); ++i) {
    std::vector<int64_t> numbers;
    numbers.reserve(format.widths(i).size());
    for (const uint8_t width : format.widths(i)) numbers.push_back(TakeNumber(width, record));
    if (header[i] == '\0') {
      if (std::any_of(numbers.begin(), numbers.end(), [](int64_t number) { return number != 0; })) return Corrupt();
      continue;
    }
    auto tally = Tally::FromNumbers(format.groups()[i].layout, kContributedParts, numbers);
    if (header[i] != '\1' || !tally.ok() || !IsLargeEnough(*tally)) return Corrupt();
    blocks[i] = *std::move(tally);
  }
  return blocks;
}

}  // namespace

ContributionFormat::ContributionFormat(const domain::InstrumentVersion& version)
    : points_(version.instrument.scale.points) {
  for (const domain::Item& item : version.instrument.items) reverse_.push_back(item.reverse);
  record_size_ = version.instrument.rater_groups.size();
  for (const domain::RaterGroup& rater_group : version.instrument.rater_groups) {
    Group group{rater_group.code, domain::ItemsOfAudience(version.instrument, rater_group.code), nullptr, {}};
    auto layout = std::make_shared<statistics::FormLayout>();
    layout->points = points_;
    layout->items = static_cast<int>(group.items.size());
    FillScales(version, *layout, group);
    group.layout = std::move(layout);
    std::vector<uint8_t>& widths = widths_.emplace_back();
    for (const int64_t most : Tally::MostOfOneForm(*group.layout, kContributedParts)) {
      widths.push_back(WidthOf(most));
      record_size_ += widths.back();
    }
    groups_.push_back(std::move(group));
  }
}

size_t ContributionFormat::sealed_size() const {
  return kSealedKeyBytes + record_size_ + crypto::kRecordOverheadBytes;
}

bool IsLargeEnough(const Tally& tally) {
  if (tally.raters() < kFewestContributedRaters) return false;
  for (int j = 0; j < tally.layout().items; ++j) {
    for (int l = j + 1; l < tally.layout().items; ++l) {
      if (tally.pair_count(j, l) < kFewestContributedPairs) return false;
    }
  }
  return true;
}

ContributionCounter::ContributionCounter(const ContributionFormat& format,
                                         const std::vector<domain::IssuingGroup>& groups)
    : format_(format) {
  for (const domain::IssuingGroup& group : groups) {
    Counted& counted = counted_.emplace_back();
    counted.code = group.code;
    if (group.code == domain::kOtherRaters) continue;
    for (size_t i = 0; i < format.groups().size(); ++i) {
      if (group.members != std::vector<std::string>{format.groups()[i].code}) continue;
      counted.group = static_cast<int>(i);
      counted.tally.emplace(format.groups()[i].layout, kContributedParts);
    }
  }
}

void ContributionCounter::Count(int issuing_group, const std::vector<uint8_t>& marks) {
  Counted& counted = counted_[static_cast<size_t>(issuing_group)];
  if (!counted.tally.has_value()) return;
  for (const int item : format_.groups()[static_cast<size_t>(counted.group)].items) {
    const uint8_t mark = marks[static_cast<size_t>(item)];
    const bool turned =
        format_.reverse()[static_cast<size_t>(item)] && mark != domain::kBlank && mark != domain::kNotObserved;
    form_.push_back(turned ? static_cast<uint8_t>(format_.points() + 1 - mark) : mark);
  }
  counted.tally->Add(form_);
  base::Wipe(form_);
}

ContributedBlocks ContributionCounter::Take(const domain::ClosedResult& result) {
  std::vector<Counted> counted;
  counted.swap(counted_);
  ContributedBlocks blocks(format_.groups().size());
  for (const domain::Block& block : result.blocks) {
    if (block.state != domain::BlockState::kPrinted || block.code == domain::kOtherRaters) continue;
    for (Counted& group : counted) {
      if (!group.tally.has_value() || !domain::IsOfBlock(result, block, group.code)) continue;
      std::optional<Tally>& all = blocks[static_cast<size_t>(group.group)];
      if (all.has_value()) {
        CANDOR_CHECK(all->Merge(*group.tally).ok());  // of one layout
      } else {
        all = std::move(group.tally);
      }
    }
  }
  for (std::optional<Tally>& block : blocks) {
    if (block.has_value() && (block->forms() > kMostContributedForms || !IsLargeEnough(*block))) block.reset();
  }
  return blocks;
}

absl::StatusOr<std::string> SealContribution(absl::string_view pooling_public_key, absl::string_view survey_id,
                                             const ContributionFormat& format, const ContributedBlocks& blocks) {
  const crypto::SecretBytes key = crypto::NewDataKey();
  CANDOR_ASSIGN_OR_RETURN(const std::string sealed_key, crypto::SealToKey(pooling_public_key, key.view()));
  return sealed_key +
         crypto::SealRecord(key, EncodeRecord(format, blocks), absl::StrCat(kTag, survey_id));
}

absl::StatusOr<ContributedBlocks> OpenContribution(const crypto::ClosingKeyPair& pooling_key,
                                                   absl::string_view survey_id, const ContributionFormat& format,
                                                   absl::string_view sealed) {
  if (sealed.size() != format.sealed_size()) return Corrupt();
  const auto key =
      crypto::OpenSealed(pooling_key.public_key, pooling_key.secret_key, sealed.substr(0, kSealedKeyBytes));
  if (!key.ok() || key->size() != crypto::kDataKeyBytes) return Corrupt();
  const std::optional<std::string> record =
      crypto::OpenRecord(*key, sealed.substr(kSealedKeyBytes), absl::StrCat(kTag, survey_id));
  if (!record.has_value()) return Corrupt();
  return DecodeRecord(format, *record);
}

}  // namespace candor::collection
