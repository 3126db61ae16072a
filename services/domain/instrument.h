// An instrument: a versioned questionnaire. A published version never changes.

#ifndef CANDOR_SERVICES_DOMAIN_INSTRUMENT_H_
#define CANDOR_SERVICES_DOMAIN_INSTRUMENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/base/json.h"
#include "services/domain/framework.h"
#include "services/domain/json_reader.h"
#include "services/domain/localized_text.h"

namespace candor::domain {

inline constexpr char kInstrumentFormat[] = "candor.instrument.v1";
inline constexpr char kInstrumentVersionFormat[] = "candor.instrument_version.v1";
inline constexpr size_t kLongestInstrumentText = 500;  // bytes
inline constexpr size_t kMostItems = 400;
inline constexpr size_t kMostPrompts = 10;
inline constexpr size_t kMostRaterGroups = 20;

// The audiences of identified ratings. Every other audience is the code of an anonymous rater group.
inline constexpr char kSelf[] = "self";
inline constexpr char kSupervisor[] = "supervisor";
// The pool that small groups are joined into; no instrument may use the code.
inline constexpr char kOtherRaters[] = "other_raters";

// The answers that an item takes: whole numbers 1..points, or "I have not seen this".
struct RatingScale {
  int points = 5;            // 2..10
  int favourable_from = 4;   // 2..points
  std::map<std::string, std::vector<std::string>> labels;  // language -> one label for each point
  LocalizedText not_observed;
  // The line from which a score is a strength, and how near self and others are in agreement, in hundredths of a scale
  // point (documents that are hashed hold whole numbers only); 0: the report's defaults for this many points. The line
  // lies within the scale, 100..100*points; the band is at most half of it, 50*(points-1).
  int strength_cut_hundredths = 0;
  int agreement_band_hundredths = 0;
};

// An anonymous rater group: staff, student, parent, or one that the instrument adds.
struct RaterGroup {
  std::string code;  // [a-z][a-z0-9_]{0,30}; not self, supervisor, other_raters
  LocalizedText title;
};

struct Item {
  std::string indicator;  // the framework's code; at most one item an indicator
  bool reverse = false;   // the stored rating x counts as points + 1 - x
  // Audience -> the item's sentence in each language. An audience without an entry is not asked.
  std::map<std::string, LocalizedText> texts;
};

// An open question, answered in free text.
struct Prompt {
  std::string code;  // unique in the instrument
  std::map<std::string, LocalizedText> texts;  // as in Item
  int max_bytes = 2000;  // 100..4000: the cap to which every comment is padded
};

struct Instrument {
  std::string title;
  std::string framework;  // the framework's code
  RatingScale scale;
  std::vector<std::string> languages;  // at least one; the first is the default
  std::vector<RaterGroup> rater_groups;
  std::vector<Item> items;             // 1..400, in the order of presentation
  std::vector<Prompt> prompts;         // 0..10
  // The instrument was made for development and may not be used to judge the leader, for pay, promotion or dismissal:
  // contract and report say so. In the file "evaluative_use": "forbidden"; left out where it is not.
  bool evaluative_use_forbidden = false;
};

// INVALID_ARGUMENT, INSTRUMENT_INVALID, with the path of the first fault as field: an unknown indicator, an indicator
// with two items, an audience that is no rater group, a text missing in one of the languages or longer than 500 bytes,
// labels that do not match the points, a group without any item, limits of the structures above.
absl::Status CheckInstrument(const Instrument& instrument, const Framework& framework);

// Reads our own file format ("candor.instrument.v1", described in deploy/demo/README.md).
// INVALID_ARGUMENT: JSON_MALFORMED or INSTRUMENT_INVALID. Whether codes exist is CheckInstrument's part.
absl::StatusOr<Instrument> ParseInstrument(absl::string_view json_text);

// The same format, as a document; ParseInstrument(CanonicalJson(InstrumentToJson(i))) gives i again.
base::Json InstrumentToJson(const Instrument& instrument);

// Reads the members of the format from `value`, which stands at `path` of a larger document. Members and types alone
// are checked here; a fault goes to `fault`.
Instrument ReadInstrument(const base::Json& value, const std::string& path, JsonFault* fault);

// A published version: the instrument, and of its framework the parts that its items refer to. Self-contained, so that
// a report can be computed from it for as long as it is kept.
struct InstrumentVersion {
  Instrument instrument;
  // Only the domains, competencies, indicators and themes in use, with the questions and next steps of these, which
  // reports show; of priority areas the competencies in use, and the areas that have one.
  Framework framework;
};

// The canonical document of a version, the bytes whose SHA-256 contract and manifest carry.
std::string EncodeInstrumentVersion(const InstrumentVersion& version);
// DATA_LOSS: the bytes are not such a document.
absl::StatusOr<InstrumentVersion> DecodeInstrumentVersion(absl::string_view bytes);

// The version that publishing `instrument` gives. The instrument has passed CheckInstrument.
InstrumentVersion MakeInstrumentVersion(const Instrument& instrument, const Framework& framework);

// Indices of the items that `audience` is asked, ascending.
std::vector<int> ItemsOfAudience(const Instrument& instrument, absl::string_view audience);
// Indices of the items that every one of `audiences` is asked, ascending.
std::vector<int> CommonItems(const Instrument& instrument, const std::vector<std::string>& audiences);
// The same for prompts.
std::vector<int> CommonPrompts(const Instrument& instrument, const std::vector<std::string>& audiences);

}  // namespace candor::domain

#endif  // CANDOR_SERVICES_DOMAIN_INSTRUMENT_H_
