// A page as tests read it.

#ifndef CANDOR_TESTS_REPORTING_HTML_PAGE_H_
#define CANDOR_TESTS_REPORTING_HTML_PAGE_H_

#include <pugixml.hpp>
#include <string>
#include <vector>

namespace candor::reporting {

class Page {
 public:
  explicit Page(const std::string& html);

  // What is wrong with it, whatever report it is of: not well formed, asks for something, runs something, an id twice or
  // missing, a table without caption or scopes, a heading that skips a level, a drawing without words.
  std::vector<std::string> Faults() const;

  // All that is read: one space between words.
  std::string Text() const { return TextOf("//body"); }
  std::string TextOf(const char* path) const { return TextOf(document_.select_nodes(path)); }
  static std::string TextOf(const pugi::xpath_node_set& nodes);
  std::string TextWithout(const char* path) const;
  std::vector<std::string> Texts(const char* path) const;
  const pugi::xml_document& document() const { return document_; }

 private:
  std::string html_;
  pugi::xml_parse_result parsed_;
  pugi::xml_document document_;
};

}  // namespace candor::reporting

#endif  // CANDOR_TESTS_REPORTING_HTML_PAGE_H_
