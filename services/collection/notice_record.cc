#include "services/collection/notice_record.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/private_memory.h"
#include "services/base/status.h"
#include "services/crypto/sealing.h"
#include "services/domain/answer.h"
#include "services/domain/errors.h"

namespace candor::collection {
namespace {

constexpr absl::string_view kTag = "candor-notice-v1";

}  // namespace

absl::StatusOr<std::string> SealNotice(absl::string_view auditor_public_key, absl::string_view survey_id,
                                       absl::string_view text) {
  CANDOR_CHECK(text.size() <= domain::kLongestPressureNotice);
  const std::string head = absl::StrCat(kTag, survey_id);
  std::string record;
  record.reserve(head.size() + 2 + domain::kLongestPressureNotice);
  record += head;
  record.push_back(static_cast<char>(text.size() >> 8));
  record.push_back(static_cast<char>(text.size() & 0xff));
  record.append(text.data(), text.size());
  record.resize(head.size() + 2 + domain::kLongestPressureNotice, '\0');
  absl::StatusOr<std::string> sealed = crypto::SealToKey(auditor_public_key, record);
  base::Wipe(record);
  return sealed;
}

absl::StatusOr<std::string> ReadNotice(absl::string_view record, absl::string_view survey_id) {
  const absl::Status damaged = domain::errors::StoreCorrupt("a notice to the auditor cannot be read");
  const std::string head = absl::StrCat(kTag, survey_id);
  if (record.size() != head.size() + 2 + domain::kLongestPressureNotice || !absl::StartsWith(record, head)) return damaged;
  record.remove_prefix(head.size());
  const size_t length = static_cast<size_t>(static_cast<uint8_t>(record[0])) << 8 | static_cast<uint8_t>(record[1]);
  if (length > domain::kLongestPressureNotice) return damaged;
  return std::string(record.substr(2, length));
}

}  // namespace candor::collection
