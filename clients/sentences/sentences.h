// Sentences for people in their language.

#ifndef CANDOR_CLIENTS_SENTENCES_SENTENCES_H_
#define CANDOR_CLIENTS_SENTENCES_SENTENCES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/base/json.h"

namespace candor::sentences {

// The documents of this folder, as they were built in: key -> language -> text. No key stands in two of them.
const base::Json& SentenceCatalogue();

class Sentences {
 public:
  using Values = std::vector<std::pair<absl::string_view, std::string>>;

  // In `language`, also for a tag such as es-MX where there is es; else in English.
  explicit Sentences(absl::string_view language);

  // The same language, for a survey or report about a leadership team: a sentence that the catalogue has for it too
  // (`key`.team) is said so, with the same places.
  Sentences ForTeam() const;

  // The language that the sentences are in.
  const std::string& language() const { return language_; }
  // Whether it is the one that was asked for.
  bool is_wanted() const { return is_wanted_; }

  // The sentence with its places filled in. That the key is there, and has each of the places, is the caller's invariant.
  std::string Say(absl::string_view key, const Values& values = {}) const;
  // The same for a sentence that depends on a number: `key`.one for 1, else `key`.many.
  std::string SayFor(int64_t number, absl::string_view key, const Values& values = {}) const;

 private:
  std::string language_ = "en";
  bool is_wanted_ = false;
  bool team_ = false;
};

}  // namespace candor::sentences

#endif  // CANDOR_CLIENTS_SENTENCES_SENTENCES_H_
