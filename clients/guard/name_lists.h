// Words that the guard knows: common names of both languages, and words that only look like names.
//
// All are folded (domain::FoldWord). They are common names of whole countries and say nothing about any school.

#ifndef CANDOR_CLIENTS_GUARD_NAME_LISTS_H_
#define CANDOR_CLIENTS_GUARD_NAME_LISTS_H_

#include "absl/strings/string_view.h"

namespace candor::guard {

// Words apart by single spaces and line ends.
extern const absl::string_view kEnglishFirstNames;
extern const absl::string_view kSpanishFirstNames;
extern const absl::string_view kEnglishSurnames;
extern const absl::string_view kSpanishSurnames;

// Names, of the lists above or of a school's staff, that are ordinary words as well ("Mark", "Young", "Flores"): a name
// only where a capital letter is not owed to the place in the sentence.
extern const absl::string_view kOrdinaryWords;

// Words that are written with a capital letter and name nobody: languages, places, subjects, products, feasts.
extern const absl::string_view kNotNames;

}  // namespace candor::guard

#endif  // CANDOR_CLIENTS_GUARD_NAME_LISTS_H_
