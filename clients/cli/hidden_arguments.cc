#include "clients/cli/hidden_arguments.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>

namespace candor::cli {
namespace {

// Options, and the argument of `follow-up answer` by its name.
constexpr const char* kHidden[] = {"--code", "--link", "--text", "comment"};

void HideValue(const std::string& value, int argc, char** argv) {
  if (value.empty() || value == "-") return;
  for (int i = 1; i < argc; ++i) {
    char* const argument = argv[i];
    const size_t length = std::strlen(argument);
    // Alone, or behind "--option=".
    if (length < value.size() || value != argument + (length - value.size())) continue;
    if (length > value.size() && argument[length - value.size() - 1] != '=') continue;
    std::fill(argument + (length - value.size()), argument + length, 'x');
  }
}

}  // namespace

void HideArguments(const CLI::App& app, int argc, char** argv) {
  for (const CLI::Option* option : app.get_options()) {
    const bool hidden = std::any_of(std::begin(kHidden), std::end(kHidden),
                                    [option](const char* name) { return option->check_name(name); });
    if (!hidden) continue;
    for (const std::string& value : option->results()) HideValue(value, argc, argv);
  }
  for (const CLI::App* verb : app.get_subcommands()) HideArguments(*verb, argc, argv);
}

}  // namespace candor::cli
