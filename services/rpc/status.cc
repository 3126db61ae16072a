#include "services/rpc/status.h"

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/base/error.h"
#include "services/domain/errors.h"

namespace candor::rpc {
namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";
constexpr char kErrorDomain[] = "candor";
constexpr char kHiddenMessage[] = "the server met an unforeseen fault; its log says more";

constexpr char kRespondentsMessage[] = "the service cannot take this now; nothing was stored; try again later";

constexpr char kRespondentsKeyMessage[] =
    "a key of this survey is missing on the server; nothing was stored; tell whoever invited you";

// What callers are told of a fault whose own message is for the log.
struct Fault {
  absl::StatusCode code;
  const char* reason;
  const char* message;
};

constexpr Fault kStoreBusy = {absl::StatusCode::kUnavailable, domain::reasons::kSTORE_BUSY,
                              "the store is busy; nothing was changed, try again"};
constexpr Fault kStoreFull = {absl::StatusCode::kResourceExhausted, domain::reasons::kSTORE_FULL,
                              "the store has no room left; nothing was changed; free some space and try again"};
constexpr Fault kStoreCorrupt = {absl::StatusCode::kDataLoss, domain::reasons::kSTORE_CORRUPT,
                                 "stored data breaks an invariant; the server's log says more; restore a backup"};
constexpr Fault kKeyLost = {absl::StatusCode::kFailedPrecondition, domain::reasons::kKEY_LOST,
                            "a key file that this needs is gone, damaged or not the right one; the server's log names it; put "
                            "it back from wherever a copy survives"};
constexpr Fault kFilesUnusable = {absl::StatusCode::kUnavailable, domain::reasons::kSTORE_BUSY,
                                  "the server cannot use its files now; its log says more; try again once that is mended"};

// Null: not such a fault.
const Fault* FindFault(const absl::Status& status) {
  const std::string reason = base::GetErrorDetail(status).reason;
  if (reason.empty()) {
    switch (status.code()) {
      case absl::StatusCode::kResourceExhausted: return &kStoreFull;
      case absl::StatusCode::kDataLoss: return &kStoreCorrupt;
      case absl::StatusCode::kNotFound:
      case absl::StatusCode::kPermissionDenied:
      case absl::StatusCode::kUnavailable: return &kFilesUnusable;
      default: return nullptr;
    }
  }
  for (const Fault* fault : {&kStoreBusy, &kStoreFull, &kStoreCorrupt, &kKeyLost}) {
    if (reason == fault->reason) return fault;
  }
  return nullptr;
}

// Length of the well-formed UTF-8 sequence at the start of `text`; 0: there is none.
size_t SequenceLength(absl::string_view text) {
  const auto byte = [&text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    return continues(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    return continues(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// At most `most` bytes of `text`, cut between characters; what is no plain text becomes '?'.
std::string Bounded(absl::string_view text, size_t most) {
  constexpr absl::string_view kCut = "...";
  std::string out;
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    const bool control = static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7F;
    const absl::string_view piece = length == 0 || control ? absl::string_view("?") : text.substr(0, length);
    if (out.size() + piece.size() > most) {
      // Room for the mark is made by dropping whole characters.
      while (out.size() + kCut.size() > most) {
        do {
          const bool continuation = (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80;
          out.pop_back();
          if (!continuation) break;
        } while (!out.empty());
      }
      out.append(kCut.data(), kCut.size());
      break;
    }
    out.append(piece.data(), piece.size());
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void AddDetail(candor::v1::ErrorStatus& error, const char* type_url, const google::protobuf::MessageLite& message) {
  candor::v1::ErrorDetail* detail = error.add_details();
  detail->set_type_url(type_url);
  message.SerializeToString(detail->mutable_value());
}

}  // namespace

bool IsHidden(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown;
}

bool IsOurFault(const absl::Status& status) { return IsHidden(status) || FindFault(status) != nullptr; }

absl::Status OutwardOf(const absl::Status& status) {
  // Once it is outward for respondents it stays so.
  if (status.message() == kRespondentsMessage || status.message() == kRespondentsKeyMessage) return status;
  const Fault* const fault = FindFault(status);
  return fault == nullptr ? status : base::Error(fault->code, fault->reason, fault->message);
}

absl::Status OutwardOfRespondents(const absl::Status& status) {
  if (!IsOurFault(status)) return status;
  const Fault* const fault = FindFault(status);
  if (fault == nullptr) return status;
  // Trying again is of no use where somebody has to put a file back.
  return base::Error(fault->code, fault->reason, fault == &kKeyLost ? kRespondentsKeyMessage : kRespondentsMessage);
}

candor::v1::ErrorStatus ToErrorStatus(const absl::Status& inner) {
  const absl::Status status = OutwardOf(inner);
  candor::v1::ErrorStatus error;
  const bool hidden = IsHidden(status);
  error.set_code(static_cast<int>(hidden ? absl::StatusCode::kInternal : status.code()));
  error.set_message(hidden ? std::string(kHiddenMessage) : Bounded(status.message(), kLongestErrorMessage));
  if (hidden) return error;
  const base::ErrorDetail detail = base::GetErrorDetail(status);
  if (!detail.reason.empty()) {
    candor::v1::ErrorInfo info;
    info.set_reason(detail.reason);
    info.set_domain(kErrorDomain);
    AddDetail(error, kErrorInfoUrl, info);
  }
  if (!detail.field.empty()) {
    candor::v1::BadRequest bad_request;
    auto* violation = bad_request.add_field_violations();
    violation->set_field(Bounded(detail.field, kLongestErrorField));
    violation->set_description(error.message());
    AddDetail(error, kBadRequestUrl, bad_request);
  }
  if (detail.retry_after > absl::ZeroDuration()) {
    candor::v1::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(absl::Ceil(detail.retry_after, absl::Seconds(1))));
    AddDetail(error, kRetryInfoUrl, retry);
  }
  return error;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const candor::v1::ErrorStatus error = ToErrorStatus(status);
  // absl's codes are gRPC's by number.
  return grpc::Status(static_cast<grpc::StatusCode>(error.code()), error.message(), error.SerializeAsString());
}

}  // namespace candor::rpc
