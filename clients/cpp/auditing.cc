#include "clients/cpp/auditing.h"

#include <utility>

#include "candor/v1/moderation.grpc.pb.h"
#include "services/base/status.h"
#include "services/crypto/sealing.h"
#include "services/domain/ids.h"
#include "services/domain/sealed_records.h"

namespace candor::client {

namespace v1 = candor::v1;

namespace {

absl::Status CannotBeOpened() {
  return absl::DataLossError("a notice cannot be opened with your key; tell whoever runs the service");
}

}  // namespace

absl::StatusOr<OpenedNotices> ReadNotices(KeySession& session) {
  const auto stub = v1::AuditorService::NewStub(session.connection()->channel());
  const absl::StatusOr<v1::ListNoticesResponse> listed =
      session.Call(*stub, &v1::AuditorService::Stub::ListNotices, v1::ListNoticesRequest());
  if (!listed.ok()) return WithCloseTime(listed.status(), session.documents());
  OpenedNotices opened;
  opened.destroyed = listed->notices().empty();
  const std::string survey = domain::SurveyIdBytes(session.documents().manifest.survey);
  for (const std::string& sealed : listed->notices()) {
    const auto record = crypto::OpenSealed(session.key().public_key, session.key().secret_key, sealed);
    if (!record.ok()) return CannotBeOpened();
    absl::StatusOr<domain::NoticeRecord> read = domain::DecodeNoticeRecord(record->view(), survey);
    if (!read.ok()) return CannotBeOpened();
    opened.given = read->given_in_all;
    if (!read->notice.text.empty()) opened.texts.push_back(std::move(read->notice.text));
  }
  return opened;
}

absl::Status DestroyNotices(KeySession& session) {
  const auto stub = v1::AuditorService::NewStub(session.connection()->channel());
  return WithCloseTime(
      session.Call(*stub, &v1::AuditorService::Stub::DestroyNotices, v1::DestroyNoticesRequest()).status(),
      session.documents());
}

}  // namespace candor::client
