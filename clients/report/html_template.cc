#include "clients/report/html_template.h"

#include <kainjow/mustache.hpp>

#include "clients/report/template_data.h"
#include "services/base/status.h"

namespace candor::report {
namespace {

using kainjow::mustache::data;

data DataOf(const base::Json& json) {
  switch (json.type()) {
    case base::Json::value_t::object: {
      data object;
      for (const auto& [key, value] : json.items()) {
        object[key] = DataOf(value);
        // What stands once before or around the entries of a list.
        if (value.is_array()) object["has_" + key] = DataOf(!value.empty());
      }
      return object;
    }
    case base::Json::value_t::array: {
      data list(data::type::list);
      for (const base::Json& value : json) list.push_back(DataOf(value));
      return list;
    }
    case base::Json::value_t::string: {
      const auto& text = json.get_ref<const std::string&>();
      return text.empty() ? data(data::type::bool_false) : data(text);
    }
    case base::Json::value_t::boolean: return data(json.get<bool>() ? data::type::bool_true : data::type::bool_false);
    case base::Json::value_t::null: return data(data::type::bool_false);
    default: break;
  }
  CANDOR_CHECK(false && "a number has no form of its own");
  return data();
}

}  // namespace

absl::string_view TemplateText(Template name) {
  switch (name) {
    case Template::kPage: return kPageTemplate;
    case Template::kBrief: return kBriefTemplate;
    case Template::kPriorities: return kPrioritiesTemplate;
    case Template::kUnits: return kUnitsTemplate;
    case Template::kStatements: return kStatementsTemplate;
    case Template::kComparisons: return kComparisonsTemplate;
    case Template::kNotes: return kNotesTemplate;
    case Template::kAbout: return kAboutTemplate;
    case Template::kComments: return kCommentsTemplate;
    case Template::kPlan: return kPlanTemplate;
    case Template::kChart: return kChartTemplate;
  }
  return "";
}

Html Fill(Template name, const base::Json& json) {
  kainjow::mustache::mustache filled{std::string(TemplateText(name))};
  CANDOR_CHECK(filled.is_valid());
  data all = DataOf(json);
  // Partials have names that no text and no section has. A text that may be in another language than the page.
  all.set("_said", data(std::string(kSaidTemplate)));
  // A figure with how far it might move, or why there is none.
  all.set("_measured", data(std::string(kMeasuredTemplate)));
  // Tables of units.
  all.set("_tables", data(std::string(kTablesTemplate)));
  all.set("_grid", data(std::string(kGridTemplate)));
  all.set("style", data(std::string(kStyle)));
  std::string markup = filled.render(all);
  CANDOR_CHECK(filled.is_valid());
  return Html(std::move(markup));
}

void PutHtml(base::Json& data, const std::string& key, const Html& html) { data[key] = html.markup(); }

}  // namespace candor::report
