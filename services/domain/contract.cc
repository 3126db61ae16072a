#include "services/domain/contract.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"
#include "services/domain/text.h"

namespace candor::domain {
namespace {

using base::Json;

constexpr char kContractFormat[] = "candor.contract.v1";
constexpr char kManifestFormat[] = "candor.manifest.v1";
constexpr char kForbidden[] = "forbidden";
constexpr char kNotForbidden[] = "not_forbidden";
constexpr int64_t kLatestSecond = 253402300799;  // the end of the year 9999
constexpr size_t kLongestKey = 2048;             // bytes of a SubjectPublicKeyInfo

absl::string_view NameOf(FirstReader reader) {
  return reader == FirstReader::kLeader ? "leader" : "supervisor";
}

absl::Time ReadTime(JsonObject& object, absl::string_view key) {
  return absl::FromUnixSeconds(object.Whole(key, 0, kLatestSecond));
}

void CheckTimes(absl::Time close, absl::Time latest, absl::Time abandon, JsonFault& fault) {
  if (latest < close) fault.Set("latest_close_time", "must not be before close_time");
  if (abandon <= latest) fault.Set("abandon_time", "must be after latest_close_time");
}

Json StewardToJson(const std::optional<StewardTerms>& steward) {
  if (!steward.has_value()) return nullptr;
  Json json = {{"title", steward->title}, {"shares", steward->shares}, {"threshold", steward->threshold}};
  if (!steward->public_key.empty()) json["public_key"] = base::HexEncode(steward->public_key);
  return json;
}

void CheckClosingMode(const Contract& contract, JsonFault& fault) {
  if (contract.closing_mode != kAutomaticClosing && contract.closing_mode != kStewardClosing) {
    fault.Set("closing_mode", "must be automatic or steward");
    return;
  }
  if (contract.steward.has_value() != (contract.closing_mode == kStewardClosing)) {
    fault.Set("steward", "must be an object in steward mode, and null in automatic mode");
    return;
  }
  if (!contract.steward.has_value()) return;
  // Contracts of before the key stood in them are still read; no survey is opened with one (CheckStewardsKey).
  const auto wrong = FaultOf(*contract.steward);
  if (wrong.has_value() && !(wrong->first == "public_key" && contract.steward->public_key.empty())) {
    fault.Set(absl::StrCat("steward.", wrong->first), wrong->second);
  }
}

void CheckMirrors(const Contract& contract, JsonFault& fault) {
  if (contract.mirrors.size() > kMostMirrors) fault.Set("mirrors", absl::StrCat("must be at most ", kMostMirrors));
  std::set<std::string> mirrors;
  for (size_t i = 0; i < contract.mirrors.size(); ++i) {
    if (!IsHttpsUrl(contract.mirrors[i]) || !mirrors.insert(contract.mirrors[i]).second) {
      fault.Set(absl::StrCat("mirrors[", i, "]"), "must be an https address without query that stands once");
    }
  }
}

void CheckContract(const Contract& contract, JsonFault& fault) {
  if (contract.purpose != kDevelopmental) fault.Set("purpose", "must be \"developmental\"");
  if (contract.minimum_group_size < LowestMinimumGroupSize(contract.insiders)) {
    fault.Set("minimum_group_size",
              absl::StrCat("must be at least ", LowestMinimumGroupSize(contract.insiders), " with ",
                           contract.insiders, " insiders"));
  }
  if (contract.pool_minimum != contract.minimum_group_size + contract.insiders) {
    fault.Set("pool_minimum", "must be minimum_group_size + insiders");
  }
  std::set<std::string> readers;
  for (size_t i = 0; i < contract.readers.size(); ++i) {
    const std::string path = absl::StrCat("readers[", i, "]");
    if (!IsReader(contract.readers[i])) {
      fault.Set(path, "must be leader, supervisor or administrator");
    }
    if (!readers.insert(contract.readers[i]).second) fault.Set(path, "stands twice");
  }
  if (!readers.contains(std::string(NameOf(contract.first_reader)))) {
    fault.Set("readers", "must name the first reader too");
  }
  std::set<std::string> languages;
  if (contract.languages.empty()) fault.Set("languages", "needs at least one language");
  for (size_t i = 0; i < contract.languages.size(); ++i) {
    if (!IsLanguageTag(contract.languages[i]) || !languages.insert(contract.languages[i]).second) {
      fault.Set(absl::StrCat("languages[", i, "]"), "must be a language tag that stands once");
    }
  }
  CheckTimes(contract.close_time, contract.latest_close_time, contract.abandon_time, fault);
  if (!IsHex(contract.instrument_hash, 32))
    fault.Set("instrument_hash", "must be 32 bytes in lower-case hexadecimal");
  const std::vector<std::string>& summary_only = contract.comments.summary_only;
  for (size_t i = 0; i < summary_only.size(); ++i) {
    const std::string path = absl::StrCat("comments.summary_only[", i, "]");
    if (ParseIssuingCode(summary_only[i]).group.empty()) {
      fault.Set(path, "must be a rater group's code, with or without parts, or other_raters");
    }
    if (i > 0 && summary_only[i] <= summary_only[i - 1]) {
      fault.Set(path, "must come after the one before it");
    }
  }
  if (kFollowUpSpans * contract.follow_up_days > contract.retention_days) {
    fault.Set("follow_up_days", "must be at most a third of retention_days");
  }
  CheckClosingMode(contract, fault);
  CheckMirrors(contract, fault);
  CheckBreakdowns(contract.breakdowns, [&](const std::string& path, absl::string_view message) {
    fault.Set(path, message);
  });
}

// The document in `bytes`, with `reason` for whatever is no JSON.
absl::StatusOr<Json> ParseDocument(absl::string_view bytes, const char* reason) {
  auto document = base::ParseJson(bytes);
  if (document.ok()) return document;
  return base::Error(absl::StatusCode::kInvalidArgument, reason, document.status().message());
}

// A hash stands for bytes, so only the one spelling that the encoder writes is the document.
void CheckSpelling(absl::string_view encoded, absl::string_view bytes, JsonFault& fault) {
  if (encoded != bytes)
    fault.Set("", "is not in canonical form; use the bytes as they were handed out");
}

Json GroupToJson(const IssuingGroup& group) {
  return {{"code", group.code},
          {"members", Json(group.members)},
          {"parts", Json(group.parts)},
          {"invited", group.invited},
          {"verifying_key", base::HexEncode(group.verifying_key)}};
}

IssuingGroup ReadGroup(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  IssuingGroup group;
  group.code = object.Text("code");
  if (ParseIssuingCode(group.code).group.empty())
    fault->Set(object.PathOf("code"), "must be a rater group's code, with or without parts, or other_raters");
  group.members = object.Texts("members");
  for (size_t i = 0; i < group.members.size(); ++i) {
    const std::string at = absl::StrCat(object.PathOf("members"), "[", i, "]");
    if (!IsGroupCode(group.members[i])) fault->Set(at, "must be a rater group's code");
    if (i > 0 && group.members[i] <= group.members[i - 1])
      fault->Set(at, "must come after the one before it");
  }
  group.parts = object.Texts("parts");
  group.invited = object.Whole("invited", 0, kMostInvited);
  group.verifying_key = object.Bytes("verifying_key", 0);
  if (group.verifying_key.empty() || group.verifying_key.size() > kLongestKey) {
    fault->Set(object.PathOf("verifying_key"),
               absl::StrCat("must have 1 to ", kLongestKey, " bytes"));
  }
  object.Finish();
  return group;
}

Json KeyToJson(const ModeratorKey& key) {
  return {{"name", key.name}, {"public_key", base::HexEncode(key.public_key)}};
}

ModeratorKey ReadKey(JsonObject& object, JsonFault* fault) {
  ModeratorKey moderator{object.Text("name"), object.Bytes("public_key", 32)};
  if (moderator.name.empty() || moderator.name.size() > kLongestModeratorName ||
      !IsOneLine(moderator.name)) {
    fault->Set(object.PathOf("name"), absl::StrCat("must be one line of plain text, of 1 to ",
                                                   kLongestModeratorName, " bytes"));
  }
  return moderator;
}

ModeratorKey ReadModerator(const Json& value, const std::string& path, JsonFault* fault) {
  JsonObject object(value, path, fault);
  ModeratorKey moderator = ReadKey(object, fault);
  object.Finish();
  return moderator;
}

std::string ReadHash(JsonObject& object, absl::string_view key) {
  return base::HexEncode(object.Bytes(key, 32));
}

}  // namespace

int LowestMinimumGroupSize(int insiders) {
  return insiders <= 1 ? kLowestMinimumGroupSize : kLowestMinimumGroupSize + insiders;
}

bool IsReader(absl::string_view role) {
  return role == "leader" || role == "supervisor" || role == kAdministratorReader;
}

std::optional<std::pair<std::string, std::string>> FaultOf(const StewardTerms& terms) {
  using Fault = std::pair<std::string, std::string>;
  if (terms.title.empty() || terms.title.size() > kLongestStewardTitle || !IsOneLine(terms.title)) {
    return Fault("title", absl::StrCat("must be a role, as one line of plain text, of 1 to ", kLongestStewardTitle, " bytes"));
  }
  if (terms.shares < 1 || terms.shares > kMostStewardShares) {
    return Fault("shares", absl::StrCat("must be from 1 to ", kMostStewardShares));
  }
  if (terms.threshold < 1 || terms.threshold > terms.shares) {
    return Fault("threshold", "must be from 1 to the number of shares");
  }
  if (terms.public_key.size() != 32) {
    return Fault("public_key", "must be an X25519 public key of 32 bytes, as candor steward keygen makes it");
  }
  return std::nullopt;
}

absl::Time CountingEndTime(absl::Time abandon_time) { return abandon_time + kLongestWaitForCount; }

const std::vector<std::string>& LanguagesOfRules() {
  static const auto* const languages = new std::vector<std::string>{"en", "es"};
  return *languages;
}

bool CanTellRulesIn(absl::string_view language) {
  const std::vector<std::string>& known = LanguagesOfRules();
  const absl::string_view general = language.substr(0, language.find('-'));
  return std::any_of(known.begin(), known.end(),
                     [&](const std::string& each) { return each == language || each == general; });
}

std::string MirrorUrl(absl::string_view base, const SurveyId& survey) {
  return absl::StrCat(base, "/", survey.value(), ".json");
}

std::string EncodeContract(const Contract& contract) {
  Json document =
      {{"format", kContractFormat},
       {"purpose", contract.purpose},
       {"minimum_group_size", contract.minimum_group_size},
       {"insiders", contract.insiders},
       {"pool_minimum", contract.pool_minimum},
       {"maximum_reissued_percent", contract.maximum_reissued_percent},
       {"first_reader", std::string(NameOf(contract.first_reader))},
       {"readers", Json(contract.readers)},
       {"languages", Json(contract.languages)},
       {"close_time", absl::ToUnixSeconds(contract.close_time)},
       {"latest_close_time", absl::ToUnixSeconds(contract.latest_close_time)},
       {"abandon_time", absl::ToUnixSeconds(contract.abandon_time)},
       {"retention_days", contract.retention_days},
       {"instrument_hash", contract.instrument_hash},
       {"closing_mode", contract.closing_mode},
       {"comments",
        {{"minimum_raters", contract.comments.minimum_raters},
         {"minimum_comments", contract.comments.minimum_comments},
         {"summary_only", Json(contract.comments.summary_only)}}},
       {"steward", StewardToJson(contract.steward)},
       {"mirrors", Json(contract.mirrors)},
       {"evaluative_use", contract.evaluative_use_forbidden ? kForbidden : kNotForbidden},
       {"breakdowns", BreakdownsToJson(contract.breakdowns)},
       {"benchmark", contract.benchmark},
       {"compared_with",
        contract.compared_with.has_value() ? absl::ToUnixSeconds(*contract.compared_with) : 0}};
  // Left out where there are none, as in contracts of before there were any, so that these read and write the same.
  if (contract.follow_up_days > 0) document["follow_up_days"] = contract.follow_up_days;
  if (contract.team_members > 0) document["team_members"] = contract.team_members;
  return base::CanonicalJson(document);
}

absl::StatusOr<Contract> DecodeContract(absl::string_view bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Json document, ParseDocument(bytes, reasons::kCONTRACT_INVALID));
  JsonFault fault(absl::StatusCode::kInvalidArgument, reasons::kCONTRACT_INVALID);
  JsonObject object(document, "", &fault);
  if (object.Text("format") != kContractFormat) {
    fault.Set("format", absl::StrCat("must be \"", kContractFormat, "\""));
  }
  Contract contract;
  contract.purpose = object.Text("purpose");
  contract.minimum_group_size = static_cast<int>(
      object.Whole("minimum_group_size", kLowestMinimumGroupSize, kHighestMinimumGroupSize));
  contract.insiders = static_cast<int>(object.Whole("insiders", 1, kHighestInsiders));
  contract.pool_minimum = static_cast<int>(
      object.Whole("pool_minimum", 0, kHighestMinimumGroupSize + kHighestInsiders));
  contract.maximum_reissued_percent =
      static_cast<int>(object.Whole("maximum_reissued_percent", 0, kHighestReissuedPercent));
  const std::string first_reader = object.Text("first_reader");
  if (first_reader != "leader" && first_reader != "supervisor") {
    fault.Set("first_reader", "must be leader or supervisor");
  }
  contract.first_reader =
      first_reader == "supervisor" ? FirstReader::kSupervisor : FirstReader::kLeader;
  contract.readers = object.Texts("readers");
  contract.languages = object.Texts("languages");
  contract.close_time = ReadTime(object, "close_time");
  contract.latest_close_time = ReadTime(object, "latest_close_time");
  contract.abandon_time = ReadTime(object, "abandon_time");
  contract.retention_days =
      static_cast<int>(object.Whole("retention_days", 1, kLongestRetentionDays));
  contract.instrument_hash = object.Text("instrument_hash");
  object.Object("comments", [&contract](JsonObject& comments) {
    contract.comments.minimum_raters =
        comments.Whole("minimum_raters", kFewestRatersForComments, kMostInvited);
    contract.comments.minimum_comments =
        comments.Whole("minimum_comments", kFewestCommentsForTexts, kMostInvited);
    contract.comments.summary_only = comments.Texts("summary_only");
  });
  contract.closing_mode = object.Text("closing_mode");
  if (!object.IsNull("steward")) {
    object.Object("steward", [&](JsonObject& steward) {
      contract.steward.emplace();
      contract.steward->title = steward.Text("title");
      contract.steward->shares = static_cast<int>(steward.Whole("shares", 1, kMostStewardShares));
      contract.steward->threshold = static_cast<int>(steward.Whole("threshold", 1, kMostStewardShares));
      if (steward.Has("public_key")) contract.steward->public_key = steward.Bytes("public_key", 32);
    });
  }
  contract.mirrors = object.Texts("mirrors");
  const std::string evaluative_use = object.Text("evaluative_use");
  if (evaluative_use != kForbidden && evaluative_use != kNotForbidden) {
    fault.Set("evaluative_use", "must be forbidden or not_forbidden");
  }
  contract.evaluative_use_forbidden = evaluative_use == kForbidden;
  contract.breakdowns = ReadBreakdowns(object, "breakdowns", &fault);
  if (!object.Has("benchmark")) fault.Set("benchmark", "is missing");
  contract.benchmark = object.OptionalBool("benchmark", false);
  contract.follow_up_days = static_cast<int>(object.OptionalWhole("follow_up_days", 1, kLongestFollowUpDays, 0));
  contract.team_members =
      static_cast<int>(object.OptionalWhole("team_members", kFewestTeamMembers, kMostTeamMembers, 0));
  const int64_t compared_with = object.Whole("compared_with", 0, kLatestSecond);
  if (compared_with != 0) contract.compared_with = absl::FromUnixSeconds(compared_with);
  object.Finish();
  CheckContract(contract, fault);
  CheckSpelling(EncodeContract(contract), bytes, fault);
  CANDOR_RETURN_IF_ERROR(fault.status());
  return contract;
}

std::string EncodeManifest(const Manifest& manifest) {
  Json groups = Json::array();
  for (const IssuingGroup& group : manifest.groups) groups.push_back(GroupToJson(group));
  Json moderators = Json::array();
  for (const ModeratorKey& moderator : manifest.moderators) moderators.push_back(KeyToJson(moderator));
  Json document = {{"format", kManifestFormat},
                   {"survey", manifest.survey.value()},
                   {"contract_hash", manifest.contract_hash},
                   {"instrument_hash", manifest.instrument_hash},
                   {"groups", std::move(groups)},
                   {"closing_public_key", base::HexEncode(manifest.closing_public_key)},
                   {"receipt_public_key", base::HexEncode(manifest.receipt_public_key)},
                   {"signing_public_key", base::HexEncode(manifest.signing_public_key)},
                   {"response_address", manifest.response_address},
                   {"moderators", std::move(moderators)},
                   {"surname_filter_hash", manifest.surname_filter_hash},
                   {"close_time", absl::ToUnixSeconds(manifest.close_time)},
                   {"latest_close_time", absl::ToUnixSeconds(manifest.latest_close_time)},
                   {"abandon_time", absl::ToUnixSeconds(manifest.abandon_time)}};
  if (manifest.auditor.has_value()) document["auditor"] = KeyToJson(*manifest.auditor);
  // Left out where there is none: so manifests read that were signed before there were pools.
  if (!manifest.pooling_public_key.empty()) {
    document["pooling_public_key"] = base::HexEncode(manifest.pooling_public_key);
  }
  return base::CanonicalJson(document);
}

absl::StatusOr<Manifest> DecodeManifest(absl::string_view bytes) {
  CANDOR_ASSIGN_OR_RETURN(const Json document, ParseDocument(bytes, reasons::kMANIFEST_INVALID));
  JsonFault fault(absl::StatusCode::kInvalidArgument, reasons::kMANIFEST_INVALID);
  JsonObject object(document, "", &fault);
  if (object.Text("format") != kManifestFormat) {
    fault.Set("format", absl::StrCat("must be \"", kManifestFormat, "\""));
  }
  Manifest manifest;
  manifest.survey = SurveyId(object.Text("survey"));
  if (SurveyIdBytes(manifest.survey).empty())
    fault.Set("survey", "must be a survey's id of 26 characters");
  manifest.contract_hash = ReadHash(object, "contract_hash");
  manifest.instrument_hash = ReadHash(object, "instrument_hash");
  object.List("groups", [&](const Json& element, const std::string& path) {
    if (manifest.groups.size() >= kMostIssuingGroups) {
      fault.Set("groups", absl::StrCat("must have at most ", kMostIssuingGroups, " groups"));
    }
    manifest.groups.push_back(ReadGroup(element, path, &fault));
  });
  manifest.closing_public_key = object.Bytes("closing_public_key", 32);
  if (object.Has("pooling_public_key")) manifest.pooling_public_key = object.Bytes("pooling_public_key", 32);
  manifest.receipt_public_key = object.Bytes("receipt_public_key", 32);
  manifest.signing_public_key = object.Bytes("signing_public_key", 32);
  manifest.response_address = object.Text("response_address");
  if (!manifest.response_address.empty() && !IsHostAndPort(manifest.response_address)) {
    fault.Set("response_address", "must be empty or HOST:PORT");
  }
  object.List("moderators", [&](const Json& element, const std::string& path) {
    if (manifest.moderators.size() >= kMostModerators) {
      fault.Set("moderators", absl::StrCat("must have at most ", kMostModerators, " moderators"));
    }
    manifest.moderators.push_back(ReadModerator(element, path, &fault));
  });
  if (object.Has("auditor")) {
    object.Object("auditor", [&](JsonObject& auditor) { manifest.auditor = ReadKey(auditor, &fault); });
  }
  manifest.surname_filter_hash = ReadHash(object, "surname_filter_hash");
  manifest.close_time = ReadTime(object, "close_time");
  manifest.latest_close_time = ReadTime(object, "latest_close_time");
  manifest.abandon_time = ReadTime(object, "abandon_time");
  object.Finish();
  CheckTimes(manifest.close_time, manifest.latest_close_time, manifest.abandon_time, fault);
  CheckSpelling(EncodeManifest(manifest), bytes, fault);
  CANDOR_RETURN_IF_ERROR(fault.status());
  return manifest;
}

namespace {

absl::Status Refused(absl::string_view what, absl::string_view field) {
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kMANIFEST_REFUSED,
                     absl::StrCat("do not answer this survey: ", what, "; tell whoever invited you"), field);
}

// That nobody stands in two groups: each rater group is one as a whole, or is in parts, each once.
class OneGroupEach {
 public:
  // `path` of the group in the manifest.
  absl::Status Add(const IssuingGroup& group, const std::string& path) {
    for (const std::string& member : group.members) {
      if (member == kSelf || member == kSupervisor || member == kOtherRaters) {
        return Refused(absl::StrCat("the group ", group.code, " has a member that cannot be anonymous"), path + ".members");
      }
      const bool as_whole = group.parts.empty();
      if (as_whole ? !whole_.insert(member).second || parted_.contains(member) : whole_.contains(member)) {
        return Twice(member, path);
      }
      if (!as_whole) parted_.insert(member);
      for (const std::string& part : group.parts) {
        if (!parts_.emplace(member, part).second) return Twice(absl::StrCat(member, "/", part), path);
      }
    }
    return absl::OkStatus();
  }

 private:
  static absl::Status Twice(absl::string_view who, const std::string& path) {
    return Refused(absl::StrCat(who, " belongs to more than one group, which could single out a person"), path + ".members");
  }

  std::set<std::string> whole_, parted_;  // rater groups as a whole, and in parts
  std::set<std::pair<std::string, std::string>> parts_;
};

bool SaysWhoBelongsToIt(const IssuingGroup& group) {
  if (group.code == kOtherRaters) return !group.members.empty() && group.parts.empty();
  return group.members.size() == 1 && group.code == IssuingCode(group.members[0], group.parts);
}

absl::Status CheckGroups(const std::vector<IssuingGroup>& groups) {
  if (groups.empty()) return Refused("it names no group that may answer", "groups");
  std::set<std::string> codes, keys;
  OneGroupEach one_group_each;
  for (size_t i = 0; i < groups.size(); ++i) {
    const IssuingGroup& group = groups[i];
    const std::string path = absl::StrCat("groups[", i, "]");
    if (!codes.insert(group.code).second) {
      return Refused(absl::StrCat("the group ", group.code, " has more than one key, which could single out a person"), path);
    }
    // Two groups under one key would let a member of the one answer as a member of the other.
    if (group.verifying_key.empty() || !keys.insert(group.verifying_key).second) {
      return Refused(absl::StrCat("the group ", group.code, " has no key of its own"), path + ".verifying_key");
    }
    if (!SaysWhoBelongsToIt(group)) {
      return Refused(absl::StrCat("it does not say rightly who belongs to the group ", group.code), path + ".members");
    }
    CANDOR_RETURN_IF_ERROR(one_group_each.Add(group, path));
    if (group.invited < kMinimumInvited) {
      return Refused(absl::StrCat("only ", group.invited, " people were invited in the group ", group.code,
                                  ", too few for nobody to be recognised"),
                     path + ".invited");
    }
    if (!group.parts.empty() && group.invited < kFewestInPart) {
      return Refused(absl::StrCat("only ", group.invited, " people were invited in the part ", group.code,
                                  ", too few for it to be shown apart"),
                     path + ".invited");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKeyHolders(const Manifest& manifest) {
  // Whoever holds another key must not hold with it the one that opens every answer.
  bool shared = manifest.closing_public_key == manifest.pooling_public_key ||
                (manifest.auditor.has_value() && manifest.auditor->public_key == manifest.closing_public_key);
  for (const ModeratorKey& moderator : manifest.moderators) {
    shared = shared || moderator.public_key == manifest.closing_public_key;
  }
  if (shared) {
    return Refused("the key that opens the answers serves something else too, so more people hold it than are named",
                   "closing_public_key");
  }
  // The rules promise that reports of pressure go to nobody who reads comments, and nobody to whom the service gives a key.
  std::set<std::string> holders = {manifest.pooling_public_key};
  for (size_t i = 0; i < manifest.moderators.size(); ++i) {
    if (!holders.insert(manifest.moderators[i].public_key).second) {
      return Refused("two readers of comments have one key, so not all of them are who they seem",
                     absl::StrCat("moderators[", i, "].public_key"));
    }
  }
  if (manifest.auditor.has_value() && holders.contains(manifest.auditor->public_key)) {
    return Refused("whoever reads that somebody was pressed is to read no comments, but has the key of one who does",
                   "auditor.public_key");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckManifest(const Manifest& manifest, absl::string_view contract_hash,
                           absl::string_view instrument_hash) {
  if (manifest.contract_hash != contract_hash) {
    return Refused("its rules are not the ones that were announced", "contract_hash");
  }
  if (manifest.instrument_hash != instrument_hash) {
    return Refused("its questions are not the ones that were announced", "instrument_hash");
  }
  CANDOR_RETURN_IF_ERROR(CheckGroups(manifest.groups));
  return CheckKeyHolders(manifest);
}

absl::Status CheckStewardsKey(const Manifest& manifest, const Contract& contract) {
  if (!contract.steward.has_value() || contract.steward->public_key == manifest.closing_public_key) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, reasons::kMANIFEST_REFUSED,
                     absl::StrCat("do not answer this survey: its answers are not sealed to the key that its rules say is "
                                  "held by: ",
                                  contract.steward->title, "; tell whoever invited you"),
                     "closing_public_key");
}

AnswerShape ShapeOfGroup(const Instrument& instrument, const IssuingGroup& group,
                         bool prompts_open) {
  AnswerShape shape;
  shape.points = instrument.scale.points;
  shape.items_asked.assign(instrument.items.size(), false);
  shape.prompts_asked.assign(instrument.prompts.size(), false);
  for (const int i : CommonItems(instrument, group.members)) shape.items_asked[i] = true;
  if (prompts_open) {
    for (const int i : CommonPrompts(instrument, group.members)) shape.prompts_asked[i] = true;
  }
  for (const Prompt& prompt : instrument.prompts)
    shape.prompt_max_bytes.push_back(prompt.max_bytes);
  return shape;
}

AnswerShape ShapeOfGroup(const Instrument& instrument, const Manifest& manifest, size_t group) {
  AnswerShape shape =
      ShapeOfGroup(instrument, manifest.groups[group], !manifest.moderators.empty());
  shape.notice_asked = manifest.auditor.has_value();
  return shape;
}

}  // namespace candor::domain
