#include "services/domain/framework.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

using base::Json;

// Checks one framework and keeps its first fault.
class Checker {
 public:
  absl::Status Check(const Framework& framework) {
    if (!IsResourceId(framework.code))
      fault_.Set("code", "must be 1 to 63 characters of a-z, 0-9 and hyphen");
    Title("title", framework.title);
    Title("version", framework.version);
    Text("attribution", framework.attribution);
    Text("license", framework.license);
    Text("license_url", framework.license_url);
    for (size_t i = 0; i < framework.themes.size() && fault_.ok(); ++i) {
      const std::string path = absl::StrCat("themes[", i, "]");
      Code(path, framework.themes[i].code, themes_);
      Title(absl::StrCat(path, ".title"), framework.themes[i].title);
    }
    NotEmpty("domains", framework.domains.size(), "domain");
    for (size_t i = 0; i < framework.domains.size() && fault_.ok(); ++i) {
      CheckDomain(absl::StrCat("domains[", i, "]"), framework.domains[i]);
    }
    AtMost("priority_areas", framework.priority_areas.size());
    for (size_t i = 0; i < framework.priority_areas.size() && fault_.ok(); ++i) {
      CheckPriorityArea(absl::StrCat("priority_areas[", i, "]"), framework.priority_areas[i]);
    }
    return fault_.status();
  }

 private:
  void CheckDomain(const std::string& path, const Domain& domain) {
    Code(path, domain.code, codes_);
    Title(absl::StrCat(path, ".title"), domain.title);
    AtMost(absl::StrCat(path, ".questions"), domain.questions.size());
    for (size_t i = 0; i < domain.questions.size() && fault_.ok(); ++i) {
      const std::string at = absl::StrCat(path, ".questions[", i, "]");
      Code(at, domain.questions[i].code, questions_);
      Localized(absl::StrCat(at, ".text"), domain.questions[i].text);
    }
    NotEmpty(absl::StrCat(path, ".competencies"), domain.competencies.size(), "competency");
    for (size_t i = 0; i < domain.competencies.size() && fault_.ok(); ++i) {
      CheckCompetency(absl::StrCat(path, ".competencies[", i, "]"), domain.competencies[i]);
    }
  }

  void CheckCompetency(const std::string& path, const Competency& competency) {
    Code(path, competency.code, codes_);
    competencies_.insert(competency.code);
    Title(absl::StrCat(path, ".title"), competency.title);
    AtMost(absl::StrCat(path, ".next_steps"), competency.next_steps.size());
    for (size_t i = 0; i < competency.next_steps.size() && fault_.ok(); ++i) {
      Localized(absl::StrCat(path, ".next_steps[", i, "]"), competency.next_steps[i]);
    }
    NotEmpty(absl::StrCat(path, ".indicators"), competency.indicators.size(), "indicator");
    for (size_t i = 0; i < competency.indicators.size() && fault_.ok(); ++i) {
      CheckIndicator(absl::StrCat(path, ".indicators[", i, "]"), competency.indicators[i]);
    }
  }

  void CheckIndicator(const std::string& path, const Indicator& indicator) {
    if (++indicators_ > kMostIndicators) {
      fault_.Set(path, absl::StrCat("is one indicator too many; a framework has at most ",
                                    kMostIndicators));
    }
    Code(path, indicator.code, codes_);
    Title(absl::StrCat(path, ".title"), indicator.title);
    std::set<std::string> named;
    for (size_t i = 0; i < indicator.themes.size(); ++i) {
      const std::string at = absl::StrCat(path, ".themes[", i, "]");
      if (!themes_.contains(indicator.themes[i])) {
        fault_.Set(at, "is no theme of this framework; add it to themes, or correct the code");
      }
      if (!named.insert(indicator.themes[i]).second)
        fault_.Set(at, "names a theme that is named before; remove one");
    }
  }

  // Once all domains are checked.
  void CheckPriorityArea(const std::string& path, const PriorityArea& area) {
    Code(path, area.code, priority_areas_);
    Localized(absl::StrCat(path, ".title"), area.title);
    NotEmpty(absl::StrCat(path, ".competencies"), area.competencies.size(), "competency");
    std::set<std::string> named;
    for (size_t i = 0; i < area.competencies.size(); ++i) {
      const std::string at = absl::StrCat(path, ".competencies[", i, "]");
      if (!competencies_.contains(area.competencies[i]))
        fault_.Set(at, "is no competency of this framework; correct the code, or remove it");
      if (!named.insert(area.competencies[i]).second)
        fault_.Set(at, "names a competency that is named before; remove one");
    }
  }

  void Localized(const std::string& path, const LocalizedText& text) {
    if (text.empty()) fault_.Set(path, "needs a text in at least one language");
    if (text.size() > kMostLanguages)
      fault_.Set(path, absl::StrCat("has more than ", kMostLanguages, " languages; remove some"));
    for (const auto& [language, sentence] : text) {
      const std::string at = JsonPath(path, language);
      if (!IsLanguageTag(language)) fault_.Set(at, "must stand under a language tag such as \"en\" or \"es-MX\"");
      Title(at, sentence);
    }
  }

  void Code(const std::string& path, const std::string& code, std::set<std::string>& taken) {
    const std::string at = absl::StrCat(path, ".code");
    if (!IsCode(code))
      fault_.Set(at, "must be 1 to 63 characters of A-Z, a-z, 0-9, '.', '_', '/' and '-'");
    if (!taken.insert(code).second)
      fault_.Set(at, absl::StrCat("\"", code, "\" stands twice; each code may stand once"));
  }

  void Title(const std::string& path, const std::string& text) {
    if (text.empty()) fault_.Set(path, "must not be empty");
    Text(path, text);
    if (!IsOneLine(text)) fault_.Set(path, "must be one line");
  }

  void Text(const std::string& path, const std::string& text) {
    if (text.size() > kLongestFrameworkText) {
      fault_.Set(path,
                 absl::StrCat("is longer than ", kLongestFrameworkText, " bytes; shorten it"));
    }
    if (!IsPlainText(text)) fault_.Set(path, "must be plain UTF-8 text without control characters");
  }

  void NotEmpty(const std::string& path, size_t size, absl::string_view what) {
    if (size == 0) fault_.Set(path, absl::StrCat("needs at least one ", what));
  }

  void AtMost(const std::string& path, size_t size) {
    if (size > kMostGuidance) fault_.Set(path, absl::StrCat("has more than ", kMostGuidance, "; shorten the list"));
  }

  JsonFault fault_{absl::StatusCode::kInvalidArgument, reasons::kFRAMEWORK_INVALID};
  std::set<std::string> themes_;
  std::set<std::string> codes_;
  std::set<std::string> competencies_;
  std::set<std::string> questions_;
  std::set<std::string> priority_areas_;
  size_t indicators_ = 0;
};

Indicator ReadIndicator(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Indicator indicator{object.Text("code"), object.Text("title"), object.OptionalTexts("themes")};
  object.Finish();
  return indicator;
}

Competency ReadCompetency(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Competency competency{object.Text("code"), object.Text("title"), {}, {}};
  object.OptionalList("next_steps", [&](const Json& element, const std::string& at) {
    competency.next_steps.push_back(ReadLocalizedText(element, at, fault));
  });
  object.List("indicators", [&](const Json& element, const std::string& at) {
    competency.indicators.push_back(ReadIndicator(element, at, fault));
  });
  object.Finish();
  return competency;
}

Domain ReadDomain(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Domain domain{object.Text("code"), object.Text("title"), {}, {}};
  object.OptionalList("questions", [&](const Json& element, const std::string& at) {
    JsonObject question(element, at, fault);
    domain.questions.push_back({question.Text("code"), ReadLocalizedText(question, "text", fault)});
    question.Finish();
  });
  object.List("competencies", [&](const Json& element, const std::string& at) {
    domain.competencies.push_back(ReadCompetency(element, at, fault));
  });
  object.Finish();
  return domain;
}

Theme ReadTheme(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Theme theme{object.Text("code"), object.Text("title")};
  object.Finish();
  return theme;
}

PriorityArea ReadPriorityArea(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  PriorityArea area{object.Text("code"), ReadLocalizedText(object, "title", fault), object.Texts("competencies")};
  object.Finish();
  return area;
}

Json CompetencyToJson(const Competency& competency) {
  Json indicators = Json::array();
  for (const Indicator& indicator : competency.indicators) {
    indicators.push_back(
        {{"code", indicator.code}, {"title", indicator.title}, {"themes", Json(indicator.themes)}});
  }
  Json document = {
      {"code", competency.code}, {"title", competency.title}, {"indicators", std::move(indicators)}};
  if (!competency.next_steps.empty()) document["next_steps"] = Json(competency.next_steps);
  return document;
}

Json DomainToJson(const Domain& domain) {
  Json competencies = Json::array();
  for (const Competency& competency : domain.competencies) competencies.push_back(CompetencyToJson(competency));
  Json document = {{"code", domain.code}, {"title", domain.title}, {"competencies", std::move(competencies)}};
  for (const GuidingQuestion& question : domain.questions) {
    document["questions"].push_back({{"code", question.code}, {"text", Json(question.text)}});
  }
  return document;
}

}  // namespace

absl::Status CheckFramework(const Framework& framework) { return Checker().Check(framework); }

Framework ReadFramework(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Framework framework;
  if (object.Text("format") != kFrameworkFormat) {
    fault->Set(object.PathOf("format"), absl::StrCat("must be \"", kFrameworkFormat, "\""));
  }
  framework.code = object.Text("code");
  framework.title = object.Text("title");
  framework.version = object.Text("version");
  framework.attribution = object.OptionalText("attribution");
  framework.license = object.OptionalText("license");
  framework.license_url = object.OptionalText("license_url");
  object.OptionalList("themes", [&](const Json& element, const std::string& at) {
    framework.themes.push_back(ReadTheme(element, at, fault));
  });
  object.List("domains", [&](const Json& element, const std::string& at) {
    framework.domains.push_back(ReadDomain(element, at, fault));
  });
  object.OptionalList("priority_areas", [&](const Json& element, const std::string& at) {
    framework.priority_areas.push_back(ReadPriorityArea(element, at, fault));
  });
  object.Finish();
  return framework;
}

absl::StatusOr<Framework> ParseFramework(absl::string_view json_text) {
  CANDOR_ASSIGN_OR_RETURN(const Json document, base::ParseJson(json_text));
  JsonFault fault(absl::StatusCode::kInvalidArgument, reasons::kFRAMEWORK_INVALID);
  Framework framework = ReadFramework(document, "", &fault);
  CANDOR_RETURN_IF_ERROR(fault.status());
  CANDOR_RETURN_IF_ERROR(CheckFramework(framework));
  return framework;
}

Json FrameworkToJson(const Framework& framework) {
  Json themes = Json::array();
  for (const Theme& theme : framework.themes)
    themes.push_back({{"code", theme.code}, {"title", theme.title}});
  Json domains = Json::array();
  for (const Domain& domain : framework.domains) domains.push_back(DomainToJson(domain));
  Json document = {{"format", kFrameworkFormat},
                   {"code", framework.code},
                   {"title", framework.title},
                   {"version", framework.version},
                   {"attribution", framework.attribution},
                   {"license", framework.license},
                   {"license_url", framework.license_url},
                   {"themes", std::move(themes)},
                   {"domains", std::move(domains)}};
  for (const PriorityArea& area : framework.priority_areas) {
    document["priority_areas"].push_back(
        {{"code", area.code}, {"title", Json(area.title)}, {"competencies", Json(area.competencies)}});
  }
  return document;
}

IndicatorPlace FindIndicator(const Framework& framework, absl::string_view code) {
  for (const Domain& domain : framework.domains) {
    for (const Competency& competency : domain.competencies) {
      for (const Indicator& indicator : competency.indicators) {
        if (indicator.code == code) return {&domain, &competency, &indicator};
      }
    }
  }
  return {};
}

}  // namespace candor::domain
