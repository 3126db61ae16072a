#include "clients/cli/new_file.h"

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/random.h"
#include "services/base/status.h"

namespace candor::cli {
namespace {

constexpr int kMode = 0600;

absl::Status RefuseExisting(const std::string& path) {
  if (!base::FileExists(path)) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat(path, " is there already, and is not written over; give another name, or remove it first"));
}

}  // namespace

absl::Status CheckNewFile(const std::string& path) {
  CANDOR_RETURN_IF_ERROR(RefuseExisting(path));
  // Under another name, so that a program that is stopped in between does not leave one that it refuses the next time.
  const std::string trial = absl::StrCat(path, ".", base::RandomId(), ".trial");
  absl::Status tried = base::WriteFileAtomically(trial, "", kMode);
  if (tried.ok()) tried = base::DestroyFile(trial);
  return base::Annotate(tried, absl::StrCat("no file can be made at ", path));
}

absl::Status WriteNewFile(const std::string& path, absl::string_view bytes) {
  CANDOR_RETURN_IF_ERROR(RefuseExisting(path));
  return base::WriteFileAtomically(path, bytes, kMode);
}

}  // namespace candor::cli
