// A disk that is full, for one program.

#ifndef CANDOR_TESTS_E2E_WITHOUT_ROOM_H_
#define CANDOR_TESTS_E2E_WITHOUT_ROOM_H_

#include <cstdio>
#include <string>
#include <vector>

namespace candor::e2e {

// Runs `candor` where files can be made, but not a byte can be written into them. Gives both outputs, and "exit N" at
// the end. `arguments`: without single quotes.
inline std::string WithoutRoom(const std::vector<std::string>& arguments) {
  std::string command = "(trap '' XFSZ; ulimit -f 0; " CANDOR_BIN_DIR "/candor";
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  command += "; echo exit $?) 2>&1 </dev/null";
  std::string said;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return said;
  char buffer[4096];
  while (const size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) said.append(buffer, count);
  pclose(pipe);
  return said;
}

}  // namespace candor::e2e

#endif  // CANDOR_TESTS_E2E_WITHOUT_ROOM_H_
