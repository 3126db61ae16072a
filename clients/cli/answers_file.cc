#include "clients/cli/answers_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/errors.h"

namespace candor::cli {
namespace {

constexpr uint64_t kHighestPoint = 10;

absl::Status Invalid(absl::string_view message) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ANSWERS_INVALID", message);
}

}  // namespace

absl::StatusOr<MarkedAnswers> ParseAnswers(absl::string_view text, absl::string_view file) {
  auto document = base::ParseJson(text);
  if (!document.ok()) return base::Annotate(document.status(), file);
  if (!document->is_object()) {
    return Invalid(absl::StrCat(file, ": an object is wanted, such as {\"I.1.a\": 4, \"I.2.a\": \"N\"}"));
  }
  MarkedAnswers marked;
  for (const auto& [code, value] : document->items()) {
    if (code == "comments" && value.is_object()) {
      for (const auto& [prompt, comment] : value.items()) {
        if (!comment.is_string()) return Invalid(absl::StrCat(file, ": the comment ", prompt, " is no text"));
        marked.comments[prompt] = comment.get<std::string>();
      }
    } else if (code == "pressed" && (value.is_boolean() || value.is_object())) {
      marked.notice.given = value.is_object() || value.get<bool>();
      if (!value.is_object()) continue;
      const auto text = value.find("text");
      if (value.size() != 1 || text == value.end() || !text->is_string()) {
        return Invalid(absl::StrCat(file, ": \"pressed\" is true, or {\"text\": \"what happened\"}"));
      }
      marked.notice.text = text->get<std::string>();
    } else if (value.is_number_unsigned() && value.get<uint64_t>() >= 1 && value.get<uint64_t>() <= kHighestPoint) {
      marked.ratings[code] = value.get<uint8_t>();
    } else if (value.is_string() && (value == "N" || value == "n")) {
      marked.ratings[code] = domain::kNotObserved;
    } else if (!value.is_null() && !(value.is_string() && value == "")) {
      return Invalid(absl::StrCat(file, ": the answer to ", code,
                                  " is neither a point of the scale nor \"N\" (I have not seen this)"));
    }
  }
  return marked;
}

absl::StatusOr<domain::Answers> InOrder(const MarkedAnswers& marked, const domain::Instrument& instrument) {
  domain::Answers answers;
  std::map<std::string, uint8_t> ratings = marked.ratings;
  for (const domain::Item& item : instrument.items) {
    const auto found = ratings.find(item.indicator);
    if (found != ratings.end() && found->second != domain::kNotObserved && found->second > instrument.scale.points) {
      return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kRATING_OFF_SCALE,
                         absl::StrCat(item.indicator, ": 1 to ", instrument.scale.points,
                                      ", or \"N\" (I have not seen this)"));
    }
    answers.ratings.push_back(found == ratings.end() ? domain::kBlank : found->second);
    if (found != ratings.end()) ratings.erase(found);
  }
  if (!ratings.empty()) return Invalid(absl::StrCat("this survey has no indicator ", ratings.begin()->first));
  std::map<std::string, std::string> comments = marked.comments;
  for (const domain::Prompt& prompt : instrument.prompts) {
    answers.comments.push_back(std::move(comments[prompt.code]));
    comments.erase(prompt.code);
  }
  if (!comments.empty()) return Invalid(absl::StrCat("this survey has no open question ", comments.begin()->first));
  answers.notice = marked.notice;
  return answers;
}

}  // namespace candor::cli
