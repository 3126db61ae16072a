#include "absl/strings/str_cat.h"
#include "clients/cli/survey_documents.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/mirror.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

struct ExportOptions {
  std::string survey, out, expect_manifest;
};

absl::Status Export(Context& c, const ExportOptions& options) {
  CANDOR_RETURN_IF_ERROR(c.RefuseCertificate());
  CANDOR_ASSIGN_OR_RETURN(const auto documents, FetchDocuments(c, options.survey, options.expect_manifest));
  const domain::SurveyId& survey = documents->manifest.survey;
  CANDOR_RETURN_IF_ERROR(
      base::WriteFileAtomically(options.out, client::EncodeMirror(survey, documents->bytes), 0644));
  if (c.options.json) {
    return Print(base::Json{{"survey", survey.value()},
                            {"manifest_hash", base::HexEncode(documents->manifest_hash)},
                            {"manifest_code", documents->manifest_code},
                            {"file", options.out}}
                     .dump(2) +
                 "\n");
  }
  std::string text = absl::StrCat("Written to ", options.out, ". Its comparison code is ", documents->manifest_code, ".\n");
  if (documents->contract.mirrors.empty()) {
    absl::StrAppend(&text, "The contract names no mirror, so no client looks for it anywhere.\n");
  } else {
    absl::StrAppend(&text, "Clients look for it under:\n");
    for (const std::string& mirror : documents->contract.mirrors) {
      absl::StrAppend(&text, "  ", Printable(domain::MirrorUrl(mirror, survey)), "\n");
    }
    absl::StrAppend(&text, Wrapped("Switch the web server's access log off for these files: every client fetches them before "
                                   "the first question, and the log would say from which address and in which second "
                                   "somebody began to answer.",
                                   kWidth, ""));
  }
  return Print(text);
}

}  // namespace

void AddManifestVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "manifest", "What a survey was opened with, for everybody; needs no key");
  AddVerb<ExportOptions>(
      *noun, context, "export", "Fetch a survey's manifest, check it, and write what a mirror serves",
      [](CLI::App& verb, ExportOptions& options) {
        verb.add_option("survey", options.survey, "The survey's id or name")->required();
        verb.add_option("--out", options.out, "The file to write")->required();
        verb.add_option("--expect-manifest", options.expect_manifest,
                        "The comparison code from the notice board; any other manifest is refused");
      },
      Export);
}

}  // namespace candor::cli
