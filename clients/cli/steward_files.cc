#include "clients/cli/steward_files.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/crypto/sealing.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"
#include "services/domain/text.h"

namespace candor::cli {
namespace {

using base::Json;
using domain::JsonFault;
using domain::JsonObject;

constexpr char kKeyFormat[] = "candor.steward_key.v1";
constexpr char kShareFormat[] = "candor.steward_share.v1";
constexpr char kChecksum[] = "checksum";
constexpr size_t kChecksumBytes = 8;
constexpr size_t kLongestLabel = 200;
constexpr int kMostChoices = 200'000;  // of so many shares out of 20 there are at the most

absl::Status WrongShares(absl::string_view what) {
  return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kWRONG_SHARES, what);
}

Json PublicMembers(const StewardPublicKey& key, const char* format) {
  return {{"format", format},
          {"label", key.label},
          {"shares", key.shares},
          {"threshold", key.threshold},
          {"public_key", base::HexEncode(key.public_key)}};
}

StewardPublicKey ReadPublicMembers(JsonObject& object, const char* format, JsonFault& fault) {
  StewardPublicKey key;
  if (object.Text("format") != format) fault.Set("format", absl::StrCat("must be \"", format, "\""));
  key.label = object.Text("label");
  if (key.label.empty() || key.label.size() > kLongestLabel || !domain::IsOneLine(key.label)) {
    fault.Set("label", absl::StrCat("must be one line of plain text, of 1 to ", kLongestLabel, " bytes"));
  }
  key.shares = static_cast<int>(object.Whole("shares", 1, domain::kMostStewardShares));
  key.threshold = static_cast<int>(object.Whole("threshold", 1, domain::kMostStewardShares));
  if (key.threshold > key.shares) fault.Set("threshold", "must be at most the number of shares");
  key.public_key = object.Bytes("public_key", crypto::kClosingKeyBytes);
  return key;
}

std::string ChecksumOf(const Json& document) {
  std::string text = base::CanonicalJson(document);
  const std::string checksum = base::HexEncode(crypto::Sha256(text).substr(0, kChecksumBytes));
  base::Wipe(text);
  return checksum;
}

// The share's secret part, out of the memory that is about to be freed.
void WipeShare(Json& document) {
  if (!document.is_object()) return;
  const auto share = document.find("share");
  if (share != document.end() && share->is_string()) base::Wipe(share->get_ref<std::string&>());
}

// `wanted`: the format that the document should have. One of the two files that a steward has is easily taken for the
// other.
absl::StatusOr<Json> Parse(absl::string_view bytes, const std::string& file, const char* wanted) {
  absl::StatusOr<Json> document = base::ParseJson(bytes);
  if (!document.ok()) return base::Annotate(document.status(), file);
  const Json format = document->is_object() ? document->value("format", Json()) : Json();
  if (format == wanted) return document;
  const auto mistaken = [&file](absl::string_view what) {
    return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kFIELD_INVALID, absl::StrCat(file, what));
  };
  if (format == kShareFormat) {
    WipeShare(*document);
    return mistaken(" is a share of the key, a secret of whoever holds it, which nobody else should have; give "
                    "steward-key.json, which lies beside the shares where they were made");
  }
  if (format == kKeyFormat) {
    return mistaken(" is the public half of the key, which opens nothing; give shares (share-1-of-3.json and the like) of the "
                    "people who hold them");
  }
  return document;
}
// Gives the secret half if the chosen shares have it.
std::optional<crypto::SecretBytes> KeyOf(const std::vector<const crypto::KeyShare*>& chosen, absl::string_view public_key) {
  absl::StatusOr<crypto::SecretBytes> combined = crypto::CombineShares(chosen);
  if (!combined.ok()) return std::nullopt;
  const auto pair = crypto::ClosingKeyPair::FromSecretKey(combined->view());
  if (!pair.ok() || pair->public_key != public_key) return std::nullopt;
  return *std::move(combined);
}

// The first choice of `threshold` of the shares that gives the key: the places of the chosen ones, empty if there is none.
std::vector<size_t> FindChoice(const std::vector<const NamedShare*>& shares, size_t threshold, crypto::SecretBytes& key) {
  std::vector<bool> taken(shares.size(), false);
  std::fill(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(threshold), true);
  for (int tried = 0; tried < kMostChoices; ++tried) {
    std::vector<const crypto::KeyShare*> chosen;
    std::vector<size_t> places;
    for (size_t i = 0; i < shares.size(); ++i) {
      if (!taken[i]) continue;
      chosen.push_back(&shares[i]->share.share);
      places.push_back(i);
    }
    if (auto found = KeyOf(chosen, shares[0]->share.key.public_key); found.has_value()) {
      key = *std::move(found);
      return places;
    }
    if (!std::prev_permutation(taken.begin(), taken.end())) break;
  }
  return {};
}

std::string FilesOf(const std::vector<const NamedShare*>& shares) {
  std::vector<std::string> files;
  for (const NamedShare* share : shares) files.push_back(share->file);
  return absl::StrJoin(files, ", ");
}

// One share for each number, all of the key that most of them are of.
absl::StatusOr<std::vector<const NamedShare*>> SharesOfOneKey(const std::vector<NamedShare>& shares) {
  const auto count_of = [&](const NamedShare& share) {
    return std::count_if(shares.begin(), shares.end(),
                         [&](const NamedShare& other) { return other.share.key == share.share.key; });
  };
  const auto usual = std::max_element(shares.begin(), shares.end(), [&](const NamedShare& a, const NamedShare& b) {
    return count_of(a) < count_of(b);
  });
  std::map<int, const NamedShare*> by_number;
  for (const NamedShare& share : shares) {
    if (!(share.share.key == usual->share.key)) {
      return WrongShares(absl::StrCat(share.file, " is a share of another key (\"", share.share.key.label, "\") than ",
                                      usual->file, " (\"", usual->share.key.label, "\"); leave it out"));
    }
    const auto [place, fresh] = by_number.emplace(share.share.share.number, &share);
    if (!fresh && place->second->share.share.bytes.view() != share.share.share.bytes.view()) {
      return WrongShares(absl::StrCat(share.file, " and ", place->second->file, " are two different shares under the number ",
                                      share.share.share.number, "; one of them is wrong"));
    }
  }
  std::vector<const NamedShare*> distinct;
  for (const auto& [number, share] : by_number) distinct.push_back(share);
  return distinct;
}

}  // namespace

std::string EncodeStewardPublicKey(const StewardPublicKey& key) {
  return base::CanonicalJson(PublicMembers(key, kKeyFormat)) + "\n";
}

std::string EncodeStewardShare(const StewardShare& share) {
  Json document = PublicMembers(share.key, kShareFormat);
  document["number"] = share.share.number;
  document["share"] = base::HexEncode(share.share.bytes.view());
  document[kChecksum] = ChecksumOf(document);
  std::string text = base::CanonicalJson(document) + "\n";
  WipeShare(document);
  return text;
}

absl::StatusOr<StewardPublicKey> ParseStewardPublicKey(absl::string_view bytes, const std::string& file) {
  CANDOR_ASSIGN_OR_RETURN(const Json document, Parse(bytes, file, kKeyFormat));
  JsonFault fault(absl::StatusCode::kInvalidArgument, domain::reasons::kFIELD_INVALID);
  JsonObject object(document, "", &fault);
  StewardPublicKey key = ReadPublicMembers(object, kKeyFormat, fault);
  object.Finish();
  if (!fault.ok()) return base::Annotate(fault.status(), file);
  return key;
}

absl::StatusOr<StewardShare> ParseStewardShare(absl::string_view bytes, const std::string& file) {
  CANDOR_ASSIGN_OR_RETURN(Json document, Parse(bytes, file, kShareFormat));
  JsonFault fault(absl::StatusCode::kInvalidArgument, domain::reasons::kFIELD_INVALID);
  JsonObject object(document, "", &fault);
  StewardShare share;
  share.key = ReadPublicMembers(object, kShareFormat, fault);
  share.share.number = static_cast<int>(object.Whole("number", 1, share.key.shares));
  std::string secret = object.Bytes("share", crypto::kClosingKeyBytes);
  share.share.bytes = crypto::SecretBytes(secret);
  base::Wipe(secret);
  const std::string checksum = object.Text(kChecksum);
  object.Finish();
  absl::Status status = fault.status();
  if (status.ok()) {
    document.erase(kChecksum);
    if (ChecksumOf(document) != checksum) {
      status = WrongShares("is damaged: its checksum does not fit; take another copy of this share");
    }
  }
  WipeShare(document);
  if (!status.ok()) return base::Annotate(status, file);
  return share;
}

absl::StatusOr<CombinedKey> CombineStewardShares(const std::vector<NamedShare>& shares) {
  if (shares.empty()) return WrongShares("no share was given");
  CANDOR_ASSIGN_OR_RETURN(const std::vector<const NamedShare*> distinct, SharesOfOneKey(shares));
  const StewardPublicKey& key = distinct[0]->share.key;
  const auto threshold = static_cast<size_t>(key.threshold);
  if (distinct.size() < threshold) {
    return WrongShares(absl::StrCat("the key \"", key.label, "\" is opened by ", threshold, " different shares of ", key.shares,
                                    ", and here ", distinct.size() == 1 ? "is" : "are", " only ", distinct.size(), ": ",
                                    FilesOf(distinct)));
  }
  CombinedKey combined;
  const std::vector<size_t> choice = FindChoice(distinct, threshold, combined.secret_key);
  if (choice.empty()) {
    return WrongShares(absl::StrCat(
        "no ", threshold, " of these shares give the key whose public half they name, so at least ",
        distinct.size() - threshold + 1, " of them ", distinct.size() == threshold ? "is" : "are", " wrong: ",
        FilesOf(distinct), "; add another share, then the wrong one can be told from the others"));
  }
  for (size_t i = 0; i < distinct.size(); ++i) {
    if (std::find(choice.begin(), choice.end(), i) != choice.end()) continue;
    // In the place of one that is right, a right one gives the same key.
    std::vector<const crypto::KeyShare*> others = {&distinct[i]->share.share};
    for (size_t place = 1; place < choice.size(); ++place) others.push_back(&distinct[choice[place]]->share.share);
    if (!KeyOf(others, key.public_key).has_value()) combined.bad_files.push_back(distinct[i]->file);
  }
  return combined;
}

}  // namespace candor::cli
