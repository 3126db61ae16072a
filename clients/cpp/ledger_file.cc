#include "clients/cpp/ledger_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/encoding.h"
#include "services/base/status.h"

namespace candor::client {
namespace {

constexpr char kFormat[] = "candor-ledger-file-v1";

absl::Status NotALedgerFile(absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("this is not a file that `candor ledger --export` has written: ", why));
}

// The bytes of the object or text that `rest` begins with; empty where it begins with neither, or with no whole one.
// Brackets inside of texts do not count.
absl::string_view FirstValue(absl::string_view rest) {
  int depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (in_text) {
      if (c == '\\') ++i;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
    if (in_text || depth > 0) continue;
    return i > 0 && depth == 0 ? rest.substr(0, i + 1) : absl::string_view();
  }
  return {};
}

// Takes the member `name`, whose value begins with `first`, off the front of `rest`, with what stands before it in the
// one way to write the file.
absl::StatusOr<absl::string_view> TakeMember(absl::string_view& rest, absl::string_view before, const char* name,
                                             char first) {
  if (!absl::ConsumePrefix(&rest, absl::StrCat(before, "\"", name, "\":")) || rest.empty() || rest[0] != first) {
    return NotALedgerFile(absl::StrCat("its part `", name, "` is missing, or not where it belongs"));
  }
  const absl::string_view value = FirstValue(rest);
  if (value.empty()) return NotALedgerFile(absl::StrCat("its part `", name, "` is cut"));
  rest.remove_prefix(value.size());
  return value;
}

}  // namespace

std::string WriteLedgerFile(const LedgerFile& file) {
  return absl::StrCat("{\"contract\":", file.documents.contract, ",\"format\":\"", kFormat,
                      "\",\"instrument_version\":", file.documents.instrument_version, ",\"ledger\":", file.ledger,
                      ",\"manifest\":", file.documents.manifest, ",\"manifest_signature\":\"",
                      base::HexEncode(file.documents.manifest_signature), "\"}");
}

absl::StatusOr<LedgerFile> ReadLedgerFile(absl::string_view bytes) {
  LedgerFile file;
  absl::string_view rest = bytes;
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view contract, TakeMember(rest, "{", "contract", '{'));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view format, TakeMember(rest, ",", "format", '"'));
  if (format != absl::StrCat("\"", kFormat, "\"")) return NotALedgerFile(absl::StrCat("its format is not ", kFormat));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view version, TakeMember(rest, ",", "instrument_version", '{'));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view ledger, TakeMember(rest, ",", "ledger", '{'));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view manifest, TakeMember(rest, ",", "manifest", '{'));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view signature, TakeMember(rest, ",", "manifest_signature", '"'));
  if (rest != "}") return NotALedgerFile("there is more, or less, behind its last part");
  const absl::string_view hex = signature.substr(1, signature.size() - 2);
  absl::StatusOr<std::string> decoded = base::HexDecode(hex);
  if (!decoded.ok() || base::HexEncode(*decoded) != hex) {
    return NotALedgerFile("the manifest's signature is not hexadecimal, in small letters");
  }
  file.documents = {std::string(contract), std::string(version), std::string(manifest), *std::move(decoded)};
  file.ledger = std::string(ledger);
  return file;
}

}  // namespace candor::client
