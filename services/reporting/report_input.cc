#include "services/reporting/report_input.h"

#include <cstdint>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/statistics/constants.h"

namespace candor::reporting {
namespace {

absl::Status CheckAtom(const domain::Atom& atom, const domain::Instrument& instrument) {
  const int points = instrument.scale.points;
  const bool withheld = atom.kind == domain::AtomKind::kWithheld;
  if (withheld ? atom.n < 0 : atom.n < 1) return domain::errors::StoreCorrupt("an atom's number of ratings is off");
  if (atom.kind == domain::AtomKind::kExact && (atom.sum < atom.n || atom.sum > points * atom.n)) {
    return domain::errors::StoreCorrupt("an atom's sum is off the scale");
  }
  const bool bound = atom.kind == domain::AtomKind::kAtLeast || atom.kind == domain::AtomKind::kAtMost;
  if (bound && (atom.bound_numerator < atom.n || atom.bound_numerator > points * atom.n)) {
    return domain::errors::StoreCorrupt("an atom's limit is off the scale");
  }
  if (atom.counts.empty()) return absl::OkStatus();
  int64_t n = 0, sum = 0;
  for (size_t k = 0; k < atom.counts.size(); ++k) {
    if (atom.counts[k] < 0) return domain::errors::StoreCorrupt("an atom has a negative count");
    n += atom.counts[k];
    sum += static_cast<int64_t>(k + 1) * atom.counts[k];
  }
  if (atom.kind != domain::AtomKind::kExact || static_cast<int>(atom.counts.size()) != points || n != atom.n ||
      sum != atom.sum) {
    return domain::errors::StoreCorrupt("an atom's counts do not give its mean");
  }
  return absl::OkStatus();
}

absl::Status CheckPerson(const domain::Answers& answers, const domain::Instrument& instrument) {
  if (answers.ratings.size() != instrument.items.size()) {
    return domain::errors::StoreCorrupt("an identified rating belongs to another instrument");
  }
  for (uint8_t byte : answers.ratings) {
    if (byte != domain::kBlank && byte != domain::kNotObserved && byte > instrument.scale.points) {
      return domain::errors::StoreCorrupt("an identified rating is off the scale");
    }
  }
  return absl::OkStatus();
}

// The text in `language`, else the English one, else the one in the first of `languages` that there is, else `otherwise`.
std::string TextIn(absl::string_view language, const domain::LocalizedText& text,
                   const std::vector<std::string>& languages, absl::string_view otherwise) {
  std::vector<std::string> order = {std::string(language), "en"};
  order.insert(order.end(), languages.begin(), languages.end());
  for (const std::string& each : order) {
    const auto found = text.find(each);
    if (found != text.end() && !found->second.empty()) return found->second;
  }
  return std::string(otherwise);
}

// Whether a Spanish word begins with the sound of i, before which "y" becomes "e": not so before hie- and hia-.
bool BeginsWithI(absl::string_view word) {
  const std::string lower = absl::AsciiStrToLower(word.substr(0, 4));
  if (absl::StartsWith(lower, "hi")) return lower.size() < 3 || (lower[2] != 'e' && lower[2] != 'a');
  return absl::StartsWith(lower, "i") || absl::StartsWith(word, "\u00ed") || absl::StartsWith(word, "\u00cd");
}

absl::Status CheckResult(const domain::InstrumentVersion& version, const domain::ClosedResult& result) {
  const domain::Instrument& instrument = version.instrument;
  if (instrument.items.empty()) return domain::errors::InvalidField("version", "an instrument needs an item");
  if (instrument.scale.points < statistics::kMinPoints || instrument.scale.points > statistics::kMaxPoints) {
    return domain::errors::StoreCorrupt("the instrument's scale has an unknown number of points");
  }
  if (result.points != instrument.scale.points) {
    return domain::errors::StoreCorrupt("the closed result has another scale than the instrument");
  }
  for (const domain::Item& item : instrument.items) {
    if (domain::FindIndicator(version.framework, item.indicator).indicator == nullptr) {
      return domain::errors::StoreCorrupt("the instrument has an item that its framework does not know");
    }
  }
  const std::map<std::string, int> index = ItemIndex(instrument);
  if (index.size() != instrument.items.size()) {
    return domain::errors::StoreCorrupt("the instrument has two items on one indicator");
  }
  std::set<std::string> codes;
  for (const domain::Block& block : result.blocks) {
    if (!codes.insert(block.code).second) return domain::errors::StoreCorrupt("the closed result has a block twice");
    if (block.state != domain::BlockState::kPrinted && !block.atoms.empty()) {
      return domain::errors::StoreCorrupt("the closed result has figures in a withheld block");
    }
    std::set<std::string> indicators;
    for (const domain::Atom& atom : block.atoms) {
      if (!index.contains(atom.indicator) || !indicators.insert(atom.indicator).second) {
        return domain::errors::StoreCorrupt("the closed result has an atom that belongs to no item");
      }
      CANDOR_RETURN_IF_ERROR(CheckAtom(atom, instrument));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckReportInput(const ReportInput& input) {
  const domain::Instrument& instrument = input.version.instrument;
  CANDOR_RETURN_IF_ERROR(CheckResult(input.version, input.result));
  CANDOR_CHECK(input.before.has_value() == (input.comparison == domain::Comparison::kCompared));
  if (input.before.has_value()) {
    CANDOR_RETURN_IF_ERROR(CheckResult(input.before->version, input.before->result));
  }
  if (input.self.has_value()) {
    CANDOR_RETURN_IF_ERROR(CheckPerson(*input.self, instrument));
  }
  if (input.self.has_value() && input.contract.team_members > 0) {
    return domain::errors::StoreCorrupt("a team has a rating that is no member's");
  }
  if (input.team.size() > static_cast<size_t>(input.contract.team_members)) {
    return domain::errors::StoreCorrupt("a team has more ratings than members");
  }
  for (const std::vector<domain::Answers>* people : {&input.team, &input.supervisors}) {
    for (const domain::Answers& answers : *people) CANDOR_RETURN_IF_ERROR(CheckPerson(answers, instrument));
  }
  return absl::OkStatus();
}

std::map<std::string, int> ItemIndex(const domain::Instrument& instrument) {
  std::map<std::string, int> index;
  for (size_t i = 0; i < instrument.items.size(); ++i) index[instrument.items[i].indicator] = static_cast<int>(i);
  return index;
}

std::string JoinTitles(const std::vector<std::string>& titles, absl::string_view language) {
  if (titles.size() < 2) return absl::StrJoin(titles, "");
  const std::vector<std::string> first(titles.begin(), titles.end() - 1);
  const char* between = language != "es" ? " and " : BeginsWithI(titles.back()) ? " e " : " y ";
  return absl::StrCat(absl::StrJoin(first, ", "), between, titles.back());
}

std::string GroupTitle(const domain::Instrument& instrument, absl::string_view code, absl::string_view language) {
  if (code == domain::kOtherRaters) return language == "es" ? "Otros grupos" : "Other raters";
  const domain::IssuingName name = domain::ParseIssuingCode(code);
  if (!name.parts.empty()) {
    return absl::StrCat(GroupTitle(instrument, name.group, language), ", ", JoinTitles(name.parts, language));
  }
  for (const domain::RaterGroup& group : instrument.rater_groups) {
    if (group.code == code) return TextIn(language, group.title, instrument.languages, code);
  }
  return std::string(code);
}

std::string PartsTitle(const domain::Contract& contract, const domain::Instrument& instrument, absl::string_view group,
                       const std::vector<std::string>& parts, absl::string_view language) {
  const domain::Breakdown* breakdown = domain::FindBreakdown(contract.breakdowns, group);
  std::vector<std::string> titles;
  for (const std::string& code : parts) {
    const domain::Part* part = breakdown == nullptr ? nullptr : domain::FindPart(*breakdown, code);
    titles.push_back(part == nullptr ? code : TextIn(language, part->title, instrument.languages, code));
  }
  return JoinTitles(titles, language);
}

}  // namespace candor::reporting
