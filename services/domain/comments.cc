#include "services/domain/comments.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/instrument.h"
#include "services/domain/json_reader.h"

namespace candor::domain {
namespace {

using base::Json;

constexpr char kFormat[] = "candor.released_comments.v1";
constexpr absl::string_view kReasons[] = {"",       "names_somebody", "identifies_writer",    "unique_event",
                                          "insult", "not_about_work", "dealt_with_elsewhere", "other"};

bool MayReleaseWords(const CommentRules& rules, const std::string& code) {
  return std::find(rules.summary_only.begin(), rules.summary_only.end(), code) == rules.summary_only.end();
}

Json ToJson(const ReleasedPrompt& prompt) {
  Json comments = Json::array(), rejected = Json::array();
  for (const ReleasedComment& comment : prompt.comments) {
    comments.push_back({{"id", comment.id}, {"text", comment.text}, {"redacted", comment.redacted}});
  }
  for (const ReleasedPrompt::Rejected& each : prompt.rejected) {
    rejected.push_back({{"reason", std::string(NameOf(each.reason))}, {"count", each.count}});
  }
  return {{"prompt", prompt.prompt},
          {"comments", std::move(comments)},
          {"summary_only", prompt.summary_only},
          {"rejected", std::move(rejected)}};
}

ReleasedPrompt ReadPrompt(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  ReleasedPrompt prompt;
  prompt.prompt = object.Text("prompt");
  object.List("comments", [&](const Json& element, const std::string& at) {
    JsonObject comment(element, at, fault);
    ReleasedComment read;
    read.id = comment.Text("id");
    read.text = comment.Text("text");
    read.redacted = comment.OptionalBool("redacted", false);
    comment.Finish();
    prompt.comments.push_back(std::move(read));
  });
  prompt.summary_only = object.Whole("summary_only", 0, kMostInvited);
  object.List("rejected", [&](const Json& element, const std::string& at) {
    JsonObject rejected(element, at, fault);
    const std::string name = rejected.Text("reason");
    const auto* found = std::find(std::begin(kReasons), std::end(kReasons), name);
    if (name.empty() || found == std::end(kReasons)) fault->Set(rejected.PathOf("reason"), "is unknown");
    prompt.rejected.push_back({static_cast<ModerationReason>(found == std::end(kReasons) ? 0 : found - kReasons),
                               rejected.Whole("count", 1, kMostInvited)});
    rejected.Finish();
  });
  object.Finish();
  return prompt;
}

void HideTellingPrompts(const std::vector<CommentedGroup>& groups, std::vector<std::vector<PlacedComments>>& placed) {
  // Also groups that wrote nothing: nobody but this plane knows that they did not. But everybody knows from the ledger of which
  // group nobody answered, and that is no company.
  const auto is_nameless = [&](size_t group, size_t prompt) {
    return groups[group].counted > 0 && groups[group].asked[prompt] && !placed[group][prompt].dropped &&
           placed[group][prompt].place.block.empty();
  };
  std::set<size_t> nameless;
  bool telling = false;
  for (size_t prompt = 0; !placed.empty() && prompt < placed[0].size(); ++prompt) {
    int at_prompt = 0;
    for (size_t i = 0; i < groups.size(); ++i) {
      if (!is_nameless(i, prompt)) continue;
      nameless.insert(i);
      ++at_prompt;
    }
    telling = telling || at_prompt == 1;
  }
  if (!telling || nameless.size() < 2) return;
  for (std::vector<PlacedComments>& of_group : placed) {
    for (PlacedComments& each : of_group) {
      if (each.place.block.empty()) each.place.prompt = kNoPrompt;
    }
  }
}

}  // namespace

std::vector<std::vector<PlacedComments>> PlaceComments(const CommentRules& rules,
                                                       const std::vector<CommentedGroup>& groups) {
  std::vector<std::vector<PlacedComments>> placed(groups.size());
  const size_t prompts = groups.empty() ? 0 : groups[0].comments.size();
  for (size_t i = 0; i < groups.size(); ++i) {
    placed[i].resize(prompts);
    for (PlacedComments& each : placed[i]) each.dropped = groups[i].withheld;
  }
  for (size_t prompt = 0; prompt < prompts; ++prompt) {
    int64_t pool_raters = 0, pool_comments = 0;
    std::vector<size_t> pool;
    for (size_t i = 0; i < groups.size(); ++i) {
      const CommentedGroup& group = groups[i];
      CommentPlace& place = placed[i][prompt].place;
      place.prompt = static_cast<int>(prompt);
      if (group.withheld || !group.asked[prompt]) continue;
      const bool words = MayReleaseWords(rules, group.code);
      const bool is_block = group.code != kOtherRaters && group.raters >= rules.minimum_raters &&
                            group.comments[prompt] >= rules.minimum_comments;
      if (is_block) {
        place.block = group.code;
        place.texts = words;
      } else if (words) {
        pool.push_back(i);
        pool_raters += group.raters;
        pool_comments += group.comments[prompt];
      }
    }
    if (pool_raters < rules.minimum_raters || pool_comments < rules.minimum_comments) continue;
    for (const size_t i : pool) {
      placed[i][prompt].place.block = kOtherRaters;
      placed[i][prompt].place.texts = true;
    }
  }
  HideTellingPrompts(groups, placed);
  return placed;
}

absl::string_view NameOf(ModerationReason reason) { return kReasons[static_cast<size_t>(reason)]; }

size_t LongestReleasedText(int prompt_max_bytes) { return 2 * static_cast<size_t>(prompt_max_bytes) + sizeof(kCut); }

bool IsRedactionOf(absl::string_view redacted, absl::string_view original) {
  const std::vector<absl::string_view> kept = absl::StrSplit(redacted, kCut);
  if (kept.size() < 2) return false;
  if (!absl::StartsWith(original, kept.front())) return false;
  absl::string_view rest = original.substr(kept.front().size());
  // The parts between stand in the original one after the other, each as early as can be, so that the last has room.
  for (size_t i = 1; i + 1 < kept.size(); ++i) {
    const size_t at = rest.find(kept[i]);
    if (at == absl::string_view::npos) return false;
    rest.remove_prefix(at + kept[i].size());
  }
  return absl::EndsWith(rest, kept.back());
}

std::string EncodeReleasedComments(const ReleasedComments& comments) {
  Json blocks = Json::array(), withheld = Json::array();
  for (const ReleasedBlock& block : comments.blocks) {
    Json prompts = Json::array();
    for (const ReleasedPrompt& prompt : block.prompts) prompts.push_back(ToJson(prompt));
    blocks.push_back({{"code", block.code}, {"summary", block.summary}, {"prompts", std::move(prompts)}});
  }
  for (const ReleasedComments::Withheld& each : comments.withheld) {
    withheld.push_back({{"code", each.code}, {"reason", each.reason}});
  }
  Json document = {{"format", kFormat},
                                  {"survey", comments.survey.value()},
                                  {"blocks", std::move(blocks)},
                                  {"withheld", std::move(withheld)},
                                  {"discarded", comments.discarded}};
  if (comments.expired) document["expired"] = true;
  return base::CanonicalJson(document);
}

absl::StatusOr<ReleasedComments> DecodeReleasedComments(absl::string_view bytes) {
  const absl::StatusOr<Json> document = base::ParseJson(bytes);
  if (!document.ok()) return errors::StoreCorrupt("released comments are not JSON");
  JsonFault fault(absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  JsonObject object(*document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", "is another");
  ReleasedComments comments;
  comments.survey = SurveyId(object.Text("survey"));
  object.List("blocks", [&](const Json& element, const std::string& path) {
    JsonObject read(element, path, &fault);
    ReleasedBlock block;
    block.code = read.Text("code");
    block.summary = read.Text("summary");
    read.List("prompts", [&](const Json& prompt, const std::string& at) {
      block.prompts.push_back(ReadPrompt(prompt, at, &fault));
    });
    read.Finish();
    comments.blocks.push_back(std::move(block));
  });
  object.List("withheld", [&](const Json& element, const std::string& path) {
    JsonObject read(element, path, &fault);
    ReleasedComments::Withheld withheld;
    withheld.code = read.Text("code");
    withheld.reason = read.Text("reason");
    read.Finish();
    comments.withheld.push_back(std::move(withheld));
  });
  comments.discarded = object.Whole("discarded", 0, kMostInvited);
  comments.expired = object.OptionalBool("expired", false);
  object.Finish();
  if (fault.ok() && EncodeReleasedComments(comments) != bytes) fault.Set("", "is not in canonical form");
  CANDOR_RETURN_IF_ERROR(fault.status());
  return comments;
}

}  // namespace candor::domain
