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
    return fault_.status();
  }

 private:
  void CheckDomain(const std::string& path, const Domain& domain) {
    Code(path, domain.code, codes_);
    Title(absl::StrCat(path, ".title"), domain.title);
    NotEmpty(absl::StrCat(path, ".competencies"), domain.competencies.size(), "competency");
    for (size_t i = 0; i < domain.competencies.size() && fault_.ok(); ++i) {
      CheckCompetency(absl::StrCat(path, ".competencies[", i, "]"), domain.competencies[i]);
    }
  }

  void CheckCompetency(const std::string& path, const Competency& competency) {
    Code(path, competency.code, codes_);
    Title(absl::StrCat(path, ".title"), competency.title);
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

  JsonFault fault_{absl::StatusCode::kInvalidArgument, reasons::kFRAMEWORK_INVALID};
  std::set<std::string> themes_;
  std::set<std::string> codes_;
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
  Competency competency{object.Text("code"), object.Text("title"), {}};
  object.List("indicators", [&](const Json& element, const std::string& at) {
    competency.indicators.push_back(ReadIndicator(element, at, fault));
  });
  object.Finish();
  return competency;
}

Domain ReadDomain(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  Domain domain{object.Text("code"), object.Text("title"), {}};
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
  for (const Domain& domain : framework.domains) {
    Json competencies = Json::array();
    for (const Competency& competency : domain.competencies) {
      Json indicators = Json::array();
      for (const Indicator& indicator : competency.indicators) {
        indicators.push_back({{"code", indicator.code},
                              {"title", indicator.title},
                              {"themes", Json(indicator.themes)}});
      }
      competencies.push_back({{"code", competency.code},
                              {"title", competency.title},
                              {"indicators", std::move(indicators)}});
    }
    domains.push_back({{"code", domain.code},
                       {"title", domain.title},
                       {"competencies", std::move(competencies)}});
  }
  return {{"format", kFrameworkFormat},
          {"code", framework.code},
          {"title", framework.title},
          {"version", framework.version},
          {"attribution", framework.attribution},
          {"license", framework.license},
          {"license_url", framework.license_url},
          {"themes", std::move(themes)},
          {"domains", std::move(domains)}};
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
