#include "tests/reporting/html_page.h"

#include <algorithm>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/report/layout.h"

namespace candor::reporting {
namespace {

constexpr char kFirstLine[] = "<!DOCTYPE html>\n";

// What stands in narrow windows in place of a header is passed over.
void Collect(const pugi::xml_node& node, const std::set<void*>& left_out, std::string& text) {
  if (left_out.count(node.internal_object()) != 0 || std::string(node.attribute("class").value()) == "narrow") return;
  if (node.type() == pugi::node_pcdata) text += node.value();
  for (const pugi::xml_node& child : node) Collect(child, left_out, text);
  // Blocks and cells end words; elements within a line do not.
  static const std::set<std::string> inline_elements = {"b", "i", "span", "q", "a", "strong", "tspan"};
  if (inline_elements.count(node.name()) == 0) text += ' ';
}

}  // namespace

Page::Page(const std::string& html) : html_(html) {
  const std::string xml = absl::StartsWith(html, kFirstLine) ? html.substr(sizeof(kFirstLine) - 1) : html;
  parsed_ = document_.load_string(xml.c_str(), pugi::parse_default | pugi::parse_ws_pcdata);
}

std::string Page::TextOf(const pugi::xpath_node_set& nodes) {
  std::string text;
  for (const pugi::xpath_node& found : nodes) Collect(found.node(), {}, text);
  return report::Clean(text);
}

std::string Page::TextWithout(const char* path) const {
  std::set<void*> left_out;
  for (const pugi::xpath_node& found : document_.select_nodes(path)) left_out.insert(found.node().internal_object());
  std::string text;
  Collect(document_.select_node("//body").node(), left_out, text);
  return report::Clean(text);
}

std::vector<std::string> Page::Texts(const char* path) const {
  std::vector<std::string> texts;
  for (const pugi::xpath_node& found : document_.select_nodes(path)) {
    std::string text;
    Collect(found.node(), {}, text);
    texts.push_back(report::Clean(text));
  }
  return texts;
}

std::vector<std::string> Page::Faults() const {
  std::vector<std::string> faults;
  if (!absl::StartsWith(html_, kFirstLine)) faults.push_back("it does not begin with the document type");
  if (!parsed_) {
    const auto at = static_cast<size_t>(std::max<std::ptrdiff_t>(0, parsed_.offset - 80));
    return {absl::StrCat("not well formed: ", parsed_.description(), " near ", html_.substr(std::min(at, html_.size()), 200))};
  }
  static const std::regex reference("&(?!(amp|lt|gt|quot|apos|#[0-9]+);)");
  std::smatch match;
  if (std::regex_search(html_, match, reference)) {
    faults.push_back(absl::StrCat("a loose &: ", match.suffix().str().substr(0, 40)));
  }
  const auto none = [&](const char* path, const char* fault) {
    for (const pugi::xpath_node& found : document_.select_nodes(path)) {
      const pugi::xml_node node = found.node() ? found.node() : found.parent();
      faults.push_back(absl::StrCat(fault, ": ", node.path(), " ", node.attribute("id").value()));
      if (faults.size() > 20) return;
    }
  };
  none("//script|//iframe|//object|//embed|//img|//link|//form|//base|//foreignObject|//image",
       "an element that has no place here");
  none("//@*[starts-with(name(), 'on')]", "an attribute that runs something");
  none("//@src|//@srcset|//@action|//@style|//@data", "an attribute that has no place here");
  none("//@href[not(starts-with(., '#'))]", "a way out of the page");
  none("//table[not(caption)]", "a table without a caption");
  none("//th[not(@scope)]", "a header without a scope");
  none("//tbody/tr[not(th)]", "a row without a header");
  none("//table[not(ancestor::*[@role='group'][@tabindex='0'][@aria-labelledby])]",
       "a table that cannot scroll by itself");
  none("//svg[not(ancestor::svg)][not(@role='img') or not(title) or not(desc) or not(@aria-labelledby)]",
       "a drawing without words");
  none("//ul[not(li)]|//dl[not(*)]|//tbody[not(tr)]", "a list of nothing");
  none("/html[not(@lang)]", "no language");
  if (document_.select_nodes("//h1").size() != 1) faults.push_back("not one h1");
  if (document_.select_nodes("//main").size() != 1) faults.push_back("not one main");

  std::set<std::string> ids;
  for (const pugi::xpath_node& found : document_.select_nodes("//@id")) {
    if (!ids.insert(found.attribute().value()).second) faults.push_back(absl::StrCat("twice: ", found.attribute().value()));
  }
  for (const pugi::xpath_node& found : document_.select_nodes("//@aria-labelledby|//@href")) {
    for (absl::string_view id : absl::StrSplit(found.attribute().value(), ' ', absl::SkipEmpty())) {
      if (absl::StartsWith(id, "#")) id.remove_prefix(1);
      if (ids.count(std::string(id)) == 0) faults.push_back(absl::StrCat("no such id: ", id));
    }
  }
  for (const pugi::xpath_node& found : document_.select_nodes("//*[@fill]")) {
    const std::string fill = found.node().attribute("fill").value();
    if (absl::StartsWith(fill, "url(#") && ids.count(fill.substr(5, fill.size() - 6)) == 0) {
      faults.push_back(absl::StrCat("no such pattern: ", fill));
    }
  }
  int level = 1;
  for (const pugi::xpath_node& found : document_.select_nodes("//h1|//h2|//h3|//h4|//h5")) {
    const int next = found.node().name()[1] - '0';
    if (next > level + 1) faults.push_back(absl::StrCat("a heading skips a level: ", found.node().child_value()));
    level = next;
  }
  return faults;
}

}  // namespace candor::reporting
