#include "services/domain/closed_result.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

using base::Json;

constexpr char kFormat[] = "candor.closed_result.v1";
constexpr int64_t kMost = int64_t{1} << 40;  // of any count; sums stay far from overflow

const char* NameOf(AtomKind kind) {
  switch (kind) {
    case AtomKind::kWithheld:
      return "withheld";
    case AtomKind::kExact:
      return "exact";
    case AtomKind::kAtLeast:
      return "at_least";
    case AtomKind::kAtMost:
      return "at_most";
  }
  return "";
}

const char* NameOf(HalfStatement half) {
  switch (half) {
    case HalfStatement::kNone:
      return "";
    case HalfStatement::kAtMostTwoLow:
      return "few_low";
    case HalfStatement::kAtMostTwoHigh:
      return "few_high";
  }
  return "";
}

const char* NameOf(BlockState state) {
  switch (state) {
    case BlockState::kPrinted:
      return "printed";
    case BlockState::kTooFew:
      return "too_few";
    case BlockState::kTooManyReissued:
      return "too_many_reissued";
    case BlockState::kMoreAnswersThanCodes:
      return "more_answers_than_codes";
    case BlockState::kPooled:
      return "pooled";
  }
  return "";
}

// The value of `values` whose name stands under `key`; the first of them where there is a fault.
template <typename Enum>
Enum ReadName(JsonObject& object, absl::string_view key, std::initializer_list<Enum> values,
              JsonFault* fault) {
  const std::string name = object.Text(key);
  for (const Enum value : values) {
    if (name == NameOf(value)) return value;
  }
  fault->Set(object.PathOf(key), "is no value of this member");
  return *values.begin();
}

Json AtomToJson(const Atom& atom) {
  Json json = {{"indicator", atom.indicator}, {"kind", NameOf(atom.kind)}};
  if (atom.n != 0) json["n"] = atom.n;
  if (atom.kind == AtomKind::kExact) json["sum"] = atom.sum;
  if (atom.kind == AtomKind::kAtLeast || atom.kind == AtomKind::kAtMost) {
    json["bound_numerator"] = atom.bound_numerator;
  }
  if (!atom.counts.empty()) json["counts"] = atom.counts;
  if (atom.half != HalfStatement::kNone) json["half"] = NameOf(atom.half);
  if (atom.not_observed.has_value()) json["not_observed"] = *atom.not_observed;
  return json;
}

void CheckAtom(const Atom& atom, int points, const std::string& path, JsonFault* fault) {
  const bool withheld = atom.kind == AtomKind::kWithheld;
  const int64_t low = atom.n, high = points * atom.n;
  if (!withheld && atom.n == 0) fault->Set(path, "has a figure of no ratings");
  if (withheld && (!atom.counts.empty() || atom.half != HalfStatement::kNone ||
                   atom.not_observed.has_value())) {
    fault->Set(path, "has figures though it is withheld");
  }
  if (atom.kind == AtomKind::kExact && (atom.sum < low || atom.sum > high)) {
    fault->Set(path, "has a sum that no such ratings have");
  }
  if ((atom.kind == AtomKind::kAtLeast || atom.kind == AtomKind::kAtMost) &&
      (atom.bound_numerator <= low || atom.bound_numerator >= high)) {
    fault->Set(path, "has a bound off the scale");
  }
  if (atom.half != HalfStatement::kNone && !atom.counts.empty()) {
    fault->Set(path, "has a half beside the distribution");
  }
  if (atom.counts.empty()) return;
  int64_t n = 0, sum = 0;
  for (size_t i = 0; i < atom.counts.size(); ++i) {
    n += atom.counts[i];
    sum += static_cast<int64_t>(i + 1) * atom.counts[i];
  }
  if (atom.counts.size() != static_cast<size_t>(points) || atom.kind != AtomKind::kExact ||
      n != atom.n || sum != atom.sum) {
    fault->Set(path, "has counts that do not give its other figures");
  }
}

Atom ReadAtom(const Json& value, const std::string& path, int points, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Atom atom;
  atom.indicator = object.Text("indicator");
  if (!IsCode(atom.indicator))
    fault->Set(object.PathOf("indicator"), "must be an indicator's code");
  atom.kind = ReadName(
      object, "kind",
      {AtomKind::kWithheld, AtomKind::kExact, AtomKind::kAtLeast, AtomKind::kAtMost}, fault);
  atom.n = object.OptionalWhole("n", 1, kMost, 0);
  if (atom.kind == AtomKind::kExact) atom.sum = object.Whole("sum", 0, points * kMost);
  if (atom.kind == AtomKind::kAtLeast || atom.kind == AtomKind::kAtMost) {
    atom.bound_numerator = object.Whole("bound_numerator", 0, points * kMost);
  }
  object.OptionalList("counts", [&](const Json& element, const std::string& at) {
    atom.counts.push_back(JsonWhole(element, at, 0, kMost, fault));
  });
  if (object.Has("half")) {
    atom.half = ReadName(object, "half",
                         {HalfStatement::kAtMostTwoLow, HalfStatement::kAtMostTwoHigh}, fault);
  }
  if (object.Has("not_observed")) atom.not_observed = object.Whole("not_observed", 0, kMost);
  object.Finish();
  CheckAtom(atom, points, path, fault);
  return atom;
}

Block ReadBlock(const Json& value, const std::string& path, int points, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Block block;
  block.code = object.Text("code");
  block.members = object.Texts("members");
  block.state = ReadName(object, "state",
                         {BlockState::kPrinted, BlockState::kTooFew, BlockState::kTooManyReissued,
                          BlockState::kMoreAnswersThanCodes, BlockState::kPooled},
                         fault);
  block.parts = object.Texts("parts");
  const IssuingName name = ParseIssuingCode(block.code);
  if (name.group.empty() || name.parts != block.parts) fault->Set(object.PathOf("code"), "must be a group's code");
  if (!block.parts.empty() && block.members != std::vector<std::string>{name.group})
    fault->Set(object.PathOf("members"), "must be the group that the parts are of");
  for (const std::string& member : block.members) {
    if (!IsGroupCode(member)) fault->Set(object.PathOf("members"), "must be codes of groups");
  }
  std::set<std::string> indicators;
  object.List("atoms", [&](const Json& element, const std::string& at) {
    if (block.state != BlockState::kPrinted)
      fault->Set(at, "stands in a block that is not printed");
    block.atoms.push_back(ReadAtom(element, at, points, fault));
    if (!indicators.insert(block.atoms.back().indicator).second)
      fault->Set(at, "has the indicator of an atom before");
  });
  object.Finish();
  return block;
}

GroupCounts ReadCounts(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  GroupCounts counts;
  counts.code = object.Text("code");
  if (ParseIssuingCode(counts.code).group.empty()) fault->Set(object.PathOf("code"), "must be a group's code");
  counts.invited = object.Whole("invited", 0, kMost);
  counts.issued = object.Whole("issued", 0, kMost);
  counts.reissued = object.Whole("reissued", 0, kMost);
  counts.counted = object.Whole("counted", 0, kMost);
  counts.replaced = object.Whole("replaced", 0, kMost);
  object.Finish();
  return counts;
}

}  // namespace

bool IsOfBlock(const ClosedResult& result, const Block& block, absl::string_view issuing_code) {
  if (issuing_code == block.code) return true;
  const IssuingName name = ParseIssuingCode(issuing_code);
  if (name.parts.empty() || block.members != std::vector<std::string>{name.group}) return false;
  const auto holds = [&](const Block& other) {
    return other.members == block.members && std::includes(other.parts.begin(), other.parts.end(),
                                                           name.parts.begin(), name.parts.end());
  };
  if (!block.parts.empty()) return holds(block);
  return block.code == name.group && std::none_of(result.blocks.begin(), result.blocks.end(), holds);
}

std::string EncodeClosedResult(const ClosedResult& result) {
  Json blocks = Json::array();
  for (const Block& block : result.blocks) {
    Json atoms = Json::array();
    for (const Atom& atom : block.atoms) atoms.push_back(AtomToJson(atom));
    blocks.push_back({{"code", block.code},
                      {"members", Json(block.members)},
                      {"parts", Json(block.parts)},
                      {"state", NameOf(block.state)},
                      {"atoms", std::move(atoms)}});
  }
  Json counts = Json::array();
  for (const GroupCounts& group : result.counts) {
    counts.push_back({{"code", group.code},
                      {"invited", group.invited},
                      {"issued", group.issued},
                      {"reissued", group.reissued},
                      {"counted", group.counted},
                      {"replaced", group.replaced}});
  }
  return base::CanonicalJson({{"format", kFormat},
                              {"survey", result.survey.value()},
                              {"points", result.points},
                              {"blocks", std::move(blocks)},
                              {"counts", std::move(counts)}});
}

absl::StatusOr<ClosedResult> DecodeClosedResult(absl::string_view bytes) {
  const auto damaged = [](absl::string_view detail) {
    return errors::StoreCorrupt(absl::StrCat("a closed result cannot be read: ", detail));
  };
  const auto document = base::ParseJson(bytes);
  if (!document.ok()) return damaged("no JSON");
  JsonFault fault(absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  JsonObject object(*document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", "is another document's");
  ClosedResult result;
  result.survey = SurveyId(object.Text("survey"));
  if (SurveyIdBytes(result.survey).empty()) fault.Set("survey", "must be a survey's id");
  result.points = static_cast<int>(object.Whole("points", 2, 10));
  std::set<std::string> block_codes, group_codes;
  object.List("blocks", [&](const Json& element, const std::string& path) {
    result.blocks.push_back(ReadBlock(element, path, result.points, &fault));
    if (!block_codes.insert(result.blocks.back().code).second)
      fault.Set(path, "has the code of a block before");
  });
  object.List("counts", [&](const Json& element, const std::string& path) {
    result.counts.push_back(ReadCounts(element, path, &fault));
    if (!group_codes.insert(result.counts.back().code).second)
      fault.Set(path, "has the code of a group before");
  });
  object.Finish();
  if (fault.ok() && EncodeClosedResult(result) != bytes) fault.Set("", "not in canonical form");
  if (!fault.ok()) return damaged(fault.status().message());
  return result;
}

}  // namespace candor::domain
