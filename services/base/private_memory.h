// Secrets that stay in the process: no core files, no other process that reads its memory, nothing left behind.

#ifndef CANDOR_SERVICES_BASE_PRIVATE_MEMORY_H_
#define CANDOR_SERVICES_BASE_PRIVATE_MEMORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace candor::base {

// From now on this process writes no core file, whatever its parent allowed and whoever collects core files, and no
// other process of the same user may attach to it or read its memory through /proc. Called at the start of a program,
// before it reads a secret. Root is not kept out, and pages may still be swapped. UNAVAILABLE: the system refuses.
absl::Status KeepMemoryPrivate();

// Overwrites the bytes, so that they do not lie in freed memory, and leaves it empty. Copies made before, also those
// that a growing string left behind, are not reached.
void Wipe(std::string& secret);
void Wipe(std::vector<uint8_t>& secret);

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_PRIVATE_MEMORY_H_
