// Words and figures of an HTML report in its language, as data for templates.

#ifndef CANDOR_CLIENTS_REPORT_HTML_WORDS_H_
#define CANDOR_CLIENTS_REPORT_HTML_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "candor/v1/report.pb.h"
#include "clients/report/figures.h"
#include "clients/sentences/sentences.h"
#include "services/base/json.h"

namespace candor::report {

// A text is {"text", "lang"}: `lang` is empty where it is the page's language, or not known.
class HtmlWords {
 public:
  // Without words in `language` they are in English.
  HtmlWords(const candor::v1::Report& report, absl::string_view language);

  const candor::v1::Report& report() const { return report_; }
  const candor::v1::ScoringRules& rules() const { return report_.scores().rules(); }
  const Lines& lines() const { return lines_; }
  const sentences::Sentences& say() const { return say_; }
  const std::string& language() const { return say_.language(); }
  int points() const;  // of the scale, 2 to 10, whatever the report says

  // The sentences of the report that have no place to fill in, for templates: "strengths" stands for `report.strengths`.
  base::Json Labels() const;

  // What is in no known language: names, titles that people gave.
  base::Json Plain(absl::string_view text) const;
  // What the service and frameworks say in English.
  base::Json English(absl::string_view text) const;
  // In the page's language, else in English, else in the first there is; `otherwise`, in English, where there is none.
  base::Json Localized(const candor::v1::LocalizedText& text, absl::string_view otherwise = "") const;

  base::Json GroupTitle(const candor::v1::GroupSummary& group) const;
  // By code; the code itself where the report has no such group.
  base::Json GroupTitle(const std::string& code) const;
  // {"code", "title"}.
  base::Json UnitName(const candor::v1::UnitScore& unit) const;
  // "III.2 Help teachers ...".
  static std::string PlainName(const candor::v1::UnitScore& unit);

  // {"figure", "range", "why"}: a figure with how far it might move, or why it has no range, or is not shown.
  base::Json Measured(const candor::v1::GroupScore& score) const;
  // "not shown: fewer than 5 gave a rating".
  std::string NotShown(candor::v1::WithheldReason reason, int minimum) const;
  // {"figure"}: what one person said has no range.
  base::Json Measured(const candor::v1::PersonScore& score) const;
  // Who "all raters" are here: all of the groups shown, or those alone that have a figure of this unit.
  base::Json RatersOf(const candor::v1::UnitScore& unit) const;

 private:
  const candor::v1::Report& report_;
  const sentences::Sentences say_;
  const Lines lines_;
};

// The labels of the scale's points in the page's language, else in English, else in the first there is; may be none.
std::vector<std::string> ScaleLabels(const HtmlWords& words);

// Titles in one line: "Staff, Students".
std::string JoinTexts(const base::Json& texts, absl::string_view between);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_WORDS_H_
