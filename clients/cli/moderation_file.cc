#include "clients/cli/moderation_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/comments.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::cli {
namespace {

namespace v1 = candor::v1;
using base::Json;

constexpr char kFormat[] = "candor.moderation.v1";
// Capitals stand before everything else in the file, where whoever opens it looks first.
constexpr char kHowToDecide[] = "HOW_TO_DECIDE";
// As files of before have it.
constexpr char kEarlierHowToDecide[] = "how_to_decide";
constexpr v1::DecisionKind kKinds[] = {v1::DECISION_KIND_APPROVE, v1::DECISION_KIND_REDACT, v1::DECISION_KIND_SUMMARY,
                                       v1::DECISION_KIND_REJECT};

std::vector<std::string> ReasonNames() {
  std::vector<std::string> names;
  for (int reason = 1; reason <= domain::kLastModerationReason; ++reason) {
    names.push_back(NameOf(static_cast<v1::ModerationReason>(reason)));
  }
  return names;
}

// Stands in the file itself, for whoever opens it in an editor.
Json HowToDecide() {
  return {"Write your decision about each comment in place of null, for instance {\"kind\": \"approve\"}.",
          "approve: it is released as it was written.",
          "redact: it is released with cuts; \"text\" is the comment with [...] in place of each part that is cut, and "
          "\"reason\" says why.",
          "summary: none of its words are released; what it says goes into the summary of its block.",
          "reject: nothing of it is released; \"reason\" says why.",
          absl::StrCat("reason: ", absl::StrJoin(ReasonNames(), ", "), "."),
          "\"note\" is for other moderators, and is destroyed at release.",
          "summaries: one for each block that has a comment decided as summary, {\"block\": ..., \"text\": ...}."};
}

v1::CommentDecision ReadDecision(domain::JsonObject& object, domain::JsonFault& fault) {
  v1::CommentDecision decision;
  const std::string kind = object.Text("kind"), reason = object.OptionalText("reason");
  for (const v1::DecisionKind known : kKinds) {
    if (NameOf(known) == kind) decision.set_kind(known);
  }
  if (decision.kind() == v1::DECISION_KIND_UNSPECIFIED) {
    fault.Set(object.PathOf("kind"), "must be approve, redact, summary or reject");
  }
  for (int known = 0; known <= domain::kLastModerationReason; ++known) {
    if (NameOf(static_cast<v1::ModerationReason>(known)) == reason) {
      decision.set_reason(static_cast<v1::ModerationReason>(known));
    }
  }
  if (!reason.empty() && decision.reason() == v1::MODERATION_REASON_UNSPECIFIED) {
    fault.Set(object.PathOf("reason"), absl::StrCat("must be one of ", absl::StrJoin(ReasonNames(), ", ")));
  }
  decision.set_text(object.OptionalText("text"));
  decision.set_note(object.OptionalText("note"));
  return decision;
}

}  // namespace

std::string NameOf(v1::DecisionKind kind) {
  switch (kind) {
    case v1::DECISION_KIND_APPROVE: return "approve";
    case v1::DECISION_KIND_REDACT: return "redact";
    case v1::DECISION_KIND_SUMMARY: return "summary";
    case v1::DECISION_KIND_REJECT: return "reject";
    default: return "";
  }
}

std::string NameOf(v1::ModerationReason reason) {
  const int value = reason;
  if (value < 0 || value > domain::kLastModerationReason) return "";
  return std::string(domain::NameOf(static_cast<domain::ModerationReason>(value)));
}

std::string ModerationToJson(const std::string& survey, const client::OpenedComments& comments,
                             const std::vector<std::string>& questions) {
  Json list = Json::array(), summaries = Json::array();
  for (const client::OpenedComment& comment : comments.comments) {
    Json decision;
    if (comment.decision.has_value()) {
      decision = {{"kind", NameOf(comment.decision->kind())},
                  {"reason", NameOf(comment.decision->reason())},
                  {"text", comment.decision->text()},
                  {"note", comment.decision->note()}};
    }
    list.push_back({{"id", comment.id},
                    {"block", comment.place.block},
                    {"question", comment.place.prompt == domain::kNoPrompt
                                     ? std::string()
                                     : questions[static_cast<size_t>(comment.place.prompt)]},
                    {"words_may_be_released", comment.place.texts},
                    {"text", comment.text},
                    {"decision", std::move(decision)}});
  }
  for (const v1::BlockSummary& summary : comments.summaries) {
    summaries.push_back({{"block", summary.block()}, {"text", summary.text()}});
  }
  return Json{{"format", kFormat},
              {kHowToDecide, HowToDecide()},
              {"survey", survey},
              {"comments", std::move(list)},
              {"summaries", std::move(summaries)}}
             .dump(2) +
         "\n";
}

absl::StatusOr<ModerationFile> ParseModeration(absl::string_view bytes, absl::string_view file) {
  const auto document = base::ParseJson(bytes);
  if (!document.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(file, " is not JSON; take the file that --export made"));
  }
  domain::JsonFault fault(absl::StatusCode::kInvalidArgument, domain::reasons::kFIELD_INVALID);
  domain::JsonObject object(*document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", absl::StrCat("must be \"", kFormat, "\""));
  ModerationFile read;
  for (const char* how : {kHowToDecide, kEarlierHowToDecide}) {
    object.OptionalList(how, [](const Json&, const std::string&) {});
  }
  read.survey = object.Text("survey");
  object.List("comments", [&](const Json& element, const std::string& path) {
    domain::JsonObject comment(element, path, &fault);
    ModerationFile::Decision decision;
    decision.comment = comment.Text("id");
    comment.OptionalText("block");
    comment.OptionalText("question");
    comment.OptionalBool("words_may_be_released", false);
    comment.OptionalText("text");
    if (!element.is_object() || !element.contains("decision") || element["decision"].is_null()) return;
    if (!element["decision"].is_object()) {
      fault.Set(comment.PathOf("decision"),
                absl::StrCat("must be null or as in {\"kind\": \"approve\"}; see ", kHowToDecide));
      return;
    }
    domain::JsonObject of_comment(element["decision"], comment.PathOf("decision"), &fault);
    decision.decision = ReadDecision(of_comment, fault);
    of_comment.Finish();
    read.decisions.push_back(std::move(decision));
  });
  object.OptionalList("summaries", [&](const Json& element, const std::string& path) {
    domain::JsonObject summary(element, path, &fault);
    v1::BlockSummary& added = read.summaries.emplace_back();
    added.set_block(summary.Text("block"));
    added.set_text(summary.Text("text"));
    summary.Finish();
  });
  object.Finish();
  CANDOR_RETURN_IF_ERROR(fault.status());
  return read;
}

}  // namespace candor::cli
