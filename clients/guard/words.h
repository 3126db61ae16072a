// A draft taken apart into words, with their places.

#ifndef CANDOR_CLIENTS_GUARD_WORDS_H_
#define CANDOR_CLIENTS_GUARD_WORDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace candor::guard {

struct Word {
  size_t begin = 0, end = 0;  // bytes of the draft
  absl::string_view folded;   // small letters without accents and apostrophes; a possessive 's is not in it
  bool capital = false;       // begins with a capital letter
  bool all_capitals = false;  // has two or more letters, all of them capitals
  bool letters = false;       // letters alone
  bool possessive = false;
  bool begins_sentence = false;  // nothing before it in its sentence, line or quotation
  bool after_comma = false;      // something else than spaces and hyphens stands before it
};

// Words are runs of letters and digits. Within numbers, the signs of dates, times and telephone numbers belong to them
// ("10:45", "3/14/2025", "555-201-3377"). May be given any bytes; what is no UTF-8 is no word.
class Words {
 public:
  explicit Words(absl::string_view draft);
  // Overwrites its copy of the draft.
  ~Words();
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  size_t size() const { return words_.size(); }
  const Word& operator[](size_t i) const { return words_[i]; }

 private:
  std::string folded_;  // of all words; never grows beyond what is reserved, as the views would hang
  std::vector<Word> words_;
};

}  // namespace candor::guard

#endif  // CANDOR_CLIENTS_GUARD_WORDS_H_
