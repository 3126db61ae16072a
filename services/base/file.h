// Small files that must survive a crash, and secrets that must not survive their purpose.

#ifndef CANDOR_SERVICES_BASE_FILE_H_
#define CANDOR_SERVICES_BASE_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace candor::base {

// The file's bytes. NOT_FOUND: no such file. RESOURCE_EXHAUSTED: longer than `max_bytes`. PERMISSION_DENIED:
// may not be read. UNAVAILABLE: cannot be read.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes = 256u << 20);

// Writes `bytes` so that after a crash the file holds either its former contents or all of `bytes`; durable when this
// returns. `mode`: permission bits of a new file, for instance 0600. RESOURCE_EXHAUSTED: no room. UNAVAILABLE: other
// faults. On failure the file holds one of the two; it is the former one unless only the folder could not be made durable.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view bytes, int mode);

// Makes the folder and those above it. An existing folder keeps its mode.
absl::Status MakeFolder(const std::string& path, int mode);

// Makes the entries of `folder` durable (after a creation, renaming or removal in it).
absl::Status SyncFolder(const std::string& folder);

// Overwrites the file with zero bytes, makes that durable, unlinks it and makes that durable. OK when there is no such
// file. On flash, copy-on-write file systems and snapshots older bytes may remain: README says so.
absl::Status DestroyFile(const std::string& path);

bool FileExists(const std::string& path);

// Names of the entries of `folder`, sorted, without "." and "..". NOT_FOUND: no such folder.
absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& folder);

}  // namespace candor::base

#endif  // CANDOR_SERVICES_BASE_FILE_H_
