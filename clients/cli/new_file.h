// Files that are made new, and never in the place of another: keys, letters, comments, receipts.

#ifndef CANDOR_CLIENTS_CLI_NEW_FILE_H_
#define CANDOR_CLIENTS_CLI_NEW_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace candor::cli {

// OK where a file of that name could be made: to be asked before work that would be lost without the file. Leaves
// nothing behind. ALREADY_EXISTS: there is one, or a folder. Else as base::WriteFileAtomically, since there is no such
// folder, or nothing can be made in it.
absl::Status CheckNewFile(const std::string& path);

// Makes the file with mode 0600; durable when this returns. As CheckNewFile, and base::WriteFileAtomically.
absl::Status WriteNewFile(const std::string& path, absl::string_view bytes);

}  // namespace candor::cli

#endif  // CANDOR_CLIENTS_CLI_NEW_FILE_H_
