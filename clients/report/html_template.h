// Markup out of templates (clients/report/html). No other code makes any.

#ifndef CANDOR_CLIENTS_REPORT_HTML_TEMPLATE_H_
#define CANDOR_CLIENTS_REPORT_HTML_TEMPLATE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/base/json.h"

namespace candor::report {

// The templates, by the names of their files.
enum class Template { kPage, kBrief, kPriorities,
  kUnits, kStatements, kComparisons, kNotes, kAbout, kComments, kPlan, kChart };

// The text of a template, as it was built in.
absl::string_view TemplateText(Template name);

// Well-formed markup: what a template has made of data.
class Html {
 public:
  Html() = default;
  const std::string& markup() const { return markup_; }
  bool empty() const { return markup_.empty(); }

 private:
  friend Html Fill(Template name, const base::Json& data);
  explicit Html(std::string markup) : markup_(std::move(markup)) {}
  std::string markup_;
};

// The template filled in. Texts are escaped, whatever they hold. In a section an empty text, `false`, `null` and an empty
// list count as nothing; beside each list `has_KEY` says whether it has entries. Numbers are no texts: figures.h makes them.
// Markup goes in by PutHtml alone.
Html Fill(Template name, const base::Json& data);

// Puts markup that templates have made under `key`, to be named by three braces.
void PutHtml(base::Json& data, const std::string& key, const Html& html);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_TEMPLATE_H_
