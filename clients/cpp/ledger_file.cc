#include "clients/cpp/ledger_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/base/encoding.h"
#include "services/base/status.h"

namespace candor::client {
namespace {

constexpr char kFormat[] = "candor-ledger-file-v1";
constexpr absl::string_view kNone = "null";

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

// The bytes in `text`, which stands in quotation marks.
absl::StatusOr<std::string> ReadSignature(absl::string_view text) {
  const absl::string_view hex = text.substr(1, text.size() - 2);
  absl::StatusOr<std::string> decoded = base::HexDecode(hex);
  if (decoded.ok() && base::HexEncode(*decoded) == hex) return decoded;
  return NotALedgerFile("a signature is not hexadecimal, in small letters");
}

}  // namespace

std::string WriteLedgerFile(const LedgerFile& file) {
  const DocumentBytes& d = file.documents;
  return absl::StrCat("{\"contract\":", d.contract, ",\"extension\":", d.extension.empty() ? kNone : d.extension,
                      ",\"extension_signature\":\"", base::HexEncode(d.extension_signature), "\",\"format\":\"", kFormat,
                      "\",\"instrument_version\":", d.instrument_version, ",\"ledger\":", file.ledger,
                      ",\"manifest\":", d.manifest, ",\"manifest_signature\":\"",
                      base::HexEncode(d.manifest_signature), "\"}");
}

absl::StatusOr<LedgerFile> ReadLedgerFile(absl::string_view bytes) {
  LedgerFile file;
  absl::string_view rest = bytes;
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view contract, TakeMember(rest, "{", "contract", '{'));
  absl::string_view notice;
  if (!absl::ConsumePrefix(&rest, absl::StrCat(",\"extension\":", kNone))) {
    CANDOR_ASSIGN_OR_RETURN(notice, TakeMember(rest, ",", "extension", '{'));
  }
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view notice_signature,
                          TakeMember(rest, ",", "extension_signature", '"'));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view format, TakeMember(rest, ",", "format", '"'));
  if (format != absl::StrCat("\"", kFormat, "\"")) return NotALedgerFile(absl::StrCat("its format is not ", kFormat));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view version, TakeMember(rest, ",", "instrument_version", '{'));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view ledger, TakeMember(rest, ",", "ledger", '{'));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view manifest, TakeMember(rest, ",", "manifest", '{'));
  CANDOR_ASSIGN_OR_RETURN(const absl::string_view signature, TakeMember(rest, ",", "manifest_signature", '"'));
  if (rest != "}") return NotALedgerFile("there is more, or less, behind its last part");
  CANDOR_ASSIGN_OR_RETURN(std::string manifest_signature, ReadSignature(signature));
  CANDOR_ASSIGN_OR_RETURN(std::string extension_signature, ReadSignature(notice_signature));
  file.documents = {std::string(contract),         std::string(version), std::string(manifest),
                    std::move(manifest_signature), std::string(notice),  std::move(extension_signature)};
  file.ledger = std::string(ledger);
  return file;
}

}  // namespace candor::client
