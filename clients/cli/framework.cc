#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "candor/v1/framework.grpc.pb.h"
#include "clients/cli/contract_text.h"
#include "clients/cli/utf8.h"
#include "clients/cli/verbs.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

using candor::v1::Framework;
using candor::v1::FrameworkService;
using candor::v1::LocalizedText;

constexpr size_t kLongestDocument = 4u << 20;

struct ImportOptions {
  std::string file;
  bool validate_only = false;
};

struct ShowOptions {
  std::string name, language;
};

// The languages that the framework's guidance is in, English first.
std::vector<std::string> LanguagesOf(const Framework& framework) {
  std::set<std::string> tags;
  const auto add = [&](const LocalizedText& text) {
    for (const auto& [tag, sentence] : text.values()) tags.insert(tag);
  };
  for (const auto& domain : framework.domains()) {
    for (const auto& question : domain.questions()) add(question.text());
    for (const auto& competency : domain.competencies()) {
      for (const LocalizedText& step : competency.next_steps()) add(step);
    }
  }
  for (const auto& area : framework.priority_areas()) add(area.title());
  std::vector<std::string> languages(tags.begin(), tags.end());
  std::stable_partition(languages.begin(), languages.end(), [](const std::string& tag) { return tag == "en"; });
  return languages;
}

// A framework as text, its guidance in one language.
class Tree {
 public:
  Tree(const Framework& framework, const std::string& language) : framework_(framework), language_(language) {}

  std::string Text() {
    absl::StrAppend(&text_, framework_.name(), "\n", framework_.title(), ", ", framework_.version(), "\n");
    for (const auto& domain : framework_.domains()) AddDomain(domain);
    if (!framework_.themes().empty()) absl::StrAppend(&text_, "\nThemes\n");
    for (const auto& theme : framework_.themes()) AddLine(2, theme.code(), theme.title());
    if (!framework_.priority_areas().empty()) absl::StrAppend(&text_, "\nPriority areas\n");
    for (const auto& area : framework_.priority_areas()) {
      AddSentence(absl::StrCat("  ", area.code(), "  "), area.title());
      absl::StrAppend(&text_, "      ", absl::StrJoin(area.competencies(), "  "), "\n");
    }
    if (!framework_.attribution().empty()) {
      absl::StrAppend(&text_, "\n", Wrapped(framework_.attribution(), 100, ""), framework_.license(), " ",
                      framework_.license_url(), "\n");
    }
    return text_;
  }

 private:
  void AddDomain(const candor::v1::Domain& domain) {
    absl::StrAppend(&text_, "\n");
    AddLine(0, domain.code(), domain.title());
    if (!domain.questions().empty()) absl::StrAppend(&text_, "  Questions\n");
    for (const auto& question : domain.questions()) {
      AddSentence(absl::StrCat("    ", question.code(), "  "), question.text());
    }
    for (const auto& competency : domain.competencies()) {
      AddLine(2, competency.code(), competency.title());
      for (const auto& indicator : competency.indicators()) AddLine(4, indicator.code(), indicator.title());
      if (!competency.next_steps().empty()) absl::StrAppend(&text_, "    Next steps\n");
      for (const LocalizedText& step : competency.next_steps()) AddSentence("      - ", step);
    }
  }

  void AddLine(size_t indent, absl::string_view code, absl::string_view title) {
    absl::StrAppend(&text_, std::string(indent, ' '), code, "  ", title, "\n");
  }

  // In as many lines as it needs, all under the first one's first word.
  void AddSentence(const std::string& lead, const LocalizedText& text) {
    const std::string sentence = TextIn({text.values().begin(), text.values().end()}, language_);
    absl::StrAppend(&text_, lead, Wrapped(sentence, kWidth, std::string(lead.size(), ' ')).substr(lead.size()));
  }

  const Framework& framework_;
  const std::string& language_;
  std::string text_;
};

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

absl::Status ShowFramework(Context& c, const ShowOptions& options) {
  candor::v1::GetFrameworkRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_name(), c.FullName("frameworks", options.name));
  CANDOR_ASSIGN_OR_RETURN(const auto framework, c.Call(&FrameworkService::Stub::GetFramework, request));
  const std::vector<std::string> languages = LanguagesOf(framework);
  const std::string language = BestLanguage(languages, options.language);
  // Also es for es-MX.
  if (!languages.empty() && !options.language.empty() && language != options.language &&
      !absl::StartsWith(options.language, absl::StrCat(language, "-"))) {
    return UsageError(absl::StrCat("this framework's questions and next steps are not in ", options.language,
                                   "; they are in ", absl::StrJoin(languages, ", ")));
  }
  return c.Show(framework, [&] { return Printable(Tree(framework, language).Text()); });
}

}  // namespace

void AddFrameworkVerbs(CLI::App& app, Context& context) {
  CLI::App* noun =
      AddNoun(app, "framework", "Leadership frameworks: domains, competencies, indicators, themes, guidance for growth");
  AddVerb<ImportOptions>(
      *noun, context, "import", "Import a framework from a file (candor.framework.v1)",
      [](CLI::App& verb, ImportOptions& options) {
        verb.add_option("--file", options.file, "The JSON document; deploy/demo/README.md describes it")->required();
        verb.add_flag("--validate-only", options.validate_only, "Check only; nothing is stored");
      },
      Import);
  AddVerb<NoOptions>(*noun, context, "list", "List a district's frameworks", [](CLI::App&, NoOptions&) {}, List);
  AddVerb<ShowOptions>(
      *noun, context, "show", "Show a framework with its whole tree",
      [](CLI::App& verb, ShowOptions& options) {
        verb.add_option("framework", options.name, "The framework's name, or code with --district")->required();
        verb.add_option("--language", options.language,
                        "Language of questions, next steps and priority areas (default: English, or what there is)");
      },
      ShowFramework);
}

}  // namespace candor::cli
