#include <algorithm>
#include <iostream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "candor/v1/campaign.grpc.pb.h"
#include "candor/v1/response.grpc.pb.h"
#include "clients/cli/dialog.h"
#include "clients/cli/steward_files.h"
#include "clients/cli/survey_documents.h"
#include "clients/cli/verbs.h"
#include "clients/cpp/moment.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/file.h"
#include "services/base/json.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/access_code.h"
#include "services/crypto/sealing.h"
#include "services/domain/errors.h"

namespace candor::cli {
namespace {

using candor::v1::CampaignService;
using candor::v1::ResponseService;

struct KeygenOptions {
  int shares = 3, threshold = 2;
  std::string out, label = "closing key";
};

struct CheckOptions {
  std::string key, response, expect_manifest;
  std::vector<std::string> surveys;
};

struct CloseOptions {
  std::string response, expect_manifest;
  std::vector<std::string> shares, surveys;
  bool closed_early = false, yes = false;
};

absl::Status Keygen(Context& c, const KeygenOptions& options) {
  const crypto::ClosingKeyPair pair = crypto::ClosingKeyPair::Generate();
  const StewardPublicKey key{options.label, options.shares, options.threshold, pair.public_key};
  // A label or a number that no file may have is found here, before anything is written.
  const std::string public_text = EncodeStewardPublicKey(key);
  if (const auto read = ParseStewardPublicKey(public_text, "the key"); !read.ok()) {
    return UsageError(std::string(read.status().message()));
  }
  const std::string public_file = absl::StrCat(options.out, "/steward-key.json");
  std::vector<std::string> files;
  for (int number = 1; number <= options.shares; ++number) {
    files.push_back(absl::StrCat(options.out, "/share-", number, "-of-", options.shares, ".json"));
  }
  CANDOR_RETURN_IF_ERROR(base::MakeFolder(options.out, 0700));
  for (const std::string& file : files) {
    if (base::FileExists(file)) return UsageError(absl::StrCat(file, " is there already; a share is never written over"));
  }
  if (base::FileExists(public_file)) return UsageError(absl::StrCat(public_file, " is there already; choose another folder"));
  CANDOR_ASSIGN_OR_RETURN(std::vector<crypto::KeyShare> shares,
                          crypto::SplitKey(pair.secret_key, options.shares, options.threshold));
  for (size_t i = 0; i < files.size(); ++i) {
    std::string text = EncodeStewardShare({key, std::move(shares[i])});
    const absl::Status written = base::WriteFileAtomically(files[i], text, 0600);
    base::Wipe(text);
    CANDOR_RETURN_IF_ERROR(written);
  }
  CANDOR_RETURN_IF_ERROR(base::WriteFileAtomically(public_file, public_text, 0644));
  if (c.options.json) {
    return Print(base::Json{{"public_key", base::HexEncode(key.public_key)},
                            {"key_code", crypto::ClosingKeyCode(key.public_key)},
                            {"shares", key.shares},
                            {"threshold", key.threshold},
                            {"public_key_file", public_file},
                            {"share_files", files}}
                     .dump(2) +
                 "\n");
  }
  std::string text = key.threshold == 1
                         ? std::string("Shares, of which each alone opens the answers:\n")
                         : absl::StrCat("Shares, of which ", key.threshold, " together open the answers:\n");
  for (const std::string& file : files) absl::StrAppend(&text, "  ", file, "\n");
  absl::StrAppend(&text, "Give each to another person, by a way that nobody reads, and delete it here. With fewer than ",
                  key.threshold, " left, the answers can never be opened.\n\nFor whoever sets up the campaign:\n  ",
                  public_file, "\nComparison code of the key: ", crypto::ClosingKeyCode(key.public_key),
                  "\nPost it where raters look: everybody who is asked to answer is shown the code and told to compare "
                  "it.\nUse the key for one campaign alone.\n");
  return Print(text);
}

// The surveys that `name` stands for: itself, or those of a campaign, which takes a key to list.
absl::StatusOr<std::vector<std::string>> SurveysOf(Context& c, const std::string& name) {
  if (!domain::SurveyIdBytes(domain::SurveyId(LastSegment(name))).empty()) return std::vector<std::string>{name};
  if (c.options.key_file.empty()) {
    return UsageError(absl::StrCat("'", name, "' is no survey's id of 26 letters and digits. A campaign's surveys can be "
                                   "listed only with a key (--key-file); any one survey of the campaign does as well, since "
                                   "all have the same closing key"));
  }
  candor::v1::ListSurveysRequest request;
  CANDOR_ASSIGN_OR_RETURN(*request.mutable_parent(), c.FullName("campaigns", name));
  CANDOR_ASSIGN_OR_RETURN(const auto all, c.List(&CampaignService::Stub::ListSurveys, request));
  std::vector<std::string> surveys;
  for (const auto& survey : all.surveys()) surveys.push_back(survey.name());
  if (surveys.empty()) return UsageError(absl::StrCat("the campaign ", name, " has no survey"));
  return surveys;
}

// The survey's documents, if its answers are sealed to the steward's key and to no other.
absl::StatusOr<std::shared_ptr<const client::SurveyDocuments>> CheckSealedTo(const Context& c, const StewardPublicKey& key,
                                                                             const std::string& survey,
                                                                             const std::string& expect_manifest) {
  CANDOR_ASSIGN_OR_RETURN(auto documents, FetchDocuments(c, survey, expect_manifest));
  const std::string& sealed_to = documents->manifest.closing_public_key;
  if (sealed_to != key.public_key || !documents->contract.steward.has_value()) {
    return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kWRONG_CLOSING_KEY,
                       absl::StrCat("the answers of the survey ", documents->manifest.survey.value(), " are sealed to ",
                                    documents->contract.steward.has_value() ? "another key" : "a key of the service itself",
                                    " (comparison code ", crypto::ClosingKeyCode(sealed_to), "), not to \"", key.label,
                                    "\" (", crypto::ClosingKeyCode(key.public_key), "); nothing was sent"));
  }
  const domain::StewardTerms& terms = *documents->contract.steward;
  if (terms.shares != key.shares || terms.threshold != key.threshold) {
    return base::Error(absl::StatusCode::kFailedPrecondition, domain::reasons::kMANIFEST_REFUSED,
                       absl::StrCat("raters of the survey ", documents->manifest.survey.value(), " are told that ",
                                    terms.threshold, " of ", terms.shares, " shares open the answers; this key has ",
                                    key.threshold, " of ", key.shares, "; nothing was sent"));
  }
  return documents;
}

absl::Status Check(Context& c, const CheckOptions& options) {
  CANDOR_RETURN_IF_ERROR(c.RefuseCertificate());
  if (!options.response.empty()) c.options.response_server = options.response;
  CANDOR_ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(options.key));
  CANDOR_ASSIGN_OR_RETURN(const StewardPublicKey key, ParseStewardPublicKey(bytes, options.key));
  const std::string key_code = crypto::ClosingKeyCode(key.public_key);
  base::Json checked = base::Json::array();
  std::string text;
  for (const std::string& name : options.surveys) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> surveys, SurveysOf(c, name));
    for (const std::string& survey : surveys) {
      CANDOR_ASSIGN_OR_RETURN(const auto documents, CheckSealedTo(c, key, survey, options.expect_manifest));
      checked.push_back({{"survey", documents->manifest.survey.value()}, {"manifest_code", documents->manifest_code},
                         {"key_code", key_code}});
      absl::StrAppend(&text, documents->manifest.survey.value(), ": its answers are sealed to this key. Comparison code ",
                      documents->manifest_code, ", of the key ", key_code, ".\n");
    }
  }
  return Print(c.options.json ? checked.dump(2) + "\n" : text);
}

absl::StatusOr<CombinedKey> ReadShares(const std::vector<std::string>& files, StewardPublicKey& key) {
  std::vector<NamedShare> shares;
  for (const std::string& file : files) {
    CANDOR_ASSIGN_OR_RETURN(std::string bytes, base::ReadFile(file));
    auto share = ParseStewardShare(bytes, file);
    base::Wipe(bytes);
    if (!share.ok()) return share.status();
    shares.push_back({file, *std::move(share)});
  }
  auto combined = CombineStewardShares(shares);
  if (combined.ok()) key = shares[0].share.key;
  return combined;
}

absl::StatusOr<int> SendKey(const Context& c, const std::string& survey, const crypto::SecretBytes& secret_key) {
  CANDOR_ASSIGN_OR_RETURN(const auto connection, c.AnonymousToResponsePlane(""));
  const auto stub = ResponseService::NewStub(connection->channel());
  candor::v1::ProvideClosingKeyRequest request;
  request.set_survey(survey);
  request.set_closing_secret_key(std::string(secret_key.view()));
  const auto sent = connection->CallRepeatedly({}, *stub, &ResponseService::Stub::ProvideClosingKey, request);
  base::Wipe(*request.mutable_closing_secret_key());
  if (!sent.ok()) return sent.status();
  return sent->unclosed_surveys();
}

// The end of answering is what the response plane itself says and signs: one that wants the key early could show an
// earlier one. Its manifest then has another comparison code than the one that was announced.
absl::Status AskWhetherAnnounced(const std::vector<std::shared_ptr<const client::SurveyDocuments>>& surveys) {
  Dialog dialog(std::cin, std::cerr);
  std::string text = "The server that takes the answers says:\n";
  for (const auto& documents : surveys) {
    absl::StrAppend(&text, "  ", documents->manifest.survey.value(), ": answers until ",
                    client::MomentText(documents->close_time), ", comparison code ", documents->manifest_code, "\n");
  }
  dialog.Say(text + Wrapped("Compare both with the letters or the notice board. Whoever has the key before answering is "
                            "over can read answers as they come in.",
                            kWidth, ""));
  const absl::StatusOr<bool> sure = dialog.AskYes("Are they as announced, and is it over?", false);
  if (sure.ok() && *sure) return absl::OkStatus();
  return absl::AbortedError("nothing was sent; --expect-manifest compares with the announced code by itself");
}

absl::Status Close(Context& c, const CloseOptions& options) {
  CANDOR_RETURN_IF_ERROR(c.RefuseCertificate());
  if (options.yes && options.expect_manifest.empty()) {
    return UsageError("with --yes nobody is asked whether this is the survey that was announced; give --expect-manifest "
                      "with the comparison code from the notice board");
  }
  if (!options.response.empty()) c.options.response_server = options.response;
  StewardPublicKey key;
  CANDOR_ASSIGN_OR_RETURN(const CombinedKey combined, ReadShares(options.shares, key));
  for (const std::string& bad : combined.bad_files) {
    Warn(absl::StrCat(bad, " is no share of this key; it was left out"), c.options.json);
  }
  std::vector<std::shared_ptr<const client::SurveyDocuments>> surveys;
  for (const std::string& name : options.surveys) {
    CANDOR_ASSIGN_OR_RETURN(const std::vector<std::string> named, SurveysOf(c, name));
    for (const std::string& survey : named) {
      CANDOR_ASSIGN_OR_RETURN(auto documents, CheckSealedTo(c, key, survey, options.expect_manifest));
      // The server refuses too, but then the key would have been there.
      if (absl::Now() < documents->close_time && !options.closed_early) {
        return base::Error(
            absl::StatusCode::kFailedPrecondition, domain::reasons::kWRONG_STATE,
            absl::StrCat("answers may be taken until ", client::MomentText(documents->close_time),
                         ", and whoever has the key until then can read them as they come in; nothing was sent. If you know "
                         "that an administrator has closed the campaign earlier, give --closed-early"));
      }
      surveys.push_back(std::move(documents));
    }
  }
  if (options.expect_manifest.empty()) CANDOR_RETURN_IF_ERROR(AskWhetherAnnounced(surveys));
  base::Json sent = base::Json::array();
  std::string text;
  for (const auto& documents : surveys) {
    const std::string& survey = documents->manifest.survey.value();
    CANDOR_ASSIGN_OR_RETURN(const int unclosed, SendKey(c, survey, combined.secret_key));
    sent.push_back({{"survey", survey}, {"unclosed_surveys", unclosed}});
    absl::StrAppend(&text, survey, ": ",
                    unclosed == 0 ? std::string("all surveys of this key are closed already; the key was not kept there.\n")
                                  : absl::StrCat("the key is with the server that takes answers; ", unclosed,
                                                 unclosed == 1 ? " survey of it is" : " surveys of it are",
                                                 " being closed. Should that server be restarted before the campaign is "
                                                 "closed, send it again.\n"));
  }
  return Print(c.options.json ? sent.dump(2) + "\n" : text);
}

}  // namespace

void AddStewardVerbs(CLI::App& app, Context& context) {
  CLI::App* noun = AddNoun(app, "steward", "For whoever holds the closing key outside the service; needs no account");
  AddVerb<KeygenOptions>(
      *noun, context, "keygen", "Make a closing key for one campaign, split into shares",
      [](CLI::App& verb, KeygenOptions& options) {
        verb.add_option("--shares", options.shares, "Into how many shares: 1 to 20")->capture_default_str()->check(
            CLI::Range(1, domain::kMostStewardShares));
        verb.add_option("--threshold", options.threshold, "How many of them open the answers")->capture_default_str()->check(
            CLI::Range(1, domain::kMostStewardShares));
        verb.add_option("--label", options.label, "The campaign, for people: stands in every file")->capture_default_str();
        verb.add_option("--out", options.out, "The folder to write the files to")->required();
      },
      Keygen);
  AddVerb<CheckOptions>(
      *noun, context, "check", "See that a survey's answers are sealed to this key, once it is open",
      [](CLI::App& verb, CheckOptions& options) {
        verb.add_option("surveys", options.surveys, "Ids or names of surveys; with a key also campaigns")->required();
        verb.add_option("--key", options.key, "steward-key.json of candor steward keygen")->required();
        verb.add_option("--response", options.response, "The response plane's address (default --response-server)");
        verb.add_option("--expect-manifest", options.expect_manifest, "The comparison code from the notice board");
      },
      Check);
  AddVerb<CloseOptions>(
      *noun, context, "close", "Combine shares here, and send the key to the response plane alone",
      [](CLI::App& verb, CloseOptions& options) {
        verb.add_option("surveys", options.surveys,
                        "Ids or names of surveys, any one of the campaign; with a key also campaigns")
            ->required();
        verb.add_option("--share", options.shares, "A share's file; as many as are needed, or more")->required();
        verb.add_option("--response", options.response, "The response plane's address (default --response-server)");
        verb.add_option("--expect-manifest", options.expect_manifest,
                        "The comparison code from the notice board; without it you are asked");
        verb.add_flag("--yes", options.yes, "Ask nothing; needs --expect-manifest");
        verb.add_flag("--closed-early", options.closed_early,
                      "Send the key though the time to answer is not over: you know that the campaign is closed");
      },
      Close);
}

}  // namespace candor::cli
