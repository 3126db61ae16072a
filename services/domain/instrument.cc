#include "services/domain/instrument.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

using base::Json;

constexpr char kForbidden[] = "forbidden";

// Checks one instrument against its framework and keeps the first fault.
class Checker {
 public:
  Checker(const Instrument& instrument, const Framework& framework)
      : instrument_(instrument), framework_(framework) {}

  absl::Status Check() {
    Text("title", instrument_.title);
    if (!IsOneLine(instrument_.title)) fault_.Set("title", "must be one line");
    if (instrument_.framework != framework_.code) {
      fault_.Set("framework", absl::StrCat("must be \"", framework_.code,
                                           "\", the code of the framework it belongs to"));
    }
    CheckLanguages();
    CheckScale();
    CheckRaterGroups();
    CheckItems();
    CheckPrompts();
    CheckEveryGroupIsAsked();
    return fault_.status();
  }

 private:
  void CheckLanguages() {
    Count("languages", instrument_.languages.size(), 1, kMostLanguages);
    std::set<std::string> named;
    for (size_t i = 0; i < instrument_.languages.size() && fault_.ok(); ++i) {
      const std::string path = absl::StrCat("languages[", i, "]");
      if (!IsLanguageTag(instrument_.languages[i]))
        fault_.Set(path, "must be a language tag such as \"en\" or \"es-MX\"");
      if (!named.insert(instrument_.languages[i]).second)
        fault_.Set(path, "stands twice; remove one");
    }
  }

  void CheckScale() {
    const RatingScale& scale = instrument_.scale;
    if (scale.points < 2 || scale.points > 10) fault_.Set("scale.points", "must be from 2 to 10");
    if (scale.favourable_from < 2 || scale.favourable_from > scale.points) {
      fault_.Set("scale.favourable_from", "must be from 2 to the number of points");
    }
    if (scale.strength_cut_hundredths != 0 &&
        (scale.strength_cut_hundredths < 100 || scale.strength_cut_hundredths > 100 * scale.points)) {
      fault_.Set("scale.strength_cut_hundredths", "must lie within the scale: from 100 to 100 times the points, or 0");
    }
    if (scale.agreement_band_hundredths < 0 || scale.agreement_band_hundredths > 50 * (scale.points - 1)) {
      fault_.Set("scale.agreement_band_hundredths", "must be at most half of the scale: 50 times the points less one");
    }
    for (const auto& [language, labels] : scale.labels) {
      const std::string path = JsonPath("scale.labels", language);
      Language(path, language);
      if (labels.size() != static_cast<size_t>(scale.points)) {
        fault_.Set(path, absl::StrCat("must have one label for each of the ", scale.points,
                                      " points, lowest first"));
      }
      for (size_t i = 0; i < labels.size() && fault_.ok(); ++i)
        Text(absl::StrCat(path, "[", i, "]"), labels[i]);
    }
    for (const std::string& language : instrument_.languages) {
      if (!scale.labels.contains(language))
        fault_.Set(JsonPath("scale.labels", language), "is missing");
    }
    Localized("scale.not_observed", scale.not_observed);
  }

  void CheckRaterGroups() {
    Count("rater_groups", instrument_.rater_groups.size(), 1, kMostRaterGroups);
    for (size_t i = 0; i < instrument_.rater_groups.size() && fault_.ok(); ++i) {
      const RaterGroup& group = instrument_.rater_groups[i];
      const std::string path = absl::StrCat("rater_groups[", i, "]");
      const std::string at = absl::StrCat(path, ".code");
      if (!IsGroupCode(group.code)) {
        fault_.Set(at, "must be a small letter and up to 30 more of a-z, 0-9 and underscore");
      }
      if (group.code == kSelf || group.code == kSupervisor || group.code == kOtherRaters) {
        fault_.Set(
            at, "may not be self, supervisor or other_raters, which have a meaning of their own");
      }
      if (!groups_.insert(group.code).second)
        fault_.Set(at, "stands twice; each rater group may stand once");
      Localized(absl::StrCat(path, ".title"), group.title);
    }
  }

  void CheckItems() {
    Count("items", instrument_.items.size(), 1, kMostItems);
    std::set<std::string> indicators;
    for (const Domain& domain : framework_.domains) {
      for (const Competency& competency : domain.competencies) {
        for (const Indicator& indicator : competency.indicators) indicators.insert(indicator.code);
      }
    }
    std::set<std::string> used;
    for (size_t i = 0; i < instrument_.items.size() && fault_.ok(); ++i) {
      const Item& item = instrument_.items[i];
      const std::string path = absl::StrCat("items[", i, "]");
      if (!indicators.contains(item.indicator)) {
        fault_.Set(absl::StrCat(path, ".indicator"),
                   absl::StrCat("is no indicator of the framework \"", framework_.code,
                                "\"; correct the code"));
      }
      if (!used.insert(item.indicator).second) {
        fault_.Set(absl::StrCat(path, ".indicator"),
                   "has an item before; an indicator has at most one");
      }
      Audiences(absl::StrCat(path, ".texts"), item.texts);
    }
  }

  void CheckPrompts() {
    Count("prompts", instrument_.prompts.size(), 0, kMostPrompts);
    std::set<std::string> codes;
    for (size_t i = 0; i < instrument_.prompts.size() && fault_.ok(); ++i) {
      const Prompt& prompt = instrument_.prompts[i];
      const std::string path = absl::StrCat("prompts[", i, "]");
      if (!IsGroupCode(prompt.code)) {
        fault_.Set(absl::StrCat(path, ".code"),
                   "must be a small letter and up to 30 more of a-z, 0-9 and underscore");
      }
      if (!codes.insert(prompt.code).second) {
        fault_.Set(absl::StrCat(path, ".code"), "stands twice; each code may stand once");
      }
      if (prompt.max_bytes < 100 || prompt.max_bytes > 4000) {
        fault_.Set(absl::StrCat(path, ".max_bytes"), "must be from 100 to 4000");
      }
      Audiences(absl::StrCat(path, ".texts"), prompt.texts);
    }
  }

  void CheckEveryGroupIsAsked() {
    for (size_t i = 0; i < instrument_.rater_groups.size() && fault_.ok(); ++i) {
      if (ItemsOfAudience(instrument_, instrument_.rater_groups[i].code).empty()) {
        fault_.Set(absl::StrCat("rater_groups[", i, "]"),
                   "is asked no item; add a text for it, or remove the group");
      }
    }
  }

  void Audiences(const std::string& path, const std::map<std::string, LocalizedText>& texts) {
    if (texts.empty()) fault_.Set(path, "needs a text for at least one audience");
    for (const auto& [audience, text] : texts) {
      const std::string at = JsonPath(path, audience);
      if (audience != kSelf && audience != kSupervisor && !groups_.contains(audience)) {
        fault_.Set(at, "is no audience: self, supervisor or a code of rater_groups");
      }
      Localized(at, text);
    }
  }

  void Localized(const std::string& path, const LocalizedText& text) {
    for (const std::string& language : instrument_.languages) {
      if (!text.contains(language)) {
        fault_.Set(JsonPath(path, language), "is missing; every text is needed in each language");
      }
    }
    for (const auto& [language, sentence] : text) {
      Language(JsonPath(path, language), language);
      Text(JsonPath(path, language), sentence);
    }
  }

  void Language(const std::string& path, const std::string& language) {
    if (std::find(instrument_.languages.begin(), instrument_.languages.end(), language) ==
        instrument_.languages.end()) {
      fault_.Set(path,
                 "is in none of the instrument's languages; add the language, or remove the text");
    }
  }

  void Text(const std::string& path, const std::string& text) {
    if (text.empty()) fault_.Set(path, "must not be empty");
    if (text.size() > kLongestInstrumentText) {
      fault_.Set(path,
                 absl::StrCat("is longer than ", kLongestInstrumentText, " bytes; shorten it"));
    }
    if (!IsPlainText(text)) fault_.Set(path, "must be plain UTF-8 text without control characters");
  }

  void Count(const std::string& path, size_t size, size_t least, size_t most) {
    if (size < least) fault_.Set(path, absl::StrCat("needs at least ", least));
    if (size > most) fault_.Set(path, absl::StrCat("has more than ", most, "; shorten the list"));
  }

  const Instrument& instrument_;
  const Framework& framework_;
  JsonFault fault_{absl::StatusCode::kInvalidArgument, reasons::kINSTRUMENT_INVALID};
  std::set<std::string> groups_;
};

std::map<std::string, LocalizedText> ReadAudiences(JsonObject& object, JsonFault* fault) {
  std::map<std::string, LocalizedText> texts;
  object.Map("texts", [&](const std::string& audience, const Json& value, const std::string& at) {
    texts[audience] = ReadLocalizedText(value, at, fault);
  });
  return texts;
}

RatingScale ReadScale(JsonObject& object, JsonFault* fault) {
  RatingScale scale;
  scale.points = static_cast<int>(object.Whole("points", 2, 10));
  scale.favourable_from = static_cast<int>(object.Whole("favourable_from", 2, 10));
  object.Map("labels", [&](const std::string& language, const Json& value, const std::string& at) {
    scale.labels[language] = JsonTexts(value, at, fault);
  });
  scale.not_observed = ReadLocalizedText(object, "not_observed", fault);
  scale.strength_cut_hundredths = static_cast<int>(object.OptionalWhole("strength_cut_hundredths", 0, 1000, 0));
  scale.agreement_band_hundredths = static_cast<int>(object.OptionalWhole("agreement_band_hundredths", 0, 1000, 0));
  return scale;
}

std::vector<int> AskedOfAll(const auto& entries, const std::vector<std::string>& audiences) {
  std::vector<int> indices;
  if (audiences.empty()) return indices;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (std::all_of(audiences.begin(), audiences.end(), [&](const std::string& audience) {
          return entries[i].texts.contains(audience);
        })) {
      indices.push_back(static_cast<int>(i));
    }
  }
  return indices;
}

// Takes out of the priority areas what names a competency that is there no more.
void KeepPriorityAreasInUse(Framework& framework) {
  std::set<std::string> competencies;
  for (const Domain& domain : framework.domains) {
    for (const Competency& competency : domain.competencies) competencies.insert(competency.code);
  }
  for (PriorityArea& area : framework.priority_areas) {
    std::erase_if(area.competencies, [&](const std::string& code) { return !competencies.contains(code); });
  }
  std::erase_if(framework.priority_areas, [](const PriorityArea& area) { return area.competencies.empty(); });
}

}  // namespace

absl::Status CheckInstrument(const Instrument& instrument, const Framework& framework) {
  return Checker(instrument, framework).Check();
}

Instrument ReadInstrument(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Instrument instrument;
  if (object.Text("format") != kInstrumentFormat) {
    fault->Set(object.PathOf("format"), absl::StrCat("must be \"", kInstrumentFormat, "\""));
  }
  instrument.title = object.Text("title");
  instrument.framework = object.Text("framework");
  object.Object("scale", [&](JsonObject& scale) { instrument.scale = ReadScale(scale, fault); });
  instrument.languages = object.Texts("languages");
  object.List("rater_groups", [&](const Json& element, const std::string& at) {
    JsonObject group(element, at, fault);
    instrument.rater_groups.push_back({group.Text("code"), ReadLocalizedText(group, "title", fault)});
    group.Finish();
  });
  object.List("items", [&](const Json& element, const std::string& at) {
    JsonObject item(element, at, fault);
    instrument.items.push_back(
        {item.Text("indicator"), item.OptionalBool("reverse", false), ReadAudiences(item, fault)});
    item.Finish();
  });
  object.OptionalList("prompts", [&](const Json& element, const std::string& at) {
    JsonObject prompt(element, at, fault);
    instrument.prompts.push_back(
        {prompt.Text("code"), ReadAudiences(prompt, fault),
         static_cast<int>(prompt.OptionalWhole("max_bytes", 100, 4000, Prompt().max_bytes))});
    prompt.Finish();
  });
  if (object.Has("evaluative_use")) {
    if (object.Text("evaluative_use") != kForbidden) {
      fault->Set(object.PathOf("evaluative_use"), "must be \"forbidden\"; leave it out where such use is not forbidden");
    }
    instrument.evaluative_use_forbidden = true;
  }
  object.Finish();
  return instrument;
}

absl::StatusOr<Instrument> ParseInstrument(absl::string_view json_text) {
  CANDOR_ASSIGN_OR_RETURN(const Json document, base::ParseJson(json_text));
  JsonFault fault(absl::StatusCode::kInvalidArgument, reasons::kINSTRUMENT_INVALID);
  Instrument instrument = ReadInstrument(document, "", &fault);
  CANDOR_RETURN_IF_ERROR(fault.status());
  return instrument;
}

Json InstrumentToJson(const Instrument& instrument) {
  const RatingScale& scale = instrument.scale;
  Json groups = Json::array();
  for (const RaterGroup& group : instrument.rater_groups) {
    groups.push_back({{"code", group.code}, {"title", Json(group.title)}});
  }
  Json items = Json::array();
  for (const Item& item : instrument.items) {
    items.push_back(
        {{"indicator", item.indicator}, {"reverse", item.reverse}, {"texts", Json(item.texts)}});
  }
  Json prompts = Json::array();
  for (const Prompt& prompt : instrument.prompts) {
    prompts.push_back(
        {{"code", prompt.code}, {"texts", Json(prompt.texts)}, {"max_bytes", prompt.max_bytes}});
  }
  Json scale_json = {{"points", scale.points},
                     {"favourable_from", scale.favourable_from},
                     {"labels", Json(scale.labels)},
                     {"not_observed", Json(scale.not_observed)}};
  // Left out where they are the defaults, so that an instrument has one document only.
  if (scale.strength_cut_hundredths != 0) scale_json["strength_cut_hundredths"] = scale.strength_cut_hundredths;
  if (scale.agreement_band_hundredths != 0) scale_json["agreement_band_hundredths"] = scale.agreement_band_hundredths;
  Json document = {{"format", kInstrumentFormat},
                   {"title", instrument.title},
                   {"framework", instrument.framework},
                   {"scale", std::move(scale_json)},
                   {"languages", Json(instrument.languages)},
                   {"rater_groups", std::move(groups)},
                   {"items", std::move(items)},
                   {"prompts", std::move(prompts)}};
  if (instrument.evaluative_use_forbidden) document["evaluative_use"] = kForbidden;
  return document;
}

std::string EncodeInstrumentVersion(const InstrumentVersion& version) {
  return base::CanonicalJson({{"format", kInstrumentVersionFormat},
                              {"framework", FrameworkToJson(version.framework)},
                              {"instrument", InstrumentToJson(version.instrument)}});
}

absl::StatusOr<InstrumentVersion> DecodeInstrumentVersion(absl::string_view bytes) {
  const absl::Status damaged =
      errors::StoreCorrupt("an instrument version's document cannot be read");
  const auto document = base::ParseJson(bytes);
  if (!document.ok()) return damaged;
  JsonFault fault(absl::StatusCode::kDataLoss, reasons::kSTORE_CORRUPT);
  InstrumentVersion version;
  JsonObject object(*document, "", &fault);
  if (object.Text("format") != kInstrumentVersionFormat) return damaged;
  if (object.Has("framework"))
    version.framework = ReadFramework((*document)["framework"], "framework", &fault);
  if (object.Has("instrument"))
    version.instrument = ReadInstrument((*document)["instrument"], "instrument", &fault);
  if (!fault.ok() || !CheckFramework(version.framework).ok() ||
      !CheckInstrument(version.instrument, version.framework).ok()) {
    return damaged;
  }
  // The bytes are what was hashed: any other spelling of the same content is another document.
  if (EncodeInstrumentVersion(version) != bytes) return damaged;
  return version;
}

InstrumentVersion MakeInstrumentVersion(const Instrument& instrument, const Framework& framework) {
  std::set<std::string> used;
  for (const Item& item : instrument.items) used.insert(item.indicator);
  InstrumentVersion version{instrument, framework};
  std::set<std::string> themes;
  for (Domain& domain : version.framework.domains) {
    for (Competency& competency : domain.competencies) {
      std::erase_if(competency.indicators,
                    [&](const Indicator& indicator) { return !used.contains(indicator.code); });
      for (const Indicator& indicator : competency.indicators) {
        themes.insert(indicator.themes.begin(), indicator.themes.end());
      }
    }
    std::erase_if(domain.competencies,
                  [](const Competency& competency) { return competency.indicators.empty(); });
  }
  std::erase_if(version.framework.domains,
                [](const Domain& domain) { return domain.competencies.empty(); });
  std::erase_if(version.framework.themes,
                [&](const Theme& theme) { return !themes.contains(theme.code); });
  KeepPriorityAreasInUse(version.framework);
  return version;
}

std::vector<int> ItemsOfAudience(const Instrument& instrument, absl::string_view audience) {
  return CommonItems(instrument, {std::string(audience)});
}

std::vector<int> CommonItems(const Instrument& instrument,
                             const std::vector<std::string>& audiences) {
  return AskedOfAll(instrument.items, audiences);
}

std::vector<int> CommonPrompts(const Instrument& instrument,
                               const std::vector<std::string>& audiences) {
  return AskedOfAll(instrument.prompts, audiences);
}

}  // namespace candor::domain
