#include "services/crypto/ledger.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/merkle.h"
#include "services/crypto/token.h"

namespace candor::crypto {
namespace {

constexpr absl::string_view kFormat = "candor-ledger-v1";  // also the tag of what is signed
constexpr size_t kMaximumCodeBytes = 64;
// Far above any group, and low enough that no sum overflows and every reader of JSON keeps it exact.
constexpr int64_t kMaximumCount = 1'000'000'000;

absl::Status Refuse(absl::string_view sentence) { return absl::InvalidArgumentError(sentence); }

absl::Status CheckGroup(const LedgerGroup& group) {
  const auto of_code = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  if (group.code.empty() || group.code.size() > kMaximumCodeBytes ||
      !std::all_of(group.code.begin(), group.code.end(), of_code)) {
    return Refuse("the ledger has a group whose code is not made of lower-case letters, digits, _ and -");
  }
  for (const int64_t count : {group.invited, group.issued, group.reissued, group.counted, group.replaced}) {
    if (count < 0 || count > kMaximumCount) {
      return Refuse(absl::StrCat("the ledger has an impossible count for the group ", group.code, ": ", count));
    }
  }
  if (group.issued > group.invited) {
    return Refuse(absl::StrCat("in the group ", group.code, " more tokens were issued (", group.issued,
                               ") than people were invited (", group.invited, ")"));
  }
  return absl::OkStatus();
}

// All that does not need the signature.
absl::Status CheckContents(const Ledger& ledger) {
  if (ledger.survey_id.size() != kSurveyIdBytes) return Refuse("the ledger's survey id does not have 16 bytes");
  std::set<std::string> codes;
  int64_t counted = 0;
  for (const LedgerGroup& group : ledger.groups) {
    CANDOR_RETURN_IF_ERROR(CheckGroup(group));
    if (!codes.insert(group.code).second) {
      return Refuse(absl::StrCat("the ledger has the group ", group.code, " more than once"));
    }
    counted += group.counted;
  }
  for (size_t i = 0; i < ledger.leaves.size(); ++i) {
    if (ledger.leaves[i].size() != kSha256Bytes) return Refuse("the ledger has a leaf that does not have 32 bytes");
    if (i > 0 && ledger.leaves[i - 1] == ledger.leaves[i]) return Refuse("the ledger has a leaf more than once");
    if (i > 0 && ledger.leaves[i - 1] > ledger.leaves[i]) {
      return Refuse("the ledger's leaves are not in ascending order");
    }
  }
  if (counted != static_cast<int64_t>(ledger.leaves.size())) {
    return Refuse(absl::StrCat("the ledger lists ", ledger.leaves.size(), " answers, but its groups count ", counted));
  }
  if (MerkleRoot(ledger.leaves) != ledger.root) return Refuse("the ledger's root is not that of its leaves");
  return absl::OkStatus();
}

base::Json Encode(const Ledger& ledger) {
  base::Json groups = base::Json::array();
  for (const LedgerGroup& group : ledger.groups) {
    groups.push_back({{"code", group.code},
                      {"invited", group.invited},
                      {"issued", group.issued},
                      {"reissued", group.reissued},
                      {"counted", group.counted},
                      {"replaced", group.replaced}});
  }
  base::Json leaves = base::Json::array();
  for (const std::string& leaf : ledger.leaves) leaves.push_back(base::HexEncode(leaf));
  return {{"format", std::string(kFormat)},
          {"survey", base::Base32Encode(ledger.survey_id)},
          {"groups", std::move(groups)},
          {"leaves", std::move(leaves)},
          {"root", base::HexEncode(ledger.root)}};
}

std::string SignedBytes(const base::Json& unsigned_document) {
  return absl::StrCat(kFormat, base::CanonicalJson(unsigned_document));
}

absl::Status NotALedger(absl::string_view why) { return Refuse(absl::StrCat("this is not a ledger: ", why)); }

absl::StatusOr<std::string> ReadHex(const base::Json& object, const char* member) {
  const auto at = object.find(member);
  if (at == object.end() || !at->is_string()) return NotALedger(absl::StrCat("it has no text `", member, "`"));
  absl::StatusOr<std::string> bytes = base::HexDecode(at->get_ref<const std::string&>());
  if (!bytes.ok()) return NotALedger(absl::StrCat("its `", member, "` is not hexadecimal"));
  return bytes;
}

absl::StatusOr<LedgerGroup> ReadGroup(const base::Json& object) {
  if (!object.is_object()) return NotALedger("one of its groups is not an object");
  LedgerGroup group;
  const auto code = object.find("code");
  if (code == object.end() || !code->is_string()) return NotALedger("one of its groups has no code");
  group.code = code->get<std::string>();
  for (const auto& [member, count] : {std::pair<const char*, int64_t*>{"invited", &group.invited},
                                      {"issued", &group.issued},
                                      {"reissued", &group.reissued},
                                      {"counted", &group.counted},
                                      {"replaced", &group.replaced}}) {
    const auto at = object.find(member);
    if (at == object.end() || !at->is_number_integer()) {
      return NotALedger(absl::StrCat("one of its groups has no whole number `", member, "`"));
    }
    // A number above the range of int64_t arrives below zero and is refused as a count.
    *count = at->get<int64_t>();
  }
  return group;
}

// The ledger without its signature, and without any check of its contents.
absl::StatusOr<Ledger> Read(const base::Json& document) {
  const auto format = document.find("format");
  if (format == document.end() || *format != std::string(kFormat)) {
    return NotALedger("its format is not candor-ledger-v1");
  }
  Ledger ledger;
  const auto survey = document.find("survey");
  if (survey == document.end() || !survey->is_string()) return NotALedger("it names no survey");
  absl::StatusOr<std::string> survey_id = base::Base32Decode(survey->get_ref<const std::string&>());
  if (!survey_id.ok()) return NotALedger("its survey is not an id");
  ledger.survey_id = *std::move(survey_id);
  CANDOR_ASSIGN_OR_RETURN(ledger.root, ReadHex(document, "root"));
  const auto groups = document.find("groups"), leaves = document.find("leaves");
  if (groups == document.end() || !groups->is_array()) return NotALedger("it has no list of groups");
  if (leaves == document.end() || !leaves->is_array()) return NotALedger("it has no list of leaves");
  for (const base::Json& object : *groups) {
    CANDOR_ASSIGN_OR_RETURN(ledger.groups.emplace_back(), ReadGroup(object));
  }
  ledger.leaves.reserve(leaves->size());
  for (const base::Json& leaf : *leaves) {
    absl::StatusOr<std::string> bytes =
        leaf.is_string() ? base::HexDecode(leaf.get_ref<const std::string&>()) : absl::InvalidArgumentError("");
    if (!bytes.ok()) return NotALedger("one of its leaves is not hexadecimal");
    ledger.leaves.push_back(*std::move(bytes));
  }
  return ledger;
}

}  // namespace

absl::StatusOr<std::string> BuildLedger(const Ledger& ledger, const SigningKey& key) {
  Ledger complete = ledger;
  std::sort(complete.leaves.begin(), complete.leaves.end());
  complete.root = MerkleRoot(complete.leaves);
  CANDOR_RETURN_IF_ERROR(CheckContents(complete));
  base::Json document = Encode(complete);
  document["signature"] = base::HexEncode(key.Sign(SignedBytes(document)));
  return base::CanonicalJson(document);
}

absl::StatusOr<Ledger> VerifyLedger(absl::string_view json, absl::string_view survey_id,
                                    absl::string_view receipt_public_key) {
  absl::StatusOr<base::Json> document = base::ParseJson(json);
  if (!document.ok()) return NotALedger(document.status().message());
  if (!document->is_object()) return NotALedger("it is not an object");
  CANDOR_ASSIGN_OR_RETURN(const std::string signature, ReadHex(*document, "signature"));
  CANDOR_ASSIGN_OR_RETURN(Ledger ledger, Read(*document));

  // The one way to write what was read: finds unknown members, white space, other spellings of the same value.
  base::Json expected = Encode(ledger);
  const std::string signed_bytes = SignedBytes(expected);
  expected["signature"] = base::HexEncode(signature);
  if (base::CanonicalJson(expected) != json) {
    return NotALedger("it is not written in the one canonical form; fetch it again");
  }
  if (!VerifySignature(receipt_public_key, signed_bytes, signature)) {
    return Refuse("the ledger's signature does not hold: it was altered, or another server signed it");
  }
  if (ledger.survey_id != survey_id) return Refuse("the ledger is of another survey");
  CANDOR_RETURN_IF_ERROR(CheckContents(ledger));
  return ledger;
}

std::vector<std::string> LedgerFindings(const Ledger& ledger) {
  std::vector<std::string> findings;
  for (const LedgerGroup& group : ledger.groups) {
    if (group.counted <= group.issued + group.reissued) continue;
    findings.push_back(absl::StrCat("in the group ", group.code, " more answers were counted (", group.counted,
                                    ") than tokens were issued (", group.issued, ", and ", group.reissued,
                                    " again for a lost device), so somebody may have answered twice; the group's figures "
                                    "are withheld. This can follow a restored backup; ask whoever invited you"));
  }
  return findings;
}

bool FindLeaf(const Ledger& ledger, absl::string_view leaf) {
  return std::binary_search(ledger.leaves.begin(), ledger.leaves.end(), std::string(leaf));
}

}  // namespace candor::crypto
