#include "absl/strings/str_cat.h"
#include "candor/v1/framework.grpc.pb.h"
#include "clients/cli/utf8.h"
#include "clients/cli/verbs.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::Framework;
using candor::v1::FrameworkService;

constexpr size_t kLongestDocument = 4u << 20;

struct ImportOptions {
  std::string file;
  bool validate_only = false;
};

std::string TreeOf(const Framework& framework) {
  std::string text = absl::StrCat(framework.name(), "\n", framework.title(), ", ", framework.version(), "\n");
  for (const auto& domain : framework.domains()) {
    absl::StrAppend(&text, "\n", domain.code(), "  ", domain.title(), "\n");
    for (const auto& competency : domain.competencies()) {
      absl::StrAppend(&text, "  ", competency.code(), "  ", competency.title(), "\n");
      for (const auto& indicator : competency.indicators()) {
        absl::StrAppend(&text, "    ", indicator.code(), "  ", indicator.title(), "\n");
      }
    }
  }
  if (!framework.themes().empty()) absl::StrAppend(&text, "\nThemes\n");
  for (const auto& theme : framework.themes()) absl::StrAppend(&text, "  ", theme.code(), "  ", theme.title(), "\n");
  if (!framework.attribution().empty()) {
    absl::StrAppend(&text, "\n", Wrapped(framework.attribution(), 100, ""), framework.license(), " ",
                    framework.license_url(), "\n");
  }
  return text;
}

absl::Status Import(Context& c, const ImportOptions& options) {
  candor::v1::ImportFrameworkRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_document(), base::ReadFile(options.file, kLongestDocument));
  CANDOR_RETURN_IF_ERROR(CheckUtf8(request.document(), options.file));
  request.set_validate_only(options.validate_only);
  if (!options.validate_only) request.set_request_id(NewRequestId());
  const auto imported = c.Call(&FrameworkService::Stub::ImportFramework, request);
  // A fault of the request is one of the document, the only thing in it that can be at fault for its content.
  if (absl::IsInvalidArgument(imported.status())) return base::Annotate(imported.status(), options.file);
  CANDOR_RETURN_IF_ERROR(imported.status());
  const candor::v1::Framework& framework = *imported;
  return c.Show(framework, [&] {
    if (options.validate_only) return absl::StrCat(options.file, " is a sound framework; nothing was stored\n");
    return absl::StrCat(framework.name(), "  ", framework.title(), "\n");
  });
}

absl::Status List(Context& c, const NoOptions&) {
  candor::v1::ListFrameworksRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.District());
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&FrameworkService::Stub::ListFrameworks, request));
  return c.Show(all, [&] {
    Table table({"NAME", "TITLE", "VERSION", "LICENCE"});
    for (const auto& f : all.frameworks()) table.Add({f.name(), f.title(), f.version(), f.license()});
    return table.Text();
  });
}

absl::Status ShowFramework(Context& c, const NameOption& options) {
  candor::v1::GetFrameworkRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("frameworks", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto framework, c.Call(&FrameworkService::Stub::GetFramework, request));
  return c.Show(framework, [&] { return Printable(TreeOf(framework)); });
}

}  // namespace

void AddFrameworkVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "framework", "Leadership frameworks: domains, competencies, indicators, themes");
  AddVerb<ImportOptions>(
      *noun, context, "import", "Import a framework from a file (candor.framework.v1)",
      [](CLI::App& verb, ImportOptions& options) {
        verb.add_option("--file", options.file, "The JSON document; deploy/demo/README.md describes it")->required();
        verb.add_flag("--validate-only", options.validate_only, "Check only; nothing is stored");
      },
      Import);
  AddVerb<NoOptions>(*noun, context, "list", "List a district's frameworks", [](CLI::App&, NoOptions&) {}, List);
  AddVerb<NameOption>(
      *noun, context, "show", "Show a framework with its whole tree",
      [](CLI::App& verb, NameOption& options) {
        verb.add_option("framework", options.name, "The framework's name, or code with --district")->required();
      },
      ShowFramework);
}

}  // namespace candor::cli
