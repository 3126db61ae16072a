#include "clients/cli/state_folder.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace candor::cli {

std::string DefaultStateFolder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    return absl::StrCat(state, "/candor");
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return absl::StrCat(home, "/.local/state/candor");
  }
  return "";
}

}  // namespace candor::cli
