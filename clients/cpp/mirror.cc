#include "clients/cpp/mirror.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/json.h"
#include "services/base/status.h"
#include "services/domain/contract.h"
#include "services/domain/errors.h"
#include "services/domain/json_reader.h"

namespace candor::client {
namespace {

constexpr char kFormat[] = "candor.mirror.v1";

struct Received {
  std::string bytes;
  size_t most = 0;
  bool too_long = false;
};

size_t Receive(char* data, size_t size, size_t count, void* received) {
  auto& to = *static_cast<Received*>(received);
  if (to.bytes.size() + size * count > to.most) {
    to.too_long = true;
    return 0;
  }
  to.bytes.append(data, size * count);
  return size * count;
}

// `why`: the reason, which is also the key of the sentence that says it in the respondent's language (clients/sentences).
absl::Status Fault(absl::string_view why, absl::string_view message,
                   absl::StatusCode code = absl::StatusCode::kUnavailable) {
  return base::Error(code, why, message);
}

// What the transfer's outcome means for a reader. libcurl's own words may hold the address.
absl::Status StatusOf(CURLcode code, long http_status, const Received& received) {
  if (received.too_long) return Fault("mirror.why.too_long", "what it has there is too long to be a manifest",
                                      absl::StatusCode::kResourceExhausted);
  switch (code) {
    case CURLE_OK:
      break;
    case CURLE_COULDNT_RESOLVE_HOST:
      return Fault("mirror.why.name", "its name is not known here");
    case CURLE_OPERATION_TIMEDOUT:
      return Fault("mirror.why.time", "it did not answer in time");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CONNECT_ERROR:
      return Fault("mirror.why.certificate", "its certificate does not hold");
    default:
      return Fault("mirror.why.unreachable", "it cannot be reached");
  }
  if (http_status >= 300 && http_status < 400) {
    return Fault("mirror.why.elsewhere", "it sends readers on to somewhere else, which is not followed");
  }
  if (http_status == 404) return Fault("mirror.why.nothing", "it has nothing of this survey");
  if (http_status != 200) return Fault("mirror.why.status", "it answers with a fault of its own");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> FetchHttps(const std::string& url, const MirrorOptions& options) {
  if (!absl::StartsWith(url, "https://")) return absl::InvalidArgumentError("a mirror's address begins with https://");
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (ready != CURLE_OK || curl == nullptr) return absl::InternalError("the HTTP library cannot be set up");
  // CURLOPT_NOSIGNAL stays off: with it a mirror that hangs up would end the program (SIGPIPE). The resolver of Debian's
  // libcurl is threaded, so nothing else is done with signals.
  Received received;
  received.most = options.max_bytes;
  const auto set = [&](CURLoption option, auto value) { return curl_easy_setopt(curl.get(), option, value) == CURLE_OK; };
  const bool is_set =
      set(CURLOPT_URL, url.c_str()) && set(CURLOPT_PROTOCOLS_STR, "https") && set(CURLOPT_FOLLOWLOCATION, 0L) &&
      set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) &&
      set(CURLOPT_SSL_SESSIONID_CACHE, 0L) && set(CURLOPT_SSL_VERIFYPEER, 1L) && set(CURLOPT_SSL_VERIFYHOST, 2L) &&
      set(CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options.timeout))) &&
      set(CURLOPT_HTTP_CONTENT_DECODING, 0L) && set(CURLOPT_WRITEFUNCTION, &Receive) && set(CURLOPT_WRITEDATA, &received) &&
      (options.ca_file.empty() || (set(CURLOPT_CAINFO, options.ca_file.c_str()) &&
                                   set(CURLOPT_CAPATH, static_cast<const char*>(nullptr))));
  if (!is_set) return absl::InternalError("the HTTP library lacks what is needed");
  const CURLcode code = curl_easy_perform(curl.get());
  long http_status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &http_status);
  CANDOR_RETURN_IF_ERROR(StatusOf(code, http_status, received));
  return std::move(received.bytes);
}

std::string EncodeMirror(const domain::SurveyId& survey, const DocumentBytes& bytes) {
  return base::CanonicalJson({{"format", kFormat},
                              {"survey", survey.value()},
                              {"contract", bytes.contract},
                              {"instrument_version", bytes.instrument_version},
                              {"manifest", bytes.manifest},
                              {"manifest_signature", base::HexEncode(bytes.manifest_signature)}});
}

absl::StatusOr<DocumentBytes> DecodeMirror(absl::string_view bytes, const domain::SurveyId& survey) {
  CANDOR_ASSIGN_OR_RETURN(const base::Json document, base::ParseJson(bytes));
  domain::JsonFault fault(absl::StatusCode::kInvalidArgument, domain::reasons::kMANIFEST_INVALID);
  domain::JsonObject object(document, "", &fault);
  if (object.Text("format") != kFormat) fault.Set("format", absl::StrCat("must be \"", kFormat, "\""));
  if (object.Text("survey") != survey.value()) fault.Set("survey", "is another survey's");
  DocumentBytes read;
  read.contract = object.Text("contract");
  read.instrument_version = object.Text("instrument_version");
  read.manifest = object.Text("manifest");
  read.manifest_signature = object.Bytes("manifest_signature", 64);
  object.Finish();
  CANDOR_RETURN_IF_ERROR(fault.status());
  return read;
}

// The first document in which the two differ; null: in none. The manifest names the others by their hashes, but whoever reads
// what is published would read other rules there than here.
const char* OtherDocument(const DocumentBytes& published, const DocumentBytes& shown) {
  if (published.manifest != shown.manifest) return "manifest";
  if (published.contract != shown.contract) return "anonymity contract";
  if (published.instrument_version != shown.instrument_version) return "questionnaire";
  return nullptr;
}

absl::StatusOr<std::vector<MirrorFinding>> CompareWithMirrors(const SurveyDocuments& documents,
                                                              const MirrorOptions& options) {
  std::vector<MirrorFinding> findings;
  for (const std::string& mirror : documents.contract.mirrors) {
    MirrorFinding finding;
    finding.url = domain::MirrorUrl(mirror, documents.manifest.survey);
    const absl::StatusOr<std::string> fetched = FetchHttps(finding.url, options);
    if (!fetched.ok()) {
      finding.why_not = std::string(fetched.status().message());
      finding.why_not_key = base::GetErrorDetail(fetched.status()).reason;
      if (finding.why_not_key.empty()) finding.why_not_key = "mirror.why.unreachable";
    } else if (const auto published = DecodeMirror(*fetched, documents.manifest.survey); !published.ok()) {
      finding.why_not = "what it has there is no manifest of this survey";
      finding.why_not_key = "mirror.why.no_manifest";
    } else if (const char* const other = OtherDocument(*published, documents.bytes); other != nullptr) {
      return Refused(absl::StrCat("the ", other, " that is published at ", finding.url, " is another than the one shown here"));
    } else {
      finding.same = true;
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace candor::client
