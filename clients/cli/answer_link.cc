#include "clients/cli/answer_link.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/cli/context.h"
#include "services/domain/text.h"

namespace candor::cli {
namespace {

constexpr absl::string_view kManifest = "manifest=";
constexpr absl::string_view kCode = "code=";
constexpr size_t kHashBytes = 32;

}  // namespace

std::string FormatLink(absl::string_view base_url, const AnswerLink& link) {
  return absl::StrCat(base_url, "#", kManifest, link.manifest_hash, "&", kCode, link.code);
}

absl::StatusOr<AnswerLink> ParseLink(absl::string_view link) {
  // Never with the link itself in the message: it holds the code.
  const absl::Status fault = UsageError("this is no link to a survey; copy it whole, with everything behind the #");
  const size_t hash = link.find('#');
  if (hash == absl::string_view::npos) return fault;
  AnswerLink parsed;
  for (absl::string_view part : absl::StrSplit(link.substr(hash + 1), '&')) {
    std::string* const to = absl::ConsumePrefix(&part, kManifest) ? &parsed.manifest_hash
                            : absl::ConsumePrefix(&part, kCode)   ? &parsed.code
                                                                  : nullptr;
    if (to == nullptr || !to->empty()) return fault;
    *to = std::string(part);
  }
  if (parsed.code.empty() || !domain::IsHex(parsed.manifest_hash, kHashBytes)) return fault;
  return parsed;
}

}  // namespace candor::cli
