// The end of an HTML report: notes, how to read it, what it rests on; and the comments beside it.

#ifndef CANDOR_CLIENTS_REPORT_HTML_NOTES_H_
#define CANDOR_CLIENTS_REPORT_HTML_NOTES_H_

#include <string>

#include "clients/report/html_words.h"

namespace candor::report {

// Everything of notes.mustache.
base::Json NotesData(const HtmlWords& words);

// Everything of comments.mustache; false where there is nothing to say.
base::Json CommentsData(const HtmlWords& words, const candor::v1::ReportComments& comments);

// Line by line, as it was written: {"text"} each.
base::Json LinesData(const std::string& text);

}  // namespace candor::report

#endif  // CANDOR_CLIENTS_REPORT_HTML_NOTES_H_
