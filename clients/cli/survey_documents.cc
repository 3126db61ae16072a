#include "clients/cli/survey_documents.h"

#include "candor/v1/response.grpc.pb.h"
#include "services/base/status.h"

namespace candor::cli {

using candor::v1::ResponseService;

absl::StatusOr<std::shared_ptr<const client::SurveyDocuments>> FetchDocuments(const Context& context,
                                                                              const std::string& survey,
                                                                              const std::string& expect_manifest) {
  const domain::SurveyId id(LastSegment(survey));
  if (domain::SurveyIdBytes(id).empty()) return UsageError("a survey's id has 26 letters and digits");
  CANDOR_ASSIGN_OR_RETURN(const auto connection, context.AnonymousToResponsePlane(""));
  const auto stub = ResponseService::NewStub(connection->channel());
  candor::v1::GetManifestRequest request;
  request.set_survey(id.value());
  CANDOR_ASSIGN_OR_RETURN(const auto got,
                          connection->CallRepeatedly({}, *stub, &ResponseService::Stub::GetManifest, request));
  return client::CheckDocuments({got.contract(), got.instrument_version(), got.manifest(), got.manifest_signature(),
                                 got.extension(), got.extension_signature()},
                                id, expect_manifest);
}

}  // namespace candor::cli
