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

constexpr absl::string_view kFormat = "candor-ledger-v2";  // also the tag of what is signed
constexpr size_t kMaximumCodeBytes = 512;  // a group's, with those of its parts
// Far above any group, and low enough that no sum overflows and every reader of JSON keeps it exact.
constexpr int64_t kMaximumCount = 1'000'000'000;
constexpr absl::string_view kLeavesMember = "\"leaves\":[";
constexpr size_t kLeafTextBytes = 2 * kSha256Bytes + 3;  // hexadecimal, two quotation marks, a comma

absl::Status Refuse(absl::string_view sentence) { return absl::InvalidArgumentError(sentence); }

absl::Status CheckGroup(const LedgerGroup& group) {
  const auto of_code = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/' || c == '+';
  };
  if (group.code.empty() || group.code.size() > kMaximumCodeBytes ||
      !std::all_of(group.code.begin(), group.code.end(), of_code)) {
    return Refuse("the ledger has a group whose code is not made of lower-case letters, digits, _, -, / and +");
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

// All that needs neither the signature nor the root.
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
    if (i == 0 || ledger.leaves[i - 1] < ledger.leaves[i]) continue;
    if (ledger.leaves[i - 1] == ledger.leaves[i]) return Refuse("the ledger has a leaf more than once");
    return Refuse("the ledger's leaves are not in ascending order");
  }
  if (counted != static_cast<int64_t>(ledger.leaves.size())) {
    return Refuse(absl::StrCat("the ledger lists ", ledger.leaves.size(), " answers, but its groups count ", counted));
  }
  return absl::OkStatus();
}

// The ledger with an empty list of leaves. The leaves are all but some hundred bytes of it, and a tree of values for
// each of a million would cost more than all the hashing.
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
  return {{"format", std::string(kFormat)},
          {"survey", base::Base32Encode(ledger.survey_id)},
          {"groups", std::move(groups)},
          {"leaves", base::Json::array()},
          {"root", base::HexEncode(ledger.root)}};
}

// What is signed of a document: all but its leaves, which the root stands for. Signing them too would hash the whole
// ledger twice more, and say nothing more.
std::string SignedHead(base::Json document) {
  document.erase("leaves");
  return absl::StrCat(kFormat, base::CanonicalJson(document));
}

// Appends the elements of the member `leaves`, in canonical form.
void AppendLeaves(const std::vector<Hash>& leaves, std::string& text) {
  if (leaves.empty()) return;
  const size_t begin = text.size();
  text.resize(begin + leaves.size() * kLeafTextBytes - 1);  // no comma after the last
  char* at = text.data() + begin;
  for (const Hash& leaf : leaves) {
    if (at != text.data() + begin) *at++ = ',';
    *at++ = '"';
    at = base::HexEncodeTo(leaf, at);
    *at++ = '"';
  }
}

// The canonical form of a document, around the elements of its empty list of leaves.
struct Around {
  std::string before, after;
};

Around AroundLeaves(const base::Json& document) {
  std::string form = base::CanonicalJson(document);
  // Inside a text the quotation marks would be escaped, so that this can only be a member.
  const size_t at = form.find(kLeavesMember.data(), 0, kLeavesMember.size());
  CANDOR_CHECK(at != std::string::npos);
  const size_t cut = at + kLeavesMember.size();
  return {form.substr(0, cut), form.substr(cut)};
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
    return NotALedger("its format is not candor-ledger-v2");
  }
  Ledger ledger;
  const auto survey = document.find("survey");
  if (survey == document.end() || !survey->is_string()) return NotALedger("it names no survey");
  absl::StatusOr<std::string> survey_id = base::Base32Decode(survey->get_ref<const std::string&>());
  if (!survey_id.ok()) return NotALedger("its survey is not an id");
  ledger.survey_id = *std::move(survey_id);
  CANDOR_ASSIGN_OR_RETURN(const std::string root, ReadHex(document, "root"));
  if (root.size() != kSha256Bytes) return NotALedger("its `root` does not have 32 bytes");
  ledger.root = root;
  const auto groups = document.find("groups"), leaves = document.find("leaves");
  if (groups == document.end() || !groups->is_array()) return NotALedger("it has no list of groups");
  if (leaves == document.end() || !leaves->is_array()) return NotALedger("it has no list of leaves");
  for (const base::Json& object : *groups) {
    CANDOR_ASSIGN_OR_RETURN(ledger.groups.emplace_back(), ReadGroup(object));
  }
  return ledger;
}

// A document whose leaves were taken out.
struct Cut {
  std::string rest;          // with an empty list of leaves
  absl::string_view leaves;  // the elements of that list
};

// Where there is no list of leaves, or no end of it, `rest` is all of `json`, and reading it says what is wrong.
Cut CutLeavesOut(absl::string_view json) {
  const size_t at = json.find(kLeavesMember);
  if (at == absl::string_view::npos) return {std::string(json), ""};
  const size_t begin = at + kLeavesMember.size(), end = json.find(']', begin);
  if (end == absl::string_view::npos) return {std::string(json), ""};
  return {absl::StrCat(json.substr(0, begin), json.substr(end)), json.substr(begin, end - begin)};
}

absl::Status NotCanonical() { return NotALedger("it is not written in the one canonical form; fetch it again"); }

// The leaves in the elements of their list.
absl::StatusOr<std::vector<Hash>> ReadLeaves(absl::string_view text) {
  std::vector<Hash> leaves;
  leaves.reserve(text.size() / kLeafTextBytes + 1);
  while (!text.empty()) {
    const size_t end = text[0] == '"' ? text.find('"', 1) : absl::string_view::npos;
    if (end == absl::string_view::npos) return NotALedger("one of its leaves is not hexadecimal");
    const absl::string_view hex = text.substr(1, end - 1);
    if (hex.size() != 2 * kSha256Bytes) return Refuse("the ledger has a leaf that does not have 32 bytes");
    if (!base::HexDecodeTo(hex, leaves.emplace_back().data())) {
      return NotALedger("one of its leaves is not hexadecimal");
    }
    bool upper_case = false;
    for (const char c : hex) upper_case |= c >= 'A' && c <= 'F';
    if (upper_case) return NotCanonical();
    text.remove_prefix(end + 1);
    if (text.empty()) break;
    if (text[0] != ',' || text.size() == 1) return NotCanonical();
    text.remove_prefix(1);
  }
  return leaves;
}

}  // namespace

absl::StatusOr<std::string> BuildLedger(Ledger ledger, const SigningKey& key) {
  std::sort(ledger.leaves.begin(), ledger.leaves.end());
  CANDOR_RETURN_IF_ERROR(CheckContents(ledger));
  ledger.root = MerkleRoot(ledger.leaves);
  base::Json document = Encode(ledger);
  document["signature"] = base::HexEncode(key.Sign(SignedHead(document)));
  const Around form = AroundLeaves(document);
  std::string text;
  text.reserve(form.before.size() + ledger.leaves.size() * kLeafTextBytes + form.after.size());
  text += form.before;
  AppendLeaves(ledger.leaves, text);
  text += form.after;
  return text;
}

absl::StatusOr<Ledger> VerifyLedger(absl::string_view json, absl::string_view survey_id,
                                    absl::string_view receipt_public_key) {
  const Cut cut = CutLeavesOut(json);
  absl::StatusOr<base::Json> document = base::ParseJson(cut.rest);
  if (!document.ok()) return NotALedger(document.status().message());
  if (!document->is_object()) return NotALedger("it is not an object");
  CANDOR_ASSIGN_OR_RETURN(const std::string signature, ReadHex(*document, "signature"));
  CANDOR_ASSIGN_OR_RETURN(Ledger ledger, Read(*document));
  CANDOR_ASSIGN_OR_RETURN(ledger.leaves, ReadLeaves(cut.leaves));

  // The one way to write what was read: finds unknown members, white space, other spellings of the same value.
  base::Json expected = Encode(ledger);
  const std::string head = SignedHead(expected);
  expected["signature"] = base::HexEncode(signature);
  if (base::CanonicalJson(expected) != cut.rest) return NotCanonical();
  if (!VerifySignature(receipt_public_key, head, signature)) {
    return Refuse("the ledger's signature does not hold: it was altered, or another server signed it");
  }
  if (ledger.survey_id != survey_id) return Refuse("the ledger is of another survey");
  CANDOR_RETURN_IF_ERROR(CheckContents(ledger));
  if (MerkleRoot(ledger.leaves) != ledger.root) {
    return Refuse("the ledger's root is not that of its leaves: they were altered, or the server signed a wrong list");
  }
  return ledger;
}

std::vector<std::string> LedgerFindings(const Ledger& ledger) {
  std::vector<std::string> findings;
  for (const LedgerGroup& group : ledger.groups) {
    if (group.counted > group.issued + group.reissued) {
      findings.push_back(
          absl::StrCat("in the group ", group.code, " more answers were counted (", group.counted,
                       ") than tokens were issued (", group.issued, ", and ", group.reissued,
                       " again for a lost device), so somebody may have answered twice; the group's "
                       "figures are withheld. This can follow a restored backup; ask whoever invited you"));
    }
    if (group.counted == 0 && group.replaced > 0) {
      findings.push_back(
          absl::StrCat("in the group ", group.code, " answers were changed (", group.replaced,
                       " times), but none was counted, though an answer that is changed stays one answer; "
                       "ask whoever invited you where it is"));
    }
  }
  return findings;
}

bool FindLeaf(const Ledger& ledger, absl::string_view leaf) {
  return leaf.size() == kSha256Bytes && std::binary_search(ledger.leaves.begin(), ledger.leaves.end(), Hash(leaf));
}

}  // namespace candor::crypto
