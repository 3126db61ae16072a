#include "clients/cpp/holder_key.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"

namespace candor::client {
namespace {

constexpr char kFormat[] = "candor.holder_key.v1";

}  // namespace

absl::StatusOr<crypto::ClosingKeyPair> MakeHolderKey(const std::string& path) {
  if (base::FileExists(path)) {
    return absl::AlreadyExistsError(absl::StrCat(path, " exists; a key that is written over is lost with everything that "
                                                       "is sealed to it, so choose another name"));
  }
  crypto::ClosingKeyPair pair = crypto::ClosingKeyPair::Generate();
  std::string secret = base::HexEncode(pair.secret_key.view());
  std::string document = base::CanonicalJson(
      {{"format", kFormat}, {"public_key", base::HexEncode(pair.public_key)}, {"secret_key", secret}});
  const absl::Status written = base::WriteFileAtomically(path, absl::StrCat(document, "\n"), 0600);
  base::Wipe(secret);
  base::Wipe(document);
  CANDOR_RETURN_IF_ERROR(written);
  return pair;
}

absl::StatusOr<crypto::ClosingKeyPair> ReadHolderKey(const std::string& path) {
  CANDOR_ASSIGN_OR_RETURN(std::string bytes, base::ReadFile(path, /*max_bytes=*/4096));
  const absl::Status damaged = absl::InvalidArgumentError(
      absl::StrCat(path, " is no key of a moderator or auditor, as candor moderator keygen makes it"));
  auto document = base::ParseJson(bytes);
  base::Wipe(bytes);
  // Of whatever type a member is: it may be any file that was named by mistake.
  const auto text = [&document](const char* key) -> std::string* {
    const auto found = document->find(key);
    return found != document->end() && found->is_string() ? &found->get_ref<std::string&>() : nullptr;
  };
  if (!document.ok() || !document->is_object()) return damaged;
  const std::string *const format = text("format"), *const public_key = text("public_key");
  std::string* const secret_key = text("secret_key");
  if (format == nullptr || *format != kFormat || public_key == nullptr || secret_key == nullptr) return damaged;
  auto secret = base::HexDecode(*secret_key);
  base::Wipe(*secret_key);
  if (!secret.ok()) return damaged;
  auto pair = crypto::ClosingKeyPair::FromSecretKey(*secret);
  base::Wipe(*secret);
  if (!pair.ok() || *public_key != base::HexEncode(pair->public_key)) return damaged;
  return pair;
}

}  // namespace candor::client
