#include "services/rpc/page_token.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/base/encoding.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/crypto/hash.h"
#include "services/domain/errors.h"

namespace candor::rpc {
namespace {

constexpr size_t kTagBytes = 16;
constexpr char kPageToken[] = "page_token";
constexpr char kPageSize[] = "page_size";

const google::protobuf::FieldDescriptor* FieldOf(const google::protobuf::Message& request, const char* name) {
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  CANDOR_CHECK(field != nullptr);  // a list's request has both
  return field;
}

}  // namespace

absl::StatusOr<int> PageSizeOf(int32_t page_size) {
  if (page_size < 0) return domain::errors::InvalidField("page_size", "must not be negative; 0 stands for 50");
  return page_size == 0 ? kDefaultPageSize : std::min<int>(page_size, kLargestPageSize);
}

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&output);
  }
  return bytes;
}

PageTokens::PageTokens(std::string key) : key_(std::move(key)) { CANDOR_CHECK(key_.size() == kPageTokenKeyBytes); }

std::string PageTokens::Tag(absl::string_view method, absl::string_view caller,
                            const google::protobuf::Message& request, absl::string_view after) const {
  std::unique_ptr<google::protobuf::Message> arguments(request.New());
  arguments->CopyFrom(request);
  const auto* reflection = arguments->GetReflection();
  reflection->ClearField(arguments.get(), FieldOf(request, kPageToken));
  reflection->ClearField(arguments.get(), FieldOf(request, kPageSize));
  const std::string bytes = DeterministicBytes(*arguments);
  std::string bound;
  for (const absl::string_view part : {method, caller, absl::string_view(bytes), after}) {
    absl::StrAppend(&bound, part.size(), ":", part);
  }
  return crypto::HmacSha256(key_, bound).substr(0, kTagBytes);
}

std::string PageTokens::Make(absl::string_view method, absl::string_view caller,
                             const google::protobuf::Message& request, absl::string_view after) const {
  return base::Base64UrlEncode(absl::StrCat(Tag(method, caller, request, after), after));
}

absl::StatusOr<std::string> PageTokens::Read(absl::string_view method, absl::string_view caller,
                                             const google::protobuf::Message& request) const {
  const std::string token = request.GetReflection()->GetString(request, FieldOf(request, kPageToken));
  if (token.empty()) return std::string();
  const auto bytes = base::Base64UrlDecode(token);
  if (bytes.ok() && bytes->size() > kTagBytes) {
    const std::string after = bytes->substr(kTagBytes);
    if (crypto::ConstantTimeEqual(bytes->substr(0, kTagBytes), Tag(method, caller, request, after))) return after;
  }
  return base::Error(absl::StatusCode::kInvalidArgument, domain::reasons::kPAGE_TOKEN_INVALID,
                     "page_token: not one of this list with these arguments; start again without it", kPageToken);
}

}  // namespace candor::rpc
